"""What beginners get to see: each mistake is made on purpose and its message printed."""

import torch
import torch.nn as nn
import torch.nn.functional as F

x = torch.ones(2, 3)
leaf = torch.ones(3, requires_grad=True)
lin, conv, bn = nn.Linear(3, 2), nn.Conv2d(1, 2, 3), nn.BatchNorm1d(3)


def assign_grad(value):
    leaf.grad = value


def twice():
    y = (leaf * leaf).sum()
    y.backward()
    y.backward()


def changed():
    y = leaf.exp()
    y += 1
    y.sum().backward()


MISTAKES = {
    "shapes": [lambda: x + torch.ones(4), lambda: x @ x, lambda: x.view(4), lambda: x.reshape(-1, -1), lambda: x.expand(3, 3),
               lambda: torch.cat([x, torch.ones(2)]), lambda: torch.stack([x, x.T]), lambda: x.squeeze(2), lambda: x.t().view(6),
               lambda: torch.zeros(2, 2.5), lambda: torch.rand(2, 2.5), lambda: x.view(3, 2.0), lambda: torch.empty((3, "a")),
               lambda: nn.Linear(2.5, 3), lambda: nn.Linear(3, 2.5), lambda: torch.einsum("ijk", x), lambda: x.permute(0, 0),
               lambda: torch.einsum("ij,jk->ik", x, x), lambda: torch.linalg.norm(x[0], "fro"), lambda: torch.linalg.inv(x)],
    "types": [lambda: x @ x.T.long(), lambda: torch.tensor([1, 2]).mean(), lambda: torch.tensor([1]).add_(1.5), lambda: ~x,
              lambda: torch.tensor([True]) - torch.tensor([True]), lambda: torch.tensor("a"), lambda: torch.tensor([1, None]),
              lambda: lin(torch.ones(1, 3).double()), lambda: lin(torch.ones(3).long()), lambda: lin([1.0, 2.0, 3.0]),
              lambda: torch.set_default_dtype(torch.int32), lambda: torch.zeros(2, dtype="float32"), lambda: torch.sqrt(4),
              lambda: nn.Embedding(3, 2)(torch.tensor([0.5])), lambda: torch.device(0), lambda: torch.tensor([[1, 2], [3]])],
    "indices": [lambda: x[2], lambda: x[0, 3], lambda: x[0, 0, 0], lambda: x[::-1], lambda: x[torch.tensor([True, False, True])],
                lambda: x.sum(2), lambda: torch.gather(x, 1, torch.tensor([[3]])), lambda: nn.Embedding(3, 2)(torch.tensor([3])),
                lambda: F.one_hot(torch.tensor([3]), 2), lambda: x.item(), lambda: bool(x), lambda: int(x), lambda: list(x.sum())],
    "autograd": [twice, changed, lambda: leaf.add_(1), lambda: (leaf * 2).backward(), lambda: x.sum().backward(), leaf.numpy,
                 lambda: assign_grad(torch.ones(2)), lambda: assign_grad(torch.ones(3).double()), lambda: assign_grad(3),
                 lambda: torch.ones(1, dtype=torch.long, requires_grad=True), lambda: torch.autograd.grad(x.sum(), leaf),
                 lambda: torch.autograd.grad(leaf.sum(), torch.ones(1, requires_grad=True)), lambda: x.register_hook(print)],
    "layers": [lambda: lin(torch.ones(2)), lambda: lin(), lambda: conv(torch.ones(1, 3, 8, 8)), lambda: conv(torch.ones(1, 1, 2, 2)),
               lambda: bn(torch.ones(1, 3)), lambda: nn.Dropout(2), lambda: nn.MultiheadAttention(5, 2), lambda: nn.Conv2d(1, 2),
               lambda: nn.Sequential(1), lambda: lin.load_state_dict({}), lambda: setattr(lin, "weight", torch.ones(2, 3)),
               lambda: lin.wait, lambda: nn.Module()(1), lambda: nn.ModuleDict({"a": nn.ReLU()})["b"], lambda: lin.cuda()],
    "losses": [lambda: F.cross_entropy(x, torch.tensor([0, 3])), lambda: F.cross_entropy(x, torch.tensor([0])),
               lambda: F.cross_entropy(x, torch.ones(2, 2)), lambda: F.cross_entropy(x, torch.ones(2, 1).long()),
               lambda: F.cross_entropy(x, torch.ones(2)), lambda: F.nll_loss(x[0], torch.tensor([0, 1])), lambda: F.mse_loss(x, x.T),
               lambda: F.binary_cross_entropy(torch.tensor([2.0]), torch.tensor([1.0])), lambda: F.mse_loss(x, x, reduction="avg"),
               lambda: nn.BCEWithLogitsLoss()(torch.ones(2), torch.ones(2, 1)), lambda: nn.CrossEntropyLoss()(x, [0, 1])],
    "training": [lambda: torch.optim.SGD([], 0.1), lambda: torch.optim.SGD(lin.weight, 0.1), lambda: torch.optim.Adam([1], 0.1),
                 lambda: torch.optim.SGD(lin.parameters(), -1), lambda: torch.optim.SGD([leaf * 2], 0.1),
                 lambda: torch.utils.data.DataLoader([1], batch_size=0), lambda: torch.utils.data.random_split(range(5), [3, 3]),
                 lambda: torch.utils.data.TensorDataset(x, x.T), lambda: torch.utils.data.default_collate([x, x.T])],
}  # fmt: skip
for topic, attempts in MISTAKES.items():
    print(f"== {topic}")
    for i, attempt in enumerate(attempts):
        try:
            print(i, attempt())
        except Exception as e:
            print(i, repr(e))
print(torch.ones(3).sum(), lin.weight.shape, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
