"""Linear systems over batches of square matrices: ``linalg.inv det slogdet solve solve_triangular lu_factor lu lu_solve`` …

In the formulas ``k.matprod`` is the product of the last two dimensions and ``mH`` the conjugate transpose.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.second import as_one
from ..backend import matrices
from ._matrix import (
    LinAlgError,
    batch_element,
    check_equation,
    check_kernel,
    check_square,
    columns,
    is_singular,
    mH,
    mT,
    warn_of_old_name,
)
from ._results import named
from .registry import linalg, public


# ------------------------------------------------------------------------------------ inverse and determinant
def _inv(k: Any, x: Any) -> tuple[Any, Any]:
    try:
        made, info = k.xp.linalg.inv(x), k.xp.zeros(x.shape[:-2], "int32")
    except ValueError as error:
        if not is_singular(error):
            raise
        lu, pivots, info = matrices.lu_factor(k.xp, x)
        one = matrices.swap_rows(k.xp, k.xp.eye(x.shape[-1], dtype=x.dtype), pivots, False)
        lower = matrices.solve_triangle(k.xp, lu, one, False, True)
        made = matrices.solve_triangle(k.xp, lu, lower, True, False)
    return columns(k, made), info


Op("inv", _inv, node="LinalgInvExBackward0", outputs=("out", "info"), differentiable=(True, False),
   x=lambda k, g, out: -k.matprod(mH(k, out), k.matprod(g, mH(k, out))))  # fmt: skip
Op("det", lambda k, x: k.xp.asarray(k.xp.linalg.det(x)).astype(x.dtype), node="LinalgDetBackward0",
   x=lambda k, g, x: k.column(g, 2) * k.conj(k.cofactor(x)))  # fmt: skip


def _cofactor(k: Any, x: Any) -> Any:
    """``det(x) · inv(x)ᵀ``; zero for a singular matrix, as in torch."""
    xp = k.xp
    det = xp.asarray(xp.linalg.det(x))
    regular = xp.where((det == 0)[..., None, None], xp.eye(x.shape[-1], dtype=x.dtype), x)
    return (det[..., None, None] * xp.linalg.inv(regular).swapaxes(-1, -2)).astype(x.dtype)


def _cofactor_slope(k: Any, g: Any, x: Any, out: Any) -> Any:
    inverse = mH(k, k.inv(x)[0])
    total = k.column(k.sum_dims(g * k.conj(out), (x.ndim - 2, x.ndim - 1), False), 2)
    return total * inverse - k.matprod(inverse, k.matprod(mT(k, g), k.conj(out)))


Op("cofactor", _cofactor, x=_cofactor_slope)


def _slogdet(k: Any, x: Any) -> Any:
    sign, logabs = k.xp.linalg.slogdet(x)
    return k.xp.asarray(sign).astype(x.dtype), k.xp.asarray(logabs).astype(x.real.dtype)


def _slogdet_slope(k: Any, g: Any, x: Any, sign: Any, x_dtype: Any) -> Any:
    factor = g[1]
    if x_dtype.kind == "c":  # the sign is a point on the circle: only its turning counts
        factor = k.complex(factor, -k.imag(k.conj(g[0]) * sign))
    return k.column(factor, 2) * mH(k, k.inv(x)[0])


Op("slogdet", _slogdet, node="LinalgSlogdetBackward0", outputs=("sign", "logabsdet"), x=_slogdet_slope)


def _refuse_singular(name: str, info: Any) -> None:
    if bool((info._data != 0).any()):
        where, pivot = batch_element(info._data)
        raise LinAlgError(
            f"{name}: {where}The diagonal element {pivot} is zero, the inversion could not be completed because the input "
            "matrix is singular."
        )


@public("linalg", out=True)
def inv(A: Any) -> Any:
    """The inverse of a square matrix (or of each of a batch). LinAlgError where there is none.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.inv(tg.tensor([[2., 0.], [0., 4.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    check_square("linalg.inv", A)
    made, info = Op.table["inv"](A)
    _refuse_singular("linalg.inv", info)
    return made


@public("function method", out=True)
def inverse(input: Any) -> Any:
    """`linalg.inv`."""
    return inv(input)


@public("linalg", out=True)
def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """The inverse and an error number (0: it exists)."""
    check_square("linalg.inv", A)
    made, info = Op.table["inv"](A)
    if check_errors:
        _refuse_singular("linalg.inv_ex", info)
    return named("linalg_inv_ex", "inverse", "info")((made, info))


@public("linalg", out=True)
def det(A: Any) -> Any:
    """The determinant of a square matrix.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.det(tg.tensor([[4., 1.], [1., 3.]]))
    tensor(11.)
    """
    check_square("linalg.det", A, half="lu_cpu")
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
    check_square("logdet", input)
    sign, logabs = Op.table["slogdet"](input)
    if input._data.dtype.kind == "c":
        return logabs + sign.log()
    return Op.table["where"](sign == -1, float("nan"), logabs)


# ------------------------------------------------------------------------------------ A X = B
def _solve(k: Any, a: Any, b: Any, left: bool) -> tuple[Any, Any]:
    if not left:
        made, info = _solve(k, a.swapaxes(-1, -2), b.swapaxes(-1, -2), True)
        return made.swapaxes(-1, -2), info
    try:
        made, info = k.xp.linalg.solve(a, b), k.xp.zeros(a.shape[:-2], "int32")
    except ValueError as error:
        if not is_singular(error):
            raise
        lu, pivots, info = matrices.lu_factor(k.xp, a)
        lower = matrices.solve_triangle(k.xp, lu, matrices.swap_rows(k.xp, b, pivots, False), False, True)
        made = matrices.solve_triangle(k.xp, lu, lower, True, False)
    return columns(k, made), info


def _solve_any(k: Any, a: Any, b: Any, left: bool, vector: bool) -> Any:
    if vector:
        made, info = _solve(k, a, b[..., None], True)
        x = made[..., 0]
        return (columns(k, x) if x.ndim > 1 else x), info
    return _solve(k, a, b, left)


def _left_slope(k: Any, g: Any, a: Any, out: Any, left: bool, vector: bool) -> Any:
    gb = k.solve(mH(k, a), g, left, vector)[0]
    if vector:
        return -k.matprod(k.column(gb, 1), mH(k, k.column(out, 1)))
    return -k.matprod(gb, mH(k, out)) if left else -k.matprod(mH(k, out), gb)


Op("solve", _solve_any, node="LinalgSolveExBackward0", outputs=("out", "info"), differentiable=(True, False),
   a=_left_slope,
   b=lambda k, g, a, left, vector: k.solve(mH(k, a), g, left, vector)[0])  # fmt: skip


def _solved(A: Any, B: Any, left: bool) -> Any:
    check_square("linalg.solve", A, half="lu_cpu")
    a, b = A._data, B._data
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {dtypes.of(a).short} and B of type "
            f"{dtypes.of(b).short} instead"
        )
    vector = b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1])
    check_equation("linalg.solve", A, B.unsqueeze(-1) if vector else B, left)
    _check_batches(a, b, vector)
    return Op.table["solve"](A, B, left, vector)


def _check_batches(a: Any, b: Any, vector: bool = False) -> None:
    from .linalg import _broadcast_shapes

    _broadcast_shapes(a.shape[:-2], b.shape[:-1] if vector else b.shape[:-2])


def _refuse_unsolved(name: str, info: Any) -> None:
    if bool((info._data != 0).any()):
        where, _ = batch_element(info._data)
        raise LinAlgError(f"{name}: {where}The solver failed because the input matrix is singular.")


@public("linalg", out=True)
def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """The X with ``A X = B`` (``left=False``: ``X A = B``). LinAlgError for a singular ``A``.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.solve(tg.tensor([[2., 0.], [0., 4.]]), tg.tensor([2., 2.]))
    tensor([1.0000, 0.5000])
    """
    made, info = _solved(A, B, left)
    _refuse_unsolved("torch.linalg.solve", info)
    return made


@public(
    "linalg",
    out=True,
    signature="Tensor A, Tensor B, *, bool left = True, bool check_errors = False, tuple of Tensors out = None",
)
def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    """`solve`'s result and an error number (0: it could be solved)."""
    made, info = _solved(A, B, left)
    if check_errors:
        _refuse_unsolved("torch.linalg.solve_ex", info)
    return named("linalg_solve_ex", "result", "info")((made, info))


# ------------------------------------------------------------------------------------ triangular systems
def _triangular(k: Any, a: Any, b: Any, upper: bool, unit: bool) -> Any:
    return columns(k, matrices.solve_triangle(k.xp, a, b, upper, unit))


def _triangular_slope(k: Any, g: Any, a: Any, out: Any, upper: bool, unit: bool) -> Any:
    gx = -k.matprod(k.solve_triangular(mH(k, a), g, not upper, unit), mH(k, out))
    return k.keep_triangle(gx, upper, unit)


Op("solve_triangular", _triangular, node="LinalgSolveTriangularBackward0", a=_triangular_slope,
   b=lambda k, g, a, upper, unit: k.solve_triangular(mH(k, a), g, not upper, unit))  # fmt: skip


def _by_triangle(A: Any, B: Any, upper: bool, left: bool, unit: bool) -> Any:
    """X with A X = B or X A = B, stored column by column."""
    if left:
        return Op.table["solve_triangular"](A, B, upper, unit)
    return _columns(Op.table["solve_triangular"](A.mT, B.mT, not upper, unit).mT)


Op("stored_by_columns", columns, node="CloneBackward0", x=lambda k, g: g)


def _columns(x: Any) -> Any:
    return Op.table["stored_by_columns"](x)


@public("linalg", out=True)
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """The X with ``A X = B`` for a triangular A, of which only that triangle is read."""
    check_square("linalg.solve_triangular", A, floating=False)
    check_equation("linalg.solve_triangular", A, B, left)
    check_kernel("triangular_solve_cpu", A)
    _check_batches(A._data, B._data)
    if left:
        return _by_triangle(A, B, upper, left, unitriangular)
    return as_one("LinalgSolveTriangularBackward0", lambda a, b: _by_triangle(a, b, upper, left, unitriangular), A, B)


@public("function method", out=True)
def triangular_solve(
    input: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> Any:
    """`linalg.solve_triangular` under its old name: the solution and a copy of ``A``."""
    warn_of_old_name(
        "triangular_solve",
        "torch.linalg.solve_triangular",
        "torch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of the inputs.\n"
        "X = torch.triangular_solve(B, A).solution\nshould be replaced with\nX = torch.linalg.solve_triangular(A, B).",
        stacklevel=5,
    )
    for name, t in (("b", input), ("A", A)):
        if t._data.ndim < 2:
            raise RuntimeError(f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it has "
                               f"{t._data.ndim} dimensions instead")  # fmt: skip
    check_pair("triangular_solve", input, A)
    check_kernel("triangular_solve", A)
    factor = A.mH if transpose else A
    solution = _by_triangle(factor, input, upper != transpose, True, unitriangular)
    batch = solution._data.shape[:-2]
    cloned = _columns(A.expand(*batch, *A._data.shape[-2:]))
    return named("triangular_solve", "solution", "cloned_coefficient")((solution, cloned))


def check_pair(name: str, b: Any, A: Any) -> None:
    """RuntimeError unless ``A X = b`` makes sense, in the words of torch's older functions."""
    if A._data.dtype != b._data.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {b.dtype.short} and A of type {A.dtype.short} "
            "instead."
        )
    rows, cols = A._data.shape[-2:]
    if rows != cols:
        raise RuntimeError(f"A must be batches of square matrices, but they are {rows} by {cols} matrices")
    have = b._data.shape[-2:]
    if rows != have[0]:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {rows} by {cols} but each b matrix is {have[0]} by "
            f"{have[1]}"
        )
    _check_batches(A._data, b._data)


# ------------------------------------------------------------------------------------ LU
def _lu_slope(k: Any, gl: Any, gu: Any, lower: Any, upper: Any, pivots: Any) -> Any:
    """The gradient of A from those of the factors in ``A = P L U`` (None: none).

    For square factors dA = P (dL U + L dU); what sticks out of a wide or tall matrix is solved for first.
    """
    m, n = lower.shape[-2], upper.shape[-1]
    size = min(m, n)
    square_l, square_u = k.corner(lower, size, size), k.corner(upper, size, size)
    lh, uh = mH(k, square_l), mH(k, square_u)
    rest = None
    if m < n and gu is not None:
        right = k.slice(upper, upper.ndim - 1, size, n, 1)
        rest = k.solve_triangular(lh, k.slice(gu, gu.ndim - 1, size, n, 1), True, True)
        less = k.matprod(k.slice(gu, gu.ndim - 1, size, n, 1), mH(k, right))
        less = k.solve_triangular(lh, less, True, True)
        gl = -less if gl is None else gl - less
        gu = k.corner(gu, size, size)
    elif m > n and gl is not None:
        low = k.slice(lower, lower.ndim - 2, size, m, 1)
        part = k.slice(gl, gl.ndim - 2, size, m, 1)
        rest = mH(k, k.solve_triangular(square_u, mH(k, part), True, False))
        less = k.matprod(mH(k, low), rest)
        gu = -less if gu is None else gu - less
        gl = k.corner(gl, size, size)
    middle = None if gl is None else k.keep_triangle(k.matprod(lh, gl), False, True)
    if gu is not None:
        top = k.keep_triangle(k.matprod(gu, uh), True, False)
        middle = top if middle is None else middle + top
    if middle is None:
        return None
    g = mH(k, k.solve_triangular(square_u, mH(k, k.solve_triangular(lh, middle, True, True)), True, False))
    if rest is not None:
        g = k.cat([g, rest], g.ndim - 1 if m < n else g.ndim - 2)
    elif m != n:
        g = k.bordered(g, m, n)
    return k.swap_rows(g, pivots, True)


Op("swap_rows", lambda k, x, pivots, back: matrices.swap_rows(k.xp, x, pivots, back),
   x=lambda k, g, pivots, back: k.swap_rows(g, pivots, not back))  # fmt: skip


def _factor_slope(k: Any, g: Any, LU: Any, pivots: Any) -> Any:
    lower, upper = _split(k, LU)
    m, n = LU.shape[-2:]
    size = min(m, n)
    return _lu_slope(k, k.keep_triangle(k.corner(g, m, size), False, True), k.keep_triangle(k.corner(g, size, n), True, False),
                     lower, upper, pivots)  # fmt: skip


def _split(k: Any, LU: Any) -> tuple[Any, Any]:
    m, n = LU.shape[-2:]
    size = min(m, n)
    lower = k.plus_identity(k.keep_triangle(k.corner(LU, m, size), False, True))
    return lower, k.keep_triangle(k.corner(LU, size, n), True, False)


Op("lu_factor", lambda k, x: matrices.lu_factor(k.xp, x), node="LinalgLuFactorExBackward0", outputs=("LU", "pivots", "info"),
   differentiable=(True, False, False), x=_factor_slope)  # fmt: skip


def _permutation(k: Any, pivots: Any, m: int, dtype: Any) -> Any:
    one = k.xp.eye(m, dtype=dtype)
    return matrices.swap_rows(k.xp, k.xp.broadcast_to(one, (*pivots.shape[:-1], m, m)), pivots, True)


def _lu(k: Any, x: Any) -> Any:
    lu, pivots, _ = matrices.lu_factor(k.xp, x)
    return (_permutation(k, pivots, x.shape[-2], x.dtype), *_split(k, lu), pivots)


Op("lu", _lu, node="LinalgLuBackward0", outputs=("P", "L", "U", "pivots"), differentiable=(False, True, True, False),
   partial=True, x=lambda k, g, L, U, pivots: _lu_slope(k, g[1], g[2], L, U, pivots))  # fmt: skip


def _check_lu(name: str, A: Any, pivot: bool) -> None:
    if A._data.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A._data.shape)} instead"
        )
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    check_kernel("lu_cpu", A)


def _refuse_zero_pivot(name: str, info: Any) -> None:
    if bool((info._data != 0).any()):
        where, i = batch_element(info._data)
        raise RuntimeError(
            f"torch.linalg.{name}: {where}U[{i},{i}] is zero and using it on lu_solve would result in a division by zero. If "
            "you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )


@public("linalg", out=True)
def lu_factor(A: Any, *, pivot: bool = True) -> Any:
    """``A = P L U`` in compact form: L below and U on and above the diagonal of one matrix, and P as row exchanges.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.lu_factor(tg.tensor([[1., 2.], [4., 4.]])).LU
    tensor([[4.0000, 4.0000],
            [0.2500, 1.0000]])
    """
    _check_lu("torch.lu_factor", A, pivot)
    lu, pivots, info = Op.table["lu_factor"](A)
    _refuse_zero_pivot("lu_factor", info)
    return named("linalg_lu_factor", "LU", "pivots")((lu, pivots))


@public("linalg", out=True)
def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """`lu_factor` and the number of the first zero pivot (0: none)."""
    _check_lu("torch.lu_factor", A, pivot)
    lu, pivots, info = Op.table["lu_factor"](A)
    if check_errors:
        _refuse_zero_pivot("lu_factor_ex", info)
    return named("linalg_lu_factor_ex", "LU", "pivots", "info")((lu, pivots, info))


@public("linalg", name="lu", out=True)
def linalg_lu(A: Any, *, pivot: bool = True) -> Any:
    """P, L and U with ``A = P L U``.

    >>> import tinygrad_edu as tg
    >>> P, L, U = tg.linalg.lu(tg.tensor([[1., 2.], [4., 4.]]))
    >>> P @ L @ U
    tensor([[1., 2.],
            [4., 4.]])
    """
    _check_lu("linalg.lu", A, pivot)
    return named("linalg_lu", "P", "L", "U")(Op.table["lu"](A)[:3])


@public("function")
def lu(A: Any, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """`linalg.lu_factor_ex` under its old name: (LU, pivots) or, with ``get_infos``, (LU, pivots, info)."""
    warn_of_old_name(
        "lu",
        "torch.linalg.lu_factor / torch.linalg.lu_factor_ex ",
        "LU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\n"
        "LU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
        "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
        "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)",
        stacklevel=4,
    )
    _check_lu("torch.lu_factor", A, pivot)
    made = Op.table["lu_factor"](A)
    return named("_lu_with_info", "LU", "pivots", "info")(made) if get_infos else made[:2]


@public("method", name="lu")
def _lu_method(self: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """`lu`; here the results come as a plain tuple."""
    return tuple(lu(self, pivot, get_infos))


def _unpack(k: Any, LU: Any, pivots: Any) -> Any:
    return (_permutation(k, pivots, LU.shape[-2], LU.dtype), *_split(k, LU))


def _unpack_slope(k: Any, g: Any, LU_shape: Any) -> Any:
    parts = [k.bordered(k.keep_triangle(gx, upper, not upper), *LU_shape[-2:])
             for gx, upper in ((g[1], False), (g[2], True)) if gx is not None]  # fmt: skip
    return None if not parts else parts[0] if len(parts) == 1 else parts[0] + parts[1]


Op("lu_unpack", _unpack, outputs=("P", "L", "U"), differentiable=(False, True, True), partial=True, LU=_unpack_slope)


@public("function", out=True)
def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """P, L and U from `linalg.lu_factor`'s results."""
    if unpack_pivots and LU_pivots._data.dtype != "int32":
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function is "
            "intended to be used with the output produced by torch.linalg.lu_factor"
        )
    m, n = LU_data._data.shape[-2:]
    p = LU_pivots._data
    if unpack_pivots and (p.shape[-1] != min(m, n) or bool(((p < 1) | (p > m)).any())):
        raise RuntimeError(
            "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly pass the result of "
            "lu_factor?"
        )
    P, L, U = Op.table["lu_unpack"](LU_data, LU_pivots)
    nothing = LU_data.new_empty((0,))
    data = (L, U) if unpack_data else (nothing, nothing)
    return named("lu_unpack", "P", "L", "U")((P if unpack_pivots else nothing, *data))


def _lu_solve(k: Any, LU: Any, pivots: Any, B: Any, left: bool, adjoint: bool) -> Any:
    if not left:  # X A = B  ⇔  Aᴴ Xᴴ = Bᴴ
        return _lu_solve(k, LU, pivots, B.conj().swapaxes(-1, -2), True, not adjoint).conj().swapaxes(-1, -2)
    solve = matrices.solve_triangle
    if adjoint:
        factor = LU.conj().swapaxes(-1, -2)
        made = solve(k.xp, factor, solve(k.xp, factor, B, False, False), True, True)
        made = matrices.swap_rows(k.xp, made, pivots, True)
    else:
        made = solve(k.xp, LU, solve(k.xp, LU, matrices.swap_rows(k.xp, B, pivots, False), False, True), True, False)
    return columns(k, made)


def _lu_solve_slope(k: Any, g: Any, LU: Any, pivots: Any, out: Any, left: bool, adjoint: bool) -> Any:
    """dA = -A⁻ᴴ g Xᴴ (or its mirror images), taken apart into the factors: gL = Pᵀ dA Uᴴ, gU = Lᴴ Pᵀ dA."""
    gb = k.lu_solve(LU, pivots, g, left, not adjoint)
    ga = k.matprod(gb, mH(k, out)) if left else k.matprod(mH(k, out), gb)
    ga = -k.swap_rows(mH(k, ga) if adjoint else ga, pivots, False)
    lower, upper = _split(k, LU)
    return (k.keep_triangle(k.matprod(ga, mH(k, upper)), False, True)
            + k.keep_triangle(k.matprod(mH(k, lower), ga), True, False))  # fmt: skip


Op("lu_solve", _lu_solve, node="LinalgLuSolveBackward0", LU=_lu_solve_slope,
   B=lambda k, g, LU, pivots, left, adjoint: k.lu_solve(LU, pivots, g, left, not adjoint))  # fmt: skip


@public("linalg", name="lu_solve", out=True)
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """The X with ``A X = B`` from `lu_factor`'s result (``adjoint``: of the conjugate transpose of A)."""
    check_square("torch.linalg.lu_solve", LU, half="linalg.lu_solve_cpu")
    if LU._data.dtype != B._data.dtype:
        raise RuntimeError(
            f"linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type {LU.dtype.short} and B of type "
            f"{B.dtype.short} instead"
        )
    if pivots._data.dtype != "int32":
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    check_equation("linalg.lu_solve", LU, B, left)
    if pivots._data.shape[-1] != LU._data.shape[-1]:
        raise RuntimeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    if pivots._data.shape[:-1] != LU._data.shape[:-2]:
        raise RuntimeError("linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with "
                           f"shape {list(pivots._data.shape)} instead")  # fmt: skip
    _check_batches(LU._data, B._data)
    return Op.table["lu_solve"](LU, pivots, B, left, adjoint)


@public("function method", out=True)
def lu_solve(input: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """`linalg.lu_solve` under its old name."""
    warn_of_old_name(
        "lu_solve",
        "torch.linalg.lu_solve",
        "Note that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\n"
        "should be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)",
    )
    return linalg_lu_solve(LU_data, LU_pivots, input)


# ------------------------------------------------------------------------------------ LDL
Op("ldl_factor", lambda k, x, hermitian: matrices.ldl_factor(k.xp, x, hermitian), outputs=("LD", "pivots", "info"),
               differentiable=(True, False, False), node="NotImplemented",
               x=lambda k, g: _no_ldl_slope())  # fmt: skip
Op("ldl_solve", lambda k, x, pivots, b, hermitian: matrices.ldl_solve(k.xp, x, pivots, b, hermitian), node="NotImplemented",
   b=lambda k, g: _no_ldl_slope("linalg_ldl_solve"))  # fmt: skip


def _no_ldl_slope(name: str = "linalg_ldl_factor_ex") -> Any:
    raise NotImplementedError(f"derivative for aten::{name} is not implemented")


def _ldl(A: Any, hermitian: bool) -> Any:
    check_square("torch.linalg.ldl_factor_ex", A, half="ldl_factor_kernel_cpu")
    return Op.table["ldl_factor"](A, hermitian)


def _refuse_ldl(name: str, info: Any) -> None:
    if bool((info._data != 0).any()):
        where, i = batch_element(info._data)
        raise LinAlgError(f"torch.linalg.{name}: {where}the diagonal block {i} of D is zero.")


@public("linalg", out=True)
def ldl_factor(A: Any, *, hermitian: bool = False) -> Any:
    """``A = L D Lᵀ`` of a symmetric matrix in compact form, by Bunch and Kaufman's pivots."""
    made, pivots, info = _ldl(A, hermitian)
    _refuse_ldl("ldl_factor", info)
    return named("linalg_ldl_factor", "LD", "pivots")((made, pivots))


@public("linalg", out=True)
def ldl_factor_ex(A: Any, *, hermitian: bool = False, check_errors: bool = False) -> Any:
    """`ldl_factor` and the number of the first zero block (0: none)."""
    made = _ldl(A, hermitian)
    if check_errors:
        _refuse_ldl("ldl_factor_ex", made[2])
    return named("linalg_ldl_factor_ex", "LD", "pivots", "info")(made)


@public("linalg", out=True)
def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: bool = False) -> Any:
    """The X with ``A X = B`` from `ldl_factor`'s result."""
    check_square("torch.linalg.ldl_solve", LD, half="ldl_solve_kernel_cpu")
    if B._data.ndim == 0:
        raise IndexError("Dimension specified as -2 but tensor has no dimensions")
    check_pair("torch.linalg.ldl_solve", B, LD)
    return Op.table["ldl_solve"](LD, pivots, B, hermitian)


linalg["LinAlgError"] = LinAlgError
