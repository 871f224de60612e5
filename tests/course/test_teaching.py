"""docs/teaching.md and docs/grading.md are true: their commands are run, their examples are graded."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from course.kit import DATA, REPOSITORY, released, save, solved

from tinygrad_edu.course import release, results, sandbox
from tinygrad_edu.course.limits import DEFAULT, MB

DOCS = REPOSITORY / "docs"
ONLY_SANDBOXED = pytest.mark.needs_bwrap


def blocks(name: str, language: str = "") -> list[str]:
    """The fenced blocks of a document."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / name).read_text("utf-8"), re.M | re.S)


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    """A course folder, three students' submissions in it, and `tinygrad-edu` on the path."""
    for name in ("solutions", "exercises"):
        shutil.copytree(DATA / name, tmp_path / name)
    students = {"ann": solved(), "bob": solved(mean="def mean(values): return 0"), "cyd": released()}
    for student, notebook in students.items():
        save(notebook, tmp_path / "submitted" / student / "01_lists.ipynb")
    program = tmp_path / "bin" / "tinygrad-edu"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tinygrad_edu.course.cli "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def run(command: str, folder: Path) -> str:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(sandbox.PACKAGE.parent)}
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@ONLY_SANDBOXED
def test_the_walk_through(classroom: Path) -> None:
    """Release, three students, grade, grade again, grade book: the commands as they stand in the document."""
    lines = [line.strip() for block in blocks("teaching.md") for line in block.splitlines()]
    commands = [
        line for line in lines if line.startswith("tinygrad-edu") and "NAME" not in line and "doctor" not in line
    ]
    assert commands == [
        "tinygrad-edu release 01 --run",
        "tinygrad-edu release --check",
        "tinygrad-edu grade submitted/*/*.ipynb --out results --workers 2",
    ]
    for command in commands:
        run(command, classroom)
    assert (classroom / "results" / "grades.csv").read_text().splitlines() == [
        "student,01_lists,total,max",
        "ann,11,11,11",
        "bob,8,8,11",
        "cyd,0,0,11",
    ]
    for mentioned in re.findall(r"`results/([\w./-]+)`", (DOCS / "teaching.md").read_text("utf-8")):
        name = mentioned.replace("01_tensors", "01_lists")
        assert (classroom / "results" / name).is_file(), name
    save(solved(), classroom / "submitted" / "bob" / "01_lists.ipynb")
    run(commands[-1], classroom)
    assert "bob,11,11,11" in (classroom / "results" / "grades.csv").read_text()


@ONLY_SANDBOXED
def test_the_workflow_for_a_class(classroom: Path) -> None:
    workflow = yaml.safe_load(blocks("teaching.md", "yaml")[0])
    steps = [step["run"] for step in workflow["jobs"]["grade"]["steps"] if "run" in step]
    grade = next(step for step in steps if step.startswith("tinygrad-edu grade"))
    course, student = classroom / "course", classroom / "student" / "exercises"
    course.mkdir()
    shutil.move(classroom / "solutions", course)
    shutil.move(classroom / "exercises", course)
    save(solved(), student / "01_lists.ipynb")
    run(grade, classroom)
    summary = steps[-1].replace('"$GITHUB_STEP_SUMMARY"', "summary.md")
    assert summary != steps[-1]
    run(summary, classroom)
    assert (classroom / "summary.md").read_text().startswith("# 01\\_lists: 11 of 11 points")


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
