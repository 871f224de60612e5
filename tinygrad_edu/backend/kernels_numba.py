"""The compiled kernels. Each works on the planes or numbers from ``start`` to ``stop``, so that threads can share the work.

They are the loops of `naive.py` and of the optimizers' formulas in another order, one pass over memory instead of several. Nothing
here may reorder sums or contract a product and a sum into one rounding: results are those of the NumPy forms.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy
from numba import float32, int64, void

_kernel = {"cache": True, "nogil": True, "boundscheck": False}
F1, F3 = float32[::1], float32[:, :, ::1]
PAIR = numba.types.UniTuple(int64, 2)


# ------------------------------------------------------------------------------------ convolution
@numba.njit(void(F3, float32[:, :, :, :, ::1], PAIR, PAIR, PAIR, int64, int64), **_kernel)
def columns(x: Any, made: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int) -> None:
    """Planes (P, H, W) laid out as windows (P, KH, KW, OH, OW), zero where a window reaches over the edge."""
    height, width = x.shape[1:]
    _, kh, kw, oh, ow = made.shape
    for plane in range(start, stop):
        for a in range(kh):
            for b in range(kw):
                shift = b * dilation[1] - padding[1]
                first = max(0, -(shift // stride[1]))
                last = min(ow, max(first, (width - 1 - shift) // stride[1] + 1))
                for i in range(oh):
                    y = i * stride[0] + a * dilation[0] - padding[0]
                    row = made[plane, a, b, i]
                    if y < 0 or y >= height:
                        row[:] = 0
                        continue
                    row[:first] = 0
                    row[last:] = 0
                    if stride[1] == 1:
                        for j in range(first, last):
                            row[j] = x[plane, y, j + shift]
                    else:
                        for j in range(first, last):
                            row[j] = x[plane, y, j * stride[1] + shift]


@numba.njit(void(float32[:, :, :, :, ::1], F3, PAIR, PAIR, PAIR, int64, int64), **_kernel)
def add_up(columns: Any, gx: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int) -> None:
    """The reverse of `columns`: every number is added to the place that it came from."""
    height, width = gx.shape[1:]
    _, kh, kw, oh, ow = columns.shape
    for plane in range(start, stop):
        gx[plane] = 0
        for a in range(kh):
            for b in range(kw):
                shift = b * dilation[1] - padding[1]
                first = max(0, -(shift // stride[1]))
                last = min(ow, max(first, (width - 1 - shift) // stride[1] + 1))
                for i in range(oh):
                    y = i * stride[0] + a * dilation[0] - padding[0]
                    if y < 0 or y >= height:
                        continue
                    if stride[1] == 1:
                        for j in range(first, last):
                            gx[plane, y, j + shift] += columns[plane, a, b, i, j]
                    else:
                        for j in range(first, last):
                            gx[plane, y, j * stride[1] + shift] += columns[plane, a, b, i, j]


# ------------------------------------------------------------------------------------ pooling
@numba.njit(void(F3, F3, PAIR, PAIR, PAIR, PAIR, int64, int64), **_kernel)
def max_pool(x: Any, out: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, start: int, stop: int) -> None:
    """The largest number of each window; NaN where there is one."""
    height, width = x.shape[1:]
    inside = 2 * out.shape[1] <= height and 2 * out.shape[2] <= width
    if inside and kernel == (2, 2) and stride == (2, 2) and padding == (0, 0) and dilation == (1, 1):
        for plane in range(start, stop):
            for i in range(out.shape[1]):
                for j in range(out.shape[2]):
                    p, q = x[plane, 2 * i, 2 * j], x[plane, 2 * i, 2 * j + 1]
                    r, s = x[plane, 2 * i + 1, 2 * j], x[plane, 2 * i + 1, 2 * j + 1]
                    top = q if q > p or q != q else p
                    low = s if s > r or s != s else r
                    out[plane, i, j] = low if low > top or low != low else top
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
    height, width = x.shape[1:]
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
    for i in range(start, stop):
        gx[i] = g[i] if out[i] != 0 else float32(0)


# ------------------------------------------------------------------------------------ optimizers
@numba.njit(void(F1, F1, F1, float32, float32, float32, float32, int64, int64), **_kernel)
def sgd(
    p: Any, g: Any, b: Any, lr: Any, weight_decay: Any, momentum: Any, keep: Any, start: int, stop: int
) -> None:
    """Gradient descent; with momentum unless ``b`` is empty."""
    if len(b):
        for i in range(start, stop):
            step = g[i] if weight_decay == 0 else p[i] * weight_decay + g[i]
            b[i] = b[i] * momentum + (step if keep == 1 else step * keep)
            p[i] -= b[i] * lr
    else:
        for i in range(start, stop):
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
    for i in range(start, stop):
        q = p[i] * shrink
        step = g[i] if weight_decay == 0 else q * weight_decay + g[i]
        m[i] += (step - m[i]) * weight1
        v[i] = v[i] * beta2 + step * step * weight2
        size = numpy.sqrt(v[i]) + eps
        p[i] = q + m[i] * minus_step / size
