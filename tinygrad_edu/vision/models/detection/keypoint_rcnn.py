"""Keypoint R-CNN: Faster R-CNN that finds points of each object as well, as the joints of a person (He and others, 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .... import nn
from ....nn import functional as F
from ...ops.regions import MultiScaleRoIAlign
from .._utils import handle_legacy_interface
from ..pretrained import WeightsEnum, builder
from ..resnet import ResNet50_Weights
from .coco import PERSON_CATEGORIES, PERSON_KEYPOINTS, TRAINED, coco, without_eps
from .faster_rcnn import FasterRCNN, on_resnet50, resnet50_fpn


class KeypointRCNN(FasterRCNN):
    """`FasterRCNN` with a point part: 14 × 14 numbers of each box to a heat map of 56 × 56 for every point.

    Targets have ``keypoints`` (N, K, 3) – x, y, visible – and so have detections.
    """

    def __init__(
        self, backbone: Any, num_classes: int | None = None, min_size: Any = None, *args: Any,
        keypoint_roi_pool: MultiScaleRoIAlign | None = None, keypoint_head: nn.Module | None = None,
        keypoint_predictor: nn.Module | None = None, num_keypoints: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if not isinstance(keypoint_roi_pool, (MultiScaleRoIAlign, type(None))):
            raise TypeError(  # torchvision's text, braces and all
                "keypoint_roi_pool should be of type MultiScaleRoIAlign or None instead of {type(keypoint_roi_pool)}"
            )
        if num_keypoints is not None and keypoint_predictor is not None:
            raise ValueError("num_keypoints should be None when keypoint_predictor is specified")
        if keypoint_roi_pool is None:
            keypoint_roi_pool = MultiScaleRoIAlign(["0", "1", "2", "3"], output_size=14, sampling_ratio=2)
        if keypoint_head is None:
            keypoint_head = KeypointRCNNHeads(backbone.out_channels, (512,) * 8)
        if keypoint_predictor is None:
            keypoint_predictor = KeypointRCNNPredictor(512, 17 if num_keypoints is None else num_keypoints)
        sizes = (640, 672, 704, 736, 768, 800) if min_size is None else min_size
        super().__init__(backbone, num_classes, sizes, *args, **kwargs)
        heads: Any = self.roi_heads
        heads.keypoint_roi_pool, heads.keypoint_head = keypoint_roi_pool, keypoint_head
        heads.keypoint_predictor = keypoint_predictor


class KeypointRCNNHeads(nn.Sequential):
    """3 × 3 convolutions, with ``layers`` channels."""

    def __init__(self, in_channels: int, layers: Sequence[int]) -> None:
        blocks: list[nn.Module] = []
        for channels in layers:
            blocks += [nn.Conv2d(in_channels, channels, 3, stride=1, padding=1), nn.ReLU(inplace=True)]
            in_channels = channels
        super().__init__(*blocks)
        for layer in self.children():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.constant_(layer.bias, 0)


class KeypointRCNNPredictor(nn.Module):
    """A heat map of each point, with four times as many rows and columns."""

    def __init__(self, in_channels: int, num_keypoints: int) -> None:
        super().__init__()
        self.kps_score_lowres = nn.ConvTranspose2d(in_channels, num_keypoints, 4, stride=2, padding=1)
        nn.init.kaiming_normal_(self.kps_score_lowres.weight, mode="fan_out", nonlinearity="relu")
        nn.init.constant_(self.kps_score_lowres.bias, 0)
        self.up_scale, self.out_channels = 2, num_keypoints

    def forward(self, x: Any) -> Any:
        return F.interpolate(
            self.kps_score_lowres(x), scale_factor=float(self.up_scale), mode="bilinear", align_corners=False
        )


# ---------------------------------------------------------------------------------------- the model
class KeypointRCNN_ResNet50_FPN_Weights(WeightsEnum):
    COCO_LEGACY = coco(
        "keypointrcnn_resnet50_fpn_coco-9f466800.pth", 59137258, categories=PERSON_CATEGORIES, box_map=50.6, kp_map=61.1
    )
    COCO_V1 = coco(
        "keypointrcnn_resnet50_fpn_coco-fc266e95.pth", 59137258, categories=PERSON_CATEGORIES, box_map=54.6, kp_map=65.0
    )
    DEFAULT = COCO_V1


def _legacy(kwargs: dict[str, Any]) -> WeightsEnum:
    sets = KeypointRCNN_ResNet50_FPN_Weights
    return sets.COCO_LEGACY if kwargs["pretrained"] == "legacy" else sets.COCO_V1


@handle_legacy_interface(weights=("pretrained", _legacy))
@builder(
    KeypointRCNN_ResNet50_FPN_Weights, finish=without_eps, needs={"num_keypoints": len(PERSON_KEYPOINTS)}, **TRAINED
)
@on_resnet50
def keypointrcnn_resnet50_fpn(
    num_classes: int | None = None, num_keypoints: int | None = None,
    weights_backbone: Any = ResNet50_Weights.IMAGENET1K_V1, trainable_backbone_layers: int | None = None,
    _trained: bool = False, **kwargs: Any,
) -> KeypointRCNN:  # fmt: skip
    """`KeypointRCNN` on `resnet50` with a pyramid."""
    backbone = resnet50_fpn(weights_backbone, trainable_backbone_layers, _trained)
    classes = 2 if num_classes is None else num_classes
    return KeypointRCNN(backbone, classes, num_keypoints=17 if num_keypoints is None else num_keypoints, **kwargs)
