"""What the transforms do, as functions of one image: a PIL image or a tensor (…, C, H, W). torchvision's names."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from enum import Enum
from typing import Any, TypeAlias

import numpy
from PIL import Image, ImageOps

from ... import dtypes
from ...autograd.variable import Variable, wrap
from ...nn import functional as F
from ...ops.creation import tensor as make_tensor
from .resizing import nearest, weights

Img: TypeAlias = Any  # a PIL image or a tensor


class InterpolationMode(Enum):
    """How values between pixels are found."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


_PIL_MODES = {
    InterpolationMode.NEAREST: Image.Resampling.NEAREST,
    InterpolationMode.NEAREST_EXACT: Image.Resampling.NEAREST,
    InterpolationMode.BILINEAR: Image.Resampling.BILINEAR,
    InterpolationMode.BICUBIC: Image.Resampling.BICUBIC,
    InterpolationMode.BOX: Image.Resampling.BOX,
    InterpolationMode.HAMMING: Image.Resampling.HAMMING,
    InterpolationMode.LANCZOS: Image.Resampling.LANCZOS,
}
PADDING_MODES = ("constant", "edge", "reflect", "symmetric")


def interpolation_mode(mode: Any) -> InterpolationMode:
    """An `InterpolationMode`, also from Pillow's number for it."""
    if isinstance(mode, InterpolationMode):
        return mode
    if isinstance(mode, int):
        return next(ours for ours, pil in _PIL_MODES.items() if pil == mode)
    raise TypeError("Argument interpolation should be a InterpolationMode or a corresponding Pillow integer constant")


def is_pil(img: Any) -> bool:
    return isinstance(img, Image.Image)


def get_dimensions(img: Img) -> list[int]:
    """[channels, height, width]"""
    if is_pil(img):
        return [len(img.getbands()), img.height, img.width]
    if not isinstance(img, Variable):
        raise TypeError(f"Unexpected type {type(img)}")
    if img._data.ndim < 2:
        raise TypeError("Tensor is not a torch image.")
    return [1 if img._data.ndim == 2 else int(img._data.shape[-3]), *map(int, img._data.shape[-2:])]


# ----------------------------------------------------------------------------- between images and tensors
def to_tensor(pic: Any) -> Any:
    """A float tensor (C, H, W) of a PIL image or an array (H, W) or (H, W, C); bytes 0…255 become 0…1.

    Raises TypeError for anything else, ValueError for an array of other dimensions.
    """
    if isinstance(pic, numpy.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        array = pic.reshape(*pic.shape, 1) if pic.ndim == 2 else pic
    elif is_pil(pic):
        array = _pil_array(pic)
        if pic.mode == "1":
            array = array * 255
    else:
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    if array.shape[2] > 1:  # one channel lies in the right order already
        array = array.transpose(2, 0, 1).copy().transpose(1, 2, 0)
    if array.dtype == numpy.uint8:
        real = dtypes.get_default_dtype().np
        array = numpy.divide(array, real.type(255), dtype=real)
    else:
        dtypes.from_np(array.dtype)  # raises for what no tensor holds
        array = array.copy("K")
    return wrap(array.transpose(2, 0, 1))


def pil_to_tensor(pic: Any) -> Any:
    """A tensor (C, H, W) of a PIL image's numbers as they are."""
    if not is_pil(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    array = numpy.array(pic)
    return wrap(array.reshape(pic.height, pic.width, -1).transpose(2, 0, 1))


def _pil_array(pic: Image.Image) -> numpy.ndarray:
    """(H, W, C), uint8 but for the modes of wider numbers."""
    wide = {"I": numpy.int32, "I;16" if sys.byteorder == "little" else "I;16B": numpy.int16, "F": numpy.float32}
    return numpy.array(pic, wide.get(pic.mode, numpy.uint8)).reshape(pic.height, pic.width, -1)


_CHANNEL_MODES = {2: ("LA",), 3: ("RGB", "YCbCr", "HSV"), 4: ("RGBA", "CMYK", "RGBX")}


def to_pil_image(pic: Any, mode: str | None = None) -> Image.Image:
    """A PIL image of a tensor (C, H, W) or (H, W), or of an array (H, W, C) or (H, W). Floats are taken as 0…1.

    Raises TypeError or ValueError for numbers, dimensions or a ``mode`` that no image has.
    """
    if isinstance(pic, Variable):
        array = pic.numpy(force=True)  # type: ignore[attr-defined]
        array = array.transpose(1, 2, 0) if array.ndim == 3 else array
    elif isinstance(pic, numpy.ndarray):
        array = pic
    else:
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    if array.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {array.ndim} dimensions.")
    array = array[:, :, None] if array.ndim == 2 else array
    channels = array.shape[2]
    if channels > 4:
        raise ValueError(f"pic should not have > 4 channels. Got {channels} channels.")
    if numpy.issubdtype(array.dtype, numpy.floating) and mode != "F":
        array = (array * 255).astype(numpy.uint8)
    if channels == 1:
        array = array[:, :, 0]
        short = "I;16" if sys.byteorder == "little" else "I;16B"
        expected = {"uint8": "L", "int16": short, "int32": "I", "float32": "F"}.get(array.dtype.name)
        if mode is not None and mode != expected:
            raise ValueError(f"Incorrect mode ({mode}) supplied for input type {numpy.dtype}. Should be {expected}")
        mode = expected
    else:
        permitted = _CHANNEL_MODES[channels]
        if mode is not None and mode not in permitted:
            raise ValueError(f"Only modes {list(permitted)} are supported for {channels}D inputs")
        if mode is None and array.dtype == numpy.uint8:
            mode = permitted[0]
    if mode is None:
        raise TypeError(f"Input type {array.dtype} is not supported")
    return Image.frombytes(mode, (array.shape[1], array.shape[0]), array.tobytes())


def convert_image_dtype(image: Any, dtype: dtypes.dtype = dtypes.float32) -> Any:
    """The image with its numbers scaled to another dtype's range: 0…1 for floats, 0…max for integers.

    Raises RuntimeError for a cast that loses whole numbers (float32 to int32 or int64, float64 to int64).
    """
    if not isinstance(image, Variable):
        raise TypeError("Input img should be Tensor Image")
    have, img = dtypes.of(image._data), _ops(image)
    if have is dtype:
        return image
    if have.is_floating_point:
        if dtype.is_floating_point:
            return img.to(dtype)
        wide = {dtypes.float32: (dtypes.int32, dtypes.int64), dtypes.float64: (dtypes.int64,)}
        if dtype in wide.get(have, ()):
            raise RuntimeError(f"The cast from {have} to {dtype} cannot be performed safely.")
        return img.mul(_max_value(dtype) + 1.0 - 1e-3).to(dtype)
    if dtype.is_floating_point:
        scaled = img.to(dtype).to(dtypes.float32 if dtype.itemsize == 2 else dtype) / float(_max_value(have))
        return scaled.to(dtype)
    if _max_value(have) > _max_value(dtype):
        return img.div((_max_value(have) + 1) // (_max_value(dtype) + 1), rounding_mode="floor").to(dtype)
    return img.to(dtype) * ((_max_value(dtype) + 1) // (_max_value(have) + 1))


def _max_value(d: dtypes.dtype) -> int:
    return 1 if d.np.kind in "fbV" else int(numpy.iinfo(d.np).max)


def _ops(t: Any) -> Any:
    """A tensor, for the type checker, whose methods come from the operations' table."""
    return t


# ----------------------------------------------------------------------------------------------- geometry
def hflip(img: Img) -> Img:
    """Left and right changed."""
    return img.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if is_pil(img) else img.flip(-1)


def vflip(img: Img) -> Img:
    """Top and bottom changed."""
    return img.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if is_pil(img) else img.flip(-2)


def crop(img: Img, top: int, left: int, height: int, width: int) -> Img:
    """The part of this size from (top, left) on; 0 where it reaches beyond the image."""
    bottom, right = top + height, left + width
    if is_pil(img):
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
    height, width = _output_size(h, w, [size] if isinstance(size, int) else size, max_size)
    if (h, w) == (height, width):
        return img
    if is_pil(img):
        if antialias is False:
            warnings.warn(
                "Anti-alias option is always applied for PIL Image input. Argument antialias is ignored.", stacklevel=2
            )
        return img.resize((width, height), _PIL_MODES[mode])
    return _resize_tensor(img, height, width, mode.value, bool(antialias))


def _output_size(h: int, w: int, size: Sequence[int], max_size: int | None) -> tuple[int, int]:
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


def _resize_tensor(img: Any, height: int, width: int, mode: str, antialias: bool) -> Any:
    _, h, w = get_dimensions(img)
    if mode in ("nearest", "nearest-exact"):
        exact = mode == "nearest-exact"
        return img[..., nearest(h, height, exact), :][..., nearest(w, width, exact)].contiguous()
    if mode not in ("bilinear", "bicubic"):
        raise NotImplementedError(
            f"interpolation {mode!r} is for PIL images only; tensors take nearest, bilinear or bicubic"
        )
    have = dtypes.of(img._data)
    work = have if have in (dtypes.float32, dtypes.float64) else dtypes.float32
    across, down = (
        make_tensor(weights(n, m, mode, antialias), dtype=work, device=img.device) for n, m in ((w, width), (h, height))
    )
    out = down @ (img.to(work) @ across.t())
    if mode == "bicubic" and have is dtypes.uint8:
        out = out.clamp(0, 255)
    if have is work:
        return out
    return (out if have.is_floating_point else out.round()).to(have)


def _borders(padding: int | Sequence[int]) -> tuple[int, int, int, int]:
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
    if not isinstance(padding, (int, tuple, list)):
        raise TypeError("Got inappropriate padding arg")
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        raise TypeError("Got inappropriate fill arg")
    if padding_mode not in PADDING_MODES:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    left, top, right, bottom = _borders(padding)
    if is_pil(img):
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


# ------------------------------------------------------------------------------------------------- colour
def normalize(tensor: Any, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Any:
    """(tensor - mean) / std, channel by channel, for a float tensor (…, C, H, W)."""
    if not isinstance(tensor, Variable):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    d = dtypes.of(tensor._data)
    if not d.is_floating_point:
        raise TypeError(f"Input tensor should be a float tensor. Got {d}.")
    if tensor._data.ndim < 3:
        raise ValueError(
            f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {_ops(tensor).size()}"
        )
    m, s = (make_tensor(x, dtype=d, device=_ops(tensor).device) for x in (mean, std))
    if (s._data == 0).any():
        raise ValueError(f"std evaluated to zero after conversion to {d}, leading to division by zero.")
    m, s = (x.view(-1, 1, 1) if x.ndim == 1 else x for x in (m, s))
    return (_ops(tensor) if inplace else _ops(tensor).clone()).sub_(m).div_(s)


def rgb_to_grayscale(img: Img, num_output_channels: int = 1) -> Img:
    """Grey, in one channel or three equal ones."""
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    if is_pil(img):
        grey = img.convert("L")
        return grey if num_output_channels == 1 else Image.merge("RGB", [grey] * 3)
    if img.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img.ndim}")
    channels = img.shape[-3]
    if channels not in (1, 3):
        raise TypeError(f"Input image tensor permitted channel values are {[1, 3]}, but found {channels}")
    if channels == 3:
        r, g, b = (img[..., i, :, :] for i in range(3))
        grey = (0.2989 * r + 0.587 * g + 0.114 * b).to(img.dtype).unsqueeze(-3)
    else:
        grey = img.clone()
    return grey.expand(img.shape) if num_output_channels == 3 else grey


def to_grayscale(img: Image.Image, num_output_channels: int = 1) -> Image.Image:
    """Grey, of a PIL image of any mode."""
    if not is_pil(img):
        raise TypeError("Input should be PIL Image")
    return rgb_to_grayscale(img, num_output_channels)


def erase(img: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """The tensor with the h x w rectangle at (i, j) set to ``v``."""
    if not isinstance(img, Variable):
        raise TypeError(f"img should be Tensor. Got {type(img)}")
    out = _ops(img) if inplace else _ops(img).clone()
    out[..., i : i + h, j : j + w] = v
    return out
