"""A CuPy without a GPU: an array type that refuses what a GPU array refuses.

`StrictArray` holds a NumPy array but lets nobody have it by accident: NumPy functions and ``__array__`` raise, plain NumPy arrays
may not be mixed in, and only the names that CuPy 14.2 really has exist (``cupy-names.json`` was read off its ``dir()``).
``get()`` is the one way back to the host. What would make a GPU wait – ``bool(x)``, ``x.item()`` – is counted in `syncs`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu import backend

NAMES: dict[str, set[str]] = {
    room: set(names)
    for room, names in json.loads(Path(__file__).with_name("cupy-names.json").read_text()).items()
    if isinstance(names, list)
}
syncs = 0  # how often a GPU would have had to wait

_MUST_WRAP = (np.ndarray, np.generic)


def _count() -> None:
    global syncs
    syncs += 1


def _in(value: Any, inside: str) -> Any:
    """An argument on its way into NumPy: strict arrays opened, NumPy arrays refused."""
    if isinstance(value, StrictArray):
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


def _out(value: Any) -> Any:
    """A result of NumPy's on its way out: arrays and NumPy's scalars become strict arrays, as on a GPU."""
    if isinstance(value, _MUST_WRAP):
        return StrictArray(np.asarray(value) if isinstance(value, np.generic) else value)
    if isinstance(value, (list, tuple)):
        made = [_out(v) for v in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    return value


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
        return _out(self._host[_in(index, "indexing")])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._host[_in(index, "indexing")] = _in(value, "assignment")

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
        return _out(self._host.astype(dtype, order=order, copy=copy))

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES["cupy.ndarray"]:
            raise AttributeError(f"cupy.ndarray has no attribute {name!r}")
        value = getattr(self._host, name)
        if callable(value):
            return lambda *args, **kwargs: _out(value(*_in(args, name), **{k: _in(v, name) for k, v in kwargs.items()}))
        return _out(value) if isinstance(value, _MUST_WRAP) else value


def _binary(name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray) and other.ndim:
            raise TypeError(f"{name}: unsupported type {type(other)}")
        if not isinstance(other, (StrictArray, np.generic, np.ndarray, bool, int, float, complex)):
            return NotImplemented
        with np.errstate(all="ignore"):
            return _out(getattr(self._host, name)(_in(other, name)))

    return method


def _in_place(name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        result = getattr(self._host, name)(_in(other, name))
        assert result is self._host
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
    setattr(StrictArray, f"__{_word}__", lambda self, _name=f"__{_word}__": _out(getattr(self._host, _name)()))


class _Function:
    """A NumPy function that takes and gives strict arrays."""

    def __init__(self, name: str, function: Any) -> None:
        self._name, self._function = name, function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        with np.errstate(all="ignore"):  # a GPU overflows in silence
            result = self._function(*_in(args, self._name), **{k: _in(v, self._name) for k, v in kwargs.items()})
        return out if isinstance(out, StrictArray) else _out(result)

    def __getattr__(self, name: str) -> Any:
        if isinstance(self._function, np.ufunc) and name in NAMES["cupy.ufunc"]:
            if name in ("accumulate", "reduceat") and self._function not in (np.add, np.multiply):
                raise NotImplementedError(f"cupy.{self._name}.{name} is only there for add and multiply")
            return _Function(f"{self._name}.{name}", getattr(self._function, name))
        raise AttributeError(f"cupy.{self._name} has no attribute {name!r}")


class StrictModule:
    """NumPy seen through CuPy's names."""

    def __init__(self, room: str, module: Any) -> None:
        self._room, self._module = room, module

    def __getattr__(self, name: str) -> Any:
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
        return StrictArray(np.array(array))

    def to_host(self, array: Any) -> np.ndarray:
        return array.get()


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
        if known is not None:
            backend.register(known)
