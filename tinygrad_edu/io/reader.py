"""`PyTorchFileReader`: the members of a torch zip file one by one, for programs that do not want all of it."""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO, cast

import numpy

from .. import dtypes
from ..autograd.variable import wrap
from ..storage import UntypedStorage
from .errors import LoadError
from .zipformat import data_offset


class PyTorchFileReader:
    """Reads single members ("records") of a file that `save` wrote: a path, or an open binary file.

    >>> import io, tinygrad_edu as tg
    >>> file = io.BytesIO(); tg.save(tg.ones(2), file)
    >>> PyTorchFileReader(file).get_record("version")
    b'3\\n'
    """

    def __init__(self, source: str | BinaryIO) -> None:
        if not isinstance(source, str):
            source.tell()  # a file, or an AttributeError
        try:
            self._archive = zipfile.ZipFile(source)
        except zipfile.BadZipFile as error:
            raise LoadError(f"PytorchStreamReader failed reading zip archive: {error}") from error
        except OSError as error:
            raise LoadError(
                f"open file failed because of errno {error.errno} on fopen: {error.strerror}, file path: {source}"
            ) from error
        self._members = {info.filename.partition("/")[2]: info for info in self._archive.infolist()}

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise LoadError(f"PytorchStreamReader failed locating file {name}: file not found")
        return self._members[name]

    def get_all_records(self) -> list[str]:
        """The names of all members."""
        return list(self._members)

    def has_record(self, name: str) -> bool:
        """Whether there is a member of this name."""
        return name in self._members

    def get_record(self, name: str) -> bytes:
        """The bytes of a member."""
        return self._archive.read(self._info(name))

    def get_record_size(self, name: str) -> int:
        """How many bytes a member has."""
        return self._info(name).file_size

    def get_record_header_offset(self, name: str) -> int:
        """Where in the file a member's header starts."""
        return self._info(name).header_offset

    def get_record_offset(self, name: str) -> int:
        """Where in the file a member's bytes start."""
        return data_offset(cast(BinaryIO, self._archive.fp), self._info(name), str(self._archive.filename))

    def get_storage_from_record(self, name: str, numel: int, dtype: Any) -> Any:
        """A tensor of no elements whose storage has the bytes of a member: ``numel`` elements of a dtype, or
        of bytes for the class `UntypedStorage`."""
        kind = dtypes.uint8 if dtype is UntypedStorage else cast(dtypes.dtype, dtype)
        size, expected = self.get_record_size(name), numel * kind.itemsize
        if size != expected:
            raise LoadError(
                f"record size ({size} bytes) does not match expected size ({expected} bytes = {numel} elements * "
                f"{kind.itemsize} bytes/element) for dtype {kind.short}"
            )
        array = numpy.empty(numel, kind.np)
        array.view(numpy.uint8)[:] = numpy.frombuffer(self.get_record(name), numpy.uint8)
        return wrap(array[:0])

    def serialization_id(self) -> str:
        """The number that torch writes into a file; empty where there is none, as in our files."""
        return self.get_record(".data/serialization_id").decode() if self.has_record(".data/serialization_id") else ""
