"""Bessel functions, Airy's function and orthogonal polynomials (``special.bessel_j0``, ``special.hermite_polynomial_h``, …).

None has a derivative in torch: their results take no part in the graph.
"""

from __future__ import annotations

from typing import Any

from ..backend import bessel, polynomials
from ._define import binary, unary, without
from .registry import special

_CALLED_X = ("airy_ai", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "spherical_bessel_j0")
_TWO = (
    "Tensor x, Tensor n, *, Tensor out = None",
    "Number x, Tensor n, *, Tensor out = None",
    "Tensor x, Number n, *, Tensor out = None",
)

_FUNCTIONS = {
    "airy_ai": "Airy's function: the solution of ``y'' = x y`` that falls for positive x.",
    "bessel_j0": "The Bessel function of the first kind of order 0.",
    "bessel_j1": "The Bessel function of the first kind of order 1.",
    "bessel_y0": "The Bessel function of the second kind of order 0 (NaN for negative x).",
    "bessel_y1": "The Bessel function of the second kind of order 1 (NaN for negative x).",
    "modified_bessel_i0": "The modified Bessel function of the first kind of order 0.",
    "modified_bessel_i1": "The modified Bessel function of the first kind of order 1.",
    "modified_bessel_k0": "The modified Bessel function of the second kind of order 0 (NaN for negative x).",
    "modified_bessel_k1": "The modified Bessel function of the second kind of order 1 (NaN for negative x).",
    "scaled_modified_bessel_k0": "``exp(x)`` times `modified_bessel_k0`.",
    "scaled_modified_bessel_k1": "``exp(x)`` times `modified_bessel_k1`.",
    "spherical_bessel_j0": "``sin(x) / x``.",
}
_POLYNOMIALS = {
    "chebyshev_polynomial_t": "Chebyshev's polynomial of the first kind of degree n, ``cos(n arccos x)`` inside [-1, 1].",
    "chebyshev_polynomial_u": "Chebyshev's polynomial of the second kind of degree n.",
    "chebyshev_polynomial_v": "Chebyshev's polynomial of the third kind of degree n.",
    "chebyshev_polynomial_w": "Chebyshev's polynomial of the fourth kind of degree n.",
    "shifted_chebyshev_polynomial_t": "`chebyshev_polynomial_t` at ``2x - 1``.",
    "shifted_chebyshev_polynomial_u": "`chebyshev_polynomial_u` at ``2x - 1``.",
    "shifted_chebyshev_polynomial_v": "`chebyshev_polynomial_v` at ``2x - 1``.",
    "shifted_chebyshev_polynomial_w": "`chebyshev_polynomial_w` at ``2x - 1``.",
    "hermite_polynomial_h": "The physicists' Hermite polynomial of degree n.",
    "hermite_polynomial_he": "The probabilists' Hermite polynomial of degree n.",
    "laguerre_polynomial_l": "Laguerre's polynomial of degree n.",
    "legendre_polynomial_p": "Legendre's polynomial of degree n.",
}


def _evaluate(k: Any, kernel: Any, x: Any, n: Any) -> Any:
    """One number or array each; both in the same shape and dtype."""
    kind = next(v.dtype for v in (x, n) if hasattr(v, "dtype"))
    x, n = k.xp.broadcast_arrays(*(v if hasattr(v, "dtype") else k.xp.asarray(v, kind) for v in (x, n)))
    return k.xp.asarray(kernel(k.xp, x, n))


def _one(name: str, doc: str) -> None:
    kernel = getattr(bessel, name)
    function = unary(f"special_{name}", lambda k, x: kernel(k.xp, x), floats=True, where="", inplace=False,
                     only=without(f"{name}_cpu", "ch"), doc=doc)  # fmt: skip
    _publish(name, function, (f"Tensor {'x' if name in _CALLED_X else 'input'}, *, Tensor out = None",))


def _two(name: str, doc: str) -> None:
    kernel = getattr(polynomials, name)
    function = binary(f"special_{name}", lambda k, x, y: _evaluate(k, kernel, x, y), floats=True, where="", inplace=False,
                      only=without(f"{name}_cpu", "ch"), signature=_TWO, doc=doc)  # fmt: skip

    def call(x: Any, n: Any, *, out: Any = None) -> Any:
        return function(x, n, out=out)

    call.__doc__ = doc
    _publish(name, call, _TWO)


def _publish(name: str, function: Any, signature: tuple[str, ...]) -> None:
    from ._signature import checked

    function.__name__ = function.__qualname__ = name
    special[name] = checked(function, f"special_{name}", signature)


for _name, _doc in _FUNCTIONS.items():
    _one(_name, _doc)
for _name, _doc in _POLYNOMIALS.items():
    _two(_name, _doc)
