"""``profile``: measure a program's operations, all of them or in chosen steps."""

from __future__ import annotations

import enum
import gzip
import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from ..cuda import is_available
from . import recording
from .events import EventList
from .recording import Recorder


class ProfilerActivity(enum.Enum):
    """What to measure. On a GPU, the times are those of starting its work, which goes on while the CPU is further."""

    CPU = 0
    CUDA = 2


class ProfilerAction(enum.Enum):
    """What a schedule asks for in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def supported_activities() -> set[ProfilerActivity]:
    """What can be measured on this machine."""
    return {ProfilerActivity.CPU, ProfilerActivity.CUDA} if is_available() else {ProfilerActivity.CPU}


def kineto_available() -> bool:
    """Whether `profile` records events, for which PyTorch needs a library of that name. Always here."""
    return True


def _default_schedule_fn(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """Which steps to record: after ``skip_first`` steps, cycles of ``wait``, ``warmup`` and ``active`` ones.

    ``repeat``: how many cycles, 0 for no end. ``skip_first_wait``: no waiting in the first cycle.

    >>> plan = schedule(wait=1, warmup=1, active=2)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if wait < 0 or warmup < 0 or active <= 0 or repeat < 0 or skip_first < 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} (need >= 0), "
            f"active={active} (need > 0), repeat={repeat} (need >= 0), skip_first={skip_first} (need >= 0)."
        )
    if warmup == 0:
        warnings.warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)
    length = wait + warmup + active

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step += wait * bool(skip_first_wait) - skip_first
        at = step % length
        if (repeat > 0 and step / length >= repeat) or at < wait:
            return ProfilerAction.NONE
        if at < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if at < length - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


class record_function:
    """A part of a program under a name of its own: ``with record_function("forward"): …``, or as a decorator."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args
        self._event: Any = None
        self._recorder: Recorder | None = None

    def __enter__(self) -> record_function:
        self._recorder = recording.running
        if self._recorder is not None:
            self._event = self._recorder.begin(self.name, annotation=True)
        return self

    def __exit__(self, *error: object) -> None:
        if self._recorder is not None:
            self._recorder.end(self._event)
            self._recorder = self._event = None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def named(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name, self.args):
                return function(*args, **kwargs)

        return named


class profile:
    """Measure every operation in a ``with`` block: how often, how long, how much memory.

    Args:
        activities: what to measure (`ProfilerActivity`).
        schedule: a function from the step's number to a `ProfilerAction`, such as `schedule` makes: with ``p.step()`` after
            every step of the program, only some steps are recorded.
        on_trace_ready: called with the profile whenever a recording is complete.
        record_shapes, profile_memory, with_stack, with_flops: also note the shapes of inputs; the memory of results;
            the lines of the program; how many floating-point operations.

    >>> import tinygrad_edu as tg
    >>> x = tg.ones(3, 3)
    >>> with profile() as p:
    ...     y = (x @ x).relu()
    >>> [(event.key, event.count) for event in p.key_averages()]
    [('aten::matmul', 1), ('aten::mm', 1), ('aten::relu', 1)]
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[Any], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        self.activities = set(supported_activities() if activities is None else activities)
        if not self.activities:
            raise AssertionError("No valid profiler activities found")
        self.record_shapes, self.profile_memory = record_shapes, profile_memory
        self.with_stack, self.with_flops, self.with_modules = with_stack, with_flops, with_modules
        self.record_steps = schedule is not None
        self.schedule = schedule or _default_schedule_fn
        self.on_trace_ready = on_trace_ready
        self.step_num = 0
        self.current_action = self.schedule(0)
        self.metadata: dict[str, Any] = {}
        self._recorder: Recorder | None = None  # of the latest recording
        self._recording = False
        self._step: record_function | None = None

    # ------------------------------------------------------------------------------------------ running
    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin, as ``with`` does."""
        self._change(ProfilerAction.NONE, self.current_action)
        self._begin_step()

    def stop(self) -> None:
        """End, as the end of ``with`` does."""
        self._end_step()
        if self._recording:
            self._save()

    def step(self) -> None:
        """Say that the program's next step begins."""
        self._end_step()
        before, self.step_num = self.current_action, self.step_num + 1
        self.current_action = self.schedule(self.step_num)
        self._change(before, self.current_action)
        self._begin_step()

    def _change(self, before: ProfilerAction, now: ProfilerAction) -> None:
        if before is ProfilerAction.RECORD_AND_SAVE:
            self._save()
        elif now not in _RECORDING and before in _RECORDING:
            warnings.warn(f"Incorrect schedule: RECORD followed by {now.name}", stacklevel=3)
            self._end_recording()
        elif before is ProfilerAction.WARMUP and now is ProfilerAction.NONE:
            warnings.warn("Incorrect schedule: WARMUP followed by NONE", stacklevel=3)
        if now in _RECORDING and not self._recording:
            recorder = Recorder(self.record_shapes, self.profile_memory, self.with_stack, self.with_flops)
            recorder.start()
            self._recorder, self._recording = recorder, True

    def _end_recording(self) -> None:
        assert self._recorder is not None
        self._recorder.stop()
        self._recording = False

    def _save(self) -> None:
        self._end_recording()
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def _begin_step(self) -> None:
        if self.record_steps:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__()
            self._step = None

    # ------------------------------------------------------------------------------------------ results
    def events(self) -> EventList:
        """All events of the latest recording, in the order in which they began."""
        if self._recorder is None:
            raise AssertionError("Profiler must be initialized before accessing events")
        return self._recorder.events

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Sums for each operation. ``print(p.key_averages().table(sort_by="self_cpu_time_total", row_limit=10))``"""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write what a flame graph is drawn from; needs ``with_stack=True``."""
        self.events().export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Note something in the trace file."""
        self.metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """Note something, given as JSON, in the trace file."""
        self.metadata[key] = json.loads(value)

    def export_chrome_trace(self, path: str) -> None:
        """Write the timeline as JSON for chrome://tracing or ui.perfetto.dev; compressed if ``path`` ends in .gz."""
        assert self._recorder is not None
        trace = json.dumps(self._trace(self._recorder))
        if str(path).endswith(".gz"):
            with gzip.open(path, "wt", encoding="utf-8") as packed:
                packed.write(trace)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(trace)

    def _trace(self, recorder: Recorder) -> dict[str, Any]:
        process = os.getpid()
        calls = []
        for event in recorder.events:
            noted: dict[str, Any] = {"External id": event.id}
            if recorder.record_shapes:
                noted["Input Dims"] = event.input_shapes
            if event.stack:
                noted["Call stack"] = ";".join(event.stack)
            if recorder.profile_memory:
                noted["Bytes"] = event.cpu_memory_usage
            calls.append({
                "ph": "X", "cat": "user_annotation" if event.is_user_annotation else "cpu_op", "name": event.name,
                "pid": process, "tid": event.thread, "ts": event.time_range.start, "dur": event.time_range.elapsed_us(),
                "args": noted,
            })  # fmt: skip
        name = {"ph": "M", "name": "process_name", "pid": process, "tid": 0, "ts": 0, "args": {"name": "python"}}
        return {
            "schemaVersion": 1, "displayTimeUnit": "ms", "baseTimeNanoseconds": recorder.began_at, **self.metadata,
            "traceEvents": [name, *calls],
        }  # fmt: skip


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """For ``on_trace_ready``: writes each recording to a file of its own in a folder."""

    def write(p: profile) -> None:
        try:
            os.makedirs(dir_name, exist_ok=True)
        except OSError as error:
            raise RuntimeError("Can't create directory: " + dir_name) from error
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json{'.gz' if use_gzip else ''}"
        p.export_chrome_trace(os.path.join(dir_name, name))

    return write
