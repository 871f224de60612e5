"""`ShapeProp`: what shape and dtype each node of a graph gives."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...dtypes import dtype
from ...layouts import channels_last, channels_last_3d, contiguous_format, memory_format
from ...size import Size
from ...tensor import Tensor
from ..interpreter import Interpreter
from ..node import Node


class TensorMetadata(NamedTuple):
    """The form of a node's result."""

    shape: Size
    dtype: dtype
    requires_grad: bool
    stride: tuple[int, ...]
    memory_format: memory_format | None
    is_quantized: bool
    qparams: dict[str, Any]


def _form(t: Tensor) -> TensorMetadata:
    orders = (contiguous_format, channels_last, channels_last_3d)
    fitting = {contiguous_format: True, channels_last: t.dim() == 4, channels_last_3d: t.dim() == 5}
    order = next((o for o in orders if fitting[o] and t.is_contiguous(memory_format=o)), None)
    return TensorMetadata(t.shape, t.dtype, t.requires_grad, t.stride(), order, False, {})


def _forms(result: Any) -> Any:
    """A result with forms in the place of its tensors; None where there are none."""
    if isinstance(result, Tensor):
        return _form(result)
    if isinstance(result, (tuple, list)):
        parts = [_forms(each) or each for each in result]
        return type(result)(parts) if any(isinstance(p, TensorMetadata) for p in parts) else None
    return None


class ShapeProp(Interpreter):
    """Runs a graph and writes into each node's ``meta`` what came of it: ``meta["tensor_meta"]`` and ``meta["type"]``.

    >>> import tinygrad_edu as tg
    >>> traced = tg.fx.symbolic_trace(lambda x: tg.relu(x).sum(0))
    >>> _ = ShapeProp(traced).propagate(tg.ones(2, 3))
    >>> [(n.name, n.meta["tensor_meta"].shape) for n in traced.graph.nodes][:2]
    [('x', tinygrad_edu.Size([2, 3])), ('relu', tinygrad_edu.Size([2, 3]))]
    """

    def run_node(self, n: Node) -> Any:
        result = super().run_node(n)
        form = _forms(result)
        if form is not None:
            n.meta["tensor_meta"] = form
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args: Any) -> Any:
        """Run the graph with these inputs; its result."""
        return super().run(*args)
