"""From records to verdicts: statuses and messages, whatever a student's process put into the record."""

from __future__ import annotations

from typing import Any

import pytest
from course.kit import SAMPLE, released, solved

from tinygrad_edu.course.exercise import read
from tinygrad_edu.course.graft import Graft, graft
from tinygrad_edu.course.isolation import merge, second_runs
from tinygrad_edu.course.limits import DEFAULT
from tinygrad_edu.course.results import CheckResult
from tinygrad_edu.course.verdict import judge

KEY = read(SAMPLE)
OK = {"outcome": "ok", "kind": "", "text": "", "values": [], "visible": None, "mismatch": None, "disturbed": False}


def records(done: Graft, **events: dict[str, Any]) -> list[dict[str, Any]]:
    return [OK | events.get(cell.grade_id, {}) for cell in done.cells]


def verdict(name: str, done: Graft | None = None, **events: dict[str, Any]) -> CheckResult:
    done = done or graft(KEY, solved())
    return next(r for r in judge(done, records(done, **events), DEFAULT) if r.grade_id == name)


def wrong(expected: str, got: str) -> dict[str, Any]:
    return {"outcome": "differs", "mismatch": (expected, got)}


def visible(status: str, message: str) -> dict[str, Any]:
    return {
        "cases": [
            {"label": "ok", "status": "pass", "message": ""},
            {"label": "f()", "status": status, "message": message},
        ]
    }


@pytest.mark.parametrize(
    ("event", "status", "message"),
    [
        (wrong("a list: [1.0]", "a list: [2.0]"), "WRONG", "a list: expected [1.0], got [2.0]."),
        (wrong("narrowed (2, 3) 5", "narrowed (2, 3) 6"), "WRONG", "narrowed: expected (2, 3) 5, got (2, 3) 6."),
        (wrong("True False", "True True"), "WRONG", "expected True False, got True True."),
        (wrong("[1.0]", "None"), "WRONG", "expected [1.0], got None."),
        (wrong("x 1: 2", "x 2: 2"), "WRONG", "expected x 1: 2, got x 2: 2."),
        ({"outcome": "differs"}, "WRONG", "the checks did not run to their end: something that they need was changed."),
        ({"outcome": "error", "kind": "AssertionError", "text": "must be positive"}, "WRONG", "must be positive."),
        ({"outcome": "error", "kind": "AssertionError"}, "WRONG", "a hidden test found a wrong result."),
        ({"outcome": "error", "kind": "KeyError", "text": "'x'"}, "ERROR", "KeyError: 'x'."),
        (
            {"outcome": "error", "kind": "NotImplementedError", "text": "write your code here"},
            "UNATTEMPTED",
            "this needs",
        ),
        ({"outcome": "gone", "text": "the kernel died"}, "ERROR", "the kernel died."),
        ({"outcome": "timeout"}, "TIMEOUT", "took longer than 5 seconds."),
        ({"outcome": "limit"}, "TIMEOUT", "the notebook's 120 seconds were used up before this check."),
        (wrong("1", "2") | {"visible": visible("wrong", "expected 1, got 2")}, "WRONG", "f(): expected 1, got 2."),
        (wrong("1", "2") | {"visible": visible("error", "KeyError: 1")}, "ERROR", "f(): KeyError: 1."),
        (wrong("1", "2") | {"visible": visible("unattempted", "")}, "UNATTEMPTED", "this needs an answer"),
        (wrong("1", "2") | {"visible": visible("pass", "")}, "WRONG", "expected 1, got 2."),
        (wrong("1", "2") | {"visible": visible("odd", "\x1b[31m")}, "WRONG", "expected 1, got 2."),
    ],
)
def test_each_outcome_has_its_status_and_message(event: dict[str, Any], status: str, message: str) -> None:
    found = verdict("mean_empty", mean_empty=event)
    assert found.status == status
    assert found.message.startswith(message)
    assert found.points == 0


def test_points_need_an_answer_that_was_written() -> None:
    untouched = graft(KEY, released())
    assert {r.status for r in judge(untouched, records(untouched), DEFAULT)} == {"UNATTEMPTED"}
    assert verdict("mean_empty").points == 1


def test_an_answer_that_does_not_run_is_what_the_message_is_about() -> None:
    broken = {"outcome": "error", "kind": "SyntaxError", "text": "invalid syntax (line 2)"}
    found = verdict("mean_empty", mean=broken, mean_empty={"outcome": "error", "kind": "NameError", "text": "mean"})
    assert found.message == "the answer mean does not run: SyntaxError: invalid syntax (line 2)."
    slow = verdict("mean_empty", mean={"outcome": "timeout"}, mean_empty={"outcome": "error", "kind": "NameError"})
    assert (slow.status, slow.message) == ("TIMEOUT", "the answer mean took longer than 5 seconds.")


def test_messages_are_one_printable_line_of_bounded_length() -> None:
    found = verdict(
        "mean_empty", mean_empty={"outcome": "error", "kind": "E", "text": "a\n\x1b[31m\x00b" + "x" * 10_000}
    )
    assert found.message.isprintable()
    assert len(found.message) <= 401


def test_a_run_that_ended_early_earns_nothing_for_the_rest() -> None:
    done = graft(KEY, solved())
    results = judge(done, records(done)[:3], DEFAULT)
    assert [r.status for r in results] == ["PASS"] + ["TIMEOUT"] * 5


def test_only_disturbed_checks_run_again_and_only_a_pass_counts() -> None:
    done = graft(KEY, solved())
    failed = {"outcome": "error", "kind": "TypeError", "text": "x"}
    events = records(done, relu_values=failed, mean_value=failed | {"disturbed": True}, matvec_value=failed)
    results = judge(done, events, DEFAULT)
    runs = second_runs(done, events, results)
    assert [[c.grade_id for c in run.cells] for run in runs] == [["", "mean", "mean_value"]]
    again = judge(runs[0], records(runs[0]), DEFAULT)
    merged, rescued = merge(results, again)
    assert rescued == ["mean_value"]
    assert [r.status for r in merged] == ["ERROR", "PASS", "PASS", "PASS", "ERROR", "PASS"]
    assert merge(results, judge(runs[0], records(runs[0], mean_value=failed), DEFAULT)) == (results, [])


def test_the_first_answer_cannot_have_been_disturbed() -> None:
    done = graft(KEY, solved())
    events = records(done, relu_values={"outcome": "gone", "text": "x", "disturbed": True})
    assert second_runs(done, events, judge(done, events, DEFAULT)) == []


@pytest.mark.parametrize("outcome", ["gone", "timeout"])
def test_an_answer_that_ended_where_an_earlier_one_may_be_to_blame_runs_again(outcome: str) -> None:
    done = graft(KEY, solved())
    failed = {"outcome": "error", "kind": "NameError", "text": "mean"}
    events = records(done, mean={"outcome": outcome, "text": "x"}, mean_value=failed, mean_empty=failed)
    runs = second_runs(done, events, judge(done, events, DEFAULT))
    assert [[c.grade_id for c in run.cells] for run in runs] == [["", "mean", "mean_value", "mean_empty"]]
