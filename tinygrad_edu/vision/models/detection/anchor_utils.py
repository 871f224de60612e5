"""Anchors: the boxes at every place of a feature map from which a detector starts; its results are corrections of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .... import nn
from ....dtypes import dtype, float32, int32
from ....ops.data import as_tensor, tensor
from ....ops.grids import meshgrid
from ....ops.joining import cat, stack
from ....ops.ranges import arange
from .image_list import ImageList


class AnchorGenerator(nn.Module):
    """Boxes of all ``sizes`` and ``aspect_ratios`` (height / width) of a level, around every place of its feature map.

    >>> from tinygrad_edu.vision.models.detection.anchor_utils import AnchorGenerator
    >>> AnchorGenerator(((32,),), ((0.5, 1.0),)).cell_anchors
    [tensor([[-23., -11.,  23.,  11.],
            [-16., -16.,  16.,  16.]])]
    """

    def __init__(self, sizes: Any = ((128, 256, 512),), aspect_ratios: Any = ((0.5, 1.0, 2.0),)) -> None:
        super().__init__()
        if not isinstance(sizes[0], (list, tuple)):
            sizes = tuple((size,) for size in sizes)
        if not isinstance(aspect_ratios[0], (list, tuple)):
            aspect_ratios = (aspect_ratios,) * len(sizes)
        self.sizes, self.aspect_ratios = sizes, aspect_ratios
        self.cell_anchors = [self.generate_anchors(s, r) for s, r in zip(sizes, aspect_ratios)]

    def generate_anchors(
        self, scales: Sequence[float], aspect_ratios: Sequence[float], dtype: dtype = float32, device: Any = "cpu"
    ) -> Any:
        """The boxes around (0, 0), with whole numbers."""
        sides = as_tensor(scales, dtype=dtype, device=device)
        high = as_tensor(aspect_ratios, dtype=dtype, device=device).sqrt()
        w, h = ((ratio[:, None] * sides).reshape(-1) for ratio in (1 / high, high))
        return (stack([-w, -h, w, h], dim=1) / 2).round()

    def set_cell_anchors(self, dtype: dtype, device: Any) -> None:
        """Keep `cell_anchors` in this dtype, on this device."""
        self.cell_anchors = [anchors.to(dtype=dtype, device=device) for anchors in self.cell_anchors]

    def num_anchors_per_location(self) -> list[int]:
        """How many boxes each level has at a place."""
        return [len(sizes) * len(ratios) for sizes, ratios in zip(self.sizes, self.aspect_ratios)]

    def grid_anchors(self, grid_sizes: Sequence[Sequence[int]], strides: Sequence[Sequence[Any]]) -> list[Any]:
        """For each level (places × boxes, 4), row after row; ``strides``: how many pixels apart the places are."""
        if not len(grid_sizes) == len(strides) == len(self.cell_anchors):
            raise AssertionError(
                "Anchors should be Tuple[Tuple[int]] because each feature map could potentially have different sizes and aspect "
                "ratios. There needs to be a match between the number of feature maps passed and the number of sizes / aspect "
                "ratios specified."
            )
        levels = []
        for grid, stride, boxes in zip(grid_sizes, strides, self.cell_anchors):
            steps = [arange(0, n, dtype=int32, device=boxes.device) * s for n, s in zip(grid, stride)]
            y, x = (at.reshape(-1) for at in meshgrid(*steps, indexing="ij"))
            places = stack((x, y, x, y), dim=1)
            levels.append((places[:, None] + boxes[None]).reshape(-1, 4))
        return levels

    def forward(self, image_list: ImageList, feature_maps: list[Any]) -> list[Any]:
        grids = [features.shape[-2:] for features in feature_maps]
        size, first = image_list.tensors.shape[-2:], feature_maps[0]
        strides = [[tensor(m // n, device=first.device) for m, n in zip(size, grid)] for grid in grids]
        self.set_cell_anchors(first.dtype, first.device)
        levels = self.grid_anchors(grids, strides)
        return [cat(levels) for _ in image_list.image_sizes]


class DefaultBoxGenerator(nn.Module):
    """SSD's boxes: two squares at each place of a level, and two boxes for each of its ``aspect_ratios``, lying and standing.

    Their sizes are shares of the image: ``scales``, or evenly from ``min_ratio`` to ``max_ratio``.
    """

    def __init__(
        self, aspect_ratios: list[list[int]], min_ratio: float = 0.15, max_ratio: float = 0.9,
        scales: list[float] | None = None, steps: list[int] | None = None, clip: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        if steps is not None and len(aspect_ratios) != len(steps):
            raise ValueError("aspect_ratios and steps should have the same length")
        self.aspect_ratios, self.steps, self.clip = aspect_ratios, steps, clip
        levels = len(aspect_ratios)
        if scales is not None:
            self.scales = scales
        elif levels > 1:
            reach = max_ratio - min_ratio
            self.scales = [*(min_ratio + reach * i / (levels - 1.0) for i in range(levels)), 1.0]
        else:
            self.scales = [min_ratio, max_ratio]
        self._wh_pairs = self._generate_wh_pairs(levels)

    def _generate_wh_pairs(self, num_outputs: int, dtype: dtype = float32, device: Any = "cpu") -> list[Any]:
        levels = []
        for i in range(num_outputs):
            side, between = self.scales[i], math.sqrt(self.scales[i] * self.scales[i + 1])
            pairs = [[side, side], [between, between]]
            for ratio in self.aspect_ratios[i]:
                root = math.sqrt(ratio)
                w, h = side * root, side / root
                pairs += [[w, h], [h, w]]
            levels.append(as_tensor(pairs, dtype=dtype, device=device))
        return levels

    def num_anchors_per_location(self) -> list[int]:
        """How many boxes each level has at a place."""
        return [2 + 2 * len(ratios) for ratios in self.aspect_ratios]

    def _grid_default_boxes(
        self, grid_sizes: Sequence[Sequence[int]], image_size: Sequence[int], dtype: dtype = float32
    ) -> Any:
        """The boxes (centre, size) of all levels, in shares of the image."""
        levels = []
        for i, (grid, pairs) in enumerate(zip(grid_sizes, self._wh_pairs)):
            per = grid if self.steps is None else [side / self.steps[i] for side in image_size]
            steps = [((arange(0, n) + 0.5) / p).to(dtype=dtype) for n, p in zip(grid, per)]
            y, x = (at.reshape(-1) for at in meshgrid(*steps, indexing="ij"))
            places = stack((x, y) * len(pairs), dim=-1).reshape(-1, 2)
            sizes = pairs.clamp(min=0, max=1) if self.clip else pairs
            levels.append(cat((places, sizes.repeat(grid[0] * grid[1], 1)), dim=1))
        return cat(levels, dim=0)

    def forward(self, image_list: ImageList, feature_maps: list[Any]) -> list[Any]:
        size, first = image_list.tensors.shape[-2:], feature_maps[0]
        boxes = self._grid_default_boxes([features.shape[-2:] for features in feature_maps], size, dtype=first.dtype)
        boxes = boxes.to(first.device)
        whole, centres, half = tensor([size[1], size[0]], device=boxes.device), boxes[:, :2], 0.5 * boxes[:, 2:]
        return [cat([(centres - half) * whole, (centres + half) * whole], -1) for _ in image_list.image_sizes]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(aspect_ratios={self.aspect_ratios}, clip={self.clip}, scales={self.scales}, "
            f"steps={self.steps})"
        )
