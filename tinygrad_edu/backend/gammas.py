"""Gamma, beta and binomial variables: samplers that take one random number at a time, and how samples move with parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import special

_MANY = 1000.0  # from this shape on a gamma variable is near enough to a normal one for an expansion


def gamma(alpha: float, uniforms: Iterator[float], normal: Callable[[], float]) -> float:
    """One gamma variable of scale 1 by the method of Marsaglia and Tsang (2000)."""
    if alpha <= 0:
        return 0.0
    scale = 1.0
    if alpha < 1:  # a variable of shape α + 1 times u^(1/α)
        scale = (1.0 - next(uniforms)) ** (1.0 / alpha)
        alpha += 1.0
    d = alpha - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        y = 0.0
        while y <= 0.0:
            x = normal()
            y = 1.0 + c * x
        v = y * y * y
        u = 1.0 - next(uniforms)
        square = x * x
        if u < 1.0 - 0.0331 * square * square or math.log(u) < 0.5 * square + d * (1.0 - v + math.log(v)):
            return scale * d * v


def _stirling(k: float) -> float:
    """log k! less Stirling's approximation of it."""
    return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))


def binomial(count: float, prob: float, uniforms: Iterator[float]) -> float:
    """One binomial count: sums of geometric waiting times, or transformed rejection (Hörmann 1993) from a mean of 10 on."""
    if count <= 0 or prob <= 0:
        return 0.0
    if prob >= 1:
        return count
    if prob > 0.5:
        return count - binomial(count, 1.0 - prob, uniforms)
    if math.isnan(prob):
        return math.nan
    if count * prob < 10:
        total, found, log_miss = 0.0, 0, math.log1p(-prob)
        while True:
            total += math.ceil(math.log(next(uniforms)) / log_miss)
            if total > count:
                return float(found)
            found += 1
    deviation = math.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    c = count * prob + 0.5
    v_r = 0.92 - 4.2 / b
    r = prob / (1 - prob)
    alpha = (2.83 + 5.1 / b) * deviation
    m = math.floor((count + 1) * prob)
    while True:
        u, v = next(uniforms) - 0.5, next(uniforms)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + c) if us else -1
        if us >= 0.07 and v <= v_r:
            return float(k)
        if k < 0 or k > count:
            continue
        accepted = math.log(v * alpha / (a / (us * us) + b)) if v else -math.inf
        bound = (
            (m + 0.5) * math.log((m + 1) / (r * (count - m + 1)))
            + (count + 1) * math.log((count - m + 1) / (count - k + 1))
            + (k + 0.5) * math.log(r * (count - k + 1) / (k + 1))
            + _stirling(m) + _stirling(count - m) - _stirling(k) - _stirling(count - k)
        )  # fmt: skip
        if accepted <= bound:
            return float(k)


def gamma_slope(xp: Any, alpha: Any, x: Any) -> Any:
    """dx/dα of a gamma sample whose probability P(α, x) stays the same: ``-∂P/∂α / density``.

    By the series ``P = Σ xᵅ⁺ⁿ e⁻ˣ / Γ(α + n + 1)`` term by term; for large α by the Cornish-Fisher expansion.
    """
    a, x = xp.asarray(alpha, dtype="float64"), xp.asarray(x, dtype="float64")
    small = a < _MANY
    shape = xp.where(small, a, 1.0)
    at = xp.where(small, x, 1.0)
    with np.errstate(all="ignore"):
        log, term, psi = xp.log(at), at / shape, special.digamma(xp, shape + 1)
        total = term * (psi - log)
        n = 1
        while n < 30 or bool(xp.any(term > 1e-18 * xp.abs(total))):
            term = term * (at / (shape + n))
            psi = psi + 1 / (shape + n)
            total = total + term * (psi - log)
            n += 1
            if n > 40 * _MANY:  # nothing but NaN goes on for so long
                break
        root = xp.sqrt(xp.where(small, 1.0, a))
        z = (x - a) / root
        for _ in range(6):
            z = (x - a - (z * z - 1) / 3 - (z**3 - 7 * z) / (36 * root)) / root
        far = 1 + z / (2 * root) - (z**3 - 7 * z) / (72 * root**3) + (3 * z**4 + 7 * z * z - 16) / (810 * root**4)
    return xp.where(small, xp.where(at > 0, total, 0.0), far)


_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(80)


def beta_slope(xp: Any, x: Any, a: Any, b: Any) -> Any:
    """dx/da of a beta(a, b) sample whose probability I(x; a, b) stays the same, by numerical integration.

    ``-∂I/∂a`` is the integral of ``(ψ(a) - ψ(a + b) - log t) · density`` from 0 to x, or of its negative from x to 1; the shorter
    side is taken, with ``t = x e^(-v/a)``, or ``1 - t = (1 - x) e^(-v/b)``, so that the integrand falls like e⁻ᵛ.
    """
    x, a, b = (xp.asarray(v, dtype="float64")[..., None] for v in (x, a, b))
    left = x * (a + b) <= a
    near, p, q = (
        xp.where(left, x, 1 - x),
        xp.where(left, a, b),
        xp.where(left, b, a),
    )  # side, its shape, the other shape
    with np.errstate(all="ignore"):
        rate = special.digamma(xp, a) - special.digamma(xp, a + b)

        def exponent(v: Any) -> Any:
            return (q - 1) * (xp.log1p(-near * xp.exp(-v / p)) - xp.log1p(-near)) - v

        end = xp.full_like(near, 50.0)
        for _ in range(40):
            end = xp.where(exponent(end) > -45, 1.5 * end, end)
        s = 0.5 * (xp.asarray(_POINTS) + 1)
        v = end * s * s
        t = near * xp.exp(-v / p)
        log_t = xp.where(left, xp.log(near) - v / p, xp.log1p(-t))
        values = (rate - log_t) * xp.exp(exponent(v)) * end * s
        total = (values * xp.asarray(_WEIGHTS)).sum(-1)
    return xp.where(left[..., 0], 1.0, -1.0) * (near / p)[..., 0] * total
