"""``torch.cuda.streams``: queues of work for a GPU, and marks in them."""

from __future__ import annotations

from typing import Any

from ._device import _cupy, is_available


class Stream:
    """A queue of work for the GPU; work in different streams may run side by side."""

    def __init__(self, device: Any = None, priority: int = 0, *, _raw: Any = None) -> None:
        if not is_available():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        self._raw = _cupy().cuda.Stream(non_blocking=True, priority=priority) if _raw is None else _raw

    def __enter__(self) -> Stream:
        self._raw.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._raw.__exit__(*exc)

    def synchronize(self) -> None:
        """Wait until the work in this stream is done."""
        self._raw.synchronize()

    def query(self) -> bool:
        """Whether the work in this stream is done."""
        return bool(self._raw.done)

    def wait_event(self, event: Event) -> None:
        """Let later work of this stream wait for an event."""
        self._raw.wait_event(event._raw)

    def wait_stream(self, stream: Stream) -> None:
        """Let later work of this stream wait for all that is in another one now."""
        self.wait_event(stream.record_event())

    def record_event(self, event: Event | None = None) -> Event:
        """An event at this point of the stream."""
        event = Event() if event is None else event
        event.record(self)
        return event


class Event:
    """A mark in a stream: to wait for, and to measure time between two of them."""

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        if not is_available():
            raise RuntimeError("Tried to instantiate dummy base class Event")
        self._raw = _cupy().cuda.Event(block=blocking, disable_timing=not enable_timing)

    def record(self, stream: Stream | None = None) -> None:
        """Put the mark at the end of a stream."""
        self._raw.record(None if stream is None else stream._raw)

    def wait(self, stream: Stream | None = None) -> None:
        """Let later work of a stream wait for this mark."""
        (current_stream() if stream is None else stream).wait_event(self)

    def synchronize(self) -> None:
        """Wait until the GPU has passed the mark."""
        self._raw.synchronize()

    def query(self) -> bool:
        """Whether the GPU has passed the mark."""
        return bool(self._raw.done)

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds between this mark and another."""
        return float(_cupy().cuda.get_elapsed_time(self._raw, end_event._raw))


def current_stream(device: Any = None) -> Stream:
    """The stream that work goes to."""
    return Stream(_raw=_cupy().cuda.get_current_stream())


def default_stream(device: Any = None) -> Stream:
    """The stream that work goes to unless another is chosen."""
    return Stream(_raw=_cupy().cuda.Stream.null)


def set_stream(stream: Stream | None) -> None:
    """Send work to this stream from here on (None: no change)."""
    if stream is not None:
        stream._raw.use()


class StreamContext:
    """Sends work to a stream inside a ``with`` block (None: no change)."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            self.stream.__enter__()

    def __exit__(self, *exc: object) -> None:
        if self.stream is not None:
            self.stream.__exit__(*exc)


def stream(stream: Stream | None) -> StreamContext:
    """Send work to a stream inside a ``with`` block (None: no change)."""
    return StreamContext(stream)
