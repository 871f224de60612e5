"""`Proxy`: what a program is given in the place of a tensor, and writes down what is done with it."""

from __future__ import annotations

import dis
import inspect
import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..tensor import Tensor
from .node import Node, hands_on

if TYPE_CHECKING:
    from .tracer import TracerBase


class TraceError(ValueError):
    """A program does with a value what no graph can hold."""


class Proxy:
    """A value that is not known yet. All that is done with it becomes a node."""

    node: Node

    def __init__(self, node: Node, tracer: TracerBase | None = None) -> None:
        from .tracer import GraphAppendingTracer

        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node

    def __repr__(self) -> str:
        return f"Proxy({self.node.name})"

    def __getattr__(self, name: str) -> Attribute:
        if name.startswith("__") or name == "node":
            raise AttributeError(name)
        return Attribute(self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self) -> Iterator[Proxy]:
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        if caller is not None:  # a, b = proxy: so many that are asked for
            here = next((i for i in dis.get_instructions(caller.f_code) if i.offset == caller.f_lasti), None)
            if here is not None and here.opname == "UNPACK_SEQUENCE":
                return (operator.getitem(self, i) for i in range(here.argval))  # type: ignore[call-overload]
        raise TraceError(
            "Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args or **kwargs function "
            "argument. See the torch.fx docs on pytorch.org for a more detailed explanation of what types of control flow can be traced, "
            "and check out the Proxy docstring for help troubleshooting Proxy iteration errors"
        )

    def __bool__(self) -> bool:
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def __len__(self) -> int:
        raise RuntimeError(
            "'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please call "
            "torch.fx.wrap('len') at module scope"
        )

    def keys(self) -> Any:
        """The keys of a dictionary: as a node."""
        return self.tracer.create_proxy("call_method", "keys", (self,), {})

    __hash__ = object.__hash__

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tracer = _tracer_in((args, kwargs))
        name = getattr(function, "__name__", "")
        if name == "__get__":  # of a property
            raise TypeError("a property of a tensor cannot be asked with a Proxy")
        if hands_on(function):
            args, kwargs = _as_handed_on(function, args, kwargs)
        elif _is_method(function, name):
            return tracer.create_proxy("call_method", name.strip("_") if name.startswith("__") else name, args, kwargs)
        return tracer.create_proxy("call_function", function, args, kwargs)


class Attribute(Proxy):
    """An attribute of a value; called, it is a method."""

    def __init__(self, root: Proxy, attr: str) -> None:
        self.root, self.attr, self.tracer = root, attr, root.tracer

    @property
    def node(self) -> Node:  # type: ignore[override]  # made when it is asked for: most attributes are called instead
        if "_node" not in self.__dict__:
            self.__dict__["_node"] = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {}).node
        return self.__dict__["_node"]  # type: ignore[no-any-return]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


def _tracer_in(arguments: Any) -> Any:
    found: list[Any] = []

    def look(a: Any) -> None:
        if isinstance(a, Proxy):
            found.append(a.tracer)
        elif isinstance(a, (list, tuple)):
            for each in a:
                look(each)
        elif isinstance(a, dict):
            look(list(a.values()))

    look(arguments)
    return found[0]


def _is_method(function: Any, name: str) -> bool:
    own = getattr(Tensor, name, None)
    return own is not None and (
        own is function or getattr(own, "__wrapped__", None) is function or name.startswith("__")
    )


def _as_handed_on(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The arguments as torch's functions of nn.functional hand them on: what has a default by name, all the rest by position."""
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    positional, named = [], {}
    for name, value in bound.arguments.items():
        kind = signature.parameters[name]
        if kind.kind is kind.VAR_POSITIONAL:
            positional += value
        elif kind.kind is kind.VAR_KEYWORD:
            named |= value
        elif kind.default is kind.empty:
            positional.append(value)
        else:
            named[name] = value
    return tuple(positional), named


def _operators() -> None:
    def plain(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def method(self: Proxy, *args: Any) -> Any:
            return self.tracer.create_proxy("call_function", function, (self, *args), {})

        method.__name__ = name
        return method

    def reflected(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def method(self: Proxy, other: Any) -> Any:
            return self.tracer.create_proxy("call_function", function, (other, self), {})

        method.__name__ = name
        return method

    binary = (
        "add",
        "sub",
        "mul",
        "floordiv",
        "truediv",
        "mod",
        "pow",
        "lshift",
        "rshift",
        "and_",
        "or_",
        "xor",
        "matmul",
    )
    for name in (*binary, "eq", "ne", "lt", "gt", "le", "ge", "pos", "neg", "invert", "getitem"):
        special = f"__{name.rstrip('_')}__"
        setattr(Proxy, special, plain(special, getattr(operator, name)))
    for name in binary:
        special = f"__r{name.rstrip('_')}__"
        setattr(Proxy, special, reflected(special, getattr(operator, name)))


_operators()
