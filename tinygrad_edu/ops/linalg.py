"""Matrix products."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from .registry import public

Op("mm", lambda k, x, y: x @ y,
   x=lambda k, g, y: k.mm(g, k.conj(k.t(y))), y=lambda k, g, x: k.mm(k.conj(k.t(x)), g))  # fmt: skip
Op("mv", lambda k, x, y: x @ y,
   x=lambda k, g, y: k.outer_product(g, k.conj(y)), y=lambda k, g, x: k.mv(k.conj(k.t(x)), g))  # fmt: skip
Op("outer_product", lambda k, x, y: x[:, None] * y, node="MulBackward0",
   x=lambda k, g, y: k.mv(g, k.conj(y)), y=lambda k, g, x: k.mv(k.t(g), k.conj(x)))  # fmt: skip
Op("dot", lambda k, x, y: x @ y, x=lambda k, g, y: g * k.conj(y), y=lambda k, g, x: g * k.conj(x))
Op("bmm", lambda k, x, y: x @ y,
   x=lambda k, g, y: k.bmm(g, k.conj(k.transpose(y, 1, 2))), y=lambda k, g, x: k.bmm(k.conj(k.transpose(x, 1, 2)), g))  # fmt: skip


def check_same_dtype(a: Any, b: Any) -> None:
    if a._data.dtype != b._data.dtype:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{_c_name(dtypes.of(a._data))} != {_c_name(dtypes.of(b._data))}"
        )


def _c_name(d: Any) -> str:
    return {
        "float32": "float", "float64": "double", "int64": "long long", "int32": "int", "int16": "short",
        "int8": "signed char", "uint8": "unsigned char", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
    }.get(d.name, d.name)  # fmt: skip


@public("function method", out=True)
def mm(input: Any, mat2: Any) -> Any:
    """Matrix product of an (n, m) and an (m, p) matrix."""
    a, b = input._data, mat2._data
    if a.ndim != 2 or b.ndim != 2:
        which = "self" if a.ndim != 2 else "mat2"
        raise RuntimeError(f"{which} must be a matrix")
    check_same_dtype(input, mat2)
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )
    return Op.table["mm"](input, mat2)


@public("function method", out=True, alias=())
def matmul(input: Any, other: Any) -> Any:
    """The product of vectors, matrices or batches of matrices: what ``@`` calls."""
    a, b = input._data, other._data
    if a.ndim == 2 and b.ndim == 2:
        return mm(input, other)
    raise RuntimeError("both arguments to matmul need to be at least 1D, but they are %dD and %dD" % (a.ndim, b.ndim))
