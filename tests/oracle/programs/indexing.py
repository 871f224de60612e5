import torch, numpy as np
x = torch.arange(24).reshape(2, 3, 4)
x[0]
x[0, 1]
x[0, 1, 2]
x[0][1][2].item()
x[-1, -1, -1]
x[..., 0]
x[:, 1:]
x[:, ::2]
x[:, ::-1]
x[::-1]
x[2]
x[-3]
x[0, 3]
x[0, 0, 0, 0]
x[None].shape
x[:, None].shape
x[..., None].shape
x[None, ..., None].shape
x[..., ...]
x[True].shape
x[False].shape
x[True, 0].shape
x[torch.tensor(True)].shape
x[torch.tensor(1)]
x[torch.tensor([1, 0])].shape
x[[1, 0]].shape
x[[0, 1], [1, 2]]
x[[0, 1], [1, 2], [0, 3]]
x[[0, 1], :, [0, 3]]
x[:, [0, 1], [0, 3]]
x[0, :, [0, 3]]
x[[0], [1, 2]]
x[[0, 1, 2]]
x[[0, 5]]
x[[[0, 1], [1, 0]]].shape
x[(0, 1)]
x[[0, 1], [0, 1, 2]]
x[x > 10]
x[x > 100]
x[x[..., 0] > 4]
x[torch.tensor([True, False])]
x[torch.tensor([True, False, True])]
x[:, torch.tensor([True, False, True])]
x[torch.tensor([True, False]), torch.tensor([1])]
x[torch.tensor([1, 0], dtype=torch.uint8)]
x[torch.tensor([1.0, 0])]
x["a"]
x[1.5]
x[0, "a"]
x[{}]
x[None, None, 0, 0].shape
x[np.array([0, 1])].shape
x[np.int64(1)].shape
x[np.array(True)].shape
x[slice(0, 1)]
x[slice(None), 1]
x[0:5].shape
x[1:0].shape
x[5:].shape
x[-100:100].shape
x[0:2:0]
x[0.0:1]
x[torch.tensor(0):torch.tensor(1)].shape
x[range(2)].shape
x[[True, False]].shape
x[:, [True, False, True]].shape
x[[]].shape
x[[[]]].shape
x[torch.tensor([], dtype=torch.long)].shape
x[torch.tensor([])].shape
x[x.new_zeros(0, dtype=torch.bool)]
torch.tensor(5)[0]
torch.tensor(5)[...]
torch.tensor(5)[None]
torch.tensor(5)[True]
torch.tensor(5)[()]
torch.tensor(5)[torch.tensor(False)]
len(torch.tensor(5))
len(x)
list(torch.tensor(5))
[a.shape for a in x]
for a in torch.tensor(5): pass
a, b = x
a
1 in torch.tensor([1, 2])
torch.tensor(1) in torch.tensor([1, 2])
"a" in torch.tensor([1, 2])
x.tolist()[0][0]
y = torch.zeros(3, 4)
y[0] = 1
y
y[:, 1] = torch.tensor([1, 2, 3])
y
y[1:, 2:] = torch.tensor([[9.], [8.]])
y
y[y > 5] = -1
y
y[y < 0] = torch.tensor([1., 2., 3., 4.])
y
y[y < 0] = torch.tensor([1., 2.])
y[y > 0] = torch.tensor([1., 2.])
y[0] = torch.ones(3)
y[0] = torch.ones(2, 4)
y[0] = [1, 2, 3, 4]
y
y[0] = [1, 2]
y[0] = "a"
y[0] = None
y[0, 0] = 1j
y[5] = 1
y[[0, 2]] = 7
y
y[[0, 2], [1, 1]] = torch.tensor([5., 6.])
y
y[[0, 5]] = 1
y[..., -1] = 0.5
y  # differs: torch writes before it refuses
y[None] = 3
y
y[torch.tensor([0, 0, 1])] = torch.arange(12.).reshape(3, 4)
y
y[0] += 1
y
y[[0, 0]] += 1
y
y[1, :2] *= 10
y
y[True] = 0
y
y[False] = 5
y
y[()] = 2
y
z = torch.tensor(3)
z[()] = 4
z
z[...] = 5
z
z[0] = 1
i = torch.tensor([1, 2, 3])
i[0] = 2.7
i
i[1] = True
i
i[0] = torch.tensor(9.9)
i
i[:] = torch.tensor([1.1, 2.2, 3.3])
i
i[0] = float("nan")
b = torch.zeros(3, dtype=torch.bool)
b[1] = 5
b
b[0] = 0.0
b
del y[0]
x.index_select(0, torch.tensor([1]))
x.index_select(1, torch.tensor([2, 0]))
x.index_select(1, torch.tensor(2))
x.index_select(3, torch.tensor([0]))
x.index_select(0, torch.tensor([5]))
x.index_select(0, torch.tensor([[0]]))
x.index_select(0, torch.tensor([0.]))
torch.index_select(x, dim=0, index=torch.tensor([0], dtype=torch.int))
t = torch.tensor([[1, 2], [3, 4]])
torch.gather(t, 1, torch.tensor([[0, 0], [1, 0]]))
torch.gather(t, 0, torch.tensor([[0, 1]]))
torch.gather(t, 1, torch.tensor([[0, 0, 1]]))
torch.gather(t, 1, torch.tensor([[2]]))
torch.gather(t, 1, torch.tensor([0]))
torch.gather(t, 2, torch.tensor([[0]]))
torch.gather(t, 1, torch.tensor([[0.]]))
torch.gather(t, 0, torch.tensor([[0, 0, 0]]))
t.gather(dim=1, index=torch.tensor([[1], [0]]))
torch.take(t, torch.tensor([0, 3]))
torch.take(t, torch.tensor([[0, 3], [-1, 1]]))
torch.take(t, torch.tensor([4]))
torch.take_along_dim(t, torch.tensor([[0], [1]]), dim=1)
torch.take_along_dim(t, torch.tensor([[0], [1]]))
torch.zeros(3, 5).scatter_(0, torch.tensor([[0, 1, 2, 0]]), torch.arange(1., 6).unsqueeze(0))
torch.zeros(3, 5).scatter_(1, torch.tensor([[0, 1, 4]]), 2.5)
torch.zeros(3, 5).scatter_(1, torch.tensor([[0, 1, 5]]), 2.5)
torch.full((2, 4), 2.).scatter_(1, torch.tensor([[2], [3]]), 1.23, reduce="multiply")
torch.full((2, 4), 2.).scatter_(1, torch.tensor([[2], [3]]), 1.23, reduce="add")
torch.full((2, 4), 2.).scatter_(1, torch.tensor([[2], [3]]), 1.23, reduce="mean")
torch.zeros(2, 2).scatter(1, torch.tensor([[0]]), torch.tensor([[1]]))
torch.zeros(2, 2).scatter(1, torch.tensor([[0, 1, 0]]), 1.)
torch.zeros(3).scatter_add_(0, torch.tensor([0, 0, 2]), torch.ones(3))
torch.zeros(3).scatter_reduce(0, torch.tensor([0, 0, 2]), torch.tensor([1., 5, 2]), reduce="amax")
torch.zeros(3).scatter_reduce(0, torch.tensor([0, 0, 2]), torch.tensor([1., 5, 2]), reduce="mean", include_self=False)
torch.zeros(3).scatter_reduce(0, torch.tensor([0, 0, 2]), torch.tensor([1., 5, 2]), reduce="foo")
torch.zeros(3).index_add_(0, torch.tensor([0, 0, 2]), torch.ones(3), alpha=2)
torch.zeros(3).index_add_(0, torch.tensor([0, 3]), torch.ones(2))
torch.zeros(3).index_add_(0, torch.tensor([0, 1]), torch.ones(3))
torch.zeros(3).index_copy_(0, torch.tensor([0, 2]), torch.ones(2))
torch.zeros(3).index_fill_(0, torch.tensor([0, 2]), 4)
torch.zeros(3).index_put_((torch.tensor([0, 0]),), torch.tensor(1.), accumulate=True)
torch.zeros(3).index_reduce_(0, torch.tensor([0, 0]), torch.tensor([2., 3.]), "prod")
torch.ones(2, 3).masked_fill(torch.tensor([True, False, True]), 0)
torch.ones(2, 3).masked_fill(torch.tensor([1, 0, 1]), 0)
torch.ones(2, 3).masked_fill(torch.tensor([True, False]), 0)
torch.ones(2, 3).masked_fill_(torch.tensor([[True], [False]]), float("-inf"))
torch.ones(2, 3).masked_fill(torch.tensor([True, False, True]), torch.tensor([1., 2]))
torch.masked_select(t, t > 2)
torch.masked_select(t, torch.tensor([1, 0]))
torch.ones(3).masked_scatter(torch.tensor([True, False, True]), torch.tensor([5., 6., 7.]))
torch.ones(3).masked_scatter(torch.tensor([True, True, True]), torch.tensor([5., 6.]))
torch.nonzero(t > 1)
torch.nonzero(t > 1, as_tuple=True)
torch.nonzero(torch.tensor(5))
torch.nonzero(torch.tensor(0))  # differs: strides
torch.nonzero(torch.tensor(5), as_tuple=True)
torch.argwhere(torch.tensor([[1, 0], [0, 2]]))
torch.where(t > 2)
torch.where(t > 2, t, 0)
torch.where(t > 2, 1.5, 0)
torch.where(t > 2, t, 0.5)
torch.where(t > 2, 1, 0).dtype
torch.where(t > 2, True, False)
torch.where(t > 2, torch.tensor(1.), torch.tensor(2, dtype=torch.float64))
torch.where(t, t, t)
torch.where(t > 2, t, torch.ones(3))
torch.where(torch.tensor([1, 0], dtype=torch.uint8), 1, 2)
torch.where(t > 2, t)
torch.where(condition=t > 1, input=t, other=-t)
t.where(t > 2, -1)
torch.select(x, 1, 0)
torch.select(x, 1, 3)
torch.narrow(x, 1, 1, 2)
torch.narrow(x, 1, 2, 2)
torch.narrow(x, 1, -1, 1)
torch.narrow(x, 1, torch.tensor(1), 1).shape
torch.select_scatter(torch.zeros(2, 2), torch.ones(2), 0, 1)
torch.slice_scatter(torch.zeros(4, 2), torch.ones(2, 2), 0, 1, 3)
torch.diagonal_scatter(torch.zeros(2, 2), torch.ones(2))
torch.isin(t, torch.tensor([1, 4]))
torch.isin(t, 2)
torch.isin(t, torch.tensor([1, 4]), invert=True)
torch.bucketize(torch.tensor([1, 5, 9]), torch.tensor([1, 3, 5, 7]))
torch.bucketize(torch.tensor([1, 5, 9]), torch.tensor([1, 3, 5, 7]), right=True)
torch.bucketize(4, torch.tensor([1, 3, 5, 7]))
torch.searchsorted(torch.tensor([1, 3, 5, 7]), torch.tensor([2, 5]))
torch.searchsorted(torch.tensor([1, 3, 5, 7]), 4, side="right")
torch.searchsorted(torch.tensor([1, 3, 5, 7]), torch.tensor([2, 5]), out_int32=True)
torch.searchsorted(torch.tensor([[1, 3], [2, 4]]), torch.tensor([[3], [3]]))
torch.searchsorted(torch.tensor([[1, 3], [2, 4]]), torch.tensor([3]))
torch.searchsorted(torch.tensor([1, 3]), torch.tensor([2.]))
torch.searchsorted(torch.tensor([1, 3]), 4, side="foo")
torch.searchsorted(torch.tensor([1, 3]), 4, right=True, side="left")
# a truth value beside other indices
def put(indices, values, accumulate=False):
    x, v = torch.arange(6.).view(2, 3).requires_grad_(), torch.tensor(values).requires_grad_()
    y = x.clone().index_put_(indices, v, accumulate)
    y.backward(torch.arange(1., 7.).view(2, 3))
    return y.detach(), x.grad, v.grad
yes, no = torch.tensor(True), torch.tensor(False)
put((yes, torch.tensor([0, 1])), 7.)
put((no, torch.tensor([0, 1])), [[1., 2., 3.]] * 2)
put((yes, torch.tensor([1]), no), 5., True)
put((yes, torch.tensor([[True, False, True], [False, True, False]])), 9.)
put((torch.tensor([0, 1]), yes), [1., 2.])
put((torch.tensor([0]), torch.tensor([1]), yes), 1.)
# what is stored may have ones in front; messages leave them out
def store(index, *shape):
    x = torch.zeros(2, 3)
    x[index] = torch.ones(shape)
    return x
store(slice(0, 1), 1, 1, 2)
store((slice(None), torch.tensor([0, 1])), 1, 1, 3)
store(0, 1, 1, 1, 3)
store(yes, 1, 2, 2), store(yes, 2, 1, 3)
store((0, 0), 1, 1), store(torch.tensor([0]), 1, 1, 1)
torch.zeros(2, 3).index_put((torch.tensor([0, 1]),), torch.ones(1, 2, 3))
torch.zeros(2, 3).index_put((torch.tensor([0, 1]),), torch.ones(1, 1, 1, 1))
held = torch.ones(1, 1, 3, requires_grad=True)
into = torch.zeros(2, 3)
into[0] = held
into.sum().backward(), held.grad
into = torch.zeros(2, 3)
into[torch.tensor([1, 1])] = held
into.backward(torch.arange(6.).view(2, 3)), held.grad
store(False, 7), store(True, 1, 2, 3), store(True, 1, 1, 1, 3)
store(True, 7)
store((True,), 7)
