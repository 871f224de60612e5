"""Box-Muller in float32, bit for bit as torch's vectorised CPU kernel computes it.

torch turns every 16 uniforms into 16 normals: the first eight give radii, the last eight angles; the cosines come out
first, then the sines. Logarithm, sine and cosine are the Cephes single-precision polynomials, and the compiler fuses
each multiplication with the addition after it (one rounding instead of two). We reproduce the fused step by computing
in float64, where the product of two float32 numbers is exact, and rounding once to float32.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any  # a NumPy array
f32 = np.float32

# Pairs worked on at a time: all intermediate arrays of a chunk stay in the processor's cache.
CHUNK = 16384

# log(1 + x) = x - x²/2 + x³·P(x): the coefficients of P, highest power first; log 2 as a short and a small part.
LOG_P = tuple(
    f32(c)
    for c in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
)
LN2_SMALL, LN2_SHORT = f32(-2.12194440e-4), f32(0.693359375)
SQRT_HALF = f32(0.70710678118654752)

# Sine and cosine on [-pi/4, pi/4] as polynomials in x²; pi/4 in three parts, negated.
SIN_P = tuple(f32(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1))
COS_P = tuple(f32(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2))
QUARTER_PI = tuple(f32(c) for c in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8))
FOUR_OVER_PI = f32(1.27323954473516)
TWO_PI = f32(6.283185307179586)


def fma(a: Array, b: Array | float, c: Array | float) -> Array:
    """`a * b + c` of float32 numbers, rounded once."""
    wide = np.multiply(a, b, dtype=np.float64)
    wide += c
    return wide.astype(f32)


def log(x: Array) -> Array:
    """Natural logarithm of positive, normal float32 numbers."""
    bits = x.view(np.int32)
    e = ((bits >> 23) - 126).astype(f32)
    x = ((bits & 0x007FFFFF) | 0x3F000000).view(f32)  # the mantissa, in [0.5, 1)
    small = x < SQRT_HALF
    x = (x - f32(1)) + x * small
    e -= small
    z = x * x
    y: Array = LOG_P[0]
    wide = x.astype(np.float64)
    for p in LOG_P[1:]:
        y = (wide * y + float(p)).astype(f32)
    y = fma(y * x, z, e * LN2_SMALL)
    y = fma(z, f32(-0.5), y)
    return fma(e, LN2_SHORT, x + y)


def sincos(x: Array) -> tuple[Array, Array]:
    """Sine and cosine of float32 angles in [0, 8192)."""
    octant = ((x * FOUR_OVER_PI).astype(np.int32) + 1) & ~1
    y = octant.astype(np.float64)
    for part in QUARTER_PI:
        x = (y * float(part) + x).astype(f32)
    z = x * x
    wide = z.astype(np.float64)
    c: Array = COS_P[0]
    s: Array = SIN_P[0]
    for p, q in zip(COS_P[1:], SIN_P[1:], strict=True):
        c = (wide * c + float(p)).astype(f32)
        s = (wide * s + float(q)).astype(f32)
    c = (wide * (c * z) - f32(0.5) * z).astype(f32) + f32(1)
    s = fma(s * z, x, x)
    swap = (octant & 2) != 0
    sin: Array = np.where(swap, c, s)
    cos: Array = np.where(swap, s, c)
    # Flip signs by flipping the sign bit: bit 2 of the octant for the sine, of (octant + 2) for the cosine.
    sin.view(np.int32)[...] ^= (octant & 4) << 29
    cos.view(np.int32)[...] ^= ((octant + 2) & 4) << 29
    return sin, cos


def box_muller(u: Array, mean: float, std: float) -> Array:
    """Turn float32 uniforms in [0, 1), shape (blocks, 16), into normals of the same shape, in place."""
    pairs = u.reshape(-1, 2, 8)
    for start in range(0, len(pairs), CHUNK // 8):
        block = pairs[start : start + CHUNK // 8]
        radius = np.sqrt(f32(-2) * log(f32(1) - block[:, 0]))
        sin, cos = sincos(TWO_PI * block[:, 1])
        cos *= radius
        sin *= radius
        if mean == 0.0 and std == 1.0:
            np.add(cos, f32(0), out=block[:, 0])  # adding zero turns -0 into 0, as the fused step does
            np.add(sin, f32(0), out=block[:, 1])
        else:
            block[:, 0] = fma(cos, f32(std), f32(mean))
            block[:, 1] = fma(sin, f32(std), f32(mean))
    return u
