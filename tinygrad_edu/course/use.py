"""``use(relu_backward=relu_backward)``: the learner's piece, tested and put into the framework in place of its own."""

import difflib
from html import escape
from typing import Any

import numpy as np

from . import compare
from .checks import is_stub, one_line
from .piece import Piece, Undo
from .pieces import PIECES

_in_use: dict[str, Undo] = {}  # piece → what takes it out again


class Used:
    """What `use` did, piece by piece. As a ``with`` block it puts the framework's own pieces back at the end."""

    def __init__(self, lines: dict[str, str], put: list[str]) -> None:
        self.lines, self.put = lines, put

    def __enter__(self) -> "Used":
        return self

    def __exit__(self, *exc: object) -> None:
        for name in self.put:
            _take_out(name)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {line}" for name, line in self.lines.items())

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;border:0"><code>{escape(name)}</code></th>'
            f'<td style="text-align:left;border:0;white-space:pre-wrap">{escape(line)}</td></tr>'
            for name, line in self.lines.items()
        )
        return f'<table aria-label="pieces in use" style="border-collapse:collapse;color:inherit">{rows}</table>'


def use(reference: str | None = None, /, **mine: Any) -> Used:
    """Put pieces of your own into the framework, or take them out again.

    ``use(relu_backward=relu_backward, SGD=SGD)`` runs the framework's own tests on each piece. If they hold, the framework
    uses it from now on: every network, every training. If not, the first difference is shown and nothing is changed.
    ``use("reference")`` puts all of the framework's own pieces back, ``use("reference", SGD=None)`` one of them;
    ``use()`` shows what is in use. ``with use(…):`` does it for the block only.

    >>> def relu_backward(g, x):
    ...     return g * (x > 0)
    >>> with use(relu_backward=relu_backward) as used:
    ...     print(used)
    relu_backward: yours is in use (6 cases hold)
    >>> use("reference")
    all pieces: the framework's own are in use
    """
    unknown = [name for name in mine if name not in PIECES]
    if unknown:
        near = difflib.get_close_matches(unknown[0], PIECES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"there is no piece named {unknown[0]!r}{hint} The pieces are: {', '.join(PIECES)}")
    if reference is not None:
        if reference != "reference":
            raise ValueError(f'expected use("reference") or use(name=piece), not use({reference!r})')
        for name in list(mine or _in_use):
            _take_out(name)
        return Used(dict.fromkeys(mine, "the framework's own is in use") or
                    {"all pieces": "the framework's own are in use"}, [])  # fmt: skip
    if not mine:
        return Used(
            {name: "yours is in use" if name in _in_use else "the framework's own is in use" for name in PIECES}, []
        )
    lines, put = {}, []
    for name, version in mine.items():
        piece = PIECES[name]
        _take_out(name)  # the tests compare with the framework's own
        count, problem = tested(piece, version)
        if problem:
            lines[name] = f"the framework's own stays in use; yours differs from it\n  {problem}"
            continue
        _in_use[name] = piece.install(version)
        put.append(name)
        lines[name] = f"yours is in use ({count} cases hold)"
    return Used(lines, put)


def tested(piece: Piece, version: Any) -> tuple[int, str]:
    """How many cases there are, and what is wrong in the first that does not hold ("" when all do)."""
    cases = list(piece.cases(np.random.default_rng(0)))
    for text, args in cases:
        expected = piece.outcome(piece.reference, *args)
        try:
            got = piece.outcome(version, *args)
        except Exception as error:  # whatever the learner's code raises is the answer
            what = "it is not written yet" if is_stub(error) else one_line(error)
            return len(cases), f"{text}: {what}"
        difference = compare.difference(expected, got, rtol=1e-4, atol=1e-5)
        if difference is not None:
            return len(cases), f"{text}: {difference}"
    return len(cases), ""


def _take_out(name: str) -> None:
    undo = _in_use.pop(name, None)
    if undo is not None:
        undo()
