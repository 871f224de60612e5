"""`Size`: a shape. A tuple that prints as torch's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import dtypes


def _whole(n: Any, i: int) -> int:
    """A size given as another kind of whole number: a NumPy one, a tensor of one element."""
    try:
        return int(n.__index__())
    except (AttributeError, TypeError):
        raise TypeError(
            f"{dtypes.module_name}.Size() takes an iterable of 'int' (item {i} is '{type(n).__name__}')"
        ) from None


class Size(tuple[int, ...], metaclass=dtypes.PublicName):
    """The sizes of a tensor's dimensions.

    >>> Size([2, 3]), Size([2, 3]).numel()
    (tinygrad_edu.Size([2, 3]), 6)
    """

    __slots__ = ()
    __format__ = dtypes.formatted
    __getattr__ = dtypes.no_attribute

    def __new__(cls, *sizes: Iterable[Any]) -> Size:
        made = tuple.__new__(cls, *sizes)
        for i, n in enumerate(made):
            if type(n) is not int:
                return tuple.__new__(cls, [_whole(n, i) for i, n in enumerate(made)])
        return made

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
        # not for lists: `a_list += size` asks here first, and must stay a list
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: Any) -> Any:
        if not hasattr(times, "__index__"):
            raise TypeError(f"can't multiply sequence by non-int of type '{type(times).__name__}'")
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[Any, ...]:
        return Size, (tuple(self),)
