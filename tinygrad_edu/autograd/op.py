"""A primitive operation: its forward on raw arrays and, beside it, the derivative for each input.

    mul = Op("mul", lambda k, x, y: x * y,
             x=lambda k, g, y: g * y,
             y=lambda k, g, x: g * x)

A formula names what it needs – inputs, plain arguments, outputs, ``x_shape`` for only the shape of x – and exactly that is
kept for backward. ``k`` stands for the kernels on raw arrays, or for the operations on tensors when the backward pass is to be
differentiated in its turn: one formula serves both.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..backend import Kernels, by_array, kernels_of
from ..backend.quiet import SILENT, reset, set_quiet
from .graph import NO_EDGE, Edge, count_nodes, edge_of
from .modes import state
from .node import OpNode
from .table import TENSOR_OPS
from .variable import Variable, wrap, wrap_view

Where = tuple[int, str]  # (argument number, or -1 - output number; "array" or what of it: "shape", "dtype", …)


class Plan:
    """What one kind of call saves, and the formulas that its backward runs (only those that lead to a gradient)."""

    __slots__ = ("formulas", "keep", "only", "places", "saving")

    def __init__(self, saving: tuple[Where, ...], formulas: tuple[Any, ...], n_edges: int, places: Any = None) -> None:
        self.saving, self.formulas, self.places = saving, formulas, places
        whole = len(formulas) == 1 and formulas[0][2] == tuple(range(len(saving)))
        self.only = formulas[0][1] if whole and n_edges == 1 else None
        self.keep = _KEEP.get(saving)

    def with_places(self, places: tuple[int, ...]) -> Plan:
        """The same plan for a node whose saved values carry version counters at other places."""
        changed = Plan(self.saving, self.formulas, 1 if self.only else 2, places)
        return changed


# what a call with one or two tensor arguments keeps, without a loop: (values, version counters)
_X, _Y, _OUT = (0, "array"), (1, "array"), (-1, "array")
_KEEP: dict[tuple[Where, ...], Callable[[Any, Any, Any], tuple[Any, Any]]] = {
    (): lambda x, y, out: ((), ()),
    (_X,): lambda x, y, out: ((x._data,), (x._counter,)),
    (_Y,): lambda x, y, out: ((y._data,), (y._counter,)),
    (_OUT,): lambda x, y, out: ((out._data,), (out._counter,)),
    (_X, _Y): lambda x, y, out: ((x._data, y._data), (x._counter, y._counter)),
    (_Y, _X): lambda x, y, out: ((y._data, x._data), (y._counter, x._counter)),
    ((0, "shape"),): lambda x, y, out: ((x._data.shape,), ()),
}


class Op:
    """A differentiable primitive. See the module's text for how one is written.

    ``outputs`` names the results where there are several; ``differentiable`` says which of them carry gradients (formulas get a
    list of gradients ``g`` unless exactly one does). ``view=True``: the result shares the input's memory.
    ``variadic``: the last tensor argument is a list of tensors and its formula returns a list.
    """

    table: dict[str, Op] = TENSOR_OPS.table

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        *,
        node: str | None = None,
        view: bool = False,
        outputs: Sequence[str] = ("out",),
        differentiable: Sequence[bool] | None = None,
        variadic: str | None = None,
        **formulas: Any,
    ) -> None:
        self.name, self.forward, self.view = name, forward, view
        arguments = list(inspect.signature(forward).parameters)[1:]
        self.arguments = arguments
        self.outputs = tuple(outputs)
        self.differentiable = tuple(differentiable or [True] * len(self.outputs))
        self.single = sum(self.differentiable) == 1
        self.variadic = None if variadic is None else arguments.index(variadic)
        unknown = set(formulas) - set(arguments)
        if unknown:
            raise TypeError(f"{name}: formulas for {sorted(unknown)}, but forward takes {arguments}")
        self.formulas = {
            arguments.index(key): (formula, list(inspect.signature(formula).parameters)[2:])
            for key, formula in formulas.items()
            if formula is not None
        }
        self.edge_at = {i: at for at, i in enumerate(sorted(self.formulas, key=lambda i: (i == self.variadic, i)))}
        self.variadic_at = self.edge_at.get(self.variadic, -1) if self.variadic is not None else -1
        self.mask = sum(1 << i for i in self.formulas)
        self.plans: dict[int, Plan] = {}
        name_of_node = node or "".join(part.capitalize() for part in name.split("_")) + "Backward0"
        self.Node = type(name_of_node, (OpNode,), {"__slots__": (), "op": self})
        self.where = _defined_at()
        if name in Op.table:
            raise ValueError(f"a primitive named {name!r} exists already")
        Op.table[name] = self
        Kernels.table[name] = forward

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.arguments)})>"

    # ------------------------------------------------------------------ calling
    def __call__(self, *args: Any) -> Any:
        raw = []
        mask = 0
        bit = 1
        first: Any = None
        for a in args:
            if isinstance(a, Variable):
                raw.append(a._data)
                if first is None:
                    first = a
                if a._requires_grad or (a._base is not None and a._base._requires_grad):
                    mask |= bit
            elif type(a) is list and a and isinstance(a[0], Variable):
                raw.append([t._data for t in a])
                if first is None:
                    first = a[0]
                if any(t._requires_grad or (t._base is not None and t._base._requires_grad) for t in a):
                    mask |= bit
            else:
                raw.append(a)
            bit <<= 1
        k = kernels_of(first._data)
        token = set_quiet(SILENT)  # dividing by zero is no news to torch
        try:
            result = self.forward(k, *raw)
        finally:
            reset(token)
        if len(self.outputs) == 1:
            if self.view:
                out = wrap_view(result, first)
            else:
                out = wrap(result if type(result) in by_array else k.xp.asarray(result))
            outs: tuple[Any, ...] = (out,)
        else:
            outs = tuple(wrap(r if type(r) is k.array_type else k.xp.asarray(r)) for r in result)
        mask &= self.mask
        if mask and state.enabled:
            self.record(mask, args, raw, outs, k)
        elif state.inference:
            for out in outs:
                out._inference = True
        return outs[0] if len(outs) == 1 else outs

    def call1(self, x: Any) -> Any:
        """``self(x)`` for one tensor, without the loops: what most of a network's operations are."""
        a = x._data
        k = by_array.get(type(a)) or kernels_of(a)
        token = set_quiet(SILENT)
        try:
            r = self.forward(k, a)
        finally:
            reset(token)
        out = Variable.new()
        out._data = r if type(r) is k.array_type else k.xp.asarray(r)
        out._counter = [0]
        if state.enabled and self.mask and (x._requires_grad or (x._base is not None and x._base._requires_grad)):
            plan = self.plans.get(1) or self.plan(1)
            if plan.keep is None:
                self.record(1, (x,), [a], (out,), k)
            else:
                edge = x._edge
                self.hang(((edge if edge is not None and x._base is None else edge_of(x)),), plan, x, None, out, k)
        elif state.inference:
            out._inference = True
        return out

    def call2(self, x: Any, y: Any) -> Any:
        """``self(x, y)`` for two tensors, or a tensor and a number."""
        if not isinstance(x, Variable):
            return self(x, y)
        a = x._data
        k = by_array.get(type(a)) or kernels_of(a)
        mask = 1 if x._requires_grad or (x._base is not None and x._base._requires_grad) else 0
        if isinstance(y, Variable):
            b = y._data
            if y._requires_grad or (y._base is not None and y._base._requires_grad):
                mask |= 2
            key = mask
        else:
            b = y
            key = mask | 4  # a number is saved without a version counter
        token = set_quiet(SILENT)
        try:
            r = self.forward(k, a, b)
        finally:
            reset(token)
        out = Variable.new()
        out._data = r if type(r) is k.array_type else k.xp.asarray(r)
        out._counter = [0]
        if mask and self.mask and state.enabled:
            plan = self.plans.get(key) or self.plan(key)
            if plan.keep is None:
                self.record(mask, (x, y), [a, b], (out,), k)
            else:
                edge = x._edge
                if not mask & 1:
                    first = NO_EDGE
                else:
                    first = edge if edge is not None and x._base is None else edge_of(x)
                second = edge_of(y) if mask & 2 else NO_EDGE
                self.hang((first, second), plan, x, y, out, k)
        elif state.inference:
            out._inference = True
        return out

    def hang(self, edges: tuple[Edge, ...], plan: Plan, x: Any, y: Any, out: Any, k: Kernels) -> None:
        """Make the node of a call with one output and hang the output on it."""
        data = out._data
        if data.dtype.kind not in "fcV":
            return
        node: Any = object.__new__(self.Node)
        node.edges, node.number, node.shape, node.dtype = edges, next(count_nodes), data.shape, data.dtype
        node.plan, node.k = plan, k
        node.saved, node.versions = plan.keep(x, y, out)  # type: ignore[misc]
        for version in node.versions:
            if version[0]:
                node.then = tuple(v[0] for v in node.versions)
                break
        if state.anomaly:
            node.keep_trace()
        out._requires_grad, out._edge = True, (node, 0)

    # ------------------------------------------------------------------ recording
    def plan(self, key: int) -> Plan:
        """For the inputs in ``key`` (bits; 4: the second of two is a number): what to save, which formulas to run."""
        saving: list[Where] = []
        formulas = []
        for i, (formula, needs) in self.formulas.items():
            if not key >> i & 1 or (key & 4 and i == 1 and len(self.arguments) == 2):
                continue
            positions = []
            for need in needs:
                where = self._where(need)
                if where not in saving:
                    saving.append(where)
                positions.append(saving.index(where))
            formulas.append((self.edge_at[i], formula, tuple(positions)))
        n_edges = len(self.edge_at) if self.variadic is None else 2
        self.plans[key] = found = Plan(tuple(saving), tuple(formulas), n_edges)
        if key & 4 and len(self.arguments) == 2 and found.keep is not None:
            found.keep = _KEEP_WITH_NUMBER.get(found.saving)
        return found

    def _where(self, need: str) -> Where:
        if need in self.outputs:
            return (-1 - self.outputs.index(need), "array")
        if need in self.arguments:
            return (self.arguments.index(need), "array")
        base, _, what = need.rpartition("_")
        if what in ("shape", "dtype", "strides", "mask") and base in self.arguments:
            return (self.arguments.index(base), what)
        raise TypeError(f"{self.name}: a formula asks for {need!r}; there are {[*self.arguments, *self.outputs]}")

    def record(self, mask: int, args: Sequence[Any], raw: list[Any], outs: Sequence[Any], k: Kernels) -> None:
        """Make the graph node of any call and hang the outputs on it."""
        edges: list[Edge] = []
        for i in self.edge_at:
            a = args[i]
            if i == self.variadic:
                edges.extend(edge_of(t) if isinstance(t, Variable) else NO_EDGE for t in a)
            else:
                edges.append(edge_of(a) if mask >> i & 1 else NO_EDGE)
        plan = self.plans.get(mask) or self.plan(mask)
        node = self.Node(tuple(edges), [(o._data.shape, o._data.dtype) for o in outs])
        saved: list[Any] = []
        versions: list[list[int]] = []
        for where, what in plan.saving:
            if where < 0:
                versions.append(outs[-1 - where]._counter)
                saved.append(outs[-1 - where]._data)
                continue
            a, value = args[where], raw[where]
            if what == "array":
                saved.append(value)
                if isinstance(a, Variable):
                    versions.append(a._counter)
                elif type(a) is list and where == self.variadic:
                    versions.extend(t._counter for t in a)
            elif what == "shape":
                saved.append([r.shape for r in value] if where == self.variadic else value.shape)
            elif what == "dtype":
                saved.append(value.dtype)
            elif what == "strides":  # in elements, as torch counts
                saved.append(tuple(s // value.itemsize for s in value.strides))
            else:  # "mask": which of a list of tensors need a gradient
                saved.append([t._requires_grad or (t._base is not None and t._base._requires_grad) for t in a])
        node.plan, node.k, node.saved, node.versions = plan, k, tuple(saved), tuple(versions)
        if any(version[0] for version in versions):
            node.then = tuple(version[0] for version in versions)
        for nr, out in enumerate(outs):
            if self.differentiable[nr] and out._data.dtype.kind in "fcV":
                out._requires_grad, out._edge = True, (node, nr)


_KEEP_WITH_NUMBER: dict[tuple[Where, ...], Callable[[Any, Any, Any], tuple[Any, Any]]] = {
    (): _KEEP[()],
    (_X,): _KEEP[(_X,)],
    (_Y,): lambda x, y, out: ((y,), ()),
    (_OUT,): _KEEP[(_OUT,)],
    (_X, _Y): lambda x, y, out: ((x._data, y), (x._counter,)),
    (_Y, _X): lambda x, y, out: ((y, x._data), (x._counter,)),
}


def _defined_at() -> tuple[str, int]:
    """The file and line where an operation is declared, for `show_source`."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").endswith((".op", ".registry", "._define")):
        frame = frame.f_back
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
