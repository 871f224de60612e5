"""The compiled kernels. Each works on the planes or numbers from ``start`` to ``stop``, so that threads can share the work.

They are the loops of `naive.py` and of the optimizers' formulas in another order, one pass over memory instead of several. Nothing
here may reorder sums or contract a product and a sum into one rounding: results are those of the NumPy forms.

Loops run from 0 over slices: only then does the compiler know that no index is negative, and uses the processor's wide registers.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy
from numba import float32, int64, void

from .kernels_conv import conv, conv_slope  # noqa: F401 - parts of the module of kernels
from .kernels_rnn import gru_slope, gru_step, lstm_slope, lstm_step  # noqa: F401
from .kernels_winograd import conv3, conv3_slope  # noqa: F401
from .special import _ERF_DOWN, _ERF_UP, ERF_IS_1

_kernel: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False, "error_model": "numpy"}
F1, F3 = float32[::1], float32[:, :, ::1]
PAIR = numba.types.UniTuple(int64, 2)


# ------------------------------------------------------------------------------------ convolution
@numba.njit(void(float32[:, :, :, :, ::1], F3, PAIR, PAIR, PAIR, int64, int64), **_kernel)
def add_up(columns: Any, gx: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int) -> None:
    """Windows (P, KH, KW, OH, OW) of planes (P, H, W): every number is added to the place that it came from (col2im)."""
    height, width = gx.shape[1:]
    _, kh, kw, oh, ow = columns.shape
    for plane in range(start, stop):
        gx[plane] = 0
        for a in range(kh):
            for b in range(kw):
                shift = b * dilation[1] - padding[1]
                first = max(0, -(shift // stride[1]))
                last = min(ow, max(first, (width - 1 - shift) // stride[1] + 1))
                count = last - first
                for i in range(oh):
                    y = i * stride[0] + a * dilation[0] - padding[0]
                    if y < 0 or y >= height or count == 0:
                        continue
                    to, source = gx[plane, y, first * stride[1] + shift :], columns[plane, a, b, i, first:last]
                    if stride[1] == 1:
                        for j in range(count):
                            to[j] += source[j]
                    else:
                        for j in range(count):
                            to[j * stride[1]] += source[j]


# ------------------------------------------------------------------------------------ pooling
@numba.njit(void(F3, F3, PAIR, PAIR, PAIR, PAIR, int64, int64), **_kernel)
def max_pool(x: Any, out: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int) -> None:
    """The largest number of each window; NaN where there is one."""
    height, width = x.shape[1:]
    inside = 2 * out.shape[1] <= height and 2 * out.shape[2] <= width
    if inside and kernel == (2, 2) and stride == (2, 2) and padding == (0, 0) and dilation == (1, 1):
        larger = numpy.empty(width, numpy.float32)  # of two rows
        for plane in range(start, stop):
            for i in range(out.shape[1]):
                above, below, row = x[plane, 2 * i], x[plane, 2 * i + 1], out[plane, i]
                for j in range(width):
                    larger[j] = below[j] if below[j] > above[j] or below[j] != below[j] else above[j]
                for j in range(len(row)):
                    p, q = larger[2 * j], larger[2 * j + 1]
                    row[j] = q if q > p or q != q else p
        return
    for plane in range(start, stop):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                best = float32(-numpy.inf)
                for a in range(kernel[0]):
                    y = i * stride[0] + a * dilation[0] - padding[0]
                    if y < 0 or y >= height:
                        continue
                    for b in range(kernel[1]):
                        z = j * stride[1] + b * dilation[1] - padding[1]
                        if 0 <= z < width:
                            v = x[plane, y, z]
                            if v > best or v != v:
                                best = v
                out[plane, i, j] = best


@numba.njit(void(F3, F3, F3, F3, PAIR, PAIR, PAIR, PAIR, int64, int64), **_kernel)
def max_pool_slope(
    g: Any, x: Any, out: Any, gx: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int
) -> None:
    """Each window's gradient goes to the first entry that is its maximum (the last NaN)."""
    zero = float32(0)
    height, width = x.shape[1:]
    whole = 2 * out.shape[1] == height and 2 * out.shape[2] == width
    if whole and kernel == (2, 2) and stride == (2, 2) and padding == (0, 0) and dilation == (1, 1):
        for plane in range(start, stop):
            for i in range(out.shape[1]):
                above, below, best, gs = x[plane, 2 * i], x[plane, 2 * i + 1], out[plane, i], g[plane, i]
                to, under = gx[plane, 2 * i], gx[plane, 2 * i + 1]
                for j in range(len(best)):  # each entry takes what those before it have left
                    v, d = best[j], gs[j]
                    p, q, r = above[2 * j] == v, above[2 * j + 1] == v, below[2 * j] == v
                    rest = zero if p else d
                    to[2 * j], to[2 * j + 1] = d if p else zero, rest if q else zero
                    rest = zero if q else rest
                    under[2 * j], under[2 * j + 1] = rest if r else zero, zero if r else rest
                for j in range(len(best)):
                    if best[j] != best[j]:  # the last NaN
                        p, q, r, s = above[2 * j], above[2 * j + 1], below[2 * j], below[2 * j + 1]
                        to[2 * j] = gs[j] if s == s and r == r and q == q else float32(0)
                        to[2 * j + 1] = gs[j] if s == s and r == r and q != q else float32(0)
                        under[2 * j] = gs[j] if s == s and r != r else float32(0)
                        under[2 * j + 1] = gs[j] if s != s else float32(0)
        return
    for plane in range(start, stop):
        gx[plane] = 0
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                best, at_y, at_x = out[plane, i, j], -1, -1
                for a in range(kernel[0]):
                    y = i * stride[0] + a * dilation[0] - padding[0]
                    if y < 0 or y >= height:
                        continue
                    for b in range(kernel[1]):
                        z = j * stride[1] + b * dilation[1] - padding[1]
                        if z < 0 or z >= width:
                            continue
                        v = x[plane, y, z]
                        if (v == best and at_y < 0) or v != v:
                            at_y, at_x = y, z
                if at_y >= 0:
                    gx[plane, at_y, at_x] += g[plane, i, j]


# ------------------------------------------------------------------------------------ pointwise
@numba.njit(void(F1, F1, F1, int64, int64), **_kernel)
def relu_slope(g: Any, out: Any, gx: Any, start: int, stop: int) -> None:
    """``g`` where ``out`` is not 0."""
    g, out, gx = g[start:stop], out[start:stop], gx[start:stop]
    for i in range(len(g)):
        gx[i] = g[i] if out[i] != 0 else float32(0)


_U0, _U1, _U2, _U3, _U4, _U5, _U6 = _ERF_UP
_D0, _D1, _D2, _D3, _D4, _D5, _D6 = _ERF_DOWN


@numba.njit(void(F1, F1, int64, int64), **_kernel)
def erf(x: Any, out: Any, start: int, stop: int) -> None:
    """The error function, in float64 as in `special.py`."""
    x, out = x[start:stop], out[start:stop]
    for i in range(len(x)):
        v = numpy.float64(x[i])
        c = min(max(v, -ERF_IS_1), ERF_IS_1)
        z = c * c
        up = (((((_U6 * z + _U5) * z + _U4) * z + _U3) * z + _U2) * z + _U1) * z + _U0
        down = (((((_D6 * z + _D5) * z + _D4) * z + _D3) * z + _D2) * z + _D1) * z + _D0
        inner = c * up / down
        out[i] = (1.0 if v > 0 else -1.0) if abs(v) > ERF_IS_1 else (inner if v == v else v)


# ------------------------------------------------------------------------------------ optimizers
@numba.njit(void(F1, F1, F1, float32, float32, float32, float32, int64, int64), **_kernel)
def sgd(p: Any, g: Any, b: Any, lr: Any, weight_decay: Any, momentum: Any, keep: Any, start: int, stop: int) -> None:
    """Gradient descent; with momentum unless ``b`` is empty."""
    p, g, b = p[start:stop], g[start:stop], b[start:stop]
    if len(b):
        for i in range(len(p)):
            step = g[i] if weight_decay == 0 else p[i] * weight_decay + g[i]
            b[i] = b[i] * momentum + (step if keep == 1 else step * keep)
            p[i] -= b[i] * lr
    else:
        for i in range(len(p)):
            step = g[i] if weight_decay == 0 else p[i] * weight_decay + g[i]
            p[i] -= step * lr


@numba.njit(
    void(F1, F1, F1, F1, float32, float32, float32, float32, float32, float32, float32, int64, int64), **_kernel
)
def adam(
    p: Any, g: Any, m: Any, v: Any, minus_step: Any, weight1: Any, beta2: Any, weight2: Any, eps: Any, weight_decay: Any,
    shrink: Any, start: int, stop: int,
) -> None:  # fmt: skip
    """Adam, the arithmetic of its NumPy kernel number by number."""
    p, g, m, v = p[start:stop], g[start:stop], m[start:stop], v[start:stop]
    for i in range(len(p)):
        q = p[i] * shrink
        step = g[i] if weight_decay == 0 else q * weight_decay + g[i]
        m[i] += (step - m[i]) * weight1
        v[i] = v[i] * beta2 + step * step * weight2
        size = numpy.sqrt(v[i]) + eps
        p[i] = q + m[i] * minus_step / size
