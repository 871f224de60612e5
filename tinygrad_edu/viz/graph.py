"""``viz.graph(loss)``: the computation that made a tensor, each step with its value and its gradient."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..autograd.engine import run_backward
from ..autograd.graph import AccumulateGrad, Edge, edge_of
from ..autograd.node import OpNode
from ..autograd.variable import Variable, needs_grad
from ..backend import kernels_of
from . import layout
from .svg import BLUE, GREEN, GREY, VERMILION, Canvas, Picture, number, width_of

MOST = 150  # boxes; a larger picture could not be read
_LINE = 17.0
_OPERANDS = ("x", "y", "other")  # arguments of a primitive that may be a constant worth a box


@dataclass
class Step:
    """One box: a leaf, the result of an operation, or a constant that one used."""

    kind: str  # "leaf", "operation" or "constant"
    name: str
    what: str = ""  # the node's name, as ``grad_fn`` prints it
    value: Any = None  # raw array or number, None where nobody kept it
    grad: Any = None
    shape: tuple[int, ...] | None = None
    inputs: list[int] = field(default_factory=list)  # places of the steps that it uses

    def lines(self) -> list[str]:
        """What the box says: its name first."""
        shown = [self.name]
        if self.what:
            shown.append(self.what)
        if self.value is not None and not (self.kind == "constant" and self.name == brief(self.value)):
            shown.append(f"value {brief(self.value)}")
        elif self.shape:
            shown.append(f"shape {list(self.shape)}")
        if self.grad is not None:
            shown.append(f"grad  {brief(self.grad)}")
        return shown


def graph(loss: Any, *, values: bool = True, gradient: Any = None, **names: Any) -> Picture:
    """A picture of the graph behind ``loss``: leaves on the left, ``loss`` on the right.

    Steps carry the names of the caller's variables. A step's value is shown where it is still known (somebody holds the
    tensor, or backward needs it); its gradient is what ``loss.backward()`` would bring there. Drawing changes nothing:
    no ``.grad`` is touched and the graph is kept. After a ``backward()`` that freed the graph, the ``.grad`` of leaves
    and of tensors with ``retain_grad()`` are shown instead.

    Args:
        loss: a tensor with a graph.
        values: show values and gradients; otherwise only the structure.
        gradient: where to start from when ``loss`` has several elements, as for ``loss.backward(gradient)``.
        names: names for tensors that are no variable of the caller: ``viz.graph(loss, hidden=net.h)``.

    Raises:
        TypeError: ``loss`` is no tensor.
        ValueError: it has no graph, or one of more than 150 steps.
    """
    if not isinstance(loss, Variable):
        raise TypeError(f"viz.graph(): expected a Tensor, got {type(loss).__name__}")
    if not needs_grad(loss) or loss.grad_fn is None:  # type: ignore[attr-defined]
        raise ValueError(
            "viz.graph(): this tensor has no graph: no input with requires_grad=True led to it, or it was made under "
            "no_grad()"
        )
    frame = sys._getframe(1)
    around = {**frame.f_locals, **{n: v for n, v in frame.f_globals.items() if n not in frame.f_locals}}
    known = {**names, **{n: t for n, t in _tensors(around).items() if n not in names}}  # the first name found counts
    steps = _steps(loss, known, gradient, values)
    return _draw(steps)


# ------------------------------------------------------------------------------------ what there is to show
def _tensors(scope: dict[str, Any]) -> dict[str, Any]:
    """The tensors among somebody's variables, and the parameters of the modules among them."""
    found: dict[str, Any] = {}
    for name, value in scope.items():
        if name.startswith("_"):  # private, or a notebook's memory of earlier outputs
            continue
        if isinstance(value, Variable):
            found[name] = value
        elif hasattr(type(value), "named_parameters"):
            found.update({f"{name}.{inner}": p for inner, p in value.named_parameters()})
    return found


def _nodes(start: Any) -> list[Any]:
    """All nodes behind one, inputs before what uses them."""
    seen, stack = {start}, [start]
    while stack:
        for node, _ in stack.pop().next_functions:
            if node is not None and node not in seen:
                seen.add(node)
                stack.append(node)
    if len(seen) > MOST:
        raise ValueError(f"viz.graph(): this graph has {len(seen)} steps, more than the {MOST} that a picture can show")
    return sorted(seen, key=lambda node: -node.number)


def _freed(node: Any) -> bool:
    return getattr(node, "saved", ()) is None or getattr(node, "_saved", ()) is None


def _keeps(node: Any) -> bool:
    return isinstance(node, OpNode) and node.saved is not None


def _gradients(nodes: list[Any], start: Edge, gradient: Any) -> dict[Edge, Any]:
    """What arrives at every output in the graph. Hooks are silenced meanwhile; nothing is stored or freed."""
    outputs = {start, *(edge for node in nodes for edge in node.next_functions if edge[0] is not None)}
    hooks = [(node, node.before, node.after) for node in nodes]
    try:
        for node in nodes:
            node.before = node.after = None
        return run_backward([(start, gradient)], False, True, dict.fromkeys(outputs))
    finally:
        for node, before, after in hooks:
            node.before, node.after = before, after


def _steps(loss: Any, known: dict[str, Any], gradient: Any, values: bool) -> list[Step]:
    start = edge_of(loss)
    nodes = _nodes(start[0])
    tensors: dict[Edge, tuple[str, Any]] = {}
    for name, t in known.items():
        if isinstance(t, Variable) and needs_grad(t):
            tensors.setdefault(edge_of(t), (name, t))
    tensors.setdefault(start, ("", loss))
    grads: dict[Edge, Any] = {}
    if gradient is None and loss.numel() == 1:
        gradient = kernels_of(loss._data).xp.ones_like(loss._data)
    elif gradient is not None:
        gradient = gradient._data if isinstance(gradient, Variable) else gradient
    if gradient is not None and values and not any(_freed(node) for node in nodes):
        grads = _gradients(nodes, start, gradient)
    steps: list[Step] = []
    places: dict[Any, int] = {}
    for node in nodes:
        edges = [(_argument(node, at), places[n]) for at, (n, _) in enumerate(node.next_functions) if n is not None]
        for place, name, value in _constants(node, known):
            steps.append(Step("constant", name, "constant", value))
            edges.append((place, len(steps) - 1))
        inputs = [i for _, i in sorted(edges)]
        nr = start[1] if node is start[0] else next((e[1] for n in nodes for e in n.next_functions if e[0] is node), 0)
        steps.append(_step(node, nr, tensors.get((node, nr)), grads, inputs, len(steps) + 1))
        places[node] = len(steps) - 1
    if not values:
        for step in steps:
            step.value = step.grad = None
    else:
        _fill_in(nodes, steps, places)
    return steps


def _step(node: Any, nr: int, held: Any, grads: dict[Edge, Any], inputs: list[int], count: int) -> Step:
    name, t = held or ("", None)
    if isinstance(node, AccumulateGrad):
        t = node.variable
        step = Step("leaf", name or f"leaf {count}", "leaf")
    else:
        step = Step("operation", name or f"step {count}", node.name(), inputs=inputs)
    step.shape = tuple(node.meta(nr)[0])
    step.value = None if t is None else t._data
    if (node, nr) in grads:
        step.grad = grads[node, nr]
    elif not grads and t is not None and t._grad is not None:
        step.grad = t._grad._data
    return step


def _argument(node: Any, at: int) -> int:
    """Which argument of its operation a node's edge belongs to."""
    places = node.op.edge_at if isinstance(node, OpNode) else {}
    return next((place for place, edge in places.items() if edge == at), at)


def _constants(node: Any, known: dict[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """Operands without a gradient that the node kept – numbers, data – with their place among the arguments."""
    if not _keeps(node):
        return
    op = node.op
    for (place, what), value in zip(node.plan.saving, node.saved):
        if place < 0 or what != "array" or op.arguments[place] not in _OPERANDS:
            continue
        at = op.edge_at.get(place)
        if at is not None and node.next_functions[at][0] is not None:
            continue
        if isinstance(value, (int, float, complex)) and not isinstance(value, bool):
            yield place, number(value), value
        elif type(value) is node.k.array_type:
            unnamed = number(value.item()) if value.ndim == 0 else "data"
            name = next((name for name, t in known.items() if isinstance(t, Variable) and t._data is value), unnamed)
            yield place, name, value


def _fill_in(nodes: list[Any], steps: list[Step], places: dict[Any, int]) -> None:
    """Values that nobody holds any more, but that the graph kept for backward."""
    for node in nodes:
        if not _keeps(node):
            continue
        for (place, what), value in zip(node.plan.saving, node.saved):
            if what != "array" or type(value) is not node.k.array_type:
                continue
            maker = node if place == -1 else None
            if place >= 0 and place in node.op.edge_at:
                maker = node.next_functions[node.op.edge_at[place]][0]
            if maker in places and steps[places[maker]].value is None:
                steps[places[maker]].value = value


# ------------------------------------------------------------------------------------ how it is shown
def brief(value: Any) -> str:
    """A value in a few characters: a number, a short list, else dtype and shape."""
    if isinstance(value, (int, float, complex)):
        return number(value)
    if value.size <= 6:
        text = _nested(kernels_of(value).to_host(value).tolist())
        if len(text) <= 28:
            return text
    return f"{value.dtype} {list(value.shape)}"


def _nested(value: Any) -> str:
    return f"[{', '.join(_nested(v) for v in value)}]" if isinstance(value, list) else number(value)


def _draw(steps: list[Step]) -> Picture:
    lines = [step.lines() for step in steps]
    boxes = [layout.Box(20 + max(width_of(text) for text in said), 10 + _LINE * len(said)) for said in lines]
    edges = [(i, b) for b, step in enumerate(steps) for i in step.inputs]
    routes = layout.place(boxes, edges)
    canvas = Canvas()
    for route in routes:
        ends = [boxes[i] for i in route]
        first, *between, last = ends
        points = [(first.x + first.w, first.middle), *((b.x, b.middle) for b in between), (last.x, last.middle)]
        canvas.curve(points)
    for i, (step, said, box) in enumerate(zip(steps, lines, boxes)):
        color = {"leaf": BLUE, "constant": GREY, "operation": VERMILION if i == len(steps) - 1 else GREEN}[step.kind]
        radius = 12 if step.kind == "leaf" else 4
        canvas.box(box.x, box.y, box.w, box.h, color, dashed=step.kind == "constant", radius=radius)
        for row, text in enumerate(said):
            y = box.y + 5 + _LINE * (row + 0.5)
            canvas.text(box.x + box.w / 2, y, text, bold=row == 0, faint=text == step.what)
    loss = steps[-1]
    leaves = [step.name for step in steps if step.kind == "leaf"]
    title = f"Computation graph of {loss.name}: {len(steps)} steps from {', '.join(leaves) or 'constants'}"
    return canvas.finish(title, _text(steps))


def _text(steps: list[Step]) -> str:
    """A table, a line per step: what, made how, value, gradient."""
    rows = [("step", "made by", "value", "grad")]
    for step in steps:
        used = ", ".join(steps[i].name for i in step.inputs)
        made = f"{step.what}({used})" if step.kind == "operation" else step.what
        value = "" if step.value is None else brief(step.value)
        rows.append((step.name, made, value, "" if step.grad is None else brief(step.grad)))
    columns = [c for c in range(4) if any(row[c] for row in rows[1:])]
    widths = {c: max(len(row[c]) for row in rows) for c in columns}
    return "\n".join("  ".join(row[c].ljust(widths[c]) for c in columns).rstrip() for row in rows)
