"""Checks of numbers that a GPU holds: noted there, reported when the program next reads something from it.

A GPU works behind the program. To see at once whether an index lies inside, the program would have to wait for it, in every step.
So CUDA's way is kept: the GPU notes which check has failed, and whatever reads a number next (``item()``, ``cpu()``, ``print``,
``cuda.synchronize()``) raises. ``CUDA_LAUNCH_BLOCKING=1`` in the environment: every check waits, and the line that fails is the
line that is shown.
"""

from __future__ import annotations

import os
from typing import Any

from . import Kernels, kernels_of
from .errors import AcceleratorError

_ROOM = 64  # kinds of checks
_texts: dict[str, int] = {}  # the note that stands for it
_notes: dict[tuple[type, int], Any] = {}  # for each GPU an array of booleans: which kinds of check have failed
_asked: set[tuple[type, int]] = set()  # GPUs with checks whose outcome nobody has seen


def notes_of(k: Kernels, index: int) -> Any:
    """The notes of a GPU, made at first need."""
    gpu = k.array_type, index
    if gpu not in _notes:
        _notes[gpu] = k.xp.zeros(_ROOM, bool)
    return _notes[gpu]


def refuse(k: Kernels, wrong: Any, text: str) -> None:
    """Nothing in ``wrong``, booleans on a GPU, may be True; ``text`` says what it means if something is."""
    at = _texts.setdefault(text, len(_texts)) if len(_texts) < _ROOM else _texts.get(text, _ROOM - 1)
    index = k.device_index(wrong)
    note = notes_of(k, index)[at : at + 1]
    k.xp.logical_or(note, wrong.any(), out=note)
    _asked.add((k.array_type, index))
    if os.environ.get("CUDA_LAUNCH_BLOCKING") == "1":
        report()


def inside(index: Any, low: int, high: int, text: str) -> bool:
    """Whether all of ``index`` lies in [low, high). On a GPU the answer is yes, and ``text`` is reported later if it was wrong."""
    if not index.size:
        return True
    k = kernels_of(index)
    if k.device_type != "cuda":
        return int(index.min()) >= low and int(index.max()) < high
    refuse(k, (index < low) | (index >= high), text)
    return True


def ask_again() -> None:
    """The checks of a recorded graph have run once more."""
    _asked.update(_notes)


def report() -> None:
    """AcceleratorError where a check has failed since the last report; the notes are cleared then."""
    while _asked:
        notes = _notes[_asked.pop()]
        failed = notes.get()
        if failed.any():
            notes[...] = False
            what = "; ".join(text for text, at in _texts.items() if failed[at])
            raise AcceleratorError(
                f"CUDA error: device-side assert triggered\n{what}\nThe GPU works behind the program: an operation before this "
                "line has failed. With CUDA_LAUNCH_BLOCKING=1 in the environment the line itself is shown."
            )
