"""The compiled kernels (the extra ``fast``) compute what the NumPy forms compute, are taken only when prepared, and share work."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.backend import compiled, convolution, direct, im2col, pooling, threads

pytest.importorskip("numba", reason="the extra `fast` is not installed")


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setattr(compiled, "_allowed", True)  # tests/conftest.py forbids them to all others


@pytest.fixture
def both(monkeypatch):
    """Call a function without and with the compiled kernels, whatever has been prepared on this machine, for arrays of any size."""
    from tinygrad_edu.backend import kernels_numba

    def run(function):
        monkeypatch.setattr(compiled, "LEAST", 0)
        monkeypatch.setattr(compiled, "SHARE", 64)  # so that threads are used
        monkeypatch.setattr(threads, "_count", 3)
        monkeypatch.setattr(compiled, "_loaded", False)
        im2col.plan_of.cache_clear()
        plain = function()
        monkeypatch.setattr(compiled, "_loaded", kernels_numba)
        assert compiled.in_use()
        return plain, function()

    yield run
    im2col.plan_of.cache_clear()


CONVOLUTIONS = [  # batch, channels, filters, groups, sizes, kernel, stride, padding, dilation
    (3, 4, 6, 1, (9, 8), (3, 3), (1, 1), (0, 0), (1, 1)),
    (5, 1, 6, 1, (28, 28), (5, 5), (1, 1), (2, 2), (1, 1)),
    (2, 4, 8, 2, (11, 7), (3, 2), (2, 1), (1, 1), (1, 2)),
    (1, 3, 2, 1, (5, 6), (1, 1), (1, 1), (0, 0), (1, 1)),
    (4, 2, 3, 1, (6, 5), (4, 5), (3, 2), (3, 4), (1, 1)),
    (2, 2, 2, 1, (4, 3), (2, 3), (2, 3), (1, 2), (2, 1)),
    (4, 3, 7, 1, (13, 10), (3, 2), (1, 1), (2, 1), (2, 3)),
    (3, 17, 20, 1, (6, 50), (3, 3), (1, 1), (1, 1), (1, 1)),
    (3, 2, 65, 1, (5, 5), (3, 3), (1, 1), (0, 0), (1, 1)),
    (3, 4, 5, 1, (60, 60), (7, 7), (1, 1), (3, 3), (1, 1)),  # more places than a chunk has
    (4, 16, 17, 1, (18, 15), (3, 3), (1, 1), (1, 1), (1, 1)),  # Winograd's
    (3, 20, 66, 1, (40, 37), (3, 3), (1, 1), (0, 2), (1, 1)),
    (3, 4, 6, 1, (20,), (3,), (1,), (2,), (2,)),
    (3, 4, 6, 1, (20,), (3,), (2,), (2,), (2,)),
    (2, 2, 3, 1, (5, 6, 7), (2, 3, 3), (1, 1, 1), (0, 1, 1), (1, 1, 1)),
]


def test_convolutions(both):
    rng = np.random.default_rng(0)
    for n, c, o, groups, sizes, kernel, *how in CONVOLUTIONS:
        x = rng.standard_normal((n, c, *sizes)).astype("float32")
        w = rng.standard_normal((o, c // groups, *kernel)).astype("float32")

        def run(x=x, w=w, bias=w.reshape(o, -1)[:, 0], how=(*how, groups)):
            out = convolution.conv(np, x, w, bias, *how)
            g = np.cos(out)
            return (
                out,
                convolution.conv_input_grad(np, g, w, x.shape, *how),
                convolution.conv_weight_grad(np, g, x, w.shape, *how),
            )

        for plain, fast in zip(*both(run)):
            np.testing.assert_allclose(
                fast, plain, rtol=1e-4, atol=1e-5 * abs(plain).max()
            )  # sums of numbers that cancel


def test_convolution_without_columns_is_taken_where_it_pays(both):
    x, w = np.ones((4, 2, 9, 9), "float32"), np.ones((3, 2, 3, 3), "float32")
    how = (1, 1), (0, 0), (1, 1), 1
    for taken, (stride, *rest) in ((True, how), (False, ((2, 2), *how[1:]))):
        plain, fast = both(lambda stride=stride, rest=rest: direct.conv(x, w, None, stride, *rest))
        assert plain is None
        assert (fast is not None) is taken
    assert both(lambda: direct.conv(x, np.ones((65, 2, 3, 3), "float32"), None, *how))[1] is None
    assert both(lambda: direct.conv(x.astype("float64"), w.astype("float64"), None, *how))[1] is None
    assert (
        both(lambda: direct.conv(x[:1], np.ones((17, 2, 3, 3), "float32"), None, *how))[1] is None
    )  # one thread's work


def test_infinity_in_a_corner_stays_out_of_the_other_entries(both):
    x, g = np.ones((2, 1, 6, 6), "float32"), np.ones((2, 3, 4, 4), "float32")
    x[0, 0, 2, 0] = np.inf  # which only the first column of a filter sees
    plain, fast = both(lambda: convolution.conv_weight_grad(np, g, x, (3, 1, 3, 3), (1, 1), (0, 0), (1, 1), 1))
    assert np.isfinite(plain[..., 1:]).all()
    np.testing.assert_array_equal(fast, plain)


def test_infinity_in_a_corner_stays_out_of_the_other_tiles(both):
    rng = np.random.default_rng(6)
    x, w = (rng.standard_normal(shape).astype("float32") for shape in ((3, 16, 18, 18), (16, 16, 3, 3)))
    x[0, 0, 0, 0] = np.inf
    how = (1, 1), (1, 1), (1, 1), 1
    with np.errstate(all="ignore"):
        plain, fast = both(lambda: convolution.conv(np, x, w, None, *how))
    assert np.isinf(plain).any()
    assert np.isfinite(plain).mean() > 0.99
    np.testing.assert_array_equal(np.isfinite(fast), np.isfinite(plain))
    with np.errstate(all="ignore"):
        plain, fast = both(lambda: convolution.conv_weight_grad(np, np.ones_like(plain), x, w.shape, *how))
    np.testing.assert_array_equal(np.isfinite(fast), np.isfinite(plain))


def test_pooling_is_the_same_to_the_bit_with_ties_nan_and_edges(both):
    rng = np.random.default_rng(1)
    cases = [((2, 2), (2, 2), (0, 0), (1, 1)), ((3, 2), (1, 2), (1, 1), (1, 1)), ((2, 2), (3, 1), (0, 0), (2, 3))]
    for odd in (None, np.nan, np.inf, -np.inf):
        for kernel, stride, padding, dilation in cases:
            x = rng.integers(-2, 3, (3, 2, 9, 8)).astype("float32")  # many ties
            if odd is not None:
                x[rng.random(x.shape) < 0.3] = odd
            pool = tg.nn.MaxPool2d(kernel, stride, padding, dilation)

            def run(x=x, pool=pool):
                t = tg.tensor(x, requires_grad=True)
                out = pool(t)
                out.backward(tg.arange(out.numel(), dtype=tg.float32).view(out.shape))
                return out.detach().numpy(), t.grad.numpy()

            for plain, fast in zip(*both(run)):
                np.testing.assert_array_equal(fast, plain)


def test_a_pool_that_reaches_over_the_edge(both):
    x = np.random.default_rng(2).standard_normal((1, 3, 7, 7)).astype("float32")
    plain, fast = both(lambda: pooling.max_pool(np, x, (4, 4), (2, 2), (2, 2), (0, 0), (1, 1)))  # ceil_mode
    np.testing.assert_array_equal(fast, plain)


def test_relu(both):
    def run():
        x = tg.randn(700, generator=tg.Generator().manual_seed(0)).requires_grad_()
        g = tg.ones(700)
        g[::7], g[3::7] = float("inf"), float("nan")
        tg.relu(x).backward(g)
        return x.grad.numpy()

    plain, fast = both(run)
    np.testing.assert_array_equal(fast, plain)
    assert np.isinf(fast).any()


def test_erf(both):
    odd = [0.0, -0.0, np.inf, -np.inf, np.nan, 3.92, -3.92, 3.9200001, 1e-40, 1e30]
    x = np.concatenate([np.linspace(-5, 5, 4001), odd]).astype("float32").reshape(-1, 3)
    plain, fast = both(lambda: tg.erf(tg.tensor(x)).numpy())
    np.testing.assert_array_equal(fast, plain)
    plain, fast = both(lambda: tg.nn.functional.gelu(tg.tensor(x)).numpy())
    np.testing.assert_array_equal(fast, plain)


@pytest.mark.parametrize("layer", [tg.nn.GRU, tg.nn.LSTM])
@pytest.mark.parametrize("bias", [True, False])
def test_recurrent_layers(both, layer, bias):
    tg.manual_seed(7)
    net = layer(5, 9, num_layers=2, bidirectional=True, bias=bias)
    lengths, x = [6, 6, 3, 1], tg.randn(6, 4, 5) * 3

    def run():
        net.zero_grad()
        start = x.clone().requires_grad_()
        packed = tg.nn.utils.rnn.pack_padded_sequence(start, lengths)
        out, last = net(packed)
        last = last if isinstance(last, tuple) else (last,)
        (tg.sin(out.data).sum() + sum((h * h).sum() for h in last)).backward()
        results = [out.data, *last, start.grad, *(p.grad for p in net.parameters())]
        return [t.detach().numpy().copy() for t in results]

    for plain, fast in zip(*both(run)):
        np.testing.assert_allclose(fast, plain, rtol=1e-4, atol=3e-6)


def test_exp_sigmoid_and_tanh_of_the_cells_are_right_to_the_last_digits():
    from tinygrad_edu.backend import kernels_rnn

    x = np.concatenate([np.linspace(-85, 88, 100_001), np.linspace(-1, 1, 20_001), [1e-30, -1e-5, 0.0]]).astype(
        "float32"
    )
    wide, e, bits = x.astype("float64"), np.empty_like(x), np.empty(x.shape, "int32")
    for run, exact in (
        (lambda y: kernels_rnn.exp(y, bits), np.exp(wide)),
        (lambda y: kernels_rnn.sigmoid(y, e, bits), 1 / (1 + np.exp(-wide))),
        (lambda y: kernels_rnn.tanh(y, e, bits), np.tanh(wide)),
    ):
        y = x.copy()
        run(y)
        assert (abs(y - exact) <= 4 * np.spacing(abs(exact).astype("float32"))).all()
    odd = np.array([np.inf, -np.inf, np.nan, 200, -200], "float32")
    for run, expected in ((kernels_rnn.sigmoid, [1, 0, np.nan, 1, 0]), (kernels_rnn.tanh, [1, -1, np.nan, 1, -1])):
        y = odd.copy()
        run(y, e, bits)
        np.testing.assert_allclose(y, np.array(expected, "float32"), atol=1e-37)


OPTIMIZERS = [
    (tg.optim.SGD, {"lr": 0.1}), (tg.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01, "dampening": 0.1}),
    (tg.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}), (tg.optim.Adam, {}),
    (tg.optim.Adam, {"weight_decay": 0.1, "betas": (0.7, 0.9)}), (tg.optim.AdamW, {"lr": 0.01}), (tg.optim.Adam, {"amsgrad": True}),
]  # fmt: skip


def test_optimizers_are_the_same_to_the_bit(both):
    start = np.random.default_rng(3).standard_normal(1000).astype("float32")
    for make, options in OPTIMIZERS:

        def run(make=make, options=options):
            p = tg.nn.Parameter(tg.tensor(start))
            optimizer = make([p], **options)
            for i in range(5):
                p.grad = tg.sin(p.detach() + i)
                optimizer.step()
            return p.detach().numpy()

        plain, fast = both(run)
        np.testing.assert_array_equal(fast, plain, err_msg=f"{make.__name__} {options}")


def test_many_threads_at_once(both):
    x = np.random.default_rng(4).standard_normal((4, 3, 12, 12)).astype("float32")
    w = np.random.default_rng(5).standard_normal((4, 3, 3, 3)).astype("float32")

    def run():
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(convolution.conv, np, x * i, w, None, (1, 1), (1, 1), (1, 1), 1) for i in range(20)]
            return [job.result() for job in jobs]

    for plain, fast in zip(*both(run)):
        np.testing.assert_allclose(fast, plain, rtol=1e-4, atol=1e-4)


def test_they_are_loaded_only_when_prepared_for_this_machine_and_source(tmp_path, monkeypatch):
    place = tmp_path / "stamp.json"
    monkeypatch.setattr(compiled, "_place", lambda: place)
    for stamp, expected in ((None, False), ("{}", False), (json.dumps(compiled._signs()), True)):
        if stamp is not None:
            place.write_text(stamp)
        monkeypatch.setattr(compiled, "_loaded", None)
        assert compiled.in_use() is expected, stamp
    before = compiled.use(False)
    assert not compiled.in_use()
    assert compiled.kernels_for(np.zeros(10**5, "float32")) is None
    compiled.use(before)


def test_what_somebody_else_has_prepared_where_we_cannot_write_is_left_alone(tmp_path, monkeypatch):
    """numba would not read it there, and compile for twenty seconds behind the program's back."""
    beside = tmp_path / "__pycache__"
    beside.mkdir()
    monkeypatch.setattr(compiled, "SOURCES", [tmp_path / "kernels.py"])
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert compiled._place().parent == beside
    monkeypatch.setattr(os, "access", lambda path, mode: path != beside)  # root may write everywhere
    assert compiled._place().parent == tmp_path / "home" / ".cache" / "tinygrad_edu"
    assert compiled._stamped() is None


def test_other_arrays_stay_with_numpy(monkeypatch):
    monkeypatch.setattr(compiled, "_loaded", object())
    a = np.zeros((64, 64), "float32")
    assert compiled.kernels_for(a, a) is compiled._loaded
    for other in (a.astype("float64"), a[:, ::2], a.tolist(), tg.tensor(a)):
        assert compiled.kernels_for(a, other) is None
    assert compiled.kernels_for(a[0], a[0]) is None  # too small


def test_an_error_in_a_thread_reaches_the_caller(monkeypatch):
    monkeypatch.setattr(threads, "_count", 2)
    caller, together = threading.get_ident(), threading.Barrier(2, timeout=30)

    def kernel(start, stop):
        together.wait()  # neither thread does all the work
        if threading.get_ident() != caller:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        compiled.split(kernel, 2, 10 * compiled.SHARE)
