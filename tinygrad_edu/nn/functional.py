"""The functions that layers are made of: ``nn.functional``. Each is written in ``ops/``, in the file of its family."""

from __future__ import annotations

from typing import Any

from .. import overrides
from ..ops.registry import functional, functions
from . import _reduction as _Reduction  # noqa: F401  torch's name for it

globals().update(functional)
globals().update({name: getattr(overrides, name) for name in (
    "handle_torch_function", "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic",
)})  # fmt: skip
conv_tbc, native_channel_shuffle = functions["conv_tbc"], functions["native_channel_shuffle"]


def __getattr__(name: str) -> Any:
    try:
        return functional[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(functional)
