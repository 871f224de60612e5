"""Calculus on samples: integrals by trapezoids, derivatives by differences."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable
from ._define import is_number
from .joining import cat
from .registry import public
from .view import wrap_dim


# ------------------------------------------------------------------------------------ integrals
def _strips(name: str, y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, int]:
    """The area of each strip between two neighbouring samples, times 2 where the width is a number."""
    d = wrap_dim(dim, y._data.ndim)
    n = y._data.shape[d] if y._data.ndim else 0
    pairs = y.narrow(d, 0, max(n - 1, 0)) + y.narrow(d, min(1, n), max(n - 1, 0))
    if x is None:
        return pairs, d
    size = x._data.shape[-1] if x._data.ndim == 1 else x._data.shape[d]
    if size != n:
        raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
    widths = x.diff() if x._data.ndim == 1 else x.diff(dim=d)
    if x._data.ndim == 1:
        widths = widths.reshape(-1, *(1,) * (y._data.ndim - d - 1))
    return pairs * widths, d


_INTEGRAL = ("Tensor y, Tensor x, *, int dim = -1", "Tensor y, *, Number dx = 1, int dim = -1")


def _no_bools(name: str, *tensors: Any) -> None:
    if any(t._data.dtype.kind == "b" for t in tensors):
        which = "`y`" if len(tensors) == 1 else "`x` or `y`"
        raise RuntimeError(f"{name}: received a bool input for {which}, but bool is not supported")


@public("function", alias=("trapz",), signature=_INTEGRAL)
def trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The integral of samples ``y``, at distances ``dx`` or at the places ``x``, by the trapezoidal rule.

    >>> import tinygrad_edu as tg
    >>> tg.trapezoid(tg.tensor([1., 2., 3.]))
    tensor(4.)
    """
    _no_bools("trapezoid", y, *(() if x is None else (x,)))
    d = wrap_dim(dim, y._data.ndim)
    if y._data.ndim and not y._data.shape[d]:
        return y.new_zeros(y._data.shape[:d] + y._data.shape[d + 1 :])
    if x is None and y._data.ndim:  # all samples but half of the first and the last
        ends = Op.table["mul_number"](_floats(y.select(d, 0) + y.select(d, -1)), 0.5)
        return Op.table["mul_number"](y.sum(d) - ends, dx)
    strips, d = _strips("trapezoid", y, x, dx, dim)
    total = strips.sum(d)
    return Op.table["div_number"](_floats(total), 2.0) if x is not None else total * (dx / 2.0)


@public("function", signature=_INTEGRAL)
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The integral of samples from the first one up to each other."""
    _no_bools("cumulative_trapezoid", y, *(() if x is None else (x,)))
    strips, d = _strips("cumulative_trapezoid", y, x, dx, dim)
    if x is not None:
        return Op.table["div_number"](_floats(strips.cumsum(d)), 2.0)
    return Op.table["mul_number"](_floats(strips), dx / 2.0).cumsum(d)


def _floats(t: Any) -> Any:
    return t if t.is_floating_point() or t.is_complex() else t.to(dtypes.get_default_dtype())


# ------------------------------------------------------------------------------------ derivatives
def _over(t: Any, number: Any) -> Any:
    return t / number if isinstance(number, Variable) else Op.table["div_number"](_floats(t), number)


def _uniform(f: Any, d: int, h: Any, edge_order: int) -> Any:
    n = f._data.shape[d]
    at = [f.narrow(d, i, 1) for i in (0, 1, 2, n - 3, n - 2, n - 1) if 0 <= i < n]
    if edge_order == 1:
        first, last = _over(at[1] - at[0], h), _over(at[-1] - at[-2], h)
    else:
        first = (-1.5 * at[0] + 2 * at[1] - 0.5 * at[2]) / h
        last = (1.5 * at[-1] - 2 * at[-2] + 0.5 * at[-3]) / h
    middle = _over(_over(f.narrow(d, 2, n - 2) - f.narrow(d, 0, n - 2), h), 2.0)
    return cat((first, middle, last), d)


def _at_places(f: Any, d: int, x: Any, edge_order: int) -> Any:
    n = f._data.shape[d]
    h = x.diff()
    shape = (-1, *(1,) * (f._data.ndim - d - 1))
    a, b = h.narrow(0, 0, n - 2).reshape(shape), h.narrow(0, 1, n - 2).reshape(shape)
    middle = (f.narrow(d, 0, n - 2) * (-b / (a * (a + b))) + f.narrow(d, 1, n - 2) * ((b - a) / (a * b))
              + f.narrow(d, 2, n - 2) * (a / (b * (a + b))))  # fmt: skip
    if edge_order == 1:
        first = (f.narrow(d, 1, 1) - f.narrow(d, 0, 1)) / h[0]
        last = (f.narrow(d, n - 1, 1) - f.narrow(d, n - 2, 1)) / h[-1]
    else:
        p, q = h[0], h[1]
        first = (f.narrow(d, 0, 1) * (-(2 * p + q) / (p * (p + q))) + f.narrow(d, 1, 1) * ((p + q) / (p * q))
                 - f.narrow(d, 2, 1) * (p / (q * (p + q))))  # fmt: skip
        p, q = h[-2], h[-1]
        last = (f.narrow(d, n - 3, 1) * (q / (p * (p + q))) - f.narrow(d, n - 2, 1) * ((p + q) / (p * q))
                + f.narrow(d, n - 1, 1) * ((2 * q + p) / (q * (p + q))))  # fmt: skip
    return cat((first, middle, last), d)


@public("function")
def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Any, ...]:
    """The derivative along each dimension by central differences (one-sided of ``edge_order`` at the ends).

    ``spacing``: a distance for all dimensions, one for each, or a tensor of places for each.

    >>> import tinygrad_edu as tg
    >>> tg.gradient(tg.tensor([1., 4., 9.]))
    (tensor([3., 4., 5.]),)
    """
    n = input._data.ndim
    if dim is None:
        dims = list(range(n))
    else:
        dims = [wrap_dim(d, n) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    for i, d in enumerate(dims):
        if d in dims[:i]:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    spacing = 1 if spacing is None else spacing
    spacings = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing] * len(dims)
    if len(spacings) == 1 != len(dims) and isinstance(dim, (tuple, list)):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same "
            f"length, but got a spacing argument of length 1 and a dim argument of length {len(dims)}."
        )
    if len(spacings) != len(dims):
        wanted = f"{len(dims)}" if dim is not None else f"equal to 'self.dim() = {n}', since dim argument was not given"
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length {wanted}, but got a list of "
            f"length {len(spacings)}"
        )
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    for d in dims:
        if input._data.shape[d] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    results = []
    for d, h in zip(dims, spacings):
        places = isinstance(h, Variable) and not is_number(h)
        results.append(_at_places(input, d, h, edge_order) if places else _uniform(input, d, h, edge_order))
    return tuple(results)
