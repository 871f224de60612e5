"""The largest, the smallest, the middle: max, min, argmax, sort, topk, median, mode, kthvalue.

Where several elements are equal: reductions over everything (and amax, amin) share the gradient among them; those that return
an index give all of it to the element at that index. NaN counts as the largest number, and a maximum or minimum with a NaN
in it is NaN.
"""

from __future__ import annotations

import builtins
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import selection
from ._check import check_truth, not_for
from ._layout import arranged
from ._results import named
from .reduction import EVERYTHING, as_given, check_keepdim, dims_of, in_rows, unreduced, wide
from .registry import public
from .view import wrap_dim


def _complain_if_empty(name: str, x: Any, dims: tuple[int, ...] | None) -> None:
    """Nothing has no largest element."""
    if dims is None:
        if x.size == 0:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
                "'dim' argument."
            )
    elif x.ndim:
        for d in dims:
            if x.shape[d] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


# ------------------------------------------------------------------------------------ over everything, or several dimensions
def _share(k: Any, g: Any, x: Any, out: Any, dims: Any, nan: bool = False) -> Any:
    """Equal parts of the gradient for all elements that equal the extreme; ``nan``: as NaNs do each other, else none does."""
    shape = unreduced(x.shape, dims)
    hit = (k.equal_to if nan else k.same)(x, k.reshaped(out, shape))
    return k.reshaped(g, shape) * (hit / k.sum_dims(hit, dims, True))


Op("equal_to", lambda k, x, y: ((x == y) | ((x != x) & (y != y))).astype(x.dtype))
for _name, _method in (("max", "max"), ("min", "min")):
    Op(f"{_name}_all", lambda k, x, _method=_method: getattr(x, _method)(), node=f"{_name.capitalize()}Backward1",
       x=lambda k, g, x, out: k.zero_where(_share(k, g, x, out, None, True), k.equal_to(x, out)))  # fmt: skip
    Op(f"a{_name}", lambda k, x, dims, keepdim, _method=_method: in_rows(k, getattr(x, _method)(axis=dims, keepdims=keepdim)),
       x=lambda k, g, x, out, dims: _share(k, g, x, out, dims))  # fmt: skip


def _all_dims(x: Any, dim: Any) -> tuple[int, ...] | None:
    dims = dims_of(dim, x.ndim)
    return tuple(range(x.ndim)) if dims is None else dims


@public("function method", out=True)
def amax(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The largest element along ``dim`` (a number or a tuple; all dimensions by default)."""
    dims = _all_dims(input._data, dim)
    _complain_if_empty("amax", input._data, as_given(dim))
    not_for("max_values_cpu", input, "c")
    return Op.table["amax"](input, dims, keepdim)


@public("function method", out=True)
def amin(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The smallest element along ``dim`` (a number or a tuple; all dimensions by default)."""
    dims = _all_dims(input._data, dim)
    _complain_if_empty("amin", input._data, as_given(dim))
    not_for("min_values_cpu", input, "c")
    return Op.table["amin"](input, dims, keepdim)


@public("function method", out=True)
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element, together."""
    if dim is None and input._data.size == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    dims = _all_dims(input._data, () if dim is None else dim)
    if dim is not None and dims and input._data.shape[dims[0]] == 0:
        raise IndexError(f"aminmax: Expected reduction dim {dims[0]} to have non-zero size.")
    not_for("aminmax_cpu", input, "c")
    return named("aminmax", "min", "max")(Op.table["aminmax"](input, dims, keepdim))


Op("aminmax", lambda k, x, dims, keepdim: (k.amin(x, dims, keepdim), k.amax(x, dims, keepdim)), outputs=("least", "most"),
   x=lambda k, g, x, least, most, dims: _share(k, g[0], x, least, dims) + _share(k, g[1], x, most, dims))  # fmt: skip


# ------------------------------------------------------------------------------------ along one dimension, with indices
def _to_index(k: Any, g: Any, x_shape: Any, indices: Any, dim: int, keepdim: bool) -> Any:
    """All of the gradient to the elements that were picked."""
    if not x_shape:
        return k.reshaped(g, ())
    if not keepdim:
        g, indices = k.unsqueeze(g, dim), k.unsqueeze(indices, dim)
    return k.scatter_add(k.zeros_of(g, x_shape), dim, indices, g)


def _picked(k: Any, x: Any, indices: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """The elements at ``indices`` (which have size 1 along ``dim``), and the indices."""
    values = k.xp.take_along_axis(x, indices, dim)
    if not keepdim:
        values, indices = values.squeeze(dim), indices.squeeze(dim)
    return in_rows(k, values), in_rows(k, indices)


def _extreme(largest: bool) -> Any:
    def forward(k: Any, x: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
        if x.ndim == 0:
            return x.copy(), k.xp.zeros((), "int64")
        values = (x.max if largest else x.min)(axis=dim, keepdims=keepdim)
        indices = _arg(k, x, dim, largest)
        return in_rows(k, values), in_rows(k, indices.reshape(values.shape))

    return forward


def _arg(k: Any, x: Any, dim: int | None, largest: bool) -> Any:
    """The index of the first extreme element (of the first NaN, where there is one)."""
    if x.dtype.kind == "V":  # bfloat16: NumPy has no argmax for it
        x = x.astype("float32")
    return (x.argmax(dim) if largest else x.argmin(dim)).astype("int64")


for _name, _largest in (("max", True), ("min", False)):
    Op(f"{_name}_dim", _extreme(_largest), node=f"{_name.capitalize()}Backward0", outputs=("values", "indices"),
       differentiable=(True, False),
       x=lambda k, g, x_shape, indices, dim, keepdim: _to_index(k, g, x_shape, indices, dim, keepdim))  # fmt: skip


def _extreme_function(name: str, input: Any, dim: Any, keepdim: bool, elementwise: Any) -> Any:
    if isinstance(dim, Variable):
        return elementwise(input, dim)
    check_keepdim(dim, keepdim)
    if dim is EVERYTHING:
        not_for(f"{name}_all", input, "c")
        _complain_if_empty(name, input._data, None)
        return Op.table[f"{name}_all"](input)
    if input._data.dtype.kind == "c":
        raise RuntimeError(f"{name}(): does not support complex input")
    d = wrap_dim(dim, input._data.ndim)
    _complain_if_empty(name, input._data, (d,))
    return named(name, "values", "indices")(Op.table[f"{name}_dim"](input, d, keepdim))


@public("function method", out=True)
def max(input: Any, dim: Any = EVERYTHING, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; with ``dim`` the largest along it and its index; with another tensor the elementwise maximum.

    >>> import tinygrad_edu as tg
    >>> tg.max(tg.tensor([[1., 5.], [7., 2.]]), 1).indices
    tensor([1, 0])
    """
    from .choosing import maximum

    return _extreme_function("max", input, dim if other is None else other, keepdim, maximum)


@public("function method", out=True)
def min(input: Any, dim: Any = EVERYTHING, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; with ``dim`` the smallest along it and its index; with another tensor the elementwise minimum."""
    from .choosing import minimum

    return _extreme_function("min", input, dim if other is None else other, keepdim, minimum)


def _arg_op(k: Any, x: Any, dim: int | None, keepdim: bool, largest: bool) -> Any:
    if x.ndim == 0:
        return k.xp.zeros((), "int64")
    found = _arg(k, x.reshape(-1) if dim is None else x, dim, largest)
    if not keepdim:
        return found
    return k.xp.reshape(found, (1,) * x.ndim) if dim is None else k.xp.expand_dims(found, dim)


Op("arg_extreme", _arg_op)


def _arg_function(name: str, input: Any, dim: int | None, keepdim: bool, largest: bool) -> Any:
    if input._data.dtype.kind in "bc":
        raise RuntimeError(f"{name}(): does not support {'bool' if input._data.dtype.kind == 'b' else 'complex'} input")
    d = None if dim is None else wrap_dim(dim, input._data.ndim)
    if d is None and input._data.size == 0:
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    _complain_if_empty(name, input._data, () if d is None else (d,))
    return Op.table["arg_extreme"](input, d, keepdim, largest)


@public("function method", out=True)
def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the largest element: in the flattened tensor, or along ``dim``.

    >>> import tinygrad_edu as tg
    >>> tg.argmax(tg.tensor([3, 9, 4]))
    tensor(1)
    """
    return _arg_function("argmax", input, dim, keepdim, True)


@public("function method", out=True)
def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the smallest element: in the flattened tensor, or along ``dim``."""
    return _arg_function("argmin", input, dim, keepdim, False)


# ------------------------------------------------------------------------------------ orders
def order(k: Any, x: Any, dim: int, descending: bool) -> Any:
    """The indices that sort ``x`` along ``dim``; equal elements keep their order, NaN counts as the largest."""
    x = x.astype("float32") if x.dtype.kind == "V" else x
    if not descending:
        return k.xp.argsort(x, axis=dim, kind="stable").astype("int64")
    mirrored = k.xp.argsort(k.xp.flip(x, dim), axis=dim, kind="stable")
    return (x.shape[dim] - 1 - k.xp.flip(mirrored, dim)).astype("int64")


_RADIX = 32_768  # so many whole numbers torch sorts upwards by their digits, which keeps equal ones in order


def _sort(k: Any, x: Any, dim: int, descending: bool, stable: bool) -> tuple[Any, Any]:
    if x.ndim == 0:
        return x.copy(), k.xp.zeros((), "int64")
    indices = order(k, x, dim, descending)
    by_digits = x.dtype.kind in "iu" and not descending and x.ndim == 1 and x.size >= _RADIX
    values = k.xp.take_along_axis(x, indices, dim)
    if not stable and x.size and x.shape[dim] > selection.SHORT and not by_digits:
        ties = _equal_neighbours(values, dim)
        picked = _as_torch_picks(k, x, dim, ties, indices, lambda row: selection.order(row, descending))
        if picked is not indices:  # 0. and -0. are equal, too
            values, indices = k.xp.take_along_axis(x, picked, dim), picked
    return arranged(values, [x.strides]), arranged(indices, [x.strides])


def _equal_neighbours(values: Any, dim: int) -> Any:
    """For every row of sorted values whether two of them are equal (NaN equals NaN)."""
    values = wide(values)
    first, second = values[(slice(None),) * dim + (slice(None, -1),)], values[(slice(None),) * dim + (slice(1, None),)]
    return ((first == second) | (first != first) & (second != second)).any(axis=dim)


_PATIENCE = 200_000  # elements that are worth going through one by one (some 0.4 s) to pick among equals as torch does


def _as_torch_picks(k: Any, x: Any, dim: int, ties: Any, indices: Any, pick: Any) -> Any:
    """Replace the indices of rows with equal elements by those that torch's algorithm arrives at."""
    if k.device_type != "cpu" or not 0 < int(ties.sum()) * x.shape[dim] <= _PATIENCE:
        return indices
    rows, chosen = k.xp.moveaxis(wide(x), dim, -1), k.xp.moveaxis(indices.copy(), dim, -1)
    for place in zip(*(p.tolist() for p in k.xp.nonzero(ties))) if ties.ndim else [()]:
        chosen[place] = pick(rows[place])
    return k.xp.ascontiguousarray(k.xp.moveaxis(chosen, -1, dim))


def _front(k: Any, x: Any, count: int, dim: int, largest: bool) -> Any:
    """The first ``count`` of `order` along ``dim``; of few among many, equal ones may be others."""
    n, before = x.shape[dim], (slice(None),) * dim
    if k.device_type != "cpu" or 8 * count > n or x.dtype.kind == "V":
        return order(k, x, dim, largest)[(*before, slice(0, count))]
    parts = k.xp.argpartition(x, n - count if largest else count - 1, axis=dim)
    few = k.xp.sort(parts[(*before, slice(n - count, None) if largest else slice(0, count))], axis=dim)
    return k.xp.take_along_axis(few, order(k, k.xp.take_along_axis(x, few, dim), dim, largest), dim)


def _topk(k: Any, x: Any, count: int, dim: int, largest: bool, in_order: bool) -> tuple[Any, Any]:
    if x.ndim == 0:
        return x.copy(), k.xp.zeros((), "int64")
    first = (
        _front(k, x, builtins.min(count + 1, x.shape[dim]), dim, largest)
        if count and x.size
        else order(k, x, dim, largest)
    )
    indices = k.xp.ascontiguousarray(first[(slice(None),) * dim + (slice(0, count),)])
    if count > 0 and x.size:
        ties = _equal_neighbours(k.xp.take_along_axis(x, first, dim), dim)
        ties |= not in_order  # as the selection leaves them, equal or not
        indices = _as_torch_picks(k, x, dim, ties, indices, lambda row: selection.topk(row, count, largest, in_order))
    return in_rows(k, k.xp.take_along_axis(x, indices, dim)), indices


for _name, _node in (("sort", "SortBackward0"), ("stable_sort", "SortBackward1")):
    Op(_name, _sort, node=_node, outputs=("values", "indices"), differentiable=(True, False),
       x=lambda k, g, x_shape, indices, dim: _to_index(k, g, x_shape, indices, dim, True))  # fmt: skip
Op("topk", _topk, outputs=("values", "indices"), differentiable=(True, False),
   x=lambda k, g, x_shape, indices, dim: _to_index(k, g, x_shape, indices, dim, True))  # fmt: skip


@public("function method", out=True)
def sort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
    """The elements in order along ``dim``, and the indices they had; equal ones keep their order if ``stable``.

    >>> import tinygrad_edu as tg
    >>> tg.sort(tg.tensor([3, 1, 2])).indices
    tensor([1, 2, 0])
    """
    if input._data.dtype.kind == "c":
        raise RuntimeError(" Sort does not support complex dtypes on CPU")  # with a space, as torch has it
    check_truth("descending", descending)
    op = Op.table["sort" if stable is None else "stable_sort"]
    return named("sort", "values", "indices")(
        op(input, wrap_dim(dim, input._data.ndim), bool(descending), bool(stable))
    )


@public("function method", out=True)
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that put the elements in order along ``dim``."""
    return sort(input, dim, descending, stable=stable).indices


@public("function method", out=True)
def msort(input: Any) -> Any:
    """Sorted along the first dimension."""
    return sort(input, 0).values


@public("function method", out=True)
def topk(input: Any, k: Any, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The ``k`` largest (or smallest) elements along ``dim`` and their indices.

    >>> import tinygrad_edu as tg
    >>> tg.topk(tg.tensor([1., 4., 2., 3.]), 2).values
    tensor([4., 3.])
    """
    d = wrap_dim(dim, input._data.ndim)
    check_truth("largest", largest)
    if isinstance(k, (float, str)):
        raise TypeError("topk(): k must be an integer")
    count = int(k)
    if not 0 <= count <= (input._data.shape[d] if input._data.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if input._data.dtype.kind in "bc":  # with a space before one of them, as torch has it
        raise RuntimeError(
            " topk does not support complex dtypes on CPU"
            if input._data.dtype.kind == "c"
            else "topk does not support bool dtypes on CPU"
        )
    return named("topk", "values", "indices")(Op.table["topk"](input, count, d, bool(largest), bool(sorted)))


# ------------------------------------------------------------------------------------ the k-th, the middle, the most frequent
def _kth(k: Any, x: Any, n: int, dim: int, keepdim: bool, nan_wins: bool, skip_nan: bool) -> tuple[Any, Any]:
    """The n-th smallest (n < 0: the middle one) along ``dim`` and its index."""
    if x.ndim == 0:
        return x.copy(), k.xp.zeros((), "int64")
    indices = order(k, x, dim, False)
    size = x.shape[dim]
    at: Any = (size - 1) // 2 if n < 0 else n
    place = k.xp.full((*x.shape[:dim], 1, *x.shape[dim + 1 :]), at, "int64")
    if x.dtype.kind in "fV" and (nan_wins or skip_nan):
        numbers = (x == x).sum(axis=dim, keepdims=True)
        if skip_nan:
            place = k.xp.maximum((numbers - 1) // 2, 0)
        else:  # the first NaN, where there is one
            place = k.xp.where(numbers < size, k.xp.minimum(numbers, size - 1), place)
    return _picked(k, x, k.xp.take_along_axis(indices, place.astype("int64"), dim), dim, keepdim)


def _median_all(k: Any, x: Any, skip_nan: bool) -> Any:
    if x.size == 0:
        return k.xp.full((), float("nan"), x.dtype)
    return _kth(k, x.reshape(-1), -1, 0, False, not skip_nan, skip_nan)[0]


for _name, _skip, _nodes in (("median", False, "Median"), ("nanmedian", True, "Nanmedian")):
    Op(f"{_name}_all", lambda k, x, skip: _median_all(k, x, skip), node=f"{_nodes}Backward0",
       x=lambda k, g, x, out: _share(k, g, x, out, None, True))  # fmt: skip
    Op(f"{_name}_dim", lambda k, x, dim, keepdim, skip: _kth(k, x, -1, dim, keepdim, not skip, skip), node=f"{_nodes}Backward1",
       outputs=("values", "indices"), differentiable=(True, False),
       x=lambda k, g, x_shape, indices, dim, keepdim: _to_index(k, g, x_shape, indices, dim, keepdim))  # fmt: skip


def _kthvalue(k: Any, x: Any, n: int, dim: int, keepdim: bool) -> tuple[Any, Any]:
    if x.ndim == 0:
        return x.copy(), k.xp.zeros((), "int64")
    every = order(k, x, dim, False)
    here = (slice(None),) * dim
    near = k.xp.take_along_axis(x, every[(*here, slice(builtins.max(n - 1, 0), n + 2))], dim)
    indices = k.xp.ascontiguousarray(every[(*here, slice(n, n + 1))])
    ties = _equal_neighbours(near, dim)
    indices = _as_torch_picks(k, x, dim, ties, indices, lambda row: selection.kthvalue(row, n))
    return _picked(k, x, indices, dim, keepdim)


Op("kthvalue", _kthvalue, outputs=("values", "indices"),
   differentiable=(True, False),
   x=lambda k, g, x_shape, indices, dim, keepdim: _to_index(k, g, x_shape, indices, dim, keepdim))  # fmt: skip


def _median_function(name: str, input: Any, dim: int, keepdim: bool, skip: bool) -> Any:
    check_keepdim(dim, keepdim)
    not_for("median_cpu" if dim is EVERYTHING else "median_out", input, "bc")
    if dim is EVERYTHING:
        return Op.table[f"{name}_all"](input, skip)
    d = wrap_dim(dim, input._data.ndim)
    _complain_if_empty("median", input._data, (d,))
    return named(name, "values", "indices")(Op.table[f"{name}_dim"](input, d, keepdim, skip))


@public("function method", out=True)
def median(input: Any, dim: int = EVERYTHING, keepdim: bool = False) -> Any:
    """The middle element in order (of an even number the lower of the two middle ones); NaN if there is one.

    >>> import tinygrad_edu as tg
    >>> tg.median(tg.tensor([4., 1., 3., 2.]))
    tensor(2.)
    """
    return _median_function("median", input, dim, keepdim, False)


@public("function method", out=True)
def nanmedian(input: Any, dim: int = EVERYTHING, keepdim: bool = False) -> Any:
    """`median` of the elements that are not NaN."""
    return _median_function("nanmedian", input, dim, keepdim, True)


@public("function method", out=True)
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The ``k``-th smallest element along ``dim``, counted from 1, and its index."""
    d = wrap_dim(dim, input._data.ndim)
    size = input._data.shape[d] if input._data.ndim else 1
    if not size:
        raise IndexError(f"kthvalue(): Expected reduction dim {d} to have non-zero size.")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {d}")
    not_for("kthvalue_cpu", input, "bc")
    return named("kthvalue", "values", "indices")(Op.table["kthvalue"](input, k - 1, d, keepdim))


def _mode(k: Any, x: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """The most frequent element (of several the smallest), and the last index where it stands."""
    if x.ndim == 0:
        return x.copy(), k.xp.zeros((), "int64")
    rows = k.xp.moveaxis(x, dim, -1)
    n = rows.shape[-1]
    ordered = k.xp.sort(rows, axis=-1)
    places = k.xp.broadcast_to(k.xp.arange(n), rows.shape)
    starts = k.xp.where(k.xp.concatenate([places[..., :1] == 0, ordered[..., 1:] != ordered[..., :-1]], -1), places, 0)
    length = places - _running_largest(k, starts)  # how many equals stand before this one
    value = k.xp.take_along_axis(ordered, length.argmax(-1)[..., None], -1)
    last = n - 1 - k.xp.flip(rows == value, -1).argmax(-1)
    indices = k.xp.expand_dims(last.astype("int64"), dim)
    if n > selection.SHORT:
        ties = _equal_neighbours(ordered, x.ndim - 1)
        indices = _as_torch_picks(k, x, dim, ties, indices, selection.mode)
    return _picked(k, x, indices, dim, keepdim)


def _running_largest(k: Any, x: Any) -> Any:
    """The largest number so far along the last dimension, by doubling."""
    out, step = x.copy(), 1
    while step < out.shape[-1]:
        out[..., step:] = k.xp.maximum(out[..., :-step], out[..., step:])
        step *= 2
    return out


Op("mode", _mode, outputs=("values", "indices"), differentiable=(True, False),
   x=lambda k, g, x_shape, indices, dim, keepdim: _to_index(k, g, x_shape, indices, dim, keepdim))  # fmt: skip


@public("function method", out=True)
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along ``dim`` (of several the smallest) and an index where it stands."""
    d = wrap_dim(dim, input._data.ndim)
    _complain_if_empty("mode", input._data, (d,))
    not_for("mode_cpu", input, "c")
    return named("mode", "values", "indices")(Op.table["mode"](input, d, keepdim))
