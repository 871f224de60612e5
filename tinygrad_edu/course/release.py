"""From ``solutions/`` to ``exercises/``: complete the author's metadata, refuse what is broken, clear what is secret.

The clearing is done by nbgrader's own preprocessors, so that nbgrader and its formgrader accept the result.
"""

import ast
import contextlib
import json
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import exercise
from .exercise import STUB, Cell, Exercise, NotebookError, names_defined
from .grade import GradingError, expected_of, trial
from .limits import DEFAULT
from .pretender import pretending

_MARKERS = ("SOLUTION", "HIDDEN TESTS")


@dataclass(frozen=True)
class Released:
    """One notebook's release: where it goes, its text, and whether that is what stands there already."""

    path: Path
    text: str
    source: Path
    source_text: str

    @property
    def current(self) -> bool:
        return _text(self.path) == self.text and _text(self.source) == self.source_text

    def write(self) -> None:
        """Write the exercise, and the source where metadata or cell ids were missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for path, text in ((self.path, self.text), (self.source, self.source_text)):
            if _text(path) != text:
                path.write_bytes(text.encode())


def prepare(source: Path, folder: Path, *, run: bool = False) -> Released:
    """The release of one solution notebook.

    Args:
        source: the notebook in ``solutions/``.
        folder: where exercises stand.
        run: run the solution first and store its outputs.

    Raises:
        NotebookError: it is no notebook, or no sound exercise; the text names the file and the cell.
    """
    raw = exercise.read_json(source)
    identify(raw)
    try:
        notebook = nbformat.reads(json.dumps(raw), as_version=4)
    except Exception as error:  # nbformat's readers raise anything on damaged input
        raise NotebookError(f"{source}: not a notebook: {str(error).splitlines()[0]}") from None
    complete(notebook)
    problems = faults(notebook, source)
    if problems:
        raise NotebookError("\n".join(problems))
    if run:
        execute(notebook, source)
    problems = unrun(notebook, source)
    if problems:
        raise NotebookError("\n".join(problems))
    return Released(folder / source.name, _dump(clear(notebook, source.stem)), source, _dump(notebook))


def complete(notebook: NotebookNode) -> None:
    """Fill in what follows from the rest: nbgrader's flags, the kernel's name."""
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(display_name="Python 3 (ipykernel)", language="python", name="python3"),
        language_info=NotebookNode(name="python"),
        **{k: v for k, v in notebook.metadata.items() if k not in ("kernelspec", "language_info")},
    )
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader")
        role = exercise.role_of(cell)
        if role != "plain":
            flags = {"grade": role == "check", "solution": role == "answer", "locked": role == "check"}
            order = {
                "cell_type": "code",
                **flags,
                "grade_id": mark.get("grade_id", ""),
                "schema_version": 3,
                "task": False,
            }
            if role == "check" and "points" in mark:
                order["points"] = mark["points"]
            cell.metadata["nbgrader"] = NotebookNode(order)


def identify(raw: dict[str, Any]) -> None:
    """Give every cell of a notebook's JSON an id that is valid and its own; one that has such an id keeps it."""
    raw["nbformat"], raw["nbformat_minor"] = 4, 5
    taken: set[str] = set()
    for number, cell in enumerate(raw["cells"]):
        if not isinstance(cell, dict):
            continue
        known = cell.get("id")
        if not isinstance(known, str) or not re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", known) or known in taken:
            name = exercise.metadata_of(cell, "nbgrader").get("grade_id") or f"{cell.get('cell_type')}-{number}"
            known = re.sub(r"[^a-zA-Z0-9-_]", "-", str(name))[:50]
            while known in taken:
                known += "-"
            cell["id"] = known
        taken.add(known)


def faults(notebook: NotebookNode, path: Path) -> list[str]:
    """What is wrong with the text of a solution notebook, a line each, the cell named."""
    key = exercise.from_json(notebook, path)
    found: list[str] = []
    names = Counter(c.grade_id for c in key.cells if c.grade_id)
    found += [f"{path}: {name}: {n} cells have this grade_id" for name, n in names.items() if n > 1]
    about = {name for c in key.checks.values() for name in c.answers}
    for number, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {number}"
        role = exercise.role_of(cell)
        problems = list(_marker_faults(cell.source, role))
        if role == "answer" and not problems:
            problems += [] if name in about else ["no check is about this answer"]
        if role == "check" and not problems:
            problems += _check_faults(cell, key)
        found += [f"{path}: {name}: {problem}" for problem in problems]
    if not key.checks:
        found.append(f"{path}: no check cell (metadata nbgrader.grade_id and points, and a hidden test)")
    return found


def _marker_faults(source: str, role: str) -> Iterator[str]:
    for kind, home in zip(_MARKERS, ("answer", "check"), strict=True):
        marks = re.findall(rf"(BEGIN|END) {kind}", source)
        if marks != ["BEGIN", "END"] * (len(marks) // 2):
            yield f"unbalanced {kind} markers"
        elif marks and role != home:
            yield f"{kind} markers outside of a named {home} cell (metadata nbgrader.grade_id)"
        elif not marks and role == home:
            yield f"no ### BEGIN {kind} in it"


def _check_faults(cell: NotebookNode, key: Exercise) -> Iterator[str]:
    name = cell.metadata.nbgrader.grade_id
    if not _is_positive(cell.metadata.nbgrader.get("points")):
        yield "no points (metadata nbgrader.points, a number above 0)"
    for answer in key.checks[name].answers if name in key.checks else ():
        if answer not in key.answers:
            yield f"it is about {answer}, which is not an answer cell"
    if name in key.checks and not key.checks[name].answers:
        yield "it stands before any answer cell"
    visible, hidden = exercise.split_hidden(cell.source)
    try:
        shown, secret = ast.parse(visible), ast.parse(hidden)
        ast.parse(cell.source)
    except SyntaxError as error:
        yield f"syntax error: {error.msg}, line {error.lineno}"
        return
    calls = [
        n for n in ast.walk(shown) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "check"
    ]
    if len(calls) != 1:
        yield f"it needs exactly one visible check(…), it has {len(calls)}"
    elif not calls[0].args or not isinstance(calls[0].args[0], ast.Constant) or calls[0].args[0].value != name:
        yield f'its visible check must be named check("{name}", …)'
    if not any(isinstance(n, ast.Name) and n.id == "print" for n in ast.walk(secret)):
        yield "its hidden tests print nothing, so that there is nothing to compare"


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def unrun(notebook: NotebookNode, path: Path) -> list[str]:
    """Code cells without a count or with an error: nbval would compare nothing, or an accident."""
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {number}"
        if cell.execution_count is None:
            found.append(f"{path}: {name}: this cell was not run (tinygrad-edu release {path.stem[:2]} --run)")
        elif any(o.output_type == "error" for o in cell.outputs):
            found.append(f"{path}: {name}: this cell stored an error")
    return found


def execute(notebook: NotebookNode, path: Path) -> None:
    """Run a solution notebook in this environment and store its outputs.

    Raises:
        NotebookError: a cell raised an error or took longer than a notebook may.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets import default

    from .kernel import OneKernel

    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]

    class ThisPython(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _kernel_spec_manager_default(self) -> OneKernel:
            return OneKernel([*argv, "--IPKernelApp.log_level=50"])

    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=int(DEFAULT.notebook_seconds),
        resources={"metadata": {"path": str(path.parent.resolve())}},
        record_timing=False,
    )
    names = {"GRADE_SEED", "PYTHONPATH"}
    before = {name: os.environ.get(name) for name in names}
    root = str(Path(__file__).resolve().parents[2])
    os.environ.pop("GRADE_SEED", None)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, before["PYTHONPATH"]]))
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        said = str(error).strip().splitlines()
        raise NotebookError(f"{path}: it does not run: {said[-1] if said else type(error).__name__}") from None
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
    complete(notebook)  # the kernel's own language_info names a Python version


def clear(notebook: NotebookNode, name: str) -> NotebookNode:
    """The students' version of a solution notebook."""
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearHiddenTests,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )
    from traitlets.config import Config

    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    released = nbformat.from_dict(dict(notebook))
    released = nbformat.reads(nbformat.writes(released), as_version=4)
    released.metadata["tinygrad_edu"] = NotebookNode(exercise=name)
    resources: dict[str, Any] = {}
    with _quiet("nbgrader"):
        for step in (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ClearHiddenTests):
            released, resources = step(config=config).preprocess(released, resources)
        for cell in released.cells:
            if exercise.role_of(cell) == "check":
                cell.source = cell.source.rstrip()
            cell.metadata.pop("execution", None)
        for step in (ComputeChecksums, CheckCellMetadata):
            released, resources = step(config=config).preprocess(released, resources)
    return released


def verify(released: Released) -> list[str]:
    """Run the reference and the untouched exercise: what is wrong with the checks as tests, a line each.

    The reference must pass, a printed value of every check must depend on the seed, and no check may pass on the stub
    or on objects that agree to everything. It is the author's own code, so it runs without a sandbox.
    """
    key = exercise.from_json(nbformat.reads(released.source_text, as_version=4), released.source)
    untouched = _answered(key, lambda cell: cell.stub)
    pretended = _answered(key, lambda cell: pretending(names_defined(cell.stub) or names_defined(cell.source)))
    try:
        first, second, blank, liar = trial([(key, 0), (key, 1), (untouched, 0), (pretended, 0)])
        one, other = expected_of(key, first), expected_of(key, second)
    except GradingError as error:
        return [str(error)]
    stub_passes, liar_passes = (
        {
            cell.grade_id
            for cell, event in zip(key.cells, record["events"], strict=True)
            if cell.role == "check" and event["outcome"] == "ok" and event["values"] == one[cell.grade_id][0]
        }
        for record in (blank, liar)
    )
    found = []
    for name in key.checks:
        if one[name] == other[name]:
            found.append(
                f"{released.source}: {name}: nothing that its hidden tests print depends on check.rng() or check.seed"
            )
        if name in stub_passes:
            found.append(f"{released.source}: {name}: it passes on the untouched exercise")
        elif name in liar_passes:
            found.append(f"{released.source}: {name}: nothing that its hidden tests print depends on the answer")
    return found


def _answered(key: Exercise, source: Callable[[Cell], str]) -> Exercise:
    """`key` with other answers."""
    return replace(key, cells=tuple(replace(c, source=source(c)) if c.role == "answer" else c for c in key.cells))


def _dump(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
