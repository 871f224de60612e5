"""Answers that tamper with the process that they share with other cells, or reach for what its limits do not count.

Those under ANSWERS stand in the cell `relu`, are no right answers, and must cost that cell's points and no others. Where
an attack may only succeed or fail it gives the right answer if it succeeded, so that a hole in the sandbox earns points.
"""

RIGHT = "[max(0.0, v) for v in values]"

ANSWERS = {
    # ------------------------------------------------------------------ what can't be looked up afterwards, or undone
    "audit_hook_forbids_compiling": """
        import sys
        def deny(event, args):
            if event in ("compile", "exec"):
                raise RuntimeError("denied")
        sys.addaudithook(deny)
        def relu(values): return values
    """,
    "audit_hook_forbids_importing": """
        import sys
        sys.addaudithook(lambda event, args: 1 / 0 if event in ("import", "open") else None)
        def relu(values): return values
    """,
    "changes_small_numbers": """
        import ctypes
        ctypes.memmove(id(3) + 24, id(4) + 24, 4)
        def relu(values): return values
    """,
    "swaps_the_code_of_functions": """
        from tinygrad_edu.course import checks, compare
        for place, name in ((checks, "reveal"), (compare, "describe"), (compare, "difference"), (checks.Check, "__call__")):
            getattr(place, name).__code__ = (lambda *a, **k: None).__code__
        def relu(values): return values
    """,
    "finds_objects_by_the_garbage_collector": """
        import gc
        for thing in gc.get_objects():
            if type(thing).__name__ in ("Check", "Generator", "Session", "ZMQDisplayPublisher"):
                for name in list(vars(thing)) if hasattr(thing, "__dict__") else ():
                    try:
                        delattr(thing, name)
                    except Exception:
                        pass
        def relu(values): return values
    """,
    "alarm_kills_later": """
        import signal
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.7)
        def relu(values): return values
    """,
    "watchdog_kills_later": """
        import faulthandler
        faulthandler.dump_traceback_later(0.7, exit=True)
        def relu(values): return values
    """,
    "dies_when_collected": """
        import os
        class Bomb:
            def __init__(self): self.me = self
            def __del__(self): os._exit(1)
        def relu(values):
            Bomb()
            return values
    """,
    "starves_the_event_loop": """
        import asyncio, time
        async def hog():
            time.sleep(1000)
        asyncio.get_event_loop().create_task(hog())
        def relu(values): return values
    """,
    "stops_the_event_loop": """
        import asyncio
        loop = asyncio.get_event_loop()
        loop.call_later(0.05, loop.stop)
        def relu(values): return values
    """,
    "task_that_never_ends": """
        import asyncio
        await asyncio.sleep(1000)
        def relu(values): return values
    """,
    "becomes_another_program": """
        import os
        def relu(values):
            os.execv("/bin/sleep", ["sleep", "1000"])
    """,
    "writes_to_every_file": """
        import os
        def relu(values):
            for number in range(3, 256):
                try:
                    os.write(number, b"x" * 100)
                except OSError:
                    pass
            return values
    """,
    "turns_every_file_into_another": """
        import os
        null = os.open("/dev/null", os.O_RDWR)
        for number in range(3, 256):
            if number != null:
                os.dup2(null, number)
        def relu(values): return values
    """,
    # ------------------------------------------------------------------------------ state that others silently rely on
    "profiles": """
        import sys
        def profiler(frame, event, arg):
            if frame.f_code.co_name in ("__call__", "reveal", "describe"):
                raise ValueError("profiled")
        sys.setprofile(profiler)
        def relu(values): return values
    """,
    "turns_warnings_into_errors": """
        import warnings
        warnings.simplefilter("error")
        import numpy as np
        _asarray = np.asarray
        np.asarray = lambda *a, **k: [warnings.warn("old"), _asarray(*a, **k)][1]
        def relu(values): return values
    """,
    "forgets_all_modules": """
        import sys
        for name in list(sys.modules):
            if name.split(".")[0] in ("numpy", "tinygrad_edu", "json", "IPython"):
                del sys.modules[name]
        sys.path.clear()
        def relu(values): return values
    """,
    "hooks_imports": """
        import sys
        class Finder:
            def find_spec(self, name, path=None, target=None): raise ImportError(name)
        sys.meta_path.insert(0, Finder())
        for name in [n for n in sys.modules if n.startswith("tinygrad_edu.course")]:
            del sys.modules[name]
        def relu(values): return values
    """,
    "replaces_a_module": """
        import sys, types
        fake = types.ModuleType("tinygrad_edu.course.checks")
        fake.reveal = fake.check = fake.equal = lambda *a, **k: None
        sys.modules["tinygrad_edu.course.checks"] = fake
        def relu(values): return values
    """,
    "lowers_the_limits": """
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        resource.setrlimit(resource.RLIMIT_AS, (10**7, 10**7))
        def relu(values): return values
    """,
    "patches_the_kernel": """
        kernel = get_ipython().kernel
        kernel.do_execute = kernel.execute_request = lambda *a, **k: None
        def relu(values): return values
    """,
    "swallows_messages": """
        shell = get_ipython()
        shell.display_pub.register_hook(lambda message: None)
        shell.display_pub.publish = lambda *a, **k: None
        shell.kernel.session.send = lambda *a, **k: None
        def relu(values): return values
    """,
    "swallows_errors": """
        get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)
        get_ipython().showtraceback = lambda *a, **k: None
        def relu(values): raise AssertionError
    """,
    "clears_the_namespace": """
        def relu(values): return values
        for _name in [n for n in globals() if n not in ("relu", "_name", "get_ipython")]:
            del globals()[_name]
    """,
    "breaks_builtins": """
        import builtins
        for name in ("range", "zip", "enumerate", "sorted", "__build_class__"):
            delattr(builtins, name)
        builtins.__import__ = lambda *a, **k: None
        def relu(values): return values
    """,
    "removes_the_seed": """
        from tinygrad_edu.course import checks
        checks.Check.seed = 0
        checks.Check.rng = lambda self, stream=0: __import__("numpy").random.default_rng(0)
        def relu(values): return [0.0] * len(values)
    """,
    "count_of_cells_is_nonsense": """
        get_ipython().execution_count = "x" * 10**6
        def relu(values): return values
    """,
    "count_of_cells_is_huge": """
        get_ipython().execution_count = 10**4000
        def relu(values): return values
    """,
    # ----------------------------------------------------------------------------------- IPython's own ways to do harm
    "magic_writes_the_cell_to_a_file": "%%writefile relu.py\ndef relu(values): return values",
    "magic_runs_another_language": "%%script sh\necho 'six random numbers: [0.0]'\nkill -9 $PPID",
    "magic_hides_the_cell": "%%capture\ndef relu(values): return values",
    "magic_bash": "%%bash\nwhile true; do sleep 1; done",
    "shell_escape": """
        !rm -rf /tmp/* . /course; kill -9 -1
        %cd /
        %env GRADE_SEED=0
        %env PYTHONPATH=/tmp
        def relu(values): return values
    """,
    "changes_settings": """
        %precision 2
        %pdb on
        %autocall 2
        %xmode Verbose
        %config InteractiveShell.ast_node_interactivity = "all"
        def relu(values): return values
    """,
    "loads_what_it_wrote": """
        open("evil.py", "w").write("import builtins\\ndef load_ipython_extension(ip): builtins.len = lambda x: 0\\n")
        open("run.ipynb", "w").write('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        %load_ext evil
        %run run.ipynb
        def relu(values): return values
    """,
    "starts_a_kernel_of_its_own": """
        import subprocess, sys
        from IPython import embed_kernel
        subprocess.Popen([sys.executable, "-m", "ipykernel_launcher", "-f", "/tmp/.kernel.json"])
        def relu(values): embed_kernel()
    """,
    "environment_for_what_it_starts": """
        import os, subprocess, sys
        os.environ |= {"LD_PRELOAD": "/tmp/x.so", "PYTHONSTARTUP": "/tmp/x.py", "PYTHONINSPECT": "1", "PATH": "/tmp"}
        os.environ["GRADE_SEED"] = "not a number"
        def relu(values): return values
    """,
    # ------------------------------------------------------------------------------------------- answers that only pretend
    "right_where_it_is_seen": """
        def relu(values):
            seen = {(-1.0, 2.0): [0.0, 2.0], (): []}
            if tuple(values) not in seen:
                values.sort()
                return values
            return seen[tuple(values)]
    """,
    "right_for_the_first_calls": f"""
        _calls = []
        def relu(values):
            _calls.append(values)
            return {RIGHT} if len(_calls) < 3 else values
    """,
    "right_when_not_graded": f"""
        import os
        def relu(values):
            return values if "GRADE_SEED" in os.environ else {RIGHT}
    """,
    "reads_the_tests_and_copies_their_labels": """
        import re, sys
        def relu(values):
            frame = sys._getframe(1)
            while frame.f_back is not None and "In" not in frame.f_globals:
                frame = frame.f_back
            text = frame.f_globals["In"][-1]
            for label in re.findall(r'reveal\\("([^"]+)', text):
                __import__("tinygrad_edu.course.checks", fromlist=["x"]).reveal(label, [0.0] * 6)
            raise SystemExit
    """,
    "repeats_the_hidden_tests_in_an_error": """
        def relu(values):
            raise ValueError(get_ipython().user_ns["In"][-1])
    """,
    "array_that_lies": """
        import numpy as np
        class Liar(np.ndarray):
            def __eq__(self, other): return True
            def __array_function__(self, *a, **k): return True
            def tolist(self): return [0.0, 2.0]
        def relu(values): return np.zeros(6).view(Liar)
    """,
    "number_that_lies": """
        class Liar(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
            def __float__(self): return 0.0
            def __repr__(self): return "0.0"
            __hash__ = float.__hash__
        def relu(values):
            values[:] = sorted(Liar(v) for v in values)
            return values
    """,
    "class_that_lies": """
        class Liar:
            __class__ = list
            def __eq__(self, other): return True
            def __bool__(self): return True
            def __len__(self): return 6
            def __iter__(self): return iter([0.0] * 6)
            def __getitem__(self, key): return Liar()
            def __getattr__(self, name): return lambda *a, **k: Liar()
            def __repr__(self): return "[0.0]"
        def relu(values): return Liar()
    """,
    "endless_value": """
        import itertools
        class Endless(list):
            def __iter__(self): return itertools.repeat(0.0)
        def relu(values): return Endless([0.0] * 6)
    """,
    "repr_that_never_ends": """
        class Slow:
            def __repr__(self):
                while True: pass
        def relu(values): return Slow()
    """,
    "text_that_takes_long_to_read": """
        class Long:
            def __init__(self, text): self.text = text
            def __repr__(self): return self.text
        def relu(values):
            values.append(Long("1" * 400_000 + "x" + "9." * 100_000))
            return values
    """,
    "text_that_takes_long_to_compare": """
        class Long:
            def __repr__(self): return "\\n".join(f"{n} is nearly the same as {n + 1}" for n in range(10_000))
        def relu(values):
            values.append(Long())
            return values
    """,
    "interrupts_itself": """
        def relu(values): raise KeyboardInterrupt
    """,
    "error_of_a_kind_of_its_own": """
        class Stop(BaseException): pass
        def relu(values): raise Stop("relu_values: visible checks passed")
    """,
    "claims_to_be_unwritten": """
        def relu(values): raise NotImplementedError("write your code here")
    """,
    # ----------------------------------------------------------------------------- memory, disk, devices beyond the limits
    "memory_in_anonymous_files": f"""
        import os
        def relu(values):
            for _ in range(5):
                file = os.memfd_create("x")
                for _ in range(50): os.write(file, b"x" * 10**6)
            return {RIGHT}
    """,
    "memory_that_belongs_to_no_process": f"""
        import ctypes
        def relu(values):
            libc = ctypes.CDLL(None)
            assert libc.shmget(0, 10**8, 0o1600) >= 0
            return {RIGHT}
    """,
    "a_name_space_of_its_own": f"""
        import ctypes
        def relu(values):
            libc = ctypes.CDLL(None)
            assert libc.unshare(0x10020000) == 0 or libc.syscall(56, 0x10000011, 0, 0, 0, 0) >= 0
            return {RIGHT}
    """,
    "fills_the_devices": f"""
        def relu(values):
            with open("/dev/fill", "wb") as file: file.write(b"x" * 10**7)
            return {RIGHT}
    """,
    "fills_the_socket_folder": f"""
        import json, os, time
        def relu(values):
            place = os.path.dirname(json.load(open("/tmp/.kernel.json"))["ip"])
            os.chmod(place, 0o700)
            os.makedirs(place + "/closed/inner")
            with open(place + "/closed/fill", "wb") as file: file.write(b"x" * 10**7)
            os.chmod(place + "/closed", 0)
            time.sleep(1.5)
            return {RIGHT}
    """,
    "sockets_of_the_host": f"""
        import socket
        def relu(values):
            vsock = socket.socket(40, socket.SOCK_STREAM)
            return {RIGHT}
    """,
    "keys_that_outlive_it": f"""
        import ctypes
        def relu(values):
            number = 248 if ctypes.CDLL(None).syscall(39) == __import__("os").getpid() else 217
            assert ctypes.CDLL(None).syscall(number, b"user", b"x", b"y", 1, -4) >= 0
            return {RIGHT}
    """,
    "real_time_priority": f"""
        import os
        def relu(values):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
            return {RIGHT}
    """,
}  # fmt: skip
