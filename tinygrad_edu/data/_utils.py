"""torch.utils.data._utils' names: the files that a `DataLoader` is made of."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {"collate": "collate", "fetch": "fetch", "pin_memory": "pin", "worker": "worker"}


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return import_module(f".{_FILES[name]}", __package__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
