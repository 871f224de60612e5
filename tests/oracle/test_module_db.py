"""Every input that torch's own tests list for a module (``module_db``) does with ours what it does with torch's.

Both modules are made from one seed, so the initial weights are part of the comparison; then forward, gradients, second gradients,
buffers, repr, attributes, pickling and copying, in training and in evaluation, and the error inputs with their texts.
"""

from __future__ import annotations

import copy
import io
import pickle
import random
import warnings
from typing import Any

import pytest
import torch
from oracle.harness import Difference, Outcome, _clean, named_as_torch, outcome, same, same_outcome
from torch.testing._internal.common_modules import ModuleErrorEnum, ModuleInfo, ModuleInput, module_db

import tinygrad_edu as tg
from tinygrad_edu.autograd.variable import Variable

# Modules of torch's table that we do not have, each with its reason.
LEFT_OUT: dict[str, str] = {}

# torch cannot differentiate these twice (their backward has no derivative); ours can.
ONCE = {
    "CTCLoss", "MultiLabelMarginLoss", "MultiMarginLoss", "Transformer", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer",
}  # fmt: skip
# Differences of large logarithms: the two float32 results lie equally far from the float64 one.
COARSE = {"CTCLoss": 10.0}
# What torch says about libraries that we do not have.
ASIDE = "LSTM with projections is not supported with oneDNN. Using default implementation."
FLOATS = (torch.float32, torch.float64)
MODULES = [info for info in module_db if info.module_cls.__name__ not in LEFT_OUT]


def translated(value: Any, seen: dict[int, Any] | None = None) -> Any:
    """torch's argument as ours: tensors with their strides, dtypes, whole modules, containers. ``seen``: what was met before."""
    if seen is not None:
        if id(value) not in seen:
            seen[id(value)] = _translated(value, seen)
        return seen[id(value)]
    return _translated(value, None)


def _translated(value: Any, seen: dict[int, Any] | None) -> Any:
    if isinstance(value, torch.Tensor) and value.layout is torch.sparse_coo:
        parts = (translated(part, seen) for part in (value._indices(), value._values()))
        return tg.sparse_coo_tensor(*parts, tuple(value.shape))
    if isinstance(value, torch.Tensor):
        made = tg.from_numpy(value.detach().numpy().copy(order="K")) if value.dtype != torch.bfloat16 else None
        assert made is not None, "no bfloat16 in these tables"
        return made.requires_grad_(value.requires_grad)
    if isinstance(value, torch.dtype):
        return getattr(tg, str(value).rpartition(".")[2])
    if isinstance(value, torch.nn.Module):
        buffer = io.BytesIO()
        torch.save(value, buffer)  # the very layout that our files promise to read
        buffer.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return tg.load(buffer, weights_only=False)
    if isinstance(value, dict):
        return {k: translated(v, seen) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(translated(v, seen) for v in value)
    if callable(value) and getattr(torch.nn.functional, getattr(value, "__name__", ""), None) is value:
        return getattr(tg.nn.functional, value.__name__)
    return value


def copied(value: Any) -> Any:
    """torch's argument once more, so that no two runs share a tensor."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(copied(v) for v in value)
    return copy.deepcopy(value)


def inputs(info: ModuleInfo, dtype: torch.dtype, training: bool, errors: bool = False) -> list[Any]:
    """torch's own list of inputs; the same one every time."""
    torch.manual_seed(0)
    random.seed(0)
    make = info.module_error_inputs_func if errors else info.module_inputs_func
    made = make(info, device="cpu", dtype=dtype, requires_grad=not errors, training=training)
    return [
        i for i in made if errors or i.constructor_input.kwargs.get("options") is None
    ]  # ours takes no options there


def flat(value: Any, kind: type) -> list[Any]:
    """The tensors in a nested value."""
    if isinstance(value, kind):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in flat(v, kind)] if isinstance(value, (tuple, list)) else []


class Run:
    """One module on one side, and everything about it that must be equal."""

    def __init__(self, side: Any, info: ModuleInfo, dtype: torch.dtype, training: bool, sample: ModuleInput) -> None:
        ours = side is tg
        self.side, self.kind = side, Variable if ours else torch.Tensor
        change = translated if ours else copied
        self.cls = getattr(side.nn, info.module_cls.__name__)
        self.made = change(list(sample.constructor_input.args)), change(sample.constructor_input.kwargs)
        forward = sample.forward_input
        self.given = None if forward is None else (change(list(forward.args)), change(forward.kwargs))
        self.dtype, self.training = change(dtype), training
        self.twice = info.supports_gradgrad and dtype == torch.float64 and info.module_cls.__name__ not in ONCE

    def construct(self) -> Any:
        self.side.manual_seed(7)
        args, kwargs = self.made
        module = self.cls(*args, **kwargs)
        return module.to(self.dtype).train(self.training)

    def call(self, module: Any) -> Any:
        self.side.manual_seed(11)
        args, kwargs = self.given or ((), {})
        return module(*args, **kwargs)

    def all(self) -> dict[str, Any]:
        module = self.construct()
        found: dict[str, Any] = {"repr": repr(module), "state": state(module)}
        if self.given is not None:
            out = self.call(module)
            found |= {"out": out, "after": state(module), "repr after": repr(module)}
            found |= self.gradients(module, out)
        found["names"] = sorted(n for n in vars(module) if not n.startswith("_"))
        plain = (bool, int, float, str, tuple, type(None))
        found["values"] = {n: v for n in found["names"] if isinstance(v := vars(module)[n], plain)}
        found["parameters"] = [(n, tuple(p.shape), p.requires_grad) for n, p in module.named_parameters()]
        for name, copied in (("copied", copy.deepcopy(module)), ("pickled", pickle.loads(pickle.dumps(module)))):
            found[name] = repr(copied), state(copied)
            if self.given is not None:
                found[name] += (self.call(copied),)
        return found

    def gradients(self, module: Any, out: Any) -> dict[str, Any]:
        outs = [t for t in flat(out, self.kind) if t.requires_grad]
        leaves = [t for t in flat([*self.given], self.kind) if t.requires_grad] + list(module.parameters())
        if not outs or not leaves:
            return {}
        weights = [self.side.linspace(-1, 2, t.numel(), dtype=t.dtype).reshape(t.shape) for t in outs]
        first = self.side.autograd.grad(outs, leaves, weights, create_graph=self.twice, allow_unused=True)
        found = {"grad": first if not self.twice else tuple(g if g is None else g.detach() for g in first)}
        again = [g for g in first if g is not None and g.requires_grad]
        if self.twice:
            weights = [self.side.linspace(2, -1, t.numel(), dtype=t.dtype).reshape(t.shape) for t in again]
            second = (
                self.side.autograd.grad(again, leaves, weights, allow_unused=True) if again else [None] * len(leaves)
            )
            found["second"] = tuple(self.side.zeros_like(x) if g is None else g for g, x in zip(second, leaves))
        return found


def state(module: Any) -> Any:
    return dict(module.state_dict())


def disagreement(ours: Outcome, theirs: Outcome, coarse: float = 1.0) -> str | None:
    try:
        if ours.error is not None or theirs.error is not None:
            same_outcome(ours, theirs)
            return None
        for what in theirs.value:
            scale = {"grad": coarse * 10.0, "second": 1000.0}.get(what, 4.0)
            if what not in ours.value:
                raise Difference(f"{what} is missing")
            same(ours.value[what], theirs.value[what], what, scale=scale)
        if set(ours.value) - set(theirs.value):
            raise Difference(f"torch has no {set(ours.value) - set(theirs.value)}")
        theirs.warnings = [w for w in theirs.warnings if w[1] != ASIDE]
        if ours.warnings != theirs.warnings:
            raise Difference(f"warnings\nours : {ours.warnings}\ntorch: {theirs.warnings}")
    except Difference as difference:
        return str(difference)
    return None


def described(sample: ModuleInput) -> str:
    made = sample.constructor_input
    return f"{sample.desc} args {made.args} {made.kwargs}".replace("\n", " ")[:200]


def demand_none(differences: list[str]) -> None:
    assert not differences, f"{len(differences)} inputs differ:\n" + "\n\n".join(differences[:6])


# Modules to which training makes no difference are trained in float64 (their second gradients too) and evaluated in float32.
CASES = [
    pytest.param(
        info, dtype, training, id=f"{info.module_cls.__name__}-{str(dtype)[6:]}-{'train' if training else 'eval'}"
    )
    for info in MODULES
    for dtype in FLOATS
    for training in (True, False)
    if info.train_and_eval_differ or training == (dtype == torch.float64)
]


@pytest.mark.parametrize(("info", "dtype", "training"), CASES)
def test_module(info: ModuleInfo, dtype: torch.dtype, training: bool) -> None:
    differences = []
    for i, sample in enumerate(inputs(info, dtype, training)):
        ours, theirs = (outcome(Run(m, info, dtype, training, sample).all) for m in (tg, torch))
        found = disagreement(ours, theirs, COARSE.get(info.module_cls.__name__, 1.0))
        if found is not None:
            differences.append(f"input {i} ({described(sample)}): {found}")
    demand_none(differences)


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize(
    "info", [m for m in MODULES if m.module_error_inputs_func], ids=lambda m: m.module_cls.__name__
)
def test_error_inputs(info: ModuleInfo, training: bool) -> None:
    differences = []
    for case in inputs(info, torch.float32, training, errors=True):
        sample, texts = case.module_error_input, []
        for m in (tg, torch):
            run = Run(m, info, torch.float32, training, sample)
            attempt = run.construct if case.error_on is ModuleErrorEnum.CONSTRUCTION_ERROR else run.all
            texts.append(outcome(attempt).text())
        if texts[0] != texts[1]:
            differences.append(f"{described(sample)}\nours : {texts[0]}\ntorch: {texts[1]}")
    demand_none(differences)


def test_what_we_have_of_torchs_nn() -> None:
    """Every class of torch.nn that its own table tests is here, or said to be left out."""
    assert not {info.module_cls.__name__ for info in MODULES if not hasattr(tg.nn, info.module_cls.__name__)}
    assert not [name for name in LEFT_OUT if hasattr(tg.nn, name)]
    with named_as_torch():
        assert _clean(repr(tg.nn.Linear(1, 2))) == repr(torch.nn.Linear(1, 2))
