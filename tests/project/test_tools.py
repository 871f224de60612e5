"""tools/: the two commands' checks and messages, as a user on a fresh machine meets them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import environment
import lab
import pytest
import stages
import tasks

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "tools" / "dev.py"


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("PORT", "NO_BROWSER", "STAGES")}
    command = [sys.executable, DEV, *words]
    return subprocess.run(command, env={**clean, **variables}, capture_output=True, text=True, timeout=120)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((lab.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


# ------------------------------------------------------------------------------------------------ messages
def test_without_a_command_it_lists_them_and_fails() -> None:
    done = run()
    assert done.returncode == 2
    assert "lab " in done.stdout
    assert "test " in done.stdout
    assert run("--help").returncode == 0


def test_unknown_words_are_named() -> None:
    assert "fly" in run("fly", "--here").stderr
    assert "Unknown: --fast" in run("lab", "--fast").stderr
    assert "no stage poetry; the stages are ruff" in run("test", "--here", STAGES="poetry").stderr


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "88.8"])
def test_a_port_that_is_none(port: str) -> None:
    done = run("lab", "--here", PORT=port)
    assert done.returncode == 2
    assert done.stderr.strip() == f"error: PORT must be a number from 1 to 65535, not {port!r}."


def test_a_port_that_is_taken(taken_port: int) -> None:
    done = run("lab", "--here", PORT=str(taken_port))
    assert done.returncode == 2
    assert f"port {taken_port} is taken by another program" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_port_given_finds_the_first_free_one(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "FIRST_PORT", taken_port)
    assert taken_port < lab.choose_port("") < taken_port + 100


def test_too_old_a_python_is_named_in_one_line() -> None:
    script = "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['dev.py', 'lab'];"
    script += f"runpy.run_path({str(DEV)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 2
    assert re.fullmatch(r"error: Python 3\.11 or newer is needed, but .* is Python 3\.9\.2: try .*\n", done.stderr)


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("WARNING: Retrying … [Errno -3] Temporary failure in name resolution')': /simple/numpy/", "no network?"),
        ("urllib3.exceptions.NewConnectionError: <…>: Failed to establish a new connection", "no network?"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "Collecting numpy\nERROR: No matching distribution found for numpy>=99",
            "No matching distribution found for numpy>=99",
        ),
        ("", "it said nothing"),
    ],
)
def test_why_pip_failed(output: str, line: str) -> None:
    told = environment.explain(output)
    assert line in told
    assert "\n" not in told


# ------------------------------------------------------------------------------------------------ installing once
class Recorder:
    """Stands for venv and pip: counts what would have been installed."""

    def __init__(self, venv: Path) -> None:
        self.venv, self.made, self.installed, self.broken = venv, 0, [], False

    def make(self) -> None:
        self.made += 1
        python = environment.python_in(self.venv)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    def pip(self, *words: str) -> None:
        if self.broken:
            raise environment.Failure("no network")
        self.installed.append(words)


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    venv = tmp_path / ".venv"
    recorder = Recorder(venv)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "STAMP", venv / "installed.json")
    monkeypatch.setattr(environment, "make_venv", recorder.make)
    monkeypatch.setattr(environment, "pip_install", recorder.pip)
    return recorder


def test_installed_once_then_no_pip_and_no_network(recorder: Recorder) -> None:
    environment.install(["lab"])
    assert recorder.installed == [("--editable", ".[lab]")]
    recorder.broken = True
    assert environment.install(["lab"]) == environment.python_in(recorder.venv)
    assert recorder.made == 1


def test_more_extras_are_added_to_the_same_environment_and_kept(recorder: Recorder) -> None:
    environment.install(["lab"])
    environment.install(["lab", "test"])
    assert recorder.installed[1:] == [("--editable", ".[lab,test]"), ("--no-deps", "torchvision==0.28.0")]
    assert recorder.made == 1
    environment.install(["lab"])
    assert len(recorder.installed) == 3


def test_a_half_done_installation_is_done_again(recorder: Recorder) -> None:
    recorder.broken = True
    with pytest.raises(environment.Failure):
        environment.install(["lab"])
    recorder.broken = False
    environment.install(["lab"])
    assert recorder.installed == [("--editable", ".[lab]")]
    environment.STAMP.write_text('{"python": "3.1', encoding="utf-8")  # cut off
    environment.install(["lab"])
    assert len(recorder.installed) == 2


@pytest.mark.parametrize("changed", ["python", "root"])
def test_another_python_or_place_makes_a_new_environment(recorder: Recorder, changed: str) -> None:
    environment.install(["lab"])
    stamp = json.loads(environment.STAMP.read_text(encoding="utf-8"))
    environment.STAMP.write_text(json.dumps({**stamp, changed: "another"}), encoding="utf-8")
    environment.install(["lab"])
    assert recorder.made == 2


def test_changed_dependencies_are_installed_into_the_same_environment(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.install(["lab"])
    monkeypatch.setattr(environment, "fingerprint", lambda: "changed")
    environment.install(["lab"])
    assert (recorder.made, len(recorder.installed)) == (1, 2)


def test_fingerprint_ignores_linter_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    before = environment.fingerprint()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text(text.replace("line-length = 120", "line-length = 99"), encoding="utf-8")
    assert environment.fingerprint() == before
    (tmp_path / "pyproject.toml").write_text(text.replace("numpy>=2.1", "numpy>=2.2"), encoding="utf-8")
    assert environment.fingerprint() != before


# ------------------------------------------------------------------------------------------------ system packages
@pytest.fixture
def bare_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux that has nothing but an apt-get, which notes what it is asked for; the folder it stands in."""
    if os.name == "nt":
        pytest.skip("needs an executable script")
    apt = tmp_path / "apt-get"
    apt.write_text('#!/bin/sh\necho "$@" >> "$APT_CALLS"\nexit "$APT_STATUS"\n', encoding="utf-8")
    apt.chmod(0o755)
    for name, value in {"PATH": str(tmp_path), "APT_CALLS": str(tmp_path / "calls"), "APT_STATUS": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(environment, "find_browser", lambda: None)
    return tmp_path


def test_root_installs_what_is_missing(bare_linux: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment.install_system_packages(bare_linux / "log")
    calls = (bare_linux / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == ["update", "install -y --no-install-recommends chromium bubblewrap"]
    assert "left out" not in capsys.readouterr().out


def test_what_apt_cannot_install_is_named(
    bare_linux: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APT_STATUS", "100")
    environment.install_system_packages(bare_linux / "log")
    told = capsys.readouterr().out
    assert "apt-get could not install them" in told
    assert "chromium is missing: the browser tests (tests/browser) will be left out." in told
    assert "bubblewrap is missing: the tests of the grader's sandbox" in told


def test_a_user_is_told_and_nothing_is_installed(
    bare_linux: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    environment.install_system_packages(bare_linux / "log")
    assert not (bare_linux / "calls").exists()
    assert "bubblewrap is missing" in capsys.readouterr().out


def test_the_browser_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert environment.find_browser() == sys.executable
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    assert environment.find_browser() is None


# ------------------------------------------------------------------------------------------------ stages
THREE_TESTS = """
import pytest

def test_passes():
    pass

def test_fails():
    assert 0

@pytest.mark.skip
def test_is_skipped():
    pass
"""


def test_a_failed_stage_is_counted_and_the_rest_still_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tests = tmp_path / "test_three.py"
    tests.write_text(THREE_TESTS, encoding="utf-8")
    python = sys.executable
    alone = ["-p", "no:cacheprovider", "-p", "no:nbval", f"--rootdir={tmp_path}", f"--config-file={os.devnull}"]

    def three_stages(_: Path) -> list[stages.Stage]:
        return [
            stages.Stage("first", [python, "-c", "raise SystemExit(3)"]),
            stages.Stage("second", [python, "-m", "pytest", *alone, tests], pytest=True),
            stages.Stage("third", [python, "-c", "pass"]),
        ]

    monkeypatch.setattr(stages, "all_stages", three_stages)
    monkeypatch.setattr(stages, "RESULTS", tmp_path / "results")
    assert stages.run(Path(python), []) == 1
    assert capfd.readouterr().out.splitlines()[-1] == "2 passed, 2 failed, 1 skipped"
    assert stages.run(Path(python), ["third"]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"


def test_a_pytest_that_breaks_down_without_a_report_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "RESULTS", tmp_path)
    stage = stages.Stage("broken", [sys.executable, "-c", "raise SystemExit(4)"], pytest=True)
    stage.run(Path(sys.executable))
    assert stage.counts == {"failed": 1}


# ------------------------------------------------------------------------------------------------ the server
@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C of a console cannot be sent to one process on Windows")
def test_lab_serves_the_course_says_where_and_stops_cleanly(tmp_path: Path) -> None:
    port = lab.choose_port("")
    variables = {"PORT": str(port), "NO_BROWSER": "1", "JUPYTER_CONFIG_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, DEV, "lab", "--here"], env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
        assert re.fullmatch(
            rf"http://127\.0\.0\.1:{port}/lab/tree/chapters/00_welcome\.ipynb\?token=[0-9a-f]{{48}}", url
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=30) as page:
            assert page.status == 200
            assert b"JupyterLab" in page.read()
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:  # no token, no entry
            opener.open(f"http://127.0.0.1:{port}/api/contents", timeout=30)
        refused.value.close()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=30) == 0
        assert rest.strip().endswith("JupyterLab stopped.")
        assert lab.is_free(port)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def test_a_server_that_ends_by_itself_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("needs an executable script")
    dead = tmp_path / "python"
    dead.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    dead.chmod(0o755)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # serve() is about to take over this process's signals
    start = time.monotonic()
    with pytest.raises(environment.Failure, match="ended with status 7"):
        lab.serve(dead, lab.choose_port(""))
    assert time.monotonic() - start < 10


def test_no_browser_is_opened_where_nobody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("CI", "DISPLAY", "WAYLAND_DISPLAY", "NO_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not lab.wants_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert lab.wants_browser()
    monkeypatch.setenv("NO_BROWSER", "1")
    assert not lab.wants_browser()


# ------------------------------------------------------------------------------------------------ test-gpu
@pytest.mark.parametrize(("said", "extra"), [("CUDA Version: 12.4 |", "gpu"), ("CUDA Version: 13.0 |", "gpu13")])
def test_the_cupy_that_fits_the_driver(said: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("needs an executable script")
    driver = tmp_path / "nvidia-smi"
    driver.write_text(f"#!/bin/sh\necho '| {said}'\n", encoding="utf-8")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert tasks.gpu_extra() == extra


def test_without_a_gpu_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(environment.Failure, match="nvidia-smi"):
        tasks.gpu_extra()


def test_the_benchmark_for_gpus_runs_where_there_is_none(tmp_path: Path) -> None:
    script, out = ROOT / "benchmarks" / "gpu.py", tmp_path / "found.json"
    words = ["W6", "--device", "cpu", "--rounds", "1", "--least", "0.01", "--out", out]
    subprocess.run([sys.executable, script, *words], check=True, capture_output=True, timeout=120)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert {who: len(times) for who, times in found["results"]["W6"]["seconds"].items()} == {"torch": 1, "ours": 1}
