"""What teaching programs meet: old spellings that warn, writes into what a gradient needs, models as fx prints them."""
import warnings

import numpy as np
import torch
import torchvision


def told(f):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        torch.set_warn_always(True)
        try:
            result = f()
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        finally:
            torch.set_warn_always(False)
    return result, list(dict.fromkeys((x.category.__name__, str(x.message).split(" (Triggered")[0]) for x in w))

# ---- what is left of `volatile`
x = torch.ones(2)
told(lambda: x.volatile)
told(lambda: setattr(x, "volatile", True))
told(lambda: torch.autograd.Variable(x, volatile=True))

# ---- lists of arrays
two = [np.array([1, 2]), np.array([3, 4])]
[told(lambda: kind(two)) for kind in (torch.LongTensor, torch.FloatTensor, torch.Tensor)]
told(lambda: torch.tensor(two))
told(lambda: torch.as_tensor(tuple(two)))
told(lambda: torch.ones(2).new_tensor([two[0]]))
told(lambda: torch.ones(2).new([two[0]]))
told(lambda: torch.tensor([[1, 2], two[0]]))
told(lambda: torch.tensor([[1.0], [np.array(2.0)]]))
told(lambda: torch.tensor([np.float64(1.0), np.float64(2.0)]))
told(lambda: torch.tensor([np.array(1.0)]))
told(lambda: torch.tensor([np.zeros(0)]))

# ---- names
hasattr(torch.Tensor, "fill"), hasattr(torch.Tensor, "fill_"), torch.fill(x, 3)

# ---- sparse tensors by their old name
i, v = torch.tensor([[0, 1], [1, 0]]), torch.ones(2)
told(lambda: torch.sparse.FloatTensor(i, v, torch.Size([2, 3])))[1]
told(lambda: torch.sparse.FloatTensor(i, v))[1]
told(lambda: torch.sparse.DoubleTensor(2, 3))[1]
told(lambda: torch.sparse.FloatTensor(torch.Size([2, 3])))[1]
told(lambda: torch.sparse.FloatTensor())
torch.sparse.FloatTensor(i, v.double(), (2, 2)).dtype

# ---- written into between forward and backward
def written(view, leaf=True, grad=False):
    w = torch.ones(4, 2, requires_grad=True)
    w = w if leaf else w * 1
    y = view(w).pow(2).sum()
    with torch.set_grad_enabled(grad):
        w.add_(1)
    y.backward()

written(lambda w: w.t())
written(lambda w: w[1:])
written(lambda w: w.view(8), leaf=False)
written(lambda w: w[..., None].permute(2, 1, 0), leaf=False, grad=True)
written(lambda w: w.chunk(2)[0])
written(lambda w: w.unbind(1)[1], leaf=False)
written(lambda w: torch.view_as_real(torch.view_as_complex(w)), leaf=False, grad=True)
written(lambda w: w)
written(lambda w: w, leaf=False)
written(lambda w: w, leaf=False, grad=True)

def steps(layer, x):
    y = layer(x)
    y = y[0] if isinstance(y, tuple) else y
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        y.sum().backward(retain_graph=True)
        optimizer.step()

steps(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)), torch.ones(1, 3))
steps(torch.nn.Conv1d(2, 1, 1), torch.ones(1, 2, 3, requires_grad=True))
steps(torch.nn.LSTM(2, 3), torch.ones(1, 2, 2, requires_grad=True))

# ---- models, traced
import torch.fx
with torch.device("meta"): nets = [make() for make in (torchvision.models.alexnet, torchvision.models.resnet18, torchvision.models.squeezenet1_1)]
for net in nets: print(torch.fx.symbolic_trace(net.eval()).code.splitlines()[-6:])

# ---- packed and padded: what made them
from torch.nn.utils import rnn
p = torch.arange(20.0).view(2, 5, 2).requires_grad_()
packed = rnn.pack_padded_sequence(p, [5, 2], batch_first=True)
packed
padded, lengths = rnn.pad_packed_sequence(packed, padding_value=-1.0)
padded.grad_fn, padded, lengths
rnn.pad_packed_sequence(packed, batch_first=True, total_length=6)[0].grad_fn
g, = torch.autograd.grad(padded.pow(2).sum(), p, create_graph=True)
g, torch.autograd.grad(g.pow(2).sum(), p)
rnn.pad_packed_sequence(rnn.pack_padded_sequence(p, torch.tensor([1, 4]), True, False), True)
rnn.pad_sequence([p[0], p[1, :2]]), rnn.pad_sequence([p[0, :, 0], p[1, :2, 1]], True, 7.0, "left")
rnn.pad_sequence([torch.ones(2).long(), torch.ones(3) * 1.5])
rnn.pad_sequence([torch.ones(2, 2), torch.ones(3, 1)])
rnn.pad_sequence([torch.ones(2, 2), torch.ones(3, 3)])
rnn.pad_sequence([torch.ones(2), [1.0]])

# ---- functorch, as it was called before 2.0
import functorch
layer, norm = torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(2)
told(lambda: functorch.make_functional(layer))
told(lambda: functorch.make_functional(norm))
told(lambda: functorch.make_functional_with_buffers(norm))
told(lambda: functorch.combine_state_for_ensemble([]))
told(lambda: functorch.combine_state_for_ensemble([layer, norm]))
told(lambda: functorch.combine_state_for_ensemble([layer, torch.nn.Linear(2, 3).eval()]))
told(lambda: functorch.vmap(torch.sin)(torch.ones(2)))
told(lambda: functorch.grad(torch.sin)(torch.tensor(1.0)))
told(lambda: functorch.jacrev(torch.sin)(torch.ones(2)))
warnings.simplefilter("ignore")
f, state = functorch.make_functional(layer, disable_autograd_tracking=True)
f, f.param_names, state, f(state, torch.ones(2)), list(f.stateless_model.parameters())
f, parameters, buffers = functorch.combine_state_for_ensemble([norm, torch.nn.BatchNorm1d(2)])
parameters, buffers, f.buffer_names, [t.requires_grad for t in parameters]
f, parameters, buffers = functorch.combine_state_for_ensemble([layer, torch.nn.Linear(2, 3)])
functorch.vmap(f, (0, 0, None))(parameters, buffers, torch.ones(4, 2))

# ---- gradcheck of forward mode
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): ctx.result = x.exp(); return ctx.result

    @staticmethod
    def jvp(ctx, t): return t * ctx.result * 2

x = torch.tensor([0.5, 1.0], dtype=torch.double, requires_grad=True)
torch.autograd.gradcheck(torch.sin, (x,), check_forward_ad=True)
torch.autograd.gradcheck(Wrong.apply, (x,), check_forward_ad=True, check_backward_ad=False, check_batched_grad=False)
torch.autograd.gradcheck(Wrong.apply, (x,))
torch.autograd.gradcheck(torch.sin, (x,), check_backward_ad=False)
torch.autograd.gradcheck(torch.sin, (x,), check_forward_ad=True, check_backward_ad=False, check_batched_grad=True)

# ---- a traced part in a scripted or traced whole
torch.manual_seed(0)
part = torch.jit.trace(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()), torch.ones(1, 2))
whole = torch.jit.script(torch.nn.Sequential(part, torch.nn.Linear(2, 1)))
whole, whole[0] is part, type(whole[0]).__name__, whole[0](torch.ones(1, 2)).detach()
whole(torch.ones(2, 2)).detach(), whole(torch.arange(6.).view(3, 2)).detach()
whole(torch.ones(2, 2)).sum().backward()
{name: p.grad for name, p in whole.named_parameters()}
traced = torch.jit.trace(torch.nn.Sequential(part, torch.nn.Flatten()), torch.ones(1, 2))
traced, traced(torch.zeros(3, 2)).detach(), traced(torch.arange(2.).view(1, 2)).detach()
doubled = torch.jit.trace(lambda x: x * 2, torch.ones(2))
torch.jit.trace(lambda x: doubled(doubled(x)), torch.ones(2))(torch.arange(2.))
inner = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5)))
outer = torch.jit.script(torch.nn.Sequential(inner, torch.nn.ReLU()))
outer, outer[0] is inner, outer(torch.ones(3, 2)).shape
outer.eval()(torch.ones(2, 2)).detach(), inner.training
import io
stored = io.BytesIO()
torch.jit.save(whole, stored)
torch.jit.load(io.BytesIO(stored.getvalue()))(torch.ones(1, 2)).detach()
listed = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()))
len(listed), [type(m).__name__ for m in listed], listed[-1], listed[:1], bool(listed)
listed[5]
listed["0"]
listed[0] in listed
len(torch.jit.script(torch.nn.Tanh()))

# ---- once_differentiable: the complaint comes where it is asked for
class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y): ctx.save_for_backward(x, y); return x * y

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g): x, y = ctx.saved_tensors; return g * y, g * x

x, y, weights = (torch.tensor(v, dtype=torch.double, requires_grad=True) for v in ([1., 2.], [3., 4.], [1., 1.]))
first = torch.autograd.grad(Product.apply(x, y), (x, y), weights, create_graph=True)
first, [type(node).__name__ for node, _ in first[0].grad_fn.next_functions]
torch.autograd.grad(first[0].sum(), (x, y), allow_unused=True, retain_graph=True)
torch.autograd.grad(first[0].sum() + (x * x).sum(), x, retain_graph=True)
torch.autograd.grad(first[0].sum(), weights, retain_graph=True)
first[0].sum().backward()
first[0].sum().backward(inputs=[x])
torch.autograd.grad(Product.apply(x, y), x, torch.ones(2), create_graph=True)
torch.autograd.gradcheck(Product.apply, (x, y))
torch.autograd.gradgradcheck(Product.apply, (torch.ones(1, dtype=torch.double, requires_grad=True), torch.zeros(1, dtype=torch.double, requires_grad=True)), torch.ones(1, dtype=torch.double, requires_grad=True))

# ---- transformed functions keep their names
def own(x): "its text"; return (x * x).sum()

[(make(own).__name__, make(own).__doc__) for make in (torch.func.grad, torch.func.grad_and_value, torch.func.jacrev, torch.func.jacfwd, torch.func.hessian)]
torch.vmap(torch.func.grad(own), in_dims=3)(torch.ones(2))
