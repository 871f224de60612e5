"""Use a notebook as a learner does: open it, run all, save; and look at what was saved and what was shown."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

RUN_ALL = "li[data-command='runmenu:run-all']"


def open_untouched(page: Any, server: Any, name: str) -> None:
    """Open the notebook without its stored outputs and wait for its kernel: a click that comes too early runs nothing.

    A stored number beside a cell would look like one that was just run.
    """
    notebook = read(server, name)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])
    (server.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
    page.goto(f"{server.url}/lab/tree/{quote(name)}?reset&token={server.token}", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    server.wait("connected, idle kernel", lambda: idle(server, name), 90)


def kernel_of(server: Any, name: str) -> dict[str, Any] | None:
    sessions = server.get("api/sessions") or []
    return next((session["kernel"] for session in sessions if session["path"] == name), None)


def idle(server: Any, name: str) -> bool:
    kernel = kernel_of(server, name)
    return kernel is not None and kernel["execution_state"] == "idle" and kernel["connections"] > 0


def prompts(page: Any) -> list[str]:
    """What stands in the brackets before each code cell: a number, "*" while it runs or waits, or nothing."""
    return [text.strip("[]: \u00a0") for text in page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()]


def run_all_and_save(page: Any, server: Any, name: str, seconds: float = 400) -> dict[str, Any]:
    """Run › Run All Cells, wait for the end (or the first error, which ends it too), save; the notebook on the disk."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(RUN_ALL).click()

    def ended() -> bool:
        shown = prompts(page)
        return "*" not in shown and any(shown) and idle(server, name)

    server.wait(f"end of the run of {name}", ended, seconds)
    page.keyboard.press("Escape")

    def saved() -> bool:
        page.keyboard.press("Control+s")  # again each time: on a busy machine the page may not have listened
        page.wait_for_timeout(1000)
        counts = [cell["execution_count"] for cell in read(server, name)["cells"] if cell["cell_type"] == "code"]
        return "*" not in prompts(page) and ["" if count is None else str(count) for count in counts] == prompts(page)

    server.wait("saved notebook that shows the same numbers as the page", saved, 300)
    return read(server, name)


def read(server: Any, name: str) -> dict[str, Any]:
    """The notebook on the disk. Jupyter empties the file before it writes it anew: what is not whole is read again."""
    for _ in range(50):
        with suppress(json.JSONDecodeError):
            return dict(json.loads((server.folder / name).read_text(encoding="utf-8")))
        time.sleep(0.1)
    raise AssertionError(f"{name} was no whole notebook for five seconds")


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
