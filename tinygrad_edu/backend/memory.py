"""Freed memory stays with the process, within limits, for the next array.

glibc hands blocks of 128 kB and more back to the system as soon as they are free, and fetching the pages again takes as long as
the arithmetic on them: a training step of a small network spent a fifth of its time there. By and by glibc raises that
threshold itself, up to 32 MB, but it gives back what lies free at the end of the heap all the same. Set here once are the limits
that it would come to in the end: blocks up to 32 MB come from the heap, of which up to 64 MB may lie free.

Who has set glibc's own variables (``MALLOC_TRIM_THRESHOLD_``, ``MALLOC_MMAP_THRESHOLD_``, ``GLIBC_TUNABLES``) has decided; other
systems' C libraries are left alone.
"""

from __future__ import annotations

import ctypes
import os
import sys

MMAP_THRESHOLD, TRIM_THRESHOLD = 32 << 20, 64 << 20
_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD in malloc.h
_VARIABLES = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


def keep_freed_memory() -> bool:
    """Set the limits; whether there was a C library to tell them."""
    if not sys.platform.startswith("linux") or any(name in os.environ for name in _VARIABLES):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # musl
        return False
    return bool(mallopt(_MMAP, MMAP_THRESHOLD) and mallopt(_TRIM, TRIM_THRESHOLD))
