import torch, math, copy, io, os, sys, random, tempfile
import torch.nn as nn, torch.nn.functional as F, torch.optim as optim
from torch.utils.data import *
from collections import OrderedDict, Counter
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True), nn.Conv2d(cout, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(True))
    def forward(self, x): return self.conv(x)
class UNet(nn.Module):
    def __init__(self, n=1, c=4):
        super().__init__()
        self.d1, self.d2, self.mid = Block(n, c), Block(c, 2*c), Block(2*c, 4*c)
        self.up2, self.up1 = nn.ConvTranspose2d(4*c, 2*c, 2, 2), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.u2, self.u1 = Block(4*c, 2*c), Block(3*c, c)
        self.out = nn.Conv2d(c, 1, 1)
        self.pool = nn.MaxPool2d(2)
    def forward(self, x):
        a = self.d1(x); b = self.d2(self.pool(a)); m = self.mid(self.pool(b))
        u = self.u2(torch.cat([self.up2(m), b], 1)); u = self.u1(torch.cat([self.up1(u), a], dim=1))
        return self.out(u)
net = UNet()
print(net)
net
x = torch.randn(2, 1, 16, 16)
y = net(x); print(y.shape, y.mean(), y.std())
def dice(p, t, eps=1.): 
    p = torch.sigmoid(p).flatten(1); t = t.flatten(1)
    return 1 - ((2*(p*t).sum(1)+eps)/(p.sum(1)+t.sum(1)+eps)).mean()
t = (torch.rand(2,1,16,16) > .5).float()
loss = dice(y, t) + F.binary_cross_entropy_with_logits(y, t, pos_weight=torch.tensor([2.]))
print(loss); loss.backward()
print({n: round(p.grad.norm().item(), 4) for n, p in net.named_parameters()})
sum(p.numel() for p in net.parameters() if p.requires_grad)
for m in net.modules():
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        if m.bias is not None: nn.init.constant_(m.bias, 0)
    elif isinstance(m, nn.BatchNorm2d): nn.init.ones_(m.weight); nn.init.zeros_(m.bias)
print(net(x).sum())
def init_weights(m):
    if type(m) == nn.Linear: nn.init.xavier_uniform_(m.weight); m.bias.data.fill_(0.01)
mlp = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Dropout(0.3), nn.Tanh(), nn.Linear(8, 3), nn.LogSoftmax(dim=-1))
mlp.apply(init_weights)
print(mlp.state_dict())
list(mlp.state_dict())
mlp.state_dict().keys()
mlp.state_dict()._metadata
mlp[1], mlp[-1], mlp[1:3], len(mlp)
mlp.append(nn.Identity()); print(mlp)
mlp.insert(0, nn.Identity()); mlp.extend([nn.ReLU()]); del mlp[0]; mlp.pop(-1); print(mlp)
mlp["x"]
mlp[20]
nn.Sequential(OrderedDict([("conv1", nn.Conv2d(1, 20, 5)), ("relu1", nn.ReLU())]))
md = nn.ModuleDict({"conv": nn.Conv2d(1,2,3), "pool": nn.MaxPool2d(3), "acts": nn.ModuleDict([["lrelu", nn.LeakyReLU()], ["prelu", nn.PReLU()]])}); print(md)
md["nope"]
md.keys(), list(md.values()), md.items()
"conv" in md
md.update({"z": nn.ReLU()}); md.pop("pool"); print(md)
ml = nn.ModuleList([nn.Linear(3,3) for _ in range(4)]); print(ml); 
ml + [nn.Linear(1,1)]
ml[5]
ml["a"]
ml(torch.randn(1,3))
pl = nn.ParameterList([nn.Parameter(torch.randn(2,2)) for _ in range(3)]); print(pl)
pdict = nn.ParameterDict({"left": nn.Parameter(torch.randn(5, 10)), "right": nn.Parameter(torch.randn(5, 10))}); print(pdict)
nn.Parameter(torch.zeros(2))
nn.Parameter(torch.tensor([1,2]))
nn.Linear(3, 2)(torch.randn(4, 5))
nn.Conv2d(3, 2, 3)(torch.randn(4, 5, 8, 8))
nn.Conv2d(3, 2, 3)(torch.randn(3, 8))
nn.Conv2d(3, 5, 3, groups=2)
nn.BatchNorm1d(3)(torch.randn(1, 3))
nn.BatchNorm2d(3)(torch.randn(2, 3))
nn.Embedding(5, 2)(torch.tensor([7]))
nn.Embedding(5, 2)(torch.tensor([1.]))
nn.LSTM(3, 4)(torch.randn(2, 3, 5))
nn.GRU(3,4)(torch.randn(5,2,3), torch.randn(1,3,4))
nn.CrossEntropyLoss()(torch.randn(3, 4), torch.tensor([0, 1, 4]))
nn.CrossEntropyLoss()(torch.randn(3, 4), torch.tensor([0, 1]))
nn.NLLLoss()(torch.randn(3,4), torch.randn(3))
nn.MSELoss()(torch.randn(3), torch.randn(3,1))
nn.BCELoss()(torch.randn(3), torch.randn(3))
nn.BCELoss()(torch.rand(3), torch.rand(3,1))
nn.MultiheadAttention(5, 2)
nn.TransformerEncoderLayer(8, 2)
nn.Transformer(8, 2, 1, 1, 16)
nn.Module()(3)
class NoForward(nn.Module): pass
NoForward()(torch.ones(1))
class Forgot(nn.Module):
    def __init__(self): self.l = nn.Linear(1,1)
Forgot()
class Kw(nn.Module):
    def forward(self, x, *, y=2): return x*y
Kw()(torch.ones(2), y=3)
Kw()(torch.ones(2), 3)
net.nothing
net.load_state_dict({"a": torch.ones(1)})
lin = nn.Linear(2,2); lin.load_state_dict({"weight": torch.ones(3,2), "bias": torch.ones(2)})
lin.load_state_dict({"weight": torch.ones(2,2)}, strict=False)
lin.load_state_dict({"weight": torch.ones(2,2), "bias": torch.zeros(2), "extra": 1}, strict=False)
lin.load_state_dict({"weight": torch.ones(2,2), "bias": torch.zeros(2)})
lin.weight = torch.ones(2,2)
lin.weight = None
lin.foo = nn.Parameter(torch.ones(1)); print(lin, dict(lin.named_parameters()))
lin.register_buffer("buf", torch.ones(2)); lin.register_buffer("buf2", torch.ones(2), persistent=False); print(lin.state_dict())
lin.register_buffer("foo", torch.ones(2))
lin.register_parameter("a.b", None)
lin.add_module("", nn.ReLU())
lin.add_module("x", 3)
copy.deepcopy(net).d1.conv[0].weight.equal(net.d1.conv[0].weight)
[n for n, _ in net.named_children()]
[n for n, _ in net.named_modules()][:7]
net.get_submodule("d1.conv.0"); net.get_parameter("d1.conv.0.weight").shape
net.get_submodule("d1.nope")
net.half().d1.conv[0].weight.dtype
net.float(); net.to(torch.float64); print(next(net.parameters()).dtype, net.d1.conv[1].num_batches_tracked)
net.to("cuda")
net.train(False).training, net.training
net.requires_grad_(False); [p.requires_grad for p in net.parameters()].count(True)
print(nn.LSTM(10, 20, 2, batch_first=True, dropout=.1, bidirectional=True)); nn.LSTM(10,20,dropout=.2)
[ (n, tuple(p.shape)) for n,p in nn.GRU(2,3,2,bidirectional=True).named_parameters()]
