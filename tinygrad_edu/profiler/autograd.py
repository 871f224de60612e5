"""The older form, ``autograd.profiler.profile``: one recording, whose events stand in ``function_events``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cuda import nvtx, synchronize
from .events import EventList, FunctionEventAvg
from .profiler import profile as _profile
from .profiler import record_function
from .watching import watch

__all__ = ["emit_nvtx", "profile", "record_function"]


class profile:
    """Measure every operation in a ``with`` block; ``enabled=False`` makes it do nothing."""

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        self.enabled, self.entered = enabled, False
        self._profile = _profile(
            record_shapes=record_shapes, with_flops=with_flops, profile_memory=profile_memory, with_stack=with_stack
        )
        self.function_events: EventList | None = None

    def __enter__(self) -> profile:
        if self.enabled:
            if self.entered:
                raise RuntimeError("Profiler context manager is not reentrant")
            self.entered = True
            self._profile.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.enabled:
            self._profile.stop()
            self.function_events = self._profile.events()

    def _events(self) -> EventList:
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def __str__(self) -> str:
        return "<unfinished profiler_legacy.profile>" if self.function_events is None else str(self.function_events)

    def table(self, *args: Any, **kwargs: Any) -> str:
        """Every event as a line of a table."""
        return self._events().table(*args, **kwargs)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Sums for each operation."""
        return self._events().key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """All events put together."""
        return self._events().total_average()

    @property
    def self_cpu_time_total(self) -> float:
        return self._events().self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Write the timeline as JSON."""
        self._events()
        self._profile.export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write what a flame graph is drawn from; needs ``with_stack=True``."""
        self._events().export_stacks(path, metric)


class emit_nvtx:
    """Mark every operation in a ``with`` block for NVIDIA's profilers. Needs a GPU; ``enabled=False`` makes it do nothing."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled, self.record_shapes, self.entered = enabled, record_shapes, False

    def __enter__(self) -> emit_nvtx | None:
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("NVTX annotation context manager is not reentrant")
        self.entered = True
        synchronize()
        self._end = watch(self._around)
        return self

    def _around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        shapes = [list(a.shape) for a in args if hasattr(a, "shape")] if self.record_shapes else []
        nvtx.range_push(f"{name}, sizes = {shapes}" if shapes else name)
        try:
            return call(*args, **kwargs)
        finally:
            nvtx.range_pop()

    def __exit__(self, *error: object) -> None:
        if self.enabled:
            synchronize()
            self._end()
