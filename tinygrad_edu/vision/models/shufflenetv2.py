"""ShuffleNetV2: "Practical Guidelines for Efficient CNN Architecture Design" (Ma and others, 2018).

Half of the channels go through a block untouched; then the halves are shuffled into each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...ops.registry import functions
from .pretrained import WeightsEnum, builder, imagenet


def _conv(inp: int, oup: int, relu: bool = True, **options: Any) -> list[nn.Module]:
    """A convolution without bias, its normalization and, if wanted, a ReLU."""
    layers: list[nn.Module] = [nn.Conv2d(inp, oup, bias=False, **options), nn.BatchNorm2d(oup)]
    return [*layers, nn.ReLU(inplace=True)] if relu else layers


class InvertedResidual(nn.Module):
    """Two branches side by side, each giving half of the channels; the first is the input's half where ``stride`` is 1."""

    def __init__(self, inp: int, oup: int, stride: int) -> None:
        super().__init__()
        if not 1 <= stride <= 3:
            raise ValueError("illegal stride value")
        self.stride, half = stride, oup // 2
        if stride == 1 and inp != half << 1:
            raise ValueError(
                f"Invalid combination of stride {stride}, inp {inp} and oup {oup} values. If stride == 1 then inp should be equal to "
                "oup // 2 << 1."
            )
        spatial = {"kernel_size": 3, "stride": stride, "padding": 1}
        self.branch1 = nn.Sequential(
            *([*_conv(inp, inp, False, groups=inp, **spatial), *_conv(inp, half, kernel_size=1)] if stride > 1 else [])
        )
        self.branch2 = nn.Sequential(
            *_conv(inp if stride > 1 else half, half, kernel_size=1), *_conv(half, half, False, groups=half, **spatial),
            *_conv(half, half, kernel_size=1),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        kept, used = x.chunk(2, dim=1) if self.stride == 1 else (self.branch1(x), x)
        out = functions["cat"]((kept, self.branch2(used)), dim=1)
        return nn.functional.channel_shuffle(out, 2)


class ShuffleNetV2(nn.Module):
    """Three stages of blocks between two convolutions: ``stages_repeats`` of them, with ``stages_out_channels`` channels."""

    def __init__(
        self, stages_repeats: Sequence[int], stages_out_channels: Sequence[int], num_classes: int = 1000,
        inverted_residual: Callable[..., nn.Module] = InvertedResidual,
    ) -> None:  # fmt: skip
        super().__init__()
        if len(stages_repeats) != 3:
            raise ValueError("expected stages_repeats as list of 3 positive ints")
        if len(stages_out_channels) != 5:
            raise ValueError("expected stages_out_channels as list of 5 positive ints")
        self._stage_out_channels = stages_out_channels
        channels, *widths, last = stages_out_channels
        self.conv1 = nn.Sequential(*_conv(3, channels, kernel_size=3, stride=2, padding=1))
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for number, n, width in zip((2, 3, 4), stages_repeats, widths):
            blocks = [inverted_residual(channels if i == 0 else width, width, 2 if i == 0 else 1) for i in range(n)]
            setattr(self, f"stage{number}", nn.Sequential(*blocks))
            channels = width
        self.conv5 = nn.Sequential(*_conv(channels, last, kernel_size=1))
        self.fc = nn.Linear(last, num_classes)

    def forward(self, x: Any) -> Any:
        x = self.stage4(self.stage3(self.stage2(self.maxpool(self.conv1(x)))))
        return self.fc(self.conv5(x).mean([2, 3]))


class ShuffleNet_V2_X0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x0.5-f707e7126e.pth", 1366792, 1, (60.552, 81.746))
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x1-5666bf0f80.pth", 2278604, 1, (69.362, 88.316))
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X1_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x1_5-3c479a10.pth", 3503624, 1, (72.996, 91.086), resize_size=232)
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X2_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("shufflenetv2_x2_0-8be3c8ee.pth", 7393996, 1, (76.230, 93.006), resize_size=232)
    DEFAULT = IMAGENET1K_V1


_REPEATS = (4, 8, 4)


@builder(ShuffleNet_V2_X0_5_Weights)
def shufflenet_v2_x0_5(**kwargs: Any) -> ShuffleNetV2:
    """The narrowest `ShuffleNetV2`."""
    return ShuffleNetV2(_REPEATS, (24, 48, 96, 192, 1024), **kwargs)


@builder(ShuffleNet_V2_X1_0_Weights)
def shufflenet_v2_x1_0(**kwargs: Any) -> ShuffleNetV2:
    """`ShuffleNetV2` of the usual width."""
    return ShuffleNetV2(_REPEATS, (24, 116, 232, 464, 1024), **kwargs)


@builder(ShuffleNet_V2_X1_5_Weights)
def shufflenet_v2_x1_5(**kwargs: Any) -> ShuffleNetV2:
    """`ShuffleNetV2`, half as wide again."""
    return ShuffleNetV2(_REPEATS, (24, 176, 352, 704, 1024), **kwargs)


@builder(ShuffleNet_V2_X2_0_Weights)
def shufflenet_v2_x2_0(**kwargs: Any) -> ShuffleNetV2:
    """`ShuffleNetV2`, about twice as wide."""
    return ShuffleNetV2(_REPEATS, (24, 244, 488, 976, 2048), **kwargs)
