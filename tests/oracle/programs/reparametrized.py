import torch, pickle, copy
from torch import nn
from torch.nn.utils import parametrize as P, prune, parametrizations as PS
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter
class Skew(nn.Module):
    def forward(self, X): X = X.tril(-1); return X - X.T
class Resize(nn.Module):
    def forward(self, X): return X[[0]]
class Double(nn.Module):
    def forward(self, X): return X.double()
class RI(nn.Module):
    def forward(self, X): return 2 * X
    def right_inverse(self, X): return X / 2
class Wrong(nn.Module):
    def forward(self, X): return X
    def right_inverse(self, X): return 3
class WrongD(nn.Module):
    def forward(self, X): return X
    def right_inverse(self, X): return X.double()
class Two(nn.Module):
    def forward(self, a, b): return a @ b
    def right_inverse(self, W): return W[:, :1].clone(), W[:1].clone()
class Trip(nn.Module):
    def forward(self, a, b): return a
    def right_inverse(self, W): return W, 3
m = nn.Linear(4, 4); w = m.weight
P.register_parametrization(m, "weight", Resize())
P.register_parametrization(m, "weight", Resize(), unsafe=True), m.weight.shape, m, list(m.state_dict())
P.remove_parametrizations(m, "weight", leave_parametrized=False), m.weight is w, type(m)
P.register_parametrization(m, "weight", Double())
P.register_parametrization(m, "weight", Double(), unsafe=True); m.weight.dtype
P.register_parametrization(m, "weight", RI()); P.remove_parametrizations(m, "weight", leave_parametrized=False); m = nn.Linear(4, 4)
m.weight.dtype
m.float(); P.register_parametrization(m, "weight", Skew()); m, m.weight == -m.weight.T
m.parametrizations, m.parametrizations.weight, m.parametrizations.weight[0], m.parametrizations["weight"].original.shape, m.parametrizations.weight.is_tensor
m.weight = torch.ones(4, 4)
P.register_parametrization(m, "weight", RI()); m.weight = torch.ones(4, 4)
type(m), type(m).__name__, P.is_parametrized(m), P.is_parametrized(m, "bias"), P.is_parametrized(m, "foo"), P.is_parametrized(nn.Linear(1, 1), "weight")
copy.deepcopy(m).weight is m.weight, type(copy.deepcopy(m)) is type(m)
pickle.dumps(m)
torch.save(m, "/dev/null")
with P.cached(): print(m.weight is m.weight)
m.weight is m.weight
P.remove_parametrizations(m, "bias")
P.remove_parametrizations(m, "foo")
P.register_parametrization(m, "foo", Skew())
P.register_parametrization(nn.Linear(1, 1), "bias", Wrong())
P.register_parametrization(nn.Linear(1, 1), "bias", WrongD())
P.register_parametrization(nn.Linear(2, 2), "weight", Trip())
n = nn.Linear(3, 3); P.register_parametrization(n, "weight", Two()); n, list(n.state_dict()), n.parametrizations.weight.ntensors, n.parametrizations.weight.is_tensor
P.remove_parametrizations(n, "weight", leave_parametrized=False)
P.remove_parametrizations(n, "weight"), list(n.state_dict()), n.weight.requires_grad
n = nn.Linear(3, 3); P.register_parametrization(n, "weight", Two()); n.weight = torch.ones(3, 3); n.weight, n.parametrizations.weight.original0
class Bad(nn.Module):
    def forward(self, x): return 3
P.register_parametrization(nn.Linear(1, 1), "weight", Bad())
P.register_parametrization(nn.Linear(1, 1), "weight", lambda x: x)
b = nn.BatchNorm1d(2); P.register_parametrization(b, "running_mean", RI()); b.running_mean, dict(b.named_buffers()).keys(), b
P.remove_parametrizations(b, "running_mean"), b.running_mean, "running_mean" in b._buffers
inner = m.parametrizations.weight; P.register_parametrization(inner, "original", Skew()); inner
P.type_before_parametrizations(m), P.type_before_parametrizations(nn.ReLU())
P.transfer_parametrizations_and_params(n, nn.Linear(3, 3))
t = nn.Linear(3, 3); P.transfer_parametrizations_and_params(n, t, "weight"), P.is_parametrized(t), torch.equal(t.weight, n.weight)
o = PS.orthogonal(nn.Linear(4, 3)); o, (o.weight @ o.weight.T - torch.eye(3)).abs().max() < 1e-5, list(o.state_dict())
o.weight = torch.eye(3, 4); (o.weight - torch.eye(3, 4)).abs().max() < 1e-5
o.weight = torch.ones(3, 4)
for mp in ("matrix_exp", "cayley", "householder"):
    o = PS.orthogonal(nn.Linear(3, 3), orthogonal_map=mp, use_trivialization=False); print(o, mp, (o.weight @ o.weight.T - torch.eye(3)).abs().max() < 1e-5, o.weight.grad_fn is not None)
    try: o.weight = torch.eye(3)
    except Exception as e: print(type(e).__name__, e)
PS.orthogonal(nn.Linear(3, 3), orthogonal_map="foo")
PS.orthogonal(nn.Linear(4, 3), orthogonal_map="cayley")
PS.orthogonal(nn.Linear(4, 3), "bias")
PS.orthogonal(nn.ReLU())
torch.manual_seed(0); s = PS.spectral_norm(nn.Linear(3, 4)); s, list(s.state_dict()), s.weight
s.eval(); s.weight is s.weight, torch.equal(s.weight, s.weight), s.parametrizations.weight[0]._u
PS.spectral_norm(nn.Linear(2, 2), n_power_iterations=0)
PS.spectral_norm(nn.Linear(2, 2), dim=5)
PS.spectral_norm(nn.ReLU())
PS.spectral_norm(nn.ConvTranspose2d(2, 3, 2)).parametrizations.weight[0].dim
sb = PS.spectral_norm(nn.Linear(2, 3), "bias"); list(sb.state_dict()), sb.bias.norm()
torch.manual_seed(0); v = PS.weight_norm(nn.Linear(3, 2)); v, list(v.state_dict()), v.weight
v.weight = torch.ones(2, 3); v.parametrizations.weight.original0, v.parametrizations.weight.original1
v0 = PS.weight_norm(nn.Linear(3, 2), dim=None); v0.parametrizations.weight.original0.shape
old = {"weight_g": torch.ones(2, 1), "weight_v": torch.ones(2, 3), "bias": torch.zeros(2)}
v.load_state_dict(old), v.weight
torch.nn.utils.remove_weight_norm(v)
ow = nn.utils.weight_norm(nn.Linear(3, 2)); ow, list(ow.state_dict()), len(ow._forward_pre_hooks), copy.deepcopy(ow).weight.shape
nn.utils.weight_norm(ow)
nn.utils.remove_weight_norm(nn.Linear(2, 2))
nn.utils.remove_weight_norm(ow), list(ow.state_dict())
os_ = nn.utils.spectral_norm(nn.Linear(3, 2)); list(os_.state_dict()), os_.weight.shape, nn.utils.remove_spectral_norm(os_), list(os_.state_dict())
nn.utils.spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2)))
# pruning
[prune._compute_nparams_toprune(a, s) for a, s in ((0, 15), (10, 15), (1, 15), (1.0, 15), (0.4, 17), (0.5, 5), (0.5, 7))]
prune._validate_pruning_amount_init("x")
prune._validate_pruning_amount_init(1.1)
prune._validate_pruning_amount_init(-10)
prune._validate_pruning_amount(20, 19)
m = nn.Linear(5, 2); prune.random_unstructured(m, "weight", 0.3), list(m.state_dict()), m.weight_mask, [type(f) for f in m._forward_pre_hooks.values()], m.weight_orig.requires_grad, type(m.weight), type(m.weight_orig)
prune.l1_unstructured(m, "weight", amount=2), m.weight_mask.sum(); hk = next(iter(m._forward_pre_hooks.values())); type(hk).__name__, len(hk), hk[0].__class__.__name__, hk._tensor_name, [type(x).__name__ for x in hk], hk.PRUNING_TYPE
prune.ln_structured(m, "weight", amount=0.3, n=float("inf"), dim=1), m.weight_mask
prune.is_pruned(m), prune.is_pruned(nn.Sequential(m)), prune.is_pruned(nn.Linear(1, 1))
prune.remove(m, "weight"), list(m.state_dict()), type(m.weight)
prune.remove(m, "weight")
c = prune.PruningContainer(); c._tensor_name = "test"; p = prune.L1Unstructured(amount=2); p._tensor_name = "test"; c.add_pruning_method(p), len(c)
q = prune.L1Unstructured(amount=2); q._tensor_name = "other"; c.add_pruning_method(q)
c.add_pruning_method(10)
c.add_pruning_method(None)
p.compute_mask(torch.tensor([[1., 2], [3, 4]]), torch.ones(2, 2)), p.prune(torch.tensor([[1., 2], [3, 4]])), p.prune(torch.tensor([1., 2, 3]), importance_scores=torch.tensor([3., 1, 2]))
prune.LnStructured(amount=1, n=2, dim=0).prune(torch.tensor([[1., 2], [3, 4]]), default_mask=torch.tensor([[1., 1], [0, 0]]))
prune.LnStructured(amount=1, n=2, dim=5).prune(torch.ones(2, 2))
prune.LnStructured(amount=1, n=2).prune(torch.ones(2))
prune.RandomStructured(amount=0.5, dim=-1).prune(torch.ones(2, 4))
prune.RandomStructured(amount=0.5, dim=-1).prune(torch.ones(4))
m1, m2 = nn.Linear(3, 2), nn.Linear(2, 1); prune.global_unstructured([(m1, "weight"), (m2, "weight")], pruning_method=prune.L1Unstructured, amount=4); m1.weight_mask, m2.weight_mask
prune.global_unstructured([(m1, "weight"), (m2, "weight")], pruning_method=prune.LnStructured, amount=4)
prune.global_unstructured(m1, pruning_method=prune.L1Unstructured, amount=1)
prune.global_unstructured([(m1, "weight")], pruning_method=prune.L1Unstructured, importance_scores={(m1, "weight"): torch.arange(6.).reshape(2, 3)}, amount=3), m1.weight_mask
prune.global_unstructured([(m1, "weight")], pruning_method=prune.L1Unstructured, importance_scores=3, amount=3)
prune.custom_from_mask(m2, "bias", torch.zeros(1)), m2.bias, m2(torch.ones(1, 2)).grad_fn is not None
prune.identity(nn.Linear(2, 2), "weight").weight_mask
prune.random_structured(nn.Linear(2, 2), "weight", amount=5, dim=0)
prune.random_structured(nn.Linear(2, 2), "bias", amount=1, dim=0)
prune.l1_unstructured(nn.Linear(2, 2), "foo", amount=1)
prune.l1_unstructured(nn.Linear(2, 2), "weight", amount=1, importance_scores=torch.ones(3))
pickle.loads(pickle.dumps(m1)).weight_mask.shape, copy.deepcopy(m1).weight
prune.Identity.apply(nn.Linear(1, 1), "weight"), prune.BasePruningMethod
class Foo(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"
    def compute_mask(self, t, default_mask):
        mask = default_mask.clone(); mask.view(-1)[::2] = 0; return mask
Foo.apply(nn.Linear(2, 2), "bias").__class__.__name__
class Foo2(Foo): PRUNING_TYPE = "weird"
z = nn.Linear(2, 2); Foo.apply(z, "bias"); Foo2.apply(z, "bias")
# lazy
class LM(nn.modules.lazy.LazyModuleMixin, nn.Module): pass
l = LM(); l.register_parameter("p", UninitializedParameter()); l.has_uninitialized_params(), l.state_dict()
k = LM(); k.register_parameter("p", nn.Parameter(torch.ones(2))); k.load_state_dict(l.state_dict())
l.load_state_dict(k.state_dict()), l.p
l.share_memory()
u = LM(); u.b = UninitializedBuffer(); u.has_uninitialized_params(), u.share_memory()
up = UninitializedParameter(dtype=torch.double); up.shape
up.is_leaf, up.requires_grad, up.dtype, type(up).__name__
up.materialize((2,)), up.shape, type(up), up.dtype
lz.load_state_dict(nn.Linear(5, 3).state_dict()), type(lz), lz.in_features, lz
lz = nn.LazyLinear(3); nn.Linear(5, 3).load_state_dict(nn.LazyLinear(3).state_dict())
nn.LazyLinear(3).load_state_dict({"weight": torch.ones(3, 2)})
lz2 = nn.LazyConv2d(4, 3); lz2(torch.ones(3, 3, 3)).shape, lz2, type(lz2)
nn.LazyConv2d(4, 3)(torch.ones(3, 3))
nn.LazyConvTranspose1d(2, 2)(torch.ones(1, 3, 3)).shape
nb = nn.LazyBatchNorm2d(); nb, nb(torch.ones(2, 3, 2, 2)).shape, nb, nb.running_mean
nn.LazyBatchNorm1d(affine=False, track_running_stats=False)(torch.randn(2, 3)).shape
nn.LazyInstanceNorm2d(affine=True)(torch.randn(2, 3, 2, 2)).shape
nb2 = nn.LazyBatchNorm1d(); nb2.load_state_dict(nn.BatchNorm1d(3).state_dict()), nb2
torch.optim.SGD(nn.LazyLinear(2).parameters(), lr=0.1)
nn.LazyLinear(2, bias=False, dtype=torch.double)(torch.ones(1, 2).double()).dtype
nn.Sequential(nn.LazyLinear(2), nn.LazyLinear(3)).eval()(torch.ones(1, 4)).shape
class TM(nn.modules.lazy.LazyModuleMixin, nn.Module):
    def initialize_parameters(self, x): return None
    def forward(self, x): return x
tm = TM(); tm.register_forward_pre_hook(lambda m, i: i[0] + 1); tm(torch.zeros(2))
tm = TM(); tm.register_forward_hook(lambda m, i, o: i[0] + 1); tm(torch.zeros(2)), tm.cls_to_become
class NoInit(nn.modules.lazy.LazyModuleMixin, nn.Module):
    def forward(self, x): return x
NoInit()(torch.ones(1))
nn.LazyLinear(2)._infer_parameters
class Moves(nn.Module):
    def forward(self, x): return x
    def right_inverse(self, x): return x.to("meta")
P.register_parametrization(nn.Linear(3, 4), "weight", Moves())
