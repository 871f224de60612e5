"""Writing an object as a pickle that torch reads: tensors by storage, our classes under torch's names."""

from __future__ import annotations

import bisect
import math
import pickle
import sys
from collections import OrderedDict
from dataclasses import dataclass
from types import FunctionType
from typing import Any, BinaryIO, ClassVar

import numpy

from .. import backend, devices, dtypes, layouts
from ..autograd.variable import Variable, attributes_of, wrap
from ..storage import TypedStorage, UntypedStorage
from .names import ours, torch_name
from .storage import STORAGE_NAMES


@dataclass(frozen=True)
class _Name:
    """A class or function of torch's, to be written as its name."""

    module: str
    name: str

    def __call__(self, *args: Any) -> Any:
        raise TypeError(f"{self.module}.{self.name} stands for a name in a file")


_names: dict[tuple[str, str], _Name] = {}


def _named(module: str, name: str) -> _Name:
    """One `_Name` a name, so that the pickle writes it once and then refers to it."""
    return _names.setdefault((module, name), _Name(module, name))


@dataclass(eq=False)
class SavedStorage:
    """A stretch of memory to be saved, whose elements are of one dtype."""

    array: Any  # one-dimensional, on whatever device
    dtype: dtypes.dtype
    key: str
    location: str

    def numpy(self) -> numpy.ndarray:
        """Its bytes on the CPU (no copy when they are there)."""
        host = backend.kernels_of(self.array).to_host(self.array)
        return host.reshape(-1).view(numpy.uint8)


class TorchPickler(pickle._Pickler):
    """Pickles an object with tensors in it. Afterwards `storages` holds, by key, the memory that the tensors look into.

    The Python pickler of the standard library, because the C one insists on importing every name that it writes.
    """

    dispatch: ClassVar[dict[Any, Any]] = dict(pickle._Pickler.dispatch)

    def __init__(self, file: BinaryIO, protocol: int = 2, legacy: bool = False) -> None:
        super().__init__(file, protocol)
        self.storages: dict[str, SavedStorage] = {}
        self._stretches: list[tuple[int, int, int, SavedStorage]] = []  # in order of their addresses
        self._legacy = legacy

    # -------------------------------------------------------------------------------- what is written otherwise
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Variable) and not hasattr(obj, "_empty"):  # a lazy parameter says itself what it is
            return self._reduce_tensor(obj)
        if isinstance(obj, devices.device):
            return _named("torch", "device"), (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, layouts.layout):
            return _named("torch.serialization", "_get_layout"), (f"torch.{obj.name}",)
        if isinstance(obj, tuple) and type(obj) is ours("torch", "Size"):
            return _named("torch", "Size"), (tuple(obj),)
        return NotImplemented

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, (TypedStorage, UntypedStorage)):
            obj = self._storage_itself(obj)
        if not isinstance(obj, SavedStorage):
            return None
        kind = STORAGE_NAMES.get(obj.dtype)
        if self._legacy and kind is None:
            raise RuntimeError(
                f"torch's old file format cannot hold {obj.dtype}; use the zip format, or convert with .to()"
            )
        name = _named("torch", kind) if kind else _named("torch.storage", "UntypedStorage")
        elements = obj.array.size if kind else obj.array.nbytes
        pid = ("storage", name, obj.key, obj.location, int(elements))
        return (*pid, None) if self._legacy else pid  # the old format's last word: no view of another storage

    def save_global(self, obj: Any, name: str | None = None) -> None:
        if (known := torch_name(obj)) is not None:
            self.save(_named(*known))  # and is remembered as that
        else:
            super().save_global(obj, name)

    def save_type(self, obj: Any) -> None:
        if obj in (type(None), type(NotImplemented), type(...)):
            super().save_type(obj)
        else:
            self.save_global(obj)

    def save_name(self, obj: _Name) -> None:
        if self.proto >= 4:
            self.save(obj.module)
            self.save(obj.name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)

    def save_dtype(self, obj: dtypes.dtype) -> None:
        self.save(_named("torch", obj.name))

    dispatch[FunctionType] = save_global
    dispatch[type] = save_type
    dispatch[_Name] = save_name
    dispatch[dtypes.dtype] = save_dtype

    # ---------------------------------------------------------------------------------------------- tensors
    def _reduce_sparse(self, t: Any) -> Any:
        """torch keeps a sparse tensor as its parts: layout, indices, values, size."""
        raw = t._raw
        parts = tuple(wrap(part) for part in raw.parts)
        more = (raw.coalesced,) if raw.layout == "sparse_coo" else ()
        layout = _Reduced((_named("torch.serialization", "_get_layout"), (f"torch.{raw.layout}",)))
        return _named("torch._utils", "_rebuild_sparse_tensor"), (layout, (*parts, t.shape, *more))

    def _reduce_tensor(self, t: Any) -> Any:
        if hasattr(t, "_raw"):
            return self._reduce_sparse(t)
        parameter = ours("torch.nn.parameter", "Parameter")
        if parameter is not None and issubclass(type(t), parameter):
            plain = _Reduced(self._rebuild(t, False))
            args, more = (plain, bool(t.requires_grad), OrderedDict()), attributes_of(t)
            if more:
                return _named("torch._utils", "_rebuild_parameter_with_state"), (*args, more)
            return _named("torch._utils", "_rebuild_parameter"), args
        rebuild, args = self._rebuild(t, bool(t.requires_grad))
        more, kind = attributes_of(t), type(t)
        if not more and kind is Variable.new.args[0]:
            return rebuild, args
        return _named("torch._tensor", "_rebuild_from_type_v2"), (rebuild, kind, args, more)

    def _rebuild(self, t: Any, requires_grad: bool) -> tuple[Any, tuple[Any, ...]]:
        if t.is_meta:
            form = (t.dtype, tuple(t._data.shape), tuple(t.stride()), requires_grad)
            return _named("torch._utils", "_rebuild_meta_tensor_no_storage"), form
        storage, offset, stride = self._storage_of(t)
        size = tuple(int(n) for n in t._data.shape)
        args = (storage, offset, size, stride, requires_grad, OrderedDict())
        if storage.dtype in STORAGE_NAMES:
            return _named("torch._utils", "_rebuild_tensor_v2"), args
        return _named("torch._utils", "_rebuild_tensor_v3"), (*args, storage.dtype)

    def _storage_of(self, t: Any) -> tuple[SavedStorage, int, tuple[int, ...]]:
        """The storage of a tensor, and where in it the tensor lies: offset and strides in elements.

        A view's storage is all the memory of the tensor that it looks into, as in torch.
        """
        array, d = t._data, dtypes.of(t._data)
        if not _regular(array):
            array = array.copy()  # torch's strides are not negative and count whole elements
        whole = array if t._base is None else t._base._data
        (low, high), (start, end) = extent(whole), extent(array)
        if not _regular(whole) or start < low or end > high or (start - low) % d.itemsize:
            whole, low, high = array, start, end
        if (found := self._around(low, high)) is not None:
            low, _, _, storage = found
        else:
            storage = self._new_storage(whole, low, high)
        if storage.dtype is not d:
            raise RuntimeError("Cannot save multiple tensors or storages that view the same data as different types")
        if array.size == 0:  # NumPy's strides of an empty array say nothing; torch's are these
            sizes = [max(1, n) for n in array.shape]
            return storage, 0, tuple(math.prod(sizes[i + 1 :]) for i in range(len(sizes)))
        return storage, (start - low) // d.itemsize, tuple(int(step) // d.itemsize for step in array.strides)

    def _storage_itself(self, memory: Any) -> SavedStorage:
        """The stretch of a storage that the program saves as such."""
        array = memory._elements() if isinstance(memory, TypedStorage) else memory.as_array("uint8")
        low, high = extent(array)
        found = self._around(low, high)
        storage = self._new_storage(array, low, high) if found is None else found[3]
        if storage.dtype is not dtypes.of(array):
            raise RuntimeError("Cannot save multiple tensors or storages that view the same data as different types")
        return storage

    def _around(self, low: int, high: int) -> tuple[int, int, int, SavedStorage] | None:
        """The stretch saved already in which this memory lies."""
        at = bisect.bisect_right(self._stretches, (low, sys.maxsize)) - 1
        if high > low and at >= 0 and self._stretches[at][1] >= high:
            return self._stretches[at]
        return None

    def _new_storage(self, whole: Any, low: int, high: int) -> SavedStorage:
        d = dtypes.of(whole)
        n = (high - low) // d.itemsize
        flat = whole.reshape(-1)
        if n:  # with the gaps between its elements, if there are any
            strided = backend.kernels_of(whole).xp.lib.stride_tricks.as_strided
            flat = strided(whole, shape=(n,), strides=(d.itemsize,))
        number = len(self.storages)
        storage = SavedStorage(flat, d, str(number), str(devices.of(whole)))
        self.storages[storage.key] = storage
        if n:
            bisect.insort(self._stretches, (low, high, number, storage))
        return storage


@dataclass(eq=False)
class _Reduced:
    """A tensor inside a Parameter: written as what rebuilds it."""

    value: tuple[Any, tuple[Any, ...]]

    def __reduce__(self) -> Any:
        return self.value


def _address(array: Any) -> int:
    return int(array.ctypes.data if isinstance(array, numpy.ndarray) else array.data.ptr)


def extent(array: Any) -> tuple[int, int]:
    """The addresses of an array's first byte and of the one after its last."""
    start = _address(array)
    if array.size == 0:
        return start, start
    spans = [(n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)]
    return start + sum(s for s in spans if s < 0), start + sum(s for s in spans if s > 0) + array.itemsize


def _regular(array: Any) -> bool:
    """Whether torch's strides can describe the array."""
    return all(step >= 0 and step % array.itemsize == 0 for step in array.strides)
