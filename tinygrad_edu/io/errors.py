"""What reading a file can raise."""

from __future__ import annotations

import pickle


class LoadError(pickle.UnpicklingError, RuntimeError):
    """A file cannot be loaded; the text names the file, what is wrong with it and what to do.

    torch raises ``UnpicklingError`` for some of these and ``RuntimeError`` for others; this is both.
    """


class EmptyFile(LoadError, EOFError):
    """There is nothing in the file: torch's ``EOFError``."""


class PlaceError(RuntimeError):
    """Tensors in a file belong on a device that is not there, which is not the file's fault."""
