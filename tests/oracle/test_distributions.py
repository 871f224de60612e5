"""torch.distributions: samples from one seed, log-probabilities, moments, entropies, gradients, divergences, messages."""

from __future__ import annotations

import pytest
from oracle.harness import compare, compare_form

MADE = {
    "normal": "d.Normal(m.tensor([0.5, -1.0]).requires_grad_(), m.tensor([1.0, 2.5]).requires_grad_())",
    "normal of numbers": "d.Normal(0, 1.5)",
    "normal broadcast": "d.Normal(m.zeros(3, 1), m.tensor([1.0, 2.0], dtype=m.float64).double())",
    "lognormal": "d.LogNormal(m.tensor([0.5, -1.0]), m.tensor(0.4))",
    "uniform": "d.Uniform(m.tensor([-1.0, 2.0]), m.tensor([3.0, 2.5]).requires_grad_())",
    "exponential": "d.Exponential(m.tensor([0.3, 4.0]).requires_grad_())",
    "laplace": "d.Laplace(m.tensor([0.5, -1.0]).requires_grad_(), m.tensor([1.0, 2.5]))",
    "bernoulli": "d.Bernoulli(m.tensor([0.2, 0.5, 0.99]).requires_grad_())",
    "bernoulli logits": "d.Bernoulli(logits=m.tensor([-2.0, 0.3]).requires_grad_())",
    "geometric": "d.Geometric(m.tensor([0.2, 0.9]))",
    "poisson": "d.Poisson(m.tensor([0.5, 7.0]))",
    "categorical": "d.Categorical(m.tensor([[1.0, 2.0, 3.0], [0.0, 0.5, 0.5]]))",
    "categorical logits": "d.Categorical(logits=m.tensor([[1.0, 2.0, 3.0], [0.1, -4.0, 2.0]]).requires_grad_())",
    "one hot": "d.OneHotCategorical(m.tensor([0.1, 0.6, 0.3]))",
    "covariance": "d.MultivariateNormal(m.tensor([1.0, 2.0]).requires_grad_(), m.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "diagonal": "d.MultivariateNormal(m.zeros(3, 2), m.diag(m.tensor([0.5, 2.0])))",
    "factor": "d.MultivariateNormal(m.zeros(2), scale_tril=m.tensor([[2.0, 0.0], [0.5, 1.0]]))",
    "precision": "d.MultivariateNormal(m.zeros(2), precision_matrix=m.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "independent": "d.Independent(d.Normal(m.zeros(3, 2), m.ones(3, 2)), 1)",
    "cauchy": "d.Cauchy(m.tensor([0.5, -1.0]).requires_grad_(), m.tensor([1.0, 2.5]))",
    "gamma": "d.Gamma(m.tensor([0.3, 2.0, 40.0]).requires_grad_(), m.tensor([1.0, 2.0, 0.5]).requires_grad_())",
    "chi2": "d.Chi2(m.tensor([1.0, 4.0]))",
    "beta": "d.Beta(m.tensor([0.5, 2.0]).requires_grad_(), m.tensor([0.5, 3.0]))",
    "beta of numbers": "d.Beta(2, 3.0)",
    "dirichlet": "d.Dirichlet(m.tensor([[0.5, 2.0, 1.0], [4.0, 5.0, 6.0]]).requires_grad_())",
    "student": "d.StudentT(m.tensor([0.7, 1.5, 3.0]), 1.0, m.tensor([1.0, 2.0, 0.5]))",
    "fisher": "d.FisherSnedecor(m.tensor([1.0, 5.0]), m.tensor([3.0, 6.0]))",
    "inverse gamma": "d.InverseGamma(m.tensor([1.5, 3.0]), m.tensor([1.0, 0.5]))",
    "kumaraswamy": "d.Kumaraswamy(m.tensor([0.5, 2.0]), m.tensor([1.5, 3.0]))",
    "gumbel": "d.Gumbel(m.tensor([0.5, -1.0]).requires_grad_(), m.tensor([1.0, 2.5]))",
    "gumbel of numbers": "d.Gumbel(0.5, 2.0)",
    "weibull": "d.Weibull(m.tensor([1.0, 2.0]), m.tensor([1.5, 0.8]))",
    "pareto": "d.Pareto(m.tensor([1.0, 2.0]), m.tensor([1.5, 3.0]))",
    "half normal": "d.HalfNormal(m.tensor([1.0, 2.0]))",
    "half cauchy": "d.HalfCauchy(m.tensor([1.0, 2.0]))",
    "logistic normal": "d.LogisticNormal(m.zeros(2), m.ones(2))",
    "relaxed": "d.RelaxedBernoulli(m.tensor(0.7), m.tensor([0.2, 0.9]))",
    "relaxed one hot": "d.RelaxedOneHotCategorical(m.tensor(0.7), m.tensor([0.2, 0.5, 0.3]))",
    "straight through": "d.OneHotCategoricalStraightThrough(m.tensor([0.2, 0.8]))",
    "binomial": "d.Binomial(12, m.tensor([0.2, 0.95]))",
    "negative binomial": "d.NegativeBinomial(m.tensor([3.0, 5.0]), m.tensor([0.2, 0.7]))",
    "multinomial": "d.Multinomial(5, m.tensor([0.2, 0.5, 0.3]))",
    "continuous bernoulli": "d.ContinuousBernoulli(m.tensor([0.2, 0.5, 0.9]))",
    "von mises": "d.VonMises(m.tensor([0.0, 1.0]), m.tensor([0.5, 20.0]))",
    "mixture": "d.MixtureSameFamily(d.Categorical(m.tensor([0.3, 0.7])), d.Normal(m.tensor([-1.0, 2.0]), m.ones(2)))",
    "low rank": "d.LowRankMultivariateNormal(m.zeros(2), m.tensor([[1.0], [0.5]]), m.tensor([1.0, 2.0]))",
    "correlations": "d.LKJCholesky(3, m.tensor(0.7))",
    "wishart": "d.Wishart(m.tensor(4.0), m.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "affine": "d.TransformedDistribution(d.Normal(m.zeros(2), 1.0), [d.AffineTransform(1.0, -2.0), d.ExpTransform()])",
    "stick": "d.TransformedDistribution(d.Normal(m.zeros(3), 1.0), [d.StickBreakingTransform()])",
}  # fmt: skip


def made(m, text):
    return eval(text, {"m": m, "d": m.distributions})


def each(run):
    """What a method gives, or that there is none."""
    try:
        return run()
    except NotImplementedError:
        return "none"


@pytest.mark.parametrize("name", MADE)
def test_family(name):
    def run(m):
        p = made(m, MADE[name])
        m.manual_seed(3)
        found = [p.sample(), p.sample((4,)), p.sample((2, 3)), p.batch_shape, p.event_shape, repr(p)]
        x = p.sample((5,))
        found += [p.log_prob(x), each(p.entropy), each(lambda: p.cdf(x)), each(lambda: p.icdf(m.full((2,), 0.3)))]
        found += [each(lambda: p.mean), each(lambda: p.mode), each(lambda: p.variance), each(lambda: p.stddev)]
        found += [each(p.enumerate_support), p.has_rsample, p.has_enumerate_support, repr(p.support)]
        found += [p.expand((2, *p.batch_shape)).sample(), p.expand((2, *p.batch_shape)).log_prob(x[0]), repr(p)]
        if p.has_rsample:
            found.append(p.rsample((2,)))
        return found

    compare(run, rtol=4e-6, atol=4e-6)


@pytest.mark.parametrize("name", ["normal", "uniform", "exponential", "laplace", "bernoulli", "bernoulli logits",
                                  "categorical logits", "covariance", "gamma", "beta", "dirichlet", "cauchy", "gumbel"])  # fmt: skip
def test_gradients(name):
    def run(m):
        p = made(m, MADE[name])
        leaves = [v for v in vars(p).values() if isinstance(v, m.Tensor) and v.requires_grad and v.is_leaf]
        m.manual_seed(5)
        loss = p.log_prob(p.sample((6,))).sum() + p.entropy().sum()
        if p.has_rsample:
            loss = loss + (p.rsample((6,)) ** 2).sum()
        loss.backward()
        return [v.grad for v in leaves]

    # PyTorch's own gradients of gamma, beta and Dirichlet samples are right to about four digits
    approximate = name in ("gamma", "beta", "dirichlet")
    compare(run, rtol=1e-3 if approximate else 1e-5, atol=1e-3 if approximate else 1e-5)


PAIRS = [
    ("Normal", "(m.tensor([0.0, 1.0]), 1.5)", "(0.5, m.tensor([1.0, 3.0]))"),
    ("Bernoulli", "(m.tensor([0.1, 0.5, 1.0, 0.0]),)", "(m.tensor([0.3, 0.5, 0.5, 0.0]),)"),
    ("Categorical", "(m.tensor([0.1, 0.5, 0.4]),)", "(m.tensor([0.3, 0.3, 0.4]),)"),
    ("Categorical", "(m.tensor([0.1, 0.0, 0.9]),)", "(m.tensor([0.0, 0.5, 0.5]),)"),
    ("OneHotCategorical", "(m.tensor([0.1, 0.5, 0.4]),)", "(m.tensor([0.3, 0.3, 0.4]),)"),
    ("Geometric", "(m.tensor([0.1, 0.5]),)", "(m.tensor([0.3, 0.3]),)"),
    ("Poisson", "(m.tensor([0.1, 5.0]),)", "(m.tensor([0.3, 3.0]),)"),
    ("Exponential", "(m.tensor([0.1, 5.0]),)", "(m.tensor([0.3, 3.0]),)"),
    ("Laplace", "(m.tensor([0.1, 5.0]), 1.0)", "(m.tensor([0.3, 3.0]), 2.0)"),
    ("Uniform", "(m.tensor([0.1, 0.5]), 1.0)", "(0.0, m.tensor([2.0, 0.9]))"),
    ("MultivariateNormal", "(m.zeros(2), m.eye(2))", "(m.ones(2), m.tensor([[2.0, 0.5], [0.5, 1.0]]))"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "p", "q"), PAIRS, ids=[f"{f}-{i}" for i, (f, _, _) in enumerate(PAIRS)])
def test_divergence(family, p, q):
    def run(m):
        kind = getattr(m.distributions, family)
        return m.distributions.kl_divergence(*(kind(*eval(x, {"m": m})) for x in (p, q)))

    compare(run, rtol=4e-6, atol=4e-6)


def test_divergences_between_families():
    """Every pair of families that has a formula."""
    made = {
        "Bernoulli": "m.tensor([0.2, 0.7])", "Beta": "m.tensor([0.5, 2.0]), m.tensor([1.5, 3.0])", "Binomial": "4, m.tensor([0.2, 0.7])",
        "Cauchy": "m.tensor([0.2, 0.7]), 1.5", "ContinuousBernoulli": "m.tensor([0.2, 0.7])", "Exponential": "m.tensor([0.2, 1.7])",
        "Gamma": "m.tensor([0.5, 2.0]), m.tensor([1.5, 3.0])", "Gumbel": "m.tensor([0.5, -2.0]), m.tensor([1.5, 3.0])",
        "HalfNormal": "m.tensor([0.2, 1.7])", "Laplace": "m.tensor([0.5, -2.0]), m.tensor([1.5, 3.0])",
        "Normal": "m.tensor([0.7, -2.0]), m.tensor([1.2, 3.0])", "Pareto": "m.tensor([0.5, 0.1]), m.tensor([1.5, 3.0])",
        "Poisson": "m.tensor([0.5, 2.0])", "Uniform": "m.tensor([0.5, -1.0]), m.tensor([0.9, 3.0])",
        "LogNormal": "m.tensor([0.7, -2.0]), m.tensor([1.2, 3.0])", "Dirichlet": "m.tensor([[0.7, 2.0], [1.2, 3.0]])",
        "MultivariateNormal": "m.zeros(2), m.tensor([[2.0, 0.5], [0.5, 1.0]])",
        "LowRankMultivariateNormal": "m.ones(2), m.tensor([[1.0], [0.5]]), m.tensor([1.0, 2.0])",
    }  # fmt: skip

    def run(m):
        found = {}
        for p, first in made.items():
            for q, second in made.items():
                ours, other = (eval(f"m.distributions.{k}({args})", {"m": m}) for k, args in ((p, first), (q, second)))
                found[f"{p} {q}"] = each(lambda p=ours, q=other: m.distributions.kl_divergence(p, q))
        assert sum(v != "none" for v in found.values() if isinstance(v, str)) < len(found) - 100
        return found

    compare(run, rtol=2e-5, atol=2e-5)


def test_transforms():
    """There, back, Jacobian, shapes, repr; and the transforms that constraints lead to."""
    texts = [
        "t.ExpTransform()", "t.TanhTransform(cache_size=1)", "t.SigmoidTransform()", "t.SoftplusTransform()", "t.AffineTransform(1.0, -2.0)",
        "t.AffineTransform(m.ones(3), m.tensor([1.0, 2.0, 3.0]), event_dim=1)", "t.SoftmaxTransform()", "t.StickBreakingTransform()",
        "t.ComposeTransform([t.AffineTransform(1.0, 2.0), t.ExpTransform()])", "t.ExpTransform().inv.inv", "t.AbsTransform()",
        "t.ComposeTransform([t.ExpTransform(), t.PowerTransform(2.0)])", "t.IndependentTransform(t.ExpTransform(), 1)",
        "t.ReshapeTransform((3,), (3, 1))", "t.CorrCholeskyTransform()", "t.CatTransform([t.ExpTransform(), t.TanhTransform()], -1, [1, 2])",
        "t.StackTransform([t.ExpTransform(), t.TanhTransform(), t.ExpTransform()], -1)",
        "t.CumulativeDistributionTransform(m.distributions.Normal(0.0, 1.0))",
    ]  # fmt: skip
    bounds = ["positive", "unit_interval", "real", "simplex", "greater_than(2.0)", "less_than(2.0)", "interval(-1.0, 2.0)", "lower_cholesky",
              "corr_cholesky", "positive_definite", "real_vector", "independent(c.positive, 1)"]  # fmt: skip

    def run(m):
        t, c, found = m.distributions.transforms, m.distributions.constraints, []
        for text in texts:
            f, x = eval(text, {"t": t, "m": m}), m.tensor([[0.3, -0.5, 1.2], [0.1, 2.0, -1.0]])
            y = f(x)
            found += [
                y,
                f.inv(y),
                repr(f),
                repr(f.inv),
                f.bijective,
                f.forward_shape(x.shape),
                repr(f.domain),
                repr(f.codomain),
            ]
            found.append(each(lambda f=f, x=x, y=y: f.log_abs_det_jacobian(x, y)))
            found.append(f == eval(text, {"t": t, "m": m}))
        for text in bounds:
            bound = eval(f"c.{text}", {"c": c})
            found += [
                repr(bound),
                each(lambda b=bound: repr(m.distributions.biject_to(b))),
                repr(m.distributions.transform_to(bound)),
            ]
        return found

    compare(run, rtol=1e-5, atol=1e-5)


FORMS = {
    "both": "d.Bernoulli(probs=0.5, logits=0.0)",
    "neither": "d.Categorical()",
    "scale": "d.Normal(0.0, -1.0)",
    "scales": "d.Normal(torch.zeros(2), torch.tensor([1.0, -1.0]))",
    "probs": "d.Bernoulli(torch.tensor([0.5, 1.5]))",
    "rate": "d.Exponential(0.0)",
    "bounds": "d.Uniform(1.0, 0.0)",
    "simplex": "d.Categorical(torch.tensor([-0.5, 0.5]))",
    "scalar": "d.Categorical(torch.tensor(0.5))",
    "value": "d.Bernoulli(0.5).log_prob(torch.tensor(2.0))",
    "class": "d.Categorical(torch.ones(3)).log_prob(torch.tensor(3))",
    "outside": "d.Uniform(0.0, 1.0).log_prob(torch.tensor(2.0))",
    "nan": "d.Normal(0.0, 1.0).log_prob(torch.tensor(math.nan))",
    "number": "d.Normal(0.0, 1.0).log_prob(0.5)",
    "shape": "d.Normal(torch.zeros(3), 1.0).log_prob(torch.zeros(2))",
    "event": "d.MultivariateNormal(torch.zeros(3), torch.eye(3)).log_prob(torch.zeros(2))",
    "two matrices": "d.MultivariateNormal(torch.zeros(3), torch.eye(3), torch.eye(3))",
    "not positive": "d.MultivariateNormal(torch.zeros(2), -torch.eye(2))",
    "no divergence": "d.kl_divergence(d.Categorical(torch.ones(2)), d.Normal(0.5, 1.0))",
    "text": "d.Normal('a', 1.0)",
    "too many": "d.Independent(d.Normal(0.0, 1.0), 1)",
    "rsample": "d.Categorical(torch.ones(2)).rsample()",
    "unchecked": "d.Normal(0.0, -1.0, validate_args=False)",
    "policy": """
torch.manual_seed(0); p = d.Categorical(logits=torch.zeros(4, requires_grad=True)); a = p.sample(); print(a, p.log_prob(a), p.perplexity())
""",
    "own": """
class Two(d.Distribution):
    arg_constraints = {}
    def log_prob(self, x): return x * 2
print(Two(validate_args=False).log_prob(torch.ones(1)), Two(torch.Size([2])).batch_shape)
""",
}


@pytest.mark.parametrize("name", FORMS)
def test_form(name):
    compare_form("d = torch.distributions\n" + FORMS[name])
