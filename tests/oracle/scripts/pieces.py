"""Own pieces: a dataset, a collate function, samplers, hooks, a differentiable function, a parametrized layer, checkpointing."""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.autograd import Function, gradcheck
from torch.nn.utils.rnn import pad_sequence
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
from torch.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    get_worker_info,
    random_split,
)


class Sentences(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(n)
        self.items = [torch.randint(1, 9, (int(k),), generator=g) for k in torch.randint(1, 6, (n,), generator=g)]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return {"ids": self.items[i], "length": len(self.items[i]), "name": f"s{i}"}


def pad_collate(rows):
    rows.sort(key=lambda r: -r["length"])
    return {
        "ids": pad_sequence([r["ids"] for r in rows], batch_first=True),
        "names": [r["name"] for r in rows],
        "lengths": torch.tensor([r["length"] for r in rows]),
    }


class ByLength(Sampler):
    def __init__(self, data, size):
        self.data, self.size = data, size

    def __iter__(self):
        order = sorted(range(len(self.data)), key=lambda i: self.data[i]["length"])
        yield from (order[i : i + self.size] for i in range(0, len(order), self.size))

    def __len__(self):
        return math.ceil(len(self.data) / self.size)


class Count(IterableDataset):
    def __init__(self, start, end):
        self.start, self.end = start, end

    def __iter__(self):
        info = get_worker_info()
        if info is None:
            return iter(range(self.start, self.end))
        share = math.ceil((self.end - self.start) / info.num_workers)
        low = self.start + info.id * share
        return iter(range(low, min(low + share, self.end)))


def set_seed(worker_id):
    torch.manual_seed(100 + worker_id)


class Noisy(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, i):
        return i, torch.rand(2)


class Exp(Function):
    @staticmethod
    def forward(ctx, i, scale):
        result = (i * scale).exp()
        ctx.save_for_backward(result)
        ctx.scale = scale
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return grad_output * result * ctx.scale, None


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.ModuleDict({"a": nn.Linear(width, width), "b": nn.Linear(width, width)})
        self.scale = nn.Parameter(torch.tensor(0.5))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)

    def forward(self, x):
        self.calls += 1
        return x + self.scale * self.layers["b"](torch.relu(self.layers["a"](x)))


if __name__ == "__main__":
    # data
    data = Sentences(7)
    for batch in DataLoader(data, batch_sampler=ByLength(data, 3), collate_fn=pad_collate):
        print(batch)
    print([b.tolist() for b in DataLoader(Count(0, 7), batch_size=2, num_workers=2)])
    print([b.tolist() for b in DataLoader(Noisy(), batch_size=3, num_workers=2, worker_init_fn=set_seed) for b in b])
    torch.manual_seed(0)
    xs = TensorDataset(torch.arange(10), torch.arange(10) ** 2)
    print([b[1].tolist() for b in DataLoader(xs, batch_size=4, shuffle=True, drop_last=True)])
    print(list(WeightedRandomSampler([0.1, 0.9, 0.0], 6)), list(SubsetRandomSampler([4, 5, 6])))
    print(list(BatchSampler(RandomSampler(range(5), replacement=True, num_samples=7), 3, False)))
    print(
        [len(s) for s in random_split(xs, [0.5, 0.3, 0.2], torch.Generator().manual_seed(1))],
        len(ConcatDataset([xs, xs])),
    )
    print(
        list(ChainDataset([Count(0, 2), Count(5, 7)])),
        default_collate([{"a": 1, "b": (2.0, "x")}, {"a": 3, "b": (4.0, "y")}]),
    )

    # a differentiable function of one's own
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = Exp.apply(x, 2.0)
    y.sum().backward()
    print(y, x.grad, gradcheck(lambda v: Exp.apply(v, 2.0), torch.rand(3, dtype=torch.double, requires_grad=True)))

    # hooks
    net = nn.Sequential(OrderedDict(first=nn.Linear(3, 4), act=nn.ReLU(), body=Residual(4), head=nn.Linear(4, 2)))
    features, slopes = {}, {}
    handles = [net.body.register_forward_hook(lambda m, i, o: features.update(body=o.detach()))]
    handles.append(net.head.register_full_backward_hook(lambda m, gi, go: slopes.update(head=go[0])))
    handles.append(net.register_forward_pre_hook(lambda m, args: (args[0] * 2,)))
    handles.append(net.head.weight.register_hook(lambda g: g.clamp(-0.1, 0.1)))
    out = net(torch.ones(2, 3))
    out.pow(2).sum().backward()
    print(features["body"], slopes["head"], net.head.weight.grad.abs().max())
    for h in handles:
        h.remove()
    print(net, [n for n, _ in net.named_modules()], list(net.state_dict()), net.body.calls)
    print(net.body.get_parameter("layers.a.weight").shape, net.get_submodule("body.layers.b"))

    # checkpointing
    net.zero_grad()
    x = torch.randn(2, 3, requires_grad=True)
    out = checkpoint(net, x, use_reentrant=False).sum()
    out.backward()
    again = checkpoint_sequential(net, 2, x, use_reentrant=False).sum()
    print(out, again, x.grad, net.first.weight.grad.norm())
    layer = nn.utils.weight_norm(nn.Linear(3, 2), name="weight")
    print(layer, [n for n, _ in layer.named_parameters()], layer(torch.ones(1, 3)))
    print(nn.utils.parameters_to_vector(net.head.parameters()).shape, nn.utils.clip_grad_norm_(net.parameters(), 0.5))
