"""Window functions for spectra: ``hann_window``, ``hamming_window``, ``bartlett_window``, ``blackman_window``, ``kaiser_window``.

A window of length N falls off towards both ends. ``periodic=True`` (the default) leaves out the last point of the symmetric window of
length N + 1, which is what a Fourier transform of N samples wants.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import dtypes
from .creation import leaf, ones
from .ranges import arange
from .registry import public
from .special_functions import i0

_OPTIONS = (
    "torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, "
    "bool requires_grad = False"
)


def _made(
    name: str, length: int, periodic: bool, shape: Callable[[Any, int], Any], dtype: Any, device: Any, grad: bool
) -> Any:
    """The window from ``shape(0 … N-1, N)``, where the checks and the special lengths are the same for all."""
    if length.__index__() < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    wanted = dtypes.get_default_dtype() if dtype is None else dtypes.resolve(dtype)
    if not (wanted.is_floating_point or wanted.is_complex):
        from ._check import c_name

        raise RuntimeError(
            f"{name} expects floating point dtypes, got: TensorOptions(dtype={c_name(wanted)}, device=cpu, layout=Strided (default), "
            "requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))"
        )
    if length < 2:
        return ones(length, dtype=wanted, device=device, requires_grad=grad)
    n = length + 1 if periodic else length
    window = shape(arange(n, dtype=wanted, device=device), n)
    return leaf(window[:length] if periodic else window, grad)


def _cosines(alpha: float, beta: float) -> Callable[[Any, int], Any]:
    return lambda t, n: (t * (math.pi * 2.0 / (n - 1))).cos() * -beta + alpha


def _bartlett(t: Any, n: int) -> Any:
    t = t * (2.0 / (n - 1))
    half = ((n - 1) >> 1) + 1
    t[half:].mul_(-1).add_(2)
    return t


def _blackman(t: Any, n: int) -> Any:
    t = t * (math.pi / (n - 1))
    return (t * 4).cos() * 0.08 - (t * 2).cos() * 0.5 + 0.42


def _kaiser(beta: float) -> Callable[[Any, int], Any]:
    def shape(t: Any, n: int) -> Any:
        kind = t.dtype
        wide = t.float() if kind.itemsize == 2 else t
        x = wide * (2.0 / (n - 1)) - 1
        return (i0((1 - x * x).clamp(0, None).sqrt() * beta) * (1 / i0(wide.new_tensor(beta)))).to(kind)

    return shape


_PLAIN = (f"int window_length, *, {_OPTIONS}", f"int window_length, bool periodic, *, {_OPTIONS}")


@public("function", signature=_PLAIN)
def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``w[n] = (1 - cos(2πn / (N-1))) / 2``.

    >>> import tinygrad_edu as tg
    >>> tg.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _made("hann_window", window_length, periodic, _cosines(0.5, 0.5), dtype, device, requires_grad)


@public("function", signature=(
    *_PLAIN, f"int window_length, bool periodic, float alpha, *, {_OPTIONS}",
    f"int window_length, bool periodic, float alpha, float beta, *, {_OPTIONS}",
))  # fmt: skip
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None,
    layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``w[n] = alpha - beta cos(2πn / (N-1))``."""
    return _made("hamming_window", window_length, periodic, _cosines(alpha, beta), dtype, device, requires_grad)


@public("function", signature=_PLAIN)
def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """A triangle: ``w[n] = 1 - |2n / (N-1) - 1|``."""
    return _made("bartlett_window", window_length, periodic, _bartlett, dtype, device, requires_grad)


@public("function", signature=_PLAIN)
def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``w[n] = 0.42 - 0.5 cos(2πn / (N-1)) + 0.08 cos(4πn / (N-1))``."""
    return _made("blackman_window", window_length, periodic, _blackman, dtype, device, requires_grad)


@public("function", signature=(*_PLAIN, f"int window_length, bool periodic, float beta, *, {_OPTIONS}"))
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``w[n] = I0(beta sqrt(1 - (2n/(N-1) - 1)²)) / I0(beta)`` with the modified Bessel function `i0`."""
    return _made("kaiser_window", window_length, periodic, _kaiser(beta), dtype, device, requires_grad)
