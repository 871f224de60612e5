"""`ProgressBar`: how a training gets on, in a terminal, in JupyterLab, and in a text that is the same in every run.

What stays is one line an epoch, without times. While an epoch runs, a bar moves where somebody can see it: in a terminal, or in a
notebook that is open in a browser.
"""

from __future__ import annotations

import html
import os
import sys
import time
from typing import Any

from .callbacks import Callback, Logs
from .history import number

_MOST_LINES = 20  # of a long training, only so many epochs are told
_EACH = 0.1  # seconds between two pictures of the bar


class ProgressBar(Callback):
    """A line an epoch (of a long training, every n-th and the last), and a bar within the epoch.

    ``every``: which epochs are told; ``bar=False``: lines only.
    """

    order = 0.8  # after those that add figures

    def __init__(self, every: int | None = None, bar: bool = True) -> None:
        self.every, self.bar = every, bar

    def on_train_begin(self, logs: Logs) -> None:
        epochs = self.params["epochs"]
        count = epochs - self.params["initial_epoch"]
        self.step = self.every or max(1, -(-count // _MOST_LINES))
        self.lines: list[str] = []
        self.screen: Any = _screen(self.bar)
        self.ended = self.latest = -1  # epochs: the last one told, the last one

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        self.title = f"Epoch {epoch + 1}/{self.params['epochs']}"
        self.screen.begin(self.title, self.params["steps"])

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        self.screen.move(batch + 1, _figures(logs))

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self.line = " - ".join([self.title, _figures(logs)]) if logs else self.title
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        if last or (epoch - self.params["initial_epoch"]) % self.step == 0:
            self.screen.say(self.line)
            self.ended = epoch
        self.latest = epoch

    def on_train_end(self, logs: Logs) -> None:
        if self.ended != self.latest:  # the training was ended from outside
            self.screen.say(self.line)
        self.screen.end()


def _figures(logs: Logs) -> str:
    return " - ".join(f"{name}: {number(value)}" for name, value in logs.items() if isinstance(value, (int, float)))


def _screen(bar: bool) -> Any:
    """Where to show it."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    if shell is not None and getattr(shell, "kernel", None) is not None:
        return Notebook(live=bar and "JPY_SESSION_NAME" in os.environ)
    if bar and sys.stdout.isatty():
        try:
            return Terminal()
        except ModuleNotFoundError:
            pass
    return Lines()


class Lines:
    """Lines only: a file, a pipe."""

    def begin(self, title: str, steps: int | None) -> None: ...
    def move(self, done: int, figures: str) -> None: ...
    def end(self) -> None: ...

    def say(self, line: str) -> None:
        print(line, flush=True)


class Terminal(Lines):
    """A bar of rich's below the lines."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[said]}"),
            transient=True,
        )  # fmt: skip
        self.task: Any = None
        self.progress.start()

    def begin(self, title: str, steps: int | None) -> None:
        if self.task is not None:
            self.progress.remove_task(self.task)
        self.task = self.progress.add_task(title, total=steps, said="")

    def move(self, done: int, figures: str) -> None:
        self.progress.update(self.task, completed=done, said=figures)

    def say(self, line: str) -> None:
        self.progress.console.print(line, highlight=False)

    def end(self) -> None:
        self.progress.stop()


class Notebook(Lines):
    """One output, which holds the lines; while a browser looks on, the bar too."""

    def __init__(self, live: bool) -> None:
        self.live, self.lines = live, [""][:0]
        self.handle: Any = None
        self.title, self.steps, self.shown = "", None, 0.0
        if live:
            from IPython.display import display

            self.handle = display({"text/plain": ""}, raw=True, display_id=True)

    def begin(self, title: str, steps: Any) -> None:
        self.title, self.steps = title, steps

    def move(self, done: int, figures: str) -> None:
        now = time.monotonic()
        if not self.live or now - self.shown < _EACH:
            return
        self.shown = now
        text = "\n".join([*self.lines, f"{self.title} - {figures}"])
        bar = f'<progress max="{self.steps}" value="{done}"></progress>' if self.steps else f"batch {done}"
        self._show(text, f"<pre>{html.escape(text)}</pre>{bar}")

    def say(self, line: str) -> None:
        self.lines.append(line)
        if self.live:
            self._show("\n".join(self.lines))

    def _show(self, text: str, page: str | None = None) -> None:
        self.handle.update({"text/plain": text, **({"text/html": page} if page else {})}, raw=True)

    def end(self) -> None:
        text = "\n".join(self.lines)
        if self.handle is not None:
            self._show(text)
        elif text:
            from IPython.display import display

            display({"text/plain": text}, raw=True)
