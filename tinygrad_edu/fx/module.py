"""`GraphModule`: a module whose ``forward`` is made from a graph."""

from __future__ import annotations

import copy
import importlib
import linecache
import math
from collections.abc import Callable
from itertools import count
from typing import Any

from .. import devices, dtypes
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..tensor import Tensor
from .graph import Graph

_numbers = count()


class GraphModule(Module):
    """A module with the attributes of ``root`` that a graph uses; it runs the graph. After a change of the graph: `recompile`."""

    def __new__(cls, *args: Any, **kwargs: Any) -> GraphModule:
        # a class of its own, whose ``forward`` can be set
        names = {"__module__": cls.__module__, "__qualname__": "GraphModule.__new__.<locals>.GraphModuleImpl"}
        own = type("GraphModuleImpl", (cls,), names)
        return object.__new__(own)

    def __init__(self, root: Any, graph: Graph, class_name: str = "GraphModule") -> None:
        super().__init__()
        type(self).__name__ = class_name
        self.meta: dict[str, Any] = {}  # notes of those who work on the graph
        if isinstance(root, Module):
            self.training = root.training
            for node in graph.nodes:
                if node.op in ("get_attr", "call_module"):
                    _copy_attribute(root, self, node.target)
        else:
            for target in sorted(root, key=lambda name: name.count(".")):
                _assign(root[target], self, target)
        self.graph = graph

    @property
    def graph(self) -> Graph:
        """The graph; setting it makes the module run another one."""
        return self.__dict__["_graph"]  # type: ignore[no-any-return]

    @graph.setter
    def graph(self, graph: Graph) -> None:
        self.__dict__["_graph"] = graph
        self.recompile()

    @property
    def code(self) -> str:
        """The graph as Python."""
        return self.__dict__["_code"]  # type: ignore[no-any-return]

    def recompile(self) -> Any:
        """Make ``forward`` anew from the graph."""
        shown = self.graph.python_code("self")
        objects: dict[str, Any] = {"inf": math.inf, "nan": math.nan, "device": devices.device}
        package = importlib.import_module(__package__.partition(".")[0])
        objects |= {dtypes.module_name: package, package.__name__: package}
        run = self.graph._source("self", _Aliases(objects))
        file = f"<graph {next(_numbers)}>"
        linecache.cache[file] = (len(run), None, run.splitlines(True), file)  # so that a traceback shows the line
        exec(compile(run, file, "exec"), objects)
        type(self).forward = objects["forward"]  # type: ignore[method-assign]
        self.__dict__["_code"] = shown.src
        return shown

    def print_readable(self, print_output: bool = True, **options: Any) -> str:
        """The module as the text of a class."""
        head, *lines = self.code.strip().splitlines()
        renamed = sum(n.op == "placeholder" and n.target.replace("*", "") != n.name for n in self.graph.nodes)
        hint = [*([""] if renamed else []), "    # No stacktrace found for following nodes"]
        lines = [head, *lines[:renamed], *hint, *lines[renamed:]]
        body = "\n".join(f"    {line}" if line else "" for line in lines)
        text = f"class {self._get_name()}({dtypes.module_name}.nn.Module):\n{body}\n"
        if print_output:
            print(text)
        return text

    def add_submodule(self, target: str, m: Module) -> bool:
        """Add a module under a dotted name."""
        _assign(m, self, target)
        return True

    def delete_submodule(self, target: str) -> bool:
        """Remove the module of a dotted name; False where there is none."""
        *path, own = target.split(".")
        holder: Any = self
        for part in path:
            holder = getattr(holder, part, None)
        if not isinstance(holder, Module) or own not in holder._modules:
            return False
        delattr(holder, own)
        return True

    def delete_all_unused_submodules(self) -> None:
        """Remove submodules that the graph does not call."""
        used = {node.target for node in self.graph.nodes if node.op in ("call_module", "get_attr")}
        for name, _ in list(self.named_modules()):
            if name and not any(t == name or t.startswith(f"{name}.") or name.startswith(f"{t}.") for t in used):
                *path, own = name.split(".")
                holder: Any = self
                for part in path:
                    holder = getattr(holder, part, None)
                if holder is not None and own in holder._modules:
                    del holder._modules[own]

    def __deepcopy__(self, memo: Any) -> GraphModule:
        held = Module()
        held.__dict__.update({
            key: copy.deepcopy(value, memo) for key, value in self.__dict__.items() if key not in ("_graph", "_code")
        })  # fmt: skip
        made = GraphModule(held, copy.deepcopy(self.graph))
        made.meta = held.__dict__.get("meta", {})
        return made

    def __copy__(self) -> GraphModule:
        made = GraphModule(self, self.graph)
        made.meta = self.__dict__.get("meta", {})
        return made

    def __reduce__(self) -> Any:
        return _read, ({k: v for k, v in self.__dict__.items() if k not in ("_graph", "_code", "meta")}, self.graph)

    def __str__(self) -> str:
        hint = "# To see more debug info, please use `graph_module.print_readable()`"
        return "\n".join([super().__repr__(), self.code, hint])


def _read(held: dict[str, Any], graph: Graph) -> GraphModule:
    """A module from a file: what it held but for `meta`, and the graph."""
    made = GraphModule(Module(), Graph())
    made.__dict__.update(held)
    made.graph = graph
    return made


class _Aliases:
    """Gives each function of a graph a name of its own in the text that is run."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self.objects = objects

    def __call__(self, function: Callable[..., Any]) -> str:
        name = f"_function_{id(function)}"
        self.objects[name] = function
        return name


def _holder(module: Any, path: list[str]) -> Any:
    for part in path:
        below = getattr(module, part, None)
        if below is None:
            below = Module()
            setattr(module, part, below)
        module = below
    return module


def _assign(value: Any, module: Module, target: str) -> None:
    *path, own = target.split(".")
    holder = _holder(module, path)
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        holder.register_buffer(own, value)
    else:
        setattr(holder, own, value)


def _copy_attribute(source: Any, module: Module, target: str) -> None:
    """The attribute of that dotted name, unless a module on the way is the original's already."""
    *path, own = target.split(".")
    there: Any = module
    for part in path:
        source, below = getattr(source, part), getattr(there, part, None)
        if below is source:
            return
        there = _holder(there, [part]) if below is None else below
    if own not in there._buffers:
        _assign(getattr(source, own), there, own)
