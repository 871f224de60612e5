"""For all tests: state sealed between them, and tests that this machine cannot run named, never silently skipped.

A test that needs a system package says so by a marker. Where the package is missing the test is left out, and the last
lines of the run name it; in CI (``CI=true``) it fails instead. What cannot be installed (a GPU; bubblewrap on another
system than Linux) never fails.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from sealing import sealed_state  # noqa: F401  (an autouse fixture)

# as without the extra `fast`, also where its kernels have been prepared: tests/backend/test_compiled.py compares these
os.environ["TINYGRAD_EDU_COMPILED"] = "0"
# what a shell starts in the background ignores Ctrl+C, and so would the programs that tests start and interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

from environment import find_browser, why_no_sandbox

LEFT_OUT = "LEFT OUT: "


@cache
def why_no_chromium() -> str:
    return "" if find_browser() else "no Chromium or Chrome (set CHROMIUM to its path if it has an unusual one)"


@cache
def why_no_bwrap() -> str:
    return why_no_sandbox()


@cache
def why_no_gpu() -> str:
    try:
        import cupy
    except ImportError:
        return "CuPy is not installed"
    try:
        return "" if cupy.cuda.runtime.getDeviceCount() else "no NVIDIA GPU"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"no NVIDIA GPU ({error})"


@cache
def why_no_mpi() -> str:
    try:
        import mpi4py  # noqa: F401
    except ImportError:
        return "mpi4py is not installed"
    beside = Path(sys.executable).parent / "mpiexec"
    return "" if beside.exists() or shutil.which("mpiexec") else "no mpiexec"


NEEDS: dict[str, Callable[[], str]] = {
    "needs_bwrap": why_no_bwrap,
    "needs_chromium": why_no_chromium,
    "needs_gpu": why_no_gpu,
    "needs_mpi": why_no_mpi,
}


def could_be_installed(marker: str) -> bool:
    return (
        marker == "needs_chromium"
        or (marker == "needs_mpi" and sys.platform != "win32")
        or (marker == "needs_bwrap" and sys.platform == "linux")
    )


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


def pytest_collection_finish() -> None:
    gc.freeze()  # modules and tests stay to the end: the search for garbage need not go through all of them each time


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, why_not in NEEDS.items():
        if item.get_closest_marker(marker) and (reason := why_not()):
            if in_ci() and could_be_installed(marker):
                pytest.fail(f"{LEFT_OUT}{reason}. In CI every test must run.", pytrace=False)
            pytest.skip(LEFT_OUT + reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if reason.startswith(LEFT_OUT):
            terminalreporter.write_line(f"{LEFT_OUT}{report.nodeid} ({reason.removeprefix(LEFT_OUT)})", yellow=True)
