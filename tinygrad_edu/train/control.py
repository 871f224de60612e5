"""Callbacks that steer a training: end it, or change the learning rate."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from .callbacks import Callback, Logs

_HIGHER = ("acc", "auc", "precision", "recall", "f1")  # figures of which more is better


def direction(mode: str, monitor: str) -> int:
    """1 where a figure should grow, -1 where it should shrink."""
    if mode not in ("auto", "min", "max"):
        raise ValueError(f"mode: expected 'auto', 'min' or 'max', got {mode!r}")
    if mode == "auto":
        return 1 if any(word in monitor.lower() for word in _HIGHER) else -1
    return 1 if mode == "max" else -1


class Monitor(Callback):
    """The part of a callback that watches whether a figure gets better."""

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        self.monitor, self.sign, self.min_delta = monitor, direction(mode, monitor), abs(min_delta)
        self.best = -self.sign * math.inf

    def value(self, logs: Logs) -> float:
        if self.monitor not in logs:
            hint = "; give fit() validation_data or validation_split" if self.monitor.startswith("val_") else ""
            raise ValueError(
                f"{type(self).__name__}(monitor={self.monitor!r}): there is no such figure, only "
                f"{', '.join(map(repr, logs))}{hint}"
            )
        return float(logs[self.monitor])

    def improves(self, value: float) -> bool:
        """Whether ``value`` is better than the best one so far, by more than ``min_delta``."""
        return self.sign * (value - self.best) > self.min_delta


class EarlyStopping(Monitor):
    """End the training when ``monitor`` has not got better for ``patience`` epochs.

    Args:
        monitor: the figure watched. mode: whether it should shrink ("min"), grow ("max"), or as its name says ("auto").
        min_delta: by how much it must get better for that to count.
        patience: how many epochs without that are waited for.
        restore_best_weights: at the end, go back to the weights of the best epoch.
        start_from_epoch: epochs before it are not looked at.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose = patience, verbose
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self._begin()

    def _begin(self) -> None:
        self.best, self.wait = -self.sign * math.inf, 0
        self.best_epoch = self.stopped_epoch = -1
        self.best_weights: Any = None

    def on_train_begin(self, logs: Logs) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        value = self.value(logs)
        if epoch < self.start_from_epoch:
            return
        if self.improves(value):
            self.best, self.best_epoch, self.wait = value, epoch, 0
            if self.restore_best_weights:
                self.best_weights = copy.deepcopy(self.model.net.state_dict())
            return
        self.wait += 1
        if self.wait >= max(self.patience, 1):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs) -> None:
        if self.stopped_epoch >= 0 and self.verbose:
            print(
                f"Epoch {self.stopped_epoch + 1}: {self.monitor} has not improved since epoch {self.best_epoch + 1}, training ends"
            )
        if self.best_weights is not None:
            self.model.net.load_state_dict(self.best_weights)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "best_epoch": self.best_epoch, "best_weights": self.best_weights}


class LearningRateScheduler(Callback):
    """Before each epoch, set the learning rate to ``schedule(epoch, rate so far)``."""

    def __init__(self, schedule: Callable[[int, float], float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(
                f"LearningRateScheduler(): expected a function of (epoch, rate), got {type(schedule).__name__}"
            )
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        rate = self.schedule(epoch, self.model.learning_rate)
        if not isinstance(rate, (int, float)):
            raise TypeError(
                f"LearningRateScheduler(): the schedule must return a number, it returned {type(rate).__name__}"
            )
        self.model.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: the learning rate is {rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        logs["lr"] = self.model.learning_rate


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by ``factor`` when ``monitor`` has not got better for ``patience`` epochs.

    ``cooldown``: epochs after that in which nothing is counted. ``min_lr``: the rate does not go below it.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        if not 0 < factor < 1:
            raise ValueError(f"ReduceLROnPlateau(factor={factor}): expected a number between 0 and 1")
        super().__init__(monitor, mode, min_delta)
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.wait = self.resting = 0

    def on_train_begin(self, logs: Logs) -> None:
        self.best, self.wait, self.resting = -self.sign * math.inf, 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        value = self.value(logs)
        logs["lr"] = self.model.learning_rate
        if self.resting:
            self.resting, self.wait = self.resting - 1, 0
        if self.improves(value):
            self.best, self.wait = value, 0
        elif not self.resting:
            self.wait += 1
            if self.wait >= self.patience and self.model.learning_rate > self.min_lr:
                self.model.learning_rate = max(self.model.learning_rate * self.factor, self.min_lr)
                self.wait, self.resting = 0, self.cooldown
                if self.verbose:
                    print(f"Epoch {epoch + 1}: the learning rate is reduced to {self.model.learning_rate:g}")

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "resting": self.resting}
