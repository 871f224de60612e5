"""RetinaNet: a class and a correction for every anchor at once, with a loss that leaves out what is easy (Lin and others, 2017)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from .... import nn
from ....ops.choosing import where
from ....ops.creation import zeros_like
from ....ops.joining import cat
from ...ops.losses import sigmoid_focal_loss
from ...ops.misc import Conv2dNormActivation, rename_before_version_2
from ...ops.pyramid import LastLevelP6P7
from ..pretrained import WeightsEnum, builder
from ..resnet import ResNet50_Weights, resnet50
from ._utils import BoxCoder, Matcher, _box_loss
from .anchor_utils import AnchorGenerator
from .backbone_utils import Norm, _resnet_fpn_extractor
from .coco import TRAINED, coco, start, without_eps
from .faster_rcnn import check_backbone, check_kind, on_resnet50
from .one_stage import MEAN, STD, PyramidDetector, Target, by_anchor, matches
from .transform import GeneralizedRCNNTransform


def _default_anchorgen() -> AnchorGenerator:
    """Three sizes for each of five levels."""
    sizes = tuple(tuple(int(side * 2 ** (i / 3)) for i in range(3)) for side in (32, 64, 128, 256, 512))
    return AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * len(sizes))


def _convolutions(channels: int, norm_layer: Norm | None) -> nn.Sequential:
    return nn.Sequential(*(Conv2dNormActivation(channels, channels, norm_layer=norm_layer) for _ in range(4)))


def start_small(module: nn.Module) -> None:
    """Small numbers at random for convolutions, no bias."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, std=0.01)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def class_scores(in_channels: int, outputs: int, prior_probability: float) -> nn.Conv2d:
    """The last convolution of classes, all of which are rare in the beginning."""
    layer = nn.Conv2d(in_channels, outputs, 3, stride=1, padding=1)
    nn.init.normal_(layer.weight, std=0.01)
    nn.init.constant_(layer.bias, -math.log((1 - prior_probability) / prior_probability))
    return layer


class _Head(nn.Module):
    _version = 2

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        names = {f"{prefix}conv.{2 * i}": f"{prefix}conv.{i}.0" for i in range(4)}
        rename_before_version_2(state_dict, local_metadata, names)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class RetinaNetHead(nn.Module):
    """Scores and corrections for all anchors of all levels."""

    def __init__(self, in_channels: int, num_anchors: int, num_classes: int, norm_layer: Norm | None = None) -> None:
        super().__init__()
        self.classification_head = RetinaNetClassificationHead(
            in_channels, num_anchors, num_classes, norm_layer=norm_layer
        )
        self.regression_head = RetinaNetRegressionHead(in_channels, num_anchors, norm_layer=norm_layer)

    def compute_loss(
        self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any], matched_idxs: list[Any]
    ) -> dict[str, Any]:
        """The losses of both heads."""
        return {
            "classification": self.classification_head.compute_loss(targets, head_outputs, matched_idxs),
            "bbox_regression": self.regression_head.compute_loss(targets, head_outputs, anchors, matched_idxs),
        }

    def forward(self, x: list[Any]) -> dict[str, Any]:
        return {"cls_logits": self.classification_head(x), "bbox_regression": self.regression_head(x)}


class RetinaNetClassificationHead(_Head):
    """A score of every class for every anchor."""

    def __init__(
        self, in_channels: int, num_anchors: int, num_classes: int, prior_probability: float = 0.01,
        norm_layer: Norm | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.conv = _convolutions(in_channels, norm_layer)
        start_small(self.conv)
        self.cls_logits = class_scores(in_channels, num_anchors * num_classes, prior_probability)
        self.num_classes, self.num_anchors = num_classes, num_anchors
        self.BETWEEN_THRESHOLDS = Matcher.BETWEEN_THRESHOLDS

    def compute_loss(self, targets: list[Target], head_outputs: dict[str, Any], matched_idxs: list[Any]) -> Any:
        """Focal loss of the anchors that have an object or clearly have none."""
        losses = []
        for target, scores, which in zip(targets, head_outputs["cls_logits"], matched_idxs):
            objects = which >= 0
            wanted = zeros_like(scores)
            wanted[objects, target["labels"][which[objects]]] = 1.0
            valid = which != self.BETWEEN_THRESHOLDS
            loss = sigmoid_focal_loss(scores[valid], wanted[valid], reduction="sum")
            losses.append(loss / max(1, int(objects.sum())))
        return sum(losses[1:], losses[0]) / len(targets)

    def forward(self, x: list[Any]) -> Any:
        return cat([by_anchor(self.cls_logits(self.conv(features)), self.num_classes) for features in x], dim=1)


class RetinaNetRegressionHead(_Head):
    """A correction for every anchor."""

    def __init__(self, in_channels: int, num_anchors: int, norm_layer: Norm | None = None) -> None:
        super().__init__()
        self.conv = _convolutions(in_channels, norm_layer)
        self.bbox_reg = nn.Conv2d(in_channels, num_anchors * 4, 3, stride=1, padding=1)
        start_small(self.bbox_reg)
        start_small(self.conv)
        self.box_coder = BoxCoder(weights=(1.0, 1.0, 1.0, 1.0))
        self._loss_type = "l1"

    def compute_loss(
        self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any], matched_idxs: list[Any]
    ) -> Any:
        """The distance of the corrections of anchors that have an object."""
        losses = []
        for target, corrections, own, which in zip(targets, head_outputs["bbox_regression"], anchors, matched_idxs):
            objects = where(which >= 0)[0]
            boxes = target["boxes"][which[objects]]
            loss = _box_loss(self._loss_type, self.box_coder, own[objects], boxes, corrections[objects])
            losses.append(loss / max(1, len(objects)))
        return sum(losses[1:], losses[0]) / max(1, len(targets))

    def forward(self, x: list[Any]) -> Any:
        return cat([by_anchor(self.bbox_reg(self.conv(features)), 4) for features in x], dim=1)


class RetinaNet(PyramidDetector):
    """A ``backbone`` with ``out_channels`` and a `RetinaNetHead` on each of its levels; ``num_classes`` counts the background."""

    _tells = {"tell_type": False, "tell_shape": False}

    def __init__(
        self, backbone: Any, num_classes: int, min_size: Any = 800, max_size: int = 1333,
        image_mean: Sequence[float] | None = None, image_std: Sequence[float] | None = None,
        anchor_generator: AnchorGenerator | None = None, head: nn.Module | None = None, proposal_matcher: Matcher | None = None,
        score_thresh: float = 0.05, nms_thresh: float = 0.5, detections_per_img: int = 300, fg_iou_thresh: float = 0.5,
        bg_iou_thresh: float = 0.4, topk_candidates: int = 1000, **kwargs: Any,
    ) -> None:  # fmt: skip
        check_backbone(backbone)
        check_kind("anchor_generator", anchor_generator, AnchorGenerator)
        anchors = _default_anchorgen() if anchor_generator is None else anchor_generator
        if head is None:
            head = RetinaNetHead(backbone.out_channels, anchors.num_anchors_per_location()[0], num_classes)
        transform = GeneralizedRCNNTransform(
            min_size, max_size, image_mean or list(MEAN), image_std or list(STD), **kwargs
        )
        super().__init__(
            backbone, anchors, head, transform, score_thresh, nms_thresh, detections_per_img, topk_candidates
        )
        self.proposal_matcher = proposal_matcher or Matcher(
            fg_iou_thresh, bg_iou_thresh, allow_low_quality_matches=True
        )
        self.box_coder = BoxCoder(weights=(1.0, 1.0, 1.0, 1.0))

    def compute_loss(self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any]) -> dict[str, Any]:
        """The losses of the head, for anchors matched with the targets."""
        matched = matches(self.proposal_matcher, anchors, targets)
        return self.head.compute_loss(targets, head_outputs, anchors, matched)  # type: ignore[operator]

    def _losses(self, targets: list[Target], outputs: dict[str, Any], anchors: list[Any], counts: list[int]) -> Any:
        return self.compute_loss(targets, outputs, anchors)

    def _scores(self, outputs: dict[str, Any]) -> Any:
        return outputs["cls_logits"].sigmoid()

    def _decoded(self, corrections: Any, anchors: Any) -> Any:
        return self.box_coder.decode_single(corrections, anchors)


# ---------------------------------------------------------------------------------------- the models
class RetinaNet_ResNet50_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("retinanet_resnet50_fpn_coco-eeacb38b.pth", 34014999, box_map=36.4)
    DEFAULT = COCO_V1


class RetinaNet_ResNet50_FPN_V2_Weights(WeightsEnum):
    COCO_V1 = coco("retinanet_resnet50_fpn_v2_coco-5905b1c5.pth", 38198935, box_map=41.5)
    DEFAULT = COCO_V1


def resnet50_p3_to_p7(weights_backbone: Any, trainable: int | None, trained: bool) -> Any:
    """`resnet50` with a pyramid of five levels, none of them as fine as its first."""
    weights, layers, norm = start(ResNet50_Weights, weights_backbone, trainable, trained)
    backbone = resnet50(weights=weights, norm_layer=norm)
    return _resnet_fpn_extractor(backbone, layers, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256))


@builder(RetinaNet_ResNet50_FPN_Weights, finish=without_eps, **TRAINED)
@on_resnet50
def retinanet_resnet50_fpn(
    num_classes: int | None = None, weights_backbone: Any = ResNet50_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> RetinaNet:  # fmt: skip
    """`RetinaNet` on `resnet50` with a pyramid."""
    backbone = resnet50_p3_to_p7(weights_backbone, trainable_backbone_layers, _trained)
    return RetinaNet(backbone, 91 if num_classes is None else num_classes, **kwargs)


@builder(RetinaNet_ResNet50_FPN_V2_Weights, **TRAINED)
@on_resnet50
def retinanet_resnet50_fpn_v2(
    num_classes: int | None = None, weights_backbone: Any = None, trainable_backbone_layers: int | None = None,
    _trained: bool = False, **kwargs: Any,
) -> RetinaNet:  # fmt: skip
    """`retinanet_resnet50_fpn` with norm layers in its head, which learns from the overlap of boxes."""
    classes = 91 if num_classes is None else num_classes
    weights, layers, _ = start(ResNet50_Weights, weights_backbone, trainable_backbone_layers, _trained)
    network, more = resnet50(weights=weights), LastLevelP6P7(2048, 256)
    backbone = _resnet_fpn_extractor(network, layers, returned_layers=[2, 3, 4], extra_blocks=more)
    anchors = _default_anchorgen()
    each_place = anchors.num_anchors_per_location()[0]
    head = RetinaNetHead(backbone.out_channels, each_place, classes, norm_layer=partial(nn.GroupNorm, 32))
    head.regression_head._loss_type = "giou"
    return RetinaNet(backbone, classes, anchor_generator=anchors, head=head, **kwargs)
