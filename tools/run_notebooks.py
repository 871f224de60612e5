"""Run notebooks under the settings that the tests use, and store their outputs.

``python tools/dev.py notebooks`` calls this with the Python of ``.venv``. The outputs that are stored compare equal in the ``nbval`` stage;
tracebacks are stored without the folders of this machine. ``--sources`` refreshes only what shows the framework's lines (what
``show_source`` printed, and tracebacks): they may change every day, what the chapters compute may not.
"""

from __future__ import annotations

import argparse
import configparser
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from notebook_client import PatientClient

ROOT = Path(__file__).resolve().parent.parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SANITIZE = ROOT / "tests" / "notebooks" / "nbval_sanitize.cfg"


def machine_folders() -> list[str]:
    """Folders whose names say something about this machine only, the longest first; as they are, and with ``~``."""
    paths = sysconfig.get_paths()
    folders = {str(ROOT), *(paths[kind] for kind in ("purelib", "platlib", "stdlib"))}
    folders |= {str(Path(folder).resolve()) for folder in folders}
    home = str(Path.home())
    folders |= {"~" + folder.removeprefix(home) for folder in folders if folder.startswith(home + os.sep)}
    return sorted(folders, key=len, reverse=True)


def without_folders(text: str) -> str:
    """A traceback whose files are named from the project, from site-packages or from the standard library on.

    >>> without_folders(f"File {ROOT / 'tinygrad_edu' / 'tensor.py'}:12, in item").replace(os.sep, "/")
    'File tinygrad_edu/tensor.py:12, in item'
    """
    for folder in machine_folders():
        text = text.replace(folder + os.sep, "")
    return text


def strip_tracebacks(notebook: Any) -> None:
    """Take this machine's folders out of the stored tracebacks (which nbval does not compare)."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [without_folders(line) for line in output.traceback]


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shows_source(cell: Any) -> bool:
    return "show_source(" in cell.source


def raised(cell: Any) -> list[Any]:
    return [output for output in cell.outputs if output.output_type == "error"]


def execute(notebook: Any, folder: Path, *, go_on: bool) -> None:
    """Run all cells in place; with `go_on` also those after a cell that raised and was not meant to."""
    client = PatientClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        allow_errors=go_on,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()


def write(notebook: Any, path: Path) -> None:
    """Replace the file at once: whoever reads it meanwhile gets the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    nbformat.write(notebook, beside)
    beside.replace(path)


def run_whole(path: Path) -> None:
    """Run it and store all outputs."""
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.parent, go_on=False)
    strip_tracebacks(notebook)
    write(notebook, path)


def refresh_sources(path: Path) -> list[str]:
    """Run it and store only what shows the framework's lines: what ``show_source`` printed, and tracebacks.

    What else has changed is returned, one line each.
    """
    stored = nbformat.read(path, as_version=4)
    if not any(shows_source(cell) or raised(cell) for cell in code_cells(stored)):
        return []
    fresh = nbformat.from_dict(stored)
    execute(fresh, path.parent, go_on=True)
    strip_tracebacks(fresh)
    again = {cell.id: cell for cell in code_cells(fresh)}
    stored = nbformat.read(path, as_version=4)  # somebody may have written to it during the run
    problems, replaced = [], 0
    for cell in code_cells(stored):
        new = again.get(cell.id)
        if new is None or new.source != cell.source:
            problems.append(f"cell {cell.id} was edited during the run")
            continue
        failed = raised(new)
        if failed and "raises-exception" not in cell.metadata.get("tags", []):
            problems.append(f"cell {cell.id} raised {failed[0].ename}: {failed[0].evalue}")
        elif shows_source(cell) or (failed and shown(cell) == shown(new)):
            replaced += cell.outputs != new.outputs
            cell.outputs = new.outputs
        elif "nbval-ignore-output" not in cell.metadata.get("tags", []) and shown(cell) != shown(new):
            problems.append(f"cell {cell.id} shows something else now")
    strip_tracebacks(stored)
    write(stored, path)
    print(f"  {replaced} cells show other lines of the framework now")
    return problems


def shown(cell: Any) -> list[str]:
    """What a reader sees of a cell, as nbval compares it: texts without addresses and durations, no pictures."""
    found: dict[str, str] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            found[output.name] = found.get(output.name, "") + output.text
        elif output.output_type == "error":
            found["error"] = f"{output.ename}: {output.evalue}"
        else:
            found["result"] = found.get("result", "") + output.data.get("text/plain", "")
    return [f"{kind}: {sanitized(text)}" for kind, text in sorted(found.items())]


def sanitized(text: str) -> str:
    rules = configparser.RawConfigParser()
    rules.read(SANITIZE, encoding="utf-8")
    text = COLOUR.sub("", text)
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


def found(names: Sequence[str]) -> Iterator[Path]:
    """The notebooks that were named, or all chapters and solutions."""
    for name in names or ["chapters", "solutions"]:
        path = Path(name)
        yield from sorted(path.glob("*.ipynb")) if path.is_dir() else [path]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python tools/dev.py notebooks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="files or folders (default: chapters and solutions)")
    parser.add_argument("--sources", action="store_true", help="refresh only what show_source printed")
    chosen = parser.parse_args(arguments)
    failed = []
    os.environ["TINYGRAD_EDU_HOME"] = tempfile.mkdtemp(prefix="newcomer-")  # progress() shows what a newcomer sees
    for path in found(chosen.notebooks):
        print(f"{path} …", flush=True)
        try:
            problems = refresh_sources(path) if chosen.sources else run_whole(path)
        except (OSError, CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            problems = [COLOUR.sub("", str(error)).strip()]
        for problem in problems or []:
            print(f"  {problem}", flush=True)
        if problems:
            failed.append(path.name)
    if failed:
        print(f"error: look at these notebooks again: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
