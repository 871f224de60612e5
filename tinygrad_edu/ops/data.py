"""Tensors from data: numbers, nested lists, NumPy arrays, buffers, other tensors."""

from __future__ import annotations

import mmap
import os
import warnings
from typing import Any

import numpy

from .. import devices, dtypes
from ..autograd.variable import Variable, needs_grad, wrap
from ..backend import kernels_for, kernels_of
from ..backend.outside import warn
from ..named import attach
from ._signature import type_name
from .registry import public

_PLAIN = {bool, int, float, complex}
_SCALARS = (bool, int, float, complex)


def placed(array: numpy.ndarray, device: Any, requires_grad: bool) -> Any:
    """A tensor on the device asked for, around (or copied from) a NumPy array."""
    where = devices.resolve(device)
    return leaf(
        wrap(array if where.type == "cpu" else kernels_for(where.type).from_host(array, where.index)), requires_grad
    )


def leaf(t: Any, requires_grad: bool) -> Any:
    """``t``, requiring a gradient if asked to."""
    if requires_grad:
        if requires_grad is not True:
            raise TypeError(f"requires_grad must be bool, not {type(requires_grad).__name__}")
        if t._data.dtype.kind not in "fcV":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        t._requires_grad = True
    return t


# ------------------------------------------------------------------------------------ nested lists
def _of_data(data: Any, dtype: Any) -> numpy.ndarray:
    """Nested lists, numbers, arrays and tensors as a fresh NumPy array of the inferred or given dtype."""
    wanted = None if dtype is None else dtypes.resolve(dtype)
    if isinstance(data, Variable):
        return _cast(numpy.array(kernels_of(data._data).to_host(data._data)), wanted)
    if isinstance(data, (numpy.ndarray, numpy.generic)) and not isinstance(data, _SCALARS):
        dtypes.from_np(data.dtype)
        return _cast(numpy.array(data), wanted)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    shape = _shape(data)
    kinds: set[type] = set()
    plain = 0 not in shape and _collect(data, kinds) and kinds <= _PLAIN
    if wanted is None:
        wanted = _of_plain(kinds) if plain else _inferred(data)
    if plain:
        made = _quick(data, shape, wanted, kinds)
        if made is not None:
            return made
    out = numpy.empty(shape, wanted.np)
    if out.size and _store(out, data, shape, 0, wanted):
        _warn_of_arrays()
    return out


def _warn_of_arrays() -> None:
    """Name the program's line that makes a tensor of a list of arrays."""
    warn(
        "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to a "
        "single numpy.ndarray with numpy.array() before converting to a tensor."
    )


def _cast(array: numpy.ndarray, to: dtypes.dtype | None) -> numpy.ndarray:
    if to is None or array.dtype == to.np:
        return array
    with numpy.errstate(all="ignore"):
        return dtypes.converted(array, to.np)


def _shape(data: Any) -> tuple[int, ...]:
    """The shape that the first element of each list says."""
    sizes: list[int] = []
    while _is_sequence(data):
        sizes.append(len(data))
        if len(sizes) > 64:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if not sizes[-1]:
            break
        try:
            data = data[0]
        except KeyError:
            raise ValueError(f"could not determine the shape of object type '{type(data).__name__}'") from None
    if sizes and isinstance(data, numpy.ndarray) and not data.ndim:
        raise TypeError("len() of unsized object")  # as torch asks it first
    return tuple(sizes)


def _is_sequence(data: Any) -> bool:
    if isinstance(data, (list, tuple, str, bytes, range, bytearray, memoryview)):
        return True
    if isinstance(data, numpy.ndarray):
        return data.ndim > 0
    if isinstance(data, (Variable, dict, set, frozenset, numpy.generic, *_SCALARS)) or data is None:
        return False
    return hasattr(data, "__getitem__") and hasattr(data, "__len__")


def _collect(data: Any, kinds: set[type]) -> bool:
    """Gather the types of all numbers in nested lists and tuples; False where something else is met."""
    if type(data) in _PLAIN:
        kinds.add(type(data))
        return True
    if type(data) not in (list, tuple):
        return False
    here = set(map(type, data)) or {float}  # an empty list counts as floats
    if here & {list, tuple}:
        return all(_collect(item, kinds) for item in data)
    kinds |= here
    return True


def _of_plain(kinds: set[type]) -> dtypes.dtype:
    if complex in kinds:
        return dtypes.complex_of(dtypes.get_default_dtype())
    if float in kinds or not kinds:
        return dtypes.get_default_dtype()
    return dtypes.int64 if int in kinds else dtypes.bool_


_WIDE = {"b": "bool", "i": "int64", "u": "int64", "f": "float64", "V": "float64", "c": "complex128"}


def _quick(data: Any, shape: tuple[int, ...], wanted: dtypes.dtype, kinds: set[type]) -> numpy.ndarray | None:
    """NumPy's conversion, for data that is regular and of numbers that the dtype can take; else None."""
    kind = wanted.np.kind
    if (kind in "iub" and kinds & {float, complex} and kind != "b") or (complex in kinds and kind != "c"):
        return None
    try:
        wide = numpy.array(data, dtype="uint64" if wanted is dtypes.uint64 else _WIDE[kind])
    except (ValueError, OverflowError, TypeError):
        return None
    if wide.shape != shape:
        return None
    if kind in "iu" and wanted.itemsize < 8 and wide.size:
        info = numpy.iinfo(wanted.np)
        lowest = info.min if kind == "i" else -info.max
        if int(wide.min()) < lowest or int(wide.max()) > info.max:
            return None
    return _cast(wide, wanted)


def _inferred(data: Any) -> dtypes.dtype:
    """bool < int < float < complex over all the numbers in nested lists."""
    if isinstance(data, Variable):
        return dtypes.of(data._data)
    if isinstance(data, (numpy.ndarray, numpy.generic)) and not isinstance(data, (bool, int)):
        return dtypes.from_np(data.dtype)
    if isinstance(data, _SCALARS):
        return dtypes.of_scalar(data)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not _is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    if not len(data):
        return dtypes.get_default_dtype()
    found: dtypes.dtype | None = None
    for item in data if isinstance(data, (list, tuple, range)) else map(data.__getitem__, range(len(data))):
        one = _inferred(item)
        found = one if found is None else dtypes.promote_types(found, one)
    assert found is not None
    return found


def _sequence(data: Any, shape: tuple[int, ...], dim: int) -> Any:
    if not _is_sequence(data):
        raise TypeError("not a sequence")
    items = data if isinstance(data, (list, tuple, range)) else list(data)
    if len(items) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(items)})")
    return items


def _store(out: numpy.ndarray, data: Any, shape: tuple[int, ...], dim: int, dtype: dtypes.dtype) -> bool:
    """Write the numbers into ``out``; whether there are arrays in the list."""
    if dim == len(shape):
        out[()] = _number(data, dtype)
        return False
    if isinstance(data, numpy.ndarray) and data.shape == shape[dim:] and data.dtype.kind in "iubfc":
        out[...] = _cast(data, dtype)
        return False
    arrays = False
    for i, item in enumerate(_sequence(data, shape, dim)):
        arrays |= isinstance(item, numpy.ndarray)
        if dim == len(shape) - 1:
            out[i] = _number(item, dtype)
        else:
            arrays |= _store(out[i], item, shape, dim + 1, dtype)
    return arrays


def _number(value: Any, dtype: dtypes.dtype) -> Any:
    """One number as the dtype stores it, or torch's error."""
    if isinstance(value, Variable):
        if value._data.size != 1:
            if dtype.np.kind in "iu":
                raise TypeError("only integer tensors of a single element can be converted to an index")
            raise ValueError("only one element tensors can be converted to Python scalars")
        value = value.item()  # type: ignore[attr-defined]
    kind = dtype.np.kind
    if kind == "b":
        return bool(value) if isinstance(value, (*_SCALARS, numpy.generic)) else bool(_whole(value, dtypes.int64))
    if kind == "c":
        if isinstance(value, complex):
            return value
        return float(value) if isinstance(value, (int, float, numpy.number)) else _real(value)
    if kind in "fV":
        with numpy.errstate(all="ignore"):
            return dtypes.converted(numpy.float64(_real(value)), dtype.np)
    return _whole(value, dtype)


def _real(value: Any) -> float:
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return float(value)
    raise TypeError(f"must be real number, not {type(value).__name__}")


def _whole(value: Any, dtype: dtypes.dtype) -> int:
    if isinstance(value, float) and not isinstance(value, numpy.generic):
        if not -(2.0**63) <= value < 2.0**63:
            name = "int64" if dtype.itemsize == 8 else dtype.name
            raise RuntimeError(f"value cannot be converted to type {name} without overflow")
        value = int(value)
    elif not hasattr(value, "__index__"):
        name = f"numpy.{type(value).__name__}" if isinstance(value, numpy.generic) else type(value).__name__
        raise TypeError(f"'{name}' object cannot be interpreted as an integer")
    value = int(value.__index__())
    if dtype is dtypes.uint64:
        if value < 0:
            raise OverflowError("can't convert negative int to unsigned")
        return value
    if not -(2**63) <= value < 2**63:
        raise ValueError("Overflow when unpacking long long")
    info = numpy.iinfo(dtype.np)
    lowest = int(info.min) if dtype.is_signed else -int(info.max)
    if not lowest <= value <= int(info.max):
        raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
    return value % (int(info.max) + 1) if not dtype.is_signed else value


# ------------------------------------------------------------------------------------ the functions
@public("function")
def tensor(
    data: Any, *, dtype: dtypes.dtype | None = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
    names: Any = None,
) -> Any:  # fmt: skip
    """A new tensor that copies ``data``: a number, nested lists, a NumPy array or a tensor.

    Python ints become int64, floats the default dtype (float32), bools bool; NumPy arrays keep their dtype.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if isinstance(data, Variable):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=3,
        )
        device = data.device if device is None else device  # type: ignore[attr-defined]
    elif isinstance(data, numpy.ndarray):
        _check_strides(data)
    made = placed(_of_data(data, dtype), device, requires_grad)
    return made if names is None else attach(made, names)


@public("function")
def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Any:
    """``data`` as a tensor: without a copy where it is a tensor or NumPy array of the right dtype and device."""
    if isinstance(data, Variable):
        wanted = None if dtype is None else dtypes.resolve(dtype)
        return data.to(device=device, dtype=wanted)  # type: ignore[attr-defined]
    if isinstance(data, numpy.ndarray):
        have = dtypes.from_np(data.dtype)
        if dtype is None or dtypes.resolve(dtype) is have:
            _check_readable(data)
            return placed(numpy.asarray(data), device, False)
    return placed(_of_data(data, dtype), device, False)


@public("function")
def asarray(
    obj: Any, *, dtype: dtypes.dtype | None = None, device: Any = None, copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Any:  # fmt: skip
    """``obj`` as a tensor, sharing its memory where that is possible (``copy=False``: ValueError where it is not).

    >>> import tinygrad_edu as tg, numpy
    >>> a = numpy.zeros(2); tg.asarray(a).fill_(1); a.tolist()
    tensor([1., 1.], dtype=tinygrad_edu.float64)
    [1.0, 1.0]
    """
    wanted = None if dtype is None else dtypes.resolve(dtype)
    if isinstance(obj, (Variable, numpy.ndarray)):
        source: Any = obj if isinstance(obj, Variable) else from_numpy(obj)
        if copy is False and wanted is not None and wanted is not source.dtype:
            raise ValueError(f"can't alias tensor with dtype '{source.dtype.short}' into dtype '{wanted.short}'.")
        result = source.to(device=device, dtype=wanted)
        if copy and result is source:
            result = source.clone()
    elif isinstance(obj, (bytearray, memoryview)) and not isinstance(obj, (list, tuple)):
        result = frombuffer(obj, dtype=wanted or dtypes.get_default_dtype())
        result = result.clone() if copy else result
    else:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        return placed(_of_data(obj, wanted), device, bool(requires_grad))
    if requires_grad is None and isinstance(obj, Variable) and needs_grad(obj):
        warnings.warn(
            "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass "
            "requires_grad=False explicitly to get the old behavior and silence this warning.",
            UserWarning,
            stacklevel=3,
        )
    if requires_grad is False and result.requires_grad:
        return result.requires_grad_(False) if result.is_leaf else result.detach()
    return result.requires_grad_() if requires_grad else result  # of a tensor itself, too


def _check_strides(array: numpy.ndarray) -> None:
    if any(s < 0 for s in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
            "supported. (You can probably work around this by making a copy of your array  with array.copy().) "
        )


def _check_readable(array: numpy.ndarray) -> None:
    _check_strides(array)
    if any(s % array.itemsize for s in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the memory."
        )
    if not array.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing "
            "to this tensor will result in undefined behavior. You may want to copy the array to protect its data or make "
            "it writable before converting it to a tensor. This type of warning will be suppressed for the rest of this "
            "program.",
            UserWarning,
            stacklevel=4,
        )


@public("function")
def from_numpy(ndarray: numpy.ndarray) -> Any:
    """A tensor that shares the array's memory: writing through one shows in the other."""
    if not isinstance(ndarray, numpy.ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(ndarray)})")
    dtypes.from_np(ndarray.dtype)
    _check_readable(ndarray)
    return wrap(numpy.asarray(ndarray))  # of a subclass (a matrix, a memmap), the plain array


@public("function")
def frombuffer(
    buffer: Any, *, dtype: dtypes.dtype, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Any:
    """The bytes of a buffer (a bytearray, say) as a one-dimensional tensor, without a copy.

    >>> import tinygrad_edu as tg
    >>> tg.frombuffer(bytearray([1, 0, 2, 0]), dtype=tg.int16)
    tensor([1, 2], dtype=tinygrad_edu.int16)
    """
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    length, size = view.nbytes, dtypes.resolve(dtype).itemsize
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count > 0 and offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than actual "
            f"buffer length ({length} bytes)"
        )
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({size})"
        )
    if view.readonly:
        warnings.warn(
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can write "
            "to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the buffer to protect "
            "its data or make it writable before converting it to a tensor. This type of warning will be suppressed for the "
            "rest of this program.",
            UserWarning,
            stacklevel=3,
        )
    return leaf(wrap(numpy.frombuffer(buffer, dtypes.resolve(dtype).np, count, offset)), requires_grad)


@public("function")
def from_file(
    filename: Any, shared: bool | None = None, size: int = 0, *, dtype: dtypes.dtype | None = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """The first ``size`` numbers of a file, read from the disk as they are used.

    With ``shared``, writes go to the file, which is made as long as needed; without, they stay in memory.

    >>> import tinygrad_edu as tg; from pathlib import Path; from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "numbers"; written = file.write_bytes(bytes([1, 0, 2, 0]))
    >>> tg.from_file(str(file), size=2, dtype=tg.int16)
    tensor([1, 2], dtype=tinygrad_edu.int16)
    """
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    return wrap(numpy.frombuffer(map_file(filename, bool(shared), size * dtype.itemsize), dtype.np, size))


def map_file(filename: Any, shared: bool, size: int) -> Any:
    """``size`` bytes of a file as a buffer that may be written."""
    path, mode = os.fspath(filename), "read-write" if shared else "read-only"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY, 0o600)
    except OSError as error:
        raise RuntimeError(f"unable to open file <{path}> in {mode} mode: {error.strerror} ({error.errno})") from None
    try:
        length = os.fstat(handle).st_size
        if size > length:
            if not shared:
                raise RuntimeError(f"file <{path}> size <{length}> is smaller than the required mapping size <{size}>")
            os.ftruncate(handle, size)
        if size < 1:
            return bytearray()
        return mmap.mmap(handle, size, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
    finally:
        os.close(handle)
