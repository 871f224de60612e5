"""Visible checks: verdicts, texts, panels, hints, progress."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.course import check, equal, hint, holds, progress, raises, record
from tinygrad_edu.course.checks import CHECK_MIME, CheckError, CheckFailed, Verdict
from tinygrad_edu.course.exercise import STUB


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINYGRAD_EDU_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stub() -> None:
    exec(STUB)


def test_all_cases_pass(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = check("c", equal(lambda: 1 + 1, 2), holds(lambda: 2 > 1, "order"), raises(lambda: [][0], IndexError))
    assert verdict.status == "pass"
    assert capsys.readouterr().out == "c: visible checks passed (3 of 3)\n"
    assert "all tests passed" not in verdict._repr_html_()


def test_a_wrong_case_says_expected_and_got() -> None:
    verdict = check("c", equal(lambda: sorted([3, 1]), [1, 2]), equal(lambda: 1, 1), hints=["mild", "strong"])
    assert verdict.status == "wrong"
    assert str(verdict).splitlines() == [
        "c: not yet, 1 of 2 visible checks passed",
        "  ✗ sorted([3, 1]): expected 2, got 3 at [1]",
        "  ✓ 1",
        '  hint: mild (1 more: hint("c"))',
    ]


def test_the_short_form() -> None:
    assert check("c", lambda: [1.0], expect=[1.0]).status == "pass"
    assert check("c", lambda: None, expect=None).status == "pass"


def test_the_stub_is_told_apart() -> None:
    verdict = check("c", equal(stub, 1), equal(stub, 2))
    assert verdict.status == "unattempted"
    assert str(verdict).startswith("c: not attempted yet")
    assert check("c", equal(stub, 1), equal(lambda: 1, 2)).status == "wrong"

    def other() -> None:
        raise NotImplementedError("my own")

    assert check("c", equal(other, 1)).status == "error"


def test_errors_take_one_line() -> None:
    def bad() -> None:
        raise ValueError("first\nsecond")

    verdict = check("c", equal(bad, 1), equal(lambda: sys.exit(3), 1))
    assert verdict.outcomes[0].message == "ValueError: first"
    assert verdict.outcomes[1].message == "SystemExit: 3"


def test_raises() -> None:
    assert check("c", raises(lambda: int("x"), ValueError, match="invalid literal")).status == "pass"
    for case, message in [
        (raises(lambda: int("x"), ValueError, match="no such text"), "expected an error text like 'no such text'"),
        (raises(lambda: int("x"), TypeError), "expected a TypeError, got ValueError: invalid literal"),
        (raises(lambda: 5, TypeError), "expected a TypeError, got the value 5"),
    ]:
        assert case.outcome().message.startswith(message)


@pytest.mark.parametrize("wrong", [lambda: check("c"), lambda: check(equal(lambda: 1, 1)), lambda: check("c", 3, 4)])
def test_a_check_written_wrongly_says_how_it_should_be(wrong: object) -> None:
    with pytest.raises(CheckError, match=r'check\("name", …\) takes the name of the check') as caught:
        wrong()  # type: ignore[operator]
    assert len(caught.value._render_traceback_()) == 1


def test_labels_are_the_lambdas_source() -> None:
    cases = (equal(lambda: max(1, 2), 2), equal(lambda: "ä" + "b", "äb"), equal(
        lambda: sum(
            [1, 2],
        ), 3))  # fmt: skip
    assert [c.label for c in cases] == ["max(1, 2)", '"ä" + "b"', "sum( [1, 2], )"]
    assert equal(stub, 1).label == "stub()"
    assert equal(max, 1, label="mine").label == "mine"
    assert equal(eval("lambda: 1"), 1).label == "this case"


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_panel_is_sound_accessible_and_escaped() -> None:
    verdict = check(
        "c<b>",
        equal(lambda: np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])),
        equal(lambda: "<script>alert(1)</script>", "x"),
        hints=["one <i>", "two"],
    )
    html = verdict._repr_html_()
    tags = Tags(html)
    assert tags.open == []
    assert "<script" not in html
    assert "<i>" not in html
    section = next(a for t, a in tags.seen if t == "section")
    assert section["aria-label"] == "c<b>: not yet, 0 of 2 visible checks passed"
    assert any(t == "progress" and a["aria-label"] == "0 of 2 visible checks passed" for t, a in tags.seen)
    assert sum(a.get("aria-label") == "first difference" for _, a in tags.seen) == 2
    assert sum(t == "details" for t, _ in tags.seen) == 2
    assert html.index("Hint 2 of 2") > html.index("one &lt;i&gt;")
    assert "var(--jp-" in html


def test_of_a_large_array_the_part_around_the_first_difference_is_drawn() -> None:
    def panel(expected: np.ndarray) -> tuple[str, Tags]:
        html = check("c", equal(lambda: np.zeros(expected.shape), expected))._repr_html_()
        return html, Tags(html)

    for shape, at in [
        ((100, 100), (0, 0)),
        ((100, 100), (99, 99)),
        ((40, 9), (31, 2)),
        ((500,), (250,)),
        ((3, 400), (1, 7)),
    ]:
        expected = np.zeros(shape)
        expected[at] = 1
        html, tags = panel(expected)
        assert len(html) < 40_000
        marked = re.findall(r'<td aria-label="first difference"[^>]*>([\d.]+)</td>', html)
        assert marked == ["1.0", "0.0"], (shape, at)
        assert f"a part of {' × '.join(map(str, shape))}" in html
        heads = [a["scope"] for tag, a in tags.seen if tag == "th" and "scope" in a]
        assert heads.count("col") == 2 * min(shape[-1], 8)
        assert f">{at[-1]}</th>" in html
    assert "a part of" not in panel(np.ones((8, 8)))[0]


def test_panel_and_text_are_stable() -> None:
    def make() -> Verdict:
        return check("c", equal(lambda: object(), 1), equal(lambda: 1, 1))

    assert make().mimebundle() == make().mimebundle()
    assert make().mimebundle()[CHECK_MIME]["status"] == "wrong"


def test_hints_come_from_the_notebook(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = {"nbgrader": {"grade_id": "c"}, "tinygrad_edu": {"hints": ["a", "b"]}}
    cell = {"cell_type": "code", "source": "", "metadata": metadata}
    (home / "01.ipynb").write_text(json.dumps({"cells": [cell]}))
    (home / "00.ipynb").write_text("damaged")
    (home / "02.ipynb").write_text('{"cells": [3, {"metadata": []}]}')
    assert check("c", equal(lambda: 1, 2)).hints == ("a", "b")
    capsys.readouterr()
    for _ in range(3):
        hint("c")
    hint("other")
    assert capsys.readouterr().out.splitlines() == [
        "c, hint 1 of 2: a",
        "c, hint 2 of 2: b",
        "c: that was the last hint",
        "other: there is no hint",
    ]


def test_progress_is_kept_and_never_lost(home: Path) -> None:
    exercises = home / "exercises"
    exercises.mkdir()
    marks = [{"grade_id": name, "grade": True, "points": 2} for name in "ab"]
    cells = [{"cell_type": "code", "source": "", "metadata": {"nbgrader": mark}} for mark in marks]
    (exercises / "01_x.ipynb").write_text(json.dumps({"cells": cells}))
    assert "0 of 2 checks" in str(progress())
    check("a", equal(lambda: 1, 1))
    check("a", equal(lambda: 1, 2))  # what has passed stays passed
    check("b", equal(stub, 2))
    assert record.load() == {"a": "pass", "b": "unattempted"}
    check("b", equal(lambda: 1, 2))
    assert record.load()["b"] == "wrong"
    shown = progress()
    assert "1 of 2 checks" in str(shown)
    assert "2 of 4 points in reach" in str(shown)
    assert Tags(shown._repr_html_()).open == []


def test_a_damaged_or_unwritable_progress_file_is_no_error(home: Path) -> None:
    store = record.store()
    store.parent.mkdir(parents=True)
    store.write_text("[1, 2")
    check("a", equal(lambda: 1, 1))
    assert record.load() == {"a": "pass"}
    store.unlink()
    store.mkdir()
    assert check("a", equal(lambda: 1, 1)).status == "pass"
    assert record.load() == {}


def test_grading_keeps_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADE_SEED", "7")
    check("a", equal(lambda: 1, 1))
    assert record.load() == {}
    assert check.seed == 7
    assert check.rng().normal() == check.rng().normal() != check.rng(1).normal()


def test_importing_is_light() -> None:
    code = """
        import sys, types
        sys.modules["tinygrad_edu"] = package = types.ModuleType("tinygrad_edu")
        package.__path__ = [sys.argv[1]]
        from tinygrad_edu.course import check, equal, holds, raises, hint, progress
        check("c", equal(lambda: 1, 1))
        heavy = {"nbformat", "nbgrader", "nbval", "pytest", "click", "pydantic", "IPython", "psutil", "numpy"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    package = Path(record.__file__).parent.parent
    subprocess.run([sys.executable, "-c", "if 1:" + code, str(package)], check=True, stdout=subprocess.PIPE)


def test_the_course_is_found_from_any_folder_in_it_and_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": "c", "grade": True, "points": 2}}}
    hinted = {**cell, "metadata": {**cell["metadata"], "tinygrad_edu": {"hints": ["mild"]}}}
    deep = tmp_path / "course" / "chapters" / "figures"
    deep.mkdir(parents=True)
    (tmp_path / "course" / "exercises").mkdir()
    (tmp_path / "course" / "exercises" / "01_x.ipynb").write_text(json.dumps({"cells": [hinted]}))
    for folder in (deep, deep.parent, deep.parents[1], deep.parents[1] / "exercises"):
        monkeypatch.chdir(folder)
        assert [(r.exercise, r.points, r.max_points) for r in progress().rows] == [("01_x", 0, 2)]
        assert check("c", equal(lambda: 1, 2)).hints == ("mild",)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "01_x" not in str(progress())
    assert progress().rows, "outside of any course it is the one that the package came with"
    monkeypatch.setenv("JPY_SESSION_NAME", str(deep.parent / "00_welcome.ipynb"))
    assert [r.exercise for r in progress().rows] == ["01_x"]


def test_under_nbgrader_a_check_that_does_not_pass_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check("c", equal(lambda: 1, 1)).status == "pass"
    for case in (equal(lambda: 1, 2), equal(stub, 1)):
        with pytest.raises(CheckFailed, match=r"^c: not ") as caught:
            check("c", case)
        assert caught.value._render_traceback_() == [f"CheckFailed: {caught.value}"]
