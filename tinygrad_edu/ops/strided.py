"""Raw geometry: any sizes and strides over a storage, gradients through them, and tensors that change size in place."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.inplace import check_writable
from ..autograd.op import Op
from ..autograd.variable import Variable, needs_grad
from ..backend import kernels_of
from ._layout import format_name, format_order, suggested
from .gather import add_at
from .memory import storage_elements, storage_offset_of, whole_storage
from .registry import methods, public
from .view import as_sizes


# ------------------------------------------------------------------------------------ laying out, reading back
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


# ------------------------------------------------------------------------------------ as_strided
def _as_strided(k: Any, x: Any, shape: Any, strides: Any, offset: int) -> Any:
    n = x.itemsize
    first, room = storage_offset_of(x) + offset, storage_elements(x)
    need = first + (sum((m - 1) * s for m, s in zip(shape, strides)) + 1 if 0 not in shape else 0)
    if need > room and 0 not in shape:
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, strides {list(strides)}, storage offset {first}, and itemsize {n} requiring a "
            f"storage size of {need * n} are out of bounds for storage of size {room * n}"
        )
    return k.strided(x, shape, tuple(s * n for s in strides), offset * n)


def _as_strided_backward(k: Any, g: Any, x_shape: Any, x_strides: Any, shape: Any, strides: Any, offset: int) -> Any:
    """Every read of a place adds to its gradient; elements of x that share a place share what arrives there."""
    buffer, zero = _buffer(k, g.dtype, (x_shape, x_strides, 0), (shape, strides, offset))
    positions = k.xp.arange(buffer.size)
    seen = _window(k, positions, shape, strides, zero + offset)
    add_at(k, buffer, seen.reshape(-1), g.reshape(-1))
    read = _window(k, positions, x_shape, x_strides, zero)
    if any(s == 0 and n > 1 for s, n in zip(x_strides, x_shape)):
        count = k.xp.zeros(buffer.size, g.dtype)
        add_at(k, count, read.reshape(-1), 1)
        buffer = buffer / k.xp.maximum(count, 1)
    return buffer[read]


Op("as_strided", _as_strided, view=True,
   x=lambda k, g, x_shape, x_strides, shape, strides, offset:
       k.as_strided_backward(g, x_shape, x_strides, shape, strides, offset))  # fmt: skip
Op("as_strided_backward", _as_strided_backward, node="AsStridedBackwardBackward0",
   g=lambda k, gg, x_shape, x_strides, shape, strides, offset:
       k.restride(gg, x_shape, x_strides, shape, strides, offset))  # fmt: skip


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
    if any(s < 0 for s in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    if storage_offset is not None and storage_offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {storage_offset}")
    if any(n < 0 for n in size):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}")
    offset = 0 if storage_offset is None else storage_offset - storage_offset_of(input._data)
    return Op.table["as_strided"](input, tuple(size), tuple(stride), offset)


@public("function method")
def as_strided_scatter(input: Any, src: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """A copy of ``input`` with the part that such a view of it shows replaced by ``src``."""
    x = input._data
    shown = as_strided(input.detach(), size, stride, storage_offset)
    if shown._data.shape != src._data.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src._data.shape)}, slice size = {list(shown._data.shape)}"
        )
    offset = 0 if storage_offset is None else storage_offset - storage_offset_of(x)
    strides = tuple(s // x.itemsize for s in x.strides)
    return Op.table["restride_fill"](input, tuple(x.shape), strides, tuple(size), tuple(stride), offset, src)


_IN_PLACE = type("AsStridedBackward1", (Op.table["as_strided"].Node,), {"__slots__": ()})


def _as_strided_in_place(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """`as_strided` of the tensor itself, in place."""
    check_writable(input)
    result = as_strided(input, size, stride, storage_offset)
    if result._edge is not None:
        result._edge[0].__class__ = _IN_PLACE
    input._data = result._data
    input._counter[0] += 1
    if result._edge is not None:
        input._requires_grad, input._edge, input._seen = True, result._edge, input._counter[0]
    return input


methods["as_strided_"] = _as_strided_in_place


# ------------------------------------------------------------------------------------ another size, another storage
def _check_resizable(input: Any) -> None:
    if needs_grad(input):
        raise RuntimeError("cannot resize variables that require grad")


@public("method")
def resize_(input: Any, *sizes: Any, memory_format: Any = None) -> Any:
    """Give this tensor another size over the same storage, which grows where it is too small (new elements are zero).

    >>> import tinygrad_edu as tg
    >>> tg.arange(4).resize_(2, 1)
    tensor([[0],
            [1]])
    """
    shape = as_sizes(sizes, "resize_")
    _check_resizable(input)
    x = input._data
    if shape == x.shape and memory_format is None:
        input._counter[0] += 1
        return input
    count = math.prod(shape)
    if any(n < 0 for n in shape) or count >= 2**63:
        raise RuntimeError("numel: integer multiplication overflow")
    if count * x.itemsize >= 2**63:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)}")
    order = format_order(memory_format, len(shape))
    k, offset = kernels_of(x), storage_offset_of(x) if x.size else 0
    flat = whole_storage(x)
    if offset + count > flat.size:
        grown = k.xp.zeros(offset + count, x.dtype)
        grown[: flat.size] = flat
        flat = grown
    stored = flat[offset : offset + count].reshape([shape[d] for d in order])
    input._data = stored.transpose([order.index(d) for d in range(len(order))])
    input._counter[0] += 1
    return input


@public("function method")
def resize_as_(input: Any, the_template: Any, *, memory_format: Any = None) -> Any:
    """`resize_` to the shape of another tensor."""
    if memory_format is not None and format_name(memory_format) == "preserve_format":
        memory_format = suggested(the_template._data)
    return resize_(input, the_template.shape, memory_format=memory_format)


@public("method")
def set_(input: Any, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Any:
    """Let this tensor look into the storage of another tensor (or into a storage, with size and stride)."""
    from ..storage import UntypedStorage

    check_writable(input)
    k = kernels_of(input._data)
    if source is None:
        input._data = k.xp.empty(0, input._data.dtype)
        input._counter[0] += 1
        return input
    if isinstance(source, Variable):
        if source._data.dtype != input._data.dtype:
            from ._check import c_name

            raise RuntimeError(
                f"Could not set tensor of type {c_name(source.dtype)} to a tensor of type {c_name(input.dtype)}"  # type: ignore[attr-defined]
            )
        shared = source._data
        if size is not None:
            shared = _looking(whole_storage(shared), storage_offset, size, stride)
    else:
        memory = source._untyped_storage if hasattr(source, "_untyped_storage") else source
        if not isinstance(memory, UntypedStorage):
            raise TypeError(f"set_(): argument 'source' (position 1) must be Tensor, not {type(source).__name__}")
        if memory is not source and source.dtype is not input.dtype:
            from ._check import c_name

            raise RuntimeError(
                f"Expected a Storage of type {c_name(input.dtype)} or an UntypedStorage, but got type {source.dtype.short} for argument 1 "
                "'storage'"
            )
        flat = memory.as_array(input._data.dtype)
        shared = _looking(flat, storage_offset, (flat.size,) if size is None else size, stride)
    input._data = shared
    input._counter[0] += 1
    return input


def _looking(flat: Any, offset: int, size: Any, stride: Any) -> Any:
    """Part of a one-dimensional array with any sizes and strides (default: contiguous)."""
    shape = as_sizes((size,), "set_")
    if stride is None:
        steps, step = [], 1
        for n in reversed(shape):
            steps.append(step)
            step *= max(n, 1)
        stride = tuple(reversed(steps))
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if len(shape) != len(stride):
        raise RuntimeError(f"unequal size length ({len(shape)}) and stride length ({len(stride)})")
    if any(s < 0 for s in stride):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(stride)}")
    needed = offset + 1 + sum((n - 1) * s for n, s in zip(shape, stride)) if math.prod(shape) else 0
    if needed > flat.size:  # the storage grows
        grown = kernels_of(flat).xp.zeros(needed, flat.dtype)
        grown[: flat.size] = flat
        flat = grown
    view = _as_strided(kernels_of(flat), flat, shape, tuple(stride), offset)
    return view


@public("method")
def is_set_to(input: Any, tensor: Any) -> bool:
    """Whether two tensors look at the same memory in the same way."""
    from ..autograd.inplace import address

    a, b = input._data, tensor._data
    return bool(address(a) == address(b) and a.shape == b.shape and a.strides == b.strides)


# ------------------------------------------------------------------------------------ complex numbers as pairs
Op("view_as_real", lambda k, x: k.strided(_parts(x), (*x.shape, 2), (*x.strides, x.itemsize // 2)), view=True,
   x=lambda k, g: k.view_as_complex(k.whole(g)))  # fmt: skip
Op("view_as_complex", lambda k, x: k.strided(x.view(_complex_type(x)) if x.size else x.astype(_complex_type(x)), x.shape[:-1],
                                             x.strides[:-1]), view=True, x=lambda k, g: k.view_as_real(g))  # fmt: skip
Op("whole", lambda k, x: k.xp.ascontiguousarray(x), node="CloneBackward0", x=lambda k, g: g)


def _parts(x: Any) -> Any:
    """The real parts: an array of the real type that starts where the complex one starts."""
    return x.real


def _complex_type(x: Any) -> str:
    return "complex128" if x.dtype.itemsize == 8 else "complex64"


@public("function")
def view_as_real(input: Any) -> Any:
    """A complex tensor's memory as pairs of real numbers: a view with a last dimension of size 2.

    >>> import tinygrad_edu as tg
    >>> tg.view_as_real(tg.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    if not input.is_complex():
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return Op.table["view_as_real"](input)


@public("function")
def view_as_complex(input: Any) -> Any:
    """Pairs of real numbers (a last dimension of size 2) as complex numbers: a view."""
    x = input._data
    if x.dtype.name not in ("float32", "float64"):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            f"{input.dtype.short}"
        )
    if x.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if x.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    if x.strides[-1] != x.itemsize:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(s // x.itemsize % 2 for s in x.strides[:-1]):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    return Op.table["view_as_complex"](input)


@public("method")
def untyped_storage(input: Any) -> Any:
    """The memory that this tensor, and every view of it, looks into."""
    from ..storage import UntypedStorage

    return UntypedStorage.of(input._data)


@public("method")
def storage(input: Any) -> Any:
    """The memory behind the tensor, as elements of its type."""
    from ..storage import TypedStorage

    # made before what it holds: then the next one lies where this one lay, as in torch, and programs compare their ids
    made = TypedStorage.__new__(TypedStorage)
    TypedStorage.__init__(made, untyped_storage(input), input.dtype)
    return made
