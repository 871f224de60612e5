"""torch's old constructors: ``Tensor(2, 3)``, ``FloatTensor([1, 2])``: of sizes (uninitialised) or of data."""

from __future__ import annotations

from typing import Any

from . import dtypes
from .autograd.variable import Variable, wrap
from .ops.creation import _of_data, empty


def construct(cls: type, *args: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Any:
    """What ``Tensor(…)`` makes: of sizes where all arguments are ints, else of the data."""
    dtype = dtype or dtypes.get_default_dtype()
    if not args:
        made = empty(0, dtype=dtype, device=device)
    elif len(args) == 1 and isinstance(args[0], Variable) and args[0]._data.dtype == dtype.np:
        made = wrap(args[0]._data)
        made._counter = args[0]._counter
    elif all(isinstance(a, int) and not isinstance(a, bool) for a in args) or (
        len(args) == 1 and type(args[0]).__name__ == "Size"
    ):
        made = empty(*args, dtype=dtype, device=device)
    elif len(args) == 1:
        if not hasattr(args[0], "__len__") and not hasattr(args[0], "__iter__"):
            raise TypeError(f"new(): data must be a sequence (got {type(args[0]).__name__})")
        made = wrap(_of_data(args[0], dtype))
        if device is not None:
            made = made.to(device)
    else:
        raise TypeError(f"new() received an invalid combination of arguments - got ({', '.join(type(a).__name__ for a in args)})")
    if cls is not type(made):
        plain, made = made, object.__new__(cls)
        made._data, made._counter = plain._data, plain._counter
    return made
