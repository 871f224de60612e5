"""Pooling in which every bin of a box has channels of its own (Dai et al. 2016): ``(c · OH + i) · OW + j`` tells of c in bin (i, j)."""

from __future__ import annotations

import math
from typing import Any

import numpy

from ... import nn
from ...autograd.op import Op
from ...nn.tuples import _pair
from .regions import _rows, _whole, _window, roi_align


def _own(pooled: Any) -> Any:
    """Of (K, C · OH · OW, OH, OW) every bin's own channels: (K, C, OH, OW)."""
    k, channels, oh, ow = pooled.shape
    by_bin = pooled.reshape(k, channels // (oh * ow), oh, ow, oh, ow)
    return by_bin.diagonal(dim1=2, dim2=4).diagonal(dim1=2, dim2=3)


def _check_channels(input: Any, oh: int, ow: int) -> None:
    if input.shape[1] % (oh * ow):
        raise RuntimeError("input channels must be a multiple of pooling height * pooling width")


def ps_roi_align(input: Any, boxes: Any, output_size: Any, spatial_scale: float = 1.0, sampling_ratio: int = -1) -> Any:
    """`roi_align` (aligned) of every bin's own channels: (N, C · OH · OW, H, W) to (K, C, OH, OW)."""
    size = _pair(output_size)
    _check_channels(input, *size)
    return _own(roi_align(input, boxes, size, spatial_scale, sampling_ratio, aligned=True))


def ps_roi_pool(input: Any, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Any:
    """The means of every bin's own channels, boxes rounded to whole pixels; the image's last row and column never count."""
    oh, ow = _pair(output_size)
    _check_channels(input, oh, ow)
    h, w = input.shape[-2:]
    windows = []
    for image, *corners in _rows(boxes, input.dtype):
        x1, y1, x2, y2 = (_whole(v * spatial_scale) for v in corners)
        sides = (_means(*side, input.dtype.np) for side in ((y1, y2, oh, h), (x1, x2, ow, w)))
        windows.append(_window(int(image), *sides))
    return _own(Op.table["roi_average"](input, tuple(windows), (oh, ow)))


def _means(start: int, end: int, bins: int, length: int, kind: Any) -> tuple[int, Any]:
    """The mean over the pixels of each bin of a side, as weights (bins, length)."""
    size = max(end - start, 1) / bins
    weights = numpy.zeros((bins, length), kind)
    for i in range(bins):
        ends = math.floor(i * size) + start, math.ceil((i + 1) * size) + start
        a, b = (min(max(v, 0), length - 1) for v in ends)
        weights[i, a:b] = 1 / max(b - a, 1)
    return 0, weights


class PSRoIAlign(nn.Module):
    """`ps_roi_align` as a layer."""

    def __init__(self, output_size: Any, spatial_scale: float, sampling_ratio: int) -> None:
        super().__init__()
        self.output_size, self.spatial_scale, self.sampling_ratio = output_size, spatial_scale, sampling_ratio

    def forward(self, input: Any, rois: Any) -> Any:
        return ps_roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(output_size={self.output_size}, spatial_scale={self.spatial_scale}, "
            f"sampling_ratio={self.sampling_ratio})"
        )


class PSRoIPool(nn.Module):
    """`ps_roi_pool` as a layer."""

    def __init__(self, output_size: Any, spatial_scale: float) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale

    def forward(self, input: Any, rois: Any) -> Any:
        return ps_roi_pool(input, rois, self.output_size, self.spatial_scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(output_size={self.output_size}, spatial_scale={self.spatial_scale})"
