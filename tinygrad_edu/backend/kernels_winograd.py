"""Convolution with 3 × 3 filters by fewer multiplications, compiled: Winograd's F(2 × 2, 3 × 3).

Two neighbouring outputs of a filter of three, ``y = (d0 w0 + d1 w1 + d2 w2, d1 w0 + d2 w1 + d3 w2)``, need four products, not six:

    m0 = (d0 - d2) w0,  m1 = (d1 + d2) (w0 + w1 + w2) / 2,  m2 = (d2 - d1) (w0 - w1 + w2) / 2,  m3 = (d1 - d3) w2
    y = (m0 + m1 + m2, m1 - m2 - m3)

In two dimensions it is 16 products, not 36, for a tile of 2 × 2 outputs, that is Y = Aᵀ [(G w Gᵀ) · (Bᵀ d B)] A. The sums over the channels
make 16 matrix products of them. (A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, 2016)
"""

from __future__ import annotations

from typing import Any

import numba
import numpy
from numba import float32, int64, void

from .kernels_conv import F1, F4, I1, PAIR, correlate, correlate_slope, lay_out

AT_A_TIME = 256  # tiles, about: what belongs to them stays in the processor's cache

_kernel: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False, "error_model": "numpy"}
F2, F3 = float32[:, ::1], float32[:, :, ::1]


@numba.njit(void(F1, int64, int64, int64, int64, F2, F2), **_kernel)
def tiles_of_input(line: Any, at: int, pitch: int, wide: int, to: int, rows: Any, v: Any) -> None:
    """Bᵀ d B of a row of tiles: four rows of a channel from ``line[at]`` on; the 16 numbers of a tile go to ``v[:, to + tile]``."""
    a, b, c, d = line[at:], line[at + pitch :], line[at + 2 * pitch :], line[at + 3 * pitch :]
    t0, t1, t2, t3 = rows[0], rows[1], rows[2], rows[3]
    for j in range(2 * wide + 2):
        t0[j], t1[j], t2[j], t3[j] = a[j] - c[j], b[j] + c[j], c[j] - b[j], b[j] - d[j]
    for k in range(4):
        t = rows[k]
        v0, v1, v2, v3 = v[4 * k, to:], v[4 * k + 1, to:], v[4 * k + 2, to:], v[4 * k + 3, to:]
        for j in range(wide):
            p, q, r, s = t[2 * j], t[2 * j + 1], t[2 * j + 2], t[2 * j + 3]
            v0[j], v1[j], v2[j], v3[j] = p - r, q + r, r - q, q - s


@numba.njit(void(F1, int64, int64, int64, int64, int64, F2, F2, I1), **_kernel)
def tiles_of_channels(
    line: Any, at: int, plane: int, pitch: int, wide: int, count: int, rows: Any, v: Any, shift: Any
) -> None:
    """``count`` rows of tiles of every channel, from ``line[at]`` on, one channel behind the other in ``v``; where each begins."""
    size = count * wide
    channels = v.shape[1] // size - 1
    for c in range(channels):
        shift[c] = c * size
        for i in range(count):
            tiles_of_input(line, at + c * plane + 2 * i * pitch, pitch, wide, c * size + i * wide, rows, v)
    v[:, channels * size :] = 0  # what channels are filled up with
    shift[channels:] = channels * size


@numba.njit(void(F3, int64, int64, int64, float32, F2, F2, int64), **_kernel)
def tiles_to_output(m: Any, o: int, at: int, wide: int, bias: float, rows: Any, out: Any, row: int) -> None:
    """Aᵀ m A of a row of tiles: ``m[:, o, at + tile]`` becomes 2 × 2 numbers of the plane ``out`` from ``row`` on."""
    m0, m1, m2, m3 = m[0, o, at:], m[1, o, at:], m[2, o, at:], m[3, o, at:]
    m4, m5, m6, m7 = m[4, o, at:], m[5, o, at:], m[6, o, at:], m[7, o, at:]
    m8, m9, ma, mb = m[8, o, at:], m[9, o, at:], m[10, o, at:], m[11, o, at:]
    mc, md, me, mf = m[12, o, at:], m[13, o, at:], m[14, o, at:], m[15, o, at:]
    upper, lower = rows[0], rows[1]
    for j in range(wide):
        s0, s1, s2, s3 = m0[j] + m4[j] + m8[j], m1[j] + m5[j] + m9[j], m2[j] + m6[j] + ma[j], m3[j] + m7[j] + mb[j]
        upper[2 * j], upper[2 * j + 1] = s0 + s1 + s2 + bias, s1 - s2 - s3 + bias
        s0, s1, s2, s3 = m4[j] - m8[j] - mc[j], m5[j] - m9[j] - md[j], m6[j] - ma[j] - me[j], m7[j] - mb[j] - mf[j]
        lower[2 * j], lower[2 * j + 1] = s0 + s1 + s2 + bias, s1 - s2 - s3 + bias
    for i in range(min(2, len(out) - row)):
        to, source = out[row + i], rows[i]
        for j in range(len(to)):
            to[j] = source[j]


@numba.njit(void(F2, int64, int64, F2, int64, int64, F3), **_kernel)
def tiles_of_gradient(g: Any, row: int, wide: int, rows: Any, o: int, at: int, v: Any) -> None:
    """A g Aᵀ of a row of tiles of the plane ``g``: 2 × 2 numbers become 16."""
    rows[:2] = 0
    for i in range(min(2, len(g) - row)):
        to, source = rows[i], g[row + i]
        for j in range(len(source)):
            to[j] = source[j]
    upper, lower = rows[0], rows[1]
    for k in range(4):
        up, down = (
            (float32(1), float32(1), float32(1), float32(0))[k],
            (float32(0), float32(1), float32(-1), float32(-1))[k],
        )
        v0, v1, v2, v3 = v[4 * k, o, at:], v[4 * k + 1, o, at:], v[4 * k + 2, o, at:], v[4 * k + 3, o, at:]
        for j in range(wide):
            p, q = up * upper[2 * j] + down * lower[2 * j], up * upper[2 * j + 1] + down * lower[2 * j + 1]
            v0[j], v1[j], v2[j], v3[j] = p, p + q, p - q, -q


@numba.njit(**_kernel)
def workshop(channels: int, lanes: Any, high: int, wide: int) -> Any:
    """How many rows of tiles are worked on at a time, and room for it: an image's line, rows, shifts, and the 16 parts of tiles."""
    pitch, rows = 2 * wide + 2, max(1, min(high, AT_A_TIME // wide))
    line, four = numpy.zeros(channels * (2 * high + 2) * pitch, numpy.float32), numpy.empty((4, pitch), numpy.float32)
    one = numpy.empty(16 * (channels + 1) * rows * wide, numpy.float32)
    other = numpy.empty(16 * lanes[1] * rows * wide, numpy.float32)
    return rows, line, four, numpy.empty(lanes[2], numpy.int64), one, other


@numba.njit(void(F4, F3, F1, F4, PAIR, int64, int64), **_kernel)
def conv3(x: Any, u: Any, bias: Any, out: Any, padding: Any, start: int, stop: int) -> None:
    """Filters ``u`` (16, O, C), transformed and filled up, over the images from ``start`` to ``stop``."""
    channels, filters = x.shape[1], out.shape[1]
    high, wide = (out.shape[2] + 1) // 2, (out.shape[3] + 1) // 2
    pitch = 2 * wide + 2
    plane = (2 * high + 2) * pitch
    rows, line, four, shift, one, other = workshop(channels, u.shape, high, wide)
    for n in range(start, stop):
        lay_out(x[n], line, padding, pitch, plane)
        for first in range(0, high, rows):
            count = min(rows, high - first)
            size = count * wide
            v = one[: 16 * (channels + 1) * size].reshape(16, (channels + 1) * size)
            m = other[: 16 * u.shape[1] * size].reshape(16, u.shape[1], size)
            m[...] = 0
            tiles_of_channels(line, 2 * first * pitch, plane, pitch, wide, count, four, v, shift)
            for k in range(16):
                correlate(v[k], shift, u[k], m[k])
            for o in range(filters):
                for i in range(count):
                    tiles_to_output(m, o, i * wide, wide, bias[o], four, out[n, o], 2 * (first + i))


@numba.njit(void(F4, F4, F3, PAIR, int64, int64), **_kernel)
def conv3_slope(g: Any, x: Any, gu: Any, padding: Any, start: int, stop: int) -> None:
    """Add to ``gu`` (16, O, C) what the images from ``start`` to ``stop`` say of the gradient of the transformed filters."""
    channels, filters = x.shape[1], g.shape[1]
    high, wide = (g.shape[2] + 1) // 2, (g.shape[3] + 1) // 2
    pitch = 2 * wide + 2
    plane = (2 * high + 2) * pitch
    rows, line, four, shift, one, other = workshop(channels, gu.shape, high, wide)
    for n in range(start, stop):
        lay_out(x[n], line, padding, pitch, plane)
        for first in range(0, high, rows):
            count = min(rows, high - first)
            size = count * wide
            v = one[: 16 * (channels + 1) * size].reshape(16, (channels + 1) * size)
            m = other[: 16 * gu.shape[1] * size].reshape(16, gu.shape[1], size)
            m[...] = 0
            tiles_of_channels(line, 2 * first * pitch, plane, pitch, wide, count, four, v, shift)
            for o in range(filters):
                for i in range(count):
                    tiles_of_gradient(g[n, o], 2 * (first + i), wide, four, o, i * wide, m)
            for k in range(16):
                correlate_slope(v[k], shift, m[k], gu[k])
