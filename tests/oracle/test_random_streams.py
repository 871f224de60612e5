"""The CPU stream gives torch's numbers: every distribution, dtype and size, and the draws it leaves behind."""

from __future__ import annotations

import warnings

import ml_dtypes
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.backend.mt19937 import DEFAULT_SEED, MT19937Stream, fill

FLOATS = ["float16", "bfloat16", "float32", "float64"]
INTS = ["uint8", "int8", "int16", "int32", "int64"]
WIDE_INTS = ["uint16", "uint32", "uint64"]
SIZES = [0, 1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 100, 623, 625, 1001]


def np_type(name):
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def to_numpy(t):
    if t.dtype == torch.bfloat16:
        return t.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return t.numpy()


def bits(array):
    return array.view(f"V{array.dtype.itemsize}") if array.size else array


def outcome(call):
    try:
        return call()
    except (RuntimeError, NotImplementedError) as error:
        return type(error), str(error)


class Pair:
    """Our stream and torch's generator, kept in step: every comparison also compares what comes after."""

    def __init__(self, seed=0):
        self.ours, self.torch = MT19937Stream(seed), torch.Generator().manual_seed(seed)

    def same(self, ours, theirs):
        theirs = to_numpy(theirs)
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(bits(np.ascontiguousarray(ours)), bits(np.ascontiguousarray(theirs)))
        self.in_step()

    def same_outcome(self, ours, theirs):
        """The same numbers, or an error of the same type and text."""
        ours, theirs = outcome(ours), outcome(theirs)
        if isinstance(theirs, torch.Tensor):
            self.same(ours, theirs)
        else:
            assert ours == theirs
            self.in_step()

    def in_step(self):
        assert self.ours.get_state().tobytes() == self.torch.get_state().numpy().tobytes()

    def empty(self, shape, dtype):
        return torch.empty(shape, dtype=getattr(torch, dtype))

    def both(self, method, torch_method, shape, dtype, *args):
        theirs = getattr(self.empty(shape, dtype), torch_method)(*args, generator=self.torch)
        self.same(getattr(self.ours, method)(shape, *args, dtype=np_type(dtype)), theirs)


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**63, 2**64 - 1, -1, -(2**63)])
def test_seeding(seed):
    pair = Pair(seed)
    pair.in_step()
    assert pair.ours.initial_seed == pair.torch.initial_seed()
    pair.both("uniform", "uniform_", (5,), "float32")


def test_default_seed():
    assert torch.Generator().initial_seed() == DEFAULT_SEED == MT19937Stream().initial_seed


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", SIZES)
def test_uniform_and_normal_of_every_size(dtype, n):
    pair = Pair(n)
    for _ in range(3):
        pair.both("uniform", "uniform_", (n,), dtype)
        pair.both("normal", "normal_", (n,), dtype)
        pair.both("normal", "normal_", (n,), dtype, 0.5, 0.25)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("low", "high"), [(-1, 1), (-0.3, 0.77), (5, 5), (0, 3.3), (-3e4, 3e4), (0.1, 0.1000001), (-1, 0), (1, 2)]
)
def test_uniform_bounds(dtype, low, high):
    Pair(3).both("uniform", "uniform_", (2000,), dtype, low, high)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("mean", "std"), [(0, 1), (1, 0), (-0.37, 1.7), (1e3, 1e-3), (0, 2.5), (3, 1)])
def test_normal_parameters(dtype, mean, std):
    pair = Pair(4)
    pair.both("normal", "normal_", (9,), dtype, mean, std)
    pair.both("normal", "normal_", (50, 37), dtype, mean, std)
    pair.both("normal", "normal_", (8,), dtype, mean, std)


def test_normal_vectorised_is_equal_bit_for_bit_at_scale():
    pair = Pair(11)
    for mean, std in ((0.0, 1.0), (0.125, 0.7)):
        theirs = torch.empty(400_003).normal_(mean, std, generator=pair.torch)
        pair.same(pair.ours.normal((400_003,), mean, std), theirs)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_normal_not_contiguous(dtype):
    pair = Pair(5)
    t = pair.empty((20, 6), dtype).t()
    t.normal_(0.5, 2, generator=pair.torch)
    ours = np.empty((20, 6), np_type(dtype)).T
    fill(ours, pair.ours.normal(ours.shape, 0.5, 2, np_type(dtype), contiguous=False))
    pair.same(ours, t)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("shape", [(), (3,), (7,), (8,), (9,), (4, 5)])
def test_complex(dtype, shape):
    pair = Pair(6)
    pair.both("uniform", "uniform_", shape, dtype)
    pair.both("normal", "normal_", shape, dtype)
    pair.same(
        pair.ours.normal(shape, dtype=np_type(dtype)),
        torch.randn(shape, dtype=getattr(torch, dtype), generator=pair.torch),
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(0,), (), (5,), (1000,), (300, 70)])
def test_other_continuous(dtype, shape):
    pair = Pair(7)
    for rate in (1, 0.3, 25.0):
        pair.both("exponential", "exponential_", shape, dtype, rate)
    for median, sigma in ((0, 1), (-1.3, 0.2), (2, 7.7)):
        pair.both("cauchy", "cauchy_", shape, dtype, median, sigma)
    for mean, std in ((1, 2), (0, 0.5), (-3.3, 0.1)):
        pair.both("log_normal", "log_normal_", shape, dtype, mean, std)


RANGES = [(0, 1), (0, 2), (0, 10), (-5, 5), (3, 100), (0, 127), (-128, 127), (0, 2**28 - 1), (0, 2**28), (0, 2**28 + 1)]
RANGES += [(0, 2**31), (-(2**31), 2**31), (0, 2**33 + 7), (-(2**62), 2**62), (0, 2**63 - 1), (-(2**63), 2**63 - 1)]


@pytest.mark.filterwarnings("ignore:.*is out of bounds")
@pytest.mark.parametrize("dtype", [*INTS, *WIDE_INTS, *FLOATS, "bool"])
@pytest.mark.parametrize(("low", "high"), RANGES)
def test_randint(dtype, low, high):
    pair = Pair(8)
    pair.same_outcome(
        lambda: pair.ours.randint(low, high, (40, 9), np_type(dtype)),
        lambda: pair.empty((40, 9), dtype).random_(low, high, generator=pair.torch),
    )


@pytest.mark.filterwarnings("ignore:.*is out of bounds")
@pytest.mark.parametrize("dtype", [*INTS, *WIDE_INTS, *FLOATS, "bool", "complex64"])
@pytest.mark.parametrize("low", [None, 0, 1, -3, 100, 250, 2000, 2**40, -(2**40), -(2**63)])
def test_random_without_upper_bound(dtype, low):
    pair = Pair(9)
    args = () if low is None else (low, None)

    def ours():
        if low is None:
            return pair.ours.random((55,), np_type(dtype))
        return pair.ours.random_from(low, (55,), np_type(dtype))

    pair.same_outcome(ours, lambda: pair.empty((55,), dtype).random_(*args, generator=pair.torch))


def test_randint_beyond_a_float_warns_as_torch():
    with warnings.catch_warnings(record=True) as theirs:
        warnings.simplefilter("always")
        torch.empty(3).random_(0, 2**30)
    with pytest.warns(UserWarning, match="is out of bounds") as ours:
        MT19937Stream(0).randint(0, 2**30, (3,), np.float32)
    assert str(theirs[0].message).startswith(str(ours[0].message))


@pytest.mark.parametrize("dtype", [*INTS, "int32", "float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 100, 127])
def test_randperm_dtypes(dtype, n):
    pair = Pair(10)
    theirs = torch.randperm(n, dtype=getattr(torch, dtype), generator=pair.torch)
    pair.same(pair.ours.randperm(n, np_type(dtype)), theirs)


@pytest.mark.parametrize("n", [1000, 60_000, 250_000])
def test_randperm_large(n):
    pair = Pair(n)
    pair.same(pair.ours.randperm(n), torch.randperm(n, generator=pair.torch))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS, "bool"])
@pytest.mark.parametrize("p", [0, 0.1, 0.5, 1 / 3, 0.9999, 1])
def test_bernoulli(dtype, p):
    pair = Pair(12)
    pair.both("bernoulli_scalar", "bernoulli_", (33, 17), dtype, p)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("out", [None, "int64", "bool", "float32", "float64"])
def test_bernoulli_tensor(dtype, out):
    pair = Pair(13)
    p = torch.rand(40, 11, dtype=getattr(torch, dtype))
    p[0] = torch.tensor([0, 1, 0.5] * 3 + [1, 0])
    if out is None:
        pair.same(pair.ours.bernoulli_tensor(to_numpy(p)), torch.bernoulli(p, generator=pair.torch))
    else:
        theirs = pair.empty((40, 11), out).bernoulli_(p, generator=pair.torch)
        pair.same(pair.ours.bernoulli_tensor(to_numpy(p), np_type(out)), theirs)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.75])
def test_dropout(dtype, p):
    x = torch.ones(50, 21, dtype=getattr(torch, dtype))
    torch.manual_seed(14)
    theirs = torch.nn.functional.dropout(x, p)
    ours = MT19937Stream(14).dropout_mask((50, 21), p, np_type(dtype))
    np.testing.assert_array_equal(bits(ours), bits(to_numpy(theirs)))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
@pytest.mark.parametrize("p", [0.2, 0.5, 0.97])
def test_geometric(dtype, p):
    Pair(15).both("geometric", "geometric_", (41, 23), dtype, p)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(1,), (2,), (9,), (500,), (1, 4), (6, 13), (0, 3)])
@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial(dtype, shape, replacement):
    pair = Pair(16)
    probs = torch.rand(shape, dtype=getattr(torch, dtype), generator=torch.Generator().manual_seed(0)) + 0.01
    for n in {1, 2, shape[-1] // 2, shape[-1]}:
        if n and (replacement or n <= shape[-1]):
            theirs = torch.multinomial(probs, n, replacement, generator=pair.torch)
            ours = pair.ours.multinomial(to_numpy(probs), n, replacement)
            pair.same(ours, theirs)


def test_multinomial_among_equal_scores():
    """Of 40 scores of bfloat16 some are equal: which comes first is what torch's selection makes of them."""
    pair = Pair(16)
    probs = torch.ones(300, 40, dtype=torch.bfloat16)
    for n in (2, 5, 39, 40):
        pair.same(pair.ours.multinomial(to_numpy(probs), n), torch.multinomial(probs, n, generator=pair.torch))


def test_multinomial_with_replacement_many():
    pair = Pair(17)
    probs = torch.tensor([0.0, 1, 0, 3, 0.5, 0])
    pair.same(
        pair.ours.multinomial(probs.numpy(), 5000, True), torch.multinomial(probs, 5000, True, generator=pair.torch)
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("rate", [0, 0.01, 0.7, 3, 9.99, 10, 33.3, 250, 1e5])
def test_poisson(dtype, rate):
    pair = Pair(18)
    rates = (
        torch.full((12, 31), rate, dtype=getattr(torch, dtype)) if rate < 6e4 or dtype != "float16" else torch.zeros(1)
    )
    pair.same(pair.ours.poisson(to_numpy(rates)), torch.poisson(rates, generator=pair.torch))


def test_poisson_mixed_rates():
    pair = Pair(19)
    rates = torch.rand(40, 30, generator=torch.Generator().manual_seed(1)).mul(30)
    pair.same(pair.ours.poisson(rates.numpy()), torch.poisson(rates, generator=pair.torch))


@pytest.mark.parametrize("dims", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1)])
@pytest.mark.parametrize("step", [1, 2])
def test_fill_follows_memory_order(dims, step):
    pair = Pair(20)
    theirs = torch.zeros(4, 6, 5)[:, ::step].permute(dims)
    ours = np.zeros((4, 6, 5), np.float32)[:, ::step].transpose(dims)
    theirs.uniform_(generator=pair.torch)
    fill(ours, pair.ours.uniform(ours.shape))
    pair.same(ours, theirs)


ERRORS = [
    ("uniform", "uniform_", (1, 0)),
    ("uniform", "uniform_", (0, 1e39)),
    ("uniform", "uniform_", (-1e39, 1)),
    ("uniform", "uniform_", (-3e38, 3e38)),
    ("uniform", "uniform_", (0, float("nan"))),
    ("normal", "normal_", (0, -1)),
    ("normal", "normal_", (0, -0.125)),
    ("exponential", "exponential_", (0,)),
    ("exponential", "exponential_", (-1.5,)),
    ("geometric", "geometric_", (0,)),
    ("geometric", "geometric_", (1.5,)),
    ("cauchy", "cauchy_", (0, 0)),
    ("log_normal", "log_normal_", (0, 0)),
    ("bernoulli_scalar", "bernoulli_", (1.5,)),
    ("bernoulli_scalar", "bernoulli_", (-0.1,)),
    ("bernoulli_scalar", "bernoulli_", (float("nan"),)),
]


@pytest.mark.parametrize(("method", "torch_method", "args"), ERRORS)
def test_bad_parameters(method, torch_method, args):
    pair = Pair()
    with pytest.raises(RuntimeError) as theirs:
        getattr(torch.empty(3), torch_method)(*args, generator=pair.torch)
    with pytest.raises(RuntimeError) as ours:
        getattr(pair.ours, method)((3,), *args)
    assert str(ours.value) == str(theirs.value)
    pair.in_step()


METHODS = [
    ("uniform", "uniform_", (0, 1)),
    ("normal", "normal_", (0, 1)),
    ("exponential", "exponential_", (1,)),
    ("geometric", "geometric_", (0.5,)),
    ("cauchy", "cauchy_", (0, 1)),
    ("log_normal", "log_normal_", (0, 1)),
    ("bernoulli_scalar", "bernoulli_", (0.5,)),
]


@pytest.mark.parametrize("dtype", [*INTS, *WIDE_INTS, "bool", "complex64"])
@pytest.mark.parametrize(("method", "torch_method", "args"), METHODS)
def test_unsupported_dtypes(method, torch_method, args, dtype):
    pair = Pair()
    pair.same_outcome(
        lambda: getattr(pair.ours, method)((3,), *args, dtype=np_type(dtype)),
        lambda: getattr(pair.empty((3,), dtype), torch_method)(*args, generator=pair.torch),
    )


BAD_WEIGHTS = [
    ([1.0, 2], 3, False),
    ([1.0, 2], 0, False),
    ([0.0, 0], 1, False),
    ([0.0, 0], 1, True),
    ([-1.0, 2], 1, False),
    ([-1.0, 2], 1, True),
    ([float("inf"), 2], 1, True),
    ([float("inf"), 2], 2, True),
    ([1, float("nan")], 2, True),
    ([1.0, -2], 2, True),
    ([0.0, 0], 2, True),
    ([float("nan"), 2], 1, False),
    ([1, 2], 1, False),
    (1.0, 1, False),
    ([[[1.0]]], 1, False),
    ([], 1, False),
]


@pytest.mark.parametrize(("weights", "n", "replacement"), BAD_WEIGHTS)
def test_multinomial_errors(weights, n, replacement):
    with pytest.raises(RuntimeError) as theirs:
        torch.multinomial(torch.tensor(weights), n, replacement)
    with pytest.raises(RuntimeError) as ours:
        MT19937Stream(0).multinomial(torch.tensor(weights).numpy(), n, replacement)
    assert str(ours.value) == str(theirs.value)


def test_states_travel_both_ways():
    pair = Pair(21)
    for n in (0, 1, 3, 620, 1, 623, 624, 2, 1248, 5):
        pair.ours.random32(n)
        pair.ours.normal((3,))  # leaves a cached value now and then
        pair.torch.set_state(torch.from_numpy(pair.ours.get_state()))
        pair.in_step()
        pair.both("normal", "normal_", (5,), "float32")
        torch.empty(n).uniform_(generator=pair.torch)
        pair.ours.set_state(pair.torch.get_state().numpy())
        pair.in_step()
        pair.both("uniform", "uniform_", (5,), "float32")


@pytest.mark.parametrize("state", [np.zeros(5056, np.uint8), np.zeros(50, np.uint8), np.full(5056, 255, np.uint8)])
def test_bad_states(state):
    with pytest.raises(RuntimeError) as theirs:
        torch.Generator().set_state(torch.from_numpy(state))
    with pytest.raises(RuntimeError) as ours:
        MT19937Stream().set_state(state)
    assert str(ours.value) == str(theirs.value)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["uniform", "normal", "exponential", "bernoulli", "random", "log_normal", "randperm"]),
        st.integers(0, 40),
        st.sampled_from(FLOATS),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), STEPS)
def test_any_mixture_of_calls_stays_in_step(seed, steps):
    pair = Pair(seed)
    for name, n, dtype in steps:
        if name == "randperm":
            pair.same(pair.ours.randperm(n), torch.randperm(n, generator=pair.torch))
        else:
            method = "bernoulli_scalar" if name == "bernoulli" else name
            pair.both(method, f"{name}_", (n,), dtype)
