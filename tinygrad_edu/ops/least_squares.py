"""Pseudo-inverse, rank, condition number and least squares: what singular values tell about a matrix."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import kernels_of
from ._matrix import check_square, mH
from ._results import named
from .decomposition import eigvalsh, svdvals
from .registry import public
from .solving import inv, inv_ex

_LAPACK = ("float32", "float64", "complex64", "complex128")
_DRIVERS = (None, "gels", "gelsy", "gelsd", "gelss")


# ------------------------------------------------------------------------------------ tolerances
def _tolerances(A: Any, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Absolute and relative tolerance as given; unless an absolute one is, the relative one is ``max(m, n) · eps``."""
    if rtol is None:
        d = dtypes.of(A._data)
        eps = float(kernels_of(A._data).xp.finfo(d.np).eps)
        default = eps * max(A._data.shape[-2:])
        if isinstance(atol, Variable):
            rtol = Op.table["where"](Op.table["gt"](atol, 0), 0.0, default)
        else:
            rtol = 0.0 if atol else default
    return 0.0 if atol is None else atol, rtol


def _limit(s: Any, atol: Any, rtol: Any) -> Any:
    """What singular values must exceed: the larger of the two tolerances, one for each matrix."""
    largest = s.amax(-1)
    bound = rtol * largest
    if isinstance(atol, Variable):
        bound = bound.maximum(atol.to(bound.dtype))
    elif atol:
        bound = bound.clamp(min=atol)
    return bound.unsqueeze(-1)


def _check_lapack(A: Any) -> None:
    if A.dtype.name not in _LAPACK:
        raise RuntimeError("This function doesn't handle types other than float and double")


# ------------------------------------------------------------------------------------ pseudo-inverse
def _pinv(k: Any, x: Any, limit: Any, hermitian: bool) -> Any:
    xp = k.xp
    if x.size == 0:
        return xp.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
    if hermitian:
        s, u = xp.linalg.eigh(x)
        vh, size = u.conj().swapaxes(-1, -2), xp.abs(s)
    else:
        u, s, vh = xp.linalg.svd(x, full_matrices=False)
        size = s
    kept = size > limit
    inverse = xp.where(kept, 1 / xp.where(kept, s, 1), 0).astype(s.dtype)
    return ((vh.conj().swapaxes(-1, -2) * inverse[..., None, :]) @ u.conj().swapaxes(-1, -2)).astype(x.dtype)


def _pinv_slope(k: Any, g: Any, x: Any, out: Any) -> Any:
    """Golub and Pereyra (1973), for matrices of constant rank:

    d(A⁺) = -A⁺ dA A⁺ + A⁺ A⁺ᴴ dAᴴ (I - A A⁺) + (I - A⁺ A) dAᴴ A⁺ᴴ A⁺, transposed term by term.
    """
    gh, ph = mH(k, g), mH(k, out)
    first = k.matprod(k.matprod(ph, g), ph)
    second = k.matprod(k.matprod(gh, out), ph)
    third = k.matprod(k.matprod(ph, out), gh)
    outside = second - k.matprod(x, k.matprod(out, second))
    return outside + third - k.matprod(k.matprod(third, out), x) - first


Op("pinv", _pinv, node="LinalgPinvBackward0", x=_pinv_slope)


@public("linalg", out=True)
def pinv(A: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Any:
    """The Moore–Penrose pseudo-inverse: singular values up to ``max(atol, rtol · the largest)`` count as zero.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.pinv(tg.tensor([[2., 0.], [0., 0.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    if A._data.ndim < 2 or A.dtype.name not in _LAPACK:
        raise RuntimeError(
            f"linalg.pinv({A.dtype.short}{{{list(A._data.shape)}}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types"
        )
    if rcond is not None:
        rtol = rcond
    if A._data.size == 0:
        return Op.table["pinv"](A, None, hermitian)
    plain = A.detach()
    s = eigvalsh(plain).abs() if hermitian else svdvals(plain)
    limit = _limit(s, *_tolerances(A, atol, rtol))
    return Op.table["pinv"](A, limit._data, hermitian)


public("function method", name="pinverse")(lambda input, rcond=1e-15: pinv(input, rtol=rcond))


# ------------------------------------------------------------------------------------ rank and condition
@public("linalg", out=True)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Any:
    """The number of singular values above ``max(atol, rtol · the largest)``.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.matrix_rank(tg.ones(3, 3))
    tensor(1)
    """
    if A._data.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    _check_lapack(A)
    for name, t in (("atol", tol if atol is None else atol), ("rtol", rtol)):
        if isinstance(t, Variable) and t._data.dtype.kind == "c":
            raise RuntimeError(f"torch.linalg.matrix_rank: {name} tensor of complex type is not supported.")
    if hermitian:
        check_square("torch.linalg.matrix_rank", A)
    if tol is not None:
        atol, rtol = tol, 0.0
    plain = A.detach()
    if plain._data.size == 0:
        return plain.new_zeros(plain._data.shape[:-2], dtype=dtypes.int64)
    s = eigvalsh(plain).abs() if hermitian else svdvals(plain)
    return (s > _limit(s, *_tolerances(A, atol, rtol))).sum(-1)


@public("linalg", out=True)
def cond(A: Any, p: Any = None) -> Any:
    """The condition number ``‖A‖ ‖A⁻¹‖``: how much solving with A can enlarge a relative error.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.cond(tg.tensor([[2., 0.], [0., 4.]]))
    tensor(2.)
    """
    from .norms import matrix_norm

    if A._data.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p not in (None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p is None or p in (2, -2):
        if A._data.size == 0:
            return _no_matrix(A)
        s = svdvals(A)
        largest, least = s.narrow(-1, 0, 1), s.narrow(-1, -1, 1)
        return (least / largest if p == -2 else largest / least).squeeze(-1)
    check_square(f"linalg.cond(ord={p})", A)
    if A._data.size == 0:
        return _no_matrix(A)
    if p == "nuc":
        inverse, info = inv_ex(A)
        if bool((info._data != 0).any()):
            return A.new_full(A._data.shape[:-2], math.inf, dtype=A.real.dtype if A.is_complex() else A.dtype)
        return matrix_norm(A, p) * matrix_norm(inv(A), p)
    inverse, info = inv_ex(A)
    inverse = inverse.masked_fill((info > 0).unsqueeze(-1).unsqueeze(-1), math.inf)
    return (matrix_norm(A, p) * matrix_norm(inverse, p)).nan_to_num(math.inf, math.inf, -math.inf)


def _no_matrix(A: Any) -> Any:
    real = dtypes.of(A._data.real) if A.is_complex() else A.dtype
    return A.new_zeros(A._data.shape[:-2], dtype=real)


# ------------------------------------------------------------------------------------ least squares
def _lstsq(k: Any, A: Any, B: Any, limit: Any, with_rest: bool) -> Any:
    """The solution, in memory that is tall enough for the right-hand side too, as LAPACK leaves it; and Σ |A X - B|²."""
    xp = k.xp
    X = _pinv(k, A, limit, False) @ B
    m, n = A.shape[-2:]
    room = xp.zeros((*X.shape[:-2], X.shape[-1], max(m, n)), X.dtype).swapaxes(-1, -2)
    room[..., :n, :] = X
    rest = (xp.abs(A @ X - B) ** 2).sum(-2) if with_rest else xp.zeros((0,), A.real.dtype)
    return room[..., :n, :], rest


def _lstsq_left(k: Any, g: Any, A: Any, B: Any, solution: Any, limit: Any, with_rest: bool) -> Any:
    gx = None
    if g[0] is not None:
        gx = _pinv_slope(k, k.matprod(g[0], mH(k, B)), A, k.pinv(A, limit, False))
    if g[1] is not None and with_rest:
        more = k.matprod(_residual_slope(k, g[1], A, B, solution), mH(k, solution))
        gx = more if gx is None else gx + more
    return gx


def _lstsq_right(k: Any, g: Any, A: Any, B: Any, solution: Any, limit: Any, with_rest: bool) -> Any:
    gx = None if g[0] is None else k.matprod(mH(k, k.pinv(A, limit, False)), g[0])
    if g[1] is not None and with_rest:
        more = _residual_slope(k, g[1], A, B, solution)
        gx = -more if gx is None else gx - more
    return gx


def _residual_slope(k: Any, g: Any, A: Any, B: Any, X: Any) -> Any:
    return 2 * (k.matprod(A, X) - B) * k.unsqueeze(g, g.ndim - 1)


Op("lstsq", _lstsq, node="LinalgLstsqBackward0", outputs=("solution", "residuals"), partial=True,
   A=_lstsq_left, B=_lstsq_right)  # fmt: skip


@public("linalg", out=True)
def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Any:
    """The X that minimises ``‖A X - B‖`` (named tuple: solution, residuals, rank, singular_values).

    >>> import tinygrad_edu as tg
    >>> tg.linalg.lstsq(tg.tensor([[1., 0.], [1., 1.], [1., 2.]]), tg.tensor([[1.], [3.], [5.]])).solution
    tensor([[1.0000],
            [2.0000]])
    """
    if A._data.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if B._data.ndim < 1:
        raise RuntimeError("torch.linalg.lstsq: other must have at least 1 dimension.")
    if A._data.dtype != B._data.dtype:
        raise RuntimeError(
            f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype {A.dtype.short} and "
            f"other's dtype {B.dtype.short}"
        )
    gap = A._data.ndim - B._data.ndim
    if not 0 <= gap <= 1:
        raise RuntimeError(
            "torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    vector = gap == 1 and B._data.shape == A._data.shape[:-1]
    right = B.unsqueeze(-1) if vector else B
    m, n = A._data.shape[-2:]
    if right._data.ndim < 2 or right._data.shape[-2] != m:
        which = "other.size(-1)" if gap == 1 else "other.size(-2)"
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match {which}")
    _check_lapack(A)
    if driver not in _DRIVERS:
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    from .solving import _check_batches

    _check_batches(A._data, right._data)
    driver = driver or "gelsy"
    plain = A.detach()
    real = plain.real.dtype if plain.is_complex() else plain.dtype
    values = svdvals(plain) if plain._data.size else plain.new_zeros((*plain._data.shape[:-2], 0), dtype=real)
    nothing = plain.new_empty((0,), dtype=real)
    if rcond is None:
        rcond = float(kernels_of(plain._data).xp.finfo(plain._data.dtype).eps) * max(m, n)
    limit = values * 0 if driver == "gels" or not values._data.size else values.narrow(-1, 0, 1) * rcond
    rank = nothing.to(dtypes.int64) if driver == "gels" else (values > limit).sum(-1)
    full = driver == "gels" or (driver != "gelsy" and bool((rank == n).all()))
    solution, residuals = Op.table["lstsq"](A, right, limit._data, m > n and full)
    return named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")(
        (
            solution.squeeze(-1) if vector else solution,
            residuals,
            rank,
            values if driver in ("gelsd", "gelss") else nothing,
        )
    )
