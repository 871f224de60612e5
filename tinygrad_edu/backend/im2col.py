"""Convolution of any number of dimensions as a product of matrices.

A window of the input, laid out as a column, times the filters laid out as rows gives one output position; all windows side by
side ("im2col") make the whole convolution one matrix product, which is what a CPU does best. The columns repeat every number
of the input once for each position in the filter, so they are made for a few images at a time, in a buffer that stays in the
processor's cache and is used again and again.

Two orders of memory are used for the columns. In the plain one an image's columns lie together. In the other the batch is the
innermost dimension: then rows of windows are long runs of memory even for small images, and copying them is two to four times
faster; the price is to transpose input and output, so it pays when the columns are much bigger than these.

A window may also be taller than the filter and serve several rows of the output: see `rows_together`.

`naive.py` says the same in loops; tests hold the two equal.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

import numpy

from . import compiled
from .adding_up import add_rows, add_up, by_rows
from .columns import buffer, out_sizes, windows

Array = Any
Sizes = tuple[int, ...]
_LIMIT = 1 << 19  # numbers in the columns of one step: 2 MB of float32


def rows_together(o: int, c: int, kernel: Sizes, out: Sizes, inner: bool) -> int:
    """How many rows of the output one window should serve.

    A window t - 1 rows taller than the filter, with the next one t rows below it, holds t windows of the filter; and every filter becomes
    t filters, each a row lower than the one before. So there are fewer columns to copy, and the product has more rows, with which it
    is quicker; but it multiplies k + t - 1 rows where k would do, and in the plain order of memory the output's rows have to be
    sorted afterwards. The weights were fitted to measured times for filters of 3 to 7 rows and 1 to 64 channels.
    """
    k = kernel[0]
    copying, sorting, most = (60, 0, k) if inner else (20, 38 * o / max(c * math.prod(kernel[1:]), 1), 2)
    cost = {t: (k + t - 1) * (copying / t + o) + sorting * (t > 1) for t in range(1, most + 1) if out[0] % t == 0}
    return min(cost, key=cost.__getitem__)


class Plan:
    """The sizes of one convolution and how it is cut into steps.

    ``tall`` says that windows may serve several rows of the output: not where the filters' zeros would meet inf or NaN.
    """

    def __init__(
        self, xp: Any, x_shape: Sizes, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int,
        out: Sizes | None = None, widest: int = 16, tall: bool = False,
    ) -> None:  # fmt: skip
        self.xp, self.stride, self.padding, self.dilation, self.groups = xp, stride, padding, dilation, groups
        self.n, self.c, *sizes = x_shape
        self.o = w_shape[0]
        self.kernel, self.sizes = tuple(w_shape[2:]), tuple(sizes)
        self.result = self.out = out or out_sizes(self.sizes, self.kernel, stride, padding, dilation)
        self.padded = tuple(n + 2 * p for n, p in zip(self.sizes, padding))
        self.pointwise = groups == 1 and self.padded == self.sizes == self.out and math.prod(self.kernel) == 1
        self.inner = self.c * math.prod(self.kernel) >= 4 * self.o and self.out[-1] <= widest
        self.inner = self.inner and self._most_images() >= 4
        many = self.n * math.prod(self.out) >= 2048 and len(self.kernel) > 1
        self.together = 1
        if tall and many and groups == stride[0] == dilation[0] == 1:
            self.together = t = rows_together(self.o, self.c, self.kernel, self.out, self.inner)
            self.kernel, self.out = (self.kernel[0] + t - 1, *self.kernel[1:]), (self.out[0] // t, *self.out[1:])
            self.stride = (t, *stride[1:])
        self.length = math.prod(self.out)
        self.rows = self.c * math.prod(self.kernel)  # of an image's columns
        self.step = self._most_images()

    def _most_images(self) -> int:
        """How many images are worked on at once."""
        limit = 1 << 26 if self.xp is not numpy else _LIMIT if self.inner else _LIMIT // 2
        return max(1, min(self.n, limit // max(self.c * math.prod(self.kernel) * math.prod(self.out), 1)))

    @cached_property
    def steps(self) -> list[slice]:
        """The parts of the batch that are worked on one after the other."""
        return [slice(start, min(start + self.step, self.n)) for start in range(0, self.n, self.step)]

    @cached_property
    def inside(self) -> tuple[slice, ...]:
        """Where the image lies within its padding."""
        return tuple(slice(p, p + n) for p, n in zip(self.padding, self.sizes))

    def images(self, x: Array) -> Array:
        """Images, padded, in the order of memory that this plan works in."""
        if self.inner:
            x = x.transpose(*range(1, x.ndim), 0)
        if self.padded == self.sizes:
            return self.xp.ascontiguousarray(x)
        lead = x.shape[: 1 if self.inner else 2]
        made = self.xp.zeros((*lead, *self.padded, *x.shape[len(lead) + len(self.sizes) :]), x.dtype)
        made[(*(slice(None),) * len(lead), *self.inside)] = x
        return made

    def windows(self, x: Array) -> Array:
        """A view of all windows: (images, c, kernel…, out…), or (c, kernel…, out…, images) with the batch innermost."""
        first = 1 if self.inner else 2
        return windows(self.xp, self.images(x), first, self.kernel, self.out, self.stride, self.dilation)

    def columns(self, x: Array, ones: bool = False) -> Iterator[tuple[slice, Array]]:
        """Parts of the batch with their columns: (images, [group,] rows, length), or (rows, length * images) with the batch innermost.

        With ``ones`` there is one more row of them, so that the product adds a bias as well.
        """
        if self.pointwise and not self.inner:
            images = x.reshape(self.n, self.c, self.length)
            yield from ((part, images[part]) for part in self.steps)
            return
        g = self.groups
        whole = None if self.inner else self.windows(x)  # runs of memory are longer in a block of the batch's own
        for part in self.steps:
            windows = self.windows(x[part]) if whole is None else whole[part]
            if g > 1:
                lead = windows.shape[: windows.ndim - 2 * len(self.out) - 1 - self.inner]
                windows = windows.reshape(*lead, g, self.c // g, *windows.shape[len(lead) + 1 :])
            columns = buffer(self.xp, self.matrices(self.rows + g * ones, part.stop - part.start), x.dtype)
            rows = columns[..., : self.rows // g, :]
            rows.reshape(windows.shape)[...] = windows
            if ones:
                columns[..., -1, :] = 1
            yield part, columns

    def matrices(self, rows: int, m: int) -> Sizes:
        """The shape of matrices of so many rows for ``m`` images: one for each image, or one with the batch innermost."""
        lead = (rows,) if self.groups == 1 else (self.groups, rows // self.groups)
        return (*lead, self.length * m) if self.inner else (m, *lead, self.length)

    def filters(self, w: Array, bias: Array | None = None) -> Array:
        """The filters as the rows of a matrix (of one for each group), with the bias as another column."""
        t, g, n = self.together, self.groups, self.rows // self.groups
        if t == 1 and bias is None:
            made = w
        else:
            made = self.xp.zeros((t, self.o, n if bias is None else n + 1), w.dtype)
            windows = made[..., :n].reshape(t, self.o, self.c // g, *self.kernel)
            for i in range(t):
                windows[i, :, :, i : i + w.shape[2]] = w
            if bias is not None:
                made[..., n] = bias
        lead = (t * self.o,) if g == 1 else (g, self.o // g)
        return made.reshape(*lead, made.size // (t * self.o))

    def filters_from(self, product: Array, w_shape: Sizes) -> Array:
        """The gradient of the filters from that of the matrix."""
        if self.together == 1:
            return product.reshape(w_shape)
        tall = product.reshape(self.together, self.o, self.c, *self.kernel)
        made = tall[0, :, :, : w_shape[2]].copy()
        for i in range(1, self.together):
            made += tall[i, :, :, i : i + w_shape[2]]
        return made

    def outputs(self, a: Array, part: slice) -> Array:
        """A view of some images of an output-shaped array in the order in which the product has them."""
        a = a[part]
        if self.together > 1:
            a = a.reshape(*a.shape[:2], self.out[0], self.together, *self.out[1:])
            order = (0, 3, 1, 2, *range(4, a.ndim))
        else:
            order = tuple(range(a.ndim))
        return a.transpose(*order[1:], 0) if self.inner else a.transpose(order)

    def gradients(self, g: Array, part: slice) -> Array:
        """The outputs' gradients of some images as the matrices that meet the columns."""
        rows = self.xp.ascontiguousarray(self.outputs(g, part))
        return rows.reshape(self.matrices(self.o * self.together, part.stop - part.start))


plan_of = lru_cache(maxsize=256)(Plan)  # a network calls for the same few again and again


def finite(a: Array) -> bool:
    """Whether all numbers of a CPU's array are (a GPU is not asked); some that are very large count as if they were not."""
    if type(a) is not numpy.ndarray:
        return True
    line = a.reshape(-1)
    return cmath.isfinite(numpy.dot(line, line))


def _plan(meeting: Array, tall: bool, xp: Any, *sizes: Any) -> Plan:
    """The plan for numbers that meet the filters: a filter that serves several rows has zeros, and 0 times infinity is NaN."""
    plan = plan_of(xp, *sizes, tall and xp is numpy and meeting.dtype.kind == "f")
    return plan if plan.together == 1 or finite(meeting) else plan_of(xp, *sizes, False)


# ------------------------------------------------------------------------------------ filters turned around
def turned_padding(
    x: Sizes, w: Array, g: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Sizes | None:
    """The padding with which ``g`` convolved with the filters turned around is the gradient for ``x``; None if it is not.

    It is not where the padding's zeros would meet inf or NaN.
    """
    turned = tuple(d * (k - 1) - p for k, p, d in zip(w.shape[2:], padding, dilation))
    usual = g[2:] == out_sizes(x[2:], w.shape[2:], stride, padding, dilation)
    fits = usual and groups == 1 and set(stride) == {1} and min(turned, default=0) >= 0
    return turned if fits and (not any(turned) or finite(w)) else None


def turned_around(xp: Any, w: Array) -> Array:
    """Filters (O, C, …) as (C, O, …), every one reversed in all its dimensions."""
    flipped = w[(slice(None), slice(None), *(slice(None, None, -1) for _ in w.shape[2:]))]
    return xp.ascontiguousarray(flipped.swapaxes(0, 1))


# ------------------------------------------------------------------------------------ the three kernels
def conv(
    xp: Any, x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The convolution of ``x`` (N, C, …) with filters ``w`` (O, C / groups, …), plus ``bias`` (O)."""
    plan = _plan(x, True, xp, x.shape, w.shape, stride, padding, dilation, groups, None, 16)
    out = xp.empty((plan.n, plan.o, *plan.result), x.dtype)
    as_row = bias is not None and xp is numpy and not plan.pointwise
    filters = plan.filters(w, bias if as_row else None)
    for part, columns in plan.columns(x, as_row):
        made = plan.outputs(out, part)
        if plan.inner or plan.together > 1:
            made[...] = (filters @ columns).reshape(made.shape)
        else:
            xp.matmul(filters, columns, out=made.reshape(plan.matrices(plan.o, len(made))))
        if bias is not None and not as_row:
            out[part] += bias.reshape(-1, *(1,) * len(plan.out))
    return out


def conv_input_grad(
    xp: Any, g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for x, given the output's: also the transposed convolution of ``g``."""
    if w.shape[0] <= x_shape[1]:
        # then it is cheaper to convolve g with the filters turned around than to add up windows
        padded = turned_padding(x_shape, w, g.shape, stride, padding, dilation, groups)
        if padded is not None:
            return conv(xp, g, turned_around(xp, w), None, stride, padded, dilation, 1)
    # columns are added up here, not copied: the batch innermost pays also where rows are longer; compiled, where they are short
    widest = 8 if len(w.shape) == 4 and compiled.kernels_for(g) else 32
    plan = _plan(g, w.shape[2] > 3, xp, x_shape, w.shape, stride, padding, dilation, groups, g.shape[2:], widest)
    gx = xp.empty(x_shape, g.dtype)
    if by_rows(plan) and finite(w):
        add_rows(plan, g, w, gx)
        return gx
    filters = plan.filters(w).swapaxes(-1, -2)
    for part in plan.steps:
        columns = buffer(xp, plan.matrices(plan.rows, part.stop - part.start), g.dtype)
        xp.matmul(filters, plan.gradients(g, part), out=columns)
        if plan.pointwise and not plan.inner:
            gx[part] = columns.reshape(-1, plan.c, *plan.sizes)
        else:
            add_up(plan, columns, gx, part)
    return gx


def conv_weight_grad(
    xp: Any, g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for w, given the output's."""
    plan = plan_of(xp, x.shape, w_shape, stride, padding, dilation, groups, g.shape[2:], 16, xp is numpy)
    total = None
    for part, columns in plan.columns(x):
        product = xp.matmul(plan.gradients(g, part), columns.swapaxes(-1, -2))
        if not plan.inner:
            product = product.sum(axis=0) if product.shape[0] > 1 else product[0]
        if total is None:
            total = product
        else:
            total += product
    return xp.zeros(w_shape, g.dtype) if total is None else plan.filters_from(total, w_shape)


def im2col(xp: Any, x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """All windows of (N, C, …) as the columns of (N, C * kernel, windows)."""
    plan = Plan(xp, x.shape, (1, x.shape[1], *kernel), stride, padding, dilation, 1)
    plan.inner = plan.pointwise = False
    if not plan.n:
        return xp.empty((0, plan.rows, plan.length), x.dtype)
    return plan.windows(x).copy().reshape(plan.n, plan.rows, plan.length)


def col2im(
    xp: Any, columns: Array, sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """The reverse: add the columns of (N, C * kernel, windows) into images of ``sizes`` where they overlap."""
    n, c = columns.shape[0], columns.shape[1] // math.prod(kernel)
    plan = Plan(xp, (n, c, *sizes), (1, c, *kernel), stride, padding, dilation, 1)
    plan.inner = False
    gx = xp.empty((n, c, *sizes), columns.dtype)
    if n:
        add_up(plan, columns, gx, slice(0, n))
    return gx
