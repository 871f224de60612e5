import torch, io
import torch.nn as nn
adj = torch.sparse_coo_tensor([[0, 1, 1], [1, 0, 2]], [1., 2., 3.], (3, 3))
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("adj", adj.clone())
        self.lin = nn.Linear(3, 2)
    def forward(self, x): return torch.sparse.mm(self.adj, self.lin(x))
_ = torch.manual_seed(0)
m = M()
m
sd = m.state_dict()
m2 = M()
m2.load_state_dict(sd)
m2.adj
buf = io.BytesIO(); torch.save(m.state_dict(), buf); buf.seek(0)
m2.load_state_dict(torch.load(buf))
m2(torch.eye(3)).shape
m2.to("cpu").adj
m2.half().adj.dtype
m.float()
import copy
copy.deepcopy(m).adj
sum(p.numel() for p in m.parameters())
p = nn.Parameter(adj)
isinstance(p, nn.Parameter), isinstance(p, torch.Tensor), p.requires_grad, p.is_leaf
class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(adj.clone())
    def forward(self, x): return torch.sparse.mm(self.w, x)
pm = P()
pm
list(pm.parameters())
pm(torch.ones(3, 1)).sum().backward()
pm.w.grad
opt = torch.optim.SGD(pm.parameters(), lr=0.1)
opt.step()
pm.w
opt.zero_grad()
pm.w.grad
pm.state_dict()
torch.utils.data.TensorDataset(adj)
torch.utils.data.default_collate([adj, adj])
torch.testing.assert_close(adj, adj)
torch.testing.assert_close(adj, adj * 2)
adj.to_dense().nonzero().t()
torch.nonzero(adj.to_dense())
ei = adj.coalesce().indices()
ew = adj.coalesce().values()
torch.zeros(3).index_add_(0, ei[0], ew)
torch.zeros(3).scatter_add(0, ei[1], ew)
a_hat = adj + torch.sparse_coo_tensor([[0, 1, 2], [0, 1, 2]], torch.ones(3), (3, 3))
a_hat.coalesce()
d = torch.sparse.sum(a_hat, 1).to_dense().pow(-0.5)
d_mat = torch.sparse_coo_tensor([[0, 1, 2], [0, 1, 2]], d, (3, 3))
torch.sparse.mm(torch.sparse.mm(d_mat, a_hat), d_mat)
torch.sparse.mm(torch.sparse.mm(d_mat, a_hat), d_mat).to_dense()
torch.eye(3).to_sparse().to(torch.float64) @ torch.eye(3, dtype=torch.float64)
idx = torch.LongTensor([[0, 1], [1, 0]])
torch.sparse.FloatTensor(idx, torch.FloatTensor([1., 2.]), torch.Size([2, 2]))
torch.sparse.FloatTensor(idx, torch.FloatTensor([1., 2.]))
torch.sparse.DoubleTensor(idx, torch.DoubleTensor([1., 2.]), torch.Size([2, 2]))
adj.is_sparse and adj.layout == torch.sparse_coo
adj.indices
adj.to(device="cpu", dtype=torch.float64).dtype
adj.requires_grad_(False)
adj.grad
with torch.no_grad(): print(adj * 2)
with torch.inference_mode(): print((adj @ torch.ones(3, 1)))
torch.is_nonzero(adj.sum())
torch.result_type(adj, 1.5)
torch.can_cast(adj.dtype, torch.float64)
adj.sum().item()
adj.coalesce().values().mean()
adj.coalesce().values().mul_(10)
adj
adj._values().fill_(1)
adj
adj.coalesce()._indices().dtype
v = adj.coalesce()
v.values()[0] = 7
v
attn = torch.sparse_coo_tensor(ei, torch.tensor([1., 2., 0.5]), (3, 3))
alpha = torch.sparse.softmax(attn, dim=1)
alpha @ torch.arange(6.).view(3, 2)
bow = torch.zeros(2, 5)
bow[0, [1, 2]] = 1
bow.to_sparse().indices().tolist()
lin = nn.Linear(5, 2, bias=False)
lin(bow.to_sparse())
torch.sparse.mm(bow.to_sparse(), lin.weight.t())
lin.weight.grad
torch.sparse.mm(bow.to_sparse(), lin.weight.t()).sum().backward()
lin.weight.grad
torch.sparse_coo_tensor(ei, ew).is_coalesced()
torch.sparse_coo_tensor(indices=ei, values=ew, size=(3, 3))
torch.sparse_coo_tensor(ei, ew, torch.Size([3, 3]), device=torch.device("cpu"))
torch.sparse_coo_tensor(ei.numpy(), ew.numpy(), (3, 3))
torch.sparse_coo_tensor(ei, 1.0 * ew, (3, 3), dtype=torch.float16)
torch.sparse_coo_tensor(ei, ew, 3)
torch.sparse_coo_tensor(ei, ew, (3, 3), foo=1)
torch.sparse_coo_tensor(ei.float(), ew, (3, 3))
torch.sparse_coo_tensor([[0, 1]], torch.randn(2, 2, generator=torch.manual_seed(0)), (2, 2))
torch.sparse_coo_tensor([[0], [1]], [2.], (2, 2)).is_coalesced()
adj.numel(), adj._nnz(), 1 - adj._nnz() / adj.numel()
torch.sparse.sum(adj) == 3
print(adj.shape, adj.dtype, adj.device, adj.layout)
str(adj.dtype)
b2 = torch.stack([adj, adj])
torch.bmm(b2, torch.ones(2, 3, 1))
b2.shape, b2.sparse_dim()
b2[0]
b2.to_dense().shape
torch.autograd.gradcheck(lambda x: torch.sparse.mm(adj.double(), x), torch.rand(3, 2, dtype=torch.float64, requires_grad=True))
torch.func.grad(lambda x: torch.sparse.mm(adj, x).sum())(torch.ones(3, 2))
torch.autograd.functional.jacobian(lambda x: torch.sparse.mm(adj, x), torch.ones(3, 1)).shape
ac = torch.testing.assert_close
ac(adj, adj.to_dense())
ac(adj, adj.to_dense(), check_layout=False)
ac(adj, torch.sparse_coo_tensor([[0], [1]], [1.], (3, 3)))
ac(adj.coalesce(), torch.sparse_coo_tensor([[0, 1, 1], [0, 0, 2]], [1., 2., 3.], (3, 3)).coalesce())
ac(adj.to_sparse_csr(), adj.to_sparse_csr() * 2)
c = torch.sparse_csr_tensor([0, 2, 2, 3], [0, 1, 1], [1., 2., 3.], size=(3, 2), requires_grad=True)
d = torch.tensor([[1., -2.], [3., 4.]], requires_grad=True)
torch.sparse.mm(c, d, "sum")
torch.sparse.mm(c, d, "mean")
torch.sparse.mm(c, d, "amax")
torch.sparse.mm(c, d, "amin")
torch.sparse.mm(c, d, reduce="mean").sum().backward()
c.grad
d.grad
c.grad = None; d.grad = None
torch.sparse.mm(c, d, "amax").sum().backward()
c.grad
d.grad
c.grad = None; d.grad = None
torch.sparse.mm(c, d, "amin").pow(2).sum().backward()
c.grad
d.grad
c.grad = None; d.grad = None
torch.sparse.mm(c, d, "sum").pow(2).sum().backward()
c.grad
d.grad
torch.sparse.mm(c, d, "prod")
torch.sparse.mm(c, d, "foo")
torch.sparse.mm(c.detach().to_sparse_coo(), d, "mean")
torch.sparse.mm(d, d, "mean")
torch.sparse.mm(c, d, None)
import io
import torch.nn.functional as F
adj = torch.sparse_coo_tensor([[0, 1, 1], [1, 0, 2]], [1., 2., 3.], (3, 3))
emb = nn.Embedding(4, 2, sparse=True, _weight=torch.arange(8.).view(4, 2))
emb.weight.register_post_accumulate_grad_hook(lambda p: print("hook", p.grad._nnz()))
emb(torch.tensor([1, 1])).sum().backward()
with torch.autograd.set_detect_anomaly(True): emb(torch.tensor([1, 2])).sum().backward()
emb.weight.grad._nnz()
torch.save(emb.state_dict(), io.BytesIO())
opt = torch.optim.LBFGS(emb.parameters(), lr=0.1)
def closure(): opt.zero_grad(); l = emb(torch.tensor([1, 2])).pow(2).sum(); l.backward(); return l
opt.step(closure)
emb.weight.data
nn.utils.clip_grad_norm_([torch.ones(2, requires_grad=True)], 1.)
sched = torch.optim.lr_scheduler.StepLR(torch.optim.SparseAdam(emb.parameters(), lr=0.1), 1, 0.5)
emb.weight.grad.add_(emb.weight.grad)
emb.weight.grad.div_(2).coalesce()
emb.weight.grad.to_dense().norm()
emb.weight.grad.coalesce().values().norm()
emb.weight.grad * 0.5
emb.weight.grad.detach_()
emb.weight.grad.zero_()
emb.weight.grad.is_coalesced()
emb.requires_grad_(False)
emb.weight.grad = None
e2 = nn.Embedding.from_pretrained(torch.ones(3, 2), freeze=False, sparse=True)
e2(torch.tensor([[0, 2]])).mean().backward()
e2.weight.grad
e3 = nn.Embedding(3, 2, max_norm=1.0, sparse=True, _weight=torch.ones(3, 2))
e3(torch.tensor([0])).sum().backward()
e3.weight.grad, e3.weight.data
F.embedding_bag(torch.tensor([0, 1]), e3.weight, torch.tensor([0]), sparse=True, mode="sum").sum().backward()
e3.weight.grad
half = nn.Embedding(3, 2, sparse=True, dtype=torch.float64)
half(torch.tensor([1])).sum().backward()
half.weight.grad.dtype
(emb.weight.detach().requires_grad_() @ adj[:, 0].to_dense()[:2])
x = torch.randn(3, 2, generator=torch.manual_seed(0), requires_grad=True)
y = adj @ x
y.grad_fn
y.grad_fn.next_functions[1][0]
z = (adj * 2) @ x
z.sum().backward()
x.grad
torch.matmul(adj, x.detach()).requires_grad
adj.requires_grad_()
out = adj @ x
out.grad_fn.name(), len(out.grad_fn.next_functions)
out.sum().backward()
out.sum().backward()
adj.grad
adj.grad = None
adj.grad = torch.ones(3, 3)
adj.grad = torch.sparse_coo_tensor(size=(3, 3))
adj.grad
del adj.grad
s = torch.eye(3).to_sparse()
s.sum().backward()
F.relu(s, inplace=True)
s.mul_(torch.tensor(2.))
s.mul_(s)
s.pow_(2)
s.add_(torch.ones(3, 3))
s.copy_(torch.ones(3, 3))
s += s
s *= 2
s /= 4
s -= s
s
1 * s
s.dim(), s.T.shape
s.to_dense().to_sparse(2)._nnz()
s == None
s != None
s is None
if s is not None: print("there")
s in [s]
try:
    s.nope
except AttributeError as e: print(e)
hasattr(s, "indices"), hasattr(s, "nope"), hasattr(torch.ones(1), "coalesce")
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2]), (2, 2)).float() @ torch.ones(2, 1)
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2]), (2, 2)) @ torch.ones(2, 1, dtype=torch.int64)
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2]), (2, 2)) / 2
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2]), (2, 2)) * 1.5
torch.sparse_coo_tensor([[0, 0], [1, 1]], torch.tensor([True, True]), (2, 2)).coalesce()
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2], dtype=torch.int32), (2, 2)).sum()
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2], dtype=torch.int32), (2, 2)).sum(0)
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1+1j, 2]), (2, 2)).conj()
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1+1j, 2]), (2, 2)) @ torch.ones(2, 1, dtype=torch.complex64)
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1+1j, 2]), (2, 2)).abs()
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1., 2.]).half(), (2, 2)) + torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1., 2.]), (2, 2))
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1., float("nan")]), (2, 2)).nan_to_num()
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1., float("nan")]), (2, 2)).isnan().to_dense()
torch.set_default_dtype(torch.float64)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2, 2))
torch.set_default_dtype(torch.float32)
torch.set_printoptions(precision=2)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1.2345, 2.], (2, 2))
torch.set_printoptions(profile="default")
torch.sparse.sum(torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2], dtype=torch.int32), (2, 2)), 0)
torch.sparse.sum(torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor([1, 2], dtype=torch.int32), (2, 2)))
e = nn.Embedding(6, 2, sparse=True, _weight=torch.arange(12.).view(6, 2))
e(torch.tensor([3, 1])).sum().backward()
e(torch.tensor([1, 2])).sum().backward()
e.weight.grad
e(torch.tensor([1, 2])).pow(2).sum().backward()
e.weight.grad
e(torch.tensor([[1, 2]])).sum().backward()
e.weight.grad._indices().tolist()
(e(torch.tensor([[1, 2]])) * 2).sum().backward()
e.weight.grad._indices().tolist()
(e(torch.tensor([[0, 2]])) - e(torch.tensor([[1, 2]]))).sum().backward()
e.weight.grad._indices().tolist()
