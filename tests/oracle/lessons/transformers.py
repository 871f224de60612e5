import torch, math
import torch.nn as nn, torch.nn.functional as F
from torch import Tensor
torch.manual_seed(1337)
class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1, max_len: int = 50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * div_term)
        pe[:, 0, 1::2] = torch.cos(position * div_term)
        self.register_buffer('pe', pe)
    def forward(self, x: Tensor) -> Tensor:
        x = x + self.pe[:x.size(0)]
        return self.dropout(x)
class TransformerModel(nn.Module):
    def __init__(self, ntoken, d_model, nhead, d_hid, nlayers, dropout=0.5):
        super().__init__()
        self.model_type = 'Transformer'
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        encoder_layers = nn.TransformerEncoderLayer(d_model, nhead, d_hid, dropout)
        self.transformer_encoder = nn.TransformerEncoder(encoder_layers, nlayers)
        self.embedding = nn.Embedding(ntoken, d_model)
        self.d_model = d_model
        self.linear = nn.Linear(d_model, ntoken)
        self.init_weights()
    def init_weights(self) -> None:
        initrange = 0.1
        self.embedding.weight.data.uniform_(-initrange, initrange)
        self.linear.bias.data.zero_()
        self.linear.weight.data.uniform_(-initrange, initrange)
    def forward(self, src, src_mask=None):
        src = self.embedding(src) * math.sqrt(self.d_model)
        src = self.pos_encoder(src)
        if src_mask is None:
            src_mask = nn.Transformer.generate_square_subsequent_mask(len(src)).to(src.device)
        return self.linear(self.transformer_encoder(src, src_mask))
model = TransformerModel(30, 16, 2, 32, 2, 0.2)
print(model)
src = torch.randint(0, 30, (7, 3)); tgt = torch.randint(0, 30, (7, 3))
opt = torch.optim.SGD(model.parameters(), lr=5.0)
sched = torch.optim.lr_scheduler.StepLR(opt, 1.0, gamma=0.95)
for i in range(5):
    out = model(src); loss = F.cross_entropy(out.view(-1, 30), tgt.reshape(-1)); opt.zero_grad(); loss.backward()
    n = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5); opt.step(); sched.step(); print(i, loss.item(), n, sched.get_last_lr())
model.eval()
with torch.no_grad(): print(model(src)[0,0,:4])
mask = torch.triu(torch.full((4,4), float('-inf')), diagonal=1); print(mask)
nn.Transformer.generate_square_subsequent_mask(3)
mha = nn.MultiheadAttention(8, 2, batch_first=True, dropout=0.1); print(mha, [n for n,_ in mha.named_parameters()])
q = torch.randn(2, 3, 8); mha.eval(); o, w = mha(q, q, q, key_padding_mask=torch.tensor([[False, False, True],[False,False,False]])); print(o, w)
mha(q, q, q, need_weights=False)[1]
mha(q, q, q, average_attn_weights=False)[1].shape
mha(q, q, q, attn_mask=nn.Transformer.generate_square_subsequent_mask(3), is_causal=True)[1]
dec = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, batch_first=True, norm_first=True, activation="gelu"), 2, nn.LayerNorm(8)); print(dec)
dec.eval()(q, q, tgt_mask=nn.Transformer.generate_square_subsequent_mask(3)).sum()
enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
enc(q, src_key_padding_mask=torch.tensor([[0,0,1],[0,0,0]]).bool()).shape
enc.eval()
with torch.no_grad(): print(enc(q, src_key_padding_mask=torch.tensor([[0,0,1],[0,0,0]]).bool()))  # differs: PyTorch warns about its nested tensors
nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, norm_first=True, batch_first=True), 2)(q).shape
tr = nn.Transformer(d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16, batch_first=True)
tr(q, q, tgt_mask=tr.generate_square_subsequent_mask(3), tgt_is_causal=True).shape
class Head(nn.Module):
    def __init__(self, n, h, T=8):
        super().__init__()
        self.key, self.query, self.value = (nn.Linear(n, h, bias=False) for _ in range(3))
        self.register_buffer('tril', torch.tril(torch.ones(T, T)))
    def forward(self, x):
        B,T,C = x.shape
        k, q = self.key(x), self.query(x)
        wei = q @ k.transpose(-2,-1) * k.shape[-1]**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float('-inf'))
        return F.softmax(wei, dim=-1) @ self.value(x)
class NewGELU(nn.Module):
    def forward(self, x): return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))
class GPT(nn.Module):
    def __init__(self, V=20, n=16, T=8, L=2):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(wte=nn.Embedding(V,n), wpe=nn.Embedding(T,n), h=nn.ModuleList([nn.ModuleDict(dict(ln=nn.LayerNorm(n), heads=nn.ModuleList([Head(n,n//2) for _ in range(2)]), mlp=nn.Sequential(nn.Linear(n,4*n), NewGELU(), nn.Linear(4*n,n)))) for _ in range(L)]), ln_f=nn.LayerNorm(n)))
        self.lm_head = nn.Linear(n, V, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        self.apply(self._init)
        for pn, p in self.named_parameters():
            if pn.endswith('lm_head.weight'): torch.nn.init.normal_(p, mean=0.0, std=0.02/math.sqrt(2*L))
    def _init(self, m):
        if isinstance(m, nn.Linear):
            torch.nn.init.normal_(m.weight, mean=0.0, std=0.02)
            if m.bias is not None: torch.nn.init.zeros_(m.bias)
        elif isinstance(m, nn.Embedding): torch.nn.init.normal_(m.weight, mean=0.0, std=0.02)
    def forward(self, idx, targets=None):
        b, t = idx.size()
        x = self.transformer.wte(idx) + self.transformer.wpe(torch.arange(0, t, dtype=torch.long, device=idx.device))
        for bl in self.transformer.h:
            y = bl["ln"](x); x = x + torch.cat([h(y) for h in bl["heads"]], dim=-1); x = x + bl.mlp(x)
        logits = self.lm_head(self.transformer.ln_f(x))
        return logits, (None if targets is None else F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1))
    @torch.no_grad()
    def generate(self, idx, n, temperature=1.0, top_k=None):
        for _ in range(n):
            logits, _ = self(idx[:, -8:]); logits = logits[:, -1, :] / temperature
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1))); logits[logits < v[:, [-1]]] = -float('Inf')
            idx = torch.cat((idx, torch.multinomial(F.softmax(logits, dim=-1), num_samples=1)), dim=1)
        return idx
g = GPT(); print(g); print(sum(p.numel() for p in g.parameters()))
decay = [p for n, p in g.named_parameters() if p.dim() >= 2]; nodecay = [p for p in g.parameters() if p.dim() < 2]
opt = torch.optim.AdamW([{'params': decay, 'weight_decay': 0.1}, {'params': nodecay, 'weight_decay': 0.0}], lr=1e-2, betas=(0.9, 0.95)); print(opt)
X = torch.randint(0, 20, (4, 9))
for it in range(6):
    lg, l = g(X[:, :-1], X[:, 1:].contiguous()); opt.zero_grad(set_to_none=True); l.backward(); opt.step(); print(l.item())
g.generate(torch.zeros((1,1), dtype=torch.long), 20, top_k=5).tolist()
g.load_state_dict(g.state_dict())
F.scaled_dot_product_attention(q, q, q, is_causal=True)
F.scaled_dot_product_attention(q, q, q, attn_mask=torch.ones(3,3).tril().bool(), dropout_p=0.0, scale=0.3).sum()
from torch.nn.attention import SDPBackend, sdpa_kernel
with sdpa_kernel(SDPBackend.MATH): print(F.scaled_dot_product_attention(q,q,q).sum())
with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]): print(F.scaled_dot_product_attention(q,q,q).sum())
torch.set_float32_matmul_precision('high')
torch.get_float32_matmul_precision()
torch.backends.cuda.matmul.allow_tf32 = True
torch.backends.cudnn.allow_tf32 = True
torch.backends.mps.is_available()
torch.nn.RMSNorm(8)(q)[0,0]
torch.polar(torch.ones(3,2), torch.arange(6.).view(3,2))
def precompute(dim, end, theta=10000.0):
    freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].float() / dim)); t = torch.arange(end, device=freqs.device)
    freqs = torch.outer(t, freqs).float(); return torch.polar(torch.ones_like(freqs), freqs)
fc = precompute(8, 3); print(fc)
xq = torch.view_as_complex(q.float().reshape(*q.shape[:-1], -1, 2)); print(torch.view_as_real(xq * fc[None]).flatten(2).type_as(q))
