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
_TOGETHER = (3, 5)  # filters and channels that the kernels work on together
_ONE = numpy.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], numpy.float32)
_G = numpy.kron(_ONE, _ONE)  # nine numbers of a filter into sixteen
_PRODUCTS = 12  # as many products of two numbers take the time of one number elsewhere


def pays(w_shape: Sizes, dilation: Sizes, out: Sizes) -> bool:
    o, c = w_shape[:2]
    fits = w_shape[2:] == (3, 3) and set(dilation) == {1} and -(-out[0] // 2) * -(-out[1] // 2) >= LEAST_TILES
    return fits and FEWEST <= min(o, c) <= max(o, c) <= MOST


def _room(o: int, c: int) -> numpy.ndarray:
    return numpy.zeros((16, o + -o % _TOGETHER[0], c + -c % _TOGETHER[1]), numpy.float32)


def _parts(n: int, o: int, c: int, out: Sizes) -> list[threads.Part]:
    return threads.cut(n, n * o * c * out[0] * out[1] // (_PRODUCTS * compiled.SHARE))


def conv(fast: Any, x: Array, w: Array, bias: Array, padding: Sizes, out: Sizes) -> Array | None:
    """The convolution; None where something infinite has spread over a tile."""
    o, c = w.shape[:2]
    u = _room(o, c)
    u[:, :o, :c] = threads.product(_G, w.reshape(o * c, 9).T).reshape(16, o, c)
    made = numpy.empty((len(x), o, *out), x.dtype)
    threads.share(lambda part: fast.conv3(x, u, bias, made, padding, *part), _parts(len(x), o, c, out))
    return made if math.isfinite(made.sum()) else None


def conv_weight_grad(fast: Any, g: Array, x: Array, w_shape: Sizes, padding: Sizes) -> Array | None:
    """The gradient of `conv` for w; None where something infinite has spread over a tile."""
    o, c = w_shape[:2]

    def work(part: threads.Part) -> numpy.ndarray:
        total = _room(o, c)
        fast.conv3_slope(g, x, total, padding, *part)
        return total

    total, *others = threads.share(work, _parts(len(x), o, c, g.shape[2:]))
    for other in others:
        total += other
    gw = threads.product(_G.T, total[:, :o, :c].reshape(16, o * c))
    return gw.T.reshape(w_shape) if numpy.isfinite(gw).all() else None
