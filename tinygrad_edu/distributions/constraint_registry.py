"""Which transform leads from unconstrained numbers to those that a constraint allows: `biject_to`, `transform_to`."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

from . import constraints, transforms
from .constraints import Constraint


class ConstraintRegistry:
    """Calls the function registered for a constraint's class: ``registry(constraint)`` is a transform.

    >>> from tinygrad_edu.distributions import constraints, transform_to
    >>> transform_to(constraints.simplex)
    SoftmaxTransform()
    """

    def __init__(self) -> None:
        self._registry: dict[type, Callable[[Any], Any]] = {}

    def register(self, constraint: Any, factory: Any = None) -> Any:
        """Use ``factory`` for this class of constraints; a decorator without it."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        kind = type(constraint) if isinstance(constraint, Constraint) else constraint
        if not isinstance(kind, type) or not issubclass(kind, Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Constraint) -> Any:
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _both(*kinds: Any) -> Callable[[Any], Any]:
    def keep(factory: Any) -> Any:
        for kind in kinds:
            biject_to.register(kind, factory)
            transform_to.register(kind, factory)
        return factory

    return keep


_both(constraints.real)(lambda c: transforms.identity_transform)
_both(constraints.positive, constraints.nonnegative)(lambda c: transforms.ExpTransform())
for _registry in (biject_to, transform_to):
    _registry.register(
        constraints.independent,
        lambda c, registry=_registry: transforms.IndependentTransform(
            registry(c.base_constraint), c.reinterpreted_batch_ndims
        ),
    )
    _registry.register(
        constraints.cat,
        lambda c, registry=_registry: transforms.CatTransform([registry(each) for each in c.cseq], c.dim, c.lengths),
    )
    _registry.register(
        constraints.stack,
        lambda c, registry=_registry: transforms.StackTransform([registry(each) for each in c.cseq], c.dim),
    )


@_both(constraints.greater_than, constraints.greater_than_eq)
def _above(c: Any) -> Any:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(c.lower_bound, 1)])


@_both(constraints.less_than)
def _below(c: Any) -> Any:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(c.upper_bound, -1)])


@_both(constraints.interval, constraints.half_open_interval)
def _between(c: Any) -> Any:
    low, high = c.lower_bound, c.upper_bound
    if all(isinstance(v, numbers.Number) for v in (low, high)) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)])


biject_to.register(constraints.simplex, lambda c: transforms.StickBreakingTransform())
transform_to.register(constraints.simplex, lambda c: transforms.SoftmaxTransform())
transform_to.register(constraints.lower_cholesky, lambda c: transforms.LowerCholeskyTransform())
for _matrix in (constraints.positive_definite, constraints.positive_semidefinite):
    transform_to.register(_matrix, lambda c: transforms.PositiveDefiniteTransform())
_both(constraints.corr_cholesky)(lambda c: transforms.CorrCholeskyTransform())
