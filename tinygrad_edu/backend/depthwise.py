"""Convolution with a filter of its own for every channel: too little to multiply for a matrix product.

Every entry of the filters meets a shifted view of the images: ``out += w[entry] * x[shifted]``, some images at a time, so that they
stay in the processor's cache. All three functions go through the same pairs of entry and view.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy

from .columns import out_sizes

Array = Any
Sizes = tuple[int, ...]
_AT_A_TIME = 1 << 16  # numbers of the output


def fits(xp: Any, x_shape: Sizes, w_shape: Sizes, groups: int) -> bool:
    """Whether this is such a convolution."""
    return xp is numpy and groups == x_shape[1] == w_shape[0] > 1


def _views(x: Array, w_shape: Sizes, out: Sizes, stride: Sizes, dilation: Sizes) -> Iterator[tuple[Any, Array]]:
    """For every entry of a filter: its index in (C, 1, …), and what it meets of the padded images."""
    for at in itertools.product(*map(range, w_shape[2:])):
        where = (slice(i * d, i * d + s * (o - 1) + 1, s) for i, d, s, o in zip(at, dilation, stride, out))
        yield (slice(None), 0, *at), x[(..., *where)]


def _parts(n: int, out: Sizes) -> Iterator[slice]:
    step = max(1, _AT_A_TIME // max(1, math.prod(out)))
    return (slice(i, i + step) for i in range(0, n, step))


def _framed(x: Array, padding: Sizes) -> Array:
    return numpy.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding))) if any(padding) else x


def _factor(w: Array, entry: Any) -> Array:
    """An entry of all filters, to be multiplied with (N, C, …)."""
    return w[entry].reshape(-1, *(1,) * (w.ndim - 2))


def conv(x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    out = out_sizes(x.shape[2:], w.shape[2:], stride, padding, dilation)
    made = numpy.zeros((len(x), len(w), *out), x.dtype)
    for part in _parts(len(x), made.shape[1:]):
        product = numpy.empty_like(made[part])
        for entry, view in _views(_framed(x[part], padding), w.shape, out, stride, dilation):
            made[part] += numpy.multiply(view, _factor(w, entry), out=product)
    if bias is not None:
        made += bias.reshape(-1, *(1,) * len(out))
    return made


def conv_input_grad(g: Array, w: Array, sizes: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    gx = numpy.empty((len(g), len(w), *sizes), g.dtype)
    inside: tuple[Any, ...] = tuple(slice(p, p + n) for p, n in zip(padding, sizes))
    for part in _parts(len(g), g.shape[1:]):
        framed = numpy.zeros((*g[part].shape[:2], *(n + 2 * p for n, p in zip(sizes, padding))), g.dtype)
        product = numpy.empty_like(g[part])
        for entry, view in _views(framed, w.shape, g.shape[2:], stride, dilation):
            view += numpy.multiply(g[part], _factor(w, entry), out=product)
        gx[part] = framed[(..., *inside)]
    return gx


def conv_weight_grad(g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    gw = numpy.zeros(w_shape, g.dtype)
    others = (0, *range(2, g.ndim - 1))
    for part in _parts(len(g), g.shape[1:]):
        for entry, view in _views(_framed(x[part], padding), w_shape, g.shape[2:], stride, dilation):
            gw[entry] += numpy.einsum("...i,...i->...", view, g[part]).sum(others)
    return gw
