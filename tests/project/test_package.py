"""What pip gets: the files of wheel and sdist, their metadata, the command, and that it all runs from there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote

import pytest
from installation import Dist, Installed

import tinygrad_edu

ROOT = Path(__file__).resolve().parents[2]
COURSE = "tinygrad_edu/course/_course/"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def course_files() -> set[str]:
    """What the repository has for a learner, by a rule of its own."""
    found = {f"docs/{name}.md" for name in ("cheatsheet", "coverage", "differences", "glossary", "pytorch_notes")}
    for folder in ("chapters", "exercises", "datasets"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        left_out = {".ipynb_checkpoints", "__pycache__", "full", ".tinygrad_edu"}
        found |= {path.as_posix() for path in files if not left_out & set(path.parts)}
    return found


def package_files() -> set[str]:
    files = [*(ROOT / "tinygrad_edu").rglob("*.py"), *(ROOT / "tinygrad_edu").rglob("*.md")]
    return {path.relative_to(ROOT).as_posix() for path in files} | {"tinygrad_edu/py.typed"}


def sources(path: str, content: bytes) -> str:
    """What is written in a file: of a notebook, its cells' text."""
    if path.endswith(".ipynb"):
        return "\n".join("".join(cell["source"]) for cell in json.loads(content)["cells"])
    return content.decode()


def test_wheel_and_sdist_hold_what_a_learner_needs_and_nothing_else(dist: Dist) -> None:
    name = f"tinygrad_edu-{tinygrad_edu.__version__}"
    with zipfile.ZipFile(dist.wheel) as wheel:
        inside = {path: wheel.read(path) for path in wheel.namelist()}
    info = {
        f"{name}.dist-info/{file}" for file in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert set(inside) == package_files() | {COURSE + file for file in course_files()} | info
    assert [p for p in course_files() if inside[COURSE + p] != (ROOT / p).read_bytes()] == []
    with tarfile.open(dist.sdist) as sdist:
        packed = {member.name.removeprefix(f"{name}/") for member in sdist.getmembers() if member.isfile()}
    extra = {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert packed == package_files() | course_files() | extra
    assert len(course_files()) > 250
    assert dist.wheel.stat().st_size < 9e6


def test_no_hidden_test_is_published(dist: Dist) -> None:
    solutions = [sources(path.name, path.read_bytes()) for path in sorted((ROOT / "solutions").glob("*.ipynb"))]
    hidden = [block.strip() for text in solutions for block in HIDDEN.findall(text)]
    assert len(hidden) > 100
    with zipfile.ZipFile(dist.wheel) as wheel:
        texts = [sources(p, wheel.read(p)) for p in wheel.namelist() if p.endswith((".ipynb", ".py", ".md"))]
    everything = "\n".join(texts)
    assert [block for block in hidden if block in everything] == []
    exercises = [sources(p.name, p.read_bytes()) for p in (ROOT / "exercises").glob("*.ipynb")]
    assert not re.search("BEGIN (HIDDEN|SOLUTION)", "\n".join(exercises))


def test_metadata_and_licence(dist: Dist) -> None:
    folder = f"tinygrad_edu-{tinygrad_edu.__version__}.dist-info"
    with zipfile.ZipFile(dist.wheel) as wheel:
        metadata = Parser().parsestr(wheel.read(f"{folder}/METADATA").decode())
        licence = wheel.read(f"{folder}/licenses/LICENSE").decode()
    assert metadata["Name"] == "tinygrad-edu"
    assert metadata["Version"] == tinygrad_edu.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "MIT License" in licence
    always = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert sorted(re.split(r"[<>=]", line)[0] for line in always) == ["ml-dtypes", "numpy"]


def test_the_version_is_in_the_changelog_with_its_date() -> None:
    first = re.search(r"^## (\S+) – (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == tinygrad_edu.__version__
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", first[2])
    documents = [ROOT / "README.md", ROOT / "docs" / "teaching.md"]
    named = [re.findall(r"tinygrad_edu-([\d.]+)-py3", path.read_text(encoding="utf-8")) for path in documents]
    assert [set(each) for each in named] == [{tinygrad_edu.__version__}] * 2


def test_the_command_is_the_courses_command_line() -> None:
    (command,) = entry_points(group="console_scripts", name="tinygrad-edu")
    assert callable(command.load())
    ours = re.search(r'^tinygrad-edu = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert ours is not None
    assert ours[1] == "tinygrad_edu.course.entry:main"


@pytest.mark.parametrize("package", ["click", "pydantic"])
def test_a_missing_package_is_named_without_a_traceback(package: str, installed: Installed, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from tinygrad_edu.course.entry import main; main()"
    (tmp_path / "exercises").mkdir()
    done = installed.run("python", "-c", code, "check", "01", cwd=tmp_path)
    assert done.returncode == 2
    assert f"needs the package {package}," in done.stderr
    assert 'pip install "tinygrad-edu[lab]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_the_extra_fast_is_named_where_numba_is_missing(installed: Installed, tmp_path: Path) -> None:
    code = "import runpy, sys; sys.modules['numba'] = None; runpy.run_module('tinygrad_edu.backend', alter_sys=True)"
    done = installed.run("python", "-c", code, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: this needs the package numba")
    assert 'pip install "tinygrad-edu[fast]"' in done.stderr


def test_a_learner_goes_from_pip_to_a_checked_exercise(installed: Installed, tmp_path: Path) -> None:
    where = installed.run("python", "-c", "import tinygrad_edu as t; print(t.__file__, t.__version__)", cwd=tmp_path)
    assert where.stdout.split() == [str(installed.site / "tinygrad_edu" / "__init__.py"), tinygrad_edu.__version__]
    assert "init " in installed.run("tinygrad-edu", "--help", cwd=tmp_path).stdout
    lost = installed.run("tinygrad-edu", "check", "01", cwd=tmp_path)
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    assert "tinygrad-edu init FOLDER" in lost.stderr

    made = installed.run("tinygrad-edu", "init", "my course", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert 'jupyter lab "my course"' in made.stdout
    course = tmp_path / "my course"
    there = {path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file()}
    assert there == course_files() | {"README.md", ".tinygrad_edu/delivered.json"}

    (course / "exercises" / "01_tensors.ipynb").write_bytes((ROOT / "solutions" / "01_tensors.ipynb").read_bytes())
    shown = installed.run("tinygrad-edu", "check", "01", cwd=course / "exercises")
    assert "01_tensors: 7 of 7 visible checks passed" in shown.stdout, shown.stderr
    assert re.search(r"01_tensors .* 7 of 7 checks", installed.run("tinygrad-edu", "progress", cwd=course).stdout)

    # a chapter, every output compared
    nbval = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "01_tensors.ipynb"]
    done = installed.run("python", *nbval, cwd=course / "chapters")
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 40  # type: ignore[index]


def test_the_data_sets_are_found_from_the_folder_and_from_anywhere(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    code = """
        from tinygrad_edu.vision import datasets as d
        print(len(d.MNIST("../datasets/full")), len(d.CIFAR10("../datasets/full")), len(d.dates()), len(d.thermometer()[0]))
    """
    done = installed.run("python", "-c", code.replace("    ", ""), cwd=tmp_path)
    assert done.stdout.splitlines()[-1:] == ["4000 4000 8000 11"], done.stderr


def test_every_link_in_the_learners_folder_leads_somewhere(tmp_path: Path) -> None:
    from tinygrad_edu.course.folder import Delivery

    Delivery(tmp_path / "course").run()
    broken, links = [], 0
    for path in [*(tmp_path / "course").rglob("*.md"), *(tmp_path / "course").rglob("*.ipynb")]:
        cells = json.loads(path.read_bytes())["cells"] if path.suffix == ".ipynb" else []
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown") or path.read_text("utf-8")
        for link in re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", text):
            if ":" not in link:
                links += 1
                broken += [f"{path.name}: {link}"] * (not (path.parent / unquote(link)).exists())
    assert broken == []
    assert links > 200


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
