"""The pool of grading processes: jobs in, records out, whatever happens to a process in between."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psutil

from . import sandbox


@contextmanager
def private_folder() -> Iterator[Path]:
    """A private folder for sockets; its path must be short, for Unix limits a socket's path to about 100 characters."""
    base = tempfile.gettempdir()
    if len(base) > 40 and os.path.isdir("/tmp"):
        base = "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="tgedu-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Pool:
    """Grading processes, each served by a thread. A lost one is replaced, and only its notebook suffers."""

    def __init__(self, size: int, folder: Path, deadline: float) -> None:
        sandbox.compile_package()
        self.size, self.folder, self.deadline = size, folder, deadline
        self._serial = 0
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for worker in self._all:
            if kind is not None:  # interrupted: nobody waits for what is still running
                worker.kill()
            worker.close()

    def run(self, jobs: list[tuple[int, str]], done: Callable[[int, dict[str, Any]], None]) -> None:
        """Run all jobs; `done(number, record)` is called in this thread as each ends."""
        waiting: Queue[tuple[int, str]] = Queue()
        for job in jobs:
            waiting.put(job)
        finished: Queue[tuple[int, dict[str, Any]]] = Queue()
        threads = [
            threading.Thread(target=self._serve, args=(waiting, finished), daemon=True)
            for _ in range(min(self.size, len(jobs)))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in jobs:
                done(*finished.get())
        finally:
            with waiting.mutex:
                waiting.queue.clear()

    def _serve(self, waiting: "Queue[tuple[int, str]]", finished: "Queue[tuple[int, dict[str, Any]]]") -> None:
        while True:
            try:
                number, line = waiting.get_nowait()
            except Empty:
                return
            finished.put((number, self.answer(line)))

    def answer(self, line: str) -> dict[str, Any]:
        """The record of one job, from an idle process or a new one. Never raises; may be called from many threads."""
        try:
            worker = self._take()
            record = worker.ask(line, self.deadline)
        except Exception as error:  # e.g. no more processes: the batch goes on and this submission says why
            return {"error": f"{type(error).__name__}: {error}"}
        if worker.alive:
            with self._lock:
                self._idle.append(worker)
        return record

    def _take(self) -> "_Worker":
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
            self._serial += 1
            worker = _Worker(self.folder / f"w{self._serial}")
            self._all.append(worker)
        return worker


class _Worker:
    """One `worker` process, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.folder = folder
        environment = dict(os.environ)
        root = str(sandbox.PACKAGE.parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._process = subprocess.Popen(
            # -P: the folder that grading is started in may hold students' files, which must not be imported
            [sys.executable, "-P", "-m", "tinygrad_edu.course.worker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: str, deadline: float) -> dict[str, Any]:
        """Send a job and wait for its record."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(deadline, self.kill)
        timer.start()
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            timer.cancel()
        if not answer:
            self.kill()
            self._log.seek(0)
            said = self._log.read()[-400:].decode("utf-8", "replace").strip().splitlines()
            return {"error": f"the grading process was lost{': ' + said[-1] if said else ''}"}
        record = json.loads(answer)
        return record if isinstance(record, dict) else {"error": "the grading process sent no record"}

    def kill(self) -> None:
        """End it and all that it started."""
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.Error:  # it ended by itself; sandboxed kernels end with it
            family = []
        self._process.kill()
        for process in family:
            try:
                process.kill()
            except psutil.Error:  # ended meanwhile
                continue
        self._process.wait()

    def close(self) -> None:
        """Let it end by itself, which removes its folder; end it when it doesn't."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(timeout=10)
        except BrokenPipeError:  # it is gone already
            self._process.wait()
        except subprocess.TimeoutExpired:
            self.kill()
        self._process.stdout.close()
        self._log.close()
