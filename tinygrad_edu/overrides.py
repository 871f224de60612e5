"""Classes that answer for themselves: ``__torch_function__``, and modes that see every call.

A class with a ``__torch_function__`` is asked wherever one of its objects meets one of our functions:
``cls.__torch_function__(function, types, args, kwargs)``. Subclasses of Tensor have one by birth: it runs the function and gives the
result the subclass. As long as there is neither such a class nor a mode, nothing here runs: `watching` is empty, and functions look
no further than that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cache, wraps
from importlib import import_module
from operator import attrgetter
from typing import Any

from . import dtypes
from .dtypes import PublicName as _TensorMeta  # noqa: F401  the class of torch's classes, where programs look for it

__all__ = [
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]  # fmt: skip

watching: list[Any] = []  # what made looking necessary: subclasses of Tensor, modes
on_first: list[Callable[[], None]] = []  # run when the first of them comes
MISSING: Any = object()

ENABLED, NO_CLASSES, NOTHING = 0, 1, 2


class _State(threading.local):
    off = ENABLED
    modes: tuple[Any, ...] = ()


state = _State()


def watch(what: Any) -> None:
    """From now on functions look whether somebody wants to answer in their place."""
    if not watching:
        for prepare in on_first:
            prepare()
    watching.append(what)


def disabled(cls: type, func: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None) -> Any:
    """A ``__torch_function__`` for classes that want none: the function runs, and its result stays as it is."""
    with DisableTorchFunctionSubclass():
        return func(*args, **(kwargs or {}))


_disabled_torch_function_impl = disabled
PLAIN: set[type] = set()  # Tensor itself


class _Off:
    """Nobody is asked inside the ``with`` block."""

    level = NO_CLASSES

    def __enter__(self) -> None:
        self.before = state.off
        state.off = max(state.off, self.level)

    def __exit__(self, *exception: Any) -> None:
        state.off = self.before


class DisableTorchFunctionSubclass(_Off):
    """Classes are not asked inside the ``with`` block; modes still are."""


class DisableTorchFunction(_Off):
    """Neither classes nor modes are asked inside the ``with`` block."""

    level = NOTHING


def _are_functorch_transforms_active() -> bool:
    """Whether a function runs that ``func`` transforms."""
    return bool(import_module(".autograd.modes", __package__).state.transforms)


def _log_api_usage_once(event: str) -> None:
    """Where torch (as ``torch._C``) counts who uses it: nothing is counted here."""


def _answers(value: Any) -> bool:
    """Whether its class is to be asked: plain tensors, which have Tensor's ``__torch_function__``, and parameters are not."""
    kind = type(value)
    found = getattr(kind, "__torch_function__", None)
    return found is not None and getattr(found, "__func__", found) is not disabled and kind not in PLAIN


def overloaded(args: Iterable[Any]) -> list[Any]:
    """The arguments to be asked, one a class, subclasses before the classes that they come from."""
    found: list[Any] = []
    for value in args:
        kind = type(value)
        if kind in (list, tuple):
            found = _joined(found, [v for v in value if type(v) not in (int, float, list, tuple)])
        elif kind not in (int, float, bool, str):
            found = _joined(found, [value])
    return found


def _joined(found: list[Any], values: Iterable[Any]) -> list[Any]:
    for value in values:
        if any(type(value) is type(f) for f in found) or not _answers(value):
            continue
        at = next((i for i, f in enumerate(found) if issubclass(type(value), type(f))), len(found))
        found = [*found[:at], value, *found[at:]]
    return found


def answer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What those say who are asked before ``function`` runs; `MISSING` where there are none."""
    if state.off == NOTHING:
        return MISSING
    found = overloaded([*args, *kwargs.values()]) if state.off == ENABLED else []
    if not found and not state.modes:
        return MISSING
    return _ask(function, found, args, kwargs)


def answer_operator(function: Callable[..., Any], *operands: Any) -> Any:
    """`answer` for an operator: NotImplemented, so that Python asks the other operand, where nobody answers or one cannot."""
    try:
        result = answer(function, operands, {})
    except TypeError:
        return NotImplemented
    return NotImplemented if result is MISSING else result


def _as_torch_calls_it(function: Callable[..., Any]) -> tuple[str, bool]:
    """The function's name in messages, and whether torch has it in C++."""
    name = _known().get(function)
    if name is None:
        module = (getattr(function, "__module__", "") or "").replace(__package__, "torch", 1)
        return f"{module}.{function.__name__}", False
    place, _, last = name.rpartition(".")
    checked = (
        hasattr(function, "torch_errors") and last != "pad"
    )  # torch's pad, in Python, leaves checking to one below it
    compiled = not place.endswith("functional") or checked
    if place in ("linalg", "fft", "special"):
        last = f"{place}_{last}"
    elif place == "nn.functional" and compiled:
        place = "" if hasattr(import_module(__package__), last) else "nn"
    return ".".join(filter(None, ("torch", place, last))), compiled


def _ask(
    function: Callable[..., Any],
    found: list[Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    asked_below: bool = True,
) -> Any:
    types = tuple(type(f) for f in found)
    words = (kwargs,) if kwargs else ()
    if state.modes:
        before, mode = state.modes, state.modes[-1]
        state.modes = before[:-1]  # what a mode itself calls goes to those around it
        try:
            result = mode.__torch_function__(function, types, args, *words)
        finally:
            state.modes = before
        if result is not NotImplemented:
            return result
    for each in found:
        result = each.__torch_function__(function, types, args, *words)
        if result is not NotImplemented:
            return result
    name, compiled = _as_torch_calls_it(function)
    if not (compiled and asked_below):
        mode = f" nor in mode {state.modes[-1]}" if state.modes else ""
        raise TypeError(
            f"no implementation found for '{name}' on types that implement __torch_function__: {list(types)}{mode}"
        )
    asked = "\n".join(f"  - tensor subclass {kind!r}" for kind in types)
    if state.modes:
        asked = f"  - mode object {state.modes[-1]!r}\n{asked}".rstrip("\n")
    raise TypeError(
        f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n{asked}\n\n"
        "For more information, try re-running with TORCH_LOGS=not_implemented"
    )


def overridable(
    function: Callable[..., Any],
    name: str | None = None,
    shown: Callable[[], Any] | None = None,
    operator: bool = False,
) -> Callable[..., Any]:
    """``function``, which others may answer for. ``shown`` gives what they are told was called.

    ``operator``: the method of a binary operator. Where who is asked raises TypeError, Python asks the other operand."""

    @wraps(function)
    def form(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if watching:
            try:
                result = answer(form if shown is None else shown(), args, kwargs)
            except TypeError:
                if operator:
                    return NotImplemented
                raise
            if result is not MISSING:
                return result
        try:
            return function(*args, **kwargs)
        except (TypeError, AttributeError):
            result = answer(form, args, kwargs)  # no tensor, but with a __torch_function__
            if result is MISSING:
                raise
            return result

    if name is not None:
        form.__name__ = name
    return form


class overridable_property(property):
    """A property that others may answer for: they are told of its ``__get__`` or ``__set__``."""

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        if obj is not None and watching:
            result = answer(self.__get__, (obj,), {})
            if result is not MISSING:
                return result
        return super().__get__(obj, owner)

    def __set__(self, obj: Any, value: Any) -> None:
        if watching and answer(self.__set__, (obj, value), {}) is not MISSING:
            return
        super().__set__(obj, value)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """Ask the classes of ``relevant_args``, in order, to compute ``public_api(*args, **kwargs)``."""
    return _ask(public_api, overloaded(relevant_args), args, kwargs, asked_below=False)


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether one of the arguments has a class that is to be asked (or there is a mode).

    >>> has_torch_function([1, "a"])
    False
    """
    return bool(state.off != NOTHING and (state.modes or (state.off == ENABLED and overloaded(relevant_args))))


def has_torch_function_unary(value: Any) -> bool:
    """`has_torch_function` of one argument."""
    return has_torch_function((value,))


def has_torch_function_variadic(*values: Any) -> bool:
    """`has_torch_function` of several arguments."""
    return has_torch_function(values)


def is_tensor_like(value: Any) -> bool:
    """Whether it is a tensor, or something with a ``__torch_function__``.

    >>> is_tensor_like(3)
    False
    """
    return hasattr(type(value), "__torch_function__")


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[..., Any]:
    """Make a function of one's own overridable. ``dispatcher`` takes its arguments and returns those that are to be asked."""

    def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def form(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(form, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return form

    return decorator


class TorchFunctionMode:
    """Sees every call inside its ``with`` block, with tensors of any class or none.

    A subclass defines ``__torch_function__(self, func, types, args=(), kwargs=None)``.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> TorchFunctionMode:
        watch(self)
        state.modes = (*state.modes, self)
        return self

    def __exit__(self, *exception: Any) -> None:
        state.modes = state.modes[:-1]
        watching.remove(self)


def _get_current_function_mode_stack() -> list[TorchFunctionMode]:
    """The modes at work, the innermost last."""
    return list(state.modes)


def _get_current_function_mode() -> TorchFunctionMode | None:
    """The innermost mode at work."""
    return state.modes[-1] if state.modes else None


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


not_wrapped: set[Any] = set()  # their results keep their class: ``Tensor.grad.__get__``


def get_default_nowrap_functions() -> set[Any]:
    """The functions whose results do not get the class of the tensor that they were asked of."""
    return set(not_wrapped)


def of_class(result: Any, cls: type) -> Any:
    """A function's result, its tensors (also in a tuple or list) as ``cls``."""
    if is_tensor_like(result) and hasattr(result, "as_subclass"):
        return result if isinstance(result, cls) else result.as_subclass(cls)
    if isinstance(result, (tuple, list)) and any(hasattr(r, "as_subclass") for r in result):
        return type(result)(of_class(r, cls) for r in result)
    return result


def by_default(cls: type, func: Any, types: Iterable[type], args: Any = (), kwargs: Any = None) -> Any:
    """``Tensor.__torch_function__``: run the function, give its results the subclass."""
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        result = func(*args, **(kwargs or {}))
        return result if func in not_wrapped else of_class(result, cls)


_WHERE = ("", "functional", "nn.functional", "nn.init", "Tensor", "linalg", "fft", "special")


@cache
def _names(one_method: Any) -> dict[Any, str]:
    """Functions, methods and what gets and sets properties, each with the last of the places where users find it.

    ``one_method``: one of Tensor's own, which are replaced by methods that look for others when the first of those comes.
    """
    names: dict[Any, str] = {}
    for place in _WHERE:
        home = attrgetter(place)(import_module(__package__)) if place else import_module(__package__)
        here: dict[Any, str] = {}
        for name in sorted(dir(home), reverse=True):  # of several names the first one stays
            value = getattr(home, name, None)
            if isinstance(value, property):
                here[value.__get__], here[value.__set__] = f"{place}.{name}.__get__", f"{place}.{name}.__set__"
            elif callable(value) and not isinstance(value, type):
                here[value] = f"{place}.{name}" if place else name
        names.update(here)
    return names


def _known() -> dict[Any, str]:
    return _names(import_module(__package__).Tensor.__len__)


def resolve_name(function: Any) -> str | None:
    """Where users find a function that others may answer for: ``torch.Tensor.add``; None for others."""
    name = _known().get(function)
    return None if name is None else f"{dtypes.module_name}.{name}"


def _get_tracing_state() -> None:
    """None: `jit.trace` here watches without a state of this kind."""


def is_tensor_method_or_property(func: Any) -> bool:
    """Whether it is a method of tensors, or what gets a property of theirs."""
    return getattr(func, "__name__", "") == "__get__" or _known().get(func, "").startswith("Tensor.")


def __getattr__(name: str) -> Any:
    if name == "_nn":  # ``torch._C._nn``: how ``to`` reads its arguments
        return import_module(f"{__package__}.nn.module")
    if name == "_LinAlgError":
        return import_module(f"{__package__}.linalg").LinAlgError
    if name in ("Graph", "Node", "Value"):  # as ``torch._C``: what the graphs of traced programs are made of
        return getattr(import_module("..jit.graph", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
