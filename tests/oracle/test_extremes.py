"""Maxima, minima, orders and middles against torch."""

from __future__ import annotations

import math
from typing import Any

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks

NAN = T(values=[[1.0, math.nan, 3.0], [-2.0, 5.0, 4.0]], grad=False)
TYPES = ("float32", "float64", "int64", "int32", "uint8", "bfloat16", "float16")
KINDS = [T(3, 4, dtype=d, distinct=True, low=0, high=40) for d in TYPES] + [
    T(3, 4, layout=layout, distinct=True) for layout in ("transposed", "sliced", "offset")] + [T(2, 3, 4, dtype="float64", distinct=True)]  # fmt: skip
ALONG = [S(t, d) for t in KINDS for d in (0, -1)] + [
    S(T(3, 4, distinct=True), 1, True),
    S(T(), 0),
    S(NAN, 1),
    S(NAN, 0),
]
TIES = T(values=[[1.0, 3.0, 3.0], [2.0, 2.0, 1.0]])
TABLE = [
    OpCase("max", [*(S(t) for t in KINDS), S(T()), S(NAN), S(TIES), *ALONG, S(TIES, 1), S(T(3, 4), T(4, seed=1)), S(T(2, 3, dtype="bool"))], skip=("strides", "out-integer")),
    OpCase("min", [*(S(t) for t in KINDS), S(T()), S(NAN), S(TIES), *ALONG, S(TIES, 1), S(T(3, 4), T(4, seed=1))], skip=("strides", "out-integer")),
    OpCase("amax", [*(S(t) for t in KINDS), *ALONG, S(TIES, 1), S(T(2, 3, 4), (0, 2)), S(T(2, 3, 4), (0, 2), True)], skip=("strides", "out-integer")),
    OpCase("amin", [*(S(t) for t in KINDS), *ALONG, S(TIES, 1), S(T(2, 3, 4), (0, 2)), S(T(2, 3, 4), (0, 2), True)], skip=("strides", "out-integer")),
    OpCase("aminmax", [*(S(t) for t in KINDS), S(T(3, 4), dim=1), S(T(3, 4), dim=0, keepdim=True)], skip=("strides", "grad_fn", "out-integer")),
    OpCase("argmax", [*(S(t) for t in KINDS), *ALONG, S(NAN), S(TIES), S(TIES, 1), S(T(3, 4), None, True)], skip=("strides", "out-integer")),
    OpCase("argmin", [*(S(t) for t in KINDS), *ALONG, S(NAN), S(TIES), S(TIES, 1)], skip=("strides", "out-integer")),
    OpCase("sort", [*(S(t) for t in KINDS), *ALONG, S(T(3, 4, distinct=True), 1, True), S(T(3, 4, distinct=True), descending=True), S(NAN, descending=True),
                    S(TIES, stable=True)], skip=("strides", "out-integer")),
    OpCase("argsort", [*(S(t) for t in KINDS), *ALONG[:12], S(T(3, 4, distinct=True), descending=True), S(TIES, stable=True)], skip=("strides", "out-integer")),
    OpCase("msort", [S(T(5, 3, distinct=True)), S(T(4, distinct=True))], skip=("strides", "grad_fn", "out-integer")),
    OpCase("topk", [S(t, 2) for t in KINDS] + [S(T(3, 6, distinct=True), 3, 0), S(T(6, distinct=True), 4, largest=False), S(T(6, distinct=True), 0)], skip=("strides", "out-integer")),
    OpCase("median", [*(S(t) for t in KINDS[:4]), *(S(t, 1) for t in KINDS), S(NAN), S(NAN, 1), S(T(5, distinct=True), 0, True), S(T())], skip=("strides", "out-integer")),
    OpCase("nanmedian", [S(T(3, 4, distinct=True)), S(NAN), S(NAN, 1)], skip=("strides", "out-integer")),
    OpCase("kthvalue", [S(t, 2) for t in KINDS[:4]] + [S(T(3, 4, distinct=True), 1, 0, True), S(T(5, distinct=True), 5)], skip=("strides", "out-integer")),
    OpCase("mode", [S(T(4, 6, dtype="int64", low=0, high=3)), S(T(values=[1.0, 2.0, 2.0, 1.0, 3.0])), S(T(4, 6, dtype="int64", low=0, high=3), 0, True)], skip=("strides", "out-integer")),
    ErrorCase("max", T(0)), ErrorCase("max", T(2, 0), 1), ErrorCase("max", T(2), 1), ErrorCase("argmax", T(0)), ErrorCase("argmax", T(2, 0), 1),
    ErrorCase("amax", T(2, 0), 1), ErrorCase("amax", T(2, 2), (0, 0)), ErrorCase("topk", T(3), 4), ErrorCase("kthvalue", T(3), 0), ErrorCase("kthvalue", T(3), 4),
    ErrorCase("argmax", T(2, dtype="bool")), ErrorCase("max", T(2, dtype="complex64")), ErrorCase("sort", T(2, dtype="complex64")), ErrorCase("median", T(2, dtype="bool")),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(TABLE))
def test_table(check: Any) -> None:
    check()
