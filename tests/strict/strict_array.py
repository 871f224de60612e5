"""A CuPy without a GPU: an array type that refuses what a GPU array refuses.

`StrictArray` holds a NumPy array but lets nobody have it by accident: NumPy functions and ``__array__`` raise, plain NumPy arrays
may not be mixed in, and only the names that CuPy 14.2 really has exist (``cupy-names.json`` was read off its ``dir()``).
``get()`` is the one way back to the host. What would make a GPU wait – ``bool(x)``, ``x.item()`` – is counted in `syncs`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu import backend
from tinygrad_edu.backend import capture, later

NAMES: dict[str, set[str]] = {
    room: set(names)
    for room, names in json.loads(Path(__file__).with_name("cupy-names.json").read_text()).items()
    if isinstance(names, list)
}
syncs = 0  # how often a GPU would have had to wait
graph: StrictGraph | None = None  # into which work is being recorded

_MUST_WRAP = (np.ndarray, np.generic)


def _count() -> None:
    global syncs
    _refuse_to_wait()
    syncs += 1


def _in(value: Any, inside: str) -> Any:
    """An argument on its way into NumPy: strict arrays opened, NumPy arrays refused."""
    if isinstance(value, StrictArray):
        if graph is not None:
            graph.meets(value._host)
        return value._host
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError(
            f"{inside}: unsupported type {type(value)}: a NumPy array among GPU arrays is an implicit transfer"
        )
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)(_in(v, inside) for v in value)
    if isinstance(value, slice):
        return slice(*(_in(v, inside) for v in (value.start, value.stop, value.step)))
    return value


def _run(work: Callable[[], Any]) -> Any:
    """Do the work of one operation; where work is being recorded, remember it."""
    with np.errstate(all="ignore"):  # a GPU overflows in silence
        result = _out(work())
    if graph is not None:
        graph.add(work, result)
    return result


def _out(value: Any) -> Any:
    """A result of NumPy's on its way out: arrays and NumPy's scalars become strict arrays, as on a GPU."""
    if isinstance(value, _MUST_WRAP):
        return StrictArray(np.asarray(value) if isinstance(value, np.generic) else value)
    if isinstance(value, (list, tuple)):
        made = [_out(v) for v in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    return value


def _wrapped(work: Callable[[Any], Any], host: np.ndarray, index: Any) -> Any:
    """``work(index)``; numbers that point outside are taken modulo the size, as CuPy does."""
    try:
        return work(index)
    except IndexError:
        parts = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(i, np.ndarray) and i.dtype.kind in "iu" for i in parts):
            raise
        return work(tuple(i % n if isinstance(i, np.ndarray) else i for i, n in zip(parts, host.shape)))


class StrictArray:
    """See the module's text."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, host: np.ndarray) -> None:
        self._host = host

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct one.")

    def __array_function__(self, func: Any, *args: Any) -> Any:
        raise TypeError(f"numpy.{func.__name__} was called on a GPU array: use k.xp.{func.__name__}")

    def get(self) -> np.ndarray:
        _count()
        return self._host.copy()

    def item(self, *args: int) -> Any:
        _count()
        return self._host.item(*args)

    def tolist(self) -> Any:
        _count()
        return self._host.tolist()

    def __bool__(self) -> bool:
        _count()
        return bool(self._host)

    def __int__(self) -> int:
        _count()
        return int(self._host)

    def __float__(self) -> float:
        _count()
        return float(self._host)

    def __complex__(self) -> complex:
        _count()
        return complex(self._host)

    def __index__(self) -> int:
        _count()
        return self._host.__index__()

    def __len__(self) -> int:
        return len(self._host)

    def __iter__(self) -> Iterator[Any]:
        return (_out(row) for row in self._host)

    def __getitem__(self, index: Any) -> Any:
        host, where = _in(self, "indexing"), _in(index, "indexing")
        if any(
            isinstance(i, StrictArray) and i.dtype.kind == "b"
            for i in (index if isinstance(index, tuple) else (index,))
        ):
            _count()  # how large the result is stands in the mask
        return _run(lambda: _wrapped(host.__getitem__, host, where))

    def __setitem__(self, index: Any, value: Any) -> None:
        host, where, new = _in(self, "indexing"), _in(index, "indexing"), _in(value, "assignment")
        _run(lambda: _wrapped(lambda at: host.__setitem__(at, new), host, where))

    def __repr__(self) -> str:
        return f"StrictArray({self._host!r})"

    @property
    def base(self) -> Any:
        return None if self._host.base is None else StrictArray(self._host.base)

    @property
    def device(self) -> Any:
        return type("Device", (), {"id": 0})()

    @property
    def data(self) -> Any:
        return type("Memory", (), {"ptr": self._host.__array_interface__["data"][0]})()

    def astype(self, dtype: Any, order: str = "K", copy: bool = True) -> Any:
        host = _in(self, "astype")
        return _run(lambda: host.astype(dtype, order=order, copy=copy))

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES["cupy.ndarray"]:
            raise AttributeError(f"cupy.ndarray has no attribute {name!r}")
        value = getattr(self._host, name)
        if callable(value):
            return _Method(name, _in(self, name))
        return _out(value) if isinstance(value, _MUST_WRAP) else value


def _binary(name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray) and other.ndim:
            raise TypeError(f"{name}: unsupported type {type(other)}")
        if not isinstance(other, (StrictArray, np.generic, np.ndarray, bool, int, float, complex)):
            return NotImplemented
        mine, theirs = _in(self, name), _in(other, name)
        return _run(lambda: getattr(mine, name)(theirs))

    return method


def _in_place(name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        mine, theirs = _in(self, name), _in(other, name)

        def work() -> None:
            assert getattr(mine, name)(theirs) is mine

        _run(work)
        return self

    return method


for _word in [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
]:
    setattr(StrictArray, f"__{_word}__", _binary(f"__{_word}__"))
    setattr(StrictArray, f"__r{_word}__", _binary(f"__r{_word}__"))
    setattr(StrictArray, f"__i{_word}__", _in_place(f"__i{_word}__"))
for _word in ["lt", "le", "gt", "ge", "eq", "ne"]:
    setattr(StrictArray, f"__{_word}__", _binary(f"__{_word}__"))
for _word in ["neg", "pos", "abs", "invert"]:
    setattr(StrictArray, f"__{_word}__", lambda self, _name=f"__{_word}__": _Method(_name, _in(self, _name))())


class _Method:
    """A method of a NumPy array that takes and gives strict arrays."""

    def __init__(self, name: str, host: np.ndarray) -> None:
        self._name, self._host = name, host

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = _in(args, self._name), {k: _in(v, self._name) for k, v in kwargs.items()}
        if self._name == "nonzero":
            _count()
        return _run(lambda: getattr(self._host, self._name)(*args, **kwargs))


class _Function:
    """A NumPy function that takes and gives strict arrays."""

    def __init__(self, name: str, function: Any) -> None:
        self._name, self._function = name, function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        args, kwargs = _in(args, self._name), {k: _in(v, self._name) for k, v in kwargs.items()}
        if self._name in ("nonzero", "flatnonzero", "argwhere", "unique"):
            _count()  # how large the result is stands in the numbers
        function = self._function
        if self._name == "take":
            kwargs["mode"] = "wrap"
        if self._name.endswith(".at"):
            host, where, *values = args
            function, args = lambda: _wrapped(lambda at: self._function(host, at, *values), host, where), ()
        result = _run(lambda: function(*args, **kwargs))
        return out if isinstance(out, StrictArray) else result

    def __getattr__(self, name: str) -> Any:
        if isinstance(self._function, np.ufunc) and name in NAMES["cupy.ufunc"]:
            if name in ("accumulate", "reduceat") and self._function not in (np.add, np.multiply):
                raise NotImplementedError(f"cupy.{self._name}.{name} is only there for add and multiply")
            return _Function(f"{self._name}.{name}", getattr(self._function, name))
        raise AttributeError(f"cupy.{self._name} has no attribute {name!r}")


class CUDARuntimeError(RuntimeError):
    """CuPy's error of this name."""


def _refuse_to_wait() -> None:
    if graph is not None:
        raise CUDARuntimeError("cudaErrorStreamCaptureUnsupported: operation not permitted when stream is capturing")


class StrictGraph:
    """Recorded work. As on a GPU nothing of it counts as done before it is launched: what it wrote is taken back."""

    def __init__(self) -> None:
        self.steps: list[tuple[Callable[[], Any], Any]] = []
        self.before: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # arrays of the program's, and what they held
        self.made: dict[int, np.ndarray] = {}  # arrays that the recorded work makes

    def meets(self, host: np.ndarray) -> None:
        owner = _owner(host)
        if id(owner) not in self.made and id(owner) not in self.before:
            self.before[id(owner)] = owner, owner.copy()

    def add(self, work: Callable[[], Any], result: Any) -> None:
        self.steps.append((work, result))
        for array in _arrays(result):
            owner = _owner(array)
            if id(owner) not in self.before:
                self.made[id(owner)] = owner

    def finish(self) -> StrictGraph:
        for owner, held in self.before.values():
            owner[...] = held
        for owner in self.made.values():
            owner[...] = np.nan if owner.dtype.kind in "fc" else 1
        return self

    def launch(self, stream: Any = None) -> None:
        for work, result in self.steps:
            with np.errstate(all="ignore"):
                fresh = _out(work())
            for old, new in zip(_arrays(result), _arrays(fresh)):
                if not np.shares_memory(old, new):
                    old[...] = new


def _owner(host: np.ndarray) -> np.ndarray:
    while isinstance(host.base, np.ndarray):
        host = host.base
    return host


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, StrictArray):
        return [value._host]
    return [a for v in value for a in _arrays(v)] if isinstance(value, (list, tuple)) else []


class StrictStream:
    """A stream that may be recorded."""

    null: StrictStream
    current: StrictStream

    def __init__(self, non_blocking: bool = False, priority: int = 0) -> None:
        self.outer: list[StrictStream] = []

    def __enter__(self) -> StrictStream:
        self.outer.append(StrictStream.current)
        StrictStream.current = self
        return self

    def __exit__(self, *exc: object) -> None:
        StrictStream.current = self.outer.pop()

    def begin_capture(self, mode: int | None = None) -> None:
        global graph
        assert graph is None
        assert self is StrictStream.current
        assert self is not StrictStream.null
        graph = StrictGraph()

    def end_capture(self) -> StrictGraph:
        global graph
        assert graph is not None
        assert self is StrictStream.current
        done, graph = graph, None
        return done.finish()

    def synchronize(self) -> None:
        _count()

    def wait_event(self, event: Any) -> None:
        """Work runs in the order it is given here."""


StrictStream.null = StrictStream.current = StrictStream()


class StrictEvent:
    """A mark in a stream."""

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        self.done = True

    def record(self, stream: Any = None) -> None:
        """Work is done as soon as it is given here."""


class strict_streams:
    """``cupy.cuda``, as far as recording needs it."""

    Stream, Event = StrictStream, StrictEvent
    used: list[Any] = []  # allocators

    class runtime:
        CUDARuntimeError, streamCaptureModeRelaxed = CUDARuntimeError, 2

        @staticmethod
        def deviceSynchronize() -> None:
            _count()

    class Device:
        def __init__(self, index: int = 0) -> None:
            self.id = index

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *exc: object) -> None:
            """There is only this one."""

    class MemoryPool:
        def malloc(self, size: int) -> Any:
            raise AssertionError("strict arrays lie in NumPy's memory")

    @staticmethod
    def get_current_stream() -> StrictStream:
        return StrictStream.current

    @staticmethod
    @contextmanager
    def using_allocator(allocator: Any) -> Iterator[None]:
        strict_streams.used.append(allocator)
        yield


class StrictModule:
    """NumPy seen through CuPy's names."""

    def __init__(self, room: str, module: Any) -> None:
        self._room, self._module = room, module

    def __getattr__(self, name: str) -> Any:
        if self._room == "cupy" and name == "cuda":
            return strict_streams
        if self._room == "cupy" and name in ("linalg", "fft", "lib"):
            return StrictModule(f"cupy.{name}", getattr(np, name))
        if self._room == "cupy.lib" and name == "stride_tricks":
            return StrictModule("cupy.lib.stride_tricks", np.lib.stride_tricks)
        if name not in NAMES.get(self._room, ()):
            raise AttributeError(f"{self._room} has no attribute {name!r}")
        value = getattr(self._module, name)
        if isinstance(value, type) or not callable(value):
            return value
        return _Function(name, value)


class StrictKernels(backend.Kernels):
    """The ``cuda`` backend of tests that have no GPU."""

    def __init__(self) -> None:
        super().__init__(StrictModule("cupy", np), "cuda", StrictArray)

    def strided(self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Any:
        return StrictArray(backend.cpu.strided(array._host, shape, strides, offset))

    def from_host(self, array: np.ndarray, index: int | None) -> Any:
        capture.refuse_to_wait()
        return StrictArray(np.array(array))

    def to_host(self, array: Any) -> np.ndarray:
        capture.refuse_to_wait()
        found = array.get()
        later.report()
        return found


@contextmanager
def strict_cuda() -> Iterator[StrictKernels]:
    """``device="cuda"`` means strict arrays inside the block."""
    known = backend.by_device.get("cuda")
    kernels = StrictKernels()
    backend.register(kernels)
    try:
        yield kernels
    finally:
        backend.unregister("cuda")
        later._asked.clear(), later._notes.clear()
        if known is not None:
            backend.register(known)
