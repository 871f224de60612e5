"""Swin: "Hierarchical Vision Transformer using Shifted Windows" (Liu and others, 2021), and its second version (2022)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from ... import nn
from ...control import whole
from ...ops.registry import functions
from ..ops import MLP, Permute, StochasticDepth
from .pretrained import WeightsEnum, builder, imagenet

F = nn.functional
arange, cat, meshgrid, ones, sigmoid, stack, zeros = (
    functions[name] for name in ("arange", "cat", "meshgrid", "ones", "sigmoid", "stack", "zeros")
)
Layer = Callable[..., nn.Module]


# ---------------------------------------------------------------------------------------- windows
def _cut(x: Any, window: list[int]) -> Any:
    """(N, H, W, C) in windows of h × w: (N·windows, h·w, C)."""
    n, height, width, c = x.shape
    h, w = window
    x = x.view(n, height // h, h, width // w, w, c).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, h * w, c)


def _joined(windows: Any, window: list[int], height: int, width: int) -> Any:
    """What `_cut` has cut."""
    h, w = window
    x = windows.view(-1, height // h, width // w, h, w, windows.shape[-1]).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, height, width, windows.shape[-1])


def _part(size: int, window: int, shift: int) -> Any:
    """After a shift: which rows (or columns) lay beside each other before it. They bear the same number."""
    i = arange(size)
    return (i >= size - window) * 1 + (i >= size - shift) * 1 if shift else i * 0


def _forbidden(height: int, width: int, window: list[int], shift: list[int]) -> Any:
    """(windows, T, T): -100 between pixels that only the shift has brought together."""
    rows, columns = _part(height, window[0], shift[0]), _part(width, window[1], shift[1])
    region = _cut((rows[:, None] * 3 + columns)[None, :, :, None], window).squeeze(-1)
    return (region[:, None, :] != region[:, :, None]) * -100.0


def shifted_window_attention(
    input: Any, qkv_weight: Any, proj_weight: Any, relative_position_bias: Any, window_size: list[int], num_heads: int,
    shift_size: list[int], attention_dropout: float = 0.0, dropout: float = 0.0, qkv_bias: Any = None, proj_bias: Any = None,
    logit_scale: Any = None, training: bool = True,
) -> Any:  # fmt: skip
    """Attention within windows of a picture (N, H, W, C) that has been shifted by ``shift_size``, around its edges.

    With ``logit_scale`` (version 2) by the cosine of queries and keys, without by their product.
    """
    _, h, w, c = input.shape
    x = F.pad(input, (0, 0, 0, -w % window_size[1], 0, -h % window_size[0]))
    _, height, width, _ = x.shape
    sizes = zip(shift_size, window_size, (height, width))
    shift = [0 if window >= size else by for by, window, size in sizes]  # one window sees everything
    if any(shift):
        x = x.roll((-shift[0], -shift[1]), (1, 2))
    x = _cut(x, window_size)
    n, t, _ = x.shape
    if logit_scale is not None and qkv_bias is not None:  # keys have no bias
        qkv_bias = cat([qkv_bias[:c], zeros(c, dtype=qkv_bias.dtype, device=qkv_bias.device), qkv_bias[2 * c :]])
    q, k, v = F.linear(x, qkv_weight, qkv_bias).reshape(n, t, 3, num_heads, c // num_heads).permute(2, 0, 3, 1, 4)
    if logit_scale is not None:
        attn = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)
        attn = attn * logit_scale.clamp(max=math.log(100.0)).exp()
    else:
        attn = (q * (c // num_heads) ** -0.5) @ k.transpose(-2, -1)
    attn = attn + relative_position_bias
    if any(shift):
        mask = _forbidden(height, width, window_size, shift).to(x)
        attn = (attn.view(-1, mask.shape[0], num_heads, t, t) + mask[:, None]).view(n, num_heads, t, t)
    attn = F.dropout(attn.softmax(-1), p=attention_dropout, training=training)
    x = F.linear((attn @ v).transpose(1, 2).reshape(n, t, c), proj_weight, proj_bias)
    x = _joined(F.dropout(x, p=dropout, training=training), window_size, height, width)
    if any(shift):
        x = x.roll((shift[0], shift[1]), (1, 2))
    return x[:, :h, :w].contiguous()


def _get_relative_position_bias(table: Any, index: Any, window: list[int]) -> Any:
    """The bias between any two pixels of a window, (1, heads, T, T)."""
    t = window[0] * window[1]
    return table[index].view(t, t, -1).permute(2, 0, 1).contiguous().unsqueeze(0)


class ShiftedWindowAttention(nn.Module):
    """`shifted_window_attention` with a learned bias for every distance within a window."""

    relative_position_index: Any

    def __init__(
        self, dim: int, window_size: list[int], shift_size: list[int], num_heads: int, qkv_bias: bool = True,
        proj_bias: bool = True, attention_dropout: float = 0.0, dropout: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        if len(window_size) != 2 or len(shift_size) != 2:
            raise ValueError("window_size and shift_size must be of length 2")
        self.window_size, self.shift_size, self.num_heads = window_size, shift_size, num_heads
        self.attention_dropout, self.dropout = attention_dropout, dropout
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim, bias=proj_bias)
        self.define_relative_position_bias_table()
        h, w = window_size
        y, x = arange(h)[:, None].expand(h, w).flatten(), arange(w).expand(h, w).flatten()
        distance = (y[:, None] - y + h - 1) * (2 * w - 1) + x[:, None] - x + w - 1
        self.register_buffer("relative_position_index", distance.flatten())

    def define_relative_position_bias_table(self) -> None:
        """A row for every distance, a column for every head."""
        h, w = self.window_size
        self.relative_position_bias_table = nn.Parameter(zeros((2 * h - 1) * (2 * w - 1), self.num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    def get_relative_position_bias(self) -> Any:
        """The bias between any two pixels of a window, (1, heads, T, T)."""
        table = self.relative_position_bias_table
        return _get_relative_position_bias(table, self.relative_position_index, self.window_size)

    def forward(self, x: Any) -> Any:
        bias = self.get_relative_position_bias()
        return shifted_window_attention(
            x, self.qkv.weight, self.proj.weight, bias, self.window_size, self.num_heads,
            shift_size=self.shift_size, attention_dropout=self.attention_dropout, dropout=self.dropout,
            qkv_bias=self.qkv.bias, proj_bias=self.proj.bias, logit_scale=getattr(self, "logit_scale", None),
            training=self.training,
        )  # fmt: skip


class ShiftedWindowAttentionV2(ShiftedWindowAttention):
    """By cosines, with a bias that a small network works out from the logarithm of the distance."""

    relative_coords_table: Any

    def __init__(
        self, dim: int, window_size: list[int], shift_size: list[int], num_heads: int, qkv_bias: bool = True,
        proj_bias: bool = True, attention_dropout: float = 0.0, dropout: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(dim, window_size, shift_size, num_heads, qkv_bias, proj_bias, attention_dropout, dropout)
        self.logit_scale = nn.Parameter((10 * ones(num_heads, 1, 1)).log())
        self.cpb_mlp = nn.Sequential(
            nn.Linear(2, 512, bias=True), nn.ReLU(inplace=True), nn.Linear(512, num_heads, bias=False)
        )
        if qkv_bias:
            self.qkv.bias.data[dim : 2 * dim].zero_()

    def define_relative_position_bias_table(self) -> None:
        """The distances, from -8 to 8, on a logarithmic scale."""
        h, w = self.window_size
        y, x = (arange(1 - size, size).float() / (size - 1) * 8 for size in (h, w))
        table = stack(meshgrid(y, x, indexing="ij"), -1).unsqueeze(0)
        self.register_buffer("relative_coords_table", table.sign() * (table.abs() + 1.0).log2() / 3.0)

    def get_relative_position_bias(self) -> Any:
        table = self.cpb_mlp(self.relative_coords_table).view(-1, self.num_heads)
        return 16 * sigmoid(_get_relative_position_bias(table, self.relative_position_index, self.window_size))


# ---------------------------------------------------------------------------------------- blocks
def _patch_merging_pad(x: Any) -> Any:
    """Four pixels side by side as the channels of one."""
    h, w, _ = x.shape[-3:]
    x = F.pad(x, (0, 0, 0, w % 2, 0, h % 2))
    return cat([x[..., i::2, j::2, :] for j in (0, 1) for i in (0, 1)], -1)


whole.extend(
    (globals(), name) for name in ("shifted_window_attention", "_get_relative_position_bias", "_patch_merging_pad")
)  # what they do depends on the picture's size


class SwinTransformerBlock(nn.Module):
    """Attention, then two linear layers, each normalized before and added to its input."""

    def __init__(
        self, dim: int, num_heads: int, window_size: list[int], shift_size: list[int], mlp_ratio: float = 4.0,
        dropout: float = 0.0, attention_dropout: float = 0.0, stochastic_depth_prob: float = 0.0,
        norm_layer: Layer = nn.LayerNorm, attn_layer: Layer = ShiftedWindowAttention,
    ) -> None:  # fmt: skip
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = attn_layer(
            dim, window_size, shift_size, num_heads, attention_dropout=attention_dropout, dropout=dropout
        )
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.norm2 = norm_layer(dim)
        self.mlp = MLP(dim, [int(dim * mlp_ratio), dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for m in self.mlp.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                nn.init.normal_(m.bias, std=1e-6)

    def forward(self, x: Any) -> Any:
        x = x + self.stochastic_depth(self.attn(self.norm1(x)))
        return x + self.stochastic_depth(self.mlp(self.norm2(x)))


class SwinTransformerBlockV2(SwinTransformerBlock):
    """Normalized after attention and linear layers instead."""

    def __init__(
        self, dim: int, num_heads: int, window_size: list[int], shift_size: list[int], mlp_ratio: float = 4.0,
        dropout: float = 0.0, attention_dropout: float = 0.0, stochastic_depth_prob: float = 0.0,
        norm_layer: Layer = nn.LayerNorm, attn_layer: Layer = ShiftedWindowAttentionV2,
    ) -> None:  # fmt: skip
        super().__init__(
            dim, num_heads, window_size, shift_size, mlp_ratio, dropout, attention_dropout, stochastic_depth_prob,
            norm_layer, attn_layer,
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        x = x + self.stochastic_depth(self.norm1(self.attn(x)))
        return x + self.stochastic_depth(self.norm2(self.mlp(x)))


class PatchMerging(nn.Module):
    """Four pixels become one of twice as many channels; normalized before."""

    def __init__(self, dim: int, norm_layer: Layer = nn.LayerNorm) -> None:
        super().__init__()
        self.dim = dim
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)
        self.norm = norm_layer(self._normalized)

    @property
    def _normalized(self) -> int:
        return 4 * self.dim

    def forward(self, x: Any) -> Any:
        return self.reduction(self.norm(_patch_merging_pad(x)))


class PatchMergingV2(PatchMerging):
    """`PatchMerging`, normalized after."""

    @property
    def _normalized(self) -> int:
        return 2 * self.dim

    def forward(self, x: Any) -> Any:
        return self.norm(self.reduction(_patch_merging_pad(x)))


class SwinTransformer(nn.Module):
    """Stages of blocks on patches, whose windows are shifted in every other block; patches merge between stages."""

    def __init__(
        self, patch_size: list[int], embed_dim: int, depths: list[int], num_heads: list[int], window_size: list[int],
        mlp_ratio: float = 4.0, dropout: float = 0.0, attention_dropout: float = 0.0, stochastic_depth_prob: float = 0.1,
        num_classes: int = 1000, norm_layer: Layer | None = None, block: Layer | None = None,
        downsample_layer: Layer = PatchMerging,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_classes = num_classes
        norm, size = norm_layer or partial(nn.LayerNorm, eps=1e-5), (patch_size[0], patch_size[1])
        layers: list[nn.Module] = [
            nn.Sequential(
                nn.Conv2d(3, embed_dim, kernel_size=size, stride=size), Permute([0, 2, 3, 1]), norm(embed_dim)
            )
        ]
        width, done = embed_dim, 0
        for depth, heads in zip(depths, num_heads):
            if done:
                layers.append(downsample_layer(width, norm))
                width *= 2
            stage: list[nn.Module] = []
            for i in range(depth):
                dropped = stochastic_depth_prob * float(done) / (sum(depths) - 1)
                made = (block or SwinTransformerBlock)(
                    width, heads, window_size=window_size, shift_size=[i % 2 * (w // 2) for w in window_size],
                    mlp_ratio=mlp_ratio, dropout=dropout, attention_dropout=attention_dropout,
                    stochastic_depth_prob=dropped, norm_layer=norm,
                )  # fmt: skip
                stage.append(made)
                done += 1
            layers.append(nn.Sequential(*stage))
        self.features = nn.Sequential(*layers)
        self.norm = norm(width)
        self.permute = Permute([0, 3, 1, 2])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten(1)
        self.head = nn.Linear(width, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.trunc_normal_(m.weight, std=0.02)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def forward(self, x: Any) -> Any:
        return self.head(self.flatten(self.avgpool(self.permute(self.norm(self.features(x))))))


def _swin(
    width: int, depths: list[int], heads: list[int], dropped: float, kwargs: Any, second: bool
) -> SwinTransformer:
    if second:
        kwargs |= {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2}
    window = [8, 8] if second else [7, 7]
    dropped = kwargs.pop("stochastic_depth_prob", dropped)
    return SwinTransformer([4, 4], width, depths, heads, window, stochastic_depth_prob=dropped, **kwargs)


class Swin_T_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_t-704ceda3.pth", 28288354, 224, (81.474, 95.776), resize_size=232, interpolation="bicubic"
    )
    DEFAULT = IMAGENET1K_V1


class Swin_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_s-5e29d889.pth", 49606258, 224, (83.196, 96.360), resize_size=246, interpolation="bicubic"
    )
    DEFAULT = IMAGENET1K_V1


class Swin_B_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_b-68c6b09e.pth", 87768224, 224, (83.582, 96.640), resize_size=238, interpolation="bicubic"
    )
    DEFAULT = IMAGENET1K_V1


def _of_256(file: str, num_params: int, accuracy: tuple[float, float], resize_size: int = 260) -> Any:
    return imagenet(file, num_params, 256, accuracy, resize_size=resize_size, crop_size=256, interpolation="bicubic")


class Swin_V2_T_Weights(WeightsEnum):
    IMAGENET1K_V1 = _of_256("swin_v2_t-b137f0e2.pth", 28351570, (82.072, 96.132))
    DEFAULT = IMAGENET1K_V1


class Swin_V2_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = _of_256("swin_v2_s-637d8ceb.pth", 49737442, (83.712, 96.816))
    DEFAULT = IMAGENET1K_V1


class Swin_V2_B_Weights(WeightsEnum):
    IMAGENET1K_V1 = _of_256("swin_v2_b-781e5279.pth", 87930848, (84.112, 96.864), resize_size=272)
    DEFAULT = IMAGENET1K_V1


@builder(Swin_T_Weights)
def swin_t(**kwargs: Any) -> SwinTransformer:
    """The smallest `SwinTransformer`."""
    return _swin(96, [2, 2, 6, 2], [3, 6, 12, 24], 0.2, kwargs, second=False)


@builder(Swin_S_Weights)
def swin_s(**kwargs: Any) -> SwinTransformer:
    """`swin_t`, deeper."""
    return _swin(96, [2, 2, 18, 2], [3, 6, 12, 24], 0.3, kwargs, second=False)


@builder(Swin_B_Weights)
def swin_b(**kwargs: Any) -> SwinTransformer:
    """`swin_s`, wider."""
    return _swin(128, [2, 2, 18, 2], [4, 8, 16, 32], 0.5, kwargs, second=False)


@builder(Swin_V2_T_Weights)
def swin_v2_t(**kwargs: Any) -> SwinTransformer:
    """The second version of `swin_t`."""
    return _swin(96, [2, 2, 6, 2], [3, 6, 12, 24], 0.2, kwargs, second=True)


@builder(Swin_V2_S_Weights)
def swin_v2_s(**kwargs: Any) -> SwinTransformer:
    """The second version of `swin_s`."""
    return _swin(96, [2, 2, 18, 2], [3, 6, 12, 24], 0.3, kwargs, second=True)


@builder(Swin_V2_B_Weights)
def swin_v2_b(**kwargs: Any) -> SwinTransformer:
    """The second version of `swin_b`."""
    return _swin(128, [2, 2, 18, 2], [4, 8, 16, 32], 0.5, kwargs, second=True)
