"""The virtual environment: made once, installed once, checked in milliseconds afterwards."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"

# What pip prints when it cannot reach its index (several pip versions, three systems).
NO_NETWORK = re.compile(
    r"name resolution|getaddrinfo|Name or service not known|nodename nor servname|NewConnectionError|ConnectTimeout"
    r"|Network is unreachable|No route to host|Connection refused|ProxyError|ReadTimeout|Remote end closed|Max retries",
    re.IGNORECASE,
)


class Failure(Exception):
    """Something the user can put right; the text says what and how."""


def python_in(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """A hash of all that decides what gets installed (not of linter settings)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [project["project"], project["build-system"], project["tool"]["tinygrad-edu"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def install(extras: Sequence[str]) -> Path:
    """Make .venv if need be, install the project with these extras into it, and return its Python.

    A stamp in .venv says what it was made from, so that the next call only reads it and needs no network.
    """
    # A virtual environment holds absolute paths, so it is remade when the project has moved.
    origin = {"python": sys.version.split()[0], "root": str(ROOT)}
    wanted = {**origin, "project": fingerprint()}
    stamp = read_stamp()
    installed = set(stamp.pop("extras", []))
    same = stamp == wanted and python_in(VENV).exists()
    if same and installed >= set(extras):
        return python_in(VENV)
    if any(stamp.get(key, value) != value for key, value in origin.items()) or not python_in(VENV).exists():
        make_venv()
    STAMP.unlink(missing_ok=True)  # a half-done installation must not look whole
    everything = sorted(installed | set(extras))
    start = time.perf_counter()
    print(
        f"Installing the course into .venv ({', '.join(everything)}); the first time takes minutes …",
        flush=True,
    )
    pip_install("--editable", f".[{','.join(everything)}]")
    if "test" in everything:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        pip_install("--no-deps", *project["tool"]["tinygrad-edu"]["test-without-dependencies"])
    quiet_lab()
    STAMP.write_text(json.dumps({**wanted, "extras": everything}), encoding="utf-8")
    print(f"Installed in {time.perf_counter() - start:.0f} s.", flush=True)
    return python_in(VENV)


def read_stamp() -> dict[str, object]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError:  # cut off in the middle of writing: install again
        return {}


def make_venv() -> None:
    version = sys.version.split()[0]
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Failure(f"this Python ({sys.executable}) cannot make virtual environments: `apt-get install {package}`.")
    print(f"Making .venv with Python {version} …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if made.returncode:
        raise Failure(f"python -m venv failed: {last_line(made.stdout + made.stderr)}")


def pip_install(*arguments: str) -> None:
    """Run pip, showing now and then where it is; all its output goes to .venv/pip.log."""
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--retries=3"]
    command = [python_in(VENV), "-m", "pip", "install", *options, *arguments]
    shown, lines = time.perf_counter(), []
    with (
        (VENV / "pip.log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            lines.append(line)
            unpacking = line.startswith("Installing collected packages")  # the longest step, and a silent one
            retrying = "Retrying" in line
            if unpacking or (time.perf_counter() - shown > 10 and (retrying or not line.startswith("WARNING"))):
                shown = time.perf_counter()
                words = f"unpacking {line.count(',') + 1} packages" if unpacking else " ".join(line.split()[:2])
                words = "the package index does not answer, trying again" if retrying else words
                print(f"  … {words}", flush=True)
    if process.returncode:
        raise Failure(explain("".join(lines)))


def explain(output: str) -> str:
    """One line on why pip failed, and what to do."""
    if "No space left on device" in output:
        return "the disk is full: the course needs about 1 GB (see the table in README.md)."
    if NO_NETWORK.search(output):
        return "pip cannot reach the package index: no network? Connect (or set HTTPS_PROXY, PIP_INDEX_URL), run again."
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else last_line(output)
    return f"pip failed: {reason} (all of it: .venv/pip.log)"


def last_line(output: str) -> str:
    return output.strip().splitlines()[-1] if output.strip() else "it said nothing"


def quiet_lab() -> None:
    """Defaults of the JupyterLab in .venv: no question about news, no update check, no nbgrader panels.

    The course uses nbgrader as a library; its panels want an exchange directory that a learner has not.
    CONTRIBUTING.md tells a teacher how to switch them on.
    """
    notification = {"fetchNews": "false", "checkForUpdates": False}
    panels = ("formgrader", "validate_assignment", "assignment_list", "course_list")
    off = {f"nbgrader.server_extensions.{name}": False for name in panels}
    settings = {
        "share/jupyter/lab/settings/overrides.json": {"@jupyterlab/apputils-extension:notification": notification},
        "etc/jupyter/labconfig/page_config.json": {"disabledExtensions": {"@jupyter/nbgrader": True}},
        "etc/jupyter/jupyter_server_config.d/zz-course.json": {"ServerApp": {"jpserver_extensions": off}},
    }
    for name, content in settings.items():
        path = VENV / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def environment_of(python: Path, **more: str) -> dict[str, str]:
    """The environment variables for a child: the virtual environment first on PATH, one BLAS thread a process.

    Tests run as many processes as there are cores; and a matrix product rounds alike everywhere when its sums are not
    split over a number of threads that differs between machines.
    """
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    settings = {"JUPYTER_PLATFORM_DIRS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    return {**os.environ, **single, **settings, "PATH": path, **more}


def find_browser() -> str | None:
    """A Chromium or Chrome: the variable CHROMIUM, a command, or the place where its installer puts it."""
    given = os.environ.get("CHROMIUM")
    if given:
        return shutil.which(given)
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        if found := shutil.which(name):
            return found
    places = [Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
    places += [
        Path(os.environ[variable], "Google/Chrome/Application/chrome.exe")
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if variable in os.environ
    ]
    return next((str(place) for place in places if place.exists()), None)


def why_no_sandbox() -> str:
    """Why bubblewrap cannot be used here ("" when it can): it may be installed and still be forbidden."""
    if sys.platform != "linux":
        return "bubblewrap exists on Linux only"
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap is not installed"
    trial = [program, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--unshare-all", "true"]
    tried = subprocess.run(trial, capture_output=True, text=True)
    return f"bubblewrap cannot make a sandbox here: {last_line(tried.stderr)}" if tried.returncode else ""


def install_system_packages(log: Path) -> None:
    """Chromium and bubblewrap, which some tests need: installed as root with apt, else named."""
    missing = {}
    if find_browser() is None:
        missing["chromium"] = "the browser tests (tests/browser)"
    if shutil.which("bwrap") is None and sys.platform == "linux":
        missing["bubblewrap"] = "the tests of the grader's sandbox (marked needs_bwrap)"
    if not missing:
        return
    may_install = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get")
    if may_install:
        print(f"Installing {' and '.join(missing)} with apt-get …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with log.open("w", encoding="utf-8") as output:
            for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
                done = subprocess.run(["apt-get", *command], stdout=output, stderr=subprocess.STDOUT, env=quiet)
        if done.returncode == 0:
            return
        print(f"apt-get could not install them: {last_line(log.read_text(encoding='utf-8'))} (all of it: {log})")
    for package, tests in missing.items():
        print(f"{package} is missing: {tests} will be left out. Install it, or run as root where apt-get is at hand.")
