"""Masks: filling, choosing and replacing where a bool tensor is true; finding where it is; positions in sorted boundaries."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..backend.outside import warn
from ._check import c_name, not_for, other_dtype_out
from ._define import broadcast_error, cast
from .creation import fill_value_for
from .registry import methods, out_error, public


# ------------------------------------------------------------------------------------ fill, select, scatter
def _masked_fill(k: Any, x: Any, mask: Any, value: Any) -> Any:
    if x.shape != mask.shape:
        x, mask = k.xp.broadcast_arrays(x, mask)
    out = k.xp.array(x, order="C")
    out[mask] = value
    return out


Op("masked_fill", _masked_fill, x=lambda k, g, mask: k.masked_fill(g, mask, 0))
Op("masked_fill_tensor", _masked_fill, node="MaskedFillBackward1",
   x=lambda k, g, mask: k.masked_fill(g, mask, 0),
   value=lambda k, g, mask: k.sum_all(k.where(mask, g, k.no_gradient(g))))  # fmt: skip


@public("function method", inplace=True)
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """A copy of ``input`` with ``value`` where the mask (which may broadcast) is true.

    >>> import tinygrad_edu as tg
    >>> tg.arange(3).masked_fill(tg.tensor([True, False, True]), 9)
    tensor([9, 1, 9])
    """
    if isinstance(value, Variable) and value._data.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._data.ndim} dimension(s)."
        )
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {c_name(mask.dtype)}")
    name = "masked_fill"
    if isinstance(value, Variable):
        if value.is_complex() and not input.is_complex():
            name = "int64_t" if input.dtype is dtypes.int64 else c_name(input.dtype)
            raise RuntimeError(f"value cannot be converted to type {name} without overflow")
        name, value = "masked_fill_tensor", cast(value, input.dtype)
    else:
        value = fill_value_for(value, input.dtype)
    try:
        return Op.table[name](input, mask, value)
    except (ValueError, IndexError):
        raise broadcast_error(mask, input) from None


def _masked_select(k: Any, x: Any, mask: Any) -> Any:
    if x.shape != mask.shape:
        x, mask = k.xp.broadcast_arrays(x, mask)
    return x[mask]


def _masked_place(k: Any, g: Any, shape: Any, mask: Any) -> Any:
    """Zeros with ``g``'s numbers, in order, where the mask is true."""
    both = k.xp.broadcast_shapes(shape, mask.shape) if hasattr(k.xp, "broadcast_shapes") else shape
    out = k.xp.zeros(both, g.dtype)
    out[k.xp.broadcast_to(mask, both)] = g
    return out


Op("masked_select", _masked_select, x=lambda k, g, x_shape, mask: k.masked_place(g, x_shape, mask))
Op("masked_place", _masked_place, node="MaskedScatterBackward0", g=lambda k, gg, mask: k.masked_select(gg, mask))


@public("function method", out=True)
@out_error(other_dtype_out("masked_select"))
def masked_select(input: Any, mask: Any) -> Any:
    """The elements where the mask is true, in one dimension.

    >>> import tinygrad_edu as tg
    >>> x = tg.arange(4); tg.masked_select(x, x > 1)
    tensor([2, 3])
    """
    if mask._data.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    try:
        return Op.table["masked_select"](input, mask)
    except ValueError:
        raise broadcast_error(mask, input) from None


def _masked_scatter(k: Any, x: Any, mask: Any, source: Any) -> Any:
    x, mask = (x, mask) if x.shape == mask.shape else k.xp.broadcast_arrays(x, mask)
    out = x.copy("C")
    n = int(mask.sum())
    if n > source.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    out[mask] = source.reshape(-1)[:n]
    return out


def _masked_scatter_source(k: Any, g: Any, mask: Any, shape: Any) -> Any:
    """The gradients of the elements that were used, then zeros."""
    taken = _masked_select(k, g, mask)
    out = k.xp.zeros(shape, g.dtype)
    out.reshape(-1)[: taken.size] = taken
    return out


Op("masked_scatter", _masked_scatter,
   x=lambda k, g, mask: k.masked_fill(g, mask, 0),
   source=lambda k, g, mask, source_shape: k.masked_scatter_source(g, mask, source_shape))  # fmt: skip
Op("masked_scatter_source", _masked_scatter_source, node="MaskedScatterBackwardBackward0",
   g=lambda k, gg, g_shape, mask: k.masked_scatter(k.zeros_of(gg, g_shape), mask, gg))  # fmt: skip


@public("function method", inplace=True)
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """A copy of ``input`` with ``source``'s elements, one after the other, where the mask is true."""
    if mask._data.dtype.name == "uint8":
        warn(
            "masked_scatter_ received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask with dtype "
            "torch.bool instead."
        )
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.short}")
    if source._data.dtype != input._data.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got{input.dtype.short} and {source.dtype.short}"
        )
    try:
        return Op.table["masked_scatter"](input, mask, source)
    except ValueError:
        raise broadcast_error(mask, input) from None


_plain_masked_scatter_ = methods["masked_scatter_"]


def _masked_scatter_(input: Any, mask: Any, source: Any) -> Any:
    """In-place form of `masked_scatter`: the mask must fit into the tensor."""
    n, m = input._data.ndim, mask._data.ndim
    if n < m:
        raise RuntimeError(
            f"expand(CPUBoolType{{{list(mask.shape)}}}, size={list(input.shape)}): the number of sizes provided ({n}) must be "
            f"greater or equal to the number of dimensions in the tensor ({m})"
        )
    return _plain_masked_scatter_(input, mask, source)


methods["masked_scatter_"] = _masked_scatter_


# ------------------------------------------------------------------------------------ where is it true
def _positions(input: Any) -> tuple[Any, ...]:
    x = input._data
    return x.nonzero() if x.ndim else ()


@public("function method")
def nonzero(input: Any, *, as_tuple: bool = False, out: Any = None) -> Any:
    """The indices of the elements that are not zero: a row for each, or (``as_tuple``) a tensor for each dimension.

    >>> import tinygrad_edu as tg
    >>> tg.nonzero(tg.tensor([[0, 5], [6, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    x = input._data
    xp = kernels_of(x).xp
    if as_tuple and out is not None:
        raise RuntimeError("nonzero does not support the out kwarg when as_tuple is True")
    if as_tuple:
        return tuple(wrap(xp.ascontiguousarray(i)) for i in (x if x.ndim else x.reshape(1)).nonzero())
    if x.ndim == 0:
        made = wrap(xp.empty((int(bool(x)), 0), "int64"))
    else:
        made = wrap(xp.stack(x.nonzero()).T)
    if out is None:
        return made
    if out._data.dtype.name != "int64":
        raise RuntimeError(
            f"nonzero: Expected out tensor to have scalar type Long but got scalar type{out.dtype.short}"
        )
    return out.resize_(made.shape).copy_(made)


@public("function method")
def argwhere(input: Any) -> Any:
    """The indices of the elements that are not zero, a row for each."""
    return nonzero(input)


@public("function method", out=True)
def nonzero_static(input: Any, *, size: int, fill_value: int = -1) -> Any:
    """`nonzero` cut or filled up to ``size`` rows."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    found = nonzero(input)._data[:size]
    xp = kernels_of(found).xp
    out = xp.full((size, found.shape[1]), fill_value, "int64")
    out[: found.shape[0]] = found
    return wrap(out)


# ------------------------------------------------------------------------------------ sorted boundaries
def _search(k: Any, sequence: Any, values: Any, right: bool) -> Any:
    side = "right" if right else "left"
    if k.device_type == "cpu" and any(a.dtype.kind in "fV" and bool((a != a).any()) for a in (sequence, values)):
        return _search_nan(k, sequence, values, right)
    if sequence.ndim == 1:
        return k.xp.searchsorted(sequence, values.reshape(-1), side=side).reshape(values.shape)
    if not values.size:
        return k.xp.empty(values.shape, "int64")
    rows, queries = sequence.reshape(-1, sequence.shape[-1]), values.reshape(-1, values.shape[-1] if values.ndim else 1)
    found = [k.xp.searchsorted(row, query, side=side) for row, query in zip(rows, queries)]
    return k.xp.stack(found).reshape(values.shape)


def _search_nan(k: Any, sequence: Any, values: Any, right: bool) -> Any:
    """The same by halving, one step for all values at once: where NaN takes part, the result depends on what is compared."""
    n = sequence.shape[-1]
    low, high = k.xp.zeros(values.shape, "int64"), k.xp.full(values.shape, n, "int64")
    for _ in range(n.bit_length()):
        middle = (low + high) // 2
        at = k.xp.minimum(middle, n - 1)
        found = sequence[at] if sequence.ndim == 1 else k.xp.take_along_axis(sequence, at, axis=-1)
        further = ~(found > values if right else found >= values) & (low < high)
        high = k.xp.where(further, high, middle)
        low = k.xp.where(further, middle + 1, low)
    return low


def _search_out(have: dtypes.dtype, want: dtypes.dtype) -> Exception | None:
    if have is want:
        return None
    return RuntimeError(
        "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether "
        f"out_int32 flag is True, but we got output tensor's dtype {want.short} and out_int32 flag is "
        f"{have is dtypes.int32}"
    )


@public("function", out=True)
@out_error(_search_out)
def searchsorted(
    sorted_sequence: Any, input: Any = None, *, out_int32: bool = False, right: bool = False, side: str | None = None,
    sorter: Any = None, self: Any = None,
) -> Any:  # fmt: skip
    """Where in a sorted sequence (along its last dimension) each value would be inserted: before its equals, or after
    (``right``).

    >>> import tinygrad_edu as tg
    >>> tg.searchsorted(tg.tensor([1, 3, 5]), tg.tensor([3, 4]))
    tensor([1, 2])
    """
    name = "torch.searchsorted()"
    k = kernels_of(sorted_sequence._data)
    sequence = sorted_sequence._data
    input = self if input is None else input
    number = not isinstance(input, Variable)
    values = k.xp.asarray(input, sequence.dtype if isinstance(input, int) else None) if number else input._data
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"{name}: side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(f"{name}: side and right can't be set to opposites, got side of left while right was True")
    if sequence.ndim == 0 and values.ndim:
        raise RuntimeError(f"{name}: boundaries tensor should have positive dimension, but got 0 dimension")
    if values.ndim == 0 and sequence.ndim != 1:
        raise RuntimeError(
            f"{name}: input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor "
            f"dim({sequence.ndim}) and input value's dim({values.ndim}) numel({values.size})"
        )
    if sequence.ndim != 1 and (sequence.ndim != values.ndim or sequence.shape[:-1] != values.shape[:-1]):
        raise RuntimeError(
            f"{name}: boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value "
            f"tensor must match, but we got boundaries tensor {list(sequence.shape)} and input value tensor "
            f"{list(values.shape)}"
        )
    if sorter is not None:
        if sorter._data.shape != sequence.shape:
            raise RuntimeError(
                f"{name}: boundary and sorter must have the same size, but got boundary tensor {list(sequence.shape)}and got "
                f"sorter tensor {list(sorter._data.shape)}"
            )
        if sorter._data.dtype.name != "int64":
            raise RuntimeError(f"{name}: sorter must be a tensor of long dtype but got dtype {sorter.dtype.short}")
        if sorter._data.size and (sorter._data.min() < 0 or sorter._data.max() >= sequence.shape[-1]):
            raise RuntimeError(f"{name}: sorter index out of range")
    order = None if sorter is None else sorter._data
    for what, array in (("input value", values), ("boundary", sequence), ("sorter", order)):
        if array is not None and not array.flags.c_contiguous:
            warn(
                f"{name}: {what} tensor is non-contiguous, this will lower the performance due to extra data copy when converting "
                f"non-contiguous tensor to contiguous, please use contiguous {what} tensor if possible. This message will only "
                "appear once per program."
            )
    if sorter is not None:
        sequence = k.xp.take_along_axis(sequence, sorter._data, axis=-1)
    not_for("searchsorted_out_cpu", sorted_sequence if number else input, "bc")
    found = _search(k, sequence, values, right or side == "right")
    return wrap(found.astype("int32" if out_int32 else "int64"))


@public("function", out=True)
@out_error(_search_out)
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """The number of the bucket, between sorted boundaries, that each value falls into.

    >>> import tinygrad_edu as tg
    >>> tg.bucketize(tg.tensor([0.5, 2., 9.]), tg.tensor([1., 2., 3.]))
    tensor([0, 1, 3])
    """
    if boundaries._data.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries._data.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
