"""Parts of feature maps brought to one size: `roi_align` averages sampled points of each bin, `roi_pool` takes the largest number."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy

from ... import nn
from ...autograd.op import Op
from ...autograd.variable import Variable
from ...dtypes import float32
from ...nn.tuples import _pair
from ...ops.joining import cat, stack
from .boxes import box_area


def _rows(boxes: Any, dtype: Any) -> list[list[float]]:
    """(K, 5) – the number of the image, two corners – of such a tensor, or of one tensor (L, 4) for each image."""
    if isinstance(boxes, (list, tuple)):
        if any(b.size(1) != 4 for b in boxes):
            raise AssertionError("The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]]")
        return [[float(i), *row] for i, b in enumerate(boxes) for row in b.to(dtype).tolist()]
    if not isinstance(boxes, Variable):
        raise AssertionError("boxes is expected to be a Tensor[L, 5] or a List[Tensor[K, 4]]")
    rows: Any = boxes
    if rows.size(1) != 5:
        raise AssertionError("The boxes tensor shape is not correct as Tensor[K, 5]")
    return rows.to(dtype).tolist()  # type: ignore[no-any-return]


def _averaging(start: Any, size: Any, bins: int, samples: int, length: int) -> tuple[int, numpy.ndarray]:
    """The mean over a bin's ``samples`` points between the pixels of a side, as weights (bins, pixels), and of which pixel the first is.

    Pixels before and after those that any point lies between are left out.
    """
    real = type(start)
    step = real(size / real(bins))
    inner = (numpy.arange(samples) + 0.5).astype(real) * real(step / real(samples or 1))
    at = start + numpy.arange(bins, dtype=real)[:, None] * step + inner
    inside = (at >= -1) & (at <= length)
    at = at.clip(0, length - 1)
    low = at.astype(int)
    high, part = numpy.minimum(low + 1, length - 1), at - low
    first, last = (int(low.min()), int(high.max())) if at.size else (0, 0)
    weights = numpy.zeros((bins, last - first + 1), real)
    which = numpy.arange(bins)[:, None]
    numpy.add.at(weights, (which, low - first), (1 - part) * inside)
    numpy.add.at(weights, (which, high - first), part * inside)
    return first, weights / real(max(samples, 1))


class _Window(NamedTuple):
    """What one box averages: part of one image, rows and columns, each with the weights of their pixels in every bin."""

    image: int
    rows: slice
    columns: slice
    high: Any
    wide: Any


def _window(image: int, y: tuple[int, Any], x: tuple[int, Any]) -> _Window:
    """Of the first pixel and the weights (bins, pixels) of each side."""
    rows, columns = (slice(first, first + weights.shape[1]) for first, weights in (y, x))
    return _Window(image, rows, columns, y[1], x[1])


def _average(k: Any, x: Any, windows: tuple[_Window, ...], shape: tuple[int, ...]) -> Any:
    """(N, C, H, W) to (K, C, OH, OW): for each box two matrix products, Y x Xᵀ."""
    out = k.xp.empty((len(windows), x.shape[1], *shape), x.dtype)
    for i, (image, rows, columns, high, wide) in enumerate(windows):
        part = x[image, :, rows, columns]
        out[i] = k.from_host(high, None) @ part.astype(high.dtype, copy=False) @ k.from_host(wide, None).T
    return out


def _spread(k: Any, g: Any, windows: tuple[_Window, ...], shape: tuple[int, ...]) -> Any:
    """The transpose of `_average`: (K, C, OH, OW) to (N, C, H, W)."""
    gx = k.xp.zeros((shape[0], g.shape[1], *shape[2:]), g.dtype)
    for (image, rows, columns, high, wide), part in zip(windows, g):
        whole = k.from_host(high, None).T @ part.astype(high.dtype, copy=False) @ k.from_host(wide, None)
        gx[image, :, rows, columns] += whole.astype(g.dtype, copy=False)
    return gx


Op("roi_average", _average, x=lambda k, g, x_shape, windows: k.roi_spread(g, windows, x_shape))  # fmt: skip
Op("roi_spread", _spread, g=lambda k, gg, windows, g_shape: k.roi_average(gg, windows, g_shape[2:]))  # fmt: skip


def roi_align(
    input: Any,
    boxes: Any,
    output_size: Any,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Any:
    """Features (N, C, H, W) in boxes (K, 5) or one (L, 4) an image, each averaged to (C, OH, OW): (K, C, OH, OW) (He et al. 2017).

    A bin's average is over ``sampling_ratio`` points each way (-1: one a pixel), interpolated between pixels (0 more than a pixel
    outside). ``aligned`` counts pixels by their middles. Boxes get no gradient.
    """
    oh, ow = _pair(output_size)
    kind = input.dtype if input.dtype.itemsize > 2 else float32  # half precision would move the boxes
    real, (h, w) = kind.np.type, input.shape[-2:]
    windows = []
    for image, *corners in _rows(boxes, kind):
        x1, y1, x2, y2 = (real(real(v) * real(spatial_scale) - real(0.5 if aligned else 0)) for v in corners)
        sides = []
        for start, size, bins, length in ((y1, y2 - y1, oh, h), (x1, x2 - x1, ow, w)):
            size = size if aligned else max(size, real(1))
            samples = sampling_ratio if sampling_ratio > 0 else max(math.ceil(size / bins), 0)
            sides.append(_averaging(start, size, bins, samples, length))
        windows.append(_window(int(image), *sides))
    return Op.table["roi_average"](input, tuple(windows), (oh, ow))


def roi_pool(input: Any, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Any:
    """The largest number of each bin of each box, (K, C, OH, OW), the box rounded to whole pixels (Girshick 2015)."""
    oh, ow = _pair(output_size)
    h, w = input.shape[-2:]
    parts = []
    for image, *corners in _rows(boxes, input.dtype):
        x1, y1, x2, y2 = (_whole(v * spatial_scale) for v in corners)
        rows, columns = _bins(y1, y2, oh, h), _bins(x1, x2, ow, w)
        features = input[int(image)]
        bins = [features[:, a:b, c:d] for a, b in rows for c, d in columns]
        parts.append(stack([b.amax((-2, -1)) if b.numel() else b.sum((-2, -1)) for b in bins], -1))
    return stack(parts).reshape(-1, input.shape[1], oh, ow) if parts else input.new_zeros((0, input.shape[1], oh, ow))


def _whole(value: float) -> int:
    """Rounded, halves away from 0."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _bins(start: int, end: int, bins: int, length: int) -> list[tuple[int, int]]:
    """From where to where each bin of a side reaches."""
    size = max(end - start + 1, 1) / bins
    ends = [(math.floor(i * size) + start, math.ceil((i + 1) * size) + start) for i in range(bins)]
    return [(min(max(a, 0), length), min(max(b, 0), length)) for a, b in ends]


class RoIAlign(nn.Module):
    """`roi_align` as a layer."""

    def __init__(self, output_size: Any, spatial_scale: float, sampling_ratio: int, aligned: bool = False) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale
        self.sampling_ratio, self.aligned = sampling_ratio, aligned

    def forward(self, input: Any, rois: Any) -> Any:
        return roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(output_size={self.output_size}, spatial_scale={self.spatial_scale}, "
            f"sampling_ratio={self.sampling_ratio}, aligned={self.aligned})"
        )


class RoIPool(nn.Module):
    """`roi_pool` as a layer."""

    def __init__(self, output_size: Any, spatial_scale: float) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale

    def forward(self, input: Any, rois: Any) -> Any:
        return roi_pool(input, rois, self.output_size, self.spatial_scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(output_size={self.output_size}, spatial_scale={self.spatial_scale})"


class MultiScaleRoIAlign(nn.Module):
    """`roi_align` of each box from the level of a pyramid that fits its size: the larger the box, the coarser the level.

    Takes a dict of features, of which ``featmap_names`` are used, the boxes of each image, and the images' sizes (Lin et al. 2017).
    """

    def __init__(
        self, featmap_names: list[str], output_size: Any, sampling_ratio: int, *, canonical_scale: int = 224,
        canonical_level: int = 4,
    ) -> None:  # fmt: skip
        super().__init__()
        self.featmap_names, self.sampling_ratio = featmap_names, sampling_ratio
        self.output_size = tuple(_pair(output_size))
        self.canonical_scale, self.canonical_level = canonical_scale, canonical_level
        self.scales: list[float] | None = None

    def forward(self, x: dict[str, Any], boxes: list[Any], image_shapes: list[tuple[int, int]]) -> Any:
        if not image_shapes:
            raise ValueError("images list should not be empty")
        levels = [features for name, features in x.items() if name in self.featmap_names]
        if self.scales is None:  # those of the first images are kept
            height = max(shape[0] for shape in image_shapes)
            self.scales = [2.0 ** round(math.log2(features.shape[-2] / height)) for features in levels]
        scales = self.scales
        rois = cat([cat([b.new_full((len(b), 1), i), b], 1) for i, b in enumerate(boxes)])
        if len(levels) == 1:
            return roi_align(levels[0], rois, self.output_size, scales[0], self.sampling_ratio)
        sides = box_area(cat(list(boxes))).sqrt()
        fitting = (self.canonical_level + (sides / self.canonical_scale).log2() + 1e-6).floor()
        least, most = int(-math.log2(scales[0])), int(-math.log2(scales[-1]))
        fitting = fitting.clamp(least, most).long() - least
        result = levels[0].new_zeros((len(rois), levels[0].shape[1], *self.output_size))
        for level, (features, scale) in enumerate(zip(levels, scales)):
            here = (fitting == level).nonzero()[:, 0]
            pooled = roi_align(features, rois[here], self.output_size, scale, self.sampling_ratio)
            result[here] = pooled.to(result.dtype)
        return result

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(featmap_names={self.featmap_names}, output_size={self.output_size}, "
            f"sampling_ratio={self.sampling_ratio})"
        )
