"""Boxes and masks drawn on pictures: `draw_bounding_boxes`, `draw_segmentation_masks`."""

from __future__ import annotations

import warnings
from typing import Any

from PIL import ImageColor, ImageDraw, ImageFont

from .. import dtypes
from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from ..ops.data import tensor
from .transforms.functional import convert_image_dtype, pil_to_tensor, to_pil_image


def _palette(n: int) -> list[Any]:
    """Colours far from each other: powers of two modulo 255, and primes near them."""
    steps = (2**25 - 1, 2**15 - 1, 2**21 - 1)
    return [tuple((i * step) % 255 for step in steps) for i in range(n)]


def _colours(colors: Any, count: int, dtype: Any = dtypes.uint8) -> list[Any]:
    """A colour for each object: names or triplets, one for all, or None for a palette."""
    if colors is None:
        colors = _palette(count)
    elif isinstance(colors, list):
        if len(colors) < count:
            raise ValueError(
                f"Number of colors must be equal or larger than the number of objects, but got {len(colors)} < {count}."
            )
    elif not isinstance(colors, (tuple, str)):
        raise ValueError(f"colors must be a tuple or a string, or a list thereof, but got {colors}.")
    elif isinstance(colors, tuple) and len(colors) != 3:
        raise ValueError(f"If passed as tuple, colors should be an RGB triplet, but got {colors}.")
    else:
        colors = [colors] * count
    colors = [ImageColor.getrgb(c) if isinstance(c, str) else c for c in colors]
    return [tuple(v / 255 for v in c) for c in colors] if dtype.is_floating_point else colors


def _check_image(image: Any, text: str) -> None:
    if not isinstance(image, Variable):
        raise TypeError(f"{text}, got {type(image)}")
    picture: Any = image
    if picture.dtype is not dtypes.uint8 and not picture.is_floating_point():
        raise ValueError(f"The image dtype must be uint8 or float, got {picture.dtype}")
    if picture.dim() != 3:
        raise ValueError("Pass individual images, not batches")


@no_grad()
def draw_bounding_boxes(
    image: Any, boxes: Any, labels: list[str | None] | None = None, colors: Any = None, fill: bool | None = False, width: int = 1,
    font: str | None = None, font_size: int | None = None, label_colors: Any = None, label_background_colors: Any = None,
    fill_labels: bool = False,
) -> Any:  # fmt: skip
    """The picture (C, H, W) with boxes (N, 4), given by two corners, drawn on it, each with its label."""
    _check_image(image, "Tensor expected")
    if image.size(0) not in (1, 3):
        raise ValueError("Only grayscale and RGB images are supported")
    if bool((boxes[:, 0] > boxes[:, 2]).any()) or bool((boxes[:, 1] > boxes[:, 3]).any()):
        raise ValueError(
            "Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them"
        )
    count = boxes.shape[0]
    if count == 0:
        warnings.warn("boxes doesn't contain any box. No box was drawn", stacklevel=2)
        return image
    if labels is None:
        labels = [None] * count
    elif len(labels) != count:
        raise ValueError(
            f"Number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box."
        )
    lines = _colours(colors, count)
    words = _colours(label_colors or "black", count) if label_colors or fill_labels else lines
    grounds = _colours(label_background_colors, count) if fill_labels and label_background_colors else lines
    if font is None:
        if font_size is not None:
            warnings.warn("Argument 'font_size' will be ignored since 'font' is not set.", stacklevel=2)
        letters: Any = ImageFont.load_default()
    else:
        letters = ImageFont.truetype(font=font, size=font_size or 10)
    dtype = image.dtype
    if image.size(0) == 1:
        image = image.tile((3, 1, 1))
    picture = to_pil_image(convert_image_dtype(image, dtypes.uint8) if dtype.is_floating_point else image)
    draw = ImageDraw.Draw(picture, "RGBA" if fill else None)
    for box, line, label, word, ground in zip(boxes.long().tolist(), lines, labels, words, grounds):
        draw.rectangle(box, width=width, outline=line, fill=(*line, 100) if fill else None)
        if label is None:
            continue
        at = (box[0] + width + 1, box[1] + width + 1)
        if fill_labels:
            left, top, right, bottom = draw.textbbox(at, label, font=letters)
            draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=ground)
        draw.text(at, label, fill=word, font=letters)
    drawn = pil_to_tensor(picture)
    return convert_image_dtype(drawn, dtype) if dtype.is_floating_point else drawn


@no_grad()
def draw_segmentation_masks(image: Any, masks: Any, alpha: float = 0.8, colors: Any = None) -> Any:
    """The RGB picture with what each mask covers tinted in its colour; ``alpha`` 1 hides the picture there."""
    _check_image(image, "The image must be a tensor")
    if image.size()[0] != 3:
        raise ValueError("Pass an RGB image. Other Image formats are not supported")
    if masks.ndim == 2:
        masks = masks[None, :, :]
    if masks.ndim != 3:
        raise ValueError("masks must be of shape (H, W) or (batch_size, H, W)")
    if masks.dtype is not dtypes.bool_:
        raise ValueError(f"The masks must be of dtype bool. Got {masks.dtype}")
    if masks.shape[-2:] != image.shape[-2:]:
        raise ValueError("The image and the masks must have the same height and width")
    if masks.size(0) == 0:
        warnings.warn("masks doesn't contain any mask. No mask was drawn", stacklevel=2)
        return image
    tinted = image.detach().clone()
    for mask, colour in zip(masks, _colours(colors, masks.size(0), image.dtype)):
        tinted[:, mask] = tensor(colour, dtype=image.dtype, device=image.device)[:, None]
    tinted[:, masks.sum(dim=0) > 1] = 0
    return (image * (1 - alpha) + tinted * alpha).to(image.dtype)
