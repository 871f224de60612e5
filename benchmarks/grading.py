"""Grade the same submissions with this course's grader and with nbgrader's autograde, in turn, in one run.

    python benchmarks/grading.py [--students 30] [--workers 2] [--many 300] [--out benchmarks/results/grading.json]

The exercise has 20 cells, six of them answers and six checks. Of twelve students six have everything right, four have one
answer wrong, one has an answer that does not parse, one has written nothing. nbgrader's run stands between two of ours, so
that a noisy machine hits both. Memory is the peak of the sum over all processes, shared pages counted once (PSS).
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tinygrad_edu.course import release
from tinygrad_edu.course.exercise import read
from tinygrad_edu.course.results import load

TASKS = {  # name: (reference answer, wrong answer, a visible case, what it gives)
    "relu": ("np.maximum(x, 0)", "np.abs(x)", "[-1.0, 2.0]", "[0.0, 2.0]"),
    "softmax": ("np.exp(x) / np.exp(x).sum()", "np.exp(x)", "[0.0, 0.0]", "[0.5, 0.5]"),
    "center": ("x - x.mean()", "x - x.max()", "[1.0, 3.0]", "[-1.0, 1.0]"),
    "norm": ("np.sqrt((x**2).sum())", "np.abs(x).sum()", "[3.0, 4.0]", "5.0"),
    "running": ("np.cumsum(x)", "x", "[1.0, 2.0]", "[1.0, 3.0]"),
    "backwards": ("x[::-1]", "x", "[1.0, 2.0]", "[2.0, 1.0]"),
}
CHECK = """check("{name}_check", equal(lambda: {name}(np.array({given})).tolist(), {gives}))
### BEGIN HIDDEN TESTS
found = {name}(check.rng().normal(size=50))
assert np.isfinite(found).all(), "all numbers must be finite"
print("fifty random numbers:", found)
### END HIDDEN TESTS"""
CLASS = ["right"] * 3 + ["wrong"] * 2 + ["nothing"] + ["right"] * 3 + ["wrong"] * 2 + ["broken"]
POINTS = {"right": 6, "wrong": 5, "broken": 5, "nothing": 0}


def answer(name: str, formula: str) -> str:
    return f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {formula}\n    ### END SOLUTION"


def solution() -> dict[str, Any]:
    """The source notebook: 20 cells."""

    def code(source: str, **metadata: object) -> dict[str, Any]:
        return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}

    def text(source: str) -> dict[str, Any]:
        return {"cell_type": "markdown", "metadata": {}, "source": source}

    cells = [text("# Six functions"), code("import numpy as np\nfrom tinygrad_edu.course import check, equal")]
    for name, (right, _, given, gives) in TASKS.items():
        cells.append(text(f"## {name}"))
        cells.append(code(answer(name, right), nbgrader={"grade_id": name}))
        mark = {"grade_id": f"{name}_check", "points": 1}
        cells.append(code(CHECK.format(name=name, given=given, gives=gives), nbgrader=mark))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def prepare(folder: Path, students: int) -> None:
    """A course that both graders can work in: solution, release, submissions."""
    source = folder / "solutions" / "01_six.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(solution()))
    made = release.prepare(source, folder / "exercises", run=True)
    made.write()
    assert len(json.loads(made.text)["cells"]) == 20
    (folder / "source" / "one").mkdir(parents=True)
    shutil.copy(source, folder / "source" / "one")
    key = read(source)
    for number in range(students):
        notebook, kind = json.loads(made.text), CLASS[number % len(CLASS)]
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in key.answers and kind != "nothing":
                right, wrong, *_ = TASKS[name]
                cell["source"] = answer(name, wrong if kind == "wrong" and name == "norm" else right)
                if kind == "broken" and name == "norm":
                    cell["source"] = cell["source"].replace("(x):", "(x:")
        path = folder / "submitted" / f"student{number:03}" / "one" / "01_six.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\n")


@dataclass
class Cost:
    """What one command took."""

    seconds: float
    processor_seconds: float
    peak_megabytes: float


def run(folder: Path, *command: str) -> Cost:
    """Run a command to its end, looking at its processes' memory twice a second."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])  # nbgrader calls alembic
    peak = [0.0]
    start, before = time.perf_counter(), os.times()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def look() -> None:
        while process.poll() is None:
            total = 0
            with suppress(psutil.Error):  # it has ended meanwhile
                for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                    with suppress(psutil.Error):
                        total += each.memory_full_info().pss
            peak[0] = max(peak[0], total / 1e6)
            time.sleep(0.5)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(said.decode())
    adopt_and_wait()
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(round(seconds, 2), round(used, 2), round(peak[0], 1))


def adopt_and_wait() -> None:
    """Wait for the orphans of a run, kernels that were killed with their parents: so their processor time counts."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def ours(folder: Path, workers: int) -> Cost:
    course = [sys.executable, "-m", "tinygrad_edu.course.cli", "grade", "--course", "."]
    paths = [str(p.relative_to(folder)) for p in sorted(folder.glob("submitted/*/*/*.ipynb"))]
    cost = run(folder, *course, "--out", "results", "--workers", str(workers), *paths)
    points = [r.points for r in load(folder / "results" / "results.json")]
    assert points == [POINTS[CLASS[n % len(CLASS)]] for n in range(len(points))], points
    return cost


def theirs(folder: Path) -> Cost:
    shutil.rmtree(folder / "autograded", ignore_errors=True)
    call = "from nbgrader.apps.nbgraderapp import main; main()"
    return run(folder, sys.executable, "-c", call, "autograde", "one", "--force")


@click.command()
@click.option("--students", default=30, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--rounds", default=1, show_default=True, help="How often nbgrader runs.")
@click.option("--many", default=0, help="Then grade so many submissions with ours alone.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the numbers there as JSON.")
def main(students: int, workers: int, rounds: int, many: int, out: Path | None) -> None:
    """Print the time of both, and their ratio; the exit code is 1 when ours takes more than half of nbgrader's."""
    found: dict[str, Any] = {"students": students, "workers": workers}
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become our children
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, students)
        call = "from nbgrader.apps.nbgraderapp import main; main()"
        run(folder, sys.executable, "-c", call, "generate_assignment", "one")
        own, other = [ours(folder, workers)], []
        for _ in range(rounds):
            other.append(theirs(folder))
            own.append(ours(folder, workers))
        found |= {"ours": [asdict(c) for c in own], "nbgrader": [asdict(c) for c in other]}
    found["ratio"] = round(fmean(c.seconds for c in own) / fmean(c.seconds for c in other), 3)
    for who, costs in (("ours", own), ("nbgrader", other)):
        for cost in costs:
            each = f"{cost.seconds / students:5.2f} s each, {cost.processor_seconds / students:5.2f} s of a processor"
            click.echo(f"{who:9} {cost.seconds:7.1f} s  {each}  {cost.peak_megabytes:6.0f} MB")
    click.echo(f"ours takes {found['ratio']:.2f} of nbgrader's time")
    if many:
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name), many)
            cost = ours(Path(name), workers)
        found["many"] = {"students": many, **asdict(cost)}
        click.echo(
            f"{many} submissions: {cost.seconds:.0f} s, {cost.seconds / many:.2f} s each, "
            f"{cost.processor_seconds / many:.2f} s of a processor, {cost.peak_megabytes:.0f} MB"
        )
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(found, indent=1) + "\n")
    sys.exit(found["ratio"] > 0.5)


if __name__ == "__main__":
    main()
