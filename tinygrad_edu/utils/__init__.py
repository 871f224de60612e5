"""torch.utils' names: `data`, `checkpoint`, `dlpack`, `tensorboard`, `benchmark`, `model_zoo`."""

from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

from ..autograd.variable import exchange

_ROOMS = {
    "_pytree",
    "backcompat",
    "benchmark",
    "checkpoint",
    "data",
    "dlpack",
    "download",
    "flop_counter",
    "hooks",
    "model_zoo",
    "module_tracker",
    "tensorboard",
}


def set_module(obj: _Any, mod: str) -> None:
    """Say that ``obj`` comes from this module."""
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


def swap_tensors(t1: _Any, t2: _Any) -> None:
    """Exchange two tensors: all that either name holds (numbers, gradient, flags) belongs to the other one afterwards.

    >>> import tinygrad_edu as tg
    >>> a, b = tg.zeros(1), tg.ones(2)
    >>> swap_tensors(a, b); a
    tensor([1., 1.])
    """
    t1.__class__, t2.__class__ = t2.__class__, t1.__class__
    exchange(t1, t2)


_DENSE = {"_flatten_dense_tensors", "_take_tensors", "_unflatten_dense_tensors"}


def __getattr__(name: str) -> _Any:
    if name in _DENSE:
        return getattr(_importlib.import_module(f"{__package__}.dense"), name)
    if name in _ROOMS:
        return _importlib.import_module(f"{__package__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
