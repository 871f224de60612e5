"""``func``: gradients, products and Jacobians of functions as functions, batches, modules as functions."""

from __future__ import annotations

import pytest
from oracle.harness import compare

X = [0.3, -1.2, 2.0]


def case(run):
    return pytest.param(run, id=run.__name__)


def f(m):
    return lambda x: (x.sin() * x).sum()


def gradient(m):
    return m.func.grad(f(m))(m.tensor(X))


def second(m):
    return m.func.grad(m.func.grad(lambda x: x.exp() * x))(m.tensor(0.7))


def third(m):
    return m.func.grad(m.func.grad(m.func.grad(m.sin)))(m.tensor(0.7))


def several_arguments(m):
    g = m.func.grad(lambda a, b, c: (a * b).sum() * c, argnums=(0, 1))
    return g(m.tensor(X), m.tensor([1.0, 2.0, 3.0]), 2)


def structures(m):
    def loss(params, x):
        return ((x @ params["w"] + params["b"]) ** 2).mean()

    params = {"w": m.ones(3, 2), "b": m.zeros(2)}
    return m.func.grad(loss)(params, m.arange(12.0).reshape(4, 3)), [p.requires_grad for p in params.values()]


def auxiliary(m):
    return m.func.grad(lambda x: ((x**2).sum(), x * 3), has_aux=True)(m.tensor(X))


def value_too(m):
    return m.func.grad_and_value(f(m))(m.tensor(X))


def stays_in_the_graph(m):
    x = m.tensor(X, requires_grad=True)
    g = m.func.grad(f(m))(x)
    g.sum().backward()
    return g.detach(), x.grad


def closed_over(m):
    w = m.tensor(2.0, requires_grad=True)
    g = m.func.grad(lambda x: w * x * x)(m.tensor(3.0))
    g.backward()
    return g.detach(), w.grad


def unused(m):
    return m.func.grad(lambda a, b: a * 2, argnums=1)(m.tensor(1.0), m.tensor([1.0, 2.0]))


def inside_no_grad(m):
    with m.no_grad():
        return m.func.grad(f(m))(m.tensor(X))


def products(m):
    value, pull = m.func.vjp(lambda x, y: x * y, m.tensor(X), m.tensor(2.0))
    return value, pull(m.tensor([1.0, 10.0, 100.0]))


def products_of_several(m):
    value, pull = m.func.vjp(lambda x: (x.sin(), x.cos()), m.tensor(X))
    return value, pull((m.ones(3), m.zeros(3)))


def forward_product(m):
    return m.func.jvp(lambda x, y: (x * y, x + y), (m.tensor(X), m.tensor(2.0)), (m.ones(3), m.tensor(0.5)))


def jacobian(m):
    return m.func.jacrev(lambda x: m.stack([x.sum(), x.prod()]) * x[0])(m.tensor(X))


def jacobian_forward(m):
    return m.func.jacfwd(lambda x: x.sin() * x[0])(m.tensor(X))


def jacobian_of_two(m):
    return m.func.jacrev(lambda a, b: a * b, argnums=(0, 1))(m.tensor(X), m.tensor([1.0, 2.0, 3.0]))


def jacobian_of_matrix(m):
    return m.func.jacrev(lambda a: a @ a)(m.arange(4.0).reshape(2, 2))


def hessian(m):
    return m.func.hessian(lambda x: (x.exp() * x[0]).sum())(m.tensor(X))


def batch(m):
    return m.func.vmap(m.dot)(m.arange(6.0).reshape(3, 2), m.ones(3, 2))


def batch_dims(m):
    x = m.arange(24.0).reshape(2, 3, 4)
    return m.func.vmap(lambda a, b: a.sum(0) * b, in_dims=(1, None), out_dims=1)(x, m.tensor(2.0))


def batch_of_tuples(m):
    return m.vmap(lambda d: (d["a"] + 1, d["b"]), in_dims=({"a": 0, "b": None},))({"a": m.arange(3), "b": m.ones(2)})


def per_sample_gradients(m):
    def loss(w, x, y):
        return ((x * w).sum() - y) ** 2

    return m.func.vmap(m.func.grad(loss), in_dims=(None, 0, 0))(
        m.tensor(X), m.arange(6.0).reshape(2, 3), m.tensor([1.0, 2.0])
    )


def nested_batches(m):
    return m.func.vmap(m.func.vmap(lambda a, b: a * b, (None, 0)), (0, None))(m.arange(3.0), m.arange(2.0))


def module_call(m):
    net = m.nn.Sequential(m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.Linear(2, 1, bias=False))
    state = {k: m.full_like(v, 0.5) for k, v in net.state_dict().items()}
    before = [p.detach().clone() for p in net.parameters()]
    out = m.func.functional_call(net, state, (m.ones(3, 2),))
    return out.detach(), all(m.equal(a, b) for a, b in zip(before, net.parameters()))


def module_gradients(m):
    net = m.nn.Linear(2, 1)
    params = {k: m.ones(*v.shape) for k, v in net.named_parameters()}
    loss = lambda p, x: m.func.functional_call(net, p, (x,)).pow(2).sum()  # noqa: E731
    return m.func.grad(loss)(params, m.arange(4.0).reshape(2, 2)), net.weight.grad


def ensemble(m):
    m.manual_seed(1)
    nets = [m.nn.Linear(2, 1) for _ in range(3)]
    params, buffers = m.func.stack_module_state(nets)
    out = m.func.vmap(lambda p, x: m.func.functional_call(nets[0], p, (x,)), (0, None))(params, m.ones(4, 2))
    return out.detach(), {k: v.detach() for k, v in params.items()}, buffers


@pytest.mark.parametrize("run", [case(r) for r in (
    gradient, second, third, several_arguments, structures, auxiliary, value_too, stays_in_the_graph, closed_over, unused, inside_no_grad,
    products, products_of_several, forward_product, jacobian, jacobian_forward, jacobian_of_two, jacobian_of_matrix, hessian, batch, batch_dims,
    batch_of_tuples, per_sample_gradients, nested_batches, module_call, module_gradients, ensemble,
)])  # fmt: skip
def test_func(run):
    compare(run, rtol=1e-5, atol=1e-5, compare_warnings=False, strides="")


@pytest.mark.parametrize("run", [
    lambda m: m.func.grad(lambda x: x)(m.tensor(X)), lambda m: m.func.grad(lambda x: 3)(m.tensor(1.0)),
    lambda m: m.func.grad(lambda x: x.sum(), has_aux=True)(m.tensor(X)), lambda m: m.func.stack_module_state([]),
])  # fmt: skip
def test_errors(run):
    compare(run, lines=1)
