"""Where the numbers of an array lie: the storage behind it, and its place in there."""

from __future__ import annotations

from typing import Any

from ..autograd.inplace import address
from ..backend import kernels_of


def root_array(array: Any) -> Any:
    """The array that owns the memory that ``array`` looks into: its storage."""
    kind = kernels_of(array).array_type
    owner = array
    while (owner := getattr(owner, "base", None)) is not None:
        if isinstance(owner, kind):
            array = owner
    return array


def storage_offset_of(array: Any) -> int:
    """The position, in elements, of the first element within the storage."""
    return int((address(array) - address(root_array(array))) // array.itemsize)


def storage_elements(array: Any) -> int:
    """How many elements of ``array``'s type its storage has room for."""
    return int(root_array(array).nbytes // array.itemsize)


def copied_with_storage(array: Any, memo: dict[int, Any]) -> Any:
    """The same part of a copy of the storage: tensors that share memory share it in their copies too (``memo``: copy.deepcopy's)."""
    owner = root_array(array)
    if id(owner) not in memo:
        memo[id(owner)] = owner.copy("K")
    memory = memo[id(owner)]
    if owner is array:
        return memory
    flat = whole_storage(memory).view(array.dtype)
    return kernels_of(array).strided(flat, array.shape, array.strides, address(array) - address(owner))


def whole_storage(array: Any) -> Any:
    """The storage behind ``array`` as a one-dimensional array of the same type."""
    n = storage_elements(array)
    back = address(root_array(array)) - address(array)
    return kernels_of(array).strided(array, (n,), (array.itemsize,), back)
