"""Maxima, minima, orders and middles against torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy
import pytest
import torch
from oracle.harness import ErrorCase, OpCase, S, T, checks

import tinygrad_edu

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


MANY = ("float32", "float64", "int64", "uint8", "bfloat16", "float16", "bool")
PICKS: dict[str, Callable[[Any], Any]] = {
    "sort": lambda x: x.sort(),
    "sort, falling": lambda x: x.sort(0, descending=True),
    "sort, stable": lambda x: x.sort(stable=True),
    "sort, said not to be stable": lambda x: x.sort(stable=False),
    "argsort": lambda x: (x.argsort(dim=0), x.argsort(descending=True), x.argsort(stable=True)),
    "topk": lambda x: x.topk(1 + x.shape[-1] // 3),
    "topk, the smallest": lambda x: x.topk(x.shape[0] // 2, 0, largest=False),
    "topk, few": lambda x: x.topk(1 + x.shape[-1] // 80),
    "topk, as they come": lambda x: x.topk(x.shape[-1] // 2, sorted=False),
    "topk, few as they come": lambda x: x.topk(1 + x.shape[-1] // 80, sorted=False),
    "kthvalue": lambda x: x.kthvalue(1 + x.shape[-1] // 3),
    "median": lambda x: (*x.median(0), *x.nanmedian(-1)),
    "mode": lambda x: (*x.mode(), *x.mode(0)),
}  # fmt: skip


@pytest.mark.parametrize("pick", PICKS)
@pytest.mark.parametrize("dtype", MANY)
@pytest.mark.parametrize("shape", [(16, 17), (17, 40), (60, 230), (3, 2000), (40_000,)])
def test_among_equal_elements(pick: str, dtype: str, shape: tuple[int, ...]) -> None:
    """The places of equal elements are those at which torch's own sorting and selecting arrives.

    (``mode`` sorts with a ``<`` to which NaN is neither smaller nor larger: what then comes out has no meaning in torch.)
    """
    drawn = numpy.random.default_rng(len(pick)).integers(0, 12, shape)
    numbers = numpy.where(drawn == 11, numpy.nan, drawn) if "float" in dtype and pick != "mode" else drawn

    def places(library: Any) -> Any:
        try:
            made = PICKS[pick](library.tensor(numbers.tolist()).to(getattr(library, dtype)))
        except RuntimeError as error:  # topk of booleans
            return str(error)
        return [(str(t.dtype).split(".")[1], numpy.nan_to_num(t.tolist(), nan=-1).tolist()) for t in made]

    assert places(tinygrad_edu) == places(torch)
