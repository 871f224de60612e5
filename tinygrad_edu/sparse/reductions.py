"""Sums, norms and softmax of sparse tensors: what is not there counts as 0 for a sum, and not at all for softmax."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.variable import wrap
from ..backend.compressed import of_coo
from ..backend.coo import Coo, add_runs, places, run_starts
from ..ops.registry import functions, methods
from ..ops.view import wrap_dim
from .dispatch import TABLE, is_sparse, operation, refusal
from .graph import dense, record
from .parts import layout_name


def _dims(dim: Any, ndim: int) -> tuple[int, ...]:
    listed = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    return tuple(sorted({wrap_dim(d, ndim) for d in listed}))


def _whole(input: Any, dtype: Any) -> Any:
    raw = input._raw
    return methods["sum"](wrap(raw.values), dtype=dtype)._data


@operation("sum")
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None) -> Any:
    """The sum of all numbers, dense; along some dimensions, sparse."""
    dim = axis if dim is None else dim
    raw = input._raw
    if dim is None or (isinstance(dim, (tuple, list)) and not len(dim)):
        full = lambda g: raw.xp.broadcast_to(g, raw.shape)  # noqa: E731
        return record(raw.xp.asarray(_whole(input, dtype)), "SumBackward0", (input,), (full,))
    if not isinstance(raw, Coo):
        if not keepdim:
            raise RuntimeError("reduction operations on CSR tensors with keepdim=False is unsupported")
        summed = sum(wrap_like(raw.to_coo()), dim, True, dtype=dtype)
        return record(of_coo(summed._raw, raw.by_rows), "SumBackward0", (), ())
    if dtype is None and raw.dtype.kind in "iub":  # as sums of dense tensors
        dtype = dtypes.int64
    made = _sparse_sum(input, dim, dtype, "SumBackward1")
    if keepdim:
        for d in _dims(dim, raw.ndim):
            made = TABLE["unsqueeze"](made, d) if is_sparse(made) else made.unsqueeze(d)
    return made


def wrap_like(raw: Any) -> Any:
    return record(raw, "", (), ())


def sparse_sum(input: Any, dim: Any = None, dtype: Any = None) -> Any:
    """The sum of all numbers, or along the dimensions ``dim``: sparse while a sparse dimension is left.

    The gradient has the places that ``input`` has.

    >>> import tinygrad_edu as tg
    >>> tg.sparse.sum(tg.eye(3).to_sparse(), dim=1).to_dense()
    tensor([1., 1., 1.])
    """
    if not is_sparse(input) or not isinstance(input._raw, Coo):
        raise RuntimeError(f"coalesce expected sparse coordinate tensor layout but got {layout_name(input)}")
    raw = input._raw
    if dim is None:
        slope = lambda g: raw.coalesce().like(raw.xp.broadcast_to(g, raw.coalesce().values.shape).copy())  # noqa: E731
        return record(raw.xp.asarray(_whole(input, dtype)), "SumBackward0", (input,), (slope,))
    return _sparse_sum(input, dim, dtype, "SparseSumBackward0")


def _sparse_sum(input: Any, dim: Any, dtype: Any, node: str) -> Any:
    raw: Coo = input._raw if dtype is None else input._raw.astype(dtypes.resolve(dtype).np)
    dims, s, xp = _dims(dim, raw.ndim), raw.sparse_dim, raw.xp
    inner = tuple(d - s + 1 for d in dims if d >= s)
    values = raw.values.sum(axis=inner, dtype=raw.dtype) if inner else raw.values
    kept = [d for d in range(s) if d not in dims]
    shape = tuple(n for d, n in enumerate(raw.shape) if d not in dims)
    ordered = raw.coalesce()

    def slope(g: Any) -> Any:
        if kept:
            found = g if isinstance(g, Coo) else None
            at = Coo(ordered.indices[kept], ordered.values, (*(raw.shape[d] for d in kept), *raw.shape[s:]))
            block = found.at(at) if found is not None else g[tuple(at.indices)]
        else:
            block = xp.broadcast_to(dense(g), (ordered.nnz, *g.shape))
        for d in inner:
            block = xp.expand_dims(block, d)
        return ordered.like(xp.broadcast_to(block, ordered.values.shape).astype(raw.dtype, copy=True))

    if kept:
        made: Any = Coo(raw.indices[kept], values, shape, raw.coalesced and len(kept) == s).coalesce()
    else:
        made = values.sum(axis=0, dtype=raw.dtype)
        made = xp.asarray(made)
    return record(made, node, (input,), (slope,))


@operation("norm")
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The norm of all numbers together, as of one vector."""
    return _norm(input, p, dim, dtype, "NormBackward1")


def _norm(input: Any, p: Any, dim: Any, dtype: Any, node: str) -> Any:
    raw = input._raw
    if not isinstance(raw, Coo):
        raise refusal("norm", (input,))
    if dim is not None and len(_dims(dim, raw.ndim)) != raw.ndim:
        raise RuntimeError(
            "norm_sparse currently only supports full reductions, so 'dim' must either be empty or contain all dimensions of the "
            "input"
        )
    ordered = raw.coalesce()
    made = methods["norm"](wrap(ordered.values.reshape(-1)), 2 if p in ("fro", None) else p, dtype=dtype)._data

    def slope(g: Any) -> Any:
        if p not in ("fro", None, 2, 2.0):
            raise refusal("norm_backward", (input,))
        return ordered.like(ordered.values * (g / made if made else 0))

    return record(raw.xp.asarray(made), node, (input,), (slope,))


@operation("dist")
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The norm of the difference."""
    return _norm(TABLE["sub"](input, other), p, None, None, "DistBackward0")


@operation("any")
def any_(input: Any, dim: Any = None, **options: Any) -> Any:
    """Whether some number is not 0."""
    if dim is not None:
        raise refusal("any.dim", (input,))
    if not isinstance(input._raw, Coo):
        raise refusal("any", (input,))
    return functions["any"](wrap(input._raw.values))


operation("normalize")(lambda input, p=2.0, dim=1, **options: norm(input, p, dim))


# ------------------------------------------------------------------------------------ softmax
def _softmax(name: str, input: Any, dim: int, dtype: Any) -> Any:
    if not is_sparse(input) or not isinstance(input._raw, Coo):
        raise refusal(f"_sparse_{name}", (input,))
    log = name == "log_softmax"
    raw = input._raw if dtype is None else input._raw.astype(dtypes.resolve(dtype).np)
    at, raw, xp = wrap_dim(dim, raw.ndim), raw.coalesce(), raw.xp
    if at >= raw.sparse_dim:
        axis = at - raw.sparse_dim + 1
        high, total = _along(xp, raw.values, axis)
        spread = lambda sums: sums  # noqa: E731
        add = lambda v: v.sum(axis=axis, keepdims=True)  # noqa: E731
    else:
        kept = [d for d in range(raw.sparse_dim) if d != at]
        group = places(xp, raw.indices[kept], tuple(raw.shape[d] for d in kept))
        order = xp.argsort(group, kind="stable")
        starts = run_starts(xp, group[order])
        run_of = xp.searchsorted(group[order][starts], group)
        spread = lambda sums: sums[run_of]  # noqa: E731
        add = lambda v: add_runs(xp, v[order], starts)  # noqa: E731
        high = xp.full((len(starts), *raw.values.shape[1:]), -xp.inf, raw.dtype)
        xp.maximum.at(high, run_of, raw.values)
        high = spread(high)
        total = spread(add(xp.exp(raw.values - high)))
    y = raw.values - high - xp.log(total) if log else xp.exp(raw.values - high) / total
    made = raw.like(y)

    def slope(g: Any) -> Any:
        own = made.masked(g).values if hasattr(g, "strides") else g.at(made)
        if log:
            return made.like(own - xp.exp(y) * spread(add(own)))
        return made.like(y * (own - spread(add(own * y))))

    node = "SparseLogSoftmaxBackward0" if log else "SparseSoftmaxBackward0"
    return record(made, node, (input,), (slope,))


def _along(xp: Any, values: Any, axis: int) -> tuple[Any, Any]:
    high = values.max(axis=axis, keepdims=True)
    return high, xp.exp(values - high).sum(axis=axis, keepdims=True)


def softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """softmax along ``dim`` over the numbers that are there: places without one stay 0.

    >>> import tinygrad_edu as tg
    >>> tg.sparse.softmax(tg.sparse_coo_tensor([[0, 0], [0, 2]], [1., 1.], (1, 3)), dim=1).to_dense()
    tensor([[0.5000, 0.0000, 0.5000]])
    """
    return _softmax("softmax", input, dim, dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax`, at the places that ``input`` has."""
    return _softmax("log_softmax", input, dim, dtype)
