import torch
from torch.autograd.graph import saved_tensors_hooks, save_on_cpu, disable_saved_tensors_hooks, register_multi_grad_hook, allow_mutation_on_saved_tensors, Node, GradientEdge, get_gradient_edge, increment_version
x = torch.tensor([1., 2.], requires_grad=True)
with saved_tensors_hooks(lambda t: print("pack", t) or t, lambda t: print("unpack", t) or t):
    y = x * x
y.sum().backward()
x.grad
with save_on_cpu():
    z = (x ** 2).sum()
z.backward()
with disable_saved_tensors_hooks("no hooks"):
    try:
        with saved_tensors_hooks(lambda t: t, lambda t: t): pass
    except RuntimeError as e: print(e)
isinstance(y.grad_fn, Node)
y.grad_fn.name()
get_gradient_edge(x)
get_gradient_edge(y).output_nr
torch.autograd.grad(get_gradient_edge((x * 2).sum()), x)
h = register_multi_grad_hook([x], lambda g: print("multi", g))
(x * 3).sum().backward()
h.remove()
increment_version(x)
x._version
def walk(fn, d=0):
    if fn is None: return
    print(" " * d + fn.name())
    for n, i in fn.next_functions: walk(n, d + 1)
w = torch.randn(3, 2, requires_grad=True); b = torch.zeros(3, requires_grad=True)
walk(torch.nn.functional.linear(x, w, b).relu().sum().grad_fn)
walk(((x - x.mean()) / x.std()).grad_fn)
walk(torch.nn.functional.cross_entropy(w.t(), torch.tensor([0, 1])).grad_fn)
walk(torch.cat([x, b]).view(5, 1).expand(5, 2).permute(1, 0)[0, 1:3].pow(2).sqrt().grad_fn)
walk(torch.einsum("ij,j->i", w, x).grad_fn)  # differs: steps of a composed operation
walk(torch.stack([x, x]).max(0).values.grad_fn)
walk((x @ x + x.dot(x)).grad_fn)
walk((w @ x).softmax(0).log().neg().grad_fn)
walk(torch.where(x > 1, x, -x).abs().clamp(0, 1).grad_fn)
walk(x.unsqueeze(0).repeat(2, 1).t().contiguous().flatten().grad_fn)
walk(torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Dropout(0.1), torch.nn.LayerNorm(4))(x[None]).grad_fn)
walk(torch.nn.functional.mse_loss(x, torch.ones(2)).grad_fn)
walk(torch.nn.functional.binary_cross_entropy_with_logits(x, torch.ones(2)).grad_fn)
walk(torch.outer(x, x).trace().grad_fn)
walk(x.norm().grad_fn)
walk(torch.linalg.norm(w).grad_fn)
walk(torch.linalg.inv(torch.eye(2) * x).grad_fn)
walk(torch.logsumexp(w, 1).grad_fn)
walk(torch.nn.functional.normalize(w).grad_fn)
walk(torch.nn.functional.cosine_similarity(x, x, dim=0).grad_fn)  # differs: steps of a composed operation
walk(torch.nn.functional.embedding(torch.tensor([0]), w).grad_fn)
walk(torch.nn.functional.conv1d(torch.ones(1, 1, 4, requires_grad=True), torch.ones(1, 1, 2, requires_grad=True)).grad_fn)
walk(torch.nn.functional.max_pool2d(torch.ones(1, 1, 4, 4, requires_grad=True), 2).grad_fn)
walk(torch.nn.functional.scaled_dot_product_attention(w[None], w[None], w[None]).grad_fn)  # differs: steps of a composed operation
walk(torch.nn.LSTM(2, 3)(x[None])[0].grad_fn)
walk(torch.nn.GRU(2, 3)(x[None])[0].grad_fn)  # differs: steps of a composed operation
walk(torch.nn.MultiheadAttention(2, 1)(w, w, w)[0].grad_fn)  # differs: steps of a composed operation
walk(torch.nn.BatchNorm1d(2)(w).grad_fn)
walk(torch.var_mean(x)[0].grad_fn)
walk(x.std().grad_fn)
walk(x.cumsum(0).grad_fn)
walk(x.sort().values.grad_fn)
walk(w.gather(1, torch.tensor([[0]])).grad_fn)
walk(w[torch.tensor([0, 1])].grad_fn)
walk(w[w > 0].grad_fn)
walk(w.masked_fill(w > 0, 0).grad_fn)
walk(torch.matmul(torch.ones(2, 3, 2), x).grad_fn)
walk(torch.matmul(torch.ones(2, 3, 3), w).grad_fn)
walk((x.double() * 2).float().grad_fn)
walk(x.to(torch.float64).grad_fn)
walk(x.clone().detach().requires_grad_().grad_fn)
walk((2 ** x).grad_fn)
walk((x ** x).grad_fn)
walk((1 / x).grad_fn)
walk((1 - x).grad_fn)
walk((x // 1).grad_fn)
walk((x % 1).grad_fn)
walk((-x).grad_fn)
walk((x > 0).float().grad_fn)
walk(x.round().grad_fn)
walk(x.sign().grad_fn)
walk(torch.nn.functional.gelu(x).grad_fn)
walk(torch.nn.functional.silu(x).grad_fn)
walk(torch.nn.functional.pad(x, (1, 1)).grad_fn)
walk(torch.nn.functional.interpolate(x[None, None], scale_factor=2).grad_fn)
walk(torch.cdist(w, w).grad_fn)
walk(torch.roll(x, 1).grad_fn)
walk(torch.flip(x, (0,)).grad_fn)
walk(torch.tril(w).grad_fn)
walk(torch.diag(x).grad_fn)
walk(torch.kron(x, x).grad_fn)  # differs: steps of a composed operation
walk(torch.prod(x).grad_fn)
walk(x.amax().grad_fn)
walk(x.max().grad_fn)
walk(x.median().grad_fn)
walk(torch.quantile(x, 0.5).grad_fn)  # differs: steps of a composed operation
walk(torch.tensordot(w, w, dims=([0], [0])).grad_fn)
walk(torch.addmm(b, w, w.t()).grad_fn)
walk(torch.lerp(x, x, 0.5).grad_fn)
walk(torch.atan2(x, x).grad_fn)
walk(torch.complex(x, x).abs().grad_fn)
walk(torch.fft.fft(x).real.grad_fn)  # differs: steps of a composed operation
y = x * 2
y[0] = 0
walk(y.grad_fn)
y = x * 2
y.mul_(3)
walk(y.grad_fn)
y = x * 2
y[0].mul_(3)
walk(y.grad_fn)
y = x * 2
y += x
walk(y.grad_fn)
v = (x * 2).view(2, 1)
v.add_(1)
walk(v.grad_fn)
z = torch.zeros(2)
z.copy_(x)
walk(z.grad_fn)
z = torch.zeros(2); z += x; walk(z.grad_fn)
t = torch.tensor([1+1j, 2.])
t.conj().is_conj()  # differs: conj is not lazy
t.is_conj()
t.conj()
t.conj().conj() is t
t.conj().resolve_conj()
torch.conj_physical(t)
t.conj().imag
t.conj().imag.is_neg()  # differs: conj is not lazy
t.is_neg()
t.mH
t.real.zero_()
t
t.conj() * t
(t.conj() @ t)
t.grad
tt = torch.tensor([1+1j], requires_grad=True)
(tt * tt.conj()).real.sum().backward()
tt.grad
tt.abs().sum().backward()
(tt ** 2).sum().backward()
torch.view_as_real(tt)
tt.real.grad_fn
torch.angle(t)
torch.polar(torch.tensor(1.), torch.tensor(3.14159))
torch.is_complex(t)
t.dtype.to_real()
t > t
torch.sort(t)
t.max()
t.to(torch.float)
abs(t)
t.tolist()
t[0].item()
t.numpy()
torch.tensor(1j) * 2
torch.tensor([1, 2]) * 1j
torch.exp(1j * torch.tensor(3.14159))
torch.sqrt(torch.tensor(-1+0j))

# distances of more than 25 points are one product of matrices
many = torch.arange(60.0).view(30, 2).requires_grad_()
walk(torch.cdist(many, w[:, :2]).grad_fn)
walk(torch.cdist(many, w[:, :2], p=1).grad_fn)
walk(torch.cdist(many, w[:, :2], compute_mode="donot_use_mm_for_euclid_dist").grad_fn)
walk(torch.cdist(many.expand(2, 30, 2), w[:, :2]).grad_fn)
torch.cdist(many, many[:2])
torch.cdist(many, many[:2]).square().sum().backward()
many.grad[:3]
torch.cdist(many, many, compute_mode="quick")
torch.cdist(many, many.double())
torch.cdist(many[:3], many[:3].double())
torch.cdist(many[:3].half(), many[:3].half())
torch.cdist(many.half(), many.half()).dtype
x = torch.ones(2, 3, requires_grad=True)
y = x * 2
y.retain_grad()
(y.t() * torch.ones(3, 2)).sum().backward()
y.grad
y.grad.mul_(2), x.grad
l = torch.nn.Linear(2, 2); h = l.register_full_backward_hook(lambda m, gi, go: gi[0]); l(torch.ones(1, 2, requires_grad=True)).sum().backward()
class Waiting(torch.distributions.ExponentialFamily):
    arg_constraints = {}
    _mean_carrier_measure = 0
    def __init__(self, rate): self.rate = rate; super().__init__(rate.shape)
    _natural_params = property(lambda self: (-self.rate,))
    def _log_normalizer(self, theta): return -torch.log(-theta)
w = Waiting(torch.tensor([1.0, 2.0]))
w.entropy(), torch.distributions.Exponential(w.rate).entropy(), torch.distributions.kl_divergence(w, Waiting(torch.tensor([2.0, 2.0])))
torch.distributions.kl_divergence(torch.distributions.Normal(0.0, 1.0), torch.distributions.Bernoulli(0.5))
isinstance(torch.distributions.Normal(0.0, 1.0), torch.distributions.ExponentialFamily), issubclass(torch.distributions.Wishart, torch.distributions.ExponentialFamily)
