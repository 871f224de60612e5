"""Files that are either the old one or the whole new one, never half of it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_TEMPORARY = re.compile(r"\.(.{1,80})\.[0-9a-f]{8}\.tmp", re.DOTALL)


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file for writing whose bytes appear under ``path`` only when the block ends without an error.

    They go to a temporary file in the same folder, are flushed to the disk and then take the old file's place in one
    step. After an error, a full disk or a killed process the old file is still whole.

    >>> import tempfile; folder = tempfile.TemporaryDirectory(); name = os.path.join(folder.name, "a.txt")
    >>> with atomic_write(name) as file:
    ...     _ = file.write(b"all of it")
    >>> Path(name).read_bytes(), len(os.listdir(folder.name))
    (b'all of it', 1)
    >>> folder.cleanup()
    """
    target = Path(os.path.realpath(path))  # through a symbolic link, which stays one
    if target.exists() and not target.is_file():  # a folder: open() says so; a device or pipe: nothing to replace
        with open(target, "wb") as file:
            yield file
        return
    temporary = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def leftovers(folder: Path) -> Iterator[tuple[Path, str]]:
    """Temporary files of processes that were killed while they wrote (or that write just now), each with the name it was for.

    A name of more than 80 characters is cut off.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        if found := _TEMPORARY.fullmatch(path.name):
            yield path, found[1]


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
