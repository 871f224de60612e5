import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
t = torch.rand(2, 3, 10, 10, device="meta")
t, t.device, t.is_meta, t.is_cpu, t.shape, t.dtype, t.stride()
torch.zeros(3, device="meta"), torch.ones(2, 2, dtype=torch.int64, device="meta"), torch.tensor([True], device="meta"), torch.empty(0, device="meta")
t + 1, (t * 2).sum(), t.mean(1), t @ t, t[0], t[:, None], t.view(2, -1), t.permute(1, 0, 2, 3).contiguous(), t > 0, t.to(memory_format=torch.channels_last) * 2
t.sum().item()
float(t.sum())
bool(t.sum())
5 in t
t.numpy()
t.tolist()
t.cpu()
t.to("meta") is t
torch.ones(2, requires_grad=True).to("meta")
t + torch.ones(2, 3, 10, 10)
t.sum() + torch.tensor(1.)
torch.randn(2, device="meta"), torch.arange(5, device="meta"), torch.eye(3, device="meta"), torch.full((2,), 3, device="meta"), torch.linspace(0, 1, 3, device="meta"), torch.randint(3, (2,), device="meta"), torch.randperm(4, device="meta")
torch.rand(2)
torch.empty_like(torch.ones(2), device="meta"), torch.zeros_like(t), torch.rand_like(t)
x = torch.ones(3, device="meta", requires_grad=True)
y = (x * 2).sin().sum()
y.backward()
y, x.grad, f"{y}"
nn.Conv2d(3, 5, 2, device="meta")(t)
with torch.device("meta"): lin = nn.Linear(3, 4)
lin.weight
lin(torch.ones(2, 3))
lin.to("cpu")
lin.cpu()
lin.to_empty(device="cpu").weight.device
with torch.device("meta"): m = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(4), nn.Dropout(), nn.LogSoftmax(1))
m(torch.rand(2, 1, 8, 8, device="meta"))
m.state_dict()
m[0].load_state_dict(nn.Conv2d(1, 2, 3).state_dict()), m[0].weight
m[0].load_state_dict(nn.Conv2d(1, 2, 3).state_dict(), assign=True), m[0].weight.device
nn.Linear(2, 2).to("meta").weight, nn.Linear(2, 2).to_empty(device="meta").weight, copy.deepcopy(nn.Linear(2, 1, device="meta")).weight
nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, device="meta")(torch.rand(2, 5, 8, device="meta"))
nn.Embedding(10, 3, device="meta")(torch.zeros(2, 3, dtype=torch.long, device="meta"))
nn.LSTM(3, 4, device="meta")(torch.rand(5, 2, 3, device="meta"))[1][0].shape
F.cross_entropy(torch.rand(2, 3, device="meta"), torch.zeros(2, dtype=torch.long, device="meta"))
torch.cat([t, t]).shape, torch.einsum("bchw->bc", t), t.max(1), t.argmax(1), t.sort(1), t.topk(2, 1), torch.where(t > 0, t, t), t.softmax(1), t.norm(), t.std(), t.unfold(2, 3, 1).shape
t.nonzero()
t.add_(1), t.zero_(), t.fill_(3.), t.uniform_(), t.copy_(torch.ones(2, 3, 10, 10))
torch.ones(2).copy_(torch.ones(2, device="meta"))
nn.utils.skip_init(nn.Linear, 2, 3).weight.shape
torch.Generator(device="meta")
torch.empty(2, 3, device="meta").half(), torch.empty(2, device="meta").bool(), torch.empty(2, device="meta:0").device
[f(torch.empty(2, 3, device="meta")) for f in (nn.init.xavier_uniform_, nn.init.normal_, nn.init.orthogonal_, nn.init.trunc_normal_, nn.init.eye_, nn.init.zeros_)]
F.interpolate(t, scale_factor=2).shape, F.pad(t, (1, 1)).shape, F.scaled_dot_product_attention(t, t, t).shape, F.one_hot(torch.arange(3, device="meta"), 4)
torch.set_default_device("meta")
nn.Linear(2, 3).bias, torch.ones(2)
torch.set_default_device(None)
import io
kept = io.BytesIO()
torch.save(nn.Linear(2, 1, device="meta").state_dict(), kept)
torch.load(io.BytesIO(kept.getvalue()))
other = io.BytesIO()
torch.save(nn.Linear(2, 1).state_dict(), other)
torch.load(io.BytesIO(other.getvalue()), map_location="meta")
(torch.empty(10**6, 10**6, device="meta") + 1).T.contiguous().stride(), nn.Linear(10**6, 10**6, bias=False, device="meta").to(torch.float16).weight.numel()
torch.empty(10**5, 10**5, device="meta") @ torch.empty(10**5, 3, device="meta"), torch.ones(2, 3).T.to("meta").exp().stride(), (torch.empty(2, 1, 3, device="meta").transpose(0, 2) + torch.empty(3, 5, 1, device="meta")).stride()
t.type(), t.data_ptr(), t.untyped_storage().data_ptr(), t[1].untyped_storage()
import pickle
pickle.loads(pickle.dumps(torch.empty(3, 2, device="meta").T)).stride(), pickle.loads(pickle.dumps(nn.Linear(1, 2, device="meta"))).weight, type(pickle.loads(pickle.dumps(nn.Buffer(torch.empty(2, device="meta")))))
torch.empty(2, 2, device="meta").inverse(), torch.linalg.svd(torch.empty(3, 2, device="meta")), torch.linalg.det(torch.empty(3, 3, device="meta")), torch.linalg.solve(torch.empty(2, 2, device="meta"), torch.empty(2, device="meta"))
torch.multinomial(torch.empty(3, device="meta"), 2), torch.poisson(torch.empty(3, device="meta")), torch.bernoulli(torch.empty(3, device="meta"))
from torch.func import functional_call, stack_module_state, vmap
several = [nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU()).eval() for _ in range(3)]
skeleton = copy.deepcopy(several[0]).to("meta")
vmap(lambda p, b, x: functional_call(skeleton, (p, b), (x,)), in_dims=(0, 0, None))(*stack_module_state(several), torch.ones(2, 3)).allclose(torch.stack([m(torch.ones(2, 3)) for m in several]))
full, form = torch.ones(2, 3), torch.empty(2, 3, device="meta")
torch.cat([full, form])
torch.where(full > 0, full, form)
nn.LayerNorm(3, device="meta")(full)
F.layer_norm(full, (3,), form[0])
full * form[0]
