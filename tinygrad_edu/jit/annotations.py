"""What programs for ``torch.jit.script`` say besides computing: types, and switches of the compiler, which have no effect here."""

from __future__ import annotations

import builtins
import collections.abc
import contextlib
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from .recorder import is_tracing


class Error(Exception):
    """A script failed."""


class Attribute(NamedTuple):
    """A value and the type that it is to have in a script."""

    value: Any
    type: Any


def __getattr__(name: str) -> Any:
    """What torch's module of this name took from ``typing``, and older programs take from it."""
    if name in ("Dict", "List", "Optional", "Tuple", "Union"):
        return getattr(typing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def annotate(the_type: Any, the_value: Any) -> Any:
    """``the_value``: what type it has is a matter for torch's compiler."""
    return the_value


_NAMED = {
    list: ("a contained type", "list[int]"), typing.List: ("a contained type", "List[int]"),  # noqa: UP006
    dict: ("contained types", "dict[int, int]"), typing.Dict: ("contained types", "Dict[int, int]"),  # noqa: UP006
    tuple: ("a contained type", "tuple[int]"), typing.Tuple: ("a contained type", "Tuple[int]"),  # noqa: UP006
    typing.Optional: ("a contained type", "Optional[int]"),
}  # fmt: skip


def isinstance(obj: Any, target_type: Any) -> bool:
    """Whether ``obj`` is of a type, down to what containers hold.

    >>> isinstance([1, 2], list[int]), isinstance([1, "a"], list[int])
    (True, False)

    RuntimeError for a container without the type of what is in it.
    """
    if builtins.isinstance(target_type, (tuple, set)):
        return any(isinstance(obj, each) for each in target_type)
    if target_type in _NAMED:
        what, example = _NAMED[target_type]
        name = example.partition("[")[0]
        number = "without contained types. Please add contained type" if what == "contained types" else (
            "without a contained type. Please add a contained type"
        )  # fmt: skip
        raise RuntimeError(f"Attempted to use {name} {number}, e.g. {example}")
    origin, parts = typing.get_origin(target_type), typing.get_args(target_type)
    if origin in (typing.Union, types.UnionType):
        return any(isinstance(obj, each) if each is not type(None) else obj is None for each in parts)
    if origin is None:
        return builtins.isinstance(obj, target_type)
    if not builtins.isinstance(obj, origin):
        return False
    if origin is tuple:
        return len(obj) == len(parts) and all(map(isinstance, obj, parts))
    if issubclass(origin, collections.abc.Mapping):
        return all(isinstance(key, parts[0]) and isinstance(value, parts[1]) for key, value in obj.items())
    return all(isinstance(each, parts[0]) for each in obj)


def script_if_tracing(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``fn``: a trace records what it does, as it does for the rest of the program."""
    return fn


_script_if_tracing = script_if_tracing  # as torchvision calls it
# annotations of arguments for which one number stands for several: ``stride: BroadcastingList2[int]``
BroadcastingList1 = BroadcastingList2 = BroadcastingList3 = BroadcastingList4 = BroadcastingList5 = (
    BroadcastingList6
) = list


def script_method(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``fn``: methods are recorded with what calls them."""
    return fn


def interface(obj: type) -> type:
    """The class as it is."""
    return obj


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """A ``with`` block that changes nothing: graphs are run as they are."""
    yield


class strict_fusion:
    """A ``with`` block that changes nothing: no steps are fused."""

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


_switches: dict[str, Any] = {"onednn": False, "fusion": [("STATIC", 2), ("DYNAMIC", 10)]}


def enable_onednn_fusion(enabled: bool) -> None:
    """Keep the switch, which has no effect."""
    _switches["onednn"] = enabled


def onednn_fusion_enabled() -> bool:
    """What `enable_onednn_fusion` was told."""
    return bool(_switches["onednn"])


def set_fusion_strategy(strategy: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Keep the list, which has no effect; returns the one before."""
    before, _switches["fusion"] = _switches["fusion"], strategy
    return before  # type: ignore[no-any-return]


__all__ = [
    "Attribute", "Error", "Final", "annotate", "enable_onednn_fusion", "interface", "is_tracing", "isinstance",
    "onednn_fusion_enabled", "optimized_execution", "script_if_tracing", "script_method", "set_fusion_strategy", "strict_fusion",
]  # fmt: skip
