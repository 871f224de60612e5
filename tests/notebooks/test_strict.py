"""nbval, as the nbval stage calls it, is strict about values and blind only to what cannot repeat."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import stages

ROOT = Path(__file__).resolve().parents[2]


def cell(source: str, stored: str, *tags: str) -> Any:
    output = nbformat.v4.new_output("execute_result", {"text/plain": stored}, execution_count=1)
    return nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": list(tags)})


def run_nbval(folder: Path, *cells: Any, more: Sequence[str] = ()) -> list[str]:
    notebook = nbformat.v4.new_notebook(
        cells=list(cells),
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, folder / "case.ipynb")
    (stage,) = [each for each in stages.all_stages(Path(sys.executable)) if each.name == "nbval"]
    settings = [str(word) for word in stage.command if "--nbval" in str(word)]
    plugins = ["-p", "no:cacheprovider", "-p", "tests.notebook_costs"]
    command = [sys.executable, "-m", "pytest", *plugins, *more, *settings, folder / "case.ipynb"]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    print(report)  # pytest shows it when the test fails
    return report.splitlines()


def test_what_cannot_repeat_is_not_compared(tmp_path: Path) -> None:
    same = [
        cell("object()", "<object at 0x7f2b3c0d1e20>"),
        cell(
            "import time; time.sleep(0.001)\nclass Shown(str): __repr__ = str.__str__\nShown('took 3.25 s')",
            "took 1.5 s",
        ),
        cell("Shown('epoch 1 812.5 images/s')", "epoch 1 92 images/s"),
        cell("[0.15298856794834137, -4.670104026794434]", "[0.15298849344253541, -4.670104503631592]"),
        cell("Shown('100%|###| 5/5 [00:01<00:00, 4.2it/s]')", "100%|###| 5/5 [00:09<00:00, 0.5it/s]"),
    ]
    assert "5 passed" in run_nbval(tmp_path, *same)[-1]


def test_values_are_compared_to_the_digit(tmp_path: Path) -> None:
    wrong = [
        cell("2 ** 10", "1025"),
        cell("[0.1 + 0.2]", "[0.3]"),
        cell("[0.15298856794834137]", "[0.15299856794834137]"),
        cell("'loss 0.4012'", "'loss 0.4013'"),
        cell("{'accuracy': 0.93, 'seconds': 3}", "{'accuracy': 0.94, 'seconds': 3}"),
        cell("'took 3 steps'", "'took 4 steps'"),
    ]
    assert "6 failed in" in run_nbval(tmp_path, *wrong)[-1]


def test_an_error_fails_unless_it_is_expected(tmp_path: Path) -> None:
    error = nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
    stored = {"source": "1 / 0", "outputs": [error], "execution_count": 1}
    tagged = nbformat.v4.new_code_cell(**stored, metadata={"tags": ["raises-exception"]})
    assert "1 failed, 1 passed" in run_nbval(tmp_path, tagged, nbformat.v4.new_code_cell(**stored))[-1]


def test_a_kernel_that_takes_too_much_memory_fails_and_each_notebook_is_told(tmp_path: Path) -> None:
    def numbered(number: int, source: str) -> Any:
        return nbformat.v4.new_code_cell(source, execution_count=number)

    def told(report: list[str]) -> bool:
        return any(re.fullmatch(r" +\d+\.\d s +\d+ MB  .*case\.ipynb", line) for line in report)

    modest = run_nbval(tmp_path, numbered(1, "x = bytearray(50 * 2**20)"), more=["-n", "1"])
    assert "1 passed" in modest[-1]
    assert told(modest)
    # the memory counts even when it is given back before the end
    greedy = [numbered(1, "x = b'1' * (1700 * 2**20)"), numbered(2, "del x"), numbered(3, "y = 1")]
    report = run_nbval(tmp_path, *greedy)
    assert "3 passed, 1 error" in report[-1]
    assert any("GB is the limit" in line for line in report)
    assert told(report)
