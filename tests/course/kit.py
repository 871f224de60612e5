"""What the tests of the course share: making submissions, grading them, reading mutants."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from tinygrad_edu.course import sandbox
from tinygrad_edu.course.exercise import Exercise, read
from tinygrad_edu.course.grade import Batch
from tinygrad_edu.course.limits import DEFAULT, Limits
from tinygrad_edu.course.results import Results, Submission

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
DATA = HERE / "data"
SAMPLE = DATA / "solutions" / "01_lists.ipynb"
RELEASED = DATA / "exercises" / "01_lists.ipynb"


def released() -> dict[str, Any]:
    """The sample exercise as students get it."""
    return json.loads(RELEASED.read_text("utf-8"))


def answers() -> dict[str, str]:
    """The sample's right answers by grade_id."""
    return {name: cell.source for name, cell in read(SAMPLE).answers.items()}


def fill(notebook: dict[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    """A copy of a notebook with the source of some answer cells replaced."""
    filled = copy.deepcopy(notebook)
    left = dict(sources)
    for cell in filled["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in left:
            cell["source"] = left.pop(name)
    assert not left, f"no such answer cells: {sorted(left)}"
    return filled


def save(notebook: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def solved(**wrong: str) -> dict[str, Any]:
    """The sample with every answer right but those given."""
    return fill(released(), answers() | wrong)


def grade(
    paths: Iterable[Path],
    keys: list[Exercise] | None = None,
    *,
    limits: Limits = DEFAULT,
    workers: int = 2,
    seed: int = 1234,
    sandboxed: bool | None = None,
    hide: tuple[Path, ...] = (),
    say: Callable[[Submission], None] = lambda result: None,
) -> list[Submission]:
    """Grade with the sandbox where this machine has one."""
    inside = not sandbox.available() if sandboxed is None else sandboxed
    batch = Batch(keys or [read(SAMPLE)], seed, limits, workers, inside, hide=hide)
    return batch.grade(paths, say)


# ------------------------------------------------------------------------------------------- without any privilege
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


_THIS = [sys.executable, "-m", "course.kit"]
_PROBE = "import subprocess, sys, course.kit; sys.exit(subprocess.run([sys.executable, '-c', '']).returncode)"


@cache
def _user() -> tuple[int, list[str]]:
    """A user id without rights, and the command that runs another one as that user; only root can become it.

    Where this user may not even read the repository it is one within a user namespace instead.
    """
    uid = 50_000 + os.getpid() % 5_000
    become = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all", "--no-new-privs"]
    for command in (become, [*_readable(), *become]):
        tried = [*command, sys.executable, "-c", _PROBE]
        if shutil.which("setpriv") and not subprocess.run(tried, env=_environment(), capture_output=True).returncode:
            return uid, command
    within = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", "--unshare-user"]
    return 0, [*within, "--uid", str(uid), "--gid", str(uid), "--cap-drop", "ALL", "--die-with-parent", "--"]


def _readable() -> list[str]:
    """A command that shows others this Python and the repository where they lie in a closed folder, such as root's."""
    places = [Path(p).resolve() for p in (sys.base_prefix, sys.prefix, REPOSITORY)]
    closed = {
        place: next((f for f in [*reversed(place.parents)] if not f.stat().st_mode & 1), None) for place in places
    }
    command = ["bwrap", "--dev-bind", "/", "/"]
    for folder in {str(f) for f in closed.values() if f}:
        command += ["--perms", "0755", "--tmpfs", folder]
    for place in [place for place, folder in closed.items() if folder]:
        command += [*sandbox._parents(str(place)), "--bind", str(place), str(place)]
    return [*command, "--"]


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(HERE.parent)]), **more}


@contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A folder for `grade_as_nobody`, whose user owns it."""
    with tempfile.TemporaryDirectory(prefix="tg-", dir="/tmp") as name:
        os.chown(name, _user()[0], -1)
        yield Path(name)


def grade_as_nobody(paths: list[Path], folder: Path, limits: Limits, hide: tuple[Path, ...]) -> list[Submission]:
    """Grade in the sandbox as a user without any privilege, and hold that it leaves no file and no process behind."""
    uid, become = _user()
    temporary = folder / "t"
    temporary.mkdir()
    os.chown(temporary, uid, -1)
    job = [{"paths": [str(p) for p in paths], "limits": asdict(limits), "hide": [str(p) for p in hide]}]
    done = subprocess.run(
        [*become, *_THIS], input=json.dumps(job).encode(), capture_output=True, env=_environment(TMPDIR=str(temporary))
    )
    assert done.returncode == 0, done.stderr.decode()
    assert os.listdir(temporary) == []
    left = [p for p in psutil.process_iter(["uids"]) if uid and p.info["uids"] and p.info["uids"].real == uid]
    _, alive = psutil.wait_procs(left, timeout=5)  # those that were killed need a moment to go
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    return Results.validate_json(done.stdout)


def _grade_jobs() -> None:
    for job in json.load(sys.stdin):
        paths, hide = [Path(p) for p in job["paths"]], tuple(Path(p) for p in job["hide"])
        found = grade(paths, limits=Limits(**job["limits"]), sandboxed=True, hide=hide, workers=4)
        sys.stdout.write(Results.dump_json(found).decode())


def lost(result: Submission) -> dict[str, str]:
    """Status of every check that did not get its points."""
    return {c.grade_id: c.status for c in result.checks if c.points != c.max_points}


@dataclass(frozen=True)
class Mutant:
    """A wrong answer, and for each check that must find it a pattern of its message."""

    path: Path
    answer: str
    source: str
    expected: dict[str, str]


def mutants(folder: Path, key: Exercise) -> list[Mutant]:
    """All mutants of an exercise, read as docs/grading.md describes them."""
    return [_mutant(path, key) for path in sorted((folder / key.name).glob("*.py"))]


def _mutant(path: Path, key: Exercise) -> Mutant:
    answer, mark, _ = path.stem.partition("__")
    assert mark
    assert answer in key.answers, f"{path}: named after no answer cell (<grade_id>__<what>.py)"
    source = path.read_text("utf-8")
    comments = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.lstrip("# ").strip())
    assert comments, f"{path}: its first line must be a comment with the expected message"
    named = [re.fullmatch(rf"({'|'.join(map(re.escape, key.checks))}): (.+)", c) for c in comments]
    expected = {m[1]: m[2] for m in named if m}
    if not expected:
        expected = {name: comments[0] for name, check in key.checks.items() if answer in check.answers}
    return Mutant(path, answer, source, expected)


def packs(found: Iterable[Mutant]) -> list[list[Mutant]]:
    """Mutants that can share a notebook: they stand in different answers and fail different checks."""
    groups: list[list[Mutant]] = []
    for mutant in found:
        place = next((g for g in groups if not any(_in_each_others_way(mutant, other) for other in g)), None)
        if place is None:
            groups.append(place := [])
        place.append(mutant)
    return groups


def _in_each_others_way(one: Mutant, other: Mutant) -> bool:
    return one.answer == other.answer or not set(one.expected).isdisjoint(other.expected)


# Before an answer: makes every visible check say that it passed, and takes the asserts out of all later cells.
FORGERY = """
import ast as _ast
from tinygrad_edu.course import checks as _checks
def _agree(self, grade_id, *cases, **more):
    _checks.publish({"text/plain": "", _checks.CHECK_MIME: {"grade_id": grade_id, "status": "pass", "cases": []}})
_checks.Check.__call__ = _agree
class _NoAsserts(_ast.NodeTransformer):
    def visit_Assert(self, node): return _ast.copy_location(_ast.Pass(), node)
get_ipython().ast_transformers.append(_NoAsserts())
"""


if __name__ == "__main__":
    _grade_jobs()
