# arguments, hooks, storages, named results, distributions and layers: what PyTorch's own tests ask of them
s=torch.tensor(1.)
s.size(0)
s.size(-1)
s.size(1)
s.size(-2)
s.stride(1)
torch.ones(2).stride(1.5)
torch.ones(2).stride(True)
torch.ones(2).size(True)
torch.ones(2).size(None)
torch.ones(2).size(torch.tensor(0))
s.unbind(0)
s.sum(0)
s.sum(1)
s.select(0,0)
torch.stack([s]).size(1)
torch.ones(3).gather(0, torch.tensor(1)), torch.ones(3).gather(-1, torch.tensor(1))
torch.tensor(2.).gather(0, torch.tensor([0,0,0]))
torch.arange(3.).scatter(0, torch.tensor(1), torch.tensor(7.)), torch.arange(3.).scatter(0, torch.tensor(1), 7.), torch.arange(3.).scatter_add(0, torch.tensor(1), torch.tensor(7.))
torch.arange(3.).scatter_reduce(0, torch.tensor(1), torch.tensor(7.), "sum")
torch.tensor(5.).scatter(0, torch.tensor([0]), torch.tensor([7.])), torch.tensor(5.).scatter(0, torch.tensor(0), torch.tensor(7.))
torch.arange(3.).requires_grad_().gather(0, torch.tensor(1)).backward()
x = torch.arange(3.).requires_grad_(); y = x.gather(0, torch.tensor(1)); y.backward(); x.grad
torch.ones(3,2).gather(0, torch.tensor(1))
torch.ones(2,1,3,3).clone(memory_format=torch.channels_last).stride(), torch.ones(2,1,3,3).contiguous(memory_format=torch.channels_last).stride(), torch.ones(2,1,3,3).to(memory_format=torch.channels_last).stride(), torch.empty(2,1,3,3,memory_format=torch.channels_last).stride(), torch.ones(2,3,1,1).clone(memory_format=torch.channels_last).stride(), torch.ones(1,1,1,1).clone(memory_format=torch.channels_last).stride(), torch.ones(2,1,3,3).double().clone(memory_format=torch.channels_last).stride(), torch.zeros_like(torch.ones(2,1,3,3), memory_format=torch.channels_last).stride(), torch.ones(2,1,3,3).to(torch.double, memory_format=torch.channels_last).stride()
torch.tensor(1.).index_add(0, torch.tensor([0]), torch.tensor([2.]))
torch.tensor(1.).index_add(0, torch.tensor(0), torch.tensor(2.))
torch.tensor(1.).index_add(0, torch.tensor([0]), torch.tensor(2.))
torch.tensor([1.]).index_add(0, torch.tensor([0]), torch.tensor(2.))
torch.tensor([1.]).index_add(0, torch.tensor(0), torch.tensor(2.))
torch.tensor(1.).index_add(0, torch.tensor([1]), torch.tensor(2.))
torch.where(torch.ones(2)>0, torch.ones(2), torch.ones(2), out=torch.ones(2).double())
torch.where(torch.ones(2)>0, torch.ones(2), 1., out=torch.ones(2).double())
torch.where(torch.ones(2)>0, torch.ones(2).int(), torch.ones(2), out=torch.ones(2).int())
torch.is_nonzero(3)
torch.can_cast(1, torch.int)
torch.can_cast(torch.int, "a")
torch.can_cast(int, float)
torch.promote_types(int, float)
torch.result_type("a", 1)
torch.result_type(torch.ones(1), "a")
torch.result_type(1)
torch.result_type(None, 1)
torch.ones(2).copy_(other=torch.ones(2)), torch.ones(2).copy_(torch.ones(2), True)
torch.promote_types(torch.uint16, torch.uint8)
torch.promote_types(torch.uint32, torch.uint16)
torch.promote_types(torch.uint32, torch.bool), torch.promote_types(torch.uint64, torch.float), torch.promote_types(torch.uint16, torch.cfloat)
torch.ones(1, dtype=torch.uint16) + torch.ones(1, dtype=torch.uint8)
torch.linspace(0, 1j, 3, dtype=torch.float)
torch.logspace(0, 1j, 3, dtype=torch.float)
torch.full((2,), 1j, dtype=torch.float)
torch.zeros(2, out=torch.zeros(2), device="meta")
torch.zeros(2, out=torch.zeros(2), device="cpu"), torch.zeros(2, out=torch.zeros(2), layout=torch.strided)
torch.empty(2, out=torch.zeros(2), device="meta")
torch.full((2,), 1., out=torch.zeros(2), device="meta")
torch.arange(2, out=torch.zeros(2), device="meta")
torch.eye(2, out=torch.zeros(2), device="meta")
torch.linspace(0, 1, 2, out=torch.zeros(2), device="meta")
torch.rand(2, out=torch.zeros(2), device="meta")
torch.randn(2, out=torch.zeros(2), dtype=torch.double)
torch.zeros(2, out=torch.zeros(2), requires_grad=True)
torch.tensor([1.]).pin_memory()
torch.cat([torch.ones(2), torch.ones(2, device="meta")])
torch.stack([torch.ones(2), torch.ones(2, device="meta")])
torch.ones(2) + torch.ones(2, device="meta")
torch.normal(torch.zeros(2), torch.ones(2), (2,))
torch.normal(torch.zeros(2), 1., (2,))
torch.normal(0., 1., (2,), out=torch.zeros(0)).shape
torch.vander(torch.ones(2), N=-1)
torch.ones(2,2).is_contiguous(memory_format=3)
torch.ones(2,2).contiguous(3)
torch.ones(2,2).contiguous(memory_format="a")
torch.ones(2,2).clone(memory_format=3)
torch.ones(2,2).to(memory_format=3)
torch.empty(2, memory_format=3)
torch.ones_like(torch.ones(2), memory_format="a")
torch.empty_like(torch.ones(2), memory_format=3)
torch.ones(2,2).resize_(2, memory_format=3)
torch.ones(2).apply_(lambda v: None)
torch.ones(2).int().apply_(lambda v: 2.7)
torch.ones(2).int().apply_(lambda v: "a")
torch.ones(2).bool().apply_(lambda v: 2)
torch.ones(2).apply_(lambda v: torch.tensor(5.))
torch.ones(2).apply_(lambda v: 1j)
torch.ones(2).cfloat().apply_(lambda v: v * 1j)
torch.ones(2).map_(torch.ones(2).double(), lambda a, b: a)
torch.ones(2).map_(torch.ones(3), lambda a, b: a)
torch.ones(2).map2_(torch.ones(2).double(), torch.ones(2), lambda a, b, c: a)
torch.ones(2).map2_(torch.ones(2), torch.ones(3), lambda a, b, c: a)
torch.ones(2).map_(3, lambda a, b: a)
torch.ones(2).map2_(torch.ones(2, requires_grad=True), torch.ones(2), lambda a, b, c: a)
torch.ones(2,1).map_(torch.ones(1,2), lambda a, b: a)
torch.bfloat16.to_complex()
torch.bool.to_real()
torch.int.to_real(), torch.bfloat16.to_real(), torch.half.to_complex(), torch.complex32.to_real(), torch.uint16.to_real()
torch.int.to_complex()
torch.uint8.to_complex()
torch.ones(2) * 1j
torch.ones(2).bfloat16() * 1j
torch.ones(2).bfloat16() * torch.tensor(1j)
torch.ones(2).half().to(torch.cfloat)
torch.ones(2).int() * 1j
torch.promote_types(torch.bfloat16, torch.cfloat), torch.promote_types(torch.half, torch.cfloat), torch.promote_types(torch.half, torch.complex32)
torch.result_type(torch.ones(2).bfloat16(), 1j)
torch.finfo(torch.float).foo
torch.iinfo(torch.int8).foo
torch.strided.x
torch.contiguous_format.x
torch.Size([1]).x
torch.device("cpu").x
hash(torch.finfo(torch.float))
torch.layout, torch.memory_format, torch.Size, torch.device, torch.dtype, torch.Generator, torch.finfo, torch.iinfo, type(torch.strided), type(torch.finfo(torch.float))
class G(torch.Generator): pass
import copy; copy.copy(torch.device("cpu")), copy.deepcopy(torch.device("cuda:1")), {torch.device("cpu"): 1}[torch.device("cpu")], torch.device("cpu").__reduce__()
torch.Size((1,), (2,))
torch.ones(2).type("DoubleTensor")
torch.ones(2).type("torch.doubletensor")
torch.ones(2).type("")
torch.ones(2).type("torch.Tensor").dtype
class SubF(torch.FloatTensor): pass
torch.FloatTensor(device="cuda")
torch.FloatTensor(2, device="meta")
torch.ones(1).new(2, device="cuda")
torch.Tensor(2, device="cuda")
torch.Tensor(2, device="meta")
x=torch.ones(2,3)
x.dim_order(ambiguity_check=True)
torch.ones(2,1,3).dim_order(ambiguity_check=True)
torch.ones(1).dim_order(ambiguity_check=True), torch.tensor(1.).dim_order(ambiguity_check=True)
torch.ones(1,2).dim_order(ambiguity_check=True)
torch.ones(2,1).dim_order(ambiguity_check=True)
torch.ones(2,2).expand(3,2,2).dim_order(), torch.ones(2,1,3).expand(2,4,3).dim_order(), torch.ones(1,3).expand(2,3).dim_order(), torch.ones(3,1).expand(3,4).dim_order(), torch.ones(1,1,2).dim_order(), torch.ones(2,1,1).transpose(0,1).dim_order(), torch.ones(0,2).dim_order()
torch.ones(2,3,4).permute(2,0,1).dim_order(ambiguity_check=True)
torch.ones(1,1).dim_order(ambiguity_check=[])
torch.ones(1,1,3,4).dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last])
torch.ones(2,2,3,4).dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last])
torch.ones(2,2,3,4).permute(1,0,2,3).dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last])
torch.ones(2,2).t().dim_order(ambiguity_check=[torch.contiguous_format])
torch.ones(2,2).dim_order(ambiguity_check=[torch.channels_last])
torch.ones(2,2).dim_order(ambiguity_check=1)
torch.ones(2,2).dim_order(ambiguity_check=(torch.channels_last,))
torch.nonzero(3)
torch.nonzero(torch.ones(2), 3)
torch.nonzero(torch.ones(2), foo=3)
torch.nonzero()
torch.nonzero(torch.ones(2), out=3)
torch.ones(2).int().apply_(lambda v: 2.7)
import torch.autograd.graph as G, warnings
from torch.autograd import grad, Function
import torch.autograd.forward_ad as fwAD
x = torch.tensor([1., 2.], requires_grad=True); y = torch.tensor([3., 4.])
z = x * 2; z.sum().backward(inputs=[z]); z.grad, z.retains_grad, x.grad
z = x * 2; z.sum().backward(inputs=[z, x]); z.grad, x.grad
z = x * 2; z.sum().backward(inputs=[G.get_gradient_edge(z)]); z.retains_grad
z = x * 2; z.sum().backward(inputs=z, retain_graph=True); z.sum().backward(inputs=z); z.grad
z = x * 2; h = z.grad_fn.register_hook(lambda gi, go: (gi[0], gi[0])); z.sum().backward()
z = x * y; h = z.grad_fn.register_hook(lambda gi, go: (gi[0], None)); z.sum().backward()
z = x * y; h = z.grad_fn.register_hook(lambda gi, go: (None, None)); x.grad = None; z.sum().backward(); x.grad
with fwAD.dual_level(): fwAD.make_dual(fwAD.make_dual(torch.ones(2), torch.ones(2)), torch.ones(2))
class SV(Function):
    @staticmethod
    def forward(ctx, a): ctx.save_for_backward(a); return a * 2
    @staticmethod
    def backward(ctx, g): print(ctx.saved_variables); return g
SV.apply(x).sum().backward()
class Setup(Function):
    @staticmethod
    def forward(a, b): return a * b, b
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.save_for_backward(*inputs)
    @staticmethod
    def backward(ctx, g, _): a, b = ctx.saved_tensors; return g * b, g * a
Setup.apply(x, y)[0].sum().backward()
class Setup3(Function):
    @staticmethod
    def forward(a): return a
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.save_for_backward(inputs[0])
    @staticmethod
    def backward(ctx, g): return g
Setup3.apply(x)
class Setup4(Function):
    @staticmethod
    def forward(a): return a
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.save_for_backward(output)
    @staticmethod
    def backward(ctx, g): return g
Setup4.apply(x)
class Setup2(Function):
    @staticmethod
    def forward(ctx, a): return a
    @staticmethod
    def setup_context(ctx, inputs, output): pass
Setup2.apply(x)
class Setup5(Function):
    @staticmethod
    def forward(a, b=3): return a * b
    @staticmethod
    def setup_context(ctx, inputs, output): print(inputs)
    @staticmethod
    def backward(ctx, g): return g, None
Setup5.apply(x)
Setup5.apply()
Setup5.apply(x, 1, 2)
with G.saved_tensors_hooks(lambda t: t, lambda t: t):
    with G.disable_saved_tensors_hooks("nope"): x * x
with G.disable_saved_tensors_hooks("nope"):
    with G.saved_tensors_hooks(lambda t: t, lambda t: t): x * x
with G.disable_saved_tensors_hooks("nope"): print(x * x)
G.increment_version(3)
G.increment_version([3])
G.increment_version((y,)); y._version
G.register_multi_grad_hook((y,), lambda gs: 0)
G.register_multi_grad_hook((), lambda gs: 0)
G.register_multi_grad_hook((y,), lambda gs: 0, mode="any")
torch.set_grad_enabled()
y.data = torch.ones(3).double(); y.dtype
x.data = torch.ones(2).double()
x.dtype
x.data = torch.ones(2, device="meta")
x.grad_fn, x.shape
y = torch.ones(2, requires_grad=True); y.set_(torch.ones(3))
y.set_()
y.detach().set_(torch.ones(3)).shape, y.shape
y.resize_(4)
y.data._version, y._version
y = torch.ones(2); y.set_(torch.ones(3))._version, y.resize_(5)._version, y.data.add_(1)._version, y._version
F1 = SV; o = F1.apply(x.float()); o.grad_fn._forward_cls if o.grad_fn else 0, F1._backward_cls
x = torch.ones(2, requires_grad=True)
x._backward_hooks, x.register_hook(lambda g: g) and x._backward_hooks and len(x._backward_hooks)
x._post_accumulate_grad_hooks, x.register_post_accumulate_grad_hook(lambda t: None) and len(x._post_accumulate_grad_hooks)
z = torch.zeros(2); z.grad = torch.ones(2, device="meta")
z.grad = z
z.grad = torch.ones(2, device="meta").double()
z.grad = torch.ones(3, device="meta")
z.grad = torch.ones(2).to_sparse(); z.grad
z.grad = torch.nn.Parameter(torch.ones(2)); z.grad
z.grad = "a"
del z.grad; z.grad
z.hooks
z.is_leaf = 3
x = torch.tensor([1., 2.], requires_grad=True)
z = x * 2; z.retain_grad(); z.sum().backward(inputs=z); z.grad
z = x * 2; z.sum().backward(inputs=z, retain_graph=True); z.sum().backward(); z.grad
z = x * 2; z.register_hook(lambda g: g * 10); z.sum().backward(inputs=z); z.grad
z = x * 2; z.retain_grad(); w = z * 3; w.sum().backward(inputs=[w, z]); z.grad, w.grad
z = x * 2; z.exp().sum().backward(inputs=z); z.grad.stride()
z = x * 2; z.sum().backward(inputs=z, create_graph=True); z.grad
import torch.nn as nn
z = torch.zeros(2)
z.grad = torch.ones(3, device="meta")
z.grad = torch.ones(2, device="meta").double()
m = nn.Linear(2,2); m(torch.ones(2)).sum().backward(); w = m.weight; m.to("meta"); m.weight is w, w, m.weight, m.weight.grad
m.to_empty(device="cpu"); m.weight.requires_grad, m.weight.shape, m.weight.grad.shape if m.weight.grad is not None else None, type(m.weight)
m = nn.Linear(2,2); w = m.weight; m.double(); m.weight is w, w.dtype
m = nn.BatchNorm1d(2).to("meta"); m.running_mean.device, m.weight.device
o = torch.optim.SGD(nn.Linear(1,1).to("meta").parameters(), 0.1); o
import torch, copy, pickle
r = torch.max(torch.ones(2,2), 0)
r.foo
r.values = 3
del r.values
torch.return_types.max((1,)), 
torch.return_types.max((1,2,3))
torch.return_types.max(1)
torch.return_types.max(1, 2)
torch.return_types.max(sequence=(1,2))
torch.return_types.max(x for x in (1,2))
torch.return_types.max("ab"), torch.return_types.max(torch.ones(2)), torch.return_types.max({1: 2, 3: 4})
torch.return_types.max((1,2), {})
r.n_fields, r.n_sequence_fields, r.n_unnamed_fields, type(r).n_fields, hasattr(r, "_fields"), hasattr(r, "_asdict"), hasattr(r, "_make")
r == r, r[0:1], r + (1,), len(r), tuple(r), r.index if False else 0, isinstance(r, tuple)
torch.return_types.linalg_svd, torch.return_types.foo
torch.return_types.all_return_types and len(torch.return_types.all_return_types) > 20
str(torch.return_types.sort), torch.return_types.sort((1,2))
torch.return_types.histogramdd if hasattr(torch.return_types, "histogramdd") else 0, torch.return_types.geqrf, torch.return_types.lu_unpack, torch.return_types.triangular_solve, torch.return_types.linalg_ldl_factor, torch.return_types.linalg_solve_ex, torch.return_types.linalg_lu_factor_ex, torch.return_types.max_out, torch.return_types.linalg_svd_out
torch.utils._pytree.tree_map(lambda t: t + 1, r)
torch.utils._pytree.tree_leaves(r)
torch.utils.data.default_collate([r, r])
class M(torch.nn.Module):
    def forward(self, x): return torch.max(x, 0)
torch.func.vmap(lambda x: torch.max(x, 0))(torch.ones(2,3))
torch.max(torch.ones(2,2), 0, out=(torch.zeros(2), torch.zeros(2).long()))
import copy, pickle
x = torch.arange(6.); s = torch.arange(6.).untyped_storage()
s.copy_(torch.arange(3.).untyped_storage())
s.resize_(48).nbytes(), s[24:48].tolist() and None, s.resize_(4).tolist(), s.clone().nbytes()
s.filename
s.float().tolist(), s.float().dtype, s.double().dtype, s.bool().dtype, s.complex_float().dtype, s.byte().tolist()
t = torch.UntypedStorage([1,2,3,4]); t.byteswap(torch.int16); t.tolist()
t.byteswap(torch.int32), t.tolist()
torch.UntypedStorage("a")
torch.UntypedStorage(["a"])
torch.UntypedStorage(4, 5)
torch.UntypedStorage([1000, -1]).tolist()
torch.UntypedStorage(1.5)
torch.UntypedStorage([1.5])
torch.UntypedStorage(None)
torch.UntypedStorage(device="cpu").nbytes(), torch.UntypedStorage(3).nbytes(), torch.UntypedStorage(torch.tensor(3)).nbytes(), torch.UntypedStorage((1, 2)).tolist(), torch.UntypedStorage(b"ab").tolist()
torch.UntypedStorage(-1)
t = torch.TypedStorage([1,2,3], dtype=torch.float32)
t["a"]
t["a"] = 1
t[1.5]
t.resize_(5), t.size(), t.fill_(2).tolist(), t.copy_(torch.FloatStorage([1,2,3,4,5])).tolist()
t.copy_(torch.FloatStorage([1,2]))
t.copy_(torch.DoubleStorage([1,2,3,4,5])).tolist(), t.float() is t, t.double().dtype, t.complex_float().tolist(), t.bool().tolist(), t.half().dtype, t.int().tolist()
torch.TypedStorage(wrap_storage=torch.UntypedStorage(8))
torch.TypedStorage(wrap_storage=3, dtype=torch.float)
torch.TypedStorage(dtype=3)
torch.TypedStorage(1, 2, dtype=torch.float)
torch.TypedStorage(1, torch.float)
torch.TypedStorage(4, wrap_storage=torch.UntypedStorage(8), dtype=torch.float)
torch.TypedStorage(wrap_storage=torch.UntypedStorage([0]*8), dtype=torch.float).tolist(), torch.TypedStorage([1, 2], dtype=torch.int).tolist(), torch.TypedStorage().size(), torch.TypedStorage(dtype=torch.int).dtype
torch.FloatStorage(wrap_storage=torch.FloatStorage(2))
torch.FloatStorage(wrap_storage=torch.UntypedStorage([0]*8)).tolist(), torch.FloatStorage([1,2]).tolist(), torch.FloatStorage(3).size()
issubclass(torch.FloatStorage, torch.TypedStorage), isinstance(t, torch.FloatStorage)
torch.ones(3).storage().share_memory_().is_shared(), torch.ones(3).untyped_storage().share_memory_().is_shared()
torch.ones(3).storage().pin_memory
torch.DoubleTensor(x.storage())
torch.FloatTensor(x.storage()), torch.DoubleTensor(torch.ones(1).double().untyped_storage())
y = torch.zeros(0)
y.set_(x.untyped_storage(), 1, (2,2), (1,2))
y.set_(x.untyped_storage(), -1, (2,), (1,))
y.set_(x.untyped_storage(), 0, (2,), (-1,))
y.set_(x.untyped_storage(), 0, (2,), (1,1))
y.set_(torch.ones(2).double().storage())
y.set_(torch.ones(2).storage())
y.set_(x, 1, (2,), (1,))
torch.empty(0).set_(x, 0, (3,))
torch.empty(0).set_(torch.ones(2).untyped_storage(), 0, (3,)).shape
copy.deepcopy(x.storage()).tolist(), copy.copy(x.storage()).tolist(), copy.deepcopy(x.untyped_storage()).nbytes()
pickle.loads(pickle.dumps(torch.FloatStorage([1,2]))).tolist()
import torch.distributions as d
from torch.distributions import *
from torch.distributions import constraints as C
Wishart(torch.tensor(3.))
MultivariateNormal(torch.zeros(2))
C.dependent(is_discrete=True, event_dim=1), C.dependent(is_discrete=True).is_discrete, C.dependent(event_dim=2)(is_discrete=False).event_dim, C.is_dependent(C.dependent(event_dim=1))
C.dependent(True)
C.dependent(event_dim=1).is_discrete
C.independent(3, 1)
C.independent(C.real, 1.5)
C.independent(C.real, -1)
C.cat([3])
C.cat([C.real], lengths=[1, 2])
C.stack([3])
C.MixtureSameFamilyConstraint(3)
class D1(Distribution): pass
D1()
d1 = D1(validate_args=False); d1.mean
d1.support
d1.arg_constraints
repr(d1)
d1.expand((2,))
d1.has_rsample, d1.batch_shape
class D2(Distribution):
    arg_constraints = {"a": C.positive}
    support = C.real
    def __init__(self, a, validate_args=None): self.a = torch.as_tensor(a); super().__init__(self.a.shape, validate_args=validate_args)
D2(2.), D2(2.).support, D2([1., 2.]).batch_shape
D2(-1.)
D2(2.).log_prob(torch.tensor(1.))
D2(2.)._validate_sample(torch.tensor(float("nan")))
class D3(Distribution):
    arg_constraints = {"b": C.positive}
Normal(0., 1.).sample_n(2).shape
d.utils.tril_matrix_to_vec(torch.ones(2,2), 5)
d.utils.tril_matrix_to_vec(torch.ones(2,2), -3)
d.utils.tril_matrix_to_vec(torch.arange(4.).view(2,2), 1), d.utils.tril_matrix_to_vec(torch.arange(4.).view(2,2)), d.utils.tril_matrix_to_vec(torch.arange(9.).view(3,3), -1), d.utils.vec_to_tril_matrix(torch.arange(3.), 0)
GeneralizedPareto(0., 1., 0.1).icdf(torch.tensor([0., 0.3, 1.]))
VonMises(0., 1.).icdf(torch.tensor(0.3))
import torch.nn as nn
from torch.func import *
grad(lambda y: y.backward())(torch.tensor(1.))
grad(lambda y: y.requires_grad_().sum())(torch.ones(2))
grad(lambda y: y.retain_grad() or y.sum())(torch.ones(2))
vmap(lambda y: y.requires_grad_())(torch.ones(2))
grad(lambda y: (torch.ones(2).requires_grad_() * y).sum())(torch.ones(2))
vjp(lambda y: y.requires_grad_(), torch.ones(2))
jvp(lambda y: y.requires_grad_(), (torch.ones(2),), (torch.ones(2),))
jacfwd(lambda y: y.requires_grad_())(torch.ones(2))
grad(lambda x: torch.autograd.grad(x ** 2, x)[0] * x)(torch.tensor(3.))
grad(grad(lambda x: x ** 3))(torch.tensor(2.)), hessian(lambda x: (x ** 3).sum())(torch.ones(2)), jacfwd(jacrev(torch.sin))(torch.ones(1)), vmap(grad(lambda x: x ** 2))(torch.ones(2)), grad(lambda x: vmap(grad(torch.sin))(x).sum())(torch.ones(2)), jvp(grad(lambda x: x ** 3), (torch.tensor(2.),), (torch.tensor(1.),)), vjp(jacrev(torch.sin), torch.ones(1))[1](torch.ones(1,1)), vmap(jacfwd(torch.sin))(torch.ones(2,1)), grad(lambda x: jvp(torch.sin, (x,), (torch.tensor(1.),))[1])(torch.tensor(1.))
torch.autograd.functional.jacobian(torch.sin, torch.ones(2))
grad(lambda x: torch.autograd.functional.jacobian(torch.sin, x).sum())(torch.ones(2))
vmap(nn.BatchNorm1d(2))(torch.ones(4,3,2)).shape
vmap(nn.BatchNorm1d(2, track_running_stats=False))(torch.ones(4,3,2)).shape
vmap(nn.BatchNorm1d(2).eval())(torch.ones(4,3,2)).shape
vmap(nn.Sequential(nn.Linear(2,2), nn.BatchNorm1d(2)))(torch.ones(4,3,2)).shape
vmap(lambda x, m, v: torch.nn.functional.batch_norm(x, m, v, training=True))(torch.ones(4,3,2), torch.zeros(4,2), torch.ones(4,2)).shape
vmap(lambda x: torch.nn.functional.batch_norm(x, torch.zeros(2), torch.ones(2), training=True))(torch.ones(4,3,2)).shape
vmap(nn.InstanceNorm1d(2))(torch.ones(4,3,2,2)).shape
torch._C._are_functorch_transforms_active()
grad(lambda x: (torch._C._are_functorch_transforms_active(), x.sum())[1])(torch.ones(2))
class TF:
    def __init__(self, v): self.v = v
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        print(getattr(func, "__name__", func), [t.__name__ for t in types], len(args), kwargs); return 42
torch.ones(1)[TF(1)]
torch.ones(1)[0, TF(1)]
x = torch.ones(1); x[TF(1)] = 3
x[0] = TF(3)
x["a"]
x["a"] = 3
x[0] = "a"
x[5] = 3
import torch
A = torch.tensor([[4., 1, 0], [1, 3, 1], [0, 1, 2]]); B = torch.arange(6.).view(3,2); I = torch.eye(3, dtype=torch.int)
torch.prod(B, None)
torch.logsumexp(B, None)
torch.logdet(B)
torch.logdet(torch.ones(2))
torch.logdet(I)
torch.tensordot(A, B, "a")
torch.tensordot(A, B.double(), 1)
torch.tensordot(A, B, None)
torch.tensordot(A, B, 1.5)
torch.addmv(torch.ones(2), A, torch.ones(3))
torch.addmv(torch.ones(3), A, torch.ones(2))
torch.addmv(torch.ones(1), A, torch.ones(3)), torch.addmv(torch.tensor(1.), A, torch.ones(3))
torch.addmv(torch.ones(3,3), A, torch.ones(3))
torch.ones(2).addmv_(A, torch.ones(3))
torch.trapezoid(B, torch.ones(3))
torch.cumulative_trapezoid(B, torch.ones(3))
torch.trapz(B, torch.ones(3))
torch._C._LinAlgError is torch.linalg.LinAlgError
torch.linalg.svd(A, 3)
torch.linalg.svd(A, full_matrices=1)
torch.sort(B, descending=1)
torch.topk(B, 1, largest=1)
torch.argsort(B, descending=1)
torch.sum(B, 0, 1)
B.sum(0, keepdim=1)
torch.max(B, 0, 1)
torch.softmax(B)
torch.tensor(1.).svd
torch.add(B, B, alpha="a", out=3)
torch.std(B, dim=0, keepdim=True, correction=0, foo=1)
torch.cat([B], dim=0, foo=1, bar=2)
torch.sum(B, bar=2, foo=1)
torch.max(B, foo=1, bar=2, baz=3)
i = torch.tensor([[0, 1, 1], [2, 0, 2]])
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.add_(s); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.mul_(2); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)).coalesce(); s.add_(s); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)).coalesce(); s.mul_(2); v
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.neg_(); v
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.div_(2); v
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.sub_(s); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.zero_(); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.copy_(torch.sparse_coo_tensor(i, v * 2, (2, 3))); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s += s; v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s.sqrt_(), v
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); s._values().fill_(7); v, s
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); c = s.clone(); c._values().fill_(7); v
v = torch.tensor([3., 4, 5]); s = torch.sparse_coo_tensor(i, v, (2, 3)); c = s.coalesce(); c._values().fill_(7); v, c is s
c.add_(torch.sparse_coo_tensor(i, v, (2, 3)), alpha=3)
w = torch.zeros(2, 3); w.add_(c, alpha=2); w
import torch.nn as nn, torch.fx as fx, operator
from torch.fx import symbolic_trace, Graph, GraphModule
class M(nn.Module):
    def __init__(self): super().__init__(); self.l = nn.Linear(2, 2); self.k = nn.Sequential(nn.ReLU(), nn.Tanh())
    def forward(self, x): return self.l(x)
g = symbolic_trace(M())
g.delete_submodule("nope"), g.delete_submodule("k.5"), g.delete_submodule("k.0"), g.delete_submodule("k.0"), g.delete_submodule("k"), g.delete_submodule("l.weight"), hasattr(g, "k")
g.add_submodule("q.r", nn.ReLU()), g.delete_submodule("q.r"), g.delete_submodule("x.y.z")
n = list(g.graph.nodes)[1]; n.stack_trace; n.stack_trace = "here"; n.stack_trace
g.graph.create_node("foo", "a")
fx.wrap(3)
symbolic_trace(3)
g.delete_all_unused_submodules(); [k for k, _ in g.named_modules()]
import torch.nn as nn, torch.nn.functional as F
x = torch.arange(16.).reshape(1,1,4,4)
F.grid_sample(x, torch.zeros(1,2,2), align_corners=False)
F.grid_sample(torch.ones(1,1,4), torch.zeros(1,2,2), align_corners=False)
F.grid_sample(torch.ones(1,1,4,4,4), torch.zeros(1,2,2,2), align_corners=False)
F.grid_sample(torch.ones(1,1,2,2,2), torch.zeros(1,1,1,1,2), align_corners=False)
F.grid_sample(torch.ones(1,1,0,2), torch.zeros(1,1,1,2), align_corners=False)
F.grid_sample(torch.ones(1,1,2,2,2), torch.zeros(1,1,1,1,3), mode="bicubic", align_corners=False)
F.pad(x, "a")
F.pad(x, (1.5, 1))
F.pad(x, (1, 1.5))
F.pad(x, 3)
F.pad(x, (torch.tensor(1), 1)).shape, F.pad(x, torch.Size([1, 1])).shape, F.pad(x, [1, 1]).shape
F.pad(x, None)
F.pad(x, (1, "a"))
F.pad(3, (1, 1))
F.pad(x, (1, 1), "constant", None).shape
F.ctc_loss(torch.zeros(3,1,2), torch.tensor([[1]]), torch.tensor([3.]), torch.tensor([1]))
F.ctc_loss(torch.zeros(3,1,2), torch.tensor([[1]]), torch.tensor([3]), torch.tensor([1.]))
F.ctc_loss(torch.zeros(3,1,2), torch.tensor([[1.]]), (3,), (1,))
q = torch.ones(1,4,3,2)
F.scaled_dot_product_attention(q, torch.ones(1,2,3,2), torch.ones(1,4,3,2), enable_gqa=True).shape
m = nn.LSTMCell(2, 3)
m(torch.ones(1,2), torch.ones(1,3))
m(torch.ones(1,2), torch.ones(2,3))
m(torch.ones(1,2), [torch.ones(1,3), torch.ones(1,3)])[0].shape
m(torch.ones(1,2), (torch.ones(1,3),))
m(torch.ones(1,2), 3)
m(torch.ones(2), torch.ones(3))
m(torch.ones(2), (torch.ones(3), torch.ones(3)))[0].shape
nn.GRUCell(2,3)(torch.ones(1,2), (torch.ones(1,3), torch.ones(1,3)))
nn.GRUCell(2,3)(torch.ones(1,2), 3)
F.embedding_bag(torch.tensor([0,1]), torch.eye(3), torch.tensor([0.]))
F.embedding_bag(torch.tensor([0.,1]), torch.eye(3), torch.tensor([0]))
F.embedding_bag(torch.tensor([0,1]), torch.eye(3), torch.tensor([0], dtype=torch.int))
F.embedding_bag(torch.tensor([0,1], dtype=torch.int), torch.eye(3), torch.tensor([0], dtype=torch.int))
F.embedding_bag(torch.tensor([0,1]), torch.eye(3), torch.tensor([0], dtype=torch.int16))
a = torch.ones(1); a.expand(3).masked_fill_(torch.tensor([True, False, False]), 5), a
a = torch.ones(1); a.expand(3).index_fill_(0, torch.tensor([0]), 4), a
a = torch.ones(1); a.expand(3).index_put_((torch.tensor([0]),), torch.tensor([6.])), a
a = torch.ones(2, 1); e = a.expand(2, 3); e[e > 0] = 7; a
a = torch.ones(2, 1); e = a.expand(2, 3); e[torch.tensor([0])] = 3; a
a = torch.ones(2, 1); e = a.expand(2, 3); e[torch.tensor([[True, False, False], [False, False, False]])] = 3; a, e._version
a = torch.ones(2, 1); e = a.expand(2, 3); e.masked_fill_(torch.tensor([[False, True, False], [False, False, False]]), float("-inf")); a
torch.ones(1).expand(3).index_add_(0, torch.tensor([0]), torch.ones(1))
torch.ones(1).expand(3).masked_scatter_(torch.tensor([True]), torch.ones(3))
torch.ones(1).expand(3).add_(1)
torch.ones(3).masked_fill_(torch.tensor([True, False, True]), 2.)
