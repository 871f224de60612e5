"""Sparse tensors and the graph: nodes whose gradients may be sparse, and leaves that collect them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from ..autograd.graph import FREED, NO_EDGE, AccumulateGrad, Node, count_nodes, edge_of
from ..autograd.modes import state
from ..autograd.variable import needs_grad, raw_of, wrap, wrap_sparse
from ..backend.coo import Coo

Formula = Callable[[Any], Any]  # raw gradient of the output (dense or sparse) → that of an input


class SparseNode(Node):
    """The graph node of an operation on sparse tensors: one formula an input, on raw arrays.

    ``again`` holds formulas on tensors, for a backward that is to be differentiated; where there is none it cannot be.
    """

    def __init__(self, edges: Any, raw: Any, formulas: Sequence[Formula | None], again: Sequence[Any]) -> None:
        super().__init__(edges, ((raw.shape, raw.dtype),))
        self.formulas: Sequence[Formula | None] | None = formulas
        self.again = again

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        if self.formulas is None:
            raise RuntimeError(FREED)
        results: list[Any] = []
        for i, (edge, formula) in enumerate(zip(self.edges, self.formulas)):
            if edge[0] is None or formula is None or (wanted is not None and edge[0] not in wanted):
                results.append(None)
            elif not create_graph:
                gx = formula(g)
                inside = isinstance(edge[0], (AccumulateGrad, SparseNode))  # other nodes know dense gradients only
                results.append(gx if inside or hasattr(gx, "strides") else gx.to_dense())
            elif i < len(self.again) and self.again[i] is not None:
                results.append(self.again[i](g))
            else:
                raise RuntimeError(f"{self.name()} cannot be differentiated twice: its gradient is sparse")
        return results

    def release(self) -> None:
        self.formulas = None


@cache
def node_named(name: str) -> Any:
    return type(name, (SparseNode,), {})


def wrapped(raw: Any) -> Any:
    """A tensor around a raw array, dense or sparse."""
    return wrap(raw) if hasattr(raw, "strides") else wrap_sparse(raw)


def record(
    raw: Any, name: str, inputs: Sequence[Any], formulas: Sequence[Formula | None], again: Sequence[Any] = ()
) -> Any:
    """The result of an operation as a tensor, hung on a node named ``name`` where a gradient is wanted."""
    out = wrapped(raw)
    if state.enabled and raw.dtype.kind in "fcV" and any(needs_grad(t) for t in inputs):
        edges = tuple(edge_of(t) if needs_grad(t) else NO_EDGE for t in inputs)
        out._requires_grad, out._edge = True, (node_named(name)(edges, raw, formulas, again), 0)
    return out


class SparseLeaf(AccumulateGrad):
    """The end of a path at a sparse leaf, whose gradient may be sparse or dense."""

    __slots__ = ()

    def __init__(self, variable: Any) -> None:
        raw = variable._raw
        self.edges, self.number, self.straight = (), next(count_nodes), False
        self.shape, self.dtype, self.variable = raw.shape, raw.dtype, variable

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        leaf, old = self.variable, self.variable._grad
        if create_graph:
            leaf._grad = g if old is None else old + g
        else:
            leaf._grad = wrapped(g.copy() if old is None else raw_of(old) + g)
        for hook in list((leaf._after_accumulate or {}).values()):
            hook(leaf)
        return ()


SparseLeaf.__name__ = "AccumulateGrad"


def dense(g: Any) -> Any:
    """A raw gradient as a dense array."""
    return g if hasattr(g, "strides") else g.to_dense()


def sparse(g: Any, like: Coo) -> Coo:
    """A raw gradient at the places of ``like``, which are in order."""
    return like.masked(g) if hasattr(g, "strides") else like.like(g.at(like))
