"""The meta device: tensors with a shape, strides and a dtype, and no numbers.

Their arrays are NumPy's, in memory that nobody writes to: the system hands it out only when it is touched. An elementwise result is
laid out without being computed; the rest is computed with the zeros that such memory holds, and only its form is of interest.
"""

from __future__ import annotations

import math
import mmap
import sys
from collections.abc import Iterable
from typing import Any

import numpy

from . import Kernels, register
from . import cpu as host
from .philox import PhiloxStream
from .quiet import quietly


def _plain(a: Any) -> Any:
    if isinstance(a, (tuple, list)):
        return type(a)(_plain(each) for each in a) if not hasattr(a, "_fields") else a
    return a.view(numpy.ndarray) if isinstance(a, MetaArray) else a


def _marked(result: Any) -> Any:
    """What a NumPy function gave, its arrays as meta arrays."""
    if isinstance(result, tuple):
        parts = [_marked(each) for each in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if isinstance(result, list):
        return [_marked(each) for each in result]
    if isinstance(result, (numpy.ndarray, numpy.generic)):
        return numpy.asarray(result).view(MetaArray)
    return result


_MUCH = 1 << 28  # bytes from which on a system might refuse memory that it does not have
_NO_RESERVE = 0x4000  # Linux's MAP_NORESERVE, which Python's mmap names from 3.13 on


def _memory(size: int, kind: Any) -> Any:
    """Room for so many elements, which the system need not have."""
    n = size * kind.itemsize
    if n < _MUCH or not sys.platform.startswith("linux"):
        return numpy.zeros(size, kind)
    return mmap.mmap(-1, n, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)


def _laid_out(shape: tuple[int, ...], kind: Any, like: numpy.ndarray) -> Any:
    """Untouched memory, its dimensions in the order that those of ``like`` have."""
    strides, step = [0] * len(shape), kind.itemsize
    for d in sorted(range(len(shape)), key=lambda d: (like.strides[d], -d)):
        strides[d], step = step, step * max(1, shape[d])
    return numpy.ndarray(shape, kind, _memory(math.prod(shape), kind), 0, strides).view(MetaArray)


def _corner(a: Any) -> Any:
    """The first two of every dimension: they show how an array is laid out."""
    return _plain(a)[(slice(2),) * a.ndim]


def _like(a: Any, dtype: Any = None, order: Any = "K") -> Any:
    """``numpy.empty_like``, its memory untouched."""
    small = numpy.empty_like(_corner(a), dtype, order)
    return _laid_out(a.shape, small.dtype, small)


def _elementwise(ufunc: Any, inputs: Any, options: Any) -> Any:
    """An array of the shape, strides and dtype that ``ufunc`` would give."""
    one_each = [numpy.ones((1,) * a.ndim, a.dtype) if isinstance(a, numpy.ndarray) else a for a in inputs]
    kind = ufunc(*one_each, **options).dtype
    shape = numpy.broadcast_shapes(*(a.shape for a in inputs if isinstance(a, numpy.ndarray)))
    corners = [_corner(a) if isinstance(a, numpy.ndarray) else a for a in inputs]
    flags: Any = [["readonly"]] * len(inputs) + [["writeonly", "allocate"]]
    small = numpy.nditer([*corners, None], ["zerosize_ok"], flags, op_dtypes=[*[None] * len(inputs), kind]).operands[-1]
    return _laid_out(shape, kind, small)


def _nonzero(*_: Any, **__: Any) -> Any:
    raise NotImplementedError(
        "The register_meta function for torch.nonzero() raises unimplemented by default, as a correct data-independent implementation "
        "does not exist. This implementation returns a fake value, assuming all elements of the tensor are non-zero. To enable this "
        "registration, please set 'torch.fx.experimental._config.meta_nonzero_assume_all_nonzero' to True."
    )


def _check_alone(arrays: Iterable[Any]) -> None:
    """RuntimeError for arrays with numbers beside those without."""
    with_numbers = [type(a) is numpy.ndarray for a in arrays if isinstance(a, numpy.ndarray) and a.ndim]
    if any(with_numbers):
        places = ("meta", "cpu") if with_numbers[0] else ("cpu", "meta")
        raise RuntimeError("Tensor on device {} is not on the expected device {}!".format(*places))


_Array: Any = numpy.ndarray  # its methods are given other arguments here than the stubs say


class MetaArray(_Array):  # type: ignore[misc]
    """An array whose numbers do not count."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **options: Any) -> Any:
        if out and all(isinstance(a, MetaArray) for a in out):
            return out[0] if len(out) == 1 else out
        if method == "at":
            return None
        _check_alone((*inputs, *out))
        arrays = [_plain(a) for a in inputs]
        with quietly():
            simple = method == "__call__" and ufunc.signature is None and ufunc.nout == 1 and "where" not in options
            if simple and ufunc is not numpy.isfinite:  # of which an untouched result would say no
                return _elementwise(ufunc, arrays, options)
            if ufunc is numpy.matmul and arrays[0].shape[-1] == arrays[1].shape[-2:][0]:  # one term of each sum will do
                a, b = arrays
                arrays = [a[..., :1], b[:1] if b.ndim == 1 else b[..., :1, :]]
            return _marked(getattr(ufunc, method)(*arrays, **options))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        given = (each if isinstance(each, (tuple, list)) else (each,) for each in (*args, *kwargs.values()))
        _check_alone([a for several in given for a in several])
        return super().__array_function__(function, types, args, kwargs)

    def __setitem__(self, index: Any, value: Any) -> None:
        """Nothing to write."""

    def fill(self, value: Any) -> None:
        """Nothing to write."""

    def astype(
        self, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        if not copy and numpy.dtype(dtype) == self.dtype and (order == "K" or self.flags.c_contiguous):
            return self
        return _like(self, dtype, order)

    def copy(self, order: Any = "C") -> Any:
        return _like(self, None, order)

    nonzero = _nonzero


class _Function:
    """A NumPy function, or a ufunc's method, that takes and gives meta arrays."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        if out is not None:
            return out
        with quietly():
            if isinstance(self._function, numpy.ufunc):
                return _marked(self._function(*args, **kwargs))
            return _marked(self._function(*_plain(args), **{key: _plain(v) for key, v in kwargs.items()}))

    def __getattr__(self, name: str) -> Any:
        return _Function(getattr(self._function, name))


def _untouched(name: str) -> Any:
    """``numpy.zeros`` and its like: memory is reserved, and stays untouched."""

    def made(shape: Any, *args: Any, order: Any = "C", **kwargs: Any) -> Any:
        kind = getattr(numpy, name)((), *args, **kwargs).dtype
        shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        return _laid_out(shape, kind, numpy.empty((2,) * len(shape), kind, order))

    return made


class _Module:
    """NumPy, or a part of it, for meta arrays."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if type(value) is type(numpy):
            value = _Module(value)
        elif callable(value) and not isinstance(value, type):
            value = _Function(value)
        setattr(self, name, value)  # found once
        return value


class MetaStream(PhiloxStream):
    """A stream that draws nothing."""

    def random32(self, n: int) -> Any:
        return self._xp.zeros(n, numpy.uint64)

    random64 = random32

    def multinomial(self, probs: Any, n: int, replacement: bool = False) -> Any:
        return self._xp.zeros((*probs.shape[:-1], n), numpy.int64)

    def poisson(self, rate: Any) -> Any:
        return rate.copy()

    def gamma(self, alpha: Any) -> Any:
        return alpha.copy()

    def dirichlet(self, alpha: Any) -> Any:
        return alpha.copy()


class MetaKernels(Kernels):
    """Primitives on arrays without numbers."""

    def __init__(self) -> None:
        xp = _Module(numpy)
        vars(xp).update({name: _untouched(name) for name in ("empty", "zeros", "ones", "full")})
        vars(xp).update(nonzero=_nonzero, flatnonzero=_nonzero, argwhere=_nonzero)
        super().__init__(xp, "meta", MetaArray)

    def stream(self) -> MetaStream:
        """What its tensors' random numbers are drawn from."""
        return MetaStream(self)

    def current_device(self) -> Any:
        return None  # there is one, and it has no number

    def device_index(self, array: Any) -> Any:
        return None

    def special(self, name: str, *args: Any) -> Any:
        return _marked(super().special(name, *_plain(args)))

    def strided(self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Any:
        return host.strided(_plain(array), shape, strides, offset).view(MetaArray)

    def from_host(self, array: numpy.ndarray, index: int | None) -> Any:
        return _like(array)

    def to_host(self, array: Any) -> Any:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")

    def scalar(self, array: Any) -> Any:
        raise RuntimeError("Tensor.item() cannot be called on meta tensors")


def load() -> None:
    """Let there be a meta device."""
    register(MetaKernels())
