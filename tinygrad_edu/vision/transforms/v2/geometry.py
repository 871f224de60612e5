"""``v2`` transforms that crop, flip, resize and warp."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ....ops.creation import empty
from ....ops.joining import cat
from ....ops.random_ops import rand, randint
from ...tv_tensors import BoundingBoxes, KeyPoints, Mask
from .. import functional as F1
from ..random import RandomAffine as RandomAffine1
from ..random import RandomPerspective as RandomPerspective1
from ..random import angles, check_sequence, uniform
from ..transforms import RandomErasing as RandomErasing1
from ..transforms import RandomResizedCrop as RandomResizedCrop1
from . import functional as F
from .base import RandomApplyTransform, Transform, fill_by_kind, fill_of, has_any, query_chw, query_size

Size = int | Sequence[int]


class RandomHorizontalFlip(RandomApplyTransform):
    """Left and right changed, with probability ``p``."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.horizontal_flip, inpt)


class RandomVerticalFlip(RandomApplyTransform):
    """Top and bottom changed, with probability ``p``."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.vertical_flip, inpt)


class Resize(Transform):
    """The image at size (h, w), with its shorter edge at an int, or (None) its longer edge at ``max_size``."""

    def __init__(
        self,
        size: Size | None,
        interpolation: Any = "bilinear",
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if size is None:
            if not isinstance(max_size, int):
                raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        elif isinstance(size, int):
            size = [size]
        elif isinstance(size, Sequence) and len(size) in (1, 2):
            size = list(size)
        else:
            raise ValueError(
                f"size can be an integer, a sequence of one or two integers, or None, but got {size} instead."
            )
        self.size, self.interpolation, self.max_size, self.antialias = size, interpolation, max_size, antialias

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resize, inpt, self.size, self.interpolation, self.max_size, self.antialias)


class ScaleJitter(Transform):
    """The image as large as fits into ``target_size`` (width, height), times a random factor from ``scale_range``."""

    def __init__(
        self, target_size: tuple[int, int], scale_range: tuple[float, float] = (0.1, 2.0), interpolation: Any = "bilinear",
        antialias: bool | None = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.target_size, self.scale_range = target_size, scale_range
        self.interpolation, self.antialias = interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        scale = self.scale_range[0] + rand(1) * (self.scale_range[1] - self.scale_range[0])
        scale = min(self.target_size[1] / h, self.target_size[0] / w) * scale
        return {"size": (int(h * scale), int(w * scale))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resize, inpt, params["size"], self.interpolation, antialias=self.antialias)


class RandomShortestSize(Transform):
    """The shorter edge at one of the lengths ``min_size``, but the longer one at most at ``max_size``."""

    def __init__(
        self, min_size: Any, max_size: int | None = None, interpolation: Any = "bilinear", antialias: bool | None = True
    ) -> None:
        super().__init__()
        self.min_size = [min_size] if isinstance(min_size, int) else list(min_size)
        self.max_size, self.interpolation, self.antialias = max_size, interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        scale = self.min_size[int(randint(len(self.min_size), ()))] / min(h, w)
        if self.max_size is not None:
            scale = min(scale, self.max_size / max(h, w))
        return {"size": (int(h * scale), int(w * scale))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resize, inpt, params["size"], self.interpolation, antialias=self.antialias)


class RandomResize(Transform):
    """The shorter edge at a random length from ``min_size`` up to, but not, ``max_size``."""

    def __init__(
        self, min_size: int, max_size: int, interpolation: Any = "bilinear", antialias: bool | None = True
    ) -> None:
        super().__init__()
        self.min_size, self.max_size, self.interpolation, self.antialias = min_size, max_size, interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"size": [int(randint(self.min_size, self.max_size, ()))]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resize, inpt, params["size"], self.interpolation, antialias=self.antialias)


class CenterCrop(Transform):
    """The middle part, (h, w) or square."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = F1.pair(size)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.center_crop, inpt, self.size)


def _only_images(transform: Transform, flat_inputs: list[Any]) -> None:
    if has_any(flat_inputs, BoundingBoxes, Mask):
        raise TypeError(f"BoundingBoxes'es and Mask's are not supported by {type(transform).__name__}()")


class FiveCrop(Transform):
    """The four corners and the middle, as a tuple."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = F1.pair(size)

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        _only_images(self, flat_inputs)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.five_crop, inpt, self.size)


class TenCrop(Transform):
    """`FiveCrop` of the image and of its mirror image, as a tuple."""

    def __init__(self, size: Size, vertical_flip: bool = False) -> None:
        super().__init__()
        self.size, self.vertical_flip = F1.pair(size), vertical_flip

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        _only_images(self, flat_inputs)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.ten_crop, inpt, self.size, self.vertical_flip)


def _check_padding(padding: Any, padding_mode: str) -> None:
    whole = (
        isinstance(padding, (tuple, list)) and len(padding) in (1, 2, 4) and all(isinstance(p, int) for p in padding)
    )
    if not (isinstance(padding, int) or whole):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element of tuple or list, got {padding}.")
    _check_mode(padding_mode)


def _check_mode(padding_mode: str) -> None:
    if padding_mode not in F1.PADDING_MODES:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")


class Pad(Transform):
    """The image with a border; ``fill`` may differ by channel and, as a dict, by kind of input."""

    def __init__(self, padding: Size, fill: Any = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        _check_padding(padding, padding_mode)
        self.padding = padding if isinstance(padding, int) else list(padding)
        self.fill = fill
        self._fill = fill_by_kind(fill)
        self.padding_mode = padding_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.pad, inpt, self.padding, fill_of(self._fill, inpt), self.padding_mode)


class RandomZoomOut(RandomApplyTransform):
    """The image somewhere on a larger canvas, ``side_range`` times as large, with probability ``p``."""

    def __init__(self, fill: Any = 0, side_range: Sequence[float] = (1.0, 4.0), p: float = 0.5) -> None:
        super().__init__(p)
        self.fill = fill
        self._fill = fill_by_kind(fill)
        check_sequence(side_range, "side_range", (2,))
        if side_range[0] < 1.0 or side_range[0] > side_range[1]:
            raise ValueError(f"Invalid side range provided {side_range}.")
        self.side_range = side_range

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        scale = self.side_range[0] + rand(1) * (self.side_range[1] - self.side_range[0])
        width, height = int(w * scale), int(h * scale)
        at = rand(2)
        left, top = int((width - w) * at[0]), int((height - h) * at[1])
        return {"padding": [left, top, width - (left + w), height - (top + h)]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.pad, inpt, params["padding"], fill_of(self._fill, inpt))


class RandomCrop(Transform):
    """A part of size (h, w) from a random place, after padding if wanted."""

    def __init__(
        self,
        size: Size,
        padding: Size | None = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.size = F1.pair(size)
        if padding is not None:
            _check_padding(padding, padding_mode)
        elif pad_if_needed:
            _check_mode(padding_mode)
        self.padding: list[int] | None = None
        if padding:
            widths = [padding] if isinstance(padding, int) else list(padding)
            across, down = (widths * 2)[:2] if len(widths) < 4 else widths[:2]
            self.padding = [across, across, down, down]  # left, right, top, bottom
            if len(widths) == 4:
                self.padding = [widths[0], widths[2], widths[1], widths[3]]
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self._fill = fill_by_kind(fill)
        self.padding_mode = padding_mode

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        left, right, top, bottom = self.padding or (0, 0, 0, 0)
        height, width = self.size
        if self.pad_if_needed:
            more_y, more_x = max(height - (h + top + bottom), 0), max(width - (w + left + right), 0)
            left, right, top, bottom = left + more_x, right + more_x, top + more_y, bottom + more_y
        h, w = h + top + bottom, w + left + right
        if h < height or w < width:
            raise ValueError(
                f"Required crop size {(height, width)} is larger than "
                f"{'padded ' if self.padding is not None else ''}input image size {(h, w)}."
            )
        y = int(randint(0, h - height + 1, size=())) if h > height else 0
        x = int(randint(0, w - width + 1, size=())) if w > width else 0
        return {
            "padding": [left, top, right, bottom],
            "crop": (y, x, height, width) if (h, w) != (height, width) else None,
        }

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if any(params["padding"]):
            inpt = self._call_kernel(F.pad, inpt, params["padding"], fill_of(self._fill, inpt), self.padding_mode)
        return self._call_kernel(F.crop, inpt, *params["crop"]) if params["crop"] else inpt


class RandomResizedCrop(Transform):
    """A part of random area (``scale`` of the whole) and proportions (``ratio``), resized to ``size``."""

    def __init__(
        self,
        size: Size,
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Any = "bilinear",
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size = F1.pair(size)
        if not isinstance(scale, Sequence) or len(scale) != 2:
            raise TypeError("Scale should be a sequence of two floats.")
        if not isinstance(ratio, Sequence) or len(ratio) != 2:
            raise TypeError("Ratio should be a sequence of two floats.")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        self.scale, self.ratio, self.interpolation, self.antialias = scale, ratio, interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        blank = empty(1, *query_size(flat_inputs))
        return {"crop": RandomResizedCrop1.get_params(blank, self.scale, self.ratio)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resized_crop, inpt, *params["crop"], self.size, self.interpolation, self.antialias)


class RandomRotation(Transform):
    """The image turned by a random angle: ``degrees`` (low, high), or -degrees to degrees."""

    def __init__(
        self, degrees: Any, interpolation: Any = "nearest", expand: bool = False, center: Any = None, fill: Any = 0
    ) -> None:
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        self.interpolation, self.expand, self.fill = interpolation, expand, fill
        self._fill = fill_by_kind(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"angle": uniform(*self.degrees)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        fill = fill_of(self._fill, inpt)
        return self._call_kernel(F.rotate, inpt, params["angle"], self.interpolation, self.expand, self.center, fill)


class RandomAffine(Transform):
    """The image turned, moved, scaled and sheared at random; what is None stays as it is."""

    def __init__(
        self,
        degrees: Any,
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: Any = None,
        interpolation: Any = "nearest",
        fill: Any = 0,
        center: Any = None,
    ) -> None:
        super().__init__()
        checked = RandomAffine1(degrees, translate, scale, shear, center=center)
        self.degrees, self.translate, self.scale, self.shear = checked.degrees, translate, scale, checked.shear
        self.interpolation, self.fill = interpolation, fill
        self._fill = fill_by_kind(fill)
        self.center = center

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        return {"drawn": RandomAffine1.get_params(self.degrees, self.translate, self.scale, self.shear, (w, h))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(
            F.affine, inpt, *params["drawn"], self.interpolation, fill_of(self._fill, inpt), self.center
        )


class RandomPerspective(RandomApplyTransform):
    """The image as seen from the side, its corners moved inwards by up to half of it, with probability ``p``."""

    def __init__(
        self, distortion_scale: float = 0.5, p: float = 0.5, interpolation: Any = "bilinear", fill: Any = 0
    ) -> None:
        super().__init__(p)
        if not 0 <= distortion_scale <= 1:
            raise ValueError("Argument distortion_scale value should be between 0 and 1")
        self.distortion_scale, self.interpolation, self.fill = distortion_scale, interpolation, fill
        self._fill = fill_by_kind(fill)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        return {"corners": RandomPerspective1.get_params(w, h, self.distortion_scale)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.perspective, inpt, *params["corners"], self.interpolation, fill_of(self._fill, inpt))


class RandomErasing(RandomApplyTransform):
    """A random rectangle set to ``value`` (one number, one a channel, "random"), with probability ``p``."""

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0.0,
        inplace: bool = False,
    ) -> None:
        super().__init__(p)
        RandomErasing1(p, scale, ratio, value)  # its checks and warnings
        self.scale, self.ratio = scale, ratio
        numbers = [value] if isinstance(value, (int, float)) else value
        self.value = None if isinstance(value, str) else [float(v) for v in numbers]
        self.inplace = inplace

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        shape = query_chw(flat_inputs)
        if self.value is not None and len(self.value) not in (1, shape[0]):
            raise ValueError(
                f"If value is a sequence, it should have either a single value or {shape[0]} (number of inpt channels)"
            )
        blank = empty(*shape)
        *place, v = RandomErasing1.get_params(blank, self.scale, self.ratio, self.value)
        return {"place": None if v is blank else (*place, v)}

    def _call_kernel(self, functional: Any, inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(inpt, (BoundingBoxes, KeyPoints, Mask)):
            warnings.warn(
                f"{type(self).__name__}() is currently passing through inputs of type "
                f"tv_tensors.{type(inpt).__name__}. This will likely change in the future.",
                stacklevel=2,
            )
        return super()._call_kernel(functional, inpt, *args, **kwargs)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return (
            inpt
            if params["place"] is None
            else self._call_kernel(F.erase, inpt, *params["place"], inplace=self.inplace)
        )


class ElasticTransform(Transform):
    """The image as on water: every pixel moved by up to ``alpha`` pixels or so, smoothly over ``sigma`` pixels."""

    def __init__(self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = "bilinear", fill: Any = 0) -> None:
        super().__init__()
        self.alpha, self.sigma = pair_of_numbers(alpha, "alpha"), pair_of_numbers(sigma, "sigma")
        self.interpolation, self.fill = interpolation, fill
        self._fill = fill_by_kind(fill)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        moves = []
        for alpha, sigma, side in zip(self.alpha, self.sigma, (w, h), strict=True):
            move = rand(1, 1, h, w) * 2 - 1
            if sigma > 0.0:
                size = int(8 * sigma + 1) | 1
                move = F.gaussian_blur(move, [size, size], list(self.sigma))
            moves.append(move * alpha / side)
        return {"displacement": cat(moves, 1).permute(0, 2, 3, 1)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.elastic, inpt, params["displacement"], self.interpolation, fill_of(self._fill, inpt))


def pair_of_numbers(x: Any, name: str) -> list[float]:
    """Two numbers of one or two."""
    if not isinstance(x, (int, float, Sequence)):
        raise TypeError(f"{name} should be a number or a sequence of numbers. Got {type(x)}")
    if isinstance(x, (int, float)):
        return [float(x), float(x)]
    if len(x) not in (1, 2):
        raise ValueError(f"If {name} is a sequence its length should be 1 or 2. Got {len(x)}")
    for element in x:
        if not isinstance(element, (int, float)):
            raise ValueError(f"{name} should be a sequence of numbers. Got {type(element)}")
    return [float(x[0]), float(x[-1])]
