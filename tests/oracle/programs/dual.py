import torch
import torch.autograd.forward_ad as fwAD
import torch.nn as nn
primal = torch.arange(6.).reshape(2, 3)
tangent = torch.ones(2, 3)
def fn(x, y): return x ** 2 + y ** 2
with fwAD.dual_level():
    dual_input = fwAD.make_dual(primal, tangent)
    assert fwAD.unpack_dual(dual_input).tangent is tangent
    plain = torch.ones(2, 3)
    out = fn(dual_input, plain)
    jvp = fwAD.unpack_dual(out).tangent
assert fwAD.unpack_dual(out).tangent is None
jvp
torch.manual_seed(0)
model = nn.Linear(3, 2)
params = {n: p for n, p in model.named_parameters()}
tangents = {n: torch.ones_like(p) for n, p in params.items()}
with fwAD.dual_level():
    for n, p in params.items():
        delattr(model, n)
        setattr(model, n, fwAD.make_dual(p, tangents[n]))
    o = model(primal)
    j = fwAD.unpack_dual(o).tangent
    print(o, j)  # differs: the tangent's own graph
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, foo):
        result = torch.exp(foo)
        ctx.result = result
        return result
    @staticmethod
    def jvp(ctx, gI):
        gO = gI * ctx.result
        del ctx.result
        return gO
    @staticmethod
    def backward(ctx, g): return g * ctx.result
with fwAD.dual_level():
    d = fwAD.make_dual(torch.tensor([1., 2.]), torch.tensor([1., 1.]))
    print(fwAD.unpack_dual(Fn.apply(d)))
with fwAD.dual_level():
    d = fwAD.make_dual(torch.tensor([1., 2.]), torch.tensor([1., 3.]))
    print(d * 2, d.sum(), d[0], d.T if d.dim() == 2 else d.view(2, 1), d.shape, d.dtype, d.requires_grad, d.grad_fn)
    e = d.clone(); e.mul_(3); print(e)
    e = torch.zeros(2); e.copy_(d); print(e)
    print(torch.stack([d, d]), torch.cat([d, torch.ones(1)]), torch.where(d > 1, d, 0.))
    print(d.max(0), d.detach(), (d > 1), d.argmax())
    x = torch.ones(2, requires_grad=True)
    y = (d * x).sum()
    print(y)
    y.backward()
    print(x.grad)
    a, b = d.unbind()
    print(a, b)
    print(torch.nn.functional.softmax(d, 0), d @ d, torch.outer(d, d)); z = torch.zeros(3); z[1:] = d; print(z); d2 = d.clone(); d2[0] = 7.; print(d2); d2 += d; print(d2, d2.numpy(), d2.tolist(), d2.sum().item())
fwAD.unpack_dual(torch.ones(1))
fwAD.enter_dual_level()
fwAD.enter_dual_level()
fwAD.exit_dual_level()
fwAD.exit_dual_level()
with fwAD.dual_level(): print(fwAD.make_dual(torch.tensor([1]), torch.tensor([1])))
with fwAD.dual_level(): print(fwAD.make_dual(torch.tensor([1.]), torch.tensor([1.]).double()))
class Trebled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, k):
        ctx.save_for_forward(a, b)
        ctx.k = k
        return a * b * k, a + b
    @staticmethod
    def jvp(ctx, ta, tb, tk):
        a, b = ctx.saved_tensors
        return 3 * (ta * b + a * tb) * ctx.k, ta + tb
with fwAD.dual_level(): print(Trebled.apply(fwAD.make_dual(torch.tensor([1., 2.]), torch.ones(2)), torch.tensor([3., 4.]), 2))
class Unready(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g * 2
with fwAD.dual_level(): Unready.apply(fwAD.make_dual(torch.ones(1), torch.ones(1)))
with fwAD.dual_level(): print(fwAD.make_dual(torch.tensor([1., -2., 3.]), torch.ones(3)).logcumsumexp(0))
