"""Orthogonal polynomials of any degree, by their recurrences, in the precision given (as torch computes them).

Each function takes the array module, the points x and the degrees n (whole numbers in x's dtype), in one shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Step = Callable[[int, Any, Any, Any], Any]  # (k, x, p, q) → the polynomial of degree k + 1


def _recurrence(xp: Any, x: Any, n: Any, first: Any, step: Step) -> Any:
    """The polynomials of degrees n: 1, ``first``, then three terms at a time; 0 for negative n."""
    one = xp.ones_like(x)
    result = xp.where(n == 0, one, xp.where(n == 1, first, 0 * one))
    p, q = one, first
    for k in range(1, int(n.max()) if n.size else 0):
        p, q = q, step(k, x, p, q)
        wanted = n > k  # those that end at k + 1 are done; a NaN stays in those that go on
        result = xp.where(wanted, q, result)
    return result.astype(x.dtype)


def _whole(xp: Any, x: Any, n: Any) -> Any:
    return xp.trunc(n).astype("int64") if n.dtype.kind == "f" else n


def _even(n: Any) -> Any:
    return n % 2 == 0


def _chebyshev(kind: str, shifted: bool) -> Callable[..., Any]:
    """T, U, V or W; beyond a small degree their cosine forms inside the interval."""
    beyond = {"t": 6, "u": 6 if shifted else 8, "v": 6 if shifted else 8, "w": 4 if shifted else 8}[kind]

    def evaluate(xp: Any, x: Any, n: Any) -> Any:
        n = _whole(xp, x, n)
        y = x + x - 1 if shifted else x
        two = y + y
        first = {"t": y, "u": two, "v": two - 1, "w": two + 1}[kind]
        inside = (n > beyond) & (xp.abs(y) < 1)
        end = xp.abs(y) == 1
        angle = xp.arccos(xp.where(inside, y, 0))
        m = n.astype(x.dtype)
        if kind == "t":
            wave, top, bottom = xp.cos(m * angle), 1, xp.where(_even(n), 1, -1)
        elif kind == "u":
            sine = xp.sin(angle)
            wave = xp.where(sine != 0, xp.sin((m + 1) * angle) / sine, (m + 1) * xp.cos((m + 1) * angle) / y)
            top, bottom = n + 1, xp.where(_even(n), n + 1, -(n + 1))
        else:
            half = angle / 2
            if kind == "v":
                wave = xp.cos((m + m + 1) * half) / xp.cos(half)
                top, bottom = 1, xp.where(_even(n), n + n + 1, -(n + n + 1))
            else:
                wave = xp.sin((m + m + 1) * half) / xp.sin(half)
                top, bottom = n + n + 1, xp.where(_even(n), 1, -1)
        found = _recurrence(xp, x, xp.where(inside | end, xp.minimum(n, 0), n), first, lambda k, x, p, q: two * q - p)
        found = xp.where(inside, wave, xp.where(end & (n >= 0), xp.where(y > 0, top, bottom), found))
        return found.astype(x.dtype)

    return evaluate


chebyshev_polynomial_t, shifted_chebyshev_polynomial_t = _chebyshev("t", False), _chebyshev("t", True)
chebyshev_polynomial_u, shifted_chebyshev_polynomial_u = _chebyshev("u", False), _chebyshev("u", True)
chebyshev_polynomial_v, shifted_chebyshev_polynomial_v = _chebyshev("v", False), _chebyshev("v", True)
chebyshev_polynomial_w, shifted_chebyshev_polynomial_w = _chebyshev("w", False), _chebyshev("w", True)


def _hermite(xp: Any, x: Any, n: Any, physical: bool) -> Any:
    n = _whole(xp, x, n)
    limit = 512 if x.dtype.itemsize == 8 else 128  # beyond it the numbers have no room; torch gives NaN
    two = x + x
    capped = xp.minimum(n, limit)
    if physical:
        found = _recurrence(xp, x, capped, two, lambda k, x, p, q: two * q - (2 * k) * p)
    else:
        found = _recurrence(xp, x, capped, x, lambda k, x, p, q: x * q - k * p)
    return xp.where(n > limit, math.nan, found).astype(x.dtype)


def hermite_polynomial_h(xp: Any, x: Any, n: Any) -> Any:
    """The physicists': 1, 2x, 4x² - 2, …"""
    return _hermite(xp, x, n, True)


def hermite_polynomial_he(xp: Any, x: Any, n: Any) -> Any:
    """The probabilists': 1, x, x² - 1, …"""
    return _hermite(xp, x, n, False)


def laguerre_polynomial_l(xp: Any, x: Any, n: Any) -> Any:
    """1, 1 - x, …"""
    n = _whole(xp, x, n)
    found = _recurrence(xp, x, xp.where(x == 0, xp.minimum(n, 0), n), 1 - x,
                        lambda k, x, p, q: ((k + k + (1 - x)) * q - k * p) / (k + 1))  # fmt: skip
    return xp.where((x == 0) & (n > 0), 1, found).astype(x.dtype)


def legendre_polynomial_p(xp: Any, x: Any, n: Any) -> Any:
    """1, x, (3x² - 1) / 2, …"""
    n = _whole(xp, x, n)
    end = xp.abs(x) == 1
    found = _recurrence(xp, x, xp.where(end, xp.minimum(n, 0), n), x,
                        lambda k, x, p, q: ((k + k + 1) * x * q - k * p) / (k + 1))  # fmt: skip
    return xp.where(end & (n > 0), xp.where((x > 0) | _even(n), 1, -1), found).astype(x.dtype)
