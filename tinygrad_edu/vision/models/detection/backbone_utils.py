"""Backbones: a classifier's inner features, brought to one number of channels by a `FeaturePyramidNetwork`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .... import nn
from ...ops.misc import FrozenBatchNorm2d
from ...ops.pyramid import ExtraFPNBlock, FeaturePyramidNetwork, LastLevelMaxPool
from .. import mobilenet, mobilenetv3, resnet
from .._utils import IntermediateLayerGetter, handle_legacy_interface

Norm = Callable[..., nn.Module]
_MOBILE = {**vars(mobilenet), **vars(mobilenetv3)}


class BackboneWithFPN(nn.Module):
    """The results of a model's layers (``return_layers``: their names, new names), through a pyramid to ``out_channels`` each."""

    def __init__(
        self, backbone: nn.Module, return_layers: dict[str, str], in_channels_list: list[int], out_channels: int,
        extra_blocks: ExtraFPNBlock | None = None, norm_layer: Norm | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.body = IntermediateLayerGetter(backbone, return_layers=return_layers)
        more = LastLevelMaxPool() if extra_blocks is None else extra_blocks
        self.fpn = FeaturePyramidNetwork(in_channels_list, out_channels, extra_blocks=more, norm_layer=norm_layer)
        self.out_channels = out_channels

    def forward(self, x: Any) -> dict[str, Any]:
        return self.fpn(self.body(x))


def _first_weights(rooms: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """What ``pretrained=True`` stands for."""
    return lambda kwargs: rooms[kwargs["backbone_name"]].weights["IMAGENET1K_V1"]


@handle_legacy_interface(weights=("pretrained", _first_weights(vars(resnet))))
def resnet_fpn_backbone(
    *, backbone_name: str, weights: Any, norm_layer: Norm = FrozenBatchNorm2d, trainable_layers: int = 3,
    returned_layers: list[int] | None = None, extra_blocks: ExtraFPNBlock | None = None,
) -> BackboneWithFPN:  # fmt: skip
    """A ResNet by name, with a pyramid; the last ``trainable_layers`` of its five parts learn, the others are frozen."""
    backbone = vars(resnet)[backbone_name](weights=weights, norm_layer=norm_layer)
    return _resnet_fpn_extractor(backbone, trainable_layers, returned_layers, extra_blocks)


def _resnet_fpn_extractor(
    backbone: resnet.ResNet, trainable_layers: int, returned_layers: list[int] | None = None,
    extra_blocks: ExtraFPNBlock | None = None, norm_layer: Norm | None = None,
) -> BackboneWithFPN:  # fmt: skip
    if trainable_layers < 0 or trainable_layers > 5:
        raise ValueError(f"Trainable layers should be in the range [0,5], got {trainable_layers}")
    learning = ("layer4", "layer3", "layer2", "layer1", "conv1", "bn1")[
        : 6 if trainable_layers == 5 else trainable_layers
    ]
    for name, parameter in backbone.named_parameters():
        if not name.startswith(learning):
            parameter.requires_grad_(False)
    returned = [1, 2, 3, 4] if returned_layers is None else returned_layers
    if min(returned) <= 0 or max(returned) >= 5:
        raise ValueError(f"Each returned layer should be in the range [1,4]. Got {returned}")
    names = {f"layer{layer}": str(i) for i, layer in enumerate(returned)}
    channels = [backbone.inplanes // 8 * 2 ** (layer - 1) for layer in returned]
    return BackboneWithFPN(backbone, names, channels, 256, extra_blocks=extra_blocks, norm_layer=norm_layer)


def _validate_trainable_layers(
    is_trained: bool, trainable_backbone_layers: int | None, max_value: int, default_value: int
) -> int:
    """How many parts of a backbone learn: all when it is not trained yet."""
    if not is_trained:
        if trainable_backbone_layers is not None:
            warnings.warn(
                "Changing trainable_backbone_layers has no effect if neither pretrained nor pretrained_backbone have been set "
                f"to True, falling back to trainable_backbone_layers={max_value} so that all layers are trainable",
                stacklevel=2,
            )
        return max_value
    chosen = default_value if trainable_backbone_layers is None else trainable_backbone_layers
    if chosen < 0 or chosen > max_value:
        raise ValueError(f"Trainable backbone layers should be in the range [0,{max_value}], got {chosen} ")
    return chosen


@handle_legacy_interface(weights=("pretrained", _first_weights(_MOBILE)))
def mobilenet_backbone(
    *, backbone_name: str, weights: Any, fpn: bool, norm_layer: Norm = FrozenBatchNorm2d, trainable_layers: int = 2,
    returned_layers: list[int] | None = None, extra_blocks: ExtraFPNBlock | None = None,
) -> nn.Module:  # fmt: skip
    """A MobileNet by name, with a pyramid (``fpn``) or one convolution; its last ``trainable_layers`` stages learn."""
    backbone = _MOBILE[backbone_name](weights=weights, norm_layer=norm_layer)
    return _mobilenet_extractor(backbone, fpn, trainable_layers, returned_layers, extra_blocks)


def strided_stages(features: Any) -> list[int]:
    """Where each stage of a MobileNet, with half the resolution, begins; the first and the last block are stages too."""
    return [0, *(i for i, block in enumerate(features) if getattr(block, "_is_cn", False)), len(features) - 1]


def freeze_before(features: Any, stages: list[int], trainable_layers: int) -> None:
    """Let the last ``trainable_layers`` stages learn and no others."""
    learns_from = len(features) if trainable_layers == 0 else stages[len(stages) - trainable_layers]
    for block in features[:learns_from]:
        for parameter in block.parameters():
            parameter.requires_grad_(False)


def _mobilenet_extractor(
    backbone: Any, fpn: bool, trainable_layers: int, returned_layers: list[int] | None = None,
    extra_blocks: ExtraFPNBlock | None = None, norm_layer: Norm | None = None,
) -> nn.Module:  # fmt: skip
    features = backbone.features
    stages = strided_stages(features)
    if trainable_layers < 0 or trainable_layers > len(stages):
        raise ValueError(f"Trainable layers should be in the range [0,{len(stages)}], got {trainable_layers} ")
    freeze_before(features, stages, trainable_layers)
    if not fpn:
        made = nn.Sequential(features, nn.Conv2d(features[-1].out_channels, 256, 1))
        made.out_channels = 256
        return made
    last = len(stages) - 1
    returned = [last - 1, last] if returned_layers is None else returned_layers
    if min(returned) < 0 or max(returned) > last:
        raise ValueError(f"Each returned layer should be in the range [0,{last}], got {returned} ")
    names = {f"{stages[layer]}": str(i) for i, layer in enumerate(returned)}
    channels = [features[stages[layer]].out_channels for layer in returned]
    return BackboneWithFPN(features, names, channels, 256, extra_blocks=extra_blocks, norm_layer=norm_layer)
