"""Lessons of the kind that teaching repositories hold – layers, data, optimizers, distributions, half precision, whole networks –
give, warn and raise the same with PyTorch as with this package, statement by statement.

A statement whose first line ends in ``# differs: why`` is a known difference, and must differ.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")
LESSONS = sorted((HERE / "lessons").glob("*.py"))


def outcome(side: str) -> dict[str, list[tuple[int, str]]]:
    done = subprocess.run(
        [sys.executable, str(HERE / "lesson_steps.py"), side, *map(str, LESSONS)], capture_output=True, text=True, timeout=400,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("@@")[2])


@pytest.fixture(scope="module")
def outcomes():
    return outcome("torch"), outcome("ours")


def same(mine: str, other: str) -> bool:
    """Equal texts, numbers to about three digits."""
    mine, other = (re.sub(r" at 0x[0-9a-f]+", "", text).replace("tinygrad_edu", "torch") for text in (mine, other))
    if NUMBER.sub("#", mine) != NUMBER.sub("#", other):
        return False
    pairs = [(float(a), float(b)) for a, b in zip(NUMBER.findall(mine), NUMBER.findall(other), strict=True)]
    return all(abs(a - b) <= 2e-3 * max(abs(a), abs(b)) + 2e-4 for a, b in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_lesson(path, outcomes):
    theirs, ours = (side[path.stem] for side in outcomes)
    lines = path.read_text(encoding="utf-8").splitlines()
    problems = []
    for (line, other), (_, mine) in zip(theirs, ours, strict=True):
        known = "# differs:" in lines[line - 1]
        if same(mine, other) == known:
            problems.append(
                f"{path.name}:{line} {lines[line - 1][:120]}\n  torch: {other[:500]}\n  ours : {mine[:500]}"
            )
    assert not problems, "\n".join(problems)
    assert len(theirs) > 10
