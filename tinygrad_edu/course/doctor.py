"""``tinygrad-edu doctor``: what works on this machine, found out by trying it."""

import importlib
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from queue import Empty

from . import sandbox
from .limits import DEFAULT

PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report. `required`: the course can't do without it."""

    name: str
    ok: bool
    detail: str
    required: bool = True


def examine() -> list[Finding]:
    """All findings, in the order of the layers: Python, arrays, GPU, notebooks, grading."""
    return [
        examination() for examination in (_python, _blas, _framework, _gpu, _lab, _kernel, _nbval, _nbgrader, _sandbox)
    ]


def lines(findings: list[Finding]) -> list[str]:
    """The report as text."""
    wide = max(len(f.name) for f in findings)
    marks = {True: "ok     ", False: "missing"}
    return [f"{marks[f.ok] if f.ok or f.required else 'without'}  {f.name:<{wide}}  {f.detail}" for f in findings]


def _python() -> Finding:
    ok = sys.version_info >= PYTHON
    need = "" if ok else f"; the course needs {PYTHON[0]}.{PYTHON[1]} or newer"
    return Finding("Python", ok, f"{platform.python_version()} on {platform.system()} {platform.machine()}{need}")


def _blas() -> Finding:
    try:
        numpy = importlib.import_module("numpy")
    except ImportError as error:
        return Finding("NumPy", False, f"can't be imported ({error}); pip install numpy")
    blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = os.environ.get("OMP_NUM_THREADS", f"up to {os.cpu_count()}")
    return Finding("NumPy", True, f"{numpy.__version__}, BLAS: {blas['name']} {blas['version']}, threads: {threads}")


def _framework() -> Finding:
    try:
        module = importlib.import_module("tinygrad_edu")
    except Exception as error:  # whatever keeps the package from being imported is the finding
        return Finding("tinygrad_edu", False, f"can't be imported: {type(error).__name__}: {error}")
    return Finding(
        "tinygrad_edu",
        True,
        f"{_version('tinygrad-edu') or 'not installed, used'} from {Path(str(module.__file__)).parent}",
    )


def _gpu() -> Finding:
    try:
        cupy = importlib.import_module("cupy")
        count = cupy.cuda.runtime.getDeviceCount()
        names = [cupy.cuda.runtime.getDeviceProperties(i)["name"].decode() for i in range(count)]
        total = float((cupy.arange(4.0) + 1).sum())
    except ImportError:
        return Finding("GPU", False, "CuPy is not installed: everything runs on the CPU (extra gpu)", required=False)
    except Exception as error:  # a driver that is missing or too old raises CuPy's own errors
        return Finding("GPU", False, f"CuPy is installed, but: {str(error).splitlines()[0]}", required=False)
    return Finding("GPU", total == 10.0, f"CuPy {cupy.__version__}: {', '.join(names)}", required=False)


def _lab() -> Finding:
    found = _version("jupyterlab")
    return Finding("JupyterLab", bool(found), found or 'not installed; pip install "tinygrad-edu[lab]"')


def _kernel() -> Finding:
    if not _version("ipykernel"):
        return Finding("kernel", False, 'ipykernel is not installed; pip install "tinygrad-edu[lab]"')
    if not _version("nbval"):
        return Finding("kernel", True, f"ipykernel {_version('ipykernel')} (not tried: nbval is missing)")
    return _try("kernel", False, f"ipykernel {_version('ipykernel')} starts and computes")


def _nbval() -> Finding:
    found = _version("nbval")
    return Finding("nbval", bool(found), found or 'not installed, needed to grade; pip install "tinygrad-edu[lab]"')


def _nbgrader() -> Finding:
    found = _version("nbgrader")
    return Finding("nbgrader", bool(found), found or "not installed, needed to release exercises", required=False)


def _sandbox() -> Finding:
    missing = sandbox.available()
    if missing:
        return Finding("sandbox", False, f"{missing}; grading needs --unsafe", required=False)
    if not _version("nbval"):
        return Finding("sandbox", True, "bubblewrap starts (not tried with a kernel: nbval is missing)", required=False)
    return _try("sandbox", True, "bubblewrap starts a kernel without network", required=False)


def _try(name: str, sandboxed: bool, fine: str, required: bool = True) -> Finding:
    """Start a kernel as grading does and let it compute."""
    from .kernel import KernelGone, LimitedKernel

    folder = Path(tempfile.mkdtemp(prefix="tgedu-"))
    kernel = None
    try:
        kernel = LimitedKernel(folder / "k", DEFAULT, 0, sandboxed)
        kernel.begin(30)
        code = "import socket, tinygrad_edu.course\nassert 6 * 7 == 42"
        if sandboxed:
            code += '\nassert socket.socket().connect_ex(("192.0.2.1", 80)) != 0'
        answer = kernel.kc.execute(code)
        kernel.await_reply(answer, timeout=30)
        said = kernel.get_message("iopub")
        while said["msg_type"] != "error" and said["content"].get("execution_state") != "idle":
            said = kernel.get_message("iopub")
        if said["msg_type"] == "error":
            return Finding(name, False, f"{said['content']['ename']}: {said['content']['evalue']}", required)
    except (KernelGone, Empty, OSError) as error:
        return Finding(name, False, f"it does not answer: {error}", required)
    finally:
        if kernel is not None:
            kernel.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return Finding(name, True, fine, required)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
