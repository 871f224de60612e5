"""Tensors from a shape, like another, and of regular numbers: ``zeros``, ``full_like``, ``arange``, ``linspace``, ``eye``."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy

from .. import devices, dtypes
from ..autograd.variable import Variable, wrap, wrap_sparse
from ..backend import kernels_for, kernels_of
from ..backend.compressed import zeros as empty_of_layout
from ..named import attach
from ._check import c_name
from ._layout import arranged, copied, format_name
from ._out import check_factory
from .data import _of_data, as_tensor, from_numpy, leaf, placed, tensor
from .registry import public
from .view import as_sizes


# ------------------------------------------------------------------------------------ arguments
def factory_size(name: str, args: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    """The shape that ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))`` asks for."""
    if size is None:
        if not args:
            raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
        size = args
    else:
        size = (size,)
    shape = as_sizes(size, name)
    for n in shape:
        if n < 0:
            if name == "zeros":
                raise RuntimeError("zeros: Dimension size must be non-negative.")
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
    return shape


def fill_value_for(value: Any, dtype: dtypes.dtype) -> Any:
    """A Python number as ``dtype`` stores it; RuntimeError, torch's words, for one that is out of its range."""
    value, kind = plain_number(value), dtype.np.kind
    if kind == "b":
        return bool(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert")
    if isinstance(value, complex) and kind != "c":
        if value.imag != 0:
            raise no_room(dtype)
        value = value.real
    if kind in "iu":
        if isinstance(value, float) and (not math.isfinite(value) or (value < 0 and not dtype.is_signed)):
            raise no_room(dtype)  # (whole numbers below 0 wrap around)
        value, info = int(value), numpy.iinfo(dtype.np)
        lowest = int(info.min) if dtype.is_signed else -int(info.max)
        if not lowest <= value <= int(info.max):
            raise no_room(dtype)
        return value if dtype.is_signed else value % (int(info.max) + 1)
    if kind in "fV" and math.isfinite(value) and abs(value) > _largest(dtype):
        raise no_room(dtype)
    if kind == "c":
        value = complex(value)
        if any(math.isfinite(v) and abs(v) > _largest(dtype.to_real()) for v in (value.real, value.imag)):
            raise no_room(dtype)
    return value


_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}


def _largest(dtype: dtypes.dtype) -> float:
    return _LARGEST.get(dtype.name, math.inf)


_SHORT_C = {"uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int64": "int64_t"}


def no_room(dtype: dtypes.dtype) -> RuntimeError:
    """torch's error for a number that a dtype cannot hold."""
    return RuntimeError(
        f"value cannot be converted to type {_SHORT_C.get(dtype.name) or c_name(dtype)} without overflow"
    )


# ------------------------------------------------------------------------------------ from a shape
def array_of(xp: Any, shape: Sequence[int], value: Any, dtype: Any) -> Any:
    """An array full of one number. Zeros (not -0.) come from the system, which writes them when they are first used."""
    plain = value == 0 and math.copysign(1, value.real) > 0
    return xp.zeros(shape, dtype) if plain else xp.full(shape, value, dtype)


def _filled(sizes: tuple[int, ...], value: Any, dtype: Any, device: Any, requires_grad: bool, out: Any) -> Any:
    check_factory(dtype, out, device)
    if out is not None:
        out.resize_(sizes).fill_(value)
        return out.requires_grad_() if requires_grad else out
    wanted = dtypes.get_default_dtype() if dtype is None else dtypes.resolve(dtype)
    where = devices.resolve(device)
    xp = kernels_for(where.type).xp
    count = math.prod(sizes)
    if count >= 2**60:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(sizes)}")
    number = value if type(value) is int and value == 0 else fill_value_for(value, wanted)
    array = array_of(xp, sizes, number, wanted.np)
    return leaf(wrap(array), requires_grad) if requires_grad else wrap(array)


def _is_sparse(layout: Any) -> bool:
    return layout is not None and layout.name != "strided"


def _in_layout(layout: Any, sizes: tuple[int, ...], dtype: Any, device: Any, requires_grad: bool) -> Any:
    """Zeros of a sparse layout."""
    kind = dtypes.get_default_dtype() if dtype is None else dtypes.resolve(dtype)
    xp = kernels_for(devices.resolve(device).type).xp
    made = wrap_sparse(empty_of_layout(layout.name, xp, tuple(sizes), kind.np))
    return made.requires_grad_() if requires_grad else made


@public("function")
def zeros(
    *args: Any, size: Any = None, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of zeros.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(2, dtype=tg.int32)
    tensor([0, 0], dtype=tinygrad_edu.int32)
    """
    if _is_sparse(layout):
        return _in_layout(layout, factory_size("zeros", args, size), dtype, device, requires_grad)
    made = _filled(factory_size("zeros", args, size), 0, dtype, device, requires_grad, out)
    return made if names is None else attach(made, names)


@public("function")
def ones(
    *args: Any, size: Any = None, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of ones."""
    if _is_sparse(layout):
        raise RuntimeError("full(...) is not implemented for sparse layout")
    made = _filled(factory_size("ones", args, size), 1, dtype, device, requires_grad, out)
    return made if names is None else attach(made, names)


@public("function")
def empty(
    *args: Any, size: Any = None, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False, memory_format: Any = None, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of a shape whose numbers are yet to be set (here: zeros)."""
    if _is_sparse(layout):
        return _in_layout(layout, factory_size("empty", args, size), dtype, device, requires_grad)
    made = _filled(factory_size("empty", args, size), 0, dtype, device, requires_grad, out)
    if memory_format is not None and out is None:
        if format_name(memory_format) == "preserve_format":
            raise RuntimeError("unsupported memory format Preserve")
        made._data = copied(made._data, memory_format)
    return made if names is None else attach(made, names)


@public("function")
def full(
    size: Any, fill_value: Any, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of one value; its dtype follows the value.

    >>> import tinygrad_edu as tg
    >>> tg.full((2,), 3), tg.full((2,), 3.)
    (tensor([3, 3]), tensor([3., 3.]))
    """
    shape = _size_tuple("full", size)
    if dtype is None and out is None:
        dtype = fill_value.dtype if isinstance(fill_value, Variable) else dtypes.of_scalar(plain_number(fill_value))  # type: ignore[attr-defined]
    made = _filled(shape, plain_number(fill_value), dtype, device, requires_grad, out)
    return made if names is None else attach(made, names)


def _size_tuple(name: str, size: Any) -> tuple[int, ...]:
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    return factory_size(name, (), size)


def plain_number(value: Any) -> Any:
    if isinstance(value, Variable):
        if value._data.ndim:
            raise TypeError("a tensor with dimensions is no number")
        return value.item()  # type: ignore[attr-defined]
    if isinstance(value, (bool, int, float, complex)):
        return value
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"expected a number, got {type(value).__name__}")


# ------------------------------------------------------------------------------------ like another
def _like_array(input: Any, value: Any, dtype: Any, device: Any, memory_format: Any) -> Any:
    """A raw array of the shape of ``input``: with its strides where they are dense."""
    x = input._data
    wanted = dtypes.of(x) if dtype is None else dtypes.resolve(dtype)
    k = kernels_of(x)
    if device is not None:
        k = kernels_for(devices.resolve(device).type)
    value = fill_value_for(value, wanted)
    made = array_of(k.xp, x.shape, value, wanted.np)
    if format_name(memory_format) != "preserve_format":
        return copied(made, memory_format)
    if x.flags.c_contiguous:
        return made
    return arranged(made, [tuple(0 if n == 1 else s for n, s in zip(x.shape, x.strides))])


def _like(name: str, value: Any) -> Any:
    def function(
        input: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False, memory_format: Any = None,
    ) -> Any:  # fmt: skip
        if _is_sparse(layout):
            if value:
                raise RuntimeError("full(...) is not implemented for sparse layout")
            return _in_layout(layout, input.shape, dtype or input.dtype, device or input.device, requires_grad)
        return leaf(wrap(_like_array(input, value, dtype, device, memory_format)), requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name[:-5]}` with the shape, dtype and device of ``input``."
    return public("function")(function)


zeros_like, ones_like, empty_like = _like("zeros_like", 0), _like("ones_like", 1), _like("empty_like", 0)


@public("function")
def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False, memory_format: Any = None,
) -> Any:  # fmt: skip
    """`full` with the shape, dtype and device of ``input``."""
    return leaf(wrap(_like_array(input, plain_number(fill_value), dtype, device, memory_format)), requires_grad)


def _new(name: str, value: Any) -> Any:
    def method(
        input: Any, *args: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
        layout: Any = None, pin_memory: bool = False,
    ) -> Any:  # fmt: skip
        shape = factory_size(name, args, size)
        return _filled(shape, value, input.dtype if dtype is None else dtype, input.device if device is None else device,
                       requires_grad, None)  # fmt: skip

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"`{name[4:]}` with the dtype and device of this tensor."
    return public("method")(method)


new_zeros, new_ones, new_empty = _new("new_zeros", 0), _new("new_ones", 1), _new("new_empty", 0)


@public("method")
def new_full(
    input: Any, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """`full` with the dtype and device of this tensor."""
    return _filled(_size_tuple("new_full", size), plain_number(fill_value), input.dtype if dtype is None else dtype,
                   input.device if device is None else device, requires_grad, None)  # fmt: skip


@public("method")
def new_tensor(
    input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, layout: Any = None,
    pin_memory: bool = False,
) -> Any:  # fmt: skip
    """`tensor` with the dtype and device of this tensor."""
    if isinstance(data, Variable):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor).",
            UserWarning,
            stacklevel=3,
        )
    wanted = input.dtype if dtype is None else dtype
    return placed(_of_data(data, wanted), input.device if device is None else device, requires_grad)


@public("function")
def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:  # fmt: skip
    """A tensor of the given size and strides (in elements), its numbers yet to be set (here: zeros)."""
    shape, strides = as_sizes((size,), "empty_strided"), as_sizes((stride,), "empty_strided")
    if len(shape) != len(strides):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(strides)})"
        )
    if any(s < 0 for s in strides):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(strides)}")
    wanted = dtypes.get_default_dtype() if dtype is None else dtypes.resolve(dtype)
    k = kernels_for(devices.resolve(device).type)
    room = 0 if 0 in shape else 1 + sum((n - 1) * s for n, s in zip(shape, strides))
    memory = k.xp.zeros(room, wanted.np)
    return leaf(wrap(k.strided(memory, shape, tuple(s * wanted.itemsize for s in strides))), requires_grad)


@public("method")
def new_empty_strided(
    input: Any, size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """`empty_strided` with the dtype and device of this tensor."""
    return empty_strided(size, stride, dtype=input.dtype if dtype is None else dtype,
                         device=input.device if device is None else device, requires_grad=requires_grad)  # fmt: skip


@public("function")
def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:  # fmt: skip
    """A tensor of the given size that lies dense in memory with its dimensions in the order ``physical_layout``."""
    shape = as_sizes((size,), "empty_permuted")
    order = tuple(physical_layout)
    if len(order) != len(shape):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(shape)} is not equal to len(physical_layout) = {len(order)}"
        )
    for i, d in enumerate(order):
        if not 0 <= d < len(shape):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(shape) - 1}, but got {d} at index {i}).  NB: "
                "negative dims not currently supported; file an issue if you want it."
            )
        if d in order[:i]:
            raise RuntimeError("Duplicate dim not allowed")
    strides, step = [0] * len(shape), 1
    for d in reversed(order):
        strides[d] = step
        step *= max(shape[d], 1)
    return empty_strided(shape, strides, dtype=dtype, device=device, requires_grad=requires_grad)


@public("function")
def scalar_tensor(
    s: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Any:
    """A 0-d tensor of a number, in the default float dtype unless told otherwise."""
    return _filled((), plain_number(s), dtype, device, requires_grad, None)


__all__ = ["_of_data", "as_tensor", "from_numpy", "tensor"]
