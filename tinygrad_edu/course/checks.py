"""The visible checks of an exercise: ``check("relu_check", equal(lambda: relu([-1.0]), [0.0]))``.

A check runs its cases, shows a panel and returns a `Verdict`. It tells a student how things stand; it never decides
points. Hidden tests take their inputs from `check.rng()` and print what they compute; the grader compares that
outside this process.
"""

import linecache
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import compare, hints

STUB_MESSAGE = "write your code here"
CHECK_MIME = "application/vnd.tinygrad-edu.check+json"
VALUE_MIME = "application/vnd.tinygrad-edu.value+json"
SEED_VARIABLE = "GRADE_SEED"
NBGRADER_VARIABLE = "NBGRADER_EXECUTION"  # set while nbgrader validates or grades


class CheckError(Exception):
    """A check is written wrongly. Shown in one line, without our frames."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CheckFailed(AssertionError):
    """Raised by a check that did not pass, only under nbgrader, which counts a cell as failed when it raises."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass
class Outcome:
    """How one case went. `status` is pass, wrong, error or unattempted."""

    label: str
    status: str
    message: str = ""
    expected: Any = None
    got: Any = None
    compared: bool = False  # expected and got are values worth showing side by side
    at: tuple[int | str, ...] | None = None  # where they first differ


@dataclass
class Case:
    """One visible case: something to run and what must come of it."""

    run: Callable[[], Any]
    judge: Callable[[Any], Outcome]
    label: str
    error: Callable[[BaseException], Outcome | None] = field(default=lambda error: None)

    def outcome(self) -> Outcome:
        try:
            got = self.run()
        except (Exception, SystemExit) as error:
            if is_stub(error):
                return Outcome(self.label, "unattempted", "not written yet")
            return self.error(error) or Outcome(self.label, "error", one_line(error))
        return self.judge(got)


def is_stub(error: BaseException) -> bool:
    """Whether this is the exception that an unwritten answer raises."""
    return isinstance(error, NotImplementedError) and str(error) == STUB_MESSAGE


def equal(
    run: Callable[[], Any],
    expected: Any,
    *,
    rtol: float = compare.RTOL,
    atol: float = compare.ATOL,
    label: str | None = None,
) -> Case:
    """The value of ``run()`` equals `expected`: shape and values, and the dtype where `expected` is an array or tensor.

    >>> equal(lambda: 1 + 1, 3).outcome().message
    'expected 3, got 2'
    """
    name = label or source_of(run)

    def judge(got: Any) -> Outcome:
        found = compare.difference(expected, got, rtol, atol)
        if not found:
            return Outcome(name, "pass")
        return Outcome(name, "wrong", found, expected, got, True, compare.first_difference(expected, got, rtol, atol))

    return Case(run, judge, name)


def holds(run: Callable[[], Any], condition: str, *, label: str | None = None) -> Case:
    """``run()`` is true; `condition` says in words what must hold.

    >>> holds(lambda: 1 > 2, "one is the larger").outcome().message
    'this must hold: one is the larger'
    """
    name = label or source_of(run)

    def judge(got: Any) -> Outcome:
        return Outcome(name, "pass") if bool(got) else Outcome(name, "wrong", f"this must hold: {condition}")

    return Case(run, judge, name)


def raises(
    run: Callable[[], Any], error: type[Exception], *, match: str | None = None, label: str | None = None
) -> Case:
    """``run()`` raises `error`, and its text matches the regular expression `match`.

    >>> raises(lambda: 1, ValueError).outcome().message
    'expected a ValueError, got the value 1'
    """
    name = label or source_of(run)

    def judge(got: Any) -> Outcome:
        return Outcome(name, "wrong", f"expected a {error.__name__}, got the value {compare.brief(got)}")

    def judge_error(raised: BaseException) -> Outcome | None:
        if not isinstance(raised, error):
            return Outcome(name, "wrong", f"expected a {error.__name__}, got {one_line(raised)}")
        if match is not None and not re.search(match, str(raised)):
            return Outcome(name, "wrong", f"expected an error text like {match!r}, got {str(raised)!r}")
        return Outcome(name, "pass")

    return Case(run, judge, name, judge_error)


def source_of(run: Callable[..., Any]) -> str:
    """The expression of a lambda as it stands in the notebook; a function's name; else ``this case``."""
    code = getattr(run, "__code__", None)
    if code is None:
        return "this case"
    if run.__name__ != "<lambda>":
        return f"{run.__name__}()"
    spans = [p for p in code.co_positions() if None not in p and (p[0], p[2]) != (p[1], p[3])]
    lines = linecache.getlines(code.co_filename)
    if not spans or not lines:
        return "this case"
    (first, start), (last, end) = min((p[0], p[2]) for p in spans), max((p[1], p[3]) for p in spans)
    if last > len(lines):
        return "this case"
    text = [line.encode() for line in lines[first - 1 : last]]  # columns count bytes of UTF-8
    text[-1] = text[-1][:end]
    text[0] = text[0][start:]
    return " ".join(b" ".join(text).decode(errors="replace").split())


def one_line(error: BaseException) -> str:
    """``ValueError: text (line 3 in relu)``: the innermost line of the student's own code."""
    text = f"{type(error).__name__}: {error}".strip().rstrip(":").splitlines()[0]
    where = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "ipykernel_" in code.co_filename and not code.co_name.startswith("<"):
            where = f" (line {trace.tb_lineno} in {code.co_name})"
        trace = trace.tb_next
    return compare.brief(_Text(text), 300) + where


class _Text(str):
    """A text that `brief` cuts but doesn't quote."""

    def __repr__(self) -> str:
        return str(self)


@dataclass
class Verdict:
    """What a check found. Notebooks show it as a panel; ``str(verdict)`` is its stable text form."""

    grade_id: str
    outcomes: list[Outcome]
    hints: tuple[str, ...] = ()
    shown: bool = False

    @property
    def status(self) -> str:
        """unattempted when no case got past the stub, else error, wrong or pass: the worst of the cases."""
        found = [o.status for o in self.outcomes]
        for status in ("error", "wrong", "unattempted"):
            if status in found:
                return status
        return "pass"

    @property
    def passed(self) -> int:
        """Number of cases that passed."""
        return sum(o.status == "pass" for o in self.outcomes)

    @property
    def headline(self) -> str:
        """One sentence: never more than that the *visible* checks passed."""
        if self.status == "pass":
            return f"{self.grade_id}: visible checks passed ({self.passed} of {len(self.outcomes)})"
        if self.status == "unattempted" and not self.passed:
            return f"{self.grade_id}: not attempted yet"
        return f"{self.grade_id}: not yet, {self.passed} of {len(self.outcomes)} visible checks passed"

    def __str__(self) -> str:
        from .panel import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .panel import html

        return html(self)

    def as_json(self) -> dict[str, Any]:
        """The machine-readable form that a notebook stores beside the panel."""
        cases = [{"label": o.label, "status": o.status, "message": o.message} for o in self.outcomes]
        return {"grade_id": self.grade_id, "status": self.status, "cases": cases}

    def mimebundle(self) -> dict[str, Any]:
        """All forms at once, as Jupyter stores them."""
        return {"text/plain": str(self), "text/html": self._repr_html_(), CHECK_MIME: self.as_json()}

    def show(self) -> None:
        """Display the panel in a notebook, print the text elsewhere; only the first call does anything."""
        if not self.shown:
            self.shown = True
            publish(self.mimebundle())

    _ipython_display_ = show  # so that a check on a cell's last line isn't shown twice


def publish(bundle: dict[str, Any]) -> None:
    """Send a bundle of MIME forms to the notebook, or print its plain text where there is none."""
    if shell() is None:
        print(bundle["text/plain"])
        return
    from IPython.display import display

    display(bundle, raw=True)


def shell() -> Any:
    """The running IPython shell, None outside of one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def reveal(*values: Any, sep: str = " ", end: str = "", **_: Any) -> None:
    """Stands for `print` in hidden tests when grading, so that a student's own prints don't mix with the values."""
    text = compare.printed(*values, sep=sep)
    publish({"text/plain": text, VALUE_MIME: {"text": text}})


class Check:
    """The object behind the name `check`."""

    def __call__(
        self,
        grade_id: str,
        *cases: Case | Callable[[], Any],
        expect: Any = None,
        hints: tuple[str, ...] | list[str] = (),
    ) -> Verdict:
        """Run the cases, show the panel and return the verdict. `hints` default to those in the notebook's metadata.

        Raises:
            CheckError: the arguments are not a name and cases.
            CheckFailed: a case did not pass and nbgrader is running this; it knows no other way to learn of it.
        """
        if len(cases) == 1 and not isinstance(cases[0], Case):
            cases = (equal(cases[0], expect),)
        if not isinstance(grade_id, str) or not cases or not all(isinstance(c, Case) for c in cases):
            raise CheckError(
                'check("name", …) takes the name of the check and at least one case made by equal, holds or raises'
            )
        verdict = Verdict(grade_id, [case.outcome() for case in cases if isinstance(case, Case)])
        if verdict.status != "pass":
            verdict.hints = tuple(hints) or _hints(grade_id)
        verdict.show()
        _record(verdict)
        if NBGRADER_VARIABLE in os.environ and verdict.status != "pass":
            raise CheckFailed(str(verdict))
        return verdict

    @property
    def seed(self) -> int:
        """Seed of this grading batch; 0 outside of grading."""
        return int(os.environ.get(SEED_VARIABLE, "0"))

    def rng(self, stream: int = 0) -> Any:
        """A fresh ``numpy.random.Generator`` on the batch's seed; each `stream` is an independent one."""
        import numpy as np

        return np.random.default_rng([self.seed, stream])

    def __repr__(self) -> str:
        return 'check("name", case, …): run visible checks'


def _hints(grade_id: str) -> tuple[str, ...]:
    return tuple(hints.find(grade_id))


def _record(verdict: Verdict) -> None:
    if SEED_VARIABLE in os.environ:  # a grading run keeps no progress
        return
    from . import record

    record.record(verdict.grade_id, verdict.status)


check = Check()
