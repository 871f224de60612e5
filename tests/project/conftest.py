"""What pip gets, built once: wheel and sdist, and an environment in which the wheel is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from installation import Dist, Installed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Dist:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]  # the wheel is made from the sdist
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Dist(wheel, sdist)


@pytest.fixture(scope="session")
def installed(dist: Dist, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    root = tmp_path_factory.mktemp("installed")
    venv.create(root / "env", symlinks=os.name != "nt")
    bin = root / "env" / ("Scripts" if os.name == "nt" else "bin")
    paths = {"base": str(root / "env"), "platbase": str(root / "env")}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))  # the .pth files in there are not read again
    pip = [sys.executable, "-m", "pip", "--python", bin / "python", "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *options, dist.wheel], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (root / "home").mkdir()
    return Installed(bin, site, root / "home")
