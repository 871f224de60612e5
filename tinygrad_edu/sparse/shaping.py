"""Sparse tensors turned, cut and joined."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..backend.compressed import Compressed
from ..backend.coo import Coo, spread
from ..ops.view import wrap_dim
from .dispatch import TABLE, is_sparse, operation, refusal
from .graph import record


def _coo(name: str, input: Any) -> Coo:
    if not isinstance(input._raw, Coo):
        raise refusal(name, (input,))
    return input._raw


def _turn(g: Any, order: tuple[int, ...]) -> Any:
    back = tuple(order.index(d) for d in range(len(order)))
    return g.transpose(back)


@operation("permute")
def permute(input: Any, *dims: Any) -> Any:
    """The dimensions in another order; sparse ones stay in front of dense ones."""
    order = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    raw = _coo("T", input)
    if len(order) != raw.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {raw.ndim} is not equal to len(dims) = {len(order)}"
        )
    order = tuple(wrap_dim(d, raw.ndim) for d in order)
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    s = raw.sparse_dim
    if any((d < s) != (i < s) for i, d in enumerate(order)):
        raise RuntimeError(
            "transpositions between sparse and dense dimensions are not allowed. Got sparse dimensions "
            f"{list(order[:s])}"
        )
    return record(raw.transpose(order), "PermuteBackward0", (input,), (lambda g: _turn(g, order),))


@operation("transpose", "swapaxes", "swapdims")
def transpose(input: Any, dim0: int, dim1: int, node: str = "TransposeBackward0") -> Any:
    """Two dimensions exchanged; a compressed matrix changes its form, and no number moves."""
    raw = input._raw
    a, b = wrap_dim(dim0, raw.ndim), wrap_dim(dim1, raw.ndim)
    if isinstance(raw, Compressed):
        if raw.ndim != 2:
            raise refusal("transpose", (input,))
        if a == b:
            return input
        back = lambda g: g.T if hasattr(g, "strides") else g.turned()  # noqa: E731
        return record(raw.turned(), node, (input,), (back,))
    if (a < raw.sparse_dim) != (b < raw.sparse_dim) or (a != b and a >= raw.sparse_dim):
        raise RuntimeError(
            f"sparse transpose: transposed dimensions must be sparse Got sparse_dim: {raw.sparse_dim}, d0: {a}, d1: {b}"
        )
    order = list(range(raw.ndim))
    order[a], order[b] = order[b], order[a]
    return record(raw.transpose(tuple(order)), node, (input,), (lambda g: _turn(g, tuple(order)),))


@operation("t")
def t(input: Any) -> Any:
    """A matrix transposed."""
    if not is_sparse(input):
        return input.t()
    raw = input._raw
    if isinstance(raw, Coo) and (raw.sparse_dim > 2 or raw.ndim > raw.sparse_dim):
        raise RuntimeError(
            f"t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got {raw.sparse_dim} sparse and "
            f"{raw.ndim - raw.sparse_dim} dense dimensions"
        )
    return input if raw.ndim < 2 else transpose(input, 0, 1, "TBackward0")


operation("adjoint")(lambda input: TABLE["conj"](transpose(input, -2, -1)))


@operation("movedim", "moveaxis")
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Dimensions moved to other positions."""
    n = input.ndim
    pairs = zip(*((v,) if isinstance(v, int) else tuple(v) for v in (source, destination)))
    moves = {wrap_dim(b, n): wrap_dim(a, n) for a, b in pairs}
    rest = iter(d for d in range(n) if d not in moves.values())
    return permute(input, tuple(moves[d] if d in moves else next(rest) for d in range(n)))


@operation("unsqueeze")
def unsqueeze(input: Any, dim: int) -> Any:
    """A dimension of size 1 put in."""
    if not isinstance(input._raw, Coo):
        raise RuntimeError("Sparse CSR tensors do not have strides")
    raw = input._raw
    at = wrap_dim(dim, raw.ndim + 1)
    shape = (*raw.shape[:at], 1, *raw.shape[at:])
    xp = raw.xp
    if at <= raw.sparse_dim:
        row = xp.zeros((1, raw.nnz), "int64")
        made = Coo(xp.concatenate([raw.indices[:at], row, raw.indices[at:]]), raw.values, shape)
    else:
        made = Coo(raw.indices, xp.expand_dims(raw.values, at - raw.sparse_dim + 1), shape, raw.coalesced)

    def back(g: Any) -> Any:
        if hasattr(g, "strides"):
            return g.reshape(raw.shape)
        if at > raw.sparse_dim:
            return Coo(g.indices, g.values.squeeze(at - raw.sparse_dim + 1), raw.shape, g.coalesced)
        return Coo(xp.concatenate([g.indices[:at], g.indices[at + 1 :]]), g.values, raw.shape, g.coalesced)

    return record(made, "UnsqueezeBackward0", (input,), (back,))


def _no_slope(name: str) -> Any:
    def formula(g: Any) -> Any:
        raise NotImplementedError(f"Could not run 'aten::{name}' with arguments from the 'SparseCPU' backend.")

    return formula


@operation("select")
def select(input: Any, dim: int, index: int) -> Any:
    """The part with one index of a dimension; a dense tensor where no sparse dimension is left."""
    raw = input._raw if isinstance(input._raw, Coo) else input._raw.to_coo()
    at = wrap_dim(dim, raw.ndim)
    n = raw.shape[at]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(raw.shape)} at dimension {dim}"
        )
    index = index + n if index < 0 else index
    shape = (*raw.shape[:at], *raw.shape[at + 1 :])
    if at >= raw.sparse_dim:
        part: Any = Coo(raw.indices, raw.values.take(index, axis=at - raw.sparse_dim + 1), shape, raw.coalesced)
    else:
        here = raw.xp.flatnonzero(raw.indices[at] == index)
        values = raw.values[here]
        if raw.sparse_dim == 1:
            part = values.sum(axis=0, dtype=raw.dtype)
            part = raw.xp.asarray(part)
        else:
            rest = [d for d in range(raw.sparse_dim) if d != at]
            part = Coo(raw.indices[rest][:, here], values, shape, raw.coalesced)
    return record(part, "SelectBackward0", (input,), (_no_slope("select_backward"),))


@operation("unbind")
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """All parts along one dimension."""
    return tuple(select(input, dim, i) for i in range(input.shape[dim]))


@operation("getitem", "__getitem__")
def getitem(input: Any, index: Any) -> Any:
    """``x[1]``, ``x[:, 0]``, ``x[None]``; slices that leave something out and lists of indices are not for sparse tensors."""
    keys = index if isinstance(index, tuple) else (index,)
    if any(k is Ellipsis for k in keys):
        at = next(i for i, k in enumerate(keys) if k is Ellipsis)
        used = sum(k is not None for k in keys) - 1
        keys = (*keys[:at], *(slice(None) for _ in range(input.ndim - used)), *keys[at + 1 :])
    out, dim = input, 0
    for key in keys:
        if isinstance(key, bool):
            raise refusal("fill_", (out,))
        if key is None:
            out, dim = unsqueeze(out, dim), dim + 1
        elif isinstance(key, slice):
            if key.indices(out.shape[dim]) != (0, out.shape[dim], 1):
                raise refusal("as_strided", (out,))
            dim += 1
        elif isinstance(key, (Variable, list, tuple)) or not hasattr(key, "__index__"):
            raise refusal("index", (out,))
        elif not is_sparse(out):
            out = out[(*(slice(None),) * dim, int(key))]
        else:
            n = out.shape[dim]
            if not -n <= int(key) < n:
                raise IndexError(f"index {int(key)} is out of bounds for dimension {dim} with size {n}")
            out = select(out, dim, int(key))
    return TABLE["alias"](out) if out is input else out


operation("alias")(lambda input: record(input._raw, "AliasBackward0", (input,), (lambda g: g,)))


@operation("index_select")
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The parts with the given indices of one dimension."""
    raw = _coo("index_select", input)
    at, wanted = wrap_dim(dim, raw.ndim), index._data.reshape(-1)
    n, xp = raw.shape[at], raw.xp
    wrong = (wanted < -n) | (wanted >= n)
    if wrong.any():
        raise IndexError(
            f"index_select(): index contains {int(wanted[wrong][0])} that is out of range for tensor of size {list(raw.shape)} at "
            f"dimension {dim}"
        )
    wanted = xp.where(wanted < 0, wanted + n, wanted)
    shape = (*raw.shape[:at], len(wanted), *raw.shape[at + 1 :])
    if at >= raw.sparse_dim:
        made = Coo(raw.indices, raw.values.take(wanted, axis=at - raw.sparse_dim + 1), shape)
    else:  # of every wanted index in turn
        order = xp.argsort(raw.indices[at], kind="stable")
        own = raw.indices[at][order]
        begins = xp.searchsorted(own, wanted, side="left")
        counts = xp.searchsorted(own, wanted, side="right") - begins
        new = spread(xp, counts)
        old = order[xp.arange(len(new)) - (xp.cumsum(counts) - counts)[new] + begins[new]]
        indices = raw.indices.take(old, axis=1)
        indices[at] = new
        made = Coo(indices, raw.values[old], shape)
    return record(made, "IndexSelectBackward0", (input,), (_no_slope("index_add"),))


@operation("narrow_copy")
def narrow_copy(input: Any, dim: int, start: int, length: int) -> Any:
    """A stretch of one dimension."""
    raw = _coo("narrow_copy", input)
    at = wrap_dim(dim, raw.ndim)
    if start < 0 or length < 0 or start + length > raw.shape[at]:
        raise RuntimeError(
            f"Invalid range to narrow. range(start, start+length) must be a subset of range(0, {raw.shape[at]})."
        )
    shape = (*raw.shape[:at], length, *raw.shape[at + 1 :])
    if at >= raw.sparse_dim:
        inside: Any = slice(start, start + length)
        cut = (slice(None),) * (at - raw.sparse_dim + 1)
        made = Coo(raw.indices, raw.values[(*cut, inside)], shape, raw.coalesced)
    else:
        here = raw.xp.flatnonzero((raw.indices[at] >= start) & (raw.indices[at] < start + length))
        indices = raw.indices[:, here]
        indices[at] -= start
        made = Coo(indices, raw.values[here], shape)
    return record(made, "NarrowCopyBackward0", (input,), (_no_slope("narrow_backward"),))


@operation("cat", "concat", "concatenate")
def cat(tensors: Any, dim: int = 0, *, out: Any = None) -> Any:
    """Sparse tensors one after another."""
    raws = []
    for i, x in enumerate(tensors):
        if not is_sparse(x):
            if i == 0:
                raise refusal("_values", (x,))
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {i}.")
        if not isinstance(x._raw, Coo):
            raise RuntimeError("Sparse CSR tensors do not have is_contiguous")
        raws.append(x._raw)
    first = raws[0]
    at, s, xp = wrap_dim(dim, first.ndim), first.sparse_dim, first.xp
    for i, raw in enumerate(raws):
        rest = [n for d, n in enumerate(raw.shape) if d != at]
        if rest != [n for d, n in enumerate(first.shape) if d != at]:
            raise RuntimeError(
                f"All tensors must have the same shape: {list(first.shape)} (except in the concatenating dimension), but found "
                f"shape: {list(raw.shape)} at position {i}."
            )
    total = sum(raw.shape[at] for raw in raws)
    shape = (*first.shape[:at], total, *first.shape[at + 1 :])
    pieces, values, before = [], [], 0
    for raw in raws:
        indices, block = raw.indices, raw.values
        if at < s:
            indices = indices.copy()
            indices[at] += before
        else:
            block = xp.zeros((raw.nnz, *shape[s:]), raw.dtype)
            block[(*(slice(None),) * (at - s + 1), slice(before, before + raw.shape[at]))] = raw.values
        pieces.append(indices)
        values.append(block)
        before += raw.shape[at]
    made = Coo(xp.concatenate(pieces, axis=1), xp.concatenate(values), shape)
    return record(made, "CatBackward0", tuple(tensors), [_no_slope("as_strided")] * len(raws))


@operation("stack")
def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Any:
    """Sparse tensors along a new dimension."""
    for i, x in enumerate(tensors):
        if i and not is_sparse(x):
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {i}.")
    return cat([unsqueeze(x, dim) for x in tensors], wrap_dim(dim, tensors[0].ndim + 1))


@operation("hstack")
def hstack(tensors: Any, *, out: Any = None) -> Any:
    """`cat` along the second dimension (of vectors: the first)."""
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@operation("vstack", "row_stack")
def vstack(tensors: Any, *, out: Any = None) -> Any:
    """`cat` along the first dimension."""
    return cat([unsqueeze(x, 0) if x.ndim == 1 else x for x in tensors], 0)


def _refuses(text: str, compressed_text: str) -> Any:
    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        compressed = is_sparse(input) and isinstance(input._raw, Compressed)
        raise RuntimeError(compressed_text if compressed else text)

    return function


_STRIDES = "Sparse CSR tensors do not have is_contiguous"
operation("reshape", "flatten", "reshape_as", "einsum", "tensordot")(
    _refuses("reshape is not implemented for sparse tensors", _STRIDES)
)
operation("expand", "expand_as", "repeat", "tile", "broadcast_to", "masked_fill")(
    _refuses("expand is unsupported for Sparse tensors", "expand is unsupported for SparseCsr tensors")
)
operation("ravel", "layer_norm")(_refuses("unsupported memory format option Contiguous", _STRIDES))
