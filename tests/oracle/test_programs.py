"""Programs such as courses and tutorials contain: every statement prints, or raises, the same with torch and with this package.

The programs lie in ``programs/``, one statement a line for the most part. A line that ends in ``# differs: why`` must differ.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torchvision_ops  # noqa: F401  programs import torchvision
from oracle.statements import DIFFERS, outcomes

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE / "programs").glob("*.py"))
# addresses, and what torch says about its own build
LEFT_OUT = re.compile(
    r"0x[0-9a-f]+| \(Triggered internally[^)]*\)| This could be because the operator doesn't exist .*", re.S
)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d*(?:e[+-]\d+)?")


def same(ours: str, theirs: str) -> bool:
    """Equal but for the last digits that are shown of a number."""
    ours, theirs = (" ".join(LEFT_OUT.sub("", t).split()) for t in (ours, theirs))
    if ours == theirs:
        return True
    if re.sub(r"\s+", "", NUMBER.sub("#", ours)) != re.sub(r"\s+", "", NUMBER.sub("#", theirs)):
        return False
    pairs = zip(map(float, NUMBER.findall(ours)), map(float, NUMBER.findall(theirs)))
    return all(a == b or abs(a - b) <= 2e-4 * max(1e-2, abs(b)) for a, b in pairs)


@pytest.mark.slow
def test_every_statement_prints_what_it_prints_under_torch():
    done = subprocess.run(
        [sys.executable, str(HERE / "statements.py"), *map(str, PROGRAMS)], capture_output=True, text=True, timeout=280,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    compared, wrong = 0, []
    for path, ours in zip(PROGRAMS, json.loads(done.stdout)):
        for (statement, mine), (_, other) in zip(ours, outcomes(path, torch), strict=True):
            compared += 1
            if same(mine, other) == (DIFFERS in statement):
                wrong.append(f"{path.name}: {statement}\n  torch: {other}\n  ours:  {mine}")
    assert not wrong, f"{len(wrong)} of {compared}:\n" + "\n".join(wrong)
    assert compared > 6500
