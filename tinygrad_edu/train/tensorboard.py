"""The callback that lets TensorBoard look on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .callbacks import Callback, Logs


class TensorBoard(Callback):
    """Write the figures of each epoch to event files: training below ``log_dir/train``, validation below ``log_dir/validation``.

    ``histogram_freq``: every so many epochs, also histograms of the parameters. ``example``: an input for which to draw the graph.
    """

    order = 0.6  # after those that add figures

    def __init__(self, log_dir: Any = "logs", histogram_freq: int = 0, example: Any = None) -> None:
        self.log_dir, self.histogram_freq, self.example = Path(log_dir), histogram_freq, example
        self.writers: dict[str, Any] = {}

    def _writer(self, name: str) -> Any:
        from ..utils.tensorboard import SummaryWriter

        if name not in self.writers:
            self.writers[name] = SummaryWriter(self.log_dir / name)
        return self.writers[name]

    def on_train_begin(self, logs: Logs) -> None:
        if self.example is not None:
            self._writer("train").add_graph(self.model.net, self.example)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        for name, value in logs.items():
            if isinstance(value, (int, float)):
                where = "validation" if name.startswith("val_") else "train"
                self._writer(where).add_scalar(name.removeprefix("val_"), value, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for name, parameter in self.model.net.named_parameters():
                self._writer("train").add_histogram(name.replace(".", "/"), parameter, epoch)
        for writer in self.writers.values():
            writer.flush()

    def on_train_end(self, logs: Logs) -> None:
        for writer in self.writers.values():
            writer.close()
        self.writers = {}
