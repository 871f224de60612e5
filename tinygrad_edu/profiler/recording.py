"""The recorder: turns the calls that `watching` shows it into events."""

from __future__ import annotations

import itertools
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from ..autograd.graph import Node
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import by_array
from .events import EventList, FunctionEvent
from .flops import flops_of
from .watching import watch

_PACKAGE = __name__.partition(".")[0]
running: Recorder | None = None  # one at a time


class Recorder:
    """Between `start` and `stop`, an event for every operation, backward step, optimizer step and batch."""

    def __init__(
        self,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
    ) -> None:
        self.record_shapes, self.profile_memory = record_shapes, profile_memory
        self.with_stack, self.with_flops = with_stack, with_flops
        self.looks = record_shapes or with_stack
        self.events = EventList(profile_memory=profile_memory, with_flops=with_flops)
        self.open = threading.local()
        self.number = itertools.count()
        self.threads: dict[int, int] = {}
        self.alive: dict[int, Any] = {}  # arrays counted as allocated, until they are freed
        self.began = self.began_at = 0

    def start(self) -> None:
        global running
        if running is not None:
            raise RuntimeError("a profiler is running already, and two cannot measure at once: end the other one first")
        self.end_watch = watch(self.around)
        running = self
        self.began, self.began_at = time.perf_counter_ns(), time.time_ns()

    def stop(self) -> None:
        global running
        self.end_watch()
        running = None
        self.alive.clear()

    # ------------------------------------------------------------------------------------------ events
    def begin(self, name: str, annotation: bool = False) -> FunctionEvent:
        stack = self.__dict__["open"].__dict__.setdefault("stack", [])
        thread = self.threads.setdefault(threading.get_ident(), len(self.threads) + 1)
        parent = stack[-1] if stack else None
        event = FunctionEvent(next(self.number), name, thread, 0.0, parent)
        event.is_user_annotation = annotation
        if parent is not None:
            parent.cpu_children.append(event)
        stack.append(event)
        self.events.append(event)
        event.time_range.start = event.time_range.end = (time.perf_counter_ns() - self.began) / 1000
        return event

    def end(self, event: FunctionEvent) -> None:
        event.time_range.end = (time.perf_counter_ns() - self.began) / 1000
        stack = self.open.stack
        if stack and stack[-1] is event:
            stack.pop()
        elif event in stack:  # somebody ended an outer one first
            del stack[stack.index(event) :]

    def around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        stack = getattr(self.open, "stack", None)
        if stack and stack[-1].name == name:  # the public function's own primitive: one operation
            return call(*args, **kwargs)
        event = self.begin(name)
        if self.looks:
            self._describe(event, args)
            event.time_range.start = (time.perf_counter_ns() - self.began) / 1000
        try:
            result = call(*args, **kwargs)
        finally:
            self.end(event)
        if self.profile_memory:
            self._count_memory(event, args, result)
        if self.with_flops:
            event.flops = flops_of(name, args, result)
        return result

    def _describe(self, event: FunctionEvent, args: tuple[Any, ...]) -> None:
        if self.record_shapes:
            event.input_shapes = [_shape(a) for a in (args[1:] if args and _is_caller(args[0]) else args)]
        if self.with_stack:
            event.stack = _stack()

    # ------------------------------------------------------------------------------------------ memory
    def _count_memory(self, event: FunctionEvent, args: tuple[Any, ...], result: Any) -> None:
        """Bytes of new arrays among the results. Temporary arrays within an operation come and go: they add up to 0."""
        given = {id(a._data) for a in args if isinstance(a, Variable)}
        for r in result if isinstance(result, (tuple, list)) else (result,):
            array = r._data if isinstance(r, Variable) else r
            if type(array) not in by_array or array.base is not None or id(array) in given or id(array) in self.alive:
                continue
            if by_array[type(array)].device_type != "cpu":
                continue
            event.self_cpu_memory_usage += array.nbytes
            self.alive[id(array)] = weakref.ref(array, self._freed(id(array), array.nbytes))

    def _freed(self, number: int, size: int) -> Callable[[Any], None]:
        def freed(_: Any) -> None:
            if self.alive.pop(number, None) is None or running is not self:
                return
            stack = getattr(self.open, "stack", None)
            if stack:
                stack[-1].self_cpu_memory_usage -= size
            else:
                event = self.begin("[memory]")
                event.self_cpu_memory_usage = -size
                event.time_range.end = event.time_range.start
                self.open.stack.pop()

        return freed


def _is_caller(a: Any) -> bool:
    """Whether a first argument is the object whose method was called, not an input."""
    return isinstance(a, (Op, Node)) or not (isinstance(a, (Variable, list, tuple, int, float)) or hasattr(a, "shape"))


def _shape(a: Any) -> list[int]:
    return list(a.shape) if hasattr(a, "shape") else []


def _stack() -> list[str]:
    """Where the program was, innermost first, without our own files."""
    lines = []
    frame: Any = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith(f"{_PACKAGE}."):
            code = frame.f_code
            lines.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return lines
