"""Reductions and normalisations that leave out what a mask hides (``masked.sum(x, 1, mask=m)``), under torch's names.

Every function replaces the hidden elements by the value that changes nothing – 0 for a sum, 1 for a product, -inf for a maximum
– and calls the ordinary operation. ``mask`` is a bool tensor that broadcasts to the input: True means "counts".
"""

from __future__ import annotations

import math
from typing import Any

from . import dtypes, typeinfo
from .maskedtensor import MaskedTensor, as_masked_tensor, is_masked_tensor, masked_tensor
from .ops import registry as _registry

__all__ = [
    "MaskedTensor", "amax", "amin", "argmax", "argmin", "as_masked_tensor", "cumprod", "cumsum", "is_masked_tensor",
    "log_softmax", "logaddexp", "logsumexp", "masked_tensor", "mean", "median", "norm", "normalize", "prod", "softmax",
    "softmin", "std", "sum", "var",
]  # fmt: skip

_f, _functional = _registry.functions, _registry.functional
_add_up: Any = _f["sum"]
_COUNTED = ("uint8", "bool", "int8", "int16", "int32")  # added up in int64


# ------------------------------------------------------------------------------------ masks
def _lowest(input: Any, sign: int) -> Any:
    """The value that no maximum (sign 1) or minimum (sign -1) notices."""
    if input.dtype.is_floating_point:
        return -sign * math.inf
    info = typeinfo.iinfo(input.dtype)
    return info.min if sign > 0 else info.max


def _as_mask(input: Any, mask: Any) -> Any:
    """The mask in the input's shape, as bools."""
    if mask.shape != input.shape:
        if mask.ndim > input.ndim:
            raise IndexError(
                "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
            )
        mask = mask.broadcast_to(input.shape).clone()
    return mask.to(dtype=dtypes.bool_)


def _shown(input: Any, mask: Any, otherwise: Any) -> Any:
    """The input with ``otherwise`` (a number, or a function of the input that finds it) where the mask is False."""
    if mask is None:
        return input
    value = otherwise(input) if callable(otherwise) else otherwise
    fill = _f["tensor"](value, dtype=input.dtype, device=input.device)
    return _f["where"](_as_mask(input, mask), input, fill)


def _dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """``dim`` as a sorted tuple; None and () mean all."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    ndim, found = max(ndim, 1), []
    for d in (dim,) if isinstance(dim, int) else dim:
        if d in found:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        if not -ndim <= d < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {d})")
        found.append(d % ndim)
    return tuple(sorted(found))


# ------------------------------------------------------------------------------------ reductions
def sum(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The sum of the elements that the mask shows; 0 where there is none.

    >>> import tinygrad_edu as tg
    >>> x, m = tg.tensor([[1., 2.], [3., 4.]]), tg.tensor([[True, False], [True, True]])
    >>> tg.masked.sum(x, 1, mask=m)
    tensor([1., 7.])
    """
    dtype = dtype or (dtypes.int64 if input.dtype.name in _COUNTED else input.dtype)
    return _add_up(_shown(input, mask, 0), _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def prod(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The product of the elements that the mask shows; 1 where there is none."""
    dtype = dtype or (dtypes.int64 if input.dtype.name in _COUNTED else input.dtype)
    result = _shown(input, mask, 1).to(dtype=dtype)
    for d in reversed(_dims(dim, input.ndim)):
        result = result.prod(dim=d, keepdim=bool(keepdim))
    return result


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running sums; hidden elements add nothing."""
    dtype = dtype or input.dtype
    return _f["cumsum"](_shown(input, mask, 0), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running products; hidden elements change nothing."""
    dtype = dtype or input.dtype
    return _f["cumprod"](_shown(input, mask, 1), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def amax(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The largest element that the mask shows; the least value of the dtype where there is none."""
    shown = _shown(input, mask, lambda x: _lowest(x, 1))
    return _f["amax"](shown, _dims(dim, shown.ndim), bool(keepdim)).to(dtype=dtype or input.dtype)


def amin(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The smallest element that the mask shows; the greatest value of the dtype where there is none."""
    shown = _shown(input, mask, lambda x: _lowest(x, -1))
    return _f["amin"](shown, _dims(dim, shown.ndim), bool(keepdim)).to(dtype=dtype or input.dtype)


def argmax(input: Any, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where `amax` is (in the input's dtype unless ``dtype`` is given)."""
    shown = _shown(input, mask, lambda x: _lowest(x, 1))
    return _f["argmax"](shown, dim, bool(keepdim)).to(dtype=dtype or input.dtype)


def argmin(input: Any, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where `amin` is (in the input's dtype unless ``dtype`` is given)."""
    shown = _shown(input, mask, lambda x: _lowest(x, -1))
    return _f["argmin"](shown, dim, bool(keepdim)).to(dtype=dtype or input.dtype)


def _count(input: Any, dim: Any, keepdim: bool, mask: Any) -> Any:
    if mask is None:
        return sum(_f["ones"](input.shape, dtype=dtypes.int64, device=input.device), dim, keepdim=keepdim)
    return mask.sum(dim=dim, keepdim=keepdim)


def mean(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The mean of the elements that the mask shows; NaN where there is none."""
    source, dtype = ("Input", input.dtype) if dtype is None else ("Optional", dtype)
    if not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or complex dtype. Got: "
            f"{dtype!r}"
        )
    mask = None if mask is None else _as_mask(input, mask)
    total = sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask)
    return total / _count(input, dim, bool(keepdim), mask)


def median(input: Any, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The median of the elements that the mask shows; NaN where there is none."""
    dtype, d = dtype or input.dtype, _dims(dim, input.ndim)[0]
    floating = input.dtype.is_floating_point
    values = _f["nanmedian"](
        _shown(input if floating else input.to(dtype=dtypes.float32), mask, math.nan), d, keepdim
    ).values
    if floating:
        return values
    if values.isnan().any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return values.to(dtype=dtype)


def logsumexp(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """``log(Σ exp(x))`` over the elements that the mask shows; -inf where there is none."""
    shown = _shown(input, mask, lambda x: -math.inf if x.dtype.is_complex else _lowest(x, 1))
    return _f["logsumexp"](shown, _dims(dim, input.ndim), keepdim=keepdim).to(dtype=dtype or input.dtype)


def logaddexp(input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Any:
    """``log(exp(input) + exp(other))``; what a mask hides adds nothing."""
    x = _shown(input, input_mask, lambda t: _lowest(t, 1))
    y = _shown(other, other_mask, lambda t: _lowest(t, 1))
    return _f["logaddexp"](x, y).to(dtype=dtype or input.dtype)


def norm(
    input: Any, ord: float | None = 2.0, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The vector norm of the elements that the mask shows."""
    shown = _shown(input, mask, math.inf if ord == -math.inf else 0)
    dims = _dims(dim, input.ndim)
    return _registry.linalg["vector_norm"](shown, ord, dims, bool(keepdim), dtype=dtype or input.dtype)


def _variance(input: Any, dim: Any, unbiased: Any, correction: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    less = (1.0 if unbiased is None else float(unbiased)) if correction is None else float(correction)
    floating = input.dtype.is_floating_point or input.dtype.is_complex
    dtype = dtype or (input.dtype if floating else dtypes.float32)
    inside = dtype if dtype.is_floating_point or dtype.is_complex else dtypes.float32
    mask = None if mask is None else _as_mask(input, mask)
    count = _count(input, dim, True, mask)
    gap = input - sum(input, dim, keepdim=True, dtype=dtype, mask=mask) / count
    total = sum(gap * gap.conj(), dim, keepdim=keepdim, dtype=inside, mask=mask)
    if not keepdim:
        count = count.reshape(total.shape)
    if less:
        count = count.to(inside.to_real() if inside.is_complex else inside) - less
        count = count.maximum(count.new_zeros([]))
    return (total / count).to(dtype=dtype)


def var(
    input: Any, dim: Any = None, unbiased: bool | None = None, *, correction: float | None = None, keepdim: bool = False,
    dtype: Any = None, mask: Any = None,
) -> Any:  # fmt: skip
    """The variance of the elements that the mask shows; NaN where there are too few."""
    return _variance(input, dim, unbiased, correction, keepdim, dtype, mask)


def std(
    input: Any, dim: Any = None, unbiased: bool | None = None, *, correction: float | None = None, keepdim: bool = False,
    dtype: Any = None, mask: Any = None,
) -> Any:  # fmt: skip
    """The square root of `var`."""
    return _variance(input, dim, unbiased, correction, keepdim, dtype, mask).sqrt()


# ------------------------------------------------------------------------------------ normalisations
def softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Softmax over the elements that the mask shows; 0 elsewhere."""
    shown = _shown(input, mask, lambda x: _lowest(x, 1))
    return _functional["softmax"](shown, _dims(dim, input.ndim)[0], dtype=dtype or input.dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The logarithm of `softmax`."""
    shown = _shown(input, mask, lambda x: _lowest(x, 1))
    return _functional["log_softmax"](shown, _dims(dim, input.ndim)[0], dtype=dtype or input.dtype)


def softmin(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """`softmax` of the negated elements."""
    shown = _shown(input, mask, lambda x: _lowest(x, -1))
    return _functional["softmin"](shown, _dims(dim, input.ndim)[0], dtype=dtype or input.dtype)


def normalize(input: Any, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Any:
    """The elements divided by the norm of those that the mask shows (at least ``eps``)."""
    size = norm(input, ord, dim, keepdim=True, dtype=dtype or input.dtype, mask=mask)
    return _shown(input, mask, 0) / size.maximum(size.new_full([], eps))
