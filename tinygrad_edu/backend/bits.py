"""Floating point numbers as the whole numbers that their bits are: times 1 they stay, times 0 they are 0, be they inf or NaN."""

from __future__ import annotations

from typing import Any

_WHOLE = {2: "int16", 4: "int32", 8: "int64"}


def whole(a: Any) -> Any:
    """The same memory, seen as whole numbers."""
    return a.view(_WHOLE[a.dtype.itemsize])


def kept(a: Any, mask: Any) -> Any:
    """``a`` where ``mask``, else 0."""
    return (whole(a) * mask).view(a.dtype)
