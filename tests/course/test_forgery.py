"""Points hold where the checks are forged: every wrong answer shows in a value that a hidden test reveals.

Answers run in the process of the checks, so a submission can make `check` say what it likes and take the asserts out.
What it cannot know are the values that the hidden tests print for inputs drawn after it was handed in. So each wrong
answer is run here with checks that say nothing and without asserts: what is printed must still tell it from the
reference. Everything runs in this process; that the grader itself finds the wrong answers is tested in test_gates.
"""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from course.kit import REPOSITORY, Mutant, mutants, packs
from sealing import seal_ours

import tinygrad_edu as tg
from tinygrad_edu.course import checks
from tinygrad_edu.course.compare import align, printed
from tinygrad_edu.course.exercise import Cell, Exercise, grading_source, read

SEEDS = (1, 20, 300)  # a value that tells with one of them by luck does not with all
# Wrong answers that no value can tell, as "<exercise>/<file's stem>: <check>", each with the reason why.
EXCEPTIONS: dict[str, str] = {}


class _NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.Pass:
        return ast.copy_location(ast.Pass(), node)


@pytest.fixture(autouse=True)
def forged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Checks that say nothing, and the list of what is revealed; a working folder of its own."""
    revealed: list[str] = []
    monkeypatch.setattr(checks, "reveal", lambda *values, sep=" ", **_: revealed.append(printed(*values, sep=sep)))
    monkeypatch.setattr(checks.Check, "__call__", lambda self, *cases, **more: None)
    monkeypatch.chdir(tmp_path)
    return revealed


def values(cells: Sequence[Cell], wanted: Collection[str], revealed: list[str]) -> dict[str, list[str]]:
    """What the wanted checks reveal, and the kind of error where one raises. What stands after them is not run."""
    last = max(number for number, cell in enumerate(cells) if cell.grade_id in wanted)
    found: dict[str, list[str]] = {}
    space: dict[str, Any] = {"__name__": "__main__"}
    put_back = seal_ours()
    for cell in cells[: last + 1]:
        if cell.role == "check" and cell.grade_id not in wanted:
            continue
        revealed.clear()
        tg.manual_seed(0)  # which numbers come must not hang on which checks have run
        quiet = io.StringIO()
        try:
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet), np.errstate(all="ignore"):
                exec(compile(_tree(cell), cell.id, "exec"), space)
        except Exception as error:  # whatever a wrong answer raises
            revealed.append(f"raised {type(error).__name__}")
        if cell.role == "check":
            found[cell.grade_id] = list(revealed)
    for restore in put_back:
        restore()
    return found


def _tree(cell: Cell) -> ast.Module:
    if cell.role != "check":
        return ast.parse(cell.source)
    return _NoAsserts().visit(ast.parse(grading_source(cell.source)))


def told(check: Cell, reference: list[str], got: list[str]) -> bool:
    """Whether revealed values differ as the grader compares them."""
    return len(reference) != len(got) or any(
        align(right, other, check.rtol, check.atol) != right for right, other in zip(reference, got, strict=True)
    )


def forgeable(key: Exercise, found: list[Mutant], revealed: list[str]) -> list[str]:
    """Wrong answers that would keep points if they forged the checks. Those that do not meet share a run."""
    reference = values(key.cells, key.checks, revealed)
    raising = {name: lines for name, lines in reference.items() if any(line.startswith("raised ") for line in lines)}
    assert not raising, f"the reference itself: {raising}"
    kept = []
    for group in packs(found):
        wrong = {m.answer: m.source for m in group}
        cells = [replace(c, source=wrong[c.grade_id]) if c.grade_id in wrong else c for c in key.cells]
        got = values(cells, {name for m in group for name in m.expected}, revealed)
        kept += [
            f"{m.path.stem}: {name}"
            for m in group
            for name in m.expected
            if not told(key.checks[name], reference[name], got[name])
        ]
    return kept


@pytest.mark.filterwarnings("ignore")  # of wrong answers
@pytest.mark.parametrize("path", sorted((REPOSITORY / "solutions").glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_wrong_answer_shows_in_a_revealed_value(
    path: Path, forged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = read(path)
    found = mutants(REPOSITORY / "tests" / "course" / "mutants", key)
    kept: dict[str, list[int]] = {}
    for seed in SEEDS:
        monkeypatch.setenv(checks.SEED_VARIABLE, str(seed))
        for name in forgeable(key, found, forged):
            kept.setdefault(f"{key.name}/{name}", []).append(seed)
    excepted = {name for name in EXCEPTIONS if name.startswith(f"{key.name}/")}
    assert excepted <= kept.keys(), "these are told by a value and no exceptions any more"
    text = "; ".join(f"{name} (seeds {seeds})" for name, seeds in kept.items() if name not in excepted)
    assert not text, f"forged checks would keep the points of these: print a value that tells them apart: {text}"
