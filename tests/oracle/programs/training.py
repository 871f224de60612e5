import torch, copy, pickle, io, math, warnings
from torch import nn
from torch.optim import lr_scheduler as S
from torch.optim.swa_utils import AveragedModel, SWALR, get_ema_multi_avg_fn, get_swa_multi_avg_fn, get_ema_avg_fn, get_swa_avg_fn, update_bn
def said(f, *a, **k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: r = f(*a, **k)
        except Exception as e: r = f"{type(e).__name__}: {e}"
    return [f"{x.category.__name__}: {x.message}" for x in w], r if not isinstance(r, torch.Tensor) else r.detach()
def sgd(lr=0.1, n=1, **k): return torch.optim.SGD([{"params": [nn.Parameter(torch.ones(2))], "lr": lr * (i + 1)} for i in range(n)], lr=lr, **k)
def run(s, n=8, metrics=None):
    out = []
    for i in range(n):
        s.optimizer.step()
        s.step() if metrics is None else s.step(metrics[i])
        out.append([round(float(g["lr"]), 7) for g in s.optimizer.param_groups])
    return out
p = nn.Parameter(torch.tensor(1.0)); lr = torch.tensor(0.1); o = torch.optim.SGD([p], lr=lr)
s = S.SequentialLR(o, [S.ConstantLR(o, factor=0.5, total_iters=1)], milestones=[])
o.param_groups[0]["lr"].add_(1.0); s.base_lrs
def seq(o): return S.SequentialLR(o, [S.ConstantLR(o, factor=0.5, total_iters=2), S.ConstantLR(o, factor=0.2, total_iters=10)], milestones=[2])
o = sgd(); run(seq(o), 6)
o = sgd(); run(S.SequentialLR(o, [seq(o)], milestones=[]), 6)
def chain(o): return S.ChainedScheduler([S.ConstantLR(o, factor=0.5, total_iters=2), S.ExponentialLR(o, gamma=0.9)], optimizer=o)
o = sgd(); run(chain(o), 6)
o = sgd(); run(S.SequentialLR(o, [chain(o), S.ExponentialLR(o, 0.5)], milestones=[3]), 6)
o = torch.optim.Adam([nn.Parameter(torch.ones(1))], lr=torch.tensor([0.1])); s = S.ReduceLROnPlateau(o, factor=0.5, patience=0, min_lr=0.001); s.step(1.0); s.step(1.0); o.param_groups[0]["lr"]
S.ConstantLR(sgd(), factor=0.0)
S.ConstantLR(sgd(), factor=1.5)
S.LinearLR(sgd(), start_factor=0)
S.LinearLR(sgd(), end_factor=1.5)
S.LinearLR(sgd(), total_iters=0)
run(S.LinearLR(sgd(), start_factor=0.5, total_iters=1), 3)
S.ConstantLR(sgd(), total_iters=0).get_last_lr()
run(S.PolynomialLR(sgd(), total_iters=0), 2)
S.OneCycleLR(sgd(), max_lr=1, total_steps=None)
S.OneCycleLR(sgd(), max_lr=1, total_steps=0)
S.OneCycleLR(sgd(), max_lr=1, total_steps=1.5)
S.OneCycleLR(sgd(), max_lr=1, total_steps=10, pct_start=1.1)
S.OneCycleLR(sgd(), max_lr=1, total_steps=10, anneal_strategy="foo")
S.OneCycleLR(sgd(), max_lr=[1, 2], total_steps=10)
S.OneCycleLR(sgd(), max_lr=1, epochs=1)
S.OneCycleLR(sgd(), max_lr=1, total_steps=2).optimizer.param_groups[0]
said(run, S.OneCycleLR(sgd(momentum=0.9), max_lr=1, total_steps=3), 4)
run(S.OneCycleLR(sgd(momentum=0.9), max_lr=1, total_steps=6, three_phase=True, anneal_strategy="linear"), 5)
run(S.OneCycleLR(torch.optim.Adam([nn.Parameter(torch.ones(1))]), max_lr=1, epochs=2, steps_per_epoch=3), 5)
S.OneCycleLR(sgd(momentum=0.9), max_lr=1, total_steps=6).state_dict()
S.CyclicLR(torch.optim.Adam([nn.Parameter(torch.ones(1))]), 0.1, 1.0)
S.CyclicLR(torch.optim.Adam([nn.Parameter(torch.ones(1))]), 0.1, 1.0, cycle_momentum=True)
S.CyclicLR(sgd(momentum=0.9), 0.1, 1.0, mode="foo")
[run(S.CyclicLR(sgd(momentum=0.9), 0.1, 1.0, step_size_up=2, step_size_down=3, mode=m, gamma=0.9), 7) for m in ("triangular", "triangular2", "exp_range")]
run(S.CyclicLR(sgd(momentum=0.9), 0.1, 1.0, step_size_up=2, scale_fn=lambda x: 0.5 ** x, scale_mode="iterations"), 6)
sc = S.CyclicLR(sgd(momentum=0.9), 0.1, 1.0, step_size_up=2); sc.state_dict()
pickle.loads(pickle.dumps(sc.state_dict())) == sc.state_dict()
S.CosineAnnealingWarmRestarts(sgd(), T_0=-1)
S.CosineAnnealingWarmRestarts(sgd(), T_0=1.5)
S.CosineAnnealingWarmRestarts(sgd(), T_0=1, T_mult=0)
S.CosineAnnealingWarmRestarts(sgd(), T_0=1, T_mult=1.5)
w = S.CosineAnnealingWarmRestarts(sgd(), T_0=2, T_mult=2, eta_min=0.01); [w.step(e) or w.get_last_lr()[0] for e in (0, 0.5, 1.3, 2, 5, 5.9, 6, 14.5)]
w.step(-1)
run(S.CosineAnnealingLR(sgd(n=2), T_max=3, eta_min=0.01), 8)
run(S.MultiplicativeLR(sgd(n=2), [lambda e: 0.9, lambda e: 0.5]), 3)
S.MultiplicativeLR(sgd(n=2), [lambda e: 0.9])
S.LambdaLR(sgd(n=2), [lambda e: 0.9])
S.LambdaLR(sgd(n=2), lambda e: 0.9).state_dict()
class Fn:
    def __init__(self): self.k = 3
    def __call__(self, e): return 1 / (1 + e)
l = S.LambdaLR(sgd(), Fn()); l.state_dict()
l2 = S.LambdaLR(sgd(), Fn()); sd = l.state_dict(); sd["lr_lambdas"][0]["k"] = 9; l2.load_state_dict(sd), l2.lr_lambdas[0].k
S.MultiStepLR(sgd(), [2, 2, 3]).milestones
run(S.MultiStepLR(sgd(), [2, 2, 5]), 6)
S.MultiStepLR(sgd(), [3, 2]).state_dict()
S.StepLR("no", 3)
S.StepLR(sgd(), 3, last_epoch=2)
said(lambda: S.StepLR(sgd(), 3).step())[0]
said(lambda: S.StepLR(sgd(), 3).step(4))[0]
o = sgd(); s = S.StepLR(o, 1); o.step(); s.step(3), s.last_epoch, s.get_last_lr()
said(lambda: s.get_lr())
S.ReduceLROnPlateau(sgd(), factor=1.1)
S.ReduceLROnPlateau(sgd(), mode="foo")
S.ReduceLROnPlateau(sgd(), threshold_mode="foo")
S.ReduceLROnPlateau(sgd(n=2), min_lr=[1])
s = S.ReduceLROnPlateau(sgd(n=2), patience=1, cooldown=1, min_lr=[0.001, 0.1]); run(s, 8, [1, 1, 1, 1, 1, 1, 1, 1]), s.num_bad_epochs, s.cooldown_counter, s.in_cooldown, s.best, s.get_last_lr(), s.state_dict()
s = S.ReduceLROnPlateau(sgd(), mode="max", threshold_mode="abs", threshold=0.1, patience=0); run(s, 4, [1, 1.05, 1.2, torch.tensor(1.2)])
s.step()
s.step(float("nan")), s.best
S.SequentialLR(o, [], milestones=[])
S.SequentialLR(o, [S.StepLR(o, 1)], milestones=[1])
S.SequentialLR(o, [S.StepLR(o, 1), S.StepLR(sgd(), 1)], milestones=[1])
S.SequentialLR(o, [S.StepLR(o, 1), S.ReduceLROnPlateau(o)], milestones=[1])
S.ChainedScheduler([])
S.ChainedScheduler([S.StepLR(o, 1), S.StepLR(sgd(), 1)])
S.ChainedScheduler([S.StepLR(o, 1), S.ReduceLROnPlateau(o)])
S.ChainedScheduler("a")
c = chain(sgd()); c.state_dict(), c.get_last_lr()
s = seq(sgd()); s.state_dict()
s2 = seq(sgd()); run(s, 3); s2.load_state_dict(s.state_dict()); s2._schedulers[1].last_epoch, s2.last_epoch
o = sgd(); s = S.LinearLR(o, 0.1, total_iters=4); s.optimizer is o, s.base_lrs, s._step_count, s._last_lr, s.verbose if hasattr(s, "verbose") else None
S.ExponentialLR(o2, 0.9, last_epoch=3).get_last_lr()
s = S.StepLR(sgd(), 2); t = copy.deepcopy(s); t.optimizer is s.optimizer, t.last_epoch
pickle.loads(pickle.dumps(S.StepLR(sgd(), 2))).step_size
class My(S.LRScheduler):
    def get_lr(self): return [g["lr"] + 1 for g in self.optimizer.param_groups]
run(My(sgd()), 3)
S._LRScheduler is S.LRScheduler, issubclass(S.LRScheduler, S._LRScheduler)
S.LRScheduler(sgd())
s = SWALR(sgd(n=2), swa_lr=[0.05, 0.02], anneal_epochs=3, anneal_strategy="linear"); run(s, 5)
run(SWALR(sgd(), swa_lr=0.05, anneal_epochs=0), 2)
SWALR(sgd(), swa_lr=0.05, anneal_strategy="x")
SWALR(sgd(), swa_lr=0.05, anneal_epochs=-1)
SWALR(sgd(n=2), swa_lr=[1])
run(SWALR(sgd(), swa_lr=0.05), 3), SWALR(sgd(), swa_lr=0.05).state_dict()
# averaged models
net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)); a = AveragedModel(net); a, list(a.state_dict()), a.n_averaged
for i in range(3):
    with torch.no_grad(): [q.add_(1) for q in net.parameters()]
    a.update_parameters(net)
a.n_averaged, a.module[1].weight, pickle.loads(pickle.dumps(a)).n_averaged
AveragedModel(net, avg_fn=lambda *x: 1, multi_avg_fn=lambda *x: 1)
e = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)
for i in range(3):
    net(torch.arange(4.).reshape(2, 2) + i)
    with torch.no_grad(): [q.add_(1) for q in net.parameters()]
    e.update_parameters(net)
e.module[1].weight, e.module[1].running_mean, e.module[1].num_batches_tracked
e2 = AveragedModel(net, avg_fn=get_ema_avg_fn(0.9)); e2.update_parameters(net); e2.update_parameters(net); e2.module[1].weight
get_ema_multi_avg_fn(1.5)
get_ema_avg_fn(-1)
a.load_state_dict(e.state_dict()), a(torch.ones(2, 2)).shape, a.eval().module.training
net.eval(); update_bn([torch.randn(3, 2) for _ in range(2)], net); net.training, net[1].momentum, net[1].num_batches_tracked
net.train(); update_bn(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(8.).reshape(4, 2), torch.ones(4)), batch_size=2), net), net[1].running_mean, net[1].running_var
update_bn([{"x": torch.ones(2, 2)}], net)
update_bn([], nn.Linear(1, 1))
# optimizers: states and groups
P = nn.Parameter
all_opts = [torch.optim.Adadelta, torch.optim.Adagrad, torch.optim.Adam, torch.optim.AdamW, torch.optim.Adamax, torch.optim.NAdam, torch.optim.RAdam, torch.optim.RMSprop, torch.optim.Rprop, torch.optim.ASGD, torch.optim.SGD, torch.optim.Adafactor]
for O in all_opts:
    q = P(torch.ones(2, 2)); o = O([q], lr=0.1); q.grad = torch.full((2, 2), 0.5); o.step(); o.step(); print(O.__name__, q, {k: (v.shape, v.dtype) if hasattr(v, "shape") else v for k, v in o.state[q].items()}, sorted(o.param_groups[0])); f = io.BytesIO(); torch.save(o.state_dict(), f); f.seek(0); n = O([q], lr=5.); n.load_state_dict(torch.load(f)); n.step(); print(q, n.param_groups[0]["lr"])
for O in all_opts:
    print(O.__name__, said(lambda: O([P(torch.ones(1))], lr=-1))[1], said(lambda: O([P(torch.ones(1))], lr=torch.tensor([0.1, 0.2])))[1])
for O in all_opts:
    q = P(torch.ones(2)); o = O([q], lr=0.1); q.grad = torch.sparse_coo_tensor([[0]], [1.], (2,)); print(O.__name__, said(o.step)[1])
for O in all_opts:
    q = P(torch.ones(2, dtype=torch.complex64)); q.grad = torch.full((2,), 1 + 1j); print(O.__name__, said(lambda: (O([q], lr=0.1).step(), q.detach())[1])[1])
for O in all_opts:
    q = P(torch.ones(2)); q.grad = torch.tensor([1., -1.]); print(O.__name__, said(lambda: (O([q], lr=0.1, maximize=True, weight_decay=0.1).step(), q.detach())[1])[1])
for O in all_opts:
    print(O.__name__, said(lambda: O([P(torch.ones(2))], lr=0.1, foreach=True, fused=True))[1], said(lambda: O([P(torch.ones(2))], lr=0.1, capturable=True).step())[1], said(lambda: O([P(torch.ones(2))], lr=0.1, differentiable=True).step())[1])
for O in all_opts:
    q = P(torch.empty(0, 3)); q.grad = torch.empty(0, 3); print(O.__name__, said(lambda: O([q], lr=0.1).step())[1])
torch.optim.SGD([("w", P(torch.ones(1))), ("b", P(torch.ones(1)))], lr=1.).param_groups, torch.optim.SGD([("w", P(torch.ones(1)))], lr=1.).state_dict()
torch.optim.SGD([("w", P(torch.ones(1))), P(torch.ones(1))], lr=1.)
torch.optim.SGD([{"params": [("w", P(torch.ones(1)))]}, {"params": [P(torch.ones(1))]}], lr=1.)
torch.optim.SGD(P(torch.ones(1)), lr=1.)
torch.optim.SGD([], lr=1.)
torch.optim.SGD([P(torch.ones(1)) * 2], lr=1.)
torch.optim.SGD([3], lr=1.)
torch.optim.SGD({P(torch.ones(1))}, lr=1.)
torch.optim.SGD([{"params": {P(torch.ones(1))}}], lr=1.)
q = P(torch.ones(1)); said(torch.optim.SGD, [q, q], lr=1.)[0]
torch.optim.SGD([{"params": q}, {"params": q}], lr=1.)
o = torch.optim.SGD([q], lr=1.); o.add_param_group({"params": q})
o.add_param_group([q])
o.add_param_group({"params": [P(torch.ones(1))], "lr": 3, "extra": "x"}); o, o.param_groups[1]["extra"]
o.load_state_dict(torch.optim.SGD([q], lr=1.).state_dict())
o1 = torch.optim.SGD([q], lr=1.); o1.load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]})
o1.load_state_dict({"state": {}})
o1.load_state_dict({"state": {}, "param_groups": [{"params": [0], "lr": 7}]}), o1.param_groups[0]["lr"], o1.defaults["lr"]
h = o.register_step_pre_hook(lambda opt, a, k: print("pre", a, k)); h2 = o.register_step_post_hook(lambda opt, a, k: print("post")); o.step(), h.remove(), o.step(), h2.remove(), o.step()
o.register_state_dict_pre_hook(lambda opt: print("sd")); o.register_state_dict_post_hook(lambda opt, sd: {"new": 1}); o.state_dict()
o.register_load_state_dict_pre_hook(lambda opt, sd: print("load")); o.register_load_state_dict_post_hook(lambda opt: print("loaded")); o.load_state_dict({"state": {}, "param_groups": [{"params": [0]}, {"params": [1]}]})
o.step(3)
def closure(): q.grad = torch.ones(1); return (q * 2).sum()
torch.optim.SGD([q], lr=0.5).step(closure), q
torch.optim.LBFGS([q], lr=0.1, max_iter=2).step()
torch.optim.LBFGS([{"params": [q]}, {"params": [P(torch.ones(1))]}])
torch.optim.LBFGS([q], line_search_fn="foo").step(closure)
def lb():
    x = P(torch.tensor([-1.5, 2.0])); o = torch.optim.LBFGS([x], lr=1, max_iter=20, line_search_fn="strong_wolfe", history_size=5)
    def cl(): o.zero_grad(); l = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2; l.backward(); return l
    first = o.step(cl); return first, x, o.state[x]["func_evals"], o.state[x]["n_iter"], sorted(o.state[x])
torch.optim.SparseAdam([P(torch.ones(2))], lr=-1)
torch.optim.SparseAdam([P(torch.ones(2))], betas=(0.9, 1.0))
torch.optim.Adam([q], betas=(1.0, 0.9)), torch.optim.Adam
torch.optim.Adam([q], eps=-1)
torch.optim.Adam([q], weight_decay=-1)
torch.optim.SGD([q], lr=0.1, nesterov=True)
torch.optim.SGD([q], lr=0.1, momentum=-1)
torch.optim.RMSprop([q], alpha=-1)
torch.optim.Rprop([q], etas=(1.1, 1.2))
torch.optim.Adadelta([q], rho=2)
torch.optim.Adam([q], lr=torch.tensor(0.1), foreach=True)
torch.optim.Adam([q], lr=torch.tensor(0.1)), torch.optim.Adam([q], betas=(torch.tensor(0.9), 0.99))
torch.optim.Adam([q], betas=(torch.tensor(0.9), torch.tensor(0.99)), foreach=False).step()
torch.optim.Muon([P(torch.ones(2))])
mu = P(torch.arange(6.).reshape(2, 3)); mu.grad = torch.tensor([[1., 2, 3], [0, 1, 0]]); o = torch.optim.Muon([mu], lr=0.1); o.step(); mu, o
o.zero_grad(), mu.grad, o.zero_grad(set_to_none=False)
mu.grad = torch.ones(2, 3); o.zero_grad(set_to_none=False); mu.grad
copy.deepcopy(torch.optim.Adam([q])).state_dict() == torch.optim.Adam([q]).state_dict()
pickle.loads(pickle.dumps(torch.optim.SGD([q], lr=0.3, momentum=0.5))).param_groups
torch.optim.Optimizer([q], {}).step()
class Mine(torch.optim.Optimizer):
    def __init__(self, ps, lr=0.1): super().__init__(ps, dict(lr=lr))
    @torch.no_grad()
    def step(self, closure=None):
        loss = closure() if closure else None
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is not None: self.state[p]["n"] = self.state[p].get("n", 0) + 1; p.add_(p.grad, alpha=-g["lr"])
        return loss
m = Mine([q]); q.grad = torch.ones(1); m.step(), m.step(), m.state_dict(), m, m.state[q]
m2 = Mine([q]); m2.load_state_dict(m.state_dict()); m2.state[q]["n"], m2._optimizer_step_pre_hooks, type(m2.state)
torch.optim.Optimizer([q], 3)
