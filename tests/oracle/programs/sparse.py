import torch
import torch.nn as nn
import torch.nn.functional as F
i = [[0, 1, 1], [2, 0, 2]]
v = [3, 4, 5]
s = torch.sparse_coo_tensor(i, v, (2, 3))
print(s)
s.to_dense()
torch.sparse_coo_tensor(list(zip([0, 2], [1, 0], [1, 2])), v, (2, 3)).to_dense()
torch.sparse_coo_tensor(i, [[3, 4], [5, 6], [7, 8]], (2, 3, 2))
torch.sparse_coo_tensor(i, [[3, 4], [5, 6], [7, 8]], (2, 3, 2)).to_dense()
a = torch.tensor([[0, 2.], [3, 0]])
a.to_sparse()
t = torch.tensor([[[1., 0], [2., 3.]], [[4., 0], [5., 6.]]])
t.dim()
t.to_sparse()
t.to_sparse(sparse_dim=2)
t.to_sparse(1)
t.to_sparse_csr()
a.to_sparse_csr()
a.to_sparse(layout=torch.sparse_csr)
a.to_sparse_coo()
dense = torch.tensor([[[1., 1], [0, 0]], [[2., 2], [3., 3]], [[0., 0], [4., 4]]])
csr_batch = torch.tensor([[[1, 0, 2], [0, 3, 0]], [[4, 0, 0], [5, 6, 0]]])
csr_batch.to_sparse_csr()
s.is_sparse, s.is_sparse_csr, s.layout, s.device, s.dtype
s.sparse_dim(), s.dense_dim(), s.dim(), s.ndim, s.shape, s.size(), s.size(0), s.size(-1), s.numel(), s.nelement()
s.indices()
s._indices()
s._values()
s._nnz()
s.is_coalesced()
s = s.coalesce()
s.indices()
s.values()
s.is_coalesced()
print(s)
repr(s)
type(s)
isinstance(s, torch.Tensor)
torch.is_tensor(s)
len(s)
torch.sparse_coo_tensor([[1, 1]], [3, 4], (3,))
u = torch.sparse_coo_tensor([[1, 1]], [3, 4], (3,))
u.coalesce()
u.to_dense()
u._nnz(), u.coalesce()._nnz()
torch.sparse_coo_tensor([[1, 1, 1], [0, 2, 0]], [3., 4., 5.], (2, 4)).coalesce()
b = torch.sparse_coo_tensor(torch.tensor([[1, 1, 0], [0, 1, 1]]), torch.tensor([1.5, 2.5, -3.]), (2, 2))
b + b
(b + b).coalesce()
b + b.coalesce()
b * 2
2 * b
b / 2
-b
b - b
b - 2 * b
b * b
(b * b).to_dense()
b.mul(3).to_dense()
b.div(4.).to_dense()
b.add(b).coalesce().to_dense()
b.add(b, alpha=3).to_dense()
b.sub(b, alpha=0.5).to_dense()
torch.add(b, b).to_dense()
torch.mul(b, 2.5).to_dense()
a + b
torch.add(a, b, alpha=2)
b + a
a - b
b - a
a * b
b * a
(b * a).to_dense()
(a * b).to_dense()
b + 1
1 + b
b - 1
b * torch.tensor(2.)
torch.tensor(2.) * b
b / torch.tensor(2.)
b / b
b // 2
b % 2
2 / b
2 - b
b ** 2
(b ** 2).to_dense()
b.pow(2).to_dense()
2 ** b
b.abs()
abs(b).to_dense()
b.neg().to_dense()
b.sqrt().to_dense()
torch.sqrt(b.abs()).coalesce()
b.sin().to_dense()
torch.sin(b).to_dense()
b.tan().to_dense()
b.tanh().to_dense()
b.asin().to_dense()
b.atan().to_dense()
b.sinh().to_dense()
b.asinh().to_dense()
b.ceil().to_dense()
b.floor().to_dense()
b.round().to_dense()
b.trunc().to_dense()
b.frac().to_dense()
b.sign().to_dense()
b.sgn().to_dense()
b.signbit().to_dense()
b.erf().to_dense()
b.expm1().to_dense()
b.log1p().to_dense()
b.relu().to_dense()
torch.relu(b).to_dense()
F.relu(b).to_dense()
b.square().to_dense()
b.deg2rad().to_dense()
b.rad2deg().to_dense()
b.isnan().to_dense()
b.isinf().to_dense()
b.positive().to_dense()
b.nan_to_num().to_dense()
b.exp()
b.cos()
b.log()
b.sigmoid()
torch.exp(b)
torch.cos(b)
F.softmax(b, 1)
F.gelu(b)
b.softmax(1)
b > 0
b == b
b == 0
b.max()
b.min()
b.mean()
b.std()
b.argmax()
b.cumsum(0)
b.sort()
b.reshape(4)
b.view(4)
b.flatten()
b.permute(1, 0)
b.squeeze()
b.unsqueeze(0)
b.unsqueeze(0).to_dense()
b.expand(2, 2, 2)
b.stride()
b.is_contiguous()
b.contiguous()
b.storage_offset()
b.data_ptr()
b.numpy()
b.tolist()
b.item()
bool(b)
float(b)
b.fill_(1)
b.storage()
b.untyped_storage()
b[0]
b[0].to_dense()
b[0, 1]
b[:, 0]
b[0:1]
b[None]
b[0] = 1
b[torch.tensor([0])]
b[torch.tensor([1, 0])].to_dense()
list(b)
[row.to_dense() for row in b]
b.t()
b.T
b.t().to_dense()
b.transpose(0, 1)
b.transpose(0, 1).to_dense()
b.transpose(-1, 0).coalesce().indices()
torch.transpose(b, 0, 1).to_dense()
b.mT.to_dense()
b.sum()
torch.sum(b)
b.sum(0)
b.sum(0).to_dense()
b.sum(dim=1)
torch.sum(b, 1)
torch.sparse.sum(b)
torch.sparse.sum(b, 0)
torch.sparse.sum(b, dim=1).to_dense()
torch.sparse.sum(b, [0, 1])
torch.sparse.sum(b, dim=(0,), dtype=torch.float64)
torch.sparse.sum(torch.sparse_coo_tensor([[0, 1], [2, 0]], torch.ones(2, 3), (2, 3, 3)), 2)
torch.sparse.sum(torch.sparse_coo_tensor([[0, 1], [2, 0]], torch.ones(2, 3), (2, 3, 3)), (0, 1))
torch.sparse.sum(torch.sparse_coo_tensor([[0, 1], [2, 0]], torch.ones(2, 3), (2, 3, 3)), (0, 2))
torch.sparse.sum(a)
b.norm()
b.norm(1)
torch.norm(b)
b.any()
b.all()
torch.sparse.mm(b, a)
torch.sparse.mm(b, b)
torch.sparse.mm(b, b).to_dense()
torch.sparse.mm(a, a)
torch.sparse.mm(a, b)
torch.mm(b, a)
torch.mm(a, b)
b @ a
a @ b
b @ b
torch.matmul(b, a)
b.matmul(a)
b.mm(a)
b.mv(torch.tensor([1., 2.]))
b @ torch.tensor([1., 2.])
torch.mv(b, torch.tensor([1., 2.]))
torch.smm(b, a)
torch.hspmm(b, a)
torch.sspaddmm(b, b, a)
torch.spmm(b, a)
torch.bmm(torch.stack([b, b]), torch.stack([a, a]))
torch.dot(b, b)
torch.addmm(a, b, a)
torch.addmm(a, b, a, beta=0.5, alpha=2)
torch.sparse.addmm(a, b, a)
torch.sparse.addmm(a, b, a, beta=2, alpha=0.5)
torch.sparse.mm(b, torch.ones(3, 2))
torch.sparse.mm(b, torch.ones(2))
torch.sparse.mm(b, torch.ones(2, 2, dtype=torch.float64))
b @ torch.ones(3, 2)
torch.mv(b, torch.ones(3))
torch.mm(b, torch.ones(2, 2, dtype=torch.int64))
torch.sparse.softmax(b, 1)
torch.sparse.softmax(b, dim=1).to_dense()
torch.sparse.softmax(b, dim=0)
torch.sparse.log_softmax(b, 1)
torch.sparse.log_softmax(b, 0).to_dense()
torch.sparse.softmax(b, dim=1, dtype=torch.float64)
torch.sparse.softmax(torch.sparse_coo_tensor([[0, 0, 1], [0, 2, 1]], [1., 2., 3.], (3, 3)), 1)
torch.sparse.softmax(a, 1)
torch.sparse.softmax(torch.sparse_coo_tensor([[0, 1], [1, 0]], torch.arange(6.).view(2, 3), (2, 2, 3)), 2)
torch.sparse.softmax(torch.sparse_coo_tensor([[0, 1, 1], [1, 0, 1]], torch.arange(9.).view(3, 3), (2, 2, 3)), 1)
a.sparse_mask(b)
torch.arange(4.).view(2, 2).sparse_mask(b.coalesce())
a.sparse_mask(a)
b.coalesce().sparse_mask(b.coalesce())
b.clone()
b.detach()
b.double()
b.to(torch.float64)
b.float() is b
b.to(torch.float32) is b
b.half()
b.int()
b.long()
b.bool()
b.to("cpu") is b
b.cpu() is b
b.type()
b.type(torch.float64)
b.element_size()
b.nbytes
b.requires_grad, b.is_leaf, b.grad, b.grad_fn
b.is_floating_point(), b.is_complex(), b.is_signed()
torch.is_floating_point(b)
torch.numel(b)
b.is_cuda, b.is_quantized, b.is_meta
b.get_device()
b.names
torch.zeros_like(b)
torch.ones_like(b)
torch.empty_like(b)
torch.rand_like(b)
torch.full_like(b, 2)
torch.zeros(2, 3, layout=torch.sparse_coo)
torch.empty(2, 3, layout=torch.sparse_coo)
torch.zeros(2, 3, layout=torch.sparse_csr)
torch.ones(2, 3, layout=torch.sparse_coo)
b.new_zeros(2, 2)
b.new_tensor([1.])
b.zero_()
b
b = torch.sparse_coo_tensor(torch.tensor([[1, 1, 0], [0, 1, 1]]), torch.tensor([1.5, 2.5, -3.]), (2, 2))
torch.equal(b, b)
torch.allclose(b, b)
torch.cat([b, b])
torch.cat([b, b]).to_dense()
torch.cat([b, b], dim=1).to_dense()
torch.cat([b, b], -1)
torch.stack([b, b])
torch.stack([b, b], 1).to_dense()
torch.hstack([b, b]).to_dense()
torch.vstack([b, b]).to_dense()
torch.cat([a, b])
b.index_select(0, torch.tensor([1, 0]))
b.index_select(0, torch.tensor([1, 1])).to_dense()
torch.index_select(b, 1, torch.tensor([0])).to_dense()
b.select(0, 1)
b.narrow(0, 0, 1)
b.narrow_copy(0, 0, 1).to_dense()
torch.diag(b)
torch.trace(b)
b.tril()
torch.where(b)
b.nonzero()
b.unique()
b.gather(0, torch.tensor([[0]]))
b.masked_fill(torch.tensor(True), 1)
b.clamp(0)
b.add_(b)
b.mul_(2)
b.neg_()
b.div_(-2)
b.abs_().to_dense()
b.sqrt_().to_dense()
b.sub_(b).to_dense()
b.copy_(b).to_dense()
c = torch.zeros(2, 2)
c.add_(b)
c.add_(torch.sparse_coo_tensor([[0, 1], [1, 0]], [5., 6.], (2, 2)))
c.add_(torch.sparse_coo_tensor([[0, 1], [1, 0]], [5., 6.], (2, 2)), alpha=-0.1)
c += torch.sparse_coo_tensor([[0, 1], [1, 0]], [5., 6.], (2, 2))
c
c.sub_(torch.sparse_coo_tensor([[0, 0], [1, 1]], [5., 6.], (2, 2)))
c.copy_(b)
c.mul_(b)
e = torch.sparse_coo_tensor(torch.empty(2, 0, dtype=torch.long), torch.empty(0), (2, 3))
e
print(torch.sparse_coo_tensor(size=(2, 3)))
torch.sparse_coo_tensor((2, 3))
torch.sparse_coo_tensor(torch.empty([1, 0]), [], [1])
torch.sparse_coo_tensor(torch.empty([1, 0]), torch.empty([0, 2]), [1, 2])
e.to_dense()
e._nnz()
e.sum()
torch.sparse.mm(e, torch.ones(3, 2))
torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 2]]), torch.tensor([1., 2.]))
torch.sparse_coo_tensor(i, v)
torch.sparse_coo_tensor(i, v, [2, 4], dtype=torch.float64)
torch.sparse_coo_tensor(i, v, [2, 4], dtype=torch.float64, device="cpu")
torch.sparse_coo_tensor(i, [1., 2., 3.], [2, 4], requires_grad=True)
torch.sparse_coo_tensor([[1, 2]], [1+2j, 3.], (4,))
torch.sparse_coo_tensor([[1, 2]], [True, False], (4,))
torch.sparse_coo_tensor([[1, 2]], [1, 2], (4,), dtype=torch.int32)
torch.sparse_coo_tensor([[1, 2]], [1., 2.], (4,), dtype=torch.bfloat16)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2, 2), is_coalesced=True)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2, 2), is_coalesced=True).is_coalesced()
torch.sparse_coo_tensor([[0, 5], [0, 1]], [1., 2.], (2, 2))
torch.sparse_coo_tensor([[0, 5], [0, 1]], [1., 2.], (2, 2), check_invariants=True)
torch.sparse_coo_tensor([[0, -1], [0, 1]], [1., 2.], (2, 2), check_invariants=True)
torch.sparse_coo_tensor([[0, -1], [0, 1]], [1., 2.])
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2., 3.], (2, 2))
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2., 3.], (2, 2), check_invariants=True)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2,), check_invariants=True)
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2,))
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2, 2, 3))
torch.sparse_coo_tensor([0, 1], [1., 2.], (2,))
torch.sparse_coo_tensor([[0.5, 1]], [1., 2.], (2,))
torch.sparse_coo_tensor(torch.tensor([[0.5, 1]]), torch.tensor([1., 2.]), (2,))
torch.sparse_coo_tensor([[0, 1], [0, 1]], [1., 2.], (2, -1))
torch.sparse_coo_tensor([[0, 1], [0, 1]], 1., (2, 2))
torch.sparse_coo_tensor([[0, 1], [0, 1]], torch.tensor(1.), (2, 2))
torch.sparse_coo_tensor()
torch.sparse_coo_tensor([[0]])
torch.sparse_coo_tensor(torch.tensor([[0, 1]]))
with torch.sparse.check_sparse_tensor_invariants(): print(torch.sparse_coo_tensor([[0, 9]], [1., 2.], (3,)))
torch.sparse.check_sparse_tensor_invariants.is_enabled()
torch.sparse.check_sparse_tensor_invariants.enable()
torch.sparse_coo_tensor([[0, 9]], [1., 2.], (3,))
torch.sparse.check_sparse_tensor_invariants.disable()
crow_indices = torch.tensor([0, 2, 4])
col_indices = torch.tensor([0, 1, 0, 1])
values = torch.tensor([1., 2., 3., 4.])
csr = torch.sparse_csr_tensor(crow_indices, col_indices, values, dtype=torch.float64)
csr
print(csr)
csr.to_dense()
csr.crow_indices()
csr.col_indices()
csr.values()
csr._nnz()
csr.layout, csr.is_sparse, csr.is_sparse_csr, csr.shape, csr.dtype, csr.dim(), csr.numel()
csr.sparse_dim(), csr.dense_dim()
torch.sparse_csr_tensor([0, 2, 4], [0, 1, 0, 1], [1, 2, 3, 4])
torch.sparse_csr_tensor([0, 1, 2], [1, 2], [1., 2.], size=(2, 4))
torch.sparse_csr_tensor(torch.tensor([0, 1, 2], dtype=torch.int32), torch.tensor([1, 2], dtype=torch.int32), [1., 2.], size=(2, 4))
torch.sparse_csr_tensor([0, 1, 2], [1, 2], [1., 2.], size=(2, 4), requires_grad=True)
torch.sparse_csr_tensor([0, 1, 3], [1, 2], [1., 2.], size=(2, 4))
torch.sparse_csr_tensor([0, 1, 3], [1, 2], [1., 2.], size=(2, 4), check_invariants=True)
torch.sparse_csr_tensor([0, 1, 2], [1, 9], [1., 2.], size=(2, 4), check_invariants=True)
csr @ torch.ones(2, 1, dtype=torch.float64)
csr @ torch.ones(2, dtype=torch.float64)
csr.matmul(torch.eye(2, dtype=torch.float64))
torch.sparse.mm(csr, torch.eye(2, dtype=torch.float64))
csr.mv(torch.ones(2, dtype=torch.float64))
csr + csr
csr * 2
(csr * 2).to_dense()
-csr
csr.abs()
csr.sin().to_dense()
csr.sum()
csr.t()
csr.transpose(0, 1).to_dense()
csr.to_sparse()
csr.to_sparse_coo()
csr.to_sparse_csr()
csr.float()
csr.clone()
csr.detach()
csr.to_dense().to_sparse_csr()
csr.coalesce()
csr.indices()
csr._indices()
csr.is_coalesced()
s.crow_indices()
s.to_sparse_csr()
a.crow_indices()
a.indices()
a.values()
a.coalesce()
a._nnz()
a.is_coalesced()
a.sparse_dim()
a.dense_dim()
a.to_dense()
a.is_sparse, a.is_sparse_csr, a.layout
a.to_sparse(3)
a.to_sparse(0)
torch.tensor(3.).to_sparse()
torch.tensor([1., 0, 2.]).to_sparse()
torch.tensor([1., 0, 2.]).to_sparse_csr()
torch.zeros(2, 2).to_sparse()
torch.eye(3).to_sparse().indices()
torch.eye(40).to_sparse()
torch.sparse_coo_tensor(torch.arange(2000).view(1, -1), torch.arange(2000.), (2000,))
torch.randn(3, 3, generator=torch.manual_seed(0)).to_sparse()
torch.sparse_coo_tensor([[0, 1]], [1e-10, 1e10], (2,))
f"{s}"
f"{b.coalesce()}"
str([s])
x = torch.tensor([[0., 2.], [3., 0.]], requires_grad=True)
y = x.to_sparse()
print(y)
y.requires_grad, y.is_leaf
y.to_dense()
y.to_dense().pow(2).sum().backward()
x.grad
w = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2), requires_grad=True)
w
w.is_leaf, w.requires_grad
w.to_dense()
w.to_dense().pow(2).sum().backward()
w.grad
w.grad.to_dense()
w.grad.layout
w.grad = None
d = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
out = torch.sparse.mm(w, d)
print(out)
out.sum().backward()
w.grad
d.grad
w.grad = None; d.grad = None
(w @ d).pow(2).sum().backward()
w.grad
d.grad
w.grad = None
torch.mm(w, d.detach()).sum().backward()
w.grad
w.grad = None
torch.sparse.sum(w).backward()
w.grad
w.grad = None
torch.sparse.sum(w, 0)
torch.sparse.sum(w, 0).to_dense().sum().backward()
w.grad
w.grad = None
w * 2
(w * 2).to_dense().sum().backward()
w.grad
w.grad = None
w + w
(w + w).to_dense().sum().backward()
w.grad
w.grad = None
vals = torch.tensor([2., 3.], requires_grad=True)
z = torch.sparse_coo_tensor([[0, 1], [1, 0]], vals, (2, 2))
z
z.coalesce()
z.requires_grad, z.is_leaf
(z.to_dense() ** 2).sum().backward()
vals.grad
vals.grad = None
z = torch.sparse_coo_tensor([[0, 1], [1, 0]], vals, (2, 2))
torch.sparse.mm(z, torch.ones(2, 3)).sum().backward()
vals.grad
vals.grad = None
z = torch.sparse_coo_tensor([[0, 0], [1, 1]], vals, (2, 2)).coalesce()
z
z.values()
z.values().sum().backward()
vals.grad
vals.grad = None
sm = torch.sparse.softmax(torch.sparse_coo_tensor([[0, 0], [1, 0]], vals, (2, 2)), 1)
sm
(sm.to_dense() * torch.tensor([[1., 3.], [0., 0.]])).sum().backward()
vals.grad
w.backward()
w.sum().backward()
w.grad
w.to_dense().backward()
torch.autograd.grad(torch.sparse.mm(w, d).sum(), [w, d])
h = torch.sparse.mm(z.detach(), d)
torch.autograd.grad(h.sum(), d, create_graph=True)
d.grad = None
(torch.sparse.addmm(d, w, d, beta=2., alpha=3.)).sum().backward()
d.grad
torch.eye(2).to_sparse().requires_grad_()
torch.eye(2).to_sparse().requires_grad_(True).detach()
torch.eye(2, dtype=torch.int64).to_sparse().requires_grad_()
emb = nn.Embedding(6, 3, sparse=True)
emb
emb.weight.data = torch.arange(18.).view(6, 3)
emb(torch.tensor([[1, 2, 1], [4, 4, 0]])).sum().backward()
emb.weight.grad
emb.weight.grad.coalesce()
emb.weight.grad.is_sparse, emb.weight.grad.is_coalesced(), emb.weight.grad._nnz()
emb(torch.tensor([3])).pow(2).sum().backward()
emb.weight.grad
emb.weight.grad.to_dense()
(emb(torch.tensor([0])) * emb(torch.tensor([1]))).sum().backward()
emb.weight.grad._nnz()
emb.zero_grad()
emb.weight.grad
emb.weight.sum().backward()
emb.weight.grad
emb(torch.tensor([0])).sum().backward()
emb.weight.grad
emb.zero_grad()
(emb(torch.tensor([0])).sum() + emb.weight.sum()).backward()
emb.weight.grad
emb.zero_grad()
pad = nn.Embedding(4, 2, padding_idx=0, sparse=True)
pad(torch.tensor([0, 1, 0, 2])).sum().backward()
pad.weight.grad
freq = nn.Embedding(4, 2, scale_grad_by_freq=True, sparse=True)
freq(torch.tensor([1, 1]))
F.embedding(torch.tensor([1, 0]), d, sparse=True)
bag = nn.EmbeddingBag(5, 2, mode="sum", sparse=True)
bag.weight.data = torch.arange(10.).view(5, 2)
bag(torch.tensor([1, 2, 4, 4]), torch.tensor([0, 2]))
bag(torch.tensor([1, 2, 4, 4]), torch.tensor([0, 2])).sum().backward()
bag.weight.grad
bag.weight.grad.coalesce()
bagm = nn.EmbeddingBag(5, 2, mode="mean", sparse=True)
bagm.weight.data = torch.arange(10.).view(5, 2)
bagm(torch.tensor([[1, 2], [4, 4]])).sum().backward()
bagm.weight.grad
bagx = nn.EmbeddingBag(5, 2, mode="max", sparse=True)
bagx(torch.tensor([[1, 2], [4, 4]]))
opt = torch.optim.SGD(emb.parameters(), lr=0.1)
emb(torch.tensor([1, 1, 5])).pow(2).sum().backward()
opt.step()
emb.weight.data
opt.zero_grad(set_to_none=False)
emb.weight.grad
opt.zero_grad()
opt = torch.optim.SGD(emb.parameters(), lr=0.1, momentum=0.9)
for _ in range(3): opt.zero_grad(); emb(torch.tensor([1, 1, 5])).pow(2).sum().backward(); opt.step()
emb.weight.data
opt.state_dict()["state"][0]["momentum_buffer"]
opt = torch.optim.SGD(emb.parameters(), lr=0.1, weight_decay=0.1)
opt.zero_grad(); emb(torch.tensor([1, 1, 5])).pow(2).sum().backward()
opt.step()
opt = torch.optim.Adagrad(emb.parameters(), lr=0.1)
for _ in range(3): opt.zero_grad(); emb(torch.tensor([1, 1, 5])).pow(2).sum().backward(); opt.step()
emb.weight.data
opt.state_dict()
opt = torch.optim.Adagrad(emb.parameters(), weight_decay=0.1)
opt.step()
opt = torch.optim.SparseAdam(emb.parameters(), lr=0.1)
opt
for _ in range(3): opt.zero_grad(); emb(torch.tensor([1, 1, 5])).pow(2).sum().backward(); opt.step()
emb.weight.data
opt.state_dict()
opt = torch.optim.SparseAdam(list(emb.parameters()), lr=0.1, betas=(0.8, 0.9), eps=1e-6, maximize=True)
for _ in range(2): opt.zero_grad(); emb(torch.tensor([1, 2, 5])).pow(2).sum().backward(); opt.step()
emb.weight.data
torch.optim.SparseAdam(emb.parameters(), lr=-1)
torch.optim.SparseAdam(emb.parameters(), lr=0)
torch.optim.SparseAdam(emb.parameters(), betas=(1.0, 0.9))
torch.optim.SparseAdam(emb.parameters(), eps=0)
torch.optim.SparseAdam([w])
lin = nn.Linear(2, 2)
opt = torch.optim.SparseAdam(lin.parameters())
lin(torch.ones(1, 2)).sum().backward()
opt.step()
torch.optim.Adam(emb.parameters()).step()
torch.optim.AdamW(emb.parameters()).step()
torch.optim.NAdam(emb.parameters()).step()
torch.optim.RAdam(emb.parameters()).step()
torch.optim.Adamax(emb.parameters()).step()
torch.optim.RMSprop(emb.parameters()).step()
torch.optim.Adadelta(emb.parameters()).step()
torch.optim.ASGD(emb.parameters()).step()
torch.optim.Rprop(emb.parameters()).step()
torch.nn.utils.clip_grad_norm_(emb.parameters(), 1.0)
torch.nn.utils.clip_grad_value_(emb.parameters(), 1.0)  # differs: names clamp_
emb.weight.grad.norm()
emb.weight.grad.data
emb.weight.grad.requires_grad
g = emb.weight.grad.clone()
g.mul_(0.5)
emb.weight.grad = g
emb.weight.grad = g.to_dense()
emb.weight.grad = torch.sparse_coo_tensor(size=(2, 2))
import io, pickle, copy
buf = io.BytesIO()
torch.save(b, buf)
torch.load(io.BytesIO(buf.getvalue()))
buf = io.BytesIO(); torch.save({"adj": csr, "x": s}, buf)
torch.load(io.BytesIO(buf.getvalue()))
pickle.loads(pickle.dumps(b))
pickle.loads(pickle.dumps(csr))
copy.deepcopy(b)
copy.copy(b)
copy.deepcopy(csr)  # differs: works here
copy.deepcopy(w)  # differs: works here
b.share_memory_()
r = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))
r.sparse_resize_((3, 3), 2, 0)
r.sparse_resize_((1, 1), 2, 0)
r.sparse_resize_and_clear_((3, 3), 2, 0)
r.resize_(2)
r.resize_as_sparse_(b)
edge_index = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
adj = torch.sparse_coo_tensor(edge_index, torch.ones(edge_index.size(1)), (3, 3))
deg = torch.sparse.sum(adj, dim=1).to_dense()
deg
dis = deg.pow(-0.5)
norm = dis[edge_index[0]] * dis[edge_index[1]]
norm_adj = torch.sparse_coo_tensor(edge_index, norm, (3, 3))
norm_adj
feat = torch.arange(6.).view(3, 2)
norm_adj @ feat
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(2, 4), nn.Linear(4, 2)
    def forward(self, x, adj):
        x = F.relu(torch.spmm(adj, self.lin1(x)))
        return F.log_softmax(torch.sparse.mm(adj, self.lin2(x)), dim=1)
_ = torch.manual_seed(1)
gcn = GCN()
opt = torch.optim.Adam(gcn.parameters(), lr=0.1)
for step in range(3): opt.zero_grad(); loss = F.nll_loss(gcn(feat, norm_adj), torch.tensor([0, 1, 0])); loss.backward(); opt.step(); print(loss.item())
gcn(feat, norm_adj)
class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("adj", norm_adj)
        self.weight = nn.Parameter(torch.ones(2, 2))
    def forward(self, x): return self.adj @ x @ self.weight
layer = Layer()
layer.state_dict()
layer(feat).sum().backward()
layer.weight.grad
layer.double().adj.dtype
adj + torch.eye(3).to_sparse()
(adj + torch.eye(3).to_sparse()).to_dense()
torch.eye(3).to_sparse() @ adj.to_dense()
adj.coalesce().indices()[0].bincount()
adj.to_dense() == adj.t().to_dense()
torch.sparse.mm(adj, adj).to_dense()
torch.sparse.spdiags(torch.arange(9).reshape(3, 3), torch.tensor([0, -1, 1]), (3, 3))
torch.sparse.spdiags(torch.arange(6).reshape(2, 3), torch.tensor([0, 1]), (3, 3)).to_dense()
torch.sparse.sampled_addmm(torch.eye(3).to_sparse_csr(), torch.rand(3, 5, generator=torch.manual_seed(0)), torch.rand(5, 3, generator=torch.manual_seed(1)))
nn.Linear(3, 2)(adj)
F.linear(adj, torch.ones(2, 3))
F.linear(torch.ones(2, 3), adj)
F.dropout(adj, 0.5)
F.cross_entropy(adj, torch.tensor([0, 1, 2]))
nn.Parameter(adj)
nn.ReLU()(adj).to_dense()
torch.tensor(adj)
torch.as_tensor(adj) is adj
torch.linalg.norm(adj)
torch.svd_lowrank(adj, 2)[1].shape  # differs: not for sparse tensors
torch.sparse_coo
adj.is_pinned()
adj.is_shared()
adj._version
adj.is_inference()
adj.data
adj.detach_()
adj.grad_fn
torch.sparse.FloatTensor(edge_index, torch.ones(4), torch.Size([3, 3]))
torch.sparse.LongTensor(2, 3)
torch.sparse.FloatTensor
torch.sparse_compressed_tensor([0, 2, 4], [0, 1, 0, 1], [1, 2, 3, 4], layout=torch.sparse_csr)
torch.sparse_csc_tensor([0, 2, 4], [0, 1, 0, 1], [1, 2, 3, 4])
a.to_sparse_csc()
a.to_sparse_csc().ccol_indices()
a.to_sparse_bsr((1, 1))  # differs: no blocks
