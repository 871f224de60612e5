"""``torch.cuda.nvtx``: marks that NVIDIA's profilers show, through CuPy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._device import _cupy, is_available


def _nvtx() -> Any:
    if not is_available():
        raise RuntimeError("NVTX functions not installed. Are you sure you have a CUDA build?")
    return _cupy().cuda.nvtx


def range_push(msg: str) -> None:
    """Begin a range; it ends with `range_pop`."""
    _nvtx().RangePush(msg)


def range_pop() -> None:
    """End the range that was begun last."""
    _nvtx().RangePop()


def mark(msg: str) -> None:
    """A mark at this moment."""
    _nvtx().Mark(msg)


@contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """A range around a ``with`` block; ``msg`` is formatted with the other arguments."""
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()


__all__ = ["mark", "range", "range_pop", "range_push"]
