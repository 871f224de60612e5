"""nbval's kernel, with limits: started in the sandbox, watched, its output counted, killed when it has to be."""

import os
import shutil
import signal
import sys
import time
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

import psutil
import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbval.kernel import RunningKernel

from . import sandbox
from .limits import MB, Limits

_POLL = 0.05  # seconds between looks at a running kernel
_WATCH = 0.25  # seconds between looks at its memory and its socket folder
_GRACE = 1.0  # seconds an interrupted cell has to stop
_SOCKET_FOLDER_BYTES = MB


class KernelGone(Exception):
    """The kernel died or had to be killed. `kind` is dead, output, memory, disk or start."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class OneKernel(KernelSpecManager):
    """Answers every name with one command line."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__()
        self.argv = argv

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=self.argv, display_name=kernel_name, language="python", interrupt_mode="message")


class LimitedKernel(RunningKernel):
    """A kernel for one notebook. Speaks nbval's protocol, so that nbval's own loop runs the cells."""

    def __init__(self, private: Path, limits: Limits, seed: int, sandboxed: bool, hide: tuple[Path, ...] = ()) -> None:
        # not super().__init__: it starts an unlimited kernel over TCP
        self.limits, self.private = limits, private
        self._inbox: deque[dict[str, Any]] = deque()
        self._bytes = 0
        self._stop_at = float("inf")
        self._next_watch = 0.0
        private.mkdir(mode=0o700)
        private.chmod(0o1777)  # the kernel's own user makes its sockets here; the folder above is closed to all others
        connection = private / "connection.json"
        work = private.with_name(private.name + "-work")
        if sandboxed:
            argv = sandbox.command(private, connection, limits, seed, hide)
            environment = dict(os.environ)
        else:
            work.mkdir()
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", str(connection)]
            argv += ["--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"]
            environment = {**os.environ, **sandbox.environment(seed), "PATH": os.environ.get("PATH", "")}
            environment |= {name: str(work) for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TINYGRAD_EDU_HOME")}
        self.log = private.with_name(private.name + "-log")
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 128 * MB)
        context.setsockopt(zmq.RCVHWM, 200)
        context.setsockopt(zmq.LINGER, 0)
        self._context = context
        over_sockets = sys.platform != "win32"
        place: dict[str, Any] = {"transport": "ipc", "ip": str(private / "k")} if over_sockets else {}
        self.km = KernelManager(
            kernel_name="graded",
            kernel_spec_manager=OneKernel(argv),
            connection_file=str(connection),
            context=context,
            **place,
        )
        with self.log.open("wb") as log:
            cwd = str(private if sandboxed else work)
            self.km.start_kernel(cwd=cwd, env=environment, stdout=log, stderr=log, stdin=-3)
        self.kc = self.km.client()
        self.kc.start_channels(stdin=False, hb=False)
        try:
            self.kc.wait_for_ready(timeout=limits.start_seconds)
        except RuntimeError as error:
            said = self.log.read_text("utf-8", "replace").strip().splitlines()
            self.stop()
            raise KernelGone("start", f"the kernel did not start: {said[-1] if said else error}") from None
        private.chmod(0o555)

    def begin(self, seconds: float) -> None:
        """Start counting for a new cell, which has `seconds`."""
        self._bytes = 0
        self._inbox.clear()
        self._stop_at = time.monotonic() + seconds + _GRACE

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """Wait for the shell's reply, collecting output meanwhile.

        Raises:
            Empty: the time is over; nbval then interrupts the cell.
            KernelGone: it died, printed too much or used too much memory.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else 10.0)
        while True:
            self._drain()
            self._watch()
            if time.monotonic() > deadline:
                raise Empty
            try:
                message = self.kc.get_shell_msg(timeout=_POLL)
            except Empty:
                continue
            self._count(message)
            if message["parent_header"].get("msg_id") == msg_id:
                return

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """The next message; of iopub also those that `await_reply` has collected."""
        if stream == "shell":
            return dict(self.kc.get_shell_msg(timeout=timeout))
        while not self._inbox:
            if time.monotonic() > self._stop_at:
                raise Empty
            self._drain(wait=True)
            self._watch()
        return self._inbox.popleft()

    def probe(self, question: str) -> str:
        """Ask `tamper` in the kernel; '' when there is no answer within a second. The answer may be a lie."""
        self.begin(_GRACE)
        try:
            call = f"__import__('tinygrad_edu.course.tamper', fromlist=['x']).{question}()"
            asked = self.kc.execute("", silent=True, store_history=False, user_expressions={"answer": call})
            deadline = time.monotonic() + _GRACE
            while time.monotonic() < deadline:
                self._drain()
                self._watch()
                try:
                    message = self.kc.get_shell_msg(timeout=_POLL)
                except Empty:
                    continue
                if message["parent_header"].get("msg_id") == asked:
                    return str(message["content"]["user_expressions"]["answer"]["data"]["text/plain"])
        except (KernelGone, KeyError, TypeError, ValueError):  # a kernel that was tampered with answers anything
            return ""
        return ""

    def _drain(self, wait: bool = False) -> None:
        deadline = time.monotonic() + _WATCH  # endless output must not keep us here
        while time.monotonic() < deadline:
            try:
                message = self.kc.get_iopub_msg(timeout=_POLL if wait else 0)
            except Empty:
                return
            self._count(message)
            self._inbox.append(message)
            wait = False

    def _count(self, message: dict[str, Any]) -> None:
        if message["msg_type"] in ("status", "execute_input"):
            self._bytes += 256
        else:
            self._bytes += len(repr(message["content"]))
        if self._bytes > self.limits.output_bytes:
            self.stop()
            limit = self.limits.output_bytes / MB
            raise KernelGone("output", f"the cell printed more than {limit:g} MB")

    def _watch(self) -> None:
        if not self.is_alive():
            self.stop()
            raise KernelGone("dead", "the kernel died (the code ended its own process or ran out of memory)")
        if time.monotonic() < self._next_watch:
            return
        self._next_watch = time.monotonic() + _WATCH
        if self.limits.memory_bytes > 0 and self.memory() > self.limits.memory_bytes:
            self.stop()
            raise KernelGone("memory", f"the code used more than {self.limits.memory_bytes / MB:g} MB of memory")
        if sum(f.lstat().st_blocks * 512 for f in self.private.iterdir()) > _SOCKET_FOLDER_BYTES:
            self.stop()
            raise KernelGone("disk", "the code wrote into the folder of the kernel's connection")

    def memory(self) -> int:
        """Resident bytes of the kernel and all that it started."""
        try:
            top = psutil.Process(getattr(self.km.provisioner, "pid", None) or -1)
            family = [top, *top.children(recursive=True)]
        except (psutil.Error, ValueError):
            return 0
        total = 0
        for process in family:
            try:
                total += process.memory_info().rss
            except psutil.Error:  # ended meanwhile
                continue
        return total

    def is_alive(self) -> bool:
        return hasattr(self, "km") and bool(self.km.is_alive())

    def stop(self) -> None:
        """Kill the kernel with all that it started and close the sockets; harmless when done twice."""
        if not hasattr(self, "km"):
            return
        km = self.km
        del self.km
        self._kill_family(km)
        self.kc.stop_channels()
        km.shutdown_kernel(now=True)
        self._context.destroy(linger=0)
        self.private.chmod(0o700)
        for path in (self.private, self.private.with_name(self.private.name + "-work")):
            shutil.rmtree(path, ignore_errors=True)

    def _kill_family(self, km: Any) -> None:
        """All descendants, which without bubblewrap may have left the process group."""
        try:
            top = psutil.Process(getattr(km.provisioner, "pid", None) or -1)
            family = [*top.children(recursive=True), top]
        except (psutil.Error, ValueError):
            return
        for process in family:
            try:
                process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
            except psutil.Error:  # ended meanwhile
                continue
