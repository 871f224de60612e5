"""Where the small data sets are that come with the course."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TINYGRAD_EDU_DATASETS"


def shipped(name: str) -> Path | None:
    """The folder of a shipped data set, or None when it is not at hand.

    Looked for in the folder that the environment variable TINYGRAD_EDU_DATASETS names (then nowhere else), in
    ``datasets/`` beside the package (a clone of the course), and in ``datasets/`` in the current folder and those above
    it.
    """
    named = os.environ.get(VARIABLE)
    if named:
        places = [Path(named).expanduser()]
    else:
        here = Path.cwd()
        places = [Path(__file__).resolve().parents[3] / "datasets", *(up / "datasets" for up in (here, *here.parents))]
    return next((place / name for place in places if (place / name).is_dir()), None)


def where_shipped() -> str:
    """What to do when a shipped data set is not found: one sentence for an error message."""
    named = os.environ.get(VARIABLE)
    if named:
        return f"{VARIABLE} names {named}, which does not hold them: correct or unset it."
    return f"Run in a clone of the course, or set {VARIABLE} to the path of its datasets folder."
