"""CuPy behind the same door as NumPy. Nothing here is imported until a GPU is asked for."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

import numpy

from . import Kernels, capture, later, register
from .errors import OutOfMemoryError


class CudaKernels(Kernels):
    """Primitives on CuPy arrays; moves between host and device."""

    def __init__(self, cupy: Any) -> None:
        super().__init__(cupy, "cuda", cupy.ndarray)

    def special(self, name: str, *args: Any) -> Any:
        from cupyx.scipy import special

        native = getattr(special, {"lgamma": "gammaln"}.get(name, name), None)
        return super().special(name, *args) if native is None else native(*args)

    def current_device(self) -> int:
        return int(self.xp.cuda.Device().id)

    def device_index(self, array: Any) -> int:
        return int(array.device.id)

    def device_count(self) -> int:
        return int(self.xp.cuda.runtime.getDeviceCount())

    def strided(self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Any:
        return self.xp.ndarray(shape, array.dtype, array.data + offset, strides)

    def from_host(self, array: numpy.ndarray, index: int | None) -> Any:
        capture.refuse_to_wait()
        with self.xp.cuda.Device(self.current_device() if index is None else index):
            return self.xp.asarray(array)

    def to_host(self, array: Any) -> numpy.ndarray:
        capture.refuse_to_wait()
        found = array.get()
        later.report()
        return found


@cache
def why_unavailable() -> str | None:
    """None when a GPU can be used, else the reason in one line."""
    if importlib.util.find_spec("cupy") is None:
        return "CuPy is not installed (pip install 'tinygrad-edu[gpu]')"
    import cupy

    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"CuPy is installed but finds no working driver: {error}"
    return None if count else "CuPy is installed but sees no GPU"


def is_available() -> bool:
    return why_unavailable() is None


def load() -> None:
    """Register the CuPy kernels; torch's AssertionError where there is no GPU."""
    reason = why_unavailable()
    if reason is not None:
        error = AssertionError("Torch not compiled with CUDA enabled")
        error.add_note(f"{reason}; use device='cpu'")
        raise error
    import cupy

    cupy.cuda.set_allocator(_allocator(cupy))
    register(CudaKernels(cupy))


def _allocator(cupy: Any) -> Any:
    """CuPy's own pool, whose error has torch's type and first words."""
    pool = cupy.get_default_memory_pool()

    def allocate(size: int) -> Any:
        try:
            return pool.malloc(size)
        except cupy.cuda.memory.OutOfMemoryError as error:
            raise OutOfMemoryError(f"CUDA out of memory. Tried to allocate {size / 2**20:.2f} MiB. {error}") from error

    return allocate


def pinned_like(array: numpy.ndarray) -> numpy.ndarray:
    """An array like ``array`` in page-locked host memory, from which a GPU copies without the processor's help."""
    import cupyx

    return cupyx.empty_pinned(array.shape, array.dtype)
