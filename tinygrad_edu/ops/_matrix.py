"""What the files on linear algebra share: products and transposes in formulas, checks in torch's words."""

from __future__ import annotations

import warnings
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend.matrices import by_columns
from ._check import not_implemented


class LinAlgError(RuntimeError):
    """A matrix cannot be inverted or decomposed (torch's ``linalg.LinAlgError``)."""


LinAlgError.__name__ = "_LinAlgError"  # what torch's class is called in a traceback


Op("matprod", lambda k, x, y: k.xp.matmul(x, y), node="MatmulBackward0",
   x=lambda k, g, y: k.matprod(g, mH(k, y)), y=lambda k, g, x: k.matprod(mH(k, x), g))  # fmt: skip


def mT(k: Any, x: Any) -> Any:
    return k.transpose(x, x.ndim - 2, x.ndim - 1)


def mH(k: Any, x: Any) -> Any:
    return k.conj(mT(k, x))


def columns(k: Any, x: Any) -> Any:
    """Stored column by column, as torch's (LAPACK's) results are."""
    return by_columns(k.xp, x)


# ------------------------------------------------------------------------------------ parts of matrices in formulas
Op("column", lambda k, g, n: g.reshape(*g.shape, *(1,) * n), node="ViewBackward0",
   g=lambda k, gg, g_shape: k.reshaped(gg, g_shape))  # fmt: skip
Op("keep_triangle", lambda k, x, upper, unit: k.xp.triu(x, int(unit)) if upper else k.xp.tril(x, -int(unit)),
   node="TriuBackward0", x=lambda k, g, upper, unit: k.keep_triangle(g, upper, unit))  # fmt: skip
Op("to_diagonal", lambda k, x: x[..., None] * k.xp.eye(x.shape[-1], dtype=x.dtype), node="DiagEmbedBackward0",
   x=lambda k, g: k.from_diagonal(g))  # fmt: skip
Op("from_diagonal", lambda k, x: k.xp.diagonal(x, axis1=-2, axis2=-1).copy(), node="DiagonalBackward0",
   x=lambda k, g: k.to_diagonal(g))  # fmt: skip
Op("corner", lambda k, x, m, n: x[..., :m, :n].copy(), node="SliceBackward0",
   x=lambda k, g, x_shape: k.bordered(g, *x_shape[-2:]))  # fmt: skip
Op("bordered", lambda k, x, m, n: _bordered(k, x, m, n), node="ConstantPadNdBackward0",
   x=lambda k, g, x_shape: k.corner(g, *x_shape[-2:]))  # fmt: skip
Op("plus_identity", lambda k, x: x + k.xp.eye(*x.shape[-2:], dtype=x.dtype), node="AddBackward0", x=lambda k, g: g)


def _bordered(k: Any, x: Any, m: int, n: int) -> Any:
    """Rows and columns of zeros added at the end."""
    out = k.xp.zeros((*x.shape[:-2], m, n), x.dtype)
    out[..., : x.shape[-2], : x.shape[-1]] = x
    return out


# ------------------------------------------------------------------------------------ checks
def check_square(name: str, A: Any, floating: bool = True, half: str | None = None) -> None:
    """RuntimeError, in torch's words, unless ``A`` is a batch of square float or complex matrices."""
    check_matrix(name, A, False)
    rows, columns = A._data.shape[-2:]
    if rows != columns:
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices")
    if floating:
        check_type(name, A, half)


def check_matrix(name: str, A: Any, floating: bool = True, half: str | None = None, letter: str = "A") -> None:
    if A._data.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {letter} must have at least 2 dimensions.")
    if floating:
        check_type(name, A, half)


def check_type(name: str, A: Any, half: str | None = None) -> None:
    """float32, float64 and their complex partners; ``half``: the kernel that torch names when it refuses half precision."""
    if A._data.dtype.kind in "iub":
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {dtypes.of(A._data).short}"
        )
    if A._data.dtype.itemsize == 2:
        if half is not None:
            raise not_implemented(half, A)
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {dtypes.of(A._data).short}")


def check_kernel(kernel: str, A: Any) -> None:
    """NotImplementedError for a dtype that LAPACK does not know."""
    if A._data.dtype.kind in "iub" or A._data.dtype.itemsize == 2:
        raise not_implemented(kernel, A)


def check_equation(name: str, A: Any, B: Any, left: bool) -> None:
    """RuntimeError unless A X = B (``left=False``: X A = B) makes sense."""
    check_matrix(name, B, False, letter="B")
    a, b = A._data.shape, B._data.shape
    if b[-2 if left else -1] != a[-1]:
        what = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {what} ({a[-2]}x{a[-1]} and {b[-2]}x{b[-1]})"
        )


def is_singular(error: Exception) -> bool:
    """Whether NumPy (or CuPy) says that a decomposition failed."""
    return type(error).__name__ == "LinAlgError"


def batch_element(info: Any) -> tuple[str, int]:
    """Where the first failure in a batch of error numbers stands, as torch words it, and its number."""
    values = info.reshape(-1).tolist()
    i = next(i for i, v in enumerate(values) if v)
    return (f"(Batch element {i}): " if info.ndim else "", values[i])


def warn_of_old_name(name: str, newer: str, advice: str, stacklevel: int = 6) -> None:
    """Say that a function has a newer form; ``newer`` ends as torch's text does, with a space or without."""
    warnings.warn(
        f"torch.{name} is deprecated in favor of {newer}and will be removed in a future PyTorch release.\n{advice}",
        UserWarning,
        stacklevel=stacklevel,
    )
