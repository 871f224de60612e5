"""The transforms that trained models expect of their images."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...dtypes import float32
from . import functional as F
from .functional import Img, InterpolationMode


class ObjectDetection(nn.Module):
    """Scale to 0…1: an image or tensor to a float tensor."""

    def forward(self, img: Img) -> Any:
        return F.convert_image_dtype(F.pil_to_tensor(img) if F.is_pil(img) else img, float32)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


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


class VideoClassification(nn.Module):
    """`ImageClassification` of every picture of a film (…, T, C, H, W), to (…, C, T, H, W)."""

    def __init__(
        self,
        *,
        crop_size: tuple[int, int],
        resize_size: tuple[int, ...],
        mean: tuple[float, ...] = (0.43216, 0.394666, 0.37645),
        std: tuple[float, ...] = (0.22803, 0.22145, 0.216989),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    ) -> None:
        super().__init__()
        self.crop_size, self.resize_size = list(crop_size), list(resize_size)
        self.mean, self.std, self.interpolation = list(mean), list(std), interpolation

    def forward(self, vid: Any) -> Any:
        films = vid.unsqueeze(0) if vid.ndim < 5 else vid
        pictures = films.view(-1, *films.shape[2:])
        pictures = F.resize(pictures, self.resize_size, interpolation=self.interpolation, antialias=False)
        pictures = _normalized(self, F.center_crop(pictures, self.crop_size))
        films = pictures.view(*films.shape[:3], *self.crop_size).permute(0, 2, 1, 3, 4)
        return films.squeeze(0) if vid.ndim < 5 else films

    def __repr__(self) -> str:
        return _shown(self, ("crop_size", "resize_size", "mean", "std", "interpolation"))


def _normalized(preset: Any, img: Img) -> Any:
    if F.is_pil(img):
        img = F.pil_to_tensor(img)
    return F.normalize(F.convert_image_dtype(img, float32), mean=preset.mean, std=preset.std)


def _shown(preset: Any, names: tuple[str, ...]) -> str:
    return f"{type(preset).__name__}(" + "".join(f"\n    {name}={getattr(preset, name)}" for name in names) + "\n)"
