"""Colours and sharpness of one image: a PIL image or a tensor (…, C, H, W)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
from PIL import Image, ImageEnhance, ImageOps

from ... import dtypes
from ...autograd.variable import Variable
from ...nn import functional as F
from ...ops.choosing import where
from ...ops.creation import full
from ...ops.data import as_tensor
from ...ops.data import tensor as make_tensor
from ...ops.joining import stack
from ...ops.ranges import arange
from .images import (
    Img,
    as_batch,
    back_from_batch,
    check_channels,
    convert_image_dtype,
    get_dimensions,
    is_pil,
    max_value,
    ops_of,
    pil_only,
    pil_to_tensor,
    to_pil_image,
    working_dtype,
)  # fmt: skip


def normalize(tensor: Any, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Any:
    """(tensor - mean) / std, channel by channel, for a float tensor (…, C, H, W)."""
    if not isinstance(tensor, Variable):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    get_dimensions(tensor)
    d = dtypes.of(tensor._data)
    if not d.is_floating_point:
        raise TypeError(f"Input tensor should be a float tensor. Got {d}.")
    if tensor._data.ndim < 3:
        raise ValueError(
            f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {ops_of(tensor).size()}"
        )
    m, s = (as_tensor(x, dtype=d, device=ops_of(tensor).device) for x in (mean, std))
    if (s._data == 0).any():
        raise ValueError(f"std evaluated to zero after conversion to {d}, leading to division by zero.")
    m, s = (x.view(-1, 1, 1) if x.ndim == 1 else x for x in (m, s))
    return (ops_of(tensor) if inplace else ops_of(tensor).clone()).sub_(m).div_(s)


def rgb_to_grayscale(img: Img, num_output_channels: int = 1) -> Img:
    """Grey, in one channel or three equal ones."""
    if not isinstance(img, Variable):
        pil_only(img)
    elif img._data.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img._data.ndim}")
    else:
        check_channels(img)
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    if is_pil(img):
        grey = img.convert("L")
        return grey if num_output_channels == 1 else Image.merge("RGB", [grey] * 3)
    if img.shape[-3] == 3:
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
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    get_dimensions(img)
    out = ops_of(img) if inplace else ops_of(img).clone()
    out[..., i : i + h, j : j + w] = v
    return out


def _tensor_with_dims(img: Any) -> None:
    get_dimensions(img)
    if img.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img.ndim}")
    check_channels(img)


# ------------------------------------------------------------------------------- between this image and another
def _blend(img: Any, other: Any, ratio: float) -> Any:
    """ratio·img + (1 - ratio)·other, within the dtype's range. Also for ratios beyond 1."""
    ratio = float(ratio)
    return (ratio * img + (1.0 - ratio) * other).clamp(0, max_value(img.dtype)).to(img.dtype)


def _check_factor(name: str, factor: float) -> None:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")


def adjust_brightness(img: Img, brightness_factor: float) -> Img:
    """Between black (factor 0) and the image (1), or beyond."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageEnhance.Brightness(img).enhance(brightness_factor)
    _check_factor("brightness_factor", brightness_factor)
    check_channels(img)
    return _blend(img, ops_of(img).new_zeros(()), brightness_factor)


def adjust_contrast(img: Img, contrast_factor: float) -> Img:
    """Between the image's mean grey (factor 0) and the image (1), or beyond."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageEnhance.Contrast(img).enhance(contrast_factor)
    _check_factor("contrast_factor", contrast_factor)
    check_channels(img, (3, 1))
    grey = rgb_to_grayscale(img) if get_dimensions(img)[0] == 3 else ops_of(img)
    return _blend(img, grey.to(working_dtype(img)).mean((-3, -2, -1), keepdim=True), contrast_factor)


def adjust_saturation(img: Img, saturation_factor: float) -> Img:
    """Between grey (factor 0) and the image (1), or beyond."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageEnhance.Color(img).enhance(saturation_factor)
    _check_factor("saturation_factor", saturation_factor)
    check_channels(img)
    return img if get_dimensions(img)[0] == 1 else _blend(img, rgb_to_grayscale(img), saturation_factor)


def adjust_sharpness(img: Img, sharpness_factor: float) -> Img:
    """Between the image smoothed over 3 x 3 pixels (factor 0) and the image (1), or beyond."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageEnhance.Sharpness(img).enhance(sharpness_factor)
    _check_factor("sharpness_factor", sharpness_factor)
    check_channels(img)
    if min(get_dimensions(img)[1:]) <= 2:
        return img
    work = working_dtype(img)
    kernel = full((3, 3), 1.0, dtype=work, device=ops_of(img).device)
    kernel[1, 1] = 5.0
    smooth = ops_of(img).clone()  # its border stays sharp
    smooth[..., 1:-1, 1:-1] = _filtered(img, kernel / kernel.sum())
    return _blend(img, smooth, sharpness_factor)


def _filtered(img: Any, kernel: Any, border: Sequence[int] | None = None) -> Any:
    """Every channel correlated with one kernel (h, w), after a reflected border (left, right, top, bottom)."""
    channels = img.shape[-3]
    batch = as_batch(img, kernel.dtype)
    if border is not None:
        batch = F.pad(batch, border, mode="reflect")
    return back_from_batch(F.conv2d(batch, kernel.expand(channels, 1, *kernel.shape), groups=channels), img)


def gaussian_blur(img: Img, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None) -> Img:
    """The image smoothed by a Gaussian bell cut off at ``kernel_size`` (width, height), its edge reflected.

    ``sigma`` (in x, in y) is 0.15·size + 0.35 if left out.
    """
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {type(kernel_size)}")
    sizes = [kernel_size, kernel_size] if isinstance(kernel_size, int) else kernel_size
    if len(sizes) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(sizes)}")
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {sizes}")
    if sigma is None:
        sigma = [size * 0.15 + 0.35 for size in sizes]
    if not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    sigmas = [float(sigma)] * 2 if isinstance(sigma, (int, float)) else list(sigma) * (2 if len(sigma) == 1 else 1)
    if len(sigmas) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigmas)}")
    if any(s <= 0.0 for s in sigmas):
        raise ValueError(f"sigma should have positive values. Got {sigmas}")
    if is_pil(img):
        return to_pil_image(gaussian_blur(pil_to_tensor(img), sizes, sigmas), mode=img.mode)
    if not isinstance(img, Variable):
        raise TypeError(f"img should be PIL Image or Tensor. Got {type(img)}")
    get_dimensions(img)
    work, device = working_dtype(img), ops_of(img).device
    bells = []
    for size, s in zip(sizes, sigmas):
        x = arange(size, dtype=work, device=device) - (size - 1) / 2
        bell = (-0.5 * (x / s).pow(2)).exp()
        bells.append(bell / bell.sum())
    border = [sizes[0] // 2, sizes[0] // 2, sizes[1] // 2, sizes[1] // 2]
    return _filtered(img, bells[1][:, None] * bells[0], border)


# ---------------------------------------------------------------------------------------------------- hue, gamma
def adjust_hue(img: Img, hue_factor: float) -> Img:
    """Colours turned around the colour circle by ``hue_factor`` of a full turn, -0.5 to 0.5."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if not isinstance(img, Variable):
        pil_only(img)
        if img.mode in ("L", "1", "I", "F"):
            return img
        h, s, v = img.convert("HSV").split()
        shifted = numpy.asarray(h) + numpy.int32(hue_factor * 255).astype(numpy.uint8)  # around 256
        return Image.merge("HSV", (Image.fromarray(shifted), s, v)).convert(img.mode)
    check_channels(img)
    if get_dimensions(img)[0] == 1:
        return img
    h, s, v = _rgb_to_hsv(convert_image_dtype(img, dtypes.float32))
    return convert_image_dtype(_hsv_to_rgb((h + hue_factor) % 1.0, s, v), img.dtype)  # type: ignore[attr-defined]


def _rgb_to_hsv(img: Any) -> tuple[Any, Any, Any]:
    """Hue, saturation and value, 0…1. The hue counts sixths of the circle from the strongest channel's colour."""
    r, g, b = img.unbind(-3)
    top, low = img.amax(-3), img.amin(-3)
    spread, grey = top - low, top == low
    s = spread / where(grey, 1.0, top)
    scale = where(grey, 1.0, spread)
    dr, dg, db = ((top - channel) / scale for channel in (r, g, b))
    sixths = where(top == r, db - dg, where(top == g, 2.0 + dr - db, 4.0 + dg - dr))
    return (sixths / 6.0 + 1.0).fmod(1.0), s, top


def _hsv_to_rgb(h: Any, s: Any, v: Any) -> Any:
    """Back: in each sixth of the circle one channel is at the top, one at the bottom, one rising or falling."""
    sixth = (h * 6.0).floor()
    f = h * 6.0 - sixth
    low, falling, rising = ((v * (1.0 - part)).clamp(0.0, 1.0) for part in (s, s * f, s * (1.0 - f)))
    levels = stack((v, low, falling, rising), -3)
    which = make_tensor([[0, 2, 1, 1, 3, 0], [3, 0, 0, 2, 1, 1], [1, 1, 3, 0, 0, 2]], device=h.device)
    choice = which[:, sixth.to(dtypes.int64) % 6]  # (3, …, H, W)
    return levels.gather(-3, choice.movedim(0, -3))


def adjust_gamma(img: Img, gamma: float, gain: float = 1) -> Img:
    """gain·x^gamma for x in 0…1: above 1 dark parts become darker, below 1 lighter."""
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    if not isinstance(img, Variable):
        pil_only(img)
        table = [int((255 + 1 - 1e-3) * gain * pow(i / 255.0, gamma)) for i in range(256)] * 3
        return img.convert("RGB").point(table).convert(img.mode)
    check_channels(img)
    x = ops_of(img) if dtypes.of(img._data).is_floating_point else convert_image_dtype(img, dtypes.float32)
    return convert_image_dtype((gain * x.pow(gamma)).clamp(0, 1), dtypes.of(img._data))


# ------------------------------------------------------------------------------------------------- tables of values
def invert(img: Img) -> Img:
    """The negative."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageOps.invert(img)
    _tensor_with_dims(img)
    return max_value(ops_of(img).dtype) - ops_of(img)


def posterize(img: Img, bits: int) -> Img:
    """Only the ``bits`` (0 to 8) upper bits of every number."""
    if not 0 <= bits <= 8:
        raise ValueError(f"The number if bits should be between 0 and 8. Got {bits}")
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageOps.posterize(img, bits)
    _check_bytes(img)
    return ops_of(img) & (256 - 2 ** (8 - bits))


def _check_bytes(img: Any) -> None:
    get_dimensions(img)
    if img.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img.ndim}")
    if img.dtype is not dtypes.uint8:
        raise TypeError(f"Only {dtypes.uint8} image tensors are supported, but found {img.dtype}")
    check_channels(img)


def solarize(img: Img, threshold: float) -> Img:
    """The negative where a number reaches the threshold."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageOps.solarize(img, threshold)  # type: ignore[arg-type]
    _tensor_with_dims(img)
    if threshold > max_value(ops_of(img).dtype):
        raise TypeError("Threshold should be less than bound of img.")
    return where(ops_of(img) >= threshold, invert(img), img)


def autocontrast(img: Img) -> Img:
    """Each channel stretched to the full range."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageOps.autocontrast(img)
    _tensor_with_dims(img)
    x = ops_of(img)
    bound, work = max_value(x.dtype), working_dtype(x)
    low, high = x.amin((-2, -1), keepdim=True).to(work), x.amax((-2, -1), keepdim=True).to(work)
    flat = high == low
    low, scale = where(flat, 0.0, low), where(flat, 1.0, bound / (high - low))
    return ((x - low) * scale).clamp(0, bound).to(x.dtype)


def equalize(img: Img) -> Img:
    """Each channel's numbers spread so that all ranges of them are about as frequent."""
    if not isinstance(img, Variable):
        pil_only(img)
        return ImageOps.equalize(img)
    get_dimensions(img)
    if img._data.ndim not in (3, 4):
        raise TypeError(f"Input image tensor should have 3 or 4 dimensions, but found {img._data.ndim}")
    _check_bytes(img)
    x = ops_of(img)
    planes = [_equalized(plane) for plane in x.reshape(-1, *x.shape[-2:])]
    return stack(planes).reshape(x.shape)


def _equalized(plane: Any) -> Any:
    counts = plane.reshape(-1).bincount(minlength=256)
    step = int(counts[counts != 0][:-1].sum()) // 255
    if step == 0:
        return plane
    table = (counts.cumsum(0) + step // 2).div(step, rounding_mode="floor")
    table = F.pad(table, [1, 0])[:-1].clamp(0, 255).to(dtypes.uint8)
    return table[plane.to(dtypes.int64)]
