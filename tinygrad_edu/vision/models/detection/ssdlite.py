"""SSDlite: SSD of few operations, on MobileNet (Sandler and others, 2018)."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Any

from .... import nn
from ...ops.misc import Conv2dNormActivation
from ..mobilenetv3 import MobileNet_V3_Large_Weights, mobilenet_v3_large
from ..pretrained import WeightsEnum, builder
from ._utils import retrieve_out_channels
from .anchor_utils import DefaultBoxGenerator
from .backbone_utils import Norm, freeze_before, strided_stages
from .coco import TRAINED, coco, start
from .faster_rcnn import on_mobilenet
from .ssd import SSD, SSDScoringHead, warn_of_size


def _prediction_block(in_channels: int, out_channels: int, kernel_size: int, norm_layer: Norm) -> nn.Sequential:
    """A convolution of each channel on its own, then 1 × 1."""
    alone = Conv2dNormActivation(
        in_channels, in_channels, kernel_size, groups=in_channels, norm_layer=norm_layer, activation_layer=nn.ReLU6
    )
    return nn.Sequential(alone, nn.Conv2d(in_channels, out_channels, 1))


def _extra_block(in_channels: int, out_channels: int, norm_layer: Norm) -> nn.Sequential:
    """1 × 1 to half as many channels, each of them halved in size, 1 × 1."""
    inner, layer = out_channels // 2, partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.ReLU6)
    return nn.Sequential(
        layer(in_channels, inner, 1), layer(inner, inner, 3, stride=2, groups=inner), layer(inner, out_channels, 1)
    )


def _normal_init(conv: nn.Module) -> None:
    for layer in conv.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, mean=0.0, std=0.03)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0.0)


class SSDLiteHead(nn.Module):
    """Scores and corrections for all boxes of all levels."""

    def __init__(self, in_channels: list[int], num_anchors: list[int], num_classes: int, norm_layer: Norm) -> None:
        super().__init__()
        self.classification_head = SSDLiteClassificationHead(in_channels, num_anchors, num_classes, norm_layer)
        self.regression_head = SSDLiteRegressionHead(in_channels, num_anchors, norm_layer)

    def forward(self, x: list[Any]) -> dict[str, Any]:
        return {"bbox_regression": self.regression_head(x), "cls_logits": self.classification_head(x)}


def _for_each(in_channels: list[int], num_anchors: list[int], columns: int, norm_layer: Norm) -> nn.ModuleList:
    blocks = nn.ModuleList(_prediction_block(c, columns * n, 3, norm_layer) for c, n in zip(in_channels, num_anchors))
    _normal_init(blocks)
    return blocks


class SSDLiteClassificationHead(SSDScoringHead):
    """A block for each level, to scores."""

    def __init__(self, in_channels: list[int], num_anchors: list[int], num_classes: int, norm_layer: Norm) -> None:
        super().__init__(_for_each(in_channels, num_anchors, num_classes, norm_layer), num_classes)


class SSDLiteRegressionHead(SSDScoringHead):
    """A block for each level, to corrections."""

    def __init__(self, in_channels: list[int], num_anchors: list[int], norm_layer: Norm) -> None:
        super().__init__(_for_each(in_channels, num_anchors, 4, norm_layer), 4)


class SSDLiteFeatureExtractorMobileNet(nn.Module):
    """Six feature maps: inside the block at ``c4_pos``, at the end, and four more."""

    def __init__(
        self, backbone: Any, c4_pos: int, norm_layer: Norm, width_mult: float = 1.0, min_depth: int = 16
    ) -> None:
        super().__init__()
        middle = backbone[c4_pos]
        if middle.use_res_connect:
            raise ValueError("backbone[c4_pos].use_res_connect should be False")
        self.features = nn.Sequential(
            nn.Sequential(*backbone[:c4_pos], middle.block[0]),
            nn.Sequential(middle.block[1:], *backbone[c4_pos + 1 :]),
        )
        widths = [max(min_depth, int(width * width_mult)) for width in (512, 256, 256, 128)]
        before = [backbone[-1].out_channels, *widths]
        self.extra = nn.ModuleList(_extra_block(a, b, norm_layer) for a, b in zip(before, widths))
        _normal_init(self.extra)

    def forward(self, x: Any) -> dict[str, Any]:
        maps = []
        for block in (*self.features, *self.extra):
            x = block(x)
            maps.append(x)
        return OrderedDict((str(i), features) for i, features in enumerate(maps))


def _mobilenet_extractor(backbone: Any, trainable_layers: int, norm_layer: Norm) -> SSDLiteFeatureExtractorMobileNet:
    features = backbone.features
    stages = strided_stages(features)
    if not 0 <= trainable_layers <= len(stages):
        raise ValueError(  # torchvision's text, braces and all
            "trainable_layers should be in the range [0, {num_stages}], instead got {trainable_layers}"
        )
    freeze_before(features, stages, trainable_layers)
    return SSDLiteFeatureExtractorMobileNet(features, stages[-2], norm_layer)


# ---------------------------------------------------------------------------------------- the model
class SSDLite320_MobileNet_V3_Large_Weights(WeightsEnum):
    COCO_V1 = coco("ssdlite320_mobilenet_v3_large_coco-a79551df.pth", 3440060, box_map=21.3)
    DEFAULT = COCO_V1


@builder(SSDLite320_MobileNet_V3_Large_Weights, **TRAINED)
@on_mobilenet
def ssdlite320_mobilenet_v3_large(
    num_classes: int | None = None, weights_backbone: Any = MobileNet_V3_Large_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, norm_layer: Norm | None = None, _trained: bool = False, **kwargs: Any,
) -> SSD:  # fmt: skip
    """`SSD` on `mobilenet_v3_large`, for images of 320 × 320."""
    warn_of_size(kwargs)
    classes = 91 if num_classes is None else num_classes
    weights, layers, _ = start(
        MobileNet_V3_Large_Weights, weights_backbone, trainable_backbone_layers, _trained, most=6, usual=6
    )
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.03) if norm_layer is None else norm_layer
    of_backbone = {key: kwargs[key] for key in ("width_mult", "dilated", "block", "dropout") if key in kwargs}
    network = mobilenet_v3_large(weights=weights, norm_layer=norm, reduced_tail=weights is None, **of_backbone)
    if weights is None:
        _normal_init(network)
    backbone = _mobilenet_extractor(network, layers, norm)
    size, anchors = (320, 320), DefaultBoxGenerator([[2, 3] for _ in range(6)], min_ratio=0.2, max_ratio=0.95)
    channels, each_place = retrieve_out_channels(backbone, size), anchors.num_anchors_per_location()
    if len(channels) != len(each_place):
        raise ValueError(
            f"The length of the output channels from the backbone {len(channels)} do not match the length of the anchor "
            f"generator aspect ratios {len(each_place)}"
        )
    options: dict[str, Any] = {
        "score_thresh": 0.001, "nms_thresh": 0.55, "detections_per_img": 300, "topk_candidates": 300,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], **kwargs,
    }  # fmt: skip
    return SSD(backbone, anchors, size, classes, head=SSDLiteHead(channels, each_place, classes, norm), **options)
