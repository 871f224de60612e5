"""``torchvision.ops``: the blocks that several networks share, and what is done with boxes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import nn
from ..ops.registry import functions

Layer = Callable[..., nn.Module]


class ConvNormActivation(nn.Sequential):
    """A convolution, a norm layer, an activation; ``padding=None`` keeps the picture's size at stride 1."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any = 3, stride: Any = 1, padding: Any = None, groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d, activation_layer: Layer | None = nn.ReLU, dilation: Any = 1,
        inplace: bool | None = True, bias: bool | None = None, conv_layer: Layer = nn.Conv2d,
    ) -> None:  # fmt: skip
        if padding is None:
            if isinstance(kernel_size, int) and isinstance(dilation, int):
                padding = (kernel_size - 1) // 2 * dilation
            else:
                sizes = kernel_size if isinstance(kernel_size, Sequence) else (kernel_size,) * len(dilation)
                steps = dilation if isinstance(dilation, Sequence) else (dilation,) * len(sizes)
                padding = tuple((k - 1) // 2 * d for k, d in zip(sizes, steps, strict=True))
        if bias is None:
            bias = norm_layer is None
        layers = [
            conv_layer(
                in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels
        if type(self) is ConvNormActivation:
            warnings.warn(
                "Don't use ConvNormActivation directly, please use Conv2dNormActivation and Conv3dNormActivation instead.",
                stacklevel=2,
            )


class Conv2dNormActivation(ConvNormActivation):
    """`ConvNormActivation` for pictures."""


class Conv3dNormActivation(ConvNormActivation):
    """`ConvNormActivation` for volumes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"norm_layer": nn.BatchNorm3d, "conv_layer": nn.Conv3d, **kwargs})


class SqueezeExcitation(nn.Module):
    """Channels weighed by what the whole picture holds (Hu et al. 2018)."""

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Layer = nn.ReLU,
        scale_activation: Layer = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation, self.scale_activation = activation(), scale_activation()

    def forward(self, input: Any) -> Any:
        weights = self.fc2(self.activation(self.fc1(self.avgpool(input))))
        return self.scale_activation(weights) * input


class MLP(nn.Sequential):
    """Linear layers with activation and dropout between them."""

    def __init__(
        self, in_channels: int, hidden_channels: Sequence[int], norm_layer: Layer | None = None,
        activation_layer: Layer | None = nn.ReLU, inplace: bool | None = None, bias: bool = True, dropout: float = 0.0,
    ) -> None:  # fmt: skip
        options = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        for width in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(width))
            if activation_layer is not None:
                layers.append(activation_layer(**options))
            layers.append(nn.Dropout(dropout, **options))
            in_channels = width
        layers.append(nn.Linear(in_channels, hidden_channels[-1], bias=bias))
        layers.append(nn.Dropout(dropout, **options))
        super().__init__(*layers)


class Permute(nn.Module):
    """`Tensor.permute` as a layer."""

    def __init__(self, dims: list[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Any) -> Any:
        return x.permute(self.dims)


def stochastic_depth(input: Any, p: float, mode: str, training: bool = True) -> Any:
    """Drop a residual branch with probability ``p``: for the whole "batch", or each "row" of it on its own."""
    if p < 0.0 or p > 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    size = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    noise = input.new_empty(size).bernoulli_(1.0 - p)
    return input * (noise.div_(1.0 - p) if p < 1.0 else noise)


class StochasticDepth(nn.Module):
    """`stochastic_depth` as a layer (Huang et al. 2016)."""

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input: Any) -> Any:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"


class FrozenBatchNorm2d(nn.Module):
    """Batch norm whose statistics and weights are buffers: nothing is learned."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        for name, start in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            self.register_buffer(name, functions["full"]((num_features,), float(start)))

    weight: Any
    bias: Any
    running_mean: Any
    running_var: Any

    def forward(self, x: Any) -> Any:
        shape = (1, -1, 1, 1)
        scale = self.weight.reshape(shape) * (self.running_var.reshape(shape) + self.eps).rsqrt()
        return x * scale + (self.bias.reshape(shape) - self.running_mean.reshape(shape) * scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.weight.shape[0]}, eps={self.eps})"


# ------------------------------------------------------------------------------------ boxes: (x1, y1, x2, y2)
def box_area(boxes: Any, fmt: str = "xyxy") -> Any:
    """Width times height of each box."""
    if fmt in ("xywh", "cxcywh"):
        return boxes[..., 2] * boxes[..., 3]
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _overlap(a: Any, b: Any) -> tuple[Any, Any]:
    a = a.float() if not a.is_floating_point() else a
    b = b.float() if not b.is_floating_point() else b
    low = functions["max"](a[:, None, :2], b[:, :2])
    high = functions["min"](a[:, None, 2:], b[:, 2:])
    inside = (high - low).clamp(min=0)
    inside = inside[:, :, 0] * inside[:, :, 1]
    return inside, box_area(a)[:, None] + box_area(b) - inside


def box_iou(boxes1: Any, boxes2: Any, fmt: str = "xyxy") -> Any:
    """Intersection over union of every pair: (N, 4), (M, 4) to (N, M)."""
    if fmt != "xyxy":
        boxes1, boxes2 = (box_convert(b, fmt, "xyxy") for b in (boxes1, boxes2))
    inside, union = _overlap(boxes1, boxes2)
    return inside / union


def generalized_box_iou(boxes1: Any, boxes2: Any) -> Any:
    """`box_iou` less the share of the smallest enclosing box that neither covers."""
    inside, union = _overlap(boxes1, boxes2)
    low = functions["min"](boxes1[:, None, :2], boxes2[:, :2])
    high = functions["max"](boxes1[:, None, 2:], boxes2[:, 2:])
    size = (high - low).clamp(min=0)
    area = size[:, :, 0] * size[:, :, 1]
    return inside / union - (area - union) / area


def box_convert(boxes: Any, in_fmt: str, out_fmt: str) -> Any:
    """Boxes from one form to another: "xyxy" (corners), "xywh" (corner, size), "cxcywh" (centre, size)."""
    allowed = ("xyxy", "xywh", "cxcywh")
    if in_fmt not in allowed or out_fmt not in allowed:
        raise ValueError(f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":
        a, b, c, d = a, b, c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return functions["stack"]((a, b, c, d), dim=-1)


def clip_boxes_to_image(boxes: Any, size: tuple[int, int]) -> Any:
    """Boxes cut off at the edges of a picture of ``size`` (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return functions["stack"]((x, y), dim=boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes: Any, min_size: float) -> Any:
    """The numbers of the boxes with both sides at least ``min_size``."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return functions["where"]((wide >= min_size) & (high >= min_size))[0]


def masks_to_boxes(masks: Any) -> Any:
    """The box around what each mask (N, H, W) covers."""
    if masks.numel() == 0:
        return functions["zeros"]((0, 4), device=masks.device)
    boxes = functions["zeros"]((masks.shape[0], 4), device=masks.device)
    for i, mask in enumerate(masks):
        y, x = functions["where"](mask != 0)
        for at, value in enumerate((x.min(), y.min(), x.max(), y.max())):
            boxes[i, at] = value
    return boxes


def nms(boxes: Any, scores: Any, iou_threshold: float) -> Any:
    """Non-maximum suppression: the numbers of the boxes that no better one overlaps by more than the threshold, best first."""
    order = scores.sort(descending=True, stable=True).indices
    overlaps = box_iou(boxes, boxes)
    kept: list[int] = []
    for i in order.tolist():
        if all(float(overlaps[i, j]) <= iou_threshold for j in kept):
            kept.append(i)
    return functions["tensor"](kept, dtype=order.dtype, device=boxes.device)


def batched_nms(boxes: Any, scores: Any, idxs: Any, iou_threshold: float) -> Any:
    """`nms` for each class in ``idxs`` on its own."""
    if boxes.numel() == 0:
        return boxes.new_empty((0,)).long()
    apart = idxs.to(boxes) * (boxes.max() + 1)  # boxes of different classes no longer meet
    return nms(boxes + apart[:, None], scores, iou_threshold)


def sigmoid_focal_loss(
    inputs: Any, targets: Any, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Any:
    """Cross-entropy that leaves out what is easy (Lin et al. 2017)."""
    if not (0 <= alpha <= 1) and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    p = inputs.sigmoid()
    loss = nn.functional.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    loss = loss * (1 - (p * targets + (1 - p) * (1 - targets))) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    if reduction == "none":
        return loss
    if reduction in ("mean", "sum"):
        return loss.mean() if reduction == "mean" else loss.sum()
    raise ValueError(
        f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
    )
