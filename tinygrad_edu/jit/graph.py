"""A static graph: which primitives were run, on what, in which order – without the Python that asked for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .. import dtypes


class Value:
    """Something a graph computes with: an input, a parameter or buffer, a constant, or the result of a node."""

    def __init__(self, index: int, kind: str, array: Any, name: str = "") -> None:
        self.index, self.kind, self.name = index, kind, name or str(index)
        self.shape, self.np_dtype = tuple(array.shape), array.dtype
        self.array: Any = array if kind == "constant" else None
        self.source: Node | None = None

    def __repr__(self) -> str:
        return f"%{self.name}"

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_np(self.np_dtype)

    def typed(self) -> str:
        sizes = ", ".join(map(str, self.shape))
        return f"%{self.name} : {self.dtype.short}({sizes})"


class Ref(NamedTuple):
    """A value as an argument; ``raw``: the primitive takes its array, not the tensor."""

    index: int  # type: ignore[assignment]  # (tuple's own ``index`` is not needed)
    raw: bool = False


class Size(NamedTuple):
    """A number that follows from the sizes of the inputs: ``constant + Σ factor · size · size …``.

    ``terms``: ((factor, ((input, dimension), …)), …). ``inverse``: one divided by it. ``real``: a float.
    """

    constant: int
    terms: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    scale: float | None = None  # for floats: scale / number where ``inverse``, scale · number otherwise
    inverse: bool = False

    def of(self, shapes: list[tuple[int, ...]]) -> Any:
        total = self.constant
        for factor, places in self.terms:
            for at, dim in places:
                factor *= shapes[at][dim]
            total += factor
        if self.scale is None:
            return total
        return self.scale / total if self.inverse else self.scale * total

    def text(self, names: list[str]) -> str:
        parts = []
        for factor, places in self.terms:
            product = " * ".join(f"{names[at]}.size({dim})" for at, dim in places)
            parts.append(product if factor == 1 else f"{product} * {factor}")
        if self.constant:
            parts.append(str(self.constant))
        whole = " + ".join(parts)
        if self.scale is None:
            return whole
        return f"{self.scale!r} / ({whole})" if self.inverse else f"{self.scale!r} * ({whole})"


class Repeat(NamedTuple):
    """A list that holds one number many times: the steps of a recurrent layer."""

    value: Any
    times: Any


class Node:
    """One step. ``form``: how it is called – ``call`` or ``number`` (a primitive, its second argument a Python number),
    ``function`` (a function that is no primitive), ``write`` (into a value's memory), ``guard`` (a choice that Python made)."""

    def __init__(self, form: str, op: str, args: list[Any], kwargs: dict[str, Any], scope: str, line: str) -> None:
        self.form, self.op, self.args, self.kwargs = form, op, args, kwargs
        self.scope, self.line = scope, line
        self.outputs: list[Value] = []
        self.single = True  # one result, not a tuple of results

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def refs(self) -> Iterator[Ref]:
        yield from refs_in(self.args)
        yield from refs_in(list(self.kwargs.values()))


def refs_in(arg: Any) -> Iterator[Ref]:
    """All values that an argument mentions."""
    if isinstance(arg, Ref):
        yield arg
    elif isinstance(arg, (list, tuple)) and not isinstance(arg, (Size, Repeat)):
        for a in arg:
            yield from refs_in(a)
    elif isinstance(arg, dict):
        yield from refs_in(list(arg.values()))


def mapped(arg: Any, change: Callable[[Any], Any]) -> Any:
    """An argument with ``change`` applied to what is no container."""
    if isinstance(arg, (Ref, Size, Repeat)):
        return change(arg)
    if isinstance(arg, tuple):
        parts = [mapped(a, change) for a in arg]
        return type(arg)(*parts) if hasattr(arg, "_fields") else tuple(parts)
    if isinstance(arg, list):
        return [mapped(a, change) for a in arg]
    if isinstance(arg, dict):
        return {key: mapped(a, change) for key, a in arg.items()}
    if isinstance(arg, slice):
        return slice(*(mapped(a, change) for a in (arg.start, arg.stop, arg.step)))
    return change(arg)


class Graph:
    """Inputs, nodes in order, and the structure of tensors that comes out (`Ref` in the place of each)."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.values: list[Value] = []
        self.inputs: list[Value] = []
        self.nodes: list[Node] = []
        self.outputs: Any = None
        self.argument_names: list[str] = []
        self.input_structure: Any = None  # for each argument: how it holds the inputs (`Ref`: the number of the input)
        self.training: bool | None = None  # of a script: the mode in which this path was taken
        self.with_script = False  # whether a scripted part was recorded with it
        self.fixed: dict[tuple[int, int], str] = {}  # (input, dimension) → why its size must stay as it was

    def new(self, kind: str, array: Any, name: str = "") -> Value:
        value = Value(len(self.values), kind, array, name)
        self.values.append(value)
        return value

    def of_kind(self, *kinds: str) -> list[Value]:
        return [v for v in self.values if v.kind in kinds]

    def writes_inputs(self) -> bool:
        """Whether running it changes the tensors that it is given."""
        inputs = {value.index for value in self.inputs}
        return any(node.form == "write" and node.args[0].index in inputs for node in self.nodes)

    def prune(self) -> None:
        """Drop steps whose results nobody needs (what remains has an effect or leads to an output)."""
        needed = {ref.index for ref in refs_in([self.outputs])}
        kept = []
        for node in reversed(self.nodes):
            if node.form in ("write", "guard") or not node.outputs or any(v.index in needed for v in node.outputs):
                needed.update(ref.index for ref in node.refs())
                kept.append(node)
        self.nodes = kept[::-1]

    # ------------------------------------------------------------------ to be read
    def _shown(self, arg: Any, python: bool) -> str:
        names = [v.name for v in self.inputs]

        def show(a: Any) -> str:
            if isinstance(a, Ref):
                value = self.values[a.index]
                if python and value.kind == "constant":
                    return _constant(value)
                return self._python_name(value) if python else repr(value)
            if isinstance(a, Size):
                return a.text(names)
            if isinstance(a, Repeat):
                return f"[{show(a.value)}] * ({show(a.times)})"
            if isinstance(a, tuple):
                return f"({', '.join(map(show, a))}{',' * (len(a) == 1)})"
            if isinstance(a, list):
                return f"[{', '.join(map(show, a))}]"
            if isinstance(a, dict):
                return "{" + ", ".join(f"{k!r}: {show(v)}" for k, v in a.items()) + "}"
            if isinstance(a, slice):
                return f"slice({show(a.start)}, {show(a.stop)}, {show(a.step)})"
            return getattr(a, "device_type", None) or repr(a)

        return show(arg)

    def _python_name(self, value: Value) -> str:
        if value.kind in ("parameter", "buffer"):
            return f"self.{value.name}"
        return value.name if value.kind == "input" else f"_{value.name}"

    def __str__(self) -> str:
        """The graph in torch's notation, one step a line, with the module and the program's line that asked for it."""
        first = ["%self", *(v.typed() for v in self.inputs)]
        lines = [f"graph({(',' + chr(10) + '      ').join(first)}):"]
        mentioned = {r.index for n in self.nodes for r in n.refs()} | {r.index for r in refs_in([self.outputs])}
        for v in self.values:
            if v.index in mentioned and v.kind in ("parameter", "buffer"):
                lines.append(f'  {v.typed()} = prim::GetAttr[name="{v.name}"](%self)')
            elif v.index in mentioned and v.kind == "constant":
                lines.append(f"  {v.typed()} = prim::Constant[value={_constant(v)}]()")
        for node in self.nodes:
            args = [self._shown(a, False) for a in node.args]
            args += [f"{key}={self._shown(a, False)}" for key, a in node.kwargs.items()]
            outs = ", ".join(v.typed() for v in node.outputs)
            where = f", scope: {node.scope}" if node.scope else ""
            lines.append(
                f"  {outs}{' = ' if outs else ''}{_kind(node)}::{node.op}({', '.join(args)}){where} # {node.line}"
            )
        lines.append(f"  return ({self._shown(self.outputs, False)})")
        return "\n".join(lines) + "\n"

    __repr__ = __str__

    @property
    def code(self) -> str:
        """The graph as a Python function of primitives."""
        arguments = "".join(f",\n    {v.name}: Tensor" for v in self.inputs)
        lines = [f"def forward(self{arguments}):"]
        for node in self.nodes:
            args = [self._shown(a, True) for a in node.args]
            args += [f"{key}={self._shown(a, True)}" for key, a in node.kwargs.items()]
            if node.form == "write":
                lines.append(f"  {args[0]}[...] = {args[1]}")
            elif node.form == "guard":
                lines.append(f"  assert {node.op}({args[0]}) == {args[1]}  # {node.line}")
            else:
                names = ", ".join(self._python_name(v) for v in node.outputs)
                comma = "," if len(node.outputs) == 1 and not node.single else ""
                lines.append(f"  {names}{comma}{' = ' if names else ''}ops.{node.op}({', '.join(args)})")
        lines.append(f"  return {self._shown(self.outputs, True)}")
        return "\n".join(lines) + "\n"


def _kind(node: Node) -> str:
    return {"function": "aten", "call": "op", "number": "op"}.get(node.form, "prim")


def _constant(value: Value) -> str:
    array = value.array
    if array is None or array.size > 4:
        return f"<{value.dtype.short}{list(value.shape)}>"
    return str(array.tolist())
