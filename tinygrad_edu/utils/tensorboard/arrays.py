"""What users hand to a writer, as NumPy arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...autograd.variable import Variable
from ...dtypes import bfloat16


def to_array(x: Any) -> Any:
    """A NumPy array of a tensor (wherever it lives), an array or a number.

    A number becomes an array of one element. bfloat16, which NumPy lacks, becomes float16.

    Raises:
        NotImplementedError: for anything else.
    """
    if isinstance(x, np.ndarray):
        return x
    if np.isscalar(x):
        return np.array([x])
    if isinstance(x, Variable):
        t: Any = x.detach()  # type: ignore[attr-defined]
        return (t.half() if t.dtype is bfloat16 else t).cpu().numpy()
    raise NotImplementedError(f"Got {type(x)}, but numpy array or torch tensor are expected.")


def grid(images: Any, columns: int = 8) -> Any:
    """Pictures ``(N, C, H, W)``, C = 1 or 3, side by side in one ``(3, H·rows, W·columns)``."""
    if not isinstance(images, np.ndarray):
        raise AssertionError("plugin error, should pass numpy array here")
    if images.shape[1] == 1:
        images = np.repeat(images, 3, axis=1)
    if images.ndim != 4 or images.shape[1] != 3:
        raise AssertionError("Input should be a 4D numpy array with 3 channels")
    n, _, h, w = images.shape
    columns = min(n, columns)
    canvas = np.zeros((3, h * math.ceil(n / columns), w * columns), images.dtype)
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        canvas[:, row * h : (row + 1) * h, column * w : (column + 1) * w] = image
    return canvas


def to_hwc(array: Any, dataformats: str) -> Any:
    """A picture (or a batch of them, as a grid) as ``(H, W, C)``; ``dataformats`` names the dimensions it has."""
    if len(set(dataformats)) != len(dataformats):
        raise AssertionError(
            f"You can not use the same dimension shorthand twice.             input_format: {dataformats}"
        )
    if len(array.shape) != len(dataformats):
        raise AssertionError(
            "size of input tensor and input format are different. "
            f"        tensor shape: {array.shape}, input_format: {dataformats}"
        )
    names = dataformats.upper()
    if len(names) == 4:
        return grid(array.transpose([names.find(name) for name in "NCHW"])).transpose(1, 2, 0)
    if len(names) == 3:
        hwc = array.transpose([names.find(name) for name in "HWC"])
        return np.repeat(hwc, 3, axis=2) if hwc.shape[2] == 1 else hwc
    if len(names) == 2:
        return np.stack([array.transpose([names.find(name) for name in "HW"])] * 3, axis=2)
    raise ValueError(f"dataformats must name 2, 3 or 4 dimensions, such as HW, CHW or NCHW, got {dataformats!r}")


def to_bytes(array: Any) -> Any:
    """Pixels as uint8: whole numbers of 8 bits are taken as they are, everything else as 0…1."""
    scale = 1 if array.dtype == np.uint8 else 255
    return (array.astype(np.float32) * scale).clip(0, 255).astype(np.uint8)
