"""What runs in a worker process: receive indices, fetch, send batches."""

from __future__ import annotations

import gc
import os
import queue
import random
import signal
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy

from ..random import manual_seed
from ..threads import set_num_threads
from .fetch import _DatasetKind
from .transport import keeps_unlinked_memory, pack, release

WATCH = 5.0  # seconds between looks at whether the main process still lives


@dataclass(frozen=True)
class WorkerInfo:
    """What `get_worker_info` returns in a worker: its number, how many there are, its seed and its copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker process its `WorkerInfo`; None in the main process."""
    return _info


@dataclass
class Job:
    """All that a worker is told when it starts."""

    dataset: Any
    dataset_kind: int
    auto_collation: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool
    base_seed: int
    worker_init_fn: Callable[[int], Any] | None
    worker: int
    num_workers: int
    outstanding: int  # how many batches may be under way at once

    def fetcher(self) -> Any:
        """A fresh reader of the dataset: a new pass."""
        return _DatasetKind.create_fetcher(
            self.dataset_kind, self.dataset, self.auto_collation, self.collate_fn, self.drop_last
        )


class Resume:
    """Main process to worker: start a new pass (persistent workers); the worker sends it back."""


class EndOfStream:
    """Worker to main process: its iterable dataset has no more samples."""


class Failure:
    """An exception on its way to the main process, with the text of its traceback."""

    def __init__(self, error: BaseException, where: str) -> None:
        self.kind = type(error)
        self.text = "".join(traceback.format_exception(error))
        self.where = where

    def reraise(self) -> None:
        """Raise an exception of the same type whose message has the worker's traceback."""
        text = f"Caught {self.kind.__name__} {self.where}.\nOriginal {self.text}"
        if self.kind is KeyError:
            raise KeyError(_Verbatim(text))
        if getattr(self.kind, "message", None):
            raise self.kind(message=text)  # type: ignore[call-arg]
        try:
            error = self.kind(text)
        except Exception:  # its constructor wants something else than one text
            raise RuntimeError(text) from None
        raise error


class _Verbatim(str):
    """A KeyError shows the repr of its argument: let that be the text itself, with its line breaks."""

    def __repr__(self) -> str:
        return str(self)


def run(job: Job, tasks: Connection, results: Connection, parent: int) -> None:
    """The main function of a worker process."""
    gc.freeze()  # a fork must not clean up after its parent: its finalizers are for that one to run, and would copy shared pages
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the main process, which stops the workers
    inbox = Inbox(tasks, parent)
    seed = job.base_seed + job.worker
    _seed_everything(job.base_seed, job.worker)
    global _info
    _info = WorkerInfo(job.worker, job.num_workers, seed, job.dataset)
    where = f"in DataLoader worker process {job.worker}"
    failed: Failure | None = None
    try:
        if job.worker_init_fn is not None:
            job.worker_init_fn(job.worker)
        fetcher = job.fetcher()
    except Exception as error:
        failed = Failure(error, where)
    # On Windows shared memory is gone when nobody has it open: keep what the main process may not have opened yet.
    kept: deque[Any] = deque(maxlen=0 if keeps_unlinked_memory() else job.outstanding + 1)
    ended = False
    while (task := inbox.next()) is not None:
        if isinstance(task, Resume):
            ended = False
            try:
                fetcher = job.fetcher()
            except Exception as error:
                failed = Failure(error, where)
            results.send((None, pack(task)[0]))
            continue
        number, index = task
        if ended:
            continue
        value: Any
        if failed is not None:
            value, failed = failed, None
        else:
            try:
                value = fetcher.fetch(index)
            except StopIteration as error:
                ended = job.dataset_kind == _DatasetKind.Iterable
                value = EndOfStream() if ended else Failure(error, where)
            except Exception as error:
                value = Failure(error, where)
        _send(results, number, value, where, kept)
        del value


def _send(results: Connection, number: int, value: Any, where: str, kept: deque[Any]) -> None:
    try:
        message, block = pack(value)
    except Exception as error:  # what cannot be pickled
        message, block = pack(Failure(error, where))
    results.send((number, message))
    if keeps_unlinked_memory():
        release(block)
    else:
        kept.append(block)


class Inbox:
    """The tasks of a worker. A thread takes them out of the pipe at once, so that the main process never waits for a busy
    worker; it ends the worker when the main process is gone."""

    def __init__(self, tasks: Connection, parent: int) -> None:
        self.tasks, self.parent = tasks, parent
        self.queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.skip = False  # a later message made those before it pointless
        threading.Thread(target=self._receive, daemon=True).start()

    def next(self) -> Any:
        """The next task; None: stop."""
        while True:
            task = self.queue.get()
            if task is None or isinstance(task, Resume):
                self.skip = False
                return task
            if not self.skip:
                return task

    def _receive(self) -> None:
        while True:
            try:
                if not self.tasks.poll(WATCH):
                    if os.getppid() != self.parent:
                        os._exit(1)
                    continue
                task = self.tasks.recv()
            except (EOFError, OSError):
                os._exit(1)  # the main process is gone: nobody wants what we compute
            if task is None or isinstance(task, Resume):
                self.skip = True
            self.queue.put(task)
            if task is None:
                return


def _seed_everything(base_seed: int, worker: int) -> None:
    """Different random numbers in every worker, the same in every run with the same base seed (and as in torch)."""
    random.seed(base_seed + worker)
    manual_seed(base_seed + worker)
    words = [worker, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    numpy.random.seed(numpy.random.SeedSequence(words).generate_state(4))  # noqa: NPY002 – user code draws from it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of not being able to change it
        set_num_threads(1)  # several workers share the processor
