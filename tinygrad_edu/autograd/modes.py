"""Grad mode: whether operations record a graph. Each thread has its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    enabled = True
    inference = False
    anomaly = False
    check_nan = True


state = _State()


class _Decorator:
    """A context manager that also decorates functions (a fresh one for each call, so recursion works)."""

    def _fresh(self) -> Any:
        return type(self)()

    def __call__(self, function: F) -> F:
        import inspect

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


class set_grad_enabled(_Decorator):
    """Switch recording on or off: at once, and back again when used as a context manager.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode, self.previous = bool(mode), state.enabled
        state.enabled = self.mode

    def _fresh(self) -> Any:
        return set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        state.enabled = self.previous  # as a decorator it must not switch now
        return super().__call__(function)

    def __enter__(self) -> None:
        state.enabled = self.mode

    def __exit__(self, *exc: object) -> None:
        state.enabled = self.previous


class _Fixed(_Decorator):
    mode: bool

    def __new__(cls, function: Any = None) -> Any:
        self = super().__new__(cls)
        return self if function is None else self(function)  # @no_grad without brackets

    def __enter__(self) -> None:
        self.previous = state.enabled
        state.enabled = self.mode

    def __exit__(self, *exc: object) -> None:
        state.enabled = self.previous


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
        self.previous = state.enabled, state.inference
        state.inference = self.mode
        if self.mode:
            state.enabled = False

    def __exit__(self, *exc: object) -> None:
        state.enabled, state.inference = self.previous


def is_grad_enabled() -> bool:
    return state.enabled


def is_inference_mode_enabled() -> bool:
    return state.inference
