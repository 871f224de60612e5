"""Layers and what holds them together: torch.nn's names."""

from __future__ import annotations

import importlib as _importlib
import importlib.util as _util

from . import init, parameter, utils
from .container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .lazy import LazyModuleMixin
from .module import Module
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

for _room in (
    "functional", "linear", "conv", "pooling", "normalization", "activation", "dropout", "loss", "sparse", "rnn",
    "transformer", "padding", "flatten", "upsampling", "distance", "attention",
):  # fmt: skip
    if _util.find_spec(f"{__name__}.{_room}") is not None:
        _module = _importlib.import_module(f"{__name__}.{_room}")
        for _name, _value in vars(_module).items():
            if isinstance(_value, type) and issubclass(_value, Module) and _value.__module__ == _module.__name__:
                globals()[_name] = _value
