"""Autograd against torch: every piece of code below prints the same, or raises the same, on both sides."""

from __future__ import annotations

import textwrap

import pytest
from oracle.autograd_forms import FORMS as MORE_FORMS
from oracle.harness import compare_form

FORMS = {
    "leaf and node": """
        x = torch.ones(2, 2, requires_grad=True)
        y = x + 2; z = y * y * 3; out = z.mean()
        print(x.is_leaf, y.is_leaf, x.grad_fn, out.requires_grad, y.requires_grad)
        print(y.grad_fn.name(), z.grad_fn.name(), out.grad_fn.name())
        out.backward(); x.grad""",
    "walk the graph": """
        x = torch.ones(2, requires_grad=True); w = torch.ones(2)
        loss = ((x * w - 1) ** 2).sum()
        def walk(f, depth=0):
            if f is None: return
            print(" " * depth + type(f).__name__)
            for g, nr in f.next_functions: walk(g, depth + 1)
        walk(loss.grad_fn)""",
    "next_functions of a number": "x = torch.ones(1, requires_grad=True); [len((x + 1).grad_fn.next_functions), len((x * 2).grad_fn.next_functions), len(x.sum().grad_fn.next_functions)]",
    "accumulates": "x = torch.ones(2, requires_grad=True)\nfor i in range(3): (x * 2).sum().backward()\nx.grad",
    "zero_grad by hand": "x = torch.ones(2, requires_grad=True); x.sum().backward(); g = x.grad; x.grad.zero_(); x.sum().backward(); (x.grad, g is x.grad)",
    "shared node": """
        x = torch.tensor(3., requires_grad=True)
        y1 = x + 1; y2 = 2 * x; y1.retain_grad(); y2.retain_grad()
        loss = (y1 - y2) ** 2; loss.backward()
        x.grad, y1.grad, y2.grad""",
    "vector-Jacobian product": "x = torch.tensor([1., 2., 3.], requires_grad=True); y = x * x; y.backward(torch.tensor([1., .1, .01])); x.grad",
    "doubling": "x = torch.tensor([1., 2.], requires_grad=True); y = x * 2\nwhile y.data.norm() < 1000: y = y * 2\ny.backward(torch.ones(2)); x.grad",
    "parabola": "x = torch.tensor([[0., 0.], [1., 2.]], requires_grad=True); y = x ** 2 - 2 * x + 1; y.backward(gradient=torch.ones(2, 2)); x.grad",
    "twice": "x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(); y.backward()",
    "twice without saved": "x = torch.ones(2, requires_grad=True); y = (x + 1).sum(); y.backward(); y.backward(); x.grad",
    "retain_graph": "x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(retain_graph=True); y.backward(); x.grad",
    "non-scalar": "x = torch.ones(2, requires_grad=True); (x * 2).backward()",
    "no grad needed": "torch.ones(2).sum().backward()",
    "wrong gradient shape": "x = torch.ones(2, requires_grad=True); (x * 2).backward(torch.ones(3))",
    "numpy of a graph tensor": "torch.ones(2, requires_grad=True).numpy()",
    "integers need no gradient": "torch.ones(2, dtype=torch.int64, requires_grad=True)",
    "requires_grad_ of a non-leaf": "y = torch.ones(2, requires_grad=True) * 2; y.requires_grad_(False)",
    "grad of a non-leaf": "y = torch.ones(2, requires_grad=True) * 2; y.sum().backward(); y.grad",
    "in-place on a leaf": "x = torch.ones(2, requires_grad=True); x.add_(1)",
    "in-place on a view of a leaf": "x = torch.ones(2, requires_grad=True); x[0] = 5.",
    "in-place under no_grad": "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad(): x.sub_(0.5)\nx",
    "data update": "w = torch.ones(2, requires_grad=True); (w * 3).sum().backward(); w.data -= 0.1 * w.grad.data; (w, w._version)",
    "saved then modified": "x = torch.ones(2, requires_grad=True); y = x * 2; z = y * y; y.add_(1); z.sum().backward()",
    "saved output modified": "x = torch.ones(2, requires_grad=True); y = x.exp(); y.mul_(2); y.sum().backward()",
    "in-place exp saved output modified": "x = torch.ones(2, requires_grad=True); y = (x * 1).exp_(); y.mul_(2); y.sum().backward()",
    "in-place add keeps gradient": "x = torch.ones(2, requires_grad=True); y = x * 2; y.add_(3); y.mul_(2); y.sum().backward(); (y, x.grad)",
    "in-place keeps original": "x = torch.tensor([2., 3.], requires_grad=True); w = torch.tensor([5., 7.], requires_grad=True); y = x * 1; y.mul_(w); y.sum().backward(); (x.grad, w.grad)",
    "in-place on a view": """
        x = torch.ones(4, requires_grad=True); y = x * 2; v = y[:2]; v.mul_(3)
        print(y.grad_fn.name(), v.grad_fn.name(), y, v)
        print([f.name() if f else None for f, _ in y.grad_fn.next_functions])
        y.sum().backward(); x.grad""",
    "view sees the base": "b = torch.zeros(4); v = b[1:3]; w = torch.ones(4, requires_grad=True); b.add_(w); print(v.requires_grad, v.grad_fn.name()); v.sum().backward(); w.grad",
    "transposed view in place": "x = torch.ones(2, 3, requires_grad=True); y = x * 1; y.t()[0].mul_(torch.tensor([10., 20.])); y.sum().backward(); (y, x.grad)",
    "setitem": "x = torch.ones(3, requires_grad=True); y = x * 2; y[1] = 7.; print(y.grad_fn.name()); y.sum().backward(); (y, x.grad)",
    "setitem with a tensor": "x = torch.ones(3, requires_grad=True); s = torch.tensor(2., requires_grad=True); y = x * 2; y[0] = s; y.sum().backward(); (x.grad, s.grad)",
    "setitem into zeros": "s = torch.tensor([2., 3.], requires_grad=True); z = torch.zeros(4); z[1:3] = s * s; z.sum().backward(); (z, s.grad)",
    "setitem with a mask": "x = torch.tensor([1., -2., 3.], requires_grad=True); y = x * 1; y[y < 0] = 0.; print(y.grad_fn.name()); y.sum().backward(); (y, x.grad)",
    "zero_ of a non-leaf": "x = torch.ones(2, requires_grad=True); y = x * 2; y.zero_(); y.sum().backward(); (y, x.grad)",
    "copy_": "x = torch.ones(2, requires_grad=True); y = torch.zeros(2); y.copy_(x); print(y.grad_fn.name()); y.sum().backward(); x.grad",
    "version counter": "x = torch.ones(3); v = x[1:]; d = x.detach(); print(x._version); v.add_(1); print(x._version, v._version, d._version); x.data.add_(1); x._version",
    "base of a view": "x = torch.ones(2, 2); v = x[0]; w = v[1:]; (v._base is x, w._base is x, x._base, x.detach()._base, x.t()._base is x)",
    "detach": "x = torch.ones(2, requires_grad=True); d = (x * 2).detach(); print(d, d.requires_grad); d.mul_(5); d",
    "detach_": "x = torch.ones(2, requires_grad=True); y = x * 2; y.detach_(); (y, y.grad_fn, y.is_leaf)",
    "no_grad": "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad(): y = x * 2\nprint(y.requires_grad, torch.is_grad_enabled())",
    "no_grad decorates": "@torch.no_grad()\ndef f(x): return x * 2\nf(torch.ones(1, requires_grad=True)).requires_grad",
    "no_grad without brackets": "@torch.no_grad\ndef f(x): return x * 2\nf(torch.ones(1, requires_grad=True)).requires_grad",
    "enable_grad": "x = torch.ones(1, requires_grad=True)\nwith torch.no_grad():\n    with torch.enable_grad(): y = x * 2\ny.requires_grad",
    "set_grad_enabled": "x = torch.ones(1, requires_grad=True)\nwith torch.set_grad_enabled(False): y = x * 2\nprint(y.requires_grad); torch.set_grad_enabled(False); z = x * 2; torch.set_grad_enabled(True); (z.requires_grad, torch.is_grad_enabled())",
    "inference_mode": "x = torch.ones(1, requires_grad=True)\nwith torch.inference_mode(): y = x * 2; print(y.is_inference(), torch.is_inference_mode_enabled())\ny.requires_grad",
    "grad": "x = torch.tensor(1., requires_grad=True); y = x ** 2 - 2 * x + 1; (dy,) = torch.autograd.grad(y, x, create_graph=True); print(dy); torch.autograd.grad(dy, x)",
    "grad of two inputs": "x1 = torch.tensor(1., requires_grad=True); x2 = torch.tensor(2., requires_grad=True); y1 = x1 * x2; y2 = x1 + x2; print(torch.autograd.grad(y1, [x1, x2], retain_graph=True)); torch.autograd.grad([y1, y2], [x1, x2])",
    "grad unused": "x = torch.ones(1, requires_grad=True); w = torch.ones(1, requires_grad=True); torch.autograd.grad((x * 2).sum(), [x, w])",
    "grad allow_unused": "x = torch.ones(1, requires_grad=True); w = torch.ones(1, requires_grad=True); torch.autograd.grad((x * 2).sum(), [x, w], allow_unused=True)",
    "grad materialize": "x = torch.ones(1, requires_grad=True); w = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), [x, w], materialize_grads=True)",
    "grad of a constant": "x = torch.ones(1); torch.autograd.grad((x * 2).sum(), [x])",
    "grad at an inner tensor": "x = torch.ones(2, requires_grad=True); y = x * 3; z = (y * y).sum(); torch.autograd.grad(z, y)",
    "grad leaves .grad alone": "x = torch.ones(2, requires_grad=True); torch.autograd.grad((x * x).sum(), x); x.grad",
    "backward inputs": "x = torch.ones(2, requires_grad=True); w = torch.ones(2, requires_grad=True); (x * w).sum().backward(inputs=[x]); (x.grad, w.grad)",
    "autograd.backward": "x = torch.ones(2, requires_grad=True); torch.autograd.backward([(x * 2).sum(), (x * 3).sum()]); x.grad",
    "create_graph backward": "import warnings; warnings.simplefilter('ignore'); x = torch.tensor(2., requires_grad=True); (x ** 3).backward(create_graph=True); print(x.grad); g = x.grad.clone(); torch.autograd.grad(g, x)",
    "third derivative": "x = torch.tensor(2., requires_grad=True); y = x ** 4\nfor i in range(3): (y,) = torch.autograd.grad(y, x, create_graph=True)\ny",
    "tensor hook": "x = torch.ones(2, requires_grad=True); y = x * 2; h = y.register_hook(lambda g: g * 10); y.sum().backward(); print(x.grad); h.remove(); x.grad = None; (x * 2).sum().backward(); x.grad",
    "leaf hook": "x = torch.ones(2, requires_grad=True); x.register_hook(lambda g: print('hook', g)); (x * 2 + x).sum().backward(); x.grad",
    "hook on no grad": "torch.ones(1).register_hook(print)",
    "post accumulate hook": "x = torch.ones(2, requires_grad=True); x.register_post_accumulate_grad_hook(lambda p: print('done', p.grad)); (x * 2).sum().backward()",
    "node hook": "x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_hook(lambda gi, go: print(gi, go)); y.sum().backward()",
    "node prehook": "x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_prehook(lambda go: (go[0] * 3,)); y.sum().backward(); x.grad",
    "retain_grad": "x = torch.ones(2, requires_grad=True); y = x * 2; y.retain_grad(); print(y.retains_grad); (y * y).sum().backward(); y.grad",
    "assign a grad": "x = torch.ones(2, requires_grad=True); x.grad = torch.tensor([5., 6.]); (x * 2).sum().backward(); x.grad",
    "assign a wrong grad": "x = torch.ones(2, requires_grad=True); x.grad = torch.ones(3)",
    "assign no tensor as grad": "x = torch.ones(2, requires_grad=True); x.grad = 3",
    "broadcast gradient": "a = torch.ones(3, 1, requires_grad=True); b = torch.ones(4, requires_grad=True); (a * b).sum().backward(); (a.grad, b.grad)",
    "dtype of gradient": "a = torch.ones(2, requires_grad=True); b = torch.ones(2, dtype=torch.float64, requires_grad=True); (a * b).sum().backward(); (a.grad.dtype, b.grad.dtype)",
    "deepcopy": "import copy; x = torch.ones(2, requires_grad=True); (x * 2).sum().backward(); c = copy.deepcopy(x); (c, c.grad, c is x)",
    "deepcopy of a non-leaf": "import copy; copy.deepcopy(torch.ones(2, requires_grad=True) * 2)",
    "anomaly nan": "import warnings; warnings.simplefilter('ignore')\nwith torch.autograd.set_detect_anomaly(True):\n    x = torch.tensor([0.], requires_grad=True); (x.sqrt() * 0).sum().backward()",
    "float of a graph tensor": "float(torch.tensor(2., requires_grad=True).detach())",
    "views from no_grad": "w = torch.ones(3, requires_grad=True)\nwith torch.no_grad(): v = w[:2]\n(v.requires_grad, v.is_leaf)",
}

FUNCTIONS = {
    "relu": """
        class MyReLU(torch.autograd.Function):
            @staticmethod
            def forward(ctx, input):
                ctx.save_for_backward(input)
                return input.clamp(min=0)
            @staticmethod
            def backward(ctx, grad_output):
                input, = ctx.saved_tensors
                grad_input = grad_output.clone()
                grad_input[input < 0] = 0
                return grad_input
        w = torch.tensor([[3., 1.]], requires_grad=True); b = torch.tensor([[3.]], requires_grad=True)
        X = torch.tensor([[-1., -1.], [1., 1.]]); Y = torch.tensor([[2., 3.]])
        Y_hat = MyReLU.apply(X @ w.t() + b)
        print(Y_hat)
        loss = torch.mean(torch.pow(Y_hat - Y, 2)); loss.backward()
        print(Y_hat.grad_fn.name(), w.grad, b.grad)""",
    "saves output": """
        class Exp(torch.autograd.Function):
            @staticmethod
            def forward(ctx, i):
                result = i.exp(); ctx.save_for_backward(result); return result
            @staticmethod
            def backward(ctx, g):
                result, = ctx.saved_tensors
                return g * result
        x = torch.tensor([1., 2.], requires_grad=True)
        y = Exp.apply(x); y.sum().backward(retain_graph=True); print(x.grad)
        y.mul_(2)
        y.sum().backward()""",
    "constants and several outputs": """
        class Two(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, k):
                ctx.k = k
                return x * k, x + k
            @staticmethod
            def backward(ctx, g1, g2):
                print(g1, g2, ctx.needs_input_grad)
                return g1 * ctx.k + g2, None
        x = torch.ones(2, requires_grad=True)
        a, b = Two.apply(x, 3.0)
        a.sum().backward(); x.grad""",
    "no materialised grads": """
        class Two(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.set_materialize_grads(False)
                return x * 1, x * 2
            @staticmethod
            def backward(ctx, g1, g2):
                print(g1, g2)
                return g2
        x = torch.ones(1, requires_grad=True); a, b = Two.apply(x); b.sum().backward(); x.grad""",
    "non-differentiable output": """
        class Sort(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                s, i = x.sort(); ctx.mark_non_differentiable(i); ctx.save_for_backward(i); return s, i
            @staticmethod
            def backward(ctx, g, gi):
                i, = ctx.saved_tensors
                return torch.zeros_like(g).scatter_(0, i, g)
        x = torch.tensor([3., 1., 2.], requires_grad=True)
        s, i = Sort.apply(x); (s * torch.tensor([1., 10., 100.])).sum().backward(); print(s.requires_grad, i.requires_grad); x.grad""",
    "wrong number of gradients": """
        class F1(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, y): return x * y
            @staticmethod
            def backward(ctx, g): return g
        F1.apply(torch.ones(1, requires_grad=True), torch.ones(1)).backward()""",
    "once_differentiable": """
        from_ = torch.autograd.function.once_differentiable
        class Sq(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): ctx.save_for_backward(x); return x * x
            @staticmethod
            @from_
            def backward(ctx, g): x, = ctx.saved_tensors; return 2 * x * g
        x = torch.ones(1, requires_grad=True)
        g, = torch.autograd.grad(Sq.apply(x), x, create_graph=True); print(g.requires_grad)
        g.backward()""",
    "setup_context": """
        class Mul(torch.autograd.Function):
            @staticmethod
            def forward(x, k): return x * k
            @staticmethod
            def setup_context(ctx, inputs, output): ctx.k = inputs[1]
            @staticmethod
            def backward(ctx, g): return g * ctx.k, None
        x = torch.ones(2, requires_grad=True); y = Mul.apply(x, 4); y.sum().backward(); (y, x.grad)""",
    "double backward through Function": """
        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): ctx.save_for_backward(x); return x ** 3
            @staticmethod
            def backward(ctx, g): x, = ctx.saved_tensors; return 3 * x ** 2 * g
        x = torch.tensor([2.], requires_grad=True)
        g, = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
        print(g); torch.autograd.grad(g, x)""",
    "returns its input": """
        class Id(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): return x
            @staticmethod
            def backward(ctx, g): return g * 2
        x = torch.ones(2, requires_grad=True); y = Id.apply(x); print(y is x); y.sum().backward(); x.grad""",
    "mark_dirty": """
        class Inc(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): x.add_(1); ctx.mark_dirty(x); return x
            @staticmethod
            def backward(ctx, g): return g * 5
        x = torch.ones(2, requires_grad=True); y = x * 1; z = Inc.apply(y); print(z is y, z, y.grad_fn.name()); z.sum().backward(); x.grad""",
    "no forward": "class N(torch.autograd.Function): pass\nN.apply(torch.ones(1, requires_grad=True))",
    "no backward": "class N(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x): return x * 2\nN.apply(torch.ones(1, requires_grad=True)).backward()",
    "jacobian": "torch.autograd.functional.jacobian(lambda x, y: (x * y, x.sum()), (torch.tensor([1., 2.]), torch.tensor([3., 4.])))",
    "hessian": "torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]))",
    "hessian of two": "torch.autograd.functional.hessian(lambda x, y: (x * x * y).sum(), (torch.tensor([1., 2.]), torch.tensor([3., 4.])))",
    "vjp": "torch.autograd.functional.vjp(lambda x: x ** 2, torch.tensor([1., 2.]), torch.tensor([1., 10.]))",
    "jvp": "torch.autograd.functional.jvp(lambda x: x ** 2, torch.tensor([1., 2.]), torch.tensor([1., 10.]))",
    "vhp": "torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.tensor([1., 10.]))",
    "hvp": "torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.tensor([1., 10.]))",
    "gradcheck": "torch.autograd.gradcheck(lambda x: (x.sin() * x).sum(), (torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True),))",
    "gradgradcheck": "torch.autograd.gradgradcheck(lambda x: (x.sin() * x).sum(), (torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True),))",
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    compare_form(textwrap.dedent(FORMS[name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    compare_form(textwrap.dedent(FUNCTIONS[name]))


@pytest.mark.parametrize("name", MORE_FORMS)
def test_more_forms(name: str) -> None:
    compare_form(MORE_FORMS[name].strip())
