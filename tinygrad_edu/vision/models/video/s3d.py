"""S3D: Inception's parallel convolutions for films, each split into space and time (Xie and others, 2018)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .... import nn
from ....ops.joining import cat
from ...ops.misc import Conv3dNormActivation
from ..pretrained import WeightsEnum, builder
from .kinetics import kinetics

Norm = Callable[..., nn.Module]


class TemporalSeparableConv(nn.Sequential):
    """1 × k × k, then k × 1 × 1, each with a norm layer."""

    def __init__(
        self, in_planes: int, out_planes: int, kernel_size: int, stride: int, padding: int, norm_layer: Norm
    ) -> None:
        k, s, p = kernel_size, stride, padding
        layer: Any = partial(Conv3dNormActivation, bias=False, norm_layer=norm_layer)
        super().__init__(
            layer(in_planes, out_planes, kernel_size=(1, k, k), stride=(1, s, s), padding=(0, p, p)),
            layer(out_planes, out_planes, kernel_size=(k, 1, 1), stride=(s, 1, 1), padding=(p, 0, 0)),
        )


class SepInceptionBlock3D(nn.Module):
    """Four ways side by side: 1 × 1, two through split convolutions, one through pooling; their channels are joined."""

    def __init__(
        self, in_planes: int, b0_out: int, b1_mid: int, b1_out: int, b2_mid: int, b2_out: int, b3_out: int, norm_layer: Norm
    ) -> None:  # fmt: skip
        super().__init__()
        point: Any = partial(Conv3dNormActivation, in_planes, kernel_size=1, stride=1, norm_layer=norm_layer)
        self.branch0 = point(b0_out)
        self.branch1 = nn.Sequential(point(b1_mid), TemporalSeparableConv(b1_mid, b1_out, 3, 1, 1, norm_layer))
        self.branch2 = nn.Sequential(point(b2_mid), TemporalSeparableConv(b2_mid, b2_out, 3, 1, 1, norm_layer))
        self.branch3 = nn.Sequential(nn.MaxPool3d((3, 3, 3), stride=1, padding=1), point(b3_out))

    def forward(self, x: Any) -> Any:
        return cat((self.branch0(x), self.branch1(x), self.branch2(x), self.branch3(x)), 1)


# channels: in, way 0, way 1 inside and out, way 2 inside and out, way 3; None: half the pictures in each direction
_BLOCKS: tuple[tuple[int, ...] | None, ...] = (
    (192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64), None,
    (480, 192, 96, 208, 16, 48, 64), (512, 160, 112, 224, 24, 64, 64), (512, 128, 128, 256, 24, 64, 64),
    (512, 112, 144, 288, 32, 64, 64), (528, 256, 160, 320, 32, 128, 128), None,
    (832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128),
)  # fmt: skip


class S3D(nn.Module):
    """Three convolutions, nine blocks, the mean over 2 × 7 × 7, a classifier at every place and the mean of what it says."""

    def __init__(self, num_classes: int = 400, dropout: float = 0.2, norm_layer: Norm | None = None) -> None:
        super().__init__()
        norm = partial(nn.BatchNorm3d, eps=0.001, momentum=0.001) if norm_layer is None else norm_layer
        halves: Any = partial(nn.MaxPool3d, kernel_size=(1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))
        layers: list[nn.Module] = [
            TemporalSeparableConv(3, 64, 7, 2, 3, norm), halves(),
            Conv3dNormActivation(64, 64, kernel_size=1, stride=1, norm_layer=norm),
            TemporalSeparableConv(64, 192, 3, 1, 1, norm), halves(),
        ]  # fmt: skip
        pools = iter((((3, 3, 3), (1, 1, 1)), ((2, 2, 2), (0, 0, 0))))
        for channels in _BLOCKS:
            if channels is None:
                size, margin = next(pools)
                layers.append(nn.MaxPool3d(size, stride=(2, 2, 2), padding=margin))
            else:
                layers.append(SepInceptionBlock3D(*channels, norm))  # type: ignore[call-arg, arg-type]
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AvgPool3d(kernel_size=(2, 7, 7), stride=1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Conv3d(1024, num_classes, 1))

    def forward(self, x: Any) -> Any:
        return self.classifier(self.avgpool(self.features(x))).mean((2, 3, 4))


class S3D_Weights(WeightsEnum):
    KINETICS400_V1 = kinetics("s3d-d76dad2f.pth", 8320048, (68.368, 88.050), (224, 224), (256, 256), 224)
    DEFAULT = KINETICS400_V1


@builder(S3D_Weights)
def s3d(**kwargs: Any) -> S3D:
    """`S3D` for films of at least 14 pictures of 224 × 224."""
    return S3D(**kwargs)
