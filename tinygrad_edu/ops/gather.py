"""Reading and writing at positions that a tensor names: ``gather``/``scatter`` along one dimension. Whole slices and
single elements are in `slices`, masks in `masking`, square brackets in `indexing`.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend.later import inside
from ..backend.outside import warn
from ._check import not_for, same_dtype_out
from .creation import fill_value_for
from .reduction import wide
from .registry import out_error, public
from .view import wrap_dim

INDEX_TYPES = (dtypes.int64.np, dtypes.int32.np)


# ------------------------------------------------------------------------------------ positions in memory
def add_at(k: Any, out: Any, where: Any, values: Any) -> None:
    """``out[where] += values`` on a one-dimensional ``out``, where a position may come more than once."""
    k.xp.add.at(out, where, values)


def add_rows(k: Any, out: Any, rows: Any, g: Any) -> None:
    """``out[rows[i]] += g[i]`` for one i after the other; number by number, which is four times as fast as row by row."""
    width = out.shape[1]
    add_at(k, out.reshape(-1), (rows.reshape(-1, 1) * width + k.xp.arange(width)).reshape(-1), g.reshape(-1))


def multiply_at(k: Any, out: Any, where: Any, values: Any) -> None:
    """``out[where] *= values`` where a position may come more than once.

    Without ``multiply.at`` (CuPy has none): first all first occurrences, then all second ones, and so on.
    """
    if k.device_type == "cpu":
        k.xp.multiply.at(out, where, values)
        return
    xp = k.xp
    order = xp.argsort(where)
    where, values = where[order], values[order]
    n = where.size
    starts = xp.concatenate([xp.ones(min(n, 1), bool), where[1:] != where[:-1]])
    rank = xp.arange(n) - xp.flatnonzero(starts)[xp.cumsum(starts) - 1]
    for r in range(int(rank.max()) + 1 if n else 0):
        now = rank == r
        out[where[now]] *= values[now]


def _strides(shape: tuple[int, ...]) -> list[int]:
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= n
    return strides[::-1]


def flat_positions(k: Any, shape: tuple[int, ...], index: Any, dim: int) -> Any:
    """For each element of ``index``: where, in a contiguous array of ``shape``, it points along ``dim``."""
    if not shape:
        return index.reshape(-1) * 0
    strides = _strides(shape)
    where = index.astype("int64") * strides[dim]
    for d, n in enumerate(index.shape):
        if d != dim and strides[d]:
            line = k.xp.arange(n, dtype="int64") * strides[d]
            where += line.reshape((n,) + (1,) * (index.ndim - d - 1))
    return where.reshape(-1)


def check_bounds(
    index: Any, dim: int, n: int, lowest: int = 0, error: type[Exception] = RuntimeError, who: str = ""
) -> None:
    """Raise unless all of ``index`` lies in [lowest, n)."""
    if not inside(index, lowest, n, "gather or scatter: an index is out of bounds"):
        wrong = int(index[(index < lowest) | (index >= n)].ravel()[0])
        raise error(f"{who}index {wrong} is out of bounds for dimension {dim} with size {n}")


def _at_least_1d(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape or (1,)


# ------------------------------------------------------------------------------------ gather and scatter
def _gather(k: Any, x: Any, dim: int, index: Any) -> Any:
    if not x.ndim or not index.size:
        return k.xp.broadcast_to(x.reshape(-1)[:1], index.shape or (1,)).reshape(index.shape).copy() if index.size else (
            k.xp.empty(index.shape, x.dtype))  # fmt: skip
    if not index.ndim:  # a 0-d index counts as one of a single element, which a vector alone takes
        return x[index.reshape(1)].reshape(())
    grid: list[Any] = []
    for d, n in enumerate(index.shape):
        grid.append(index if d == dim else k.xp.arange(n).reshape((n,) + (1,) * (index.ndim - d - 1)))
    found = x[tuple(grid)]  # laid out like the index, unless told otherwise
    return found if found.flags.c_contiguous else found.copy("C")


def _scatter(k: Any, x: Any, dim: int, index: Any, src: Any) -> Any:
    out = k.xp.array(x, order="C")
    if index.size:
        out.reshape(-1)[flat_positions(k, x.shape, index, dim)] = src[_region(index)].reshape(-1)
    return out


def _scatter_value(k: Any, x: Any, dim: int, index: Any, value: Any) -> Any:
    out = k.xp.array(x, order="C")
    if index.size:
        out.reshape(-1)[flat_positions(k, x.shape, index, dim)] = value
    return out


def _scatter_add(k: Any, x: Any, dim: int, index: Any, src: Any) -> Any:
    out = k.xp.array(wide(x), order="C")
    if index.size:
        add_at(k, out.reshape(-1), flat_positions(k, x.shape, index, dim), wide(src[_region(index)]).reshape(-1))
    return out.astype(x.dtype, copy=False)


def _region(index: Any) -> tuple[slice, ...]:
    """The part of ``src`` that ``index`` has entries for."""
    return tuple(slice(0, n) for n in index.shape)


Op("gather", _gather, x=lambda k, g, x_shape, dim, index: k.scatter_add(k.zeros_of(g, x_shape), dim, index, g))
Op("scatter", _scatter,
   x=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0),
   src=lambda k, g, dim, index: k.gather(g, dim, index))  # fmt: skip
Op(
    "scatter_value",
    _scatter_value,
    node="ScatterBackward1",
    x=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0),
)
Op("scatter_add", _scatter_add, x=lambda k, g: g, src=lambda k, g, dim, index: k.gather(g, dim, index))


def _check_index(name: str, input: Any, dim: int, index: Any, src: Any = None, own: str = "self") -> int:
    """torch's checks of an index as large as what is read or written; returns the wrapped dimension."""
    x, i = input._data, index._data
    dim = wrap_dim(dim, x.ndim)
    if i.dtype not in INDEX_TYPES and (i.size or own != "input"):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if src is not None and src._data.dtype != x.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if i.size == 0:
        return dim
    if len(_at_least_1d(i.shape)) != len(_at_least_1d(x.shape)):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {own} tensor")
    s = None if src is None else src._data
    if s is not None and len(_at_least_1d(i.shape)) != len(_at_least_1d(s.shape)):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    wide = [d for d, (n, m) in enumerate(zip(i.shape, x.shape)) if n > m and d != dim]
    if s is None:
        if wide and own == "input":
            raise RuntimeError(
                f"Size does not match at dimension {wide[0]} expected index {list(i.shape)} to be no larger than self "
                f"{list(x.shape)} apart from dimension {dim}"
            )
        if wide:
            raise RuntimeError(
                f"Expected index {list(i.shape)} to be no larger than self {list(x.shape)} apart from dimension {dim}"
            )
    elif wide or any(n > m for n, m in zip(i.shape, s.shape)):
        raise RuntimeError(
            f"Expected index {list(i.shape)} to be no larger than self {list(x.shape)} apart from dimension {dim} and to be no "
            f"larger size than src {list(s.shape)}"
        )
    check_bounds(i, dim, x.shape[dim] if x.ndim else 1)
    return dim


@public("function method", out=True)
@out_error(same_dtype_out)
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """Along one dimension, the element that ``index`` says: ``out[i][j] = input[i][index[i][j]]`` for ``dim=1``.

    >>> import tinygrad_edu as tg
    >>> tg.gather(tg.tensor([[1, 2], [3, 4]]), 1, tg.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    return Op.table["gather"](input, _check_index("gather", input, dim, index, own="input"), index)


_REDUCE = {"add": "sum", "multiply": "prod"}


@public("function method", inplace=True, out=True)
@out_error(same_dtype_out)
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """A copy of ``input`` with ``src`` (a tensor or number) written where ``index`` says: the reverse of `gather`.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(2, 3).scatter(1, tg.tensor([[2], [0]]), 1.)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    src = value if src is None else src
    whole = isinstance(src, Variable)
    dim = _check_index("scatter", input, dim, index, src if whole else None)
    if reduce is not None:
        if reduce not in _REDUCE:
            raise RuntimeError("reduce argument must be either add or multiply.")
        if not whole:
            src = _full_like(index, src, input)
        else:
            warn(
                "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch "
                "release. Use torch.scatter_reduce instead for more reduction options."
            )
        return Op.table["scatter_reduce"](input, dim, index, src, _REDUCE[reduce], True)
    if whole:
        return Op.table["scatter"](input, dim, index, src)
    return Op.table["scatter_value"](input, dim, index, _number(src, input))


def _number(value: Any, like: Any) -> Any:
    """A Python number as the tensor that it is written into stores it."""
    return fill_value_for(value, like.dtype)


def _full_like(index: Any, value: Any, input: Any) -> Any:
    return Op.table["filled"](input, index._data.shape, _number(value, input))


Op("filled", lambda k, x, shape, value: k.xp.full(shape, value, x.dtype))


@public("function method", inplace=True, out=True)
@out_error(same_dtype_out)
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """A copy of ``input`` with ``src`` added where ``index`` says; what falls on one place is summed.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(3).scatter_add(0, tg.tensor([0, 2, 2]), tg.tensor([1., 2., 3.]))
    tensor([1., 0., 5.])
    """
    return Op.table["scatter_add"](input, _check_index("scatter", input, dim, index, src), index, src)


# ------------------------------------------------------------------------------------ scatter_reduce
_AT = {
    "sum": add_at, "mean": add_at, "prod": multiply_at,
    "amax": lambda k, out, where, values: k.xp.maximum.at(out, where, values),
    "amin": lambda k, out, where, values: k.xp.minimum.at(out, where, values),
}  # fmt: skip


def _start_value(reduce: str, dtype: Any) -> Any:
    """What an empty reduction starts from."""
    import numpy

    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if dtype.kind in "iu":
        info = numpy.iinfo(dtype)
        return info.min if reduce == "amax" else info.max
    if dtype.kind == "b":
        return reduce == "amin"
    return float("-inf") if reduce == "amax" else float("inf")


def _reduce_at(k: Any, x: Any, where: Any, values: Any, reduce: str, include_self: bool, once: bool) -> Any:
    """Reduce ``values`` into the flat positions ``where`` of a copy of ``x``; half precision is rounded ``once`` or at every step."""
    out = (wide(x) if once else x).copy("C")
    values = wide(values) if once else values
    flat = out.reshape(-1)
    if not include_self:
        flat[where] = _start_value(reduce, x.dtype)
    _AT[reduce](k, flat, where, values)
    if reduce == "mean":
        out = out.astype(x.dtype, copy=False)
        flat = out.reshape(-1)
        count = k.xp.full(flat.shape, 1 if include_self else 0, "int64")
        add_at(k, count, where, 1)
        count = k.xp.maximum(count, 1)
        if x.dtype.kind in "iu":
            flat[...] = flat // count
        else:
            flat[...] = flat / count.astype(out.dtype)
    return out.astype(x.dtype, copy=False)


_NOT_REDUCED = {"amax": "c", "amin": "c", "mean": "b"}  # kinds of numbers that torch's kernels do not know


def _scatter_reduce(
    k: Any, x: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool, once: bool = True
) -> Any:
    if not index.size:
        return x.copy("C")
    values = src[_region(index)].reshape(-1)
    return _reduce_at(k, x, flat_positions(k, x.shape, index, dim), values, reduce, include_self, once)


def _count(k: Any, like: Any, dim: int, index: Any, include_self: bool) -> Any:
    """How many numbers met at each place (at least 1)."""
    start = k.filled(like, tuple(like.shape), 1 if include_self else 0)
    count = k.scatter_add(start, dim, index, k.filled(like, tuple(index.shape), 1))
    return k.where(k.eq(count, 0), count + 1, count)


def _reduce_slope_x(
    k: Any, g: Any, x: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool, out: Any
) -> Any:
    if reduce == "sum":
        gx = g
    elif reduce == "mean":
        gx = g / _count(k, g, dim, index, include_self)
    elif reduce == "prod":
        safe = k.where(k.eq(x, 0), k.filled(x, tuple(x.shape), 1), x)
        gx = g * k.scatter_reduce(safe, dim, index, src, "prod", include_self) / safe
    else:
        gx = k.where(k.eq(x, out), g, k.no_gradient(g)) / _ties(k, x, dim, index, src, out)
    return gx if include_self else k.scatter_value(gx, dim, index, 0)


def _ties(k: Any, x: Any, dim: int, index: Any, src: Any, out: Any) -> Any:
    """How many of the numbers that met at a place are the extreme one (at least 1)."""
    used = k.scatter_region(src, tuple(index.shape))
    one, other = k.filled(x, tuple(x.shape), 1), k.filled(used, tuple(used.shape), 1)
    count = k.where(k.eq(x, out), one, k.zero(one))
    count = k.scatter_add(count, dim, index, k.where(k.eq(used, k.gather(out, dim, index)), other, k.zero(other)))
    return k.where(k.eq(count, 0), count + 1, count)


def _reduce_slope_src(
    k: Any, g: Any, x: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool, out: Any
) -> Any:
    used = k.scatter_region(src, tuple(index.shape))
    if reduce == "sum":
        gs = k.gather(g, dim, index)
    elif reduce == "mean":
        gs = k.gather(g / _count(k, g, dim, index, include_self), dim, index)
    elif reduce == "prod":
        gs = _product_slope(k, g, x, dim, index, used, include_self, out)
    else:
        part = k.gather(g / _ties(k, x, dim, index, src, out), dim, index)
        gs = k.where(k.eq(used, k.gather(out, dim, index)), part, k.zero(part))
    return gs


def _product_slope(k: Any, g: Any, x: Any, dim: int, index: Any, src: Any, include_self: bool, out: Any) -> Any:
    """Product of the others: the whole product over this one, or, for a product's only zero, the product without it."""
    one = k.filled(src, tuple(src.shape), 1)
    zero = k.where(k.eq(src, 0), one, k.zero(one))
    zeros = k.gather(k.scatter_add(k.zeros_of(src, tuple(x.shape)), dim, index, zero), dim, index)
    only = k.eq(zero * zeros, 1)
    without = k.scatter_reduce(x, dim, index, k.where(only, one, src), "prod", include_self)
    safe = k.where(k.eq(src, 0), one, src)
    return k.where(only, k.gather(g * without, dim, index), k.gather(g * out, dim, index) / safe)


Op("scatter_region", lambda k, x, shape: x[tuple(slice(0, n) for n in shape)], node="SliceBackward0", x=lambda k, g: g)
Op("scatter_reduce", _scatter_reduce, x=_reduce_slope_x, src=_reduce_slope_src)


@public("function method", inplace=True, out=True)
@out_error(same_dtype_out)
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """Combine what falls on one place by "sum", "prod", "mean", "amax" or "amin" (with what was there, if ``include_self``).

    >>> import tinygrad_edu as tg
    >>> tg.zeros(2).scatter_reduce(0, tg.tensor([0, 0, 1]), tg.tensor([1., 3., 2.]), "mean", include_self=False)
    tensor([2., 2.])
    """
    if reduce not in _AT:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    dim = _check_index("scatter", input, dim, index, src)
    not_for(f"scatter_gather_tensor_cpu_reduce_{reduce}", input, _NOT_REDUCED.get(reduce, ""))
    return Op.table["scatter_reduce"](input, dim, index, src, reduce, include_self)
