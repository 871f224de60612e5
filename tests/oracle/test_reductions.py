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
                   layout="transposed"), 0)], rtol=2e-5),
    # means in half precision and of complex numbers name the overload in their complaint about a wrong out=
    OpCase("mean", [*reductions(types=(*HALVES, *COMPLEX), whole=True)], skip=("out_type",)),
    OpCase("mean", [S(X.with_(dtype="float64"), 1), S(T(3, dtype="int64"), dtype=D("float32"))], skip=("out_type",)),
    OpCase("mean", [*reductions(types=("float32", "int64")), S(X.with_(dtype="float64")), S(T(3), dtype=D("int64")), S(NANS, 0)]),
    OpCase("nansum", [*reductions(types=(*FLOATS, "int64", "bool"))]),
    OpCase("nansum", [S(NANS), S(NANS, 0), S(NANS, 1, True), S(INFS)]),
    OpCase("nanmean", [*reductions(types=REALS, whole=False)], skip=("out_type",)),
    OpCase("nanmean", [S(NANS), S(NANS, 0), S(NANS, 1, True), S(T(3, dtype="int64"))], skip=("out_type",)),
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
    OpCase("cumsum", [*reductions(types=(*EVERY, *COMPLEX), whole=False, tuples=False), S(NANS, 1)], skip=("out_type", "inplace")),
    OpCase("cumsum", [S(T(3, 4, dtype=d), 1) for d in (*FLOATS, *INTEGERS)], skip=("out_type",)),
    OpCase("cumsum", [S(T(3), 0, dtype=D("float64")), S(T(3, dtype="int64"), 0, dtype=D("float32"))], skip=("out_type", "inplace")),
    OpCase("cumprod", [*reductions(0.5, 2, types=(*REALS, "int64", *COMPLEX), whole=False, tuples=False)], rtol=1e-5, skip=("out_type", "inplace")),
    OpCase("cumprod", [S(T(3, 4, dtype=d), 1) for d in REALS], skip=("out_type",), rtol=1e-5),
    OpCase("cumprod", [S(T(values=[2.0, 0.0, 3.0, 0.0, 5.0]), 0), S(T(values=[[2.0, 0.0], [3.0, 4.0]]), 0), S(T(values=[0.0, 1.0]), -1)],
           skip=("out_type",)),
    *(OpCase(name, [S(T(3, 4, dtype=d, low=-3, high=3), dim) for d in EVERY for dim in (0, 1)] + [
        S(NANS, 0), S(NANS, 1), S(INFS, 1), S(T(), 0), S(T(0), 0), S(T(2, 0), 0), S(T(3, 4, layout="transposed"), 0),
        S(T(values=[1.0, 3.0, 3.0, 2.0, 3.0]), 0), S(T(2, 33, low=-3, high=3), 1)], skip=("out_type",)) for name in ("cummax", "cummin")),
    OpCase("logcumsumexp", [S(T(3, 4, dtype=d), dim) for d in REALS for dim in (0, -1)] + [S(T(), 0), S(T(0), 0), S(INFS, 1), S(T(2, 3, 4), 1)],
           rtol=1e-5, skip=("out_type",)),
    ErrorCase("cumsum", X), ErrorCase("cumsum", X, 5), ErrorCase("cumsum", X, "a"), ErrorCase("cummax", X, 4), ErrorCase("cumprod", X, -9),
    ErrorCase("logcumsumexp", T(3, dtype="int64"), 0), ErrorCase("cumsum_", X, 0, True, method=True),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(RUNNING))
def test_running(check):
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


