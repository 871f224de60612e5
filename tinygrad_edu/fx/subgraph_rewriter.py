"""`replace_pattern`: put another graph wherever a pattern occurs in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .graph import Graph
from .module import GraphModule
from .node import Node
from .tracer import symbolic_trace


class Match(NamedTuple):
    """Where the pattern was found: the pattern's last node, and the graph's node for each of the pattern's."""

    anchor: Node
    nodes_map: dict[Node, Node]


def _graph_of(pattern: Any) -> Graph:
    if isinstance(pattern, Graph):
        return pattern
    return pattern.graph if isinstance(pattern, GraphModule) else symbolic_trace(pattern).graph


def _agrees(pattern: Any, found: Any, known: dict[Node, Node]) -> bool:
    """Whether an argument fits the pattern's; ``known`` grows by the nodes that stand for each other."""
    if isinstance(pattern, Node):
        if pattern in known:
            return known[pattern] is found
        if not isinstance(found, Node) or found in known.values():
            return False
        known[pattern] = found
        if pattern.op == "placeholder":
            return True
        return (
            (pattern.op, pattern.target) == (found.op, found.target)
            and len(pattern.kwargs) == len(found.kwargs)
            and _agrees(pattern.args, found.args, known)
            and all(key in found.kwargs and _agrees(v, found.kwargs[key], known) for key, v in pattern.kwargs.items())
        )
    if isinstance(pattern, (tuple, list)):
        same = isinstance(found, (tuple, list)) and len(pattern) == len(found)
        return same and all(_agrees(p, f, known) for p, f in zip(pattern, found))
    return type(pattern) is type(found) and bool(pattern == found)


def _matches(graph: Graph, pattern: Graph) -> Iterator[Match]:
    """Occurrences that do not overlap, and whose inner results nobody else uses."""
    results = pattern.output_node().all_input_nodes
    taken: set[Node] = set()
    for node in graph.nodes:
        known: dict[Node, Node] = {}
        if not _agrees(results[-1], node, known) or not all(result in known for result in results):
            continue
        own = {known[p] for p in known if p.op != "placeholder"}
        inner = own - {known[result] for result in results}
        if own & taken or any(user not in own for each in inner for user in each.users):
            continue
        taken |= own
        yield Match(results[-1], known)


def replace_pattern(
    gm: GraphModule, pattern: Callable[..., Any] | Any, replacement: Callable[..., Any] | Any
) -> list[Match]:
    """Replace what ``pattern`` does wherever the module's graph does it by what ``replacement`` does; where that was.

    Both are functions or modules of the same inputs, by position. The module is changed.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.fx import symbolic_trace
    >>> traced = symbolic_trace(lambda x, y: tg.relu(x + y).sum())
    >>> matches = replace_pattern(traced, lambda a, b: tg.relu(a + b), lambda a, b: tg.maximum(a, b))
    >>> len(matches), traced(tg.tensor([1.]), tg.tensor([-3.]))
    (1, tensor(1.))
    """
    graph, wanted, new = gm.graph, _graph_of(pattern), _graph_of(replacement)
    inputs = [[node for node in g.nodes if node.op == "placeholder"] for g in (wanted, new)]
    found = list(_matches(graph, wanted))
    replaced: dict[Node, Node] = {}  # an earlier occurrence's result may be a later one's input
    for match in found:
        values = {n: match.nodes_map[p] for p, n in zip(*inputs) if p in match.nodes_map}
        values = {n: replaced.get(v, v) for n, v in values.items()}
        results = [match.nodes_map[p] for p in wanted.output_node().all_input_nodes]
        user = next(node for node in graph.nodes if any(node in result.users for result in results))
        with graph.inserting_before(user):
            made = graph.graph_copy(new, values)
        for old, copy in zip(results, made if isinstance(made, (tuple, list)) else [made]):
            old.replace_all_uses_with(copy)
            replaced[old] = copy
        for node in reversed(list(graph.nodes)):
            if any(node is v and p.op != "placeholder" for p, v in match.nodes_map.items()):
                graph.erase_node(node)
    gm.recompile()
    return found
