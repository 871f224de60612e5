"""Convolution and pooling exactly as they are defined, in loops: what the fast kernels are tested against, and to read first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy

Array = Any
Sizes = tuple[int, ...]


def positions(sizes: Sizes) -> Iterator[Sizes]:
    """All index tuples of an array of these sizes."""
    return itertools.product(*map(range, sizes))


def padded(x: Array, padding: Sizes, value: Any = 0) -> Array:
    """``x`` (N, C, …) with ``padding`` more entries on both sides of each spatial dimension."""
    return numpy.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)], constant_values=value)


def window(at: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Any, ...]:
    """The index of the window that belongs to output position ``at``."""
    inside = (slice(i * s, i * s + d * (k - 1) + 1, d) for i, k, s, d in zip(at, kernel, stride, dilation))
    return (slice(None), slice(None), *inside)


def conv(x: Array, w: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int = 1) -> Array:
    """``out[n, o, p] = Σ x[n, c, window p] · w[o, c]`` over the channels c of o's group and the window's positions."""
    xp = padded(x, padding)
    kernel, per_group = w.shape[2:], w.shape[0] // groups
    sizes = tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(xp.shape[2:], kernel, stride, dilation))
    out = numpy.zeros((x.shape[0], w.shape[0], *sizes), x.dtype)
    channels = w.shape[1]
    for at in positions(sizes):
        seen = xp[window(at, kernel, stride, dilation)]
        for o in range(w.shape[0]):
            first = o // per_group * channels
            for n in range(x.shape[0]):
                out[(n, o, *at)] = (seen[n, first : first + channels] * w[o]).sum()
    return out


def conv_input_grad(
    g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int = 1
) -> Array:
    """Every output position gives its gradient, times the filter, back to the window that it saw."""
    kernel, per_group, channels = w.shape[2:], w.shape[0] // groups, w.shape[1]
    gx = numpy.zeros((*x_shape[:2], *(n + 2 * p for n, p in zip(x_shape[2:], padding))), g.dtype)
    for at in positions(g.shape[2:]):
        seen = gx[window(at, kernel, stride, dilation)]
        for o in range(w.shape[0]):
            first = o // per_group * channels
            for n in range(g.shape[0]):
                seen[n, first : first + channels] += g[(n, o, *at)] * w[o]
    return gx[(slice(None), slice(None), *(slice(p, p + n) for p, n in zip(padding, x_shape[2:])))]


def conv_weight_grad(
    g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int = 1
) -> Array:
    """Every output position gives its gradient, times the window that it saw, to its filter."""
    xp = padded(x, padding)
    per_group, channels = w_shape[0] // groups, w_shape[1]
    gw = numpy.zeros(w_shape, g.dtype)
    for at in positions(g.shape[2:]):
        seen = xp[window(at, w_shape[2:], stride, dilation)]
        for o in range(w_shape[0]):
            first = o // per_group * channels
            for n in range(g.shape[0]):
                gw[o] += g[(n, o, *at)] * seen[n, first : first + channels]
    return gw


def max_pool(
    x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, out: Sizes
) -> tuple[Array, Array]:
    """The largest number of each window, and where in its plane it stands (the first, where several are largest)."""
    values = numpy.empty((*x.shape[:2], *out), x.dtype)
    indices = numpy.empty((*x.shape[:2], *out), numpy.int64)
    for at in positions((*x.shape[:2], *out)):
        best: Any = None
        for inside in positions(kernel):
            spot = tuple(i * s - p + j * d for i, s, p, j, d in zip(at[2:], stride, padding, inside, dilation))
            if all(0 <= i < n for i, n in zip(spot, x.shape[2:])):
                value = x[(*at[:2], *spot)]
                if best is None or value > best or value != value:
                    best = value
                    values[at], indices[at] = value, numpy.ravel_multi_index(spot, x.shape[2:])
    return values, indices


def avg_pool(
    x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, out: Sizes, include_pad: bool, divisor: int | None
) -> Array:
    """The mean of each window; padding counts as zeros, or with ``include_pad=False`` not at all."""
    result = numpy.zeros((*x.shape[:2], *out), x.dtype)
    for at in positions(out):
        low = [i * s - p for i, s, p in zip(at, stride, padding)]
        high = [min(a + k, n + p) for a, k, n, p in zip(low, kernel, x.shape[2:], padding)]
        inside = [(max(a, 0), min(b, n)) for a, b, n in zip(low, high, x.shape[2:])]
        part: Any = (..., *(slice(a, b) for a, b in inside))
        count = 1
        for (a, b), (p, q) in zip(inside, zip(low, high)):
            count *= (q - p) if include_pad else (b - a)
        result[(..., *at)] = x[part].sum(axis=tuple(range(2, x.ndim))) / (divisor or count)  # type: ignore[index]
    return result
