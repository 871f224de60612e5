"""What several layer files share."""

from __future__ import annotations

import math
from typing import Any

from ..ops.creation import empty, ones, zeros
from . import init
from .parameter import Parameter


def new_parameter(shape: Any, device: Any, dtype: Any) -> Parameter:
    """A parameter whose numbers ``reset_parameters`` sets."""
    return Parameter(empty(shape, device=device, dtype=dtype))


def new_ones(shape: Any, device: Any, dtype: Any) -> Any:
    return ones(shape, device=device, dtype=dtype)


def new_zeros(shape: Any, device: Any, dtype: Any) -> Any:
    return zeros(shape, device=device, dtype=dtype)


def reset_weight_and_bias(weight: Any, bias: Any) -> None:
    """How linear and convolutional layers begin: both uniform within ±1 / √fan_in."""
    init.kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        fan_in, _ = init._calculate_fan_in_and_fan_out(weight)
        if fan_in != 0:
            bound = 1 / math.sqrt(fan_in)
            init.uniform_(bias, -bound, bound)


def per_dim(value: Any, n: int) -> tuple[Any, ...]:
    """A number, or one for each dimension, as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n
