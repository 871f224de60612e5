"""What may happen at certain moments of a training: the base class, and callbacks that watch and note."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Logs = dict[str, Any]
_MOMENTS = (
    "train_begin", "train_end", "epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end", "test_begin", "test_end",
)  # fmt: skip


class Callback:
    """Subclasses override what they need. ``self.model`` is the `Model`; ``self.model.stop_training = True`` ends the training.

    ``order``: of several callbacks those with a smaller one are called first.
    """

    order: float = 0
    model: Any = None
    params: dict[str, Any] = {}

    def on_train_begin(self, logs: Logs) -> None: ...
    def on_train_end(self, logs: Logs) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Logs) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Logs) -> None: ...
    def on_train_batch_begin(self, batch: int, logs: Logs) -> None: ...
    def on_train_batch_end(self, batch: int, logs: Logs) -> None: ...
    def on_test_begin(self, logs: Logs) -> None: ...
    def on_test_end(self, logs: Logs) -> None: ...

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must keep for a later process to go on as this one would have."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` gave."""
        for name, value in state.items():
            setattr(self, name, value)


class CallbackList:
    """Several callbacks as one."""

    def __init__(self, callbacks: Iterable[Any], model: Any, params: dict[str, Any]) -> None:
        self.callbacks = sorted(callbacks, key=lambda callback: callback.order)
        self.begun: list[Any] = []
        for callback in self.callbacks:
            callback.model, callback.params = model, params

    def __call__(self, moment: str, *args: Any) -> None:
        for callback in self.begun:
            getattr(callback, f"on_{moment}")(*args)

    def begin(self) -> None:
        """Where one cannot begin, only those before it are told the end."""
        self.begun = []
        for callback in self.callbacks:
            callback.on_train_begin({})
            self.begun.append(callback)

    def state_dict(self) -> list[tuple[str, dict[str, Any]]]:
        return [(type(callback).__name__, callback.state_dict()) for callback in self.callbacks]

    def load_state_dict(self, states: list[tuple[str, dict[str, Any]]]) -> None:
        """Each kept state goes to the next callback of its kind; others begin anew."""
        waiting = list(self.callbacks)
        for kind, state in states:
            found = next((callback for callback in waiting if type(callback).__name__ == kind), None)
            if found is not None:
                waiting.remove(found)
                found.load_state_dict(state)


def checked(callbacks: Any) -> list[Callback]:
    """A list of callbacks, or a TypeError that says what is wrong with it."""
    if callbacks is None:
        return []
    found = [callbacks] if isinstance(callbacks, Callback) else list(callbacks)
    for callback in found:
        if isinstance(callback, type) and issubclass(callback, Callback):
            raise TypeError(f"callbacks: got the class {callback.__name__}; make one with {callback.__name__}(…)")
        if not isinstance(callback, Callback):
            raise TypeError(
                f"callbacks: expected objects of train.Callback, got {type(callback).__name__}; a function becomes one with "
                "train.LambdaCallback(on_epoch_end=function)"
            )
    return found


class LambdaCallback(Callback):
    """Functions as a callback: ``LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))``."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        for name, function in functions.items():
            if name.removeprefix("on_") not in _MOMENTS or not name.startswith("on_"):
                raise TypeError(
                    f"LambdaCallback(): there is no {name}; there are {', '.join(f'on_{m}' for m in _MOMENTS)}"
                )
            setattr(self, name, function)


class TerminateOnNaN(Callback):
    """End the training when a loss is no number any more."""

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        loss = logs.get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Batch {batch}: the loss is {loss}, training ends")
            self.model.stop_training = True


class CSVLogger(Callback):
    """Write the figures of every epoch to a file, a line an epoch; it is complete after each one."""

    order = 0.6  # after those that add figures

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.path, self.separator, self.append = Path(filename), separator, append
        self.names: list[str] = []

    def on_train_begin(self, logs: Logs) -> None:
        self.names = []
        if self.append and self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                self.names = next(csv.reader(file, delimiter=self.separator), [])
        else:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if not self.names:
                self.names = ["epoch", *logs]
                writer.writerow(self.names)
            row = {"epoch": epoch, **logs}
            writer.writerow([row.get(name, "") for name in self.names])
