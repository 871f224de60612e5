import torch
from torch import nn
from typing import Dict, List, Optional, Tuple, Union
from torch.jit import Final
x = torch.arange(4.)
m = nn.Linear(2, 2)
torch.jit.annotate(List[int], []), torch.jit.annotate(int, 3), Final[int]
torch.jit.Attribute(3, int)
torch.jit.isinstance([1], list[int]), torch.jit.isinstance([1, "a"], List[int]), torch.jit.isinstance([], list[int])
torch.jit.isinstance({"a": 1}, Dict[str, int]), torch.jit.isinstance({"a": [1]}, Dict[str, List[str]])
torch.jit.isinstance((1, "a"), Tuple[int, str]), torch.jit.isinstance((1, 2, 3), Tuple[int, int])
torch.jit.isinstance(None, Optional[int]), torch.jit.isinstance(3, Union[int, str]), torch.jit.isinstance("a", Optional[int])
torch.jit.isinstance(x, torch.Tensor), torch.jit.isinstance([x], List[torch.Tensor])
torch.jit.isinstance([1], list)
torch.jit.isinstance([1], List)
torch.jit.isinstance({}, dict)
torch.jit.fork(lambda a: a + 1, x).wait(), torch.jit.wait(torch.jit.fork(lambda a, b=1: a * b, x, b=3))
torch.jit.fork(lambda: 1 / 0)
future = torch.futures.Future()
future.done()
doubled = future.then(lambda f: f.wait() * 2)
future.set_result(x)
future.done(), future.wait(), future.value(), doubled.wait()
torch.futures.wait_all([torch.jit.fork(lambda: x), doubled])
[f.wait() for f in torch.futures.collect_all([future, doubled]).wait()]
failed = torch.futures.Future()
failed.set_exception(ValueError("no"))
failed.wait()
@torch.jit.script_if_tracing
def clipped(a): return a.clamp(max=2)
clipped(x)
with torch.jit.optimized_execution(False): print(m.training)
torch.jit.enable_onednn_fusion(True), torch.jit.onednn_fusion_enabled(), torch.jit.enable_onednn_fusion(False)
torch.jit.set_fusion_strategy([("STATIC", 2)])
torch.jit.set_fusion_strategy([("STATIC", 2), ("DYNAMIC", 10)])
torch.jit.freeze(m)
torch.jit.optimize_for_inference(m)
traced = torch.jit.trace(m.eval(), torch.ones(1, 2))
torch.jit.freeze(torch.jit.trace(nn.Linear(2, 2).train(), torch.ones(1, 2)))
frozen = torch.jit.freeze(traced)
list(frozen.state_dict()), list(frozen.parameters())
before = frozen(torch.ones(1, 2))
nn.init.zeros_(m.weight)
torch.equal(frozen(torch.ones(1, 2)), before), torch.equal(traced(torch.ones(1, 2)), before)
torch.jit.optimize_for_inference(frozen)(torch.ones(1, 2)).shape
torch.jit.freeze(torch.jit.script(nn.Sequential(nn.Linear(2, 3), nn.ReLU()).eval()))(torch.ones(2, 2)).shape
torch.jit.is_scripting(), torch.jit.is_tracing()
issubclass(torch.jit.Error, RuntimeError)
traced_twice = torch.jit.trace(lambda x: (lambda y: (y, y))(x + 1), torch.ones(2))
traced_twice(torch.zeros(2))
def put(a, b, out):
    torch.mul(a, b, out=out)
    a.add_(1)
    return a * 2
a, b, out = torch.ones(3), torch.arange(3.), torch.zeros(3)
puts = torch.jit.trace(put, (a, b, out))
a, out
puts(a, b, out), a, out
torch.jit.trace(lambda x: None, torch.ones(2))

# how traced and scripted modules show themselves
pair = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU()))
traced, scripted = torch.jit.trace(pair, torch.ones(1, 2)), torch.jit.script(pair)
traced, scripted, type(traced).__name__, type(scripted).__name__, type(next(traced.children())).__name__
[type(m).__name__ for m in scripted.modules()], isinstance(traced, torch.jit.TracedModule), isinstance(scripted, torch.jit.TracedModule)
isinstance(traced, torch.jit.ScriptModule), isinstance(scripted, torch.jit.RecursiveScriptModule), scripted.original_name
import io
kept = io.BytesIO(); torch.jit.save(traced, kept); kept.seek(0); torch.jit.load(kept)
# what a scripted module keeps of its attributes
import io
scripted = torch.jit.script(nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.25), nn.LayerNorm(3)).eval())
getattr(scripted, "0").in_features, getattr(scripted, "1").p, getattr(scripted, "2").normalized_shape, getattr(scripted, "2").eps
pool = torch.jit.script(nn.MaxPool2d(2, padding=1).eval())
pool.kernel_size, pool.padding, pool.ceil_mode, pool.dilation, hasattr(pool, "other")
file = io.BytesIO()
torch.jit.save(pool, file), file.seek(0)
loaded = torch.jit.load(file)
loaded.kernel_size, loaded.padding, loaded.ceil_mode
frozen = torch.jit.freeze(pool, preserved_attrs=["padding"])
print(frozen, type(frozen).__name__, frozen.padding, list(frozen.named_modules()))
torch.jit.freeze(pool, preserved_attrs=["nothing"])
print(torch.jit.optimize_for_inference(torch.jit.script(nn.Linear(2, 2).eval())))
frozen.linear
