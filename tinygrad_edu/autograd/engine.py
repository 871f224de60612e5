"""The engine: carries gradients from the results back through the graph to the leaves.

Nodes are numbered downwards as they are made, and whatever uses a tensor is made after it: taking the smallest number first
visits every node once, after all its consumers.
"""

from __future__ import annotations

import warnings
from heapq import heappop, heappush
from typing import Any

from ..backend.coo import Coo
from ..backend.quiet import SILENT, reset, set_quiet
from .graph import FREED, AccumulateGrad, Edge, Node, fit
from .hooks import run_after, run_before
from .modes import state, switch


def run_backward(
    roots: list[tuple[Edge, Any]],
    create_graph: bool,
    retain_graph: bool,
    targets: dict[Edge, Any] | None = None,
) -> dict[Edge, Any]:
    """Carry gradients from ``roots`` back through the graph.

    Without ``targets`` leaves receive ``.grad``. With them (`autograd.grad`) nothing is accumulated: only the paths that
    lead to a target are walked, and the gradients that arrive there are returned.
    Gradients are raw arrays, or tensors when ``create_graph`` makes backward itself differentiable.
    """
    starts = [edge[0] for edge, _ in roots]
    wanted = None if targets is None else leading_to({node for node, _ in targets}, starts)
    found: dict[Edge, Any] = {}
    waiting = Waiting(create_graph)
    arrived, heap = waiting.arrived, waiting.heap
    find_nan = state.anomaly and state.check_nan
    short = targets is None and not (create_graph or retain_graph or state.anomaly)
    while roots:
        waiting.deliver(*roots.pop())
    with Walk(starts, wanted, create_graph):
        while heap:
            node = heappop(heap)[1]
            if short and node.straight and arrived[node] is not None:
                follow(node, arrived.pop(node), waiting)
                continue
            g = arrived.pop(node)
            if (g is None or (node.more is not None and all(each is None for each in g))) and not node.takes_none:
                for target, _ in node.edges:
                    if target is not None and (wanted is None or target in wanted):
                        waiting.undefined(target)
                continue
            if node.before is not None:
                g = run_before(node, g, create_graph)
            if targets is not None:
                last = False  # whether a target is reached here and no other one lies behind it: the node stays whole
                for nr, each in enumerate([g] if node.more is None else g):
                    if (node, nr) in targets and each is not None:
                        found[(node, nr)] = each
                        last = wanted is not None and not any(target in wanted for target, _ in node.edges)
                if last or (wanted is not None and node not in wanted) or isinstance(node, AccumulateGrad):
                    continue
            try:
                results = node.apply(g, create_graph, wanted)
            except Exception:
                if state.anomaly:
                    warn_of(node)
                raise
            if find_nan:
                results = list(results)
                look_for_nan(node, results, create_graph)
            if node.after:
                results = run_after(node, results, g, create_graph)
            if not retain_graph:
                node.release()
            del g
            for edge, gx in zip(node.edges, results):
                target = edge[0]
                if target is None or (wanted is not None and target not in wanted):
                    continue
                if gx is None:
                    if node.takes_none:
                        waiting.undefined(target)
                    continue
                shape, dtype = (target.shape, target.dtype) if target.more is None else target.more[edge[1]]
                data = gx._data if create_graph else gx
                if data.shape != shape or (data.dtype is not dtype and data.dtype != dtype):
                    gx = fit(gx, shape, dtype, create_graph, node, edge)
                if target.more is None and target not in arrived:  # ``deliver``, without the call: most edges
                    arrived[target] = gx
                    heappush(heap, (target.number, target))
                else:
                    waiting.deliver(edge, gx)
            gx = data = results = None
    return found


def follow(node: Any, g: Any, waiting: Waiting) -> None:
    """The short way down a chain of operations with one formula each and no hooks: most of a long graph.

    What such a node leads to comes next if it is newer than all nodes that wait: they cannot be consumers of it, then, and it
    need not wait in the heap itself.
    """
    heap = waiting.heap
    while True:
        saved = node.saved
        if saved is None:
            raise RuntimeError(FREED)
        for version in node.versions:
            if version[0]:
                node.check_versions()
                break
        g = node.plan.only(node.k, g, *saved)
        saved = None
        if node.versions:
            node.saved, node.versions = None, ()
        else:
            node.release()
        edge = node.edges[0]
        target = edge[0]
        if g is None:
            return
        if not target.straight or (heap and heap[0][0] <= target.number):
            shape, dtype = target.meta(edge[1])
            if g.shape != shape or g.dtype != dtype:
                g = fit(g, shape, dtype, False, node, edge)
            waiting.deliver(edge, g)
            return
        if g.shape != target.shape or (g.dtype is not target.dtype and g.dtype != target.dtype):
            g = fit(g, target.shape, target.dtype, False, node, edge)
        node = target


class Waiting:
    """The nodes that are still to be visited, and the gradients that have arrived at each so far."""

    def __init__(self, create_graph: bool) -> None:
        self.create_graph = create_graph
        self.arrived: dict[Any, Any] = {}  # node → the gradient of its output (a list, where it has several)
        self.heap: list[tuple[int, Any]] = []
        self.owned: set[Edge] = set()  # sums made here, safe to add into

    def deliver(self, edge: Edge, g: Any) -> None:
        """A gradient for one output of a node."""
        node, nr = edge
        arrived = self.arrived
        if node not in arrived:
            heappush(self.heap, (node.number, node))
            arrived[node] = g if node.more is None else [g if i == nr else None for i in range(len(node.more))]
        elif node.more is None:
            arrived[node] = g if arrived[node] is None else self.add(edge, arrived[node], g)
        else:
            grads = arrived[node]
            grads[nr] = g if grads[nr] is None else self.add(edge, grads[nr], g)

    def undefined(self, node: Any) -> None:
        """Somebody has no gradient for this node: others may, and if not it is visited all the same."""
        if node not in self.arrived:
            heappush(self.heap, (node.number, node))
            self.arrived[node] = None if node.more is None else [None] * len(node.more)

    def add(self, edge: Edge, total: Any, g: Any) -> Any:
        if type(g) is Coo:  # the new one first, as torch does: it decides the order of places
            return g + total
        if self.create_graph or edge not in self.owned:
            self.owned.add(edge)
            return total + g
        total += g
        return total


def leading_to(goals: set[Any], starts: list[Any]) -> set[Any]:
    """All nodes on a path from ``starts`` to a goal (no recursion: graphs are deep)."""
    leads: dict[Any, bool] = {}
    stack = [node for node in starts if node is not None]
    while stack:
        node = stack[-1]
        if node in leads:
            stack.pop()
            continue
        todo = [n for n, _ in node.edges if n is not None and n not in leads]
        if todo:
            stack.extend(todo)
            continue
        leads[node] = node in goals or any(n is not None and leads[n] for n, _ in node.edges)
        stack.pop()
    return {node for node, yes in leads.items() if yes}


class Walk:
    """One run of the engine: it records only for ``create_graph``, and hooks may ask where it will come."""

    def __init__(self, starts: list[Any], wanted: set[Any] | None, create_graph: bool) -> None:
        self.starts, self.wanted, self.create_graph = starts, wanted, create_graph
        self.reached: set[Any] | None = None

    def __enter__(self) -> None:
        self.outer, state.walk = state.walk, self
        self.mode = state.grad_mode
        switch(self.create_graph)
        self.token = set_quiet(SILENT)  # dividing by zero is no news to torch

    def __exit__(self, *exc: object) -> None:
        reset(self.token)
        switch(self.mode)
        state.walk = self.outer

    def visits(self, node: Any) -> bool:
        """Whether the engine comes to ``node``."""
        if self.wanted is not None:
            return node in self.wanted
        if self.reached is None:
            self.reached, todo = set(), [n for n in self.starts if n is not None]
            while todo:
                n = todo.pop()
                if n not in self.reached:
                    self.reached.add(n)
                    todo.extend(m for m, _ in n.edges if m is not None)
        return node in self.reached


# ------------------------------------------------------------------------------------------------ anomaly mode
def warn_of(node: Node) -> None:
    """Name the line of the forward pass that made a node whose backward went wrong."""
    said = (
        f"Traceback of forward call that caused the error:\n{node.trace}"
        if node.trace
        else "No forward pass information available. Enable detect anomaly during forward pass for more information."
    )
    warnings.warn(f"Error detected in {node.name()}. {said}", stacklevel=4)


def look_for_nan(node: Node, results: list[Any], create_graph: bool) -> None:
    for i, g in enumerate(results):
        if g is None:
            continue
        data = g._data if create_graph else g
        if bool((data != data).any()):
            warn_of(node)
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
