"""Callbacks: early stopping, checkpoints and resumption bit for bit, files, progress, interruption."""

from __future__ import annotations

import csv
import io
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import tinygrad_edu as tg
from tinygrad_edu import nn, train


def data(count: int = 64) -> tuple[Any, Any]:
    g = tg.Generator().manual_seed(4)
    x = tg.randn(count, 3, generator=g)
    return x, x.sum(1, keepdim=True).sin()


def model_of(**options: Any) -> train.Model:
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
    model = train.Model(net)
    model.compile(**{"optimizer": "adam", "loss": "mse", "lr": 0.01, **options})
    return model


class Play(train.Callback):
    """Puts figures of a script into the logs."""

    order = -1

    def __init__(self, **figures: list[float]) -> None:
        self.figures = figures

    def on_epoch_end(self, epoch: int, logs: Any) -> None:
        logs.update({name: values[epoch] for name, values in self.figures.items()})


def run(epochs: int, *callbacks: Any, **options: Any) -> tuple[train.Model, train.History]:
    model = model_of(**options)
    return model, model.fit(*data(), epochs=epochs, verbose=0, callbacks=list(callbacks))


def test_early_stopping() -> None:
    script = [5.0, 4.0, 4.1, 3.95, 4.2, 4.3, 4.4, 1.0]
    for options, ends, best in (
        ({"patience": 1}, 2, 1), ({"patience": 2}, 5, 3), ({"patience": 2, "min_delta": 0.2}, 3, 1), ({"patience": 4}, 7, 7),
        ({"patience": 1, "start_from_epoch": 3}, 4, 3), ({"mode": "max", "patience": 3}, 3, 0),
    ):  # fmt: skip
        stop = train.EarlyStopping("play", **options)  # type: ignore[arg-type]
        _, history = run(8, Play(play=script), stop)
        assert (history.epoch[-1], stop.best_epoch) == (ends, best), options
    names = {"val_loss": -1, "val_accuracy": 1, "auc": 1, "mae": -1}
    assert {name: train.EarlyStopping(name).sign for name in names} == names


def test_best_weights_come_back() -> None:
    weights: list[Any] = []
    note = train.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(note.model.net[0].weight.tolist()))
    for restore, want in ((True, 1), (False, 4)):
        weights.clear()
        stop = train.EarlyStopping("play", patience=3, restore_best_weights=restore)
        model, _ = run(8, Play(play=[3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]), note, stop)
        assert model.net[0].weight.tolist() == weights[want]
        assert len(weights) == 5
    assert weights[1] != weights[4]


def test_learning_rates() -> None:
    seen: list[float] = []
    note = train.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(note.model.learning_rate))
    _, history = run(3, train.LearningRateScheduler(lambda epoch, rate: rate / 2), note)
    assert sorted(set(seen), reverse=True) == history["lr"] == [0.005, 0.0025, 0.00125]
    plateau = train.ReduceLROnPlateau("play", factor=0.5, patience=2, cooldown=1, min_lr=0.002)
    _, history = run(9, Play(play=[1.0] * 9), plateau)
    assert history["lr"] == pytest.approx([0.01, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025, 0.002, 0.002])
    model = model_of(
        optimizer=lambda p: tg.optim.SGD([{"params": [q], "lr": 0.1 * (i + 1)} for i, q in enumerate(p)]), lr=None
    )
    model.learning_rate = 0.05
    assert [g["lr"] for g in model.optimizer.param_groups][:3] == pytest.approx([0.05, 0.1, 0.15])
    with pytest.raises(TypeError, match="must return a number, it returned str"):
        run(1, train.LearningRateScheduler(lambda epoch, rate: "fast"))  # type: ignore[arg-type,return-value]


def test_csv(tmp_path: Path) -> None:
    file = tmp_path / "log" / "run.csv"
    _, history = run(3, Play(play=[1.0, 2.0, 3.0]), train.CSVLogger(file))
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert [float(row["loss"]) for row in rows] == history["loss"]
    assert [float(row["play"]) for row in rows] == [1.0, 2.0, 3.0]
    run(1, Play(play=[7.0]), train.CSVLogger(file, append=True))
    assert len(file.read_text().splitlines()) == 5
    run(1, train.CSVLogger(file, separator=";"))
    assert file.read_text().splitlines()[0] == "epoch;loss"


def test_checkpoint_of_the_best(tmp_path: Path) -> None:
    script = [3.0, 1.0, 2.0, 0.5]
    best = train.ModelCheckpoint(tmp_path / "best.pt", "play", save_best_only=True, save_weights_only=True)
    every = train.ModelCheckpoint(tmp_path / "all-{epoch:02d}-{play:.1f}.pt", every=2)
    model, _ = run(4, every, best, Play(play=script))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all-02-1.0.pt", "all-04-0.5.pt", "best.pt"]
    saved = tg.load(tmp_path / "best.pt")
    assert all((saved[name] == value).all() for name, value in model.net.state_dict().items())
    other = model_of()
    assert other.load_checkpoint(tmp_path / "all-02-1.0.pt") == 2
    assert other.history["play"] == [3.0, 1.0]
    with pytest.raises(ValueError, match="holds no checkpoint"):
        other.load_checkpoint(tmp_path / "best.pt")
    with pytest.raises(ValueError, match="there is no figure 'fun'"):
        run(1, train.ModelCheckpoint(tmp_path / "{fun}.pt"))
    with pytest.raises(ValueError, match="the checkpoint has none scheduler, this model has one"):
        model_of(scheduler=lambda o: tg.optim.lr_scheduler.StepLR(o, 1)).load_checkpoint(tmp_path / "all-02-1.0.pt")


def numbers(model: train.Model, history: train.History) -> list[Any]:
    state = {name: value.tolist() for name, value in model.net.state_dict().items()}
    return [
        state,
        history.epoch,
        history.history,
        model.learning_rate,
        tg.rand(3).tolist(),
        tg.get_rng_state().tolist(),
    ]


def test_resumed_training_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    """In one piece, or stopped after three epochs and gone on with: the same numbers, also of dropout and the data's order."""
    x, y = data()

    def train_to(epochs: int, path: Path | None, seed: int | None) -> list[Any]:
        model = model_of(scheduler=lambda o: tg.optim.lr_scheduler.CosineAnnealingLR(o, 5), metrics=["mae"])
        callbacks = [
            train.ReduceLROnPlateau("loss", patience=1, min_delta=1.0),
            train.EarlyStopping("loss", patience=20),
        ]
        if path is not None:
            callbacks.append(train.ModelCheckpoint(path))
        history = model.fit(x, y, 16, epochs, 0, callbacks, validation_split=0.25, seed=seed, resume=path)
        return numbers(model, history)

    for seed in (7, None):
        whole = train_to(6, None, seed)
        path = tmp_path / f"run-{seed}.pt"
        train_to(3, path, seed)
        tg.manual_seed(99)  # another process would have other numbers now
        tg.rand(5)
        resumed = train_to(6, path, seed)
        assert resumed == whole
        assert resumed[1] == [0, 1, 2, 3, 4, 5]


def test_an_interrupted_training_leaves_a_usable_model(tmp_path: Path) -> None:
    def interrupt(batch: int, logs: Any) -> None:
        if model._epoch == 2 and batch == 1:
            raise KeyboardInterrupt

    model, x, y = model_of(), *data()
    path, log = tmp_path / "run.pt", tmp_path / "log.csv"
    ended: list[int] = []
    callbacks = [
        train.LambdaCallback(on_train_batch_end=interrupt, on_train_end=lambda logs: ended.append(1)),
        train.ModelCheckpoint(path), train.CSVLogger(log), train.TensorBoard(tmp_path / "tb"),
    ]  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, 16, epochs=5, verbose=0, callbacks=callbacks, seed=1)
    assert ended == [1]
    assert model.history.epoch == [0, 1]
    assert len(log.read_text().splitlines()) == 3
    assert model.net.training
    assert all(p.grad is None for p in model.net.parameters())
    assert model.predict(x).isfinite().all()
    history = model.fit(x, y, 16, epochs=5, verbose=0, callbacks=[train.ModelCheckpoint(path)], seed=1, resume=path)
    whole = model_of()
    assert history["loss"] == whole.fit(x, y, 16, epochs=5, verbose=0, seed=1)["loss"]


def test_a_callback_that_cannot_begin(tmp_path: Path) -> None:
    """Its own error is told; those that had begun are ended, the others are not."""
    told: list[str] = []

    class Broken(train.Callback):
        def on_train_begin(self, logs: Any) -> None:
            raise OSError("disk full")

    first = train.LambdaCallback(on_train_end=lambda logs: told.append("first"))
    last = train.LambdaCallback(on_train_end=lambda logs: told.append("last"))
    with pytest.raises(OSError, match="disk full"):
        model_of().fit(*data(), epochs=1, callbacks=[first, Broken(), last])
    assert told == ["first"]


def test_no_number_ends_training(capsys: pytest.CaptureFixture[str]) -> None:
    x, y = data()
    y[20] = float("nan")
    model = model_of()
    history = model.fit(x, y, 16, epochs=5, verbose=0, callbacks=train.TerminateOnNaN(), shuffle=False)
    assert history.epoch == [0]
    assert math.isnan(history["loss"][0])
    assert capsys.readouterr().out == "Batch 1: the loss is nan, training ends\n"


def test_tensorboard(tmp_path: Path) -> None:
    model, x, y = model_of(metrics=["mae"]), *data()
    board = train.TensorBoard(tmp_path, histogram_freq=2, example=x[:1])
    history = model.fit(x, y, epochs=3, verbose=0, validation_split=0.25, callbacks=[board])
    for where, name in (("train", "loss"), ("train", "mae"), ("validation", "loss")):
        read = EventAccumulator(str(tmp_path / where), size_guidance={"histograms": 0})
        read.Reload()
        want = history[name if where == "train" else f"val_{name}"]
        assert [e.value for e in read.Scalars(name)] == pytest.approx(want, rel=1e-6)
        if where == "train":
            assert [e.step for e in read.Histograms("0/weight")] == [0, 2]
            assert any(node.op == "aten::linear" for node in read.Graph().node)


def test_callbacks_are_called_in_order() -> None:
    calls: list[str] = []
    moments = [f"on_{m}" for m in ("train_begin", "train_end", "epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end",
                                   "test_begin", "test_end")]  # fmt: skip
    spy = train.LambdaCallback(**{m: lambda *args, m=m: calls.append(m.removeprefix("on_")) for m in moments})
    model_of().fit(*data(), 32, epochs=1, verbose=0, callbacks=spy, validation_data=data(8))
    batch = ["train_batch_begin", "train_batch_end"]
    assert calls == ["train_begin", "epoch_begin", *batch, *batch, "test_begin", "test_end", "epoch_end", "train_end"]


def test_lines_are_the_same_in_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        model_of(metrics=["mae"]).fit(*data(), epochs=2, validation_split=0.25, seed=3)
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    first, second = texts[0].splitlines()
    assert first.startswith("Epoch 1/2 - loss: ")
    assert [part.partition(":")[0] for part in second.split(" - ")[1:]] == ["loss", "mae", "val_loss", "val_mae"]
    model_of().fit(*data(), epochs=100, seed=3)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert [line.split()[1] for line in (lines[0], lines[1], lines[-1])] == ["1/100", "6/100", "100/100"]
    model_of().fit(*data(), epochs=30, seed=3, callbacks=train.EarlyStopping("loss", patience=2, min_delta=9))
    assert capsys.readouterr().out.splitlines()[-1].startswith("Epoch 3/30")


def test_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    model_of().fit(*data(), 8, epochs=3)
    told = screen.getvalue()
    assert "Epoch 3/3 - loss: " in told
    assert "━" in told  # the bar
    assert "/8" in told  # batches


NOTEBOOK = """
import sys
from tinygrad_edu import nn, train
import tinygrad_edu as tg
tg.manual_seed(0)
model = train.Model(nn.Linear(3, 1))
model.compile("sgd", "mse")
history = model.fit(tg.ones(64, 3), tg.ones(64, 1), epochs=3)
"""


def test_notebook_output_is_one_stable_text(tmp_path: Path) -> None:
    """Under nbclient (as under nbval) and in a notebook that is open in a browser, what stays is the same."""
    import nbformat
    from nbclient import NotebookClient

    closed, opened = (
        nbformat.v4.new_code_cell(f"import os\nos.environ.{setting}\n{NOTEBOOK}")
        for setting in ("pop('JPY_SESSION_NAME', '')", "update(JPY_SESSION_NAME='open.ipynb')")
    )
    closed.source = closed.source.replace("os.environ.pop", "_ = os.environ.pop")
    notebook = nbformat.v4.new_notebook(cells=[closed, opened])
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [[(o["output_type"], o["data"]) for o in cell["outputs"]] for cell in notebook.cells]
    assert outputs[0] == outputs[1]
    ((kind, bundle),) = outputs[0]
    assert kind == "display_data"
    assert list(bundle) == ["text/plain"]
    assert [line.split(" - ")[0] for line in bundle["text/plain"].splitlines()] == [
        "Epoch 1/3",
        "Epoch 2/3",
        "Epoch 3/3",
    ]


def test_history() -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    _, history = run(3, Play(play=[1.0, 2.0, 3.0]))
    frame = history.to_frame()
    assert list(frame.columns) == ["loss", "play"]
    assert list(frame.index) == [0, 1, 2]
    assert repr(history) == f"<History of 3 epochs: loss={history['loss'][-1]:.4f}, play=3.0000>"
    axes = history.plot("play")
    assert [line.get_label() for line in axes.lines] == ["play"]
    assert list(axes.lines[0].get_ydata()) == [1.0, 2.0, 3.0]
    pyplot.close(axes.figure)
    history.add(3, {"later": 1.0})
    assert history["later"] == [None, None, None, 1.0]
    assert history["play"][-1] is None


def test_training_needs_none_of_the_drawing_packages() -> None:
    code = (
        "import sys\nfrom tinygrad_edu import train, nn\nimport tinygrad_edu as tg\nm = train.Model(nn.Linear(1, 1)); m.compile('sgd', 'mse')\n"
        "m.fit(tg.ones(4, 1), tg.ones(4, 1), verbose=1)\n"
        "print(sorted({'matplotlib', 'pandas', 'tensorboard', 'rich', 'IPython'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"
