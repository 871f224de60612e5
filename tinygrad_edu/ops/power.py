"""Powers, roots, exponentials and logarithms."""

from __future__ import annotations

import cmath
import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ._check import check_tensor
from ._define import WITH_NUMBERS, binary, broadcast_error, cast, check_broadcast, is_number, prepare, unary, without
from ._layout import arranged_like, laid_out
from ._results import named
from .registry import functions, methods, public, special

_LN2, _LN10 = math.log(2), math.log(10)
_EVERYWHERE = "function,method,special"

exp = unary("exp", lambda k, x: k.xp.exp(x), holomorphic=True, x=lambda k, g, out: g * out, floats=True,
            doc="e to the power of each element.")  # fmt: skip
exp2 = unary("exp2", lambda k, x: k.xp.exp2(x), holomorphic=True, x=lambda k, g, out: g * (out * _LN2), floats=True, where=_EVERYWHERE,
             doc="2 to the power of each element.")  # fmt: skip
expm1 = unary("expm1", lambda k, x: k.xp.expm1(x), holomorphic=True, x=lambda k, g, out: g * (out + 1), floats=True, where=_EVERYWHERE,
              doc="``exp(x) - 1``, exact near 0.")  # fmt: skip
log = unary(
    "log", lambda k, x: k.xp.log(x), holomorphic=True, x=lambda k, g, x: g / x, floats=True, doc="Natural logarithm."
)
log2 = unary("log2", lambda k, x: k.xp.log2(x), holomorphic=True, x=lambda k, g, x: g / (x * _LN2), floats=True,
             doc="Logarithm to base 2.")  # fmt: skip
log10 = unary("log10", lambda k, x: k.xp.log10(x), holomorphic=True, x=lambda k, g, x: g / (x * _LN10), floats=True,
              doc="Logarithm to base 10.")  # fmt: skip
log1p = unary("log1p", lambda k, x: k.xp.log1p(x), holomorphic=True, x=lambda k, g, x: g / (x + 1), floats=True, where=_EVERYWHERE,
              node="Log1PBackward0", doc="``log(1 + x)``, exact near 0.")  # fmt: skip
sqrt = unary(
    "sqrt",
    lambda k, x: k.xp.sqrt(x),
    holomorphic=True,
    x=lambda k, g, out: g / (2 * out),
    floats=True,
    doc="Square root.",
)
rsqrt = unary("rsqrt", lambda k, x: 1 / k.xp.sqrt(x), holomorphic=True, x=lambda k, g, out: -0.5 * g * (out * out * out), floats=True,
              doc="``1 / sqrt(x)``.")  # fmt: skip
reciprocal = unary("reciprocal", lambda k, x: 1 / x, holomorphic=True, x=lambda k, g, out: -g * (out * out), floats=True,
                   doc="``1 / x``.")  # fmt: skip


# ------------------------------------------------------------------------------------ powers
def _pow(k: Any, x: Any, y: Any) -> Any:
    if type(y) in (int, float):  # the powers that people use are products, not logarithms
        if y == 2:
            return x * x
        if y == 3:
            return x * x * x
        if y == 0.5:
            return k.xp.sqrt(x)
        if x.dtype.kind in "fc":
            if y == -1:
                return 1 / x
            if y == -2:
                return 1 / (x * x)
            if y == -0.5:
                return 1 / k.xp.sqrt(x)
        if x.dtype.itemsize == 2 and x.dtype.kind in "fV":
            return k.xp.power(x, k.xp.asarray(y, x.dtype))
    if x.dtype.kind in "iu" and hasattr(y, "dtype"):
        return _integer_power(k, x, y)
    return k.xp.power(x, y)


def _integer_power(k: Any, x: Any, y: Any) -> Any:
    """Negative powers of integers: 1 and -1 have some, all others round to 0."""
    if y.dtype.kind == "u":
        return k.xp.power(x, y)
    signs = k.xp.where(x == 1, 1, k.xp.where(x == -1, k.xp.where(y % 2 == 0, 1, -1), 0)).astype(x.dtype)
    return k.xp.where(y < 0, signs, k.xp.power(x, k.xp.maximum(y, 0)))


Op("pow_scalar", _pow, node="PowBackward0", x=lambda k, g, x, y: _power_slope(k, g, x, y))
Op("pow", _pow, node="PowBackward1",
   x=lambda k, g, x, y: k.where(k.eq(y, 0), k.no_gradient(g), g * k.conj(y * k.pow(x, y - 1))),
   y=lambda k, g, x, y, out: g * k.conj(k.where(k.logical_and(k.eq(x, 0), k.ge_real(y, 0)), k.no_gradient(out),
                                                out * k.log(x))))  # fmt: skip
Op("scalar_pow", lambda k, x, y: k.xp.power(k.xp.asarray(x, dtype=y.dtype), y) if y.dtype.kind not in "iu"
   else _integer_power(k, k.xp.asarray(x).astype(y.dtype), y), node="PowBackward2",
   y=lambda k, g, x, y, out: g * k.where(k.ge_real(y, 0), k.no_gradient(out), out * _log_of(x)) if x == 0
   else g * k.conj(out * _log_of(x)))  # fmt: skip
Op("ge_real", lambda k, x, y: x.real >= y)


def _power_slope(k: Any, g: Any, x: Any, y: Any) -> Any:
    """d(x^y)/dx for a number y."""
    if y == 0:
        return k.no_gradient(g)
    if y == 1:
        return g
    if y == 2:
        return g * (2 * k.conj(x))
    return g * k.conj(y * k.pow_scalar(x, y - 1))


def _log_of(x: Any) -> Any:
    if isinstance(x, complex):
        return cmath.log(x)
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


@public(
    "function method",
    inplace=True,
    out=True,
    signature=(
        "Tensor input, Tensor exponent, *, Tensor out = None",
        "Number self, Tensor exponent, *, Tensor out = None",
        "Tensor input, Number exponent, *, Tensor out = None",
    ),
)
def pow(input: Any, exponent: Any) -> Any:
    """``input ** exponent``.

    >>> import tinygrad_edu as tg
    >>> tg.pow(tg.tensor([1., 2., 3.]), 2)
    tensor([1., 4., 9.])
    """
    if not isinstance(input, Variable):
        if not (is_number(input) and isinstance(exponent, Variable)):
            raise TypeError
        return _of_number(input, exponent)
    if isinstance(exponent, Variable):
        base, exponent = prepare("pow", (input, exponent), floats=False)
        check_broadcast(base, exponent)
        _no_bools(base)
        try:
            result = Op.table["pow"](base, exponent)
        except ValueError:
            raise broadcast_error(base, exponent) from None
        if result._data.ndim > 1 and not base._data.flags.c_contiguous:
            laid_out(result, base, exponent)
        return result
    if not is_number(exponent):
        raise TypeError
    if type(exponent) not in (int, float):  # of NumPy's scalars, float64 is a float with a say in the dtype
        exponent = getattr(exponent, "item", lambda: exponent)()
    kind = input._data.dtype.kind
    if kind in "iub":
        if type(exponent) is int and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        if isinstance(exponent, float):
            input = cast(input, dtypes.get_default_dtype())
        elif kind == "b":
            input = cast(input, dtypes.of_scalar(exponent))
            if isinstance(exponent, bool):  # of all powers torch does these two
                return input.clone() if exponent else Op.table["ones_of"](input)
    if isinstance(exponent, complex) and kind != "c":
        input = cast(input, dtypes.complex_of(dtypes.of(input._data)))
    result = Op.table["pow_scalar"](input, int(exponent) if isinstance(exponent, bool) else exponent)
    return result if input._data.flags.c_contiguous else arranged_like(result, input)


def _no_bools(t: Any) -> None:
    if t._data.dtype.kind == "b":
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")


def _of_number(base: Any, exponent: Any) -> Any:
    """A number to the power of a tensor."""
    common = dtypes.combine(dtypes.of(exponent._data), dtypes.of_scalar(base))
    assert common is not None
    exponent = cast(exponent, common)
    _no_bools(exponent)
    if base == 1:
        return Op.table["ones_of"](exponent)
    return Op.table["scalar_pow"](base, exponent)


Op("ones_of", lambda k, y: k.xp.ones_like(y), node="PowBackward2", y=lambda k, g: k.no_gradient(g))


@public("function method", inplace=True, out=True, signature="Tensor input, *, Tensor out = None")
def square(input: Any) -> Any:
    """``input ** 2``."""
    return pow(input, 2)


_WRONG_OUT = "the output given to float_power has dtype {want} but the operation's result requires dtype {have}"


@public(
    "function method",
    out=True,
    exact_out=_WRONG_OUT,
    signature=(
        "Tensor input, Tensor exponent, *, Tensor out = None",
        "Number self, Tensor exponent, *, Tensor out = None",
        "Tensor input, Number exponent, *, Tensor out = None",
    ),
)
def float_power(input: Any, exponent: Any) -> Any:
    """``input ** exponent`` in float64 (or complex128)."""
    wide = _power_type(input, exponent)
    number = complex if wide.is_complex else float
    a, b = (cast(v, wide) if isinstance(v, Variable) else number(v) for v in (input, exponent))
    return pow(a, b)


def _power_type(*values: Any) -> dtypes.dtype:
    kinds = [v._data.dtype.kind if isinstance(v, Variable) else "c" if isinstance(v, complex) else "f" for v in values]
    return dtypes.complex128 if "c" in kinds else dtypes.float64


@public("method", signature=("Tensor input, Tensor exponent", "Tensor input, Number exponent"))
def float_power_(input: Any, exponent: Any) -> Any:
    """In-place form of ``float_power``: only a float64 (or complex128) tensor can hold the result."""
    wide, have = _power_type(input, exponent), dtypes.of(input._data)
    if have is not wide:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {have.short} but the operation's result requires dtype {wide.short}"
        )
    return input.pow_(exponent.to(wide) if isinstance(exponent, Variable) else exponent)


# ------------------------------------------------------------------------------------ of two numbers
hypot = binary(
    "hypot", lambda k, x, y: k.xp.hypot(x, y), only=without("hypot_cpu", "bic"), numbers=False,
    x=lambda k, g, x, out: g * x / out, y=lambda k, g, y, out: g * y / out,
    doc="``sqrt(input² + other²)``, without overflow.",
)  # fmt: skip


def _logaddexp(k: Any, x: Any, y: Any) -> Any:
    if x.dtype.kind != "c":
        return k.xp.logaddexp(x, y)
    x, y = k.xp.broadcast_arrays(x, y)
    first = (x.real > y.real) | ((x.real == y.real) & (x.imag >= y.imag)) | (x != x)
    high, low = k.xp.where(first, x, y), k.xp.where(first, y, x)
    both = (high.real == low.real) & ~k.xp.isfinite(high.real)  # infinities of one sign: no difference to take
    value = high + k.xp.log1p(k.xp.exp(low - high))
    if k.device_type == "cuda" or both.any():
        plain = k.xp.log(k.xp.exp(high) + k.xp.exp(low))
        value = k.xp.where(both, k.xp.where(high.real < 0, high, plain), value)
    return value


logaddexp = binary(
    "logaddexp", lambda k, x, y: _logaddexp(k, x, y), only=without("logaddexp_cpu", "bi"), numbers=False, inplace=False,
    x=lambda k, g, x, y: g / k.conj(1 + k.exp(y - x)), y=lambda k, g, x, y: g / k.conj(1 + k.exp(x - y)),
    doc="``log(exp(input) + exp(other))``, without overflow.",
)  # fmt: skip
logaddexp2 = binary(
    "logaddexp2", lambda k, x, y: k.xp.logaddexp2(x, y), only=without("logaddexp2_cpu", "bic"), numbers=False, inplace=False,
    x=lambda k, g, x, y: g / (1 + k.exp2(y - x)), y=lambda k, g, x, y: g / (1 + k.exp2(x - y)),
    doc="``log2(2 ** input + 2 ** other)``, without overflow.",
)  # fmt: skip


def _xlogy(k: Any, x: Any, y: Any) -> Any:
    value = k.xp.where(x == 0, 0, x * k.xp.log(y))
    return k.xp.where(y != y, y, value).astype(getattr(x, "dtype", None) or y.dtype)


def _xlog1py(k: Any, x: Any, y: Any) -> Any:
    value = k.xp.where(x == 0, 0, x * k.xp.log1p(y))
    return k.xp.where(y != y, y, value).astype(getattr(x, "dtype", None) or y.dtype)


def _log_slope(k: Any, g: Any, x: Any, y: Any, op: str, least: float) -> Any:
    """g log(y), but 0 where x is 0 and the logarithm has no value."""
    return k.where(k.logical_and(k.eq(x, 0), k.le(y, least)), k.no_gradient(g), getattr(k, op)(g, y))


def _with_log(
    name: str, forward: Any, nodes: tuple[str, str, str], least: float, shift: float, where: str, doc: str
) -> Any:
    """x log(y) and its like: primitives for tensor and tensor, tensor and number, number and tensor."""

    def slope_x(k: Any, g: Any, x: Any, y: Any) -> Any:
        return _log_slope(k, g, x, y, name, least)

    def slope_y(k: Any, g: Any, x: Any, y: Any) -> Any:
        return g * x / (y + shift if shift else y)  # (-0. + 0. would be 0.)

    for suffix, node in zip(("", "_number", "_of_number"), nodes):
        Op(
            name + suffix,
            forward,
            node=node,
            x=None if suffix == "_of_number" else slope_x,
            y=None if suffix == "_number" else slope_y,
        )

    def function(input: Any, other: Any, *, out: Any = None) -> Any:
        from .registry import store

        if out is not None:
            return store(function, out, (input, other), {})
        suffix = "" if isinstance(input, Variable) and isinstance(other, Variable) else (
            "_number" if isinstance(input, Variable) else "_of_number")  # fmt: skip
        if suffix and not (
            is_number(other) if suffix == "_number" else is_number(input) and isinstance(other, Variable)
        ):
            raise TypeError
        a, b = prepare(name, (input, other), floats=True)
        d = dtypes.of((a if isinstance(a, Variable) else b)._data)
        if d.is_complex:
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{d.short}'")
        if not isinstance(a, Variable):
            a = wrap(kernels_of(b._data).xp.asarray(a, d.np))
        if not isinstance(b, Variable):
            b = wrap(kernels_of(a._data).xp.asarray(b, d.np))
        try:
            result = Op.table[name + suffix](a, b)
        except ValueError:
            raise broadcast_error(a, b) from None
        if result._data.ndim > 1:
            laid_out(result, a, b)
        return result

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    public(where, inplace="method" in where, signature=WITH_NUMBERS)(function)
    return function


xlogy = _with_log("xlogy", _xlogy, ("XlogyBackward0", "XlogyBackward2", "XlogyBackward1"), 0.0, 0.0, "function method special",
                  "``input * log(other)``, 0 where ``input`` is 0.")  # fmt: skip
xlog1py = _with_log("xlog1py", _xlog1py, ("SpecialXlog1PyBackward0", "SpecialXlog1PyBackward2", "SpecialXlog1PyBackward1"),
                    -1.0, 1.0,
                    "special", "``input * log1p(other)``, 0 where ``input`` is 0.")  # fmt: skip
special["xlogy"] = xlogy


# ------------------------------------------------------------------------------------ significand and exponent
Op("ldexp", lambda k, x, y: x * k.xp.exp2(y).astype(x.dtype), x=lambda k, g, y: g * k.conj(k.exp2(y)),
   y=lambda k, g, out: g * k.conj(out * _LN2))  # fmt: skip


@public("function method", inplace=True, out=True, signature="Tensor input, Tensor other, *, Tensor out = None")
def ldexp(input: Any, other: Any) -> Any:
    """``input * 2 ** other``."""
    check_tensor("ldexp", "other", 2, other)
    a, b = prepare("ldexp", (input, other), floats=True)
    try:
        return arranged_like(Op.table["ldexp"](a, b), a, b)
    except ValueError:
        raise broadcast_error(a, b) from None


_plain_ldexp_ = methods["ldexp_"]


def _ldexp_(input: Any, other: Any) -> Any:
    """In-place form of `ldexp`: for floating point tensors."""
    if input._data.dtype.kind in "iub" and isinstance(other, Variable):
        raise RuntimeError(f"ldexp can't be cast to the desired output type {input.dtype.short}")
    return _plain_ldexp_(input, other)


methods["ldexp_"] = functions["ldexp_"] = _ldexp_


def _frexp(k: Any, x: Any) -> Any:
    mantissa, exponent = k.xp.frexp(x)
    return mantissa, exponent.astype("int32")


Op("frexp", _frexp, outputs=("mantissa", "exponent"), differentiable=(True, False),
   x=lambda k, g, exponent: g * k.exp2(-1.0 * exponent))  # fmt: skip
_FREXP = named("frexp", "mantissa", "exponent")


@public("function method", out=True, signature="Tensor input, *, tuple of Tensors out = None")
def frexp(input: Any) -> Any:
    """``mantissa * 2 ** exponent``, the mantissa in [0.5, 1) or 0."""
    if input._data.dtype.kind not in "fV":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return _FREXP(arranged_like(part, input) for part in Op.table["frexp"](input))
