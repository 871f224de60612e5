"""tools/run_notebooks.py: what is stored, and what is left alone."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

import nbclient
import nbformat
import pytest
import run_notebooks as tool
from notebook_client import LOOK_AGAIN, PatientClient


def code(source: str, *outputs: Any, name: str, tags: tuple[str, ...] = ()) -> Any:
    return nbformat.v4.new_code_cell(
        source, id=name, outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)}
    )


def printed(text: str) -> Any:
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def store(path: Path, *cells: Any) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel}), path)
    return path


def texts(path: Path) -> dict[str, str]:
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: "".join(output.get("text", output.get("ename", "")) for output in cell.outputs) for cell in cells}


def test_sources_are_refreshed_and_nothing_else(tmp_path: Path) -> None:
    path = store(
        tmp_path / "case.ipynb",
        code("def show_source(x):\n    print('new', x)", name="define"),
        code("show_source(1)", printed("old 1\n"), name="source"),
        code("print('new')", printed("old\n"), name="result"),
        code("print('took 3.5 s')", printed("took 1.2 s\n"), name="time"),
        code("import random\nprint(random.random())", printed("0.5\n"), name="ignored", tags=("nbval-ignore-output",)),
        code("1 / 0", printed("fine\n"), name="broken"),
        code("show_source(2)", printed("old 2\n"), name="later"),
    )
    problems = tool.refresh_sources(path)
    assert texts(path) == {
        "define": "", "source": "new 1\n", "result": "old\n", "time": "took 1.2 s\n", "ignored": "0.5\n",
        "broken": "fine\n", "later": "new 2\n",
    }  # fmt: skip
    assert problems == [
        "cell result shows something else now",
        "cell broken raised ZeroDivisionError: division by zero",
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_a_notebook_without_sources_is_not_run(tmp_path: Path) -> None:
    path = store(tmp_path / "case.ipynb", code("1 / 0", name="broken"))
    before = path.read_bytes()
    assert tool.refresh_sources(path) == []
    assert path.read_bytes() == before


def test_a_traceback_is_stored_without_the_folders_of_this_machine(tmp_path: Path) -> None:
    source = "import tinygrad_edu as tg, json\ntry:\n    json.loads('{')\nexcept ValueError:\n    tg.zeros(2).view(3)"
    path = store(tmp_path / "case.ipynb", code(source, name="error", tags=("raises-exception",)))
    assert tool.main([str(path)]) == 0
    (output,) = nbformat.read(path, as_version=4).cells[0].outputs
    text = tool.COLOUR.sub("", "\n".join(output.traceback))
    assert f"File {Path('tinygrad_edu', 'ops')}{os.sep}" in text
    assert f"File {Path('json', '__init__.py')}:" in text
    assert str(tool.ROOT) not in text


def test_what_does_not_run_through_is_named_and_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store(tmp_path / "case.ipynb", code("1 / 0", name="broken"))
    before = path.read_bytes()
    assert tool.main([str(path)]) == 1
    told = capsys.readouterr()
    assert "ZeroDivisionError" in told.out
    assert told.err == "error: look at these notebooks again: case.ipynb\n"
    assert path.read_bytes() == before


def test_folders_under_home_are_known_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tool.ROOT.parent)
    shown = os.sep.join(["~", tool.ROOT.name, "tinygrad_edu", "size.py"])
    assert tool.without_folders(f"File {shown}:3").removeprefix("File ") == f"{Path('tinygrad_edu', 'size.py')}:3"


def test_a_reply_that_woke_nobody_is_found_by_asking_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nbclient's socket does when a widget has spoken: whoever waits on it sleeps, although the reply is there."""
    asked: list[float] = []

    class Channel:
        async def get_msg(self, timeout: float | None = None) -> str:
            assert timeout is not None
            asked.append(timeout)
            if len(asked) < 3:
                raise Empty
            return "reply"

    async def start(self: Any) -> Any:
        return SimpleNamespace(shell_channel=Channel())

    monkeypatch.setattr(nbclient.NotebookClient, "async_start_new_kernel_client", start)
    client = asyncio.run(PatientClient(nbformat.v4.new_notebook()).async_start_new_kernel_client())
    assert asyncio.run(client.shell_channel.get_msg(timeout=300)) == "reply"
    assert max(asked) <= LOOK_AGAIN
    asked.clear()
    with pytest.raises(Empty):
        asyncio.run(client.shell_channel.get_msg(timeout=0.01))
    assert len(asked) == 1
