"""What programs print about views, hooks, saved tensors, custom functions, derivatives of functions and memory formats.

``FORMS`` maps a name to code that `test_autograd` runs on both sides; the code is written as people write it.
"""

from __future__ import annotations

FORMS: dict[str, str] = {}
VIEWS = [
    "x.split(2)",
    "x.split([1,3])",
    "x.unbind(0)",
    "x.chunk(2)",
    "x.tensor_split(2)",
    "torch.hsplit(x, 2)",
    "x.unsafe_split(2)",
    "x.unsafe_chunk(2)",
    "torch.vsplit(x,2)",
    "x.split_with_sizes([1,3])",
    "list(x)",
    "x.dsplit(1) if x.dim()>2 else x.unbind(1)",
]
for v in VIEWS:
    FORMS[f"multi inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}; print(vs[0].grad_fn.name(), vs[0].output_nr, vs[1 if len(vs)>1 else 0]._base is x)\nvs[0].mul_(2)"
    )
    FORMS[f"multi base inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nx.mul_(2)\nprint(vs[0].requires_grad)\nprint(vs[0].grad_fn)"
    )
    FORMS[f"multi base inplace use {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nx.mul_(2)\n(vs[0]*2).sum().backward()\nprint(w.grad)"
    )
    FORMS[f"multi base inplace print {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nx.mul_(2)\nprint(vs[0])"
    )
    FORMS[f"multi nograd inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nwith torch.no_grad(): vs = {v}\nvs[0].mul_(2)"
    )
    FORMS[f"multi no requires grad inplace {v}"] = (
        f"x = torch.ones(4, 4)\nvs = {v}\nvs[0].mul_(2); print(x)\nw=torch.ones(1,requires_grad=True)\nvs[0].mul_(w)"
    )
    FORMS[f"multi plain base then w {v}"] = (
        f"x = torch.ones(4, 4)\nvs = {v}\nw=torch.ones(1,requires_grad=True)\nx.mul_(w)\nprint(vs[0].requires_grad)\nvs[0].sum().backward()\nprint(w.grad)"
    )
    FORMS[f"multi leaf inplace {v}"] = f"x = torch.ones(4, 4, requires_grad=True)\nvs = {v}\nvs[0].mul_(2)"
    FORMS[f"multi leaf inplace nograd {v}"] = (
        f"x = torch.ones(4, 4, requires_grad=True)\nvs = {v}\nwith torch.no_grad(): vs[0].mul_(2)\nprint(x, vs[0], vs[1 if len(vs)>1 else 0])"
    )
    FORMS[f"multi view of view {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0][0].mul_(2)"
    )
    FORMS[f"multi detached {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0].detach().mul_(2); print(x, x._version)\n(x*x).sum().backward(); print(w.grad)"
    )
    FORMS[f"multi detach_ {v}"] = f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0].detach_()"
    FORMS[f"multi setitem {v}"] = f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0][0] = 3."
    FORMS[f"multi copy_ {v}"] = f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0].copy_(vs[0]*2)"
    FORMS[f"multi zero_ {v}"] = f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0].zero_()"
    FORMS[f"multi fill_ {v}"] = f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nvs = {v}\nvs[0].fill_(1.)"
    FORMS[f"multi requires_grad_ {v}"] = (
        f"x = torch.ones(4, 4)\nvs = {v}\nvs[0].requires_grad_(); print(vs[0].is_leaf)\nvs[0].mul_(2)"
    )
for v in [
    "x[0]",
    "x.view(-1)",
    "x.t()",
    "x.detach()",
    "x.diagonal()",
    "x.expand(2,4,4)",
    "x.unfold(0,2,1)",
    "x.narrow(0,1,2)",
    "x.as_strided((2,2),(1,1))",
    "x.unsqueeze(0)",
    "x.real",
    "x.select(0,1)",
    "x.permute(1,0)",
    "x.movedim(0,1)",
    "x.squeeze()",
    "x.flatten()",
    "x.view_as(x)",
    "x.reshape(16)",
    "x.mT",
    "x.alias() if hasattr(x,'alias') else x[:]",
]:
    FORMS[f"nograd view inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nwith torch.no_grad(): v = {v}\nprint(v.requires_grad, v.grad_fn, v._base is x)\nv.mul_(2)"
    )
    FORMS[f"nograd view base inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nwith torch.no_grad(): v = {v}\nx.mul_(2)\nprint(v.requires_grad)\nprint(v.grad_fn)"
    )
    FORMS[f"nograd view nograd inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nwith torch.no_grad():\n    v = {v}\n    v.mul_(2)\nprint(v.requires_grad, v.grad_fn, x._version)\nx.sum().backward(); print(w.grad)"
    )
    FORMS[f"leaf view nograd inplace {v}"] = (
        f"x = torch.ones(4, 4, requires_grad=True)\nv = {v}\nwith torch.no_grad(): v.mul_(2)\nprint(v.requires_grad, v.grad_fn is None, x._version, v)"
    )
    FORMS[f"leaf view inplace {v}"] = f"x = torch.ones(4, 4, requires_grad=True)\nv = {v}\nv.mul_(2)"
    FORMS[f"leaf nograd view inplace {v}"] = (
        f"x = torch.ones(4, 4, requires_grad=True)\nwith torch.no_grad(): v = {v}\nv.mul_(2)"
    )
    FORMS[f"view inplace grads {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nv = {v}\nv.mul_(3)\nprint(v.grad_fn.name() if v.grad_fn else None, x.grad_fn.name())\n(x*x).sum().backward(); print(w.grad)"
    )
    FORMS[f"view base inplace {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nv = {v}\nx.mul_(3)\nprint(v.grad_fn.name() if v.grad_fn else None, x.grad_fn.name())\n(v*v).sum().backward(); print(w.grad)"
    )
    FORMS[f"inference view {v}"] = (
        f"x = torch.ones(4, 4)\nwith torch.inference_mode(): v = {v}\nprint(v.is_inference(), v.requires_grad, v._is_view(), v._base is x)\nprint(v._version if not v.is_inference() else 'none')\nv.mul_(2)\nprint(x._version)"
    )
    FORMS[f"grad view inference {v}"] = (
        f"w = torch.ones(4, 4, requires_grad=True); x = w * 1\nwith torch.inference_mode(): v = {v}\nprint(v.is_inference(), v.requires_grad, v._is_view())\nv.mul_(2)"
    )
FORMS |= {
    "inference save": "x=torch.ones(2,requires_grad=True)\nwith torch.inference_mode(): y=torch.ones(2)\n(x*y)",
    "inference save ok": "x=torch.ones(2,requires_grad=True)\nwith torch.inference_mode(): y=torch.ones(2)\n(x+y).sum().backward(); x.grad",
    "inference inplace": "with torch.inference_mode(): y=torch.ones(2)\ny.add_(1)",
    "inference inplace inside": "with torch.inference_mode():\n    y=torch.ones(2); y.add_(1)\nprint(y, y.is_inference(), y.requires_grad)",
    "inference version": "with torch.inference_mode(): y=torch.ones(2)\ny._version",
    "inference requires_grad": "with torch.inference_mode(): y=torch.ones(2)\ny.requires_grad_()",
    "inference requires_grad inside": "with torch.inference_mode(): y=torch.ones(2, requires_grad=True); print(y.requires_grad, y.is_leaf)",
    "inference clone": "with torch.inference_mode(): y=torch.ones(2)\nz=y.clone(); print(z.is_inference(), z._version); z.add_(1); z.requires_grad_()",
    "inference setattr": "with torch.inference_mode(): y=torch.ones(2)\ny.requires_grad=True",
    "inference backward": "x=torch.ones(2,requires_grad=True)\nwith torch.inference_mode():\n    y=(x*2).sum(); print(y.requires_grad)\n    y.backward()",
    "inference normal inplace": "x=torch.ones(2)\nwith torch.inference_mode():\n    x.add_(1); print(x._version, x.is_inference())",
    "inference leaf inplace": "x=torch.ones(2, requires_grad=True)\nwith torch.inference_mode():\n    x.add_(1); print(x._version, x.is_inference(), x.requires_grad, (x*2).requires_grad)",
    "inference nested": "with torch.inference_mode():\n    with torch.inference_mode(False): a=torch.ones(1, requires_grad=True); b=a*2; print(b.requires_grad, b.is_inference(), torch.is_grad_enabled())\n    print(torch.is_grad_enabled())",
    "inference enable_grad": "x=torch.ones(2,requires_grad=True)\nwith torch.inference_mode():\n    with torch.enable_grad(): y=x*2; print(y.requires_grad, y.is_inference(), torch.is_grad_enabled())",
    "inference deco": "@torch.inference_mode()\ndef f(x): return x*2\ny=f(torch.ones(2,requires_grad=True)); print(y.is_inference(), y)",
    "inference deco2": "@torch.inference_mode\ndef f(x): return x*2\ny=f(torch.ones(2,requires_grad=True)); print(y.is_inference(), y)",
    "inference grad set": "x=torch.ones(2,requires_grad=True)\nwith torch.inference_mode(): g=torch.ones(2)\nx.grad=g; (x*2).sum().backward(); print(x.grad)",
    "inference view of": "with torch.inference_mode(): y=torch.ones(2)\nv=y[0]; print(v.is_inference())\nv.add_(1)",
    "inference detach": "with torch.inference_mode(): y=torch.ones(2)\nv=y.detach(); print(v.is_inference())",
    "inference add": "with torch.inference_mode(): y=torch.ones(2)\nv=y+1; print(v.is_inference(), v._version)",
    "inference numpy": "with torch.inference_mode(): y=torch.ones(2)\nprint(y.numpy(), y.tolist())",
    "inference copy to normal": "with torch.inference_mode(): y=torch.ones(2)\nx=torch.zeros(2); x.copy_(y); x",
    "inference param": "with torch.inference_mode(): l=torch.nn.Linear(2,1)\nprint(l.weight.is_inference(), l.weight.requires_grad)\nl(torch.ones(1,2)).sum().backward()",
    "out inference": "with torch.inference_mode(): y=torch.ones(2)\ntorch.add(torch.ones(2),torch.ones(2),out=y)",
    # hooks
    "hook order": """
x=torch.ones(2,requires_grad=True)
x.register_hook(lambda g: print('h1',g)); x.register_hook(lambda g: (print('h2',g), g*2)[1]); x.register_hook(lambda g: print('h3', g))
x.register_post_accumulate_grad_hook(lambda p: print('post', p.grad))
y=x*3; y.register_hook(lambda g: print('y', g)); y.retain_grad(); y.register_hook(lambda g: g*5)
y.grad_fn.register_hook(lambda gi,go: print('node', gi, go)); y.grad_fn.register_prehook(lambda go: print('pre', go))
y.sum().backward(); print(x.grad, y.grad)""",
    "retain then hook": "x=torch.ones(2,requires_grad=True); y=x*2; y.retain_grad(); y.register_hook(lambda g: g*10); y.sum().backward(); print(y.grad, x.grad)",
    "retain twice backward": "x=torch.ones(2,requires_grad=True); y=x*2; y.retain_grad(); y.sum().backward(retain_graph=True); y.sum().backward(); print(y.grad, x.grad)",
    "retain after inplace": "x=torch.ones(2,requires_grad=True); y=x*2; y.retain_grad(); y.mul_(3); y.sum().backward(); print(y.grad, x.grad)",
    "hook before inplace": "x=torch.ones(2,requires_grad=True); y=x*2; y.register_hook(lambda g: print('old',g)); y.mul_(3); y.register_hook(lambda g: print('new', g)); y.sum().backward(); print(x.grad)",
    "hook none dtype": "x=torch.ones(2,requires_grad=True); x.register_hook(lambda g: torch.ones(3)); (x*2).sum().backward()",
    "hook dtype": "x=torch.ones(2,requires_grad=True); x.register_hook(lambda g: g.double()); (x*2).sum().backward()",
    "hook nontensor": "x=torch.ones(2,requires_grad=True); x.register_hook(lambda g: 3); (x*2).sum().backward()",
    "hook raise": "x=torch.ones(2,requires_grad=True)\ndef h(g): raise ValueError('no')\nx.register_hook(h); (x*2).sum().backward()",
    "hook autograd.grad": "x=torch.ones(2,requires_grad=True); x.register_hook(lambda g: g*7); y=x*2; y.register_hook(lambda g: g+1); print(torch.autograd.grad(y.sum(), x))",
    "hook on grad input": "x=torch.ones(2,requires_grad=True); y=x*2; y.register_hook(lambda g: g+1); print(torch.autograd.grad(y.sum(), y)); ",
    "hook retain grad autograd.grad": "x=torch.ones(2,requires_grad=True); y=x*2; y.retain_grad(); print(torch.autograd.grad(y.sum(), x)); print(y.grad)",
    "post acc non leaf": "x=torch.ones(2,requires_grad=True); (x*2).register_post_accumulate_grad_hook(print)",
    "post acc no grad": "torch.ones(2).register_post_accumulate_grad_hook(print)",
    "post acc autograd.grad": "x=torch.ones(2,requires_grad=True); x.register_post_accumulate_grad_hook(lambda p: print('post')); torch.autograd.grad((x*2).sum(), x)",
    "post acc remove": "x=torch.ones(2,requires_grad=True); h=x.register_post_accumulate_grad_hook(lambda p: print('post')); h.remove(); (x*2).sum().backward()",
    "post acc clears": "x=torch.ones(2,requires_grad=True)\ndef h(p): p.grad=None\nx.register_post_accumulate_grad_hook(h); (x*2).sum().backward(); print(x.grad)",
    "post acc returns": "x=torch.ones(2,requires_grad=True)\nx.register_post_accumulate_grad_hook(lambda p: p); (x*2).sum().backward(); print(x.grad)",
    "accumulate hook": "x=torch.ones(2,requires_grad=True); y=x*2; a=y.grad_fn.next_functions[0][0]; print(a.variable is x); a.register_hook(lambda gi,go: print('acc', gi, go)); a.register_prehook(lambda g: (g[0]*2,)); y.sum().backward(); print(x.grad)",
    "accumulate hook gone": "x=torch.ones(2,requires_grad=True); (x*2).grad_fn.next_functions[0][0].register_hook(lambda gi,go: print('acc')); (x*2).sum().backward()",
    "node hook replace": "x=torch.ones(2,requires_grad=True); y=x*2; y.grad_fn.register_hook(lambda gi,go: (gi[0]*3, None)); y.sum().backward(); print(x.grad)",
    "node hook wrong count": "x=torch.ones(2,requires_grad=True); y=x*2; y.grad_fn.register_hook(lambda gi,go: (gi[0]*3,)); y.sum().backward(); print(x.grad)",
    "node hook single": "x=torch.ones(2,requires_grad=True); y=x.exp(); y.grad_fn.register_hook(lambda gi,go: gi[0]*3); y.sum().backward(); print(x.grad)",
    "prehook wrong count": "x=torch.ones(2,requires_grad=True); y=x*2; y.grad_fn.register_prehook(lambda go: (go[0], go[0])); y.sum().backward(); print(x.grad)",
    "node remove": "x=torch.ones(2,requires_grad=True); y=x*2; h=y.grad_fn.register_hook(lambda gi,go: print('a')); h.remove(); y.sum().backward()",
    "node hooks order": "x=torch.ones(2,requires_grad=True); y=x*2; n=y.grad_fn; n.register_prehook(lambda g: print('p1')); y.register_hook(lambda g: print('t1')); n.register_prehook(lambda g: print('p2')); y.register_hook(lambda g: print('t2')); n.register_hook(lambda a,b: print('h1')); n.register_hook(lambda a,b: print('h2')); y.sum().backward()",
    "hook same handle with": "x=torch.ones(2,requires_grad=True)\nwith x.register_hook(lambda g: print('in')): (x*2).sum().backward()\n(x*2).sum().backward()",
    "hook handle type": "x=torch.ones(2,requires_grad=True); h=x.register_hook(print); print(type(h).__name__, type(h).__module__.split('.')[-2:], h.id>=0)",
    "multi grad hook": "a=torch.ones(2,requires_grad=True); b=torch.ones(2,requires_grad=True); c=a*b; h=torch.autograd.graph.register_multi_grad_hook((a,b,c), lambda gs: print(gs)); c.sum().backward(); h.remove()",
    "multi grad hook any": "a=torch.ones(2,requires_grad=True); b=torch.ones(2,requires_grad=True); c=a*b; h=torch.autograd.graph.register_multi_grad_hook((a,b,c), lambda g: print(g), mode='any'); c.sum().backward()",
    "multi grad hook unused": "a=torch.ones(2,requires_grad=True); b=torch.ones(2,requires_grad=True); c=a*2; h=torch.autograd.graph.register_multi_grad_hook((a,b), lambda gs: print(gs)); c.sum().backward()",
    "multi grad hook bad mode": "a=torch.ones(2,requires_grad=True); torch.autograd.graph.register_multi_grad_hook((a,), print, mode='x')",
    "saved_tensors_hooks": """
def pack(t): print('pack', t.shape); return t*10
def unpack(t): print('unpack'); return t
x=torch.ones(2,requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack): y=x*x; z=y.exp()
z.sum().backward(); print(x.grad)""",
    "saved_tensors_hooks disk": """
import io
def pack(t): b=io.BytesIO(); torch.save(t,b); return b.getvalue()
def unpack(v): return torch.load(io.BytesIO(v))
x=torch.ones(3,3,requires_grad=True); w=torch.full((3,3),2.,requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack): y=(x@w).tanh()
y.sum().backward(); print(x.grad, w.grad)""",
    "saved_tensors_hooks inner": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: (print('o'),t)[1], lambda t: t):\n    with torch.autograd.graph.saved_tensors_hooks(lambda t: (print('i'),t)[1], lambda t: t): y=x*x\n    z=y*y\nz.sum().backward(); print(x.grad)",
    "saved_tensors_hooks not tensor": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: 1, lambda t: 'a'): y=x*x\ny.sum().backward()",
    "saved_tensors_hooks disabled": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.disable_saved_tensors_hooks('not now'):\n    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t): y=x*x",
    "saved_tensors_hooks inplace in pack": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t): y=x.exp()*x",
    "save_on_cpu": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.save_on_cpu(): y=x*x\ny.sum().backward(); print(x.grad)",
    "save_on_cpu pin": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.save_on_cpu(pin_memory=False): y=(x*x).sin()\ny.sum().backward(); print(x.grad)",
    "raw saved": "x=torch.ones(2,requires_grad=True); y=x*x; print(y.grad_fn._saved_self, y.grad_fn._saved_other is x)\nz=y.exp(); print(z.grad_fn._saved_result is z, z.grad_fn._saved_result)",
    "raw saved freed": "x=torch.ones(2,requires_grad=True); y=(x*x); y.sum().backward(); y.grad_fn._saved_self",
    "raw saved hooks": "x=torch.ones(2,requires_grad=True); y=x*x; y.grad_fn._raw_saved_self.register_hooks(lambda t: t*2, lambda t: t); y.sum().backward(); print(x.grad)",
    "saved scalar": "x=torch.ones(2,3,requires_grad=True); y=x.sum(1); print(y.grad_fn._saved_dim, y.grad_fn._saved_keepdim, y.grad_fn._saved_self_sym_sizes); z=x**3; print(z.grad_fn._saved_exponent); w=x.softmax(1); print(w.grad_fn._saved_dim)",
    "allow_mutation": "x=torch.ones(2,requires_grad=True)\nwith torch.autograd.graph.allow_mutation_on_saved_tensors():\n    y=x*1; z=y*y; y.mul_(5); z.sum().backward()\nprint(x.grad)",
    "get_gradient_edge": "x=torch.ones(2,requires_grad=True); y=x*2; e=torch.autograd.graph.get_gradient_edge(y); print(e.node.name(), e.output_nr, type(e).__name__); print(torch.autograd.grad(y.sum(), e))",
    "get_gradient_edge leaf": "x=torch.ones(2,requires_grad=True); e=torch.autograd.graph.get_gradient_edge(x); print(e.node.name(), e.output_nr)",
    "get_gradient_edge none": "torch.autograd.graph.get_gradient_edge(torch.ones(1))",
    "increment_version": "x=torch.ones(2); torch.autograd.graph.increment_version(x); print(x._version)",
    "Node class": "x=torch.ones(1,requires_grad=True); y=x*2; print(isinstance(y.grad_fn, torch.autograd.graph.Node), y.grad_fn.metadata, callable(y.grad_fn), repr(y.grad_fn).split(' at')[0])",
    "call node": "x=torch.ones(2,requires_grad=True); y=x*2; print(y.grad_fn(torch.ones(2)))",
    "call node exp": "x=torch.ones(2,requires_grad=True); y=x.exp(); print(y.grad_fn(torch.ones(2)))",
    "call accumulate": "x=torch.ones(2,requires_grad=True); y=x*2; y.grad_fn.next_functions[0][0](torch.ones(2)); print(x.grad)",
    "sequence_nr": "x=torch.ones(1,requires_grad=True); y=x*2; z=y*2; print(z.grad_fn._sequence_nr()-y.grad_fn._sequence_nr())",
    "node metadata": "x=torch.ones(1,requires_grad=True); y=x*2; y.grad_fn.metadata['a']=1; print(y.grad_fn.metadata)",
    "node input metadata": "x=torch.ones(2,requires_grad=True); y=x*2; print(y.grad_fn._input_metadata)",
    "no grad thread": "import threading\nr=[]\nwith torch.no_grad():\n    t=threading.Thread(target=lambda: r.append(torch.is_grad_enabled())); t.start(); t.join()\nprint(r, torch.is_grad_enabled())",
    "no grad generator": "@torch.no_grad()\ndef g():\n    for i in range(2): yield torch.is_grad_enabled()\nfor v in g(): print(v, torch.is_grad_enabled())",
    "no grad class": "import warnings\n@torch.no_grad()\nclass A:\n    def __init__(self): self.g=torch.is_grad_enabled()\nprint(A().g)",
    "no grad nested func": "f=torch.no_grad()(lambda: torch.is_grad_enabled()); print(f())",
    "set_grad_enabled deco": "@torch.set_grad_enabled(False)\ndef f(x): return x*2\nprint(torch.is_grad_enabled(), f(torch.ones(1,requires_grad=True)).requires_grad)",
    "set_grad_enabled str": "torch.set_grad_enabled('a')",
    "repr ctx": "print(torch.set_grad_enabled(True).mode if hasattr(torch.set_grad_enabled(True),'mode') else 0)",
    "grad_mode names": "print(torch.autograd.grad_mode.no_grad is torch.no_grad, torch.autograd.no_grad is torch.no_grad, torch.autograd.inference_mode is torch.inference_mode, torch.autograd.set_grad_enabled is torch.set_grad_enabled, torch.autograd.enable_grad is torch.enable_grad)",
    "forward_ad": "import sys\nfa=torch.autograd.forward_ad\nx=torch.tensor([1.,2.]); t=torch.tensor([1.,0.5])\nwith fa.dual_level():\n    d=fa.make_dual(x,t); y=d**2+d.sin(); p=fa.unpack_dual(y); print(p.primal, p.tangent)\n    print(fa.unpack_dual(x).tangent, type(p).__name__)",
    "accum shares": "x=torch.ones(2,2,requires_grad=True); g=torch.ones(2,2); y=x.view(2,2); x2=torch.zeros(2,2,requires_grad=True); x2.backward(g); print(x2.grad is g, x2.grad.data_ptr()==g.data_ptr())",
    "accum share via view": "x=torch.ones(4,requires_grad=True); g=torch.ones(2,2); x.view(2,2).backward(g); print(x.grad.data_ptr()==g.data_ptr()); g.zero_(); print(x.grad)",
    "accum share add": "x=torch.ones(4,requires_grad=True);y=torch.ones(4,requires_grad=True); (x+y).sum().backward(); print(x.grad.data_ptr()==y.grad.data_ptr()); x.grad.add_(1); print(y.grad, x.grad.stride(), x.grad.is_contiguous())",
    "accum share add2": "x=torch.ones(4,requires_grad=True);y=torch.ones(4,requires_grad=True); g=torch.ones(4); (x+y).backward(g); print(x.grad.data_ptr()==y.grad.data_ptr(), g.data_ptr()==x.grad.data_ptr()); x.grad.add_(1); print(y.grad, g)",
    "accum strides t": "x=torch.ones(2,3,requires_grad=True); (x.t()*torch.arange(6.).view(3,2)).sum().backward(); print(x.grad, x.grad.stride())",
    "accum strides nondense": "x=torch.ones(3,2).t().requires_grad_(); (x*2).sum().backward(); print(x.grad.stride()); (x.t()*torch.ones(3,2)).sum().backward(); print(x.grad.stride())",
    "accum strides expand": "x=torch.ones(3,2,requires_grad=True); x.sum().backward(); print(x.grad.stride())",
    "accum strides nc leaf": "b=torch.ones(4,4); x=b[:, ::2].detach().requires_grad_(); (x*x).sum().backward(); print(x.grad.stride(), x.stride())",
    "accum strides cl": "x=torch.ones(1,2,3,4).to(memory_format=torch.channels_last).requires_grad_(); (x*x).sum().backward(); print(x.grad.stride())",
    "accum strides mm": "x=torch.ones(2,3,requires_grad=True); w=torch.ones(4,3,requires_grad=True); (x@w.t()).sum().backward(); print(x.grad.stride(), w.grad.stride())",
    "accum linear": "x=torch.ones(2,3,requires_grad=True); w=torch.ones(4,3,requires_grad=True); b=torch.ones(4,requires_grad=True); torch.nn.functional.linear(x,w,b).sum().backward(); print(x.grad.stride(), w.grad.stride(), b.grad)",
    "accum inplace same object": "x=torch.ones(2,requires_grad=True); (x*2).sum().backward(); g=x.grad; v=g._version; (x*2).sum().backward(); print(g is x.grad, g, g._version-v)",
    "accum create_graph object": "import warnings; warnings.simplefilter('ignore'); x=torch.ones(2,requires_grad=True); (x**2).sum().backward(create_graph=True); g=x.grad; (x**2).sum().backward(create_graph=True); print(g is x.grad, g, x.grad)",
    "create_graph warning": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always'); x=torch.ones(2,requires_grad=True); (x**2).sum().backward(create_graph=True)\nprint([str(v.message) for v in w])",
    "grad of grad None": "x=torch.ones(2,requires_grad=True); print(x.grad); x.grad=None; del x.grad; print(x.grad)",
    "grad accum dtype param": "x=torch.ones(2,requires_grad=True, dtype=torch.float64); x.float().sum().backward(); print(x.grad.dtype)",
    "unused output grads": "x=torch.tensor([3.,1.,2.],requires_grad=True); v,i=x.sort(); print(v.grad_fn.next_functions[0][1], i.requires_grad); v.sum().backward(); print(x.grad)",
    "backward list": "x=torch.ones(2,requires_grad=True); torch.autograd.backward([x*2,x*3],[torch.ones(2),torch.ones(2)]); print(x.grad)",
    "backward list mismatch": "x=torch.ones(2,requires_grad=True); torch.autograd.backward([x*2,x*3],[torch.ones(2)])",
    "backward empty": "torch.autograd.backward([])",
    "backward none": "torch.autograd.backward(None)",
    "backward number": "torch.autograd.backward(3)",
    "backward int tensor": "torch.ones(1,dtype=torch.long).backward()",
    "backward wrong type grad": "x=torch.ones(2,requires_grad=True); (x*2).backward(3.)",
    "backward list grad": "x=torch.ones(2,requires_grad=True); (x*2).backward([1.,1.])",
    "backward wrong dtype grad": "x=torch.ones(2,requires_grad=True); (x*2).backward(torch.ones(2,dtype=torch.float64)); print(x.grad)",
    "backward int grad": "x=torch.ones(2,requires_grad=True); (x*2).backward(torch.ones(2,dtype=torch.long)); print(x.grad)",
    "backward complex grad": "x=torch.ones(2,requires_grad=True); (x*2).backward(torch.ones(2,dtype=torch.complex64)); print(x.grad)",
    "backward scalar grad expand": "x=torch.ones(2,requires_grad=True); (x*2).backward(torch.tensor(1.)); print(x.grad)",
    "backward complex": "x=torch.ones(2,dtype=torch.complex64,requires_grad=True); (x*2).sum().backward()",
    "backward inputs empty": "x=torch.ones(2,requires_grad=True); (x*2).sum().backward(inputs=[])",
    "backward inputs nonleaf": "x=torch.ones(2,requires_grad=True); y=x*2; (y*3).sum().backward(inputs=[y]); print(y.grad, x.grad)",
    "backward inputs no grad": "x=torch.ones(2,requires_grad=True); (x*2).sum().backward(inputs=[torch.ones(2)])",
    "backward inputs unreachable": "x=torch.ones(2,requires_grad=True); w=torch.ones(2,requires_grad=True); (x*2).sum().backward(inputs=[w]); print(w.grad, x.grad)",
    "backward inputs single": "x=torch.ones(2,requires_grad=True); (x*2).sum().backward(inputs=x); print(x.grad)",
    "backward twice mul": "x=torch.ones(2,requires_grad=True); y=x*x; y.sum().backward(); y.sum().backward()",
    "backward in no_grad": "x=torch.ones(2,requires_grad=True); y=(x*x).sum()\nwith torch.no_grad(): y.backward()\nprint(x.grad)",
    "backward leaf": "x=torch.ones((),requires_grad=True); x.backward(); print(x.grad); x.backward(); print(x.grad)",
    "backward leaf nonscalar": "x=torch.ones(2,requires_grad=True); x.backward()",
    "backward leaf 1el": "x=torch.ones(1,1,requires_grad=True); x.backward(); print(x.grad)",
    "grad leaf itself": "x=torch.ones((),requires_grad=True); print(torch.autograd.grad(x,x))",
    "grad not used": "x=torch.ones((),requires_grad=True); y=torch.ones((),requires_grad=True); torch.autograd.grad(x*2,y)",
    "grad not tensor": "torch.autograd.grad(3, torch.ones(1,requires_grad=True))",
    "grad input not tensor": "x=torch.ones(1,requires_grad=True); torch.autograd.grad(x*2, 3)",
    "grad no grad input": "x=torch.ones(1,requires_grad=True); torch.autograd.grad(x*2, torch.ones(1))",
    "grad non scalar": "x=torch.ones(2,requires_grad=True); torch.autograd.grad(x*2, x)",
    "grad empty inputs": "x=torch.ones(1,requires_grad=True); torch.autograd.grad(x*2, [])",
    "grad empty outputs": "x=torch.ones(1,requires_grad=True); torch.autograd.grad([], [x])",
    "grad materialize allow false": "x=torch.ones(1,requires_grad=True); torch.autograd.grad(x*2, x, allow_unused=False, materialize_grads=True)",
    "grad wrong shape": "x=torch.ones(2,requires_grad=True); torch.autograd.grad(x*2, x, torch.ones(3))",
    "grad wrong n": "x=torch.ones(2,requires_grad=True); torch.autograd.grad([x*2, x*3], x, [torch.ones(2)])",
    "grad none in grads": "x=torch.ones(1,requires_grad=True); print(torch.autograd.grad([x*2, x*3], x, [torch.ones(1), None]))",
    "grad batched": "x=torch.tensor([1.,2.,3.],requires_grad=True); y=x**2; print(torch.autograd.grad(y, x, torch.eye(3), is_grads_batched=True))",
    "grad batched 2": "x=torch.tensor([[1.,2.],[3.,4.]],requires_grad=True); y=x@x; g=torch.arange(12.).view(3,2,2); print(torch.autograd.grad(y, x, g, is_grads_batched=True))",
    "grad batched wrong": "x=torch.tensor([1.,2.,3.],requires_grad=True); y=x**2; print(torch.autograd.grad(y, x, torch.ones(3,4), is_grads_batched=True))",
    "grad freed": "x=torch.ones(1,requires_grad=True); y=x*x; torch.autograd.grad(y,x); torch.autograd.grad(y,x)",
    "grad retain false create true": "x=torch.ones(1,requires_grad=True); y=x*x; print(torch.autograd.grad(y,x,retain_graph=False,create_graph=True)); torch.autograd.grad(y,x)",
    "grad dup inputs": "x=torch.ones(1,requires_grad=True); y=x*x; print(torch.autograd.grad(y,[x,x]))",
    "grad only_inputs": "import warnings; warnings.simplefilter('ignore'); x=torch.ones(1,requires_grad=True); y=x*x; print(torch.autograd.grad(y,[x],only_inputs=False))",
    "grad create_graph linear": "x=torch.ones(1,requires_grad=True); y=x*2; g,=torch.autograd.grad(y,x,create_graph=True); print(g, g.requires_grad, g.grad_fn)",
    "grad grad_outputs requires": "x=torch.ones(1,requires_grad=True); v=torch.ones(1,requires_grad=True); y=x*x; g,=torch.autograd.grad(y,x,v,create_graph=True); print(g); print(torch.autograd.grad(g,v))",
    "grad view identity": "x=torch.ones(2,2,requires_grad=True); g=torch.ones(2,2); r,=torch.autograd.grad(x.t(),x,g); print(r.stride(), r.data_ptr()==g.data_ptr())",
    "variable": "from_=torch.autograd.Variable; v=from_(torch.ones(2),requires_grad=True); print(type(v).__name__, v, isinstance(torch.ones(1), from_)); print(from_(torch.ones(1)).requires_grad)",
    "variable volatile": "v=torch.autograd.Variable(torch.ones(2)); print(v.requires_grad)",
    "requires_grad false nonleaf": "y=torch.ones(1,requires_grad=True)*2; y.requires_grad=False",
    "requires_grad int": "torch.ones(1,dtype=torch.int).requires_grad=True",
    "requires_grad str": "torch.ones(1).requires_grad_('a')",
    "requires_grad nonleaf true": "y=torch.ones(1,requires_grad=True)*2; y.requires_grad_(True); y",
    "is_leaf set": "torch.ones(1).is_leaf=True",
    "grad_fn set": "torch.ones(1).grad_fn=None",
    "_version set": "torch.ones(1)._version=3",
    "output_nr": "a,b=torch.ones(2,requires_grad=True).unbind(); print(a.output_nr,b.output_nr,a.grad_fn is b.grad_fn)",
    "grad_fn identity": "x=torch.ones(2,requires_grad=True); y=x*2; print(y.grad_fn is y.grad_fn, y.grad_fn==y.grad_fn, (y+1).grad_fn.next_functions[0][0] is y.grad_fn)",
    "accum identity": "x=torch.ones(2,requires_grad=True); a=x*2; b=x*3; print(a.grad_fn.next_functions[0][0] is b.grad_fn.next_functions[0][0])",
    "anomaly on": "print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())\nwith torch.autograd.set_detect_anomaly(True, check_nan=False): print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())\nprint(torch.is_anomaly_enabled())",
    "anomaly detect warning": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    with torch.autograd.detect_anomaly(): pass\nprint([str(v.message) for v in w])",
    "anomaly nan": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n  warnings.simplefilter('always')\n  try:\n    with torch.autograd.set_detect_anomaly(True):\n        x=torch.tensor([0.,1.],requires_grad=True); y=torch.sqrt(x)*0; y.sum().backward()\n  except RuntimeError as e: print(e)\nprint([str(v.message).split(chr(10))[0] for v in w])",
    "anomaly log": "import warnings\nwarnings.simplefilter('ignore')\nwith torch.autograd.detect_anomaly():\n    x=torch.tensor([-1.],requires_grad=True); torch.log(x).sqrt().backward()",
    "anomaly no nan check": "with torch.autograd.set_detect_anomaly(True, check_nan=False):\n    x=torch.tensor([0.],requires_grad=True); (x.sqrt()*0).backward(); print(x.grad)",
    "anomaly function": "import warnings\nwarnings.simplefilter('ignore')\nclass M(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx,x): return x.clone()\n    @staticmethod\n    def backward(ctx,g): raise RuntimeError('Some error in backward')\nwith torch.autograd.detect_anomaly(): M.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    "anomaly second output nan": "import warnings\nwarnings.simplefilter('ignore')\nwith torch.autograd.detect_anomaly():\n    x=torch.tensor([1.],requires_grad=True); w=torch.tensor([0.],requires_grad=True); y=torch.atan2(w*0, x*0)*x/w; y.sum().backward()",
}


def FN(body: str, run: str) -> str:
    """A `Function` with this body, and code that uses it."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"class A(torch.autograd.Function):\n{lines}{run}"


fw = "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return g*2\n"
FORMS |= {
    "fn repr": FN(
        fw,
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); print(y, type(y.grad_fn).__name__, y.grad_fn.name(), type(y.grad_fn).__mro__[1].__name__, y.grad_fn.next_functions[0][0].name())",
    ),
    "fn kwargs": FN(fw, "A.apply(x=torch.ones(2))"),
    "fn call": FN(fw, "A()(torch.ones(2))"),
    "fn no args": FN(fw, "A.apply()"),
    "fn noreturn": FN("@staticmethod\ndef forward(ctx, x): pass\n", "A.apply(torch.ones(2,requires_grad=True))"),
    "fn return number": FN(
        "@staticmethod\ndef forward(ctx, x): return 3\n", "print(A.apply(torch.ones(2,requires_grad=True)))"
    ),
    "fn return mix": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2, 'a', None\n@staticmethod\ndef backward(ctx, g, s, n): print(g,s,n); return g",
        "r=A.apply(torch.ones(2,requires_grad=True)); print(r); r[0].sum().backward()",
    ),
    "fn return list": FN(
        "@staticmethod\ndef forward(ctx, x): return [x*2, x*3]\n@staticmethod\ndef backward(ctx, g, h): return g",
        "r=A.apply(torch.ones(2,requires_grad=True)); print(r)",
    ),
    "fn list arg": FN(
        "@staticmethod\ndef forward(ctx, xs): return xs[0]*2\n@staticmethod\ndef backward(ctx, g): return g",
        "r=A.apply([torch.ones(2,requires_grad=True)]); print(r, r.requires_grad)",
    ),
    "fn too many grads": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return g, g",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn too many none": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return g, None, None",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn wrong shape": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return torch.ones(3)",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn expandable shape": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return torch.ones(3,2)",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn smaller shape": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return torch.ones(1)",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn wrong dtype": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return g.double()",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn none grad": FN(
        "@staticmethod\ndef forward(ctx, x, y): return x*y\n@staticmethod\ndef backward(ctx, g): return None, g",
        "x=torch.ones(2,requires_grad=True); y=torch.ones(2,requires_grad=True); A.apply(x,y).sum().backward(); print(x.grad,y.grad)",
    ),
    "fn returns number grad": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return 2",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn returns list grad": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return [g]",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn grad for nontensor": FN(
        "@staticmethod\ndef forward(ctx, x, k): return x*k\n@staticmethod\ndef backward(ctx, g): return g, g",
        "A.apply(torch.ones(2,requires_grad=True), 3).sum().backward()",
    ),
    "fn save non tensor": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x, 3); return x*2\n@staticmethod\ndef backward(ctx, g): return g",
        "A.apply(torch.ones(2,requires_grad=True))",
    ),
    "fn save none": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x, None); return x*2\n@staticmethod\ndef backward(ctx, g): print(ctx.saved_tensors); return g",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn save intermediate": FN(
        "@staticmethod\ndef forward(ctx, x): t=x*3; ctx.save_for_backward(t); return x*2\n@staticmethod\ndef backward(ctx, g): print(ctx.saved_tensors); return g",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn save twice": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); ctx.save_for_backward(x*2); return x*2\n@staticmethod\ndef backward(ctx, g): print(ctx.saved_tensors); return g",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn backward twice": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x*2\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x",
        "y=A.apply(torch.ones(2,requires_grad=True)).sum(); y.backward(); y.backward()",
    ),
    "fn backward twice nothing saved": FN(
        fw,
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); y.backward(torch.ones(2)); y.backward(torch.ones(2)); print(x.grad)",
    ),
    "fn saved outside": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x*2\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x",
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); print(y.grad_fn.saved_tensors, y.grad_fn.saved_tensors[0] is x)",
    ),
    "fn saved modified": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x*2\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x",
        "x=torch.ones(2,requires_grad=True); z=x*1; y=A.apply(z); z.add_(1); y.sum().backward()",
    ),
    "fn saved in forward": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); print(ctx.saved_tensors); return x*2\n@staticmethod\ndef backward(ctx, g): return g",
        "A.apply(torch.ones(2,requires_grad=True))",
    ),
    "fn needs_input_grad": FN(
        "@staticmethod\ndef forward(ctx, x, y, k): print(ctx.needs_input_grad); return x*y\n@staticmethod\ndef backward(ctx, g): print(ctx.needs_input_grad); return g, g, None",
        "A.apply(torch.ones(2,requires_grad=True), torch.ones(2), 3).sum().backward()",
    ),
    "fn nograd needs": FN(
        "@staticmethod\ndef forward(ctx, x): print(ctx.needs_input_grad, torch.is_grad_enabled()); return x*2\n@staticmethod\ndef backward(ctx, g): return g",
        "with torch.no_grad(): y=A.apply(torch.ones(2,requires_grad=True)); print(y.requires_grad)",
    ),
    "fn grad mode in backward": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): print(torch.is_grad_enabled(), g.requires_grad); return g*2",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); torch.autograd.grad(A.apply(x).sum(), x, create_graph=True)",
    ),
    "fn int output": FN(
        "@staticmethod\ndef forward(ctx, x): return (x*2).long()\n@staticmethod\ndef backward(ctx, g): return g",
        "y=A.apply(torch.ones(2,requires_grad=True)); print(y, y.requires_grad)",
    ),
    "fn int output 2": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2, (x*2).long()\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g",
        "y,z=A.apply(torch.ones(2,requires_grad=True)); print(y, z); y.sum().backward()",
    ),
    "fn mark nondiff": FN(
        "@staticmethod\ndef forward(ctx, x): a=x*2; b=x*3; ctx.mark_non_differentiable(b); return a,b\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g",
        "y,z=A.apply(torch.ones(2,requires_grad=True)); print(y, z); y.sum().backward()",
    ),
    "fn nondiff twice": FN(
        "@staticmethod\ndef forward(ctx, x): a=x*2; b=x*3; ctx.mark_non_differentiable(a); ctx.mark_non_differentiable(b); return a,b\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g",
        "y,z=A.apply(torch.ones(2,requires_grad=True)); print(y, z)",
    ),
    "fn nondiff input": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.mark_non_differentiable(x); return x\n@staticmethod\ndef backward(ctx, g): return g",
        "y=A.apply(torch.ones(2,requires_grad=True)); print(y)",
    ),
    "fn dirty leaf": FN(
        "@staticmethod\ndef forward(ctx, x): x.add_(1); ctx.mark_dirty(x); return x\n@staticmethod\ndef backward(ctx, g): return g",
        "A.apply(torch.ones(2,requires_grad=True))",
    ),
    "fn dirty not returned": FN(
        "@staticmethod\ndef forward(ctx, x): x.add_(1); ctx.mark_dirty(x); return x*2\n@staticmethod\ndef backward(ctx, g): return g",
        "x=torch.ones(2,requires_grad=True)*1; y=A.apply(x); print(y,x)",
    ),
    "fn dirty non input": FN(
        "@staticmethod\ndef forward(ctx, x): y=x*2; ctx.mark_dirty(y); return y\n@staticmethod\ndef backward(ctx, g): return g",
        "x=torch.ones(2,requires_grad=True)*1; y=A.apply(x); print(y,x)",
    ),
    "fn dirty nongrad": FN(
        "@staticmethod\ndef forward(ctx, x, w): x.mul_(w); ctx.mark_dirty(x); return x\n@staticmethod\ndef backward(ctx, g): return g, g*2",
        "x=torch.ones(2); w=torch.ones(2,requires_grad=True); y=A.apply(x,w); print(y is x, x, x._version); x.sum().backward(); print(w.grad)",
    ),
    "fn dirty view": FN(
        "@staticmethod\ndef forward(ctx, x): x.mul_(2); ctx.mark_dirty(x); return x\n@staticmethod\ndef backward(ctx, g): return g*2",
        "w=torch.ones(4,requires_grad=True); b=w*1; v=b[:2]; y=A.apply(v); print(y is v, b.grad_fn.name(), v.grad_fn.name()); b.sum().backward(); print(w.grad)",
    ),
    "fn view output": FN(
        "@staticmethod\ndef forward(ctx, x): return x.view(-1)\n@staticmethod\ndef backward(ctx, g): return g.view(2,2)",
        "x=torch.ones(2,2,requires_grad=True)*1; y=A.apply(x); print(y, y._base is x, y._is_view()); y.mul_(2)",
    ),
    "fn view output base inplace": FN(
        "@staticmethod\ndef forward(ctx, x): return x.view(-1)\n@staticmethod\ndef backward(ctx, g): return g.view(2,2)",
        "x=torch.ones(2,2,requires_grad=True)*1; y=A.apply(x); x.mul_(2); print(y.grad_fn)",
    ),
    "fn view outputs": FN(
        "@staticmethod\ndef forward(ctx, x): return x[0], x[1]\n@staticmethod\ndef backward(ctx, g, h): return torch.stack([g,h])",
        "x=torch.ones(2,2,requires_grad=True)*1; y,z=A.apply(x); print(y, y._is_view()); y.mul_(2)",
    ),
    "fn view outputs nograd": FN(
        "@staticmethod\ndef forward(ctx, x): return x[0], x[1]\n@staticmethod\ndef backward(ctx, g, h): return torch.stack([g,h])",
        "x=torch.ones(2,2,requires_grad=True)*1; y,z=A.apply(x); x.mul_(2); print(y)",
    ),
    "fn input output inplace": FN(
        "@staticmethod\ndef forward(ctx, x): return x\n@staticmethod\ndef backward(ctx, g): return g",
        "x=torch.ones(2,2,requires_grad=True)*1; y=A.apply(x); print(y is x, y._is_view(), y); y.mul_(2)",
    ),
    "fn input output view_as": FN(
        "@staticmethod\ndef forward(ctx, x): return x.view_as(x)\n@staticmethod\ndef backward(ctx, g): return g*3",
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); print(y, y._is_view()); y.sum().backward(); print(x.grad)",
    ),
    "fn identical outputs": FN(
        "@staticmethod\ndef forward(ctx, x): y=x*2; return y, y\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g+h",
        "x=torch.ones(2,requires_grad=True); y,z=A.apply(x); print(y is z, y.output_nr, z.output_nr); (y+z).sum().backward(); print(x.grad)",
    ),
    "fn nongrad input returned": FN(
        "@staticmethod\ndef forward(ctx, x, y): return x*2, y\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g, h",
        "x=torch.ones(2,requires_grad=True); c=torch.ones(2); y,z=A.apply(x,c); print(z is c, z.requires_grad, z)",
    ),
    "fn materialize": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2, x*3\n@staticmethod\ndef backward(ctx, g, h): print(g,h); return g+h",
        "x=torch.ones(2,requires_grad=True); y,z=A.apply(x); y.sum().backward(); print(x.grad)",
    ),
    "fn materialize none propagated": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): print(g); return None",
        "class B(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x): return x*2\n    @staticmethod\n    def backward(ctx, g): print('B', g); return g\nx=torch.ones(2,requires_grad=True); A.apply(B.apply(x)).sum().backward(); print(x.grad)",
    ),
    "fn none through op": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): return None",
        "x=torch.ones(2,requires_grad=True); y=x.exp(); A.apply(y).sum().backward(); print(x.grad)",
    ),
    "fn once twice": "from_=torch.autograd.function.once_differentiable\n"
    + FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x**2\n@staticmethod\n@from_\ndef backward(ctx, g): x,=ctx.saved_tensors; return 2*x*g",
        "x=torch.ones(2,requires_grad=True); g,=torch.autograd.grad(A.apply(x).sum(), x, create_graph=True); print(g); g.sum().backward()",
    ),
    "fn setup_context output": FN(
        "@staticmethod\ndef forward(x, k): return x*k, x+1\n@staticmethod\ndef setup_context(ctx, inputs, output): print(inputs, output); ctx.k=inputs[1]; ctx.save_for_backward(inputs[0], output[0])\n@staticmethod\ndef backward(ctx, g, h): print(ctx.saved_tensors); return g*ctx.k+h, None",
        "x=torch.ones(2,requires_grad=True); a,b=A.apply(x,2); (a+b).sum().backward(); print(x.grad)",
    ),
    "fn vmap static": FN(
        fw + "generate_vmap_rule=True\n",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad, A.generate_vmap_rule)",
    ),
    "fn jvp static": FN(
        fw + "@staticmethod\ndef jvp(ctx, t): return t*2\n",
        "x=torch.ones(2,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn non static forward": "class A(torch.autograd.Function):\n    def forward(self, x): return x*2\n    def backward(self, g): return g\nA()(torch.ones(2))",
    "fn ctx attrs": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.a=[1,2]; ctx.b='z'; return x*2\n@staticmethod\ndef backward(ctx, g): print(ctx.a, ctx.b, type(ctx).__name__, ctx.name()); return g",
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); print(y.grad_fn.a); y.sum().backward()",
    ),
    "fn backward raises": FN(
        "@staticmethod\ndef forward(ctx, x): return x*2\n@staticmethod\ndef backward(ctx, g): raise ValueError('bad')",
        "A.apply(torch.ones(2,requires_grad=True)).sum().backward()",
    ),
    "fn forward raises": FN(
        "@staticmethod\ndef forward(ctx, x): raise ValueError('bad')\n", "A.apply(torch.ones(2,requires_grad=True))"
    ),
    "fn nested": FN(
        "@staticmethod\ndef forward(ctx, x):\n    ctx.save_for_backward(x); return x*2\n@staticmethod\ndef backward(ctx, g):\n    x,=ctx.saved_tensors\n    with torch.enable_grad():\n        z=x.detach().requires_grad_(); y=(z**3).sum(); y.backward()\n    return g*z.grad",
        "x=torch.full((2,),2.,requires_grad=True); A.apply(x).sum().backward(); print(x.grad)",
    ),
    "fn hook": FN(
        fw,
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); y.grad_fn.register_hook(lambda a,b: print(a,b)); y.register_hook(lambda g: g*3); y.sum().backward(); print(x.grad)",
    ),
    "fn to_save attr": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.x=x; return x*2\n@staticmethod\ndef backward(ctx, g): return g*ctx.x",
        "x=torch.ones(2,requires_grad=True); y=A.apply(x); y.sum().backward(); y.sum().backward() if False else None; print(x.grad)",
    ),
    "fn subclass check": FN(
        fw,
        "print(issubclass(A, torch.autograd.Function), A.__name__, torch.autograd.function.FunctionCtx.__name__, hasattr(A,'apply'))",
    ),
    "fn dtype double backward": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x.sin()\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x.cos()",
        "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); print(torch.autograd.gradcheck(A.apply,(x,)), torch.autograd.gradgradcheck(A.apply,(x,)))",
    ),
    "fn wrong gradcheck": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x.sin()\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x",
        "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); torch.autograd.gradcheck(A.apply,(x,))",
    ),
    "fn wrong gradcheck false": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x.sin()\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x",
        "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); print(torch.autograd.gradcheck(A.apply,(x,),raise_exception=False))",
    ),
    "fn wrong gradcheck fast": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x.sin()\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return g*x*9",
        "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); print(torch.autograd.gradcheck(A.apply,(x,),raise_exception=False, fast_mode=True))",
    ),
    "gradcheck float32": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    try: torch.autograd.gradcheck(lambda x: x.sin(), (torch.tensor([.5],requires_grad=True),))\n    except Exception as e: print(type(e).__name__, str(e)[:60])\nprint([str(v.message) for v in w])",
    "gradcheck no grad": "torch.autograd.gradcheck(lambda x: x*2, (torch.ones(1,dtype=torch.double),))",
    "gradcheck non tensor out": "torch.autograd.gradcheck(lambda x: 3, (torch.ones(1,dtype=torch.double,requires_grad=True),))",
    "gradcheck int out": "print(torch.autograd.gradcheck(lambda x: x.long(), (torch.ones(1,dtype=torch.double,requires_grad=True),)))",
    "gradcheck detached": "print(torch.autograd.gradcheck(lambda x: x.detach()*2, (torch.ones(1,dtype=torch.double,requires_grad=True),)))",
    "gradcheck detached in part": "torch.autograd.gradcheck(lambda x: x*x.detach(), (torch.ones(2,dtype=torch.double,requires_grad=True),))",
    "gradcheck two": "torch.autograd.gradcheck(lambda x,y: (x*y, x+y.detach()), (torch.tensor([1.,2.],dtype=torch.double,requires_grad=True),torch.tensor([3.,4.],dtype=torch.double,requires_grad=True)))",
    "gradcheck bad atol": "torch.autograd.gradcheck(lambda x: x, torch.ones(1,dtype=torch.double,requires_grad=True), atol=10., rtol=1.)",
    "gradcheck complex": "print(torch.autograd.gradcheck(lambda x: x*x, (torch.tensor([1+2j],dtype=torch.cdouble,requires_grad=True),)))",
    "gradcheck complex bad": "torch.autograd.gradcheck(lambda x: x*x.detach(), (torch.tensor([1+2j],dtype=torch.cdouble,requires_grad=True),))",
    "gradcheck overlap": "torch.autograd.gradcheck(lambda x: x*2, (torch.ones(1,dtype=torch.double).expand(3).detach().requires_grad_(),))",
    "gradcheck nondet": FN(
        "@staticmethod\ndef forward(ctx, x): return x*1\n@staticmethod\ndef backward(ctx, g): return g + torch.rand(2,dtype=torch.double)*1e-7",
        "torch.manual_seed(0); torch.autograd.gradcheck(A.apply,(torch.ones(2,dtype=torch.double,requires_grad=True),))",
    ),
    "gradgradcheck wrong": FN(
        "@staticmethod\ndef forward(ctx, x): ctx.save_for_backward(x); return x**3\n@staticmethod\ndef backward(ctx, g): x,=ctx.saved_tensors; return 3*g*x.detach()**2",
        "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); torch.manual_seed(0); torch.autograd.gradgradcheck(A.apply,(x,))",
    ),
    "gradgradcheck with grads": "x=torch.tensor([.5,1.],dtype=torch.double,requires_grad=True); print(torch.autograd.gradgradcheck(lambda x: x**3,(x,), torch.ones(2,dtype=torch.double,requires_grad=True)))",
    "gradcheck none undefined": FN(
        "@staticmethod\ndef forward(ctx, x):\n    ctx.set_materialize_grads(False); return x*2\n@staticmethod\ndef backward(ctx, g): return g*2",
        "torch.autograd.gradcheck(A.apply,(torch.ones(2,dtype=torch.double,requires_grad=True),))",
    ),
    "gradcheck dict": "torch.autograd.gradcheck(lambda x: {'a': x}, (torch.ones(1,dtype=torch.double,requires_grad=True),))",
}
J = "torch.autograd.functional."
FORMS |= {
    "jac strict": J + "jacobian(lambda x: torch.ones(2), torch.ones(2), strict=True)",
    "jac strict2": J + "jacobian(lambda x, y: x*2, (torch.ones(2), torch.ones(2)), strict=True)",
    "jac strict cg": J + "jacobian(lambda x: x*2, torch.ones(2), strict=True, create_graph=True)",
    "jac constant": J + "jacobian(lambda x: torch.ones(2), torch.ones(2))",
    "jac create_graph": "x=torch.ones(2,requires_grad=True); j="
    + J
    + "jacobian(lambda x: x**2, x, create_graph=True); print(j); j.sum().backward(); print(x.grad)",
    "jac not tensor": J + "jacobian(lambda x: x, 3)",
    "jac not tensor tup": J + "jacobian(lambda x,y: x, (torch.ones(1),3))",
    "jac out not tensor": J + "jacobian(lambda x: 3, torch.ones(1))",
    "jac out list": J + "jacobian(lambda x: [x], torch.ones(1))",
    "jac out tup": J + "jacobian(lambda x: (x,3), torch.ones(1))",
    "jac vectorize": "print(" + J + "jacobian(lambda x: x**2, torch.tensor([1.,2.]), vectorize=True))",
    "jac vectorize fwd": "print("
    + J
    + "jacobian(lambda x: x**2, torch.tensor([1.,2.]), vectorize=True, strategy='forward-mode'))",
    "jac vectorize two": "print("
    + J
    + "jacobian(lambda x,y: (x*y, x+y), (torch.tensor([1.,2.]),torch.tensor([3.,4.])), vectorize=True))",
    "jac strategy bad": J + "jacobian(lambda x: x**2, torch.tensor([1.,2.]), strategy='x')",
    "jac fwd no vectorize": J + "jacobian(lambda x: x**2, torch.tensor([1.,2.]), strategy='forward-mode')",
    "jac strict vectorize": J + "jacobian(lambda x: x**2, torch.tensor([1.,2.]), vectorize=True, strict=True)",
    "jac 0d": "print(" + J + "jacobian(lambda x: x**2, torch.tensor(3.)))",
    "jac matrix": "print(" + J + "jacobian(lambda x: x.sum(0), torch.ones(2,3)))",
    "jac mat2": "print(" + J + "jacobian(lambda x: x.exp().sum(dim=1), torch.tensor([[1.,2.],[3.,4.]])))",
    "hess strict": J + "hessian(lambda x: x.sum(), torch.ones(2), strict=True)",
    "hess linear": "print(" + J + "hessian(lambda x: x.sum(), torch.ones(2)))",
    "hess nonscalar": J + "hessian(lambda x: x*2, torch.ones(2))",
    "hess tuple": J + "hessian(lambda x: (x.sum(),x.sum()), torch.ones(2))",
    "hess vectorize": "print(" + J + "hessian(lambda x: (x**3).sum(), torch.tensor([1.,2.]), vectorize=True))",
    "hess outer fwd": "print("
    + J
    + "hessian(lambda x: (x**3).sum(), torch.tensor([1.,2.]), vectorize=True, outer_jacobian_strategy='forward-mode'))",
    "hess outer bad": J + "hessian(lambda x: (x**3).sum(), torch.tensor([1.,2.]), outer_jacobian_strategy='f')",
    "hess two": "print("
    + J
    + "hessian(lambda x,y: (2*x.pow(2)+3*y.pow(2)).sum(), (torch.tensor([1.,2.]),torch.tensor([3.,4.]))))",
    "hess 1el": "print(" + J + "hessian(lambda x: (x**3).sum().view(1), torch.tensor([1.,2.])))",
    "hess create_graph": "x=torch.ones(2,requires_grad=True); h="
    + J
    + "hessian(lambda x: (x**3).sum(), x, create_graph=True); print(h); h.sum().backward(); print(x.grad)",
    "vjp no v": J + "vjp(lambda x: x*2, torch.ones(2))",
    "vjp scalar no v": "print(" + J + "vjp(lambda x: (x*2).sum(), torch.ones(2)))",
    "vjp wrong v": J + "vjp(lambda x: x*2, torch.ones(2), torch.ones(3))",
    "vjp wrong len": J + "vjp(lambda x: x*2, torch.ones(2), (torch.ones(2),torch.ones(2)))",
    "vjp wrong tuple": J + "vjp(lambda x: (x*2,x*3), torch.ones(2), (torch.ones(2),torch.ones(3)))",
    "vjp v not tensor": J + "vjp(lambda x: x*2, torch.ones(2), 3)",
    "vjp strict": J + "vjp(lambda x: torch.ones(2), torch.ones(2), torch.ones(2), strict=True)",
    "vjp strict2": J + "vjp(lambda x,y: x*2, (torch.ones(2),torch.ones(2)), torch.ones(2), strict=True)",
    "vjp create graph": "x=torch.ones(2,requires_grad=True); print("
    + J
    + "vjp(lambda x: x**2, x, torch.ones(2), create_graph=True))",
    "vjp two": "print(" + J + "vjp(lambda x,y: 2*x+3*y, (torch.ones(2),torch.ones(2)), torch.ones(2)))",
    "jvp no v": J + "jvp(lambda x: x*2, torch.ones(2))",
    "jvp strict": J + "jvp(lambda x: torch.ones(2), torch.ones(2), torch.ones(2), strict=True)",
    "jvp const": "print(" + J + "jvp(lambda x: torch.ones(2), torch.ones(2), torch.ones(2)))",
    "jvp wrong": J + "jvp(lambda x: x*2, torch.ones(2), torch.ones(3))",
    "jvp wrong len": J + "jvp(lambda x: x*2, torch.ones(2), (torch.ones(2),torch.ones(2)))",
    "jvp two": "print("
    + J
    + "jvp(lambda x,y: (2*x+3*y, x*y), (torch.ones(2),torch.ones(2)), (torch.ones(2),torch.ones(2))))",
    "jvp create graph": "x=torch.ones(2,requires_grad=True); print("
    + J
    + "jvp(lambda x: x**2, x, torch.ones(2), create_graph=True))",
    "jvp one el": "print(" + J + "jvp(lambda x: x*torch.ones(3), torch.ones(1)))",
    "vhp": "print(" + J + "vhp(lambda x: (x**3).sum(), torch.tensor([[1.,2.],[3.,4.]]), torch.ones(2,2)))",
    "vhp no v": J + "vhp(lambda x: (x**3).sum(), torch.tensor([1.,2.]))",
    "vhp nonscalar": J + "vhp(lambda x: x**3, torch.tensor([1.,2.]), torch.ones(2))",
    "vhp not tensor": J + "vhp(lambda x: 3, torch.tensor([1.,2.]), torch.ones(2))",
    "vhp tuple out": J + "vhp(lambda x: (x.sum(),x.sum()), torch.tensor([1.,2.]), torch.ones(2))",
    "vhp strict": J + "vhp(lambda x: x.sum(), torch.tensor([1.,2.]), torch.ones(2), strict=True)",
    "vhp linear": "print(" + J + "vhp(lambda x: x.sum(), torch.tensor([1.,2.]), torch.ones(2)))",
    "vhp const": "print(" + J + "vhp(lambda x: torch.tensor(1.), torch.tensor([1.,2.]), torch.ones(2)))",
    "vhp two": "print("
    + J
    + "vhp(lambda x,y: (x*y*y).sum(), (torch.tensor([1.,2.]),torch.tensor([3.,4.])), (torch.ones(2),torch.zeros(2))))",
    "hvp two": "print("
    + J
    + "hvp(lambda x,y: (x*y*y).sum(), (torch.tensor([1.,2.]),torch.tensor([3.,4.])), (torch.ones(2),torch.zeros(2))))",
    "hvp strict": J + "hvp(lambda x: x.sum(), torch.tensor([1.,2.]), torch.ones(2), strict=True)",
    "hvp no v": J + "hvp(lambda x: (x**3).sum(), torch.tensor([1.,2.]))",
    "hvp nonscalar": J + "hvp(lambda x: x**3, torch.tensor([1.,2.]), torch.ones(2))",
    "hvp wrong v": J + "hvp(lambda x: (x**3).sum(), torch.tensor([1.,2.]), torch.ones(3))",
    "hvp create": "x=torch.ones(2,requires_grad=True); print("
    + J
    + "hvp(lambda x: (x**3).sum(), x, torch.ones(2), create_graph=True))",
}
MF = {
    "contiguous": "torch.contiguous_format",
    "cl": "torch.channels_last",
    "cl3": "torch.channels_last_3d",
    "keep": "torch.preserve_format",
}
shapes = [
    "torch.arange(24.).view(1,2,3,4)",
    "torch.arange(24.).view(2,3,4)",
    "torch.arange(24.).view(2,1,3,4)",
    "torch.arange(24.).view(2,3,4,1)",
    "torch.arange(24.).view(1,2,3,2,2)",
    "torch.arange(24.).view(1,24,1,1)",
    "torch.zeros(0,2,3,4)",
    "torch.tensor(1.)",
    "torch.arange(24.).view(2,3,2,2).to(memory_format=torch.channels_last)",
    "torch.arange(48.).view(2,3,2,2,2).to(memory_format=torch.channels_last_3d)",
    "torch.arange(24.).view(2,3,2,2).transpose(1,2)",
    "torch.arange(24.).view(2,3,2,2).permute(0,2,3,1)",
]
for s in shapes:
    for m, v in MF.items():
        FORMS[f"is_contiguous {m} {s}"] = f"x={s}; print(x.is_contiguous(memory_format={v}))"
        FORMS[f"contiguous {m} {s}"] = f"x={s}; y=x.contiguous(memory_format={v}); print(y is x, y.stride(), y)"
        FORMS[f"to {m} {s}"] = f"x={s}; y=x.to(memory_format={v}); print(y is x, y.stride(), y.is_contiguous())"
        FORMS[f"to dtype {m} {s}"] = (
            f"x={s}; y=x.to(torch.float64, memory_format={v}); print(y is x, y.stride(), y.is_contiguous())"
        )
        FORMS[f"clone {m} {s}"] = f"x={s}; y=x.clone(memory_format={v}); print(y.stride())"
        FORMS[f"empty_like {m} {s}"] = (
            f"x={s}; y=torch.empty_like(x, memory_format={v}); print(y.stride()); print(torch.zeros_like(x, memory_format={v}).stride(), torch.ones_like(x, memory_format={v}).stride(), torch.rand_like(x, memory_format={v}).stride(), torch.full_like(x, 3., memory_format={v}).stride())"
        )
    FORMS[f"cl ops {s}"] = (
        f"x={s}; print((x+1).stride(), x.exp().stride(), (x+x.contiguous()).stride(), (x.contiguous()+x).stride(), torch.zeros_like(x).stride(), x.relu().stride(), (x*torch.ones_like(x)).stride(), x.clone().stride(), x.double().stride(), (x>0).stride(), torch.where(x>0,x,0.).stride())"
    )
FORMS |= {
    "empty mf": "print(torch.empty(1,2,3,4, memory_format=torch.channels_last).stride())",
    "empty mf bad": "torch.empty(2,3, memory_format=torch.channels_last)",
    "empty mf preserve": "torch.empty(2,3, memory_format=torch.preserve_format)",
    "is_contiguous positional": "torch.ones(2).is_contiguous(torch.contiguous_format)",
    "is_contiguous kw": "print(torch.ones(1,2,3,4).is_contiguous(memory_format=torch.channels_last))",
    "cl conv": "x=torch.ones(1,2,5,5).to(memory_format=torch.channels_last); w=torch.ones(3,2,3,3); y=torch.nn.functional.conv2d(x,w); print(y.stride()); print(torch.nn.functional.conv2d(x.contiguous(),w).stride(), torch.nn.functional.conv2d(x.contiguous(),w.to(memory_format=torch.channels_last)).stride())",
    "cl pool": "x=torch.rand(1,2,4,4).to(memory_format=torch.channels_last); F_=torch.nn.functional; print(F_.max_pool2d(x,2).stride(), F_.avg_pool2d(x,2).stride(), F_.adaptive_avg_pool2d(x,2).stride(), F_.interpolate(x,scale_factor=2).stride(), F_.batch_norm(x,torch.zeros(2),torch.ones(2)).stride(), F_.relu(x).stride(), F_.pad(x,(1,1)).stride(), F_.adaptive_avg_pool2d(x,1).stride(),F_.dropout(x,0.5).stride(), F_.softmax(x,1).stride(), torch.cat([x,x]).stride(), torch.cat([x,x],1).stride(), F_.max_pool2d(x,2,return_indices=True)[1].stride())",
    "cl module": "m=torch.nn.Sequential(torch.nn.Conv2d(2,3,3),torch.nn.BatchNorm2d(3)).to(memory_format=torch.channels_last); print(m[0].weight.stride(), m[0].weight.is_contiguous(memory_format=torch.channels_last), m[0].bias.stride())",
    "cl module conv only": "m=torch.nn.Linear(2,3).to(memory_format=torch.channels_last); print(m.weight.stride())",
    "cl bad": "torch.ones(2,3).to(memory_format=torch.channels_last)",
    "cl3 bad": "torch.ones(2,3,4,5).contiguous(memory_format=torch.channels_last_3d)",
    "cl tutorial": "x=torch.empty(10,3,32,32); print(x.stride()); x=x.to(memory_format=torch.channels_last); print(x.shape, x.stride()); x=x.to(memory_format=torch.contiguous_format); print(x.stride()); x=x.contiguous(memory_format=torch.channels_last); print(x.stride(), x.is_contiguous(memory_format=torch.channels_last)); s=torch.empty(4,4,4,4,memory_format=torch.channels_last); print(s.stride())",
    "mf repr": "print(torch.channels_last, torch.contiguous_format, torch.preserve_format, torch.channels_last_3d, type(torch.channels_last).__name__, isinstance(torch.channels_last, torch.memory_format))",
    "cl grad": "x=torch.ones(1,2,3,4,requires_grad=True); y=x.to(memory_format=torch.channels_last); print(y.grad_fn.name() , y.stride()); y.sum().backward(); print(x.grad.stride())",
    "cl contig grad": "x=torch.ones(1,2,3,4,requires_grad=True); y=x.contiguous(memory_format=torch.channels_last); print(y.grad_fn.name() , y.stride()); (y*y).sum().backward(); print(x.grad.stride())",
}
ACT = ["relu_", "leaky_relu_", "elu_", "selu_", "celu_", "threshold_", "hardtanh_", "rrelu_"]
for a in ACT:
    arg = ", 0.1, 20." if a == "threshold_" else ""
    FORMS[f"act {a}"] = (
        f"x=torch.tensor([-1.,2.],requires_grad=True); y=x*1; r=torch.nn.functional.{a}(y{arg}); print(r is y, y.grad_fn.name(), y); y.sum().backward(); print(x.grad)"
    )
for a in ["relu6", "hardswish", "silu", "mish", "hardsigmoid", "hardtanh", "leaky_relu", "elu", "selu", "celu", "relu"]:
    FORMS[f"act inplace {a}"] = (
        f"x=torch.tensor([-1.,2.],requires_grad=True); y=x*1; r=torch.nn.functional.{a}(y, inplace=True); print(r is y, y.grad_fn.name(), [f[0].name() if f[0] else None for f in y.grad_fn.next_functions], y); y.sum().backward(); print(x.grad)"
    )
FORMS["act threshold inplace"] = (
    "x=torch.tensor([-1.,2.],requires_grad=True); y=x*1; r=torch.nn.functional.threshold(y,0.,5.,inplace=True); print(r is y, y.grad_fn.name()); y.sum().backward(); print(x.grad)"
)
FORMS["act dropout inplace"] = (
    "torch.manual_seed(0); x=torch.tensor([-1.,2.],requires_grad=True); y=x*1; r=torch.nn.functional.dropout(y,0.5,True,True); print(r is y, y.grad_fn.name()); y.sum().backward(); print(x.grad)"
)
for a in [
    "abs_",
    "acos_",
    "add_(1.)",
    "add_(y.detach())",
    "mul_(2.)",
    "mul_(y.detach())",
    "sub_(1.)",
    "div_(2.)",
    "pow_(2.)",
    "sqrt_",
    "exp_",
    "clamp_(0,1)",
    "clamp_(min=0.)",
    "clamp_min_(0.)",
    "sigmoid_",
    "tanh_",
    "neg_",
    "reciprocal_",
    "round_",
    "floor_",
    "fill_(2.)",
    "fill_(torch.tensor(1.))",
    "zero_",
    "masked_fill_(y.detach()>0, 0.)",
    "index_fill_(0, torch.tensor([0]), 1.)",
    "index_add_(0, torch.tensor([0]), torch.ones(1))",
    "index_copy_(0, torch.tensor([0]), torch.ones(1))",
    "scatter_(0, torch.tensor([0]), 1.)",
    "scatter_add_(0, torch.tensor([0]), torch.ones(1))",
    "copy_(torch.ones(2))",
    "addcmul_(torch.ones(2),torch.ones(2))",
    "addcdiv_(torch.ones(2),torch.ones(2))",
    "lerp_(torch.ones(2),0.5)",
    "normal_()",
    "uniform_()",
    "bernoulli_()",
    "random_()",
    "exponential_()",
    "unsqueeze_(0)",
    "squeeze_()",
    "t_()",
    "transpose_(0,0)",
    "resize_(2)",
    "cumsum_(0)",
    "logit_(0.1)",
    "atan2_(torch.ones(2))",
    "remainder_(2.)",
    "fmod_(2.)",
    "floor_divide_(2.)",
    "true_divide_(2.)",
    "eq_(1.)",
    "lt_(1.)",
    "logical_not_",
    "tril_",
    "renorm_(2,0,1.)",
    "put_(torch.tensor([0]),torch.ones(1))",
    "index_put_((torch.tensor([0]),),torch.ones(1))",
    "masked_scatter_(torch.tensor([True,False]),torch.ones(1))",
    "nan_to_num_",
    "rsqrt_",
    "log_",
    "log1p_",
    "expm1_",
    "erf_",
    "erfinv_",
    "digamma_",
    "lgamma_",
    "sign_",
    "trunc_",
    "frac_",
    "hypot_(torch.ones(2))",
    "xlogy_(torch.ones(2))",
    "copysign_(1.)",
    "swapaxes_(0,0)",
    "detach_",
    "requires_grad_",
    "set_(torch.ones(2))",
    "addmm_",
]:
    call = a if "(" in a else a + "()"
    FORMS[f"inplace name {a}"] = (
        f"x=torch.tensor([[.3,.7]] if 'tril' in '{a}' or 'renorm' in '{a}' else [.3,.7],requires_grad=True); y=x*1; y.{call}; g=y.grad_fn; print(y.shape, g.name() if g else None, [(f[0].name() if f[0] else None, f[1]) for f in g.next_functions] if g else None)"
    )

# what is known to differ (docs/differences.md), or what only memory that both sides lay out themselves can tell
DIFFERENT = {
    "jac vectorize fwd",
    "leaf view nograd inplace x.unfold(0,2,1)",
    "view inplace grads x.unfold(0,2,1)",
    "leaf view nograd inplace x.as_strided((2,2),(1,1))",
    "view inplace grads x.as_strided((2,2),(1,1))",
    "inference clone",
    "inference param",
    "hook handle type",
    "saved scalar",
    "node input metadata",
    "forward_ad",
    "accum share via view",
    "create_graph warning",
    "is_leaf set",
    "grad_fn set",
    "_version set",
    "gradcheck nondet",
    "hess outer fwd",
    "is_contiguous cl torch.zeros(0,2,3,4)",
    "contiguous cl torch.zeros(0,2,3,4)",
    "to cl torch.zeros(0,2,3,4)",
    "to dtype cl torch.zeros(0,2,3,4)",
    "clone cl torch.zeros(0,2,3,4)",
    "empty_like cl torch.zeros(0,2,3,4)",
    "is_contiguous positional",
    "inplace name floor_divide_(2.)",
    "inplace name set_(torch.ones(2))",
}
for name in DIFFERENT:
    del FORMS[name]
