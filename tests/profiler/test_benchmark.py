"""utils.benchmark: printed as torch prints the same times; measured as it measures."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import torch.utils.benchmark as theirs

import tinygrad_edu as tg
from tinygrad_edu.utils import benchmark as ours


def measured(library: Any, times: list[float], runs: int = 1, **task: Any) -> Any:
    spec = library.TaskSpec(**{"stmt": "x + 1", "setup": "pass", **task})
    return library.Measurement(number_per_run=runs, raw_times=times, task_spec=spec)


TIMES = {
    "one": [3e-3], "two": [2e-9, 3e-9], "even": [1.0, 1.01, 1.02, 1.0, 0.99], "wild": [1e-6, 5e-6, 2e-6, 9e-6, 3e-6],
    "some": [1.0e-4, 1.1e-4, 1.25e-4, 1.0e-4, 1.02e-4], "thousand": [0.9999e-3] * 4, "long": [123.456, 130.0, 125.0],
}  # fmt: skip
TASKS: list[dict[str, Any]] = [
    {}, {"label": "relu"}, {"label": "relu", "sub_label": "float"}, {"sub_label": "float", "description": "n=1"},
    {"stmt": "a\nb", "setup": "c\nd", "sub_label": "two lines"}, {"setup": "import x", "num_threads": 4, "env": "old"},
]  # fmt: skip


def without_place(text: str) -> str:
    return re.sub(r"<(torch|tinygrad_edu)\.(\S+) object at 0x[0-9a-f]+>", r"<\2>", text)


def test_measurements_are_printed_as_torchs() -> None:
    wrong = []
    for name, times in TIMES.items():
        for task in TASKS:
            for runs in (1, 100):
                a, b = (measured(library, times, runs, **task) for library in (theirs, ours))
                figures = (
                    "median",
                    "mean",
                    "iqr",
                    "significant_figures",
                    "has_warnings",
                    "title",
                    "as_row_name",
                    "times",
                )
                for figure in figures:
                    x, y = getattr(a, figure), getattr(b, figure)
                    if x != (pytest.approx(y, rel=1e-12, abs=1e-24) if isinstance(y, (float, list)) else y):
                        wrong.append(f"{name}, {task}: {figure} {x} / {y}")
                if without_place(repr(a)) != without_place(repr(b)):
                    wrong.append(f"{name}, {task}:\n{a}\n{b}")
    assert not wrong, "\n".join(wrong)


def table(library: Any, colour: str, trim: bool, warn: bool) -> str:
    rows = [
        measured(library, [t * f for t in times], 10, label=label, sub_label=sub, description=about, num_threads=n, env=env)
        for label, sub, about, n, env, times, f in (
            ("mm", "small", "n=1", 1, "a", TIMES["some"], 1), ("mm", "small", "n=64", 1, "a", TIMES["some"], 2.2),
            ("mm", "large", "n=1", 1, "a", TIMES["wild"], 100), ("mm", "large", "n=64", 1, "b", TIMES["even"], 1e-3),
            ("mm", "small", "n=1", 2, "a", TIMES["some"], 0.3), ("mm", "small", "n=1", 1, "a", TIMES["some"], 1.1),
            ("add", "one", "n=1", 1, "a", TIMES["even"], 1e-5), ("add", "two", "n=1", 1, "a", TIMES["even"], 6e-5),
        )
    ]  # fmt: skip
    made = library.Compare(rows)
    if colour:
        made.colorize(rowwise=colour == "row")
    if trim:
        made.trim_significant_figures()
    if warn:
        made.highlight_warnings()
    return str(made)


def test_tables_are_printed_as_torchs() -> None:
    for colour in ("", "row", "column"):
        for trim in (False, True):
            for warn in (False, True):
                assert table(ours, colour, trim, warn) == table(theirs, colour, trim, warn)


def test_helpers() -> None:
    for t in (1e-9, 5e-8, 1e-6, 0.0009, 0.002, 1.0, 50.0, 2e4):
        assert ours.select_unit(t) == theirs.select_unit(t)
        for n in (1, 2, 4):
            assert ours.trim_sigfig(t, n) == pytest.approx(theirs.trim_sigfig(t, n), rel=1e-6)
    assert ours.ordered_unique([3, 1, 3]) == theirs.ordered_unique([3, 1, 3])


def test_timer_measures() -> None:
    slow = ours.Timer("sleep(0.002)", "x = 1", globals={"sleep": time.sleep}, label="sleep")
    found = slow.blocked_autorange(min_run_time=0.05)
    assert found.median > 0.002
    assert sum(found.raw_times) >= 0.05
    assert found.number_per_run in (1, 10, 100)  # more, where the clock is slow
    quick = ours.Timer("y = x + x", globals={"x": tg.ones(3)}).blocked_autorange(min_run_time=0.02)
    assert quick.number_per_run >= 100
    assert 1e-8 < quick.median < 1e-3
    assert slow.timeit(3).number_per_run == 3
    seen: list[tuple[int, float]] = []
    adaptive = slow.adaptive_autorange(threshold=10.0, callback=lambda n, t: seen.append((n, t)))
    assert [t for _, t in seen] == adaptive.raw_times
    assert len(adaptive.raw_times) >= 4
    stopped = slow.adaptive_autorange(threshold=0.0, max_run_time=0.02)
    assert 0.02 < sum(stopped.raw_times) < 2


def test_timer_does_as_torchs() -> None:
    ran: list[int] = []
    for library in (theirs, ours):
        ran.clear()
        library.Timer("ran.append(1)", globals={"ran": ran}).timeit(700)
        assert len(ran) == 707  # a warm-up of one in a hundred
    with pytest.raises(ValueError, match="Currently only a `str` stmt"):
        ours.Timer(print)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Invalid language `rust`"):
        ours.Timer(language="rust")
    with pytest.raises(ValueError, match="global_setup is C"):
        ours.Timer(global_setup="x")
    with pytest.raises(NotImplementedError, match="blocked_autorange"):
        ours.Timer().repeat()
    with pytest.raises(NotImplementedError, match="only statements in Python"):
        ours.Timer(language="c++")
    with pytest.raises(ValueError, match="Expected an instance of `Measurement`, got <class 'int'>"):
        ours.Compare([3])  # type: ignore[list-item]
    assert ours.Timer("torch.ones(2)").timeit(2).stmt == "torch.ones(2)"
