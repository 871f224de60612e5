"""Making tensors: from data, from a shape, like another."""

from __future__ import annotations

from typing import Any

import numpy

from .. import devices
from .. import dtypes
from ..autograd.variable import Variable, wrap
from ..backend import kernels_for, kernels_of
from .registry import public
from .view import as_sizes


def _placed(array: numpy.ndarray, device: Any, requires_grad: bool) -> Any:
    """A tensor on the device asked for, around (or copied from) a NumPy array."""
    where = devices.resolve(device)
    t = wrap(array if where.type == "cpu" else kernels_for(where.type).from_host(array, where.index))
    if requires_grad:
        t.requires_grad_()
    return t


def _of_data(data: Any, dtype: dtypes.dtype | None) -> numpy.ndarray:
    """Nested lists, numbers, arrays and tensors as a fresh NumPy array of the inferred or given dtype."""
    if isinstance(data, Variable):
        host = kernels_of(data._data).to_host(data._data)
        return numpy.array(host, dtype=(dtype or dtypes.of(data._data)).np)
    if isinstance(data, (numpy.ndarray, numpy.generic)):
        have = dtypes.from_np(data.dtype)
        return numpy.array(data, dtype=(dtype or have).np)
    if dtype is None:
        dtype = _inferred(data)
    return _nested(data, dtype)


def _inferred(data: Any) -> dtypes.dtype:
    """bool < int < float < complex over all the numbers in nested lists."""
    if isinstance(data, Variable):
        return dtypes.of(data._data)
    if isinstance(data, (numpy.ndarray, numpy.generic)):
        return dtypes.from_np(data.dtype)
    if isinstance(data, (bool, int, float, complex)):
        return dtypes.of_scalar(data)
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    try:
        items = list(data)
    except TypeError:
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}") from None
    if not items:
        return dtypes.get_default_dtype()
    found = _inferred(items[0])
    for item in items[1:]:
        found = dtypes.promote_types(found, _inferred(item))
    return found


def _nested(data: Any, dtype: dtypes.dtype) -> numpy.ndarray:
    shape = _shape(data)
    try:
        array = numpy.array(_plain(data), dtype=dtype.np)
    except OverflowError:
        raise RuntimeError("Overflow when unpacking long long") from None
    except ValueError:
        array = numpy.empty(0)
    except TypeError:
        raise TypeError(f"expected numbers that fit {dtype}, got {data!r}") from None
    if array.shape != shape:
        _report_ragged(data, shape, 0)
    return array


def _plain(data: Any) -> Any:
    if isinstance(data, Variable):
        return kernels_of(data._data).to_host(data._data)
    if isinstance(data, (list, tuple)):
        return [_plain(item) for item in data] if data and not isinstance(data[0], (bool, int, float, complex)) else (
            [_plain(i) if isinstance(i, Variable) else i for i in data])  # fmt: skip
    if isinstance(data, (bool, int, float, complex, numpy.ndarray, numpy.generic)):
        return data
    return [_plain(item) for item in data]


def _shape(data: Any) -> tuple[int, ...]:
    if isinstance(data, Variable):
        return tuple(data._data.shape)
    if isinstance(data, (numpy.ndarray, numpy.generic)):
        return tuple(data.shape)
    if isinstance(data, (bool, int, float, complex)):
        return ()
    n = len(data)
    return (n, *(_shape(data[0]) if n else ()))


def _report_ragged(data: Any, shape: tuple[int, ...], dim: int) -> None:
    if not shape:
        if isinstance(data, (list, tuple)):
            raise TypeError(f"not a sequence: expected a number, got {type(data).__name__}")
        return
    if not isinstance(data, (list, tuple, numpy.ndarray, Variable)):
        raise TypeError(f"expected sequence of length {shape[0]} at dim {dim} (got {type(data).__name__})")
    if len(data) != shape[0]:
        raise ValueError(f"expected sequence of length {shape[0]} at dim {dim} (got {len(data)})")
    for item in data:
        _report_ragged(item, shape[1:], dim + 1)


@public("function")
def tensor(
    data: Any, *, dtype: dtypes.dtype | None = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Any:
    """A new tensor that copies ``data``: a number, nested lists, a NumPy array or a tensor.

    Python ints become int64, floats the default dtype (float32), bools bool; NumPy arrays keep their dtype.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if isinstance(data, Variable):
        import warnings

        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    return _placed(_of_data(data, dtype), device, requires_grad)


@public("function")
def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Any:
    """``data`` as a tensor: without a copy where it is a tensor or NumPy array of the right dtype and device."""
    if isinstance(data, Variable):
        return data.to(device=device, dtype=dtype)  # type: ignore[attr-defined]
    if isinstance(data, numpy.ndarray) and (dtype is None or dtype.np == data.dtype):
        dtypes.from_np(data.dtype)
        return _placed(data, device, False)
    return _placed(_of_data(data, dtype), device, False)


@public("function")
def from_numpy(ndarray: numpy.ndarray) -> Any:
    """A tensor that shares the array's memory: writing through one shows in the other."""
    if not isinstance(ndarray, numpy.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.from_np(ndarray.dtype)
    if any(s < 0 for s in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
            "supported. (You can probably work around this by making a copy of your array  with array.copy().) "
        )
    if not ndarray.flags.writeable:
        import warnings

        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing "
            "to this tensor will result in undefined behavior. You may want to copy the array to protect its data or make "
            "it writable before converting it to a tensor.",
            UserWarning,
            stacklevel=2,
        )
    return wrap(ndarray)


# ------------------------------------------------------------------------------------ from a shape
def _filled(sizes: Any, value: Any, dtype: dtypes.dtype | None, device: Any, requires_grad: bool, out: Any) -> Any:
    for n in sizes:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(sizes)}")
    if out is not None:
        out.resize_(sizes)
        return out.fill_(value)
    where = devices.resolve(device)
    xp = kernels_for(where.type).xp
    np_type = (dtype or dtypes.get_default_dtype()).np
    t = wrap(xp.zeros(sizes, np_type) if value == 0 else xp.full(sizes, value, np_type))
    if requires_grad:
        t.requires_grad_()
    return t


@public("function")
def zeros(
    *size: Any, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of zeros."""
    return _named(_filled(_size(size, "zeros"), 0, dtype, device, requires_grad, out), names)


@public("function")
def ones(
    *size: Any, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of ones."""
    return _named(_filled(_size(size, "ones"), 1, dtype, device, requires_grad, out), names)


@public("function")
def empty(
    *size: Any, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False, memory_format: Any = None, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of a shape whose numbers are yet to be set (here: zeros)."""
    return _named(_filled(_size(size, "empty"), 0, dtype, device, requires_grad, out), names)


@public("function")
def full(
    size: Any, fill_value: Any, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """A tensor of one value; its dtype follows the value."""
    if isinstance(fill_value, Variable):
        fill_value = fill_value.item()  # type: ignore[attr-defined]
    dtype = dtype or (out.dtype if out is not None else dtypes.of_scalar(fill_value))
    return _named(_filled(as_sizes((size,), "full"), fill_value, dtype, device, requires_grad, out), names)


def _size(size: tuple[Any, ...], name: str) -> tuple[int, ...]:
    return as_sizes(size, name)


def factory_size(name: str, args: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    """The shape that ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))`` asks for."""
    return as_sizes(args if size is None else (size,), name)


def _named(t: Any, names: Any) -> Any:
    if names is not None:
        t._names = tuple(names)
    return t


def _like(name: str, make: Any) -> Any:
    def function(
        input: Any, *args: Any, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
        pin_memory: bool = False, memory_format: Any = None,
    ) -> Any:  # fmt: skip
        return make(
            *((input.shape,) + args), dtype=dtype or input.dtype, device=input.device if device is None else device,
            requires_grad=requires_grad,
        )  # fmt: skip

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"``{make.__name__}`` with the shape, dtype and device of ``input``."
    return public("function")(function)


zeros_like = _like("zeros_like", zeros)
ones_like = _like("ones_like", ones)
empty_like = _like("empty_like", empty)
full_like = _like("full_like", full)


@public("function")
def arange(
    start: Any, end: Any = None, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """Numbers from ``start`` (0) up to but not including ``end`` by ``step``; int64 where all three are integers.

    >>> import tinygrad_edu as tg
    >>> tg.arange(1, 7, 2)
    tensor([1, 3, 5])
    """
    if end is None:
        start, end = 0, start
    start, end, step = (v.item() if isinstance(v, Variable) else v for v in (start, end, step))  # type: ignore[attr-defined]
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(v, int) for v in (start, end, step))
    dtype = dtype or (dtypes.int64 if whole else dtypes.get_default_dtype())
    import math

    n = math.ceil((end - start) / step) if not whole else -(-(end - start) // step)
    wide = numpy.float64 if dtype.is_floating_point else numpy.int64
    values = (start + numpy.arange(n, dtype=wide) * (step if whole or wide is numpy.float64 else int(step)))
    return _placed(values.astype(dtype.np), device, requires_grad)
