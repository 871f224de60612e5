"""``--dask ADDRESS``: the same results as on this machine, in processes of a Dask cluster, with nothing left behind."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result
from course.kit import DATA, RELEASED, SAMPLE, save, solved

from tinygrad_edu.course import cli, cluster, results, sandbox
from tinygrad_edu.course.exercise import read
from tinygrad_edu.course.grade import Batch, GradingError

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # distributed's own, which differ from version to version
UNSAFE = ["--unsafe"] if sandbox.available() else []
ENDS = "import os\ndef relu(values):\n    os._exit(0)"


@pytest.fixture(scope="module")
def local() -> Iterator[distributed.LocalCluster]:
    """A cluster of two processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None
    ) as found:
        yield found


@pytest.fixture(autouse=True)
def no_client_left() -> Iterator[None]:
    """A client that found no scheduler is garbage in a circle. Its `__del__` takes the lock under which the next one starts a
    thread: found by the garbage collector in that thread, it would wait for ever."""
    yield
    gc.collect()


def grade(out: Path, *arguments: object) -> Result:
    words = ["grade", "--course", DATA, "--seed", 7, *UNSAFE, "--out", out, *arguments]
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def test_it_gives_the_same_reports_as_this_machine(local: distributed.LocalCluster, tmp_path: Path) -> None:
    wrong = solved(mean="def mean(values): return 0")
    paths = [save(solved(), tmp_path / "a.ipynb"), save(wrong, tmp_path / "b.ipynb"), RELEASED, tmp_path / "none.ipynb"]
    paths.append(save(solved(relu=ENDS), tmp_path / "c.ipynb"))
    here = grade(tmp_path / "here", *paths)
    there = grade(tmp_path / "there", *paths, "--dask", local.scheduler_address)
    assert here.exit_code == there.exit_code == 1, there.output
    found = results.load(tmp_path / "there" / "results.json")
    assert [r.points for r in found] == [11, 8, 0, 0, 8]
    for name in ("results.json", "grades.csv", "summary.md", "junit.xml"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes(), name


def test_the_cluster_did_the_work_and_nothing_of_it_stays(local: distributed.LocalCluster, tmp_path: Path) -> None:
    with distributed.Client(local, set_as_default=False) as client:
        machines = [psutil.Process(pid) for pid in client.run(os.getpid).values()]
    folders: dict[int, set[Path]] = {machine.pid: set() for machine in machines}

    def look(_: object) -> None:
        for machine in machines:
            for child in machine.children():
                line = child.cmdline()
                if "tinygrad_edu.course.worker" in line:
                    folders[machine.pid].add(Path(line[-1]).parent)

    paths = [save(solved(), tmp_path / f"{number}.ipynb") for number in range(4)]
    batch = Batch([read(SAMPLE)], 1, sandboxed=not UNSAFE, dask=local.scheduler_address)
    assert [r.points for r in batch.grade(paths, look)] == [11] * 4
    assert [len(found) for found in folders.values()] == [1, 1], "each machine has grading processes of its own"
    assert not any(folder.exists() for found in folders.values() for folder in found)
    assert not [child for machine in machines for child in machine.children(recursive=True)]


def test_a_cluster_that_would_grade_otherwise_is_refused(
    local: distributed.LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> str:
        with pytest.raises(GradingError) as caught:
            Batch([read(SAMPLE)], 1, sandboxed=True, dask=local.scheduler_address).grade([RELEASED])
        return str(caught.value)

    theirs = cluster.describe()
    monkeypatch.setattr(cluster, "describe", lambda: {**theirs, "source": str(os.getpid())})
    assert "another version of tinygrad_edu.course" in refused()
    monkeypatch.undo()
    with distributed.Client(local, set_as_default=False) as client:
        client.run(_without_bubblewrap)
        try:
            assert "tcp://127.0.0.1:" in (said := refused())
            assert "no sandbox on plan9: bubblewrap runs on Linux only; --unsafe grades without" in said
        finally:
            client.run(_with_bubblewrap)


def _without_bubblewrap() -> None:
    import sys

    sys.platform = "plan9"


def _with_bubblewrap() -> None:
    import sys

    sys.platform = "linux"


@pytest.mark.parametrize(
    ("address", "reason"), [("tcp://127.0.0.1:9", "no Dask scheduler answers at"), ("nonsense:", "no Dask")]
)
def test_a_scheduler_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    done = grade(tmp_path / "out", RELEASED, "--dask", address)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert reason in done.stderr


def test_a_cluster_without_workers_is_one_line(tmp_path: Path) -> None:
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as empty:
        done = grade(tmp_path / "out", RELEASED, "--dask", empty.scheduler_address)
    assert done.exit_code == 2
    assert "has no workers; start some with: dask worker tcp://" in done.stderr


def test_without_dask_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    done = grade(tmp_path / "out", RELEASED, "--dask", "tcp://127.0.0.1:8786")
    assert done.exit_code == 2
    assert done.stderr == 'error: Dask is not installed here: pip install "tinygrad-edu[lab,dask]"\n'
