"""What `dist` and `installed` (tests/project/conftest.py) give to tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dist:
    """The two files that `python -m build` makes."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and, read-only, the packages of the one that runs the tests."""

    bin: Path
    site: Path
    home: Path

    def run(self, *command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs, with nothing of the repository in sight."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TINYGRAD", "JPY", "JUPYTER"))}
        own = {"HOME": str(self.home), "JUPYTER_DATA_DIR": str(self.home / "jupyter"), "JUPYTER_PLATFORM_DIRS": "1"}
        single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        command = (self.bin / command[0], *command[1:])
        environment = {**keep, **own, **single, **variables}
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")
