"""Probability distributions with samples, log-probabilities and divergences: torch.distributions' names."""

from __future__ import annotations

import re as _re
import sys as _sys
from typing import Any as _Any

from . import constraints, kl_pairs, transforms, utils
from .constraint_registry import biject_to, transform_to
from .continuous import Cauchy, Exponential, Laplace, MultivariateNormal, Normal, Uniform
from .counts import Binomial, ContinuousBernoulli, Multinomial, NegativeBinomial
from .discrete import Bernoulli, Categorical, Geometric, OneHotCategorical, Poisson
from .distribution import Distribution, Independent
from .family import ExponentialFamily
from .gammas import Beta, Chi2, Dirichlet, FisherSnedecor, Gamma, StudentT
from .generalized_pareto import GeneralizedPareto
from .kl import kl_divergence, register_kl
from .matrices import LKJCholesky, LowRankMultivariateNormal, Wishart
from .mixtures import MixtureSameFamily, OneHotCategoricalStraightThrough, VonMises
from .transformed import (
    Gumbel,
    HalfCauchy,
    HalfNormal,
    InverseGamma,
    Kumaraswamy,
    LogisticNormal,
    LogNormal,
    Pareto,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
    TransformedDistribution,
    Weibull,
)
from .transforms import *  # noqa: F403
from .transforms import __all__ as _transforms

__all__ = [
    "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ContinuousBernoulli", "Dirichlet", "Distribution",
    "Exponential", "ExponentialFamily", "FisherSnedecor", "Gamma", "GeneralizedPareto", "Geometric", "Gumbel", "HalfCauchy", "HalfNormal",
    "Independent", "InverseGamma", "Kumaraswamy", "LKJCholesky", "Laplace", "LogNormal", "LogisticNormal",
    "LowRankMultivariateNormal", "MixtureSameFamily", "Multinomial", "MultivariateNormal", "NegativeBinomial", "Normal",
    "OneHotCategorical", "OneHotCategoricalStraightThrough", "Pareto", "Poisson", "RelaxedBernoulli",
    "RelaxedOneHotCategorical", "StudentT", "TransformedDistribution", "Uniform", "VonMises", "Weibull", "Wishart",
    "biject_to", "kl_divergence", "register_kl", "transform_to", *_transforms,
]  # fmt: skip

# torch has a file for every family. The package stands for each of them: distributions.normal.Normal
_FILES = {_re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in __all__ if name[0].isupper()}
_FILES |= {
    "studentT",
    "fishersnedecor",
    "lowrank_multivariate_normal",
    "relaxed_categorical",
    "exp_family",
    "lkj_cholesky",
}


def __getattr__(name: str) -> _Any:
    if name in _FILES:
        return _sys.modules[__package__]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
