"""Sparse tensors in other dtypes and on other devices, and the names of their types."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .. import dtypes
from .dispatch import backend_of, operation


def _converter(name: str, kind: dtypes.dtype) -> None:
    operation(name)(lambda input, *, memory_format=None: input.to(kind))


for _names, _kind in (
    ("double", dtypes.float64), ("float", dtypes.float32), ("half", dtypes.float16), ("bfloat16", dtypes.bfloat16),
    ("int", dtypes.int32), ("long", dtypes.int64), ("short", dtypes.int16), ("char", dtypes.int8), ("byte", dtypes.uint8),
    ("bool", dtypes.bool_), ("cfloat", dtypes.complex64), ("cdouble", dtypes.complex128),
):  # fmt: skip
    _converter(_names, _kind)


@operation("cpu")
def cpu(input: Any, *, memory_format: Any = None) -> Any:
    return input.to("cpu")


@operation("cuda")
def cuda(input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    return input.to("cuda" if device is None else device)


@operation("type_as")
def type_as(input: Any, other: Any) -> Any:
    return input.to(other.dtype)


@operation("is_same_size")
def is_same_size(input: Any, other: Any) -> bool:
    return bool(input.shape == other.shape)


@operation("type")
def type_(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type; with a dtype (or a type object) the tensor converted."""
    if dtype is None:
        if not input.is_sparse:
            raise RuntimeError(f"Unimplemented backend {backend_of(input)}")
        place = "cuda." if input.is_cuda else ""
        return f"{dtypes.module_name}.{place}sparse.{input.dtype.short}Tensor"
    return input.to(getattr(dtype, "dtype", dtype))


class SparseType(type):
    """``sparse.FloatTensor`` and its kin: they make, and recognise, COO tensors of one dtype."""

    dtype: dtypes.dtype
    make: Callable[..., Any]

    def __call__(cls, *args: Any) -> Any:
        if not args:
            old, newer = "", "(0,), dtype="
            args = ((0,),)
        else:
            if all(isinstance(n, int) for n in args):
                args = (args,)
            form = ("shape", "indices, values", "indices, values, shape")[min(len(args), 3) - 1]
            old, newer = f"{form}, *, device=", f"{form}, dtype=, device="
        warnings.warn(
            f"torch.sparse.SparseTensor({old}) is deprecated.  Please use torch.sparse_coo_tensor({newer}).",
            stacklevel=2,
        )
        return cls.make(*args) if len(args) > 1 else cls.make(*args, dtype=cls.dtype)

    def __instancecheck__(cls, instance: Any) -> bool:
        return bool(getattr(instance, "is_sparse", False) and instance.dtype is cls.dtype)
