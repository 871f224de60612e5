"""``x[…]``: ints, slices, None and Ellipsis give views; lists, tensors and masks gather copies."""

from __future__ import annotations

from typing import Any

import numpy

from ..autograd.inplace import check_writable, write
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from .view import select, squeeze, unsqueeze, wrap_dim

_INDEXABLE = "tensors used as indices must be long, int, byte or bool tensors"


def getitem(self: Any, index: Any) -> Any:
    """The part of a tensor that an index names (see the NumPy and torch rules in chapter 3)."""
    if type(index) is slice and self._data.ndim:  # torch makes a slice node even where nothing is cut off
        return _slice(self, 0, index, always=True)
    x, parts = _basic(self, index)
    if all(p is None for p in parts):
        return x if x is not self else Op.table["alias"](self)
    return Op.table["index"](x, tuple(None if p is None else p._data for p in parts))


def setitem(self: Any, index: Any, value: Any) -> None:
    """Store ``value`` (broadcast, converted) in the part that an index names."""
    if type(index) is slice and self._data.ndim:
        x, parts = _slice(self, 0, index, always=True), []
    else:
        x, parts = _basic(self, index)
    if not isinstance(value, Variable):
        k = kernels_of(self._data)
        value = wrap(k.xp.asarray(numpy.asarray(value) if not isinstance(value, (bool, int, float, complex)) else value,
                                  dtype=self._data.dtype))  # fmt: skip
    if all(p is None for p in parts):
        while value._data.ndim > x._data.ndim and value._data.shape[0] == 1:
            value = select(value, 0, 0)
        x.copy_(value if value._data.shape == x._data.shape else value.expand(x._data.shape))
        return
    check_writable(x)
    if value._data.dtype != self._data.dtype:
        if value._data.ndim:
            raise RuntimeError(
                f"Index put requires the source and destination dtypes match, got {self.dtype.short} for the destination "
                f"and {value.dtype.short} for the source."  # type: ignore[attr-defined]
            )
        value = value.to(self.dtype)  # type: ignore[attr-defined]
    indices = tuple(None if p is None else p._data for p in parts)
    write(x, Op.table["index_put"](x, indices, value, False))


Op("alias", lambda k, x: x[...], view=True, x=lambda k, g: g)


def _full(indices: Any) -> Any:
    return tuple(slice(None) if i is None else i for i in indices)


def _index_error(k: Any, x: Any, indices: Any) -> None:
    for d, i in enumerate(indices):
        if i is not None and i.size and i.dtype.kind != "b":
            n = x.shape[d]
            bad = (i < -n) | (i >= n)
            if bad.any():
                wrong = int(i[bad].ravel()[0])
                raise IndexError(f"index {wrong} is out of bounds for dimension {d} with size {n}")


def _index(k: Any, x: Any, indices: Any) -> Any:
    try:
        return x[_full(indices)]
    except IndexError as error:
        _index_error(k, x, indices)
        raise IndexError("shape mismatch: indexing tensors could not be broadcast together with shapes "
                         + ", ".join(str(list(i.shape)) for i in indices if i is not None)) from error  # fmt: skip


def _index_put(k: Any, x: Any, indices: Any, values: Any, accumulate: bool) -> Any:
    out = x.copy()
    if accumulate:
        _add_at(k, out, _full(indices), values)
        return out
    try:
        out[_full(indices)] = values
    except IndexError:
        _index_error(k, x, indices)
        raise
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape "
            f"{list(x[_full(indices)].shape)}"
        ) from None
    return out


def _add_at(k: Any, out: Any, where: Any, values: Any) -> None:
    k.xp.add.at(out, where, values)


def _index_backward(k: Any, g: Any, x_shape: Any, indices: Any) -> Any:
    gx = k.xp.zeros(x_shape, g.dtype)
    _add_at(k, gx, _full(indices), g)
    return gx


Op("index", _index, x=lambda k, g, x_shape, indices: k.index_backward(g, x_shape, indices))
Op("index_backward", _index_backward, node="IndexBackwardBackward0", g=lambda k, gg, indices: k.index(gg, indices))
Op("index_put", _index_put,
   x=lambda k, g, indices, accumulate, values_shape: g if accumulate else k.index_put(g, indices, k.index(0 * g, indices), False),
   values=lambda k, g, indices: k.index(g, indices))  # fmt: skip


def _basic(self: Any, index: Any) -> tuple[Any, list[Any]]:
    """Apply the parts of an index that are views; return the view and, per dimension, the index tensor left (or None)."""
    items = _items(self, index)
    taken = 0
    for item in items:
        if item is None or item is Ellipsis or isinstance(item, bool):
            continue
        taken += item._data.ndim if isinstance(item, Variable) and item._data.dtype.kind == "b" else 1
    if taken > self._data.ndim:
        raise IndexError(f"too many indices for tensor of dimension {self._data.ndim}")
    if items.count(Ellipsis) if not any(isinstance(i, Variable) for i in items) else any(i is Ellipsis for i in items):
        at = next(i for i, item in enumerate(items) if item is Ellipsis)
        items[at : at + 1] = [slice(None)] * (self._data.ndim - taken)
    x, dim = self, 0
    left: list[Any] = []
    for item in items:
        if item is None:
            x = unsqueeze(x, dim)
            left.append(None)
            dim += 1
        elif isinstance(item, bool):
            x = unsqueeze(x, dim)
            left.append(wrap(kernels_of(x._data).xp.asarray([0] if item else [], dtype="int64")))
            dim += 1
        elif isinstance(item, slice):
            x = _slice(x, dim, item)
            left.append(None)
            dim += 1
        elif isinstance(item, int):
            n = x._data.shape[dim]
            if not -n <= item < n:
                raise IndexError(f"index {item} is out of bounds for dimension {dim} with size {n}")
            x = Op.table["select"](x, dim, item + n if item < 0 else item)
        elif item._data.dtype.kind == "b":
            for j, n in enumerate(item._data.shape):
                if n != x._data.shape[dim + j]:
                    raise IndexError(
                        f"The shape of the mask {list(item._data.shape)} at index {j} does not match the shape of the indexed "
                        f"tensor {list(x._data.shape)} at index {dim + j}"
                    )
            if item._data.ndim == 0:
                x = unsqueeze(x, dim)
                left.append(wrap(kernels_of(x._data).xp.zeros(int(bool(item._data)), dtype="int64")))
                dim += 1
                continue
            left.extend(wrap(i) for i in item._data.nonzero())
            dim += item._data.ndim
        else:
            left.append(item)
            dim += 1
    return x, left


def _items(self: Any, index: Any) -> list[Any]:
    """The index as a list of None, Ellipsis, bool, int, slice and index tensors."""
    if isinstance(index, list) and any(isinstance(i, (slice, type(None), type(Ellipsis))) for i in index):
        index = tuple(index)
    raw = index if isinstance(index, tuple) else (index,)
    items: list[Any] = []
    for item in raw:
        if item is None or item is Ellipsis or isinstance(item, (bool, slice)):
            items.append(item)
        elif isinstance(item, Variable):
            kind = item._data.dtype.kind
            if kind not in "iub":
                raise IndexError(_INDEXABLE)
            if kind == "u" and item._data.dtype.itemsize == 1:
                item = wrap(item._data.astype(bool))
            items.append(int(item._data) if item._data.ndim == 0 and kind in "iu" else item)
        elif isinstance(item, (int, numpy.integer)):
            items.append(int(item))
        elif isinstance(item, (list, tuple, range, numpy.ndarray)):
            array = numpy.asarray([i.tolist() if isinstance(i, Variable) else i for i in item]  # type: ignore[attr-defined]
                                  if not isinstance(item, numpy.ndarray) else item)  # fmt: skip
            if array.size == 0 and not isinstance(item, numpy.ndarray):
                array = array.astype("int64")
            if array.dtype.kind not in "iub":
                raise IndexError(_INDEXABLE)
            k = kernels_of(self._data)
            items.append(wrap(array if k.device_type == "cpu" else k.from_host(array, None)))
        elif hasattr(item, "__index__"):
            items.append(item.__index__())
        else:
            raise TypeError(
                f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
                f"{type(item).__name__})"
            )
    return items


def _slice(x: Any, dim: int, item: slice, always: bool = False) -> Any:
    step = 1 if item.step is None else int(item.step)
    if step <= 0:
        raise ValueError("step must be greater than zero")
    start, stop = (None if v is None else int(v) for v in (item.start, item.stop))
    start, stop, _ = slice(start, stop).indices(x._data.shape[dim])
    if start == 0 and stop == x._data.shape[dim] and step == 1 and not always:
        return x
    return Op.table["slice"](x, dim, start, max(start, stop), step)


__all__ = ["getitem", "setitem", "squeeze", "wrap_dim"]
