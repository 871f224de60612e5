import torch
from torch.autograd import Function
class Exp(Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result
    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        return grad_output * result
x = torch.tensor([0., 1.], requires_grad=True)
y = Exp.apply(x)
y
y.grad_fn
y.grad_fn.name()
type(y.grad_fn)
y.sum().backward()
x.grad
y.sum().backward()
Exp.apply()
Exp.apply(1)
Exp.apply(torch.tensor([1.]))
Exp()
Exp()(x)
Exp.forward(None, x)
class Bad(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g, g
Bad.apply(x).sum().backward()
class Bad2(Function):
    @staticmethod
    def forward(ctx, x, y): return x * y
    @staticmethod
    def backward(ctx, g): return g
Bad2.apply(x, x).sum().backward()
class Bad3(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return torch.ones(5)
Bad3.apply(x).sum().backward()
class Bad4(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
Bad4.apply(x)
Bad4.apply(x).sum().backward()
class Bad5(Function):
    @staticmethod
    def backward(ctx, g): return g
Bad5.apply(x)
class Bad6(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return "a"
Bad6.apply(x).sum().backward()
class Bad7(Function):
    @staticmethod
    def forward(ctx, x): return "a"
    @staticmethod
    def backward(ctx, g): return g
Bad7.apply(x)
class Bad8(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(3)
        return x * 2
    @staticmethod
    def backward(ctx, g): return g
Bad8.apply(x)
class Two(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, g1, g2):
        print(g1, g2)
        return g1 * 2 + g2 * 3
a, b = Two.apply(x)
a
a.sum().backward()
class TwoNone(Two):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, g1, g2):
        print(g1, g2)
        return g1 * 2
a, b = TwoNone.apply(x)
a.sum().backward()
class NonDiff(Function):
    @staticmethod
    def forward(ctx, x):
        s, i = x.sort()
        ctx.mark_non_differentiable(i)
        ctx.save_for_backward(i)
        return s, i
    @staticmethod
    def backward(ctx, g, gi):
        print(g, gi)
        i, = ctx.saved_tensors
        return torch.zeros_like(g).scatter_(0, i, g)
NonDiff.apply(x)
NonDiff.apply(x)[0].sum().backward()
class InPlace(Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g): return g
t = x * 1
u = InPlace.apply(t)
u is t
u.grad_fn
InPlace.apply(x)
class Id(Function):
    @staticmethod
    def forward(ctx, x): return x
    @staticmethod
    def backward(ctx, g): return g * 10
v = Id.apply(x)
v is x
v
x.grad = None
v.sum().backward()
x.grad
class View(Function):
    @staticmethod
    def forward(ctx, x): return x.view(1, 2)
    @staticmethod
    def backward(ctx, g): return g.view(2)
v = View.apply(x)
v
v.add_(1)
class Needs(Function):
    @staticmethod
    def forward(ctx, x, w, k=None, flag=True):
        print(ctx.needs_input_grad)
        ctx.k = k
        return x * w
    @staticmethod
    def backward(ctx, g):
        print(ctx.needs_input_grad, ctx.k)
        return g, None, None, None
Needs.apply(x, torch.ones(2), 3)
Needs.apply(x, torch.ones(2), 3).sum().backward()
Needs.apply(x, torch.ones(2), 3, False).sum().backward()
Needs.apply(x, w=torch.ones(2))
class Setup(Function):
    @staticmethod
    def forward(x, n): return x ** n
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, n = inputs
        ctx.save_for_backward(x)
        ctx.n = n
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * ctx.n * x ** (ctx.n - 1), None
x.grad = None
Setup.apply(x, 3).sum().backward()
x.grad
torch.func.grad(lambda x: Setup.apply(x, 3).sum())(torch.tensor([1., 2.]))
torch.autograd.gradcheck(lambda x: Setup.apply(x, 3), torch.tensor([1., 2.], dtype=torch.double, requires_grad=True))
torch.autograd.gradgradcheck(lambda x: Setup.apply(x, 3), torch.tensor([1., 2.], dtype=torch.double, requires_grad=True))
class Once(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g): return g * 2
o = Once.apply(x)
g, = torch.autograd.grad(o.sum(), x, create_graph=True)
g
g.sum().backward()
class Raises(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): raise ValueError("mine")
Raises.apply(x).sum().backward()
class NoneBack(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return None
x.grad = None
NoneBack.apply(x).sum().backward()
x.grad
class Save(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        y = x * 2
        ctx.save_for_backward(x, None, y)
        return y
    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors, ctx.saved_variables if hasattr(ctx, "saved_variables") else "no")
        return g
s = Save.apply(x)
s.grad_fn.saved_tensors
s.grad_fn.x
s.sum().backward()
s.grad_fn.saved_tensors
with torch.no_grad():
    print(Exp.apply(x))
z = Exp.apply(Exp.apply(x))
z.grad_fn.next_functions
w = torch.zeros(2, requires_grad=True)
yy = Exp.apply(w)
yy.add_(1)
yy.sum().backward()
class MyReLU(torch.autograd.Function):
    """doc"""
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input
torch.manual_seed(1)
dtype = torch.float
N, D_in, H, D_out = 8, 10, 6, 3
xx = torch.randn(N, D_in, dtype=dtype)
tt = torch.randn(N, D_out, dtype=dtype)
w1 = torch.randn(D_in, H, dtype=dtype, requires_grad=True)
w2 = torch.randn(H, D_out, dtype=dtype, requires_grad=True)
for t in range(20):
    relu = MyReLU.apply
    y_pred = relu(xx.mm(w1)).mm(w2)
    loss = (y_pred - tt).pow(2).sum()
    if t % 5 == 4: print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        w1 -= 1e-4 * w1.grad
        w2 -= 1e-4 * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
class LinearFunction(Function):
    @staticmethod
    def forward(input, weight, bias):
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output
    @staticmethod
    def setup_context(ctx, inputs, output):
        input, weight, bias = inputs
        ctx.save_for_backward(input, weight, bias)
    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]: grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]: grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]: grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias
inp = (torch.randn(4, 5, dtype=torch.double, requires_grad=True), torch.randn(3, 5, dtype=torch.double, requires_grad=True), None)
torch.autograd.gradcheck(LinearFunction.apply, inp, eps=1e-6, atol=1e-4)
LinearFunction.apply(*inp)
class MulJvp(Function):
    @staticmethod
    def forward(x, y): return x * y
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x
    @staticmethod
    def jvp(ctx, tx, ty):
        x, y = ctx.saved_tensors
        return tx * y + ty * x
torch.func.jvp(MulJvp.apply, (torch.tensor(2.), torch.tensor(3.)), (torch.tensor(1.), torch.tensor(1.)))
class Vm(Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(x): return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output): pass
    @staticmethod
    def backward(ctx, g): return g * 2
torch.vmap(Vm.apply)(torch.ones(3))
class NoVm(Function):
    @staticmethod
    def forward(x): return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output): pass
    @staticmethod
    def backward(ctx, g): return g * 2
torch.vmap(NoVm.apply)(torch.ones(3))
torch.vmap(Exp.apply)(torch.ones(3))

# distributions of one's own, and their expand
torch.distributions.Distribution.set_default_validate_args(True)
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, Normal, TransformedDistribution, constraints, transforms
class Shifted(Normal):
    def __init__(self, loc, scale, shift, validate_args=None):
        self.shift = torch.as_tensor(shift)
        super().__init__(loc, scale, validate_args)
    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Shifted, _instance)
        new.shift = self.shift.expand(batch_shape)
        return super().expand(batch_shape, new)
shifted = Shifted(torch.zeros(1), torch.ones(1), [2.0]).expand((3,))
type(shifted).__name__, shifted, shifted.shift, shifted.scale, shifted.batch_shape
class Diagonal(Independent):
    def __init__(self, loc, scale):
        super().__init__(Normal(loc, scale), 1)
    def expand(self, batch_shape, new=None):
        return super().expand(batch_shape, self._get_checked_instance(Diagonal, new))
Diagonal(torch.zeros(2), torch.ones(2)).expand((4,)), Diagonal(torch.zeros(2), torch.ones(2)).expand((4,)).log_prob(torch.zeros(2))
class Closed(Normal):
    def __init__(self, loc):
        super().__init__(loc, 1.0)
Closed(torch.zeros(2)).expand((3, 2))
class Plain(Distribution):
    arg_constraints = {}
Plain().expand((2,))
class Renamed(Normal):
    pass
Renamed(0.0, 1.0).expand((2,))
Independent(Normal(torch.zeros(2, 3), 1.0), 1).expand((5, 2)), MixtureSameFamily(Categorical(torch.ones(2)), Normal(torch.zeros(2), 1.0)).expand((3,)).batch_shape
TransformedDistribution(Normal(torch.zeros(1), 1.0), transforms.ExpTransform()).expand((2,)).log_prob(torch.ones(2))
(torch.ones(2) < 2).type(torch.Tensor), torch.ones(2, dtype=torch.int32).type(torch.FloatTensor)

# distributions: parameters that follow from others are checked too
from torch.distributions import Binomial, Chi2, Gamma, HalfCauchy, HalfNormal, RelaxedBernoulli, constraints
HalfNormal(-1., validate_args=True)
HalfCauchy(torch.tensor([1., -1.]), validate_args=True)
Chi2(torch.tensor(-1.), validate_args=True)
RelaxedBernoulli(torch.tensor(1.), probs=torch.tensor(2.), validate_args=False).probs
Binomial(3, torch.tensor([0.5, 0.5])).expand((3, 2)), Binomial(3, logits=torch.tensor(0.))
Gamma(1., 2.).log_prob(3), HalfNormal(torch.ones(2)).sample_n(3).shape, "simplex" in constraints.__all__
class Flow(torch.distributions.Transform, torch.nn.Module):
    domain = codomain = constraints.real
    bijective = True
    def __init__(self):
        super().__init__(cache_size=1)
        self.shift = torch.nn.Parameter(torch.ones(1))
    def _call(self, x):
        return x + self.shift
    def _inverse(self, y):
        return y - self.shift
    def log_abs_det_jacobian(self, x, y):
        return torch.zeros_like(x)
    __hash__ = torch.nn.Module.__hash__
list(Flow().parameters()), TransformedDistribution(Normal(torch.zeros(1), 1.0), [Flow()]).log_prob(torch.ones(1))
class Depends(Distribution):
    arg_constraints = {"value": constraints.dependent, "scale": constraints.positive}
    support = constraints.real
    def __init__(self, value, scale):
        self.value, self.scale = value, scale
        super().__init__(value.shape, validate_args=True)
Depends(torch.ones(2), torch.ones(2)).batch_shape
Depends(torch.ones(2), -torch.ones(2))

# torch's functions kept in a class
class Keeps(torch.nn.Module):
    act, convolve = torch.tanh, torch.conv2d
    def forward(self, x):
        return self.act(x), self.convolve(x, torch.ones(1, 1, 2, 2))
Keeps()(torch.ones(1, 1, 2, 2))
torch.div(7, torch.tensor([2, -3]), rounding_mode="trunc"), torch.div(7, torch.tensor([2.0, -3.0]), rounding_mode="floor"), torch.div(7, 2, rounding_mode="floor")
torch.nn.grad.conv2d_input((1, 2, 5, 5), torch.arange(18.).reshape(1, 2, 3, 3), torch.ones(1, 1, 3, 3), padding=1, stride=2)
torch.nn.grad.conv1d_weight(torch.arange(14.).reshape(1, 2, 7), (2, 1, 3), torch.arange(6.).reshape(1, 2, 3), dilation=2, groups=2)
torch.nn.grad.conv3d_input((1, 1, 3, 3, 3), torch.ones(1, 1, 2, 2, 2, requires_grad=True), torch.ones(1, 1, 2, 2, 2)).requires_grad
torch.distributions.normal.Normal is torch.distributions.Normal, torch.distributions.studentT.StudentT(3.), torch.distributions.utils.broadcast_all(1., torch.ones(2))
torch.distributions.constraint_registry.biject_to is torch.distributions.biject_to, torch.nn.utils.clip_grad.clip_grad_norm_.__name__, torch.nn.utils.convert_parameters.vector_to_parameters.__name__
torch.distributions.no_such_family
sorted(torch.distributions.__all__)
starred = {}
exec("from torch import *", starred)
[n in starred for n in ("random", "io", "nn", "utils", "data", "save", "load", "vmap", "compile", "Tensor", "float32", "zeros", "pi", "manual_seed", "Event")]
