"""A graph of steps that can be changed, and its text as Python."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .. import dtypes
from .node import Node, map_arg, qualified_name, type_name

_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "floordiv": "//", "truediv": "/", "mod": "%", "pow": "**", "lshift": "<<", "rshift": ">>",
    "and_": "&", "or_": "|", "xor": "^", "matmul": "@", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
}  # fmt: skip
_UNARY = {"pos": "+", "neg": "-", "invert": "~"}
_TAKEN = {*keyword.kwlist, *dir(builtins), "inf", "nan", "NoneType", "torch", "device"}


class PythonCode(NamedTuple):
    """A graph's text, and the objects that the names in it stand for."""

    src: str
    globals: dict[str, Any]


_OPS = ("placeholder", "get_attr", "call_function", "call_module", "call_method", "output", "root")


class Graph:
    """Nodes in the order in which they are run. New ones come at the end, or where `inserting_before` or `inserting_after` say."""

    def __init__(self) -> None:
        self._root = Node(self, "", "root", "", (), {})
        self._at: Node = self._root  # new nodes come before this one
        self._names: set[str] = set()
        self._counts: dict[str, int] = {}

    @property
    def nodes(self) -> _Nodes:
        """All nodes in order; the graph may be changed while they are gone through."""
        return _Nodes(self)

    # ------------------------------------------------------------------ making
    def _name(self, candidate: str) -> str:
        candidate = re.sub("[^0-9a-zA-Z_]+", "_", candidate) or "_unnamed"
        candidate = f"_{candidate}" if candidate[0].isdigit() else candidate
        found = re.match(r"^([a-zA-Z_][0-9a-zA-Z_]*?)(?:_(\d+))?$", candidate)
        assert found is not None
        base, number = found[1], found[2]
        if number is None or candidate in self._names:
            count = self._counts.get(base, 0)
            if candidate in _TAKEN:
                count += 1
                candidate = f"{base}_{count}"
        else:
            count = int(number)
        while candidate in self._names:
            count += 1
            candidate = f"{base}_{count}"
        self._names.add(candidate)
        self._counts[base] = count
        return candidate

    def create_node(
        self, op: str, target: Any, args: Any = None, kwargs: Any = None, name: str | None = None, type_expr: Any = None
    ) -> Node:
        """A new node at the place for new nodes."""
        if op not in _OPS:
            raise AssertionError(f"op '{op}' is not in _legal_ops")
        if name is None:
            text = target if isinstance(target, str) else target.__name__
            text = text[2:-2] if text.startswith("__") and text.endswith("__") else text
            name = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", text).lower()
        node = Node(self, self._name(name), op, target, args or (), kwargs or {}, type_expr)
        node.insert(self._at.prev)
        return node

    def placeholder(self, name: str, type_expr: Any = None, default_value: Any = ...) -> Node:
        """An input."""
        return self.create_node(
            "placeholder", name, () if default_value is ... else (default_value,), {}, None, type_expr
        )

    def get_attr(self, qualified_name: str, type_expr: Any = None) -> Node:
        """A parameter, buffer or other attribute of the module."""
        return self.create_node("get_attr", qualified_name, (), {}, None, type_expr)

    def call_module(self, module_name: str, args: Any = None, kwargs: Any = None, type_expr: Any = None) -> Node:
        """A call of a submodule."""
        return self.create_node("call_module", module_name, args, kwargs, None, type_expr)

    def call_method(self, method_name: str, args: Any = None, kwargs: Any = None, type_expr: Any = None) -> Node:
        """A call of a method of the first argument."""
        return self.create_node("call_method", method_name, args, kwargs, None, type_expr)

    def call_function(
        self,
        the_function: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
        type_expr: Any = None,
        name: str | None = None,
    ) -> Node:
        """A call of a function."""
        return self.create_node("call_function", the_function, args, kwargs, name, type_expr)

    def output(self, result: Any, type_expr: Any = None) -> Node:
        """What comes out."""
        return self.create_node("output", "output", (result,), {}, None, type_expr)

    @contextmanager
    def _inserting(self, at: Node) -> Iterator[None]:
        before, self._at = self._at, at
        try:
            yield
        finally:
            self._at = before

    def inserting_before(self, n: Node | None = None) -> Any:
        """A ``with`` block in which new nodes come before ``n`` (without it: at the beginning)."""
        return self._inserting(self._root.next if n is None else n)

    def inserting_after(self, n: Node | None = None) -> Any:
        """A ``with`` block in which new nodes come behind ``n`` (without it: at the end)."""
        return self._inserting(self._root if n is None else n.next)

    # ------------------------------------------------------------------ copying, removing, checking
    def node_copy(self, node: Node, arg_transform: Callable[[Node], Any] = lambda node: node) -> Node:
        """A new node like one of another graph; ``arg_transform`` gives this graph's node for one of the other's."""
        args, kwargs = map_arg((node.args, node.kwargs), arg_transform)
        made = self.create_node(node.op, node.target, args, kwargs, node.name, node.type)
        made.meta = dict(node.meta)
        return made

    def graph_copy(self, g: Graph, val_map: dict[Node, Node], return_output_node: bool = False) -> Any:
        """Copies of another graph's nodes (``val_map`` remembers them), but for the output, whose value is returned."""
        for node in g.nodes:
            if node in val_map:
                continue
            if node.op == "output":
                value = map_arg(node.args[0], lambda n: val_map[n])
                return (value, node) if return_output_node else value
            val_map[node] = self.node_copy(node, lambda n: val_map[n])
        return None

    def __deepcopy__(self, memo: Any) -> Graph:
        made, known = Graph(), {}
        value = made.graph_copy(self, known)
        if any(node.op == "output" for node in self.nodes):
            made.output(value)
        return made

    def __reduce__(self) -> Any:
        # one node after the other: nodes that hold nodes would go too deep
        steps = [(node, node.op, node.target, node.args, node.kwargs, node.type, node.meta) for node in self.nodes]
        return Graph, (), (steps, self._names, self._counts)

    def __setstate__(self, state: Any) -> None:
        steps, self._names, self._counts = state
        for node, op, target, args, kwargs, kind, meta in steps:
            node.op, node.target, node.type, node.meta = op, target, kind, meta
            node._set(args, kwargs)
            node.insert(self._root.prev)

    def erase_node(self, to_erase: Node) -> None:
        """Remove a node whose result nobody uses; RuntimeError where somebody does."""
        if to_erase.users:
            raise RuntimeError(
                f"Tried to erase Node {to_erase} but it still had {len(to_erase.users)} users in the graph: {to_erase.users}!"
            )
        to_erase.args, to_erase.kwargs = (), {}
        to_erase.unlink()
        to_erase.erased = True

    def eliminate_dead_code(self, is_impure_node: Callable[[Node], bool] | None = None) -> bool:
        """Remove nodes whose results nobody uses, inputs apart; whether there were any."""
        changed = False
        for node in list(reversed(list(self.nodes))):
            matters = node.is_impure() if is_impure_node is None else is_impure_node(node)
            if not matters and not node.users:
                self.erase_node(node)
                changed = True
        return changed

    def lint(self) -> None:
        """RuntimeError where a node uses one that comes later or belongs to another graph."""
        seen: set[Node] = set()
        names: set[str] = set()
        for node in self.nodes:
            for used in node.all_input_nodes:
                if used.graph is not self:
                    raise RuntimeError(
                        f"Argument '{used}' of Node '{node}' does not belong to this Graph, but was used as an argument!"
                    )
                if used not in seen:
                    raise RuntimeError(
                        f"Argument '{used}' of Node '{node}' was used before it has been defined! Please check that "
                        f"Nodes in the graph are topologically ordered\n{self}"
                    )
            if node.name in names:
                raise RuntimeError(f"Node redefined name {node.name}!")
            seen.add(node)
            names.add(node.name)

    def find_nodes(self, *, op: str, target: Any = None, sort: bool = True) -> list[Node]:
        """The nodes of one kind, and of one target if it is given."""
        return [node for node in self.nodes if node.op == op and target in (None, node.target)]

    def output_node(self) -> Node:
        """The output."""
        return next(node for node in self.nodes if node.op == "output")

    # ------------------------------------------------------------------ text
    def __str__(self) -> str:
        return "graph():" + "".join(f"\n    {node.format_node()}" for node in self.nodes)

    def print_tabular(self) -> None:
        """A table of the nodes."""
        rows = [["opcode", "name", "target", "args", "kwargs"]]
        rows += [[str(part) for part in (n.op, n.name, n.target, n.args, n.kwargs)] for n in self.nodes]
        widths = [max(len(rows[0][i]) + 2, *(len(row[i]) for row in rows)) for i in range(5)]
        rows.insert(1, ["-" * width for width in widths])
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())

    def python_code(self, root_module: str = "self") -> PythonCode:
        """The graph as the text of a function ``forward``."""
        names: dict[str, Any] = {}

        def name_of(function: Any) -> str:
            full = qualified_name(function)
            full = full.removeprefix("builtins.")
            own = full.partition(".")[0] in ("torch", dtypes.module_name, "operator")
            shown = full if own or "." not in full else full.replace(".", "_")
            names[shown] = function
            return shown

        return PythonCode(self._source(root_module, name_of), names)

    def _source(self, root: str, name_of: Callable[[Any], str]) -> str:
        last: dict[Node, Node] = {}  # node → who uses it last
        freed: dict[Node, list[Node]] = {}
        for user in reversed(list(self.nodes)):
            for used in user.all_input_nodes:
                if used not in last:
                    last[used] = user
                    freed.setdefault(user, []).append(used)
        parameters, body, given = [], [], ""
        for node in self.nodes:
            if node.op == "output" and node.type is not None:
                given = f" -> {type_name(node.type)}"
            if node.op == "placeholder":
                plain = node.target.replace("*", "")
                kind = "" if node.type is None else f" : {type_name(node.type)}"
                parameters.append(f"{node.target}{kind}" + (f" = {node.args[0]!r}" if node.args else ""))
                if plain != node.name:
                    body.append(f"{node.name} = {plain}")
                continue
            line = _line(node, root, name_of)
            gone = [] if node.op == "output" else [*freed.get(node, []), *([] if node.users else [node])]
            body.append(line + (f";  {' = '.join(n.name for n in gone)} = None" if gone else ""))
        text = "\n".join(f"    {line}" for line in [*(body or ["pass"]), ""])
        return f"\n\n\ndef forward({', '.join(['self', *parameters])}){given}:\n{text}"


def _line(node: Node, root: str, name_of: Callable[[Any], str]) -> str:
    """One step as Python."""
    if node.op == "output":
        return f"return {node.args[0]!r}"
    if node.op == "get_attr":
        return f"{node.name} = {_within(root, node.target)}"
    args = list(map(repr, node.args))
    named = [f"{key} = {value!r}" for key, value in node.kwargs.items()]
    if node.op == "call_method":
        return f"{node.name} = {args[0]}.{node.target}({', '.join([*args[1:], *named])})"
    if node.op == "call_module":
        return f"{node.name} = {_within(root, node.target)}({', '.join([*args, *named])})"
    name = node.target.__name__
    if getattr(node.target, "__module__", "") == "_operator" and not named:
        if name in _BINARY and len(args) == 2:
            return f"{node.name} = {args[0]} {_BINARY[name]} {args[1]}"
        if name in _UNARY:
            return f"{node.name} = {_UNARY[name]}{args[0]}"
        if name == "getitem":
            return f"{node.name} = {args[0]}[{args[1]}]"
    if node.target is getattr and len(args) == 2 and not named and node.args[1].isidentifier():
        return f"{node.name} = {args[0]}.{node.args[1]}"
    return f"{node.name} = {name_of(node.target)}({', '.join([*args, *named])})"


def _within(base: str, target: str) -> str:
    """An attribute of an attribute: ``getattr(self.seq, "0")`` where a part of the name is none in Python."""
    for part in target.split("."):
        base = f"{base}.{part}" if part.isidentifier() else f'getattr({base}, "{part}")'
    return base


class _Nodes:
    """The nodes of a graph in order."""

    def __init__(self, graph: Graph, backwards: bool = False) -> None:
        self._graph, self._backwards = graph, backwards

    def __iter__(self) -> Iterator[Node]:
        root = self._graph._root
        node = root.prev if self._backwards else root.next
        while node is not root:
            if not node.erased:
                yield node
            node = node.prev if self._backwards else node.next

    def __reversed__(self) -> _Nodes:
        return _Nodes(self._graph, not self._backwards)

    def __len__(self) -> int:
        return sum(1 for _ in self)
