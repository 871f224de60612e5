"""Grading a batch: key and reference once, then every submission in a pool of grading processes.

The parent never runs student code and never imports nbval: it reads JSON, grafts, hands jobs to `worker` processes
and judges what they record.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from . import sandbox
from .exercise import Exercise, NotebookError, grading_source, read, read_json, text_of
from .graft import Graft, best_key, graft
from .isolation import merge, second_runs
from .limits import DEFAULT, Limits
from .results import CheckResult, Submission
from .verdict import judge
from .worker import job_to_json

Expected = dict[str, tuple[list[str], str]]
_START_ALLOWANCE = 90.0  # seconds that a worker may take beside the notebook's own time


class GradingError(Exception):
    """The batch can't be graded at all. The text says what to do."""


@dataclass
class Batch:
    """One grading run: the keys, the seed, the limits, and where kernels run."""

    keys: list[Exercise]
    seed: int = field(default_factory=lambda: secrets.randbits(31))
    limits: Limits = DEFAULT
    workers: int = 1
    sandboxed: bool = True
    only: str | None = None  # grade everything as this exercise
    hide: tuple[Path, ...] = ()

    def grade(
        self, paths: Iterable[Path], progress: Callable[[Submission], None] = lambda result: None
    ) -> list[Submission]:
        """Grade all files, in the order given. A file that can't be graded becomes a `Submission` with an `error`."""
        if self.sandboxed and (missing := sandbox.available()):
            raise GradingError(f"{missing}; --unsafe grades without a sandbox, only for code that you trust")
        todo = list(paths)
        results: dict[int, Submission] = {}
        with _folder() as folder, _Pool(max(1, min(self.workers, len(todo))), folder, self._deadline) as pool:
            prepared = [self._prepare(path) for path in todo]
            ready = {n: p for n, p in enumerate(prepared) if isinstance(p, _Prepared)}
            expected = self._references(pool, {p.key.name: p.key for p in ready.values()})
            again: list[tuple[int, Graft]] = []

            def first(number: int, record: dict[str, Any]) -> None:
                found = self._result(ready[number], record)
                results[number] = found
                runs = second_runs(ready[number].graft, record.get("events", []), found.checks)
                again.extend((number, run) for run in runs)
                if not runs:
                    progress(found)

            def second(place: int, record: dict[str, Any]) -> None:
                number, run = again[place]
                results[number] = self._merged(results[number], run, record)

            for number, outcome in enumerate(prepared):
                if isinstance(outcome, Submission):
                    results[number] = outcome
                    progress(outcome)
            pool.run([(n, self._line(p.graft, expected[p.key.name])) for n, p in ready.items()], first)
            lines = [self._line(run, expected[ready[number].key.name]) for number, run in again]
            pool.run(list(enumerate(lines)), second)
            for number in dict.fromkeys(number for number, _ in again):
                progress(results[number])
        return [results[number] for number in range(len(todo))]

    def _merged(self, found: Submission, run: Graft, record: dict[str, Any]) -> Submission:
        checks, rescued = merge(found.checks, judge(run, record["events"], self.limits) if "events" in record else [])
        note = f"passed when run without the other answers, one of which disturbs the rest: {', '.join(rescued)}"
        changes = {
            "checks": checks,
            "points": sum(c.points for c in checks),
            "notes": [*found.notes, *([note] if rescued else [])],
        }
        return found.model_copy(update=changes)

    @property
    def _deadline(self) -> float:
        return self.limits.notebook_seconds + self.limits.start_seconds + _START_ALLOWANCE

    def _line(self, grafted: Graft, expected: Expected | None) -> str:
        cells = tuple(replace(c, source=grading_source(c.source)) if c.role == "check" else c for c in grafted.cells)
        return job_to_json(cells, expected, self.limits, self.seed, self.sandboxed, self.hide)

    def _prepare(self, path: Path) -> "_Prepared | Submission":
        try:
            notebook = read_json(path, self.limits.file_bytes)
            size = sum(len(text_of(cell)) for cell in notebook["cells"])
            if size > self.limits.submission_bytes:
                raise NotebookError(
                    f"{path}: {size / 1e6:.0f} MB of code, more than {self.limits.submission_bytes / 1e6:.0f}"
                )
            key = self._key(notebook, path)
        except NotebookError as error:
            return self._ungraded(path, str(error))
        grafted = graft(key, notebook)
        return _Prepared(path, key, grafted)

    def _key(self, notebook: dict[str, Any], path: Path) -> Exercise:
        if self.only is not None:
            return next(key for key in self.keys if key.name == self.only)
        key = best_key(self.keys, notebook, path.stem)
        if key is None:
            known = ", ".join(k.name for k in self.keys)
            raise NotebookError(f"{path}: not one of the exercises ({known}): it has none of their answer cells")
        return key

    def _ungraded(self, path: Path, error: str) -> Submission:
        """A row for the grade book even so: with the exercise's checks where the file's name tells which one it is."""
        named = [k for k in self.keys if k.name in path.stem] or [k for k in self.keys if k.name == self.only]
        checks = [
            CheckResult(grade_id=c.grade_id, status="ERROR", points=0, max_points=c.points, message=error)
            for c in (named[0].checks.values() if named else ())
        ]
        return Submission(
            submission=str(path),
            notebook=named[0].name if named else "",
            points=0,
            max_points=sum(c.max_points for c in checks),
            checks=checks,
            error=error,
        )

    def _references(self, pool: "_Pool", keys: dict[str, Exercise]) -> dict[str, Expected]:
        """What the reference answers print for this batch's seed."""
        names = list(keys)
        found: dict[str, Expected] = {}

        def done(number: int, record: dict[str, Any]) -> None:
            key = keys[names[number]]
            found[key.name] = expected_of(key, record)

        lines = [self._line(_as_graft(keys[name]), None) for name in names]
        pool.run(list(enumerate(lines)), done)
        return found

    def _result(self, ready: "_Prepared", record: dict[str, Any]) -> Submission:
        notes = list(ready.graft.notes)
        if not self.sandboxed:
            notes.append("graded without a sandbox")
        error = record.get("error")
        if error is not None:
            error = f"{ready.path}: {error}"
            checks = [
                CheckResult(
                    grade_id=c.grade_id,
                    status="ERROR",
                    points=0,
                    max_points=c.points,
                    message="the grading process was lost",
                )
                for c in ready.key.checks.values()
            ]
        else:
            checks = judge(ready.graft, record["events"], self.limits)
        return Submission(
            submission=str(ready.path),
            notebook=ready.key.name,
            points=sum(c.points for c in checks),
            max_points=ready.key.max_points,
            checks=checks,
            error=error,
            notes=notes,
        )


@dataclass(frozen=True)
class _Prepared:
    path: Path
    key: Exercise
    graft: Graft


def _as_graft(key: Exercise) -> Graft:
    return Graft(key.cells, frozenset(), ())


def trial(runs: list[tuple[Exercise, int]]) -> list[dict[str, Any]]:
    """Run notebooks of one's own, each with its seed, outside of any sandbox; what each recorded."""
    records: dict[int, dict[str, Any]] = {}
    with _folder() as folder, _Pool(2, folder, DEFAULT.notebook_seconds + _START_ALLOWANCE) as pool:
        lines = [Batch([key], seed, sandboxed=False)._line(_as_graft(key), None) for key, seed in runs]
        pool.run(list(enumerate(lines)), records.__setitem__)
    for (key, _), record in zip(runs, (records[n] for n in range(len(runs))), strict=True):
        if "error" in record:
            raise GradingError(f"{key.path}: {record['error']}")
    return [records[n] for n in range(len(runs))]


def expected_of(key: Exercise, record: dict[str, Any]) -> Expected:
    """What the reference printed in each check, from its record.

    Raises:
        GradingError: the reference did not run, or a check has nothing to compare.
    """
    if "error" in record:
        raise GradingError(f"{key.path}: the reference could not be run: {record['error']}")
    found: Expected = {}
    for cell, event in zip(key.cells, record["events"], strict=True):
        if event["outcome"] != "ok":
            name = cell.grade_id or "an unnamed cell"
            raise GradingError(
                f"{key.path}: {name}: the reference does not run: {event['kind']} {event['text']}".rstrip()
            )
        if cell.role != "check":
            continue
        if event["visible"] is None or event["visible"]["status"] != "pass":
            raise GradingError(f"{key.path}: {cell.grade_id}: the reference does not pass its own visible cases")
        if not event["values"]:
            raise GradingError(f"{key.path}: {cell.grade_id}: its hidden tests print nothing to compare")
        found[cell.grade_id] = (event["values"], event["visible"]["summary"])
    return found


def load_keys(folder: Path, names: Iterable[str] = ()) -> list[Exercise]:
    """The keys of a folder of solutions, all of them or those whose name starts with one of `names`."""
    wanted = tuple(names)
    paths = [p for p in sorted(folder.glob("*.ipynb")) if not wanted or p.name.startswith(wanted)]
    if not paths:
        what = f"no solution notebook starting with {' or '.join(wanted)}" if wanted else "no solution notebooks"
        raise GradingError(f"{what} in {folder}")
    return [read(path) for path in paths]


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder for sockets; its path must be short, for Unix limits a socket's path to about 100 characters."""
    base = tempfile.gettempdir()
    if len(base) > 40 and os.path.isdir("/tmp"):
        base = "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="tgedu-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Pool:
    """Grading processes, each served by a thread. A lost one is replaced, and only its notebook suffers."""

    def __init__(self, size: int, folder: Path, deadline: float) -> None:
        self.size, self.folder, self.deadline = size, folder, deadline
        self._serial = 0
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._all:
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
        worker = None
        while True:
            try:
                number, line = waiting.get_nowait()
            except Empty:
                break
            try:
                worker = worker if worker is not None and worker.alive else self._take()
                record = worker.ask(line, self.deadline)
            except Exception as error:  # e.g. no more processes: the batch goes on and this submission says why
                record = {"error": f"{type(error).__name__}: {error}"}
            finished.put((number, record))
        if worker is not None and worker.alive:
            with self._lock:
                self._idle.append(worker)

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
            [sys.executable, "-m", "tinygrad_edu.course.worker", str(folder)],
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
        if self.alive:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Let it end by itself, which removes its folder; end it when it doesn't."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            self.kill()
        self._process.stdout.close()
        self._log.close()
