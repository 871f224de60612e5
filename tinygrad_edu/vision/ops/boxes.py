"""What is done with boxes (x1, y1, x2, y2): sizes, overlaps, other formats, and which of many to keep."""

from __future__ import annotations

import math
from typing import Any

from ...ops.registry import functions


def _wide(t: Any) -> Any:
    """Numbers wide enough to be multiplied: at least float32 or int32."""
    if t.is_floating_point():
        return t if t.dtype.itemsize > 2 else t.float()
    return t if t.dtype.itemsize > 2 else t.int()


def box_area(boxes: Any, fmt: str = "xyxy") -> Any:
    """Width times height of each box."""
    boxes = _wide(boxes)
    if fmt in ("xywh", "cxcywh"):
        return boxes[..., 2] * boxes[..., 3]
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _overlap(a: Any, b: Any) -> tuple[Any, Any]:
    low = functions["max"](a[:, None, :2], b[:, :2])
    high = functions["min"](a[:, None, 2:], b[:, 2:])
    inside = _wide(high - low).clamp(min=0)
    inside = inside[:, :, 0] * inside[:, :, 1]
    return inside, box_area(a)[:, None] + box_area(b) - inside


def box_iou(boxes1: Any, boxes2: Any, fmt: str = "xyxy") -> Any:
    """Intersection over union of every pair: (N, 4), (M, 4) to (N, M)."""
    if fmt != "xyxy":
        boxes1, boxes2 = (box_convert(b, fmt, "xyxy") for b in (boxes1, boxes2))
    inside, union = _overlap(boxes1, boxes2)
    return inside / union


def generalized_box_iou(boxes1: Any, boxes2: Any) -> Any:
    """`box_iou` less the share of the smallest enclosing box that neither covers."""
    inside, union = _overlap(boxes1, boxes2)
    low = functions["min"](boxes1[:, None, :2], boxes2[:, :2])
    high = functions["max"](boxes1[:, None, 2:], boxes2[:, 2:])
    size = _wide(high - low).clamp(min=0)
    area = size[:, :, 0] * size[:, :, 1]
    return inside / union - (area - union) / area


def distance_box_iou(boxes1: Any, boxes2: Any, eps: float = 1e-7) -> Any:
    """`box_iou` less the squared distance of the centres, in units of the enclosing box's diagonal."""
    boxes1, boxes2 = _wide(boxes1), _wide(boxes2)
    low = functions["min"](boxes1[:, None, :2], boxes2[:, :2])
    high = functions["max"](boxes1[:, None, 2:], boxes2[:, 2:])
    diagonal = (high - low).clamp(min=0).pow(2).sum(-1) + eps
    apart = (boxes1[:, None, :2] + boxes1[:, None, 2:]) / 2 - (boxes2[:, :2] + boxes2[:, 2:]) / 2
    return box_iou(boxes1, boxes2) - apart.pow(2).sum(-1) / diagonal


def complete_box_iou(boxes1: Any, boxes2: Any, eps: float = 1e-7) -> Any:
    """`distance_box_iou` less a term for boxes of other proportions."""
    boxes1, boxes2 = _wide(boxes1), _wide(boxes2)
    iou = box_iou(boxes1, boxes2)
    angles = [((b[:, 2] - b[:, 0]) / (b[:, 3] - b[:, 1])).atan() for b in (boxes1, boxes2)]
    unlike = (4 / math.pi**2) * (angles[0][:, None] - angles[1][None, :]) ** 2
    share = (unlike / (1 - iou + unlike + eps)).detach()
    return distance_box_iou(boxes1, boxes2, eps) - share * unlike


def box_convert(boxes: Any, in_fmt: str, out_fmt: str) -> Any:
    """Boxes from one form to another: "xyxy" (corners), "xywh" (corner, size), "cxcywh" (centre, size)."""
    allowed = ("xyxy", "xywh", "cxcywh")
    if in_fmt not in allowed or out_fmt not in allowed:
        raise ValueError(f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":
        a, b, c, d = a, b, c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return functions["stack"]((a, b, c, d), dim=-1)


def clip_boxes_to_image(boxes: Any, size: tuple[int, int]) -> Any:
    """Boxes cut off at the edges of a picture of ``size`` (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return functions["stack"]((x, y), dim=boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes: Any, min_size: float) -> Any:
    """The numbers of the boxes with both sides at least ``min_size``."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return functions["where"]((wide >= min_size) & (high >= min_size))[0]


def masks_to_boxes(masks: Any) -> Any:
    """The box around what each mask (N, H, W) covers."""
    if masks.numel() == 0:
        return functions["zeros"]((0, 4), device=masks.device)
    boxes = functions["zeros"]((masks.shape[0], 4), device=masks.device)
    for i, mask in enumerate(masks):
        y, x = functions["where"](mask != 0)
        for at, value in enumerate((x.min(), y.min(), x.max(), y.max())):
            boxes[i, at] = value
    return boxes


def nms(boxes: Any, scores: Any, iou_threshold: float) -> Any:
    """Non-maximum suppression: the numbers of the boxes that no better one overlaps by more than the threshold, best first."""
    order = scores.sort(descending=True, stable=True).indices
    boxes = boxes[order]
    close = (box_iou(boxes, boxes) > iou_threshold).numpy(force=True)
    dropped = close[:0].any(0)
    kept = []
    for i in range(len(close)):
        if not dropped[i]:
            kept.append(i)
            dropped |= close[i]
    return order[kept]


def batched_nms(boxes: Any, scores: Any, idxs: Any, iou_threshold: float) -> Any:
    """`nms` for each class in ``idxs`` on its own."""
    if boxes.numel() == 0:
        return boxes.new_empty((0,)).long()
    apart = idxs.to(boxes) * (boxes.max() + 1)  # boxes of different classes no longer meet
    return nms(boxes + apart[:, None], scores, iou_threshold)
