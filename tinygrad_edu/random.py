"""Streams of random numbers: `Generator`, the default one of each device, and saving and restoring where they stand.

On the CPU a stream gives the numbers that torch gives for the same seed. On CUDA it is our own (`backend/philox.py`): a
counter-based stream that depends on the seed and on how many numbers were drawn, not on the GPU model.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import devices, dtypes
from .autograd.variable import Variable, wrap
from .backend import cuda_available, kernels_for
from .backend.mt19937 import MT19937Stream
from .backend.philox import PhiloxStream


class Generator:
    """One stream of random numbers; functions that draw take it as ``generator=``.

    >>> import tinygrad_edu as tg
    >>> g = Generator().manual_seed(7)
    >>> before = g.get_state()
    >>> x = tg.rand(3, generator=g)
    >>> g.set_state(before).initial_seed(), tg.rand(3, generator=g).equal(x)
    (7, True)
    """

    stream: Any

    def __init__(self, device: Any = "cpu") -> None:
        self.device = devices.device(device)
        if self.device.type == "cpu":
            self.stream = MT19937Stream()
            return
        if self.device.type == "meta":
            raise RuntimeError("META device type not an accelerator.")
        self.device = devices.resolve(self.device)
        self.stream = PhiloxStream(kernels_for(self.device.type))

    def __repr__(self) -> str:
        return f"<{dtypes.module_name}._C.Generator object at {id(self):#x}>"

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream again from ``seed``; the same seed gives the same numbers."""
        if not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = seed.__index__()
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self.stream.seed(seed)
        return self

    def seed(self) -> int:
        """Start again from a seed that nobody can know, which is returned."""
        seed = secrets.randbits(63)
        self.stream.seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream last started from."""
        return int(self.stream.initial_seed)

    def get_state(self) -> Any:
        """Where the stream stands, as a uint8 tensor (on the CPU, of torch's 5056 bytes)."""
        return wrap(self.stream.get_state())

    def set_state(self, new_state: Any) -> Generator:
        """Continue from a state that `get_state` gave."""
        if not isinstance(new_state, Variable):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        if new_state._data.dtype != "uint8" or devices.of(new_state._data).type != "cpu":
            raise TypeError("RNG state must be a torch.ByteTensor")
        self.stream.set_state(new_state._data)
        return self

    def clone_state(self) -> Generator:
        """A new generator that stands where this one stands and goes on independently."""
        new = object.__new__(Generator)
        new.device, new.stream = self.device, self.stream.fork()
        return new

    graphsafe_get_state = clone_state

    def graphsafe_set_state(self, other: Generator) -> Generator:
        """From now on share the stream of another generator."""
        self.stream = other.stream
        return self

    def get_offset(self) -> int:
        """How many numbers were drawn (CUDA streams only)."""
        if self.device.type == "cpu":
            raise RuntimeError("CPU Generator does not use offset")
        return int(self.stream.offset)

    def set_offset(self, offset: int) -> Generator:
        """Continue after the first ``offset`` numbers (CUDA streams only)."""
        if self.device.type == "cpu":
            raise RuntimeError("CPU Generator does not use offset")
        self.stream.offset = offset
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (str(self.device), self.initial_seed(), self.get_state())


def _rebuild(device: str, seed: int, state: Any) -> Generator:
    return Generator(device).manual_seed(seed).set_state(state)


default_generator = Generator()
_of_device: dict[devices.device, Generator] = {}


def generator_of(device: devices.device) -> Generator:
    """The generator that draws on ``device`` when none is named."""
    if device.type == "cpu":
        return default_generator
    found = _of_device.get(device)
    if found is None:
        found = Generator() if device.type == "meta" else Generator(device).manual_seed(_cuda_seed)
        if device.type == "meta":  # what it draws is not looked at
            found.device, found.stream = device, kernels_for("meta").stream()  # type: ignore[attr-defined]
        _of_device[device] = found
    return found


def stream_for(generator: Generator | None, array: Any) -> Any:
    """The stream to draw from into ``array``: the generator's, or its device's default."""
    where = devices.of(array)
    if generator is None:
        return generator_of(where).stream
    if not isinstance(generator, Generator):
        raise TypeError(f"argument 'generator' must be torch._C.Generator, not {type(generator).__name__}")
    if generator.device.type != where.type:
        raise RuntimeError(f"Expected a '{where.type}' device type for generator but found '{generator.device.type}'")
    return generator.stream


_cuda_seed = MT19937Stream().initial_seed  # what a GPU generator that does not exist yet will start from


def manual_seed(seed: int) -> Generator:
    """Seed the default generators of all devices; returns the CPU's.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.rand(2)
    tensor([0.4963, 0.7682])
    """
    seed = int(seed)
    default_generator.manual_seed(seed)
    cuda_manual_seed_all(seed)
    return default_generator


def cuda_manual_seed_all(seed: int) -> None:
    """Seed the default generators of all GPUs, those included that were not used yet."""
    global _cuda_seed
    _cuda_seed = int(seed)
    for generator in _of_device.values():
        generator.manual_seed(_cuda_seed)


def cuda_manual_seed(seed: int) -> None:
    """Seed the default generator of the current GPU (no effect where there is none)."""
    if cuda_available():
        generator_of(devices.resolve("cuda")).manual_seed(int(seed))


def seed() -> int:
    """Seed all default generators with a number that nobody can know, which is returned."""
    seed = default_generator.seed()
    cuda_manual_seed_all(seed)
    return seed


def initial_seed() -> int:
    """The seed of the CPU's default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """Where the CPU's default generator stands, as a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Continue the CPU's default generator from a state that `get_rng_state` gave."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, device_type: str = "cuda", **_: Any) -> Iterator[None]:
    """What is drawn inside the ``with`` block does not move the default generators: they go on from where they stood.

    ``devices``: the GPUs whose generators are restored too (default: all that were used).
    """
    if not enabled:
        yield
        return
    chosen = list(_of_device.values()) if devices is None else [generator_of(_gpu(d, device_type)) for d in devices]
    saved = [(g, g.get_state()) for g in (default_generator, *chosen)]
    try:
        yield
    finally:
        for generator, state in saved:
            generator.set_state(state)


def _gpu(which: Any, device_type: str) -> devices.device:
    return devices.resolve(devices.device(device_type, which) if isinstance(which, int) else which)


def thread_safe_generator() -> Generator | None:
    """The generator of this worker process, if it has one of its own."""
    return None
