"""Every chapter says the same with real torch in our place.

The chapter's cells are run with ``import torch as tg`` and what they print is held against the outputs saved in the notebook (which nbval
holds against ours). Cells tagged ``tinygrad-only`` use what torch does not have; ``nbval-ignore-output`` marks timings and figures.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_client import PatientClient

TESTS = Path(__file__).parents[1]
CHAPTERS = sorted(Path(__file__).parents[2].joinpath("chapters").glob("[0-9]*.ipynb"))
LEFT_OUT = {"tinygrad-only", "nbval-skip"}
NOT_COMPARED = {"nbval-ignore-output"}


def normal(text: str) -> str:
    """A printed text without what must differ: the module's name, addresses, and torch's internal frames."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = text.replace("tinygrad_edu", "torch")
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", text)
    text = re.sub(r" \(Triggered internally at [^)]*\)", "", text)
    return text.strip()


def said(cell: Any) -> list[str]:
    """What a cell printed, showed as text, or raised."""
    found: list[str] = []
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
    if printed:
        found.append(normal(printed))
    for output in cell.outputs:
        if output.output_type == "execute_result":
            found.append(normal(output.data.get("text/plain", "")))
        elif output.output_type == "error":
            found.append(normal(f"{output.ename}: {output.evalue}"))
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    saved = {cell.id: said(cell) for cell in notebook.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tags = set(cell.metadata.get("tags", []))
            if tags & LEFT_OUT:
                cell.source = ""
            cell.source = re.sub(r"import tinygrad_edu as (\w+)", r"import torch as \1", cell.source)
            # our own vision.datasets stays: it ships the digits, which reach either side as NumPy arrays or PIL pictures
            cell.source = re.sub(r"\btinygrad_edu\.vision\.(transforms|utils)\b", r"torchvision.\1", cell.source)
            cell.source = re.sub(r"\btinygrad_edu\b(?!\.vision)", "torch", cell.source)
            if "torchvision" in cell.source:
                cell.source = f"import sys\nsys.path.append({str(TESTS)!r})\nimport torchvision_ops\n{cell.source}"
    client = PatientClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    compared = 0
    for number, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type != "code" or tags & (LEFT_OUT | NOT_COMPARED):
            continue
        assert said(cell) == saved[cell.id], f"{path.name}, cell {number}:\n{cell.source}"
        compared += bool(saved[cell.id])
    assert compared >= 3 or path.stem.startswith("00"), "almost nothing of this chapter could be compared"
