import torch
class My(torch.Tensor):
    pass
a = My([1, 2])
a
type(a)
type(a + 1)
a + 1
a.sum()
torch.add(a, 1)
type(a[0])
type(a.view(2, 1))
b = torch.ones(2).as_subclass(My)
b
type(torch.stack([a, b]))
type(torch.ones(2) + a)
isinstance(a, torch.Tensor)
a.mul_(2)
type(a)
type(a.clone())
type(a.detach())
a.new_zeros(2)
torch.zeros_like(a)
a.requires_grad_()
(a * 2).sum().backward()
a.grad
type(a.grad)
a.data
class Log(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        print("call", getattr(func, "__name__", func), [t.__name__ for t in types])
        return super().__torch_function__(func, types, args, kwargs)
l = Log([1., 2.])
l + 1
torch.add(l, l)
l.sum()
torch.nn.functional.relu(l)
l[0]
l.shape
l.size()
class Scalar:
    def __init__(self, N, value):
        self._N = N
        self._value = value
    def __repr__(self): return "ScalarTensor(N={}, value={})".format(self._N, self._value)
    def tensor(self): return self._value * torch.eye(self._N)
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if kwargs is None: kwargs = {}
        if func not in H or not all(issubclass(t, (torch.Tensor, Scalar)) for t in types):
            return NotImplemented
        return H[func](*args, **kwargs)
H = {}
d = Scalar(5, 2)
d
torch.mean(d)
import functools
def implements(f):
    def deco(func):
        functools.update_wrapper(func, f)
        H[f] = func
        return func
    return deco
@implements(torch.mean)
def mean(input): return float(input._value) / input._N
torch.mean(d)
@implements(torch.add)
def add(input, other):
    try:
        if input._N == other._N: return Scalar(input._N, input._value + other._value)
        else: raise ValueError("Shape mismatch!")
    except AttributeError:
        return torch.add(input.tensor() if hasattr(input, "tensor") else input, other.tensor() if hasattr(other, "tensor") else other)
s = Scalar(2, 2)
torch.add(s, s)
t = torch.tensor([[1, 1,], [1, 1]])
torch.add(s, t)
torch.add(t, s)
torch.mul(s, 3)
torch.stack([s, t])
class MetadataTensor(object):
    def __init__(self, data, metadata=None, **kwargs):
        self._t = torch.as_tensor(data, **kwargs)
        self._metadata = metadata
    def __repr__(self): return "Metadata:\n{}\n\ndata:\n{}".format(self._metadata, self._t)
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if kwargs is None: kwargs = {}
        metadatas = tuple(a._metadata for a in args if hasattr(a, '_metadata'))
        args = [getattr(a, '_t', a) for a in args]
        assert len(metadatas) > 0
        ret = func(*args, **kwargs)
        return MetadataTensor(ret, metadata=metadatas[0])
metadata = {"owner": "Ministry of Silly Walks"}
m = MetadataTensor([[1, 2], [3, 4]], metadata=metadata)
tt = torch.tensor([[1, 2], [1, 2]])
torch.add(tt, m)
torch.mul(tt, m)
torch.matmul(m, tt)
tt + m
class P(torch.nn.Parameter): pass
P(torch.ones(2))
torch.nn.Parameter(torch.ones(2, dtype=torch.int))
torch.nn.Parameter(torch.ones(2, dtype=torch.int), requires_grad=False)
torch.nn.Parameter(a)
class WithAttr(torch.Tensor):
    @staticmethod
    def __new__(cls, x, extra, *args, **kwargs):
        return super().__new__(cls, x, *args, **kwargs)
    def __init__(self, x, extra):
        self.extra = extra
w = WithAttr([1, 2], "e")
w
w.extra
(w + 1).extra
w.clone()
torch.Tensor._make_subclass(My, torch.ones(2))
with torch._C.DisableTorchFunctionSubclass(): print(type(a + 1))
from torch.overrides import TorchFunctionMode
class Mode(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        print("mode", getattr(func, "__name__", func))
        return func(*args, **(kwargs or {}))
with Mode(): torch.add(torch.ones(1), 1)
torch.overrides.is_tensor_like(d)
torch.is_tensor(d)
torch.overrides.has_torch_function((d,))
from torch.overrides import is_tensor_method_or_property, resolve_name
[resolve_name(f) for f in (torch.add, torch.Tensor.add, torch.Tensor.shape.__get__, torch.Tensor.requires_grad.__set__, torch.nn.functional.relu, torch.linalg.norm, torch.einsum, torch.nn.init.uniform_)]
resolve_name([])
resolve_name(print), is_tensor_method_or_property(torch.Tensor.add), is_tensor_method_or_property(torch.add), is_tensor_method_or_property(torch.Tensor.grad.__get__)
