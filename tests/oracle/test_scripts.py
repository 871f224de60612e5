"""Programs in ordinary PyTorch print the same with torch and, unmodified, with this package in torch's place."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]\d+)?")
# torchvision from the package index needs a word before it runs beside another build of torch
WITH_TORCH = (
    "import sys, runpy, torchvision_ops; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)


def lay_out(folder):
    """``data/`` as programs expect it: the digits where torchvision keeps them, the drawn pictures as they are."""
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (ROOT / "datasets" / "mnist").glob("*.gz"):
        (raw / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    (folder / "data" / "shapes").symlink_to(ROOT / "datasets" / "shapes", target_is_directory=True)


def printed(command, folder):
    lay_out(folder)
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", *command], capture_output=True, text=True, timeout=280, cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return re.sub(r" at 0x[0-9a-f]+", "", done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", [p.stem for p in sorted((HERE / "scripts").glob("*.py"))])
def test_script(name, tmp_path):
    script = str(HERE / "scripts" / f"{name}.py")
    theirs = printed(["-c", WITH_TORCH, script], tmp_path / "torch")
    ours = printed(["-m", "tinygrad_edu.compat", script], tmp_path / "ours")
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
    mine, other = ([float(n) for n in NUMBER.findall(text)] for text in (ours, theirs))
    assert mine == pytest.approx(other, rel=2e-3, abs=2e-3)
    assert len(mine) > 5
