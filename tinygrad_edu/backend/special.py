"""Special functions on arrays, for NumPy, which has none (CuPy brings SciPy's own: `backend/cuda.py` uses those).

Every function takes the array module first. Real formulas are evaluated in float64 and rounded once to the array's type, so that
float32 results are right to the last place. Coefficients are Chebyshev fits of the functions themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from . import compiled

_BLOCK = 1 << 14  # elements at a time: what is computed on the way stays in the processor's cache
Kernel = Callable[..., Any]


def _wide(function: Kernel) -> Kernel:
    """Compute in float64, in blocks; return the type that came in. Several arrays are broadcast."""

    @wraps(function)
    def form(xp: Any, *arrays: Any) -> Any:
        kind = next(a.dtype for a in arrays if hasattr(a, "dtype"))
        if len(arrays) > 1:
            arrays = tuple(xp.broadcast_arrays(*(a if hasattr(a, "dtype") else xp.asarray(float(a)) for a in arrays)))
        arrays = tuple(xp.ascontiguousarray(a) if 0 in a.strides else a for a in arrays)
        shape, size = arrays[0].shape, arrays[0].size
        if size <= _BLOCK:
            return function(xp, *(a.astype("float64") for a in arrays)).astype(kind)
        flat = [a.reshape(-1) for a in arrays]
        out = xp.empty(size, kind)
        for i in range(0, size, _BLOCK):
            out[i : i + _BLOCK] = function(xp, *(a[i : i + _BLOCK].astype("float64") for a in flat))
        return out.reshape(shape)

    return form


def _polynomial(xp: Any, coefficients: tuple[float, ...], x: Any) -> Any:
    """The polynomial with these coefficients, lowest power first."""
    total = xp.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total *= x
        total += c
    return total


# ------------------------------------------------------------------------------------ the error function
# erf(x) / x as a polynomial in x², for |x| ≤ 1
_ERF = (
    1.1283791670955126, -0.3761263890318375, 0.11283791670954879, -0.026866170645076792, 0.0052239776248180145,
    -0.000854832698083379, 0.0001205533111164271, -1.4925595266831182e-05, 1.6461000484121368e-06, -1.6350312701054695e-07,
    1.4659775274047436e-08, -1.1372848856791674e-09, 5.957176147748911e-11,
)  # fmt: skip
# x · erfcx(x) as a polynomial in t = (x - 2) / (x + 2), for x ≥ 1
_ERFCX = (
    0.5107913526210115, 0.1672110104141062, -0.20384429592887793, 0.12151493052458856, -0.028976446698175246,
    -0.00751573841092812, 0.0047848985627459905, 0.0011266580011244551, -0.0007501847566493233, -0.0003143511271142252,
    8.942061469594784e-05, 8.931167654107579e-05, 6.229998877019025e-06, -1.8929347525113543e-05, -8.625137633102633e-06,
    1.3764347640903182e-06, 2.687962154078031e-06, 7.743213520626705e-07, 3.39010824034949e-07, -7.663019269273892e-07,
    -6.040640151983859e-07, 7.040694995918017e-07, -1.688916831795666e-07,
)  # fmt: skip
# erf(x) / x as a quotient of polynomials in x², for |x| ≤ 3.92: eight digits, all that float32 holds
ERF_IS_1 = 3.92  # in float32, from there on; the quotient ends one digit below
_ERF_UP = (
    1.1283791680256476, 0.1630868983911611, 0.05026857954101561, 0.00277408868559111, 0.0002918459876479706,
    -1.2911240065016094e-06, -5.1713193287931996e-08,
)  # fmt: skip
_ERF_DOWN = (
    1.0, 0.47786536843436317, 0.10383758673761125, 0.01309463478908589, 0.0009869497292999728, 3.675591477547171e-05,
    -7.503824220843806e-07,
)  # fmt: skip
_SQRT2, _SQRT_PI = math.sqrt(2), math.sqrt(math.pi)


def _gauss(xp: Any, x: Any) -> Any:
    """exp(-x²): the rounding error of x² would spoil the last digits, so x is split into a short and a small part."""
    short = xp.rint(x * 4096) / 4096
    return xp.exp(-short * short) * xp.exp((short - x) * (short + x))


def _erfcx_tail(xp: Any, x: Any) -> Any:
    """exp(x²) erfc(x) for x ≥ 1."""
    return _polynomial(xp, _ERFCX, (x - 2) / (x + 2)) / x


def _erf64(xp: Any, x: Any) -> Any:
    small = xp.clip(x, -1, 1)
    size = xp.clip(xp.abs(x), 1, 6)
    tail = xp.copysign(1 - _gauss(xp, size) * _erfcx_tail(xp, size), x)
    return xp.where(xp.abs(x) <= 1, small * _polynomial(xp, _ERF, small * small), xp.where(xp.isnan(x), x, tail))


def _erf32(xp: Any, x: Any) -> Any:
    clipped = xp.clip(x, -ERF_IS_1, ERF_IS_1)
    z = clipped * clipped
    inner = clipped * _polynomial(xp, _ERF_UP, z) / _polynomial(xp, _ERF_DOWN, z)
    return xp.where(xp.abs(x) > ERF_IS_1, xp.sign(x), inner)


_wide_erf64, _wide_erf32 = _wide(_erf64), _wide(_erf32)


def erf(xp: Any, x: Any) -> Any:
    """2/√π ∫₀ˣ exp(-t²) dt."""
    fast = compiled.kernels_for(x)
    if fast:
        out = xp.empty(x.shape, x.dtype)
        compiled.split(fast.erf, x.size, 4 * x.size, x.reshape(-1), out.reshape(-1))
        return out
    return _wide_erf64(xp, x) if x.dtype.itemsize == 8 else _wide_erf32(xp, x)


def _erfc64(xp: Any, x: Any) -> Any:
    small = xp.clip(x, -1, 1)
    size = xp.clip(xp.abs(x), 1, 28)
    tail = _gauss(xp, size) * _erfcx_tail(xp, size)
    middle = 1 - small * _polynomial(xp, _ERF, small * small)
    return xp.where(xp.abs(x) <= 1, middle, xp.where(xp.isnan(x), x, xp.where(x > 0, tail, 2 - tail)))


def _erfcx64(xp: Any, x: Any) -> Any:
    small = xp.clip(x, -1, 1)
    middle = xp.exp(small * small) * (1 - small * _polynomial(xp, _ERF, small * small))
    large = xp.clip(xp.abs(x), 1, 1e300)
    tail = _erfcx_tail(xp, large)
    negative = 2 * xp.exp(x * x) - tail
    return xp.where(xp.abs(x) <= 1, middle, xp.where(xp.isnan(x), x, xp.where(x > 0, tail, negative)))


erfc, erfcx = _wide(_erfc64), _wide(_erfcx64)


def _log_erfc(xp: Any, x: Any) -> Any:
    """log(erfc(x)) without underflow."""
    far = xp.clip(x, 1, 1e150)
    return xp.where(x > 1, xp.log(_erfcx_tail(xp, far)) - x * x, xp.log(_erfc64(xp, xp.clip(x, None, 1))))


def _erfc_inverse(xp: Any, q: Any) -> Any:
    """The x ≥ 0 with erfc(x) = q, for 0 < q ≤ 1: a close guess, then Newton's method on log(erfc)."""
    goal = xp.log(q)
    middle = xp.log(q * (2 - q))  # log(1 - erf²)
    a = 2 / (math.pi * 0.147) + middle / 2
    x = xp.sqrt(xp.maximum(xp.sqrt(a * a - middle / 0.147) - a, 0))
    for _ in range(4):
        x = x + (_log_erfc(xp, x) - goal) * _erfcx64(xp, x) * (_SQRT_PI / 2)
    return x


# erfinv(y) / y as a polynomial in t = y² / 0.28125 - 1, for |y| ≤ 0.75
_ERFINV = (
    0.9640216376238271, 0.09346781082872174, 0.01969115624149933, 0.005173013414469024, 0.0015097228866915713,
    0.0004685490775513217, 0.00015139579227234007, 5.032916102823615e-05, 1.7088279679349287e-05, 5.897249293352484e-06,
    2.061759952905519e-06, 7.288363554204325e-07, 2.597844233428912e-07, 9.252173178501877e-08, 3.342321993931324e-08,
    1.3125509396250419e-08, 4.7986332208946784e-09, 9.79071132957962e-10, 3.5680959373564925e-10, 4.783018704796522e-10,
    1.7778271004096046e-10,
)  # fmt: skip
# erfinv(y) as a polynomial in t, which goes from -1 to 1 as s = sqrt(-log(1 - |y|)) goes from its value at 0.75 to 6.1
_ERFINV_TAIL = (
    3.377974601932088, 2.547770535910127, -0.029075037898893603, 0.00698111317326688, 0.001268525508748897,
    -0.003752711683922114, 0.0039112410501369954, -0.0032581028010942995, 0.002442034475501442, -0.0017141898475113964,
    0.0011468875732008896, -0.0007372969174531186, 0.00045623542597743067, -0.00027271388628822017, 0.00016064230391476568,
    -8.845110060106295e-05, 3.2406838647195195e-05, -1.3356078462082296e-05, 3.766935118342128e-05, -2.0788111961379375e-05,
    -5.166937651305566e-05, 3.4244165186327425e-05, 6.263156630428023e-05, -3.995685350288428e-05, -5.81268167385159e-05,
    3.7796593498024105e-05, 3.339593699233456e-05, -2.1934015930947364e-05, -1.2434120670589401e-05, 8.288809648019621e-06,
    1.9567193750815857e-06, -1.3644833611486101e-06,
)  # fmt: skip
_TAIL_FROM, _TAIL_TO = math.sqrt(math.log(4)), 6.1


def _erfinv64(xp: Any, y: Any) -> Any:
    shape, y = y.shape, y.reshape(-1)
    size = xp.abs(y)
    near = xp.minimum(size, 0.75)
    x = near * _polynomial(xp, _ERFINV, near * near / 0.28125 - 1)
    far = (size > 0.75) & (size < 1)
    s = xp.sqrt(-xp.log1p(-size[far]))
    x[far] = _polynomial(xp, _ERFINV_TAIL, (2 * s - (_TAIL_FROM + _TAIL_TO)) / (_TAIL_TO - _TAIL_FROM))
    x = xp.where(size < 1, xp.copysign(x, y), xp.where(size == 1, xp.copysign(math.inf, y), math.nan))
    return x.reshape(shape)


erfinv = _wide(_erfinv64)


def _ndtri64(xp: Any, p: Any) -> Any:
    tail = xp.minimum(p, 1 - p)
    inside = tail > 0
    x = -_SQRT2 * _erfc_inverse(xp, 2 * xp.where(inside, tail, 0.25))
    middle = _SQRT2 * _erfinv64(xp, xp.where(inside, 2 * p - 1, 0))
    x = xp.where(xp.abs(p - 0.5) < 0.25, middle, xp.where(p < 0.5, x, -x))
    return xp.where(inside, x, xp.where(p == 0, -math.inf, xp.where(p == 1, math.inf, math.nan)))


ndtri = _wide(_ndtri64)
ndtr = _wide(lambda xp, x: 0.5 * (1 + _erf64(xp, x / _SQRT2)))
log_ndtr = _wide(lambda xp, x: xp.where(x < -1, _log_erfc(xp, -x / _SQRT2) - math.log(2),
                                        xp.log1p(-0.5 * _erfc64(xp, x / _SQRT2))))  # fmt: skip


# ------------------------------------------------------------------------------------ gamma and its derivatives
# log Γ(x) / ((x - 1) (x - 2)) as a polynomial in x - 1.75, for 1 ≤ x ≤ 2.5: exact zeros at 1 and 2
_LGAMMA = (
    0.4501393121092563, -0.11948158662524268, 0.044520447198509644, -0.019053957830260832, 0.008776370425257302,
    -0.004226194125189418, 0.0020955338799232407, -0.0010605660937984334, 0.0005448969907212743, -0.00028319036037842405,
    0.0001485167612603942, -7.8464050392945e-05, 4.170547456941329e-05, -2.226821449897537e-05, 1.194925036645649e-05,
    -6.487859797094674e-06, 3.5071990932812468e-06, -1.76764375827818e-06, 9.597109616498142e-07, -7.562612463459416e-07,
    4.142761109248788e-07, 3.404324894896923e-08, -1.9561462574604242e-08, -1.577723410210679e-07, 8.702854149462274e-08,
)  # fmt: skip


def _stirling(xp: Any, x: Any) -> Any:
    """log Γ(x) for x ≥ 8."""
    z = 1 / (x * x)
    series = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)
    return (x - 0.5) * xp.log(x) - x + 0.5 * math.log(2 * math.pi) + _polynomial(xp, series, z) / x


def _lgamma_right(xp: Any, x: Any) -> Any:
    """log Γ(x) for x ≥ 0.5: around 1 and 2 the polynomial, above it Stirling's series from 8 on."""
    middle = xp.clip(xp.where(x < 1, x + 1, x), 1, 2.5)
    near = 0.0 + (middle - 1) * (middle - 2) * _polynomial(xp, _LGAMMA, middle - 1.75) - xp.log(xp.where(x < 1, x, 1.0))
    is_near = x <= 2.5
    product = xp.ones_like(x)  # shift up by Γ(x + 1) = x Γ(x)
    for _ in range(6):
        low = x < 8
        product = xp.where(low, product * x, product)
        x = xp.where(low, x + 1, x)
    return xp.where(is_near, near, _stirling(xp, x) - xp.log(product))


def _lgamma64(xp: Any, x: Any) -> Any:
    right = _lgamma_right(xp, xp.clip(xp.where(x < 0.5, 1 - x, x), 0.5, 1e305))
    fraction = x - xp.floor(x)
    left = xp.log(math.pi / xp.abs(xp.sin(math.pi * (x - xp.rint(x))))) - right  # exact close to 0
    value = xp.where(x < 0.5, xp.where(fraction == 0, math.inf, left), right)
    return xp.where(xp.isnan(x), x, xp.where(xp.abs(x) > 1e305, math.inf, value))


lgamma = _wide(_lgamma64)


def _digamma_right(xp: Any, x: Any) -> Any:
    total = xp.zeros_like(x)
    for _ in range(10):
        low = x < 10
        total = xp.where(low, total - 1 / x, total)
        x = xp.where(low, x + 1, x)
    z = 1 / (x * x)
    series = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
    return total + xp.log(x) - 0.5 / x + z * _polynomial(xp, series, z)


def _digamma64(xp: Any, x: Any) -> Any:
    right = _digamma_right(xp, xp.where(xp.isnan(x), 1.0, xp.maximum(xp.where(x < 0.5, 1 - x, x), 0.5)))
    fraction = x - xp.floor(x)
    left = right - math.pi / xp.tan(math.pi * (x - xp.rint(x)))
    value = xp.where(x < 0.5, xp.where(fraction == 0, math.nan, left), right)
    value = xp.where(x == 0, -xp.copysign(math.inf, x), value)
    return xp.where(xp.isnan(x) | (x == -math.inf), math.nan, xp.where(x == math.inf, math.inf, value))


digamma = _wide(_digamma64)
_BERNOULLI = (  # B₂ₖ / (2k)!
    1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600,
    -3617 / 10670622842880000, 43867 / 5109094217170944000,
)  # fmt: skip


def _zeta64(xp: Any, s: Any, q: Any) -> Any:
    """Hurwitz's Σ (q + n)^-s: some terms, then Euler and Maclaurin's formula for the rest."""
    valid = (s > 1) & ((q > 0) | ((s == xp.floor(s)) & (q != xp.floor(q))))
    s0, base = xp.where(valid, s, 2.0), xp.where(valid, q, 1.0)
    total = xp.zeros_like(base)
    for _ in range(10):
        total = total + base ** (-s0)
        base = base + 1
    while bool((base < 10).any()):  # negative q: more terms before the formula holds
        low = base < 10
        total = xp.where(low, total + base ** (-s0), total)
        base = xp.where(low, base + 1, base)
    power = base ** (-s0)
    total = total + base * power / (s0 - 1) + 0.5 * power
    factor = s0 * power / base
    for k, b in enumerate(_BERNOULLI):
        total = total + b * factor
        factor = factor * (s0 + 2 * k + 1) * (s0 + 2 * k + 2) / (base * base)
    pole = xp.where((q <= 0) & (q == xp.floor(q)), math.inf, math.nan)
    return xp.where(valid, total, xp.where(s == 1, math.inf, xp.where(s < 1, math.nan, pole)))


zeta = _wide(_zeta64)


def _trigamma(xp: Any, x: Any) -> Any:
    """ζ(2, x): some terms, then three of the series, which is how far torch goes (ten digits), in the precision given."""
    left = x < 0.5
    sine = xp.sin(math.pi * x)
    total = xp.where(left, -(math.pi * math.pi) / (sine * sine), xp.zeros_like(x))
    z = xp.where(left, 1 - x, x)
    for _ in range(6):
        total = total + 1 / (z * z)
        z = z + 1
    inverse = 1 / (z * z)
    total = total + (1 + 1 / (2 * z) + inverse * (1 / 6 - inverse * (1 / 30 - inverse * (1 / 42)))) / z
    return xp.where(left, -total, total)


def polygamma(xp: Any, n: int, x: Any) -> Any:
    """The n-th derivative of digamma."""
    if n == 0:
        return digamma(xp, x)
    if n == 1:
        wide = x.astype("float32") if x.dtype.itemsize == 2 else x
        return _trigamma(xp, wide).astype(x.dtype)
    sign = math.factorial(n) * (-1.0) ** (n + 1)
    return _wide(lambda xp, x: sign * _zeta64(xp, xp.full_like(x, n + 1.0), x))(xp, x)


def _gamma_series(xp: Any, a: Any, x: Any) -> Any:
    """Σ xⁿ / (a (a+1) … (a+n)): good for x < a + 1."""
    term = 1 / a
    total = term
    for n in range(1, 2000):
        term = term * x / (a + n)
        total = total + term
        if not bool((xp.abs(term) > 1e-17 * xp.abs(total)).any()):
            break
    return total


def _gamma_fraction(xp: Any, a: Any, x: Any) -> Any:
    """Legendre's continued fraction for Γ(a, x), by Lentz's method: good for x ≥ a + 1."""
    b = x + 1 - a
    c = xp.full_like(x, 1e300)
    d = 1 / b
    h = d
    for n in range(1, 2000):
        an = -n * (n - a)
        b = b + 2
        d = an * d + b
        d = 1 / xp.where(xp.abs(d) < 1e-300, 1e-300, d)
        c = b + an / c
        c = xp.where(xp.abs(c) < 1e-300, 1e-300, c)
        h = h * d * c
        if not bool((xp.abs(d * c - 1) > 1e-16).any()):
            break
    return h


def _gammainc64(xp: Any, a: Any, x: Any, upper: bool) -> Any:
    """Regularised incomplete gamma, lower P(a, x) or upper Q(a, x)."""
    ordinary = (a > 0) & (x > 0) & (a < math.inf) & (x < math.inf)
    a0, x0 = xp.where(ordinary, a, 1.0), xp.where(ordinary, x, 1.0)
    front = xp.exp(a0 * xp.log(x0) - x0 - _lgamma64(xp, a0))
    low = x0 < a0 + 1
    p = front * _gamma_series(xp, xp.where(low, a0, 1.0), xp.where(low, x0, 1.0))
    q = front * _gamma_fraction(xp, xp.where(low, 1.0, a0), xp.where(low, 3.0, x0))
    value = xp.where(low, 1 - p, q) if upper else xp.where(low, p, 1 - q)
    cases = [  # the first that holds, in torch's order: a NaN beside an infinity is no NaN
        ((a < 0) | (x < 0), math.nan), (a == 0, xp.where(x > 0, 1.0, math.nan)), (x == 0, 0.0),
        (a == math.inf, xp.where(x == math.inf, math.nan, 0.0)), (x == math.inf, 1.0),
    ]  # fmt: skip
    at_end = xp.full_like(value, math.nan)
    for holds, limit in reversed(cases):
        at_end = xp.where(holds, limit, at_end)
    return xp.where(ordinary, value, 1 - at_end if upper else at_end)


gammainc = _wide(lambda xp, a, x: _gammainc64(xp, a, x, False))
gammaincc = _wide(lambda xp, a, x: _gammainc64(xp, a, x, True))


# ------------------------------------------------------------------------------------ Bessel functions
def _bessel_scaled(xp: Any, x: Any, order: int) -> Any:
    """exp(-|x|) I_order(|x|), order 0 or 1.

    Up to 30 the mean of exp(x cos θ) cos(order θ) over a circle, for which equally spaced points are exact to all digits; beyond,
    the asymptotic series.
    """
    x = xp.abs(x)
    near = xp.minimum(x, 30)
    mean = xp.zeros_like(x)
    points = 50
    for i in range(points + 1):
        angle = math.pi * i / points
        weight = (0.5 if i in (0, points) else 1.0) * math.cos(order * angle) / points
        mean = mean + weight * (xp.sinh if order else xp.cosh)(near * math.cos(angle))
    mean = mean * xp.exp(-near)
    far = xp.clip(x, 30, None)
    term = xp.ones_like(x)
    total = term
    for n in range(1, 16):
        term = term * ((2 * n - 1) ** 2 - 4 * order * order) / (8 * n * far)
        total = total + term
    return xp.where(x <= 30, mean, total / xp.sqrt(2 * math.pi * far))


i0e = _wide(lambda xp, x: _bessel_scaled(xp, x, 0))
i1e = _wide(lambda xp, x: xp.sign(x) * _bessel_scaled(xp, x, 1))


def _unscaled(order: int) -> Kernel:
    """``exp(|x|)`` times the scaled function: infinite, as in torch, where that factor is in float32."""
    scaled = _wide(lambda xp, x: xp.exp(xp.abs(x)) * _bessel_scaled(xp, x, order) * (xp.sign(x) if order else 1))

    def function(xp: Any, x: Any) -> Any:
        made = scaled(xp, x)
        if x.dtype.itemsize == 8:
            return made
        return xp.where(xp.abs(x) > _LARGEST_POWER, made * x.dtype.type(math.inf), made)

    return function


_LARGEST_POWER = 88.722839  # exp of more is infinite in float32
i0, i1 = _unscaled(0), _unscaled(1)
