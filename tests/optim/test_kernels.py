"""The fast form of every algorithm equals its plain formula, allocates nothing, and does not care about block sizes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.autograd.table import TENSOR_OPS
from tinygrad_edu.backend import kernels_of
from tinygrad_edu.optim import optimizer as module

CASES = {
    "SGD": (optim.SGD, {}),
    "SGD-momentum": (optim.SGD, {"momentum": 0.9, "dampening": 0.2, "weight_decay": 0.1}),
    "SGD-nesterov": (optim.SGD, {"momentum": 0.9, "nesterov": True, "maximize": True}),
    "ASGD": (optim.ASGD, {"t0": 3, "lambd": 0.1, "weight_decay": 0.1}),
    "Adam": (optim.Adam, {}),
    "Adam-amsgrad": (optim.Adam, {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    "AdamW": (optim.AdamW, {"weight_decay": 0.1}),
    "Adamax": (optim.Adamax, {"weight_decay": 0.1}),
    "NAdam": (optim.NAdam, {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    "RAdam": (optim.RAdam, {"betas": (0.5, 0.8), "weight_decay": 0.1}),
    "Adagrad": (optim.Adagrad, {"lr_decay": 0.1, "weight_decay": 0.1}),
    "RMSprop": (optim.RMSprop, {"weight_decay": 0.1}),
    "RMSprop-all": (optim.RMSprop, {"momentum": 0.9, "centered": True, "maximize": True}),
    "Adadelta": (optim.Adadelta, {"weight_decay": 0.1}),
    "Rprop": (optim.Rprop, {"maximize": True}),
}
ALL = pytest.mark.parametrize(("cls", "options"), CASES.values(), ids=CASES.keys())


def steps(optimizer, p, n=8, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        p.grad = tg.tensor(rng.normal(size=tuple(p.shape)).astype(np.float32))
        optimizer.step()
        yield p.detach().numpy().copy()


def parameter(n=37):
    return tg.tensor(np.random.default_rng(1).normal(size=n).astype(np.float32), requires_grad=True)


@ALL
def test_kernel_equals_formula(cls, options):
    """The same run twice: by the kernel, and by the formula on whole arrays."""
    fast = cls([p := parameter()], lr=0.05, **options)
    path = list(steps(fast, p))

    class Plain(cls):
        def _step_group(self, group):
            (p,) = group["params"]
            state = self.state.get(p)
            first = not state
            if first:
                state = self.state[p] = self.start(group, p)
            numbers = self.numbers(group, state, first)
            names = self.slots(group)
            arrays = [p._data, p.grad._data, *[state[name]._data for name in names]]
            new, *rest = self.formula(kernels_of(p._data), numbers, *arrays)
            for target, value in zip([p, *[state[name] for name in names]], [new, *rest]):
                target._data[...] = value

    plain = Plain([q := parameter()], lr=0.05, **options)
    for fast_p, plain_p in zip(path, steps(plain, q)):
        np.testing.assert_allclose(fast_p, plain_p, 2e-5, 2e-6)
    for name in fast.slots(fast.param_groups[0]):
        np.testing.assert_allclose(fast.state[p][name].numpy(), plain.state[q][name].numpy(), 2e-5, 2e-6)


@ALL
def test_formula_on_tensors_equals_formula_on_arrays(cls, options):
    optimizer = cls([p := parameter()], lr=0.05, **options)
    (group,) = optimizer.param_groups
    state = optimizer.state.get(p) or optimizer.start(group, p)
    numbers = optimizer.numbers(group, state, True)
    g = np.random.default_rng(2).normal(size=37).astype(np.float32)
    slots = [state[name] for name in optimizer.slots(group)]
    arrays = optimizer.formula(kernels_of(g), numbers, p._data, g, *[s._data for s in slots])
    tensors = optimizer.formula(TENSOR_OPS, numbers, p.detach(), tg.tensor(g), *slots)
    for a, t in zip(arrays, tensors, strict=True):
        np.testing.assert_array_equal(a, t.numpy())


@ALL
@pytest.mark.parametrize("block", [1, 7, 36, 37, 38])
def test_blocks_do_not_matter(cls, options, block, monkeypatch):
    whole = list(steps(cls([p := parameter()], lr=0.05, **options), p))
    monkeypatch.setattr(module, "BLOCK", block)
    pieces = list(steps(cls([q := parameter()], lr=0.05, **options), q))
    np.testing.assert_array_equal(whole, pieces)


@pytest.mark.parametrize(
    ("cls", "options"), [v for k, v in CASES.items() if k != "Rprop"], ids=[k for k in CASES if k != "Rprop"]
)
def test_no_memory_is_allocated(cls, options):
    """A step on 4 MB of parameters asks for a few kilobytes at most."""
    p = parameter(1_000_000)
    optimizer = cls([p], lr=0.05, **options)
    p.grad = tg.ones(1_000_000)
    optimizer.step()
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000


def test_the_arrays_stay_the_same():
    p = parameter()
    array = p._data
    optimizer = optim.Adam([p])
    list(steps(optimizer, p))
    assert p._data is array
    assert p.is_leaf
    assert p.requires_grad


def test_views_of_a_parameter_see_the_step():
    p = parameter()
    view = p.detach()[3:5]
    list(steps(optim.SGD([p], lr=0.1), p, n=1))
    assert view.equal(p.detach()[3:5])
