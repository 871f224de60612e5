"""Divergences between two families: minus the entropy of p, less the expected logarithm of q's density under p."""

from __future__ import annotations

import math
from typing import Any

from ..ops.registry import functions
from .continuous import Exponential, Laplace, Normal, Uniform
from .counts import Binomial, ContinuousBernoulli
from .discrete import Bernoulli, Poisson
from .gammas import Beta, Gamma
from .kl import register_kl
from .transformed import EULER, Gumbel, Pareto

_LEFT_OUT = math.inf  # where p gives something a probability that q excludes


def _infinite(p: Any, q: Any) -> Any:
    return functions["full_like"](p.mean, math.inf)


_SHARES = (Beta, ContinuousBernoulli, Uniform)
for _p, _kinds in {
    Exponential: (*_SHARES, Pareto), Gamma: (*_SHARES, Pareto), Pareto: _SHARES, Poisson: (Bernoulli, Binomial),
    Beta: (Pareto,), ContinuousBernoulli: (Pareto,),
    **dict.fromkeys((Gumbel, Laplace, Normal), (*_SHARES, Exponential, Gamma, Pareto)),
}.items():  # fmt: skip
    for _q in _kinds:
        register_kl(_p, _q)(_infinite)  # type: ignore[type-abstract]


def _mean_log(p: Any) -> Any:
    """E[log x]."""
    if isinstance(p, Beta):
        return p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma()
    if isinstance(p, Gamma):
        return p.concentration.digamma() - p.rate.log()
    if isinstance(p, Exponential):
        return -EULER - p.rate.log()
    if isinstance(p, Pareto):
        return p.scale.log() + p.alpha.reciprocal()
    assert isinstance(p, Uniform)
    return (p.high.xlogy(p.high) - p.low.xlogy(p.low)) / (p.high - p.low) - 1


def _excluded(p: Any, q: Any) -> Any:
    """Where p has values, or moments, that q's formula does not reach."""
    if isinstance(p, Pareto):
        return p.alpha <= (2 if isinstance(q, Normal) else 1)
    if isinstance(p, Uniform) and isinstance(q, (Exponential, Gamma)):
        return p.low < 0
    return None


def _kl(p: Any, q: Any, expected: Any, excluded: Any = None) -> Any:
    value = -p.entropy() - expected
    where = _excluded(p, q) if excluded is None else excluded
    return value if where is None else value.masked_fill(where.expand_as(value), _LEFT_OUT)


def _to_normal(p: Any, q: Normal) -> Any:
    square = p.variance + (p.mean - q.loc).pow(2)
    return _kl(p, q, -0.5 * math.log(2 * math.pi) - q.scale.log() - square / (2 * q.scale.pow(2)))


def _to_exponential(p: Any, q: Exponential) -> Any:
    return _kl(p, q, q.rate.log() - q.rate * p.mean)


def _to_gamma(p: Any, q: Gamma) -> Any:
    a, rate = q.concentration, q.rate
    return _kl(p, q, a * rate.log() - a.lgamma() + (a - 1) * _mean_log(p) - rate * p.mean)


def _to_gumbel(p: Any, q: Gumbel) -> Any:
    beta = q.scale
    if isinstance(p, Exponential):
        shrunk = p.rate / (p.rate + beta.reciprocal())  # E[exp(-x / β)]
    elif isinstance(p, Gamma):
        shrunk = (1 + (p.rate * beta).reciprocal()).pow(-p.concentration)
    elif isinstance(p, Normal):
        shrunk = (-p.loc / beta + (p.scale / beta).pow(2) / 2).exp()
    else:
        shrunk = beta * ((-p.low / beta).exp() - (-p.high / beta).exp()) / (p.high - p.low)
    return _kl(p, q, -beta.log() - (p.mean - q.loc) / beta - shrunk * (q.loc / beta).exp())


for _p in (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Pareto, Uniform):
    register_kl(_p, Normal)(_to_normal)
for _p in (Beta, ContinuousBernoulli, Gamma, Pareto, Uniform):
    register_kl(_p, Exponential)(_to_exponential)
for _p in (Beta, Exponential, Pareto, Uniform):
    register_kl(_p, Gamma)(_to_gamma)
for _p in (Exponential, Gamma, Normal, Uniform):
    register_kl(_p, Gumbel)(_to_gumbel)


@register_kl(Normal, Laplace)
def _normal_laplace(p: Normal, q: Laplace) -> Any:
    away, ratio = p.loc - q.loc, p.scale / q.scale
    z = away / p.scale
    distance = (
        math.sqrt(2) * ratio * (-0.5 * z.pow(2)).exp() / math.sqrt(math.pi) + ratio * z * (math.sqrt(0.5) * z).erf()
    )
    return -ratio.log() + distance - (0.5 * math.log(2 * math.pi) + 0.5) + math.log(2)


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Bernoulli, q: Poisson) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


def _to_uniform(p: Any, q: Uniform) -> Any:
    return _kl(p, q, -(q.high - q.low).log(), (q.low > 0) | (q.high < 1))


register_kl(Beta, Uniform)(_to_uniform)


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_uniform(p: ContinuousBernoulli, q: Uniform) -> Any:
    return _kl(p, q, -(q.high - q.low).log(), (q.low >= 0) | (q.high <= 1))  # torch counts the edges as outside


def _to_continuous_bernoulli(p: Any, q: ContinuousBernoulli) -> Any:
    outside = None
    if isinstance(p, Uniform):
        outside = (p.high >= 1) | (p.low <= 0)  # torch counts the edges as outside
    return _kl(p, q, p.mean * q.logits + (-q.probs).log1p() + q._log_norm(), outside)


register_kl(Beta, ContinuousBernoulli)(_to_continuous_bernoulli)
register_kl(Uniform, ContinuousBernoulli)(_to_continuous_bernoulli)


@register_kl(Uniform, Beta)
def _uniform_beta(p: Uniform, q: Beta) -> Any:
    a, b = q.concentration1, q.concentration0
    other = Uniform(1 - p.high, 1 - p.low, validate_args=False)  # of 1 - x
    norm = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return _kl(p, q, (a - 1) * _mean_log(p) + (b - 1) * _mean_log(other) - norm, (p.high > 1) | (p.low < 0))


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Uniform, q: Pareto) -> Any:
    density = q.alpha.log() + q.alpha * q.scale.log() - (q.alpha + 1) * _mean_log(p)
    return _kl(p, q, density, p.low < q.scale)
