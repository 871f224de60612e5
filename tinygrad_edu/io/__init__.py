"""Files: ``save`` and ``load`` in torch's format, safetensors, atomic writes."""

from collections.abc import Callable
from os import PathLike
from typing import IO, Any, TypeAlias

from .atomic import atomic_write
from .errors import LoadError
from .restricted import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from .safetensors import load_safetensors, save_safetensors
from .serialization import load, save
from .storage import default_restore_location, location_tag
from .unsafe import get_unsafe_globals_in_checkpoint

DEFAULT_PROTOCOL = 2  # of pickle
FileLike: TypeAlias = str | PathLike[str] | IO[bytes]
MAP_LOCATION: TypeAlias = Callable[[Any, str], Any] | Any | str | dict[str, str] | None

__all__ = [
    "DEFAULT_PROTOCOL", "MAP_LOCATION", "FileLike", "LoadError", "add_safe_globals", "atomic_write",
    "clear_safe_globals", "default_restore_location", "get_safe_globals", "get_unsafe_globals_in_checkpoint", "load",
    "load_safetensors", "location_tag", "safe_globals", "save", "save_safetensors",
]  # fmt: skip
