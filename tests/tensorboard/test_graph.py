"""``add_graph``: the operations, their places, shapes and connections are those of torch's graph of the same model."""

from __future__ import annotations

import re
import types
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard._pytorch_graph import graph as torch_graph

import tinygrad_edu as tg
from tinygrad_edu.utils.tensorboard import SummaryWriter
from tinygrad_edu.utils.tensorboard.graph import graph

SAME = {
    "aten::_convolution": "aten::conv2d"
}  # torch's trace shows the step below, as for "lstm" it shows the one above


def net(t: Any) -> Any:
    class Net(t.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = t.nn.Conv2d(1, 4, 3)
            self.body = t.nn.Sequential(t.nn.Flatten(), t.nn.Linear(4 * 6 * 6, 8), t.nn.ReLU())
            self.head = t.nn.Linear(8, 3, bias=False)

        def forward(self, x: Any) -> Any:
            h = t.relu(self.conv(x))
            h = h * 2 + 1
            return self.head(self.body(h)).softmax(1)

    return Net()


def two(t: Any) -> Any:
    class Two(t.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = t.nn.ModuleList([t.nn.Linear(3, 3), t.nn.Linear(3, 3)])

        def forward(self, left: Any, right: Any) -> Any:
            for layer in self.layers:  # both inputs go through the same layers
                left, right = t.tanh(layer(left)), t.sigmoid(layer(right))
            return left * right + (left @ right.t()).sum()

    return Two()


def block(t: Any) -> Any:
    class Block(t.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.bn = t.nn.Conv2d(2, 2, 3, padding=1, bias=False), t.nn.BatchNorm2d(2)
            self.pool, self.drop = t.nn.MaxPool2d(2), t.nn.Dropout(0.5)

        def forward(self, x: Any) -> Any:
            return self.drop(self.pool(t.relu(self.bn(self.conv1(x)) + x)).mean((2, 3)))

    return Block()


MODELS = {
    "net": (net, ((2, 1, 8, 8),)),
    "two": (two, ((2, 3), (2, 3))),
    "block": (block, ((2, 2, 6, 6),)),
    "mlp": (lambda t: t.nn.Sequential(t.nn.Linear(2, 3), t.nn.Tanh(), t.nn.LayerNorm(3), t.nn.GELU()), ((4, 2),)),
    "words": (lambda t: t.nn.Sequential(t.nn.Linear(3, 4), t.nn.LogSoftmax(-1)), ((2, 5, 3),)),
}


def scope(name: str) -> str:
    """The place of a step. Lists of modules are never called, and torch leaves them out."""
    return re.sub(r"ModuleList\[\w+\]/", "", name.rpartition("/")[0])


def summary(made: Any) -> tuple[Counter[Any], Counter[Any]]:
    """Operations with place and shape; connections between operations, inputs and parameters (not their constants)."""
    nodes = {n.name: n for n in made.node}

    def kind(n: Any) -> str | None:
        if n.op in ("prim::Constant", "prim::ListConstruct", "prim::NumToTensor") or n.name not in nodes:
            return None
        if n.op == "prim::GetAttr":
            return "parameter " + re.search(r"name\W+(\w+)", n.attr["attr"].s.decode()).group(1)  # type: ignore[union-attr]
        return f"{scope(n.name)} {SAME.get(n.op, n.op)}"

    shapes = Counter(
        (kind(n), tuple(d.size for d in n.attr["_output_shapes"].list.shape[0].dim))
        for n in made.node
        if n.op.startswith("aten::") or n.op == "IO Node"
    )
    edges = Counter(
        (kind(nodes[source.partition(":")[0]]), kind(n))
        for n in made.node
        for source in n.input
        if source in nodes and kind(nodes[source]) and kind(n) and not (kind(n) or "").startswith("parameter")
    )
    return shapes, edges


@pytest.mark.filterwarnings("ignore:`torch.jit.trace:DeprecationWarning")
def test_graphs_are_torchs() -> None:
    wrong = []
    for name, (make, shapes) in MODELS.items():
        theirs, _ = torch_graph(make(torch), tuple(torch.rand(*s) for s in shapes))
        ours, stats = graph(make(tg), tuple(tg.rand(*s) for s in shapes))
        for what, a, b in zip(("operations", "connections"), summary(theirs), summary(ours)):
            if a != b or not a:
                wrong.append(f"{name}, {what}: torch also {dict(a - b)}, ours also {dict(b - a)}")
        assert ours.versions.producer == theirs.versions.producer
        assert [d.device for d in stats.step_stats.dev_stats] == ["/device:CPU:0"]
    assert not wrong, "\n".join(wrong)


def test_several_outputs() -> None:
    made, _ = graph(tg.nn.LSTM(2, 3), tg.rand(4, 1, 2))
    shapes = {
        n.name: tuple(d.size for d in n.attr["_output_shapes"].list.shape[0].dim)
        for n in made.node
        if n.op == "IO Node"
    }
    assert shapes == {
        "input/input": (4, 1, 2),
        "output/output.1": (4, 1, 3),
        "output/output.2": (1, 1, 3),
        "output/output.3": (1, 1, 3),
    }


def test_settings_and_names_are_shown() -> None:
    model = tg.nn.Sequential(tg.nn.Linear(2, 3), tg.nn.Dropout(0.25))
    made, _ = graph(model, tg.rand(4, 2))
    told = {n.name: n.attr["attr"].s.decode() for n in made.node}
    assert list(told) == [
        "input/input", "Sequential/Linear[0]/weight", "Sequential/Linear[0]/bias", "Sequential/Linear[0]/linear",
        "Sequential/Dropout[1]/dropout", "output/output.1",
    ]  # fmt: skip
    assert told["Sequential/Dropout[1]/dropout"] == "{p: 0.25, training: False, inplace: False}"


def test_the_model_is_left_as_it_was() -> None:
    model = tg.nn.Sequential(tg.nn.BatchNorm1d(2), tg.nn.Dropout())
    model[1].eval()
    before, state = tg.get_rng_state().tolist(), {k: v.tolist() for k, v in model.state_dict().items()}
    graph(model, tg.ones(4, 2))
    assert (model.training, model[0].training, model[1].training) == (True, True, False)
    assert before == tg.get_rng_state().tolist()
    assert state == {k: v.tolist() for k, v in model.state_dict().items()}
    assert not tg.nn.hooks.global_forward_hooks
    assert not tg.nn.hooks.global_forward_pre_hooks


def test_operations_are_themselves_again(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in for operations while a model is traced is gone afterwards, also after an error."""
    from tinygrad_edu.autograd.op import Op

    before = (Op.__call__, Op.call2, tg.relu, tg.nn.functional.linear, tg.Tensor.__mul__, tg.Tensor.add)
    model = tg.nn.Linear(2, 3)
    graph(model, tg.rand(1, 2), verbose=True)
    assert "Linear/linear : [1, 3] = aten::linear(input/input, Linear/weight, Linear/bias)" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        graph(model, tg.rand(1, 5))
    assert "Error occurs, No graph saved" in capsys.readouterr().out
    with pytest.raises(TypeError, match="give input_to_model"):
        graph(model, None)
    assert before == (Op.__call__, Op.call2, tg.relu, tg.nn.functional.linear, tg.Tensor.__mul__, tg.Tensor.add)
    assert all(isinstance(f, types.FunctionType) for f in before)


def test_read_back(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_graph(net(tg), tg.rand(2, 1, 8, 8))
    read = EventAccumulator(str(tmp_path), size_guidance={"tensors": 0})
    read.Reload()
    ops = Counter(node.op for node in read.Graph().node)
    assert ops["aten::linear"] == 2
    assert ops["IO Node"] == 2
    assert read.RunMetadata("step1").step_stats.dev_stats[0].device == "/device:CPU:0"
