"""``save`` and ``load``: any object with tensors in it, in torch's own file format, both ways."""

from __future__ import annotations

import io
import os
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from .atomic import atomic_write
from .errors import EmptyFile, LoadError, PlaceError
from .legacy import read_legacy, read_tar, write_legacy
from .names import ours
from .restricted import Refused, RestrictedUnpickler
from .storage import BUILDERS, MapLocation, checked, constant
from .zipformat import Read, read_zip, write_zip

FileLike: TypeAlias = "str | os.PathLike[str] | Any"  # a path, or an open binary file

_UNSAFE = "weights_only=False lets the file run any code while it is read. Do that only if you trust its origin"


def save(
    obj: Any,
    f: FileLike,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Write ``obj`` – tensors, state_dicts, any nest of them with plain objects – to a file that torch reads too.

    ``f`` is a path or an object with ``write``. A file at a path is replaced only when the new one is whole and on the
    disk. Tensors that share memory share it again after loading; a view brings all the memory that it looks into
    (``clone()`` it to save less). Classes of ours are written under torch's names.

    >>> import io, tinygrad_edu
    >>> buffer = io.BytesIO()
    >>> save({"w": tinygrad_edu.ones(2)}, buffer)
    >>> _ = buffer.seek(0); load(buffer)
    {'w': tensor([1., 1.])}

    Raises RuntimeError when the folder does not exist or tensors share memory under different dtypes, PicklingError for
    what Python cannot pickle (a lambda, say).
    """
    if pickle_module is not None and pickle_module is not pickle:
        raise ValueError(f"only Python's own pickle module is supported, got {pickle_module!r}")

    def write(file: Any) -> None:
        if _use_new_zipfile_serialization:
            write_zip(obj, file, _folder_name(f), pickle_protocol)
        else:
            write_legacy(obj, file, pickle_protocol)

    if _is_path(f):
        parent = Path(f).parent
        if not parent.is_dir():
            raise RuntimeError(f"Parent directory {parent} does not exist.")
        with atomic_write(f) as file:
            write(file)
    elif hasattr(f, "write"):
        write(f)
    else:
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")


def load(
    f: FileLike,
    map_location: MapLocation = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save` or ``torch.save`` wrote, in any of torch's formats.

    With ``weights_only`` (the default) only tensors and plain containers come out, and nothing in the file is executed;
    `add_safe_globals` lets more classes through. ``weights_only=False`` also reads whole models, and whatever else: it
    runs what the file says.

    ``map_location`` says where tensors go: ``"cpu"``, a device, a dict from saved to wanted places, or a function
    ``(storage, location) -> storage``. ``mmap=True`` reads a tensor from the disk only when it is used.

    Raises FileNotFoundError, and `LoadError` – both an ``UnpicklingError`` and a ``RuntimeError`` – for a file that is
    cut off, damaged, hostile or not of this kind; its text names the file.
    """
    if weights_only is None:
        weights_only = pickle_module is None
    if weights_only and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if pickle_module is not None and pickle_module is not pickle:
        raise ValueError(f"only Python's own pickle module is supported, got {pickle_module!r}")
    if mmap and not _is_path(f):
        raise ValueError("f must be a file path in order to use the mmap argument")
    if not weights_only:
        warnings.warn(f"load: {_UNSAFE}.", UserWarning, stacklevel=2)
    read = _reader(weights_only, pickle_load_args)
    if _is_path(f):
        with open(f, "rb") as file:
            return _load(file, os.fspath(f), map_location, read, weights_only, bool(mmap))
    _check_seekable(f)
    name = getattr(f, "name", None)
    return _load(f, name if isinstance(name, str) else "the file object", map_location, read, weights_only, False)


def _load(file: Any, name: str, map_location: MapLocation, read: Read, weights_only: bool, mmap: bool) -> Any:
    start = file.tell()
    head = file.read(512)
    file.seek(start)
    try:
        if head.startswith(b"PK\x03\x04"):
            whole = file if start == 0 else io.BytesIO(file.read())
            return checked(read_zip(whole, name, map_location, read, Path(name) if mmap else None))
        if mmap:
            raise LoadError(
                f"{name}: mmap can only be used with files in torch's zip format: save it anew with save()."
            )
        if head[257:262] == b"ustar":
            return checked(read_tar(file, name, map_location, read))
        if head.startswith(b"\x80") and pickle.LONG1 in head[:16]:  # the magic number, pickled
            return checked(read_legacy(file, name, map_location, read))
        kind = LoadError if head else EmptyFile
        raise kind(f"{name}: not a file of torch.save or of this save(): {_what_is(head)}.")
    except (LoadError, OSError):
        raise
    except PlaceError as error:
        raise PlaceError(f"{error} (The file is {name}.)") from None
    except Refused as error:
        raise LoadError(
            f"{name}: Weights only load failed. {error} Only tensors and plain containers are loaded by default; "
            f"{_UNSAFE}."
        ) from None
    except (MemoryError, RecursionError) as error:
        raise LoadError(
            f"{name}: too large or too deep to load: {type(error).__name__} {error}".rstrip() + "."
        ) from error
    except Exception as error:  # a damaged pickle can fail in any way; the file and the reason are what the user needs
        if not weights_only and not isinstance(
            error, (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError)
        ):
            raise  # from the file's own classes: their traceback is worth more
        raise LoadError(f"{name}: damaged or not a file of torch.save: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _reader(weights_only: bool, options: dict[str, Any]) -> Read:
    """What reads one pickle: the restricted reader, or Python's own with torch's names led to ours."""
    if weights_only:
        encoding = options.get("encoding", "utf-8")

        def read(file: BinaryIO, persistent_load: Callable[[Any], Any]) -> Any:
            return RestrictedUnpickler(file, persistent_load, encoding).load()
    else:

        def read(file: BinaryIO, persistent_load: Callable[[Any], Any]) -> Any:
            unpickler = _Unpickler(file, **{"encoding": "utf-8", **options})
            unpickler.persistent_load = persistent_load  # type: ignore[method-assign]
            return unpickler.load()

    return read


class _Unpickler(pickle.Unpickler):
    """Python's own, which runs what the pickle says."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in ("torch", "torchvision"):
            return super().find_class(module, name)
        found = BUILDERS.get((module, name))
        if found is None and (module, name) != ("torch.nn.parameter", "Parameter"):
            found = constant(module, name)
        if found is None:
            found = ours(module, name)
        if found is None:
            raise pickle.UnpicklingError(f"the file needs {module}.{name}, which has no counterpart here")
        return found


def _is_path(f: Any) -> bool:
    return isinstance(f, (str, os.PathLike))


def _folder_name(f: Any) -> str:
    """The name of the folder in the archive: the file's, as torch has it."""
    stem = Path(f).stem if _is_path(f) else "archive"
    return stem if stem.isascii() and stem else "archive"


def _check_seekable(f: Any) -> None:
    try:
        for name in ("seek", "tell", "read", "readline"):
            getattr(f, name)
        f.seek(f.tell())
    except (io.UnsupportedOperation, AttributeError) as error:
        raise type(error)(
            f"{error}. You can only torch.load from a file that is seekable. Please pre-load the data into a buffer "
            "like "
            "io.BytesIO and try to load from it instead."
        ) from None


_KNOWN = (
    (b"\x89HDF", "it looks like HDF5 (h5py reads it)"),
    (b"\x93NUMPY", "it looks like a NumPy .npy file (numpy.load reads it)"),
    (b"\x1f\x8b", "it is compressed with gzip: unpack it first"),
    (b"GGUF", "it looks like GGUF"),
    (b"version https://git-lfs", "it is a Git LFS pointer: `git lfs pull` fetches the real file"),
    (b"<", "it looks like a web page: the download went wrong"),
    (b"\x80", "it looks like a plain pickle (pickle.load reads it, if you trust it)"),
)


def _what_is(head: bytes) -> str:
    if not head:
        return "it is empty"
    if len(head) > 9 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 28:
        return "it looks like safetensors: load_safetensors reads it"
    return next((what for start, what in _KNOWN if head.startswith(start)), f"it starts with {head[:16]!r}")
