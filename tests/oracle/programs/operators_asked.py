import torch
class A:
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return NotImplemented
    def __radd__(self, o): return "radd"
    def __rmatmul__(self, o): return "rmatmul"
    def __eq__(self, o): return "eq"
    def __gt__(self, o): return "gt"
    def __rsub__(self, o): return "rsub"
    def __rpow__(self, o): return "rpow"
    def __rtruediv__(self, o): return "rtruediv"
    def __rfloordiv__(self, o): return "rfloordiv"
    def __rand__(self, o): return "rand"
a = A()
x = torch.ones(2)
x + a
x - a
x @ a
x == a
x < a
x > a
x ** a
x / a
x // a
x & a
x % a
x * a
a * x
a + x
x != a
def f(x):
    x += a
    return x
f(x)
def f(x):
    x *= a
    return x
f(x)
class S(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise TypeError("mine")
s = torch.ones(2).as_subclass(S)
s + 1
1 + s
s * s
s - 1
1 - s
s / 2
2 / s
s ** 2
2 ** s
s // 2
s % 2
s == 1
s < 1
s & 1
s @ s
-s
abs(s)
s.add(1)
x + s
x + a
s[0]
def f(x):
    x += 1
    return x
f(s)
def f(x):
    x -= 1
    return x
f(s)
def f(x):
    x **= 1
    return x
f(s)
def f(x):
    x @= x
    return x
f(s)
s >> 1
1 >> s
2 @ s
x.add_(a)
x.add(a)
torch.add(x, a)
torch.nn.functional.relu(a)
torch.nn.functional.linear(x, a)
torch.einsum("i,i", a, a)
torch.split(a, 1)
torch.nn.functional.softmax(a)
torch.nn.functional.conv2d(a, a)
torch.nn.functional.gelu(a)
torch.nn.functional.cross_entropy(a, a)
torch.nn.functional.pad(a, (1, 1))
torch.linalg.norm(a)
torch.fft.fft(a)
torch.special.erf(a)
torch.nn.init.ones_(a)
torch.ones(2).as_subclass(int)
x.as_subclass(object)
from torch.overrides import TorchFunctionMode, BaseTorchFunctionMode, resolve_name
import torch.overrides as ov
class Mode(TorchFunctionMode):
    def __init__(self):
        self.seen = []
    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.seen.append(resolve_name(func) or func.__name__)
        return func(*args, **(kwargs or {}))
with Mode() as m:
    a = torch.ones(2)
    b = a + 1
    c = torch.tensor([1, 2])
    e = torch.arange(3)
    r = torch.rand(2)
    z = torch.zeros(1)
    torch.get_default_dtype()
    torch.nn.functional.relu(a)
    torch.manual_seed(0)
    a.sum().item()
    torch.is_floating_point(a), torch.numel(a)
    x = a[0]
    a[1] = 5
    a.shape, a.dtype, len(a)
    torch.empty(2), torch.full((2,), 1), torch.randn(2), torch.randint(3, (2,)), torch.eye(2), torch.linspace(0, 1, 2), torch.randperm(3)
    torch.as_tensor([1]), torch.tril_indices(2, 2), torch.result_type(a, 1)
    torch.save
    torch.is_tensor(a)
    torch.get_rng_state()
    torch.stack([a, a]), torch.cat([a]), torch.where(a > 0)
m.seen
ov._get_current_function_mode_stack(), ov._get_current_function_mode()
with Mode() as m:
    with Mode() as n:
        torch.ones(1)
        print(len(ov._get_current_function_mode_stack()))
m.seen, n.seen
class No(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return NotImplemented
with No():
    print(torch.ones(2))
with No():
    torch.nn.functional.softmax(torch.ones(1), 0)
with BaseTorchFunctionMode():
    print(torch.ones(2) + 1)
class Dev(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in (torch.ones, torch.zeros):
            kwargs["dtype"] = torch.int
        return func(*args, **kwargs)
with Dev():
    print(torch.ones(2), torch.zeros(1))
with TorchFunctionMode():
    torch.ones(1)
