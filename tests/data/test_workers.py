"""Worker processes: nothing hangs, nothing is left behind, nothing big is pickled."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import transport
from tinygrad_edu.data.processes import WorkerIterator
from tinygrad_edu.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc and /dev/shm")


class Images(Dataset):
    """Samples of 12 KB: their batches travel through shared memory."""

    def __init__(self, n=40, fatal=None, wait=0.0):
        self.n, self.fatal, self.wait = n, fatal, wait

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.wait)
        return np.full((3, 32, 32), i, np.float32), i


def children():
    return {p.pid for p in multiprocessing.active_children()}


@pytest.fixture(autouse=True)
def no_process_left():
    before = children()
    yield
    gc.collect()
    left = children() - before
    assert not left


def blocks():
    """Names of shared memory that Python made."""
    return {name for name in os.listdir("/dev/shm") if name.startswith("psm_")}


def gone(pids, within):
    """Whether all these processes have ended in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not [p for p in pids if _alive(p)]:
            return True
        time.sleep(0.05)
    return False


def _alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_batches_of_both_start_methods(method):
    loader = DataLoader(Images(), batch_size=7, num_workers=2, multiprocessing_context=method)
    batches = list(loader)
    assert [b[1].tolist() for b in batches] == [list(range(i, min(i + 7, 40))) for i in range(0, 40, 7)]
    assert all((x.numpy() == y.numpy().reshape(-1, 1, 1, 1)).all() for x, y in batches)


def test_a_killed_worker_is_an_error_at_once():
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly") as caught:
        list(DataLoader(Images(fatal=17), batch_size=4, num_workers=2))
    assert time.monotonic() - start < 10
    assert "SIGKILL" in caught.value.__notes__[0]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_killed_from_outside(number):
    batches = iter(DataLoader(Images(wait=0.05), batch_size=4, num_workers=2))
    next(batches)
    os.kill(batches.workers[1].process.pid, number)
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(batches)
    assert time.monotonic() - start < 10
    assert list(batches) == []  # it is closed, and says so quietly


class Exits(Images):
    def __getitem__(self, i):
        os._exit(7)


def test_a_worker_that_leaves():
    with pytest.raises(RuntimeError, match="exited unexpectedly") as caught:
        next(iter(DataLoader(Exits(), num_workers=1)))
    assert "exit code was 7" in caught.value.__notes__[0]


def test_timeout_ends_the_workers():
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.5 seconds"):
        next(iter(DataLoader(Images(wait=60), num_workers=2, timeout=0.5)))
    assert time.monotonic() - start < 10


def test_leaving_the_loop_ends_the_workers():
    start = time.monotonic()
    for _ in DataLoader(Images(n=4000, wait=0.2), batch_size=4, num_workers=2):
        break
    gc.collect()
    assert not children()
    assert time.monotonic() - start < 8


def test_an_error_in_the_loop_ends_the_workers():
    def run():
        for _ in DataLoader(Images(), num_workers=2):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    gc.collect()
    assert not children()


def test_persistent_workers_are_the_same_processes():
    loader = DataLoader(Images(), batch_size=9, shuffle=True, num_workers=2, persistent_workers=True)
    epochs, pids = [], []
    for _ in range(3):
        epochs.append([b[1].tolist() for b in loader])
        pids.append([w.process.pid for w in loader._iterator.workers])
    assert pids[0] == pids[1] == pids[2]
    assert sorted(i for batch in epochs[0] for i in batch) == list(range(40))
    assert epochs[0] != epochs[1]
    next(iter(loader))  # leaves an epoch in the middle
    assert sorted(i for b in loader for i in b[1].tolist()) == list(range(40))
    del loader


def test_persistent_workers_start_again_after_a_death():
    loader = DataLoader(Images(), batch_size=9, num_workers=2, persistent_workers=True)
    list(loader)
    os.kill(loader._iterator.workers[0].process.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(loader)
    assert len(list(loader)) == 5
    del loader


class Uneven(Images):
    """The first samples of every second batch take long."""

    def __getitem__(self, i):
        time.sleep(0.3 if i % 8 == 0 else 0)
        return i


def test_order_is_kept_unless_told_otherwise():
    options = {"batch_size": 4, "num_workers": 2, "prefetch_factor": 4}
    kept = [b.tolist() for b in DataLoader(Uneven(), **options)]
    assert kept == [list(range(i, i + 4)) for i in range(0, 40, 4)]
    free = [b.tolist() for b in DataLoader(Uneven(), **options, in_order=False)]
    assert sorted(free) == kept
    assert free != kept


# ------------------------------------------------------------------------------------------------ memory
def test_big_arrays_are_not_pickled():
    value = {"x": tg.ones(100, 100), "y": [np.arange(5000)], "small": tg.zeros(2), "p": tg.nn.Parameter(tg.ones(3000))}
    message, block = transport.pack(value)
    transport.release(block)
    assert len(message.data) < 2000
    assert message.block is not None
    back = transport.unpack(message)
    assert back["x"].equal(value["x"])
    assert (back["y"][0] == value["y"][0]).all()
    assert isinstance(back["p"], tg.nn.Parameter)
    assert back["p"].requires_grad
    assert back["x"].storage_offset() == back["small"].storage_offset() == 0
    back["x"].add_(1)  # memory of its own, and writable
    assert back["y"][0][0] == 0


def test_small_batches_travel_in_the_pipe():
    message, block = transport.pack([tg.ones(3), 1, "a"])
    assert block is None
    back = transport.unpack(message)
    back[0][0] = 5
    assert back[0].tolist() == [5, 1, 1]


@linux
def test_shared_memory_goes_with_the_batches():
    before = blocks()
    batches = list(DataLoader(Images(), batch_size=20, num_workers=2))
    assert blocks() == before  # no names: it cannot be left behind
    kept = batches[1][0]
    del batches
    gc.collect()
    assert float(kept.sum()) == sum(range(20, 40)) * 3 * 32 * 32
    assert pickle.loads(pickle.dumps(kept)).equal(kept)


@linux
def test_no_shared_memory_of_unused_batches():
    before = blocks()
    for _ in DataLoader(Images(n=400), batch_size=20, num_workers=2, prefetch_factor=5):
        break
    gc.collect()
    assert blocks() == before


def test_tensors_of_the_batch_do_not_need_the_loader():
    x, y = next(
        iter(DataLoader(TensorDataset(tg.arange(12.0).reshape(4, 3), tg.arange(4)), batch_size=4, num_workers=1))
    )
    assert x.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert y.tolist() == [0, 1, 2, 3]


class Unsendable(Images):
    def __getitem__(self, i):
        return lambda: i


def test_what_cannot_be_pickled_is_an_error_in_the_loop():
    with pytest.raises((AttributeError, pickle.PicklingError), match="in DataLoader worker process 0"):
        next(iter(DataLoader(Unsendable(), num_workers=1, collate_fn=list)))


# ------------------------------------------------------------------------------------------------ starting
def test_spawn_says_what_to_do_about_local_classes():
    class Local(Images):
        pass

    loader = DataLoader(Local(), num_workers=1, multiprocessing_context="spawn")
    with pytest.raises(RuntimeError, match=r"put it into a \.py file and import it, or use num_workers=0"):
        iter(loader)


def test_fork_needs_no_importable_class():
    class Local(Images):
        pass

    loader = DataLoader(
        Local(), batch_size=20, num_workers=1, multiprocessing_context="fork", collate_fn=lambda b: len(b)
    )
    assert list(loader) == [20, 20]


class Stream(IterableDataset):
    def __iter__(self):
        info = get_worker_info()
        yield from range(info.id, 10, info.num_workers)


def test_a_forked_child_does_not_close_its_parents_workers():
    loader = DataLoader(Stream(), batch_size=2, num_workers=2, persistent_workers=True)
    first = list(loader)
    other = multiprocessing.get_context("fork").Process(target=loader._iterator.close)
    other.start()
    other.join()
    assert [b.tolist() for b in loader] == [b.tolist() for b in first]


def test_workers_use_one_thread():
    threads = next(iter(DataLoader(Threads(), num_workers=1, collate_fn=list)))
    assert threads == [1]


class Threads(Images):
    def __getitem__(self, i):
        return tg.get_num_threads()


# ------------------------------------------------------------------------------------------------ whole programs
SCRIPT = """
import os, sys, time
import tinygrad_edu as tg
from tinygrad_edu.utils.data import DataLoader, Dataset

class Slow(Dataset):
    def __len__(self): return 1000
    def __getitem__(self, i):
        print("worker", os.getpid(), flush=True)
        time.sleep({wait})
        return tg.zeros(100, 100)

if __name__ == "__main__":
    for batch in DataLoader(Slow(), batch_size=2, num_workers=2, multiprocessing_context={method!r}):
        print("batch", flush=True)
        {body}
"""


def start(tmp_path, method, wait=0.3, body="pass"):
    """A program that loads data, its process, and the ids of its workers."""
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(SCRIPT.format(method=method, wait=wait, body=body)))
    process = subprocess.Popen(
        [sys.executable, "-u", str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    pids = set()
    while len(pids) < 2:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        if line.startswith("worker"):
            pids.add(int(line.split()[1]))
    return process, pids


@linux
@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("body", ["pass", "time.sleep(100)"], ids=["waiting", "working"])
def test_ctrl_c_leaves_no_process(tmp_path, method, body):
    process, pids = start(tmp_path, method, body=body)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does
    _, errors = process.communicate(timeout=20)
    assert process.returncode in (-signal.SIGINT, 130, 1)
    assert "KeyboardInterrupt" in errors
    assert errors.count("Traceback (most recent call last)") == 1  # the program's; none of the workers'
    assert gone(pids, 5)


@linux
@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_workers_end_with_the_program(tmp_path, method, number):
    process, pids = start(tmp_path, method, wait=0.1)
    os.kill(process.pid, number)
    process.wait(20)
    assert gone(pids, 15)
    process.stdout.close()
    process.stderr.close()


@linux
def test_a_program_that_ends_in_the_middle(tmp_path):
    process, pids = start(
        tmp_path, "fork", wait=0.05, body="it = iter(DataLoader(Slow(), num_workers=2)); next(it); sys.exit(3)"
    )
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 3
    assert errors == ""
    assert gone(pids | {int(n) for n in re.findall(r"worker (\d+)\n", out)}, 5)


def test_in_a_notebook(tmp_path):
    """A dataset class that is defined in a cell works with workers, and interrupting leaves the kernel usable."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [
        "from tinygrad_edu.utils.data import DataLoader, Dataset\nimport tinygrad_edu as tg, multiprocessing",
        "class InACell(Dataset):\n    def __len__(self): return 6\n    def __getitem__(self, i): return tg.tensor(i * 2)",
        "[batch.tolist() for batch in DataLoader(InACell(), batch_size=4, num_workers=2, collate_fn=lambda b: tg.stack(b))]",
        "multiprocessing.active_children()",
        "try:\n    iter(DataLoader(InACell(), num_workers=1, multiprocessing_context='spawn'))\nexcept RuntimeError as e:\n    print(e)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        client.execute()
    finally:
        del os.environ["PYTHONPATH"]
    text = [output["data"]["text/plain"] for cell in notebook.cells for output in cell.outputs if "data" in output]
    assert text == ["[[0, 2, 4, 6], [8, 10]]", "[]"]
    (said,) = [
        output for cell in notebook.cells for output in cell.outputs if output.output_type in ("stream", "error")
    ]
    assert "InACell is defined in this session only" in said["text"]
    assert "put it into a .py file and import it, or use num_workers=0" in said["text"]


def test_an_iterator_is_not_sent_to_other_processes():
    batches = iter(DataLoader(Images(), num_workers=1))
    assert isinstance(batches, WorkerIterator)
    with pytest.raises(NotImplementedError, match="cannot be pickled"):
        pickle.dumps(batches)
    batches.close()
