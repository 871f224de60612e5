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


def arranged_like(result: Any, *operands: Any) -> Any:
    """The same, returning the result."""
    if result._data.ndim > 1:
        laid_out(result, *operands)
    return result


def arranged(a: Any, strides: list[tuple[int, ...]]) -> Any:
    """A fresh array in the order of dimensions that operands with the given strides (0: stretched) lead to."""
    n, shape = a.ndim, a.shape
    order = order_in_memory(strides, shape)
    wanted, step = [0] * n, a.itemsize
    for d in order:
        wanted[d] = step
        step *= shape[d]
    if any(w != s for w, s in zip(wanted, a.strides)) and a.size:
        slowest_first = order[::-1]
        fresh = rows_of(kernels_of(a).xp, a.transpose(slowest_first))
        back = [slowest_first.index(d) for d in range(n)]
        return fresh.transpose(back)
    return a


def order_in_memory(strides: list[tuple[int, ...]], shape: tuple[int, ...]) -> list[int]:
    """The dimensions of a result from the fastest to the slowest, which its operands' strides (0: stretched) lead to."""
    n = len(shape)
    order = list(range(n - 1, -1, -1))
    for i in range(1, n):
        moving = i
        for j in range(i - 1, -1, -1):
            verdict = _compare(strides, shape, order[j], order[moving])
            if verdict > 0:
                order[j], order[moving] = order[moving], order[j]
                moving = j
            elif verdict < 0:
                break
    return order


def rows_of(xp: Any, a: Any) -> Any:
    """The array stored row by row; dimensions of size 1, of which NumPy makes nothing, have the strides that they have so."""
    fresh = xp.ascontiguousarray(a)
    return fresh.reshape(-1).reshape(a.shape) if 1 in a.shape else fresh


_FORMATS = {"channels_last": (4, (0, 2, 3, 1)), "channels_last_3d": (5, (0, 2, 3, 4, 1))}


def format_name(memory_format: Any) -> str:
    """The name of a memory format ("contiguous_format"; None: "preserve_format"); TypeError for what is none."""
    if memory_format is None:
        return "preserve_format"
    name = str(memory_format).rsplit(".", 1)[-1]
    if name not in _FORMATS and name not in ("contiguous_format", "preserve_format"):
        raise TypeError(f"no memory format: {memory_format!r}")
    return name


def copied(a: Any, memory_format: Any = None) -> Any:
    """A copy of an array in a memory format; by default in its own order of dimensions."""
    name = format_name(memory_format)
    if name == "preserve_format":
        return a.copy("C") if a.flags.c_contiguous else arranged(a.copy("K"), [a.strides])
    if name == "contiguous_format":
        return a.copy("C")
    order = format_order(name, a.ndim)
    return a.transpose(order).copy("C").transpose([order.index(d) for d in range(a.ndim)])


def format_order(memory_format: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions from the slowest to the fastest in a memory format."""
    name = format_name(memory_format)
    if name not in _FORMATS:
        return tuple(range(ndim))
    rank, order = _FORMATS[name]
    if rank != ndim:
        raise RuntimeError(f"required rank {rank} tensor to use {name} format")
    return order


def lies_in(a: Any, memory_format: Any) -> bool:
    """Whether an array is dense and in a memory format."""
    name = format_name(memory_format)
    if name not in _FORMATS:
        return bool(a.flags.c_contiguous)
    rank, order = _FORMATS[name]
    return a.ndim == rank and bool(a.transpose(order).flags.c_contiguous)


def suggested(a: Any) -> str:
    """The memory format that an array's strides look like, as torch guesses it."""
    for name, (rank, order) in _FORMATS.items():
        if a.ndim != rank or a.size == 0 or a.strides[1] == 0:
            continue
        least, fits = 0, True
        for d in reversed(order):
            if a.strides[d] < least or (d == 0 and least == a.strides[1]):  # (rows first where both would do)
                fits = False
                break
            least = a.strides[d] * max(a.shape[d], 1)
        if fits:
            return name
    return "contiguous_format"


def in_format_of(result: Any, *operands: Any) -> Any:
    """A fresh result in the memory format of the first of its operands that has one; else row by row."""
    for t in operands:
        a = t._data
        rows = a.flags.c_contiguous and 1 not in a.shape[1:]  # (NumPy calls one channel last contiguous, too)
        if not rows and result._data.ndim == a.ndim:
            name = suggested(a)
            if name != "contiguous_format":
                result._data = copied(result._data, name)
                return result
    return by_rows(result)


def by_rows(result: Any) -> Any:
    """A fresh result stored row by row."""
    a = result._data
    if not a.flags.c_contiguous or 1 in a.shape:
        result._data = rows_of(kernels_of(a).xp, a)
    return result


def _stretched(a: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of an operand broadcast to the result's shape."""
    lead = len(shape) - a.ndim
    return (0,) * lead + tuple(s if n == m else 0 for n, m, s in zip(a.shape, shape[lead:], a.strides))


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
