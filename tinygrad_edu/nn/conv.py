"""Convolutions as layers."""

from __future__ import annotations

from typing import Any

from . import functional as F
from ._common import new_parameter, per_dim, reset_weight_and_bias
from .lazy import LazyModuleMixin
from .module import Module
from .parameter import UninitializedParameter

_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions share. ``dims`` is 1, 2 or 3."""

    dims: int
    transposed = False  # the kernel of a transposed convolution: (in, out / groups, …)
    weight: Any
    bias: Any

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
        output_padding: Any, groups: int, bias: bool, padding_mode: str, device: Any, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        n = self.dims
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(s != 1 for s in per_dim(stride, n)):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {set(_MODES)}, but got padding_mode='{padding_mode}'")
        self.transposed = self.transposed  # the object's own, as in torch's pickles
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = (per_dim(v, n) for v in (kernel_size, stride, dilation))
        self.padding = padding if isinstance(padding, str) else per_dim(padding, n)
        self.output_padding, self.padding_mode = per_dim(output_padding, n), padding_mode
        self._reversed_padding_repeated_twice = self._pads()
        self._make_parameters(in_channels, out_channels, bias, device, dtype)

    def _pads(self) -> list[int]:
        """The padding as F.pad takes it."""
        if self.padding == "valid":
            return [0] * (2 * self.dims)
        if self.padding != "same":
            return [int(p) for p in reversed(self.padding) for _ in range(2)]
        pads = []
        for d, k in zip(reversed(self.dilation), reversed(self.kernel_size)):
            total = d * (k - 1)
            pads += [total // 2, total - total // 2]
        return pads

    def _shape(self) -> tuple[int, ...]:
        ends = (self.in_channels, self.out_channels) if self.transposed else (self.out_channels, self.in_channels)
        return (ends[0], ends[1] // self.groups, *self.kernel_size)

    def _make_parameters(self, in_channels: int, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.weight = new_parameter(self._shape(), device, dtype)
        if bias:
            self.bias = new_parameter((out_channels,), device, dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights."""
        reset_weight_and_bias(self.weight, self.bias)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * len(self.padding):
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.dims:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * self.dims:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Conv(_ConvNd):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        conv, padding = F.functional[f"conv{self.dims}d"], self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._reversed_padding_repeated_twice, self.padding_mode), (0,) * self.dims
        return conv(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Any) -> Any:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_Conv):
    """Convolves (N, in_channels, L) to (N, out_channels, L'). Arguments as in `Conv2d`."""

    dims = 1


class Conv2d(_Conv):
    """Convolves (N, in_channels, H, W) to (N, out_channels, H', W').

    ``kernel_size``, ``stride``, ``padding`` and ``dilation`` are one number or two; padding may be "same" or "valid", and
    is filled by ``padding_mode``: "zeros", "reflect", "replicate" or "circular". With ``groups`` each group of output
    channels sees only its group of input channels. Weight (out, in / groups, KH, KW) and bias start uniform within
    ±1 / √(in / groups · KH · KW).

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Conv2d(1, 6, 5, padding=2); layer
    Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    >>> layer(tg.zeros(4, 1, 28, 28)).shape
    tinygrad_edu.Size([4, 6, 28, 28])
    """

    dims = 2


class Conv3d(_Conv):
    """Convolves (N, in_channels, D, H, W) to (N, out_channels, D', H', W'). Arguments as in `Conv2d`."""

    dims = 3


class _ConvTranspose(_ConvNd):
    transposed = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias, padding_mode,
            device, dtype,
        )  # fmt: skip

    def _output_padding(self, input: Any, output_size: Any) -> tuple[int, ...]:
        """The padding that makes the output ``output_size``."""
        if output_size is None:
            return self.output_padding
        n, wanted = self.dims, list(output_size)
        extra = input.dim() - n
        if len(wanted) == extra + n:
            wanted = wanted[extra:]
        if len(wanted) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.dim()}D input, output_size must have {n} or {extra + n} elements (got "
                f"{len(wanted)})"
            )
        least = [
            (input.size(d + extra) - 1) * self.stride[d] - 2 * self.padding[d]
            + self.dilation[d] * (self.kernel_size[d] - 1) + 1
            for d in range(n)
        ]  # fmt: skip
        most = [m + s - 1 for m, s in zip(least, self.stride)]
        for size, low, high in zip(wanted, least, most):
            if size < low or size > high:
                raise ValueError(
                    f"requested an output size of {output_size}, but valid sizes range from {least} to {most} (for an input of "
                    f"{input.size()[2:]})"
                )
        return tuple(size - low for size, low in zip(wanted, least))

    def forward(self, input: Any, output_size: Any = None) -> Any:
        conv = F.functional[f"conv_transpose{self.dims}d"]
        extra = self._output_padding(input, output_size)
        return conv(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


class ConvTranspose1d(_ConvTranspose):
    """The transpose of `Conv1d`: (N, in_channels, L) to a longer (N, out_channels, L')."""

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """The transpose of `Conv2d`: (N, in_channels, H, W) to a larger (N, out_channels, H', W').

    The weight is (in, out / groups, KH, KW). With a stride several input sizes give one output size of `Conv2d`:
    ``output_padding`` (or forward's ``output_size``) chooses among them.
    """

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """The transpose of `Conv3d`."""

    dims = 3


class _LazyConv(LazyModuleMixin):
    """Takes ``in_channels`` from the first batch."""

    def _make_parameters(self, in_channels: int, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        me: Any = self
        me.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            me.bias = UninitializedParameter(device=device, dtype=dtype)
        else:
            me.register_parameter("bias", None)

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, out_channels, kernel_size, *args, **kwargs)

    def reset_parameters(self) -> None:
        """Draw new weights, once their sizes are known."""
        me: Any = self
        if not me.has_uninitialized_params() and me.in_channels != 0:
            reset_weight_and_bias(me.weight, me.bias)

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for an input."""
        me: Any = self
        if not me.has_uninitialized_params():
            return
        n = me.dims
        if input.dim() not in (n + 1, n + 2):
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {type(self).__name__}, but got input of size: "
                f"{input.shape}"
            )
        me.in_channels = input.shape[-n - 1]
        if me.in_channels % me.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        me.weight.materialize(me._shape())
        if me.bias is not None:
            me.bias.materialize((me.out_channels,))
        me.reset_parameters()


class LazyConv1d(_LazyConv, Conv1d):
    """A `Conv1d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A `Conv2d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A `Conv3d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):
    """A `ConvTranspose1d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):
    """A `ConvTranspose2d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):
    """A `ConvTranspose3d` that takes its ``in_channels`` from the first batch."""

    cls_to_become = ConvTranspose3d
