"""Reductions: many numbers into one, over all or some dimensions."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._check import check_tensor, check_truth
from ._define import cast
from ._layout import rows_of
from .registry import out_error, public
from .view import wrap_dim

_MANY = 512  # so many rows are no longer added one after the other
_BLOCK = 128
_LARGE = 1 << 15


# ------------------------------------------------------------------------------------ which dimensions
def dims_of(dim: Any, ndim: int) -> tuple[int, ...] | None:
    """A ``dim=`` argument as a sorted tuple; None (or an empty tuple) means all."""
    if type(dim) is int and -ndim <= dim < ndim:
        return (dim + ndim,) if dim < 0 else (dim,)
    if dim is None:
        return None
    if isinstance(dim, (tuple, list)):
        if not dim:
            return None
        dims = [wrap_dim(_number(d), ndim) for d in dim]
        for d in dims:
            if dims.count(d) > 1:
                raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    else:
        dims = [wrap_dim(_number(dim), ndim)]
    return tuple(sorted(dims)) if ndim else ()


def _number(dim: Any) -> int:
    if type(dim) is int:
        return dim
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"a dimension must be an integer, not {type(dim).__name__}")
    return int(dim.__index__())


def as_given(dim: Any) -> tuple[Any, ...] | None:
    """The dimensions in the numbers that the user wrote, for messages; None for all of them."""
    dims = tuple(dim or ()) if dim is None or isinstance(dim, (tuple, list)) else (dim,)
    return dims or None


def unreduced(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape with 1 where it was reduced."""
    return tuple(1 if dims is None or i in dims else n for i, n in enumerate(shape))


def count_of(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> int:
    n = 1
    for i, m in enumerate(shape):
        if dims is None or i in dims:
            n *= m
    return n


def wide(x: Any) -> Any:
    """Half precision is added up in float32."""
    return x.astype("float32") if x.dtype.itemsize == 2 and x.dtype.kind in "fV" else x


def in_rows(k: Any, a: Any) -> Any:
    """Reductions leave their results in rows, whatever the order of what went in."""
    return a if a.ndim < 2 or (a.flags.c_contiguous and 1 not in a.shape) else rows_of(k.xp, a)


# ------------------------------------------------------------------------------------ sum and mean
def _sum(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":
        return _sum(k, x.astype("float32"), dims, keepdim).astype(x.dtype)
    if dims and len(dims) < x.ndim and x.dtype.kind == "f" and count_of(x.shape, dims) >= _MANY:
        order = sorted(range(x.ndim), key=lambda i: -x.strides[i])
        kept = order[len(dims) :]
        lines = x.transpose(order)
        if lines.flags.c_contiguous and not set(dims).intersection(kept):  # what remains lies innermost in memory
            total = _add_rows(lines.reshape(-1, count_of(x.shape, tuple(kept))))
            total = total.reshape([x.shape[i] for i in kept]).transpose([kept.index(i) for i in sorted(kept)])
            return in_rows(k, total.reshape(unreduced(x.shape, dims)) if keepdim else total)
    if dims and x.size >= _LARGE and x.dtype.kind == "f" and x.flags.c_contiguous and 0 in dims and x.ndim - 1 in dims:
        first = next((i for i in range(x.ndim) if i not in dims), None)
        if first is not None:  # long rows, then short ones, are added faster than short ones alone
            total = _add_rows(x.reshape(math.prod(x.shape[:first]), -1)).reshape(x.shape[first:])
            total = total.sum(axis=tuple(d - first for d in dims if d > first), dtype=x.dtype)
            return total.reshape(unreduced(x.shape, dims)) if keepdim else total
    return in_rows(k, x.sum(axis=dims, keepdims=keepdim, dtype=x.dtype))


def _add_rows(x: Any) -> Any:
    """The sum of many rows: blocks of rows first, whose sums are then added.

    One after the other would lose a digit for every tenfold more rows; and long lines of memory are added faster than short ones.
    """
    rest = None
    while x.shape[0] >= _MANY:
        n, width = x.shape
        blocks = n // _BLOCK
        if n % _BLOCK:
            tail = x[blocks * _BLOCK :].sum(axis=0, dtype=x.dtype)
            rest = tail if rest is None else rest + tail
        x = x[: blocks * _BLOCK].reshape(_BLOCK, blocks * width).sum(axis=0, dtype=x.dtype).reshape(blocks, width)
    total = x.sum(axis=0, dtype=x.dtype)
    return total if rest is None else total + rest


def _spread(k: Any, g: Any, shape: Any, dims: Any) -> Any:
    """Give every element that was summed the sum's gradient."""
    return k.broadcast(k.reshaped(g, unreduced(shape, dims)), shape)


def _sum_all(k: Any, x: Any) -> Any:
    return x.sum(dtype=x.dtype) if x.dtype.itemsize > 2 or x.dtype.kind not in "fV" else _sum(k, x, None, False)


def _mean(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    n = count_of(x.shape, dims)
    if n == 0:
        return k.xp.full_like(_sum(k, x, dims, keepdim), math.nan)
    if x.dtype.itemsize == 2:
        return (_sum(k, x.astype("float32"), dims, keepdim) / n).astype(x.dtype)
    return _sum(k, x, dims, keepdim) / n


Op("sum_all", _sum_all, node="SumBackward0", x=lambda k, g, x_shape: _spread(k, g, x_shape, None))
Op("sum_dims", _sum, node="SumBackward1", x=lambda k, g, x_shape, dims: _spread(k, g, x_shape, dims))
Op("mean_all", lambda k, x: _mean(k, x, None, False), node="MeanBackward0",
   x=lambda k, g, x_shape: _spread(k, g / max(count_of(x_shape, None), 1), x_shape, None))  # fmt: skip
Op("mean_dims", _mean, node="MeanBackward1",
   x=lambda k, g, x_shape, dims: _spread(k, g / max(count_of(x_shape, dims), 1), x_shape, dims))  # fmt: skip

_DIM = "Tensor input, tuple of ints[1]? dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None"


EVERYTHING: Any = (
    object()
)  # no dim given; ``dim=None`` means the same but is another overload of torch's, with another grad_fn


def check_keepdim(dim: Any, keepdim: Any) -> None:
    """TypeError, of which `_signature` makes torch's, for ``keepdim`` without ``dim``, and where it is no truth value."""
    check_truth("keepdim", keepdim)
    if keepdim and dim is EVERYTHING:
        raise TypeError("keepdim without dim")


@public("function method", out=True, signature=("Tensor input, *, torch.dtype dtype = None", _DIM))
def sum(input: Any, dim: Any = EVERYTHING, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Sum over all elements or the dimensions ``dim``; integers and bools are summed as int64.

    >>> import tinygrad_edu as tg
    >>> tg.sum(tg.ones(2, 3), dim=0)
    tensor([2., 2., 2.])
    """
    if dtype is None and input._data.dtype.kind in "iub":
        dtype = dtypes.int64
    if dtype is not None:
        input = cast(input, dtype)
    if dim is EVERYTHING and not keepdim:
        return Op.table["sum_all"].call1(input)
    check_keepdim(dim, keepdim)
    return Op.table["sum_dims"](input, dims_of(dim, input._data.ndim), keepdim)


@public("function method", out=True, signature=("Tensor input, *, torch.dtype dtype = None, Tensor out = None", _DIM))
def mean(input: Any, dim: Any = EVERYTHING, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Mean over all elements or the dimensions ``dim``. RuntimeError for integers: their mean is no integer.

    >>> import tinygrad_edu as tg
    >>> tg.mean(tg.tensor([1., 2., 6.]))
    tensor(3.)
    """
    if dtype is None and input._data.dtype.kind in "iub":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{dtypes.of(input._data).short}"
        )
    if dtype is not None:
        if not (dtype.is_floating_point or dtype.is_complex):
            raise RuntimeError(
                "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. Got: "
                f"{dtype.short}"
            )
        input = cast(input, dtype)
    if dim is EVERYTHING and not keepdim:
        return Op.table["mean_all"].call1(input)
    check_keepdim(dim, keepdim)
    return Op.table["mean_dims"](input, dims_of(dim, input._data.ndim), keepdim)


# ------------------------------------------------------------------------------------ as if NaN were not there
def _nansum(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    return _sum(k, k.xp.where(x != x, k.xp.zeros_like(x), x), dims, keepdim)


Op("nansum", _nansum, x=lambda k, g, x, dims: _spread(k, g, x.shape, dims) * k.logical_not(k.isnan(x)))
_NAN = (
    "Tensor input, tuple of ints[1]? dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None"
)


@public("function method", out=True, signature=_NAN)
def nansum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """`sum`, where NaN counts as 0."""
    d = dtypes.of(input._data)
    if d.is_complex:
        raise RuntimeError("nansum on CPU does not support complex inputs")
    if not d.is_floating_point:
        return sum(input, dim, keepdim, dtype=dtype)
    if dtype is not None:
        if not dtype.is_floating_point:
            raise NotImplementedError(f"\"nansum_cpu\" not implemented for '{dtype.short}'")
        input = cast(input, dtype)
    return Op.table["nansum"](input, dims_of(dim, input._data.ndim), keepdim)


@public("function method", out=True, signature=_NAN)
def nanmean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """`mean` of the elements that are not NaN."""
    d = dtypes.of(input._data)
    if not d.is_floating_point and not d.is_complex:
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {d.short}")
    count = sum(~input.detach().isnan(), dim, keepdim)
    return nansum(input, dim, keepdim, dtype=dtype) / count


# ------------------------------------------------------------------------------------ product
_VECTOR = 32  # bytes that are multiplied by one instruction


def _prod(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    n = count_of(x.shape, dims)
    half = x.dtype.itemsize == 2
    if (k.device_type == "cpu" or (half and k.device_type != "meta")) and x.size and x.dtype.kind in "fV":
        rows = x if dims is None else k.xp.moveaxis(x, dims, range(-len(dims), 0))
        inner = rows.flags.c_contiguous or (rows is not x and rows.strides[-1] == x.itemsize)
        if half or (inner and n >= 4 * _VECTOR // x.dtype.itemsize):
            shape = rows.shape[: x.ndim - len(dims)] if dims is not None else ()
            rows = rows.reshape(-1, n)
            found = _prod_of_rows(k, rows) if inner else _multiplied(rows)
            return found.reshape(unreduced(x.shape, dims) if keepdim else shape)
    return in_rows(k, wide(x).prod(axis=dims, keepdims=keepdim, dtype=wide(x).dtype)).astype(x.dtype, copy=False)


def _prod_of_rows(k: Any, x: Any) -> Any:
    """The product of each row in torch's order: four vectors side by side, which is also more exact than one number after the other."""
    width = _VECTOR // x.dtype.itemsize
    whole = x.shape[1] // (4 * width) * 4 * width
    if not whole:
        return _multiplied(x)
    lanes = _multiplied(x[:, :whole].reshape(len(x), -1, 4 * width)).reshape(-1, 4, width)
    first = _multiplied(lanes[:, 0] * lanes[:, 1] * (lanes[:, 2] * lanes[:, 3]))
    return _multiplied(k.xp.concatenate([first[:, None], x[:, whole:]], axis=1))


def _multiplied(x: Any) -> Any:
    """The product along the second dimension, one number after the other; half precision is rounded each time."""
    if x.dtype.itemsize > 2:
        return x.prod(axis=1)
    total = x[:, 0]
    for i in range(1, x.shape[1]):
        total = total * x[:, i]
    return total


def _prod_slope(k: Any, g: Any, x: Any, out: Any, dims: Any) -> Any:
    """The product of all others: out / x, and where an x is 0 really the product of the others."""
    shape = unreduced(x.shape, dims)
    raw = x._data if isinstance(x, Variable) else x
    g, out = k.reshaped(g, shape), k.reshaped(out, shape)
    if bool((raw != 0).all()):
        return g * k.conj(out / x)
    if dims is None and raw is x and int((raw == 0).sum()) > 1:  # whatever else there is
        return k.xp.zeros_like(x)
    return g * k.conj(k.product_of_others(x, dims))


class _Others(Op):
    """On tensors the product of all others is spelled out in differentiable steps: an n × n table with ones on its diagonal."""

    def __call__(self, x: Any, dims: Any) -> Any:
        shape = x._data.shape
        d = None if dims is None else dims[0]
        line = x.reshape(-1) if d is None else x.movedim(d, -1)
        n = line._data.shape[-1]
        diagonal = line.detach().new_ones(n).diag() != 0
        table = line.unsqueeze(-2).expand(*line.shape[:-1], n, n).masked_fill(diagonal, 1)
        others = Op.table["prod_dims"](table, (table._data.ndim - 1,), False)
        return others.reshape(shape) if d is None else others.movedim(-1, d)


def _product_of_others(k: Any, x: Any, dims: Any) -> Any:
    """Products of what comes before times products of what comes after."""
    xp = k.xp
    line = x.reshape(-1) if dims is None else xp.moveaxis(x, dims[0], -1)
    one = xp.ones_like(line[..., :1])
    before = xp.concatenate([one, k.cumprod(line, -1)[..., :-1]], axis=-1)
    after = xp.flip(xp.concatenate([one, k.cumprod(xp.flip(line, -1), -1)[..., :-1]], axis=-1), -1)
    others = before * after
    return others.reshape(x.shape) if dims is None else xp.moveaxis(others, -1, dims[0])


_Others("product_of_others", _product_of_others)
Op("prod_all", lambda k, x: _prod(k, x, None, False), node="ProdBackward0",
   x=lambda k, g, x, out: _prod_slope(k, g, x, out, None))  # fmt: skip
Op("prod_dims", _prod, node="ProdBackward1", x=lambda k, g, x, out, dims: _prod_slope(k, g, x, out, dims))


@public(
    "function method",
    out=True,
    signature=(
        "Tensor input, *, torch.dtype dtype = None",
        "Tensor input, int dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None",
    ),
)
def prod(input: Any, dim: int = EVERYTHING, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The product of all elements, or along ``dim``; integers and bools are multiplied as int64."""
    if dtype is None and input._data.dtype.kind in "iub":
        dtype = dtypes.int64
    if dtype is not None:
        input = cast(input, dtype)
    check_keepdim(dim, keepdim)
    if dim is EVERYTHING:
        return Op.table["prod_all"].call1(input)
    dims = (wrap_dim(_number(dim), input._data.ndim),) if input._data.ndim else (wrap_dim(_number(dim), 0),)[:0]
    return Op.table["prod_dims"](input, dims, keepdim)


# ------------------------------------------------------------------------------------ truth
def _truth(name: str, whole: str) -> Any:
    def forward(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
        found = in_rows(k, getattr(k.xp, whole)(x != 0, axis=dims, keepdims=keepdim))
        return found.astype("uint8") if x.dtype.kind == "u" and x.dtype.itemsize == 1 else found

    Op(name, forward)

    def function(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
        ndim = input._data.ndim
        dims: Any = () if isinstance(dim, (tuple, list)) and not dim else dims_of(dim, ndim)
        return Op.table[name](input, dims, keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Whether {name} elements are true (non-zero), overall or along ``dim``."
    public("function method", out=True, exact_out="{name} only supports bool tensor for result, got: {want}", signature=(
        "Tensor input, *, Tensor out = None",
        "Tensor input, tuple of ints? dim = None, bool keepdim = False, *, Tensor out = None",
        "Tensor input, int dim, bool keepdim = False, *, Tensor out = None"))(function)  # fmt: skip
    return function


all, any = _truth("all", "all"), _truth("any", "any")


def _count_nonzero(k: Any, x: Any, dims: Any) -> Any:
    return in_rows(k, (x != 0).sum(axis=dims, dtype="int64"))


Op("count_nonzero", _count_nonzero)


@public("function method", signature=("Tensor input, int? dim = None", "Tensor input, tuple of ints dim"))
def count_nonzero(input: Any, dim: Any = None) -> Any:
    """How many elements are not zero, overall or along ``dim``."""
    return Op.table["count_nonzero"](input, dims_of(dim, input._data.ndim))


# ------------------------------------------------------------------------------------ sums of exponentials
def _logsumexp(k: Any, x: Any, dims: Any, keepdim: bool) -> Any:
    xp = k.xp
    z = wide(x)
    if count_of(x.shape, dims) == 0:
        return xp.full_like(_sum(k, x, dims, keepdim), -math.inf)
    peak = z.real.max(axis=dims, keepdims=True)
    peak = xp.where(xp.isfinite(peak), peak, xp.zeros_like(peak))
    total = xp.log(_sum(k, xp.exp(z - peak), dims, True)) + peak
    return (total if keepdim else total.reshape(_sum_shape(x.shape, dims))).astype(x.dtype)


def _sum_shape(shape: tuple[int, ...], dims: Any) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(shape) if dims is not None and i not in dims)


def _logsumexp_slope(k: Any, g: Any, x: Any, out: Any, dims: Any) -> Any:
    shape = unreduced(x.shape, dims)
    return k.reshaped(g, shape) * k.conj(k.exp(x - k.reshaped(out, shape)))


def _not_floating(have: dtypes.dtype, want: dtypes.dtype) -> Exception | None:
    if want.is_floating_point or want.is_complex:
        return None
    return RuntimeError(f"logsumexp(): Expected floating point type for result tensor, but got: {want.short}")


Op("logsumexp", _logsumexp, x=_logsumexp_slope)


@public(
    "function method special",
    out=True,
    signature="Tensor input, tuple of ints[1] dim, bool keepdim = False, *, Tensor out = None",
)
@out_error(_not_floating)
def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """``log(sum(exp(x)))`` along ``dim``, without overflow."""
    check_tensor("logsumexp", "input", 1, input)
    if dim is None:
        raise TypeError("logsumexp wants to know along what")
    if input._data.dtype.kind in "iub":
        input = cast(input, dtypes.get_default_dtype())
    return Op.table["logsumexp"](input, dims_of(dim, input._data.ndim), keepdim)
