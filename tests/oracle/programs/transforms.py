import torch
from torch.func import grad, vmap, jacrev, jacfwd, hessian, vjp, jvp, functional_call, grad_and_value, stack_module_state, linearize
x = torch.tensor(2.)
grad(torch.sin)(x)
grad(grad(torch.sin))(x)
grad(lambda x: x * 2)(torch.ones(2))
grad(lambda x: 1.)(x)
grad(lambda x: (x, x))(x)
grad(lambda x, y: x * y)(x, x + 1)
grad(lambda x, y: x * y, argnums=1)(x, x + 1)
grad(lambda x, y: x * y, argnums=(0, 1))(x, x + 1)
grad(lambda x, y: x * y, argnums=2)(x, x + 1)
grad(lambda d: d["a"] * d["b"])({"a": x, "b": x})
grad(lambda x: (x * 2, "aux"), has_aux=True)(x)
grad(lambda x: x * 2, has_aux=True)(x)
grad_and_value(lambda x: x ** 2)(x)
grad(lambda x: x ** 2)(torch.tensor(2))
grad(lambda x: x ** 2)(2.)
vmap(lambda x: x * 2)(torch.ones(3))
vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3))
vmap(torch.dot, in_dims=(0, None))(torch.ones(2, 3), torch.ones(3))
vmap(torch.dot, in_dims=1)(torch.ones(2, 3), torch.ones(2, 3))
vmap(lambda x: x.sum(), out_dims=1)(torch.ones(2, 3))
vmap(lambda x: x, out_dims=1)(torch.ones(2, 3))
vmap(lambda x: (x, x.sum()), out_dims=(1, 0))(torch.ones(2, 3))
vmap(lambda x: x, in_dims=-1)(torch.ones(2, 3))  # differs: strides
vmap(lambda x: x)(torch.tensor(1.))
vmap(lambda x, y: x)(torch.ones(2), torch.ones(3))
vmap(lambda x: x, in_dims=2)(torch.ones(2, 3))
vmap(lambda x: x, in_dims=None)(torch.ones(2, 3))
vmap(lambda x: x, in_dims=(0, 0))(torch.ones(2, 3))
vmap(lambda x: x, in_dims="a")(torch.ones(2, 3))
vmap(lambda x: 1)(torch.ones(2, 3))
vmap(lambda x: "a")(torch.ones(2, 3))
vmap(lambda x: [x, x])(torch.ones(2))
vmap(lambda x: {"a": x})(torch.ones(2))
vmap(lambda d: d["a"] + 1)({"a": torch.ones(2)})
vmap(lambda x: x.item())(torch.ones(2))
vmap(lambda x: x if x > 0 else -x)(torch.ones(2))
vmap(lambda x: torch.where(x > 0, x, -x))(torch.ones(2))
vmap(lambda x: x + torch.rand(1))(torch.ones(2))
vmap(lambda x: x + torch.rand(1), randomness="same")(torch.ones(2))
vmap(lambda x: x + torch.rand(1), randomness="different")(torch.ones(2)).shape
vmap(lambda x: x, randomness="foo")(torch.ones(2))
vmap(lambda x: torch.nonzero(x))(torch.ones(2, 2))
vmap(lambda x: x[x > 0])(torch.ones(2, 2))
vmap(vmap(lambda x: x * 2))(torch.ones(2, 2))
vmap(lambda x: x, chunk_size=2)(torch.ones(5))
vmap(lambda x: x, chunk_size=0)(torch.ones(5))
vmap()(torch.ones(5))
vmap(lambda: 1)()
vmap(lambda x: x)(1)
vmap(lambda x, y: x + y)(torch.ones(2), 1)
vmap(lambda x, y: x + y, in_dims=(0, None))(torch.ones(2), 1)
vmap(grad(lambda x: x ** 3))(torch.arange(3.))
vmap(grad(lambda w, x: (w * x).sum()), in_dims=(None, 0))(torch.ones(2), torch.ones(3, 2))
vmap(lambda x: print(x.shape))(torch.ones(2, 3))
vmap(lambda x: x.unsqueeze(0).shape[0] * x)(torch.ones(2, 3))
vmap(lambda x: x.add_(1))(torch.ones(2, 3))
vmap(lambda x, y: y.add_(x), in_dims=(0, None))(torch.ones(2, 3), torch.ones(3))  # differs: written once for each element
jacrev(torch.sin)(torch.arange(3.))
jacfwd(torch.sin)(torch.arange(3.))
jacrev(lambda x: (x, x ** 2))(torch.arange(2.))
jacrev(lambda x, y: x * y, argnums=(0, 1))(torch.arange(2.), torch.ones(2))
jacrev(lambda d: d["a"] * 2)({"a": torch.ones(2)})
jacrev(lambda x: {"o": x * 2})(torch.ones(2))
jacrev(lambda x: (x * 2, x), has_aux=True)(torch.ones(2))
jacrev(jacrev(lambda x: (x ** 3).sum()))(torch.ones(2))
jacrev(lambda x: x.sum(), chunk_size=1)(torch.ones(2))  # differs: strides
hessian(lambda x: x.sin().sum())(torch.arange(2.))
hessian(lambda x, y: (x * y).sum(), argnums=(0, 1))(torch.ones(2), torch.ones(2))
vjp(torch.sin, torch.ones(2))[0]
vjp(torch.sin, torch.ones(2))[1](torch.ones(2))
vjp(torch.sin, torch.ones(2))[1](torch.ones(3))
vjp(lambda x: (x, x), torch.ones(2))[1]((torch.ones(2), torch.ones(2)))
vjp(lambda x: (x, x), torch.ones(2))[1](torch.ones(2))
vjp(lambda x: (x * 2, x), torch.ones(2), has_aux=True)[2]
vjp(lambda x, y: x * y, torch.ones(2), torch.ones(2))[1](torch.ones(2))
jvp(torch.sin, (torch.ones(2),), (torch.ones(2),))
jvp(torch.sin, torch.ones(2), torch.ones(2))
jvp(torch.sin, (torch.ones(2),), (torch.ones(3),))
jvp(lambda x, y: x * y, (torch.ones(2), torch.ones(2)), (torch.ones(2), torch.zeros(2)))
jvp(lambda x: (x * 2, x), (torch.ones(2),), (torch.ones(2),), has_aux=True)
linearize(torch.sin, torch.ones(2))[0]
linearize(torch.sin, torch.ones(2))[1](torch.ones(2))
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
params = dict(model.named_parameters())
functional_call(model, params, (torch.ones(3, 2),))
functional_call(model, params, torch.ones(3, 2))
functional_call(model, {"weight": torch.zeros(1, 2)}, (torch.ones(3, 2),))
functional_call(model, {"foo": torch.zeros(1, 2)}, (torch.ones(3, 2),))
functional_call(model, {"weight": torch.zeros(1, 2)}, (torch.ones(3, 2),), strict=True)
def loss(p, x, y): return ((functional_call(model, p, (x,)) - y) ** 2).mean()
grad(loss)(params, torch.ones(3, 2), torch.ones(3, 1))  # differs: name of a gradient's node
pv = {k: v.detach() for k, v in params.items()}
ft = vmap(grad(loss), in_dims=(None, 0, 0))(pv, torch.ones(3, 2), torch.ones(3, 1))
ft
models = [torch.nn.Linear(2, 1) for _ in range(3)]
p, b = stack_module_state(models)
p
b
def fm(p, b, x): return functional_call(models[0], (p, b), (x,))
vmap(fm, in_dims=(0, 0, None))(p, b, torch.ones(4, 2))  # differs: name of the node
vmap(lambda x: x @ torch.ones(3, 2))(torch.ones(4, 3))
vmap(torch.mm, in_dims=(0, None))(torch.ones(2, 3, 3), torch.ones(3, 3)).shape
vmap(lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(1)))(torch.ones(4, 3))
vmap(lambda x: x.max(0))(torch.arange(6.).view(2, 3))
vmap(lambda x: x.sort().values)(torch.tensor([[2., 1], [3., 4]]))
def f(x):
    y = x.sin()
    return y.cos()
grad(f)(x)
grad(lambda x: f(x).detach())(x)
with torch.no_grad():
    print(grad(f)(x))
grad(lambda x: torch.autograd.grad(f(x), x)[0])(x)
xr = torch.tensor(1., requires_grad=True)
grad(lambda x: x * xr)(x)
grad(lambda x: x * xr)(x).requires_grad
hessian(lambda x: (x ** 2).sum())(torch.ones(2, dtype=torch.double))
torch.func.vmap(lambda x: x * 2, 0, 0)(torch.ones(2))
import torch.autograd.forward_ad as fwAD
with fwAD.dual_level():
    d = fwAD.make_dual(torch.tensor([1., 2.]), torch.tensor([1., 0.]))
    o = d.sin() * d
    print(d, o, fwAD.unpack_dual(o))
    print(fwAD.unpack_dual(o).tangent, fwAD.unpack_dual(torch.ones(1)).tangent)
fwAD.make_dual(torch.ones(1), torch.ones(1))
with fwAD.dual_level(): fwAD.make_dual(torch.ones(1), torch.ones(2))
[torch.func.jvp(f, (torch.tensor([-1., 2., 3.]),), (torch.ones(3),))[1] for f in (torch.relu, torch.nn.functional.relu6, lambda x: torch.logcumsumexp(x, 0))]

# wrong calls of the transforms, and batches of none
from torch.func import functionalize
square = lambda v: (v ** 2).sum()
x = torch.tensor([1., 2.])
torch.func.grad(square, argnums=())(x)
torch.func.grad(square, argnums=(0, 0))(x)
torch.func.grad(square, argnums="0")(x)
torch.func.vjp(lambda v: v, x, has_aux=True)
torch.func.vjp(lambda v: 3, x)
torch.func.jacrev(lambda v: None)(x)
torch.func.jacrev(lambda v: v * 1j)(x)
torch.func.jacfwd(square)(torch.tensor([1, 2]))
torch.func.jvp(square, (x,), (1,))
torch.func.jvp(lambda v: (v, "a"), (x,), (x,), has_aux=True)
torch.func.jvp(torch.sin, (x,), (x,), strict=True)
torch.func.jvp(lambda v: v.detach(), (x,), (x,), strict=True)
torch.vmap(lambda v: (v * 2, v.sum()))(torch.ones(0, 2))
torch.vmap(lambda v: v, out_dims=1)(torch.ones(0, 2)).shape
torch.vmap(lambda v: v, out_dims=None)(torch.ones(2, 2))
torch.vmap(lambda v: torch.ones(1), out_dims=None)(torch.ones(2, 2))
layer = torch.nn.Linear(2, 1)
torch.func.functional_call(layer, ({"weight": torch.ones(1, 2)}, {"weight": torch.ones(1, 2)}), (x,))
torch.func.functional_call(layer, {"weight": 3}, (x,))
torch.func.stack_module_state([torch.nn.Linear(2, 1).eval(), torch.nn.Linear(2, 1)])
functionalize(lambda v: v.add_(1))(torch.ones(2)), functionalize(lambda v: v.add_(1), remove="views")
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.map import map as mapped
from torch._higher_order_ops.associative_scan import associative_scan
from torch._higher_order_ops.while_loop import while_loop
from torch._higher_order_ops.foreach_map import foreach_map
scan(lambda c, x: ({"a": c["a"] + x.sum()}, (x * c["a"], x + 1)), {"a": torch.tensor(0.)}, torch.arange(6.).reshape(3, 2), dim=1, reverse=True)
mapped(lambda xs, y: (xs[0] * xs[1], y + xs[0]), (torch.arange(3.), torch.arange(3.) + 1), torch.tensor(2.))
associative_scan(lambda a, b: (a[0] * b[0], b[0] * a[1] + b[1]), (torch.arange(1., 5), torch.ones(4)), 0, reverse=True, combine_mode="generic")
while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), (torch.tensor(0), torch.tensor(0)))
foreach_map(torch.add, [torch.ones(2), torch.ones(3)], [torch.ones(2), torch.ones(3)])
o, l = linearize(lambda a, b: a * b, torch.ones(2), torch.ones(2))
l(torch.ones(2))
l(torch.ones(2), torch.ones(2).double())
l(torch.ones(2), torch.ones(3))
l((torch.ones(2), torch.ones(2)))
l(torch.ones(2), torch.ones(2))
o, l = linearize(lambda a: {"x": a["y"]}, {"y": torch.ones(2)})
l({"z": torch.ones(2)})
l({"y": torch.ones(2)})
linearize(torch.sin)
o, f = vjp(lambda a, b: (a * b, a + b), torch.tensor(2.), torch.tensor(3.))
f((torch.tensor(1.), torch.tensor(1.)), retain_graph=False)
f(torch.tensor(1.), torch.tensor(1.))
functional_call(torch.nn.Linear(1, 1), [1], ())
jacrev(torch.sin, chunk_size=0)
jacrev(torch.sin, chunk_size=-1)
jacfwd(torch.sin, randomness="foo")(torch.ones(2))
vmap(lambda a: a.tolist())(torch.ones(2, 3))
vmap(lambda a: a.numpy())(torch.ones(2, 3))
vmap(lambda a: a.data_ptr())(torch.ones(2, 3))
vmap(lambda a: torch.allclose(a, a))(torch.ones(2, 3))
class RuleTwice(torch.autograd.Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(x):
        return x ** 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
    @staticmethod
    def backward(ctx, g):
        return 2 * ctx.saved_tensors[0] * g
    @staticmethod
    def vmap(info, in_dims, x):
        return RuleTwice.apply(x), in_dims[0]
vmap(RuleTwice.apply)(torch.ones(2))
