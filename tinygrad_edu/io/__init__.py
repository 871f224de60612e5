"""Files: ``save`` and ``load`` in torch's format, safetensors, atomic writes."""

from .atomic import atomic_write
from .errors import LoadError
from .restricted import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from .safetensors import load_safetensors, save_safetensors
from .serialization import load, save
from .storage import default_restore_location, location_tag
from .unsafe import get_unsafe_globals_in_checkpoint

__all__ = [
    "LoadError", "add_safe_globals", "atomic_write", "clear_safe_globals", "default_restore_location", "get_safe_globals",
    "get_unsafe_globals_in_checkpoint", "load", "load_safetensors", "location_tag", "safe_globals", "save", "save_safetensors",
]  # fmt: skip
