"""Which ONNX nodes stand for a primitive: one entry each. ``e`` writes the nodes; ``e.Relu(x)`` is the ONNX operator Relu.

Numbers among the inputs become constants of the first tensor's dtype, lists and tuples become int64 constants, ``None`` an input
that is not given. To teach the exporter another primitive, add its line here; the arguments are those of the primitive's forward.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import composed as c

Entry = Callable[..., Any]


def _simple(operator: str) -> Entry:
    return lambda e, *args: getattr(e, operator)(*args)


def _compared(operator: str) -> Entry:
    return lambda e, x, y: getattr(e, operator)(x, y, dtype="bool")


TABLE: dict[str, Entry] = {
    # ------------------------------------------------------------------ one operator each
    **{
        name: _simple(operator)
        for name, operator in {
            "abs": "Abs", "acos": "Acos", "acosh": "Acosh", "add": "Add", "add_number": "Add", "asin": "Asin", "asinh": "Asinh",
            "atan": "Atan", "atanh": "Atanh", "bmm": "MatMul", "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "div": "Div",
            "div_number": "Div", "dot": "MatMul", "erf": "Erf", "exp": "Exp", "floor": "Floor", "log": "Log", "logical_and": "And",
            "logical_not": "Not", "logical_or": "Or", "logical_xor": "Xor", "matprod": "MatMul", "maximum": "Max", "minimum": "Min",
            "mul": "Mul", "mul_half": "Mul", "mul_number": "Mul", "mv": "MatMul", "neg": "Neg", "pow": "Pow",
            "pow_scalar": "Pow", "reciprocal": "Reciprocal", "relu": "Relu", "round": "Round", "sigmoid": "Sigmoid", "sign": "Sign",
            "sin": "Sin", "sinh": "Sinh", "sqrt": "Sqrt", "sub": "Sub", "sub_number": "Sub", "tan": "Tan", "tanh": "Tanh",
            "hardswish": "HardSwish",
        }.items()
    },
    **{
        name: _compared(operator)
        for name, operator in {
            "eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual"
        }.items()
    },
    "ne": lambda e, x, y: e.Not(e.Equal(x, y, dtype="bool")),
    "isnan": lambda e, x: e.IsNaN(x, dtype="bool"),
    "isinf": lambda e, x: e.IsInf(x, dtype="bool"),
    "bitwise_not": lambda e, x: e.Not(x) if x.dtype == "bool" else e.BitwiseNot(x),
    "bitwise_and": lambda e, x, y: e.And(x, y) if x.dtype == "bool" else e.BitwiseAnd(x, y),
    "bitwise_or": lambda e, x, y: e.Or(x, y) if x.dtype == "bool" else e.BitwiseOr(x, y),
    # ------------------------------------------------------------------ arithmetic
    "add_scaled": lambda e, x, y, alpha: e.Add(x, e.Mul(y, alpha)),
    "sub_scaled": lambda e, x, y, alpha: e.Sub(x, e.Mul(y, alpha)),
    "rsub_number": lambda e, x, y: e.Sub(e.number(y, x), x),
    "scalar_pow": lambda e, x, y: e.Pow(e.number(x, y), y),
    "floor_divide": lambda e, x, y: e.Floor(e.Div(x, y)) if x.dtype.startswith("float") else c.unmapped("integer floor division"),
    "div_floor": lambda e, x, y: e.Floor(e.Div(x, y)),
    "remainder": lambda e, x, y: c.remainder(e, x, y),
    "remainder_number": lambda e, x, y: c.remainder(e, x, y),
    "rsqrt": lambda e, x: e.Reciprocal(e.Sqrt(x)),
    "log2": lambda e, x: e.Div(e.Log(x), math.log(2)),
    "log10": lambda e, x: e.Div(e.Log(x), math.log(10)),
    "log1p": lambda e, x: e.Log(e.Add(x, 1)),
    "expm1": lambda e, x: e.Sub(e.Exp(x), 1),
    "one_minus": lambda e, x: e.Sub(e.number(1, x), x),
    "lerp_number": lambda e, x, end, w: e.Add(x, e.Mul(e.Sub(end, x), w)),
    "addcmul": lambda e, x, a, b, v: e.Add(x, e.Mul(e.Mul(a, b), v)),
    "addcdiv": lambda e, x, a, b, v: e.Add(x, e.Mul(e.Div(a, b), v)),
    "logit": lambda e, x, eps: c.logit(e, x, eps),
    "clamp": lambda e, x, low, high: e.Clip(x, low, high),
    "clamp_min": lambda e, x, low, high=None: e.Clip(x, low),
    "clamp_max": lambda e, x, low, high=None: e.Clip(x, None, high),
    "where": lambda e, chosen, x, y: e.Where(chosen, x, y, like=x if hasattr(x, "dtype") else y),
    "masked_fill": lambda e, x, mask, v: e.Where(mask, e.number(v, x), x, like=x),
    # ------------------------------------------------------------------ activations
    "gelu": lambda e, x: e.Mul(e.Mul(x, 0.5), e.Add(e.Erf(e.Mul(x, math.sqrt(0.5))), 1)),
    "gelu_tanh": lambda e, x: c.gelu_tanh(e, x),
    "mish": lambda e, x: e.Mul(x, e.Tanh(e.Softplus(x))),
    "silu": lambda e, x: e.Mul(x, e.Sigmoid(x)),
    "hardtanh": lambda e, x, low, high: e.Clip(x, low, high),
    "hardsigmoid": lambda e, x: e.HardSigmoid(x, alpha=1 / 6, beta=0.5),
    "leaky_relu": lambda e, x, slope: e.LeakyRelu(x, alpha=slope),
    "elu": lambda e, x, alpha, scale, rate: e.Elu(x, alpha=alpha) if scale == rate == 1 else e.Selu(x, alpha=alpha, gamma=scale),
    "prelu_kernel": lambda e, x, w: e.PRelu(x, w),
    "softplus": lambda e, x, beta, limit: c.softplus(e, x, beta, limit),
    "log_sigmoid": lambda e, x: e.Neg(e.Softplus(e.Neg(x))),
    "softmax": lambda e, x, dim: e.Softmax(x, axis=dim),
    "log_softmax": lambda e, x, dim: e.LogSoftmax(x, axis=dim),
    "glu": lambda e, x, dim, n: (lambda a, b: e.Mul(a, e.Sigmoid(b)))(*e.several("Split", 2, x, [n, n], axis=dim)),
    # ------------------------------------------------------------------ products and layers
    "mm": lambda e, x, y: c.product(e, None, x, y, 1, 1),
    "addmm": lambda e, bias, x, y, beta, alpha: c.product(e, bias, x, y, beta, alpha),
    "baddbmm": lambda e, bias, x, y, beta, alpha: e.Add(e.Mul(bias, beta), e.Mul(e.MatMul(x, y), alpha)),
    "convolution": lambda e, x, w, b, stride, pad, dilation, groups: e.Conv(
        x, w, b, strides=stride, pads=(*pad, *pad), dilations=dilation, group=groups
    ),
    "conv_transpose": lambda e, x, w, b, shape, stride, pad, dilation, groups: c.conv_transpose(
        e, x, w, b, shape, stride, pad, dilation, groups
    ),
    "batch_norm": lambda e, x, mean, var, w, b, training, momentum, eps: c.batch_norm(e, x, mean, var, w, b, training, eps),
    "native_layer_norm": lambda e, x, w, b, stats, layout, eps: e.LayerNormalization(
        x, w if w is not None else e.ones(layout.affine, x), b, axis=layout.dims[0], epsilon=eps
    ),
    "native_group_norm": lambda e, x, w, b, stats, layout, eps: c.group_norm(e, x, w, b, layout, eps),
    "attention": lambda e, q, k, v, mask, scale: c.attention(e, q, k, v, mask, scale),
    "safe_softmax": lambda e, x: e.Softmax(x, axis=-1),
    **{n: lambda e, w, index, padding, by_count: e.Gather(w, index, axis=0, like=w) for n in ("embedding", "embedding_sparse")},
    **{f"gru_{kind}": lambda e, tensors, sizes, reverse: c.gru(e, tensors, reverse) for kind in ("layer",)},
    **{f"lstm_{kind}": lambda e, tensors, sizes, reverse: c.lstm(e, tensors, reverse) for kind in ("layer", "fused")},
    "rnn_tanh_layer": lambda e, tensors, sizes, reverse: c.rnn(e, tensors, reverse, "Tanh"),
    "rnn_relu_layer": lambda e, tensors, sizes, reverse: c.rnn(e, tensors, reverse, "Relu"),
    # ------------------------------------------------------------------ pooling
    **{
        f"max_pool{n}d": lambda e, x, sizes, kernel, stride, pad, dilation: e.MaxPool(
            x, kernel_shape=kernel, strides=stride, pads=(*pad, *pad), dilations=dilation,
            ceil_mode=c.is_ceil(x, sizes, kernel, stride, pad, dilation),
        )
        for n in (2, 3)
    },
    **{
        f"avg_pool{n}d": lambda e, x, sizes, kernel, stride, pad, include, divisor: c.avg_pool(
            e, x, sizes, kernel, stride, pad, include, divisor
        )
        for n in (2, 3)
    },
    "adaptive_avg_pool2d": lambda e, x, sizes, back: c.adaptive_avg(e, x, sizes),
    # ------------------------------------------------------------------ shape
    **{
        name: lambda e, x, shape: c.reshape(e, x, shape)
        for name in ("view", "reshaped", "reshape_alias", "squeeze_dim", "squeeze_dims", "squeeze_several")
    },
    "unsqueeze": lambda e, x, dim: e.Unsqueeze(x, [dim]),
    "expand": lambda e, x, shape: e.Expand(x, e.shape(shape)),
    "broadcast": lambda e, x, shape: e.Expand(x, e.shape(shape)),
    "permute": lambda e, x, dims: e.Transpose(x, perm=dims),
    "transpose": lambda e, x, a, b: e.Transpose(x, perm=c.swapped(x, a, b)),
    "transposed_output": lambda e, x: e.Transpose(x, perm=c.swapped(x, 0, 1)),
    "t": lambda e, x: c.transposed(e, x),
    "clone": lambda e, x, order: e.Identity(x),
    "alias": lambda e, x: e.Identity(x),
    "copy": lambda e, x, source: e.Identity(source),
    "cat": lambda e, tensors, dim: e.Concat(*tensors, axis=dim),
    "stack": lambda e, tensors, dim: e.Concat(*(e.Unsqueeze(t, [dim]) for t in tensors), axis=dim),
    "split_with_sizes": lambda e, x, sizes, dim: e.several("Split", len(sizes), x, e.shape(sizes), axis=dim),
    "split": lambda e, x, size, dim: c.split(e, x, size, dim),
    "unbind": lambda e, x, dim: c.unbind(e, x, dim),
    "select": lambda e, x, dim, index: e.Gather(x, e.integer(index), axis=dim),
    "slice": lambda e, x, dim, start, stop, step: e.Slice(x, e.shape([start]), e.shape([stop]), [dim], e.shape([step])),
    "index_select": lambda e, x, dim, index: e.Gather(x, index, axis=dim),
    "index": lambda e, x, parts: c.index(e, x, parts),
    "gather": lambda e, x, dim, index: e.GatherElements(x, index, axis=dim),
    "repeat": lambda e, x, times: e.Tile(x, e.shape(times)),
    "constant_pad_nd": lambda e, x, pads, value: c.padded(e, x, pads, value),
    "tril": lambda e, x, diagonal: e.Trilu(x, e.integer(diagonal), upper=0),
    "triu": lambda e, x, diagonal: e.Trilu(x, e.integer(diagonal), upper=1),
    "to_copy": lambda e, x, dtype, order=None: e.cast(x, dtype),
    "pixel_shuffle": lambda e, x, r: e.DepthToSpace(x, blocksize=r, mode="CRD"),
    "upsample_nearest2d": lambda e, x, sizes, kind, factors, align, back: c.resize(e, x, sizes, "nearest", "asymmetric"),
    "upsample_bilinear2d": lambda e, x, sizes, kind, factors, align, back: c.resize(
        e, x, sizes, "linear", "align_corners" if align else "half_pixel"
    ),
    # ------------------------------------------------------------------ reductions
    "sum_all": lambda e, x: e.reduce("ReduceSum", x, None, False),
    "sum_dims": lambda e, x, dims, keep: e.reduce("ReduceSum", x, dims, keep),
    "mean_all": lambda e, x: e.reduce("ReduceMean", x, None, False),
    "mean_dims": lambda e, x, dims, keep: e.reduce("ReduceMean", x, dims, keep),
    "amax": lambda e, x, dims, keep, method=None: e.reduce("ReduceMax", x, dims, keep),
    "amin": lambda e, x, dims, keep, method=None: e.reduce("ReduceMin", x, dims, keep),
    "max_all": lambda e, x, method=None: e.reduce("ReduceMax", x, None, False),
    "min_all": lambda e, x, method=None: e.reduce("ReduceMin", x, None, False),
    "logsumexp": lambda e, x, dims, keep: e.reduce("ReduceLogSumExp", x, dims, keep),
    "max_dim": lambda e, x, dim, keep: c.extreme(e, x, dim, keep, "Max"),
    "min_dim": lambda e, x, dim, keep: c.extreme(e, x, dim, keep, "Min"),
    "arg_extreme": lambda e, x, dim, keep, largest: c.argument(e, x, dim, keep, "ArgMax" if largest else "ArgMin"),
    "topk": lambda e, x, count, dim, largest, in_order: c.topk(e, x, count, dim, largest),
    "cumsum": lambda e, x, dim: e.CumSum(x, e.integer(dim)),
    "var": lambda e, x, dims, correction, keep: c.variance(e, x, dims, correction, keep),
    "std": lambda e, x, dims, correction, keep: e.Sqrt(c.variance(e, x, dims, correction, keep)),
    # ------------------------------------------------------------------ constants of a size that follows from the inputs
    "full": lambda e, shape, value, dtype: e.full(shape, value, dtype),
    "arange": lambda e, n, start, step, dtype: e.arange(n, start, step, dtype),
}  # fmt: skip
