"""Use a notebook as a learner does: open it, run all, save; and look at what was saved and what was shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

RUN_ALL = "li[data-command='runmenu:run-all']"


def open_and_wait(page: Any, server: Any, name: str) -> None:
    """Open the notebook and wait for its kernel: a click that comes too early would run nothing."""
    page.goto(f"{server.url}/lab/tree/{quote(name)}?reset&token={server.token}", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    server.wait("connected, idle kernel", lambda: idle(server, name), 90)


def kernel_of(server: Any, name: str) -> dict[str, Any] | None:
    sessions = server.get("api/sessions") or []
    return next((session["kernel"] for session in sessions if session["path"] == name), None)


def idle(server: Any, name: str) -> bool:
    kernel = kernel_of(server, name)
    return kernel is not None and kernel["execution_state"] == "idle" and kernel["connections"] > 0


def run_all_and_save(page: Any, server: Any, name: str, seconds: float = 180) -> dict[str, Any]:
    """Run › Run All Cells, then save; the notebook as it then lies on the disk."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(RUN_ALL).click()
    code_cells = sum(cell["cell_type"] == "code" and bool(cell["source"]) for cell in read(server, name)["cells"])

    def done() -> bool:
        """Every prompt is a number, and nothing is waiting: neither [ ] nor [*]."""
        prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
        return sum(prompt.strip("[]:\u00a0 ").isdigit() for prompt in prompts) >= code_cells and idle(server, name)

    server.wait(f"end of the run of {name} ({code_cells} code cells)", lambda: done() or failed(page), seconds)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    before = read(server, name)
    server.wait("saved notebook", lambda: numbered(read(server, name)) or failed(page) or before is None, 30)
    return read(server, name)


def failed(page: Any) -> bool:
    """A cell raised (run-all stops there); cells that are meant to raise carry the tag raises-exception."""
    errors = page.locator(".jp-Cell:has([data-mime-type='application/vnd.jupyter.stderr']) .jp-RenderedText pre .ansi-red-fg")
    return errors.count() > 0


def read(server: Any, name: str) -> dict[str, Any]:
    return dict(json.loads((server.folder / name).read_text(encoding="utf-8")))


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def numbered(notebook: dict[str, Any]) -> bool:
    return all(cell["execution_count"] for cell in code_cells(notebook))


def errors(notebook: dict[str, Any]) -> list[str]:
    """The errors of cells that are not meant to raise."""
    return [
        f"In [{cell['execution_count']}]: {output['ename']}: {output['evalue']}"
        for cell in code_cells(notebook)
        if "raises-exception" not in cell["metadata"].get("tags", [])
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]


def colours(picture: Path) -> int:
    """How many distinct colours a picture has: a blank page has a handful, text alone some dozens."""
    with Image.open(picture) as image:
        found = image.convert("RGB").getcolors(maxcolors=image.width * image.height)
    return len(found or [])
