"""``torch.Stream`` and ``torch.Event`` for any device. The processor has one queue, whose work is done when a function returns."""

from __future__ import annotations

from typing import Any

from . import cuda, devices, dtypes
from .devices import device as device_type


def _place(device: Any) -> device_type:
    place = device_type("cpu") if device is None else devices.device(device)
    if place.type != "cpu" and not (place.type == "cuda" and cuda.is_available()):
        raise RuntimeError(f"PyTorch is not linked with support for {place.type} devices")
    return place


def _unsupported() -> RuntimeError:
    return RuntimeError("cpu backend doesn't support events.")


class Stream:
    """A queue of work: the processor's, or (``device="cuda"``) a `cuda.Stream`."""

    stream_id = 0

    def __new__(cls, device: Any = None, *, priority: int = 0) -> Any:
        place = _place(device)
        if place.type == "cuda":
            return cuda.Stream(place, priority)
        made = super().__new__(cls)
        made.device = place
        return made

    device: device_type

    def query(self) -> bool:
        """True: all work is done."""
        return True

    def synchronize(self) -> None:
        """Does nothing: all work is done."""

    def record_event(self, event: Any = None) -> Any:
        """RuntimeError: the processor has no events."""
        raise _unsupported()

    def wait_event(self, event: Any) -> None:
        """RuntimeError: the processor has no events."""
        raise _unsupported()

    def wait_stream(self, other: Any) -> None:
        """RuntimeError: the processor has no events."""
        raise _unsupported()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream)

    def __hash__(self) -> int:
        return hash(Stream)

    def __repr__(self) -> str:
        return f"{dtypes.module_name}.Stream device_type=cpu, device_index=-1, stream_id=0"


class Event:
    """A mark in a `Stream`; of a GPU (``device="cuda"``) a `cuda.Event`."""

    device: device_type
    event_id = 0

    def __new__(
        cls, device: Any = None, *, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False
    ) -> Any:
        place = _place(device)
        if place.type == "cuda":
            return cuda.Event(enable_timing, blocking, interprocess)
        made = super().__new__(cls)
        made.device, made._timing = place, enable_timing
        return made

    _timing: bool

    def record(self, stream: Any = None) -> None:
        """RuntimeError: the processor has no events."""
        raise _unsupported()

    def wait(self, stream: Any = None) -> None:
        """Does nothing: it has not been recorded."""

    def query(self) -> bool:
        """True: nothing is to be waited for."""
        return True

    def synchronize(self) -> None:
        """Does nothing: nothing is to be waited for."""

    def elapsed_time(self, other: Any) -> float:
        """ValueError: no time was taken."""
        if not (self._timing and other._timing):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        raise ValueError("Both events must be recorded before calculating elapsed time.")

    def __repr__(self) -> str:
        return (
            f"{dtypes.module_name}.Event device_type=cpu, device_index=-1, event_flag={int(self._timing)}, event_id=0"
        )
