"""Grading a batch: key and reference once, then every submission in a pool of grading processes.

The parent never runs student code and never imports nbval: it reads JSON, grafts, hands jobs to `worker` processes and
judges what they record.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import sandbox
from .cluster import Cluster, ClusterError
from .exercise import (
    Cell,
    Exercise,
    NotebookError,
    grading_source,
    meddles_with,
    printable,
    read,
    read_json,
    shown,
    text_of,
)
from .graft import Graft, best_key, graft
from .isolation import merge, second_runs
from .limits import DEFAULT, Limits
from .pool import Pool, private_folder
from .results import CheckResult, Submission
from .verdict import judge
from .worker import job_to_json

Expected = dict[str, tuple[list[str], str]]
_START_ALLOWANCE = 90.0  # seconds that a worker may take beside the notebook's own time


class GradingError(Exception):
    """The batch can't be graded at all. The text says what to do."""


class Cache:
    """What an interrupted batch had finished: its seed, and each result under the digest of the job that gave it."""

    def __init__(self, folder: Path, resume: bool) -> None:
        self.folder = folder
        if not resume:
            self.remove()
        folder.mkdir(parents=True, exist_ok=True)

    def seed(self, seed: int) -> int:
        """The batch's seed: that of the batch which was interrupted, else `seed`, which is noted."""
        note = self.folder / "seed"
        if note.is_file():
            return int(note.read_text())
        note.write_text(str(seed))
        return seed

    def load(self, line: str) -> Submission | None:
        path = self._path(line)
        return Submission.model_validate_json(path.read_bytes()) if path.is_file() else None

    def store(self, line: str, result: Submission) -> None:
        temporary = self._path(line).with_suffix(".part")
        temporary.write_text(result.model_dump_json(), "utf-8")
        temporary.replace(self._path(line))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, line: str) -> Path:
        return self.folder / f"{hashlib.sha256(line.encode()).hexdigest()}.json"


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
    cache: Cache | None = None
    dask: str | None = None  # address of a Dask scheduler whose machines do the work
    grafts: dict[int, Graft] = field(default_factory=dict)  # what was graded, by place in the batch

    def grade(
        self, paths: Iterable[Path], progress: Callable[[Submission], None] = lambda result: None
    ) -> list[Submission]:
        """Grade all files, in the order given. A file that can't be graded becomes a `Submission` with an `error`."""
        todo = list(paths)
        results: dict[int, Submission] = {}
        with self._processes(len(todo)) as pool:
            prepared = _note_shared_files([self._prepare(path) for path in todo])
            ready = {n: p for n, p in enumerate(prepared) if isinstance(p, _Prepared)}
            expected = self._references(pool, {p.key.name: p.key for p in ready.values()})
            self.grafts = {number: p.graft for number, p in ready.items()}
            jobs = {number: self._line(p.graft, expected[p.key.name]) for number, p in ready.items()}
            again: list[tuple[int, Graft]] = []

            def finish(number: int, result: Submission) -> None:
                results[number] = result
                if self.cache is not None and number in jobs and result.error is None:
                    self.cache.store(self._cache_key(ready[number], jobs[number]), result)
                progress(result)

            def first(number: int, record: dict[str, Any]) -> None:
                if "events" in record:
                    record["events"] = _with_left_out(ready[number].graft, record["events"])
                found = self._result(ready[number], record)
                runs = second_runs(ready[number].graft, record.get("events", []), found.checks)
                if runs:
                    results[number] = found
                    again.extend((number, run) for run in runs)
                else:
                    finish(number, found)

            def second(place: int, record: dict[str, Any]) -> None:
                number, run = again[place]
                results[number] = self._merged(results[number], run, record)

            for number, outcome in enumerate(prepared):
                known = outcome if isinstance(outcome, Submission) else self._known(outcome, jobs[number])
                if known is not None:
                    finish(number, known)
            pool.run([(n, line) for n, line in jobs.items() if n not in results], first)
            lines = [self._line(run, expected[ready[number].key.name]) for number, run in again]
            pool.run(list(enumerate(lines)), second)
            for number in dict.fromkeys(number for number, _ in again):
                finish(number, results[number])
        return [results[number] for number in range(len(todo))]

    @contextmanager
    def _processes(self, count: int) -> Iterator[Pool | Cluster]:
        """The grading processes for `count` notebooks, here or on a cluster."""
        if self.dask is not None:
            try:
                cluster = Cluster(self.dask, self._deadline, self.sandboxed)
            except ClusterError as error:
                raise GradingError(str(error)) from None
            with cluster:
                yield cluster
            return
        if self.sandboxed and (missing := sandbox.available()):
            raise GradingError(f"{missing}; --unsafe grades without a sandbox, only for code that you trust")
        with private_folder() as folder, Pool(max(1, min(self.workers, count)), folder, self._deadline) as pool:
            yield pool

    def _known(self, ready: "_Prepared", line: str) -> Submission | None:
        """A result that needs no run: nothing was written, or an interrupted batch had it for the same job."""
        if all(ready.graft.unattempted(check) for check in ready.key.checks.values()):
            return self._result(ready, {"events": []})
        found = self.cache.load(self._cache_key(ready, line)) if self.cache is not None else None
        return None if found is None else found.model_copy(update={"submission": shown(ready.path)})

    def _cache_key(self, ready: "_Prepared", line: str) -> str:
        return "\n".join([line, *ready.graft.notes])

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
        cells = tuple(
            replace(c, source=grading_source(c.source)) if c.role == "check" else c
            for c in grafted.cells
            if not _left_out(c, grafted)
        )
        return job_to_json(cells, expected, self.limits, self.seed, self.sandboxed, self.hide)

    def _prepare(self, path: Path) -> "_Prepared | Submission":
        try:
            self._refuse_links(path)
            notebook = read_json(path, self.limits.file_bytes)
            size = sum(len(text_of(cell)) for cell in notebook["cells"])
            if size > self.limits.submission_bytes:
                most = self.limits.submission_bytes
                raise NotebookError(f"{shown(path)}: {size / 1e6:.0f} MB of code, more than {most / 1e6:.0f}")
            key = self._key(notebook, path)
        except NotebookError as error:
            return self._ungraded(path, str(error))
        grafted = graft(key, notebook)
        return _Prepared(path, key, grafted)

    def _refuse_links(self, path: Path) -> None:
        """A student's repository may hold a link to the solutions or to another student's work."""
        if path.is_symlink():
            raise NotebookError(f"{shown(path)}: a symbolic link; only files are graded")
        real, given = path.resolve(), Path(os.path.abspath(path))
        if any(real.is_relative_to(secret) and not given.is_relative_to(secret) for secret in self.hide):
            raise NotebookError(f"{shown(path)}: its folder is a symbolic link into the course's own files")

    def _key(self, notebook: dict[str, Any], path: Path) -> Exercise:
        if self.only is not None:
            return next(key for key in self.keys if key.name == self.only)
        key = best_key(self.keys, notebook, path.stem)
        if key is None:
            known = ", ".join(k.name for k in self.keys)
            raise NotebookError(f"{shown(path)}: not one of the exercises ({known}): it has none of their answer cells")
        return key

    def _ungraded(self, path: Path, error: str) -> Submission:
        """A row for the grade book even so: with the exercise's checks where the file's name tells which one it is."""
        named = [k for k in self.keys if k.name in path.stem] or [k for k in self.keys if k.name == self.only]
        checks = [
            CheckResult(grade_id=c.grade_id, status="ERROR", points=0, max_points=c.points, message=error)
            for c in (named[0].checks.values() if named else ())
        ]
        return Submission(
            submission=shown(path),
            notebook=named[0].name if named else "",
            points=0,
            max_points=sum(c.max_points for c in checks),
            checks=checks,
            error=error,
        )

    def _references(self, pool: Pool | Cluster, keys: dict[str, Exercise]) -> dict[str, Expected]:
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
        for cell in ready.graft.cells:
            if cell.role == "answer" and (names := meddles_with(cell.source)):
                notes.append(
                    f"{cell.grade_id}: look at its code, which could meddle with the checks: {', '.join(names)}"
                )
        if not self.sandboxed:
            notes.append("graded without a sandbox")
        error = record.get("error") or _own_failure(ready.graft, record["events"])
        if error is not None:
            error = f"{shown(ready.path)}: {printable(error)}"
            checks = [
                CheckResult(
                    grade_id=c.grade_id,
                    status="ERROR",
                    points=0,
                    max_points=c.points,
                    message="the grading process was lost" if "error" in record else "this notebook could not be run",
                )
                for c in ready.key.checks.values()
            ]
        else:
            checks = judge(ready.graft, record["events"], self.limits)
        return Submission(
            submission=shown(ready.path),
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


def _note_shared_files(prepared: list["_Prepared | Submission"]) -> list["_Prepared | Submission"]:
    """The same, with a note where one file is handed in under two names, which a linked folder can bring about."""
    first: dict[Path, Path] = {}
    noted: list[_Prepared | Submission] = []
    for one in prepared:
        if isinstance(one, _Prepared):
            other = first.setdefault(one.path.resolve(), one.path)
            if os.path.abspath(other) != os.path.abspath(one.path):
                notes = (*one.graft.notes, f"this is the file {shown(other)}, under another name")
                one = replace(one, graft=replace(one.graft, notes=notes))
        noted.append(one)
    return noted


def _left_out(cell: Cell, grafted: Graft) -> bool:
    """A check for which nothing was written: its verdict stands, so it isn't run."""
    return cell.role == "check" and grafted.unattempted(cell)


def _with_left_out(grafted: Graft, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record per cell again, with a blank one for each check that was left out."""
    ran, whole = iter(events), []
    for cell in grafted.cells:
        event = {"outcome": "ok", "disturbed": False} if _left_out(cell, grafted) else next(ran, None)
        if event is None:  # the run ended early
            break
        whole.append(event)
    return whole


def _own_failure(grafted: Graft, events: list[dict[str, Any]]) -> str | None:
    """Why the teacher's cells before the first answer did not run, which no student can be blamed for."""
    for cell, event in zip(grafted.cells, events, strict=False):
        if cell.role == "answer":
            return None
        if cell.role == "plain" and event["outcome"] != "ok":
            why = f"{event['outcome']} {event['kind']} {event['text']}".strip()
            return f"the exercise's own first cells did not run ({why[:200]}); grade it again"
    return None


def _as_graft(key: Exercise) -> Graft:
    return Graft(key.cells, frozenset(), ())


def trial(runs: list[tuple[Exercise, int]]) -> list[dict[str, Any]]:
    """Run notebooks of one's own, each with its seed, outside of any sandbox; what each recorded."""
    records: dict[int, dict[str, Any]] = {}
    with private_folder() as folder, Pool(2, folder, DEFAULT.notebook_seconds + _START_ALLOWANCE) as pool:
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
            took = f"it took more than its time ({event['seconds']:.0f} s)"
            why = took if event["outcome"] in ("timeout", "limit") else f"{event['kind']} {event['text']}".strip()
            raise GradingError(f"{key.path}: {name}: the reference does not run: {why}")
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
