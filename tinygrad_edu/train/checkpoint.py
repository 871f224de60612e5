"""Checkpoints: everything that a training needs to go on, bit for bit, in another process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .. import io
from ..random import get_rng_state, set_rng_state
from .callbacks import Logs
from .control import Monitor

FORMAT = 1


def state_of(model: Any) -> dict[str, Any]:
    """Weights, optimizer, schedule, scaler, random numbers, order of the data, figures so far, callbacks."""
    generator = model._generator
    return {
        "format": FORMAT,
        "epoch": model._epoch + 1,  # epochs that are complete
        "model": model.net.state_dict(),
        "optimizer": model.optimizer.state_dict(),
        "scheduler": None if model.scheduler is None else model.scheduler.state_dict(),
        "scaler": None if model.scaler is None else model.scaler.state_dict(),
        "rng": get_rng_state(),
        "order": None if generator is None else generator.get_state(),
        "history": {
            "epoch": list(model.history.epoch),
            "history": {k: list(v) for k, v in model.history.history.items()},
        },
        "callbacks": [] if model._callbacks is None else model._callbacks.state_dict(),
    }


def restore(model: Any, state: dict[str, Any]) -> int:
    """Put back what `state_of` gave; how many epochs were complete."""
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(
            "this file holds no checkpoint of train.Model: write one with Model.save_checkpoint(path) or the callback "
            "ModelCheckpoint(path); weights alone go back with model.net.load_state_dict(load(path))"
        )
    model.net.load_state_dict(state["model"])
    model.optimizer.load_state_dict(state["optimizer"])
    for name in ("scheduler", "scaler"):
        part = getattr(model, name)
        if (part is None) != (state[name] is None):
            have, want = ("has none", "has one") if part is None else ("has one", "has none")
            raise ValueError(
                f"the checkpoint {want} {name}, this model {have}: compile() it as when the checkpoint was written"
            )
        if part is not None:
            part.load_state_dict(state[name])
    set_rng_state(state["rng"])
    if state["order"] is not None and model._generator is not None:
        model._generator.set_state(state["order"])
    model.history.epoch, model.history.history = state["history"]["epoch"], state["history"]["history"]
    if model._callbacks is not None:
        model._callbacks.load_state_dict(state["callbacks"])
    return int(state["epoch"])


class ModelCheckpoint(Monitor):
    """After each epoch, write the model to a file; with ``save_best_only``, only after those that are the best so far.

    ``path`` may name figures: ``"run-{epoch:02d}-{val_loss:.3f}.pt"`` (epochs count from 1). A file is replaced only once the new
    one is complete. ``Model.fit(…, resume=path)`` goes on from it; with ``save_weights_only`` it is a plain ``state_dict``.
    """

    order = 1  # after the others: what they changed in this epoch belongs to the checkpoint

    def __init__(
        self,
        path: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        every: int = 1,
    ) -> None:
        super().__init__(monitor, mode, 0.0)
        self.path, self.verbose, self.every = os.fspath(path), verbose, every
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        if (epoch + 1) % self.every:
            return
        if self.save_best_only:
            value = self.value(logs)
            if not self.improves(value):
                return
            self.best = value
        try:
            path = Path(self.path.format(epoch=epoch + 1, **logs))
        except KeyError as error:
            raise ValueError(
                f"ModelCheckpoint({self.path!r}): there is no figure {error}, only epoch, {', '.join(logs)}"
            ) from None
        path.parent.mkdir(parents=True, exist_ok=True)
        io.save(self.model.net.state_dict() if self.save_weights_only else state_of(self.model), path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best}
