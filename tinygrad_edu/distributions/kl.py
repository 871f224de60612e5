"""``kl_divergence(p, q)``: the expected value under p of ``log p(x) - log q(x)``, for pairs of families with a formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import linalg
from .continuous import Cauchy, Exponential, Laplace, MultivariateNormal, Normal, Uniform
from .counts import Binomial, ContinuousBernoulli
from .discrete import Bernoulli, Categorical, Geometric, OneHotCategorical, Poisson
from .distribution import Distribution, Independent, sum_rightmost
from .family import ExponentialFamily, normalizer_and_means
from .gammas import Beta, Dirichlet, Gamma
from .matrices import LowRankMultivariateNormal
from .transformed import EULER, Gumbel, HalfNormal, Pareto, TransformedDistribution

Formula = Callable[[Any, Any], Any]
_table: dict[tuple[type, type], Formula] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Formula], Formula]:
    """Decorator: the function computes the divergence for these two families (and those that inherit from them)."""
    for kind in (type_p, type_q):
        if not isinstance(kind, type):  # not of Distribution only: torch asks no more either
            raise TypeError("issubclass() arg 1 must be a class")

    def keep(function: Formula) -> Formula:
        _table[type_p, type_q] = function
        return function

    return keep


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """Σ or ∫ ``p(x) (log p(x) - log q(x))``, one number for each element of the batch.

    >>> import tinygrad_edu as tg
    >>> d = tg.distributions
    >>> d.kl_divergence(d.Normal(0.0, 1.0), d.Normal(1.0, 1.0))
    tensor(0.5000)
    """
    found = [
        (type(p).__mro__.index(a) + type(q).__mro__.index(b), formula)
        for (a, b), formula in _table.items()
        if isinstance(p, a) and isinstance(q, b)
    ]
    if found:
        return min(found, key=lambda pair: pair[0])[1](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


@register_kl(ExponentialFamily, ExponentialFamily)
def _within_a_family(p: Any, q: Any) -> Any:
    """``F(θq) - F(θp) - (θq - θp)·F'(θp)``."""
    if type(p) is not type(q):
        raise NotImplementedError(
            f"The cross KL-divergence between different exponential families cannot{' ' * 29}"
            "be computed using Bregman divergences"
        )
    params, normalizer, means = normalizer_and_means(p)
    result = q._log_normalizer(*q._natural_params) - normalizer
    for mine, theirs, mean in zip(params, q._natural_params, means):
        result = result - sum_rightmost((theirs - mine) * mean, len(q.event_shape))
    return result


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Any:
    ratio = (p.scale / q.scale).pow(2)
    shift = ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + shift - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Any:
    from ..ops.registry import functional as F

    plus = F["softplus"]
    yes = p.probs * (plus(-q.logits) - plus(-p.logits))
    yes = yes.masked_fill(q.probs == 0, math.inf).masked_fill(p.probs == 0, 0.0)
    no = (1 - p.probs) * (plus(q.logits) - plus(p.logits))
    return yes + no.masked_fill(q.probs == 1, math.inf).masked_fill(p.probs == 1, 0.0)


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms = terms.masked_fill((q.probs == 0).expand_as(terms), math.inf)
    return terms.masked_fill((p.probs == 0).expand_as(terms), 0.0).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: OneHotCategorical, q: OneHotCategorical) -> Any:
    return _categorical(p._categorical, q._categorical)


@register_kl(Geometric, Geometric)
def _geometric(p: Geometric, q: Geometric) -> Any:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Poisson, Poisson)
def _poisson(p: Poisson, q: Poisson) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Any:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Any:
    ratio, away = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + away / q.scale + ratio * (-away / p.scale).exp() - 1


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Any:
    value = ((q.high - q.low) / (p.high - p.low)).log()
    return value.masked_fill((q.low > p.low) | (q.high < p.high), math.inf)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate(p: MultivariateNormal, q: MultivariateNormal) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError("KL-divergence between two Multivariate Normals with                          different event shapes cannot be computed")  # fmt: skip  # noqa: E501 (torch's text, spaces included)
    n = p.event_shape[0]
    trace = linalg.solve_triangular(q.scale_tril, p.scale_tril, upper=False).pow(2).sum((-2, -1))
    away = (q.loc - p.loc).unsqueeze(-1)
    distance = linalg.solve_triangular(q.scale_tril, away, upper=False).squeeze(-1).pow(2).sum(-1)
    return q._half_log_det() - p._half_log_det() + 0.5 * (trace + distance - n)


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


# ------------------------------------------------------------------------------------ pairs of one family
@register_kl(Beta, Beta)
def _beta(p: Beta, q: Beta) -> Any:
    a, b, total = p.concentration1, p.concentration0, p.concentration1 + p.concentration0
    c, d, other = q.concentration1, q.concentration0, q.concentration1 + q.concentration0
    norm = c.lgamma() + d.lgamma() + total.lgamma() - (a.lgamma() + b.lgamma() + other.lgamma())
    return norm + (a - c) * a.digamma() + (b - d) * b.digamma() + (other - total) * total.digamma()


@register_kl(Binomial, Binomial)
def _binomial(p: Binomial, q: Binomial) -> Any:
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    kl = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    return kl.masked_fill((p.total_count > q.total_count).expand_as(kl), math.inf)


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli(p: ContinuousBernoulli, q: ContinuousBernoulli) -> Any:
    norms = p._log_norm() + (-p.probs).log1p() - q._log_norm() - (-q.probs).log1p()
    return p.mean * (p.logits - q.logits) + norms


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Dirichlet, q: Dirichlet) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    norm = total.lgamma() - b.sum(-1).lgamma() - (a.lgamma() - b.lgamma()).sum(-1)
    return norm + ((a - b) * (a.digamma() - total.digamma().unsqueeze(-1))).sum(-1)


@register_kl(Gamma, Gamma)
def _gamma(p: Gamma, q: Gamma) -> Any:
    norm = q.concentration * (p.rate / q.rate).log() + q.concentration.lgamma() - p.concentration.lgamma()
    more = (p.concentration - q.concentration) * p.concentration.digamma()
    return norm + more + (q.rate - p.rate) * (p.concentration / p.rate)


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Gumbel, q: Gumbel) -> Any:
    ratio, away = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return ratio.log().neg() + away + ratio * EULER + (-away + (1 + ratio).lgamma()).exp() - (1 + EULER)


@register_kl(Pareto, Pareto)
def _pareto(p: Pareto, q: Pareto) -> Any:
    ratio = q.alpha / p.alpha
    kl = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return kl.masked_fill(p.support.lower_bound < q.support.lower_bound, math.inf)


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Cauchy, q: Cauchy) -> Any:
    return ((p.scale + q.scale).pow(2) + (p.loc - q.loc).pow(2)).log() - (4 * p.scale * q.scale).log()


@register_kl(HalfNormal, HalfNormal)
def _half_normal(p: HalfNormal, q: HalfNormal) -> Any:
    return _normal(p.base_dist, q.base_dist)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: TransformedDistribution, q: TransformedDistribution) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


def _gaussian(p: Any, q: Any) -> Any:
    """Two normal distributions over vectors, by their covariances."""
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"KL-divergence between two (Low Rank) Multivariate Normals with{' ' * 25} different event shapes cannot be computed"
        )
    inverse, away = q.precision_matrix, q.loc - p.loc
    trace = (inverse @ p.covariance_matrix).diagonal(dim1=-2, dim2=-1).sum(-1)
    distance = (away.unsqueeze(-2) @ inverse @ away.unsqueeze(-1)).squeeze(-1).squeeze(-1)
    return 0.5 * (_log_det(q) - _log_det(p) + trace + distance - p.event_shape[0])


def _log_det(p: Any) -> Any:
    return p._log_det() if isinstance(p, LowRankMultivariateNormal) else 2 * p._half_log_det()


register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)(_gaussian)
register_kl(LowRankMultivariateNormal, MultivariateNormal)(_gaussian)
register_kl(MultivariateNormal, LowRankMultivariateNormal)(_gaussian)
