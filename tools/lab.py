"""`make lab`: JupyterLab, open on the course."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from environment import ROOT, Failure, environment_of

WELCOME = "chapters/00_welcome.ipynb"
HOST = "127.0.0.1"
FIRST_PORT = 8888
SECONDS_TO_START = 120


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # as the server does: a port that was in use a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(given: str) -> int:
    """The port that was asked for, or the first free one from 8888 on."""
    if not given:
        for port in range(FIRST_PORT, FIRST_PORT + 100):
            if is_free(port):
                return port
        raise Failure(f"no free port from {FIRST_PORT} to {FIRST_PORT + 99}: name one, `make lab PORT=12345`.")
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise Failure(f"PORT must be a number from 1 to 65535, not {given!r}.")
    port = int(given)
    if not is_free(port):
        forbidden = port < 1024 and os.name != "nt" and os.geteuid() != 0
        reason = "needs root" if forbidden else "is taken by another program"
        raise Failure(f"port {port} {reason}: choose another one, or leave PORT out and a free one is found.")
    return port


def wants_browser() -> bool:
    if os.environ.get("NO_BROWSER", "0") not in ("", "0") or "CI" in os.environ:
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def serve(python: Path, port: int) -> int:
    """Start JupyterLab, say where it is once it answers, and stay until Ctrl+C."""
    if not (ROOT / WELCOME).exists():
        raise Failure(f"{WELCOME} is missing: is this the whole project?")
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    command = [
        python, "-m", "jupyterlab", "--no-browser", "--log-level=WARN", "--LabApp.log_level=WARN", "-y",
        f"--ip={HOST}", f"--port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{WELCOME}",
    ]  # fmt: skip
    if os.name != "nt" and os.geteuid() == 0:
        command.append("--allow-root")
    # The token goes by the environment: a command line can be read by every user of the machine.
    environment = environment_of(python, JUPYTER_TOKEN=token)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        environment.pop(name)  # a learner's kernel is alone on the machine
        if name in os.environ:
            environment[name] = os.environ[name]
    signal.signal(signal.SIGTERM, interrupt)
    trust_chapters(python, environment)
    print("Starting JupyterLab …", flush=True)
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        if wait_until_up(server, port, token):
            url = f"http://{HOST}:{port}/lab/tree/{WELCOME}?token={token}"
            print(f"\nThe course is open at\n\n    {url}\n\nCtrl+C here stops it.", flush=True)
            if wants_browser():
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        status = server.wait()
    except KeyboardInterrupt:
        stop(server)
        print("\nJupyterLab stopped.", flush=True)
        return 0
    if status:
        raise Failure(f"JupyterLab ended with status {status}; its messages are above.")
    return 0


def trust_chapters(python: Path, environment: dict[str, str]) -> None:
    """Sign the course's own notebooks, or JupyterLab shows their saved pictures as bare text until each cell is run."""
    notebooks = sorted(str(path) for path in (ROOT / "chapters").glob("*.ipynb"))
    sign = "from nbformat.sign import TrustNotebookApp; TrustNotebookApp.launch_instance()"
    done = subprocess.run([python, "-c", sign, *notebooks], env=environment, capture_output=True, text=True)
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2] or f"signing ended with status {done.returncode}"
        print(f"The saved pictures show only after a cell is run: {why}", flush=True)


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def wait_until_up(server: subprocess.Popen[bytes], port: int, token: str) -> bool:
    """True once the server answers; False when it ended by itself."""
    request = urllib.request.Request(f"http://{HOST}:{port}/api/status", headers={"Authorization": f"token {token}"})
    # no proxy between this machine and itself
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None:
        try:
            opener.open(request, timeout=5).close()
            return True
        except (urllib.error.URLError, OSError):  # not listening yet
            if time.monotonic() > deadline:
                stop(server)
                raise Failure(f"JupyterLab did not answer on port {port} within {SECONDS_TO_START} s.") from None
            time.sleep(0.2)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels; a terminal's Ctrl+C has reached it already, a plain signal to us has not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ending = 20 if os.name == "nt" else 0.1  # there, terminate() would leave the kernels behind
    for end in (lambda: None, server.terminate, server.kill):
        end()
        try:
            server.wait(timeout=ending)
            return
        except subprocess.TimeoutExpired:
            ending = 20
