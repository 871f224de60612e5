"""``Variable(tensor)``: how tensors were made part of a graph before 2018. Today it is another name of the tensor."""

from __future__ import annotations

from typing import Any

from . import variable


class _LegacyMeta(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, variable.Variable)


class Variable(metaclass=_LegacyMeta):
    """``Variable(tensor, requires_grad=True)`` is a tensor with the same numbers; every tensor is an instance.

    >>> import tinygrad_edu as tg
    >>> Variable(tg.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any, requires_grad: bool = False, volatile: bool = False) -> Any:
        if not isinstance(data, variable.Variable):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
