"""Statistics: counts, histograms, quantiles, covariance."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ._results import named
from .registry import public
from .view import wrap_dim


# ------------------------------------------------------------------------------------ counting
@public("function method")
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each of the numbers 0, 1, 2, … occurs (or the sum of the weights where it does)."""
    x = input._data
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{dtypes.of(x).short}'")
    if x.ndim != 1 or (x.size and (x < 0).any()):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    k = kernels_of(x)
    if weights is not None and weights._data.shape != x.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    counts = k.xp.bincount(x.astype("int64"), None if weights is None else weights._data, minlength)
    if weights is None:
        return wrap(counts.astype("int64"))
    return wrap(counts.astype("float32" if weights._data.dtype == "float32" else "float64"))


def _histc(input: Any, bins: int, min: Any, max: Any) -> Any:
    x = input._data
    k = kernels_of(x)
    if min == max and x.size:
        min, max = x.min().item(), x.max().item()
    if min == max:
        min, max = min - 1, max + 1
    if not (math.isfinite(min) and math.isfinite(max)):
        raise RuntimeError(f"torch.histc: range of [{min:g}, {max:g}] is not finite")
    if not min < max:
        raise RuntimeError("torch.histc: max must be larger than min")
    inside = x[(x >= min) & (x <= max)]
    place = ((inside - min) * bins / (max - min)).astype("int64")
    return wrap(k.xp.bincount(k.xp.minimum(place, bins - 1), minlength=bins).astype(x.dtype))


@public(
    "function method",
    out=True,
    signature="Tensor input, int bins = 100, Number min = 0, Number max = 0, *, Tensor out = None",
)
def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0) -> Any:
    """How many elements fall into each of ``bins`` equal intervals between min and max (of the data, where both are 0).

    >>> import tinygrad_edu as tg
    >>> tg.histc(tg.tensor([1., 2., 1.]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if not dtypes.of(input._data).is_floating_point:
        raise NotImplementedError(f"\"histogram_cpu\" not implemented for '{input.dtype.short}'")
    return _histc(input, bins, min, max)


@public(
    "function method",
    signature=(
        "Tensor input, Tensor bins, *, Tensor weight = None, bool density = False, tuple of Tensors out = None",
        "Tensor input, int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = False, "
        "tuple of Tensors out = None",
    ),
)
def histogram(input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """Counts (or sums of weights) between the edges given, or between ``bins + 1`` equally spaced ones; and the edges."""
    x = input._data
    xp = kernels_of(x).xp
    if not dtypes.of(x).is_floating_point:
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{input.dtype.short}'")
    if isinstance(bins, Variable):
        edges = bins._data.copy()
    else:
        low, high = range if range is not None else ((x.min().item(), x.max().item()) if x.size else (0.0, 1.0))
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = xp.linspace(low, high, bins + 1).astype(x.dtype)
    flat = x.reshape(-1)
    inside = (flat >= edges[0]) & (flat <= edges[-1])
    place = xp.minimum(xp.searchsorted(edges, flat[inside], side="right") - 1, edges.size - 2)
    amounts = None if weight is None else weight._data.reshape(-1)[inside]
    counts = xp.bincount(place, amounts, edges.size - 1).astype(x.dtype)
    if density:
        counts = counts / (counts.sum() * xp.diff(edges))
    return named("histogram", "hist", "bin_edges")((wrap(counts), wrap(edges)))


# ------------------------------------------------------------------------------------ quantiles, covariance
@public("function method", out=True)
def quantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    """The q-th quantiles (0 ≤ q ≤ 1) along ``dim``, interpolated between neighbours in order."""
    return _quantile(input, q, dim, keepdim, interpolation, False)


@public("function method", out=True)
def nanquantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    """`quantile` of the elements that are not NaN."""
    return _quantile(input, q, dim, keepdim, interpolation, True)


def _quantile(input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    name = "nanquantile" if skip_nan else "quantile"
    if input._data.size == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if input._data.dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if isinstance(q, Variable):
        if q._data.ndim > 1:
            raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
        if q._data.dtype != input._data.dtype:
            raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    elif not 0 <= q <= 1:
        raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q:g}")
    k = kernels_of(input._data)
    if isinstance(q, Variable) and not bool(((q._data >= 0) & (q._data <= 1)).all()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    levels = q._data.reshape(-1) if isinstance(q, Variable) else k.xp.asarray([q], dtype=input._data.dtype)
    flat = input.reshape(-1) if dim is None else input
    d = 0 if dim is None else wrap_dim(dim, input._data.ndim)
    ordered = Op.table["sort"](flat, d, False)[0].movedim(d, -1) if flat._data.ndim else flat.reshape(1)
    data = ordered._data
    n = data.shape[-1]
    numbers = (data == data).sum(-1, keepdims=True)
    ranks = levels * (numbers - 1) if skip_nan else k.xp.where(numbers < n, n - 1, levels * (n - 1))
    ranks = k.xp.maximum(k.xp.broadcast_to(ranks, (*data.shape[:-1], levels.size)).astype(data.dtype), 0)
    if interpolation in ("lower", "higher", "nearest"):
        ranks = {"lower": k.xp.floor, "higher": k.xp.ceil, "nearest": k.xp.round}[interpolation](ranks)
    low = k.xp.floor(ranks).astype("int64")
    below = Op.table["gather"](ordered, ordered._data.ndim - 1, wrap(low))
    if interpolation in ("linear", "midpoint"):
        weight = k.xp.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - low
        above = Op.table["gather"](ordered, ordered._data.ndim - 1, wrap(k.xp.ceil(ranks).astype("int64")))
        below = below + (above - below) * wrap(weight.astype(data.dtype))
    if keepdim:
        below = below.unsqueeze(d) if dim is not None else below.reshape((*(1,) * input._data.ndim, -1))
    found = below.movedim(-1, 0)
    return found if isinstance(q, Variable) and q._data.ndim else found.squeeze(0)


def _check_weights(name: str, w: Any, n: int, integral: bool) -> None:
    d = dtypes.of(w._data)
    if w._data.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {w._data.ndim} dimensions"
        )
    if integral != (not d.is_floating_point and not d.is_complex):
        wanted = "integral" if integral else "floating point"
        raise RuntimeError(f"cov(): expected {name} to have {wanted} dtype but got {name} with {d.short} dtype")
    if w._data.size != n:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got {w._data.size} "
            f"!= {n}"
        )
    if w._data.size and w._data.min() < 0:
        raise RuntimeError(f"cov(): {name} cannot be negative")


@public(
    "function method", signature="Tensor input, *, int correction = 1, Tensor fweights = None, Tensor aweights = None"
)
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance matrix of variables (rows) over observations (columns).

    ``fweights``: how often each observation counts; ``aweights``: how much.
    """
    if input._data.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input._data.ndim} dimensions"
        )
    if input._data.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = input.reshape(1, -1) if input._data.ndim < 2 else input
    n = x._data.shape[1]
    weight = None
    for name, w, integral in (("fweights", fweights, True), ("aweights", aweights, False)):
        if w is not None:
            _check_weights(name, w, n, integral)
            weight = w if weight is None else weight * w
    if weight is None:
        mean, product_of, freedom = x.sum(1, keepdim=True) / n, lambda c: c, float(n - correction)
    else:
        total = weight.sum()
        mean, product_of = (x * weight).sum(1, keepdim=True) / total, lambda c: c * weight
        lost = (weight * aweights).sum() / total if aweights is not None else 1.0
        freedom = float(total - correction * lost)
    if freedom <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.", UserWarning,
            stacklevel=3,
        )  # fmt: skip
        freedom = 0.0
    centred = x - mean
    return (product_of(centred) @ centred.t().conj() / freedom).squeeze()


@public("function method", signature="Tensor input")
def corrcoef(input: Any) -> Any:
    """The matrix of correlation coefficients of variables (rows)."""
    if input._data.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input._data.ndim} dimensions"
        )
    c = cov(input)
    if c._data.ndim == 0:
        return c / c
    spread = c.diagonal().sqrt()
    return (c / spread.unsqueeze(1) / spread.unsqueeze(0)).clamp(-1, 1)
