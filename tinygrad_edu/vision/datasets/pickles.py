"""Pickles of NumPy arrays and plain containers, as CIFAR's files are: read without executing anything in them.

The names of NumPy's own functions lead to the stand-ins below, which only note what a file says of an array; its bytes
become a real array at the end, when shape, dtype and length have been found to agree. Any other name is refused.
"""

from __future__ import annotations

import gzip
import io
import math
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy

from ...io.restricted import _STEPS, Refused, RestrictedUnpickler
from .idx import DataFileError

MAX_BYTES = 1 << 30  # unpacked; CIFAR's largest file has a tenth of it
_KINDS = "biuf"  # bool, integers, floats


class _Dtype:
    """What a file says of a dtype: ``numpy.dtype("u1", False, True)`` and a state."""

    def __init__(self, name: Any, align: Any = False, copy: Any = False) -> None:
        found = numpy.dtype(name) if isinstance(name, str) and len(name) <= 4 else None
        if found is None or found.kind not in _KINDS:
            raise Refused(f"arrays of {name!r}")
        self.dtype = found

    def set_state(self, state: Any) -> None:
        if not (isinstance(state, tuple) and len(state) >= 2 and state[1] in ("|", "<", ">", "=")):
            raise Refused("the state of a dtype that has none")
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """What a file says of an array."""

    array: numpy.ndarray | None = None

    def set_state(self, state: Any) -> None:
        _, shape, kind, by_columns, data = state
        self.fill(data, kind, shape, "F" if by_columns else "C")

    def fill(self, data: Any, kind: Any, shape: Any, order: Any) -> None:
        if isinstance(data, str):  # a string of Python 2
            data = data.encode("latin1")
        sizes = shape if type(shape) is tuple else ()
        if not (isinstance(kind, _Dtype) and isinstance(data, (bytes, bytearray)) and type(shape) is tuple):
            raise Refused("an array without shape, dtype or bytes")
        if not all(type(n) is int and n >= 0 for n in sizes) or len(sizes) > 8 or order not in ("C", "F"):
            raise Refused(f"an array of shape {shape!r}")
        if math.prod(sizes) * kind.dtype.itemsize != len(data):
            raise ValueError(f"an array of shape {sizes} and {kind.dtype} with {len(data):,} bytes")
        self.array = numpy.frombuffer(data, kind.dtype).reshape(sizes, order=order)  # type: ignore[call-overload]


def _reconstruct(kind: Any, shape: Any, code: Any) -> _Array:
    if kind is not _ndarray:
        raise Refused("an array of another class than numpy.ndarray")
    return _Array()


def _from_buffer(data: Any, kind: Any, shape: Any, order: Any) -> _Array:
    made = _Array()
    made.fill(data, kind, shape, order)
    return made


def _encode(text: Any, encoding: Any) -> bytes:
    """How Python 3 writes bytes for Python 2."""
    if type(text) is not str or encoding != "latin1":
        raise Refused("_codecs.encode of something else than bytes")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """How Python 3 writes b"" for Python 2."""
    return b""


def _ndarray() -> None:
    """Stands for the class ``numpy.ndarray``; never called."""


_CALLABLE: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _reconstruct for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _from_buffer for core in ("core", "_core")},
}


class _ArrayUnpickler(RestrictedUnpickler):
    def load(self) -> Any:
        while code := self._file.read(1):
            if code == pickle.STOP:
                return self._stack.pop()
            if code not in _ARRAY_STEPS:
                raise Refused(f"Unsupported operand {code[0]}")
            _ARRAY_STEPS[code](self)
        raise EOFError("the pickle ends too early")

    def _global(self, module: str, name: str) -> None:
        if (module, name) == ("numpy", "ndarray"):
            return self._push(_ndarray)
        if (module, name) not in _CALLABLE:
            raise Refused(f"it names {module}.{name}")
        self._push(_CALLABLE[module, name])

    def _call(self) -> None:
        args, call = self._stack.pop(), self._stack.pop()
        if type(args) is not tuple or not any(call is allowed for allowed in _CALLABLE.values()):
            raise Refused(f"it calls {call!r}")
        self._push(call(*args))

    def _set(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if type(target) not in (_Array, _Dtype):
            raise Refused(f"it sets the state of a {type(target).__name__}")
        target.set_state(state)

    def _string(self) -> None:
        self._push(self._sized("<i").decode(self._encoding))


def _refuse(r: RestrictedUnpickler) -> None:
    raise Refused("it makes objects of other classes")


_ARRAY_STEPS: dict[bytes, Callable[[Any], None]] = {
    **_STEPS,
    pickle.REDUCE: _ArrayUnpickler._call,
    pickle.BUILD: _ArrayUnpickler._set,
    pickle.BINSTRING: _ArrayUnpickler._string,
    **dict.fromkeys((pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.BINPERSID), _refuse),
}


def read_pickle(path: str | os.PathLike[str], advice: str) -> dict[str, Any]:
    """The dictionary in a pickle (gzipped or not), its arrays as NumPy arrays.

    Raises `DataFileError`, ending in ``advice``, for a damaged file and for one that holds anything but plain
    containers, numbers, strings and arrays of numbers: nothing in it is executed.
    """
    path = Path(path)
    try:
        with path.open("rb") as packed:
            content = _ArrayUnpickler(_opened(packed, path), _no_storage, encoding="latin1").load()
    except FileNotFoundError:
        raise DataFileError(f"{path} does not exist. {advice}") from None
    except Refused as error:
        raise DataFileError(f"{path} is not plain data: {error}. Nothing in it was executed. {advice}") from None
    except (OSError, zlib.error) as error:
        raise DataFileError(f"{path} cannot be read: {error}. {advice}") from error
    except Exception as error:  # a damaged pickle can fail in any way
        raise DataFileError(f"{path} is damaged: {type(error).__name__}: {error}. {advice}") from error
    if type(content) is not dict:
        raise DataFileError(f"{path} holds a {type(content).__name__}; expected a dict. {advice}")
    return {key: value.array if isinstance(value, _Array) else value for key, value in content.items()}


def _opened(packed: BinaryIO, path: Path) -> BinaryIO:
    """The file's bytes in memory, at most `MAX_BYTES` of them."""
    with gzip.open(packed) if path.suffix == ".gz" else packed as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"more than {MAX_BYTES:,} bytes")
    return io.BytesIO(data)


def _no_storage(pid: Any) -> Any:
    raise Refused("it refers to a storage")
