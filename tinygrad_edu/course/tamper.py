"""Whether a notebook's code has changed what other cells rely on. Runs in the student's kernel, so it is only a hint.

The grader asks after a check has failed: where something was changed – a builtin shadowed, NumPy patched, a hook
installed – the check gets a second run without the other answers. A process that answers falsely only forgoes that.
"""

import builtins
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

_WATCHED = (
    "numpy",
    "tinygrad_edu",
    "IPython",
    "ipykernel",
    "math",
    "random",
    "json",
    "functools",
    "itertools",
    "operator",
)
_HOOKS = ("input_transformers_cleanup", "input_transformers_post", "ast_transformers")

_baseline: dict[Any, Any] = {}


def remember() -> None:
    """Take the present state as untouched."""
    _baseline.clear()
    _baseline.update(_state())


def changed() -> bool:
    """Whether anything of the remembered state is different now."""
    now = dict(_state())
    return not _baseline or any(key not in now or now[key] != value for key, value in _baseline.items())


def _state() -> Iterator[tuple[Any, Any]]:
    for name, module in list(sys.modules.items()):
        if name == "builtins" or name.partition(".")[0] in _WATCHED:
            yield from _identities(name, module)
    shell = InteractiveShell.instance()  # not get_ipython(), a builtin only while a cell runs
    for name, value in list(shell.user_ns.items()):
        if not name.startswith("_") and name not in ("In", "Out"):
            yield ("user", name), id(value)
    yield "shadowed", tuple(sorted(n for n in shell.user_ns if n in vars(builtins) and not n.startswith("_")))
    for name in _HOOKS:
        yield ("shell", name), tuple(map(id, getattr(shell, name)))
    yield "events", tuple((k, len(v)) for k, v in shell.events.callbacks.items())
    yield "methods", tuple(sorted(n for n in vars(shell) if callable(getattr(type(shell), n, None))))
    yield "streams", (id(sys.stdout), id(sys.stderr), id(sys.displayhook))
    yield "process", (os.getcwd(), sys.getrecursionlimit(), threading.active_count(), repr(sys.gettrace()))
    yield "environment", tuple(sorted(os.environ.items()))
    yield "signals", tuple(repr(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        yield "numpy", (repr(numpy.geterr()), repr(numpy.get_printoptions()))


def _identities(name: str, module: Any) -> Iterator[tuple[Any, Any]]:
    for attribute, value in list(vars(module).items()):
        yield (name, attribute), id(value)
        home = getattr(value, "__module__", "") if isinstance(value, type) else ""
        if isinstance(home, str) and home.partition(".")[0] in _WATCHED:  # a class may make it a property
            for inner, part in list(vars(value).items()):
                yield (name, attribute, inner), id(part)
