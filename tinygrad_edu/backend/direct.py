"""Convolution without columns (`kernels_conv.py`): when it pays, and what its compiled kernels want to be handed.

A matrix product makes better use of the processor than these kernels, but it wants all windows copied first. With few filters there is
little to multiply for each number copied: then nothing is copied at all. Every function says None where the matrix product should do it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy

from . import compiled, im2col, threads, winograd
from .winograd import ENTRIES, FILTERS, room

Array = Any
Sizes = tuple[int, ...]
MOST_FILTERS = 64  # with more of them the matrix product is quicker
FEW_FILTERS = 16  # with up to these it pays for one thread alone
_PRODUCTS = 32  # as many products of two numbers take the time of one number elsewhere


class _Form(NamedTuple):
    """A convolution of images; signals are images of one row."""

    filters: tuple[int, int, int, int]  # O, C, KH, KW
    sizes: Sizes
    padding: Sizes
    dilation: Sizes
    padded: Sizes
    out: Sizes

    @property
    def entries(self) -> int:
        """Of a filter."""
        _, c, kh, kw = self.filters
        return c * kh * kw

    def parts(self, n: int) -> list[threads.Part]:
        """``n`` images in shares for the threads."""
        products = n * self.filters[0] * self.entries * self.out[0] * self.out[1]
        return threads.cut(n, products // (_PRODUCTS * compiled.SHARE))


@lru_cache(maxsize=256)
def _form(w: Sizes, sizes: Sizes, padding: Sizes, dilation: Sizes) -> _Form:
    if len(sizes) == 1:
        return _form((*w[:2], 1, w[2]), (1, *sizes), (0, *padding), (1, *dilation))
    o, c, kh, kw = w
    padded = tuple(n + 2 * p for n, p in zip(sizes, padding))
    out = tuple(n - d * (k - 1) for n, k, d in zip(padded, (kh, kw), dilation))
    return _Form((o, c, kh, kw), sizes, padding, dilation, padded, out)


@lru_cache(maxsize=256)
def _shifts(form: _Form) -> numpy.ndarray:
    """How far along the line each entry of a filter looks; what is added to the entries looks at the zeros behind it."""
    _, channels, kh, kw = form.filters
    plane, pitch = form.padded[0] * form.padded[1], form.padded[1]
    rows = (c * plane + a * form.dilation[0] * pitch for c in range(channels) for a in range(kh))
    shifts = [row + b * form.dilation[1] for row in rows for b in range(kw)]
    return numpy.array(shifts + [channels * plane] * (-len(shifts) % ENTRIES))


def pays(x: Array, w_shape: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Any:
    """The compiled kernels, where they are the quicker way to convolve ``x``; else None."""
    if groups != 1 or len(stride) > 2 or set(stride) != {1} or w_shape[0] < FILTERS:
        return None
    few = w_shape[0] <= (MOST_FILTERS if len(x) >= threads.count() > 1 else FEW_FILTERS)
    if not few and (len(stride) < 2 or not winograd.pays(w_shape, dilation, x.shape[2:])):
        return None
    return compiled.kernels_for(x)


def conv(x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Any:
    """The convolution of ``x`` (N, C, …) with ``w`` (O, C, …), plus ``bias``."""
    fast = pays(x, w.shape, stride, dilation, groups)
    if not fast or w.dtype != x.dtype or (bias is not None and bias.dtype != x.dtype):
        return None
    form = _form(w.shape, x.shape[2:], padding, dilation)
    o, c = form.filters[:2]
    start = numpy.zeros(o, x.dtype) if bias is None else numpy.array(bias)
    images = x.reshape(len(x), c, *form.sizes)
    if winograd.pays(form.filters, form.dilation, form.out):
        return winograd.conv(fast, images, w, start, form.padding, form.out)
    rows, shifts = room(o, form.entries), _shifts(form)
    rows[:o, : form.entries] = w.reshape(o, -1)
    made = numpy.empty((len(x), o, *form.out), x.dtype)
    threads.share(lambda part: fast.conv(images, rows, start, shifts, made, form.padding, *part), form.parts(len(x)))
    return made.reshape(len(x), o, *form.out[-len(stride) :])


def conv_input_grad(
    g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """The gradient of `conv` for x, given the output's: a convolution with the filters turned around."""
    if not pays(g, (w.shape[1], w.shape[0], *w.shape[2:]), stride, dilation, groups):
        return None
    padded = im2col.turned_padding(x_shape, w, g.shape, stride, padding, dilation, groups)
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
    form = _form(w_shape, x.shape[2:], padding, dilation)
    if g.shape[2:] != form.out[-len(stride) :]:
        return None
    o, c = form.filters[:2]
    images, grads = x.reshape(len(x), c, *form.sizes), g.reshape(len(g), o, *form.out)
    if winograd.pays(form.filters, form.dilation, form.out):
        return winograd.conv_weight_grad(fast, grads, images, w_shape, form.padding)
    shifts = _shifts(form)

    def work(part: threads.Part) -> numpy.ndarray:
        rows = room(o, form.entries)
        fast.conv_slope(grads, images, shifts, rows, form.padding, *part)
        return rows

    rows = threads.total(work, form.parts(len(x)))
    if not numpy.isfinite(rows).all():  # ends of rows, whose gradient is 0, met something infinite there
        return None
    return rows[:o, : form.entries].reshape(w_shape)
