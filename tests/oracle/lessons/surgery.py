import torch, torch.nn as nn, torch.nn.functional as F, copy, io, os, tempfile, warnings
from functools import partial
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)); x = torch.randn(2, 3)
acts = {}
def get(name):
    def hook(m, i, o): acts[name] = o.detach()
    return hook
hs = [m.register_forward_hook(get(n)) for n, m in net.named_modules() if n]; net(x); print(acts); [h.remove() for h in hs]
net[0].register_forward_pre_hook(lambda m, a: (a[0]*2,)); net[2].register_full_backward_hook(lambda m, gi, go: print(m, gi, go)); net(x).sum().backward()
net[1].register_forward_hook(lambda m, a, k, o: o+1, with_kwargs=True); print(net(x))
net.register_state_dict_pre_hook(lambda m, p, k: print("sd", p, k)); net.state_dict()
net._register_load_state_dict_pre_hook(lambda sd, *a: print("load", list(sd))); net.load_state_dict(net.state_dict())
from torch.nn.utils import parametrize, prune, weight_norm, spectral_norm, parameters_to_vector, vector_to_parameters, remove_weight_norm
class Sym(nn.Module):
    def forward(self, X): return X.triu() + X.triu(1).transpose(-1, -2)
layer = nn.Linear(3, 3); parametrize.register_parametrization(layer, "weight", Sym()); A = layer.weight; print(A, torch.allclose(A, A.T)); print(layer)
layer.parametrizations.weight.original, layer.parametrizations["weight"], list(dict(layer.named_parameters()))
layer.state_dict()
parametrize.is_parametrized(layer), parametrize.is_parametrized(layer, "bias"), type(layer)
with parametrize.cached(): print(layer.weight is layer.weight)
parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False); print(layer, layer.weight)
class Exp(nn.Module):
    def forward(self, X): return X.exp()
    def right_inverse(self, A): return A.log()
layer.weight.data.abs_(); parametrize.register_parametrization(layer, "weight", Exp()); layer.weight = torch.ones(3,3); print(layer.weight, layer.parametrizations.weight.original)
parametrize.register_parametrization(layer, "nope", Exp())
parametrize.register_parametrization(layer, "weight", Sym()); print(layer, layer.weight)
from torch.nn.utils.parametrizations import orthogonal, weight_norm as wn, spectral_norm as sn
print(wn(nn.Linear(4, 3))); l = wn(nn.Linear(4,3)); print(l.parametrizations.weight.original0, l.parametrizations.weight.original1.shape, l(torch.ones(1,4)))
l = sn(nn.Linear(4,3)); print(l, l.weight, torch.linalg.matrix_norm(l.weight, 2), l.state_dict().keys())
o = orthogonal(nn.Linear(4,3)); print(o, o.weight @ o.weight.T)
orthogonal(nn.Linear(3,3), orthogonal_map="cayley").weight
conv = nn.Conv2d(1, 2, 3); prune.random_unstructured(conv, name="weight", amount=0.3); print(conv, list(conv.named_parameters()), list(conv.named_buffers()), conv.weight, conv._forward_pre_hooks)
prune.l1_unstructured(conv, name="bias", amount=1); print(conv.bias_mask, conv.state_dict().keys())
prune.ln_structured(conv, name="weight", amount=0.5, n=2, dim=0); print(conv.weight, list(conv._forward_pre_hooks.values())[0])
prune.remove(conv, "weight"); print(list(dict(conv.named_parameters())), conv.weight)
prune.is_pruned(conv), prune.is_pruned(nn.Linear(1,1))
mm = nn.Sequential(nn.Linear(3,3), nn.Linear(3,2)); prune.global_unstructured([(mm[0], "weight"), (mm[1], "weight")], pruning_method=prune.L1Unstructured, amount=0.4); print(mm[0].weight_mask, mm[1].weight_mask, sum((m.weight==0).sum() for m in mm))
prune.custom_from_mask(mm[0], "bias", torch.tensor([1,0,1])); print(mm[0].bias)
class Foo(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"
    def compute_mask(self, t, default_mask): mask = default_mask.clone(); mask.view(-1)[::2] = 0; return mask
Foo.apply(mm[1], "bias"); print(mm[1].bias)
prune.l1_unstructured(nn.Linear(2,2), "weight", amount=1.5)
prune.random_unstructured(nn.Linear(2,2), "weight", amount=10)
prune.identity(nn.Linear(2,2), "weight"), prune.random_structured(nn.Linear(2,4), "weight", 0.5, dim=0).weight
prune.remove(nn.Linear(1,1), "weight")
v = parameters_to_vector(mm.parameters()); vector_to_parameters(v*0, mm.parameters()); print(v.shape, mm[0].weight_orig)
print(weight_norm(nn.Linear(2,3), name="weight")); print(spectral_norm(nn.Linear(2,3)))
seqs = [torch.ones(3,2), torch.ones(1,2)*2, torch.ones(2,2)*3]
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence, pack_sequence, unpad_sequence
p = pad_sequence(seqs, batch_first=True); print(p); pk = pack_padded_sequence(p, [3,1,2], batch_first=True, enforce_sorted=False); print(pk)
pack_padded_sequence(p, [3,1,2], batch_first=True)
pack_padded_sequence(p, torch.tensor([3,0,2]), batch_first=True, enforce_sorted=False)
lstm = nn.LSTM(2, 3, batch_first=True, bidirectional=True); o, (h, c) = lstm(pk); print(o, h.shape); pad_packed_sequence(o, batch_first=True, padding_value=-1, total_length=4)
pack_sequence(seqs, enforce_sorted=False).data, unpad_sequence(p, torch.tensor([3,1,2]), batch_first=True)
pad_sequence(seqs, padding_side="left", padding_value=9.)
lstm(pk.to(torch.float64))  # differs: which of two checks comes first
torch.func.functional_call(net, dict(net.named_parameters()), (x,)), torch.nn.utils.stateless.functional_call(net, dict(net.named_parameters()), (x,))
buf = io.BytesIO(); torch.save(net.state_dict(), buf); buf.seek(0); net.load_state_dict(torch.load(buf, weights_only=True))
d = tempfile.mkdtemp(); f = os.path.join(d, "m.pt"); torch.save({"epoch": 3, "model": nn.Linear(2,1).state_dict(), "opt": torch.optim.Adam([torch.ones(1, requires_grad=True)]).state_dict(), "loss": torch.tensor(.5)}, f); ck = torch.load(f, map_location="cpu"); print(ck)
torch.save(nn.Linear(2,1), f)
torch.load(f)  # differs: our error names the file
type(torch.load(f, weights_only=False))  # differs: a warning, and our error names the file
torch.load("/nonexistent.pt")
torch.save(torch.ones(2), "/nonexistent/dir/x.pt")
with torch.serialization.safe_globals([nn.Linear]): pass
torch.load(io.BytesIO(b"junk"))  # differs: our error names the file
torch.load(io.BytesIO(b""))  # differs: our error names the file
from torch.nn.modules.utils import _pair; _pair(3)
from torch.nn import Parameter, init; init.orthogonal_(torch.empty(3,3)), init.sparse_(torch.empty(3,3), .3), init.dirac_(torch.empty(2,2,3)), init.eye_(torch.empty(2,2)), init.trunc_normal_(torch.empty(2), std=.02), init.calculate_gain("leaky_relu", .2), init.kaiming_uniform_(torch.empty(2,3), a=5**.5), init.xavier_normal_(torch.empty(2,3), gain=2.)
init.calculate_gain("nope"), 
init.kaiming_normal_(torch.empty(3))
init.kaiming_normal(torch.empty(3,3))
nn.init.uniform_(torch.empty(2), -1, 1, generator=torch.Generator().manual_seed(1))
F.gumbel_softmax(torch.zeros(2,3), hard=True), F.one_hot(torch.tensor([0,2]), 3), F.cosine_similarity(x, x), F.normalize(x), F.pdist(x), F.kl_div(F.log_softmax(x,1), F.softmax(x,1), reduction="batchmean"), F.pairwise_distance(x, x+1)
nn.TripletMarginLoss()(x, x+1, x-1), nn.CosineEmbeddingLoss()(x, -x, torch.tensor([1,-1])), nn.TripletMarginWithDistanceLoss(distance_function=lambda a,b: 1-F.cosine_similarity(a,b))(x,x+1,x-1), nn.GaussianNLLLoss()(x, x+1, x**2), nn.CTCLoss()(torch.randn(5,2,4).log_softmax(2), torch.tensor([[1,2],[3,1]]), torch.tensor([5,5]), torch.tensor([2,2]))
nn.CrossEntropyLoss(weight=torch.ones(3), label_smoothing=.1, ignore_index=1)(x, torch.tensor([0,1])), nn.CrossEntropyLoss()(x, torch.softmax(x,1)), nn.BCEWithLogitsLoss(pos_weight=torch.ones(3)), nn.CrossEntropyLoss(reduction="nope")(x, torch.tensor([0,1]))
