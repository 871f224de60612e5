"""What the random distributions accept, in torch's words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .randommath import from_int64, widen

Array: TypeAlias = Any  # a NumPy array

DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}  # bits of the significand
# How torch names a dtype in messages: its own name, and that of the C++ type.
NAMES = {
    "bool": ("Bool", "bool"),
    "uint8": ("Byte", "unsigned char"),
    "int8": ("Char", "signed char"),
    "int16": ("Short", "short int"),
    "int32": ("Int", "int"),
    "int64": ("Long", "long int"),
    "uint16": ("UInt16", "short unsigned int"),
    "uint32": ("UInt32", "unsigned int"),
    "uint64": ("UInt64", "long unsigned int"),
    "float16": ("Half", "c10::Half"),
    "bfloat16": ("BFloat16", "c10::BFloat16"),
    "float32": ("Float", "float"),
    "float64": ("Double", "double"),
    "complex64": ("ComplexFloat", "c10::complex<float>"),
    "complex128": ("ComplexDouble", "c10::complex<double>"),
}
UNSIGNED = ("uint16", "uint32", "uint64")  # torch's newer integers: few kernels know them


def is_float(dtype: np.dtype) -> bool:
    return dtype.name in DIGITS


def check_implemented(dtype: np.dtype, kernel: str, known: Callable[[np.dtype], bool] = is_float) -> None:
    if not known(dtype):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{NAMES[dtype.name][0]}'")


def check_continuous(dtype: np.dtype, distribution: str, which: int) -> None:
    if not is_float(dtype):
        raise RuntimeError(
            f"{distribution} distribution is a continuous probability distribution. dtype must be a floating point but "
            f"you specified {NAMES[dtype.name][which]}"
        )


def largest(dtype: np.dtype) -> float:
    """The largest finite number of a float type."""
    return float(np.float64(np.finfo(dtype).max)) if dtype.name != "bfloat16" else 3.3895313892515355e38


def check_uniform(low: float, high: float, dtype: np.dtype) -> None:
    check_implemented(dtype, "check_uniform_bounds")
    short, name = NAMES[dtype.name]
    top = largest(dtype)
    for bound, value in (("from", low), ("to", high)):
        if not -top <= value <= top:
            raise RuntimeError(f"{bound} is out of bounds for {name}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    if high - low > top:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{short}>::max(), but found to={high:g} and from={low:g} "
            "which result in to-from to exceed the limit"
        )


def check_range(low: int, last: int, dtype: np.dtype) -> None:
    if dtype.kind == "c":
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    name = NAMES[dtype.name][1]
    if dtype.name in DIGITS:
        bottom, top = -largest(dtype), largest(dtype)
    elif dtype.kind == "b":
        bottom, top = 0, 1
    else:
        bottom, top = int(np.iinfo(dtype).min), min(int(np.iinfo(dtype).max), 2**63 - 1)
    for bound, value in (("from", low), ("to - 1", last)):
        if not bottom <= value <= top or (dtype == np.uint64 and value < 0):
            raise RuntimeError(f"{bound} is out of bounds for {name}")
    digits = DIGITS.get(dtype.name)
    for bound, value in (("from", low), ("to - 1", last)):
        if digits is not None and abs(value) > 2**digits:
            warnings.warn(
                f"{bound} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {name} can "
                "support discrete uniform distribution only within this range. This warning will become an error in "
                "version 1.7 release, please fix the code in advance",
                UserWarning,
                stacklevel=4,
            )


def as_float(value: int, dtype: np.dtype) -> int:
    """An integer as the nearest number of a float type, back as an integer (beyond int64: its lowest, as on x86)."""
    rounded = float(from_int64(np.array(value, np.int64), dtype))
    return int(rounded) if -(2.0**63) <= rounded < 2.0**63 else -(2**63)


def next_float(low: int, dtype: np.dtype) -> int:
    """``low``, or the next number above it that the float type has."""
    after = as_float(low + 1, dtype)
    return low if after >= low else after + 2 ** (abs(low + 1).bit_length() - DIGITS[dtype.name])


def previous_float(high: int, dtype: np.dtype) -> int:
    """``high``, or the next number below it that the float type has."""
    before = as_float(high - 1, dtype)
    return high if before < high else before - 2 ** (abs(high - 1).bit_length() - DIGITS[dtype.name])


def check_multinomial(probs: Array, n: int, replacement: bool) -> None:
    if not 0 < probs.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not is_float(probs.dtype):
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {NAMES[probs.dtype.name][0]}"
        )
    if n <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and n > probs.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if probs.shape[-1] > 2**24:
        raise RuntimeError("number of categories cannot exceed 2^24")
    weights = widen(probs)
    bad = ~((weights >= 0) & (weights < np.inf))
    if bad.any():
        if n == 1 or not replacement:
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        what = "= infinity or NaN" if weights[bad][0] == np.inf else "< 0"
        raise RuntimeError(f"invalid multinomial distribution (encountering probability entry {what})")
    if np.any(weights.sum(axis=-1) == 0):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
