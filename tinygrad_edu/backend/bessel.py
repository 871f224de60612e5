"""Bessel functions and Airy's, for NumPy, which has none.

Within |x| ≤ 25 the Bessel functions are means over a circle, ``J₀(x) = mean of cos(x sin θ)``, for which a few dozen equally
spaced points are exact to the last digit; those of the second kind are Neumann's series of J₂ₖ or I₂ₖ, summed over the same points. Beyond,
Hankel's asymptotic series. All is computed in float64 and rounded once.
"""

from __future__ import annotations

import math
from typing import Any

from .special import _bessel_scaled, _polynomial, _wide

_GAMMA = 0.5772156649015329  # Euler's constant
_FAR = 25.0
_POINTS = 128
_ANGLES = [2 * math.pi * i / _POINTS for i in range(_POINTS // 4 + 1)]  # a quarter of the circle; the rest mirrors it
_PARTS = [(0.25 if i in (0, _POINTS // 4) else 0.5) * 8 / _POINTS for i in range(_POINTS // 4 + 1)]
_NEUMANN = [sum((-1) ** k * math.cos(2 * k * t) / k for k in range(1, 33)) for t in _ANGLES]
_NEUMANN_I = [sum(math.cos(2 * k * t) / k for k in range(1, 25)) for t in _ANGLES]


def _around(xp: Any, x: Any, first: Any, second: Any, weights: list[float] | None = None) -> Any:
    """The mean of ``second(x, first(θ))`` over the circle, weighted."""
    total = xp.zeros_like(x)
    for i, t in enumerate(_ANGLES):
        total = total + _PARTS[i] * (1.0 if weights is None else weights[i]) * second(x, first(t))
    return total


def _hankel(order: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The coefficients of P and Q in ``J = √(2/πx) (P cos χ - Q sin χ)``, in 1/x²."""
    terms, mu = [1.0], 4 * order * order
    for k in range(1, 24):
        terms.append(terms[-1] * (mu - (2 * k - 1) ** 2) / (8 * k))
    return (tuple((-1) ** i * terms[2 * i] for i in range(11)), tuple((-1) ** i * terms[2 * i + 1] for i in range(11)))


_HANKEL = (_hankel(0), _hankel(1))


def _far(xp: Any, x: Any, order: int, second_kind: bool) -> Any:
    p, q = (_polynomial(xp, c, 1 / (x * x)) for c in _HANKEL[order])
    q = q / x
    angle = x - (0.25 + 0.5 * order) * math.pi
    cos, sin = xp.cos(angle), xp.sin(angle)
    wave = p * sin + q * cos if second_kind else p * cos - q * sin
    return math.sqrt(2 / math.pi) * wave / xp.sqrt(x)


def _j(xp: Any, x: Any, order: int) -> Any:
    """J₀ or J₁ for x ≥ 0."""
    near, far = xp.minimum(x, _FAR), xp.maximum(x, _FAR)
    if order == 0:
        inside = _around(xp, near, math.sin, lambda x, s: xp.cos(x * s))
    else:
        inside = _around(xp, near, math.sin, lambda x, s: s * xp.sin(x * s))
    return xp.where(x == math.inf, math.nan, xp.where(x <= _FAR, inside, _far(xp, far, order, False)))


def _j1(xp: Any, x: Any) -> Any:
    value = _j(xp, xp.abs(x), 1)
    return xp.where(x < 0, -value, xp.where(x == 0, x, value))


bessel_j0 = _wide(lambda xp, x: _j(xp, xp.abs(x), 0))
bessel_j1 = _wide(_j1)


def _y(xp: Any, x: Any, order: int) -> Any:
    positive = xp.where(x > 0, x, 1.0)
    near, far = xp.minimum(positive, _FAR), xp.maximum(positive, _FAR)
    log = xp.log(near / 2) + _GAMMA
    if order == 0:
        series = _around(xp, near, math.sin, lambda x, s: xp.cos(x * s), _NEUMANN)
        inside = (2 / math.pi) * log * _j(xp, near, 0) - (4 / math.pi) * series
    else:
        series = _around(xp, near, math.sin, lambda x, s: s * xp.sin(x * s), _NEUMANN)
        inside = -(2 / math.pi) * (_j(xp, near, 0) / near - log * _j(xp, near, 1)) - (4 / math.pi) * series
    value = xp.where(positive <= _FAR, inside, _far(xp, far, order, True))
    value = xp.where(x == math.inf, math.nan, value)
    return xp.where(x > 0, value, xp.where(x == 0, -math.inf, math.nan))


bessel_y0 = _wide(lambda xp, x: _y(xp, x, 0))
bessel_y1 = _wide(lambda xp, x: _y(xp, x, 1))


# ------------------------------------------------------------------------------------ modified
def _decay(xp: Any, x: Any, factor: Any) -> Any:
    """``∫₀^∞ exp(-x (cosh t - 1)) factor(t) dt`` for x ≥ 1: the trapezoidal rule converges faster than any power of the step."""
    step = xp.minimum(0.2, 0.7 / xp.sqrt(x))
    total = 0.5 * factor(xp.zeros_like(x))
    for i in range(1, 40):
        t = i * step
        rise = 2 * xp.sinh(t / 2) ** 2  # cosh t - 1
        total = total + xp.exp(-x * rise) * factor(t)
    return step * total


def _k(xp: Any, x: Any, order: int, scaled: bool) -> Any:
    positive = xp.where(x > 0, x, 1.0)
    near, far = xp.minimum(positive, 1.0), xp.clip(positive, 1.0, 1e300)
    log = xp.log(near / 2) + _GAMMA
    i0 = xp.exp(near) * _bessel_scaled(xp, near, 0)
    if order == 0:
        series = _around(xp, near, math.cos, lambda x, c: xp.cosh(x * c), _NEUMANN_I)
        inside = -log * i0 + 2 * series
    else:
        i1 = xp.exp(near) * _bessel_scaled(xp, near, 1)
        series = _around(xp, near, math.cos, lambda x, c: c * xp.sinh(x * c), _NEUMANN_I)
        inside = i0 / near + log * i1 - 2 * series
    outside = _decay(xp, far, xp.cosh if order else xp.ones_like)
    if scaled:
        value = xp.where(positive <= 1, inside * xp.exp(near), outside)
    else:
        value = xp.where(positive <= 1, inside, outside * xp.exp(-xp.minimum(far, 800.0)))
    value = xp.where(x == math.inf, 0.0, value)
    return xp.where(x > 0, value, xp.where(x == 0, math.inf, math.nan))


modified_bessel_k0 = _wide(lambda xp, x: _k(xp, x, 0, False))
modified_bessel_k1 = _wide(lambda xp, x: _k(xp, x, 1, False))
scaled_modified_bessel_k0 = _wide(lambda xp, x: _k(xp, x, 0, True))
scaled_modified_bessel_k1 = _wide(lambda xp, x: _k(xp, x, 1, True))


def _i(xp: Any, x: Any, order: int) -> Any:
    value = xp.exp(xp.abs(x)) * _bessel_scaled(xp, x, order)
    value = xp.where(xp.isinf(x), math.nan, value)
    return xp.where(x < 0, -value, value) if order else value


modified_bessel_i0 = _wide(lambda xp, x: _i(xp, x, 0))
modified_bessel_i1 = _wide(lambda xp, x: _i(xp, x, 1))


# ------------------------------------------------------------------------------------ spherical, Airy
def _spherical(xp: Any, x: Any) -> Any:
    small = xp.abs(x) < 1e-4
    safe = xp.where(small | xp.isinf(x), 1.0, x)
    return xp.where(xp.isinf(x), 0.0, xp.where(small, 1 - x * x / 6, xp.sin(safe) / safe))


spherical_bessel_j0 = _wide(_spherical)
# Ai and its derivative at 0, -1, … -12
_AIRY = (
    (0.3550280538878172, -0.2588194037928068),
    (0.5355608832923521, -0.01016056711664521),
    (0.22740742820168558, 0.618259020741691),
    (-0.37881429367765806, 0.3145837692165988),
    (-0.07026553294928951, -0.7906285753685813),
    (0.35076100902411433, 0.32719281855444315),
    (-0.3291451736298231, 0.3459354872813429),
    (0.18428083525050565, -0.7710081684101265),
    (-0.0527050503563862, 0.9355609381983065),
    (-0.022133721547341403, -0.9756639809263316),
    (0.04024123848644319, 0.99626504413279),
    (-0.008759589255702381, -1.0273278736645794),
    (-0.06655517505437313, 1.0231104533679707),
)  # fmt: skip
_AIRY_FAR = 12.5


def _airy_series(xp: Any, x: Any) -> Any:
    """Ai near one of the tabled points c, from ``Ai'' = x Ai``: (n + 2)(n + 1) aₙ₊₂ = c aₙ + aₙ₋₁."""
    at = xp.clip(xp.rint(-x), 0, len(_AIRY) - 1)
    index = at.astype("int64")
    table = xp.asarray(_AIRY)
    previous, a, following = xp.zeros_like(x), table[index, 0], table[index, 1]
    h = x + at
    total, power = a + following * h, h
    for n in range(32):
        previous, a, following = a, following, (previous - at * a) / ((n + 2) * (n + 1))
        power = power * h
        total = total + following * power
    return total


def _airy_coefficients(n: int) -> list[float]:
    u = [1.0]
    for k in range(1, n):
        u.append(u[-1] * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / (216 * k * (2 * k - 1)))
    return u


_U = _airy_coefficients(24)


def _airy(xp: Any, x: Any) -> Any:
    near = _airy_series(xp, xp.clip(xp.where(xp.isnan(x), 0.0, x), -_AIRY_FAR, 1.0))
    right = xp.clip(x, 1.0, 110.0)
    zeta = 2 / 3 * right * xp.sqrt(right)
    # Ai(x) = √(x / 3) / π · K₁⸝₃(ζ)
    falling = xp.sqrt(right / 3) / math.pi * xp.exp(-zeta) * _third(xp, zeta)
    left = xp.clip(-x, _AIRY_FAR, 1e200)
    phase = 2 / 3 * left * xp.sqrt(left)
    z = 1 / (phase * phase)
    even = _polynomial(xp, tuple((-1) ** i * _U[2 * i] for i in range(12)), z)
    odd = _polynomial(xp, tuple((-1) ** i * _U[2 * i + 1] for i in range(12)), z) / phase
    angle = phase + math.pi / 4
    waving = (xp.sin(angle) * even - xp.cos(angle) * odd) / (math.sqrt(math.pi) * xp.sqrt(xp.sqrt(left)))
    value = xp.where(x > 103.892, 0.0, xp.where(x > 1, falling, xp.where(x < -_AIRY_FAR, waving, near)))
    return xp.where(xp.isfinite(x), value, math.nan)


def _third(xp: Any, zeta: Any) -> Any:
    """``exp(ζ) K₁⸝₃(ζ)`` for ζ ≥ 2/3."""
    doubled = xp.maximum(zeta, 1.0)
    usual = _decay(xp, doubled, lambda t: xp.cosh(t / 3))
    small = xp.minimum(zeta, 1.0)
    total, step = 0.5 * xp.ones_like(zeta), 0.2
    for i in range(1, 32):
        t = i * step
        total = total + xp.exp(-small * (math.cosh(t) - 1)) * math.cosh(t / 3)
    return xp.where(zeta >= 1, usual, step * total)


airy_ai = _wide(_airy)
