"""RegNet: "Designing Network Design Spaces" (Radosavovic and others, 2020): widths that grow along a line, in steps."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from ... import nn
from ..ops import Conv2dNormActivation, SqueezeExcitation
from .mobilenet import _make_divisible
from .pretrained import WeightsEnum, builder, imagenet, swag

Layer = Callable[..., nn.Module]


class SimpleStemIN(Conv2dNormActivation):
    """The first layer: 3 × 3, half the size."""

    def __init__(self, width_in: int, width_out: int, norm_layer: Layer, activation_layer: Layer) -> None:
        super().__init__(
            width_in, width_out, kernel_size=3, stride=2, norm_layer=norm_layer, activation_layer=activation_layer
        )


class BottleneckTransform(nn.Sequential):
    """1 × 1, 3 × 3 in groups, channels weighed (with ``se_ratio``), 1 × 1."""

    def __init__(
        self, width_in: int, width_out: int, stride: int, norm_layer: Layer, activation_layer: Layer, group_width: int,
        bottleneck_multiplier: float, se_ratio: float | None,
    ) -> None:  # fmt: skip
        conv = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=activation_layer)
        inner = round(width_out * bottleneck_multiplier)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["a"] = conv(width_in, inner, kernel_size=1, stride=1)
        layers["b"] = conv(inner, inner, kernel_size=3, stride=stride, groups=inner // group_width)
        if se_ratio:
            layers["se"] = SqueezeExcitation(inner, round(se_ratio * width_in), activation=activation_layer)
        layers["c"] = conv(inner, width_out, kernel_size=1, stride=1, activation_layer=None)
        super().__init__(layers)


class ResBottleneckBlock(nn.Module):
    """`BottleneckTransform` added to its input, which is projected where the shape changes."""

    def __init__(
        self, width_in: int, width_out: int, stride: int, norm_layer: Layer, activation_layer: Layer, group_width: int = 1,
        bottleneck_multiplier: float = 1.0, se_ratio: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.proj = None
        if width_in != width_out or stride != 1:
            self.proj = Conv2dNormActivation(
                width_in, width_out, kernel_size=1, stride=stride, norm_layer=norm_layer, activation_layer=None
            )
        self.f = BottleneckTransform(
            width_in, width_out, stride, norm_layer, activation_layer, group_width, bottleneck_multiplier, se_ratio
        )
        self.activation = activation_layer(inplace=True)

    def forward(self, x: Any) -> Any:
        return self.activation((x if self.proj is None else self.proj(x)) + self.f(x))


class AnyStage(nn.Sequential):
    """Blocks of one width; the first one changes the shape."""

    def __init__(
        self, width_in: int, width_out: int, stride: int, depth: int, block_constructor: Layer, norm_layer: Layer,
        activation_layer: Layer, group_width: int, bottleneck_multiplier: float, se_ratio: float | None = None,
        stage_index: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        for i in range(depth):
            shape = (width_out, width_out, 1) if i else (width_in, width_out, stride)
            block = block_constructor(
                *shape, norm_layer, activation_layer, group_width, bottleneck_multiplier, se_ratio
            )
            self.add_module(f"block{stage_index}-{i}", block)


class BlockParams:
    """Depths, widths, group widths, bottleneck factors and strides of the stages."""

    def __init__(
        self, depths: list[int], widths: list[int], group_widths: list[int], bottleneck_multipliers: list[float],
        strides: list[int], se_ratio: float | None = None,
    ) -> None:  # fmt: skip
        self.depths, self.widths, self.group_widths = depths, widths, group_widths
        self.bottleneck_multipliers, self.strides, self.se_ratio = bottleneck_multipliers, strides, se_ratio

    @classmethod
    def from_init_params(
        cls, depth: int, w_0: int, w_a: float, w_m: float, group_width: int, bottleneck_multiplier: float = 1.0,
        se_ratio: float | None = None, **kwargs: Any,
    ) -> BlockParams:  # fmt: skip
        """Block j should be ``w_0 + w_a·j`` wide; it gets the nearest ``w_0·w_m**k``, k whole, as a multiple of 8."""
        if w_a < 0 or w_0 <= 0 or w_m <= 1 or w_0 % 8 != 0:
            raise ValueError("Invalid RegNet settings")
        steps = (round(math.log((w_0 + w_a * j) / w_0) / math.log(w_m)) for j in range(depth))
        wanted = (round(w_0 * w_m**step / 8) * 8 for step in steps)
        stages = [(width, len(list(blocks))) for width, blocks in groupby(wanted)]
        widths, groups = [], []
        for width, _ in stages:  # a bottleneck must be whole groups wide
            inner = int(width * bottleneck_multiplier)
            groups.append(min(group_width, inner))
            widths.append(int(_make_divisible(inner, groups[-1]) / bottleneck_multiplier))
        n = len(stages)
        return cls([blocks for _, blocks in stages], widths, groups, [bottleneck_multiplier] * n, [2] * n, se_ratio)

    def _get_expanded_params(self) -> Iterator[tuple[int, int, int, int, float]]:
        return zip(self.widths, self.strides, self.depths, self.group_widths, self.bottleneck_multipliers)


class RegNet(nn.Module):
    """A stem, stages of `ResBottleneckBlock`, one linear layer."""

    def __init__(
        self, block_params: BlockParams, num_classes: int = 1000, stem_width: int = 32, stem_type: Layer | None = None,
        block_type: Layer | None = None, norm_layer: Layer | None = None, activation: Layer | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        norm, act = norm_layer or nn.BatchNorm2d, activation or nn.ReLU
        self.stem = (stem_type or SimpleStemIN)(3, stem_width, norm, act)
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        width = stem_width
        for i, (out, stride, depth, group_width, factor) in enumerate(block_params._get_expanded_params(), 1):
            stages[f"block{i}"] = AnyStage(
                width, out, stride, depth, block_type or ResBottleneckBlock, norm, act, group_width, factor,
                block_params.se_ratio, stage_index=i,
            )  # fmt: skip
            width = out
        self.trunk_output = nn.Sequential(stages)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(in_features=width, out_features=num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                fan_out = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
                nn.init.normal_(m.weight, mean=0.0, std=math.sqrt(2.0 / fan_out))
            elif isinstance(m, nn.BatchNorm2d):
                nn.init.ones_(m.weight)
                nn.init.zeros_(m.bias)
            elif isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0.0, std=0.01)
                nn.init.zeros_(m.bias)

    def forward(self, x: Any) -> Any:
        return self.fc(self.avgpool(self.trunk_output(self.stem(x))).flatten(start_dim=1))


def _regnet(depth: int, w_0: int, w_a: float, w_m: float, group_width: int, kwargs: Any, weighed: bool) -> RegNet:
    params = BlockParams.from_init_params(depth, w_0, w_a, w_m, group_width, se_ratio=0.25 if weighed else None)
    kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, eps=1e-05, momentum=0.1))
    return RegNet(params, **kwargs)


class RegNet_Y_400MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_400mf-c65dace8.pth", 4344144, 1, (74.046, 91.716))
    IMAGENET1K_V2 = imagenet("regnet_y_400mf-e6988f5f.pth", 4344144, 1, (75.804, 92.742), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_800MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_800mf-1b27b58c.pth", 6432512, 1, (76.42, 93.136))
    IMAGENET1K_V2 = imagenet("regnet_y_800mf-58fc7688.pth", 6432512, 1, (78.828, 94.502), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_1_6GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_1_6gf-b11a554e.pth", 11202430, 1, (77.95, 93.966))
    IMAGENET1K_V2 = imagenet("regnet_y_1_6gf-0d7bc02a.pth", 11202430, 1, (80.876, 95.444), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_3_2GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_3_2gf-b5a9779c.pth", 19436338, 1, (78.948, 94.576))
    IMAGENET1K_V2 = imagenet("regnet_y_3_2gf-9180c971.pth", 19436338, 1, (81.982, 95.972), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_8GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_8gf-d0d0e4a8.pth", 39381472, 1, (80.032, 95.048))
    IMAGENET1K_V2 = imagenet("regnet_y_8gf-dc2b1b54.pth", 39381472, 1, (82.828, 96.33), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_16GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_16gf-9e6ed7dd.pth", 83590140, 1, (80.424, 95.24))
    IMAGENET1K_V2 = imagenet("regnet_y_16gf-3e4a00f9.pth", 83590140, 1, (82.886, 96.328), resize_size=232)
    IMAGENET1K_SWAG_E2E_V1 = swag("regnet_y_16gf_swag-43afe44d.pth", 83590140, 384, (86.012, 98.054), 1)
    IMAGENET1K_SWAG_LINEAR_V1 = swag("regnet_y_16gf_lc_swag-f3ec0043.pth", 83590140, 224, (83.976, 97.244), 1)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_32GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_y_32gf-4dee3f7a.pth", 145046770, 1, (80.878, 95.34))
    IMAGENET1K_V2 = imagenet("regnet_y_32gf-8db6d4b5.pth", 145046770, 1, (83.368, 96.498), resize_size=232)
    IMAGENET1K_SWAG_E2E_V1 = swag("regnet_y_32gf_swag-04fdfa75.pth", 145046770, 384, (86.838, 98.362), 1)
    IMAGENET1K_SWAG_LINEAR_V1 = swag("regnet_y_32gf_lc_swag-e1583746.pth", 145046770, 224, (84.622, 97.480), 1)
    DEFAULT = IMAGENET1K_V2


class RegNet_Y_128GF_Weights(WeightsEnum):
    IMAGENET1K_SWAG_E2E_V1 = swag("regnet_y_128gf_swag-c8ce3e52.pth", 644812894, 384, (88.228, 98.682), 1)
    IMAGENET1K_SWAG_LINEAR_V1 = swag("regnet_y_128gf_lc_swag-cbe8ce12.pth", 644812894, 224, (86.068, 97.844), 1)
    DEFAULT = IMAGENET1K_SWAG_E2E_V1


class RegNet_X_400MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_400mf-adf1edd5.pth", 5495976, 1, (72.834, 90.95))
    IMAGENET1K_V2 = imagenet("regnet_x_400mf-62229a5f.pth", 5495976, 1, (74.864, 92.322), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_800MF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_800mf-ad17e45c.pth", 7259656, 1, (75.212, 92.348))
    IMAGENET1K_V2 = imagenet("regnet_x_800mf-94a99ebd.pth", 7259656, 1, (77.522, 93.826), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_1_6GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_1_6gf-e3633e7f.pth", 9190136, 1, (77.04, 93.44))
    IMAGENET1K_V2 = imagenet("regnet_x_1_6gf-a12f2b72.pth", 9190136, 1, (79.668, 94.922), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_3_2GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_3_2gf-f342aeae.pth", 15296552, 1, (78.364, 93.992))
    IMAGENET1K_V2 = imagenet("regnet_x_3_2gf-7071aa85.pth", 15296552, 1, (81.196, 95.43), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_8GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_8gf-03ceed89.pth", 39572648, 1, (79.344, 94.686))
    IMAGENET1K_V2 = imagenet("regnet_x_8gf-2b70d774.pth", 39572648, 1, (81.682, 95.678), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_16GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_16gf-2007eb11.pth", 54278536, 1, (80.058, 94.944))
    IMAGENET1K_V2 = imagenet("regnet_x_16gf-ba3796d7.pth", 54278536, 1, (82.716, 96.196), resize_size=232)
    DEFAULT = IMAGENET1K_V2


class RegNet_X_32GF_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("regnet_x_32gf-9d47f8d0.pth", 107811560, 1, (80.622, 95.248))
    IMAGENET1K_V2 = imagenet("regnet_x_32gf-6eb8fdc6.pth", 107811560, 1, (83.014, 96.288), resize_size=232)
    DEFAULT = IMAGENET1K_V2


@builder(RegNet_Y_400MF_Weights)
def regnet_y_400mf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 400 million operations, with squeeze and excitation."""
    return _regnet(16, 48, 27.89, 2.09, 8, kwargs, weighed=True)


@builder(RegNet_Y_800MF_Weights)
def regnet_y_800mf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 800 million operations, with squeeze and excitation."""
    return _regnet(14, 56, 38.84, 2.4, 16, kwargs, weighed=True)


@builder(RegNet_Y_1_6GF_Weights)
def regnet_y_1_6gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 1.6 billion operations, with squeeze and excitation."""
    return _regnet(27, 48, 20.71, 2.65, 24, kwargs, weighed=True)


@builder(RegNet_Y_3_2GF_Weights)
def regnet_y_3_2gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 3.2 billion operations, with squeeze and excitation."""
    return _regnet(21, 80, 42.63, 2.66, 24, kwargs, weighed=True)


@builder(RegNet_Y_8GF_Weights)
def regnet_y_8gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 8 billion operations, with squeeze and excitation."""
    return _regnet(17, 192, 76.82, 2.19, 56, kwargs, weighed=True)


@builder(RegNet_Y_16GF_Weights)
def regnet_y_16gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 16 billion operations, with squeeze and excitation."""
    return _regnet(18, 200, 106.23, 2.48, 112, kwargs, weighed=True)


@builder(RegNet_Y_32GF_Weights)
def regnet_y_32gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 32 billion operations, with squeeze and excitation."""
    return _regnet(20, 232, 115.89, 2.53, 232, kwargs, weighed=True)


@builder(RegNet_Y_128GF_Weights)
def regnet_y_128gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 128 billion operations, with squeeze and excitation."""
    return _regnet(27, 456, 160.83, 2.52, 264, kwargs, weighed=True)


@builder(RegNet_X_400MF_Weights)
def regnet_x_400mf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 400 million operations, without squeeze and excitation."""
    return _regnet(22, 24, 24.48, 2.54, 16, kwargs, weighed=False)


@builder(RegNet_X_800MF_Weights)
def regnet_x_800mf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 800 million operations, without squeeze and excitation."""
    return _regnet(16, 56, 35.73, 2.28, 16, kwargs, weighed=False)


@builder(RegNet_X_1_6GF_Weights)
def regnet_x_1_6gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 1.6 billion operations, without squeeze and excitation."""
    return _regnet(18, 80, 34.01, 2.25, 24, kwargs, weighed=False)


@builder(RegNet_X_3_2GF_Weights)
def regnet_x_3_2gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 3.2 billion operations, without squeeze and excitation."""
    return _regnet(25, 88, 26.31, 2.25, 48, kwargs, weighed=False)


@builder(RegNet_X_8GF_Weights)
def regnet_x_8gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 8 billion operations, without squeeze and excitation."""
    return _regnet(23, 80, 49.56, 2.88, 120, kwargs, weighed=False)


@builder(RegNet_X_16GF_Weights)
def regnet_x_16gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 16 billion operations, without squeeze and excitation."""
    return _regnet(22, 216, 55.59, 2.1, 128, kwargs, weighed=False)


@builder(RegNet_X_32GF_Weights)
def regnet_x_32gf(**kwargs: Any) -> RegNet:
    """The `RegNet` of 32 billion operations, without squeeze and excitation."""
    return _regnet(23, 320, 69.86, 2.0, 168, kwargs, weighed=False)
