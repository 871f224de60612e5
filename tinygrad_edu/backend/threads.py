"""Parts of a batch in threads of our own, for compiled kernels, which let go of the interpreter while they work.

    share(work, [(0, 32), (32, 64)])     # work((0, 32)) here and work((32, 64)) in another thread

A thread that waits is woken in some 40 µs, so that it pays from about 100 µs of work each. NumPy's own functions gain nothing in
this way: between one and the next a thread waits for the interpreter, and two at once in OpenBLAS wait for each other.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
Part = tuple[int, int]
EACH = 3  # parts for each thread

_lock = threading.Lock()
_helpers: list[Helper] = []
_count: int | None = None


def count() -> int:
    """How many threads a large operation may take: what `set_count` or ``OMP_NUM_THREADS`` said, or the number of processors."""
    global _count
    if _count is None:
        _count = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    return _count


def set_count(number: int) -> None:
    global _count
    _count = number


def cut(n: int, most: int) -> list[Part]:
    """``n`` things in parts for all threads, but not in more than ``most``: their first and last.

    Some parts for each thread, so that one that comes late, or has to share its processor, takes fewer of them.
    """
    parts = max(1, min(EACH * count() if count() > 1 else 1, most, n))
    return list(pairwise(n * i // parts for i in range(parts + 1)))


def share(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """``work(part)`` of every part, side by side as far as threads are free; the results in the order of the parts."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    job = Job(work, parts)
    helpers, here = _free(min(count(), len(parts)) - 1), _getcpu()()
    for helper in helpers:
        helper.keep_off(here)
        helper.jobs.put(job)
    job.run()
    for helper in helpers:
        helper.done.get()
        helper.free.release()
    if job.error is not None:
        raise job.error
    return [job.results[i] for i in range(len(parts))]


def total(work: Callable[[Part], Any], parts: Sequence[Part]) -> Any:
    """The sum of ``work(part)`` over all parts, added up in the first one's result."""
    first, *others = share(work, parts)
    for other in others:
        first += other
    return first


class Job:
    """Work on parts, which several threads take one by one."""

    def __init__(self, work: Callable[[Part], Any], parts: Sequence[Part]) -> None:
        self.work, self.left = work, deque(enumerate(parts))
        self.results: dict[int, Any] = {}
        self.error: BaseException | None = None

    def run(self) -> None:
        while True:
            try:
                i, part = self.left.popleft()
            except IndexError:
                return
            try:
                self.results[i] = self.work(part)
            except BaseException as error:  # raised again where the results are waited for
                self.error = error
                self.left.clear()


# ------------------------------------------------------------------------------------ OpenBLAS's threads
_SMALL, _LARGE = 1 << 18, 1 << 23  # products of two numbers: below the first OpenBLAS takes one thread by itself


@cache
def _libraries() -> list[Any]:
    """NumPy's matrix library, as far as it can be told how many threads to take."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return []
    from threadpoolctl import ThreadpoolController

    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found


def product(x: Any, y: Any) -> Any:
    """``x @ y``, by one thread where it is of middle size.

    Another one would help little, and it looks out for more work for 25 ms, on the processor that a helper needs.
    """
    if min(x.ndim, y.ndim) < 2 or not _SMALL < x.shape[-1] * x.shape[-2] * y.shape[-1] < _LARGE:
        return x @ y
    before = [(library, library.num_threads) for library in _libraries()]
    try:
        for library, number in before:
            if number > 1:
                library.set_num_threads(1)
        return x @ y
    finally:
        for library, number in before:
            if number > 1:
                library.set_num_threads(number)


# ------------------------------------------------------------------------------------ threads that wait for work
class Helper(threading.Thread):
    """Takes part in a job, says that nothing is left of it, waits for the next."""

    def __init__(self) -> None:
        super().__init__(name="tinygrad_edu", daemon=True)
        self.free = threading.Lock()
        self.off: int | None = None
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.done: SimpleQueue[None] = SimpleQueue()
        self.start()

    def keep_off(self, processor: int | None) -> None:
        """Stay away from the processor of the thread that hands out work.

        Linux wakes a thread where it slept; if that is there, the two take turns on one processor while another idles.
        """
        if processor is not None and processor != self.off:
            others = os.sched_getaffinity(0) - {processor}
            if others and self.native_id is not None:
                os.sched_setaffinity(self.native_id, others)
            self.off = processor

    def run(self) -> None:
        while True:
            self.jobs.get().run()
            self.done.put(None)


@cache
def _getcpu() -> Callable[[], int | None]:
    """The system's function that says on which processor this thread runs; one that says None where there is none."""
    found = getattr(ctypes.CDLL(None), "sched_getcpu", None) if sys.platform.startswith("linux") else None
    return found or (lambda: None)


def _free(number: int) -> list[Helper]:
    """Up to so many helpers that nobody else has: there is no waiting for one, and so no waiting in a circle."""
    with _lock:
        while len(_helpers) < number:
            _helpers.append(Helper())
    return [helper for helper in _helpers[:number] if helper.free.acquire(blocking=False)]


def _after_fork() -> None:
    """A forked process has no threads but the one that forked it."""
    global _lock
    _lock = threading.Lock()
    _helpers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
