"""Raw sparse arrays in coordinate form (COO): what a sparse tensor holds, and what a sparse gradient is on its way back.

    indices (S, nnz)       the places of the numbers along the first S dimensions
    values  (nnz, *dense)  the numbers; blocks of them where there are dense dimensions as well

A place may occur several times: its numbers count together. *Coalesced* means that none does and that they come in order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

from . import kernels_of, selection

_PATIENCE = 20_000  # places that are worth sorting one by one (some 30 ms) to add up what they hold in torch's order


def places(xp: Any, indices: Any, sizes: tuple[int, ...]) -> Any:
    """One number for each column of indices: its position when all is counted through."""
    flat = xp.zeros(indices.shape[1], "int64")
    for row, n in zip(indices, sizes):
        flat = flat * n + row
    return flat


def narrow(array: Any) -> bool:
    """Whether its numbers are added up in a wider type."""
    return bool(array.dtype.itemsize == 2 and array.dtype.kind in "fV")


def add_runs(xp: Any, values: Any, starts: Any) -> Any:
    """The sums of values[starts[i]:starts[i + 1]] along the first dimension."""
    if not len(starts):
        return values[:0]
    if narrow(values):
        return add_runs(xp, values.astype("float32"), starts).astype(values.dtype)
    if values.ndim > 1 and math.prod(values.shape[1:]) >= WIDE:
        return add_rows_of_runs(xp, lambda at: values[at], starts, len(values))
    return xp.add.reduceat(values, starts, axis=0).astype(values.dtype, copy=False)


WIDE = 8  # numbers in a row: from here on rows are added as wholes
LONG = 256  # rows in a run: longer ones are added by themselves


def add_rows_of_runs(xp: Any, rows: Any, starts: Any, n: int) -> Any:
    """The sums of ``rows([starts[i], …, starts[i + 1] - 1])``: all first rows, then all second ones to them, and so on.

    ``rows(positions)`` gives (or computes) the rows at some of the n positions. Five to ten times as fast as ``add.reduceat``.
    """
    lengths = xp.diff(xp.concatenate([starts, xp.asarray([n], dtype=starts.dtype)]))
    order = xp.argsort(-lengths, kind="stable")
    begins, lengths = starts[order], lengths[order]
    total = rows(begins)
    several = [int(xp.searchsorted(-lengths, -k, side="left")) for k in range(1, min(LONG, int(lengths[0])))]
    for k, many in enumerate(several, 1):  # how many runs have a row number k
        total[:many] += rows(begins[:many] + k)
    for i in range(int(xp.searchsorted(-lengths, -LONG, side="left"))):
        total[i] += rows(xp.arange(int(begins[i]) + LONG, int(begins[i]) + int(lengths[i]))).sum(axis=0)
    out = xp.empty_like(total)
    out[order] = total
    return out


def run_starts(xp: Any, ordered: Any) -> Any:
    """Where in an ordered list a new number begins."""
    if not len(ordered):
        return xp.zeros(0, "int64")
    new = xp.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return xp.flatnonzero(new)


def spread(xp: Any, counts: Any) -> Any:
    """0 as often as counts[0] says, 1 as often as counts[1], … (``repeat`` of CuPy takes no array of counts)."""
    ends = xp.cumsum(counts)
    return xp.searchsorted(ends, xp.arange(int(ends[-1]) if len(ends) else 0), side="right")


def add_rows(xp: Any, rows: Any, index: Any, n: int) -> Any:
    """An array of n rows: into row ``index[i]`` of it goes ``rows[i]``."""
    out = xp.zeros((n, *rows.shape[1:]), rows.dtype)
    if len(index):
        order = xp.argsort(index, kind="stable")
        ordered = index[order]
        starts = run_starts(xp, ordered)
        out[ordered[starts]] += add_runs(xp, rows[order], starts)  # to zeros: the sum of -0. and nothing is 0.
    return out


class SparseArray:
    """What raw arrays of every sparse layout tell of themselves."""

    __slots__ = ()
    __array_ufunc__ = None  # NumPy arrays leave ``array + sparse`` to us
    values: Any
    shape: tuple[int, ...]

    @property
    def xp(self) -> Any:
        return kernels_of(self.values).xp

    @property
    def dtype(self) -> Any:
        return self.values.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Coo(SparseArray):
    """A raw sparse array; see the module's text. Arithmetic with it is what the engine does with gradients."""

    __slots__ = ("coalesced", "indices", "shape", "values")
    layout = "sparse_coo"

    def __init__(self, indices: Any, values: Any, shape: tuple[int, ...], coalesced: bool = False) -> None:
        self.indices, self.values, self.shape = indices, values, tuple(shape)
        self.coalesced = coalesced or values.shape[0] < 2

    @property
    def nnz(self) -> int:
        return int(self.values.shape[0])

    @property
    def sparse_dim(self) -> int:
        return int(self.indices.shape[0])

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.indices, self.values

    def places(self) -> Any:
        return places(self.xp, self.indices, self.shape)

    def like(self, values: Any) -> Coo:
        """Other numbers at the same places."""
        shape = (*self.shape[: self.sparse_dim], *values.shape[1:])
        return Coo(self.indices, values, shape, self.coalesced)

    def copy(self) -> Coo:
        return Coo(self.indices.copy(), self.values.copy(), self.shape, self.coalesced)

    def astype(self, dtype: Any, copy: bool = True) -> Coo:
        return self.like(self.values.astype(dtype, copy=copy))

    def coalesce(self) -> Coo:
        """Every place once, in order; what stood there several times is added up."""
        if self.coalesced:
            return self
        xp, flat = self.xp, self.places()
        order = xp.argsort(flat, kind="stable")
        starts = run_starts(xp, flat[order])
        first = order[starts]
        if kernels_of(self.values).device_type == "cpu":
            total = self._added_in_turn(flat, order, starts)
        else:
            total = add_runs(xp, self.values[order], starts)
        return Coo(self.indices.take(first, axis=1), total, self.shape, True)

    def _added_in_turn(self, flat: Any, order: Any, starts: Any) -> Any:
        """The sums as torch makes them: number to number, rounded each time, in the order that its sorting gives."""
        lengths = numpy.diff(starts, append=len(order))
        of_two = lengths.max() <= 2  # of them either may be first
        if not of_two and selection.SHORT < len(order) <= _PATIENCE:
            order = selection.order(flat, False)
        if self.values[0].size >= WIDE and not narrow(self.values):
            return add_runs(numpy, self.values[order], starts)
        total, rest = self.values[order[starts]], numpy.delete(order, starts)
        numpy.add.at(total, numpy.repeat(numpy.arange(len(starts)), lengths - 1), self.values[rest])
        return total

    def to_dense(self) -> Any:
        return add_into(self.xp.zeros(self.shape, self.dtype), self)

    def at(self, other: Coo) -> Any:
        """This array's numbers at another one's places (0 where it has none)."""
        xp, own = self.xp, self.coalesce()
        known, wanted = own.places(), other.places()
        found = xp.zeros((len(wanted), *own.values.shape[1:]), own.dtype)
        if len(known):
            at = xp.minimum(xp.searchsorted(known, wanted), len(known) - 1)
            hit = known[at] == wanted
            found[hit] = own.values[at[hit]]
        return found

    def masked(self, dense: Any) -> Coo:
        """A dense array's numbers at this array's places."""
        return self.like(dense[tuple(self.indices)] if self.sparse_dim else dense[None])

    def transpose(self, order: tuple[int, ...]) -> Coo:
        """Dimensions in another order; sparse ones stay among themselves, and so do dense ones."""
        s = self.sparse_dim
        values = self.values.transpose((0, *(d - s + 1 for d in order[s:])))
        kept = order[:s] == tuple(range(s)) and self.coalesced
        return Coo(self.indices[list(order[:s])], values, tuple(self.shape[d] for d in order), kept)

    # ------------------------------------------------------------------ arithmetic
    def __add__(self, other: Any) -> Any:
        return merge(self, other) if isinstance(other, Coo) else add_into(other.copy(), self)

    __radd__ = __add__

    def __neg__(self) -> Coo:
        return self.like(-self.values)

    def __mul__(self, other: Any) -> Coo:
        if isinstance(other, Coo):
            return self.like(self.values * other.at(self))
        if getattr(other, "ndim", 0) == 0:
            return self.like((self.values * other).astype(self.dtype, copy=False))
        return self.like(self.values * self.masked(self.xp.broadcast_to(other, self.shape)).values)

    __rmul__ = __mul__

    def __ne__(self, other: object) -> Any:  # ``g != g`` looks for nan
        return self.values != other.values if isinstance(other, Coo) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


def add_into(dense: Any, sparse: Coo) -> Any:
    """Add a sparse array to a dense one, in place."""
    c = sparse.coalesce()
    if c.sparse_dim:
        dense[tuple(c.indices)] += c.values
    elif c.nnz:
        dense += c.values[0]
    return dense


def merge(a: Coo, b: Coo) -> Coo:
    """a + b: both lists of places gone through side by side, as torch does it. They need not be in order."""
    xp = a.xp
    coalesced = a.coalesced and b.coalesced
    if not (a.values.flags.c_contiguous and b.values.flags.c_contiguous):  # torch does without the walk here
        return Coo(xp.concatenate([a.indices, b.indices], axis=1), xp.concatenate([a.values, b.values]), a.shape)
    indices = xp.concatenate([a.indices, b.indices], axis=1)
    values = xp.concatenate([a.values, b.values])
    if coalesced:
        return Coo(indices, values, a.shape).coalesce()
    first, second = a.places(), b.places()
    if len(first) == len(second) and bool((first == second).all()):
        return Coo(a.indices, a.values + b.values, a.shape)
    left, right = first.tolist(), second.tolist()
    order: list[int] = []  # where in the joined lists each number of the result comes from
    starts: list[int] = []
    i = j = 0
    while i < len(left) or j < len(right):
        starts.append(len(order))
        p = left[i] if i < len(left) else math.inf
        q = right[j] if j < len(right) else math.inf
        if p <= q:
            order.append(i)
            i += 1
        if q <= p:
            order.append(len(left) + j)
            j += 1
    at, runs = xp.asarray(order, dtype="int64"), xp.asarray(starts, dtype="int64")
    return Coo(indices.take(at[runs], axis=1), add_runs(xp, values[at], runs), a.shape)


def product(a: Coo, dense: Any) -> Any:
    """A sparse matrix (n, m) times a dense one (m, p)."""
    xp, (rows, columns) = a.xp, a.indices
    values = a.values.astype("float32") if narrow(a.values) else a.values
    dense = dense.astype(values.dtype, copy=False)
    if dense.shape[1] < WIDE or not a.nnz:
        return add_rows(xp, values[:, None] * dense[columns], rows, a.shape[0]).astype(a.dtype, copy=False)
    if not a.coalesced:
        order = xp.argsort(rows, kind="stable")
        rows, columns, values = rows[order], columns[order], values[order]
    starts = run_starts(xp, rows)
    out = xp.zeros((a.shape[0], dense.shape[1]), values.dtype)
    out[rows[starts]] += add_rows_of_runs(xp, lambda at: values[at, None] * dense[columns[at]], starts, a.nnz)
    return out.astype(a.dtype, copy=False)


def product_of_two(a: Coo, b: Coo) -> Coo:
    """A sparse matrix times a sparse one: for each number of a, the row of b that it meets."""
    xp, a, b = a.xp, a.coalesce(), b.coalesce()
    ends = xp.searchsorted(b.indices[0], a.indices[1], side="right")
    begins = xp.searchsorted(b.indices[0], a.indices[1], side="left")
    counts = ends - begins
    mine = spread(xp, counts)
    inside = xp.arange(len(mine)) - (xp.cumsum(counts) - counts)[mine]
    theirs = begins[mine] + inside
    indices = xp.stack([a.indices[0][mine], b.indices[1][theirs]])
    made = Coo(indices, a.values[mine] * b.values[theirs], (a.shape[0], b.shape[1])).coalesce()
    return Coo(made.indices, made.values, made.shape, True)


def empty(xp: Any, shape: tuple[int, ...], dtype: Any, sparse_dim: int) -> Coo:
    """Nothing but zeros."""
    return Coo(xp.zeros((sparse_dim, 0), "int64"), xp.zeros((0, *shape[sparse_dim:]), dtype), shape, True)


def of_dense(array: Any, sparse_dim: int) -> Coo:
    """The numbers of a dense array that are not 0 (of blocks: those that are not all 0)."""
    xp = kernels_of(array).xp
    used = (array != 0).reshape(*array.shape[:sparse_dim], -1).any(axis=-1)
    if not sparse_dim:
        return Coo(xp.zeros((0, int(used)), "int64"), array[None][: int(used)].copy(), array.shape, True)
    at = used.nonzero()
    return Coo(xp.stack(at).astype("int64"), array[at], array.shape, True)
