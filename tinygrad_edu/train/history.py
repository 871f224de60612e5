"""`History`: what every epoch came to."""

from __future__ import annotations

from typing import Any


class History:
    """The figures of each epoch: ``history["loss"][i]`` belongs to ``epoch[i]``."""

    def __init__(self, params: dict[str, Any] | None = None) -> None:
        self.params = params or {}
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def add(self, epoch: int, logs: dict[str, Any]) -> None:
        """Note an epoch. A figure that comes later than others is None before."""
        for name, value in logs.items():
            self.history.setdefault(name, [None] * len(self.epoch)).append(value)
        self.epoch.append(epoch)
        for values in self.history.values():
            values.extend([None] * (len(self.epoch) - len(values)))

    def __getitem__(self, name: str) -> list[Any]:
        return self.history[name]

    def __len__(self) -> int:
        return len(self.epoch)

    def __repr__(self) -> str:
        last = {name: values[-1] for name, values in self.history.items()}
        said = ", ".join(f"{name}={number(value)}" for name, value in last.items())
        return f"<History of {len(self)} epochs{': ' + said if said else ''}>"

    def to_frame(self) -> Any:
        """As a pandas DataFrame, a row an epoch."""
        import pandas

        return pandas.DataFrame(self.history, index=pandas.Index(self.epoch, name="epoch"))

    def plot(self, *names: str, ax: Any = None) -> Any:
        """Draw the curves ``names`` (or all that are single numbers) with their validation; returns matplotlib's axes."""
        from matplotlib import pyplot

        missing = [name for name in names if name not in self.history]
        if missing:
            raise ValueError(
                f"History.plot(): there is no {missing[0]!r}; there are {', '.join(map(repr, self.history))}"
            )
        axes = pyplot.subplots()[1] if ax is None else ax
        wanted = [n for n in self.history if not names or n.removeprefix("val_") in names or n in names]
        for name in wanted:
            points = [(e + 1, v) for e, v in zip(self.epoch, self.history[name]) if isinstance(v, (int, float))]
            if points:
                style = "--" if name.startswith("val_") else "-"
                axes.plot(*zip(*points), style, marker=".", label=name)
        axes.set_xlabel("epoch")
        axes.legend()
        return axes


def number(value: Any) -> str:
    """A figure in a few digits.

    >>> number(0.123456), number(3), number(1.5e-7)
    ('0.1235', '3', '1.5000e-07')
    """
    if not isinstance(value, float):
        return str(value)
    return f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e5 or value != value else f"{value:.4e}"
