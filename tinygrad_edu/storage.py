"""`UntypedStorage` and `TypedStorage`: the block of memory that one or more tensors look into."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Iterator
from typing import Any

from . import devices, dtypes
from .autograd.inplace import address
from .autograd.variable import wrap
from .backend import kernels_of
from .ops.memory import root_array


class UntypedStorage:
    """Memory as bytes.

    >>> import tinygrad_edu as tg
    >>> x = tg.arange(3, dtype=tg.int16); x[1:].untyped_storage().nbytes()
    6
    """

    def __init__(self, data: Any = 0, *, device: Any = None) -> None:
        """``data``: a number of bytes, or the bytes themselves."""
        if not hasattr(data, "__array_interface__") and not hasattr(data, "__cuda_array_interface__"):
            data = _filled(data, dtypes.uint8, device)
        self._array = data  # the one that owns the memory

    @classmethod
    def of(cls, array: Any) -> UntypedStorage:
        """The storage of a raw array."""
        made = cls.__new__(cls)
        made._array = root_array(array)
        return made

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The first ``nbytes`` bytes of a file, read from the disk as they are used (see `from_file`)."""
        from .ops.data import from_file

        return cls.of(from_file(filename, shared, nbytes, dtype=dtypes.uint8)._data)

    def as_array(self, np_type: Any) -> Any:
        """All of the memory as a one-dimensional array of a type."""
        a = self._array
        flat = kernels_of(a).strided(a, (a.size,), (a.itemsize,))
        return flat.view("uint8")[: a.nbytes - a.nbytes % _itemsize(np_type)].view(np_type)

    def data_ptr(self) -> int:
        return address(self._array) if self._array.size and self.device.type != "meta" else 0

    def nbytes(self) -> int:
        return int(self._array.nbytes)

    size = nbytes

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def __len__(self) -> int:
        return self.nbytes()

    def element_size(self) -> int:
        return 1

    @property
    def device(self) -> devices.device:
        return devices.of(self._array)

    @property
    def is_cuda(self) -> bool:
        return self.device.type == "cuda"

    def tolist(self) -> list[int]:
        host: list[int] = kernels_of(self._array).to_host(self.as_array("uint8")).tolist()
        return host

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return UntypedStorage(self.as_array("uint8")[index])
        _check_index(index, len(self))
        return self.tolist()[index]

    def __setitem__(self, index: Any, value: int) -> None:
        self.as_array("uint8")[index] = value

    def __iter__(self) -> Iterator[int]:
        return iter(self.tolist())

    def type(self) -> str:
        """Its name: ``"torch.storage.UntypedStorage"``."""
        return f"{dtypes.module_name}.storage.UntypedStorage"

    def cpu(self) -> UntypedStorage:
        """The bytes in the computer's own memory."""
        return self if not self.is_cuda else UntypedStorage(kernels_of(self._array).to_host(self.as_array("uint8")))

    def get_device(self) -> int | None:
        """The number of its GPU."""
        return self.device.index

    def is_pinned(self, device: Any = None) -> bool:
        """Whether it is page-locked memory."""
        owner = self._array
        while getattr(owner, "base", None) is not None:
            owner = owner.base
        return type(owner).__name__ == "PinnedMemoryPointer"

    def is_shared(self) -> bool:
        """Whether other processes can see it."""
        from .backend.shared import block_of

        return self.is_cuda or block_of(self._array) is not None

    def resizable(self) -> bool:
        """True."""
        return True

    def fill_(self, value: int) -> UntypedStorage:
        self.as_array("uint8")[...] = value
        return self

    def copy_(self, source: UntypedStorage, non_blocking: bool | None = None) -> UntypedStorage:
        self.as_array("uint8")[...] = source.as_array("uint8")
        return self

    def clone(self) -> UntypedStorage:
        return UntypedStorage(self._array.copy())

    def untyped(self) -> UntypedStorage:
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and self._array is other._array

    def __hash__(self) -> int:
        return id(self._array)

    def __repr__(self) -> str:
        lines = _lines(self)
        place = f"{dtypes.module_name}.storage.UntypedStorage(device={self.device}) of size {len(self)}"
        return f"{lines}[{place}]"


def _lines(storage: Any) -> str:
    """A storage's numbers, one a line."""
    return "...\n" if storage.device.type == "meta" else " " + "\n ".join(map(str, storage.tolist())) + "\n"


def is_storage(obj: Any) -> bool:
    """Whether ``obj`` is a storage."""
    return isinstance(obj, (UntypedStorage, TypedStorage))


def _filled(data: Any, dtype: dtypes.dtype, device: Any) -> Any:
    """A new array: of so many elements, or of these numbers."""
    from .ops.creation import _of_data, empty

    if hasattr(data, "__index__"):
        if data < 0:
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:98] ((ptrdiff_t)nbytes) >= 0. alloc_cpu() seems to have been called with negative number: "
                f"{2**64 + int(data) * dtype.itemsize}"
            )
        return empty(int(data), dtype=dtype, device=device)._data
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    array = _of_data(data, dtype)
    return array if device is None else wrap(array).to(device)._data


def _check_index(index: int, size: int) -> None:
    if not -size <= index < size:
        raise IndexError(f"index {index} out of range for storage of size {size}")


def _itemsize(np_type: Any) -> int:
    return int(np_type.itemsize) if hasattr(np_type, "itemsize") else 1


class TypedStorage:
    """Memory as elements of one dtype (torch keeps it for old code; `UntypedStorage` is what there will be)."""

    _said = False  # that it is deprecated: once is enough

    def __init__(
        self,
        data: Any = 0,
        dtype: dtypes.dtype | None = None,
        *,
        wrap_storage: UntypedStorage | None = None,
        device: Any = None,
    ) -> None:
        """``data``: a number of elements, or the elements; or an `UntypedStorage` to look into."""
        self.dtype = dtypes.get_default_dtype() if dtype is None else dtype
        found = data if isinstance(data, UntypedStorage) else wrap_storage
        self._untyped_storage = UntypedStorage.of(_filled(data, self.dtype, device)) if found is None else found
        if not TypedStorage._said:
            TypedStorage._said = True
            warnings.warn(
                "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. "
                "This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use "
                "tensor.untyped_storage() instead of tensor.storage()",
                UserWarning,
                stacklevel=4,
            )

    def _elements(self) -> Any:
        return self._untyped_storage.as_array(self.dtype.np)

    def untyped(self) -> UntypedStorage:
        return self._untyped_storage

    @property
    def device(self) -> devices.device:
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> builtins.bool:
        return self._untyped_storage.is_cuda

    def data_ptr(self) -> builtins.int:
        return self._untyped_storage.data_ptr()

    def nbytes(self) -> builtins.int:
        return self._untyped_storage.nbytes()

    def size(self) -> builtins.int:
        return builtins.int(self._elements().size)

    def __sizeof__(self) -> builtins.int:
        return object.__sizeof__(self) + self.nbytes()

    def __len__(self) -> builtins.int:
        return self.size()

    def element_size(self) -> builtins.int:
        return self.dtype.itemsize

    def tolist(self) -> list[Any]:
        host: list[Any] = kernels_of(self._elements()).to_host(self._elements()).tolist()
        return host

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        _check_index(index, len(self))
        return self.tolist()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements()[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def fill_(self, value: Any) -> TypedStorage:
        self._elements()[...] = value
        return self

    def copy_(self, source: Any, non_blocking: bool | None = None) -> TypedStorage:
        """Put another storage's elements here."""
        self._elements()[...] = source._elements() if isinstance(source, TypedStorage) else source.as_array("uint8")
        return self

    def clone(self) -> TypedStorage:
        """A storage of its own with the same elements."""
        return TypedStorage(self._untyped_storage.clone(), self.dtype)

    def _as(self, dtype: dtypes.dtype) -> TypedStorage:
        return TypedStorage(UntypedStorage.of(self._elements().astype(dtype.np)), dtype)

    def float(self) -> TypedStorage:
        """The elements as float32 (and so on for the other names of types)."""
        return self._as(dtypes.float32)

    def double(self) -> TypedStorage:
        return self._as(dtypes.float64)

    def half(self) -> TypedStorage:
        return self._as(dtypes.float16)

    def bfloat16(self) -> TypedStorage:
        return self._as(dtypes.bfloat16)

    def long(self) -> TypedStorage:
        return self._as(dtypes.int64)

    def int(self) -> TypedStorage:
        return self._as(dtypes.int32)

    def short(self) -> TypedStorage:
        return self._as(dtypes.int16)

    def char(self) -> TypedStorage:
        return self._as(dtypes.int8)

    def byte(self) -> TypedStorage:
        return self._as(dtypes.uint8)

    def bool(self) -> TypedStorage:
        return self._as(dtypes.bool_)

    def cpu(self) -> TypedStorage:
        """The elements in the computer's own memory."""
        return TypedStorage(self._untyped_storage.cpu(), self.dtype)

    def get_device(self) -> Any:
        """The number of its GPU."""
        return self.device.index

    def is_shared(self) -> Any:
        """Whether other processes can see it."""
        return self._untyped_storage.is_shared()

    def is_pinned(self, device: Any = None) -> Any:
        """Whether it is page-locked memory."""
        return self._untyped_storage.is_pinned(device)

    def pickle_storage_type(self) -> str:
        """The name of its type, ``"FloatStorage"``, which files have."""
        return _STORAGE_NAMES[self.dtype.name]

    def type(self) -> str:
        """The name of its type: ``"torch.FloatStorage"``."""
        place = "torch.cuda" if self.is_cuda else "torch"
        return f"{place}.{self.pickle_storage_type()}"

    def __repr__(self) -> str:
        lines = _lines(self)
        place = (
            f"{dtypes.module_name}.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}"
        )
        return f"{lines}[{place}]"


STORAGES = {
    "FloatStorage": dtypes.float32, "DoubleStorage": dtypes.float64, "HalfStorage": dtypes.float16, "BFloat16Storage": dtypes.bfloat16,
    "ByteStorage": dtypes.uint8, "CharStorage": dtypes.int8, "ShortStorage": dtypes.int16, "IntStorage": dtypes.int32,
    "LongStorage": dtypes.int64, "BoolStorage": dtypes.bool_, "ComplexFloatStorage": dtypes.complex64,
    "ComplexDoubleStorage": dtypes.complex128,
}  # fmt: skip
_STORAGE_NAMES = {dtype.name: name for name, dtype in STORAGES.items()}
