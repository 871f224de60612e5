"""What each notebook costs when nbval runs it: its seconds are told, its memory has a limit.

A pytest plugin of the nbval stage (`-p tests.notebook_costs`). Time is reported and not asserted, for a busy machine is no error of a
notebook. The most memory that the kernel ever held at once is the notebook's own doing, and fails its last cell above the limit.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil
import pytest

MOST_MEMORY = 1.5 * 1024**3  # bytes
LONGEST = 60  # seconds: what a chapter should take at most on two cores


def peak_memory(pid: int) -> int:
    """The most bytes that a process ever held at once; where the system does not keep that (macOS), what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return int(getattr(memory, "peak_wset", memory.rss))


def notebook_of(item: Any) -> Any:
    """The notebook that a test is a cell of, or None."""
    parent = item.parent if item is not None else None
    return parent if getattr(parent, "kernel", None) is not None else None


@pytest.hookimpl(tryfirst=True)  # the notebook's own teardown ends the kernel
def pytest_runtest_teardown(item: Any, nextitem: Any) -> None:
    notebook = notebook_of(item)
    if notebook is None or notebook_of(nextitem) is notebook or not notebook.kernel.is_alive():
        return
    peak = peak_memory(notebook.kernel.km.provisioner.pid)
    item.user_properties.append(("kernel_peak_bytes", peak))
    if peak > MOST_MEMORY:
        pytest.fail(f"{item.nodeid.split('::')[0]} needed {peak / 2**30:.2f} GB; {MOST_MEMORY / 2**30} GB is the limit")


class Costs:
    """Adds up what the reports say, those of xdist's workers included."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.peaks: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("::")[0]
        if name.endswith(".ipynb"):
            self.seconds[name] += report.duration
            if peak := dict(report.user_properties).get("kernel_peak_bytes"):
                self.peaks[name] = int(str(peak))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.seconds:
            return
        terminalreporter.section("what the notebooks cost")
        for name, seconds in sorted(self.seconds.items()):
            memory = f"{self.peaks[name] / 2**20:6.0f} MB" if name in self.peaks else "     ?   "
            slow = f"  more than {LONGEST} s" if seconds > LONGEST and name.startswith("chapters") else ""
            terminalreporter.write_line(f"{seconds:6.1f} s {memory}  {name}{slow}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs(), "notebook-costs")
