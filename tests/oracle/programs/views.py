import torch, numpy as np, copy
x = torch.arange(12)
y = x.view(3, 4)
y
y.data_ptr() == x.data_ptr()
y[0, 0] = 100
x
x.view(5, 2)
x.view(-1, 3)
x.view(-1, -1)
x.view(3, -1, 2).shape
x.view(2, 6).t().view(12)
x.view(2, 6).t().reshape(12)
x.view(torch.int32).shape
x.view(torch.float64)
torch.arange(4, dtype=torch.uint8).view(torch.int32)
torch.arange(3, dtype=torch.uint8).view(torch.int32)
torch.ones(2, 2).view(torch.complex64)
x.view(size=(4, 3)).shape
x.view((4, 3)).shape
x.view()
x.view("a")
x.view(2.0, 6)
x.view_as(torch.ones(3, 4)).shape
x.reshape(3, 5)
x.reshape((3, 4)).shape
x.reshape(3, 4).is_contiguous()
x.reshape(-1).shape
x.reshape_as(torch.ones(2, 6)).shape
torch.reshape(x, (2, -1)).shape
torch.reshape(x, 3)
y.t()
y.T.stride()
y.transpose(0, 1).stride()
y.transpose(0, 2)
y.transpose(dim0=0, dim1=1).shape
y.permute(1, 0).shape
y.permute(0, 0)
y.permute(0)
y.permute((1, 0)).shape
y.permute(dims=(1, 0)).shape
torch.permute(y, (1, 0)).shape
y.swapaxes(0, 1).shape
y.swapdims(0, 1).shape
y.movedim(0, 1).shape
torch.movedim(torch.ones(2, 3, 4), (0, 1), (1, 2)).shape
torch.movedim(torch.ones(2, 3, 4), 0, -1).shape
torch.moveaxis(torch.ones(2, 3, 4), 0, 5)
y.t().contiguous().stride()
y.contiguous() is y
y.t().is_contiguous()
y.flatten().shape
y.flatten() .data_ptr() == x.data_ptr()
torch.ones(2, 3, 4).flatten(1).shape
torch.ones(2, 3, 4).flatten(start_dim=0, end_dim=1).shape
torch.ones(2, 3, 4).flatten(2, 1)
torch.tensor(3).flatten()
y.ravel().shape
torch.ones(6).unflatten(0, (2, 3)).shape
torch.ones(6).unflatten(0, (2, -1)).shape
torch.ones(6).unflatten(0, (4, 2))
torch.ones(6).unflatten(1, (4, 2))
torch.ones(1, 2, 1).squeeze().shape
torch.ones(1, 2, 1).squeeze(0).shape
torch.ones(1, 2, 1).squeeze(1).shape
torch.ones(1, 2, 1).squeeze((0, 2)).shape
torch.ones(1, 2, 1).squeeze(3)
torch.ones(2).unsqueeze(0).shape
torch.ones(2).unsqueeze(-1).shape
torch.ones(2).unsqueeze(2)
torch.ones(2).unsqueeze()
torch.ones(2, 1).expand(2, 3)
torch.ones(2, 1).expand(-1, 3).stride()
torch.ones(2, 1).expand(3, 3)
torch.ones(2, 1).expand(4, -1, 3).shape
torch.ones(2, 1).expand(-1, 2, 3)
torch.ones(2, 1).expand(2)
torch.ones(2).expand_as(torch.ones(3, 2)).shape
torch.ones(3, 1).expand(3, 2).add_(1)
torch.broadcast_to(torch.ones(2), (3, 2)).shape
torch.broadcast_tensors(torch.ones(2, 1), torch.ones(3))
torch.broadcast_tensors(torch.ones(2), torch.ones(3))
torch.broadcast_shapes((2, 1), (3,))
torch.broadcast_shapes((2,), (3,))
torch.ones(2, 2).repeat(2)
torch.ones(2).repeat(2, 2)
torch.ones(2, 2).repeat(1, 2).shape
torch.ones(2).repeat(-1)
torch.ones(2).repeat((3, 1)).shape
torch.tile(torch.tensor([1, 2]), (2,))
torch.tile(torch.tensor([1, 2]), dims=(2, 2))
torch.tensor([1, 2]).tile(3)
torch.repeat_interleave(torch.tensor([1, 2]), 2)
torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([1, 3]))
torch.repeat_interleave(torch.tensor([[1, 2], [3, 4]]), 2, dim=1)
torch.repeat_interleave(torch.tensor([2, 1]))
torch.tensor([1, 2]).repeat_interleave(torch.tensor([1, 2, 3]))
torch.cat([torch.ones(2), torch.zeros(1)])
torch.cat([torch.ones(2, 2), torch.zeros(1, 2)])
torch.cat([torch.ones(2, 2), torch.zeros(1, 2)], dim=1)
torch.cat([torch.ones(2, 2), torch.zeros(2, 1)], 1)
torch.cat([torch.ones(2, 2), torch.zeros(2)])
torch.cat([])
torch.cat(torch.ones(2))
torch.cat([torch.ones(2), [1, 2]])
torch.cat([torch.tensor(1.), torch.tensor(2.)])
torch.cat([torch.ones(2), torch.ones(2, dtype=torch.int)])
torch.cat((torch.ones(2), torch.ones(2)), axis=0)
torch.cat([torch.ones(0), torch.ones(2, 2)])
torch.cat([torch.ones(2, 2), torch.ones(2, 2)], dim=2)
torch.concat([torch.ones(1), torch.ones(1)])
torch.stack([torch.ones(2), torch.zeros(2)])
torch.stack([torch.ones(2), torch.zeros(2)], dim=1)
torch.stack([torch.ones(2), torch.zeros(2)], -1)
torch.stack([torch.ones(2), torch.zeros(3)])
torch.stack([torch.ones(2), torch.zeros(2)], 2)
torch.stack([])
torch.stack(torch.ones(2, 2))
torch.hstack([torch.ones(2), torch.zeros(2)])
torch.vstack([torch.ones(2), torch.zeros(2)])
torch.dstack([torch.ones(2), torch.zeros(2)]).shape
torch.column_stack([torch.ones(2), torch.zeros(2)])
torch.row_stack([torch.ones(2), torch.zeros(2)])
torch.hstack([torch.ones(2, 1), torch.zeros(3, 1)])
torch.split(torch.arange(5), 2)
torch.split(torch.arange(5), [1, 4])
torch.split(torch.arange(5), [1, 3])
torch.split(torch.arange(5), -1)
torch.split(torch.arange(5), 0)
torch.arange(6).split(2, dim=0)
torch.ones(2, 4).split(3, 1)[1].shape
torch.chunk(torch.arange(5), 2)
torch.chunk(torch.arange(5), 4)
torch.chunk(torch.arange(5), 0)
torch.chunk(torch.arange(2), 5)
torch.tensor_split(torch.arange(5), 3)
torch.tensor_split(torch.arange(5), (1, 3))
torch.tensor_split(torch.arange(5), torch.tensor([1, 3]))
torch.hsplit(torch.arange(4), 2)
torch.vsplit(torch.arange(4).view(2, 2), 2)
torch.vsplit(torch.arange(4), 2)
torch.hsplit(torch.arange(5), 2)
torch.unbind(torch.ones(2, 2))
torch.unbind(torch.ones(2, 2), 1)
torch.unbind(torch.tensor(1))
torch.flip(torch.arange(4).view(2, 2), (0,))
torch.flip(torch.arange(4).view(2, 2), [0, 1])
torch.flip(torch.arange(4).view(2, 2), 0)
torch.arange(4).flip(0)
torch.arange(4).flip(1)
torch.arange(4).flip()
torch.fliplr(torch.arange(4).view(2, 2))
torch.flipud(torch.arange(4))
torch.fliplr(torch.arange(4))
torch.rot90(torch.arange(4).view(2, 2))
torch.rot90(torch.arange(4).view(2, 2), 2, [0, 1])
torch.rot90(torch.arange(4))
torch.roll(torch.arange(4), 1)
torch.roll(torch.arange(4).view(2, 2), 1, 0)
torch.roll(torch.arange(4).view(2, 2), (1, 1), (0, 1))
torch.roll(torch.arange(4).view(2, 2), (1, 1))
torch.arange(6).unfold(0, 3, 1)
torch.arange(6).unfold(0, 3, 2)
torch.arange(6).unfold(0, 7, 1)
torch.arange(6).unfold(dimension=0, size=2, step=2)
torch.as_strided(torch.arange(6), (2, 2), (1, 2))
torch.as_strided(torch.arange(6), (2, 2), (1, 2), 1)
torch.as_strided(torch.arange(6), (5, 5), (1, 2))
torch.as_strided(torch.arange(6), (2,), (-1,))
torch.arange(6).as_strided((2, 3), (3, 1)).t()
torch.atleast_1d(torch.tensor(1))
torch.atleast_2d(torch.tensor([1]), torch.tensor(2))
torch.atleast_3d(torch.ones(2, 2)).shape
torch.swapaxes(torch.ones(2, 3), 0, 1).shape
torch.adjoint(torch.ones(2, 3)).shape
torch.diagonal(torch.ones(2, 3)).is_contiguous()
torch.view_as_complex(torch.ones(2, 2))
torch.view_as_complex(torch.ones(2, 3))
torch.view_as_real(torch.ones(2))
x.storage_offset(), x[3:].storage_offset(), y[1].storage_offset()
y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
y[1:].storage().tolist()
x.untyped_storage().size()
x.storage()[0]
len(x.untyped_storage())
list(torch.arange(2, dtype=torch.uint8).untyped_storage())
torch.ones(2).untyped_storage().device
s = torch.arange(4.)
s.resize_(2, 2)
s.resize_(3, 3).shape
s.resize_(2)
torch.arange(4.).resize_as_(torch.ones(2, 2))
s.set_(torch.ones(2, 2))
s.set_()
s.set_(torch.arange(4).untyped_storage())
s.set_(torch.arange(4.).untyped_storage(), 1, (2,), (1,))
torch.ones(2, requires_grad=True).resize_(3)
a = torch.ones(3)
b = a
b += 1
a
b = a.clone()
b += 1
a
c = a[:]
c.zero_()
a
d = a.detach()
d.fill_(4)
a
n = a.numpy()
n += 1
a
a.add_(1)
n
t = torch.from_numpy(n)
t.mul_(2)
a
np.add(n, 1, out=n)
a
torch.tensor(n)[0] = 50
a
torch.as_tensor(n)[0] = 50
a
a.numpy() is n
a.is_set_to(a)
a.is_set_to(a[:])
e = copy.deepcopy(a)
e[0] = -1
a
f = copy.copy(a)
f[1] = -1
a
a.share_memory_().is_shared()
a.is_shared()
a.is_pinned()
a.copy_(torch.zeros(3))
a.copy_(torch.zeros(2))
a.copy_(torch.tensor([1]))
a.copy_(5)
a.fill_(3)
a.fill_(torch.tensor(4))
a.fill_(torch.tensor([4, 5]))
a.fill_("a")
a.zero_()
a.data
a.data.zero_()
torch.zeros(3).data_ptr() != 0
torch.empty(0).data_ptr()
x.T
x._version
x.add_(1)._version
x[0:2].add_(1)
x._version
w = torch.arange(4.)
w[1:] = w[:-1]
w
w[:-1] += w[1:]
w
w.view(2, 2).t_()
w.squeeze_()
w.unsqueeze_(0).shape
w.transpose_(0, 1).shape
torch.ones(2, 2).t_().shape
torch.ones(2, 1).squeeze_(1).shape
torch.triu(torch.ones(3, 3)).tril_()
torch.ones(2).apply_(lambda v: v + 1)
torch.ones(2).map_(torch.ones(2), lambda a, b: a + b)
torch.equal(torch.ones(2), torch.ones(2))
torch.ones(2, 3).index_put_((torch.tensor([0]), torch.tensor([1])), torch.tensor(5.))
torch.ones(2).put_(torch.tensor([0]), torch.tensor([9.]))
torch.ones(3, 3).fill_diagonal_(7)
torch.ones(3).random_(0, 10).shape
torch.zeros(2, 2).masked_fill_(torch.eye(2).bool(), 1)
torch.zeros(2).clamp_(1, 2)
torch.tensor([1, 2]).div_(2)
torch.tensor([1, 2]).add_(1.5)
torch.tensor([1, 2]).mul_(torch.tensor(2.5))
torch.tensor([1, 2]).sqrt_()
torch.tensor([True]).add_(1)
torch.ones(2).add_(torch.ones(3, 2))
torch.ones(2).add_(torch.ones(2, 1))
torch.tensor([1.]).floor_divide_(2)
torch.tensor([5.]).remainder_(3)
torch.tensor([1, 2]).pow_(2)
torch.tensor([1., 2]).pow_(0.5)
torch.tensor([1, 2]).eq_(1)
torch.tensor([1., 2]).lt_(1.5)
torch.tensor([1., 2]).logical_and_(torch.tensor([0., 1]))
torch.ones(2).exponential_().shape
torch.ones(2).normal_(0, 1).shape
torch.ones(2).uniform_(2, 1)
torch.ones(2).normal_(0, -1)
torch.ones(2, dtype=torch.int).normal_()
torch.ones(2).bernoulli_(2)
torch.ones(2).geometric_(0)
torch.ones(2).cauchy_().shape
torch.ones(2).log_normal_().shape

# the same bytes as another dtype
x = torch.arange(8.).reshape(2, 4)
x.view(torch.int32)._base, x.view(torch.int16).shape, x.view(torch.float64).stride()
x.t().view(torch.float64)
x[:, 1:].view(torch.float64)
x[:, 1:3].view(torch.float64)
x.as_strided((2, 2), (3, 1)).view(torch.float64)
x.view(float), x[0].view(bool).shape
torch.ones(2, requires_grad=True).view(torch.int32).requires_grad
y = x.view(torch.int32)
x.add_(1)
y._version, y[0, 0]

# parts of complex numbers, written to
z = torch.tensor([1 + 2j, 3 + 4j])
z.real = torch.tensor([5, 6])
z.imag = 7
z
z.imag = [1, 2]
z.imag = torch.ones(3)
x.imag = 1
w = torch.ones(2, requires_grad=True)
v = torch.zeros(2, dtype=torch.complex64, requires_grad=True).clone()
v.imag = w
v.abs().square().sum().backward()
w.grad, v.grad_fn is not None
v = torch.zeros(2, dtype=torch.complex64, requires_grad=True)
u = v.clone()
p = torch.view_as_real(u)[:, 1]
p.mul_(w + 1)
type(p.grad_fn).__name__, torch.autograd.grad((u * (2 + 1j)).real.sum(), [w, v])
u = torch.zeros(2, 2, requires_grad=True)
y = u.clone()
torch.view_as_complex(y).mul_(2j)
torch.autograd.grad((y * torch.tensor([1., 3.])).sum(), u)

torch.tensor(1 + 1j).adjoint(), torch.ones(3).adjoint()
torch.ones(3).mH
torch.tensor([1., 2.]).expand(1, 1, 2).stride(), torch.ones(1).expand(3, 1, 1).stride(), torch.tensor(1.).expand(1, 2).stride()
torch.ones(3).expand(-2, 3)
torch.detach_copy(x)._base
torch.empty(48).resize_((2, 3, 2, 4), memory_format=torch.channels_last).stride()
torch.empty(0).resize_as_(torch.empty(2, 3, 2, 2).to(memory_format=torch.channels_last), memory_format=torch.preserve_format).stride()
torch.ones(2).resize_(2**31, 2**31, 2)
torch.ones(2).resize_(2**61)
torch.ones(3).resize(2)
torch.ones(3).as_strided((1,), (1,), -1)
torch.ones(3).as_strided((-1,), (1,))
torch.ones(3).as_strided((0,), (1,), 99)
torch.ones(6).unflatten(0, 6)
torch.broadcast_shapes(1.5), torch.broadcast_shapes("a")
torch.broadcast_tensors(torch.ones(2), 3)
torch.broadcast_tensors([torch.ones(2)])
torch.atleast_2d(torch.ones(2), 3)
torch.block_diag(3), torch.block_diag()
torch.unravel_index(torch.tensor([1.]), (2, 3))
torch.unravel_index(torch.tensor([1]), (-2, 3))
torch.repeat_interleave(torch.ones(2), torch.tensor([1, 2]), output_size=5)

# copies share memory as their originals did
import copy
a = torch.arange(6.)
b, c = copy.deepcopy([a, a[2:]])
b.fill_(9)
c, c.storage_offset(), a
copy.deepcopy(torch.arange(6.)[::2]).stride(), copy.deepcopy(torch.ones(1).expand(3)).stride()
p = torch.ones(2, requires_grad=True)
p.grad, p.note = torch.ones(2), "mine"
q = copy.copy(p)
q.grad, q.note, q.data_ptr() == p.data_ptr(), copy.copy(p * 2).is_leaf

# tensors joined lie row by row, or as all their parts do
turned = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)
torch.cat([turned, turned], 0).stride(), torch.cat([turned, turned], 1).stride(), torch.stack([turned, turned]).stride(), torch.stack([turned, turned], 3).stride()
last = torch.arange(120.0).reshape(2, 3, 4, 5).to(memory_format=torch.channels_last)
torch.cat([last, last]).stride(), torch.cat([last, last.contiguous()], 1).stride(), torch.stack([last, last]).stride(), torch.stack([last, last], 1).stride()
torch.cat([turned, turned.new_zeros(4, 1, 3)], 1).view(3, 4, 3).shape, torch.stack([torch.zeros(0), torch.zeros(0)]), torch.stack([torch.ones(()), torch.ones(())])

# results may lie in an argument's place, not partly over it
x = torch.arange(6.)
torch.exp(x[:3], out=x[:3]).data_ptr() == x.data_ptr()
torch.exp(x[:3], out=x[1:4])
torch.add(x[:3], x[3:], out=x[2:5])
torch.mul(x[:3], 2, out=torch.zeros(1).expand(3))
torch.clamp(x[1:], 0, 1, out=x[:-1])
torch.cat([x, x], out=(torch.empty(0), torch.empty(0)))
torch.sort(x, out=torch.empty(0))
+torch.tensor([True])
# results of tensors whose dimensions are turned around: which lie by rows, which as their input does
turned = torch.arange(24.).reshape(4, 3, 2).permute(2, 1, 0)
[f(turned).stride() for f in (lambda x: x.amax(-1), lambda x: x.amin(1), lambda x: x.nanmedian(-1)[0], lambda x: x.nanmedian(-1)[1], lambda x: x.aminmax(dim=-1)[0], lambda x: x.median(-1)[1], lambda x: x.tile(1, 1, 1), lambda x: x.repeat(1, 1, 1), lambda x: torch.linalg.cross(x, x, dim=1), lambda x: x.index_fill(0, torch.tensor([0]), 1.0), lambda x: torch.nn.functional.one_hot(x.long()), lambda x: torch.renorm(x, 2, 0, 1.0), lambda x: x.select_scatter(x[0], 0, 0), lambda x: x.slice_scatter(x[:1], 0, 0, 1), lambda x: x.diagonal_scatter(torch.ones(4, 2)))]
torch.zeros(0, 3).amax(-2)
torch.zeros(0, 3).amin((1, -2))
import numpy
torch.ones(2, 3).amax(numpy.int64(1)), torch.ones(2, 3).amin(torch.tensor(1)), torch.ones(2, 3).amax([0]), torch.linalg.vector_norm(torch.ones(2, 3), 2, numpy.int64(0))
