"""A run that is stopped and goes on in another process ends with the very bits of the run in one piece.

Model, optimizer, schedule, random numbers (dropout) and the order of the data all come back from the checkpoint file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = textwrap.dedent('''
    """python run.py FIRST LAST: train every combination from epoch FIRST to LAST; print a digest of each."""
    import hashlib, json, sys
    import torch
    from torch import nn, optim
    from torch.optim import lr_scheduler as lrs
    from torch.utils.data import DataLoader, RandomSampler, TensorDataset, WeightedRandomSampler

    OPTIMIZERS = {
        "SGD": dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01), "Adam": dict(lr=0.01, amsgrad=True), "AdamW": dict(lr=0.01),
        "RMSprop": dict(lr=0.01, momentum=0.5, centered=True), "Adagrad": dict(lr=0.1, lr_decay=0.1), "Adadelta": dict(),
        "Adamax": dict(), "NAdam": dict(), "RAdam": dict(), "ASGD": dict(t0=5), "Rprop": dict(), "LBFGS": dict(lr=0.1, max_iter=3),
        "Adafactor": dict(),
    }
    SCHEDULES = [
        lambda o: lrs.StepLR(o, 2, 0.5), lambda o: lrs.CosineAnnealingLR(o, 7), lambda o: lrs.OneCycleLR(o, 0.2, total_steps=60, cycle_momentum=False),
        lambda o: lrs.SequentialLR(o, [lrs.LinearLR(o, 0.1, total_iters=2), lrs.ExponentialLR(o, 0.9)], [2]),
        lambda o: lrs.ReduceLROnPlateau(o, patience=0), lambda o: lrs.LambdaLR(o, lambda e: 1 / (1 + e)),
        lambda o: lrs.CosineAnnealingWarmRestarts(o, 2, 2), lambda o: lrs.CyclicLR(o, 0.01, 0.1, 2, cycle_momentum=False),
    ]

    def parts(name, number):
        torch.manual_seed(number)
        model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.GELU(), nn.Dropout(0.3), nn.Linear(8, 1))
        optimizer = getattr(optim, name)(model.parameters(), **OPTIMIZERS[name])
        order = torch.Generator().manual_seed(number)
        x = torch.randn(24, 6, generator=torch.Generator().manual_seed(99))
        data = TensorDataset(x, x.sum(1, keepdim=True).sin())
        sampler = [None, RandomSampler(data, True, 24, generator=order), WeightedRandomSampler(range(1, 25), 24, generator=order)][number % 3]
        loader = DataLoader(data, 8, shuffle=sampler is None, sampler=sampler, generator=order, num_workers=number % 4 == 3 and 2)
        return model, optimizer, SCHEDULES[number % len(SCHEDULES)](optimizer), order, loader

    def train(model, optimizer, schedule, loader, first, last):
        for _ in range(first, last):
            for x, y in loader:
                def closure():
                    optimizer.zero_grad()
                    loss = (model(x) - y).square().mean()
                    loss.backward()
                    return loss
                loss = optimizer.step(closure)
                optimizer.zero_grad(set_to_none=True)
            schedule.step(loss.item()) if isinstance(schedule, lrs.ReduceLROnPlateau) else schedule.step()

    def digest(model, optimizer, order):
        h = hashlib.sha256()
        for t in [*model.state_dict().values(), torch.get_rng_state(), order.get_state(), torch.rand(3)]:
            h.update(t.numpy().tobytes())
        h.update(repr([g["lr"] for g in optimizer.param_groups]).encode())
        return h.hexdigest()

    if __name__ == "__main__":
        first, last = map(int, sys.argv[1:])
        found = {}
        for number, name in enumerate(OPTIMIZERS):
            model, optimizer, schedule, order, loader = parts(name, number)
            if first:
                saved = torch.load(f"{name}.pt")
                model.load_state_dict(saved["model"])
                optimizer.load_state_dict(saved["optimizer"])
                schedule.load_state_dict(saved["schedule"])
                order.set_state(saved["order"])
                torch.set_rng_state(saved["rng"])
            train(model, optimizer, schedule, loader, first, last)
            saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
                     "order": order.get_state(), "rng": torch.get_rng_state()}
            torch.save(saved, f"{name}.pt")
            found[name] = digest(model, optimizer, order)
        print(json.dumps(found))
''')  # fmt: skip


def run(folder: Path, first: int, last: int) -> dict[str, str]:
    (folder / "run.py").write_text(RUN, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tinygrad_edu.compat", "run.py", str(first), str(last)], cwd=folder, capture_output=True,
        text=True, timeout=240, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    whole, halves = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("halves")
    return run(whole, 0, 4), run(halves, 0, 2), run(halves, 2, 4)


NAMES = [
    "SGD",
    "Adam",
    "AdamW",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Adamax",
    "NAdam",
    "RAdam",
    "ASGD",
    "Rprop",
    "LBFGS",
    "Adafactor",
]


@pytest.mark.parametrize("name", NAMES)
def test_bit_for_bit(runs: tuple[dict[str, str], ...], name: str) -> None:
    whole, half, resumed = runs
    assert set(whole) == set(NAMES)
    assert whole[name] != half[name]
    assert whole[name] == resumed[name]
