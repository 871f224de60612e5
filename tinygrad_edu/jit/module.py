"""What a trace gives: a function or a module that runs its graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..autograd.variable import Variable
from ..nn.container import ModuleDict, ModuleList, Sequential
from ..nn.module import Module
from .graph import Graph, Ref, mapped
from .recorder import is_tracing, scripted
from .running import OtherPath, Program

Retrace = Callable[[tuple[Any, ...]], Graph]


class Paths:
    """The graphs of one function: one for a trace, one for each way through the program for a script."""

    def __init__(self, graphs: list[Graph], name: str, again: Retrace | None = None) -> None:
        self.programs = [Program(g) for g in graphs]
        self.name, self.again = name, again

    @property
    def graph(self) -> Graph:
        if not self.programs:
            raise RuntimeError(
                f"{self.name} has no graph yet: a script is recorded when it is called for the first time"
            )
        return self.programs[-1].graph

    @property
    def graphs(self) -> list[Graph]:
        return [p.graph for p in self.programs]

    def run(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], member: Callable[[str], Any], training: bool | None = None
    ) -> Any:
        """The result by the first graph that was recorded for such arguments and whose choices come out as they did then."""
        why = "no path was recorded for such arguments, or in this mode (train or eval)"
        several = self.again is not None or len(self.programs) > 1 or self.programs[0].graph.training is not None
        for program in self.programs:
            graph = program.graph
            if not several or (graph.training in (None, training) and _fits(graph, args, kwargs)):
                try:
                    return program(bound(graph, args, kwargs), member)
                except OtherPath as error:
                    why = str(error)
        if self.again is None:
            raise RuntimeError(f"{self.name}: {why}. A path that was not recorded cannot be run.")
        if kwargs:
            raise RuntimeError(f"{self.name}: give the arguments of a script by position")
        self.programs.append(Program(self.again(args)))
        return self.programs[-1](bound(self.graph, args, {}), member)


def _fits(graph: Graph, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether arguments are of the kind that a graph was recorded for: structure, dtypes, numbers of dimensions, plain values."""
    try:
        inputs = bound(graph, args, kwargs)
    except RuntimeError:
        return False
    for at, (value, t) in enumerate(zip(graph.inputs, inputs)):
        if value.np_dtype != t._data.dtype or len(value.shape) != t._data.ndim:
            return False
        if any(t._data.shape[dim] != value.shape[dim] for where, dim in graph.fixed if where == at):
            return False
    return True


def bound(graph: Graph, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The input tensors in their order; RuntimeError, in torch's words, where the arguments are not those of the trace."""
    names, structure = graph.argument_names, graph.input_structure
    declared = f"Declaration: forward({', '.join(['__torch__.' + graph.name + ' self', *('Tensor ' + n for n in names)])}) -> Tensor"
    if len(args) > len(names):
        raise RuntimeError(
            f"forward() expected at most {len(names) + 1} argument(s) but received {len(args) + 1} argument(s). {declared}"
        )
    values = dict(zip(names, args))
    for name, value in kwargs.items():
        if name not in names:
            raise RuntimeError(f"Unknown keyword argument '{name}' for operator 'forward'. {declared}")
        values[name] = value
    inputs: list[Any] = [None] * len(graph.inputs)
    for at, (name, wanted) in enumerate(zip(names, structure)):
        if name not in values and wanted is not None:
            raise RuntimeError(f"forward() is missing value for argument '{name}'. {declared}")
        problem = _fill(wanted, values.get(name), inputs)
        if problem is not None:
            raise RuntimeError(
                f"forward() Expected a value of type 'Tensor' for argument '{name}' but instead found type "
                f"'{type(problem[0]).__name__}'.\nPosition: {at + 1}\nValue: {problem[0]}\n{declared}\nCast error details: Unable to "
                f"cast {problem[0]} to Tensor"
            )
    return inputs


def _fill(wanted: Any, value: Any, inputs: list[Any]) -> tuple[Any] | None:
    """Put the tensors in an argument where they belong; (what does not fit,) or None."""
    if isinstance(wanted, Ref):
        if not isinstance(value, Variable):
            return (value,)
        inputs[wanted.index] = value
        return None
    if isinstance(wanted, dict):
        if not isinstance(value, dict) or set(value) != set(wanted):
            return (value,)
        return next((p for key in wanted if (p := _fill(wanted[key], value[key], inputs))), None)
    if isinstance(wanted, (list, tuple)):
        if not isinstance(value, (list, tuple)) or len(value) != len(wanted):
            return (value,)
        return next((p for w, v in zip(wanted, value) if (p := _fill(w, v, inputs))), None)
    return None if value == wanted else (value,)


class ScriptFunction:
    """A traced or scripted function: call it, look at its ``graph`` and ``code``, ``save`` it."""

    def __init__(self, paths: Paths, members: dict[str, Any]) -> None:
        self.paths, self.members = paths, members
        self.__name__ = paths.name
        self.inner: Callable[..., Any] | None = None  # the function itself, of a script

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.inner is not None and is_tracing():  # a script within another one: recorded with it
            return scripted(self.inner, *args, **kwargs)
        return self.paths.run(args, kwargs, self.members.__getitem__)

    @property
    def graph(self) -> Graph:
        """The recorded graph; printing it shows torch's notation."""
        return self.paths.graph

    @property
    def code(self) -> str:
        """The recorded graph as Python."""
        return self.paths.graph.code

    def save(self, f: Any) -> None:
        """Write graph and numbers to a file: `jit.load` reads it."""
        from .container import save

        save(self, f)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__name__}>"


class ScriptModule(Module):
    """What traced and scripted modules and their parts are. The whole has the graphs (``paths``), and can be called.

    Parameters are those of the module it was made from, under the same names. ``train`` and ``eval`` set the flag, and nothing
    else: the graph does what the module did when it was traced.
    """

    def __init__(self, original: str, paths: Paths | None = None) -> None:
        super().__init__()
        self.original_name = original
        self.__dict__["paths"] = paths
        self.__dict__["inner"] = None  # the module itself, of a script

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        if self.inner is not None and is_tracing():  # a script within another one: recorded with it
            return scripted(self.inner.train(self.training), *args, **kwargs)
        return self._whole().run(args, kwargs, self._member_named, self.training)

    def _whole(self) -> Paths:
        if self.paths is None:
            raise RuntimeError(
                f"{self.original_name} is a part of a traced module: only the whole can be called. Trace the part by itself to "
                "call it."
            )
        return self.paths  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        return f"original_name={self.original_name}"

    def _member_named(self, name: str) -> Any:
        module: Any = self
        *path, own = name.split(".")
        for part in path:
            module = module._modules[part]
        found = module._parameters.get(own)
        return module._buffers[own] if found is None else found

    @property
    def graph(self) -> Graph:
        """The recorded graph; printing it shows torch's notation."""
        return self._whole().graph

    inlined_graph = graph

    @property
    def code(self) -> str:
        """The recorded graph as Python."""
        return self._whole().graph.code

    def save(self, f: Any) -> None:
        """Write graph and numbers to a file: `jit.load` reads it."""
        from .container import save

        save(self, f)


class TracedModule(ScriptModule):
    """A traced module or a part of one; it shows itself under the name of the module it was made from."""

    def _get_name(self) -> str:
        return self.original_name


class TopLevelTracedModule(TracedModule):
    """A traced module."""


class RecursiveScriptModule(ScriptModule):
    """A scripted, loaded or frozen module or a part of one. Made from a container, it can be counted and indexed as that is:
    what it gives are the container's own parts."""

    def _of_container(self, method: str, *args: Any) -> Any:
        container = self.__dict__.get("container")
        if not hasattr(container, method):
            raise NotImplementedError
        return getattr(container, method)(*args)

    def __len__(self) -> int:
        return self._of_container("__len__")  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[Any]:
        return self._of_container("__iter__")  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> Any:
        return self._of_container("__getitem__", key)

    def __contains__(self, key: Any) -> bool:
        return self._of_container("__contains__", key)  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        return True


def shell(
    module: Module, paths: Paths, whole: type[ScriptModule], part: type[ScriptModule], keep: bool = True
) -> ScriptModule:
    """The tree of a module, with the same parameters and buffers, without its code. ``keep``: with those parts of it that have
    been traced or scripted by themselves as they are."""
    return _shell(module, whole(_class_of(module), paths), part, keep)


def _class_of(module: Module) -> str:
    return module.original_name if isinstance(module, ScriptModule) else type(module).__name__


def attributes_of(module: Module) -> dict[str, Any]:
    """What a scripted module keeps of a module's other attributes: tensors, numbers, texts, and what consists of them."""
    general = vars(ScriptModule(""))
    others = {name: value for name, value in vars(module).items() if name not in general}
    return {name: value for name, value in others.items() if isinstance(value, Variable) or _plain(value)}


def _plain(value: Any) -> bool:
    if isinstance(value, (list, dict, tuple)):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return (type(value) is tuple or bool(value)) and all(map(_plain, parts))
    return value is None or isinstance(value, (bool, int, float, str))


def _shell(module: Module, made: ScriptModule, part: type[ScriptModule], keep: bool) -> ScriptModule:
    made.training = module.training
    if isinstance(made, RecursiveScriptModule):
        made.__dict__.update(attributes_of(module))
        if isinstance(module, (Sequential, ModuleList, ModuleDict)):
            made.__dict__["container"] = module
    for name, parameter in module._parameters.items():
        made.register_parameter(name, parameter)
    for name, buffer in module._buffers.items():
        made.register_buffer(name, buffer, name not in module._non_persistent_buffers_set)
    for name, child in module._modules.items():
        if child is None or (keep and isinstance(child, ScriptModule) and child.paths is not None):
            made._modules[name] = child  # type: ignore[assignment]
        else:
            made._modules[name] = _shell(child, part(_class_of(child)), part, keep)
    return made


def structure_of(value: Any, find: Callable[[Any], Ref]) -> Any:
    """Arguments or results with a `Ref` in the place of each tensor."""
    return mapped(value, lambda a: find(a) if isinstance(a, Variable) else a)
