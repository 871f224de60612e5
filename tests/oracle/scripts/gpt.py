"""A small GPT: rotary positions, gated feed-forward, weight decay in groups, warm-up and cosine, top-k sampling, LoRA."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)


# --- tiny GPT with RoPE and KV cache
class RMS(nn.Module):
    def __init__(s, d, eps=1e-6):
        super().__init__()
        s.w = nn.Parameter(torch.ones(d))
        s.eps = eps

    def forward(s, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + s.eps) * s.w


def rope(x, base=10000.0):
    _b, _h, t, d = x.shape
    inv = 1.0 / (base ** (torch.arange(0, d, 2).float() / d))
    ang = torch.outer(torch.arange(t).float(), inv)
    c, s = ang.cos()[None, None], ang.sin()[None, None]
    x1, x2 = x[..., 0::2], x[..., 1::2]
    return torch.stack((x1 * c - x2 * s, x1 * s + x2 * c), -1).flatten(-2)


class Attn(nn.Module):
    def __init__(s, d, h):
        super().__init__()
        s.h = h
        s.qkv = nn.Linear(d, 3 * d, bias=False)
        s.o = nn.Linear(d, d, bias=False)
        s.register_buffer("mask", torch.tril(torch.ones(32, 32)).view(1, 1, 32, 32))

    def forward(s, x):
        B, T, D = x.size()
        q, k, v = s.qkv(x).split(D, dim=2)
        q, k, v = (t.view(B, T, s.h, D // s.h).transpose(1, 2) for t in (q, k, v))
        q, k = rope(q), rope(k)
        a = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(k.size(-1)))
        a = a.masked_fill(s.mask[:, :, :T, :T] == 0, float("-inf"))
        y = F.softmax(a, -1) @ v
        y2 = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        assert torch.allclose(y, y2, atol=1e-5)
        return s.o(y.transpose(1, 2).contiguous().view(B, T, D))


class Block(nn.Module):
    def __init__(s, d, h):
        super().__init__()
        s.n1, s.n2 = RMS(d), RMS(d)
        s.a = Attn(d, h)
        s.ff = nn.ModuleDict({"up": nn.Linear(d, 4 * d), "gate": nn.Linear(d, 4 * d), "down": nn.Linear(4 * d, d)})

    def forward(s, x):
        x = x + s.a(s.n1(x))
        h = s.n2(x)
        return (
            x + s.ff.down(F.silu(s.ff.gate(h)) * s.ff.up(h))
            if hasattr(s.ff, "down")
            else x + s.ff["down"](F.silu(s.ff["gate"](h)) * s.ff["up"](h))
        )


class GPT(nn.Module):
    def __init__(s, V=11, d=16, h=2, L=2):
        super().__init__()
        s.e = nn.Embedding(V, d)
        s.b = nn.ModuleList(Block(d, h) for _ in range(L))
        s.n = RMS(d)
        s.head = nn.Linear(d, V, bias=False)
        s.head.weight = s.e.weight
        s.apply(s._init)

    def _init(s, m):
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0.0, 0.02)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.Embedding):
            nn.init.normal_(m.weight, mean=0.0, std=0.02)

    def forward(s, i, t=None):
        x = s.e(i)
        for b in s.b:
            x = b(x)
        lg = s.head(s.n(x))
        return lg, (None if t is None else F.cross_entropy(lg.view(-1, lg.size(-1)), t.view(-1), ignore_index=-1))

    @torch.no_grad()
    def generate(s, i, n, temperature=1.0, top_k=None):
        for _ in range(n):
            lg, _ = s(i[:, -32:])
            lg = lg[:, -1] / temperature
            if top_k:
                v, _ = torch.topk(lg, min(top_k, lg.size(-1)))
                lg[lg < v[:, [-1]]] = -float("inf")
            i = torch.cat((i, torch.multinomial(F.softmax(lg, -1), 1)), 1)
        return i


m = GPT()
print(m)
print(sum(p.numel() for p in m.parameters()))
decay = [p for n, p in m.named_parameters() if p.dim() >= 2]
no = [p for n, p in m.named_parameters() if p.dim() < 2]
opt = torch.optim.AdamW(
    [{"params": decay, "weight_decay": 0.1}, {"params": no, "weight_decay": 0.0}], lr=3e-3, betas=(0.9, 0.95)
)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: min(1, (e + 1) / 5) * 0.5 * (1 + math.cos(math.pi * e / 30)))
data = torch.arange(400) % 11
for it in range(30):
    ix = torch.randint(len(data) - 17, (8,))
    x = torch.stack([data[i : i + 16] for i in ix])
    y = torch.stack([data[i + 1 : i + 17] for i in ix])
    _, loss = m(x, y)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    g = nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    opt.step()
    sched.step()
    if it % 5 == 0:
        print(f"{it} {loss.item():.4f} {g:.4f} {sched.get_last_lr()[0]:.2e}")
m.eval()
print(m.generate(torch.zeros(1, 1, dtype=torch.long), 12, temperature=0.8, top_k=3))
print(opt)


# LoRA
class LoRA(nn.Module):
    def __init__(s, lin, r=2, alpha=4):
        super().__init__()
        s.lin = lin
        for p in lin.parameters():
            p.requires_grad = False
        s.A = nn.Parameter(torch.randn(r, lin.in_features) / math.sqrt(r))
        s.B = nn.Parameter(torch.zeros(lin.out_features, r))
        s.s = alpha / r

    def forward(s, x):
        return s.lin(x) + (x @ s.A.T @ s.B.T) * s.s


for b in m.b:
    b.a.qkv = LoRA(b.a.qkv)
print([n for n, p in m.named_parameters() if p.requires_grad][:6])
print(m.b[0].a)
print(sum(p.numel() for p in m.parameters() if p.requires_grad), list(m.state_dict())[:5])
