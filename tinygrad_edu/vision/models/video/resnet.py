"""ResNets for films (N, C, T, H, W): 3-d convolutions, whole, split into space and time, or in the first layers only (Tran et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from .... import nn
from ..pretrained import WeightsEnum, builder
from .kinetics import kinetics


class Conv3DSimple(nn.Conv3d):
    """3 × 3 × 3."""

    def __init__(
        self, in_planes: int, out_planes: int, midplanes: int | None = None, stride: int = 1, padding: int = 1
    ) -> None:
        super().__init__(in_planes, out_planes, (3, 3, 3), stride=stride, padding=padding, bias=False)

    @staticmethod
    def get_downsample_stride(stride: int) -> tuple[int, int, int]:
        """The steps of the layer beside it: time, height, width."""
        return stride, stride, stride


class Conv3DNoTemporal(nn.Conv3d):
    """1 × 3 × 3: each picture on its own."""

    def __init__(
        self, in_planes: int, out_planes: int, midplanes: int | None = None, stride: int = 1, padding: int = 1
    ) -> None:
        steps, margins = (1, stride, stride), (0, padding, padding)
        super().__init__(in_planes, out_planes, (1, 3, 3), stride=steps, padding=margins, bias=False)

    @staticmethod
    def get_downsample_stride(stride: int) -> tuple[int, int, int]:
        """The steps of the layer beside it: time, height, width."""
        return 1, stride, stride


class Conv2Plus1D(nn.Sequential):
    """1 × 3 × 3 to ``midplanes`` channels, then 3 × 1 × 1."""

    def __init__(self, in_planes: int, out_planes: int, midplanes: int, stride: int = 1, padding: int = 1) -> None:
        super().__init__(
            *_in_space(in_planes, midplanes, 3, stride, padding), *_in_time(midplanes, out_planes, stride, padding)
        )

    get_downsample_stride = staticmethod(Conv3DSimple.get_downsample_stride)


def _in_space(channels: int, out: int, kernel: int, stride: int, padding: int) -> list[nn.Module]:
    steps, margins = (1, stride, stride), (0, padding, padding)
    conv = nn.Conv3d(channels, out, (1, kernel, kernel), stride=steps, padding=margins, bias=False)
    return [conv, nn.BatchNorm3d(out), nn.ReLU(inplace=True)]


def _in_time(channels: int, out: int, stride: int, padding: int) -> list[nn.Module]:
    return [nn.Conv3d(channels, out, (3, 1, 1), stride=(stride, 1, 1), padding=(padding, 0, 0), bias=False)]


def _middle(inplanes: int, planes: int) -> int:
    """So many channels that a split convolution has as many weights as a whole one."""
    return (inplanes * planes * 3 * 3 * 3) // (inplanes * 3 * 3 + 3 * planes)


class BasicBlock(nn.Module):
    """Two convolutions of the kind that ``conv_builder`` makes."""

    expansion: ClassVar[int] = 1

    def __init__(
        self, inplanes: int, planes: int, conv_builder: Any, stride: int = 1, downsample: nn.Module | None = None
    ) -> None:
        super().__init__()
        middle = _middle(inplanes, planes)
        first = conv_builder(inplanes, planes, middle, stride)
        self.conv1 = nn.Sequential(first, nn.BatchNorm3d(planes), nn.ReLU(inplace=True))
        self.conv2 = nn.Sequential(conv_builder(planes, planes, middle), nn.BatchNorm3d(planes))
        self.relu = nn.ReLU(inplace=True)
        self.downsample, self.stride = downsample, stride

    def forward(self, x: Any) -> Any:
        out = self.conv2(self.conv1(x))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """One such convolution between two of 1 × 1 × 1."""

    expansion: ClassVar[int] = 4

    def __init__(
        self, inplanes: int, planes: int, conv_builder: Any, stride: int = 1, downsample: nn.Module | None = None
    ) -> None:
        super().__init__()
        wide = planes * self.expansion
        inner = conv_builder(planes, planes, _middle(inplanes, planes), stride)
        self.conv1 = nn.Sequential(
            nn.Conv3d(inplanes, planes, 1, bias=False), nn.BatchNorm3d(planes), nn.ReLU(inplace=True)
        )
        self.conv2 = nn.Sequential(inner, nn.BatchNorm3d(planes), nn.ReLU(inplace=True))
        self.conv3 = nn.Sequential(nn.Conv3d(planes, wide, 1, bias=False), nn.BatchNorm3d(wide))
        self.relu = nn.ReLU(inplace=True)
        self.downsample, self.stride = downsample, stride

    def forward(self, x: Any) -> Any:
        out = self.conv3(self.conv2(self.conv1(x)))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class BasicStem(nn.Sequential):
    """The first convolution: 3 × 7 × 7."""

    def __init__(self) -> None:
        conv = nn.Conv3d(3, 64, (3, 7, 7), stride=(1, 2, 2), padding=(1, 3, 3), bias=False)
        super().__init__(conv, nn.BatchNorm3d(64), nn.ReLU(inplace=True))


class R2Plus1dStem(nn.Sequential):
    """The first convolution, split into space and time."""

    def __init__(self) -> None:
        super().__init__(*_in_space(3, 45, 7, 2, 3), *_in_time(45, 64, 1, 1), nn.BatchNorm3d(64), nn.ReLU(inplace=True))


class VideoResNet(nn.Module):
    """A ``stem``, four groups of ``layers`` blocks with convolutions of the kinds ``conv_makers``, the mean, one linear layer."""

    def __init__(
        self, block: Any, conv_makers: Sequence[Any], layers: Sequence[int], stem: Callable[..., nn.Module],
        num_classes: int = 400, zero_init_residual: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.inplanes = 64
        self.stem = stem()
        for i, (conv, count) in enumerate(zip(conv_makers, layers)):
            group = self._make_layer(block, conv, 64 * 2**i, count, stride=1 if i == 0 else 2)
            self.add_module(f"layer{i + 1}", group)
        self.avgpool = nn.AdaptiveAvgPool3d((1, 1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.constant_(module.bias, 0)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.constant_(module.bias, 0)
        if zero_init_residual:
            for module in self.modules():
                if isinstance(module, Bottleneck):
                    nn.init.constant_(module.conv3[1].weight, 0)

    def _make_layer(self, block: Any, conv_builder: Any, planes: int, blocks: int, stride: int = 1) -> nn.Sequential:
        out, beside = planes * block.expansion, None
        if stride != 1 or self.inplanes != out:
            steps = conv_builder.get_downsample_stride(stride)
            beside = nn.Sequential(
                nn.Conv3d(self.inplanes, out, kernel_size=1, stride=steps, bias=False), nn.BatchNorm3d(out)
            )
        made = [block(self.inplanes, planes, conv_builder, stride, beside)]
        self.inplanes = out
        return nn.Sequential(*made, *(block(out, planes, conv_builder) for _ in range(1, blocks)))

    def forward(self, x: Any) -> Any:
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(x)))))
        return self.fc(self.avgpool(x).flatten(1))


# ---------------------------------------------------------------------------------------- the models
class R3D_18_Weights(WeightsEnum):
    KINETICS400_V1 = kinetics("r3d_18-b3b3357e.pth", 33371472, (63.200, 83.479))
    DEFAULT = KINETICS400_V1


class MC3_18_Weights(WeightsEnum):
    KINETICS400_V1 = kinetics("mc3_18-a90a0ba3.pth", 11695440, (63.960, 84.130))
    DEFAULT = KINETICS400_V1


class R2Plus1D_18_Weights(WeightsEnum):
    KINETICS400_V1 = kinetics("r2plus1d_18-91a641e6.pth", 31505325, (67.463, 86.175))
    DEFAULT = KINETICS400_V1


@builder(R3D_18_Weights)
def r3d_18(**kwargs: Any) -> VideoResNet:
    """`VideoResNet` of 18 layers."""
    return VideoResNet(BasicBlock, [Conv3DSimple] * 4, [2, 2, 2, 2], BasicStem, **kwargs)


@builder(MC3_18_Weights)
def mc3_18(**kwargs: Any) -> VideoResNet:
    """`VideoResNet` of 18 layers, of which all but the first look at each picture on its own."""
    return VideoResNet(BasicBlock, [Conv3DSimple, *[Conv3DNoTemporal] * 3], [2, 2, 2, 2], BasicStem, **kwargs)


@builder(R2Plus1D_18_Weights)
def r2plus1d_18(**kwargs: Any) -> VideoResNet:
    """`VideoResNet` of 18 layers, each split into space and time."""
    return VideoResNet(BasicBlock, [Conv2Plus1D] * 4, [2, 2, 2, 2], R2Plus1dStem, **kwargs)
