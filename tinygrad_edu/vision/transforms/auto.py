"""Learned and random policies of augmentation: each picks operations by name, with a strength."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Any

from ... import nn
from ...autograd.variable import Variable
from ...dtypes import int64
from ...ops.random_ops import rand, randint
from ...ops.ranges import linspace
from . import functional as F
from .functional import Img, InterpolationMode

Range = tuple[list[float], bool]  # the strengths from weak to strong (none: it has only one), whether the sign is drawn
FIXED: Range = ([], False)


def apply_named(img: Img, name: str, magnitude: float, interpolation: Any, fill: Any, functions: Any = F) -> Img:
    """The image after the operation ``name`` with this strength. ``functions``: the module whose operations are used."""
    turn = {"interpolation": interpolation, "fill": fill}
    still: dict[str, Any] = {"angle": 0.0, "scale": 1.0, **turn}
    slant = math.degrees(math.atan(magnitude)) if name.startswith("Shear") else 0.0
    actions: dict[str, Callable[[], Img]] = {
        "Identity": lambda: img,
        "ShearX": lambda: functions.affine(img, translate=[0, 0], shear=[slant, 0.0], center=[0, 0], **still),
        "ShearY": lambda: functions.affine(img, translate=[0, 0], shear=[0.0, slant], center=[0, 0], **still),
        "TranslateX": lambda: functions.affine(img, translate=[int(magnitude), 0], shear=[0.0, 0.0], **still),
        "TranslateY": lambda: functions.affine(img, translate=[0, int(magnitude)], shear=[0.0, 0.0], **still),
        "Rotate": lambda: functions.rotate(img, magnitude, **turn),
        "Brightness": lambda: functions.adjust_brightness(img, 1.0 + magnitude),
        "Color": lambda: functions.adjust_saturation(img, 1.0 + magnitude),
        "Contrast": lambda: functions.adjust_contrast(img, 1.0 + magnitude),
        "Sharpness": lambda: functions.adjust_sharpness(img, 1.0 + magnitude),
        "Posterize": lambda: functions.posterize(img, int(magnitude)),
        "Solarize": lambda: functions.solarize(img, magnitude),
        "AutoContrast": lambda: functions.autocontrast(img),
        "Equalize": lambda: functions.equalize(img),
        "Invert": lambda: functions.invert(img),
    }
    if name not in actions:
        raise ValueError(f"The provided operator {name} is not recognized.")
    return actions[name]()


def steps(start: float, end: float, bins: int) -> list[float]:
    return linspace(start, end, bins).tolist()


def _bits(bins: int, lost: int) -> list[float]:
    """8 bits, and step by step up to ``lost`` fewer."""
    return [8 - round(i / ((bins - 1) / lost)) for i in range(bins)]


def space(
    bins: int, shear: float, move: tuple[float, float], turn: float, colour: float, bits: int
) -> dict[str, Range]:
    """The usual operations with their strengths; ``move`` in x and y."""
    return {
        "ShearX": (steps(0.0, shear, bins), True),
        "ShearY": (steps(0.0, shear, bins), True),
        "TranslateX": (steps(0.0, move[0], bins), True),
        "TranslateY": (steps(0.0, move[1], bins), True),
        "Rotate": (steps(0.0, turn, bins), True),
        **{name: (steps(0.0, colour, bins), True) for name in ("Brightness", "Color", "Contrast", "Sharpness")},
        "Posterize": (_bits(bins, bits), False),
        "Solarize": (steps(255.0, 0.0, bins), False),
        "AutoContrast": FIXED,
        "Equalize": FIXED,
    }


def _tensor_fill(img: Img, fill: Any) -> Any:
    """``fill`` as the functions want it for a tensor: one float a channel."""
    if not isinstance(img, Variable) or fill is None:
        return fill
    return [float(fill)] * F.get_dimensions(img)[0] if isinstance(fill, (int, float)) else [float(f) for f in fill]


class _Policy(nn.Module):
    """What the policies share: how pixels are looked up and what lies outside."""

    def __init__(self, interpolation: InterpolationMode, fill: Any) -> None:
        super().__init__()
        self.interpolation, self.fill = interpolation, fill

    def _apply(self, img: Img, name: str, magnitude: float) -> Img:  # type: ignore[override]
        return apply_named(img, name, magnitude, self.interpolation, _tensor_fill(img, self.fill))

    def _printed(self, **arguments: Any) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in arguments.items())})"


class TrivialAugmentWide(_Policy):
    """One random operation with a random strength (Müller and Hutter, 2021). Tensors must be uint8."""

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img: Img) -> Img:
        F.get_dimensions(img)
        choices = {"Identity": FIXED, **space(self.num_magnitude_bins, 0.99, (32.0, 32.0), 135.0, 0.99, 6)}
        name = list(choices)[int(randint(len(choices), (1,)))]
        strengths, signed = choices[name]
        magnitude = strengths[int(randint(len(strengths), (1,), dtype=int64))] if strengths else 0.0
        if signed and randint(2, (1,)):
            magnitude = -magnitude
        return self._apply(img, name, magnitude)

    def __repr__(self) -> str:
        return self._printed(
            num_magnitude_bins=self.num_magnitude_bins, interpolation=self.interpolation, fill=self.fill
        )


class RandAugment(_Policy):
    """``num_ops`` random operations one after the other, of one strength (Cubuk and others, 2019)."""

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def forward(self, img: Img) -> Img:
        _, h, w = F.get_dimensions(img)
        move = (150.0 / 331.0 * w, 150.0 / 331.0 * h)
        choices = {"Identity": FIXED, **space(self.num_magnitude_bins, 0.3, move, 30.0, 0.9, 4)}
        for _ in range(self.num_ops):
            name = list(choices)[int(randint(len(choices), (1,)))]
            strengths, signed = choices[name]
            magnitude = strengths[self.magnitude] if strengths else 0.0
            if signed and randint(2, (1,)):
                magnitude = -magnitude
            img = self._apply(img, name, magnitude)
        return img

    def __repr__(self) -> str:
        names = ("num_ops", "magnitude", "num_magnitude_bins", "interpolation", "fill")
        return self._printed(**{name: getattr(self, name) for name in names})


class AutoAugmentPolicy(Enum):
    """The data set that a policy was learned on."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# The published policies (arXiv 1805.09501, appendix), 25 each: two operations as name, probability in tenths, strength
POLICIES = {
    AutoAugmentPolicy.IMAGENET: """
        Posterize 4 8 Rotate 6 9 | Solarize 6 5 AutoContrast 6 - | Equalize 8 - Equalize 6 - | Posterize 6 7 Posterize 6 6
        Equalize 4 - Solarize 2 4 | Equalize 4 - Rotate 8 8 | Solarize 6 3 Equalize 6 - | Posterize 8 5 Equalize 10 -
        Rotate 2 3 Solarize 6 8 | Equalize 6 - Posterize 4 6 | Rotate 8 8 Color 4 0 | Rotate 4 9 Equalize 6 -
        Equalize 0 - Equalize 8 - | Invert 6 - Equalize 10 - | Color 6 4 Contrast 10 8 | Rotate 8 8 Color 10 2
        Color 8 8 Solarize 8 7 | Sharpness 4 7 Invert 6 - | ShearX 6 5 Equalize 10 - | Color 4 0 Equalize 6 -
        Equalize 4 - Solarize 2 4 | Solarize 6 5 AutoContrast 6 - | Invert 6 - Equalize 10 - | Color 6 4 Contrast 10 8
        Equalize 8 - Equalize 6 -""",
    AutoAugmentPolicy.CIFAR10: """
        Invert 1 - Contrast 2 6 | Rotate 7 2 TranslateX 3 9 | Sharpness 8 1 Sharpness 9 3 | ShearY 5 8 TranslateY 7 9
        AutoContrast 5 - Equalize 9 - | ShearY 2 7 Posterize 3 7 | Color 4 3 Brightness 6 7 | Sharpness 3 9 Brightness 7 9
        Equalize 6 - Equalize 5 - | Contrast 6 7 Sharpness 6 5 | Color 7 7 TranslateX 5 8 | Equalize 3 - AutoContrast 4 -
        TranslateY 4 3 Sharpness 2 6 | Brightness 9 6 Color 2 8 | Solarize 5 2 Invert 0 - | Equalize 2 - AutoContrast 6 -
        Equalize 2 - Equalize 6 - | Color 9 9 Equalize 6 - | AutoContrast 8 - Solarize 2 8 | Brightness 1 3 Color 7 0
        Solarize 4 5 AutoContrast 9 - | TranslateY 9 9 TranslateY 7 9 | AutoContrast 9 - Solarize 8 3
        Equalize 8 - Invert 1 - | TranslateY 7 9 AutoContrast 9 -""",
    AutoAugmentPolicy.SVHN: """
        ShearX 9 4 Invert 2 - | ShearY 9 8 Invert 7 - | Equalize 6 - Solarize 6 6 | Invert 9 - Equalize 6 -
        Equalize 6 - Rotate 9 3 | ShearX 9 4 AutoContrast 8 - | ShearY 9 8 Invert 4 - | ShearY 9 5 Solarize 2 6
        Invert 9 - AutoContrast 8 - | Equalize 6 - Rotate 9 3 | ShearX 9 4 Solarize 3 3 | ShearY 8 8 Invert 7 -
        Equalize 9 - TranslateY 6 6 | Invert 9 - Equalize 6 - | Contrast 3 3 Rotate 8 4 | Invert 8 - TranslateY 0 2
        ShearY 7 6 Solarize 4 8 | Invert 6 - Rotate 8 4 | ShearY 3 7 TranslateX 9 3 | ShearX 1 6 Invert 6 -
        Solarize 7 2 TranslateY 6 7 | ShearY 8 4 Invert 8 - | ShearX 7 9 TranslateY 8 3 | ShearY 8 5 AutoContrast 7 -
        ShearX 7 2 Invert 1 -""",
}  # fmt: skip


def read_policies(text: str) -> list[list[tuple[str, float, int | None]]]:
    words = text.replace("|", " ").split()
    steps = [
        (name, int(tenths) / 10, None if level == "-" else int(level))
        for name, tenths, level in zip(words[::3], words[1::3], words[2::3], strict=True)
    ]
    return [steps[i : i + 2] for i in range(0, len(steps), 2)]


class AutoAugment(_Policy):
    """One of 25 pairs of operations that were learned for a data set (Cubuk and others, 2018)."""

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        if policy not in POLICIES:
            raise ValueError(f"The provided policy {policy} is not recognized.")
        self.policy, self.policies = policy, read_policies(POLICIES[policy])

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Any, Any]:
        """Which pair, and for its two operations a number to compare with the probability and a sign."""
        return int(randint(transform_num, (1,))), rand((2,)), randint(2, (2,))

    def forward(self, img: Img) -> Img:
        _, h, w = F.get_dimensions(img)
        which, chances, signs = self.get_params(len(self.policies))
        choices = {**space(10, 0.3, (150.0 / 331.0 * w, 150.0 / 331.0 * h), 30.0, 0.9, 4), "Invert": FIXED}
        for i, (name, p, level) in enumerate(self.policies[which]):
            if chances[i] > p:
                continue
            strengths, signed = choices[name]
            magnitude = 0.0 if level is None else strengths[level]
            img = self._apply(img, name, -magnitude if signed and signs[i] == 0 else magnitude)
        return img

    def __repr__(self) -> str:
        return self._printed(policy=self.policy, fill=self.fill)
