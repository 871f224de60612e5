"""What RetinaNet, FCOS and SSD have in common: no proposals; the features of every place say at once what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .... import nn
from ....autograd.variable import Variable
from ....dtypes import int64
from ....ops.choosing import where
from ....ops.creation import full
from ....ops.joining import cat
from ...ops import boxes as box_ops
from ._utils import Matcher, _topk_min
from .generalized_rcnn import check_boxes, check_targets, sizes_of
from .rpn import permute_and_flatten
from .transform import GeneralizedRCNNTransform

Target = dict[str, Any]
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of the images that backbones were trained with


def by_anchor(results: Any, columns: int) -> Any:
    """(N, anchors · columns, H, W) to (N, H · W · anchors, columns)."""
    n, _, h, w = results.shape
    return permute_and_flatten(results, n, -1, columns, h, w)


def matches(matcher: Matcher, anchors: list[Any], targets: list[Target]) -> list[Any]:
    """The number of each anchor's object, or a negative number, for each image."""
    found = []
    for own, target in zip(anchors, targets):
        boxes = target["boxes"]
        none = boxes.numel() == 0
        found.append(
            full((len(own),), -1, dtype=int64, device=own.device) if none else matcher(box_ops.box_iou(boxes, own))
        )
    return found


def best_above(scores: Any, threshold: float, most: int) -> tuple[Any, Any]:
    """The best of those numbers that are above the threshold, best first, and their places."""
    places = where(scores > threshold)[0]
    values, order = scores[places].topk(_topk_min(places, most, 0))
    return values, places[order]


class OneStageDetector(nn.Module):
    """Backbone, head and anchors on images made one tensor; a dict of losses in training, a list of dicts else."""

    _tells: dict[str, bool] = {}

    def __init__(
        self, backbone: nn.Module, anchor_generator: nn.Module, head: nn.Module, transform: GeneralizedRCNNTransform,
        score_thresh: float, nms_thresh: float, detections_per_img: int, topk_candidates: int,
    ) -> None:  # fmt: skip
        super().__init__()
        self.backbone, self.anchor_generator, self.head, self.transform = backbone, anchor_generator, head, transform
        self.score_thresh, self.nms_thresh = score_thresh, nms_thresh
        self.detections_per_img, self.topk_candidates = detections_per_img, topk_candidates

    def eager_outputs(self, losses: dict[str, Any], detections: list[Target]) -> Any:
        """What `forward` returns."""
        return losses if self.training else detections

    def _losses(self, targets: list[Target], outputs: dict[str, Any], anchors: list[Any], counts: list[int]) -> Any:
        raise NotImplementedError

    def _detections(self, outputs: dict[str, Any], anchors: list[Any], counts: list[int], sizes: Any) -> list[Target]:
        raise NotImplementedError

    def forward(self, images: list[Any], targets: list[Target] | None = None) -> Any:
        if self.training:
            check_targets(targets, **self._tells)
        sizes = sizes_of(images)
        batch, targets = self.transform(images, targets)
        check_boxes(targets)
        features = self.backbone(batch.tensors)
        maps: list[Any] = [features] if isinstance(features, Variable) else list(features.values())
        outputs, anchors = self.head(maps), self.anchor_generator(batch, maps)
        places = [each.shape[2] * each.shape[3] for each in maps]
        each_place = outputs["cls_logits"].shape[1] // sum(places)
        counts = [n * each_place for n in places]
        if self.training:
            assert targets is not None
            return self.eager_outputs(self._losses(targets, outputs, anchors, counts), [])
        found = self._detections(outputs, anchors, counts, batch.image_sizes)
        return self.eager_outputs({}, self.transform.postprocess(found, batch.image_sizes, sizes))

    def _chosen(self, boxes: list[Any], scores: list[Any], labels: list[Any]) -> Target:
        """What is left of one image's boxes when those that overlap better ones of their class are dropped."""
        all_boxes, all_scores, all_labels = cat(boxes), cat(scores), cat(labels)
        keep = box_ops.batched_nms(all_boxes, all_scores, all_labels, self.nms_thresh)[: self.detections_per_img]
        return {"boxes": all_boxes[keep], "scores": all_scores[keep], "labels": all_labels[keep]}


class PyramidDetector(OneStageDetector):
    """Of each level of a pyramid only the best candidates are looked at."""

    def _scores(self, outputs: dict[str, Any]) -> Any:
        """How likely each class is at each anchor."""
        raise NotImplementedError

    def _decoded(self, corrections: Any, anchors: Any) -> Any:
        raise NotImplementedError

    def _detections(self, outputs: dict[str, Any], anchors: list[Any], counts: list[int], sizes: Any) -> list[Target]:
        by_level = {name: list(each.split(counts, dim=1)) for name, each in outputs.items()}
        return self.postprocess_detections(by_level, [list(own.split(counts)) for own in anchors], sizes)

    def postprocess_detections(
        self, head_outputs: dict[str, list[Any]], anchors: list[list[Any]], image_shapes: Sequence[tuple[int, int]]
    ) -> list[Target]:
        """The boxes found in each image, best first; ``head_outputs`` and ``anchors`` level by level."""
        detections = []
        for i, size in enumerate(image_shapes):
            found: tuple[list[Any], list[Any], list[Any]] = [], [], []
            for level, own in enumerate(anchors[i]):
                outputs = {name: each[level][i] for name, each in head_outputs.items()}
                classes = outputs["cls_logits"].shape[-1]
                scores = self._scores(outputs).flatten()
                scores, places = best_above(scores, self.score_thresh, self.topk_candidates)
                at = places // classes
                boxes = self._decoded(outputs["bbox_regression"][at], own[at])
                for into, values in zip(found, (box_ops.clip_boxes_to_image(boxes, size), scores, places % classes)):
                    into.append(values)
            detections.append(self._chosen(*found))
        return detections
