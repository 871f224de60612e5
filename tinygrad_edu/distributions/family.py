"""Exponential families: entropy and divergence follow from the function that makes their densities add up to one."""

from __future__ import annotations

from typing import Any

from ..autograd.backward import grad
from .distribution import Distribution


class ExponentialFamily(Distribution):
    """A family whose densities are ``exp(t(x)·θ - F(θ) + k(x))``.

    One of your own that gives ``_natural_params`` (θ), ``_log_normalizer`` (F) and ``_mean_carrier_measure`` (the mean of
    k) has its entropy from here, since the mean of t is the gradient of F (Nielsen and Nock 2010).
    """

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> float:
        raise NotImplementedError

    def entropy(self) -> Any:
        """``F(θ) - θ·F'(θ)`` less the mean of k."""
        carrier = self._mean_carrier_measure
        params, normalizer, means = normalizer_and_means(self)
        result = normalizer - carrier
        for theta, mean in zip(params, means):
            result = result - (theta * mean).reshape((*self.batch_shape, -1)).sum(-1)
        return result


def normalizer_and_means(family: ExponentialFamily) -> tuple[list[Any], Any, tuple[Any, ...]]:
    """θ, F(θ) and F'(θ)."""
    params = [p.detach().requires_grad_() for p in family._natural_params]
    normalizer = family._log_normalizer(*params)
    return params, normalizer, grad(normalizer.sum(), params, create_graph=True)
