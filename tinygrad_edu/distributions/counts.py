"""Counts of successes: Binomial, NegativeBinomial, Multinomial; and ContinuousBernoulli, a Bernoulli for shares."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.modes import no_grad
from ..ops.creation import tensor
from ..ops.gamma_samples import binomial
from ..ops.random_ops import poisson, rand
from ..ops.ranges import arange
from ..ops.registry import functional as F
from ..ops.registry import functions
from . import constraints
from .discrete import Categorical, _along_batch, _clamped, _OfClasses, _ProbsOrLogits
from .distribution import Distribution, batch_of, broadcast_all
from .family import ExponentialFamily
from .gammas import Gamma


class _Counted(_ProbsOrLogits):
    """Probabilities (or logits) beside a total count, broadcast against each other."""

    total_count: Any

    def _set(self, total_count: Any, probs: Any, logits: Any, validate_args: bool | None) -> None:
        self._either(probs, logits)
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        self.total_count, self._param = broadcast_all(total_count, given)
        self.__dict__[name] = self._param
        self.total_count = self.total_count.type_as(self._param)
        Distribution.__init__(self, self._param.size(), validate_args=validate_args)


class Binomial(_Counted):
    """How many of ``total_count`` trials succeed with probability ``probs`` each.

    >>> import tinygrad_edu as tg
    >>> tg.distributions.Binomial(2, tg.tensor(0.5)).log_prob(tg.tensor(1.)).exp()
    tensor(0.5000)
    """

    arg_constraints = {
        "total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval, "logits": constraints.real,
    }  # fmt: skip
    has_enumerate_support = True

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._set(total_count, probs, logits, validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        """0 to total_count."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        above = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        return value * logits + ways - (n * above + n * (-logits.abs()).exp().log1p())

    def entropy(self) -> Any:
        n = int(self.total_count.max())
        if n != int(self.total_count.min()):
            raise NotImplementedError("Inhomogeneous total count not supported by `entropy`.")
        logs = self.log_prob(self.enumerate_support(False))
        return -(logs.exp() * logs).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        n = int(self.total_count.max())
        if n != int(self.total_count.min()):
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        values = arange(1 + n, dtype=self._param.dtype, device=self._param.device)
        return _along_batch(values, self._batch_shape, expand)


class NegativeBinomial(_Counted):
    """Successes (of probability ``probs``) before the ``total_count``-th failure."""

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0), "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }  # fmt: skip
    support = constraints.nonnegative_integer

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._set(total_count, probs, logits, validate_args)

    @property
    def mean(self) -> Any:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Any:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Any:
        with no_grad():
            return poisson(Gamma(self.total_count, (-self.logits).exp(), validate_args=False).sample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        n = self.total_count
        plain = n * F["logsigmoid"](-self.logits) + value * F["logsigmoid"](self.logits)
        norm = -(n + value).lgamma() + (1.0 + value).lgamma() + n.lgamma()
        return plain - norm.masked_fill(n + value == 0.0, 0.0)


class Multinomial(_OfClasses):
    """How often each class comes up in ``total_count`` draws of a `Categorical`."""

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self.probs)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:  # type: ignore[override]
        """Counts that add up to at most total_count."""
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Any:
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        drawn = self._categorical.sample((self.total_count, *iter(sample_shape))).movedim(0, -1)
        counts = drawn.new_zeros(self._extended_shape(sample_shape))
        counts.scatter_add_(-1, drawn, functions["ones_like"](drawn))
        return counts.type_as(self.probs)

    def entropy(self) -> Any:
        n = tensor(self.total_count)
        support = self._binomial.enumerate_support(expand=False)[1:]
        probs = self._binomial.log_prob(support).exp()
        ways = (probs * (support + 1).lgamma()).sum([0, -1])
        return n * self._categorical.entropy() - (n + 1).lgamma() + ways

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.masked_fill((value == 0) & (logits == -math.inf), 0)
        return (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1) + (logits * value).sum(-1)


class ContinuousBernoulli(_ProbsOrLogits, ExponentialFamily):
    """A number x between 0 and 1 with a density in proportion to ``probs^x (1 - probs)^(1 - x)`` (Loaiza-Ganem 2019)."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self, probs: Any = None, logits: Any = None, lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        self._either(probs, logits)
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        (param,) = broadcast_all(given)
        if probs is not None:
            if validate_args is not None and not bool(constraints.unit_interval.check(param).all()):
                raise ValueError("The parameter probs has invalid values")
            param = _clamped(param)
        self._param = self.__dict__[name] = param
        self._lims = lims
        super().__init__(batch_of(given, like=param), validate_args=validate_args)

    def _probs_of(self, logits: Any) -> Any:
        return _clamped(logits.sigmoid())

    def _stable(self) -> Any:
        """Where formulas with ``1 - 2 probs`` below the line can be used; near one half there are series."""
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut(self) -> Any:
        return functions["where"](self._stable(), self.probs, self._lims[0] * functions["ones_like"](self.probs))

    def _log_norm(self) -> Any:
        cut, where = self._cut(), functions["where"]
        below, above = where(cut <= 0.5, cut, 0.0), where(cut >= 0.5, cut, 1.0)
        norm = ((-cut).log1p() - cut.log()).abs().log() - where(
            cut <= 0.5, (-2.0 * below).log1p(), (2.0 * above - 1.0).log()
        )
        x = (self.probs - 0.5).pow(2)
        return where(self._stable(), norm, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x)

    @property
    def mean(self) -> Any:
        cut, x = self._cut(), self.probs - 0.5
        value = cut / (2.0 * cut - 1.0) + 1.0 / ((-cut).log1p() - cut.log())
        return functions["where"](self._stable(), value, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x.pow(2)) * x)

    @property
    def variance(self) -> Any:
        cut, x = self._cut(), (self.probs - 0.5).pow(2)
        value = cut * (cut - 1.0) / (1.0 - 2.0 * cut).pow(2) + 1.0 / ((-cut).log1p() - cut.log()).pow(2)
        return functions["where"](self._stable(), value, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    @property
    def stddev(self) -> Any:
        return self.variance.sqrt()

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype, device=self.probs.device))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -F["binary_cross_entropy_with_logits"](logits, value, reduction="none") + self._log_norm()

    def cdf(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        cut, where = self._cut(), functions["where"]
        curve = (cut.pow(value) * (1.0 - cut).pow(1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        inside = where(self._stable(), curve, value)
        zero, one = functions["zeros_like"](value), functions["ones_like"](value)
        return where(value <= 0.0, zero, where(value >= 1.0, one, inside))

    def icdf(self, value: Any) -> Any:
        cut = self._cut()
        far = ((-cut + value * (2.0 * cut - 1.0)).log1p() - (-cut).log1p()) / (cut.log() - (-cut).log1p())
        return functions["where"](self._stable(), far, value)

    def entropy(self) -> Any:
        no, yes = (-self.probs).log1p(), self.probs.log()
        return self.mean * (no - yes) - self._log_norm() - no
