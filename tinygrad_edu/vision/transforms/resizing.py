"""Resizing tensors: each axis is a product with a matrix of interpolation weights."""

from __future__ import annotations

import math
from functools import cache

import numpy


def _triangle(x: numpy.ndarray) -> numpy.ndarray:
    return numpy.maximum(1 - numpy.abs(x), 0)


def _cubic(x: numpy.ndarray, a: float) -> numpy.ndarray:
    """The cubic kernel with slope ``a`` at 1."""
    x = numpy.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return numpy.where(x < 1, near, numpy.where(x < 2, far, 0.0))


@cache
def weights(n: int, m: int, mode: str, antialias: bool) -> numpy.ndarray:
    """The (m, n) matrix that turns n samples into m. ``mode`` is "bilinear" or "bicubic".

    With ``antialias`` the kernel is widened by the scale when shrinking, so that every sample counts; without, m
    samples are taken from the interpolated signal. Samples are cells: output i lies over input (i + ½)·n/m - ½.
    """
    scale = n / m
    centres = (numpy.arange(m) + 0.5) * scale - 0.5
    if antialias:
        wide = max(scale, 1.0)
        reach = wide * (1 if mode == "bilinear" else 2)
        x = (numpy.arange(n) - centres[:, None]) / wide
        w = _triangle(x) if mode == "bilinear" else _cubic(x, -0.5)
        first = numpy.maximum((centres + 0.5 - reach + 0.5).astype(int), 0)[:, None]
        last = numpy.minimum((centres + 0.5 + reach + 0.5).astype(int), n)[:, None]
        w[(numpy.arange(n) < first) | (numpy.arange(n) >= last)] = 0
        w /= w.sum(axis=1, keepdims=True)
    else:
        taps = 1 if mode == "bilinear" else 2
        if mode == "bilinear":
            centres = numpy.maximum(centres, 0)
        base = numpy.floor(centres).astype(int)
        w = numpy.zeros((m, n))
        for k in range(1 - taps, taps + 1):
            x = centres - (base + k)
            value = _triangle(x) if mode == "bilinear" else _cubic(x, -0.75)
            numpy.add.at(w, (numpy.arange(m), numpy.clip(base + k, 0, n - 1)), value)
    w.flags.writeable = False
    return w


def nearest(n: int, m: int, exact: bool) -> list[int]:
    """For each of m outputs the input whose value it takes; ``exact`` takes the one under the cell's middle."""
    scale, half = numpy.float32(n) / numpy.float32(m), numpy.float32(0.5 if exact else 0)
    return [min(math.floor((numpy.float32(i) + half) * scale), n - 1) for i in range(m)]
