"""Loops as functions: `scan`, `associative_scan`, `map` (torch keeps them in ``_higher_order_ops``). Here they are loops of Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops.registry import functions
from .trees import leaves, map_tree, rebuilt

F = Callable[..., Any]


def _stacked(results: list[Any], dim: int = 0) -> Any:
    """The structure of one result with all results' tensors side by side along ``dim``."""
    columns = zip(*(list(leaves(each)) for each in results), strict=True)
    return rebuilt(results[0], iter([functions["stack"](list(column)).movedim(0, dim) for column in columns]))


def _elements(xs: Any, dim: int) -> list[Any]:
    """``xs`` at each place along ``dim``."""
    first = next(leaves(xs), None)
    if first is None:
        raise RuntimeError("Expected xs to contain at least one tensor")
    return [map_tree(lambda t, i=i: t.select(dim, i), xs) for i in range(first.shape[dim])]


def scan(combine_fn: F, init: Any, xs: Any, *, dim: int = 0, reverse: bool = False) -> tuple[Any, Any]:
    """``carry, y = combine_fn(carry, x)`` for x along ``dim``, beginning with ``init``: the last carry, and the ys side by side.

    >>> import tinygrad_edu as tg
    >>> scan(lambda carry, x: (carry + x, carry * 2), tg.tensor(0), tg.arange(1, 5))
    (tensor(10), tensor([ 0,  2,  6, 12]))
    """
    carry, found = init, []
    elements = _elements(xs, dim)
    for x in reversed(elements) if reverse else elements:
        carry, y = combine_fn(carry, x)
        found.append(y)
    return carry, _stacked(found[::-1] if reverse else found, dim)


def associative_scan(
    combine_fn: F, xs: Any, dim: int = 0, reverse: bool = False, combine_mode: str = "pointwise"
) -> Any:
    """What ``combine_fn`` makes of the first elements along ``dim``, for every number of them: a running sum, product, …

    >>> import tinygrad_edu as tg
    >>> associative_scan(tg.mul, tg.arange(1, 5))
    tensor([ 1,  2,  6, 24])
    """
    if not callable(combine_fn):
        raise ValueError(f"Combine_fn must be a callable, but got {combine_fn}")
    if combine_mode not in ("pointwise", "generic"):
        raise ValueError(f"Combine_mode must either 'pointwise' or 'generic', but got {combine_mode}")
    elements = _elements(xs, dim)
    found: list[Any] = []
    for x in reversed(elements) if reverse else elements:
        found.append(combine_fn(found[-1], x) if found else x)
    return _stacked(found[::-1] if reverse else found, dim)


def map(f: F, xs: Any, *args: Any) -> Any:
    """``f(x, *args)`` for x along the first dimension, side by side.

    >>> import tinygrad_edu as tg
    >>> map(lambda x, y: x * y, tg.arange(3), tg.tensor(2))
    tensor([0, 2, 4])
    """
    return _stacked([f(x, *args) for x in _elements(xs, 0)])


def foreach_map(op: F, *operands: Any, **kwargs: Any) -> list[Any]:
    """``op`` of the first tensors of each list, of the second ones, and so on; other operands are the same each time.

    >>> import tinygrad_edu as tg
    >>> foreach_map(tg.add, [tg.ones(1), tg.ones(2)], [tg.ones(1), tg.ones(2)])
    [tensor([2.]), tensor([2., 2.])]
    """
    n = next(len(o) for o in operands if isinstance(o, (list, tuple)))
    rows = zip(*(o if isinstance(o, (list, tuple)) else [o] * n for o in operands), strict=True)
    return [op(*row, **kwargs) for row in rows]


__all__ = ["associative_scan", "foreach_map", "map", "scan"]
