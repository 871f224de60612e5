"""Memory that was freed is used again at once (`tinygrad_edu.backend.memory`)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tinygrad_edu.backend import memory

PROGRAM = """
import resource, numpy, tinygrad_edu
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        a, b = numpy.ones(1 << 19, "float32"), numpy.ones(1 << 19, "float32")
        del a, b
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


def page_faults(**env: str) -> int:
    outside = {key: value for key, value in os.environ.items() if key not in memory._VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**outside, **env}, capture_output=True, text=True, check=True, timeout=120
    )
    return int(done.stdout)


glibc = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not memory.keep_freed_memory(), reason="only glibc has these limits"
)


@glibc
def test_pages_are_fetched_once():
    assert page_faults() < 100  # 2 MB are 512 pages, in each of 100 rounds


@glibc
def test_who_has_decided_is_left_alone():
    assert page_faults(MALLOC_MMAP_THRESHOLD_="100000") > 10_000
