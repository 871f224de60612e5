"""The reverse of laying windows out as columns ("col2im"): every column is added into the window that it came from.

A `plan` (`im2col.Plan`) knows the sizes and the order of memory. One dimension is added up after the other: (k₀, k₁, o₀, o₁) becomes
(k₁, p₀, o₁), then (p₀, p₁) – k₀ + k₁ additions instead of k₀ · k₁.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy

from . import compiled
from .columns import buffer, windows

Array = Any
Fold = tuple[int, int, int]  # a dimension, the axis of its windows' entries, the axis of its windows
_FEW = 1 << 18  # numbers that stay in the processor's cache


def add_up(plan: Any, columns: Array, gx: Array, part: slice) -> None:
    """Add the columns of some images into ``gx``."""
    m, rank = part.stop - part.start, len(plan.kernel)
    fast = None if plan.inner or rank != 2 else compiled.kernels_for(columns, gx)
    if fast:
        each = columns.reshape(m * plan.c, *plan.kernel, *plan.out)
        images = gx[part].reshape(m * plan.c, *plan.sizes)
        how = (plan.stride, plan.padding, plan.dilation)
        compiled.split(fast.add_up, len(images), columns.size, each, images, *how)
        return
    lead, tail = ((plan.c,), (m,)) if plan.inner else ((m, plan.c), ())
    _fold(plan, columns.reshape(*lead, *plan.kernel, *plan.out, *tail), folds(plan, 0), gx, part)


@lru_cache(maxsize=256)  # a network asks for the same few again and again
def folds(plan: Any, first: int) -> list[Fold]:
    """The dimensions from ``first`` on in the order in which they are added up: the one that leaves the fewest numbers comes first."""
    lead, left = 1 if plan.inner else 2, list(range(first, len(plan.kernel)))
    found = []
    for dim in sorted(left, key=lambda i: plan.padded[i] / max(plan.kernel[i] * plan.out[i], 1)):
        at = lead + left.index(dim)
        left.remove(dim)
        found.append((dim, at, lead + len(left) + dim))
    return found


def _fold(plan: Any, columns: Array, how: list[Fold], gx: Array, part: slice) -> None:
    """Add up along some dimensions and store the images."""
    for dim, at, where in how:
        k, s, d, o, p = (sizes[dim] for sizes in (plan.kernel, plan.stride, plan.dilation, plan.out, plan.padded))
        if s == 1 and p == o + d * (k - 1) and columns.size <= _FEW and plan.xp is numpy:
            columns = _added_shifted(columns, at, where, d)
        else:
            columns = _added_in_turn(plan.xp, columns, at, where, s, d, p)
    lead = (slice(None),) * (1 if plan.inner else 2)
    columns = columns[(*lead, *plan.inside)]
    gx[part] = columns.transpose(columns.ndim - 1, *range(columns.ndim - 1)) if plan.inner else columns


def _added_in_turn(xp: Any, columns: Array, at: int, where: int, s: int, d: int, p: int) -> Array:
    """Add up what ``columns`` has along axis ``at`` for the entries of a window, so that axis ``where`` has the padded image's."""
    k = columns.shape[at]
    shape = [*columns.shape[:at], *columns.shape[at + 1 :]]
    o, shape[where] = shape[where], p
    filled = s == 1 or (d == 1 and k >= s)  # by the first s entries of all windows, which leave no gaps
    made = (xp.empty if filled else xp.zeros)(shape, columns.dtype)
    before, around = (slice(None),) * at, (slice(None),) * where
    if filled:
        made[(*around, slice(s * o, None))] = 0
    for i in range(k):
        place = (*around, slice(i * d, i * d + s * (o - 1) + 1, s))
        if filled and i < s:
            made[place] = columns[(*before, i)]
        else:
            made[place] += columns[(*before, i)]
    return made


def _added_shifted(columns: Array, at: int, where: int, d: int) -> Array:
    """The same for windows that are 1 apart, in one sum: NumPy takes longer to begin with a short run of memory than to add it up.

    With zeros after each row of windows, to shift the rows is to shift all of memory, which is a view: the i-th entries begin i places
    earlier, in the zeros of what comes before them.
    """
    k, o, item = columns.shape[at], columns.shape[where + 1], columns.itemsize
    before, around = columns.shape[:at], (slice(None),) * (where + 1)
    made = numpy.empty((*columns.shape[: where + 1], o + d * (k - 1), *columns.shape[where + 2 :]), columns.dtype)
    made[(*around, slice(o))] = columns
    made[(*around, slice(o, None))] = 0
    after, shift = made.shape[at + 1 :], d * math.prod(made.shape[where + 2 :])
    n = math.prod(after)
    steps = (*made.strides[:at], (n - shift) * item, item)
    shifted = numpy.ndarray((*before, k, n), made.dtype, made, 0, steps)
    return numpy.add.reduce(shifted, axis=at).reshape(*before, *after)


# ------------------------------------------------------------------------------------ the first dimension by the product
@lru_cache(maxsize=256)
def by_rows(plan: Any) -> bool:
    """Whether `add_rows` is the quicker way: for small batches and few filters (p₀ / o₀ times as much is multiplied), which overlap."""
    small = plan.inner and plan.step == plan.n and len(plan.kernel) > 1
    plain = plan.groups == plan.together == plan.dilation[0] == 1 and set(plan.stride) == {1}
    k, o, p = plan.kernel[0], plan.out[0], plan.padded[0]
    return bool(small and plain and k > 1 and p == o + k - 1 and (k - 1) * plan.o <= 16 * o)


def add_rows(plan: Any, g: Array, w: Array, gx: Array) -> None:
    """The gradient of a convolution for its input, where the matrix product adds up along the first dimension.

    A row of the result is made of the k rows of ``g`` that the rows of a filter carry there. So it is a convolution of rows with filters
    turned upside down, whose columns are long runs of memory, and one dimension less is left to add up.
    """
    k, (o, *others) = plan.kernel[0], plan.out
    framed = plan.xp.zeros((plan.o, o + 2 * (k - 1), *others, plan.n), g.dtype)
    framed[:, k - 1 : k - 1 + o] = g.transpose(*range(1, g.ndim), 0)
    rows = windows(plan.xp, framed, 1, (k,), plan.padded[:1], (1,), (1,))
    columns = buffer(plan.xp, rows.shape, g.dtype)
    columns[...] = rows
    filters = w[:, :, ::-1].transpose(1, *range(3, w.ndim), 0, 2).reshape(-1, plan.o * k)
    product = filters @ columns.reshape(plan.o * k, -1)
    made = product.reshape(plan.c, *plan.kernel[1:], plan.padded[0], *others, plan.n)
    _fold(plan, made, folds(plan, 1), gx, slice(0, plan.n))
