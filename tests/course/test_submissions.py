"""Files as students hand them in: honest ones from every editor are graded right, hostile ones gain and break nothing."""

from __future__ import annotations

import copy
import csv
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from course.kit import DATA, SAMPLE, answers, fill, grade, lost, released, save, solved

from tinygrad_edu.course import cli, results, sandbox
from tinygrad_edu.course.exercise import NotebookError, read, read_json, same_code, shown
from tinygrad_edu.course.graft import best_key, graft
from tinygrad_edu.course.limits import DEFAULT

KEY = read(SAMPLE)
UNSAFE = ["--unsafe"] if sandbox.available() else []
Notebook = dict[str, Any]


def code_cells(nb: Notebook) -> list[Notebook]:
    return [cell for cell in nb["cells"] if cell["cell_type"] == "code"]


def _vs_code(nb: Notebook) -> None:
    """Visual Studio Code: its own metadata, outputs with ids, other kernel names."""
    nb["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.12.1)", "language": "python", "name": "venv"},
        "language_info": {"codemirror_mode": {"name": "ipython", "version": 3}, "version": "3.12.1"},
        "vscode": {"interpreter": {"hash": "0" * 64}},
    }
    for cell in nb["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


def _colab(nb: Notebook) -> None:
    """Colab keeps the cells' metadata and puts ids of its own there in place of the notebook's."""
    nb |= {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}},
    }
    for number, cell in enumerate(nb["cells"]):
        cell.pop("id")
        cell["metadata"] |= {"id": f"aB3dE6gH{number:04}", "outputId": "x", "colab": {"base_uri": "https://localhost"}}


def _all_marks_lost(nb: Notebook) -> None:
    """A converter that dropped ids and metadata: what is left is what the cells define."""
    nb |= {"nbformat_minor": 2, "metadata": {}}
    for cell in nb["cells"]:
        cell.pop("id")
        cell["metadata"] = {}


def _windows_line_ends(nb: Notebook) -> None:
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def _reformatted(nb: Notebook) -> None:
    """As black would have it: other quotes, other line breaks, trailing commas, blank lines."""
    for cell in code_cells(nb):
        source = "".join(cell["source"]).replace("'", '"').replace(", start=0)", ",\n        start=0,\n    )")
        cell["source"] = "\n" + source.replace("\n", "\n\n") + "\n\n"


def _own_cells_between(nb: Notebook) -> None:
    trial = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 3, "id": "", "source": "relu([1"}
    remark = {"cell_type": "markdown", "metadata": {}, "source": "my notes"}
    nb["cells"] = [c for old in nb["cells"] for c in (old, copy.deepcopy(trial), copy.deepcopy(remark))]


def _old_format(nb: Notebook) -> None:
    nb["nbformat_minor"] = 0
    nb["metadata"].pop("kernelspec", None)
    for cell in nb["cells"]:
        cell.pop("id")


def _helpers_and_magics(nb: Notebook) -> None:
    """Timing, plots inline, imports and helpers in an answer's cell."""
    for cell in code_cells(nb):
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "relu":
            extra = "%matplotlib inline\nimport math, sys\nfrom time import time\n\ndef helper(v):\n    return max(0.0, v)\n\n"
            cell["source"] = extra + "def relu(values):\n    return [helper(v) for v in values]\n\nrelu([3])"


def _trusted_and_tagged(nb: Notebook) -> None:
    for cell in nb["cells"]:
        cell["metadata"] |= {"trusted": True, "tags": ["mine"], "collapsed": True, "scrolled": "auto", "jupyter": None}
    nb["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}


HONEST: list[Callable[[Notebook], None]] = [
    _vs_code, _colab, _all_marks_lost, _windows_line_ends, _reformatted, _own_cells_between, _old_format,
    _helpers_and_magics, _trusted_and_tagged,
]  # fmt: skip
ENCODINGS = {"utf8_with_mark": "utf-8-sig", "utf16": "utf-16", "spread_over_lines": ""}


def test_honest_notebooks_of_every_editor_get_all_points_and_untouched_ones_none(tmp_path: Path) -> None:
    """Answered and untouched, in one batch. (The test is of how a file is read: one exercise is enough.)"""
    paths, full = {}, {}
    for edit in HONEST:
        for start, name in ((solved(), edit.__name__), (released(), f"untouched{edit.__name__}")):
            notebook = json.loads(json.dumps(start))
            edit(notebook)
            paths[name] = save(notebook, tmp_path / f"my work {name}.ipynb")
            full[name] = name == edit.__name__
    for name, encoding in ENCODINGS.items():
        text = json.dumps(solved(), indent=None if encoding else 3, ensure_ascii=False)
        paths[name] = tmp_path / f"{name}.ipynb"
        paths[name].write_bytes(text.encode(encoding or "utf-8").replace(b"\n", b"\n" if encoding else b"\r\n"))
        full[name] = True
    wrong = []
    for (name, result), own in zip(zip(paths, grade(paths.values()), strict=True), full.values(), strict=True):
        fine = not lost(result) if own else {c.status for c in result.checks} <= {"UNATTEMPTED"}
        if name == "untouched_helpers_and_magics":  # that edit writes an answer
            fine = set(lost(result)) == {c.grade_id for c in result.checks} - {"relu_values", "relu_copy"}
        if result.error or not fine:
            wrong.append((name, result.error, lost(result), result.notes))
    assert not wrong


def test_a_cell_without_marks_is_found_by_what_it_defines() -> None:
    nb = solved()
    _all_marks_lost(nb)
    done = graft(KEY, nb)
    assert done.untouched == frozenset()
    assert [note for note in done.notes if "relu" in note] == [
        "relu: found by what it defines; the cell has lost its metadata"
    ]
    assert best_key([KEY], nb, "my work") is KEY
    assert best_key([KEY], {"cells": nb["cells"][:4]}, "x") is None, "one function of the same name is no exercise"
    nb["cells"].append({"cell_type": "code", "source": "if relu:\n    def relu(values): return 0", "metadata": {}})
    assert graft(KEY, nb).cells == done.cells, "only what stands at a line's begin is a definition"
    nb["cells"].append({"cell_type": "code", "source": "def relu(values: broken", "metadata": {}})
    assert next(c.source for c in graft(KEY, nb).cells if c.grade_id == "relu") == "def relu(values: broken"


TRICKS = {
    "of full width": "ｒｅｌｕ", "with a space": "relu ", "with nothing in it": "re\u200blu", "turned around": "\u202erelu",
    "of Cyrillic letters": "rеlu", "a list": ["relu"], "a number": 3, "nothing": None, "with a null": "relu\x00",
}  # fmt: skip


def test_names_that_look_like_an_answers_are_others() -> None:
    """Such a cell is still found by its id or by what it defines; it never takes the place of the real one."""
    for name in TRICKS.values():
        nb = solved()
        fake = copy.deepcopy(
            next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "relu")
        )
        fake |= {"id": "other", "source": "def relu(values): return values"}
        fake["metadata"]["nbgrader"]["grade_id"] = name
        nb["cells"].append(fake)
        assert next(c.source for c in graft(KEY, nb).cells if c.grade_id == "relu") == answers()["relu"], name


# ------------------------------------------------------------------------------------------------------ hostile files
def tool(*words: object) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows reserves links for administrators")
def test_links_are_not_followed_to_the_solutions_or_to_others(tmp_path: Path) -> None:
    """In a class repository a commit can hold a link to anything that lies beside it."""
    course = tmp_path / "course"
    for name in ("solutions", "exercises"):
        (course / name).mkdir(parents=True)
        for path in (DATA / name).glob("*.ipynb"):
            (course / name / path.name).write_bytes(path.read_bytes())
    own = save(released(), tmp_path / "student" / "exercises" / "01_lists.ipynb")
    file_link, folder_link, device = (
        tmp_path / "student" / "01_lists.ipynb",
        tmp_path / "student" / "more",
        tmp_path / "d",
    )
    file_link.symlink_to("../course/solutions/01_lists.ipynb")
    folder_link.symlink_to("../course/solutions")
    device.symlink_to("/dev/zero")
    twin = tmp_path / "twin"
    twin.symlink_to("student/exercises")
    paths = [own, file_link, folder_link / "01_lists.ipynb", device, twin / "01_lists.ipynb"]
    done = tool("grade", "--course", course, *UNSAFE, *paths, "--out", tmp_path / "out")
    assert done.exit_code == 1, done.output
    found = results.load(tmp_path / "out" / "results.json")
    assert [r.points for r in found] == [0] * 5
    assert [bool(r.error) for r in found] == [False, True, True, True, False]
    assert str(found[1].error).endswith("01_lists.ipynb: a symbolic link; only files are graded")
    assert str(found[2].error).endswith("its folder is a symbolic link into the course's own files")
    assert f"this is the file {own}, under another name" in found[4].notes
    pages = "".join(path.read_text() for path in (tmp_path / "out" / "students").iterdir())
    assert "max(0.0, v)" not in pages, "the answers may not show in a report either"
    right = tool(
        "grade", "--course", course, *UNSAFE, course / "solutions" / "01_lists.ipynb", "--out", tmp_path / "out"
    )
    assert right.exit_code == 0, "a teacher may grade the solution itself"
    assert results.load(tmp_path / "out" / "results.json")[0].points == 11


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_names_of_files_break_neither_the_batch_nor_the_terminal(tmp_path: Path) -> None:
    names = [
        b"\xff\xfe.ipynb", b"two\n::error::lines.ipynb", b"\x1b[2Jclear\x1b]0;title\x07.ipynb", b"x" * 249 + b".ipynb",
        "é".encode() * 120 + b".ipynb", b"=cmd|' /C calc'!A0.ipynb", b"-rf.ipynb", "\u202egpj.ipynb".encode(), b"\t.ipynb",
        b"<img src=x onerror=alert(1)>.ipynb", b"\xc3\xa9.ipynb", b"e\xcc\x81.ipynb", b"..ipynb", b"%s{0}$x`id`.ipynb",
        "名前\u3000.ipynb".encode(),
    ]  # fmt: skip
    paths = [save(released(), tmp_path / "in" / os.fsdecode(name)) for name in names]
    done = tool("grade", "--course", DATA, *UNSAFE, *paths, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert all(c.isprintable() or c == "\n" for c in done.output.replace("\u3000", ""))
    assert not [line for line in done.output.splitlines() if line.startswith("::")]
    found = results.load(tmp_path / "out" / "results.json")
    assert len(found) == len(names) == len({r.submission for r in found})
    pages = [path.name for path in (tmp_path / "out" / "students").iterdir()]
    assert len({name.casefold() for name in pages}) == 2 * len(names)
    assert max(len(name.encode()) for name in pages) < 255
    rows = list(csv.reader((tmp_path / "out" / "grades.csv").read_text().splitlines()))
    assert not [row for row in rows if row[0][:1] in "=+-@\t"]


def test_files_that_would_eat_memory_are_refused_quickly(tmp_path: Path) -> None:
    limit = DEFAULT.file_bytes
    start = time.monotonic()
    huge = {
        "many_lists": b'{"cells": [' + b"[]," * 6_000_000 + b"[]]}",
        "many_numbers": b'{"cells": [' + b"1.5," * 11_000_000 + b"1]}",
        "deep": b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        "long_number": b'{"cells": [], "x": ' + b"9" * 10_000_000 + b"}",
    }
    for name, raw in huge.items():
        path = tmp_path / f"{name}.ipynb"
        path.write_bytes(raw)
        with pytest.raises(NotebookError, match=rf"{name}\.ipynb: not a notebook: ") as caught:
            read_json(path, limit)
        assert len(str(caught.value).splitlines()) == 1
    path.write_bytes(b" " * (limit + 1))
    with pytest.raises(NotebookError, match="more than the 105 MB allowed"):
        read_json(path, limit)
    stub = KEY.answers["relu"].stub
    for source in ("a " * 5_000_000, "#\n" * 5_000_000 + stub, stub + "\n" + "x = 1\n" * 10**6):
        assert not same_code(source, stub)
    assert time.monotonic() - start < 30


def test_a_folder_of_students_files_is_not_imported_from(tmp_path: Path) -> None:
    """The command may be started where students' files lie; modules among them would run outside of the sandbox."""
    for name in ("json", "pytest", "nbval", "psutil", "nbformat", "zmq", "conftest", "sitecustomize", "numpy", "click"):
        (tmp_path / f"{name}.py").write_text("open('was_run', 'a').write(__name__)\nraise SystemExit\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    path = save(solved(), tmp_path / "01_lists.ipynb")
    call = "import sys; from tinygrad_edu.course.cli import main; main()"
    words = ["grade", path.name, "--course", str(DATA), "--out", "out", *UNSAFE]
    environment = {**os.environ, "PYTHONPATH": str(sandbox.PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", call, *words], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "was_run").exists()
    assert results.load(tmp_path / "out" / "results.json")[0].points == 11


def test_a_borrowed_name_is_reported(tmp_path: Path) -> None:
    """Whose a file is, is told by where it lies; two for one student are named to the teacher."""
    paths = [
        save(released(), tmp_path / "bob" / "01_lists.ipynb"),
        save(released(), tmp_path / "zed" / "bob_01_lists.ipynb"),
    ]
    assert tool("grade", "--course", DATA, *UNSAFE, *paths, "--out", tmp_path / "out").exit_code == 0
    text = (tmp_path / "out" / "summary.md").read_text().replace("\\", "")
    assert f"- bob: 2 submissions of 01_lists, the last counts: {paths[0]}, {paths[1]}" in text


def test_reports_repeat_no_hidden_test_that_a_student_threw_out(tmp_path: Path) -> None:
    spill = """
import linecache, sys
def mean(values):
    frame = sys._getframe()
    while frame is not None:
        text = "".join(linecache.getlines(frame.f_code.co_filename))
        if "import " + "reveal" in text:
            raise ValueError(" ".join(text[text.index("import " + "reveal"):].split()))
        frame = frame.f_back
"""
    plain = 'def mean(values):\n    raise ValueError("my own words")'
    wrong = [solved(mean=spill), solved(mean=plain), fill(released(), {"relu": answers()["relu"]})]
    paths = [save(nb, tmp_path / f"s{number}" / "01_lists.ipynb") for number, nb in enumerate(wrong)]
    assert tool("grade", "--course", DATA, *UNSAFE, *paths, "--out", tmp_path / "out").exit_code == 0
    found = results.load(tmp_path / "out" / "results.json")
    said = {
        name: next(c.message for c in r.checks if c.grade_id == "mean_value")
        for name, r in zip("abc", found, strict=True)
    }
    assert said["a"].startswith("an error whose text repeats the hidden tests, so it is not shown.")
    assert "my own words" in said["b"]
    assert "nothing was written" in said["c"]
    pages = "".join(path.read_text() for path in (tmp_path / "out" / "students").iterdir())
    assert "check.rng" not in pages
    assert "check.seed" not in pages


def test_paths_are_shown_on_one_line() -> None:
    assert shown(Path("a\nb\x1b.ipynb")) == "a\\nb\\x1b.ipynb"
    assert shown(Path("plain name – ä名.ipynb")) == "plain name – ä名.ipynb"
    assert textwrap.dedent(shown(Path("\u2028\u202e"))) == "\\u2028\\u202e"
