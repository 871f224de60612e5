"""Every input that torch's own tests list for an optimizer (``optim_db``) leads ours along torch's path.

Two parameters get the same gradients for 20 steps (LBFGS, which evaluates on its way, descends a curved valley); then
parameters, state_dict, repr and defaults are compared, in float32 and float64, with ``foreach`` and without; and the error inputs.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from oracle.harness import Difference, outcome, same, same_outcome
from oracle.test_module_db import translated
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, OptimizerInfo, optim_db

import tinygrad_edu as tg

# Quasi-Newton steps divide differences of nearly equal numbers: the last bits grow from step to step. Muon computes in bfloat16.
COARSE = {
    ("LBFGS", torch.float32): 2e3,
    ("LBFGS", torch.float64): 1e3,
    ("Muon", torch.float32): 2e3,
    ("Muon", torch.float64): 5e9,
}
STEPS = {"LBFGS": 2}

OPTIMIZERS = optim_db
DTYPES = [torch.float32, torch.float64]
WAYS = [{}, {"foreach": True}, {"foreach": False}]


def given(value: Any, side: Any) -> Any:
    """torch's arguments for this side: what was one tensor stays one, and no two runs share any."""
    return translated(value, {}) if side is tg else copy.deepcopy(value)


class Descent:
    """One optimizer on one side."""

    def __init__(self, side: Any, info: OptimizerInfo, kwargs: dict[str, Any], dtype: torch.dtype, steps: int) -> None:
        self.side, self.name, self.steps = side, info.optim_cls.__name__, steps
        self.kwargs, self.dtype = given(kwargs, side), given(dtype, side)
        rng = np.random.default_rng(5)
        shapes = ((3, 4), (4, 2)) if self.name == "Muon" else ((3, 4), (5,))
        numbers = [rng.normal(size=shape) for shape in shapes]
        self.params = [side.tensor(x, dtype=self.dtype).requires_grad_() for x in numbers]
        self.slopes = [[rng.normal(size=shape) for shape in shapes] for _ in range(steps)]

    def valley(self) -> Any:
        """A curved valley with one minimum."""
        x = self.side.cat([p.reshape(-1) for p in self.params])
        return ((1 - x[:-1]) ** 2 + 2 * (x[1:] - x[:-1] ** 2) ** 2).mean()

    def run(self) -> dict[str, Any]:
        optimizer = getattr(self.side.optim, self.name)(self.params, **self.kwargs)
        found: dict[str, Any] = {"before": repr(optimizer), "defaults": plain(optimizer.defaults)}
        path = []

        def closure() -> Any:
            optimizer.zero_grad()
            loss = self.valley()
            loss.backward()
            return loss

        for slopes in self.slopes:
            if self.name == "LBFGS":
                path.append(optimizer.step(closure).detach())
                continue
            for p, slope in zip(self.params, slopes):
                p.grad = self.side.tensor(slope, dtype=self.dtype)
                if self.name == "SparseAdam":  # other places in every step
                    p.grad = self.side.tensor(slope * (slope > 0), dtype=self.dtype).to_sparse()
            path.append(optimizer.step())
            path += [p.detach().clone() for p in self.params]
        found |= {"path": path, "state": optimizer.state_dict(), "after": repr(optimizer)}
        return found


def plain(options: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in options.items() if isinstance(v, (bool, int, float, tuple, type(None)))}


@pytest.mark.parametrize("way", WAYS, ids=["plain", "foreach", "loop"])
@pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])
@pytest.mark.parametrize("info", OPTIMIZERS, ids=lambda info: info.optim_cls.__name__)
def test_every_input(info: OptimizerInfo, dtype: torch.dtype, way: dict[str, bool]) -> None:
    name, differences = info.optim_cls.__name__, []
    if way and "foreach" not in info.supported_impls:
        way = {}
    for sample in info.optim_inputs_func(device="cpu"):
        kwargs = {**sample.kwargs, **way}
        ours, theirs = (outcome(Descent(m, info, kwargs, dtype, STEPS.get(name, 20)).run) for m in (tg, torch))
        try:
            if ours.error is not None or theirs.error is not None:
                same_outcome(ours, theirs)
                continue
            # torch's foreach form of ASGD keeps its step size in float32
            single = name == "ASGD" and kwargs.get("foreach") and dtype == torch.float64
            scale = 1e5 if single else COARSE.get((name, dtype), 1.0)
            if name == "LBFGS" and dtype == torch.float32:  # its curvatures are mere rounding near the minimum
                same(
                    list(ours.value["state"]["state"][0]), list(theirs.value["state"]["state"][0]), "keys of the state"
                )
                for found in (ours.value, theirs.value):
                    found.pop("state")
            for what in theirs.value:
                # the state holds sums of squares of 20 gradients; the path is held to the last bits
                same(ours.value[what], theirs.value[what], what, scale=scale * (4 if what == "state" else 2))
            assert ours.warnings == theirs.warnings, f"warnings\nours : {ours.warnings}\ntorch: {theirs.warnings}"
        except Difference as difference:
            differences.append(f"{sample.desc} {kwargs}: {difference}")
    assert not differences, f"{len(differences)} inputs differ:\n" + "\n\n".join(differences[:5])


@pytest.mark.parametrize("info", OPTIMIZERS, ids=lambda info: info.optim_cls.__name__)
def test_error_inputs(info: OptimizerInfo) -> None:
    differences = []
    for case in info.optim_error_inputs_func(device="cpu", dtype=torch.float32):
        sample, texts = case.optimizer_error_input, []
        for side in (tg, torch):
            params = given(sample.params, side)
            if sample.params is None:
                params = [side.nn.Parameter(side.ones(1, 1))]
            if case.error_on is OptimizerErrorEnum.STEP_ERROR:
                for p in params:
                    p.grad = side.ones_like(p)
            texts.append(attempt(side, info.optim_cls.__name__, params, given(sample.kwargs, side), case.error_on))
        if texts[0] != texts[1]:
            differences.append(f"{sample.desc}\nours : {texts[0]}\ntorch: {texts[1]}")
    assert not differences, "\n\n".join(differences)


def attempt(side: Any, name: str, params: Any, kwargs: dict[str, Any], when: OptimizerErrorEnum) -> str:
    def go() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            optimizer = getattr(side.optim, name)(params, **kwargs)
            if when is OptimizerErrorEnum.STEP_ERROR:
                optimizer.step()

    return outcome(go).text()


def test_what_we_have_of_torchs_optim() -> None:
    assert not [info.optim_cls.__name__ for info in OPTIMIZERS if not hasattr(tg.optim, info.optim_cls.__name__)]
