"""The fast convolution and pooling kernels equal their definitions in loops (`backend/naive.py`)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.backend import adding_up, convolution, im2col, naive, pooling, unpadded


@st.composite
def convolutions(draw):
    """Sizes of a convolution that has at least one output: (n, c, o, groups, sizes, kernel, stride, padding, dilation)."""
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    small = st.integers(1, 2)
    kernel, stride, dilation = (tuple(draw(st.integers(1, 3)) for _ in range(rank)) for _ in range(3))
    padding = tuple(draw(st.integers(0, 2)) for _ in range(rank))
    sizes = tuple(
        max(d * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 3)) for k, d, p in zip(kernel, dilation, padding)
    )
    return (
        draw(st.integers(0, 6)),
        groups * draw(small),
        groups * draw(small),
        groups,
        sizes,
        kernel,
        stride,
        padding,
        dilation,
    )


@settings(max_examples=150, deadline=None)
@given(convolutions(), st.integers(0, 2**31), st.sampled_from([1, 40, 1 << 19]), st.booleans(), st.booleans())
def test_convolution(case, seed, limit, batch_innermost, by_columns):
    """All three kernels, with the batch cut into steps of any size and in both orders of memory."""
    way = im2col if by_columns else convolution
    n, c, o, groups, sizes, kernel, stride, padding, dilation = case
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((n, c, *sizes)), rng.standard_normal((o, c // groups, *kernel))
    how = (stride, padding, dilation, groups)
    before, order = im2col._LIMIT, im2col.Plan.__init__

    def chosen(self, *args):
        order(self, *args)
        self.inner = batch_innermost

    im2col._LIMIT, im2col.Plan.__init__ = limit, chosen
    im2col.plan_of.cache_clear()
    try:
        out = way.conv(np, x, w, None, *how)
        g = rng.standard_normal(out.shape)
        gx, gw = way.conv_input_grad(np, g, w, x.shape, *how), way.conv_weight_grad(np, g, x, w.shape, *how)
    finally:
        im2col._LIMIT, im2col.Plan.__init__ = before, order
        im2col.plan_of.cache_clear()
    np.testing.assert_allclose(out, naive.conv(x, w, *how), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gx, naive.conv_input_grad(g, w, x.shape, *how), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gw, naive.conv_weight_grad(g, x, w.shape, *how), rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(convolutions(), st.integers(0, 2**31))
def test_convolution_without_its_padding(case, seed):
    n, c, o, groups, sizes, kernel, *how = case
    rng, how = np.random.default_rng(seed), (*how, groups)
    x, w, b = (
        rng.standard_normal((n, c, *sizes)),
        rng.standard_normal((o, c // groups, *kernel)),
        rng.standard_normal(o),
    )
    out = unpadded.conv(x, w, b, *how)
    g = rng.standard_normal(out.shape)
    np.testing.assert_allclose(out - b.reshape(-1, *(1,) * len(kernel)), naive.conv(x, w, *how), atol=1e-9)
    gw = unpadded.conv_weight_grad(g, x, w.shape, *how)
    np.testing.assert_allclose(gw, naive.conv_weight_grad(g, x, w.shape, *how), atol=1e-9)


@pytest.fixture
def rows_together(monkeypatch):
    """Choose how many rows of the output a window serves, and the order of memory."""

    def choose(together, inner):
        before = im2col.Plan._most_images
        monkeypatch.setattr(im2col, "rows_together", lambda *sizes: together)
        monkeypatch.setattr(im2col.Plan, "_most_images", lambda plan: before(plan) if inner else min(3, before(plan)))
        im2col.plan_of.cache_clear()

    yield choose
    im2col.plan_of.cache_clear()


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("together", [1, 2, 4])
@pytest.mark.parametrize("rank", [2, 3])
def test_a_window_may_serve_several_rows(rank, together, inner, rows_together):
    rows_together(together, inner)
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((43, 2, 8, 7, 3)[: rank + 2]), rng.standard_normal((3, 2, 5, 4, 2)[: rank + 2])
    b = rng.standard_normal(3)
    how = ((1, 1, 2)[:rank], (2, 3, 1)[:rank], (1, 1, 1)[:rank], 1)
    plan = im2col._plan(x, True, np, x.shape, w.shape, *how, None, 16)
    assert (plan.together, plan.inner) == (together, inner)
    out = im2col.conv(np, x, w, b, *how)
    g = rng.standard_normal(out.shape)
    np.testing.assert_allclose(out, naive.conv(x, w, *how) + b.reshape(-1, *(1,) * rank), rtol=1e-9, atol=1e-9)
    gw, gx = im2col.conv_weight_grad(np, g, x, w.shape, *how), im2col.conv_input_grad(np, g, w, x.shape, *how)
    np.testing.assert_allclose(gw, naive.conv_weight_grad(g, x, w.shape, *how), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gx, naive.conv_input_grad(g, w, x.shape, *how), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("rank", [2, 3])
def test_the_product_adds_up_the_rows_of_small_batches(rank, dilation):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((4, 6, 9, 8, 7)[: rank + 2]), rng.standard_normal((5, 6, 3, 4, 2)[: rank + 2])
    how = ((1,) * rank, (1, 2, 0)[:rank], (1, dilation, dilation)[:rank], 1)
    g = rng.standard_normal(naive.conv(x, w, *how).shape)
    plan = im2col._plan(g, False, np, x.shape, w.shape, *how, g.shape[2:], 32)
    assert adding_up.by_rows(plan)
    gx, expected = im2col.conv_input_grad(np, g, w, x.shape, *how), naive.conv_input_grad(g, w, x.shape, *how)
    np.testing.assert_allclose(gx, expected, rtol=1e-9, atol=1e-9)
    w[2, 1, 1, 1] = math.inf  # which must not meet the zeros around g
    with np.errstate(all="ignore"):
        gx, expected = im2col.conv_input_grad(np, g, w, x.shape, *how), naive.conv_input_grad(g, w, x.shape, *how)
    np.testing.assert_array_equal(np.isnan(gx), np.isnan(expected))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_rows_with_zeros_between_them_are_added_up_in_one_sum(d):
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((2, 4, 3, 5, 6, 3))  # along axis 1, 5 windows of 4 entries become a row of 5 + 3 d
    slow = adding_up._added_in_turn(np, columns, 1, 2, 1, d, 5 + 3 * d)
    np.testing.assert_allclose(adding_up._added_shifted(columns, 1, 2, d), slow, rtol=1e-12)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 3e38])
@pytest.mark.parametrize("inner", [False, True])
def test_infinity_stays_in_its_own_windows(value, inner, rows_together):
    """The zeros of a filter that serves several rows must not meet it: 0 times infinity is NaN."""
    rows_together(2, inner)
    rng = np.random.default_rng(0)
    x, w = rng.random((16, 2, 14, 14), np.float32), rng.random((4, 2, 5, 5), np.float32) / 50
    x[3, 1, 6, 7] = value
    how = ((1, 1), (2, 2), (1, 1), 1)
    with np.errstate(all="ignore"):  # as operations run
        ours = im2col.conv(np, x, w, None, *how)
    torchs = torch.conv2d(torch.tensor(x), torch.tensor(w), padding=2).numpy()
    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(torchs))
    g = np.zeros_like(ours)
    g[3, 1, 6, 7] = value
    with np.errstate(all="ignore"):
        gx = im2col.conv_input_grad(np, g, w, x.shape, *how)
    expected = torch.nn.grad.conv2d_input(x.shape, torch.tensor(w), torch.tensor(g), padding=2).numpy()
    np.testing.assert_array_equal(np.isfinite(gx), np.isfinite(expected))


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "int64"])
def test_convolution_keeps_the_dtype(dtype):
    x, w = np.ones((5, 3, 9, 8), dtype), np.ones((4, 3, 3, 3), dtype)
    out = convolution.conv(np, x, w, np.ones(4, dtype), (1, 1), (1, 1), (1, 1), 1)
    assert out.dtype == dtype
    assert out.flags.c_contiguous
    assert out[0, 0, 4, 4] == 28


def test_convolution_of_a_large_image_uses_little_memory():
    """Columns are made for a part of the batch at a time, not for all of it."""
    import tracemalloc

    x, w = np.zeros((64, 8, 32, 32), np.float32), np.zeros((8, 8, 5, 5), np.float32)
    im2col.conv(np, x, w, None, (1, 1), (2, 2), (1, 1), 1)
    tracemalloc.start()
    im2col.conv(np, x, w, None, (1, 1), (2, 2), (1, 1), 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * x.nbytes  # the columns of all images would be 25 times the input


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.integers(0, 2**31))
def test_a_filter_of_its_own_for_every_channel(case, seed):
    n, c, _, _, sizes, kernel, *how = case
    rng = np.random.default_rng(seed)
    c += 1
    x, w, b = rng.standard_normal((n, c, *sizes)), rng.standard_normal((c, 1, *kernel)), rng.standard_normal(c)
    out = convolution.conv(np, x, w, b, *how, c)
    g = rng.standard_normal(out.shape)
    expected = naive.conv(x, w, *how, c) + b.reshape(-1, *(1,) * len(sizes))
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9)
    gx, gw = (
        convolution.conv_input_grad(np, g, w, x.shape, *how, c),
        convolution.conv_weight_grad(np, g, x, w.shape, *how, c),
    )
    np.testing.assert_allclose(gx, naive.conv_input_grad(g, w, x.shape, *how, c), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gw, naive.conv_weight_grad(g, x, w.shape, *how, c), rtol=1e-9, atol=1e-9)


@st.composite
def windows(draw):
    rank = draw(st.integers(1, 3))
    kernel, stride, dilation = (tuple(draw(st.integers(1, 3)) for _ in range(rank)) for _ in range(3))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    sizes = tuple(d * (k - 1) + 1 + draw(st.integers(0, 4)) for k, d in zip(kernel, dilation))  # no window lies outside
    return sizes, kernel, stride, padding, dilation, draw(st.booleans())


def _sizes(sizes, kernel, stride, padding, dilation, ceil):
    return tuple(pooling.out_size(*args, ceil) for args in zip(sizes, kernel, stride, padding, dilation))


@settings(max_examples=150, deadline=None)
@given(windows(), st.integers(0, 2**31), st.booleans())
def test_max_pooling(case, seed, ties):
    sizes, kernel, stride, padding, dilation, _ = case
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, 2, *sizes))
    if ties:
        x = np.round(x)
    out = _sizes(*case)
    how = (kernel, stride, padding, dilation)
    values, indices = naive.max_pool(x, *how, out)
    got = pooling.max_pool(np, x, out, *how)
    which = pooling.max_pool_which(np, x, got, *how)
    np.testing.assert_array_equal(got, values)
    np.testing.assert_array_equal(pooling.flat_indices(np, which, sizes, *how), indices)
    g = rng.standard_normal(values.shape)
    expected = np.zeros((4, int(np.prod(sizes))))
    for plane, (to, part) in enumerate(zip(indices.reshape(4, -1), g.reshape(4, -1))):
        np.add.at(expected[plane], to, part)
    gx = pooling.max_pool_grad(np, g, which, x.shape, *how)
    np.testing.assert_allclose(gx, expected.reshape(x.shape), rtol=1e-12)
    np.testing.assert_array_equal(pooling.max_pool_pick(np, x, which, *how), values)


@settings(max_examples=150, deadline=None)
@given(windows(), st.integers(0, 2**31), st.booleans(), st.sampled_from([None, 1, 3]))
def test_average_pooling(case, seed, include, divisor):
    sizes, kernel, stride, padding, _, ceil = case
    out = _sizes(sizes, kernel, stride, padding, (1,) * len(sizes), ceil)
    if min(out) < 1:
        return
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, 2, *sizes))
    how = (kernel, stride, padding)
    got = pooling.avg_pool(np, x, out, *how, include, divisor)
    np.testing.assert_allclose(got, naive.avg_pool(x, *how, out, include, divisor), rtol=1e-9, atol=1e-9)
    g = rng.standard_normal(got.shape)
    gx = pooling.avg_pool_grad(np, g, x.shape, *how, include, divisor)
    assert np.isclose((gx * x).sum(), (g * got).sum())  # the transpose of a linear map


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_the_gradient_of_relu_is_torchs_where_numbers_are_not_finite(dtype):
    """Zero where the output is zero, whatever comes in; what comes in elsewhere, also where the output is NaN."""
    for n in (12, 600):  # both forms
        x = [(-1.0, 0.0, -0.0, 2.0, math.nan, math.inf)[i % 6] for i in range(n)]
        g = [(1.0, math.inf, -math.inf, math.nan)[i % 4] for i in range(n)]
        found = []
        for T in (tg, torch):
            t = T.tensor(x, dtype=getattr(T, dtype), requires_grad=True)
            T.relu(t).backward(T.tensor(g, dtype=getattr(T, dtype)))
            found.append(t.grad.tolist())
        np.testing.assert_array_equal(*found)
