"""The transforms that trained models expect of their images."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...dtypes import float32
from . import functional as F
from .functional import Img, InterpolationMode


class ImageClassification(nn.Module):
    """Resize the shorter edge, crop the middle, scale to 0…1 and normalize: an image or tensor to a float tensor."""

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: tuple[float, ...] = (0.485, 0.456, 0.406),
        std: tuple[float, ...] = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size, self.resize_size = [crop_size], [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def forward(self, img: Img) -> Any:
        img = F.resize(img, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        return _normalized(self, F.center_crop(img, self.crop_size))

    def __repr__(self) -> str:
        return _shown(self, ("crop_size", "resize_size", "mean", "std", "interpolation"))


class SemanticSegmentation(nn.Module):
    """Resize the shorter edge (None: not at all), scale to 0…1 and normalize: an image or tensor to a float tensor."""

    def __init__(
        self,
        *,
        resize_size: int | None,
        mean: tuple[float, ...] = (0.485, 0.456, 0.406),
        std: tuple[float, ...] = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.resize_size = None if resize_size is None else [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def forward(self, img: Img) -> Any:
        if self.resize_size is not None:
            img = F.resize(img, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        return _normalized(self, img)

    def __repr__(self) -> str:
        return _shown(self, ("resize_size", "mean", "std", "interpolation"))


def _normalized(preset: Any, img: Img) -> Any:
    if F.is_pil(img):
        img = F.pil_to_tensor(img)
    return F.normalize(F.convert_image_dtype(img, float32), mean=preset.mean, std=preset.std)


def _shown(preset: Any, names: tuple[str, ...]) -> str:
    return f"{type(preset).__name__}(" + "".join(f"\n    {name}={getattr(preset, name)}" for name in names) + "\n)"
