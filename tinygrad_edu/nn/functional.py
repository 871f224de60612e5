"""The functions that layers are made of: ``nn.functional``. Each is written in ``ops/``, in the file of its family."""

from __future__ import annotations

from typing import Any

from ..ops.registry import functional

globals().update(functional)


def __getattr__(name: str) -> Any:
    try:
        return functional[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(functional)
