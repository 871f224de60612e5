"""Trigonometry, rounding, signs: functions of one number."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import compiled
from ..backend.bits import choose, kept
from ._check import not_implemented
from ._define import binary, cast, rounded_once, unary, without
from ._layout import arranged_like
from .registry import functions, methods, public

_PI = math.pi

# ------------------------------------------------------------------------------------ trigonometry
sin = unary(
    "sin",
    lambda k, x: k.xp.sin(x),
    holomorphic=True,
    x=lambda k, g, x: g * k.cos(x),
    floats=True,
    doc="Sine (radians).",
)
cos = unary(
    "cos",
    lambda k, x: k.xp.cos(x),
    holomorphic=True,
    x=lambda k, g, x: -g * k.sin(x),
    floats=True,
    doc="Cosine (radians).",
)
tan = unary(
    "tan",
    lambda k, x: k.xp.tan(x),
    holomorphic=True,
    x=lambda k, g, out: g * (1 + out * out),
    floats=True,
    doc="Tangent.",
)
asin = unary("asin", lambda k, x: k.xp.arcsin(x), holomorphic=True, x=lambda k, g, x: g * k.rsqrt(1 - x * x), floats=True,
             alias=("arcsin",),
             doc="The angle in [-π/2, π/2] with this sine.")  # fmt: skip
acos = unary("acos", lambda k, x: k.xp.arccos(x), holomorphic=True, x=lambda k, g, x: -g * k.rsqrt(1 - x * x), floats=True,
             alias=("arccos",), doc="The angle in [0, π] with this cosine.")  # fmt: skip
atan = unary("atan", lambda k, x: k.xp.arctan(x), holomorphic=True, x=lambda k, g, x: g / (1 + x * x), floats=True, alias=("arctan",),
             doc="The angle in (-π/2, π/2) with this tangent.")  # fmt: skip


def _over_squares(k: Any, x: Any, y: Any) -> Any:
    """``1 / (x² + y²)``, 0 where that is infinite: the angle of the origin has no direction to grow in."""
    found = k.reciprocal(x * x + y * y)
    return k.where(k.eq(found, math.inf), k.no_gradient(found), found)


atan2 = binary(
    "atan2", lambda k, x, y: k.xp.arctan2(x, y), floats=True, alias=("arctan2",), numbers=False, only=without("atan2_cpu", "c"),
    x=lambda k, g, x, y: g * y * _over_squares(k, x, y), y=lambda k, g, x, y: g * -x * _over_squares(k, x, y),
    doc="The angle of the point (other, input), in all four quadrants.",
)  # fmt: skip
sinh = unary(
    "sinh",
    lambda k, x: k.xp.sinh(x),
    holomorphic=True,
    x=lambda k, g, x: g * k.cosh(x),
    floats=True,
    doc="Hyperbolic sine.",
)
cosh = unary(
    "cosh",
    lambda k, x: k.xp.cosh(x),
    holomorphic=True,
    x=lambda k, g, x: g * k.sinh(x),
    floats=True,
    doc="Hyperbolic cosine.",
)
tanh = unary("tanh", lambda k, x: k.xp.tanh(x), holomorphic=True, x=lambda k, g, out: g * k.one_minus(out * out), floats=True,
             where="function,method,functional", doc="Hyperbolic tangent.")  # fmt: skip
asinh = unary("asinh", lambda k, x: k.xp.arcsinh(x), holomorphic=True, x=lambda k, g, x: g * k.rsqrt(x * x + 1), floats=True,
              alias=("arcsinh",), doc="Inverse hyperbolic sine.")  # fmt: skip
acosh = unary("acosh", lambda k, x: k.xp.arccosh(x), holomorphic=True, x=lambda k, g, x: _acosh_slope(k, g, x), floats=True,
              alias=("arccosh",), doc="Inverse hyperbolic cosine.")  # fmt: skip


def _acosh_slope(k: Any, g: Any, x: Any) -> Any:
    if dtypes.of(x._data if isinstance(x, Variable) else x).is_complex:
        return g * k.rsqrt(x - 1) * k.rsqrt(x + 1)
    return g * k.rsqrt(x * x - 1)


atanh = unary("atanh", lambda k, x: k.xp.arctanh(x), holomorphic=True, x=lambda k, g, x: g / (1 - x * x), floats=True, alias=("arctanh",),
              doc="Inverse hyperbolic tangent.")  # fmt: skip


def _no_complex(name: str) -> Any:
    return lambda d: f"{name} is not supported for complex tensors." if d.is_complex else None


def _scaled(name: str, factor: float, node: str, doc: str) -> Any:
    return unary(name, lambda k, x: (x.astype("float32") if x.dtype.itemsize == 2 else x).__mul__(factor).astype(x.dtype),
                 x=lambda k, g: g * factor, floats=True, node=node, doc=doc, only=_no_complex(name))  # fmt: skip


deg2rad = _scaled("deg2rad", _PI / 180, "Deg2RadBackward0", "Degrees into radians.")
rad2deg = _scaled("rad2deg", 180 / _PI, "Rad2DegBackward0", "Radians into degrees.")


def _sinc(k: Any, x: Any) -> Any:
    a = (x.astype("float32") if x.dtype.itemsize == 2 else x) * _PI
    return k.xp.where(x == 0, k.xp.ones_like(a), k.xp.sin(a) / a).astype(x.dtype)


def _sinc_slope(k: Any, g: Any, x: Any) -> Any:
    a, square = x * _PI, x * x * _PI
    return k.where(k.eq(square, 0), k.no_gradient(g), g * k.conj((k.cos(a) * a - k.sin(a)) / square))


sinc = unary(
    "sinc", _sinc, x=_sinc_slope, floats=True, where="function,method,special", doc="``sin(πx) / (πx)``, 1 at 0."
)


def _sigmoid(k: Any, x: Any) -> Any:
    return 1 / (1 + k.xp.exp(-x))


sigmoid = unary("sigmoid", rounded_once(_sigmoid), holomorphic=True, x=lambda k, g, out: g * (k.one_minus(out) * out), floats=True,
                where="function,method,functional", doc="``1 / (1 + exp(-x))``.")  # fmt: skip
public("special", name="expit", signature="Tensor input, *, Tensor out = None")(sigmoid)


# ------------------------------------------------------------------------------------ signs and sizes
def _relu(k: Any, x: Any) -> Any:
    return k.xp.maximum(k.zeros[x.dtype], x)  # in this order -0. stays -0.


def _relu_slope(k: Any, g: Any, y: Any) -> Any:
    """``g`` where relu's result ``y`` is not 0."""
    if g.size <= 256:
        gx = g.copy()
        gx[y == k.zeros[y.dtype]] = 0
        return gx
    fast = compiled.kernels_for(g, y)
    if fast:
        gx = k.xp.empty(g.shape, g.dtype)
        compiled.split(fast.relu_slope, g.size, g.size, g.reshape(-1), y.reshape(-1), gx.reshape(-1))
        return gx
    return kept(g, y != k.zeros[y.dtype])


_relu_op = Op("relu", _relu, x=lambda k, g, out: k.relu_slope(g, out))
Op("relu_slope", _relu_slope, node="ThresholdBackwardBackward0", g=lambda k, gg, y: k.relu_slope(gg, y))
Op("one_minus", lambda k, x: k.ones[x.dtype] - x, x=lambda k, g: -g)


@public("function method", inplace=True, signature="Tensor input")
def relu(input: Any) -> Any:
    """``max(0, x)`` for each element.

    >>> import tinygrad_edu as tg
    >>> tg.relu(tg.tensor([-1., 0., 2.]))
    tensor([0., 0., 2.])
    """
    kind = input._data.dtype.kind
    if kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    if kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    return _relu_op.call1(input)


def _sign(k: Any, x: Any) -> Any:
    """-1, 0 or 1; 0 for NaN too."""
    if x.dtype.kind == "b":
        return x.copy()
    return k.xp.sign(x) if x.dtype.kind in "ciu" else (x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)


def _sign_slope(k: Any, g: Any, x: Any, out: Any) -> Any:
    """Of x / |x|: nothing for real numbers; for complex ones what is left at a right angle to the sign."""
    if dtypes.of(x._data if isinstance(x, Variable) else x).is_complex:
        turned = g - (k.real_part(g * k.conj(out)) * out)
        return k.where(k.eq(x, 0), k.no_gradient(g), turned / k.abs(x))
    return k.no_gradient(g)


Op("real_part", lambda k, x: x.real + 0 * x, x=lambda k, g: k.real_part(g), node="SelectBackward0")
abs = unary("abs", lambda k, x: k.xp.abs(x), x=lambda k, g, x: g * k.sgn(x), alias=("absolute",), doc="Absolute value.",
            only=without("abs_cpu", "b"))  # fmt: skip
sgn = unary(
    "sgn", lambda k, x: _sign(k, x), x=_sign_slope, exact_out=True, doc="Sign; of a complex number ``x / |x|``."
)
sign = unary("sign", lambda k, x: _sign(k, x), exact_out=True, x=lambda k, g: k.no_gradient(g), doc="-1, 0 or 1.",
             only=lambda d: "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."
             if d.is_complex else None, refusal=NotImplementedError)  # fmt: skip
_ONLY_BOOLS = "{name} does not support non-boolean outputs."
signbit = unary("signbit", lambda k, x: x < 0 if x.dtype.kind in "iub" else k.xp.signbit(x), inplace=False,
                exact_out=_ONLY_BOOLS, doc="True where the sign bit is set (-0.0 has one too).", refusal=NotImplementedError,
                only=lambda d: "signbit is not implemented for complex tensors." if d.is_complex else None)  # fmt: skip
copysign = binary(
    "copysign", lambda k, x, y: k.xp.copysign(x, y), floats=True, node="CopysignBackward0", number_node="CopysignBackward1",
    x=lambda k, g, x, out: g * k.zero_where(out / x, x), y=lambda k, g: k.no_gradient(g), only=without("copysign_cpu", "c"),
    doc="The size of ``input`` with the sign of ``other``.",
    signature=("Tensor input, Tensor other, *, Tensor out = None", "Tensor input, Number other, *, Tensor out = None"),
)  # fmt: skip
Op("zero_where", lambda k, x, y: choose(k.xp, y != 0, x, k.zeros[x.dtype]),
   x=lambda k, g, y: k.zero_where(g, y))  # fmt: skip


_plain_abs_ = methods["abs_"]


def _abs_(input: Any) -> Any:
    """In-place form of `abs`; a complex number's is real and has no place in it."""
    if input.is_complex():
        raise RuntimeError("In-place abs is not supported for complex tensors.")
    return _plain_abs_(input)


for _name in ("abs_", "absolute_"):
    methods[_name] = functions[_name] = _abs_


# ------------------------------------------------------------------------------------ rounding
def _rounding(name: str, whole: Any, doc: str, alias: tuple[str, ...] = ()) -> Any:
    """Floor, ceil or trunc: integers stay as they are."""
    refuse = without(f"{name}_vml_cpu", "b")

    def only(d: dtypes.dtype) -> str | None:
        return f"{name} is not supported for complex inputs" if d.is_complex else refuse(d)

    return unary(name, lambda k, x: x.copy() if x.dtype.kind in "iu" else whole(k.xp)(x), x=lambda k, g: k.no_gradient(g),
                 alias=alias, doc=doc,
                 only=only, refusal=NotImplementedError, exact_out=True)  # fmt: skip


floor = _rounding("floor", lambda xp: xp.floor, "Round down.")
ceil = _rounding("ceil", lambda xp: xp.ceil, "Round up.")
trunc = _rounding("trunc", lambda xp: xp.trunc, "Round towards 0.", alias=("fix",))
frac = unary("frac", lambda k, x: x - k.xp.trunc(x), x=lambda k, g: g, only=without("frac_cpu", "bic"), exact_out=True,
             doc="What `trunc` leaves.")  # fmt: skip
_round = Op("round", lambda k, x: x.copy() if x.dtype.kind in "iu" else k.xp.rint(x), x=lambda k, g: k.no_gradient(g))
_round_decimals = Op(
    "round_decimals",
    lambda k, x, decimals: _rounded(k, x, decimals),
    node="RoundBackward1",
    x=lambda k, g: k.no_gradient(g),
)


def _rounded(k: Any, x: Any, decimals: int) -> Any:
    if decimals == 0:
        return k.xp.rint(x)
    ten = k.xp.asarray(10.0 ** (decimals if decimals > 0 else -decimals)).astype(x.dtype)
    return k.xp.rint(x * ten) / ten if decimals > 0 else k.xp.rint(x / ten) * ten


@public(
    "function method",
    inplace=True,
    out=True,
    exact_out=True,
    signature=("Tensor input, *, Tensor out = None", "Tensor input, *, int decimals, Tensor out = None"),
)
def round(input: Any, *, decimals: int | None = None) -> Any:
    """The nearest integer (halves to the even one), or with ``decimals`` the nearest multiple of ``10 ** -decimals``.

    >>> import tinygrad_edu as tg
    >>> tg.round(tg.tensor([0.5, 1.5, 2.3]))
    tensor([0., 2., 2.])
    """
    d = dtypes.of(input._data)
    if d is dtypes.bool_ or d.is_complex or (decimals and not d.is_floating_point):
        raise not_implemented("round_vml_cpu" if decimals is None else "round_cpu", input)
    return arranged_like(_round.call1(input) if decimals is None else _round_decimals(input, decimals), input)


@public("special", name="round", out=True, exact_out=True)
def special_round(input: Any, *, decimals: int = 0) -> Any:
    """`round` to ``decimals`` places."""
    if not input.is_floating_point():
        raise NotImplementedError(f"\"round_vml_cpu\" not implemented for '{input.dtype.short}'")
    return round(input, decimals=decimals)


# ------------------------------------------------------------------------------------ not a number
def _nan_to_num(k: Any, x: Any, nan: float, posinf: float, neginf: float) -> Any:
    if x.dtype.kind in "iub":
        return x.copy()
    if x.dtype.kind == "c":
        return _nan_to_num(k, x.real, nan, posinf, neginf) + 1j * _nan_to_num(k, x.imag, nan, posinf, neginf)
    xp = k.xp
    value = xp.where(x != x, xp.asarray(nan, x.dtype), x)
    value = xp.where(x == math.inf, xp.asarray(posinf, x.dtype), value)
    return xp.where(x == -math.inf, xp.asarray(neginf, x.dtype), value)


_nan_to_num_op = Op("nan_to_num", _nan_to_num, x=lambda k, g, x: g * k.isfinite(x))


@public(
    "function method",
    inplace=True,
    out=True,
    exact_out="nan_to_num: dtype of out: {want} should be same as input: {have}",
    signature="Tensor input, float nan = None, float posinf = None, float neginf = None, *, Tensor out = None",
)
def nan_to_num(input: Any, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Numbers in place of NaN (0 unless given) and of the infinities (the dtype's largest and smallest number unless given).

    >>> import tinygrad_edu as tg
    >>> tg.nan_to_num(tg.tensor([tg.nan, 1.]), nan=5.)
    tensor([5., 1.])
    """
    d = dtypes.of(input._data).to_real()
    largest = dtypes.largest(d) if d.is_floating_point else 0.0
    for name, value in (("nan", nan), ("posinf", posinf), ("neginf", neginf)):
        if not (value is None or isinstance(value, (int, float))):
            raise TypeError(f"nan_to_num(): {name} must be a number, not {type(value).__name__}")
    result = _nan_to_num_op(input, 0.0 if nan is None else nan, largest if posinf is None else posinf,
                            -largest if neginf is None else neginf)  # fmt: skip
    return arranged_like(result, input)


@public("function method", signature="Tensor input")
def isreal(input: Any) -> Any:
    """True where the imaginary part is 0 (everywhere, for real dtypes)."""
    return arranged_like(Op.table["isreal"](input), input)


Op("isreal", lambda k, x: x.imag == 0 if x.dtype.kind == "c" else (x == x) | True)
_angle = Op("angle", lambda k, x: k.xp.arctan2(x.imag, x.real) if x.dtype.kind == "c"
            else k.xp.where(x != x, x, k.xp.where(x < 0, _PI, 0.0)).astype(x.dtype),
            x=lambda k, g, x: _angle_slope(k, g, x))  # fmt: skip


def _angle_slope(k: Any, g: Any, x: Any) -> Any:
    """d angle / dx: i x / |x|² for a complex number."""
    if dtypes.of(x._data if isinstance(x, Variable) else x).is_complex:
        return k.where(k.eq(x, 0), 0 * x, g * (1j * x / k.conj(x) / x))
    return k.no_gradient(g)


@public("function method", out=True, signature="Tensor input, *, Tensor out = None")
def angle(input: Any) -> Any:
    """The angle of a complex number (π for negative real ones)."""
    if input._data.dtype.kind in "iub":
        input = cast(input, dtypes.get_default_dtype())
    return _angle(input) if input.is_complex() else arranged_like(_angle(input), input)
