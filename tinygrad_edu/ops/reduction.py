"""Reductions: many numbers into one, over all or some dimensions."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._define import cast
from .registry import public
from .view import wrap_dim


def dims_of(dim: Any, ndim: int) -> tuple[int, ...] | None:
    """A ``dim=`` argument as a sorted tuple; None (or an empty tuple) means all."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    dims = [wrap_dim(d, ndim) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    for d in dims:
        if dims.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return tuple(sorted(dims)) if ndim else ()


def unreduced(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape with 1 where it was reduced."""
    return tuple(1 if dims is None or i in dims else n for i, n in enumerate(shape))


def count_of(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> int:
    n = 1
    for i, m in enumerate(shape):
        if dims is None or i in dims:
            n *= m
    return n


def _sum(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    return x.sum(axis=dims, keepdims=keepdim, dtype=x.dtype)


def _spread(k: Any, g: Any, shape: Any, dims: Any) -> Any:
    """Give every element that was summed the sum's gradient."""
    return k.broadcast(k.reshaped(g, unreduced(shape, dims)), shape)


def _sum_slope(k: Any, g: Any, x_shape: Any, dims: Any) -> Any:
    return _spread(k, g, x_shape, dims)


Op("sum_all", lambda k, x: x.sum(dtype=x.dtype), node="SumBackward0", x=lambda k, g, x_shape: _spread(k, g, x_shape, None))
Op("sum_dims", _sum, node="SumBackward1", x=_sum_slope)
Op("mean_all", lambda k, x: x.mean(dtype=x.dtype), node="MeanBackward0",
   x=lambda k, g, x_shape: _spread(k, g / max(count_of(x_shape, None), 1), x_shape, None))  # fmt: skip
Op("mean_dims", lambda k, x, dims, keepdim: x.mean(axis=dims, keepdims=keepdim, dtype=x.dtype), node="MeanBackward1",
   x=lambda k, g, x_shape, dims: _spread(k, g / max(count_of(x_shape, dims), 1), x_shape, dims))  # fmt: skip


@public("function method", out=True)
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Sum over all elements or the dimensions ``dim``; integers and bools are summed as int64.

    >>> import tinygrad_edu as tg
    >>> tg.sum(tg.ones(2, 3), dim=0)
    tensor([2., 2., 2.])
    """
    if dtype is None and input._data.dtype.kind in "iub":
        dtype = dtypes.int64
    if dtype is not None:
        input = cast(input, dtype)
    dims = dims_of(dim, input._data.ndim)
    if dims is None and not keepdim:
        return Op.table["sum_all" if dim is None else "sum_dims"](input, *(() if dim is None else (None, False)))
    return Op.table["sum_dims"](input, dims, keepdim)


@public("function method", out=True)
def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Mean over all elements or the dimensions ``dim``. RuntimeError for integers: their mean is no integer.

    >>> import tinygrad_edu as tg
    >>> tg.mean(tg.tensor([1., 2., 6.]))
    tensor(3.)
    """
    if dtype is not None:
        input = cast(input, dtype)
    elif input._data.dtype.kind in "iub":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{dtypes.of(input._data).short}"
        )
    dims = dims_of(dim, input._data.ndim)
    if dims is None and not keepdim and dim is None:
        return Op.table["mean_all"](input)
    return Op.table["mean_dims"](input, dims, keepdim)
