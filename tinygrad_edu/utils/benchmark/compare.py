"""`Compare`: a table of measurements, a row a task, a column a description."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import Any

from .measurement import Measurement, magnitude, ordered_unique, select_unit, trim_sigfig, unit_to_english

_BEST, _GOOD, _BAD, _VERY_BAD, _BOLD, _END = "\033[92m", "\033[34m", "\033[2m\033[91m", "\033[31m", "\033[1m", "\033[0m"
_BETWEEN = "  |  "


class Colorize(enum.Enum):
    """Among which times the best one is looked for."""

    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


class Compare:
    """Prints measurements side by side: title from their label, rows from sub_label, columns from description."""

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results: list[Measurement] = []
        self.extend_results(results)
        self._trim_significant_figures = self._highlight_warnings = False
        self._colorize = Colorize.NONE

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements; several of one task are put together."""
        results = list(results)
        for each in results:
            if not isinstance(each, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(each)} instead.")
        self._results.extend(results)

    def trim_significant_figures(self) -> None:
        """Show only figures that mean something."""
        self._trim_significant_figures = True

    def colorize(self, rowwise: bool = False) -> None:
        """Colour the best and the worst of each column, or of each row."""
        self._colorize = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self) -> None:
        """Mark times that do not agree."""
        self._highlight_warnings = True

    def print(self) -> None:
        """Print the table."""
        print(self)

    def __str__(self) -> str:
        groups: dict[str | None, list[Measurement]] = {}
        for each in Measurement.merge(self._results):
            groups.setdefault(each.task_spec.label, []).append(each)
        options = (self._colorize, self._trim_significant_figures, self._highlight_warnings)
        return "\n".join(_Table(group, *options).render() for group in groups.values())


class _Table:
    """The measurements with one label."""

    def __init__(self, results: list[Measurement], colorize: Colorize, trim: bool, highlight: bool) -> None:
        self.results, self.colorize, self.trim, self.highlight = results, colorize, trim, highlight
        self.unit, self.scale = select_unit(min(r.median for r in results))
        self.row_keys = ordered_unique((r.num_threads, r.env, r.as_row_name) for r in results)
        self.row_keys.sort(key=lambda key: key[:2])
        self.columns = ordered_unique(r.description for r in results)
        found = {(r.num_threads, r.env, r.as_row_name, r.description): r for r in results}
        self.rows: list[list[Measurement | None]] = [
            [found.get((*key, column)) for column in self.columns] for key in self.row_keys
        ]

    def render(self) -> str:
        formats = [self._format([row[c] for row in self.rows]) for c in range(len(self.columns))]
        texts = [["", *map(str, self.columns)] if None not in self.columns else ["", *(c or "" for c in self.columns)]]
        for name, row in zip(self._names(), self.rows):
            texts.append([name, *(fill(m) for fill, m in zip(formats, row))])
        widths = [max(map(len, column)) for column in zip(*texts)]
        lines = [_BETWEEN.join(text.center(width) for text, width in zip(texts[0], widths))]
        across = len(lines[0])
        threads_above = None
        for (threads, _, _), row, said in zip(self.row_keys, self.rows, texts[1:]):
            if threads != threads_above:
                lines.append(f"{threads} threads: ".ljust(across, "-"))
                threads_above = threads
            cells = [said[0].ljust(widths[0])]
            for c, (text, width) in enumerate(zip(said[1:], widths[1:])):
                cells.append(self._coloured(text.center(width), row[c], self._best(row, c, threads)))
            lines.append(_BETWEEN.join(cells))
        label = f" {self.results[0].task_spec.label or ''} "
        title = f"[{label.center(across - 2, '-')}]"
        lines += ["", f"Times are in {unit_to_english(self.unit)}s ({self.unit})."]
        if self.highlight and any(r.has_warnings for r in self.results):
            lines.append("(! XX%) Measurement has high variance, where XX is the IQR / median * 100.")
        return "\n".join([title, *lines]) + "\n"

    def _names(self) -> list[str]:
        """What stands in front of each row; the environment only where it is another one than above."""
        environments = {r.env for r in self.results}
        shown = len(environments) > 1
        width = max(map(len, environments)) + 4 if shown else 4
        names, above = [], (None, "")
        for threads, env, name in self.row_keys:
            tag = f"({env})" if shown and (threads, env) != above else ""
            names.append(f"  {tag.ljust(width)}{name}")
            above = (threads, env)
        return names

    def _format(self, column: list[Measurement | None]) -> Any:
        """How a column writes its numbers: as many digits as its longest one needs."""
        there = [m for m in column if m is not None]
        digits = [math.ceil(magnitude(m.median / self.scale)) for m in there]
        decimals = min(max(m.significant_figures - d, 0) for m, d in zip(there, digits)) if self.trim else 1
        length = max(digits) + decimals + (1 if decimals else 0)
        marked = self.highlight and any(m.has_warnings for m in there)

        def text(value: float, mark: str) -> str:
            return f"{value:>{max(length, 0)}.{decimals}f}{mark:>{7 if marked else 0}}"

        def fill(m: Measurement | None) -> str:
            if m is None:
                return " " * len(text(trim_sigfig(1, 1), ""))
            value = m.median / self.scale
            if self.trim:
                value = trim_sigfig(value, m.significant_figures)
            return text(value, f" (! {m.iqr / m.median * 100:.0f}%)" if marked and m.has_warnings else "")

        return fill

    def _best(self, row: list[Measurement | None], column: int, threads: int) -> float | None:
        if self.colorize is Colorize.NONE:
            return None
        rows = [r for key, r in zip(self.row_keys, self.rows) if key[0] == threads]
        among = row if self.colorize is Colorize.ROWWISE else [r[column] for r in rows]
        return min((m.median for m in among if m is not None), default=None)

    def _coloured(self, text: str, m: Measurement | None, best: float | None) -> str:
        if m is None or best is None:
            return text
        if m.median <= best * 1.01 or m.median <= best + 100e-9:
            return f"{_BEST}{_BOLD}{text}{_END * 2}"
        if m.median <= best * 1.1:
            return f"{_GOOD}{_BOLD}{text}{_END * 2}"
        if m.median >= best * 5:
            return f"{_VERY_BAD}{_BOLD}{text}{_END * 2}"
        return f"{_BAD}{text}{_END * 2}" if m.median >= best * 2 else text
