"""Image files as tensors (C, H, W) of bytes, and back: torchvision.io's names, by way of Pillow."""

from __future__ import annotations

import io
import os
from enum import Enum
from pathlib import Path
from typing import Any

import numpy
from PIL import Image, ImageOps, UnidentifiedImageError

from .. import dtypes
from ..autograd.variable import Variable, wrap
from ..io.atomic import atomic_write
from .transforms.functional import pil_to_tensor, to_pil_image

Name = str | os.PathLike[str]


class ImageReadMode(Enum):
    """Which channels an image is read with; UNCHANGED keeps the file's."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4


_PIL_MODES = {
    ImageReadMode.GRAY: "L",
    ImageReadMode.GRAY_ALPHA: "LA",
    ImageReadMode.RGB: "RGB",
    ImageReadMode.RGB_ALPHA: "RGBA",
}


def read_file(path: Name) -> Any:
    """A file's bytes as a uint8 tensor of one dimension."""
    return wrap(numpy.frombuffer(bytearray(Path(path).read_bytes()), numpy.uint8))


def write_file(filename: Name, data: Any) -> None:
    """Write a uint8 tensor of one dimension as a file, whole or not at all."""
    _check_bytes(data, 1)
    with atomic_write(filename) as file:
        file.write(data.numpy(force=True).tobytes())


def decode_image(
    input: Any, mode: ImageReadMode | str = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False
) -> Any:
    """The image in a file, or in a tensor of its bytes (see `read_file`), as uint8 (C, H, W).

    Raises RuntimeError for what is no image.
    """
    if isinstance(mode, str):
        mode = ImageReadMode[mode.upper()]
    if isinstance(input, Variable):
        _check_bytes(input, 1)
        source: Any = io.BytesIO(input._data.tobytes())
    else:
        source = input
    try:
        with Image.open(source) as opened:
            picture = ImageOps.exif_transpose(opened) if apply_exif_orientation else opened.copy()
    except UnidentifiedImageError:
        raise RuntimeError(
            "Unsupported image file. Only jpeg, png, webp and gif, and what else Pillow reads, are currently supported."
        ) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise
    except Exception as error:  # Pillow's decoders fail in many ways on a damaged file
        raise RuntimeError(f"The image cannot be decoded: {error}") from error
    if mode is not ImageReadMode.UNCHANGED:
        picture = picture.convert(_PIL_MODES[mode])
    elif picture.mode in ("P", "1"):
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    return pil_to_tensor(picture)


def decode_png(
    input: Any, mode: ImageReadMode | str = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False
) -> Any:
    """`decode_image`, where it is known what the bytes are."""
    return decode_image(input, mode, apply_exif_orientation)


def decode_jpeg(
    input: Any,
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    device: Any = "cpu",
    apply_exif_orientation: bool = False,
) -> Any:
    """`decode_image`, where it is known what the bytes are; of one tensor of bytes, or of a list of them."""
    if isinstance(input, list):
        return [decode_jpeg(each, mode, device, apply_exif_orientation) for each in input]
    return decode_image(input, mode, apply_exif_orientation).to(device)


def read_image(
    path: Name, mode: ImageReadMode | str = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False
) -> Any:
    """The image in a file as uint8 (C, H, W)."""
    return decode_image(path, mode, apply_exif_orientation)


def _check_bytes(data: Any, dims: int) -> None:
    if not isinstance(data, Variable) or dtypes.of(data._data) is not dtypes.uint8 or data._data.ndim != dims:
        what = f"{dtypes.of(data._data)} of {data._data.ndim} dimensions" if isinstance(data, Variable) else type(data)
        raise RuntimeError(f"expected a uint8 tensor of {dims} dimension{'s' if dims > 1 else ''}, got {what}")


def _encoded(input: Any, **options: Any) -> Any:
    _check_bytes(input, 3)
    buffer = io.BytesIO()
    to_pil_image(input).save(buffer, **options)
    return wrap(numpy.frombuffer(bytearray(buffer.getvalue()), numpy.uint8))


def encode_png(input: Any, compression_level: int = 6) -> Any:
    """A PNG file of an image uint8 (C, H, W), as a tensor of bytes."""
    return _encoded(input, format="PNG", compress_level=compression_level)


def encode_jpeg(input: Any, quality: int = 75) -> Any:
    """A JPEG file of an image uint8 (C, H, W), as a tensor of bytes."""
    return _encoded(input, format="JPEG", quality=quality)


def write_png(input: Any, filename: Name, compression_level: int = 6) -> None:
    """Write an image uint8 (C, H, W) as a PNG file."""
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Any, filename: Name, quality: int = 75) -> None:
    """Write an image uint8 (C, H, W) as a JPEG file."""
    write_file(filename, encode_jpeg(input, quality))
