"""What nbval would not notice: a cell stored without a number is not compared at all, a skipped one is not run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted([*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("solutions/*.ipynb")])
MACHINE_PATH = re.compile(r"(/home/|/Users/|/root/|/tmp/|[A-Z]:\\\\)\w")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def text_of(output: Any) -> str:
    texts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    texts += [str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(texts)


def test_valid_and_for_any_python_kernel(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


def test_every_cell_was_run_once_from_top_to_bottom(notebook: Any) -> None:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_cell_escapes_comparison(notebook: Any) -> None:
    """Ignoring an output needs a tag that readers see in JupyterLab; skipping a cell is not allowed."""
    for cell in code_cells(notebook):
        assert "nbval-skip" not in cell.metadata.get("tags", [])
        assert not re.search(r"#\s*NBVAL_", cell.source)


def test_errors_are_only_where_they_are_meant(notebook: Any) -> None:
    for cell in code_cells(notebook):
        raised = any(output.output_type == "error" for output in cell.outputs)
        assert raised == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


def test_nothing_shows_the_machine_it_was_written_on(notebook: Any) -> None:
    for cell in notebook.cells:
        texts = [cell.source, *(text_of(output) for output in cell.get("outputs", []))]
        assert not any(MACHINE_PATH.search(text) for text in texts), texts


def test_no_warning_in_what_readers_see(notebook: Any) -> None:
    for cell in code_cells(notebook):
        on_stderr = [output.text for output in cell.outputs if output.get("name") == "stderr"]
        assert not any("Warning" in text for text in on_stderr), on_stderr
