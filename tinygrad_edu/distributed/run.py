"""Start a program on several processes: ``tinygrad-edu launch -n 4 script.py``, or ``python -m tinygrad_edu.distributed.run``."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import transport


def find_mpiexec() -> str | None:
    """The mpiexec of this Python's environment, else the system's."""
    beside = Path(sys.executable).parent / ("mpiexec.exe" if os.name == "nt" else "mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def launch(processes: int, script: str, arguments: Sequence[str] = ()) -> int:
    """Run a script on that many processes; returns the exit code. Threads are shared out among them."""
    mpiexec = find_mpiexec()
    if mpiexec is None:
        raise FileNotFoundError("mpiexec is not installed: pip install 'tinygrad-edu[mpi]'")
    threads = str(max(1, (os.cpu_count() or 1) // processes))
    environment = {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads),
        **os.environ,
    }
    command = [mpiexec, "-n", str(processes), sys.executable, "-m", __name__, script, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> None:
    """Run a script as one process of a job: if it ends badly, so does the whole job."""
    if not arguments:
        raise SystemExit("usage: python -m tinygrad_edu.distributed.run script.py [arguments]")
    comm = transport.world()
    transport.stop_all_on_error(comm)
    sys.argv = arguments
    sys.path.insert(0, str(Path(arguments[0]).resolve().parent))
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as ended:
        if ended.code not in (None, 0) and comm.Get_size() > 1:
            sys.stderr.write(f"rank {comm.Get_rank()} ended with {ended.code}, and with it the whole job\n")
            sys.stderr.flush()
            comm.Abort(ended.code if isinstance(ended.code, int) else 1)
        raise


if __name__ == "__main__":
    main(sys.argv[1:])
