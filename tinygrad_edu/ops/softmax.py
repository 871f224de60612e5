"""softmax and its relatives: numbers into probabilities along one dimension."""

from __future__ import annotations

import warnings
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import wrap
from ..backend import kernels_of
from ._check import ask_for, check_tensor, not_implemented
from ._define import cast
from .registry import public
from .view import wrap_dim


def _wide(x: Any) -> Any:
    """Half precision is computed in float32, as torch does."""
    return x.astype("float32") if x.dtype.itemsize == 2 else x


def _shifted(k: Any, x: Any, dim: int) -> Any:
    """``x - max(x)``: exp of it cannot overflow."""
    x = _wide(x)
    if not x.size:
        return x.copy()
    return k.xp.ascontiguousarray(x - x.max(axis=dim, keepdims=True))


def _softmax(k: Any, x: Any, dim: int) -> Any:
    if x.ndim == 0:
        return x * 0 + 1
    e = _shifted(k, x, dim)
    k.xp.exp(e, out=e)
    e /= e.sum(axis=dim, keepdims=True)
    return e.astype(x.dtype, copy=False)


def _log_softmax(k: Any, x: Any, dim: int) -> Any:
    if x.ndim == 0:
        return x * 0
    z = _shifted(k, x, dim)
    total = k.xp.exp(z).sum(axis=dim, keepdims=True)
    if x.dtype.itemsize == 2 and dim == x.ndim - 1:  # torch keeps these in half precision
        total = k.xp.log(total.astype(x.dtype).astype(z.dtype)).astype(x.dtype).astype(z.dtype)
    else:
        total = k.xp.log(total)
    z -= total
    return z.astype(x.dtype, copy=False)


def _total(k: Any, x: Any, dim: int) -> Any:
    return k.sum_dims(x, (dim,), True) if x.ndim else x


def _softmax_slope(k: Any, g: Any, out: Any, dim: int) -> Any:
    go = g * out
    return go - out * _total(k, go, dim)


Op("softmax", _softmax, x=_softmax_slope)
Op("log_softmax", _log_softmax, x=lambda k, g, out, dim: g - k.exp(out) * _total(k, g, dim))


def _prepared(name: str, input: Any, dim: Any, dtype: Any) -> tuple[Any, int]:
    check_tensor(name, "input", 1, input)
    if dim is None:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
    if dtype is not None:
        input = cast(input, dtype)
    d = wrap_dim(dim, input._data.ndim)
    if input._data.dtype.kind in "iubc":
        last = "_lastdim" if d == max(input._data.ndim - 1, 0) else ""
        raise not_implemented(f"{name}{last}_kernel_impl" if last else f"{name}_kernel_impl", input)
    return input, d


@public("function method special", out=True)
def softmax(input: Any, dim: int | None = None, dtype: Any = None) -> Any:
    """``exp(x) / sum(exp(x))`` along ``dim``: positive numbers that add up to 1.

    >>> import tinygrad_edu as tg
    >>> tg.softmax(tg.tensor([0., 0., 1.]), dim=0)
    tensor([0.2119, 0.2119, 0.5761])
    """
    input, d = _prepared("softmax", input, dim, dtype)
    return Op.table["softmax"](input, d)


@public("function method special", out=True)
def log_softmax(input: Any, dim: int | None = None, dtype: Any = None) -> Any:
    """``log(softmax(x))`` along ``dim``, without overflow or log of 0."""
    input, d = _prepared("log_softmax", input, dim, dtype)
    return Op.table["log_softmax"](input, d)


def _implicit(name: str, ndim: int, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=stacklevel + 1,
    )
    return 0 if ndim in (0, 1, 3) else 1


@public("functional", name="softmax")
def softmax_functional(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """``exp(x) / sum(exp(x))`` along ``dim``: positive numbers that add up to 1."""
    ask_for("softmax" if dim is not None else "dim", input)
    return softmax(input, _implicit("softmax", input.dim(), _stacklevel) if dim is None else dim, dtype)


@public("functional", name="log_softmax")
def log_softmax_functional(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """``log(softmax(x))`` along ``dim``, without overflow or log of 0."""
    ask_for("log_softmax" if dim is not None else "dim", input)
    return log_softmax(input, _implicit("log_softmax", input.dim(), _stacklevel) if dim is None else dim, dtype)


@public("functional")
def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """``softmax(-x)`` along ``dim``."""
    return softmax(-input, _implicit("softmin", input.dim(), _stacklevel) if dim is None else dim, dtype)


@public("functional")
def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """A random draw from the categories with these logits that gradients can flow through.

    ``hard=True`` gives one-hot vectors whose gradient is that of the soft ones.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    check_tensor("empty_like", "input", 1, logits)
    noise = -wrap(kernels_of(logits._data).xp.empty_like(logits._data)).exponential_().log()  # type: ignore[attr-defined]
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    k = kernels_of(logits._data)
    one_hot = wrap(k.xp.zeros_like(logits._data)).scatter_(dim, index, 1.0)  # type: ignore[attr-defined]
    return one_hot - soft.detach() + soft
