"""``x[…]``: ints, slices, None and Ellipsis give views; lists, tensors and masks gather copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from .. import dtypes
from ..autograd.inplace import check_writable, write
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..backend.later import inside
from ..backend.outside import warn
from ..overrides import MISSING, answer
from ._layout import arranged
from ._signature import type_name
from .creation import fill_value_for
from .data import _inferred, _of_data
from .gather import add_at, add_rows
from .registry import public
from .view import unsqueeze

_MASKS = (dtypes.bool_.np, dtypes.uint8.np)
_INTEGERS = (dtypes.int64.np, dtypes.int32.np)
_KINDS = "tensors used as indices must be long, int, byte or bool tensors"


def getitem(self: Any, index: Any) -> Any:
    """The part of a tensor that an index names (see the NumPy and torch rules in chapter 3)."""
    if type(index) is int:
        return _select(self, 0, index, 0)
    if type(index) is slice and self._data.ndim:  # torch makes a slice node even where nothing is cut off
        return _slice(self, 0, index, always=True)
    if isinstance(index, Variable) and self._data.ndim and index._data.ndim and index._data.dtype.kind == "i":
        return _INDEX(self, _expanded(self, [index]))
    try:
        x, parts = _apply(self, index)
    except IndexError:
        found = answer(type(self).__getitem__, (self, index), {})  # no tensor, but with a __torch_function__
        if found is MISSING:
            raise
        return found
    if parts is None:
        return x if x is not self else Op.table["alias"](self)
    return _INDEX(x, parts)


def setitem(self: Any, index: Any, value: Any) -> None:
    """Store ``value`` (broadcast, converted) in the part that an index names."""
    number = not isinstance(value, Variable)
    try:
        if number:
            value = _checked_number(self, value)
        if index is False:
            return  # torch does not even look at the value's shape
        x, parts = _apply(self, None if index is True else index)
    except (IndexError, TypeError):
        if answer(type(self).__setitem__, (self, index, value), {}) is MISSING:
            raise
        return
    if parts is None:
        if number:
            x.fill_(_value_tensor(self, value))
            return
        x.copy_(value if value._data.shape == x._data.shape else _without_leading_ones(value).expand(x._data.shape))
        return
    check_writable(x)
    made = _putting(x, parts, _value_tensor(self, value) if number else _without_leading_ones(value), False)
    write(x, made, name="index_put")


getitem.__name__, setitem.__name__ = "__getitem__", "__setitem__"  # what others who may answer are told


def _value_tensor(self: Any, value: Any) -> Any:
    """A number as a 0-d tensor of this tensor's type (too large for 16-bit floats: infinite)."""
    if self.dtype not in (dtypes.float16, dtypes.bfloat16):
        value = fill_value_for(value, self.dtype)
    with numpy.errstate(over="ignore"):
        return wrap(kernels_of(self._data).xp.asarray(value, dtype=self._data.dtype))


def delitem(self: Any, index: Any) -> None:
    """A tensor's size is fixed: TypeError."""
    raise TypeError("Tensor does not support deleting items")


def _checked_number(self: Any, value: Any) -> Any:
    if isinstance(value, numpy.integer):
        value = int(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("Overflow when unpacking long long")
    if isinstance(value, (bool, int, float, complex)):
        return value
    name = f"numpy.{type(value).__name__}" if type(value).__module__ == "numpy" else type(value).__name__
    raise TypeError(f"can't assign a {name} to a {self.type()}")


def _without_leading_ones(value: Any) -> Any:
    """``value`` without dimensions of size 1 in front: the place that it goes to need not have them."""
    shape = value._data.shape
    first = next((d for d, n in enumerate(shape) if n != 1), len(shape))
    return value.view(shape[first:]) if first else value


# ------------------------------------------------------------------------------------ index_put
@public("function method", inplace=True)
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """A copy of ``input`` with ``input[indices] = values`` (or ``+=``, where a place may come more than once).

    >>> import tinygrad_edu as tg
    >>> tg.zeros(3).index_put((tg.tensor([0, 0]),), tg.tensor([1., 2.]), accumulate=True)
    tensor([3., 0., 0.])
    """
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"indices must be a tuple of tensors, not {type(indices).__name__}")
    for i, one in enumerate(indices):
        if not isinstance(one, Variable):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(one)}")
    if len(indices) > input._data.ndim:
        raise IndexError(f"too many indices for tensor of dimension {input._data.ndim} (got {len(indices)})")
    return _putting(input, _expanded(input, list(indices)), values, accumulate)


def _putting(x: Any, parts: Any, value: Any, accumulate: bool) -> Any:
    shape = _result_shape(x._data, parts)
    v = value._data
    if any(m not in (1, n) for m, n in zip(v.shape[::-1], shape[::-1])) or v.ndim > len(shape):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(v.shape)} cannot be broadcast to indexing result of shape "
            f"{list(shape)}"
        )
    if v.dtype != x._data.dtype:
        if v.size != 1 or not getattr(parts, "one_mask", False) or accumulate:
            raise RuntimeError(
                f"Index put requires the source and destination dtypes match, got {x.dtype.short} for the destination and "
                f"{value.dtype.short} for the source."
            )
        value = value.to(x.dtype)
    return Op.table["index_put"](x, parts, value, accumulate)


# ------------------------------------------------------------------------------------ the primitives
class _Parts(tuple[Any, ...]):
    """One index array (or None for "all") for each dimension; ``one_mask``: they come from a single mask."""

    one_mask = False


def _full(parts: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(slice(None) if i is None else i for i in parts)


def _index(k: Any, x: Any, parts: Any) -> Any:
    if not x.size:
        return k.xp.empty(_result_shape(x, parts), x.dtype)
    try:
        out = x[_full(parts)]
    except IndexError:
        _check_bounds(x, parts)
        raise
    if (
        x.flags.c_contiguous
        and 1 not in x.shape
        and all(i is None or i.ndim < 2 or i.flags.c_contiguous for i in parts)
    ):
        return out if out.flags.c_contiguous else k.xp.ascontiguousarray(out)
    return arranged(out, _result_strides(k, x, parts, out.shape))


def _result_strides(k: Any, x: Any, parts: Any, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Strides, in the result's dimensions, of the tensor (0 where it is indexed) and of each index (0 where it is stretched)."""
    at = [d for d, i in enumerate(parts) if i is not None]
    arrays = k.xp.broadcast_arrays(*[parts[d] for d in at])
    rank = arrays[0].ndim
    adjacent = at[-1] - at[0] == len(at) - 1
    before = at[0] if adjacent else 0
    rest = [x.strides[d] for d in range(x.ndim) if d >= len(parts) or parts[d] is None]
    own = (*rest[:before], *(0,) * rank, *rest[before:])
    return [own, *(_placed_strides(a, shape, before) for a in arrays)]


def _placed_strides(a: Any, shape: tuple[int, ...], before: int) -> tuple[int, ...]:
    """The strides of an index array with dimensions of size 1 put around it, stretched to ``shape``."""
    end, whole = before + a.ndim, max([n * s for n, s in zip(a.shape, a.strides)], default=a.itemsize)
    return (
        *(whole if n == 1 else 0 for n in shape[:before]),
        *a.strides,
        *(a.itemsize if n == 1 else 0 for n in shape[end:]),
    )


def _index_put(k: Any, x: Any, parts: Any, values: Any, accumulate: bool) -> Any:
    out = x.copy("C")
    if not x.size:
        return out
    if accumulate:
        values = k.xp.broadcast_to(values, _result_shape(x, parts))
        add_at(k, out.reshape(-1), _flat(k, x.shape, parts), values.reshape(-1))
    else:
        try:
            out[_full(parts)] = values
        except IndexError:
            _check_bounds(x, parts)
            raise
    return out


def _flat(k: Any, shape: tuple[int, ...], parts: Any) -> Any:
    """The positions, in a contiguous array of ``shape``, that are indexed."""
    count = 1
    for n in shape:
        count *= n
    positions = k.xp.arange(count).reshape(shape)
    try:
        return positions[_full(parts)].reshape(-1)
    except IndexError:
        _check_bounds(positions, parts)
        raise


def _index_backward(k: Any, g: Any, x_shape: Any, parts: Any) -> Any:
    gx = k.xp.zeros(x_shape, g.dtype)
    if not g.size:
        return gx
    first = parts[0]
    if first is not None and all(i is None for i in parts[1:]):
        n = x_shape[0]
        add_rows(k, gx.reshape(n, -1), k.xp.where(first < 0, first + n, first).reshape(-1), g.reshape(first.size, -1))
    else:
        add_at(k, gx.reshape(-1), _flat(k, x_shape, parts), g.reshape(-1))
    return gx


Op("alias", lambda k, x: x[...], view=True, x=lambda k, g: g)
_INDEX = Op("index", _index, x=lambda k, g, x_shape, parts: k.index_backward(g, x_shape, parts))
Op("index_backward", _index_backward, node="IndexBackwardBackward0", g=lambda k, gg, parts: k.index(gg, parts))
Op("index_put", _index_put,
   x=lambda k, g, parts, accumulate, values_shape: g if accumulate else k.index_put(g, parts, k.zeros_of(g, ()), False),
   values=lambda k, g, parts: k.index(g, parts))  # fmt: skip


def _result_shape(x: Any, parts: Any) -> tuple[int, ...]:
    at = [d for d, i in enumerate(parts) if i is not None]
    common = parts[at[0]].shape if len(at) == 1 else numpy.broadcast_shapes(*[parts[d].shape for d in at])
    rest = [n for d, n in enumerate(x.shape) if d >= len(parts) or parts[d] is None]
    before = at[0] if at[-1] - at[0] == len(at) - 1 else 0
    return (*rest[:before], *common, *rest[before:])


# ------------------------------------------------------------------------------------ reading an index
def _apply(self: Any, index: Any) -> tuple[Any, Any]:
    """Take the parts of an index that are views; return the view and the index arrays that are left (None: none)."""
    items = index if type(index) is tuple else _as_tuple(index)
    ndim = self._data.ndim
    if len(items) == 1 and ndim == 0:
        if isinstance(items[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if isinstance(items[0], int) and not isinstance(items[0], bool):
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
                "0-dim tensor to a number"
            )
    taken = 0
    for item in items:
        taken += _dimensions(item)
    if taken > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    x, dim, left = self, 0, {}
    for i, item in enumerate(items):
        kind = type(item)
        if kind is slice:
            x = _slice(x, dim, item)
            dim += 1
        elif kind is int:
            x = _select(x, dim, item, i)
        elif item is None:
            x = unsqueeze(x, dim)
            dim += 1
        elif item is Ellipsis:
            dim += ndim - taken
        elif kind is bool:
            x, left[dim] = _of_bool(x, dim, item)
            dim += 1
        else:
            t = _as_index(self, item)
            if isinstance(t, int):
                x = _select(x, dim, t, i)
                continue
            if t._data.ndim == 0 and t._data.dtype in _MASKS:
                x, left[dim] = _of_bool(x, dim, bool(t._data))
            else:
                left[dim] = t
            dim += t._data.ndim if t._data.ndim and t._data.dtype in _MASKS else 1
    if not left:
        return x, None
    arrays: list[Any] = []
    for dim in sorted(left):
        while _width(arrays) < dim:
            arrays.append(None)
        arrays.append(left[dim])
    return x, _expanded(x, arrays)


def _width(arrays: list[Any]) -> int:
    """How many dimensions index tensors (masks: one for each of theirs) stand for."""
    return sum(1 if a is None or a._data.dtype not in _MASKS or not a._data.ndim else a._data.ndim for a in arrays)


def _as_tuple(index: Any) -> tuple[Any, ...]:
    """An index that is no tuple: one item, or, as in old NumPy, a list that holds more than numbers."""
    if isinstance(index, (list, range, str)) and len(index) < 32:
        for item in index:
            if item is None or item is Ellipsis or isinstance(item, (slice, list, tuple, Variable, numpy.ndarray, str)):
                warn(
                    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch "
                    "2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, "
                    "x[torch.tensor(seq)], which will result either in an error or a different result"
                )
                return tuple(index)
    return tuple(index) if isinstance(index, tuple) else (index,)


def _dimensions(item: Any) -> int:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    if isinstance(item, Variable) and item._data.dtype in _MASKS:
        return int(item._data.ndim)
    return 1


def _of_bool(x: Any, dim: int, value: bool) -> tuple[Any, Any]:
    """A single truth value: a new dimension of size 1 or 0."""
    zeros = kernels_of(x._data).xp.zeros(1 if value else 0, "int64")
    return unsqueeze(x, dim), wrap(zeros)


def _select(x: Any, dim: int, index: int, place: int) -> Any:
    shape = x._data.shape
    if not shape:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
            "tensor to a number"
        )
    n = shape[dim]
    if not -n <= index < n:
        if not -(2**63) <= index < 2**63:
            raise ValueError("Overflow when unpacking long long")
        raise IndexError(f"index {index} is out of bounds for dimension {place} with size {n}")
    return Op.table["select"](x, dim, index + n if index < 0 else index)


def _slice(x: Any, dim: int, item: slice, always: bool = False) -> Any:
    n = x._data.shape[dim]
    if item.step is not None and isinstance(item.step, int) and item.step < 0:
        raise ValueError("step must be greater than zero")
    start, stop, step = item.indices(n)
    if not always and step == 1 and item.start in (None, 0) and (item.stop is None or item.stop.__index__() >= n):
        return x
    return Op.table["slice"](x, dim, start, max(start, stop), step)


def _as_index(self: Any, item: Any) -> Any:
    """An index item as a Python int or an index tensor."""
    if isinstance(item, Variable):
        if item._data.ndim == 0 and item._data.dtype.kind in "iu" and item._data.dtype not in _MASKS:
            return int(item._data)
        return item
    if isinstance(item, (int, numpy.integer)):
        return int(item)
    if isinstance(item, (list, tuple, range, numpy.ndarray, str, bytes)):
        kind = _inferred(item)
        array = _of_data(item, kind if kind in (dtypes.bool_, dtypes.uint8) else None)
        if array.dtype not in (*_MASKS, *_INTEGERS[:1]):
            array = array.astype("int64")
        if not array.ndim and array.dtype.kind == "i":
            return int(array)
        k = kernels_of(self._data)
        return wrap(array if k.device_type == "cpu" else k.from_host(array, None))
    if hasattr(item, "__index__"):
        return int(item.__index__())
    name = f"numpy.{type(item).__name__}" if isinstance(item, numpy.generic) else type(item).__name__
    raise IndexError(
        f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {name})"
    )


def _expanded(x: Any, tensors: list[Any]) -> _Parts:
    """Index tensors as index arrays, masks by the positions of what is true; all bounds are checked."""
    arrays: list[Any] = []
    masks = 0
    for t in tensors:
        if t is None:
            arrays.append(None)
            continue
        a = t._data
        if a.dtype in _MASKS:
            arrays += _positions(x, a, len(arrays))
            masks += 1
        elif a.dtype in _INTEGERS:
            arrays.append(a)
        else:
            raise IndexError(_KINDS)
    k = kernels_of(x._data)
    kind = k.array_type
    arrays = [a if a is None or type(a) is kind else k.from_host(kernels_of(a).to_host(a), None) for a in arrays]
    given = [a for a in arrays if a is not None]
    if not given:
        raise RuntimeError("index_put takes single truth values only beside other indices; write x[mask] = values")
    if len(given) > 1:
        try:
            empty = 0 in numpy.broadcast_shapes(*[a.shape for a in given])
        except ValueError:
            raise IndexError(
                "shape mismatch: indexing tensors could not be broadcast together with shapes "
                + ", ".join(str(list(a.shape)) for a in given)
            ) from None
    else:
        empty = not given[0].size
    shape = x._data.shape
    if 0 in shape:  # nothing is read then, and torch does not look at the index
        if not empty and any(shape[d] == 0 for d, a in enumerate(arrays) if a is not None):
            raise IndexError("index is out of bounds for dimension with size 0")
    elif not empty and k.device_type != "cpu":  # NumPy finds out by itself
        _check_bounds(x._data, arrays)
    parts = _Parts(arrays)
    parts.one_mask = masks == 1 and len([t for t in tensors if t is not None]) == 1
    return parts


def _check_bounds(x: Any, arrays: Sequence[Any]) -> None:
    """IndexError for the first index, in order, that points outside."""
    given = [(a, x.shape[d]) for d, a in enumerate(arrays) if a is not None]
    for order, (a, n) in enumerate(given):
        if not inside(a, -n, n, "indexing: an index is out of bounds"):
            wrong = int(a[(a < -n) | (a >= n)].reshape(-1)[0])
            raise IndexError(f"index {wrong} is out of bounds for dimension {order} with size {n}")


def _positions(x: Any, mask: Any, dim: int) -> list[Any]:
    if mask.dtype == _MASKS[1]:
        warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.")
        mask = mask != 0
    for j, n in enumerate(mask.shape):
        if n != x._data.shape[dim + j]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {j} does not match the shape of the indexed tensor "
                f"{list(x._data.shape)} at index {dim + j}"
            )
    return list(mask.nonzero()) if mask.ndim else []  # in index_put a single truth value counts for nothing


__all__ = ["delitem", "getitem", "setitem"]
