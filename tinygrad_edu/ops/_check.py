"""Checks of arguments that several families share, in torch's words."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ._signature import type_name

_C_NAMES = {
    "float32": "float", "float64": "double", "int64": "long int", "int32": "int", "int16": "short int",
    "int8": "signed char", "uint8": "unsigned char", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>", "bool": "bool",
}  # fmt: skip


def c_name(d: Any) -> str:
    """A dtype as torch's C++ code calls it in some of its messages."""
    return _C_NAMES.get(d.name, d.name)


def check_tensor(function: str, name: str, position: int, value: Any) -> None:
    """TypeError unless ``value`` is a tensor."""
    if not isinstance(value, Variable):
        raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type_name(value)}")


def check_truth(name: str, value: Any) -> None:
    """TypeError (`_signature` makes torch's of it) for what is no truth value of Python's or NumPy's."""
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise TypeError(f"{name}={value!r} is no truth value")


def ask_for(method: str, value: Any) -> None:
    """The AttributeError of functions that torch wrote in Python, which ask what they are given for a method first."""
    if not isinstance(value, Variable):
        getattr(value, method)


def same_dtype_out(have: Any, want: Any) -> Exception | None:
    """For ``out_error``: what most kernels of torch say of an ``out`` of another dtype than the result's."""
    if have is want:
        return None
    return RuntimeError(f"Expected out tensor to have dtype {c_name(have)}, but got {c_name(want)} instead")


def other_dtype_out(name: str) -> Any:
    """The same for functions that name themselves."""

    def refuse(have: Any, want: Any) -> Exception | None:
        return None if have is want else RuntimeError(f"{name}(): self and result must have the same scalar type")

    return refuse


def check_floating(what: str, t: Any) -> None:
    """RuntimeError, as torch's kernels put it, for an integer tensor where there is no integer kernel."""
    if t._data.dtype.kind in "iub":
        raise not_implemented(what, t)


def not_implemented(what: str, t: Any) -> NotImplementedError:
    """torch's error for a dtype that a kernel does not know (NotImplementedError is a RuntimeError)."""
    return NotImplementedError(f"\"{what}\" not implemented for '{t.dtype.short}'")


def not_for(kernel: str, t: Any, kinds: str) -> None:
    """torch's NotImplementedError where the dtype is of one of NumPy's ``kinds``, which this kernel of torch's does not know."""
    if t._data.dtype.kind in kinds:
        raise not_implemented(kernel, t)


def expand_error(t: Any, want: tuple[int, ...]) -> RuntimeError:
    """torch's error for a tensor with more dimensions than it is to be expanded to."""
    have, kind = list(t._data.shape), t.type()
    if t._data.dtype.kind in "bcV":  # of which there were no types of tensors once
        kind = f"{'CUDA' if t.is_cuda else 'CPU'}{t.dtype.short}Type"
    return RuntimeError(
        f"expand({kind}{{{have}}}, size={list(want)}): the number of sizes provided ({len(want)}) must be "
        f"greater or equal to the number of dimensions in the tensor ({len(have)})"
    )


def check_same_dtype_as(input: Any, name: str, other: Any) -> None:
    """RuntimeError unless ``other`` has the dtype of ``input``."""
    if other._data.dtype != input._data.dtype:
        raise RuntimeError(f"expected dtype {c_name(input.dtype)} for `{name}` but got dtype {c_name(other.dtype)}")
