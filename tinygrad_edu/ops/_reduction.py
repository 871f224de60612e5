"""What losses share: the ``reduction`` argument, and how a loss of single numbers becomes a primitive."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable
from ._layout import arranged_like
from .reduction import wide


def legacy_reduction(size_average: bool | None, reduce: bool | None, stacklevel: int = 4) -> str:
    """The ``reduction`` that torch's old arguments mean, with its warning."""
    size_average = True if size_average is None else size_average
    reduce = True if reduce is None else reduce
    found = "mean" if size_average and reduce else "sum" if reduce else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.",
        UserWarning,
        stacklevel=stacklevel,
    )
    return found


def reduction_of(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """ "none", "mean" or "sum"; ValueError, in torch's words, for anything else."""
    if size_average is not None or reduce is not None:
        return legacy_reduction(size_average, reduce)
    if reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            UserWarning,
            stacklevel=3,
        )
        return "mean"
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def reduced(loss: Any, reduction: str) -> Any:
    """A tensor of losses, reduced."""
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss


def reduce_raw(losses: Any, reduction: str) -> Any:
    """The same on a raw array; half precision is added up in float32 and rounded once."""
    if reduction == "none":
        return losses
    each = wide(losses)
    total = each.mean(dtype=each.dtype) if reduction == "mean" else each.sum(dtype=each.dtype)
    return total if each is losses else total.astype(losses.dtype)


def spread(g: Any, reduction: str, count: Any) -> Any:
    """The gradient that each single loss receives from the reduced one's."""
    return g / max(count, 1) if reduction == "mean" else g


def warn_about_sizes(input: Any, target: Any, stacklevel: int = 5) -> None:
    """torch's warning for the classic mistake, at the line that calls the loss: (N, 1) against (N,) gives N × N numbers."""
    if target.size() != input.size():
        from ..dtypes import module_name

        warnings.warn(
            f"Using a target size ({_size(target, module_name)}) that is different to the input size "
            f"({_size(input, module_name)}). This will likely lead to incorrect results due to broadcasting. Please ensure "
            "they have the same size.",
            UserWarning,
            stacklevel=stacklevel,
        )


def _size(t: Any, module_name: str) -> str:
    return f"{module_name}.Size({list(t.shape)})"


def _count(x: Any, y: Any) -> int:
    """How many losses a pair of arrays makes (they broadcast)."""
    total = 1
    p, q = (1,) * (y.ndim - x.ndim) + tuple(x.shape), (1,) * (x.ndim - y.ndim) + tuple(y.shape)
    for n, m in zip(p, q):
        total *= m if n == 1 else n
    return total


def loss_op(
    name: str,
    each: Callable[..., Any],
    by_x: Callable[..., Any],
    by_y: Callable[..., Any] | None,
    node: str | None = None,
) -> Op:
    """A primitive (x, y, option, reduction) from the loss of one pair and its derivatives, all called as f(k, x, y, option)."""

    def forward(k: Any, x: Any, y: Any, option: Any, reduction: str) -> Any:
        losses = each(k, x, y, option)
        return reduce_raw(losses if losses.dtype == x.dtype else losses.astype(x.dtype), reduction)

    def slope_x(k: Any, g: Any, x: Any, y: Any, option: Any, reduction: str) -> Any:
        return by_x(k, x, y, option) * spread(g, reduction, _count(x, y))

    def slope_y(k: Any, g: Any, x: Any, y: Any, option: Any, reduction: str) -> Any:
        return by_y(k, x, y, option) * spread(g, reduction, _count(x, y))  # type: ignore[misc]

    return Op(name, forward, x=slope_x, y=slope_y if by_y is not None else None, node=node)


def in_order(losses: Any, reduction: str, *operands: Any) -> Any:
    """Losses of single elements in the order of memory that an elementwise operation would give them."""
    return arranged_like(losses, *operands) if reduction == "none" else losses


def check_pair(name: str, input: Any, target: Any) -> None:
    """TypeError unless the target is a tensor."""
    from ._check import check_tensor

    if not isinstance(input, Variable):
        check_tensor(name, "input", 1, input)
    if not isinstance(target, Variable):
        check_tensor(name, "target", 2, target)
