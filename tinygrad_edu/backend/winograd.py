"""Convolution with 3 × 3 filters by fewer multiplications (`kernels_winograd.py`): when it pays, and filters there and back.

What it saves grows with the product of channels and filters, what it costs with their sum.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

from . import compiled, threads

Array = Any
Sizes = tuple[int, ...]
FEWEST, MOST = 16, 64  # channels and filters: with more the matrix product of all windows is quicker
LEAST_TILES = 64  # in an image
FILTERS, ENTRIES = 3, 5  # that the loops of kernels_conv.py work on together
_ONE = numpy.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], numpy.float32)
_G = numpy.kron(_ONE, _ONE)  # nine numbers of a filter into sixteen
_PRODUCTS = 12  # as many products of two numbers take the time of one number elsewhere


def pays(w_shape: Sizes, dilation: Sizes, out: Sizes) -> bool:
    o, c = w_shape[:2]
    fits = w_shape[2:] == (3, 3) and set(dilation) == {1} and -(-out[0] // 2) * -(-out[1] // 2) >= LEAST_TILES
    return fits and FEWEST <= min(o, c) <= max(o, c) <= MOST


def room(filters: int, entries: int, *before: int) -> numpy.ndarray:
    """Zeros for filters, a row of entries each, filled up to what is worked on together."""
    return numpy.zeros((*before, filters + -filters % FILTERS, entries + -entries % ENTRIES), numpy.float32)


def _parts(n: int, o: int, c: int, out: Sizes) -> list[threads.Part]:
    return threads.cut(n, n * o * c * out[0] * out[1] // (_PRODUCTS * compiled.SHARE))


def conv(fast: Any, x: Array, w: Array, bias: Array, padding: Sizes, out: Sizes) -> Array | None:
    """The convolution; None where something infinite has spread over a tile."""
    o, c = w.shape[:2]
    u = room(o, c, 16)
    u[:, :o, :c] = threads.product(_G, w.reshape(o * c, 9).T).reshape(16, o, c)
    made = numpy.empty((len(x), o, *out), x.dtype)
    threads.share(lambda part: fast.conv3(x, u, bias, made, padding, *part), _parts(len(x), o, c, out))
    return made if math.isfinite(made.sum()) else None


def conv_weight_grad(fast: Any, g: Array, x: Array, w_shape: Sizes, padding: Sizes) -> Array | None:
    """The gradient of `conv` for w; None where something infinite has spread over a tile."""
    o, c = w_shape[:2]

    def work(part: threads.Part) -> numpy.ndarray:
        gu = room(o, c, 16)
        fast.conv3_slope(g, x, gu, padding, *part)
        return gu

    gu = threads.total(work, _parts(len(x), o, c, g.shape[2:]))
    gw = threads.product(_G.T, gu[:, :o, :c].reshape(16, o * c))
    return gw.T.reshape(w_shape) if numpy.isfinite(gw).all() else None
