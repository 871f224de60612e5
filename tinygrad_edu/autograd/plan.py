"""What one kind of call of a primitive keeps for its backward: worked out once, when the first such call is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from operator import itemgetter
from typing import Any

from .graph import NO_EDGE, Edge, edge_of
from .variable import Variable, needs_grad

Where = tuple[int, str]  # (argument number, or -1 - output number; "array" or what of it: "shape", "dtype", …)


class Plan:
    """What one kind of call saves, and the formulas that its backward runs (only those that lead to a gradient)."""

    __slots__ = ("formulas", "keep", "only", "places", "saving", "straight", "take")

    def __init__(
        self, saving: tuple[Where, ...], formulas: list[tuple[int, Any, list[int]]], variadic: int | None,
        leads: list[tuple[int, int, bool]], with_number: bool,
    ) -> None:  # fmt: skip
        self.saving = saving
        self.places: tuple[int, ...] | None = None
        if with_number:
            self.places = tuple(i for i, where in enumerate(saving) if where != (1, "array"))
        self.formulas = tuple((at, formula, _picker(positions)) for at, formula, positions in formulas)
        whole = len(formulas) == 1 and formulas[0][2] == [*range(len(saving))]
        self.only = formulas[0][1] if whole and formulas[0][0] == 0 and variadic is None else None
        self.straight = self.only is not None  # the engine has a short way for such nodes
        self.take, self.keep = _taker(saving, leads, variadic), _keeper(saving, with_number)

    def with_places(self, places: tuple[int, ...]) -> Plan:
        """The same plan for a node whose saved values carry version counters at other places."""
        other = copy(self)
        other.places = places
        return other


def _picker(positions: Sequence[int]) -> Callable[[Any], Sequence[Any]]:
    """A function that takes what stands at these positions out of a sequence."""
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda saved: [saved[p] for p in positions]


def lies_by_columns(matrix: Any) -> bool:
    """Whether a matrix lies in memory column by column: a weight seen through ``.t()``."""
    (n, m), (down, across), size = matrix.shape, matrix.strides, matrix.itemsize
    return bool(down == size and across == max(n, 1) * size and m > 1)


# What a call saves is written as an expression of Python and compiled: a loop over it would take longer than many an operation.
_SAVED = {
    "array": "raw[{0}]", "shape": "raw[{0}].shape", "dtype": "raw[{0}].dtype", "strides": "_strides(raw[{0}])",
    "columns": "lies_by_columns(raw[{0}])", "mask": "[needs_grad(t) for t in args[{0}]]",
}  # fmt: skip


def _tuple(expressions: list[str]) -> str:
    return f"({''.join(f'{e}, ' for e in expressions)})"


def _taker(
    saving: tuple[Where, ...], leads: list[tuple[int, int, bool]], variadic: int | None
) -> Callable[[Any, Any, Any], Any]:
    """A function that gives the edges of any call's node, what it saves, and the version counters of that.

    ``leads``: for each edge the argument it leads to, and whether that one requires a gradient.
    """
    saved = [f"outs[{-1 - at}]._data" if at < 0 else _SAVED[what].format(at) for at, what in saving]
    counters = []
    for i, (at, what) in enumerate(saving):
        if (at, what) == (variadic, "shape"):
            saved[i] = f"[a.shape for a in raw[{variadic}]]"
        if what == "array":
            others = f"*[t._counter for t in args[{at}]]" if at == variadic else f"*counter_of(args[{at}])"
            counters.append(f"outs[{-1 - at}]._counter" if at < 0 else others)
    edges, found = {}, []
    for at, i, wanted in reversed(
        leads
    ):  # the last leaf's node is made first, so that the first one gets its gradient first
        edges[at] = f"e{at}"
        if i == variadic:
            edges[at] = f"*e{at}"
            found.append(f"e{at} := edges_of(args[{i}], {wanted})")
        elif wanted:
            found.append(f"e{at} := edge_of(a) if (a := args[{i}])._edge is None or a._base is not None else a._edge")
        else:
            edges[at] = "NO_EDGE"
    parts = f"({_tuple([edges[at] for at in sorted(edges)])}, {_tuple(saved)}, {_tuple(counters)})"
    known = {
        "_strides": _strides, "lies_by_columns": lies_by_columns, "needs_grad": needs_grad, "NO_EDGE": NO_EDGE,
        "edge_of": edge_of, "edges_of": _edges_of, "counter_of": _counter_of,
    }  # fmt: skip
    return eval(f"lambda args, raw, outs: {_tuple([*found, parts])}[-1]", known)  # type: ignore[no-any-return]


def _edges_of(tensors: Any, wanted: bool) -> list[Edge]:
    return [edge_of(t) if wanted and isinstance(t, Variable) else NO_EDGE for t in reversed(tensors)][::-1]


def _counter_of(argument: Any) -> tuple[Any, ...]:
    """The version counter of an argument that is saved, where it is a tensor."""
    return (argument._counter,) if isinstance(argument, Variable) else ()


def _keeper(saving: tuple[Where, ...], number: bool) -> Callable[[Any, Any, Any], tuple[Any, Any]] | None:
    """A function that gives what a call with one or two tensors and one output saves, and its version counters.

    ``number``: the second argument is none. None where more is saved than such calls have.
    """
    if any(at not in (0, 1, -1) or what not in ("array", "shape") for at, what in saving):
        return None
    names = {0: "x", 1: "y", -1: "out"}
    arrays = {at: "y" if number and at == 1 else f"{name}._data" for at, name in names.items()}
    saved = [arrays[at] + (".shape" if what == "shape" else "") for at, what in saving]
    counters = [f"{names[at]}._counter" for at, what in saving if what == "array" and not (number and at == 1)]
    return eval(f"lambda x, y, out: ({_tuple(saved)}, {_tuple(counters)})", {})  # type: ignore[no-any-return]


def _strides(array: Any) -> tuple[int, ...]:
    """In elements, as torch counts."""
    return tuple(s // array.itemsize for s in array.strides)
