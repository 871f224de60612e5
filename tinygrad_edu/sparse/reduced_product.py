"""``sparse.mm(a, b, reduce)``: a product whose terms are averaged, or of which the largest or smallest counts, not their sum."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..backend.compressed import Compressed
from ..backend.coo import add_rows
from .dispatch import is_sparse, refusal
from .graph import record


def reduced_mm(mat1: Any, mat2: Any, reduce: Any) -> Any:
    """For each row of a CSR matrix: the "sum", "mean", "amax" or "amin" of its numbers times the rows of ``mat2`` that they meet."""
    if not isinstance(reduce, str):
        raise TypeError(f"_sparse_mm(): argument 'reduce' (position 3) must be str, not {type(reduce).__name__}")
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if reduce == "prod":
        raise RuntimeError("sparse_mm_reduce: reduce type of prod has not been enabled.")
    if not isinstance(mat2, Variable) or is_sparse(mat2) or not is_sparse(mat1) or mat1.layout.name != "sparse_csr":
        raise refusal("_sparse_mm_reduce_impl", (mat1, mat2))
    a, b = mat1._raw, mat2._data
    xp, (rows, columns) = a.xp, a.to_coo().indices
    n, values = a.shape[0], a.values[:, None]
    counts = xp.maximum(xp.bincount(rows, minlength=n), 1).astype(a.dtype)[:, None]
    terms = values * b[columns]
    wins: Any = None  # which of the terms count, where not all do
    if reduce in ("sum", "mean"):
        made = add_rows(xp, terms, rows, n)
        made = made / counts if reduce == "mean" else made
    else:
        start = -xp.inf if reduce == "amax" else xp.inf
        made = xp.full((n, b.shape[1]), start, a.dtype)
        (xp.maximum if reduce == "amax" else xp.minimum).at(made, rows, terms)
        made[made == start] = 0
        order = xp.arange(len(rows), 0, -1)[:, None] * (terms == made[rows])  # of equal ones the first
        first = xp.zeros(made.shape, order.dtype)
        xp.maximum.at(first, rows, order)
        wins = (order > 0) & (order == first[rows])

    def shares(g: Any) -> Any:
        each = (g / counts if reduce == "mean" else g)[rows]
        return each if wins is None else each * wins

    def first_slope(g: Any) -> Compressed:
        return a.like((shares(g) * b[columns]).sum(axis=1))  # type: ignore[no-any-return]

    def second_slope(g: Any) -> Any:
        return add_rows(xp, shares(g) * values, columns, b.shape[0])

    return record(made, "SparseMmReduceImplBackward0", (mat1, mat2), (first_slope, second_slope))
