"""A second run for checks that other cells disturbed, so that a bad cell costs its own points only.

A notebook's cells share one process, and an answer that shadows `sum`, patches NumPy or installs a hook spoils the
checks of other answers. Such a check runs once more with nothing but its own answers. Points are earned there as in
the first run: by values.
"""

from typing import Any

from .exercise import reaches_out
from .graft import Graft
from .results import CheckResult


def second_runs(graft: Graft, events: list[dict[str, Any]], results: list[CheckResult]) -> list[Graft]:
    """A reduced notebook for each group of checks about the same answers that failed where something was disturbed."""
    failed = {r.grade_id for r in results if r.status not in ("PASS", "UNATTEMPTED")}
    before: set[str] = set()  # answers that have run so far
    reached_out: set[str] = set()
    lost: set[str] = set()  # answers in whose cell the kernel ended or hung, maybe by what an earlier one had begun
    groups: dict[frozenset[str], set[str]] = {}
    for cell, event in zip(graft.cells, events, strict=False):
        if cell.role == "answer" and cell.grade_id not in graft.untouched:
            before.add(cell.grade_id)
            if reaches_out(cell.source):
                reached_out.add(cell.grade_id)
            if event["outcome"] in ("gone", "timeout"):
                lost.add(cell.grade_id)
        elif cell.grade_id not in failed or not before - set(cell.answers):
            continue
        elif event["disturbed"] or reached_out - set(cell.answers) or lost & set(cell.answers):
            groups.setdefault(frozenset(cell.answers), set()).add(cell.grade_id)
    return [_only(graft, about, checks) for about, checks in groups.items()]


def _only(graft: Graft, answers: frozenset[str], checks: set[str]) -> Graft:
    wanted = answers | checks
    cells = tuple(c for c in graft.cells if c.role == "plain" or c.grade_id in wanted)
    return Graft(cells, graft.untouched & answers, ())


def merge(results: list[CheckResult], second: list[CheckResult]) -> tuple[list[CheckResult], list[str]]:
    """`results` with the checks that passed in a second run, and their names."""
    passed = {r.grade_id: r for r in second if r.status == "PASS"}
    return [passed.get(r.grade_id, r) for r in results], list(passed)
