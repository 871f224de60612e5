"""Trigonometry, rounding, signs, clamping, and the activations that are functions of one number."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._define import binary, cast, is_number, prepare, unary
from .registry import public

sin = unary("sin", lambda k, x: k.xp.sin(x), x=lambda k, g, x: g * k.conj(k.cos(x)), floats=True, doc="Sine (radians).")
cos = unary("cos", lambda k, x: k.xp.cos(x), x=lambda k, g, x: -g * k.conj(k.sin(x)), floats=True, doc="Cosine (radians).")
tan = unary("tan", lambda k, x: k.xp.tan(x), x=lambda k, g, out: g * k.conj(1 + out * out), floats=True, doc="Tangent.")
tanh = unary("tanh", lambda k, x: k.xp.tanh(x), x=lambda k, g, out: g * k.conj(1 - out * out), floats=True,
             where="function,method,functional", doc="Hyperbolic tangent.")  # fmt: skip


def _sigmoid(k: Any, x: Any) -> Any:
    return 1 / (1 + k.xp.exp(-x))


sigmoid = unary("sigmoid", _sigmoid, x=lambda k, g, out: g * k.conj((1 - out) * out), floats=True,
                where="function,method,functional,special", alias=("expit",), doc="``1 / (1 + exp(-x))``.")  # fmt: skip


def _relu(k: Any, x: Any) -> Any:
    return k.xp.maximum(x, _zero(k, x.dtype))


_zeros: dict[Any, Any] = {}


def _zero(k: Any, np_type: Any) -> Any:
    """A 0-d zero of the right dtype: NumPy's maximum is four times faster with it than with a Python 0."""
    found = _zeros.get((k.xp, np_type))
    if found is None:
        found = _zeros[(k.xp, np_type)] = k.xp.zeros((), np_type)
    return found


_relu_op = Op("relu", _relu, x=lambda k, g, out: g * k.positive_mask(out))
Op("positive_mask", lambda k, x: x > 0)


@public("function method", inplace=True)
def relu(input: Any) -> Any:
    """``max(0, x)`` for each element.

    >>> import tinygrad_edu as tg
    >>> tg.relu(tg.tensor([-1., 0., 2.]))
    tensor([0., 0., 2.])
    """
    if input._data.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return _relu_op.call1(input)


abs = unary("abs", lambda k, x: k.xp.abs(x), x=lambda k, g, x: g * k.sgn(x), alias=("absolute",), doc="Absolute value.")
sgn = unary("sgn", lambda k, x: k.xp.sign(x), x=lambda k, g: 0 * g, doc="Sign; for complex numbers ``x / |x|``.")
sign = unary("sign", lambda k, x: k.xp.sign(x), x=lambda k, g: 0 * g, doc="-1, 0 or 1.")
floor = unary("floor", lambda k, x: k.xp.floor(x).astype(x.dtype), x=lambda k, g: 0 * g, doc="Round down.")
ceil = unary("ceil", lambda k, x: k.xp.ceil(x).astype(x.dtype), x=lambda k, g: 0 * g, doc="Round up.")
trunc = unary("trunc", lambda k, x: k.xp.trunc(x).astype(x.dtype), x=lambda k, g: 0 * g, alias=("fix",), doc="Round to 0.")

# ------------------------------------------------------------------------------------ choosing between numbers
_tie = "where two are equal, each gets half of the gradient"
maximum = binary(
    "maximum", lambda k, x, y: k.xp.maximum(x, y), inplace=False, doc=f"The larger of two; {_tie}.",
    x=lambda k, g, x, y: g * k.half_where(x, y), y=lambda k, g, x, y: g * k.half_where(y, x),
)  # fmt: skip
minimum = binary(
    "minimum", lambda k, x, y: k.xp.minimum(x, y), inplace=False, doc=f"The smaller of two; {_tie}.",
    x=lambda k, g, x, y: g * k.half_where(y, x), y=lambda k, g, x, y: g * k.half_where(x, y),
)  # fmt: skip
Op("half_where", lambda k, x, y: k.xp.where(x == y, 0.5, x > y).astype(x.dtype))

_where_op = Op(
    "where", lambda k, c, x, y: k.xp.where(c, x, y),
    x=lambda k, g, c: k.where(c, g, 0 * g), y=lambda k, g, c: k.where(c, 0 * g, g),
)  # fmt: skip


@public("function", out=True)
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """``input`` where the condition holds, ``other`` elsewhere. With one argument: the indices of its true elements.

    >>> import tinygrad_edu as tg
    >>> tg.where(tg.tensor([True, False]), tg.tensor([1, 2]), 0)
    tensor([1, 0])
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if not isinstance(condition, Variable):
        raise TypeError(f"where(): argument 'condition' (position 1) must be Tensor, not {type(condition).__name__}")
    if condition._data.dtype.kind != "b":
        raise RuntimeError(f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition._data.dtype}")
    return _where_op(condition, *prepare("where", (input, other), floats=False))
