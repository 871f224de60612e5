"""Views of all windows of an image, and memory to copy them into: what `im2col` and `col2im` share."""

from __future__ import annotations

import math
import threading
from functools import lru_cache
from typing import Any

import numpy

Array = Any
Sizes = tuple[int, ...]
_KEPT = 1 << 23  # bytes of memory that are kept for the next time
_scratch = threading.local()


def out_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """How many windows fit along each dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation)
    )


def buffer(xp: Any, shape: Sizes, dtype: Any) -> Array:
    """An array to work in: on the CPU always the same memory, so that no new pages have to be fetched."""
    if xp is not numpy:
        return xp.empty(shape, dtype)
    n = math.prod(shape) * dtype.itemsize
    held = getattr(_scratch, "bytes", None)
    if held is None or held.size < n:
        held = numpy.empty(n, numpy.uint8)
        if n <= _KEPT:
            _scratch.bytes = held
    return held[:n].view(dtype).reshape(shape)


@lru_cache(maxsize=256)  # a network calls for the same few again and again
def _layout(
    shape: Sizes, strides: Sizes, first: int, kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes
) -> tuple[Sizes, Sizes]:
    """Shape and strides of the view `windows`."""
    last = first + len(kernel)
    apart = (s * d for s, d in zip(strides[first:last], dilation))
    steps = (s * t for s, t in zip(strides[first:last], stride))
    return (*shape[:first], *kernel, *out, *shape[last:]), (*strides[:first], *apart, *steps, *strides[last:])


def windows(xp: Any, x: Array, first: int, kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """A view of all windows: the spatial dimensions, from ``first`` on, become (kernel…, out…)."""
    shape, strides = _layout(x.shape, x.strides, first, kernel, out, stride, dilation)
    if type(x) is numpy.ndarray and x.flags.c_contiguous:  # the same, without the detour through Python
        return numpy.ndarray(shape, x.dtype, x, 0, strides)
    return xp.lib.stride_tricks.as_strided(x, shape, strides)
