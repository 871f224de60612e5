"""Losses that ask for a distance: margins, rankings, hinges, triplets – and the distances themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.op import Op
from ..autograd.second import as_one
from ..autograd.variable import needs_grad, wrap
from ..backend import kernels_of
from ._check import not_implemented
from ._define import broadcast_error, cast, noded, number_minus, result_type
from ._reduction import check_pair, in_order, loss_op, reduced, reduction_of
from .gather import add_at
from .registry import public
from .shape import broadcast_shapes


def _zeros_like(t: Any) -> Any:
    return wrap(kernels_of(t._data).xp.zeros((), t._data.dtype))


# ------------------------------------------------------------------------------------ distances
@public("function functional")
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """``x1 · x2 / (|x1| · |x2|)`` along ``dim``, both norms at least ``eps``.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.cosine_similarity(tg.tensor([1., 0.]), tg.tensor([1., 1.]), dim=0)
    tensor(0.7071)
    """
    common = result_type(x1, x2)
    if not (common.is_floating_point or common.is_complex):
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common.short}")
    try:
        shape = broadcast_shapes(x1._data.shape, x2._data.shape)
    except RuntimeError:
        raise broadcast_error(x1, x2) from None
    x1, x2 = cast(x1, common).expand(shape), cast(x2, common).expand(shape)
    return (_unit(x1, dim, eps) * _unit(x2, dim, eps)).sum(dim)


def _unit(x: Any, dim: int, eps: float) -> Any:
    norm = x.norm(2, dim, keepdim=True)
    return x / norm.clamp_min(eps)


@public("function functional")
def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """The p-norm of ``x1 - x2 + eps`` along the last dimension."""
    return noded(Op.table["add_number"](x1 - x2, eps).norm(p, -1, keepdim), "NormBackward1")


@public("function functional")
def pdist(input: Any, p: float = 2.0) -> Any:
    """The p-norm distances between all pairs of rows of (N, M): N · (N - 1) / 2 numbers."""
    if input._data.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input._data.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    k = kernels_of(input._data)
    first, second = (wrap(i) for i in k.xp.triu_indices(input._data.shape[0], 1))
    return as_one("PdistBackward0", lambda x: (x[first] - x[second]).norm(p, 1), input)


# ------------------------------------------------------------------------------------ losses
@public("functional function")
def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """``x`` where the target is 1, ``max(0, margin - x)`` where it is -1."""
    check_pair("hinge_embedding_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if input._data.dtype.kind == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
            "instead."
        )
    zero = _zeros_like(input)
    apart = number_minus(margin, input).clamp_min(0).where(target != 1, zero)
    return reduced(apart + input.where(target != -1, zero), reduction)


@public("functional function")
def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """``max(0, -target · (input1 - input2) + margin)``: target 1 wants the first larger, -1 the second."""
    reduction = reduction_of(reduction, size_average, reduce)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced(Op.table["add_number"](-target * (input1 - input2), margin).clamp_min(0), reduction)


@public("functional function")
def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """``1 - cos`` where the target is 1, ``max(0, cos - margin)`` where it is -1."""
    reduction = reduction_of(reduction, size_average, reduce)
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dim() == 1:
        if input1.dim() != 2 or input2.dim() != 2:
            raise RuntimeError(
                "1D target tensor expects 2D input tensors, but found inputs with sizes "
                f"{list(input1.shape)} and {list(input2.shape)}."
            )
    elif input1.dim() != 1 or input2.dim() != 1:
        raise RuntimeError(
            "0D target tensor expects 1D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    dim, eps = target.dim(), 1e-12
    product = (input1 * input2).sum(dim)
    plus = Op.table["add_number"]
    norms = plus((input1 * input1).sum(dim), eps) * plus((input2 * input2).sum(dim), eps)
    cosine = product / norms.sqrt()
    zero = _zeros_like(cosine)
    return reduced(
        number_minus(1, cosine).where(target == 1, zero)
        + Op.table["sub_number"](cosine, margin).clamp_min(0).where(target == -1, zero),
        reduction,
    )


@public("functional function")
def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2, eps: float = 1e-6, swap: bool = False,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """``max(0, d(anchor, positive) - d(anchor, negative) + margin)`` with p-norm distances.

    ``swap``: take d(positive, negative) where that is the smaller of the two negative distances.
    """
    reduction = reduction_of(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = [t.dim() for t in (anchor, positive, negative)]
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = far.minimum(pairwise_distance(positive, negative, p, eps))
    return reduced((Op.table["add_number"](near, margin) - far).clamp_min(0), reduction)


@public("functional")
def triplet_margin_with_distance_loss(
    anchor: Any, positive: Any, negative: Any, *, distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0, swap: bool = False, reduction: str = "mean",
) -> Any:  # fmt: skip
    """`triplet_margin_loss` with any distance function."""
    reduction = reduction_of(reduction)
    distance = pairwise_distance if distance_function is None else distance_function
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = [t.dim() for t in (anchor, positive, negative)]
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)


# ------------------------------------------------------------------------------------ several classes
def _soft_margin(k: Any, x: Any, y: Any, _: Any) -> Any:
    return k.xp.log1p(k.xp.exp(-y * x))


def _soft_margin_slope(k: Any, x: Any, y: Any, _: Any) -> Any:
    z = k.exp(-y * x)
    return -y * z / (z + 1)  # NaN where z overflows, as in torch


loss_op("soft_margin_loss", _soft_margin, _soft_margin_slope, None)


@public("functional")
def soft_margin_loss(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Any:
    """``log(1 + exp(-target · input))`` with targets 1 and -1."""
    check_pair("soft_margin_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if needs_grad(target):
        raise RuntimeError(
            "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input cannot have "
            "requires_grad True."
        )
    if input._data.dtype.kind in "iub":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype.short}")
    try:
        whole = broadcast_shapes(input.shape, target.shape)
    except RuntimeError:
        raise broadcast_error(input, target) from None
    if whole != input.shape:
        raise RuntimeError(f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(whole)}")
    return in_order(
        Op.table["soft_margin_loss"](input, cast(target, input.dtype), None, reduction), reduction, input, target
    )


@public("functional")
def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """Binary cross entropy with logits, averaged over the classes (the last dimension)."""
    from .activation import logsigmoid

    if size_average is not None or reduce is not None:
        reduction = reduction_of(reduction, size_average, reduce)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    losses = losses.sum(input.dim() - 1) / input.size(input.dim() - 1)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    return reduced(losses, reduction)


def _multi_margin(k: Any, x: Any, target: Any, p: int, margin: float, weight: Any, reduction: str) -> Any:
    """Per row the sum over the wrong classes of ``max(0, margin - x[target] + x[i]) ** p / C``."""
    gaps, _ = _gaps(k, x, target, margin)
    losses = gaps**p if p != 1 else gaps
    if weight is not None:
        losses = losses * weight[target][:, None]
    losses = losses.sum(axis=1) / x.shape[1]
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def _gaps(k: Any, x: Any, target: Any, margin: float) -> tuple[Any, Any]:
    rows = k.xp.arange(len(x))
    gaps = k.xp.fmax(margin - x[rows, target][:, None] + x, x.dtype.type(0))  # a NaN is no gap
    gaps[rows, target] = 0
    return gaps, rows


def _multi_margin_slope(k: Any, g: Any, x: Any, target: Any, p: int, margin: float, weight: Any, reduction: str) -> Any:
    gaps, rows = _gaps(k, x, target, margin)
    slope = (gaps > 0).astype(x.dtype) if p == 1 else 2 * gaps
    if weight is not None:
        slope = slope * weight[target][:, None]
    slope[rows, target] = -slope.sum(axis=1)
    slope /= x.shape[1]
    if reduction == "none":
        return slope * g[:, None]
    return slope * (g / len(x) if reduction == "mean" else g)


Op("multi_margin_slope", _multi_margin_slope)
Op("multi_margin_loss", _multi_margin, x=lambda k, g, x, target, p, margin, weight, reduction:
   k.multi_margin_slope(g, x, target, p, margin, weight, reduction))  # fmt: skip


def _check_rows(input: Any) -> None:
    shape = input._data.shape
    if len(shape) > 2 or 0 in shape[-1:]:
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}"
        )


def _check_classes(target: Any) -> None:
    if target._data.dtype.name != "int64":
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.short}")


@public("functional")
def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """``Σ max(0, margin - x[y] + x[i]) ** p / C`` over the classes i other than the target y."""
    check_pair("multi_margin_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    _check_rows(input)
    single = input.dim() < 2
    x = input.reshape(1, -1) if single else input
    t = target.reshape(-1)
    if t._data.size != x._data.shape[0] or target.dim() > 1:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
            f"Expected target size [{x._data.shape[0]}], but got {list(target.shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None and weight._data.size != x._data.shape[1]:
        raise RuntimeError(f"inconsistent weight size, expected {x._data.shape[1]} but got {list(weight.shape)}")
    if x._data.dtype.kind in "iub" or x._data.dtype.itemsize == 2:
        raise not_implemented("multi_margin_loss_cpu_kernel", x)
    _check_classes(target)
    if bool(((t._data < 0) | (t._data >= x._data.shape[1])).any()):
        raise RuntimeError("target out of range")
    raw = None if weight is None else weight._data
    loss = Op.table["multi_margin_loss"](x, t._data, p, margin, raw, reduction)
    return loss.reshape(()) if single and reduction == "none" and not target.dim() else loss


def _multilabel(k: Any, x: Any, target: Any) -> tuple[Any, Any]:
    """Per row the gap of every (target class, other class) pair, and how often each class is named as a target."""
    ends = k.xp.cumsum(target < 0, axis=1) > 0  # targets stop at the first negative number
    rows, places = k.xp.nonzero(~ends)
    times = k.xp.zeros(x.shape, x.dtype)
    add_at(k, times, (rows, target[rows, places]), x.dtype.type(1))
    gaps = k.xp.fmax(1 - x[:, :, None] + x[:, None, :], x.dtype.type(0))
    gaps *= times[:, None, :] == 0
    return gaps, times


def _multilabel_margin(k: Any, x: Any, target: Any, reduction: str) -> Any:
    gaps, times = _multilabel(k, x, target)
    losses = (gaps * times[:, :, None]).sum(axis=(1, 2)) / x.shape[1]
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def _multilabel_slope(k: Any, g: Any, x: Any, target: Any, reduction: str) -> Any:
    gaps, times = _multilabel(k, x, target)
    active = (gaps > 0) * times[:, :, None]
    slope = (active.sum(axis=1) - active.sum(axis=2)) / x.shape[1]
    if reduction == "none":
        return slope * g[:, None]
    return slope * (g / len(x) if reduction == "mean" else g)


Op("multilabel_slope", _multilabel_slope)
Op("multilabel_margin_loss", _multilabel_margin,
   x=lambda k, g, x, target, reduction: k.multilabel_slope(g, x, target, reduction))  # fmt: skip


@public("functional")
def multilabel_margin_loss(
    input: Any, target: Any, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Any:
    """``Σ max(0, 1 - x[y] + x[i]) / C`` over target classes y and all others i; each row of targets ends at its first -1."""
    check_pair("multilabel_margin_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce)
    _check_rows(input)
    if target._data.shape != input._data.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    if input._data.dtype.kind in "iub" or input._data.dtype.itemsize == 2:
        raise not_implemented("multilabel_margin_loss_forward_out_frame", input)
    _check_classes(target)
    single = input.dim() < 2
    x, t = (input.reshape(1, -1), target.reshape(1, -1)) if single else (input, target)
    if bool(((t._data < -1) | (t._data >= x._data.shape[1])).any()):
        raise RuntimeError("argument #2 'target' is out of range")
    loss = Op.table["multilabel_margin_loss"](x, t._data, reduction)
    return loss.reshape(()) if single and reduction == "none" else loss
