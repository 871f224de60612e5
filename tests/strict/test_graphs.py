"""Recorded work (``cuda.graph``) on the GPU that is not there: what is replayed is what would have been run."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from strict import strict_array

import tinygrad_edu as tg
from tinygrad_edu import nn

pytestmark = pytest.mark.usefixtures("device")

OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda p: tg.optim.SGD(p, 0.1),
    "momentum": lambda p: tg.optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    **{
        name: lambda p, name=name: getattr(tg.optim, name)(p, lr=0.01, capturable=True)
        for name in ("Adam", "AdamW", "NAdam", "Adamax", "RMSprop", "Adadelta", "Rprop")
    },
}
LAYERS: dict[str, Callable[[], list[Any]]] = {
    "perceptron": lambda: [nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 5)],
    "convolutions": lambda: [
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 5),
    ],
    "dropout": lambda: [nn.Flatten(), nn.Dropout(0.3), nn.Linear(64, 5)],
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def little_garbage() -> Iterator[None]:
    """Recording collects garbage first; what other tests have left need not be looked through each time."""
    gc.freeze()
    yield
    gc.unfreeze()


class Training:
    """A network on the device, and its training step on a batch that stays where it is."""

    def __init__(self, layers: Callable[[], list[Any]], optimizer: Callable[[Any], Any]) -> None:
        tg.manual_seed(3)
        self.net = nn.Sequential(*layers()).to("cuda")
        self.optimizer = optimizer(self.net.parameters())
        self.x = tg.zeros(6, 1, 8, 8, device="cuda")
        self.y = tg.zeros(6, dtype=tg.long, device="cuda")

    def step(self) -> Any:
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.net(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        return loss

    def put(self, seed: int) -> None:
        """New numbers into the same memory."""
        g = tg.Generator().manual_seed(seed)
        self.x.copy_(tg.randn(6, 1, 8, 8, generator=g)), self.y.copy_(tg.randint(0, 5, (6,), generator=g))


def warmed_up(training: Training, steps: int = 2) -> Training:
    with tg.cuda.stream(tg.cuda.Stream()):
        for seed in range(steps):
            training.put(seed)
            training.step()
    return training


@pytest.mark.parametrize(
    ("layers", "optimizer"),
    [*[("perceptron", o) for o in OPTIMIZERS], ("convolutions", "momentum"), ("dropout", "Adam")],
)
def test_replays_train_as_steps_do(layers: str, optimizer: str) -> None:
    plain, recorded = (warmed_up(Training(LAYERS[layers], OPTIMIZERS[optimizer])) for _ in range(2))
    tg.cuda.manual_seed(11)
    losses = [(plain.put(seed), plain.step().item())[1] for seed in range(5, 10)]
    tg.cuda.manual_seed(11)
    recorded.put(5)
    graph = tg.cuda.CUDAGraph()
    with tg.cuda.graph(graph):
        loss = recorded.step()
    found = []
    for seed in range(5, 10):
        recorded.put(seed)
        graph.replay()
        found.append(loss.item())
    assert found == pytest.approx(losses, rel=1e-5)
    for a, b in zip(plain.net.state_dict().values(), recorded.net.state_dict().values()):
        assert tg.allclose(a.cpu(), b.cpu(), rtol=1e-4, atol=1e-6)
    assert tg.equal(tg.rand(3, device="cuda").cpu(), _after(11, plain, 5, layers)), (
        "the random stream goes on behind the replays"
    )


def _after(seed: int, training: Training, steps: int, layers: str) -> Any:
    """What the stream gives next if that many steps were run."""
    tg.cuda.manual_seed(seed)
    for _ in range(steps):
        training.net(training.x)
    return tg.rand(3, device="cuda").cpu()


def test_nothing_runs_while_it_is_recorded() -> None:
    x, graph = tg.ones(3, device="cuda"), tg.cuda.CUDAGraph()
    assert not tg.cuda.is_current_stream_capturing()
    with tg.cuda.graph(graph):
        assert tg.cuda.is_current_stream_capturing()
        x += 1
        y = x * 2
    assert x.tolist() == [1, 1, 1]
    graph.replay()
    graph.replay()
    assert (x.tolist(), y.tolist()) == ([3, 3, 3], [6, 6, 6])
    x.zero_()
    graph.replay()
    assert y.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "work",
    [
        lambda x: x.sum().item(), lambda x: x.cpu(), print, lambda x: 1 if x.sum() > 0 else 2, lambda x: x[x > 0],
        lambda x: x + tg.tensor([1.0, 2.0, 3.0], device="cuda"), lambda x: x.nonzero(), lambda x: tg.cuda.synchronize(),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_says_so(work: Callable[[Any], Any]) -> None:
    x, graph = tg.ones(3, device="cuda"), tg.cuda.CUDAGraph()

    def record() -> None:
        with tg.cuda.graph(graph):
            x.mul_(5)
            work(x)

    with pytest.raises(tg.AcceleratorError, match=r"not permitted when stream is capturing\n.*wait for a number"):
        record()
    assert not tg.cuda.is_current_stream_capturing()
    assert x.tolist() == [1, 1, 1]
    with tg.cuda.graph(tg.cuda.CUDAGraph()):  # the next one is not disturbed
        x += 1


def test_an_error_of_the_program_passes() -> None:
    graph = tg.cuda.CUDAGraph()
    with pytest.raises(ZeroDivisionError), tg.cuda.graph(graph):
        1 / 0
    with pytest.raises(RuntimeError, match="without a preceding successful capture"):
        graph.replay()


def test_torchs_words_for_wrong_use() -> None:
    graph = tg.cuda.CUDAGraph()
    with pytest.raises(RuntimeError, match="must be captured on a non-default stream"):
        graph.capture_begin()
    with tg.cuda.graph(graph), pytest.raises(RuntimeError, match="Only one CUDA graph"):
        tg.cuda.CUDAGraph().capture_begin()
    with pytest.raises(RuntimeError, match="already owns a captured graph"), tg.cuda.graph(graph):
        pass
    training = warmed_up(Training(LAYERS["perceptron"], lambda p: tg.optim.Adam(p)))
    words = "for an instance of Adam but param_groups' capturable is False"
    with pytest.raises(RuntimeError, match=words), tg.cuda.graph(tg.cuda.CUDAGraph()):
        training.step()


def test_a_failed_check_of_a_replay_is_reported() -> None:
    training = warmed_up(Training(LAYERS["perceptron"], OPTIMIZERS["SGD"]))
    graph = tg.cuda.CUDAGraph()
    with tg.cuda.graph(graph):
        loss = training.step()
    graph.replay()
    loss.item()
    training.y.fill_(5)
    graph.replay()
    with pytest.raises(tg.AcceleratorError, match=r"device-side assert triggered\n.*target is out of bounds"):
        loss.item()
    training.y.fill_(4)
    graph.replay()
    loss.item()


def test_layers_whose_passes_are_recorded() -> None:
    tg.manual_seed(1)
    plain = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).to("cuda")
    other = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).to("cuda")
    other.load_state_dict(plain.state_dict())
    sample = tg.zeros(5, 4, device="cuda", requires_grad=True)
    assert tg.cuda.make_graphed_callables(other, (sample,)) is other
    for seed in range(3):
        x = tg.randn(5, 4, generator=tg.Generator().manual_seed(seed)).to("cuda")
        results = []
        for net in (plain, other):
            net.zero_grad()
            leaf = x.clone().requires_grad_()
            out = net(leaf)
            out.pow(2).sum().backward()
            results.append([out.detach().cpu(), leaf.grad.cpu(), *[p.grad.clone().cpu() for p in net.parameters()]])
        for a, b in zip(*results):
            assert tg.allclose(a, b, rtol=1e-5, atol=1e-6)
    other.eval()
    assert tg.allclose(other(x).cpu(), plain(x).cpu())  # as it is, then
    double, half = tg.cuda.make_graphed_callables((lambda a: a * 2, lambda a: (a / 2, a)), ((sample,), (sample,)))
    x = tg.arange(20.0).view(5, 4).to("cuda").requires_grad_()
    assert double(x).cpu().equal((x * 2).cpu())
    assert [t.sum().item() for t in half(x)] == [95, 190]
    with pytest.raises(TypeError, match="must be tensors"):
        tg.cuda.make_graphed_callables(lambda a: a, (3,))


def test_memory_of_a_graph_is_its_own() -> None:
    strict_array.strict_streams.used.clear()
    first, second = tg.cuda.CUDAGraph(), tg.cuda.CUDAGraph()
    with pytest.raises(RuntimeError, match="pool"):
        first.pool()
    with tg.cuda.graph(first):
        pass
    with tg.cuda.graph(second, pool=first.pool()):
        pass
    assert second.pool() is first.pool()
    first.reset()
    with pytest.raises(RuntimeError, match="replay"):
        first.replay()


@pytest.mark.parametrize("name", ["W1", "W3"])
def test_the_benchmarks_steps_can_be_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    gpu = importlib.import_module("gpu")
    before = tg.cuda.is_current_stream_capturing()
    replay = gpu.recorded(tg, gpu.built(tg, name, "cuda"))
    replay()
    assert before is tg.cuda.is_current_stream_capturing() is False
