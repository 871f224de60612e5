"""Products, truth values, spreads, norms, running totals, counts against torch."""

from __future__ import annotations

import math
from typing import Any

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks

SKIP = ("strides", "out-integer")
FLOATS = [T(3, 4), T(3, 4, dtype="float64"), T(3, 4, layout="transposed"), T(2, 3, 4, dtype="float64"), T()]
INTS = [T(3, 4, dtype=d, low=0, high=4) for d in ("int64", "int32", "uint8", "bool")]
NAN = T(values=[[1.0, math.nan, 3.0], [-2.0, 5.0, 4.0]])
ZEROS = T(values=[[1.0, 0.0, 3.0], [0.0, 5.0, 0.0], [2.0, 3.0, 4.0]], dtype="float64")
ALL = FLOATS + INTS
ALONG = [S(t, d) for t in (*FLOATS[:4], *INTS) for d in (0, -1)] + [S(T(3, 4), 1, True)]
DIMS = [
    S(T(2, 3, 4, dtype="float64"), (0, 2)),
    S(T(2, 3, 4, dtype="float64"), (1, 2), keepdim=True),
    S(T(2, 3, 4), dim=-1),
]
P = [0.0, 1.0, 2.0, 3.0, math.inf, -math.inf, 0.5]
TABLE = [
    OpCase("prod", [*(S(t) for t in ALL), *ALONG, S(ZEROS), S(ZEROS, 1), S(T(0)), S(T(3, dtype="int32"), dtype=None)], skip=SKIP),
    OpCase("all", [*(S(t) for t in ALL), *ALONG, S(T(0)), S(T(2, 3, 4), (0, 1))], skip=(*SKIP, "out")),
    OpCase("any", [*(S(t) for t in ALL), *ALONG, S(T(0)), S(T(2, 3, 4), (0, 1))], skip=(*SKIP, "out")),
    OpCase("count_nonzero", [*(S(t) for t in ALL), S(ZEROS, 1), S(ZEROS, (0, 1))], skip=SKIP),
    OpCase("var", [*(S(t) for t in FLOATS[:4]), *(S(t, 1) for t in FLOATS[:4]), *DIMS, S(T(3, 4), unbiased=False), S(T(3, 4), 1, correction=0), S(T(3, 4), False)], skip=SKIP),
    OpCase("std", [*(S(t) for t in FLOATS[:4]), *(S(t, 1) for t in FLOATS[:4]), *DIMS, S(T(3, 4), unbiased=False), S(T(3, 4), 1, correction=2)], skip=SKIP),
    OpCase("var_mean", [S(T(3, 4)), S(T(3, 4), 1), S(T(3, 4), 1, keepdim=True)], skip=(*SKIP, "grad_fn", "out")),
    OpCase("std_mean", [S(T(3, 4)), S(T(3, 4), 1)], skip=(*SKIP, "grad_fn")),
    OpCase("logsumexp", [S(t, 0) for t in FLOATS[:4]] + [S(T(3, 4), 1, True), S(T(2, 3, 4, dtype="float64"), (0, 2)), S(T(3, dtype="int64"), 0),
                         S(T(values=[-math.inf, -math.inf], grad=False), 0), S(T(values=[math.inf, 1.0], grad=False), 0)], skip=SKIP),
    OpCase("nansum", [S(NAN), S(NAN, 1), S(T(3, dtype="int32"))], skip=(*SKIP, "second", "grad_fn")),
    OpCase("nanmean", [S(NAN), S(NAN, 1), S(NAN, 0, True)], skip=(*SKIP, "second", "grad_fn")),
    OpCase("norm", [*(S(t) for t in FLOATS[:4]), *(S(T(3, 4, dtype="float64"), p) for p in P[1:]), *(S(T(3, 4, dtype="float64"), p, 1) for p in P[1:]), S(T(3, 4), dim=1), S(T(3, 4), 2, 1, True), S(T(3, 4), "fro"), S(T(3, 4), "nuc")], skip=(*SKIP, "out", "second", "grad_fn"), rtol=2e-5),
    OpCase("linalg.vector_norm", [S(T(3, 4, dtype="float64"), p) for p in P[1:]] + [S(T(3, 4, grad=False), 0)] + [S(T(3, 4), 2, 0), S(T(2, 3, 4), 1, (0, 1), True), S(T(3, dtype="complex64"))], skip=(*SKIP, "out", "second"), rtol=1e-5),
    OpCase("linalg.matrix_norm", [S(T(3, 4, dtype="float64"), o) for o in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)] + [S(T(2, 3, 4), "fro", keepdim=True)], skip=(*SKIP, "out", "second", "grad_fn"), rtol=1e-5),
    OpCase("linalg.norm", [S(T(3, 4)), S(T(4), 3), S(T(3, 4), 1), S(T(3, 4), "fro"), S(T(2, 3, 4), dim=(1, 2)), S(T(2, 3, 4), 1, (0, 2)), S(T(2, 3, 4), dim=1)], skip=(*SKIP, "out", "second", "grad_fn"), rtol=1e-5),
    OpCase("dist", [S(T(3, 4), T(3, 4, seed=1)), S(T(3, 4), T(3, 4, seed=1), 1), S(T(3, 4), T(4, seed=1), 3)], skip=(*SKIP, "second", "grad_fn"), rtol=1e-5),
    OpCase("renorm", [S(T(3, 4), 2, 0, 1.0), S(T(3, 4), 1, 1, 2.0)], skip=(*SKIP, "second", "grad_fn", "inplace"), rtol=1e-5, atol=1e-5),
    OpCase("cumsum", [S(t, d) for t in ALL[:4] + INTS for d in (0, -1)] + [S(T(), 0)], skip=(*SKIP, "inplace")),
    OpCase("cumprod", [S(t, d) for t in ALL[:4] + INTS for d in (0, -1)] + [S(T(), 0)], skip=(*SKIP, "inplace"), rtol=1e-5),
    OpCase("cumprod", [S(ZEROS, 0), S(ZEROS, 1)], skip=(*SKIP, "second")),
    OpCase("cummax", [S(t, d) for t in ALL[:4] + INTS for d in (0, -1)] + [S(NAN, 1), S(T(), 0)], skip=SKIP),
    OpCase("cummin", [S(t, d) for t in ALL[:4] + INTS for d in (0, -1)] + [S(NAN, 1)], skip=SKIP),
    OpCase("logcumsumexp", [S(T(3, 4), 1), S(T(3, 4, dtype="float64"), 0), S(T(), 0)], skip=SKIP, rtol=1e-5),
    OpCase("unique", [S(T(12, dtype="int64", low=0, high=5)), S(T(3, 4, dtype="int64", low=0, high=5), return_inverse=True, return_counts=True), S(T(values=[3.0, 1.0, 3.0], grad=False)),
                      S(T(values=[[1, 2], [3, 4], [1, 2]], dtype="int64"), dim=0), S(T(values=[[1, 2], [3, 4], [1, 2]], dtype="int64"), dim=0, return_inverse=True, return_counts=True)], skip=SKIP),
    OpCase("unique_consecutive", [S(T(values=[1, 1, 2, 2, 1], dtype="int64")), S(T(values=[1, 1, 2, 2, 1], dtype="int64"), True, True), S(T(values=[[1, 2], [1, 2], [3, 4]], dtype="int64"), dim=0)], skip=SKIP),
    OpCase("bincount", [S(T(values=[1, 3, 1, 0], dtype="int64")), S(T(values=[1, 3, 1, 0], dtype="int64"), minlength=7), S(T(values=[1, 3, 1, 0], dtype="int64"), T(4, grad=False)), S(T(values=[], dtype="int64"))], skip=SKIP),
    OpCase("histc", [S(T(50, grad=False), 5), S(T(50, grad=False), 4, -1, 1), S(T(10, dtype="float64", grad=False))], skip=SKIP),
    OpCase("quantile", [S(T(3, 5), 0.5), S(T(3, 5), 0.3, 1), S(T(3, 5), T(values=[0.1, 0.9], grad=False), 1), S(T(3, 5), 0.3, 0, True), S(NAN, 0.5), S(NAN, 0.5, 1)]
           + [S(T(5), 0.3, interpolation=i) for i in ("lower", "higher", "midpoint", "nearest")], skip=(*SKIP, "out", "grad_fn"), rtol=1e-5),
    OpCase("nanquantile", [S(NAN, 0.5), S(NAN, 0.5, 1)], skip=(*SKIP, "out", "grad_fn", "grad"), rtol=1e-5),
    OpCase("cov", [S(T(3, 6)), S(T(6)), S(T(3, 6), correction=0)], skip=(*SKIP, "grad_fn"), rtol=1e-5, atol=1e-5),
    OpCase("corrcoef", [S(T(3, 6)), S(T(6))], skip=(*SKIP, "grad_fn", "second"), rtol=1e-5, atol=1e-5),
    ErrorCase("logsumexp", T(3), 1), ErrorCase("prod", T(3), 2), ErrorCase("cumsum", T(3), 1),
    ErrorCase("bincount", T(3)), ErrorCase("bincount", T(values=[-1], dtype="int64")), ErrorCase("quantile", T(3), 1.5), ErrorCase("norm", T(3, dtype="int64")),
    ErrorCase("linalg.matrix_norm", T(3)), ErrorCase("sum", T(2, 3), (0, 0)), ErrorCase("mean", T(3, dtype="int64")),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(TABLE))
def test_table(check: Any) -> None:
    check()
