"""Cropping, flipping, resizing and padding of one image: a PIL image or a tensor (…, C, H, W)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy
from PIL import Image, ImageOps

from ... import dtypes
from ...nn import functional as F
from .images import (
    PIL_MODES,
    Img,
    InterpolationMode,
    as_batch,
    back_from_batch,
    get_dimensions,
    interpolation_mode,
    is_pil,
    pil_or_tensor,
    working_dtype,
)

PADDING_MODES = ("constant", "edge", "reflect", "symmetric")


def hflip(img: Img) -> Img:
    """Left and right changed."""
    return img.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if pil_or_tensor(img) else img.flip(-1)


def vflip(img: Img) -> Img:
    """Top and bottom changed."""
    return img.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if pil_or_tensor(img) else img.flip(-2)


def crop(img: Img, top: int, left: int, height: int, width: int) -> Img:
    """The part of this size from (top, left) on; 0 where it reaches beyond the image."""
    bottom, right = top + height, left + width
    if pil_or_tensor(img):
        return img.crop((left, top, right, bottom))
    _, h, w = get_dimensions(img)
    inside = img[..., max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if left >= 0 and top >= 0 and right <= w and bottom <= h:
        return inside
    beyond = [max(min(right, 0) - left, 0), max(min(bottom, 0) - top, 0), max(right - max(w, left), 0)]
    return pad(inside, [*beyond, max(bottom - max(h, top), 0)])


def center_crop(img: Img, output_size: int | Sequence[int]) -> Img:
    """The middle part of this size (height, width), the image padded with 0 where it is smaller."""
    height, width = pair(output_size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        x, y = max(width - w, 0), max(height - h, 0)
        img = pad(img, [x // 2, y // 2, (x + 1) // 2, (y + 1) // 2])
        _, h, w = get_dimensions(img)
        if (height, width) == (h, w):
            return img
    return crop(img, round((h - height) / 2), round((w - width) / 2), height, width)


def resized_crop(
    img: Img,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Img:
    """`crop`, then `resize`."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def five_crop(img: Img, size: int | Sequence[int]) -> tuple[Img, ...]:
    """Top left, top right, bottom left, bottom right and middle, each of this size."""
    size = pair(size)
    height, width = size  # type: ignore[misc]
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        raise ValueError(f"Requested crop size {size} is bigger than input size {(h, w)}")
    corners = [(y, x) for y in (0, h - height) for x in (0, w - width)]
    return (*(crop(img, y, x, height, width) for y, x in corners), center_crop(img, size))


def ten_crop(img: Img, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Img, ...]:
    """`five_crop` of the image and of its mirror image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def pair(
    size: int | float | Sequence[int], message: str = "Please provide only two dimensions (h, w) for size."
) -> Any:
    """(h, w) of a number, a sequence of one or of two."""
    if isinstance(size, (int, float)):
        return int(size), int(size)
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(message)
    return size


def resize(
    img: Img,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Img:
    """The image at another size: (height, width), or an int for the shorter edge with the proportions kept.

    ``max_size`` then bounds the longer edge. ``antialias`` is for tensors; PIL always does it.
    """
    mode = interpolation_mode(interpolation)
    if isinstance(size, (list, tuple)):
        if len(size) not in (1, 2):
            raise ValueError(
                f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element tuple/list"
            )
        if max_size is not None and len(size) != 1:
            raise ValueError(
                "max_size should only be passed if size specifies the length of the smaller edge, "
                "i.e. size should be an int or a sequence of length 1 in torchscript mode."
            )
    _, h, w = get_dimensions(img)
    height, width = output_size(h, w, [size] if isinstance(size, int) else size, max_size)
    if (h, w) == (height, width):
        return img
    if is_pil(img):
        if antialias is False:
            warnings.warn(
                "Anti-alias option is always applied for PIL Image input. Argument antialias is ignored.", stacklevel=2
            )
        return img.resize((width, height), PIL_MODES[mode])
    return resize_tensor(img, height, width, mode.value, bool(antialias), working_dtype(img))


def output_size(h: int, w: int, size: Sequence[int], max_size: int | None) -> tuple[int, int]:
    if len(size) == 2:
        return size[0], size[1]
    short, long = min(h, w), max(h, w)
    new_short, new_long = size[0], int(size[0] * long / short)
    if max_size is not None:
        if max_size <= size[0]:
            raise ValueError(
                f"max_size = {max_size} must be strictly greater than the requested "
                f"size for the smaller edge size = {size}"
            )
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if w <= h else (new_short, new_long)


def resize_tensor(img: Any, height: int, width: int, mode: str, antialias: bool, work: dtypes.dtype) -> Any:
    if mode not in ("nearest", "nearest-exact", "bilinear", "bicubic"):
        raise NotImplementedError(
            f"interpolation {mode!r} is for PIL images only; tensors take nearest, bilinear or bicubic"
        )
    smooth = mode.startswith("bi")
    out = F.interpolate(
        as_batch(img, work),
        size=[height, width],
        mode=mode,
        align_corners=False if smooth else None,
        antialias=antialias and smooth,
    )
    if mode == "bicubic" and img.dtype is dtypes.uint8:
        out = out.clamp(0, 255)
    return back_from_batch(out, img)


def borders(padding: int | Sequence[int]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of one number, (horizontal, vertical), or all four."""
    if isinstance(padding, int):
        return padding, padding, padding, padding
    if len(padding) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(padding)} element tuple")
    if len(padding) == 4:
        return padding[0], padding[1], padding[2], padding[3]
    return padding[0], padding[-1], padding[0], padding[-1]


def pad(img: Img, padding: int | Sequence[int], fill: Any = 0, padding_mode: str = "constant") -> Img:
    """The image with a border: one width, (left and right, top and bottom), or (left, top, right, bottom).

    ``padding_mode`` is "constant" (the value ``fill``), "edge", "reflect" (without the edge) or "symmetric" (with it).
    Negative widths cut off.
    """
    pil = pil_or_tensor(img)
    if not isinstance(padding, (int, tuple, list)):
        raise TypeError("Got inappropriate padding arg")
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        raise TypeError("Got inappropriate fill arg")
    if padding_mode not in PADDING_MODES:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    left, top, right, bottom = borders(padding)
    if pil:
        return _pad_pil(img, left, top, right, bottom, fill, padding_mode)
    if padding_mode == "constant":
        if isinstance(fill, (tuple, list)):
            raise TypeError("Got inappropriate fill arg")
        return F.pad(img, [left, right, top, bottom], value=float(fill or 0))
    _, h, w = get_dimensions(img)
    rows, columns = _reflected(h, top, bottom, padding_mode), _reflected(w, left, right, padding_mode)
    return img[..., rows, :][..., columns].contiguous()


def _reflected(n: int, before: int, after: int, mode: str) -> list[int]:
    """Which of n pixels each pixel of a padded line shows."""
    if mode == "reflect" and (before >= n or after >= n):
        raise RuntimeError(
            f"Padding size should be less than the corresponding input dimension, but got {(before, after)} for {n}"
        )
    places = []
    for i in range(-before, n + after):
        if mode == "edge":
            i = min(max(i, 0), n - 1)
        else:
            period = 2 * n - 2 if mode == "reflect" else 2 * n
            i %= period
            i = min(i, period - i) if mode == "reflect" else min(i, period - 1 - i)
        places.append(i)
    return places


def _pad_pil(
    img: Image.Image, left: int, top: int, right: int, bottom: int, fill: Any, padding_mode: str
) -> Image.Image:
    if padding_mode == "constant":
        palette = img.getpalette() if img.mode == "P" else None
        padded = ImageOps.expand(img, (left, top, right, bottom), fill=_pil_fill(img, fill))
        if palette is not None:
            padded.putpalette(palette)
        return padded
    if min(left, top, right, bottom) < 0:
        cut = (-min(left, 0), -min(top, 0), img.width + min(right, 0), img.height + min(bottom, 0))
        img = img.crop(cut)
        left, top, right, bottom = (max(n, 0) for n in (left, top, right, bottom))
    array = numpy.asarray(img)
    border = ((top, bottom), (left, right), (0, 0))[: array.ndim]
    padded = Image.fromarray(numpy.pad(array, border, mode=padding_mode))  # type: ignore[call-overload]
    if img.mode == "P":
        padded.putpalette(img.getpalette() or [])
    return padded


def _pil_fill(img: Image.Image, fill: Any) -> Any:
    bands = len(img.getbands())
    if fill is None:
        fill = 0
    if isinstance(fill, (int, float)):
        fill = (fill,) * bands
    if len(fill) == 1:
        fill = tuple(fill) * bands
    if len(fill) != bands:
        raise ValueError(
            f"The number of elements in 'fill' does not match the number of channels of the image ({len(fill)} != "
            f"{bands})"
        )
    if img.mode != "F":
        fill = tuple(int(x) for x in fill)
    return fill[0] if bands == 1 else tuple(fill)
