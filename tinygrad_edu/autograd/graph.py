"""The graph of a computation: nodes and edges. `engine` walks it backwards.

A `Node` stands for one operation that was run. Its ``edges`` lead to the nodes that made the operation's inputs. Nodes are
numbered downwards as they are made, so whatever uses a tensor has a smaller number than what made it.
"""

from __future__ import annotations

import itertools
import sys
import traceback
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .. import dtypes
from ..backend import kernels_of
from ..backend.coo import Coo, add_into
from .hooks import as_tensor
from .modes import state
from .saving import (
    allow_mutation_on_saved_tensors,
    disable_saved_tensors_hooks,
    increment_version,
    save_on_cpu,
    saved_tensors_hooks,
)
from .table import TENSOR_OPS
from .variable import needs_grad, wrap, wrap_sparse

count_nodes = itertools.count(-1, -1)  # the newest node has the smallest number, as a heap wants it
Edge = tuple[Any, int]  # (node or None, which of its outputs)
NO_EDGE: Edge = (None, 0)

INFERENCE_WRITE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before "
    "doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."
)
FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)


class Node:
    """One step of the graph: knows its inputs' nodes and how to turn gradients of its outputs into theirs."""

    __slots__ = ("__dict__", "__weakref__", "dtype", "edges", "number", "shape", "straight")

    # rarely set, so they stand on the class until then
    more: Any = None  # (shape, dtype) of every output, where there are several
    before: list[Any] | None = None  # hooks on the gradients that come in
    after: dict[int, Callable[..., Any]] | None = None  # hooks on those that go out
    trace: str | None = None
    takes_none = False  # whether it runs although no gradient came, and may have none to hand on: written by users

    def __init__(self, edges: tuple[Edge, ...], metas: Sequence[tuple[Any, Any]]) -> None:
        self.begin(edges, metas)

    def begin(self, edges: tuple[Edge, ...], metas: Sequence[tuple[Any, Any]]) -> None:
        """Take a place in the graph."""
        self.edges = edges
        self.straight = False  # whether the engine may take its short way: one formula, no hooks
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
        """The lines of the program that led here, without those of this package's call machinery."""
        frames = traceback.extract_stack()[:-1]
        while len(frames) > 1 and frames[-1].filename.startswith(_OWN_FOLDER):
            frames.pop()
        self.trace = "".join(traceback.format_list(frames))

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

    def __call__(self, *grads: Any) -> Any:
        """Turn the gradients of the outputs into those of the inputs, as backward would."""
        count = 1 if self.more is None else len(self.more)
        if len(grads) != count:
            raise TypeError(f"expected {count} arguments, got {len(grads)} instead")
        graph = state.enabled
        given = [g if graph or g is None else g._data for g in grads]
        results = list(self.apply(given[0] if self.more is None else given, graph, None))
        results += [None] * (len(self.edges) - len(results))
        for i, (edge, g) in enumerate(zip(self.edges, results)):
            if g is not None and edge[0] is not None:
                shape, dtype = edge[0].meta(edge[1])
                g = fit(g, shape, dtype, graph, self, edge)
            results[i] = as_tensor(g, graph)
        return results[0] if len(results) == 1 else tuple(results)

    requires_grad = True

    def _sequence_nr(self) -> int:
        return -self.number

    @property
    def metadata(self) -> dict[Any, Any]:
        return self.__dict__.setdefault("_metadata", {})

    def register_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after this node; it may return replacement grad_inputs."""
        self.straight = False
        if self.after is None:
            self.after = OrderedDict()
        return hooked(self.after, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before this node; it may return replacements."""
        hooks: dict[int, Callable[..., Any]] = OrderedDict()
        handle = hooked(hooks, hook)
        self.add_before(None, hooks, 2)
        return handle

    def add_before(self, nr: int | None, hooks: dict[int, Any], rank: int) -> None:
        """Hooks on what comes in: of output ``nr``, or (None) of all. Rank 0: tensors' hooks, 1: retain_grad, 2: the node's."""
        self.straight = False
        self.before = sorted([*(self.before or ()), (nr, hooks, rank)], key=lambda entry: entry[2])


_OWN_FOLDER = str(Path(__file__).parents[1])
_IN_NAMESPACE = ("AccumulateGrad", "CopyBackwards", "CopySlices", "GraphRoot", "NotImplemented")


class RemovableHandle:
    """What ``register_hook`` returns: ``remove()`` takes the hook out of its dictionary, and of those that hold its options.

    >>> from collections import OrderedDict
    >>> hooks = OrderedDict(); handle = RemovableHandle(hooks); hooks[handle.id] = print
    >>> handle.remove(); len(hooks)
    0
    """

    next_id = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        extra = [extra_dict] if isinstance(extra_dict, dict) else extra_dict or ()
        self.extra_dict_ref = tuple(weakref.ref(d) for d in extra)

    def remove(self) -> None:
        for found in (self.hooks_dict_ref(), *(ref() for ref in self.extra_dict_ref)):
            if found is not None:
                found.pop(self.id, None)

    def __getstate__(self) -> Any:
        return self.hooks_dict_ref(), self.id, tuple(ref() for ref in self.extra_dict_ref)

    def __setstate__(self, saved: Any) -> None:
        hooks, self.id, *extra = saved
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)
        self.extra_dict_ref = tuple(weakref.ref(d) for d in (extra and extra[0]) or ())

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


def hooked(
    hooks: dict[int, Any], hook: Any, options: Sequence[dict[int, Any]] = (), prepend: bool = False
) -> RemovableHandle:
    """Put ``hook`` into ``hooks``, last or first; the handle takes it out again (and its number out of ``options``)."""
    handle = RemovableHandle(hooks, extra_dict=options)
    hooks[handle.id] = hook
    if prepend:
        hooks.move_to_end(handle.id, last=False)  # type: ignore[attr-defined]
    return handle


class AccumulateGrad(Node):
    """The end of a path: adds the gradient into a leaf's ``.grad``."""

    __slots__ = ("variable",)

    def __init__(self, variable: Any) -> None:
        data = variable._data  # not by `begin`: a network makes one for every parameter in every step
        self.edges, self.number, self.straight = (), next(count_nodes), False
        self.shape, self.dtype, self.variable = data.shape, data.dtype, variable
        if state.watched and state.anomaly:
            self.keep_trace()

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        leaf, old = self.variable, self.variable._grad
        if create_graph:
            leaf._grad = TENSOR_OPS.copy(leaf.detach(), g) if old is None else old + g
        elif old is None:
            leaf._grad = wrap(_own(g, leaf._data)) if type(g) is not Coo else wrap_sparse(g.copy())
        elif old._node is not None:  # it carries a graph of its own: leave that alone
            leaf._grad = wrap(old._data + g)
        elif old._inference:
            raise RuntimeError(INFERENCE_WRITE)
        elif old.is_sparse:
            leaf._grad = (wrap_sparse if type(g) is Coo else wrap)(old._raw + g)
        else:
            if type(g) is Coo:
                add_into(old._data, g)
            else:
                old._data += g
            old._counter[0] += 1
        if leaf._after_accumulate:
            for hook in list(leaf._after_accumulate.values()):
                hook(leaf)
        return ()


# From Python 3.14 on a name may borrow what it stands for: counts say nothing about sharing then.
_COUNTS = sys.version_info < (3, 14)


def _own(g: Any, like: Any) -> Any:
    """``g`` itself when nobody else holds it, else a copy: two leaves must never share one gradient.

    It lies in memory as the leaf does, or by rows where that has holes.
    """
    k = kernels_of(g)
    if like.flags.c_contiguous or not is_dense(like):
        # 4 references: the engine's name, apply's argument, our argument, getrefcount's own
        if _COUNTS and type(g) is k.array_type and g.flags.c_contiguous and sys.getrefcount(g) <= 4:
            owner = g.base
            if owner is None:
                return g
            # a product that was turned, and turned back. 3 references: the view's, our name, getrefcount's own
            alone = type(owner) is k.array_type and owner.base is None and sys.getrefcount(owner) <= 3
            if alone and owner.shape == g.shape and owner.strides == g.strides and owner.dtype == g.dtype:
                return owner
        return k.xp.array(g, copy=True, order="C")
    order = sorted(range(like.ndim), key=lambda i: (-like.strides[i], i))
    made = k.xp.empty([like.shape[i] for i in order], g.dtype).transpose([order.index(i) for i in range(like.ndim)])
    made[...] = g
    return made


def is_dense(x: Any) -> bool:
    """Whether the elements fill a block of memory, in any order of dimensions."""
    step = x.itemsize
    for stride, n in sorted((s, n) for s, n in zip(x.strides, x.shape) if n > 1):
        if stride != step:
            return False
        step *= n
    return True


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
        if t._hooks is not None:  # empty or not: another hook may come while the node lives
            node.add_before(0, t._hooks, 0)
        t._accumulator = weakref.ref(node)
    return (node, 0)


class Retained(dict[int, Any]):
    """The one hook that `retain` puts on a node: it moves on when the tensor is written in place."""


def retain(t: Any) -> None:
    """Keep the gradient of a tensor that is no leaf in its ``.grad``."""
    me = weakref.ref(t)

    def keep(g: Any) -> None:
        t = me()
        if t is not None:
            t._grad = copy_of(g) if t._grad is None else t._grad + g

    def copy_of(g: Any) -> Any:
        return g.clone() if hasattr(g, "_raw") else g.clone(memory_format="contiguous_format")

    t._retain = Retained({0: keep})
    t.grad_fn.add_before(t._nr, t._retain, 1)


def move_retained(t: Any, old: Node | None, new: Node, nr: int) -> None:
    """Take the hook of `retain` from the node that made a tensor to the one that makes it now."""
    if old is not None and old.before is not None:
        old.before = [entry for entry in old.before if entry[1] is not t._retain] or None
    new.add_before(nr, t._retain, 1)


# ------------------------------------------------------------------------------------------------ gradients that fit
def fit(g: Any, shape: tuple[int, ...], dtype: Any, is_tensor: bool, node: Node, edge: Edge) -> Any:
    """Sum a gradient over what broadcasting stretched, and cast it to the type of what it is the gradient of."""
    data = g._data if is_tensor else g
    if data.shape != shape:
        lead = data.ndim - len(shape)
        rest = data.shape[max(lead, 0) :]
        if lead < 0 or (rest != shape and not all(n in (1, m) for n, m in zip(shape, rest))):
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
    stretched: tuple[int, ...] = ()
    if g.shape[lead:] != shape:
        stretched = tuple(i for i, n in enumerate(shape, lead) if n == 1 and g.shape[i] != 1)
    if lead or stretched:
        half = g.dtype.itemsize == 2 and g.dtype.kind in "fV"  # added up in float32, rounded once
        total = g.sum(axis=(*range(lead), *stretched), keepdims=bool(stretched), dtype="float32" if half else g.dtype)
        g = total.astype(g.dtype) if half else total
    return g if g.shape == shape else g.reshape(shape)


# ------------------------------------------------------------------------------------------------ edges, as users name them
class GradientEdge(NamedTuple):
    """A place in the graph: a node and which of its outputs. `autograd.grad` takes it in place of a tensor."""

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The place in the graph whose gradient is the tensor's.

    >>> import tinygrad_edu as tg
    >>> x = tg.ones(2, requires_grad=True); y = x * 3
    >>> tg.autograd.grad(y.sum(), get_gradient_edge(y))
    (tensor([1., 1.]),)
    """
    if not needs_grad(tensor):
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return GradientEdge(*edge_of(tensor))


class _MultiHandle(RemovableHandle):
    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[..., Any], *, mode: str = "all") -> RemovableHandle:
    """Call ``fn`` when the gradients of all ``tensors`` that take part in a backward are known (``mode="any"``: of the first).

    ``fn`` gets a list of gradients, None for tensors that take no part; with ``mode="any"`` one gradient.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "all" and not all(needs_grad(t) for t in tensors):
        raise AssertionError("Expected gradient function to be set")
    nodes = [edge_of(t)[0] for t in tensors]
    if mode == "any":
        called: list[Any] = [None]

        def first(g: Any) -> None:
            if called[0] is not state.walk:
                called[0] = state.walk
                fn(g)

        return _MultiHandle([t.register_hook(first) for t in tensors if needs_grad(t)])

    walk: list[Any] = [None, [], 0]  # which backward, the gradients so far, how many are still to come

    def arrived(i: int, g: Any) -> None:
        if walk[0] is not state.walk:
            takes_part = sum(state.walk.visits(node) for node in nodes)
            walk[:] = [state.walk, [None] * len(nodes), takes_part]
        walk[1][i] = g
        walk[2] -= 1
        if walk[2] == 0:
            fn(walk[1])

    return _MultiHandle([t.register_hook(partial(arrived, i)) for i, t in enumerate(tensors)])


__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge",
    "increment_version", "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip
