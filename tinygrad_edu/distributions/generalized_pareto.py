"""GeneralizedPareto: what lies beyond a high threshold."""

from __future__ import annotations

import math
from typing import Any

from ..ops.creation import ones_like, zeros_like
from ..ops.random_ops import rand
from ..ops.registry import functions
from . import constraints
from .distribution import Distribution, batch_of, broadcast_all


class GeneralizedPareto(Distribution):
    """Tails: ``P(X > x) = (1 + c z)^(-1/c)`` with ``z = (x - loc) / scale``; exponential for a concentration ``c`` of 0.

    >>> GeneralizedPareto(0.0, 1.0, 0.5).mean
    tensor(2.)
    """

    arg_constraints = {
        "loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real,
    }  # fmt: skip
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(batch_of(loc, scale, concentration, like=self.loc), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        upper = functions["where"](self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, upper)

    def _split(self) -> tuple[Any, Any]:
        """Where the concentration is 0, and the concentration with 1 in those places."""
        zero = functions["isclose"](self.concentration, zeros_like(self.concentration))
        return zero, functions["where"](zero, ones_like(self.concentration), self.concentration)

    def _z(self, value: Any) -> Any:
        return (value - self.loc) / self.scale

    def rsample(self, sample_shape: Any = ()) -> Any:
        u = rand(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device)
        return self.icdf(u)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        z, (zero, c) = self._z(value), self._split()
        power = 1 / c + ones_like(z)
        other = functions["where"](power == 0, power, power * (c * z).log1p())
        return -self.scale.log() - functions["where"](zero, z, other)

    def log_survival_function(self, value: Any) -> Any:
        """``log P(X > value)``."""
        if self._validate_args:
            self._validate_sample(value)
        z, (zero, c) = self._z(value), self._split()
        return functions["where"](zero, -z, -(c * z).log1p() / c)

    def log_cdf(self, value: Any) -> Any:
        """``log P(X <= value)``."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Any) -> Any:
        return self.log_cdf(value).exp()

    def icdf(self, value: Any) -> Any:
        zero, c = self._split()
        log = (-value).log1p()
        return functions["where"](zero, self.loc - self.scale * log, self.loc + self.scale / c * (-c * log).expm1())

    def _where_below(self, limit: float, formula: Any) -> Any:
        """The formula where the concentration is below a limit, nan elsewhere."""
        valid = self.concentration < limit
        c = functions["where"](valid, self.concentration, limit / 2)
        return functions["where"](valid, formula(c), math.nan)

    @property
    def mean(self) -> Any:
        return self._where_below(1, lambda c: self.loc + self.scale / (1 - c))

    @property
    def variance(self) -> Any:
        return self._where_below(0.5, lambda c: self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c)))

    @property
    def mode(self) -> Any:
        return self.loc

    def entropy(self) -> Any:
        return (self.scale.log() + self.concentration + 1).expand(self._batch_shape)
