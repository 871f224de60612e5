"""What surrounds training: parameter tables, averaged weights, a rate finder, early stopping, accumulation, surgery, copies."""

import copy
import io
import math
import pickle
from collections import OrderedDict, defaultdict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, Subset, WeightedRandomSampler, random_split


class Rings(Dataset):
    def __init__(self, n=120):
        g = torch.Generator().manual_seed(5)
        r = torch.cat([torch.ones(n // 2), 2 * torch.ones(n // 2)]) + 0.2 * torch.randn(n, generator=g)
        a = 2 * math.pi * torch.rand(n, generator=g)
        self.x, self.y = torch.stack([r * a.cos(), r * a.sin()], 1), (torch.arange(n) >= n // 2).long()

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return {"x": self.x[i], "y": self.y[i], "index": i}


class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.body = nn.Sequential(
            OrderedDict(norm=nn.LayerNorm(d), up=nn.Linear(d, 2 * d), act=nn.GELU(), down=nn.Linear(2 * d, d))
        )
        self.scale = nn.Parameter(torch.full((d,), 0.1))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        self.calls += 1
        return x + self.scale * self.body(x)

    def extra_repr(self):
        return f"d={len(self.scale)}"


torch.manual_seed(0)
data = Rings()
train, val, test = random_split(data, [0.6, 0.2, 0.2], generator=torch.Generator().manual_seed(1))
print(len(train), len(val), len(test), train.indices[:5], type(train), data[3])
sampler = WeightedRandomSampler([1.0 if data[i]["y"] else 3.0 for i in train.indices], 64)
loader = DataLoader(train, batch_size=16, sampler=sampler, drop_last=True)
batch = next(iter(loader))
print({k: (v.shape, v.dtype) for k, v in batch.items()}, batch["y"], len(loader))

net = nn.Sequential(nn.Linear(2, 8), Block(8), Block(8), nn.Dropout(0.1), nn.Linear(8, 2))
print(net)
print(f"{'name':20s}|{'shape':>10}|{'#':>5}|{'std':>8}")
for name, p in net.named_parameters():
    print(f"{name:20s}|{tuple(p.shape)!s:>10}|{p.numel():5d}|{p.std():8.4f}" if p.numel() > 1 else name)
print(
    f"total {sum(p.numel() for p in net.parameters()):,}", [n for n, _ in net.named_buffers()], len(list(net.modules()))
)

decay = [p for p in net.parameters() if p.ndim > 1]
rest = [p for p in net.parameters() if p.ndim <= 1]
opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=5e-3)
warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / 4) * 0.98**s)
print(opt, [g["weight_decay"] for g in opt.param_groups], warm.get_last_lr())

start = copy.deepcopy(net.state_dict())
rates, losses = torch.logspace(-4, 0, 6), []
for lr in rates:
    for g in opt.param_groups:
        g["lr"] = lr.item()
    loss = F.cross_entropy(net(batch["x"]), batch["y"])
    opt.zero_grad()
    loss.backward()
    opt.step()
    losses.append(loss.item())
print([f"{lr:.0e}: {v:.3f}" for lr, v in zip(rates, losses)])
print(net.load_state_dict(start), net[1].calls)
opt.state = defaultdict(dict)

ema = copy.deepcopy(net).requires_grad_(False)
best, bad, history = float("inf"), 0, defaultdict(list)
for epoch in range(8):
    net.train()
    for g in opt.param_groups:
        g["lr"] = 0.02 * 0.9**epoch
    for i, b in enumerate(loader):
        loss = F.cross_entropy(net(b["x"]), b["y"], label_smoothing=0.05) / 2
        loss.backward()
        if (i + 1) % 2 == 0:
            history["norm"].append(nn.utils.clip_grad_norm_(net.parameters(), 1.0).item())
            opt.step()
            opt.zero_grad()
            with torch.no_grad():
                for q, p in zip(ema.parameters(), net.parameters()):
                    q.lerp_(p, 0.2)
    net.eval()
    with torch.inference_mode():
        out = {name: torch.cat([m(b["x"]) for b in DataLoader(val, 8)]) for name, m in (("net", net), ("ema", ema))}
        truth = torch.cat([b["y"] for b in DataLoader(val, 8)])
        score = F.cross_entropy(out["net"], truth)
    history["val"].append(score)
    print(f"epoch {epoch} val {score:.4f} acc {(out['net'].argmax(1) == truth).float().mean():.3f} "
          f"ema {F.cross_entropy(out['ema'], truth).item():.4f} lr {opt.param_groups[0]['lr']:.5f}")  # fmt: skip
    best, bad = (score.item(), 0) if score < best - 1e-3 else (best, bad + 1)
    if bad == 2:
        print("stopped early")
        break
print(torch.stack(history["val"]).argmin(), [round(n, 2) for n in history["norm"][:4]], net[2].calls.item())

buffer = io.BytesIO()
torch.save({"model": net.state_dict(), "optimizer": opt.state_dict(), "epoch": epoch, "best": best}, buffer)
buffer.seek(0)
saved = torch.load(buffer)
print(saved.keys(), saved["epoch"], saved["optimizer"]["param_groups"][1], list(saved["model"])[:3])
old = {k.replace("body.", "layers."): v for k, v in saved["model"].items()}
print(net.load_state_dict(old, strict=False))
renamed = OrderedDict((k.replace("layers.", "body."), v) for k, v in old.items())
renamed["4.weight"], renamed["4.bias"] = torch.zeros(3, 8), torch.zeros(3)
try:
    net.load_state_dict(renamed)
except RuntimeError as e:
    print(e)
wider = copy.deepcopy(net)
wider[4] = nn.Linear(8, 3)
print(
    wider.load_state_dict(renamed), wider[4], net[4], pickle.loads(pickle.dumps(net[4])), wider[1].scale is net[1].scale
)
print(
    Subset(data, [0, 119])[1],
    torch.equal(copy.copy(net[0]).weight, net[0].weight),
    nn.utils.parameters_to_vector(rest).shape,
)
