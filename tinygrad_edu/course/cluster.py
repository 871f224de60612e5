"""``--dask ADDRESS``: the same jobs, handed to grading processes on the machines of a Dask cluster.

A job is one line of JSON that holds all it needs, so a cluster machine needs only this package, and bubblewrap. The
Dask worker runs no student's code either: it keeps grading processes of its own, as the pool on one machine does.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from . import sandbox
from .pool import Pool, private_folder

_CONNECT_SECONDS = 20


class ClusterError(Exception):
    """The cluster can't be used. The text is one line that says what to do."""


class Cluster:
    """A pool whose grading processes are elsewhere: as many at once as the cluster has threads."""

    def __init__(self, address: str, deadline: float, sandboxed: bool) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError('Dask is not installed here: pip install "tinygrad-edu[lab,dask]"') from None
        self.address, self.deadline = address, deadline
        try:
            self.client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:  # no answer, or an address that is none
            raise ClusterError(f"no Dask scheduler answers at {address}: {str(error).splitlines()[0]}") from None
        try:
            self._examine(sandboxed)
        except BaseException:
            self.client.close()
            raise

    def _examine(self, sandboxed: bool) -> None:
        """Refuse a cluster that would grade otherwise than this machine."""
        try:
            found: dict[str, dict[str, str]] = self.client.run(describe, on_error="return")
        except OSError as error:
            raise ClusterError(f"the cluster at {self.address} does not answer: {error}") from None
        if not found:
            raise ClusterError(
                f"the cluster at {self.address} has no workers; start some with: dask worker {self.address}"
            )
        ours = describe()
        for name, theirs in sorted(found.items()):
            if not isinstance(theirs, dict):
                raise ClusterError(f"{name}: it can't import this package as it is here: {theirs}")
            if theirs["source"] != ours["source"]:
                raise ClusterError(
                    f"{name}: it has another version of tinygrad_edu.course; install the one that is here"
                )
            if sandboxed and theirs["sandbox"]:
                raise ClusterError(
                    f"{name}: {theirs['sandbox']}; --unsafe grades without a sandbox, only for code that you trust"
                )

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.client.run(close, on_error="ignore")
        except OSError:  # the scheduler is gone; its workers end their grading processes when they end
            pass
        finally:
            self.client.close()

    def run(self, jobs: list[tuple[int, str]], done: Callable[[int, dict[str, Any]], None]) -> None:
        """Run all jobs; `done(number, record)` is called in this thread as each ends."""
        from distributed import as_completed

        futures = {self.client.submit(answer, line, self.deadline, pure=False): number for number, line in jobs}
        try:
            for future in as_completed(list(futures), loop=self.client.loop):
                number = futures.pop(future)
                if future.status == "finished":
                    record = future.result()
                else:
                    record = {"error": f"the cluster lost it: {future.exception()!r}"}
                future.release()
                done(number, record)
        finally:
            self.client.cancel(list(futures))


# ------------------------------------------------------------------------ what follows runs on the cluster's machines
_lock = threading.Lock()
_stack = ExitStack()
_pool: Pool | None = None


def describe() -> dict[str, str]:
    """Which version of the grader this machine has, and why it can't sandbox ('' if it can)."""
    digest = hashlib.sha256()
    for path in sorted((sandbox.PACKAGE / "course").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return {"source": digest.hexdigest(), "sandbox": sandbox.available()}


def answer(line: str, deadline: float) -> dict[str, Any]:
    """The record of one job."""
    global _pool
    with _lock:
        if _pool is None:
            folder = _stack.enter_context(private_folder())
            _pool = _stack.enter_context(Pool(1, folder, deadline))
    return _pool.answer(line)


def close() -> None:
    """End the grading processes and remove their folder."""
    global _pool
    with _lock:
        _pool = None
        _stack.close()
