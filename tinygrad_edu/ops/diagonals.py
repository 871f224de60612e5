"""Diagonals and triangles of matrices; copies with one part replaced (``select_scatter`` and its kin)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.op import Op
from ..backend import kernels_of
from ._check import same_dtype_out
from ._layout import copied
from .registry import out_error, public
from .view import reshape, select, wrap_dim


# ------------------------------------------------------------------------------------ diagonals and triangles
def _diagonal(k: Any, x: Any, offset: int, a: int, b: int) -> Any:
    shape, strides = list(x.shape), list(x.strides)
    n, m, step = shape[a], shape[b], strides[a] + strides[b]
    length = max(0, min(n, m - offset) if offset >= 0 else min(n + offset, m))
    start = 0 if length == 0 else (offset * strides[b] if offset >= 0 else -offset * strides[a])
    for d in sorted((a, b), reverse=True):
        del shape[d], strides[d]
    return k.strided(x, (*shape, length), (*strides, step), start)


def _diagonal_backward(k: Any, g: Any, shape: Any, offset: int, a: int, b: int) -> Any:
    gx = k.xp.zeros(shape, g.dtype)
    _diagonal(k, gx, offset, a, b)[...] = g
    return gx


Op("diagonal", _diagonal, view=True,
   x=lambda k, g, x_shape, offset, a, b: k.diagonal_backward(g, x_shape, offset, a, b))  # fmt: skip
Op("diagonal_copy", lambda k, x, offset, a, b: _diagonal(k, x, offset, a, b).copy(), node="DiagonalBackward0_copy",
   x=lambda k, g, x_shape, offset, a, b: k.diagonal_backward(g, x_shape, offset, a, b))  # fmt: skip
Op("diagonal_backward", _diagonal_backward, node="DiagonalBackwardBackward0",
   g=lambda k, gg, offset, a, b: k.diagonal(gg, offset, a, b))  # fmt: skip
Op("diag_embed", lambda k, x, shape, offset, a, b: _diagonal_backward(k, x, shape, offset, a, b),
   x=lambda k, g, offset, a, b: k.diagonal(g, offset, a, b))  # fmt: skip


def _two_dims(dim1: int, dim2: int, n: int) -> tuple[int, int]:
    a, b = wrap_dim(dim1, n), wrap_dim(dim2, n)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return a, b


@public("function method")
def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal (or the one ``offset`` above it) of two dimensions, as a view with it as last dimension.

    >>> import tinygrad_edu as tg
    >>> tg.diagonal(tg.arange(9).view(3, 3), 1)
    tensor([1, 5])
    """
    return Op.table["diagonal"](input, offset, *_two_dims(dim1, dim2, input._data.ndim))


@public("function method", out=True)
def diag(input: Any, diagonal: int = 0) -> Any:
    """A matrix's diagonal (a copy), or the matrix with a given diagonal.

    >>> import tinygrad_edu as tg
    >>> tg.diag(tg.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    n = input._data.ndim
    if n == 1:
        return diag_embed(input, diagonal)
    if n == 2:
        return Op.table["diagonal_copy"](input, diagonal, 0, 1)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {n}D")


@public("function method")
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with the last dimension of ``input`` on their diagonals."""
    shape = input._data.shape
    n = len(shape) + 1
    a, b = _two_dims(dim1, dim2, n)
    size = (shape[-1] if shape else 1) + max(offset, -offset)
    rest = iter(shape[:-1])
    full = tuple(size if d in (a, b) else next(rest) for d in range(n))
    return Op.table["diag_embed"](input, full, offset, a, b)


@public("function method")
def diagflat(input: Any, offset: int = 0) -> Any:
    """A matrix with all elements of ``input`` on its diagonal."""
    return diag_embed(reshape(input, -1), offset)


def _triangle(name: str, doc: str) -> None:
    Op(name, lambda k, x, diagonal: k.xp.ascontiguousarray(getattr(k.xp, name)(x, diagonal)),
       x=lambda k, g, diagonal: getattr(k, name)(g, diagonal))  # fmt: skip

    def function(input: Any, diagonal: int = 0) -> Any:
        if input._data.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return Op.table[name](input, diagonal)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    public("function method", inplace=True, out=True)(out_error(same_dtype_out)(function))


_triangle("tril", "The lower triangle of a matrix (up to the ``diagonal``-th above the main one), zeros above it.")
_triangle("triu", "The upper triangle of a matrix (from the ``diagonal``-th above the main one), zeros below it.")


# ------------------------------------------------------------------------------------ one part replaced
def _scatter_form(name: str, part: Callable[..., Any], backward: str, node: str) -> Callable[..., Any]:
    """``name(x, src, …)``: a copy of x with the part that a view of it shows replaced by ``src``."""

    def forward(k: Any, x: Any, src: Any, geometry: Any) -> Any:
        out = copied(x)
        part(k, out, *geometry)[...] = src
        return out

    Op(name, forward, node=node,
       x=lambda k, g, src_shape, geometry: getattr(k, name)(g, k.zeros_of(g, src_shape), geometry),
       src=lambda k, g, geometry: getattr(k, backward)(g, *geometry))  # fmt: skip

    def apply(input: Any, src: Any, geometry: tuple[Any, ...]) -> Any:
        shape = part(kernels_of(input._data), input._data, *geometry).shape
        if src._data.shape != shape:
            raise RuntimeError(
                "expected src to have a size equal to the slice of self. src size = "
                f"{list(src._data.shape)}, slice size = {list(shape)}"
            )
        return Op.table[name](input, src, geometry)

    return apply


_select_scatter = _scatter_form(
    "select_scatter", lambda k, x, *where: k.select(x, *where), "select", "SelectScatterBackward0"
)
_slice_scatter = _scatter_form(
    "slice_scatter", lambda k, x, *where: k.slice(x, *where), "slice", "SliceScatterBackward0"
)
_diagonal_scatter = _scatter_form("diagonal_scatter", _diagonal, "diagonal", "DiagonalScatterBackward0")


@public("function method")
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy of ``input`` with the slice ``index`` of a dimension replaced by ``src``."""
    n = input._data.ndim

    select(input.detach(), dim, index)  # its checks
    dim = wrap_dim(dim, n)
    return _select_scatter(input, src, (dim, index % input._data.shape[dim]))


@public("function method", out=True)
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Any:
    """A copy of ``input`` with ``input[start:end:step]`` along a dimension replaced by ``src``."""
    dim = wrap_dim(dim, input._data.ndim)
    first, last, _ = slice(start, end).indices(input._data.shape[dim])
    return _slice_scatter(input, src, (dim, first, max(first, last), step))


@public("function method")
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of ``input`` with a diagonal replaced by ``src``."""
    return _diagonal_scatter(input, src, (offset, *_two_dims(dim1, dim2, input._data.ndim)))
