"""Means of the weights that training passes through: often better than the last ones (Izmailov et al. 2018)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from .. import dtypes
from ..autograd.modes import no_grad
from ..nn.module import Module
from ..nn.normalization import _BatchNorm
from ..ops.creation import tensor
from .lr_scheduler.base import LRScheduler, Rates, per_group
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], Any]:
    """``decay · mean + (1 - decay) · weight``, for one parameter."""
    _check_decay(decay)
    return no_grad()(lambda mean, weight, count: decay * mean + (1 - decay) * weight)


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], None]:
    """``decay · mean + (1 - decay) · weight``, for lists of parameters, in place."""
    _check_decay(decay)

    @no_grad()
    def update(means: Any, weights: Any, count: Any) -> None:
        for mean, weight in zip(means, weights, strict=True):
            if mean.is_floating_point() or mean.is_complex():
                mean.lerp_(weight, 1 - decay)
            else:
                mean.copy_(mean * decay + weight * (1 - decay))

    return update


def get_swa_avg_fn() -> Callable[[Any, Any, Any], Any]:
    """The mean of all weights so far, for one parameter."""
    return no_grad()(lambda mean, weight, count: mean + (weight - mean) / (count + 1))


def get_swa_multi_avg_fn() -> Callable[[Any, Any, Any], None]:
    """The mean of all weights so far, for lists of parameters, in place."""

    @no_grad()
    def update(means: Any, weights: Any, count: Any) -> None:
        for mean, weight in zip(means, weights, strict=True):
            mean.copy_(mean + (weight - mean) / (count + 1))

    return update


class AveragedModel(Module):
    """A copy of a model whose parameters are the means of those that `update_parameters` is shown.

    ``avg_fn(mean, weight, count)`` gives the new mean; ``use_buffers``: average the buffers as well, else they are copied.
    """

    n_averaged: Any

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Callable[[Any, Any, Any], Any] | None = None,
        multi_avg_fn: Callable[[Any, Any, Any], None] | None = None, use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=dtypes.int64, device=device))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's weights as they are now into the means."""
        means, weights = (_members(m, self.use_buffers) for m in (self.module, model))
        weights = [w.to(mean.device) for w, mean in zip(weights, means)]
        if self.n_averaged == 0:
            for mean, weight in zip(means, weights):
                mean.copy_(weight)
        elif self.multi_avg_fn is not None:
            self.multi_avg_fn(means, weights, self.n_averaged)
        else:
            average = self.avg_fn or get_swa_avg_fn()
            for mean, weight in zip(means, weights):
                mean.copy_(average(mean, weight, self.n_averaged))
        if not self.use_buffers:
            for mine, other in zip(self.module.buffers(), model.buffers(), strict=True):
                mine.detach().copy_(other.detach().to(mine.device))
        self.n_averaged += 1


def _members(model: Module, buffers: bool) -> list[Any]:
    found = itertools.chain(model.parameters(), model.buffers()) if buffers else model.parameters()
    return [t.detach() for t in found]


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the statistics of all batch normalizations anew, from one pass over the data."""
    norms = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not norms:
        return
    momenta = [m.momentum for m in norms]
    training = model.training
    model.train()
    for layer in norms:
        layer.reset_running_stats()
        layer.momentum = None  # the plain mean of all batches
    for batch in loader:
        batch = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(batch if device is None else batch.to(device))
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
    model.train(training)


class SWALR(LRScheduler):
    """Go to the rate ``swa_lr`` in ``anneal_epochs`` epochs, along a cosine or a line, and stay there."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the way is done, from 0 to 1."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> Rates:
        self._check_stepping()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            goal = group["swa_lr"]
            start = goal if before == 1 else (group["lr"] - before * goal) / (1 - before)
            rates.append(goal * now + start * (1 - now))
        return rates
