"""``permute_copy`` and its like: what a view shows, as a tensor with memory of its own.

>>> import tinygrad_edu as tg
>>> x = tg.arange(6).reshape(2, 3)
>>> y = tg.t_copy(x)
>>> y, y.is_contiguous(), x._is_view() and y._is_view()
(tensor([[0, 3],
        [1, 4],
        [2, 5]]), True, False)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.variable import Variable, wrap
from . import diagonals, joining, shape, strided, view  # noqa: F401 (their functions are looked up by name)
from .registry import functions, methods, public, store

_nodes: dict[tuple[type, str], type] = {}


def _copy_node(node: type, name: str) -> type:
    """The node's class under the name that torch gives the copying form: same formulas, ``ViewBackward0_copy``."""
    found = _nodes.get((node, name))
    if found is None:
        shown = "AliasBackward0" if name == "alias_copy" else node.__name__
        found = _nodes[node, name] = type(f"{shown}_copy", (node,), {"__slots__": ()})
    return found


def _own(shown: Any, name: str) -> Any:
    """A view as a tensor of its own, with the view's place in the graph."""
    out = wrap(shown._data.copy("C"))
    if shown._requires_grad and shown._edge is not None:
        node, nr = shown._edge
        if not type(node).__name__.endswith("_copy"):
            node.__class__ = _copy_node(type(node), name)
        out._requires_grad, out._edge = True, (node, nr)
    return out


def _copying(name: str, showing: Callable[..., Any]) -> None:
    def function(input: Any, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None:
            store(function, out, (input, *args), kwargs)
            return out if isinstance(out, Variable) else None  # as torch: several outputs are not returned again
        shown = showing(input, *args, **kwargs)
        return _own(shown, name) if isinstance(shown, Variable) else tuple(_own(part, name) for part in shown)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name.removesuffix('_copy')}`, but the result has memory of its own."
    public("function")(function)


def _slice(input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    """``input[start:end:step]`` along one dimension."""
    return input[(slice(None),) * (dim % input.ndim) + (slice(start, end, step),)]


def _listed(name: str) -> Callable[..., Any]:
    """A method that takes its sizes as a tuple."""
    return lambda input, sizes: methods[name](input, sizes)


_VIEWS: dict[str, Callable[..., Any]] = {
    "alias_copy": lambda input: input.view(input.shape),
    "as_strided_copy": functions["as_strided"],
    "detach_copy": lambda input: input.detach(),
    "diagonal_copy": functions["diagonal"],
    "expand_copy": lambda input, size, *, implicit=False: methods["expand"](input, size),
    "permute_copy": functions["permute"],
    "select_copy": functions["select"],
    "slice_copy": _slice,
    "split_copy": functions["split"],
    "split_with_sizes_copy": functions["split_with_sizes"],
    "squeeze_copy": functions["squeeze"],
    "t_copy": functions["t"],
    "transpose_copy": functions["transpose"],
    "unbind_copy": functions["unbind"],
    "unfold_copy": methods["unfold"],
    "unsqueeze_copy": functions["unsqueeze"],
    "view_as_complex_copy": functions["view_as_complex"],
    "view_as_real_copy": functions["view_as_real"],
    "view_copy": _listed("view"),
}
for _name, _view in _VIEWS.items():
    _copying(_name, _view)
