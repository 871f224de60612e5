"""IDX, the file format of MNIST and its relatives: a small big-endian header, then one byte a pixel or label (QMNIST's: four)."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path

import numpy

_KINDS = {
    0x801: "labels (magic number 0x801)",
    0x803: "images (magic number 0x803)",
    0xC02: "rows of facts (magic number 0xc02)",
}
_NUMBERS = {0x8: "u1", 0xC: ">i4"}  # the second byte of a magic number says which; the last one, how many dimensions


class DataFileError(RuntimeError):
    """A data file is missing or damaged; the text names the file, what is wrong and what to do."""


def find(folder: Path, name: str) -> Path | None:
    """``folder/name`` or ``folder/name.gz``, whichever is there."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def read_idx(path: str | os.PathLike[str], dims: int, advice: str, kind: int = 0x8) -> numpy.ndarray:
    """The uint8 array in an IDX file (gzipped or not) with ``dims`` dimensions: 1 for labels, 3 for images.

    ``kind`` 0xC is for files of int32.

    Raises `DataFileError`, ending in ``advice``, when the file is not a whole and correct one.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except FileNotFoundError:
        raise DataFileError(f"{path} does not exist. {advice}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataFileError(f"{path} cannot be read: {error}. {advice}") from error
    header = 4 + 4 * dims
    if len(data) < header:
        raise DataFileError(f"{path} is cut off: {len(data)} bytes, not even a header of {header}. {advice}")
    magic, *shape = struct.unpack(f">{1 + dims}I", data[:header])
    right, numbers = (kind << 8) + dims, numpy.dtype(_NUMBERS[kind])
    if magic != right:
        raise DataFileError(f"{path} is not an IDX file of {_KINDS[right]}: it starts with {magic:#x}. {advice}")
    expected = header + math.prod(shape) * numbers.itemsize
    if len(data) != expected:
        sizes = " x ".join(map(str, shape))
        raise DataFileError(
            f"{path} is damaged: its header promises {sizes} bytes of data, {expected - header:,} in all, but "
            f"{len(data) - header:,} follow. {advice}"
        )
    return numpy.frombuffer(bytearray(data), numbers, offset=header).reshape(shape)
