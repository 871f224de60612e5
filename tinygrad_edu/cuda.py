"""``torch.cuda``: GPUs, through CuPy. Without one, `is_available` is False and the rest says what is missing."""

from __future__ import annotations

from typing import Any

from . import devices
from .backend import cuda_available, kernels_for
from .random import cuda_manual_seed as manual_seed
from .random import cuda_manual_seed_all as manual_seed_all
from .random import generator_of

_peak: dict[int, int] = {}  # device → most bytes seen in use


def is_available() -> bool:
    """Whether a GPU can be used."""
    return cuda_available()


def _cupy() -> Any:
    """CuPy's module; torch's AssertionError where there is no GPU."""
    return kernels_for("cuda").xp


def _index(device: Any = None) -> int:
    """The number of a device: None is the current one."""
    if device is None:
        return int(_cupy().cuda.Device().id)
    if isinstance(device, int):
        return device
    index = devices.device(device).index
    return int(_cupy().cuda.Device().id) if index is None else index


def device_count() -> int:
    """How many GPUs there are."""
    return int(_cupy().cuda.runtime.getDeviceCount()) if is_available() else 0


def is_initialized() -> bool:
    """Whether the GPU has been asked for anything yet."""
    from . import backend

    return "cuda" in backend.by_device


def init() -> None:
    """Make the GPU ready now rather than at its first use."""
    _cupy()


def current_device() -> int:
    """The number of the GPU in use."""
    return _index()


def set_device(device: Any) -> None:
    """Use this GPU where "cuda" is said without a number."""
    index = _index(device)
    if index >= 0:
        _cupy().cuda.Device(index).use()


class device:
    """Use a GPU inside a ``with`` block."""

    def __init__(self, device: Any) -> None:
        self.index = _index(device)

    def __enter__(self) -> None:
        self._context = _cupy().cuda.Device(self.index)
        self._context.__enter__()

    def __exit__(self, *exc: object) -> None:
        self._context.__exit__(*exc)


class device_of(device):
    """Use the GPU of a tensor inside a ``with`` block."""

    def __init__(self, obj: Any) -> None:
        super().__init__(obj.device.index if obj.is_cuda else None)


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


# ------------------------------------------------------------------------------------------ memory
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


def reset_peak_memory_stats(device: Any = None) -> None:
    """Let `max_memory_allocated` start again from what is in use."""
    if is_initialized():
        _peak.pop(_index(device), None)


reset_max_memory_allocated = reset_peak_memory_stats


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


# ------------------------------------------------------------------------------------------ streams and events
class Stream:
    """A queue of work for the GPU; work in different streams may run side by side."""

    def __init__(self, device: Any = None, priority: int = 0, *, _raw: Any = None) -> None:
        self._raw = _cupy().cuda.Stream(non_blocking=True, priority=priority) if _raw is None else _raw

    def __enter__(self) -> Stream:
        self._raw.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._raw.__exit__(*exc)

    def synchronize(self) -> None:
        """Wait until the work in this stream is done."""
        self._raw.synchronize()

    def query(self) -> bool:
        """Whether the work in this stream is done."""
        return bool(self._raw.done)

    def wait_event(self, event: Event) -> None:
        """Let later work of this stream wait for an event."""
        self._raw.wait_event(event._raw)

    def wait_stream(self, stream: Stream) -> None:
        """Let later work of this stream wait for all that is in another one now."""
        self.wait_event(stream.record_event())

    def record_event(self, event: Event | None = None) -> Event:
        """An event at this point of the stream."""
        event = Event() if event is None else event
        event.record(self)
        return event


class Event:
    """A mark in a stream: to wait for, and to measure time between two of them."""

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        self._raw = _cupy().cuda.Event(block=blocking, disable_timing=not enable_timing)

    def record(self, stream: Stream | None = None) -> None:
        """Put the mark at the end of a stream."""
        self._raw.record(None if stream is None else stream._raw)

    def wait(self, stream: Stream | None = None) -> None:
        """Let later work of a stream wait for this mark."""
        (current_stream() if stream is None else stream).wait_event(self)

    def synchronize(self) -> None:
        """Wait until the GPU has passed the mark."""
        self._raw.synchronize()

    def query(self) -> bool:
        """Whether the GPU has passed the mark."""
        return bool(self._raw.done)

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds between this mark and another."""
        return float(_cupy().cuda.get_elapsed_time(self._raw, end_event._raw))


def current_stream(device: Any = None) -> Stream:
    """The stream that work goes to."""
    return Stream(_raw=_cupy().cuda.get_current_stream())


def default_stream(device: Any = None) -> Stream:
    """The stream that work goes to unless another is chosen."""
    return Stream(_raw=_cupy().cuda.Stream.null)


class stream:
    """Send work to a stream inside a ``with`` block (None: no change)."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            self.stream.__enter__()

    def __exit__(self, *exc: object) -> None:
        if self.stream is not None:
            self.stream.__exit__(*exc)


# ------------------------------------------------------------------------------------------ random numbers
def get_rng_state(device: Any = "cuda") -> Any:
    """Where the random stream of a GPU stands."""
    return generator_of(devices.resolve(device)).get_state()


def set_rng_state(new_state: Any, device: Any = "cuda") -> None:
    """Continue the random stream of a GPU from a state."""
    generator_of(devices.resolve(device)).set_state(new_state)


def get_rng_state_all() -> list[Any]:
    """Where the random streams of all GPUs stand."""
    return [get_rng_state(f"cuda:{i}") for i in range(device_count())]


def set_rng_state_all(new_states: list[Any]) -> None:
    """Continue the random streams of all GPUs."""
    for i, state in enumerate(new_states):
        set_rng_state(state, f"cuda:{i}")


def initial_seed() -> int:
    """The seed of the current GPU's random stream."""
    return generator_of(devices.resolve("cuda")).initial_seed()


def get_arch_list() -> list[str]:
    """The GPU generations that kernels are compiled for: CuPy compiles for the one at hand."""
    if not is_available():
        return []
    return ["sm_{}{}".format(*get_device_capability(i)) for i in range(device_count())]


def ipc_collect() -> None:
    """Nothing is shared between processes on the GPU."""


__path__: list[str] = []  # so that ``import torch.cuda.amp`` looks further


def __getattr__(name: str) -> Any:
    if name == "amp":
        from .amp import old

        return old
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Event",
    "Stream",
    "current_device",
    "current_stream",
    "default_stream",
    "device",
    "device_count",
    "device_of",
    "empty_cache",
    "get_arch_list",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "get_rng_state_all",
    "init",
    "initial_seed",
    "ipc_collect",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "memory_summary",
    "reset_max_memory_allocated",
    "reset_peak_memory_stats",
    "set_device",
    "set_rng_state",
    "set_rng_state_all",
    "stream",
    "synchronize",
]
