"""Running totals along a dimension: cumsum, cumprod, cummax, cummin, logcumsumexp."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._define import cast
from ._results import named
from .registry import public
from .view import wrap_dim


def _from_the_end(k: Any, g: Any, dim: int) -> Any:
    """Σ_{j ≥ i} g_j: what flows back to element i of a running total."""
    return k.flip(k.cumsum(k.flip(g, (dim,)), dim), (dim,))


Op("cumsum", lambda k, x, dim: x.cumsum(dim, dtype=x.dtype) if x.ndim else x.copy(),
   x=lambda k, g, x_shape, dim: _from_the_end(k, g, dim) if x_shape else g)  # fmt: skip


def _cumprod_slope(k: Any, g: Any, x: Any, out: Any, dim: int) -> Any:
    if not x.shape:
        return g
    return k.cumprod_backward(g, x, out, dim)


def _cumprod_backward(k: Any, g: Any, x: Any, out: Any, dim: int) -> Any:
    """Without zeros Σ_{j ≥ i} g_j out_j / x_i; from the first zero of a row on, term by term."""
    gx = k.xp.flip(k.xp.cumsum(k.xp.flip(g * out, dim), axis=dim), dim)
    if not (x == 0).any():
        return (gx / x).astype(g.dtype)
    rows, grows = k.xp.moveaxis(x, dim, -1), k.xp.moveaxis(g, dim, -1)
    found = k.xp.zeros(rows.shape, g.dtype)
    for i in range(rows.shape[-1]):
        others = rows.copy()
        others[..., i] = 1
        found[..., i] = (grows * k.xp.cumprod(others, axis=-1))[..., i:].sum(-1)
    return k.xp.moveaxis(found, -1, dim)


Op("cumprod", lambda k, x, dim: x.cumprod(dim, dtype=x.dtype) if x.ndim else x.copy(), x=_cumprod_slope)


class _CumprodBackward(Op):
    """Differentiable again where no element is zero: then it is made of sums and quotients."""

    def __call__(self, *args: Any) -> Any:
        from ..autograd.table import TENSOR_OPS as k

        g, x, out, dim = args
        if (x._data == 0).any():
            return super().__call__(*args)
        return _from_the_end(k, g * out, dim) / x


_CumprodBackward("cumprod_backward", _cumprod_backward)


def _cummax(best: str) -> Any:
    def forward(k: Any, x: Any, dim: int) -> tuple[Any, Any]:
        if x.ndim == 0:
            return x.copy(), k.xp.zeros((), "int64")
        rows = k.xp.moveaxis(x, dim, -1)
        values, indices = k.xp.empty_like(rows), k.xp.zeros(rows.shape, "int64")
        for i in range(rows.shape[-1]):  # CuPy has no running maximum; a row is short, the rows are many
            now = rows[..., i]
            if i == 0:
                values[..., 0] = now
                continue
            last = values[..., i - 1]
            wins = (now >= last if best == "max" else now <= last) | (now != now)
            wins &= ~((last != last) & (now == now))
            values[..., i] = k.xp.where(wins, now, last)
            indices[..., i] = k.xp.where(wins, i, indices[..., i - 1])
        return k.xp.moveaxis(values, -1, dim), k.xp.moveaxis(indices, -1, dim)

    return forward


for _name in ("cummax", "cummin"):
    Op(_name, _cummax(_name[3:]), outputs=("values", "indices"), differentiable=(True, False),
       x=lambda k, g, x_shape, indices, dim: k.scatter_add(k.zeros_of(g, x_shape), dim, indices, g) if x_shape else g)  # fmt: skip


def _logcumsumexp(k: Any, x: Any, dim: int) -> Any:
    if x.ndim == 0:
        return x.copy()
    rows = k.xp.moveaxis(x, dim, -1)
    out = k.xp.empty_like(rows)
    for i in range(rows.shape[-1]):
        out[..., i] = rows[..., i] if i == 0 else k.xp.logaddexp(out[..., i - 1], rows[..., i])
    return k.xp.moveaxis(out, -1, dim)


Op("logcumsumexp", _logcumsumexp,
   x=lambda k, g, x, out, dim: k.exp(x) * _from_the_end(k, g * k.exp(-out), dim) if x.shape else g)  # fmt: skip


@public("function method", inplace=True, out=True)
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running sums along ``dim``; integers and bools give int64.

    >>> import tinygrad_edu as tg
    >>> tg.cumsum(tg.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return Op.table["cumsum"](_widened(input, dtype), wrap_dim(dim, input._data.ndim))


@public("function method", inplace=True, out=True)
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running products along ``dim``; integers and bools give int64."""
    return Op.table["cumprod"](_widened(input, dtype), wrap_dim(dim, input._data.ndim))


def _widened(input: Any, dtype: Any) -> Any:
    if dtype is None and input._data.dtype.kind in "iub":
        dtype = dtypes.int64
    return input if dtype is None else cast(input, dtype)


@public("function method", out=True)
def cummax(input: Any, dim: int) -> Any:
    """Running maxima along ``dim`` and the (last) indices where they stand."""
    return named("cummax", "values", "indices")(Op.table["cummax"](input, wrap_dim(dim, input._data.ndim)))


@public("function method", out=True)
def cummin(input: Any, dim: int) -> Any:
    """Running minima along ``dim`` and the (last) indices where they stand."""
    return named("cummin", "values", "indices")(Op.table["cummin"](input, wrap_dim(dim, input._data.ndim)))


@public("function method", out=True)
def logcumsumexp(input: Any, dim: int) -> Any:
    """Running ``log(sum(exp(x)))`` along ``dim``."""
    if input._data.dtype.kind in "iub":
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{dtypes.of(input._data).short}'")
    return Op.table["logcumsumexp"](input, wrap_dim(dim, input._data.ndim))
