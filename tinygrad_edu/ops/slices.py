"""Whole slices that an index names (``index_select``, ``index_add`` …) and single elements (``take``, ``put``)."""

from __future__ import annotations

from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..backend.later import inside
from ..backend.outside import warn
from ..determinism import alert
from ._check import other_dtype_out, same_dtype_out
from ._define import cast
from ._layout import arranged, copied
from .creation import fill_value_for
from .gather import INDEX_TYPES, add_at, check_bounds
from .reduction import wide
from .registry import out_error, public
from .view import wrap_dim


# ------------------------------------------------------------------------------------ whole slices
def _at_dim(index: Any, dim: int) -> tuple[Any, ...]:
    return (slice(None),) * dim + (index.reshape(-1),)


def _index_select(k: Any, x: Any, dim: int, index: Any) -> Any:
    return k.xp.take(x, index.reshape(-1), axis=dim) if x.ndim else x.copy()


def _slice_positions(k: Any, shape: tuple[int, ...], dim: int, index: Any) -> Any:
    """The flat positions of the slices that a one-dimensional ``index`` names."""
    before, after = 1, 1
    for d, n in enumerate(shape):
        before, after = (before * n if d < dim else before), (after * n if d > dim else after)
    size = shape[dim] if shape else 1
    rows = k.xp.arange(before)[:, None] * size + index.reshape(-1)
    return (rows[:, :, None] * after + k.xp.arange(after)).reshape(-1)


def _index_add(k: Any, x: Any, dim: int, index: Any, source: Any, alpha: Any) -> Any:
    out = x.copy("C")
    if x.dtype.kind == "b" and source.size:  # a sum of truths is whether one is true
        at = _slice_positions(k, x.shape, dim, index)
        out.reshape(-1)[at[(source.reshape(-1) & bool(alpha))]] = True
        return out
    if source.size:
        source = source if alpha == 1 else (source * alpha).astype(x.dtype)
        out, source = wide(out), wide(source)
        add_at(k, out.reshape(-1), _slice_positions(k, x.shape, dim, index), source.reshape(-1))
    return out.astype(x.dtype, copy=False)


def _index_copy(k: Any, x: Any, dim: int, index: Any, source: Any) -> Any:
    out = x.copy("C")
    if source.size:
        out.reshape(-1)[_slice_positions(k, x.shape, dim, index)] = source.reshape(-1)
    return out


def _distinct(index: Any) -> Any:
    """An index without its repetitions: several writes of one number count once."""
    raw = index._data if isinstance(index, Variable) else index
    found = kernels_of(raw).xp.unique(raw)
    return wrap(found) if isinstance(index, Variable) else found


def _index_fill(k: Any, x: Any, dim: int, index: Any, value: Any) -> Any:
    out = copied(x)
    if x.ndim:
        out[_at_dim(index, dim)] = value
    elif index.size:
        out[...] = value
    return out


Op("index_select", _index_select,
   x=lambda k, g, x_shape, dim, index: k.index_add(k.zeros_of(g, x_shape), dim, index, g, 1))  # fmt: skip
Op("index_add", _index_add,
   x=lambda k, g: g, source=lambda k, g, dim, index, alpha, source_shape:
       k.reshaped(k.index_select(g, dim, index), source_shape) * alpha)  # fmt: skip
Op("index_copy", _index_copy,
   x=lambda k, g, dim, index: k.index_fill(g, dim, index, 0),
   source=lambda k, g, dim, index, source_shape: k.reshaped(k.index_select(g, dim, index), source_shape))  # fmt: skip
Op("index_fill", _index_fill, x=lambda k, g, dim, index: k.index_fill(g, dim, index, 0))
Op("index_fill_tensor", _index_fill, node="IndexFillBackward1",
   x=lambda k, g, dim, index: k.index_fill(g, dim, index, 0),
   value=lambda k, g, dim, index: k.sum_all(k.index_select(g, dim, _distinct(index))))  # fmt: skip


@public("function method", out=True)
@out_error(other_dtype_out("index_select"))
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices along a dimension that a one-dimensional ``index`` names, in its order.

    >>> import tinygrad_edu as tg
    >>> tg.index_select(tg.tensor([[1, 2], [3, 4]]), 0, tg.tensor([1, 1]))
    tensor([[3, 4],
            [3, 4]])
    """
    x, i = input._data, index._data
    dim = wrap_dim(dim, x.ndim)
    if i.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if i.dtype not in INDEX_TYPES:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    n = x.shape[dim] if x.ndim else 1
    if not x.ndim and i.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {i.size} value(s)")
    if not inside(i, 0, n, "index_select: an index is out of range"):
        if x.ndim <= 1 or dim == 0:
            raise IndexError("index out of range in self")
        wrong = int(i[(i < 0) | (i >= n)].reshape(-1)[0])
        raise RuntimeError(f"INDICES element is out of DATA bounds, id={wrong} axis_dim={n}")
    return Op.table["index_select"](input, dim, index)


def _check_slices(name: str, input: Any, dim: int, index: Any, source: Any) -> int:
    """torch's errors for slices that are to be combined with those that ``index`` names; the dimension's number from the front."""
    x, i, s = input._data, index._data, source._data
    dim = wrap_dim(dim, x.ndim)
    if i.ndim > 1:
        raise IndexError(
            f"{name}(): Index is supposed to be a vector, but got dim: {i.ndim} with type: {index.dtype.short} and size: "
            f"{list(i.shape)}"
        )
    if i.dtype not in INDEX_TYPES:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index but got: {index.dtype.short}")
    if s.dtype != x.dtype:
        raise RuntimeError(
            f"{name}(): self ({input.dtype.short}) and source ({source.dtype.short}) must have the same scalar type"
        )
    count = s.shape[dim] if s.ndim else 1
    if i.size != count:
        raise RuntimeError(
            f"{name}(): Number of indices ({i.size}) should be equal to source.size(dim): ({count}), for dim: {dim}"
        )
    if x.ndim != s.ndim or _without(x.shape, dim) != _without(s.shape, dim):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(x.shape)} source.shape = {list(s.shape)}"
        )
    return dim


@public("function method", inplace=True, out=True)
@out_error(same_dtype_out)
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """A copy of ``input`` with ``alpha · source``'s slices added to those that ``index`` names.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(3).index_add(0, tg.tensor([0, 0]), tg.tensor([1., 2.]))
    tensor([3., 0., 0.])
    """
    dim = _check_slices("index_add_", input, dim, index, source)
    x, i = input._data, index._data
    n = x.shape[dim] if x.ndim else 1
    if not inside(i, 0, n, "index_add: an index is out of range"):
        if x.ndim > 1 and dim in (0, x.ndim - 1) and alpha == 1:  # torch adds whole slices by scatter_add here
            wrong = int(i[(i < 0) | (i >= n)].reshape(-1)[0])
            raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {n}")
        raise IndexError("index out of range in self")
    return Op.table["index_add"](input, dim, index, source, fill_value_for(alpha, input.dtype))


def _without(shape: tuple[int, ...], dim: int) -> tuple[int, ...]:
    return shape[:dim] + shape[dim + 1 :]


@public("function method", inplace=True, out=True)
@out_error(same_dtype_out)
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy of ``input`` with the slices that ``index`` names replaced by those of ``source``."""
    x, i, s = input._data, index._data, source._data
    dim = wrap_dim(dim, x.ndim)
    if i.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {i.ndim})")
    if s.ndim == 0 and i.size != 1:
        raise IndexError(f"index_copy_(): When source is scalar, index should have one element (got {i.size})")
    if s.ndim and x.ndim and s.ndim != x.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({s.ndim}), destination dimensionality ({x.ndim})"
        )
    if i.dtype != INDEX_TYPES[0]:
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {index.dtype.short}")
    if s.dtype != x.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{input.dtype.short} and (source) {source.dtype.short}"
        )
    mine, other = _without(x.shape, dim), _without(s.shape, dim)
    if mine != other:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, mine))} at dimension {dim} and source slice shape: {' '.join(map(str, other))} at dimension 0."
        )
    if s.ndim and i.size != s.shape[dim]:
        raise IndexError(
            f"index_copy_(): Number of indices ({i.size}) should be equal to source.size(dim) ({s.shape[dim]})"
        )
    check_bounds(i, dim, x.shape[dim] if x.ndim else 1, 0, IndexError, "index_copy_(): ")
    return Op.table["index_copy"](input, dim, index, source)


@public("function method", inplace=True)
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy of ``input`` with the slices that ``index`` names filled with a number."""
    x, i = input._data, index._data
    if i.dtype != INDEX_TYPES[0]:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if isinstance(value, Variable) and value._data.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._data.ndim} dimension(s)."
        )
    dim = wrap_dim(dim, x.ndim)
    if i.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    n = x.shape[dim] if x.ndim else 1
    check_bounds(i, dim, n, -n, IndexError)
    if x.dtype.kind != "c" and (
        isinstance(value, complex) or (isinstance(value, Variable) and value._data.dtype.kind == "c")
    ):
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    if isinstance(value, Variable):
        return Op.table["index_fill_tensor"](input, dim, index, cast(value, input.dtype))
    return Op.table["index_fill"](input, dim, index, fill_value_for(value, input.dtype))


@public("function method", inplace=True, out=True)
def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Any:
    """`index_add` with another way to combine: "prod", "mean", "amax" or "amin"."""
    warn("index_reduce() is in beta and the API may change at any time.")
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    dim = _check_slices("index_reduce_", input, dim, index, source)
    x = input._data
    i, n = index._data, x.shape[dim] if x.ndim else 1
    if not inside(i, 0, n, "index_reduce: an index is out of range"):
        raise IndexError("index out of range in self")
    shape = [1] * max(x.ndim, 1)
    shape[dim] = -1
    if not x.ndim:
        return index_reduce(input.reshape(1), 0, index, source.reshape(1), reduce, include_self=include_self).reshape(
            ()
        )
    spread = index.reshape(shape).expand(source.shape if source._data.ndim else (1,))
    return Op.table["scatter_reduce"](input, dim, spread, source, reduce, include_self, False)


# ------------------------------------------------------------------------------------ single elements
def _take(k: Any, x: Any, index: Any) -> Any:
    return x.reshape(-1)[index]


def _put(k: Any, x: Any, index: Any, source: Any, accumulate: bool) -> Any:
    out = x.copy("C")
    flat, where = out.reshape(-1), index.reshape(-1)
    where = k.xp.where(where < 0, where + x.size, where)
    if accumulate:
        add_at(k, flat, where, source.reshape(-1))
    else:
        flat[where] = source.reshape(-1)
    return out if x.flags.c_contiguous else arranged(out, [x.strides])


Op("take", _take, x=lambda k, g, x_shape, index: k.put(k.zeros_of(g, x_shape), index, g, True))
Op("put", _put,
   x=lambda k, g, index, accumulate, source_shape: g if accumulate else k.put(g, index, k.zeros_of(g, source_shape), False),
   source=lambda k, g, index, source_shape: k.reshaped(k.take(g, index), source_shape))  # fmt: skip


@public("function method", out=True)
def take(input: Any, index: Any) -> Any:
    """The elements at positions of the flattened tensor, in the shape of ``index``.

    >>> import tinygrad_edu as tg
    >>> tg.take(tg.tensor([[1, 2], [3, 4]]), tg.tensor([0, -1]))
    tensor([1, 4])
    """
    i = index._data
    if i.dtype != INDEX_TYPES[0]:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {index.dtype.short}")
    n = input._data.size
    if n == 0 and i.size:
        raise IndexError("take(): tried to take from an empty tensor")
    _check_position(i, n)
    return Op.table["take"](input, index)


def _check_position(i: Any, n: int) -> None:
    if not inside(i, -n, n, "take or put: an index is out of range"):
        wrong = int(i[(i < -n) | (i >= n)].ravel()[0])
        raise IndexError(f"out of range: tried to access index {wrong} on a tensor of {n} elements.")


@public("function method", inplace=True)
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """A copy of ``input`` with ``source`` written at (or added to) positions of the flattened tensor."""
    if not accumulate:
        alert("put_")
    x, i, s = input._data, index._data, source._data
    if i.dtype != INDEX_TYPES[0]:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {index.dtype.short}")
    if s.dtype != x.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {input.dtype.short} and "
            f"source.dtype = {source.dtype.short}"
        )
    if i.size != s.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{s.size}, index.numel() = {i.size}"
        )
    if x.size == 0 and i.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    _check_position(i, x.size)
    return Op.table["put"](input, index, source, accumulate)


@public("function method", out=True)
@out_error(same_dtype_out)
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """`gather` that broadcasts: what ``argsort``'s or ``argmax``'s result is used with.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[3, 1], [2, 4]])
    >>> tg.take_along_dim(x, tg.tensor([[1], [0]]), dim=1)
    tensor([[1],
            [2]])
    """
    if dim is None:
        if indices._data.dtype not in INDEX_TYPES:
            raise RuntimeError("gather(): Expected dtype int32/int64 for index")
        return Op.table["gather"](input.reshape(-1), 0, _wrapped(indices.reshape(-1), input._data.size))
    x, i = input._data, indices._data
    if not x.ndim and not i.ndim:
        raise IndexError(f"Dimension specified as {wrap_dim(dim, 0)} but tensor has no dimensions")
    if x.ndim != i.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{x.ndim} dimensions for input, and {i.ndim} dimensions for indices"
        )
    if i.dtype != INDEX_TYPES[0]:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.short}")
    dim = wrap_dim(dim, x.ndim)
    both = [max(n, m) if 0 not in (n, m) else 0 for n, m in zip(x.shape, i.shape)]
    input = input.expand([x.shape[d] if d == dim else n for d, n in enumerate(both)])
    indices = indices.expand([i.shape[d] if d == dim else n for d, n in enumerate(both)])
    return Op.table["gather"](input, dim, _wrapped(indices, x.shape[dim]))


def _wrapped(indices: Any, n: int) -> Any:
    return Op.table["wrapped_index"](indices, n)


Op("wrapped_index", lambda k, i, n: i % max(n, 1))
