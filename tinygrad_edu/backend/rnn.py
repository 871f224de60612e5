"""Recurrent layers over a whole sequence, on raw arrays.

Sequences lie step after step in one array of rows: first all rows of step 0, then those of step 1, … ``sizes`` says how many rows
each step has; shorter sequences come last and drop out first, so step t's rows are the first ``sizes[t]`` of the batch. All that
does not depend on the step before – the product with the input, the factors of the derivatives – is done once for all rows; the
loop over the steps does only one small product and a few lines of arithmetic (for GRU and LSTM in one pass where there are compiled
kernels, `kernels_rnn.py`).

Each cell is a forward, which also returns what backward needs, and a backward, which gives the gradients of the tensors
``(x, h0, …, w_ih, w_hh[, b_ih, b_hh])`` in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from . import compiled

Array = Any


def _steps(sizes: list[int], reverse: bool) -> Iterator[tuple[int, slice]]:
    """(rows, where they lie) of every step, in the order in which they are run."""
    ends, total = [], 0
    for n in sizes:
        total += n
        ends.append(total)
    order = range(len(sizes) - 1, -1, -1) if reverse else range(len(sizes))
    for t in order:
        yield sizes[t], slice(ends[t] - sizes[t], ends[t])


def _sigmoid(xp: Any, x: Array) -> None:
    """In place: ``1 / (1 + exp(-x))``."""
    x *= -1  # NumPy 2.4's `negative` is wrong in place on a column of four or eight, with AVX-512
    xp.exp(x, out=x)
    x += 1
    xp.reciprocal(x, out=x)


def _projected(x: Array, weights: list[Array]) -> Array:
    """The inputs' share of all gates at once, biases included."""
    w_ih, _, *biases = weights
    gates = x @ w_ih.T
    if biases:
        gates += biases[0]
    return gates


def _weight_grads(x: Array, previous: Array, by_input: Array, by_hidden: Array, weights: list[Array]) -> list[Array]:
    """Gradients of (w_ih, w_hh[, b_ih, b_hh]) from those of the gates."""
    grads = [by_input.T @ x, by_hidden.T @ previous]
    if len(weights) > 2:
        grads += [by_input.sum(axis=0), by_hidden.sum(axis=0)]
    return grads


# ------------------------------------------------------------------------------------ h = tanh(...) or relu(...)
def rnn(xp: Any, tensors: list[Array], sizes: list[int], reverse: bool, relu: bool) -> tuple[Array, ...]:
    """Outputs (rows, H), the last hidden state (N, H), and the hidden state before each row."""
    x, h0, *weights = tensors
    gates = _projected(x, weights)
    if len(weights) > 2:
        gates += weights[3]
    w = xp.ascontiguousarray(weights[1].T)
    h, out, previous = h0.copy(), xp.empty((len(x), h0.shape[1]), x.dtype), xp.empty((len(x), h0.shape[1]), x.dtype)
    for n, rows in _steps(sizes, reverse):
        previous[rows] = h[:n]
        z = out[rows]
        xp.matmul(h[:n], w, out=z)
        z += gates[rows]
        if relu:
            xp.maximum(z, z.dtype.type(0), out=z)
        else:
            xp.tanh(z, out=z)
        h[:n] = z
    return out, h, previous


def rnn_grad(
    xp: Any, g_out: Array, g_h: Array, tensors: list[Array], out: Array, previous: Array, sizes: list[int], reverse: bool,
    relu: bool,
) -> list[Array]:  # fmt: skip
    x, _, *weights = tensors
    factor = (out > 0).astype(out.dtype) if relu else 1 - out * out
    d, dh = xp.empty(out.shape, out.dtype), g_h.copy()
    for n, rows in reversed(list(_steps(sizes, reverse))):
        step = d[rows]
        xp.add(g_out[rows], dh[:n], out=step)
        step *= factor[rows]
        dh[:n] = step @ weights[1]
    return [d @ weights[0], dh, *_weight_grads(x, previous, d, d, weights)]


# ------------------------------------------------------------------------------------ GRU
def gru(xp: Any, tensors: list[Array], sizes: list[int], reverse: bool) -> tuple[Array, ...]:
    """Outputs, the last hidden state; then for backward: gates r, z, n; the hidden share of n; the state before each row."""
    x, h0, *weights = tensors
    width = h0.shape[1]
    gates = _projected(x, weights)
    bias = xp.zeros(width, x.dtype)
    if len(weights) > 2:
        gates[:, : 2 * width] += weights[3][: 2 * width]
        bias = weights[3][2 * width :]
    w = xp.ascontiguousarray(weights[1].T)
    h = h0.copy()
    out, inner, previous = (xp.empty((len(x), width), x.dtype) for _ in range(3))
    fast = compiled.kernels_for(gates, bias)
    cell = fast.gru_step if fast else partial(_gru_step, xp)
    for n, rows in _steps(sizes, reverse):
        before = previous[rows]
        before[...] = h[:n]
        cell(gates[rows], before @ w, bias, before, inner[rows], out[rows])
        h[:n] = out[rows]
    return out, h, gates, inner, previous


def _gru_step(xp: Any, gates: Array, by_hidden: Array, bias: Array, before: Array, inner: Array, out: Array) -> None:
    """The inputs' share of ``gates`` becomes r, z, n; the hidden share of n goes to ``inner``, the new state to ``out``."""
    width = out.shape[1]
    rz, new = gates[:, : 2 * width], gates[:, 2 * width :]
    rz += by_hidden[:, : 2 * width]
    _sigmoid(xp, rz)
    xp.add(by_hidden[:, 2 * width :], bias, out=inner)
    new += gates[:, :width] * inner
    xp.tanh(new, out=new)
    xp.subtract(before, new, out=out)
    out *= gates[:, width : 2 * width]
    out += new


def gru_grad(
    xp: Any, g_out: Array, g_h: Array, tensors: list[Array], gates: Array, inner: Array, previous: Array, sizes: list[int],
    reverse: bool,
) -> list[Array]:  # fmt: skip
    x, _, *weights = tensors
    by_input, by_hidden = xp.empty(gates.shape, x.dtype), xp.empty(gates.shape, x.dtype)
    dh, g_out = g_h.copy(), xp.ascontiguousarray(g_out)
    fast = compiled.kernels_for(gates, g_out)
    parts: tuple[Array, ...]
    if fast:
        cell, parts = fast.gru_slope, (gates, inner, previous, g_out, by_input, by_hidden)
    else:
        width = inner.shape[1]
        r, z, new = gates[:, :width], gates[:, width : 2 * width], gates[:, 2 * width :]
        factors = (1 - z) * (1 - new * new), inner * r * (1 - r), (previous - new) * z * (1 - z)
        cell, parts = partial(_gru_slope, xp), (*factors, r, z, g_out, by_input, by_hidden)
    for n, rows in reversed(list(_steps(sizes, reverse))):
        d = dh[:n]
        cell(d, *[part[rows] for part in parts])
        d += by_hidden[rows] @ weights[1]
    return [by_input @ weights[0], dh, *_weight_grads(x, previous, by_input, by_hidden, weights)]


def _gru_slope(
    xp: Any, d: Array, by_new: Array, by_reset: Array, by_update: Array, r: Array, z: Array, g_out: Array, by_input: Array,
    by_hidden: Array,
) -> None:  # fmt: skip
    """The gradients of one step's gates from that of its state, ``d``, of which the share that goes by z is left."""
    width = d.shape[1]
    d += g_out
    d_new = by_input[:, 2 * width :]
    xp.multiply(d, by_new, out=d_new)
    xp.multiply(d_new, by_reset, out=by_hidden[:, :width])
    xp.multiply(d, by_update, out=by_hidden[:, width : 2 * width])
    by_input[:, : 2 * width] = by_hidden[:, : 2 * width]
    xp.multiply(d_new, r, out=by_hidden[:, 2 * width :])
    d *= z


# ------------------------------------------------------------------------------------ LSTM
def lstm(xp: Any, tensors: list[Array], sizes: list[int], reverse: bool) -> tuple[Array, ...]:
    """Outputs, the last hidden and cell states; then for backward: gates i, f, g, o; tanh(c); states before each row."""
    x, h0, c0, *weights = tensors
    width = c0.shape[1]
    gates = _projected(x, weights)
    if len(weights) > 2:
        gates += weights[3]
    w = xp.ascontiguousarray(weights[1].T)
    h, c = h0.copy(), c0.copy()
    out, squashed, previous, cells = (xp.empty((len(x), width), x.dtype) for _ in range(4))
    fast = compiled.kernels_for(gates, c)
    cell = fast.lstm_step if fast else partial(_lstm_step, xp)
    for n, rows in _steps(sizes, reverse):
        previous[rows] = h[:n]
        cells[rows] = c[:n]
        cell(gates[rows], previous[rows] @ w, c[:n], squashed[rows], out[rows])
        h[:n] = out[rows]
    return out, h, c, gates, squashed, previous, cells


def _lstm_step(xp: Any, gates: Array, by_hidden: Array, cells: Array, flat: Array, out: Array) -> None:
    """The inputs' share of ``gates`` becomes i, f, g, o; ``cells`` the new cells; ``flat`` is their tanh and ``out`` the state."""
    width = out.shape[1]
    gates += by_hidden
    _sigmoid(xp, gates[:, : 2 * width])
    xp.tanh(gates[:, 2 * width : 3 * width], out=gates[:, 2 * width : 3 * width])
    _sigmoid(xp, gates[:, 3 * width :])
    cells *= gates[:, width : 2 * width]
    cells += gates[:, :width] * gates[:, 2 * width : 3 * width]
    xp.tanh(cells, out=flat)
    xp.multiply(gates[:, 3 * width :], flat, out=out)


def lstm_grad(
    xp: Any, g_out: Array, g_h: Array, g_c: Array, tensors: list[Array], gates: Array, squashed: Array, previous: Array,
    cells: Array, sizes: list[int], reverse: bool,
) -> list[Array]:  # fmt: skip
    x, _, _, *weights = tensors
    d = xp.empty(gates.shape, x.dtype)
    dh, dc, g_out = g_h.copy(), g_c.copy(), xp.ascontiguousarray(g_out)
    fast = compiled.kernels_for(gates, g_out)
    parts: tuple[Array, ...]
    if fast:
        cell, parts = fast.lstm_slope, (gates, squashed, cells, g_out, d)
    else:
        width = squashed.shape[1]
        i, f, g, o = (gates[:, j * width : (j + 1) * width] for j in range(4))
        factors = xp.empty((len(x), 3, width), x.dtype)  # of the cell's gradient: for i, f and g
        factors[:, 0], factors[:, 1], factors[:, 2] = g * i * (1 - i), cells * f * (1 - f), i * (1 - g * g)
        by_output, by_cell = squashed * o * (1 - o), o * (1 - squashed * squashed)
        cell, parts = partial(_lstm_slope, xp), (factors, by_output, by_cell, f, g_out, d.reshape(len(x), 4, width))
    for n, rows in reversed(list(_steps(sizes, reverse))):
        cell(dh[:n], dc[:n], *[part[rows] for part in parts])
        dh[:n] = d[rows] @ weights[1]
    return [d @ weights[0], dh, dc, *_weight_grads(x, previous, d, d, weights)]


def _lstm_slope(
    xp: Any, dh: Array, dc: Array, factors: Array, by_output: Array, by_cell: Array, f: Array, g_out: Array, d: Array
) -> None:
    """The gradients of one step's gates from those of its state, ``dh``, and its cells, ``dc``, of which the share by f is left."""
    dh += g_out
    dc += dh * by_cell
    xp.multiply(dc[:, None], factors, out=d[:, :3])
    xp.multiply(dh, by_output, out=d[:, 3])
    dc *= f
