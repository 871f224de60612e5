"""The course as a learner meets it: JupyterLab in a browser, Run All, save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser import notebook_page as nb

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
TALLEST = 60_000  # pixels; a chapter has about 30,000
PICTURES = ROOT / "test-results" / "screenshots"
CHAPTERS = sorted(path.name for path in (ROOT / "chapters").glob("*.ipynb"))


def picture_of(page: Any, name: str) -> Path:
    """A screenshot of the whole notebook, from its title to its last line, kept in test-results/."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{Path(name).stem}.png"
    panel = page.locator(".jp-WindowedPanel-outer").first
    height = panel.evaluate("panel => panel.scrollHeight") + 200  # the menu, the toolbar, the status bar
    page.set_viewport_size({"width": 1400, "height": min(max(height, 1000), TALLEST)})
    panel.evaluate("panel => panel.scrollTo(0, 0)")
    page.wait_for_timeout(1000)  # the page is laid out again
    page.screenshot(path=path, timeout=120_000)
    return path


def write(server: Any, name: str, *cells: str) -> str:
    written = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# A small notebook"), *map(nbformat.v4.new_code_cell, cells)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(written, server.folder / name)
    return name


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapter_runs_and_is_saved(page: Any, jupyterlab: Any, chapter: str) -> None:
    name = f"chapters/{chapter}"
    nb.open_untouched(page, jupyterlab, name)
    saved = nb.run_all_and_save(page, jupyterlab, name)
    assert nb.errors(saved) == []
    assert len(nb.code_cells(saved)) >= 1
    assert [cell["execution_count"] for cell in nb.code_cells(saved)] == list(range(1, len(nb.code_cells(saved)) + 1))
    assert nb.colours(picture_of(page, chapter)) > 100


def test_a_run_is_really_a_run(page: Any, jupyterlab: Any) -> None:
    """The outputs in the saved file are computed in this run, pictures included."""
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()"
    name = write(jupyterlab, "small.ipynb", "import random\nsecret = 6 * 7\nsecret", plot, "", "print(secret + 1)")
    nb.open_untouched(page, jupyterlab, name)
    saved = nb.run_all_and_save(page, jupyterlab, name)
    first, second, third = nb.code_cells(saved)
    assert first["outputs"][0]["data"]["text/plain"] in ("42", ["42"])
    assert "image/png" in second["outputs"][-1]["data"]
    assert "".join(third["outputs"][0]["text"]) == "43\n"
    assert nb.errors(saved) == []
    assert nb.numbered(saved)
    assert nb.colours(picture_of(page, name)) > 100


def test_an_error_is_seen(page: Any, jupyterlab: Any) -> None:
    """The harness can fail: a cell that raises is reported, and the cells after it stay without a number."""
    name = write(jupyterlab, "broken.ipynb", "1 + 1", "1 / 0", "2 + 2")
    nb.open_untouched(page, jupyterlab, name)
    saved = nb.run_all_and_save(page, jupyterlab, name)
    assert nb.errors(saved) == ["In [2]: ZeroDivisionError: division by zero"]
    assert [cell["execution_count"] for cell in nb.code_cells(saved)] == [1, 2, None]
    assert not nb.numbered(saved)


def test_a_blank_page_has_few_colours(page: Any, tmp_path: Path) -> None:
    page.set_content("<html></html>")
    page.screenshot(path=tmp_path / "blank.png")
    assert nb.colours(tmp_path / "blank.png") == 1
