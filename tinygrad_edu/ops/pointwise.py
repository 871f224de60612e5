"""Arithmetic: one number in, one number out, for every element (shapes broadcast).

Each line is a whole operation: its forward on raw arrays and, beside it, the derivative for each input.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import kernels_of
from ._define import binary, cast, prepare, unary
from .registry import public

# ------------------------------------------------------------------------------------ helpers without a gradient
Op("to_copy", lambda k, x, dtype: x.astype(dtype.np), x=lambda k, g, x_dtype: k.cast_back(g, x_dtype))
Op("cast_back", lambda k, g, np_type: g.real.astype(np_type) if g.dtype.kind == "c" and np_type.kind != "c"
   else g.astype(np_type), g=lambda k, gg, g_dtype: k.cast_back(gg, g_dtype))  # fmt: skip
Op("to_device", lambda k, x, target, index, source: _carry(x, target, index, source), node="ToCopyBackward0",
   x=lambda k, g, target, source: k.to_device(g, source, None, target))  # fmt: skip
Op("replaced", lambda k, x, value: k.xp.zeros_like(x) + value, x=lambda k, g: g * 0, node="ZeroBackward0")


def _carry(x: Any, target: Any, index: int | None, source: Any) -> Any:
    host = source.to_host(x)
    return host if target.device_type == "cpu" else target.from_host(host, index)


def moved(x: Any, target: Any, index: int | None) -> Any:
    """``x`` on the device whose kernels are ``target``, differentiably."""
    return Op.table["to_device"](x, target, index, kernels_of(x._data))


# ------------------------------------------------------------------------------------ arithmetic
_no_bool_minus = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
)


def _scaled(name: str, other: Any, alpha: Any, like: Any) -> Any:
    """``alpha * other`` for add and sub, with torch's check."""
    if isinstance(alpha, float) and not (
        dtypes.of(like._data).is_floating_point
        or (isinstance(other, Variable) and dtypes.of(other._data).is_floating_point)
        or isinstance(other, float)
    ):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return other * alpha


plus = binary("add", lambda k, x, y: x + y, x=lambda k, g: g, y=lambda k, g: g, where="", inplace=False,
              doc="``input + other`` without options: what the ``+`` operator calls.")  # fmt: skip
minus = binary("sub", lambda k, x, y: x - y, x=lambda k, g: g, y=lambda k, g: -g, where="", inplace=False,
               only=None, doc="``input - other`` without options: what the ``-`` operator calls.")  # fmt: skip


@public("function method", inplace=True)
def add(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Any:
    """``input + alpha * other``, broadcasting.

    >>> import tinygrad_edu as tg
    >>> tg.add(tg.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    return plus(input, other if alpha == 1 else _scaled("add", other, alpha, input), out=out)


@public("function method", alias=("subtract",), inplace=True)
def sub(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Any:
    """``input - alpha * other``, broadcasting. RuntimeError for two bool tensors."""
    if isinstance(input, Variable) and input._data.dtype.kind == "b":
        if isinstance(other, bool) or (isinstance(other, Variable) and other._data.dtype.kind == "b"):
            raise RuntimeError(_no_bool_minus)
    return minus(input, other if alpha == 1 else _scaled("sub", other, alpha, input), out=out)


mul = binary(
    "mul",
    lambda k, x, y: x * y,
    x=lambda k, g, y: g * k.conj(y),
    y=lambda k, g, x: g * k.conj(x),
    alias=("multiply",),
    doc="""``input * other``, element by element.

    >>> import tinygrad_edu as tg
    >>> tg.mul(tg.tensor([1., 2.]), tg.tensor([3., 4.]))
    tensor([3., 8.])
    """,
)

true_div = binary(
    "div",
    lambda k, x, y: x / y,
    x=lambda k, g, y: g / k.conj(y),
    y=lambda k, g, x, y: -g * k.conj(x / y / y),
    floats=True,
    where="",
    inplace=False,
    doc="``input / other`` in floating point: what the ``/`` operator calls.",
)


class _Conj(Op):
    """Complex conjugate; of a real number the number itself, with no node in the graph."""

    def __call__(self, x: Any) -> Any:
        return super().__call__(x) if isinstance(x, Variable) and x._data.dtype.kind == "c" else x


_Conj(
    "conj",
    lambda k, x: x.conj() if getattr(x, "dtype", None) is not None and x.dtype.kind == "c" else x,
    x=lambda k, g: k.conj(g),
    node="ConjBackward0",
)


@public("function method", alias=("divide", "true_divide"), inplace=True)
def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> Any:
    """``input / other``; ``rounding_mode`` "trunc" or "floor" rounds the quotient.

    >>> import tinygrad_edu as tg
    >>> tg.div(tg.tensor([7, -7]), 2), tg.div(tg.tensor([7, -7]), 2, rounding_mode="floor")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -4]))
    """
    if rounding_mode is None:
        return true_div(input, other, out=out)
    if rounding_mode == "floor":
        return floor_divide(input, other, out=out)
    if rounding_mode == "trunc":
        return _trunc_divide(input, other, out=out)
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '" + str(rounding_mode) + "'"
    )


def _check_zero(k: Any, x: Any, y: Any) -> None:
    if getattr(x, "dtype", None) is not None and x.dtype.kind in "iu" and not k.xp.all(y):
        raise RuntimeError("ZeroDivisionError")


def _floor_divide(k: Any, x: Any, y: Any) -> Any:
    _check_zero(k, x, y)
    if x.dtype.kind in "iu":
        return x // y
    return k.xp.where(k.xp.isinf(k.xp.divide(x, y)), x / y, k.xp.floor_divide(x, y)).astype(x.dtype)


def _truncated(k: Any, x: Any, y: Any) -> Any:
    _check_zero(k, x, y)
    if x.dtype.kind in "iu":
        q = x // y
        return q + ((q < 0) & (q * y != x))
    return k.xp.trunc(x / y)


floor_divide = binary("floor_divide", _floor_divide, doc="``floor(input / other)``.")
_trunc_divide = binary("trunc_divide", _truncated, doc="``trunc(input / other)``.", where="", inplace=False)

neg = unary(
    "neg", lambda k, x: -x, x=lambda k, g: -g, alias=("negative",), doc="``-input``.",
    only=lambda d: "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
    "the `~` or `logical_not()` operator instead." if d is dtypes.bool_ else None,
)  # fmt: skip


def _reversed_div(input: Any, other: Any) -> Any:
    """``other / input``: torch computes it as ``other * (1 / input)``."""
    from .power import reciprocal

    return mul(reciprocal(input), other)


reversed_div = _reversed_div

_rsub = Op("rsub", lambda k, x, y: y - x, node="RsubBackward1", x=lambda k, g: -g, y=lambda k, g: g)


@public("function")
def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """``other - alpha * input``: what ``number - tensor`` calls."""
    return _rsub(*prepare("rsub", (input if alpha == 1 else input * alpha, other), floats=False))


def _remainder(k: Any, x: Any, y: Any) -> Any:
    _check_zero(k, x, y)
    return k.xp.remainder(x, y)


remainder = binary(
    "remainder", _remainder, x=lambda k, g: g, y=lambda k, g, x, y: -g * k.floor(x / y),
    doc="Python's ``%``: the result has the sign of the divisor.",
)  # fmt: skip
