"""MobileNetV3: "Searching for MobileNetV3" (Howard and others, 2019): squeeze and excitation, and a cheaper smooth activation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ... import nn
from ...ops.registry import functions
from ..ops import Conv2dNormActivation, SqueezeExcitation
from .mobilenet import Norm, _make_divisible, initialize
from .pretrained import WeightsEnum, builder, imagenet

flatten = functions["flatten"]  # the public form: fx can record it


@dataclass
class InvertedResidualConfig:
    """A block: channels in, inside and out, kernel, squeeze and excitation, activation ("RE" or "HS"), stride, dilation."""

    input_channels: int
    kernel: int
    expanded_channels: int
    out_channels: int
    use_se: bool
    activation: str
    stride: int
    dilation: int = 1
    width_mult: float = 1.0

    def __post_init__(self) -> None:
        for name in ("input_channels", "expanded_channels", "out_channels"):
            setattr(self, name, self.adjust_channels(getattr(self, name), self.width_mult))
        self.use_hs = self.activation == "HS"

    @staticmethod
    def adjust_channels(channels: int, width_mult: float) -> int:
        """So many, times the factor, as a multiple of 8."""
        return _make_divisible(channels * width_mult, 8)


class InvertedResidual(nn.Module):
    """1 × 1 to more channels, k × k channel by channel, weights for the channels, 1 × 1 back; added to the input where shapes allow."""

    def __init__(self, cnf: InvertedResidualConfig, norm_layer: Norm, se_layer: Any = None) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        wide = cnf.expanded_channels
        layer = partial(
            Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.Hardswish if cnf.use_hs else nn.ReLU
        )
        layers: list[nn.Module] = []
        if wide != cnf.input_channels:
            layers.append(layer(cnf.input_channels, wide, kernel_size=1))
        stride = 1 if cnf.dilation > 1 else cnf.stride
        layers.append(layer(wide, wide, kernel_size=cnf.kernel, stride=stride, dilation=cnf.dilation, groups=wide))
        if cnf.use_se:
            squeeze = se_layer or partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)
            layers.append(squeeze(wide, _make_divisible(wide // 4, 8)))
        layers.append(layer(wide, cnf.out_channels, kernel_size=1, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.out_channels = cnf.out_channels
        self._is_cn = cnf.stride > 1

    def forward(self, input: Any) -> Any:
        result = self.block(input)
        return result + input if self.use_res_connect else result


class MobileNetV3(nn.Module):
    """Blocks by ``inverted_residual_setting`` between two convolutions, and a classifier of two layers."""

    def __init__(
        self, inverted_residual_setting: Sequence[InvertedResidualConfig], last_channel: int, num_classes: int = 1000,
        block: Callable[..., nn.Module] | None = None, norm_layer: Norm | None = None, dropout: float = 0.2,
    ) -> None:  # fmt: skip
        super().__init__()
        settings = inverted_residual_setting
        if not settings:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(settings, Sequence) and all(isinstance(s, InvertedResidualConfig) for s in settings)):
            raise TypeError("The inverted_residual_setting should be List[InvertedResidualConfig]")
        norm = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        layer = partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.Hardswish)
        inner, last = settings[-1].out_channels, 6 * settings[-1].out_channels
        self.features = nn.Sequential(
            layer(3, settings[0].input_channels, kernel_size=3, stride=2),
            *((block or InvertedResidual)(cnf, norm) for cnf in settings),
            layer(inner, last, kernel_size=1),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(last, last_channel), nn.Hardswish(inplace=True), nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )  # fmt: skip
        initialize(self, lambda linear: nn.init.normal_(linear.weight, 0, 0.01))

    def forward(self, x: Any) -> Any:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


# kernel, channels inside, channels out, squeeze and excitation, activation, stride
_LARGE = (
    (3, 16, 16, False, "RE", 1), (3, 64, 24, False, "RE", 2), (3, 72, 24, False, "RE", 1), (5, 72, 40, True, "RE", 2),
    (5, 120, 40, True, "RE", 1), (5, 120, 40, True, "RE", 1), (3, 240, 80, False, "HS", 2), (3, 200, 80, False, "HS", 1),
    (3, 184, 80, False, "HS", 1), (3, 184, 80, False, "HS", 1), (3, 480, 112, True, "HS", 1), (3, 672, 112, True, "HS", 1),
    (5, 672, 160, True, "HS", 2), (5, 960, 160, True, "HS", 1), (5, 960, 160, True, "HS", 1),
)  # fmt: skip
_SMALL = (
    (3, 16, 16, True, "RE", 2), (3, 72, 24, False, "RE", 2), (3, 88, 24, False, "RE", 1), (5, 96, 40, True, "HS", 2),
    (5, 240, 40, True, "HS", 1), (5, 240, 40, True, "HS", 1), (5, 120, 48, True, "HS", 1), (5, 144, 48, True, "HS", 1),
    (5, 288, 96, True, "HS", 2), (5, 576, 96, True, "HS", 1), (5, 576, 96, True, "HS", 1),
)  # fmt: skip


def _built(rows: Any, last_channel: int, kwargs: dict[str, Any]) -> MobileNetV3:
    """``reduced_tail``: half the channels at the end; ``dilated``: the last blocks keep the resolution."""
    factor, tail = kwargs.pop("width_mult", 1.0), 2 if kwargs.pop("reduced_tail", False) else 1
    dilation = 2 if kwargs.pop("dilated", False) else 1
    settings, channels = [], 16
    for i, (kernel, wide, out, use_se, activation, stride) in enumerate(rows):
        at_end = i - (len(rows) - 3)  # the last three
        out = out // tail if at_end >= 0 else out
        wide = wide // tail if at_end > 0 else wide
        spread = dilation if at_end >= 0 else 1
        settings.append(InvertedResidualConfig(channels, kernel, wide, out, use_se, activation, stride, spread, factor))
        channels = out
    last = InvertedResidualConfig.adjust_channels(last_channel // tail, factor)
    return MobileNetV3(settings, last, **kwargs)


class MobileNet_V3_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mobilenet_v3_large-8738ca79.pth", 5483032, 1, (74.042, 91.340))
    IMAGENET1K_V2 = imagenet("mobilenet_v3_large-5c1a4163.pth", 5483032, 1, (75.274, 92.566), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class MobileNet_V3_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mobilenet_v3_small-047dcff4.pth", 2542856, 1, (67.668, 87.402))
    DEFAULT = IMAGENET1K_V1


@builder(MobileNet_V3_Large_Weights)
def mobilenet_v3_large(**kwargs: Any) -> MobileNetV3:
    """`MobileNetV3` of fifteen blocks."""
    return _built(_LARGE, 1280, kwargs)


@builder(MobileNet_V3_Small_Weights)
def mobilenet_v3_small(**kwargs: Any) -> MobileNetV3:
    """`MobileNetV3` of eleven blocks."""
    return _built(_SMALL, 1024, kwargs)
