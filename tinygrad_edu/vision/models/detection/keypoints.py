"""Points of a detector's boxes: a heat map for each point, learned as the class of its hottest place."""

from __future__ import annotations

from typing import Any

from ....dtypes import float32
from ....nn import functional as F
from ....ops.choosing import where
from ....ops.creation import zeros
from ....ops.joining import cat
from ....ops.ranges import arange


def keypoints_to_heatmap(keypoints: Any, rois: Any, heatmap_size: int) -> tuple[Any, Any]:
    """Points (N, K, 3) – x, y, visible – to the numbers of their places in the heat maps of their boxes, and whether they have one."""
    places, inside = [], keypoints[..., 2] > 0
    for i in range(2):
        start, end = rois[:, i, None], rois[:, i + 2, None]
        at = keypoints[..., i]
        place = ((at - start) * (heatmap_size / (end - start))).floor().long()
        place[at == end] = heatmap_size - 1
        inside = inside & (place >= 0) & (place < heatmap_size)
        places.append(place)
    valid = inside.long()
    return (places[1] * heatmap_size + places[0]) * valid, valid


def heatmaps_to_keypoints(maps: Any, rois: Any) -> tuple[Any, Any]:
    """The hottest places of maps (N, K, H, W), each as large as its box: points (N, K, 3) in the image and their heat (N, K)."""
    count = maps.shape[1]
    points = zeros((len(rois), 3, count), dtype=float32, device=maps.device)
    heat = zeros((len(rois), count), dtype=float32, device=maps.device)
    sides = (rois[:, 2:] - rois[:, :2]).clamp(min=1)
    for i, (side, whole) in enumerate(zip(sides, sides.ceil())):
        w, h = (int(v) for v in whole)
        image = F.interpolate(maps[i][:, None], size=(h, w), mode="bicubic", align_corners=False)[:, 0]
        best = image.reshape(count, -1).argmax(dim=1)
        x, y = best % w, best // w
        points[i, 0] = (x.float() + 0.5) * (side[0] / w) + rois[i, 0]
        points[i, 1] = (y.float() + 0.5) * (side[1] / h) + rois[i, 1]
        points[i, 2] = 1
        heat[i] = image[arange(count, device=image.device), y, x]
    return points.permute(0, 2, 1), heat


def keypointrcnn_loss(
    keypoint_logits: Any, proposals: list[Any], gt_keypoints: list[Any], keypoint_matched_idxs: list[Any]
) -> Any:
    """Cross-entropy of each visible point's place in its heat map."""
    n, k, h, w = keypoint_logits.shape
    if h != w:
        raise ValueError(
            "keypoint_logits height and width (last two elements of shape) should be equal. "
            f"Instead got H = {h} and W = {w}"
        )
    made = [
        keypoints_to_heatmap(points[which], boxes, h)
        for boxes, points, which in zip(proposals, gt_keypoints, keypoint_matched_idxs)
    ]
    wanted, valid = (cat([each[i].reshape(-1) for each in made]) for i in range(2))
    valid = where(valid.bool())[0]
    if wanted.numel() == 0 or len(valid) == 0:
        return keypoint_logits.sum() * 0
    return F.cross_entropy(keypoint_logits.reshape(n * k, h * w)[valid], wanted[valid])


def keypointrcnn_inference(x: Any, boxes: list[Any]) -> tuple[list[Any], list[Any]]:
    """`heatmaps_to_keypoints` for each image: points and their heat."""
    maps = x.split([len(each) for each in boxes], dim=0)
    found = [heatmaps_to_keypoints(own, each) for own, each in zip(maps, boxes)]
    return [points for points, _ in found], [heat for _, heat in found]
