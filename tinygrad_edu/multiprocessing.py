"""``torch.multiprocessing``: Python's ``multiprocessing`` with tensors that processes share, and `spawn`.

A tensor that is sent to another process (through a queue, a pipe, or as an argument) moves into shared memory: both sides see what
the other one writes. The sender must live until the other side has received it. What is a view of another tensor is sent as a copy.
"""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from multiprocessing import *  # noqa: F403 - all that Python's has
from typing import Any

from .nn.parameter import Buffer, Parameter
from .ops.sharing import share_when_sent
from .tensor import Tensor

_log = logging.getLogger(__name__)
for _kind in (Tensor, Parameter, Buffer):
    share_when_sent(_kind)

_STRATEGIES = {"file_descriptor", "file_system"} if os.name == "posix" else {"file_system"}
_strategy = "file_descriptor" if os.name == "posix" else "file_system"


def get_all_sharing_strategies() -> set[str]:
    """The names of the ways in which torch can share memory here."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """The name that was set last. Shared memory is handed on as a file descriptor where the system can, whatever it says."""
    return _strategy


def set_sharing_strategy(new_strategy: str) -> None:
    """Keep the name of a way to share memory; it has no effect."""
    global _strategy
    assert new_strategy in _STRATEGIES, (
        f"invalid sharing strategy {new_strategy!r}, expected one of {get_all_sharing_strategies()}"
    )
    _strategy = new_strategy


class ProcessException(Exception):
    """A process of `spawn` failed: which one it was."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg, self.error_index, self.pid = msg, error_index, pid

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """It raised an exception, whose traceback is in the text."""

    def __init__(self, msg: str, error_index: int, error_pid: int) -> None:
        super().__init__(msg, error_index, error_pid)


class ProcessExitedException(ProcessException):
    """It ended by a signal or with an exit code of its own."""

    def __init__(
        self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None
    ) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code, self.signal_name = exit_code, signal_name

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


def _run(fn: Callable[..., Any], i: int, args: tuple[Any, ...], error_file: str) -> None:
    """What a process does: ``fn``, and write down an exception."""
    try:
        fn(i, *args)
    except KeyboardInterrupt:
        pass  # the parent was interrupted too, and says so
    except Exception:
        with open(error_file, "wb") as file:
            pickle.dump(traceback.format_exc(), file)
        sys.exit(1)


class ProcessContext:
    """The processes of one `start_processes`."""

    def __init__(self, processes: list[Any], error_files: list[str]) -> None:
        self.processes, self.error_files = processes, error_files
        self.sentinels = {process.sentinel: i for i, process in enumerate(processes)}

    def pids(self) -> list[int]:
        """The numbers that the system gave the processes."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait until a process ends; whether that was the last one. True as well when there are none left.

        When one fails, the others are ended (they have ``grace_period`` seconds for it), and its error is raised:
        `ProcessRaisedException` with its traceback, or `ProcessExitedException`.
        """
        if not self.sentinels:
            return True
        failed = None
        for sentinel in multiprocessing.connection.wait(list(self.sentinels), timeout):
            i = self.sentinels.pop(sentinel)  # type: ignore[call-overload]
            process = self.processes[i]
            process.join()
            if process.exitcode != 0:
                failed = i
                break
        if failed is None:
            return not self.sentinels
        self._end_others(grace_period)
        raise self._error(failed)

    def _end_others(self, grace_period: float | None) -> None:
        for process in self.processes:
            if process.is_alive():
                _log.warning("Terminating process %s via signal SIGTERM", process.pid)
                process.terminate()
        for process in self.processes:
            process.join(30 if grace_period is None else grace_period)
            if process.is_alive():
                process.kill()
                process.join()

    def _error(self, i: int) -> ProcessException:
        process, file = self.processes[i], self.error_files[i]
        if not os.path.getsize(file):
            if process.exitcode < 0:
                try:
                    name = signal.Signals(-process.exitcode).name
                except ValueError:
                    name = f"<Unknown signal {-process.exitcode}>"
                text = f"process {i} terminated with signal {name}"
                return ProcessExitedException(text, i, process.pid, process.exitcode, name)
            text = f"process {i} terminated with exit code {process.exitcode}"
            return ProcessExitedException(text, i, process.pid, process.exitcode)
        with open(file, "rb") as opened:
            told = pickle.load(opened)  # written by `_run`, into a file that only this user can write
        text = f"\n\n-- Process {i} terminated with the following error:\n{told}"
        return ProcessRaisedException(text, i, process.pid)

    def __del__(self) -> None:
        for file in self.error_files:
            if os.path.exists(file):
                os.unlink(file)


class SpawnContext(ProcessContext):
    """The processes of one `spawn`."""


def start_processes(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """`spawn` with a choice of how processes are started."""
    context: Any = multiprocessing.get_context(start_method)
    processes, files = [], []
    for i in range(nprocs):
        handle, file = tempfile.mkstemp(prefix="multiprocessing-error-", suffix=".pickle")
        os.close(handle)
        process = context.Process(target=_run, args=(fn, i, args, file), daemon=daemon)
        process.start()
        processes.append(process)
        files.append(file)
    started = SpawnContext(processes, files)
    if not join:
        return started
    while not started.join():
        pass
    return None


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Run ``fn(i, *args)`` in ``nprocs`` new processes, i = 0, 1, …; ``fn`` must be importable, at the top of a file.

    With ``join`` it waits for all of them; when one fails, the others are ended and its error is raised. Without, it returns a
    `SpawnContext` to wait for.
    """
    if start_method != "spawn":
        warnings.warn(
            "This method only supports start_method=spawn (got: "
            f"{start_method}).\nTo use a different start_method use:\n\t\t torch.multiprocessing.start_processes(...)",
            FutureWarning,
            stacklevel=2,
        )
    return start_processes(fn, args, nprocs, join, daemon, start_method="spawn")


__all__ = [
    "get_all_sharing_strategies", "get_sharing_strategy", "set_sharing_strategy", *multiprocessing.__all__,
    "ProcessContext", "ProcessExitedException", "ProcessRaisedException", "SpawnContext", "spawn", "start_processes",
]  # fmt: skip
