"""torch's file formats before 1.6: several pickles one after the other, then the storages; and, before 0.2, a tar
archive.

pickles, then storages:  magic number · protocol 1001 · facts about the writer · the object · the storages' keys
                         then, for each key in order, its number of elements (8 bytes) and its bytes
tar:                     members "storages", "tensors" and "pickle"
"""

from __future__ import annotations

import io
import pickle
import struct
import sys
import tarfile
from typing import Any, BinaryIO

import numpy

from .errors import LoadError
from .pickler import TorchPickler
from .storage import MapLocation, Storage, StorageType, rebuild_tensor, restore
from .zipformat import Read

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001


def write_legacy(obj: Any, file: Any, protocol: int) -> None:
    """Write ``obj`` as pickles followed by storages."""
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": PROTOCOL_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": sizes}
    for head in (MAGIC_NUMBER, PROTOCOL_VERSION, system):
        pickle.dump(head, file, protocol)
    buffer = io.BytesIO()
    pickler = TorchPickler(buffer, protocol, legacy=True)
    pickler.dump(obj)
    file.write(buffer.getbuffer())
    keys = sorted(pickler.storages)
    pickle.dump(keys, file, protocol)
    for key in keys:
        storage = pickler.storages[key]
        file.write(struct.pack("<q", storage.array.size) + storage.numpy().tobytes())


def read_legacy(file: BinaryIO, name: str, map_location: MapLocation, read: Read) -> Any:
    """The object in a file of pickles and storages."""
    return _Legacy(file, name, map_location).read(read)


class _Legacy:
    """One open file and the storages that its pickle has asked for."""

    def __init__(self, file: BinaryIO, name: str, map_location: MapLocation) -> None:
        self._file, self._name, self._map_location = file, name, map_location
        start = file.tell()
        self._left = file.seek(0, io.SEEK_END) - start  # bytes that the storages can have in all
        file.seek(start)
        self._storages: dict[Any, Storage] = {}
        self._views: dict[Any, Storage] = {}

    def read(self, read: Read) -> Any:
        def plain() -> Any:
            return read(self._file, _no_storages)

        if plain() != MAGIC_NUMBER:
            raise LoadError(f"{self._name}: Invalid magic number; corrupt file?")
        if (version := plain()) != PROTOCOL_VERSION:
            raise LoadError(f"{self._name}: Invalid protocol version: {version}")
        system = plain()
        order = "little_endian"  # bytes where the reader was told to leave texts as bytes
        if not isinstance(system, dict) or system.get(order, system.get(order.encode())) is not True:
            raise LoadError(f"{self._name}: written on a big-endian machine, which this old format does not allow for.")
        result = read(self._file, self._persistent_load)
        for key in plain():
            self._fill(key)
        return result

    def _persistent_load(self, pid: Any) -> Any:
        if type(pid) is not tuple or not pid:
            raise ValueError(f"expected a storage's words, got {pid!r:.80}")
        if pid[0] in ("module", b"module"):  # a class with its source text, as torch once wrote
            return pid[1]
        _, kind, key, location, elements, view = pid
        if not isinstance(kind, StorageType) or type(elements) is not int or elements < 0:
            raise ValueError(f"expected a storage's words, got {pid!r:.80}")
        if key not in self._storages:
            needed = elements * kind.dtype.itemsize
            self._left -= needed
            if self._left < 0:
                raise LoadError(f"{self._name}: its storages are larger than the file: cut off or damaged.")
            self._storages[key] = Storage(numpy.zeros(needed, numpy.uint8), kind.dtype, filled=False)
            place = location.decode("ascii") if isinstance(location, bytes) else str(location)
            if restore(self._storages[key], place, self._map_location).device.type != "cpu":
                raise LoadError(f"{self._name}: files before torch 1.6 are read to the CPU: use map_location='cpu'.")
        storage = self._storages[key]
        if view is None:
            return storage
        view_key, offset, size = view
        if view_key not in self._views:
            first, last = offset * storage.dtype.itemsize, (offset + size) * storage.dtype.itemsize
            if not 0 <= first <= last <= storage.nbytes():
                raise ValueError(f"a view from {offset} of {size} elements reaches beyond its storage")
            self._views[view_key] = Storage(storage.data[first:last], storage.dtype, filled=False)
        return self._views[view_key]

    def _fill(self, key: Any) -> None:
        """Read a storage's bytes into the memory that its tensors already look into."""
        storage = self._storages.get(key)
        if storage is None:
            raise LoadError(f"{self._name}: has the bytes of a storage {key!r:.80} that nothing uses: damaged.")
        head = self._file.read(8)
        data = self._file.read(storage.nbytes())
        if len(head) != 8 or len(data) != storage.nbytes():
            raise LoadError(f"{self._name}: ends in the middle of storage {key!r:.80}: cut off.")
        (elements,) = struct.unpack("<q", head)
        if elements * storage.dtype.itemsize != storage.nbytes():
            raise LoadError(
                f"{self._name}: storage {key!r:.80} has {elements} elements; expected "
                f"{storage.nbytes() // storage.dtype.itemsize}: damaged."
            )
        storage.data[:] = numpy.frombuffer(data, numpy.uint8)


def _no_storages(pid: Any) -> Any:
    raise ValueError("a storage where none belongs")


def read_tar(file: BinaryIO, name: str, map_location: MapLocation, read: Read) -> Any:
    """The object in a tar archive of the oldest format. Nothing is unpacked to the disk."""
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            parts = {}
            for part in ("storages", "tensors", "pickle"):
                member = tar.extractfile(part)
                if member is None:
                    raise LoadError(f"{name}: a tar archive whose {part!r} is no file: not a file of torch.save.")
                parts[part] = io.BytesIO(member.read())
    except (tarfile.TarError, KeyError, EOFError, ValueError) as error:
        raise LoadError(f"{name}: a tar archive, but not a whole one of torch.save: {error}.") from error
    storages = _tar_storages(parts["storages"], name, map_location, read)
    tensors = _tar_tensors(parts["tensors"], name, storages, read)

    def persistent_load(pid: Any) -> Any:
        if isinstance(pid, tuple):  # a class with its source text
            return pid[1]
        return tensors[pid]

    return read(parts["pickle"], persistent_load)


def _tar_storages(file: BinaryIO, name: str, map_location: MapLocation, read: Read) -> dict[Any, Storage]:
    storages: dict[Any, Storage] = {}
    for _ in range(_count(read(file, _no_storages), name)):
        key, location, kind = read(file, _no_storages)
        if not isinstance(kind, StorageType):
            raise ValueError(f"expected a storage type, got {kind!r:.80}")
        (elements,) = struct.unpack("<q", _exactly(file, 8, name))
        data = numpy.frombuffer(bytearray(_exactly(file, elements * kind.dtype.itemsize, name)), numpy.uint8)
        place = location.decode("ascii") if isinstance(location, bytes) else str(location)
        storages[key] = restore(Storage(data, kind.dtype), place, map_location)
    for target, root, offset, elements in read(file, _no_storages):  # storages inside others
        width = storages[root].dtype.itemsize
        if not 0 <= offset <= offset + elements <= storages[root].nbytes() // width:
            raise ValueError(f"a view from {offset} of {elements} elements reaches beyond its storage")
        part = storages[root].data[offset * width : (offset + elements) * width]
        storages[target] = Storage(part, storages[root].dtype, storages[root].device)
    return storages


def _tar_tensors(file: BinaryIO, name: str, storages: dict[Any, Storage], read: Read) -> dict[Any, Any]:
    tensors = {}
    for _ in range(_count(read(file, _no_storages), name)):
        key, storage, _kind = read(file, _no_storages)
        (ndim,) = struct.unpack("<ixxxx", _exactly(file, 8, name))
        if not 0 <= ndim <= 64:
            raise ValueError(f"a tensor of {ndim} dimensions")
        numbers = struct.unpack(f"<{2 * ndim + 1}q", _exactly(file, 8 * (2 * ndim + 1), name))
        tensors[key] = rebuild_tensor(storages[storage], numbers[-1], numbers[:ndim], numbers[ndim:-1])
    return tensors


def _count(n: Any, name: str) -> int:
    if type(n) is not int or n < 0:
        raise LoadError(f"{name}: damaged: {n!r:.80} where a number belongs.")
    return n


def _exactly(file: BinaryIO, n: int, name: str) -> bytes:
    data = file.read(n) if n >= 0 else b""
    if len(data) != n:
        raise LoadError(f"{name}: ends too early: cut off or damaged.")
    return data
