import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.LayerNorm(8), nn.Linear(8, 2))
x = torch.randn(3, 4)
with torch.autocast("cpu", dtype=torch.bfloat16):
    y = model(x); print(y.dtype, y); loss = F.cross_entropy(y, torch.tensor([0,1,0])); print(loss, loss.dtype); print((x@x.T).dtype, torch.mm(x, x.T).dtype, (x+x).dtype, torch.softmax(y, -1).dtype, y.float().dtype)
loss.backward(); print([p.grad.dtype for p in model.parameters()], model[0].weight.grad)
with torch.autocast(device_type="cpu"): print(model(x).dtype, torch.is_autocast_enabled(), torch.get_autocast_dtype("cpu"), torch.is_autocast_enabled("cpu"), torch.is_autocast_cpu_enabled())
with torch.autocast("cpu", enabled=False): print(model(x).dtype)
with torch.autocast("cpu"):
    a = torch.mm(x, x.t())
    with torch.autocast("cpu", enabled=False): print(torch.mm(a.float(), x).dtype)
    print(F.mse_loss(a, a.float()).dtype, torch.cat([a, x]).dtype if False else '', torch.stack([a, a.float()]).dtype, F.conv2d(torch.randn(1,1,4,4), torch.randn(1,1,3,3)).dtype, nn.LSTM(3,4)(torch.randn(2,1,3))[0].dtype, nn.BatchNorm1d(3)(a).dtype, F.gelu(a).dtype, a.sum().dtype, (a*x[:, :3]).dtype, torch.prod(a).dtype, F.binary_cross_entropy_with_logits(a, a.sigmoid()).dtype, F.scaled_dot_product_attention(x[None],x[None],x[None]).dtype, torch.einsum("ij,kj->ik", x, x).dtype, torch.bmm(x[None], x.t()[None]).dtype, torch.baddbmm(a[None].float(), x[None], x.t()[None]).dtype)
@torch.autocast("cpu", dtype=torch.bfloat16)
def f(x): return model(x)
f(x).dtype
with torch.amp.autocast("cpu", dtype=torch.float16): print(model(x))
with torch.cpu.amp.autocast(): print(model(x).dtype)
torch.autocast("cpu", dtype=torch.float32)
torch.autocast("nope")
torch.autocast(3)
scaler = torch.amp.GradScaler("cpu"); opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16): l = F.cross_entropy(model(x), torch.tensor([0,1,0]))
    scaler.scale(l).backward(); scaler.unscale_(opt); print(nn.utils.clip_grad_norm_(model.parameters(), 1.)); scaler.step(opt); scaler.update(); print(l, scaler.get_scale())
scaler.state_dict(), scaler.is_enabled()
torch.amp.GradScaler(enabled=False).state_dict()
torch.cuda.amp.GradScaler()
torch.cuda.amp.autocast()
with torch.autocast("cuda"): print(model(x).dtype)
ctx = torch.autocast("cpu", dtype=torch.bfloat16); print(type(ctx), ctx.fast_dtype, ctx.device)
from torch.amp import custom_fwd, custom_bwd
class Mul(torch.autograd.Function):
    @staticmethod
    @custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, a, b): ctx.save_for_backward(a, b); print("fwd", a.dtype, torch.is_autocast_enabled("cpu")); return a @ b
    @staticmethod
    @custom_bwd(device_type="cpu")
    def backward(ctx, g): a, b = ctx.saved_tensors; print("bwd", torch.is_autocast_enabled("cpu")); return g @ b.t(), a.t() @ g
w = torch.randn(4, 2, requires_grad=True)
with torch.autocast("cpu"): o = Mul.apply(x.bfloat16(), w); print(o.dtype)
o.sum().backward(); print(w.grad)
net = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
with torch.autocast("cpu"): print(net(torch.randn(2,3,8)).dtype, net.eval()(torch.randn(2,3,8)).dtype)
cn = nn.Sequential(nn.Conv2d(1,4,3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3))
with torch.autocast("cpu"): o = cn(torch.randn(2,1,8,8)); print(o); o.float().sum().backward(); print(cn[0].weight.grad.dtype)
