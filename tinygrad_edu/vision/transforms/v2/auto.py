"""The policies of augmentation for whole samples. They draw other numbers than the first version's."""

from __future__ import annotations

from typing import Any

from PIL import Image as PILImage

from ....autograd.variable import Variable
from ....ops.random_ops import rand, randint
from ...tv_tensors import BoundingBoxes, KeyPoints, Mask, TVTensor, Video, plain, wrap
from ..auto import FIXED, POLICIES, AutoAugmentPolicy, Range, apply_named, read_policies, space, steps
from ..images import max_value
from ..mixtures import mixed, mixed_operations
from . import functional as F
from .base import IMAGES, Transform, fill_by_kind, fill_of, fits, leaves, rebuilt


class _Policy(Transform):
    """Changes the one image of a sample."""

    def __init__(self, *, interpolation: Any = "nearest", fill: Any = None) -> None:
        super().__init__()
        self.interpolation, self.fill = interpolation, fill
        self._fill = fill_by_kind(fill)

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        flat = leaves(sample)
        for x in flat:
            if isinstance(x, (BoundingBoxes, KeyPoints, Mask)):
                raise TypeError(f"Inputs of type {type(x).__name__} are not supported by {type(self).__name__}()")
        places = [i for i, (x, wanted) in enumerate(zip(flat, self._chosen(flat))) if wanted and fits(x, IMAGES)]
        if not places:
            raise TypeError("Found no image in the sample.")
        if len(places) > 1:
            raise TypeError(
                "Auto augment transformations are only properly defined for a single image or video, "
                f"but found {len(places)}."
            )
        flat[places[0]] = self.augmented(flat[places[0]])
        return rebuilt(sample, flat)

    def augmented(self, image: Any) -> Any:
        """One image changed by the policy."""
        raise NotImplementedError

    def _step(self, image: Any, name: str, magnitude: float, signed: bool) -> Any:
        """The operation, its sign drawn if it has one."""
        if signed and rand(()) <= 0.5:
            magnitude = -magnitude
        if name == "Solarize":  # from a part of the range
            magnitude *= 255.0 if isinstance(image, PILImage.Image) else max_value(image.dtype)
        return apply_named(image, name, magnitude, self.interpolation, fill_of(self._fill, image), F)

    @staticmethod
    def _space(bins: int, *limits: Any) -> dict[str, Range]:
        return {**space(bins, *limits), "Solarize": (steps(1.0, 0.0, bins), False)}


class TrivialAugmentWide(_Policy):
    """One random operation with a random strength."""

    def __init__(self, num_magnitude_bins: int = 31, interpolation: Any = "nearest", fill: Any = None) -> None:
        super().__init__(interpolation=interpolation, fill=fill)
        self.num_magnitude_bins = num_magnitude_bins

    def augmented(self, image: Any) -> Any:
        choices = {"Identity": FIXED, **self._space(self.num_magnitude_bins, 0.99, (32.0, 32.0), 135.0, 0.99, 6)}
        name = list(choices)[int(randint(len(choices), ()))]
        strengths, signed = choices[name]
        magnitude = strengths[int(randint(self.num_magnitude_bins, ()))] if strengths else 0.0
        return self._step(image, name, magnitude, signed)


class RandAugment(_Policy):
    """``num_ops`` random operations one after the other, of one strength."""

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Any = "nearest",
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation=interpolation, fill=fill)
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def augmented(self, image: Any) -> Any:
        h, w = F.get_size(image)
        move = (150.0 / 331.0 * w, 150.0 / 331.0 * h)
        choices = {"Identity": FIXED, **self._space(self.num_magnitude_bins, 0.3, move, 30.0, 0.9, 4)}
        for _ in range(self.num_ops):
            name = list(choices)[int(randint(len(choices), ()))]
            strengths, signed = choices[name]
            image = self._step(image, name, strengths[self.magnitude] if strengths else 0.0, signed)
        return image


class AutoAugment(_Policy):
    """One of 25 pairs of operations that were learned for a data set."""

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Any = "nearest",
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation=interpolation, fill=fill)
        if policy not in POLICIES:
            raise ValueError(f"The provided policy {policy} is not recognized.")
        self.policy = policy
        self._policies = read_policies(POLICIES[policy])

    def augmented(self, image: Any) -> Any:
        h, w = F.get_size(image)
        choices = {**self._space(10, 0.3, (150.0 / 331.0 * w, 150.0 / 331.0 * h), 30.0, 0.9, 4), "Invert": FIXED}
        for name, p, level in self._policies[int(randint(len(self._policies), ()))]:
            if rand(()) <= p:
                strengths, signed = choices[name]
                image = self._step(image, name, 0.0 if level is None else strengths[level], signed)
        return image


class AugMix(_Policy):
    """Several chains of random operations, mixed with each other and with the image (Hendrycks and others, 2020)."""

    def __init__(
        self, severity: int = 3, mixture_width: int = 3, chain_depth: int = -1, alpha: float = 1.0, all_ops: bool = True,
        interpolation: Any = "bilinear", fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(interpolation=interpolation, fill=fill)
        if not 1 <= severity <= 10:
            raise ValueError(f"The severity must be between [1, 10]. Got {severity} instead.")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def _chain(self, image: Any, choices: dict[str, Range]) -> Any:
        for _ in range(self.chain_depth if self.chain_depth > 0 else int(randint(1, 4, (1,)))):
            name = list(choices)[int(randint(len(choices), ()))]
            strengths, signed = choices[name]
            image = self._step(image, name, strengths[int(randint(self.severity, ()))] if strengths else 0.0, signed)
        return image

    def augmented(self, image: Any) -> Any:
        height, width = F.get_size(image)
        start = plain(image) if isinstance(image, Variable) else F.pil_to_tensor(image)
        choices = mixed_operations(self._space(10, 0.3, (width / 3.0, height / 3.0), 30.0, 0.9, 4), self.all_ops)
        ndim = 5 if isinstance(image, Video) else 4
        mix = mixed(start, ndim, self.alpha, self.mixture_width, lambda batch: self._chain(batch, choices))
        if isinstance(image, TVTensor):
            return wrap(mix, like=image)
        return mix if isinstance(image, Variable) else F.to_pil_image(mix)
