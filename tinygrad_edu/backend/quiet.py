"""Floating point without warnings: torch divides by zero and overflows in silence.

``numpy.errstate`` says the same but takes as long as a small operation. NumPy keeps the setting in a context variable; setting
that variable directly costs a tenth. Where a NumPy has it elsewhere, ``numpy.errstate`` serves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

try:
    from numpy._core.umath import _extobj_contextvar, _make_extobj

    SILENT = _make_extobj(all="ignore")
    set_quiet: Callable[[Any], Any] = _extobj_contextvar.set
    reset: Callable[[Any], None] = _extobj_contextvar.reset
except ImportError:  # a NumPy that keeps it elsewhere
    SILENT = None  # type: ignore[assignment]

    def set_quiet(_: Any) -> Any:
        state = numpy.errstate(all="ignore")
        state.__enter__()
        return state

    def reset(state: Any) -> None:
        state.__exit__(None, None, None)


class quietly:
    """``with quietly():`` NumPy's floating point warnings are off."""

    __slots__ = ("token",)

    def __enter__(self) -> None:
        self.token = set_quiet(SILENT)

    def __exit__(self, *exc: object) -> None:
        reset(self.token)
