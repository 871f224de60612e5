"""Elementwise operations are torch's."""

from __future__ import annotations

import math

import pytest
from oracle.harness import INTEGERS, REALS, D, ErrorCase, OpCase, S, T, binary, checks, compare, tensors, unary

HALVES = ("float16", "bfloat16")
FLOATS = (*REALS, *HALVES)
COMPLEX = ("complex64", "complex128")
WIDE = (*REALS, "int64", "uint8", "bool", "float16", "bfloat16")
POSITIVE = {"other_low": 1.0, "other_high": 5.0}



def no_grad(samples):
    """The same calls with tensors that ask for no gradient."""
    return [S(*(a.with_(grad=False) if isinstance(a, T) else a for a in s.args), **s.kwargs) for s in samples]


X, Y, Z = T(2, 3), T(2, 3, seed=1, low=0.5, high=2), T(2, 3, seed=2, low=0.5, high=2)

ARITHMETIC = [
    OpCase("add", [*binary(types=(*WIDE, "int8", "int16", "int32")), *binary(types=COMPLEX, special=False),
                   S(X, Y, alpha=2), S(X, Y, alpha=0.5), S(X, 2, alpha=3), S(T(2, dtype="int64"), T(2, dtype="int64"), alpha=2),
                   S(T(2, dtype="float64"), T(2, dtype="int64"), alpha=1.5), S(T(2, dtype="bool"), T(2, dtype="bool"), alpha=True)]),
    OpCase("sub", [*binary(types=WIDE), S(X, Y, alpha=2), S(X, 2, alpha=3), S(T(2, dtype="int64"), 1, alpha=2)]),
    OpCase("subtract", [S(X, Y)]),
    OpCase("mul", [*binary(types=WIDE), *binary(types=COMPLEX, special=False)]),
    OpCase("multiply", [S(X, Y)]),
    OpCase("div", [*binary(types=WIDE, **POSITIVE), *binary(types=COMPLEX, **POSITIVE, special=False)]),
    OpCase("div", [S(*s.args, rounding_mode=m) for m in ("floor", "trunc") for s in binary(
        -9, 9, types=(*REALS, "int64", "int8", "uint8"), **POSITIVE)]),
    OpCase("div", [S(T(2, 3, dtype=d, low=-9), T(2, 3, dtype=d, low=-5, high=-1), rounding_mode=m) for m in ("floor", "trunc")
                   for d in (*REALS, "int64", "int8", "float16")]),
    OpCase("true_divide", binary(types=("float32", "int64"), **POSITIVE)),
    OpCase("divide", [S(X, Y), S(X, Y, rounding_mode="floor")]),
    OpCase("floor_divide", no_grad(binary(-9, 9, types=(*REALS, "int64", "int8", "uint8"), **POSITIVE))),
    OpCase("remainder", binary(-9, 9, types=(*REALS, "int64", "int8", "uint8"), **POSITIVE)),
    OpCase("remainder", [S(T(20, dtype=d, low=-9, high=9), T(20, dtype=d, low=-5, high=-1)) for d in (*REALS, "int64")]),
    OpCase("fmod", binary(-9, 9, types=(*REALS, "int64", "int8", "uint8"), **POSITIVE)),
    OpCase("neg", unary(types=(*FLOATS, *INTEGERS, *COMPLEX, "bool"))),
    OpCase("negative", [S(X)]),
    OpCase("positive", unary(), skip=("grad",)),
    OpCase("rsub", [S(X, Y), S(X, 1), S(X, 1.5, alpha=2), S(T(2, dtype="int64"), 3), S(T(2, dtype="bool"), True)]),
    OpCase("lerp", [S(X, Y, 0.3), S(X, Y, 0.75), S(X, Y, Z), S(X, T(3), 0.5), S(T(3), X, T(2, 1)), S(X, Y, 2.0), S(X, Y, 1),
                    S(T(2, dtype="float64"), T(2, dtype="float64", seed=1), 0.1), S(T(0), T(0), 0.5),
                    S(T(3, 4, layout="transposed"), T(3, 4), 0.5), *(S(T(3, dtype=d), T(3, dtype=d, seed=1), 0.3) for d in HALVES)]),
    OpCase("addcmul", [S(X, Y, Z), S(X, Y, Z, value=2), S(X, Y, Z, value=-0.5), S(T(3), X, T(2, 1)), S(T(2, dtype="int64"),
                       T(2, dtype="int64"), T(2, dtype="int64"), value=3), S(X, Y.with_(dtype="float64"), Z),
                       *(S(T(3, dtype=d), T(3, dtype=d, seed=1), T(3, dtype=d, seed=2), value=0.3) for d in HALVES)]),
    OpCase("addcdiv", [S(X, Y, Z), S(X, Y, Z, value=2), S(X, Y, Z, value=-0.5), S(T(3), X, T(2, 1, low=1)), S(X, Y.with_(dtype="float64"),
                       Z), *(S(T(3, dtype=d), T(3, dtype=d, seed=1), T(3, dtype=d, low=1), value=0.3) for d in HALVES)]),
    ErrorCase("add", T(2, 3), T(4)),
    ErrorCase("add", T(2, 3), T(2, 4), method=True),
    ErrorCase("add", T(2), "a"),
    ErrorCase("mul", T(2), None),
    ErrorCase("mul", T(2)),
    ErrorCase("exp", 3),
    ErrorCase("exp", T(2), 3),
    ErrorCase("exp"),
    ErrorCase("div", T(2), "a"),
    ErrorCase("div", T(2), 2, rounding_mode="up"),
    ErrorCase("add", T(2, dtype="int64"), 1, alpha=0.5),
    ErrorCase("sub", T(2, dtype="bool"), T(2, dtype="bool")),
    ErrorCase("sub", T(2, dtype="bool"), True),
    ErrorCase("sub", T(2), True),
    ErrorCase("sub", T(2, dtype="int64"), T(2, dtype="bool")),
    ErrorCase("neg", T(2, dtype="bool")),
    ErrorCase("positive", T(2, dtype="bool")),
    ErrorCase("lerp", X, T(2, 3, dtype="float64"), 0.5),
    ErrorCase("lerp", X, X, T(2, 3, dtype="float64")),
    ErrorCase("lerp", X, T(2, 4), 0.5),
    ErrorCase("lerp", T(2, dtype="int64"), T(2, dtype="int64"), 0.5),
    ErrorCase("addcdiv", T(2, dtype="int64"), T(2, dtype="int64"), T(2, dtype="int64")),
    ErrorCase("addcmul", X, T(2, 3), T(4)),
    ErrorCase("floor_divide", T(2, dtype="int64"), 0),
    ErrorCase("remainder", T(2, dtype="int64"), T(values=[1, 0], dtype="int64")),
    ErrorCase("fmod", T(2, dtype="int64"), 0),
    ErrorCase("add_", T(2, 3), T(2, 2, 3), method=True),
    ErrorCase("add_", T(2, dtype="int64"), 1.5, method=True),
    ErrorCase("div_", T(2, dtype="int64"), 2, method=True),
    ErrorCase("mul_", T(3, 4, layout="expanded"), 2, method=True),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(ARITHMETIC))
def test_arithmetic(check):
    check()
