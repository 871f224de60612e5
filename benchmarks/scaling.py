"""What another process costs and brings: data-parallel training and sums over processes, measured here, and worked out beyond.

    python benchmarks/scaling.py [--processes 1,2] [--out benchmarks/results/scaling.json]

Each number of processes is started by mpiexec with one thread each. Measured are one training step of an MLP (784-512-512-10, batch 64
a process) with `DistributedDataParallel`, and `all_reduce` of vectors of growing size. From the sums follow a start-up time and a
rate; from them and the step of one process, the time of a step on more processes than there are here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SIZES = [2**k for k in range(10, 23, 2)]  # bytes
BATCH = 64


def measure() -> None:
    """One of the processes: prints what rank 0 measured."""
    import tinygrad_edu as tg
    from tinygrad_edu import distributed as dist
    from tinygrad_edu import nn

    dist.init_process_group("mpi")
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    x, y = tg.randn(BATCH, 784), tg.randint(0, 10, (BATCH,))
    parallel = nn.parallel.DistributedDataParallel(net)
    optimizer = tg.optim.SGD(net.parameters(), lr=1e-3)

    def step(model: Any) -> float:
        dist.barrier()
        start = time.perf_counter()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        return time.perf_counter() - start

    def summed(t: Any) -> float:
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(t)
        return time.perf_counter() - start

    found: dict[str, Any] = {
        "processes": dist.get_world_size(),
        "gradient bytes": sum(p.nbytes for p in net.parameters()),
    }
    with parallel.no_sync():
        found["step alone"] = min([step(parallel) for _ in range(60)][10:])
    found["step"] = min([step(parallel) for _ in range(60)][10:])
    found["all_reduce"] = {n: min([summed(tg.zeros(n // 4)) for _ in range(60)][10:]) for n in SIZES}
    if dist.get_rank() == 0:
        print(json.dumps(found))


def model_of(measured: dict[int, float]) -> tuple[float, float]:
    """Start-up seconds and bytes a second of an exchange: the line through the smallest and the largest sum of two processes."""
    small, large = min(measured), max(measured)
    slope = (measured[large] - measured[small]) / (large - small)
    return measured[small] - slope * small, 1 / slope


def ring(n: int, size: int, start: float, rate: float) -> float:
    """Seconds for a sum over n processes in a ring: 2 (n - 1) exchanges, each of 1/n of the numbers (two processes: measured)."""
    return (n - 1) * start + 2 * (n - 1) / n * size / rate


def main() -> None:
    from tinygrad_edu.distributed.run import find_mpiexec

    options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    counts = [int(n) for n in options.get("--processes", "1,2").split(",")]
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    measured = []
    for n in counts:
        command = [find_mpiexec() or "mpiexec", "-n", str(n), sys.executable, __file__, "--measure"]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **threads}, check=True)
        measured.append(json.loads(done.stdout.splitlines()[-1]))
    one = measured[0]["step"]
    print(f"{'processes':>9} {'ms a step':>10} {'of that alone':>14} {'samples/s':>10} {'efficiency':>10}")
    for m in measured:
        n = m["processes"]
        rate = n * BATCH / m["step"]
        print(f"{n:9} {1e3 * m['step']:10.2f} {1e3 * m['step alone']:14.2f} {rate:10.0f} {one / m['step']:10.0%}")
    two = next(m for m in measured if m["processes"] == 2)
    start, rate = model_of({int(k): v for k, v in two["all_reduce"].items()})
    size = two["gradient bytes"]
    print(
        f"\nsum over two processes: {1e6 * start:.0f} µs + size / {rate / 1e9:.2f} GB/s; gradients: {size / 1e6:.2f} MB"
    )
    print(
        "\nworked out for processes with a core each (no overlap, and with the sums hidden behind backward, two thirds of a step):"
    )
    print(f"{'processes':>9} {'sum ms':>8} {'efficiency':>10} {'hidden':>8}")
    simulated = []
    for n in (2, 4, 8, 16, 32, 64):
        wait = ring(n, size, start, rate)
        plain, hidden = one / (one + wait), one / (one + max(0.0, wait - one * 2 / 3))
        simulated.append({"processes": n, "sum": wait, "efficiency": plain, "hidden": hidden})
        print(f"{n:9} {1e3 * wait:8.2f} {plain:10.0%} {hidden:8.0%}")
    if "--out" in options:
        report = {"measured": measured, "start": start, "rate": rate, "simulated": simulated, "cores": os.cpu_count()}
        Path(options["--out"]).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
