"""Matrix algorithms on batches of raw arrays that NumPy lacks: triangular solves, LU, LDL, the exponential.

Every function takes the array module first and works on the last two dimensions. Where LAPACK has the algorithm, its order of
operations and its choice of pivots are kept, so that results (and which matrix is called singular) are the same.
"""

from __future__ import annotations

import math
from typing import Any

_SMALL = 16  # below this size a triangle is solved row by row, above it by halves


def by_columns(xp: Any, x: Any) -> Any:
    """The same matrices, stored column after column as LAPACK leaves them."""
    return xp.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)


def joint_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two shapes broadcast to (they are known to fit)."""
    n = max(len(a), len(b))
    pairs = zip((1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b))
    return tuple(q if p == 1 else p for p, q in pairs)


def solve_triangle(xp: Any, a: Any, b: Any, upper: bool, unit: bool) -> Any:
    """X with ``A X = B`` for triangular A; a zero on the diagonal gives inf and NaN, as division does."""
    n = a.shape[-1]
    if n <= _SMALL:
        x = xp.array(xp.broadcast_to(b, (*joint_shape(a.shape[:-2], b.shape[:-2]), *b.shape[-2:])))
        for i in range(n - 1, -1, -1) if upper else range(n):
            if not unit:
                x[..., i, :] /= a[..., i, i, None]
            rest = slice(0, i) if upper else slice(i + 1, n)
            x[..., rest, :] -= a[..., rest, i, None] * x[..., None, i, :]
        return x
    half = n // 2
    first, second = (slice(half, n), slice(0, half)) if upper else (slice(0, half), slice(half, n))
    done = solve_triangle(xp, a[..., first, first], b[..., first, :], upper, unit)
    rest = solve_triangle(xp, a[..., second, second], b[..., second, :] - a[..., second, first] @ done, upper, unit)
    return xp.concatenate([rest, done] if upper else [done, rest], axis=-2)


def _size(xp: Any, x: Any) -> Any:
    """How LAPACK compares complex numbers when it looks for a pivot."""
    return xp.abs(x.real) + xp.abs(x.imag) if x.dtype.kind == "c" else xp.abs(x)


def lu_factor(xp: Any, a: Any) -> tuple[Any, Any, Any]:
    """L and U in one matrix, the row exchanges (from 1, in order) and the number of the first zero pivot (0: none)."""
    m, n = a.shape[-2:]
    k = min(m, n)
    count = math.prod(a.shape[:-2])
    lu = xp.array(a.reshape(count, m, n))
    pivots, info, each = xp.zeros((count, k), "int32"), xp.zeros(count, "int32"), xp.arange(count)
    for j in range(k):
        best = _size(xp, lu[:, j:, j]).argmax(axis=1) + j
        pivots[:, j] = best + 1
        rows = xp.array(lu[each, best])
        lu[each, best] = lu[:, j]
        lu[:, j] = rows
        pivot = lu[:, j, j]
        info = xp.where((pivot == 0) & (info == 0), j + 1, info)
        lu[:, j + 1 :, j] /= xp.where(pivot == 0, 1, pivot)[:, None]
        lu[:, j + 1 :, j + 1 :] -= lu[:, j + 1 :, j, None] * lu[:, None, j, j + 1 :]
    batch = a.shape[:-2]
    return by_columns(xp, lu.reshape(a.shape)), pivots.reshape(*batch, k), info.astype("int32").reshape(batch)


def row_order(xp: Any, pivots: Any, m: int) -> Any:
    """The permutation that a list of row exchanges leads to: row i of P A is row ``order[i]`` of A."""
    flat = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = xp.array(xp.broadcast_to(xp.arange(m), (flat.shape[0], m)))
    each = xp.arange(flat.shape[0])
    for j in range(flat.shape[1]):
        other = flat[:, j] - 1
        kept = xp.array(order[each, other])
        order[each, other] = order[:, j]
        order[:, j] = kept
    return order.reshape(*pivots.shape[:-1], m)


def swap_rows(xp: Any, x: Any, pivots: Any, back: bool) -> Any:
    """The rows of ``x`` exchanged as the pivots say (``back``: returned to where they were)."""
    order = row_order(xp, pivots, x.shape[-2])
    if back:
        order = xp.argsort(order, axis=-1)
    batch = joint_shape(x.shape[:-2], order.shape[:-1])
    x, order = xp.broadcast_to(x, (*batch, *x.shape[-2:])), xp.broadcast_to(order, (*batch, order.shape[-1]))
    return xp.take_along_axis(x, order[..., None], axis=-2)


def cholesky_steps(xp: Any, a: Any) -> tuple[Any, int]:
    """The lower factor of one matrix as far as it goes, and the order of the first minor that is not positive (0: none)."""
    lower = xp.tril(a)
    for j in range(a.shape[-1]):
        d = (lower[j, j] - (lower[j, :j] * lower[j, :j].conj()).sum()).real
        if not d > 0:
            return lower, j + 1
        lower[j, j] = d = d**0.5
        lower[j + 1 :, j] = (lower[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j].conj()) / d
    return lower, 0


# ------------------------------------------------------------------------------------ Bunch and Kaufman's LDL
_GROWTH = (1 + math.sqrt(17)) / 8  # bounds how much elements grow with 1 by 1 and with 2 by 2 pivots alike


def ldl_factor(xp: Any, a: Any, hermitian: bool) -> tuple[Any, Any, Any]:
    """L and D in one lower triangle, the exchanges (negative: a 2 by 2 block), the number of the first zero block."""
    n = a.shape[-1]
    flat = xp.tril(a.reshape(math.prod(a.shape[:-2]), n, n))
    pivots, info = xp.zeros((flat.shape[0], n), "int32"), xp.zeros(flat.shape[0], "int32")
    for i in range(flat.shape[0]):
        info[i] = _ldl_one(xp, flat[i], pivots[i], hermitian and a.dtype.kind == "c")
    batch = a.shape[:-2]
    return by_columns(xp, flat.reshape(a.shape)), pivots.reshape(*batch, n), info.reshape(batch)


def _ldl_one(xp: Any, a: Any, pivots: Any, hermitian: bool) -> int:
    n, j, info = len(pivots), 0, 0
    flip = xp.conj if hermitian else lambda x: x
    while j < n:
        step, other = 1, j
        here = abs(a[j, j].real) if hermitian else _size(xp, a[j, j])
        below = _size(xp, a[j + 1 :, j])
        r = int(below.argmax()) + j + 1 if j + 1 < n else j
        most = below.max() if j + 1 < n else 0
        if max(here, most) == 0:
            info = info or j + 1
            pivots[j] = j + 1
            j += 1
            continue
        if here < _GROWTH * most:
            row = max(float(_size(xp, a[r, j:r]).max()), float(_size(xp, a[r + 1 :, r]).max()) if r + 1 < n else 0.0)
            if here >= _GROWTH * most * (most / row):
                pass
            elif (abs(a[r, r].real) if hermitian else _size(xp, a[r, r])) >= _GROWTH * row:
                other = r
            else:
                step, other = 2, r
        at = j + step - 1
        if other != at:
            _exchange(xp, a, at, other, flip)
            if step == 2:
                a[at, j], a[other, j] = a[other, j], a[at, j]
        if step == 1:
            d = a[j, j].real if hermitian else a[j, j]
            column = a[j + 1 :, j] / d
            a[j + 1 :, j + 1 :] -= xp.tril(column[:, None] * flip(a[None, j + 1 :, j]))
            a[j + 1 :, j] = column
            pivots[j] = other + 1
        else:
            block = a[j : j + 2, j : j + 2].copy()
            block[0, 1] = flip(block[1, 0])
            pair = a[j + 2 :, j : j + 2].copy()
            factor = xp.linalg.solve(block.T, pair.T).T if len(pair) else pair
            a[j + 2 :, j + 2 :] -= xp.tril(factor @ flip(pair.T))
            a[j + 2 :, j : j + 2] = factor
            pivots[j] = pivots[j + 1] = -(other + 1)
        j += step
    return info


def _exchange(xp: Any, a: Any, i: int, r: int, flip: Any) -> None:
    """Rows and columns i and r of a symmetric matrix of which the lower triangle is kept."""
    kept = a[r + 1 :, i].copy()
    a[r + 1 :, i] = a[r + 1 :, r]
    a[r + 1 :, r] = kept
    kept = flip(a[i + 1 : r, i]).copy()
    a[i + 1 : r, i] = flip(a[r, i + 1 : r])
    a[r, i + 1 : r] = kept
    a[r, i] = flip(a[r, i])
    a[i, i], a[r, r] = a[r, r].copy(), a[i, i].copy()


def ldl_solve(xp: Any, ld: Any, pivots: Any, b: Any, hermitian: bool) -> Any:
    """X with ``A X = B`` from `ldl_factor`'s result."""
    batch = joint_shape(ld.shape[:-2], b.shape[:-2])
    n, columns = b.shape[-2:]
    count = math.prod(batch)
    ld = xp.broadcast_to(ld, (*batch, n, n)).reshape(count, n, n)
    pivots = xp.broadcast_to(pivots, (*batch, n)).reshape(count, n)
    x = xp.array(xp.broadcast_to(b, (*batch, n, columns))).reshape(count, n, columns)
    flip = xp.conj if hermitian and ld.dtype.kind == "c" else lambda v: v
    for m, p, v in zip(ld, pivots, x):
        blocks, j = [], 0
        while j < n:  # L D Y = P B
            size = 1 if p[j] > 0 else 2
            at, other = j + size - 1, abs(int(p[j])) - 1
            if other != at:
                v[[at, other]] = v[[other, at]]
            v[j + size :] -= m[j + size :, j : j + size] @ v[j : j + size]
            block = m[j : j + size, j : j + size].copy()
            if size == 2:
                block[0, 1] = flip(block[1, 0])
                v[j : j + 2] = xp.linalg.solve(block, v[j : j + 2])
            else:
                v[j] /= block[0, 0]
            blocks.append((j, size, at, other))
            j += size
        for j, size, at, other in reversed(blocks):  # Lᵀ X = Y
            v[j : j + size] -= flip(m[j + size :, j : j + size].T) @ v[j + size :]
            if other != at:
                v[[at, other]] = v[[other, at]]
    return by_columns(xp, x.reshape(*batch, n, columns))


# ------------------------------------------------------------------------------------ the exponential
# Padé's approximation of degree 13: exp(x) ≈ p(x) / p(-x), good to double precision where ‖x‖ ≤ 5.37 (Higham, 2005)
_PADE = tuple(math.factorial(26 - i) * math.factorial(13) / (math.factorial(26) * math.factorial(13 - i) * math.factorial(i))
              for i in range(14))  # fmt: skip
_REACH = 5.37


def exponential(xp: Any, a: Any) -> Any:
    """Σ Aⁿ / n!, by scaling, Padé's approximation and squaring, in double precision."""
    if a.size == 0:
        return xp.array(a)
    x = a.astype("complex128" if a.dtype.kind == "c" else "float64")
    norm = xp.abs(x).sum(axis=-2).max(axis=-1)
    finite = xp.isfinite(norm)
    powers = xp.ceil(xp.log2(xp.maximum(xp.where(finite, norm, 1.0) / _REACH, 1.0))).astype("int64")
    x = x / (2.0**powers)[..., None, None]
    one = xp.eye(a.shape[-1], dtype=x.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    c = _PADE
    odd = x @ (x6 @ (c[13] * x6 + c[11] * x4 + c[9] * x2) + c[7] * x6 + c[5] * x4 + c[3] * x2 + c[1] * one)
    even = x6 @ (c[12] * x6 + c[10] * x4 + c[8] * x2) + c[6] * x6 + c[4] * x4 + c[2] * x2 + c[0] * one
    bad = ~finite[..., None, None]
    y = xp.linalg.solve(xp.where(bad, one, even - odd), xp.where(bad, one, even + odd))
    for i in range(int(powers.max())):
        y = xp.where((powers > i)[..., None, None], y @ y, y)
    return xp.where(bad, math.nan, y).astype(a.dtype)
