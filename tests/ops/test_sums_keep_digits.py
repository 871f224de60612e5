"""Long float32 sums lose no digits, whatever dimension lies innermost in memory."""

from __future__ import annotations

import numpy
import pytest

import tinygrad_edu as tg

SHAPE = (400, 3, 32, 32)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 3, 1), (2, 3, 1, 0)], ids=str)
@pytest.mark.parametrize("dims", [(0, 2, 3), (0,), (0, 2), (1, 2, 3)], ids=str)
@pytest.mark.parametrize("keepdim", [False, True])
def test_mean_of_many(order: tuple[int, ...], dims: tuple[int, ...], keepdim: bool) -> None:
    exact = numpy.random.default_rng(0).random(SHAPE)
    stored = numpy.ascontiguousarray(exact.transpose(order).astype("float32"))
    x = tg.from_numpy(stored).permute([order.index(i) for i in range(4)])
    assert x.shape == SHAPE
    made = x.mean(dims, keepdim=keepdim)
    numpy.testing.assert_allclose(made.numpy(), exact.mean(axis=dims, keepdims=keepdim), rtol=1e-5)
    assert made.is_contiguous()
