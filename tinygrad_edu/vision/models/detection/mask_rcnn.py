"""Mask R-CNN: Faster R-CNN that finds the shape of each object as well (He and others, 2017)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from .... import nn
from ...ops.misc import Conv2dNormActivation, rename_before_version_2
from ...ops.regions import MultiScaleRoIAlign
from ..pretrained import WeightsEnum, builder
from ..resnet import ResNet50_Weights
from .backbone_utils import Norm
from .coco import TRAINED, coco, without_eps
from .faster_rcnn import FasterRCNN, check_kind, on_resnet50, resnet50_fpn, resnet50_fpn_v2


class MaskRCNN(FasterRCNN):
    """`FasterRCNN` with a mask part: 14 × 14 numbers of each box to a mask of 28 × 28 for every class.

    Targets have ``masks`` (N, H, W); detections have ``masks`` (N, 1, H, W) between 0 and 1.
    """

    def __init__(
        self, backbone: Any, num_classes: int | None = None, *args: Any, mask_roi_pool: MultiScaleRoIAlign | None = None,
        mask_head: nn.Module | None = None, mask_predictor: nn.Module | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        check_kind("mask_roi_pool", mask_roi_pool, MultiScaleRoIAlign)
        if num_classes is not None and mask_predictor is not None:
            raise ValueError("num_classes should be None when mask_predictor is specified")
        if mask_roi_pool is None:
            mask_roi_pool = MultiScaleRoIAlign(["0", "1", "2", "3"], output_size=14, sampling_ratio=2)
        if mask_head is None:
            mask_head = MaskRCNNHeads(backbone.out_channels, (256, 256, 256, 256), 1)
        if mask_predictor is None:
            mask_predictor = MaskRCNNPredictor(256, 256, num_classes)  # type: ignore[arg-type]
        super().__init__(backbone, num_classes, *args, **kwargs)
        heads: Any = self.roi_heads
        heads.mask_roi_pool, heads.mask_head, heads.mask_predictor = mask_roi_pool, mask_head, mask_predictor


class MaskRCNNHeads(nn.Sequential):
    """3 × 3 convolutions, with ``layers`` channels."""

    _version = 2

    def __init__(self, in_channels: int, layers: Sequence[int], dilation: int, norm_layer: Norm | None = None) -> None:
        blocks = []
        for channels in layers:
            blocks.append(
                Conv2dNormActivation(
                    in_channels, channels, 3, padding=dilation, dilation=dilation, norm_layer=norm_layer
                )
            )
            in_channels = channels
        super().__init__(*blocks)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        names = {f"{prefix}mask_fcn{i + 1}": f"{prefix}{i}.0" for i in range(len(self))}
        rename_before_version_2(state_dict, local_metadata, names)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class MaskRCNNPredictor(nn.Sequential):
    """Twice as many rows and columns, then a mask of each class."""

    def __init__(self, in_channels: int, dim_reduced: int, num_classes: int) -> None:
        super().__init__(
            OrderedDict(
                conv5_mask=nn.ConvTranspose2d(in_channels, dim_reduced, 2, 2, 0),
                relu=nn.ReLU(inplace=True),
                mask_fcn_logits=nn.Conv2d(dim_reduced, num_classes, 1, 1, 0),
            )
        )
        for name, parameter in self.named_parameters():
            if "weight" in name:
                nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu")


# ---------------------------------------------------------------------------------------- the models
class MaskRCNN_ResNet50_FPN_Weights(WeightsEnum):
    COCO_V1 = coco("maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth", 44401393, box_map=37.9, mask_map=34.6)
    DEFAULT = COCO_V1


class MaskRCNN_ResNet50_FPN_V2_Weights(WeightsEnum):
    COCO_V1 = coco("maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth", 46359409, box_map=47.4, mask_map=41.8)
    DEFAULT = COCO_V1


@builder(MaskRCNN_ResNet50_FPN_Weights, finish=without_eps, **TRAINED)
@on_resnet50
def maskrcnn_resnet50_fpn(
    num_classes: int | None = None, weights_backbone: Any = ResNet50_Weights.IMAGENET1K_V1,
    trainable_backbone_layers: int | None = None, _trained: bool = False, **kwargs: Any,
) -> MaskRCNN:  # fmt: skip
    """`MaskRCNN` on `resnet50` with a pyramid."""
    backbone = resnet50_fpn(weights_backbone, trainable_backbone_layers, _trained)
    return MaskRCNN(backbone, num_classes=91 if num_classes is None else num_classes, **kwargs)


@builder(MaskRCNN_ResNet50_FPN_V2_Weights, **TRAINED)
@on_resnet50
def maskrcnn_resnet50_fpn_v2(
    num_classes: int | None = None, weights_backbone: Any = None, trainable_backbone_layers: int | None = None,
    _trained: bool = False, **kwargs: Any,
) -> MaskRCNN:  # fmt: skip
    """`maskrcnn_resnet50_fpn` with convolutions and norm layers in its heads."""
    backbone, heads = resnet50_fpn_v2(weights_backbone, trainable_backbone_layers, _trained)
    heads["mask_head"] = MaskRCNNHeads(backbone.out_channels, [256] * 4, 1, norm_layer=nn.BatchNorm2d)
    return MaskRCNN(backbone, num_classes=91 if num_classes is None else num_classes, **heads, **kwargs)
