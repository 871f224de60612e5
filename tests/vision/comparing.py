"""What a set of ours and torchvision's give, in a form that can be compared."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from PIL import Image
from torchvision_ops import torchvision

import tinygrad_edu as tg

THEIRS = torchvision.datasets


def plain(x: Any) -> Any:
    """A value of either side in a form that can be compared."""
    if isinstance(x, Image.Image):
        return "picture", x.mode, x.size, x.tobytes()
    if isinstance(x, (torch.Tensor, tg.Tensor)):
        return "tensor", str(x.dtype).rpartition(".")[2], tuple(x.shape), x.tolist()
    if isinstance(x, np.ndarray):
        return "array", x.dtype.str, x.shape, x.tolist()
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return (tuple if isinstance(x, tuple) else list)(plain(value) for value in x)
    return type(x).__name__, str(x)


def made(kind: Any, **arguments: Any) -> Any:
    """The set, or the error in place of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision leaves files open
        try:
            return kind(**arguments)
        except Exception as error:
            return error


def told(error: Exception) -> tuple[str, str]:
    kind = RuntimeError if isinstance(error, RuntimeError) else type(error)
    return kind.__name__, str(error)


def item(data: Any, index: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return plain(data[index])
        except Exception as error:
            return told(error)
