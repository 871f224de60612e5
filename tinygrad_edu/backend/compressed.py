"""Raw sparse matrices in compressed form: by rows (CSR) or by columns (CSC).

    outer  (…, n + 1)   where in the lists each row begins; its last number is nnz
    inner  (…, nnz)     the column of each number
    values (…, nnz)     the numbers, row after row

For CSC read "column" for "row". Dimensions in front (batches of matrices with equally many numbers) are kept.
"""

from __future__ import annotations

from typing import Any

from . import kernels_of
from .coo import Coo, SparseArray, add_into, empty, spread
from .coo import of_dense as coo_of


class Compressed(SparseArray):
    """A raw sparse matrix, or a batch of them; see the module's text."""

    __slots__ = ("by_rows", "inner", "outer", "shape", "values")

    def __init__(self, outer: Any, inner: Any, values: Any, shape: tuple[int, ...], by_rows: bool = True) -> None:
        self.outer, self.inner, self.values = outer, inner, values
        self.shape, self.by_rows = tuple(shape), by_rows

    @property
    def layout(self) -> str:
        return "sparse_csr" if self.by_rows else "sparse_csc"

    @property
    def batches(self) -> int:
        """How many dimensions stand in front of the matrices."""
        return int(self.outer.ndim - 1)

    @property
    def nnz(self) -> int:
        return int(self.values.shape[self.batches])

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.outer, self.inner, self.values

    def like(self, values: Any) -> Compressed:
        return Compressed(self.outer, self.inner, values, self.shape, self.by_rows)

    def copy(self) -> Compressed:
        return Compressed(self.outer.copy(), self.inner.copy(), self.values.copy(), self.shape, self.by_rows)

    def astype(self, dtype: Any, copy: bool = True) -> Compressed:
        return self.like(self.values.astype(dtype, copy=copy))

    def __add__(self, other: Any) -> Any:
        if hasattr(other, "strides"):
            return add_into(other.copy(), self.to_coo())
        return of_coo(self.to_coo() + other.to_coo(), self.by_rows)

    __radd__ = __add__

    def __neg__(self) -> Compressed:
        return self.like(-self.values)

    def __mul__(self, other: Any) -> Compressed:
        """By a number, or by a sparse or dense array, at this one's places."""
        if isinstance(other, Compressed):
            return self.like(self.values * other.to_coo().at(_in_own_order(self)))
        by = other if getattr(other, "ndim", 0) == 0 else self.masked(other).values
        return self.like((self.values * by).astype(self.dtype, copy=False))

    __rmul__ = __mul__

    def turned(self) -> Compressed:
        """The transposed matrix, in the other form: no number moves."""
        shape = (*self.shape[:-2], self.shape[-1], self.shape[-2])
        return Compressed(self.outer, self.inner, self.values, shape, not self.by_rows)

    def to_coo(self) -> Coo:
        """The same numbers with coordinates. Of batches, the batch's number is a sparse dimension too."""
        if self.batches:
            return of_batches(self)
        xp = self.xp
        outer = spread(xp, xp.diff(self.outer))
        inner = self.inner.astype("int64")
        made = Coo(xp.stack([outer, inner] if self.by_rows else [inner, outer]), self.values, self.shape, self.by_rows)
        return made if self.by_rows else made.coalesce()

    def to_dense(self) -> Any:
        return self.to_coo().to_dense()

    def masked(self, dense: Any) -> Compressed:
        """A dense matrix's numbers at this one's places."""
        return self.like(dense[tuple(_in_own_order(self).indices)])


def _in_own_order(c: Compressed) -> Coo:
    """Coordinates in the order in which the numbers are kept."""
    xp = c.xp
    outer = spread(xp, xp.diff(c.outer))
    inner = c.inner.astype("int64")
    return Coo(xp.stack([outer, inner] if c.by_rows else [inner, outer]), c.values, c.shape)


def of_coo(a: Coo, by_rows: bool = True) -> Compressed:
    """Coordinates compressed: a matrix only."""
    xp, a = a.xp, a.coalesce()
    rows, columns = a.indices
    values = a.values
    if not by_rows:
        order = xp.argsort(columns, kind="stable")
        rows, columns, values = columns[order], rows[order], values[order]
    n = a.shape[0 if by_rows else 1]
    outer = xp.zeros(n + 1, "int64")
    outer[1:] = xp.cumsum(xp.bincount(rows, minlength=n))
    return Compressed(outer, columns, values, a.shape, by_rows)


def of_batches(c: Compressed) -> Coo:
    xp, lead = c.xp, c.shape[: c.batches]
    each = [
        Compressed(c.outer[at], c.inner[at], c.values[at], c.shape[c.batches :], c.by_rows).to_coo()
        for at in _counted(lead)
    ]
    fronts = [xp.repeat(xp.asarray(at, dtype="int64")[:, None], m.nnz, axis=1) for at, m in zip(_counted(lead), each)]
    indices = xp.concatenate([xp.concatenate([f, m.indices]) for f, m in zip(fronts, each)], axis=1)
    return Coo(indices, xp.concatenate([m.values for m in each]), c.shape, True)


def of_dense(array: Any, by_rows: bool = True) -> Compressed:
    """A dense matrix compressed; of a batch, every matrix, which must have equally many numbers."""
    if array.ndim == 2:
        return of_coo(coo_of(array, 2), by_rows)
    lead = array.shape[:-2]
    each = [of_coo(coo_of(array[at], 2), by_rows) for at in _counted(lead)]
    if len({m.nnz for m in each}) > 1:
        raise RuntimeError("Expect the same number of specified elements per batch.")
    xp = kernels_of(array).xp
    outer, inner, values = (xp.stack(part).reshape(*lead, *part[0].shape) for part in zip(*(m.parts for m in each)))
    return Compressed(outer, inner, values, array.shape, by_rows)


def _counted(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every index into an array of this shape, in order."""
    found: list[tuple[int, ...]] = [()]
    for n in shape:
        found = [(*at, i) for at in found for i in range(n)]
    return found


def zeros(layout: str, xp: Any, shape: tuple[int, ...], dtype: Any, sparse_dim: int | None = None) -> Coo | Compressed:
    """An array of a sparse layout in which there is nothing."""
    if layout == "sparse_coo":
        return empty(xp, shape, dtype, len(shape) if sparse_dim is None else sparse_dim)
    if layout not in ("sparse_csr", "sparse_csc"):
        raise NotImplementedError(f"the layout {layout} is not here: sparse_coo, sparse_csr and sparse_csc are")
    by_rows, lead = layout == "sparse_csr", shape[:-2]
    outer = xp.zeros((*lead, shape[-2 if by_rows else -1] + 1), "int64")
    return Compressed(outer, xp.zeros((*lead, 0), "int64"), xp.zeros((*lead, 0), dtype), shape, by_rows)
