"""A test that this machine cannot run is named at the end; in CI it fails. Checked on a pytest run of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
INNER = """
import conftest, pytest

conftest.NEEDS["needs_chromium"] = lambda: "no browser"
conftest.NEEDS["needs_bwrap"] = lambda: ""
conftest.NEEDS["needs_gpu"] = lambda: "no GPU"

@pytest.mark.needs_chromium
def test_page(): pass

@pytest.mark.needs_bwrap
def test_sandbox(): pass

@pytest.mark.needs_gpu
def test_kernel(): pass
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
@pytest.mark.parametrize(
    ("ci", "outcome"), [("false", "1 passed, 2 skipped"), ("true", "1 passed, 1 skipped, 1 error")]
)
def test_left_out_is_named_and_fails_in_ci(tmp_path: Path, ci: str, outcome: str, workers: list[str]) -> None:
    (tmp_path / "test_inner.py").write_text(INNER, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n"
        + "".join(f"    {name}: x\n" for name in ("needs_chromium", "needs_bwrap", "needs_gpu")),
        encoding="utf-8",
    )
    alone = ["-p", "no:cacheprovider", "-p", "no:nbval"]  # nbval takes seconds to import, in every worker
    command = [sys.executable, "-m", "pytest", "-p", "conftest", *alone, *workers, tmp_path]
    variables = {**os.environ, "CI": ci, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    last = done.stdout.splitlines()[-1]
    assert outcome in last, done.stdout
    assert "LEFT OUT: test_inner.py::test_kernel (no GPU)" in done.stdout
    if ci == "true":
        assert "LEFT OUT: no browser. In CI every test must run." in done.stdout
    else:
        assert "LEFT OUT: test_inner.py::test_page (no browser)" in done.stdout
        assert done.returncode == 0
