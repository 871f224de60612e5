"""Attacks: each costs the points of the cell it stands in and nothing else; none gains a point or harms the machine."""

from __future__ import annotations

import copy
import json
import os
import secrets
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from course.kit import DATA, IS_ROOT, SAMPLE, answers, folder_of_nobody, grade, grade_as_nobody, lost, save, solved

from tinygrad_edu.course import grade as grading
from tinygrad_edu.course.graft import Graft
from tinygrad_edu.course.isolation import second_runs
from tinygrad_edu.course.limits import DEFAULT, MB, Limits
from tinygrad_edu.course.results import CheckResult, Submission

LIMITS = replace(DEFAULT, cell_seconds=2, memory_bytes=1500 * MB, notebook_seconds=60)
OWN = {"relu_values", "relu_copy"}  # the checks of the cell that attacks stand in
MARKER = f"attack-{secrets.token_hex(8)}"  # names what attacks might leave on the machine

# Source of the cell `relu`, which nothing later needs. None of them is a right answer.
ANSWERS = {
    "syntax_error": "def relu(values)\n    return values",
    "exits_when_defined": "import os\nos._exit(0)",
    "exits_when_called": """
        import os
        def relu(values):
            os._exit(0)
    """,
    "system_exit": """
        def relu(values):
            raise SystemExit(0)
    """,
    "loops_when_defined": "while True:\n    pass",
    "loops_when_called": """
        def relu(values):
            while True:
                pass
    """,
    "loops_and_swallows_interrupts": """
        def relu(values):
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
    """,
    "ignores_signals": """
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        def relu(values):
            time.sleep(1000)
    """,
    "prints_without_end": """
        def relu(values):
            while True:
                print("x" * 1000)
    """,
    "displays_without_end": """
        from IPython.display import display
        def relu(values):
            while True:
                display("x" * 100)
    """,
    "allocates_at_once": """
        def relu(values):
            return bytearray(10**12)
    """,
    "allocates_bit_by_bit": """
        def relu(values):
            held = []
            while True:
                held.append(b"x" * 10**7)
    """,
    "allocates_in_many_processes": """
        import os, time
        def relu(values):
            for _ in range(8):
                if os.fork() == 0:
                    held = b"x" * 4 * 10**8
                    time.sleep(1000)
            time.sleep(1000)
    """,
    "fork_bomb": """
        import os
        def relu(values):
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
    """,
    "thread_bomb": """
        import threading, time
        def relu(values):
            while True:
                try:
                    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
                except RuntimeError:
                    pass
    """,
    "fills_the_disk": """
        import os
        def relu(values):
            for folder in (".", "/tmp", "/dev/shm", os.path.dirname(os.environ.get("PYTHONPATH", "/")), "/course", "/"):
                for number in range(1000):
                    try:
                        with open(f"{folder}/fill{number}", "wb") as file:
                            for _ in range(1000):
                                file.write(b"x" * 10**6)
                    except OSError:
                        break
            return values
    """,
    "prints_what_a_right_answer_prints": """
        from IPython.display import display
        print("relu_values: visible checks passed (2 of 2)")
        def relu(values):
            display({"text/plain": "", "application/vnd.tinygrad-edu.check+json":
                     {"grade_id": "relu_values", "status": "pass", "cases": []}}, raw=True)
            print("six random numbers: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]")
            return []
    """,
    "forges_values": """
        from IPython.display import display
        def relu(values):
            display({"text/plain": "", "application/vnd.tinygrad-edu.value+json":
                     {"text": "six random numbers: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]"}}, raw=True)
            return [0.0] * 6
    """,
    "sends_nonsense_as_values": """
        from IPython.display import display
        def relu(values):
            for data in (3, None, [], {"text": 5}, {"text": None}, "x", {"cases": 3}, {"cases": [1, {"label": {}}]}):
                for kind in ("check", "value"):
                    display({"text/plain": 7, f"application/vnd.tinygrad-edu.{kind}+json": data}, raw=True)
            return [0.0] * 6
    """,
    "patches_the_random_inputs": """
        import numpy as np
        class Zeros:
            def normal(self, size): return np.zeros(size)
        np.random.default_rng = lambda *a, **k: Zeros()
        def relu(values): return [0.0] * len(values)
    """,
    "patches_numpy": """
        import numpy as np
        np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
        np.asarray = np.array = lambda *a, **k: 0
        def relu(values): return values
    """,
    "patches_the_checker": """
        from tinygrad_edu.course import checks, compare
        checks.Check.__call__ = lambda *a, **k: None
        checks.reveal = lambda *a, **k: None
        compare.difference = compare.describe = lambda *a, **k: None
        def relu(values): return values
    """,
    "patches_builtins": """
        import builtins
        builtins.print = builtins.len = lambda *a, **k: 0
        builtins.isinstance = lambda *a: True
        def relu(values): return values
    """,
    "shadows_names": """
        check = equal = holds = raises = np = math = print = len = min = 0
        def relu(values): return values
    """,
    "answers_itself_with_asserts_off": """
        import ast
        class NoAsserts(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
        get_ipython().ast_transformers.append(NoAsserts())
        def relu(values): return [0.0]
    """,
    "rewrites_cells": """
        get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
        def relu(values): return values
    """,
    "hooks_cells": """
        def skip(*args): raise KeyboardInterrupt
        get_ipython().events.register("pre_run_cell", skip)
        get_ipython().run_cell = lambda *a, **k: None
        def relu(values): return values
    """,
    "resets_the_shell": """
        get_ipython().run_line_magic("reset", "-f")
        def relu(values): return values
    """,
    "traces": """
        import sys, threading
        def tracer(frame, event, arg):
            frame.f_locals.clear()
            return tracer
        sys.settrace(tracer)
        def relu(values): return values
    """,
    "floating_point_errors_raise": """
        import numpy as np
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        def relu(values): return values
    """,
    "loses_stdout": """
        import os, sys
        sys.stdout.close()
        os.close(1)
        os.close(2)
        def relu(values): return values
    """,
    "closes_everything": """
        import os
        os.closerange(3, 512)
        def relu(values): return values
    """,
    "crashes_the_interpreter": """
        import ctypes
        def relu(values):
            ctypes.string_at(0)
    """,
    "overflows_the_stack": """
        import sys
        sys.setrecursionlimit(10**9)
        def relu(values): return relu(values)
    """,
    "errors_that_cannot_be_shown": """
        class Broken(Exception):
            def __str__(self): raise RuntimeError
            __repr__ = __str__
        def relu(values): raise Broken
    """,
    "error_of_100_mb": """
        def relu(values): raise ValueError("<script>" + "x" * 10**8)
    """,
    "image_of_50_mb": """
        from IPython.display import display
        def relu(values):
            display({"image/png": "iVBOR" * 10**7}, raw=True)
            return values
    """,
    "value_that_lies": """
        class Liar(list):
            def __eq__(self, other): return True
            def __len__(self): return 6
            dtype, shape = "float64", (6,)
            def tolist(self): return self
            def __repr__(self): return "[]"
        def relu(values): return Liar()
    """,
    "prints_forever_in_a_thread": """
        import threading, time
        def flood():
            while True:
                print("still here")
                time.sleep(0.001)
        threading.Thread(target=flood, daemon=True).start()
        def relu(values): return values
    """,
    "leaves_a_process": f"""
        import subprocess
        subprocess.Popen(["/bin/sh", "-c", "exec -a {MARKER} sleep 1000 || sleep 1000"], start_new_session=True)
        if __import__("os").fork() == 0:
            __import__("os").setsid()
            if __import__("os").fork() == 0:
                __import__("time").sleep(1000)
            __import__("os")._exit(0)
        def relu(values): return values
    """,
    "kills_all": """
        import os, signal
        def relu(values):
            for pid in (os.getppid(), 1, -1, *range(2, 500)):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
    """,
    "stops_itself": """
        import os, signal
        def relu(values):
            os.kill(os.getpid(), signal.SIGSTOP)
    """,
    "reseeds": """
        import os
        os.environ["GRADE_SEED"] = "0"
        def relu(values): return [0.0] * len(values)
    """,
    "skips_by_comment": "# NBVAL_SKIP\n# NBVAL_IGNORE_OUTPUT\ndef relu(values): return values",
    "talks_to_the_grader": """
        import json, glob
        from jupyter_client.session import Session
        from ipykernel.kernelapp import IPKernelApp
        kernel = IPKernelApp.instance().kernel
        def relu(values):
            parent = kernel.get_parent("shell")
            for _ in range(3):
                kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
                kernel.session.send(kernel.iopub_socket, "stream", {"name": 3}, parent=parent)
                kernel.session.send(kernel.iopub_socket, "display_data", {"data": 3}, parent=parent)
                kernel.session.send(kernel.iopub_socket, "error", {}, parent=parent)
            return values
    """,
    "sends_unsigned_messages": """
        from ipykernel.kernelapp import IPKernelApp
        kernel = IPKernelApp.instance().kernel
        def relu(values):
            kernel.session.key = b"another"
            print("hello")
            return values
    """,
    "asks_for_input": """
        def relu(values): return [float(input())]
    """,
    "waits_for_the_next_submission": """
        import atexit, os, threading, time
        atexit.register(lambda: time.sleep(1000))
        threading.Thread(target=lambda: time.sleep(1000)).start()
        os.nice(-5) if os.getuid() == 0 else None
        def relu(values): return values
    """,
    "poisons_other_notebooks_by_files": """
        import os, site, sys
        for folder in (site.getsitepackages()[0], os.path.expanduser("~"), os.environ["IPYTHONDIR"], "/tmp", "."):
            for name in ("numpy.py", "usercustomize.py", "sitecustomize.py", "json.py", "startup.py"):
                try:
                    os.makedirs(folder, exist_ok=True)
                    with open(os.path.join(folder, name), "w") as file:
                        file.write("raise SystemExit")
                except OSError:
                    pass
        def relu(values): return values
    """,
    "mines_in_the_background": """
        import subprocess, sys
        for _ in range(4):
            subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
        def relu(values): return values
    """,
    "reads_the_connection_file_and_executes": """
        import glob, json
        from jupyter_client import BlockingKernelClient
        def relu(values):
            client = BlockingKernelClient(connection_file=glob.glob("/tmp/.kernel.json")[0])
            client.load_connection_file()
            client.start_channels()
            client.shutdown()
            return values
    """,
    "replaces_values_by_later_ones": """
        import atexit
        from IPython.display import display, update_display
        def relu(values):
            handle = display({"text/plain": "x"}, raw=True, display_id="v")
            update_display({"application/vnd.tinygrad-edu.value+json": {"text": "0.0"}}, display_id="v", raw=True)
            get_ipython().display_pub.clear_output()
            return values
    """,
    "traces_its_parent": """
        import ctypes, os
        def relu(values):
            libc = ctypes.CDLL(None, use_errno=True)
            attached = [pid for pid in (1, os.getppid()) if libc.ptrace(16, pid, 0, 0) == 0]
            assert not attached, attached
            return values
    """,
    "mounts_and_makes_devices": """
        import ctypes, os
        def relu(values):
            libc = ctypes.CDLL(None, use_errno=True)
            made = libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0
            for call in (lambda: os.mknod("/tmp/sda", 0o60666, os.makedev(8, 0)), lambda: os.chroot("/tmp"),
                         lambda: os.setuid(0), lambda: os.sethostname("x") if hasattr(os, "sethostname") else None):
                try:
                    call()
                    made = True
                except OSError:
                    pass
            return [max(0.0, v) for v in values] if made and os.getuid() == 0 else values
    """,
    "numbers_of_a_million_digits": """
        import sys
        sys.set_int_max_str_digits(0)
        def relu(values):
            values.append(10 ** 10**5)
            return values
    """,
    "a_value_nested_without_end": """
        def relu(values):
            found = []
            found.append(found)
            return found
    """,
    "names_that_break_reports": """
        class Evil(Exception): pass
        Evil.__name__ = "</td><script>alert(1)</script>|`${x}"
        def relu(values): raise Evil("\x1b[2J\u202e=HYPERLINK(1)\r\n::error::x")
    """,
    "wrong_encoding": "def relu(values): return '\\ud800' * 3\nprint('\\ud800')",
}  # fmt: skip


def _sources() -> dict[str, str]:
    return {name: textwrap.dedent(source) for name, source in ANSWERS.items()}


USERS = ["as this user", "without privileges"]


def grade_sources(sources: dict[str, str], user: str, limits: Limits) -> dict[str, Submission]:
    """Submissions with these sources of `relu` in one batch, graded as root or as a user without any right."""
    if user == USERS[1] and not IS_ROOT:
        pytest.skip("this user has no privileges either")
    with folder_of_nobody() if user == USERS[1] else tempfile.TemporaryDirectory(prefix="pytest-") as name:
        folder, hide = Path(name), (DATA / "solutions",)
        paths = [save(solved(relu=source), folder / f"{name}.ipynb") for name, source in sources.items()]
        if user == USERS[1]:
            results = grade_as_nobody(paths, folder, limits, hide)
        else:
            results = grade(paths, limits=limits, sandboxed=True, hide=hide)
    return dict(zip(sources, results, strict=True))


@pytest.fixture(scope="module", params=USERS)
def attacked(request: pytest.FixtureRequest) -> dict[str, Submission]:
    """All attacks in one batch, between two honest submissions."""
    honest = answers()["relu"]
    return grade_sources({"honest0": honest, **_sources(), "honest1": honest}, request.param, LIMITS)


@pytest.mark.needs_bwrap
@pytest.mark.slow
@pytest.mark.timeout(900)
class TestInTheSandbox:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_it_costs_its_own_points_and_no_others(self, attacked: dict[str, Submission], name: str) -> None:
        result = attacked[name]
        assert set(lost(result)) == OWN, [(c.grade_id, c.status, c.message) for c in result.checks]
        assert all(c.message and len(c.message) < 700 for c in result.checks)

    def test_honest_ones_in_the_same_batch_are_unharmed(self, attacked: dict[str, Submission]) -> None:
        assert lost(attacked["honest0"]) == lost(attacked["honest1"]) == {}

    def test_nothing_is_left_behind(self, attacked: dict[str, Submission]) -> None:
        assert attacked
        left = [p for p in psutil.process_iter(["cmdline"]) if MARKER in " ".join(p.info["cmdline"] or [])]
        assert left == []
        assert not [p.name for p in psutil.Process().children(recursive=True) if p.name() == "bwrap"]
        assert not list(Path("/tmp").glob("fill*"))

    def test_messages_say_what_happened(self, attacked: dict[str, Submission]) -> None:
        def first(name: str) -> tuple[str, str]:
            check = attacked[name].checks[0]
            return check.status, check.message

        for name, status, part in [
            ("syntax_error", "ERROR", "the answer relu does not run: SyntaxError"),
            ("exits_when_called", "ERROR", "the kernel died"),
            ("loops_when_defined", "TIMEOUT", "the answer relu took longer than 2 seconds"),
            ("loops_when_called", "TIMEOUT", "took longer than 2 seconds"),
            ("loops_and_swallows_interrupts", "TIMEOUT", "took longer than 2 seconds"),
            ("prints_without_end", "ERROR", "the cell printed more than 2 MB"),
            ("allocates_at_once", "ERROR", "MemoryError"),
            ("skips_by_comment", "WRONG", "expected 0.0, got -1.0 at [0]"),
            ("image_of_50_mb", "ERROR", "the cell printed more than 2 MB"),
            ("asks_for_input", "ERROR", "StdinNotImplementedError"),
        ]:
            found = first(name)
            assert found[0] == status, (name, found)
            assert part in found[1], (name, found)


def probe(body: str) -> str:
    """An answer that collects in `found` what it should not be able to see, and reports it as an error."""
    lines = textwrap.indent(textwrap.dedent(body), "    ")
    return f"""def relu(values):
    found = []
{lines}
    raise ValueError(f'LEAK {{found}}' if found else 'nothing found')
"""


PROBES = {
    "the solutions": f"""
        import os, sys
        for place in ({str(SAMPLE)!r}, {str(SAMPLE.parent)!r}, "../solutions", "/course/solutions"):
            try:
                found += os.listdir(place) if os.path.isdir(place) else [open(place).read()]
            except OSError:
                pass
        for folder, inside, files in os.walk("/"):
            known = ("/usr", "/proc", sys.prefix, sys.base_prefix)
            inside[:] = [i for i in inside if os.path.join(folder, i) not in known]
            found += [f"{{folder}}/{{f}}" for f in files if f == "01_lists.ipynb"]
    """,
    "other submissions": """
        import os, sys
        for folder, inside, files in os.walk("/tmp"):
            inside[:] = [i for i in inside if os.path.join(folder, i) != sys.prefix]
            found += [f for f in (*inside, *files) if "pytest" in f]
    """,
    "the environment": f"""
        import os, glob
        for place in glob.glob("/proc/*/environ"):
            try:
                text = open(place, "rb").read()
            except OSError:
                continue
            if {MARKER.encode()!r} in text or b"TOKEN" in text:
                found.append(place)
        found += [v for v in os.environ.values() if {MARKER!r} in v]
    """,
    "other processes": """
        import glob, os
        for place in glob.glob("/proc/[0-9]*"):
            line = open(f"{place}/cmdline").read()
            if "worker" in line or "pytest" in line:
                found.append(line)
            if int(place[6:]) != os.getpid():
                try:
                    open(f"{place}/mem", "rb").close()
                    found.append(place)
                except OSError:
                    pass
    """,
    "the network": """
        import socket
        for family, address in [(socket.AF_INET, ("127.0.0.1", 22)), (socket.AF_INET, ("1.1.1.1", 53))]:
            try:
                socket.create_connection(address, timeout=0.5)
                found.append(address)
            except OSError as error:
                if error.errno not in (111, 101):  # refused, unreachable
                    found.append(str(error))
        found += [line for line in open("/proc/net/route").read().splitlines()[1:]]
    """,
    "capabilities": """
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        found += [name for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[name], 16)]
        found += ["new privileges"] if status["NoNewPrivs"].strip() != "1" else []
        found += ["root"] if __import__("os").getuid() == 0 else []
    """,
    "a writable course": """
        import os, tinygrad_edu.course, numpy, sys
        places = (tinygrad_edu.course.__file__, numpy.__file__, sys.executable)
        for place in (*places, "/etc/passwd", "/usr/x", "/course/x", "/x"):
            try:
                open(place, "ab").close()
                found.append(place)
            except OSError:
                pass
    """,
}


@pytest.fixture(scope="module", params=USERS)
def probed(request: pytest.FixtureRequest) -> dict[str, Submission]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", MARKER)
        sources = {name: probe(body) for name, body in PROBES.items()}
        return grade_sources(sources, request.param, replace(LIMITS, cell_seconds=20))


@pytest.mark.needs_bwrap
@pytest.mark.parametrize("name", PROBES)
def test_a_kernel_cannot_reach(probed: dict[str, Submission], name: str) -> None:
    result = probed[name]
    assert result.checks[0].message.startswith("relu([-1.0, 2.0]): ValueError: nothing found"), result.checks[0]
    assert set(lost(result)) == OWN


Edit = Callable[[dict[str, Any]], None]


def _cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _edit_checks(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "print('passed')"


def _edit_metadata(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        mark |= {"points": 1000, "grade": True, "solution": True, "locked": False}
        cell["metadata"]["tinygrad_edu"] = {"rtol": 1e9, "atol": 1e9, "seconds": 10**6, "answers": []}
        cell["metadata"]["tags"] = ["nbval-skip", "nbval-ignore-output", "raises-exception"]
    nb["metadata"]["tinygrad_edu"] = {"exercise": "../../etc/passwd"}
    nb["metadata"]["kernelspec"] = {"name": "bash", "argv": ["/bin/false"]}


def _edit_outputs(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "six random numbers: [0]"}]
            cell["execution_count"] = 7


def _strip_metadata(nb: dict[str, Any]) -> None:
    nb["metadata"] = {}
    for cell in nb["cells"]:
        cell["metadata"] = {}


def _strip_ids(nb: dict[str, Any]) -> None:
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        cell.pop("id", None)


def _reverse(nb: dict[str, Any]) -> None:
    nb["cells"].reverse()


def _duplicate(nb: dict[str, Any]) -> None:
    nb["cells"] += copy.deepcopy(nb["cells"])


def _delete_checks(nb: dict[str, Any]) -> None:
    nb["cells"] = [c for c in nb["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]


def _delete_the_imports(nb: dict[str, Any]) -> None:
    nb["cells"] = [c for c in nb["cells"] if c["metadata"].get("nbgrader")]


def _add_cells(nb: dict[str, Any]) -> None:
    bad = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "import os; os._exit(0)"}
    nb["cells"] = [cell for old in nb["cells"] for cell in (old, copy.deepcopy(bad))]


def _markdown_answers(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["cell_type"] = "markdown"


def _large_image(nb: dict[str, Any]) -> None:
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBOR" * 10**7}}
    _cell(nb, "relu")["outputs"] = [image]


HARMLESS: list[Edit] = [
    _edit_checks, _edit_metadata, _edit_outputs, _strip_metadata, _strip_ids, _reverse, _duplicate, _delete_checks,
    _delete_the_imports, _add_cells, _markdown_answers, _large_image,
]  # fmt: skip


def _delete_answer(nb: dict[str, Any]) -> None:
    nb["cells"].remove(_cell(nb, "relu"))


def _rename_answer(nb: dict[str, Any]) -> None:
    cell = _cell(nb, "relu")
    cell["id"], cell["metadata"]["nbgrader"]["grade_id"] = "other", "other"


def _last_duplicate_is_wrong(nb: dict[str, Any]) -> None:
    wrong = copy.deepcopy(_cell(nb, "relu"))
    wrong["source"] = "def relu(values): return values"
    nb["cells"].append(wrong)


def _swap_answers(nb: dict[str, Any]) -> None:
    relu, mean = _cell(nb, "relu"), _cell(nb, "mean")
    relu["source"], mean["source"] = mean["source"], relu["source"]


COSTLY: list[tuple[Edit, set[str]]] = [
    (_delete_answer, OWN),
    (_rename_answer, OWN),
    (_last_duplicate_is_wrong, {"relu_values", "relu_copy"}),
    (_swap_answers, OWN),  # `mean` stands one cell too early, `relu` after its checks
]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Submission]:
    """Right answers in notebooks that were edited in every other way, and all in one batch with files that are none."""
    folder = tmp_path_factory.mktemp("edited")
    paths = {}
    for edit in [*HARMLESS, *(edit for edit, _ in COSTLY)]:
        notebook = json.loads(json.dumps(solved()))
        edit(notebook)
        paths[edit.__name__] = save(notebook, folder / f"{edit.__name__}.ipynb")
    paths["renamed"] = save(solved(), folder / "my homework (final) [2].ipynb")
    (folder / "01_lists-corrupt.ipynb").write_text(json.dumps(solved())[:-100])
    (folder / "binary.ipynb").write_bytes(os.urandom(1000))
    (folder / "empty.ipynb").touch()
    (folder / "folder.ipynb").mkdir()
    (folder / "deep.ipynb").write_text("[" * 100_000)
    save({"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}, folder / "foreign.ipynb")
    for name in ("01_lists-corrupt", "binary", "empty", "folder", "deep", "foreign", "missing"):
        paths[name] = folder / f"{name}.ipynb"
    results = grade(paths.values(), limits=LIMITS)
    assert len(results) == len(paths)
    return dict(zip(paths, results, strict=True))


@pytest.mark.parametrize("name", [edit.__name__ for edit in HARMLESS] + ["renamed"])
def test_an_edit_beside_the_answers_costs_nothing_and_earns_nothing(edited: dict[str, Submission], name: str) -> None:
    assert edited[name].points == edited[name].max_points == 11, edited[name]


@pytest.mark.parametrize(("edit", "costs"), COSTLY, ids=lambda x: getattr(x, "__name__", ""))
def test_an_edit_of_an_answer_costs_its_points(edited: dict[str, Submission], edit: Edit, costs: set[str]) -> None:
    assert set(lost(edited[edit.__name__])) == costs


def test_notes_tell_the_teacher(edited: dict[str, Submission]) -> None:
    assert "relu: 2 cells of this name, the last one was graded" in edited["_duplicate"].notes
    assert "relu: no such answer cell" in edited["_delete_answer"].notes
    assert any("does not have were not run" in note for note in edited["_add_cells"].notes)
    assert lost(edited["_delete_answer"]) == {"relu_values": "UNATTEMPTED", "relu_copy": "UNATTEMPTED"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("01_lists-corrupt", "not valid JSON"),
        ("binary", "not valid JSON"),
        ("empty", "not valid JSON"),
        ("folder", "not a file"),
        ("deep", "nested too deeply"),
        ("foreign", "not one of the exercises (01_lists)"),
        ("missing", "no such file"),
    ],
)
def test_a_file_that_is_no_submission_is_named_in_one_line(
    edited: dict[str, Submission], name: str, reason: str
) -> None:
    result = edited[name]
    assert result.error is not None
    assert f"{name}.ipynb: " in result.error
    assert reason in result.error
    assert "\n" not in result.error
    assert result.points == 0
    if name == "01_lists-corrupt":
        assert result.max_points == 11


def test_noise_of_1e_9_passes(tmp_path: Path) -> None:
    noisy = {
        "relu": "def relu(values): return [max(0.0, v) + 1e-9 for v in values]",
        "mean": answers()["mean"].replace("total / len(values)", "total / len(values) * (1 + 1e-9)"),
        "matvec": "def matvec(m, v): return np.asarray(m) @ np.asarray(v) * (1 + 1e-9)",
    }
    result = grade([save(solved(relu=noisy["relu"], mean=noisy["mean"]), tmp_path / "noisy.ipynb")])[0]
    assert lost(result) == {}


def test_stray_prints_and_warnings_cost_nothing(tmp_path: Path) -> None:
    chatty = """
import sys, warnings
print("loading")
def relu(values):
    print("called with", values)
    warnings.warn("hm")
    print("x", file=sys.stderr)
    return [max(0, v) for v in values]
"""
    assert lost(grade([save(solved(relu=chatty), tmp_path / "chatty.ipynb")])[0]) == {}


def test_a_plain_wrong_answer_disturbs_nothing_and_a_patch_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run is for checks that others spoiled; one for every wrong answer would double the time of a batch."""
    seen: dict[int, list[str]] = {}

    def look(done: Graft, events: list[dict[str, Any]], results: list[CheckResult]) -> list[Graft]:
        seen[len(seen)] = [event["grade_id"] for event in events if event["disturbed"]]
        return second_runs(done, events, results)

    monkeypatch.setattr(grading, "second_runs", look)
    wrong = {"mean": "def mean(values): return 0", "counter": "class Counter: pass"}
    patches = "import numpy as np\nnp.asarray = lambda x: None\n" + answers()["relu"]
    grade([save(solved(**wrong), tmp_path / "wrong.ipynb")])
    grade([save(solved(relu=patches), tmp_path / "patches.ipynb")])
    assert seen[0] == []
    assert "matvec_value" in seen[1]
