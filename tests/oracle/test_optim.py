"""Optimizers and schedules go torch's way: trajectories, state, options, messages."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from oracle.harness import compare, compare_form, named_as_torch, same, to_numpy

import tinygrad_edu as tg

OPTIONS = {
    "SGD": [
        {}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.3}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.1},
        {"momentum": 0.5, "weight_decay": 0.1, "nesterov": True}, {"maximize": True}, {"maximize": True, "momentum": 0.9, "weight_decay": 0.1},
        {"foreach": True}, {"fused": True, "momentum": 0.9},
    ],
    "Adam": [
        {}, {"betas": (0.5, 0.8)}, {"betas": (0.4, 0.99)}, {"eps": 1e-3}, {"weight_decay": 0.1}, {"amsgrad": True}, {"maximize": True},
        {"amsgrad": True, "weight_decay": 0.1, "maximize": True}, {"weight_decay": 0.1, "decoupled_weight_decay": True}, {"foreach": True},
        {"fused": True},
    ],
    "AdamW": [{}, {"weight_decay": 0.2}, {"amsgrad": True}, {"maximize": True, "betas": (0.8, 0.9)}],
    "Adamax": [{}, {"betas": (0.5, 0.8), "eps": 1e-3}, {"weight_decay": 0.1}, {"maximize": True}],
    "NAdam": [
        {}, {"betas": (0.5, 0.8)}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True}, {"momentum_decay": 0.1},
        {"maximize": True},
    ],
    "RAdam": [
        {}, {"betas": (0.5, 0.8)}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True}, {"maximize": True},
    ],
    "Adagrad": [{}, {"lr_decay": 0.1}, {"weight_decay": 0.1}, {"initial_accumulator_value": 0.5, "eps": 1e-3}, {"maximize": True}],
    "RMSprop": [
        {}, {"alpha": 0.5}, {"momentum": 0.9}, {"centered": True}, {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
        {"maximize": True}, {"eps": 1e-2},
    ],
    "Adadelta": [{}, {"rho": 0.5, "eps": 1e-3}, {"weight_decay": 0.1}, {"maximize": True}],
    "Rprop": [{}, {"etas": (0.3, 1.5)}, {"step_sizes": (1e-2, 0.1)}, {"maximize": True}],
    "ASGD": [{}, {"t0": 5}, {"lambd": 0.1, "alpha": 0.5, "weight_decay": 0.1}, {"maximize": True, "t0": 3}],
    "LBFGS": [
        {}, {"lr": 0.3}, {"max_iter": 3}, {"history_size": 2}, {"line_search_fn": "strong_wolfe"}, {"max_eval": 5, "line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "lr": 5.0, "max_iter": 5}, {"tolerance_change": 1e-2}, {"tolerance_grad": 1.0},
    ],
}  # fmt: skip
# In a loop each step's last bits go through the gradient into the next step; Adam's first steps, and quasi-Newton steps, divide
# by small numbers.
LOOP = 2e-4
CASES = [(name, options) for name, all_options in OPTIONS.items() for options in all_options]
IDS = [f"{name}-{','.join(f'{k}={v}' for k, v in options.items()) or 'plain'}" for name, options in CASES]
RNG = np.random.default_rng(7)
A, B = (RNG.normal(size=s).astype(np.float32) for s in ((4, 9), (5, 9)))
W, V = (RNG.normal(size=s).astype(np.float32) for s in ((5, 4), (9,)))


class Problem:
    """The same small fit on one side: two parameters, of which the second has options of its own when asked for."""

    def __init__(self, module, name, options, dtype="float32", groups=False, size=None):
        self.m, self.dtype = module, getattr(module, dtype)
        w, v = (W, V) if size is None else (np.resize(W, size), V)
        self.w, self.v = (module.tensor(x.astype(np.float64), dtype=self.dtype).requires_grad_() for x in (w, v))
        params = [self.w, self.v] if not groups else [{"params": [self.w]}, {"params": self.v, "lr": 0.02}]
        self.optimizer = getattr(module.optim, name)(params, **({"lr": 0.05} | options))

    def closure(self):
        self.optimizer.zero_grad()
        a, b = (self.m.tensor(x.astype(np.float64), dtype=self.dtype) for x in (A, B))
        loss = ((self.w @ a + self.v - b) ** 2).mean() + (self.w**2).sum() * 0.01
        loss.backward()
        return loss.detach()

    def step(self):
        return float(self.optimizer.step(self.closure))


def side_by_side(name, options, steps=20, tolerance=2e-6, **how):
    ours, theirs = Problem(tg, name, options, **how), Problem(torch, name, options, **how)
    for step in range(steps):
        losses = ours.step(), theirs.step()
        assert losses[0] == pytest.approx(losses[1], rel=50 * tolerance, abs=tolerance), f"loss of step {step}"
        for mine, other in ((ours.w, theirs.w), (ours.v, theirs.v)):
            np.testing.assert_allclose(
                to_numpy(mine.detach()), to_numpy(other), tolerance, tolerance, err_msg=f"step {step}"
            )
    return ours, theirs


FIRST_ORDER = [(c, i) for c, i in zip(CASES, IDS) if c[0] != "LBFGS"]
EACH = pytest.mark.parametrize(("name", "options"), [c for c, _ in FIRST_ORDER], ids=[i for _, i in FIRST_ORDER])


def rosenbrock(m, options, dtype="float64"):
    """The banana valley: curved, with one minimum, so that every step of LBFGS is well determined."""
    p, q = (m.tensor(v, dtype=getattr(m, dtype), requires_grad=True) for v in ([-1.2, 1.0], [0.5, 2.0, -0.3]))
    optimizer = m.optim.LBFGS([p, q], **options)

    def closure():
        optimizer.zero_grad()
        x = m.cat([p, q])
        loss = (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
        loss.backward()
        return loss.detach()

    return p, q, optimizer, closure


@pytest.mark.parametrize("options", OPTIONS["LBFGS"], ids=str)
def test_lbfgs(options):
    def run(m):
        p, q, optimizer, closure = rosenbrock(
            m, {"max_iter": 7, "lr": 0.1 if "line_search_fn" not in options else 1} | options
        )
        path = []
        for _ in range(3):
            path.append((float(optimizer.step(closure)), p.detach().clone(), q.detach().clone()))
        state = optimizer.state_dict()["state"][0]
        return path, list(state), state["n_iter"], state["func_evals"], len(state["ro"] or ()), optimizer

    compare(run, rtol=2e-3)  # of float32: 1e-9


def test_lbfgs_resumes():
    def run(m):
        p, q, optimizer, closure = rosenbrock(m, {"line_search_fn": "strong_wolfe", "max_iter": 5})
        optimizer.step(closure)
        p2, q2, optimizer2, closure2 = rosenbrock(m, {"line_search_fn": "strong_wolfe", "max_iter": 5})
        p2.data.copy_(p.data)
        q2.data.copy_(q.data)
        optimizer2.load_state_dict(optimizer.state_dict())
        optimizer2.step(closure2)
        return p2.detach(), q2.detach()

    compare(run, rtol=2e-3)


@EACH
def test_trajectory_and_state(name, options):
    ours, theirs = side_by_side(name, options, tolerance=LOOP)
    mine, other = ours.optimizer.state_dict(), theirs.optimizer.state_dict()
    same(mine["param_groups"], other["param_groups"])
    same(mine["state"], other["state"], rtol=1e-3, atol=1e-4)
    with named_as_torch():
        assert repr(ours.optimizer) == repr(theirs.optimizer)


@EACH
def test_same_gradients_same_steps(name, options):
    """With the gradients given, the parameters stay equal to the last bits of float32."""

    def run(m):
        p = m.tensor(W, requires_grad=True)
        optimizer = getattr(m.optim, name)([p], lr=0.05, **options)
        rng = np.random.default_rng(3)
        path = []
        for _ in range(20):
            p.grad = m.tensor(rng.normal(size=W.shape).astype(np.float32))
            optimizer.step()
            path.append(p.detach().clone())
        return path

    compare(run, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in OPTIONS if n != "LBFGS"])
def test_float64(name):
    side_by_side(name, {}, dtype="float64", tolerance=1e-12)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_half_precision(name, dtype):
    eps = {} if name == "SGD" else {"eps": 1e-3}
    side_by_side(name, eps, dtype=dtype, steps=5, tolerance=0.05 if dtype == "bfloat16" else 1e-2)


@pytest.mark.parametrize("name", [n for n in OPTIONS if n != "LBFGS"])
def test_groups(name):
    side_by_side(name, {}, groups=True, tolerance=LOOP)


def test_lr_as_tensor():
    for name in ("SGD", "Adam", "RMSprop"):
        ours, theirs = (Problem(m, name, {"lr": m.tensor(0.03)}) for m in (tg, torch))
        for _ in range(3):
            ours.step(), theirs.step()
        np.testing.assert_allclose(to_numpy(ours.w.detach()), to_numpy(theirs.w), 3e-6, 3e-6)


@pytest.mark.parametrize("name", [n for n in OPTIONS if n != "LBFGS"])
@pytest.mark.parametrize("complex_dtype", ["complex64"])
def test_complex(name, complex_dtype):
    def run(m):
        p = m.tensor([1 + 2j, -3 + 0.5j], dtype=getattr(m, complex_dtype)).requires_grad_()
        optimizer = getattr(m.optim, name)([p], lr=0.05)
        for i in range(6):
            p.grad = m.tensor([0.5 - 1j + i, 2 + 0.1j * i], dtype=getattr(m, complex_dtype))
            optimizer.step()
        return p.detach()

    compare(run, rtol=5e-6, atol=5e-6)


@EACH
def test_resume_from_our_and_from_torchs_state(name, options):
    """After a state_dict was loaded the run goes on as if nothing had happened."""
    ours, theirs = Problem(tg, name, options), Problem(torch, name, options)
    for _ in range(3):
        ours.step(), theirs.step()
    again = Problem(tg, name, options)
    for mine, theirs_now in ((again.w, theirs.w), (again.v, theirs.v)):
        mine.data.copy_(tg.from_numpy(to_numpy(theirs_now).copy()))
    again.optimizer.load_state_dict(_translated(theirs.optimizer.state_dict()))
    for _ in range(3):
        again.step(), theirs.step()
    np.testing.assert_allclose(to_numpy(again.w.detach()), to_numpy(theirs.w), LOOP, LOOP)


def _translated(value):
    """A structure of torch's tensors with ours in their place."""
    if isinstance(value, torch.Tensor):
        return tg.from_numpy(to_numpy(value).copy())
    if isinstance(value, dict):
        return {k: _translated(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_translated(v) for v in value)
    return value


FORMS = {
    "empty": "torch.optim.SGD([])",
    "tensor": "torch.optim.SGD(torch.ones(1))",
    "number": "torch.optim.SGD([3])",
    "strings": "torch.optim.SGD(['a'])",
    "set": "torch.optim.SGD([{'params': {torch.ones(1)}}])",
    "not-a-dict": "torch.optim.SGD([{'params': [torch.ones(1)]}, 3])",
    "non-leaf": "torch.optim.SGD([torch.ones(1, requires_grad=True) * 2])",
    "twice": "p = torch.ones(1); torch.optim.SGD([p, p])",
    "two-groups": "p = torch.ones(1); torch.optim.SGD([{'params': [p]}, {'params': [p]}])",
    "named": """
p, q = torch.ones(1), torch.ones(1); o = torch.optim.SGD([("p", p), ("q", q)]); print(o.param_groups, o.state_dict()); print(o)
""",
    "named-some": "torch.optim.SGD([('p', torch.ones(1)), torch.ones(1)])",
    "named-groups": "torch.optim.SGD([{'params': [('p', torch.ones(1))]}, {'params': [torch.ones(1)]}])",
    "defaults": "print(torch.optim.Adam([torch.ones(1)]).defaults, torch.optim.SGD([torch.ones(1)]).defaults)",
    "groups": """
p, q, r = torch.ones(1), torch.ones(1), torch.ones(2)
o = torch.optim.SGD([{"params": p, "lr": 0.5}, {"params": [q], "momentum": 0.9}], lr=0.1); print(o)
o.add_param_group({"params": r, "weight_decay": 3}); print(o.state_dict(), len(o.param_groups))
""",
    "zero-grad": """
p = torch.ones(1, requires_grad=True); o = torch.optim.SGD([p], lr=1.0); (p * 2).sum().backward(); o.zero_grad(set_to_none=False); print(p.grad)
o.step(); print(p); o.zero_grad(); print(p.grad); o.step(); print(p, o.state_dict()["state"])
""",
    "no-grad-no-state": """
p, q = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True); o = torch.optim.Adam([p, q]); p.sum().backward(); o.step()
print(o.state_dict(), q)
""",
    "step-returns": """
p = torch.ones(1, requires_grad=True); o = torch.optim.SGD([p], lr=1.0); print(o.step())
def c(): o.zero_grad(); l = (p * 3).sum(); l.backward(); return l
print(o.step(c), p); print(o.step(closure=c))
""",
    "step-in-no-grad": """
p = torch.ones(1, requires_grad=True); o = torch.optim.SGD([p], lr=1.0)
def c(): o.zero_grad(); l = (p * 3).sum(); l.backward(); return l
with torch.no_grad(): print(o.step(c), p)
""",
    "version": "p = torch.ones(2, requires_grad=True); o = torch.optim.SGD([p]); p.grad = torch.ones(2); v = p._version; o.step(); print(p._version > v)",
    "stale-graph": """
p = torch.ones(2, requires_grad=True); y = (p * p).sum(); o = torch.optim.SGD([p], lr=0.1); p.grad = torch.ones(2); o.step(); y.backward()
""",
    "not-contiguous": """
w = torch.arange(6.).reshape(2, 3).t().requires_grad_(); o = torch.optim.Adam([w], lr=0.1, weight_decay=0.1)
(w * torch.arange(6.).reshape(3, 2)).sum().backward(); o.step(); print(w, o.state_dict()["state"][0]["exp_avg"].stride())
""",
    "zero-d-and-empty": """
a, b = torch.tensor(2., requires_grad=True), torch.zeros(0, requires_grad=True); o = torch.optim.Adam([a, b], lr=0.5)
(a * 3 + b.sum()).backward(); o.step(); print(a, b)
""",
    "lr-tensor": """
o = torch.optim.SGD([torch.ones(1)], lr=torch.tensor(0.5)); print(o); torch.optim.SGD([torch.ones(1)], lr=torch.ones(2))
""",
    "load-groups": "torch.optim.SGD([torch.ones(1)]).load_state_dict({'state': {}, 'param_groups': []})",
    "load-sizes": """
a = torch.optim.SGD([torch.ones(1)]); b = torch.optim.SGD([torch.ones(1), torch.ones(1)]); a.load_state_dict(b.state_dict())
""",
    "load": """
p = torch.ones(2, requires_grad=True); a = torch.optim.Adam([p], lr=0.5); p.grad = torch.ones(2); a.step()
q = torch.ones(2, dtype=torch.float64, requires_grad=True); b = torch.optim.Adam([q]); b.load_state_dict(a.state_dict()); print(b.state_dict()); print(b)
print(a.state_dict()["state"][0]["exp_avg"] is b.state_dict()["state"][0]["exp_avg"])
""",
    "load-old-step": """
p = torch.ones(2, requires_grad=True); o = torch.optim.Adam([p]); p.grad = torch.ones(2); o.step(); sd = o.state_dict(); sd["state"][0]["step"] = 5
del sd["param_groups"][0]["maximize"]; o.load_state_dict(sd); print(o.state_dict()["state"][0]["step"]); o.step(); print(p)
""",
    "pickle": """
import pickle, copy
p = torch.ones(2, requires_grad=True); o = torch.optim.SGD([p], lr=0.5, momentum=0.9); p.grad = torch.ones(2); o.step()
q = copy.deepcopy(o); print(q.param_groups, q.state_dict()); print(list(o.__getstate__()))
""",
    "hooks": """
p = torch.ones(1, requires_grad=True); p.grad = torch.ones(1); o = torch.optim.SGD([p], lr=1.0)
h = o.register_step_pre_hook(lambda opt, a, k: print("pre", len(a), k)); o.register_step_post_hook(lambda opt, a, k: print("post", p))
o.step(); h.remove(); o.step()
o.register_state_dict_pre_hook(lambda opt: print("state")); o.register_state_dict_post_hook(lambda opt, sd: {**sd, "more": 1})
print(o.state_dict())
o.register_load_state_dict_pre_hook(lambda opt, sd: print("loading", list(sd))); o.register_load_state_dict_post_hook(lambda opt: print("loaded"))
o.load_state_dict(o.state_dict())
""",
    "hook-error": """
o = torch.optim.SGD([torch.ones(1)]); o.register_step_pre_hook(lambda *a: 3)
try: o.step()
except RuntimeError as e: print(str(e).split("must")[1])
""",
    "own": """
class Mine(torch.optim.Optimizer):
    def __init__(self, params, lr): super().__init__(params, {"lr": lr})
    @torch.no_grad()
    def step(self, closure=None):
        for g in self.param_groups:
            for p in g["params"]:
                self.state[p]["n"] = self.state[p].get("n", 0) + 1
                p.add_(p.grad, alpha=-g["lr"])
p = torch.ones(2, requires_grad=True); o = Mine([p], 0.5); p.grad = torch.ones(2); o.register_step_post_hook(lambda *a: print("post")); o.step(); o.step()
print(p, o, o.state_dict())
""",
    "base-step": "torch.optim.Optimizer([torch.ones(1)], {}).step()",
    "lbfgs-groups": "torch.optim.LBFGS([{'params': [torch.ones(1)]}, {'params': [torch.ones(1)]}])",
    "lbfgs-search": """
p = torch.ones(1, requires_grad=True); o = torch.optim.LBFGS([p], line_search_fn="nix")
def c(): o.zero_grad(); l = (p ** 2).sum(); l.backward(); return l
o.step(c)
""",
}  # fmt: skip


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_form(code):
    compare_form(code)


BAD = [
    ("SGD", {"lr": -1.0}), ("SGD", {"momentum": -1.0}), ("SGD", {"weight_decay": -1.0}), ("SGD", {"nesterov": True}),
    ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}), ("SGD", {"fused": True, "foreach": True}),
    ("SGD", {"fused": True, "differentiable": True}), ("Adam", {"lr": -1.0}), ("Adam", {"eps": -1.0}), ("Adam", {"betas": (1.0, 0.9)}),
    ("Adam", {"betas": (0.9, -0.1)}), ("Adam", {"betas": (0, 0.9)}), ("Adam", {"weight_decay": -1.0}), ("AdamW", {"betas": (0.9, 2.0)}),
    ("Adamax", {"betas": (0.9, 2.0)}), ("Adamax", {"eps": -1.0}), ("NAdam", {"momentum_decay": -1.0}), ("NAdam", {"lr": -1.0}),
    ("RAdam", {"betas": (2.0, 0.9)}), ("Adagrad", {"lr_decay": -1.0}), ("Adagrad", {"initial_accumulator_value": -1.0}),
    ("Adagrad", {"eps": -1.0}), ("RMSprop", {"alpha": -1.0}), ("RMSprop", {"momentum": -1.0}), ("Adadelta", {"rho": 1.5}),
    ("Rprop", {"etas": (1.2, 0.5)}), ("ASGD", {"weight_decay": -1.0}), ("LBFGS", {"lr": -1.0}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), BAD, ids=str)
def test_bad_options(name, options):
    compare(lambda m: getattr(m.optim, name)([m.ones(1)], **options))


def test_capturable_needs_a_gpu():
    def run(m):
        p = m.ones(1, requires_grad=True)
        p.grad = m.ones(1)
        m.optim.Adam([p], capturable=True).step()

    compare(run)


@pytest.mark.parametrize("name", [n for n in OPTIONS if n not in ("LBFGS",)])
def test_differentiable(name):
    """Gradients flow through an update: the derivative of the new parameter by the gradient that was used."""

    def run(m):
        p = m.tensor([1.0, -2.0, 0.5], requires_grad=True)
        g = m.tensor([0.3, 0.7, -0.2], requires_grad=True)
        q = p.clone()
        q.grad = g.clone()
        options = {"momentum": 0.9} if name == "RMSprop" else {}
        optimizer = getattr(m.optim, name)([q], lr=0.1, weight_decay=0.1, differentiable=True, **options) if name != "Rprop" else (
            m.optim.Rprop([q], lr=0.1, differentiable=True))  # fmt: skip
        optimizer.step()
        (q * m.tensor([1.0, 2.0, 3.0])).sum().backward()
        return q.detach(), p.grad, g.grad

    compare(run, rtol=1e-5, atol=1e-5, compare_warnings=False)


# ------------------------------------------------------------------------------------------------ schedules
SCHEDULES = {
    "StepLR": [{"step_size": 3}, {"step_size": 2, "gamma": 0.5}],
    "MultiStepLR": [{"milestones": [2, 5]}, {"milestones": [3, 3, 4], "gamma": 0.5}],
    "ConstantLR": [{}, {"factor": 0.5, "total_iters": 3}, {"factor": 2.0}],
    "LinearLR": [{}, {"start_factor": 0.1, "end_factor": 0.5, "total_iters": 4}, {"start_factor": 0.0}, {"end_factor": 2.0}],
    "ExponentialLR": [{"gamma": 0.9}],
    "PolynomialLR": [{}, {"total_iters": 7, "power": 2.0}],
    "CosineAnnealingLR": [{"T_max": 5}, {"T_max": 4, "eta_min": 0.01}],
    "CosineAnnealingWarmRestarts": [{"T_0": 3}, {"T_0": 2, "T_mult": 2, "eta_min": 0.01}, {"T_0": 0}, {"T_0": 1, "T_mult": 0}, {"T_0": 1, "eta_min": "a"}],
    "LambdaLR": [{"lr_lambda": lambda e: 0.9**e}, {"lr_lambda": [lambda e: e + 1, lambda e: 1.0]}, {"lr_lambda": [1, 2, 3]}],
    "MultiplicativeLR": [{"lr_lambda": lambda e: 0.95}, {"lr_lambda": 3}],
    "CyclicLR": [
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3}, {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "step_size_down": 4, "mode": "triangular2"},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "mode": "exp_range", "gamma": 0.9, "cycle_momentum": False},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "scale_fn": lambda x: 1 / x}, {"base_lr": 0.01, "max_lr": 0.1, "mode": "nix"},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "scale_fn": lambda x: 0.9**x, "scale_mode": "iterations"},
        {"base_lr": [0.01], "max_lr": 0.1}, {"base_lr": [0.01, 0.02], "max_lr": [0.1, 0.2], "step_size_up": 3},
    ],
    "OneCycleLR": [
        {"max_lr": 0.1, "total_steps": 12}, {"max_lr": 0.1, "epochs": 4, "steps_per_epoch": 4, "anneal_strategy": "linear"},
        {"max_lr": [0.1, 0.2], "total_steps": 13, "three_phase": True}, {"max_lr": 0.1, "total_steps": 12, "cycle_momentum": False, "pct_start": 0.5},
        {"max_lr": 0.1}, {"max_lr": 0.1, "total_steps": 0}, {"max_lr": 0.1, "epochs": 1.5, "steps_per_epoch": 2}, {"max_lr": 0.1, "epochs": 1, "steps_per_epoch": -2},
        {"max_lr": 0.1, "total_steps": 5, "pct_start": 2}, {"max_lr": 0.1, "total_steps": 5, "anneal_strategy": "nix"}, {"max_lr": 0.1, "total_steps": 4},
    ],
}  # fmt: skip
SCHEDULE_CASES = [(n, i) for n, all_options in SCHEDULES.items() for i in range(len(all_options))]


def _optimizer(m, name="SGD"):
    options = {"momentum": 0.9} if name == "SGD" else {}
    return getattr(m.optim, name)([{"params": [m.ones(1)]}, {"params": [m.ones(1)], "lr": 0.2}], lr=0.1, **options)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Rprop"])
@pytest.mark.parametrize(("name", "which"), SCHEDULE_CASES, ids=[f"{n}-{i}" for n, i in SCHEDULE_CASES])
def test_schedule(name, which, optimizer):
    def run(m):
        o = _optimizer(m, optimizer)
        s = getattr(m.optim.lr_scheduler, name)(o, **SCHEDULES[name][which])
        path = [s.get_last_lr()]
        for _ in range(12):
            o.step()
            s.step()
            path.append(
                [
                    s.get_last_lr(),
                    [g["lr"] for g in o.param_groups],
                    [g.get("momentum", g.get("betas")) for g in o.param_groups],
                ]
            )
        state = {k: v for k, v in s.state_dict().items() if not callable(v)}
        return path, {k: state[k] for k in sorted(state)}

    compare(run)


@pytest.mark.parametrize(("name", "which"), SCHEDULE_CASES, ids=[f"{n}-{i}" for n, i in SCHEDULE_CASES])
def test_schedule_resumes(name, which):
    """A schedule that was saved goes on where it stood."""

    def run(m):
        o = _optimizer(m)
        s = getattr(m.optim.lr_scheduler, name)(o, **SCHEDULES[name][which])
        for _ in range(3):
            o.step()
            s.step()
        o2 = _optimizer(m)
        s2 = getattr(m.optim.lr_scheduler, name)(o2, **SCHEDULES[name][which])
        o2.load_state_dict(o.state_dict())
        s2.load_state_dict(s.state_dict())
        path = []
        for _ in range(3):
            o2.step()
            s2.step()
            path.append(s2.get_last_lr())
        return path

    compare(run)


@pytest.mark.parametrize("options", [
    {}, {"mode": "max"}, {"patience": 1, "factor": 0.5}, {"threshold_mode": "abs", "threshold": 0.1, "patience": 1}, {"cooldown": 2, "patience": 0},
    {"min_lr": [0.05, 0.1], "patience": 0}, {"min_lr": 0.04, "patience": 0}, {"factor": 1.0}, {"mode": "nix"}, {"threshold_mode": "nix"},
    {"min_lr": [0.1]}, {"mode": "max", "threshold_mode": "abs", "patience": 1}, {"eps": 0.5, "patience": 0}, {"mode": "max", "patience": 2},
], ids=str)  # fmt: skip
def test_plateau(options):
    values = [3.0, 2.0, 1.99, 2.5, 1.0, 1.0, 1.0, 0.9999, 0.95, 1.5, 1.5, 1.5, 1.5, 1.5]

    def run(m):
        o = _optimizer(m)
        s = m.optim.lr_scheduler.ReduceLROnPlateau(o, **options)
        path = []
        for value in values:
            s.step(m.tensor(value))
            path.append([s.get_last_lr(), s.num_bad_epochs, s.best, s.in_cooldown])
        return path, {k: s.state_dict()[k] for k in sorted(s.state_dict())}

    compare(run)


SCHEDULE_FORMS = {
    "order": "s = S.StepLR(o, 2); s.step(); s.step()",
    "order-right": "s = S.StepLR(o, 2); o.step(); s.step(); s.step()",
    "overridden": "s = S.StepLR(o, 2); o.step = lambda: None; o.step(); s.step()",
    "epoch": "s = S.StepLR(o, 2); o.step(); s.step(7); print(s.get_last_lr(), s.last_epoch)",
    "epochs": """
for f in (lambda: S.MultiStepLR(o, [2]), lambda: S.ConstantLR(o), lambda: S.LinearLR(o), lambda: S.ExponentialLR(o, 0.5),
          lambda: S.PolynomialLR(o), lambda: S.CosineAnnealingLR(o, 5), lambda: S.LambdaLR(o, lambda e: 0.5 ** e)):
    s = f(); o.step(); s.step(3); print(s.get_last_lr())
""",
    "warm-restarts-fractions": """
s = S.CosineAnnealingWarmRestarts(o, 2, 2)
for e in range(5):
    for i in range(3): s.step(e + i / 3); print(s.get_last_lr(), s.T_cur, s.T_i)
try: s.step(-1)
except ValueError as e: print(e)
""",
    "get-lr": "s = S.StepLR(o, 2); print(s.get_lr())",
    "not-an-optimizer": "S.StepLR(3, 2)",
    "resume-without-initial": "S.StepLR(o, 2, last_epoch=3)",
    "resume": """
s = S.CosineAnnealingLR(o, 5)
for _ in range(3): o.step(); s.step()
t = S.CosineAnnealingLR(o, 5, last_epoch=3); print(t.get_last_lr()); o.step(); t.step(); print(t.get_last_lr())
""",
    "initial-lr": "s = S.ExponentialLR(o, 0.5); print(o.param_groups[0]['initial_lr'], s.base_lrs, o)",
    "two": """
a, b = S.ExponentialLR(o, 0.9), S.StepLR(o, 2)
for _ in range(4): o.step(); a.step(); b.step(); print(a.get_last_lr(), b.get_last_lr())
""",
    "chained": """
c = S.ChainedScheduler([S.ConstantLR(o, 0.1, 2), S.ExponentialLR(o, 0.9)])
for _ in range(4): o.step(); c.step(); print(c.get_last_lr())
sd = c.state_dict(); print(sorted(sd)); c.load_state_dict(sd); print(c.get_last_lr())
""",
    "sequential": """
q = S.SequentialLR(o, [S.ConstantLR(o, 0.1, 2), S.ExponentialLR(o, 0.9), S.StepLR(o, 1)], [3, 5]); print(q.get_last_lr(), o.param_groups[0]["lr"])
for _ in range(8): o.step(); q.step(); print(q.get_last_lr(), q.last_epoch)
sd = q.state_dict(); print(sorted(sd), sd["_schedulers"][1]["last_epoch"]); q.load_state_dict(sd); print(q.get_last_lr())
""",
    "sequential-nested": """
q = S.SequentialLR(o, [S.SequentialLR(o, [S.ConstantLR(o, 0.1, 2), S.ExponentialLR(o, 0.9)], [2]), S.StepLR(o, 1)], [4])
for _ in range(6): o.step(); q.step(); print(q.get_last_lr())
""",
    "sequential-none": "S.SequentialLR(o, [], [])",
    "sequential-count": "S.SequentialLR(o, [S.StepLR(o, 2)], [1])",
    "sequential-plateau": "S.SequentialLR(o, [S.ReduceLROnPlateau(o)], [])",
    "sequential-wrong": "S.SequentialLR(o, [3], [])",
    "chained-none": "S.ChainedScheduler([])",
    "chained-plateau": "S.ChainedScheduler([S.ReduceLROnPlateau(o)])",
    "lambda-objects": """
class F:
    def __init__(self): self.k = 2
    def __call__(self, e): return 1 / (1 + e * self.k)
s = S.LambdaLR(o, [F(), lambda e: 1.0]); sd = s.state_dict(); print(sd["lr_lambdas"]); t = S.LambdaLR(o, [F(), lambda e: 1.0])
sd["lr_lambdas"][0]["k"] = 9; t.load_state_dict(sd); o.step(); t.step(); print(t.get_last_lr())
""",
    "lr-tensor": """
o = torch.optim.SGD([torch.ones(1)], lr=torch.tensor(0.5)); s = S.ExponentialLR(o, 0.5); o.step(); s.step(); print(s.get_last_lr(), o)
""",
    "new-group-plateau": "s = S.ReduceLROnPlateau(o, patience=0); o.add_param_group({'params': [torch.ones(1)]}); s.step(1); s.step(2); print(s.get_last_lr())",
    "new-group": "s = S.StepLR(o, 1); o.add_param_group({'params': [torch.ones(1)]}); o.step(); s.step(); print(s.get_last_lr())",
    "base-class": "S.LRScheduler(o)",
    "plateau-step": "S.ReduceLROnPlateau(o).step()",
    "momentum-needed": "S.CyclicLR(torch.optim.Adagrad([torch.ones(1)]), 0.1, 0.2)",
    "own": """
class Mine(S.LRScheduler):
    def get_lr(self): return [b / (self.last_epoch + 1) for b in self.base_lrs]
s = Mine(o); print(s.get_last_lr()); o.step(); s.step(); print(s.get_last_lr(), issubclass(S._LRScheduler, S.LRScheduler))
""",
}  # fmt: skip
SCHEDULE_SETUP = """
S = torch.optim.lr_scheduler
o = torch.optim.SGD([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)], "lr": 0.2}], lr=0.1, momentum=0.9)
"""


@pytest.mark.parametrize("code", SCHEDULE_FORMS.values(), ids=SCHEDULE_FORMS.keys())
def test_schedule_form(code):
    compare_form(SCHEDULE_SETUP + code)


def test_every_public_schedule_of_torch_is_there():
    missing = set(torch.optim.lr_scheduler.__all__) - set(dir(tg.optim.lr_scheduler))
    assert not missing
    assert set(itertools.chain(OPTIONS)) <= set(dir(tg.optim))
