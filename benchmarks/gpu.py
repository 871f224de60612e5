"""The workloads W1–W8 on an NVIDIA GPU: ours on CuPy against torch's CUDA build, where that is installed.

    python benchmarks/gpu.py [W1 W3 …] [--rounds 15] [--device cuda] [--out benchmarks/results/gpu.json]

Every round runs every contender once, in turn; a step's time includes waiting for the device. "recorded": the step as a CUDA graph
that is replayed, beside torch's eager step. Beside the ratio of times stands that
of the peaks of allocated memory. torch's CPU build, which the tests install, has no CUDA: then ours is timed alone. ``--device cpu``
tries the script itself where there is no GPU.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
from workloads import WORKLOADS

MUST = {"W1": 1.0, "W3": 1.0, "W5": 2.0}


def timed(library: Any, device: str, step: Any, least: float) -> float:
    """Seconds a step takes, the device's work included."""
    count, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < least or count == 0:
        step()
        count += 1
        if device == "cuda" and count % 10 == 0:
            library.cuda.synchronize()  # else the loop only fills the queue
    if device == "cuda":
        library.cuda.synchronize()
        passed = time.perf_counter() - start
    return passed / count


def built(library: Any, name: str, device: str) -> Any:
    """A workload's step with everything it needs on the device."""
    library.set_default_device(device)
    try:
        return WORKLOADS[name][1](library)
    finally:
        library.set_default_device("cpu")


def recorded(library: Any, step: Any) -> Any:
    """The step as a CUDA graph that is replayed; None where something in it cannot be recorded."""
    with library.cuda.stream(library.cuda.Stream()):
        for _ in range(3):
            step()
    graph = library.cuda.CUDAGraph()
    try:
        with library.cuda.graph(graph):
            step()
    except RuntimeError as error:
        print(f"not recorded: {str(error).splitlines()[0]}", file=sys.stderr)
        return None
    return graph.replay


def measure(libraries: dict[str, Any], name: str, device: str, rounds: int, least: float) -> dict[str, Any]:
    steps = {who: built(library, name, device) for who, library in libraries.items()}
    for who, step in steps.items():
        timed(libraries[who], device, step, least)  # kernels are compiled at their first use
    if device == "cuda":
        replay = recorded(libraries["ours"], built(libraries["ours"], name, device))
        if replay is not None:
            libraries, steps = {**libraries, "recorded": libraries["ours"]}, {**steps, "recorded": replay}
    seconds: dict[str, list[float]] = {who: [] for who in steps}
    for _ in range(rounds):
        for who, step in steps.items():
            gc.collect()
            seconds[who].append(timed(libraries[who], device, step, least))
    peaks = {}
    if device == "cuda":
        for who, step in steps.items():
            if who == "recorded":  # its memory is taken once and for all
                continue
            libraries[who].cuda.reset_peak_memory_stats()
            step()
            peaks[who] = libraries[who].cuda.max_memory_allocated()
    return {"seconds": seconds, "peak_bytes": peaks}


def against(values: dict[str, Any], pick: Any, who: str = "ours") -> str:
    if not {"torch", who} <= set(values):
        return "–"
    return f"{pick(values[who]) / pick(values['torch']):.2f}"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--rounds", default=15, show_default=True)
@click.option("--least", default=0.2, show_default=True, help="Seconds that each contender runs in a round.")
@click.option("--device", type=click.Choice(["cuda", "cpu"]), default="cuda", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write the numbers there as JSON.")
def main(names: tuple[str, ...], rounds: int, least: float, device: str, out: Path | None) -> None:
    """Print times and peaks of memory, and their ratios to torch's (smaller is better)."""
    import torch

    import tinygrad_edu

    if device == "cuda" and not tinygrad_edu.cuda.is_available():
        raise click.ClickException("no GPU that CuPy can use; `tinygrad-edu doctor` says why")
    libraries: dict[str, Any] = {"ours": tinygrad_edu}
    if device == "cpu" or torch.cuda.is_available():
        libraries = {"torch": torch, **libraries}
    found: dict[str, Any] = {"device": device, "torch": torch.__version__, "rounds": rounds, "results": {}}
    if device == "cuda":
        found["gpu"] = tinygrad_edu.cuda.get_device_name(0)
    table = Table(
        "workload",
        "ours",
        "time / torch's",
        "recorded / torch's",
        "must",
        "memory / torch's",
        title=found.get("gpu", "CPU"),
    )
    for name in names or WORKLOADS:
        result = found["results"][name] = measure(libraries, name, device, rounds, least)
        times = [against(result["seconds"], median, who) for who in ("ours", "recorded")]
        table.add_row(
            f"{name} {WORKLOADS[name][0]}", f"{median(result['seconds']['ours']) * 1e3:.3g} ms", *times,
            str(MUST.get(name, "")), against(result["peak_bytes"], float),
        )  # fmt: skip
    Console(width=120).print(table)
    if out:
        out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
