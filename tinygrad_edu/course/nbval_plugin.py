"""The pytest plugin that makes nbval grade: a grafted notebook in place of a file, a limited kernel, tolerant
comparison.

nbval's own `IPyNbCell.runtest` runs every cell and its `compare_outputs` decides; this only feeds them and keeps a
record.
"""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from . import compare
from .checks import CHECK_MIME, VALUE_MIME
from .exercise import Cell, reaches_out
from .kernel import KernelGone, LimitedKernel
from .limits import Limits

_KEPT_TEXT = 2_000  # characters of any one text in a record


@dataclass
class Event:
    """What came of one cell. `outcome` is ok, differs, error, timeout, gone or limit."""

    grade_id: str
    role: str
    outcome: str = "ok"
    kind: str = ""  # of an error: its name; of a kernel that is gone: why
    text: str = ""
    where: str = ""
    values: list[str] = field(default_factory=list)
    visible: dict[str, Any] | None = None
    mismatch: tuple[str, str] | None = None  # the first printed value that differs: expected, got
    seconds: float = 0.0
    disturbed: bool = False  # of a check that failed: something that it relies on was changed by other code


@dataclass
class Job:
    """One notebook to run: its cells, and for each check the values that the reference printed (None: record them)."""

    cells: list[Cell]
    expected: dict[str, tuple[list[str], str]] | None
    limits: Limits
    seed: int
    sandboxed: bool
    private: Path
    hide: tuple[Path, ...] = ()


class Grading:
    """The plugin; one per notebook."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.events: list[Event] = []

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path.suffix != ".graded":
            return None
        collected = GradedFile.from_parent(parent, path=file_path)
        collected.job, collected.events = self.job, self.events
        return collected  # type: ignore[no-any-return]

    def records(self) -> list[dict[str, Any]]:
        return [asdict(event) for event in self.events]


class GradedFile(IPyNbFile):  # type: ignore[misc]
    """One notebook. Kernels come and go; what has run before is run again in a new one."""

    job: Job
    events: list[Event]
    kernel: LimitedKernel | None = None

    def setup(self) -> None:
        self.started = time.monotonic()
        self.kernels = 0
        self.spoilers: set[int] = set()  # cells that cost a kernel: never run twice
        self.remembered = False
        roles = [cell.role for cell in self.job.cells]
        self.teachers = roles.index("answer") if "answer" in roles else 0  # cells before any of a student's

    def collect(self) -> Any:
        for number, cell in enumerate(self.job.cells):
            compared = cell.role == "check" and self.job.expected is not None
            wanted = self.job.expected[cell.grade_id] if compared and self.job.expected is not None else None
            outputs = [] if wanted is None else [_output(value=v) for v in wanted[0]] + [_output(visible=wanted[1])]
            node = NotebookNode(
                cell_type="code",
                source=cell.source,
                metadata=NotebookNode(),
                outputs=outputs,
                # nbval compares nothing where the count is None
                execution_count=None if wanted is None else number + 1,
            )
            options = {"check": wanted is not None, "check_exception": False, "skip": False}
            yield GradedCell.from_parent(self, name=f"Cell {number}", cell_num=number, cell=node, options=options)

    @property
    def remaining(self) -> float:
        """Seconds that this notebook still has."""
        return self.job.limits.notebook_seconds - (time.monotonic() - self.started)

    def ensure_kernel(self, upto: int) -> LimitedKernel:
        """A living kernel that has run the cells before `upto`."""
        if self.kernel is not None and self.kernel.is_alive():
            return self.kernel
        if self.remaining <= 0:
            raise KernelGone("limit", "the notebook's time is over")
        self.kernels += 1
        if self.kernels > 2:  # what kills them may only have been begun by an answer that itself ran to its end
            answers = [n for n, cell in enumerate(self.job.cells[:upto]) if cell.role == "answer"]
            self.spoilers |= {n for n in answers if reaches_out(self.job.cells[n].source)}
        folder = self.job.private / f"k{self.kernels}"
        job = self.job
        begun = time.monotonic()
        self.kernel = kernel = LimitedKernel(folder, job.limits, job.seed, job.sandboxed, job.hide)
        if self.kernels == 1:  # how long that takes says nothing about the notebook
            self.started += time.monotonic() - begun
        self.remembered = False
        for number, cell in enumerate(job.cells[:upto]):
            if number in self.spoilers or cell.role == "check":
                continue
            if cell.role == "answer":
                self.remember()
            try:
                seconds = self.seconds(number)
                kernel.begin(seconds)
                message = kernel.execute_cell_input(cell.source, allow_stdin=False)
                kernel.await_reply(message, timeout=seconds)
                kernel.await_idle(message, 5)
            except (Empty, KernelGone):
                self.spoilers.add(number)
                kernel.stop()
                return self.ensure_kernel(upto)
        return kernel

    def remember(self) -> None:
        """Before the first answer of a kernel: note the state that all checks rely on."""
        if not self.remembered and self.job.expected is not None and self.kernel is not None:
            self.remembered = True
            self.kernel.probe("remember")

    def disturbed(self) -> bool:
        """Whether that state was changed since; also when the kernel does not say."""
        if self.job.expected is None:
            return False
        return self.kernel is None or not self.kernel.is_alive() or self.kernel.probe("changed") != "False"

    def seconds(self, number: int) -> float:
        """The time for a cell; the teacher's own first ones, which import much, have as long as a kernel's start."""
        limits = self.job.limits
        seconds = limits.start_seconds if number < self.teachers else limits.cell_seconds
        return max(0.1, min(self.job.cells[number].seconds or seconds, self.remaining))

    def teardown(self) -> None:
        if self.kernel is not None:
            self.kernel.stop()


class GradedCell(IPyNbCell):  # type: ignore[misc]
    """One cell: nbval runs and compares it, this writes down what came of it."""

    def setup(self) -> None:
        self.parent.timed_out = False  # nbval would expect all later cells to fail
        super().setup()

    def runtest(self) -> None:
        cell = self.parent.job.cells[self.cell_num]
        event = Event(cell.grade_id, cell.role)
        self.parent.events.append(event)
        start = time.monotonic()
        try:
            if self.parent.remaining <= 0:
                event.outcome = "limit"
                self.raise_cell_error("the notebook's time is over")
            seconds = self.parent.seconds(self.cell_num)
            kernel = self.parent.ensure_kernel(self.cell_num)
            if cell.role == "answer":
                self.parent.remember()
            kernel.begin(seconds)
            self.config.option.nbval_cell_timeout = seconds
            super().runtest()
        except NbCellError as error:
            if event.outcome == "ok":
                self._classify(event, error)
            raise
        except KernelGone as gone:
            event.outcome, event.kind, event.text = "limit" if gone.kind == "limit" else "gone", gone.kind, str(gone)
            self.parent.spoilers.add(self.cell_num)
            raise
        except Exception as broken:  # the student's process forged a message or its signature
            event.outcome, event.kind = "gone", "protocol"
            event.text = f"the kernel's messages are broken ({repr(broken)[:200]})"
            self.parent.spoilers.add(self.cell_num)
            if self.parent.kernel is not None:
                self.parent.kernel.stop()
            raise
        finally:
            event.seconds = round(time.monotonic() - start, 3)
            if event.role == "check" and event.outcome != "ok":
                event.disturbed = self.parent.disturbed()
            for output in self.test_outputs or []:
                _keep(event, output)

    def _classify(self, event: Event, error: NbCellError) -> None:
        if self.parent.timed_out:
            event.outcome = "timeout"
            if not self.parent.kernel.is_alive():
                self.parent.spoilers.add(self.cell_num)
            elif event.role != "check":
                self.parent.spoilers.add(self.cell_num)  # in a later kernel, too, it would only cost time
            return
        raised = next((o for o in self.test_outputs or [] if o.output_type == "error"), None)
        if raised is None:
            event.outcome = "differs"
            return
        event.outcome = "error"
        event.kind, event.text = str(raised.ename)[:200], str(raised.evalue)[:_KEPT_TEXT]

    def format_output_compare(self, key: str, left: Any, right: Any) -> None:
        """Nothing: nbval would have pytest explain the difference, which takes minutes for texts of many lines."""

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """nbval's comparison of what hidden tests printed and visible checks said, numbers aligned within tolerance."""
        cell, event = self.parent.job.cells[self.cell_num], self.parent.events[-1]
        wanted = [o.data.value for o in ref if "value" in o.data]
        reduced, values = [], 0
        for output in test:
            data = output.get("data", {})
            if CHECK_MIME in data:
                reduced.append(_output(visible=visible_summary(data[CHECK_MIME])))
            if VALUE_MIME in data:
                text = value_text(data[VALUE_MIME])
                reference = wanted[values] if values < len(wanted) else ""
                aligned = compare.align(reference, text, cell.rtol, cell.atol)
                if aligned != reference and event.mismatch is None:
                    event.mismatch = (reference[:_KEPT_TEXT], text[:_KEPT_TEXT])
                reduced.append(_output(value=aligned))
                values += 1
        return bool(super().compare_outputs(reduced, ref, skip_compare))


def _output(**data: str) -> NotebookNode:
    return NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(data))


def value_text(data: Any) -> str:
    """Text of a value message, which a student's process may have made up."""
    return data["text"] if isinstance(data, dict) and isinstance(data.get("text"), str) else ""


def visible_summary(data: Any) -> str:
    """``relu_check: pass`` from a check's message."""
    return f"{data.get('grade_id')}: {data.get('status')}" if isinstance(data, dict) else "unreadable"


def _keep(event: Event, output: Any) -> None:
    """Put what a check's output says into the record, cut to a bearable length."""
    data = output.get("data", {}) if isinstance(output.get("data", {}), dict) else {}
    if VALUE_MIME in data:
        event.values.append(value_text(data[VALUE_MIME]))
    if CHECK_MIME in data and isinstance(data[CHECK_MIME], dict):
        cases = data[CHECK_MIME].get("cases")
        event.visible = {
            "summary": visible_summary(data[CHECK_MIME]),
            "status": str(data[CHECK_MIME].get("status")),
            "cases": [
                {k: str(c.get(k, ""))[:_KEPT_TEXT] for k in ("label", "status", "message")}
                for c in (cases if isinstance(cases, list) else [])[:50]
                if isinstance(c, dict)
            ],
        }
