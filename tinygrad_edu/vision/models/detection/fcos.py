"""FCOS: every place of the features inside an object tells how far its edges are (Tian and others, 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .... import nn
from ....dtypes import float32, int64
from ....nn import functional as F
from ....ops.creation import full, zeros_like
from ....ops.joining import cat, stack
from ...ops.losses import generalized_box_iou_loss, sigmoid_focal_loss
from ..pretrained import WeightsEnum, builder
from ..resnet import ResNet50_Weights
from ._utils import BoxLinearCoder
from .anchor_utils import AnchorGenerator
from .backbone_utils import Norm
from .coco import TRAINED, coco
from .faster_rcnn import check_backbone, on_resnet50
from .one_stage import MEAN, STD, PyramidDetector, Target, by_anchor
from .retinanet import class_scores, resnet50_p3_to_p7, start_small
from .transform import GeneralizedRCNNTransform


def _convolutions(channels: int, count: int, norm_layer: Norm | None) -> nn.Sequential:
    norm = partial(nn.GroupNorm, 32) if norm_layer is None else norm_layer
    layers: list[nn.Module] = []
    for _ in range(count):
        layers += [nn.Conv2d(channels, channels, 3, stride=1, padding=1), norm(channels), nn.ReLU()]
    return nn.Sequential(*layers)


class FCOSHead(nn.Module):
    """Scores, distances of the edges, and how much in the middle of an object a place is, for all places of all levels."""

    def __init__(self, in_channels: int, num_anchors: int, num_classes: int, num_convs: int = 4) -> None:
        super().__init__()
        self.box_coder = BoxLinearCoder(normalize_by_size=True)
        self.classification_head = FCOSClassificationHead(in_channels, num_anchors, num_classes, num_convs)
        self.regression_head = FCOSRegressionHead(in_channels, num_anchors, num_convs)

    def compute_loss(
        self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any], matched_idxs: list[Any]
    ) -> dict[str, Any]:
        """Focal loss of the classes; where there is an object, overlap of the boxes and cross-entropy of the middle."""
        scores, distances = head_outputs["cls_logits"], head_outputs["bbox_regression"]
        labels, boxes = [], []
        for target, which in zip(targets, matched_idxs):
            if len(target["labels"]):
                label, box = (target[key][which.clip(min=0)] for key in ("labels", "boxes"))
            else:
                label = target["labels"].new_zeros((len(which),))
                box = target["boxes"].new_zeros((len(which), 4))
            label[which < 0] = -1
            labels.append(label)
            boxes.append(box)
        classes, real, places = stack(labels), stack(boxes), stack(anchors)
        objects = classes >= 0
        count = max(1, int(objects.sum()))
        wanted = zeros_like(scores)
        wanted[objects, classes[objects]] = 1.0
        found = self.box_coder.decode(distances, places)
        overlap = generalized_box_iou_loss(found[objects], real[objects], reduction="sum")
        edges = self.box_coder.encode(places, real)
        sides = (edges[:, :, 0::2], edges[:, :, 1::2])
        across, down = (side.min(dim=-1).values / side.max(dim=-1).values for side in sides)
        middle = (across * down).sqrt()
        told = head_outputs["bbox_ctrness"].squeeze(dim=2)
        losses = {
            "classification": sigmoid_focal_loss(scores, wanted, reduction="sum"),
            "bbox_regression": overlap,
            "bbox_ctrness": F.binary_cross_entropy_with_logits(told[objects], middle[objects], reduction="sum"),
        }
        return {name: loss / count for name, loss in losses.items()}

    def forward(self, x: list[Any]) -> dict[str, Any]:
        scores, (distances, middle) = self.classification_head(x), self.regression_head(x)
        return {"cls_logits": scores, "bbox_regression": distances, "bbox_ctrness": middle}


class FCOSClassificationHead(nn.Module):
    """A score of every class for every place."""

    def __init__(
        self, in_channels: int, num_anchors: int, num_classes: int, num_convs: int = 4, prior_probability: float = 0.01,
        norm_layer: Norm | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_classes, self.num_anchors = num_classes, num_anchors
        self.conv = _convolutions(in_channels, num_convs, norm_layer)
        start_small(self.conv)
        self.cls_logits = class_scores(in_channels, num_anchors * num_classes, prior_probability)

    def forward(self, x: list[Any]) -> Any:
        return cat([by_anchor(self.cls_logits(self.conv(features)), self.num_classes) for features in x], dim=1)


class FCOSRegressionHead(nn.Module):
    """Four distances for every place, and how much in the middle it is."""

    def __init__(self, in_channels: int, num_anchors: int, num_convs: int = 4, norm_layer: Norm | None = None) -> None:
        super().__init__()
        self.conv = _convolutions(in_channels, num_convs, norm_layer)
        self.bbox_reg = nn.Conv2d(in_channels, num_anchors * 4, 3, stride=1, padding=1)
        self.bbox_ctrness = nn.Conv2d(in_channels, num_anchors * 1, 3, stride=1, padding=1)
        for module in (self.bbox_reg, self.bbox_ctrness, self.conv):
            start_small(module)

    def forward(self, x: list[Any]) -> tuple[Any, Any]:
        inner = [self.conv(features) for features in x]
        distances = [by_anchor(F.relu(self.bbox_reg(t)), 4) for t in inner]
        return cat(distances, dim=1), cat([by_anchor(self.bbox_ctrness(t), 1) for t in inner], dim=1)


class FCOS(PyramidDetector):
    """A ``backbone`` with ``out_channels`` and an `FCOSHead` on each level; one square anchor, as large as its stride, a place."""

    _tells = {"tell_type": False}

    def __init__(
        self, backbone: Any, num_classes: int, min_size: Any = 800, max_size: int = 1333,
        image_mean: Sequence[float] | None = None, image_std: Sequence[float] | None = None,
        anchor_generator: AnchorGenerator | None = None, head: nn.Module | None = None, center_sampling_radius: float = 1.5,
        score_thresh: float = 0.2, nms_thresh: float = 0.6, detections_per_img: int = 100, topk_candidates: int = 1000,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        check_backbone(backbone)
        if not isinstance(anchor_generator, (AnchorGenerator, type(None))):
            raise TypeError(
                f"anchor_generator should be of type AnchorGenerator or None, instead  got {type(anchor_generator)}"
            )
        anchors = anchor_generator or AnchorGenerator(((8,), (16,), (32,), (64,), (128,)), ((1.0,),) * 5)
        each_place = anchors.num_anchors_per_location()[0]
        if each_place != 1:
            raise ValueError(f"anchor_generator.num_anchors_per_location()[0] should be 1 instead of {each_place}")
        if head is None:
            head = FCOSHead(backbone.out_channels, each_place, num_classes)
        transform = GeneralizedRCNNTransform(
            min_size, max_size, image_mean or list(MEAN), image_std or list(STD), **kwargs
        )
        super().__init__(
            backbone, anchors, head, transform, score_thresh, nms_thresh, detections_per_img, topk_candidates
        )
        self.box_coder = BoxLinearCoder(normalize_by_size=True)
        self.center_sampling_radius = center_sampling_radius

    def _match(self, anchors: Any, boxes: Any, counts: list[int]) -> Any:
        """The object of each place: near its middle, inside it, of a size that fits the level, and the smallest such."""
        at, sides = (anchors[:, :2] + anchors[:, 2:]) / 2, anchors[:, 2] - anchors[:, 0]
        apart = (at[:, None] - ((boxes[:, :2] + boxes[:, 2:]) / 2)[None]).abs().max(dim=2).values
        edges = cat((at[:, None] - boxes[None, :, :2], boxes[None, :, 2:] - at[:, None]), dim=2)
        least, most = sides * 4, sides * 8
        least[: counts[0]] = 0
        most[-counts[-1] :] = float("inf")
        reach = edges.max(dim=2).values
        fits = (apart < self.center_sampling_radius * sides[:, None]) & (edges.min(dim=2).values > 0)
        fits &= (reach > least[:, None]) & (reach < most[:, None])
        areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        quality, which = (fits.to(float32) * (1e8 - areas[None])).max(dim=1)
        which[quality < 1e-5] = -1
        return which

    def compute_loss(
        self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any], num_anchors_per_level: list[int]
    ) -> dict[str, Any]:
        """The losses of the head, for places matched with the targets."""
        matched = []
        for own, target in zip(anchors, targets):
            boxes = target["boxes"]
            none = boxes.numel() == 0
            matched.append(
                full((len(own),), -1, dtype=int64, device=own.device)
                if none
                else self._match(own, boxes, num_anchors_per_level)
            )
        return self.head.compute_loss(targets, head_outputs, anchors, matched)  # type: ignore[operator]

    def _losses(self, targets: list[Target], outputs: dict[str, Any], anchors: list[Any], counts: list[int]) -> Any:
        return self.compute_loss(targets, outputs, anchors, counts)

    def _scores(self, outputs: dict[str, Any]) -> Any:
        return (outputs["cls_logits"].sigmoid() * outputs["bbox_ctrness"].sigmoid()).sqrt()

    def _decoded(self, corrections: Any, anchors: Any) -> Any:
        return self.box_coder.decode(corrections, anchors)


# ---------------------------------------------------------------------------------------- the model
class FCOS_ResNet50_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("fcos_resnet50_fpn_coco-99b0c9b7.pth", 32269600, box_map=39.2)
    DEFAULT = COCO_V1


@builder(FCOS_ResNet50_FPN_Weights, **TRAINED)
@on_resnet50
def fcos_resnet50_fpn(
    num_classes: int | None = None, weights_backbone: Any = ResNet50_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> FCOS:  # fmt: skip
    """`FCOS` on `resnet50` with a pyramid."""
    backbone = resnet50_p3_to_p7(weights_backbone, trainable_backbone_layers, _trained)
    return FCOS(backbone, 91 if num_classes is None else num_classes, **kwargs)
