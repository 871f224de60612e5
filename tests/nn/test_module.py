"""What torch cannot be asked about our modules: lean calls, no cycles, pickles of hooks, sharing of memory."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.autograd.graph import RemovableHandle


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return self.norm(self.layers(x))


def train_step(net):
    net(tg.randn(5, 3)).sum().backward()


def test_a_call_without_hooks_goes_straight_to_forward(monkeypatch):
    monkeypatch.setattr(nn.Module, "_call_impl", None)
    train_step(Net())


def test_hooks_that_were_removed_cost_nothing(monkeypatch):
    net = Net()
    for handle in (net.register_forward_hook(print), net.register_full_backward_hook(print)):
        handle.remove()
    monkeypatch.setattr(nn.Module, "_call_impl", None)
    train_step(net)


@pytest.mark.parametrize("hooked", [False, True])
def test_a_step_leaves_no_cycles(hooked):
    """Everything that a step made is freed by counting references: no waiting for the collector."""
    net = Net()
    if hooked:
        net.layers.register_full_backward_hook(lambda *a: None)
        net.register_forward_hook(lambda *a: None)
    gc.collect()
    gc.disable()
    try:
        out = net(tg.randn(5, 3, requires_grad=True))
        seen = weakref.ref(out), weakref.ref(out.grad_fn)
        out.sum().backward()
        del out
        assert [ref() for ref in seen] == [None, None]
    finally:
        gc.enable()


def test_a_module_is_freed_at_once():
    net = Net()
    train_step(net)
    ref = weakref.ref(net)
    gc.disable()
    try:
        del net
        assert ref() is None
    finally:
        gc.enable()


def hook(module, args, output):
    return output * 2


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_hooks_and_their_handles_are_copied(copied):
    net = nn.Sequential(nn.Linear(2, 2))
    net.handle = net.register_forward_hook(hook)
    assert isinstance(net.handle, RemovableHandle)
    other = copied(net)
    x = tg.ones(1, 2)
    assert other(x).equal(net(x))
    other.handle.remove()
    assert not other._forward_hooks
    assert len(net._forward_hooks) == 1


def test_state_dict_shares_memory_and_load_copies():
    net = Net()
    state = net.state_dict()
    state["layers.0.weight"].zero_()
    assert not net.layers[0].weight.detach().numpy().any()
    other = Net()
    other.load_state_dict(state)
    state["layers.0.weight"].fill_(3)
    assert not other.layers[0].weight.detach().numpy().any()


def test_parameters_stay_the_same_objects():
    net = Net()
    before = [id(p) for p in net.parameters()]
    net.double().float().to(tg.float64).requires_grad_(False).train().load_state_dict(Net().state_dict())
    assert [id(p) for p in net.parameters()] == before


def test_gradients_after_a_change_of_dtype():
    """The graph's memory of a leaf's type must not outlive the type."""
    net = nn.Linear(2, 1)
    loss = net(tg.ones(1, 2)).sum()
    net.double()
    del loss
    net(tg.ones(1, 2, dtype=tg.float64)).sum().backward()
    assert net.weight.grad.dtype is tg.float64


def test_global_hooks_are_seen_by_every_module():
    names = []
    with nn.hooks.register_module_forward_hook(lambda m, a, o: names.append(type(m).__name__)):
        Net()(tg.ones(2, 3))
    assert names == ["Linear", "ReLU", "Linear", "Sequential", "BatchNorm1d", "Net"]
    Net()(tg.ones(2, 3))
    assert len(names) == 6


def test_deep_nests():
    net = nn.Sequential(nn.Identity())
    for _ in range(50):
        net = nn.Sequential(net)
    assert len(list(net.named_modules())) == 52
    assert repr(net).count("Sequential") == 51
    assert net(tg.ones(1)).item() == 1
