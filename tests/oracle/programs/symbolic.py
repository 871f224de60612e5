import torch
import torch.fx
from torch import nn
import torch.nn.functional as F
from torch.fx import symbolic_trace
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.param = nn.Parameter(torch.rand(3, 4))
        self.linear = nn.Linear(4, 5)
        self.seq = nn.Sequential(nn.Linear(5, 5), nn.ReLU())
        self.register_buffer("shift", torch.ones(5))
    def forward(self, x, y=2):
        z = self.linear(x + self.param).clamp(min=0.0, max=1.0)
        z = self.seq(z) + self.shift
        return torch.relu(F.relu(z)[:, 0].view(1, -1)) * y - x.shape[0], {"a": z.T}
net = Net()
traced = symbolic_trace(net)
print(traced)
print(traced.graph)
print(traced.code)
for n in traced.graph.nodes: print(n.op, n.name, n.args, n.kwargs, list(n.users), n.all_input_nodes, n.type)
traced.graph.lint()
x = torch.rand(3, 4)
torch.equal(traced(x)[0], net(x)[0]), torch.equal(traced(x, 3)[1]["a"], net(x)[1]["a"])
list(traced.state_dict()), [n for n, _ in traced.named_modules()], traced.training
isinstance(traced, torch.fx.GraphModule), isinstance(traced, nn.Module)
def f(a, b):
    c = torch.add(a, b)
    c = c + 1
    d = -c
    return torch.cat([c, d]).neg() @ a ** 2 / 3 > 0
g = symbolic_trace(f)
print(g)
print(g.graph)
for node in g.graph.nodes:
    if node.op == "call_function" and node.target == torch.add:
        node.target = torch.mul
g.graph.lint()
g.recompile().src == g.code
print(g.code)
g(torch.eye(2), torch.ones(2, 2))
for node in list(g.graph.nodes):
    if node.name == "add_1":
        with g.graph.inserting_after(node):
            new = g.graph.call_function(torch.relu, args=(node,))
            print(node.replace_all_uses_with(new, delete_user_cb=lambda user: user is not new))
        new.args = (node,)
g.recompile() is None
print(g.code)
print(g.graph)
g.graph.eliminate_dead_code()
g.graph.erase_node(list(g.graph.nodes)[0])
last = list(g.graph.nodes)[-1]
last.op, last.format_node(), last.prev, list(reversed(g.graph.nodes))[0]
def dead(x):
    unused = x * 2
    return x + 1
h = symbolic_trace(dead)
print(h.code)
h.graph.eliminate_dead_code(), len(h.graph.nodes)
h.recompile() is None
print(h.code)
symbolic_trace(lambda x: x if x.sum() > 0 else -x)
symbolic_trace(lambda x: [i for i in x])
symbolic_trace(lambda x: len(x))
symbolic_trace(lambda x: bool(x))
print(symbolic_trace(lambda x: F.relu(F.dropout(x, 0.3))).code)
print(symbolic_trace(lambda x: F.max_pool2d(F.relu(x), 2)).graph)
print(symbolic_trace(lambda x, w: F.linear(F.conv2d(x, w), w, None) + F.gelu(x)).code)
print(symbolic_trace(lambda x, t: F.cross_entropy(x, t)).graph)
print(symbolic_trace(lambda x: x.add_(1).foo.bar(3, k=[x, {"a": x}])).code)
print(symbolic_trace(lambda x: 2 - x + 3 / x ** 2).code)
print(symbolic_trace(lambda x: torch.flatten(x, 1).to(torch.float64).size(0)).graph)
print(symbolic_trace(lambda x: torch.zeros(3) + x).graph)
print(symbolic_trace(lambda input, sum: input.view(input.size(0), -1).mean(dim=(1, 2)) + sum.max()).code)
def halves(x):
    y, z = torch.split(x, 2)
    return y * z
print(symbolic_trace(halves).code)
symbolic_trace(halves)(torch.arange(4.))
class Switch(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.l = nn.Linear(2, 2)
    def forward(self, x):
        if self.training: x = x * self.w
        return self.l(x * self.w) + self.l(x)
print(symbolic_trace(Switch()).graph)
print(symbolic_trace(Switch().eval()).graph)
class Deep(torch.fx.Tracer):
    def is_leaf_module(self, m, name): return False
print(Deep().trace(Switch()))
@torch.fx.wrap
def my(x): return x * 2
print(symbolic_trace(lambda x: my(x) + 1).graph)
graph = torch.fx.Graph()
a = graph.placeholder("x")
b = graph.call_function(torch.sin, (a,))
c = graph.call_method("add", (b, 2))
graph.output(c)
module = torch.fx.GraphModule(nn.Module(), graph)
print(module.code)
module(torch.zeros(2))
class Printing(torch.fx.Interpreter):
    def run_node(self, n):
        result = super().run_node(n)
        print(n.name, n.op, type(result).__name__)
        return result
Printing(module).run(torch.zeros(2))
class Cosine(torch.fx.Transformer):
    def call_function(self, target, args, kwargs):
        return torch.cos(*args) if target == torch.sin else super().call_function(target, args, kwargs)
print(Cosine(module).transform().code)
import copy
copied = copy.deepcopy(traced)
copied.code == traced.code, torch.equal(copied(x)[0], traced(x)[0]), copied.linear is traced.linear
other, seen = torch.fx.Graph(), {}
value = other.graph_copy(graph, seen)
other.output(value)
print(other)
torch.fx.Proxy(a), type(torch.fx.Proxy(a) + 1)
traced.print_readable(print_output=False).splitlines()[:3]
[n.name for n in traced.graph.find_nodes(op="call_module")]
optimizer = torch.optim.SGD(traced.parameters(), lr=.1)
traced(x)[0].sum().backward()
[n for n, p in traced.named_parameters() if p.grad is not None]
from torch import fx
def spread(x, *rest, scale=2, **named): return x * scale + rest[0] + named["more"]
print(fx.symbolic_trace(spread).code, fx.symbolic_trace(spread).graph)
fx.symbolic_trace(spread)(torch.ones(1), torch.ones(1), scale=3, more=torch.ones(1))
def either(x, way, bias=None): return x + 1 if way else x - 1 if bias is None else x * bias
print(fx.symbolic_trace(either, concrete_args={"way": True}).code)
print(fx.symbolic_trace(either, concrete_args={"way": 0, "bias": None}).graph)
fx.symbolic_trace(either, concrete_args={"way": True})(torch.ones(1), False)
fx.symbolic_trace(either, concrete_args={"way": False, "bias": torch.ones(1)}).code
joined = fx.symbolic_trace(lambda x, y: torch.cat([x, y]).sum() + torch.cat([y, x]).max())
fx.replace_pattern(joined, lambda a, b: torch.cat([a, b]), lambda a, b: torch.stack([a, b]))
print(joined.code, joined(torch.ones(2), torch.zeros(2)))
negs = fx.symbolic_trace(lambda x: torch.neg(torch.neg(torch.neg(x))))
fx.replace_pattern(negs, lambda x: torch.neg(torch.neg(x)), lambda x: x.clone())
print(negs.code)
shared = fx.symbolic_trace(lambda x: (lambda n: (n + 1) * n)(torch.neg(x)))
fx.replace_pattern(shared, lambda x: torch.neg(x) + 1, lambda x: torch.sub(1, x))
from torch.fx.passes.shape_prop import ShapeProp
formed = fx.symbolic_trace(torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(8, 3)))
ShapeProp(formed).propagate(torch.ones(1, 1, 4, 4)).shape
[(n.name, n.meta["tensor_meta"], n.meta["type"]) for n in formed.graph.nodes]
formed.graph.print_tabular()
print(fx.symbolic_trace(nn.Sequential(nn.ReLU())).code, fx.symbolic_trace(nn.ReLU()).code)
# kept, copied, read again
import io, pickle
kept = fx.symbolic_trace(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())).eval()
kept.note, kept.meta["by"] = 5, 1
again = pickle.loads(pickle.dumps(kept))
type(again).__name__, again.training, again.note, again.meta, print(again.graph), again.code == kept.code
torch.equal(again(torch.ones(1, 2)), kept(torch.ones(1, 2))), list(again.state_dict())
kept.graph.eliminate_dead_code(), len(pickle.loads(pickle.dumps(kept.graph)).nodes), print(pickle.loads(pickle.dumps(kept.graph)))
twin = copy.deepcopy(kept)
type(twin).__name__, twin.training, hasattr(twin, "note"), twin.meta, twin.get_submodule("0") is kept.get_submodule("0")
shallow = copy.copy(kept)
type(shallow).__name__, shallow.meta, shallow.graph is kept.graph, shallow.get_submodule("0") is kept.get_submodule("0")
file = io.BytesIO()
torch.save(kept, file), file.seek(0)
print(torch.load(file, weights_only=False))
deep = fx.Graph()
last = deep.placeholder("x")
for _ in range(20): last = deep.call_method("neg", (last,))
deep.output(last)
len(pickle.loads(pickle.dumps(deep)).nodes)
print(fx.symbolic_trace(lambda input: input + 1).print_readable(False))
kept.print_readable()
# what is called for its effects stays; parts of arguments
from torch.fx.node import map_aggregate
print(map_aggregate((1, [2, {"a": 3}], slice(1, 2)), lambda part: (part or 0) * 2))
def unused(x): torch._assert(x.sum() > 0, "no"); y = x + 1; z = marked(x); return x * 2
def marked(x): return x
wrapped = fx.Graph()
x = wrapped.placeholder("x")
wrapped.call_function(marked, (x,)), wrapped.output(x)
wrapped.eliminate_dead_code(), len(wrapped.nodes)
wrapped.inserting_before(wrapped.output_node()).__enter__(), wrapped.call_function(fx.has_side_effect(marked), (x,))
wrapped.eliminate_dead_code(), len(wrapped.nodes), [n.is_impure() for n in wrapped.nodes]
[len(w.nodes) for keep in (None, lambda n: False, lambda n: n.op == "placeholder", lambda n: True) for w in [fx.symbolic_trace(lambda a, b: a * 2).graph] if w.eliminate_dead_code(keep) in (True, False)]
import collections
import torch.utils._pytree as pytree
Pair = collections.namedtuple("Pair", "a b")
[f(a) for f in (pytree.is_namedtuple, pytree.is_namedtuple_class, pytree.is_namedtuple_instance, pytree.is_structseq, pytree.is_structseq_instance) for a in (Pair, Pair(1, 2), (1,), torch.max(torch.ones(1), 0))]
