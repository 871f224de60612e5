"""What was measured, the figures that sum it up, and how they are printed."""

from __future__ import annotations

import math
import statistics
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from ... import dtypes

_MOST_FIGURES = 4
_SMALLEST_INTERVAL = 25e-9  # seconds: no clock is surer than that
_SPREAD, _GROSS_SPREAD = 0.1, 0.25  # interquartile range / median from which a warning is given
_SCALES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_ENGLISH = {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}


def magnitude(x: float) -> float:
    """``log10(x)``, where what a float's last digits do to a round number does not count.

    >>> magnitude(1000.0000000001)
    3.0
    """
    return math.log10(float(f"{x:.6e}"))


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which ``t`` seconds are a number between 1 and 1000, and its size.

    >>> select_unit(0.0025)
    ('ms', 0.001)
    """
    unit = {-3: "ns", -2: "us", -1: "ms"}.get(int(magnitude(t) // 3) if t > 0 else 0, "s")
    return unit, _SCALES[unit]


def unit_to_english(u: str) -> str:
    """The unit's name in full."""
    return _ENGLISH[u]


def trim_sigfig(x: float, n: int) -> float:
    """``x`` to ``n`` figures.

    >>> trim_sigfig(3.14159, 2)
    3.1
    """
    if n != int(n):
        raise AssertionError("Number of significant figures must be an integer")
    scale = 10 ** (math.ceil(magnitude(abs(x))) - n)
    return float(round(x / scale) * scale)


def ordered_unique(elements: Iterable[Any]) -> list[Any]:
    """Each element once, in the order in which they first came."""
    return list(dict.fromkeys(elements))


def _quantile(ordered: tuple[float, ...], q: float) -> float:
    """Between the two nearest of some sorted numbers."""
    at = q * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


@dataclass(frozen=True, repr=False)
class TaskSpec:
    """What a `Timer` runs, and how it is to be called in tables."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement itself."""
        if self.label is not None or "\n" not in self.stmt:
            title = self.stmt if self.label is None else self.label
            return f"{title}: {self.sub_label}" if self.sub_label else title
        sub_label = f" ({self.sub_label})" if self.sub_label else ""
        return f"stmt:{sub_label}\n{textwrap.indent(self.stmt, '  ')}"

    def setup_str(self) -> str:
        if self.setup == "pass" or not self.setup:
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self) -> str:
        """Title, description and setup, a part a line."""
        parts = [part for part in (self.title, self.description or "", self.setup_str()) if part]
        return "\n".join(f"{part}\n" if "\n" in part else part for part in parts)


_OF_TASK = tuple(field.name for field in fields(TaskSpec))


@dataclass(repr=False)
class Measurement:
    """Times of one statement: ``raw_times`` of ``number_per_run`` runs each, in seconds."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name in _OF_TASK:
            return getattr(self.task_spec, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def times(self) -> list[float]:
        """Seconds for a single run."""
        return [time / self.number_per_run for time in self.raw_times]

    @property
    def _sorted_times(self) -> tuple[float, ...]:
        return tuple(sorted(self.times))

    @property
    def median(self) -> float:
        return _quantile(self._sorted_times, 0.5)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.times)

    @property
    def iqr(self) -> float:
        """The range in which the middle half of the times lies."""
        return _quantile(self._sorted_times, 0.75) - _quantile(self._sorted_times, 0.25)

    @property
    def significant_figures(self) -> int:
        """How many figures of the median mean anything, estimated from the middle half of the times."""
        ordered = self._sorted_times
        middle = ordered[len(ordered) // 4 : math.ceil(3 * len(ordered) / 4)]
        interval = max(1.645 * statistics.pstdev(middle) / math.sqrt(len(middle)), _SMALLEST_INTERVAL)
        return min(max(math.floor(magnitude(self.median / interval)), 1), _MOST_FIGURES)

    @property
    def has_warnings(self) -> bool:
        return bool(self._warnings())

    def meets_confidence(self, threshold: float = _SPREAD) -> bool:
        """Whether the times agree."""
        return self.iqr / self.median < threshold

    def _warnings(self) -> str:
        if self.meets_confidence(_SPREAD):
            return ""
        gross = not self.meets_confidence(_GROSS_SPREAD)
        advice = (
            "This suggests significant environmental influence." if gross else "This could indicate system fluctuation."
        )
        return (
            f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement.\n"
            f"           {advice}"
        )

    @property
    def title(self) -> str:
        return self.task_spec.title

    @property
    def env(self) -> str:
        return "Unspecified env" if self.task_spec.env is None else self.task_spec.env

    @property
    def as_row_name(self) -> str:
        return self.task_spec.sub_label or self.task_spec.stmt or "[Unknown]"

    def __repr__(self) -> str:
        n, threads = len(self.raw_times), self.task_spec.num_threads
        unit, scale = select_unit(self.median)
        ordered = self._sorted_times
        low, high = _quantile(ordered, 0.25) / scale, _quantile(ordered, 0.75) / scale
        lines = [
            f"<{dtypes.module_name}.utils.benchmark.utils.common.Measurement object at {hex(id(self))}>",
            self.task_spec.summarize(),
            f"  {'Median: ' if n > 1 else ''}{self.median / scale:.2f} {unit}",
            f"  IQR:    {self.iqr / scale:.2f} {unit} ({low:.2f} to {high:.2f})" if n >= 4 else "",
            f"  {n} measurement{'s' if n > 1 else ''}, {self.number_per_run} runs "
            f"{'per measurement,' if n > 1 else ','} {threads} thread{'s' if threads > 1 else ''}",
            self._warnings(),
        ]
        return "\n".join(line for line in lines if line).strip()

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """Measurements of the same task put together."""
        groups: dict[TaskSpec, list[float]] = {}
        for measurement in measurements:
            groups.setdefault(measurement.task_spec, []).extend(measurement.times)
        return [Measurement(1, times, task) for task, times in groups.items()]
