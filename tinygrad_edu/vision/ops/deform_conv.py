"""Convolution that looks where it wants to: every tap of the kernel is moved by an offset of its own (Dai et al. 2017, Zhu et al. 2019)."""

from __future__ import annotations

import math
from typing import Any

from ... import nn
from ...nn import init
from ...nn.tuples import _pair
from ...ops.creation import empty
from ...ops.ranges import arange


def _sampled(input: Any, y: Any, x: Any) -> Any:
    """Groups of channels (B, G, C, H, W) at places (B, G, …) between the pixels, 0 outside: (B, G, …, C)."""
    b, g, c, h, w = input.shape
    pixels = input.permute(0, 1, 3, 4, 2).reshape(-1, c)
    first = arange(b * g, device=input.device).reshape(b, g, *[1] * (y.dim() - 2)) * (h * w)
    top, left = y.floor(), x.floor()
    result: Any = 0
    for row, high in ((top, 1 - (y - top)), (top + 1, y - top)):
        for column, wide in ((left, 1 - (x - left)), (left + 1, x - left)):
            inside = (row >= 0) & (row < h) & (column >= 0) & (column < w)
            at = first + row.clamp(0, h - 1).long() * w + column.clamp(0, w - 1).long()
            result = result + pixels[at] * (high * wide * inside)[..., None]
    return result


def deform_conv2d(
    input: Any, offset: Any, weight: Any, bias: Any = None, stride: Any = (1, 1), padding: Any = (0, 0),
    dilation: Any = (1, 1), mask: Any = None,
) -> Any:  # fmt: skip
    """`conv2d` whose taps are moved by ``offset`` (N, 2 · groups · KH · KW, OH, OW) – y, x of every tap – and weighed by ``mask``.

    Each group of offsets moves its share of the channels; numbers between pixels are interpolated.
    """
    (sh, sw), (ph, pw), (dh, dw) = _pair(stride), _pair(padding), _pair(dilation)
    n, channels, h, w = input.shape
    out, share, kh, kw = weight.shape
    taps = kh * kw
    groups = offset.shape[1] // (2 * taps)
    if groups == 0:
        raise RuntimeError(
            "the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of "
            f"2 * weight.size[2] * weight.size[3].\nGot offset.shape[1]={offset.shape[1]}, while "
            f"2 * weight.size[2] * weight.size[3]={2 * taps}"
        )
    oh, ow = (h + 2 * ph - dh * (kh - 1) - 1) // sh + 1, (w + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    for name, given, expected in (("offset", offset, 2 * taps * groups), ("mask", mask, taps * groups)):
        if given is not None:
            _check(name, given, n, expected, oh, ow)
    if oh <= 0 or ow <= 0:
        raise RuntimeError(f"Calculated output size too small - out_h: {oh} out_w: {ow}")
    kind: dict[str, Any] = {"dtype": input.dtype, "device": input.device}
    moved = offset.reshape(n, groups, kh, kw, 2, oh, ow)
    y = arange(oh, **kind)[:, None] * sh - ph + (arange(kh, **kind) * dh)[:, None, None, None]
    x = arange(ow, **kind) * sw - pw + (arange(kw, **kind) * dw)[:, None, None]
    values = _sampled(
        input.reshape(n, groups, channels // groups, h, w), moved[:, :, :, :, 0] + y, moved[:, :, :, :, 1] + x
    )
    if mask is not None:
        values = values * mask.reshape(n, groups, kh, kw, oh, ow, 1)
    columns = values.permute(0, 1, 6, 2, 3, 4, 5).reshape(n, channels // share, share * taps, oh * ow)
    result = (weight.reshape(channels // share, -1, share * taps) @ columns).reshape(n, out, oh, ow)
    return result if bias is None else result + bias.reshape(1, -1, 1, 1)


def _check(name: str, given: Any, batch: int, channels: int, oh: int, ow: int) -> None:
    if given.shape[1] != channels:
        raise RuntimeError(f"{name}.shape[1] is not valid: got: {given.shape[1]} expected: {channels}")
    if given.shape[0] != batch:
        raise RuntimeError(f"invalid batch size of {name}")
    if tuple(given.shape[2:]) != (oh, ow):
        raise RuntimeError(
            f"{name} output dims: ({given.shape[2]}, {given.shape[3]}) - computed output dims: ({oh}, {ow})"
        )


class DeformConv2d(nn.Module):
    """`deform_conv2d` as a layer: takes the input, offsets, and optionally the taps' weights."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = _pair(kernel_size), _pair(stride)
        self.padding, self.dilation = _pair(padding), _pair(dilation)
        self.weight = nn.Parameter(empty(out_channels, in_channels // groups, *self.kernel_size))
        self.bias: Any
        if bias:
            self.bias = nn.Parameter(empty(out_channels))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """The start of a `nn.Conv2d`."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(math.prod(self.weight.shape[1:]))
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Any, offset: Any, mask: Any = None) -> Any:
        return deform_conv2d(input, offset, self.weight, self.bias, self.stride, self.padding, self.dilation, mask=mask)

    def __repr__(self) -> str:
        shown = [f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        for name, usual in (("padding", (0, 0)), ("dilation", (1, 1)), ("groups", 1)):
            if getattr(self, name) != usual:
                shown.append(f"{name}={getattr(self, name)}")
        if self.bias is None:
            shown.append("bias=False")
        return f"{type(self).__name__}({self.in_channels}, {self.out_channels}, {', '.join(shown)})"
