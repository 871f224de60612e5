"""How far numbers lie apart: variance and standard deviation."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend.outside import warn
from .reduction import count_of, dims_of, in_rows, unreduced
from .registry import public


def _moments(k: Any, x: Any, dims: Any, correction: Any, keepdim: bool) -> tuple[Any, Any]:
    """Variance and mean in double precision: what torch's running update amounts to."""
    xp = k.xp
    n = count_of(x.shape, dims)
    z = x.astype("complex128" if x.dtype.kind == "c" else "float64")
    mean = z.sum(axis=dims, keepdims=True) / (n or math.nan)
    d = z - mean
    squares = (d.real * d.real + d.imag * d.imag) if d.dtype.kind == "c" else d * d
    total = squares.sum(axis=dims, keepdims=keepdim)
    freedom = max(n - correction, 0)
    variance = total / freedom if freedom else xp.where(total == 0, math.nan, math.inf) + 0 * total
    if n == 0:
        variance = total + math.nan
    return variance, mean if keepdim else mean.reshape(total.shape)


def _real(np_type: Any) -> Any:
    return {"complex64": "float32", "complex128": "float64"}.get(np_type.name, np_type)


def _var(k: Any, x: Any, dims: Any, correction: Any, keepdim: bool) -> Any:
    return in_rows(k, k.xp.asarray(_moments(k, x, dims, correction, keepdim)[0])).astype(_real(x.dtype))


def _std(k: Any, x: Any, dims: Any, correction: Any, keepdim: bool) -> Any:
    return in_rows(k, k.xp.sqrt(_moments(k, x, dims, correction, keepdim)[0])).astype(_real(x.dtype))


def _both(root: bool) -> Any:
    def forward(k: Any, x: Any, dims: Any, correction: Any, keepdim: bool) -> Any:
        variance, mean = _moments(k, x, dims, correction, keepdim)
        first = k.xp.sqrt(variance) if root else variance
        return in_rows(k, k.xp.asarray(first)).astype(_real(x.dtype)), in_rows(k, k.xp.asarray(mean)).astype(x.dtype)

    return forward


def _var_slope(k: Any, g: Any, x: Any, dims: Any, correction: Any) -> Any:
    """2 g (x - mean) / (n - correction)."""
    n = count_of(x.shape, dims)
    g = k.reshaped(g, unreduced(x.shape, dims))
    freedom = n - correction
    if freedom <= 0:
        return g * math.nan * (x - k.mean_dims(x, dims, True)) if freedom == 0 else g * (0 * x + math.inf)
    return g * (2.0 / freedom) * (x - k.mean_dims(x, dims, True))


def _std_slope(k: Any, g: Any, x: Any, out: Any, dims: Any, correction: Any) -> Any:
    """Through the square root: g / (2 std), 0 where the spread is 0."""
    half = k.where(k.eq(out, 0), k.no_gradient(g), g / (2 * out))
    return _var_slope(k, half, x, dims, correction)


def _mean_slope(k: Any, g: Any, x: Any, dims: Any) -> Any:
    return k.broadcast(k.reshaped(g, unreduced(x.shape, dims)), x.shape) / max(count_of(x.shape, dims), 1)


Op("var", _var, x=_var_slope)
Op("std", _std, x=_std_slope)
Op("var_mean", _both(False), outputs=("variance", "average"),
   x=lambda k, g, x, dims, correction: _var_slope(k, g[0], x, dims, correction) + _mean_slope(k, g[1], x, dims))  # fmt: skip
Op("std_mean", _both(True), outputs=("deviation", "average"),
   x=lambda k, g, x, deviation, dims, correction:
       _std_slope(k, g[0], x, deviation, dims, correction) + _mean_slope(k, g[1], x, dims))  # fmt: skip

_NO_OUT = ("Tensor input, tuple of ints[1]? dim, bool unbiased = True, bool keepdim = False",
           "Tensor input, tuple of ints[1]? dim = None, *, Number? correction = None, bool keepdim = False",
           "Tensor input, bool unbiased = True")  # fmt: skip
_WITH_OUT = (f"{_NO_OUT[0]}, *, Tensor out = None", f"{_NO_OUT[1]}, Tensor out = None", _NO_OUT[2])


def _publish(name: str, what: str, signature: tuple[str, ...], out: bool) -> Any:
    def function(
        input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
    ) -> Any:
        if isinstance(dim, bool) and unbiased is None:
            dim, unbiased = None, dim
        if unbiased is not None and correction is not None:
            raise TypeError
        if unbiased is not None:
            correction = int(unbiased)
        d = dtypes.of(input._data)
        if not (d.is_floating_point or d.is_complex):
            who = name if "_" in name else "std and var"
            raise RuntimeError(f"{who} only support floating point and complex dtypes")
        correction = 1 if correction is None else correction
        dims = dims_of(dim, input._data.ndim)
        if count_of(input._data.shape, dims) - correction <= 0 or not input._data.size:
            warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
                "numel divided by output numel)."
            )
        return Op.table[name](input, dims, correction, keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{what} over all elements or the dimensions ``dim``.\n\n"
        "    The sum of squares is divided by ``n - correction``: 1 unless given, 0 with ``unbiased=False``.\n"
    )
    public("function" if "_" in name else "function method", out=out, signature=signature)(function)
    return function


var = _publish("var", "The variance", _WITH_OUT, True)
std = _publish("std", "The standard deviation", _WITH_OUT, True)
for _name, _what in (("var_mean", "Variance and mean"), ("std_mean", "Standard deviation and mean")):
    _publish(_name, _what, _NO_OUT, False)
