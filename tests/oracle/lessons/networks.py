import torch, torch.nn as nn, torch.nn.functional as F, numpy as np, random, math, string, itertools, functools, collections
from torch import optim
torch.manual_seed(0); random.seed(0); np.random.seed(0)
class VAE(nn.Module):
    def __init__(self):
        super(VAE, self).__init__()
        self.fc1 = nn.Linear(16, 8); self.fc21 = nn.Linear(8, 2); self.fc22 = nn.Linear(8, 2); self.fc3 = nn.Linear(2, 8); self.fc4 = nn.Linear(8, 16)
    def encode(self, x): h1 = F.relu(self.fc1(x)); return self.fc21(h1), self.fc22(h1)
    def reparameterize(self, mu, logvar): std = torch.exp(0.5*logvar); eps = torch.randn_like(std); return mu + eps*std
    def decode(self, z): return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))
    def forward(self, x): mu, logvar = self.encode(x.view(-1, 16)); z = self.reparameterize(mu, logvar); return self.decode(z), mu, logvar
def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 16), reduction='sum'); KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()); return BCE + KLD
vae = VAE(); o = optim.Adam(vae.parameters(), lr=1e-2); X = torch.rand(32, 16)
for i in range(5): o.zero_grad(); r, m, lv = vae(X); l = loss_function(r, X, m, lv); l.backward(); o.step(); print(f"Epoch {i}: {l.item():.4f}  {l.item()/len(X):8.3f}")
class G(nn.Module):
    def __init__(self, nz=8, ngf=4, nc=1):
        super().__init__()
        self.main = nn.Sequential(nn.ConvTranspose2d(nz, ngf*4, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf*4), nn.ReLU(True), nn.ConvTranspose2d(ngf*4, ngf*2, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf*2), nn.ReLU(True), nn.ConvTranspose2d(ngf*2, nc, 4, 2, 1, bias=False), nn.Tanh())
    def forward(self, x): return self.main(x)
class Dd(nn.Module):
    def __init__(self, ndf=4, nc=1):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(ndf, ndf*2, 4, 2, 1, bias=False), nn.BatchNorm2d(ndf*2), nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(ndf*2, 1, 4, 1, 0, bias=False), nn.Sigmoid())
    def forward(self, x): return self.main(x).view(-1, 1).squeeze(1)
def weights_init(m):
    c = m.__class__.__name__
    if c.find('Conv') != -1: nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif c.find('BatchNorm') != -1: nn.init.normal_(m.weight.data, 1.0, 0.02); nn.init.constant_(m.bias.data, 0)
g, d = G(), Dd(); g.apply(weights_init); d.apply(weights_init); print(g, d)
og, od = optim.Adam(g.parameters(), lr=2e-3, betas=(0.5, 0.999)), optim.Adam(d.parameters(), lr=2e-3, betas=(.5, .999)); crit = nn.BCELoss()
for i in range(3):
    real = torch.rand(4,1,16,16)*2-1; d.zero_grad(); lr_ = crit(d(real), torch.full((4,), 1., dtype=torch.float)); lr_.backward(); z = torch.randn(4, 8, 1, 1); fake = g(z); lf = crit(d(fake.detach()), torch.zeros(4)); lf.backward(); od.step(); g.zero_grad(); lg = crit(d(fake), torch.ones(4)); lg.backward(); og.step(); print('[%d] Loss_D: %.4f Loss_G: %.4f D(x): %.4f' % (i, (lr_+lf).item(), lg.item(), d(real).mean().item()))
all_letters = string.ascii_letters + " .,;'"; n_letters = len(all_letters)
def lineToTensor(line):
    t = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line): t[li][0][all_letters.find(letter)] = 1
    return t
lineToTensor('Jones').size(), lineToTensor('J').nonzero()
class RNN(nn.Module):
    def __init__(self, i, h, o):
        super().__init__(); self.hidden_size = h; self.i2h = nn.Linear(i + h, h); self.i2o = nn.Linear(i + h, o); self.softmax = nn.LogSoftmax(dim=1)
    def forward(self, x, h): c = torch.cat((x, h), 1); h = self.i2h(c); return self.softmax(self.i2o(c)), h
    def initHidden(self): return torch.zeros(1, self.hidden_size)
rnn = RNN(n_letters, 12, 3); crit = nn.NLLLoss()
def train(cat, line):
    h = rnn.initHidden(); rnn.zero_grad()
    for i in range(line.size()[0]): out, h = rnn(line[i], h)
    loss = crit(out, cat); loss.backward()
    for p in rnn.parameters(): p.data.add_(p.grad.data, alpha=-0.05)
    return out, loss.item()
for i in range(4): o_, l = train(torch.tensor([i % 3], dtype=torch.long), lineToTensor(random.choice(["Ann", "Bob", "Zed"]))); print(o_, l, o_.topk(1))
class Enc(nn.Module):
    def __init__(self, n, h): super().__init__(); self.embedding = nn.Embedding(n, h); self.gru = nn.GRU(h, h, batch_first=True); self.dropout = nn.Dropout(.1)
    def forward(self, x): return self.gru(self.dropout(self.embedding(x)))
class Attn(nn.Module):
    def __init__(self, h): super().__init__(); self.Wa, self.Ua, self.Va = nn.Linear(h, h), nn.Linear(h, h), nn.Linear(h, 1)
    def forward(self, q, k): s = self.Va(torch.tanh(self.Wa(q) + self.Ua(k))).squeeze(2).unsqueeze(1); w = F.softmax(s, dim=-1); return torch.bmm(w, k), w
class Dec(nn.Module):
    def __init__(self, h, n): super().__init__(); self.embedding = nn.Embedding(n, h); self.attention = Attn(h); self.gru = nn.GRU(2*h, h, batch_first=True); self.out = nn.Linear(h, n)
    def forward(self, eo, eh, target=None):
        inp = torch.empty(eo.size(0), 1, dtype=torch.long).fill_(0); h = eh; outs = []
        for i in range(4):
            q = h.permute(1, 0, 2); c, w = self.attention(q, eo); o, h = self.gru(torch.cat((self.embedding(inp), c), dim=2), h); o = self.out(o); outs.append(o)
            inp = target[:, i].unsqueeze(1) if target is not None else o.topk(1)[1].squeeze(-1).detach()
        return F.log_softmax(torch.cat(outs, dim=1), dim=-1), h, w
en, de = Enc(10, 8), Dec(8, 10); src, tgt = torch.randint(1, 10, (3, 5)), torch.randint(1, 10, (3, 4)); ops = [optim.Adam(en.parameters(), lr=.01), optim.Adam(de.parameters(), lr=.01)]
for i in range(3):
    [q.zero_grad() for q in ops]; eo, eh = en(src); do, _, w = de(eo, eh, tgt if random.random() < .5 else None); l = nn.NLLLoss()(do.view(-1, do.size(-1)), tgt.view(-1)); l.backward(); [q.step() for q in ops]; print(l.item(), w)
print(en, de)
class Siamese(nn.Module):
    def __init__(self): super().__init__(); self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    def forward(self, a, b): return self.net(a), self.net(b)
def contrastive(a, b, y, m=1.): dd = F.pairwise_distance(a, b, keepdim=True); return torch.mean((1-y)*dd.pow(2) + y*torch.clamp(m - dd, min=0.0).pow(2))
contrastive(*Siamese()(torch.randn(3,4), torch.randn(3,4)), torch.tensor([[1.],[0.],[1.]]))
def gram_matrix(input): a, b, c, d = input.size(); f = input.view(a*b, c*d); return torch.mm(f, f.t()).div(a*b*c*d)
img = torch.rand(1,3,8,8).requires_grad_(True); cnn = nn.Conv2d(3, 4, 3, padding=1); target = gram_matrix(cnn(torch.rand(1,3,8,8))).detach(); lb = optim.LBFGS([img], max_iter=5); run = [0]
def closure():
    with torch.no_grad(): img.clamp_(0, 1)
    lb.zero_grad(); l = F.mse_loss(gram_matrix(cnn(img)), target)*1e4; l.backward(); run[0] += 1; return l
[lb.step(closure).item() for _ in range(2)], run, img.sum()
pos = torch.arange(3).float(); q = torch.zeros(5, 2); 
class DQN(nn.Module):
    def __init__(self): super().__init__(); self.layer1 = nn.Linear(4, 16); self.layer2 = nn.Linear(16, 2)
    def forward(self, x): return self.layer2(F.relu(self.layer1(x)))
pol, tar = DQN(), DQN(); tar.load_state_dict(pol.state_dict())
Transition = collections.namedtuple('Transition', ('state', 'action', 'next_state', 'reward'))
mem = collections.deque([], maxlen=20); [mem.append(Transition(torch.randn(1,4), torch.tensor([[random.randrange(2)]]), torch.randn(1,4) if i % 3 else None, torch.tensor([float(i)]))) for i in range(12)]; 
batch = Transition(*zip(*random.sample(mem, 6))); mask = torch.tensor(tuple(map(lambda s: s is not None, batch.next_state)), dtype=torch.bool); nxt = torch.cat([s for s in batch.next_state if s is not None]); sv = pol(torch.cat(batch.state)).gather(1, torch.cat(batch.action)); nv = torch.zeros(6)
with torch.no_grad(): nv[mask] = tar(nxt).max(1).values
l = nn.SmoothL1Loss()(sv, ((nv*.99) + torch.cat(batch.reward)).unsqueeze(1)); l.backward(); torch.nn.utils.clip_grad_value_(pol.parameters(), 100); print(l, sv, nv)
ts, ps = tar.state_dict(), pol.state_dict()
for k in ps: ts[k] = ps[k]*.005 + ts[k]*(1-.005)
tar.load_state_dict(ts)
def evaluate(model, X, y):
    model.eval()
    with torch.inference_mode(): logits = model(X); pred = logits.argmax(dim=1); return (pred == y).sum().item() / len(y), torch.bincount(pred, minlength=2)
evaluate(pol, torch.randn(10, 4), torch.randint(0, 2, (10,)))
conf = torch.zeros(3, 3, dtype=torch.int64); [conf.__setitem__((a, b), conf[a, b] + 1) for a, b in [(0,1),(2,2),(0,1)]]; print(conf, conf.diag()/conf.sum(1).clamp(min=1))
x = torch.linspace(-math.pi, math.pi, 2000); y = torch.sin(x); p = torch.tensor([1, 2, 3]); xx = x.unsqueeze(-1).pow(p); mod = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1)); lf = torch.nn.MSELoss(reduction='sum')
for t in range(100):
    yp = mod(xx); loss = lf(yp, y); mod.zero_grad(); loss.backward()
    with torch.no_grad():
        for param in mod.parameters(): param -= 1e-6 * param.grad
print(loss.item(), f'y = {mod[0].bias.item():.4f} + {mod[0].weight[:, 0].item():.4f} x')
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input): ctx.save_for_backward(input); return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output): input, = ctx.saved_tensors; gi = grad_output.clone(); gi[input < 0] = 0; return gi
MyReLU.apply(torch.randn(3, requires_grad=True))
class Polynomial3(torch.nn.Module):
    def __init__(self): super().__init__(); self.a = torch.nn.Parameter(torch.randn(())); self.b = torch.nn.Parameter(torch.randn(()))
    def forward(self, x): return self.a + self.b * x
    def string(self): return f'y = {self.a.item():.3f} + {self.b.item():.3f} x'
Polynomial3().string(), Polynomial3()
class Lambda(nn.Module):
    def __init__(self, func): super().__init__(); self.func = func
    def forward(self, x): return self.func(x)
nn.Sequential(Lambda(lambda x: x.view(-1, 1, 4, 4)), nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), Lambda(lambda x: x.view(x.size(0), -1)))(X)
class LitLike(nn.Module):
    def __init__(self): super().__init__(); self.save = {}; self.layers = nn.ModuleList([nn.LazyLinear(4), nn.LazyLinear(2)])
    def forward(self, x):
        for l in self.layers: x = l(x)
        return x
ll = LitLike(); print(ll); ll(torch.ones(1, 7)); print(ll, ll.layers[0].weight.shape)
nn.LazyConv2d(4, 3).weight, nn.LazyLinear(3).state_dict()
list(nn.LazyLinear(3).parameters())[0].shape
sum(p.numel() for p in LitLike().parameters())
optim.SGD(LitLike().parameters(), lr=.1)
import io; buf = io.BytesIO(); torch.save(vae, buf); buf.seek(0);
v2 = torch.load(buf, weights_only=False)  # differs: a warning
(v2.fc1.weight == vae.fc1.weight).all()
find = {}
for lr in np.logspace(-4, 0, 5): m_ = nn.Linear(4, 1); op = optim.SGD(m_.parameters(), lr=lr); F.mse_loss(m_(torch.ones(2,4)), torch.zeros(2,1)).backward(); op.step(); print(f"{lr:.4f}", op.param_groups[0]["lr"], op)
acc = 4; m_ = nn.Linear(4,1); op = optim.AdamW(m_.parameters(), lr=.1)
for i in range(8):
    (F.mse_loss(m_(torch.ones(2,4)*i), torch.zeros(2,1))/acc).backward()
    if (i+1) % acc == 0: print(nn.utils.clip_grad_norm_(m_.parameters(), 1.0)); op.step(); op.zero_grad()
print(m_.weight, op.state_dict()["state"][0]["exp_avg"])
for name, child in vae.named_children():
    if name in ("fc21",): 
        for prm in child.parameters(): prm.requires_grad = False
[(n, p.requires_grad) for n, p in vae.named_parameters()]
optim.Adam(filter(lambda p: p.requires_grad, vae.parameters()), lr=1e-3)
vae.fc4 = nn.Identity(); vae.extra = nn.Sequential(); print(vae); del vae.extra; vae.fc4
{k: v for k, v in vae.state_dict().items() if k.startswith("fc2")}
vae.load_state_dict({k: v for k, v in vae.state_dict().items() if k.startswith("fc2")}, strict=False)
next(vae.parameters()).is_cuda, next(vae.parameters()).device, str(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
vae.state_dict()["fc1.weight"].requires_grad, vae.fc1.weight.is_leaf, vae.fc1.weight.grad_fn
vae.zero_grad(); vae.fc1.weight.grad
torch.nn.modules.module.register_module_forward_hook(lambda m, i, o: None).remove()
nn.Linear.forward.__qualname__
nn.DataParallel(nn.Linear(2,2))
torch.get_num_threads() > 0, torch.__version__.split("+")[0][:4], torch.version.cuda, torch.backends.cudnn.is_available(), torch.backends.cudnn.version()
