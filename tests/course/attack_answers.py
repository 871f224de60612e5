"""Answers that attack the grader, its machine and its reports.

They stand in the cell `relu`, are no right answers, and must cost that cell's points and no others.
"""

import secrets
import textwrap

from course.kit import SAMPLE

MARKER = f"attack-{secrets.token_hex(8)}"  # names what attacks might leave on the machine

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
