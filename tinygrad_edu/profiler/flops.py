"""How many floating-point operations a call is, where that is easily said: products, convolutions, sums."""

from __future__ import annotations

import math
from typing import Any

_PRODUCTS = {"aten::mm": 0, "aten::bmm": 0, "aten::addmm": 1, "aten::baddbmm": 1}  # place of the left factor
_EACH = {"aten::add", "aten::mul"}  # one for each element of the result


def flops_of(name: str, args: tuple[Any, ...], result: Any) -> int:
    """2 M K N of a matrix product, 2 · (size of the result) · C KH KW of a convolution, N of a sum or product; else 0."""
    if not hasattr(result, "shape"):
        return 0
    size = math.prod(result.shape)
    tensors = [a for a in args if hasattr(a, "shape")]
    if name in _PRODUCTS and len(tensors) > _PRODUCTS[name]:
        return 2 * size * int(tensors[_PRODUCTS[name]].shape[-1])
    if name == "aten::conv2d" and len(tensors) > 1:
        return 2 * size * math.prod(tensors[1].shape[1:])
    return size if name in _EACH else 0
