"""Time our workloads against torch and its teaching peers, side by side in one run.

    python benchmarks/run.py [W1 W6 …] [--rounds 7] [--threads 2] [--out benchmarks/results/cpu.json]

Every round runs every contender once, in turn, so that a noisy moment hits them all; reported are ratios of medians.
"""

from __future__ import annotations

import os
import sys

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "2"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS  # before NumPy and torch are loaded

import gc
import json
import platform
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
from peers import installed
from workloads import W6_OPS, WORKLOADS

MUST = {"W1": 1.25, "W2": 1.35, "W3": 1.45, "W4a": 0.90, "W4b": 2.40, "W5": 2.50, "W6": 0.80, "W7": 1.00, "W8": 1.25}
THEN = {"W1": 1.00, "W2": 0.80, "W3": 0.90, "W4a": 0.60, "W4b": 1.30, "W5": 1.40, "W6": 0.50, "W7": 0.70, "W8": 1.00}


def timed(step: Any, least: float) -> float:
    """Seconds a step takes, repeated until ``least`` seconds have passed."""
    count, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < least or count == 0:
        step()
        count += 1
    return passed / count


def contenders(name: str) -> dict[str, Any]:
    import torch

    import tinygrad_edu

    torch.set_num_threads(int(THREADS))
    build = WORKLOADS[name][1]
    found = {"torch": build(torch), "ours": build(tinygrad_edu)}
    for peer, make in installed().items():
        steps = make()
        if name in steps:
            found[peer] = steps[name]
    return found


def measure(name: str, rounds: int, least: float) -> dict[str, list[float]]:
    steps = contenders(name)
    for step in steps.values():
        timed(step, least)  # warm up
    times: dict[str, list[float]] = {who: [] for who in steps}
    for _ in range(rounds):
        for who, step in steps.items():
            gc.collect()
            times[who].append(timed(step, least))
    return times


MEMORY = """
import os, sys
sys.path.insert(0, {here!r})
import psutil, importlib
from workloads import w3_lenet
T = importlib.import_module({module!r})
step = w3_lenet(T)
process = psutil.Process()
start = process.memory_info().rss
peak = start
for _ in range(50):
    step()
    peak = max(peak, process.memory_info().rss)
print((peak - start) / 1e6)
"""


def memory(module: str) -> float:
    """Growth of a fresh process's memory over 50 LeNet steps, MB (W9)."""
    code = MEMORY.format(here=str(Path(__file__).parent), module=module)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
    )


@click.command()
@click.argument("names", nargs=-1)
@click.option("--rounds", default=7, show_default=True)
@click.option("--least", default=0.2, show_default=True, help="Seconds that each contender runs in a round.")
@click.option("--threads", default="2", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write the numbers there as JSON.")
def main(names: tuple[str, ...], rounds: int, least: float, threads: str, out: Path | None) -> None:
    """Print the table of ratios to torch (smaller is faster)."""
    import numpy
    import torch

    everything = {"threads": int(threads), "machine": platform.processor() or platform.machine(),
                  "python": platform.python_version(),
                  "numpy": numpy.__version__, "torch": torch.__version__, "rounds": rounds, "results": {}}  # fmt: skip
    peers = list(installed())
    table = Table("workload", "torch", "ours", *peers, "must", "then", title="time as a multiple of torch's (medians)")
    for name in names or [*WORKLOADS, "W9"]:
        if name == "W9":
            mine = median(memory("tinygrad_edu") for _ in range(3))
            theirs = median(memory("torch") for _ in range(3))
            everything["results"]["W9"] = {"ours_MB": mine, "torch_MB": theirs}
            table.add_row(
                "W9 memory growth, 50 LeNet steps",
                f"{theirs:.0f} MB",
                f"{mine:.0f} MB",
                *["–"] * len(peers),
                "30 MB",
                "20 MB",
            )
            continue
        times = measure(name, rounds, least)
        middle = {who: median(t) for who, t in times.items()}
        everything["results"][name] = {"seconds": times, "ratio": {w: m / middle["torch"] for w, m in middle.items()}}
        per = f"{middle['torch'] / W6_OPS * 1e6:.1f} µs/op" if name == "W6" else f"{middle['torch'] * 1e3:.2f} ms"
        ratios = [f"{middle[p] / middle['torch']:.2f}" if p in middle else "–" for p in peers]
        ours = middle["ours"] / middle["torch"]
        mark = "" if ours <= MUST[name] else " !"
        table.add_row(
            f"{name} {WORKLOADS[name][0]}", per, f"{ours:.2f}{mark}", *ratios, f"{MUST[name]:.2f}", f"{THEN[name]:.2f}"
        )
    Console(width=120).print(table)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
