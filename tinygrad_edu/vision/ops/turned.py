"""Boxes that are turned: by corner, size and angle ("xywhr"), middle, size and angle ("cxcywhr"), or four corners ("xyxyxyxy").

Angles are in degrees, against the clock; corners are named from the upper left one on, with the clock.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

from ...dtypes import float32
from ...ops.data import from_numpy
from ...ops.joining import stack

FORMATS = ("cxcywhr", "xywhr", "xyxyxyxy")


def _rounded(parts: tuple[Any, ...], like: Any) -> Any:
    """One tensor of ``like``'s dtype; whole numbers are rounded."""
    made = stack(parts, dim=-1)
    return made if like.is_floating_point() else made.round_().to(like.dtype)


def _angle(r: Any) -> tuple[Any, Any]:
    radians = r * math.pi / 180.0
    return radians.cos(), radians.sin()


def _corner_of_middle(boxes: Any) -> Any:
    cx, cy, w, h, r = boxes.unbind(-1)
    cos, sin = _angle(r)
    return _rounded((cx - w / 2 * cos - h / 2 * sin, cy - h / 2 * cos + w / 2 * sin, w, h, r), boxes)


def _middle_of_corner(boxes: Any) -> Any:
    x, y, w, h, r = boxes.unbind(-1)
    cos, sin = _angle(r)
    return _rounded((x + w / 2 * cos + h / 2 * sin, y - w / 2 * sin + h / 2 * cos, w, h, r), boxes)


def _corners(boxes: Any) -> Any:
    x, y, w, h, r = boxes.unbind(-1)
    cos, sin = _angle(r)
    right, up = x + w * cos, y - w * sin
    return _rounded((x, y, right, up, right + h * sin, up + h * cos, x + h * sin, y + h * cos), boxes)


def _corner_of_corners(boxes: Any) -> Any:
    x1, y1, x2, y2, x3, y3, _, _ = boxes.unbind(-1)
    angle = (y1 - y2).atan2(x2 - x1) * 180 / math.pi
    w, h = ((x2 - x1) ** 2 + (y1 - y2) ** 2).sqrt(), ((x3 - x2) ** 2 + (y3 - y2) ** 2).sqrt()
    return _rounded((x1, y1, w, h, angle), boxes)


def turned_boxes(boxes: Any, in_fmt: str, out_fmt: str) -> Any:
    """Turned boxes from one form to another."""
    if in_fmt != "xywhr":
        boxes = {"cxcywhr": _corner_of_middle, "xyxyxyxy": _corner_of_corners}[in_fmt](boxes)
    if out_fmt != "xywhr":
        boxes = {"cxcywhr": _middle_of_corner, "xyxyxyxy": _corners}[out_fmt](boxes)
    return boxes


def _cut(polygon: list[Any], start: Any, end: Any) -> list[Any]:
    """What of a polygon lies on the right of the line from one point to another, as the picture shows it."""
    side = end - start
    heights = [side[0] * (p - start)[1] - side[1] * (p - start)[0] for p in polygon]
    left: list[Any] = []
    for i, (p, high) in enumerate(zip(polygon, heights)):
        before, low = polygon[i - 1], heights[i - 1]
        if (high >= 0) != (low >= 0):
            left.append(before + (p - before) * (low / (low - high)))
        if high >= 0:
            left.append(p)
    return left


def _area(polygon: list[Any]) -> float:
    pairs = zip(polygon, [*polygon[1:], *polygon[:1]])
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in pairs) / 2


def turned_iou(boxes1: Any, boxes2: Any, fmt: str) -> Any:
    """Intersection over union of every pair: (N, K), (M, K) to (N, M), in float32. The one is cut at the edges of the other."""
    names = ("boxes1", "boxes2")
    boxes = [b if fmt == "cxcywhr" else turned_boxes(b, fmt, "cxcywhr") for b in (boxes1, boxes2)]
    for name, letter, each in zip(names, "NM", boxes):
        if each.dim() != 2 or each.shape[1] != 5:
            raise RuntimeError(f"{name} should have shape ({letter}, 5), got {list(each.shape)}")
    if boxes[0].dtype != boxes[1].dtype:
        raise RuntimeError("boxes1 and boxes2 must have the same dtype")
    areas = [(each[:, 2] * each[:, 3]).tolist() for each in boxes]
    corners = [turned_boxes(each.double(), "cxcywhr", "xyxyxyxy").reshape(-1, 4, 2).numpy(force=True) for each in boxes]
    result = numpy.zeros((len(areas[0]), len(areas[1])))
    for i, first in enumerate(corners[0]):
        for j, second in enumerate(corners[1]):
            if min(areas[0][i], areas[1][j]) >= 1e-14:
                shared = list(first)
                for at in range(4):
                    shared = _cut(shared, second[at - 1], second[at])
                inside = _area(shared)
                result[i, j] = inside / (areas[0][i] + areas[1][j] - inside)
    return from_numpy(result).to(dtype=float32, device=boxes1.device)
