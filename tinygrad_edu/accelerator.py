"""``torch.accelerator``: the GPU, whatever its kind. Here that is CUDA through CuPy, or none."""

from __future__ import annotations

from typing import Any

from . import cuda
from .devices import device


def is_available() -> bool:
    """Whether there is an accelerator."""
    return cuda.is_available()


def device_count() -> int:
    """How many there are."""
    return cuda.device_count()


def current_accelerator(check_available: bool = False) -> device | None:
    """The kind of accelerator as a device without a number; None where there is none."""
    return device("cuda") if cuda.is_available() else None


def current_device_index() -> int:
    """The number of the accelerator in use."""
    return cuda.current_device()


def set_device_index(device: Any, /) -> None:
    """Use this accelerator from here on."""
    cuda.set_device(device)


def synchronize(device: Any = None, /) -> None:
    """Wait until everything that was started is done."""
    cuda.synchronize(device)


current_device_idx, set_device_idx = current_device_index, set_device_index


class device_index:
    """Use an accelerator, by its number, inside a ``with`` block (None: no change)."""

    def __init__(self, device: int | None) -> None:
        self.index = device

    def __enter__(self) -> None:
        if self.index is not None:
            _needed()
            self._context = cuda.device(self.index)
            self._context.__enter__()

    def __exit__(self, *exception: object) -> None:
        if self.index is not None:
            self._context.__exit__(*exception)


def _needed() -> None:
    if not cuda.is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")


def _of_cuda(name: str, own: str | None = None) -> Any:
    function = getattr(cuda, name)

    def form(device: Any = None, /) -> Any:
        _needed()
        return function(device)

    form.__name__ = form.__qualname__ = own or name
    form.__doc__ = f"`cuda.{name}`; RuntimeError where there is no accelerator."
    return form


current_stream = _of_cuda("current_stream")
get_memory_info = _of_cuda("mem_get_info", "get_memory_info")
max_memory_allocated, max_memory_reserved = _of_cuda("max_memory_allocated"), _of_cuda("max_memory_reserved")
memory_allocated, memory_reserved = _of_cuda("memory_allocated"), _of_cuda("memory_reserved")
memory_stats = _of_cuda("memory_stats")
reset_accumulated_memory_stats = _of_cuda("reset_accumulated_memory_stats")
reset_peak_memory_stats = _of_cuda("reset_peak_memory_stats")


def empty_cache() -> None:
    """`cuda.empty_cache`; RuntimeError where there is no accelerator."""
    _needed()
    cuda.empty_cache()


def set_stream(stream: Any) -> None:
    """`cuda.set_stream`; RuntimeError where there is no accelerator."""
    _needed()
    cuda.set_stream(stream)
