"""torch's file format since 1.6: an uncompressed zip archive with the pickle in one member and each storage in its own.

NAME/data.pkl           the pickle; a tensor in it refers to a storage by key
NAME/.storage_alignment "64": storages start at multiples of 64 bytes, so that they can be mapped into memory
NAME/byteorder          "little" or "big"
NAME/data/KEY           the bytes of one storage
NAME/version            "3"
"""

from __future__ import annotations

import io
import mmap
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy

from .errors import LoadError
from .pickler import TorchPickler
from .storage import OTHER_ORDER, MapLocation, Storage, StorageType, restore, swap_bytes

ALIGNMENT = 64
Read = Callable[[BinaryIO, Callable[[Any], Any]], Any]  # (file with a pickle, persistent_load) → the object


# ---------------------------------------------------------------------------------------------------- writing
class _WriteOnly:
    """A user's file object, of which nothing is asked but to take bytes."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        self._file.write(data)
        return len(memoryview(data).cast("B"))

    def flush(self) -> None:
        if hasattr(self._file, "flush"):
            self._file.flush()


def write_zip(obj: Any, file: Any, name: str, protocol: int) -> None:
    """Write ``obj`` to an open binary file; ``name`` is the folder inside the archive."""
    buffer = io.BytesIO()
    pickler = TorchPickler(buffer, protocol)
    pickler.dump(obj)
    with zipfile.ZipFile(cast(IO[bytes], _WriteOnly(file)), "w", zipfile.ZIP_STORED) as archive:
        put = _Writer(archive, name).put
        put("data.pkl", buffer.getbuffer())
        put(".storage_alignment", str(ALIGNMENT).encode())
        put("byteorder", sys.byteorder.encode())
        for key, storage in pickler.storages.items():
            put(f"data/{key}", storage.numpy().data)
        put("version", b"3\n")


class _Writer:
    """Adds members that start at multiples of `ALIGNMENT`, with nothing in them that differs from run to run."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name

    def put(self, member: str, data: memoryview | bytes) -> None:
        info = zipfile.ZipInfo(f"{self._name}/{member}")  # dated 1980, as torch does
        info.create_system = 0
        large = len(data) >= zipfile.ZIP64_LIMIT
        # local header: 30 bytes, the name, our padding as one extra field, for large members a zip64 field of 20 bytes
        header = 30 + len(info.filename.encode()) + 4 + (20 if large else 0)
        padding = -(cast(IO[bytes], self._archive.fp).tell() + header) % ALIGNMENT
        info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
        with self._archive.open(info, "w", force_zip64=large) as target:
            for start in range(0, len(data), 1 << 24):
                target.write(data[start : start + (1 << 24)])


# ---------------------------------------------------------------------------------------------------- reading
def read_zip(file: BinaryIO, name: str, map_location: MapLocation, read: Read, mapped: Path | None = None) -> Any:
    """The object in a torch zip file. ``name`` stands in error messages; ``mapped``, when given, is mapped into memory.

    Raises `LoadError` when the archive is damaged or is something else.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
        raise LoadError(
            f"{name}: failed reading zip archive: {error}. The file is damaged or cut off: save or fetch it again."
        ) from error
    with archive:
        return _Archive(archive, file, name, map_location, mapped).read(read)


class _Archive:
    """One open file: its members, and the storages read so far."""

    def __init__(
        self, archive: zipfile.ZipFile, file: BinaryIO, name: str, map_location: MapLocation, mapped: Path | None
    ) -> None:
        self._archive, self._file, self._name, self._map_location = archive, file, name, map_location
        self._map = _map_file(mapped) if mapped is not None else None
        self._storages: dict[str, tuple[Storage, int]] = {}
        members = archive.infolist()
        self._members = {info.filename.partition("/")[2]: info for info in members}
        if "data.pkl" not in self._members:
            raise LoadError(f"{name}: a zip archive, but not one of torch.save: {_what_zip(archive)}.")
        if "constants.pkl" in self._members:
            raise LoadError(
                f"{name}: a TorchScript archive (a program saved by torch.jit.save); expected a file of torch.save: "
                "load it "
                "in torch and save its state_dict()."
            )
        size = file.seek(0, io.SEEK_END)
        if sum(info.file_size for info in members) > size:
            raise LoadError(
                f"{name}: the archive's members are together larger than the file ({size:,} bytes): compressed or "
                "overlapping "
                "members, which torch.save does not write."
            )

    def read(self, read: Read) -> Any:
        order = self._get("byteorder", b"little").decode("ascii", "replace").strip()
        if order not in ("little", "big"):
            raise LoadError(f"{self._name}: Unknown endianness type: {order}")
        self._swap = order == OTHER_ORDER
        return read(io.BytesIO(self._get("data.pkl")), self._persistent_load)

    def _get(self, member: str, default: bytes | None = None) -> bytes:
        if member not in self._members and default is not None:
            return default
        try:
            return self._archive.read(self._members[member])
        except KeyError:
            raise LoadError(f"{self._name}: the archive has no member {member!r}: it is cut off or damaged.") from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            struct.error,
        ) as error:
            raise LoadError(
                f"{self._name}: {member!r} in the archive is damaged: {error}. Save or fetch the file again."
            ) from error

    def _persistent_load(self, pid: Any) -> Storage:
        """The storage that the pickle's ("storage", type, key, location, elements) stands for; read when first met."""
        if type(pid) is not tuple or len(pid) != 5:
            raise ValueError(f"expected a storage's five words, got {pid!r:.80}")
        _, kind, key, location, elements = pid
        if not isinstance(kind, StorageType) or type(key) is not str or type(elements) is not int:
            raise ValueError(f"expected a storage's five words, got {pid!r:.80}")
        needed = elements * kind.dtype.itemsize
        if key not in self._storages:
            data = self._bytes(f"data/{key}")
            if self._swap:
                swap_bytes(data, kind.dtype)
            place = location.decode("ascii") if isinstance(location, bytes) else str(location)
            self._storages[key] = restore(Storage(data, kind.dtype), place, self._map_location), len(data)
        storage, found = self._storages[key]
        if found != needed:
            raise LoadError(
                f"{self._name}: storage {key} holds {found:,} bytes; expected {needed:,} ({elements:,} elements of "
                f"{kind.dtype.name})."
            )
        return storage

    def _bytes(self, member: str) -> numpy.ndarray:
        """A storage's bytes, as an array that may be written to."""
        info = self._members.get(member)
        if self._map is not None and info is not None and info.compress_type == zipfile.ZIP_STORED:
            start = data_offset(self._file, info, self._name)
            if start + info.file_size > len(self._map):
                raise LoadError(f"{self._name}: {member!r} in the archive reaches beyond the end of the file.")
            return numpy.frombuffer(self._map, numpy.uint8, info.file_size, start)
        return numpy.frombuffer(bytearray(self._get(member)), numpy.uint8)


def data_offset(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> int:
    """Where a member's bytes start in the file: after its local header, whose last two parts vary in length."""
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) != 30 or not header.startswith(b"PK\x03\x04"):
        raise LoadError(f"{name}: {info.filename!r} in the archive has a damaged header.")
    name_length, extra_length = struct.unpack("<HH", header[26:])
    return info.header_offset + 30 + int(name_length) + int(extra_length)


def _map_file(path: Path) -> mmap.mmap:
    """A file's bytes, read from the disk as they are touched; writes to them stay in memory."""
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)


def _what_zip(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if names and all(name.endswith(".npy") for name in names):
        return "it looks like a NumPy .npz file (numpy.load reads it)"
    if "[Content_Types].xml" in names:
        return "it looks like an office document"
    return f"it has no data.pkl but {', '.join(names[:3]) or 'no members'}{', …' if len(names) > 3 else ''}"
