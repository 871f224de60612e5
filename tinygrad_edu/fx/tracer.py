"""`symbolic_trace`: run a program on proxies and keep what it does as a graph."""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from .. import dtypes, overrides
from ..control import _assert, whole
from ..devices import device
from ..layouts import layout, memory_format
from ..nn.container import Sequential
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..size import Size
from ..tensor import Tensor
from .graph import Graph
from .module import GraphModule
from .node import Node
from .proxy import Proxy

_PLAIN = (str, int, float, bool, complex, type(None), type(...), dtypes.dtype, device, layout, memory_format)


def _annotations(function: Any) -> dict[str, Any]:
    """What a function says about its types. Where our own layers say Any, torch's say Tensor, and in `Sequential` nothing."""
    said: dict[str, Any] = getattr(function, "__annotations__", {})
    if str(getattr(function, "__module__", "")).partition(".")[0] != str(__package__).partition(".")[0]:
        return said
    if function is Sequential.forward:
        return {}
    return {name: Tensor if kind == "Any" else kind for name, kind in said.items()}


class TracerBase:
    """What makes nodes and proxies for a graph."""

    graph: Graph

    def create_node(
        self, kind: str, target: Any, args: Any, kwargs: Any, name: str | None = None, type_expr: Any = None
    ) -> Node:
        """A new node of the graph."""
        return self.graph.create_node(kind, target, args, kwargs, name, type_expr)

    def proxy(self, node: Node) -> Proxy:
        """What stands for a node's result."""
        return Proxy(node, self)

    def create_proxy(
        self, kind: str, target: Any, args: Any, kwargs: Any, name: str | None = None, type_expr: Any = None
    ) -> Any:
        """A new node with these arguments, in which proxies may stand, and a proxy for its result."""
        args, kwargs = self.create_arg(tuple(args)), self.create_arg(dict(kwargs))
        return self.proxy(self.create_node(kind, target, args, kwargs, name, type_expr))

    def create_arg(self, a: Any) -> Any:
        """An argument as a node may have it. NotImplementedError for objects that a graph's text cannot name."""
        if isinstance(a, Proxy):
            return a.node
        if isinstance(a, Size):
            return a
        if isinstance(a, tuple):
            parts = [self.create_arg(each) for each in a]
            return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
        if isinstance(a, list):
            return [self.create_arg(each) for each in a]
        if isinstance(a, dict):
            return {key: self.create_arg(each) for key, each in a.items()}
        if isinstance(a, slice):
            return slice(*(self.create_arg(each) for each in (a.start, a.stop, a.step)))
        if isinstance(a, (*_PLAIN, Node, range)) or callable(a):
            return a
        raise NotImplementedError(f"argument of type: {type(a)}")


class GraphAppendingTracer(TracerBase):
    """Puts what is done with a proxy into the graph of its node."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph


class Tracer(TracerBase):
    """Traces modules and functions. Subclasses choose other leaves, or other nodes."""

    def __init__(
        self, autowrap_modules: Any = (), autowrap_functions: Any = (), param_shapes_constant: bool = False
    ) -> None:
        self.root: Module = Module()
        self._constants: dict[int, str] = {}
        self._parameters: dict[str, Proxy] = {}

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        """Whether a call of a submodule is one node: the modules of ``nn`` are, `Sequential` apart."""
        from ..nn import Sequential

        home = type(m).__module__
        ours = home.startswith((f"{__package__.partition('.')[0]}.nn", "torch.nn"))
        return ours and not isinstance(m, Sequential)

    def path_of_module(self, mod: Module) -> str:
        """The dotted name of a submodule. NameError where it is none."""
        for name, each in self.root.named_modules():
            if each is mod:
                return name
        raise NameError("module is not installed as a submodule")

    def call_module(self, m: Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What a call of a submodule becomes: a node for a leaf, else what is in it."""
        path = self.path_of_module(m)
        if not self.is_leaf_module(m, path):
            return forward(*args, **kwargs)
        return self.create_proxy("call_module", path, args, kwargs)

    def create_arg(self, a: Any) -> Any:
        if isinstance(a, Tensor):
            collection = self.root.named_parameters() if isinstance(a, Parameter) else self.root.named_buffers()
            for name, each in collection:
                if each is a:
                    return self.create_node("get_attr", name, (), {})
            if id(a) not in self._constants:
                number = 0
                while hasattr(self.root, f"_tensor_constant{number}"):
                    number += 1
                self._constants[id(a)] = f"_tensor_constant{number}"
                setattr(self.root, self._constants[id(a)], a)
            return self.create_node("get_attr", self._constants[id(a)], (), {})
        if isinstance(a, Module):
            return self.create_node("get_attr", self.path_of_module(a), (), {})
        return super().create_arg(a)

    def trace(self, root: Any, concrete_args: dict[str, Any] | None = None) -> Graph:
        """The graph of what a module or a function does; ``concrete_args``: values in the place of arguments, by name."""
        self.graph = Graph()
        self._constants, self._parameters = {}, {}
        if isinstance(root, Module):
            self.root, function = root, type(root).forward
        else:
            if not callable(root):
                raise AssertionError(f"Expected FunctionType, got {type(root)}")
            self.root, function = Module(), root
        run, given, named = self._placeholders(function, isinstance(root, Module), concrete_args or {})
        with self._watching():
            value = self.create_arg(run(*given, **named))
        kind = _annotations(function).get("return")
        self.create_node("output", "output", (value,), {}, None, kind)
        return self.graph

    def _placeholders(
        self, function: Any, is_module: bool, concrete: dict[str, Any]
    ) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        """The function to be run, with its arguments: proxies, apart from those whose value is given."""
        given: list[Any] = [self.root] if is_module else []
        named: dict[str, Any] = {}
        spread: list[Any] = []
        parameters = list(inspect.signature(function).parameters.values())[is_module:]
        stars: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
        for p in sorted(parameters, key=lambda p: p.kind in stars):
            kind = _annotations(function).get(p.name)
            default = () if p.default is p.empty else (p.default,)
            if p.name in concrete:
                made = self._specialized(p.name, default, concrete[p.name])
            else:
                made = self.create_proxy("placeholder", stars.get(p.kind, "") + p.name, default, {}, None, kind)
            if p.kind is p.KEYWORD_ONLY:
                named[p.name] = made
            else:
                (spread if p.kind in stars else given).append(made)
        if not spread:
            return function, given, named
        return _unspread(function), [*given, *named.values(), *spread], {}

    def _specialized(self, name: str, default: tuple[Any, ...], value: Any) -> Any:
        """The value; the graph gets an input that must have it when it is run."""
        proxy = self.create_proxy("placeholder", f"{name}_1", default, {})
        said = f"{name} has been specialized to have value {value} but got another value"
        if isinstance(value, _PLAIN) and value is not None:
            self.create_proxy("call_function", _assert, (proxy == value, said), {})
        elif value is None:
            self.create_proxy("call_function", _assert_is_none, (proxy, said), {})
        else:
            warnings.warn(
                f"Was not able to add assertion to guarantee correct input {name} to specialized function. It is up to the user to make "
                "sure that your inputs match the inputs you specialized the function with.",
                UserWarning,
                stacklevel=5,
            )
        return value

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """While this lasts, calls of modules and parameters asked for come here, and functions ask whether an argument is a proxy."""
        call, attribute = Module.__call__, Module.__getattr__

        def called(m: Module, *args: Any, **kwargs: Any) -> Any:
            return self.call_module(m, functools.partial(call, m), args, kwargs)

        def asked(m: Module, name: str) -> Any:
            found = attribute(m, name)
            return self._parameter(found) if isinstance(found, Parameter) else found

        swapped = [(names, name, names[name]) for names, name in whole if name in names]
        for names, name, function in swapped:
            names[name] = self._one_node(function)
        Module.__call__, Module.__getattr__ = called, asked  # type: ignore[method-assign, assignment]
        overrides.watch(self)
        try:
            yield
        finally:
            overrides.watching.remove(self)
            del Module.__call__  # which is inherited
            Module.__getattr__ = attribute  # type: ignore[method-assign]
            for names, name, function in swapped:
                names[name] = function

    def _parameter(self, p: Parameter) -> Any:
        for name, each in self.root.named_parameters():
            if each is p:
                if name not in self._parameters:
                    self._parameters[name] = self.create_proxy("get_attr", name, (), {})
                return self._parameters[name]
        return p

    def _one_node(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def form(*args: Any, **kwargs: Any) -> Any:
            if any(isinstance(a, Proxy) for a in (*args, *kwargs.values())):
                return self.create_proxy("call_function", function, args, kwargs)
            return function(*args, **kwargs)

        return form


def _unspread(function: Any) -> Callable[..., Any]:
    """The function with ``*args`` and ``**kwargs`` as two ordinary parameters: a proxy can stand for each."""
    function = inspect.unwrap(function)
    code = function.__code__
    flags = code.co_flags & ~(inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    count = code.co_argcount + code.co_kwonlyargcount + bin(code.co_flags & ~flags).count("1")
    plain = code.replace(co_flags=flags, co_argcount=count, co_posonlyargcount=0, co_kwonlyargcount=0)
    return FunctionType(plain, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


def _assert_is_none(value: Any, msg: str) -> None:
    assert value is None, msg


_assert_is_none.__module__ = "torch.fx._symbolic_trace"  # the name that the graph's text shows


def symbolic_trace(root: Any, concrete_args: dict[str, Any] | None = None) -> GraphModule:
    """A `GraphModule` of what a module or function does, whatever its inputs are.

    The program runs once, on proxies. `TraceError` where it asks for a value: a choice or a loop by the numbers of an input.

    >>> import tinygrad_edu as tg
    >>> print(symbolic_trace(lambda x: tg.relu(x) + 1).graph)
    graph():
        %x : [num_users=1] = placeholder[target=x]
        %relu : [num_users=1] = call_function[target=tinygrad_edu.relu](args = (%x,), kwargs = {})
        %add : [num_users=1] = call_function[target=operator.add](args = (%relu, 1), kwargs = {})
        return add
    """
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = type(root).__name__ if isinstance(root, Module) else root.__name__
    return GraphModule(tracer.root, graph, name)


def wrap(fn_or_name: Any) -> Any:
    """Let calls of a function of this module (by its name, or as a decorator) be one node each."""
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    caller = sys._getframe(1).f_globals
    name = fn_or_name if isinstance(fn_or_name, str) else fn_or_name.__name__
    names = caller if name in caller or not isinstance(fn_or_name, str) else vars(__import__("builtins"))
    whole.append((names, name))
    return fn_or_name
