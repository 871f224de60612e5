"""Window functions: weights that fade a stretch of samples in and out (``signal.windows.hann`` and its like).

``sym=True`` gives a symmetric window of M points, for filters; ``sym=False`` the first M points of the next longer one, which
repeats without a seam, for spectra.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from .. import dtypes
from ..layouts import strided
from ..ops.registry import functions as _f

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann",
    "kaiser", "nuttall",
]  # fmt: skip


def _options(name: str, M: int, options: dict[str, Any]) -> dict[str, Any]:
    """What is given on to `linspace`: dtype, layout, device, requires_grad. ValueError for what no window can be."""
    unknown = set(options) - {"dtype", "layout", "device", "requires_grad"}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{min(unknown)}'")
    dtype = options.get("dtype") or dtypes.get_default_dtype()
    layout = options.get("layout", strided)
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype!r}")
    return {"dtype": dtype, "device": options.get("device"), "requires_grad": options.get("requires_grad", False)}


def _steps(start: Any, end: Any, M: int, given: dict[str, Any]) -> Any:
    return _f["linspace"](start, end, M, **given)


def _span(M: int, sym: bool) -> int:
    """How many points the whole window has: one more than M where its last point is left out."""
    return M if sym or M <= 1 else M + 1


def general_cosine(M: int, *, a: Iterable[float], sym: bool = True, **options: Any) -> Any:
    """``Σ (-1)ⁱ aᵢ cos(2πi n / (M - 1))``.

    >>> general_cosine(5, a=[0.5, 0.5])
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _general_cosine("general_cosine", M, a, sym, options)


def _general_cosine(name: str, M: int, a: Any, sym: bool, options: dict[str, Any]) -> Any:
    given = _options(name, M, options)
    if M == 0:
        return _f["empty"]((0,), **given)
    if M == 1:
        return _f["ones"]((1,), **given)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = list(a)
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    step = 2 * math.pi / (_span(M, sym) - 1)
    angle = _steps(0, (M - 1) * step, M, given)
    signed = _f["tensor"]([(-1) ** i * w for i, w in enumerate(weights)], **given)
    i = _f["arange"](len(weights), **given)
    return (signed.unsqueeze(-1) * (i.unsqueeze(-1) * angle).cos()).sum(0)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, **options: Any) -> Any:
    """``alpha - (1 - alpha) cos(2πn / (M - 1))``."""
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, **options)


def hamming(M: int, *, sym: bool = True, **options: Any) -> Any:
    """`general_hamming` with 0.54: the first side lobe is small."""
    return general_hamming(M, sym=sym, **options)


def hann(M: int, *, sym: bool = True, **options: Any) -> Any:
    """`general_hamming` with 0.5: a raised cosine that ends at 0.

    >>> hann(4, sym=False)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return general_hamming(M, alpha=0.5, sym=sym, **options)


def blackman(M: int, *, sym: bool = True, **options: Any) -> Any:
    """Three cosine terms: 0.42, 0.5 and 0.08."""
    _options("blackman", M, options)
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, **options)


def nuttall(M: int, *, sym: bool = True, **options: Any) -> Any:
    """Four cosine terms, chosen for low side lobes."""
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, **options)


def bartlett(M: int, *, sym: bool = True, **options: Any) -> Any:
    """A triangle that ends at 0."""
    given = _options("bartlett", M, options)
    if M == 0:
        return _f["empty"]((0,), **given)
    if M == 1:
        return _f["ones"]((1,), **given)
    step = 2 / (_span(M, sym) - 1)
    return 1 - _steps(-1, -1 + (M - 1) * step, M, given).abs()


def cosine(M: int, *, sym: bool = True, **options: Any) -> Any:
    """Half a sine: ``sin(π (n + 1/2) / M)``."""
    given = _options("cosine", M, options)
    if M == 0:
        return _f["empty"]((0,), **given)
    step = math.pi / _span(M, sym)
    return _steps(0.5 * step, (0.5 + (M - 1)) * step, M, given).sin()


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, **options: Any) -> Any:
    """``exp(-(n / std)² / 2)``, n counted from the middle."""
    given = _options("gaussian", M, options)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    if M == 0:
        return _f["empty"]((0,), **given)
    start = -(_span(M, sym) - 1) / 2.0
    unit = 1 / (std * math.sqrt(2))
    n = _steps(start * unit, (start + (M - 1)) * unit, M, given)
    return (-(n**2)).exp()


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, **options: Any) -> Any:
    """``exp(-|n - center| / tau)``."""
    given = _options("exponential", M, options)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if M == 0:
        return _f["empty"]((0,), **given)
    middle = (_span(M, sym) - 1) / 2.0 if center is None else center
    unit = 1 / tau
    return (-_steps(-middle * unit, (-middle + (M - 1)) * unit, M, given).abs()).exp()


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, **options: Any) -> Any:
    """``I₀(√(beta² - k²)) / I₀(beta)`` for k from -beta to beta."""
    given = _options("kaiser", M, options)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M == 0:
        return _f["empty"]((0,), **given)
    if M == 1:
        return _f["ones"]((1,), **given)
    edge = _f["tensor"](beta, dtype=given["dtype"], device=given["device"])
    step = 2.0 * edge / (_span(M, sym) - 1)
    k = _steps(-edge, edge.minimum((M - 1) * step - edge), M, given)
    return (edge * edge - k**2).sqrt().i0() / edge.i0()
