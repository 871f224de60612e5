"""``torch.cuda.memory``: how much of a GPU's memory is in use."""

from __future__ import annotations

import collections
from typing import Any

from ..backend.errors import OutOfMemoryError  # noqa: F401 - torch has it here too
from ._device import _cupy, _index, is_initialized

_peak: dict[int, int] = {}  # device → most bytes seen in use


def _pool(device: Any = None) -> tuple[int, Any]:
    cupy, index = _cupy(), _index(device)
    with cupy.cuda.Device(index):
        return index, cupy.get_default_memory_pool()


def _used(device: Any) -> tuple[int, int]:
    cupy = _cupy()
    index, pool = _pool(device)
    with cupy.cuda.Device(index):
        used = int(pool.used_bytes())
    _peak[index] = max(_peak.get(index, 0), used)
    return index, used


def memory_allocated(device: Any = None) -> int:
    """Bytes of GPU memory in arrays (0 where there is no GPU)."""
    return _used(device)[1] if is_initialized() else 0


def max_memory_allocated(device: Any = None) -> int:
    """The most that `memory_allocated` was at any of the times when it was asked for, this one included."""
    return _peak[_used(device)[0]] if is_initialized() else 0


def memory_reserved(device: Any = None) -> int:
    """Bytes that the pool holds, used or free."""
    return int(_pool(device)[1].total_bytes()) if is_initialized() else 0


max_memory_reserved = memory_reserved
memory_cached, max_memory_cached = memory_reserved, max_memory_reserved  # their old names


def reset_peak_memory_stats(device: Any = None) -> None:
    """Let `max_memory_allocated` start again from what is in use."""
    if is_initialized():
        _peak.pop(_index(device), None)


reset_max_memory_allocated = reset_max_memory_cached = reset_accumulated_memory_stats = reset_peak_memory_stats


def memory_stats(device: Any = None) -> collections.OrderedDict[str, int]:
    """The numbers above under torch's names; none before the GPU has been used."""
    stats: collections.OrderedDict[str, int] = collections.OrderedDict()
    if is_initialized():
        numbers = {
            "allocated_bytes": (memory_allocated(device), max_memory_allocated(device)),
            "reserved_bytes": (memory_reserved(device), max_memory_reserved(device)),
        }
        for name, (now, peak) in numbers.items():
            stats[f"{name}.all.current"], stats[f"{name}.all.peak"] = now, peak
    return stats


def memory_stats_as_nested_dict(device: Any = None) -> dict[str, Any]:
    """`memory_stats` as dictionaries in dictionaries."""
    nested: dict[str, Any] = {}
    for name, value in memory_stats(device).items():
        kind, pool, when = name.split(".")
        nested.setdefault(kind, {}).setdefault(pool, {})[when] = value
    return nested


def set_per_process_memory_fraction(fraction: float, device: Any = None) -> None:
    """Let the pool hold at most this part of the GPU's memory; beyond it, `OutOfMemoryError`."""
    if not isinstance(fraction, float):
        raise TypeError("Invalid type for fraction argument, must be `float`")
    _, pool = _pool(device)
    if not 0 <= fraction <= 1:
        raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
    with _cupy().cuda.Device(_index(device)):
        pool.set_limit(fraction=fraction)


def get_per_process_memory_fraction(device: Any = None) -> float:
    """What `set_per_process_memory_fraction` was told; 1.0 without it."""
    _, pool = _pool(device)
    with _cupy().cuda.Device(_index(device)):
        limit = pool.get_limit()
    return limit / mem_get_info(device)[1] if limit else 1.0


def empty_cache() -> None:
    """Give memory that is free in the pool back to the GPU."""
    if is_initialized():
        _pool()[1].free_all_blocks()


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """(free, total) bytes of the GPU."""
    cupy = _cupy()
    with cupy.cuda.Device(_index(device)):
        free, total = cupy.cuda.runtime.memGetInfo()
    return int(free), int(total)


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """The numbers above as text."""
    names = ("memory_allocated", "max_memory_allocated", "memory_reserved")
    return "\n".join(f"{name:24} {globals()[name](device):>16,} bytes" for name in names)
