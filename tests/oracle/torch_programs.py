"""Programs with torch, each in a process of its own: a fork of this one, which has imported torch once for all of them.

python -m oracle.torch_programs     # reads lines ["script.py", "folder"], runs the script there, writes its exit status

What the program prints goes to ``folder.out`` and ``folder.err``.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys

import torchvision_ops  # noqa: F401  torchvision from the package index needs a word before it runs beside another build of torch

SECONDS = 280  # then the program is ended


def main() -> None:
    for line in sys.stdin:
        script, folder = json.loads(line)
        if os.fork() == 0:
            become(script, folder)
            return
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)


def become(script: str, folder: str) -> None:
    """Be the process that ``python script`` would be in ``folder``."""
    signal.alarm(SECONDS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, ending in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{folder}.{ending}", os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    sys.argv, sys.path[0] = [script], ""
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
