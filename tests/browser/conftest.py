"""A real JupyterLab on a copy of the course, and a real browser to use it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from environment import find_browser

from tests.browser.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    """A running JupyterLab: `folder` is its root, a copy that notebooks may write to."""

    url: str
    token: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str) -> Any:
        """The answer of the REST API, or None while the server is not ready to give one."""
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"token {self.token}"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError):
            return None

    def wait(self, what: str, ready: Any, seconds: float) -> Any:
        """Poll until `ready()` gives something true; fail with the server's own last words."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"JupyterLab ended (status {self.process.returncode}):\n{self.tail()}")
            if value := ready():
                return value
            time.sleep(0.25)
        pytest.fail(f"no {what} within {seconds} s; JupyterLab says:\n{self.tail()}")

    def tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


def copy_course(target: Path) -> None:
    """What a learner has in front of them; the package itself is the installed one."""
    for name in ("chapters", "exercises", "datasets"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("full", ".ipynb_checkpoints"))


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab with settings of its own, on a copy of the course; ended, with its kernels, after the last test."""
    place = tmp_path_factory.mktemp("jupyterlab")
    folder, settings, log = place / "course", place / "settings", place / "server.log"
    folder.mkdir()
    copy_course(folder)
    choices = {
        "notebook-extension/tracker": {"windowingMode": "none"},  # else outputs off the screen are not in the page
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, values in choices.items():
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    port, token = free_port(), secrets.token_hex(16)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "-y", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
        "--ServerApp.use_redirect_file=False", "--allow-root",
    ]  # fmt: skip
    own = {"JUPYTERLAB_SETTINGS_DIR": settings, "JUPYTERLAB_WORKSPACES_DIR": place / "workspaces"}
    own |= {
        "JUPYTER_CONFIG_DIR": place / "config",
        "JUPYTER_RUNTIME_DIR": place / "runtime",
        "IPYTHONDIR": place / "ipython",
    }
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", token, folder, process, log)
    try:
        server.wait("answer from JupyterLab", lambda: server.get("api/status"), 120)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()
