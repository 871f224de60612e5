"""Discrete Fourier transforms of one or several dimensions (``fft.fft``, ``fft.rfft``, …), by NumPy's pocketfft or cuFFT.

forward   X[f] = Σ x[t] exp(-2πi f t / n)            ("backward" norm: unscaled; "ortho": / √n; "forward": / n)
inverse   x[t] = Σ X[f] exp(+2πi f t / n) / n        ("forward" norm: unscaled)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ._define import cast
from .pad import constant_pad_nd
from .registry import public
from .view import wrap_dim

# ``scale`` is the factor on the plain sums; gradients of a linear map are its conjugate transpose: the transform the other way


def _stored(k: Any, out: Any, like: Any, dims: tuple[int, ...]) -> Any:
    """The result in torch's memory order: batch dimensions as the input's strides order them, then the transformed ones."""
    strides = like.strides
    order = sorted((d for d in range(out.ndim) if d not in dims), key=lambda d: -strides[d]) + list(dims)
    return k.xp.ascontiguousarray(out.transpose(order)).transpose([order.index(d) for d in range(out.ndim)])


def _by_stride(x: Any, dims: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(dims, key=lambda d: -x.strides[d]))


def _c2c(k: Any, x: Any, dims: tuple[int, ...], scale: float, forward: bool) -> Any:
    run = k.xp.fft.fftn if forward else k.xp.fft.ifftn
    n = math.prod(x.shape[d] for d in dims)
    out = run(x, axes=dims)
    return _stored(k, (out * (scale if forward else scale * n)).astype(x.dtype), x, _by_stride(x, dims))


Op("fft_c2c", _c2c, node="FftC2CBackward0", x=lambda k, g, dims, scale, forward: k.fft_c2c(g, dims, scale, not forward))


def _r2c(k: Any, x: Any, dims: tuple[int, ...], scale: float, onesided: bool) -> Any:
    """Real numbers, transformed along the last of ``dims`` first."""
    *others, last = dims
    out = (k.xp.fft.rfft if onesided else k.xp.fft.fft)(x, axis=last)
    if others:
        out = k.xp.fft.fftn(out, axes=others)
    return _stored(k, (out * scale).astype(k.xp.result_type(x.dtype, "complex64")), x, (*_by_stride(x, others), last))


def _r2c_slope(k: Any, g: Any, x_shape: Any, dims: tuple[int, ...], scale: float, onesided: bool) -> Any:
    return k.fft_r2c_backward(g, x_shape[dims[-1]], dims, scale, onesided)


def _r2c_backward(k: Any, g: Any, n: int, dims: tuple[int, ...], scale: float, onesided: bool) -> Any:
    """Sum over the frequencies kept: Re Σ g[f] exp(+2πi f t / n)."""
    *others, last = dims
    if others:
        scale *= math.prod(g.shape[d] for d in others)
        g = k.xp.fft.ifftn(g, axes=others)
    if onesided:
        shape = list(g.shape)
        shape[last] = n
        whole = k.xp.zeros(shape, g.dtype)
        whole[(slice(None),) * last + (slice(0, g.shape[last]),)] = g
        g = whole
    return (k.xp.fft.ifft(g, axis=last) * (scale * n)).real.astype(k.xp.zeros(0, g.dtype).real.dtype)


Op("fft_r2c", _r2c, node="FftR2CBackward0", x=_r2c_slope)
Op("fft_r2c_backward", _r2c_backward, node="FftR2CBackwardBackward0",
   g=lambda k, gg, dims, scale, onesided: k.fft_r2c(gg, dims, scale, onesided))  # fmt: skip


def _c2r(k: Any, x: Any, dim: int, n: int, scale: float) -> Any:
    return _stored(k, (k.xp.fft.irfft(x, n=n, axis=dim) * (scale * n)).astype(x.real.dtype), x, (dim,))


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
    if input._data.dtype.itemsize == 2 and input._data.dtype.kind in "fV":
        raise RuntimeError(f"Unsupported dtype {input.dtype.short}")
    return cast(input, dtypes.get_default_dtype()) if input._data.dtype.kind in "iub" else input


def _complex(input: Any) -> Any:
    input = _floating(input)
    return cast(input, dtypes.complex_of(dtypes.of(input._data)))


def _real(input: Any, text: str) -> Any:
    if input._data.dtype.kind == "c":
        raise RuntimeError(text + input.dtype.short)
    return _floating(input)


def _resized(input: Any, dim: int, n: int | None) -> Any:
    """Cut or padded with zeros to length ``n``."""
    have = input._data.shape[dim]
    n = have if n is None else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if n < have:
        return input.narrow(dim, 0, n)
    if n > have:
        dim %= input._data.ndim
        return constant_pad_nd(input, (0, 0) * (input._data.ndim - 1 - dim) + (0, n - have), 0)
    return input


def _transformed_dim(dim: int, ndim: int) -> int:
    if ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return wrap_dim(dim, ndim)


def _dims(input: Any, s: Any, dim: Any) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """The dimensions to transform, and their lengths (None: as they are)."""
    ndim = input._data.ndim
    s = (s,) if isinstance(s, int) else s
    if dim is None:
        if s is not None and len(s) > ndim:
            raise RuntimeError(f"Got shape with {len(s)} values but input tensor only has {ndim} dimensions.")
        dims = tuple(range(ndim - len(s), ndim)) if s is not None else tuple(range(ndim))
    else:
        dims = tuple(_transformed_dim(d, ndim) for d in ((dim,) if isinstance(dim, int) else dim))
        if len(set(dims)) < len(dims):
            raise RuntimeError("FFT dims must be unique")
        if s is not None and len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    lengths = tuple(None if n == -1 else n for n in s) if s is not None else (None,) * len(dims)
    for n in lengths:
        if n is not None and n < 1:
            raise RuntimeError(f"Invalid number of data points ({n}) specified")
    return dims, lengths


# ------------------------------------------------------------------------------------ one dimension
def _one(input: Any, n: int | None, dim: int, norm: str | None, forward: bool) -> Any:
    dim = _transformed_dim(dim, input._data.ndim)
    if input._data.dtype.kind != "c":
        input = _resized(_floating(input), dim, n)
        length = input._data.shape[dim]
        out = Op.table["fft_r2c"](input, (dim,), _scale(norm, length, forward), False)
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
    return _onesided(_real(input, "rfft expects a real input tensor, but got "), n, dim, norm, True)


def _onesided(input: Any, n: int | None, dim: int, norm: str | None, forward: bool) -> Any:
    dim = _transformed_dim(dim, input._data.ndim)
    input = _resized(input, dim, n)
    return Op.table["fft_r2c"](input, (dim,), _scale(norm, input._data.shape[dim], forward), True)


def _to_real(input: Any, n: int | None, dim: int, norm: str | None, forward: bool) -> Any:
    dim = _transformed_dim(dim, input._data.ndim)
    input = _complex(input)
    n = 2 * (input._data.shape[dim] - 1) if n is None else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    input = _resized(input, dim, n // 2 + 1)
    return Op.table["fft_c2r"](input.conj() if forward else input, dim, n, _scale(norm, n, forward))


@public("fft", out=True)
def irfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `rfft`; ``n`` is the length of the result (2·(size - 1) unless given)."""
    return _to_real(input, n, dim, norm, False)


@public("fft", out=True)
def hfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """`fft` of numbers whose second half mirrors the first, of which only the first is given: a real result."""
    return _to_real(input, n, dim, norm, True)


@public("fft", out=True)
def ihfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `hfft`."""
    return _onesided(_real(input, "ihfft expects a real input tensor, but got "), n, dim, norm, False).conj()


# ------------------------------------------------------------------------------------ several dimensions
def _several(input: Any, s: Any, dim: Any, norm: str | None, forward: bool) -> Any:
    dims, lengths = _dims(input, s, dim)
    input = _complex(input)
    for d, n in zip(dims, lengths, strict=True):
        input = _resized(input, d, n)
    return _along(input, dims, norm, forward)


def _along(input: Any, dims: tuple[int, ...], norm: str | None, forward: bool) -> Any:
    if not dims:
        return input.clone()
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


def _some_axis(name: str, dims: tuple[int, ...]) -> None:
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")


@public("fft", out=True)
def rfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """`fftn` of real numbers: of the last dimension only the frequencies from 0 to n // 2."""
    input = _real(input, "rfftn expects a real-valued input tensor, but got ")
    dims, lengths = _dims(input, s, dim)
    _some_axis("rfftn", dims)
    for d, n in zip(dims, lengths, strict=True):
        input = _resized(input, d, n)
    n = math.prod(input._data.shape[d] for d in dims)
    return Op.table["fft_r2c"](input, dims, _scale(norm, n, True), True)


def _to_real_several(name: str, input: Any, s: Any, dim: Any, norm: str | None, forward: bool) -> Any:
    dims, lengths = _dims(input, s, dim)
    _some_axis(name, dims)
    input = _complex(input)
    *others, last = dims
    for d, n in zip(others, lengths[:-1], strict=True):
        input = _resized(input, d, n)
    n = 2 * (input._data.shape[last] - 1) if lengths[-1] is None else lengths[-1]
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    input = _resized(input, last, n // 2 + 1)
    input = _along(input, tuple(others), norm, forward) if others else input
    return Op.table["fft_c2r"](input.conj() if forward else input, last, n, _scale(norm, n, forward))


@public("fft", out=True)
def irfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `rfftn`; ``s`` are the lengths of the result."""
    return _to_real_several("irfftn", input, s, dim, norm, False)


@public("fft", out=True)
def hfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """`hfft` of the last of several dimensions, `fft` of the others."""
    return _to_real_several("hfftn", input, s, dim, norm, True)


@public("fft", out=True)
def ihfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `hfftn`."""
    dims, lengths = _dims(input, s, dim)
    _some_axis("ihfftn", dims)
    input = _real(input, "Only supports floating-point dtypes, but found: ")
    for d, n in zip(dims, lengths, strict=True):
        input = _resized(input, d, n)
    *others, last = dims
    out = _onesided(input, None, last, norm, False).conj()
    return _along(out, tuple(others), norm, False) if others else out


@public("fft", out=True)
def rfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """`rfftn` over two dimensions."""
    return rfftn(input, s, dim, norm)


@public("fft", out=True)
def irfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `rfft2`."""
    return irfftn(input, s, dim, norm)


@public("fft", out=True)
def hfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """`hfftn` over two dimensions."""
    return hfftn(input, s, dim, norm)


@public("fft", out=True)
def ihfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `hfft2`."""
    return ihfftn(input, s, dim, norm)


# ------------------------------------------------------------------------------------ frequencies
@public("fft", out=True)
def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of `fft`'s results, in cycles per unit of the sample spacing ``d``."""
    from .ranges import arange

    _check_frequencies("fftfreq", n, dtype)
    steps = arange(n, dtype=dtype or dtypes.get_default_dtype(), device=device)
    made = ((steps + n // 2) % n - n // 2) * (1.0 / (n * d)) if n else steps
    return made.requires_grad_() if requires_grad else made


@public("fft", out=True)
def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of `rfft`'s results."""
    from .ranges import arange

    _check_frequencies("rfftfreq", n, dtype)
    made = arange(n // 2 + 1, dtype=dtype or dtypes.get_default_dtype(), device=device) * (1.0 / (n * d))
    return made.requires_grad_() if requires_grad else made


def _check_frequencies(name: str, n: Any, dtype: Any) -> None:
    if isinstance(n, float):
        raise TypeError(f"fft_{name}(): argument 'n' (position 1) must be int, not float")
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(f"{name} requires a floating point or complex dtype")


def _shifted(input: Any, dim: Any, sign: int) -> Any:
    dims = range(input._data.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    dims = [wrap_dim(d, input._data.ndim) for d in dims]
    shifts = [input._data.shape[d] // 2 if sign > 0 else (input._data.shape[d] + 1) // 2 for d in dims]
    if not shifts:
        raise RuntimeError("`shifts` required")
    return input.roll(shifts, dims)


@public("fft")
def fftshift(input: Any, dim: Any = None) -> Any:
    """Move frequency 0 to the middle."""
    return _shifted(input, dim, 1)


@public("fft")
def ifftshift(input: Any, dim: Any = None) -> Any:
    """Undo `fftshift`."""
    return _shifted(input, dim, -1)
