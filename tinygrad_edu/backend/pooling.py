"""Pooling of any number of dimensions on raw arrays.

The largest (or the sum) of a window is found one dimension after the other: first along the rows, then along the columns of
what that left. So a window of k × k costs 2k passes, not k · k, and the first of them run along contiguous memory.

`naive.py` says the same in loops; tests hold the two equal.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import Any

import numpy

from . import compiled
from .bits import kept, whole

Array = Any
Sizes = tuple[int, ...]


def out_size(n: int, k: int, s: int, p: int, d: int, ceil: bool) -> int:
    """How many windows fit along a dimension; ``ceil``: also one that begins inside and ends outside."""
    reach = n + 2 * p - d * (k - 1) - 1
    out = (-(-reach // s) if ceil else reach // s) + 1
    return out - 1 if ceil and (out - 1) * s >= n + p else out


def _step(i: int, d: int, s: int, n: int) -> slice:
    """The i-th entry of every window along a dimension."""
    return slice(i * d, i * d + s * (n - 1) + 1, s)


def _framed(xp: Any, x: Array, padding: Sizes, need: Sizes, value: Any) -> Array:
    """``x`` with ``padding`` entries of ``value`` before each spatial dimension, ``need`` entries in all."""
    sizes = x.shape[-len(need) :]
    if not any(padding) and (sizes == need or all(n >= m for n, m in zip(sizes, need))):
        return x
    made = xp.full((*x.shape[: -len(need)], *(max(m, n + p) for m, n, p in zip(need, sizes, padding))), value, x.dtype)
    made[(..., *(slice(p, p + n) for p, n in zip(padding, sizes)))] = x
    return made


@lru_cache(maxsize=256)
def _reach(out: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Sizes:
    """How many entries the windows cover along each dimension."""
    return tuple((o - 1) * s + d * (k - 1) + 1 for o, k, s, d in zip(out, kernel, stride, dilation))


def lowest(dtype: Any) -> Any:
    """What every number is larger than."""
    return -math.inf if dtype.kind in "fV" else int(numpy.iinfo(dtype).min)


@lru_cache(maxsize=256)  # a network calls for the same few again and again
def _stages(ndim: int, out: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> list[list[tuple[slice, ...]]]:
    """For each spatial dimension the index of the first entry of all windows along it, of the second, …"""
    dims = zip(range(ndim - len(out), ndim), out, kernel, stride, dilation)
    return [[(*(slice(None),) * dim, _step(i, d, s, o)) for i in range(k)] for dim, o, k, s, d in dims]


def _fold(xp: Any, x: Array, ufunc: Any, out: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """Combine the entries of every window with ``ufunc``, one dimension after the other."""
    fresh = False
    for first, *others in _stages(x.ndim, out, kernel, stride, dilation):
        if not others:
            x, fresh = x[first], False
            continue
        made = ufunc(x[others[0]], x[first])  # in this order NumPy's maximum of 0. and -0. is the first of them
        for entry in others[1:]:
            ufunc(x[entry], made, out=made)
        x, fresh = made, True
    return x if fresh else x.copy()


def max_pool(xp: Any, x: Array, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """The largest number of each window of (…, sizes)."""
    fast = compiled.kernels_for(x) if len(kernel) == 2 else None
    if fast:
        made = xp.empty((*x.shape[:-2], *out), x.dtype)
        planes = x.reshape(-1, *x.shape[-2:])
        values = made.reshape(-1, *out)
        compiled.split(fast.max_pool, len(planes), x.size, planes, values, kernel, stride, padding, dilation)
        return made
    framed = _framed(
        xp, x, padding, _reach(out, kernel, stride, dilation), lowest(x.dtype) if x.dtype.kind != "b" else 0
    )
    return _fold(xp, framed, xp.maximum, out, kernel, stride, dilation)


@lru_cache(maxsize=256)  # a network calls for the same few again and again
def _entries(kernel: Sizes, stride: Sizes, dilation: Sizes, out: Sizes) -> list[tuple[int, tuple[Any, ...]]]:
    """For each position in a window its number and the index of that entry of all windows."""
    return [
        (i, (..., *(_step(a, d, s, o) for a, d, s, o in zip(at, dilation, stride, out))))
        for i, at in enumerate(itertools.product(*map(range, kernel)))
    ]


def _there_may_be(xp: Any, mask: Array) -> bool:
    """Whether any is True; where asking would keep a GPU waiting: perhaps."""
    return xp is not numpy or bool(mask.any())


def max_pool_which(
    xp: Any, x: Array, values: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Which entry of each window is its maximum: the first of several (the last NaN)."""
    out = values.shape[-len(kernel) :]
    framed = _framed(
        xp, x, padding, _reach(out, kernel, stride, dilation), lowest(x.dtype) if x.dtype.kind != "b" else 0
    )
    entries = _entries(kernel, stride, dilation, out)
    # the number of entries that miss, from the first one on, is the number of the first that hits
    which = xp.zeros(values.shape, xp.uint8 if len(entries) <= 256 else xp.int32)
    missed = xp.ones(values.shape, bool)
    for _, where in entries[:-1]:
        missed &= framed[where] != values
        which += missed
    if x.dtype.kind not in "fV":  # whole numbers
        return which
    if _there_may_be(xp, xp.isnan(values)):
        for i, where in entries:
            xp.copyto(which, which.dtype.type(i), where=xp.isnan(framed[where]))
    if any(padding) and _there_may_be(xp, values == -math.inf):  # -inf itself: not the frame
        inside = _framed(xp, xp.ones_like(x, dtype=bool), padding, _reach(out, kernel, stride, dilation), False)
        for i, where in reversed(entries):
            xp.copyto(which, which.dtype.type(i), where=(framed[where] == values) & inside[where])
    return which


def max_pool_grad(
    xp: Any, g: Array, which: Array, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Hand each window's gradient to the entry that was its maximum."""
    out, sizes = g.shape[-len(kernel) :], shape[-len(kernel) :]
    need = tuple(max(r, n + p) for r, n, p in zip(_reach(out, kernel, stride, dilation), sizes, padding))
    apart = all(s >= d * (k - 1) + 1 for s, k, d in zip(stride, kernel, dilation))
    full = apart and all(s == k and o * k == n for s, k, o, n in zip(stride, kernel, out, need))
    gx = (xp.empty if full else xp.zeros)((*shape[: -len(kernel)], *need), g.dtype)
    for i, where in _entries(kernel, stride, dilation, out):
        if apart:
            gx[where] = kept(g, which == i)
        else:
            gx[where] += kept(g, which == i)
    if need == tuple(sizes):
        return gx
    return gx[(..., *(slice(p, p + n) for p, n in zip(padding, sizes)))].copy()


def max_pool_slope(
    xp: Any, g: Array, x: Array, values: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """`max_pool_which` and `max_pool_grad` in one go."""
    fast = compiled.kernels_for(x, values) if len(kernel) == 2 and g.dtype == x.dtype else None
    if fast:
        g = numpy.ascontiguousarray(g)  # of a sum it is one number, repeated
        gx = numpy.empty_like(x)
        planes = [a.reshape(-1, *a.shape[-2:]) for a in (g, x, values, gx)]
        compiled.split(fast.max_pool_slope, len(planes[0]), x.size, *planes, kernel, stride, padding, dilation)
        return gx
    out, sizes = values.shape[-len(kernel) :], x.shape[-len(kernel) :]
    tiles = (
        kernel == stride
        and set(dilation) == {1}
        and not any(padding)
        and sizes == _reach(out, kernel, stride, dilation)
    )
    if tiles and x.dtype.kind == "f" and not _there_may_be(xp, xp.isnan(values)):
        return _tile_slope(xp, g, x, values, _entries(kernel, stride, dilation, out))
    which = max_pool_which(xp, x, values, kernel, stride, padding, dilation)
    return max_pool_grad(xp, g, which, tuple(x.shape), kernel, stride, padding, dilation)


def _tile_slope(xp: Any, g: Array, x: Array, values: Array, entries: list[tuple[int, tuple[Any, ...]]]) -> Array:
    """The same for windows that cover ``x`` like tiles: every entry takes what those before it have left."""
    gx = xp.empty(x.shape, g.dtype)
    bits, made = whole(g), whole(gx)
    left = xp.ones(values.shape, bool)
    for _, where in entries[:-1]:
        hit = x[where] == values
        hit &= left
        left ^= hit
        xp.multiply(bits, hit, out=made[where])
    xp.multiply(bits, left, out=made[entries[-1][1]])
    return gx


def max_pool_pick(
    xp: Any, x: Array, which: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """From each window of ``x`` the entry that ``which`` names: the transpose of `max_pool_grad`."""
    out = which.shape[-len(kernel) :]
    framed = _framed(xp, x, padding, _reach(out, kernel, stride, dilation), 0)
    picked = xp.zeros(which.shape, x.dtype)
    for i, where in _entries(kernel, stride, dilation, out):
        xp.copyto(picked, framed[where], where=which == i)
    return picked


def flat_indices(
    xp: Any, which: Array, sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Where in its (flattened) plane the entry that ``which`` names stands."""
    rest = which.astype("int64")
    total = xp.zeros(which.shape, "int64")
    scale = 1
    for dim in reversed(range(len(kernel))):
        inside = rest % kernel[dim]
        rest //= kernel[dim]
        start = xp.arange(which.shape[dim - len(kernel)]) * stride[dim] - padding[dim]
        where = start.reshape(-1, *(1,) * (len(kernel) - 1 - dim)) + inside * dilation[dim]
        total += where * scale
        scale *= sizes[dim]
    return total


def _counts(
    xp: Any, dtype: Any, sizes: Sizes, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, include: bool
) -> Any:
    """How many entries each window averages: a number, or an array where windows differ."""
    counts: Any = 1
    for dim, (n, o, k, s, p) in enumerate(zip(sizes, out, kernel, stride, padding)):
        ends = [(i * s - p, min(i * s - p + k, n + p)) for i in range(o)]
        each = [b - a if include else min(b, n) - max(a, 0) for a, b in ends]
        if len(set(each)) <= 1:
            counts = counts * (each[0] if each else 1)
        else:
            counts = counts * xp.asarray(each, dtype=dtype).reshape(-1, *(1,) * (len(sizes) - 1 - dim))
    return counts


def avg_pool(
    xp: Any, x: Array, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, include: bool, divisor: int | None
) -> Array:
    """The mean of each window of (…, sizes)."""
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":  # added up in float32, rounded once
        return avg_pool(xp, x.astype("float32"), out, kernel, stride, padding, include, divisor).astype(x.dtype)
    once = (1,) * len(kernel)
    framed = _framed(xp, x, padding, _reach(out, kernel, stride, once), 0)
    total = _fold(xp, framed, xp.add, out, kernel, stride, once)
    count = divisor or _counts(xp, x.dtype, x.shape[-len(out) :], out, kernel, stride, padding, include)
    if x.dtype.kind in "iu":
        return xp.trunc(total / count).astype(x.dtype)
    total /= count
    return total


def avg_pool_grad(
    xp: Any, g: Array, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, include: bool, divisor: int | None
) -> Array:
    """Spread each window's gradient evenly over its entries."""
    rank = len(kernel)
    sizes, out = shape[-rank:], g.shape[-rank:]
    g = g / (divisor or _counts(xp, g.dtype, sizes, out, kernel, stride, padding, include))
    for dim in reversed(range(g.ndim - rank, g.ndim)):
        i = dim - g.ndim
        k, s, p, n, o = kernel[i], stride[i], padding[i], shape[i], g.shape[i]
        need = max((o - 1) * s + k, n + p)
        lead = (slice(None),) * dim
        made = xp.zeros((*g.shape[:dim], need, *g.shape[dim + 1 :]), g.dtype)
        for i in range(k):
            if s >= k:
                made[(*lead, _step(i, 1, s, o))] = g
            else:
                made[(*lead, _step(i, 1, s, o))] += g
        g = made if need == n else made[(*lead, slice(p, p + n))]
    return xp.ascontiguousarray(g)


# ------------------------------------------------------------------------------------ adaptive: the window follows from the sizes
def bounds(n: int, out: int) -> list[tuple[int, int]]:
    """The windows that cut n entries into ``out`` parts as evenly as possible (they may overlap by one)."""
    return [(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]


def mean_matrix(xp: Any, n: int, out: int, dtype: Any) -> Array:
    """The (out, n) matrix that averages each part."""
    rows = [[1 / (b - a) if a <= j < b else 0.0 for j in range(n)] for a, b in bounds(n, out)]
    return xp.asarray(rows, dtype=dtype).reshape(out, n)


Taps = list[tuple[int, int, float]]


def along(xp: Any, x: Array, matrix: Array, dim: int, taps: Taps | None = None) -> Array:
    """``matrix`` times every line of ``x`` along ``dim``.

    ``taps``: the (row, column, weight) that it was made of, where some of the weights are 0 and count nevertheless.
    """
    if xp is numpy and x.dtype.kind == "f" and not numpy.isfinite(x).all():
        return _tap_by_tap(x, len(matrix), taps or [(i, j, matrix[i, j]) for i, j in numpy.argwhere(matrix)], dim)
    if dim == x.ndim - 1:
        return x @ matrix.T
    return xp.moveaxis(xp.moveaxis(x, dim, -1) @ matrix.T, -1, dim)


def _tap_by_tap(x: Array, n: int, taps: Taps, dim: int) -> Array:
    """The same without the other entries' zeros, which would make NaN of infinity, and of NaN everywhere."""
    lines = numpy.moveaxis(x, dim, -1)
    made = numpy.zeros((*lines.shape[:-1], n), x.dtype)
    for i, j, weight in taps:
        made[..., i] += x.dtype.type(weight) * lines[..., j]
    return numpy.moveaxis(made, -1, dim)


def adaptive_max(xp: Any, x: Array, out: Sizes) -> tuple[Array, Array]:
    """The largest number of each part, and where in its (flattened) plane it stands."""
    lead, sizes = x.shape[: -len(out)], x.shape[-len(out) :]
    values = xp.empty((*lead, *out), x.dtype)
    indices = xp.empty((*lead, *out), "int64")
    parts = [bounds(n, o) for n, o in zip(sizes, out)]
    for at in itertools.product(*map(range, out)):
        spans = [part[i] for part, i in zip(parts, at)]
        block = x[(..., *(slice(a, b) for a, b in spans))].reshape(*lead, -1)
        best = block.argmax(axis=-1)
        nan = block != block
        if _there_may_be(xp, nan):  # the last one
            best = xp.where(nan.any(axis=-1), block.shape[-1] - 1 - xp.flip(nan, -1).argmax(axis=-1), best)
        where = (..., *at)
        values[where] = xp.take_along_axis(block, best[..., None], axis=-1)[..., 0]
        flat, rest, scale = xp.zeros_like(best), best, 1
        for (a, b), n in zip(reversed(spans), reversed(sizes)):
            flat = flat + (a + rest % (b - a)) * scale
            rest, scale = rest // (b - a), scale * n
        indices[where] = flat
    return values, indices


def gather_planes(xp: Any, x: Array, indices: Array, rank: int) -> Array:
    """The entries of each (flattened) plane, of ``rank`` dimensions, that ``indices`` name."""
    lead = indices.shape[: indices.ndim - rank]
    sizes = math.prod(x.shape[len(lead) :]), math.prod(indices.shape[len(lead) :])
    found = xp.take_along_axis(x.reshape(*lead, sizes[0]), indices.reshape(*lead, sizes[1]), axis=-1)
    return found.reshape(indices.shape)


def scatter_planes(xp: Any, g: Array, indices: Array, shape: Sizes, rank: int) -> Array:
    """Add every number of ``g`` into its plane at its index."""
    planes, size = math.prod(shape[:-rank]), math.prod(shape[-rank:])
    flat = (xp.arange(planes)[:, None] * size + indices.reshape(planes, math.prod(indices.shape[-rank:]))).ravel()
    total = xp.bincount(flat, weights=g.reshape(-1), minlength=planes * size) if planes * size else xp.zeros(0)
    return total.astype(g.dtype).reshape(shape)
