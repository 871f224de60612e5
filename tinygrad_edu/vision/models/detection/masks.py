"""Masks of a detector's boxes: what they are learned from, and where they lie in the image."""

from __future__ import annotations

from typing import Any

from ....dtypes import int64
from ....nn import functional as F
from ....ops.creation import zeros
from ....ops.joining import cat, stack
from ....ops.ranges import arange
from ...ops.regions import roi_align


def maskrcnn_inference(x: Any, labels: list[Any]) -> tuple[Any, ...]:
    """Of the masks of all classes (N, classes, M, M) those of the classes found, as probabilities: (n, 1, M, M) an image."""
    classes = cat(labels)
    chosen = x.sigmoid()[arange(len(x), device=classes.device), classes][:, None]
    return chosen.split([len(each) for each in labels], dim=0)


def project_masks_on_boxes(gt_masks: Any, boxes: Any, matched_idxs: Any, M: int) -> Any:
    """The objects' masks (objects, H, W) within the boxes, each of its object, with M × M pixels."""
    rois = cat([matched_idxs.to(boxes)[:, None], boxes], dim=1)
    return roi_align(gt_masks[:, None].to(rois), rois, (M, M), 1.0)[:, 0]


def maskrcnn_loss(
    mask_logits: Any, proposals: list[Any], gt_masks: list[Any], gt_labels: list[Any], mask_matched_idxs: list[Any]
) -> Any:
    """Binary cross-entropy of the mask of each box's own class."""
    size = mask_logits.shape[-1]
    labels = cat([own[which] for own, which in zip(gt_labels, mask_matched_idxs)])
    wanted = cat(
        [
            project_masks_on_boxes(masks, boxes, which, size)
            for masks, boxes, which in zip(gt_masks, proposals, mask_matched_idxs)
        ]
    )
    if wanted.numel() == 0:
        return mask_logits.sum() * 0
    chosen = mask_logits[arange(len(labels), device=labels.device), labels]
    return F.binary_cross_entropy_with_logits(chosen, wanted)


def expand_boxes(boxes: Any, scale: float) -> Any:
    """Boxes made larger around their middles."""
    x1, y1, x2, y2 = boxes.unbind(1)
    wide, high = ((end - start) * 0.5 * scale for start, end in ((x1, x2), (y1, y2)))
    x, y = (x2 + x1) * 0.5, (y2 + y1) * 0.5
    return stack((x - wide, y - high, x + wide, y + high), dim=1)


def expand_masks(mask: Any, padding: int) -> tuple[Any, float]:
    """Masks with a margin of zeros, and how much larger they are."""
    size = mask.shape[-1]
    return F.pad(mask, (padding,) * 4), float(size + 2 * padding) / size


def paste_mask_in_image(mask: Any, box: Any, im_h: int, im_w: int) -> Any:
    """A mask, as large as its box, at the box's place in an empty image."""
    x1, y1, x2, y2 = (int(v) for v in box)
    size = max(y2 - y1 + 1, 1), max(x2 - x1 + 1, 1)
    mask = F.interpolate(mask.expand((1, 1, -1, -1)), size=size, mode="bilinear", align_corners=False)[0, 0]
    image = zeros((im_h, im_w), dtype=mask.dtype, device=mask.device)
    left, right, top, bottom = max(x1, 0), min(x2 + 1, im_w), max(y1, 0), min(y2 + 1, im_h)
    image[top:bottom, left:right] = mask[top - y1 : bottom - y1, left - x1 : right - x1]
    return image


def paste_masks_in_image(masks: Any, boxes: Any, img_shape: tuple[int, int], padding: int = 1) -> Any:
    """Masks (N, 1, M, M) of boxes in images of their own: (N, 1, H, W)."""
    masks, scale = expand_masks(masks, padding=padding)
    boxes = expand_boxes(boxes, scale).to(dtype=int64)
    pasted = [paste_mask_in_image(mask[0], box, *img_shape) for mask, box in zip(masks, boxes)]
    return stack(pasted, dim=0)[:, None] if pasted else masks.new_empty((0, 1, *img_shape))
