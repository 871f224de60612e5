"""Random numbers are torch's, through every public door: functions, in-place methods, generators, state, errors."""

from __future__ import annotations

import pytest
from oracle.harness import compare, compare_form

SEED = "torch.manual_seed(7)\n"
DRAWN = """
torch.rand(3), torch.rand(2, 3), torch.rand((4,)), torch.rand(size=(2,)), torch.rand([]), torch.rand(0), torch.rand(17)
torch.rand(5, dtype=torch.float64), torch.rand(5, dtype=torch.float16), torch.rand(5, dtype=torch.bfloat16), torch.rand(2, dtype=torch.complex64)
torch.randn(3), torch.randn(2, 3), torch.randn(40).tolist()[:3], torch.randn(5, dtype=torch.float64), torch.randn(2, dtype=torch.complex64)
torch.randn(2, requires_grad=True), torch.rand(torch.Size([2])), torch.randn(3, dtype=torch.float16), torch.rand(2, out=torch.empty(2))
torch.randint(10, (5,)), torch.randint(3, 10, (2, 3)), torch.randint(0, 2**40, (3,)), torch.randint(high=5, size=(2,)), torch.randint(low=-5, high=5, size=(4,))
torch.randint(10, (3,), dtype=torch.float32), torch.randint(0, 255, (3,), dtype=torch.uint8), torch.randint(2, (4,), dtype=torch.bool), torch.randint(5, (2,), out=torch.empty(2))
torch.randperm(10), torch.randperm(0), torch.randperm(1), torch.randperm(5, dtype=torch.int32), torch.randperm(6, dtype=torch.float32), torch.randperm(3, out=torch.empty(0))
torch.rand_like(torch.zeros(2, 3)), torch.randn_like(torch.zeros(3).double()), torch.rand_like(torch.zeros(2, dtype=torch.int64), dtype=torch.float32)
torch.rand_like(torch.zeros(3, 4).t()), torch.randn_like(torch.zeros(5, 4).t()), torch.randn_like(torch.zeros(2, 3, 4).permute(2, 0, 1))
torch.randint_like(torch.zeros(2, 3), 10), torch.randint_like(torch.zeros(3, dtype=torch.int64), 5, 9), torch.rand_like(torch.zeros(2), requires_grad=True)
torch.normal(0., 1., (3,)), torch.normal(2, 3, (2, 2)), torch.normal(mean=torch.arange(1., 4.)), torch.normal(torch.zeros(3), 2.), torch.normal(1.5, torch.ones(2))
torch.normal(torch.zeros(2), torch.arange(2.)), torch.normal(torch.zeros(2, 1), torch.ones(3)), torch.normal(torch.zeros(20), torch.ones(20)).tolist()[:2]
torch.normal(mean=0., std=1., size=(2,), dtype=torch.float64), torch.normal(torch.zeros(2).double(), 1.), torch.normal(torch.zeros(3), torch.ones(3), out=torch.empty(3))
torch.bernoulli(torch.tensor([0., 1., .5, .5])), torch.bernoulli(torch.full((3, 4), .5)), torch.bernoulli(torch.zeros(5), .3), torch.bernoulli(torch.tensor([.5]).double())
torch.bernoulli(torch.full((3, 4), .5).t()), torch.zeros(4).bernoulli(.5), torch.bernoulli(torch.tensor([.2, .8]), p=.5), torch.bernoulli(torch.rand(3), out=torch.empty(3))
torch.multinomial(torch.tensor([0., 10., 3., 0.]), 2), torch.multinomial(torch.tensor([[1., 2.], [3., 1.]]), 5, replacement=True), torch.tensor([.1, .9]).multinomial(1)
torch.multinomial(torch.ones(5), 5), torch.multinomial(torch.ones(3), 2, out=torch.empty(0, dtype=torch.int64)), torch.multinomial(torch.ones(2).double(), 4, True)
torch.poisson(torch.tensor([1., 5., 20.])), torch.poisson(torch.zeros(2)), torch.poisson(torch.full((2, 2), 3.).double())
torch.empty(4).uniform_(), torch.empty(4).uniform_(-1, 1), torch.empty(3).uniform_(2, to=5), torch.zeros(3, 4).t().uniform_(), torch.empty(2, 2)[:, 0].uniform_()
torch.empty(4).normal_(), torch.empty(20).normal_(1, .5).tolist()[:2], torch.empty(3, 8).t().normal_(), torch.empty(3).normal_(mean=2, std=0), torch.zeros(4)[::2].normal_()
torch.empty(3).exponential_(), torch.empty(3).exponential_(2.), torch.empty(3).log_normal_(), torch.empty(2).log_normal_(0, .5), torch.empty(3).cauchy_(), torch.empty(2).cauchy_(1, 2)
torch.empty(4).geometric_(.3), torch.empty(3, dtype=torch.int64).geometric_(.5), torch.empty(4).bernoulli_(), torch.empty(4).bernoulli_(.9), torch.empty(3).bernoulli_(torch.tensor([0., 1., .5]))
torch.empty(3, dtype=torch.int64).random_(), torch.empty(3).random_(), torch.empty(3, dtype=torch.int8).random_(), torch.empty(4).random_(10), torch.empty(4).random_(3, 9), torch.empty(2, dtype=torch.int64).random_(5, None)
torch.empty(2, 3, dtype=torch.bool).bernoulli_(), torch.empty(3, dtype=torch.uint8).random_(0, 5), torch.empty(2).random_(to=4), torch.empty(2, 3).bernoulli_(torch.tensor([.5]))
g = torch.Generator(); g.manual_seed(3); print(torch.rand(2, generator=g), torch.randperm(4, generator=g), torch.empty(2).normal_(generator=g), torch.rand(1))
g = torch.Generator().manual_seed(5); s = g.get_state(); a = torch.rand(3, generator=g); g.set_state(s); print((a - torch.rand(3, generator=g)).tolist(), s.dtype, s.shape, g.initial_seed(), g.device)
g = torch.Generator().manual_seed(5); h = g.clone_state(); print(torch.rand(2, generator=g), torch.rand(2, generator=h), torch.Generator().initial_seed())
s = torch.get_rng_state(); a = torch.rand(2); torch.set_rng_state(s); print(a, torch.rand(2), torch.initial_seed(), s[:8])
a = torch.rand(1); s = torch.random.get_rng_state()\nwith torch.random.fork_rng(devices=[]): b = torch.rand(3)\nprint(a, b, torch.rand(3))
torch.manual_seed(-1), torch.initial_seed(), torch.rand(1)
torch.manual_seed(2**64 - 1).initial_seed(), torch.manual_seed(1.9).initial_seed(), torch.default_generator.initial_seed()
""".strip().splitlines()


@pytest.mark.parametrize("form", DRAWN)
def test_drawn(form):
    form = SEED + form.replace("\\n", "\n").replace("torch.manual_seed(-1), ", "torch.manual_seed(-1).initial_seed(), ")
    compare_form(form + "\nprint(torch.rand(1))")  # and both have taken as much from the stream


GRADIENTS = [f"y = x * 1; y.{call}; print(y.grad_fn); y.sum().backward(); print(x.grad)" for call in (
    "uniform_()", "normal_()", "exponential_()", "log_normal_()", "cauchy_()", "geometric_(.5)", "random_()", "random_(5)", "random_(2, 5)", "bernoulli_()",
    "bernoulli_(torch.full((3,), .5))")] + [f"y = {call}; print(y.grad_fn); y.sum().backward(); print(x.grad)" for call in (
    "torch.bernoulli(x)", "torch.normal(x, 1.)", "torch.normal(x, torch.ones(3))", "torch.normal(torch.ones(3), x)", "torch.normal(0., x)", "torch.poisson(x)")] + [
    "x.uniform_()", "x[0].normal_()", "x.detach().uniform_(); print(x._version)", "torch.rand(3, out=x)", "print(torch.rand_like(x).requires_grad)",
]  # fmt: skip


@pytest.mark.parametrize("form", GRADIENTS)
def test_gradient_ends_here(form):
    compare_form(SEED + "x = torch.full((3,), .5, requires_grad=True)\n" + form)


MISTAKES = """
torch.manual_seed("a")
torch.manual_seed(2**64)
torch.Generator().manual_seed("a")
torch.Generator().manual_seed(2**64)
torch.Generator().set_state(torch.zeros(3))
torch.Generator().set_state(torch.zeros(3, dtype=torch.uint8))
torch.Generator().set_state([1])
torch.Generator().get_offset()
torch.Generator("foo")
torch.rand()
torch.rand(2.5)
torch.rand(-1)
torch.rand("a")
torch.rand(2, generator=3)
torch.rand(2, dtype=torch.int32)
torch.randn(2, dtype=torch.int64)
torch.rand_like(torch.zeros(2, dtype=torch.int64))
torch.rand_like(3)
torch.randint(3)
torch.randint(1, 1, (2,))
torch.randint(5, 1, (2,))
torch.randint(0, 3, 2)
torch.randint(0, 300, (2,), dtype=torch.uint8)
torch.randint(3, (2,), requires_grad=True)
torch.randperm(-1)
torch.randperm(3.0)
torch.randperm()
torch.normal(0., 1.)
torch.normal(0., -1., (2,))
torch.normal(torch.zeros(2), -1.)
torch.normal(torch.zeros(2), torch.tensor([-1., 1.]))
torch.normal(torch.zeros(2), torch.zeros(3))
torch.normal(torch.zeros(2, dtype=torch.int64), 1.)
torch.bernoulli(torch.tensor([2.]))
torch.bernoulli(torch.tensor([1, 0]))
torch.zeros(3).bernoulli_(2)
torch.multinomial(torch.tensor([1., 2.]), 3)
torch.multinomial(torch.tensor([1., 2.]), 0)
torch.multinomial(torch.tensor([-1., 2.]), 1)
torch.multinomial(torch.tensor([1, 2]), 1)
torch.multinomial(torch.zeros(3), 1)
torch.multinomial(torch.zeros(2, 2, 2), 1)
torch.poisson(torch.tensor([1., -2]))
torch.zeros(2).uniform_(3, 1)
torch.zeros(2).uniform_("a")
torch.zeros(2, dtype=torch.int64).uniform_()
torch.zeros(2).normal_(0, -1)
torch.zeros(2).random_(3, 1)
torch.zeros(2).random_(0)
torch.zeros(2).exponential_(-1)
torch.zeros(2).geometric_(2)
torch.zeros(2).cauchy_(0, -1)
torch.zeros(2).log_normal_(0, -1)
torch.zeros(2).expand(3, 2).uniform_()
torch.zeros(2).uniform_(foo=1)
""".strip().splitlines()


@pytest.mark.parametrize("form", MISTAKES)
def test_mistake(form):
    compare_form(form)


@pytest.mark.parametrize("seed", [0, 1, 1234])
def test_a_long_program_stays_in_step(seed):
    """Many draws of all kinds after one seed: one draw too many anywhere would show in all that follows."""

    def run(m):
        m.manual_seed(seed)
        found = []
        for i in range(30):
            found += [
                m.rand(i),
                m.randn(2 * i + 1),
                m.randint(i + 1, (3,)),
                m.randperm(i),
                m.bernoulli(m.rand(3)),
                m.empty(i, 3).t().uniform_(),
            ]
            found += [
                m.empty(5).exponential_(),
                m.multinomial(m.rand(4) + 0.1, 2),
                m.normal(0.0, 1.0, (i,)),
                m.rand(2, dtype=m.float64),
            ]
        return found

    compare(run, rtol=1e-6)
