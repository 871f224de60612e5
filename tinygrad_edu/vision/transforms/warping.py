"""Turning, shearing and distorting one image: every pixel of the result looks up a place in the image.

For tensors the places are kept relative to the image: -1…1 from edge to edge, as `grid_sample` takes them.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy
from PIL import Image

from ...autograd.variable import Variable
from ...nn import functional as F
from ...ops.choosing import where
from ...ops.creation import ones, ones_like
from ...ops.data import tensor as make_tensor
from ...ops.grids import meshgrid
from ...ops.joining import cat, stack
from ...ops.ranges import arange
from ...size import Size
from .images import (
    PIL_MODES,
    Img,
    InterpolationMode,
    as_batch,
    back_from_batch,
    get_dimensions,
    interpolation_mode,
    is_pil,
    pil_only,
    pil_to_tensor,
    to_pil_image,
    working_dtype,
)  # fmt: skip

Fill = float | Sequence[float] | None


# ------------------------------------------------------------------------------------------------ the functions
def rotate(
    img: Img,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Fill = None,
) -> Img:
    """The image turned by ``angle`` degrees against the clock about ``center`` (x, y; the middle if left out).

    ``expand`` enlarges the result to hold all of it; ``fill`` is the value of what lies outside.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")
    _check_center(center)
    if not isinstance(img, Variable):
        pil_only(img)
        about = None if center is None else (center[0], center[1])
        return img.rotate(angle, PIL_MODES[mode], expand, about, fillcolor=_pil_fill(img, fill))
    matrix = inverse_affine_matrix(_from_middle(img, center), -angle, (0.0, 0.0), 1.0, (0.0, 0.0))
    _check_tensor(img, mode, fill)
    _, h, w = get_dimensions(img)
    width, height = turned_size(matrix, w, h) if expand else (w, h)
    return _sample(img, _affine_grid(img, matrix, width, height), mode, fill)


def affine(
    img: Img,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Fill = None,
    center: Sequence[float] | None = None,
) -> Img:
    """The image sheared by degrees in x and y, scaled, turned by ``angle`` degrees with the clock, and moved."""
    mode = interpolation_mode(interpolation)
    shears = checked_affine(angle, translate, scale, shear)
    _check_center(center)
    if is_pil(img):
        about = [img.width * 0.5, img.height * 0.5] if center is None else center
        matrix = inverse_affine_matrix(about, float(angle), translate, scale, shears)
        return _pil_transform(img, Image.Transform.AFFINE, matrix, mode, fill)
    matrix = inverse_affine_matrix(_from_middle(img, center), float(angle), translate, scale, shears)
    _check_tensor(img, mode, fill)
    _, h, w = get_dimensions(img)
    return _sample(img, _affine_grid(img, matrix, w, h), mode, fill)


def perspective(
    img: Img,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: Any = InterpolationMode.BILINEAR,
    fill: Fill = None,
) -> Img:
    """The image as seen from another side: four corners (x, y) ``startpoints`` come to lie at ``endpoints``."""
    coeffs = perspective_coefficients(startpoints, endpoints)
    mode = interpolation_mode(interpolation)
    if not isinstance(img, Variable):
        pil_only(img)
        return _pil_transform(img, Image.Transform.PERSPECTIVE, coeffs, mode, fill)
    _check_tensor(img, mode, fill)
    _, h, w = get_dimensions(img)
    places = _pixel_places(img, w, h, 0.5, 0.5)
    a, b, c, d, e, f, g, i = (make_tensor(x, dtype=places.dtype, device=places.device) for x in coeffs)
    top = stack((stack((a, d)), stack((b, e)), stack((c, f)))) / places.new_tensor([0.5 * w, 0.5 * h])
    below = stack((g, i, ones_like(g)))[:, None]
    grid = (places @ top) / (places @ below) - 1.0
    return _sample(img, grid.view(1, h, w, 2), mode, fill)


def elastic_transform(
    img: Img, displacement: Any, interpolation: Any = InterpolationMode.BILINEAR, fill: Fill = None
) -> Img:
    """The image with every pixel fetched from a place moved by ``displacement`` (1, H, W, 2), in units of half a side."""
    if isinstance(interpolation, int):
        warnings.warn(
            "Argument interpolation should be of type InterpolationMode instead of int. "
            "Please, use InterpolationMode enum.",
            stacklevel=2,
        )
    mode = interpolation_mode(interpolation)
    if not isinstance(displacement, Variable):
        raise TypeError("Argument displacement should be a Tensor")
    if is_pil(img):
        return to_pil_image(elastic_transform(pil_to_tensor(img), displacement, mode, fill), mode=img.mode)
    if not isinstance(img, Variable):
        raise TypeError(f"img should be PIL Image or Tensor. Got {type(img)}")
    _, h, w = get_dimensions(img)
    moved: Any = displacement
    if moved.shape != (1, h, w, 2):
        raise ValueError(f"Argument displacement shape should be {Size((1, h, w, 2))}, but given {moved.shape}")
    ys, xs = ((arange(n, dtype=moved.dtype) * 2 + (1 - n)) / n for n in (h, w))
    y, x = meshgrid(ys, xs, indexing="ij")
    return _sample(img, stack((x, y), -1).unsqueeze(0) + moved, mode, fill)


# ------------------------------------------------------------------------------------------------ from where to where
def checked_affine(angle: Any, translate: Any, scale: float, shear: Any) -> list[float]:
    """The shear as two numbers; TypeError or ValueError for arguments of `affine` that are none."""
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")
    if not isinstance(translate, (list, tuple)):
        raise TypeError("Argument translate should be a sequence")
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    if not isinstance(shear, (int, float, list, tuple)):
        raise TypeError("Shear should be either a single value or a sequence of two values")
    shears = [shear, 0.0] if isinstance(shear, (int, float)) else list(shear)
    shears = shears * 2 if len(shears) == 1 else shears
    if len(shears) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shears}")
    return shears


def _turn_and_shear(angle: float, shear: Sequence[float]) -> tuple[float, float, float, float]:
    """The matrix [[a, b], [c, d]] of a shear in x and y and a turn, in degrees."""
    turn, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(turn - shear_y) / math.cos(shear_y)
    b = -a * math.tan(shear_x) - math.sin(turn)
    c = math.sin(turn - shear_y) / math.cos(shear_y)
    return a, b, c, -c * math.tan(shear_x) + math.cos(turn)


def affine_matrix(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """[a, b, c, d, e, f]: the image's point (x, y) comes to (ax + by + c, dx + ey + f)."""
    a, b, c, d = (x * scale for x in _turn_and_shear(angle, shear))
    x, y = center
    return [a, b, x + translate[0] - a * x - b * y, c, d, y + translate[1] - c * x - d * y]


def inverse_affine_matrix(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """[a, b, c, d, e, f]: the pixel (x, y) of the result shows the image at (ax + by + c, dx + ey + f).

    It undoes, about the centre, a shear in x and y, the scaling, the turn (degrees), and the translation.
    """
    a, b, c, d = _turn_and_shear(angle, shear)
    inverse = [d / scale, -b / scale, 0.0, -c / scale, a / scale, 0.0]  # the determinant of [[a, b], [c, d]] is 1
    x, y = center[0] + translate[0], center[1] + translate[1]
    inverse[2] = center[0] - inverse[0] * x - inverse[1] * y
    inverse[5] = center[1] - inverse[3] * x - inverse[4] * y
    return inverse


def perspective_coefficients(startpoints: Sequence[Sequence[int]], endpoints: Sequence[Sequence[int]]) -> list[float]:
    """[a … h]: the pixel (x, y) of the result shows the image at ((ax + by + c), (dx + ey + f)) / (gx + hy + 1)."""
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"Please provide exactly four corners, got {len(startpoints)} startpoints and {len(endpoints)} endpoints."
        )
    rows = []
    for (x, y), (u, v) in zip(endpoints, startpoints, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    found = numpy.linalg.lstsq(numpy.array(rows, float), numpy.array(startpoints, float).reshape(8), rcond=None)[0]
    return found.astype(numpy.float32).tolist()


def _check_center(center: Any) -> None:
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError("Argument center should be a sequence")


def _from_middle(img: Img, center: Sequence[float] | None) -> list[float]:
    """The centre of turning, counted from the image's middle."""
    if center is None:
        return [0.0, 0.0]
    _, h, w = get_dimensions(img)
    return [center[0] - w * 0.5, center[1] - h * 0.5]


def turned_size(matrix: Sequence[float], w: int, h: int) -> tuple[int, int]:
    """(width, height) of the smallest picture that holds all of a turned one."""
    corners = numpy.array([[x * w, y * h, 1.0] for x in (-0.5, 0.5) for y in (-0.5, 0.5)], numpy.float32)
    at = corners @ numpy.array(matrix, numpy.float32).reshape(2, 3).T
    middle, unit = numpy.array([w * 0.5, h * 0.5], numpy.float32), numpy.float32(1e-4)
    # what is a rounding error beyond a whole number counts as that number
    high = numpy.ceil(numpy.trunc((at.max(0) + middle) / unit) * unit)
    low = numpy.floor(numpy.trunc((at.min(0) + middle) / unit) * unit)
    width, height = (high - low).astype(int).tolist()
    return width, height


# --------------------------------------------------------------------------------------------------- PIL images
def _pil_fill(img: Image.Image, fill: Fill) -> Any:
    bands = len(img.getbands())
    if fill is None:
        fill = 0
    if isinstance(fill, (int, float)) and bands > 1:
        fill = (fill,) * bands
    if isinstance(fill, (list, tuple)):
        fill = tuple(fill) * bands if len(fill) == 1 else tuple(fill)
        if len(fill) != bands:
            raise ValueError(
                "The number of elements in 'fill' does not match the number of channels of the image "
                f"({len(fill)} != {bands})"
            )
        return fill if img.mode == "F" else tuple(int(x) for x in fill)
    return fill if img.mode == "F" else int(fill)  # type: ignore[arg-type]


def _pil_transform(
    img: Image.Image, kind: Image.Transform, data: list[float], mode: InterpolationMode, fill: Fill
) -> Image.Image:
    resample: Any = PIL_MODES[mode]
    return img.transform(img.size, kind, data, resample, fillcolor=_pil_fill(img, fill))


# ------------------------------------------------------------------------------------------------------ tensors
def _check_tensor(img: Any, mode: InterpolationMode, fill: Fill) -> None:
    channels = get_dimensions(img)[0]
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        warnings.warn("Argument fill should be either int, float, tuple or list", stacklevel=3)
    if isinstance(fill, (tuple, list)) and len(fill) not in (1, channels):
        raise ValueError(
            "The number of elements in 'fill' cannot broadcast to match the number of channels of the image "
            f"({len(fill)} != {channels})"
        )
    if mode not in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(f"Interpolation mode '{mode.value}' is unsupported with Tensor input")


def _pixel_places(img: Any, width: int, height: int, x0: float, y0: float) -> Any:
    """(height·width, 3): x, y and 1 of every pixel, from (x0, y0) on."""
    work, device = working_dtype(img), img.device
    ys, xs = arange(height, dtype=work, device=device) + y0, arange(width, dtype=work, device=device) + x0
    y, x = meshgrid(ys, xs, indexing="ij")
    return stack((x, y, ones_like(x)), -1).view(height * width, 3)


def _affine_grid(img: Any, matrix: Sequence[float], width: int, height: int) -> Any:
    """(1, height, width, 2): where in the image each pixel of the result looks, both counted from the middle."""
    _, h, w = get_dimensions(img)
    places = _pixel_places(img, width, height, 0.5 - width * 0.5, 0.5 - height * 0.5)
    theta = places.new_tensor(matrix).view(2, 3).t() / places.new_tensor([0.5 * w, 0.5 * h])
    return (places @ theta).view(1, height, width, 2)


def _sample(img: Any, grid: Any, mode: InterpolationMode, fill: Fill) -> Any:
    """The image's values at the places of the grid; outside ``fill``, or 0."""
    batch = as_batch(img, grid.dtype)
    grid = grid.expand(batch.shape[0], *grid.shape[1:])
    if fill is not None:  # a channel of ones tells how much of each result comes from inside
        n, _, h, w = batch.shape
        batch = cat((batch, ones(n, 1, h, w, dtype=batch.dtype, device=batch.device)), 1)
    out = F.grid_sample(batch, grid, mode=mode.value, padding_mode="zeros", align_corners=False)
    if fill is not None:
        out, inside = out[:, :-1], out[:, -1:]
        colour = out.new_tensor(list(fill) if isinstance(fill, (list, tuple)) else [float(fill)]).view(1, -1, 1, 1)  # type: ignore[arg-type]
        if mode is InterpolationMode.NEAREST:
            out = where(inside < 0.5, colour, out)
        else:
            out = out * inside + (1.0 - inside) * colour
    return back_from_batch(out, img)
