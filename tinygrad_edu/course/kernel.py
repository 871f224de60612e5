"""nbval's kernel, with limits: started in the sandbox, watched, its output counted, killed when it has to be."""

import os
import shutil
import signal
import stat
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
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
_PATIENCE = 8.0  # times its limit that a cell may take on a machine too busy to let it compute
_FULL = 0.9  # of its limit that a cell must have computed: the kernel's share of a processor is never all of it
_ENDING = 0.002  # seconds between looks at bubblewrap when its child was killed
_GRACE = 1.0  # seconds an interrupted cell has to stop
_SOCKET_FOLDER_BYTES = MB


class KernelGone(Exception):
    """The kernel died or had to be killed. `kind` is dead, output, memory, disk, start or limit."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def remove(folder: Path) -> None:
    """Delete a folder in which a student's code may have closed folders to their own owner."""
    if not folder.exists():
        return
    folder.chmod(0o700)
    for place, inside, _ in os.walk(folder):
        for name in inside:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


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
        self.limits, self.private, self._sandboxed = limits, private, sandboxed
        self._inbox: deque[dict[str, Any]] = deque()
        self._bytes = 0
        self._stop_at = float("inf")
        self._next_watch = 0.0
        self._cpu = 0.0
        self._family: list[psutil.Process] = []
        private.mkdir(mode=0o700)
        private.chmod(0o1777)  # the kernel's own user makes its sockets here; the folder above is closed to all others
        connection = private / "connection.json"
        work = private.with_name(private.name + "-work")
        if sandboxed:
            argv = sandbox.command(private, connection, limits, seed, hide)
            environment = {"PATH": os.environ.get("PATH", os.defpath)}  # bubblewrap needs no secret either
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
        context.setsockopt(zmq.RECONNECT_IVL, 10)  # milliseconds; the kernel's sockets appear while we try
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
            self._await_ready(limits.start_seconds)
        except Empty as error:
            said = self.log.read_text("utf-8", "replace").strip().splitlines()
            self.stop()
            raise KernelGone("start", f"the kernel did not start: {said[-1] if said else error}") from None
        private.chmod(0o555)

    def _await_ready(self, seconds: float) -> None:
        """Wait until the kernel answers on both channels; `Empty` when it doesn't.

        jupyter_client's own `wait_for_ready` ends with a fifth of a second of listening for messages that don't come.
        """
        deadline = time.monotonic() + seconds
        while True:
            asked = self.kc.kernel_info()
            answers = {"shell": False, "iopub": False}
            until = time.monotonic() + 1
            while time.monotonic() < until and not all(answers.values()):
                if not self.is_alive():
                    raise Empty("it ended at once")
                channel = "iopub" if answers["shell"] else "shell"
                try:
                    get = self.kc.get_iopub_msg if channel == "iopub" else self.kc.get_shell_msg
                    message = get(timeout=_POLL)
                except Empty:
                    continue
                mine = message["parent_header"].get("msg_id") == asked
                answers[channel] = mine and (channel == "shell" or message["content"].get("execution_state") == "idle")
                if answers["shell"] and channel == "shell":
                    until = time.monotonic() + 2 * _POLL  # a subscription that came too late for this one
            if all(answers.values()):
                return
            if time.monotonic() > deadline:
                raise Empty("it did not answer")

    def begin(self, seconds: float) -> None:
        """Start counting for a new cell, which has `seconds`."""
        self._bytes = 0
        self._inbox.clear()
        self._stop_at = time.monotonic() + _PATIENCE * seconds + _GRACE
        self._cpu = self.computed(look=False)

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """Wait for the shell's reply, collecting output meanwhile.

        Raises:
            Empty: the time is over; nbval then interrupts the cell. A cell that has computed for less than its
                time and would go on if a processor were free may take `_PATIENCE` times as long; one that sleeps may not.
            KernelGone: it died, printed too much or used too much memory.
        """
        seconds = timeout if timeout is not None else 10.0
        start = time.monotonic()
        deadline, end = start + seconds, start + _PATIENCE * seconds
        before, idle = float("inf"), 0  # processor time at the last look; looks in a row at which nothing could run
        while True:
            self._drain()
            self._watch()
            if time.monotonic() > deadline:
                used = self.computed()
                idle = idle + 1 if used <= before and self._sleeps() else 0
                before = used
                if time.monotonic() > end or used - self._cpu > _FULL * seconds or idle > 1:
                    self._stop_at = time.monotonic() + _GRACE
                    raise Empty
                deadline += _WATCH
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
        if self._socket_folder_was_used():
            self.stop()
            raise KernelGone("disk", "the code wrote into the folder of the kernel's connection")

    def _socket_folder_was_used(self) -> bool:
        """Whether more than sockets lies in the one folder shared with the kernel, which may own it."""
        size = 0
        for path in self.private.iterdir():
            try:
                found = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(found.st_mode):
                return True
            size += found.st_blocks * 512
        return size > _SOCKET_FOLDER_BYTES

    def memory(self) -> int:
        """Resident bytes of the kernel and all that it started."""
        return sum(info.rss for info in self._of_family(psutil.Process.memory_info))

    def computed(self, look: bool = True) -> float:
        """Seconds of processor time that the kernel and all that it started have used, ended children included."""
        times = self._of_family(psutil.Process.cpu_times, look)
        return float(sum(t.user + t.system + t.children_user + t.children_system for t in times))

    def _sleeps(self) -> bool:
        """Whether none of the kernel's processes waits for a processor or a disk."""
        busy = (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP, psutil.STATUS_WAKING)
        return not any(status in busy for status in self._of_family(psutil.Process.status, look=False))

    def _of_family(self, ask: Callable[[psutil.Process], Any], look: bool = True) -> list[Any]:
        """Ask each process of the kernel's; `look` for new ones first, which takes a look at all of the machine's."""
        if look:
            try:
                top = psutil.Process(getattr(self.km.provisioner, "pid", None) or -1)
                self._family = [top, *top.children(recursive=True)]
            except (AttributeError, psutil.Error, ValueError):  # it was stopped, or never started
                self._family = []
        found = []
        for process in self._family:
            with suppress(psutil.Error):  # ended meanwhile
                found.append(ask(process))
        return found

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
        for path in (self.private, self.private.with_name(self.private.name + "-work")):
            remove(path)

    def _kill_family(self, km: Any) -> None:
        """All descendants, which without bubblewrap may have left the process group.

        bubblewrap ends by itself when its child has, and collects it. Killed with it, it would leave a dead process that
        counts for the user's limit until process 1 collects it, which in a container may be never.
        """
        try:
            top = psutil.Process(getattr(km.provisioner, "pid", None) or -1)
            family = top.children(recursive=True)
        except (psutil.Error, ValueError):
            return
        _kill(family)
        if self._sandboxed:
            deadline = time.monotonic() + _GRACE
            with suppress(psutil.Error):
                while top.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
                    time.sleep(_ENDING)
        _kill([top])


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):  # ended meanwhile
            process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
