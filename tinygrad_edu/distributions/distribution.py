"""`Distribution`: shapes, checks and what every family shares; `Independent`, which reads batch dimensions as one event."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Self

from .. import dtypes
from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from ..ops.creation import tensor
from ..ops.shape import broadcast_tensors
from ..size import Size
from .constraints import Constraint, independent, is_dependent

_OURS = (__name__.rpartition(".")[0], "torch.distributions.")  # where our families say that they are from


class Distribution:
    """A probability distribution over tensors of ``event_shape``, one for each element of ``batch_shape``.

    A family names its parameters in ``arg_constraints`` and, in ``_event_dims``, how many dimensions at the right of each
    belong to one event. Samples have the shape sample_shape + batch_shape + event_shape.
    """

    has_rsample = False
    has_enumerate_support = False
    _event_dims: ClassVar[dict[str, int]] = {}
    _validate_args = __debug__

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            try:
                constraints = self.arg_constraints
            except NotImplementedError:
                constraints = {}
                warnings.warn(
                    f"{self.__class__} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the "
                    "distribution with `validate_args=False` to turn off validation.",
                    stacklevel=2,
                )
            for name, constraint in constraints.items():
                if is_dependent(constraint):
                    continue
                if name in self.__dict__ or isinstance(getattr(type(self), name, None), property):
                    self._check_parameter(name, constraint, getattr(self, name))
        super().__init__()  # of the next class, where a distribution is something else too

    def _check_parameter(self, name: str, constraint: Constraint, value: Any) -> None:
        if not bool(constraint.check(value).all()):
            raise ValueError(
                f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution {self!r} to "
                f"satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
            )

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions made from here on check their arguments."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    @property
    def arg_constraints(self) -> Any:
        """What each parameter has to satisfy, by its name."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """The constraint that all samples satisfy."""
        raise NotImplementedError

    @property
    def batch_shape(self) -> Size:
        """The shape over which parameters are batched."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample of one distribution."""
        return self._event_shape

    @property
    def mean(self) -> Any:
        """The expected value."""
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        """The most probable value."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self) -> Any:
        """The expected squared distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The square root of the variance."""
        return self.variance.sqrt()

    def expand(self, batch_shape: Any, _instance: Any = None) -> Self:
        """The same distribution with its parameters expanded to another batch shape."""
        new = self._copy(_instance)
        for name in (*self.arg_constraints, "_param", "_unbroadcasted_scale_tril", "_capacitance_tril"):
            if name in self.__dict__:
                value = self.__dict__[name]
                keep = self._event_dims.get(name, self._event_dims.get("all", 0))
                new.__dict__[name] = value.expand((*batch_shape, *value.shape[value.dim() - keep :]))
        new._batch_shape = Size(batch_shape)
        return new

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """A blank object for `expand` to fill: ``_instance``, or a new one. A class with an ``__init__`` of its own fills it itself."""
        if _instance is None and type(self).__init__ is not cls.__init__:  # type: ignore[misc]
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method must also define a custom "
                ".expand() method."
            )
        return object.__new__(type(self)) if _instance is None else _instance

    def _copy(self, _instance: Any) -> Any:
        """A blank object that has all that this one has, for a family of this package to change."""
        family = next(cls for cls in type(self).__mro__ if cls.__module__.startswith(_OURS))
        if family is Distribution:
            raise NotImplementedError
        new = self._get_checked_instance(family, _instance)
        new.__dict__.update({**self.__dict__, **new.__dict__})
        return new

    def sample(self, sample_shape: Any = ()) -> Any:
        """Draw values; no gradient flows through them."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Draw values as a differentiable function of the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Any:
        """``n`` samples: the older name of ``sample((n,))``."""
        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, or of the probability, at ``value``."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        """The probability of at most ``value``."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        """Where `cdf` is ``value``."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The expected value of ``-log_prob``."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values of a discrete distribution, along a new first dimension."""
        raise NotImplementedError

    def perplexity(self) -> Any:
        """``exp(entropy)``."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size(
            (*iter(sample_shape), *self._batch_shape, *self._event_shape)
        )  # `iter`: for what is no shape, torch's error

    def _validate_sample(self, value: Any) -> None:
        if not isinstance(value, Variable):
            raise ValueError("The value argument to log_prob must be a Tensor")
        shape = Size(value._data.shape)
        if shape[len(shape) - len(self._event_shape) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {shape} vs {self._event_shape}.")
        wanted = self._batch_shape + self._event_shape
        for n, m in zip(reversed(shape), reversed(wanted)):
            if n != 1 and m != 1 and n != m:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {Size(wanted)}.")
        if not bool(self.support.check(value).all()):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(shape)}) to be within the support "
                f"({self.support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        parts = []
        for name in self.arg_constraints:
            if name in self.__dict__:
                value = self.__dict__[name]
                parts.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(parts)})"


class Independent(Distribution):
    """The last batch dimensions of a distribution read as one event: their log-probabilities add up."""

    arg_constraints: Any = {}

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        base, dims = base_distribution, reinterpreted_batch_ndims
        if dims > len(base.batch_shape):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                f"actual {dims} vs {len(base.batch_shape)}"
            )
        at = len(base.batch_shape) - dims
        self.base_dist, self.reinterpreted_batch_ndims = base, dims
        super().__init__(base.batch_shape[:at], base.batch_shape[at:] + base.event_shape, validate_args)
        self.has_rsample = base.has_rsample  # type: ignore[misc]

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        """The base's, for all of the event."""
        dims, base = self.reinterpreted_batch_ndims, self.base_dist.support
        return independent(base, dims) if dims else base

    @property
    def mean(self) -> Any:
        return self.base_dist.mean

    @property
    def mode(self) -> Any:
        return self.base_dist.mode

    @property
    def variance(self) -> Any:
        return self.base_dist.variance

    def expand(self, batch_shape: Any, _instance: Any = None) -> Self:
        """The same distribution with another batch shape."""
        new = self._copy(_instance)
        new.base_dist = self.base_dist.expand((*batch_shape, *self.event_shape[: self.reinterpreted_batch_ndims]))
        new._batch_shape = Size(batch_shape)
        return new  # type: ignore[no-any-return]

    def sample(self, sample_shape: Any = ()) -> Any:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Any:
        if self.reinterpreted_batch_ndims > 0:
            raise NotImplementedError("Enumeration over cartesian product is not implemented")
        return self.base_dist.enumerate_support(expand=expand)

    def entropy(self) -> Any:
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


def sum_rightmost(value: Any, dims: int) -> Any:
    """The sum over the last ``dims`` dimensions."""
    return value.reshape((*value.shape[: value.dim() - dims], -1)).sum(-1) if dims else value


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Numbers and tensors as tensors of one shape; a number gets the first tensor's dtype and device."""
    if not all(isinstance(v, (Variable, int, float, bool)) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    like: Any = next((v for v in values if isinstance(v, Variable)), None)
    dtype, device = (dtypes.get_default_dtype(), None) if like is None else (like.dtype, like.device)
    made = [v if isinstance(v, Variable) else tensor(v, dtype=dtype, device=device) for v in values]
    return tuple(broadcast_tensors(*made))


def batch_of(*given: Any, like: Any) -> Any:
    """The batch shape: none where all parameters were given as numbers."""
    return like.size() if any(isinstance(v, Variable) for v in given) else ()
