"""`load_model`: an ONNX model as a graph of ours.

The nodes are run once by the table below, on example inputs, and `jit.trace` records what they computed. Sizes (the results of Shape
and what is worked out from them) are plain numbers meanwhile, so that the trace finds out which of them follow from the inputs.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy
import onnx
from onnx import helper, numpy_helper

from .. import dtypes
from ..jit import TracerWarning
from ..jit.trace import Subject, build, wrapped
from ..nn import functional as F
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..ops.data import from_numpy
from ..ops.registry import functions as ops
from ..tensor import Tensor


class UnsupportedModelError(RuntimeError):
    """An ONNX operator, or one of its options, that has no line in the table."""


# ------------------------------------------------------------------ arguments
def numbers(value: Any) -> list[int]:
    """A vector of sizes as a list: such vectors are lists already where they follow from a Shape."""
    if isinstance(value, Tensor):
        value = value.tolist()
    return list(value) if isinstance(value, (list, tuple)) else [value]


def tensor(value: Any) -> Any:
    """A list of sizes as a tensor, where one is computed with like any other."""
    return value if isinstance(value, Tensor) or value is None else ops["tensor"](value, dtype=dtypes.int64)


def _on_sizes(compute: Callable[[int, int], int], general: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Arithmetic that keeps sizes plain numbers."""

    def run(x: Any, y: Any) -> Any:
        if isinstance(x, Tensor) and isinstance(y, Tensor):
            return general(x, y)
        if any(isinstance(v, Tensor) and v.dtype is not dtypes.int64 for v in (x, y)):
            return general(tensor(x), tensor(y))
        a, b = numbers(x), numbers(y)
        n = max(len(a), len(b))
        made = [compute(p, q) for p, q in zip(a * (n if len(a) == 1 else 1), b * (n if len(b) == 1 else 1))]
        return made if isinstance(x, list) or isinstance(y, list) else made[0]

    return run


def _pads(x: Any, pads: Any) -> tuple[tuple[int, ...], Any]:
    """ONNX's pads as torch's padding: uneven ones are put around the input first."""
    n = len(pads) // 2
    before, after = tuple(pads[:n]), tuple(pads[n:])
    if before == after:
        return before, x
    return (0,) * n, F.pad(x, [p for pair in zip(before[::-1], after[::-1]) for p in pair])


def _conv(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    group: int = 1,
    **_: Any,
) -> Any:
    n = w.dim() - 2
    pad, x = _pads(x, pads or [0] * (2 * n))
    run = (F.conv1d, F.conv2d, F.conv3d)[n - 1]
    return run(x, w, b, tuple(strides or (1,) * n), pad, tuple(dilations or (1,) * n), group)


def _conv_transpose(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    group: int = 1,
    output_padding: Any = None,
    **_: Any,
) -> Any:
    n = w.dim() - 2
    run = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[n - 1]
    ones, zeros = (1,) * n, (0,) * n
    return run(
        x,
        w,
        b,
        tuple(strides or ones),
        tuple((pads or zeros)[:n]),
        tuple(output_padding or zeros),
        group,
        tuple(dilations or ones),
    )


def _max_pool(
    x: Any,
    *,
    kernel_shape: Any,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    ceil_mode: int = 0,
    **_: Any,
) -> Any:
    n = len(kernel_shape)
    pad, x = _pads(x, pads or [0] * (2 * n))
    run = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[n - 1]
    return run(x, tuple(kernel_shape), tuple(strides or (1,) * n), pad, tuple(dilations or (1,) * n), bool(ceil_mode))


def _avg_pool(
    x: Any,
    *,
    kernel_shape: Any,
    strides: Any = None,
    pads: Any = None,
    ceil_mode: int = 0,
    count_include_pad: int = 0,
    **_: Any,
) -> Any:
    n = len(kernel_shape)
    run = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[n - 1]
    pad = tuple((pads or [0] * (2 * n))[:n])
    return run(x, tuple(kernel_shape), tuple(strides or (1,) * n), pad, bool(ceil_mode), bool(count_include_pad))


def _gemm(
    a: Any, b: Any, c: Any = None, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0
) -> Any:
    a, b = (a.t() if transA else a), (b.t() if transB else b)
    if c is None:
        return ops["mm"](a, b) if alpha == 1 else ops["mm"](a, b) * alpha
    return ops["addmm"](c, a, b, beta=beta, alpha=alpha)


def _reduce(run: Callable[..., Any]) -> Callable[..., Any]:
    def reduced(x: Any, given: Any = None, *, axes: Any = None, keepdims: int = 1, **_: Any) -> Any:
        dims = axes if axes is not None else None if given is None else numbers(given)
        return run(x, tuple(range(x.dim())) if dims is None else tuple(dims), bool(keepdims))

    return reduced


def _recurrent(mode: str, order: list[int], states: int) -> Callable[..., Any]:
    """GRU, LSTM, RNN in one direction (or both), with the gates in torch's order again."""

    def run(x: Any, w: Any, r: Any, b: Any = None, lengths: Any = None, *begin: Any, hidden_size: int, direction: str = "forward",
            linear_before_reset: int = 0, activations: Any = None, **_: Any) -> Any:  # fmt: skip
        from ..ops.rnn import layer

        if lengths is not None or (mode == "gru" and not linear_before_reset):
            raise UnsupportedModelError(f"{mode.upper()} with sequence_lens, or without linear_before_reset")
        kind = mode if mode != "rnn" else f"rnn_{(activations or ['Tanh'])[0].lower()}"
        rows = from_numpy(numpy.concatenate([numpy.arange(g * hidden_size, (g + 1) * hidden_size) for g in order]))
        outs, ends = [], []
        for d in range(w.shape[0]):
            weights = [t[d].index_select(0, rows) for t in (w, r)]
            if b is not None:
                weights += [t.index_select(0, rows) for t in b[d].chunk(2)]
            first = [
                s[d] if s is not None else x.new_zeros(x.size(1), hidden_size) for s in (begin or (None,) * states)
            ]
            reverse = direction == "reverse" or d == 1
            out, last = layer(kind, x, tuple(first), weights, [x.size(1)] * x.size(0), reverse, False)
            outs.append(out)
            ends.append(last)
        return (ops["stack"](outs, 1), *(ops["stack"]([e[i] for e in ends]) for i in range(states)))

    return run


def _shape_of(x: Any, target: list[int]) -> list[int]:
    return [x.size(i) if n == 0 else n for i, n in enumerate(target)]


def _slice(x: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    starts, ends = numbers(starts), numbers(ends)
    axes = list(range(len(starts))) if axes is None else numbers(axes)
    steps = [1] * len(starts) if steps is None else numbers(steps)
    if isinstance(x, list):
        return x[slice(starts[0], ends[0], steps[0])]
    parts: list[Any] = [slice(None)] * x.dim()
    for a, start, end, step in zip(axes, starts, ends, steps):
        parts[a] = slice(start, end, step)
    return x[tuple(parts)]


def _gather(x: Any, index: Any, *, axis: int = 0) -> Any:
    if isinstance(x, list):
        return x[int(index)] if not isinstance(index, Tensor) or index.dim() == 0 else [x[i] for i in numbers(index)]
    if index.dim() == 0 and index.numel() == 1 and not index.requires_grad and isinstance(index, _Constant):
        return x.select(axis, int(index))
    if axis == 0 and x.dim() == 2 and x.is_floating_point():
        return F.embedding(index, x)
    flat = x.index_select(axis, index.reshape(-1))
    return flat.reshape(*x.shape[:axis], *index.shape, *x.shape[axis + 1 :])


class _Constant(Tensor, inside=True):
    """A tensor of the model itself: its numbers may be asked for."""


def _concat(*parts: Any, axis: int) -> Any:
    if all(isinstance(p, list) or (isinstance(p, _Constant) and p.dtype is dtypes.int64) for p in parts) and any(
        isinstance(p, list) for p in parts
    ):
        return [n for p in parts for n in numbers(p)]
    return ops["cat"]([tensor(p) for p in parts], axis)


def _unsqueeze(x: Any, axes: Any) -> Any:
    if not isinstance(x, Tensor):
        return [x]
    for axis in sorted(numbers(axes)):
        x = x.unsqueeze(axis)
    return x


def _squeeze(x: Any, axes: Any = None) -> Any:
    if isinstance(x, list):
        return x[0]
    return x.squeeze() if axes is None else x.squeeze(tuple(numbers(axes)))


def _split(x: Any, sizes: Any = None, *, axis: int = 0, num_outputs: int = 2) -> Any:
    return x.split(numbers(sizes) if sizes is not None else -(-x.size(axis) // num_outputs), axis)


def _pad(x: Any, pads: Any, value: Any = None, axes: Any = None, *, mode: str = "constant") -> Any:
    given = numbers(pads)
    n = len(given) // 2
    flat = [p for i in range(n - 1, -1, -1) for p in (given[i], given[n + i])]
    return F.pad(x, flat, mode, 0.0 if value is None else float(value))


def _resize(
    x: Any,
    roi: Any = None,
    scales: Any = None,
    sizes: Any = None,
    *,
    mode: str = "nearest",
    coordinate_transformation_mode: str = "half_pixel",
    **_: Any,
) -> Any:
    target = numbers(sizes)[2:] if sizes is not None else None
    factor = None if target is not None else tuple(scales.tolist()[2:])
    if mode == "nearest":
        return F.interpolate(x, target, factor)
    return F.interpolate(
        x, target, factor, mode="bilinear", align_corners=coordinate_transformation_mode == "align_corners"
    )


def _range(start: Any, limit: Any, delta: Any) -> Any:
    return ops["arange"](*(v.item() if isinstance(v, Tensor) else v for v in (start, limit, delta)))


def _cast(x: Any, *, to: int, **_: Any) -> Any:
    return tensor(x).to(dtypes.from_np(helper.tensor_dtype_to_np_dtype(to)))


def _constant_of_shape(shape: Any, *, value: Any = None) -> Any:
    fill = numpy.zeros(1, numpy.float32) if value is None else numpy_helper.to_array(value)
    return ops["full"](numbers(shape), fill.item(), dtype=dtypes.from_np(fill.dtype))


def _plain(name: str) -> Callable[..., Any]:
    return lambda *args: ops[name](*(tensor(a) for a in args))


TABLE: dict[str, Callable[..., Any]] = {
    **{
        operator: _plain(name)
        for operator, name in {
            "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "And": "logical_and", "Asin": "asin", "Asinh": "asinh", "Atan": "atan",
            "Atanh": "atanh", "Ceil": "ceil", "Cos": "cos", "Cosh": "cosh", "Equal": "eq", "Erf": "erf", "Exp": "exp",
            "Floor": "floor", "Greater": "gt", "GreaterOrEqual": "ge", "IsInf": "isinf", "IsNaN": "isnan", "Less": "lt",
            "LessOrEqual": "le", "Log": "log", "MatMul": "matmul", "Max": "maximum", "Min": "minimum", "Neg": "neg",
            "Not": "logical_not", "Or": "logical_or", "Pow": "pow", "Reciprocal": "reciprocal", "Relu": "relu", "Round": "round",
            "Sigmoid": "sigmoid", "Sign": "sign", "Sin": "sin", "Sinh": "sinh", "Sqrt": "sqrt", "Tan": "tan", "Tanh": "tanh",
            "Where": "where", "Xor": "logical_xor",
        }.items()
    },
    "Add": _on_sizes(lambda a, b: a + b, ops["add"]),
    "Sub": _on_sizes(lambda a, b: a - b, ops["sub"]),
    "Mul": _on_sizes(lambda a, b: a * b, ops["mul"]),
    "Div": _on_sizes(lambda a, b: a // b, lambda x, y: x / y if x.is_floating_point() else x // y),
    "Mod": lambda x, y, **_: ops["remainder"](x, y),
    "Mish": F.mish,
    "HardSwish": F.hardswish,
    "HardSigmoid": lambda x, *, alpha=0.2, beta=0.5: (x * alpha + beta).clamp(0, 1),
    "LeakyRelu": lambda x, *, alpha=0.01: F.leaky_relu(x, alpha),
    "Elu": lambda x, *, alpha=1.0: F.elu(x, alpha),
    "Selu": lambda x, *, alpha=1.67326, gamma=1.0507: F.elu(x, alpha) * gamma,
    "PRelu": lambda x, w: ops["where"](x > 0, x, w * x),
    "Softplus": F.softplus,
    "Gelu": lambda x, *, approximate="none": F.gelu(x, approximate=approximate),
    "Softmax": lambda x, *, axis=-1: F.softmax(x, axis),
    "LogSoftmax": lambda x, *, axis=-1: F.log_softmax(x, axis),
    "Clip": lambda x, low=None, high=None: x.clamp(None if low is None else low.item(), None if high is None else high.item()),
    "Gemm": _gemm,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _max_pool,
    "AveragePool": _avg_pool,
    "GlobalAveragePool": lambda x: x.mean(tuple(range(2, x.dim())), keepdim=True),
    "BatchNormalization": lambda x, w, b, mean, var, *, epsilon=1e-5, **_: F.batch_norm(x, mean, var, w, b, False, 0.1, epsilon),
    "LayerNormalization": lambda x, w, b=None, *, axis=-1, epsilon=1e-5, **_: F.layer_norm(x, tuple(x.shape[axis:]), w, b, epsilon),
    "GRU": _recurrent("gru", [1, 0, 2], 1),
    "LSTM": _recurrent("lstm", [0, 2, 3, 1], 2),
    "RNN": _recurrent("rnn", [0], 1),
    "Identity": lambda x: x,
    "Dropout": lambda x, *rest, **_: x,
    "Shape": lambda x, *, start=0, end=None: list(x.shape)[start:end],
    "Reshape": lambda x, shape, *, allowzero=0: tensor(x).reshape(_shape_of(x, numbers(shape))),
    "Flatten": lambda x, *, axis=1: x.reshape(-1, *x.shape[axis:]) if axis == 1 else x.flatten(axis),
    "Expand": lambda x, shape: x.expand(ops["broadcast_shapes"](tuple(x.shape), tuple(numbers(shape)))),
    "Transpose": lambda x, *, perm=None: x.permute(tuple(perm if perm is not None else range(x.dim())[::-1])),
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Gather": _gather,
    "GatherElements": lambda x, index, *, axis=0: x.gather(axis, index),
    "Tile": lambda x, times: x.repeat(*numbers(times)),
    "Pad": _pad,
    "Trilu": lambda x, k=None, *, upper=1: (x.triu if upper else x.tril)(0 if k is None else int(k)),
    "DepthToSpace": lambda x, *, blocksize, mode="DCR": F.pixel_shuffle(x, blocksize),
    "Resize": _resize,
    "Cast": _cast,
    "ConstantOfShape": _constant_of_shape,
    "Range": _range,
    "ReduceSum": _reduce(lambda x, dims, keep: x.sum(dims, keepdim=keep)),
    "ReduceMean": _reduce(lambda x, dims, keep: x.mean(dims, keepdim=keep)),
    "ReduceMax": _reduce(lambda x, dims, keep: x.amax(dims, keepdim=keep)),
    "ReduceMin": _reduce(lambda x, dims, keep: x.amin(dims, keepdim=keep)),
    "ReduceLogSumExp": _reduce(lambda x, dims, keep: x.logsumexp(dims, keepdim=keep)),
    "ArgMax": lambda x, *, axis=0, keepdims=1, **_: x.argmax(axis, keepdim=bool(keepdims)),
    "ArgMin": lambda x, *, axis=0, keepdims=1, **_: x.argmin(axis, keepdim=bool(keepdims)),
    "TopK": lambda x, k, *, axis=-1, largest=1, **_: x.topk(numbers(k)[0], axis, bool(largest)),
    "CumSum": lambda x, axis, **_: x.cumsum(int(axis)),
}  # fmt: skip


# ------------------------------------------------------------------ the model
class _Model(Module):
    """Runs the nodes of an ONNX model. Initializers are parameters (floats) or buffers, under names that attributes may have."""

    def __init__(self, proto: Any) -> None:
        super().__init__()
        self.nodes = list(proto.graph.node)
        stored = {t.name: numpy_helper.to_array(t) for t in proto.graph.initializer}
        self.inputs = [i.name for i in proto.graph.input if i.name not in stored]
        self.outputs = [o.name for o in proto.graph.output]
        self.constants: dict[str, Any] = {}
        self.places: dict[str, tuple[Any, str]] = {}
        for name, array in stored.items():
            t = from_numpy(numpy.array(array))
            if not t.is_floating_point() or t.dim() == 0:
                t.__class__ = _Constant
                self.constants[name] = t
            else:
                self._put(name, t)

    def _put(self, name: str, t: Any) -> None:
        owner: Module = self
        *path, own = (part or "_" for part in name.replace("/", ".").split("."))
        for part in path:
            if part not in owner._modules:
                owner._modules[part] = Module()
            owner = owner._modules[part]  # type: ignore[assignment]
        owner._parameters[own] = Parameter(t, requires_grad=True)
        self.places[name] = (owner, own)

    def forward(self, *args: Any) -> Any:
        """The nodes one after the other."""
        env: dict[str, Any] = dict(zip(self.inputs, args))
        env.update(self.constants)
        env.update({name: owner._parameters[own] for name, (owner, own) in self.places.items()})
        for node in self.nodes:
            options = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            options = {key: _decoded(value) for key, value in options.items()}
            if node.op_type == "Constant":
                t = from_numpy(numpy.array(numpy_helper.to_array(options["value"])))
                t.__class__ = _Constant
                env[node.output[0]] = t
                continue
            out = TABLE[node.op_type](*(env[x] if x else None for x in node.input), **options)
            several = isinstance(out, tuple) or (isinstance(out, list) and len(node.output) > 1)
            for name, value in zip(node.output, out if several else (out,)):
                env[name] = value
        results = tuple(tensor(env[name]) for name in self.outputs)
        return results[0] if len(results) == 1 else results


def _decoded(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return [_decoded(v) for v in value] if isinstance(value, list) else value


def load_model(f: Any, example_inputs: Any = None) -> Any:
    """An ONNX model (a path, an open file or a ModelProto) as a traced module: call it, train it, look at its ``graph``.

    Dimensions with a name in the file may have any size that the model allows. ``example_inputs``: what to trace with, where inputs
    made from the shapes in the file will not do.
    """
    if isinstance(f, (str, os.PathLike)):
        f = onnx.load_model(os.fspath(f))
    elif hasattr(f, "read"):
        f = onnx.load_model_from_string(f.read())
    onnx.checker.check_model(f)
    unknown = sorted({n.op_type for n in f.graph.node if n.op_type not in (*TABLE, "Constant")})
    if unknown:
        raise UnsupportedModelError(
            f"no line in the table (tinygrad_edu/onnx/importing.py) for the ONNX operators {', '.join(unknown)}"
        )
    model = _Model(f)
    if example_inputs is None:
        example_inputs = tuple(_example(i) for i in f.graph.input if i.name in model.inputs)
    subject = Subject(model.eval())
    groups: dict[str, list[tuple[int, int]]] = {}
    fixed = {}
    given = {i.name: i for i in f.graph.input}
    for at, name in enumerate(model.inputs):
        for dim, size in enumerate(given[name].type.tensor_type.shape.dim):
            if size.dim_param:
                groups.setdefault(size.dim_param, []).append((at, dim))
            elif size.HasField("dim_value"):
                fixed[at, dim] = "the file gives this dimension one size"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TracerWarning)
        graph = build(subject, example_inputs, {}, strict=False, together=list(groups.values()), alone=False)
    graph.name, graph.argument_names = f.graph.name or "OnnxModel", list(model.inputs)
    graph.fixed = {**fixed, **graph.fixed}
    for value, name in zip(graph.inputs, model.inputs):
        value.name = name
    return wrapped(subject, [graph])


def _example(given: Any) -> Any:
    """Zeros (for whole numbers: a valid index) of the shape in the file; named dimensions are 2, 3 … long, one size for each name."""
    kind = given.type.tensor_type
    shape = [d.dim_value if d.HasField("dim_value") else 2 + sum(map(ord, d.dim_param)) % 3 for d in kind.shape.dim]
    dtype = helper.tensor_dtype_to_np_dtype(kind.elem_type)
    return from_numpy(numpy.zeros(shape, dtype))
