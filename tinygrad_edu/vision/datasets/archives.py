"""Unpacking archives that may be damaged or hostile: everything or nothing, and nothing outside the target folder."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from .idx import DataFileError

MAX_BYTES = 1 << 36  # of all files together
MAX_MEMBERS = 2_000_000
CHUNK = 1 << 20

Opener = Callable[[Path], Any]
_COMPRESSIONS: dict[str, Opener] = {".bz2": bz2.open, ".gz": gzip.open, ".xz": lzma.open}
_ALIASES = {".tbz": (".tar", ".bz2"), ".tbz2": (".tar", ".bz2"), ".tgz": (".tar", ".gz")}
_ARCHIVES = (".tar", ".zip")
_DAMAGE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


def detect_file_type(file: str | os.PathLike[str]) -> tuple[str, str | None, str | None]:
    """(suffix, kind of archive, compression) by the file's name, as (".tar.gz", ".tar", ".gz")."""
    suffixes = Path(file).suffixes
    if not suffixes:
        raise RuntimeError(
            f"File '{file}' has no suffixes that could be used to detect the archive type and compression."
        )
    last = suffixes[-1]
    if last in _ALIASES:
        return last, *_ALIASES[last]
    if last in _ARCHIVES:
        return last, last, None
    if last in _COMPRESSIONS:
        inner = suffixes[-2] if len(suffixes) > 1 else ""
        return (inner + last, inner, last) if inner in _ARCHIVES else (last, None, last)
    known = sorted({*_ALIASES, *_ARCHIVES, *_COMPRESSIONS})
    raise RuntimeError(f"Unknown compression or archive type: '{last}'.\nKnown suffixes are: '{known}'.")


def extract_archive(
    from_path: str | os.PathLike[str],
    to_path: str | os.PathLike[str] | None = None,
    remove_finished: bool = False,
    max_bytes: int = MAX_BYTES,
    max_members: int | None = None,
) -> str | Path:
    """Unpack a .tar, .zip, .gz, .bz2, .xz, .tgz, … into a folder (the archive's own if left out). Returns the folder.

    Files appear in the folder only when the whole archive has been read. Raises `DataFileError` for a damaged archive,
    for members that would land elsewhere (absolute names, ``..``, links), for more than ``max_bytes`` and for more than
    ``max_members`` (two millions if left out); the folder is then as before.
    """
    source = Path(from_path)
    target = Path(source.parent if to_path is None else to_path)
    suffix, archive, compression = detect_file_type(source)
    target.mkdir(parents=True, exist_ok=True)
    if source.is_file() and source.stat().st_size == 0:  # which gzip would take for an archive of nothing
        raise DataFileError(f"{source} is damaged and was not unpacked: it is empty. Delete it and fetch it again.")
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target) as scratch:
        room = Room(Path(scratch), max_bytes, max_members or MAX_MEMBERS)
        try:
            if archive == ".tar":
                _unpack_tar(source, compression, room)
            elif archive == ".zip":
                _unpack_zip(source, room)
            else:
                with _COMPRESSIONS[compression or ""](source) as stream:
                    room.write(source.name.removesuffix(suffix), stream)
        except FileNotFoundError:
            if source.exists():
                raise
            raise DataFileError(f"{source} does not exist.") from None
        except DataFileError as error:
            raise DataFileError(f"{source} was not unpacked: {error}") from None
        except _DAMAGE as error:
            raise DataFileError(
                f"{source} is damaged and was not unpacked: {error}. Delete it and fetch it again."
            ) from error
        _move_in(Path(scratch), target)
    if remove_finished:
        source.unlink()
    made = target if archive else target / source.name.removesuffix(suffix)
    return os.fspath(made) if isinstance(from_path, str) else made


class Room:
    """A folder that files are written to, with a limit on their bytes and number."""

    def __init__(self, folder: Path, max_bytes: int, max_members: int) -> None:
        self.folder, self.left, self.limit = folder, max_bytes, max_bytes
        self.members, self.max_members = 0, max_members

    def place(self, name: str) -> Path:
        """Where a member goes; `DataFileError` for a name that leads out of the folder."""
        parts = PurePosixPath(name).parts
        outside = PurePosixPath(name).is_absolute() or ".." in parts or PureWindowsPath(name).anchor
        if outside or not parts or "\\" in name or "\0" in name:
            raise DataFileError(f"its member {name!r} would land outside of the folder.")
        self.members += 1
        if self.members > self.max_members:
            raise DataFileError(f"it has more than {self.max_members:,} members.")
        return self.folder.joinpath(*parts)

    def write(self, name: str, stream: IO[bytes]) -> None:
        path = self.place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while chunk := stream.read(CHUNK):
                self.left -= len(chunk)
                if self.left < 0:
                    raise DataFileError(f"it holds more than the {self.limit:,} bytes allowed.")
                file.write(chunk)

    def mkdir(self, name: str) -> None:
        self.place(name).mkdir(parents=True, exist_ok=True)


def _unpack_tar(source: Path, compression: str | None, room: Room) -> None:
    with tarfile.open(source, f"r:{compression[1:]}" if compression else "r:") as archive:  # type: ignore[call-overload]
        for member in archive:
            if member.isdir():
                if PurePosixPath(member.name).parts:  # not "."
                    room.mkdir(member.name)
            elif member.isreg():
                content = archive.extractfile(member)
                assert content is not None
                room.write(member.name, content)
            else:
                raise DataFileError(f"its member {member.name!r} is a link or a device.")


def _unpack_zip(source: Path, room: Room) -> None:
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise DataFileError(f"its member {member.filename!r} is a link or a device.")
            if member.is_dir():
                room.mkdir(member.filename)
            else:
                with archive.open(member) as stream:
                    room.write(member.filename, stream)


def _move_in(scratch: Path, target: Path) -> None:
    """Every file from the scratch folder to its place, in place of an older one."""
    for path in _walk(scratch):
        place = target / path.relative_to(scratch)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif place.is_dir():
            raise DataFileError(f"{place} is a folder; expected a file or nothing there.")
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        yield from (Path(root, name) for name in (*sorted(folders), *sorted(files)))
