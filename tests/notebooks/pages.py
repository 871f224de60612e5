"""What the tests of this folder know about notebooks: cells, headings, links, shown texts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(ROOT.glob("chapters/[0-9]*.ipynb"))
SOLUTIONS = sorted(ROOT.glob("solutions/[0-9]*.ipynb"))
EXERCISES = sorted(ROOT.glob("exercises/[0-9]*.ipynb"))

FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)")


@cache
def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def prose(notebook: Any) -> list[str]:
    """The markdown cells without what stands in code fences."""
    return [FENCE.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]


def headings(notebook: Any) -> list[tuple[int, str]]:
    """Level and text of every heading, in order."""
    return [(len(marks), text) for cell in prose(notebook) for marks, text in HEADING.findall(cell)]


def anchor(heading: str) -> str:
    """The address of a heading within its notebook, as JupyterLab makes it."""
    return re.sub(r"[*`]", "", heading).replace(" ", "-")


def sections(notebook: Any) -> dict[str, str]:
    """Heading → all code of that section: up to the next heading of the same or a higher level."""
    found: dict[str, str] = {}
    open_: list[tuple[int, str]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for marks, text in HEADING.findall(FENCE.sub("", cell.source)):
                open_ = [(level, name) for level, name in open_ if level < len(marks)]
                open_.append((len(marks), text))
                found.setdefault(text, "")
        else:
            for _, name in open_:
                found[name] += cell.source + "\n"
    return found


def html(notebook: Any) -> list[str]:
    """Everything that is shown as HTML or SVG: outputs, and tags within the prose."""
    shown = [
        output.data[kind]
        for cell in code_cells(notebook)
        for output in cell.outputs
        for kind in ("text/html", "image/svg+xml")
        if kind in output.get("data", {})
    ]
    return [*shown, *prose(notebook)]
