"""Images as PIL images and as tensors (…, C, H, W), and the ways between them."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any, TypeAlias

import numpy
from PIL import Image

from ... import dtypes
from ...autograd.variable import Variable, wrap

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


PIL_MODES = {
    InterpolationMode.NEAREST: Image.Resampling.NEAREST,
    InterpolationMode.NEAREST_EXACT: Image.Resampling.NEAREST,
    InterpolationMode.BILINEAR: Image.Resampling.BILINEAR,
    InterpolationMode.BICUBIC: Image.Resampling.BICUBIC,
    InterpolationMode.BOX: Image.Resampling.BOX,
    InterpolationMode.HAMMING: Image.Resampling.HAMMING,
    InterpolationMode.LANCZOS: Image.Resampling.LANCZOS,
}


def interpolation_mode(mode: Any) -> InterpolationMode:
    """An `InterpolationMode`, also from Pillow's number for it."""
    if isinstance(mode, InterpolationMode):
        return mode
    if isinstance(mode, int):
        return next(ours for ours, pil in PIL_MODES.items() if pil == mode)
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


def get_image_size(img: Img) -> list[int]:
    """[width, height]"""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Img) -> int:
    return get_dimensions(img)[0]


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
    have, img = dtypes.of(image._data), ops_of(image)
    if have is dtype:
        return image
    if have.is_floating_point:
        if dtype.is_floating_point:
            return img.to(dtype)
        wide = {dtypes.float32: (dtypes.int32, dtypes.int64), dtypes.float64: (dtypes.int64,)}
        if dtype in wide.get(have, ()):
            raise RuntimeError(f"The cast from {have} to {dtype} cannot be performed safely.")
        return img.mul(max_value(dtype) + 1.0 - 1e-3).to(dtype)
    if dtype.is_floating_point:
        scaled = img.to(dtype).to(dtypes.float32 if dtype.itemsize == 2 else dtype) / float(max_value(have))
        return scaled.to(dtype)
    if max_value(have) > max_value(dtype):
        return img.div((max_value(have) + 1) // (max_value(dtype) + 1), rounding_mode="floor").to(dtype)
    return img.to(dtype) * ((max_value(dtype) + 1) // (max_value(have) + 1))


def max_value(d: dtypes.dtype) -> int:
    return 1 if d.np.kind in "fbV" else int(numpy.iinfo(d.np).max)


def ops_of(t: Any) -> Any:
    """A tensor, for the type checker, whose methods come from the operations' table."""
    return t


def pil_only(img: Any) -> None:
    """TypeError for what is no PIL image."""
    if not is_pil(img):
        raise TypeError(f"img should be PIL Image. Got {type(img)}")


def pil_or_tensor(img: Any) -> bool:
    """Whether this is a PIL image; TypeError for what is neither that nor a tensor with a height and a width."""
    if isinstance(img, Variable):
        get_dimensions(img)
        return False
    pil_only(img)
    return True


def check_channels(img: Any, permitted: tuple[int, ...] = (1, 3)) -> None:
    """TypeError for a tensor that is no image, or has another number of channels."""
    channels = get_dimensions(img)[0]
    if channels not in permitted:
        raise TypeError(f"Input image tensor permitted channel values are {list(permitted)}, but found {channels}")


def as_batch(img: Any, work: dtypes.dtype) -> Any:
    """The tensor with at least four dimensions and in the dtype for computing."""
    return (img.unsqueeze(0) if img.ndim < 4 else img).to(work)


def back_from_batch(result: Any, img: Any) -> Any:
    """Undoes `as_batch` for a result: whole numbers are rounded."""
    result = result.squeeze(0) if img.ndim < 4 else result
    whole = not img.dtype.is_floating_point and img.dtype is not result.dtype
    return (result.round() if whole else result).to(img.dtype)


def working_dtype(img: Any) -> dtypes.dtype:
    """What a tensor's numbers are computed in: its own floats, else float32."""
    return img.dtype if img.dtype.is_floating_point else dtypes.float32
