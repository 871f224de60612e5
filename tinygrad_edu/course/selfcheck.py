"""``tinygrad-edu check NN``: a student's own exercise, run from the top in a fresh kernel, visible checks only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import exercise, record
from .exercise import NotebookError
from .grade import trial


@dataclass(frozen=True)
class Report:
    """What the terminal shows, and whether all visible checks passed."""

    text: str
    passed: bool


def check(folder: Path, number: str) -> Report:
    """Run the exercise whose file name starts with `number`.

    Raises:
        NotebookError: there is no such exercise, or its file is damaged.
    """
    found = [path for path in record.exercises(folder) if path.name.startswith(number)]
    if not found:
        raise NotebookError(f"{folder}: no exercise {number}")
    key = exercise.read(found[0])
    events = trial([(key, 0)])[0]["events"]
    lines, passed = [], 0
    for cell, event in zip(key.cells, events, strict=False):
        if cell.role != "check":
            if event["outcome"] != "ok" and not _unwritten(event):
                lines.append(f"! {cell.grade_id or 'a cell'}: {_problem(event)}")
            continue
        status, text = _verdict(cell.grade_id, event)
        passed += status == "pass"
        lines.append(text)
        record.record(cell.grade_id, status)
    lines.append(
        f"{key.name}: {passed} of {len(key.checks)} visible checks passed; the hidden tests have the last word"
    )
    return Report("\n".join(lines), passed == len(key.checks))


def _verdict(grade_id: str, event: dict[str, Any]) -> tuple[str, str]:
    seen = event["visible"]
    if seen is None:
        if _unwritten(event):
            return "unattempted", f"· {grade_id}: not attempted yet"
        return "error", f"! {grade_id}: {_problem(event)}"
    if seen["status"] == "pass":
        return "pass", f"✓ {grade_id}: visible checks passed"
    if seen["status"] == "unattempted":
        return "unattempted", f"· {grade_id}: not attempted yet"
    cases = [f"    {c['label']}: {c['message']}" for c in seen["cases"] if c["status"] != "pass"]
    return seen["status"], "\n".join([f"✗ {grade_id}: not yet", *cases])


def _unwritten(event: dict[str, Any]) -> bool:
    return event["kind"] == "NotImplementedError" and event["text"] == exercise.STUB_MESSAGE


def _problem(event: dict[str, Any]) -> str:
    return {
        "timeout": "it took too long",
        "limit": "no time was left for it",
        "gone": event["text"],
    }.get(event["outcome"], f"{event['kind']}: {event['text']}")
