"""How long a statement takes, measured with care: torch.utils.benchmark's `Timer`, `Measurement` and `Compare`.

Timer("x @ x", globals={"x": torch.ones(64, 64)}).blocked_autorange()
"""

from __future__ import annotations

from .compare import Colorize, Compare
from .measurement import Measurement, TaskSpec, ordered_unique, select_unit, trim_sigfig, unit_to_english
from .timer import Language, Timer, set_torch_threads, timer

__all__ = [
    "Colorize", "Compare", "Language", "Measurement", "TaskSpec", "Timer", "ordered_unique", "select_unit", "set_torch_threads",
    "timer", "trim_sigfig", "unit_to_english",
]  # fmt: skip
