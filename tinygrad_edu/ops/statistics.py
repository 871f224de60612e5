"""Norms, counts and quantiles: norm, dist, renorm, unique, bincount, histc, quantile, cov, corrcoef."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ._define import cast
from .reduction import dims_of, unreduced
from .registry import public
from .view import wrap_dim


# ------------------------------------------------------------------------------------ norms
def _vector_norm(k: Any, x: Any, p: float, dims: Any, keepdim: bool) -> Any:
    size = k.xp.abs(x)
    if p == 2:
        return k.xp.sqrt((size * size).sum(axis=dims, keepdims=keepdim, dtype=size.dtype))
    if p == 1:
        return size.sum(axis=dims, keepdims=keepdim, dtype=size.dtype)
    if p == 0:
        return (size != 0).sum(axis=dims, keepdims=keepdim).astype(size.dtype)
    if p == math.inf:
        return size.max(axis=dims, keepdims=keepdim, initial=0)
    if p == -math.inf:
        return size.min(axis=dims, keepdims=keepdim)
    return ((size**p).sum(axis=dims, keepdims=keepdim, dtype=size.dtype) ** (1 / p)).astype(size.dtype)


def _norm_slope(k: Any, g: Any, x: Any, out: Any, p: float, dims: Any) -> Any:
    shape = unreduced(x.shape, dims)
    g, norm = k.reshaped(g, shape), k.reshaped(out, shape)
    if p == 0:
        return 0 * x
    if p == 1:
        return g * k.sgn(x)
    if p == 2:
        return g * k.safe_divide(x, norm)
    if p in (math.inf, -math.inf):
        hit = k.equal_to(k.abs(x), norm)
        return g * k.sgn(x) * hit / k.sum_dims(hit, dims, True)
    size = k.abs(x)
    return g * k.sgn(x) * k.safe_divide(k.safe_power(size, p - 1), k.safe_power(norm, p - 1))


Op("vector_norm", _vector_norm, node="LinalgVectorNormBackward0", x=_norm_slope)


def _check_norm(name: str, x: Any) -> None:
    if x._data.dtype.kind in "iub":
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {dtypes.of(x._data).short}")


@public("linalg", out=True)
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The p-norm ``(Σ |x|^p)^(1/p)`` of the elements along ``dim`` (all by default), ``p = ord``."""
    _check_norm("linalg.vector_norm", x)
    x = x if dtype is None else cast(x, dtype)
    return Op.table["vector_norm"](x, float(ord), dims_of(dim, x._data.ndim), keepdim)


@public("linalg", out=True)
def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A norm of the matrices in two dimensions: "fro", "nuc", 1, -1, 2, -2, inf or -inf."""
    if A._data.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    _check_norm("linalg.matrix_norm", A)
    A = A if dtype is None else cast(A, dtype)
    rows, columns = (wrap_dim(d, A._data.ndim) for d in dim)
    if ord == "fro":
        return Op.table["vector_norm"](A, 2.0, tuple(sorted((rows, columns))), keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        along, other = (rows, columns) if ord in (1, -1) else (columns, rows)
        sums = A.abs().sum(along, keepdim=True)
        found = sums.amax(other, keepdim=True) if ord > 0 else sums.amin(other, keepdim=True)
    elif ord in (2, -2, "nuc"):
        from .decomposition import svdvals

        last = A.movedim((rows, columns), (-2, -1))
        s = svdvals(last)
        found = s.sum(-1) if ord == "nuc" else s.amax(-1) if ord == 2 else s.amin(-1)
        if not keepdim:
            return found
        for d in sorted((rows, columns)):
            found = found.unsqueeze(d)
        return found
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return found if keepdim else found.squeeze((rows, columns))


@public("linalg", name="norm", out=True)
def linalg_norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A vector norm, or of two dimensions (or a matrix, when ``ord`` is given) a matrix norm."""
    if dim is not None and isinstance(dim, int):
        dim = (dim,)
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is not None and len(dim) == 2:
        return matrix_norm(A, ord, dim, keepdim, dtype=dtype)
    if dim is None and A._data.ndim == 2:
        return matrix_norm(A, ord, (-2, -1), keepdim, dtype=dtype)
    if dim is None and A._data.ndim != 1 and ord is not None:
        raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                           f"{A._data.ndim}D.")  # fmt: skip
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: Order {ord} not supported.")
    return vector_norm(A, ord, dim, keepdim, dtype=dtype)


@public("function method", out=True)
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The p-norm (2 by default) of all elements, or along ``dim``.

    >>> import tinygrad_edu as tg
    >>> tg.norm(tg.tensor([3., 4.]))
    tensor(5.)
    """
    if p == "nuc":
        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"only valid string values are 'fro' and 'nuc', found {p}")
    return vector_norm(input, 2.0 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


@public("function method")
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of the difference of two tensors."""
    return Op.table["vector_norm"](input - other, float(p), None, False)


@public("function method", inplace=True, out=True)
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """Each slice along ``dim`` scaled down so that its p-norm is at most ``maxnorm``."""
    d = wrap_dim(dim, input._data.ndim)
    dims = tuple(i for i in range(input._data.ndim) if i != d)
    norms = Op.table["vector_norm"](input, float(p), dims, True)
    factor = Op.table["where"](norms > maxnorm, maxnorm / (norms + 1e-7), wrap(kernels_of(input._data).xp.ones_like(norms._data)))
    return input * factor


# ------------------------------------------------------------------------------------ counting
def _unique(k: Any, x: Any, dim: int | None) -> tuple[Any, Any, Any]:
    if dim is None:
        values, inverse, counts = k.xp.unique(x, return_inverse=True, return_counts=True)
        return values, inverse.reshape(x.shape), counts
    rows = k.xp.moveaxis(x, dim, 0)
    values, inverse, counts = k.xp.unique(rows.reshape(rows.shape[0], -1), return_inverse=True, return_counts=True, axis=0)
    return k.xp.moveaxis(values.reshape(-1, *rows.shape[1:]), 0, dim), inverse.reshape(-1), counts


Op("unique", _unique, outputs=("values", "inverse", "counts"))


def _wanted(found: Any, inverse: bool, counts: bool) -> Any:
    values, where, number = found
    kept = [values, *([cast(where, dtypes.int64)] if inverse else []), *([cast(number, dtypes.int64)] if counts else [])]
    return tuple(kept) if len(kept) > 1 else values


@public("function method")
def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different values in order (or the different slices along ``dim``), where each element went, how many there were.

    >>> import tinygrad_edu as tg
    >>> tg.unique(tg.tensor([3, 1, 3, 2]), return_counts=True)
    (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
    d = None if dim is None else wrap_dim(dim, input._data.ndim)
    return _wanted(Op.table["unique"](input, d), return_inverse, return_counts)


@public("function method")
def unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The values with runs of equal neighbours made one."""
    x = input._data
    k = kernels_of(x)
    if dim is None:
        rows = x.reshape(-1)
    else:
        d = wrap_dim(dim, x.ndim)
        rows = k.xp.moveaxis(x, d, 0)
    flat = rows.reshape(rows.shape[0], -1)
    starts = k.xp.ones(rows.shape[0], "bool")
    if rows.shape[0]:
        starts[1:] = (flat[1:] != flat[:-1]).any(1)
    where = k.xp.cumsum(starts) - 1
    edges = k.xp.append(k.xp.nonzero(starts)[0], rows.shape[0])
    values = rows[starts] if dim is None else k.xp.moveaxis(rows[starts], 0, d)
    inverse = where.reshape(x.shape) if dim is None else where
    return _wanted(tuple(wrap(a) for a in (values, inverse, k.xp.diff(edges))), return_inverse, return_counts)


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


@public("function method", out=True)
def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0) -> Any:
    """How many elements fall into each of ``bins`` equal intervals between min and max (of the data, where both are 0)."""
    if bins <= 0:
        raise RuntimeError("bins must be > 0")
    x = input._data
    k = kernels_of(x)
    if min == max and x.size:
        min, max = x.min().item(), x.max().item()
    if min == max:
        min, max = min - 1, max + 1
    if not min < max:
        raise RuntimeError("max must be larger than min")
    inside = x[(x >= min) & (x <= max)].astype("float64")
    place = k.xp.minimum(((inside - min) / (max - min) * bins).astype("int64"), bins - 1)
    return wrap(k.xp.bincount(place, minlength=bins).astype(x.dtype))


# ------------------------------------------------------------------------------------ quantiles, covariance
@public("function method", out=True)
def quantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """The q-th quantiles (0 ≤ q ≤ 1) along ``dim``, interpolated between neighbours in order."""
    return _quantile(input, q, dim, keepdim, interpolation, False)


@public("function method", out=True)
def nanquantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
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


@public("function method")
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance matrix of variables (rows) over observations (columns)."""
    if input._data.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {input._data.ndim} dimensions")
    x = input.reshape(1, -1) if input._data.ndim < 2 else input
    weight = None
    for w in (fweights, aweights):
        if w is not None:
            w = cast(w, x.dtype) if x.is_floating_point() else w
            weight = w if weight is None else weight * w
    n = x._data.shape[1] if weight is None else weight.sum()
    if weight is None:
        centred, freedom = x - x.mean(1, keepdim=True), n - correction
        product = centred @ centred.mT.conj()
    else:
        mean = (x * weight).sum(1, keepdim=True) / n
        centred = x - mean
        freedom = n - correction * ((weight * aweights).sum() / n if aweights is not None else 1)
        product = (centred * weight) @ centred.mT.conj()
    found = product / freedom
    return found.squeeze() if input._data.ndim < 2 else found


@public("function method")
def corrcoef(input: Any) -> Any:
    """The matrix of correlation coefficients of variables (rows)."""
    c = cov(input)
    if c._data.ndim == 0:
        return c / c
    spread = c.diagonal().sqrt()
    return (c / spread.unsqueeze(1) / spread.unsqueeze(0)).clamp(-1, 1)


