import torch, math, copy
import torch.nn as nn, torch.nn.functional as F
import torch.optim as optim
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import *
torch.manual_seed(0)
def mk(lr=0.1, cls=optim.SGD, **k): m = nn.Linear(2,1); return m, cls(m.parameters(), lr=lr, **k)
def plot(s, o, n=12): 
    r = []
    for e in range(n): r.append(round(o.param_groups[0]["lr"], 7)); o.step(); s.step()
    return r
m, o = mk(); plot(StepLR(o, step_size=3, gamma=0.5), o)
m, o = mk(); plot(MultiStepLR(o, milestones=[3,7], gamma=0.1), o)
m, o = mk(); plot(ExponentialLR(o, .9), o)
m, o = mk(); plot(CosineAnnealingLR(o, T_max=5, eta_min=1e-3), o)
m, o = mk(); plot(CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2), o)
m, o = mk(); plot(OneCycleLR(o, max_lr=0.5, steps_per_epoch=4, epochs=3), o)
m, o = mk(); plot(OneCycleLR(o, max_lr=0.5, total_steps=12, anneal_strategy="linear", three_phase=True), o), o
m, o = mk(momentum=.9); plot(CyclicLR(o, base_lr=0.01, max_lr=0.1, step_size_up=4, mode="triangular2"), o)
m, o = mk(cls=optim.Adam); plot(CyclicLR(o, base_lr=0.01, max_lr=0.1, step_size_up=4, cycle_momentum=False), o)
m, o = mk(cls=optim.Adam); CyclicLR(o, 0.01, 0.1)
m, o = mk(); CyclicLR(o, 0.01, 0.1)
m, o = mk(); plot(LambdaLR(o, lr_lambda=lambda e: 0.95**e), o)
m, o = mk(); plot(MultiplicativeLR(o, lr_lambda=lambda e: 0.95), o)
m, o = mk(); plot(LinearLR(o, start_factor=0.25, total_iters=4), o)
m, o = mk(); plot(ConstantLR(o, factor=0.5, total_iters=4), o)
m, o = mk(); plot(PolynomialLR(o, total_iters=6, power=2.0), o)
m, o = mk(); plot(SequentialLR(o, [LinearLR(o, 0.1, total_iters=4), CosineAnnealingLR(o, 8)], milestones=[4]), o)
m, o = mk(); plot(ChainedScheduler([ConstantLR(o, factor=0.1, total_iters=2), ExponentialLR(o, gamma=0.9)], optimizer=o), o)
m, o = mk(); s = ReduceLROnPlateau(o, "min", factor=0.5, patience=1, cooldown=1, min_lr=1e-3)
r = []
for v in [1, .9, .95, .95, .95, .95, .8, .85, .9, .9, .9]: s.step(v); r.append((o.param_groups[0]["lr"], s.num_bad_epochs))
print(r, s.state_dict(), s.get_last_lr())
ReduceLROnPlateau(o, mode="avg")
ReduceLROnPlateau(o, factor=1.0)
ReduceLROnPlateau(o, verbose=True)
s.step()
m, o = mk(); s = StepLR(o, 2); s.step(); print(s.get_last_lr(), s.last_epoch, s.state_dict())
s.step(5); print(s.get_last_lr())
s.get_lr()
StepLR(3, 2)
m, o = mk(); StepLR(o, 2, last_epoch=3)
s2 = StepLR(o, 5); s2.load_state_dict(s.state_dict()); print(s2.step_size, s2.last_epoch)
m, o = mk(); s = OneCycleLR(o, max_lr=.1, total_steps=2); o.step(); s.step(); o.step(); s.step(); o.step(); s.step()
OneCycleLR(o, max_lr=.1)
CosineAnnealingWarmRestarts(o, T_0=0)
print(o); print(optim.Adam(m.parameters(), lr=1e-3, amsgrad=True)); print(optim.RMSprop(m.parameters())); print(optim.LBFGS(m.parameters())); print(optim.Adagrad(m.parameters()), optim.Adadelta(m.parameters()), optim.NAdam(m.parameters()), optim.RAdam(m.parameters()), optim.Rprop(m.parameters()), optim.ASGD(m.parameters()), optim.Adamax(m.parameters()))
optim.Adafactor(m.parameters()), optim.Muon([m.weight])
optim.SGD([], lr=.1)
optim.SGD(m.parameters())
optim.SGD(m.parameters(), lr=-1)
optim.SGD(m.parameters(), lr=.1, nesterov=True)
optim.Adam(m.parameters(), betas=(1.0, .9))
optim.Adam(m.weight)
optim.Adam([m.weight.detach() * 2 + m.weight])
optim.Adam([1,2])
optim.SGD([{"params": [m.weight]}, {"params": [m.weight], "lr": 3}], lr=.1)
optim.SGD([{"params": m.weight, "lr": 1e-3}, {"params": m.bias}], lr=.1, momentum=.9)
o = optim.Adam(m.parameters()); o.state_dict()
o.add_param_group({"params": nn.Parameter(torch.ones(1)), "lr": 5.}); print(o)
F.mse_loss(m(torch.ones(3,2)), torch.zeros(3,1)).backward(); o.step(); o.state_dict()
o.load_state_dict(optim.Adam(m.parameters()).state_dict())
o2 = optim.Adam(m.parameters()); F.mse_loss(m(torch.ones(3,2)), torch.zeros(3,1)).backward(); o2.step(); sd = copy.deepcopy(o2.state_dict()); o3 = optim.Adam(m.parameters()); o3.load_state_dict(sd); print(o3.state_dict()["state"], o3.state[m.weight]["step"])
o2.zero_grad(); print(m.weight.grad); o2.defaults, list(o2.state.keys())[0].shape
w = torch.tensor([1.5, -2.], requires_grad=True); lb = optim.LBFGS([w], lr=1, max_iter=4, line_search_fn="strong_wolfe")
def closure(): lb.zero_grad(); l = ((w - torch.tensor([3., 1.]))**2 * torch.tensor([1., 10.])).sum(); l.backward(); return l
[lb.step(closure).item() for _ in range(3)], w
for cls in [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad, optim.Adadelta, optim.Adamax, optim.NAdam, optim.RAdam, optim.Rprop, optim.ASGD, optim.Adafactor]:
    w = torch.tensor([1.5, -2.], requires_grad=True); o = cls([w], lr=0.1)
    for _ in range(5): o.zero_grad(); (w**4).sum().backward(); o.step()
    print(cls.__name__, w)
ema = torch.optim.swa_utils.AveragedModel(m, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)); print(ema); ema.update_parameters(m); m.weight.data.add_(1); ema.update_parameters(m); print(ema.state_dict(), ema.module.weight)
m, o = mk(); sw = torch.optim.swa_utils.SWALR(o, swa_lr=0.05, anneal_epochs=3); plot(sw, o, 5)
swa = torch.optim.swa_utils.AveragedModel(m); swa.update_parameters(m); torch.optim.swa_utils.update_bn([torch.ones(2,2)], swa); print(swa.n_averaged)
m, o = mk(); s = ExponentialLR(o, .9)
s.step()
o.step(); lr_scheduler.LRScheduler, lr_scheduler._LRScheduler
class Warm(torch.optim.lr_scheduler._LRScheduler):
    def __init__(self, o, w, last_epoch=-1): self.w = w; super().__init__(o, last_epoch)
    def get_lr(self): return [b * min(1, (self.last_epoch+1)/self.w) for b in self.base_lrs]
m, o = mk(); plot(Warm(o, 4), o, 6)
h = o.register_step_post_hook(lambda opt, a, k: print("stepped")); o.step(); h.remove(); o.step()
class MySGD(optim.Optimizer):
    def __init__(self, p, lr=1e-2): super().__init__(p, dict(lr=lr))
    @torch.no_grad()
    def step(self, closure=None):
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is None: continue
                st = self.state[p]; st["n"] = st.get("n", 0) + 1; p.add_(p.grad, alpha=-g["lr"])
m = nn.Linear(2,1); o = MySGD(m.parameters()); m(torch.ones(1,2)).sum().backward(); o.step(); print(o, o.state_dict())
optim.SGD(m.named_parameters(), lr=.1).param_groups[0]["param_names"]
torch.optim.Adam(m.parameters(), fused=True), torch.optim.Adam(m.parameters(), foreach=True)
torch.nn.utils.clip_grad_value_(m.parameters(), .5), torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0, norm_type=float("inf")), torch.nn.utils.clip_grad_norm_([], 1.)
torch.nn.utils.clip_grad_norm_(torch.tensor([1.]), 1.)
optim.SparseAdam(m.parameters())
m(torch.ones(1,2)).sum().backward(); m.weight.grad.fill_(float("nan")); torch.nn.utils.clip_grad_norm_(m.parameters(), 1., error_if_nonfinite=True)
