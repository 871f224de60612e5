# -*- coding: utf-8 -*-
"""One command a task: `python tools/dev.py lab`, `… test`. `make lab` and `make test` call this.

This file keeps to syntax that old Pythons can read, so that they can say that they are too old.
"""

from __future__ import print_function

import os
import sys

OLDEST = (3, 11)
COMMANDS = """\
  lab         install the course into .venv and open it in JupyterLab   (PORT=8890  NO_BROWSER=1)
  test        install and run every check and test                      (STAGES="ruff pytest"  WORKERS=4)
  test-gpu    on a machine with an NVIDIA GPU: the tests that need one, the table of operations and the benchmark on it
  lint        ruff, mypy, import-linter and codespell
  format      rewrite the code in the house style
  notebooks   run chapters and solutions again and keep the new outputs (chapters/01_tensors.ipynb …; --sources: only
              what show_source printed, and tracebacks)
  release     generate exercises/ from solutions/
  book        make a website of chapters, exercises, docs and reference in book/_build/html
  size        lines of each room of the house
  clean       remove .venv and everything that tools left behind
"""


def too_old():
    # type: () -> str
    """The line to print on a Python that is too old, or nothing."""
    if sys.version_info[:2] >= OLDEST:
        return ""
    import shutil

    names = ["python3.%d" % minor for minor in (13, 12, 11)]
    which = getattr(shutil, "which", lambda name: None)  # Python 2 has none
    found = [name for name in names if which(name)]
    wanted, have = "%d.%d" % OLDEST, "%d.%d.%d" % sys.version_info[:3]
    advice = "try `make lab PYTHON=%s`" % (found[0] if found else "<a newer one>")
    return "Python %s or newer is needed, but %s is Python %s: %s." % (wanted, sys.executable, have, advice)


def main(arguments):
    # type: (list) -> int
    here = "--here" in arguments
    command = next((word for word in arguments if not word.startswith("-")), "")
    words = [word for word in arguments if word not in (command, "--here", "-h", "--help")]
    unknown = words if command != "notebooks" else []  # those it takes itself
    asked = bool({"-h", "--help"} & set(arguments))
    if unknown or asked or not command:
        print("python tools/dev.py COMMAND [--here]\n\n" + COMMANDS)
        print("--here uses the Python that runs this (a conda environment, say) as it is instead of .venv.")
        if unknown:
            print("\nUnknown: " + " ".join(unknown), file=sys.stderr)
        return 0 if asked and not unknown else 2
    if too_old():
        print("error: " + too_old(), file=sys.stderr)
        return 2
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import tasks  # needs the newer Python

    return tasks.run(command, here, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
