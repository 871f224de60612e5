"""Losses of classification: negative log-likelihood and cross entropy."""

from __future__ import annotations

from math import prod
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend.later import refuse
from ._check import check_tensor, not_implemented
from ._define import cast
from ._reduction import reduced, reduction_of
from .linalg import linear
from .reduction import wide
from .registry import public
from .softmax import log_softmax


# ------------------------------------------------------------------------------------ primitives
def _weights(k: Any, like: Any, target: Any, weight: Any, ignore: int) -> Any:
    """How much each target counts: None means 1 for every one."""
    kept = target != ignore
    if weight is None:  # a GPU need not be waited for to learn that nothing is left out
        return None if k.device_type == "cpu" and kept.all() else kept.astype(like.dtype)
    return weight[k.xp.where(kept, target, 0)] * kept


def _check_classes(k: Any, target: Any, classes: int, ignore: int) -> None:
    bad = (target < 0) | (target >= classes)
    if k.device_type == "cuda":
        refuse(k, bad & (target != ignore), "cross_entropy: a target is out of bounds")
    elif bad.any():
        bad &= target != ignore
        if bad.any():
            raise IndexError(f"Target {int(target[bad].ravel()[0])} is out of bounds.")


def _picked(k: Any, x: Any, target: Any, ignore: int) -> Any:
    """``x[n, target[n], …]``; some class's number where the target is ignored (``ignore`` -1: none is)."""
    safe = target if -1 <= ignore < x.shape[1] else k.xp.where(target == ignore, 0, target)
    if x.ndim == 2:
        return x[k.xp.arange(len(safe)), safe]
    return k.xp.take_along_axis(x, safe[:, None].astype("int64"), axis=1)[:, 0]


def _total(weights: Any, target: Any, dtype: Any) -> Any:
    return dtype.type(target.size) if weights is None else wide(weights).sum().astype(dtype)


def _plain(k: Any, target: Any, classes: int, weight: Any, ignore: int) -> bool:
    """Whether every target is known to be a class and to count 1: the usual case."""
    if weight is not None or 0 <= ignore < classes or not target.size or k.device_type == "cuda":
        return False
    return bool(target.view(f"u{target.itemsize}").max() < classes)  # what is below 0 is large without a sign


def _nll(k: Any, x: Any, target: Any, weight: Any, ignore: int, reduction: str) -> Any:
    if _plain(k, target, x.shape[1], weight, ignore):
        weights, losses = None, -_picked(k, x, target, -1)
    else:
        _check_classes(k, target, x.shape[1], ignore)
        losses = -_picked(k, x, target, ignore)
        weights = _weights(k, x, target, weight, ignore)
    if weights is not None:
        losses = k.xp.where(target == ignore, losses.dtype.type(0), losses * weights)
    if reduction == "none":
        return losses
    each = wide(losses)  # half precision is rounded once
    total = each.sum(dtype=each.dtype)
    if reduction == "mean":
        total = total / _total(weights, target, each.dtype)
    return total if each is losses else total.astype(losses.dtype)


def _nll_slope(k: Any, g: Any, shape: Any, target: Any, weight: Any, ignore: int, reduction: str) -> Any:
    plain = _plain(k, target, shape[1], weight, ignore)
    weights = None if plain else _weights(k, g, target, weight, ignore)
    g = -g if weights is None else -g * weights
    if reduction == "mean":
        g = g / _total(weights, target, g.dtype)
    if weights is not None:  # also where all are ignored, and the mean is 0 / 0
        g = k.xp.where(target == ignore, g.dtype.type(0), g)
    gx = k.xp.zeros(shape, g.dtype)
    safe = target if plain else k.xp.where(target == ignore, 0, target)
    if len(shape) == 2:
        gx[k.xp.arange(shape[0]), safe] = g
    else:
        k.xp.put_along_axis(gx, safe[:, None].astype("int64"), k.xp.broadcast_to(g, target.shape)[:, None], axis=1)
    return gx


# the loss is linear in x: its gradient's gradient is the loss again
for _name, _node in (("nll_loss", "NllLossBackward0"), ("nll_loss2d", "NllLoss2DBackward0")):
    Op(_name, _nll, node=_node, x=lambda k, g, x_shape, target, weight, ignore, reduction:
       k.nll_backward(g, x_shape, target, weight, ignore, reduction))  # fmt: skip
Op("nll_backward", _nll_slope, node="NllLossBackwardBackward0",
   g=lambda k, gg, target, weight, ignore, reduction: k.nll_loss(gg, target, weight, ignore, reduction))  # fmt: skip


# ------------------------------------------------------------------------------------ negative log-likelihood
def _check_target(target: Any) -> None:
    if target.dtype not in (dtypes.int64, dtypes.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.short}")


def _check_weight(input: Any, weight: Any, classes: int) -> None:
    if weight is None:
        return
    if weight._data.size != classes or weight._data.ndim != 1:
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{list(weight._data.shape)}"
        )
    if weight._data.dtype != input._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.short} but found {weight.dtype.short}")


def _run(name: str, input: Any, target: Any, weight: Any, ignore: int, reduction: str) -> Any:
    if input._data.dtype.kind in "iubc":
        raise not_implemented("nll_loss2d_forward_out_frame" if name == "nll_loss2d" else "nll_loss_out_frame", input)
    raw = None if weight is None else weight._data
    return Op.table[name](input, target._data, raw, ignore, reduction)


def nll_loss_nd(input: Any, target: Any, weight: Any, ignore_index: int, reduction: str) -> Any:
    """Negative log-likelihood of (N, C, …) log-probabilities at (N, …) class numbers."""
    x, t = input._data.shape, target._data.shape
    if len(x) < 1:
        raise ValueError(f"Expected 1 or more dimensions (got {len(x)})")
    if len(x) != 1 and (t[0] if t else 0) != x[0]:
        raise ValueError(f"Expected input batch_size ({x[0]}) to match target batch_size ({t[0] if t else 0}).")
    if len(x) <= 2:
        if len(t) > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        _check_target(target)
        if len(x) == 1 and t and t[0] != 1:
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {t[0]}")
        _check_weight(input, weight, x[-1])
        if len(x) == 2:
            return _run("nll_loss", input, target, weight, ignore_index, reduction)
        return _run("nll_loss_single", input, target, weight, ignore_index, reduction)
    if len(x) == 4:
        if len(t) != 3:
            raise RuntimeError(
                f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(t)}"
            )
        _check_target(target)
        _check_weight(input, weight, x[1])
        if (t[0], *t[1:]) != (x[0], *x[2:]):
            raise RuntimeError(f"size mismatch (got input: {list(x)} , target: {list(t)}")
        return _run("nll_loss2d", input, target, weight, ignore_index, reduction)
    out = (x[0], *x[2:])
    if t != out:
        raise RuntimeError(f"Expected target size {list(out)}, got {list(t)}")
    _check_target(target)
    _check_weight(input, weight, x[1])
    lines = prod(x[2:])
    flat = input.contiguous().view(x[0], x[1], 1, lines)
    loss = _run("nll_loss2d", flat, target.reshape(x[0], 1, lines), weight, ignore_index, reduction)
    return loss.view(out) if reduction == "none" else loss


def _single(k: Any, x: Any, target: Any, weight: Any, ignore: int, reduction: str) -> Any:
    return _nll(k, x[None], target.reshape(1), weight, ignore, reduction).reshape(())


Op("nll_loss_single", _single, node="NllLossBackward0", x=lambda k, g, x_shape, target, weight, ignore, reduction:
   k.reshaped(k.nll_backward(k.reshaped(g, (1,)) if reduction == "none" else g, (1, *x_shape), target.reshape(1), weight,
                             ignore, reduction), x_shape))  # fmt: skip


@public("functional")
def nll_loss(
    input: Any, target: Any, weight: Any = None, size_average: bool | None = None, ignore_index: int = -100,
    reduce: bool | None = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """``-input[n, target[n]]``: input (N, C, …) holds log-probabilities, target (N, …) class numbers.

    ``weight`` (C) weights the classes (the mean then divides by the weights that occur); targets equal to
    ``ignore_index`` do not count.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.nll_loss(tg.tensor([[-1., -2.], [-3., -4.]]), tg.tensor([0, 1]))
    tensor(2.5000)
    """
    check_tensor("nll_loss_nd", "input", 1, input)
    check_tensor("nll_loss_nd", "target", 2, target)
    return nll_loss_nd(input, target, weight, ignore_index, reduction_of(reduction, size_average, reduce))


# ------------------------------------------------------------------------------------ cross entropy
@public("functional")
def cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: bool | None = None, ignore_index: int = -100,
    reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Any:  # fmt: skip
    """The negative log-likelihood of ``softmax(input)``: input (N, C, …) are logits – any numbers.

    ``target`` holds class numbers (N, …), or probabilities in the shape of ``input``. ``label_smoothing`` moves that share
    of the target's probability to all classes evenly. Other arguments as in `nll_loss`.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.cross_entropy(tg.tensor([[0., 0.], [9., 0.]]), tg.tensor([0, 0]))
    tensor(0.3466)
    """
    check_tensor("cross_entropy_loss", "input", 1, input)
    check_tensor("cross_entropy_loss", "target", 2, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if input._data.shape == target._data.shape:
        if target._data.dtype.kind in "iub":
            raise RuntimeError(
                f"Expected floating point type for target with class probabilities, got {target.dtype.short}"
            )
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        _check_smoothing(label_smoothing)
        return _with_probabilities(input, target, weight, reduction, label_smoothing)
    classes = 0 if input._data.ndim == 1 else 1
    _check_smoothing(label_smoothing)
    logs = log_softmax(input, classes)
    if label_smoothing == 0.0:
        return nll_loss_nd(logs, target, weight, ignore_index, reduction)
    return _smoothed(logs, target, weight, reduction, ignore_index, label_smoothing, classes)


def _check_smoothing(label_smoothing: float) -> None:
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")


def _class_weights(weight: Any, ndim: int, classes: int) -> Any:
    return weight.view([-1 if d == classes else 1 for d in range(ndim)]) if ndim > 1 else weight


def _with_probabilities(input: Any, target: Any, weight: Any, reduction: str, smoothing: float) -> Any:
    ndim = input._data.ndim
    classes = 0 if ndim == 1 else 1
    n = input._data.shape[classes]
    if weight is not None and weight._data.shape != (n,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {n} classes or no classes but got weight tensor of "
            f"shape: {list(weight._data.shape)}"
        )
    logs = log_softmax(input, classes)
    if smoothing > 0.0:
        target = target * (1 - smoothing) + smoothing / n
    if weight is not None:
        target = target * _class_weights(weight, ndim, classes)
    losses = logs * target
    if reduction == "none":
        return -losses.sum(classes)
    total = -losses.sum()
    return total if reduction == "sum" else Op.table["div_number"](total, input._data.size / n)


def _smoothed(logs: Any, target: Any, weight: Any, reduction: str, ignore: int, smoothing: float, classes: int) -> Any:
    hard = nll_loss_nd(logs, target, weight, ignore, reduction)
    n, ndim = logs._data.shape[classes], logs._data.ndim
    even = -((logs * _class_weights(weight, ndim, classes)) if weight is not None else logs).sum(classes)
    ignored = target == ignore
    even = even.masked_fill(ignored.reshape(even.shape), 0.0)
    if reduction == "mean":
        if weight is None:
            even = even.sum() / cast((~ignored).sum(), even.dtype)
        else:
            kept = weight[target.long().masked_fill(ignored, 0)].masked_fill(ignored, 0.0)
            even = even.sum() / kept.sum()
    else:
        even = reduced(even, reduction)
    return hard * (1 - smoothing) + even * (smoothing / n)


@public("functional")
def linear_cross_entropy(
    input: Any, linear_weight: Any, target: Any, *, linear_bias: Any = None, weight: Any = None, reduction: str = "mean",
    ignore_index: int | None = None, label_smoothing: float = 0.0, options: Any = None,
) -> Any:  # fmt: skip
    """``cross_entropy(linear(input, linear_weight, linear_bias), target, …)``.

    Input (in_features) or (N, in_features), weight (C, in_features) or (C, d1, …, in_features): the losses then have
    the shape (N, d1, …). torch's ``options`` only divide the work into pieces; here the batch is done in one.
    """
    if input.dim() not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if linear_weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    features, shape = input.shape[-1], tuple(linear_weight.shape)
    if features != shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), "
            f"got {features} and {shape[-1]}, respectively"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != shape[:-1]:
        raise RuntimeError(f"expected linear_bias shape {shape[:-1]}, got {tuple(linear_bias.shape)}")
    if len(shape) > 2 and input.dim() == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {shape} requires batched input, (N, {features}), got unbatched "
            f"input with shape {tuple(input.shape)}"
        )
    full = (*input.shape[:-1], *shape[:-1])
    if tuple(target.shape) == full and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    bias = linear_bias
    if len(shape) > 2:
        linear_weight = linear_weight.reshape(-1, features)
        bias = None if bias is None else bias.reshape(-1)
    logits = linear(input, linear_weight, bias).reshape(full)
    ignored = -100 if ignore_index is None else ignore_index
    return cross_entropy(logits, target, weight, None, ignored, None, reduction, label_smoothing)
