"""Bessel functions, Airy's function and orthogonal polynomials against numbers of any precision.

torch's own float64 values of some of them are right to seven digits only, so mpmath is the judge here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import tinygrad_edu as tg

_RNG = np.random.default_rng(0)
POSITIVE = np.concatenate([_RNG.uniform(0, 3, 40), _RNG.uniform(3, 40, 40), 10 ** _RNG.uniform(-6, 2.5, 40)])
BOTH = np.concatenate([POSITIVE, -POSITIVE])

CASES: list[tuple[str, Any, Callable[[Any], Any]]] = [
    ("bessel_j0", BOTH, lambda x: mpmath.besselj(0, x)),
    ("bessel_j1", BOTH, lambda x: mpmath.besselj(1, x)),
    ("bessel_y0", POSITIVE, lambda x: mpmath.bessely(0, x)),
    ("bessel_y1", POSITIVE, lambda x: mpmath.bessely(1, x)),
    ("modified_bessel_i0", BOTH, lambda x: mpmath.besseli(0, x)),
    ("modified_bessel_i1", BOTH, lambda x: mpmath.besseli(1, x)),
    ("modified_bessel_k0", POSITIVE, lambda x: mpmath.besselk(0, x)),
    ("modified_bessel_k1", POSITIVE, lambda x: mpmath.besselk(1, x)),
    ("scaled_modified_bessel_k0", POSITIVE, lambda x: mpmath.besselk(0, x) * mpmath.exp(x)),
    ("scaled_modified_bessel_k1", POSITIVE, lambda x: mpmath.besselk(1, x) * mpmath.exp(x)),
    ("spherical_bessel_j0", BOTH, lambda x: mpmath.sin(x) / x),
    ("airy_ai", np.concatenate([_RNG.uniform(-30, 15, 80), _RNG.uniform(-2, 2, 20)]), mpmath.airyai),
]  # fmt: skip


@pytest.mark.parametrize(("name", "points", "exact"), CASES, ids=[name for name, _, _ in CASES])
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_function(name: str, points: Any, exact: Callable[[Any], Any], kind: str) -> None:
    points = points.astype(kind)
    expected = np.array([float(exact(mpmath.mpf(float(x)))) for x in points])
    found = getattr(tg.special, name)(tg.from_numpy(points.copy())).numpy()
    assert found.dtype == kind
    near = {"rtol": 1e-11, "atol": 4e-15} if kind == "float64" else {"rtol": 2e-7, "atol": 1e-38}
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(found, expected.astype(kind), **near)


POLYNOMIALS: list[tuple[str, Callable[[int, Any], Any]]] = [
    ("chebyshev_polynomial_t", mpmath.chebyt),
    ("chebyshev_polynomial_u", mpmath.chebyu),
    ("hermite_polynomial_h", mpmath.hermite),
    (
        "laguerre_polynomial_l",
        lambda n, x: mpmath.polyval(
            [(-1) ** k * mpmath.binomial(n, k) / mpmath.factorial(k) for k in range(n, -1, -1)], x
        ),
    ),
    ("legendre_polynomial_p", mpmath.legendre),
]


@pytest.mark.parametrize(("name", "exact"), POLYNOMIALS, ids=[name for name, _ in POLYNOMIALS])
def test_polynomial(name: str, exact: Callable[[int, Any], Any]) -> None:
    points = np.concatenate([_RNG.uniform(-1, 1, 20), _RNG.uniform(-2, 3, 20), [-1.0, 0.0, 1.0]])
    for n in (0, 1, 2, 5, 9, 15):
        expected = np.array([float(exact(n, mpmath.mpf(x))) for x in points])
        found = getattr(tg.special, name)(tg.from_numpy(points.copy()), n).numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11 * np.abs(expected).max())
