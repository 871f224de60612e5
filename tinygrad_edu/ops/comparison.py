"""Comparisons and logic: results are bool tensors and carry no gradient."""

from __future__ import annotations

from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable
from ._define import binary, unary
from .registry import public

eq = binary("eq", lambda k, x, y: x == y, doc="``input == other``.")
ne = binary("ne", lambda k, x, y: x != y, alias=("not_equal",), doc="``input != other``.")
lt = binary("lt", lambda k, x, y: x < y, alias=("less",), doc="``input < other``.")
le = binary("le", lambda k, x, y: x <= y, alias=("less_equal",), doc="``input <= other``.")
gt = binary("gt", lambda k, x, y: x > y, alias=("greater",), doc="``input > other``.")
ge = binary("ge", lambda k, x, y: x >= y, alias=("greater_equal",), doc="``input >= other``.")
logical_and = binary("logical_and", lambda k, x, y: k.xp.logical_and(x, y), doc="True where both are non-zero.")
logical_or = binary("logical_or", lambda k, x, y: k.xp.logical_or(x, y), doc="True where either is non-zero.")
logical_xor = binary("logical_xor", lambda k, x, y: k.xp.logical_xor(x, y), doc="True where just one is non-zero.")
logical_not = unary("logical_not", lambda k, x: k.xp.logical_not(x), doc="True where zero.")
isnan = unary("isnan", lambda k, x: k.xp.isnan(x), inplace=False, doc="True where not a number.")
isinf = unary("isinf", lambda k, x: k.xp.isinf(x), inplace=False, doc="True where infinite.")
isfinite = unary("isfinite", lambda k, x: k.xp.isfinite(x), inplace=False, doc="True where neither infinite nor NaN.")


# ------------------------------------------------------------------------------------ bits
def _bitwise(name: str) -> Any:
    def only(d: Any) -> str | None:
        if d.is_floating_point or d.is_complex:
            return f'"{name}_cpu" not implemented for \'{d.short}\''
        return None

    return only


bitwise_and = binary("bitwise_and", lambda k, x, y: x & y, only=_bitwise("bitwise_and"), doc="Bits set in both.")
bitwise_or = binary("bitwise_or", lambda k, x, y: x | y, only=_bitwise("bitwise_or"), doc="Bits set in either.")
bitwise_xor = binary("bitwise_xor", lambda k, x, y: x ^ y, only=_bitwise("bitwise_xor"), doc="Bits set in just one.")
bitwise_not = unary("bitwise_not", lambda k, x: ~x, only=_bitwise("bitwise_not"), doc="Every bit flipped.")
bitwise_left_shift = binary("bitwise_left_shift", lambda k, x, y: x << y, doc="``input * 2 ** other``.")
bitwise_right_shift = binary("bitwise_right_shift", lambda k, x, y: x >> y, doc="``input // 2 ** other``.")
