"""`Model`: a network, how it is trained, and the loop that does it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from .. import dtypes, io
from ..autograd.modes import no_grad
from ..nn import Module
from ..nn.utils import clip_grad_norm_, clip_grad_value_
from ..ops.registry import functions as F
from ..optim import LBFGS, Optimizer
from ..optim.lr_scheduler import ReduceLROnPlateau as PlateauSchedule
from ..random import Generator
from . import checkpoint
from .callbacks import Callback, CallbackList, Logs, checked
from .data import length_of, loader_of, parts_of, split
from .history import History
from .metrics import Metric, mean_of
from .names import loss_of, metrics_of, optimizer_of
from .progress import ProgressBar
from .summary import summary


class _Record(Callback):
    """Notes each epoch in the history: after those that add figures, before those that save it."""

    order = 0.7

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self.model.history.add(epoch, logs)


class Model:
    """Trains a network. Subclasses may override `training_step`.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu import nn, train
    >>> _ = tg.manual_seed(0)
    >>> x = tg.randn(64, 2); y = x @ tg.tensor([[2.0], [-3.0]]) + 10
    >>> model = train.Model(nn.Linear(2, 1))
    >>> model.compile(optimizer="sgd", lr=0.1, loss="mse")
    >>> history = model.fit(x, y, epochs=20, verbose=0)
    >>> [round(w, 2) for w in model.net.weight.flatten().tolist()]
    [2.0, -3.0]
    """

    def __init__(self, net: Module, device: Any = None) -> None:
        if not isinstance(net, Module):
            raise TypeError(f"train.Model(): expected a module, such as nn.Sequential(…), got {type(net).__name__}")
        self.net: Any = net if device is None else net.to(device)
        self.optimizer: Any = None
        self.loss: Any = None
        self.scheduler: Any = None
        self.scaler: Any = None
        self.metrics: list[Metric] = []
        self.history = History()
        self.stop_training = False
        self._epoch = -1
        self._generator: Generator | None = None
        self._callbacks: CallbackList | None = None

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        *,
        lr: float | None = None,
        scheduler: Any = None,
        scheduler_step: str = "epoch",
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
        accumulate: int = 1,
        mixed_precision: Any = None,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: a name ("adam"), an optimizer, or a class or function of the parameters; ``lr`` with the first and last.
            loss: a name ("mse", "cross_entropy"), a module, or a function of (output, target) that returns a mean.
            metrics: names ("accuracy"), `Metric` objects, functions of (output, target).
            scheduler: of `optim.lr_scheduler`, or a function that makes one for the optimizer; it is stepped after every
                ``scheduler_step``, "epoch" or "batch".
            clip_grad_norm, clip_grad_value: limits for the gradients before each step.
            accumulate: how many batches make one step. Their gradients are put together as if they were one batch.
            mixed_precision: "bfloat16" or "float16": what autocast computes in; float16 with a `GradScaler`.
        """
        if loss is None:
            raise TypeError('compile(): give a loss, such as loss="mse" or loss=nn.CrossEntropyLoss()')
        if scheduler_step not in ("epoch", "batch"):
            raise ValueError(f"scheduler_step: expected 'epoch' or 'batch', got {scheduler_step!r}")
        if not isinstance(accumulate, int) or accumulate < 1:
            raise ValueError(f"accumulate: expected a number of batches, 1 or more, got {accumulate!r}")
        self.loss = loss_of(loss)
        self.optimizer = optimizer_of(optimizer, self.net.parameters(), lr)
        self.metrics = metrics_of(metrics, self.loss)
        self.scheduler = (
            scheduler(self.optimizer) if callable(scheduler) and not hasattr(scheduler, "step") else scheduler
        )
        if self.scheduler is not None and getattr(self.scheduler, "optimizer", None) is not self.optimizer:
            raise ValueError("scheduler: it belongs to another optimizer than the one given here")
        self.scheduler_step, self.accumulate = scheduler_step, accumulate
        self.clip_grad_norm, self.clip_grad_value = clip_grad_norm, clip_grad_value
        self._cast_to, self.scaler = self._precision(mixed_precision)
        if isinstance(self.optimizer, LBFGS) and (accumulate > 1 or self.scaler is not None):
            raise ValueError(
                "LBFGS computes the loss several times in a step: neither accumulate nor float16 goes with it"
            )

    def _precision(self, wanted: Any) -> tuple[Any, Any]:
        if wanted is None:
            return None, None
        name = str(wanted).rpartition(".")[2]
        if name not in ("float16", "bfloat16"):
            raise ValueError(f"mixed_precision: expected None, 'bfloat16' or 'float16', got {wanted!r}")
        if name == "bfloat16":
            return dtypes.bfloat16, None
        from ..amp import GradScaler

        return dtypes.float16, GradScaler(self.device.type)

    @property
    def device(self) -> Any:
        """Where the network is."""
        first = next(self.net.parameters(), None)
        return F["empty"](0).device if first is None else first.device

    @property
    def learning_rate(self) -> float:
        """That of the optimizer's first group; setting it keeps the ratio between groups."""
        return float(self.optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        first, *others = self.optimizer.param_groups
        for group in others:
            group["lr"] = rate if first["lr"] == 0 else group["lr"] * rate / first["lr"]
        first["lr"] = rate

    def __call__(self, *inputs: Any) -> Any:
        return self.net(*inputs)

    def summary(self, input_size: Any = None, *, input: Any = None) -> None:
        """Print the layers, what comes out of each for an input of this size (without the batch), and their parameters."""
        print(summary(self.net, input_size, input=input))

    # ------------------------------------------------------------------------------------------ training
    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        *,
        seed: int | None = None,
        resume: Any = None,
    ) -> History:
        """Train for ``epochs`` passes over the data and return what each came to.

        Args:
            x, y: tensors (or arrays) of inputs and targets; or x a Dataset, a DataLoader, or anything that yields batches (x, y).
            batch_size: examples a batch (32), where x is no DataLoader.
            verbose: 1 shows progress, 0 nothing.
            callbacks: objects of `Callback`.
            validation_split: the part of the examples, the last ones, that is not trained on but looked at after each epoch.
            validation_data: (x, y), a Dataset or a DataLoader to look at instead.
            shuffle: another order in each epoch. ``seed`` gives the order a random stream of its own.
            initial_epoch: the number of the first epoch: ``epochs`` is that of the last.
            resume: a checkpoint to go on from, bit for bit; where there is no such file yet, training begins anew.

        Ctrl-C ends the training between two statements; the model, its history and its files are whole then.
        """
        self._check_compiled("fit")
        if not isinstance(epochs, int) or epochs < 0:
            raise ValueError(f"epochs: expected a number of passes, got {epochs!r}")
        if validation_split:
            if validation_data is not None:
                raise ValueError("give either validation_split or validation_data")
            x, validation_data = split(x, y, validation_split)
            y = None
        generator = None if seed is None else Generator().manual_seed(seed)
        loader = loader_of(x, y, batch_size, shuffle, generator)
        self._generator = getattr(loader, "generator", None)
        looked_at = None if validation_data is None else self._validation(validation_data, batch_size)
        params = {"epochs": epochs, "steps": length_of(loader), "initial_epoch": initial_epoch, "verbose": verbose}
        shown = [ProgressBar()] if verbose and not any(isinstance(c, ProgressBar) for c in checked(callbacks)) else []
        self._callbacks = CallbackList([*checked(callbacks), *shown, _Record()], self, params)
        self.history, self.stop_training, self._epoch = History(params), False, initial_epoch - 1
        with self._kept_mode():
            try:
                self._callbacks.begin()
                if resume is not None and os.path.exists(resume):
                    initial_epoch = self.load_checkpoint(resume)
                for epoch in range(initial_epoch, epochs):
                    self._epoch = epoch
                    self._one_epoch(loader, looked_at, self._callbacks)
                    if self.stop_training:
                        break
            finally:
                self.optimizer.zero_grad()
                self._callbacks("train_end", {})
        return self.history

    def _one_epoch(self, loader: Any, looked_at: Any, callbacks: CallbackList) -> None:
        callbacks("epoch_begin", self._epoch, {})
        logs = self._train(loader, callbacks)
        if looked_at is not None:
            callbacks("test_begin", {})
            seen = self._evaluate(looked_at)
            callbacks("test_end", seen)
            logs.update({f"val_{name}": value for name, value in seen.items()})
        if self.scheduler is not None and self.scheduler_step == "epoch":
            logs["lr"] = self.learning_rate
            if isinstance(self.scheduler, PlateauSchedule):
                self.scheduler.step(logs.get("val_loss", logs["loss"]))
            else:
                self.scheduler.step()
        callbacks("epoch_end", self._epoch, logs)

    def _train(self, loader: Any, callbacks: CallbackList) -> Logs:
        """One pass over the data with a step after every ``accumulate`` batches."""
        self.net.train()
        self._reset_metrics()
        self.optimizer.zero_grad()
        mean = mean_of(self.loss)
        waiting: list[int] = []  # sizes of the batches whose gradients wait for a step
        number = -1
        for number, batch in enumerate(loader):
            callbacks("train_batch_begin", number, {})
            inputs, target = parts_of(batch, self.device)
            size = len(inputs[0])
            waiting.append(size)
            output, loss = self._forward_backward(inputs, target, size)
            if len(waiting) == self.accumulate:
                self._step(waiting)
            mean.add(loss, size)
            self._update_metrics(output, target)
            callbacks("train_batch_end", number, {"loss": mean.compute()})
            if self.stop_training:
                break
        if waiting:
            self._step(waiting)
        if number < 0:
            raise ValueError(
                "the data gave no batch: it is empty, or was used up (an iterator can be passed over only once)"
            )
        return {"loss": mean.compute(), **self._figures()}

    def training_step(self, inputs: tuple[Any, ...], target: Any) -> tuple[Any, Any]:
        """What the network says, and the loss of it. Override it for other kinds of training."""
        if target is None:
            raise ValueError("the batches have no targets: give y, or a Dataset of (x, y)")
        with self._casting():
            output = self.net(*inputs)
            return output, self.loss(output, target)

    def _forward_backward(self, inputs: tuple[Any, ...], target: Any, size: int) -> tuple[Any, float]:
        if isinstance(self.optimizer, LBFGS):
            return self._closed_step(inputs, target)
        output, loss = self.training_step(inputs, target)
        weighed = (
            loss if self.accumulate == 1 else loss * size
        )  # a mean again in `_step`, over all that was put together
        (weighed if self.scaler is None else self.scaler.scale(weighed)).backward()
        return output.detach() if hasattr(output, "detach") else output, float(loss.detach())

    def _closed_step(self, inputs: tuple[Any, ...], target: Any) -> tuple[Any, float]:
        """For an optimizer that computes the loss itself, several times in a step."""
        seen: list[tuple[Any, float]] = []

        def closure() -> Any:
            self.optimizer.zero_grad()
            output, loss = self.training_step(inputs, target)
            loss.backward()
            self._clip()
            seen.append((output.detach(), float(loss.detach())))
            return loss

        self.optimizer.step(closure)
        return seen[0]

    def _step(self, waiting: list[int]) -> None:
        """Change the parameters by the gradients that have been put together."""
        if not isinstance(self.optimizer, LBFGS):
            if self.scaler is not None:
                self.scaler.unscale_(self.optimizer)
            if self.accumulate > 1:
                count = sum(waiting)
                for p in self._parameters():
                    p.grad /= count
            self._clip()
            if self.scaler is None:
                self.optimizer.step()
            else:
                self.scaler.step(self.optimizer)
                self.scaler.update()
        self.optimizer.zero_grad()
        waiting.clear()
        if self.scheduler is not None and self.scheduler_step == "batch":
            self.scheduler.step()

    def _parameters(self) -> list[Any]:
        return [p for group in self.optimizer.param_groups for p in group["params"] if p.grad is not None]

    def _clip(self) -> None:
        if self.clip_grad_value is not None:
            clip_grad_value_(self._parameters(), self.clip_grad_value)
        if self.clip_grad_norm is not None:
            clip_grad_norm_(self._parameters(), self.clip_grad_norm)

    def _casting(self) -> Any:
        if self._cast_to is None:
            return nullcontext()
        from ..amp import autocast

        return autocast(self.device.type, dtype=self._cast_to)

    # ------------------------------------------------------------------------------------------ looking
    def evaluate(
        self, x: Any, y: Any = None, batch_size: int | None = None, verbose: int = 0, return_dict: bool = False
    ) -> Any:
        """Loss and metrics of a trained model, without training: a number, a list with metrics, or a dictionary."""
        self._check_compiled("evaluate")
        with self._kept_mode():
            figures = self._evaluate(loader_of(x, y, batch_size, shuffle=False))
        if verbose:
            from .progress import _figures

            print(_figures(figures))
        values = list(figures.values())
        return figures if return_dict else values[0] if len(values) == 1 else values

    def _evaluate(self, loader: Any) -> Logs:
        self.net.eval()
        self._reset_metrics()
        mean = mean_of(self.loss)
        with no_grad():
            for batch in loader:
                inputs, target = parts_of(batch, self.device)
                output, loss = self.training_step(inputs, target)
                mean.add(float(loss), len(inputs[0]))
                self._update_metrics(output, target)
        return {"loss": mean.compute(), **self._figures()}

    def predict(self, x: Any, batch_size: int | None = None) -> Any:
        """What the network says to each example: one tensor (or a tuple of them, where it says several)."""
        loader = loader_of(x, None, batch_size, shuffle=False)
        whole = loader is not x and isinstance(x, (tuple, list))  # several inputs, no target among them
        said: list[tuple[Any, ...]] = []
        with self._kept_mode(), no_grad():
            self.net.eval()
            for batch in loader:
                inputs, target = parts_of(batch, self.device)
                if whole and target is not None:
                    inputs = (*inputs, target)
                output = self.net(*inputs)
                said.append(output if isinstance(output, tuple) else (output,))
        if not said:
            raise ValueError("predict(): the data gave no batch")
        joined = tuple(F["cat"](list(parts)) for parts in zip(*said))
        return joined[0] if len(joined) == 1 else joined

    def _validation(self, data: Any, batch_size: int | None) -> Any:
        x, y = data if isinstance(data, (tuple, list)) and len(data) == 2 else (data, None)
        return loader_of(x, y, None if hasattr(x, "batch_sampler") else batch_size, shuffle=False)

    def _reset_metrics(self) -> None:
        for metric in self.metrics:
            metric.reset()

    def _update_metrics(self, output: Any, target: Any) -> None:
        for metric in self.metrics:
            metric.update(output, target)

    def _figures(self) -> Logs:
        return {metric.name: metric.compute() for metric in self.metrics}

    @contextmanager
    def _kept_mode(self) -> Iterator[None]:
        """Afterwards every part is in training or evaluation mode as before."""
        modes = [(module, module.training) for module in self.net.modules()]
        try:
            yield
        finally:
            for module, training in modes:
                module.training = training

    def _check_compiled(self, what: str) -> None:
        if self.loss is None or not isinstance(self.optimizer, Optimizer):
            raise RuntimeError(f'{what}(): call compile() first, such as compile(optimizer="adam", loss="mse")')

    # ------------------------------------------------------------------------------------------ files
    def save_checkpoint(self, path: Any) -> None:
        """Write all that training needs to go on; the file replaces an older one only once it is complete."""
        self._check_compiled("save_checkpoint")
        io.save(checkpoint.state_of(self), path)

    def load_checkpoint(self, path: Any) -> int:
        """Put back what `save_checkpoint` wrote; how many epochs were complete."""
        self._check_compiled("load_checkpoint")
        return checkpoint.restore(self, io.load(path, map_location=self.device))
