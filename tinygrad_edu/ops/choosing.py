"""Choosing between numbers: the larger, the smaller, the one inside bounds, the one where a condition holds."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, needs_grad
from ..backend.bits import choose
from ..backend.outside import warn
from ._check import check_tensor
from ._define import (
    binary,
    broadcast_error,
    cast,
    check_broadcast,
    is_number,
    no_derivative,
    prepare,
    result_type,
    without,
)
from ._layout import arranged_like, laid_out
from .creation import fill_value_for
from .registry import public


def _no_complex(name: str) -> Any:
    return lambda d: f"{name} not implemented for complex tensors." if d.is_complex else None


# ------------------------------------------------------------------------------------ the larger, the smaller
# (in this order a tie of 0. and -0. gives the first, as in torch)
_tie = "where two are equal, each gets half of the gradient"
Op("half_where", lambda k, x, y: k.xp.where(x == y, 0.5, ~(x < y)).astype(x.dtype))


def _larger_slope(k: Any, g: Any, x: Any, y: Any) -> Any:
    """All of the gradient unless ``x < y``, half of it where they are equal."""
    share = k.half_where(x, y)
    return k.zero_where(g * share, share)


maximum = binary(
    "maximum", lambda k, x, y: k.xp.maximum(y, x), inplace=False, numbers=False, doc=f"The larger of two (NaN wins); {_tie}.",
    x=lambda k, g, x, y: _larger_slope(k, g, x, y), y=lambda k, g, x, y: _larger_slope(k, g, y, x), only=_no_complex("maximum"),
)  # fmt: skip
minimum = binary(
    "minimum", lambda k, x, y: k.xp.minimum(y, x), inplace=False, numbers=False, doc=f"The smaller of two (NaN wins); {_tie}.",
    x=lambda k, g, x, y: _larger_slope(k, g, y, x), y=lambda k, g, x, y: _larger_slope(k, g, x, y), only=_no_complex("minimum"),
)  # fmt: skip
Op("first_wins", lambda k, x, y, sign: ((x >= y) if sign > 0 else (x <= y)) | (y != y))
fmax = binary(
    "fmax", lambda k, x, y: k.xp.where(k.first_wins(x, y, 1), x, y), inplace=False, numbers=False,
    doc="The larger of two; a number wins over NaN.",
    x=lambda k, g, x, y: k.zero_where(g, k.first_wins(x, y, 1)), y=lambda k, g, x, y: k.zero_where(g, ~k.first_wins(x, y, 1)),
    only=_no_complex("fmax"),
)  # fmt: skip
fmin = binary(
    "fmin", lambda k, x, y: k.xp.where(k.first_wins(x, y, -1), x, y), inplace=False, numbers=False,
    doc="The smaller of two; a number wins over NaN.",
    x=lambda k, g, x, y: k.zero_where(g, k.first_wins(x, y, -1)), y=lambda k, g, x, y: k.zero_where(g, ~k.first_wins(x, y, -1)),
    only=_no_complex("fmin"),
)  # fmt: skip


# ------------------------------------------------------------------------------------ bounds
def _clip(k: Any, x: Any, low: Any, high: Any) -> Any:
    kind = x.dtype
    if low is not None:
        x = k.xp.maximum(k.xp.asarray(low, kind), x)
    return x if high is None else k.xp.minimum(k.xp.asarray(high, kind), x)


def _inside(k: Any, x: Any, low: Any, high: Any) -> Any:
    if low is None or high is None:
        return x <= high if low is None else x >= low
    return (x >= low) & (x <= high)


def _low_decides(k: Any, x: Any, low: Any, high: Any) -> Any:
    return x < low if high is None else (x < low) & (low < high)


def _high_decides(k: Any, x: Any, low: Any, high: Any) -> Any:
    return x > high if low is None else (x > high) | (high < low)


Op("inside", _inside)
Op("low_decides", _low_decides)
Op("high_decides", _high_decides)
_SLOPES: dict[str, Any] = {"x": lambda k, g, x, low, high: k.where(k.inside(x, low, high), g, k.no_gradient(g))}
_TENSOR_SLOPES: dict[str, Any] = _SLOPES | {
    "low": lambda k, g, x, low, high: (
        None if low is None else k.where(k.low_decides(x, low, high), g, k.no_gradient(g))
    ),
    "high": lambda k, g, x, low, high: (
        None if high is None else k.where(k.high_decides(x, low, high), g, k.no_gradient(g))
    ),
}
for _name, _node, _slopes in (
    ("clamp", "ClampBackward1", _SLOPES), ("clamp_tensors", "ClampBackward0", _TENSOR_SLOPES),
    ("clamp_min", "ClampMinBackward0", _SLOPES), ("clamp_min_tensor", "ClampMinBackward1", _TENSOR_SLOPES),
    ("clamp_max", "ClampMaxBackward0", _SLOPES), ("clamp_max_tensor", "ClampMaxBackward1", _TENSOR_SLOPES),
):  # fmt: skip
    _unused = {"clamp_min_tensor": "high", "clamp_max_tensor": "low"}.get(_name)
    Op(_name, _clip, node=_node, **{key: slope for key, slope in _slopes.items() if key != _unused})


_PLAIN = (int, float, type(None))


def _clamped(name: str, input: Any, low: Any, high: Any, suffix: str) -> Any:
    check_tensor(name, "input", 1, input)
    dtype = input._data.dtype
    if dtype.kind == "f" and dtype.itemsize > 2 and type(low) in _PLAIN and type(high) in _PLAIN:  # the usual case
        return Op.table[name](input, low, high)
    bounds = [b for b in (low, high) if b is not None]
    if isinstance(low, Variable) != isinstance(high, Variable) and len(bounds) == 2:
        low, high = (
            b.item() if isinstance(b, Variable) and not (b._data.ndim or needs_grad(b)) else b for b in (low, high)
        )
        if not (is_number(low) and is_number(high)):
            raise TypeError
        return _clamped(name, input, low, high, suffix)  # a 0-d tensor passes for a number
    common = result_type(input, *bounds)
    if common.is_complex:
        if isinstance(bounds[0], Variable) and suffix == "tensor":
            check_broadcast(input, bounds[0])
            raise NotImplementedError(
                f"\"{'maximum' if high is None else 'minimum'}_cpu\" not implemented for '{common.short}'"
            )
        raise NotImplementedError("clamp is not supported for complex types")
    if not bounds or not isinstance(bounds[0], Variable):
        if not all(is_number(b) for b in bounds):
            raise TypeError
        if common is dtypes.bool_:
            raise NotImplementedError(f"\"{name}_scalar_cpu\" not implemented for 'Bool'")
        if input._data.dtype != common.np:
            (input,) = prepare(name, (input, *bounds), floats=False)[:1]
        bounds = [float(b) if common.is_floating_point else fill_value_for(b, common) for b in bounds]
        low, high = (None if low is None else bounds[0]), (None if high is None else bounds[-1])
        return Op.table[name](input, low, high)
    try:
        input, *bounds = prepare(name, (input, *bounds), floats=False)
        low, high = (None if low is None else bounds[0]), (None if high is None else bounds[-1])
        result = Op.table[f"{name}_{suffix}"](input, low, high)
    except ValueError:
        for bound in bounds:
            check_broadcast(input, bound)
        raise broadcast_error(input, bounds[0]) from None
    if result._data.ndim > 1:
        laid_out(result, input, *bounds)
    return result


@public(
    "function method",
    alias=("clip",),
    inplace=True,
    out=True,
    signature=(
        "Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None",
        "Tensor input, Number min = None, Number max = None, *, Tensor out = None",
    ),
)
def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """Numbers below ``min`` become ``min``, those above ``max`` become ``max`` (numbers, or tensors that broadcast).

    >>> import tinygrad_edu as tg
    >>> tg.clamp(tg.tensor([-2., 0.5, 3.]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return _clamped("clamp", input, min, max, "tensors")


@public(
    "function method",
    inplace=True,
    out=True,
    signature=("Tensor input, Tensor min, *, Tensor out = None", "Tensor input, Number min, *, Tensor out = None"),
)
def clamp_min(input: Any, min: Any) -> Any:
    """The larger of ``input`` and ``min``."""
    return _clamped("clamp_min", input, min, None, "tensor")


@public(
    "function method",
    inplace=True,
    out=True,
    signature=("Tensor input, Tensor max, *, Tensor out = None", "Tensor input, Number max, *, Tensor out = None"),
)
def clamp_max(input: Any, max: Any) -> Any:
    """The smaller of ``input`` and ``max``."""
    return _clamped("clamp_max", input, None, max, "tensor")


# ------------------------------------------------------------------------------------ a condition
_where_op = Op(
    "where", lambda k, c, x, y: choose(k.xp, c, x, y),
    x=lambda k, g, c: k.where(c, g, k.no_gradient(g)), y=lambda k, g, c: k.where(c, k.no_gradient(g), g),
)  # fmt: skip
_WHERE = ("Tensor condition", "Tensor condition, Tensor input, Tensor other, *, Tensor out = None",
          "Tensor condition, Number self, Tensor other", "Tensor condition, Tensor input, Number other",
          "Tensor condition, Number self, Number other")  # fmt: skip


@public("function", out=True, signature=_WHERE)
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """``input`` where the condition holds, ``other`` elsewhere. With one argument: the indices of its true elements.

    >>> import tinygrad_edu as tg
    >>> tg.where(tg.tensor([True, False]), tg.tensor([1, 2]), 0)
    tensor([1, 0])
    """
    check_tensor("where", "condition", 1, condition)
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if not all(isinstance(v, Variable) or is_number(v) for v in (input, other)):
        raise TypeError
    kind = condition._data.dtype
    if kind.kind == "u" and kind.itemsize == 1:
        warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of "
            "PyTorch. Use a boolean condition instead."
        )
    elif kind.kind != "b":
        short = condition.dtype.short
        raise RuntimeError(f"where expected condition to be a boolean tensor, but got a tensor with dtype {short}")
    operands = _both(condition, input, other)
    try:
        result = _where_op(condition, *operands)
    except ValueError:
        raise _where_error(condition, *operands) from None
    if result._data.ndim > 1:
        laid_out(result, condition, *operands)
    return result


def _both(condition: Any, input: Any, other: Any) -> list[Any]:
    """The two branches in one dtype; numbers become 0-d tensors."""
    from .conversion import wrap_scalar

    if not isinstance(input, Variable) and not isinstance(other, Variable):
        common = dtypes.promote_types(dtypes.of_scalar(input), dtypes.of_scalar(other))
        return [wrap_scalar(v, condition).to(common) for v in (input, other)]
    common = result_type(input, other)
    return [v if isinstance(v, Variable) and v._data.dtype == common.np else
            cast(v if isinstance(v, Variable) else wrap_scalar(v, condition), common) for v in (input, other)]  # fmt: skip


def _where_error(condition: Any, a: Any, b: Any) -> RuntimeError:
    try:
        both = Op.table["add"](condition, a)
    except ValueError:
        return broadcast_error(condition, a)
    return broadcast_error(both, b)


@public(
    "method",
    name="where",
    signature=("Tensor input, Tensor condition, Tensor other", "Tensor input, Tensor condition, Number other"),
)
def where_method(input: Any, condition: Any, other: Any) -> Any:
    """The tensor where the condition holds, ``other`` elsewhere."""
    return where(condition, input, other)


# ------------------------------------------------------------------------------------ steps
_heaviside = Op("heaviside", lambda k, x, y: k.xp.where(x == 0, y, x > 0).astype(x.dtype), node="NotImplemented",
                x=no_derivative("heaviside"), y=no_derivative("heaviside"))  # fmt: skip


@public(
    "function method",
    inplace=True,
    out=True,
    signature="Tensor input, Tensor values, *, Tensor out = None",
    exact_out="heaviside is not yet implemented for tensors with different dtypes.",
)
def heaviside(input: Any, values: Any) -> Any:
    """0 for negative numbers, 1 for positive ones, ``values`` at 0."""
    check_tensor("heaviside", "values", 2, values)
    a, b = dtypes.of(input._data), dtypes.of(values._data)
    if a.is_complex or b.is_complex:
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    if a is not b:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    try:
        return arranged_like(_heaviside(input, values), input, values)
    except ValueError:
        raise broadcast_error(input, values) from None


nextafter = binary("nextafter", lambda k, x, y: k.xp.nextafter(x, y), numbers=False, only=without("nextafter_cpu", "bic"),
                   x=lambda k, g, x, y: k.where(k.eq(x, y), k.no_gradient(g), g), y=lambda k, g: k.no_gradient(g),
                   doc="The next representable number from ``input`` towards ``other``.")  # fmt: skip
