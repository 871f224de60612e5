"""`RoIHeads`: the class, the exact box, and if wanted the mask and the points of what a `RegionProposalNetwork` found."""

from __future__ import annotations

from typing import Any

from .... import nn
from ....dtypes import float16, float32, float64, int64
from ....nn import functional as F
from ....ops.choosing import where
from ....ops.creation import zeros
from ....ops.joining import cat
from ....ops.ranges import arange
from ...ops import boxes as box_ops
from ._utils import BalancedPositiveNegativeSampler, BoxCoder, Matcher
from .keypoints import (  # noqa: F401 - torchvision has all of them in this file
    heatmaps_to_keypoints,
    keypointrcnn_inference,
    keypointrcnn_loss,
    keypoints_to_heatmap,
)
from .masks import (  # noqa: F401
    expand_boxes,
    expand_masks,
    maskrcnn_inference,
    maskrcnn_loss,
    paste_mask_in_image,
    paste_masks_in_image,
    project_masks_on_boxes,
)

Target = dict[str, Any]


def fastrcnn_loss(
    class_logits: Any, box_regression: Any, labels: list[Any], regression_targets: Any
) -> tuple[Any, Any]:
    """Cross-entropy of the classes; distance of the corrections for the right class, where there is an object."""
    classes, wanted = cat(labels), cat(list(regression_targets))
    objects = where(classes > 0)[0]
    corrections = box_regression.reshape(len(class_logits), box_regression.size(-1) // 4, 4)
    chosen = corrections[objects, classes[objects]]
    box_loss = F.smooth_l1_loss(chosen, wanted[objects], beta=1 / 9, reduction="sum") / classes.numel()
    return F.cross_entropy(class_logits, classes), box_loss


class RoIHeads(nn.Module):
    """The second stage of an R-CNN: features of each proposed box are pooled and judged.

    A mask part and a point part (pooling, head, predictor each) are optional. With `training`, proposals are matched with the
    targets, some are picked at random, and losses come out; else the boxes that are left, best first.
    """

    def __init__(
        self, box_roi_pool: Any, box_head: Any, box_predictor: Any, fg_iou_thresh: float, bg_iou_thresh: float,
        batch_size_per_image: int, positive_fraction: float, bbox_reg_weights: Any, score_thresh: float, nms_thresh: float,
        detections_per_img: int, mask_roi_pool: Any = None, mask_head: Any = None, mask_predictor: Any = None,
        keypoint_roi_pool: Any = None, keypoint_head: Any = None, keypoint_predictor: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.box_similarity = box_ops.box_iou
        self.proposal_matcher = Matcher(fg_iou_thresh, bg_iou_thresh, allow_low_quality_matches=False)
        self.fg_bg_sampler = BalancedPositiveNegativeSampler(batch_size_per_image, positive_fraction)
        self.box_coder = BoxCoder((10.0, 10.0, 5.0, 5.0) if bbox_reg_weights is None else bbox_reg_weights)
        self.box_roi_pool, self.box_head, self.box_predictor = box_roi_pool, box_head, box_predictor
        self.score_thresh, self.nms_thresh, self.detections_per_img = score_thresh, nms_thresh, detections_per_img
        self.mask_roi_pool, self.mask_head, self.mask_predictor = mask_roi_pool, mask_head, mask_predictor
        self.keypoint_roi_pool, self.keypoint_head = keypoint_roi_pool, keypoint_head
        self.keypoint_predictor = keypoint_predictor

    def has_mask(self) -> bool:
        """Whether there is a mask part."""
        return all(part is not None for part in (self.mask_roi_pool, self.mask_head, self.mask_predictor))

    def has_keypoint(self) -> bool:
        """Whether there is a point part."""
        return all(part is not None for part in (self.keypoint_roi_pool, self.keypoint_head, self.keypoint_predictor))

    # ---------------------------------------------------------------------------------- training
    def assign_targets_to_proposals(
        self, proposals: list[Any], gt_boxes: list[Any], gt_labels: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """For each image: the number of each proposal's object, and its class (0: none, -1: leave it out)."""
        matched, labels = [], []
        for own, boxes, classes in zip(proposals, gt_boxes, gt_labels):
            if boxes.numel() == 0:
                matched.append(zeros((len(own),), dtype=int64, device=own.device))
                labels.append(zeros((len(own),), dtype=int64, device=own.device))
                continue
            which = self.proposal_matcher(self.box_similarity(boxes, own))
            matched.append(which.clamp(min=0))
            label = classes[matched[-1]].to(dtype=int64)
            label[which == self.proposal_matcher.BELOW_LOW_THRESHOLD] = 0
            label[which == self.proposal_matcher.BETWEEN_THRESHOLDS] = -1
            labels.append(label)
        return matched, labels

    def subsample(self, labels: list[Any]) -> list[Any]:
        """The numbers of some proposals, taken at random."""
        return [where((objects | others).bool())[0] for objects, others in zip(*self.fg_bg_sampler(labels))]

    def add_gt_proposals(self, proposals: list[Any], gt_boxes: list[Any]) -> list[Any]:
        """The objects' own boxes are proposals too."""
        return [cat((own, boxes)) for own, boxes in zip(proposals, gt_boxes)]

    def check_targets(self, targets: list[Target] | None) -> None:
        """ValueError where targets lack something that is learned."""
        if targets is None:
            raise ValueError("targets should not be None")
        for key in ("boxes", "labels", *(("masks",) if self.has_mask() else ())):
            if not all(key in target for target in targets):
                raise ValueError(f"Every element of targets should have a {key} key")

    def select_training_samples(
        self, proposals: list[Any], targets: list[Target] | None
    ) -> tuple[list[Any], list[Any], list[Any], Any]:
        """The proposals to learn from, the numbers of their objects, their classes, and their corrections."""
        self.check_targets(targets)
        assert targets is not None
        kind, device = proposals[0].dtype, proposals[0].device
        gt_boxes = [target["boxes"].to(kind) for target in targets]
        proposals = self.add_gt_proposals(proposals, gt_boxes)
        matched, labels = self.assign_targets_to_proposals(
            proposals, gt_boxes, [target["labels"] for target in targets]
        )
        sampled = self.subsample(labels)
        proposals, matched, labels = (
            [own[which] for own, which in zip(each, sampled)] for each in (proposals, matched, labels)
        )
        wanted = []
        for boxes, which in zip(gt_boxes, matched):
            real = boxes if boxes.numel() else zeros((1, 4), dtype=kind, device=device)
            wanted.append(real[which])
        return proposals, matched, labels, self.box_coder.encode(wanted, proposals)

    def _objects(self, proposals: list[Any], labels: list[Any], matched: list[Any]) -> tuple[list[Any], list[Any]]:
        """Those of the proposals that have an object, and its number."""
        objects = [where(label > 0)[0] for label in labels]
        boxes, numbers = ([own[which] for own, which in zip(each, objects)] for each in (proposals, matched))
        return boxes, numbers

    # --------------------------------------------------------------------------------- inference
    def postprocess_detections(
        self, class_logits: Any, box_regression: Any, proposals: list[Any], image_shapes: list[tuple[int, int]]
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """For each image the boxes found, their scores and classes, best first."""
        counts = [len(own) for own in proposals]
        corrected = self.box_coder.decode(box_regression, proposals).split(counts, 0)
        chances = F.softmax(class_logits, -1).split(counts, 0)
        classes = arange(class_logits.shape[-1], device=class_logits.device)[None]
        found: tuple[list[Any], list[Any], list[Any]] = [], [], []
        for boxes, scores, size in zip(corrected, chances, image_shapes):
            boxes = box_ops.clip_boxes_to_image(boxes, size)
            labels = classes.expand_as(scores)[:, 1:].reshape(-1)  # class 0 is nothing
            boxes, scores = boxes[:, 1:].reshape(-1, 4), scores[:, 1:].reshape(-1)
            keep = where(scores > self.score_thresh)[0]
            keep = keep[box_ops.remove_small_boxes(boxes[keep], min_size=1e-2)]
            boxes, scores, labels = boxes[keep], scores[keep], labels[keep]
            keep = box_ops.batched_nms(boxes, scores, labels, self.nms_thresh)[: self.detections_per_img]
            for into, values in zip(found, (boxes, scores, labels)):
                into.append(values[keep])
        return found

    # ------------------------------------------------------------------------------------- both
    def _check_kinds(self, targets: list[Target]) -> None:
        for target in targets:
            if target["boxes"].dtype not in (float32, float64, float16):
                raise TypeError(f"target boxes must of float type, instead got {target['boxes'].dtype}")
            if target["labels"].dtype != int64:
                raise TypeError(f"target labels must of int64 type, instead got {target['labels'].dtype}")
            if self.has_keypoint() and target["keypoints"].dtype != float32:
                raise TypeError(f"target keypoints must of float type, instead got {target['keypoints'].dtype}")

    def forward(
        self, features: dict[str, Any], proposals: list[Any], image_shapes: list[tuple[int, int]],
        targets: list[Target] | None = None,
    ) -> tuple[list[Target], dict[str, Any]]:  # fmt: skip
        if targets is not None:
            self._check_kinds(targets)
        result: list[Target] = []
        losses: dict[str, Any] = {}
        matched: list[Any] = []
        if self.training:
            proposals, matched, labels, wanted = self.select_training_samples(proposals, targets)
        pooled = self.box_head(self.box_roi_pool(features, proposals, image_shapes))
        scores, corrections = self.box_predictor(pooled)
        if self.training:
            pair = fastrcnn_loss(scores, corrections, labels, wanted)
            losses = dict(zip(("loss_classifier", "loss_box_reg"), pair))
            boxes, matched = self._objects(proposals, labels, matched)
        else:
            boxes, chances, labels = self.postprocess_detections(scores, corrections, proposals, image_shapes)
            result = [dict(zip(("boxes", "labels", "scores"), each)) for each in zip(boxes, labels, chances)]
        if self.has_mask():
            logits = self.mask_predictor(self.mask_head(self.mask_roi_pool(features, boxes, image_shapes)))
            if self.training:
                masks, classes = ([target[key] for target in targets or []] for key in ("masks", "labels"))
                losses["loss_mask"] = maskrcnn_loss(logits, boxes, masks, classes, matched)
            else:
                for found, mask in zip(result, maskrcnn_inference(logits, labels)):
                    found["masks"] = mask
        if self.has_keypoint():
            heat = self.keypoint_predictor(self.keypoint_head(self.keypoint_roi_pool(features, boxes, image_shapes)))
            if self.training:
                points = [target["keypoints"] for target in targets or []]
                losses["loss_keypoint"] = keypointrcnn_loss(heat, boxes, points, matched)
            else:
                for found, *places in zip(result, *keypointrcnn_inference(heat, boxes)):
                    found["keypoints"], found["keypoints_scores"] = places
        return result, losses
