"""Shares of the work in threads of our own, and who may use OpenBLAS's."""

from __future__ import annotations

import os
import threading
from itertools import pairwise

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.backend import threads


@pytest.fixture(autouse=True)
def _three(monkeypatch):
    monkeypatch.setattr(threads, "_count", 3)


def test_a_cut_leaves_nothing_out_and_gives_nobody_nothing():
    for n in range(1, 12):
        for most in range(6):
            parts = threads.cut(n, most)
            assert parts[0][0] == 0
            assert parts[-1][1] == n
            assert all(b == c for (_, b), (c, _) in pairwise(parts))
            assert all(a < b for a, b in parts)
            assert len(parts) == max(1, min(3 * threads.EACH, n, most))
    assert threads.cut(0, 5) == [(0, 0)]


def test_results_come_in_the_order_of_the_parts_from_threads_of_their_own():
    together = threading.Barrier(3, timeout=30)  # passes only if all three are there at once

    def work(part):
        together.wait()
        return part, threading.get_ident()

    results = threads.share(work, [(0, 1), (1, 2), (2, 3)])
    assert [part for part, _ in results] == [(0, 1), (1, 2), (2, 3)]
    assert len({who for _, who in results}) == 3


def test_within_a_share_nobody_waits_for_helpers_that_are_at_work():
    def outer(part):
        return sum(threads.share(lambda inner: inner[1] - inner[0], [(0, part[1]), (part[1], 10), (10, 11)]))

    assert threads.share(outer, [(0, 1), (1, 2), (2, 3)]) == [11, 11, 11]


def test_an_error_is_raised_when_all_are_done_and_helpers_go_on():
    done = []

    def work(part):
        if part == (1, 2):
            raise ZeroDivisionError
        done.append(part)

    with pytest.raises(ZeroDivisionError):
        threads.share(work, [(0, 1), (1, 2), (2, 3)])
    assert (1, 2) not in done
    assert threads.share(lambda part: part, [(0, 1), (1, 2), (2, 3)]) == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not say where threads may run")
def test_helpers_keep_off_the_processor_of_the_one_that_asks():
    here = os.sched_getaffinity(0)
    for _ in range(3):
        threads.share(lambda part: part, [(0, 1), (1, 2), (2, 3)])
        for helper in threads._helpers[:2]:
            allowed = os.sched_getaffinity(helper.native_id)
            assert allowed == (here - {helper.off} or here)
    assert os.sched_getaffinity(0) == here  # the program's own threads run where they ran


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_has_helpers_of_its_own():
    threads.share(lambda part: part, [(0, 1), (1, 2)])
    child = os.fork()
    if child == 0:
        os._exit(threads.share(lambda part: part[1], [(0, 1), (1, 2), (2, 3)]) != [1, 2, 3])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_set_num_threads_counts_here_too():
    before = tg.get_num_threads()
    try:
        tg.set_num_threads(1)
        assert threads.cut(10, 10) == [(0, 10)]
    finally:
        tg.set_num_threads(before)


class Library:
    """Stands for OpenBLAS: what it was told, and how many threads it had when a product was made."""

    def __init__(self, number):
        self.num_threads, self.told = number, []

    def set_num_threads(self, number):
        self.num_threads = number
        self.told.append(number)


def test_products_of_middle_size_take_one_thread(monkeypatch):
    library = Library(4)
    monkeypatch.setattr(threads, "_libraries", lambda: [library])
    sizes = [((2, 3), (3, 4), False), ((64, 400), (400, 120), True), ((512, 512), (512, 512), False)]
    sizes += [((64, 64, 80), (64, 80, 60), True), ((400, 400), (400,), False), ((8,), (8,), False)]
    for left, right, alone in sizes:
        x, y = np.ones(left, "float32"), np.ones(right, "float32")
        library.told.clear()
        np.testing.assert_array_equal(threads.product(x, y), x @ y)
        assert library.told == ([1, 4] if alone else [])
        assert library.num_threads == 4
    library.num_threads = 1  # so the program wants it: it stays
    library.told.clear()
    threads.product(np.ones((64, 400), "float32"), np.ones((400, 120), "float32"))
    assert library.told == []
    library.num_threads = 4
    with pytest.raises(ValueError, match="mismatch"):
        threads.product(np.ones((64, 400), "float32"), np.ones((401, 120), "float32"))
    assert library.num_threads == 4
