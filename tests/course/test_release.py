"""Releasing: a broken solution is refused with its cell named, and nbgrader accepts what is made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from course.kit import DATA, SAMPLE, released, save, solved

from tinygrad_edu.course import release
from tinygrad_edu.course.exercise import NotebookError

Edit = Callable[[dict[str, dict[str, Any]]], object]


def refused(tmp_path: Path, edit: Edit) -> str:
    """The error for the sample after an edit of its cells, given by grade_id."""
    notebook = json.loads(SAMPLE.read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id", c["id"]): c for c in notebook["cells"]}
    for cell in cells.values():
        cell["source"] = "".join(cell["source"])
    edit(cells)
    notebook["cells"] = [c for c in notebook["cells"] if not c.get("deleted")]
    path = tmp_path / "01_lists.ipynb"
    path.write_text(json.dumps(notebook))
    try:
        problems = "\n".join(release.verify(release.prepare(path, tmp_path / "exercises")))
    except NotebookError as error:
        problems = str(error)
    assert problems, "this notebook was not refused"
    assert not (tmp_path / "exercises").exists()
    return problems.replace(str(path), "FILE")


def _replace(cell: dict[str, Any], old: str, new: str) -> None:
    assert old in cell["source"]
    cell["source"] = cell["source"].replace(old, new)


REFUSED: dict[str, tuple[Edit, str]] = {
    "answer without a check": (
        lambda c: (
            [c[n].update(deleted=True) for n in ("matvec_value",)]
            and c["counter_step"]["metadata"].update(tinygrad_edu={"answers": ["counter"]})
        ),
        "FILE: matvec: no check is about this answer",
    ),
    "no points": (lambda c: c["relu_copy"]["metadata"]["nbgrader"].pop("points"), "FILE: relu_copy: no points"),
    "zero points": (lambda c: c["relu_copy"]["metadata"]["nbgrader"].update(points=0), "FILE: relu_copy: no points"),
    "duplicate ids": (
        lambda c: c["mean"]["metadata"]["nbgrader"].update(grade_id="relu"),
        "FILE: relu: 2 cells have this grade_id",
    ),
    "no hidden tests": (
        lambda c: c["relu_copy"].update(source='check("relu_copy", raises(lambda: relu(3), TypeError))'),
        "FILE: relu_copy: no ### BEGIN HIDDEN TESTS in it",
    ),
    "nothing printed": (
        lambda c: _replace(c["relu_copy"], "print(", "str("),
        "FILE: relu_copy: its hidden tests print nothing",
    ),
    "no visible check": (
        lambda c: _replace(c["relu_copy"], "check(", "dict("),
        "FILE: relu_copy: it needs exactly one visible check(…), it has 0",
    ),
    "a check of another name": (
        lambda c: _replace(c["relu_copy"], '"relu_copy"', '"other"'),
        'FILE: relu_copy: its visible check must be named check("relu_copy", …)',
    ),
    "unbalanced markers": (
        lambda c: _replace(c["relu"], "### END SOLUTION", ""),
        "FILE: relu: unbalanced SOLUTION markers",
    ),
    "an answer without markers": (
        lambda c: _replace(c["relu"], "### BEGIN SOLUTION\n", "") or _replace(c["relu"], "### END SOLUTION", ""),
        "FILE: relu: no ### BEGIN SOLUTION in it",
    ),
    "markers in a nameless cell": (
        lambda c: c["code-1"].update(source="### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        "FILE: cell 1: SOLUTION markers outside of a named answer cell",
    ),
    "a syntax error": (lambda c: _replace(c["relu_copy"], "check(", "check(("), "FILE: relu_copy: syntax error: "),
    "an unknown answer": (
        lambda c: c["relu_copy"]["metadata"].update(tinygrad_edu={"answers": ["nobody"]}),
        "FILE: relu_copy: it is about nobody, which is not an answer cell",
    ),
    "not run": (lambda c: c["relu"].update(execution_count=None), "FILE: relu: this cell was not run"),
    "an error stored": (
        lambda c: c["relu"].update(outputs=[{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]),
        "FILE: relu: this cell stored an error",
    ),
    "passes on the stub": (
        lambda c: c["relu_copy"].update(
            source='check("relu_copy", holds(lambda: True, "x"))\n'
            "### BEGIN HIDDEN TESTS\nprint(check.seed)\n### END HIDDEN TESTS"
        ),
        "FILE: relu_copy: it passes on the untouched exercise",
    ),
    "nothing depends on the seed": (
        lambda c: _replace(c["relu_copy"], "check.rng(1).normal(size=4).round(3).tolist()", "[1.0, 2.0]"),
        "FILE: relu_copy: nothing that its hidden tests print depends on check.rng() or check.seed",
    ),
    "forgeable": (
        lambda c: c["relu_copy"].update(
            source='check("relu_copy", holds(lambda: relu([1.0])[0] == 1.0, "x"))\n### BEGIN HIDDEN TESTS\n'
            "x = check.rng().normal(size=3).tolist()\nassert all(v >= 0 for v in relu(x)), 'none may be negative'\n"
            "print('for', x, 'all is well')\n### END HIDDEN TESTS"
        ),
        "FILE: relu_copy: nothing that its hidden tests print depends on the answer",
    ),
    "a wrong reference": (
        lambda c: _replace(c["relu"], "max(0.0, v)", "v"),
        "FILE: relu_values: the reference does not pass its own visible cases",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_solution_is_refused_with_its_cell(tmp_path: Path, name: str) -> None:
    edit, message = REFUSED[name]
    assert message in refused(tmp_path, edit)


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "01_x.ipynb"
    for text in ("", "{}", "[]", '{"cells": [3]}', '{"cells": [{"cell_type": "code"}], "nbformat": 4}'):
        path.write_text(text)
        with pytest.raises(NotebookError, match=r"01_x\.ipynb: "):
            release.prepare(path, tmp_path)


def test_minimal_metadata_is_completed_and_ids_are_stable(tmp_path: Path) -> None:
    notebook = json.loads(SAMPLE.read_text())
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader")
        cell.pop("id")
        if mark:
            cell["metadata"]["nbgrader"] = {k: mark[k] for k in ("grade_id", "points") if k in mark}
    path = tmp_path / "01_lists.ipynb"
    path.write_text(json.dumps(notebook))
    made = release.prepare(path, tmp_path / "exercises")
    made.write()
    assert path.read_text() == SAMPLE.read_text()
    assert made.text == (DATA / "exercises" / "01_lists.ipynb").read_text()
    assert release.prepare(path, tmp_path / "exercises").current


def test_the_release_holds_no_secret() -> None:
    text = (DATA / "exercises" / "01_lists.ipynb").read_text()
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text
    assert "check.rng" not in text
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in notebook.cells)


def nbgrader(folder: Path, *arguments: str) -> str:
    """What the command says; it must succeed."""
    root, scripts = Path(release.__file__).resolve().parents[2], sysconfig.get_path("scripts")
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from nbgrader.apps.nbgraderapp import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "PATH": os.pathsep.join([scripts, os.environ["PATH"]])},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_nbgrader_generates_the_same_and_grades_what_we_release(tmp_path: Path) -> None:
    """generate_assignment on the source, autograde on a right, a wrong and an untouched submission of *our* release."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'test'\n")
    source = tmp_path / "source" / "one"
    source.mkdir(parents=True)
    shutil.copy(SAMPLE, source)
    nbgrader(tmp_path, "generate_assignment", "one")
    theirs = json.loads((tmp_path / "release" / "one" / "01_lists.ipynb").read_text())
    ours = released()
    assert len(theirs["cells"]) == len(ours["cells"])
    for their, our in zip(theirs["cells"], ours["cells"], strict=True):
        if our["metadata"].get("nbgrader", {}).get("solution"):
            continue  # their stub is worded differently
        assert "".join(their["source"]).rstrip() == "".join(our["source"])
    students = {"ann": solved(), "bob": ours, "cyd": solved(mean="def mean(values): return 0")}
    for name, notebook in students.items():
        save(notebook, tmp_path / "submitted" / name / "one" / "01_lists.ipynb")
    nbgrader(tmp_path, "autograde", "one")
    nbgrader(tmp_path, "export")
    grades = (tmp_path / "grades.csv").read_text().splitlines()
    columns = grades[0].split(",")
    scores = {
        row.split(",")[columns.index("student_id")]: float(row.split(",")[columns.index("score")]) for row in grades[1:]
    }
    assert scores == {"ann": 11.0, "bob": 0.0, "cyd": 8.0}


@pytest.mark.slow
def test_nbgrader_validates_what_we_release(tmp_path: Path) -> None:
    """A right answer passes; an untouched exercise and a wrong answer do not, and the check's own words say why."""
    right, untouched = save(solved(), tmp_path / "right.ipynb"), save(released(), tmp_path / "untouched.ipynb")
    wrong = save(solved(mean="def mean(values): return 0"), tmp_path / "wrong.ipynb")
    assert "Success! Your notebook passes all the tests." in nbgrader(tmp_path, "validate", str(right))
    said = nbgrader(tmp_path, "validate", str(untouched))
    assert "VALIDATION FAILED ON 6 CELL(S)" in said
    assert "relu_values: not attempted yet" in said
    said = nbgrader(tmp_path, "validate", str(wrong))
    assert "VALIDATION FAILED ON 2 CELL(S)" in said
    assert "mean([1.0, 2.0, 6.0]): expected 3.0, got 0" in said
