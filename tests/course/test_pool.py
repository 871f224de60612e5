"""The pool of grading processes: a lost one costs its notebook only, and nothing of it stays."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from course.kit import _environment

from tinygrad_edu.course.exercise import Cell
from tinygrad_edu.course.limits import DEFAULT
from tinygrad_edu.course.pool import Pool, private_folder
from tinygrad_edu.course.worker import job_to_json


def job(source: str) -> str:
    cells = (Cell("a", "plain", source), Cell("b", "plain", "x = 1"))
    return job_to_json(cells, None, DEFAULT, 0, sandboxed=False)


def run(jobs: list[str], deadline: float = 60.0, size: int = 2) -> dict[int, dict[str, Any]]:
    records: dict[int, dict[str, Any]] = {}
    with private_folder() as folder, Pool(size, folder, deadline) as pool:
        pool.run(list(enumerate(jobs)), records.__setitem__)
        assert folder.is_dir()
    assert not folder.exists()
    return records


def test_jobs_get_their_own_records() -> None:
    records = run([job("y = 2"), "no json", job("1 / 0")])
    assert [e["outcome"] for e in records[0]["events"]] == ["ok", "ok"]
    assert records[1]["error"].startswith("JSONDecodeError")
    assert [(e["outcome"], e["kind"]) for e in records[2]["events"]] == [("error", "ZeroDivisionError"), ("ok", "")]


def test_a_killed_process_costs_its_own_notebook() -> None:
    def kill_first_worker() -> None:
        while not (workers := [p for p in psutil.Process().children() if "tinygrad_edu.course.worker" in p.cmdline()]):
            time.sleep(0.05)
        time.sleep(3)
        workers[0].kill()

    threading.Thread(target=kill_first_worker).start()
    records = run([job("import time; time.sleep(4)"), job("y = 2")], size=1)
    assert records[0]["error"].startswith("the grading process was lost")
    assert [e["outcome"] for e in records[1]["events"]] == ["ok", "ok"]


def test_a_process_that_hangs_is_ended_with_all_its_kernels() -> None:
    records: dict[int, dict[str, Any]] = {}
    with private_folder() as folder, Pool(1, folder, deadline=3.0) as pool:
        pool.run([(0, job("import time; time.sleep(4)"))], records.__setitem__)
        assert records[0]["error"].startswith("the grading process was lost")
        mine = [p for p in psutil.process_iter(["cmdline"]) if any(str(folder) in c for c in p.info["cmdline"] or [])]
        _, alive = psutil.wait_procs(mine, timeout=5)
    assert alive == []


ORPHANS = """
import ctypes, json, sys
import psutil
from pathlib import Path
from course.kit import grade, save, solved
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become our children, as they become process 1's
wrong = "import os\\nos._exit(0)"
paths = [save(solved(relu=wrong) if n == 1 else solved(), Path(sys.argv[1]) / f"{n}.ipynb") for n in range(3)]
points = [result.points for result in grade(paths, sandboxed=True, workers=1)]
print(json.dumps([points[0] == points[2] > points[1], [p.pid for p in psutil.Process().children(recursive=True)]]))
"""


@pytest.mark.needs_bwrap
def test_no_kernel_stays_for_process_1_to_collect(tmp_path: Path) -> None:
    """In a container process 1 may collect none, and dead ones count for the limit of the kernels' user."""
    done = subprocess.run(
        [sys.executable, "-c", ORPHANS, str(tmp_path)],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [True, []]


def test_the_folder_is_private_and_its_path_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 60)))
    with private_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder / "w1" / "n100" / "k3" / "k-5")) < 100
