"""Programs in ordinary PyTorch print the same with torch and, unmodified, with this package in torch's place."""

from __future__ import annotations

import gzip
import json
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


PYTHON = [sys.executable, "-W", "error::UserWarning"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}


def printed(command, folder):
    lay_out(folder)
    done = subprocess.run([*PYTHON, *command], capture_output=True, text=True, timeout=280, cwd=folder, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def with_torch():
    """What a script prints with torch, whose import takes longer than most scripts: forks of one process share it."""
    if sys.platform != "linux":
        yield lambda script, folder: printed(["-c", WITH_TORCH, script], folder)
        return
    command, pipe = [*PYTHON, "-m", "oracle.torch_programs"], subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env=ENVIRONMENT, cwd=ROOT / "datasets"
    ) as server:

        def run(script, folder):
            lay_out(folder)
            server.stdin.write(json.dumps([script, str(folder)]) + "\n")
            server.stdin.flush()
            status = server.stdout.readline()
            assert status == "0\n", f"exit status {status}{folder.with_suffix('.err').read_text()}"
            return folder.with_suffix(".out").read_text()

        yield run


@pytest.mark.slow
@pytest.mark.parametrize("name", [p.stem for p in sorted((HERE / "scripts").glob("*.py"))])
def test_script(name, tmp_path, with_torch):
    script = str(HERE / "scripts" / f"{name}.py")
    theirs = with_torch(script, tmp_path / "torch")
    ours = printed(["-m", "tinygrad_edu.compat", script], tmp_path / "ours")
    ours, theirs = (re.sub(r" at 0x[0-9a-f]+", "", text) for text in (ours, theirs))
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
    mine, other = ([float(n) for n in NUMBER.findall(text)] for text in (ours, theirs))
    assert mine == pytest.approx(other, rel=2e-3, abs=2e-3)
    assert len(mine) > 5
