"""What a detector does with images first – normalize, resize, put into one tensor – and with its results last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .... import nn
from ....nn import functional as F
from ....ops.creation import empty
from ....ops.data import as_tensor, tensor
from ....ops.joining import stack
from .image_list import ImageList
from .masks import paste_masks_in_image

Target = dict[str, Any]


def _growth(original_size: Sequence[int], new_size: Sequence[int], device: Any) -> list[Any]:
    """How much longer each side became, in float32: height, width."""
    return [tensor(float(b), device=device) / tensor(float(a), device=device) for a, b in zip(original_size, new_size)]


def resize_boxes(boxes: Any, original_size: Sequence[int], new_size: Sequence[int]) -> Any:
    """Boxes (N, 4) of a picture that was resized from one (height, width) to another."""
    high, wide = _growth(original_size, new_size, boxes.device)
    x1, y1, x2, y2 = boxes.unbind(1)
    return stack((x1 * wide, y1 * high, x2 * wide, y2 * high), dim=1)


def resize_keypoints(keypoints: Any, original_size: Sequence[int], new_size: Sequence[int]) -> Any:
    """Points (N, K, 3) – x, y, visible – of a picture that was resized."""
    high, wide = _growth(original_size, new_size, keypoints.device)
    moved = keypoints.clone()
    moved[..., 0] *= wide
    moved[..., 1] *= high
    return moved


class GeneralizedRCNNTransform(nn.Module):
    """Images (C, H, W) of several sizes to an `ImageList`: normalized, the shorter side ``min_size``, none above ``max_size``.

    In training one of the ``min_size`` is chosen at random, else it is the last. Sides are filled up to multiples of
    ``size_divisible``. Boxes, masks and points of the targets are resized as well.
    """

    def __init__(
        self, min_size: Any, max_size: int, image_mean: Sequence[float], image_std: Sequence[float],
        size_divisible: int = 32, fixed_size: tuple[int, int] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        self.min_size = min_size if isinstance(min_size, (list, tuple)) else (min_size,)
        self.max_size, self.size_divisible, self.fixed_size = max_size, size_divisible, fixed_size
        self.image_mean, self.image_std = image_mean, image_std
        self._skip_resize = kwargs.pop("_skip_resize", False)

    def forward(self, images: Sequence[Any], targets: list[Target] | None = None) -> tuple[ImageList, Any]:
        made = [] if targets is None else [dict(target) for target in targets]
        resized = []
        for i, image in enumerate(images):
            if image.dim() != 3:
                raise ValueError(f"images is expected to be a list of 3d tensors of shape [C, H, W], got {image.shape}")
            image, target = self.resize(self.normalize(image), made[i] if made else None)
            resized.append(image)
            if target is not None:
                made[i] = target
        sizes = [(int(image.shape[-2]), int(image.shape[-1])) for image in resized]
        batch = self.batch_images(resized, size_divisible=self.size_divisible)
        return ImageList(batch, sizes), None if targets is None else made

    def normalize(self, image: Any) -> Any:
        """Less the mean, by the standard deviation, of each channel."""
        if not image.is_floating_point():
            raise TypeError(
                f"Expected input images to be of floating type (in range [0, 1]), but found type {image.dtype} instead"
            )
        mean, std = (
            as_tensor(v, dtype=image.dtype, device=image.device)[:, None, None]
            for v in (self.image_mean, self.image_std)
        )
        return (image - mean) / std

    def torch_choice(self, k: Sequence[int]) -> int:
        """One of the sizes at random, as the seed of `manual_seed` has it."""
        return k[int(empty(1).uniform_(0.0, float(len(k))).item())]

    def resize(self, image: Any, target: Target | None = None) -> tuple[Any, Target | None]:
        """One image and what is in it."""
        before = image.shape[-2:]
        if self.training and self._skip_resize:
            return image, target
        side = self.torch_choice(self.min_size) if self.training else self.min_size[-1]
        options: dict[str, Any]
        if self.fixed_size is not None:
            options = {"size": [self.fixed_size[1], self.fixed_size[0]]}
        else:
            factor = min(side / min(before), self.max_size / max(before))
            options = {"scale_factor": factor, "recompute_scale_factor": True}
        image = F.interpolate(image[None], mode="bilinear", align_corners=False, **options)[0]
        if target is None:
            return image, None
        if "masks" in target:
            target["masks"] = F.interpolate(target["masks"][:, None].float(), **options)[:, 0].byte()
        target["boxes"] = resize_boxes(target["boxes"], before, image.shape[-2:])
        if "keypoints" in target:
            target["keypoints"] = resize_keypoints(target["keypoints"], before, image.shape[-2:])
        return image, target

    def max_by_axis(self, the_list: list[list[int]]) -> list[int]:
        """The largest of each dimension."""
        return [max(sizes) for sizes in zip(*the_list)]

    def batch_images(self, images: list[Any], size_divisible: int = 32) -> Any:
        """Images in the upper left corners of one tensor (N, C, H, W), zeros around."""
        channels, *sides = self.max_by_axis([list(image.shape) for image in images])
        sides = [math.ceil(side / size_divisible) * size_divisible for side in sides]
        batch = images[0].new_full((len(images), channels, *sides), 0)
        for place, (c, h, w), image in zip(batch, (image.shape for image in images), images):
            place[:c, :h, :w].copy_(image)
        return batch

    def postprocess(
        self, result: list[Target], image_shapes: list[tuple[int, int]], original_image_sizes: list[tuple[int, int]]
    ) -> list[Target]:
        """What was found, at the places of the images as they came."""
        if self.training:
            return result
        for found, now, size in zip(result, image_shapes, original_image_sizes):
            found["boxes"] = resize_boxes(found["boxes"], now, size)
            if "masks" in found:
                found["masks"] = paste_masks_in_image(found["masks"], found["boxes"], size)
            if "keypoints" in found:
                found["keypoints"] = resize_keypoints(found["keypoints"], now, size)
        return result

    def __repr__(self) -> str:
        lines = (
            f"Normalize(mean={self.image_mean}, std={self.image_std})",
            f"Resize(min_size={self.min_size}, max_size={self.max_size}, mode='bilinear')",
        )
        return f"{type(self).__name__}(" + "".join(f"\n    {line}" for line in lines) + "\n)"
