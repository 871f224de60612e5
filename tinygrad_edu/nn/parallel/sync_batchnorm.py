"""Batch normalization whose batch is spread over several processes."""

from __future__ import annotations

from typing import Any

from ... import distributed
from ...autograd.function import Function
from ...ops.joining import cat
from ..module import Module
from ..normalization import _BatchNorm


class _SumOverAll(Function):
    """The sum of a tensor over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: Any, group: Any) -> Any:
        ctx.group = group
        total = x.clone()
        distributed.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        total = g.clone()
        distributed.all_reduce(total, group=ctx.group)
        return total, None


class SyncBatchNorm(_BatchNorm):
    """`BatchNorm2d` for any number of dimensions, with statistics over the batches of all processes."""

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
        track_running_stats: bool = True, process_group: Any = None, device: Any = None, dtype: Any = None, *,
        bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if input.dim() < 2:
            raise ValueError(f"expected at least 2D input (got {input.dim()}D input)")

    def forward(self, input: Any) -> Any:
        batch = self.training or self.running_mean is None
        if not batch or not distributed.is_initialized() or distributed.get_world_size(self.process_group) == 1:
            return super().forward(input)
        self._check_input_dim(input)
        dims = (0, *range(2, input.dim()))
        affine = (1, -1, *(1,) * (input.dim() - 2))
        count = input.new_full((1,), input.numel() // input.size(1))
        sums = cat([count, input.sum(dims), (input * input).sum(dims)])
        total = _SumOverAll.apply(sums, self.process_group)
        n, (first, second) = total[:1], total[1:].chunk(2)
        mean = first / n
        var = second / n - mean * mean
        if self.training and self.running_mean is not None:
            self._follow(mean.detach(), (var * (n / (n - 1))).detach())
        out = (input - mean.view(affine)) * (var.view(affine) + self.eps).rsqrt()
        if self.weight is not None:
            out = out * self.weight.view(affine)
        return out if self.bias is None else out + self.bias.view(affine)

    def _follow(self, mean: Any, var: Any) -> None:
        """Move the running statistics towards these."""
        momentum = self.momentum
        self.num_batches_tracked.add_(1)
        if momentum is None:
            momentum = 1.0 / float(self.num_batches_tracked)
        self.running_mean.mul_(1 - momentum).add_(mean * momentum)
        self.running_var.mul_(1 - momentum).add_(var * momentum)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with a SyncBatchNorm, of the same parameters, for every batch normalization in it."""
        made: Any = module
        if isinstance(module, _BatchNorm):
            made = cls(module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats)
            made.process_group = process_group
            if module.affine:
                made.weight, made.bias = module.weight, module.bias
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made  # type: ignore[no-any-return]
