"""Activations: the functions of one number between a network's layers."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.inplace import check_writable, write
from ..autograd.op import Op
from ..backend import kernels_of
from ..backend.bits import choose
from ..random import stream_for
from ._check import ask_for, check_tensor, not_implemented
from ._define import rounded_once
from ._layout import laid_out
from .functions import relu as plain_relu
from .registry import functional, functions, methods, public


def finished(input: Any, out: Any, inplace: bool) -> Any:
    """``out``, or with ``inplace`` the input after ``out`` was stored in it."""
    if not inplace:
        if out._data.ndim > 1 and not input._data.flags.c_contiguous:
            laid_out(out, input)
        return out
    check_writable(input)
    return write(input, out)


def _check(name: str, kernel: str, input: Any) -> None:
    if input.__class__.__name__ != "Tensor":
        check_tensor(name, "input", 1, input)
    if input._data.dtype.kind in ("iub" if name == "silu" else "iubc"):
        raise not_implemented(kernel, input)


def _inplace_form(function: Any, name: str, places: str = "functional") -> None:
    """Publish ``name_``: the same with ``inplace=True``."""

    def form(input: Any, *args: Any, **kwargs: Any) -> Any:
        check_writable(input)
        return write(input, function(input, *args, **kwargs))

    form.__name__ = form.__qualname__ = f"{name}_"
    form.__doc__ = f"In-place form of ``{name}``."
    for word in places.split():
        {"functional": functional, "function": functions, "method": methods}[word][f"{name}_"] = form


# ------------------------------------------------------------------------------------ the relu family
@public("functional", name="relu")
def relu_functional(input: Any, inplace: bool = False) -> Any:
    """``max(0, x)`` for each element."""
    check_tensor("relu", "input", 1, input)
    return finished(input, plain_relu(input), inplace)


_inplace_form(plain_relu, "relu")


def _clip(k: Any, x: Any, low: Any, high: Any) -> Any:
    return k.xp.clip(x, low, high)


Op("hardtanh", rounded_once(_clip), x=lambda k, g, x, low, high: k.zero_where(g, ~((x <= low) | (x >= high))))
Op(
    "leaky_relu",
    rounded_once(lambda k, x, slope: choose(k.xp, x > 0, x, x * slope)),
    x=lambda k, g, x, slope: k.where(x > 0, g, g * slope),
)
Op("threshold", lambda k, x, threshold, value: k.xp.where(x <= threshold, x.dtype.type(value), x),
   x=lambda k, g, x, threshold: k.zero_where(g, ~(x <= threshold)))  # fmt: skip
Op("prelu_kernel", lambda k, x, w: choose(k.xp, x > 0, x, w * x),
   x=lambda k, g, x, w: k.where(x > 0, g, w * g), w=lambda k, g, x: k.where(x > 0, 0 * g, x * g))  # fmt: skip
Op("rrelu_with_noise", lambda k, x, noise: x * noise, x=lambda k, g, noise: g * noise)


@public("functional")
def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """``x`` limited to [min_val, max_val]."""
    return _hardtanh("hardtanh", input, min_val, max_val, inplace)


def _hardtanh(name: str, input: Any, min_val: float, max_val: float, inplace: bool) -> Any:
    check_tensor(name, "input", 1, input)
    if input._data.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    if input._data.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if input._data.dtype.kind in "iu":
        min_val, max_val = int(min_val), int(max_val)
        if input._data.dtype.kind == "u" and min_val < 0:
            raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    return finished(input, Op.table["hardtanh"](input, min_val, max_val), inplace)


_inplace_form(hardtanh, "hardtanh")


@public("functional")
def relu6(input: Any, inplace: bool = False) -> Any:
    """``min(max(0, x), 6)``."""
    return _hardtanh("relu6", input, 0.0, 6.0, inplace)


@public("functional")
def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """``x`` where positive, ``negative_slope * x`` elsewhere.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.leaky_relu(tg.tensor([-1., 2.]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    _check("leaky_relu", "leaky_relu_cpu", input)
    return finished(input, Op.table["leaky_relu"](input, negative_slope), inplace)


_inplace_form(leaky_relu, "leaky_relu")


def _threshold(input: Any, threshold: float, value: float) -> Any:
    """``x`` where it is above ``threshold``, else ``value``."""
    if input._data.dtype.kind == "b":
        raise not_implemented("threshold_cpu", input)
    return Op.table["threshold"](input, threshold, value)


public("function", name="threshold")(_threshold)
_inplace_form(_threshold, "threshold", "function functional")


@public("functional", name="threshold")
def threshold_functional(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """``x`` where it is above ``threshold``, else ``value``."""
    check_tensor("threshold", "input", 1, input)
    return finished(input, _threshold(input, threshold, value), inplace)


@public("function method functional")
def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with a learned slope: one number, or one for each channel (dimension 1)."""
    check_tensor("prelu", "input", 1, input)
    check_tensor("prelu", "weight", 2, weight)
    if input._data.dtype != weight._data.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {input.dtype.short} and {weight.dtype.short}")
    n, shape = weight._data.size, input._data.shape
    if weight._data.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight._data.ndim}")
    if n != 1:
        if not shape:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = shape[1] if len(shape) > 1 else 1
        if channels != n:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {n} and channel size = "
                f"{channels}."
            )
    if len(shape) != weight._data.ndim or weight._data.ndim == 1:
        weight = weight.view([n if i == 1 else 1 for i in range(len(shape))] if len(shape) > 1 else [n] * len(shape))
    return Op.table["prelu_kernel"](input, weight)


def _rrelu(
    input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Any = None
) -> Any:
    """`leaky_relu` whose slope is drawn anew for every element while training, and their mean when not."""
    _check("rrelu", "leaky_relu_cpu" if not training else "rrelu_with_noise_out_cpu", input)
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    x = input._data
    if not training:
        return Op.table["rrelu_eval"](input, (lower + upper) / 2)
    negative = x <= 0
    stream = stream_for(generator, x)
    slopes = stream.uniform((int(negative.sum()),), float(lower), float(upper), "float64")
    noise = kernels_of(x).xp.ones(x.shape, x.dtype)
    noise[negative] = slopes
    return Op.table["rrelu_with_noise"](input, noise)


Op("rrelu_eval", lambda k, x, slope: choose(k.xp, x > 0, x, x * slope).astype(x.dtype, "C", copy=False),
   node="RreluWithNoiseBackward0",
   x=lambda k, g, x, slope: k.where(x > 0, g, g * slope))  # fmt: skip
public("function", name="rrelu")(_rrelu)
_inplace_form(_rrelu, "rrelu", "function functional")


@public("functional", name="rrelu")
def rrelu_functional(
    input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Any:
    """`leaky_relu` whose slope is drawn anew for every element while training, and their mean when not."""
    out = _rrelu(input, lower, upper, training)
    return finished(input, out, True) if inplace else out


# ------------------------------------------------------------------------------------ with an exponential tail
def _elu(k: Any, x: Any, alpha: Any, scale: Any, rate: Any) -> Any:
    tail = k.xp.expm1(k.xp.minimum(x, x.dtype.type(0)) * rate) * (alpha * scale)
    return choose(k.xp, x >= 0, x * scale if scale != 1 else x, tail)


def _elu_slope(k: Any, g: Any, x: Any, alpha: Any, scale: Any, rate: Any) -> Any:
    below = k.exp(k.where(x <= 0, x, 0 * x) * rate) * (alpha * scale * rate)
    return k.where(x <= 0, g * below, g * scale)


Op("elu", rounded_once(_elu), x=_elu_slope)
Op("celu", rounded_once(_elu), x=_elu_slope)
_SELU = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@public("functional")
def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere."""
    _check("elu", "elu_cpu", input)
    return finished(input, Op.table["elu"](input, alpha, 1, 1), inplace)


_inplace_form(elu, "elu")


@public("function", name="celu")
def _celu(input: Any, alpha: float = 1.0) -> Any:
    """``x`` where positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere."""
    _check("celu", "elu_cpu", input)
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return Op.table["celu"](input, alpha, 1, 1 / alpha)


_inplace_form(_celu, "celu", "function functional")


@public("functional", name="celu")
def celu_functional(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """``x`` where positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere."""
    return finished(input, _celu(input, alpha), inplace)


@public("function", name="selu")
def _selu(input: Any) -> Any:
    """`elu` scaled so that activations keep mean 0 and variance 1."""
    _check("selu", "elu_cpu", input)
    alpha, scale = _SELU
    return Op.table["elu"](input, alpha, scale, 1)


_inplace_form(_selu, "selu", "function functional")


@public("functional", name="selu")
def selu_functional(input: Any, inplace: bool = False) -> Any:
    """`elu` scaled so that activations keep mean 0 and variance 1."""
    return finished(input, _selu(input), inplace)


def _softplus(k: Any, x: Any, beta: Any, threshold: Any) -> Any:
    y = x if beta == 1 else x * beta
    soft = k.xp.log1p(k.xp.exp(k.xp.minimum(y, x.dtype.type(threshold))))
    return k.xp.where(y > threshold, x, soft if beta == 1 else soft / beta)


Op("softplus", _softplus,
   x=lambda k, g, x, beta, threshold: k.where(x * beta > threshold, g, g * k.sigmoid(x * beta)))  # fmt: skip


@public("functional", out=True)
def softplus(input: Any, beta: float = 1, threshold: float = 20) -> Any:
    """``log(1 + exp(beta * x)) / beta``, a smooth relu; linear above ``threshold / beta``.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.softplus(tg.tensor([-1., 0., 30.]))
    tensor([ 0.3133,  0.6931, 30.0000])
    """
    _check("softplus", "softplus_cpu", input)
    return finished(input, Op.table["softplus"](input, beta, threshold), False)


def _log_sigmoid(k: Any, x: Any) -> Any:
    x = x.copy("C") if not x.flags.c_contiguous else x
    return k.xp.minimum(x, x.dtype.type(0)) - k.xp.log1p(k.xp.exp(-k.xp.abs(x)))


Op("log_sigmoid", _log_sigmoid, x=lambda k, g, x: g * k.sigmoid(-x))


@public("functional special", out=True)
def logsigmoid(input: Any) -> Any:
    """``log(sigmoid(x))``, exact for large negative numbers."""
    _check("log_sigmoid", "log_sigmoid_cpu", input)
    return Op.table["log_sigmoid"](input)


# ------------------------------------------------------------------------------------ x times a gate
def _gelu(k: Any, x: Any) -> Any:
    return 0.5 * x * (1 + k.erf(x * math.sqrt(0.5)))


_CUBE = 0.044715
_ROOT = math.sqrt(2 / math.pi)


def _gelu_tanh(k: Any, x: Any) -> Any:
    return 0.5 * x * (1 + k.tanh((x + _CUBE * x * x * x) * _ROOT))


def _gelu_tanh_slope(k: Any, g: Any, x: Any) -> Any:
    t = k.tanh((x + _CUBE * x * x * x) * _ROOT)
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (_ROOT * (1 + 3 * _CUBE * x * x)))


Op("gelu", rounded_once(_gelu), x=lambda k, g, x:
   g * (0.5 * (1 + k.erf(x * math.sqrt(0.5))) + x * k.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)))  # fmt: skip
Op("gelu_tanh", rounded_once(_gelu_tanh), node="GeluBackward0", x=_gelu_tanh_slope)


@public("functional", out=True)
def gelu(input: Any, *, approximate: str = "none") -> Any:
    """``x * Φ(x)`` with the normal distribution's Φ; ``approximate="tanh"`` its usual approximation."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    _check("gelu", "GeluKernelImpl", input)
    return Op.table["gelu" if approximate == "none" else "gelu_tanh"](input)


def _silu_slope(k: Any, g: Any, x: Any) -> Any:
    s = k.sigmoid(x)
    return g * (s * (1 + x * (1 - s)))


Op("silu", rounded_once(lambda k, x: x * k.sigmoid(x)), x=_silu_slope)


@public("functional")
def silu(input: Any, inplace: bool = False) -> Any:
    """``x * sigmoid(x)``."""
    _check("silu", "silu_cpu", input)
    return finished(input, Op.table["silu"](input), inplace)


def _mish_slope(k: Any, g: Any, x: Any) -> Any:
    t = k.tanh(k.softplus(x, 1, 20))
    return g * (t + x * k.sigmoid(x) * (1 - t * t))


Op("mish", lambda k, x: x * k.tanh(k.softplus(x, 1, 20)), x=_mish_slope)


@public("functional")
def mish(input: Any, inplace: bool = False) -> Any:
    """``x * tanh(softplus(x))``."""
    _check("mish", "mish_cpu", input)
    return finished(input, Op.table["mish"](input), inplace)


_SIXTH = 0.1666666716337204  # torch has it in single precision
Op(
    "hardsigmoid",
    rounded_once(lambda k, x: k.xp.clip(x + 3, 0, 6) / 6),
    x=lambda k, g, x: k.zero_where(g * _SIXTH, (x > -3) & (x < 3)),
)
Op("hardswish", rounded_once(lambda k, x: x * k.xp.clip(x + 3, 0, 6) / 6),
   x=lambda k, g, x: k.where(x < 3, k.zero_where(g * (x / 3 + 0.5), ~(x <= -3)), g))  # fmt: skip


@public("functional")
def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """``min(max(x + 3, 0), 6) / 6``: a sigmoid made of straight lines."""
    _check("hardsigmoid", "hardsigmoid_cpu", input)
    return finished(input, Op.table["hardsigmoid"](input), inplace)


@public("functional")
def hardswish(input: Any, inplace: bool = False) -> Any:
    """``x * hardsigmoid(x)``."""
    _check("hardswish", "hardswish_cpu", input)
    return finished(input, Op.table["hardswish"](input), inplace)


def _halves(k: Any, x: Any, dim: int, n: int) -> tuple[Any, Any]:
    return k.slice(x, dim, 0, n, 1), k.slice(x, dim, n, 2 * n, 1)


def _glu(k: Any, x: Any, dim: int, n: int) -> Any:
    a, b = _halves(k, x, dim, n)
    return a * k.sigmoid(b)


def _glu_slope(k: Any, g: Any, x: Any, x_shape: Any, dim: int, n: int) -> Any:
    a, b = _halves(k, x, dim, n)
    s = k.sigmoid(b)
    return k.slice_backward(g * s, x_shape, dim, 0, n, 1) + k.slice_backward(
        (1 - s) * s * g * a, x_shape, dim, n, 2 * n, 1
    )


Op("glu", _glu, x=_glu_slope)


@public("functional")
def glu(input: Any, dim: int = -1) -> Any:
    """``a * sigmoid(b)`` where a and b are the two halves of the dimension ``dim``."""
    from .view import wrap_dim

    ask_for("dim", input)
    if input._data.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    d = wrap_dim(dim, input._data.ndim)
    n = input._data.shape[d]
    if n % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {d} is size {n}")
    _check("glu", "glu_cpu", input)
    return Op.table["glu"](input, d, n // 2)


# ------------------------------------------------------------------------------------ shrinking
Op("softshrink", rounded_once(lambda k, x, lambd: k.xp.where(x > lambd, x - lambd, k.xp.where(x < -lambd, x + lambd, x * 0 + 0))),
   x=lambda k, g, x, lambd: k.zero_where(g, ~((x >= -lambd) & (x <= lambd))))  # fmt: skip
Op("hardshrink", lambda k, x, lambd: k.xp.where((x >= -lambd) & (x <= lambd), x.dtype.type(0), x),
   x=lambda k, g, x, lambd: k.zero_where(g, ~((x >= -lambd) & (x <= lambd))))  # fmt: skip


@public("functional", out=True)
def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """``x`` moved towards 0 by ``lambd``, and 0 within that distance of it."""
    _check("softshrink", "softshrink_check", input)
    if lambd < 0:
        top = float(kernels_of(input._data).xp.finfo(input._data.dtype).max)
        raise RuntimeError(
            f"lambda must be in range [0, {top:g}] for input dtype {input.dtype.short}, but found {lambd:g}"
        )
    return Op.table["softshrink"](input, lambd)


@public("function method functional", out=True)
def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """``x``, but 0 where it is within ``lambd`` of 0."""
    _check("hardshrink", "hardshrink_cpu", input)
    return finished(input, Op.table["hardshrink"](input, lambd), False)


@public("functional")
def tanhshrink(input: Any) -> Any:
    """``x - tanh(x)``."""
    return input - input.tanh()


@public("functional")
def softsign(input: Any) -> Any:
    """``x / (1 + |x|)``."""
    return input / (input.abs() + 1)
