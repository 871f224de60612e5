"""The grading process: reads one job per line from stdin, lets pytest and nbval run it, writes one record per line.

It lives in a process of its own, so that whatever goes wrong in one submission can be ended from outside, and stays
for many submissions, so that nbval is imported once.
"""

import _thread
import io
import json
import os
import shutil
import sys
import threading
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict
from pathlib import Path
from queue import Queue
from typing import Any

import psutil

from .exercise import Cell
from .limits import Limits

_LEAVE_SECONDS = 5.0


def job_to_json(
    cells: tuple[Cell, ...],
    expected: dict[str, tuple[list[str], str]] | None,
    limits: Limits,
    seed: int,
    sandboxed: bool,
    hide: tuple[Path, ...] = (),
) -> str:
    """One job as a line of JSON."""
    job = {
        "cells": [asdict(c) for c in cells],
        "expected": expected,
        "limits": asdict(limits),
        "seed": seed,
        "sandboxed": sandboxed,
        "hide": [str(path) for path in hide],
    }
    return json.dumps(job)


def run(line: str, private: Path) -> list[dict[str, Any]]:
    """Run one job and return the record of each of its cells."""
    import nbval.plugin
    import pytest

    from .nbval_plugin import Grading, Job

    told = json.loads(line)
    expected = told["expected"]
    private.mkdir(mode=0o700)
    try:
        job = Job(
            cells=[Cell(**c) for c in told["cells"]],
            expected=None if expected is None else {k: (v[0], v[1]) for k, v in expected.items()},
            limits=Limits(**told["limits"]),
            seed=told["seed"],
            sandboxed=told["sandboxed"],
            private=private,
            hide=tuple(Path(path) for path in told["hide"]),
        )
        (private / "notebook.graded").touch()
        (private / "pytest.ini").write_text("[pytest]\n")
        grading = Grading(job)
        arguments = [
            "--nbval",
            "-q",
            "--color=no",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:unraisableexception",  # it collects garbage ten times over at the end of every notebook
            "-c",
            str(private / "pytest.ini"),
        ]
        arguments += ["--rootdir", str(private), "--capture=no", "-W", "ignore", str(private / "notebook.graded")]
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            status = pytest.main(arguments, plugins=[nbval.plugin, grading])
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise RuntimeError(f"pytest ended with {status!s}: {said.getvalue()[-2000:]}")
        return grading.records()
    finally:
        shutil.rmtree(private, ignore_errors=True)


def main() -> None:
    """Serve jobs until stdin closes. stdout carries records only: everything else that prints goes to stderr."""
    folder = Path(sys.argv[1])
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    # jsonschema looks for this optional module, whose import takes seconds; no notebook holds a format that it checks
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    jobs: Queue[str] = Queue()
    threading.Thread(target=_listen, args=(jobs, folder), daemon=True).start()
    number = 0
    try:
        while line := jobs.get():
            number += 1
            try:
                answer: dict[str, Any] = {"events": run(line, folder / f"n{number}")}
            except Exception as error:  # reported to the parent, which blames the submission at hand and goes on
                answer = {"error": f"{type(error).__name__}: {error}"}
            jobs.task_done()
            channel.write(json.dumps(answer) + "\n")
            channel.flush()
    except (BrokenPipeError, KeyboardInterrupt):  # the grader is gone
        os._exit(_leave(folder))
    finally:
        _clear(folder)


def _listen(jobs: "Queue[str]", folder: Path) -> None:
    """Queue what comes on stdin; '' at its end.

    An end in the middle of a job means that the grader was killed: then the kernel must not live on, nor the folder.
    """
    for line in sys.stdin:
        jobs.put(line)
    if jobs.unfinished_tasks:
        _thread.interrupt_main()
        time.sleep(_LEAVE_SECONDS)
        os._exit(_leave(folder))  # the main thread did not heed it
    jobs.put("")


def _leave(folder: Path) -> int:
    """End what was started and remove what was written; the exit code."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # ended meanwhile
            process.kill()
    _clear(folder)
    return 1


def _clear(folder: Path) -> None:
    """Remove this process's folder, and the grader's own around it with the last one: the grader may have been killed."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # others are still in there
        folder.parent.rmdir()


if __name__ == "__main__":
    main()
