"""Arguments of calls, described once and made on both sides: what the tables of `harness` are written in.

A `T` describes a tensor, an `S` one call. `unary`, `binary` and `reductions` list the calls that many operations share.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_edu import dtypes

DIFFERENTIABLE = ("float32", "float64", "complex64", "complex128")


# ---------------------------------------------------------------------------------------------- describing arguments
class T:
    """A tensor to be made on both sides: ``T(2, 3)``, ``T(4, dtype="int64", low=0, high=9)``, ``T(values=[1., math.nan])``.

    ``layout``: "contiguous", "transposed" (its last two dimensions, in memory), "sliced" (every second element of a larger
    array), "expanded" (stride 0 along the first dimension), "offset" (starts inside its storage). ``grad=False``: no gradient.
    """

    def __init__(
        self, *shape: int, dtype: str = "float32", low: float = -2.0, high: float = 2.0, layout: str = "contiguous",
        values: Any = None, grad: bool = True, seed: int = 0, distinct: bool = False,
    ) -> None:  # fmt: skip
        self.shape, self.dtype, self.low, self.high, self.layout = shape, dtype, low, high, layout
        self.values, self.grad, self.seed, self.distinct = values, grad, seed, distinct
        if values is not None:
            self.shape = np.shape(values)
        self._array: Any = None

    def with_(self, **changes: Any) -> T:
        """The same description with changes."""
        now = {
            name: getattr(self, name)
            for name in ("dtype", "low", "high", "layout", "values", "grad", "seed", "distinct")
        }
        return T(*changes.pop("shape", self.shape), **(now | changes))

    @property
    def differentiable(self) -> bool:
        return self.grad and self.dtype in DIFFERENTIABLE

    def _numbers(self, shape: tuple[int, ...]) -> Any:
        np_type = dtypes.named(self.dtype).np
        if self.values is not None:
            return np.asarray(self.values).astype(np_type).reshape(shape)
        rng = np.random.default_rng(zlib.crc32(f"{shape}{self.low}{self.high}{self.seed}".encode()))
        n = math.prod(shape)
        if self.dtype == "bool":
            return rng.integers(0, 2, shape).astype(bool)
        if self.distinct:  # no two equal: orders are unambiguous
            x = self.low + (self.high - self.low) * (rng.permutation(n) + 0.5).reshape(shape) / max(n, 1)
        else:
            x = rng.uniform(self.low, self.high, shape)
        if np_type.kind == "c":
            x = x + 1j * rng.uniform(self.low, self.high, shape)
        elif np_type.kind in "iu":
            x = np.floor(x) if np_type.kind == "i" else np.abs(np.floor(x))
        return np.asarray(x).astype(np_type)

    def array(self) -> Any:
        """A fresh NumPy array with the numbers and the memory layout."""
        if self._array is None:
            self._array = self._made()
        a = self._array
        owner = a
        while owner.base is not None:
            owner = owner.base
        if owner is a:
            return a.copy()
        offset = a.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        return np.ndarray(a.shape, a.dtype, owner.copy(), offset, a.strides)

    def _made(self) -> Any:
        shape, layout = self.shape, self.layout
        if layout == "contiguous" or not shape:
            return self._numbers(shape)
        if layout == "transposed":
            x = self._numbers(shape)
            return np.ascontiguousarray(x.T).T
        if layout == "expanded":
            row = np.ascontiguousarray(self._numbers(shape)[:1])
            return np.ndarray(shape, row.dtype, row.reshape(-1), 0, (0, *row.strides[1:]))
        if layout == "sliced":
            big = np.zeros((*shape[:-1], 2 * shape[-1] + 1), dtypes.named(self.dtype).np)
            view = np.ndarray(shape, big.dtype, big, big.itemsize, (*big.strides[:-1], 2 * big.itemsize))
            view[...] = self._numbers(shape)
            return view
        if layout == "offset":
            flat = np.zeros(math.prod(shape) + 5, dtypes.named(self.dtype).np)
            view = np.ndarray(shape, flat.dtype, flat, 3 * flat.itemsize)
            view[...] = self._numbers(shape)
            return view
        raise ValueError(f"no layout named {layout!r}")

    def __repr__(self) -> str:
        parts = [self.dtype, "x".join(map(str, self.shape)) or "0d"]
        if self.layout != "contiguous":
            parts.append(self.layout)
        if self.values is not None:
            parts.append("values")
        return "-".join(parts)


class D:
    """A dtype (or any other attribute of the module) as an argument: ``D("float64")``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


class S:
    """One call: its positional and keyword arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def __repr__(self) -> str:
        text = ",".join([*map(_short, self.args), *(f"{k}={_short(v)}" for k, v in self.kwargs.items())])
        return text.replace("[", "(").replace("]", ")").replace("::", ":")


def _short(value: Any) -> str:
    return repr(value).replace(" ", "")[:40]


# ---------------------------------------------------------------------------------------------- samples many tables use
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
REALS = ("float32", "float64")
ALL_TYPES = (*REALS, *INTEGERS, "bool")
LAYOUTS = ("transposed", "sliced", "expanded", "offset")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, math.inf, -math.inf, math.nan, 1e-30, -1e30]


def tensors(
    low: float = -2.0, high: float = 2.0, types: Iterable[str] = ALL_TYPES, special: bool = True, distinct: bool = False
) -> list[T]:
    """One tensor of each kind that an elementwise operation may meet: dtypes, 0-d, empty, every layout, special values."""
    kinds = [T(2, 3, dtype=d, low=low, high=high, distinct=distinct) for d in types]
    kinds += [T(low=low, high=high), T(0, low=low, high=high), T(2, 0, 3), T(17, low=low, high=high, dtype="float64")]
    kinds += [T(3, 4, layout=layout, low=low, high=high, distinct=distinct) for layout in LAYOUTS]
    kinds += [T(2, 3, 4, layout="transposed", dtype="float64", low=low, high=high)]
    if special:
        kinds += [T(values=SPECIAL, grad=False), T(values=SPECIAL, dtype="float64", grad=False)]
    return kinds


def unary(low: float = -2.0, high: float = 2.0, **options: Any) -> list[S]:
    """Calls of a function of one tensor."""
    return [S(t) for t in tensors(low, high, **options)]


def binary(low: float = -2.0, high: float = 2.0, types: Iterable[str] = ALL_TYPES, numbers: Iterable[Any] = (2, 1.5, True),
           other_low: float | None = None, other_high: float | None = None, special: bool = True,
           every_pair: bool = False) -> list[S]:  # fmt: skip
    """Calls of a function of two tensors: pairs of dtypes, broadcasting both ways, layouts, 0-d, empty, numbers."""
    types = list(types)
    a, b = (low if other_low is None else other_low), (high if other_high is None else other_high)
    calls = [
        S(T(2, 3, dtype=d, low=low, high=high), T(2, 3, dtype=e, low=a, high=b, seed=1)) for d in types for e in types
    ]
    shapes = [((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3)), ((2, 3), ()), ((), ()), ((0,), (1,)), ((2, 0), (0,)),
              ((4, 1, 3), (2, 1))]  # fmt: skip
    first = types[0]
    calls += [S(T(*p, low=low, high=high, dtype=first), T(*q, low=a, high=b, seed=1, dtype=first)) for p, q in shapes]
    calls += [S(T(3, 4, layout=x, low=low, high=high, dtype=first), T(3, 4, layout=y, low=a, high=b, seed=1, dtype=first))
              for x in LAYOUTS for y in ("contiguous", "transposed")]  # fmt: skip
    calls += [S(T(2, 3, dtype=d, low=low, high=high), n) for d in types for n in numbers]
    calls += [S(T(dtype=d, low=low, high=high), T(3, dtype=e, low=a, high=b)) for d, e in
              (("float64", "float32"), ("int64", "float32"), ("float32", "int64"), ("int64", "int8")) if {d, e} <= set(types)]  # fmt: skip
    if special:
        grid = np.asarray(SPECIAL)
        calls.append(
            S(T(values=np.repeat(grid, len(grid)), grad=False), T(values=np.tile(grid, len(grid)), grad=False))
        )
    return calls


def reductions(low: float = -2.0, high: float = 2.0, types: Iterable[str] = ALL_TYPES, tuples: bool = True,
               whole: bool = True, distinct: bool = False, empty_dim: bool = True, zero_dim: bool = True,
               **options: Any) -> list[S]:  # fmt: skip
    """Calls of a reduction: all, one dim, negative dim, keepdim, tuples of dims, layouts, 0-d, size-1 and empty dimensions."""
    x = T(2, 3, 4, low=low, high=high, distinct=distinct)
    calls = [
        S(x, 1, **options),
        S(x, -1, True, **options),
        S(x, dim=0, keepdim=True, **options),
        S(x, axis=2, **options),
    ]
    if whole:
        calls += [S(x.with_(dtype=d), **options) for d in types] + (
            [S(T(low=low, high=high), **options)] if zero_dim else []
        )
    calls += [S(x.with_(dtype=d), 1, **options) for d in types]
    if tuples:
        calls += [S(x, (0, 2), **options), S(x, [0, -1], True, **options), S(x, dim=(1,), **options)]
        calls += [S(x, (), **options)] if empty_dim else []
    calls += [
        S(T(3, 4, low=low, high=high, layout=layout, distinct=distinct), d, **options)
        for layout in LAYOUTS
        for d in (0, 1)
    ]
    if zero_dim:
        calls += [
            S(T(low=low, high=high), 0, **options),
            S(T(low=low, high=high), -1, True, **options),
            S(T(3, 1, 2), 1, **options),
        ]
    calls += [
        S(T(2, 0, 3), 0, **options),
        S(T(2, 0, 3), 1, **options),
        S(T(33, 129, low=low, high=high, distinct=distinct), 0),
    ]
    return calls
