"""SSD: boxes of several proportions at every place of six feature maps, each with a class and a correction (Liu and others, 2016)."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from .... import nn
from ....dtypes import int64
from ....nn import functional as F
from ....ops.choosing import where
from ....ops.creation import full_like, ones, zeros
from ....ops.joining import cat, stack
from ...ops import boxes as box_ops
from .._utils import handle_legacy_interface
from ..pretrained import WeightsEnum, builder
from ..vgg import VGG, VGG16_Weights, vgg16
from ._utils import BoxCoder, SSDMatcher, retrieve_out_channels
from .anchor_utils import DefaultBoxGenerator
from .backbone_utils import freeze_before
from .coco import TRAINED, coco, start
from .one_stage import MEAN, STD, OneStageDetector, Target, best_above, by_anchor, matches
from .transform import GeneralizedRCNNTransform


def _xavier_init(conv: nn.Module) -> None:
    for layer in conv.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0.0)


class SSDHead(nn.Module):
    """Scores and corrections for all boxes of all levels."""

    def __init__(self, in_channels: list[int], num_anchors: list[int], num_classes: int) -> None:
        super().__init__()
        self.classification_head = SSDClassificationHead(in_channels, num_anchors, num_classes)
        self.regression_head = SSDRegressionHead(in_channels, num_anchors)

    def forward(self, x: list[Any]) -> dict[str, Any]:
        return {"bbox_regression": self.regression_head(x), "cls_logits": self.classification_head(x)}


class SSDScoringHead(nn.Module):
    """A module for each level; ``num_columns`` numbers for each box."""

    def __init__(self, module_list: nn.ModuleList, num_columns: int) -> None:
        super().__init__()
        self.module_list, self.num_columns = module_list, num_columns

    def forward(self, x: list[Any]) -> Any:
        levels = zip(self.module_list, x)
        return cat([by_anchor(module(features), self.num_columns) for module, features in levels], dim=1)


def _for_each(in_channels: list[int], num_anchors: list[int], columns: int) -> nn.ModuleList:
    layers = nn.ModuleList(nn.Conv2d(c, columns * n, 3, padding=1) for c, n in zip(in_channels, num_anchors))
    _xavier_init(layers)
    return layers


class SSDClassificationHead(SSDScoringHead):
    """A convolution for each level, to scores."""

    def __init__(self, in_channels: list[int], num_anchors: list[int], num_classes: int) -> None:
        super().__init__(_for_each(in_channels, num_anchors, num_classes), num_classes)


class SSDRegressionHead(SSDScoringHead):
    """A convolution for each level, to corrections."""

    def __init__(self, in_channels: list[int], num_anchors: list[int]) -> None:
        super().__init__(_for_each(in_channels, num_anchors, 4), 4)


class SSD(OneStageDetector):
    """A ``backbone`` that gives several feature maps, a `DefaultBoxGenerator`, and images brought to one ``size`` (width, height).

    Of boxes without an object only those with the largest losses count, ``(1 - positive_fraction) / positive_fraction`` times as
    many as there are with one.
    """

    def __init__(
        self, backbone: Any, anchor_generator: DefaultBoxGenerator, size: tuple[int, int], num_classes: int,
        image_mean: Sequence[float] | None = None, image_std: Sequence[float] | None = None, head: nn.Module | None = None,
        score_thresh: float = 0.01, nms_thresh: float = 0.45, detections_per_img: int = 200, iou_thresh: float = 0.5,
        topk_candidates: int = 400, positive_fraction: float = 0.25, **kwargs: Any,
    ) -> None:  # fmt: skip
        if head is None:
            known = hasattr(backbone, "out_channels")
            channels = backbone.out_channels if known else retrieve_out_channels(backbone, size)
            if len(channels) != len(anchor_generator.aspect_ratios):
                raise ValueError(
                    f"The length of the output channels from the backbone ({len(channels)}) do not match the length of the "
                    f"anchor generator aspect ratios ({len(anchor_generator.aspect_ratios)})"
                )
            head = SSDHead(channels, anchor_generator.num_anchors_per_location(), num_classes)
        mean, std = image_mean or list(MEAN), image_std or list(STD)
        transform = GeneralizedRCNNTransform(
            min(size), max(size), mean, std, size_divisible=1, fixed_size=size, **kwargs
        )
        super().__init__(
            backbone, anchor_generator, head, transform, score_thresh, nms_thresh, detections_per_img, topk_candidates
        )
        self.box_coder = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
        self.proposal_matcher = SSDMatcher(iou_thresh)
        self.neg_to_pos_ratio = (1.0 - positive_fraction) / positive_fraction

    def _losses(self, targets: list[Target], outputs: dict[str, Any], anchors: list[Any], counts: list[int]) -> Any:
        return self.compute_loss(targets, outputs, anchors, matches(self.proposal_matcher, anchors, targets))

    def compute_loss(
        self, targets: list[Target], head_outputs: dict[str, Any], anchors: list[Any], matched_idxs: list[Any]
    ) -> dict[str, Any]:
        """The distance of the corrections where there is an object; cross-entropy there, and of the worst others."""
        scores, corrections = head_outputs["cls_logits"], head_outputs["bbox_regression"]
        count, box_losses, labels = 0, [], []
        for target, correction, own, which in zip(targets, corrections, anchors, matched_idxs):
            objects = where(which >= 0)[0]
            which = which[objects]
            count += len(which)
            wanted = self.box_coder.encode_single(target["boxes"][which], own[objects])
            box_losses.append(F.smooth_l1_loss(correction[objects], wanted, reduction="sum"))
            label = zeros((len(own),), dtype=target["labels"].dtype, device=own.device)
            label[objects] = target["labels"][which]
            labels.append(label)
        classes = stack(labels)
        losses = F.cross_entropy(scores.reshape(-1, scores.shape[-1]), classes.reshape(-1), reduction="none")
        losses = losses.view(classes.shape)
        objects = classes > 0
        others = losses.clone()
        others[objects] = -float("inf")
        rank = others.sort(1, descending=True).indices.sort(1).indices
        worst = rank < self.neg_to_pos_ratio * objects.sum(1, keepdim=True)
        return {
            "bbox_regression": stack(box_losses).sum() / max(1, count),
            "classification": (losses[objects].sum() + losses[worst].sum()) / max(1, count),
        }

    def _detections(self, outputs: dict[str, Any], anchors: list[Any], counts: list[int], sizes: Any) -> list[Target]:
        return self.postprocess_detections(outputs, anchors, sizes)

    def postprocess_detections(
        self, head_outputs: dict[str, Any], image_anchors: list[Any], image_shapes: list[tuple[int, int]]
    ) -> list[Target]:
        """The boxes found in each image, best first: of every class the best candidates."""
        chances = F.softmax(head_outputs["cls_logits"], dim=-1)
        detections = []
        for correction, scores, own, size in zip(head_outputs["bbox_regression"], chances, image_anchors, image_shapes):
            boxes = box_ops.clip_boxes_to_image(self.box_coder.decode_single(correction, own), size)
            found: tuple[list[Any], list[Any], list[Any]] = [], [], []
            for label in range(1, scores.shape[-1]):  # class 0 is nothing
                score, places = best_above(scores[:, label], self.score_thresh, self.topk_candidates)
                for into, values in zip(found, (boxes[places], score, full_like(score, label, dtype=int64))):
                    into.append(values)
            detections.append(self._chosen(*found))
        return detections


def _smaller(channels: int, inner: int, out: int, kernel: int = 3, **options: Any) -> nn.Sequential:
    """1 × 1 to fewer channels, then a convolution that makes the feature map smaller."""
    return nn.Sequential(
        nn.Conv2d(channels, inner, 1), nn.ReLU(inplace=True),
        nn.Conv2d(inner, out, kernel, **options), nn.ReLU(inplace=True),
    )  # fmt: skip


class SSDFeatureExtractorVGG(nn.Module):
    """Six feature maps of a VGG's convolutions and some more; seven with ``highres``."""

    def __init__(self, backbone: Any, highres: bool) -> None:
        super().__init__()
        pools = [i for i, layer in enumerate(backbone) if isinstance(layer, nn.MaxPool2d)]
        backbone[pools[2]].ceil_mode = True  # so that the sizes are the paper's
        self.scale_weight = nn.Parameter(ones(512) * 20)
        self.features = nn.Sequential(*backbone[: pools[3]])
        halved = {"padding": 1, "stride": 2}
        extra = nn.ModuleList(
            [
                _smaller(1024, 256, 512, **halved),
                _smaller(512, 128, 256, **halved),
                _smaller(256, 128, 256),
                _smaller(256, 128, 256),
                *([_smaller(256, 128, 256, kernel=4)] if highres else []),
            ]
        )
        _xavier_init(extra)
        fc = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(512, 1024, 3, padding=6, dilation=6), nn.ReLU(inplace=True),
            nn.Conv2d(1024, 1024, 1), nn.ReLU(inplace=True),
        )  # fmt: skip
        _xavier_init(fc)
        extra.insert(0, nn.Sequential(*backbone[pools[3] : -1], fc))
        self.extra = extra

    def forward(self, x: Any) -> dict[str, Any]:
        x = self.features(x)
        maps = [self.scale_weight.view(1, -1, 1, 1) * F.normalize(x)]
        for block in self.extra:
            x = block(x)
            maps.append(x)
        return OrderedDict((str(i), features) for i, features in enumerate(maps))


def _vgg_extractor(backbone: VGG, highres: bool, trainable_layers: int) -> SSDFeatureExtractorVGG:
    features: Any = backbone.features
    stages = [0, *[i for i, block in enumerate(features) if isinstance(block, nn.MaxPool2d)][:-1]]
    if not 0 <= trainable_layers <= len(stages):
        raise AssertionError(
            f"trainable_layers should be in the range [0, {len(stages)}]. Instead got {trainable_layers}"
        )
    freeze_before(features, stages, trainable_layers)
    return SSDFeatureExtractorVGG(features, highres)


# ---------------------------------------------------------------------------------------- the model
class SSD300_VGG16_Weights(WeightsEnum):
    COCO_V1 = coco("ssd300_vgg16_coco-b556d3b4.pth", 35641826, box_map=25.1)
    DEFAULT = COCO_V1


def warn_of_size(kwargs: dict[str, Any]) -> None:
    """A warning where a size was given to a model that has one."""
    if "size" in kwargs:
        warnings.warn("The size of the model is already fixed; ignoring the parameter.", stacklevel=3)


@builder(SSD300_VGG16_Weights, **TRAINED)
@handle_legacy_interface(weights_backbone=("pretrained_backbone", VGG16_Weights.IMAGENET1K_FEATURES))
def ssd300_vgg16(
    num_classes: int | None = None, weights_backbone: Any = VGG16_Weights.IMAGENET1K_FEATURES,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> SSD:  # fmt: skip
    """`SSD` on `vgg16`, for images of 300 × 300."""
    warn_of_size(kwargs)
    weights, layers, _ = start(VGG16_Weights, weights_backbone, trainable_backbone_layers, _trained, usual=4)
    backbone = _vgg_extractor(vgg16(weights=weights), False, layers)
    anchors = DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
        scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        steps=[8, 16, 32, 64, 100, 300],
    )
    options = {"image_mean": [0.48235, 0.45882, 0.40784], "image_std": [1.0 / 255.0] * 3, **kwargs}
    return SSD(backbone, anchors, (300, 300), 91 if num_classes is None else num_classes, **options)
