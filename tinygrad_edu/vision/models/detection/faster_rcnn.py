"""Faster R-CNN: boxes and classes of objects (Ren and others, 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .... import nn
from ....nn import functional as F
from ...ops.misc import Conv2dNormActivation
from ...ops.regions import MultiScaleRoIAlign
from .._utils import handle_legacy_interface
from ..mobilenetv3 import MobileNet_V3_Large_Weights, mobilenet_v3_large
from ..pretrained import WeightsEnum, builder
from ..resnet import ResNet50_Weights, resnet50
from ._utils import overwrite_eps  # noqa: F401 - programs import it from here
from .anchor_utils import AnchorGenerator
from .backbone_utils import Norm, _mobilenet_extractor, _resnet_fpn_extractor, _validate_trainable_layers  # noqa: F401
from .coco import TRAINED, coco, start, without_eps
from .generalized_rcnn import GeneralizedRCNN
from .roi_heads import RoIHeads
from .rpn import RegionProposalNetwork, RPNHead
from .transform import GeneralizedRCNNTransform


def _default_anchorgen() -> AnchorGenerator:
    """One size for each of five levels."""
    return AnchorGenerator(((32,), (64,), (128,), (256,), (512,)), ((0.5, 1.0, 2.0),) * 5)


def check_kind(name: str, value: Any, kind: type) -> None:
    """TypeError for an argument that is neither of this kind nor None."""
    if not isinstance(value, (kind, type(None))):
        raise TypeError(f"{name} should be of type {kind.__name__} or None instead of {type(value)}")


def check_backbone(backbone: Any) -> None:
    """ValueError for a backbone that does not say how many channels it gives."""
    if not hasattr(backbone, "out_channels"):
        raise ValueError(
            "backbone should contain an attribute out_channels specifying the number of output channels (assumed to be the "
            "same for all the levels)"
        )


class FasterRCNN(GeneralizedRCNN):
    """A ``backbone`` with ``out_channels``, proposals from its features, and a class and an exact box for each of them.

    Arguments that begin with ``rpn`` are those of `RegionProposalNetwork`, with ``box`` those of `RoIHeads`; ``num_classes``
    counts the background, class 0.
    """

    def __init__(
        self, backbone: Any, num_classes: int | None = None, min_size: Any = 800, max_size: int = 1333,
        image_mean: Sequence[float] | None = None, image_std: Sequence[float] | None = None,
        rpn_anchor_generator: AnchorGenerator | None = None, rpn_head: nn.Module | None = None,
        rpn_pre_nms_top_n_train: int = 2000, rpn_pre_nms_top_n_test: int = 1000, rpn_post_nms_top_n_train: int = 2000,
        rpn_post_nms_top_n_test: int = 1000, rpn_nms_thresh: float = 0.7, rpn_fg_iou_thresh: float = 0.7,
        rpn_bg_iou_thresh: float = 0.3, rpn_batch_size_per_image: int = 256, rpn_positive_fraction: float = 0.5,
        rpn_score_thresh: float = 0.0, box_roi_pool: MultiScaleRoIAlign | None = None, box_head: nn.Module | None = None,
        box_predictor: nn.Module | None = None, box_score_thresh: float = 0.05, box_nms_thresh: float = 0.5,
        box_detections_per_img: int = 100, box_fg_iou_thresh: float = 0.5, box_bg_iou_thresh: float = 0.5,
        box_batch_size_per_image: int = 512, box_positive_fraction: float = 0.25, bbox_reg_weights: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        check_backbone(backbone)
        check_kind("rpn_anchor_generator", rpn_anchor_generator, AnchorGenerator)
        check_kind("box_roi_pool", box_roi_pool, MultiScaleRoIAlign)
        if num_classes is not None and box_predictor is not None:
            raise ValueError("num_classes should be None when box_predictor is specified")
        if num_classes is None and box_predictor is None:
            raise ValueError("num_classes should not be None when box_predictor is not specified")
        channels = backbone.out_channels
        anchors = _default_anchorgen() if rpn_anchor_generator is None else rpn_anchor_generator
        if rpn_head is None:
            rpn_head = RPNHead(channels, anchors.num_anchors_per_location()[0])
        rpn = RegionProposalNetwork(
            anchors, rpn_head, rpn_fg_iou_thresh, rpn_bg_iou_thresh, rpn_batch_size_per_image, rpn_positive_fraction,
            {"training": rpn_pre_nms_top_n_train, "testing": rpn_pre_nms_top_n_test},
            {"training": rpn_post_nms_top_n_train, "testing": rpn_post_nms_top_n_test}, rpn_nms_thresh, rpn_score_thresh,
        )  # fmt: skip
        if box_roi_pool is None:
            box_roi_pool = MultiScaleRoIAlign(["0", "1", "2", "3"], output_size=7, sampling_ratio=2)
        if box_head is None:
            box_head = TwoMLPHead(channels * box_roi_pool.output_size[0] ** 2, 1024)
        if num_classes is not None:
            box_predictor = FastRCNNPredictor(1024, num_classes)
        heads = RoIHeads(
            box_roi_pool, box_head, box_predictor, box_fg_iou_thresh, box_bg_iou_thresh, box_batch_size_per_image,
            box_positive_fraction, bbox_reg_weights, box_score_thresh, box_nms_thresh, box_detections_per_img,
        )  # fmt: skip
        mean = [0.485, 0.456, 0.406] if image_mean is None else image_mean
        std = [0.229, 0.224, 0.225] if image_std is None else image_std
        super().__init__(backbone, rpn, heads, GeneralizedRCNNTransform(min_size, max_size, mean, std, **kwargs))


class TwoMLPHead(nn.Module):
    """Two linear layers on all numbers of a box."""

    def __init__(self, in_channels: int, representation_size: int) -> None:
        super().__init__()
        self.fc6 = nn.Linear(in_channels, representation_size)
        self.fc7 = nn.Linear(representation_size, representation_size)

    def forward(self, x: Any) -> Any:
        return F.relu(self.fc7(F.relu(self.fc6(x.flatten(start_dim=1)))))


class FastRCNNConvFCHead(nn.Sequential):
    """Convolutions, then linear layers; ``input_size``: channels, height, width."""

    def __init__(
        self, input_size: tuple[int, int, int], conv_layers: list[int], fc_layers: list[int], norm_layer: Norm | None = None
    ) -> None:  # fmt: skip
        width, h, w = input_size
        blocks: list[nn.Module] = []
        for channels in conv_layers:
            blocks.append(Conv2dNormActivation(width, channels, norm_layer=norm_layer))
            width = channels
        blocks.append(nn.Flatten())
        width *= h * w
        for features in fc_layers:
            blocks += [nn.Linear(width, features), nn.ReLU(inplace=True)]
            width = features
        super().__init__(*blocks)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)


class FastRCNNPredictor(nn.Module):
    """For each box a score of every class, and a correction for every class."""

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.cls_score = nn.Linear(in_channels, num_classes)
        self.bbox_pred = nn.Linear(in_channels, num_classes * 4)

    def forward(self, x: Any) -> tuple[Any, Any]:
        if x.dim() == 4 and list(x.shape[2:]) != [1, 1]:
            raise AssertionError(
                f"x has the wrong shape, expecting the last two dimensions to be [1,1] instead of {list(x.shape[2:])}"
            )
        x = x.flatten(start_dim=1)
        return self.cls_score(x), self.bbox_pred(x)


# ---------------------------------------------------------------------------------------- the models
class FasterRCNN_ResNet50_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("fasterrcnn_resnet50_fpn_coco-258fb6c6.pth", 41755286, box_map=37.0)
    DEFAULT = COCO_V1


class FasterRCNN_ResNet50_FPN_V2_Weights(WeightsEnum):
    COCO_V1 = coco("fasterrcnn_resnet50_fpn_v2_coco-dd69338a.pth", 43712278, box_map=46.7)
    DEFAULT = COCO_V1


class FasterRCNN_MobileNet_V3_Large_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("fasterrcnn_mobilenet_v3_large_fpn-fb6a3cc7.pth", 19386354, box_map=32.8)
    DEFAULT = COCO_V1


class FasterRCNN_MobileNet_V3_Large_320_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth", 19386354, box_map=22.8)
    DEFAULT = COCO_V1


on_resnet50 = handle_legacy_interface(weights_backbone=("pretrained_backbone", ResNet50_Weights.IMAGENET1K_V1))
on_mobilenet = handle_legacy_interface(
    weights_backbone=("pretrained_backbone", MobileNet_V3_Large_Weights.IMAGENET1K_V1)
)


def resnet50_fpn(weights_backbone: Any, trainable: int | None, trained: bool) -> nn.Module:
    """`resnet50` with a pyramid."""
    weights, layers, norm = start(ResNet50_Weights, weights_backbone, trainable, trained)
    return _resnet_fpn_extractor(resnet50(weights=weights, norm_layer=norm), layers)


def resnet50_fpn_v2(weights_backbone: Any, trainable: int | None, trained: bool) -> tuple[Any, dict[str, Any]]:
    """The same with norm layers everywhere, none of them frozen, and the heads that go with it."""
    weights, layers, _ = start(ResNet50_Weights, weights_backbone, trainable, trained)
    backbone = _resnet_fpn_extractor(resnet50(weights=weights), layers, norm_layer=nn.BatchNorm2d)
    anchors = _default_anchorgen()
    rpn_head = RPNHead(backbone.out_channels, anchors.num_anchors_per_location()[0], conv_depth=2)
    box_head = FastRCNNConvFCHead((backbone.out_channels, 7, 7), [256] * 4, [1024], norm_layer=nn.BatchNorm2d)
    return backbone, {"rpn_anchor_generator": anchors, "rpn_head": rpn_head, "box_head": box_head}


@builder(FasterRCNN_ResNet50_FPN_Weights, finish=without_eps, **TRAINED)
@on_resnet50
def fasterrcnn_resnet50_fpn(
    num_classes: int | None = None, weights_backbone: Any = ResNet50_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> FasterRCNN:  # fmt: skip
    """`FasterRCNN` on `resnet50` with a pyramid."""
    backbone = resnet50_fpn(weights_backbone, trainable_backbone_layers, _trained)
    return FasterRCNN(backbone, num_classes=91 if num_classes is None else num_classes, **kwargs)


@builder(FasterRCNN_ResNet50_FPN_V2_Weights, **TRAINED)
@on_resnet50
def fasterrcnn_resnet50_fpn_v2(
    num_classes: int | None = None, weights_backbone: Any = None, trainable_backbone_layers: int | None = None,
    _trained: bool = False, **kwargs: Any,
) -> FasterRCNN:  # fmt: skip
    """`fasterrcnn_resnet50_fpn` with convolutions and norm layers in its heads."""
    backbone, heads = resnet50_fpn_v2(weights_backbone, trainable_backbone_layers, _trained)
    return FasterRCNN(backbone, num_classes=91 if num_classes is None else num_classes, **heads, **kwargs)


def _on_mobilenet(
    num_classes: int | None, weights_backbone: Any, trainable: int | None, trained: bool, **kwargs: Any
) -> FasterRCNN:
    weights, layers, norm = start(MobileNet_V3_Large_Weights, weights_backbone, trainable, trained, most=6)
    backbone = _mobilenet_extractor(mobilenet_v3_large(weights=weights, norm_layer=norm), True, layers)
    anchors = AnchorGenerator(((32, 64, 128, 256, 512),) * 3, ((0.5, 1.0, 2.0),) * 3)
    classes = 91 if num_classes is None else num_classes
    return FasterRCNN(backbone, classes, rpn_anchor_generator=anchors, **{"rpn_score_thresh": 0.05, **kwargs})


@builder(FasterRCNN_MobileNet_V3_Large_FPN_Weights, **TRAINED)
@on_mobilenet
def fasterrcnn_mobilenet_v3_large_fpn(
    num_classes: int | None = None, weights_backbone: Any = MobileNet_V3_Large_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> FasterRCNN:  # fmt: skip
    """`FasterRCNN` on `mobilenet_v3_large` with a pyramid."""
    return _on_mobilenet(num_classes, weights_backbone, trainable_backbone_layers, _trained, **kwargs)


@builder(FasterRCNN_MobileNet_V3_Large_320_FPN_Weights, **TRAINED)
@on_mobilenet
def fasterrcnn_mobilenet_v3_large_320_fpn(
    num_classes: int | None = None, weights_backbone: Any = MobileNet_V3_Large_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> FasterRCNN:  # fmt: skip
    """`fasterrcnn_mobilenet_v3_large_fpn` for small images and few proposals."""
    small = {"min_size": 320, "max_size": 640, "rpn_pre_nms_top_n_test": 150, "rpn_post_nms_top_n_test": 150}
    return _on_mobilenet(num_classes, weights_backbone, trainable_backbone_layers, _trained, **{**small, **kwargs})
