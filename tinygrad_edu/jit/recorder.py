"""Recording: while a program runs on example inputs, every primitive that it calls is written down.

Nothing in the rest of the package knows of this. `recording` puts other methods in the place of `Op`'s while it lasts, and takes
them away again: a program that is not traced pays nothing.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..autograd import inplace
from ..autograd.op import CALLS, Op
from ..autograd.variable import Variable
from ..backend.outside import caller
from ..nn.module import Module
from ..ops import registry
from ..ops._composed import Composed
from ..tensor import Tensor
from .graph import Graph, Node, Ref, Value


class TracerWarning(Warning):
    """Something in a traced program that the graph cannot hold."""


class TracingError(RuntimeError):
    """A program that cannot be traced."""


# Functions that are no primitives, because they draw random numbers, change a tensor, or return as many elements as the
# values of their input ask for. They are recorded as a whole. (room and name in it; or the public names)
_INNER = {"batch_norm": "norm._batch_norm", "dropout_mask": "dropout._mask", "max_pool_indices": "pool._max_indices"}
_DRAWING = (
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "normal", "bernoulli", "multinomial", "poisson",
    "binomial",
)  # fmt: skip
_PUBLIC = (
    *_DRAWING, "one_hot", "nonzero", "argwhere", "masked_select", "bincount", "histc", "unique", "unique_consecutive",
)  # fmt: skip
_CHANGING = ("uniform_", "normal_", "exponential_", "bernoulli_", "random_", "log_normal_", "cauchy_", "geometric_")
RANDOM = {"dropout_mask", *_DRAWING, *_CHANGING}


def function_named(name: str) -> Any:
    """The function that a recorded step of the form "function" calls."""
    if name in _INNER:
        room, _, own = _INNER[name].partition(".")
        return getattr(importlib.import_module(f"..ops.{room}", __package__), own)
    for place in (registry.functions, registry.functional, registry.methods):
        if name in (*_PUBLIC, *_CHANGING) and name in place:
            return place[name]
    raise KeyError(name)


class Recorder:
    """Collects a `Graph`. Tensors are known by their array, so that ``detach`` and its like need no step."""

    def __init__(self, names: dict[int, tuple[str, str]], scopes: dict[int, str], choices: bool) -> None:
        self.graph = Graph()
        self.names, self.scopes, self.choices = names, scopes, choices
        self.by_array: dict[int, Value] = {}
        self.by_tensor: dict[int, Value] = {}
        self.kept: list[Any] = []  # what must live, so that its id stays its own
        self.viewed: set[int] = set()  # arrays that views look into
        self.computed: set[int] = set()  # values that depend on the inputs
        self.depth = 0
        self.path: list[str] = []

    # ------------------------------------------------------------------ values
    def know(self, t: Any, value: Value) -> None:
        self.by_array[id(t._data)] = value
        self.by_tensor[id(t)] = value
        self.kept += (t, t._data)

    def value_of(self, t: Any) -> Value:
        found = self.by_array.get(id(t._data))
        if found is None:
            found = self.by_tensor.get(id(t))  # its array was put into another memory order after the step that made it
            if found is not None and (found.shape, found.np_dtype) != (t._data.shape, t._data.dtype):
                found = None
        if found is None:
            kind, name = self.names.get(id(t), ("constant", ""))
            # (a constant may be written into later: its numbers are those of now)
            found = self.graph.new(kind, t._data.copy() if kind == "constant" else t._data, name)
        self.know(t, found)
        return found

    def describe(self, arg: Any) -> Any:
        """An argument with values in the place of tensors and arrays."""
        if isinstance(arg, Variable):
            return Ref(self.value_of(arg).index)
        if isinstance(arg, (list, tuple)):
            parts = [self.describe(a) for a in arg]
            if isinstance(arg, list):
                return parts
            return type(arg)(*parts) if hasattr(arg, "_fields") else tuple(parts)
        if isinstance(arg, dict):
            return {key: self.describe(a) for key, a in arg.items()}
        if hasattr(arg, "dtype") and hasattr(arg, "strides"):  # a raw array
            found = self.by_array.get(id(arg))
            if found is None:
                found = self.by_array[id(arg)] = self.graph.new("constant", arg.copy())
                self.kept.append(arg)
            return Ref(found.index, raw=True)
        return arg

    # ------------------------------------------------------------------ steps
    def step(self, form: str, op: str, args: Any, kwargs: dict[str, Any] | None = None) -> Node:
        node = Node(form, op, self.describe(list(args)), self.describe(kwargs or {}), ".".join(self.path), _line())
        self.graph.nodes.append(node)
        return node

    def result(self, node: Node, t: Any) -> None:
        if not isinstance(t, Variable):
            return
        value = self.graph.new("node", t._data)
        value.source = node
        node.outputs.append(value)
        self.know(t, value)
        if any(ref.index in self.computed for ref in node.refs()):
            self.computed.add(value.index)

    def results(self, node: Node, out: Any) -> None:
        node.single = isinstance(out, Variable)
        for t in (out,) if node.single else out:
            self.result(node, t)

    def primitive(self, op: Op, call: Callable[..., Any], form: str, *args: Any) -> Any:
        if self.depth:
            return call(op, *args)
        described = self.step(form, op.name, args)  # before the call, which may change a tensor
        self.depth += 1
        try:
            out = call(op, *args)
        finally:
            self.depth -= 1
        self.results(described, out)
        if op.view:
            first = next(a for a in args if isinstance(a, Variable))
            base = first if first._base is None else first._base
            self.viewed |= {id(first._data), id(base._data)}
        return out

    def function(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.depth or kwargs.get("out") is not None:
            return call(*args, **kwargs)
        node = self.step("function", name, args, kwargs)
        self.depth += 1
        try:
            out = call(*args, **kwargs)
        finally:
            self.depth -= 1
        if args and out is args[0]:  # it changed the tensor that it was given
            return out
        self.results(node, out)
        return out

    def write(self, call: Callable[..., Any], x: Any, out: Any, *args: Any, **kwargs: Any) -> Any:
        """``out`` is stored in x. Where nothing else looks into x's memory, x simply *is* that value from now on."""
        if self.depth:
            return call(x, out, *args, **kwargs)
        target, source = self.value_of(x), self.value_of(out)
        alone = x._base is None and id(x._data) not in self.viewed and target.kind in ("node", "constant")
        resized = call is registry.store_into and source.shape != target.shape  # ``out=`` gives its tensor another size
        if alone and source.np_dtype == target.np_dtype and (source.shape == target.shape or resized):
            result = call(x, out, *args, **kwargs)
            self.know(x, source)
            return result
        self.graph.nodes.append(
            Node("write", "copy_", [Ref(target.index), Ref(source.index)], {}, ".".join(self.path), _line())
        )
        if source.index in self.computed:
            self.computed.add(target.index)
        return call(x, out, *args, **kwargs)

    def choice(self, t: Any, what: str, text: str, call: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Python asks for the number in a tensor: the graph cannot hold what it does with it."""
        value = self.by_array.get(id(t._data)) or self.by_tensor.get(id(t))
        if self.depth or value is None or value.index not in self.computed:
            return call(t, *args)
        inside = what not in ("iterate", "len")  # those go on with primitives, which are to be recorded
        self.depth += inside
        try:
            answer = call(t, *args)
        finally:
            self.depth -= inside
        if self.choices and what in ("iterate", "len"):
            return answer
        if self.choices and what in ("bool", "int"):
            node = self.step("guard", what, (t,))
            node.args.append(answer)
        elif self.choices:
            raise TracingError(
                f"jit.script cannot record what Python does with the numbers of a tensor ({what}, {_line()}). A choice by bool() or "
                "int() can be scripted; floats, lists and NumPy arrays of computed values cannot. Keep them in tensors."
            )
        else:
            warn(text)
        return answer

    def module(self, call: Callable[..., Any], module: Any, args: Any, kwargs: Any) -> Any:
        self.path.append(self.scopes.get(id(module), type(module).__name__))
        try:
            return call(module, *args, **kwargs)
        finally:
            self.path.pop()


_NUMBER = (
    "Converting a tensor to a Python {} might cause the trace to be incorrect. We can't record the data flow of Python values, so this "
    "value will be treated as a constant in the future. This means that the trace might not generalize to other inputs!"
)
_TEXTS = {
    "__bool__": ("bool", _NUMBER.format("boolean")),
    "__int__": ("int", _NUMBER.format("integer")),
    "__index__": ("int", _NUMBER.format("integer").replace("Python integer", "Python index")),
    "__float__": ("float", _NUMBER.format("float")),
    "item": ("item", _NUMBER.format("number")),
    "tolist": ("list", _NUMBER.format("list")),
    "numpy": ("numpy", _NUMBER.format("float").replace("Python float", "NumPy array")),
    "__array__": ("numpy", _NUMBER.format("float").replace("Python float", "NumPy array")),
    "__iter__": (
        "iterate",
        "Iterating over a tensor might cause the trace to be incorrect. Passing a tensor of different shape won't change the number of "
        "iterations executed (and might lead to errors or silently give incorrect results).",
    ),
    "__len__": (
        "len",
        "Using len to get tensor shape might cause the trace to be incorrect. Recommended usage would be tensor.shape[0]. Passing a "
        "tensor of different shape might lead to errors or silently give incorrect results.",
    ),
}


def _place() -> tuple[str, int]:
    frame, _ = caller()
    return frame.f_code.co_filename, frame.f_lineno


def warn(text: str) -> None:
    """A `TracerWarning` at the program's own line."""
    file, line = _place()
    warnings.warn_explicit(text, TracerWarning, file, line)


def _line() -> str:
    file, line = _place()
    return f"{file}:{line}"


_current: list[Recorder] = []


def is_tracing() -> bool:
    """Whether a trace is being recorded."""
    return bool(_current)


def scripted(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a scripted part does within a trace: its choices become part of the graph."""
    recorder = _current[-1]
    before, recorder.choices = recorder.choices, True
    recorder.graph.with_script = True
    try:
        return function(*args, **kwargs)
    finally:
        recorder.choices = before


def called(name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A function that is no primitive, as a graph holds it: written down where one that is being recorded runs that graph."""
    if _current:
        return _current[-1].function(name, function, *args, **kwargs)
    return function(*args, **kwargs)


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """While this lasts, what runs is written down by ``recorder``."""
    if _current:
        raise TracingError("tracing inside a trace is not possible: call the function itself")
    undo: list[Callable[[], None]] = []
    _current.append(recorder)
    try:
        _replace_methods(recorder, undo)
        _replace_functions(recorder, undo)
        yield recorder
    finally:
        for put_back in reversed(undo):
            put_back()
        _current.pop()


def _swap(owner: Any, name: str, new: Any, undo: list[Callable[[], None]]) -> None:
    old = vars(owner).get(name)
    setattr(owner, name, new)
    undo.append((lambda: setattr(owner, name, old)) if old is not None else (lambda: delattr(owner, name)))


def _replace_methods(recorder: Recorder, undo: list[Callable[[], None]]) -> None:
    for name in CALLS:
        call, form = getattr(Op, name), "number" if name == "with_number" else "call"
        _swap(Op, name, lambda op, *args, call=call, form=form: recorder.primitive(op, call, form, *args), undo)
    for kind in Op.__subclasses__():
        if "__call__" in vars(kind) and kind is not Composed:  # which consists of primitives
            call = kind.__call__
            _swap(kind, "__call__", lambda op, *args, call=call: recorder.primitive(op, call, "call", *args), undo)
    for name, (what, text) in _TEXTS.items():
        call = getattr(Tensor, name)
        _swap(
            Tensor, name,
            lambda t, *args, call=call, what=what, text=text, **kwargs: recorder.choice(
                t, what, text, (lambda t, *a: call(t, *a, **kwargs)) if kwargs else call, args
            ),
            undo,
        )  # fmt: skip
    call = Module.__call__
    _swap(Module, "__call__", lambda m, *args, call=call, **kwargs: recorder.module(call, m, args, kwargs), undo)


def _replace_functions(recorder: Recorder, undo: list[Callable[[], None]]) -> None:
    """Wherever a module of this package holds one of these functions, put the recording form."""
    forms: dict[int, Any] = {}
    write = inplace.write
    for store in (write, registry.store_into):  # what in-place operations, and ``out=``, end in
        forms[id(store)] = lambda *args, call=store, **kwargs: recorder.write(call, *args, **kwargs)
    named: list[tuple[str, Any]] = [(name, function_named(name)) for name in _INNER]
    for name in (*_PUBLIC, *_CHANGING):
        places = (registry.functions, registry.functional, registry.methods)
        named += [(name, place[name]) for place in places if name in place]
    for name, function in named:
        below = getattr(function, "__wrapped__", None)  # without the check of its arguments
        if below is not None:
            forms[id(below)] = lambda *args, call=below, name=name, **kwargs: recorder.function(
                name, call, *args, **kwargs
            )
        forms[id(function)] = lambda *args, call=function, name=name, **kwargs: recorder.function(
            name, call, *args, **kwargs
        )
    package = __package__.partition(".")[0]
    owners = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] == package and m is not None]
    for owner in (*owners, *Tensor.__mro__[:-1]):
        for name, held in list(vars(owner).items()):
            if id(held) in forms and owner.__name__ != __name__:
                _swap(owner, name, forms[id(held)], undo)
