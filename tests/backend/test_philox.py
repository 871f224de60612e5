"""The GPU's random numbers: the published generator, the right distributions, the same numbers on every device."""

from __future__ import annotations

import numpy as np
import pytest
from strict.strict_array import strict_cuda

import tinygrad_edu as tg
from tinygrad_edu import backend, random
from tinygrad_edu.backend.philox import PhiloxStream, philox

# Known answers of Philox4x32-10 (counter, key → block), from the Random123 distribution's kat_vectors
ZEROS = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def stream(seed=0):
    return PhiloxStream(backend.cpu, seed)


def test_known_answer():
    assert philox(np, 0, 0, 1)[0].tolist() == ZEROS


def test_blocks_do_not_depend_on_the_call():
    whole = philox(np, 123456789012345, 0, 10)
    assert np.array_equal(philox(np, 123456789012345, 3, 4), whole[3:7])
    far = philox(np, 5, 2**32 - 1, 2)  # the counter carries into its second word
    assert np.array_equal(far[1:], philox(np, 5, 2**32, 1))


def test_state_and_fork():
    s = stream(7)
    s.uniform((5,))
    state, other = s.get_state(), s.fork()
    a = s.normal((4,))
    assert np.array_equal(a, other.normal((4,)))
    s.set_state(state)
    assert np.array_equal(a, s.normal((4,)))
    with pytest.raises(RuntimeError, match="wrong size"):
        s.set_state(state[:3])


N = 200_000
FLOATS = [np.float32, np.float64, np.float16]


@pytest.mark.parametrize("dtype", FLOATS)
def test_moments(dtype):
    """Mean and variance within five standard errors of what they should be."""
    s = stream(1)
    for values, mean, variance in (
        (s.uniform((N,), -1, 3, dtype), 1, 16 / 12), (s.normal((N,), 2, 0.5, dtype), 2, 0.25), (s.exponential((N,), 2, dtype), 0.5, 0.25),
        (s.bernoulli_scalar((N,), 0.3, dtype), 0.3, 0.21), (s.bernoulli_tensor(np.full(N, 0.7, dtype)), 0.7, 0.21),
        (s.randint(0, 10, (N,), dtype), 4.5, 99 / 12), (s.dropout_mask((N,), 0.5, dtype), 1, 1), (s.geometric((N,), 0.25, dtype), 4, 12),
    ):  # fmt: skip
        assert values.dtype == dtype
        wide = values.astype(np.float64)
        assert abs(wide.mean() - mean) < 5 * np.sqrt(variance / N) + 2e-3 * (dtype == np.float16)
        assert abs(wide.var() / variance - 1) < 0.05


def test_bounds():
    s = stream(3)
    assert (u := s.uniform((N,), 5, 6)).min() >= 5
    assert u.max() < 6
    assert set(s.randint(-2, 3, (1000,)).tolist()) == {-2, -1, 0, 1, 2}
    assert s.random((1000,), np.int8).min() >= 0
    assert sorted(s.randperm(100).tolist()) == list(range(100))
    big = s.randint(0, 2**40, (1000,))
    assert big.max() > 2**38
    assert big.min() >= 0
    assert np.isfinite(s.normal((N,))).all()
    assert np.isfinite(s.log_normal((N,))).all()
    assert np.isfinite(s.cauchy((N,))).all()


def test_multinomial_and_poisson():
    s, p = stream(4), np.array([0.1, 0.0, 0.6, 0.3])
    drawn = s.multinomial(np.tile(p, (20_000, 1)), 2)
    assert drawn.shape == (20_000, 2)
    assert not (drawn == 1).any()
    assert (drawn[:, 0] != drawn[:, 1]).all()
    assert abs((drawn[:, 0] == 2).mean() - 0.6) < 0.02
    again = s.multinomial(p, 50_000, replacement=True)
    assert np.allclose(np.bincount(again, minlength=4) / 50_000, p, atol=0.01)
    assert abs(s.poisson(np.full(N, 3.0)).mean() - 3) < 0.03


def test_errors_are_torchs():
    s = stream()
    for call, text in (
        (lambda: s.uniform((1,), 2, 1), "from=2 > to=1"), (lambda: s.normal((1,), 0, -1), "std >= 0"), (lambda: s.randint(3, 3, (1,)), "from=3 >= to=3"),
        (lambda: s.bernoulli_scalar((1,), 2), r"p to be in \[0, 1\]"), (lambda: s.exponential((1,), -1), "lambda > 0"), (lambda: s.poisson(np.array([-1.0])), "Poisson rate"),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=text):
            call()


def test_tensors_on_the_device():
    """The public functions on a device give the stream's numbers, repeatably, and leave the CPU's generator alone."""
    with strict_cuda():
        random._of_device.clear()
        tg.manual_seed(3)
        before = tg.get_rng_state()
        first = [
            tg.rand(3, device="cuda"), tg.randn(2, 2, device="cuda"), tg.randint(5, (4,), device="cuda"), tg.randperm(5, device="cuda"),
            tg.empty(3, device="cuda").exponential_(), tg.bernoulli(tg.full((4,), 0.5, device="cuda")), tg.rand_like(tg.zeros(2, 3, device="cuda").t()),
            tg.normal(tg.zeros(2, device="cuda"), 1.0), tg.multinomial(tg.ones(3, device="cuda"), 2), tg.poisson(tg.ones(2, device="cuda")),
        ]  # fmt: skip
        assert all(t.is_cuda for t in first)
        assert tg.get_rng_state().tolist() == before.tolist()
        tg.manual_seed(3)
        assert tg.rand(3, device="cuda").cpu().tolist() == first[0].cpu().tolist() == stream(3).uniform((3,)).tolist()
        g = tg.Generator("cuda").manual_seed(9)
        assert g.device == tg.device("cuda:0")
        a, offset = tg.rand(2, device="cuda", generator=g).cpu(), g.get_offset()
        assert offset == 4
        assert g.set_offset(0) is g
        assert tg.rand(2, device="cuda", generator=g).cpu().tolist() == a.tolist()
        with pytest.raises(RuntimeError, match="Expected a 'cpu' device type for generator but found 'cuda'"):
            tg.rand(2, generator=g)
        with tg.random.fork_rng():
            b = tg.rand(2, device="cuda").cpu()
        assert tg.rand(2, device="cuda").cpu().tolist() == b.tolist()
        random._of_device.clear()
