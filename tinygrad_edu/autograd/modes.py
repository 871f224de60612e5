"""Grad mode: whether operations record a graph. Each thread has its own."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    enabled = True  # whether operations record: the grad mode, and no inference mode
    grad_mode = True  # what `is_grad_enabled` says
    inference = False
    anomaly = False
    check_nan = True
    watched = False  # anomaly mode or hooks on saved tensors: nodes need more than their values
    plain = True  # enabled and not watched: the usual, so that a small operation has only one thing to ask
    saved_hooks: tuple[Any, ...] = ()  # of `saved_tensors_hooks`, the innermost last
    no_hooks: str | None = None  # why there may be none
    casting: Any = None  # what the innermost `autocast` asks for, see ops/_autocast.py
    walk: Any = None  # the run of the engine that is under way
    transforms = 0  # of how many functions of ``func`` (`vmap`, `grad`, …) the argument is running


state = _State()


@contextmanager
def transforming(inside: bool = True) -> Iterator[None]:
    """Run what a function of ``func`` transforms (or, ``inside=False``, a part of the transform itself)."""
    before = state.transforms
    state.transforms = before + 1 if inside else 0
    try:
        yield
    finally:
        state.transforms = before


class _Decorator:
    """A context manager that also decorates functions (a fresh one for each call, so recursion works)."""

    def _fresh(self) -> Any:
        return type(self)()

    def __call__(self, function: F) -> F:
        import inspect

        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
                "methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__` method "
                "and nothing else.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):

            @wraps(function)
            def generator(*args: Any, **kwargs: Any) -> Any:
                running = function(*args, **kwargs)
                value, done = None, False
                while not done:
                    with self._fresh():  # only while the generator's own code runs
                        try:
                            item = running.send(value)
                        except StopIteration as stop:
                            return stop.value
                    value = yield item

            return generator  # type: ignore[return-value]

        @wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


def switch(mode: bool) -> None:
    """Record or not. Inside inference mode nothing is recorded, whatever the grad mode."""
    state.grad_mode, state.enabled = mode, mode and not state.inference
    state.plain = state.enabled and not state.watched


def watch(yes: bool) -> None:
    """Whether new nodes are to be watched in this thread."""
    state.watched = yes
    state.plain = state.enabled and not yes


class set_grad_enabled(_Decorator):
    """Switch recording on or off: at once, and back again when used as a context manager.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}"
            )
        self.mode, self.previous = mode, state.grad_mode
        switch(mode)

    def _fresh(self) -> Any:
        return set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        switch(self.previous)  # as a decorator it must not switch now
        return super().__call__(function)

    def __enter__(self) -> None:
        switch(self.mode)

    def __exit__(self, *exc: object) -> None:
        switch(self.previous)

    def clone(self) -> set_grad_enabled:
        """Another one for the same mode."""
        return set_grad_enabled(self.mode)

    def __str__(self) -> str:
        return f"{self.__class__.__module__}.{self.__class__.__name__}(mode={self.mode})"

    __repr__ = __str__


class set_multithreading_enabled(_Decorator):
    """Whether the backward pass may use several threads: kept, at once and until a ``with`` block ends. It uses one."""

    enabled = True

    def __init__(self, mode: bool) -> None:
        self.mode, self.previous = mode, set_multithreading_enabled.enabled
        set_multithreading_enabled.enabled = mode

    def _fresh(self) -> Any:
        return set_multithreading_enabled(self.mode)

    def __call__(self, function: F) -> F:
        set_multithreading_enabled.enabled = self.previous  # as a decorator it must not switch now
        return super().__call__(function)

    def __enter__(self) -> None:
        set_multithreading_enabled.enabled = self.mode

    def __exit__(self, *exc: object) -> None:
        set_multithreading_enabled.enabled = self.previous

    def clone(self) -> set_multithreading_enabled:
        """Another one for the same mode."""
        return type(self)(self.mode)


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` was told."""
    return set_multithreading_enabled.enabled


class _Fixed(_Decorator):
    mode: bool

    def __new__(cls, function: Any = None) -> Any:
        self = super().__new__(cls)
        return self if function is None else self(function)  # @no_grad without brackets

    def __enter__(self) -> None:
        self.previous = state.grad_mode
        switch(self.mode)

    def __exit__(self, *exc: object) -> None:
        switch(self.previous)

    def clone(self) -> Any:
        """Another one, as decorators need."""
        return type(self)()


class no_grad(_Fixed):
    """Operations inside record no graph: for evaluation and for updating parameters."""

    mode = False


class enable_grad(_Fixed):
    """Record again inside a `no_grad` block."""

    mode = True


class inference_mode(_Decorator):
    """`no_grad` and a promise that results will never be used in a graph."""

    def __new__(cls, mode: Any = True) -> Any:
        self = super().__new__(cls)
        self.mode = True if callable(mode) else bool(mode)
        return self(mode) if callable(mode) else self

    def __init__(self, mode: bool = True) -> None:
        pass

    def _fresh(self) -> Any:
        return inference_mode(self.mode)

    def __enter__(self) -> None:
        self.previous = state.grad_mode, state.inference
        state.inference = self.mode
        switch(not self.mode)

    def __exit__(self, *exc: object) -> None:
        mode, state.inference = self.previous
        switch(mode)

    def clone(self) -> inference_mode:
        """Another one for the same mode."""
        return type(self)(self.mode)


def is_grad_enabled() -> bool:
    """Whether grad mode is on in this thread."""
    return state.grad_mode


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on in this thread."""
    return state.inference
