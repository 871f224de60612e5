"""Variational autoencoder, GAN with gradient penalty, policy gradient, mixtures, samplers, triplets, distillation, diffusion."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler, random_split

torch.manual_seed(2)


# VAE
class VAE(nn.Module):
    def __init__(s):
        super().__init__()
        s.enc = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 4, 2, 1), nn.ReLU(), nn.Flatten())
        s.mu = nn.Linear(16 * 4 * 4, 4)
        s.lv = nn.Linear(16 * 4 * 4, 4)
        s.dec = nn.Sequential(
            nn.Linear(4, 256),
            nn.Unflatten(1, (16, 4, 4)),
            nn.ConvTranspose2d(16, 8, 4, 2, 1),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 4, 2, 1),
            nn.Sigmoid(),
        )

    def reparameterize(s, mu, lv):
        std = torch.exp(0.5 * lv)
        return mu + torch.randn_like(std) * std

    def forward(s, x):
        h = s.enc(x)
        mu, lv = s.mu(h), s.lv(h)
        return s.dec(s.reparameterize(mu, lv)), mu, lv


v = VAE()
x = torch.rand(32, 1, 16, 16)
opt = torch.optim.Adam(v.parameters(), 1e-3)
for e in range(4):
    r, mu, lv = v(x)
    bce = F.binary_cross_entropy(r, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + lv - mu.pow(2) - lv.exp())
    (bce + kld).backward()
    opt.step()
    opt.zero_grad()
    print(e, round(bce.item(), 1), round(kld.item(), 3))
q = Normal(mu, (0.5 * lv).exp())
print(kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum().item().__round__(3))
# GAN
G = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2, inplace=True), nn.BatchNorm1d(16), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(16, 1))
og, od = (
    torch.optim.Adam(G.parameters(), 2e-3, betas=(0.5, 0.999)),
    torch.optim.Adam(D.parameters(), 2e-3, betas=(0.5, 0.999)),
)
crit = nn.BCEWithLogitsLoss()
for e in range(5):
    real = torch.randn(16, 2) * 0.5 + 2
    z = torch.randn(16, 4)
    fake = G(z)
    ld = crit(D(real), torch.ones(16, 1)) + crit(D(fake.detach()), torch.zeros(16, 1))
    od.zero_grad()
    ld.backward()
    od.step()
    lg = crit(D(fake), torch.ones(16, 1))
    og.zero_grad()
    lg.backward()
    og.step()
    print(f"{e} {ld:.4f} {lg:.4f}")
# WGAN-GP
al = torch.rand(16, 1)
xi = (al * real + (1 - al) * fake.detach()).requires_grad_(True)
gr = torch.autograd.grad(D(xi).sum(), xi, create_graph=True)[0]
gp = ((gr.norm(2, dim=1) - 1) ** 2).mean()
gp.backward()
print(f"{gp:.4f}", D[0].weight.grad.norm())
# policy gradient
pol = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 4))
po = torch.optim.RMSprop(pol.parameters(), 1e-2)
for _e in range(3):
    s = torch.randn(10, 3)
    d = Categorical(logits=pol(s))
    a = d.sample()
    R = (a == 2).float()
    loss = -(d.log_prob(a) * (R - R.mean())).mean() - 0.01 * d.entropy().mean()
    po.zero_grad()
    loss.backward()
    po.step()
    print(a.tolist(), f"{loss.item():.4f}")
print(d, d.probs.shape, d.mode[:3])
gmm = MixtureSameFamily(
    Categorical(torch.tensor([0.3, 0.7])), Normal(torch.tensor([-1.0, 2.0]), torch.tensor([0.5, 1.0]))
)
print(gmm.sample((3,)), gmm.log_prob(torch.tensor(0.0)), gmm)


# dataset / sampler
class Sq(Dataset):
    def __init__(s, n):
        s.n = n

    def __len__(s):
        return s.n

    def __getitem__(s, i):
        return {"x": torch.tensor([i, i**2], dtype=torch.float32), "y": i % 3, "name": f"s{i}"}


tr, va = random_split(Sq(12), [9, 3], generator=torch.Generator().manual_seed(42))
print(tr.indices, va.indices)
for b in DataLoader(tr, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(0)):
    print(b)
w = torch.tensor([1.0, 1, 10])
s = WeightedRandomSampler(w[[i % 3 for i in range(12)]], 6, generator=torch.Generator().manual_seed(3))
print(list(s))


def col(b):
    xs = [d["x"] for d in b]
    return nn.utils.rnn.pad_sequence(
        [x[: 1 + i % 2] for i, x in enumerate(xs)], batch_first=True, padding_value=-1
    ), torch.tensor([d["y"] for d in b])


print(next(iter(DataLoader(Sq(5), 3, collate_fn=col))))
# triplet, siamese
net = nn.Linear(5, 3)
a, p, n = (F.normalize(net(torch.randn(6, 5))) for _ in range(3))
print(
    F.triplet_margin_loss(a, p, n, margin=0.5),
    nn.CosineEmbeddingLoss()(a, p, torch.ones(6)),
    F.pairwise_distance(a, n)[:2],
    torch.cdist(a, n)[0],
)
# kd
T = 3.0
st, te = torch.randn(4, 5, requires_grad=True), torch.randn(4, 5)
kd = F.kl_div(F.log_softmax(st / T, 1), F.softmax(te / T, 1), reduction="batchmean") * T * T
kd.backward()
print(kd, st.grad[0])
# diffusion
betas = torch.linspace(1e-4, 0.02, 10)
ac = torch.cumprod(1 - betas, 0)
t = torch.randint(0, 10, (4,))
x0 = torch.randn(4, 1, 4, 4)
eps = torch.randn_like(x0)
xt = ac[t].sqrt().view(-1, 1, 1, 1) * x0 + (1 - ac[t]).sqrt()[:, None, None, None] * eps
print(t, xt.mean(), xt.std(), ac[-1])


def emb(t, d):
    import math

    h = d // 2
    f = torch.exp(-math.log(10000) * torch.arange(h) / (h - 1))
    e = t[:, None] * f[None]
    return torch.cat([e.sin(), e.cos()], -1)


print(emb(t, 6))
