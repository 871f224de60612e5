"""Discrete Fourier transforms of one or several dimensions (``fft.fft``, ``fft.rfft``, …), by NumPy's pocketfft or cuFFT.

forward   X[f] = Σ x[t] exp(-2πi f t / n)            ("backward" norm: unscaled; "ortho": / √n; "forward": / n)
inverse   x[t] = Σ X[f] exp(+2πi f t / n) / n        ("forward" norm: unscaled)
"""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._define import cast
from .registry import public
from .view import wrap_dim

# ``scale`` is the factor on the plain sums; gradients of a linear map are its conjugate transpose: the transform the other way


def _c2c(k: Any, x: Any, dims: tuple[int, ...], scale: float, forward: bool) -> Any:
    run = k.xp.fft.fftn if forward else k.xp.fft.ifftn
    n = math.prod(x.shape[d] for d in dims)
    out = run(x, axes=dims)
    return (out * (scale if forward else scale * n)).astype(x.dtype)


Op("fft_c2c", _c2c, node="FftC2CBackward0", x=lambda k, g, dims, scale, forward: k.fft_c2c(g, dims, scale, not forward))


def _r2c(k: Any, x: Any, dim: int, scale: float, onesided: bool) -> Any:
    run = k.xp.fft.rfft if onesided else k.xp.fft.fft
    return (run(x, axis=dim) * scale).astype(k.xp.result_type(x.dtype, "complex64"))


def _r2c_slope(k: Any, g: Any, x_shape: Any, dim: int, scale: float, onesided: bool) -> Any:
    return k.fft_r2c_backward(g, x_shape[dim], dim, scale, onesided)


def _r2c_backward(k: Any, g: Any, n: int, dim: int, scale: float, onesided: bool) -> Any:
    """Sum over the frequencies kept: Re Σ g[f] exp(+2πi f t / n)."""
    if onesided:
        shape = list(g.shape)
        shape[dim] = n
        whole = k.xp.zeros(shape, g.dtype)
        whole[(slice(None),) * dim + (slice(0, g.shape[dim]),)] = g
        g = whole
    return (k.xp.fft.ifft(g, axis=dim) * (scale * n)).real.astype(k.xp.zeros(0, g.dtype).real.dtype)


Op("fft_r2c", _r2c, node="FftR2CBackward0", x=_r2c_slope)
Op("fft_r2c_backward", _r2c_backward, node="FftR2CBackwardBackward0",
   g=lambda k, gg, dim, scale, onesided: k.fft_r2c(gg, dim, scale, onesided))  # fmt: skip


def _c2r(k: Any, x: Any, dim: int, n: int, scale: float) -> Any:
    return (k.xp.fft.irfft(x, n=n, axis=dim) * (scale * n)).astype(x.real.dtype)


def _c2r_backward(k: Any, g: Any, dim: int, m: int, n: int, scale: float) -> Any:
    """Every frequency but the first (and, for even n, the last) stands for itself and its mirror image."""
    gx = k.xp.fft.rfft(g, axis=dim) * scale
    weight = k.xp.full(m, 2.0)
    weight[0] = 1.0
    if n % 2 == 0 and m == n // 2 + 1:
        weight[-1] = 1.0
    shape = [1] * g.ndim
    shape[dim] = m
    return (gx * weight.reshape(shape)).astype(k.xp.result_type(g.dtype, "complex64"))


def _c2r_forward_again(k: Any, gg: Any, dim: int, m: int, n: int, scale: float) -> Any:
    return k.fft_c2r(gg, dim, n, scale)


Op("fft_c2r", _c2r, node="FftC2RBackward0",
   x=lambda k, g, x_shape, dim, n, scale: k.fft_c2r_backward(g, dim, x_shape[dim], n, scale))  # fmt: skip
Op("fft_c2r_backward", _c2r_backward, node="FftC2RBackwardBackward0", g=_c2r_forward_again)


# ------------------------------------------------------------------------------------ arguments
def _scale(norm: str | None, n: int, forward: bool) -> float:
    norm = norm or "backward"
    if norm not in ("forward", "backward", "ortho"):
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if (norm == "forward") == forward else 1.0


def _floating(input: Any) -> Any:
    return cast(input, dtypes.get_default_dtype()) if input._data.dtype.kind in "iub" else input


def _complex(input: Any) -> Any:
    input = _floating(input)
    return cast(input, dtypes.of(input._data).to_complex())


def _resized(input: Any, dim: int, n: int | None) -> Any:
    """Cut or padded with zeros to length ``n``."""
    have = input._data.shape[dim]
    n = have if n is None else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if n < have:
        return input.narrow(dim, 0, n)
    if n > have:
        more = list(input._data.shape)
        more[dim] = n - have
        return Op.table["cat"]([input, input.new_zeros(more)], dim)
    return input


def _one(input: Any, n: int | None, dim: int, norm: str | None, forward: bool) -> Any:
    dim = wrap_dim(dim, input._data.ndim)
    if input._data.dtype.kind != "c":
        input = _resized(_floating(input), dim, n)
        length = input._data.shape[dim]
        out = Op.table["fft_r2c"](input, dim, _scale(norm, length, forward), False)
        return out if forward else out.conj()
    input = _resized(input, dim, n)
    return Op.table["fft_c2c"](input, (dim,), _scale(norm, input._data.shape[dim], forward), forward)


@public("fft", out=True)
def fft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The discrete Fourier transform along one dimension.

    >>> import tinygrad_edu as tg
    >>> tg.fft.fft(tg.tensor([1., 0., 0., 0.]))
    tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
    return _one(input, n, dim, norm, True)


@public("fft", out=True)
def ifft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `fft`."""
    return _one(input, n, dim, norm, False)


@public("fft", out=True)
def rfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """`fft` of real numbers: only the frequencies from 0 to n // 2, the others being their mirror image."""
    if input._data.dtype.kind == "c":
        raise RuntimeError(f"rfft expects a real input tensor, but got {dtypes.of(input._data).short}")
    dim = wrap_dim(dim, input._data.ndim)
    input = _resized(_floating(input), dim, n)
    return Op.table["fft_r2c"](input, dim, _scale(norm, input._data.shape[dim], True), True)


@public("fft", out=True)
def irfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `rfft`; ``n`` is the length of the result (2·(size - 1) unless given)."""
    dim = wrap_dim(dim, input._data.ndim)
    input = _complex(input)
    n = 2 * (input._data.shape[dim] - 1) if n is None else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    input = _resized(input, dim, n // 2 + 1)
    return Op.table["fft_c2r"](input, dim, n, _scale(norm, n, False))


def _several(input: Any, s: Any, dim: Any, norm: str | None, forward: bool) -> Any:
    input = _complex(input)
    ndim = input._data.ndim
    dims = range(ndim - len(s), ndim) if dim is None and s is not None else range(ndim) if dim is None else dim
    dims = tuple(wrap_dim(d, ndim) for d in dims)
    for d, n in zip(dims, s or (), strict=False):
        input = _resized(input, d, None if n == -1 else n)
    n = math.prod(input._data.shape[d] for d in dims)
    return Op.table["fft_c2c"](input, dims, _scale(norm, n, forward), forward)


@public("fft", out=True)
def fft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """`fft` over two dimensions."""
    return _several(input, s, dim, norm, True)


@public("fft", out=True)
def ifft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `fft2`."""
    return _several(input, s, dim, norm, False)


@public("fft", out=True)
def fftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """`fft` over several dimensions (all of them unless given)."""
    return _several(input, s, dim, norm, True)


@public("fft", out=True)
def ifftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `fftn`."""
    return _several(input, s, dim, norm, False)


@public("fft", out=True)
def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of `fft`'s results, in cycles per unit of the sample spacing ``d``."""
    from .ranges import arange

    steps = arange(n, dtype=dtype or dtypes.get_default_dtype(), device=device)
    made = ((steps + n // 2) % n - n // 2) * (1.0 / (n * d))
    return made.requires_grad_() if requires_grad else made


@public("fft", out=True)
def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of `rfft`'s results."""
    from .ranges import arange

    made = arange(n // 2 + 1, dtype=dtype or dtypes.get_default_dtype(), device=device) * (1.0 / (n * d))
    return made.requires_grad_() if requires_grad else made


def _shifted(input: Any, dim: Any, sign: int) -> Any:
    dims = range(input._data.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    dims = [wrap_dim(d, input._data.ndim) for d in dims]
    shifts = [input._data.shape[d] // 2 if sign > 0 else (input._data.shape[d] + 1) // 2 for d in dims]
    return input.roll(shifts, dims)


@public("fft")
def fftshift(input: Any, dim: Any = None) -> Any:
    """Move frequency 0 to the middle."""
    return _shifted(input, dim, 1)


@public("fft")
def ifftshift(input: Any, dim: Any = None) -> Any:
    """Undo `fftshift`."""
    return _shifted(input, dim, -1)
