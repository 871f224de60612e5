"""``v2`` transforms of colour and sharpness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....ops.random_ops import rand, randint, randperm
from .. import functional as F1
from ..random import check_sequence, uniform
from . import functional as F
from .base import RandomApplyTransform, Transform, query_chw
from .geometry import pair_of_numbers


class Grayscale(Transform):
    """The image in grey, in one channel or three equal ones."""

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.rgb_to_grayscale, inpt, num_output_channels=self.num_output_channels)


class RandomGrayscale(RandomApplyTransform):
    """Grey in as many channels as before, with probability ``p``."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p=p)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"channels": query_chw(flat_inputs)[0]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.rgb_to_grayscale, inpt, num_output_channels=params["channels"])


class RGB(Transform):
    """The image in three channels."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.grayscale_to_rgb, inpt)


def _range(
    value: Any, name: str, center: float = 1.0, bound: tuple[float, float] = (0, float("inf"))
) -> tuple[float, float] | None:
    """(low, high) of a number around ``center`` or of a pair; None when there is nothing to draw."""
    if value is None:
        return None
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        limits = [center - value, center + value]
        if center:
            limits[0] = max(limits[0], 0.0)
    elif isinstance(value, Sequence) and len(value) == 2:
        limits = [float(v) for v in value]
    else:
        raise TypeError(f"{name}={value} should be a single number or a sequence with length 2.")
    if not bound[0] <= limits[0] <= limits[1] <= bound[1]:
        raise ValueError(f"{name} values should be between {bound} and increasing, but got {limits}.")
    return None if limits[0] == limits[1] == center else (float(limits[0]), float(limits[1]))


_ADJUST = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)


class ColorJitter(Transform):
    """Brightness, contrast, saturation and hue changed at random, in a random order."""

    def __init__(self, brightness: Any = None, contrast: Any = None, saturation: Any = None, hue: Any = None) -> None:
        super().__init__()
        self.brightness = _range(brightness, "brightness")
        self.contrast = _range(contrast, "contrast")
        self.saturation = _range(saturation, "saturation")
        self.hue = _range(hue, "hue", center=0, bound=(-0.5, 0.5))

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        order = randperm(4).tolist()
        ranges = (self.brightness, self.contrast, self.saturation, self.hue)
        factors = [None if limits is None else uniform(*limits) for limits in ranges]
        return {"steps": [(_ADJUST[i], factors[i]) for i in order if factors[i] is not None]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        for adjust, factor in params["steps"]:
            inpt = self._call_kernel(adjust, inpt, factor)
        return inpt


class RandomChannelPermutation(Transform):
    """The channels in a random order."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"permutation": randperm(query_chw(flat_inputs)[0]).tolist()}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.permute_channels, inpt, params["permutation"])


class RandomPhotometricDistort(Transform):
    """Brightness, contrast, saturation, hue and the order of the channels changed, each with probability ``p``."""

    def __init__(
        self,
        brightness: tuple[float, float] = (0.875, 1.125),
        contrast: tuple[float, float] = (0.5, 1.5),
        saturation: tuple[float, float] = (0.5, 1.5),
        hue: tuple[float, float] = (-0.05, 0.05),
        p: float = 0.5,
    ) -> None:
        super().__init__()
        self.brightness, self.contrast, self.hue, self.saturation, self.p = brightness, contrast, hue, saturation, p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        channels = query_chw(flat_inputs)[0]
        ranges = (self.brightness, self.contrast, self.saturation, self.hue)
        factors = [uniform(*limits) if rand(1) < self.p else None for limits in ranges]
        order = (0, 1, 2, 3) if rand(()) < 0.5 else (0, 2, 3, 1)
        permutation = randperm(channels).tolist() if rand(1) < self.p else None
        return {
            "steps": [(_ADJUST[i], factors[i]) for i in order if factors[i] is not None],
            "permutation": permutation,
        }

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        for adjust, factor in params["steps"]:
            inpt = self._call_kernel(adjust, inpt, factor)
        return (
            inpt
            if params["permutation"] is None
            else self._call_kernel(F.permute_channels, inpt, params["permutation"])
        )


# ----------------------------------------------------------------------------------------------- one function, or not
class _Sometimes(RandomApplyTransform):
    function: Callable[..., Any]

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(type(self).function, inpt)


class RandomInvert(_Sometimes):
    """The negative, with probability ``p``."""

    function = staticmethod(F.invert)


class RandomAutocontrast(_Sometimes):
    """Each channel stretched to the full range, with probability ``p``."""

    function = staticmethod(F.autocontrast)


class RandomEqualize(_Sometimes):
    """The numbers of each channel spread evenly, with probability ``p``."""

    function = staticmethod(F.equalize)


class RandomPosterize(RandomApplyTransform):
    """Only the upper ``bits`` of each number, with probability ``p``."""

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.bits = bits

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.posterize, inpt, self.bits)


class RandomSolarize(RandomApplyTransform):
    """Numbers from ``threshold`` on inverted, with probability ``p``."""

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.threshold = threshold

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.solarize, inpt, self.threshold)


class RandomAdjustSharpness(RandomApplyTransform):
    """Sharper (factor above 1) or smoother (below), with probability ``p``."""

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sharpness_factor = sharpness_factor

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.adjust_sharpness, inpt, self.sharpness_factor)


# --------------------------------------------------------------------------------------------------- blur and noise
class GaussianBlur(Transform):
    """The image smoothed by a Gaussian bell of random width: ``sigma`` (low, high) or one number."""

    def __init__(self, kernel_size: int | Sequence[int], sigma: Any = (0.1, 2.0)) -> None:
        super().__init__()
        self.kernel_size = F1.pair(kernel_size, "Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        self.sigma = pair_of_numbers(sigma, "sigma")
        if not 0.0 < self.sigma[0] <= self.sigma[1]:
            raise ValueError(f"sigma values should be positive and of the form (min, max). Got {self.sigma}")

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"sigma": uniform(*self.sigma)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.gaussian_blur, inpt, self.kernel_size, [params["sigma"]] * 2)


class GaussianNoise(Transform):
    """The image with normal noise added."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean, self.sigma, self.clip = mean, sigma, clip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.gaussian_noise, inpt, self.mean, self.sigma, self.clip)


class JPEG(Transform):
    """The image as it comes back from a JPEG file of random quality: a whole number from 1 to 100, or from (low, high)."""

    def __init__(self, quality: int | Sequence[int]) -> None:
        super().__init__()
        if isinstance(quality, bool):
            raise TypeError("quality can't be bool")
        if isinstance(quality, int):
            quality = [quality, quality]
        else:
            check_sequence(quality, "quality", (2,))
        low, high = quality
        if not (1 <= low <= high <= 100 and isinstance(low, int) and isinstance(high, int)):
            raise ValueError(f"quality must be an integer from 1 to 100, got {quality =}")
        self.quality = quality

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"quality": int(randint(self.quality[0], self.quality[1] + 1, ()))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.jpeg, inpt, quality=params["quality"])
