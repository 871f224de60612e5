"""`UntypedStorage` and `TypedStorage`: the block of memory that one or more tensors look into."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from . import devices, dtypes
from .autograd.inplace import address
from .backend import kernels_of
from .ops.memory import root_array


class UntypedStorage:
    """Memory as bytes.

    >>> import tinygrad_edu as tg
    >>> x = tg.arange(3, dtype=tg.int16); x[1:].untyped_storage().nbytes()
    6
    """

    def __init__(self, array: Any) -> None:
        self._array = array  # the one that owns the memory

    @classmethod
    def of(cls, array: Any) -> UntypedStorage:
        """The storage of a raw array."""
        return cls(root_array(array))

    def as_array(self, np_type: Any) -> Any:
        """All of the memory as a one-dimensional array of a type."""
        a = self._array
        flat = kernels_of(a).strided(a, (a.size,), (a.itemsize,))
        return flat.view("uint8")[: a.nbytes - a.nbytes % _itemsize(np_type)].view(np_type)

    def data_ptr(self) -> int:
        return address(self._array) if self._array.size else 0

    def nbytes(self) -> int:
        return int(self._array.nbytes)

    size = nbytes

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
        return self.tolist()[index]

    def __setitem__(self, index: Any, value: int) -> None:
        self.as_array("uint8")[index] = value

    def __iter__(self) -> Iterator[int]:
        return iter(self.tolist())

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
        lines = "".join(f" {byte}\n" for byte in self.tolist())
        place = f"{dtypes.module_name}.storage.UntypedStorage(device={self.device}) of size {len(self)}"
        return f"{lines}[{place}]"


def is_storage(obj: Any) -> bool:
    """Whether ``obj`` is a storage."""
    return isinstance(obj, (UntypedStorage, TypedStorage))


def _itemsize(np_type: Any) -> int:
    return int(np_type.itemsize) if hasattr(np_type, "itemsize") else 1


class TypedStorage:
    """Memory as elements of one dtype (torch keeps it for old code; `UntypedStorage` is what there will be)."""

    _said = False  # that it is deprecated: once is enough

    def __init__(self, untyped: UntypedStorage, dtype: dtypes.dtype) -> None:
        self._untyped_storage, self.dtype = untyped, dtype
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
    def is_cuda(self) -> bool:
        return self._untyped_storage.is_cuda

    def data_ptr(self) -> int:
        return self._untyped_storage.data_ptr()

    def nbytes(self) -> int:
        return self._untyped_storage.nbytes()

    def size(self) -> int:
        return int(self._elements().size)

    def __len__(self) -> int:
        return self.size()

    def element_size(self) -> int:
        return self.dtype.itemsize

    def tolist(self) -> list[Any]:
        host: list[Any] = kernels_of(self._elements()).to_host(self._elements()).tolist()
        return host

    def __getitem__(self, index: Any) -> Any:
        return self.tolist()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements()[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def fill_(self, value: Any) -> TypedStorage:
        self._elements()[...] = value
        return self

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self.tolist())
        place = (
            f"{dtypes.module_name}.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}"
        )
        return f"{lines}[{place}]"
