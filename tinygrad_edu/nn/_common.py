"""What several layer files share."""

from __future__ import annotations

import math
import re
from types import FunctionType
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
        bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0  # zeros are drawn too, as torch does
        init.uniform_(bias, -bound, bound)


def per_dim(value: Any, n: int) -> tuple[Any, ...]:
    """A number, or one for each dimension, as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


# what torch calls the class whose ``__init__`` a family of layers shares
_OWNERS = {
    "_AdaptiveAvgPool": "_AdaptiveAvgPoolNd", "_AdaptiveMaxPool": "_AdaptiveMaxPoolNd", "_Dropout": "_DropoutNd",
    "_LPPool": "_LPPoolNd", "_LazyInstanceNorm": "_LazyNormBase", "_LazyNorm": "_LazyNormBase", "_MaxPool": "_MaxPoolNd",
}  # fmt: skip


def name_init(cls: type, private_owner: str | None = None) -> None:
    """Give a layer that inherits ``__init__`` one under its own name, which Python's errors about arguments show.

    ``Conv2d.__init__() missing 1 required positional argument: 'kernel_size'``, as when the class had written it out.
    """
    _take_over(cls, "__init__", private_owner)


def name_forward(cls: type) -> None:
    """The same for ``forward``: ``MaxPool2d.forward() missing 1 required positional argument: 'input'``."""
    owner = cls.forward.__qualname__.partition(".")[0]  # type: ignore[attr-defined]
    name = re.sub(r"^(?:Zero|(\w+))Pad\dd$", lambda m: f"_{m[1] or 'Constant'}PadNd", cls.__name__)
    if owner == "RNNBase" != name or (owner.startswith("_") and owner not in ("_BatchNorm", "_InstanceNorm")):
        _take_over(cls, "forward", name)


def _take_over(cls: type, method: str, private_owner: str | None) -> None:
    inherited: Any = getattr(cls, method)
    owner = inherited.__qualname__.partition(".")[0]
    if method in vars(cls) or not (owner.startswith("_") or private_owner):
        return
    own = FunctionType(
        inherited.__code__, inherited.__globals__, inherited.__name__, inherited.__defaults__, inherited.__closure__
    )
    own.__kwdefaults__, own.__annotations__ = inherited.__kwdefaults__, inherited.__annotations__
    own.__doc__ = inherited.__doc__
    own.__qualname__ = f"{private_owner or _OWNERS.get(owner, cls.__name__)}.{method}"
    setattr(cls, method, own)
