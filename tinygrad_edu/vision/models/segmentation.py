"""A class for every pixel: FCN (Long and others, 2015), DeepLab v3 (Chen and others, 2017) and LR-ASPP (Howard and others, 2019)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any

from ... import nn
from ...ops.registry import functions
from ..transforms.presets import SemanticSegmentation
from ._utils import IntermediateLayerGetter
from .mobilenetv3 import mobilenet_v3_large
from .pretrained import Weights, WeightsEnum, builder
from .resnet import resnet50, resnet101

cat = functions["cat"]  # the public form: fx can record it


def _resized(x: Any, size: Any) -> Any:
    return nn.functional.interpolate(x, size=size, mode="bilinear", align_corners=False)


def _conv_bn_relu(in_channels: int, out_channels: int, kernel: int = 1, **kwargs: Any) -> list[nn.Module]:
    conv = nn.Conv2d(in_channels, out_channels, kernel, bias=False, **kwargs)
    return [conv, nn.BatchNorm2d(out_channels), nn.ReLU()]


class _SimpleSegmentationModel(nn.Module):
    """What a classifier makes of a backbone's inner results, as large as the picture: ``{"out": …, "aux": …}``."""

    def __init__(self, backbone: nn.Module, classifier: nn.Module, aux_classifier: nn.Module | None = None) -> None:
        super().__init__()
        self.backbone, self.classifier, self.aux_classifier = backbone, classifier, aux_classifier

    def forward(self, x: Any) -> dict[str, Any]:
        size, features = x.shape[-2:], self.backbone(x)
        result = OrderedDict(out=_resized(self.classifier(features["out"]), size))
        if self.aux_classifier is not None:
            result["aux"] = _resized(self.aux_classifier(features["aux"]), size)
        return result


class FCN(_SimpleSegmentationModel):
    """Fully convolutional: a classifier at every place of a dilated backbone."""


class FCNHead(nn.Sequential):
    """3 × 3 to a quarter of the channels, then the classes."""

    def __init__(self, in_channels: int, channels: int) -> None:
        inner = in_channels // 4
        super().__init__(
            *_conv_bn_relu(in_channels, inner, 3, padding=1), nn.Dropout(0.1), nn.Conv2d(inner, channels, 1)
        )


class DeepLabV3(_SimpleSegmentationModel):
    """`FCN` that looks at surroundings of several sizes at once."""


class DeepLabHead(nn.Sequential):
    """`ASPP`, 3 × 3, then the classes."""

    def __init__(self, in_channels: int, num_classes: int, atrous_rates: Sequence[int] = (12, 24, 36)) -> None:
        super().__init__(
            ASPP(in_channels, atrous_rates), *_conv_bn_relu(256, 256, 3, padding=1), nn.Conv2d(256, num_classes, 1)
        )


class ASPPConv(nn.Sequential):
    """3 × 3 with holes."""

    def __init__(self, in_channels: int, out_channels: int, dilation: int) -> None:
        super().__init__(*_conv_bn_relu(in_channels, out_channels, 3, padding=dilation, dilation=dilation))


class ASPPPooling(nn.Sequential):
    """The whole picture's mean, at every place."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(nn.AdaptiveAvgPool2d(1), *_conv_bn_relu(in_channels, out_channels))

    def forward(self, x: Any) -> Any:
        return _resized(super().forward(x), x.shape[-2:])


class ASPP(nn.Module):
    """1 × 1, convolutions with holes of several sizes, and the mean, side by side."""

    def __init__(self, in_channels: int, atrous_rates: Sequence[int], out_channels: int = 256) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            [
                nn.Sequential(*_conv_bn_relu(in_channels, out_channels)),
                *(ASPPConv(in_channels, out_channels, rate) for rate in tuple(atrous_rates)),
                ASPPPooling(in_channels, out_channels),
            ]
        )
        joined = len(self.convs) * out_channels
        self.project = nn.Sequential(*_conv_bn_relu(joined, out_channels), nn.Dropout(0.5))

    def forward(self, x: Any) -> Any:
        return self.project(cat([conv(x) for conv in self.convs], 1))


class LRASPP(nn.Module):
    """A small head for `mobilenet_v3_large`: its last features, weighed by the whole picture, added to earlier ones."""

    def __init__(
        self, backbone: nn.Module, low_channels: int, high_channels: int, num_classes: int, inter_channels: int = 128
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.classifier = LRASPPHead(low_channels, high_channels, num_classes, inter_channels)

    def forward(self, input: Any) -> dict[str, Any]:
        return OrderedDict(out=_resized(self.classifier(self.backbone(input)), input.shape[-2:]))


class LRASPPHead(nn.Module):
    """Two classifiers: of high features, made larger, and of low ones."""

    def __init__(self, low_channels: int, high_channels: int, num_classes: int, inter_channels: int) -> None:
        super().__init__()
        self.cbr = nn.Sequential(
            nn.Conv2d(high_channels, inter_channels, 1, bias=False),
            nn.BatchNorm2d(inter_channels),
            nn.ReLU(inplace=True),
        )
        self.scale = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(high_channels, inter_channels, 1, bias=False), nn.Sigmoid()
        )
        self.low_classifier = nn.Conv2d(low_channels, num_classes, 1)
        self.high_classifier = nn.Conv2d(inter_channels, num_classes, 1)

    def forward(self, input: dict[str, Any]) -> Any:
        low, high = input["low"], input["high"]
        x = _resized(self.cbr(high) * self.scale(high), low.shape[-2:])
        return self.low_classifier(low) + self.high_classifier(x)


# ---------------------------------------------------------------------------------------- the models
def _on_resnet(model: Any, head: Any, backbone: nn.Module, num_classes: int | None, aux: bool | None) -> Any:
    classes = 21 if num_classes is None else num_classes
    places = {"layer4": "out", **({"layer3": "aux"} if aux else {})}
    helper = FCNHead(1024, classes) if aux else None
    return model(IntermediateLayerGetter(backbone, places), head(2048, classes), helper)


def _stages(backbone: Any, names: tuple[str, str]) -> tuple[nn.Module, int, int]:
    """The features of `mobilenet_v3_large` at two places, and how many channels those have."""
    features = backbone.features
    halved = [0, *(i for i, block in enumerate(features) if getattr(block, "_is_cn", False)), len(features) - 1]
    early, late = halved[-4], halved[-1]
    places = {str(late): names[1], **({str(early): names[0]} if names[0] else {})}
    return IntermediateLayerGetter(features, places), features[early].out_channels, features[late].out_channels


def _voc(file: str, num_params: int, miou: float, pixel_acc: float) -> Weights:
    """A set trained on COCO's images with the 21 classes of Pascal VOC."""
    return Weights(
        url=f"https://download.pytorch.org/models/{file}",
        transforms=partial(SemanticSegmentation, resize_size=520),
        meta={
            "num_params": num_params,
            "min_size": (1, 1),
            "num_classes": 21,
            "_metrics": {"COCO-val2017-VOC-labels": {"miou": miou, "pixel_acc": pixel_acc}},
        },
    )


class FCN_ResNet50_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("fcn_resnet50_coco-1167a1af.pth", 35322218, 60.5, 91.4)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


class FCN_ResNet101_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("fcn_resnet101_coco-7ecb50ca.pth", 54314346, 63.7, 91.9)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


class DeepLabV3_ResNet50_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("deeplabv3_resnet50_coco-cd0a2569.pth", 42004074, 66.4, 92.4)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


class DeepLabV3_ResNet101_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("deeplabv3_resnet101_coco-586e9e4e.pth", 60996202, 67.4, 92.4)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


class DeepLabV3_MobileNet_V3_Large_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("deeplabv3_mobilenet_v3_large-fc3c493d.pth", 11029328, 60.3, 91.2)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


class LRASPP_MobileNet_V3_Large_Weights(WeightsEnum):
    COCO_WITH_VOC_LABELS_V1 = _voc("lraspp_mobilenet_v3_large-d234d4ea.pth", 3221538, 57.9, 91.2)
    DEFAULT = COCO_WITH_VOC_LABELS_V1


_DILATED = [False, True, True]  # the last two stages of a ResNet keep the resolution
_WITH_AUX: dict[str, Any] = {"needs": {"aux_loss": True}, "weights_backbone": None}


@builder(FCN_ResNet50_Weights, **_WITH_AUX)
def fcn_resnet50(
    num_classes: int | None = None, aux_loss: bool | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> FCN:
    """`FCN` on `resnet50`."""
    backbone = resnet50(weights=weights_backbone, replace_stride_with_dilation=_DILATED)
    return _on_resnet(FCN, FCNHead, backbone, num_classes, aux_loss)


@builder(FCN_ResNet101_Weights, **_WITH_AUX)
def fcn_resnet101(
    num_classes: int | None = None, aux_loss: bool | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> FCN:
    """`FCN` on `resnet101`."""
    backbone = resnet101(weights=weights_backbone, replace_stride_with_dilation=_DILATED)
    return _on_resnet(FCN, FCNHead, backbone, num_classes, aux_loss)


@builder(DeepLabV3_ResNet50_Weights, **_WITH_AUX)
def deeplabv3_resnet50(
    num_classes: int | None = None, aux_loss: bool | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> DeepLabV3:
    """`DeepLabV3` on `resnet50`."""
    backbone = resnet50(weights=weights_backbone, replace_stride_with_dilation=_DILATED)
    return _on_resnet(DeepLabV3, DeepLabHead, backbone, num_classes, aux_loss)


@builder(DeepLabV3_ResNet101_Weights, **_WITH_AUX)
def deeplabv3_resnet101(
    num_classes: int | None = None, aux_loss: bool | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> DeepLabV3:
    """`DeepLabV3` on `resnet101`."""
    backbone = resnet101(weights=weights_backbone, replace_stride_with_dilation=_DILATED)
    return _on_resnet(DeepLabV3, DeepLabHead, backbone, num_classes, aux_loss)


@builder(DeepLabV3_MobileNet_V3_Large_Weights, **_WITH_AUX)
def deeplabv3_mobilenet_v3_large(
    num_classes: int | None = None, aux_loss: bool | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> DeepLabV3:
    """`DeepLabV3` on `mobilenet_v3_large`."""
    classes = 21 if num_classes is None else num_classes
    backbone = mobilenet_v3_large(weights=weights_backbone, dilated=True)
    features, low, high = _stages(backbone, ("aux" if aux_loss else "", "out"))
    helper = FCNHead(low, classes) if aux_loss else None
    return DeepLabV3(features, DeepLabHead(high, classes), helper)


@builder(LRASPP_MobileNet_V3_Large_Weights, weights_backbone=None)
def lraspp_mobilenet_v3_large(
    num_classes: int | None = None, weights_backbone: Any = "IMAGENET1K_V1", **kwargs: Any
) -> LRASPP:
    """`LRASPP` on `mobilenet_v3_large`."""
    features, low, high = _stages(mobilenet_v3_large(weights=weights_backbone, dilated=True), ("low", "high"))
    return LRASPP(features, low, high, 21 if num_classes is None else num_classes)
