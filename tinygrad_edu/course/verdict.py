"""From what a run recorded to points and messages. Runs in the grader's process; nothing here trusts the student's.

A check earns its points exactly if nbval passed its cell – no error, and every hidden test printed what the reference
prints – and something was written for it. All else that the record holds only shapes the message.
"""

import re
from dataclasses import dataclass
from typing import Any

from . import compare
from .checks import STUB_MESSAGE
from .exercise import Cell, split_hidden
from .graft import Graft
from .limits import Limits
from .results import CheckResult, Status

_LONG = 400  # characters of one message
_TELLING = 16  # letters of a line of hidden tests that give something away
_TEXT_ONLY = re.compile(r"""\s*[rf]?(["']).*\1[\s,)]*""")


@dataclass(frozen=True)
class _Judged:
    status: Status
    message: str


def judge(graft: Graft, events: list[dict[str, Any]], limits: Limits) -> list[CheckResult]:
    """One result per check, in the order of the notebook."""
    results = []
    secrets = _secrets(graft)
    for number, cell in enumerate(graft.cells):
        if cell.role != "check":
            continue
        event = events[number] if number < len(events) else {"outcome": "limit", "kind": "", "text": ""}
        found = _judge(cell, event, graft, events, limits)
        message = found.message
        if _holds(message, secrets):
            message = "an error whose text repeats the hidden tests, so it is not shown."
        if found.status != "PASS" and found.status != "UNATTEMPTED" and cell.hints:
            message = f"{message} Hint: {cell.hints[0]}"
        points = cell.points if found.status == "PASS" else 0.0
        results.append(
            CheckResult(
                grade_id=cell.grade_id, status=found.status, points=points, max_points=cell.points, message=message
            )
        )
    return results


def _judge(cell: Cell, event: dict[str, Any], graft: Graft, events: list[dict[str, Any]], limits: Limits) -> _Judged:
    if graft.unattempted(cell):
        return _Judged("UNATTEMPTED", f"nothing was written in {_names(cell.answers)}.")
    outcome = event["outcome"]
    if outcome == "ok":
        return _Judged("PASS", "passed.")
    if outcome == "limit":
        return _Judged("TIMEOUT", f"the notebook's {limits.notebook_seconds:g} seconds were used up before this check.")
    if outcome == "timeout":
        return _Judged("TIMEOUT", f"took longer than {cell.seconds or limits.cell_seconds:g} seconds.")
    broken = _broken_answer(cell, graft, events, limits)
    if broken is not None:
        return broken
    if outcome == "gone":
        return _Judged("ERROR", _sentence(event["text"]))
    if _is_stub(event):
        return _Judged("UNATTEMPTED", "this needs an answer that was not written yet.")
    seen = _visible(event)
    if seen is not None:
        return seen
    if outcome == "error" and event["kind"] != "AssertionError":
        return _Judged("ERROR", _sentence(_error(event)))
    if outcome == "error":
        return _Judged("WRONG", _sentence(event["text"] or "a hidden test found a wrong result"))
    if event.get("mismatch"):
        expected, got = event["mismatch"]
        return _Judged("WRONG", _sentence(_contrast(expected, got)))
    return _Judged("WRONG", "the checks did not run to their end: something that they need was changed.")


def _broken_answer(cell: Cell, graft: Graft, events: list[dict[str, Any]], limits: Limits) -> _Judged | None:
    """An answer cell of this check that did not even run."""
    for number, other in enumerate(graft.cells):
        if other.grade_id not in cell.answers or number >= len(events) or events[number]["outcome"] == "ok":
            continue
        event = events[number]
        name = f"the answer {other.grade_id}"
        if event["outcome"] in ("timeout", "limit"):
            seconds = other.seconds or limits.cell_seconds
            return _Judged("TIMEOUT", f"{name} took longer than {seconds:g} seconds.")
        if event["outcome"] == "gone":
            return _Judged("ERROR", _sentence(f"{name}: {event['text']}"))
        if _is_stub(event):
            return _Judged("UNATTEMPTED", f"nothing was written in {other.grade_id}.")
        return _Judged("ERROR", _sentence(f"{name} does not run: {_error(event)}"))
    return None


def _visible(event: dict[str, Any]) -> _Judged | None:
    """The first visible case that didn't pass, as the panel showed it."""
    seen = event.get("visible")
    if not seen:
        return None
    for case in seen["cases"]:
        text = _sentence(f"{case['label']}: {case['message']}")
        if case["status"] == "unattempted":
            return _Judged("UNATTEMPTED", "this needs an answer that was not written yet.")
        if case["status"] in ("wrong", "error"):
            return _Judged("WRONG" if case["status"] == "wrong" else "ERROR", text)
    return None


def _error(event: dict[str, Any]) -> str:
    return f"{event['kind']}: {event['text']}" if event["text"] else str(event["kind"])


def _is_stub(event: dict[str, Any]) -> bool:
    return event.get("kind") == "NotImplementedError" and event.get("text") == STUB_MESSAGE


def _contrast(expected: str, got: str) -> str:
    """What a hidden test printed against what it should have, after the words that both begin with."""
    expected, got = " ".join(expected.split()), " ".join(got.split())
    words = re.match(r"[^:]*: |[^\W\d][^\d\[({'\"]* ", expected)
    is_label = words is not None and not re.search(r"\b(True|False|None|nan|inf)\b", words[0])
    if words is not None and is_label and got.startswith(words[0]):
        label = words[0].rstrip(": ")
        return f"{label}: expected {_cut(expected[words.end() :])}, got {_cut(got[words.end() :])}"
    return f"expected {_cut(expected)}, got {_cut(got)}"


def _cut(text: str, limit: int = _LONG // 2 - 30) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _secrets(graft: Graft) -> set[str]:
    """Lines of hidden tests, by their words only; not those that students see anyway, as the text of an `assert`."""
    shown: set[str] = set()
    secret: set[str] = set()
    for cell in graft.cells:
        visible, hidden = split_hidden(cell.source) if cell.role == "check" else (cell.source, "")
        shown.add(_words(visible))
        secret |= {_words(line) for line in hidden.splitlines() if not _TEXT_ONLY.fullmatch(line)}
    return {s for s in secret if len(s) >= _TELLING and not any(s in text for text in shown)}


def _holds(message: str, secrets: set[str]) -> bool:
    words = _words(message)
    return any(secret in words for secret in secrets)


def _words(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _sentence(text: str) -> str:
    text = compare.without_addresses(text)
    text = _cut(" ".join("".join(c if c.isprintable() else " " for c in text).split()), _LONG)
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def _names(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
