"""Gradients with a fast kernel of their own that can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.node import TENSOR_OPS
from ..autograd.op import Op


class Composed(Op):
    """On raw arrays a kernel, on tensors (``create_graph=True``) the same in steps that are themselves differentiable.

    Both are called with the same arguments; ``steps`` gets the operations on tensors as ``k``.
    """

    def __init__(self, name: str, kernel: Callable[..., Any], steps: Callable[..., Any]) -> None:
        super().__init__(name, kernel)
        self.steps = steps

    def __call__(self, *args: Any) -> Any:
        return self.steps(TENSOR_OPS, *args)
