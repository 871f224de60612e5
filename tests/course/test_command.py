"""The command line, from end to end: grade, release, check, progress, doctor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from course.kit import DATA, RELEASED, answers, fill, released, save, solved

from tinygrad_edu.course import cli, doctor, results, sandbox

UNSAFE = [] if not sandbox.available() else ["--unsafe"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder with the sample exercise."""
    for name in ("solutions", "exercises"):
        shutil.copytree(DATA / name, tmp_path / "course" / name)
    return tmp_path / "course"


def tool(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def grade(course: Path, *arguments: object) -> Result:
    return tool("grade", "--course", course, *UNSAFE, *arguments)


def test_full_partial_and_zero_points_and_bad_files(course: Path, tmp_path: Path) -> None:
    right = save(solved(), tmp_path / "right.ipynb")
    wrong = save(solved(mean="def mean(values): return 0"), tmp_path / "wrong.ipynb")
    broken = tmp_path / "broken.ipynb"
    broken.write_text("no notebook")
    out = tmp_path / "new" / "out"
    paths = [right, RELEASED, broken, wrong, tmp_path / "none.ipynb"]
    done = grade(course, *paths, "--out", out, "--workers", 2, "--seed", 5)
    assert done.exit_code == 1
    assert f"error: {broken}: not a notebook: not valid JSON" in done.stderr
    assert f"error: {tmp_path / 'none.ipynb'}: no such file" in done.stderr
    assert "3 of 5 graded, seed 5" in done.stdout
    found = json.loads((out / "results.json").read_text())
    assert [(Path(r["submission"]).name, r["points"], r["max_points"]) for r in found] == [
        ("right.ipynb", 11, 11),
        ("01_lists.ipynb", 0, 11),
        ("broken.ipynb", 0, 0),
        ("wrong.ipynb", 8, 11),
        ("none.ipynb", 0, 0),
    ]
    assert set(found[0]) >= {"submission", "notebook", "points", "max_points", "checks"}
    assert set(found[0]["checks"][0]) == {"grade_id", "status", "points", "max_points", "message"}
    assert {c["status"] for c in found[1]["checks"]} == {"UNATTEMPTED"}
    by_name = {c["grade_id"]: c for c in found[3]["checks"]}
    assert by_name["mean_value"]["status"] == by_name["mean_empty"]["status"] == "WRONG"
    assert by_name["mean_value"]["message"] == (
        "mean([1.0, 2.0, 6.0]): expected 3.0, got 0. Hint: Add them up, then divide."
    )
    assert results.load(out / "results.json")[3].points == 8


def test_the_same_seed_gives_the_same_report_and_another_seed_other_values(course: Path, tmp_path: Path) -> None:
    wrong = "def matvec(m, v): return np.asarray(m) @ np.asarray(v) + (0.5 if len(v) > 2 else 0)"
    almost = save(solved(matvec=wrong), tmp_path / "a.ipynb")
    reports = []
    for number, seed in enumerate((7, 7, 8)):
        assert grade(course, almost, "--out", tmp_path / str(number), "--seed", seed).exit_code == 0
        reports.append((tmp_path / str(number) / "results.json").read_bytes())
    assert reports[0] == reports[1] != reports[2]
    assert b"a random (3, 4) matrix: expected float64[3] [" in reports[0]


def test_all_statuses_with_their_messages(course: Path, tmp_path: Path) -> None:
    bad = solved(
        relu="def relu(values):\n    return [v / 0 for v in values]",
        mean="def mean(values):\n    while True: pass",
        matvec=json.loads(RELEASED.read_text())["cells"][11]["source"],
    )
    exercise = json.loads((course / "solutions" / "01_lists.ipynb").read_text())
    for cell in exercise["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in ("mean_value", "mean_empty"):
            cell["metadata"]["tinygrad_edu"] = {"seconds": 1}
    save(exercise, course / "solutions" / "01_lists.ipynb")
    assert grade(course, save(bad, tmp_path / "bad.ipynb"), "--out", tmp_path / "out").exit_code == 0
    found = {c.grade_id: (c.status, c.message) for c in results.load(tmp_path / "out" / "results.json")[0].checks}
    assert found["relu_values"][0] == "ERROR"
    assert found["relu_values"][1].startswith(
        "relu([-1.0, 2.0]): ZeroDivisionError: float division by zero (line 2 in "
    )
    assert found["mean_value"] == ("TIMEOUT", "took longer than 1 seconds.")
    assert found["matvec_value"] == ("UNATTEMPTED", "nothing was written in matvec.")
    assert found["counter_step"] == ("PASS", "passed.")


def test_without_a_sandbox_unsafe_is_asked_for(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "available", lambda: "no sandbox on plan9")
    done = tool("grade", "--course", course, RELEASED, "--out", tmp_path / "out")
    assert done.exit_code == 2
    hint = "--unsafe grades without a sandbox, only for code that you trust"
    assert done.stderr == f"error: no sandbox on plan9; {hint}\n"
    done = tool("grade", "--course", course, RELEASED, "--out", tmp_path / "out", "--unsafe")
    assert done.exit_code == 0
    assert "unsandboxed: students' code runs with your rights" in done.stderr
    assert results.load(tmp_path / "out" / "results.json")[0].notes == ["graded without a sandbox"]


def test_unsafe_grading_leaves_nothing_behind(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    attacks = {"exit": "import os; os._exit(0)", "loop": f"def relu(values):\n{deaf}"}
    paths = [save(solved(relu=source), tmp_path / f"{name}.ipynb") for name, source in attacks.items()]
    with tempfile.TemporaryDirectory(prefix="t-") as temporary:
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        done = tool("grade", "--course", course, *paths, "--out", tmp_path / "out", "--unsafe", "--workers", 2)
        assert done.exit_code == 0, done.output
        assert [r.points for r in results.load(tmp_path / "out" / "results.json")] == [8, 8]
        assert os.listdir(temporary) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--exercise", "99"], "no solution notebook starting with 99 in"),
        (["--course", "nowhere"], "no solution notebooks in"),
    ],
)
def test_an_unknown_exercise_is_one_clear_line(
    course: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = grade(course, RELEASED, "--out", tmp_path / "out", *arguments)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


def test_a_reference_that_fails_its_own_checks_stops_the_batch_with_its_name(course: Path, tmp_path: Path) -> None:
    path = course / "solutions" / "01_lists.ipynb"
    path.write_text(path.read_text().replace("max(0.0, v) for v in values]", "abs(v) for v in values]"))
    done = grade(course, RELEASED, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "01_lists.ipynb: relu_values: the reference does not pass its own visible cases" in done.stderr


def test_a_machine_that_fails_the_teachers_own_cells_is_an_error_not_a_zero(course: Path, tmp_path: Path) -> None:
    """Their import worked for the reference and not for the student, as on a machine that runs out of something."""
    path = course / "solutions" / "01_lists.ipynb"
    flag = tmp_path / "second"
    once = f"import os\nassert not os.path.exists({str(flag)!r})\nopen({str(flag)!r}, 'w').close()\nimport numpy as np"
    path.write_text(path.read_text().replace("import numpy as np", once.replace("\n", "\\n")))
    words = ("--course", course, save(solved(), tmp_path / "a.ipynb"), "--out", tmp_path / "out", "--unsafe")
    done = tool("grade", *words)
    assert done.exit_code == 1
    assert "a.ipynb: the exercise's own first cells did not run (error AssertionError" in done.stderr
    assert {c.status for c in results.load(tmp_path / "out" / "results.json")[0].checks} == {"ERROR"}


def test_grading_as_a_given_exercise(course: Path, tmp_path: Path) -> None:
    foreign = save({"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}, tmp_path / "foreign.ipynb")
    done = grade(course, foreign, "--out", tmp_path / "out", "--exercise", "01")
    assert done.exit_code == 0
    assert {c.status for c in results.load(tmp_path / "out" / "results.json")[0].checks} == {"UNATTEMPTED"}


@pytest.mark.needs_bwrap
def test_grading_works_without_any_privilege(course: Path, tmp_path: Path) -> None:
    """In a user namespace whose only user is not root: no capability is left that could help."""
    outer = []
    if os.geteuid() == 0:
        outer = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", "--unshare-user"]
        outer += ["--uid", "1234", "--gid", "1234", "--cap-drop", "ALL", "--die-with-parent", "--"]
    right = save(solved(), tmp_path / "right.ipynb")
    bombs = {
        "fork": "import os\ndef relu(values):\n    while True:\n        try: os.fork()\n        except OSError: pass",
        "disk": "def relu(values):\n    with open('/tmp/x', 'wb') as f:\n        while True: f.write(b'x' * 10**6)",
        "root": "import os\ndef relu(values):\n    assert os.getuid() == 0\n    return [max(0., v) for v in values]",
        "namespaces": "import ctypes\ndef relu(values):\n    assert ctypes.CDLL(None).unshare(0x10000000) == 0\n"
        "    return [max(0., v) for v in values]",
    }
    paths = [save(solved(relu=source), tmp_path / f"{name}.ipynb") for name, source in bombs.items()]
    done = run(outer, course, tmp_path / "out", right, *paths)
    assert done.returncode == 0, done.stderr
    assert [r.points for r in results.load(tmp_path / "out" / "results.json")] == [11, 8, 8, 8, 8]


def run(outer: list[str], course: Path, out: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, started by `outer`."""
    command = [sys.executable, "-m", "tinygrad_edu.course.cli", "grade", "--course", str(course), "--workers", "2"]
    command += ["--out", str(out), *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": str(sandbox.PACKAGE.parent)}
    return subprocess.run([*outer, *command], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.needs_bwrap
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None, reason="root only")
def test_grading_works_for_a_root_that_may_only_make_user_namespaces(course: Path, tmp_path: Path) -> None:
    outer = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
    who = "import os\ndef relu(values):\n    assert os.getuid() == 0\n    return [max(0., v) for v in values]"
    disk = "def relu(values):\n    with open('/tmp/x', 'wb') as f:\n        while True: f.write(b'x' * 10**6)"
    paths = [save(solved(relu=source), tmp_path / f"{n}.ipynb") for n, source in enumerate([who, disk])]
    done = run(outer, course, tmp_path / "out", *paths)
    assert done.returncode == 0, done.stderr
    assert [r.points for r in results.load(tmp_path / "out" / "results.json")] == [11, 8]


def test_release_writes_checks_and_repairs(course: Path) -> None:
    exercise = course / "exercises" / "01_lists.ipynb"
    original = exercise.read_text()
    assert tool("release", "--check", "--course", course).exit_code == 0
    exercise.write_text(original.replace("Rectify", "Rectified"))
    done = tool("release", "--check", "--course", course)
    assert done.exit_code == 1
    assert "01_lists.ipynb: differs from what 01_lists.ipynb gives; run tinygrad-edu release" in done.stderr
    assert exercise.read_text() != original
    assert tool("release", "01", "--course", course).exit_code == 0
    assert exercise.read_text() == original
    (course / "exercises" / "07_orphan.ipynb").write_text("{}")
    done = tool("release", "--check", "--course", course)
    assert done.exit_code == 1
    assert "07_orphan.ipynb: an exercise without a solution" in done.stderr
    done = tool("release", "42", "--course", course)
    assert done.exit_code == 2
    assert "no solution notebook 42 in" in done.stderr


def test_a_student_checks_an_exercise_and_sees_progress(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYGRAD_EDU_HOME", str(tmp_path / "home"))
    done = tool("check", "01", "--course", course)
    assert done.exit_code == 1
    assert "· relu_values: not attempted yet" in done.stdout
    own = {"relu": answers()["relu"], "mean": "def mean(values): return 0", "counter": "class Counter(:"}
    mine = fill(released(), own)
    save(mine, course / "exercises" / "01_lists.ipynb")
    done = tool("check", "01", "--course", course)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert "✓ relu_values: visible checks passed" in lines
    assert "    mean([1.0, 2.0, 6.0]): expected 3.0, got 0" in lines
    assert any(line.startswith("! counter: SyntaxError: ") for line in lines)
    assert lines[-1] == "01_lists: 2 of 6 visible checks passed; the hidden tests have the last word"
    shown = tool("progress", "--course", course).stdout
    assert "2 of 6 checks  3 of 11 points in reach" in shown
    save(solved(), course / "exercises" / "01_lists.ipynb")
    assert tool("check", "01", "--course", course).exit_code == 0
    done = tool("check", "77", "--course", course)
    assert done.exit_code == 2
    assert "no exercise 77" in done.stderr


def test_the_doctor_tries_things() -> None:
    findings = {f.name: f for f in doctor.examine()}
    names = "Python NumPy tinygrad_edu GPU JupyterLab kernel nbval nbgrader sandbox"
    assert list(findings) == names.split()
    assert findings["kernel"].ok, findings["kernel"]
    assert findings["sandbox"].ok == (not sandbox.available()), findings["sandbox"]
    assert "BLAS: " in findings["NumPy"].detail
    assert all("\n" not in line for line in doctor.lines(list(findings.values())))


def test_the_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor, "_version", lambda name: "")
    findings = {f.name: f for f in doctor.examine()}
    said = findings["sandbox"].detail
    assert "bubblewrap is not installed" in said or "runs on Linux only" in said
    assert not findings["nbval"].ok
    done = tool("doctor")
    assert done.exit_code == 1
    assert "missing  nbval" in done.stdout


def test_help_names_every_command() -> None:
    shown = tool("--help").stdout
    assert all(name in shown for name in ("grade", "release", "doctor", "check", "progress"))
