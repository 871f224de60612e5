import warnings

warnings.simplefilter("ignore")
import torch
from torch.masked import MaskedTensor, as_masked_tensor, is_masked_tensor, masked_tensor

data = torch.arange(24).reshape(2, 3, 4)
mask = data % 2 == 0
mt = masked_tensor(data.float(), mask)
mt
mt[0]
mt[:, :, 2:4]
mt[mask]
mt[0, torch.tensor([2, 0])]
(mt.shape, mt.dtype, mt.dim(), type(mt), mt.device, mt.layout, mt.stride(), mt.numel(), len(mt), torch.is_tensor(mt))
i = masked_tensor(torch.arange(4), torch.tensor([True, False, True, False]))
i
i + 1
i * 2.5
-i
i == 2
i < 2
i.bool()
masked_tensor(torch.tensor([123456, 7]), torch.tensor([True, False]))
m = masked_tensor(
    torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]]), requires_grad=True
)
m
(m.requires_grad, m.is_leaf, is_masked_tensor(m), is_masked_tensor(data))
total = m.sum()
total
total.backward()
m.grad
type(m.grad)
m.grad.get_data()  # differs: what is hidden is 1 there
torch.exp(m)
torch.exp(m).sum().backward()
m.grad
m.softmax(0)
m.softmax(1)
m.softmax(1)[0].sum().backward()  # differs: an error there
m.mean()
m.mean(1)
torch.mean(m, dim=0)
m.amax(0)
m.amin()
m.prod(1)
m.argmax(1)
m.argmin(0)
m.argmax()
m.var(1)
m.std(0)
m.all()
m.sum(1, keepdim=True)
m.sum([0, 1])
torch.sum(m, dim=-1)
m.max()
m.permute(1, 0)
m.T
m.t()
m.mT
m.transpose(0, 1)
m.reshape(-1)
m.view(4)
m.flatten()
m.squeeze()
m.unsqueeze(0)
m.expand(3, 2, 2).shape
m + masked_tensor(torch.ones(2, 2), torch.ones(2, 2).bool())
m + m
m + torch.ones(2, 2)
m + 1
1 + m
1 - m
1 / m
2**m
torch.ones(2, 2) - m
m.add(m, alpha=2)
m.add(1, alpha=2)
m.to_tensor(0)
m.get_data()
m.get_mask()
m.clone()
m.detach()
m.to(torch.float64)
m.double().dtype
m.contiguous().is_contiguous()
masked_tensor([1], torch.ones(1))
masked_tensor(torch.ones(2), torch.ones(2))
masked_tensor(torch.ones(2), [True, False])
masked_tensor(torch.ones(2), torch.ones(3).bool())
masked_tensor(torch.ones(2), torch.ones(2, 1).bool())
masked_tensor(torch.ones(2).bfloat16(), torch.ones(2).bool())
masked_tensor(m, torch.ones(2, 2).bool())
torch.cat([m, m])
torch.stack([m, m])
m.chunk(2)
m.split(1)
m[0, 0]
m[0, 1]
m[0, 0].item()
m[0, 1].item()
float(m[0, 0])
m.tolist()
m.numpy()
f"{m[1]}"
torch.where(torch.tensor([[True, False], [True, True]]), m, m.exp())
m.add_(1)
n = m.detach().clone()
n.add_(1)
n.sqrt_()
n
m.pow(2)
m**2
m.clamp(0, 2)
torch.maximum(m, m)
torch.logaddexp(m, m)
m.exp().grad_fn
torch.zeros_like(m)
torch.ones_like(m)
m.relu()
m.log_softmax(1)
torch.isnan(m)
m.logical_not()
~(m > 2)
(m > 2) & (m < 4)
m.cumsum(0)
m.sort()
torch.mean(masked_tensor(torch.tensor([float("nan")] * 2), torch.tensor([False, False])))
x = torch.tensor([-10.0, -5, 0, 5, 10, 50, 60, 70, 80, 90, 100], requires_grad=True)
few = x < 0
a = masked_tensor(x, few, requires_grad=True)
b = masked_tensor(torch.ones_like(x), ~few, requires_grad=True)
y = torch.where(few, torch.exp(a), b)
y
y.sum().backward()
a.grad
b.grad
c = as_masked_tensor(x, few)
c
c.grad_fn
c.sum().backward()
x.grad  # differs: a masked tensor there
m.to_sparse()  # differs: refused
m.to_dense()
list(m)  # differs: the form of the operator in the message
m.norm(2)  # differs: what the text says of the argument
torch.nanmean(torch.tensor([1.0, float("nan")]))
