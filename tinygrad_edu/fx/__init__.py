"""Graphs of programs that can be read, changed and run: torch.fx's names."""

from __future__ import annotations

from .graph import Graph
from .interpreter import Interpreter, Transformer
from .module import GraphModule
from .node import Node, has_side_effect, map_arg
from .proxy import Proxy, TraceError
from .subgraph_rewriter import replace_pattern
from .tracer import GraphAppendingTracer, Tracer, TracerBase, symbolic_trace, wrap

__all__ = [
    "Graph", "GraphAppendingTracer", "GraphModule", "Interpreter", "Node", "Proxy", "TraceError", "Tracer", "TracerBase", "Transformer",
    "has_side_effect", "map_arg", "replace_pattern", "symbolic_trace", "wrap",
]  # fmt: skip
