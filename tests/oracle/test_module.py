"""`Module`, containers, parameters, initialisation and nn.utils behave as torch's: what is printed, and what is raised."""

from __future__ import annotations

import pytest
from oracle.harness import compare, compare_form

# A small family of modules that needs no layer of either side.
SETUP = """
class Affine(torch.nn.Module):
    def __init__(self, i, o, bias=True):
        super().__init__()
        self.i, self.o = i, o
        self.weight = torch.nn.Parameter(torch.arange(1., o * i + 1).reshape(o, i) / 10)
        if bias:
            self.bias = torch.nn.Parameter(torch.ones(o))
        else:
            self.register_parameter("bias", None)
        self.register_buffer("calls", torch.tensor(0))
    def extra_repr(self):
        return f"{self.i}, {self.o}"
    def forward(self, x):
        y = x @ self.weight.t()
        return y if self.bias is None else y + self.bias

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Affine(2, 3)
        self.rest = torch.nn.Sequential(Affine(3, 3, bias=False), Affine(3, 1))
        self.scale = torch.nn.Parameter(torch.tensor(2.))
        self.register_buffer("seen", torch.zeros(2), persistent=False)
    def forward(self, x, times=1):
        return self.rest(self.first(x)) * self.scale * times

def raises(f):
    try:
        print("no error", f())
    except Exception as e:
        print(type(e).__name__, e)
"""

FORMS = {
    "repr": "Net()",
    "repr-lines": """
class Two(torch.nn.Module):
    def extra_repr(self): return "one\\ntwo"
print(Two(), torch.nn.Module(), torch.nn.Sequential(Two(), torch.nn.Sequential()))
""",
    "parameter": "torch.nn.Parameter(torch.ones(2, 3))",
    "parameter-empty": "print(torch.nn.Parameter(), torch.nn.Parameter(torch.ones(1), requires_grad=False))",
    "parameter-of-int": "torch.nn.Parameter(torch.ones(2, dtype=torch.int64))",
    "parameter-shares": """
x = torch.zeros(2); p = torch.nn.Parameter(x); x[0] = 5; print(p, p.is_leaf, p.requires_grad, isinstance(p, torch.Tensor))
""",
    "parameter-op": "print(torch.nn.Parameter(torch.ones(2)) * 2)",
    "parameter-deepcopy": """
import copy
p = torch.nn.Parameter(torch.ones(2)); p.grad = torch.ones(2); q = copy.deepcopy(p); print(q, q.grad, type(q).__name__, q is p)
""",
    "parameter-subclass": """
class Mine(torch.nn.Parameter): pass
p = Mine(torch.ones(1)); print(isinstance(p, torch.nn.Parameter), isinstance(p, Mine), type(p).__name__)
print(isinstance(torch.ones(1), torch.nn.Parameter))
""",
    "buffer": """
m = torch.nn.Module(); m.b = torch.nn.Buffer(torch.ones(2)); m.c = torch.nn.Buffer(torch.ones(1), persistent=False)
print(list(m.state_dict()), [n for n, _ in m.named_buffers()], isinstance(m.b, torch.nn.Buffer), m.b)
""",
    "named": """
n = Net()
print([k for k, _ in n.named_parameters()], [k for k, _ in n.named_buffers()], [k for k, _ in n.named_modules()])
print([k for k, _ in n.named_children()], len(list(n.modules())), len(list(n.children())))
print([k for k, _ in n.named_parameters(prefix="p", recurse=False)], len(list(n.parameters(recurse=False))))
print([k for k, _ in n.rest.named_parameters("q")], [k for k, _ in n.named_modules(prefix="m")])
""",
    "shared": """
a = Affine(1, 1); s = torch.nn.Sequential(a, a); s.extra = a.weight
print([k for k, _ in s.named_parameters()], [k for k, _ in s.named_parameters(remove_duplicate=False)])
print(list(s.state_dict()), len(list(s.modules())), len(list(s.modules(remove_duplicate=False))))
print([k for k, _ in s.named_children()])
""",
    "set-parameter": """
m = Affine(1, 1)
raises(lambda: setattr(m, "weight", torch.ones(1)))
raises(lambda: setattr(m, "weight", 3))
m.weight = None; print(m.weight, list(m.state_dict()))
raises(lambda: setattr(m, "weight", 3))
m.weight = torch.nn.Parameter(torch.ones(1)); print(list(m.state_dict()))
""",
    "set-module": """
m = Net()
raises(lambda: setattr(m, "first", torch.ones(1)))
raises(lambda: setattr(m, "first", 3))
m.first = None; print(m)
m.scale = 3
""",
    "set-buffer": """
m = Net()
raises(lambda: setattr(m, "seen", 3))
m.seen = None; print([k for k, _ in m.named_buffers()])
m.seen = torch.ones(1); print([k for k, _ in m.named_buffers()], list(m.state_dict())[:2])
""",
    "set-kinds-replace-each-other": """
m = torch.nn.Module()
m.x = torch.nn.Parameter(torch.ones(1)); m.y = Affine(1, 1); m.z = 3; m.register_buffer("w", torch.ones(1))
m.y = torch.nn.Parameter(torch.ones(2)); m.z = Affine(1, 1); m.w = Affine(2, 2)
print(sorted(m._parameters), sorted(m._modules), sorted(m._buffers)); print(m)
raises(lambda: setattr(m, "x", Affine(1, 1)))
""",
    "before-init": """
class Early(torch.nn.Module):
    def __init__(self, what):
        self.x = what()
raises(lambda: Early(lambda: torch.nn.Parameter(torch.ones(1))))
raises(lambda: Early(lambda: torch.nn.Module()))
raises(lambda: Early(lambda: 3))
class EarlyBuffer(torch.nn.Module):
    def __init__(self):
        self.register_buffer("x", torch.ones(1))
raises(EarlyBuffer)
class EarlyParameter(torch.nn.Module):
    def __init__(self):
        self.register_parameter("x", None)
raises(EarlyParameter)
""",
    "register-parameter": """
m = Affine(1, 1); t = torch.nn.Parameter(torch.ones(1))
for name, p in [("a.b", t), ("", t), (3, t), ("forward", t), ("ok", torch.ones(1)), ("ok", 3), ("i", t)]:
    raises(lambda: m.register_parameter(name, p))
raises(lambda: m.register_parameter("grown", torch.nn.Parameter(torch.ones(1)) * 2))
m.register_parameter("none", None); print(m.none, list(m.state_dict()))
""",
    "register-non-leaf": """
class P(torch.nn.Parameter): pass
x = torch.nn.Parameter(torch.ones(1)); y = x.clone(); y._is_param = True
raises(lambda: Affine(1, 1).register_parameter("q", y))
""",
    "register-buffer": """
m = Affine(1, 1); t = torch.ones(1)
for name, p in [("a.b", t), ("", t), (3, t), ("forward", t), ("ok", 3), ("weight", t)]:
    raises(lambda: m.register_buffer(name, p))
m.register_buffer("none", None); print(m.none, list(m.state_dict()))
m.register_buffer("calls", None); print(list(m.state_dict()))
""",
    "add-module": """
m = Net()
for name, p in [("a.b", Affine(1, 1)), ("", Affine(1, 1)), (3, Affine(1, 1)), ("forward", Affine(1, 1)), ("ok", 3), ("ok", torch.ones(1))]:
    raises(lambda: m.add_module(name, p))
m.add_module("none", None); m.register_module("more", Affine(1, 1)); print(m, m.none)
""",
    "missing-attribute": "raises(lambda: Net().nothing); raises(lambda: delattr(Net(), 'nothing'))",
    "delete": """
m = Net(); del m.first; del m.scale; del m.seen; m.k = 1; del m.k; print(m, list(m.state_dict()), hasattr(m, "k"))
""",
    "init-arguments": "raises(lambda: torch.nn.Module(1)); raises(lambda: torch.nn.Module(a=1))",
    "call-super-init": """
class Other:
    def __init__(self, value): self.value = value
class Both(torch.nn.Module, Other):
    call_super_init = True
    def __init__(self): super().__init__(5)
print(Both().value)
""",
    "no-forward": "raises(lambda: torch.nn.Module()(1)); raises(lambda: torch.nn.ModuleList([Affine(1, 1)])(1))",
    "dir": """
only_torch = ("T_destination", "compile", "dump_patches", "ipu", "mtia", "xpu")
print([n for n in dir(Net()) if not n.startswith("_") and n not in only_torch])
print([n for n in dir(torch.nn.Sequential(Affine(1, 1), Affine(1, 1))) if n.isdigit()])
""",
    "train-eval": """
m = Net(); m.eval(); print([x.training for x in m.modules()]); m.rest.train(); print([x.training for x in m.modules()])
raises(lambda: m.train(1))
""",
    "requires-grad": """
m = Net(); m.first.requires_grad_(False); print([p.requires_grad for p in m.parameters()])
""",
    "zero-grad": """
m = Net(); m(torch.ones(1, 2)).sum().backward(); print(m.first.weight.grad)
m.zero_grad(set_to_none=False); print(m.first.weight.grad); m.zero_grad(); print(m.first.weight.grad)
""",
    "apply": """
def show(m): print(type(m).__name__)
Net().apply(show)
""",
    "dtypes": """
m = Net(); print(m.double().first.weight.dtype, m.first.calls.dtype, m.half().scale, m.bfloat16().scale, m.float().scale)
print(m.to(torch.float64).scale, m.to("cpu").scale, m.to(torch.ones(1)).scale.dtype, m.type(torch.float64).first.calls)
raises(lambda: m.to(torch.int64))
""",
    "dtype-keeps-objects": """
m = Net(); w = m.first.weight; m(torch.ones(1, 2)).sum().backward(); m.double()
print(m.first.weight is w, w.dtype, w.grad.dtype, w.grad)
""",
    "complex": "Affine(1, 1).to(torch.complex64).weight",
    "to-empty": "print(Affine(1, 2).to_empty(device='cpu').weight.shape)",
    "state-dict": """
m = Net(); sd = m.state_dict(); print(sd); print(sd._metadata, type(sd).__name__)
print(list(m.state_dict(prefix="p.")), m.state_dict(prefix="p.")._metadata, m.state_dict(keep_vars=True)["scale"])
""",
    "state-dict-shares": "m = Net(); m.state_dict()['scale'].fill_(7); print(m.scale)",
    "state-dict-positional": "print(list(Net().state_dict({}, 'q.', True)))",
    "load-ok": """
a, b = Net(), Net(); a.scale.data.fill_(9); print(b.load_state_dict(a.state_dict()), b.scale)
""",
    "load-not-dict": "raises(lambda: Net().load_state_dict([1]))",
    "load-problems": """
m = Net(); sd = m.state_dict(); sd["first.weight"] = torch.ones(5); sd["extra"] = torch.ones(1); del sd["scale"]; sd["rest.0.weight"] = 3
sd["rest.7.weight"] = torch.ones(1); sd["nobody.home"] = torch.ones(1)
raises(lambda: m.load_state_dict(sd))
raises(lambda: m.load_state_dict(sd, strict=False))
""",
    "load-not-strict": """
m = Net(); sd = m.state_dict(); sd["extra"] = torch.ones(1); del sd["scale"]; r = m.load_state_dict(sd, strict=False)
print(r, r.missing_keys, r.unexpected_keys)
""",
    "load-one-element": """
m = Net(); sd = m.state_dict(); sd["scale"] = torch.tensor([4.]); print(m.load_state_dict(sd), m.scale)
""",
    "load-casts": """
m = Net(); sd = {k: v.double() for k, v in m.state_dict().items()}; m.load_state_dict(sd); print(m.scale.dtype)
""",
    "load-assign": """
m = Net(); sd = {k: v.double() for k, v in m.state_dict().items()}; m.scale.requires_grad_(False); print(m.load_state_dict(sd, assign=True))
print(m.scale, m.first.weight.dtype, m.first.weight.requires_grad, type(m.first.calls).__name__)
""",
    "load-into-none": """
m = Affine(1, 1, bias=False); raises(lambda: m.load_state_dict(Affine(1, 1).state_dict()))
""",
    "extra-state": """
class E(torch.nn.Module):
    def get_extra_state(self): return {"a": 1}
    def set_extra_state(self, s): print("got", s)
m = torch.nn.Sequential(E()); print(m.state_dict()); print(m.load_state_dict(m.state_dict()))
raises(lambda: m.load_state_dict({})); raises(lambda: torch.nn.Sequential(Affine(1, 1)).load_state_dict(m.state_dict()))
""",
    "state-hooks": """
m = Net()
m.register_state_dict_pre_hook(lambda mod, prefix, keep: print("pre", type(mod).__name__, repr(prefix), keep))
m.register_state_dict_post_hook(lambda mod, sd, prefix, meta: sd.pop("scale") and None)
m._register_state_dict_hook(lambda mod, sd, prefix, meta: dict(sd, added=1))
print(list(m.state_dict()))
m.register_load_state_dict_pre_hook(lambda mod, sd, prefix, meta, strict, miss, unexp, err: print("load", type(mod).__name__, prefix, strict))
m.register_load_state_dict_post_hook(lambda mod, keys: keys.missing_keys.clear())
sd = Net().state_dict(); del sd["scale"]; print(m.load_state_dict(sd))
""",
    "state-hook-errors": """
m = Net(); f = lambda mod, sd, prefix, meta: 3
m.register_state_dict_post_hook(f); raises(lambda: m.state_dict()); raises(lambda: m._register_state_dict_hook(f))
m2 = Net(); m2.register_load_state_dict_post_hook(lambda m, k: 3); raises(lambda: m2.load_state_dict(Net().state_dict()))
""",
    "get": """
m = Net(); print(m.get_submodule("rest.1"), m.get_submodule("") is m, m.get_parameter("rest.1.bias"), m.get_buffer("first.calls"))
for f in (lambda: m.get_submodule("rest.9"), lambda: m.get_submodule("scale"), lambda: m.get_parameter("rest.1"),
          lambda: m.get_parameter("first.nix"), lambda: m.get_buffer("scale"), lambda: m.get_buffer("a.b")):
    raises(f)
""",
    "set-submodule": """
m = Net(); m.set_submodule("rest.0", Affine(3, 3)); m.set_submodule("new", Affine(1, 1)); print(m)
for f in (lambda: m.set_submodule("", m), lambda: m.set_submodule("x", 3), lambda: m.set_submodule("y.z", Affine(1, 1)),
          lambda: m.set_submodule("nix", Affine(1, 1), strict=True), lambda: m.set_submodule("scale", Affine(1, 1))):
    raises(f)
""",
    "pickle": """
import pickle, copy
m = torch.nn.Sequential(torch.nn.ModuleList(), torch.nn.ParameterList([torch.ones(2)])); n = pickle.loads(pickle.dumps(m)); print(n)
m = Net(); n = copy.deepcopy(m); n.scale.data.fill_(5.); print(m.scale, n.scale, n.training, n(torch.ones(1, 2)), m is not n)
print(n.first.weight.is_leaf, n.first.weight.requires_grad, type(n.first.weight).__name__)
""",
    "share-memory": "m = Net().share_memory(); print(m.scale)",
    # ------------------------------------------------------------------ hooks
    "forward-hooks": """
m = Affine(2, 1); x = torch.ones(1, 2)
h1 = m.register_forward_pre_hook(lambda mod, a: print("pre", a))
h2 = m.register_forward_pre_hook(lambda mod, a: (a[0] * 2,), prepend=True)
h3 = m.register_forward_hook(lambda mod, a, out: print("post", a, out))
h4 = m.register_forward_hook(lambda mod, a, out: out + 100)
print(m(x)); h1.remove(); h3.remove(); print(m(x)); h2.remove(); h4.remove(); print(m(x), len(m._forward_hooks))
""",
    "forward-hooks-single": """
m = Affine(2, 1); m.register_forward_pre_hook(lambda mod, a: a[0] * 0); print(m(torch.ones(1, 2)))
""",
    "forward-hooks-kwargs": """
m = Net(); x = torch.ones(1, 2)
m.register_forward_pre_hook(lambda mod, a, k: (a, {**k, "times": 3}), with_kwargs=True)
m.register_forward_hook(lambda mod, a, k, out: print(k, out), with_kwargs=True)
print(m(x, times=2))
n = Net(); n.register_forward_pre_hook(lambda mod, a, k: a, with_kwargs=True); raises(lambda: n(x))
""",
    "forward-hook-always": """
class Bad(torch.nn.Module):
    def forward(self, x): raise ValueError("bad")
m = Bad(); m.register_forward_hook(lambda mod, a, out: print("always", out), always_call=True)
m.register_forward_hook(lambda mod, a, out: print("never", out)); raises(lambda: m(1))
""",
    "hook-context": """
m = Affine(1, 1)
with m.register_forward_hook(lambda *a: print("hook")): m(torch.ones(1, 1))
m(torch.ones(1, 1))
""",
    "global-hooks": """
from importlib import import_module
mm = torch.nn.modules.module if hasattr(torch.nn, "modules") else torch.nn.hooks
h = [mm.register_module_forward_pre_hook(lambda mod, a: print("pre", type(mod).__name__)),
     mm.register_module_forward_hook(lambda mod, a, o: print("post", type(mod).__name__)),
     mm.register_module_full_backward_hook(lambda mod, gi, go: print("back", type(mod).__name__, go)),
     mm.register_module_full_backward_pre_hook(lambda mod, go: print("backpre", type(mod).__name__)),
     mm.register_module_parameter_registration_hook(lambda mod, n, p: print("par", n)),
     mm.register_module_buffer_registration_hook(lambda mod, n, p: print("buf", n)),
     mm.register_module_module_registration_hook(lambda mod, n, p: print("mod", n))]
try:
    Net()(torch.ones(1, 2, requires_grad=True)).sum().backward()
finally:
    [x.remove() for x in h]
Net()(torch.ones(1, 2)).sum().backward()
""",
    "backward-hooks": """
m = Net(); x = torch.ones(1, 2, requires_grad=True)
m.first.register_full_backward_hook(lambda mod, gi, go: print("first", gi, go))
m.rest[0].register_full_backward_hook(lambda mod, gi, go: (gi[0] * 10,))
m.rest[1].register_full_backward_pre_hook(lambda mod, go: (go[0] * 3,))
m.rest[1].register_full_backward_hook(lambda mod, gi, go: print("last", gi, go))
y = m(x); print(y); y.sum().backward(); print(x.grad, m.first.weight.grad, m.rest[1].bias.grad)
""",
    "backward-hook-many": """
class Two(torch.nn.Module):
    def forward(self, a, b, n): return a * b, a + n, 5
m = Two(); m.register_full_backward_hook(lambda mod, gi, go: print(gi, go))
a, b = torch.ones(2, requires_grad=True), torch.ones(2)
p, q, r = m(a, b, 3); print(p.requires_grad, r); (p.sum() + q.sum()).backward(); print(a.grad)
p, q, r = m(a, b, 3); p.sum().backward(); print(a.grad)
""",
    "backward-hook-no-input-grad": """
m = Affine(2, 1); m.register_full_backward_hook(lambda mod, gi, go: print(gi, go)); m(torch.ones(1, 2)).sum().backward()
print(m.weight.grad)
""",
    "backward-hook-errors": """
m = Affine(2, 1); m.register_full_backward_hook(lambda *a: None); raises(lambda: m.register_backward_hook(lambda *a: None))
m = Affine(2, 1); m.register_backward_hook(lambda *a: None); raises(lambda: m.register_full_backward_hook(lambda *a: None))
x = torch.ones(1, 2, requires_grad=True)
m = Affine(2, 1); m.register_full_backward_hook(lambda mod, gi, go: (1, 2)); raises(lambda: m(x).sum().backward())
m = Affine(2, 1); m.register_full_backward_pre_hook(lambda mod, go: (1, 2)); raises(lambda: m(x).sum().backward())
""",
    "backward-hook-odd-output": """
class D(torch.nn.Module):
    def forward(self, x): return {"y": x * 2}
m = D(); m.register_full_backward_hook(lambda mod, gi, go: print("never"))
print(m(torch.ones(1, requires_grad=True)))
""",
    "backward-hook-old": """
class Mul(torch.nn.Module):
    def forward(self, a, b): return a * b
m = Mul(); m.register_backward_hook(lambda mod, gi, go: print(gi, go))
a = torch.ones(1, requires_grad=True); c = a * 2; m(c, c * 3).sum().backward(); print(a.grad)
""",
    # ------------------------------------------------------------------ containers
    "sequential": """
s = torch.nn.Sequential(Affine(1, 2), Affine(2, 3), Affine(3, 1)); print(len(s), s[0], s[-1], s[1:], s[::2])
s.append(Affine(1, 1)); s.insert(1, Affine(2, 2)); print(s); print(s.pop(1), len(s)); del s[-1]; del s[0:1]; print(s)
s[0] = Affine(9, 9); print(s, [type(m).__name__ for m in s]); s.extend([Affine(1, 1)]); print(s)
""",
    "sequential-dict": """
from collections import OrderedDict
s = torch.nn.Sequential(OrderedDict(a=Affine(1, 2), b=Affine(2, 1))); print(s, s.a, s[1], s[:1], list(s.state_dict()))
s.append(Affine(1, 1)); print(s)
""",
    "sequential-arithmetic": """
a, b = torch.nn.Sequential(Affine(1, 1)), torch.nn.Sequential(Affine(2, 2)); print(a + b, a * 2, 2 * a); a += b; print(a); b *= 3; print(b)
""",
    "sequential-errors": """
s = torch.nn.Sequential(Affine(1, 1))
for f in (lambda: s[5], lambda: s[-3], lambda: s["a"], lambda: s + 3, lambda: s.insert(7, Affine(1, 1)),
          lambda: s.append(3), lambda: s.extend(3), lambda: s.pop(9), lambda: torch.nn.Sequential(3)):
    raises(f)
for n in (0, 1.5, -1):
    try: s * n
    except Exception as e: print(type(e).__name__, str(e).split("for")[0])
""",
    "module-list": """
l = torch.nn.ModuleList([Affine(1, 1), Affine(1, 1), Affine(2, 2)]); print(l, len(l), l[0], l[-1], l[1:])
l.append(Affine(3, 3)); l.insert(0, Affine(4, 4)); l += [Affine(5, 5)]; print(l + [Affine(6, 6)]); print(l.pop(0)); del l[0]; print(l)
l[0] = Affine(7, 7); print([k for k, _ in l.named_parameters()]); print(torch.nn.ModuleList()); del l[0:2]; print(l, l.extend([]))
for f in (lambda: l[9], lambda: l.extend(3), lambda: torch.nn.ModuleList([3])): raises(f)
""",
    "module-dict": """
d = torch.nn.ModuleDict({"b": Affine(1, 1), "a": Affine(2, 2)}); d["c"] = Affine(3, 3); print(d, len(d), "a" in d, list(d), list(d.keys()))
print(d.pop("b"), list(d.items())); d.update([("z", Affine(4, 4))]); d.update(torch.nn.ModuleDict({"y": Affine(5, 5)})); print(d)
del d["a"]; print(list(d.values())); d.clear(); print(d)
for f in (lambda: d.update(3), lambda: d.update([3]), lambda: d.update([(1, 2, 3)]), lambda: d["nix"], lambda: d.__setitem__("k", 3),
          lambda: d.__setitem__("forward", Affine(1, 1))): raises(f)
""",
    "parameter-list": """
l = torch.nn.ParameterList([torch.nn.Parameter(torch.ones(2)), torch.zeros(1, 3), "text"]); print(l, len(l), l[0], l[-1], l[1:])
l.append(torch.ones(1)); l += [torch.ones(2)]; l[0] = torch.ones(5); print(l, [k for k, _ in l.named_parameters()], list(l.state_dict()))
for f in (lambda: l[9], lambda: l.extend(3), lambda: l.extend(torch.ones(1)), lambda: l(1)): raises(f)
""",
    "parameter-dict": """
d = torch.nn.ParameterDict({"b": torch.ones(2), "a": torch.nn.Parameter(torch.ones(1, 2))}); d["c"] = torch.zeros(3); print(d, len(d), list(d), "a" in d)
print(d.pop("b"), d.get("nix"), d.get("a"), d.setdefault("q", torch.ones(1)), d.popitem(), list(d.items()), list(d.values()), list(d.keys()))
print(d | {"n": torch.ones(1)}, list(reversed(d)), d.copy(), d.fromkeys(["x"], torch.ones(1))); d |= {"o": torch.ones(1)}; print(d); del d["o"]
d.update([("k", torch.ones(1))]); print(list(d.state_dict())); d.clear(); print(d)
for f in (lambda: d.update(3), lambda: d.update([3]), lambda: d.update([(1, 2, 3)]), lambda: d[3], lambda: d(1)): raises(f)
""",
    # ------------------------------------------------------------------ lazy
    "lazy": """
p = torch.nn.UninitializedParameter(); print(p, p.dtype, p.device, p.requires_grad, torch.nn.parameter.is_lazy(p))
raises(lambda: p.shape); raises(lambda: p.share_memory_()); p.materialize((2, 3)); print(p.shape, type(p).__name__, torch.nn.parameter.is_lazy(p))
b = torch.nn.UninitializedBuffer(); print(b); b.materialize((1,)); print(b.shape, type(b).__name__)
""",
    "lazy-module": """
from importlib import import_module
import copy
lazy = import_module(torch.__name__ + (".nn.modules.lazy" if torch.__name__ == "torch" else ".nn.lazy"))
class LazyAffine(lazy.LazyModuleMixin, torch.nn.Module):
    cls_to_become = Affine
    def __init__(self):
        super().__init__(); self.weight = torch.nn.UninitializedParameter(); self.register_parameter("bias", None)
        self.i = self.o = 0
    def initialize_parameters(self, x):
        if self.has_uninitialized_params():
            with torch.no_grad(): self.weight.materialize((1, x.shape[-1])); self.weight.fill_(2.)
    forward = Affine.forward
m = LazyAffine(); print(m, m.state_dict(), m.has_uninitialized_params()); m.double(); c = copy.deepcopy(m)
print(m(torch.ones(1, 3, dtype=torch.float64)), type(m).__name__, m.weight.dtype, list(m._forward_pre_hooks))
n = LazyAffine(); n.load_state_dict({"weight": torch.ones(1, 4)}); print(n.weight)
class Wrong(LazyAffine):
    def initialize_parameters(self, x): pass
raises(lambda: Wrong()(torch.ones(1)))
raises(lambda: lazy.LazyModuleMixin.initialize_parameters(n))
""",
}


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_form(code: str) -> None:
    compare_form(SETUP + code)


# ------------------------------------------------------------------------------------------- nn.init
INITS = [
    ("uniform_", {}), ("uniform_", {"a": -2.0, "b": 3.0}), ("normal_", {}), ("normal_", {"mean": 1.0, "std": 2.0}),
    ("trunc_normal_", {}), ("trunc_normal_", {"a": -0.5, "b": 0.5}), ("trunc_normal_", {"a": 2.0, "b": 4.0}),
    ("trunc_normal_", {"mean": 9.0}), ("constant_", {"val": 3.5}), ("ones_", {}), ("zeros_", {}), ("eye_", {}), ("dirac_", {}),
    ("dirac_", {"groups": 2}), ("xavier_uniform_", {}), ("xavier_uniform_", {"gain": 2.0}), ("xavier_normal_", {}),
    ("kaiming_uniform_", {}), ("kaiming_uniform_", {"a": 5**0.5}), ("kaiming_uniform_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", {}), ("kaiming_normal_", {"nonlinearity": "tanh"}), ("kaiming_normal_", {"mode": "nix"}),
    ("kaiming_normal_", {"nonlinearity": "nix"}), ("orthogonal_", {}), ("orthogonal_", {"gain": 2.0}), ("sparse_", {"sparsity": 0.3}),
    ("sparse_", {"sparsity": 0.5, "std": 2.0}), ("uniform", {}), ("xavier_normal", {}), ("constant", {"val": 1.0}),
]  # fmt: skip


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (4, 2, 3), (4, 2, 3, 3), (2, 2, 2, 2, 3), (5,), (0, 3)], ids=str)
@pytest.mark.parametrize(("name", "options"), INITS, ids=lambda v: str(v).replace(" ", ""))
def test_init(name: str, options: dict, shape: tuple[int, ...]) -> None:
    def run(m):
        m.manual_seed(3)
        p = m.nn.Parameter(m.zeros(shape))
        result = getattr(m.nn.init, name)(p, **options)
        return result, result is p, p.requires_grad, m.rand(1)

    compare(run, rtol=2e-5 if name == "orthogonal_" else None, strides="")


def test_init_with_generator() -> None:
    def run(m):
        g = m.Generator().manual_seed(5)
        return [
            m.nn.init.kaiming_uniform_(m.zeros(2, 3), generator=g), m.nn.init.normal_(m.zeros(2), generator=g),
            m.nn.init.xavier_uniform_(m.zeros(2, 3, dtype=m.float64), generator=g), m.nn.init.trunc_normal_(m.zeros(3), generator=g),
        ]  # fmt: skip

    compare(run)


@pytest.mark.parametrize(
    "arguments",
    [("linear",), ("conv2d",), ("sigmoid",), ("tanh",), ("relu",), ("leaky_relu",), ("leaky_relu", 0.2), ("selu",),
     ("leaky_relu", "a"), ("leaky_relu", True), ("nix",)],
    ids=str,
)  # fmt: skip
def test_calculate_gain(arguments: tuple) -> None:
    compare(lambda m: m.nn.init.calculate_gain(*arguments))


# ------------------------------------------------------------------------------------------- nn.utils
GRADS = """
def made():
    ps = [torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(2, 2)), torch.nn.Parameter(torch.zeros(1))]
    ps[0].grad = torch.tensor([3., -4.]); ps[1].grad = torch.tensor([[1., 2.], [3., inf if bad else 4.]])
    return ps
def show(ps): print([p.grad for p in ps])
bad = False; u = torch.nn.utils
"""
UTILS = {
    "norm": "for n in (2, 1, 3., inf): ps = made(); print(u.clip_grad_norm_(ps, 1.0, n)); show(ps)",
    "norm-large": "ps = made(); print(u.clip_grad_norm_(ps, 100.)); show(ps)",
    "norm-one": "ps = made(); print(u.clip_grad_norm_(ps[0], 1.0)); show(ps)",
    "norm-none": "print(u.clip_grad_norm_([torch.nn.Parameter(torch.ones(1))], 1.), u.clip_grad_norm_([], 1.))",
    "norm-generator": "u.clip_grad_norm_((p for p in []), 1.)",
    "norm-inf": "bad = True; ps = made(); print(u.clip_grad_norm_(ps, 1.)); show(ps)",
    "norm-error": "bad = True; u.clip_grad_norm_(made(), 1., error_if_nonfinite=True)",
    "norm-old": "ps = made(); u.clip_grad_norm(ps, 1.); show(ps)",
    "total": "print(u.get_total_norm([p.grad for p in made()[:2]]), u.get_total_norm([]))",
    "value": "ps = made(); print(u.clip_grad_value_(ps, 2.5)); show(ps); u.clip_grad_value_(ps[0], 1); show(ps)",
    "vector": "ps = made(); v = u.parameters_to_vector(ps); print(v); u.vector_to_parameters(torch.arange(7.), ps); print(ps)",
    "vector-error": "u.vector_to_parameters(3, made())",
}


@pytest.mark.parametrize("code", UTILS.values(), ids=UTILS.keys())
def test_utils(code: str) -> None:
    compare_form(GRADS + code)


RNN = """
r = torch.nn.utils.rnn
seqs = [torch.tensor([1., 2., 3.]), torch.tensor([4.]), torch.tensor([5., 6.])]
wide = [torch.arange(6.).reshape(3, 2), torch.arange(2.).reshape(1, 2)]
"""
PACKING = {
    "pad": "print(r.pad_sequence(seqs), r.pad_sequence(seqs, batch_first=True, padding_value=-1), r.pad_sequence(wide))",
    "pad-left": "print(r.pad_sequence(seqs, batch_first=True, padding_side='left'))",
    "pad-errors-side": "r.pad_sequence(seqs, padding_side='up')",
    "pad-errors-none": "r.pad_sequence(3)",
    "pad-errors-empty": "r.pad_sequence([])",
    "pack": "p = r.pack_padded_sequence(r.pad_sequence(wide), torch.tensor([3, 1])); print(p); print(r.pad_packed_sequence(p))",
    "pack-batch-first": """
p = r.pack_padded_sequence(r.pad_sequence(wide, True), [3, 1], batch_first=True); print(p); print(r.pad_packed_sequence(p, True, 9., 5))
""",
    "pack-unsorted": """
p = r.pack_padded_sequence(r.pad_sequence(seqs), [3, 1, 2], enforce_sorted=False); print(p); print(r.pad_packed_sequence(p))
print(r.unpack_sequence(p), r.pack_sequence(seqs, enforce_sorted=False))
""",
    "pack-not-sorted": "r.pack_padded_sequence(r.pad_sequence(seqs), [3, 1, 2])",
    "pack-zero": "r.pack_padded_sequence(r.pad_sequence(wide), [3, 0])",
    "pack-wrong-count": "r.pack_padded_sequence(r.pad_sequence(wide), [3])",
    "pad-packed-short": "r.pad_packed_sequence(r.pack_sequence(wide), total_length=1)",
    "unpad": "print(r.unpad_sequence(r.pad_sequence(seqs), torch.tensor([3, 1, 2])))",
    "convert": "p = r.pack_sequence(wide); print(p.double(), p.to(torch.float64).data.dtype, p.is_cuda, p.float() is p, p.long())",
    "manual": "print(r.PackedSequence(torch.ones(3), torch.tensor([2, 1])), r.PackedSequence((torch.ones(3), torch.tensor([2, 1]))))",
    "invert": "print(r.invert_permutation(torch.tensor([2, 0, 1])), r.invert_permutation(None))",
    "gradient": """
x = torch.arange(8.).reshape(4, 2).requires_grad_(); p = r.pack_padded_sequence(x, [4, 2]); y, n = r.pad_packed_sequence(p)
(y * torch.arange(8.).reshape(4, 2)).sum().backward(); print(x.grad)
""",
}


@pytest.mark.parametrize("code", PACKING.values(), ids=PACKING.keys())
def test_packing(code: str) -> None:
    compare_form(RNN + code)
