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


class Stream:
    """The processor's queue: everything in it is done already."""

    def __init__(self, priority: int = -1) -> None: ...

    def wait_stream(self, stream: Any) -> None:
        """Does nothing."""

    def record_event(self) -> None:
        """Does nothing."""

    def wait_event(self, event: Any) -> None:
        """Does nothing."""


class Event:
    """A mark in the processor's queue: it has been passed already."""

    def query(self) -> bool:
        """True."""
        return True

    def record(self, stream: Any = None) -> None:
        """Does nothing."""

    def synchronize(self) -> None:
        """Does nothing."""

    def wait(self, stream: Any = None) -> None:
        """Does nothing."""


_stream = Stream()


def current_stream(device: Any = None) -> Stream:
    """The processor's queue."""
    return _stream


class StreamContext:
    """A ``with`` block that changes nothing."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


stream = StreamContext
amp = types.SimpleNamespace(autocast=old.cpu_autocast, GradScaler=old.CpuGradScaler)
