"""`fork`, `wait` and `Future`: results that may come later. Outside compiled programs torch computes them at once, and so it is here."""

from __future__ import annotations

import threading
import types
from collections.abc import Callable, Sequence
from typing import Any


class Future:
    """A result that somebody sets, and others wait for."""

    __class_getitem__ = classmethod(types.GenericAlias)  # Future[Tensor], in annotations

    def __init__(self, *, devices: Any = None) -> None:
        self._ready = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future], Any]] = []

    def done(self) -> bool:
        """Whether there is a result, or an error."""
        return self._ready.is_set()

    def wait(self) -> Any:
        """The result, once it is there; raises the error that was set in its place."""
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self._value

    def value(self) -> Any:
        """The result, which must be there."""
        if not self.done():
            raise RuntimeError("value() should only be called after the future is completed")
        return self.wait()

    def set_result(self, result: Any) -> None:
        """Give the result to all who wait. RuntimeError when there is one already."""
        if self.done():
            raise RuntimeError("Future can only be marked completed once: there is a result already")
        self._value = result
        self._finish()

    def set_exception(self, result: BaseException) -> None:
        """Let all who wait raise an error."""
        assert isinstance(result, Exception), f"{result} is of type {type(result)}, not an Exception."
        self._error = result
        self._finish()

    def _finish(self) -> None:
        self._ready.set()
        for callback in self._callbacks:
            callback(self)

    def add_done_callback(self, callback: Callable[[Future], Any]) -> None:
        """Call ``callback(self)`` when the result is there."""
        if self.done():
            callback(self)
        else:
            self._callbacks.append(callback)

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A future of ``callback(self)``, which is called when the result is there."""
        following = Future()

        def go_on(done: Future) -> None:
            try:
                following.set_result(callback(done))
            except Exception as error:
                following.set_exception(error)

        self.add_done_callback(go_on)
        return following


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """``func(*args, **kwargs)``, computed now, as a `Future`."""
    made = Future()
    made.set_result(func(*args, **kwargs))
    return made


def wait(future: Future) -> Any:
    """The result of a `Future`."""
    if not isinstance(future, Future):
        raise TypeError(f"wait(): expected a Future, got {type(future).__name__}")
    return future.wait()


def wait_all(futures: Sequence[Future]) -> list[Any]:
    """The results of several."""
    return [future.wait() for future in futures]


def collect_all(futures: Sequence[Future]) -> Future:
    """One that is done when all of them are; its result is the list of them."""
    collected: Future = Future()
    left = [len(futures)]

    def count(_: Future) -> None:
        left[0] -= 1
        if left[0] == 0:
            collected.set_result(list(futures))

    for future in futures:
        future.add_done_callback(count)
    if not futures:
        collected.set_result([])
    return collected


__all__ = ["Future", "collect_all", "wait_all"]
