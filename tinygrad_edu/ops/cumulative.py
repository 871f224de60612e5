"""Running results along a dimension: cumsum, cumprod, cummax, cummin, logcumsumexp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._check import not_for, not_implemented
from ._define import cast
from ._results import named
from .reduction import in_rows, wide
from .registry import public
from .view import wrap_dim


def _scan(k: Any, combine: Callable[[Any, Any], Any], x: Any, dim: int) -> Any:
    """Running results of any associative operation, by doubling: log2(n) steps on the whole array."""
    out = k.xp.array(k.xp.moveaxis(x, dim, 0), order="C")
    step = 1
    while step < out.shape[0]:
        out[step:] = combine(out[:-step], out[step:])
        step *= 2
    return k.xp.moveaxis(out, 0, dim)


# ------------------------------------------------------------------------------------ sums and products
_WIDER = {"float32": "float64", "complex64": "complex128"}


def _running(name: str) -> Any:
    """cumsum or cumprod of the array module, half precision in float32; float32 in float64, as torch does on the CPU."""

    def forward(k: Any, x: Any, dim: int) -> Any:
        if not x.ndim:
            return x.copy()
        z = wide(x)
        kind = _WIDER.get(x.dtype.name, z.dtype)
        return in_rows(k, getattr(k.xp, name)(z, axis=dim, dtype=kind)).astype(x.dtype, copy=False)

    return forward


def _from_the_end(k: Any, g: Any, dim: int) -> Any:
    """Σ_{j ≥ i} g_j: what flows back to element i of a running total."""
    return k.flip(k.cumsum(k.flip(g, (dim,)), dim), (dim,)) if len(g.shape) else g


def _cumprod_slope(k: Any, g: Any, x: Any, out: Any, dim: int) -> Any:
    """Σ_{j ≥ i} g_j out_j / x_i; where an x is 0, position by position."""
    raw = x._data if isinstance(x, Variable) else x
    if not raw.ndim or raw.size <= 1:
        return g
    if bool((raw != 0).all()):
        return _from_the_end(k, g * k.conj(out), dim) / k.conj(x)
    n = raw.shape[dim]
    parts = []
    for i in range(n):  # d out[j] / d x[i] for j ≥ i: the running product with x[i] left out
        one = k.ones_of(k.slice(x, dim, i, i + 1, 1))
        before = one if i == 0 else k.slice(out, dim, i - 1, i, 1)
        rest = k.cumprod(k.cat([one, k.slice(x, dim, i + 1, n, 1)], dim), dim) * before
        parts.append(k.sum_dims(k.slice(g, dim, i, n, 1) * k.conj(rest), (dim,), True))
    return k.cat(parts, dim)


Op("cumsum", _running("cumsum"), x=lambda k, g, dim: _from_the_end(k, g, dim))
Op("cumprod", _running("cumprod"), x=_cumprod_slope)
_SUM = "Tensor input, int dim, *, torch.dtype dtype = None, Tensor out = None"


def _accumulate(name: str, input: Any, dim: Any, dtype: Any) -> Any:
    if dtype is None and input._data.dtype.kind in "iub":
        dtype = dtypes.int64
    if dtype is not None:
        input = cast(input, dtype)
        if input._data.dtype.kind == "b":
            raise not_implemented(f"{name}_out_cpu", input)
    return Op.table[name](input, wrap_dim(dim if isinstance(dim, bool) else dim.__index__(), input._data.ndim))


@public("function method", inplace=True, out=True, signature=_SUM)
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running sums along ``dim``; integers and bools give int64.

    >>> import tinygrad_edu as tg
    >>> tg.cumsum(tg.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return _accumulate("cumsum", input, dim, dtype)


@public("function method", inplace=True, out=True, signature=_SUM)
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running products along ``dim``; integers and bools give int64."""
    return _accumulate("cumprod", input, dim, dtype)


# ------------------------------------------------------------------------------------ extremes
def _running_extreme(largest: bool) -> Any:
    def forward(k: Any, x: Any, dim: int) -> tuple[Any, Any]:
        xp = k.xp
        if not x.ndim or not x.size:
            return x.copy(), xp.zeros(x.shape, "int64")
        z = wide(x)
        values = _scan(k, xp.maximum if largest else xp.minimum, z, dim)
        places = xp.arange(x.shape[dim]).reshape((-1,) + (1,) * (x.ndim - dim - 1))
        reached = (z == values) | (z != z)  # the latest position that equals the extreme so far
        indices = _scan(k, xp.maximum, xp.where(reached, places, 0), dim)
        return in_rows(k, values).astype(x.dtype), in_rows(k, indices).astype("int64")

    return forward


def _to_places(k: Any, g: Any, x_shape: Any, indices: Any, dim: int) -> Any:
    return k.scatter_add(k.zeros_of(g, x_shape), dim, indices, g) if x_shape else g


for _name, _largest in (("cummax", True), ("cummin", False)):
    Op(_name, _running_extreme(_largest), outputs=("values", "indices"), differentiable=(True, False),
       x=lambda k, g, x_shape, indices, dim: _to_places(k, g, x_shape, indices, dim))  # fmt: skip


def _publish(name: str, what: str) -> None:
    def function(input: Any, dim: int) -> Any:
        not_for(f"{name}_cpu", input, "c")
        return named(name, "values", "indices")(Op.table[name](input, wrap_dim(dim.__index__(), input._data.ndim)))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The {what} element so far, and the (last) index where it stands, along ``dim``."
    public("function method", out=True, signature="Tensor input, int dim, *, tuple of Tensors out = None")(function)


_publish("cummax", "largest")
_publish("cummin", "smallest")


# ------------------------------------------------------------------------------------ sums of exponentials
def _logcumsumexp(k: Any, x: Any, dim: int) -> Any:
    if not x.ndim:
        return x.copy()
    if x.dtype.kind != "c":
        return in_rows(k, _scan(k, k.xp.logaddexp, wide(x), dim)).astype(x.dtype)
    out = k.xp.array(k.xp.moveaxis(x, dim, 0), order="C")
    for i in range(1, len(out)):  # one after the other, as torch: the angle depends on the order
        out[i] = k.logaddexp(out[i - 1], out[i])
    return in_rows(k, k.xp.moveaxis(out, 0, dim))


def _logcumsumexp_slope(k: Any, g: Any, x: Any, out: Any, dim: int) -> Any:
    """exp(x_i) Σ_{j ≥ i} g_j exp(-out_j), positive and negative g apart, in logarithms."""
    if not len(x.shape):
        return g

    lowest = -dtypes.largest(
        dtypes.of(x._data if isinstance(x, Variable) else x)
    )  # of 0, and still a number to subtract from

    if dtypes.of(x._data if isinstance(x, Variable) else x).is_complex:
        later = k.flip(k.logcumsumexp(k.flip(k.log(k.conj(g)) - out, (dim,)), dim), (dim,))
        return k.conj(k.exp(later + x))

    def part(size: Any, here: Any) -> Any:
        logarithm = k.where(
            here, k.log(k.where(here, size, k.ones_of(size))), k.filled(size, tuple(size.shape), lowest)
        )
        later = k.flip(k.logcumsumexp(k.flip(logarithm - out, (dim,)), dim), (dim,))
        return k.exp(later + x)

    return part(g, k.gt(g, 0)) - part(-g, k.lt(g, 0))


Op("logcumsumexp", _logcumsumexp, x=_logcumsumexp_slope)


@public("function method", out=True, signature="Tensor input, int dim, *, Tensor out = None")
def logcumsumexp(input: Any, dim: int) -> Any:
    """Running ``log(sum(exp(x)))`` along ``dim``."""
    if input._data.dtype.kind in "iub":
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{input.dtype.short}'")
    return Op.table["logcumsumexp"](input, wrap_dim(dim.__index__(), input._data.ndim))
