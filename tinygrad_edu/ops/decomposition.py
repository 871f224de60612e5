"""Linear systems and matrix decompositions, over batches of matrices: ``linalg.inv det solve cholesky qr svd eigh lstsq`` …

Derivatives follow the identities for differentials of matrix functions (Giles, "An extended collection of matrix derivative
results for forward and reverse mode algorithmic differentiation", 2008). In the formulas ``k.matprod`` is the product of the
last two dimensions and ``mH`` the conjugate transpose.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend import kernels_of
from ._results import named
from .registry import public


class LinAlgError(RuntimeError):
    """A matrix cannot be inverted or decomposed (torch's ``linalg.LinAlgError``)."""


LinAlgError.__name__ = "_LinAlgError"  # what torch's class is called in a traceback


Op("matprod", lambda k, x, y: k.xp.matmul(x, y), node="MatmulBackward0",
   x=lambda k, g, y: k.matprod(g, mH(k, y)), y=lambda k, g, x: k.matprod(mH(k, x), g))  # fmt: skip


def mT(k: Any, x: Any) -> Any:
    return k.transpose(x, x.ndim - 2, x.ndim - 1)


def mH(k: Any, x: Any) -> Any:
    return k.conj(mT(k, x))


# ------------------------------------------------------------------------------------ checks
def check_square(name: str, A: Any, floating: bool = True) -> None:
    """RuntimeError, in torch's words, unless ``A`` is a batch of square float or complex matrices."""
    check_matrix(name, A, floating)
    rows, columns = A._data.shape[-2:]
    if rows != columns:
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices")


def check_matrix(name: str, A: Any, floating: bool = True) -> None:
    if A._data.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if floating and A._data.dtype.kind in "iub":
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {dtypes.of(A._data).short}"
        )
    if A._data.dtype.itemsize == 2:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {dtypes.of(A._data).short}")


def first_zero_pivot(matrix: Any) -> int:
    """The number (from 1) of the first pivot that elimination with row exchanges finds to be zero; 0 if none is."""
    rows = [list(row) for row in matrix.tolist()]
    n = len(rows)
    for i in range(n):
        best = max(range(i, n), key=lambda r: abs(rows[r][i]))
        if rows[best][i] == 0:
            return i + 1
        rows[i], rows[best] = rows[best], rows[i]
        for r in range(i + 1, n):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return 0


def _batches(x: Any) -> Any:
    return x.reshape(-1, *x.shape[-2:])


def _is_singular(error: Exception) -> bool:
    return type(error).__name__ == "LinAlgError"


# ------------------------------------------------------------------------------------ inverse, determinant, solve
def _inv(k: Any, x: Any) -> Any:
    try:
        return k.xp.linalg.inv(x)
    except ValueError as error:
        if not _is_singular(error):
            raise
    for i, matrix in enumerate(_batches(x)):
        pivot = first_zero_pivot(matrix)
        if pivot:
            batch = f"(Batch element {i}): " if x.ndim > 2 else ""
            raise LinAlgError(
                f"linalg.inv: {batch}The diagonal element {pivot} is zero, the inversion could not be completed because the "
                "input matrix is singular."
            )
    raise LinAlgError("linalg.inv: the input matrix is singular.")


Op("inv", _inv, node="LinalgInvExBackward0",
   x=lambda k, g, out: -k.matprod(mH(k, out), k.matprod(g, mH(k, out))))  # fmt: skip
Op("det", lambda k, x: k.xp.linalg.det(x).astype(x.dtype), node="LinalgDetBackward0",
   x=lambda k, g, x: k.column(g, 2) * k.conj(k.cofactor(x)))  # fmt: skip
Op("column", lambda k, g, n: g.reshape(*g.shape, *(1,) * n), node="ViewBackward0",
   g=lambda k, gg, g_shape: k.reshaped(gg, g_shape))  # fmt: skip


def _cofactor(k: Any, x: Any) -> Any:
    """``det(x) · inv(x)ᵀ``; zero for a singular matrix, as in torch."""
    xp = k.xp
    det = xp.asarray(xp.linalg.det(x))
    n = x.shape[-1]
    regular = xp.where((det == 0)[..., None, None], xp.eye(n, dtype=x.dtype), x)
    return (det[..., None, None] * xp.linalg.inv(regular).swapaxes(-1, -2)).astype(x.dtype)


def _cofactor_slope(k: Any, g: Any, x: Any, out: Any) -> Any:
    inverse_t = mT(k, k.inv(x))
    total = k.column(k.sum_dims(g * out, (x.ndim - 2, x.ndim - 1), False), 2)
    return total * inverse_t - k.matprod(out, k.matprod(mT(k, g), inverse_t))


Op("cofactor", _cofactor, x=_cofactor_slope)


def _slogdet(k: Any, x: Any) -> Any:
    sign, logabs = k.xp.linalg.slogdet(x)
    return k.xp.asarray(sign).astype(x.dtype), k.xp.asarray(logabs).astype(x.real.dtype)


Op("slogdet", _slogdet, node="LinalgSlogdetBackward0", outputs=("sign", "logabsdet"),
   x=lambda k, g, x: k.column(g[1], 2) * mH(k, k.inv(x)))  # fmt: skip


def _solve(k: Any, a: Any, b: Any) -> Any:
    try:
        return k.xp.linalg.solve(a, b)
    except ValueError as error:
        if not _is_singular(error):
            raise
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None


def _solve_any(k: Any, a: Any, b: Any, left: bool, vector: bool) -> Any:
    if vector:
        return _solve(k, a, b[..., None])[..., 0]
    return _solve(k, a, b) if left else _solve(k, a.swapaxes(-1, -2), b.swapaxes(-1, -2)).swapaxes(-1, -2)


def _left_slope(k: Any, g: Any, a: Any, out: Any, left: bool, vector: bool) -> Any:
    gb = k.solve(mH(k, a), g, left, vector)
    if vector:
        return -k.matprod(k.column(gb, 1), mH(k, k.column(out, 1)))
    return -k.matprod(gb, mH(k, out)) if left else -k.matprod(mH(k, out), gb)


Op("solve", _solve_any, node="LinalgSolveExBackward0", a=_left_slope,
   b=lambda k, g, a, left, vector: k.solve(mH(k, a), g, left, vector))  # fmt: skip


@public("linalg", out=True)
def inv(A: Any) -> Any:
    """The inverse of a square matrix (or of each of a batch). LinAlgError where there is none.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.inv(tg.tensor([[2., 0.], [0., 4.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    check_square("linalg.inv", A)
    return Op.table["inv"](A)


@public("function method", out=True)
def inverse(input: Any) -> Any:
    """`linalg.inv`."""
    return inv(input)


@public("linalg", out=True)
def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """The inverse and an error number (0: it exists)."""
    check_square("linalg.inv", A)
    made = Op.table["inv"](A)
    return named("linalg_inv_ex", "inverse", "info")((made, A.new_zeros(A.shape[:-2], dtype=dtypes.int32)))


@public("linalg", out=True)
def det(A: Any) -> Any:
    """The determinant of a square matrix.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.det(tg.tensor([[4., 1.], [1., 3.]]))
    tensor(11.)
    """
    check_square("linalg.det", A)
    return Op.table["det"](A)


public("function method", name="det")(lambda input: det(input))


@public("linalg", out=True)
def slogdet(A: Any) -> Any:
    """The sign of the determinant and the logarithm of its absolute value."""
    check_square("linalg.slogdet", A)
    return named("linalg_slogdet", "sign", "logabsdet")(Op.table["slogdet"](A))


@public("function method", name="slogdet")
def _slogdet_function(input: Any) -> Any:
    """`linalg.slogdet`."""
    return named("slogdet", "sign", "logabsdet")(slogdet(input))


@public("function method")
def logdet(input: Any) -> Any:
    """The logarithm of the determinant (NaN where that is negative)."""
    check_square("linalg.slogdet", input)
    sign, logabs = Op.table["slogdet"](input)
    return Op.table["where"](sign == -1, float("nan"), logabs)


@public("linalg", out=True)
def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """The X with ``A X = B`` (``left=False``: ``X A = B``). LinAlgError for a singular ``A``.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.solve(tg.tensor([[2., 0.], [0., 4.]]), tg.tensor([2., 2.]))
    tensor([1.0000, 0.5000])
    """
    check_square("linalg.solve", A)
    a, b = A._data, B._data
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {dtypes.of(a).short} and B of type "
            f"{dtypes.of(b).short} instead"
        )
    vector = b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1])
    if vector and not left:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False.")
    if not vector and b.shape[-2 if left else -1] != a.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation AX = B ({a.shape[-2]}x{a.shape[-1]} and "
            f"{b.shape[-2]}x{b.shape[-1]})"
        )
    return Op.table["solve"](A, B, left, vector)


def _triangular(k: Any, a: Any, b: Any, upper: bool, unit: bool) -> Any:
    part = k.xp.triu(a) if upper else k.xp.tril(a)
    if unit:
        n = a.shape[-1]
        part = part - part * k.xp.eye(n, dtype=a.dtype) + k.xp.eye(n, dtype=a.dtype)
    return k.xp.linalg.solve(part, b)


def _triangular_slope(k: Any, g: Any, a: Any, out: Any, upper: bool, unit: bool) -> Any:
    gx = -k.matprod(k.solve_triangular(mH(k, a), g, not upper, unit), mH(k, out))
    return k.keep_triangle(gx, upper, unit)


Op("keep_triangle", lambda k, x, upper, unit: k.xp.triu(x, int(unit)) if upper else k.xp.tril(x, -int(unit)),
   node="TriuBackward0", x=lambda k, g, upper, unit: k.keep_triangle(g, upper, unit))  # fmt: skip
Op("solve_triangular", _triangular, node="LinalgSolveTriangularBackward0", a=_triangular_slope,
   b=lambda k, g, a, upper, unit: k.solve_triangular(mH(k, a), g, not upper, unit))  # fmt: skip


@public("linalg", out=True)
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """The X with ``A X = B`` for a triangular A, of which only that triangle is read."""
    check_square("linalg.solve_triangular", A)
    check_matrix("linalg.solve_triangular", B)
    if not left:
        return solve_triangular(A.mT, B.mT, upper=not upper, unitriangular=unitriangular).mT
    return Op.table["solve_triangular"](A, B, upper, unitriangular)


# ------------------------------------------------------------------------------------ Cholesky, QR, SVD, eigenvalues
def _cholesky(k: Any, x: Any) -> Any:
    lower = k.xp.tril(x) + k.xp.tril(x, -1).conj().swapaxes(-1, -2)  # only this triangle is read
    try:
        return k.xp.linalg.cholesky(lower)
    except ValueError as error:
        if not _is_singular(error):
            raise
    for i, matrix in enumerate(_batches(lower)):
        for order in range(1, matrix.shape[-1] + 1):
            if k.xp.linalg.eigvalsh(matrix[:order, :order]).min() <= 0:
                batch = f"(Batch element {i}): " if x.ndim > 2 else ""
                raise LinAlgError(
                    f"linalg.cholesky: {batch}The factorization could not be completed because the input is not "
                    f"positive-definite (the leading minor of order {order} is not positive-definite)."
                )
    raise LinAlgError("linalg.cholesky: the input is not positive-definite.")


def _cholesky_slope(k: Any, g: Any, out: Any) -> Any:
    inner = k.half_diagonal(k.matprod(mH(k, out), g))
    s = k.solve(mH(k, out), mH(k, k.solve(mH(k, out), mH(k, inner), True, False)), True, False)
    return (s + mH(k, s)) * 0.5


Op("half_diagonal", lambda k, x: k.xp.tril(x) - 0.5 * x * k.xp.eye(x.shape[-1], dtype=x.dtype), node="TrilBackward0",
   x=lambda k, g: k.half_diagonal(g))  # fmt: skip
Op("cholesky", _cholesky, node="LinalgCholeskyExBackward0", x=_cholesky_slope)


@public("linalg", out=True)
def cholesky(A: Any, *, upper: bool = False) -> Any:
    """The lower triangular L with ``A = L Lᴴ`` of a positive-definite A (``upper=True``: its conjugate transpose).

    >>> import tinygrad_edu as tg
    >>> tg.linalg.cholesky(tg.tensor([[4., 2.], [2., 5.]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    check_square("linalg.cholesky", A)
    lower = Op.table["cholesky"](A)
    return lower.mH if upper else lower


def _qr(k: Any, x: Any, mode: str) -> Any:
    if mode == "r":
        r = k.xp.linalg.qr(x, mode="r")
        return k.xp.zeros((0,), x.dtype), r
    q, r = k.xp.linalg.qr(x, mode=mode)
    return q, r


def _qr_slope(k: Any, g: Any, Q: Any, R: Any, mode: str) -> Any:
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to require gradients through it."
        )
    gq, gr = g
    m = k.matprod(gr, mH(k, R)) - k.matprod(mH(k, Q), gq)
    # (the factor R is moved to the right by a triangular solve on the transposed side)
    inner = gq + k.matprod(Q, k.hermitian_from_triangle(m))
    return mH(k, k.solve_triangular(R, mH(k, inner), True, False))


Op("hermitian_from_triangle", lambda k, x: k.xp.triu(x) + k.xp.triu(x, 1).conj().swapaxes(-1, -2), node="TriuBackward0",
   x=lambda k, g: k.keep_triangle(g, True, False) + k.keep_triangle(mH(k, g), True, True))  # fmt: skip
Op("qr", _qr, node="LinalgQrBackward0", outputs=("Q", "R"), x=_qr_slope)


@public("linalg", out=True)
def qr(A: Any, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and upper triangular R with ``A = Q R``; mode "reduced", "complete" or "r"."""
    check_matrix("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return named("linalg_qr", "Q", "R")(Op.table["qr"](A, mode))


def _svd(k: Any, x: Any, full: bool) -> Any:
    u, s, vh = k.xp.linalg.svd(x, full_matrices=full)
    return u, s, vh


def _svd_slope(k: Any, g: Any, U: Any, S: Any, Vh: Any, full: bool) -> Any:
    gu, gs, gvh = g
    n = S.shape[-1]
    if full:  # the extra columns have no derivative; torch has none for them either
        U, gu = k.slice(U, U.ndim - 1, 0, n, 1), k.slice(gu, gu.ndim - 1, 0, n, 1)
        Vh, gvh = k.slice(Vh, Vh.ndim - 2, 0, n, 1), k.slice(gvh, gvh.ndim - 2, 0, n, 1)
    uh, v, gv = mH(k, U), mH(k, Vh), mH(k, gvh)
    gap = k.inverse_gaps(S * S)
    s_row, s_column = k.unsqueeze(S, S.ndim - 1), k.column(S, 1)
    left = gap * k.matprod(uh, gu)
    right = gap * k.matprod(Vh, gv)
    core = (left + mH(k, left)) * s_row + s_column * (right + mH(k, right)) + k.to_diagonal(gs)
    gx = k.matprod(U, k.matprod(core, Vh))
    if U.shape[-2] > n:
        rest = gu - k.matprod(U, k.matprod(uh, gu))
        gx = gx + k.matprod(rest / s_row, Vh)
    if Vh.shape[-1] > n:
        rest = gvh - k.matprod(k.matprod(gvh, v), Vh)
        gx = gx + k.matprod(U, rest / s_column)
    return gx


def _inverse_gaps(k: Any, s: Any) -> Any:
    """``1 / (s_j - s_i)``, with zeros on the diagonal."""
    gap = s[..., None, :] - s[..., :, None]
    return k.xp.where(gap == 0, 0, 1 / k.xp.where(gap == 0, 1, gap)).astype(s.dtype)


Op("inverse_gaps", _inverse_gaps,
   s=lambda k, g, out: k.sum_dims(g * out * out, (out.ndim - 1,), False)
       - k.sum_dims(g * out * out, (out.ndim - 2,), False))  # fmt: skip
Op("to_diagonal", lambda k, x: x[..., None] * k.xp.eye(x.shape[-1], dtype=x.dtype), node="DiagEmbedBackward0",
   x=lambda k, g: k.from_diagonal(g))  # fmt: skip
Op("from_diagonal", lambda k, x: k.xp.diagonal(x, axis1=-2, axis2=-1).copy(), node="DiagonalBackward0",
   x=lambda k, g: k.to_diagonal(g))  # fmt: skip
Op("svd", _svd, node="LinalgSvdBackward0", outputs=("U", "S", "Vh"), x=_svd_slope)


@public("linalg", out=True)
def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """U, the singular values S (falling) and Vh with ``A = U diag(S) Vh``."""
    check_matrix("linalg.svd", A)
    return named("linalg_svd", "U", "S", "Vh")(Op.table["svd"](A, bool(full_matrices)))


@public("function method", name="svd", out=True)
def _svd_function(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """U, S and V (not its conjugate transpose) with ``input = U diag(S) Vᴴ``."""
    check_matrix("linalg.svd", input)
    u, s, vh = Op.table["svd"](input, not some)
    if not compute_uv:
        u, vh = u.new_zeros(u.shape), vh.new_zeros(vh.shape)
    return named("svd", "U", "S", "V")((u, s, vh.mH))


@public("linalg", out=True)
def svdvals(A: Any, *, driver: str | None = None) -> Any:
    """The singular values, falling."""
    check_matrix("linalg.svd", A)
    return Op.table["svd"](A, False)[1]


def _eigh(k: Any, x: Any, upper: bool) -> Any:
    values, vectors = k.xp.linalg.eigh(x, UPLO="U" if upper else "L")
    return values, vectors


def _eigh_slope(k: Any, g: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    gl, gv = g
    vh = mH(k, eigenvectors)
    core = k.matprod(vh, gv) * k.inverse_gaps(eigenvalues) + k.to_diagonal(gl)
    gx = k.matprod(eigenvectors, k.matprod(core, vh))
    return (gx + mH(k, gx)) * 0.5


Op("eigh", _eigh, node="LinalgEighBackward0", outputs=("eigenvalues", "eigenvectors"), x=_eigh_slope)


@public("linalg", out=True)
def eigh(A: Any, UPLO: str = "L") -> Any:
    """Eigenvalues (rising) and orthonormal eigenvectors of a symmetric or Hermitian matrix."""
    check_square("linalg.eigh", A)
    return named("linalg_eigh", "eigenvalues", "eigenvectors")(Op.table["eigh"](A, _is_upper(UPLO)))


def _is_upper(uplo: str) -> bool:
    if uplo.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    return uplo.upper() == "U"


@public("linalg", out=True)
def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues (rising) of a symmetric or Hermitian matrix."""
    check_square("linalg.eigvalsh", A)
    return Op.table["eigh"](A, _is_upper(UPLO))[0]


# ------------------------------------------------------------------------------------ pseudo-inverse, least squares, rank
def _pinv(k: Any, x: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    u, s, vh = k.xp.linalg.svd(x, full_matrices=False)
    if s.shape[-1] == 0:
        return k.xp.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
    if rtol is None:
        rtol = 0.0 if atol else max(x.shape[-2:]) * float(k.xp.finfo(x.dtype).eps)
    limit = k.xp.maximum(s.max(-1, keepdims=True) * rtol, atol or 0.0)
    inverse = k.xp.where(s > limit, 1 / k.xp.where(s > limit, s, 1), 0).astype(s.dtype)
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
def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """The Moore–Penrose pseudo-inverse."""
    check_matrix("linalg.pinv", A)
    return Op.table["pinv"](A, atol, rtol, hermitian)


public("function method", name="pinverse")(lambda input, rcond=1e-15: pinv(input, rtol=rcond))


@public("linalg", out=True)
def matrix_rank(A: Any, *, tol: Any = None, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """The number of singular values above the tolerance."""
    check_matrix("linalg.matrix_rank", A)
    s = svdvals(A.detach())
    if tol is not None:
        atol = tol
    if rtol is None:
        eps = float(kernels_of(A._data).xp.finfo(A._data.dtype).eps)
        rtol = 0.0 if atol else max(A._data.shape[-2:]) * eps
    limit = (s.narrow(-1, 0, 1) if s.shape[-1] else s) * rtol  # the first is the largest
    if atol:
        limit = limit.clamp(min=atol)
    return (s > limit).sum(-1)


@public("linalg")
def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Any:
    """The X that minimises ``‖A X - B‖`` (named tuple: solution, residuals, rank, singular_values)."""
    check_matrix("torch.linalg.lstsq", A)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss) but got {driver}"
        )
    vector = B._data.ndim == A._data.ndim - 1
    right = B.unsqueeze(-1) if vector else B
    m, n = A._data.shape[-2:]
    if right._data.shape[-2] != m:
        raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    solution = pinv(A) @ right
    rank = A.new_empty((0,), dtype=dtypes.int64) if driver == "gels" else matrix_rank(A)
    full = m > n and (driver == "gels" or bool((rank == n).all()))
    residuals = ((A @ solution - right).abs() ** 2).sum(-2) if full else A.new_empty((0,))
    values = svdvals(A) if driver in ("gelsd", "gelss") else A.new_empty((0,))
    solution = solution.squeeze(-1) if vector else solution
    return named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")(
        (solution, residuals, rank, values)
    )


# ------------------------------------------------------------------------------------ products of several matrices
@public("linalg", out=True)
def matrix_power(A: Any, n: int) -> Any:
    """``A`` multiplied by itself n times (negative: its inverse)."""
    check_square("linalg.matrix_power", A, floating=False)
    if n == 0:
        from .ranges import eye

        return A.clone().copy_(eye(A._data.shape[-1], dtype=A.dtype, device=A.device))
    if n < 0:
        return matrix_power(inv(A), -n)
    power, result = A, None
    while n:
        if n & 1:
            result = power if result is None else result @ power
        n >>= 1
        if n:
            power = power @ power
    return result.clone() if result is A else result


public("function method", name="matrix_power")(lambda input, n: matrix_power(input, n))


@public("linalg", out=True)
def multi_dot(tensors: Any) -> Any:
    """The product of two or more matrices, multiplied in the order that costs least (the ends may be vectors)."""
    if len(tensors) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(tensors)))
    first_is_vector, last_is_vector = tensors[0]._data.ndim == 1, tensors[-1]._data.ndim == 1
    chain = list(tensors)
    if first_is_vector:
        chain[0] = chain[0].unsqueeze(0)
    if last_is_vector:
        chain[-1] = chain[-1].unsqueeze(-1)
    for i, t in enumerate(chain):
        if t._data.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {t._data.ndim}D")
    result = _multiply(chain, _best_splits([t._data.shape for t in chain]), 0, len(chain) - 1)
    if first_is_vector:
        result = result.squeeze(0)
    return result.squeeze(-1) if last_is_vector else result


def _best_splits(shapes: list[tuple[int, ...]]) -> dict[tuple[int, int], int]:
    """Where to cut each stretch of the chain (dynamic programming over all ways to put brackets)."""
    n = len(shapes)
    sizes = [shapes[0][0]] + [s[1] for s in shapes]
    cost = {(i, i): 0 for i in range(n)}
    cut: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], cut[i, j] = min(
                (cost[i, c] + cost[c + 1, j] + sizes[i] * sizes[c + 1] * sizes[j + 1], c) for c in range(i, j)
            )
    return cut


def _multiply(chain: list[Any], cut: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return chain[i]
    c = cut[i, j]
    return _multiply(chain, cut, i, c) @ _multiply(chain, cut, c + 1, j)
