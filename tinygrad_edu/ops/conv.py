"""Convolution in one, two and three dimensions, and its transpose.

The three primitives are each other's derivatives: convolution, its gradient for the input and its gradient for the weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ..autograd.op import Op
from ..backend import convolution as kernels
from ..backend.outside import warn
from ._check import c_name, check_tensor, not_implemented
from ._layout import in_format_of
from .pad import constant_pad_nd
from .registry import public
from .view import wrap_dim

Sizes = tuple[int, ...]


def _of_shape(k: Any, g: Any, shape: Sizes) -> Any:
    """Without the windows that only ``output_padding`` makes room for."""
    for d in range(2, len(shape)):
        if g.shape[d] > shape[d]:
            g = k.slice(g, d, 0, shape[d], 1)
    return g


# every argument list ends in: stride, padding, dilation, groups
Op("convolution",
   lambda k, x, w, b, stride, padding, dilation, groups: kernels.conv(k.xp, x, w, b, stride, padding, dilation, groups),
   x=lambda k, g, w, x_shape, stride, padding, dilation, groups:
       k.conv_input_grad(g, k.conj(w), x_shape, stride, padding, dilation, groups),
   w=lambda k, g, x, w_shape, stride, padding, dilation, groups:
       k.conv_weight_grad(g, k.conj(x), w_shape, stride, padding, dilation, groups),
   b=lambda k, g: _bias_slope(k, g))  # fmt: skip
Op("conv_input_grad",
   lambda k, g, w, shape, stride, padding, dilation, groups:
       kernels.conv_input_grad(k.xp, g, w, shape, stride, padding, dilation, groups),
   node="ConvolutionBackwardBackward0",
   g=lambda k, gg, w, g_shape, stride, padding, dilation, groups:
       _of_shape(k, k.convolution(gg, k.conj(w), None, stride, padding, dilation, groups), g_shape),
   w=lambda k, gg, g, w_shape, stride, padding, dilation, groups:
       k.conv_weight_grad(k.conj(g), gg, w_shape, stride, padding, dilation, groups))  # fmt: skip
Op("conv_weight_grad",
   lambda k, g, x, shape, stride, padding, dilation, groups:
       kernels.conv_weight_grad(k.xp, g, x, shape, stride, padding, dilation, groups),
   node="ConvolutionBackwardBackward0",
   g=lambda k, gg, x, g_shape, stride, padding, dilation, groups:
       _of_shape(k, k.convolution(k.conj(x), gg, None, stride, padding, dilation, groups), g_shape),
   x=lambda k, gg, g, x_shape, stride, padding, dilation, groups:
       k.conv_input_grad(k.conj(g), gg, x_shape, stride, padding, dilation, groups))  # fmt: skip


def _conv_transpose(
    k: Any, x: Any, w: Any, b: Any, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    out = kernels.conv_input_grad(k.xp, x, w, shape, stride, padding, dilation, groups)
    if b is not None:
        out += b.reshape(-1, *(1,) * (x.ndim - 2))
    return out


Op("conv_transpose", _conv_transpose, node="ConvolutionBackward0",
   x=lambda k, g, w, x_shape, stride, padding, dilation, groups:
       _of_shape(k, k.convolution(g, k.conj(w), None, stride, padding, dilation, groups), x_shape),
   w=lambda k, g, x, w_shape, stride, padding, dilation, groups:
       k.conv_weight_grad(k.conj(x), g, w_shape, stride, padding, dilation, groups),
   b=lambda k, g: _bias_slope(k, g))  # fmt: skip


def _bias_slope(k: Any, g: Any) -> Any:
    return k.sum_dims(g, (0, *range(2, g.ndim)), False)


def _im2col(k: Any, x: Any, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    if x.ndim == 3:
        return kernels.columns_of(k.xp, x[None], kernel, stride, padding, dilation)[0]
    return kernels.columns_of(k.xp, x, kernel, stride, padding, dilation)


def _col2im(k: Any, x: Any, sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    if x.ndim == 2:
        return kernels.col2im(k.xp, x[None], sizes, kernel, stride, padding, dilation)[0]
    return kernels.col2im(k.xp, x, sizes, kernel, stride, padding, dilation)


Op("im2col", _im2col, node="Im2ColBackward0",
   x=lambda k, g, x_shape, kernel, stride, padding, dilation:
       k.col2im(g, x_shape[-2:], kernel, stride, padding, dilation))  # fmt: skip
Op("col2im", _col2im, node="Col2ImBackward0",
   x=lambda k, g, kernel, stride, padding, dilation: k.im2col(g, kernel, stride, padding, dilation))  # fmt: skip


# ------------------------------------------------------------------------------------ arguments
_INT = {int}


def _ints(value: Any, n: int, name: str) -> Sizes:
    """A number, or one for each dimension, as a tuple."""
    if isinstance(value, int):
        return (value,) * n
    if type(value) is tuple and len(value) == n and set(map(type, value)) == _INT:
        return value
    values = tuple(int(v) for v in value)
    if len(values) == 1:
        return values * n
    if len(values) != n:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {n} values to match the convolution dimensions, but "
            f"got {name}={list(values)}"
        )
    return values


def _check_positive(stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> None:
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")


_AXES = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def _named(what: str, values: Sizes) -> str:
    """Numbers with the names of their dimensions; one dimension counts as the second of two."""
    values = (1, *values) if len(values) == 1 else values
    return f"{what}_" + f" {what}_".join(f"{axis}: {v}" for axis, v in zip(_AXES[len(values)], values))


def _check_nothing_is_0(kernel: Sizes, dilation: Sizes, groups: int, transposed: bool) -> None:
    if min(kernel) == 0:
        text = ": " + " x ".join(map(str, kernel)) + " (TxHxW)" if len(kernel) == 3 else f" {_named('kernel', kernel)}"
        raise RuntimeError(f"kernel size should be greater than zero, but got{text}")
    if min(dilation) == 0:
        if groups > 1 and not transposed:
            raise RuntimeError("non-positive dilation is not supported")
        values = [1, *dilation] if len(dilation) == 1 else list(dilation)
        text = _named("dilation", dilation).replace(" dilation", ", dilation") if transposed else str(values)
        raise RuntimeError(f"dilation should be greater than zero, but got {text}")


def _wrong_rank(n: int, x: Sizes, w: Sizes, stride: Any, padding: Any) -> RuntimeError:
    """The error for a weight of another number of dimensions: which one depends on what torch happens to look at first."""
    rank = len(w)
    if rank < 3:
        return RuntimeError("weight should have at least three dimensions")
    steps = [stride] * n if isinstance(stride, int) else list(stride)
    if isinstance(padding, str) or len(steps) == 1:
        space = "" if isinstance(padding, str) else " "
        return RuntimeError(
            f"Expected {rank}-dimensional input for {rank}-dimensional weight{space}{list(w)}, but got {len(x)}-dimensional "
            f"input of size {list(x)} instead"
        )
    return RuntimeError(
        f"expected stride to be a single integer value or a list of {rank - 2} values to match the convolution dimensions, but "
        f"got stride={steps}"
    )


def _batched(name: str, n: int, input: Any) -> tuple[Any, bool]:
    """The input with a batch dimension, and whether it had one."""
    ndim = input._data.ndim
    if ndim == n + 2:
        return input, True
    if ndim == n + 1:
        return input.unsqueeze(0), False
    raise RuntimeError(
        f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of size: {list(input._data.shape)}"
    )


def _check_bias_type(input: Any, bias: Any) -> None:
    if bias is not None and bias._data.dtype != input._data.dtype:
        raise RuntimeError(
            f"Input type ({c_name(input.dtype)}) and bias type ({c_name(bias.dtype)}) should be the same"
        )


def _check_weight_type(input: Any, weight: Any) -> None:
    if weight._data.dtype != input._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.short} but found {weight.dtype.short}")


def _check_shapes(x: Sizes, w: Sizes, bias: Sizes | None, groups: int, transposed: bool) -> None:
    if w[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(w)} instead"
        )
    if w[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"[{list(w)}] instead"
        )
    channels = w[0] if transposed else w[1] * groups
    if x[1] != channels:
        given = "transposed=1" if transposed else f"groups={groups}"
        raise RuntimeError(
            f"Given {given}, weight of size {list(w)}, expected input{list(x)} to have {channels} channels, but got {x[1]} "
            "channels instead"
        )
    features = w[1] * groups if transposed else w[0]
    if bias is not None and bias != (features,):
        given = "transposed=1, " if transposed else ""
        raise RuntimeError(
            f"Given {given}weight of size {list(w)}, expected bias to be 1-dimensional with {features} elements, but got bias "
            f"of size {list(bias)} instead"
        )


def _times(sizes: Sequence[int]) -> str:
    return "(" + " x ".join(map(str, sizes)) + ")"


def _same_padding(input: Any, w: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Any, Sizes]:
    """The padding that keeps the size; where it is odd, the extra entry is appended to the input."""
    if set(stride) != {1}:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) for k, d in zip(w[2:], dilation)]
    if any(t % 2 for t in total):
        warn(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be "
            "created"
        )
        input = constant_pad_nd(input, [v for t in reversed(total) for v in (0, t % 2)], 0)
    return input, tuple(t // 2 for t in total)


@lru_cache(maxsize=256)  # a network asks for the same few again and again
def _check_sizes(
    x: Sizes, w: Sizes, bias: Sizes | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> None:
    _check_positive(stride, padding, dilation, groups)
    _check_shapes(x, w, bias, groups, False)
    span = [d * (k - 1) + 1 for k, d in zip(w[2:], dilation)]
    padded = [s + 2 * p for s, p in zip(x[2:], padding)]
    if any(k > s for k, s in zip(span, padded)):
        raise RuntimeError(
            f"Calculated padded input size per channel: {_times(padded)}. Kernel size: {_times(span)}. Kernel size can't be "
            "greater than actual input size"
        )
    if x[0]:
        _check_nothing_is_0(w[2:], dilation, groups, False)


def _conv(
    name: str, n: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    _check_bias_type(input, bias)
    x, batched = _batched(name, n, input)
    w = weight._data.shape
    dims = len(w) - 2
    if dims != n:
        raise _wrong_rank(n, x._data.shape, w, stride, padding)
    stride, dilation = _ints(stride, dims, "stride"), _ints(dilation, dims, "dilation")
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise RuntimeError(f"Invalid padding string: '{padding}'")
        x, padding = (x, (0,) * dims) if padding == "valid" else _same_padding(x, w, stride, dilation)
    else:
        padding = _ints(padding, dims, "padding")
    _check_sizes(x._data.shape, w, None if bias is None else bias._data.shape, stride, padding, dilation, groups)
    _check_weight_type(x, weight)
    out = in_format_of(Op.table["convolution"](x, weight, bias, stride, padding, dilation, groups), x, weight)
    return out if batched else out.squeeze(0)


@public("function functional")
def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Convolve (N, C, L) with (O, C / groups, K): (N, O, L'), L' = ⌊(L + 2·padding - dilation·(K - 1) - 1) / stride⌋ + 1."""
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@public("function functional")
def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Convolve (N, C, H, W) with (O, C / groups, KH, KW): every output is a weighted sum over a window of the input.

    ``padding`` zeros are added on both sides ("same" keeps the size, "valid" adds none), windows are ``stride`` apart,
    a filter's entries ``dilation`` apart. With ``groups`` each group of filters sees only its group of channels.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@public("function functional")
def conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Convolve (N, C, D, H, W) with (O, C / groups, KD, KH, KW)."""
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


# ------------------------------------------------------------------------------------ transposed
def _conv_t(
    name: str, n: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: int,
    dilation: Any,
) -> Any:  # fmt: skip
    x, batched = _batched(name, n, input)
    w = weight._data.shape
    if len(w) - 2 != n:
        raise _wrong_rank(n, x._data.shape, w, stride, padding)
    stride, dilation = _ints(stride, n, "stride"), _ints(dilation, n, "dilation")
    padding, extra = _ints(padding, n, "padding"), _ints(output_padding, n, "output_padding")
    _check_positive(stride, padding, dilation, groups)
    if min(extra) < 0:
        raise RuntimeError("negative output_padding is not supported")
    _check_shapes(x._data.shape, w, None if bias is None else bias._data.shape, groups, True)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation)):
        named = (("output_padding", extra), ("stride", stride), ("dilation", dilation))
        text = " ".join(f"{what}_{axis}: {v}" for what, values in named for axis, v in zip(_AXES[n], values))
        raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {text}")
    sizes = tuple(
        (m - 1) * s - 2 * p + d * (k - 1) + 1 + e
        for m, s, p, d, k, e in zip(x._data.shape[2:], stride, padding, dilation, w[2:], extra)
    )
    if min(sizes) < 1:
        row = (1,) if n == 1 else ()  # torch sees a signal as an image of one row
        raise RuntimeError(
            f"Given input size per channel: {_times(row + x._data.shape[2:])}. Calculated output size per channel: "
            f"{_times(row + sizes)}. Output size is too small"
        )
    if x._data.shape[0]:
        _check_nothing_is_0(w[2:], dilation, groups, True)
    _check_weight_type(x, weight)
    shape = (x._data.shape[0], w[1] * groups, *sizes)
    out = Op.table["conv_transpose"](x, weight, bias, shape, stride, padding, dilation, groups)
    out = in_format_of(out, x, weight)
    return out if batched else out.squeeze(0)


@public("function functional")
def conv_transpose1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Any:  # fmt: skip
    """The transpose of `conv1d`, (N, C, L) and (C, O / groups, K): every number adds a filter to a window of the output."""
    return _conv_t("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@public("function functional")
def conv_transpose2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Any:  # fmt: skip
    """The transpose of `conv2d`, (N, C, H, W) and (C, O / groups, KH, KW): every number adds a filter to a window of the output.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.conv_transpose2d(tg.ones(1, 1, 1, 2), tg.ones(1, 1, 1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    return _conv_t("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@public("function functional")
def conv_transpose3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Any:  # fmt: skip
    """The transpose of `conv3d`."""
    return _conv_t("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


# ------------------------------------------------------------------------------------ windows
def _pairs(**values: Any) -> list[Sizes]:
    """Two numbers for each of these arguments, of which one may stand for both."""
    pairs: list[Sizes] = []
    for name, value in values.items():
        given = (value,) * 2 if isinstance(value, int) else tuple(value)
        if len(given) != 2:
            raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(given)}")
        pairs.append(given)
    return pairs


def _check_windows(kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> None:
    """What torch asks of windows that become columns, or come from them."""
    for what, name, (height, width), least in (
        ("kernel size", "kernel", kernel, 1), ("dilation", "dilation", dilation, 1), ("padding", "pad", padding, 0),
        ("stride", "stride", stride, 1),
    ):  # fmt: skip
        if min(height, width) < least:
            rule = "greater than zero" if least else "non-negative"
            raise RuntimeError(f"{what} should be {rule}, but got {name}_height: {height} {name}_width: {width}")


@public("functional")
def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The windows of (N, C, H, W) as columns: (N, C · KH · KW, number of windows).

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.unfold(tg.arange(9.).view(1, 1, 3, 3), 2)[0, :, 0]
    tensor([0., 1., 3., 4.])
    """
    kernel, dilation, padding, stride = _pairs(
        kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    check_tensor("im2col", "input", 1, input)
    _check_windows(kernel, dilation, padding, stride)
    ndim = input._data.ndim
    if ndim == 0:
        raise IndexError("Dimension specified as 1 but tensor has no dimensions")
    wrap_dim(min(ndim, 2), ndim)  # torch looks at the channels and rows first
    if ndim not in (3, 4) or 0 in input._data.shape[ndim - 3 :]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(input._data.shape)}"
        )
    sizes = input._data.shape[-2:]
    out = kernels.out_sizes(sizes, kernel, stride, padding, dilation)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(sizes)}, kernel_size={kernel}, dilation={dilation}, padding={padding}, "
            f"calculated shape of the array of sliding blocks as {out}, but its components must be at least one."
        )
    if input._data.dtype.kind in "iu":
        raise not_implemented("im2col_out_cpu", input)
    return Op.table["im2col"](input, kernel, stride, padding, dilation)


@public("functional")
def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The reverse of `unfold`: add the columns into images of ``output_size`` (overlapping windows are summed)."""
    check_tensor("col2im", "input", 1, input)
    sizes, kernel, dilation, padding, stride = _pairs(
        output_size=output_size, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    _check_windows(kernel, dilation, padding, stride)
    shape = input._data.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but "
            f"got: {list(shape)}"
        )
    rows, columns = shape[-2:]
    if rows % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size={kernel}."
        )
    out = kernels.out_sizes(sizes, kernel, stride, padding, dilation)
    if out[0] * out[1] != columns:
        raise RuntimeError(
            f"Given output_size={sizes}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {out[0]} * {out[1]} = "
            f"{out[0] * out[1]}, but got input.size(2)={columns}."
        )
    return Op.table["col2im"](input, sizes, kernel, stride, padding, dilation)
