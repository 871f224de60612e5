"""Trace, cross and Kronecker products, differences and distances against torch."""

from __future__ import annotations

from typing import Any

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks

TABLE = [
    OpCase("trace", [S(T(3, 3)), S(T(2, 4)), S(T(4, 2, dtype="float64")), S(T(3, 3, dtype="int32")), S(T(3, 3, layout="transposed"))]),
    OpCase("linalg.cross", [S(T(4, 3), T(4, 3, seed=1)), S(T(3), T(3, seed=1)), S(T(3, 4), T(3, 4, seed=1), dim=0),
                            S(T(1, 3), T(5, 3)), S(T(2, 3, dtype="int64"), T(2, 3, dtype="int64", seed=1))], skip=("out", "strides")),
    OpCase("cross", [S(T(4, 3), T(4, 3, seed=1), dim=1), S(T(3, 4), T(3, 4, seed=1))], skip=("out", "strides")),
    OpCase("kron", [S(T(2, 2), T(2, 3)), S(T(3), T(2)), S(T(2, 2), T(3)), S(T(2, dtype="int64"), T(2))], skip=("out", "grad_fn")),
    OpCase("linalg.vecdot", [S(T(4, 3), T(4, 3, seed=1)), S(T(4, 3), T(4, 3, seed=1), dim=0), S(T(3, dtype="complex64"), T(3, dtype="complex64", seed=1))], skip=("out", "grad_fn"), rtol=1e-5),
    OpCase("linalg.diagonal", [S(T(3, 3)), S(T(2, 3, 4), offset=1), S(T(3, 4, 2), dim1=0, dim2=1)]),
    OpCase("diff", [S(T(6)), S(T(3, 4)), S(T(3, 4), dim=0), S(T(6), 2), S(T(6, dtype="int64")), S(T(6, dtype="bool")), S(T(3, 2), 5),
                    S(T(4), prepend=T(2, seed=1), append=T(1, seed=2)), S(T(4), 0)], skip=("out", "grad_fn", "strides")),
    OpCase("cdist", [S(T(4, 3, dtype="float64"), T(5, 3, dtype="float64", seed=1), p) for p in (0.0, 1.0, 2.0, 3.0, 1.5)]
           + [S(T(2, 4, 3, dtype="float64"), T(5, 3, dtype="float64", seed=1)), S(T(4, 3), T(2, 3, seed=1))], skip=("second",), rtol=1e-5, atol=1e-6),
    OpCase("cdist", [S(T(4, 3, dtype="float64"), T(5, 3, dtype="float64", seed=1), float("inf"))], rtol=1e-9),
    ErrorCase("trace", T(3)),
    ErrorCase("linalg.cross", T(4, 2), T(4, 2)),
    ErrorCase("linalg.cross", T(4, 3), T(3)),
    ErrorCase("cross", T(4, 2), T(4, 2)),
    ErrorCase("diff", T()),
    ErrorCase("cdist", T(2, 3), T(2, 4)),
    ErrorCase("cdist", T(2, 3, dtype="int64"), T(2, 3)),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(TABLE))
def test_table(check: Any) -> None:
    check()
