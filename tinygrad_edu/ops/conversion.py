"""Other dtypes and devices: ``to``, ``float``, ``cuda``, ``type``."""

from __future__ import annotations

from typing import Any

from .. import devices, dtypes
from ..autograd.inplace import check_partial_overlap, check_writable, write
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_for, kernels_of
from ..backend.outside import warn
from ._define import cast
from ._layout import arranged, format_name, lies_in, suggested
from ._signature import type_name
from .creation import fill_value_for
from .pointwise import moved
from .registry import public


def warn_if_imaginary_part_is_lost(input: Any, to: dtypes.dtype) -> None:
    if input._data.dtype.kind == "c" and not to.is_complex and to is not dtypes.bool_:
        warn("Casting complex values to real discards the imaginary part")


def _asked_of_to(args: tuple[Any, ...], device: Any, dtype: Any, copy: bool) -> tuple[Any, Any, bool]:
    """(device, dtype, copy) of ``to(device, dtype, …)``, ``to(dtype, …)`` and ``to(tensor, …)``; each followed by two flags."""
    first, *flags = args
    clash = device is not None and not isinstance(first, dtypes.dtype)
    if isinstance(first, Variable):
        clash = clash or dtype is not None
        device, dtype = first.device, first.dtype  # type: ignore[attr-defined]
    elif isinstance(dtypes.of_python_type(first), dtypes.dtype):
        clash = dtype is not None or device is not None
        dtype = first
    else:
        device = first
        if flags and not (dtype is not None and isinstance(flags[0], bool)):
            clash, dtype, *flags = clash or dtype is not None, *flags
        clash = clash or not (first is None or isinstance(first, (str, int, devices.device))) or isinstance(first, bool)
        clash = clash or not (dtype is None or isinstance(dtypes.of_python_type(dtype), dtypes.dtype))
    if clash or len(flags) > 2 or not all(isinstance(flag, bool) for flag in flags):
        raise TypeError("to() received an invalid combination of arguments")
    return device, dtype, copy or (len(flags) == 2 and flags[1])


@public("method")
def to(input: Any, *args: Any, device: Any = None, dtype: Any = None, non_blocking: bool = False, copy: bool = False,
       memory_format: Any = None) -> Any:  # fmt: skip
    """The tensor with another dtype and/or on another device; itself when nothing changes (unless ``copy``)."""
    if args:
        device, dtype, copy = _asked_of_to(args, device, dtype, copy)
    result = input
    if device is not None:
        where = devices.resolve(device)
        if where != input.device:
            result = moved(result, kernels_for(where.type), where.index)
    if dtype is not None:
        warn_if_imaginary_part_is_lost(input, dtypes.resolve(dtype))
        result = cast(result, dtypes.resolve(dtype))
    wanted = format_name(memory_format)
    if wanted != "preserve_format" and (
        copy or suggested(result._data) != wanted or (result is not input and not lies_in(result._data, wanted))
    ):
        return Op.table["to_copy"](result, dtypes.of(result._data), memory_format)
    return Op.table["to_copy"](input, dtypes.of(input._data)) if copy and result is input else result


def _converter(name: str, target: dtypes.dtype) -> None:
    def convert(input: Any, *, memory_format: Any = None) -> Any:
        if memory_format is not None:
            return to(input, target, memory_format=memory_format)
        warn_if_imaginary_part_is_lost(input, target)
        return cast(input, target)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = f"The tensor as {target.name}."
    public("method")(convert)


for _name, _target in (
    ("float", dtypes.float32), ("double", dtypes.float64), ("half", dtypes.float16), ("bfloat16", dtypes.bfloat16),
    ("int", dtypes.int32), ("long", dtypes.int64), ("short", dtypes.int16), ("char", dtypes.int8),
    ("byte", dtypes.uint8), ("bool", dtypes.bool_), ("cfloat", dtypes.complex64), ("cdouble", dtypes.complex128),
):  # fmt: skip
    _converter(_name, _target)


@public("method")
def cpu(input: Any, *, memory_format: Any = None) -> Any:
    """The tensor in the computer's own memory."""
    return to(input, device="cpu")


@public("method")
def cuda(input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """The tensor on a GPU."""
    where = devices.device("cuda" if device is None else device)
    if where.type != "cuda":
        raise RuntimeError("Invalid device, must be cuda device")
    return to(input, device=where)


@public("method")
def type_as(input: Any, other: Any) -> Any:
    """The tensor with the dtype and device of another."""
    return to(input, other)


@public("method")
def type(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type; with an argument (dtype, name or class) the tensor converted."""
    if dtype is None:
        place = "" if input.device.type == "cpu" else f"{input.device.type}."
        return f"{dtypes.module_name}.{place}{dtypes.of(input._data).short}Tensor"
    if isinstance(dtype, dtypes.dtype):
        return cast(input, dtype)
    if not hasattr(dtype, "__name__") and not isinstance(dtype, str):
        raise TypeError("dtype must be a type, str, or dtype object")
    name = dtype if isinstance(dtype, str) else dtype.__name__
    room, _, short = name.rpartition(".")
    short = short.removesuffix("Tensor")
    found = next((d for d in dtypes.all_dtypes if d.short == short), None) if short else dtypes.get_default_dtype()
    if found is None or (isinstance(dtype, str) and not room):
        raise ValueError(f"invalid type: '{name}'")
    result = cast(input, found)
    on_cuda = ".cuda." in dtype if isinstance(dtype, str) else getattr(dtype, "is_cuda", False) is True
    return to(result, device="cuda" if on_cuda else "cpu") if on_cuda != input.is_cuda else result


# ------------------------------------------------------------------------------------ writing numbers
def _copied(k: Any, x: Any, source: Any) -> Any:
    if source.dtype.kind == "c" and x.dtype.kind not in "cb":
        source = source.real  # said already; NumPy would say it again
    return dtypes.converted(k.xp.broadcast_to(source, x.shape), x.dtype)


Op("copy", _copied, node="CopyBackwards",
   x=lambda k, g: k.no_gradient(g), source=lambda k, g: g)  # fmt: skip


@public("method")
def copy_(input: Any, src: Any, non_blocking: bool = False) -> Any:
    """Store ``src`` (broadcast, converted) in this tensor."""
    check_writable(input)
    if isinstance(src, (bool, int, float, complex)):
        src = wrap(kernels_of(input._data).xp.asarray(src, dtypes.of_scalar(src).np))
    if not isinstance(src, Variable):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type_name(src)}")
    warn_if_imaginary_part_is_lost(src, input.dtype)
    if src._counter is input._counter and src is not input:
        check_partial_overlap(input._data, src._data)
    k, source = kernels_of(input._data), kernels_of(src._data)
    if k is not source:
        src = moved(src, k, k.device_index(input._data))
    try:
        return write(input, Op.table["copy"](input, src))
    except ValueError:
        from ._define import broadcast_error

        raise broadcast_error(input, src) from None


def _fill(k: Any, x: Any, value: Any) -> Any:
    made = k.xp.full(x.shape, value, x.dtype)
    return made if x.flags.c_contiguous else arranged(made, [x.strides])


Op("no_gradient", lambda k, g: k.xp.zeros_like(g))  # the gradient of what does not depend on its input
_zero = Op("zero", lambda k, x: k.xp.zeros_like(x), x=lambda k, g: k.no_gradient(g))
for _node, _name in enumerate(("fill", "fill_tensor", "fill_", "fill_tensor_")):  # torch numbers its four forms
    _slope: dict[str, Any] = {"value": lambda k, g: k.sum_all(g)} if "tensor" in _name else {}
    Op(_name, _fill, node=f"FillBackward{_node}", x=lambda k, g: k.no_gradient(g), **_slope)


def _filled(input: Any, value: Any, suffix: str) -> Any:
    if isinstance(value, Variable):
        if value._data.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._data.ndim} dimensions."
            )
        return Op.table[f"fill_tensor{suffix}"](input, value)
    return Op.table[f"fill{suffix}"](input, fill_value_for(value, input.dtype))


@public("function")
def fill(input: Any, value: Any) -> Any:
    """A tensor like this one, filled with a number (or a 0-d tensor)."""
    return _filled(input, value, "")


@public("function method")
def fill_(input: Any, value: Any) -> Any:
    """Fill this tensor with a number (or a 0-d tensor)."""
    check_writable(input)
    return write(input, _filled(input, value, "_"), one_value=True)


@public("function method")
def zero_(input: Any) -> Any:
    """Fill this tensor with zeros."""
    check_writable(input)
    return write(input, _zero(input), one_value=True)


def assign(part: Any, value: Any) -> None:
    """``z.real = value``: write a number or a tensor into that view of ``z``."""
    if isinstance(value, Variable):
        copy_(part, value)
    elif isinstance(value, (bool, int, float, complex)):
        fill_(part, value)
    else:
        raise TypeError(f"can't assign a {value.__class__.__name__} to a torch.{part.dtype.short}Tensor")


def wrap_scalar(value: Any, like: Any) -> Any:
    """A Python number as a 0-d tensor on the device of ``like``."""
    import numpy

    d = dtypes.of_scalar(value)
    k = kernels_of(like._data)
    array = numpy.asarray(value, dtype=d.np)
    return wrap(array if k.device_type == "cpu" else k.from_host(array, k.device_index(like._data)))
