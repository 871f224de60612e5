"""The error function, gamma functions, Bessel functions and their inverses."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._check import check_tensor
from ._define import WITH_NUMBERS, binary, cast, no_derivative, unary, without
from ._layout import arranged_like
from .registry import methods, public, special

_2_SQRT_PI, _SQRT_PI_2 = 2 / math.sqrt(math.pi), math.sqrt(math.pi) / 2
_EVERYWHERE = "function,method,special"


def _special(
    name: str,
    doc: str,
    *,
    where: str = "special",
    node: str | None = None,
    refuse: str = "",
    kinds: str = "c",
    **formulas: Any,
) -> Any:
    """A function of one tensor whose numbers come from `backend.special`."""
    return unary(name, lambda k, x: k.special(name, x), floats=True, where=where, node=node, inplace="method" in where,
                 only=without(refuse or f"{name}_vml_cpu", kinds), doc=doc, **formulas)  # fmt: skip


# ------------------------------------------------------------------------------------ error function
erf = _special("erf", "2/√π times the integral of exp(-t²) from 0 to x.", where=_EVERYWHERE,
               x=lambda k, g, x: g * (_2_SQRT_PI * k.exp(-(x * x))))  # fmt: skip
erfc = _special(
    "erfc",
    "``1 - erf(x)``, exact for large x.",
    where=_EVERYWHERE,
    x=lambda k, g, x: g * (-_2_SQRT_PI * k.exp(-(x * x))),
)
erfcx = _special("erfcx", "``exp(x²) erfc(x)``.", node="SpecialErfcxBackward0", refuse="erfcx",
                 x=lambda k, g, x, out: g * (2 * x * out - _2_SQRT_PI))  # fmt: skip
erfinv = _special(
    "erfinv", "The inverse of erf.", where=_EVERYWHERE, x=lambda k, g, out: g * (_SQRT_PI_2 * k.exp(out * out))
)
ndtr = _special("ndtr", "The normal distribution's cumulative probability.", node="MulBackward0",
                x=lambda k, g, x: g * (k.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))))  # fmt: skip
ndtri = _special("ndtri", "The inverse of ndtr.", node="SpecialNdtriBackward0", refuse="ndtri",
                 x=lambda k, g, out: g * (math.sqrt(2 * math.pi) * k.exp(0.5 * out * out)))  # fmt: skip
log_ndtr = _special("log_ndtr", "The logarithm of ndtr, exact far into the tail.", node="SpecialLogNdtrBackward0",
                    refuse="log_ndtr_cpu", kinds="ch",
                    x=lambda k, g, x: g / k.erfcx(x * -math.sqrt(0.5)) * math.sqrt(2 / math.pi))  # fmt: skip

# ------------------------------------------------------------------------------------ gamma
lgamma = _special(
    "lgamma",
    "The logarithm of the absolute value of Γ(x).",
    where="function,method",
    x=lambda k, g, x: g * k.digamma(x),
)
public("special", name="gammaln", signature="Tensor input, *, Tensor out = None")(lgamma)
digamma = _special(
    "digamma",
    "The derivative of `lgamma`.",
    where=_EVERYWHERE,
    refuse="digamma",
    x=lambda k, g, x: g * k.polygamma(1, x),
)
special["psi"] = special["digamma"]
Op("polygamma", lambda k, n, x: k.special("polygamma", n, x), x=lambda k, g, n, x: g * k.polygamma(n + 1, x))


@public("function", out=True, signature="int n, Tensor input, *, Tensor out = None")
def polygamma(n: int, input: Any) -> Any:
    """The n-th derivative of `digamma`."""
    check_tensor("polygamma", "input", 2, input)
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    x = _floats(input, "polygamma")
    return arranged_like(Op.table["polygamma"](n, x), x)


special["polygamma"] = polygamma


@public("method", name="polygamma", inplace=True, signature="Tensor input, int n")
def polygamma_method(input: Any, n: int) -> Any:
    """The n-th derivative of `digamma`."""
    return polygamma(n, input)


def _floats(input: Any, kernel: str) -> Any:
    d = dtypes.of(input._data)
    if d.is_complex:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{d.short}'")
    return input if d.is_floating_point else cast(input, dtypes.get_default_dtype())


def _multigamma(k: Any, x: Any, p: int) -> Any:
    total = sum(k.special("lgamma", x - 0.5 * j) for j in range(p))
    return (total + p * (p - 1) / 4 * math.log(math.pi)).astype(x.dtype)


Op("mvlgamma", _multigamma, x=lambda k, g, x, p: g * sum(k.digamma(x - 0.5 * j) for j in range(p)))


@public("function method", inplace=True, out=True, signature="Tensor input, int p, *, Tensor out = None")
def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    return Op.table["mvlgamma"](_floats(input, "mvlgamma"), p)


special["multigammaln"] = mvlgamma
_plain_mvlgamma_ = methods["mvlgamma_"]


def _mvlgamma_(input: Any, p: int) -> Any:
    """In-place form of `mvlgamma`: for floating point tensors."""
    d = input.dtype
    if input._data.dtype.kind in "iub" and p >= 1:
        default = dtypes.get_default_dtype().short
        raise RuntimeError(f"mvlgamma: result type {d.short} can't be cast to the desired output type {default}")
    return _plain_mvlgamma_(input, p)


methods["mvlgamma_"] = _mvlgamma_
zeta = binary("zeta", lambda k, x, y: _broadcast_special(k, "zeta", x, y), floats=True, where="special", inplace=False,
              node="SpecialZetaBackward0", x=no_derivative("zeta"), y=lambda k, g, x, y: g * -x * k.zeta(x + 1, y),
              only=without("zeta", "c"), signature=WITH_NUMBERS,
              doc="Hurwitz's zeta: the sum of ``(other + n) ** -input``.")  # fmt: skip


def _broadcast_special(k: Any, name: str, x: Any, y: Any) -> Any:
    if not hasattr(y, "dtype"):
        y = k.xp.asarray(y, x.dtype)
    if not hasattr(x, "dtype"):
        x = k.xp.asarray(x, y.dtype)
    return k.special(name, x, y)


def _gamma_density(k: Any, g: Any, a: Any, x: Any) -> Any:
    return g * k.exp((a - 1) * k.log(x) - x - k.lgamma(a))


gammainc = binary("gammainc", lambda k, x, y: k.special("gammainc", x, y), floats=True, numbers=False, where="special",
                  inplace=False,
                  node="IgammaBackward0", only=without("igamma", "c"), x=no_derivative("igamma: input"),
                  y=lambda k, g, x, y: _gamma_density(k, g, x, y),
                  doc="The regularised lower incomplete gamma function.")  # fmt: skip
gammaincc = binary("gammaincc", lambda k, x, y: k.special("gammaincc", x, y), floats=True, numbers=False, where="special",
                   inplace=False,
                   node="IgammacBackward0", only=without("igammac", "c"), x=no_derivative("igammac: input"),
                   y=lambda k, g, x, y: -_gamma_density(k, g, x, y),
                   doc="The regularised upper incomplete gamma function.")  # fmt: skip
for _name, _function in (("igamma", gammainc), ("igammac", gammaincc)):
    public("function method", name=_name, inplace=True, signature="Tensor input, Tensor other, *, Tensor out = None")(
        _function
    )

# ------------------------------------------------------------------------------------ Bessel
i0 = _special("i0", "The modified Bessel function of order 0.", where=_EVERYWHERE, x=lambda k, g, x: g * k.i1(x))
i0e = _special("i0e", "``exp(-|x|) i0(x)``.", node="SpecialI0EBackward0", refuse="i0e",
               x=lambda k, g, x, out: g * (k.i1e(x) - k.sgn(x) * out))  # fmt: skip
i1 = _special("i1", "The modified Bessel function of order 1.", node="SpecialI1Backward0", refuse="i1",
              x=lambda k, g, x, out: k.where(k.eq(x, 0), 0.5 * g, g * (k.i0(x) - k.safe_divide(out, x))))  # fmt: skip
i1e = _special("i1e", "``exp(-|x|) i1(x)``.", node="SpecialI1EBackward0", refuse="i1e",
               x=lambda k, g, x, out: k.where(k.eq(x, 0), 0.5 * g,
                                              g * (k.i0e(x) - out * k.sgn(x) - k.safe_divide(out, x))))  # fmt: skip


# ------------------------------------------------------------------------------------ entropy, log-odds
def _entropy(k: Any, x: Any) -> Any:
    xp = k.xp
    inside = xp.where(x == 0, 0 * x, -x * xp.log(x))
    return xp.where(x != x, x, xp.where(x < 0, xp.asarray(-math.inf, x.dtype), inside))


entr = unary("entr", _entropy, floats=True, where="special", inplace=False, node="SpecialEntrBackward0",
             only=without("entr", "c"),
             x=lambda k, g, x: g * (-k.log(x) - 1), doc="``-x log(x)``, 0 at 0.")  # fmt: skip


def _logit(k: Any, x: Any, eps: float | None) -> Any:
    low, high, one = (k.xp.asarray(v).astype(x.dtype) for v in (eps or 0.0, 1 - (eps or 0.0), 1))
    z = x if eps is None else k.xp.minimum(k.xp.maximum(x, low), high)
    return k.xp.log(z / (one - z))


def _logit_slope(k: Any, g: Any, x: Any, eps: float | None) -> Any:
    low, high = (0.0, 1.0) if eps is None else (eps, 1 - eps)
    outside = math.nan * k.ones_of(g) if eps is None else k.no_gradient(g)
    return k.where(k.inside(x, low, high), g / (x * (1 - x)), outside)


Op("logit", _logit, x=_logit_slope)


@public("function method", inplace=True, out=True, signature="Tensor input, float eps = None, *, Tensor out = None")
def logit(input: Any, eps: float | None = None) -> Any:
    """``log(x / (1 - x))``, the inverse of sigmoid; ``eps`` first clamps x to ``[eps, 1 - eps]``."""
    check_tensor("logit", "input", 1, input)
    return Op.table["logit"](_floats(input, "logit_cpu"), eps)


special["logit"] = logit
