"""The graph of a computation and the engine that walks it backwards.

A `Node` stands for one operation that was run. Its ``edges`` lead to the nodes that made the operation's inputs. Nodes are
numbered downwards as they are made, and whatever uses a tensor is made after it: taking the smallest number first visits
every node once, after all its consumers.
"""

from __future__ import annotations

import itertools
import sys
import traceback
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from .. import dtypes
from ..backend import kernels_of
from ..backend.quiet import quietly
from .modes import set_grad_enabled, state
from .table import TENSOR_OPS
from .variable import needs_grad, wrap

count_nodes = itertools.count(-1, -1)  # the newest node has the smallest number, as a heap wants it
Edge = tuple[Any, int]  # (node or None, which of its outputs)
NO_EDGE: Edge = (None, 0)

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)


class Node:
    """One step of the graph: knows its inputs' nodes and how to turn gradients of its outputs into theirs."""

    __slots__ = ("__dict__", "__weakref__", "dtype", "edges", "number", "shape")

    # rarely set, so they stand on the class until then
    more: Any = None  # (shape, dtype) of every output, where there are several
    before: list[Any] | None = None  # hooks on the gradients that come in
    after: dict[int, Callable[..., Any]] | None = None  # hooks on those that go out
    trace: str | None = None

    def __init__(self, edges: tuple[Edge, ...], metas: Sequence[tuple[Any, Any]]) -> None:
        self.edges = edges
        self.number = next(count_nodes)
        self.set_outputs(metas)
        if state.anomaly:
            self.keep_trace()

    def set_outputs(self, metas: Sequence[tuple[Any, Any]]) -> None:
        """The (shape, NumPy dtype) of each output: gradients that arrive are brought to these."""
        self.shape, self.dtype = metas[0] if metas else ((), None)
        if len(metas) > 1:
            self.more = tuple(metas)

    def meta(self, nr: int) -> tuple[Any, Any]:
        return (self.shape, self.dtype) if self.more is None else self.more[nr]

    def keep_trace(self) -> None:
        self.trace = "".join(traceback.format_list(traceback.extract_stack()[:-4]))

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        """The gradients for ``edges``, from the gradient of the output (a list of them where there are several)."""
        raise TypeError(f"{type(self).__name__} must define apply()")

    def release(self) -> None:
        """Drop what was saved for backward."""

    # what users see of a node
    @property
    def next_functions(self) -> tuple[Edge, ...]:
        return self.edges

    def name(self) -> str:
        """torch's name of the node; its C++ nodes carry their namespace."""
        name = type(self).__name__
        return f"torch::autograd::{name}" if name in _IN_NAMESPACE else name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    @property
    def metadata(self) -> dict[Any, Any]:
        return self.__dict__.setdefault("_metadata", {})

    def register_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after this node; it may return replacement grad_inputs."""
        if self.after is None:
            self.after = OrderedDict()
        return RemovableHandle(self.after, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before this node; it may return replacements."""
        hooks: dict[int, Callable[..., Any]] = OrderedDict()
        handle = RemovableHandle(hooks, hook)
        self.before = [*(self.before or ()), (None, hooks)]
        return handle


_IN_NAMESPACE = ("AccumulateGrad", "CopyBackwards", "CopySlices", "GraphRoot")


class RemovableHandle:
    """What ``register_hook`` returns: ``remove()`` takes the hook away again."""

    next_id = itertools.count()

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self.id = next(RemovableHandle.next_id)
        self._hooks = weakref.ref(hooks) if isinstance(hooks, OrderedDict) else lambda: hooks
        hooks[self.id] = hook

    def remove(self) -> None:
        hooks = self._hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class AccumulateGrad(Node):
    """The end of a path: adds the gradient into a leaf's ``.grad``."""

    __slots__ = ("variable",)

    def __init__(self, variable: Any) -> None:
        super().__init__((), ((variable._data.shape, variable._data.dtype),))
        self.variable = variable

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        leaf, old = self.variable, self.variable._grad
        if create_graph:
            leaf._grad = TENSOR_OPS.copy(leaf.detach(), g) if old is None else old + g
        elif old is None:
            leaf._grad = wrap(_own(g, leaf._data))
        elif old._node is not None:  # it carries a graph of its own: leave that alone
            leaf._grad = wrap(old._data + g)
        else:
            old._data += g
            old._counter[0] += 1
        for hook in list((getattr(leaf, "_after_accumulate", None) or {}).values()):
            hook(leaf)
        return ()


def _own(g: Any, like: Any) -> Any:
    """``g`` itself when nobody else holds it, else a copy: two leaves must never share one gradient."""
    k = kernels_of(g)
    # 4 references: the engine's name, apply's argument, our argument, getrefcount's own
    if type(g) is k.array_type and g.base is None and g.flags.c_contiguous and sys.getrefcount(g) <= 4:
        return g
    return k.xp.array(g, copy=True, order="C" if like.flags.c_contiguous else "K")


def edge_of(t: Any) -> Edge:
    """The edge that leads to a tensor's maker: its node, or for a leaf its AccumulateGrad."""
    if t._base is not None:
        t.grad_fn  # noqa: B018 – a view's node may have to be derived from its base again
    if t._edge is not None:
        return t._edge  # type: ignore[no-any-return]
    if not needs_grad(t):
        return NO_EDGE
    node = t._accumulator and t._accumulator()
    if node is None:
        node = AccumulateGrad(t)
        if t._hooks:
            node.before = [(0, t._hooks)]
        t._accumulator = weakref.ref(node)
    return (node, 0)


# ------------------------------------------------------------------------------------------------ the engine
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
    wanted = None if targets is None else _leading_to({node for node, _ in targets}, [edge[0] for edge, _ in roots])
    found: dict[Edge, Any] = {}
    arrived: dict[Any, Any] = {}  # node → the gradient of its output so far (a list, where it has several)
    owned: set[Edge] = set()  # sums made here, safe to add into
    heap: list[tuple[int, Any]] = []

    def deliver(edge: Edge, g: Any) -> None:
        node, nr = edge
        if node not in arrived:
            heappush(heap, (node.number, node))
            if node.more is None:
                arrived[node] = g
            else:
                arrived[node] = [g if i == nr else None for i in range(len(node.more))]
        elif node.more is None:
            arrived[node] = add(edge, arrived[node], g)
        else:
            grads = arrived[node]
            grads[nr] = g if grads[nr] is None else add(edge, grads[nr], g)

    def add(edge: Edge, total: Any, g: Any) -> Any:
        if create_graph or edge not in owned:
            owned.add(edge)
            return total + g
        total += g
        return total

    find_nan = state.anomaly and state.check_nan
    while roots:
        deliver(*roots.pop())
    with set_grad_enabled(create_graph), quietly():
        while heap:
            node = heappop(heap)[1]
            g = arrived.pop(node)
            if node.before is not None:
                g = _run_before(node, g, create_graph)
            if targets is not None:
                for nr, each in enumerate([g] if node.more is None else g):
                    if (node, nr) in targets and each is not None:
                        found[(node, nr)] = each
                if (wanted is not None and node not in wanted) or isinstance(node, AccumulateGrad):
                    continue
            try:
                results = node.apply(g, create_graph, wanted)
            except Exception as error:
                if node.trace:
                    error.add_note(f"This happened in {node.name()}; the forward call that made it:\n{node.trace}")
                raise
            if node.after:
                results = _run_after(node, results, g, create_graph)
            if not retain_graph:
                node.release()
            del g
            for edge, gx in zip(node.edges, results):
                target = edge[0]
                if gx is None or target is None or (wanted is not None and target not in wanted):
                    continue
                shape, dtype = (target.shape, target.dtype) if target.more is None else target.more[edge[1]]
                data = gx._data if create_graph else gx
                if data.shape != shape or (data.dtype is not dtype and data.dtype != dtype):
                    gx = _fit(gx, shape, dtype, create_graph, node, edge)
                if find_nan and bool((data != data).any()):
                    _report_nan(node)
                if target.more is None and target not in arrived:  # ``deliver``, without the call: most edges
                    arrived[target] = gx
                    heappush(heap, (target.number, target))
                else:
                    deliver(edge, gx)
            gx = data = results = None
    return found


def _leading_to(goals: set[Any], starts: list[Any]) -> set[Any]:
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


def _fit(g: Any, shape: tuple[int, ...], dtype: Any, is_tensor: bool, node: Node, edge: Edge) -> Any:
    """Sum a gradient over what broadcasting stretched, and cast it to the type of what it is the gradient of."""
    data = g._data if is_tensor else g
    if data.shape != shape:
        lead = data.ndim - len(shape)
        fits = lead >= 0 and all(n in (1, m) for n, m in zip(shape, data.shape[lead:]))
        if not fits:
            raise RuntimeError(
                f"Function {node.name()} returned an invalid gradient at index "
                f"{node.edges.index(edge)} - got "
                f"{list(data.shape)} but expected shape compatible with {list(shape)}"
            )
        g = g.sum_to_size(shape) if is_tensor else sum_to(g, shape)
        data = g._data if is_tensor else g
    if data.dtype != dtype:
        if data.dtype.kind == "c" and dtype.kind != "c":
            g = g.real
        g = g.to(dtypes.from_np(dtype)) if is_tensor else g.astype(dtype)
    return g


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting on a raw array: sum over the dimensions that ``shape`` lacks or has as 1.

    >>> import numpy
    >>> sum_to(numpy.ones((4, 3)), (3,)).tolist()
    [4.0, 4.0, 4.0]
    """
    lead = g.ndim - len(shape)
    stretched = tuple(i for i, n in enumerate(shape, lead) if n == 1 and g.shape[i] != 1)
    if lead or stretched:
        g = g.sum(axis=(*range(lead), *stretched), keepdims=True, dtype=g.dtype)
    return g.reshape(shape)


# ------------------------------------------------------------------------------------------------ hooks
def _as_tensor(g: Any, create_graph: bool) -> Any:
    return g if create_graph or g is None else wrap(kernels_of(g).xp.asarray(g))


def _as_grad(t: Any, create_graph: bool) -> Any:
    return t if create_graph or t is None else t._data


def _run_before(node: Node, g: Any, create_graph: bool) -> Any:
    grads = [g] if node.more is None else g
    for nr, hooks in node.before or ():
        for hook in list(hooks.values()):
            if nr is None:
                result = hook(tuple(_as_tensor(g, create_graph) for g in grads))
                if result is not None:
                    result = result if isinstance(result, tuple) else (result,)
                    grads = [_as_grad(t, create_graph) for t in result]
            elif grads[nr] is not None:
                result = hook(_as_tensor(grads[nr], create_graph))
                if result is not None:
                    grads[nr] = _as_grad(result, create_graph)
    return grads[0] if node.more is None else grads


def _run_after(node: Node, results: Iterable[Any], g: Any, create_graph: bool) -> Iterable[Any]:
    grads = [g] if node.more is None else g
    for hook in list((node.after or {}).values()):
        inputs = tuple(_as_tensor(g, create_graph) for g in results)
        outputs = tuple(_as_tensor(g, create_graph) for g in grads)
        replaced = hook(inputs, outputs)
        if replaced is not None:
            replaced = replaced if isinstance(replaced, tuple) else (replaced,)
            results = [_as_grad(t, create_graph) for t in replaced]
    return results


def _report_nan(node: Node) -> None:
    error = RuntimeError(f"Function '{node.name()}' returned nan values in its 0th output.")
    if node.trace:
        error.add_note(f"The forward call that made it:\n{node.trace}")
    raise error
