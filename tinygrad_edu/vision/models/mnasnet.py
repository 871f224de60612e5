"""MNASNet: "Platform-Aware Neural Architecture Search for Mobile" (Tan and others, 2018), variant B1."""

from __future__ import annotations

from typing import Any

from ... import nn
from .mobilenet import _make_divisible
from .pretrained import WeightsEnum, builder, imagenet

_MOMENTUM = 1 - 0.9997  # the paper's, counted from the other end


def _conv(inp: int, oup: int, kernel: int, stride: int = 1, groups: int = 1, relu: bool = True) -> list[nn.Module]:
    """A convolution without bias, its normalization and, if wanted, a ReLU."""
    padding = kernel // 2
    conv = nn.Conv2d(inp, oup, kernel, stride=stride, padding=padding, groups=groups, bias=False)
    layers: list[nn.Module] = [conv, nn.BatchNorm2d(oup, momentum=_MOMENTUM)]
    return [*layers, nn.ReLU(inplace=True)] if relu else layers


class _InvertedResidual(nn.Module):
    """1 × 1 to more channels, k × k channel by channel, 1 × 1 back; added to the input where shapes allow."""

    def __init__(self, in_ch: int, out_ch: int, kernel_size: int, stride: int, expansion_factor: int) -> None:
        super().__init__()
        wide = in_ch * expansion_factor
        self.apply_residual = in_ch == out_ch and stride == 1
        self.layers = nn.Sequential(
            *_conv(in_ch, wide, 1), *_conv(wide, wide, kernel_size, stride, groups=wide), *_conv(wide, out_ch, 1, relu=False)
        )  # fmt: skip

    def forward(self, input: Any) -> Any:
        return self.layers(input) + input if self.apply_residual else self.layers(input)


# channels (before they are scaled), kernel, stride, expansion, blocks
_STACKS = ((24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4), (320, 3, 1, 6, 1))


class MNASNet(nn.Module):
    """Stacks of blocks, ``alpha`` times as wide as the paper's."""

    _version = 2  # in the first one the first layers were not scaled

    def __init__(self, alpha: float, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        if alpha <= 0.0:
            raise ValueError(f"alpha should be greater than 0.0 instead of {alpha}")
        self.alpha, self.num_classes = alpha, num_classes
        first, channels = (_make_divisible(n * alpha, 8) for n in (32, 16))
        layers = [*_conv(3, first, 3, 2), *_conv(first, first, 3, groups=first), *_conv(first, channels, 1, relu=False)]
        for out, kernel, stride, expansion, n in _STACKS:
            width = _make_divisible(out * alpha, 8)
            blocks = [
                _InvertedResidual(channels if i == 0 else width, width, kernel, stride if i == 0 else 1, expansion)
                for i in range(n)
            ]
            layers.append(nn.Sequential(*blocks))
            channels = width
        self.layers = nn.Sequential(*layers, *_conv(channels, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(1280, num_classes))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(m, nn.Linear):
                nn.init.kaiming_uniform_(m.weight, mode="fan_out", nonlinearity="sigmoid")
                nn.init.zeros_(m.bias)

    def forward(self, x: Any) -> Any:
        return self.classifier(self.layers(x).mean([2, 3]))


class MNASNet0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet0.5_top1_67.823-3ffadce67e.pth", 2218512, 1, (67.734, 87.490))
    DEFAULT = IMAGENET1K_V1


class MNASNet0_75_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet0_75-7090bc5f.pth", 3170208, 1, (71.180, 90.496), resize_size=232)
    DEFAULT = IMAGENET1K_V1


class MNASNet1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet1.0_top1_73.512-f206786ef8.pth", 4383312, 1, (73.456, 91.510))
    DEFAULT = IMAGENET1K_V1


class MNASNet1_3_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("mnasnet1_3-a4c69d6f.pth", 6282256, 1, (76.506, 93.522), resize_size=232)
    DEFAULT = IMAGENET1K_V1


@builder(MNASNet0_5_Weights)
def mnasnet0_5(**kwargs: Any) -> MNASNet:
    """`MNASNet`, half as wide."""
    return MNASNet(0.5, **kwargs)


@builder(MNASNet0_75_Weights)
def mnasnet0_75(**kwargs: Any) -> MNASNet:
    """`MNASNet`, three quarters as wide."""
    return MNASNet(0.75, **kwargs)


@builder(MNASNet1_0_Weights)
def mnasnet1_0(**kwargs: Any) -> MNASNet:
    """`MNASNet` of the paper's width."""
    return MNASNet(1.0, **kwargs)


@builder(MNASNet1_3_Weights)
def mnasnet1_3(**kwargs: Any) -> MNASNet:
    """`MNASNet`, wider by a third."""
    return MNASNet(1.3, **kwargs)
