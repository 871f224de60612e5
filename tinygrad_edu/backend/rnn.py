"""Recurrent layers over a whole sequence, on raw arrays.

Sequences lie step after step in one array of rows: first all rows of step 0, then those of step 1, … ``sizes`` says how many rows
each step has; shorter sequences come last and drop out first, so step t's rows are the first ``sizes[t]`` of the batch. All that
does not depend on the step before – the product with the input, the factors of the derivatives – is done once for all rows; the
loop over the steps does only one small product and a few lines of arithmetic.

Each cell is a forward, which also returns what backward needs, and a backward, which gives the gradients of the tensors
``(x, h0, …, w_ih, w_hh[, b_ih, b_hh])`` in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    bias = None
    if len(weights) > 2:
        gates[:, : 2 * width] += weights[3][: 2 * width]
        bias = weights[3][2 * width :]
    w = xp.ascontiguousarray(weights[1].T)
    h = h0.copy()
    out, inner, previous = (xp.empty((len(x), width), x.dtype) for _ in range(3))
    for n, rows in _steps(sizes, reverse):
        before = previous[rows]
        before[...] = h[:n]
        by_hidden = before @ w
        step = gates[rows]
        rz = step[:, : 2 * width]
        rz += by_hidden[:, : 2 * width]
        _sigmoid(xp, rz)
        hidden = inner[rows]
        if bias is None:
            hidden[...] = by_hidden[:, 2 * width :]
        else:
            xp.add(by_hidden[:, 2 * width :], bias, out=hidden)
        new = step[:, 2 * width :]
        new += step[:, :width] * hidden
        xp.tanh(new, out=new)
        made = out[rows]
        xp.subtract(before, new, out=made)
        made *= step[:, width : 2 * width]
        made += new
        h[:n] = made
    return out, h, gates, inner, previous


def gru_grad(
    xp: Any, g_out: Array, g_h: Array, tensors: list[Array], gates: Array, inner: Array, previous: Array, sizes: list[int],
    reverse: bool,
) -> list[Array]:  # fmt: skip
    x, _, *weights = tensors
    width = inner.shape[1]
    r, z, new = gates[:, :width], gates[:, width : 2 * width], gates[:, 2 * width :]
    by_reset, by_update, by_new = inner * r * (1 - r), (previous - new) * z * (1 - z), (1 - z) * (1 - new * new)
    by_input, by_hidden = xp.empty(gates.shape, x.dtype), xp.empty(gates.shape, x.dtype)
    dh = g_h.copy()
    for n, rows in reversed(list(_steps(sizes, reverse))):
        d = dh[:n]
        d += g_out[rows]
        step = by_hidden[rows]
        d_new = by_input[rows, 2 * width :]
        xp.multiply(d, by_new[rows], out=d_new)
        xp.multiply(d_new, by_reset[rows], out=step[:, :width])
        xp.multiply(d, by_update[rows], out=step[:, width : 2 * width])
        xp.multiply(d_new, r[rows], out=step[:, 2 * width :])
        d *= z[rows]
        d += step @ weights[1]
    by_input[:, : 2 * width] = by_hidden[:, : 2 * width]
    return [by_input @ weights[0], dh, *_weight_grads(x, previous, by_input, by_hidden, weights)]


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
    for n, rows in _steps(sizes, reverse):
        previous[rows] = h[:n]
        cells[rows] = c[:n]
        step = gates[rows]
        step += previous[rows] @ w
        _sigmoid(xp, step[:, : 2 * width])
        xp.tanh(step[:, 2 * width : 3 * width], out=step[:, 2 * width : 3 * width])
        _sigmoid(xp, step[:, 3 * width :])
        state = c[:n]
        state *= step[:, width : 2 * width]
        state += step[:, :width] * step[:, 2 * width : 3 * width]
        flat = squashed[rows]
        xp.tanh(state, out=flat)
        made = out[rows]
        xp.multiply(step[:, 3 * width :], flat, out=made)
        h[:n] = made
    return out, h, c, gates, squashed, previous, cells


def lstm_grad(
    xp: Any, g_out: Array, g_h: Array, g_c: Array, tensors: list[Array], gates: Array, squashed: Array, previous: Array,
    cells: Array, sizes: list[int], reverse: bool,
) -> list[Array]:  # fmt: skip
    x, _, _, *weights = tensors
    width = squashed.shape[1]
    i, f, g, o = (gates[:, j * width : (j + 1) * width] for j in range(4))
    factors = xp.empty((len(x), 3, width), x.dtype)  # of the cell's gradient: for i, f and g
    factors[:, 0], factors[:, 1], factors[:, 2] = g * i * (1 - i), cells * f * (1 - f), i * (1 - g * g)
    by_output, by_cell = squashed * o * (1 - o), o * (1 - squashed * squashed)
    d = xp.empty((len(x), 4, width), x.dtype)
    flat = d.reshape(len(x), 4 * width)
    dh, dc = g_h.copy(), g_c.copy()
    for n, rows in reversed(list(_steps(sizes, reverse))):
        above, state = dh[:n], dc[:n]
        above += g_out[rows]
        state += above * by_cell[rows]
        step = d[rows]
        xp.multiply(state[:, None], factors[rows], out=step[:, :3])
        xp.multiply(above, by_output[rows], out=step[:, 3])
        state *= f[rows]
        dh[:n] = flat[rows] @ weights[1]
    return [flat @ weights[0], dh, dc, *_weight_grads(x, previous, flat, flat, weights)]
