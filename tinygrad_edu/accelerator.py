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
