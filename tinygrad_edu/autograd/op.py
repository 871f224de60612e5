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

from ..backend import Kernels, by_array, cpu, kernels_of
from ..backend.quiet import SILENT, reset, set_quiet
from .graph import NO_EDGE, count_nodes, edge_of
from .modes import state
from .node import OpNode, publish_saved
from .plan import Plan, Where
from .table import TENSOR_OPS
from .variable import Variable, mark_inference, wrap, wrap_view

_HOST = cpu.array_type
_NUMBER, _COMPLEX = 1 << 30, 1 << 31  # in a plan's key: the second of two arguments is a number; complex results

CALLS = ("__call__", "call1", "call2", "view1", "with_number")  # the ways into a primitive: who watches must watch all


class Op:
    """A differentiable primitive. See the module's text for how one is written.

    ``outputs`` names the results where there are several; ``differentiable`` says which of them carry gradients (formulas get a
    list of gradients ``g`` unless exactly one does). ``view=True``: the result shares the input's memory.
    ``partial=True``: formulas get None, not zeros, as the gradient of an output that nobody used.
    ``variadic``: the last tensor argument is a list of tensors and its formula returns a list.
    ``holomorphic``: the formulas are those of calculus, and complex numbers are conjugated around them: torch's gradient of f at a
    complex z is ``g * conj(f'(z))``.
    """

    table: dict[str, Op] = TENSOR_OPS.table

    safe = False  # of those with several views as results: whether autograd tracks that they are

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
        holomorphic: bool = False,
        partial: bool = False,
        **formulas: Any,
    ) -> None:
        self.partial = partial
        self.name, self.forward, self.view, self.holomorphic = name, forward, view, holomorphic
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
        k = cpu if type(first._data) is _HOST else kernels_of(first._data)
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
        return outs[0] if len(outs) == 1 else outs

    def call1(self, x: Any) -> Any:
        """``self(x)`` for one tensor, without the loops: what most of a network's operations are."""
        a = x._data
        k = cpu if type(a) is _HOST else kernels_of(a)
        token = set_quiet(SILENT)
        try:
            r = self.forward(k, a)
        finally:
            reset(token)
        out = Variable.new()
        out._data = r if type(r) is k.array_type else k.xp.asarray(r)
        out._counter = [0]
        key = 1 if self.mask and (x._requires_grad or (x._base is not None and x._base._requires_grad)) else 0
        if not state.plain:
            self.unusual(key, x, None, out, k)
        elif key:
            self.hang(key, x, None, out, k)
        return out

    def call2(self, x: Any, y: Any) -> Any:
        """``self(x, y)`` for two tensors."""
        if not isinstance(x, Variable) or not isinstance(y, Variable):
            return self(x, y)
        a = x._data
        k = cpu if type(a) is _HOST else kernels_of(a)
        token = set_quiet(SILENT)
        try:
            r = self.forward(k, a, y._data)
        finally:
            reset(token)
        out = Variable.new()
        out._data = r if type(r) is k.array_type else k.xp.asarray(r)
        out._counter = [0]
        key = 1 if x._requires_grad or (x._base is not None and x._base._requires_grad) else 0
        if y._requires_grad or (y._base is not None and y._base._requires_grad):
            key |= 2
        if not self.mask:
            key = 0
        if not state.plain:
            self.unusual(key, x, y, out, k)
        elif key:
            self.hang(key, x, y, out, k)
        return out

    def view1(self, x: Any) -> Any:
        """``self(x)`` for a view of one tensor."""
        k = kernels_of(x._data)
        out = wrap_view(self.forward(k, x._data), x)
        if state.enabled and (x._requires_grad or (x._base is not None and x._base._requires_grad)):
            node = self.hang(1, x, None, out, k)
            if node is not None and state.watched:
                node.watched()
        return out

    def with_number(self, x: Any, number: float) -> Any:
        """``self(x, number)`` for a tensor of real floats: NumPy is quicker with a 0-d array than with a Python number."""
        a = x._data
        k = cpu if type(a) is _HOST else kernels_of(a)
        b = k.number(number, a.dtype) if number == 0 else k.nonzero(number, a.dtype)
        token = set_quiet(SILENT)
        try:
            r = self.forward(k, a, b)
        finally:
            reset(token)
        out = Variable.new()
        out._data = r if type(r) is k.array_type else k.xp.asarray(r)
        out._counter = [0]
        needs = self.mask & 1 and (x._requires_grad or (x._base is not None and x._base._requires_grad))
        if not state.plain:
            self.unusual(_NUMBER | 1 if needs else 0, x, b, out, k)
        elif needs:
            self.hang(_NUMBER | 1, x, b, out, k)
        return out

    def hang(self, key: int, x: Any, y: Any, out: Any, k: Kernels) -> Any:
        """Make the node of a call with one output and hang the output on it: `record` for the commonest calls.

        Returns the node; None where it was left to `record`, which also watches it.
        """
        plan = self.plans.get(key) or self.plan(key)
        data, keep = out._data, plan.keep
        dtype = data.dtype
        if keep is None or dtype.kind != "f":
            args = (x,) if y is None else (x, y)
            self.record(key & 3, args, [a._data if isinstance(a, Variable) else a for a in args], (out,), k)
            return None
        second = NO_EDGE if y is None or not key & 2 else edge_of(y)  # before the first: see `record`
        edge = x._edge
        if not key & 1:
            edge = NO_EDGE
        elif edge is None or x._base is not None:
            edge = edge_of(x)
        node: Any = self.Node()
        node.edges = (edge,) if y is None or self.mask == 1 else (edge, second)
        node.number, node.shape, node.dtype = next(count_nodes), data.shape, dtype
        node.plan, node.k, node.straight = plan, k, plan.straight
        node.saved, node.versions = _, versions = keep(x, y, out)
        for version in versions:
            if version[0]:
                node.then = tuple(v[0] for v in versions)
                break
        out._requires_grad, out._edge = True, (node, 0)
        return node

    def unusual(self, key: int, x: Any, y: Any, out: Any, k: Kernels) -> None:
        """What becomes of a result in a block that switches recording off, or watches it."""
        if state.enabled and key:
            node = self.hang(key, x, y, out, k)
            if node is not None:
                node.watched()
        elif state.inference:
            mark_inference(out)

    # ------------------------------------------------------------------ recording
    def plan(self, key: int) -> Plan:
        """For the inputs in ``key`` (bits, `_NUMBER`, `_COMPLEX`): what to save, which formulas to run."""
        if not self.plans:
            publish_saved(self)
        saving: list[Where] = []
        formulas = []
        for i, (formula, needs) in self.formulas.items():
            if not key >> i & 1:
                continue
            if key & _COMPLEX and self.holomorphic:
                formula = _conjugated(formula)
            positions = []
            for need in needs:
                where = self.where_of(need)
                if where not in saving:
                    saving.append(where)
                positions.append(saving.index(where))
            formulas.append((self.edge_at[i], formula, positions))
        leads = [(at, i, bool(key >> i & 1)) for i, at in self.edge_at.items()]
        self.plans[key] = found = Plan(tuple(saving), formulas, self.variadic, leads, bool(key & _NUMBER))
        return found

    def where_of(self, need: str) -> Where:
        """Which argument or output, or what of it, a formula asks for by this name."""
        if need in self.outputs:
            return (-1 - self.outputs.index(need), "array")
        if need in self.arguments:
            return (self.arguments.index(need), "array")
        base, _, what = need.rpartition("_")
        if what in ("shape", "dtype", "strides", "columns", "mask") and base in self.arguments:
            return (self.arguments.index(base), what)
        raise TypeError(f"{self.name}: a formula asks for {need!r}; there are {[*self.arguments, *self.outputs]}")

    def record(self, mask: int, args: Sequence[Any], raw: list[Any], outs: Sequence[Any], k: Kernels) -> None:
        """Make the graph node of any call and hang the outputs on it."""
        if self.holomorphic and outs[0]._data.dtype.kind == "c":
            mask |= _COMPLEX
        plan = self.plans.get(mask) or self.plan(mask)
        edges, saved, versions = plan.take(args, raw, outs)
        node = self.Node()
        first = outs[0]._data
        node.edges, node.number, node.shape, node.dtype = edges, next(count_nodes), first.shape, first.dtype
        node.straight = plan.straight and len(outs) == 1
        if len(outs) > 1:
            node.set_outputs([(o._data.shape, o._data.dtype) for o in outs])
        node.plan, node.k, node.saved, node.versions = plan, k, saved, versions
        for version in versions:
            if version[0]:
                node.then = tuple([v[0] for v in versions])
                break
        for nr, out in enumerate(outs):
            if self.differentiable[nr] and out._data.dtype.kind in "fcV":
                out._requires_grad, out._edge = True, (node, nr)
        if state.watched:
            node.watched()


def _conjugated(formula: Callable[..., Any]) -> Callable[..., Any]:
    def around(k: Any, g: Any, *saved: Any) -> Any:
        return k.conj(formula(k, k.conj(g), *saved))

    return around


def _defined_at() -> tuple[str, int]:
    """The file and line where an operation is declared, for `show_source`."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").endswith((".op", ".registry", "._define")):
        frame = frame.f_back
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
