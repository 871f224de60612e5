"""Losses between numbers: how far predictions are from targets."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.modes import no_grad
from ..autograd.op import Op
from ..backend import kernels_of
from ..backend.bits import choose
from ..backend.later import refuse
from ..backend.outside import warn
from ._check import not_for, not_implemented
from ._define import broadcast_error, cast, result_type
from ._layout import laid_out
from ._reduction import check_pair, in_order, loss_op, reduced, reduction_of, spread, warn_about_sizes
from .registry import functions, public


def _pair(name: str, kernel: str, input: Any, target: Any) -> tuple[Any, Any]:
    """Both as tensors of one floating point dtype."""
    check_pair(name, input, target)
    if input._data.dtype is not target._data.dtype or input._data.dtype.kind in "iub":
        common = result_type(input, target)
        input, target = cast(input, common), cast(target, common)
        if input._data.dtype.kind in "iub":
            raise not_implemented(kernel, input)
    return input, target


def _call(op: str, input: Any, target: Any, option: Any, reduction: str) -> Any:
    try:
        return in_order(Op.table[op](input, target, option, reduction), reduction, input, target)
    except ValueError:
        raise broadcast_error(input, target) from None


def _weighted(losses: Any, weight: Any, input: Any, reduction: str) -> Any:
    """torch's weights for single elements: the mean divides by their sum."""
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    losses = losses * weight
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / weight.sum()


# ------------------------------------------------------------------------------------ regression
def _square(k: Any, x: Any, y: Any, _: Any) -> Any:
    d = x - y
    d *= d
    return d


loss_op("mse_loss", _square, lambda k, x, y, _: 2 * (x - y), lambda k, x, y, _: 2 * (y - x))


@public("functional")
def mse_loss(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    weight: Any = None,
) -> Any:  # fmt: skip
    """The mean (or "sum", or each: "none") of the squared differences ``(input - target) ** 2``.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.mse_loss(tg.tensor([1., 2.]), tg.tensor([1., 4.]))
    tensor(2.)
    """
    warn_about_sizes(input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if weight is not None:
        return _weighted((input - target) ** 2, weight, input, reduction)
    input, target = _pair("mse_loss", "mse_cpu", input, target)
    not_for("mse_cpu", input, "c")
    return _call("mse_loss", input, target, None, reduction)


@public("functional")
def l1_loss(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    weight: Any = None,
) -> Any:  # fmt: skip
    """The mean (or "sum", or each: "none") of the absolute differences ``|input - target|``."""
    warn_about_sizes(input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    losses = (input - target).abs()
    return reduced(losses, reduction) if weight is None else _weighted(losses, weight, input, reduction)


def _smooth(k: Any, x: Any, y: Any, beta: float) -> Any:
    z = k.xp.abs(x - y)
    return choose(k.xp, z < beta, z * z * (0.5 / beta), z - 0.5 * beta)


def _smooth_slope(k: Any, x: Any, y: Any, beta: float) -> Any:
    return k.hardtanh((x - y) / beta, -1, 1)


loss_op(
    "smooth_l1_loss",
    _smooth,
    _smooth_slope,
    lambda k, x, y, beta: _smooth_slope(k, y, x, beta),
    "SmoothL1LossBackward0",
)


@public("functional")
def smooth_l1_loss(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    beta: float = 1.0,
) -> Any:  # fmt: skip
    """With z = ``|input - target|``: ``z² / (2 · beta)`` below ``beta``, ``z - beta / 2`` above."""
    warn_about_sizes(input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if beta == 0.0:
        return l1_loss(input, target, reduction=reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    input, target = _pair("smooth_l1_loss", "smooth_l1_cpu", input, target)
    not_for("smooth_l1_cpu", input, "c")
    return _call("smooth_l1_loss", input, target, beta, reduction)


def _huber(k: Any, x: Any, y: Any, delta: float) -> Any:
    z = k.xp.abs(x - y)
    return choose(k.xp, z <= delta, 0.5 * z * z, delta * (z - 0.5 * delta))


loss_op("huber_loss", _huber, lambda k, x, y, delta: k.hardtanh(x - y, -delta, delta),
        lambda k, x, y, delta: k.hardtanh(y - x, -delta, delta))  # fmt: skip


@public("functional")
def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """With z = ``|input - target|``: ``z² / 2`` up to ``delta``, ``delta · (z - delta / 2)`` above."""
    warn_about_sizes(input, target)
    reduction = reduction_of(reduction)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    pair = _pair("huber_loss", "huber_cpu", input, target)
    not_for("huber_cpu", pair[0], "c")
    if input._data.dtype.kind in "iub":
        raise RuntimeError(
            f"result type {pair[0].dtype.short} can't be cast to the desired output type {input.dtype.short}"
        )
    if weight is not None:
        if weight.size() != input.size():
            raise ValueError("Weights and input must have the same size.")
        return reduced(_call("huber_loss", *pair, delta, "none") * weight, reduction)
    return cast(_call("huber_loss", *pair, delta, reduction), input.dtype)  # torch does not promote here


# ------------------------------------------------------------------------------------ probabilities
def _log(k: Any, x: Any) -> Any:
    return k.xp.maximum(k.xp.log(x), x.dtype.type(-100))


def _bce(k: Any, x: Any, y: Any, w: Any) -> Any:
    losses = (y - 1) * k.xp.maximum(k.xp.log1p(-x), x.dtype.type(-100)) - y * _log(k, x)
    return losses if w is None else losses * w


def _times(value: Any, w: Any) -> Any:
    return value if w is None else value * w


_LEAST = 9.999999960041972e-13  # 1e-12 as torch has it, in float32


# the weight is an argument of its own so that formulas get it as a tensor when they run on tensors
Op("binary_cross_entropy",
   lambda k, x, y, w, reduction: _reduce(_bce(k, x, y, w), reduction),
   x=lambda k, g, x, y, w, reduction: _times((x - y) / k.hardtanh((1 - x) * x, _LEAST, math.inf), w) * _share(g, x, reduction),
   y=lambda k, g, x, y, w, reduction:
       _times(k.hardtanh(k.log(1 - x), -100, 0) - k.hardtanh(k.log(x), -100, 0), w) * _share(g, x, reduction))  # fmt: skip


def _reduce(losses: Any, reduction: str) -> Any:
    from ._reduction import reduce_raw

    return reduce_raw(losses, reduction)


def _share(g: Any, x: Any, reduction: str) -> Any:
    total = 1
    for n in x.shape:
        total *= n
    return spread(g, reduction, total)


@public("functional")
def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """``-(y · log x + (1 - y) · log(1 - x))`` for probabilities x and targets y in [0, 1]; the logs are at least -100."""
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is deprecated. "
            "Please ensure they have the same size."
        )
    if weight is not None:
        weight = weight.expand(functions["broadcast_shapes"](target.size(), weight.size()))
    if input._data.dtype != target._data.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.short} but expected {input.dtype.short}")
    if input._data.dtype.kind in "iubc":
        raise not_implemented("binary_cross_entropy", input)
    for what, t in (("input", input), ("target", target)):
        text = f"all elements of {what} should be between 0 and 1"
        outside = ~((t._data >= 0) & (t._data <= 1))
        if t.is_cuda:
            refuse(kernels_of(t._data), outside, text)
        elif outside.any():
            raise RuntimeError(text)
    return in_order(Op.table["binary_cross_entropy"](input, target, weight, reduction), reduction, input, target)


def _logits(k: Any, x: Any, y: Any, w: Any, p: Any) -> Any:
    """``(1 - y) · x - (1 + (p - 1) · y) · log σ(x)``."""
    log_sigmoid = k.log_sigmoid(x)
    if p is not None:
        log_sigmoid = log_sigmoid * ((p - 1) * y + 1)
    return _times((1 - y) * x - log_sigmoid, w)


def _logits_slope(k: Any, x: Any, y: Any, w: Any, p: Any) -> Any:
    if p is None:
        return _times(k.sigmoid(x) - y, w)
    return _times((1 - y) - ((p - 1) * y + 1) * k.sigmoid(-x), w)


Op("binary_cross_entropy_with_logits",
   lambda k, x, y, w, p, reduction: _reduce(_logits(k, x, y, w, p), reduction),
   x=lambda k, g, x, y, w, p, reduction: _logits_slope(k, x, y, w, p) * _share(g, x, reduction),
   y=lambda k, g, x, y, w, p, reduction:
       _times(-x if p is None else -x - (p - 1) * k.log_sigmoid(x), w) * _share(g, x, reduction))  # fmt: skip


def _check_broadcast(a: Any, b: Any) -> None:
    pairs = zip(reversed(a._data.shape), reversed(b._data.shape))
    if any(p != q and 1 not in (p, q) for p, q in pairs):
        raise broadcast_error(a, b)


@public("functional function")
def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", pos_weight: Any = None,
) -> Any:  # fmt: skip
    """`binary_cross_entropy` of ``sigmoid(input)``, computed without overflow; ``pos_weight`` weights the positive targets.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.binary_cross_entropy_with_logits(tg.tensor([0.]), tg.tensor([1.]))
    tensor(0.6931)
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    if input._data.dtype.kind in "iubc":
        raise not_implemented("log_sigmoid_cpu", input)
    if target._data.dtype.kind == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
            "instead."
        )
    if target._data.dtype.kind in "iu":
        raise RuntimeError(
            f"result type {input.dtype.short} can't be cast to the desired output type {target.dtype.short}"
        )
    if pos_weight is not None:
        _check_broadcast(pos_weight, target)
    if weight is not None:
        _check_broadcast(target, weight)
    input = cast(input, target.dtype)  # torch computes in place, in the target's type
    loss = Op.table["binary_cross_entropy_with_logits"](input, target, weight, pos_weight, reduction)
    if reduction == "none" and loss._data.ndim > 1:
        laid_out(loss, target, input)
    return loss


@public("functional")
def kl_div(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    log_target: bool = False,
) -> Any:  # fmt: skip
    """``target · (log target - input)``: input holds log-probabilities, target probabilities (or their logs).

    ``reduction="batchmean"`` divides the sum by the batch size: that is the Kullback-Leibler divergence; "mean" is not.
    """
    check_pair("kl_div", input, target)
    if size_average is not None or reduce is not None or reduction != "batchmean":
        if reduction == "mean" and size_average is None and reduce is None:
            warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only "
                "by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as "
                "'batchmean' in the next major release."
            )
        chosen = reduction_of(reduction, size_average, reduce)
    else:
        chosen = "batchmean"
    if input._data.dtype.kind in "iub" or target._data.dtype.kind in "iub":
        raise RuntimeError("kl_div: Integral inputs not supported.")
    if "c" in (input._data.dtype.kind, target._data.dtype.kind):
        raise RuntimeError("kl_div: Complex inputs not supported.")
    losses = target.exp() * (target - input) if log_target else target.xlogy(target) - target * input
    if chosen == "batchmean":
        total = losses.sum()
        return total / input.size(0) if input.dim() else total
    return reduced(losses, chosen)


@public("functional function")
def poisson_nll_loss(
    input: Any, target: Any, log_input: bool = True, full: bool = False, size_average: bool | None = None,
    eps: float = 1e-8, reduce: bool | None = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """Negative log-likelihood of counts: ``exp(x) - y · x`` (``x - y · log(x + eps)`` with ``log_input=False``).

    ``full`` adds Stirling's approximation of ``log(y!)`` for targets above 1.
    """
    check_pair("poisson_nll_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


@public("functional")
def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """``(log var + (input - target)² / var) / 2``, var at least ``eps``; ``full`` adds ``log(2π) / 2``."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = input.detach() * 0 + var
    elif bool((var._data < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size():
        if input.size()[:-1] == var.size():
            var = var.unsqueeze(-1)
        elif input.dim() != var.dim() or sum(v for n, v in zip(input.size(), var.size()) if n != v) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    limited = var.clone()
    with no_grad():  # the limit is not differentiated
        limited.clamp_(min=eps)
    losses = 0.5 * (limited.log() + (input - target) ** 2 / limited)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)
