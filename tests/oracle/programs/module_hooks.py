import torch, pickle, weakref, gc, io, warnings, copy, math
from torch import nn
from functools import partial
import torch.nn.modules.module as M
def said(f, *a, **k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: r = f(*a, **k)
        except Exception as e: r = f"{type(e).__name__}: {e}"
    return [f"{x.category.__name__}: {x.message}" for x in w], r if not isinstance(r, torch.Tensor) else r.detach()
log = []
class KW(nn.Module):
    def forward(self, x, bias=None):
        return x if bias is None else x + bias
    def inner(self, module, args, kwargs, out): return out + kwargs["bias"]
m = KW(); h = m.register_forward_hook(m.inner, with_kwargs=True); m(torch.ones(2), bias=torch.ones(2))
list(m._forward_hooks_with_kwargs.values()), m._forward_hooks_always_called, h.id in m._forward_hooks_with_kwargs
h.remove(); m._forward_hooks_with_kwargs, len(m._forward_hooks)
def pre(mod, a, k): k["bias"] = 2 * k["bias"]; return a, k
h2 = m.register_forward_pre_hook(pre, with_kwargs=True); m(torch.ones(2), bias=torch.ones(2))
h2.id in m._forward_pre_hooks_with_kwargs; h2.remove(); len(m._forward_pre_hooks_with_kwargs)
h2 = m.register_forward_pre_hook(lambda mod, a, k: a, with_kwargs=True)
m(torch.ones(2), bias=torch.ones(2))
h2.remove()
class D(nn.Module):
    def forward(self, d): return {"x": d["x"].softmax(0)}
d = D(); cnt = []
for r in ("register_full_backward_pre_hook", "register_full_backward_hook"): getattr(d, r)(lambda *a: cnt.append(len(a)))
said(lambda: d({"x": torch.ones(2, requires_grad=True)})["x"].sum().backward()), cnt
lin = nn.Linear(2, 2); seen = []
lin._register_load_state_dict_pre_hook(lambda *a: seen.append([type(x).__name__ for x in a]))
lin._register_load_state_dict_pre_hook(lambda *a: seen.append([type(x).__name__ for x in a]), True)
lin.load_state_dict(lin.state_dict()), seen
def tracked():
    gc.disable()
    q = nn.Linear(1, 1); q._register_load_state_dict_pre_hook(print, True); w = weakref.ref(q); del q; r = w(); gc.enable(); return r
tracked()
lin.register_load_state_dict_pre_hook(print)
class My(nn.Module):
    def __init__(self): super().__init__(); self.foo = nn.Parameter(torch.ones(2))
    def after(self, module, keys): keys.missing_keys.append("foo"); keys.unexpected_keys.append("bar")
nest = My(); wrapped = nn.ModuleList([nest]); hh = nest.register_load_state_dict_post_hook(nest.after)
wrapped.load_state_dict(wrapped.state_dict(), strict=False)
wrapped.load_state_dict(wrapped.state_dict())
hh.remove(); wrapped.load_state_dict(wrapped.state_dict())
nest.register_load_state_dict_post_hook(lambda mod, keys: (keys.missing_keys.clear(), keys.unexpected_keys.clear()) and None)
wrapped.load_state_dict({**wrapped.state_dict(), "extra": torch.ones(1)})
nest.register_load_state_dict_post_hook(lambda mod, keys: 3); wrapped.load_state_dict(wrapped.state_dict())
for c in (nn.Softmin, nn.Softmax, nn.LogSoftmax):
    s = c(1); del s._load_state_dict_post_hooks; f = io.BytesIO(); torch.save(s, f); f.seek(0); s = torch.load(f, weights_only=False); print(s.load_state_dict({}), hasattr(s, "_load_state_dict_post_hooks"))
sig = nn.Sigmoid(); x = torch.ones(2, 2, requires_grad=True)
g1 = M.register_module_forward_hook(lambda m, i, o: log.append(type(i).__name__))
g2 = M.register_module_forward_pre_hook(lambda m, i: log.append("pre"))
g3 = M.register_module_backward_hook(lambda m, gi, go: log.append(("bw", len(gi), len(go))))
sig(x).sum().backward(); log
said(M.register_module_full_backward_hook, print)[1][:30]
g3.remove(); g3 = M.register_module_backward_hook(lambda m, gi, go: log.append(("fbw", len(gi), len(go)))); sig(x).sum().backward(); log
print(M._global_is_full_backward_hook)
g4 = M.register_module_full_backward_pre_hook(lambda m, go: log.append(("fpre", len(go)))); sig(x).sum().backward(); log[-4:]
[g.remove() for g in (g1, g2, g3, g4)], M._global_forward_hooks, M._global_backward_hooks, M._global_is_full_backward_hook
g = M.register_module_forward_hook(lambda m, a, k, o: log.append(k), with_kwargs=True); m(torch.ones(1), bias=torch.ones(1)); g.remove(); log[-1]
g = M.register_module_forward_hook(lambda m, a, o: log.append(o), always_call=True)
class Boom(nn.Module):
    def forward(self): raise ValueError("boom")
Boom()(); log[-1]
log[-1]
g.remove()
bb = Boom(); bb.register_forward_hook(lambda *a: 1/0, always_call=True)
said(bb)
for f in (lambda s, gi, go: gi[:-1], lambda s, gi, go: gi + (torch.ones(2, 2),)):
    for r in ("register_backward_hook", "register_full_backward_hook"):
        s = nn.Sigmoid(); getattr(s, r)(f); print(said(lambda: s(x).sum().backward()))
for f in (lambda s, go: (), lambda s, go: go + (torch.ones(2, 2),), lambda s, go: torch.ones(3, 3), lambda s, go: "a"):
    s = nn.Sigmoid(); s.register_full_backward_pre_hook(f); print(said(lambda: s(x).sum().backward()))
lin = nn.Linear(2, 3); lin.register_full_backward_hook(lambda m, gi, go: torch.ones(1, 2)); said(lambda: lin(torch.ones(1, 2)).sum().backward())
class Ex(nn.Module):
    def forward(self, flag, t): return t.clone(), flag
e = Ex(); e.register_full_backward_hook(lambda m, gi, go: print(gi, go)); e(True, x)[0].sum().backward()
class Inp(nn.Module):
    def forward(self, i, do):
        self.i = i
        if do: i += 1
        return i.clone()
i = Inp(); i.register_full_backward_hook(lambda *a: None); said(i, x.clone(), True)
local = x.clone(); out = i(local, False); local[0] *= 1; said(lambda: i.i + 2)
out = i(x, False); said(out.add_, 1)
def noop(*a): pass
class L(nn.Module):
    def forward(self, l): return l[0].clone(), l[1].clone()
l = L(); l.register_backward_hook(noop); said(l, [x, x])[0]
class L(nn.Module):
    def forward(self, a, b): return [a.clone(), b.clone()]
l = L(); l.register_backward_hook(noop); said(l, x, x)[0]
class L(nn.Module):
    def forward(self, a, b): return a.clone(), b.clone()
l = L(); l.register_backward_hook(noop); said(l, x, x)[0]
class L(nn.Module):
    def forward(self, a): return a.clone().clone()
l = L(); l.register_backward_hook(noop); said(l, x)[0]
l.register_full_backward_hook(noop)
l = L(); l.register_full_backward_hook(noop); l.register_backward_hook(noop)
s = nn.Sigmoid(); h = s.register_forward_pre_hook(lambda m, i: h.remove()); len(h.hooks_dict_ref()), s(torch.zeros(1)), len(h.hooks_dict_ref()), h.id in h.hooks_dict_ref()
s = nn.Sigmoid(); s.register_backward_hook(lambda m, gi, go: tuple(g * 2 for g in gi)); x.grad = None; s(x).sum().backward(); x.grad
h
pickle.loads(pickle.dumps(h)).id == h.id
copy.copy(h)
with s.register_forward_hook(lambda m, i, o: o * 0) as hk: print(s(torch.ones(1)), type(hk))
s(torch.ones(1))
s.register_state_dict_pre_hook(lambda m, p, k: print("sd", p, k)); s.state_dict(prefix="q.", keep_vars=True)
s.register_state_dict_post_hook(lambda m, sd, p, meta: print("post", p, meta)); s.state_dict()
s.register_state_dict_post_hook(lambda m, sd, p, meta: {}); s.state_dict()
hx = s._register_state_dict_hook(lambda m, sd, p, meta: {"a": 1}); s.state_dict()
s.register_state_dict_post_hook(hx)
s.register_backward_hook(3); s(x).sum().backward()
def k1(a, *, b=1): return a
nn.Module.register_forward_hook(s, noop, prepend=True, with_kwargs=False, always_call=True).id > 0
# load_state_dict
l = nn.Linear(2, 2, bias=False)
import numpy as np
l.load_state_dict({"weight": np.ones((2, 2))})
l.load_state_dict({"weight": ((1., 1.), (2., 2.))})
l.load_state_dict(""); 
nn.Module().load_state_dict(2)
l.load_state_dict([("weight", torch.ones(2, 2))])
bn = nn.BatchNorm2d(3); sd = bn.state_dict(); del sd["num_batches_tracked"]; sd._metadata[""]["version"] = 1; bn.load_state_dict(sd), bn.num_batches_tracked
del sd._metadata[""]["version"]; bn.load_state_dict(sd), bn.num_batches_tracked
sd._metadata[""]["version"] = 2; bn.load_state_dict(sd)
with torch.device("meta"): mm = nn.Linear(3, 5)
sd = mm.state_dict(); sd["weight"] = torch.zeros(5, 3); said(mm.load_state_dict, sd)
mm.load_state_dict({"weight": torch.zeros(5, 3), "bias": torch.ones(5)}, assign=True), mm.weight, mm.bias
l2 = nn.Linear(3, 5); l2.load_state_dict({"weight": torch.randn(3, 5).T, "bias": torch.ones(5, dtype=torch.float64)}, assign=True); l2.weight.stride(), l2.bias.dtype, l2.bias.requires_grad
l2.load_state_dict({"weight": torch.ones(2, 4)}, strict=False, assign=True)
l2.load_state_dict({"weight": torch.ones(5, 3, dtype=torch.int64)}, strict=False), l2.weight.dtype
l2.load_state_dict({"weight": torch.ones(5, 3, dtype=torch.int64)}, strict=False, assign=True)
l2.load_state_dict({"weight": nn.Parameter(torch.ones(5, 3), requires_grad=False)}, strict=False, assign=True), l2.weight.requires_grad
w = nn.Sequential(nn.Linear(1, 1)); w.load_state_dict({"0.weight.bad": torch.ones(1), "0.weight": torch.ones(1, 1), "0.bad": torch.ones(1)})
w.load_state_dict({"0.weight.bad": torch.ones(1), "0.weight": torch.ones(1, 1), "1.x": torch.ones(1), "zz": 3}, strict=False)
w.load_state_dict({"0.weight": torch.ones(1), "0.bias": torch.ones(())})
w.load_state_dict({"0.weight": torch.ones(2, 1), "0.bias": 5})
sd = {"module.a": torch.ones(1), "module.b": torch.ones(1), "c": 1}
nn.modules.utils.consume_prefix_in_state_dict_if_present(sd, "module."); sd
class G(nn.Module):
    def __init__(self): super().__init__(); self.v = 1
    def get_extra_state(self): return {"v": self.v}
    def set_extra_state(self, s): self.v = s["v"]
g = G(); g.v = 7; sd = g.state_dict(); sd; n = G(); n.load_state_dict(sd); n.v
n.load_state_dict({})
nn.Linear(1, 1).load_state_dict({**nn.Linear(1, 1).state_dict(), "_extra_state": 3})
class H(nn.Module):
    def get_extra_state(self): return 1
H().load_state_dict({"_extra_state": 1})
class Q(nn.Module):
    def set_extra_state(self, s): pass
Q().load_state_dict({})
nn.Module().get_extra_state()  # differs: torch asks for a bug report
