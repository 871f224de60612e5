"""Where the small data sets are that come with the course."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TINYGRAD_EDU_DATASETS"


def shipped(name: str) -> Path | None:
    """The folder of a shipped data set, or None when it is not at hand.

    Looked for in the folder that the environment variable TINYGRAD_EDU_DATASETS names (then nowhere else), in
    ``datasets/`` beside the package (a clone of the course), in ``datasets/`` in the current folder and those above it
    (what ``tinygrad-edu init`` made), and inside the installed package.
    """
    named = os.environ.get(VARIABLE)
    if named:
        places = [Path(named).expanduser()]
    else:
        here, package = Path.cwd(), Path(__file__).resolve().parents[2]
        inside = package / "course" / "_course" / "datasets"
        places = [package.parent / "datasets", *(up / "datasets" for up in (here, *here.parents)), inside]
    return next((place / name for place in places if (place / name).is_dir()), None)


def where_shipped() -> str:
    """What to do when a shipped data set is not found: one sentence for an error message."""
    named = os.environ.get(VARIABLE)
    if named:
        return f"{VARIABLE} names {named}, which does not hold them: correct or unset it."
    return f"Run in the course's folder, or set {VARIABLE} to the path of its datasets folder."


def how_to_restore(folder: Path) -> str:
    """What to do when a file of the shipped data set in `folder` is damaged: one sentence for an error message."""
    course = folder.parent.parent
    if (course / ".git").exists():
        return f"It belongs to the course: `git checkout -- datasets/{folder.name}` restores it."
    if course.name == "_course":
        return "It belongs to the course: install tinygrad-edu again."
    return "It belongs to the course: delete it, and `tinygrad-edu init` with the course's folder brings it back."
