"""docs/teaching.md and docs/grading.md are true: their commands are run, their examples are graded."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from course.kit import DATA, REPOSITORY, save, solved

from tinygrad_edu.course import release, results, sandbox
from tinygrad_edu.course.limits import DEFAULT, MB

DOCS = REPOSITORY / "docs"
ONLY_SANDBOXED = pytest.mark.needs_bwrap


def blocks(name: str, language: str = "") -> list[str]:
    """The fenced blocks of a document."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / name).read_text("utf-8"), re.M | re.S)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A fresh folder, and `tinygrad-edu` on the path."""
    program = tmp_path / "bin" / "tinygrad-edu"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tinygrad_edu.course.cli "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def run(command: str, folder: Path, path: Path, **variables: str) -> str:
    environment = {**os.environ, **variables, "PYTHONPATH": str(sandbox.PACKAGE.parent)}
    environment["PATH"] = f"{path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@ONLY_SANDBOXED
def test_the_whole_way_once(fresh: Path) -> None:
    """Every line of that section as it stands, in a course that holds one solution and nothing else."""
    course = fresh / "course"
    (course / "solutions").mkdir(parents=True)
    shutil.copy(REPOSITORY / "solutions" / "01_tensors.ipynb", course / "solutions")
    section = re.search(r"^## The whole way once\n(.*?)^## ", (DOCS / "teaching.md").read_text("utf-8"), re.M | re.S)
    assert section is not None
    shown, said = [], ""
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", section[1], re.M | re.S):
        if language == "sh":
            said = run(block, course, fresh)
        else:
            assert said.endswith(block), (block, said)
            shown.append(block)
    assert len(shown) == 3
    for mentioned in re.findall(r"`(results/[\w./-]+)`", (DOCS / "teaching.md").read_text("utf-8")):
        assert (course / mentioned.replace("ann-01_lists", "ann-01_tensors")).is_file(), mentioned


@ONLY_SANDBOXED
def test_the_workflow_for_a_class(fresh: Path) -> None:
    """Its commands that need no runner of GitHub's, and the same on one's own machine."""
    workflow = yaml.safe_load((DOCS / "class-workflow.yml").read_text("utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["grade"]["steps"] if "run" in step]
    ours = [step for step in steps if "results" in step]
    assert ours[0].startswith("tinygrad-edu grade")
    for name in ("solutions", "exercises"):
        shutil.copytree(DATA / name, fresh / "course" / name)
    save(solved(), fresh / "student" / "exercises" / "01_lists.ipynb")
    for step in ours:
        run(step, fresh, fresh, GITHUB_STEP_SUMMARY=str(fresh / "summary.md"))
    assert (fresh / "summary.md").read_text().startswith("# 01\\_lists: 11 of 11 points")
    assert ours[0] in blocks("teaching.md", "sh")[-1]
    (installs,) = [step for step in steps if step.startswith("pip install")]
    assert installs == 'pip install --editable "./course[lab]"'
    places = [step["with"]["path"] for step in workflow["jobs"]["grade"]["steps"] if "path" in step.get("with", {})]
    assert places == ["student", "course"]


def test_the_container_holds_what_grading_needs() -> None:
    """What can be said without building it: it copies all that the package is built from, installs and starts it."""
    text = (REPOSITORY / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n", "", text).splitlines()
    copied = {name.removeprefix("./") for line in lines if line.startswith("COPY") for name in line.split()[1:-1]}
    assert copied == {"pyproject.toml", "README.md", "LICENSE", "tinygrad_edu", "datasets"}
    assert all((REPOSITORY / name).exists() for name in copied)
    kept = (REPOSITORY / ".containerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in kept if line.startswith("!")} == copied
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    (extra,) = re.findall(r'RUN pip install .*"\.\[(\w+)\]"', text)
    assert extra in project["optional-dependencies"]
    (start,) = re.findall(r'^ENTRYPOINT \["(.+)"\]$', text, re.M)
    assert start in project["scripts"]
    assert "bubblewrap" in text
    assert re.search(r"^USER (?!root)", text, re.M), "grading needs no root"


def test_the_example_of_an_exercise_can_be_released(tmp_path: Path) -> None:
    answer, check, imports = blocks("grading.md", "python")[:3]
    metadata = [json.loads(block) for block in blocks("grading.md", "json")[:2]]
    cells = [
        {"cell_type": "code", "source": source.rstrip(), "metadata": data, "outputs": [], "execution_count": None}
        for source, data in ((imports, {}), (answer, metadata[0]), (check, metadata[1]))
    ]
    path = save({"cells": cells, "metadata": {}}, tmp_path / "solutions" / "03_example.ipynb")
    made = release.prepare(path, tmp_path / "exercises", run=True)
    assert release.verify(made) == []
    assert 'raise NotImplementedError(\\"write your code here\\")' in made.text


def test_the_example_of_a_result_is_valid() -> None:
    example = blocks("grading.md", "json")[2]
    found = results.Results.validate_json(f"[{example}]")
    assert found[0].checks[0].status == "WRONG"
    named = re.findall(r"^\| ([A-Z]+) \|", (DOCS / "grading.md").read_text("utf-8"), re.M)
    assert set(named) == {"PASS", "WRONG", "ERROR", "UNATTEMPTED", "TIMEOUT"}


def test_the_limits_are_those_in_the_table() -> None:
    text = (DOCS / "grading.md").read_text("utf-8")
    for part in (
        f"{DEFAULT.cell_seconds:g} s (`seconds`",
        f"{DEFAULT.output_bytes // MB} MB of output",
        f"{DEFAULT.notebook_seconds:g} s, {DEFAULT.file_bytes // MB} MB as a file, {DEFAULT.submission_bytes // MB} MB of code",
        f"{DEFAULT.memory_bytes // MB // 1024} GB of address space",
        f"{DEFAULT.disk_bytes // MB} MB in each of the work folder",
        f"| processes and threads | {DEFAULT.processes} |",
    ):
        assert part in text, part
