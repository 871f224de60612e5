"""Which numbers in a graph follow from the sizes of its inputs.

A traced program asks a tensor for its size and gets a plain number, which ends up as an argument: ``view(x, (32, 400))``. To tell
the 32 that is the batch from one that is a number of channels, the program is traced again with inputs one and two larger, one
dimension after another, and the graphs are compared: a number that grows with the dimension is written as a formula of it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

from ..backend import kernels_of
from .graph import Graph, Node, Ref, Repeat, Size, Value

Place = tuple[int, int]  # (input, dimension)


class Different(Exception):
    """Two traces are not the same program."""


class Group:
    """Dimensions that have one size together, like the batch of all inputs."""

    def __init__(self, places: list[Place], size: int) -> None:
        self.places, self.size = places, size


class _Fit:
    """Merges one argument of several traces. ``growth[i]``: by how much trace i has each group's size enlarged."""

    def __init__(self, groups: list[Group], growth: list[dict[int, int]]) -> None:
        self.groups, self.growth = groups, growth
        self.used: set[frozenset[int]] = set()

    def argument(self, base: Any, others: list[Any]) -> Any:
        if (
            isinstance(base, Ref)
            or not isinstance(base, (list, tuple, dict, slice, int, float))
            or isinstance(base, bool)
        ):
            if any(type(o) is not type(base) for o in others):
                raise Different(f"{base!r} against {others!r}")
            if isinstance(base, (Ref, str, bool)) and any(o != base for o in others):
                raise Different(f"{base!r} against {others!r}")
            return base
        if any(type(o) is not type(base) for o in others):
            raise Different(f"{base!r} against {others!r}")
        if isinstance(base, dict):
            return {key: self.argument(value, [o[key] for o in others]) for key, value in base.items()}
        if isinstance(base, slice):
            parts = [
                self.argument(getattr(base, n), [getattr(o, n) for o in others]) for n in ("start", "stop", "step")
            ]
            return slice(*parts)
        if isinstance(base, (list, tuple)):
            if all(len(o) == len(base) for o in others):
                merged = [self.argument(a, [o[i] for o in others]) for i, a in enumerate(base)]
                return type(base)(*merged) if hasattr(base, "_fields") else type(base)(merged)
            if not all(o and all(a == o[0] for a in o) for o in (base, *others)):
                raise Different(f"{base!r} against {others!r}")
            value = self.argument(base[0], [o[0] for o in others])
            return Repeat(value, self.number(len(base), [len(o) for o in others]))
        return base if all(o == base for o in others) else self.number(base, others)

    def number(self, base: Any, others: list[Any]) -> Any:
        if isinstance(base, float):
            return self._float(base, others)
        slopes: dict[tuple[int, ...], int] = {}
        for grown, value in zip(self.growth, others):
            if sum(grown.values()) == 1:
                slopes[tuple(grown)] = value - base
        for grown, value in zip(self.growth, others):
            if len(grown) == 2:
                g, h = grown
                both = value - base - slopes.get((g,), 0) - slopes.get((h,), 0)
                if both:
                    slopes[(g, h)] = both
        for grown, value in zip(self.growth, others):
            total = base
            for key, slope in slopes.items():
                factor = slope
                for g in key:
                    factor *= grown.get(g, 0)
                total += factor
            if total != value:
                raise Different(f"{base} does not grow evenly with the input: {others}")
        moving = [key[0] for key, slope in slopes.items() if len(key) == 1 and slope]
        self.used.update(frozenset(pair) for pair in combinations(moving, 2))
        return self._polynomial(base, {key: slope for key, slope in slopes.items() if slope})

    def _polynomial(self, base: int, slopes: dict[tuple[int, ...], int]) -> Size:
        """base + Σ slope · (size - size₀) …, multiplied out."""
        total: dict[tuple[int, ...], int] = {(): base}
        for key, slope in slopes.items():
            product: dict[tuple[int, ...], int] = {(): slope}
            for g in key:
                grown: dict[tuple[int, ...], int] = {}
                for have, factor in product.items():
                    grown[(*have, g)] = grown.get((*have, g), 0) + factor
                    grown[have] = grown.get(have, 0) - factor * self.groups[g].size
                product = grown
            for have, factor in product.items():
                total[have] = total.get(have, 0) + factor
        terms = tuple(
            (factor, tuple(self.groups[g].places[0] for g in key)) for key, factor in total.items() if key and factor
        )
        return Size(total[()], terms)

    def _float(self, base: float, others: list[float]) -> Any:
        """scale · number or scale / number, for a number that is a formula of the sizes."""
        if all(v.is_integer() for v in (base, *others)):
            return self.number(int(base), [int(v) for v in others])._replace(scale=1.0)
        for inverse in (False, True):
            for group in range(len(self.groups)):
                n = self.groups[group].size
                scale = base * n if inverse else base / n
                sizes = [n + grown.get(group, 0) for grown in self.growth]
                if all(abs((scale / s if inverse else scale * s) - o) <= 1e-12 * abs(o) for s, o in zip(sizes, others)):
                    return Size(0, ((1, (self.groups[group].places[0],)),), scale, inverse)
        raise Different(f"{base} against {others}")


def _as_step(graph: Graph, value: Value, arrays: list[Any], fit: _Fit) -> Node | None:
    """A constant whose size follows from the inputs, as the step that makes it; None for a constant that is always the same."""
    base = value.array
    others = arrays
    if all(o.shape == base.shape for o in others):
        return None
    shape = fit.argument(list(base.shape), [list(o.shape) for o in others])
    first = base.reshape(-1)[:1]
    if all((a == first).all() for a in (base, *others)):
        node = Node("make", "full", [shape, first.item(), str(base.dtype)], {}, "", "")
    elif base.ndim == 1 and base.size > 1 and all(a.size > 1 for a in others):
        step = (base[1] - base[0]).item()
        if not all((a == base[0].item() + step * kernels_of(a).xp.arange(a.size)).all() for a in (base, *others)):
            raise Different("a constant of another size with other numbers")
        node = Node("make", "arange", [shape[0], base[0].item(), step, str(base.dtype)], {}, "", "")
    else:
        raise Different("a constant of another size with other numbers")
    return node


def merge(graph: Graph, others: list[Graph], groups: list[Group], growth: list[dict[int, int]]) -> set[frozenset[int]]:
    """Write numbers of ``graph`` that differ in ``others`` as formulas. Returns the pairs of groups that meet in one number.

    `Different` where the graphs are not the same program, or a number follows no formula.
    """
    fit = _Fit(groups, growth)
    for other in others:
        same_steps(graph, other)
    arguments = []
    for i, node in enumerate(graph.nodes):
        twins = [o.nodes[i] for o in others]
        arguments.append(
            (fit.argument(node.args, [t.args for t in twins]), fit.argument(node.kwargs, [t.kwargs for t in twins]))
        )
    makers: list[tuple[Value, Node]] = []
    for value in graph.of_kind("constant"):
        arrays = [o.values[value.index].array for o in others]
        maker = _as_step(graph, value, arrays, fit)
        if maker is not None:
            makers.append((value, maker))
    for node, (args, kwargs) in zip(graph.nodes, arguments):
        node.args, node.kwargs = args, kwargs
    for value, node in makers:
        value.kind, value.array, value.source = "node", None, node
        node.outputs = [value]
    graph.nodes[:0] = [node for _, node in makers]
    return fit.used


def same_steps(graph: Graph, other: Graph) -> None:
    """`Different` unless both have the same steps on the same values."""
    for mine, yours in zip(graph.nodes, other.nodes):
        if (mine.form, mine.op) != (yours.form, yours.op):
            raise Different(f"{mine.op} ({mine.line}) against {yours.op} ({yours.line})")
    if len(graph.nodes) != len(other.nodes):
        raise Different(f"{len(graph.nodes)} steps against {len(other.nodes)}")
    if [v.kind for v in graph.values] != [v.kind for v in other.values]:
        raise Different("other constants")


def enlarged(array: Any, dims: list[int], by: int) -> Any:
    """An array larger by ``by`` in some dimensions, its elements repeated."""
    xp = kernels_of(array).xp
    for d in dims:
        array = xp.take(array, xp.arange(array.shape[d] + by) % array.shape[d], axis=d)
    return array


def find(graph: Graph, trace_again: Callable[[list[tuple[Group, int]]], Graph], groups: list[Group]) -> None:
    """Trace with other sizes, and write what follows from them as formulas. Dimensions that do not allow it become fixed."""
    alive: list[Group] = []
    probes: dict[int, list[Graph]] = {}

    def probe(group: Group) -> bool:
        try:
            found = [trace_again([(group, by)]) for by in (1, 2)]
            _try(graph, found, [group], [{0: 1}, {0: 2}])
        except Exception as error:  # whatever the program says about inputs of that size
            text = str(error).strip().partition("\n")[0] or type(error).__name__
            graph.fixed.update(dict.fromkeys(group.places, text))
            return False
        probes[len(alive)] = found
        alive.append(group)
        return True

    failed = [place for group in groups if not probe(group) for place in group.places]
    for alike in (lambda size, dim: (size, dim), lambda size, dim: size):
        # what cannot change alone may change together: keys and values, source and mask, the batch wherever it stands
        failed = [place for place in failed if place in graph.fixed]
        keys = {(at, dim): alike(graph.inputs[at].shape[dim], dim) for at, dim in failed}
        for key in dict.fromkeys(keys.values()):
            together = [place for place in failed if keys[place] == key]
            if len(together) > 1 and probe(Group(together, graph.inputs[together[0][0]].shape[together[0][1]])):
                for place in together:
                    del graph.fixed[place]
    while True:
        singles = [(graphs[by - 1], {g: by}) for g, graphs in probes.items() for by in (1, 2)]
        pairs = _try(graph, [g for g, _ in singles], alive, [grown for _, grown in singles])
        extra: list[tuple[Graph, dict[int, int]]] = []
        try:
            for pair in pairs:
                extra.append((trace_again([(alive[g], 1) for g in sorted(pair)]), dict.fromkeys(sorted(pair), 1)))
                _try(graph, [g for g, _ in singles + extra], alive, [grown for _, grown in singles + extra])
        except Exception as error:  # the two sizes cannot change at once: the later one is fixed
            last = max(pair)
            graph.fixed.update(dict.fromkeys(alive[last].places, str(error)))
            probes = {g - (g > last): graphs for g, graphs in probes.items() if g != last}
            del alive[last]
            continue
        break
    everything = [*singles, *extra]
    if everything:
        merge(graph, [g for g, _ in everything], alive, [grown for _, grown in everything])


def _try(graph: Graph, others: list[Graph], groups: list[Group], growth: list[dict[int, int]]) -> set[frozenset[int]]:
    """`merge` on a copy."""
    import copy

    trial = copy.copy(graph)
    trial.nodes = [copy.copy(n) for n in graph.nodes]
    trial.values = [copy.copy(v) for v in graph.values]
    return merge(trial, others, groups, growth)
