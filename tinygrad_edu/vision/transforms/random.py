"""Random transforms of colour and geometry. They draw from the global generator exactly as torchvision's do."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...autograd.variable import Variable
from ...ops.creation import empty
from ...ops.random_ops import rand, randint, randperm
from . import functional as F
from .functional import Img, InterpolationMode

Number = (int, float)


def uniform(low: Any, high: Any) -> float:
    """A number between two from the global generator."""
    return empty(1).uniform_(float(low), float(high)).item()


def check_sequence(x: Any, name: str, sizes: tuple[int, ...]) -> None:
    """TypeError or ValueError for what is no sequence of one of these lengths."""
    expected = " or ".join(map(str, sizes)) if len(sizes) > 1 else sizes[0]
    if not isinstance(x, Sequence):
        raise TypeError(f"{name} should be a sequence of length {expected}.")
    if len(x) not in sizes:
        raise ValueError(f"{name} should be a sequence of length {expected}.")


def angles(x: Any, name: str, sizes: tuple[int, ...] = (2,)) -> list[float]:
    """[low, high] of a number (-x to x) or a sequence."""
    if isinstance(x, Number):
        if x < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [-float(x), float(x)]
    check_sequence(x, name, sizes)
    return [float(d) for d in x]


def check_fill(fill: Any) -> Any:
    if fill is not None and not isinstance(fill, (Sequence, *Number)):
        raise TypeError("Fill should be either a sequence or a number.")
    return 0 if fill is None else fill


def fill_for(img: Img, fill: Any) -> Any:
    """``fill`` with one float a channel for a tensor, as it is for a PIL image."""
    channels = F.get_dimensions(img)[0]
    if not isinstance(img, Variable):
        return fill
    return [float(fill)] * channels if isinstance(fill, Number) else [float(f) for f in fill]


def jitter_range(
    value: Any, name: str, center: float = 1, bound: tuple[float, float] = (0, float("inf")), clip: bool = True
) -> tuple[float, float] | None:
    """(low, high) of a number around ``center`` or of a pair; None when there is nothing to draw."""
    if isinstance(value, Number):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        low, high = center - float(value), center + float(value)
        low = max(low, 0.0) if clip else low
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        low, high = float(value[0]), float(value[1])
    else:
        raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
    if not bound[0] <= low <= high <= bound[1]:
        raise ValueError(f"{name} values should be between {bound}, but got {[low, high]}.")
    return None if low == high == center else (low, high)


class ColorJitter(nn.Module):
    """Brightness, contrast, saturation and hue changed at random, in a random order.

    A number x stands for factors from max(0, 1 - x) to 1 + x (hue: turns from -x to x), a pair for a range.
    """

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0) -> None:
        super().__init__()
        self.brightness = jitter_range(brightness, "brightness")
        self.contrast = jitter_range(contrast, "contrast")
        self.saturation = jitter_range(saturation, "saturation")
        self.hue = jitter_range(hue, "hue", center=0, bound=(-0.5, 0.5), clip=False)

    @staticmethod
    def get_params(brightness: Any, contrast: Any, saturation: Any, hue: Any) -> tuple[Any, ...]:
        """The order of the four, and a factor for each (None: leave it)."""
        order = randperm(4)
        ranges = (brightness, contrast, saturation, hue)
        return (order, *(None if limits is None else uniform(*limits) for limits in ranges))

    def forward(self, img: Img) -> Img:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        adjust = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for i in order.tolist():
            if factors[i] is not None:
                img = adjust[i](img, factors[i])
        return img

    def __repr__(self) -> str:
        names = ("brightness", "contrast", "saturation", "hue")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in names)})"


class RandomRotation(nn.Module):
    """The image turned by a random angle: ``degrees`` (low, high), or -degrees to degrees."""

    def __init__(
        self,
        degrees: Any,
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center, self.expand = center, expand
        self.interpolation = F.interpolation_mode(interpolation) if isinstance(interpolation, int) else interpolation
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        return uniform(degrees[0], degrees[1])

    def forward(self, img: Img) -> Img:
        fill = fill_for(img, self.fill)
        return F.rotate(img, self.get_params(self.degrees), self.interpolation, self.expand, self.center, fill)

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"{type(self).__name__}(degrees={self.degrees}, interpolation={self.interpolation.value}, "
            f"expand={self.expand}{center}, fill={self.fill})"
        )


class RandomAffine(nn.Module):
    """The image turned, moved, scaled and sheared at random; what is None stays as it is.

    ``translate``: the largest shifts as parts of width and height; ``scale`` (low, high); ``shear`` in degrees: a number,
    (low, high) in x, or (low, high, low, high) in x and y.
    """

    def __init__(
        self,
        degrees: Any,
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: Any = None,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        if translate is not None:
            check_sequence(translate, "translate", (2,))
            if not all(0.0 <= t <= 1.0 for t in translate):
                raise ValueError("translation values should be between 0 and 1")
        if scale is not None:
            check_sequence(scale, "scale", (2,))
            if any(s <= 0 for s in scale):
                raise ValueError("scale values should be positive")
        self.translate, self.scale = translate, scale
        self.shear = None if shear is None else angles(shear, "shear", (2, 4))
        self.interpolation = F.interpolation_mode(interpolation) if isinstance(interpolation, int) else interpolation
        self.fill = check_fill(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """(angle, (x, y), scale, (shear in x, in y)) for an image of (width, height)."""
        angle = uniform(degrees[0], degrees[1])
        shift = (0, 0)
        if translate is not None:
            x, y = (float(part * side) for part, side in zip(translate, img_size, strict=True))
            shift = (round(uniform(-x, x)), round(uniform(-y, y)))
        scale = 1.0 if scale_ranges is None else uniform(scale_ranges[0], scale_ranges[1])
        shear_x = shear_y = 0.0
        if shears is not None:
            shear_x = uniform(shears[0], shears[1])
            shear_y = uniform(shears[2], shears[3]) if len(shears) == 4 else 0.0
        return angle, shift, scale, (shear_x, shear_y)

    def forward(self, img: Img) -> Img:
        fill, size = fill_for(img, self.fill), F.get_image_size(img)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, size)
        return F.affine(img, *drawn, interpolation=self.interpolation, fill=fill, center=self.center)

    def __repr__(self) -> str:
        given = [f"{name}={v}" for name in ("translate", "scale", "shear") if (v := getattr(self, name)) is not None]
        if self.interpolation is not InterpolationMode.NEAREST:
            given.append(f"interpolation={self.interpolation.value}")
        if self.fill != 0:
            given.append(f"fill={self.fill}")
        if self.center is not None:
            given.append(f"center={self.center}")
        return f"{type(self).__name__}({', '.join([f'degrees={self.degrees}', *given])})"


class RandomPerspective(nn.Module):
    """With probability ``p`` the image as seen from the side: its corners moved inwards by up to half of it."""

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.p, self.distortion_scale = p, distortion_scale
        self.interpolation = F.interpolation_mode(interpolation) if isinstance(interpolation, int) else interpolation
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """The corners (x, y) of the image and where they go: top left, top right, bottom right, bottom left."""
        x, y = int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))
        near_x, near_y, far_x, far_y = (0, x + 1), (0, y + 1), (width - x - 1, width), (height - y - 1, height)
        corners = ((near_x, near_y), (far_x, near_y), (far_x, far_y), (near_x, far_y))
        end = [[int(randint(*limits, size=(1,)).item()) for limits in corner] for corner in corners]
        return [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], end

    def forward(self, img: Img) -> Img:
        fill = fill_for(img, self.fill)
        if not rand(1) < self.p:
            return img
        width, height = F.get_image_size(img)
        return F.perspective(img, *self.get_params(width, height, self.distortion_scale), self.interpolation, fill)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomGrayscale(nn.Module):
    """Grey in as many channels as before, with probability ``p``."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Img) -> Img:
        channels = F.get_image_num_channels(img)
        return F.rgb_to_grayscale(img, num_output_channels=channels) if rand(1) < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class GaussianBlur(nn.Module):
    """The image smoothed by a Gaussian bell of random width: ``sigma`` (low, high) or one number."""

    def __init__(self, kernel_size: int | Sequence[int], sigma: Any = (0.1, 2.0)) -> None:
        super().__init__()
        self.kernel_size = F.pair(kernel_size, "Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        if isinstance(sigma, Number):
            if sigma <= 0:
                raise ValueError("If sigma is a single number, it must be positive.")
            sigma = (sigma, sigma)
        elif not (isinstance(sigma, Sequence) and len(sigma) == 2):
            raise ValueError("sigma should be a single number or a list/tuple with length 2.")
        elif not 0.0 < sigma[0] <= sigma[1]:
            raise ValueError("sigma values should be positive and of the form (min, max).")
        self.sigma = sigma

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        return uniform(sigma_min, sigma_max)

    def forward(self, img: Img) -> Img:
        sigma = self.get_params(*self.sigma)
        return F.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"


# ------------------------------------------------------------------------------------- one function, or not
class _Sometimes(nn.Module):
    """A function of the image with probability ``p``; ``argument`` names the attribute that it takes too."""

    function: Callable[..., Any]
    argument = ""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Img) -> Img:
        if not rand(1).item() < self.p:
            return img
        more = (getattr(self, self.argument),) if self.argument else ()
        return type(self).function(img, *more)

    def __repr__(self) -> str:
        shown = f"{self.argument}={getattr(self, self.argument)}," if self.argument else ""
        return f"{type(self).__name__}({shown}p={self.p})"


class RandomInvert(_Sometimes):
    """The negative, with probability ``p``."""

    function = staticmethod(F.invert)


class RandomAutocontrast(_Sometimes):
    """Each channel stretched to the full range, with probability ``p``."""

    function = staticmethod(F.autocontrast)


class RandomEqualize(_Sometimes):
    """The numbers of each channel spread evenly, with probability ``p``."""

    function = staticmethod(F.equalize)


class RandomPosterize(_Sometimes):
    """Only the upper ``bits`` of each number, with probability ``p``."""

    function, argument = staticmethod(F.posterize), "bits"

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits


class RandomSolarize(_Sometimes):
    """Numbers from ``threshold`` on inverted, with probability ``p``."""

    function, argument = staticmethod(F.solarize), "threshold"

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold


class RandomAdjustSharpness(_Sometimes):
    """Sharper (factor above 1) or smoother (below), with probability ``p``."""

    function, argument = staticmethod(F.adjust_sharpness), "sharpness_factor"

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor


# --------------------------------------------------------------------------------------- several transforms
class RandomTransforms:
    """The base of transforms that choose among others."""

    def __init__(self, transforms: Sequence[Callable[..., Any]]) -> None:
        if not isinstance(transforms, Sequence):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(" + "".join(f"\n    {t}" for t in self.transforms) + "\n)"


class RandomOrder(RandomTransforms):
    """All transforms in a random order, drawn from Python's generator (``random.seed``)."""

    def __call__(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for i in order:
            img = self.transforms[i](img)
        return img


class RandomChoice(RandomTransforms):
    """One of the transforms, with weights ``p``, drawn from Python's generator (``random.seed``)."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        self.p = p

    def __call__(self, *args: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"
