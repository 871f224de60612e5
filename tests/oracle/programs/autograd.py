import torch
from torch.autograd import Function, Variable, grad
x = torch.ones(2, 2, requires_grad=True)
x
y = x + 2
y
y.grad_fn
z = y * y * 3
out = z.mean()
out
z
print(z, out)
out.backward()
x.grad
out.backward()
a = torch.randn(2, 2)
a = ((a * 3) / (a - 1))
a.requires_grad
a.requires_grad_(True)
b = (a * a).sum()
b.grad_fn
b.grad_fn.next_functions
b.grad_fn.next_functions[0][0].next_functions
b.grad_fn.name()
b.grad_fn.metadata
type(b.grad_fn).__name__
type(b.grad_fn)
b.grad_fn(torch.tensor(1.))
b.grad_fn.next_functions[0][0](torch.ones(2, 2))
x.grad_fn
x.is_leaf, y.is_leaf, y.detach().is_leaf
y.backward()
y.backward(torch.ones(2))
y.backward(torch.ones(2, 2))
x.grad
x.grad.zero_()
x.grad = None
x.grad
y.grad
y.retain_grad()
(y ** 2).sum().backward()
y.grad
x.grad
with torch.no_grad():
    w = x * 2
w
w.backward()
torch.tensor(1.).backward()
x += 1
x[0] = 1
x.add_(1)
x.data += 1
x
with torch.no_grad():
    x += 1
x
x.zero_()
v = x[0]
v.add_(1)
v = x.view(4)
v.mul_(2)
n = x.numpy()
x.detach().numpy()
float(x)
x.item()
int(x.sum())
x.sum().item()
x.tolist()
bool(x)
bool(x.sum())
if x: pass
torch.tensor([1, 2], requires_grad=True)
torch.ones(2, dtype=torch.int).requires_grad_()
i = torch.ones(2, dtype=torch.int)
i.requires_grad = True
y.requires_grad = False
y.requires_grad_(False)
y.requires_grad = True
grad(x.sum(), x)  # differs: strides of a gradient
grad(x.sum(), [x])  # differs: strides of a gradient
grad(x.sum(), torch.ones(1))
grad(x.sum(), torch.ones(1, requires_grad=True))
grad(x.sum(), torch.ones(1, requires_grad=True), allow_unused=True)
grad(x.sum(), torch.ones(1, requires_grad=True), materialize_grads=True)
grad(x * 2, x)
grad(x * 2, x, torch.ones(2, 2))
grad(x * 2, x, grad_outputs=torch.ones(2))
grad(outputs=[x.sum(), (x * 2).sum()], inputs=x)
grad(x.sum(), x, is_grads_batched=True)
grad(x * 2, x, torch.eye(4).view(4, 2, 2), is_grads_batched=True)
grad([], [])
grad(x.sum(), [])
grad(1, x)
grad(x.sum(), 1)
g, = grad((x ** 3).sum(), x, create_graph=True)
g
g2, = grad(g.sum(), x, create_graph=True)
g2
g2.grad_fn
g3, = grad(g2.sum(), x)
g3
p = torch.tensor([1., 2.], requires_grad=True)
q = p.exp()
q.mul_(2)
q.sum().backward()
r = p.sigmoid()
r.add_(1)
r.sum().backward()
s = p ** 2
p.data.fill_(3)
s.sum().backward()
p.grad
t = p * 2
t2 = t * t
t.add_(1)
t2.sum().backward()
u = p.clone()
u[0] = 5
u
u.sum().backward()
p.grad
u._version
u.grad_fn
k = p.clone()
kv = k[1:]
kv.mul_(3)
k
kv
kv.grad_fn
k.grad_fn
k.grad_fn.next_functions
k.sum().backward()
p.grad
m = torch.zeros(3)
m[0] = p[0]
m
m.requires_grad
m.is_leaf
torch.autograd.backward([p.sum(), (p * 2).sum()])
p.grad
torch.autograd.backward(p * 2, torch.ones(2))
torch.autograd.backward(p * 2)
torch.autograd.backward([p * 2], grad_tensors=[torch.ones(2)], inputs=[p])
p.grad
(p * 2).sum().backward(inputs=[])
(p * 2).sum().backward(inputs=p)
p.grad
(p * 2).sum().backward(retain_graph=True)
(p * 2).sum().backward(1)
(p * 2).sum().backward(torch.tensor(1))
(p * 2).sum().backward(torch.tensor(1., dtype=torch.double))
(p * 2).backward(gradient=torch.tensor([1., 0.1]))
p.grad
torch.is_grad_enabled()
@torch.no_grad()
def f(x): return x * 2
f(p)
@torch.enable_grad()
def f2(x): return x * 2
f2(p).requires_grad
with torch.set_grad_enabled(False): print((p * 2).requires_grad)
torch.set_grad_enabled(False)
p * 2
torch.set_grad_enabled(True)
with torch.inference_mode():
    inf = p * 2
inf
inf.is_inference()
inf * p
inf.add_(1)
inf.requires_grad_()
inf._version
inf.view(1, 2)  # differs: torch writes before it refuses
torch.is_inference_mode_enabled()
h = p.register_hook(lambda g: g * 2)
h
p.grad = None
p.sum().backward()
p.grad
h.remove()
p.grad = None
p.sum().backward()
p.grad
p.register_hook(1)
torch.ones(1).register_hook(print)
y = p * 2
y.register_hook(lambda g: print("hook", g))
y.sum().backward()
y = p * 2
y.register_hook(lambda g: torch.ones(3))
y.sum().backward()
y = p * 2
y.register_hook(lambda g: "a")
y.sum().backward()
p.register_post_accumulate_grad_hook(lambda t: print("acc", t.grad))
p.sum().backward()
y = p * 2
y.grad_fn.register_hook(lambda gi, go: print("node", gi, go))
y.grad_fn.register_prehook(lambda go: print("pre", go))
y.sum().backward()
p.grad = torch.ones(3)
p.grad = torch.ones(2).double()
p.grad = 1
p.grad = torch.ones(2)
del p.grad
p.grad
p.detach_()
y.detach_()
y.requires_grad
y.grad_fn
p.volatile
Variable(torch.ones(2), requires_grad=True)
Variable(torch.ones(2))
torch.autograd.Variable([1, 2])
with torch.autograd.detect_anomaly():
    aa = torch.tensor(-1., requires_grad=True)
    (aa.sqrt() * 0).backward()
with torch.autograd.set_detect_anomaly(True): pass
torch.is_anomaly_enabled()
w1 = torch.ones(2, requires_grad=True)
w2 = w1 * 2
w3 = w2.detach()
w3.requires_grad
w3.add_(5)
w2
w2.sum().backward()
w1.grad
torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1., 2.]))
torch.autograd.functional.jacobian(lambda x, y: x * y, (torch.tensor([1., 2.]), torch.tensor([3., 4.])))
torch.autograd.functional.jacobian(lambda x: (x, x.sum()), torch.tensor([1., 2.]))
torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1., 2.]), create_graph=True)
torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1., 2.]), vectorize=True)
torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1., 2.]), vectorize=True, strategy="forward-mode")  # differs: strides
torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1., 2.]), strategy="forward-mode")
torch.autograd.functional.jacobian(lambda x: torch.ones(2), torch.tensor([1., 2.]))
torch.autograd.functional.jacobian(lambda x: torch.ones(2), torch.tensor([1., 2.]), strict=True)
torch.autograd.functional.jacobian(lambda x: 1, torch.tensor([1., 2.]))
torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]))
torch.autograd.functional.hessian(lambda x, y: (x * y ** 2).sum(), (torch.tensor([1., 2.]), torch.tensor([3., 4.])))
torch.autograd.functional.hessian(lambda x: x ** 3, torch.tensor([1., 2.]))
torch.autograd.functional.vjp(lambda x: x ** 2, torch.tensor([1., 2.]), torch.ones(2))
torch.autograd.functional.vjp(lambda x: x ** 2, torch.tensor([1., 2.]))
torch.autograd.functional.jvp(lambda x: x ** 2, torch.tensor([1., 2.]), torch.ones(2))
torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.ones(2))
torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.ones(2))
torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.ones(3))
torch.autograd.gradcheck(lambda x: x ** 2, torch.ones(2, dtype=torch.double, requires_grad=True))
torch.autograd.gradcheck(lambda x: x ** 2, torch.ones(2, requires_grad=True))
torch.autograd.gradcheck(lambda x: x ** 2, torch.ones(2))
torch.autograd.gradgradcheck(lambda x: x ** 2, torch.ones(2, dtype=torch.double, requires_grad=True))
torch.autograd.gradcheck(lambda x: x.detach() * x, torch.ones(2, dtype=torch.double, requires_grad=True))
torch.autograd.gradcheck(lambda x: x.detach() * x, torch.ones(2, dtype=torch.double, requires_grad=True), raise_exception=False)
y = torch.ones(2, requires_grad=True) * 2
y.grad_fn._saved_self
y.grad_fn._saved_other  # differs: what a node keeps
e = p.exp() if False else torch.ones(2, requires_grad=True).exp()
e.grad_fn._saved_result
e.sum().backward()
e.grad_fn._saved_result
(torch.ones(2, requires_grad=True) ** 3).grad_fn._saved_exponent  # differs: what a node keeps
(torch.ones(2, requires_grad=True) ** 3).grad_fn._saved_self
torch.ones(2, 3, requires_grad=True).sum(1).grad_fn._saved_dim  # differs: what a node keeps
torch.ones(2, 3, requires_grad=True).sum(1).grad_fn._saved_self_sym_sizes
torch.ones(2, requires_grad=True).sin().grad_fn._saved_self
[n for n in dir(torch.ones(2, requires_grad=True).exp().grad_fn) if not n.startswith("__")]  # differs: private parts of a node
torch.ones(2, requires_grad=True).exp().grad_fn._raw_saved_result  # differs: what a node keeps
def pushed(f, x, t):
    v = torch.zeros_like(x).requires_grad_()
    return torch.autograd.grad(torch.autograd.grad(f(x), x, v, create_graph=True), v, t)
pushed(torch.relu, torch.linspace(-1, 1, 5, requires_grad=True), torch.arange(5.))
pushed(torch.relu, torch.linspace(-1, 1, 300, requires_grad=True), torch.ones(300))[0].sum()

# results that may be overwritten, since the gradient does not need them
def through(change):
    x = torch.arange(16.0).sin().reshape(1, 1, 4, 4).requires_grad_()
    y = torch.nn.functional.max_pool2d(x, 2)
    change(y).pow(2).sum().backward()
    return x.grad
through(lambda y: torch.relu_(y)), through(lambda y: y.add_(1).mul_(2)), through(lambda y: y.flatten(1).add_(1))
through(lambda y: y[..., 0].mul_(3))
def without_record(y):
    with torch.no_grad():
        y.mul_(3)
    return y
through(without_record)
a = torch.tensor([0.5, 1.0], requires_grad=True)
torch.logaddexp(a, a * 2).add_(1).sum().backward(), a.grad
y = a.reshape(1, 2).prod(-1)
y.add_(1).mul(2).backward()
y = (a.exp() ** a).add_(1).sum().backward()

# a gradient that stops at a result of an operation leaves that operation's own record whole
x, w = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
y = x * w
torch.autograd.grad(y.exp().sum(), y), torch.autograd.grad(y.sum(), x)
torch.autograd.grad(y.sum(), x)
y = x * w
torch.autograd.grad(y.exp().sum(), [y, w]), x.grad
torch.autograd.grad(y.sum(), x)
once_hooked = torch.ones(2, requires_grad=True)
once_hooked.register_hook(lambda g: g * 5).remove()
product = once_hooked * 3
once_hooked.register_hook(lambda g: print("still seen", g)) and None
product.sum().backward()
p = torch.ones(2, requires_grad=True)
h = p * 3
_ = h.register_hook(lambda g: setattr(g, "note", 7))
_ = h.register_hook(lambda g: print(g.note))
_ = h.register_hook(lambda g: g * 2)
_ = h.register_hook(lambda g: print(g, hasattr(g, "note")))
h.sum().backward()
p.grad
p.numpy()
with torch.no_grad(): print(p.numpy(), h.numpy(), p.view(-1).numpy())
# gradients where numbers are not finite, or nearly
import torch.nn.functional as F
def slope(f, values, g=None, dtype=torch.float32):
    x = torch.tensor(values, dtype=dtype, requires_grad=True)
    y = f(x)
    y.backward(torch.ones_like(y) if g is None else torch.tensor(g, dtype=dtype))
    return x.grad
inf, nan = float("inf"), float("nan")
slope(torch.sinc, [0.0, 1e-40, 1e-20, 1e-3, 0.5, -1.0, 30.0])
slope(lambda x: x.amax(1), [[1.0, nan, 3.0], [2.0, 2.0, 1.0]]), slope(lambda x: x.amin(), [nan, 1.0]), slope(lambda x: x.max(), [nan, 1.0, nan]), slope(lambda x: x.median(), [nan, 1.0, nan])
slope(lambda x: x.aminmax(dim=0)[1], [[1.0, nan], [1.0, 2.0]])
slope(lambda x: torch.logaddexp(x, torch.tensor([1.0, inf, -inf, 2.0])), [inf, 1.0, -inf, 2.0]), slope(lambda x: torch.logaddexp2(x, torch.tensor([1.0, inf, 5.0])), [inf, 1.0, -inf])
slope(lambda x: F.soft_margin_loss(x, torch.tensor([1.0, -1.0, 1.0]), reduction="sum"), [-100.0, 100.0, 3.0])
slope(lambda x: F.multi_margin_loss(x, torch.tensor([0, 1])), [[1.0, nan, 0.5], [0.2, 0.1, 0.7]]), F.multi_margin_loss(torch.tensor([[1.0, nan, 0.5]]), torch.tensor([0]))
slope(lambda x: F.multilabel_margin_loss(x, torch.tensor([[0, -1, 1]])), [[1.0, nan, 0.5]])
slope(lambda x: F.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 0.5], dtype=x.dtype)), [1.0, 0.0, 1e-15], dtype=torch.float64)
slope(lambda x: x.prod(0), [[1e-30, 1e30], [1e-30, 1e30], [0.0, 0.0], [1e30, 1e-30], [1e30, 1e-30]]), torch.tensor([1e30, 1e30, 1e-30, 1e-30]).cumprod(0)
torch.linalg.vector_norm(torch.tensor([[1e30], [-1e-30], [inf]]), 2, 1), torch.tensor([[1e30], [2.0]]).norm(dim=1, keepdim=True), F.normalize(torch.tensor([[1e30], [-1e-30]]))
slope(lambda x: torch.linalg.vector_norm(x, 3, 1), [[1e30], [-2.0], [0.0]])
steps = torch.full((20000,), 0.1)
steps.cumsum(0)[-1], (steps * 10.001).cumprod(0)[-1], steps.half()[:3000].cumsum(0)[-1]
a, b = torch.arange(6.0).reshape(3, 2).t(), torch.ones(2, 3)
[f(a, b, reduction="none").stride() for f in (F.huber_loss, F.soft_margin_loss, F.mse_loss, F.smooth_l1_loss, F.l1_loss)], F.binary_cross_entropy(a / 9, b, reduction="none").stride()
torch.cdist(a, a).stride(), torch.cdist(a[None], a[None]).stride(), torch.renorm(a, 1.0, 0, 2.0).stride()
torch.linalg.vector_norm(torch.zeros(0, 3), inf, -2)
torch.linalg.vector_norm(torch.zeros(0, 3), -1, (1, 0))
