"""`tinygrad-edu init`: a folder with the course, brought up to date without ever touching what a learner wrote."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result
from installation import Installed
from nbformat.sign import NotebookNotary

import tinygrad_edu
from tinygrad_edu.course import folder as folders
from tinygrad_edu.course import record
from tinygrad_edu.course.cli import main
from tinygrad_edu.io.atomic import atomic_write

ROOT = Path(__file__).resolve().parents[2]


class Killed(BaseException):
    """Stands for kill -9 in this process: nothing of the code after it runs."""


class Source:
    """A small course whose versions the test makes."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.patch = root, monkeypatch
        self.files: dict[str, str] = {}
        monkeypatch.setattr(folders, "contents", lambda: {name: self.root / name for name in self.files})

    def release(self, version: str, files: dict[str, str]) -> None:
        self.files = files
        self.patch.setattr(folders, "__version__", version)
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    return Source(tmp_path / "source", monkeypatch)


def tree(folder: Path) -> dict[str, str]:
    """All files, but the ledger."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: path.read_text() for name, path in found.items() if name != ".tinygrad_edu/delivered.json"}


def deliver(folder: Path, *does: str) -> dict[str, str]:
    """Run, and return which file got which of these treatments."""
    return {step.name: step.does for step in folders.Delivery(folder).run() if not does or step.does in does}


def init(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["init", str(folder), *options])


def test_an_upgrade_replaces_what_is_the_courses_and_keeps_what_is_the_learners(source: Source, tmp_path: Path) -> None:
    old = {"a/1.ipynb": "one", "a/2.ipynb": "two", "a/3.ipynb": "three", "a/4.ipynb": "four", "b/SUMS": "s", "b/z": "z"}
    source.release("1.0.0", old)
    folder = tmp_path / "course"
    assert set(deliver(folder).values()) == {"new"}
    assert tree(folder) == old
    (folder / "a/2.ipynb").write_text("my two")  # the course will change it as well
    (folder / "a/3.ipynb").write_text("my three")  # and not this one
    (folder / "b/SUMS").write_text("my s")
    (folder / "a/4.ipynb").unlink()
    (folder / "mine.txt").write_text("mine")
    new = {
        "a/1.ipynb": "ONE",
        "a/2.ipynb": "TWO",
        "a/3.ipynb": "three",
        "a/4.ipynb": "four",
        "b/SUMS": "S",
        "c/5": "five",
    }
    source.release("1.1.0", new)
    planned = {step.name: step.does for step in folders.Delivery(folder).plan()}
    done = deliver(folder)
    assert done == planned
    assert done == {
        "a/1.ipynb": "replaced", "a/2.ipynb": "beside", "a/3.ipynb": "yours", "a/4.ipynb": "new",
        "b/SUMS": "beside", "b/z": "gone", "c/5": "new",
    }  # fmt: skip
    after = {
        "a/1.ipynb": "ONE", "a/2.ipynb": "my two", "a/2.new-1.1.0.ipynb": "TWO", "a/3.ipynb": "my three",
        "a/4.ipynb": "four", "b/SUMS": "my s", "b/SUMS.new-1.1.0.txt": "S", "b/z": "z", "c/5": "five", "mine.txt": "mine",
    }  # fmt: skip
    assert tree(folder) == after
    # once said is enough; and whoever takes the new version over has it
    assert deliver(folder, "beside", "replaced", "new") == {}
    (folder / "a/2.new-1.1.0.ipynb").replace(folder / "a/2.ipynb")
    assert deliver(folder)["a/2.ipynb"] == "current"


def test_a_new_file_that_a_learner_began_to_use_is_not_touched_either(source: Source, tmp_path: Path) -> None:
    folder = tmp_path / "course"
    for text in ("one", "two", "three"):  # builds of one version, as teachers make them
        source.release("1.0.0", {"a.ipynb": text})
        deliver(folder)
        (folder / "a.ipynb").write_text(f"mine, after {text}")
        if text == "two":
            (folder / "a.new-1.0.0.ipynb").write_text("mine as well")
    names = {"a.ipynb": "mine, after three", "a.new-1.0.0.ipynb": "mine as well", "a.new-1.0.0-2.ipynb": "three"}
    assert tree(folder) == names


def test_files_that_were_there_before_stay(source: Source, tmp_path: Path) -> None:
    source.release("1.0.0", {"README.md": "the course's", "a.ipynb": "one"})
    (tmp_path / "home").mkdir()
    (tmp_path / "home/README.md").write_text("mine")
    assert deliver(tmp_path / "home") == {"README.md": "beside", "a.ipynb": "new"}
    assert tree(tmp_path / "home") == {"README.md": "mine", "README.new-1.0.0.md": "the course's", "a.ipynb": "one"}
    # nor does a lost or damaged ledger cost anything
    (tmp_path / "home/a.ipynb").write_text("my one")
    source.release("1.0.1", {"README.md": "the course's", "a.ipynb": "ONE"})
    for damage in ("{", "[]", '{"version": 1, "delivered": [], "settled": {}}', '{"delivered": {"a": 3}}'):
        (tmp_path / "home/.tinygrad_edu/delivered.json").write_text(damage)
        deliver(tmp_path / "home")
        assert tree(tmp_path / "home")["README.md"] == "mine"
        assert tree(tmp_path / "home")["a.ipynb"] == "my one"
        assert tree(tmp_path / "home")["a.new-1.0.1.ipynb"] == "ONE"


def test_a_file_saved_while_the_command_runs_is_kept(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.release("1.0.0", {"a": "one", "b": "two"})
    folder = tmp_path / "course"
    deliver(folder)
    source.release("1.1.0", {"a": "ONE", "b": "TWO"})

    def write(path: Path):  # type: ignore[no-untyped-def]
        if path == folder / "a":
            (folder / "b").write_text("saved just now")
        return atomic_write(path)

    monkeypatch.setattr(folders, "atomic_write", write)
    assert deliver(folder) == {"a": "replaced", "b": "beside"}
    assert tree(folder) == {"a": "ONE", "b": "saved just now", "b.new-1.1.0.txt": "TWO"}


def test_whatever_happens_in_whatever_order_no_work_is_lost(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upgrades, edits, deletions and kills at random; what a learner wrote stays where it is, byte for byte."""
    names = ["x/a.ipynb", "x/b.md", "y/c"]
    dice = random.Random(0)
    killed_at = 0

    def write(path: Path):  # type: ignore[no-untyped-def]
        nonlocal killed_at
        killed_at -= 1
        if killed_at == 0:
            path.with_name(f".{path.name}.{'0' * 8}.tmp").write_text("half")
            raise Killed
        return atomic_write(path)

    monkeypatch.setattr(folders, "atomic_write", write)
    monkeypatch.setattr("tinygrad_edu.io.atomic.os.fsync", lambda descriptor: None)  # no power cut here
    completed = kept_beside = 0
    for round_ in range(60):
        folder = tmp_path / f"course{round_}"
        wrote: dict[str, str] = {}
        version = 0
        source.release("1.0.0", dict.fromkeys(names, "0"))
        for step in range(12):
            act = dice.choice(["upgrade", "edit", "edit", "delete", "run", "run", "kill"])
            name = dice.choice(names)
            if act == "upgrade":
                version += 1
                text = {name: source.files[name] for name in names} | {name: str(version)}
                source.release(f"1.{version}.0", text)
            elif act == "edit":
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(f"mine {step}")
                wrote[name] = f"mine {step}"
            elif act == "delete" and (folder / name).exists():
                (folder / name).unlink()
                wrote.pop(name, None)
            elif act == "kill":
                killed_at = dice.randint(1, 5)
                with suppress(Killed):
                    deliver(folder)
                killed_at = 0
            elif act == "run":
                beside = deliver(folder, "beside")
                kept_beside += len(beside)
                completed += 1
                found = tree(folder)
                assert not [n for n in found if n.endswith(".tmp")]
                for each in names:
                    assert found[each] == wrote.get(each, source.files[each]), (round_, step, each)
                    if each in beside:
                        new = [n for n in found if n.startswith(each.rpartition(".")[0] or each) and record.BESIDE in n]
                        assert source.files[each] in [found[n] for n in new], (round_, step, each)
            found = tree(folder) if folder.exists() else {}
            assert {n: found.get(n) for n in wrote} == wrote, (round_, step, act)
    assert completed > 100
    assert kept_beside > 30


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_half_way_it_goes_on_from_there(installed: Installed, tmp_path: Path) -> None:
    """The real command and the real course, killed with half a file written, at the first file, in the middle, at the last."""
    course = tmp_path / "course"
    site = tmp_path / "upgraded"  # a later version of the package, in front of the installed one
    code = """
        import os, signal, sys
        from contextlib import contextmanager
        from tinygrad_edu.course import entry, folder
        whole, left = folder.atomic_write, int(sys.argv.pop(1))
        @contextmanager
        def write(path):
            global left
            left -= 1
            with whole(path) as file:
                yield file
                if not left:
                    file.truncate(file.tell() // 2)
                    file.flush()
                    os.kill(os.getpid(), signal.SIGKILL)
        folder.atomic_write = write
        entry.main()
    """.replace("\n        ", "\n")
    original = installed.site / "tinygrad_edu" / "course" / "_course"
    at = {
        path.relative_to(original).as_posix()
        for path in original.rglob("*")
        if path.suffix != ".pyc" and path.is_file()
    }

    def whole(version: Path) -> list[str]:
        """The course's files that are in the folder; each is as one of the versions has it."""
        there = [name for name in at if (course / name).exists()]
        for name in there:
            versions = [(place / name).read_bytes() for place in (original, version)]
            assert (course / name).read_bytes() in [*versions, b"mine"], name
        return there

    for stop in (1, 150):
        done = installed.run("python", "-c", code, str(stop), "init", "course", cwd=tmp_path)
        assert done.returncode == -signal.SIGKILL
    assert 100 < len(whole(original)) < len(at)
    (course / "chapters" / "00_welcome.ipynb").write_bytes(b"mine")  # and meanwhile the learner goes to work
    done = installed.run("tinygrad-edu", "init", "course", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "chapters/00_welcome.ipynb: changed by you: it stays as it is" in done.stdout
    assert len(whole(original)) == len(at)
    assert not list(course.rglob("*.tmp"))

    # the next version: another text in every notebook, one file more, one less
    shutil.copytree(
        installed.site / "tinygrad_edu", site / "tinygrad_edu", ignore=shutil.ignore_patterns("__pycache__")
    )
    later = site / "tinygrad_edu" / "course" / "_course"
    for path in later.rglob("*.ipynb"):
        path.write_bytes(path.read_bytes().replace(b'"nbformat": 4', b'"nbformat": 4 '))
    (later / "exercises" / "16_more.ipynb").write_bytes(b'{"cells": []}')
    (later / "datasets" / "mnist" / "README.md").unlink()
    at -= {"datasets/mnist/README.md"}
    (site / "tinygrad_edu" / "_version.py").write_text('__version__ = "1.1.0"\n')
    (course / "exercises" / "01_tensors.ipynb").write_bytes(b"mine")
    before = tree_bytes(course)
    dry = installed.run("tinygrad-edu", "init", "course", "--dry-run", cwd=tmp_path, PYTHONPATH=str(site))
    assert tree_bytes(course) == before
    done = installed.run("python", "-c", code, "20", "init", "course", cwd=tmp_path, PYTHONPATH=str(site))
    assert done.returncode == -signal.SIGKILL
    assert len(whole(later)) == len(at)
    done = installed.run("tinygrad-edu", "init", "course", cwd=tmp_path, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    said = [
        "exercises/16_more.ipynb: new",
        "chapters/00_welcome.ipynb: changed by you and by the course: yours stays, the new one is chapters/00_welcome.new-1.1.0.ipynb",
        "exercises/01_tensors.ipynb: changed by you and by the course: yours stays, the new one is exercises/01_tensors.new-1.1.0.ipynb",
        "datasets/mnist/README.md: no longer part of the course: it stays",
    ]  # fmt: skip
    assert [line for line in said if line not in dry.stdout] == []
    assert f"from version {tinygrad_edu.__version__} to 1.1.0" in dry.stdout
    assert (course / "chapters" / "00_welcome.ipynb").read_bytes() == b"mine"
    assert (course / "exercises" / "01_tensors.ipynb").read_bytes() == b"mine"
    kept = {"chapters/00_welcome.ipynb", "exercises/01_tensors.ipynb"}
    assert [n for n in at - kept if (course / n).read_bytes() != (later / n).read_bytes()] == []
    for name in kept:
        new = name.replace(".ipynb", ".new-1.1.0.ipynb")
        assert (course / new).read_bytes() == (later / name).read_bytes()
    assert not list(course.rglob("*.tmp"))
    # the new version beside the old one is no second exercise
    assert [p.name for p in record.exercises(course / "exercises")].count("01_tensors.ipynb") == 1
    assert len(record.exercises(course / "exercises")) == len(list((later / "exercises").glob("*.ipynb")))


def tree_bytes(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_in_the_way_is_named_before_anything_is_written(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.release("1.0.0", {"README.md": "r", "chapters/00.ipynb": "0"})
    cases = {
        "a file": lambda p: p.write_text("x"),
        "a file above": lambda p: (p.mkdir(), (p / "chapters").write_text("x")),
        "a folder": lambda p: (p / "README.md").mkdir(parents=True),
        "a file for the ledger": lambda p: (p.mkdir(), (p / ".tinygrad_edu").write_text("x")),
        "a link to nowhere": lambda p: (p.mkdir(), (p / "README.md").symlink_to(p / "nowhere")),
    }
    for name, make in cases.items():
        folder = tmp_path / name
        make(folder)
        before = sorted(tmp_path.rglob("*"))
        done = init(folder)
        assert (done.exit_code, done.output.count("\n")) == (2, 1), name
        assert done.output.startswith(f"error: {folder}"), name
        assert sorted(tmp_path.rglob("*")) == before, name
    below_a_file = init(tmp_path / "a file" / "course")
    assert (below_a_file.exit_code, below_a_file.output.count("\n")) == (2, 1)
    monkeypatch.setattr(folders.os, "access", lambda path, mode: path != tmp_path)  # root may write everywhere
    done = init(tmp_path / "closed" / "course")
    assert (done.exit_code, done.output) == (
        2,
        f"error: {tmp_path} cannot be written to: name another folder, or change its permissions\n",
    )
    assert not (tmp_path / "closed").exists()


def test_the_package_and_a_clone_are_no_place_for_it(tmp_path: Path) -> None:
    places = [
        "",
        "tinygrad_edu",
        "tinygrad_edu/course/x",
        "chapters",
        "exercises/mine",
        "datasets/x",
        "solutions",
        "tests/y",
    ]
    for place in places:
        done = init(ROOT / place, "--dry-run")
        assert (done.exit_code, done.output.count("\n")) == (2, 1), place
        assert "name another folder" in done.output
    for name in ("solutions", "tinygrad_edu"):
        (tmp_path / "clone" / name).mkdir(parents=True)
    assert "git pull" in init(tmp_path / "clone").output
    assert sorted(p.name for p in (tmp_path / "clone").iterdir()) == ["solutions", "tinygrad_edu"]


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.release("1.0.0", {"a": "one", "b": "two"})

    def write(path: Path):  # type: ignore[no-untyped-def]
        if path.name == "b":
            raise OSError(28, "No space left on device", str(path))
        return atomic_write(path)

    with monkeypatch.context() as patch:
        patch.setattr(folders, "atomic_write", write)
        done = init(tmp_path / "course")
    assert (done.exit_code, done.output) == (
        2,
        f"error: {tmp_path / 'course' / 'b'}: No space left on device; the same command goes on\n",
    )
    assert tree(tmp_path / "course") == {"a": "one"}
    assert deliver(tmp_path / "course") == {"a": "current", "b": "new"}


def test_chapters_are_trusted_and_a_learners_own_are_not(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    names = ("chapters/00_welcome.ipynb", "chapters/01_tensors.ipynb", "exercises/01_tensors.ipynb")
    source.release("1.0.0", {name: (ROOT / name).read_text("utf-8") for name in names})
    chapters = [tmp_path / "course" / name for name in names]
    deliver(tmp_path / "course")
    changed = json.loads(chapters[1].read_bytes())
    changed["cells"][0]["source"] = ["<script>"]
    chapters[1].write_text(json.dumps(changed))
    assert init(tmp_path / "course").exit_code == 0
    notary = NotebookNotary()
    trusted = [notary.check_signature(nbformat.read(path, as_version=4)) for path in chapters]
    assert trusted == [True, False, False]
    monkeypatch.setitem(sys.modules, "nbformat", None)  # a bare framework and click
    done = init(tmp_path / "course")
    assert done.exit_code == 0
    assert 'first install the rest: pip install "tinygrad-edu[lab]"' in done.output
