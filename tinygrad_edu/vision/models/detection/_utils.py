"""What detectors share: boxes as corrections of others, which box belongs to which object, which of many are learned from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .... import nn
from ....autograd.modes import no_grad
from ....autograd.variable import Variable
from ....dtypes import uint8
from ....nn import functional as F
from ....ops.choosing import where
from ....ops.creation import zeros, zeros_like
from ....ops.data import as_tensor
from ....ops.joining import cat, stack
from ....ops.random_ops import randperm
from ....ops.ranges import arange
from ...ops.losses import complete_box_iou_loss, distance_box_iou_loss, generalized_box_iou_loss
from ...ops.misc import FrozenBatchNorm2d


class BalancedPositiveNegativeSampler:
    """Picks boxes at random: of each image ``batch_size_per_image``, of which at most ``positive_fraction`` have an object."""

    def __init__(self, batch_size_per_image: int, positive_fraction: float) -> None:
        self.batch_size_per_image, self.positive_fraction = batch_size_per_image, positive_fraction

    def __call__(self, matched_idxs: list[Any]) -> tuple[list[Any], list[Any]]:
        """Of labels (N) – at least 1: an object, 0: none, -1: leave it out – two masks (N) an image: objects, others."""
        masks: tuple[list[Any], list[Any]] = [], []
        for labels in matched_idxs:
            objects, others = where(labels >= 1)[0], where(labels == 0)[0]
            wanted = min(len(objects), int(self.batch_size_per_image * self.positive_fraction))
            counts = wanted, min(len(others), self.batch_size_per_image - wanted)
            for found, count, into in zip((objects, others), counts, masks):
                mask = zeros_like(labels, dtype=uint8)
                mask[found[randperm(len(found), device=found.device)[:count]]] = 1
                into.append(mask)
        return masks


def _centres(boxes: Any) -> tuple[Any, Any, Any, Any]:
    """Centre x and y, width and height."""
    x1, y1, x2, y2 = boxes.unbind(-1)
    w, h = x2 - x1, y2 - y1
    return x1 + 0.5 * w, y1 + 0.5 * h, w, h


def encode_boxes(reference_boxes: Any, proposals: Any, weights: Any) -> Any:
    """What leads from ``proposals`` to ``reference_boxes``: shifts in units of the box, logarithms of the growth; weighed."""
    (x, y, w, h), (x0, y0, w0, h0) = _centres(reference_boxes), _centres(proposals)
    wx, wy, ww, wh = weights.unbind(0)
    return stack((wx * (x - x0) / w0, wy * (y - y0) / h0, ww * (w / w0).log(), wh * (h / h0).log()), dim=1)


class BoxCoder:
    """Boxes as corrections of other boxes, and back. ``bbox_xform_clip`` limits growth before its exponential is taken."""

    def __init__(
        self, weights: tuple[float, float, float, float], bbox_xform_clip: float = math.log(1000.0 / 16)
    ) -> None:
        self.weights, self.bbox_xform_clip = weights, bbox_xform_clip

    def encode(self, reference_boxes: list[Any], proposals: list[Any]) -> Any:
        """The corrections (N, 4) that lead from proposals to reference boxes, for each image."""
        counts = [len(boxes) for boxes in reference_boxes]
        return self.encode_single(cat(reference_boxes), cat(proposals)).split(counts, 0)

    def encode_single(self, reference_boxes: Any, proposals: Any) -> Any:
        """`encode` of one image."""
        weights = as_tensor(self.weights, dtype=reference_boxes.dtype, device=reference_boxes.device)
        return encode_boxes(reference_boxes, proposals, weights)

    def decode(self, rel_codes: Any, boxes: Sequence[Any]) -> Any:
        """All images' boxes, corrected in C ways (N, C · 4): (N, C, 4)."""
        if not isinstance(boxes, (list, tuple)):
            raise AssertionError("This function expects boxes of type list or tuple.")
        if not isinstance(rel_codes, Variable):
            raise AssertionError("This function expects rel_codes of type torch.Tensor.")
        joined = cat(list(boxes))
        if not len(joined):
            return self.decode_single(rel_codes, joined)
        codes: Any = rel_codes
        return self.decode_single(codes.reshape(len(joined), -1), joined).reshape(len(joined), -1, 4)

    def decode_single(self, rel_codes: Any, boxes: Any) -> Any:
        """Boxes (N, 4), corrected in C ways (N, C · 4): (N, C · 4)."""
        x0, y0, w0, h0 = (each[:, None] for each in _centres(boxes.to(rel_codes.dtype)))
        dx, dy, dw, dh = (rel_codes[:, i::4] / weight for i, weight in enumerate(self.weights))
        x, y = dx * w0 + x0, dy * h0 + y0
        w, h = (0.5 * (d.clamp(max=self.bbox_xform_clip).exp() * side) for d, side in ((dw, w0), (dh, h0)))
        return stack((x - w, y - h, x + w, y + h), dim=2).flatten(1)


class BoxLinearCoder:
    """Boxes as the distances of their edges from the middle of other boxes, in units of those boxes (FCOS)."""

    def __init__(self, normalize_by_size: bool = True) -> None:
        self.normalize_by_size = normalize_by_size

    def encode(self, reference_boxes: Any, proposals: Any) -> Any:
        """The distances (…, 4) – left, top, right, bottom – of the proposals' edges from the reference boxes' middles."""
        x, y, sizes = self._middles(reference_boxes)
        x1, y1, x2, y2 = proposals.unbind(-1)
        distances = stack((x - x1, y - y1, x2 - x, y2 - y), dim=-1)
        return distances / sizes if self.normalize_by_size else distances

    def decode(self, rel_codes: Any, boxes: Any) -> Any:
        """Boxes with edges at such distances."""
        x, y, sizes = self._middles(boxes.to(dtype=rel_codes.dtype))
        left, top, right, bottom = (rel_codes * sizes if self.normalize_by_size else rel_codes).unbind(-1)
        return stack((x - left, y - top, x + right, y + bottom), dim=-1)

    def _middles(self, boxes: Any) -> tuple[Any, Any, Any]:
        x1, y1, x2, y2 = boxes.unbind(-1)
        w, h = x2 - x1, y2 - y1
        return 0.5 * (x1 + x2), 0.5 * (y1 + y2), stack((w, h, w, h), dim=-1)


class Matcher:
    """Which object each box belongs to, by their overlap: at least ``high_threshold``, none below ``low_threshold``.

    ``allow_low_quality_matches``: a box that overlaps an object more than all other boxes do belongs to one in any case.
    """

    BELOW_LOW_THRESHOLD = -1
    BETWEEN_THRESHOLDS = -2

    def __init__(self, high_threshold: float, low_threshold: float, allow_low_quality_matches: bool = False) -> None:
        if low_threshold > high_threshold:
            raise AssertionError("low_threshold should be <= high_threshold")
        self.high_threshold, self.low_threshold = high_threshold, low_threshold
        self.allow_low_quality_matches = allow_low_quality_matches

    def __call__(self, match_quality_matrix: Any) -> Any:
        """Overlaps (objects, boxes) to the number of each box's object, or a negative number."""
        if match_quality_matrix.numel() == 0:
            what = "ground-truth" if match_quality_matrix.shape[0] == 0 else "proposal"
            raise ValueError(f"No {what} boxes available for one of the images during training")
        quality, best = match_quality_matrix.max(dim=0)
        matches = best.clone()
        matches[quality < self.low_threshold] = self.BELOW_LOW_THRESHOLD
        between = (quality >= self.low_threshold) & (quality < self.high_threshold)
        matches[between] = self.BETWEEN_THRESHOLDS
        if self.allow_low_quality_matches:
            self.set_low_quality_matches_(matches, best, match_quality_matrix)
        return matches

    def set_low_quality_matches_(self, matches: Any, all_matches: Any, match_quality_matrix: Any) -> None:
        """Give the boxes that some object meets most the object that they overlap most."""
        most = match_quality_matrix.max(dim=1).values
        boxes = where(match_quality_matrix == most[:, None])[1]
        matches[boxes] = all_matches[boxes]


class SSDMatcher(Matcher):
    """`Matcher` with one threshold; the box that an object overlaps most is that object's."""

    def __init__(self, threshold: float) -> None:
        super().__init__(threshold, threshold, allow_low_quality_matches=False)

    def __call__(self, match_quality_matrix: Any) -> Any:
        matches = super().__call__(match_quality_matrix)
        boxes = match_quality_matrix.max(dim=1).indices
        matches[boxes] = arange(len(boxes), device=boxes.device)
        return matches


def overwrite_eps(model: nn.Module, eps: float) -> None:
    """Set the ``eps`` of all frozen norm layers: the oldest weights were trained with 0."""
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = eps


def retrieve_out_channels(model: nn.Module, size: tuple[int, int]) -> list[int]:
    """How many channels a backbone's feature maps have: found by giving it an empty picture of ``size`` (width, height)."""
    training = model.training
    model.eval()
    with no_grad():
        device = next(model.parameters()).device
        features = model(zeros((1, 3, size[1], size[0]), device=device))
    if training:
        model.train()
    levels: list[Any] = [features] if isinstance(features, Variable) else list(features.values())
    return [each.shape[1] for each in levels]


def _topk_min(input: Any, orig_kval: int, axis: int) -> int:
    """As many as asked for, and not more than there are."""
    return min(orig_kval, input.size(axis))


def _box_loss(
    type: str, box_coder: BoxCoder, anchors_per_image: Any, matched_gt_boxes_per_image: Any,
    bbox_regression_per_image: Any, cnf: dict[str, float] | None = None,
) -> Any:  # fmt: skip
    """One image's loss of the corrections, or – for kinds of overlap – of the boxes that they lead to."""
    overlaps: Any = {"ciou": complete_box_iou_loss, "diou": distance_box_iou_loss, "giou": generalized_box_iou_loss}
    if type not in ("l1", "smooth_l1", *overlaps):
        raise AssertionError(f"Unsupported loss: {type}")
    options = cnf or {}
    if type in overlaps:
        boxes = box_coder.decode_single(bbox_regression_per_image, anchors_per_image)
        return overlaps[type](boxes, matched_gt_boxes_per_image, reduction="sum", eps=options.get("eps", 1e-7))
    wanted = box_coder.encode_single(matched_gt_boxes_per_image, anchors_per_image)
    if type == "l1":
        return F.l1_loss(bbox_regression_per_image, wanted, reduction="sum")
    beta = options.get("beta", 1.0)
    return F.smooth_l1_loss(bbox_regression_per_image, wanted, reduction="sum", beta=beta)
