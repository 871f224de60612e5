"""Powers, roots, exponentials and logarithms."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._define import binary, cast, is_number, prepare, unary
from .registry import public

exp = unary("exp", lambda k, x: k.xp.exp(x), x=lambda k, g, out: g * k.conj(out), floats=True, where="function,method,special",
            doc="e to the power of each element.")  # fmt: skip
exp2 = unary("exp2", lambda k, x: k.xp.exp2(x), x=lambda k, g, out: g * (out * 0.6931471805599453), floats=True,
             where="function,method,special", doc="2 to the power of each element.")  # fmt: skip
expm1 = unary("expm1", lambda k, x: k.xp.expm1(x), x=lambda k, g, out: g * (out + 1), floats=True,
              where="function,method,special", doc="``exp(x) - 1``, exact near 0.")  # fmt: skip
log = unary("log", lambda k, x: k.xp.log(x), x=lambda k, g, x: g / k.conj(x), floats=True, doc="Natural logarithm.")
log2 = unary("log2", lambda k, x: k.xp.log2(x), x=lambda k, g, x: g / (x * 0.6931471805599453), floats=True,
             doc="Logarithm to base 2.")  # fmt: skip
log10 = unary("log10", lambda k, x: k.xp.log10(x), x=lambda k, g, x: g / (x * 2.302585092994046), floats=True,
              doc="Logarithm to base 10.")  # fmt: skip
log1p = unary("log1p", lambda k, x: k.xp.log1p(x), x=lambda k, g, x: g / (x + 1), floats=True,
              where="function,method,special", doc="``log(1 + x)``, exact near 0.")  # fmt: skip
sqrt = unary("sqrt", lambda k, x: k.xp.sqrt(x), x=lambda k, g, out: g / (2 * k.conj(out)), floats=True, doc="Square root.")
rsqrt = unary("rsqrt", lambda k, x: 1 / k.xp.sqrt(x), x=lambda k, g, out: -0.5 * g * out * out * out, floats=True,
              doc="``1 / sqrt(x)``.")  # fmt: skip
reciprocal = unary("reciprocal", lambda k, x: 1 / x, x=lambda k, g, out: -g * k.conj(out * out), floats=True,
                   doc="``1 / x``.")  # fmt: skip


def _pow(k: Any, x: Any, y: Any) -> Any:
    if type(y) in (int, float):  # the powers that people use are products, not logarithms
        if y == 2:
            return x * x
        if y == 3:
            return x * x * x
        if y == 0.5:
            return k.xp.sqrt(x)
    return k.xp.power(x, y)


Op("pow_scalar", _pow, node="PowBackward0", x=lambda k, g, x, y: _power_slope(k, g, x, y))
Op("pow", _pow, node="PowBackward1",
   x=lambda k, g, x, y: k.where(k.eq(y, 0), 0 * g, g * k.conj(y * k.pow(x, y - 1))),
   y=lambda k, g, x, y, out: g * k.conj(k.where(k.logical_and(k.eq(x, 0), k.ge_real(y, 0)), 0 * out, out * k.log(x))))  # fmt: skip
Op("scalar_pow", lambda k, x, y: k.xp.power(k.xp.asarray(x, dtype=y.dtype), y), node="PowBackward2",
   y=lambda k, g, x, y, out: g * (out * _log_of(x)) if x != 0 else k.where(k.ge_real(y, 0), 0 * out, g * (out * _log_of(x))))  # fmt: skip
Op("ge_real", lambda k, x, y: x.real >= y)


def _power_slope(k: Any, g: Any, x: Any, y: Any) -> Any:
    """d(x^y)/dx for a number y."""
    if y == 0:
        return 0 * g
    if y == 1:
        return g
    if y == 2:
        return g * (2 * k.conj(x))
    return g * (y * k.conj(k.pow_scalar(x, y - 1)))


def _log_of(x: Any) -> Any:
    import cmath
    import math

    if isinstance(x, complex):
        return cmath.log(x)
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


@public("function method", inplace=True, out=True)
def pow(input: Any, exponent: Any) -> Any:
    """``input ** exponent``.

    >>> import tinygrad_edu as tg
    >>> tg.pow(tg.tensor([1., 2., 3.]), 2)
    tensor([1., 4., 9.])
    """
    if not isinstance(input, Variable):
        (exponent,) = prepare_scalar_base(input, exponent)
        return Op.table["scalar_pow"](input, exponent)
    if isinstance(exponent, Variable):
        base, exponent = prepare("pow", (input, exponent), floats=False)
        if base._data.dtype.kind in "iu" and (exponent._data < 0).any() and input._data.ndim + exponent._data.ndim == 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return Op.table["pow"](base, exponent)
    if not is_number(exponent):
        raise TypeError(f"pow(): argument 'exponent' (position 2) must be Tensor or Number, not {type(exponent).__name__}")
    kind = input._data.dtype.kind
    if kind in "iub":
        if isinstance(exponent, float):
            input = cast(input, dtypes.get_default_dtype())
        elif kind != "b" and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        elif kind == "b":
            input = cast(input, dtypes.of_scalar(exponent))
    if isinstance(exponent, complex) and kind != "c":
        input = cast(input, dtypes.of(input._data).to_complex())
    return Op.table["pow_scalar"](input, exponent)


def prepare_scalar_base(base: Any, exponent: Any) -> list[Any]:
    common = dtypes.combine(dtypes.of(exponent._data), dtypes.of_scalar(base))
    assert common is not None
    return [cast(exponent, common)]


square = unary("square", lambda k, x: x * x, x=lambda k, g, x: g * (2 * k.conj(x)), node="PowBackward0", doc="``input ** 2``.")
