"""Normalization: mean 0 and variance 1 over some of the dimensions, then a learned scale and shift.

Batch, layer and group normalization differ only in what they average over: one primitive does the three.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from ..autograd.op import Op
from ..backend import kernels_of
from ._check import ask_for, check_tensor, not_implemented
from ._composed import Composed
from ._define import cast
from ._layout import by_rows, in_format_of
from .pad import constant_pad_nd
from .registry import public


class Layout(NamedTuple):
    """In which shape to see x, over which of its dimensions to average, and how weight and bias stand beside x itself."""

    shape: tuple[int, ...]
    dims: tuple[int, ...]
    affine: tuple[int, ...]

    @property
    def by_channel(self) -> bool:
        """Whether what is averaged over shares one weight: batch normalization."""
        return self.dims in ((0, 2), (0,)) and len(self.shape) > 1


# ------------------------------------------------------------------------------------ kernels
def _mean(x: Any, dims: tuple[int, ...]) -> Any:
    """The mean over ``dims``, kept as 1. (Two short sums are faster than one over scattered dimensions.)"""
    if dims == (0, 2):
        total = x.sum(axis=2, keepdims=True, dtype=x.dtype).sum(axis=0, keepdims=True, dtype=x.dtype)
        return total / (x.shape[0] * x.shape[2])
    return x.mean(axis=dims, keepdims=True, dtype=x.dtype)


def _mean_product(k: Any, x: Any, y: Any, dims: tuple[int, ...]) -> Any:
    """The mean of ``x * y`` over ``dims``, kept as 1; the products are added up without being stored."""
    letters = "abcdefghijklmnopqrstuvwxyz"[: x.ndim]
    kept = "".join(letter for i, letter in enumerate(letters) if i not in dims)
    total = k.xp.einsum(f"{letters},{letters}->{kept}", x, y)
    return (total / prod(x.shape[i] for i in dims)).reshape([1 if i in dims else n for i, n in enumerate(x.shape)])


def _affine(p: Any, layout: Layout) -> Any:
    return p.reshape(layout.affine)


def _wide(x: Any) -> Any:
    return x.astype("float32") if x.dtype.itemsize == 2 else x


_AT_A_TIME = 1 << 17  # numbers: what is computed of them on the way stays in the processor's cache


def _parts(k: Any, layout: Layout) -> list[Any]:
    """Indices that cut an array of the layout's shape, across the longest dimension that is not averaged over."""
    shape = layout.shape
    axis = max((i for i in range(len(shape)) if i not in layout.dims), key=lambda i: shape[i], default=None)
    if axis is None or prod(shape) <= _AT_A_TIME or k.device_type != "cpu":
        return [()]
    step = max(1, _AT_A_TIME * shape[axis] // prod(shape))
    return [(*(slice(None),) * axis, slice(i, i + step)) for i in range(0, shape[axis], step)]


def _beside(p: Any, layout: Layout) -> Any:
    """Weight or bias as it stands beside the layout's shape; None where one average covers several channels (groups)."""
    if p is None or layout.dims == (2,):
        return None
    return p.reshape(1, -1, *(1,) * (len(layout.shape) - 2)) if layout.by_channel else p.reshape(layout.affine)


def _part(p: Any, part: Any, layout: Layout) -> Any:
    """The part of a weight that belongs to a part of what it scales."""
    return p[part] if layout.by_channel else p


def _normalize(k: Any, x: Any, w: Any, b: Any, stats: Any, layout: Layout, eps: float) -> Any:
    """Normalized, scaled and shifted; the mean; 1 / standard deviation; the variance."""
    v, dims = _wide(x).reshape(layout.shape), layout.dims
    kept = [1 if i in dims else n for i, n in enumerate(layout.shape)]
    mean, var = (
        (k.xp.empty(kept, v.dtype) for _ in range(2)) if stats is None else (_wide(s).reshape(kept) for s in stats)
    )
    out, inverse = k.xp.empty(layout.shape, v.dtype), k.xp.empty(kept, v.dtype)
    scale, shift = _beside(w, layout), _beside(b, layout)
    for part in _parts(k, layout):
        d = out[part]
        if stats is None:
            mean[part] = _mean(v[part], dims)
        k.xp.subtract(v[part], mean[part], out=d)
        if stats is None:
            var[part] = _mean_product(k, d, d, dims)
        inverse[part] = 1 / k.xp.sqrt(var[part] + eps)
        if layout.by_channel and scale is not None:  # both at once: numbers of a channel
            d *= inverse[part] * scale[part]
        else:
            d *= inverse[part]
            if scale is not None:
                d *= scale
        if shift is not None:
            d += _part(shift, part, layout)
    out = out.reshape(x.shape)
    if w is not None and scale is None:
        out *= _affine(w, layout)
    if b is not None and shift is None:
        out += _affine(b, layout)
    return out.astype(x.dtype, copy=False), mean, inverse, var


def _input_slope(
    k: Any, g: Any, x: Any, w: Any, mean: Any, inverse: Any, stats: Any, layout: Layout, eps: float
) -> Any:
    """``(g - mean(g) - unit · mean(g · unit)) / deviation``, ``g`` times the weight, ``unit = (x - mean) / deviation``."""
    dtype, shape = g.dtype, x.shape
    g, x = _wide(g), _wide(x)
    scale = _beside(w, layout) if layout.by_channel else None  # which can wait till the end
    if w is not None and scale is None:
        g = g * _affine(w, layout)
    g, x, gx = g.reshape(layout.shape), x.reshape(layout.shape), k.xp.empty(layout.shape, g.dtype)
    for part in _parts(k, layout):
        above, made, factor = g[part], gx[part], inverse[part]
        if stats is None:
            d = x[part] - mean[part]
            d *= _mean_product(k, above, d, layout.dims) * factor * factor
            k.xp.subtract(above, d, out=made)
            made -= _mean(above, layout.dims)
            above = made
        k.xp.multiply(above, factor if scale is None else factor * scale[part], out=made)
    return gx.reshape(shape).astype(dtype, copy=False)


def _weight_slope(
    k: Any, g: Any, x: Any, w: Any, mean: Any, inverse: Any, stats: Any, layout: Layout, eps: float
) -> Any:
    """The sum of ``g · unit`` over the dimensions along which the weight is repeated."""
    shape, x, g = x.shape, _wide(x).reshape(layout.shape), g.reshape(layout.shape)
    if layout.by_channel:
        total = k.xp.empty(mean.shape, x.dtype)
        for part in _parts(k, layout):
            total[part] = _mean_product(k, g[part], x[part] - mean[part], layout.dims)
        total *= inverse * (x.size // max(1, total.size))
        return total.reshape(w.shape).astype(w.dtype, copy=False)
    products = k.xp.empty(layout.shape, x.dtype)
    for part in _parts(k, layout):
        unit = k.xp.subtract(x[part], mean[part], out=products[part])
        unit *= inverse[part]
        unit *= g[part]
    return _summed(k, products.reshape(shape), w.shape, layout)


def _summed(k: Any, g: Any, shape: Any, layout: Layout) -> Any:
    """Sum over the dimensions along which weight and bias are repeated."""
    dims = tuple(i for i, n in enumerate(layout.affine) if n == 1)
    lead = len(g.shape) - len(layout.affine)
    dims = (*range(lead), *(d + lead for d in dims))
    return k.reshaped(k.sum_dims(g, dims, False), tuple(shape)) if dims else k.reshaped(g, tuple(shape))


# the same gradients in differentiable steps: statistics are computed again, as functions of x
def _unit(k: Any, x: Any, mean: Any, inverse: Any, stats: Any, layout: Layout, eps: float) -> tuple[Any, Any]:
    v = k.reshaped(x, layout.shape)
    if stats is None:
        mean = k.mean_dims(v, layout.dims, True)
        d = v - mean
        inverse = k.rsqrt(k.mean_dims(d * d, layout.dims, True) + eps)
    return (v - mean) * inverse, inverse


def _input_steps(
    k: Any, g: Any, x: Any, w: Any, mean: Any, inverse: Any, stats: Any, layout: Layout, eps: float
) -> Any:
    if w is not None:
        g = g * k.reshaped(w, layout.affine)
    shape = tuple(x.shape)
    g = k.reshaped(g, layout.shape)
    unit, inverse = _unit(k, x, mean, inverse, stats, layout, eps)
    if stats is not None:
        return k.reshaped(g * inverse, shape)
    dims = layout.dims
    gx = inverse * (g - k.mean_dims(g, dims, True) - unit * k.mean_dims(g * unit, dims, True))
    return k.reshaped(gx, shape)


def _weight_steps(
    k: Any, g: Any, x: Any, w: Any, mean: Any, inverse: Any, stats: Any, layout: Layout, eps: float
) -> Any:
    unit, _ = _unit(k, x, mean, inverse, stats, layout, eps)
    return _summed(k, g * k.reshaped(unit, tuple(x.shape)), w.shape, layout)


Composed("norm_input_grad", _input_slope, _input_steps)
Composed("norm_weight_grad", _weight_slope, _weight_steps)
for _name in ("batch", "layer", "group"):
    Op(f"native_{_name}_norm", _normalize, outputs=("out", "mean", "inverse", "var"),
       differentiable=(True, False, False, False),
       x=lambda k, g, x, w, mean, inverse, stats, layout, eps:
           k.norm_input_grad(g, x, w, mean, inverse, stats, layout, eps),
       w=lambda k, g, x, w, mean, inverse, stats, layout, eps:
           k.norm_weight_grad(g, x, w, mean, inverse, stats, layout, eps),
       b=lambda k, g, b_shape, layout: _summed(k, g, b_shape, layout))  # fmt: skip


# ------------------------------------------------------------------------------------ batch
def _check_dtypes(input: Any, *others: Any) -> None:
    for t in others:
        if t is not None and t._data.dtype != input._data.dtype:
            if input._data.dtype.itemsize == 2 and t._data.dtype.name == "float32":
                continue
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")


def _batch_norm(
    input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, training: bool, momentum: float, eps: float
) -> Any:
    shape = input._data.shape
    channels = shape[1] if len(shape) > 1 else 0
    if not training:
        for name, t in (("running_mean", running_mean), ("running_var", running_var)):
            if t is None:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
    named = (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias))
    for name, t in named:
        if t is not None and t._data.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {t._data.size}")
    if input._data.dtype.kind in "iubc":
        raise not_implemented("batch_norm", input)
    _check_dtypes(input, weight, bias, running_mean, running_var)
    length = prod(shape[2:])
    layout = Layout((shape[0], channels, length), (0, 2), (1, channels, *(1,) * (len(shape) - 2)))
    if len(shape) == 2:
        layout = Layout(shape, (0,), (1, channels))
    stats = None if training else (running_mean._data, running_var._data)
    out, mean, _, var = Op.table["native_batch_norm"](input, weight, bias, stats, layout, eps)
    n = shape[0] * length
    if training and running_mean is not None and n:
        _follow(running_mean, mean._data, momentum)
        _follow(running_var, var._data * (n / max(n - 1, 1)), momentum)
    return in_format_of(out, input)


def _follow(running: Any, value: Any, momentum: float) -> None:
    """``running = (1 - momentum) · running + momentum · value``, in place."""
    running._data *= 1 - momentum
    running._data += (value.reshape(-1) * momentum).astype(running._data.dtype)
    running._counter[0] += 1


def _check_enough(shape: Sequence[int]) -> None:
    from ..size import Size

    if shape[0] * prod(shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {Size(shape)}")


@public("functional")
def batch_norm(
    input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: bool = False,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """``(x - mean) / sqrt(var + eps) · weight + bias`` for each channel of (N, C, …).

    With ``training`` mean and (biased) variance are the batch's, and the running statistics move towards them (the variance
    unbiased) by ``momentum``; without, the running statistics are used.
    """
    check_tensor("batch_norm", "input", 1, input)
    if training and input._data.ndim > 1:
        _check_enough(input._data.shape)
    if training and eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0.0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    return _batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


@public("functional")
def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
    use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """`batch_norm` with the statistics of each image and channel of its own."""
    check_tensor("instance_norm", "input", 1, input)
    shape = input._data.shape
    if use_input_stats and prod(shape[2:]) == 1:
        from ..size import Size

        raise ValueError(f"Expected more than 1 spatial element when training, got input size {Size(shape)}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    n, c = shape[:2]
    weight, bias = (None if p is None else p.repeat(n) for p in (weight, bias))
    means: Any = None if running_mean is None else running_mean.repeat(n)
    variances: Any = None if running_var is None else running_var.repeat(n)
    flat = input.contiguous().view(1, n * c, *shape[2:])
    out = _batch_norm(flat, means, variances, weight, bias, use_input_stats, momentum, eps)
    for kept, repeated in ((running_mean, means), (running_var, variances)):
        if kept is not None and use_input_stats:
            kept._data[...] = repeated._data.reshape(n, c).mean(axis=0)
            kept._counter[0] += 1
    return out.view(shape)


# ------------------------------------------------------------------------------------ layer, group, root mean square
def _check_normalized(input: Any, normalized_shape: Sequence[int], star: str) -> tuple[int, ...]:
    wanted = tuple(normalized_shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    shape = input._data.shape
    if shape[len(shape) - len(wanted) :] != wanted or len(shape) < len(wanted):
        text = star + ", ".join(map(str, wanted))
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*{text}], but got input of size{list(shape)}"
        )
    return wanted


def _check_same_shape(name: str, t: Any, wanted: tuple[int, ...]) -> None:
    if t is not None and t._data.shape != wanted:
        raise RuntimeError(
            f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(t._data.shape)} and "
            f"normalized_shape = {list(wanted)}"
        )


@public("functional")
def layer_norm(
    input: Any, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Mean 0 and variance 1 over the last dimensions, which are ``normalized_shape``; then times weight plus bias.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.layer_norm(tg.tensor([[1., 2., 3.]]), (3,))
    tensor([[-1.2247,  0.0000,  1.2247]])
    """
    check_tensor("layer_norm", "input", 1, input)
    if isinstance(normalized_shape, int):
        raise TypeError("layer_norm(): argument 'normalized_shape' (position 2) must be tuple of ints, not int")
    _check_dtypes(input, weight, bias)
    wanted = tuple(normalized_shape)
    if wanted:
        _check_same_shape("weight", weight, wanted)
        _check_same_shape("bias", bias, wanted)
    wanted = _check_normalized(input, wanted, ", ")
    if input._data.dtype.kind in "iubc":
        raise not_implemented("LayerNormKernelImpl", input)
    shape = input._data.shape
    dims = tuple(range(len(shape) - len(wanted), len(shape)))
    return by_rows(Op.table["native_layer_norm"](input, weight, bias, None, Layout(shape, dims, wanted), eps)[0])


@public("functional")
def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Mean 0 and variance 1 over each group of channels of each image of (N, C, …); then per-channel weight and bias."""
    ask_for("dim", input)
    shape = input._data.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    n, c = shape[:2]
    groups = [n * c // num_groups, num_groups, *shape[2:]]  # the shape that torch looks at, and names
    if groups[0] * prod(shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {groups}")
    if c % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {list(shape)} and "
            f"num_groups={num_groups}"
        )
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t._data.shape != (c,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(t._data.shape)} and input of shape {list(shape)}"
            )
    _check_dtypes(input, weight, bias)
    layout = Layout((n, num_groups, prod(shape[1:]) // num_groups), (2,), (1, c, *(1,) * (len(shape) - 2)))
    return in_format_of(Op.table["native_group_norm"](input, weight, bias, None, layout, eps)[0], input)


@public("function functional")
def rms_norm(input: Any, normalized_shape: Sequence[int], weight: Any = None, eps: float | None = None) -> Any:
    """``x / sqrt(mean(x²) + eps) · weight`` over the last dimensions; ``eps`` is the dtype's smallest step unless given."""
    check_tensor("rms_norm", "input", 1, input)
    wanted = _check_normalized(input, normalized_shape, "")
    if weight is not None:
        _check_same_shape("weight", weight, wanted)
    x = cast(input, _float32()) if input._data.dtype.itemsize == 2 else input
    if eps is None:
        eps = float(kernels_of(x._data).xp.finfo(x._data.dtype).eps)
    dims = tuple(range(-len(wanted), 0))
    out = x * Op.table["add_number"](x.pow(2).mean(dims, keepdim=True), eps).rsqrt()
    out = out if x is input else cast(out, input.dtype)
    return by_rows(out if weight is None else out * weight)


def _float32() -> Any:
    from .. import dtypes

    return dtypes.float32


# ------------------------------------------------------------------------------------ others
@public("functional")
def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Any:
    """``x / (k + alpha · mean of x² over size neighbouring channels) ** beta``."""
    from .pool import avg_pool2d, avg_pool3d

    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality                          input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    squares = input.mul(input)
    pads = (size // 2, (size - 1) // 2)
    if dim == 3:
        means = avg_pool2d(constant_pad_nd(squares.unsqueeze(1), (0, 0, *pads)), (size, 1), 1).squeeze(1)
    else:
        n, c, h = input.shape[:3]
        lifted = squares.view(n, 1, c, h, -1)
        means = avg_pool3d(constant_pad_nd(lifted, (0, 0, 0, 0, *pads)), (size, 1, 1), 1).squeeze(1).view(input.shape)
    return input / means.mul(alpha).add(k).pow(beta)


@public("functional")
def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Any:
    """``x`` divided by its p-norm along ``dim`` (at least ``eps``).

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.normalize(tg.tensor([[3., 4.]]))
    tensor([[0.6000, 0.8000]])
    """
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    if out is not None:
        from .registry import store_into

        store_into(out, input / length)
        return out
    return input / length
