"""Convolution without columns, compiled: for few filters a matrix product does not pay what copying all windows costs.

Written row after row, a padded image is one long line. So is the output, if each of its rows is given as many places as a row of the
padded image: then the entry (a, b) of a filter meets the whole line at once, shifted by ``a * pitch + b``. The places at the ends of
the rows, where windows would wrap around, are worked out and left behind.

    out[o, p] = Σ_t  w[o, t] * line[p + shift[t]]          t: every (channel, a, b); p: every place of the output's lines

Three filters and five entries at a time stay in the processor's registers, so filters come in threes and entries in fives; what is
added for that is 0 and meets the zeros behind the line.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy
from numba import float32, int64, void

CHUNK = 2048  # places at a time: what three filters need of them stays in the nearest cache

_kernel: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False, "error_model": "numpy"}
F1, F2, F4, I1 = float32[::1], float32[:, ::1], float32[:, :, :, ::1], int64[::1]
PAIR = numba.types.UniTuple(int64, 2)


@numba.njit(void(float32[:, :, ::1], F1, PAIR, int64, int64), **_kernel)
def lay_out(image: Any, line: Any, padding: Any, pitch: Any, plane: Any) -> None:
    """An image (C, H, W) as the inner part of a line of zeros, rows ``pitch`` apart and channels ``plane``."""
    channels, height, width = image.shape
    for c in range(channels):
        for i in range(height):
            to, row = line[c * plane + (i + padding[0]) * pitch + padding[1] :], image[c, i]
            for j in range(width):
                to[j] = row[j]


@numba.njit(void(F1, I1, F2, F2), fastmath={"contract"}, **_kernel)
def correlate(line: Any, shift: Any, w: Any, out: Any) -> None:
    """``out[o, p] += Σ_t w[o, t] * line[p + shift[t]]``."""
    for low in range(0, out.shape[1], CHUNK):
        high = min(low + CHUNK, out.shape[1])
        for o in range(0, len(w), 3):
            y0, y1, y2 = out[o, low:high], out[o + 1, low:high], out[o + 2, low:high]
            for t in range(0, len(shift), 5):
                a0, a1, a2, a3, a4 = w[o, t], w[o, t + 1], w[o, t + 2], w[o, t + 3], w[o, t + 4]
                b0, b1, b2, b3, b4 = w[o + 1, t], w[o + 1, t + 1], w[o + 1, t + 2], w[o + 1, t + 3], w[o + 1, t + 4]
                c0, c1, c2, c3, c4 = w[o + 2, t], w[o + 2, t + 1], w[o + 2, t + 2], w[o + 2, t + 3], w[o + 2, t + 4]
                x0, x1, x2 = line[low + shift[t] :], line[low + shift[t + 1] :], line[low + shift[t + 2] :]
                x3, x4 = line[low + shift[t + 3] :], line[low + shift[t + 4] :]
                for p in range(high - low):
                    u0, u1, u2, u3, u4 = x0[p], x1[p], x2[p], x3[p], x4[p]
                    y0[p] += a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3 + a4 * u4
                    y1[p] += b0 * u0 + b1 * u1 + b2 * u2 + b3 * u3 + b4 * u4
                    y2[p] += c0 * u0 + c1 * u1 + c2 * u2 + c3 * u3 + c4 * u4


@numba.njit(void(F1, I1, F2, F2), fastmath={"contract", "reassoc"}, **_kernel)
def correlate_slope(line: Any, shift: Any, g: Any, gw: Any) -> None:
    """``gw[o, t] += Σ_p g[o, p] * line[p + shift[t]]``: the sums are free to be taken in any order."""
    zero = float32(0)
    for low in range(0, g.shape[1], CHUNK):
        high = min(low + CHUNK, g.shape[1])
        for o in range(0, len(gw), 3):
            y0, y1, y2 = g[o, low:high], g[o + 1, low:high], g[o + 2, low:high]
            for t in range(0, len(shift), 5):
                a0, a1, a2, a3, a4 = zero, zero, zero, zero, zero
                b0, b1, b2, b3, b4 = zero, zero, zero, zero, zero
                c0, c1, c2, c3, c4 = zero, zero, zero, zero, zero
                x0, x1, x2 = line[low + shift[t] :], line[low + shift[t + 1] :], line[low + shift[t + 2] :]
                x3, x4 = line[low + shift[t + 3] :], line[low + shift[t + 4] :]
                for p in range(high - low):
                    u0, u1, u2, u3, u4 = x0[p], x1[p], x2[p], x3[p], x4[p]
                    v0, v1, v2 = y0[p], y1[p], y2[p]
                    a0, a1, a2, a3, a4 = a0 + v0 * u0, a1 + v0 * u1, a2 + v0 * u2, a3 + v0 * u3, a4 + v0 * u4
                    b0, b1, b2, b3, b4 = b0 + v1 * u0, b1 + v1 * u1, b2 + v1 * u2, b3 + v1 * u3, b4 + v1 * u4
                    c0, c1, c2, c3, c4 = c0 + v2 * u0, c1 + v2 * u1, c2 + v2 * u2, c3 + v2 * u3, c4 + v2 * u4
                for i, s in enumerate((a0, a1, a2, a3, a4)):
                    gw[o, t + i] += s
                for i, s in enumerate((b0, b1, b2, b3, b4)):
                    gw[o + 1, t + i] += s
                for i, s in enumerate((c0, c1, c2, c3, c4)):
                    gw[o + 2, t + i] += s


@numba.njit(void(F4, F2, F1, I1, F4, PAIR, int64, int64), **_kernel)
def conv(x: Any, w: Any, bias: Any, shift: Any, out: Any, padding: Any, start: int, stop: int) -> None:
    """Filters ``w``, laid out for `correlate`, over the images from ``start`` to ``stop``."""
    _, c, h, pitch = x.shape
    pitch += 2 * padding[1]
    _, o, oh, ow = out.shape
    count = (oh - 1) * pitch + ow
    line = numpy.zeros(c * (h + 2 * padding[0]) * pitch + count, numpy.float32)
    lines = numpy.empty((len(w), count), numpy.float32)
    for n in range(start, stop):
        lay_out(x[n], line, padding, pitch, (h + 2 * padding[0]) * pitch)
        for f in range(o):
            row = lines[f]
            for p in range(count):
                row[p] = bias[f]
        correlate(line, shift, w, lines)
        for f in range(o):
            for i in range(oh):
                to, row = out[n, f, i], lines[f, i * pitch :]
                for j in range(ow):
                    to[j] = row[j]


@numba.njit(void(F4, F4, I1, F2, PAIR, int64, int64), **_kernel)
def conv_slope(g: Any, x: Any, shift: Any, gw: Any, padding: Any, start: int, stop: int) -> None:
    """Add to ``gw`` what the images from ``start`` to ``stop`` say of the gradient of the filters."""
    _, c, h, pitch = x.shape
    pitch += 2 * padding[1]
    _, o, oh, ow = g.shape
    count = (oh - 1) * pitch + ow
    line = numpy.zeros(c * (h + 2 * padding[0]) * pitch + count, numpy.float32)
    lines = numpy.zeros((len(gw), count), numpy.float32)
    for n in range(start, stop):
        lay_out(x[n], line, padding, pitch, (h + 2 * padding[0]) * pitch)
        for f in range(o):
            for i in range(oh):
                to, row = lines[f, i * pitch :], g[n, f, i]
                for j in range(ow):
                    to[j] = row[j]
        correlate_slope(line, shift, lines, gw)
