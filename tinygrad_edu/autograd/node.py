"""The graph node of a primitive: what forward kept, and the formulas that turn gradients round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import dtypes
from .graph import FREED, AccumulateGrad, Edge, Node
from .table import TENSOR_OPS
from .variable import wrap

if TYPE_CHECKING:
    from .op import Op


class OpNode(Node):
    """The graph node of an `Op`: saved values, and the formulas for the inputs that need a gradient."""

    __slots__ = ("k", "plan", "saved", "versions")
    op: Op
    saved: Any
    then: tuple[int, ...] = ()  # the versions of what was saved, where they were not all 0

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Any:
        saved = self.saved
        if saved is None:
            raise RuntimeError(FREED)
        for version in self.versions:
            if version[0] and version[0] != (self.then[self.versions.index(version)] if self.then else 0):
                raise RuntimeError(self._modified(version))
        op, plan, k = self.op, self.plan, self.k
        if create_graph:
            saved = [self._tensor(where, value) for where, value in zip(plan.saving, saved)]
            k = TENSOR_OPS
        if self.more is not None:
            g = g[0] if op.single else self._complete(g, create_graph)
        if plan.only is not None:  # one formula, and it takes all that was saved: most nodes
            return (plan.only(k, g, *saved),)
        results: list[Any] = [None] * len(self.edges)
        for at, formula, positions in plan.formulas:
            if wanted is not None and not self._leads(at, wanted):
                continue
            gx = formula(k, g, *[saved[p] for p in positions])
            if at != op.variadic_at:
                results[at] = gx
            else:
                results[at:] = gx
        return results

    @property
    def next_functions(self) -> tuple[Edge, ...]:
        return self.edges

    def _leads(self, at: int, wanted: Any) -> bool:
        edges = self.edges[at:] if at == self.op.variadic_at else self.edges[at : at + 1]
        return any(node in wanted for node, _ in edges)

    def _complete(self, grads: list[Any], create_graph: bool) -> list[Any]:
        """Zeros for the outputs that nobody used."""
        if None not in [g if g is None else 0 for g in grads]:
            return grads
        zeros = [self.k.xp.zeros(shape, dtype) for shape, dtype in self.more]
        return [(wrap(z) if create_graph else z) if g is None else g for g, z in zip(grads, zeros)]

    # ------------------------------------------------------------------ what was saved
    def _tensor(self, where: tuple[int, str], value: Any) -> Any:
        """A saved raw array as the tensor it was, with its place in the graph."""
        if where[1] != "array":
            return value
        if where[0] < 0:  # an output: of this very node
            t = wrap(value)
            if self.op.differentiable[-1 - where[0]]:
                t._requires_grad, t._edge = True, (self, -1 - where[0])
            return t
        at = self.op.edge_at.get(where[0])
        if type(value) is list:
            return [v if at is None else self._at_edge(self.edges[at + j], v) for j, v in enumerate(value)]
        if type(value) is not self.k.array_type:
            return value
        return wrap(value) if at is None else self._at_edge(self.edges[at], value)

    def _at_edge(self, edge: Edge, value: Any) -> Any:
        node = edge[0]
        if isinstance(node, AccumulateGrad) and node.variable._data is value:
            return node.variable
        t = wrap(value)
        if node is not None:
            t._requires_grad, t._edge = True, edge
        return t

    def replace_saved(self, i: int, array: Any, version: list[int] | None) -> None:
        """Keep another array in place of the i-th saved one (with its version counter, or without)."""
        pairs = dict(zip(self._version_places(), zip(self.versions, self.then or (0,) * len(self.versions))))
        pairs.pop(i, None)
        if version is not None:
            pairs[i] = (version, version[0])
        self.saved = (*self.saved[:i], array, *self.saved[i + 1 :])
        ordered = [pairs[p] for p in sorted(pairs)]
        self.versions, self.then = tuple(v for v, _ in ordered), tuple(n for _, n in ordered)
        self.plan = self.plan.with_places(tuple(sorted(pairs)))

    def _version_places(self) -> tuple[int, ...]:
        """Which saved values the version counters belong to."""
        if self.plan.places is not None:
            return self.plan.places  # type: ignore[no-any-return]
        return tuple(
            i
            for i, (where, value) in enumerate(zip(self.plan.saving, self.saved))
            if where[1] == "array" and type(value) is self.k.array_type
            for _ in range(1)
        )

    def _modified(self, version: list[int]) -> str:
        at = self.versions.index(version)
        then = self.then[at] if self.then else 0
        places = self._version_places()
        place = places[at] if at < len(places) else 0
        value = self.saved[place]
        array = value[0] if type(value) is list else value
        where = self.plan.saving[place][0]
        maker, nr = (self, -1 - where) if where < 0 else self.edges[self.op.edge_at.get(where, 0)]
        kind = f"{dtypes.module_name}.{'cuda.' if self.k.device_type == 'cuda' else ''}{dtypes.of(array).short}Tensor"
        if where >= 0 and len(version) > 1:  # rewritten in place since: named after that operation
            maker, nr = version[1], 0
        elif maker is not None:
            maker = None if isinstance(maker, AccumulateGrad) else origin_name(maker)
        origin = "" if maker is None else f", which is output {nr} of {maker},"
        return (
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{kind} {list(array.shape)}]{origin} is at version {version[0]}; expected version {then} instead. Hint: "
            + (
                "the backtrace further above shows the operation that failed to compute its gradient. The variable in "
                "question was changed in there or anywhere later. Good luck!"
                if self.trace
                else "enable anomaly detection to find the operation that failed to compute its gradient, with "
                "torch.autograd.set_detect_anomaly(True, check_nan=False)."
            )
        )

    def release(self) -> None:
        if self.versions:
            self.saved, self.versions = None, ()


def origin_name(node: Node) -> str:
    """A node's name as torch's message has it: without "Backward0"."""
    return re.sub(r"Backward\d*$", "", node.name())
