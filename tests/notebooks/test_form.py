"""The form that chapters and exercises share, so that a reader finds his way in all of them: fast, nothing is run."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest
from notebooks import pages

from tinygrad_edu.course.exercise import read as read_exercise

LONGEST_CELL = 25
LAST_SECTIONS = ["Common mistakes", "The same in PyTorch", "Summary", "Exercises", "Further reading"]
MUTANTS = pages.ROOT / "tests" / "course" / "mutants"
FOLDER = re.compile(r"""File\s+["']?(~|/|[A-Za-z]:\\)\S+""")
OPENING = re.compile(r"<(svg|img)\b[^>]*>")

LESSONS = [path for path in pages.CHAPTERS if not path.stem.startswith("00")]
every_chapter = pytest.mark.parametrize("path", pages.CHAPTERS, ids=pages.name_of)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=pages.name_of)
every_solution = pytest.mark.parametrize("path", pages.SOLUTIONS, ids=pages.name_of)
every_notebook = pytest.mark.parametrize(
    "path", [*pages.CHAPTERS, *pages.SOLUTIONS, *pages.EXERCISES], ids=pages.name_of
)


# ------------------------------------------------------------------------------------------------ chapters
@every_chapter
def test_no_code_cell_is_longer_than_a_screen(path: Path) -> None:
    lengths = {cell.id: len(cell.source.splitlines()) for cell in pages.code_cells(pages.read(path))}
    assert {name: n for name, n in lengths.items() if n > LONGEST_CELL} == {}


@every_lesson
def test_a_chapter_begins_with_what_it_is_good_for(path: Path) -> None:
    first = pages.prose(pages.read(path))[0]
    assert "able to**" in first
    assert len(re.findall(r"^- ", first, re.MULTILINE)) >= 3
    assert "**You need**" in first
    assert re.search(r"\*\*Time:\*\*\s+\d+\s+minutes", first)


@every_lesson
def test_a_chapter_has_its_sections(path: Path) -> None:
    notebook = pages.read(path)
    assert [text for level, text in pages.headings(notebook) if level == 2][-5:] == LAST_SECTIONS
    text = "\n".join(pages.prose(notebook))
    assert len(re.findall(r"\*\*Predict, then run", text)) >= 3
    code = "\n".join(cell.source for cell in pages.code_cells(notebook))
    assert "show_source(" in code, "no look inside the framework"
    assert "viz." in code, "no picture"
    errors = [cell for cell in pages.code_cells(notebook) if "raises-exception" in cell.metadata.get("tags", [])]
    assert len(errors) >= 2, "common mistakes show real messages"


@every_lesson
def test_a_chapter_leads_to_its_exercises_and_to_books(path: Path) -> None:
    parts = dict.fromkeys(LAST_SECTIONS, "")
    for cell in pages.prose(pages.read(path)):
        for name in parts:
            if match := re.search(rf"^## {name}$(.*?)(?=^## |\Z)", cell, re.MULTILINE | re.DOTALL):
                parts[name] = match[1]
    assert f"../exercises/{path.name}" in parts["Exercises"]
    assert len(re.findall(r"^- ", parts["Further reading"], re.MULTILINE)) >= 3
    assert "https://" in parts["Further reading"]
    assert len(re.findall(r"^- ", parts["Summary"], re.MULTILINE)) >= 3


# ------------------------------------------------------------------------------------------------ every notebook
@every_notebook
def test_headings_are_an_outline(path: Path) -> None:
    found = pages.headings(pages.read(path))
    assert [level for level, _ in found].count(1) == 1
    assert found[0][0] == 1
    jumps = [(a, b) for a, b in itertools.pairwise(found) if b[0] > a[0] + 1]
    assert jumps == []


@every_notebook
def test_pictures_can_be_read_without_seeing_them(path: Path) -> None:
    notebook = pages.read(path)
    silent = []
    for shown in pages.html(notebook):
        for tag in OPENING.finditer(shown):
            attribute = "aria-label" if tag[1] == "svg" else "alt"
            hidden = 'aria-hidden="true"' in tag[0]
            if not hidden and not re.search(rf'\b{attribute}=(["\']).*\S.*?\1', tag[0], re.DOTALL):
                silent.append(tag[0][:100])
        silent += [source for text, source in pages.PICTURE.findall(shown) if not text.strip()]
    assert silent == []
    bare = [
        cell.id
        for cell in pages.code_cells(notebook)
        for output in cell.outputs
        if any(kind.startswith("image/") for kind in output.get("data", {}))
    ]
    assert bare == [], "a bare matplotlib picture says nothing to a screen reader: show it by viz.figure(figure, text)"


@every_notebook
def test_sliders_show_a_picture_without_a_kernel(path: Path) -> None:
    """The state of every stored widget is stored too, with a picture in it: else a reader sees "model not found"."""
    notebook = pages.read(path)
    stored = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    bare = []
    for cell in pages.code_cells(notebook):
        for output in cell.outputs:
            if (view := output.get("data", {}).get("application/vnd.jupyter.widget-view+json")) is None:
                continue
            children = stored.get(view["model_id"], {}).get("state", {}).get("children", [])
            outputs = [stored[child.removeprefix("IPY_MODEL_")]["state"].get("outputs") for child in children]
            if not any(outputs):
                bare.append(cell.id)
    assert bare == []


@every_notebook
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for cell in pages.prose(pages.read(path)):
        for link in [*pages.LINK.findall(cell), *(source for _, source in pages.PICTURE.findall(cell))]:
            if "://" in link or link.startswith(("mailto:", "attachment:", "data:")):
                continue
            file, _, wanted = unquote(link).partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.exists():
                broken.append(link)
            elif wanted and target.suffix == ".ipynb":
                known = [pages.anchor(text) for _, text in pages.headings(pages.read(target))]
                broken += [] if wanted in known else [link]
    assert broken == []


@every_notebook
def test_tracebacks_name_no_folder_of_a_machine(path: Path) -> None:
    for cell in pages.code_cells(pages.read(path)):
        for output in cell.outputs:
            if output.output_type == "error":
                text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
                assert not FOLDER.search(text), f"{cell.id}: run `make notebooks` on it"


# ------------------------------------------------------------------------------------------------ exercises
@every_solution
def test_every_check_has_points_and_three_hints(path: Path) -> None:
    checks = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in pages.code_cells(pages.read(path))
        if "points" in cell.metadata.get("nbgrader", {}) and cell.metadata.nbgrader.get("grade", True)
    }
    assert len(checks) >= 5
    for name, cell in checks.items():
        assert cell.metadata.nbgrader.points > 0, name
        hints = cell.metadata.get("tinygrad_edu", {}).get("hints", [])
        assert len(hints) >= 3, f"{name}: three hints, from a nudge to nearly the answer"
        assert len(set(hints)) == len(hints), name


@every_solution
def test_every_answer_has_typical_wrong_ones(path: Path) -> None:
    answers = read_exercise(path).answers
    count = {name: len(list((MUTANTS / path.stem).glob(f"{name}__*.py"))) for name in answers}
    assert {name: n for name, n in count.items() if n < 2} == {}


@every_solution
def test_exercises_go_from_easy_to_hard(path: Path) -> None:
    titles = [text for level, text in pages.headings(pages.read(path)) if level == 2]
    stars = [len(re.search(r"★*$", text)[0]) for text in titles if re.match(r"\d+\. ", text)]  # type: ignore[index]
    assert len(stars) >= 5
    assert all(1 <= n <= 3 for n in stars), titles
    assert 1 in stars
    assert 3 in stars


def test_sixty_exercises_and_more() -> None:
    assert sum(len(read_exercise(path).answers) for path in pages.SOLUTIONS) >= 60


# ------------------------------------------------------------------------------------------------ the linters see notebooks
def a_notebook(folder: Path, markdown: str, code: str) -> Path:
    cells = [nbformat.v4.new_markdown_cell(markdown), nbformat.v4.new_code_cell(code)]
    path = folder / "case.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def call(*words: str | Path) -> Any:
    return subprocess.run([sys.executable, *words], cwd=pages.ROOT, capture_output=True, text=True)


def test_spelling_is_checked_in_notebooks(tmp_path: Path) -> None:
    program = "import sys, codespell_lib; sys.exit(codespell_lib.main(*sys.argv[1:]))"
    wrong = "te" + "h gradient"  # in two pieces, for this file is checked too
    found = call("-c", program, a_notebook(tmp_path, f"Read {wrong}.", "x = 1"))
    assert "==> the" in found.stdout
    assert call("-c", program, a_notebook(tmp_path, "Read the gradient.", "x = 1")).returncode == 0


def test_code_is_linted_in_notebooks(tmp_path: Path) -> None:
    config = ["--config", pages.ROOT / "pyproject.toml", "--no-cache"]
    found = call("-m", "ruff", "check", *config, a_notebook(tmp_path, "# A", "print(unknown)"))
    assert "F821" in found.stdout
    assert call("-m", "ruff", "check", *config, a_notebook(tmp_path, "# A", "print(1)")).returncode == 0
