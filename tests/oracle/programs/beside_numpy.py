import numpy as np
import torch, torch.nn.functional as F
from torch.autograd import Variable

n, f, t = np.ones(2), np.ones(2, np.float32), torch.ones(2)
t * n, t + f, t - n, t / n, t // n, t**n, t % n, t @ n
n / t, f / t
n * t
n + t
n - t
n // t
n**t
n % t
n @ t
t == n, n == t, t != n
t < n
n >= t
t == np.array("a"), t == np.array([1, 2], dtype=object)
t + np.array([1, 2], dtype=object)
t * np.array(2.0), t * np.array(2), np.float64(2) * t, t * np.float32(2)
np.array(2.0) * t
(t > 0) & np.array([True, False])
np.array([1, 2]) | t.long()
t += n
leaf = torch.ones(2, requires_grad=True)
leaf *= n
torch.where(t > 0, n, t)
sum([t, n])
sum([n, t])
None / t
"a" / t
[1.0] / t
np.sum(t)
np.mean(torch.ones(2, 2), axis=0)
np.max(torch.ones(2, 2), axis=0)
F.relu(n), torch.numel(n)
torch.numel(n)
torch.unique(n)
torch.split(n, 1)
torch.norm(n)
torch.meshgrid(n, n)
torch.stack([t, n])
t.reshape(n)
t.repeat(n)
t.permute(n)
shared = np.ones(2, np.float32)
of_float, of_new, copied = torch.Tensor(shared), t.new(shared), torch.DoubleTensor(shared)
shared[0] = 5
of_float, of_new, copied
(
    torch.Tensor(size=(2, 3)).shape,
    torch.Tensor(data=[1, 2]),
    torch.LongTensor(data=[1, 2]),
    torch.FloatTensor(size=(2,)).shape,
)
torch.Tensor(size=3)
torch.Tensor(foo=2)
torch.Tensor([1, 2], dtype=torch.int)
torch.Tensor([2], [3])
torch.Tensor(np.int64(3)).shape, torch.IntTensor(np.int32(2)).shape
torch.Tensor(np.float32(3))


class Numbered:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return {5: 1.0, 6: 2.0}[i]


torch.tensor(Numbered())
torch.tensor(range(3)), torch.tensor((np.float64(1.5), 2))
Variable(), Variable(None), Variable(torch.ones(2), requires_grad=1)
Variable(n)
Variable(torch.ones(2), True, True)
Variable(torch.ones(2), foo=1)
Variable(torch.tensor([1, 2]), requires_grad=True)
t = torch.ones(2)
t.to(torch.float64, "cpu")
t.to(torch.float64, device="cpu")
t.to("cpu", "cpu")
t.to("cpu", device="cpu")
t.to(t, dtype=torch.float64)
t.to(torch.float64, True, True, True)
t.to(torch.float64, None)
t.to("float32")
(
    t.to(None),
    t.to(None, torch.int32),
    t.to("cpu", torch.float64, False, True),
    t.to(t.double(), True),
    t.to("cpu", dtype=torch.int8),
)
t.cuda("cpu")
torch.nn.Linear(1, 1).to("cpu", torch.float64, True, True)
torch.nn.Linear(1, 1).to(copy=False)
torch.device("cuda0")
torch.device(-1)
torch.set_default_tensor_type("torch.IntTensor")
torch.set_default_tensor_type("torch.cuda.FloatTensor")
import torch.sparse, torch.mps, torch.xpu, torchvision.transforms
from torch.utils.backcompat import broadcast_warning, keepdim_warning

broadcast_warning.enabled, keepdim_warning.enabled
torchvision.transforms.Scale
torch.utils.data.Loader
torch.cuda.nothing
f"{t.shape:>30}"
f"{t.dtype:>20}"
f"{t.device:>3}"
f"{t.shape} {t.dtype} {t.device} {t.shape!s:>25}"
setattr(t, "device", "cuda")
setattr(t, "shape", (1, 2))
setattr(torch.nn.Parameter(t), "dtype", torch.float64)
matrix = np.matrix([[1., 2.], [3., 4.]])
made = torch.from_numpy(matrix)
made * torch.ones(2, 2), torch.as_tensor(matrix) * torch.ones(2, 2), type(made.numpy())
made.mul_(torch.tensor([2, 3])), matrix
