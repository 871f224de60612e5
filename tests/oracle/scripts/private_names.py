"""Code that leans on where torch keeps things: bases of layers, one file a class, helpers with an underscore."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions.categorical import Categorical
from torch.distributions.multivariate_normal import MultivariateNormal
from torch.distributions.normal import Normal
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.loss import _Loss, _WeightedLoss
from torch.nn.modules.utils import _pair, _reverse_repeat_tuple, _triple
from torch.optim.adagrad import Adagrad
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.nadam import NAdam
from torch.utils.hooks import RemovableHandle


class DiceLoss(_Loss):
    def __init__(self, smooth=1.0):
        super().__init__(reduction="mean")
        self.smooth = smooth

    def forward(self, p, t):
        return 1 - ((2 * (p * t).sum() + self.smooth) / (p.sum() + t.sum() + self.smooth))


class Shifted(nn.Conv2d):
    def __init__(self, cin, cout, kernel_size):
        super().__init__(cin, cout, _pair(kernel_size), padding=_pair(1))

    def forward(self, x):
        return F.conv2d(x, self.weight - self.weight.mean(), self.bias, padding=self.padding)


class Halve(LRScheduler):
    def get_lr(self):
        return [group["lr"] * (0.5 if self.last_epoch else 1.0) for group in self.optimizer.param_groups]


torch.manual_seed(0)
net = nn.Sequential(Shifted(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2), nn.BatchNorm1d(2))
for name, m in net.named_modules():
    kinds = [
        k.__name__
        for k in (_ConvNd, _BatchNorm, nn.modules.batchnorm._BatchNorm, nn.modules.Linear)
        if isinstance(m, k)
    ]
    print(f"{name or 'net':4s} {type(m).__name__:12s} {type(m).__module__:28s} {kinds}")
    if isinstance(m, nn.modules.conv._ConvNd):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
print(net, [issubclass(k, _Loss) for k in (nn.MSELoss, nn.CrossEntropyLoss)], issubclass(nn.NLLLoss, _WeightedLoss))
print(_triple(2), _pair([1, 2]), _reverse_repeat_tuple((1, 2), 2), DiceLoss(), DiceLoss()(torch.ones(3), torch.ones(3)))
for build in (lambda p: NAdam(p, 0.1), lambda p: Adagrad(p, 0.1)):
    opt = build(net.parameters())
    schedule = Halve(opt)
    for _ in range(2):
        opt.zero_grad()
        loss = F.cross_entropy(net(torch.randn(8, 1, 4, 4)), torch.arange(8) % 2)
        loss.backward()
        opt.step()
        schedule.step()
        print(type(opt).__name__, type(opt).__module__, f"{loss:.4f}", schedule.get_last_lr())
handle = net[2].register_forward_hook(lambda m, i, o: print("seen", m, tuple(o.shape)))
net(torch.ones(2, 1, 4, 4))
print(isinstance(handle, RemovableHandle), type(handle), repr(handle).split(" at ")[0])
print(Normal(0.0, 1.0), Categorical(torch.ones(3)), MultivariateNormal(torch.zeros(2), torch.eye(2)))
print([f.__name__ for f in (F.relu, F.leaky_relu, torch.tanh, F.selu, F.rrelu, F.mse_loss)], torch.Tensor.__module__)
print(type(torch.ones(2).max(0)), torch.autograd.Variable, list(vars(nn.ReLU())))
for missing in (
    lambda: torch.relu7,
    lambda: nn.Lineer,
    lambda: F.reluu,
    lambda: torch.optim.Adma,
    lambda: nn.init.xaver_,
):
    try:
        missing()
    except AttributeError as e:
        print(e)
