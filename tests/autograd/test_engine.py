"""The engine itself: depth, sharing, memory, cycles, threads."""

from __future__ import annotations

import gc
import random
import threading
import tracemalloc
import weakref

import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import engine


def test_a_chain_of_50_000_operations_needs_no_recursion() -> None:
    x = tg.tensor(1.0, requires_grad=True, dtype=tg.float64)
    y = x
    for _ in range(50_000):
        y = y * 1.0001
    y.backward()
    assert x.grad.item() == pytest.approx(1.0001**50_000, rel=1e-9)


def test_a_diamond_of_depth_60_visits_each_node_once() -> None:
    x = tg.tensor(1.0, requires_grad=True, dtype=tg.float64)
    visits = 0

    def count(*_: object) -> None:
        nonlocal visits
        visits += 1

    h = x
    for _ in range(60):
        h = h + h
        h.grad_fn.register_hook(count)
    h.backward()
    assert x.grad.item() == 2.0**60
    assert visits == 60


def test_a_second_derivative_of_a_deep_chain() -> None:
    x = tg.tensor(1.0, requires_grad=True, dtype=tg.float64)
    y = x
    for _ in range(2_000):
        y = y * x
    (g,) = tg.autograd.grad(y, x, create_graph=True)
    (gg,) = tg.autograd.grad(g, x)
    assert (g.item(), gg.item()) == (2001.0, 2001.0 * 2000.0)


def test_memory_after_backward_is_parameters_plus_gradients() -> None:
    w = tg.ones(256, 256, requires_grad=True)
    x = tg.ones(512, 256)

    def step() -> None:
        h = x
        for _ in range(6):
            h = tg.relu(h @ w * 0.01)
        h.sum().backward()

    step()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    step()
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    layer = 512 * 256 * 4
    assert after - before < layer / 8, "activations outlive backward"
    assert peak - before > 6 * layer, "the measurement saw no activations at all"


def test_activations_are_released_while_going_back() -> None:
    x = tg.ones(1000, requires_grad=True)
    alive: list[int] = []
    kept: list[weakref.ref[object]] = []

    def look(_: object) -> None:
        alive.append(sum(ref() is not None for ref in kept))

    y = x
    for _ in range(10):
        y = (y * 0.1).exp()
        kept.append(weakref.ref(y.grad_fn.saved[0]))
        y.register_hook(look)
    total = y.sum()
    del y
    total.backward()
    assert alive == sorted(alive, reverse=True)
    assert alive[0] == 10
    assert alive[-1] <= 2


def test_no_reference_cycles() -> None:
    class Double(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            y = x * 2
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            x, y = ctx.saved_tensors
            return g * y / x

    x = tg.ones(3, requires_grad=True)

    def everything() -> None:
        y = Double.apply(tg.tanh(x * 2).exp()) * 1
        y[0] = 3.0
        y.retain_grad()
        y.register_hook(lambda g: g * 2)
        (g,) = tg.autograd.grad(y.sum(), x, create_graph=True)
        (g * y).sum().backward()
        y.detach_() if y._base is None else None

    everything()
    gc.collect()
    gc.disable()
    try:
        everything()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_graph_that_is_never_used_is_freed_at_once() -> None:
    gc.disable()
    try:
        y = tg.ones(3, requires_grad=True) * 2
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_two_leaves_never_share_one_gradient_array() -> None:
    a, b = tg.ones(3, requires_grad=True), tg.ones(3, requires_grad=True)
    seed = tg.ones(3)
    (a + b).backward(seed)
    a.grad.zero_()
    assert b.grad.tolist() == [1.0, 1.0, 1.0]
    assert seed.tolist() == [1.0, 1.0, 1.0]


def test_grad_mode_belongs_to_the_thread() -> None:
    seen: list[bool] = []
    with tg.no_grad():
        thread = threading.Thread(target=lambda: seen.append(tg.is_grad_enabled()))
        thread.start()
        thread.join()
        assert not tg.is_grad_enabled()
    assert seen == [True]


def test_backward_runs_in_many_threads_at_once() -> None:
    def work(results: list[float], k: int) -> None:
        x = tg.tensor(float(k), requires_grad=True, dtype=tg.float64)
        for _ in range(50):
            (x * x).backward()
        results.append(x.grad.item() / k)

    results: list[float] = []
    threads = [threading.Thread(target=work, args=(results, k)) for k in range(1, 5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [100.0] * 4


def test_gradients_are_computed_only_where_needed() -> None:
    calls: list[str] = []
    op = tg.autograd.op.Op(
        "recorded_for_test",
        lambda k, x, y: x * y,
        x=lambda k, g, y: calls.append("x") or g * y,  # type: ignore[func-returns-value]
        y=lambda k, g, x: calls.append("y") or g * x,  # type: ignore[func-returns-value]
    )
    try:
        a, b = tg.ones(2, requires_grad=True), tg.ones(2)
        op(a, b).sum().backward()
        assert calls == ["x"]
        c = tg.ones(2, requires_grad=True)
        tg.autograd.grad(op(a, c).sum(), c)
        assert calls == ["x", "y"]
    finally:
        del tg.autograd.op.Op.table["recorded_for_test"]
        del tg.backend.Kernels.table["recorded_for_test"]


def test_a_formula_may_name_only_what_exists() -> None:
    with pytest.raises(TypeError, match="formulas for"):
        tg.autograd.op.Op("broken_for_test", lambda k, x: x, z=lambda k, g: g)
    assert "broken_for_test" not in tg.autograd.op.Op.table


def test_anomaly_mode_names_the_forward_line() -> None:
    x = tg.tensor([0.0], requires_grad=True)
    with tg.autograd.set_detect_anomaly(True):
        y = x.sqrt() * 0  # this very line
        with (
            pytest.raises(RuntimeError, match="returned nan values"),
            pytest.warns(UserWarning, match="this very line"),
        ):
            y.sum().backward()


def random_graph(seed: int, nodes: int = 40):
    """A graph of chains, branches and joints over two leaves; its last tensor and the leaves."""
    rng = random.Random(seed)
    leaves = [tg.full((3,), 0.5 + i, dtype=tg.float64, requires_grad=True) for i in range(2)]
    made = list(leaves)
    for _ in range(nodes):
        x = rng.choice(made[-3:])
        kind = rng.choice(["number", "unary", "unary", "binary", "view", "sum"])
        if kind == "number":
            made.append(x * 0.9 + 0.1)
        elif kind == "unary":
            made.append(rng.choice([tg.tanh, tg.relu, tg.sin])(x))
        elif kind == "binary":
            made.append(x * rng.choice(made[-5:]))
        elif kind == "view":
            made.append(x.view(3, 1).t().reshape(3))
        else:
            made.append(x + x.sum() * 0.1)
    return made[-1].sum(), leaves


@pytest.mark.parametrize("seed", range(12))
def test_the_short_way_down_a_chain_gives_the_gradients_of_the_general_way(seed: int, monkeypatch) -> None:
    short, leaves = random_graph(seed)
    taken = []
    monkeypatch.setattr(engine, "follow", lambda *args, follow=engine.follow: (taken.append(1), follow(*args))[1])
    short.backward()
    assert taken, "no chain in the graph"
    taken.clear()
    general, others = random_graph(seed)
    general.backward(retain_graph=True)  # then nothing is released on the way, and the short way is not taken
    assert not taken
    for a, b in zip(leaves, others):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            assert tg.equal(a.grad, b.grad)


def test_the_short_way_keeps_all_promises() -> None:
    def chain():
        x = tg.ones(2, requires_grad=True)
        y = x * 2
        z = tg.tanh(y)
        return x, y, z, (z * 3).sum()

    x, y, z, total = chain()
    total.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        total.backward()
    x, y, z, total = chain()
    z.detach().add_(1)
    with pytest.raises(RuntimeError, match="output 0 of Tanh, is at version 1; expected version 0"):
        total.backward()
    x, y, z, total = chain()
    seen: list[object] = []
    z.register_hook(lambda g: g * 10)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    y.retain_grad()
    total.backward()
    tg.testing.assert_close(y.grad, 30 * (1 - tg.tanh(tg.tensor([2.0, 2.0])) ** 2))
    tg.testing.assert_close(x.grad, 2 * y.grad)
    assert len(seen) == 1
