"""`script` without examples: recorded when it is called, once for each way through the program."""

from __future__ import annotations

from typing import Any

from ..nn.module import Module
from .graph import Graph
from .module import ScriptFunction, ScriptModule
from .recorder import TracingError
from .trace import MOST_PATHS, Subject, build, late_choice, wrapped


def script(obj: Any, *options: Any, **more: Any) -> Any:
    """``obj`` (a function or a module) as something that records itself at its first call, and again for each other path.

    torch compiles the program's text. Here it is run and recorded; where Python asks for the truth of a computed tensor
    (``if x.sum() > 0``, ``while``) or for a whole number, the answer becomes part of the graph, and another answer leads to
    another recorded path, up to 100 of them. What cannot be scripted so: choices by floats, lists or NumPy arrays of computed
    numbers, and choices after the program has written into its inputs or its own state. A saved script has the paths that were
    taken before. What Python does besides tensors (printing, counting) happens while recording only.

    >>> import tinygrad_edu as tg
    >>> @tg.jit.script
    ... def clipped(x):
    ...     return x if x.sum() > 0 else -x
    >>> clipped(tg.tensor([1., 2.])), clipped(tg.tensor([-1., -2.]))
    (tensor([1., 2.]), tensor([1., 2.]))
    """
    if isinstance(obj, (ScriptModule, ScriptFunction)):
        return obj
    if isinstance(obj, type):
        return obj  # a class that a script uses: it is recorded with what it computes
    subject = Subject(obj, choices=True)
    made: Any = None

    def record(args: tuple[Any, ...]) -> Graph:
        if len(made.paths.programs) >= MOST_PATHS:
            raise TracingError(
                f"{subject.name} took {MOST_PATHS} different paths: a loop that long over computed numbers cannot be scripted"
            )
        if isinstance(obj, Module):
            obj.train(made.training)
        graph = build(subject, args, {}, strict=False)
        if late := late_choice(graph):
            choice, change = late
            raise TracingError(
                f"jit.script cannot record a choice by computed numbers ({choice.line}) after the program has changed its inputs or its "
                f"own state ({change.line}): another path could not begin anew"
            )
        return graph

    made = wrapped(subject, [], record)
    made.__dict__["inner"] = obj
    return made


def is_scripting() -> bool:
    """False: programs are run, not compiled from their text."""
    return False


def ignore(fn: Any = None, **options: Any) -> Any:
    """Marks nothing here: what runs is recorded."""
    return (lambda f: f) if fn is None or isinstance(fn, bool) else fn


export = unused = ignore


def _overload(fn: Any) -> Any:
    """Marks nothing here: Python runs the definition that comes last."""
    return fn


_overload_method = _overload
