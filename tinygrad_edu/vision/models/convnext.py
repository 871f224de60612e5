"""ConvNeXt: "A ConvNet for the 2020s" (Liu and others, 2022): a convolutional network with a Transformer's proportions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ... import nn
from ...ops.registry import functions
from ..ops import Conv2dNormActivation, Permute, StochasticDepth
from .pretrained import WeightsEnum, builder, imagenet


class LayerNorm2d(nn.LayerNorm):
    """`LayerNorm` over the channels of pictures."""

    def forward(self, x: Any) -> Any:
        x = x.permute(0, 2, 3, 1)
        x = nn.functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """7 × 7 channel by channel, then two linear layers at every pixel; scaled and added to the input."""

    def __init__(
        self,
        dim: int,
        layer_scale: float,
        stochastic_depth_prob: float,
        norm_layer: Callable[..., nn.Module] | None = None,
    ) -> None:
        super().__init__()
        norm = norm_layer or partial(nn.LayerNorm, eps=1e-6)
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            norm(dim),
            nn.Linear(dim, 4 * dim, bias=True),
            nn.GELU(),
            nn.Linear(4 * dim, dim, bias=True),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(functions["ones"](dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input: Any) -> Any:
        return self.stochastic_depth(self.layer_scale * self.block(input)) + input


@dataclass(repr=False)
class CNBlockConfig:
    """A stage: channels in, channels out (None: the last stage), how many blocks."""

    input_channels: int
    out_channels: int | None
    num_layers: int

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(input_channels={self.input_channels}, out_channels={self.out_channels}, "
            f"num_layers={self.num_layers})"
        )


class ConvNeXt(nn.Module):
    """Stages of `CNBlock`, halved in size between them."""

    def __init__(
        self, block_setting: Sequence[CNBlockConfig], stochastic_depth_prob: float = 0.0, layer_scale: float = 1e-6,
        num_classes: int = 1000, block: Callable[..., nn.Module] | None = None,
        norm_layer: Callable[..., nn.Module] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if not block_setting:
            raise ValueError("The block_setting should not be empty")
        if not isinstance(block_setting, Sequence) or not all(isinstance(s, CNBlockConfig) for s in block_setting):
            raise TypeError("The block_setting should be List[CNBlockConfig]")
        block, norm = block or CNBlock, norm_layer or partial(LayerNorm2d, eps=1e-6)
        first = block_setting[0].input_channels
        layers: list[nn.Module] = [
            Conv2dNormActivation(
                3, first, kernel_size=4, stride=4, padding=0, norm_layer=norm, activation_layer=None, bias=True
            )
        ]
        total, done = sum(s.num_layers for s in block_setting), 0
        for setting in block_setting:
            stage = []
            for _ in range(setting.num_layers):
                stage.append(block(setting.input_channels, layer_scale, stochastic_depth_prob * done / (total - 1.0)))
                done += 1
            layers.append(nn.Sequential(*stage))
            if setting.out_channels is not None:
                halve = nn.Conv2d(setting.input_channels, setting.out_channels, kernel_size=2, stride=2)
                layers.append(nn.Sequential(norm(setting.input_channels), halve))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        last = block_setting[-1]
        width = last.input_channels if last.out_channels is None else last.out_channels
        self.classifier = nn.Sequential(norm(width), nn.Flatten(1), nn.Linear(width, num_classes))
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(m.weight, std=0.02)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def forward(self, x: Any) -> Any:
        return self.classifier(self.avgpool(self.features(x)))


class ConvNeXt_Tiny_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("convnext_tiny-983f1562.pth", 28589128, 32, (82.520, 96.146), resize_size=236)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("convnext_small-0c510722.pth", 50223688, 32, (83.616, 96.650), resize_size=230)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Base_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("convnext_base-6075fbad.pth", 88591464, 32, (84.062, 96.870), resize_size=232)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("convnext_large-ea097f82.pth", 197767336, 32, (84.414, 96.976), resize_size=232)
    DEFAULT = IMAGENET1K_V1


def _stages(widths: Sequence[int], depths: Sequence[int]) -> list[CNBlockConfig]:
    return [CNBlockConfig(w, after, n) for w, after, n in zip(widths, [*widths[1:], None], depths, strict=True)]


@builder(ConvNeXt_Tiny_Weights)
def convnext_tiny(**kwargs: Any) -> ConvNeXt:
    """The smallest `ConvNeXt`."""
    p = kwargs.pop("stochastic_depth_prob", 0.1)
    return ConvNeXt(_stages((96, 192, 384, 768), (3, 3, 9, 3)), stochastic_depth_prob=p, **kwargs)


@builder(ConvNeXt_Small_Weights)
def convnext_small(**kwargs: Any) -> ConvNeXt:
    """A deeper `ConvNeXt`."""
    p = kwargs.pop("stochastic_depth_prob", 0.4)
    return ConvNeXt(_stages((96, 192, 384, 768), (3, 3, 27, 3)), stochastic_depth_prob=p, **kwargs)


@builder(ConvNeXt_Base_Weights)
def convnext_base(**kwargs: Any) -> ConvNeXt:
    """`convnext_small`, wider by a third."""
    p = kwargs.pop("stochastic_depth_prob", 0.5)
    return ConvNeXt(_stages((128, 256, 512, 1024), (3, 3, 27, 3)), stochastic_depth_prob=p, **kwargs)


@builder(ConvNeXt_Large_Weights)
def convnext_large(**kwargs: Any) -> ConvNeXt:
    """`convnext_small`, twice as wide."""
    p = kwargs.pop("stochastic_depth_prob", 0.5)
    return ConvNeXt(_stages((192, 384, 768, 1536), (3, 3, 27, 3)), stochastic_depth_prob=p, **kwargs)
