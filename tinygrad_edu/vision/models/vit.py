"""Vision Transformer: "An Image is Worth 16x16 Words" (Dosovitskiy and others, 2021): patches of a picture as a sequence."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from ... import nn
from ...control import _assert
from ...ops.registry import functions
from ..ops.misc import MLP, rename_before_version_2
from .pretrained import WeightsEnum, builder, imagenet, swag

cat = functions["cat"]  # the public form: fx can record it

Norm = Callable[..., nn.Module]


class MLPBlock(MLP):
    """Two linear layers with GELU between them."""

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float) -> None:
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.normal_(m.bias, std=1e-6)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        names = {f"{prefix}linear_{i + 1}": f"{prefix}{3 * i}" for i in range(2)}
        rename_before_version_2(state_dict, local_metadata, names)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class EncoderBlock(nn.Module):
    """Self-attention and an `MLPBlock`, each behind a norm layer and added to its input."""

    def __init__(
        self, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float, attention_dropout: float,
        norm_layer: Norm = partial(nn.LayerNorm, eps=1e-6),
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(hidden_dim, num_heads, dropout=attention_dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Any) -> Any:
        _assert(input.dim() == 3, f"Expected (batch_size, seq_length, hidden_dim) got {input.shape}")
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Blocks on a sequence with learned positions."""

    def __init__(
        self, seq_length: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float,
        attention_dropout: float, norm_layer: Norm = partial(nn.LayerNorm, eps=1e-6),
    ) -> None:  # fmt: skip
        super().__init__()
        self.pos_embedding = nn.Parameter(functions["empty"](1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential(
            OrderedDict(
                (
                    f"encoder_layer_{i}",
                    EncoderBlock(num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer),
                )
                for i in range(num_layers)
            )
        )
        self.ln = norm_layer(hidden_dim)

    def forward(self, input: Any) -> Any:
        _assert(input.dim() == 3, f"Expected (batch_size, seq_length, hidden_dim) got {input.shape}")
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Patches through one convolution, a class token before them, the encoder, and a linear layer on the token."""

    def __init__(
        self, image_size: int, patch_size: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int,
        dropout: float = 0.0, attention_dropout: float = 0.0, num_classes: int = 1000, representation_size: int | None = None,
        norm_layer: Norm = partial(nn.LayerNorm, eps=1e-6),
    ) -> None:  # fmt: skip
        super().__init__()
        if image_size % patch_size != 0:
            raise AssertionError("Input shape indivisible by patch size!")
        self.image_size, self.patch_size, self.hidden_dim, self.mlp_dim = image_size, patch_size, hidden_dim, mlp_dim
        self.attention_dropout, self.dropout, self.num_classes = attention_dropout, dropout, num_classes
        self.representation_size, self.norm_layer = representation_size, norm_layer
        self.conv_proj = nn.Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        self.class_token = nn.Parameter(functions["zeros"](1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(
            self.seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer
        )
        heads: OrderedDict[str, nn.Module] = OrderedDict()
        if representation_size is None:
            heads["head"] = nn.Linear(hidden_dim, num_classes)
        else:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
            heads["head"] = nn.Linear(representation_size, num_classes)
        self.heads: Any = nn.Sequential(heads)
        fan_in = self.conv_proj.in_channels * patch_size * patch_size
        nn.init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / fan_in))
        nn.init.zeros_(self.conv_proj.bias)
        if representation_size is not None:
            nn.init.trunc_normal_(self.heads.pre_logits.weight, std=math.sqrt(1 / self.heads.pre_logits.in_features))
            nn.init.zeros_(self.heads.pre_logits.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def forward(self, x: Any) -> Any:
        n, _, h, w = x.shape  # as many steps as torchvision's, for who looks at the traced graph
        for name, size in (("height", h), ("width", w)):
            _assert(size == self.image_size, f"Wrong image {name}! Expected {self.image_size} but got {size}!")
        high, wide = h // self.patch_size, w // self.patch_size
        x = self.conv_proj(x).reshape(n, self.hidden_dim, high * wide).permute(0, 2, 1)
        n = x.shape[0]
        x = self.encoder(cat([self.class_token.expand(n, -1, -1), x], dim=1))
        return self.heads(x[:, 0])


class ViT_B_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_b_16-c867db91.pth", 86567656, 224, (81.072, 95.318))
    IMAGENET1K_SWAG_E2E_V1 = swag("vit_b_16_swag-9ac1b537.pth", 86859496, 384, (85.304, 97.650))
    IMAGENET1K_SWAG_LINEAR_V1 = swag("vit_b_16_lc_swag-4e70ced5.pth", 86567656, 224, (81.886, 96.180))
    DEFAULT = IMAGENET1K_V1


class ViT_B_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_b_32-d86f8d99.pth", 88224232, 224, (75.912, 92.466))
    DEFAULT = IMAGENET1K_V1


class ViT_L_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_l_16-852ce7e3.pth", 304326632, 224, (79.662, 94.638), resize_size=242)
    IMAGENET1K_SWAG_E2E_V1 = swag("vit_l_16_swag-4f3808c9.pth", 305174504, 512, (88.064, 98.512))
    IMAGENET1K_SWAG_LINEAR_V1 = swag("vit_l_16_lc_swag-4d563306.pth", 304326632, 224, (85.146, 97.422))
    DEFAULT = IMAGENET1K_V1


class ViT_L_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_l_32-c7638314.pth", 306535400, 224, (76.972, 93.070))
    DEFAULT = IMAGENET1K_V1


class ViT_H_14_Weights(WeightsEnum):
    IMAGENET1K_SWAG_E2E_V1 = swag("vit_h_14_swag-80465313.pth", 633470440, 518, (88.552, 98.694))
    IMAGENET1K_SWAG_LINEAR_V1 = swag("vit_h_14_lc_swag-c1eb923e.pth", 632045800, 224, (85.708, 97.730))
    DEFAULT = IMAGENET1K_SWAG_E2E_V1


def _built(patch: int, layers: int, heads: int, width: int, kwargs: dict[str, Any]) -> VisionTransformer:
    return VisionTransformer(kwargs.pop("image_size", 224), patch, layers, heads, width, 4 * width, **kwargs)


def _size(member: WeightsEnum) -> dict[str, int]:
    """Weights are for images of one size."""
    return {"image_size": member.meta["min_size"][0]}


@builder(ViT_B_16_Weights, needs=_size)
def vit_b_16(**kwargs: Any) -> VisionTransformer:
    """The base `VisionTransformer` on patches of 16 × 16."""
    return _built(16, 12, 12, 768, kwargs)


@builder(ViT_B_32_Weights, needs=_size)
def vit_b_32(**kwargs: Any) -> VisionTransformer:
    """The base `VisionTransformer` on patches of 32 × 32."""
    return _built(32, 12, 12, 768, kwargs)


@builder(ViT_L_16_Weights, needs=_size)
def vit_l_16(**kwargs: Any) -> VisionTransformer:
    """The large `VisionTransformer` on patches of 16 × 16."""
    return _built(16, 24, 16, 1024, kwargs)


@builder(ViT_L_32_Weights, needs=_size)
def vit_l_32(**kwargs: Any) -> VisionTransformer:
    """The large `VisionTransformer` on patches of 32 × 32."""
    return _built(32, 24, 16, 1024, kwargs)


@builder(ViT_H_14_Weights, needs=_size)
def vit_h_14(**kwargs: Any) -> VisionTransformer:
    """The huge `VisionTransformer` on patches of 14 × 14."""
    return _built(14, 32, 16, 1280, kwargs)
