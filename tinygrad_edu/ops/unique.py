"""The different values of a tensor: unique and unique_consecutive."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._check import check_tensor, not_for
from ._define import cast, no_derivative
from .registry import public
from .view import wrap_dim

_TWO_EMPTY = "Number of zero sized dimensions is more than one, so unique cannot be applied"


def _unique(k: Any, x: Any, dim: int | None) -> tuple[Any, Any, Any]:
    xp = k.xp
    if dim is None:
        values, inverse, counts = xp.unique(x.reshape(-1), return_inverse=True, return_counts=True, equal_nan=False)
        return values, inverse.reshape(x.shape), counts
    rows = xp.moveaxis(x, dim, 0)
    if not rows.size:
        return x.copy(), xp.zeros(rows.shape[0], "int64"), xp.zeros(rows.shape[0], "int64")
    values, inverse, counts = xp.unique(
        rows.reshape(rows.shape[0], -1), return_inverse=True, return_counts=True, axis=0
    )
    return xp.moveaxis(values.reshape(-1, *rows.shape[1:]), 0, dim), inverse.reshape(-1), counts


def _unique_op(name: str, forward: Any, node: str) -> Op:
    """Values that are equal have no slope: torch says so when backward comes by."""
    return Op(name, forward, outputs=("values", "inverse", "counts"), differentiable=(True, False, False), node=node,
              x=no_derivative(name))  # fmt: skip


_unique_all = _unique_op("_unique2", lambda k, x: _unique(k, x, None), "Unique2Backward0")
_unique_dim = _unique_op("unique_dim", _unique, "UniqueDimBackward0")


def _wanted(found: Any, inverse: bool, counts: bool) -> Any:
    values, where, number = found
    kept = [
        values,
        *([cast(where, dtypes.int64)] if inverse else []),
        *([cast(number, dtypes.int64)] if counts else []),
    ]
    return tuple(kept) if len(kept) > 1 else values


@public("function method")
def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different values in order (or the different slices along ``dim``), where each element went, how many there were.

    >>> import tinygrad_edu as tg
    >>> tg.unique(tg.tensor([3, 1, 3, 2]), return_counts=True)
    (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
    check_tensor("_unique2" if dim is None else "unique_dim", "input", 1, input)
    d = None if dim is None else wrap_dim(dim, input._data.ndim)
    not_for("unique" if d is None else "unique_dim", input, "c")
    if d is None:
        return _wanted(_unique_all(input), return_inverse, return_counts)
    if not input._data.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if input._data.shape.count(0) > 1:
        raise RuntimeError(_TWO_EMPTY)
    if not input._data.size and input._data.shape[d]:
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    return _wanted(_unique_dim(input, d), return_inverse, return_counts)


def _runs(k: Any, x: Any, dim: int | None) -> tuple[Any, Any, Any]:
    """Runs of equal neighbours made one."""
    xp = k.xp
    rows = x.reshape(-1) if dim is None else xp.moveaxis(x, dim, 0)
    n = rows.shape[0]
    starts = xp.ones(n, "bool")
    if n > 1:
        starts[1:] = (rows[1:] != rows[:-1]).reshape(n - 1, -1).any(1)
    values = rows[starts]
    inverse = xp.cumsum(starts) - 1
    counts = xp.diff(xp.append(xp.nonzero(starts)[0], n))
    if dim is None:
        return values, inverse.reshape(x.shape), counts
    return xp.moveaxis(values, 0, dim), inverse, counts


_consecutive = _unique_op("unique_consecutive", _runs, "UniqueConsecutiveBackward0")
_consecutive_dim = _unique_op("unique_dim_consecutive", _runs, "UniqueDimConsecutiveBackward0")


@public("function method")
def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The values with runs of equal neighbours made one (overall, or slices along ``dim``)."""
    not_for("unique" if dim is None else "unique_dim", input, "c")
    if dim is None:
        return _wanted(_consecutive(input, None), return_inverse, return_counts)
    d = wrap_dim(dim, input._data.ndim)
    if input._data.shape.count(0) > 1:
        raise RuntimeError(_TWO_EMPTY)
    return _wanted(_consecutive_dim(input, d), return_inverse, return_counts)
