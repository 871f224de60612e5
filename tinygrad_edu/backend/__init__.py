"""The only room that knows NumPy from CuPy.

`Kernels` is what an operation's code receives as ``k``: ``k.xp`` is the array module, ``k.exp(x)`` any primitive's forward on
raw arrays. There is one for NumPy and, once a GPU is asked for, one for CuPy; tests register a strict double in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from math import copysign
from typing import Any

import numpy

from .memory import keep_freed_memory

keep_freed_memory()


class Constant(dict[Any, Any]):
    """A number as a 0-d array of every dtype: ``k.zeros[x.dtype]``."""

    def __init__(self, xp: Any, value: int) -> None:
        self.xp, self.value = xp, value

    def __missing__(self, dtype: Any) -> Any:
        found = self[dtype] = self.xp.asarray(self.value, dtype)
        return found


class Kernels:
    """Every primitive's forward, bound to one array module."""

    table: dict[str, Callable[..., Any]] = {}  # name → forward(k, …); each Op adds itself

    def __init__(self, xp: Any, device_type: str, array_type: type) -> None:
        self.xp, self.device_type, self.array_type = xp, device_type, array_type
        self.nonzero = lru_cache(maxsize=1024)(lambda value, dtype, sign=1.0: xp.asarray(value, dtype))
        self.zeros = Constant(xp, 0)
        self.ones = Constant(xp, 1)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            forward = Kernels.table[name]
        except KeyError:
            raise AttributeError(f"no primitive named {name!r}") from None
        bound = partial(forward, self)
        setattr(self, name, bound)  # found once
        return bound

    def number(self, value: float, dtype: Any) -> Any:
        """A Python number as a 0-d array, kept for the next time: arithmetic with it is twice as quick on small arrays."""
        return self.nonzero(value, dtype, copysign(1.0, value)) if value == 0 else self.nonzero(value, dtype)

    # what differs between devices
    def special(self, name: str, *args: Any) -> Any:
        """A special function (``erf``, ``lgamma``, …) of raw arrays."""
        from . import special

        return getattr(special, name)(self.xp, *args)

    def current_device(self) -> int:
        return 0

    def device_index(self, array: Any) -> int:
        return 0

    def device_count(self) -> int:
        return 1

    def strided(self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Any:
        """A view of the memory around ``array`` with any shape and strides, ``offset`` bytes from its first element on."""
        raise NotImplementedError(f"{type(self).__name__} has no strided views")

    def from_host(self, array: numpy.ndarray, index: int | None) -> Any:
        """Copy a NumPy array to this device."""
        return array

    def to_host(self, array: Any) -> numpy.ndarray:
        """Copy (on the CPU: hand over) an array as a NumPy array."""
        return array

    def scalar(self, array: Any) -> Any:
        """The only element of an array as a Python number."""
        return self.to_host(array).item()


class CpuKernels(Kernels):
    """NumPy's."""

    def strided(
        self, array: numpy.ndarray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0
    ) -> numpy.ndarray:
        end = offset + array.itemsize
        for n, step in zip(shape, strides):
            end += (n - 1) * step
        if offset >= 0 and end <= array.nbytes and array.flags.c_contiguous:  # what is shown lies within the array
            return numpy.ndarray(shape, array.dtype, array, offset if 0 not in shape else 0, strides)
        owner = array
        while isinstance(owner.base, numpy.ndarray):
            owner = owner.base
        at = int(array.__array_interface__["data"][0]) - int(owner.__array_interface__["data"][0]) + offset
        memory = owner
        if not owner.flags.c_contiguous:  # its elements in the order in which they lie in memory
            memory = owner.transpose(sorted(range(owner.ndim), key=lambda d: -owner.strides[d]))
        return numpy.ndarray(shape, array.dtype, memory, at if 0 not in shape else 0, strides)


by_array: dict[type, Kernels] = {}
by_device: dict[str, Kernels] = {}


def register(kernels: Kernels) -> None:
    by_array[kernels.array_type] = kernels
    by_device[kernels.device_type] = kernels


def unregister(device_type: str) -> None:
    kernels = by_device.pop(device_type)
    by_array.pop(kernels.array_type, None)


cpu = CpuKernels(numpy, "cpu", numpy.ndarray)
register(cpu)


def kernels_of(array: Any) -> Kernels:
    """The kernels for the array type at hand."""
    found = by_array.get(type(array))
    if found is None:
        if isinstance(array, (numpy.ndarray, numpy.generic)):  # np.float32(…): what NumPy makes of a 0-d result
            return cpu
        raise TypeError(f"expected a NumPy or CuPy array, got {type(array).__name__}")
    return found


def kernels_for(device_type: str) -> Kernels:
    """The kernels of a device type; AssertionError in torch's words when there is none at hand."""
    if device_type not in by_device and device_type == "cuda":
        from . import cuda

        cuda.load()
    if device_type not in by_device and device_type == "meta":
        from . import meta

        meta.load()
    if device_type not in by_device:
        raise RuntimeError(f"no {device_type} device is available; tensors can live on cpu or, with CuPy, on cuda")
    return by_device[device_type]


def cuda_available() -> bool:
    """Whether a GPU (CuPy and a working driver) is at hand. Imports CuPy on first use, not before."""
    if "cuda" in by_device:
        return True
    from . import cuda

    return cuda.is_available()
