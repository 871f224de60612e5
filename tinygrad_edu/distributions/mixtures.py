"""Mixtures, `VonMises` on the circle, and choices whose gradient passes straight through."""

from __future__ import annotations

import math
from typing import Any, Self

from ..autograd.modes import no_grad
from ..ops.random_ops import rand
from ..ops.registry import functions
from ..size import Size
from . import constraints
from .discrete import Categorical, OneHotCategorical
from .distribution import Distribution, batch_of, broadcast_all


class MixtureSameFamily(Distribution):
    """One of the distributions along the last batch dimension, chosen by a `Categorical`.

    >>> import tinygrad_edu as tg
    >>> d = tg.distributions
    >>> d.MixtureSameFamily(d.Categorical(tg.ones(2)), d.Normal(tg.tensor([-1., 1.]), tg.ones(2))).variance
    tensor(2.)
    """

    arg_constraints: dict[str, Any] = {}

    def __init__(
        self, mixture_distribution: Any, component_distribution: Any, validate_args: bool | None = None
    ) -> None:
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        weights, inner = mixture_distribution.batch_shape, component_distribution.batch_shape[:-1]
        for n, m in zip(reversed(weights), reversed(inner)):
            if n != 1 and m != 1 and n != m:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({weights}) is not compatible with "
                    f"`component_distribution.batch_shape`({inner})"
                )
        k, parts = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if k != parts:
            raise ValueError(
                f"`mixture_distribution component` ({k}) does not equal `component_distribution.batch_shape[-1]` ({parts})"
            )
        self._num_component = parts
        event_shape = component_distribution.event_shape
        self._event_ndims = len(event_shape)
        super().__init__(component_distribution.batch_shape[:-1], event_shape, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Self:
        """The same distribution with another batch shape."""
        new = self._copy(_instance)
        new._component_distribution = self._component_distribution.expand((*batch_shape, self._num_component))
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        new._batch_shape = Size(batch_shape)
        return new

    @property
    def mixture_distribution(self) -> Any:
        """Which component."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Any:
        """The components."""
        return self._component_distribution

    @constraints.dependent_property
    def support(self) -> Any:  # type: ignore[override]
        """What the components allow."""
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    def _wide(self, weights: Any) -> Any:
        """Weights of the components with the event's dimensions behind."""
        return weights.reshape((*weights.shape, *(1,) * self._event_ndims))

    @property
    def mean(self) -> Any:
        return (self._wide(self.mixture_distribution.probs) * self.component_distribution.mean).sum(
            -1 - self._event_ndims
        )

    @property
    def variance(self) -> Any:
        at, parts = -1 - self._event_ndims, self.component_distribution
        weights = self._wide(self.mixture_distribution.probs)
        return (weights * parts.variance).sum(at) + (weights * (parts.mean - self.mean.unsqueeze(at)).pow(2.0)).sum(at)

    def cdf(self, value: Any) -> Any:
        x = value.unsqueeze(-1 - self._event_ndims)
        return (self.component_distribution.cdf(x) * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        x = value.unsqueeze(-1 - self._event_ndims)
        logs = self.component_distribution.log_prob(x) + self.mixture_distribution.logits.log_softmax(-1)
        return logs.logsumexp(-1)

    def sample(self, sample_shape: Any = ()) -> Any:
        with no_grad():
            at = len(tuple(sample_shape)) + len(self._batch_shape)
            which = self.mixture_distribution.sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            index = self._wide(which.unsqueeze(-1)).expand((*which.shape, 1, *self._event_shape))
            return drawn.gather(at, index).squeeze(at)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical` whose draws pass gradients on to the probabilities as if they were those (Bengio et al. 2013)."""

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Any:
        probs = self._categorical.probs
        return self.sample(sample_shape) + (probs - probs.detach())


class VonMises(Distribution):
    """Angles around ``loc``: the circle's bell curve, sharper the higher ``concentration``."""

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(batch_of(loc, concentration, like=self.loc), validate_args=validate_args)

    def _log_bessel(self, order: int) -> Any:
        """The logarithm of the modified Bessel function."""
        from .. import special

        scaled: Any = special.i1e if order else special.i0e  # type: ignore[attr-defined]
        return scaled(self.concentration).log() + self.concentration

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        return 1 - (self._log_bessel(1) - self._log_bessel(0)).exp()

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return self.concentration * (value - self.loc).cos() - math.log(2 * math.pi) - self._log_bessel(0)

    def sample(self, sample_shape: Any = ()) -> Any:
        """By the rejection method of Best and Fisher (1979), in float64."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            loc, kappa = self.loc.double(), self.concentration.double()
            tau = 1 + (1 + 4 * kappa**2).sqrt()
            rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
            r = functions["where"](kappa < 1e-5, 1 / kappa + kappa, (1 + rho**2) / (2 * rho))
            x = self.loc.new_empty(shape).double()
            done = functions["zeros_like"](x).bool()
            while not bool(done.all()):
                u1, u2, u3 = rand((3, *shape), dtype=loc.dtype, device=loc.device).unbind()
                z = (math.pi * u1).cos()
                f = (1 + r * z) / (r + z)
                c = kappa * (r - f)
                accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
                x = functions["where"](accept, (u3 - 0.5).sign() * f.acos(), x)
                done = done | accept
            return ((x + math.pi + loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)
