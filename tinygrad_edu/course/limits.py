"""What one graded notebook may use."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of one notebook's run. A check cell may raise its own time limit in its metadata, up to the notebook's."""

    cell_seconds: float = 5.0
    notebook_seconds: float = 120.0
    start_seconds: float = 60.0
    output_bytes: int = 2 * MB  # of one cell
    memory_bytes: int = 4096 * MB  # address space of one process; resident memory of all together
    disk_bytes: int = 64 * MB  # of each writable folder, and of one file
    processes: int = 64  # processes and threads
    submission_bytes: int = 20 * MB  # of code; outputs don't count
    file_bytes: int = 100 * MB


DEFAULT = Limits()
