"""``torch.cuda``: GPUs, through CuPy. Without one, `is_available` is False and the rest says what is missing."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from .. import legacy
from ..backend import later
from ..backend.errors import AcceleratorError, OutOfMemoryError
from . import graphs, memory, nvtx, random, streams
from ._device import _cupy, _index, current_device, device_count, init, is_available, is_initialized, set_device
from .graphed import make_graphed_callables
from .graphs import CUDAGraph, graph, graph_pool_handle, is_current_stream_capturing
from .memory import (
    empty_cache,
    get_per_process_memory_fraction,
    max_memory_allocated,
    max_memory_cached,
    max_memory_reserved,
    mem_get_info,
    memory_allocated,
    memory_cached,
    memory_reserved,
    memory_stats,
    memory_stats_as_nested_dict,
    memory_summary,
    reset_accumulated_memory_stats,
    reset_max_memory_allocated,
    reset_max_memory_cached,
    reset_peak_memory_stats,
    set_per_process_memory_fraction,
)  # fmt: skip
from .random import (
    get_rng_state,
    get_rng_state_all,
    initial_seed,
    manual_seed,
    manual_seed_all,
    seed,
    seed_all,
    set_rng_state,
    set_rng_state_all,
)  # fmt: skip
from .sensors import clock_rate, device_memory_used, memory_usage, power_draw, temperature, utilization
from .streams import Event, Stream, StreamContext, current_stream, default_stream, set_stream, stream


class device:
    """Use a GPU inside a ``with`` block."""

    def __init__(self, device: Any) -> None:
        self.index = _index(device)

    def __enter__(self) -> None:
        if not is_available():
            if self.index >= 0:
                raise RuntimeError("PyTorch was compiled without CUDA support")
            return
        self._context = _cupy().cuda.Device(self.index) if self.index >= 0 else nullcontext()
        self._context.__enter__()

    def __exit__(self, *exc: object) -> None:
        if is_available():
            self._context.__exit__(*exc)


class device_of(device):
    """Use the GPU of a tensor inside a ``with`` block."""

    def __init__(self, obj: Any) -> None:
        super().__init__(obj.device.index if obj.is_cuda else -1)


class _Properties:
    """What a GPU can do."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.name = raw["name"].decode()
        self.major, self.minor = raw["major"], raw["minor"]
        self.total_memory = raw["totalGlobalMem"]
        self.multi_processor_count = raw["multiProcessorCount"]
        self.warp_size = raw["warpSize"]
        self.max_threads_per_multi_processor = raw["maxThreadsPerMultiProcessor"]

    def __repr__(self) -> str:
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
            f"total_memory={self.total_memory // 2**20}MB, multi_processor_count={self.multi_processor_count})"
        )


def get_device_properties(device: Any = None) -> _Properties:
    """Name, memory, processors of a GPU."""
    return _Properties(_cupy().cuda.runtime.getDeviceProperties(_index(device)))


def get_device_name(device: Any = None) -> str:
    """The name of a GPU."""
    return get_device_properties(device).name


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """The version of CUDA's instructions that a GPU has."""
    properties = get_device_properties(device)
    return properties.major, properties.minor


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether the GPU computes in bfloat16 (from generation 8 on)."""
    return is_available() and get_device_capability()[0] >= 8


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done all that it was given."""
    cupy = _cupy()
    with cupy.cuda.Device(_index(device)):
        cupy.cuda.runtime.deviceSynchronize()
    later.report()


def get_arch_list() -> list[str]:
    """The GPU generations that kernels are compiled for: CuPy compiles for the one at hand."""
    if not is_available():
        return []
    return ["sm_{}{}".format(*get_device_capability(i)) for i in range(device_count())]


def ipc_collect() -> None:
    """Nothing is shared between processes on the GPU."""


has_half, has_magma = True, False
default_generators: tuple[Any, ...] = ()
globals().update(legacy.cuda_types, **legacy.cuda_storages)  # FloatTensor, FloatStorage and their kin


def is_tf32_supported() -> bool:
    """Whether the GPU can multiply float32 matrices in TF32 (from generation 8 on)."""
    return is_available() and get_device_capability()[0] >= 8


def get_gencode_flags() -> str:
    """How nvcc is told the generations of `get_arch_list`."""
    return " ".join(f"-gencode compute={arch[3:]},code={arch}" for arch in get_arch_list())


def can_device_access_peer(device: Any, peer_device: Any) -> bool:
    """Whether one GPU can read another one's memory."""
    return bool(_cupy().cuda.runtime.deviceCanAccessPeer(_index(device), _index(peer_device)))


_sync_debug = {"mode": 0}


def set_sync_debug_mode(debug_mode: int | str) -> None:
    """Keep the mode (0 default, 1 warn, 2 error); waiting for the GPU is not watched here."""
    _cupy()
    modes = {"default": 0, "warn": 1, "error": 2}
    if isinstance(debug_mode, str) and debug_mode not in modes:
        raise RuntimeError("invalid value of debug_mode, expected one of `default`, `warn`, `error`")
    _sync_debug["mode"] = modes[debug_mode] if isinstance(debug_mode, str) else debug_mode


def get_sync_debug_mode() -> int:
    """What `set_sync_debug_mode` was told."""
    _cupy()
    return _sync_debug["mode"]


def __getattr__(name: str) -> Any:
    if name == "amp":
        from ..amp import old

        return old
    if name == "_initialized":  # programs look at it before they touch GPUs' random streams
        return is_initialized()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AcceleratorError", "CUDAGraph", "Event", "OutOfMemoryError", "Stream", "StreamContext", "can_device_access_peer",
    "clock_rate", "current_device", "current_stream", "default_stream", "device", "device_count", "device_memory_used",
    "device_of", "empty_cache", "get_arch_list", "get_device_capability", "get_device_name", "get_device_properties",
    "get_gencode_flags", "get_per_process_memory_fraction", "get_rng_state", "get_rng_state_all",
    "get_sync_debug_mode", "graph", "graph_pool_handle", "init", "initial_seed", "ipc_collect", "is_available",
    "is_bf16_supported", "is_current_stream_capturing", "is_initialized", "is_tf32_supported",
    "make_graphed_callables", "manual_seed", "manual_seed_all", "max_memory_allocated", "max_memory_cached",
    "max_memory_reserved", "mem_get_info", "memory_allocated", "memory_cached", "memory_reserved", "memory_stats",
    "memory_stats_as_nested_dict", "memory_summary", "memory_usage", "power_draw", "reset_accumulated_memory_stats",
    "reset_max_memory_allocated", "reset_max_memory_cached", "reset_peak_memory_stats", "seed", "seed_all",
    "set_device", "set_per_process_memory_fraction", "set_rng_state", "set_rng_state_all", "set_stream",
    "set_sync_debug_mode", "stream", "synchronize", "temperature", "utilization",
]  # fmt: skip
