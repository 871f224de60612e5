"""Distributions over whole numbers: Bernoulli, Geometric, Poisson, Categorical, OneHotCategorical."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Self

from ..autograd.modes import enable_grad, no_grad
from ..ops.creation import full
from ..ops.random_ops import bernoulli, multinomial, poisson
from ..ops.ranges import arange, eye
from ..ops.registry import functional as F
from ..ops.shape import broadcast_tensors
from ..size import Size
from ..typeinfo import finfo
from . import constraints
from .constraints import Constraint
from .distribution import Distribution, batch_of, broadcast_all
from .family import ExponentialFamily


def _clamped(probs: Any) -> Any:
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


class _ProbsOrLogits(Distribution):
    """Given by probabilities or by logits; the other is computed when asked for."""

    _param: Any

    def _either(self, probs: Any, logits: Any) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")

    def _logits_of(self, probs: Any) -> Any:
        p = _clamped(probs)
        return p.log() - (-p).log1p()

    def _probs_of(self, logits: Any) -> Any:
        return logits.sigmoid()

    def __getattr__(self, name: str) -> Any:  # reached only for the one that was not given
        other = {"logits": "probs", "probs": "logits"}.get(name)
        if other not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        given = self.__dict__[other]
        with enable_grad():  # kept, also for a later log_prob, though it be `sample` that asks first
            self.__dict__[name] = self._logits_of(given) if name == "logits" else self._probs_of(given)
        return self.__dict__[name]

    @property
    def param_shape(self) -> Size:
        """The shape of what was given."""
        return Size(self._param.shape)


class Bernoulli(_ProbsOrLogits, ExponentialFamily):
    """1 with probability ``probs``, else 0; ``logits`` are the log-odds.

    >>> import tinygrad_edu as tg
    >>> tg.distributions.Bernoulli(tg.tensor(0.25)).log_prob(tg.tensor(1.)).exp()
    tensor(0.2500)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._either(probs, logits)
        given = logits if probs is None else probs
        (self._param,) = broadcast_all(given)
        self.__dict__["logits" if probs is None else "probs"] = self._param
        super().__init__(batch_of(given, like=self._param), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        return self.probs

    @property
    def mode(self) -> Any:
        return (self.probs >= 0.5).to(self.probs.dtype).masked_fill(self.probs == 0.5, math.nan)

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -F["binary_cross_entropy_with_logits"](logits, value, reduction="none")

    def entropy(self) -> Any:
        return F["binary_cross_entropy_with_logits"](self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Any:
        values = arange(2, dtype=self._param.dtype, device=self._param.device)
        return _along_batch(values, self._batch_shape, expand)


class Geometric(_ProbsOrLogits):
    """The number of failures before the first success of trials that succeed with ``probs``."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._either(probs, logits)
        given = logits if probs is None else probs
        (self._param,) = broadcast_all(given)
        self.__dict__["logits" if probs is None else "probs"] = self._param
        super().__init__(batch_of(given, like=self._param), validate_args=validate_args)
        if self._validate_args and probs is not None and not bool((self.probs > 0).all()):
            bad = self.probs[self.probs <= 0]
            raise ValueError(
                f"Expected parameter probs ({type(self.probs).__name__} of shape {tuple(self.probs.shape)}) of distribution "
                f"{self!r} to be positive but found invalid values:\n{bad}"
            )

    @property
    def mean(self) -> Any:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Any:
        return self.probs.new_zeros(self.probs.shape)

    @property
    def variance(self) -> Any:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Any:
        with no_grad():
            u = self.probs.new_empty(self._extended_shape(sample_shape)).uniform_(finfo(self.probs.dtype).tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0.0)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Any:
        return F["binary_cross_entropy_with_logits"](self.logits, self.probs, reduction="none") / self.probs


class Poisson(ExponentialFamily):
    """Counts of events that happen ``rate`` times on average."""

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_of(rate, like=self.rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        return self.rate

    @property
    def mode(self) -> Any:
        return self.rate.floor()

    @property
    def variance(self) -> Any:
        return self.rate

    def sample(self, sample_shape: Any = ()) -> Any:
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()


class Categorical(_ProbsOrLogits):
    """One of K classes: ``probs`` (…, K), in any scale, or ``logits`` (…, K).

    >>> import tinygrad_edu as tg
    >>> tg.distributions.Categorical(tg.tensor([1., 3.])).probs
    tensor([0.2500, 0.7500])
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _event_dims: ClassVar = {"all": 1}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._either(probs, logits)
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        if given.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is not None:
            self._param = self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self._param = self.logits = logits - logits.logsumexp(-1, keepdim=True)
        self._num_events = self._param.size()[-1]
        super().__init__(self._param.size()[:-1], validate_args=validate_args)

    def _logits_of(self, probs: Any) -> Any:
        return _clamped(probs).log()

    def _probs_of(self, logits: Any) -> Any:
        return logits.softmax(-1)

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        """The numbers of the classes."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Any:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype, device=self.probs.device)

    @property
    def mode(self) -> Any:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Any:
        return self.mean

    def sample(self, sample_shape: Any = ()) -> Any:
        count = math.prod(sample_shape)
        drawn = multinomial(self.probs.reshape(-1, self._num_events), count, True).T
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        value, logs = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logs.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self) -> Any:
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        return _along_batch(arange(self._num_events, device=self._param.device), self._batch_shape, expand)


class _OfClasses(Distribution):
    """A distribution that is told by the `Categorical` it holds."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    _categorical: Categorical

    def expand(self, batch_shape: Any, _instance: Any = None) -> Self:
        """The same distribution with another batch shape."""
        new = super().expand(batch_shape, _instance)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @property
    def probs(self) -> Any:
        """The probabilities of the classes."""
        return self._categorical.probs

    @property
    def logits(self) -> Any:
        """Their logarithms."""
        return self._categorical.logits


class OneHotCategorical(_OfClasses):
    """`Categorical` whose samples are rows of the identity matrix."""

    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    @property
    def mean(self) -> Any:
        return self._categorical.probs

    @property
    def mode(self) -> Any:
        return F["one_hot"](self.probs.argmax(-1), self.probs.shape[-1]).to(self.probs.dtype)

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        drawn = self._categorical.sample(sample_shape)
        return F["one_hot"](drawn, self._categorical._num_events).to(self.probs.dtype)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Any:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Any:
        n = self._event_shape[0]
        values = eye(n, dtype=self.probs.dtype, device=self.probs.device)
        values = values.view((n, *(1,) * len(self._batch_shape), n))
        return values.expand((n, *self._batch_shape, n)) if expand else values


def _along_batch(values: Any, batch_shape: Size, expand: bool) -> Any:
    values = values.view((-1, *(1,) * len(batch_shape)))
    return values.expand((-1, *batch_shape)) if expand else values
