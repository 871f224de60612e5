"""Norms: how large a vector or a matrix is; dist and renorm."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._check import ask_for
from ._define import cast, check_broadcast, is_number, prepare
from ._layout import by_rows
from .reduction import as_given, count_of, dims_of, in_rows, unreduced, wide
from .registry import public
from .view import wrap_dim


def _vector_norm(k: Any, x: Any, p: float, dims: Any, keepdim: bool) -> Any:
    size = k.xp.abs(wide(x))
    kind = x.real.dtype if x.dtype.kind == "c" else x.dtype
    if p != 0 and count_of(x.shape, dims) == 1:  # squares could overflow
        found = size.reshape(
            unreduced(x.shape, dims) if keepdim else [n for i, n in enumerate(x.shape) if dims and i not in dims]
        )
    elif p == math.inf:
        found = size.max(axis=dims, keepdims=keepdim, initial=0)
    elif p == -math.inf:
        found = size.min(axis=dims, keepdims=keepdim)
    elif p == 0:
        found = (size != 0).sum(axis=dims, keepdims=keepdim)
    elif p == 1:
        found = k.sum_dims(size, dims, keepdim)
    elif p == 2:
        found = k.xp.sqrt(k.sum_dims(size * size, dims, keepdim))
    else:
        found = k.sum_dims(size**p, dims, keepdim) ** (1 / p)
    return in_rows(k, k.xp.asarray(found)).astype(kind)


def _norm_slope(k: Any, g: Any, x: Any, out: Any, p: float, dims: Any) -> Any:
    if p == 0:
        return None  # a count has no slope
    shape = unreduced(x.shape, dims)
    g, norm = k.reshaped(g, shape), k.reshaped(out, shape)
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
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {dtypes.of(x._data).short}"
        )


def _in_dtype(name: str, x: Any, dtype: Any) -> Any:
    """The tensor in the dtype that a norm is to be computed in; RuntimeError for one that torch does not allow."""
    if dtype is None:
        return x
    if not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(f"{name}: dtype should be floating point or complex, but got {dtype.short}")
    if dtype.is_complex != (x._data.dtype.kind == "c"):
        kind = "real" if dtype.is_complex else "complex"
        raise RuntimeError(f"{name}: dtype should be {kind} for {kind} inputs, but got {dtype.short}")
    return cast(x, dtype)


def _check_identity(x: Any, p: float, dim: Any) -> None:
    """Of no numbers there is no largest and no smallest."""
    if x.size or not (p == math.inf or p < 0):
        return
    what = f"linalg.vector_norm cannot compute the {p:g} norm on "
    dims = as_given(dim)
    if dims is None:
        raise RuntimeError(f"{what}an empty tensor because the operation does not have an identity")
    for d in dims:
        if x.shape[d] == 0:
            raise RuntimeError(
                f"{what}the dimension {d}because this dimension is empty and the operation does not have an identity"
            )


_SIGNATURE = ("Tensor x, Number ord = 2, tuple of ints[1]? dim = None, bool keepdim = False, *, torch.dtype dtype = None, "
              "Tensor out = None")  # fmt: skip


@public("linalg", out=True, signature=_SIGNATURE)
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The p-norm ``(Σ |x|^p)^(1/p)`` of the elements along ``dim`` (all by default), ``p = ord``."""
    _check_norm("linalg.vector_norm", x)
    if not is_number(ord):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' (position 2) must be Number, not {type(ord).__name__}")
    x = _in_dtype("linalg.vector_norm", x, dtype)
    dims = dims_of(dim, x._data.ndim)
    _check_identity(x._data, float(ord), dim)
    return Op.table["vector_norm"](x, float(ord), dims, keepdim)


@public("linalg", out=True)
def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A norm of the matrices in two dimensions: "fro", "nuc", 1, -1, 2, -2, inf or -inf."""
    if A._data.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    _check_norm("linalg.matrix_norm", A)
    A = _in_dtype("linalg.matrix_norm", A, dtype)
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        given = dim if isinstance(dim, (tuple, list)) else [dim]
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, given))}")
    rows, columns = (wrap_dim(d, A._data.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({', '.join(map(str, dim))})")
    if ord == "fro":
        return Op.table["vector_norm"](A, 2.0, tuple(sorted((rows, columns))), keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        along, other = (rows, columns) if ord in (1, -1) else (columns, rows)
        sums = Op.table["vector_norm"](A, 1.0, (along,), keepdim)
        other -= not keepdim and other > along
        return _largest(sums, other, keepdim) if ord > 0 else sums.amin(other, keepdim=keepdim)
    elif ord in (2, -2, "nuc"):
        from .decomposition import svdvals

        last = A.movedim((rows, columns), (-2, -1))
        s = svdvals(last)
        found = (
            s.sum(-1, keepdim=keepdim)
            if ord == "nuc"
            else _largest(s, -1, keepdim)
            if ord == 2
            else s.amin(-1, keepdim=keepdim)
        )
        if not keepdim:
            return found
        return found.unsqueeze(-1).movedim((-2, -1), (rows, columns))
    raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")


def _largest(x: Any, dim: int, keepdim: bool) -> Any:
    """`amax` of numbers ≥ 0; of none of them 0."""
    return x.amax(dim, keepdim=keepdim) if x._data.shape[dim] else x.sum(dim, keepdim=keepdim)


@public("linalg", name="norm", out=True)
def linalg_norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A vector norm, or of two dimensions (or a matrix, when ``ord`` is given) a matrix norm."""
    if dim is not None and isinstance(dim, int):
        dim = (dim,)
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
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
        if ord in ("fro", "nuc"):
            return matrix_norm(A, ord, dim, keepdim, dtype=dtype)  # which says what is wrong
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return vector_norm(A, ord, dim, keepdim, dtype=dtype)


@public("function method", out=True)
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The p-norm (2 by default) of all elements, or along ``dim``.

    >>> import tinygrad_edu as tg
    >>> tg.norm(tg.tensor([3., 4.]))
    tensor(5.)
    """
    ask_for("layout", input)
    ndim = input._data.ndim  # asked first: sparse tensors have a norm of their own
    if isinstance(p, str) and p != "fro":
        every = tuple(range(ndim)) if dim is None else dim
        if p != "nuc":
            raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
        return matrix_norm(input, p, every, keepdim, dtype=dtype)
    return vector_norm(input, 2.0 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


_dist = Op("dist", lambda k, x, y, p: _vector_norm(k, x - y, p, None, False),
           x=lambda k, g, x, y, out, p: _dist_slope(k, g, x, y, out, p),
           y=lambda k, g, x, y, out, p: _dist_slope(k, -g, x, y, out, p))  # fmt: skip


def _dist_slope(k: Any, g: Any, x: Any, y: Any, out: Any, p: float) -> Any:
    slope = _norm_slope(k, g, x - y, out, p, None)
    return k.zero(x - y) if slope is None else slope


@public("function method", signature="Tensor input, Tensor other, Number p = 2")
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of the difference of two tensors."""
    if not isinstance(input, Variable) or not isinstance(other, Variable):
        raise TypeError("dist() takes tensors")  # in torch's words: see `_signature`
    check_broadcast(input, other)
    x, y = prepare("dist", (input, other), floats=False)
    if x._data.dtype.kind in "iub":
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {x.dtype.short} instead."
        )
    return _dist(x, y, float(p))


def _renorm(k: Any, x: Any, p: float, dims: Any, maxnorm: float) -> Any:
    norms = _vector_norm(k, x, p, dims, True)
    return (x * k.xp.where(norms > maxnorm, maxnorm / (norms + 1e-7), k.xp.ones_like(norms))).astype(x.dtype)


def _is_complex(x: Any) -> bool:
    return (x._data if isinstance(x, Variable) else x).dtype.kind == "c"


def _renorm_slope(k: Any, g: Any, x: Any, p: float, dims: Any, maxnorm: float) -> Any:
    norms = k.vector_norm(x, p, dims, True)
    inverse = k.reciprocal(norms + 1e-7)
    product = g * k.conj(x)
    product = k.real(product) if _is_complex(product) else product
    along = _norm_slope(k, k.sum_dims(product, dims, True), x, norms, p, dims)
    scaled = maxnorm * inverse * (g if along is None else g - inverse * along)
    return k.where(k.broadcast(k.gt(norms, maxnorm), x.shape), scaled, g)


Op("renorm", _renorm, x=_renorm_slope)


@public(
    "function method",
    inplace=True,
    out=True,
    signature="Tensor input, Number p, int dim, Number maxnorm, *, Tensor out = None",
)
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """Each slice along ``dim`` scaled down so that its p-norm is at most ``maxnorm``."""
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    n = input._data.ndim
    if n < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {n} dimensions")
    if input._data.dtype.kind not in "fcV":
        short = input.dtype.short
        raise RuntimeError(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {short}")
    d = wrap_dim(dim, n)
    return by_rows(Op.table["renorm"](input, float(p), tuple(i for i in range(n) if i != d), float(maxnorm)))
