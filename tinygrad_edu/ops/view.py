"""Views: other shapes and strides over the same memory. Nothing here copies a number."""

from __future__ import annotations

from typing import Any, Sequence

from ..autograd.inplace import address, byte_offset
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import kernels_of
from .registry import public

# ------------------------------------------------------------------------------------ arguments
_ORDINARY = (int,)


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension number, negative ones counted from the end; IndexError outside the range."""
    n = ndim or 1
    if not -n <= dim < n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})")
    return dim + n if dim < 0 else dim


def as_sizes(sizes: Sequence[Any], function: str = "view") -> tuple[int, ...]:
    """``f(2, 3)``, ``f((2, 3))`` and ``f(torch.Size([2, 3]))`` mean the same."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = sizes[0]
    return tuple([n if type(n) is int else as_int(n, function) for n in sizes])


def as_int(n: Any, function: str) -> int:
    if isinstance(n, Variable):
        return int(n.item())  # type: ignore[attr-defined]
    if hasattr(n, "__index__"):
        return int(n.__index__())
    raise TypeError(f"{function}(): argument 'size' must be tuple of ints, but found element of type {type(n).__name__}")


def infer_size(sizes: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Replace a -1 by what the number of elements leaves; RuntimeError where that cannot be."""
    if -1 in sizes:
        if sizes.count(-1) > 1:
            raise RuntimeError("only one dimension can be inferred")
        known = 1
        for n in sizes:
            if n < -1:
                raise RuntimeError(f"invalid shape dimension {n}")
            known *= n if n != -1 else 1
        if known == 0 and numel == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the unspecified dimension size -1 "
                "can be any value and is ambiguous"
            )
        if known and numel % known == 0:
            return tuple(numel // known if n == -1 else n for n in sizes)
    else:
        product = 1
        for n in sizes:
            if n < 0:
                raise RuntimeError(f"invalid shape dimension {n} at index {sizes.index(n)} of shape {list(sizes)}")
            product *= n
        if product == numel:
            return sizes
    raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {numel}")


# ------------------------------------------------------------------------------------ view and reshape
def view_strides(x: Any, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The byte strides that show ``x``'s elements, in order, in ``shape`` without a copy; None where there are none."""
    if x.flags.c_contiguous or x.size == 0:
        return _contiguous_strides(shape, x.itemsize)
    # runs of old dimensions that lie in memory like one
    runs = [[n, s] for n, s in zip(x.shape, x.strides) if n != 1]
    merged: list[list[int]] = []
    for n, s in runs:
        if merged and merged[-1][1] == n * s:
            merged[-1] = [merged[-1][0] * n, s]
        else:
            merged.append([n, s])
    strides = [0] * len(shape)
    i = len(shape) - 1
    for length, step in reversed(merged):
        taken = 1
        while i >= 0 and (taken < length or shape[i] == 1):
            strides[i] = step * taken
            taken *= shape[i]
            i -= 1
        if taken != length:
            return None
    while i >= 0:
        if shape[i] != 1:
            return None
        strides[i] = (shape[i + 1] * strides[i + 1]) if i + 1 < len(shape) else x.itemsize
        i -= 1
    return tuple(strides)


def _contiguous_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    strides, step = [], itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def _view(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    if x.flags.c_contiguous:
        return x.reshape(shape)
    strides = view_strides(x, shape)
    if strides is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return k.strided(x, shape, strides)


Op("view", _view, view=True, x=lambda k, g, x_shape: k.reshaped(g, x_shape))
Op("reshaped", lambda k, x, shape: x.reshape(shape), node="UnsafeViewBackward0", x=lambda k, g, x_shape: k.reshaped(g, x_shape))


@public("method")
def view(input: Any, *shape: Any, dtype: Any = None) -> Any:
    """The same numbers, in the same memory, in another shape (one -1 is inferred). RuntimeError where strides forbid it.

    ``view(dtype)`` reads the same bytes as another dtype.

    >>> import tinygrad_edu as tg
    >>> tg.arange(6).view(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    from .. import dtypes

    if dtype is not None or (len(shape) == 1 and isinstance(shape[0], dtypes.dtype)):
        return view_dtype(input, shape[0] if dtype is None else dtype)
    if not shape:
        raise TypeError("view() received an invalid combination of arguments - got (), but expected one of:\n"
                        " * (torch.dtype dtype)\n * (tuple of ints size)\n")  # fmt: skip
    return Op.table["view"](input, infer_size(as_sizes(shape), input._data.size))


Op("view_dtype", lambda k, x, np_type: x.view(np_type), view=True)


def view_dtype(input: Any, dtype: Any) -> Any:
    """The same bytes read as another dtype."""
    x = input._data
    if dtype.itemsize != x.itemsize and x.ndim == 0:
        raise RuntimeError(
            f"self.dim() cannot be 0 to view {input.dtype.short} as {dtype.short} (different element sizes)"
        )
    if dtype.itemsize > x.itemsize and (x.shape[-1] * x.itemsize) % dtype.itemsize:
        ratio = dtype.itemsize // x.itemsize
        raise RuntimeError(
            f"self.size(-1) must be divisible by {ratio} to view {input.dtype.short} as {dtype.short} (different element "
            f"sizes), but got {x.shape[-1]}"
        )
    return Op.table["view_dtype"](input, dtype.np)


@public("function method")
def reshape(input: Any, *shape: Any) -> Any:
    """`view` where strides allow it, else a copy.

    >>> import tinygrad_edu as tg
    >>> tg.arange(6).view(2, 3).t().reshape(-1)
    tensor([0, 3, 1, 4, 2, 5])
    """
    sizes = infer_size(as_sizes(shape, "reshape"), input._data.size)
    x = input._data
    if x.flags.c_contiguous or view_strides(x, sizes) is not None:
        return Op.table["view"](input, sizes)
    return Op.table["reshaped"](contiguous(input), sizes)


Op("clone", lambda k, x, order: x.copy(order), x=lambda k, g: g)
_ORDER = {"contiguous_format": "C", "preserve_format": "K"}


@public("function method")
def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy with memory of its own; gradients flow through to the original."""
    dense = memory_format is None and not any(s == 0 for s in input._data.strides)
    return Op.table["clone"](input, "K" if dense else "C")


@public("method")
def contiguous(input: Any, *, memory_format: Any = None) -> Any:
    """The tensor itself where its elements lie in order in memory, else a copy where they do."""
    return input if input._data.flags.c_contiguous else Op.table["clone"](input, "C")


# ------------------------------------------------------------------------------------ the order of dimensions
def _inverse(dims: Sequence[int]) -> tuple[int, ...]:
    back = [0] * len(dims)
    for i, d in enumerate(dims):
        back[d] = i
    return tuple(back)


Op("permute", lambda k, x, dims: x.transpose(dims), view=True, x=lambda k, g, dims: k.permute(g, _inverse(dims)))
Op("transpose", lambda k, x, a, b: x.swapaxes(a, b) if x.ndim else x[...], view=True, x=lambda k, g, a, b: k.transpose(g, a, b))
Op("t", lambda k, x: x.T, view=True, node="TBackward0", x=lambda k, g: k.t(g))


@public("function method")
def permute(input: Any, *dims: Any) -> Any:
    """A view with the dimensions in the order ``dims``."""
    order = as_sizes(dims, "permute")
    n = input._data.ndim
    if len(order) != n:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {n} is not equal to len(dims) = {len(order)}"
        )
    order = tuple(wrap_dim(d, n) for d in order)
    if len(set(order)) != n:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return Op.table["permute"](input, order)


@public("function method", alias=("swapaxes", "swapdims"))
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """A view with two dimensions exchanged."""
    n = input._data.ndim
    a, b = wrap_dim(dim0, n), wrap_dim(dim1, n)
    return Op.table["transpose"](input, a, b)


@public("function method")
def t(input: Any) -> Any:
    """The transpose of a matrix (a vector or 0-d tensor stays as it is)."""
    if input._data.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input._data.ndim}D")
    return Op.table["t"](input)


# ------------------------------------------------------------------------------------ size-1 dimensions, stretching
Op("squeeze_dims", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward0", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip
Op("squeeze_dim", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward1", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip
Op("unsqueeze", lambda k, x, dim: k.xp.expand_dims(x, dim), view=True, x=lambda k, g, x_shape: k.reshaped(g, x_shape))
Op("squeeze_several", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward2", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip
Op("expand", lambda k, x, shape: _broadcast(k, x, shape), view=True, x=lambda k, g, x_shape: k.sum_to(g, x_shape))


def _broadcast(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    """Like numpy.broadcast_to, but writable: torch lets people write through an expanded view element by element."""
    lead = len(shape) - x.ndim
    strides = (0,) * lead + tuple(0 if m == 1 and n != 1 else s for m, n, s in zip(x.shape, shape[lead:], x.strides))
    return k.strided(x, shape, strides)


@public("function method")
def squeeze(input: Any, dim: Any = None) -> Any:
    """A view without the dimensions of size 1 (or without those named in ``dim``, where they are of size 1)."""
    shape = input._data.shape
    if dim is None:
        return Op.table["squeeze_dims"](input, tuple(n for n in shape if n != 1))
    several = isinstance(dim, (tuple, list))
    dims = {wrap_dim(d, len(shape)) for d in (dim if several else (dim,))}
    op = Op.table["squeeze_several" if several else "squeeze_dim"]
    return op(input, tuple(n for i, n in enumerate(shape) if not (i in dims and n == 1)))


@public("function method")
def unsqueeze(input: Any, dim: int) -> Any:
    """A view with a new dimension of size 1 at ``dim``."""
    return Op.table["unsqueeze"](input, wrap_dim(dim, input._data.ndim + 1))


@public("method")
def expand(input: Any, *sizes: Any, implicit: bool = False) -> Any:
    """A view that repeats size-1 dimensions by stride 0; -1 keeps a dimension."""
    want = as_sizes(sizes, "expand")
    have = input._data.shape
    lead = len(want) - len(have)
    if lead < 0:
        raise RuntimeError(
            f"expand({input.type()}{{{list(have)}}}, size={list(want)}): the number of sizes provided ({len(want)}) must be "
            f"greater or equal to the number of dimensions in the tensor ({len(have)})"
        )
    full = []
    for i, n in enumerate(want):
        m = have[i - lead] if i >= lead else 1
        if n == -1:
            if i < lead:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {i}"
                )
            n = m
        if m not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({m}) at non-singleton dimension {i}.  "
                f"Target sizes: {list(want)}.  Tensor sizes: {list(have)}"
            )
        full.append(n)
    return Op.table["expand"](input, tuple(full))


def _sum_to(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    from ..autograd.graph import sum_to

    return sum_to(x, shape)


Op("sum_to", _sum_to, node="SumBackward1", x=lambda k, g, x_shape: k.broadcast(g, x_shape))
Op("broadcast", lambda k, x, shape: k.xp.broadcast_to(x, shape), node="ExpandBackward0",
   x=lambda k, g, x_shape: k.sum_to(g, x_shape))  # fmt: skip


@public("method")
def sum_to_size(input: Any, *size: Any) -> Any:
    """Sum over the dimensions along which a tensor of ``size`` would have to be broadcast to have this shape."""
    return Op.table["sum_to"](input, as_sizes(size, "sum_to_size"))


# ------------------------------------------------------------------------------------ parts
Op("select", lambda k, x, dim, index: x[(slice(None),) * dim + (index, ...)], view=True,
   x=lambda k, g, x_shape, dim, index: k.select_backward(g, x_shape, dim, index))  # fmt: skip
Op("slice", lambda k, x, dim, start, stop, step: x[(slice(None),) * dim + (slice(start, stop, step),)], view=True,
   x=lambda k, g, x_shape, dim, start, stop, step: k.slice_backward(g, x_shape, dim, start, stop, step))  # fmt: skip


def _select_backward(k: Any, g: Any, shape: Any, dim: int, index: int) -> Any:
    gx = k.xp.zeros(shape, g.dtype)
    gx[(slice(None),) * dim + (index,)] = g
    return gx


def _slice_backward(k: Any, g: Any, shape: Any, dim: int, start: Any, stop: Any, step: Any) -> Any:
    gx = k.xp.zeros(shape, g.dtype)
    gx[(slice(None),) * dim + (slice(start, stop, step),)] = g
    return gx


Op("select_backward", _select_backward, node="SelectBackwardBackward0",
   g=lambda k, gg, dim, index: k.select(gg, dim, index))  # fmt: skip
Op("slice_backward", _slice_backward, node="SliceBackwardBackward0",
   g=lambda k, gg, dim, start, stop, step: k.slice(gg, dim, start, stop, step))  # fmt: skip


@public("function method")
def select(input: Any, dim: int, index: int) -> Any:
    """The slice at one index of a dimension, as a view without that dimension."""
    if input._data.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input._data.ndim)
    index = as_int(index, "select")
    n = input._data.shape[dim]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input._data.shape)} at dimension {dim}"
        )
    return Op.table["select"](input, dim, index + n if index < 0 else index)


@public("function method")
def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """``length`` entries of a dimension from ``start``, as a view."""
    if input._data.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim = wrap_dim(dim, input._data.ndim)
    n = input._data.shape[dim]
    start = as_int(start, "narrow")
    if not -n <= start <= n:
        raise IndexError(f"start out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return Op.table["slice"](input, dim, start, start + length, 1)


# ------------------------------------------------------------------------------------ raw geometry
def _buffer(k: Any, dtype: Any, *geometries: tuple[Any, Any, int]) -> tuple[Any, int]:
    """A zeroed flat array that covers all the given (shape, strides, offset), and the position of offset 0 in it."""
    low = min(offset for _, _, offset in geometries)
    high = max(
        offset + sum((n - 1) * s for n, s in zip(shape, strides)) + 1 if 0 not in shape else offset
        for shape, strides, offset in geometries
    )
    return k.xp.zeros(max(high - low, 1), dtype), -low


def _window(k: Any, buffer: Any, shape: Any, strides: Any, offset: int) -> Any:
    n = buffer.itemsize
    return k.strided(buffer, shape, tuple(s * n for s in strides), offset * n)


def _restride(k: Any, g: Any, base_shape: Any, base_strides: Any, shape: Any, strides: Any, offset: int) -> Any:
    """Lay ``g`` out in memory as (base_shape, base_strides) and read it as (shape, strides, offset)."""
    buffer, zero = _buffer(k, g.dtype, (base_shape, base_strides, 0), (shape, strides, offset))
    _window(k, buffer, base_shape, base_strides, zero)[...] = g
    return _window(k, buffer, shape, strides, zero + offset).copy()


def _restride_fill(
    k: Any, g: Any, base_shape: Any, base_strides: Any, shape: Any, strides: Any, offset: int, part: Any
) -> Any:
    """``g`` with the region that (shape, strides, offset) shows replaced by ``part`` (None: zeros)."""
    buffer, zero = _buffer(k, g.dtype, (base_shape, base_strides, 0), (shape, strides, offset))
    whole = _window(k, buffer, base_shape, base_strides, zero)
    whole[...] = g
    _window(k, buffer, shape, strides, zero + offset)[...] = 0 if part is None else part
    return whole.copy()


Op("restride", _restride, node="AsStridedBackward0",
   g=lambda k, gg, g, base_shape, base_strides, shape, strides, offset:
       k.restride_fill(0 * g, base_shape, base_strides, shape, strides, offset, gg))  # fmt: skip
Op("restride_fill", _restride_fill, node="AsStridedScatterBackward0",
   g=lambda k, gg, base_shape, base_strides, shape, strides, offset:
       k.restride_fill(gg, base_shape, base_strides, shape, strides, offset, None),
   part=lambda k, gg, base_shape, base_strides, shape, strides, offset:
       k.restride(gg, base_shape, base_strides, shape, strides, offset))  # fmt: skip


def _as_strided(k: Any, x: Any, shape: Any, strides: Any, offset: int) -> Any:
    root = root_array(x)
    n = x.itemsize
    at = byte_offset(x, root) + offset * n
    flat = k.xp.lib.stride_tricks.as_strided(root, (root.nbytes // n,), (n,)) if root.itemsize == n else None
    if flat is None:
        flat = root.reshape(-1).view(x.dtype)
    need = at // n + (sum((m - 1) * s for m, s in zip(shape, strides)) + 1 if 0 not in shape else 0)
    if at < 0 or need > flat.size:
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, strides {list(strides)}, storage offset {at // n}, and itemsize {n} requiring "
            f"a storage size of {need * n} are out of bounds for storage of size {flat.size * n}"
        )
    return k.xp.lib.stride_tricks.as_strided(flat[at // n :], shape, tuple(s * n for s in strides))


def _as_strided_backward(k: Any, g: Any, x_shape: Any, x_strides: Any, shape: Any, strides: Any, offset: int) -> Any:
    buffer, zero = _buffer(k, g.dtype, (x_shape, x_strides, 0), (shape, strides, offset))
    positions = k.xp.arange(buffer.size)
    seen = _window(k, positions, shape, strides, zero + offset)
    k.xp.add.at(buffer, seen, g)
    read = _window(k, positions, x_shape, x_strides, zero)
    if any(s == 0 and n > 1 for s, n in zip(x_strides, x_shape)):
        count = k.xp.zeros(buffer.size, g.dtype)
        k.xp.add.at(count, read, 1)
        buffer = buffer / k.xp.maximum(count, 1)
    return buffer[read]


Op("as_strided", _as_strided, view=True,
   x=lambda k, g, x_shape, x_strides, shape, strides, offset:
       k.as_strided_backward(g, x_shape, x_strides, shape, strides, offset))  # fmt: skip
Op("as_strided_backward", _as_strided_backward, node="AsStridedBackwardBackward0",
   g=lambda k, gg, x_shape, x_strides, shape, strides, offset:
       k.restride(gg, x_shape, x_strides, shape, strides, offset))  # fmt: skip


def root_array(array: Any) -> Any:
    """The array that owns the memory that ``array`` looks into: its storage."""
    kind = kernels_of(array).array_type
    while isinstance(getattr(array, "base", None), kind):
        array = array.base
    return array


def storage_offset_of(array: Any) -> int:
    """The position, in elements, of the first element within the storage."""
    return int((address(array) - address(root_array(array))) // array.itemsize)


@public("function method")
def as_strided(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """A view of the storage with any sizes and strides (in elements).

    >>> import tinygrad_edu as tg
    >>> tg.as_strided(tg.arange(5), (3, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    offset = 0 if storage_offset is None else storage_offset - storage_offset_of(input._data)
    return Op.table["as_strided"](input, tuple(size), tuple(stride), offset)


# ------------------------------------------------------------------------------------ another size in place
@public("method")
def resize_(input: Any, *sizes: Any, memory_format: Any = None) -> Any:
    """Give this tensor another size over the same storage, which grows (with zeros) where it is too small.

    >>> import tinygrad_edu as tg
    >>> tg.arange(4).resize_(2, 1)
    tensor([[0],
            [1]])
    """
    shape = as_sizes(sizes, "resize_")
    if input._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    x = input._data
    if shape == x.shape:
        return input
    for n in shape:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
    k = kernels_of(x)
    root, offset = root_array(x), storage_offset_of(x)
    count = 1
    for n in shape:
        count *= n
    flat = k.xp.lib.stride_tricks.as_strided(root, (root.nbytes // x.itemsize,), (x.itemsize,)).view(x.dtype)
    if offset + count > flat.size:
        grown = k.xp.zeros(offset + count, x.dtype)
        grown[: flat.size] = flat
        flat = grown
    input._data = flat[offset : offset + count].reshape(shape)
    return input
