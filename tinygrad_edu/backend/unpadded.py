"""Convolution that leaves the padding out, for numbers that are not finite.

Padding is zeros, and zero times infinity is NaN. Where PyTorch convolves with oneDNN it never multiplies with the padding, so one
infinite number spoils only what it really meets. Then every entry of the filters meets the part of the images that it sees.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy

from .columns import out_sizes
from .im2col import finite

Array = Any
Sizes = tuple[int, ...]
_MANY = 20480  # numbers in the leading four dimensions of the images


def wanted(meeting: Array, dtype: Any, x_shape: Sizes, w_shape: Sizes, padding: Sizes, groups: int) -> bool:
    """Whether ``meeting``, which is multiplied with the padded images, has something infinite, and PyTorch would leave padding out.

    For one small image it copies all windows. oneDNN does so too (with AVX-512) where the channels of a group do not fill its registers.
    """
    if not any(padding) or type(meeting) is not numpy.ndarray or meeting.dtype != numpy.float32 or finite(meeting):
        return False
    if dtype == numpy.float16:
        return True
    wide = len(w_shape) > 3 and min(w_shape[-2:]) > 3
    if not (groups > 1 or wide or x_shape[0] > 1 or math.prod(x_shape[:4]) > _MANY):
        return False
    o, channels = w_shape[:2]
    if len(padding) > 2:
        return channels % 16 == 0 or (groups == 1 and channels < 4)
    return groups == 1 or channels % 8 == 0 or (channels == 1 and o == groups)


def _meetings(
    sizes: Sizes, w_shape: Sizes, out: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Iterator[tuple[Sizes, Any, Any]]:
    """For every entry of a filter: where it is, what it sees of the images, and which outputs see them through it."""
    for at in itertools.product(*map(range, w_shape[2:])):
        seen, seeing = [], []
        for n, o, i, s, p, d in zip(sizes, out, at, stride, padding, dilation):
            first = max(0, -((i * d - p) // s))  # the first output that does not look at the padding before
            last = min(o, (n - 1 + p - i * d) // s + 1)
            start = first * s + i * d - p
            seen.append(slice(start, start + s * max(last - first, 0), s))
            seeing.append(slice(first, max(first, last)))
        yield at, (..., *seen), (..., *seeing)


def _lines(a: Array, groups: int) -> Array:
    """(N, C, …) as (N, groups, C / groups, numbers)."""
    return a.reshape(len(a), groups, a.shape[1] // groups, math.prod(a.shape[2:]))


def conv(x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """The convolution of ``x`` (N, C, …) with filters ``w`` (O, C / groups, …), plus ``bias`` (O)."""
    out = out_sizes(x.shape[2:], w.shape[2:], stride, padding, dilation)
    made: Array = numpy.zeros((len(x), len(w), *out), x.dtype)
    if bias is not None:
        made += bias.reshape(-1, *(1,) * len(out))
    for at, seen, seeing in _meetings(x.shape[2:], w.shape, out, stride, padding, dilation):
        entry = w[(..., *at)].reshape(groups, -1, w.shape[1])
        made[seeing] += (entry @ _lines(x[seen], groups)).reshape(made[seeing].shape)
    return made


def conv_weight_grad(
    g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for w, given the output's."""
    made: Array = numpy.zeros(w_shape, g.dtype)
    for at, seen, seeing in _meetings(x.shape[2:], w_shape, g.shape[2:], stride, padding, dilation):
        product = _lines(g[seeing], groups) @ _lines(x[seen], groups).swapaxes(-1, -2)
        made[(..., *at)] = product.sum(0).reshape(w_shape[:2])
    return made
