"""The main process's side of worker processes: hand out indices, take in batches, notice whatever goes wrong.

Every worker has two pipes of its own, so that none can block another. Waiting for a batch is waiting for all their pipes and
for the death of any of them at once: a killed worker is an error at once, never a hang.
"""

from __future__ import annotations

import atexit
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import time
import warnings
import weakref
from contextlib import suppress
from multiprocessing import connection, resource_tracker
from typing import TYPE_CHECKING, Any

from .loader import LoaderIterator
from .transport import Message, discard, unpack
from .worker import EndOfStream, Failure, Job, Resume, run

if TYPE_CHECKING:
    from .loader import DataLoader

PATIENCE = 5.0  # seconds that a worker gets to leave by itself

_open: weakref.WeakSet[WorkerIterator] = weakref.WeakSet()


def default_context() -> Any:
    """Fork where the platform does it safely (Linux): quick, and classes of a notebook or script are simply there."""
    return multiprocessing.get_context("fork" if sys.platform.startswith("linux") else None)


class _Worker:
    """One worker process and the pipes to it."""

    def __init__(self, context: Any, job: Job) -> None:
        if context.get_start_method() != "fork":
            _check_importable(context, job)
        inbox, self.tasks = context.Pipe(duplex=False)
        self.results, outbox = context.Pipe(duplex=False)
        self.process = context.Process(target=run, args=(job, inbox, outbox, os.getpid()), daemon=True)
        try:
            with warnings.catch_warnings():  # Python warns of fork beside threads; the worker uses none of them
                warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
                self.process.start()
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise RuntimeError(_cannot_spawn(context, error)) from error
        finally:
            inbox.close()
            outbox.close()
        self.busy = 0  # tasks given and not answered
        self.active = True  # may be given tasks

    def give(self, task: Any) -> None:
        """Send a task. A worker that died will be noticed when its answer is waited for."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.tasks.send(task)

    def close(self) -> None:
        self.tasks.close()
        self.results.close()


def _check_importable(context: Any, job: Job) -> None:
    """A new process has no cells: what a notebook defines, it cannot find."""
    main = sys.modules["__main__"]
    if getattr(main, "__file__", None) is not None or getattr(main, "__spec__", None) is not None:
        return  # a program: the new process runs its file too
    for thing in (type(job.dataset), job.collate_fn, job.worker_init_fn):
        if getattr(thing, "__module__", None) == "__main__":
            name = getattr(thing, "__qualname__", thing)
            raise RuntimeError(_cannot_spawn(context, AttributeError(f"{name} is defined in this session only")))


def _cannot_spawn(context: Any, error: Exception) -> str:
    method = context.get_start_method()
    return (
        f"DataLoader could not start a worker process by {method!r}, which must send the dataset, collate_fn and "
        f"worker_init_fn to it: {type(error).__name__}: {error}. A class or function that is defined in a notebook cell, inside "
        "another function or as a lambda cannot be sent to a new process: put it into a .py file and import it, or use "
        "num_workers=0" + ("." if os.name == "nt" else ", or multiprocessing_context='fork'.")
    )


class WorkerIterator(LoaderIterator):
    """One pass over a loader with worker processes (several with persistent workers)."""

    shown = "_MultiProcessingDataLoaderIter"
    closed = True  # until workers have been started

    def __init__(self, loader: Any) -> None:
        super().__init__(loader)
        assert loader.prefetch_factor is not None
        if loader.prefetch_factor < 1:
            raise AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter")
        context = loader.multiprocessing_context or default_context()
        resource_tracker.ensure_running()  # before the workers start, so that one of them all watches the shared memory
        self.ahead = loader.prefetch_factor * loader.num_workers
        self.workers: list[_Worker] = []
        self.process = os.getpid()  # a forked child has a copy of this object, which must not stop the workers
        self.closed = False
        _open.add(self)
        try:
            for i in range(loader.num_workers):
                job = Job(
                    loader.dataset, loader._dataset_kind, loader._auto_collation, loader.collate_fn, loader.drop_last,
                    self.base_seed, loader.worker_init_fn, i, loader.num_workers, self.ahead,
                )  # fmt: skip
                self.workers.append(_Worker(context, job))
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """A new pass: nothing given, nothing received."""
        self.given = 0  # the number of the next task to give out
        self.due = 0  # the number of the next batch to hand to the user
        self.owner: dict[int, _Worker] = {}  # tasks under way
        self.ready: dict[int, Any] = {}  # batches that came before their turn
        self.turn = itertools.cycle(self.workers)
        for worker in self.workers:
            worker.busy, worker.active = 0, True
        for _ in range(self.ahead):
            self._give()

    def restart(self, loader: DataLoader[Any]) -> None:
        """The next epoch with the same workers: what is still under way of the last one is thrown away."""
        try:
            for worker in self.workers:
                worker.give(Resume())
            waiting = set(self.workers)
            while waiting:
                worker, number, message = self._receive()
                if number is None:
                    waiting.discard(worker)
                else:
                    discard(message)
            self.indices = iter(loader._index_sampler)
            self.reported_length, self.yielded = loader._IterableDataset_len_called, 0
            self._begin()
        except BaseException:
            self.close(patience=0.5)
            raise

    def _give(self) -> None:
        """Give the next indices to the worker whose turn it is."""
        try:
            index = next(self.indices)
        except StopIteration:
            return
        for _ in self.workers:
            worker = next(self.turn)
            if worker.active and (self.loader.in_order or worker.busy < self.ahead // self._active()):
                break
        else:
            return
        worker.give((self.given, index))
        worker.busy += 1
        self.owner[self.given] = worker
        self.given += 1

    def _active(self) -> int:
        return sum(worker.active for worker in self.workers)

    def next_batch(self) -> Any:
        if self.closed:
            raise StopIteration
        try:
            value = self._next_batch()
        except StopIteration:
            if not self.loader.persistent_workers:
                self.close()
            raise
        except BaseException:
            self.close(patience=0.5)  # Ctrl+C, a dead worker, a timeout: leave no process behind
            raise
        if isinstance(value, Failure):
            value.reraise()
        return value

    def _next_batch(self) -> Any:
        while True:
            while self.due < self.given and self.due not in self.owner and self.due not in self.ready:
                self.due += 1  # a task whose worker had come to its end, or out of order and handed over already
            if self.due >= self.given:
                raise StopIteration
            if self.due in self.ready:
                self.due += 1
                return self._hand_over(self.ready.pop(self.due - 1))
            worker, number, message = self._receive()
            if number is None:
                continue
            value = unpack(message)
            worker.busy -= 1
            self.owner.pop(number, None)
            if isinstance(value, EndOfStream):
                worker.active = False
                self.owner = {n: w for n, w in self.owner.items() if w is not worker}  # it will not answer these
                self._give()
            elif number == self.due or not self.loader.in_order:
                return self._hand_over(value)
            else:
                self.ready[number] = value

    def _hand_over(self, value: Any) -> Any:
        self._give()
        return value

    def _receive(self) -> tuple[_Worker, int | None, Message]:
        """Wait for a message from any worker; RuntimeError when one has died or none comes in time."""
        timeout = self.loader.timeout or None
        until = None if timeout is None else time.monotonic() + timeout
        pipes: dict[Any, _Worker] = {worker.results: worker for worker in self.workers}
        deaths: dict[Any, _Worker] = {worker.process.sentinel: worker for worker in self.workers}
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            found: list[Any] = connection.wait([*pipes, *deaths], left)
            if not found:
                raise RuntimeError(f"DataLoader timed out after {self.loader.timeout} seconds")
            for pipe in found:
                if pipe in pipes:  # first what the dead may still have sent
                    try:
                        number, message = pipe.recv()
                    except (EOFError, OSError):
                        raise self._death(pipes[pipe]) from None
                    return pipes[pipe], number, message
            raise self._death(deaths[found[0]])

    def _death(self, worker: _Worker) -> RuntimeError:
        worker.process.join(PATIENCE)
        code = worker.process.exitcode
        error = RuntimeError(f"DataLoader worker (pid(s) {worker.process.pid}) exited unexpectedly")
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            why = " (often: the machine has run out of memory)" if name == "SIGKILL" else ""
            error.add_note(f"The worker was killed by {name}{why}.")
        else:
            error.add_note(
                f"Its exit code was {code}. What it printed before may say why; num_workers=0 shows the error itself."
            )
        return error

    def close(self, patience: float = PATIENCE) -> None:
        """Stop the workers: kindly, then not."""
        if self.closed or self.process != os.getpid():
            return
        self.closed = True
        _open.discard(self)
        for worker in self.workers:
            worker.give(None)
        until = time.monotonic() + patience
        left: set[Any] = {worker.results for worker in self.workers}
        while left and (remaining := until - time.monotonic()) > 0:  # free what they still send
            ready: list[Any] = connection.wait(left, remaining)
            for pipe in ready:
                try:
                    discard(pipe.recv()[1])
                except (EOFError, OSError):
                    left.discard(pipe)
        for worker in self.workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.terminate()
                worker.process.join(1.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.close()

    def _shutdown_workers(self) -> None:  # torch's name, which programs call
        self.close()

    def __del__(self) -> None:
        if not self.closed and not sys.is_finalizing():
            self.close()


def _close_all() -> None:
    for iterator in list(_open):
        iterator.close()


atexit.register(_close_all)
