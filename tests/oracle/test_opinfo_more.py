"""First and second gradients of every differentiable operation of torch's tables, in float64 and complex128.

The first ones by the normal backward and by the one that can be differentiated again; the second ones of a weighted sum of the
first. Matrices go through the tables' wrappers (symmetric, triangular, … inputs), results through their ``output_process_fn``,
so that what LAPACK leaves open (signs of eigenvectors) is not compared.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from oracle.harness import OURS, THEIRS, Difference, Side, demand, dtype_name, outcome, same
from oracle.opinfo import _seeded, described, function_of, has, made, operations, samples

import tinygrad_edu as tg

FIRST, SECOND = 10, 3  # samples of an operation and dtype

# (operations, what is left out: "first" means all, reason)
LEFT_OUT: list[tuple[str, str, str]] = [
    ("as_strided_scatter", "first", "torch's gradient is that of the replaced part only"),
    ("max_pool2d_with_indices_backward", "first", "an internal name of torch's core, which no program calls"),
    ("to_sparse", "first", "its result is sparse: see test_sparse"),
    ("linalg.norm.subgradients_at_zero masked.logaddexp", "second", "torch gives NaN at a norm of 0 and where all is masked, ours 0"),
    ("nn.functional.linear_cross_entropy.chunked nn.functional.linear_cross_entropy.chunked_none", "second",
     "torch has no second gradients when it divides the work into pieces; ours does not divide it"),
]  # fmt: skip
_SKIP = {name: what for names, what, _ in LEFT_OUT for name in names.split()}
# how many times the usual tolerance: matrices that are nearly singular, sums that cancel
LOOSE = {"svd_lowrank": 1e4, "pca_lowrank": 1e4, "linalg.householder_product": 100.0}


def _translated(function: Any) -> Any:
    """A function of torch's tables that works on our tensors."""
    if not (isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing")):
        return function
    names = {**function.__globals__, "torch": tg, "wrapper_set_seed": _seeded}
    copy = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _flat(side: Side, value: Any) -> list[Any]:
    if side.is_tensor(value):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in _flat(side, v)] if isinstance(value, (tuple, list)) else []


class Graph:
    """One sample on one side: its leaves and its results."""

    def __init__(self, side: Side, op: Any, sample: Any) -> None:
        self.side = side
        known: dict[Any, Any] = {}
        args, kwargs = made((sample.input, *sample.args), side, known), made(sample.kwargs, side, known)
        wrapper: Callable[..., Any] = op.gradcheck_wrapper
        if "masked" in wrapper.__name__:  # these choose the results that the mask leaves: all are compared here
            wrapper = _plain
        process = sample.output_process_fn_grad
        if side is OURS:
            wrapper, process = _translated(wrapper), _translated(process)
        torch.manual_seed(1)
        tg.manual_seed(1)
        result = process(wrapper(function_of(op, side), *args, **kwargs))
        self.outs = [t for t in _flat(side, result) if t.requires_grad]
        leaves = [t for t in _flat(side, [args, kwargs]) if t.requires_grad]
        self.leaves = [t for i, t in enumerate(leaves) if all(t is not u for u in leaves[:i])]

    def first(self, create_graph: bool) -> list[Any]:
        weights = [self._weight(t, i) for i, t in enumerate(self.outs)]
        return self._grad(self.outs, weights, create_graph)

    def second(self) -> list[Any]:
        outs = [g for g in self.first(True) if g is not None and g.requires_grad]
        return self._grad(outs, [self._weight(t, 7 + i) for i, t in enumerate(outs)], False) if outs else []

    def _grad(self, outs: list[Any], weights: list[Any], create_graph: bool) -> list[Any]:
        return list(
            self.side.module.autograd.grad(
                outs, self.leaves, weights, create_graph=create_graph, retain_graph=True, allow_unused=True
            )
        )

    def _weight(self, t: Any, seed: int) -> Any:
        rng = np.random.default_rng(seed)
        numbers = rng.standard_normal(tuple(t.shape))
        if dtype_name(t).startswith("complex"):
            numbers = numbers + 1j * rng.standard_normal(tuple(t.shape))
        return self.side.tensor(np.asarray(numbers, dtype_name(t)))


def _plain(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _same_gradients(ours: list[Any], theirs: list[Any], what: str, loose: float) -> None:
    """None and zeros say the same."""
    ours, theirs = ours or [None] * len(theirs), theirs or [None] * len(ours)
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a is None or b is None:
            given = a if b is None else b
            demand(
                given is None or not bool((given.abs() > 1e-12).any()),
                f"{what} {i}: {'torch' if b is None else 'ours'} has none",
            )
        else:
            same(a.detach(), b.detach(), f"{what} {i}", rtol=1e-3 * loose)


def compare(op: Any, sample: Any, second: bool, loose: float) -> bool:
    """Whether there was something to compare; Difference where the sides disagree."""
    theirs = outcome(lambda: Graph(THEIRS, op, sample))
    if theirs.error is not None or not theirs.value.outs or not theirs.value.leaves:
        return False
    expected = outcome(lambda: theirs.value.second() if second else theirs.value.first(False))
    if expected.error is not None:  # torch has no such derivative
        return False
    mine = outcome(lambda: Graph(OURS, op, sample))
    if mine.error is not None:
        if isinstance(mine.error, NotImplementedError) and str(mine.error).startswith("torch."):
            return False  # a layout or dtype that we do not have
        raise Difference(f"ours raises {mine.text()}") from mine.error
    for again in (False, True) if not second else (False,):
        found = outcome(lambda g=again: mine.value.second() if second else mine.value.first(g))
        if found.error is not None:
            raise Difference(f"ours raises {found.text()}") from found.error
        what = "second gradient" if second else f"gradient (create_graph={again})"
        _same_gradients(found.value, expected.value, what, loose)
    return True


CASES = [
    pytest.param(name, dtype, id=f"{name}-{str(dtype)[6:]}")
    for name, op in operations().items()
    for dtype in (torch.float64, torch.complex128)
    if op.supports_autograd and dtype in op.supported_backward_dtypes("cpu") and has(op) and _SKIP.get(name) != "first"
]


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_gradients(name: str, dtype: torch.dtype) -> None:
    op, problems = operations()[name], []
    plans = [(False, FIRST)]
    if op.supports_gradgrad and name not in _SKIP:
        plans.append((True, SECOND))
    for second, count in plans:
        for sample in samples(op, dtype, grad=True, count=count):
            try:
                compare(op, sample, second, LOOSE.get(name, 1.0))
            except Difference as difference:
                problems.append(f"{described(sample)}\n    {str(difference)[:500]}")
    assert not problems, f"{len(problems)} differ\n" + "\n".join(problems[:4])


def test_what_is_left_out_exists() -> None:
    assert set(_SKIP) | set(LOOSE) <= set(operations())
