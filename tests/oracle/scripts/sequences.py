"""Attention over encoders, transformers, word2vec, Viterbi, autocast, checkpoints, LBFGS, image operations, tensor basics."""

import io
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint_sequential

torch.manual_seed(4)


# seq2seq w/ attention + beam
class Enc(nn.Module):
    def __init__(s, V, h):
        super().__init__()
        s.e = nn.Embedding(V, h, padding_idx=0)
        s.g = nn.GRU(h, h, batch_first=True, bidirectional=True)
        s.f = nn.Linear(2 * h, h)

    def forward(s, x, l):
        p = nn.utils.rnn.pack_padded_sequence(s.e(x), l.cpu(), batch_first=True, enforce_sorted=False)
        o, h = s.g(p)
        o, _ = nn.utils.rnn.pad_packed_sequence(o, batch_first=True)
        return o, torch.tanh(s.f(torch.cat((h[-2], h[-1]), 1)))


class Att(nn.Module):
    def __init__(s, h):
        super().__init__()
        s.w = nn.Linear(3 * h, h)
        s.v = nn.Linear(h, 1, bias=False)

    def forward(s, q, k, m):
        e = s.v(torch.tanh(s.w(torch.cat((q.unsqueeze(1).expand(-1, k.size(1), -1), k), 2)))).squeeze(2)
        return F.softmax(e.masked_fill(~m, -1e10), 1)


class Dec(nn.Module):
    def __init__(s, V, h):
        super().__init__()
        s.e = nn.Embedding(V, h)
        s.a = Att(h)
        s.g = nn.GRUCell(3 * h, h)
        s.o = nn.Linear(4 * h, V)

    def forward(s, y, h, k, m):
        a = s.a(h, k, m)
        c = torch.bmm(a.unsqueeze(1), k).squeeze(1)
        e = s.e(y)
        h = s.g(torch.cat((e, c), 1), h)
        return s.o(torch.cat((h, c, e), 1)), h, a


V, H = 9, 8
enc, dec = Enc(V, H), Dec(V, H)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 5e-3)
src = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0], [4, 4, 3, 0]])
ln = torch.tensor([4, 2, 3])
tgt = torch.tensor([[1, 6, 5, 4, 3, 2], [1, 8, 7, 2, 0, 0], [1, 3, 4, 4, 2, 0]])
m = src != 0
for ep in range(12):
    o, h = enc(src, ln)
    loss = 0
    for t in range(1, 6):
        lg, h, a = dec(tgt[:, t - 1], h, o, m)
        loss = loss + F.cross_entropy(lg, tgt[:, t], ignore_index=0, label_smoothing=0.1)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(dec.parameters(), 0.5)
    opt.step()
    if ep % 4 == 3:
        print(ep, f"{loss.item():.4f}", a[1])
# transformer seq2seq built-in
tr = nn.Transformer(
    d_model=8,
    nhead=2,
    num_encoder_layers=1,
    num_decoder_layers=1,
    dim_feedforward=16,
    dropout=0.0,
    batch_first=True,
    norm_first=False,
)
se, te = torch.randn(2, 5, 8), torch.randn(2, 4, 8)
mk = nn.Transformer.generate_square_subsequent_mask(4)
print(mk)
out = tr(se, te, tgt_mask=mk, src_key_padding_mask=torch.tensor([[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]).bool())
print(out.shape, out[0, 0])
print(tr.decoder)
mha = nn.MultiheadAttention(8, 2, batch_first=True)
o, w = mha(te, se, se, average_attn_weights=False)
print(o.shape, w.shape, w[0, 0, 0])
pe = torch.zeros(6, 8)
pos = torch.arange(0, 6).unsqueeze(1)
div = torch.exp(torch.arange(0, 8, 2) * (-math.log(10000.0) / 8))
pe[:, 0::2] = torch.sin(pos * div)
pe[:, 1::2] = torch.cos(pos * div)
print(pe[:2])
# word2vec
ctx = torch.randint(0, 20, (16,))
tg_ = torch.randint(0, 20, (16,))
neg = torch.randint(0, 20, (16, 5))
ein, eout = nn.Embedding(20, 6), nn.Embedding(20, 6)
l = -(
    F.logsigmoid((ein(ctx) * eout(tg_)).sum(1)) + F.logsigmoid(-(eout(neg) @ ein(ctx).unsqueeze(2)).squeeze(2)).sum(1)
).mean()
l.backward()
print(l, ein.weight.grad.norm(), (ein.weight.grad.abs().sum(1) > 0).sum())
# viterbi
em = torch.randn(5, 3)
trn = torch.randn(3, 3)
sc = em[0]
bp = []
for i in range(1, 5):
    best, idx = (sc[:, None] + trn).max(0)
    sc = best + em[i]
    bp.append(idx)
path = [sc.argmax().item()]
for idx in reversed(bp):
    path.append(idx[path[-1]].item())
print(path[::-1], sc.max(), torch.logsumexp(sc, 0))
# amp, accumulate, checkpoint, scaler
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
sc = torch.amp.GradScaler("cpu", enabled=False)
o2 = torch.optim.SGD(net.parameters(), lr=0.1)
with torch.autocast("cpu", dtype=torch.bfloat16):
    y = net(torch.randn(3, 6))
    ls = F.cross_entropy(y.float(), torch.tensor([0, 1, 1]))
print(y.dtype, ls)
sc.scale(ls).backward()
sc.step(o2)
sc.update()
print(net[0].weight.grad.dtype)

z = torch.randn(2, 6, requires_grad=True)
checkpoint_sequential(net, 2, z, use_reentrant=False).sum().backward()
print(z.grad)
# save / load
buf = io.BytesIO()
torch.save({"m": net.state_dict(), "o": o2.state_dict(), "e": 3}, buf)
buf.seek(0)
ck = torch.load(buf, weights_only=True)
print(ck["e"], ck["m"].keys(), ck["o"]["param_groups"])
n2 = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
print(n2.load_state_dict(ck["m"]))
print(all(torch.equal(a, b) for a, b in zip(net.parameters(), n2.parameters())))
# matrix fact + LBFGS
A = torch.randn(5, 4)
P, Q = nn.Parameter(torch.randn(5, 2) * 0.1), nn.Parameter(torch.randn(2, 4) * 0.1)
lb = torch.optim.LBFGS([P, Q], lr=0.5, max_iter=8, line_search_fn="strong_wolfe")


def clo():
    lb.zero_grad()
    l = F.mse_loss(P @ Q, A)
    l.backward()
    return l


for _ in range(3):
    print(f"{lb.step(clo).item():.4f}")
# image ops
img = torch.arange(16.0).reshape(1, 1, 4, 4)
k = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]
print(F.conv2d(F.pad(img, (1,) * 4, mode="reflect"), k))
th = torch.tensor([[[0.8, -0.6, 0], [0.6, 0.8, 0.0]]])
print(F.grid_sample(img, F.affine_grid(th, img.shape, align_corners=False), align_corners=False))
print(F.interpolate(img, scale_factor=2, mode="bicubic", align_corners=False)[0, 0, :2])
print(F.unfold(img, 2, stride=2))
print(torch.fft.fft2(img).abs()[0, 0])
print(F.pixel_shuffle(torch.arange(16.0).view(1, 4, 2, 2), 2))
# tensors misc
t = torch.randint(0, 10, (3, 4))
print(t.sort(dim=1, descending=True))
print(t.unique(return_counts=True))
print(torch.histc(t.float(), 5, 0, 10), t.float().quantile(torch.tensor([0.25, 0.5])))
print(t.where(t > 5, torch.tensor(0)), t.kthvalue(2, dim=1))
print(torch.einsum("ij,kj->ik", t.float(), t.float()))
print(t.nonzero(as_tuple=True), (t > 4).any(1), t.cumsum(0))
t[t % 2 == 0] *= -1
print(t, t.index_fill(0, torch.tensor([1]), 7))
print(torch.bucketize(t, torch.tensor([-5, 0, 5])), torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij"))
print(
    torch.scatter_add(torch.zeros(3), 0, torch.tensor([0, 2, 2]), torch.tensor([1.0, 2, 3])),
    F.one_hot(torch.tensor([1, 0, 2])),
)
print(
    torch.triu_indices(3, 3, 1),
    torch.combinations(torch.arange(4)),
    torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])),
)
