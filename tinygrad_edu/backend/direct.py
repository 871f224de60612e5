"""Convolution without columns (`kernels_conv.py`): when it pays, and what its compiled kernels want to be handed.

A matrix product makes better use of the processor than these kernels, but it wants all windows copied first. With few filters there is
little to multiply for each number copied: then nothing is copied at all. Every function says None where the matrix product should do it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy

from . import compiled, im2col, threads, winograd

Array = Any
Sizes = tuple[int, ...]
MOST_FILTERS = 64  # with more of them the matrix product is quicker
FEW_FILTERS = 16  # with up to these it pays for one thread alone
_TOGETHER = (3, 5)  # filters and entries that the kernels work on together
_PRODUCTS = 32  # as many products of two numbers take the time of one number elsewhere


@lru_cache(maxsize=256)
def _shifts(channels: int, padded: Sizes, kernel: Sizes, dilation: Sizes) -> numpy.ndarray:
    """How far along the line each entry of a filter looks; what is added to the entries looks at the zeros behind it."""
    plane, pitch = padded[0] * padded[1], padded[1]
    rows = (c * plane + a * dilation[0] * pitch for c in range(channels) for a in range(kernel[0]))
    shifts = [row + b * dilation[1] for row in rows for b in range(kernel[1])]
    return numpy.array(shifts + [channels * plane] * (-len(shifts) % _TOGETHER[1]))


def _room(w_shape: Sizes) -> numpy.ndarray:
    """Zeros for filters (O, C, KH, KW), a row each: filters in threes, entries in fives."""
    o, entries = w_shape[0], w_shape[1] * w_shape[2] * w_shape[3]
    return numpy.zeros((o + -o % _TOGETHER[0], entries + -entries % _TOGETHER[1]), numpy.float32)


def _flat(*sizes: Sizes) -> list[Sizes]:
    """Sizes of one dimension as those of two, of which the first is 1 long."""
    return [(1, *size) if len(size) == 1 else size for size in sizes]


def pays(x: Array, w_shape: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Any:
    """The compiled kernels, where they are the quicker way to convolve ``x``; else None."""
    if groups != 1 or len(stride) > 2 or set(stride) != {1} or w_shape[0] < _TOGETHER[0]:
        return None
    few = w_shape[0] <= (MOST_FILTERS if len(x) >= threads.count() > 1 else FEW_FILTERS)
    if not few and (len(stride) < 2 or not winograd.pays(w_shape, dilation, x.shape[2:])):
        return None
    return compiled.kernels_for(x)


def _parts(n: int, w_shape: Sizes, out: Sizes) -> list[threads.Part]:
    """The images in shares for the threads."""
    products = n * w_shape[0] * w_shape[1] * w_shape[2] * w_shape[3] * out[0] * out[1]
    return threads.cut(n, products // (_PRODUCTS * compiled.SHARE))


def conv(x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Any:
    """The convolution of ``x`` (N, C, …) with ``w`` (O, C, …), plus ``bias``."""
    fast = pays(x, w.shape, stride, dilation, groups)
    if not fast or w.dtype != x.dtype or (bias is not None and bias.dtype != x.dtype):
        return None
    kernel, padding, dilation, sizes = _flat(w.shape[2:], padding, dilation, x.shape[2:])
    if len(stride) == 1:
        padding, dilation = (0, padding[1]), (1, dilation[1])
    o, c = w.shape[:2]
    padded = tuple(n + 2 * p for n, p in zip(sizes, padding))
    out = tuple(n - d * (k - 1) for n, k, d in zip(padded, kernel, dilation))
    start = numpy.zeros(o, x.dtype) if bias is None else numpy.array(bias)
    images = x.reshape(len(x), c, *sizes)
    if winograd.pays((o, c, *kernel), dilation, out):
        return winograd.conv(fast, images, w, start, padding, out)
    rows, shifts = _room((o, c, *kernel)), _shifts(c, padded, kernel, dilation)
    rows[:o, : c * kernel[0] * kernel[1]] = w.reshape(o, -1)
    made = numpy.empty((len(x), o, *out), x.dtype)
    parts = _parts(len(x), (o, c, *kernel), out)
    threads.share(lambda part: fast.conv(images, rows, start, shifts, made, padding, *part), parts)
    return made.reshape(len(x), o, *out[-len(stride) :])


def conv_input_grad(
    g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """The gradient of `conv` for x, given the output's: a convolution with the filters turned around."""
    if not pays(g, (w.shape[1], w.shape[0], *w.shape[2:]), stride, dilation, groups):
        return None
    padded = im2col.turned_padding(x_shape, w.shape, g.shape, stride, padding, dilation, groups)
    if padded is None:
        return None
    return conv(g, im2col.turned_around(numpy, w), None, stride, padded, dilation, 1)


def conv_weight_grad(
    g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """The gradient of `conv` for w, given the output's."""
    fast = pays(x, w_shape, stride, dilation, groups)
    if not fast or not compiled.kernels_for(x, g):
        return None
    kernel, padding, dilation, sizes, out = _flat(w_shape[2:], padding, dilation, x.shape[2:], g.shape[2:])
    if len(stride) == 1:
        padding, dilation = (0, padding[1]), (1, dilation[1])
    o, c = w_shape[:2]
    padded = tuple(n + 2 * p for n, p in zip(sizes, padding))
    if out != tuple(n - d * (k - 1) for n, k, d in zip(padded, kernel, dilation)):
        return None
    images, grads = x.reshape(len(x), c, *sizes), g.reshape(len(g), o, *out)
    if winograd.pays((o, c, *kernel), dilation, out):
        return winograd.conv_weight_grad(fast, grads, images, w_shape, padding)
    shifts = _shifts(c, padded, kernel, dilation)

    def work(part: threads.Part) -> numpy.ndarray:
        total = _room((o, c, *kernel))
        fast.conv_slope(grads, images, shifts, total, padding, *part)
        return total

    total, *others = threads.share(work, _parts(len(x), (o, c, *kernel), out))
    for other in others:
        total += other
    if not numpy.isfinite(total).all():  # ends of rows, whose gradient is 0, met something infinite there
        return None
    return total[:o, : c * kernel[0] * kernel[1]].reshape(w_shape)
