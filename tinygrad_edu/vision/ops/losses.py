"""Losses of detection: focal loss, and one less the several kinds of overlap of two boxes (…, 4)."""

from __future__ import annotations

import math
from typing import Any

from ... import nn
from ...ops.registry import functions


def _reduced(loss: Any, reduction: str) -> Any:
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean() if loss.numel() else 0.0 * loss.sum()
    if reduction == "sum":
        return loss.sum()
    raise ValueError(
        f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
    )


def sigmoid_focal_loss(
    inputs: Any, targets: Any, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Any:
    """Cross-entropy that leaves out what is easy (Lin et al. 2017)."""
    if not (0 <= alpha <= 1) and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    p = inputs.sigmoid()
    loss = nn.functional.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    loss = loss * (1 - (p * targets + (1 - p) * (1 - targets))) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return _reduced(loss, reduction)


def _overlap(a: Any, b: Any, eps: float) -> tuple[Any, Any, Any]:
    """Intersection over union of pairs of boxes, the union, and the sides (…, 2) of the box around both."""
    low, high = functions["max"](a[..., :2], b[..., :2]), functions["min"](a[..., 2:], b[..., 2:])
    inside = functions["where"]((high > low).all(-1), (high - low).prod(-1), 0.0)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inside
    around = functions["max"](a[..., 2:], b[..., 2:]) - functions["min"](a[..., :2], b[..., :2])
    return inside / (union + eps), union, around


def _real(*boxes: Any) -> list[Any]:
    return [b if b.is_floating_point() and b.dtype.itemsize > 2 else b.float() for b in boxes]


def generalized_box_iou_loss(boxes1: Any, boxes2: Any, reduction: str = "none", eps: float = 1e-7) -> Any:
    """1 - overlap, plus the share of the enclosing box that neither covers (Rezatofighi et al. 2019)."""
    boxes1, boxes2 = _real(boxes1, boxes2)
    iou, union, around = _overlap(boxes1, boxes2, eps)
    area = around.prod(-1)
    return _reduced(1 - (iou - (area - union) / (area + eps)), reduction)


def _distance(boxes1: Any, boxes2: Any, eps: float) -> tuple[Any, Any]:
    iou, _, around = _overlap(boxes1, boxes2, eps)
    apart = (boxes1[..., 2:] + boxes1[..., :2]) / 2 - (boxes2[..., :2] + boxes2[..., 2:]) / 2
    return 1 - iou + apart.pow(2).sum(-1) / (around.pow(2).sum(-1) + eps), iou


def distance_box_iou_loss(boxes1: Any, boxes2: Any, reduction: str = "none", eps: float = 1e-7) -> Any:
    """1 - overlap, plus the squared distance of the centres in units of the enclosing box's diagonal (Zheng et al. 2020)."""
    boxes1, boxes2 = _real(boxes1, boxes2)
    return _reduced(_distance(boxes1, boxes2, eps)[0], reduction)


def complete_box_iou_loss(boxes1: Any, boxes2: Any, reduction: str = "none", eps: float = 1e-7) -> Any:
    """`distance_box_iou_loss` plus a term for boxes of other proportions."""
    boxes1, boxes2 = _real(boxes1, boxes2)
    loss, iou = _distance(boxes1, boxes2, 1e-7)
    wide, high = (boxes1[..., 2:] - boxes1[..., :2]).unbind(-1)
    wide2, high2 = (boxes2[..., 2:] - boxes2[..., :2]).unbind(-1)
    unlike = (4 / math.pi**2) * ((wide2 / high2).atan() - (wide / high).atan()) ** 2
    share = (unlike / (1 - iou + unlike + eps)).detach()
    return _reduced(loss + share * unlike, reduction)
