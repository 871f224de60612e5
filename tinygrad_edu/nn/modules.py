"""torch.nn.modules' names: ``nn.modules.conv._ConvNd``. Every file that torch keeps its layers in is `nn` here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten", "fold",
    "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse",
    "transformer", "upsampling",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    nn = import_module((__package__ or "").rstrip("."))
    if name == "utils":
        return import_module(".tuples", __package__)
    return nn if name in _FILES else getattr(nn, name)
