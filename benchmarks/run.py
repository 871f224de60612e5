"""Time our workloads against torch and its teaching peers, side by side in one run.

    python benchmarks/run.py [W1 W6 …] [--rounds 15] [--threads 2] [--out benchmarks/results/cpu.json]

Every round runs every contender once, in turn, so that a noisy moment hits them all; reported is the median over the rounds of the
ratio to torch's time in the same round. "ours" is NumPy alone, "fast" the same with the compiled kernels of the extra ``fast``.
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
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
from peers import MISSING, installed
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


def switched(step: Any, compiled_kernels: bool) -> Any:
    """A step of ours, with or without compiled kernels."""
    from tinygrad_edu.backend import compiled

    def run() -> None:
        compiled.use(compiled_kernels)
        step()

    return run


def prepared() -> bool:
    """Compile the kernels where numba is installed: whether there are any."""
    from tinygrad_edu.backend import compiled

    if find_spec("numba") is None:
        return False
    compiled.prepare()
    return compiled.in_use()


def contenders(name: str, fast: bool) -> dict[str, Any]:
    import torch

    import tinygrad_edu

    torch.set_num_threads(int(THREADS))
    build = WORKLOADS[name][1]
    found = {"torch": build(torch), "ours": switched(build(tinygrad_edu), False)}
    if fast:
        found["fast"] = switched(build(tinygrad_edu), True)
    for peer, make in installed().items():
        steps = make()
        if name in steps:
            found[peer] = steps[name]()
    return found


def measure(name: str, rounds: int, least: float, fast: bool) -> dict[str, list[float]]:
    steps = contenders(name, fast)
    for step in steps.values():
        timed(step, least)  # warm up
    times: dict[str, list[float]] = {who: [] for who in steps}
    for _ in range(rounds):
        for who, step in steps.items():
            gc.collect()
            times[who].append(timed(step, least))
    return times


def ratio(times: dict[str, list[float]], who: str) -> float:
    """How much longer than torch's a contender's step takes."""
    return median(mine / theirs for mine, theirs in zip(times[who], times["torch"]))


MEMORY = """
import os, sys
sys.path.insert(0, {here!r})
import psutil, importlib
from workloads import w3_lenet
T = importlib.import_module({module!r})
if {fast}:
    T.backend.compiled.in_use()  # numba itself, which is loaded once, is not what grows
step = w3_lenet(T)
process = psutil.Process()
start = process.memory_info().rss
peak = start
for _ in range(50):
    step()
    peak = max(peak, process.memory_info().rss)
print((peak - start) / 1e6)
"""


def memory(module: str, fast: bool = False) -> float:
    """Growth of a fresh process's memory over 50 LeNet steps, MB (W9)."""
    code = MEMORY.format(here=str(Path(__file__).parent), module=module, fast=fast)
    root = str(Path(__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": root, "TINYGRAD_EDU_COMPILED": str(int(fast))}
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
    )


@click.command()
@click.argument("names", nargs=-1)
@click.option("--rounds", default=15, show_default=True)
@click.option("--least", default=0.1, show_default=True, help="Seconds that each contender runs in a round.")
@click.option("--threads", default="2", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write the numbers there as JSON.")
def main(names: tuple[str, ...], rounds: int, least: float, threads: str, out: Path | None) -> None:
    """Print the table of ratios to torch (smaller is faster)."""
    import numpy
    import torch

    everything = {"threads": int(threads), "machine": platform.processor() or platform.machine(),
                  "python": platform.python_version(),
                  "numpy": numpy.__version__, "torch": torch.__version__, "rounds": rounds, "results": {}}  # fmt: skip
    peers, fast = list(installed()), prepared()
    title = "time as a multiple of torch's in the same round (medians)"
    table = Table("workload", "torch", "ours", "must", "fast", "then", *peers, title=title)
    for name in names or [*WORKLOADS, "W9"]:
        if name == "W9":
            runs = {"torch": ("torch", False), "ours": ("tinygrad_edu", False)}
            if fast:
                runs["fast"] = ("tinygrad_edu", True)
            grown = {who: median(memory(*how) for _ in range(3)) for who, how in runs.items()}
            everything["results"]["W9"] = {f"{who}_MB": mb for who, mb in grown.items()}
            cells = {who: f"{mb:.0f} MB" for who, mb in grown.items()}
            table.add_row(
                "W9 memory growth, 50 LeNet steps", cells["torch"], cells["ours"], "30 MB", cells.get("fast", "–"), "20 MB",
                *["–"] * len(peers),
            )  # fmt: skip
            continue
        times = measure(name, rounds, least, fast)
        ratios = {who: ratio(times, who) for who in times}
        everything["results"][name] = {"seconds": times, "ratio": ratios}
        theirs = median(times["torch"])
        per = f"{theirs / W6_OPS * 1e6:.1f} µs/op" if name == "W6" else f"{theirs * 1e3:.2f} ms"
        shown = {who: f"{r:.2f}" for who, r in ratios.items()}
        print(name, per, shown, file=sys.stderr, flush=True)  # the table comes at the end, which may be minutes away
        for who, goal in (("ours", MUST[name]), ("fast", THEN[name])):
            if who in ratios and ratios[who] > goal:
                shown[who] += " !"
        table.add_row(
            f"{name} {WORKLOADS[name][0]}", per, shown["ours"], f"{MUST[name]:.2f}", shown.get("fast", "–"), f"{THEN[name]:.2f}",
            *[shown.get(p, "–") for p in peers],
        )  # fmt: skip
    Console(width=130).print(table)
    for peer in peers:
        for why in sorted(set(MISSING[peer].values())):
            print(f"{peer}, {' '.join(n for n, w in MISSING[peer].items() if w == why)}: {why}")
    if not fast:
        print("fast: numba is not installed (pip install 'tinygrad-edu[fast]')")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
