"""Reductions, running results, orders and statistics are torch's."""

from __future__ import annotations

import math

import pytest
from oracle.harness import INTEGERS, REALS, D, ErrorCase, OpCase, S, T, checks, compare, compare_form, reductions

HALVES = ("float16", "bfloat16")
EVERY = (*REALS, *HALVES, *INTEGERS, "bool")
FLOATS = (*REALS, *HALVES)
COMPLEX = ("complex64", "complex128")
X = T(2, 3, 4)
NANS = T(values=[[1.0, math.nan, 3.0], [math.nan, math.nan, math.nan], [4.0, 2.0, 9.0]], grad=False)
INFS = T(values=[[1.0, math.inf, 3.0], [-math.inf, math.inf, 0.0], [-math.inf, -math.inf, -math.inf]], grad=False)


def no_grad(samples):
    return [S(*(a.with_(grad=False) if isinstance(a, T) else a for a in s.args), **s.kwargs) for s in samples]


SUMS = [
    OpCase("sum", [*reductions(types=(*EVERY, *COMPLEX)), S(X, dtype=D("float64")), S(T(3, dtype="int64"), dtype=D("float32")),
                   S(T(3, dtype="bool"), 0), S(X, None, True), S(X, dim=None), S(X, keepdims=True, dim=1), S(NANS), S(INFS, 1)]),
    OpCase("sum", [S(T(2000, 7)), S(T(2000, 7), 0), S(T(5000, 3, 2), 0), S(T(1024, 33, dtype="float64"), 0, True), S(T(3000, 5,
                   layout="transposed"), 0), S(T(600, 4, 20), (0, 2)), S(T(9, 3, 40, 41), (0, -1, 2), True), S(T(40, 2, 3, 200), (0, 1, 3)),
                   S(T(8, 5, 7, 200, dtype="float64"), (3, 0)), S(T(1024, 1, 33), (0, 2))], rtol=2e-5),
    # means in half precision and of complex numbers name the overload in their complaint about a wrong out=
    OpCase("mean", [*reductions(types=(*HALVES, *COMPLEX), whole=True)], skip=("out-integer",)),
    OpCase("mean", [S(X.with_(dtype="float64"), 1), S(T(3, dtype="int64"), dtype=D("float32"))], skip=("out-integer",)),
    OpCase("mean", [*reductions(types=("float32", "int64"), whole=False)]),
    OpCase("mean", [S(X), S(T())], skip=("out-integer",)),
    OpCase("mean", [ S(T(3), dtype=D("int64")), S(NANS, 0)]),
    OpCase("nansum", [*reductions(types=(*FLOATS, "int64", "bool"))]),
    OpCase("nansum", [S(NANS), S(NANS, 0), S(NANS, 1, True), S(INFS)]),
    OpCase("nanmean", [*reductions(types=REALS, whole=False)], skip=("out-integer",)),
    OpCase("nanmean", [S(NANS), S(NANS, 0), S(NANS, 1, True), S(T(3, dtype="int64"))], skip=("out-integer",)),
    OpCase("prod", [*reductions(0.5, 2, types=(*EVERY, *COMPLEX), tuples=False)], rtol=1e-5),
    OpCase("prod", [S(T(values=[2.0, 0.0, 3.0])), S(T(values=[0.0, 0.0, 3.0])), S(T(values=[[2.0, 0.0], [3.0, 4.0]]), 0),
                    S(T(values=[[2.0, 0.0], [3.0, 4.0]]), 1, True), S(T(0)), S(T(4, dtype="int64"), dtype=D("float32"))]),
    OpCase("var", [S(X, True), S(X, False), S(X, unbiased=False)], skip=("out",), rtol=1e-5),  # that overload has no out=
    OpCase("std", [S(X, True), S(X, False), S(X, unbiased=False)], skip=("out",), rtol=1e-5),
    OpCase("var", [*reductions(types=REALS, empty_dim=False, zero_dim=False), S(X, 1, False), S(X, 1, unbiased=False, keepdim=True),
                   S(X, 1, correction=0), S(X, (0, 2), correction=2), S(T(3, dtype="float16", grad=False)), S(NANS, 1)],
           rtol=1e-5),
    OpCase("var", [S(T(1, grad=False)), S(T(3, 1, grad=False), 1), S(T(0, grad=False)), S(T(1, grad=False), unbiased=False),
                   S(T(2, grad=False), correction=2), S(T(2, grad=False), correction=3), S(T(grad=False))], skip=("out",)),
    OpCase("std", [*reductions(types=REALS, empty_dim=False, zero_dim=False), S(X, 1, False), S(X, 1, correction=0), S(T(values=[1.0, 1.0, 1.0])),
                   S(T(3, 4, dtype="float64"), 1, True, True)], rtol=1e-5),
    OpCase("var_mean", [*reductions(types=REALS, empty_dim=False, zero_dim=False), S(X, False), S(X, 1, correction=0)], rtol=1e-5, skip=("out",)),
    OpCase("std_mean", [*reductions(types=REALS, empty_dim=False, zero_dim=False), S(X, False), S(X, 1, correction=0, keepdim=True)], rtol=1e-5,
           skip=("out",)),
    OpCase("var", [S(T(3, dtype=d)) for d in COMPLEX], rtol=1e-5, skip=("grad",)),
    OpCase("all", reductions(-1, 1, types=EVERY)), OpCase("any", reductions(-1, 1, types=EVERY)),
    OpCase("all", [S(NANS, 1), S(T(2, 0, 3), ()), S(T(0)), S(X, None, True)]), OpCase("any", [S(NANS, 1), S(T(0)), S(X, dim=None)]),
    OpCase("count_nonzero", [S(T(3, 4, dtype=d, low=-2, high=2)) for d in EVERY] + [
        S(T(3, 4), 0), S(T(3, 4), (0, 1)), S(T(0)), S(T()), S(T(3, 4), dim=-1), S(T(2, 3, 4, dtype="int64"), (0, -1))]),
    OpCase("logsumexp", [*reductions(types=(*REALS, "int64"), whole=False, empty_dim=False), S(INFS, 1), S(T(3, low=90, high=99), 0), S(T(3, dtype="float16"), 0)],
           rtol=1e-5),
    OpCase("special.logsumexp", [S(X, 1)], rtol=1e-5),
    ErrorCase("sum", X, 3), ErrorCase("sum", X, -4), ErrorCase("sum", X, (0, 0)), ErrorCase("sum", X, (0, 5)), ErrorCase("sum", X, "a"),
    ErrorCase("sum", 3), ErrorCase("sum"), ErrorCase("sum", X, 1.5), ErrorCase("mean", T(2, dtype="bool")), ErrorCase("sum", X, foo=1),
    ErrorCase("mean", X, 7), ErrorCase("prod", X, (0, 1)), ErrorCase("prod", X, 5), ErrorCase("var", T(3, dtype="int64")),
    ErrorCase("std", T(3, dtype="int64")), ErrorCase("var_mean", T(3, dtype="int64")), ErrorCase("std_mean", T(3, dtype="int64")),
    ErrorCase("var", X, 1, unbiased=False, correction=1, lines=1), ErrorCase("all", X, 9), ErrorCase("logsumexp", X), ErrorCase("logsumexp", X, 4),
    ErrorCase("std", X, 8), ErrorCase("nanmean", T(2, dtype="int64")), ErrorCase("sum", X, 3, method=True), ErrorCase("mean", [1.0, 2.0]),
    ErrorCase("nansum", T(2, dtype="complex64")), ErrorCase("count_nonzero", X, 7), ErrorCase("any", "a"),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(SUMS))
def test_sums(check):
    check()


RUNNING = [
    OpCase("cumsum", [*reductions(types=(*EVERY, *COMPLEX), whole=False, tuples=False), S(NANS, 1)], skip=("out-integer", "inplace")),
    OpCase("cumsum", [S(T(3, 4, dtype=d), 1) for d in (*FLOATS, *INTEGERS)], skip=("out-integer",)),
    OpCase("cumsum", [S(T(3), 0, dtype=D("float64")), S(T(3, dtype="int64"), 0, dtype=D("float32"))], skip=("out-integer", "inplace")),
    OpCase("cumprod", [*reductions(0.5, 2, types=(*REALS, "int64", *COMPLEX), whole=False, tuples=False)], rtol=1e-5, skip=("out-integer", "inplace")),
    OpCase("cumprod", [S(T(3, 4, dtype=d), 1) for d in REALS], skip=("out-integer",), rtol=1e-5),
    OpCase("cumprod", [S(T(values=[2.0, 0.0, 3.0, 0.0, 5.0]), 0), S(T(values=[[2.0, 0.0], [3.0, 4.0]]), 0), S(T(values=[0.0, 1.0]), -1)],
           skip=("out-integer",)),
    *(OpCase(name, [S(T(3, 4, dtype=d, low=-3, high=3), dim) for d in EVERY for dim in (0, 1)] + [
        S(NANS, 0), S(NANS, 1), S(INFS, 1), S(T(), 0), S(T(0), 0), S(T(2, 0), 0), S(T(3, 4, layout="transposed"), 0),
        S(T(values=[1.0, 3.0, 3.0, 2.0, 3.0]), 0), S(T(2, 33, low=-3, high=3), 1)], skip=("out-integer",)) for name in ("cummax", "cummin")),
    OpCase("logcumsumexp", [S(T(3, 4, dtype=d), dim) for d in REALS for dim in (0, -1)] + [S(T(), 0), S(T(0), 0), S(INFS, 1), S(T(2, 3, 4), 1)],
           rtol=1e-5, skip=("out-integer",)),
    ErrorCase("cumsum", X), ErrorCase("cumsum", X, 5), ErrorCase("cumsum", X, "a"), ErrorCase("cummax", X, 4), ErrorCase("cumprod", X, -9),
    ErrorCase("logcumsumexp", T(3, dtype="int64"), 0), ErrorCase("cumsum_", X, 0, True, method=True),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(RUNNING))
def test_running(check):
    check()


TIES = T(values=[[2.0, 2.0, 1.0], [1.0, 3.0, 3.0]])
ONE_DIM = {"tuples": False}
EXTREMES = [
    *(OpCase(name, [*reductions(-9, 9, types=EVERY, distinct=True, **ONE_DIM)], skip=("out-integer",)) for name in ("max", "min")),
    *(OpCase(name, [S(NANS, 0), S(NANS, 1), S(NANS), S(INFS, 1), S(TIES, 1), S(TIES), S(T(0, 3), 1), S(T(2, 3), T(2, 3, seed=1)), S(T(2, 3), T(3)),
                    S(T(2, 3), dim=1, keepdim=True), S(T(2, 3), axis=1, keepdims=True), S(T(3, dtype="bool")), S(T(3, dtype="bool"), 0)],
             skip=("out",)) for name in ("max", "min")),
    *(OpCase(name, [*reductions(-9, 9, types=EVERY, distinct=True), S(TIES, 1), S(TIES), S(NANS, 1), S(INFS, (0, 1))],
             skip=("out-integer",)) for name in ("amax", "amin")),
    OpCase("aminmax", [S(T(3, 4, dtype=d, low=-5, high=5, distinct=True)) for d in (*REALS, "int64")] + [
        S(T(3, 4), dim=1), S(T(3, 4), dim=0, keepdim=True), S(NANS), S(TIES, dim=1), S(T()), S(T(3, 4), keepdim=True)], skip=("out",)),
    *(OpCase(name, [*reductions(-9, 9, types=(*FLOATS, *INTEGERS), distinct=True, **ONE_DIM), S(TIES, 1), S(NANS, 1), S(NANS), S(X, None, True)],
             skip=("out-integer",)) for name in ("argmax", "argmin")),
    # torch's median of an expanded tensor along the expanded dimension reads memory that is not its own
    *(OpCase(name, [*(s for s in reductions(-9, 9, types=(*FLOATS, *INTEGERS), distinct=True, **ONE_DIM) if s.args[0].layout != "expanded"),
                    S(NANS), S(NANS, 0), S(T(2, 4), 1), S(T(0, grad=False)), S(T(7)), S(T(8)), S(T(5, 31, dtype="int64", low=0, high=4), 1),
                    S(TIES, 1)], skip=("out-integer",)) for name in ("median", "nanmedian")),
    OpCase("mode", [S(T(values=[[3, 1, 3, 2], [2, 2, 1, 1]], dtype=d), dim) for d in (*REALS, "int64") for dim in (0, 1, -1)] + [
        S(T(values=[[3.0, 1.0, 3.0, 2.0]]), 1, True), S(T()), S(T(5, distinct=True)), S(T(3, 4, layout="transposed", distinct=True), 0)],
        skip=("out-integer",)),
    OpCase("kthvalue", [S(T(3, 5, dtype=d, low=-9, high=9, distinct=True), n) for d in (*REALS, "int64", "float16") for n in (1, 3)] + [
        S(T(3, 5, distinct=True), 2, 0), S(T(3, 5, distinct=True), 2, 0, True), S(T(), 1), S(NANS, 2), S(T(3, 4, layout="transposed", distinct=True), 2, 1),
        S(T(5, 31, dtype="int64", low=0, high=4), 9), S(T(31, 5, low=0, high=2, dtype="uint8"), 7, 0)],
        skip=("out-integer",)),
    ErrorCase("max", T(0)), ErrorCase("max", T(0, 3), 0), ErrorCase("max", X, 5), ErrorCase("amax", T(0, 3), 0), ErrorCase("amax", T(0)),
    ErrorCase("argmax", T(0)), ErrorCase("argmax", T(2, 0), 1), ErrorCase("argmax", X, 7), ErrorCase("max", T(2, dtype="complex64")),
    ErrorCase("argmax", T(2, dtype="bool")), ErrorCase("median", T(2, 0), 1), ErrorCase("mode", T(2, 0), 1), ErrorCase("kthvalue", T(3), 4),
    ErrorCase("kthvalue", T(3), 0), ErrorCase("aminmax", T(0)), ErrorCase("min", T(2, 0), 1), ErrorCase("max", X, "a"), ErrorCase("max"),
    ErrorCase("argmax", X, (0, 1)), ErrorCase("median", X, 4), ErrorCase("kthvalue", X), ErrorCase("amin", X, (0, 0)), ErrorCase("max", X, T(5)),
    ErrorCase("median", T(2, dtype="bool")), ErrorCase("aminmax", X, 0),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(EXTREMES))
def test_extremes(check):
    check()


EQUALS = T(values=[2.0, 1.0, 2.0, 1.0, 3.0, 2.0, 1.0])
ORDERS = [
    OpCase("sort", [S(T(3, 5, dtype=d, low=-9, high=9, distinct=True)) for d in EVERY] + [
        S(T(3, 5, distinct=True), 0), S(T(3, 5, distinct=True), 1, True), S(T(3, 5, distinct=True), descending=True), S(T(2, 3, 4, distinct=True), -2),
        S(NANS), S(NANS, 1, True), S(INFS), S(EQUALS), S(EQUALS, 0, True), S(EQUALS, stable=True), S(EQUALS, stable=True, descending=True),
        S(T(), 0), S(T(0)), S(T(2, 0)), S(T(3, 4, layout="transposed", distinct=True), 0), S(T(3, 4, layout="expanded", distinct=True), 0),
        S(T(3, 4, layout="sliced", distinct=True)), S(T(16, low=0, high=3, dtype="int64")),
        S(T(40, low=0, high=3, dtype="int64"), stable=True)], skip=("out-integer",)),
    OpCase("argsort", [S(T(3, 5, dtype=d, low=-9, high=9, distinct=True)) for d in EVERY] + [
        S(T(3, 5, distinct=True), 0), S(T(3, 5, distinct=True), 1, True), S(EQUALS), S(EQUALS, descending=True), S(EQUALS, stable=True), S(NANS, 0)],
        skip=("out",)),
    OpCase("msort", [S(T(4, 3, distinct=True)), S(T(5, dtype="int64", distinct=True)), S(T(2, 3, 4, layout="transposed", distinct=True))],
           skip=("out-integer",)),
    OpCase("topk", [S(T(3, 6, dtype=d, low=-9, high=9, distinct=True), 2) for d in (*FLOATS, *INTEGERS)] + [
        S(T(3, 6, distinct=True), 2, 0), S(T(3, 6, distinct=True), 6), S(T(3, 6, distinct=True), 3, 1, False), S(T(6, distinct=True), 0),
        S(T(3, 6, distinct=True), k=2, largest=False, sorted=True), S(NANS, 2), S(NANS, 2, 0, False), S(T(), 1), S(T(2, 300, distinct=True), 5),
        S(T(5, 31, dtype="int64", low=0, high=4), 9), S(T(31, 5, low=0, high=2, dtype="uint8"), 7, 0, False), S(T(4, 700, dtype="int64", high=5), 6),
        S(EQUALS, 3), S(EQUALS, 5, largest=False), S(EQUALS, 7),
        S(T(3, 4, layout="transposed", distinct=True), 2, 0), S(T(2, 0), 0)], skip=("out-integer",)),
    ErrorCase("sort", T(2, dtype="complex64")), ErrorCase("sort", X, 5), ErrorCase("topk", T(3), 4), ErrorCase("topk", T(3), -1), ErrorCase("topk", T(3)),
    ErrorCase("topk", T(3), 1, 2), ErrorCase("sort", X, "a"), ErrorCase("argsort", X, 9), ErrorCase("topk", T(3), 1.5),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(ORDERS))
def test_orders(check):
    check()


NUMBERS = T(values=[3, 1, 3, 2, 1, 1], dtype="int64")
STATISTICS = [
    OpCase("unique", [S(NUMBERS), S(NUMBERS, return_inverse=True), S(NUMBERS, return_counts=True), S(NUMBERS, True, True, True), S(T(2, 3, dtype="bool")),
                      S(T(values=[[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]], grad=False)), S(T(values=[[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]], grad=False), dim=0),
                      S(T(values=[[1, 1, 2], [3, 3, 4]], dtype="int64"), dim=1, return_inverse=True, return_counts=True), S(T(0, grad=False)),
                      S(T(values=[math.nan, 1.0, math.nan], grad=False), return_counts=True), S(T(grad=False)), S(T(3, 4, dtype="uint8", high=3)),
                      S(T(values=[[1, 2], [1, 2]], dtype="int64"), return_inverse=True), S(T(values=[-0.0, 0.0, 1.0], grad=False)),
                      S(NUMBERS, sorted=False), S(T(0, 3, grad=False), dim=0)]),
    OpCase("unique_consecutive", [S(T(values=[1, 1, 2, 2, 3, 1, 1, 2], dtype="int64")), S(T(values=[1, 1, 2, 2, 3, 1, 1, 2], dtype="int64"), True, True),
                                  S(T(values=[[1.0, 1.0], [1.0, 1.0], [2.0, 3.0]], grad=False), dim=0, return_counts=True), S(T(0, grad=False)),
                                  S(T(values=[[1, 1], [2, 2]], dtype="int64"), return_inverse=True), S(T(grad=False))]),
    OpCase("bincount", [S(NUMBERS), S(NUMBERS, minlength=6), S(NUMBERS, T(6, grad=False)), S(NUMBERS, T(6, dtype="float64", grad=False), 7),
                        S(T(0, dtype="int64")), S(T(0, dtype="int64"), minlength=3), S(T(5, dtype="uint8", high=4)), S(NUMBERS, T(6, dtype="int64")),
                        S(NUMBERS.with_(dtype="int32"))]),
    OpCase("histc", no_grad([S(T(30)), S(T(30), 5), S(T(30), 5, -1, 1), S(T(30), bins=4, min=0, max=2), S(T(values=[1.0, 1.0]), 3), S(T(0), 3),
                             S(T(3, 4, dtype="float64"), 4, -2, 2), S(T(values=[0.0, 1.0, 2.0, 2.0, 3.0]), 3, 0, 3), S(T(100), 7, -1.3, 1.1)]),
           skip=("out-integer",)),
    OpCase("quantile", [S(T(7, dtype=d), 0.3) for d in REALS] + [S(T(3, 4), 0.5, 0), S(T(3, 4), 0.5, 1, True), S(T(3, 4), T(values=[0.1, 0.5, 1.0], grad=False)),
                        S(T(3, 4), T(values=[0.1, 0.5], grad=False), 1), S(T(3, 4), T(values=[0.1, 0.5], grad=False), 1, True), S(T(3, 4), 0.5, keepdim=True),
                        S(NANS, 0.5, 1), S(T(), 0.5), S(T(3, 4), 0), S(T(3, 4), 1.0), S(T(3, 4), T(values=0.25, grad=False), 0),
                        *(S(T(3, 5), 0.37, 1, interpolation=i) for i in ("linear", "lower", "higher", "midpoint", "nearest"))],
           rtol=1e-5, skip=("out-integer", "grad_fn", "second")),
    OpCase("nanquantile", [S(NANS, 0.4, 1), S(NANS, 0.4), S(NANS, 0.4, 0, True), S(T(3, 4), 0.3, 1), S(NANS, T(values=[0.2, 0.7], grad=False), 1)],
           rtol=1e-5, skip=("out-integer", "grad_fn", "second")),
    OpCase("cov", [S(T(3, 5)), S(T(3, 5, dtype="float64")), S(T(5)), S(T(3, 5), correction=0), S(T(3, 5), fweights=T(values=[1, 2, 1, 3, 1], dtype="int64")),
                   S(T(3, 5), aweights=T(5, low=0.1, high=1, grad=False)), S(T()), S(T(1, 4))], rtol=1e-5, skip=("grad_fn",)),
    OpCase("corrcoef", [S(T(3, 5)), S(T(3, 5, dtype="float64")), S(T(5))], rtol=1e-5, skip=("grad_fn",)),
    OpCase("dist", [S(T(2, 3), T(2, 3, seed=1), p) for p in (2, 1, 3, 0.5, math.inf, -math.inf, 0)] + [S(T(3), T(2, 3, seed=1)), S(T(3, dtype="float64"),
                    T(3, dtype="float64", seed=1))], rtol=1e-5, skip=("second",)),
    OpCase("norm", [S(T(2, 3, dtype=d), p) for d in (*REALS, *COMPLEX) for p in (2, 1, 3, math.inf, -math.inf, 0, 0.5)] + [
        S(T(2, 3)), S(T(2, 3), dim=1), S(T(2, 3), 2, 0), S(T(2, 3), 1, (0, 1)), S(T(2, 3), "fro"), S(T(2, 3), "fro", 1, True), S(T(2, 3, 4), 3, (0, 2)),
        S(T()), S(T(2, 3), p=2, dim=0, keepdim=True), S(T(2, 3), 2, None, True), S(T(2, 3), dtype=D("float64")), S(T(values=[3.0, 4.0])),
        S(T(3, 4, layout="transposed"), 2, 0)], rtol=1e-5, skip=("out-integer", "second")),
    OpCase("norm", [S(T(values=[0.0, 0.0])), S(T(values=[0.0, 1.0]), 1), S(T(values=[0.0, 0.0]), 3)], skip=("second", "out")),
    OpCase("norm", [S(T(3, 3), "nuc")], skip=("out", "second", "grad_fn"), rtol=1e-5),
    OpCase("linalg.vector_norm", [S(T(2, 3), p) for p in (2, 1, 3, math.inf, -math.inf, 0)] + [S(T(2, 3), 2, 1), S(T(2, 3), 2, (0, 1), True),
                                  S(T(2, 3), dim=0), S(T(2, 3), dtype=D("float64")), S(T(0))], rtol=1e-5, skip=("out-integer", "second")),
    OpCase("linalg.matrix_norm", [S(T(3, 4), p) for p in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)] + [S(T(2, 3, 4), 1), S(T(2, 3, 4), "fro", (0, 1)),
                                  S(T(2, 3, 4), "fro", (0, 2), True), S(T(2, 3, 4), 2, (-2, -1), True)], rtol=1e-5,
           skip=("out-integer", "second", "grad_fn")),
    OpCase("linalg.norm", [S(T(3)), S(T(3, 4)), S(T(3, 4), "fro"), S(T(3, 4), 1), S(T(3, 4), 2), S(T(3), 1), S(T(2, 3, 4)), S(T(2, 3, 4), dim=(1, 2)),
                           S(T(2, 3, 4), "nuc", (1, 2)), S(T(3, 4), dim=0), S(T(3, 4), math.inf), S(T(3, 4), None, 1, True)], rtol=1e-5,
           skip=("out-integer", "second", "grad_fn")),
    OpCase("renorm", [S(T(3, 4), 2, 0, 1.0), S(T(3, 4), 1, 1, 2.0), S(T(2, 3, 4), 2, -1, 0.5), S(T(3, 4), math.inf, 0, 1.0), S(T(3, 4), 2, 0, 100.0)],
           rtol=1e-5, skip=("second", "out-integer")),
    OpCase("trapezoid", [S(T(5)), S(T(3, 4), dx=2), S(T(3, 4), dim=0), S(T(3, 4), T(4, low=0, high=9)), S(T(3, 4), T(3, low=0, high=9), dim=0), S(T(1)),
                         S(T(3, 4), T(3, 4, low=0, high=9, seed=1)), S(T(3, dtype="int64"))], rtol=1e-5, skip=("grad_fn",)),
    OpCase("cumulative_trapezoid", [S(T(5)), S(T(3, 4), dx=2), S(T(3, 4), dim=0), S(T(3, 4), T(4, low=0, high=9)), S(T(1))], rtol=1e-5, skip=("grad_fn",)),
    OpCase("gradient", [S(T(5)), S(T(3, 4)), S(T(3, 4), dim=1), S(T(3, 4), spacing=2.0), S(T(3, 4), spacing=[2.0, 0.5]), S(T(3, 4), edge_order=2),
                        S(T(4), spacing=(T(values=[0.0, 1.0, 3.0, 4.5], grad=False),)), S(T(3, 4), dim=(0,)), S(T(3, dtype="int64")),
                        S(T(4), spacing=(T(values=[0.0, 1.0, 3.0, 4.5], grad=False),), edge_order=2)], rtol=1e-5, skip=("grad_fn",)),
    OpCase("histogram", no_grad([S(T(30), 5), S(T(30), bins=4, range=(-1.0, 1.0)), S(T(9), T(values=[-1.0, 0.0, 0.5, 2.0])), S(T(30), 5, density=True),
                                 S(T(6), 3, weight=T(6, low=0, seed=1)), S(T(values=[1.0, 1.0]), 3)]), skip=("out",), rtol=1e-5),
    ErrorCase("gradient", T(1)), ErrorCase("gradient", T(3), spacing=[1.0, 2.0]), ErrorCase("gradient", T(5), edge_order=3),
    ErrorCase("bincount", T(values=[-1], dtype="int64")), ErrorCase("bincount", T(2)), ErrorCase("bincount", T(2, 2, dtype="int64")),
    ErrorCase("bincount", NUMBERS, T(2)), ErrorCase("bincount", NUMBERS, minlength=-1), ErrorCase("histc", T(3), 0), ErrorCase("histc", T(3), 4, 2, 1),
    ErrorCase("quantile", T(3), 2.0), ErrorCase("quantile", T(0), 0.5), ErrorCase("quantile", T(3, dtype="int64"), 0.5),
    ErrorCase("quantile", T(3), T(2, dtype="float64")), ErrorCase("quantile", T(3), 0.5, interpolation="x"), ErrorCase("cov", T(2, 3, 4)),
    ErrorCase("norm", T(3, dtype="int64")), ErrorCase("linalg.vector_norm", T(3, dtype="int64")), ErrorCase("linalg.matrix_norm", T(3)),
    ErrorCase("linalg.norm", T(2, 3, 4), 1), ErrorCase("linalg.matrix_norm", T(2, 3), "x"), ErrorCase("renorm", T(3), 2, 0, 1.0),
    ErrorCase("renorm", T(3, 3), 2, 0, -1.0), ErrorCase("renorm", T(3, 3), -2, 0, 1.0), ErrorCase("norm", T(3), "x"), ErrorCase("histc", T(3, dtype="int64")),
    ErrorCase("quantile", T(3), T(2, 2)), ErrorCase("linalg.vector_norm", T(0), math.inf), ErrorCase("dist", T(2, dtype="int64"), T(2, dtype="int64")),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(STATISTICS))
def test_statistics(check):
    check()


def test_forms():
    for code in (
        "x = torch.ones(2, 3, requires_grad=True); x.sum(0)",
        "torch.tensor([[1., 5.], [7., 2.]]).max(1)",
        "torch.tensor([[1., 5.], [7., 2.]]).cummax(1)",
        "torch.tensor([[1., 5.], [7., 2.]], requires_grad=True).sort(1, descending=True)",
        "torch.aminmax(torch.tensor([1., 2.]))",
        "torch.var_mean(torch.tensor([1., 2.]))",
        "v, i = torch.tensor([1., 3., 2.]).topk(2); print(v, i)",
    ):
        compare_form(code)


def test_large_sums_are_exact():
    compare(lambda m: m.arange(1_000_000, dtype=m.float32).reshape(-1, 4).remainder(7).sum(0))
