"""torch.utils' names: `data`, `checkpoint`, `tensorboard`, `benchmark`."""

from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

_ROOMS = {"benchmark", "checkpoint", "data", "download", "hooks", "tensorboard"}


def __getattr__(name: str) -> _Any:
    if name in _ROOMS:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
