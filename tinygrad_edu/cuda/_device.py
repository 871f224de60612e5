"""Which GPUs there are, and which one is in use."""

from __future__ import annotations

from typing import Any

from .. import devices
from ..backend import by_device, cuda_available, kernels_for


def is_available() -> bool:
    """Whether a GPU can be used."""
    return cuda_available()


def _cupy() -> Any:
    """CuPy's module; torch's AssertionError where there is no GPU."""
    return kernels_for("cuda").xp


def _index(device: Any = None) -> int:
    """The number of a device: None is the current one."""
    if device is None:
        return int(_cupy().cuda.Device().id)
    if isinstance(device, int):
        return device
    index = devices.device(device).index
    return int(_cupy().cuda.Device().id) if index is None else index


def device_count() -> int:
    """How many GPUs there are."""
    return int(_cupy().cuda.runtime.getDeviceCount()) if is_available() else 0


def is_initialized() -> bool:
    """Whether the GPU has been asked for anything yet."""
    return "cuda" in by_device


def init() -> None:
    """Make the GPU ready now rather than at its first use."""
    _cupy()


def current_device() -> int:
    """The number of the GPU in use."""
    return _index()


def set_device(device: Any) -> None:
    """Use this GPU where "cuda" is said without a number."""
    index = _index(device)
    if index >= 0:
        _cupy().cuda.Device(index).use()
