"""How the cost of a step grows with the size of what it works on, ours beside torch's: one command draws the figure.

    python benchmarks/growth.py [--out docs/img/growth.svg] [--least 0.05] [--rounds 5]

A curve that is steeper than torch's at its right end would be a mistake of ours. The numbers lie in benchmarks/results/growth.json.
"""

from __future__ import annotations

import os
import sys

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "2"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS  # before NumPy and torch are loaded

import gc
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).parent))
from run import timed

HERE = Path(__file__).parent
Step = Callable[[], Any]


def operations(T: Any, n: int) -> Step:
    x = T.ones(10, requires_grad=True)

    def step() -> None:
        y = x
        for _ in range(n):
            y = y * 1.0001
        y.sum().backward()

    return step


def _mlp(T: Any, batch: int, width: int, layers: int = 2) -> Step:
    nn = T.nn
    hidden = [part for _ in range(layers - 1) for part in (nn.Linear(width, width), nn.ReLU())]
    net = nn.Sequential(nn.Linear(64, width), nn.ReLU(), *hidden, nn.Linear(width, 10))
    optimizer, loss = T.optim.SGD(net.parameters(), lr=0.01), nn.CrossEntropyLoss()
    x, y = T.randn(batch, 64), T.randint(0, 10, (batch,))

    def step() -> None:
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()

    return step


def image_size(T: Any, n: int) -> Step:
    net = T.nn.Sequential(T.nn.Conv2d(3, 8, 3, padding=1), T.nn.ReLU(), T.nn.MaxPool2d(2))
    x = T.randn(8, 3, n, n)
    return lambda: net(x).sum().backward()


def parameters(T: Any, n: int) -> Step:
    p = T.nn.Parameter(T.randn(n))
    p.grad = T.randn(n)
    optimizer = T.optim.Adam([p])
    return lambda: optimizer.step()


def _epoch(T: Any, n: int, workers: int = 0) -> Step:
    data = T.utils.data
    loader = data.DataLoader(data.TensorDataset(T.randn(n, 3, 32, 32), T.arange(n)), batch_size=64, shuffle=True,
                             num_workers=workers, persistent_workers=workers > 0)  # fmt: skip

    def step() -> None:
        for _ in loader:
            pass

    return step


# what grows: the sizes, how a step is made
CURVES: dict[str, tuple[tuple[int, ...], Callable[[Any, int], Step]]] = {
    "operations in the graph": ((10, 100, 1000, 10_000), operations),
    "batch": ((1, 16, 256, 4096), lambda T, n: _mlp(T, n, 128)),
    "width of a layer": ((16, 64, 256, 1024), lambda T, n: _mlp(T, 64, n)),
    "layers": ((2, 8, 32, 128), lambda T, n: _mlp(T, 16, 32, n)),
    "side of an image": ((8, 16, 32, 64, 128), image_size),
    "parameters (Adam)": ((1000, 10_000, 100_000, 1_000_000), parameters),
    "images in a dataset (one epoch)": ((64, 512, 4096), _epoch),
}
WORKERS = (0, 1, 2)
PAUSE = 0.1  # seconds after which the other side's threads no longer wait for work, which would keep a processor busy
IMAGES = 2048


def measured(
    makers: dict[str, Any], make: Callable[[Any, int], Step], n: int, rounds: int, least: float
) -> dict[str, float]:
    steps = {who: make(T, n) for who, T in makers.items()}
    times: dict[str, list[float]] = {who: [] for who in steps}
    for i in range(rounds + 1):  # the first one warms up
        for who, step in steps.items():
            time.sleep(PAUSE)
            step()
            times[who].append(timed(step, least if i else 0))
    return {who: median(t[1:]) for who, t in times.items()}


def draw(curves: dict[str, Any], loading: dict[str, Any], out: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "growth"  # the same picture for the same numbers
    figure, axes = plt.subplots(2, 4, figsize=(15, 6.5), layout="constrained")
    for axis, (name, points) in zip(axes.flat, curves.items()):
        for who, style in (("torch", "o--"), ("ours", "s-")):
            axis.loglog(
                [int(n) for n in points], [p[who] * 1e3 for p in points.values()], style, label=who, markersize=4
            )
        axis.set_title(name, fontsize=10)
        axis.set_ylabel("ms a step", fontsize=9)
        axis.grid(alpha=0.3)
    axes.flat[0].legend()
    bars = axes.flat[len(curves)]
    for at, who in enumerate(("torch", "ours")):
        bars.bar([i + 0.4 * at for i in range(len(loading))], [p[who] for p in loading.values()], 0.38, label=who)
    bars.set_xticks([i + 0.2 for i in range(len(loading))], [f"{n} workers" for n in loading])
    bars.set_title("DataLoader, images of 3×32×32 a second", fontsize=10)
    bars.legend()
    figure.savefig(out, metadata={"Date": None})


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=HERE.parent / "docs" / "img" / "growth.svg", show_default=True
)
@click.option("--rounds", default=5, show_default=True)
@click.option("--least", default=0.05, show_default=True, help="Seconds that each contender runs in a round.")
@click.option("--threads", default="2", show_default=True)
def main(out: Path, rounds: int, least: float, threads: str) -> None:
    """Measure all curves and draw them."""
    import torch

    import tinygrad_edu

    torch.set_num_threads(int(threads))
    makers = {"torch": torch, "ours": tinygrad_edu}
    gc.freeze()  # else a graph of ten thousand nodes has Python's collector walk through all that torch is made of
    curves: dict[str, Any] = {}
    for name, (sizes, make) in CURVES.items():
        curves[name] = {n: measured(makers, make, n, rounds, least) for n in sizes}
        print(
            name, {n: {who: f"{t * 1e3:.2f} ms" for who, t in p.items()} for n, p in curves[name].items()}, flush=True
        )
    loading = {}
    for workers in WORKERS:
        seconds = measured(makers, lambda T, n, w=workers: _epoch(T, IMAGES, w), workers, rounds, least)  # type: ignore[misc]
        loading[workers] = {who: IMAGES / t for who, t in seconds.items()}
        print(workers, "workers:", {who: f"{v:.0f} images/s" for who, v in loading[workers].items()}, flush=True)
    numbers = {"threads": int(threads), "rounds": rounds, "seconds": curves, "images a second": loading}
    numbers["measured"] = time.strftime("%Y-%m-%d")
    (HERE / "results" / "growth.json").write_text(json.dumps(numbers, indent=1) + "\n")
    draw(curves, loading, out)


if __name__ == "__main__":
    main()
