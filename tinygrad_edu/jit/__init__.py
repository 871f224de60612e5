"""Static graphs: `trace` a program on example inputs, run, print, `save` and `load` the graph. torch.jit's names."""

from __future__ import annotations

from . import futures
from .annotations import (
    Attribute,
    Error,
    Final,
    _script_if_tracing,
    annotate,
    enable_onednn_fusion,
    interface,
    isinstance,
    onednn_fusion_enabled,
    optimized_execution,
    script_if_tracing,
    script_method,
    set_fusion_strategy,
    strict_fusion,
)  # fmt: skip
from .container import load, save
from .freezing import freeze, optimize_for_inference
from .futures import Future, fork, wait
from .module import RecursiveScriptModule, ScriptFunction, ScriptModule, TopLevelTracedModule, TracedModule
from .recorder import TracerWarning, TracingError, is_tracing
from .scripting import _overload, _overload_method, export, ignore, is_scripting, script, unused
from .trace import TracingCheckError, trace, trace_module

__all__ = [
    "Attribute", "Error", "Final", "Future", "RecursiveScriptModule", "ScriptFunction", "ScriptModule", "TopLevelTracedModule",
    "TracedModule", "TracerWarning", "TracingCheckError", "TracingError",
    "annotate", "enable_onednn_fusion", "export", "fork", "freeze", "ignore", "interface", "is_scripting", "is_tracing", "isinstance",
    "load", "onednn_fusion_enabled", "optimize_for_inference", "optimized_execution", "save", "script", "script_if_tracing",
    "script_method", "set_fusion_strategy", "strict_fusion", "trace", "trace_module", "unused", "wait",
]  # fmt: skip
