import numpy as np
import torch
from torch import Tensor
from torch.library import custom_op, opcheck
@custom_op("oracle::wave", mutates_args=())
def wave(x: Tensor, height: float = 1.0) -> Tensor: return torch.from_numpy(np.sin(x.numpy()) * np.float32(height))
wave, torch.ops.oracle.wave, torch.ops.oracle.wave.default
wave(torch.ones(2)), wave(torch.ones(2), 2.0), torch.ops.oracle.wave(torch.ones(2), height=3.0)
wanting = torch.ones(2, requires_grad=True)
wave(wanting)
wave(wanting).sum().backward()
def keep(ctx, inputs, output):
    ctx.save_for_backward(inputs[0])
    ctx.height = inputs[1]
wave.register_autograd(lambda ctx, g: (g * ctx.saved_tensors[0].cos() * ctx.height, None), setup_context=keep)
wave(wanting, 2.0).sum().backward()
wanting.grad
wave(torch.ones(2, device="meta"))
@wave.register_fake
def formed(x, height=1.0): return torch.empty_like(x)
wave(torch.ones(2, device="meta"))
opcheck(wave, (torch.ones(3, requires_grad=True),))
@custom_op("oracle::flip", mutates_args={"x"})
def flip(x: Tensor) -> None: np.negative(x.numpy(), out=x.numpy())
flipped = torch.ones(2)
flip(flipped)
flipped, flipped._version
@custom_op("oracle::pair", mutates_args=())
def pair(xs: list[Tensor], n: int) -> tuple[Tensor, Tensor]: return xs[0] + n, xs[1] * n
pair([torch.ones(1), torch.ones(1)], 3)
pair.register_autograd(lambda ctx, g, h: ([g * 5, h * 7], None))
several = [torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)]
sum(pair(several, 2)).backward()
several[0].grad, several[1].grad
@custom_op("oracle::unsaid", mutates_args=())
def unsaid(x): return x
@custom_op("oracle::unsaid", mutates_args=())
def unsaid(x: Tensor): return x
@custom_op("oracle::unsaid", mutates_args={"y"})
def unsaid(x: Tensor) -> Tensor: return x
@custom_op("oracle::unsaid", mutates_args=())
def unsaid(x: Tensor, n: list[int] = (1, 2)) -> Tensor: return x
torch.ops.oracle.nothing
@custom_op("oracle::scaled", mutates_args=(), schema="(Tensor x, float y=2.0) -> Tensor")
def scaled(x, y=2.0): return x * y
scaled(torch.ones(2)), scaled(torch.ones(2), y=5.0)
library = torch.library.Library("oracle2", "DEF")
library.define("thrice(Tensor x) -> Tensor")
library.impl("thrice", lambda x: x * 3, "CPU")
torch.ops.oracle2.thrice(torch.ones(2))
torch.library.define("oracle3::waved", "(Tensor x) -> Tensor")
torch.library.impl("oracle3::waved", "cpu")(lambda x: x.sin()) and None
torch.ops.oracle3.waved(torch.ones(1))
torch.autograd.gradcheck(torch.compile(lambda x: wave(x, 1.0).double()), torch.ones(2, dtype=torch.double, requires_grad=True), eps=1e-3, atol=1e-2)
aten = torch.ops.aten
aten.add, aten.add.Tensor, str(aten.add), str(aten.add.Tensor), aten.add.Tensor.name(), aten.add.Tensor.namespace, aten.mm.default.name()
aten.add is aten.add, aten.add.Tensor is aten.add.Tensor, aten.add.Tensor.overloadpacket is aten.add, len({aten.add.Tensor: 1, aten.sub.Tensor: 2})
aten.nothing_of_the_kind
hasattr(aten, "unique"), hasattr(aten, "nothing_of_the_kind"), hasattr(aten, "mm")
x = torch.arange(6.).reshape(2, 3).requires_grad_()
aten.add.Tensor(x, x, alpha=2), aten.sum.dim_IntList(x, [1], True), aten.mm.default(x, x.T), aten.split.Tensor(x, 2, 1), aten.sub_.Tensor(x.detach().clone(), 1)
aten.slice.Tensor(x, 1, 0, 2), aten.slice.Tensor(x, -1, 1), aten.select.int(x, 0, 1), aten.index.Tensor(x, [None, torch.tensor([2, 0])]), aten.index_select.default(x, 1, torch.tensor([1]))
aten.alias.default(x), aten.detach.default(x), aten.clone.default(x), aten._to_copy.default(x, dtype=torch.float64), aten.sym_size.int(x, 1), aten.numel(x), aten.dim(x)
aten.cat.default([x, x], 1), aten.where.self(x > 2, x, -x), aten.gelu.default(x), aten.linalg_vector_norm.default(x), aten.scalar_tensor.default(2.0), aten.zeros_like.default(x)
aten.max_pool2d_with_indices(torch.arange(16.).reshape(1, 1, 4, 4), [2, 2]), aten.avg_pool2d.default(torch.ones(1, 1, 4, 4), [2, 2]), aten.hardtanh(x), aten.silu.default(x)
aten.add.out(torch.ones(2), torch.ones(2), out=torch.zeros(2)), aten._sparse_addmm.default(torch.zeros(2, 2), torch.eye(2).to_sparse(), torch.ones(2, 2))
torch.ops.oracle2.thrice.other
