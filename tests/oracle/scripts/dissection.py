"""U-Net, hooks, class activation maps, functions of one's own, averaged models, pruning, packed sequences, torch.func."""

import copy
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call, grad, hessian, vmap
from torch.nn.utils import parametrizations, prune

torch.manual_seed(3)
torch.set_printoptions(precision=3, sci_mode=False)


# UNet piece
class Double(nn.Sequential):
    def __init__(s, i, o):
        super().__init__(
            nn.Conv2d(i, o, 3, padding=1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    def __init__(s):
        super().__init__()
        s.d1, s.d2 = Double(1, 4), Double(4, 8)
        s.pool = nn.MaxPool2d(2, return_indices=False)
        s.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        s.u1 = Double(8, 4)
        s.out = nn.Conv2d(4, 2, 1)

    def forward(s, x):
        a = s.d1(x)
        b = s.d2(s.pool(a))
        u = s.up(b)
        dy, dx = a.size(2) - u.size(2), a.size(3) - u.size(3)
        u = F.pad(u, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return s.out(s.u1(torch.cat([a, u], dim=1)))


u = UNet()
print(u)
x = torch.randn(2, 1, 9, 10)
o = u(x)
print(o.shape, o[0, 0, :2, :3])


def dice(p, t, e=1e-6):
    p = p.softmax(1)[:, 1]
    i = (p * t).sum((1, 2))
    return 1 - ((2 * i + e) / (p.sum((1, 2)) + t.sum((1, 2)) + e)).mean()


t = (torch.rand(2, 9, 10) > 0.5).float()
l = dice(o, t) + F.cross_entropy(o, t.long())
l.backward()
print(l, u.d1[0].weight.grad.abs().mean(), u.d1[1].running_mean)
# hooks
acts = OrderedDict()
hs = [
    m.register_forward_hook(lambda m, i, o, n=n: acts.__setitem__(n, tuple(o.shape)))
    for n, m in u.named_modules()
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))
]
u.eval()
with torch.no_grad():
    u(x)
print(acts)
[h.remove() for h in hs]
gr = {}
h = u.out.register_full_backward_hook(
    lambda m, gi, go: gr.update(gi=[g.shape for g in gi if g is not None], go=[g.shape for g in go])
)
u(x).sum().backward()
print(gr)
h.remove()
# Grad-CAM like
feat = None


def fh(m, i, o):
    global feat
    feat = o
    o.retain_grad()


h = u.d2.register_forward_hook(fh)
y = u(x)[:, 1].mean()
y.backward()
w = feat.grad.mean((2, 3), keepdim=True)
cam = F.relu((w * feat).sum(1))
print(cam.shape, cam.max())
h.remove()


# custom Function
class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, s)
        ctx.beta = beta
        return x * s

    @staticmethod
    def backward(ctx, g):
        x, s = ctx.saved_tensors
        return g * (s + ctx.beta * x * s * (1 - s)), None


a = torch.randn(4, dtype=torch.double, requires_grad=True)
print(Swish.apply(a, 1.5), torch.autograd.gradcheck(lambda z: Swish.apply(z, 1.5), (a,)))


class STE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, g):
        return g


b = torch.tensor([0.2, 0.7, 1.5], requires_grad=True)
STE.apply(b).pow(2).sum().backward()
print(b.grad, STE.apply(b))
# EMA, SWA, deepcopy
net = nn.Sequential(OrderedDict([("fc1", nn.Linear(3, 4)), ("act", nn.GELU()), ("fc2", nn.Linear(4, 1))]))
ema = copy.deepcopy(net)
opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, nesterov=True, weight_decay=1e-2)
X, Y = torch.randn(20, 3), torch.randn(20, 1)
for _i in range(5):
    loss = F.smooth_l1_loss(net(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for p, q in zip(ema.parameters(), net.parameters()):
            p.mul_(0.9).add_(q, alpha=0.1)
print(loss, ema.fc1.weight, net.fc2.bias)
print(torch.optim.swa_utils.AveragedModel(net))
sd = opt.state_dict()
print({k: (v if not isinstance(v, dict) else sorted(v)) for k, v in sd.items()})
print(sd["state"][0])
# weight/spectral norm, prune

wn = parametrizations.weight_norm(nn.Linear(3, 2))
print(wn, [n for n, _ in wn.named_parameters()])
sn = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3))
print(torch.linalg.matrix_norm(sn.weight, 2))
pr = nn.Linear(4, 2)
prune.l1_unstructured(pr, "weight", amount=0.5)
print(pr.weight, next(iter(pr.named_buffers()))[0])
prune.remove(pr, "weight")
print((pr.weight == 0).sum())
# ctc, lstm pack
lstm = nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True, dropout=0.0)
seqs = [torch.randn(n, 3) for n in (5, 3, 2)]
pk = nn.utils.rnn.pack_sequence(seqs)
o, (hn, cn) = lstm(pk)
un, ln = nn.utils.rnn.pad_packed_sequence(o, batch_first=True)
print(un.shape, ln, hn.shape, un[1, 3:].sum(), hn[-1, 0])
lp = F.log_softmax(torch.randn(6, 2, 5, requires_grad=True), 2)
print(F.ctc_loss(lp, torch.tensor([[1, 2], [3, 3]]), torch.tensor([6, 6]), torch.tensor([2, 2])))
# functional


def f(w, x, y):
    return ((x @ w - y) ** 2).mean()


w = torch.randn(3)
print(vmap(grad(f), (None, 0, 0))(w, X[:4], Y[:4, 0]))
print(hessian(lambda w: f(w, X, Y[:, 0]))(w))
print(functional_call(net, {k: v * 0 for k, v in net.named_parameters()}, (X[:2],)))
ps = dict(net.named_parameters())
per = vmap(grad(lambda p, x, y: F.mse_loss(functional_call(net, p, (x[None],)), y[None])), (None, 0, 0))(
    ps, X[:3], Y[:3]
)
print({k: v.shape for k, v in per.items()})
# kmeans, pca
C = X[:3].clone()
for _ in range(4):
    d = torch.cdist(X, C)
    k = d.argmin(1)
    C = torch.stack([X[k == j].mean(0) if (k == j).any() else C[j] for j in range(3)])
print(k.bincount(minlength=3), C)
U, S, V = torch.pca_lowrank(X - X.mean(0), q=2)
print(S.shape)
u_, s_, vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
print(s_, ((X - X.mean(0)) @ vh.T[:, :2]).abs()[:2])
