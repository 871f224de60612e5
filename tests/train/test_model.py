"""train.Model: three levels give the same losses, real problems are solved, and wrong use is told what to do."""

from __future__ import annotations

import copy
import math
import re
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train
from tinygrad_edu.utils.data import DataLoader, IterableDataset, TensorDataset


def line_data() -> tuple[Any, Any]:
    """400 points on a plane, w = [2, -3], b = 10, noise 2."""
    g = tg.Generator().manual_seed(1)
    x = tg.rand(400, 2, generator=g) * 10 - 5
    return x, x @ tg.tensor([[2.0], [-3.0]]) + 10 + 2 * tg.randn(400, 1, generator=g)


def rings() -> tuple[Any, Any]:
    """Points around the origin at distances of about 5 (class 0) and 8 (class 1)."""
    g = tg.Generator().manual_seed(2)
    angle = tg.rand(400, generator=g) * 2 * math.pi
    label = (tg.arange(400) % 2).float()
    radius = 5 + 3 * label + tg.randn(400, generator=g) * 0.5
    return tg.stack([radius * angle.cos(), radius * angle.sin()], 1), label.reshape(-1, 1)


EPOCHS, BATCH, SEED = 6, 40, 5


def order_of(generator: Any, count: int) -> Any:
    """The order of an epoch. A loader draws a seed for its workers first, and after the order another one, of which it takes nothing."""
    tg.empty((), dtype=tg.int64).random_(generator=generator)
    order, _ = (tg.randperm(count, generator=generator) for _ in range(2))
    return order


# ------------------------------------------------------------------------------------- three levels, one result
def low_line(x: Any, y: Any, w: Any, b: Any) -> list[float]:
    """Tensors only: the gradient by hand as the derivative says, the step by hand."""
    w, b, g, losses = w.clone(), b.clone(), tg.Generator().manual_seed(SEED), []
    for _ in range(EPOCHS):
        total, order = 0.0, order_of(g, len(x))
        for i in range(0, len(x), BATCH):
            xb, yb = x[order[i : i + BATCH]], y[order[i : i + BATCH]]
            w.requires_grad_()
            b.requires_grad_()
            loss = ((xb @ w.t() + b - yb) ** 2).mean()
            gw, gb = tg.autograd.grad(loss, (w, b))
            w, b = (w - 0.02 * gw).detach(), (b - 0.02 * gb).detach()
            total += loss.item() * len(xb)
        losses.append(total / len(x))
    return losses


def middle(net: Any, loss_of: Any, optimizer: Any, x: Any, y: Any) -> list[float]:
    """nn, optim and DataLoader."""
    loader = DataLoader(TensorDataset(x, y), BATCH, shuffle=True, generator=tg.Generator().manual_seed(SEED))
    losses = []
    for _ in range(EPOCHS):
        total = 0.0
        for xb, yb in loader:
            loss = loss_of(net(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(xb)
        losses.append(total / len(x))
    return losses


def high(net: Any, loss: Any, optimizer: Any, x: Any, y: Any) -> list[float]:
    model = train.Model(net)
    model.compile(optimizer, loss)
    return model.fit(x, y, BATCH, EPOCHS, verbose=0, seed=SEED)["loss"]


def test_linear_regression_at_three_levels() -> None:
    x, y = line_data()
    tg.manual_seed(0)
    net = nn.Linear(2, 1)
    low = low_line(x, y, net.weight.detach(), net.bias.detach())
    nets = [copy.deepcopy(net) for _ in range(2)]
    mid, top = (
        level(n, nn.MSELoss(), tg.optim.SGD(n.parameters(), lr=0.02), x, y) for level, n in zip((middle, high), nets)
    )
    assert mid == top
    assert low == pytest.approx(mid, rel=1e-5)
    assert low[-1] < low[0] / 5


def test_rings_at_three_levels() -> None:
    x, y = rings()
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    nets = [copy.deepcopy(net) for _ in range(2)]
    w1, b1, w2, b2 = (p.detach().clone().requires_grad_() for p in net.parameters())
    g, low = tg.Generator().manual_seed(SEED), []
    for _ in range(EPOCHS):
        total, order = 0.0, order_of(g, len(x))
        for i in range(0, len(x), BATCH):
            xb, yb = x[order[i : i + BATCH]], y[order[i : i + BATCH]]
            z = tg.tanh(xb @ w1.t() + b1) @ w2.t() + b2
            loss = (z.clamp(min=0) - z * yb + (1 + (-z.abs()).exp()).log()).mean()
            loss.backward()
            with tg.no_grad():
                for p in (w1, b1, w2, b2):
                    p -= 0.5 * p.grad
                    p.grad = None
            total += loss.item() * len(xb)
        low.append(total / len(x))
    mid, top = (
        level(n, nn.BCEWithLogitsLoss(), tg.optim.SGD(n.parameters(), lr=0.5), x, y)
        for level, n in zip((middle, high), nets)
    )
    assert mid == top
    assert low == pytest.approx(mid, rel=1e-4)


# ------------------------------------------------------------------------------------- real problems
def test_linear_regression_finds_the_line() -> None:
    x, y = line_data()
    tg.manual_seed(0)
    model = train.Model(nn.Linear(2, 1))
    model.compile("sgd", "mse", ["mae"], lr=0.005)
    history = model.fit(x, y, epochs=60, verbose=0, validation_split=0.1)
    (w,), b = model.net.weight.tolist(), model.net.bias.item()
    best = tg.linalg.lstsq(tg.cat([x[:360], tg.ones(360, 1)], 1), y[:360]).solution.flatten().tolist()
    assert [*w, b] == pytest.approx(best, abs=0.1)
    assert w == pytest.approx([2, -3], abs=0.15)
    assert b == pytest.approx(10, abs=0.3)
    assert 3 < history["loss"][-1] < 5  # the noise alone has 4
    assert history["val_mae"][-1] < 2.2


def test_rings_are_told_apart() -> None:
    x, y = rings()
    tg.manual_seed(0)
    model = train.Model(nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1)))
    model.compile("adam", "bce_with_logits", ["accuracy", "auc", train.ConfusionMatrix(threshold=0.0)], lr=0.03)
    history = model.fit(x[:300], y[:300], epochs=25, verbose=0, validation_data=(x[300:], y[300:]))
    assert history["val_accuracy"][-1] > 0.97
    assert history["val_auc"][-1] > 0.99
    assert int(history["val_confusion"][-1].sum()) == 100
    figures = model.evaluate(x[300:], y[300:], return_dict=True)
    assert figures["accuracy"] == history["val_accuracy"][-1]
    said = (model.predict(x[300:]) > 0).float()
    assert (said == y[300:]).float().mean().item() == pytest.approx(figures["accuracy"])


# ------------------------------------------------------------------------------------- exact steps
def trained(**options: Any) -> list[Any]:
    x, y = line_data()
    tg.manual_seed(0)
    model = train.Model(nn.Linear(2, 1))
    batch = options.pop("batch", 32)
    model.compile(options.pop("optimizer", "sgd"), "mse", **{"lr": 0.01, **options})
    model.fit(x[:100], y[:100], batch, epochs=2, verbose=0, shuffle=False)
    return model.net.weight.flatten().tolist() + model.net.bias.tolist()


def test_accumulated_gradients_are_those_of_the_large_batch() -> None:
    assert trained(batch=20, accumulate=2) == pytest.approx(trained(batch=40), rel=1e-5)  # 40 40 20
    assert trained(batch=30, accumulate=2) == pytest.approx(trained(batch=60), rel=1e-5)  # 30+30, 30+10: unequal parts
    assert trained(batch=30, accumulate=1) != pytest.approx(trained(batch=60), rel=1e-3)


def test_clipping() -> None:
    seen: list[float] = []

    class Watched(tg.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            seen.append(float(sum((p.grad**2).sum() for g in self.param_groups for p in g["params"])) ** 0.5)
            return super().step(closure)

    trained(optimizer=Watched)
    assert max(seen) > 10
    seen.clear()
    trained(optimizer=Watched, clip_grad_norm=0.5)
    assert max(seen) == pytest.approx(0.5, rel=1e-4)
    seen.clear()
    trained(optimizer=Watched, clip_grad_value=0.1)
    assert max(seen) <= 0.1 * 3**0.5 + 1e-6


def test_schedules_are_stepped() -> None:
    x, y = line_data()
    for step, want in (("epoch", [0.1, 0.05, 0.025]), ("batch", [0.1 * 0.5**4, 0.1 * 0.5**8, 0.1 * 0.5**12])):
        model = train.Model(nn.Linear(2, 1))
        model.compile(
            "sgd", "mse", lr=0.1, scheduler=lambda o: tg.optim.lr_scheduler.StepLR(o, 1, 0.5), scheduler_step=step
        )
        rates: list[float] = []
        note = train.LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(logs.get("lr", model.learning_rate)))  # noqa: B023
        model.fit(x[:64], y[:64], 16, epochs=3, verbose=0, callbacks=note)
        assert rates == pytest.approx(want)
    model = train.Model(nn.Linear(2, 1))
    plateau = lambda o: tg.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0, threshold=100.0, threshold_mode="abs")  # noqa: E731
    model.compile("sgd", "mse", lr=1e-4, scheduler=plateau)
    history = model.fit(x, y, epochs=4, verbose=0)
    assert history["lr"] == pytest.approx([1e-4, 1e-4, 1e-5, 1e-6])


def test_mixed_precision() -> None:
    for precision in ("bfloat16", "float16"):
        tg.manual_seed(0)
        x, y = line_data()
        kinds: list[Any] = []
        model = train.Model(nn.Linear(2, 1))
        model.net.register_forward_hook(lambda module, args, output: kinds.append(output.dtype))  # noqa: B023
        model.compile(
            "sgd", lambda out, target: ((out.float() - target) ** 2).mean(), lr=0.01, mixed_precision=precision
        )
        history = model.fit(x, y, epochs=12, verbose=0)
        assert set(kinds) == {getattr(tg, precision)}
        assert model.net.weight.dtype is tg.float32
        assert history["loss"][-1] < 8 < history["loss"][0]


def test_lbfgs() -> None:
    x, y = line_data()
    model = train.Model(nn.Linear(2, 1))
    model.compile(lambda p: tg.optim.LBFGS(p, lr=1, max_iter=10), "mse")
    assert model.fit(x, y, 400, epochs=4, verbose=0)["loss"][-1] < 5


# ------------------------------------------------------------------------------------- kinds of data
def test_every_kind_of_data_gives_the_same() -> None:
    x, y = line_data()

    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Any:
            return iter(zip(x, y))

    data = TensorDataset(x, y)
    kinds: dict[str, tuple[Any, ...]] = {
        "tensors": (x, y), "arrays": (x.numpy(), y.numpy()), "data set": (data,), "loader": (DataLoader(data, 32),),
        "stream": (Stream(),), "batches": ([(x[i : i + 32], y[i : i + 32]) for i in range(0, 400, 32)],),
    }  # fmt: skip
    found = {}
    for name, given in kinds.items():
        tg.manual_seed(0)
        model = train.Model(nn.Linear(2, 1))
        model.compile("sgd", "mse", lr=0.01)
        model.fit(*given, epochs=2, verbose=0, shuffle=False) if name != "batches" else [
            model.fit(iter(given[0]), epochs=1, verbose=0) for _ in range(2)
        ]
        found[name] = model.net.weight.tolist()
    assert len({str(w) for w in found.values()}) == 1, found


def test_several_inputs_and_outputs() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Linear(2, 2)

        def forward(self, a: Any, b: Any) -> Any:
            return self.w(a) + b, self.w(b)

    class First(train.Model):
        def training_step(self, inputs: Any, target: Any) -> Any:
            first, second = self.net(*inputs)
            return first, ((first - target) ** 2).mean() + second.abs().mean()

    a, b = tg.rand(50, 2), tg.rand(50, 2)
    model = First(Two())
    model.compile("adam", "mse", ["mae"], lr=0.05)
    history = model.fit((a, b), a, epochs=10, verbose=0)
    assert history["loss"][-1] < history["loss"][0]
    first, second = model.predict((a, b), batch_size=16)
    assert first.shape == second.shape == (50, 2)
    assert first.tolist() == model.net(a, b)[0].tolist()


def test_modes_come_back_and_nothing_is_left() -> None:
    x, y = line_data()
    model = train.Model(nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1)))
    model.net[1].eval()
    model.compile("sgd", "mse", lr=1e-3)
    model.fit(x, y, epochs=1, verbose=0)
    assert [m.training for m in model.net] == [True, False, True]
    assert all(p.grad is None for p in model.net.parameters())
    assert model.predict(x[:5]).tolist() == model.predict(x[:5]).tolist()  # no dropout
    assert not model.predict(x[:2]).requires_grad
    assert model.evaluate(x, y) == pytest.approx(((model.predict(x) - y) ** 2).mean().item(), rel=1e-5)


def test_loss_is_weighed_by_the_size_of_batches() -> None:
    x, y = line_data()
    for loss in (nn.MSELoss(), nn.MSELoss(reduction="sum")):
        model = train.Model(nn.Linear(2, 1))
        model.compile("sgd", loss, lr=0.0)
        whole = float(loss(model.predict(x), y))
        for batch in (400, 399, 7):
            assert model.evaluate(x, y, batch) == pytest.approx(whole, rel=1e-5)
            assert model.fit(x, y, batch, verbose=0)["loss"] == pytest.approx([whole], rel=1e-5)


# ------------------------------------------------------------------------------------- mistakes
def test_mistakes_are_told() -> None:
    x, y = line_data()

    def made(**options: Any) -> train.Model:
        model = train.Model(nn.Linear(2, 1))
        model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
        return model

    mistakes: list[tuple[Any, str]] = [
        (lambda: train.Model(lambda x: x), "expected a module"),
        (lambda: train.Model(nn.Linear(1, 1)).fit(x, y), "call compile"),
        (lambda: train.Model(nn.ReLU()).compile("sgd", "mse"), "no parameters"),
        (lambda: train.Model(nn.Linear(1, 1)).compile("sgd"), "give a loss"),
        (lambda: made(optimizer="adamm"), "no optimizer 'adamm'. Did you mean 'adam'"),
        (lambda: made(optimizer=3), "expected a name, an optimizer"),
        (lambda: made(loss="crossentropy"), "Did you mean 'cross_entropy'"),
        (lambda: made(loss=3), "expected a name, a module or a function"),
        (lambda: made(metrics=["accuracies"]), "Did you mean 'accuracy'"),
        (lambda: made(metrics=["mse", "mse"]), "two figures are called 'mse'"),
        (lambda: made(metrics=[4]), "expected names, metrics"),
        (lambda: made(optimizer=tg.optim.SGD(nn.Linear(1, 1).parameters(), lr=1), lr=0.1), "has its own learning rate"),
        (lambda: made(accumulate=0), "accumulate: expected"),
        (lambda: made(mixed_precision="int8"), "mixed_precision: expected None"),
        (lambda: made(scheduler_step="day"), "expected 'epoch' or 'batch'"),
        (lambda: made(scheduler=tg.optim.lr_scheduler.StepLR(tg.optim.SGD(nn.Linear(1, 1).parameters(), lr=1), 1)), "another optimizer"),
        (lambda: made(optimizer="lbfgs", accumulate=2), "LBFGS computes the loss several times"),
        (lambda: made().fit(x, y[:5]), "as many examples"),
        (lambda: made().fit(DataLoader(TensorDataset(x, y)), y), "leave y out"),
        (lambda: made().fit(DataLoader(TensorDataset(x, y)), batch_size=3), "leave batch_size out"),
        (lambda: made().fit(x, verbose=0), "no targets"),
        (lambda: made().fit(iter([]), verbose=0), "no batch"),
        (lambda: made().fit([{"x": x}], verbose=0), "got a dict"),
        (lambda: made().fit(x, y, validation_split=1.5), "between 0 and 1"),
        (lambda: made().fit(x, y, validation_split=0.5, validation_data=(x, y)), "either validation_split or"),
        (lambda: made().fit(DataLoader(TensorDataset(x, y)), validation_split=0.5), "validation_data beside"),
        (lambda: made().fit(x, y, epochs=1.5), "epochs: expected"),
        (lambda: made().fit(x, y, callbacks=[print], verbose=0), "LambdaCallback"),
        (lambda: made().fit(x, y, callbacks=[train.EarlyStopping], verbose=0), "make one with EarlyStopping"),
        (lambda: made().fit(x, y, callbacks=[train.EarlyStopping()], verbose=0), "give fit\\(\\) validation_data"),
        (lambda: made(metrics=["accuracy"], loss=lambda o, t: o.sum()).fit(x, tg.ones(400, 3), verbose=0), "stand for"),
        (lambda: train.LambdaCallback(on_day_end=print), "there is no on_day_end"),
        (lambda: train.ReduceLROnPlateau(factor=2), "between 0 and 1"),
        (lambda: train.EarlyStopping(mode="up"), "expected 'auto', 'min' or 'max'"),
        (lambda: train.History().plot("loss"), "there is no 'loss'"),
    ]  # fmt: skip
    wrong = []
    for number, (mistake, words) in enumerate(mistakes):
        try:
            mistake()
        except (TypeError, ValueError, RuntimeError) as error:
            if not re.search(words, str(error)):
                wrong.append(f"{number}: {words!r} not in {type(error).__name__}: {error}")
        else:
            wrong.append(f"{number}: no error ({words})")
    assert not wrong, "\n".join(wrong)


def test_summary() -> None:
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    net[0].requires_grad_(False)
    found = train.summary(net, (1, 28, 28))
    assert [row[1] for row in found.rows] == ["(1, 4, 26, 26)", "(1, 4, 26, 26)", "(1, 2704)", "(1, 10)"]
    assert (found.total, found.trainable) == (40 + 27050, 27050)
    assert net.training
    assert not net[0]._forward_hooks
    assert "Output shape" not in str(train.summary(net))
    assert "27,050" in str(found)
