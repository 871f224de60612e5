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
from typing import Any, Callable, Sequence

from .. import dtypes
from ..backend import Kernels, kernels_of
from .graph import FREED, NO_EDGE, AccumulateGrad, Edge, Node, edge_of
from .modes import state
from .variable import Variable, wrap, wrap_view


class _TensorOps:
    """The ``k`` of a formula that runs on tensors: ``k.exp`` is the primitive itself."""

    def __getattr__(self, name: str) -> Op:
        try:
            return Op.table[name]
        except KeyError:
            raise AttributeError(f"no primitive named {name!r}") from None


TENSOR_OPS = _TensorOps()


class OpNode(Node):
    """The graph node of an `Op`: saved values, and the formulas for the inputs that need a gradient."""

    __slots__ = ("plan", "saved", "versions", "k")
    op: Op

    def apply(self, grads: list[Any], create_graph: bool, wanted: Any) -> list[Any]:
        op, (saving, formulas) = self.op, self.plan
        saved = self.saved
        if saved is None:
            raise RuntimeError(FREED)
        for version, then, i in self.versions:
            if version[0] != then:
                raise RuntimeError(self._modified(version[0], then, saved[i]))
        k: Any = self.k
        if create_graph:
            saved = [self._tensor(where, value) for where, value in zip(saving, saved)]
            k = TENSOR_OPS
        g = grads[0] if op.single else self._complete(grads, create_graph)
        edges = self.edges
        results: list[Any] = [None] * len(edges)
        for at, formula, positions in formulas:
            if wanted is not None and not self._leads(at, wanted):
                continue
            gx = formula(k, g, *[saved[p] for p in positions])
            if at != op.variadic_at:
                results[at] = gx
            else:
                results[at:] = gx
        return results

    def _leads(self, at: int, wanted: Any) -> bool:
        edges = self.edges[at:] if at == self.op.variadic_at else self.edges[at : at + 1]
        return any(node in wanted for node, _ in edges)

    def _complete(self, grads: list[Any], create_graph: bool) -> list[Any]:
        """Zeros for the outputs that nobody used."""
        if None not in grads:
            return grads
        zeros = [self.k.xp.zeros(shape, dtype) for shape, dtype in self.metas]
        return [(wrap(z) if create_graph else z) if g is None else g for g, z in zip(grads, zeros)]

    def _tensor(self, where: Any, value: Any) -> Any:
        """A saved raw array as the tensor it was, with its place in the graph."""
        if where[1] != "array":
            return value
        if where[0] < 0:  # an output: of this very node
            t = wrap(value)
            if self.op.differentiable[-1 - where[0]]:
                t._requires_grad, t._node, t._nr = True, self, -1 - where[0]
            return t
        at = self.op.edge_at.get(where[0])
        if type(value) is list:
            return [v if at is None else self._at_edge(self.edges[at + j], v) for j, v in enumerate(value)]
        if type(value) is not self.k.array_type:
            return value
        return wrap(value) if at is None else self._at_edge(self.edges[at], value)

    def _at_edge(self, edge: Edge, value: Any) -> Any:
        node, nr = edge
        if node is None:
            return wrap(value)
        if isinstance(node, AccumulateGrad) and node.variable._data is value:
            return node.variable
        t = wrap(value)
        t._requires_grad, t._node, t._nr = True, node, nr
        return t

    def _modified(self, now: int, then: int, value: Any) -> str:
        array = value[0] if type(value) is list else value
        where = next((w for w, s in zip(self.plan[0], self.saved) if s is value), (-1, "array"))
        maker, nr = (self, -1 - where[0]) if where[0] < 0 else self.edges[self.op.edge_at.get(where[0], 0)]
        kind = f"{dtypes.module_name}.{'cuda.' if self.k.device_type == 'cuda' else ''}{dtypes.of(array).short}Tensor"
        known = maker is not None and not isinstance(maker, AccumulateGrad)
        origin = f", which is output {nr} of {maker.name()}," if known else ""
        return (
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{kind} {list(array.shape)}]{origin} is at version {now}; expected version {then} instead. Hint: "
            + (
                "the backtrace further above shows the operation that failed to compute its gradient. The variable in "
                "question was changed in there or anywhere later. Good luck!"
                if self.trace
                else "enable anomaly detection to find the operation that failed to compute its gradient, with "
                "torch.autograd.set_detect_anomaly(True)."
            )
        )

    def release(self) -> None:
        if self.versions:
            self.saved, self.versions = None, ()


class Op:
    """A differentiable primitive. See the module's text for how one is written.

    ``outputs`` names the results where there are several; ``differentiable`` says which of them carry gradients (formulas get a
    list of gradients ``g`` unless exactly one does). ``view=True``: the result shares the input's memory.
    ``variadic``: the last tensor argument is a list of tensors and its formula returns a list.
    """

    table: dict[str, Op] = {}

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
        **formulas: Callable[..., Any] | None,
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
        self.plans: dict[int, Any] = {}
        name_of_node = node or "".join(part.capitalize() for part in name.split("_")) + "Backward0"
        self.Node = type(name_of_node, (OpNode,), {"__slots__": (), "op": self})
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        while caller is not None and caller.f_globals.get("__name__", "").endswith((".op", ".registry", "._define")):
            caller = caller.f_back
        self.where = (caller.f_code.co_filename, caller.f_lineno) if caller is not None else ("", 0)
        if name in Op.table:
            raise ValueError(f"a primitive named {name!r} exists already")
        Op.table[name] = self
        Kernels.table[name] = forward

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.arguments)})>"

    def plan(self, mask: int) -> Any:
        """For the inputs in ``mask``: what to save and which formulas to run."""
        saving: list[tuple[int, str]] = []
        formulas = []
        for i, (formula, needs) in self.formulas.items():
            if not mask >> i & 1:
                continue
            positions = []
            for need in needs:
                where = self._where(need)
                if where not in saving:
                    saving.append(where)
                positions.append(saving.index(where))
            formulas.append((self.edge_at[i], formula, tuple(positions)))
        self.plans[mask] = found = (tuple(saving), tuple(formulas))
        return found

    def _where(self, need: str) -> tuple[int, str]:
        if need in self.outputs:
            return (-1 - self.outputs.index(need), "array")
        if need in self.arguments:
            return (self.arguments.index(need), "array")
        base, _, what = need.rpartition("_")
        if what in ("shape", "dtype", "strides", "mask"):
            if base in self.arguments:
                return (self.arguments.index(base), what)
        raise TypeError(f"{self.name}: a formula asks for {need!r}; there are {[*self.arguments, *self.outputs]}")

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
        result = self.forward(k, *raw)
        if len(self.outputs) == 1:
            if self.view:
                out = wrap_view(result, first)
            else:
                out = wrap(result if type(result) is k.array_type else k.xp.asarray(result))
            mask &= self.mask
            if mask and state.enabled:
                self.record(mask, args, raw, (out,), k)
            return out
        outs = tuple(wrap(r if type(r) is k.array_type else k.xp.asarray(r)) for r in result)
        mask &= self.mask
        if mask and state.enabled:
            self.record(mask, args, raw, outs, k)
        return outs

    def record(self, mask: int, args: Sequence[Any], raw: list[Any], outs: Sequence[Any], k: Kernels) -> None:
        """Make the graph node of a call and hang the outputs on it."""
        edges: list[Edge] = []
        for i in self.edge_at:
            a = args[i]
            if i == self.variadic:
                edges.extend(edge_of(t) if isinstance(t, Variable) else NO_EDGE for t in a)
            else:
                edges.append(edge_of(a) if mask >> i & 1 else NO_EDGE)
        plan = self.plans.get(mask) or self.plan(mask)
        node = self.Node(tuple(edges), tuple([(o._data.shape, o._data.dtype) for o in outs]))
        node.plan, node.k = plan, k
        saved = []
        versions = []
        for where, what in plan[0]:
            if where < 0:
                out = outs[-1 - where]
                versions.append((out._version, out._version[0], len(saved)))
                saved.append(out._data)
                continue
            a = args[where]
            if what == "shape":
                saved.append(raw[where].shape if where != self.variadic else [r.shape for r in raw[where]])
            elif what == "dtype":
                saved.append(raw[where].dtype)
            elif what == "strides":  # in elements, as torch counts
                saved.append(tuple(s // raw[where].itemsize for s in raw[where].strides))
            elif what == "mask":
                saved.append([t._requires_grad or (t._base is not None and t._base._requires_grad) for t in a])
            else:
                if isinstance(a, Variable):
                    versions.append((a._version, a._version[0], len(saved)))
                elif type(a) is list and where == self.variadic:
                    versions.extend((t._version, t._version[0], len(saved)) for t in a)
                saved.append(raw[where])
        node.saved, node.versions = saved, versions
        for nr, out in enumerate(outs):
            if self.differentiable[nr] and out._data.dtype.kind in "fcV":
                out._requires_grad, out._node, out._nr = True, node, nr
