"""Primitives that take several ONNX nodes, or one whose attributes must be worked out."""

from __future__ import annotations

import math
from typing import Any

import numpy


class Unmapped(Exception):
    """A primitive, or one of its options, that has no form in ONNX here."""


def unmapped(what: str) -> Any:
    raise Unmapped(what)


def remainder(e: Any, x: Any, y: Any) -> Any:
    if not x.dtype.startswith("float"):
        return e.Mod(x, y)
    return e.Sub(x, e.Mul(e.Floor(e.Div(x, y)), y))


def logit(e: Any, x: Any, eps: float | None) -> Any:
    x = x if eps is None or eps < 0 else e.Clip(x, eps, 1 - eps)
    return e.Log(e.Div(x, e.Sub(e.number(1, x), x)))


def gelu_tanh(e: Any, x: Any) -> Any:
    inner = e.Mul(e.Add(x, e.Mul(e.Mul(e.Mul(x, x), x), 0.044715)), math.sqrt(2 / math.pi))
    return e.Mul(e.Mul(x, 0.5), e.Add(e.Tanh(inner), 1))


def softplus(e: Any, x: Any, beta: float, limit: float) -> Any:
    soft = e.Div(e.Softplus(e.Mul(x, beta)), beta)
    return e.Where(e.Greater(e.Mul(x, beta), limit, dtype="bool"), x, soft, like=x)


# ------------------------------------------------------------------ products
def product(e: Any, bias: Any, x: Any, y: Any, beta: float, alpha: float) -> Any:
    """``beta · bias + alpha · x @ y`` for matrices; a weight that was only turned round for this is taken as it is."""
    y, turned = (y.before, 1) if y.before is not None else (y, 0)
    if bias is None:
        return e.Gemm(x, y, transB=turned) if turned else e.MatMul(x, y)
    return e.Gemm(x, y, bias, alpha=float(alpha), beta=float(beta), transB=turned)


def transposed(e: Any, x: Any) -> Any:
    out = e.Transpose(x, perm=[1, 0]) if x.rank == 2 else e.Identity(x)
    if x.rank == 2:
        out.before = x
    return out


def swapped(x: Any, a: int, b: int) -> list[int]:
    order = list(range(x.rank))
    order[a], order[b] = order[b], order[a]
    return order


def attention(e: Any, q: Any, k: Any, v: Any, mask: Any, scale: float) -> list[Any]:
    scores = e.MatMul(e.Mul(q, scale), e.Transpose(k, perm=swapped(k, -1, -2)))
    if mask is not None and mask.dtype == "bool":
        scores = e.Where(mask, scores, e.number(-math.inf, q), like=q)
    elif mask is not None:
        scores = e.Add(scores, mask)
    weights = e.Softmax(scores, axis=-1)
    return [e.MatMul(weights, v), weights]


# ------------------------------------------------------------------ convolution and pooling
def conv_transpose(
    e: Any, x: Any, w: Any, b: Any, shape: Any, stride: Any, pad: Any, dilation: Any, groups: int
) -> Any:
    spatial = [int(n) for n in shape[-len(stride) :]]
    plain = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1
        for n, s, p, d, k in zip(x.shape[-len(stride) :], stride, pad, dilation, w.shape[2:])
    ]
    more = [n - m for n, m in zip(spatial, plain)]
    return e.ConvTranspose(
        x, w, b, strides=stride, pads=(*pad, *pad), dilations=dilation, group=groups, output_padding=more
    )


def is_ceil(x: Any, sizes: Any, kernel: Any, stride: Any, pad: Any, dilation: Any) -> int:
    """Whether windows that stick out at the end count, which shows in the sizes that came out."""
    spatial = x.shape[-len(kernel) :]
    floor = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(spatial, kernel, stride, pad, dilation)]
    return int(list(sizes) != floor)


def avg_pool(e: Any, x: Any, sizes: Any, kernel: Any, stride: Any, pad: Any, include: bool, divisor: Any) -> Any:
    if divisor is not None:
        unmapped("avg_pool with divisor_override")
    ceil = is_ceil(x, sizes, kernel, stride, pad, (1,) * len(kernel))
    return e.AveragePool(
        x, kernel_shape=kernel, strides=stride, pads=(*pad, *pad), count_include_pad=int(include), ceil_mode=ceil
    )


def adaptive_avg(e: Any, x: Any, sizes: Any) -> Any:
    spatial = x.shape[-2:]
    if tuple(sizes) == (1, 1):
        return e.reduce("ReduceMean", x, (x.rank - 2, x.rank - 1), True)
    if all(n % m == 0 for n, m in zip(spatial, sizes)):
        steps = [n // m for n, m in zip(spatial, sizes)]
        return e.AveragePool(x, kernel_shape=steps, strides=steps)
    rows, columns = (_means(n, m, x.dtype) for n, m in zip(spatial, sizes))  # windows of unlike sizes: as products
    return e.MatMul(e.MatMul(e.constant(rows), x, like=x), e.constant(numpy.ascontiguousarray(columns.T)))


def _means(n: int, m: int, dtype: str) -> Any:
    """The (m, n) matrix that averages n numbers in m overlapping windows."""
    matrix = numpy.zeros((m, n), dtype)
    for i in range(m):
        start, stop = i * n // m, -(-(i + 1) * n // m)
        matrix[i, start:stop] = 1 / (stop - start)
    return matrix


def resize(e: Any, x: Any, sizes: Any, mode: str, where: str) -> Any:
    lead = [e.size_of(x, d) for d in range(x.rank - len(sizes))]
    more = {"nearest_mode": "floor"} if mode == "nearest" else {}
    return e.Resize(x, None, None, e.shape([*lead, *sizes]), mode=mode, coordinate_transformation_mode=where, **more)


# ------------------------------------------------------------------ normalization
def batch_norm(e: Any, x: Any, mean: Any, var: Any, w: Any, b: Any, training: bool, eps: float) -> Any:
    if training:
        unmapped("batch_norm in training mode (call model.eval() first)")
    n = mean.shape
    weight, bias = (w if w is not None else e.ones(n, x)), (b if b is not None else e.zeros(n, x))
    return e.BatchNormalization(x, weight, bias, mean, var, epsilon=eps)


def group_norm(e: Any, x: Any, w: Any, b: Any, layout: Any, eps: float) -> Any:
    v = e.Reshape(x, e.shape(layout.shape))
    d = e.Sub(v, e.reduce("ReduceMean", v, layout.dims, True))
    var = e.reduce("ReduceMean", e.Mul(d, d), layout.dims, True)
    out = e.Reshape(e.Div(d, e.Sqrt(e.Add(var, eps))), e.shape([e.size_of(x, i) for i in range(x.rank)]))
    if w is not None:
        out = e.Mul(out, e.Reshape(w, list(layout.affine)))
    return out if b is None else e.Add(out, e.Reshape(b, list(layout.affine)))


# ------------------------------------------------------------------ recurrent layers
def _recurrent(
    e: Any, operator: str, tensors: Any, order: list[int], states: int, reverse: bool, **options: Any
) -> Any:
    """ONNX has the gates in another order than torch, all biases in one row, and a dimension for directions."""
    x, *rest = tensors
    begin, (w_ih, w_hh, *biases) = rest[:states], rest[states:]
    n = w_hh.shape[1]
    rows = numpy.concatenate([numpy.arange(g * n, (g + 1) * n) for g in order])
    turned = [e.Unsqueeze(e.Gather(t, e.constant(rows), axis=0), [0]) for t in (w_ih, w_hh, *biases)]
    bias = e.Concat(turned[2], turned[3], axis=1) if biases else None
    first = [e.Unsqueeze(t, [0]) for t in begin]
    outs = e.several(
        operator, 1 + states, x, turned[0], turned[1], bias, None, *first, hidden_size=n,
        direction="reverse" if reverse else "forward", **options,
    )  # fmt: skip
    return [e.Squeeze(outs[0], [1]), *(e.Squeeze(h, [0]) for h in outs[1:])]


def gru(e: Any, tensors: Any, reverse: bool) -> Any:
    return _recurrent(e, "GRU", tensors, [1, 0, 2], 1, reverse, linear_before_reset=1)


def lstm(e: Any, tensors: Any, reverse: bool) -> Any:
    return _recurrent(e, "LSTM", tensors, [0, 3, 1, 2], 2, reverse)


def rnn(e: Any, tensors: Any, reverse: bool, activation: str) -> Any:
    return _recurrent(e, "RNN", tensors, [0], 1, reverse, activations=[activation])


# ------------------------------------------------------------------ shape
def reshape(e: Any, x: Any, shape: Any) -> Any:
    """To a shape; the only number in it that follows from the inputs is left to ONNX to work out."""
    moving = [i for i, n in enumerate(shape) if not isinstance(n, int)]
    if len(moving) == 1 and 0 not in shape:
        shape = [-1 if i in moving else n for i, n in enumerate(shape)]
    return e.Reshape(x, e.shape(shape))


def split(e: Any, x: Any, size: int, dim: int) -> list[Any]:
    n = x.shape[dim]
    sizes = [min(size, n - start) for start in range(0, n, size)]
    return [x] if len(sizes) == 1 else e.several("Split", len(sizes), x, sizes, axis=dim)  # type: ignore[no-any-return]


def unbind(e: Any, x: Any, dim: int) -> list[Any]:
    return [e.Gather(x, e.integer(i), axis=dim) for i in range(x.shape[dim])]


def index(e: Any, x: Any, parts: Any) -> Any:
    """``x[…, index, …]`` with one tensor of whole numbers."""
    parts = parts if isinstance(parts, tuple) else (parts,)
    places = [i for i, p in enumerate(parts) if getattr(p, "rank", None) is not None]
    plain = all(p == slice(None) or p is None for i, p in enumerate(parts) if i not in places)
    if len(places) != 1 or not plain or parts[places[0]].dtype == "bool":
        unmapped("indexing with anything but one tensor of whole numbers (and slices ':')")
    return e.Gather(x, parts[places[0]], axis=places[0])


def padded(e: Any, x: Any, pads: Any, value: float) -> Any:
    pairs = [tuple(p) for p in pads] if pads and isinstance(pads[0], (tuple, list)) else None
    if pairs is None:  # torch's order: the last dimension first
        flat = list(pads)
        pairs = [(0, 0)] * (x.rank - len(flat) // 2) + [(flat[i], flat[i + 1]) for i in range(len(flat) - 2, -1, -2)]
    pairs = [(0, 0)] * (x.rank - len(pairs)) + pairs
    return e.Pad(x, e.shape([*(a for a, _ in pairs), *(b for _, b in pairs)]), e.number(value, x))


# ------------------------------------------------------------------ reductions
def extreme(e: Any, x: Any, dim: int, keep: bool, which: str) -> list[Any]:
    return [e.reduce(f"Reduce{which}", x, (dim,), keep), argument(e, x, dim, keep, f"Arg{which}")]


def argument(e: Any, x: Any, dim: Any, keep: bool, operator: str) -> Any:
    if dim is None:
        x, dim = e.Reshape(x, [-1]), 0
    return getattr(e, operator)(x, axis=dim, keepdims=int(keep), dtype="int64")


def topk(e: Any, x: Any, count: int, dim: int, largest: bool) -> list[Any]:
    values, where = e.several("TopK", 2, x, e.shape([count]), axis=dim, largest=int(largest))
    where.dtype = "int64"
    return [values, where]


def variance(e: Any, x: Any, dims: Any, correction: Any, keep: bool) -> Any:
    d = e.Sub(x, e.reduce("ReduceMean", x, dims, True))
    total = e.reduce("ReduceSum", e.Mul(d, d), dims, keep)
    n = math.prod(x.shape[i] for i in (dims if dims is not None else range(x.rank)))
    return e.Div(total, n - correction)
