"""`RegionProposalNetwork`: which anchors may hold an object, whatever its class, and how to correct them (Ren et al. 2015)."""

from __future__ import annotations

from typing import Any

from .... import nn
from ....dtypes import float32
from ....nn import functional as F
from ....ops.choosing import where
from ....ops.creation import full, zeros
from ....ops.joining import cat
from ....ops.ranges import arange
from ...ops import boxes as box_ops
from ...ops.misc import Conv2dNormActivation, rename_before_version_2
from ._utils import BalancedPositiveNegativeSampler, BoxCoder, Matcher, _topk_min
from .anchor_utils import AnchorGenerator
from .image_list import ImageList


class RPNHead(nn.Module):
    """Convolutions, then two of 1 × 1: for every anchor how likely it holds an object, and a correction."""

    _version = 2

    def __init__(self, in_channels: int, num_anchors: int, conv_depth: int = 1) -> None:
        super().__init__()
        convs = [Conv2dNormActivation(in_channels, in_channels, 3, norm_layer=None) for _ in range(conv_depth)]
        self.conv = nn.Sequential(*convs)
        self.cls_logits = nn.Conv2d(in_channels, num_anchors, 1)
        self.bbox_pred = nn.Conv2d(in_channels, num_anchors * 4, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.constant_(layer.bias, 0)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        rename_before_version_2(state_dict, local_metadata, {f"{prefix}conv": f"{prefix}conv.0.0"})
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    def forward(self, x: list[Any]) -> tuple[list[Any], list[Any]]:
        inner = [self.conv(features) for features in x]
        return [self.cls_logits(t) for t in inner], [self.bbox_pred(t) for t in inner]


def permute_and_flatten(layer: Any, N: int, A: int, C: int, H: int, W: int) -> Any:
    """(N, A · C, H, W) to (N, H · W · A, C): one row an anchor, in the anchors' order."""
    return layer.view(N, -1, C, H, W).permute(0, 3, 4, 1, 2).reshape(N, -1, C)


def concat_box_prediction_layers(box_cls: list[Any], box_regression: list[Any]) -> tuple[Any, Any]:
    """Scores and corrections of all levels and images, one row an anchor."""
    scores, corrections = [], []
    for cls, regression in zip(box_cls, box_regression):
        n, _, h, w = cls.shape
        anchors = regression.shape[1] // 4
        scores.append(permute_and_flatten(cls, n, anchors, cls.shape[1] // anchors, h, w))
        corrections.append(permute_and_flatten(regression, n, anchors, 4, h, w))
    return cat(scores, dim=1).flatten(0, -2), cat(corrections, dim=1).reshape(-1, 4)


class RegionProposalNetwork(nn.Module):
    """Boxes that may hold objects, for each image; in training also the losses of the ``head``.

    Of each level the ``pre_nms_top_n`` best are taken, those that overlap a better one by ``nms_thresh`` are dropped, and
    ``post_nms_top_n`` are left; both are dicts: ``{"training": …, "testing": …}``.
    """

    def __init__(
        self, anchor_generator: AnchorGenerator, head: nn.Module, fg_iou_thresh: float, bg_iou_thresh: float,
        batch_size_per_image: int, positive_fraction: float, pre_nms_top_n: dict[str, int], post_nms_top_n: dict[str, int],
        nms_thresh: float, score_thresh: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.anchor_generator, self.head = anchor_generator, head
        self.box_coder = BoxCoder(weights=(1.0, 1.0, 1.0, 1.0))
        self.box_similarity = box_ops.box_iou
        self.proposal_matcher = Matcher(fg_iou_thresh, bg_iou_thresh, allow_low_quality_matches=True)
        self.fg_bg_sampler = BalancedPositiveNegativeSampler(batch_size_per_image, positive_fraction)
        self._pre_nms_top_n, self._post_nms_top_n = pre_nms_top_n, post_nms_top_n
        self.nms_thresh, self.score_thresh, self.min_size = nms_thresh, score_thresh, 1e-3

    def pre_nms_top_n(self) -> int:
        """How many boxes of a level are looked at."""
        return self._pre_nms_top_n["training" if self.training else "testing"]

    def post_nms_top_n(self) -> int:
        """How many boxes of an image are left."""
        return self._post_nms_top_n["training" if self.training else "testing"]

    def assign_targets_to_anchors(
        self, anchors: list[Any], targets: list[dict[str, Any]]
    ) -> tuple[list[Any], list[Any]]:
        """For each image: 1 (an object), 0 (none) or -1 (leave it out) of each anchor, and the boxes of the objects."""
        labels, matched = [], []
        for own, target in zip(anchors, targets):
            boxes = target["boxes"]
            if boxes.numel() == 0:
                labels.append(zeros((len(own),), dtype=float32, device=own.device))
                matched.append(zeros(own.shape, dtype=float32, device=own.device))
                continue
            which = self.proposal_matcher(self.box_similarity(boxes, own))
            matched.append(boxes[which.clamp(min=0)])
            label = (which >= 0).to(dtype=float32)
            label[which == self.proposal_matcher.BETWEEN_THRESHOLDS] = -1.0
            labels.append(label)
        return labels, matched

    def _get_top_n_idx(self, objectness: Any, num_anchors_per_level: list[int]) -> Any:
        """The numbers of the best anchors of each level (images, n)."""
        best, before = [], 0
        for level in objectness.split(num_anchors_per_level, 1):
            best.append(level.topk(_topk_min(level, self.pre_nms_top_n(), 1), dim=1).indices + before)
            before += level.shape[1]
        return cat(best, dim=1)

    def filter_proposals(
        self, proposals: Any, objectness: Any, image_shapes: list[tuple[int, int]], num_anchors_per_level: list[int]
    ) -> tuple[list[Any], list[Any]]:
        """The boxes that are worth a look, and their scores, for each image."""
        count, device = len(proposals), proposals.device
        objectness = objectness.detach().reshape(count, -1)
        levels = cat([full((n,), i, device=device) for i, n in enumerate(num_anchors_per_level)])
        best = self._get_top_n_idx(objectness, num_anchors_per_level)
        image = arange(count, device=device)[:, None]
        chances = objectness[image, best].sigmoid()
        kept_boxes, kept_scores = [], []
        for boxes, scores, level, size in zip(proposals[image, best], chances, levels[best], image_shapes):
            boxes = box_ops.clip_boxes_to_image(boxes, size)
            keep = box_ops.remove_small_boxes(boxes, self.min_size)
            keep = keep[where(scores[keep] >= self.score_thresh)[0]]
            boxes, scores, level = boxes[keep], scores[keep], level[keep]
            keep = box_ops.batched_nms(boxes, scores, level, self.nms_thresh)[: self.post_nms_top_n()]
            kept_boxes.append(boxes[keep])
            kept_scores.append(scores[keep])
        return kept_boxes, kept_scores

    def compute_loss(
        self, objectness: Any, pred_bbox_deltas: Any, labels: list[Any], regression_targets: Any
    ) -> tuple[Any, Any]:
        """Of anchors taken at random: cross-entropy of the scores, distance of the corrections."""
        objects, others = (where(cat(masks).bool())[0] for masks in self.fg_bg_sampler(labels))
        sampled = cat([objects, others])
        wanted = cat(list(regression_targets))
        box_loss = F.smooth_l1_loss(pred_bbox_deltas[objects], wanted[objects], beta=1 / 9, reduction="sum")
        scores = objectness.flatten()[sampled]
        return F.binary_cross_entropy_with_logits(scores, cat(labels)[sampled]), box_loss / sampled.numel()

    def forward(
        self, images: ImageList, features: dict[str, Any], targets: list[dict[str, Any]] | None = None
    ) -> tuple[list[Any], dict[str, Any]]:
        maps = list(features.values())
        scores, corrections = self.head(maps)
        anchors = self.anchor_generator(images, maps)
        counts = [level[0].numel() for level in scores]
        scores, corrections = concat_box_prediction_layers(scores, corrections)
        proposals = self.box_coder.decode(corrections.detach(), anchors).view(len(anchors), -1, 4)
        boxes, _ = self.filter_proposals(proposals, scores, images.image_sizes, counts)
        if not self.training:
            return boxes, {}
        if targets is None:
            raise ValueError("targets should not be None")
        labels, matched = self.assign_targets_to_anchors(anchors, targets)
        losses = self.compute_loss(scores, corrections, labels, self.box_coder.encode(matched, anchors))
        return boxes, dict(zip(("loss_objectness", "loss_rpn_box_reg"), losses))
