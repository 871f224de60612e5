"""`segment_reduce`: sums, means, extremes or products of runs of a dimension, each as long as it is told to be."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import wrap
from ..backend import kernels_of
from ._check import not_implemented
from .registry import public
from .view import wrap_dim

_START = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}
_NAMES = {"amax": "max", "amin": "min"} | {name: name for name in _START}


def _runs(ends: Any) -> list[tuple[int, int, slice]]:
    """(row, number, extent) of every run; the dimensions before ``axis`` are one here."""
    return [(row, i, slice(a, b)) for row, each in enumerate(ends) for i, (a, b) in enumerate(pairwise(each))]


def _segment_reduce(k: Any, x: Any, reduce: str, axis: int, ends: Any, initial: float | None) -> Any:
    start = _START[reduce] if initial is None else initial
    flat = x.reshape(len(ends), *x.shape[axis:])
    out = k.xp.full((len(ends), len(ends[0]) - 1, *flat.shape[2:]), start, x.dtype)
    for row, i, extent in _runs(ends):
        run, n = flat[row, extent], extent.stop - extent.start
        if reduce in ("sum", "mean"):
            out[row, i] += run.sum(0)
            if reduce == "mean" and (n or initial is None):
                out[row, i] = out[row, i] / n if n else math.nan
        elif reduce == "prod":
            out[row, i] *= run.prod(0)
        elif n:
            largest = reduce == "max"
            out[row, i] = (k.xp.maximum if largest else k.xp.minimum)(
                out[row, i], run.max(0) if largest else run.min(0)
            )
    return out.reshape(*x.shape[:axis], *out.shape[1:])


def _slope(k: Any, g: Any, x: Any, out: Any, reduce: str, axis: int, ends: Any, initial: float | None) -> Any:
    """Extremes share what arrives among the elements that equal them."""
    flat, gx = x.reshape(len(ends), *x.shape[axis:]), k.xp.zeros_like(x).reshape(len(ends), *x.shape[axis:])
    g, out = (a.reshape(len(ends), *a.shape[axis:]) for a in (g, out))
    for row, i, extent in _runs(ends):
        run, n = flat[row, extent], extent.stop - extent.start
        if reduce in ("sum", "mean"):
            gx[row, extent] = g[row, i] / (n if reduce == "mean" and n else 1)
        elif reduce == "prod":
            for j in range(n):
                others = k.xp.delete(run, j, 0).prod(0) * (1 if initial is None else initial)
                gx[row, extent][j] = g[row, i] * others
        elif n:
            reached = (run == out[row, i]) | (run != run)
            gx[row, extent] = k.xp.where(reached, g[row, i] / k.xp.maximum(reached.sum(0), 1), 0)
    return gx.reshape(x.shape)


Op("segment_reduce_slope", _slope)
Op("segment_reduce", _segment_reduce,
   x=lambda k, g, x, out, reduce, axis, ends, initial: k.segment_reduce_slope(g, x, out, reduce, axis, ends, initial))  # fmt: skip


@public("function")
def segment_reduce(
    data: Any, reduce: str, *, lengths: Any = None, indices: Any = None, offsets: Any = None, axis: int = 0,
    unsafe: bool = False, initial: float | None = None,
) -> Any:  # fmt: skip
    """The "sum", "mean", "max", "min" or "prod" of each run of ``data`` along ``axis``: runs of ``lengths``, or between ``offsets``.

    Where ``axis`` is not the first dimension, each row before it has lengths of its own. ``initial`` is what each run starts from.

    >>> import tinygrad_edu as tg
    >>> tg.segment_reduce(tg.tensor([1., 2., 3., 4.]), "sum", lengths=tg.tensor([1, 3]))
    tensor([1., 9.])
    """
    x = data._data
    axis = wrap_dim(axis, x.ndim)
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
    given, name = (lengths, "lengths") if lengths is not None else (offsets, "offsets")
    if given is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    if not isinstance(reduce, str):
        raise TypeError  # in torch's words: see `_signature`
    if reduce not in _NAMES:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if x.dtype.kind not in "fV":
        raise not_implemented("_segment_reduce_cpu", data)
    if given._data.dtype.name not in ("int32", "int64"):
        raise not_implemented(f"_segment_reduce_{name}_cpu_kernel1", given)
    where = kernels_of(given._data).to_host(given._data)
    if x.ndim < where.ndim:
        raise RuntimeError(
            f"Expected data.dim() >= {name}_value.dim() to be true, but got false.  (Could this error message be improved?  If so, please "
            "report an enhancement request to PyTorch.)"
        )
    if axis != where.ndim - 1:
        raise RuntimeError(f"segment_reduce(): Expected axis to be the last dimension of {name} but got {axis}.")
    rows = where.reshape(-1, where.shape[-1]).tolist()
    if name == "lengths":
        if not unsafe:
            _check_lengths(rows, x.shape[axis])
        rows = [list(accumulate(row, initial=0)) for row in rows]
    return Op.table["segment_reduce"](data, _NAMES[reduce], axis, tuple(map(tuple, rows)), initial)


def _check_lengths(rows: list[list[int]], size: int) -> None:
    if any(n < 0 for row in rows for n in row):
        raise RuntimeError("lengths contains negative value!")
    if any(sum(row) != size for row in rows):
        raise RuntimeError(
            "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe."
        )


@public("function")
def _convert_indices_from_coo_to_csr(input: Any, size: int, *, out_int32: bool = False) -> Any:
    """Where each of ``size`` rows begins among sorted row numbers, and where the last one ends.

    >>> import tinygrad_edu as tg
    >>> _convert_indices_from_coo_to_csr(tg.tensor([0, 0, 2]), 3)
    tensor([0, 2, 2, 3])
    """
    rows = input._data
    if rows.ndim > 1:
        raise RuntimeError(f"Input is supposed to be a vector, but got {rows.ndim} dimensional tensor.")
    if rows.dtype.kind not in "iu":
        raise not_implemented("convert_indices_from_coo_to_csr_cpu", input)
    xp = kernels_of(rows).xp
    return wrap(xp.searchsorted(rows, xp.arange(size + 1)).astype("int32" if out_int32 else "int64"))


@public("function")
def _convert_indices_from_csr_to_coo(
    crow_indices: Any, col_indices: Any, *, out_int32: bool = False, transpose: bool = False
) -> Any:
    """Row and column of each number (in two rows; ``transpose``: column and row), from where the rows begin.

    >>> import tinygrad_edu as tg
    >>> _convert_indices_from_csr_to_coo(tg.tensor([0, 2, 2, 3]), tg.tensor([1, 2, 0]))
    tensor([[0, 0, 2],
            [1, 2, 0]])
    """
    begins, columns = crow_indices._data, col_indices._data
    if begins.ndim != 1:
        raise NotImplementedError("row beginnings of a batch of matrices cannot be converted here")
    xp = kernels_of(begins).xp
    rows = xp.searchsorted(begins, xp.arange(columns.size), side="right") - 1
    found = xp.stack([columns, rows] if transpose else [rows, columns])
    return wrap(found.astype("int32" if out_int32 else "int64"))
