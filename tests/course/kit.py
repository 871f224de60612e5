"""What the tests of the course share: making submissions, grading them, reading mutants."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_edu.course import sandbox
from tinygrad_edu.course.exercise import Exercise, read
from tinygrad_edu.course.grade import Batch
from tinygrad_edu.course.limits import DEFAULT, Limits
from tinygrad_edu.course.results import Submission

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
