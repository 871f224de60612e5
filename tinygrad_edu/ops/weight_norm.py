"""A weight as length times direction: ``w = g · v / ‖v‖``, the norm over all dimensions but one."""

from __future__ import annotations

from typing import Any

from ..autograd.op import Op
from .oldnames import norm_except_dim
from .registry import public


def _others(v: Any, dim: int) -> tuple[int, ...]:
    return tuple(d for d in range(v.ndim if hasattr(v, "ndim") else v.dim()) if d != dim)


def _length(k: Any, v: Any, dim: int) -> Any:
    return k.sqrt(k.sum_dims(v * v, _others(v, dim), True))


def _slope_v(k: Any, grad: Any, v: Any, g: Any, dim: int) -> Any:
    """The part of the gradient across v, as long as g / ‖v‖ makes it."""
    n = _length(k, v, dim)
    along = k.sum_dims(grad * v, _others(v, dim), True)
    return grad * (g / n) - v * (g * along / (n * n * n))


Op(
    "weight_norm_interface",
    lambda k, v, g, dim: v * (g / _length(k, v, dim)),
    v=_slope_v,
    g=lambda k, grad, v, dim: k.sum_dims(grad * v, _others(v, dim), True) / _length(k, v, dim),
)


@public("function")
def _weight_norm(v: Any, g: Any, dim: int = 0) -> Any:
    """``g · v / ‖v‖``; ``dim`` is the dimension that g has, -1 where g is one number for all of v."""
    if dim in (0, v.dim() - 1) and v.dim() > 1:
        return Op.table["weight_norm_interface"](v, g, dim)
    return v * (g / norm_except_dim(v, 2, dim))
