"""What is done with boxes (x1, y1, x2, y2): sizes, overlaps, other formats, and which of many to keep."""

from __future__ import annotations

import math
from typing import Any

import numpy

from ...dtypes import bool_, float32
from ...ops.registry import functions
from . import turned

FORMATS = ("xyxy", "xywh", "cxcywh")


def _wide(t: Any) -> Any:
    """Numbers wide enough to be multiplied: at least float32 or int32."""
    if t.is_floating_point():
        return t if t.dtype.itemsize > 2 else t.float()
    return t if t.dtype.itemsize > 2 else t.int()


def box_area(boxes: Any, fmt: str = "xyxy") -> Any:
    """Width times height of each box."""
    if fmt not in FORMATS:
        raise ValueError(f"Unsupported Bounding Box area for given format {fmt}")
    boxes = _wide(boxes)
    if fmt != "xyxy":
        return boxes[..., 2] * boxes[..., 3]
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _sizes(a: Any, b: Any, within: bool) -> Any:
    """Width and height (…, N, M, 2) of what every two boxes have in common, or of the smallest box around them."""
    first, last = ("max", "min") if within else ("min", "max")
    a, b = a[..., None, :], b[..., None, :, :]
    return _wide(functions[last](a[..., 2:], b[..., 2:]) - functions[first](a[..., :2], b[..., :2])).clamp(min=0)


def _overlap(a: Any, b: Any) -> tuple[Any, Any]:
    """The areas that every two boxes have in common, and that they cover together."""
    inside = _sizes(a, b, within=True)
    inside = inside[..., 0] * inside[..., 1]
    return inside, box_area(a)[..., None] + box_area(b)[..., None, :] - inside


def box_iou(boxes1: Any, boxes2: Any, fmt: str = "xyxy") -> Any:
    """Intersection over union of every pair: (…, N, 4), (…, M, 4) to (…, N, M)."""
    if fmt in turned.FORMATS:
        return turned.turned_iou(boxes1, boxes2, fmt)
    if fmt not in FORMATS:
        raise ValueError(
            f"Unsupported format '{fmt}'. Supported axis-aligned formats: {FORMATS}. "
            f"Supported rotated formats: {turned.FORMATS}."
        )
    if fmt != "xyxy":
        boxes1, boxes2 = (box_convert(b, fmt, "xyxy") for b in (boxes1, boxes2))
    inside, union = _overlap(boxes1, boxes2)
    return inside / union


def generalized_box_iou(boxes1: Any, boxes2: Any) -> Any:
    """`box_iou` less the share of the smallest enclosing box that neither covers."""
    inside, union = _overlap(boxes1, boxes2)
    around = _sizes(boxes1, boxes2, within=False)
    area = around[..., 0] * around[..., 1]
    return inside / union - (area - union) / area


def distance_box_iou(boxes1: Any, boxes2: Any, eps: float = 1e-7) -> Any:
    """`box_iou` less the squared distance of the centres, in units of the enclosing box's diagonal."""
    boxes1, boxes2 = _wide(boxes1), _wide(boxes2)
    diagonal = _sizes(boxes1, boxes2, within=False).pow(2).sum(-1) + eps
    middles = [(boxes[..., :2] + boxes[..., 2:]) / 2 for boxes in (boxes1, boxes2)]
    apart = middles[0][..., None, :] - middles[1][..., None, :, :]
    return box_iou(boxes1, boxes2) - apart.pow(2).sum(-1) / diagonal


def complete_box_iou(boxes1: Any, boxes2: Any, eps: float = 1e-7) -> Any:
    """`distance_box_iou` less a term for boxes of other proportions."""
    boxes1, boxes2 = _wide(boxes1), _wide(boxes2)
    iou = box_iou(boxes1, boxes2)
    angles = [((b[..., 2] - b[..., 0]) / (b[..., 3] - b[..., 1])).atan() for b in (boxes1, boxes2)]
    unlike = (4 / math.pi**2) * (angles[0][..., None] - angles[1][..., None, :]) ** 2
    share = (unlike / (1 - iou + unlike + eps)).detach()
    return distance_box_iou(boxes1, boxes2, eps) - share * unlike


def box_convert(boxes: Any, in_fmt: str, out_fmt: str) -> Any:
    """Boxes from one form to another: "xyxy" (corners), "xywh" (corner, size), "cxcywh" (centre, size), or `turned` ones."""
    allowed = (*FORMATS, *turned.FORMATS)
    text = f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}"
    if in_fmt not in allowed or out_fmt not in allowed:
        raise ValueError(text)
    if in_fmt == out_fmt:
        return boxes.clone()
    if (in_fmt in FORMATS) != (out_fmt in FORMATS):
        raise NotImplementedError(text)
    if in_fmt in turned.FORMATS:
        return turned.turned_boxes(boxes, in_fmt, out_fmt)
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
    wide, high = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    return functions["where"]((wide >= min_size) & (high >= min_size))[0]


def masks_to_boxes(masks: Any) -> Any:
    """The box around what each mask (N, H, W) covers; zeros where it covers nothing."""
    boxes = functions["zeros"]((len(masks) if masks.numel() else 0, 4), dtype=float32, device=masks.device)
    for box, mask in zip(boxes, masks):
        y, x = functions["where"](mask != 0)
        if len(y):
            for at, value in enumerate((x.min(), y.min(), x.max(), y.max())):
                box[at] = value
    return boxes


def nms(boxes: Any, scores: Any, iou_threshold: float) -> Any:
    """Non-maximum suppression: the numbers of the boxes that no better one overlaps by more than the threshold, best first."""
    if boxes.dim() != 2:
        raise RuntimeError(f"boxes should be a 2d tensor, got {boxes.dim()}D")
    if boxes.size(1) != 4:
        raise RuntimeError(f"boxes should have 4 elements in dimension 1, got {boxes.size(1)}")
    if scores.dim() != 1:
        raise RuntimeError(f"scores should be a 1d tensor, got {scores.dim()}D")
    if len(boxes) != len(scores):
        raise RuntimeError(
            f"boxes and scores should have same number of elements in dimension 0, got {len(boxes)} and {len(scores)}"
        )
    if boxes.dtype != scores.dtype:
        raise RuntimeError("dets should have the same type as scores")
    order = scores.sort(descending=True, stable=True).indices
    left = numpy.arange(len(order))
    x1, y1, x2, y2 = _wide(boxes[order]).numpy(force=True).T
    areas, threshold = (x2 - x1) * (y2 - y1), numpy.float64(iou_threshold)
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(int(best))
        wide = numpy.minimum(x2[best], x2[left]) - numpy.maximum(x1[best], x1[left])
        high = numpy.minimum(y2[best], y2[left]) - numpy.maximum(y1[best], y1[left])
        inside = wide.clip(0) * high.clip(0)
        with numpy.errstate(all="ignore"):  # boxes without an area overlap by 0 / 0: no reason to leave one out
            left = left[~(inside / (areas[best] + areas[left] - inside) > threshold)]
    return order[kept]


def batched_nms(boxes: Any, scores: Any, idxs: Any, iou_threshold: float) -> Any:
    """`nms` for each class in ``idxs`` on its own."""
    if boxes.numel() > (4000 if boxes.device.type == "cpu" else 100_000):
        keep = functions["zeros_like"](scores, dtype=bool_)
        for number in idxs.unique():
            own = functions["where"](idxs == number)[0]
            keep[own[nms(boxes[own], scores[own], iou_threshold)]] = True
        kept = functions["where"](keep)[0]
        return kept[scores[kept].sort(descending=True).indices]
    if boxes.numel() == 0:
        return boxes.new_empty((0,)).long()
    apart = idxs.to(boxes) * (boxes.max() + 1)  # boxes of different classes no longer meet
    return nms(boxes + apart[:, None], scores, iou_threshold)
