"""Pooling as layers."""

from __future__ import annotations

from typing import Any

from . import functional as F
from ._common import per_dim
from .module import Module


class _MaxPool(Module):
    """The largest number of each window; ``stride`` is the kernel's size unless given."""

    dims: int

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input: Any) -> Any:
        pool = F.functional[f"max_pool{self.dims}d"]
        return pool(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest number of each window of (N, C, L)."""

    dims = 1


class MaxPool2d(_MaxPool):
    """The largest number of each window of (N, C, H, W).

    >>> import tinygrad_edu as tg
    >>> tg.nn.MaxPool2d(2)(tg.zeros(1, 6, 28, 28)).shape
    tinygrad_edu.Size([1, 6, 14, 14])
    """

    dims = 2


class MaxPool3d(_MaxPool):
    """The largest number of each window of (N, C, D, H, W)."""

    dims = 3


class _MaxUnpool(Module):
    """Puts maxima back where a max pooling with ``return_indices=True`` found them."""

    dims: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        n = self.dims
        self.kernel_size, self.padding = per_dim(kernel_size, n), per_dim(padding, n)
        self.stride = per_dim(kernel_size if stride is None else stride, n)

    def forward(self, input: Any, indices: Any, output_size: Any = None) -> Any:
        unpool = F.functional[f"max_unpool{self.dims}d"]
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """The reverse of `MaxPool1d`."""

    dims = 1


class MaxUnpool2d(_MaxUnpool):
    """The reverse of `MaxPool2d`."""

    dims = 2


class MaxUnpool3d(_MaxUnpool):
    """The reverse of `MaxPool3d`."""

    dims = 3


class _FractionalMaxPool(Module):
    """Maxima of windows whose steps are drawn at random, to any ``output_size`` (or share ``output_ratio`` of the input)."""

    dims: int

    def __init__(
        self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        n = self.dims
        if n == 3 and not all(k > 0 for k in per_dim(kernel_size, n)):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.kernel_size, self.return_indices = per_dim(kernel_size, n), return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else per_dim(output_size, n)
        self.output_ratio = None if output_ratio is None else per_dim(output_ratio, n)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{type(self).__name__} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Any) -> Any:
        pool = F.functional[f"fractional_max_pool{self.dims}d"]
        samples = self._random_samples
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, samples)


class FractionalMaxPool2d(_FractionalMaxPool):
    """Fractional max pooling of (N, C, H, W)."""

    dims = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """Fractional max pooling of (N, C, D, H, W)."""

    dims = 3


class AvgPool1d(Module):
    """The mean of each window of (N, C, L)."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding = per_dim(kernel_size, 1), per_dim(padding, 1)
        self.stride = per_dim(kernel_size if stride is None else stride, 1)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Any) -> Any:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    dims: int

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, input: Any) -> Any:
        pool = F.functional[f"avg_pool{self.dims}d"]
        return pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W)."""

    dims = 2


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W)."""

    dims = 3


class _LPPool(Module):
    dims: int

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Any) -> Any:
        pool = F.functional[f"lp_pool{self.dims}d"]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"


class LPPool1d(_LPPool):
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, L)."""

    dims = 1


class LPPool2d(_LPPool):
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, H, W)."""

    dims = 2


class LPPool3d(_LPPool):
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, D, H, W)."""

    dims = 3


class _AdaptiveAvgPool(Module):
    dims: int

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Any) -> Any:
        return F.functional[f"adaptive_avg_pool{self.dims}d"](input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of ``output_size`` parts of (N, C, L)."""

    dims = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of ``output_size`` parts of (N, C, H, W)."""

    dims = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The means of ``output_size`` parts of (N, C, D, H, W)."""

    dims = 3


class _AdaptiveMaxPool(_AdaptiveAvgPool):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Any) -> Any:
        return F.functional[f"adaptive_max_pool{self.dims}d"](input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest numbers of ``output_size`` parts of (N, C, L)."""

    dims = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest numbers of ``output_size`` parts of (N, C, H, W)."""

    dims = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest numbers of ``output_size`` parts of (N, C, D, H, W)."""

    dims = 3
