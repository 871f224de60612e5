"""``torch.nn._reduction``: the numbers by which torch's compiled losses know "none", "mean" and "sum"."""

from __future__ import annotations

import warnings

from ..ops._reduction import legacy_reduction, reduction_of


def get_enum(reduction: str) -> int:
    """0, 1 or 2 for "none", "mean" or "sum"; ValueError for another word.

    >>> get_enum("sum")
    2
    """
    return ("none", "mean", "sum").index(reduction_of(reduction))


def legacy_get_string(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> str:
    """The word for the two flags that losses had once."""
    if emit_warning:
        return legacy_reduction(size_average, reduce, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return legacy_reduction(size_average, reduce)


def legacy_get_enum(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> int:
    """The number for the two flags that losses had once."""
    return get_enum(legacy_get_string(size_average, reduce, emit_warning))
