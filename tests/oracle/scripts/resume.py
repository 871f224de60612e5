"""A run that is stopped and taken up again ends where the run in one piece ends: model, optimizer, schedule, random numbers."""

import os

import torch
import torch.nn as nn
from torch.optim import AdamW, swa_utils
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.utils.data import DataLoader, TensorDataset


def build():
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.GELU(), nn.Dropout(0.2), nn.Linear(16, 3))
    optimizer = AdamW(
        [
            {"params": [p for n, p in model.named_parameters() if n.endswith("weight")], "weight_decay": 0.1},
            {"params": [p for n, p in model.named_parameters() if n.endswith("bias")], "weight_decay": 0.0},
        ],
        lr=1e-2,
    )
    warm = LinearLR(optimizer, start_factor=0.1, total_iters=3)
    scheduler = SequentialLR(optimizer, [warm, CosineAnnealingLR(optimizer, T_max=9)], milestones=[3])
    return model, optimizer, scheduler


def train(model, optimizer, scheduler, loader, start, end):
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    for epoch in range(start, end):
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), 0.5)
            optimizer.step()
            total += loss.item()
        scheduler.step()
        print(f"epoch {epoch} loss {total / len(loader):.4f} lr {scheduler.get_last_lr()[0]:.6f}")
    return total


def save_checkpoint(state, path):
    torch.save(state, path + ".tmp")
    os.replace(path + ".tmp", path)


g = torch.Generator().manual_seed(1)
xs, ys = torch.randn(60, 6, generator=g), torch.randint(0, 3, (60,), generator=g)
order = torch.Generator().manual_seed(8)
loader = DataLoader(TensorDataset(xs, ys), batch_size=10, shuffle=True, generator=order)
model, optimizer, scheduler = build()
train(model, optimizer, scheduler, loader, 0, 2)
save_checkpoint(
    {
        "epoch": 2,
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "rng": torch.get_rng_state(),
        "order": order.get_state(),
    },
    "checkpoint.pth.tar",
)
whole = train(model, optimizer, scheduler, loader, 2, 5)

checkpoint = torch.load("checkpoint.pth.tar", map_location="cpu", weights_only=True)
model2, optimizer2, scheduler2 = build()
print(model2.load_state_dict(checkpoint["state_dict"]))
optimizer2.load_state_dict(checkpoint["optimizer"])
scheduler2.load_state_dict(checkpoint["scheduler"])
torch.set_rng_state(checkpoint["rng"])
order.set_state(checkpoint["order"])
resumed = train(model2, optimizer2, scheduler2, loader, checkpoint["epoch"], 5)
print(
    whole == resumed, all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), model2.state_dict().values()))
)
print(
    optimizer2.state_dict()["param_groups"][1]["params"],
    sorted(optimizer2.state_dict()["state"][0]),
    scheduler2.last_epoch,
)

# the mean of the last weights
averaged = swa_utils.AveragedModel(model)
swa = swa_utils.SWALR(optimizer, swa_lr=0.005, anneal_epochs=2)
for _ in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    averaged.update_parameters(model)
    swa.step()
swa_utils.update_bn(loader, averaged)
averaged.eval()
print(averaged.n_averaged, averaged(xs[:2]), optimizer.param_groups[0]["lr"])
try:
    model.load_state_dict({"0.weight": torch.zeros(2, 2), "extra": torch.zeros(1)})
except RuntimeError as error:
    print(error)
print(nn.Linear(2, 2).load_state_dict({"weight": torch.ones(2, 2)}, strict=False))
