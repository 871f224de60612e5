"""Pictures of many images and drawings on them: torchvision.utils."""

from __future__ import annotations

import io
import math
import os
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from ..io.atomic import atomic_write
from ..ops.joining import cat, stack
from .drawing import draw_bounding_boxes, draw_keypoints, draw_segmentation_masks, flow_to_image

__all__ = [
    "draw_bounding_boxes", "draw_keypoints", "draw_segmentation_masks", "flow_to_image", "make_grid", "save_image",
]  # fmt: skip


@no_grad()
def make_grid(
    tensor: Any,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Any:
    """One image (C, H, W) of a batch (B, C, H, W) or list of images: ``nrow`` a row, ``padding`` pixels between.

    ``normalize`` shifts the values to 0…1, from ``value_range`` or from their least and greatest (of all images, or of
    each with ``scale_each``). Grey images become three equal channels.

    Raises TypeError for what is neither a tensor nor a list of tensors.
    """
    if isinstance(tensor, list):
        for t in tensor:
            if not isinstance(t, Variable):
                raise TypeError(f"tensor or list of tensors expected, got a list containing {type(t)}")
        tensor = stack(tensor, dim=0)
    elif not isinstance(tensor, Variable):
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
    images: Any = tensor
    if images.dim() == 2:
        images = images.unsqueeze(0)
    if images.dim() == 3:
        images = (cat((images, images, images), 0) if images.size(0) == 1 else images).unsqueeze(0)
    if images.dim() == 4 and images.size(1) == 1:
        images = cat((images, images, images), 1)
    if normalize:
        if value_range is not None and not isinstance(value_range, tuple):
            raise TypeError("value_range has to be a tuple (min, max) if specified. min and max are numbers")
        images = images.clone()
        for part in images if scale_each else [images]:
            low, high = value_range or (float(part.min()), float(part.max()))
            part.clamp_(min=low, max=high)
            part.sub_(low).div_(max(high - low, 1e-5))
    if images.size(0) == 1:
        return images.squeeze(0)
    n, channels = images.size(0), images.size(1)
    across = min(nrow, n)
    down = math.ceil(n / across)
    height, width = images.size(2) + padding, images.size(3) + padding
    grid = images.new_full((channels, height * down + padding, width * across + padding), pad_value)
    for i in range(n):
        y, x = (i // across) * height + padding, (i % across) * width + padding
        grid[:, y : y + height - padding, x : x + width - padding] = images[i]
    return grid


@no_grad()
def save_image(tensor: Any, fp: str | os.PathLike[str] | Any, format: str | None = None, **kwargs: Any) -> None:
    """Write a grid of images (see `make_grid`; values 0…1) to a file, in the format of its name or of ``format``."""
    grid = make_grid(tensor, **kwargs)
    array = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0).numpy(force=True).astype(numpy.uint8)
    image = Image.fromarray(array)
    if not isinstance(fp, (str, os.PathLike)):
        image.save(fp, format=format)
        return
    if format is None:
        suffix = Path(fp).suffix.lower()
        format = Image.registered_extensions().get(suffix)
        if format is None:
            raise ValueError(f"unknown file extension: {suffix}")
    buffer = io.BytesIO()
    image.save(buffer, format=format)
    with atomic_write(fp) as file:
        file.write(buffer.getbuffer())


def _log_api_usage_once(obj: Any) -> None:
    """What torchvision tells its makers of who uses what: here nothing. Copies of its models call it."""
