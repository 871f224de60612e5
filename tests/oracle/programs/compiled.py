import torch
from torch import nn
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
fast = torch.compile(model, backend="eager")
fast
type(fast)
list(fast.state_dict())
fast._orig_mod is model
isinstance(fast, nn.Module), isinstance(fast, nn.Sequential)
fast[0]
len(fast)
bool(fast)
fast.eval().training, model.training
fast.train().training, model.training
[name for name, _ in fast.named_modules()]
[name for name, _ in fast.named_parameters()]
torch.equal(fast(torch.ones(1, 2)), model(torch.ones(1, 2)))
fast.weight
fast.extra = 3
model.extra, fast.extra
del fast.extra
fast.extra
fast.load_state_dict(model.state_dict())
fast.load_state_dict({"_orig_mod." + k: v for k, v in model.state_dict().items()})
{k.removeprefix("_orig_mod."): tuple(v.shape) for k, v in fast.state_dict().items()}
next(fast.double().parameters()).dtype
@torch.compile(backend="eager")
def shifted(x):
    "One more."
    return x + 1
shifted
shifted.__name__, shifted.__doc__
shifted(torch.ones(2))
@torch.compile(fullgraph=True, backend="eager")
class Twice(nn.Module):
    def forward(self, x): return 2 * x
Twice()(torch.ones(1))
torch.compile(3)
torch.compile(model, mode="fastest")
torch.compile(model, mode="default", options={"a": 1})
torch.compile(model, mode="max-autotune").training
torch.compile(shifted, backend="nonsense")
torch.compile(model, True)
model.compile(backend="eager")
model
list(model.state_dict())
model.compile(mode="fastest")
torch.compile(model, disable=True) is model
torch.compiler.is_compiling()
torch.compiler.list_backends()
torch.compiler.disable(shifted)(torch.ones(1))
torch.compiler.disable(model)
@torch.compiler.disable
def slow(x): return x * 3
slow(torch.ones(2))
@torch.compiler.disable(recursive=False)
def slow(x): return x * 4
slow(torch.ones(2))
torch.compiler.allow_in_graph(slow) is slow
torch.compiler.allow_in_graph(3)
torch.compiler.assume_constant_result(slow) is slow
torch.compiler.reset()
torch.compiler.cudagraph_mark_step_begin()
with torch.compiler.set_stance("force_eager"):
    print(shifted(torch.zeros(1)))
torch.compiler.wrap_numpy(lambda a: a + 1)(torch.ones(2))
import torch._dynamo
torch._dynamo.config.suppress_errors = True
torch._dynamo.reset()
lazy = torch.compile(nn.LazyLinear(2), backend="eager")
lazy(torch.ones(1, 3)).shape
hooked = torch.compile(nn.Linear(1, 1), backend="eager")
hooked._orig_mod.register_forward_hook(lambda m, i, o: print("hook", type(m).__name__))
hooked(torch.ones(1, 1)).shape
optimizer = torch.optim.SGD(fast.parameters(), lr=0.1)
fast(torch.ones(1, 2, dtype=torch.float64)).sum().backward()
optimizer.step()
[p.grad is not None for p in model.parameters()]
torch._dynamo.config.suppress_errors = False
