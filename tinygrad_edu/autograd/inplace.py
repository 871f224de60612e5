"""In-place operations and the graph: what ``x.mul_(2)`` does to the history of x, of its views and of its base.

An in-place operation is run out of place, its result is written into x's memory, and x takes over the result's node. When x is a
view, its base gets a `CopySlices` node: "the base as it was, with this region replaced"; the history of every other view of the
base is then derived from the base again, when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from .. import dtypes
from ..backend.outside import warn
from .graph import INFERENCE_WRITE, Node, edge_of, is_dense, move_retained
from .modes import state
from .node import BASE_WRITTEN, SEVERAL, OpNode, origin_name
from .table import TENSOR_OPS
from .variable import Variable, needs_grad, wrap


def check_writable(x: Any) -> None:
    """RuntimeError, in torch's words, where writing into ``x`` would falsify a gradient."""
    if x._inference and not state.inference:
        raise RuntimeError(INFERENCE_WRITE)
    edge = (x if x._base is None else x._base)._edge
    if edge is not None and type(edge[0]).__name__ in _RESULT_IS_FREE:
        _keep_result(edge[0])
    if not state.enabled:
        return
    if needs_grad(x):
        _check_origin(x)
    if x._base is None:
        if x._requires_grad and x._edge is None:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    elif (x._base._requires_grad and x._base._node is None) or (
        x._requires_grad and x._edge is None and not x._base._requires_grad  # a view that was itself made a leaf
    ):
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")


# Their gradient needs the result here, and not in torch (which keeps positions), where it may be overwritten.
_RESULT_IS_FREE = {
    "MaxPool2DWithIndicesBackward0",
    "MaxPool3DWithIndicesBackward0",
    "LogaddexpBackward0",
    "Logaddexp2Backward0",
}


def _keep_result(node: Any) -> None:
    """The node's result is about to be overwritten: let it keep a copy."""
    if node.saved is None:
        return
    for i, value in enumerate(node.saved):
        if node.plan.saving[i] == (-1, "array") and i in node._version_places():
            node.replace_saved(i, value.copy(), None)


_EITHER = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view "
    "and the inplace either both inside the {0} block (if you don't want the inplace to be tracked) or both outside (if you "
    "want the inplace to be tracked)."
)
_WHY = {
    "several": SEVERAL,
    "function": "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to "
    "handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. "
    "This behavior is forbidden. You can fix this by cloning the output of the custom Function.",
    "no_grad": _EITHER.format("no_grad"),
    "inference": _EITHER.format("inference_mode"),
}


def _check_origin(x: Any, written: str = "is being") -> None:
    """RuntimeError for views whose history cannot be rewritten."""
    made = x._made
    if x._base is None or made is None:
        return
    mode = "inference mode" if made == "inference" else "no_grad mode"
    if x._edge is None:
        how = f"A view was created in {mode}"
    else:
        of_a_view = f" of a view which was created in {mode}" if made in ("no_grad", "inference") else ""
        how = f"Output {x._nr} of {origin_name(x._node)} is a view{of_a_view}"
    if made == "inference":
        now = " in normal mode"
    else:
        now = " with grad mode enabled" if made == "no_grad" or x._edge is None else ""
    raise RuntimeError(f"{how} and {written} modified inplace{now}. {_WHY[made]}")


def write(x: Any, out: Any, one_value: bool = False, name: str = "") -> Any:
    """Store ``out``, the result of an operation on ``x``, in x's memory, and give x its history.

    ``one_value``: all elements get the same number, so that it does not matter if some share memory. ``name``: of the operation
    in place, where that is one of those which still write to expanded tensors.
    """
    target, source = x._data, out._data
    node = out._node
    recorded = node is not None and state.enabled
    shared = name in _EXPANDED and not recorded and _overlaps(target)
    if shared:
        warn(
            f"Use of {name}_ on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This "
            f"also applies to advanced indexing e.g. tensor[{_EXPANDED[name]}"
        )
    elif not one_value:
        check_overlap(target)
    if source.shape != target.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(source.shape)}"
        )
    if source.dtype != target.dtype:
        have, want = dtypes.of(source), dtypes.of(target)
        if not dtypes.can_cast(have, want):
            raise RuntimeError(f"result type {have.short} can't be cast to the desired output type {want.short}")
    if recorded:
        _check_origin(x)
        _keep_original(node, x)
        if type(node).__name__ in _RENAMED:
            node.__class__ = _in_place_class(type(node))  # type: ignore[arg-type]
    if shared:  # what was left alone must not be stored over what was changed
        changed = source != target
        target[changed] = source[changed]
    else:
        target[...] = source
    x._counter[0] += 1
    if recorded:
        _save_result_in_place(node, x, source)
        rebase(x, node, out._nr)
    return x


# torch has nodes of their own for these activations in place
_RENAMED = {f"{name}Backward0" for name in ("LeakyRelu", "Elu", "Celu", "Threshold", "RreluWithNoise")}


@cache
def _in_place_class(node: Any) -> Any:
    return type(f"{node.__name__[:-1]}1", (node,), {"__slots__": ()})


def check_partial_overlap(target: Any, source: Any, whole: bool = False) -> None:
    """RuntimeError where ``source`` shows some of the memory about to be written, in another arrangement (``whole``: in any)."""
    if not (is_dense(target) and is_dense(source)) or 0 in (target.size, source.size):
        return
    a, b = address(target), address(source)
    if not whole and a == b and target.shape == source.shape and target.strides == source.strides:
        return
    if a < b + source.nbytes and b < a + target.nbytes:
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
            "location. Please clone() the tensor before performing the operation."
        )


_EXPANDED = {"masked_fill": "mask] = scalar", "index_fill": "mask] = scalar", "index_put": "indices] = tensor"}


def _overlaps(target: Any) -> bool:
    """Whether elements share memory, as those of an expanded tensor do."""
    return bool(target.size) and any(stride == 0 and n > 1 for stride, n in zip(target.strides, target.shape))


def check_overlap(target: Any) -> None:
    if _overlaps(target):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )


def _keep_original(node: Any, x: Any) -> None:
    """What the node saved of x is about to be overwritten: keep a copy of it."""
    if not isinstance(node, OpNode) or node.saved is None:
        return
    for i, value in enumerate(node.saved):
        if (
            value is x._data and node.plan.saving[i][0] == 0
        ):  # (x saved as another argument too, as in x.mul_(x), is lost)
            node.replace_saved(i, value.copy(), None)


def _save_result_in_place(node: Any, x: Any, source: Any) -> None:
    """Where the node saved its result, save the tensor it was written to: memory once, and later writes are noticed."""
    if not isinstance(node, OpNode) or node.saved is None or source.dtype != x._data.dtype:
        return
    for i, value in enumerate(node.saved):
        if value is source:
            node.replace_saved(i, x._data, x._counter)


def rebase(x: Any, node: Any, nr: int) -> None:
    """A tensor that was written in place has its history from output ``nr`` of ``node``."""
    x._counter[1:] = [origin_name(node)]
    if x._base is None:
        if x._retain:
            move_retained(x, x._node, node, nr)
        x._requires_grad, x._edge, x._hooks = True, (node, nr), None
        return
    base = x._base
    base._edge, base._requires_grad = (CopySlices(base, x._data, node, nr), 0), True
    x._requires_grad, x._seen = True, -1  # its own node is derived on demand


class CopySlices(Node):
    """The base of a view after an in-place operation on the view."""

    __slots__ = ("geometry", "inner", "inner_nr", "parts")

    def __init__(self, base: Any, view: Any, inner: Any, nr: int) -> None:
        replaced = edge_of(base)
        _, *rest = inner.edges or [(None, 0)]
        super().__init__((replaced, *rest), ((base._data.shape, base._data.dtype),))
        self.geometry, self.parts = places(view, base._data), (base._data.dtype.kind == "c", view.dtype.kind == "c")
        self.inner, self.inner_nr = inner, nr

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        (like, view), (whole_is_complex, part_is_complex) = self.geometry, self.parts
        mixed = whole_is_complex is not part_is_complex
        k: Any = self.inner.k if isinstance(self.inner, OpNode) else None
        if create_graph:
            k = TENSOR_OPS
        elif k is None:
            from ..backend import kernels_of

            k = kernels_of(g)
        if mixed and whole_is_complex:
            g = k.view_as_real(g)
        part = k.restride(g, *like, *view)
        if mixed and part_is_complex:
            part = k.view_as_complex(part)
        inner: Any = part
        if self.inner.more is not None:
            inner = [None] * len(self.inner.more)
            inner[self.inner_nr] = part
        first, *rest = self.inner.apply(inner, create_graph, None) or [None]
        if mixed and part_is_complex and first is not None:
            first = k.view_as_real(first)
        outside = k.restride_fill(g, *like, *view, first)
        return (k.view_as_complex(outside) if mixed and whole_is_complex else outside, *rest)

    def release(self) -> None:
        self.inner.release()


def places(view: Any, base: Any) -> tuple[Any, Any]:
    """Where the elements of ``base`` lie, and those of ``view``: (shape, strides), (shape, strides, offset) in elements.

    Where one of the two is complex and the other shows its parts, both are told as pairs of real numbers.
    """
    mixed = (view.dtype.kind == "c") is not (base.dtype.kind == "c")
    n = min(base.dtype.itemsize, view.dtype.itemsize)

    def elements(a: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        strides = tuple(s // n for s in a.strides)
        return ((*a.shape, 2), (*strides, 1)) if mixed and a.dtype.kind == "c" else (a.shape, strides)

    return elements(base), (*elements(view), byte_offset(view, base) // n)


def byte_offset(view: Any, base: Any) -> int:
    """How many bytes after the first element of ``base`` the first element of ``view`` lies."""
    return int(address(view) - address(base))


def address(array: Any) -> int:
    if hasattr(array, "__array_interface__"):
        return int(array.__array_interface__["data"][0])
    return int(array.data.ptr)  # CuPy


def view_node(x: Any) -> Any:
    """The node of a view: as made, or derived again from its base after somebody wrote into the storage."""
    base = x._base
    if x._seen != x._counter[0] and needs_grad(base):
        _check_origin(x, BASE_WRITTEN)
        whole_is_complex, part_is_complex = base._data.dtype.kind == "c", x._data.dtype.kind == "c"
        _, geometry = places(x._data, base._data)
        with_grad = state.enabled
        state.enabled = True
        try:
            if whole_is_complex and not part_is_complex:
                base = TENSOR_OPS.view_as_real(base)
            fresh = TENSOR_OPS.as_strided(base, *geometry)
            if part_is_complex and not whole_is_complex:
                fresh = TENSOR_OPS.view_as_complex(fresh)
        finally:
            state.enabled = with_grad
        if x._retain:
            move_retained(x, x._node, *fresh._edge)
        x._edge, x._requires_grad = fresh._edge, True
        x._seen = x._counter[0]
    return x._node


Inplace = Callable[..., Any]
# these read at other places than they write: not even the tensor itself may be read
_ELSEWHERE = frozenset(("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy"))
_ONE_NUMBER = frozenset(("masked_fill", "index_fill"))  # what they write is read before


def inplace(function: Callable[..., Any], name: str) -> Inplace:
    """The in-place form of ``function``: ``x.name_(…)`` computes ``function(x, …)`` into x."""

    elsewhere, one_number = name in _ELSEWHERE, name in _ONE_NUMBER

    def in_place(input: Any, *args: Any, **kwargs: Any) -> Any:
        check_writable(input)
        for other in () if one_number else args:
            if isinstance(other, Variable) and other._counter is input._counter and (elsewhere or other is not input):
                check_partial_overlap(input._data, other._data, elsewhere)
        return write(input, function(input, *args, **kwargs), name=name)

    in_place.__name__ = in_place.__qualname__ = f"{name}_"
    in_place.__doc__ = f"In-place form of ``{name}``: the result is stored in the tensor itself, which is returned."
    return in_place


def no_history(x: Any, array: Any) -> None:
    """Write numbers that depend on no tensor (``zero_``, ``uniform_``): the gradient stops here."""
    check_writable(x)
    check_overlap(x._data)
    if needs_grad(x) and state.enabled:
        write(x, TENSOR_OPS.replaced(x, array))
    else:
        x._data[...] = array
        x._counter[0] += 1


__all__ = ["check_writable", "inplace", "no_history", "view_node", "wrap", "write"]
