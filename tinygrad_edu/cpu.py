"""``torch.cpu``: so that code written for any device has the same names for the processor."""

from __future__ import annotations

import types
from typing import Any

from .amp import old


def is_available() -> bool:
    """True: there is always a processor."""
    return True


def is_initialized() -> bool:
    """True: there is nothing to set up."""
    return True


def device_count() -> int:
    """One, however many cores it has."""
    return 1


def current_device() -> str:
    """Its name."""
    return "cpu"


def set_device(device: Any) -> None:
    """Does nothing: there is one."""


def synchronize(device: Any = None) -> None:
    """Does nothing: operations are done when they return."""


amp = types.SimpleNamespace(autocast=old.cpu_autocast, GradScaler=old.CpuGradScaler)
