"""MaxViT: convolutions, then attention within windows, then attention across them, in every layer (Tu and others, 2022)."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy

from ... import nn
from ...nn import functional as F
from ...ops.creation import empty
from ...ops.grids import meshgrid
from ...ops.joining import stack
from ...ops.ranges import arange
from ..ops.misc import Conv2dNormActivation, SqueezeExcitation, StochasticDepth
from .pretrained import WeightsEnum, builder, imagenet

Layer = Callable[..., nn.Module]
Size = tuple[int, int]


def _halved(size: Size) -> Size:
    """A picture's size after a step of 2."""
    return ((size[0] - 1) // 2 + 1, (size[1] - 1) // 2 + 1)


def _relative_places(height: int, width: int) -> Any:
    """For every two places of a window the number of the way from one to the other."""
    at = stack(meshgrid(arange(height), arange(width), indexing="ij")).flatten(1)
    down, right = at[:, :, None] - at[:, None, :]
    return (down + height - 1) * (2 * width - 1) + right + width - 1


class MBConv(nn.Module):
    """1 × 1 to more channels, 3 × 3 channel by channel, weights for the channels, 1 × 1 back; beside it the input itself."""

    def __init__(
        self, in_channels: int, out_channels: int, expansion_ratio: float, squeeze_ratio: float, stride: int,
        activation_layer: Layer, norm_layer: Layer, p_stochastic_dropout: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        beside: list[nn.Module] = [nn.AvgPool2d(3, stride=stride, padding=1)] if stride == 2 else []
        same = stride == 1 and in_channels == out_channels
        self.proj: nn.Module = nn.Identity()
        if not same:
            self.proj = nn.Sequential(*beside, nn.Conv2d(in_channels, out_channels, 1))
        wide = int(out_channels * expansion_ratio)
        drops = bool(p_stochastic_dropout)
        self.stochastic_depth = StochasticDepth(p_stochastic_dropout, mode="row") if drops else nn.Identity()
        layer = partial(Conv2dNormActivation, activation_layer=activation_layer, norm_layer=norm_layer, inplace=None)
        self.layers = nn.Sequential(
            OrderedDict(
                pre_norm=norm_layer(in_channels),
                conv_a=layer(in_channels, wide, 1, padding=0),
                conv_b=layer(wide, wide, 3, stride=stride, padding=1, groups=wide),
                squeeze_excitation=SqueezeExcitation(wide, int(out_channels * squeeze_ratio), activation=nn.SiLU),
                conv_c=nn.Conv2d(wide, out_channels, 1),
            )
        )

    def forward(self, x: Any) -> Any:
        return self.proj(x) + self.stochastic_depth(self.layers(x))


class RelativePositionalMultiHeadAttention(nn.Module):
    """Attention within each group (B, G, P, D), with a learned number for every way from one place to another."""

    def __init__(self, feat_dim: int, head_dim: int, max_seq_len: int) -> None:
        super().__init__()
        if feat_dim % head_dim != 0:
            raise ValueError(f"feat_dim: {feat_dim} must be divisible by head_dim: {head_dim}")
        self.n_heads, self.head_dim, self.max_seq_len = feat_dim // head_dim, head_dim, max_seq_len
        self.size, self.scale_factor = int(math.sqrt(max_seq_len)), feat_dim**-0.5
        self.to_qkv = nn.Linear(feat_dim, feat_dim * 3)
        self.merge = nn.Linear(feat_dim, feat_dim)
        self.relative_position_bias_table = nn.Parameter(empty((2 * self.size - 1) ** 2, self.n_heads))
        self.register_buffer("relative_position_index", _relative_places(self.size, self.size))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    relative_position_index: Any

    def get_relative_positional_bias(self) -> Any:
        """What is added to the scores, (1, heads, P, P)."""
        bias = self.relative_position_bias_table[self.relative_position_index.view(-1)]
        return bias.view(self.max_seq_len, self.max_seq_len, -1).permute(2, 0, 1).contiguous().unsqueeze(0)

    def forward(self, x: Any) -> Any:
        b, g, p, d = x.shape
        parts = self.to_qkv(x).chunk(3, dim=-1)
        q, k, v = (t.reshape(b, g, p, self.n_heads, self.head_dim).permute(0, 1, 3, 2, 4) for t in parts)
        scores = q @ (k * self.scale_factor).transpose(-2, -1) + self.get_relative_positional_bias()
        return self.merge((F.softmax(scores, dim=-1) @ v).permute(0, 1, 3, 2, 4).reshape(b, g, p, d))


class SwapAxes(nn.Module):
    """`Tensor.swapaxes` as a layer."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__()
        self.a, self.b = a, b

    def forward(self, x: Any) -> Any:
        return x.swapaxes(self.a, self.b)


class WindowPartition(nn.Module):
    """A picture (B, C, H, W) in windows of p × p: (B, windows, p · p, C)."""

    def forward(self, x: Any, p: int) -> Any:
        b, c, h, w = x.shape
        x = x.reshape(b, c, h // p, p, w // p, p).permute(0, 2, 4, 3, 5, 1)
        return x.reshape(b, (h // p) * (w // p), p * p, c)


class WindowDepartition(nn.Module):
    """The picture that windows were cut from."""

    def forward(self, x: Any, p: int, h_partitions: int, w_partitions: int) -> Any:
        b, _, _, c = x.shape
        x = x.reshape(b, h_partitions, w_partitions, p, p, c).permute(0, 5, 1, 3, 2, 4)
        return x.reshape(b, c, h_partitions * p, w_partitions * p)


class PartitionAttentionLayer(nn.Module):
    """Attention and an MLP within windows ("window"), or between the same places of all windows ("grid")."""

    def __init__(
        self, in_channels: int, head_dim: int, partition_size: int, partition_type: str, grid_size: Size, mlp_ratio: int,
        activation_layer: Layer, norm_layer: Layer, attention_dropout: float, mlp_dropout: float, p_stochastic_dropout: float,
    ) -> None:  # fmt: skip
        super().__init__()
        if partition_type not in ["grid", "window"]:
            raise ValueError("partition_type must be either 'grid' or 'window'")
        self.n_heads, self.head_dim = in_channels // head_dim, head_dim
        self.n_partitions, self.partition_type, self.grid_size = (
            grid_size[0] // partition_size,
            partition_type,
            grid_size,
        )
        windows = partition_type == "window"
        self.p, self.g = (partition_size, self.n_partitions) if windows else (self.n_partitions, partition_size)
        self.partition_op, self.departition_op = WindowPartition(), WindowDepartition()
        self.partition_swap = nn.Identity() if windows else SwapAxes(-2, -3)
        self.departition_swap = nn.Identity() if windows else SwapAxes(-2, -3)
        self.attn_layer = nn.Sequential(
            norm_layer(in_channels),
            RelativePositionalMultiHeadAttention(in_channels, head_dim, partition_size**2),
            nn.Dropout(attention_dropout),
        )
        self.mlp_layer = nn.Sequential(
            nn.LayerNorm(in_channels),
            nn.Linear(in_channels, in_channels * mlp_ratio),
            activation_layer(),
            nn.Linear(in_channels * mlp_ratio, in_channels),
            nn.Dropout(mlp_dropout),
        )
        self.stochastic_dropout = StochasticDepth(p_stochastic_dropout, mode="row")

    def forward(self, x: Any) -> Any:
        if self.grid_size[0] % self.p or self.grid_size[1] % self.p:
            raise AssertionError(
                f"Grid size must be divisible by partition size. Got grid size of {self.grid_size} and "
                f"partition size of {self.p}"
            )
        x = self.partition_swap(self.partition_op(x, self.p))
        x = x + self.stochastic_dropout(self.attn_layer(x))
        x = x + self.stochastic_dropout(self.mlp_layer(x))
        return self.departition_op(self.departition_swap(x), self.p, *(side // self.p for side in self.grid_size))


class MaxVitLayer(nn.Module):
    """`MBConv`, attention within windows, attention across them."""

    def __init__(
        self, in_channels: int, out_channels: int, squeeze_ratio: float, expansion_ratio: float, stride: int,
        norm_layer: Layer, activation_layer: Layer, head_dim: int, mlp_ratio: int, mlp_dropout: float,
        attention_dropout: float, p_stochastic_dropout: float, partition_size: int, grid_size: Size,
    ) -> None:  # fmt: skip
        super().__init__()
        convolution = MBConv(
            in_channels, out_channels, expansion_ratio, squeeze_ratio, stride, activation_layer, norm_layer,
            p_stochastic_dropout,
        )  # fmt: skip
        layers: OrderedDict[str, nn.Module] = OrderedDict(MBconv=convolution)
        for kind in ("window", "grid"):
            layers[f"{kind}_attention"] = PartitionAttentionLayer(
                out_channels, head_dim, partition_size, kind, grid_size, mlp_ratio, activation_layer, nn.LayerNorm,
                attention_dropout, mlp_dropout, p_stochastic_dropout,
            )  # fmt: skip
        self.layers = nn.Sequential(layers)

    def forward(self, x: Any) -> Any:
        return self.layers(x)


class MaxVitBlock(nn.Module):
    """``n_layers`` such layers; the first halves the picture. ``p_stochastic``: how often each is left out."""

    def __init__(
        self, in_channels: int, out_channels: int, squeeze_ratio: float, expansion_ratio: float, norm_layer: Layer,
        activation_layer: Layer, head_dim: int, mlp_ratio: int, mlp_dropout: float, attention_dropout: float,
        partition_size: int, input_grid_size: Size, n_layers: int, p_stochastic: list[float],
    ) -> None:  # fmt: skip
        super().__init__()
        if len(p_stochastic) != n_layers:
            raise ValueError(f"p_stochastic must have length n_layers={n_layers}, got p_stochastic={p_stochastic}.")
        self.grid_size = _halved(input_grid_size)
        self.layers = nn.ModuleList(
            MaxVitLayer(
                out_channels if i else in_channels, out_channels, squeeze_ratio, expansion_ratio, 1 if i else 2, norm_layer,
                activation_layer, head_dim, mlp_ratio, mlp_dropout, attention_dropout, p, partition_size, self.grid_size,
            )
            for i, p in enumerate(p_stochastic)
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x


class MaxVit(nn.Module):
    """Two convolutions, blocks with ``block_channels`` and ``block_layers``, and a classifier; for images of one ``input_size``."""

    def __init__(
        self, input_size: Size, stem_channels: int, partition_size: int, block_channels: Sequence[int],
        block_layers: Sequence[int], head_dim: int, stochastic_depth_prob: float, norm_layer: Layer | None = None,
        activation_layer: Layer = nn.GELU, squeeze_ratio: float = 0.25, expansion_ratio: float = 4, mlp_ratio: int = 4,
        mlp_dropout: float = 0.0, attention_dropout: float = 0.0, num_classes: int = 1000,
    ) -> None:  # fmt: skip
        super().__init__()
        norm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01) if norm_layer is None else norm_layer
        size = _halved(input_size)
        sizes = [size := _halved(size) for _ in block_channels]
        for i, each in enumerate(sizes):
            if each[0] % partition_size or each[1] % partition_size:
                raise ValueError(
                    f"Input size {each} of block {i} is not divisible by partition size {partition_size}. "
                    "Consider changing the partition size or the input size.\n"
                    f"Current configuration yields the following block input sizes: {sizes}."
                )
        first = Conv2dNormActivation(
            3, stem_channels, 3, stride=2, norm_layer=norm, activation_layer=activation_layer, bias=False, inplace=None
        )
        self.stem = nn.Sequential(
            first, Conv2dNormActivation(stem_channels, stem_channels, 3, norm_layer=None, activation_layer=None)
        )
        self.partition_size = partition_size
        left_out = numpy.linspace(0, stochastic_depth_prob, sum(block_layers)).tolist()
        self.blocks = nn.ModuleList()
        before, done = stem_channels, 0
        for channels, count, size in zip(block_channels, block_layers, [_halved(input_size), *sizes]):
            self.blocks.append(
                MaxVitBlock(
                    before, channels, squeeze_ratio, expansion_ratio, norm, activation_layer, head_dim, mlp_ratio, mlp_dropout,
                    attention_dropout, partition_size, size, count, left_out[done : done + count],
                )
            )  # fmt: skip
            before, done = channels, done + count
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(before), nn.Linear(before, before), nn.Tanh(),
            nn.Linear(before, num_classes, bias=False),
        )  # fmt: skip
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Any) -> Any:
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.classifier(x)


class MaxVit_T_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("maxvit_t-bc5ab103.pth", 30919624, 224, (83.700, 96.722), 224, 224, "bicubic")
    DEFAULT = IMAGENET1K_V1


@builder(MaxVit_T_Weights, needs=lambda member: {"input_size": member.meta["min_size"]})
def maxvit_t(**kwargs: Any) -> MaxVit:
    """The tiny `MaxVit`, of eleven layers."""
    return MaxVit(
        kwargs.pop("input_size", (224, 224)), stem_channels=64, partition_size=7, block_channels=[64, 128, 256, 512],
        block_layers=[2, 2, 5, 2], head_dim=32, stochastic_depth_prob=0.2, **kwargs,
    )  # fmt: skip
