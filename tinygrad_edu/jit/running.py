"""Running a graph: straight on arrays where no gradient is wanted, through the primitives where one is."""

from __future__ import annotations

from typing import Any

from ..autograd.inplace import write
from ..autograd.modes import no_grad, state
from ..autograd.op import Op
from ..autograd.variable import Variable, needs_grad, wrap
from ..backend import Kernels, by_array, kernels_of
from ..backend.quiet import quietly
from .graph import Graph, Node, Ref, Repeat, Size, mapped, refs_in
from .recorder import called, function_named, is_tracing

# constants whose size follows from the inputs
_MAKERS: dict[str, Any] = {
    "full": lambda k, shape, value, dtype: k.xp.full(shape, value, dtype),
    "arange": lambda k, n, start, step, dtype: (k.xp.arange(n) * step + start).astype(dtype),
}


class OtherPath(Exception):
    """A choice of the program came out differently than when it was traced."""


class _Step:
    """A node made ready: which arguments are plain, which come from values, which must be worked out."""

    def __init__(self, node: Node, last: list[int]) -> None:
        self.node, self.last = node, last  # ``last``: values that nobody needs after this step
        self.simple = [(i, a.index) for i, a in enumerate(node.args) if isinstance(a, Ref)]
        self.nested = [i for i, a in enumerate(node.args) if not isinstance(a, Ref) and _varies(a)]
        self.changing = bool(node.kwargs) and _varies(list(node.kwargs.values()))
        self.outs = [v.index for v in node.outputs]
        self.forward: Any = Op.table[node.op].forward if node.form in ("call", "number") else _MAKERS.get(node.op)
        self.function: Any = function_named(node.op) if node.form == "function" else None


def _varies(arg: Any) -> bool:
    found = False

    def look(a: Any) -> Any:
        nonlocal found
        found = found or isinstance(a, (Ref, Size, Repeat))
        return a

    mapped(arg, look)
    return found


class Program:
    """A `Graph` that runs."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        kept = {ref.index for ref in refs_in([graph.outputs])}
        results = {v.index for node in graph.nodes for v in node.outputs}
        steps: list[_Step] = []
        for node in reversed(graph.nodes):
            mentioned = {ref.index for ref in node.refs()} | {v.index for v in node.outputs}
            steps.append(_Step(node, [i for i in mentioned - kept if i in results]))
            kept |= mentioned
        self.steps = steps[::-1]
        written = any(node.form == "write" or not node.outputs for node in graph.nodes)
        self.constants = [(v.index, v.array, written) for v in graph.of_kind("constant") if v.index in kept]
        self.members = [(v.index, v.name) for v in graph.of_kind("parameter", "buffer") if v.index in kept]
        self.inputs = [v.index for v in graph.inputs]

    def __call__(self, inputs: list[Any], member: Any) -> Any:
        """The outputs, for input tensors; ``member(name)`` gives the parameters and buffers."""
        shapes = [t._data.shape for t in inputs]
        for (at, dim), why in self.graph.fixed.items():
            have, was = shapes[at][dim], self.graph.inputs[at].shape[dim]
            if have != was:
                raise RuntimeError(
                    f"{self.graph.name} was traced with size {was} in dimension {dim} of '{self.graph.inputs[at].name}', and cannot "
                    f"run with size {have}: trace it again with such an input. (When tried with another size: {why})"
                )
        env: list[Any] = [None] * len(self.graph.values)
        for index, t in zip(self.inputs, inputs):
            env[index] = t
        for index, name in self.members:
            env[index] = member(name)
        with_grad = state.enabled and any(needs_grad(env[i]) for i in (*self.inputs, *(i for i, _ in self.members)))
        for index, array, copied in self.constants:
            env[index] = wrap(array.copy() if copied else array)
        if with_grad or is_tracing():
            self._record(env, shapes)
        else:
            with no_grad():
                self._run(env, shapes)
        return mapped(self.graph.outputs, lambda a: env[a.index] if isinstance(a, Ref) else a)

    def _run(self, env: list[Any], shapes: list[Any]) -> None:
        tensors, env[:] = list(env), [t._data if isinstance(t, Variable) else t for t in env]
        k = kernels_of(next((env[i] for i in self.inputs), None)) if self.inputs else None
        if k is None:
            k = kernels_of(next(a for a in env if a is not None))
        with quietly():
            for step in self.steps:
                args = self._arguments(step, env, shapes)
                node = step.node
                if step.forward is not None:
                    if node.form == "number":
                        args[1] = k.number(args[1], args[0].dtype)
                    out = step.forward(k, *args)
                    if node.single:
                        env[step.outs[0]] = out if type(out) in by_array else k.xp.asarray(out)
                    else:
                        for index, a in zip(step.outs, out):
                            env[index] = a if type(a) in by_array else k.xp.asarray(a)
                elif node.form == "write":
                    args[0][...] = args[1]
                    if tensors[node.args[0].index] is not None:
                        tensors[node.args[0].index]._counter[0] += 1
                elif node.form == "guard":
                    _check(node, args[0])
                else:
                    self._call(step, args, env, shapes, tensors)
                for index in step.last:
                    env[index] = None
        kept = {v.index for v in self.graph.of_kind("node")}
        for index in {ref.index for ref in refs_in([self.graph.outputs])}:  # the same tensor may be returned twice
            env[index] = wrap(env[index]) if index in kept else tensors[index]

    def _call(self, step: _Step, args: list[Any], env: list[Any], shapes: list[Any], tensors: list[Any]) -> None:
        """A function that is no primitive works on tensors."""
        node = step.node
        for at, index in step.simple:
            args[at] = tensors[index] if tensors[index] is not None else wrap(env[index])
        as_tensor: Any = lambda a: wrap(env[a.index]) if isinstance(a, Ref) else _size(a, shapes)  # noqa: E731
        for i in step.nested:
            args[i] = mapped(node.args[i], as_tensor)
        out = step.function(*args, **mapped(node.kwargs, as_tensor))
        for index, t in zip(step.outs, (out,) if node.single else out):
            env[index] = t._data

    def _record(self, env: list[Any], shapes: list[Any]) -> None:
        for step in self.steps:
            args, node = self._arguments(step, env, shapes), step.node
            for at, _ in step.simple:
                if node.args[at].raw:
                    args[at] = args[at]._data
            if node.form == "write":
                write(args[0], args[1])
                continue
            if node.form == "guard":
                _check(node, args[0])
                continue
            if node.form == "function":
                out = called(node.op, step.function, *args, **mapped(node.kwargs, lambda a: _resolved(a, env, shapes)))
            elif node.form == "make":
                out = wrap(step.forward(_kernels(env), *args))
            else:
                op = Op.table[node.op]
                out = op.with_number(*args) if node.form == "number" else op(*args)
            for index, t in zip(step.outs, (out,) if node.single else out):
                env[index] = t

    def _arguments(self, step: _Step, env: list[Any], shapes: list[Any]) -> list[Any]:
        args = step.node.args.copy()
        for at, index in step.simple:
            args[at] = env[index]
        for i in step.nested:
            args[i] = mapped(args[i], lambda a: _resolved(a, env, shapes))
        return args


def _kernels(env: list[Any]) -> Kernels:
    return kernels_of(next(t._data for t in env if isinstance(t, Variable)))


def _size(a: Any, shapes: list[Any]) -> Any:
    if isinstance(a, Size):
        return a.of(shapes)
    if isinstance(a, Repeat):
        return [_size(a.value, shapes)] * _size(a.times, shapes)
    return a


def _resolved(a: Any, env: list[Any], shapes: list[Any]) -> Any:
    if isinstance(a, Ref):
        value = env[a.index]
        return value._data if a.raw and isinstance(value, Variable) else value
    return _size(a, shapes)


def _check(node: Node, x: Any) -> None:
    value = {"bool": bool, "int": int}[node.op](x if isinstance(x, Variable) else x.item())
    if value != node.args[1]:
        raise OtherPath(f"{node.op} at {node.line} gives {value}, not {node.args[1]} as when it was traced")
