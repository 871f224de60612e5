"""What the ``v2`` transforms do, as functions of one thing: a PIL image, a tensor, or one of the kinds of `tv_tensors`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, TypeVar

import numpy
from PIL import Image as PILImage

from .... import dtypes
from ....autograd.variable import Variable
from ....ops.choosing import where
from ....ops.data import from_numpy
from ....ops.joining import cat, stack
from ....ops.random_ops import randn
from ....ops.ranges import linspace
from ...io import decode_jpeg, encode_jpeg
from ...tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, TVTensor, Video, is_pure_tensor, plain, wrap  # noqa: F401
from .. import functional as F1
from ..functional import (
    InterpolationMode,
    get_dimensions,
    get_image_num_channels,
    pil_to_tensor,
)
from ..geometry import PADDING_MODES, resize_tensor
from ..images import max_value, working_dtype
from . import boxes
from .boxes import (  # noqa: F401
    clamp_bounding_boxes,
    clamp_keypoints,
    convert_bounding_box_format,
    sanitize_bounding_boxes,
    sanitize_keypoints,
)

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel_of(functional: Any, kind: type) -> Callable[..., Any] | None:
    """What does the work of ``functional`` for a kind of tensors; None where nothing does."""
    return next((functional.kernels[cls] for cls in kind.__mro__ if cls in functional.kernels), None)


def _of_plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that works on the plain tensor; what it gives is of the kind again."""

    def kernel(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        made = function(plain(inpt), *args, **kwargs)
        return tuple(wrap(part, like=inpt) for part in made) if isinstance(made, tuple) else wrap(made, like=inpt)

    return kernel


def _of_mask(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel for masks (H, W) and (N, H, W): what stands for a class is never mixed with another."""
    signature = inspect.signature(function)

    def kernel(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        layers = plain(inpt)
        call = signature.bind(layers.unsqueeze(0) if layers.ndim < 3 else layers, *args, **kwargs)
        if "interpolation" in signature.parameters:
            exact = _mode(call.arguments.get("interpolation", "nearest")) is InterpolationMode.NEAREST_EXACT
            exact = exact and function.__name__ == "resize"
            call.arguments["interpolation"] = InterpolationMode.NEAREST_EXACT if exact else InterpolationMode.NEAREST
        if function.__name__ == "pad" and isinstance(call.arguments.get("fill"), (list, tuple)):
            raise ValueError("Non-scalar fill value is not supported")
        made = function(*call.args, **call.kwargs)
        return wrap(made.squeeze(0) if layers.ndim < 3 else made, like=inpt)

    return kernel


def _keeps_kind(function: Function, moved: Callable[..., Any] | None = None) -> Function:
    """The function for all kinds of images. With ``moved``, which does the same to boxes and points, for masks too."""

    @functools.wraps(function)
    def on_any(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        kernel = kernel_of(on_any, type(inpt)) if isinstance(inpt, TVTensor) else function
        if kernel is None or not isinstance(inpt, (Variable, PILImage.Image)):
            raise TypeError(
                f"Functional F.{function.__name__} supports PIL images and tensors, but got {type(inpt)} instead."
            )
        return kernel(inpt, *args, **kwargs)

    on_any.kernels = dict.fromkeys((Image, Video), _of_plain(function))  # type: ignore[attr-defined]
    if moved is not None:
        on_any.kernels |= {Mask: _of_mask(function), BoundingBoxes: moved, KeyPoints: moved}  # type: ignore[attr-defined]
    return on_any  # type: ignore[return-value]


def _image_by_image(function: Function) -> Function:
    """The function of (N, C, H, W) for any number of leading dimensions: batches of videos, say."""

    @functools.wraps(function)
    def on_any_batch(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(inpt, Variable) or inpt._data.ndim < 5:
            return function(inpt, *args, **kwargs)
        batch: Any = inpt
        return function(batch.flatten(0, -4), *args, **kwargs).unflatten(0, batch.shape[:-3])

    return on_any_batch  # type: ignore[return-value]


def _moves(moved: Callable[..., Any]) -> Callable[[Function], Function]:
    return functools.partial(_keeps_kind, moved=moved)


def register_kernel(functional: Any, tv_tensor_cls: type) -> Callable[[Function], Function]:
    """A decorator: this function does the work of ``functional`` (or its name) for tensors of your own kind."""
    if isinstance(functional, str):
        if functional not in globals():
            raise ValueError(
                f"Could not find functional with name '{functional}' in torchvision.transforms.v2.functional."
            )
        functional = globals()[functional]
    if not hasattr(functional, "kernels"):
        raise ValueError(
            "Kernels can only be registered on functionals from the torchvision.transforms.v2.functional namespace, "
            f"but got {functional}."
        )
    if not (isinstance(tv_tensor_cls, type) and issubclass(tv_tensor_cls, TVTensor)):
        raise ValueError(
            f"Kernels can only be registered for subclasses of torchvision.tv_tensors.TVTensor, but got {tv_tensor_cls}."
        )
    if tv_tensor_cls in (Image, Video, Mask, BoundingBoxes, KeyPoints):
        raise ValueError(f"Kernels cannot be registered for the builtin tv_tensor classes, but got {tv_tensor_cls}")

    def register(kernel: Function) -> Function:
        functional.kernels[tv_tensor_cls] = kernel
        return kernel

    return register


def _mode(interpolation: Any) -> Any:
    """An interpolation mode, also from its name."""
    if isinstance(interpolation, str):
        names = [mode.value for mode in InterpolationMode]
        if interpolation not in names:
            raise ValueError(f"Invalid interpolation mode: '{interpolation}'. Supported string values are: {names}.")
        return InterpolationMode(interpolation)
    if not isinstance(interpolation, (int, InterpolationMode)):
        raise ValueError(
            "Argument interpolation should be an `InterpolationMode` or a corresponding Pillow integer constant, "
            f"but got {interpolation}."
        )
    return F1.interpolation_mode(interpolation)


# ----------------------------------------------------------------------------------------------- kinds and dtypes
def to_image(inpt: Any) -> Image:
    """A tensor, PIL image or array (H, W[, C]) as a `tv_tensors.Image` of the same numbers."""
    if isinstance(inpt, numpy.ndarray):
        array: Any = from_numpy(numpy.atleast_3d(inpt))
        return Image(array.permute(2, 0, 1).contiguous())
    if not isinstance(inpt, (Variable, PILImage.Image)):
        raise TypeError(
            f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)} instead."
        )
    return Image(inpt)


def to_pil_image(inpt: Any, mode: str | None = None) -> PILImage.Image:
    """A tensor or array as a PIL image."""
    return F1.to_pil_image(plain(inpt), mode)


@_keeps_kind
def to_dtype(inpt: Any, dtype: dtypes.dtype = dtypes.float32, scale: bool = False) -> Any:
    """The image in another dtype, with ``scale`` from its range to the other's (0…1 for floats)."""
    if inpt.dtype is dtype:
        return inpt
    if not scale:
        return inpt.to(dtype)
    if dtype.is_floating_point and not inpt.dtype.is_floating_point:
        return inpt.to(dtype).mul(1.0 / max_value(inpt.dtype))
    if inpt.dtype.is_floating_point and not dtype.is_floating_point:
        wide = {dtypes.float32: (dtypes.int32, dtypes.int64), dtypes.float64: (dtypes.int64,)}
        if dtype in wide.get(inpt.dtype, ()):
            raise RuntimeError(f"The conversion from {inpt.dtype} to {dtype} cannot be performed safely.")
    return F1.convert_image_dtype(inpt, dtype)


kernels: Any = to_dtype.kernels  # type: ignore[attr-defined]
kernels |= dict.fromkeys((Mask, BoundingBoxes, KeyPoints), lambda inpt, dtype, scale=False: inpt.to(dtype))


def convert_image_dtype(image: Any, dtype: dtypes.dtype = dtypes.float32) -> Any:
    return to_dtype(image, dtype, scale=True)


def get_size(inpt: Any) -> list[int]:
    """[height, width], of boxes and points that of their canvas."""
    return list(inpt.canvas_size) if isinstance(inpt, (BoundingBoxes, KeyPoints)) else get_dimensions(inpt)[1:]


def get_num_frames(inpt: Any) -> int:
    """How many pictures a video (…, T, C, H, W) has."""
    return int(inpt.shape[-4])


get_num_channels = get_image_num_channels


# -------------------------------------------------------------------------------------------------------- geometry
@_moves(boxes.resize)
@_image_by_image
def resize(
    inpt: Any,
    size: int | Sequence[int] | None,
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """The image at size (h, w), with its shorter edge at an int, or (None) with its longer edge at ``max_size``."""
    _, h, w = get_dimensions(inpt)
    height, width = boxes.resized(h, w, size, max_size)
    mode = _mode(interpolation)
    smooth = mode.value in ("bilinear", "bicubic")
    if smooth and (h, w) != (height, width) and getattr(inpt, "dtype", None) is dtypes.uint8:
        return resize_tensor(inpt, height, width, mode.value, bool(antialias), dtypes.uint8)  # bytes all the way
    return F1.resize(inpt, [height, width], mode, antialias=antialias)


@_moves(boxes.pad)
def pad(inpt: Any, padding: int | Sequence[int], fill: Any = None, padding_mode: str = "constant") -> Any:
    """The image with a border; ``fill`` may have a number for each channel."""
    if padding_mode not in PADDING_MODES and not F1.is_pil(inpt):
        raise ValueError(
            "`padding_mode` should be either `'constant'`, `'edge'`, `'reflect'` or `'symmetric'`, "
            f"but got `'{padding_mode}'`."
        )
    widths = padding if isinstance(padding, int) else list(padding)
    several = isinstance(fill, (list, tuple)) and len(fill) > 1
    if F1.is_pil(inpt) or padding_mode != "constant":
        if several and not F1.is_pil(inpt):
            raise ValueError(f"Padding mode '{padding_mode}' is not supported if fill is not scalar")
        return F1.pad(inpt, widths, 0 if fill is None else fill, padding_mode)
    if not several:
        return F1.pad(inpt, widths, fill[0] if isinstance(fill, (list, tuple)) else fill or 0)
    planes = [F1.pad(inpt[..., i : i + 1, :, :], widths, value) for i, value in enumerate(fill)]
    return cat(planes, -3)


@_moves(boxes.rotate)
@_image_by_image
def rotate(
    inpt: Any,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Any = None,
) -> Any:
    """The image turned by ``angle`` degrees against the clock; quarter turns take no interpolation."""
    mode, angle = _mode(interpolation), angle % 360
    if center is None and not F1.is_pil(inpt):
        if angle in (0, 180):
            return inpt.clone() if angle == 0 else inpt.flip((-2, -1))
        if angle in (90, 270) and (expand or inpt.shape[-1] == inpt.shape[-2]):
            return inpt.rot90(1 if angle == 90 else -1, (-2, -1))
    return F1.rotate(inpt, angle, mode, expand, center, fill)


@_moves(boxes.affine)
@_image_by_image
def affine(
    inpt: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: Any,
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Any = None,
    center: Sequence[float] | None = None,
) -> Any:
    """The image sheared, scaled, turned and moved."""
    return F1.affine(inpt, angle, translate, scale, shear, _mode(interpolation), fill, center)


@_moves(boxes.perspective)
@_image_by_image
def perspective(
    inpt: Any, startpoints: Any, endpoints: Any, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None
) -> Any:
    """The image as seen from another side."""
    return F1.perspective(inpt, startpoints, endpoints, _mode(interpolation), fill)


@_moves(boxes.elastic)
@_image_by_image
def elastic(inpt: Any, displacement: Any, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None) -> Any:
    """The image with every pixel fetched from a moved place."""
    return F1.elastic_transform(inpt, displacement, _mode(interpolation), fill)


@_moves(boxes.resized_crop)
@_image_by_image
def resized_crop(
    inpt: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """A part of the image at another size."""
    return resize(F1.crop(inpt, top, left, height, width), size, _mode(interpolation), antialias=antialias)


horizontal_flip = hflip = _keeps_kind(F1.hflip, boxes.horizontal_flip)
vertical_flip = vflip = _keeps_kind(F1.vflip, boxes.vertical_flip)
crop = _keeps_kind(F1.crop, boxes.crop)
center_crop = _keeps_kind(F1.center_crop, boxes.center_crop)
five_crop = _keeps_kind(F1.five_crop)
ten_crop = _keeps_kind(F1.ten_crop)
elastic_transform = elastic


# ---------------------------------------------------------------------------------------------------------- colour
def _any_channels(function: Callable[..., Any]) -> Callable[..., Any]:
    """For what treats every channel alike: the older functions take one channel or three, these any number."""

    @functools.wraps(function)
    def apply(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if F1.is_pil(inpt) or inpt.shape[-3] in (1, 3):
            return function(inpt, *args, **kwargs)
        return function(inpt.unsqueeze(-3), *args, **kwargs).squeeze(-3)

    return apply


def _grey_or_rgb(function: Callable[..., Any], text: str = "permitted channel values are 1 or 3") -> Callable[..., Any]:
    """``function`` with the newer functions' complaint about other numbers of channels."""

    @functools.wraps(function)
    def apply(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if not F1.is_pil(inpt) and inpt.shape[-3] not in (1, 3):
            raise TypeError(f"Input image tensor {text}, but found {inpt.shape[-3]}")
        return function(inpt, *args, **kwargs)

    return apply


@_keeps_kind
def erase(inpt: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """The h x w rectangle at (i, j) set to ``v``."""
    if F1.is_pil(inpt):
        return to_pil_image(F1.erase(pil_to_tensor(inpt), i, j, h, w, v), mode=inpt.mode)
    return F1.erase(inpt, i, j, h, w, v, inplace)


@_keeps_kind
def rgb_to_grayscale(inpt: Any, num_output_channels: int = 1) -> Any:
    """Grey, in one channel or three equal ones."""
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels must be 1 or 3, got {num_output_channels}.")
    if F1.is_pil(inpt):
        return F1.rgb_to_grayscale(inpt, num_output_channels)
    if inpt.shape[-3] == 1:
        return cat([inpt] * num_output_channels, -3)
    red, green, blue = inpt.unbind(-3)
    return F1.rgb_to_grayscale(stack([red, green, blue], -3), num_output_channels)


to_grayscale = rgb_to_grayscale


@_keeps_kind
def grayscale_to_rgb(inpt: Any) -> Any:
    """Three channels."""
    if F1.is_pil(inpt):
        return inpt.convert(mode="RGB")
    return inpt if inpt.shape[-3] >= 3 else cat([inpt] * 3, -3)


for _function in (rgb_to_grayscale, grayscale_to_rgb):
    del _function.kernels[Video]  # type: ignore[attr-defined]  # torchvision's leave videos as they are


@_keeps_kind
@_any_channels
def posterize(inpt: Any, bits: int) -> Any:
    """Only the ``bits`` upper bits of every number; floats fall on as many steps."""
    if F1.is_pil(inpt) or inpt.dtype is dtypes.uint8:
        return F1.posterize(inpt, bits)
    levels = 1 << bits
    return inpt.mul(levels).floor().clamp(0, levels - 1).mul(1.0 / levels)


@_keeps_kind
@_any_channels
@_image_by_image
def equalize(inpt: Any) -> Any:
    """Numbers spread evenly; floats by way of bytes."""
    if F1.is_pil(inpt) or inpt.dtype is dtypes.uint8:
        return F1.equalize(inpt)
    as_bytes = to_dtype(inpt, dtypes.uint8, scale=True)
    return to_dtype(F1.equalize(as_bytes), inpt.dtype, scale=True)


@_keeps_kind
@_grey_or_rgb
def autocontrast(inpt: Any) -> Any:
    """Each channel stretched to the full range; divided by the step, so bytes may fall on other sides than in the older one."""
    if F1.is_pil(inpt):
        return F1.autocontrast(inpt)
    bound, x = max_value(inpt.dtype), inpt.to(working_dtype(inpt))
    low, high = x.amin((-2, -1), keepdim=True), x.amax((-2, -1), keepdim=True)
    flat = high == low
    low, step = where(flat, 0.0, low), where(flat, 1.0, (high - low) * (1.0 / bound))
    return ((x - low) / step).clamp(0, bound).to(inpt.dtype)


@_keeps_kind
def gaussian_noise(inpt: Any, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Any:
    """The image with noise added: of ``sigma`` for floats 0…1, of as much for bytes."""
    if F1.is_pil(inpt):
        raise ValueError("Gaussian Noise is not implemented for PIL images.")
    if sigma < 0:
        raise ValueError(f"sigma shouldn't be negative. Got {sigma}")
    if inpt.dtype.is_floating_point:
        out = inpt + (mean + randn(*inpt.shape, dtype=inpt.dtype) * sigma)
        return out.clamp(0, 1) if clip else out
    if inpt.dtype is not dtypes.uint8:
        raise ValueError(f"Input tensor is expected to be in uint8 or float dtype, got dtype={inpt.dtype}")
    noise = (mean * 255 + randn(*inpt.shape, dtype=working_dtype(inpt)) * (sigma * 255)).to(dtypes.int16)
    out = inpt + noise
    return (out.clamp(0, 255) if clip else out).to(dtypes.uint8)


@_keeps_kind
def permute_channels(inpt: Any, permutation: Sequence[int]) -> Any:
    """The channels in another order."""
    if F1.is_pil(inpt):
        return to_pil_image(permute_channels(pil_to_tensor(inpt), permutation))
    if len(permutation) != inpt.shape[-3]:
        raise ValueError(
            f"Length of permutation does not match number of channels: {len(permutation)} != {inpt.shape[-3]}"
        )
    return inpt[..., list(permutation), :, :]


@_keeps_kind
def jpeg(inpt: Any, quality: int) -> Any:
    """The image uint8 (…, 1 or 3, H, W) as it comes back from a JPEG file of a quality from 1 to 100."""
    if F1.is_pil(inpt):
        file = BytesIO()
        inpt.save(file, format="JPEG", quality=quality)
        return PILImage.open(file).copy()
    images = inpt.view((-1, *inpt.shape[-3:]))
    if not len(images):
        return inpt.clone()
    return stack([decode_jpeg(encode_jpeg(image, quality)) for image in images]).view(inpt.shape)


adjust_brightness = _keeps_kind(_grey_or_rgb(F1.adjust_brightness))
adjust_contrast = _keeps_kind(_grey_or_rgb(F1.adjust_contrast))
adjust_saturation = _keeps_kind(_grey_or_rgb(F1.adjust_saturation))
adjust_sharpness = _keeps_kind(_grey_or_rgb(_image_by_image(F1.adjust_sharpness), "can have 1 or 3 channels"))
adjust_hue = _keeps_kind(_grey_or_rgb(F1.adjust_hue))
adjust_gamma = _keeps_kind(F1.adjust_gamma)
invert = _keeps_kind(_any_channels(F1.invert))
solarize = _keeps_kind(_any_channels(F1.solarize))
normalize = _keeps_kind(F1.normalize)
gaussian_blur = _keeps_kind(_image_by_image(F1.gaussian_blur))

__all__ = [
    name
    for name in globals()
    if not name.startswith("_")
    and name not in ("annotations", "boxes", "functools", "inspect", "kernels", "numpy", "resize_tensor", "where")
]


@_keeps_kind
def uniform_temporal_subsample(inpt: Any, num_samples: int) -> Any:
    """``num_samples`` pictures of a film (…, T, C, H, W), evenly spread."""
    return inpt.index_select(-4, linspace(0, inpt.shape[-4] - 1, num_samples, device=inpt.device).long())
