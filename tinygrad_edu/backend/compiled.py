"""Compiled forms of a few kernels: the extra ``fast`` (numba). Without it, or before it is prepared, NumPy does the same work.

    python -m tinygrad_edu.backend    compile once, which takes some seconds, and say where the result is kept
    TINYGRAD_EDU_COMPILED=0           never use it (also: ``use(False)``)

Nothing is ever compiled behind a program's back. `prepare` compiles, numba keeps the machine code beside the source, and a stamp
says for which numba, processor and source it was made; only where the stamp fits are the kernels loaded, when the first large array
comes by. They compute what the NumPy forms compute (for the optimizers to the last bit); tests hold the two equal.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy

from . import threads

SOURCES = [
    Path(__file__).with_name(name)
    for name in ("kernels_numba.py", "kernels_conv.py", "kernels_rnn.py", "kernels_winograd.py")
]
LEAST = 2048  # numbers: below that a call of a compiled kernel costs more than it saves
SHARE = 1 << 16  # numbers that are worth a thread of their own

_FLOAT32 = numpy.dtype("float32")
_lock = threading.Lock()
_loaded: Any = None  # the module of kernels; False where there is none to be had
_allowed = os.environ.get("TINYGRAD_EDU_COMPILED", "1") != "0"


def use(yes: bool) -> bool:
    """Switch the compiled kernels on or off; what it was before."""
    global _allowed
    before, _allowed = _allowed, yes
    return before


def in_use() -> bool:
    """Whether large arrays go to compiled kernels."""
    return _allowed and bool(_load())


def kernels_for(*arrays: Any) -> Any:
    """The module of kernels where these arrays can go there: blocks of float32 on the CPU, not read-only, large enough. Else None."""
    if not _allowed or _loaded is False:
        return None
    for a in arrays:
        if type(a) is not numpy.ndarray or a.dtype is not _FLOAT32 or not a.flags.carray:
            return None
    return (_loaded or _load() or None) if arrays[0].size >= LEAST else None


def product(x: Any, y: Any) -> Any:
    """``x @ y``, out of the way of compiled kernels where these are in use."""
    return threads.product(x, y) if _allowed and _loaded else x @ y


def split(kernel: Callable[..., None], n: int, size: int, *args: Any) -> None:
    """Run ``kernel(*args, start, stop)`` over ``n`` parts, in several threads where ``size`` numbers are worth that."""
    threads.share(lambda part: kernel(*args, *part), threads.cut(n, size // SHARE))


# ------------------------------------------------------------------------------------ compiled when, for what
def _load() -> Any:
    """The module of kernels; False unless it has been prepared for just this machine and source."""
    global _loaded
    with _lock:
        if _loaded is None:
            fits = importlib.util.find_spec("numba") is not None and _stamped() == _signs()
            _loaded = import_module(".kernels_numba", __package__) if fits else False
    return _loaded


def _signs() -> dict[str, Any]:
    """What the machine code depends on; numba asks for the same before it takes it from its store."""
    from importlib.metadata import version

    llvm: Any = import_module("llvmlite.binding")
    return {
        "numba": version("numba"), "python": sys.version, "source": [[s.stat().st_mtime, s.stat().st_size] for s in SOURCES],
        "cpu": [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()],
    }  # fmt: skip


def _place() -> Path:
    """Where the stamp lies: beside the machine code, or in the user's own folder where numba cannot write beside the source.

    There numba does not read either what somebody else has left, and would compile everything again at each start.
    """
    beside = SOURCES[0].parent / "__pycache__"
    ours = os.access(beside if beside.exists() else beside.parent, os.W_OK)
    folder = beside if ours else Path.home() / ".cache" / "tinygrad_edu"
    return folder / f"compiled-{sys.implementation.cache_tag}.json"


def _stamped() -> Any:
    place = _place()
    return json.loads(place.read_text()) if place.is_file() else None


def prepare() -> Path:
    """Compile the kernels (some seconds) and leave the stamp; where it lies. ImportError without numba."""
    with suppress(OSError):  # numba asks whether a function's own file has changed, but not those of what it calls
        for old in SOURCES[0].parent.glob("__pycache__/kernels_*.nb[ci]"):
            old.unlink()
    import_module(".kernels_numba", __package__)
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(_signs()))
    return place
