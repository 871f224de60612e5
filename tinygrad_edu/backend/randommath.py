"""The double-precision arithmetic of the random distributions, as the C++ of torch's CPU kernels does it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any  # a NumPy array


def widen(x: Array) -> Array:
    """16-bit floats as float32; anything else as it is."""
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


def narrow(x: Array, dtype: np.dtype) -> Array:
    """Float64 to ``dtype`` as C++ does it: 16-bit types by way of float32."""
    with np.errstate(over="ignore"):
        return x.astype(np.float32).astype(dtype) if dtype.itemsize == 2 else x.astype(dtype, copy=False)


def from_int64(x: Array, dtype: np.dtype) -> Array:
    """Int64 to ``dtype``; 16-bit floats again by way of float32, where what is too large becomes infinite."""
    with np.errstate(over="ignore"):
        return (
            x.astype(np.float32).astype(dtype) if dtype.name in ("float16", "bfloat16") else x.astype(dtype, copy=False)
        )


def real_type(dtype: np.dtype) -> np.dtype:
    return np.dtype(np.float32 if dtype == np.complex64 else np.float64)


def as_complex(pairs: Array, dtype: np.dtype) -> Array:
    return pairs.view(dtype)[..., 0]


def precise(exact: Callable[[float], float], fast: np.ufunc, x: Array, dtype: np.dtype) -> Array:
    """A function of float64 numbers: NumPy's where the last bit is rounded away, else the C library's, as in torch."""
    if dtype != np.float64 or (exact is math.exp and np.any(x > 709)):
        return fast(x)
    return np.fromiter(map(exact, x.tolist()), np.float64, x.size)


def fma64(a: Array, b: float, c: Any) -> Array:
    """`a * b + c` in float64 with one rounding: the product and the sum as two numbers each, error included."""
    if b == 1.0 or (np.ndim(c) == 0 and c == 0.0):
        return a * b + c
    high = a * b
    a1, b1 = upper_half(a), upper_half(np.float64(b))
    a2, b2 = a - a1, b - b1
    low = ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2
    total = high + c
    shifted = total - high
    return total + (((high - (total - shifted)) + (c - shifted)) + low)


def upper_half(x: Array) -> Array:
    """The upper 26 bits of a float64."""
    big = x * 134217729.0
    return big - (big - x)


def box_muller64(u: Array, mean: float, std: float) -> Array:
    """Float64 uniforms, shape (blocks, 16), to normals, in place: radii from the first eight, angles from the rest."""
    log = precise(math.log, np.log, (1.0 - u[:, :8]).ravel(), u.dtype).reshape(-1, 8)
    radius, theta = np.sqrt(-2.0 * log), 2.0 * math.pi * u[:, 8:]
    u[:, :8] = fma64(radius * np.cos(theta), std, mean)
    u[:, 8:] = fma64(radius * np.sin(theta), std, mean)
    return u


def poisson(rate: float, uniforms: Iterator[float]) -> int:
    """One Poisson count: products of uniforms below rate 10, transformed rejection (Hörmann 1993) from there on."""
    if rate == 0:
        return 0
    if rate < 10:
        limit, product, count = math.exp(-rate), next(uniforms), 0
        while product > limit:
            product *= next(uniforms)
            count += 1
        return count
    log_rate = math.log(rate)
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = next(uniforms) - 0.5, next(uniforms)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43) if us else -1
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        accepted = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) if v else -math.inf
        if accepted <= -rate + k * log_rate - math.lgamma(k + 1):
            return k
