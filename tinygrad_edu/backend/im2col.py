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

import math
import threading
from functools import cached_property, lru_cache
from typing import Any

import numpy

from . import compiled

Array = Any
Sizes = tuple[int, ...]
_LIMIT = 1 << 19  # numbers in the columns of one step: 2 MB of float32
_scratch = threading.local()


def out_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """How many windows fit along each dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation)
    )


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


@lru_cache(maxsize=256)  # a network calls for the same few again and again
def _layout(
    shape: Sizes, strides: Sizes, first: int, kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes
) -> tuple[Sizes, Sizes]:
    """Shape and strides of the view `_windows`."""
    last = first + len(kernel)
    apart = (s * d for s, d in zip(strides[first:last], dilation))
    steps = (s * t for s, t in zip(strides[first:last], stride))
    return (*shape[:first], *kernel, *out, *shape[last:]), (*strides[:first], *apart, *steps, *strides[last:])


def _windows(xp: Any, x: Array, first: int, kernel: Sizes, out: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """A view of all windows: the spatial dimensions, from ``first`` on, become (kernel…, out…)."""
    shape, strides = _layout(x.shape, x.strides, first, kernel, out, stride, dilation)
    if type(x) is numpy.ndarray and x.flags.c_contiguous:  # the same, without the detour through Python
        return numpy.ndarray(shape, x.dtype, x, 0, strides)
    return xp.lib.stride_tricks.as_strided(x, shape, strides)


class Plan:
    """The sizes of one convolution and how it is cut into steps."""

    def __init__(
        self, xp: Any, x_shape: Sizes, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int,
        out: Sizes | None = None, widest: int = 16,
    ) -> None:  # fmt: skip
        self.xp, self.stride, self.padding, self.dilation, self.groups = xp, stride, padding, dilation, groups
        self.n, self.c, *sizes = x_shape
        self.o = w_shape[0]
        self.kernel, self.sizes = tuple(w_shape[2:]), tuple(sizes)
        self.out = out or out_sizes(self.sizes, self.kernel, stride, padding, dilation)
        self.padded = tuple(n + 2 * p for n, p in zip(self.sizes, padding))
        self.length = math.prod(self.out)
        self.rows = self.c * math.prod(self.kernel)  # of an image's columns
        limit = _LIMIT if xp is numpy else 1 << 26
        self.step = max(1, min(self.n, limit // max(self.rows * self.length, 1)))
        self.inner = self.step >= 4 and self.rows // groups >= 4 * self.o // groups and self.out[-1] <= widest
        self.pointwise = groups == 1 and self.padded == self.sizes == self.out and math.prod(self.kernel) == 1

    @cached_property
    def steps(self) -> list[slice]:
        """The parts of the batch that are worked on one after the other."""
        return [slice(start, min(start + self.step, self.n)) for start in range(0, self.n, self.step)]

    @cached_property
    def inside(self) -> tuple[slice, ...]:
        """Where the image lies within its padding."""
        return tuple(slice(p, p + n) for p, n in zip(self.padding, self.sizes))

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
        view = _windows(
            self.xp, self.images(x, part), 1 if self.inner else 2, self.kernel, self.out, self.stride, self.dilation
        )
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
        """The reverse of `columns` (col2im): add every column into the window that it came from.

        One dimension after the other: (k₀, k₁, …, o₀, o₁, …) becomes (k₁, …, p₀, o₁, …), then (…, p₀, p₁, …) – k₀ + k₁ additions
        instead of k₀ · k₁.
        """
        m, rank = part.stop - part.start, len(self.kernel)
        fast = None if self.inner or rank != 2 else compiled.kernels_for(columns, gx)
        if fast:
            windows = columns.reshape(m * self.c, *self.kernel, *self.out)
            images = gx[part].reshape(m * self.c, *self.sizes)
            how = (self.stride, self.padding, self.dilation)
            compiled.split(fast.add_up, len(images), columns.size, windows, images, *how)
            return
        before: tuple[slice, ...] = (slice(None),) if self.inner else (slice(None), slice(None))
        axis = (slice(None),) * (len(before) + rank - 1)  # what lies before the dimension that is being put together
        shape = (self.c, *self.kernel, *self.out, m) if self.inner else (m, self.c, *self.kernel, *self.out)
        columns = columns.reshape(shape)
        for k, s, d, o, p in zip(self.kernel, self.stride, self.dilation, self.out, self.padded):
            rest = columns.shape[len(before) + 1 :]
            lead = len(axis) - len(before)
            new = self.xp.empty if s == 1 else self.xp.zeros  # without gaps the first column and the rest fill it
            made = new((*columns.shape[: len(before)], *rest[:lead], p, *rest[lead + 1 :]), columns.dtype)
            made[(*axis, slice(0, s * (o - 1) + 1, s))] = columns[(*before, 0)]
            if s == 1:
                made[(*axis, slice(o, None))] = 0
            for i in range(1, k):
                made[(*axis, slice(i * d, i * d + s * (o - 1) + 1, s))] += columns[(*before, i)]
            columns = made
        columns = columns[(*before, *self.inside)]
        gx[part] = columns.transpose(columns.ndim - 1, *range(columns.ndim - 1)) if self.inner else columns


plan_of = lru_cache(maxsize=256)(Plan)  # a network calls for the same few again and again


# ------------------------------------------------------------------------------------ few filters
# A matrix product with few rows keeps no processor busy. With windows one row taller and two rows apart every window holds two
# windows of the original, and every filter becomes two, one shifted down a row: twice the rows, and columns half as many.
def _pairs_pay(o: int, kernel: Sizes, stride: Sizes, dilation: Sizes, groups: int, out: Sizes) -> bool:
    few = o <= 8 and groups == 1 and len(kernel) > 1
    return few and kernel[0] > 2 and stride[0] == dilation[0] == 1 and out[0] % 2 == 0 and out[0] > 2


def _paired_filters(xp: Any, w: Array) -> Array:
    o, c, k, *rest = w.shape
    pairs = xp.zeros((o, 2, c, k + 1, *rest), w.dtype)
    pairs[:, 0, :, :k], pairs[:, 1, :, 1:] = w, w
    return pairs.reshape(2 * o, c, k + 1, *rest)


def _split_rows(g: Array) -> Array:
    """(N, O, H, …) as (N, 2 O, H / 2, …): even and odd rows as channels."""
    n, o, h, *rest = g.shape
    return g.reshape(n, o, h // 2, 2, *rest).swapaxes(2, 3).reshape(n, 2 * o, h // 2, *rest)


def _join_rows(out: Array, bias: Array | None) -> Array:
    n, o, h, *rest = out.shape
    rows = out.reshape(n, o // 2, 2, h, *rest).swapaxes(2, 3).reshape(n, o // 2, 2 * h, *rest)
    if bias is not None:
        rows += bias.reshape(-1, *(1,) * (rows.ndim - 2))
    return rows


# ------------------------------------------------------------------------------------ filters turned around
def turned_padding(
    x: Sizes, w: Sizes, g: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Sizes | None:
    """The padding with which ``g`` convolved with the filters turned around is the gradient for ``x``; None if it is not."""
    turned = tuple(d * (k - 1) - p for k, p, d in zip(w[2:], padding, dilation))
    usual = g[2:] == out_sizes(x[2:], w[2:], stride, padding, dilation)
    return turned if usual and groups == 1 and set(stride) == {1} and min(turned, default=0) >= 0 else None


def turned_around(xp: Any, w: Array) -> Array:
    """Filters (O, C, …) as (C, O, …), every one reversed in all its dimensions."""
    flipped = w[(slice(None), slice(None), *(slice(None, None, -1) for _ in w.shape[2:]))]
    return xp.ascontiguousarray(flipped.swapaxes(0, 1))


# ------------------------------------------------------------------------------------ the three kernels
def conv(
    xp: Any, x: Array, w: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The convolution of ``x`` (N, C, …) with filters ``w`` (O, C / groups, …), plus ``bias`` (O)."""
    plan = plan_of(xp, x.shape, w.shape, stride, padding, dilation, groups)
    if xp is numpy and _pairs_pay(plan.o, plan.kernel, stride, dilation, groups, plan.out):
        pairs = conv(xp, x, _paired_filters(xp, w), None, (2, *stride[1:]), padding, dilation, 1)
        return _join_rows(pairs, bias)
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
        product = (filters @ columns).reshape(plan.o, *plan.out, part.stop - part.start)
        product = product.transpose(product.ndim - 1, *range(product.ndim - 1))
        if bias is None:
            out[part] = product
        else:
            xp.add(product, bias.reshape(-1, *(1,) * len(plan.out)), out=out[part])
    return out


def conv_input_grad(
    xp: Any, g: Array, w: Array, x_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for x, given the output's: also the transposed convolution of ``g``."""
    # columns are added up here, not copied: the batch innermost pays also where rows are longer; compiled, where they are short
    widest = 8 if len(w.shape) == 4 and compiled.kernels_for(g) else 32
    plan = plan_of(xp, x_shape, w.shape, stride, padding, dilation, groups, g.shape[2:], widest)
    if plan.o <= plan.c:  # then it is cheaper to convolve g with the filters turned around than to add up windows
        padded = turned_padding(x_shape, w.shape, g.shape, stride, padding, dilation, groups)
        if padded is not None:
            return conv(xp, g, turned_around(xp, w), None, stride, padded, dilation, 1)
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
    return gx


def conv_weight_grad(
    xp: Any, g: Array, x: Array, w_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `conv` for w, given the output's."""
    plan = plan_of(xp, x.shape, w_shape, stride, padding, dilation, groups, g.shape[2:])
    if xp is numpy and _pairs_pay(plan.o, plan.kernel, stride, dilation, groups, plan.out):
        o, c, k, *rest = w_shape
        twice = (2 * o, c, k + 1, *rest)
        pairs = conv_weight_grad(xp, _split_rows(g), x, twice, (2, *stride[1:]), padding, dilation, 1)
        pairs = pairs.reshape(o, 2, c, k + 1, *rest)
        return pairs[:, 0, :, :k] + pairs[:, 1, :, 1:]
    total = None
    for part in plan.steps:
        product = xp.matmul(plan.outputs(g, part), plan.columns(x, part).swapaxes(-1, -2))
        if not plan.inner:
            product = product.sum(axis=0) if product.shape[0] > 1 else product[0]
        if total is None:
            total = product
        else:
            total += product
    return xp.zeros(w_shape, g.dtype) if total is None else total.reshape(w_shape)


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
