"""Matrix decompositions over batches of matrices: Cholesky, QR, singular values, eigenvalues.

Derivatives follow the identities for differentials of matrix functions (Giles, "An extended collection of matrix derivative
results for forward and reverse mode algorithmic differentiation", 2008). In the formulas ``k.matprod`` is the product of the
last two dimensions and ``mH`` the conjugate transpose. Results are stored column by column, as LAPACK leaves them.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend import matrices
from ._check import check_truth
from ._matrix import (
    LinAlgError,
    batch_element,
    check_kernel,
    check_matrix,
    check_square,
    columns,
    is_singular,
    mH,
    warn_of_old_name,
)
from ._results import named
from .registry import public
from .solving import check_pair


# ------------------------------------------------------------------------------------ Cholesky
def _cholesky(k: Any, x: Any, upper: bool) -> tuple[Any, Any]:
    xp = k.xp
    if upper:
        x = x.conj().swapaxes(-1, -2)
    whole = xp.tril(x) + xp.tril(x, -1).conj().swapaxes(-1, -2)  # only this triangle is read
    info = xp.zeros(x.shape[:-2], "int32")
    try:
        lower = xp.linalg.cholesky(whole)
        if not bool(xp.isfinite(lower).all()):
            raise _NotPositive
    except (ValueError, _NotPositive) as error:
        if not isinstance(error, _NotPositive) and not is_singular(error):
            raise
        n = x.shape[-1]
        steps = [matrices.cholesky_steps(xp, matrix) for matrix in whole.reshape(-1, n, n)]
        lower = xp.stack([made for made, _ in steps]).reshape(x.shape)
        info = xp.asarray([order for _, order in steps], "int32").reshape(x.shape[:-2])
    return columns(k, lower.conj().swapaxes(-1, -2) if upper else lower), info


class _NotPositive(Exception):
    """CuPy gives NaN where NumPy raises."""


def _cholesky_slope(k: Any, g: Any, out: Any, upper: bool) -> Any:
    lower, g = (mH(k, out), mH(k, g)) if upper else (out, g)
    lh = mH(k, lower)
    inner = k.half_diagonal(k.matprod(lh, g))
    s = k.solve_triangular(lh, mH(k, k.solve_triangular(lh, mH(k, inner), True, False)), True, False)
    return (s + mH(k, s)) * 0.5


Op("half_diagonal", lambda k, x: k.xp.tril(x) - 0.5 * x * k.xp.eye(x.shape[-1], dtype=x.dtype), node="TrilBackward0",
   x=lambda k, g: k.half_diagonal(g))  # fmt: skip
Op("cholesky", _cholesky, node="LinalgCholeskyExBackward0", outputs=("out", "info"), differentiable=(True, False),
   x=_cholesky_slope)  # fmt: skip


def _refuse_indefinite(name: str, info: Any) -> None:
    if bool((info._data != 0).any()):
        where, order = batch_element(info._data)
        raise LinAlgError(
            f"{name}: {where}The factorization could not be completed because the input is not positive-definite (the leading "
            f"minor of order {order} is not positive-definite)."
        )


@public("linalg", name="cholesky", out=True)
def linalg_cholesky(A: Any, *, upper: bool = False) -> Any:
    """The lower triangular L with ``A = L Lᴴ`` of a positive-definite A (``upper=True``: its conjugate transpose).

    >>> import tinygrad_edu as tg
    >>> tg.linalg.cholesky(tg.tensor([[4., 2.], [2., 5.]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    check_square("linalg.cholesky", A, half="cholesky_cpu")
    made, info = Op.table["cholesky"](A, upper)
    _refuse_indefinite("linalg.cholesky", info)
    return made


@public("linalg", out=True)
def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """`cholesky` and the order of the first minor that is not positive-definite (0: all are)."""
    check_square("linalg.cholesky", A, half="cholesky_cpu")
    made, info = Op.table["cholesky"](A, upper)
    if check_errors:
        _refuse_indefinite("linalg.cholesky_ex", info)
    return named("linalg_cholesky_ex", "L", "info")((made, info))


@public("function method", out=True)
def cholesky(input: Any, upper: bool = False) -> Any:
    """`linalg.cholesky` under its old name."""
    warn_of_old_name(
        "cholesky",
        "torch.linalg.cholesky ",
        "L = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\nU = torch.cholesky(A, upper=True)\n"
        "should be replaced with\nU = torch.linalg.cholesky(A).mH\n"
        "This transform will produce equivalent results for all valid (symmetric positive definite) inputs.",
    )
    check_square("cholesky", input, floating=False)
    check_kernel("cholesky_cpu", input)
    made, info = Op.table["cholesky"](input, upper)
    _refuse_indefinite("cholesky", info)
    return made


def _from_factor(k: Any, b: Any, L: Any, upper: bool) -> Any:
    half = L if not upper else mH(k, L)
    inner = matrices.solve_triangle(k.xp, half, b, False, False)
    return columns(k, matrices.solve_triangle(k.xp, mH(k, half), inner, True, False))


def _factor_slope(k: Any, g: Any, L: Any, upper: bool) -> Any:
    """From the gradient of A = L Lᴴ (``upper``: Lᴴ L) to that of L, both triangles of it."""
    both = g + mH(k, g)
    return k.matprod(L, both) if upper else k.matprod(both, L)


def _solve_slope(k: Any, g: Any, L: Any, out: Any, upper: bool) -> Any:
    return -_factor_slope(k, k.matprod(k.cholesky_solve(g, L, upper), mH(k, out)), L, upper)


Op("cholesky_solve", _from_factor, b=lambda k, g, L, upper: k.cholesky_solve(g, L, upper), L=_solve_slope)
Op("cholesky_inverse", lambda k, L, upper: _from_factor(k, k.xp.eye(L.shape[-1], dtype=L.dtype), L, upper),
   L=lambda k, g, L, out, upper: -_factor_slope(k, k.matprod(out, k.matprod(g, out)), L, upper))  # fmt: skip


@public("function method", out=True)
def cholesky_solve(input: Any, L: Any, upper: bool = False) -> Any:
    """The X with ``A X = input`` from the Cholesky factor of A."""
    for name, t in (("b", input), ("u", L)):
        if t._data.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {t._data.ndim} dimensions instead")
    check_pair("cholesky_solve", input, L)
    check_kernel("cholesky_solve_cpu", input)
    return Op.table["cholesky_solve"](input, L, upper)


@public("function method", out=True)
def cholesky_inverse(input: Any, upper: bool = False) -> Any:
    """The inverse of A from its Cholesky factor."""
    check_square("cholesky_inverse", input, floating=False)
    check_kernel("cholesky_inverse_out_cpu", input)
    return Op.table["cholesky_inverse"](input, upper)


# ------------------------------------------------------------------------------------ QR
def _qr(k: Any, x: Any, mode: str) -> Any:
    if mode == "r":
        return k.xp.zeros((0,), x.dtype), columns(k, k.xp.linalg.qr(x, mode="r"))
    q, r = k.xp.linalg.qr(x, mode=mode)
    return columns(k, q), columns(k, r)


def _qr_slope(k: Any, g: Any, Q: Any, R: Any, x_shape: Any, mode: str) -> Any:
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to require gradients through it."
        )
    m, n = x_shape[-2:]
    if mode == "complete" and m > n:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols. Please use linalg.qr(A, "
            "mode='reduced') if you are going to require gradients through it."
        )
    gq, gr = g
    rest = None
    if m < n:  # A = Q [R₁ R₂]: R₂ is Qᴴ times the rest of A
        last = R.ndim - 1
        if gr is not None:
            more = k.slice(gr, last, m, n, 1)
            rest = k.matprod(Q, more)
            from_rest = k.matprod(Q, k.matprod(k.slice(R, last, m, n, 1), mH(k, more)))
            gq = from_rest if gq is None else gq + from_rest
            gr = k.slice(gr, last, 0, m, 1)
        R = k.slice(R, last, 0, m, 1)
    inner = None if gr is None else k.matprod(gr, mH(k, R))
    if gq is not None:
        turned = k.matprod(mH(k, Q), gq)
        inner = -turned if inner is None else inner - turned
    inner = k.matprod(Q, k.hermitian_upper(inner))
    if gq is not None:
        inner = inner + gq
    gx = mH(k, k.solve_triangular(R, mH(k, inner), True, False))
    if m < n:
        return k.bordered(gx, m, n) if rest is None else k.cat([gx, rest], gx.ndim - 1)
    return gx


def _hermitian_upper(k: Any, x: Any, adjoint: bool = False) -> Any:
    """The Hermitian matrix with this upper triangle (``adjoint``: the gradient of that)."""
    diagonal = x.real * k.xp.eye(x.shape[-1], dtype=x.real.dtype)
    if adjoint:
        return k.xp.triu(x, 1) + k.xp.tril(x, -1).conj().swapaxes(-1, -2) + diagonal
    strict = k.xp.triu(x, 1)
    return strict + strict.conj().swapaxes(-1, -2) + diagonal


Op("hermitian_upper", lambda k, x: _hermitian_upper(k, x), node="TriuBackward0", x=lambda k, g: k.gather_upper(g))
Op("gather_upper", lambda k, x: _hermitian_upper(k, x, True), node="TriuBackward0", x=lambda k, g: k.hermitian_upper(g))
Op("qr", _qr, node="LinalgQrBackward0", outputs=("Q", "R"), partial=True, x=_qr_slope)


@public("linalg", name="qr", out=True)
def linalg_qr(A: Any, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and upper triangular R with ``A = Q R``; mode "reduced", "complete" or "r"."""
    check_matrix("linalg.qr", A, half="geqrf_cpu")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return named("linalg_qr", "Q", "R")(Op.table["qr"](A, mode))


@public("function method", out=True)
def qr(input: Any, some: bool = True) -> Any:
    """`linalg.qr` under its old name (``some=False``: mode "complete")."""
    warn_of_old_name(
        "qr",
        "torch.linalg.qr ",
        "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\n"
        "should be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')",
    )
    check_matrix("linalg.qr", input, half="geqrf_cpu")
    return named("qr", "Q", "R")(Op.table["qr"](input, "reduced" if some else "complete"))


# ------------------------------------------------------------------------------------ Householder reflections
def _geqrf(k: Any, x: Any) -> Any:
    if x.size == 0:
        return x.copy(), k.xp.zeros((*x.shape[:-2], min(x.shape[-2:])), x.dtype)
    flat = x.reshape(-1, *x.shape[-2:])
    made = [k.xp.linalg.qr(matrix, mode="raw") for matrix in flat]
    a = k.xp.stack([h for h, _ in made]).reshape(*x.shape[:-2], x.shape[-1], x.shape[-2]).swapaxes(-1, -2)
    return columns(k, a), k.xp.stack([tau for _, tau in made]).reshape(*x.shape[:-2], -1)


def _no_geqrf_slope(k: Any, g: Any) -> Any:
    raise NotImplementedError("the derivative for 'geqrf' is not implemented.")


Op("geqrf", _geqrf, outputs=("a", "tau"), x=_no_geqrf_slope)


@public("function method", out=True)
def geqrf(input: Any) -> Any:
    """QR in compact form: R on and above the diagonal, below it the vectors of reflections ``I - τ v vᴴ`` whose product is Q."""
    if input._data.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    check_kernel("geqrf_cpu", input)
    return named("geqrf", "a", "tau")(Op.table["geqrf"](input))


def _reflections(k: Any, a: Any, tau: Any) -> list[tuple[Any, Any]]:
    """The vectors v (as columns) and the factors τ (as 1 by 1 matrices)."""
    lower = k.plus_identity(k.keep_triangle(k.corner(a, a.shape[-2], tau.shape[-1]), False, True))
    last = lower.ndim - 1
    return [(k.slice(lower, last, i, i + 1, 1), k.column(k.slice(tau, tau.ndim - 1, i, i + 1, 1), 1))
            for i in range(tau.shape[-1])]  # fmt: skip


def _reflected(k: Any, v: Any, t: Any, x: Any) -> Any:
    return x - k.matprod(v * t, k.matprod(mH(k, v), x))


def _householder(k: Any, a: Any, tau: Any) -> Any:
    out = k.xp.zeros(a.shape, a.dtype) + k.xp.eye(*a.shape[-2:], dtype=a.dtype)
    for v, t in reversed(_reflections(k, a, tau)):
        out = _reflected(k, v, t, out)
    return columns(k, out)


def _householder_slopes(k: Any, g: Any, a: Any, tau: Any) -> tuple[Any, Any]:
    """Q = H₁ H₂ … E: each reflection gets the gradient that the ones before it have turned."""
    pairs = _reflections(k, a, tau)
    m, n = a.shape[-2:]
    right = [k.plus_identity(a * 0)]  # the products of the reflections behind each one
    for v, t in reversed(pairs[1:]):
        right.append(_reflected(k, v, t, right[-1]))
    gvs, gts = [], []
    for (v, t), p in zip(pairs, reversed(right)):
        w, turned = k.matprod(mH(k, v), p), k.matprod(mH(k, g), v)
        gts.append(k.reshaped(-k.matprod(mH(k, v), k.matprod(g, mH(k, w))), (*tau.shape[:-1], 1)))
        gvs.append(-k.conj(t) * k.matprod(g, mH(k, w)) - t * k.matprod(p, turned))
        g = g - k.conj(t) * k.matprod(v, k.matprod(mH(k, v), g))
    if not pairs:
        return a * 0, tau
    ga = k.keep_triangle(k.cat(gvs, a.ndim - 1), False, True)
    return k.bordered(ga, m, n), k.cat(gts, tau.ndim - 1)


Op("householder_product", _householder, node="LinalgHouseholderProductBackward0",
   a=lambda k, g, a, tau: _householder_slopes(k, g, a, tau)[0],
   tau=lambda k, g, a, tau: _householder_slopes(k, g, a, tau)[1])  # fmt: skip


@public("linalg", out=True)
def householder_product(A: Any, tau: Any) -> Any:
    """The first columns of the product of the reflections that `geqrf` returns."""
    name, a, t = "torch.linalg.householder_product", A._data, tau._data
    if a.ndim == 0 or t.ndim == 0:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    if a.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if a.shape[-2] < a.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if a.shape[-1] < t.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if a.ndim - t.ndim != 1:
        raise RuntimeError(f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {t.ndim} "
                           f"and input.ndim is equal to {a.ndim}")  # fmt: skip
    if t.shape[:-1] != a.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(t.shape[:-1])}"
        )
    if a.dtype != t.dtype:
        raise RuntimeError(f"{name}: tau dtype {tau.dtype.short} does not match input dtype {A.dtype.short}")
    check_kernel("orgqr_cpu", A)
    return Op.table["householder_product"](A, tau)


@public("function method", out=True)
def orgqr(input: Any, input2: Any) -> Any:
    """`linalg.householder_product`."""
    return householder_product(input, input2)


@public("function method", out=True)
def ormqr(input: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
    """``Q other`` (or ``other Q``; ``transpose``: with Qᴴ) for the whole Q that `geqrf`'s results describe."""
    a, t, c = input._data, tau._data, other._data
    for word, x in (("input", a), ("other", c)):
        if x.ndim < 2:
            raise RuntimeError(f"torch.ormqr: {word} must have at least 2 dimensions.")
    side = -2 if left else -1
    if c.shape[side] < t.shape[-1]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if c.shape[side] != a.shape[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if t.shape[-1] > a.shape[-1] or t.shape[-1] != min(c.shape[side], a.shape[-1]):
        raise RuntimeError(f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    for word, x in (("tau", tau), ("other", other)):
        if x.dtype is not input.dtype:
            raise RuntimeError(
                f"torch.ormqr: Expected input and {word} to have the same dtype, but input has dtype{input.dtype.short} and "
                f"{word} has dtype {x.dtype.short}"
            )
    check_kernel("ormqr_cpu", input)
    m = a.shape[-2]
    square = Op.table["bordered"](Op.table["corner"](input, m, t.shape[-1]), m, m)
    Q = Op.table["householder_product"](square, tau)
    Q = Q.mH if transpose else Q
    return Op.table["stored_by_columns"](Q @ other if left else other @ Q)


# ------------------------------------------------------------------------------------ singular values
def _svd(k: Any, x: Any, full: bool) -> Any:
    try:
        u, s, vh = k.xp.linalg.svd(x, full_matrices=full)
    except ValueError as error:
        if not is_singular(error):
            raise
        s = k.xp.full(x.shape[:-2], float("nan"))
    if not bool(k.xp.isfinite(s).all()):
        bad = k.xp.where(k.xp.isfinite(x).all(axis=(-1, -2)), 0, 1)
        where = batch_element(bad)[0] if bool((bad != 0).any()) else ""
        raise LinAlgError(
            f"linalg.svd: {where}The algorithm failed to converge because the input matrix contained non-finite values."
        )
    return columns(k, u), s, columns(k, vh)


def _skew(k: Any, x: Any) -> Any:
    return x - mH(k, x)


def _svd_slope(k: Any, g: Any, U: Any, S: Any, Vh: Any, full: bool) -> Any:
    gu, gs, gvh = g
    n = S.shape[-1]
    if full:  # the extra columns have no derivative; torch has none for them either
        U, Vh = k.slice(U, U.ndim - 1, 0, n, 1), k.slice(Vh, Vh.ndim - 2, 0, n, 1)
        gu = None if gu is None else k.slice(gu, gu.ndim - 1, 0, n, 1)
        gvh = None if gvh is None else k.slice(gvh, gvh.ndim - 2, 0, n, 1)
    if gu is None and gvh is None:
        return None if gs is None else k.matprod(U * k.unsqueeze(gs, gs.ndim - 1), Vh)
    s_row, s_column = k.unsqueeze(S, S.ndim - 1), k.column(S, 1)
    uh, core = mH(k, U), None
    left = None if gu is None else _skew(k, k.matprod(uh, gu))
    right = None if gvh is None else _skew(k, k.matprod(Vh, mH(k, gvh)))
    if _is_complex(U):
        both = right if left is None else left if right is None else left + right
        k.check_phase(both, "svd_backward: The singular vectors in the complex case are specified up to multiplication by "
                      "e^{i phi}. The specified loss function depends on this phase term, making it ill-defined.")  # fmt: skip
    gap = k.inverse_gaps(S * S)
    if left is not None:
        core = gap * left * s_row
        if right is not None:
            core = core + k.to_diagonal(k.from_diagonal(left) * 0.5 / S)
    if right is not None:
        more = s_column * (gap * right)
        core = more if core is None else core + more
    if gs is not None:
        core = core + k.to_diagonal(gs)
    gx = k.matprod(U, k.matprod(core, Vh))
    if gu is not None and U.shape[-2] > n:
        scaled = gu / s_row
        gx = gx + k.matprod(scaled - k.matprod(U, k.matprod(uh, scaled)), Vh)
    if gvh is not None and Vh.shape[-1] > n:
        scaled = gvh / s_column
        gx = gx + k.matprod(U, scaled - k.matprod(k.matprod(scaled, mH(k, Vh)), Vh))
    return gx


def _inverse_gaps(k: Any, s: Any) -> Any:
    """``1 / (s_j - s_i)``, with zeros on the diagonal."""
    one = k.xp.eye(s.shape[-1], dtype="bool")
    gap = s[..., None, :] - s[..., :, None]
    return k.xp.where(one, 0, 1 / k.xp.where(one, 1, gap)).astype(s.dtype)


def _check_phase(k: Any, x: Any, text: str) -> Any:
    if not bool(k.xp.allclose(k.xp.diagonal(x, axis1=-2, axis2=-1).imag, 0, rtol=1e-2, atol=1e-2)):
        raise RuntimeError(text)
    return x


Op("check_phase", _check_phase, x=lambda k, g: g)
Op("inverse_gaps", _inverse_gaps,
   s=lambda k, g, out: k.sum_dims(g * k.conj(out * out), (out.ndim - 1,), False)
       - k.sum_dims(g * k.conj(out * out), (out.ndim - 2,), False))  # fmt: skip
Op("svd", _svd, node="LinalgSvdBackward0", outputs=("U", "S", "Vh"), partial=True, x=_svd_slope)


def _check_driver(driver: Any) -> None:
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )


@public("linalg", out=True)
def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """U, the singular values S (falling) and Vh with ``A = U diag(S) Vh``."""
    check_truth("full_matrices", full_matrices)
    check_matrix("linalg.svd", A, half="linalg_svd_cpu")
    _check_driver(driver)
    return named("linalg_svd", "U", "S", "Vh")(Op.table["svd"](A, bool(full_matrices)))


@public("function method", name="svd", out=True)
def _svd_function(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """U, S and V (not its conjugate transpose) with ``input = U diag(S) Vᴴ``."""
    if input._data.ndim < 2:
        raise RuntimeError("linalg.svd: input should have at least 2 dimensions, but has "
                           f"{input._data.ndim} dimensions instead")  # fmt: skip
    check_matrix("linalg.svd", input, half="linalg_svd_cpu")
    u, s, vh = Op.table["svd"](input, not some)
    if compute_uv:
        return named("svd", "U", "S", "V")((u, s, vh.mH))
    *batch, m, n = input._data.shape
    return named("svd", "U", "S", "V")((input.new_zeros((*batch, m, m)), s, input.new_zeros((*batch, n, n)).mH))


@public("linalg", out=True)
def svdvals(A: Any, *, driver: str | None = None) -> Any:
    """The singular values, falling."""
    check_matrix("linalg.svd", A, half="linalg_svd_cpu")
    _check_driver(driver)
    return Op.table["svd"](A, False)[1]


# ------------------------------------------------------------------------------------ eigenvalues
def _eigh(k: Any, x: Any, upper: bool) -> Any:
    try:
        values, vectors = k.xp.linalg.eigh(x, UPLO="U" if upper else "L")
    except ValueError as error:
        if not is_singular(error):
            raise
        raise LinAlgError(
            "linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
            f"eigenvalues (error code: {x.shape[-1] - 1})."
        ) from None
    return values, columns(k, vectors)


_PHASE = ("{}: The eigenvectors in the complex case are specified up to multiplication by e^{{i phi}}. The specified loss "
          "function depends on this quantity, so it is ill-defined.")  # fmt: skip


def _is_complex(x: Any) -> bool:
    return x.dtype.kind == "c" if hasattr(x.dtype, "kind") else x.is_complex()


def _eigh_slope(k: Any, g: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    gl, gv = g
    vh = mH(k, eigenvectors)
    if gv is None:
        return None if gl is None else k.matprod(eigenvectors * k.unsqueeze(gl, gl.ndim - 1), vh)
    turned = k.matprod(vh, gv)
    if _is_complex(turned):
        k.check_phase(turned, _PHASE.format("linalg_eigh_backward"))
    core = turned * k.inverse_gaps(eigenvalues)
    core = core if gl is None else core + k.to_diagonal(gl)
    gx = k.matprod(eigenvectors, k.matprod(core, vh))
    return (gx + mH(k, gx)) * 0.5


Op("eigh", _eigh, node="LinalgEighBackward0", outputs=("eigenvalues", "eigenvectors"), partial=True, x=_eigh_slope)


def _check_eigh(A: Any) -> None:
    check_square("linalg.eigh", A, floating=False)
    check_kernel("linalg_eigh_cpu", A)


@public("linalg", out=True)
def eigh(A: Any, UPLO: str = "L") -> Any:
    """Eigenvalues (rising) and orthonormal eigenvectors of a symmetric or Hermitian matrix."""
    _check_eigh(A)
    return named("linalg_eigh", "eigenvalues", "eigenvectors")(Op.table["eigh"](A, _is_upper(UPLO)))


def _is_upper(uplo: str) -> bool:
    if uplo[:1].upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    return uplo[0].upper() == "U"


@public("linalg", out=True)
def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues (rising) of a symmetric or Hermitian matrix."""
    _check_eigh(A)
    return Op.table["eigh"](A, _is_upper(UPLO))[0]


def _eig(k: Any, x: Any) -> Any:
    values, vectors = k.xp.linalg.eig(x)
    kind = k.xp.result_type(x.dtype, "complex64")
    return values.astype(kind), columns(k, vectors.astype(kind))


def _eig_slope(k: Any, g: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    gl, gv = g
    vh = mH(k, eigenvectors)
    if gv is None:
        return None if gl is None else k.solve(vh, k.column(gl, 1) * vh, True, False)[0]
    turned = k.matprod(vh, gv)
    k.check_phase(turned, _PHASE.format("linalg_eig_backward"))
    scale = k.unsqueeze(k.real(k.from_diagonal(turned)), turned.ndim - 2)  # eigenvectors are normalised
    core = (turned - k.matprod(vh, eigenvectors * scale)) * k.conj(k.inverse_gaps(eigenvalues))
    core = core if gl is None else core + k.to_diagonal(gl)
    return k.solve(vh, k.matprod(core, vh), True, False)[0]


Op("eig", _eig, node="LinalgEigBackward0", outputs=("eigenvalues", "eigenvectors"), partial=True, x=_eig_slope)


def _eig_checked(name: str, A: Any) -> Any:
    check_square(name, A, floating=False)
    if A._data.dtype.kind in "iub":
        raise RuntimeError(f"Unknown Complex ScalarType for {A.dtype.short}")
    check_kernel("linalg_eig_out_cpu", A)
    if not bool(A.isfinite().all()):
        raise RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.")
    return Op.table["eig"](A)


@public("linalg", out=True)
def eig(A: Any) -> Any:
    """Eigenvalues (complex, in no order) and eigenvectors of length 1 of any square matrix.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.eig(tg.tensor([[2., 0.], [0., 3.]])).eigenvalues
    tensor([2.+0.j, 3.+0.j])
    """
    return named("linalg_eig", "eigenvalues", "eigenvectors")(_eig_checked("linalg.eig", A))


@public("linalg", out=True)
def eigvals(A: Any) -> Any:
    """The eigenvalues of any square matrix."""
    return _eig_checked("linalg.eigvals", A)[0]


# ------------------------------------------------------------------------------------ approximations of low rank
def _basis(A: Any, q: int, niter: int) -> Any:
    """Q whose columns nearly span the q leading directions of A, from random vectors (Halko, Martinsson, Tropp, 2009)."""
    from .random_ops import randn

    start = randn(A._data.shape[-1], q, dtype=A.dtype, device=A.device)
    Q = linalg_qr(A @ start).Q
    for _ in range(niter):
        Q = linalg_qr(A.mH @ Q).Q
        Q = linalg_qr(A @ Q).Q
    return Q


@public("function")
def svd_lowrank(A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None) -> Any:
    """U, S and V of about the q leading singular values of A (or of ``A - M``)."""
    A = A if M is None else A - M.broadcast_to(A.shape)
    wide = A._data.shape[-2] < A._data.shape[-1]
    A = A.mH if wide else A
    Q = _basis(A, 6 if q is None else q, 2 if niter is None else niter)
    U, S, Vh = svd(Q.mH @ A, full_matrices=False)
    U, V = Q @ U, Vh.mH
    return (V, S, U) if wide else (U, S, V)


@public("function")
def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> Any:
    """`svd_lowrank` of A with each column's mean taken away: the principal components of rows that are samples."""
    m, n = A._data.shape[-2:]
    q = min(6, m, n) if q is None else q
    if not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not (A.is_floating_point() or A.is_complex()):
        raise ValueError(f"input must be of floating point dtype, but got {dtypes.module_name}.{A.dtype.name}")
    return svd_lowrank(A - A.mean(dim=-2, keepdim=True) if center else A, q, niter)
