"""The memory order of an elementwise result: that of the first operand that has one, as in torch."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..backend import kernels_of


def laid_out(result: Any, *operands: Any) -> None:
    """Bring a fresh elementwise result into the order that torch would give it.

    NumPy falls back to rows first when operands disagree; torch lets the first one decide, dimension by dimension.
    """
    shape = result._data.shape
    strides = [_stretched(t._data, shape) for t in operands if isinstance(t, Variable) and t._data.ndim]
    result._data = arranged(result._data, strides)


def arranged(a: Any, strides: list[tuple[int, ...]]) -> Any:
    """A fresh array in the order of dimensions that operands with the given strides (0: stretched) lead to."""
    n, shape = a.ndim, a.shape
    order = list(range(n - 1, -1, -1))  # fastest first
    for i in range(1, n):
        moving = i
        for j in range(i - 1, -1, -1):
            verdict = _compare(strides, shape, order[j], order[moving])
            if verdict > 0:
                order[j], order[moving] = order[moving], order[j]
                moving = j
            elif verdict < 0:
                break
    wanted, step = [0] * n, a.itemsize
    for d in order:
        wanted[d] = step
        step *= shape[d]
    if any(w != s for w, s, m in zip(wanted, a.strides, shape) if m > 1):
        slowest_first = order[::-1]
        fresh = kernels_of(a).xp.ascontiguousarray(a.transpose(slowest_first))
        back = [slowest_first.index(d) for d in range(n)]
        return fresh.transpose(back)
    return a


def _stretched(a: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of an operand broadcast to the result's shape."""
    lead = len(shape) - a.ndim
    return (0,) * lead + tuple(0 if n == 1 else s for n, s in zip(a.shape, a.strides))


def _compare(strides: list[tuple[int, ...]], shape: tuple[int, ...], i: int, j: int) -> int:
    """Whether dimension i lies inside (-1) or around (1) dimension j; 0 where no operand tells."""
    for s in strides:
        if s[i] == 0 or s[j] == 0:
            continue
        if s[i] != s[j]:
            return -1 if s[i] < s[j] else 1
        if shape[i] > shape[j]:
            return 1
    return 0
