"""Where the time goes: ``with profile() as p: …`` and ``print(p.key_averages().table(sort_by="self_cpu_time_total"))``.

torch.profiler's names. While nothing is measured, nothing in the package knows of it (`watching`).
"""

from __future__ import annotations

from .profiler import (
    ProfilerAction,
    ProfilerActivity,
    kineto_available,
    profile,
    record_function,
    schedule,
    supported_activities,
    tensorboard_trace_handler,
)

__all__ = [
    "ProfilerAction", "ProfilerActivity", "kineto_available", "profile", "record_function", "schedule", "supported_activities",
    "tensorboard_trace_handler",
]  # fmt: skip
