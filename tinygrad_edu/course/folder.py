"""A folder of one's own with the course in it: ``tinygrad-edu init FOLDER`` makes it, and brings it up to date.

A wheel carries the course inside the package; in a clone it lies beside the package. What was delivered is noted in
the folder, by checksum, so that a later version can tell the course's files from those that a learner has changed. Only
the course's own are ever replaced. Each file appears whole or not at all, and the note is written before the files, so
that after an interruption the same command goes on.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from .._version import __version__
from ..io.atomic import atomic_write, leftovers
from .record import BESIDE, STORE

PACKAGE = Path(__file__).resolve().parents[1]
PARTS = ("chapters", "exercises", "datasets")
DOCUMENTS = ("cheatsheet.md", "coverage.md", "differences.md", "glossary.md", "pytorch_notes.md")
README = Path(__file__).with_name("folder.md")
WELCOME = "chapters/00_welcome.ipynb"
LEDGER = f"{STORE}/delivered.json"


class FolderError(Exception):
    """Why the course cannot be put into this folder: one sentence."""


def contents() -> dict[str, Path]:
    """What a learner's folder holds: each file's place there and the file to copy."""
    inside = PACKAGE / "course" / "_course"
    root = inside if inside.is_dir() else PACKAGE.parent
    found = {"README.md": README, **{f"docs/{name}": root / "docs" / name for name in DOCUMENTS}}
    for part in PARTS:
        found |= {path.relative_to(root).as_posix(): path for path in sorted(_files(root / part))}
    missing = [name for name in (*found, WELCOME) if not found.get(name, root / name).is_file()]
    if missing:
        raise FolderError(f"this installation is without the course: it has no {missing[0]}; install it again")
    return found


def _files(folder: Path) -> Iterator[Path]:
    """All files below, but what other programs leave behind and the full data sets that were downloaded."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name[0] in "._" or path.name == "full":
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


@dataclass
class Ledger:
    """What was delivered into a folder; kept in it, in a hidden file."""

    version: str = ""
    delivered: dict[str, list[str]] = field(default_factory=dict)  # checksums of every version of a file that came
    settled: dict[str, str] = field(default_factory=dict)  # the version that the file in the folder began as

    @staticmethod
    def path(folder: Path) -> Path:
        return folder / LEDGER

    @classmethod
    def load(cls, folder: Path) -> "Ledger":
        """The folder's ledger; an empty one where there is none or where it is damaged: then nothing is replaced."""
        try:
            kept = json.loads(cls.path(folder).read_text("utf-8"))
            delivered = {name: [str(each) for each in sums] for name, sums in kept["delivered"].items()}
            return cls(str(kept["version"]), delivered, dict(kept["settled"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def save(self, folder: Path) -> None:
        self.path(folder).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.path(folder)) as file:
            file.write(json.dumps(vars(self), indent=1).encode())


@dataclass(frozen=True)
class Step:
    """What becomes of one file: ``new``, ``replaced``, ``beside`` (both changed: the new one goes to `target`), ``yours``
    (only the learner changed it), ``current`` or ``gone`` (no longer part of the course)."""

    name: str
    does: str
    target: str = ""


class Delivery:
    """The course on its way into `folder`. Making one looks only; `run` copies.

    Raises:
        FolderError: the course cannot be put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = contents()
        self.sums = {name: _checksum(path) for name, path in self.files.items()}
        self._refuse()
        self.ledger = Ledger.load(folder)
        self.before = self.ledger.version

    def _refuse(self) -> None:
        folder = self.folder.resolve()
        if folder.exists() and not folder.is_dir():
            raise FolderError(f"{self.folder} is a file: name a folder")
        if folder.is_relative_to(PACKAGE):
            raise FolderError(f"{self.folder} belongs to the installed package: name another folder")
        if folder == PACKAGE.parent or ((folder / "solutions").is_dir() and (folder / PACKAGE.name).is_dir()):
            raise FolderError(
                f"{self.folder} holds the package itself: name another folder (`git pull` updates a clone)"
            )
        for part in (*PARTS, "docs", "solutions", "tests"):
            if (PACKAGE.parent / "pyproject.toml").is_file() and folder.is_relative_to(PACKAGE.parent / part):
                raise FolderError(f"{self.folder} lies inside the course's own {part}/: name another folder")
        for name in (*self.files, LEDGER):
            path = folder / name
            for above in reversed(path.relative_to(folder).parents[:-1]):
                if os.path.lexists(folder / above) and not (folder / above).is_dir():
                    raise FolderError(f"{self.folder / above} is in the way: the course needs a folder of that name")
            if os.path.lexists(path) and not path.is_file():
                raise FolderError(f"{self.folder / name} is in the way: the course needs a file of that name")
        for place in sorted({_existing((folder / name).parent) for name in (*self.files, LEDGER)}):
            if not os.access(place, os.W_OK | os.X_OK):
                raise FolderError(f"{place} cannot be written to: name another folder, or change its permissions")

    def step(self, name: str) -> Step:
        """What is to be done with this file as it is now."""
        path, new = self.folder / name, self.sums[name]
        there = _checksum(path) if path.exists() else ""
        delivered = self.ledger.delivered.get(name, [])
        if not there:
            return Step(name, "new", name)
        if there == new:
            return Step(name, "current")
        if there in delivered:
            return Step(name, "replaced", name)
        first = delivered[0] if len(delivered) == 1 else ""  # delivered by a run that was interrupted
        if self.ledger.settled.get(name, first) == new:
            return Step(name, "yours")
        return Step(name, "beside", self._beside(Path(name), new, delivered))

    def _beside(self, name: Path, new: str, delivered: list[str]) -> str:
        """A name for the new file: one that is free, or taken by a file that nobody has changed since it came."""
        for number in count(1):
            mark = f"{BESIDE}{__version__}" + (f"-{number}" if number > 1 else "")
            target = name.with_name(name.stem + mark + (name.suffix or ".txt"))
            path = self.folder / target
            if not path.exists() or _checksum(path) in (new, *delivered):
                return target.as_posix()
        raise AssertionError("count() ends")

    def plan(self) -> list[Step]:
        """All steps, none of them done."""
        left = sorted(set(self.ledger.delivered) - set(self.files))
        gone = [Step(name, "gone") for name in left if (self.folder / name).exists()]
        return [*(self.step(name) for name in self.files), *gone]

    def run(self) -> list[Step]:
        """Copy, and return what was done.

        Raises:
            OSError: a file could not be written; what was copied before is whole, and the same call goes on.
        """
        planned = self.plan()
        self.ledger.version = __version__
        self._note(step.name for step in planned if step.does in ("new", "replaced"))
        self._sweep()
        done = [self._do(step) for step in planned]
        self._note(self.files)
        self.ledger.settled |= self.sums
        self.ledger.save(self.folder)
        return done

    def _note(self, names: Iterable[str]) -> None:
        """Enter these files as they are now. What is no longer delivered keeps its entry: it is known if it comes back."""
        for name in names:
            before = [each for each in self.ledger.delivered.get(name, []) if each != self.sums[name]]
            self.ledger.delivered[name] = [*before, self.sums[name]]
        self.ledger.save(self.folder)

    def _sweep(self) -> None:
        """Remove what a run that was killed left half-written."""
        names = {Path(name).name for name in (*self.files, LEDGER)}
        for place in {(self.folder / name).parent for name in (*self.files, LEDGER)}:
            for temporary, name in leftovers(place):
                if name in names or BESIDE in name:  # others may be writing files of their own
                    temporary.unlink(missing_ok=True)

    def _do(self, step: Step) -> Step:
        if step.does == "replaced":  # a learner may have saved it since the plan was made
            step = self.step(step.name)
        if step.target:
            path = self.folder / step.target
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as file:
                file.write(self.files[step.name].read_bytes())
        return step


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def lines(delivery: Delivery, steps: list[Step]) -> list[str]:
    """The report: what changes, file by file where a learner should look, by folder where much is new."""
    words = {
        "new": "new",
        "replaced": "replaced by the course's new version",
        "beside": "changed by you and by the course: yours stays, the new one is {target}",
        "yours": "changed by you: it stays as it is",
        "gone": "no longer part of the course: it stays",
    }
    shown: list[str] = []
    for part in dict.fromkeys(step.name.partition("/")[0] for step in steps):
        here = [s for s in steps if s.name.partition("/")[0] == part and s.does != "current"]
        for does, text in words.items():
            alike = [s for s in here if s.does == does]
            if does in ("new", "replaced") and len(alike) > 3:
                shown.append(f"{part}/: {len(alike)} files {text}")
            else:
                shown += [f"{s.name}: {text.format(target=s.target)}" for s in alike]
    if not shown:
        shown = [f"all {len(steps)} files are as version {__version__} has them"]
    if delivery.before not in ("", __version__):
        shown.insert(0, f"from version {delivery.before} to {__version__}")
    return shown


def trust(folder: Path, steps: list[Step]) -> str:
    """Sign the chapters that are as they came, so that JupyterLab shows their saved pictures; why not, where it can't."""
    try:
        import nbformat
        from nbformat.sign import NotebookNotary
    except ModuleNotFoundError:
        return 'To open the notebooks, first install the rest: pip install "tinygrad-edu[lab]"'

    ours = [s for s in steps if s.name.startswith("chapters/") and s.does in ("new", "replaced", "beside", "current")]
    try:
        notary = NotebookNotary()
        for step in ours:
            notary.sign(nbformat.read(folder / (step.target or step.name), as_version=4))
    except (OSError, sqlite3.Error) as error:
        return f"JupyterLab shows saved pictures only after a cell is run: {error}"
    return ""
