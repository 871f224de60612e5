"""The CPU stream without torch: published numbers, accounting of draws, states, and the shape of each distribution."""

from __future__ import annotations

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from tinygrad_edu.backend import boxmuller, randommath
from tinygrad_edu.backend.mt19937 import MT19937Stream, fill


def test_engine_is_the_published_mersenne_twister():
    # The reference implementation's first outputs for the seed 5489 (ISO C++ 26.6.5: the 10000th is 4123659995).
    draws = MT19937Stream(5489).random32(10_000)
    assert draws[0] == 3499211612
    assert draws[-1] == 4123659995


def test_numbers_everyone_knows_from_torch():
    stream = MT19937Stream(0)
    np.testing.assert_array_equal(stream.uniform((2,)), np.float32([0.49625658988952637, 0.7682217955589294]))
    stream.seed(42)
    first = [0.33669036626815796, 0.12880940735340118, 0.23446236550807953]
    np.testing.assert_array_equal(stream.normal((3,)), np.float32(first))
    stream.seed(0)
    np.testing.assert_array_equal(stream.randperm(5), [4, 0, 1, 3, 2])


@pytest.mark.parametrize(
    ("call", "draws"),
    [
        (lambda s: s.uniform((10,)), 10),
        (lambda s: s.uniform((10,), dtype=np.float64), 20),
        (lambda s: s.uniform((10,), dtype=np.complex64), 20),
        (lambda s: s.normal((32,)), 32),
        (lambda s: s.normal((33,)), 33 + 16),
        (lambda s: s.normal((33,), dtype=np.float16), 32 + 16),
        (lambda s: s.normal((33,), dtype=np.float64), 66 + 32),
        (lambda s: s.normal((10,)), 20),
        (lambda s: s.normal((9,)), 20),
        (lambda s: s.normal((20,), contiguous=False), 40),
        (lambda s: s.randint(0, 2**28 - 1, (7,)), 7),
        (lambda s: s.randint(0, 2**28, (7,)), 14),
        (lambda s: s.random((7,), np.int32), 7),
        (lambda s: s.random((7,), np.int64), 14),
        (lambda s: s.randperm(50), 49),
        (lambda s: s.bernoulli_scalar((9,), 0.5), 18),
        (lambda s: s.bernoulli_tensor(np.full(9, 0.5, np.float32)), 9),
        (lambda s: s.bernoulli_tensor(np.full(9, 0.5)), 18),
        (lambda s: s.exponential((9,)), 18),
        (lambda s: s.multinomial(np.ones(6, np.float32), 2), 12),
        (lambda s: s.multinomial(np.ones((3, 6), np.float32), 4, True), 24),
        (lambda s: s.poisson(np.zeros(5, np.float32)), 0),
        (lambda s: s.uniform((0,)), 0),
    ],
)
def test_draws_taken(call, draws):
    used, counted = MT19937Stream(3), MT19937Stream(3)
    call(used)
    counted.random32(draws)
    used._normal = None
    assert used.get_state().tobytes() == counted.get_state().tobytes()


def test_second_normal_of_a_pair_waits():
    whole, parts = MT19937Stream(1), MT19937Stream(1)
    np.testing.assert_array_equal(
        whole.normal((6,)),
        np.concatenate([parts.normal((1,)), parts.normal((2,)), parts.normal((0,)), parts.normal((3,))]),
    )
    parts.normal((1,))
    parts.seed(1)  # seeding forgets the waiting value
    np.testing.assert_array_equal(parts.normal((6,)), MT19937Stream(1).normal((6,)))


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625, 1248, 3000])
def test_state_round_trip_and_fork(drawn):
    stream = MT19937Stream(9)
    stream.random32(drawn)
    stream.normal((1,))
    state, fork = stream.get_state(), stream.fork()
    assert state.shape == (5056,)
    assert state.dtype == np.uint8
    expected = stream.normal((5,))
    np.testing.assert_array_equal(fork.normal((5,)), expected)
    fresh = MT19937Stream(123)
    fresh.set_state(state)
    assert fresh.initial_seed == 9
    np.testing.assert_array_equal(fresh.normal((5,)), expected)


def test_state_is_checked():
    with pytest.raises(RuntimeError, match="size 5056 but found the input RNG state size to be 7"):
        MT19937Stream().set_state(np.zeros(7, np.uint8))
    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        MT19937Stream().set_state(np.zeros(5056, np.uint8))


def test_fill_order():
    plain = fill(np.empty((2, 3)), np.arange(6))
    np.testing.assert_array_equal(plain, [[0, 1, 2], [3, 4, 5]])
    turned = fill(np.empty((3, 2)).T, np.arange(6))
    np.testing.assert_array_equal(turned, [[0, 2, 4], [1, 3, 5]])
    assert fill(np.empty(()), np.array([7.0])) == 7
    assert fill(np.empty((0, 3)), np.empty(0)).shape == (0, 3)


def ulps(a, b):
    return np.abs(a.view(np.int32).astype(np.int64) - b.view(np.int32).astype(np.int64)).max()


def test_single_precision_functions():
    x = np.linspace(2**-24, 1, 100_000, dtype=np.float32)
    assert ulps(boxmuller.log(x[:-1]), np.log(x[:-1].astype(np.float64)).astype(np.float32)) <= 1
    assert boxmuller.log(np.float32([1.0]))[0] == 0
    angle = np.linspace(0, 6.28, 100_001, dtype=np.float32)
    sin, cos = boxmuller.sincos(angle)
    np.testing.assert_allclose(sin, np.sin(angle.astype(np.float64)), atol=1.2e-7)
    np.testing.assert_allclose(cos, np.cos(angle.astype(np.float64)), atol=1.2e-7)
    assert sin[0] == 0
    assert cos[0] == 1


def test_fused_multiply_add():
    rng = np.random.default_rng(0)
    a = rng.standard_normal(3000)
    for b, c in ((0.1, -0.3), (1.7, 1e-9), (1e-8, 1.0), (3.3, 0.0), (1.0, 0.7)):
        exact = [float(Fraction(x) * Fraction(b) + Fraction(c)) for x in a.tolist()]
        np.testing.assert_array_equal(randommath.fma64(a, b, c), exact)
    a32 = a.astype(np.float32)
    exact32 = [np.float32(float(Fraction(x) * Fraction(0.375) + Fraction(0.0625))) for x in a32.tolist()]
    np.testing.assert_array_equal(boxmuller.fma(a32, np.float32(0.375), np.float32(0.0625)), exact32)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_bounds_hold_in_every_float_type(dtype):
    u = MT19937Stream(2).uniform((100_000,), dtype=dtype).astype(np.float64)
    assert u.min() >= 0
    assert u.max() < 1
    v = MT19937Stream(2).uniform((100_000,), -3, -1, dtype=dtype).astype(np.float64)
    assert v.min() >= -3
    assert v.max() < -1


def test_moments():
    n = 200_000
    stream = MT19937Stream(8)
    tolerance = 5 / math.sqrt(n)
    for sample, mean, std in (
        (stream.uniform((n,)), 0.5, math.sqrt(1 / 12)),
        (stream.normal((n,)), 0, 1),
        (stream.normal((n,), -3, 2, np.float64), -3, 2),
        (stream.exponential((n,), 2.0), 0.5, 0.5),
        (stream.log_normal((n,), 0, 0.25), math.exp(1 / 32), math.sqrt(math.expm1(1 / 16) * math.exp(1 / 16))),
        (stream.bernoulli_scalar((n,), 0.3), 0.3, math.sqrt(0.21)),
        (stream.geometric((n,), 0.4), 2.5, math.sqrt(0.6) / 0.4),
        (stream.randint(-2, 8, (n,)), 2.5, math.sqrt(99 / 12)),
        (stream.poisson(np.full(n, 4.0)), 4, 2),
        (stream.poisson(np.full(n, 40.0)), 40, math.sqrt(40)),
    ):
        assert abs(sample.astype(np.float64).mean() - mean) < tolerance * std
        assert abs(sample.astype(np.float64).std() / std - 1) < 4 * tolerance


def test_cauchy_quartiles():
    x = MT19937Stream(8).cauchy((100_000,), 1.0, 2.0, np.float64)
    np.testing.assert_allclose(np.quantile(x, [0.25, 0.5, 0.75]), [-1, 1, 3], atol=0.06)


def test_permutations_are_uniform():
    stream = MT19937Stream(4)
    counts: dict[tuple[int, ...], int] = {}
    for _ in range(6000):
        key = tuple(stream.randperm(3).tolist())
        counts[key] = counts.get(key, 0) + 1
    assert len(counts) == 6
    assert all(850 < c < 1150 for c in counts.values())


def test_multinomial_frequencies():
    weights = np.array([1.0, 0, 2, 5, 2], np.float32)
    stream = MT19937Stream(5)
    often = np.bincount(stream.multinomial(weights, 50_000, True), minlength=5) / 50_000
    np.testing.assert_allclose(often, weights / 10, atol=0.01)
    first = np.bincount(stream.multinomial(np.tile(weights, (50_000, 1)), 2)[:, 0], minlength=5) / 50_000
    np.testing.assert_allclose(first, weights / 10, atol=0.01)
    picked = stream.multinomial(np.tile(weights, (100, 1)), 4)
    assert all(sorted(row) == [0, 2, 3, 4] for row in picked.tolist())


def test_dropout_mask_keeps_the_mean():
    mask = MT19937Stream(6).dropout_mask((100_000,), 0.25)
    assert set(np.unique(mask).tolist()) == {0.0, float(np.float32(1) / np.float32(0.75))}
    assert abs(mask.mean() - 1) < 0.01


def test_checks_name_what_came():
    stream = MT19937Stream()
    with pytest.raises(RuntimeError, match=r"normal expects std >= 0\.0, but found std -2"):
        stream.normal((3,), 0, -2)
    with pytest.raises(NotImplementedError, match="\"check_uniform_bounds\" not implemented for 'Long'"):
        stream.uniform((3,), dtype=np.int64)
    with pytest.raises(RuntimeError, match="'from' to be less than 'to', but got from=3 >= to=3"):
        stream.randint(3, 3, (2,))
    with pytest.raises(RuntimeError, match="to - 1 is out of bounds for signed char"):
        stream.randint(0, 300, (2,), np.int8)
    with pytest.raises(RuntimeError, match="negative dimension -1"):
        stream.randperm(-1)
    with pytest.raises(RuntimeError, match="expected rate to be non-negative"):
        stream.poisson(np.array([-1.0]))
