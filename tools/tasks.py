"""The subcommands of tools/dev.py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import lab
import stages
from environment import ROOT, VENV, Failure, environment_of, install


def run(command: str, here: bool, words: Sequence[str] = ()) -> int:
    """Run one subcommand; problems that the user can solve become one line and exit status 2.

    Only ``notebooks`` takes further words: the files to run, and ``--sources``.
    """
    if command not in TASKS:
        print(f"error: no command {command!r}; there are {', '.join(TASKS)}", file=sys.stderr)
        return 2
    try:
        return run_notebooks(here, *words) if command == "notebooks" else TASKS[command](here)
    except Failure as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped")
        return 130


def python_for(here: bool, *extras: str) -> Path:
    return Path(sys.executable) if here else install(extras)


def run_lab(here: bool) -> int:
    port = lab.choose_port(os.environ.get("PORT", ""))  # before a minute of installing, not after
    return lab.serve(python_for(here, "lab"), port)


def run_test(here: bool) -> int:
    return stages.run(python_for(here, "lab", "test", "book"), os.environ.get("STAGES", "").split())


def run_test_gpu(here: bool) -> int:
    """The tests that need a GPU, the op table on it, and the benchmark: its numbers are kept."""
    python = python_for(here, "lab", "test", gpu_extra())
    env = environment_of(python)
    tests = [python, "-m", "pytest", "-m", "needs_gpu", "tests"]
    table = [python, "-m", "pytest", "tests/strict", "-k", "cupy"]
    bench = [python, "benchmarks/gpu.py", "--out", "benchmarks/results/gpu.json"]
    return max(subprocess.run(command, cwd=ROOT, env=env).returncode for command in (tests, table, bench))


def gpu_extra() -> str:
    """Which CuPy fits the driver."""
    try:
        said = subprocess.run(["nvidia-smi"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Failure("test-gpu needs an NVIDIA GPU and its driver: the command nvidia-smi finds none") from None
    version = re.search(r"CUDA Version: *(\d+)", said)
    return "gpu13" if version and int(version[1]) >= 13 else "gpu"


def run_lint(here: bool) -> int:
    return stages.run(python_for(here, "lab", "test"), stages.LINT)


def run_format(here: bool) -> int:
    python = str(python_for(here, "lab", "test"))
    fixed = subprocess.run([python, "-m", "ruff", "check", "--fix", "."]).returncode
    return subprocess.run([python, "-m", "ruff", "format", "."]).returncode or fixed


def run_notebooks(here: bool, *words: str) -> int:
    """Run the notebooks under the very settings that the tests use, so that their outputs compare equal."""
    python = python_for(here, "lab", "test")
    chosen = words or os.environ.get("NOTEBOOKS", "").split()
    command = [python, ROOT / "tools" / "run_notebooks.py", *chosen]
    return subprocess.run(command, env=environment_of(python)).returncode


def run_release(here: bool) -> int:
    python = python_for(here, "lab")
    return subprocess.run([*stages.course_command(python), "release"], env=environment_of(python)).returncode


def run_book(here: bool) -> int:
    python = python_for(here, "lab", "book")
    return subprocess.run([python, ROOT / "book" / "build.py"], env=environment_of(python)).returncode


def run_size(here: bool) -> int:
    """Lines of each room, docstrings and comments included."""
    package = ROOT / "tinygrad_edu"
    rooms = sorted(package.iterdir(), key=lambda path: (path.is_file(), path.name))
    total = 0
    for room in rooms:
        files = [room] if room.suffix == ".py" else sorted(room.rglob("*.py")) if room.is_dir() else []
        lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
        if lines:
            total += lines
            print(f"{lines:7,}  {room.name}" + (f"/  ({len(files)} files)" if room.is_dir() else ""))
    print(f"{total:7,}  together")
    return 0


def run_clean(here: bool) -> int:
    caches = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "test-results")
    for path in [VENV, *(ROOT / name for name in caches), ROOT / "book" / "_build", *ROOT.glob("*.egg-info")]:
        if path.exists():
            print(f"removing {path.name}")
            shutil.rmtree(path)
    return 0


TASKS: dict[str, Callable[[bool], int]] = {
    "lab": run_lab,
    "test": run_test,
    "test-gpu": run_test_gpu,
    "lint": run_lint,
    "format": run_format,
    "notebooks": run_notebooks,
    "release": run_release,
    "book": run_book,
    "size": run_size,
    "clean": run_clean,
}


if __name__ == "__main__":  # with the Python that runs this, from the folder one stands in
    sys.exit(run(sys.argv[1] if len(sys.argv) > 1 else "", True, sys.argv[2:]))
