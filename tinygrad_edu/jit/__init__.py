"""Static graphs: `trace` a program on example inputs, run, print, `save` and `load` the graph. torch.jit's names."""

from __future__ import annotations

from .container import load, save
from .module import ScriptFunction, ScriptModule
from .recorder import TracerWarning, TracingError, is_tracing
from .scripting import export, ignore, is_scripting, script, unused
from .trace import TracingCheckError, trace, trace_module

__all__ = [
    "ScriptFunction", "ScriptModule", "TracerWarning", "TracingCheckError", "TracingError", "export", "ignore", "is_scripting",
    "is_tracing", "load", "save", "script", "trace", "trace_module", "unused",
]  # fmt: skip
