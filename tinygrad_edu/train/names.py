"""Optimizers, losses and metrics by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from .. import nn, optim
from . import metrics

LOSSES: dict[str, Callable[[], Any]] = {
    "mse": nn.MSELoss, "mean_squared_error": nn.MSELoss, "mae": nn.L1Loss, "mean_absolute_error": nn.L1Loss, "l1": nn.L1Loss,
    "huber": nn.HuberLoss, "smooth_l1": nn.SmoothL1Loss, "cross_entropy": nn.CrossEntropyLoss, "nll": nn.NLLLoss,
    "binary_crossentropy": nn.BCELoss, "bce": nn.BCELoss, "bce_with_logits": nn.BCEWithLogitsLoss, "kl_div": nn.KLDivLoss,
}  # fmt: skip
METRICS: dict[str, Callable[[], Any]] = {
    "accuracy": metrics.Accuracy, "acc": lambda: metrics.Accuracy("acc"),
    "binary_accuracy": lambda: metrics.BinaryAccuracy("binary_accuracy"),
    "mse": metrics.MeanSquaredError, "mae": metrics.MeanAbsoluteError, "precision": metrics.Precision, "recall": metrics.Recall,
    "f1": metrics.F1, "auc": metrics.AUC,
}  # fmt: skip
_THRESHOLD = (metrics.Accuracy, metrics.ConfusionMatrix)


def _unknown(what: str, name: str, known: Any) -> ValueError:
    near = difflib.get_close_matches(name.lower(), known, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return ValueError(f"there is no {what} {name!r}.{hint} Known are: {', '.join(sorted(known))}")


def loss_of(loss: Any) -> Callable[[Any, Any], Any]:
    """A loss function by name, or the module or function given."""
    if isinstance(loss, str):
        if loss.lower() not in LOSSES:
            raise _unknown("loss", loss, LOSSES)
        return LOSSES[loss.lower()]()  # type: ignore[no-any-return]
    if isinstance(loss, type) and issubclass(loss, nn.Module):
        return loss()
    if not callable(loss):
        raise TypeError(f"loss: expected a name, a module or a function of (output, target), got {type(loss).__name__}")
    return loss  # type: ignore[no-any-return]


def optimizer_of(optimizer: Any, parameters: Any, lr: float | None) -> optim.Optimizer:
    """An optimizer by name, class or function of the parameters; or the object given."""
    if isinstance(optimizer, optim.Optimizer):
        if lr is not None:
            raise ValueError(
                "lr: an optimizer object has its own learning rate; leave lr out, or give the optimizer by name"
            )
        return optimizer
    parameters = list(parameters)
    if not parameters:
        raise ValueError("this model has no parameters, there is nothing to train")
    if isinstance(optimizer, str):
        known = {name.lower(): name for name in optim.__all__ if name[0].isupper() and name != "Optimizer"}
        if optimizer.lower() not in known:
            raise _unknown("optimizer", optimizer, known)
        optimizer = getattr(optim, known[optimizer.lower()])
    if not callable(optimizer):
        raise TypeError(
            f"optimizer: expected a name, an optimizer, or a function of the parameters, got {type(optimizer).__name__}"
        )
    made = optimizer(parameters) if lr is None else optimizer(parameters, lr=lr)
    if not isinstance(made, optim.Optimizer):
        raise TypeError(f"optimizer: the function given made no optimizer but {type(made).__name__}")
    return made


def metrics_of(given: Any, loss: Any) -> list[metrics.Metric]:
    """Metrics by name, objects, classes or functions of (output, target). After a loss on logits, 0 is the threshold."""
    made: list[metrics.Metric] = []
    for each in [given] if isinstance(given, (str, metrics.Metric)) or callable(given) else (given or ()):
        if isinstance(each, str):
            if each.lower() not in METRICS:
                raise _unknown("metric", each, METRICS)
            metric = METRICS[each.lower()]()
            if isinstance(metric, _THRESHOLD) and isinstance(loss, nn.BCEWithLogitsLoss):
                metric.threshold = 0.0
        elif isinstance(each, type) and issubclass(each, metrics.Metric):
            metric = each()
        elif isinstance(each, metrics.Metric):
            metric = each
        elif callable(each):
            metric = metrics.MeanMetric(each)
        else:
            raise TypeError(
                f"metrics: expected names, metrics or functions of (output, target), got {type(each).__name__}"
            )
        made.append(metric)
    names = [metric.name for metric in made]
    twice = next((name for name in names if names.count(name) > 1 or name == "loss"), None)
    if twice is not None:
        raise ValueError(
            f"metrics: two figures are called {twice!r}; give one another name, as in Accuracy(name='top1')"
        )
    return made
