"""Arithmetic: one number in, one number out, for every element (shapes broadcast).

Each line is a whole operation: its forward on raw arrays and, beside it, the derivative for each input.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.second import as_one
from ..autograd.variable import Variable
from ..backend import kernels_of
from ._check import check_same_dtype_as, check_tensor
from ._define import (
    WITH_NUMBER,
    binary,
    broadcast_error,
    check_broadcast,
    is_number,
    no_derivative,
    prepare,
    result_type,
    unary,
    without,
)
from ._layout import arranged, arranged_like, copied, laid_out
from .creation import no_room
from .registry import public

# ------------------------------------------------------------------------------------ helpers without a gradient
Op(
    "to_copy",
    lambda k, x, dtype, memory_format=None: _converted(x, dtype.np, memory_format),
    x=lambda k, g, x_dtype: k.cast_back(g, x_dtype),
)
Op("cast_back", lambda k, g, np_type: dtypes.converted(g.real if g.dtype.kind == "c" and np_type.kind != "c" else g, np_type),
   g=lambda k, gg, g_dtype: k.cast_back(gg, g_dtype))  # fmt: skip
Op("to_device", lambda k, x, target, index, source: _carry(x, target, index, source), node="ToCopyBackward0",
   x=lambda k, g, target, source: k.to_device(g, source, None, target))  # fmt: skip
Op("replaced", lambda k, x, value: k.xp.zeros_like(x) + value, x=lambda k, g: g * 0, node="ZeroBackward0")


def _converted(x: Any, np_type: Any, memory_format: Any) -> Any:
    if x.dtype.kind == "c" and np_type.kind not in "cb":
        x = x.real  # NumPy would warn of it, in its own words
    if memory_format is not None:
        return copied(x if x.dtype == np_type else dtypes.converted(x, np_type), memory_format)
    made = dtypes.converted(x, np_type)
    return made if x.flags.c_contiguous else arranged(made, [x.strides])


def _carry(x: Any, target: Any, index: int | None, source: Any) -> Any:
    host = source.to_host(x)
    return host if target.device_type == "cpu" else target.from_host(host, index)


def moved(x: Any, target: Any, index: int | None) -> Any:
    """``x`` on the device whose kernels are ``target``, differentiably."""
    return Op.table["to_device"](x, target, index, kernels_of(x._data))


# ------------------------------------------------------------------------------------ arithmetic
_no_bool_minus = "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
_no_bool_minus_2 = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)


def _scaled(other: Any, alpha: Any, like: Any) -> Any:
    """``alpha * other`` for add and sub, with torch's checks."""
    common = result_type(like, other)
    if isinstance(alpha, bool) and common is not dtypes.bool_:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, (float, complex)) and not (common.is_floating_point or common.is_complex):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and not common.is_complex:
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    return other & bool(alpha) if common is dtypes.bool_ else other * alpha


def _is_one(alpha: Any) -> bool:
    """Whether alpha is the int 1, which needs no checks and changes nothing."""
    return type(alpha) is int and alpha == 1


plus = binary("add", lambda k, x, y: x + y, x=lambda k, g: g, y=lambda k, g: g, where="", inplace=False,
              doc="``input + other`` without options: what the ``+`` operator calls.")  # fmt: skip
minus = binary("sub", lambda k, x, y: x - y, x=lambda k, g: g, y=lambda k, g: -g, where="", inplace=False,
               doc="``input - other`` without options: what the ``-`` operator calls.")  # fmt: skip
Op("add_scaled", lambda k, x, y, alpha: x + y * alpha, node="AddBackward0", holomorphic=True,
   x=lambda k, g: g, y=lambda k, g, alpha: g * alpha)  # fmt: skip
Op("sub_scaled", lambda k, x, y, alpha: x - y * alpha, node="SubBackward0", holomorphic=True,
   x=lambda k, g: g, y=lambda k, g, alpha: -g * alpha)  # fmt: skip


def _with_alpha(name: str, plain: Any, input: Any, other: Any, alpha: Any) -> Any:
    """``input ± alpha * other`` in one step of the graph, as torch has it; in half precision rounded after each step."""
    scaled = _scaled(other.detach(), alpha, input)  # the checks, and the dtype
    x, y = prepare(name, (input, other), floats=False)
    if scaled._data.dtype.itemsize == 2 or scaled._data.dtype.kind not in "fc" or not isinstance(x, Variable):
        return plain(input, _scaled(other, alpha, input))
    try:
        result = Op.table[f"{name}_scaled"](x, y, alpha)
    except ValueError:
        raise broadcast_error(x, y) from None
    return arranged_like(result, x, y)


_ADD = "Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None"


@public("function method", inplace=True, signature=_ADD)
def add(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Any:
    """``input + alpha * other``, broadcasting.

    >>> import tinygrad_edu as tg
    >>> tg.add(tg.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    if (plain := _is_one(alpha)) or not isinstance(other, Variable) or out is not None:
        return plus(input, other if plain else _scaled(other, alpha, input), out=out)
    return _with_alpha("add", plus, input, other, alpha)


@public("function method", alias=("subtract",), inplace=True, signature=_ADD)
def sub(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Any:
    """``input - alpha * other``, broadcasting. RuntimeError for bool tensors."""
    if isinstance(input, Variable) and (input._data.dtype.kind == "b" or _is_bool(other)):
        if input._data.dtype.kind == "b" and _is_bool(other):
            raise RuntimeError(_no_bool_minus)
        raise RuntimeError(_no_bool_minus_2)
    if (plain := _is_one(alpha)) or not isinstance(other, Variable) or out is not None:
        return minus(input, other if plain else _scaled(other, alpha, input), out=out)
    return _with_alpha("sub", minus, input, other, alpha)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, Variable) and value._data.dtype.kind == "b")


mul = binary(
    "mul",
    lambda k, x, y: x * y,
    holomorphic=True,
    x=lambda k, g, y: g * y,
    y=lambda k, g, x: g * x,
    alias=("multiply",),
    exact_numbers=True,
    doc="""``input * other``, element by element.

    >>> import tinygrad_edu as tg
    >>> tg.mul(tg.tensor([1., 2.]), tg.tensor([3., 4.]))
    tensor([3., 8.])
    """,
)

true_div = binary(
    "div",
    lambda k, x, y: x / y,
    holomorphic=True,
    x=lambda k, g, y: g / y,
    y=lambda k, g, x, y: -g * (x / y / y),
    floats=True,
    where="",
    inplace=False,
    exact_numbers=True,
    doc="``input / other`` in floating point: what the ``/`` operator calls.",
)


class _Conj(Op):
    """Complex conjugate; of a real number the number itself, with no node in the graph."""

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Variable):
            return super().__call__(x) if x._data.dtype.kind == "c" else x
        return x.conjugate()  # a Python number


_Conj(
    "conj",
    lambda k, x: x.conjugate() if type(x) is complex or (hasattr(x, "dtype") and x.dtype.kind == "c") else x,
    x=lambda k, g: k.conj(g),
    node="ConjBackward0",
)


@public("function method", alias=("divide",), inplace=True, signature=(
    "Tensor input, Tensor other, *, Tensor out = None", "Tensor input, Tensor other, *, str rounding_mode, Tensor out = None",
    "Tensor input, Number other, *, str rounding_mode"))  # fmt: skip
def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> Any:
    """``input / other``; ``rounding_mode`` "trunc" or "floor" rounds the quotient.

    >>> import tinygrad_edu as tg
    >>> tg.div(tg.tensor([7, -7]), 2), tg.div(tg.tensor([7, -7]), 2, rounding_mode="floor")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -4]))
    """
    if rounding_mode is None:
        return true_div(input, other, out=out)
    if rounding_mode == "floor":
        return _floored(input, other, out=out)
    if rounding_mode == "trunc":
        return _truncated(input, other, out=out)
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '" + str(rounding_mode) + "'"
    )


@public(
    "function method",
    inplace=True,
    signature=("Tensor input, Tensor other, *, Tensor out = None", "Tensor input, Number other"),
)
def true_divide(input: Any, other: Any, *, out: Any = None) -> Any:
    """``input / other`` in floating point."""
    return true_div(input, other, out=out)


def _unless_zero(k: Any, result: Any, y: Any) -> Any:
    """The result of an integer division; RuntimeError where a divisor is 0 (a GPU does not look)."""
    if result.dtype.kind in "iu" and result.size and k.device_type == "cpu" and not k.xp.all(y):
        raise RuntimeError("ZeroDivisionError")
    return result


def _floor_quotient(k: Any, x: Any, y: Any) -> Any:
    return _unless_zero(k, k.xp.floor_divide(x, y), y)


def _trunc_quotient(k: Any, x: Any, y: Any) -> Any:
    if y.dtype.kind in "iu" if hasattr(y, "dtype") else x.dtype.kind in "iu":
        q = _unless_zero(k, x // y, y)
        return q + ((q < 0) & (q * y != x))
    return k.xp.trunc(x / y)


_NONE = no_derivative("floor_divide")
floor_divide = binary("floor_divide", _floor_quotient, x=_NONE, y=_NONE, node="NotImplemented", signature=WITH_NUMBER,
                      doc="``floor(input / other)``.", only=without("div_floor_cpu", "bc"))  # fmt: skip
_floored = binary("div_floor", _floor_quotient, x=lambda k, g: k.no_gradient(g), y=lambda k, g: k.no_gradient(g),
                  node="DivBackward2", where="",
                  inplace=False, doc="``floor(input / other)``.", only=without("div_floor_cpu", "bc"))  # fmt: skip
_truncated = binary("div_trunc", _trunc_quotient, x=lambda k, g: k.no_gradient(g), y=lambda k, g: k.no_gradient(g), node="DivBackward2",
                    where="",
                    inplace=False, doc="``trunc(input / other)``.", only=without("div_trunc_cpu", "bc"))  # fmt: skip

neg = unary(
    "neg", lambda k, x: -x, x=lambda k, g: -g, alias=("negative",), doc="``-input``.", exact_out=True,
    only=lambda d: "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
    "the `~` or `logical_not()` operator instead." if d is dtypes.bool_ else None,
)  # fmt: skip


@public("function method", signature="Tensor input")
def positive(input: Any) -> Any:
    """``+input``: the tensor itself. RuntimeError for bools."""
    if input._data.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def reversed_div(input: Any, other: Any) -> Any:
    """``other / input``: torch computes it as ``other * (1 / input)``."""
    from .power import reciprocal

    return mul(reciprocal(input), other)


_rsub_number = Op("rsub_number", lambda k, x, y: y - x, node="RsubBackward1", x=lambda k, g: -g, y=lambda k, g: g)
_rsub = Op("rsub", lambda k, x, y: y - x, x=lambda k, g: -g, y=lambda k, g: g)


@public(
    "function",
    signature=("Tensor input, Tensor other, *, Number alpha = 1", "Tensor input, Number other, Number alpha = 1"),
)
def rsub(input: Any, other: Any, alpha: Any = 1) -> Any:
    """``other - alpha * input``: what ``number - tensor`` calls."""
    if input._data.dtype.kind == "b" or _is_bool(other):
        raise RuntimeError(_no_bool_minus if input._data.dtype.kind == "b" and _is_bool(other) else _no_bool_minus_2)
    if not _is_one(alpha) and isinstance(other, Variable):
        return as_one("RsubBackward0", lambda x, y: rsub(_scaled(x, alpha, x), y), input, other)
    run = _rsub if isinstance(other, Variable) else _rsub_number
    check_broadcast(other, input)
    input, other = prepare("rsub", (input if _is_one(alpha) else _scaled(input, alpha, input), other), floats=False)
    if type(other) is float and input._data.dtype.itemsize == 2:
        other = kernels_of(input._data).xp.asarray(other, input._data.dtype)
    return run(input, other)


# ------------------------------------------------------------------------------------ what division leaves
def _remainder(k: Any, x: Any, y: Any) -> Any:
    r = _unless_zero(k, k.xp.remainder(x, y), y)
    return k.xp.where(r == 0, k.xp.copysign(r, x), r) if r.dtype.kind in "fV" else r  # a zero has the sign of x


def _fmod(k: Any, x: Any, y: Any) -> Any:
    return _unless_zero(k, k.xp.fmod(x, y), y)


remainder = binary(
    "remainder", _remainder, x=lambda k, g: g, y=lambda k, g, x, y: -g * k.div_floor(x, y), node="RemainderBackward1",
    number_node="RemainderBackward0", doc="Python's ``%``: the result has the sign of the divisor.",
    only=without("remainder_cpu", "bc"),
    signature=("Tensor input, Tensor other, *, Tensor out = None", "Number self, Tensor other",
               "Tensor input, Number other, *, Tensor out = None"),
)  # fmt: skip
fmod = binary(
    "fmod", _fmod, x=lambda k, g: g, y=lambda k, g, x, y: -g * k.div_trunc(x, y), node="FmodBackward1",
    number_node="FmodBackward0",
    doc="C's ``fmod``: the result has the sign of ``input``.", signature=WITH_NUMBER, only=without("fmod_cpu", "bc"),
)  # fmt: skip


# ------------------------------------------------------------------------------------ several at once
def _broadcast(run: Any, *operands: Any) -> Any:
    """Run an operation on three tensors: torch's error where they do not broadcast, and its memory order."""
    try:
        result = run()
    except ValueError:
        a, b, *rest = operands
        try:
            both = Op.table["add"](a, b)
        except ValueError:
            raise broadcast_error(a, b) from None
        raise broadcast_error(both, rest[0]) from None
    if result._data.ndim > 1:
        laid_out(result, *operands)
    return result


def _wide(x: Any) -> Any:
    """Half precision is computed in float32."""
    return x.astype("float32") if x.dtype.itemsize == 2 and x.dtype.kind in "fV" else x


def _lerp(k: Any, x: Any, end: Any, weight: Any) -> Any:
    a, b = _wide(x), _wide(end)
    if not hasattr(weight, "dtype"):
        w = a.dtype.type(weight)  # 1 - w is rounded as the tensors are
        value = a + w * (b - a) if abs_of(w) < 0.5 else b - (b - a) * (1 - w)
    else:
        w = _wide(weight)
        value = k.xp.where(k.xp.abs(w) < 0.5, a + w * (b - a), b - (b - a) * (1 - w))
    return value.astype(x.dtype)


def abs_of(w: Any) -> Any:
    return abs(w)


Op("lerp_number", _lerp, node="LerpBackward0", x=lambda k, g, weight: g * k.conj(1 - weight),
   end=lambda k, g, weight: g * k.conj(weight))  # fmt: skip
Op("lerp", _lerp, node="LerpBackward1", x=lambda k, g, weight: g * k.conj(1 - weight),
   end=lambda k, g, weight: g * k.conj(weight),
   weight=lambda k, g, x, end: g * k.conj(end - x))  # fmt: skip


@public(
    "function method",
    inplace=True,
    out=True,
    signature=(
        "Tensor input, Tensor end, Tensor weight, *, Tensor out = None",
        "Tensor input, Tensor end, Number weight, *, Tensor out = None",
    ),
)
def lerp(input: Any, end: Any, weight: Any) -> Any:
    """``input + weight * (end - input)``: from one (weight 0) to the other (weight 1).

    >>> import tinygrad_edu as tg
    >>> tg.lerp(tg.tensor([0., 10.]), tg.tensor([10., 20.]), 0.25)
    tensor([ 2.5000, 12.5000])
    """
    check_same_dtype_as(input, "end", end)
    if isinstance(weight, Variable):
        check_same_dtype_as(input, "weight", weight)
    elif not is_number(weight):
        raise TypeError
    if input._data.dtype.kind in "iub":
        kernel = "lerp_kernel_tensor" if isinstance(weight, Variable) else "lerp_kernel_scalar"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.short}'")
    if isinstance(weight, Variable):
        return _broadcast(lambda: Op.table["lerp"](input, end, weight), input, end, weight)
    weight = _real_for(weight, input.dtype)
    return _broadcast(lambda: Op.table["lerp_number"](input, end, weight), input, end)


def _real_for(value: Any, dtype: dtypes.dtype) -> Any:
    """The number; RuntimeError for a complex one that a real dtype has no room for."""
    if isinstance(value, complex) and not dtype.is_complex:
        if value.imag:
            raise no_room(dtypes.float32 if dtype in (dtypes.float16, dtypes.bfloat16) else dtype)
        return value.real
    return value


def _addcmul(k: Any, x: Any, a: Any, b: Any, value: Any) -> Any:
    first = _wide(a) if value == 1 else value * _wide(a)
    return (_wide(x) + first * _wide(b)).astype(x.dtype)


def _addcdiv(k: Any, x: Any, a: Any, b: Any, value: Any) -> Any:
    return (_wide(x) + (_wide(a) if value == 1 else value * _wide(a)) / _wide(b)).astype(x.dtype)


Op(
    "addcmul",
    _addcmul,
    x=lambda k, g: g,
    a=lambda k, g, b, value: g * k.conj(b * value),
    b=lambda k, g, a, value: g * k.conj(a * value),
)
Op("addcdiv", _addcdiv, x=lambda k, g: g, a=lambda k, g, b, value: g * k.conj(value / b),
   b=lambda k, g, a, b, value: -g * k.conj(value * a / (b * b)))  # fmt: skip
_ADDC = "Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None"


@public("function method", inplace=True, out=True, signature=_ADDC)
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """``input + value * tensor1 * tensor2``, broadcasting."""
    common = result_type(input, tensor1, tensor2)
    if common is dtypes.bool_:
        raise NotImplementedError("\"addcmul_cpu_out\" not implemented for 'Bool'")
    value = _real_for(value, common)
    if isinstance(value, float) and not (common.is_floating_point or common.is_complex):
        value = int(value)
    operands = prepare("addcmul", (input, tensor1, tensor2), floats=False)
    return _broadcast(lambda: Op.table["addcmul"](*operands, value), *operands)


@public("function method", inplace=True, out=True, signature=_ADDC)
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """``input + value * tensor1 / tensor2``, broadcasting. RuntimeError for two integer tensors to divide."""
    if tensor1._data.dtype.kind in "iub" and tensor2._data.dtype.kind in "iub":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true "
            "division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * "
            "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for "
            "float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), "
            "for all dtypes."
        )
    operands = prepare("addcdiv", (input, tensor1, tensor2), floats=False)
    value = _real_for(value, result_type(*operands))
    return _broadcast(lambda: Op.table["addcdiv"](*operands, value), *operands)


# ------------------------------------------------------------------------------------ complex numbers
@public("function method")
def conj(input: Any) -> Any:
    """The complex conjugate; of a real tensor the tensor itself."""
    check_tensor("conj", "input", 1, input)
    return Op.table["conj"](input)


@public("function method", inplace=True, out=True)
def conj_physical(input: Any) -> Any:
    """The complex conjugate, as new numbers (ours is never a lazy view)."""
    check_tensor("conj_physical", "input", 1, input)
    return Op.table["conj"](input)


@public("function method", alias=("resolve_neg",))
def resolve_conj(input: Any) -> Any:
    """The tensor itself: conjugates are computed at once here."""
    return input
