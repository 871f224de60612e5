"""`make test`: every check, in named stages, all of them run even when one fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from environment import ROOT, Failure, environment_of, install_system_packages

RESULTS = ROOT / "test-results"
WORKERS = os.environ.get("WORKERS") or str(min(os.cpu_count() or 1, 8))
LINT = ["ruff", "format", "mypy", "imports", "codespell"]


@dataclass
class Stage:
    """One command; one that runs pytest tells its counts through a JUnit file."""

    name: str
    command: list[str | Path]
    pytest: bool = False
    seconds: float = 0.0
    status: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def junit(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    def run(self, python: Path) -> None:
        command = [*self.command, f"--junitxml={self.junit}"] if self.pytest else self.command
        shown = [str(word).replace(str(python), "python").replace(f"{ROOT}{os.sep}", "") for word in command]
        print(f"\n━━ {self.name} ━━ {' '.join(shown)}", flush=True)
        start = time.perf_counter()
        self.status = subprocess.run(command, cwd=ROOT, env=environment_of(python)).returncode
        self.seconds = time.perf_counter() - start
        self.count()
        print(f"━━ {self.name}: {self.verdict} in {self.seconds:.1f} s", flush=True)

    def count(self) -> None:
        """Add up what ran; a linter counts as one check, and so does a pytest that broke down without a report."""
        if self.pytest and self.junit.exists():
            for suite in ElementTree.parse(self.junit).iter("testsuite"):
                total, bad, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "skipped"))
                bad += int(suite.get("errors", 0))
                self.counts.update(passed=total - bad - skipped, failed=bad, skipped=skipped)
        if not self.pytest or (self.status and not self.counts["failed"]):
            self.counts["failed" if self.status else "passed"] += 1

    @property
    def verdict(self) -> str:
        return f"FAILED (exit status {self.status})" if self.status else "ok"


def course_command(python: Path) -> list[str | Path]:
    """`tinygrad-edu`, in this Python's own copy."""
    return [python, "-c", "from tinygrad_edu.course.cli import main; main()"]


def all_stages(python: Path) -> list[Stage]:
    pytest: list[str | Path] = [python, "-m", "pytest"]
    # worksteal: an oracle table is one file of hundreds of small tests; loadfile: a notebook's cells stay in one kernel;
    # loadgroup: each chapter in a browser is a task of its own, the tests of the book, which is built for them, are one
    spread, whole_files, grouped = (["-n", WORKERS, "--dist", how] for how in ("worksteal", "loadfile", "loadgroup"))
    notebooks = [
        "-p",
        "tests.notebook_costs",
        "--nbval",
        "--nbval-current-env",
        "--nbval-sanitize-with=tests/notebooks/nbval_sanitize.cfg",
    ]
    limits = ["--nbval-cell-timeout=300", "--timeout=600"]
    sealed_doctests = ["-p", "tests.sealing", "--doctest-modules", "--doctest-glob=*.md"]
    return [
        Stage("ruff", [python, "-m", "ruff", "check", "."]),
        Stage("format", [python, "-m", "ruff", "format", "--check", "."]),
        Stage("mypy", [python, "-m", "mypy"]),
        Stage("imports", [python, "-c", "from importlinter.cli import lint_imports_command as run; run()"]),
        Stage("codespell", [python, "-c", "import sys, codespell_lib; sys.exit(codespell_lib.main(*sys.argv[1:]))"]),
        Stage("pytest", [*pytest, *spread, "--ignore=tests/browser", "tests"], pytest=True),
        Stage("doctest", [*pytest, *sealed_doctests, "tinygrad_edu", "README.md"], pytest=True),
        Stage("nbval", [*pytest, *whole_files, *notebooks, *limits, "chapters", "solutions"], pytest=True),
        Stage("release", [*course_command(python), "release", "--check"]),
        Stage("browser", [*pytest, *grouped, "tests/browser"], pytest=True),
    ]


def run(python: Path, chosen: list[str]) -> int:
    """Run the chosen stages (all of them when none is named); 0 only if every one went well."""
    stages = all_stages(python)
    names = [stage.name for stage in stages]
    if unknown := [name for name in chosen if name not in names]:
        raise Failure(f"no stage {', '.join(unknown)}; the stages are {', '.join(names)}.")
    stages = [stage for stage in stages if not chosen or stage.name in chosen]
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    if any(stage.name in ("pytest", "browser") for stage in stages):
        install_system_packages(RESULTS / "apt.log")
    print(f"Testing with {python}, {WORKERS} at a time.", flush=True)
    for stage in stages:
        stage.run(python)
    total: Counter[str] = Counter(passed=0, failed=0, skipped=0)
    print("\n━━ summary")
    for stage in stages:
        total.update(stage.counts)
        counts = ", ".join(f"{number} {word}" for word, number in stage.counts.items() if number)
        print(f"{stage.name:10} {stage.seconds:7.1f} s  {stage.verdict:25} {counts}")
    print(f"{'together':10} {sum(stage.seconds for stage in stages):7.1f} s")
    sys.stdout.flush()
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    return 1 if any(stage.status for stage in stages) else 0
