"""One step of GRU and LSTM, compiled: all that happens between two matrix products, in one pass over the rows.

Each has its twin on NumPy's arrays in `rnn.py`. The exponential function is a polynomial on [-ln 2 / 2, ln 2 / 2], times a power of two
that is put together from its bits, so that the processor's wide registers can be used: right to 1.3 units in the last place.
(W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980)
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy
from numba import float32, int32, void

_kernel: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False, "error_model": "numpy"}
F1, F2, I1 = float32[::1], float32[:, ::1], int32[::1]

_f: Any = float32
_PER_LN2 = _f(1 / math.log(2))
_LN2 = _f(355 / 512)  # exact in few bits, so that a small multiple of it is exact too
_REST = _f(math.log(2) - 355 / 512)
_E2, _E3, _E4, _E5, _E6, _E7 = (_f(1 / math.factorial(i)) for i in range(2, 8))
_T3, _T5, _T7, _T9, _T11, _T13 = (
    _f(t) for t in (-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075)
)
_SMALL = _f(0.45)  # where the series of tanh is right to the last place
_ONE, _HALF = _f(1), _f(0.5)


@numba.njit(void(F1, I1), **_kernel)
def exp(x: Any, bits: Any) -> None:
    """In place; ``bits`` is memory for the powers of two."""
    for i in range(len(x)):
        v = x[i]
        v = float32(-87) if v < float32(-87) else v
        v = float32(89) if v > float32(89) else v  # infinity
        n = numpy.floor(v * _PER_LN2 + _HALF)
        r = v - n * _LN2 - n * _REST
        x[i] = ((((((_E7 * r + _E6) * r + _E5) * r + _E4) * r + _E3) * r + _E2) * r * r + r) + _ONE
        bits[i] = (int32(n) + int32(127)) << int32(23)
    powers = bits.view(numpy.float32)
    for i in range(len(x)):
        x[i] *= powers[i]


@numba.njit(void(F1, F1, I1), **_kernel)
def sigmoid(x: Any, e: Any, bits: Any) -> None:
    """In place: ``1 / (1 + exp(-x))``."""
    for i in range(len(x)):
        e[i] = -x[i]
    exp(e[: len(x)], bits)
    for i in range(len(x)):
        x[i] = _ONE / (e[i] + _ONE)


@numba.njit(void(F1, F1, I1), **_kernel)
def tanh(x: Any, e: Any, bits: Any) -> None:
    """In place: ``1 - 2 / (exp(2 x) + 1)``, and near 0 the series, since there the difference loses digits."""
    for i in range(len(x)):
        e[i] = abs(x[i]) + abs(x[i])
    exp(e[: len(x)], bits)
    for i in range(len(x)):
        v = x[i]
        z = v * v
        far = _ONE - (_ONE + _ONE) / (e[i] + _ONE)
        far = -far if v < 0 else far
        near = ((((((_T13 * z + _T11) * z + _T9) * z + _T7) * z + _T5) * z + _T3) * z) * v + v
        x[i] = near if abs(v) < _SMALL else far


# ------------------------------------------------------------------------------------ GRU
@numba.njit(void(F2, F2, F1, F2, F2, F2), **_kernel)
def gru_step(gates: Any, by_hidden: Any, bias: Any, before: Any, inner: Any, out: Any) -> None:
    """The inputs' share of ``gates`` becomes r, z, n; the hidden share of n goes to ``inner``, the new state to ``out``."""
    width = out.shape[1]
    e, bits = numpy.empty(2 * width, numpy.float32), numpy.empty(2 * width, numpy.int32)
    for row in range(len(out)):
        g, b, old, hidden, h = gates[row], by_hidden[row], before[row], inner[row], out[row]
        rz, new, b_new = g[: 2 * width], g[2 * width :], b[2 * width :]
        r, z = g[:width], g[width : 2 * width]
        for j in range(2 * width):
            rz[j] += b[j]
        sigmoid(rz, e, bits)
        for j in range(width):
            hidden[j] = b_new[j] + bias[j]
            new[j] += r[j] * hidden[j]
        tanh(new, e, bits)
        for j in range(width):
            h[j] = (old[j] - new[j]) * z[j] + new[j]


@numba.njit(void(F2, F2, F2, F2, F2, F2, F2), **_kernel)
def gru_slope(d: Any, gates: Any, inner: Any, before: Any, g_out: Any, by_input: Any, by_hidden: Any) -> None:
    """The gradients of one step's gates from that of its state, ``d``, of which the share that goes by z is left."""
    width = d.shape[1]
    for row in range(len(d)):
        dh, g, hidden, old, above = d[row], gates[row], inner[row], before[row], g_out[row]
        r, z, new = g[:width], g[width : 2 * width], g[2 * width :]
        x_r, x_z, x_n = by_input[row, :width], by_input[row, width : 2 * width], by_input[row, 2 * width :]
        h_r, h_z, h_n = by_hidden[row, :width], by_hidden[row, width : 2 * width], by_hidden[row, 2 * width :]
        for j in range(width):
            t = dh[j] + above[j]
            d_new = t * ((_ONE - z[j]) * (_ONE - new[j] * new[j]))
            d_reset = d_new * (hidden[j] * r[j] * (_ONE - r[j]))
            d_update = t * ((old[j] - new[j]) * z[j] * (_ONE - z[j]))
            x_r[j], x_z[j], x_n[j] = d_reset, d_update, d_new
            h_r[j], h_z[j], h_n[j] = d_reset, d_update, d_new * r[j]
            dh[j] = t * z[j]


# ------------------------------------------------------------------------------------ LSTM
@numba.njit(void(F2, F2, F2, F2, F2), **_kernel)
def lstm_step(gates: Any, by_hidden: Any, cells: Any, flat: Any, out: Any) -> None:
    """The inputs' share of ``gates`` becomes i, f, g, o; ``cells`` the new cells; ``flat`` is their tanh and ``out`` the state."""
    width = out.shape[1]
    e, bits = numpy.empty(2 * width, numpy.float32), numpy.empty(2 * width, numpy.int32)
    for row in range(len(out)):
        every, b, c, s, h = gates[row], by_hidden[row], cells[row], flat[row], out[row]
        i, f, g, o = every[:width], every[width : 2 * width], every[2 * width : 3 * width], every[3 * width :]
        for j in range(4 * width):
            every[j] += b[j]
        sigmoid(every[: 2 * width], e, bits)
        tanh(g, e, bits)
        sigmoid(o, e, bits)
        for j in range(width):
            c[j] = c[j] * f[j] + i[j] * g[j]
            s[j] = c[j]
        tanh(s, e, bits)
        for j in range(width):
            h[j] = o[j] * s[j]


@numba.njit(void(F2, F2, F2, F2, F2, F2, F2), **_kernel)
def lstm_slope(dh: Any, dc: Any, gates: Any, flat: Any, cells: Any, g_out: Any, d: Any) -> None:
    """The gradients of one step's gates from those of its state, ``dh``, and its cells, ``dc``, of which the share by f is left."""
    width = dh.shape[1]
    for row in range(len(dh)):
        every, s, c, above, left, right = gates[row], flat[row], cells[row], g_out[row], dh[row], dc[row]
        i, f, g, o = every[:width], every[width : 2 * width], every[2 * width : 3 * width], every[3 * width :]
        d_i, d_f = d[row, :width], d[row, width : 2 * width]
        d_g, d_o = d[row, 2 * width : 3 * width], d[row, 3 * width :]
        for j in range(width):
            t = left[j] + above[j]
            u = right[j] + t * (o[j] * (_ONE - s[j] * s[j]))
            d_i[j] = u * (g[j] * i[j] * (_ONE - i[j]))
            d_f[j] = u * (c[j] * f[j] * (_ONE - f[j]))
            d_g[j] = u * (i[j] * (_ONE - g[j] * g[j]))
            d_o[j] = t * (s[j] * o[j] * (_ONE - o[j]))
            right[j] = u * f[j]
