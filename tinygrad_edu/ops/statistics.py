"""Statistics: counts, histograms, quantiles, covariance."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, needs_grad, wrap
from ..backend import kernels_of
from ._check import c_name, not_implemented
from ._define import noded
from ._results import named
from .gather import add_at
from .ranges import linear
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
    if weights is None:
        return wrap(k.xp.bincount(x.astype("int64"), None, minlength).astype("int64"))
    size = max(minlength, int(x.max()) + 1 if x.size else 0)
    total = k.xp.zeros(size, "float32" if weights._data.dtype == "float32" else "float64")
    add_at(k, total, x.astype("int64"), weights._data.astype(total.dtype))
    return wrap(total)


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
    low, width, count = (
        k.xp.asarray(v).astype(x.dtype) for v in (min, max - min, bins)
    )  # torch rounds to the dtype each time
    place = ((inside - low) * count / width).astype("int64")
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
        kind, looks = input._data.dtype.kind, min == 0 and max == 0
        raise not_implemented(
            "linspace_cpu" if kind == "b" else "aminmax_cpu" if kind == "c" and looks else "histogram_cpu", input
        )
    return _histc(input, bins, min, max)


def _edges(name: str, x: Any, bins: list[Any], range: Any) -> list[Any]:
    """The borders of the bins in each dimension of points ``x`` (number of points, dimensions)."""
    k = kernels_of(x)
    found: list[Any] = []
    for d, count in enumerate(bins):
        if isinstance(count, Variable):
            found.append(count._data.copy())
            continue
        if count <= 0:
            raise RuntimeError(f"torch.{name}(): bins must be > 0, but got {count} for dimension {d}")
        if range is not None:
            low, high = range[2 * d : 2 * d + 2]
        else:
            low, high = (x[:, d].min().item(), x[:, d].max().item()) if x.size else (0.0, 1.0)
        if not (math.isfinite(low) and math.isfinite(high)):
            raise RuntimeError(f"torch.{name}: dimension {d}'s range [{low:g}, {high:g}] is not finite")
        if low > high:
            raise RuntimeError(
                f"torch.{name}: min should not exceed max, but got min {low:g} max {high:g} for dimension {d}"
            )
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = linear(low, high, count + 1, x.dtype)
        found.append(edges if k.device_type == "cpu" else k.from_host(edges, k.device_index(x)))
    return found


def _count(x: Any, edges: list[Any], weight: Any, density: bool) -> Any:
    """How many points (or how much of their weight) fall into each bin of a grid."""
    xp = kernels_of(x).xp
    inside = xp.ones(x.shape[0], bool)
    for d, e in enumerate(edges):
        inside &= (x[:, d] >= e[0]) & (x[:, d] <= e[-1])
    shape = tuple(len(e) - 1 for e in edges)
    place = xp.zeros(int(inside.sum()), "int64")
    for d, e in enumerate(edges):
        at = xp.minimum(xp.searchsorted(e, x[inside, d], side="right") - 1, shape[d] - 1)
        place = place * shape[d] + at
    hist = xp.zeros(math.prod(shape), x.dtype)
    xp.add.at(hist, place, xp.ones_like(place, x.dtype) if weight is None else weight._data.reshape(-1)[inside])
    hist = hist.reshape(shape)
    if density:
        hist = hist / hist.sum()
        for d, e in enumerate(edges):
            hist = hist / xp.diff(e).reshape((-1,) + (1,) * (len(edges) - d - 1))
    return hist


def _check_histogram(input: Any, weight: Any, points: tuple[int, ...]) -> None:
    if not dtypes.of(input._data).is_floating_point:
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{input.dtype.short}'")
    if weight is not None and weight._data.dtype != input._data.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got "
            f"input(value) {c_name(input.dtype)}, and weight {c_name(weight.dtype)}"
        )
    if weight is not None and weight._data.shape != points[:-1]:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its "
            f"innermost dimension, but got input with shape {list(points)} and weight with shape {list(weight._data.shape)}"
        )


@public(
    "function method",
    out=True,
    signature=(
        "Tensor input, Tensor bins, *, Tensor weight = None, bool density = False, tuple of Tensors out = None",
        "Tensor input, int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = False, "
        "tuple of Tensors out = None",
    ),
)
def histogram(input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """Counts (or sums of weights) between the edges given, or between ``bins + 1`` equally spaced ones; and the edges.

    ``density=True`` divides by the total and by the width of each bin.

    >>> import tinygrad_edu as tg
    >>> tg.histogram(tg.tensor([1., 2., 1.]), bins=4, range=(0., 3.)).hist
    tensor([0., 2., 1., 0.])
    """
    points = input._data.reshape(-1, 1)
    if weight is not None and weight._data.size == len(points):
        weight = weight.reshape(-1)
    _check_histogram(input, weight, points.shape)
    edges = _edges("histogram", points, [bins], range)
    return named("histogram", "hist", "bin_edges")((wrap(_count(points, edges, weight, density)), wrap(edges[0])))


@public("function")
def histogramdd(input: Any, bins: Any, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """A histogram of points in n dimensions: the last dimension of ``input`` holds a point's coordinates.

    ``bins``: how many in each dimension (one number for all), or the edges of each dimension as tensors. ``range``: the lowest and
    the highest edge of each dimension, one pair after the other.

    >>> import tinygrad_edu as tg
    >>> tg.histogramdd(tg.tensor([[0., 1.], [1., 0.], [2., 0.], [2., 2.]]), bins=[3, 3]).hist
    tensor([[0., 1., 0.],
            [1., 0., 0.],
            [1., 0., 1.]])
    """
    if input._data.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    _check_histogram(input, weight, input._data.shape)
    n = input._data.shape[-1]
    counts = list(bins) if isinstance(bins, (tuple, list)) else [bins] * n
    if len(counts) != n:
        raise RuntimeError(
            f"torch.histogramdd: expected {n} sequences of bin edges for a {n}-dimensional histogram but got {len(counts)}"
            if any(isinstance(c, Variable) for c in counts)
            else "histogramdd: The size of bins must be equal to the innermost dimension of the input."
        )
    points = input._data.reshape(-1, n)
    edges = _edges("histogramdd", points, counts, range)
    hist = wrap(_count(points, edges, weight, density))
    return named("histogramdd", "hist", "bin_edges")((hist, tuple(wrap(e) for e in edges)))


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
    if input._data.size == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if input._data.dtype.name not in ("float32", "float64"):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if isinstance(q, Variable):
        if q._data.ndim > 1:
            raise RuntimeError("quantile() q must be a scalar or 1D tensor")
        if q._data.dtype != input._data.dtype:
            raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    elif not 0 <= q <= 1:
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
    k = kernels_of(input._data)
    if isinstance(q, Variable) and not bool(((q._data >= 0) & (q._data <= 1)).all()):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    levels = q._data.reshape(-1) if isinstance(q, Variable) else k.xp.asarray([q], dtype=input._data.dtype)
    ordered = _ordered(input, dim, keepdim)
    data = ordered._data
    n = data.shape[-1]
    numbers = (data == data).sum(-1, keepdims=True)
    steps = k.xp.maximum(numbers - 1, 0) if skip_nan else k.xp.full_like(numbers, n - 1)
    last = k.xp.zeros_like(numbers, bool) if skip_nan else numbers < n  # a NaN, which stands last, is every quantile
    ranks = k.xp.where(last, steps, levels * steps)
    ranks = k.xp.broadcast_to(ranks, (*data.shape[:-1], levels.size)).astype(data.dtype)
    if interpolation in ("lower", "higher", "nearest"):
        ranks = {"lower": k.xp.floor, "higher": k.xp.ceil, "nearest": k.xp.round}[interpolation](ranks)
    low = k.xp.floor(ranks).astype("int64")
    below = Op.table["gather"](ordered, ordered._data.ndim - 1, wrap(low))
    if interpolation in ("linear", "midpoint"):
        weight = wrap((k.xp.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - low).astype(data.dtype))
        if isinstance(q, Variable) and needs_grad(q) and interpolation == "linear":
            exact = q.reshape(-1) * wrap(steps.astype(data.dtype))  # type: ignore[attr-defined]
            weight = exact.masked_fill(wrap(last), 0.0) - wrap(k.xp.where(last, 0, low).astype(data.dtype))
        above = Op.table["gather"](ordered, ordered._data.ndim - 1, wrap(k.xp.ceil(ranks).astype("int64")))
        below = Op.table["lerp"](below, above, weight)
    if isinstance(q, Variable) and q._data.ndim:  # the levels come first
        below = noded(noded(below.unsqueeze(0), "UnsqueezeBackward1").transpose(0, -1), "TransposeBackward1")
    return noded(below.squeeze(-1), "SqueezeBackward4")


def _ordered(input: Any, dim: Any, keepdim: bool) -> Any:
    """The input with ``dim`` (or all of it) in order along the last dimension, behind the dimensions of the result."""
    n = input._data.ndim
    if dim is None:
        rows, shape = input.reshape(-1), (1,) * n if keepdim else ()
    else:
        d = wrap_dim(dim, n)
        rows = input if d == n - 1 else input.unsqueeze(-1).transpose(d, -1)
        kept = input._data.shape
        shape = (*kept[:d], 1, *kept[d + 1 :]) if keepdim and n else (*kept[:d], *kept[d + 1 :])
    length = rows._data.shape[-1]
    return Op.table["sort"](rows, rows._data.ndim - 1, False, True)[0].view(*shape, length)


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
        mean, weighted, freedom = x.sum(1) / n, lambda c: c, float(n - correction)
    else:
        total = weight.sum()
        mean, weighted = (x * weight).sum(1) / total, lambda c: c * weight
        lost = (weight * aweights).sum() / total if aweights is not None else 1.0
        freedom = total - correction * lost
    if float(freedom) <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.", UserWarning,
            stacklevel=3,
        )  # fmt: skip
        freedom = freedom * 0.0
    centred = x - mean.unsqueeze(1)
    return (centred @ weighted(centred).t().conj() / freedom).squeeze()


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
    r = c / spread.view(-1, 1) / spread.view(1, -1)
    if r.is_complex():
        return Op.table["complex"](r.real.clamp(-1, 1), r.imag.clamp(-1, 1))
    return r.clamp(-1, 1)
