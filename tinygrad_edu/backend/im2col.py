"""Convolution of any number of dimensions as a product of matrices.

A window of the input, laid out as a column, times the filters laid out as rows gives one output position; all windows side by
side ("im2col") make the whole convolution one matrix product, which is what a CPU does best. The columns repeat every number
of the input once for each position in the filter, so they are made for a few images at a time, in a buffer that stays in the
processor's cache and is used again and again.

Two orders of memory are used for the columns. In the plain one an image's columns lie together. In the other the batch is the
innermost dimension: then rows of windows are long runs of memory even for small images, and copying them is two to four times
faster; the price is to transpose input and output, so it pays when the columns are much bigger than these.

`naive.py` says the same in loops; tests hold the two equal.
"""

from __future__ import annotations

import itertools
import math
import threading
from functools import cached_property, lru_cache
from typing import Any

import numpy

Array = Any
Sizes = tuple[int, ...]
_LIMIT = 1 << 19  # numbers in the columns of one step: 2 MB of float32
_scratch = threading.local()


def out_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """How many windows fit along each dimension."""
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation))


def _buffer(xp: Any, shape: Sizes, dtype: Any) -> Array:
    """An array to work in: on the CPU always the same memory, so that no new pages have to be fetched."""
    if xp is not numpy:
        return xp.empty(shape, dtype)
    n = math.prod(shape) * dtype.itemsize
    held = getattr(_scratch, "bytes", None)
    if held is None or held.size < n:
        held = numpy.empty(n, numpy.uint8)
        if n <= 16 * _LIMIT:
            _scratch.bytes = held
    return held[:n].view(dtype).reshape(shape)


def _windows(xp: Any, x: Array, first: int, kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """A view of all windows: the spatial dimensions, from ``first`` on, become (kernel…, out…)."""
    n = len(kernel)
    steps = x.strides[first : first + n]
    shape = (*x.shape[:first], *kernel, *out, *x.shape[first + n :])
    strides = (
        *x.strides[:first],
        *(s * d for s, d in zip(steps, dilation)),
        *(s * t for s, t in zip(steps, stride)),
        *x.strides[first + n :],
    )
    return xp.lib.stride_tricks.as_strided(x, shape, strides)


class Plan:
    """The sizes of one convolution and how it is cut into steps."""

    def __init__(
        self, xp: Any, x_shape: Sizes, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
    ) -> None:
        self.xp, self.stride, self.padding, self.dilation, self.groups = xp, stride, padding, dilation, groups
        self.n, self.c, *sizes = x_shape
        self.o = w_shape[0]
        self.kernel, self.sizes = tuple(w_shape[2:]), tuple(sizes)
        self.out = out_sizes(self.sizes, self.kernel, stride, padding, dilation)
        self.padded = tuple(n + 2 * p for n, p in zip(self.sizes, padding))
        self.length = math.prod(self.out)
        self.rows = self.c * math.prod(self.kernel)  # of an image's columns
        limit = _LIMIT if xp is numpy else 1 << 26
        self.step = max(1, min(self.n, limit // max(self.rows * self.length, 1)))
        self.inner = self.step >= 4 and self.rows // groups >= 4 * self.o // groups and self.out[-1] <= 32
        self.pointwise = groups == 1 and self.padded == self.sizes == self.out and math.prod(self.kernel) == 1

    @cached_property
    def steps(self) -> list[slice]:
        """The parts of the batch that are worked on one after the other."""
        return [slice(start, min(start + self.step, self.n)) for start in range(0, self.n, self.step)]

    @cached_property
    def inside(self) -> tuple[slice, ...]:
        """Where the image lies within its padding."""
        return tuple(slice(p, p + n) for p, n in zip(self.padding, self.sizes))

    @cached_property
    def windows(self) -> list[tuple[Sizes, tuple[slice, ...]]]:
        """For each position in the filter: the entries of the padded image that all windows have there."""
        return [
            (at, tuple(slice(i * d, i * d + s * (n - 1) + 1, s)
                       for i, d, s, n in zip(at, self.dilation, self.stride, self.out)))
            for at in itertools.product(*map(range, self.kernel))
        ]  # fmt: skip

    def images(self, x: Array, part: slice) -> Array:
        """Some images, padded, in the order of memory that this plan works in."""
        x = x[part]
        if self.inner:
            x = x.transpose(*range(1, x.ndim), 0)
        if self.padded == self.sizes:
            return self.xp.ascontiguousarray(x)
        if self.inner:
            shape, where = (self.c, *self.padded, x.shape[-1]), (slice(None), *self.inside)
        else:
            shape, where = (x.shape[0], self.c, *self.padded), (slice(None), slice(None), *self.inside)
        made = self.xp.zeros(shape, x.dtype)
        made[where] = x
        return made

    def columns(self, x: Array, part: slice) -> Array:
        """The columns of some images: (images, [group,] rows, length), or (rows, length * images) with the batch innermost."""
        m = part.stop - part.start
        if self.pointwise and not self.inner:
            return x[part].reshape(m, self.c, self.length)
        view = _windows(self.xp, self.images(x, part), 1 if self.inner else 2, self.kernel, self.out, self.stride, self.dilation)
        columns = _buffer(self.xp, view.shape, x.dtype)
        columns[...] = view
        return columns.reshape(self.columns_shape(m))

    def columns_shape(self, m: int) -> Sizes:
        g = self.groups
        if self.inner:
            return (self.rows, self.length * m) if g == 1 else (g, self.rows // g, self.length * m)
        return (m, self.rows, self.length) if g == 1 else (m, g, self.rows // g, self.length)

    def filters(self, w: Array) -> Array:
        g = self.groups
        return w.reshape(self.o, self.rows) if g == 1 else w.reshape(g, self.o // g, self.rows // g)

    def outputs(self, g: Array, part: slice) -> Array:
        """Some images of an output-shaped array as the matrices that meet the columns."""
        m, k = part.stop - part.start, self.groups
        if self.inner:
            g = self.xp.ascontiguousarray(g[part].transpose(*range(1, g.ndim), 0))
            return g.reshape(*((self.o,) if k == 1 else (k, self.o // k)), self.length * m)
        return g[part].reshape(m, *((self.o,) if k == 1 else (k, self.o // k)), self.length)

    def add_up(self, columns: Array, gx: Array, part: slice) -> None:
        """The reverse of `columns` (col2im): add every column into the window that it came from."""
        m = part.stop - part.start
        lead: tuple[slice, ...] = (slice(None),)
        if self.inner:
            columns = columns.reshape(self.c, *self.kernel, *self.out, m)
            made = self.xp.zeros((self.c, *self.padded, m), columns.dtype)
        else:
            columns = columns.reshape(m, self.c, *self.kernel, *self.out)
            made, lead = self.xp.zeros((m, self.c, *self.padded), columns.dtype), (slice(None), slice(None))
        for at, window in self.windows:
            made[(*lead, *window)] += columns[(*lead, *at)]
        made = made[(*lead, *self.inside)]
        gx[part] = made.transpose(made.ndim - 1, *range(made.ndim - 1)) if self.inner else made


plan_of = lru_cache(maxsize=256)(Plan)  # a network calls for the same few again and again


def _wide(*arrays: Array) -> tuple[Array, ...]:
    """Half precision has no fast matrix product: compute in float32."""
    return tuple(a.astype("float32") if a.dtype.itemsize == 2 and a.dtype.kind in "fV" else a for a in arrays)


def conv(
    xp: Any, x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The convolution of ``x`` (N, C, …) with filters ``w`` (O, C / groups, …), plus ``bias`` (O)."""
    dtype = x.dtype
    x, w = _wide(x, w)
    plan = plan_of(xp, x.shape, w.shape, stride, padding, dilation, groups)
    out = xp.empty((plan.n, plan.o, *plan.out), x.dtype)
    filters = plan.filters(w)
    flat = out.reshape(plan.n, *filters.shape[:-1], plan.length)
    column = None if bias is None else bias.reshape(*filters.shape[:-1], 1)
    for part in plan.steps:
        columns = plan.columns(x, part)
        if not plan.inner:
            xp.matmul(filters, columns, out=flat[part])
            if column is not None:
                flat[part] += column
            continue
        product = filters @ columns
        if column is not None:
            product += column
        product = product.reshape(plan.o, *plan.out, part.stop - part.start)
        out[part] = product.transpose(product.ndim - 1, *range(product.ndim - 1))
    return out.astype(dtype, copy=False)


def conv_input_grad(
    xp: Any, g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for x, given the output's: also the transposed convolution of ``g``."""
    dtype = g.dtype
    g, w = _wide(g, w)
    plan = plan_of(xp, x_shape, w.shape, stride, padding, dilation, groups)
    turned = tuple(d * (k - 1) - p for k, p, d in zip(plan.kernel, padding, dilation))
    if groups == 1 and plan.o <= plan.c and set(stride) == {1} and min(turned, default=0) >= 0:
        # with as few outputs as inputs it is cheaper to convolve g with the filters turned around than to add up windows
        flipped = w[(slice(None), slice(None), *(slice(None, None, -1) for _ in plan.kernel))]
        flipped = xp.ascontiguousarray(flipped.swapaxes(0, 1))
        return conv(xp, g, flipped, None, stride, turned, dilation, 1).astype(dtype, copy=False)
    gx = xp.empty(x_shape, g.dtype)
    filters = plan.filters(w).swapaxes(-1, -2)
    for part in plan.steps:
        outputs = plan.outputs(g, part)
        columns = _buffer(xp, plan.columns_shape(part.stop - part.start), g.dtype)
        xp.matmul(filters, outputs, out=columns)
        if plan.pointwise and not plan.inner:
            gx[part] = columns.reshape(-1, plan.c, *plan.sizes)
        else:
            plan.add_up(columns, gx, part)
    return gx.astype(dtype, copy=False)


def conv_weight_grad(
    xp: Any, g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for w, given the output's."""
    dtype = g.dtype
    g, x = _wide(g, x)
    plan = plan_of(xp, x.shape, w_shape, stride, padding, dilation, groups)
    total = None
    for part in plan.steps:
        product = xp.matmul(plan.outputs(g, part), plan.columns(x, part).swapaxes(-1, -2))
        if not plan.inner:
            product = product.sum(axis=0) if product.shape[0] > 1 else product[0]
        if total is None:
            total = product
        else:
            total += product
    if total is None:
        return xp.zeros(w_shape, dtype)
    return total.reshape(w_shape).astype(dtype, copy=False)


def im2col(xp: Any, x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """All windows of (N, C, …) as the columns of (N, C * kernel, windows)."""
    plan = Plan(xp, x.shape, (1, x.shape[1], *kernel), stride, padding, dilation, 1)
    plan.inner = plan.pointwise = False
    if not plan.n:
        return xp.empty((0, plan.rows, plan.length), x.dtype)
    images = plan.images(x, slice(0, plan.n))
    return _windows(xp, images, 2, kernel, plan.out, stride, dilation).reshape(plan.n, plan.rows, plan.length)


def col2im(
    xp: Any, columns: Array, sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """The reverse: add the columns of (N, C * kernel, windows) into images of ``sizes`` where they overlap."""
    n, c = columns.shape[0], columns.shape[1] // math.prod(kernel)
    plan = Plan(xp, (n, c, *sizes), (1, c, *kernel), stride, padding, dilation, 1)
    plan.inner = False
    gx = xp.empty((n, c, *sizes), columns.dtype)
    if n:
        plan.add_up(columns, gx, slice(0, n))
    return gx
