"""What students and teachers run: checks in the notebook, hints, progress; release and grading on the command line.

Students write ``from tinygrad_edu.course import check, equal, holds, raises``. Importing this package loads nothing
heavy: the names below are fetched on first use, and the teacher's tools (nbval, nbgrader, click) only by the command
line.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "check": "checks",
    "equal": "checks",
    "holds": "checks",
    "raises": "checks",
    "hint": "hints",
    "progress": "record",
    "show_source": "source",
    "use": "use",
}

__all__ = ["check", "equal", "hint", "holds", "progress", "raises", "show_source", "use"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
