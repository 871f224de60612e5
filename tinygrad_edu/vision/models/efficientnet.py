"""EfficientNet: "Rethinking Model Scaling" (Tan and Le, 2019): depth, width and picture size grow together."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ... import nn
from ...ops.registry import functions
from ..ops import Conv2dNormActivation, SqueezeExcitation, StochasticDepth
from .mobilenet import _make_divisible, initialize
from .pretrained import WeightsEnum, builder, imagenet

flatten = functions["flatten"]  # the public form: fx can record it

Norm = Callable[..., nn.Module]


@dataclass
class MBConvConfig:
    """A stage: expansion, kernel, stride, channels in and out, blocks – before they are scaled."""

    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int

    def scaled(self, width_mult: float, depth_mult: float) -> MBConvConfig:
        """Wider and deeper."""
        return replace(
            self,
            input_channels=_make_divisible(self.input_channels * width_mult, 8),
            out_channels=_make_divisible(self.out_channels * width_mult, 8),
            num_layers=math.ceil(self.num_layers * depth_mult),
        )

    @property
    def block(self) -> Callable[..., nn.Module]:
        """What the stage is made of."""
        return MBConv


class FusedMBConvConfig(MBConvConfig):
    """A stage of `FusedMBConv` blocks."""

    @property
    def block(self) -> Callable[..., nn.Module]:
        return FusedMBConv


class MBConv(nn.Module):
    """MobileNet's block with squeeze and excitation, dropped at random as a whole while training."""

    def __init__(self, cnf: MBConvConfig, stochastic_depth_prob: float, norm_layer: Norm) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        layer = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = _make_divisible(cnf.input_channels * cnf.expand_ratio, 8)
        layers: list[nn.Module] = []
        if wide != cnf.input_channels:
            layers.append(layer(cnf.input_channels, wide, kernel_size=1))
        layers.append(layer(wide, wide, kernel_size=cnf.kernel, stride=cnf.stride, groups=wide))
        layers.append(
            SqueezeExcitation(wide, max(1, cnf.input_channels // 4), activation=partial(nn.SiLU, inplace=True))
        )
        layers.append(
            Conv2dNormActivation(wide, cnf.out_channels, kernel_size=1, norm_layer=norm_layer, activation_layer=None)
        )
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input: Any) -> Any:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


class FusedMBConv(nn.Module):
    """`MBConv` with one full convolution in place of 1 × 1 and depthwise: more arithmetic, but of a quick kind."""

    def __init__(self, cnf: FusedMBConvConfig, stochastic_depth_prob: float, norm_layer: Norm) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        layer = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = _make_divisible(cnf.input_channels * cnf.expand_ratio, 8)
        expands = wide != cnf.input_channels
        inner = wide if expands else cnf.out_channels
        layers = [layer(cnf.input_channels, inner, kernel_size=cnf.kernel, stride=cnf.stride)]
        if expands:
            layers.append(layer(wide, cnf.out_channels, kernel_size=1, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input: Any) -> Any:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


def _evenly(linear: nn.Linear) -> None:
    bound = 1.0 / math.sqrt(linear.out_features)
    nn.init.uniform_(linear.weight, -bound, bound)


class EfficientNet(nn.Module):
    """Stages of `MBConv` blocks between two convolutions."""

    def __init__(
        self, inverted_residual_setting: Sequence[MBConvConfig], dropout: float, stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000, norm_layer: Norm | None = None, last_channel: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        norm, settings = norm_layer or nn.BatchNorm2d, inverted_residual_setting
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.SiLU)
        layers: list[nn.Module] = [layer(3, settings[0].input_channels, kernel_size=3, stride=2)]
        total, done = sum(s.num_layers for s in settings), 0
        for setting in settings:
            stage: list[nn.Module] = []
            for _ in range(setting.num_layers):
                cnf = copy.copy(setting)
                if stage:
                    cnf.input_channels, cnf.stride = cnf.out_channels, 1
                stage.append(cnf.block(cnf, stochastic_depth_prob * float(done) / total, norm))
                done += 1
            layers.append(nn.Sequential(*stage))
        width = settings[-1].out_channels
        last = 4 * width if last_channel is None else last_channel
        layers.append(layer(width, last, kernel_size=1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))
        initialize(self, _evenly)

    def forward(self, x: Any) -> Any:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


_STAGES = (
    (1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1),
)  # fmt: skip


def _scaled(width: float, depth: float, dropout: float, kwargs: dict[str, Any], slow: bool = False) -> EfficientNet:
    """``slow``: normalization with the momentum and epsilon of the original, which the largest were trained with."""
    settings = [MBConvConfig(*row).scaled(width, depth) for row in _STAGES]
    if slow:
        kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, eps=0.001, momentum=0.01))
    return EfficientNet(settings, kwargs.pop("dropout", dropout), **kwargs)


# the second version, in three sizes; the first three stages are fused
_STAGES_V2 = {
    "s": ((1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4), (4, 3, 2, 64, 128, 6), (6, 3, 1, 128, 160, 9),
          (6, 3, 2, 160, 256, 15)),
    "m": ((1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5), (4, 3, 2, 80, 160, 7), (6, 3, 1, 160, 176, 14),
          (6, 3, 2, 176, 304, 18), (6, 3, 1, 304, 512, 5)),
    "l": ((1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7), (4, 3, 2, 96, 192, 10), (6, 3, 1, 192, 224, 19),
          (6, 3, 2, 224, 384, 25), (6, 3, 1, 384, 640, 7)),
}  # fmt: skip


def _second(size: str, dropout: float, kwargs: dict[str, Any]) -> EfficientNet:
    settings = [(FusedMBConvConfig if i < 3 else MBConvConfig)(*row) for i, row in enumerate(_STAGES_V2[size])]
    kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, eps=1e-03))
    return EfficientNet(settings, kwargs.pop("dropout", dropout), last_channel=1280, **kwargs)


class EfficientNet_B0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b0_rwightman-7f5810bc.pth", 5288548, 1, (77.692, 93.532), interpolation="bicubic"
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B1_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b1_rwightman-bac287d4.pth", 7794184, 1, (78.642, 94.186), crop_size=240, interpolation="bicubic"
    )
    IMAGENET1K_V2 = imagenet(
        "efficientnet_b1-c27df63c.pth", 7794184, 1, (79.838, 94.934), resize_size=255, crop_size=240
    )
    DEFAULT = IMAGENET1K_V2


class EfficientNet_B2_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b2_rwightman-c35c1473.pth", 9109994, 1, (80.608, 95.310), resize_size=288, crop_size=288,
        interpolation="bicubic",
    )  # fmt: skip
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B3_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b3_rwightman-b3899882.pth",
        12233232,
        1,
        (82.008, 96.054),
        resize_size=320,
        crop_size=300,
        interpolation="bicubic",
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B4_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b4_rwightman-23ab8bcd.pth",
        19341616,
        1,
        (83.384, 96.594),
        resize_size=384,
        crop_size=380,
        interpolation="bicubic",
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b5_lukemelas-1a07897c.pth",
        30389784,
        1,
        (83.444, 96.628),
        resize_size=456,
        crop_size=456,
        interpolation="bicubic",
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B6_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b6_lukemelas-24a108a5.pth",
        43040704,
        1,
        (84.008, 96.916),
        resize_size=528,
        crop_size=528,
        interpolation="bicubic",
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B7_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_b7_lukemelas-c5b4e57e.pth",
        66347960,
        1,
        (84.122, 96.908),
        resize_size=600,
        crop_size=600,
        interpolation="bicubic",
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_s-dd5fe13b.pth", 21458488, 33, (84.228, 96.878), resize_size=384, crop_size=384
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_M_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_m-dc08266a.pth", 54139356, 33, (85.112, 97.156), resize_size=480, crop_size=480
    )
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_L_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "efficientnet_v2_l-59c71312.pth", 118515272, 33, (85.808, 97.788), resize_size=480, crop_size=480,
        interpolation="bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5),
    )  # fmt: skip
    DEFAULT = IMAGENET1K_V1


@builder(EfficientNet_B0_Weights)
def efficientnet_b0(**kwargs: Any) -> EfficientNet:
    """The smallest `EfficientNet`."""
    return _scaled(1.0, 1.0, 0.2, kwargs)


@builder(EfficientNet_B1_Weights)
def efficientnet_b1(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b0`, deeper."""
    return _scaled(1.0, 1.1, 0.2, kwargs)


@builder(EfficientNet_B2_Weights)
def efficientnet_b2(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b1`, deeper and wider."""
    return _scaled(1.1, 1.2, 0.3, kwargs)


@builder(EfficientNet_B3_Weights)
def efficientnet_b3(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b2`, deeper and wider."""
    return _scaled(1.2, 1.4, 0.3, kwargs)


@builder(EfficientNet_B4_Weights)
def efficientnet_b4(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b3`, deeper and wider."""
    return _scaled(1.4, 1.8, 0.4, kwargs)


@builder(EfficientNet_B5_Weights)
def efficientnet_b5(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b4`, deeper and wider."""
    return _scaled(1.6, 2.2, 0.4, kwargs, slow=True)


@builder(EfficientNet_B6_Weights)
def efficientnet_b6(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b5`, deeper and wider."""
    return _scaled(1.8, 2.6, 0.5, kwargs, slow=True)


@builder(EfficientNet_B7_Weights)
def efficientnet_b7(**kwargs: Any) -> EfficientNet:
    """`efficientnet_b6`, deeper and wider."""
    return _scaled(2.0, 3.1, 0.5, kwargs, slow=True)


@builder(EfficientNet_V2_S_Weights)
def efficientnet_v2_s(**kwargs: Any) -> EfficientNet:
    """The second version of `EfficientNet`, smallest: "Smaller Models and Faster Training" (Tan and Le, 2021)."""
    return _second("s", 0.2, kwargs)


@builder(EfficientNet_V2_M_Weights)
def efficientnet_v2_m(**kwargs: Any) -> EfficientNet:
    """`efficientnet_v2_s`, deeper and wider."""
    return _second("m", 0.3, kwargs)


@builder(EfficientNet_V2_L_Weights)
def efficientnet_v2_l(**kwargs: Any) -> EfficientNet:
    """`efficientnet_v2_m`, deeper and wider."""
    return _second("l", 0.4, kwargs)
