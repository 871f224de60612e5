"""Grids, index pairs and combinations: ``meshgrid``, ``cartesian_prod``, ``tril_indices``; and complex numbers from parts."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy

from .. import dtypes
from ..autograd.op import Op
from ._layout import arranged_like
from .data import placed
from .joining import stack
from .registry import public
from .view import expand, view


# ------------------------------------------------------------------------------------ grids
@public("function")
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Any, ...]:
    """The coordinates of a grid: tensors (views) whose i-th holds the i-th coordinate of every point.

    ``indexing``: "ij" puts the first tensor along the rows, "xy" along the columns.

    >>> import tinygrad_edu as tg
    >>> tg.meshgrid(tg.tensor([1, 2]), tg.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
            UserWarning,
            stacklevel=3,
        )
        indexing = "ij"
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if any(t._data.dtype != tensors[0]._data.dtype for t in tensors):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    for t in tensors:
        if t._data.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {t}")
    swap = indexing == "xy" and len(tensors) > 1
    ordered = (tensors[1], tensors[0], *tensors[2:]) if swap else tensors
    shape = tuple(t._data.size for t in ordered)
    grids = [expand(view(t, (1,) * i + (-1,) + (1,) * (len(shape) - i - 1)), shape) for i, t in enumerate(ordered)]
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


@public("function")
def cartesian_prod(*tensors: Any) -> Any:
    """All ways to choose one element of each vector, a row each.

    >>> import tinygrad_edu as tg
    >>> tg.cartesian_prod(tg.tensor([1, 2]), tg.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    for t in tensors:
        if t._data.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(t._data.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], dim=1)


@public("function")
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """All ways to choose ``r`` elements of a vector, a row each.

    >>> import tinygrad_edu as tg
    >>> tg.combinations(tg.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if input._data.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input._data.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty(0)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input._data.size), r))
    index = numpy.array(rows, numpy.int64).reshape(len(rows), r)
    return stack([input.index_select(0, placed(index[:, j], input.device, False)) for j in range(r)], dim=1)


@public("function")
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of a vector's elements as columns (falling, or ``increasing``)."""
    if x._data.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    if x._data.dtype.kind in "iub":
        x = x.long()
    n = x._data.size if N is None else N
    if n < 0:
        raise RuntimeError("N must be non-negative.")
    columns: list[Any] = []
    for i in range(n):
        columns.append(x.new_ones(x.shape) if i == 0 else x if i == 1 else columns[-1] * x)
    return stack(columns if increasing else columns[::-1], dim=1) if columns else x.new_empty((x._data.size, 0))


# ------------------------------------------------------------------------------------ triangles
def _triangle_indices(name: str, row: int, col: int, offset: int, dtype: Any, device: Any) -> Any:
    for what, n in (("row", row), ("col", col)):
        if n < 0:
            raise RuntimeError(f"{what} must be non-negative, got{n}")
    wanted = dtypes.resolve(dtype)
    if wanted not in (dtypes.int64, dtypes.int32):
        raise NotImplementedError(f"\"{name}\" not implemented for '{wanted.short}'")
    find = numpy.tril_indices if name == "tril_indices" else numpy.triu_indices
    return placed(numpy.stack(find(row, offset, col)).astype(wanted.np), device, False)


@public("function")
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None, layout: Any = None,
                 pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """Row and column numbers of a matrix's lower triangle."""
    return _triangle_indices("tril_indices", row, col, offset, dtype, device)


@public("function")
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None, layout: Any = None,
                 pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """Row and column numbers of a matrix's upper triangle."""
    return _triangle_indices("triu_indices", row, col, offset, dtype, device)


# ------------------------------------------------------------------------------------ complex numbers
Op("real", lambda k, x: x.real, view=True, node="SelectBackward0", x=lambda k, g: k.complex(g, 0 * g))
Op("imag", lambda k, x: x.imag, view=True, node="SelectBackward0", x=lambda k, g: k.complex(0 * g, g))
Op("complex", lambda k, re, im: _joined(k, re, im), re=lambda k, g: k.real(g), im=lambda k, g: k.imag(g))
Op("polar", lambda k, radius, angle: _joined(k, radius * k.xp.cos(angle), radius * k.xp.sin(angle)),
   radius=lambda k, g, radius, angle: k.real(g * k.conj(k.polar(0 * radius + 1, angle))),
   angle=lambda k, g, out: k.imag(g * k.conj(out)))  # fmt: skip


def _joined(k: Any, re: Any, im: Any) -> Any:
    re, im = k.xp.broadcast_arrays(re, im)
    out = k.xp.empty(re.shape, "complex64" if re.dtype.itemsize == 4 else "complex128")
    out.real[...], out.imag[...] = re, im
    return out


def _check_parts(a: Any, b: Any) -> None:
    if a._data.dtype.name not in ("float32", "float64") or b._data.dtype.name not in ("float32", "float64"):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {a.dtype.short} and {b.dtype.short}"
        )
    if a._data.dtype != b._data.dtype:
        raise RuntimeError(
            f"Expected object of scalar type {a.dtype.short} but got scalar type {b.dtype.short} for second argument"
        )


@public("function", out=True)
def complex(real: Any, imag: Any) -> Any:
    """Complex numbers of given real and imaginary parts.

    >>> import tinygrad_edu as tg
    >>> tg.complex(tg.tensor([1.]), tg.tensor([2.]))
    tensor([1.+2.j])
    """
    _check_parts(real, imag)
    return arranged_like(Op.table["complex"](real, imag), real, imag)


@public("function", out=True)
def polar(abs: Any, angle: Any) -> Any:
    """Complex numbers of given absolute values and angles."""
    _check_parts(abs, angle)
    return arranged_like(Op.table["polar"](abs, angle), abs, angle)


@public("function")
def real(input: Any) -> Any:
    """The real parts, as a view; a real tensor itself."""
    return Op.table["real"](input) if input.is_complex() else input


@public("function")
def imag(input: Any) -> Any:
    """The imaginary parts, as a view. RuntimeError for a real tensor."""
    if not input.is_complex():
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return Op.table["imag"](input)
