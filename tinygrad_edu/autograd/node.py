"""The graph node of a primitive: what forward kept, and the formulas that turn gradients round."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from .. import dtypes
from .graph import FREED, AccumulateGrad, Edge, Node
from .modes import state
from .saving import Packed, SavedTensor
from .second import first_derivative, second_name
from .table import TENSOR_OPS
from .variable import Variable, wrap

if TYPE_CHECKING:
    from .op import Op

BASE_WRITTEN = "its base or another view of its base has been"
SEVERAL = (
    "This view is the output of a function that returns multiple views. Such functions do not allow the output views to "
    "be modified inplace. You should replace the inplace operation by an out-of-place one."
)


class OpNode(Node):
    """The graph node of an `Op`: saved values, and the formulas for the inputs that need a gradient."""

    __slots__ = ("k", "plan", "saved", "versions")
    __init__: Any = object.__init__  # made empty, filled by `Op.hang` and `Op.record`: half the time
    op: Op
    saved: Any
    then: tuple[int, ...] = ()  # the versions of what was saved, where they were not all 0

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Any:
        saved = self.saved
        if saved is None:
            raise RuntimeError(FREED)
        for version in self.versions:
            if version[0]:
                self.check_versions()
                break
        plan, k = self.plan, self.k
        if plan.only is not None and not create_graph and self.more is None:
            return (plan.only(k, g, *saved),)  # one formula, and it takes all that was saved: most nodes
        op = self.op
        raw = saved
        second = second_name(op) if create_graph else None
        if create_graph:
            saved = [self._tensor(where, value) for where, value in zip(plan.saving, saved)]
            k = TENSOR_OPS
        if self.more is not None:
            g = g[0] if op.single else g if op.partial else self._complete(g, create_graph)
        if plan.only is not None and second is None:
            return (plan.only(k, g, *saved),)
        results: list[Any] = [None] * len(self.edges)
        for at, formula, pick in plan.formulas:
            if wanted is not None and not self._leads(at, wanted):
                continue
            if second is not None and isinstance(g, Variable):
                gx = first_derivative(self, formula, at, g, pick(raw), pick(saved), second == "NotImplemented")
            else:
                gx = formula(k, g, *pick(saved))
            if at != op.variadic_at:
                results[at] = gx
            else:
                results[at:] = gx
        return results

    def check_versions(self) -> None:
        """RuntimeError where something that was saved has been written in place since."""
        for version, then in zip(self.versions, self.then or (0,) * len(self.versions)):
            if version[0] != then:
                raise RuntimeError(self._modified(version))

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
        return tuple(i for i, _ in self._counted() if type(self.saved[i]) is not list)

    def _counted(self) -> list[tuple[int, int]]:
        """Which saved values, and which of those that are lists of arrays, the version counters belong to."""
        found = []
        for i, (where, value) in enumerate(zip(self.plan.saving, self.saved)):
            if where[1] == "array" and type(value) in (list, self.k.array_type):
                found += [(i, nth) for nth in range(len(value) if type(value) is list else 1)]
        return found

    def _modified(self, version: list[int]) -> str:
        at = self.versions.index(version)
        then = self.then[at] if self.then else 0
        places = [(i, 0) for i in self.plan.places] if self.plan.places is not None else self._counted()
        place, nth = places[at] if at < len(places) else (0, 0)
        value = self.saved[place]
        array = value[nth] if type(value) is list else value
        where = self.plan.saving[place][0]
        maker, nr = (self, -1 - where) if where < 0 else self.edges[self.op.edge_at.get(where, 0) + nth]
        kind = f"{dtypes.module_name}.{'cuda.' if self.k.device_type == 'cuda' else ''}{dtypes.of(array).short}Tensor"
        made_by: Op | None = getattr(maker, "op", None) if where >= 0 else None
        if made_by is not None and made_by.safe:
            return f"Output {nr} of {origin_name(maker)} is a view and {BASE_WRITTEN} modified inplace. {SEVERAL}"
        view = made_by is not None and made_by.view
        if made_by is not None and view and not made_by.name.startswith("view_as_"):  # derived again from its base
            maker, nr = "AsStrided", 0
        elif where >= 0 and len(version) > 1 and not view:  # rewritten in place since: named after that operation
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
            return
        for where, value in zip(self.plan.saving, self.saved or ()):
            if where[1] == "array" and self._is_array(value):  # the rest are shapes and types
                self.saved = None
                break

    def _is_array(self, value: Any) -> bool:
        """Whether torch would have saved this as a tensor: an array, or an index made of arrays."""
        if isinstance(value, (tuple, list)):
            return any(type(v) is self.k.array_type for v in value)
        return type(value) is self.k.array_type

    # ------------------------------------------------------------------ seen from outside
    def watched(self) -> None:
        """Anomaly mode wants the program's lines, `saved_tensors_hooks` the saved tensors."""
        if state.anomaly:
            self.keep_trace()
        if state.saved_hooks:
            self.pack(state.saved_hooks[-1])

    def pack(self, hooks: Any, only: Any = None) -> None:
        """Keep what the first of two hooks makes of each saved tensor; the second one gives the tensor back."""
        places = [p for p in self._version_places() if only is None or p in only]
        saved = list(self.saved)
        for place in places:
            value = saved[place]
            if type(value) is list:
                saved[place] = [Packed(self._as_saved(place, v, j), hooks) for j, v in enumerate(value)]
            else:
                saved[place] = Packed(self._as_saved(place, value), hooks)
        if places:
            self.saved, self.versions, self.straight = tuple(saved), (), False
            self.__class__ = _packed_class(type(self))  # type: ignore[arg-type]

    def _as_saved(self, place: int, value: Any, j: int | None = None) -> Any:
        """The tensor that a saved array was, for hooks and users to see."""
        found = self._tensor(self.plan.saving[place], value if j is None else [value])
        t = found if j is None else found[0]
        if j is None and t._base is None and place < len(self.versions) == len(self.saved):
            t._counter = self.versions[place]
        return t

    def __dir__(self) -> list[str]:
        names = [n for n in super().__dir__() if not n.startswith(("_saved_", "_raw_saved_"))]
        return [*names, *(f"_saved_{_names_of(self.op, w)[-1]}" for w in self.plan.saving if _names_of(self.op, w))]


class Saved:
    """``node._saved_self``, ``_saved_result``, ``_saved_dim`` …: what a node keeps, by torch's names.

    An attribute of the nodes' class, not a `__getattr__`: that would slow down every attribute of every node.
    """

    def __init__(self, name: str) -> None:
        self.name, self.raw = name, name.startswith("_raw_saved_")
        self.wanted = name.removeprefix("_raw").removeprefix("_saved_")

    def __get__(self, node: Any, owner: Any) -> Any:
        if node is None:
            return self
        for place, where in enumerate(node.plan.saving):
            if self.wanted in _names_of(node.op, where):
                if node.saved is None:
                    raise RuntimeError(FREED)
                if self.raw:
                    return SavedTensor(node, place)
                value = node.saved[place]
                if isinstance(value, Packed):
                    return value.tensor()
                is_tensor = where[1] == "array" and type(value) is node.k.array_type
                return node._as_saved(place, value) if is_tensor else value
        if not self.raw:
            return None  # it leads to no gradient here
        raise AttributeError(f"'{type(node).__name__}' object has no attribute '{self.name}'")


def _names_of(op: Op, where: tuple[int, str]) -> tuple[str, ...]:
    """What torch calls, and what we call, a place that formulas ask for."""
    at, what = where
    if at < 0:
        return ("result",) if len(op.outputs) == 1 else (f"result{-1 - at}", op.outputs[-1 - at])
    own = op.arguments[at]
    known = {0: "self", 1: "other"}.get(at, own) if own in ("x", "y", "input", "self", "other") else own
    return (own, known) if what == "array" else (f"{known}_sym_sizes",) if what == "shape" else ()


def publish_saved(op: Op) -> None:
    """Give an operation's nodes the attributes by which users see what its formulas ask for."""
    wheres = {op.where_of(need) for _, needs in op.formulas.values() for need in needs}
    for name in {name for where in wheres for name in _names_of(op, where)}:
        for attribute in (f"_saved_{name}", f"_raw_saved_{name}"):
            setattr(op.Node, attribute, Saved(attribute))


class PackedNode:
    """Mixed into the class of a node whose saved tensors went through hooks: unpacks them for backward."""

    __slots__ = ()

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Any:
        packed = self.saved  # type: ignore[has-type]
        if packed is None:
            raise RuntimeError(FREED)
        self.saved = tuple(_unpacked(value) for value in packed)
        try:
            return super().apply(g, create_graph, wanted)  # type: ignore[misc]
        finally:
            self.saved = packed

    def release(self) -> None:
        self.saved = None  # type: ignore[assignment]


@cache
def _packed_class(node: Any) -> Any:
    return type(node.__name__, (PackedNode, node), {"__slots__": ()})


def _unpacked(value: Any) -> Any:
    if type(value) is list:
        return [_unpacked(v) for v in value]
    return value.tensor()._data if isinstance(value, Packed) else value


def origin_name(node: Node) -> str:
    """A node's name as torch's message has it: without "Backward0", and with the number of another overload ("Prod1")."""
    return re.sub(r"Backward0?(?=\d*$)", "", node.name())
