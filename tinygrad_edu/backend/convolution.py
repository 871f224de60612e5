"""Which way of convolving is the quickest for the sizes at hand; all give the same, up to rounding.

- `im2col`: one matrix product with all windows as columns. Works for everything.
- `direct`: compiled, without columns, for few filters.
- `depthwise`: a filter of its own for every channel.
- `unpadded`: without the padding, for numbers that are not finite.
"""

from __future__ import annotations

from typing import Any

from . import depthwise, direct, im2col, unpadded
from .columns import out_sizes
from .im2col import col2im
from .im2col import im2col as columns_of

__all__ = ["col2im", "columns_of", "conv", "conv_input_grad", "conv_weight_grad", "out_sizes"]
Array = Any
Sizes = tuple[int, ...]


def _wide(x: Array, y: Array) -> tuple[Array, Array]:
    """Half precision has no fast matrix product: compute in float32."""
    if x.dtype.itemsize != 2 or x.dtype.kind not in "fV":
        return x, y
    return x.astype("float32"), y.astype("float32")


def conv(
    xp: Any, x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The convolution of ``x`` (N, C, …) with filters ``w`` (O, C / groups, …), plus ``bias`` (O)."""
    dtype = x.dtype
    x, w = _wide(x, w)
    if unpadded.wanted(w, dtype, x.shape, w.shape, padding, groups):
        out = unpadded.conv(x, w, bias, stride, padding, dilation, groups)
    elif depthwise.fits(xp, x.shape, w.shape, groups):
        out = depthwise.conv(x, w, bias, stride, padding, dilation)
    else:
        out = direct.conv(x, w, bias, stride, padding, dilation, groups)
        if out is None:
            out = im2col.conv(xp, x, w, bias, stride, padding, dilation, groups)
    return out.astype(dtype, copy=False)


def conv_input_grad(
    xp: Any, g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for x, given the output's: also the transposed convolution of ``g``."""
    dtype = g.dtype
    g, w = _wide(g, w)
    if depthwise.fits(xp, x_shape, w.shape, groups):
        gx = depthwise.conv_input_grad(g, w, x_shape[2:], stride, padding, dilation)
    else:
        gx = direct.conv_input_grad(g, w, x_shape, stride, padding, dilation, groups)
        if gx is None:
            gx = im2col.conv_input_grad(xp, g, w, x_shape, stride, padding, dilation, groups)
    return gx.astype(dtype, copy=False)


def conv_weight_grad(
    xp: Any, g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for w, given the output's."""
    dtype = g.dtype
    g, x = _wide(g, x)
    if depthwise.fits(xp, x.shape, w_shape, groups):
        gw = depthwise.conv_weight_grad(g, x, w_shape, stride, padding, dilation)
    else:
        gw = direct.conv_weight_grad(g, x, w_shape, stride, padding, dilation, groups)
        if gw is None:
            gw = im2col.conv_weight_grad(xp, g, x, w_shape, stride, padding, dilation, groups)
    # gw is looked at, not g: it is smaller, and not finite where g is not
    if unpadded.wanted(gw, dtype, x.shape, w_shape, padding, groups):
        gw = unpadded.conv_weight_grad(g, x, w_shape, stride, padding, dilation, groups)
    return gw.astype(dtype, copy=False)
