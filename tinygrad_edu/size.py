"""`Size`: a shape. A tuple that prints as torch's."""

from __future__ import annotations

from typing import Any

from . import dtypes


class Size(tuple[int, ...], metaclass=dtypes.PublicName):
    """The sizes of a tensor's dimensions.

    >>> Size([2, 3]), Size([2, 3]).numel()
    (tinygrad_edu.Size([2, 3]), 6)
    """

    __slots__ = ()

    def numel(self) -> int:
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self) -> str:
        return f"{dtypes.module_name}.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to {dtypes.module_name}.Size")
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: Any) -> Any:
        return Size(tuple(other) + tuple(self))

    def __mul__(self, times: Any) -> Any:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[Any, ...]:
        return Size, (tuple(self),)
