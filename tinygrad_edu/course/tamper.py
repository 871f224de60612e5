"""Whether a notebook's code has changed what other cells rely on. Runs in the student's kernel, so it is only a hint.

The grader asks after a check has failed: where something was changed – a builtin shadowed, NumPy patched, a hook
installed – the check gets a second run without the other answers. A process that answers falsely only forgoes that.
"""

import builtins
import gc
import os
import signal
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

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
    """Whether anything of the remembered state is different now; what came in addition is no change."""
    now = dict(_state())
    return not _baseline or any(now.get(key, ())[: len(value)] != value for key, value in _baseline.items())


def _state() -> Iterator[tuple[Any, tuple[Any, ...]]]:
    seen: set[int] = set()
    for name, module in list(sys.modules.items()):
        if name == "builtins" or name.partition(".")[0] in _WATCHED:
            yield from _identities(name, module, seen)
    shell = InteractiveShell.instance()  # not get_ipython(), a builtin only while a cell runs
    for name, value in list(shell.user_ns.items()):
        if not name.startswith("_") and name not in ("In", "Out"):
            yield ("user", name), (id(value),)
    shadowed = sorted(n for n in shell.user_ns if n in vars(builtins) and not n.startswith("_"))
    yield "shadowed", (len(shadowed), *shadowed)
    for name in _HOOKS:
        hooks = getattr(shell, name)
        yield ("shell", name), (len(hooks), *map(id, hooks))
    yield "events", tuple((k, len(v)) for k, v in shell.events.callbacks.items())
    kernel = getattr(shell, "kernel", None)
    for thing in (shell, kernel, getattr(kernel, "session", None), shell.display_pub, shell.display_formatter):
        own = sorted(
            (k, id(v)) for k, v in getattr(thing, "__dict__", {}).items() if callable(getattr(type(thing), k, 0))
        )
        yield ("methods", type(thing)), (len(own), *own)
    yield "messages", (len(getattr(shell.display_pub, "_hooks", ())),)
    yield "streams", (id(sys.stdout), id(sys.stderr), id(sys.displayhook), id(sys.excepthook))
    threads = sum(thread.name != "tinygrad_edu" for thread in threading.enumerate())  # those are the framework's own
    yield "process", (os.getcwd(), sys.getrecursionlimit(), threads, repr(sys.gettrace()))
    yield "profile", (repr(sys.getprofile()), gc.isenabled(), sys.getswitchinterval())
    yield "imports", (len(sys.meta_path), len(sys.path_hooks), *sys.path, *map(id, sys.meta_path))
    yield "warnings", (len(warnings.filters), *map(repr, warnings.filters), id(warnings.showwarning))
    yield "environment", (len(os.environ), *sorted(os.environ.items()))
    yield "signals", tuple(repr(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM))
    if resource is not None:
        limits = (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)
        yield "limits", tuple(map(resource.getrlimit, limits))
        yield "timer", (signal.getitimer(signal.ITIMER_REAL)[0] > 0,)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        yield "numpy", (repr(numpy.geterr()), repr(numpy.get_printoptions()))
    yield "framework", tuple(_framework())


def _framework() -> Iterator[Any]:
    """What of the framework is kept in objects rather than in names of modules."""
    framework = sys.modules.get("tinygrad_edu")
    if framework is not None and hasattr(framework, "get_default_dtype"):
        yield str(framework.get_default_dtype()), framework.is_grad_enabled()
    engine = sys.modules.get("tinygrad_edu.autograd.op")
    for name, op in list(getattr(getattr(engine, "Op", None), "table", {}).items()):
        yield name, *map(id, getattr(op, "__dict__", {}).values())


def _identity(name: str, value: Any) -> int:
    """What stands under a name; 0 for counts and private data (a seed, a library loaded on first need): they change by themselves."""
    changes = isinstance(value, int) or (name.startswith("_") and not name.startswith("__") and not callable(value))
    return 0 if changes else id(value)


def _identities(name: str, module: Any, seen: set[int]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """What a module holds, and once each what is in its classes and functions."""
    names = list(vars(module).items())
    yield ("module", name), tuple(_identity(key, value) for key, value in names)
    for _, value in names:
        if id(value) in seen:
            continue
        if isinstance(value, types.FunctionType):
            seen.add(id(value))
            yield id(value), (id(value.__code__), id(value.__defaults__), id(value.__kwdefaults__))
        home = getattr(value, "__module__", "") if isinstance(value, type) else ""
        if isinstance(home, str) and home.partition(".")[0] in _WATCHED:  # a class may make it a property
            seen.add(id(value))
            parts = list(vars(value).items())
            yield id(value), tuple(_identity(key, part) for key, part in parts)
            yield (id(value), "code"), tuple(id(p.__code__) for _, p in parts if isinstance(p, types.FunctionType))
            hiding = sorted(key for key, _ in parts if any(key in vars(base) for base in value.__mro__[1:]))
            yield (id(value), "hiding"), (len(hiding), *hiding)  # a new method may take an inherited one's place
