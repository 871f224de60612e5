"""What pip gets: the wheel's files, its metadata, its command."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tinygrad_edu

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    source = tmp_path_factory.mktemp("source") / "project"  # a copy: building leaves files behind
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "tinygrad_edu", source / "tinygrad_edu", ignore=shutil.ignore_patterns("__pycache__"))
    out = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", out]
    done = subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_holds_every_module_and_the_typing_marker(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tinygrad_edu").rglob("*.py")}
    assert "tinygrad_edu/py.typed" in inside
    assert len(ours) > 20
    assert ours <= inside


def test_wheel_holds_nothing_but_the_package(wheel: zipfile.ZipFile) -> None:
    version = tinygrad_edu.__version__
    assert {name.split("/")[0] for name in wheel.namelist()} == {"tinygrad_edu", f"tinygrad_edu-{version}.dist-info"}


def test_metadata_and_licence(wheel: zipfile.ZipFile) -> None:
    folder = f"tinygrad_edu-{tinygrad_edu.__version__}.dist-info"
    metadata = Parser().parsestr(wheel.read(f"{folder}/METADATA").decode())
    assert metadata["Name"] == "tinygrad-edu"
    assert metadata["Version"] == tinygrad_edu.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "MIT License" in wheel.read(f"{folder}/licenses/LICENSE").decode()
    always = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert sorted(re.split(r"[<>=]", line)[0] for line in always) == ["ml_dtypes", "numpy"]


def test_the_command_is_the_courses_command_line() -> None:
    (command,) = entry_points(group="console_scripts", name="tinygrad-edu")
    assert command.value == "tinygrad_edu.course.cli:main"
    assert callable(command.load())


def test_importing_the_framework_loads_no_package_of_the_course() -> None:
    script = "import sys, tinygrad_edu; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    heavy = {
        "torch",
        "torchvision",
        "matplotlib",
        "PIL",
        "pandas",
        "IPython",
        "nbformat",
        "click",
        "cupy",
        "numba",
        "llvmlite",
        "scipy",
    }
    assert not heavy & set(loaded)
