import torch
import torch.nn.functional as F


def slopes(f, *inputs, g=None):
    xs = [t.clone().requires_grad_() for t in inputs]
    y = f(*xs)
    y.backward(torch.ones_like(y) if g is None else g)
    return [y.detach(), *(x.grad for x in xs)]
nan, inf = float("nan"), float("inf")
# half precision is added up in float32
half = torch.full((300, 40), 1., dtype=torch.bfloat16)
zero = torch.zeros_like(half)
F.mse_loss(half, zero)
F.mse_loss(half, zero, reduction="sum")
F.l1_loss(half, zero)
F.smooth_l1_loss(half, zero)
F.huber_loss(half, zero)
F.binary_cross_entropy_with_logits(half, zero)
F.binary_cross_entropy(half * 0.5, zero)
F.soft_margin_loss(half, half)
F.kl_div(half, half)
F.nll_loss(-half, torch.zeros(300, dtype=torch.int64))
F.nll_loss(-half, torch.zeros(300, dtype=torch.int64), reduction="sum")
F.nll_loss(-half, torch.zeros(300, dtype=torch.int64), weight=half[0] * 2)
slopes(lambda x: F.nll_loss(-x, torch.zeros(300, dtype=torch.int64), weight=half[0]), half)[1][:2, :3]
torch.zeros(2, 3, dtype=torch.bfloat16).index_add(0, torch.zeros(300, dtype=torch.int64), half[:, :3])
torch.zeros(3, 2, dtype=torch.bfloat16).index_add(1, torch.zeros(300, dtype=torch.int64), half.t()[:3])
torch.zeros(2, 3, dtype=torch.bfloat16).scatter_add(0, torch.zeros(300, 3, dtype=torch.int64), half[:, :3])
torch.zeros(2, 3, dtype=torch.float16).scatter_add(0, torch.zeros(3000, 3, dtype=torch.int64), torch.ones(3000, 3, dtype=torch.float16))
torch.zeros(2, 3, dtype=torch.bfloat16).scatter_reduce(0, torch.zeros(300, 3, dtype=torch.int64), half[:, :3], "sum")
torch.zeros(2, 3, dtype=torch.bfloat16).scatter_reduce(0, torch.zeros(300, 3, dtype=torch.int64), half[:, :3], "mean", include_self=False)
slopes(lambda x: x.gather(0, torch.zeros(300, 3, dtype=torch.int64)), half[:2, :3])[1]
slopes(lambda x: x.index_select(0, torch.zeros(300, dtype=torch.int64)), half[:2, :3])[1]
rnn = torch.nn.GRU(2, 2, bias=False).bfloat16()
rnn(torch.zeros(3, 2, dtype=torch.bfloat16))[0].dtype, rnn(torch.zeros(3, 2, dtype=torch.bfloat16))[1].dtype
F.multi_margin_loss(half[:, :3], torch.zeros(300, dtype=torch.int64))
F.multilabel_margin_loss(half[:, :3], torch.zeros(300, 3, dtype=torch.int64))
x = torch.tensor([[nan, 1., 2., nan], [-inf, -inf, 3., nan], [-inf, -inf, 0., 1.], [-inf, -inf, 5., 2.]], dtype=torch.bfloat16).view(1, 1, 4, 4)
slopes(lambda x: F.max_pool2d(x, 2), x)
slopes(lambda x: F.max_pool2d(x, 3, 1, 1), x)
F.max_pool2d(x, 3, 1, 1, return_indices=True)[1]
slopes(lambda x: F.adaptive_max_pool2d(x, 2), x.float())
F.adaptive_max_pool2d(x.float(), 1, True)
slopes(lambda w: F.embedding_bag(torch.tensor([0, 1, 2, 1, 0]), w, torch.tensor([0, 3]), mode="max"), torch.tensor([[1., nan], [nan, 2.], [3., 1.]]))
# slopes where a formula has no value, or overflows
slopes(torch.atan2, torch.tensor([0., -0., 0., 1e-30, nan, inf, 1.]), torch.tensor([0., 0., -0., 1e-30, 1., inf, 0.]))
slopes(torch.atan2, torch.zeros(2), torch.zeros(2), g=torch.tensor([nan, -1.]))
slopes(torch.acosh, torch.tensor([-2., -1., -0.5, 0.5, 1., 1.5, 1e25, inf, nan]))
slopes(torch.acosh, torch.tensor([1 + 2j, -1.5 + 0.3j]))
slopes(torch.hypot, torch.tensor([3e38, 0., 3.]), torch.tensor([1., 0., 4.]), g=torch.tensor([2., 1., 1.]))
slopes(torch.nextafter, torch.tensor([0., 1., 2., nan]), torch.tensor([0., 1., 3., 1.]))
slopes(torch.pow, torch.tensor([0., 0., 0., -0., 2.]), torch.tensor([0., 2., -1., 3., 3.]), g=torch.tensor([-1., nan, 1., -2., nan]))
slopes(lambda y: 0. ** y, torch.tensor([0., 2., -1.]), g=torch.tensor([-1., nan, 1.]))
slopes(torch.xlogy, torch.tensor([-0., 0., -0., 0., -3e38]), torch.tensor([1., -1., 0., nan, -0.]))
slopes(lambda x: F.glu(x), torch.tensor([1., 3e38, -300., 300.]), g=torch.tensor([3., 2.]))
slopes(lambda x, a, b: torch.addcmul(x, a, b, value=0.01), torch.zeros(2), torch.tensor([1e30, 2.]), torch.tensor([1e9, 3.]))
torch.lgamma(torch.tensor([1e-40, -1e-40, -1e-10, -1.0000001, -2.5]))
torch.digamma(torch.tensor([1e-40, -1e-40, -1e-10, -1.25]))
torch.fmax(torch.tensor([0.] * 20), torch.tensor([-0.] * 20)), torch.fmin(torch.tensor([0.] * 20), torch.tensor([-0.] * 20))
torch.fmax(torch.tensor([1., nan, nan]), torch.tensor([nan, 2., nan])), torch.fmin(torch.tensor([3, 1]), torch.tensor([2, 2]))
torch.full((2,), -0.), torch.full_like(torch.ones(2), -0.), torch.ones(2).new_full((2,), -0.), torch.scalar_tensor(-0.)
torch.full((2,), -0., dtype=torch.int64), torch.full((1,), -0j), torch.full((2,), 0.), torch.full((2,), torch.tensor(-0.))
F.pad(torch.ones(2), (1, 1), value=-0.)
def steps(name, gradients, **options):
    p = torch.full((50, 60), 0.5).requires_grad_()
    optimizer = getattr(torch.optim, name)([p], **options)
    for g in gradients:
        p.grad = torch.full((50, 60), g)
        optimizer.step()
    return p[3, 4].item()
steps("Rprop", [0.5, nan, 0.5]), steps("Rprop", [nan, 1., 1.]), steps("Rprop", [1., inf, -inf])
spots = torch.tensor([[[[nan, nan], [0.5, nan], [0.3, 0.2], [5., -7.]]]])
picture = torch.arange(12.).view(1, 1, 3, 4)
F.grid_sample(picture, spots, "bilinear", "border", align_corners=True), F.grid_sample(picture, spots, "nearest", "border", align_corners=False)
F.grid_sample(picture, spots, "bilinear", "reflection", align_corners=True), F.grid_sample(picture, spots, "bicubic", "reflection", align_corners=True)
torch.searchsorted(torch.tensor([1., 2., 3., nan, nan]), torch.tensor([nan, 2., 5., -inf, inf]))
torch.searchsorted(torch.tensor([1., 2., 3., nan, nan]), torch.tensor([nan, 2., 5., -inf, inf]), right=True)
torch.searchsorted(torch.tensor([[1., nan, 3.], [nan, 1., 2.]]), torch.tensor([[nan, 2.], [1., 3.]]))
torch.bucketize(torch.tensor([nan, 1.5, 2.]), torch.tensor([1., 2., 3.])), torch.bucketize(torch.tensor([1, 2]), torch.tensor([1., nan]), right=True)
here, there = torch.tensor([[1., nan, 3.], [nan, nan, nan], [inf, 1., 2.], [5., 1., nan]]), torch.tensor([[0., 0., 0.], [inf, 5., 5.]])
torch.cdist(here, there, 0.), torch.cdist(here, there, inf)
slopes(lambda x, y: torch.cdist(x, y, 1.), here, there)
slopes(lambda x, y: torch.cdist(x, y, 0.), here, there)[1:]
torch.full((2,), -1., dtype=torch.uint8)
torch.full((2,), -1, dtype=torch.uint8), torch.zeros(2, dtype=torch.uint8).fill_(-1)
torch.zeros(2, dtype=torch.uint8).fill_(-0.5)
torch.arange(3, dtype=torch.uint8).masked_fill(torch.tensor([True, False, True]), -2.)
slopes(F.smooth_l1_loss, torch.tensor([1., 2., 3., nan]), torch.tensor([1., 2.5, 9., 0.]))
slopes(F.huber_loss, torch.tensor([1., 2., 3., inf]), torch.tensor([1., 2.5, 9., 0.]))
F.max_pool1d(torch.tensor([[0., -0., -0., 0.]]), 2), F.max_pool2d(torch.tensor([[[-0., 0.], [-0., 0.]]]), 2)
# a convolution's padding is zeros that infinity meets, or does not
def spoiled(x, w, *how, value=inf, f=F.conv2d):
    x, w = (torch.ones(size, dtype=dtype, requires_grad=True) for size, dtype in zip((x, w), [how[-1]] * 2))
    y = f(x, w, None, *how[:-1])
    g = torch.zeros_like(y)
    g[(0, 0, *(0,) * (y.ndim - 2))] = value
    slope = torch.autograd.grad(y, w, g, retain_graph=True)[0]
    with torch.no_grad():
        w[(0, 0, *(0,) * (y.ndim - 2))] = value
    return slope, f(x, w, None, *how[:-1]).detach(), torch.autograd.grad(f(x, w, None, *how[:-1]).sum(), x)[0]
spoiled((2, 2, 3, 3), (1, 2, 3, 3), 1, 1, torch.float32)
spoiled((2, 2, 3, 3), (1, 2, 3, 3), 1, 1, torch.float64, value=nan)
spoiled((1, 2, 3, 3), (1, 2, 3, 3), 1, 1, torch.float32)
spoiled((1, 1, 5, 5), (1, 1, 4, 4), 2, 2, torch.float32)[:2]
spoiled((1, 3, 5, 5), (3, 1, 3, 3), 1, 1, 1, 3, torch.float32)
spoiled((1, 4, 5), (4, 2, 3), 1, 1, 1, 2, torch.float32, f=F.conv1d)
spoiled((2, 3, 5), (2, 3, 3), 1, 2, 2, torch.float32, f=F.conv1d, value=nan)
spoiled((2, 1, 2, 2, 2), (1, 1, 3, 3, 3), 1, 1, torch.float32, f=F.conv3d)[1:]
spoiled((2, 2, 3, 3), (2, 1, 3, 3), 1, 1, torch.float32, f=F.conv_transpose2d)
