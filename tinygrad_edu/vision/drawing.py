"""Boxes, masks and key points drawn on pictures, and motion as a picture: torchvision.utils' functions."""

from __future__ import annotations

import math
import warnings
from typing import Any

from PIL import ImageColor, ImageDraw, ImageFont

from .. import dtypes
from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from ..ops.data import tensor
from ..typeinfo import finfo
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


def _check_coloured(image: Any) -> None:
    if image.size()[0] != 3:
        raise ValueError("Pass an RGB image. Other Image formats are not supported")


def _picture(image: Any) -> Any:
    """A PIL image of 8-bit numbers."""
    return to_pil_image(convert_image_dtype(image, dtypes.uint8) if image.is_floating_point() else image)


def _drawn(picture: Any, dtype: Any) -> Any:
    """The picture as a tensor of the dtype that it had."""
    drawn = pil_to_tensor(picture)
    return convert_image_dtype(drawn, dtype) if dtype.is_floating_point else drawn


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
    picture = _picture(image)
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
    return _drawn(picture, dtype)


@no_grad()
def draw_segmentation_masks(image: Any, masks: Any, alpha: float = 0.8, colors: Any = None) -> Any:
    """The RGB picture with what each mask covers tinted in its colour; ``alpha`` 1 hides the picture there."""
    _check_image(image, "The image must be a tensor")
    _check_coloured(image)
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


@no_grad()
def draw_keypoints(
    image: Any, keypoints: Any, connectivity: list[tuple[int, int]] | None = None, colors: Any = None, radius: int = 2,
    width: int = 3, visibility: Any = None,
) -> Any:  # fmt: skip
    """The RGB picture with the points of every instance (N, K, 2), and lines between pairs of them, where both can be seen."""
    _check_image(image, "The image must be a tensor")
    _check_coloured(image)
    if keypoints.ndim != 3:
        raise ValueError("keypoints must be of shape (num_instances, K, 2)")
    seen = keypoints.new_ones(keypoints.shape[:-1]) if visibility is None else visibility
    seen = seen.squeeze(-1) if seen.ndim == 3 else seen
    if seen.ndim != 2:
        raise ValueError(f"visibility must be of shape (num_instances, K). Got ndim={seen.ndim}")
    if seen.shape != keypoints.shape[:-1]:
        raise ValueError(
            "keypoints and visibility must have the same dimensionality for num_instances and K. Got "
            f"visibility.shape={seen.shape} and keypoints.shape={keypoints.shape}"
        )
    picture = _picture(image)
    draw = ImageDraw.Draw(picture)
    for points, shown in zip(keypoints.long().tolist(), seen.bool().tolist()):
        for (x, y), visible in zip(points, shown):
            if visible:
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colors, outline=None, width=0)
        for a, b in connectivity or ():
            if shown[a] and shown[b]:
                draw.line([*points[a], *points[b]], width=width)
    return _drawn(picture, image.dtype)


# red, yellow, green, cyan, blue, magenta: how many steps to the next one, and which channel changes on the way
_WHEEL = (
    (15, (255, 0, 0), 1), (6, (255, 255, 0), 0), (4, (0, 255, 0), 2), (11, (0, 255, 255), 1), (13, (0, 0, 255), 0),
    (6, (255, 0, 255), 2),
)  # fmt: skip


def _colour_wheel() -> list[list[int]]:
    """The 55 colours of Baker and others' "Database and Evaluation Methodology for Optical Flow" (2007)."""
    rows = []
    for steps, corner, channel in _WHEEL:
        for i in range(steps):
            colour = list(corner)
            colour[channel] += 255 * i // steps if colour[channel] == 0 else -(255 * i // steps)
            rows.append(colour)
    return rows


@no_grad()
def flow_to_image(flow: Any) -> Any:
    """Motion, (2, H, W) or (N, 2, H, W), as a picture: the direction as a hue, white where nothing moves."""
    if flow.dtype is not dtypes.float32:
        raise ValueError(f"Flow should be of dtype torch.float, got {flow.dtype}.")
    batch = flow[None] if flow.ndim == 3 else flow
    if batch.ndim != 4 or batch.shape[1] != 2:
        raise ValueError(f"Input flow should have shape (2, H, W) or (N, 2, H, W), got {flow.shape}.")
    batch = batch / (batch.pow(2).sum(dim=1).sqrt().max() + finfo(flow.dtype).eps)
    speed = batch.pow(2).sum(dim=1).sqrt()
    wheel = tensor(_colour_wheel(), dtype=flow.dtype, device=flow.device)
    place = ((-batch[:, 1]).atan2(-batch[:, 0]) / math.pi + 1) / 2 * (len(wheel) - 1)
    before = place.floor().long()
    share = (place - before)[..., None]
    hue = (1 - share) * (wheel[before] / 255.0) + share * (wheel[(before + 1) % len(wheel)] / 255.0)
    colour = (255 * (1 - speed[..., None] * (1 - hue))).floor().to(dtypes.uint8).movedim(-1, 1).contiguous()
    return colour[0] if flow.ndim == 3 else colour
