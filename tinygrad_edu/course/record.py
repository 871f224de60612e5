"""Progress over the course, kept in one small file on the student's machine and sent nowhere."""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

HOME_VARIABLE = "TINYGRAD_EDU_HOME"
STORE = ".tinygrad_edu"  # the hidden folder in a course's folder
BESIDE = ".new-"  # 01_tensors.new-1.1.0.ipynb is a new version, put beside a learner's own 01_tensors.ipynb

SESSION_VARIABLE = "JPY_SESSION_NAME"  # JupyterLab's name for the notebook that a kernel belongs to


def course_root(start: Path | None = None) -> Path | None:
    """The nearest folder at or above `start` that holds `exercises/` or `solutions/`; None outside of a course.

    Without `start` the working folder is asked, then the folder of the notebook that is running.
    """
    session = os.environ.get(SESSION_VARIABLE, "")
    for place in [start] if start else [Path.cwd(), Path(session).parent]:
        here = place.resolve()
        for folder in (here, *here.parents):
            if (folder / "exercises").is_dir() or (folder / "solutions").is_dir():
                return folder
    return None


def course_folder(start: Path | None = None) -> Path:
    """The course around `start`; outside of any, the one that this package was installed from."""
    return course_root(start) or Path(__file__).resolve().parents[2]


def exercises(folder: Path) -> list[Path]:
    """The exercise notebooks in `folder`, without new versions that wait beside a learner's own."""
    return [path for path in sorted(folder.glob("*.ipynb")) if BESIDE not in path.name]


def store() -> Path:
    """The progress file: in ``$TINYGRAD_EDU_HOME``, else in the course folder, else in the home folder."""
    chosen = os.environ.get(HOME_VARIABLE)
    folder = Path(chosen) if chosen else (course_root() or Path.home()) / STORE
    return folder / "progress.json"


def load() -> dict[str, str]:
    """Best status so far by check; empty when nothing was recorded or the file is damaged."""
    try:
        found = json.loads(store().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def record(grade_id: str, status: str) -> None:
    """Note how a check went; one that has passed once stays passed. A folder that can't be written to is no error."""
    if Path.cwd().name == "solutions":  # an author who runs the answers has solved nothing
        return
    known = load()
    if known.get(grade_id) in ("pass", status) or (status == "unattempted" and grade_id in known):
        return
    path = store()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(known | {grade_id: status}, out, indent=1, sort_keys=True)
        os.replace(temporary, path)
    except OSError:
        return


@dataclass(frozen=True)
class Row:
    """One exercise: which of its checks are done, and the points of those and of all."""

    exercise: str
    done: int
    checks: int
    points: float
    max_points: float


@dataclass(frozen=True)
class Progress:
    """What `progress` returns: a table in text and HTML."""

    rows: tuple[Row, ...]

    def __str__(self) -> str:
        if not self.rows:
            return "no exercises found: run this inside the course folder"
        wide = max(len(r.exercise) for r in self.rows)
        lines = [
            f"{r.exercise:<{wide}}  {'█' * _filled(r):<20}  {r.done:>2} of {r.checks} checks  "
            f"{r.points:g} of {r.max_points:g} points in reach"
            for r in self.rows
        ]
        done, total = sum(r.done for r in self.rows), sum(r.checks for r in self.rows)
        return "\n".join([*lines, f"{done} of {total} visible checks passed; the hidden tests have the last word"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        if not self.rows:
            return escape(str(self))
        cell = "padding:.15em .6em;text-align:left;border:0;color:inherit"
        rows = "".join(
            f'<tr style="background:none"><th scope="row" style="{cell}">{escape(r.exercise)}</th><td style="{cell}">'
            f'<progress aria-label="{r.done} of {r.checks}" value="{r.done}" max="{max(r.checks, 1)}" '
            f'style="accent-color:var(--jp-success-color1, #2e7d32)"></progress></td>'
            f'<td style="{cell}">{r.done} of {r.checks} checks</td>'
            f'<td style="{cell}">{r.points:g} of {r.max_points:g} points in reach</td></tr>'
            for r in self.rows
        )
        style = "border-collapse:collapse;border:0;color:var(--jp-content-font-color1, inherit)"
        caption = '<caption style="text-align:left;padding:.15em .6em">Visible checks passed</caption>'
        return f'<table style="{style}">{caption}{rows}</table>'


def _filled(row: Row) -> int:
    return round(20 * row.done / row.checks) if row.checks else 0


def progress(root: Path | None = None) -> Progress:
    """How far this course has been worked through, by exercise."""
    known = load()
    folder = (root or course_folder()) / "exercises"
    rows = []
    for path in exercises(folder):
        checks = list(_checks(path))
        done = [points for grade_id, points in checks if known.get(grade_id) == "pass"]
        rows.append(Row(path.stem, len(done), len(checks), sum(done), sum(points for _, points in checks)))
    return Progress(tuple(rows))


def _checks(path: Path) -> Iterator[tuple[str, float]]:
    try:
        cells: Any = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for cell in cells:
        mark = cell.get("metadata", {}).get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution"):
            yield str(mark["grade_id"]), float(mark.get("points", 0))
