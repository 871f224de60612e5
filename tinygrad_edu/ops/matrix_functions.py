"""Small functions of vectors and matrices: trace, cross and Kronecker products, pairwise distances, differences."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend.outside import warn
from ._check import c_name, not_for, not_implemented
from ._define import broadcast_error, cast, prepare
from ._layout import by_rows
from ._matrix import mT
from .registry import public
from .shape import broadcast_shapes
from .view import wrap_dim

# ------------------------------------------------------------------------------------ trace
Op("trace", lambda k, x: x.trace(dtype=x.dtype if x.dtype.kind not in "iub" else "int64"),
   x=lambda k, g, x_shape: k.trace_backward(g, x_shape))  # fmt: skip


def _trace_backward(k: Any, g: Any, shape: tuple[int, int]) -> Any:
    return k.xp.eye(*shape, dtype=g.dtype) * g


Op("trace_backward", _trace_backward, node="TraceBackwardBackward0", g=lambda k, gg: k.trace(gg))


@public("function method")
def trace(input: Any) -> Any:
    """The sum of a matrix's diagonal.

    >>> import tinygrad_edu as tg
    >>> tg.trace(tg.tensor([[1., 2.], [3., 4.]]))
    tensor(5.)
    """
    not_for("trace", input, "b")
    if input._data.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input._data.ndim}")
    return Op.table["trace"](input)


# ------------------------------------------------------------------------------------ cross product
def _cross(k: Any, x: Any, y: Any, dim: int) -> Any:
    x, y = k.xp.broadcast_arrays(x, y)
    a, b = k.xp.moveaxis(x, dim, 0), k.xp.moveaxis(y, dim, 0)
    parts = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    return k.xp.stack(parts, axis=dim)


Op("linalg_cross", _cross, x=lambda k, g, y, dim: k.linalg_cross(k.conj(y), g, dim),
   y=lambda k, g, x, dim: k.linalg_cross(g, k.conj(x), dim))  # fmt: skip


@public("linalg", name="cross", out=True)
def linalg_cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """The cross product of vectors of three numbers that lie along ``dim``.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.cross(tg.tensor([1., 0., 0.]), tg.tensor([0., 1., 0.]))
    tensor([0., 0., 1.])
    """
    x, y = input._data, other._data
    if x.ndim != y.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    d = wrap_dim(dim, x.ndim)
    if not x.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    not_for("cross", input, "b")
    if x.shape[d] != 3 or y.shape[d] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {x.shape[d]} and {y.shape[d]}"
        )
    input, other = prepare("linalg_cross", (input, other), floats=False)
    try:
        return by_rows(Op.table["linalg_cross"](input, other, d))
    except ValueError:
        raise broadcast_error(input, other) from None


@public("function method", out=True)
def cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """`linalg.cross` along ``dim``, by default the first dimension of size 3."""
    if dim is None:
        warn(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply "
            "use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future "
            "release."
        )
        shape = input._data.shape
        if 3 not in shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = shape.index(3)
    return linalg_cross(input, other, dim=dim)


# ------------------------------------------------------------------------------------ products
@public("function method", out=True)
def kron(input: Any, other: Any) -> Any:
    """The Kronecker product: every element of ``input`` times the whole of ``other``.

    >>> import tinygrad_edu as tg
    >>> tg.kron(tg.eye(2), tg.tensor([1., 2.]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """
    n = max(input._data.ndim, other._data.ndim)
    a = (1,) * (n - input._data.ndim) + tuple(input._data.shape)
    b = (1,) * (n - other._data.ndim) + tuple(other._data.shape)
    left = input.reshape([size for pair in zip(a, (1,) * n, strict=True) for size in pair])
    right = other.reshape([size for pair in zip((1,) * n, b, strict=True) for size in pair])
    return Op.table["reshaped"](left * right, tuple(p * q for p, q in zip(a, b, strict=True)))


@public("linalg", out=True)
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The dot products of the vectors that lie along ``dim`` (the first conjugated)."""
    return (x.conj() * y).sum(dim) if x.is_complex() else (x * y).sum(dim)


@public("linalg", name="diagonal")
def linalg_diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of the matrices in the last two dimensions, as a view."""
    return A.diagonal(offset, dim1, dim2)


# ------------------------------------------------------------------------------------ differences and distances
@public("function method", out=True)
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours along ``dim``, taken ``n`` times.

    >>> import tinygrad_edu as tg
    >>> tg.diff(tg.tensor([1, 4, 9, 16]))
    tensor([3, 5, 7])
    """
    if input._data.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    d = wrap_dim(dim, input._data.ndim)
    parts = [t for t in (prepend, input, append) if t is not None]
    for t in parts:
        if t._data.ndim != input._data.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n == 0:
        return input.clone()
    if len(parts) > 1:
        common = parts[0].dtype
        for t in parts[1:]:
            common = dtypes.promote_types(common, t.dtype)
        input = Op.table["cat"]([cast(t, common) for t in parts], d)
    for _ in range(min(n, input._data.shape[d])):
        size = input._data.shape[d]
        high, low = input.narrow(d, 1, size - 1), input.narrow(d, 0, size - 1)
        input = high.logical_xor(low) if input._data.dtype.kind == "b" else high - low
    return input


_AT_A_TIME = 1 << 18  # differences of coordinates


def _cdist(k: Any, x: Any, y: Any, p: float) -> Any:
    """Some of the first points at a time, so that their differences stay in the processor's cache."""
    rows = max(1, _AT_A_TIME // max(1, y.shape[-2] * y.shape[-1]))
    if x.shape[-2] > rows:
        parts = [_cdist(k, x[..., i : i + rows, :], y, p) for i in range(0, x.shape[-2], rows)]
        return k.xp.concatenate(parts, axis=-2)
    gap = k.xp.abs(x[..., :, None, :] - y[..., None, :, :])
    if p == 0:
        return k.xp.where((gap != gap).any(-1), math.nan, (gap != 0).sum(-1)).astype(x.dtype)
    if p == float("inf"):  # of what is a number
        return k.xp.where(gap == gap, gap, 0).max(-1) if gap.shape[-1] else k.xp.zeros(gap.shape[:-1], x.dtype)
    if p == 1:
        return gap.sum(-1)
    if p == 2:
        return k.xp.sqrt((gap * gap).sum(-1))
    return (gap**p).sum(-1) ** (1 / p)


def _cdist_pull(k: Any, g: Any, x: Any, y: Any, out: Any, p: float) -> Any:
    """The gradient of each distance by each coordinate of its first point, summed over the second points."""
    gap = k.unsqueeze(x, x.ndim - 1) - k.unsqueeze(y, y.ndim - 2)
    distance = k.column(out, 1)
    if p == 0:
        slope = k.no_gradient(gap)
    elif p == 1:
        slope = k.where(k.isnan(gap), gap, k.sign(gap))
    elif p == float("inf"):
        slope = k.sign(gap) * k.same(k.abs(gap), distance)
    elif p == 2:
        slope = k.safe_divide(gap, distance)
    else:
        size = k.abs(gap)
        slope = k.sign(gap) * k.safe_divide(k.safe_power(size, p - 1), k.safe_power(distance, p - 1))
    return k.sum_dims(k.column(g, 1) * slope, (slope.ndim - 2,), False)


def _cdist_other(k: Any, g: Any, x: Any, y: Any, out: Any, p: float) -> Any:
    return _cdist_pull(k, k.transpose(g, g.ndim - 2, g.ndim - 1), y, x, k.transpose(out, out.ndim - 2, out.ndim - 1), p)


def _divide(k: Any, x: Any, y: Any) -> Any:
    return k.xp.where(y == 0, 0, x / k.xp.where(y == 0, 1, y)).astype(x.dtype)


Op("same", lambda k, x, y: (x == y).astype(x.dtype))
Op("safe_divide", _divide, node="DivBackward0", x=lambda k, g, y: k.safe_divide(g, k.conj(y)),
   y=lambda k, g, y, out: -k.safe_divide(g * k.conj(out), k.conj(y)))  # fmt: skip
Op("safe_power", lambda k, x, p: k.xp.where(x == 0, 0, k.xp.where(x == 0, 1, x) ** p).astype(x.dtype), node="PowBackward0",
   x=lambda k, g, x, p: g * (p * k.safe_power(x, p - 1)))  # fmt: skip
Op("cdist", _cdist, x=_cdist_pull, y=_cdist_other)


def _euclidean(k: Any, x: Any, y: Any) -> Any:
    """``√(|x|² - 2 x·y + |y|²)`` as one product of matrices: quicker than differences, but less exact for close points."""
    squares = [(t * t).sum(-1, keepdims=True) for t in (x, y)]
    ones = [k.xp.ones_like(t) for t in squares]
    left = k.xp.concatenate([-2 * x, squares[0], ones[0]], axis=-1)
    right = k.xp.concatenate([y, ones[1], squares[1]], axis=-1)
    return k.xp.sqrt(k.xp.maximum(k.bmm(left, right.swapaxes(-1, -2)), k.zeros[x.dtype]))


def _euclidean_slope(k: Any, g: Any, x: Any, y: Any, out: Any) -> Any:
    ratio = k.safe_divide(g, out)
    return x * k.sum_dims(ratio, (ratio.ndim - 1,), True) - k.matprod(ratio, y)


Op("euclidean_dist", _euclidean, x=_euclidean_slope,
   y=lambda k, g, x, y, out: _euclidean_slope(k, mT(k, g), y, x, mT(k, out)))  # fmt: skip
_MODES = {
    "use_mm_for_euclid_dist_if_necessary": 25,
    "use_mm_for_euclid_dist": 0,
    "donot_use_mm_for_euclid_dist": math.inf,
}


def _by_product(x1: Any, x2: Any) -> Any:
    if x1._data.ndim == x2._data.ndim == 2:
        out = Op.table["euclidean_dist"](x1, x2)
        return out.view(out.shape)
    batch = broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    x1, x2 = (t.expand(*batch, *t.shape[-2:]).contiguous().view(-1, *t.shape[-2:]) for t in (x1, x2))
    return Op.table["euclidean_dist"](x1, x2).view(*batch, x1.shape[-2], x2.shape[-2])


@public("function")
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The p-norm distances between all rows of ``x1`` (…, P, M) and all rows of ``x2`` (…, R, M): (…, P, R).

    Euclidean distances (p = 2) of more than 25 points are found by a matrix product unless ``compute_mode`` says otherwise; of
    points that are close to each other only the first digits are right then.
    """
    for name, t in (("X1", x1), ("X2", x2)):
        if t._data.dtype.kind not in "fV":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {dtypes.of(t._data).short}")
        if t._data.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {t._data.ndim}D")
    if x1._data.shape[-1] != x2._data.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1._data.shape[-1]} X2: {x2._data.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    first, second = dtypes.of(x1._data), dtypes.of(x2._data)
    many = max(x1._data.shape[-2], x2._data.shape[-2]) > _MODES[compute_mode]
    if p == 2 and many and x1._data.size and x2._data.size:
        if first != second:
            names = c_name(first), c_name(second)
            raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")
        return _by_product(x1, x2)
    if first != second:
        raise RuntimeError(f"expected scalar type {first.short} but found {second.short}")
    if first.itemsize == 2:
        raise not_implemented("cdist", x1)
    return by_rows(Op.table["cdist"](x1, x2, float(p)))
