"""Files in the safetensors format: named tensors behind a JSON header, and nothing that could run."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy

from .. import backend, devices, dtypes
from ..autograd.variable import Variable, wrap
from .atomic import atomic_write
from .errors import LoadError
from .pickler import extent

# The format's names for our dtypes.
_DTYPES = {
    "BOOL": dtypes.bool_, "U8": dtypes.uint8, "I8": dtypes.int8, "U16": dtypes.uint16, "I16": dtypes.int16,
    "U32": dtypes.uint32, "I32": dtypes.int32, "U64": dtypes.uint64, "I64": dtypes.int64, "F16": dtypes.float16,
    "BF16": dtypes.bfloat16, "F32": dtypes.float32, "F64": dtypes.float64, "C64": dtypes.complex64,
}  # fmt: skip


def _library() -> ModuleType:
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "this needs the package safetensors: pip install safetensors", name="safetensors"
        ) from error
    return safetensors


def save_safetensors(
    tensors: dict[str, Any], filename: str | os.PathLike[str], metadata: dict[str, str] | None = None
) -> None:
    """Write tensors by name. The file is replaced only when the new one is whole and on the disk.

    Raises ValueError for what is not a tensor or of a dtype that the format lacks (complex128), RuntimeError when
    tensors share memory, which the format cannot express.
    """
    library = _library()
    arrays, places = {}, []
    for name, t in tensors.items():
        if not isinstance(t, Variable):
            raise ValueError(f"Key `{name}` is invalid, expected a tensor but received {type(t)}")
        if dtypes.of(t._data) not in _DTYPES.values():
            raise ValueError(
                f"Key `{name}` is {dtypes.of(t._data)}, which safetensors files cannot hold; convert it with .to()"
            )
        host = backend.kernels_of(t._data).to_host(t._data)
        arrays[name] = numpy.asarray(host, order="C")
        if t._data.size:
            places.append((*extent(t._data), name))
    places.sort()
    for (_, end, name), (start, _, other) in itertools.pairwise(places):
        if start < end:
            raise RuntimeError(
                f"Some tensors share memory, this will lead to duplicate memory on disk and potential differences "
                "when loading "
                f"them again: {sorted((name, other))}. Save only one of them, or a .clone() of the other."
            )
    data = library.numpy.save(arrays, metadata)
    with atomic_write(filename) as file:
        file.write(data)


def load_safetensors(filename: str | os.PathLike[str], device: Any = "cpu") -> dict[str, Any]:
    """The tensors in a safetensors file, by name.

    Raises FileNotFoundError, and `LoadError` for a file that is cut off, damaged or of another kind.
    """
    library = _library()
    data = Path(filename).read_bytes()
    try:
        found = library.deserialize(data)
    except library.SafetensorError as error:
        raise LoadError(f"{os.fspath(filename)}: not a whole safetensors file: {error}.") from error
    where = devices.resolve(device)
    tensors = {}
    for name, entry in found:
        if entry["dtype"] not in _DTYPES:
            raise LoadError(
                f"{os.fspath(filename)}: {name!r} is of type {entry['dtype']}, which has no counterpart here."
            )
        # a bytearray of its own: the tensor may be written to
        array = numpy.frombuffer(bytearray(entry["data"]), _DTYPES[entry["dtype"]].np).reshape(entry["shape"])
        tensors[name] = wrap(
            array if where.type == "cpu" else backend.kernels_for(str(where.type)).from_host(array, where.index)
        )
    return tensors
