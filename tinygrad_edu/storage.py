"""`UntypedStorage` and `TypedStorage`: the block of memory that one or more tensors look into."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Iterator
from typing import Any
from weakref import WeakValueDictionary

from . import devices, dtypes
from .autograd.inplace import address
from .autograd.variable import wrap
from .backend import kernels_of
from .ops.memory import root_array

# by the id of the array that owns the memory
_living: WeakValueDictionary[builtins.int, UntypedStorage] = WeakValueDictionary()


class UntypedStorage:
    """Memory as bytes.

    >>> import tinygrad_edu as tg
    >>> x = tg.arange(3, dtype=tg.int16); x[1:].untyped_storage().nbytes()
    6
    """

    def __init__(self, *args: Any, device: Any = None) -> None:
        """A number of bytes, or the bytes themselves."""
        if len(args) > 1:
            given = ", ".join(type(a).__name__ for a in args)
            raise TypeError(
                f"torch.UntypedStorage() received an invalid combination of arguments - got ({given}), but expected one of:\n"
                " * (*, int allocator = None, torch.device device = None)\n"
                " * (int size, *, int allocator = None, torch.device device = None)\n"
                " * (object sequence, *, int allocator = None, torch.device device = None)\n"
            )
        data: Any = args[0] if args else 0
        if not hasattr(data, "__array_interface__") and not hasattr(data, "__cuda_array_interface__"):
            data = _filled(data if hasattr(data, "__index__") else _bytes_of(data), dtypes.uint8, device)
        self._array = data  # the one that owns the memory

    @classmethod
    def of(cls, array: Any) -> UntypedStorage:
        """The storage of a raw array: the same object for all that look into one memory, as long as somebody holds it."""
        root = root_array(array)
        made = _living.get(id(root))
        if made is None or made._array is not root:
            made = _living[id(root)] = cls.__new__(cls)
            made._array = root
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

    @property
    def filename(self) -> str | None:
        """The file that it was mapped from: this is not kept."""
        return None

    def fill_(self, value: int) -> UntypedStorage:
        self.as_array("uint8")[...] = value
        return self

    def copy_(self, source: UntypedStorage, non_blocking: bool | None = None) -> UntypedStorage:
        if source.nbytes() != self.nbytes():
            raise RuntimeError(
                f"size does not match, self was {self.nbytes()} bytes but src was {source.nbytes()} bytes"
            )
        self.as_array("uint8")[...] = source.as_array("uint8")
        return self

    def resize_(self, size: int) -> UntypedStorage:
        """This many bytes: the first ones stay, new ones are 0. Tensors that look into the old memory keep that."""
        k, old = kernels_of(self._array), self.as_array("uint8")
        made = k.xp.zeros(size, "uint8")
        made[: len(old)] = old[:size]
        self._array = made
        return self

    def byteswap(self, dtype: dtypes.dtype) -> None:
        """Turn round the bytes of each number of a dtype (of a complex one: of its two parts)."""
        width = dtype.itemsize // (2 if dtype.is_complex else 1)
        numbers = self.as_array(f"u{width}")
        numbers[...] = numbers.byteswap()

    def share_memory_(self) -> UntypedStorage:
        """Move the bytes to where other processes can see them."""
        self._array = root_array(wrap(self._array).share_memory_()._data)  # type: ignore[attr-defined]
        return self

    def pin_memory(self, device: Any = None) -> UntypedStorage:
        """A copy in page-locked memory."""
        return UntypedStorage.of(wrap(self.as_array("uint8")).pin_memory()._data)  # type: ignore[attr-defined]

    def _each_as(self, dtype: dtypes.dtype) -> TypedStorage:
        return TypedStorage(UntypedStorage.of(self.as_array("uint8").astype(dtype.np)), dtype)

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


def _bytes_of(data: Any) -> Any:
    """Whole numbers, of which a byte each is kept; RuntimeError for other things."""
    if not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        raise RuntimeError(f"torch.UntypedStorage(): Expected a sequence type, but got {type(data).__name__}")
    odd = next((each for each in data if not hasattr(each, "__index__")), None)
    if odd is not None:
        raise RuntimeError(
            f"torch.UntypedStorage(): tried to construct a storage from a sequence ({type(data).__name__}), but one of the items was of "
            f"type {type(odd).__name__} instead of int"
        )
    return [each.__index__() % 256 for each in data]


_CONVERSIONS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16, "long": dtypes.int64,
    "int": dtypes.int32, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "complex_float": dtypes.complex64, "complex_double": dtypes.complex128,
}  # fmt: skip


def _give_conversions(cls: type, convert: str) -> None:
    """The methods ``float()``, ``double()`` …: a `TypedStorage` of the elements in that dtype."""
    for name, dtype in _CONVERSIONS.items():

        def method(self: Any, dtype: dtypes.dtype = dtype) -> TypedStorage:
            made: TypedStorage = getattr(self, convert)(dtype)
            return made

        method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
        method.__doc__ = f"The elements as {dtype.name}."
        setattr(cls, name, method)


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
        self, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: Any = None, device: Any = None
    ) -> None:
        """A number of elements, or the elements; or an `UntypedStorage` to look into."""
        found = args[0] if args and isinstance(args[0], UntypedStorage) else wrap_storage
        if found is not None and len(args) == 2:  # (as this package calls it)
            dtype, args = args[1], args[:1]
        if wrap_storage is not None:
            _check_wrapping(args, wrap_storage, dtype)
        elif len(args) > 1:
            raise RuntimeError(f"{_HOW_TO_MAKE}Too many positional arguments")
        if dtype is not None and not isinstance(dtype, dtypes.dtype):
            raise RuntimeError(f"expected {dtypes.module_name}.dtype, but got {type(dtype)}")
        data = args[0] if args else 0
        self.dtype = dtypes.get_default_dtype() if dtype is None else dtype
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
        if not isinstance(index, builtins.int):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        _check_index(index, len(self))
        return self.tolist()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, (builtins.int, slice)):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        self._elements()[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def fill_(self, value: Any) -> TypedStorage:
        self._elements()[...] = value
        return self

    def copy_(self, source: Any, non_blocking: bool | None = None) -> TypedStorage:
        """Put another storage's bytes here."""
        self._untyped_storage.copy_(source.untyped())
        return self

    def resize_(self, size: builtins.int) -> None:
        """This many elements: the first ones stay, new ones are 0. Tensors that look into the old memory keep that."""
        self._untyped_storage.resize_(size * self.dtype.itemsize)

    def share_memory_(self) -> TypedStorage:
        """Move the elements to where other processes can see them."""
        self._untyped_storage.share_memory_()
        return self

    def pin_memory(self, device: Any = None) -> TypedStorage:
        """A copy in page-locked memory."""
        return TypedStorage(self._untyped_storage.pin_memory(device), self.dtype)

    def clone(self) -> TypedStorage:
        """A storage of its own with the same elements."""
        return TypedStorage(self._untyped_storage.clone(), self.dtype)

    def _as(self, dtype: dtypes.dtype) -> TypedStorage:
        if dtype is self.dtype:
            return self
        return TypedStorage(UntypedStorage.of(self._elements().astype(dtype.np)), dtype)

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


_give_conversions(UntypedStorage, "_each_as")
_give_conversions(TypedStorage, "_as")
_HOW_TO_MAKE = (
    "TypedStorage.__init__ received an invalid combination of arguments. Expected one of:\n * (*, torch.device device, torch.dtype "
    "dtype)\n * (int size, *, torch.device device, torch.dtype dtype)\n * (Sequence data, *, torch.device device, torch.dtype dtype)\n"
    " * (*, UntypedStorage wrap_storage, torch.dtype dtype)\n"
)


def _check_wrapping(args: tuple[Any, ...], storage: Any, dtype: Any) -> None:
    """torch's errors for what is given beside, or as, an `UntypedStorage` to look into."""
    if args:
        raise RuntimeError(f"{_HOW_TO_MAKE}No positional arguments should be given when using 'wrap_storage'")
    if dtype is None:
        raise RuntimeError(f"{_HOW_TO_MAKE}Argument 'dtype' must be specified")
    if not isinstance(storage, UntypedStorage):
        raise TypeError(f"{_HOW_TO_MAKE}Argument 'wrap_storage' must be UntypedStorage, but got {type(storage)}")


STORAGES = {
    "FloatStorage": dtypes.float32, "DoubleStorage": dtypes.float64, "HalfStorage": dtypes.float16, "BFloat16Storage": dtypes.bfloat16,
    "ByteStorage": dtypes.uint8, "CharStorage": dtypes.int8, "ShortStorage": dtypes.int16, "IntStorage": dtypes.int32,
    "LongStorage": dtypes.int64, "BoolStorage": dtypes.bool_, "ComplexFloatStorage": dtypes.complex64,
    "ComplexDoubleStorage": dtypes.complex128,
}  # fmt: skip
_STORAGE_NAMES = {dtype.name: name for name, dtype in STORAGES.items()}
