"""torch.fx on whole models: the graph of a ResNet is torchvision's, and runs to the same numbers."""

from __future__ import annotations

import pytest
import torch
import torch.fx
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tinygrad_edu import dtypes


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_0"])
def test_graphs_of_models_are_torchvisions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dtypes, "module_name", "torch")
    model = getattr(tg.vision.models, name)(num_classes=7).eval()
    theirs = torch.fx.symbolic_trace(getattr(torchvision.models, name)(num_classes=7).eval())
    ours = tg.fx.symbolic_trace(model)
    # our models annotate Any, and flatten by the method
    own = (
        str(ours.graph)
        .replace(" : Any [", " : torch.Tensor [")
        .replace("call_method[target=f", "call_function[target=torch.f")
    )
    lines = [text.splitlines() for text in (own, str(theirs.graph))]
    assert lines[0] == lines[1]
    assert len(lines[0]) > 60
    x = tg.randn(2, 3, 64, 64)
    with tg.no_grad():
        assert tg.equal(ours(x), model(x))
    assert list(ours.state_dict()) == list(model.state_dict())


def test_a_trace_leaves_nothing_behind() -> None:
    call, attribute, before = tg.nn.Module.__call__, tg.nn.Module.__getattr__, [*tg.overrides.watching]
    layer = tg.nn.Linear(2, 2)

    def fails(x: object) -> object:
        raise ZeroDivisionError

    for program in (layer, lambda x: tg.relu(x), fails):
        try:
            tg.fx.symbolic_trace(program)
        except ZeroDivisionError:
            assert program is fails
    assert tg.nn.Module.__call__ is call
    assert tg.nn.Module.__getattr__ is attribute
    assert "__call__" not in vars(tg.nn.Module)
    assert tg.overrides.watching == before
    assert isinstance(layer.weight, tg.nn.Parameter)


def test_what_cannot_be_traced_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="argument of type"):
        tg.fx.symbolic_trace(lambda x: x + object())
    graph = tg.fx.Graph()
    first = graph.placeholder("x")
    second = graph.call_function(tg.relu, (first,))
    graph.output(second)
    first.args = (second,)
    with pytest.raises(RuntimeError, match="used before it has been defined"):
        graph.lint()
