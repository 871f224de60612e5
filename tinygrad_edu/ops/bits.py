"""Integers as bits, and what they have in common."""

from __future__ import annotations

from typing import Any

from ._define import binary, unary, without

_SIGNATURE = ("Tensor input, Tensor other, *, Tensor out = None", "Number self, Tensor other",
              "Tensor input, Number other, *, Tensor out = None")  # fmt: skip


def _bitwise(name: str, forward: Any, doc: str) -> Any:
    return binary(name, forward, only=without(f"{name}_cpu", "fc"), doc=doc, signature=_SIGNATURE)


bitwise_and = _bitwise("bitwise_and", lambda k, x, y: x & y, "Bits set in both.")
bitwise_or = _bitwise("bitwise_or", lambda k, x, y: x | y, "Bits set in either.")
bitwise_xor = _bitwise("bitwise_xor", lambda k, x, y: x ^ y, "Bits set in just one.")
bitwise_not = unary(
    "bitwise_not", lambda k, x: ~x, only=without("bitwise_not_cpu", "fc"), doc="Every bit flipped.", exact_out=True
)
bitwise_left_shift = binary("bitwise_left_shift", lambda k, x, y: x << y, only=without("lshift_cpu", "bfc"), signature=_SIGNATURE,
                            doc="``input * 2 ** other``.")  # fmt: skip
bitwise_right_shift = binary("bitwise_right_shift", lambda k, x, y: x >> y, only=without("rshift_cpu", "bfc"),
                             signature=_SIGNATURE,
                             doc="``input // 2 ** other``.")  # fmt: skip
gcd = binary(
    "gcd",
    lambda k, x, y: k.xp.gcd(x, y),
    only=without("gcd_cpu", "bfc"),
    numbers=False,
    doc="The greatest common divisor.",
)
lcm = binary(
    "lcm",
    lambda k, x, y: k.xp.lcm(x, y),
    only=without("lcm_cpu", "bfc"),
    numbers=False,
    doc="The least common multiple.",
)
