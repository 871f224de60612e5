"""A training step on a GPU asks it for nothing: no number is waited for, none is brought from the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from strict import strict_array
from strict.strict_array import StrictKernels, strict_cuda

import tinygrad_edu as tg
from tinygrad_edu import nn

F = nn.functional

# layers that end in (N, 5) for a loss on classes; the input's shape
CLASSIFIERS: dict[str, tuple[Callable[[], list[Any]], tuple[int, ...]]] = {
    "perceptron": (lambda: [nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 5)], (4, 8)),
    "LeNet": (
        lambda: [nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 5)], (4, 1, 8, 8),
    ),
    "norms": (
        lambda: [nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True),
                 nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(4), nn.RMSNorm(4), nn.BatchNorm1d(4), nn.Linear(4, 5)],
        (4, 1, 8, 8),
    ),
    "activations": (
        lambda: [nn.Linear(8, 8), nn.GELU(), nn.SiLU(), nn.ELU(), nn.PReLU(), nn.Hardswish(), nn.Softplus(), nn.LeakyReLU(),
                 nn.Tanh(), nn.Sigmoid(), nn.ReLU6(), nn.Softmax(-1), nn.Linear(8, 5)],
        (4, 8),
    ),
    "images": (
        lambda: [nn.ReflectionPad2d(1), nn.ConvTranspose2d(1, 4, 2, stride=2), nn.PixelShuffle(2), nn.AvgPool2d(2),
                 nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=0.5, mode="bilinear"), nn.AdaptiveMaxPool2d(2),
                 nn.Flatten(), nn.Linear(4, 5)],
        (4, 1, 6, 6),
    ),
    "attention": (
        lambda: [nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Flatten(), nn.Linear(24, 5)], (4, 3, 8),
    ),
}  # fmt: skip
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD")
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "cross entropy, weighted": lambda a, y: F.cross_entropy(a, y, weight=y.new_ones(5, dtype=a.dtype)),
    "cross entropy, smoothed": lambda a, y: F.cross_entropy(a, y, label_smoothing=0.1, ignore_index=3),
    "nll": lambda a, y: F.nll_loss(a.log_softmax(1), y),
    "picked": lambda a, y: -(a.gather(1, y[:, None]).mean() + a.index_select(0, y).mean() + a[y, y].mean()),
    "mse": lambda a, y: (
        F.mse_loss(a[:, 0], y.float()) + F.l1_loss(a[:, 1], y.float()) + F.smooth_l1_loss(a[:, 2], y.float())
    ),
    "bce": lambda a, y: (
        F.binary_cross_entropy(a[:, 0].sigmoid(), y.gt(2).float())
        + F.binary_cross_entropy_with_logits(a[:, 1], y.gt(2).float())
    ),
    "embedding": lambda a, y: F.embedding(y, a).sum() + a.logsumexp(1).sum() + a.masked_fill(a < 0, 0).std(),
}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Any:
    """How often the GPU was waited for, or was given numbers by the CPU, in the third step."""
    brought: list[Any] = []
    plain = StrictKernels.from_host
    monkeypatch.setattr(StrictKernels, "from_host", lambda k, a, i: brought.append(a) or plain(k, a, i))

    def count(step: Callable[[], Any]) -> int:
        step(), step()
        brought.clear()
        before = strict_array.syncs
        step()
        return strict_array.syncs - before + len(brought)

    with strict_cuda():
        tg.manual_seed(0)
        yield count


def training(layers: Callable[[], list[Any]], shape: tuple[int, ...], optimizer: str, loss: Any) -> Callable[[], None]:
    net = nn.Sequential(*layers()).to("cuda")
    x, y = tg.randn(*shape).to("cuda"), tg.tensor([0, 1, 2, 3]).to("cuda")
    chosen = getattr(tg.optim, optimizer)(net.parameters(), lr=0.01)

    def step() -> None:
        chosen.zero_grad()
        loss(net(x), y).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        chosen.step()

    return step


@pytest.mark.parametrize("layers", CLASSIFIERS)
def test_layers(layers: str, waits: Any) -> None:
    assert waits(training(*CLASSIFIERS[layers], "SGD", F.cross_entropy)) == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers(optimizer: str, waits: Any) -> None:
    assert waits(training(*CLASSIFIERS["perceptron"], optimizer, F.cross_entropy)) == 0


@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss: str, waits: Any) -> None:
    assert waits(training(*CLASSIFIERS["perceptron"], "SGD", LOSSES[loss])) == 0


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_layers(kind: str, waits: Any) -> None:
    layer = getattr(nn, kind)(4, 5, num_layers=2, bidirectional=True).to("cuda")
    x = tg.randn(3, 2, 4).to("cuda")
    assert waits(lambda: layer(x)[0].sum().backward()) == 0


WRONG: dict[str, Callable[[Any], Any]] = {
    "cross_entropy: a target": lambda i: F.cross_entropy(tg.ones(2, 3, device="cuda"), i),
    "embedding: an index": lambda i: F.embedding(i, tg.ones(3, 2, device="cuda")),
    "indexing: an index": lambda i: tg.ones(3, device="cuda")[i],
    "gather or scatter: an index": lambda i: tg.ones(3, device="cuda").gather(0, i),
    "index_select: an index": lambda i: tg.ones(3, device="cuda").index_select(0, i),
    "index_add: an index": lambda i: tg.ones(3, device="cuda").index_add(0, i, tg.ones(2, device="cuda")),
    "take or put: an index": lambda i: tg.ones(3, device="cuda").take(i),
    "all elements of input": lambda i: F.binary_cross_entropy(i.float(), tg.ones(2, device="cuda")),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_when_a_number_is_read(text: str, waits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = WRONG[text](tg.tensor([0, 3]).to("cuda"))
    with pytest.raises(tg.AcceleratorError, match=f"device-side assert triggered\n{text}"):
        made.sum().item()
    made.sum().item()  # said once
    monkeypatch.setenv("CUDA_LAUNCH_BLOCKING", "1")
    with pytest.raises(tg.AcceleratorError, match=text):
        WRONG[text](tg.tensor([0, 3]).to("cuda"))
