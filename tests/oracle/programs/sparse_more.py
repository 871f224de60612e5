import torch
b = torch.sparse_coo_tensor(torch.tensor([[1, 1, 0], [0, 1, 1]]), torch.tensor([1.5, 2.5, -3.]), (2, 2))
o = torch.sparse_coo_tensor(torch.tensor([[1, 0, 1], [1, 0, 1]]), torch.tensor([10., 20., 30.]), (2, 2))
csr = torch.sparse_csr_tensor([0, 2, 3], [0, 1, 1], [1., 2., 3.], size=(2,2))
a = torch.tensor([[0, 2.], [3, 0]])
h = torch.sparse_coo_tensor([[0, 1], [2, 0]], torch.ones(2, 3), (2, 3, 3))
b * o
o * b
b.coalesce() * o.coalesce()
b * o.coalesce()
b + o
b.coalesce() + o.coalesce()
(b*2)
-b
b.coalesce()*2
-b.coalesce()
b.coalesce().t()
torch.cat([b.coalesce(), b.coalesce()])
b.unsqueeze(0)
b.coalesce().unsqueeze(1)
b.sum(0)
b.coalesce().sum(0)
h.sum(2)
h.sum(0)
b.index_select(0, torch.tensor([1, 1]))
b.coalesce().index_select(1, torch.tensor([1, 0]))
torch.zeros_like(b)
b.abs()
b.clone()
b.coalesce().clone()
b.coalesce().double()
b + torch.sparse_coo_tensor(size=(3, 2))
a + torch.sparse_coo_tensor(size=(3, 2))
b * torch.sparse_coo_tensor(size=(3, 2))
b * torch.ones(2)
b * torch.ones(3)
b * torch.ones(2, 1)
b + torch.sparse_coo_tensor([[0, 1], [0, 1]], [1, 2], (2, 2))
csr + a
a + csr
csr * csr
csr * a
a * csr
csr.sum(0)
csr.sum(1)
csr.sum(1, keepdim=True)
torch.sparse.mm(csr, csr)
csr @ csr
b @ csr
csr @ b
a @ csr
csr - csr
csr / 2
csr + 1
csr ** 2
csr.relu()
csr.exp()
csr[0]
csr[0, 1]
csr.numpy()
csr.stride()
csr.is_contiguous()
csr.values().is_contiguous()
csr.tolist()
csr.item()
csr.norm()
csr.mean()
csr.neg_()
csr.mul_(2)
torch.zeros_like(csr)
torch.equal(csr, csr)
torch.cat([csr, csr])
csr.t().t()
csr.T
csr.transpose(0, 1)
csr.unsqueeze(0)
csr.select(0, 1)
csr.to(torch.float64)
csr.bool()
csr.sparse_mask(csr)
a.sparse_mask(csr)
torch.addmm(a, csr, a)
torch.sparse.addmm(a, csr, a)
csr.to_sparse_csc()
csr.requires_grad_()
csr.to_dense()
(csr @ a)
torch.sparse.mm(csr, a)
csr.values()
csr.crow_indices()
csr.sin()
b.to_dense(dtype=torch.float64)
b.to_dense(torch.float64)
a.to_dense(dtype=torch.float64)
b.to_sparse(1)
b.to_sparse(2)
b.to_sparse()
h.to_sparse(3)
h.to_sparse(1)
h.t()
h.transpose(0, 1)
h.transpose(0, 2)
h.transpose(1, 2)
h.permute(1, 0, 2)
h[0]
h[0, 2]
h[:, 0]
h @ torch.ones(3)
h * 2
h * h
h + h
h.sum()
torch.sparse.mm(h, a)  # differs: the words
b.norm(2, 0)
b.dense_dim()
b.values()
b.T.is_coalesced()
b.sum(0, keepdim=True)
b.sum(0, dtype=torch.float64)
torch.mm(b, a, out=torch.empty(2, 2))
b.any(0)
b.isnan()
b.isinf()
b.floor_divide(2)
b.true_divide(2)
b.div(2, rounding_mode="trunc")
b.div(torch.tensor(4.))
b.float_power(2)
b.pow(0)
b.pow(-1)
b.pow(torch.tensor(2.))
b.pow(b)
b / a
a / b
a - b.to_dense()
torch.sub(a, b, alpha=2)
torch.rsub(b, 2)
b.rsub(2)
b.logical_not()
~b
b & b
b.eq(1)
b != b
b < 1
b.__eq__("x")
torch.maximum(b, b)
torch.isfinite(b)
b.norm(float("inf"))
b.frobenius_norm()
b.is_same_size(a)
b.size()
b.nnz()
len(torch.sparse_coo_tensor(size=()))
b.view_as(b)
b.apply_(lambda x: x)
b.random_()
b.normal_()
b.type(torch.sparse.DoubleTensor)
b.type(torch.FloatTensor)
isinstance(b, torch.FloatTensor)
isinstance(b, torch.sparse.FloatTensor)
b.new(2, 2)
b.new_ones(2)
b.new_empty(2)
b.new_full((2,), 1.)
b.register_hook(print)
b.retain_grad()
b.grad
b.__array__()
b.permute(0)
b.permute(0, 0)
b.transpose(0, 5)
b.T.T
b.sum(5)
torch.sparse.sum(b, 5)
torch.sparse.softmax(b, 5)
torch.sparse.softmax(b)  # differs: the words
b.index_select(0, torch.tensor([5]))
b.select(0, 5)
b[5]
b[-1]
b[..., 0]
b[0][0]
b[True]
b[[0]]
torch.sparse.mm(1, b)
torch.sparse.mm(b, 1)
b @ 2
torch.mm(b, torch.ones(2))
torch.mv(b, a)
torch.mv(a, b)
b @ torch.ones(2, 2, 2)
torch.ones(2) @ b
torch.matmul(torch.ones(3, 2), b)
torch.einsum('ij,jk->ik', b, a)
b.flip(0)
b.roll(1)
b.split(1)
b.chunk(2)
b.unbind()
b.repeat(2, 1)
b.tile(2)
b.diagonal()
b.triu()
torch.tril(b)
torch.stack([b, a])
torch.cat([b, torch.sparse_coo_tensor(size=(2, 3))])
torch.cat([b, b], 2)
torch.sum(b, dim=[0, 1])
b.requires_grad_().sin()
(b * 1).sin().to_dense().sum().backward()
torch.nn.functional.normalize(b)
torch.nn.functional.mse_loss(b, a)
b.square()
b.clamp_min(0)
torch.clamp(b, 0)
b.lt(0)
torch.isclose(b, b)
b.masked_select(a > 0)
b.scatter(0, a.long(), 1.)
b.index_add(0, torch.tensor([0]), a)
b.var()
b.prod()
b.amax()
b.topk(1)
b.median()
b.dist(b)
b.cumprod(0)
b.logsumexp(0)
b.det()
b.inverse()
torch.linalg.inv(b)
torch.linalg.eigh(b)
torch.linalg.svd(b)
torch.svd(b)
torch.linalg.matrix_norm(b)
torch.linalg.vector_norm(b)
torch.inverse(b)
torch.outer(b, b)  # differs: looks at the layout first
torch.kron(b, b)  # differs: the words
b.bmm(b)
torch.conj(b)
b.conj()
b.real
b.angle()
b.sigmoid_()
b.exp_()
b.sin_()
b.clamp_(0)
b.uniform_()
torch.nn.functional.sigmoid(b)
torch.nn.functional.log_softmax(b, 1)
torch.nn.functional.leaky_relu(b)
torch.nn.functional.elu(b)
torch.nn.functional.silu(b)
torch.nn.functional.tanh(b)
torch.nn.functional.conv1d(b, b)  # differs: looks at the layout first
torch.nn.functional.layer_norm(b, (2,))
torch.nn.functional.pad(b, (1, 1))
torch.nn.functional.one_hot(b)  # differs: looks at the layout first
torch.tanh(b)
torch.round(b, decimals=1)
torch.bincount(b)
torch.histc(b)
torch.broadcast_to(b, (2, 2))
b.expand_as(b)
b.swapaxes(0, 1)
b.moveaxis(0, 1)
b.movedim(0, 1)
b.ravel()
b.unflatten(0, (1, 2))
b.resize(2)  # differs: the words
b.set_(a)
b.squeeze(0)
b.H
b.adjoint()
b.mH
b.count_nonzero()
torch.count_nonzero(b)
b.argsort()
b.kthvalue(1)
b.searchsorted(1)
b.sinc()
b.logit()
b.erfc()
b.lgamma()
b.exp2()
b.rsqrt()
b.reciprocal()
b.log2()
b.acos()
b.cosh()
b.acosh()
b.atanh()
b.erfinv()
b.hypot(b)
b.atan2(b)
b.fmod(2)
b.lerp(b, 0.5)
b.where(a > 0, a)
b.addcmul(b, b)
b.addcdiv(b, b)
torch.addmv(torch.ones(2), b, torch.ones(2))
torch.addmm(b, a, a)
torch.addmm(b, b, a)
torch.baddbmm(a, b, b)
torch.sparse.addmm(b, b, a)
csr = torch.sparse_csr_tensor([0, 2, 3], [0, 1, 1], [1., 2., 3.], size=(2,2))
csr > 0
csr == csr
csr.exp()
csr.cos()
csr.sigmoid()
csr.log2()
csr.lgamma()
csr.rsqrt()
csr.erfc()
csr.clamp(0)
csr.softmax(1)
csr.max()
csr.sort()
csr.any()
csr.all()
csr.std()
csr.view(4)
csr.reshape(4)
csr[0:1]
csr[:, 0]
csr.cumsum(0)
torch.where(csr)
csr.fill_(1)
csr.zero_()
csr.copy_(csr)
csr.gelu
torch.nn.functional.dropout(csr)
torch.nn.functional.gelu(csr)
csr.expand(2, 2, 2)
csr.squeeze()
csr.flatten()
csr.permute(1, 0)
csr.index_select(0, torch.tensor([0]))
csr.pow(2)
csr.sub(csr)
csr.div(2)
2 * csr
csr * torch.tensor(3.)
csr.mul(torch.ones(2))
csr.tanh()
csr.sqrt()
csr.abs_()
csr.sum(dim=0, keepdim=True)
csr.sum([0, 1])
csr.norm()
csr.storage()
csr.data_ptr()
csr.contiguous()
csr.is_pinned()
csr.nbytes
csr.element_size()
csr.type()
csr.half()
csr.cpu() is csr
len(csr)
list(csr)
csr.unbind()
csr.unbind()[0].to_dense()
csr.to_sparse_csr() is csr
csr.T
csr.mT
csr.H
csr.sparse_resize_((3, 3), 2, 0)
csr.bmm(csr)
torch.addmm(csr, csr, csr)
csr.addmm(csr, csr)
w = csr.clone().requires_grad_()
d = torch.ones(2, 2, requires_grad=True)
(w @ d).sum().backward()
w.grad
d.grad
w.grad = None
torch.sparse.mm(w, d).sum().backward()
w.grad
w.grad = None
w.to_dense().sum().backward()
w.grad
w.grad = None
(w * 2).to_dense().sum().backward()
w.grad
w.grad = None
w.values().sum().backward()
w.grad
v = torch.tensor([1., 2., 3.], requires_grad=True)
m = torch.sparse_csr_tensor([0, 2, 3], [0, 1, 1], v, size=(2, 2))
m
(m @ torch.ones(2, 2)).sum().backward()
v.grad
x = torch.eye(2, requires_grad=True)
x.to_sparse_csr()
x.to_sparse_csr().to_dense().sum().backward()
x.grad
x.to_sparse_csr() @ torch.ones(2, 1)
w2 = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2), requires_grad=True)
w2 @ w2
torch.sparse.mm(w2, w2)
torch.sparse.mm(w2, w2).to_dense().sum().backward()
w2.grad
w2.grad = None
(w2 @ w2).to_dense().sum().backward()
w2.grad
w2.grad = None
w2.t()
w2.T
w2.t().to_dense().sum().backward()
w2.grad
w2.grad = None
(w2.t() @ d).sum().backward()
w2.grad
d.grad = None
w2.grad = None
(torch.ones(2, 2) + w2).sum().backward()
w2.grad
w2.grad = None
(d * w2)
(d * w2).to_dense().sum().backward()
w2.grad
d.grad
d.grad = None
w2.grad = None
(w2 * w2).to_dense().sum().backward()
w2.grad
w2.grad = None
w2.abs().to_dense().sum().backward()
w2.grad
w2.grad = None
torch.relu(w2).to_dense().sum().backward()
w2.grad
w2.grad = None
(-w2).to_dense().sum().backward()
w2.grad
w2.grad = None
(w2 / 2).to_dense().sum().backward()
w2.grad
w2.grad = None
(w2 ** 2).to_dense().sum().backward()
w2.grad
w2.grad = None
w2.mv(torch.ones(2)).sum().backward()
w2.grad
w2.grad = None
w2.clone().to_dense().sum().backward()
w2.grad
w2.grad = None
w2.double().to_dense().sum().backward()
w2.grad
w2.grad = None
torch.cat([w2, w2])
torch.cat([w2, w2]).to_dense().sum().backward()
w2.unsqueeze(0)
w2.grad = None
w2.unsqueeze(0).to_dense().sum().backward()  # differs: works here
w2.grad  # differs: that worked
w2.grad = None
w2[0]
w2[0].to_dense().sum().backward()
w2.grad
w2.index_select(0, torch.tensor([0]))
w2.norm()
w2.norm().backward()  # differs: works here
w2.grad  # differs: that worked
w2.grad = None
torch.sparse.softmax(w2, 1).to_dense().pow(2).sum().backward()
w2.grad
w2.grad = None
torch.sparse.log_softmax(w2, 1)
torch.sparse.log_softmax(w2, 0).to_dense().sum().backward()
w2.grad
w2.grad = None
torch.sparse.sum(w2 * 3, dim=1).to_dense().pow(2).sum().backward()
w2.grad
w2.grad = None
torch.ones(2, 2).sparse_mask(w2)
q = torch.ones(2, 2, requires_grad=True)
q.sparse_mask(w2.detach())
q.sparse_mask(w2.detach().coalesce()).to_dense().sum().backward()
q.grad
w2.sin()
w2.sum(0)
w2.sum()
w2.backward(w2.detach())
(w2 * 2).backward(torch.sparse_coo_tensor([[0, 1], [1, 0]], [1., 1.], (2, 2)))
w2.grad
w2.add_(w2)
w2.requires_grad
w2.detach().add_(1)
w2.retain_grad()
y = w2 * 2
y.retain_grad()
y.to_dense().sum().backward()
y.grad
seen = []
w2.register_hook(lambda g: seen.append(g))
w2.grad = None
w2.to_dense().sum().backward()
seen
w2.grad
emb = torch.nn.Embedding(3, 2, sparse=True, _weight=torch.ones(3, 2))
emb.weight.register_hook(lambda g: g * 2)
emb(torch.tensor([0, 0])).sum().backward()
emb.weight.grad
torch.autograd.grad(emb(torch.tensor([0, 1])).sum(), emb.weight)
emb.weight.grad.zero_()
emb2 = torch.nn.Embedding(3, 2, sparse=True, _weight=torch.ones(3, 2))
(emb2(torch.tensor([0])) + emb2.weight[1]).sum().backward()
emb2.weight.grad
emb2.weight.grad = None
(emb2(torch.tensor([0])) + emb2(torch.tensor([[2, 1]]))).sum().backward()
emb2.weight.grad
torch.nn.functional.embedding(torch.tensor([0, 2]), emb2.weight * 3, sparse=True)
emb2.weight.grad = None
torch.nn.functional.embedding(torch.tensor([0, 2]), emb2.weight * 3, sparse=True).sum().backward()
emb2.weight.grad
nb = torch.nn.EmbeddingBag(4, 2, mode="sum", sparse=True, _weight=torch.ones(4, 2))
nb(torch.tensor([[0, 1]]), per_sample_weights=torch.tensor([[2., 3.]])).sum().backward()
nb.weight.grad
bagp = torch.nn.EmbeddingBag(4, 2, sparse=True, padding_idx=0, _weight=torch.ones(4, 2))
bagp(torch.tensor([[0, 1, 2]])).sum().backward()
bagp.weight.grad
torch.nn.utils.parameters_to_vector([w2])
opt = torch.optim.SGD([{"params": [emb2.weight]}], lr=1., nesterov=True, momentum=0.5)
for _ in range(2): opt.zero_grad(); emb2(torch.tensor([2, 2])).sum().backward(); opt.step()
emb2.weight.data
opt = torch.optim.SGD([emb2.weight], lr=0.5, maximize=True)
opt.step()
emb2.weight.data
opt = torch.optim.Adagrad([emb2.weight], lr=0.5, maximize=True, lr_decay=0.1, initial_accumulator_value=0.2)
for _ in range(2): opt.step()
emb2.weight.data
opt = torch.optim.SparseAdam([{"params": [emb2.weight], "lr": 0.3}])
opt.step(lambda: torch.tensor(3.))
emb2.weight.data
sched = torch.optim.lr_scheduler.StepLR(opt, 1)
opt.load_state_dict(opt.state_dict())
opt.state_dict()["state"][0]["step"]
sc = torch.amp.GradScaler("cpu", init_scale=2.)
empty_like_it = torch.sparse_coo_tensor([[0, 1]], [1., 2.], (3,)); empty_like_it.new().resize_as_(empty_like_it)
empty_like_it.new(torch.tensor([[0, 2]]), torch.tensor([5., 6.]), torch.Size([4])), empty_like_it.new(torch.tensor([[0, 2]]), torch.tensor([5., 6.])), empty_like_it.new(2, 3), empty_like_it.new(torch.Size([2]))
torch._convert_indices_from_coo_to_csr(torch.tensor([0, 0, 2]), 4), torch._convert_indices_from_coo_to_csr(torch.tensor([0]), 1, out_int32=True)
torch._convert_indices_from_coo_to_csr(torch.tensor([[0]]), 4)
torch._convert_indices_from_csr_to_coo(torch.tensor([0, 2, 2, 3, 3]), torch.tensor([1, 2, 0])), torch._convert_indices_from_csr_to_coo(torch.tensor([0, 2]), torch.tensor([1, 2]), transpose=True)
torch.sparse_coo_tensor([[0, 1]], [1., 2.], (3,))._coalesced_(True).is_coalesced()
