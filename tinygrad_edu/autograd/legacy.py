"""``Variable(tensor)``: how tensors were made part of a graph before 2018. Today it is another name of the tensor."""

from __future__ import annotations

import warnings
from typing import Any, NoReturn

from .. import dtypes
from ..backend import kernels_for
from . import variable

VOLATILE = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."


class _LegacyMeta(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, variable.Variable)


class Variable(metaclass=_LegacyMeta):
    """``Variable(tensor, requires_grad=True)`` is a tensor with the same numbers; every tensor is an instance.

    >>> import tinygrad_edu as tg
    >>> Variable(tg.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False, **unknown: Any) -> Any:
        if unknown:
            raise TypeError(f"'{next(iter(unknown))}' is an invalid keyword argument for this function")
        if volatile and requires_grad:
            raise ValueError("Variable can't be volatile and require_grad at the same time!")
        if data is None:
            data = variable.wrap(kernels_for("cpu").xp.zeros(0, dtypes.get_default_dtype().np))
        if not isinstance(data, variable.Variable):
            name = "numpy.ndarray" if type(data).__module__ == "numpy" else type(data).__name__
            raise TypeError(f"Variable data has to be a tensor, but got {name}")
        if volatile:
            warnings.warn(VOLATILE, stacklevel=2)
        if requires_grad and data._data.dtype.kind not in "fcV":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        return data.detach().requires_grad_(bool(requires_grad))


def refused(*args: Any, **options: Any) -> NoReturn:
    """``autograd.variable(numbers)``, which was a way to make a tensor: RuntimeError."""
    raise RuntimeError("torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead")


refused.Variable = Variable  # type: ignore[attr-defined]  # ``autograd.variable`` is also the module that has Variable
