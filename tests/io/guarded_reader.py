"""Reads every file of a folder, in a process that notes whatever else happens; prints what came of each as JSON.

Run by test_damaged_files: python guarded_reader.py FOLDER. Python's audit events tell of every program started, module imported,
code compiled, file written and connection opened; an alarm ends a hang, a limit on memory ends a bomb.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from tinygrad_edu.io import load, load_safetensors

FORBIDDEN = (
    "compile", "ctypes", "exec", "import", "os.exec", "os.fork", "os.link", "os.mkdir", "os.posix_spawn", "os.remove", "os.rename", "os.spawn",
    "os.symlink", "os.system", "os.truncate", "pty", "shutil", "socket", "subprocess", "sys._getframe", "tempfile", "webbrowser",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
seen: list[str] = []
watching = False


def watch(event: str, args: tuple[Any, ...]) -> None:
    if not watching:
        return
    if event == "open":
        if (isinstance(args[1], str) and set(args[1]) & set("wax+")) or (
            isinstance(args[2], int) and args[2] & WRITING
        ):
            seen.append(f"open {args}")
    elif event.startswith(FORBIDDEN):
        seen.append(f"{event} {args}"[:200])


class Hang(BaseException):
    """Nothing that reads files may catch it."""


def stop(*_: Any) -> None:
    raise Hang


def summary(value: Any) -> Any:
    """What was loaded, for comparison with the good file."""
    if hasattr(value, "tolist"):
        return [str(value.dtype), list(value.shape), value.tolist()]
    if isinstance(value, dict):
        return {str(k): summary(v) for k, v in value.items()}
    return [summary(v) for v in value] if isinstance(value, (list, tuple)) else repr(value)


def attempt(path: Path) -> dict[str, Any]:
    global watching
    seen.clear()
    read = load_safetensors if path.name.startswith(("safetensors", "good.safetensors")) else load
    start = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 10)
    found: dict[str, Any] = {}
    watching = True
    try:
        value = read(path)
    except Hang:
        found = {"hangs": True}
    except MemoryError:
        found = {"error": "MemoryError", "text": ""}
    except Exception as error:  # every kind is looked at by the test
        found = {"error": type(error).__name__, "text": str(error)}
    else:
        found = {"loaded": json.dumps(summary(value), default=repr)}
    finally:
        watching = False
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {**found, "seconds": time.monotonic() - start, "seen": list(seen)}


def main() -> None:
    warnings.simplefilter("ignore")  # zipfile's, of a name met twice
    folder = Path(sys.argv[1])
    files = sorted(folder.iterdir())
    for path in files:  # everything that reading needs is imported before the watch begins
        if path.name.startswith("good."):
            attempt(path)
    for path in (p for p in files if p.name.startswith(("zip-cut-at-4", "legacy-cut", "tar-cut", "safetensors-cut"))):
        attempt(path)
    soft = 3 << 30
    resource.setrlimit(resource.RLIMIT_AS, (soft, soft))
    signal.signal(signal.SIGALRM, stop)
    sys.addaudithook(watch)
    print(json.dumps({path.name: attempt(path) for path in files}))


if __name__ == "__main__":
    main()
