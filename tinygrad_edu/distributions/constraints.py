"""What a parameter or a value must satisfy: each constraint checks a tensor element by element and prints as torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Constraint:
    """``check(value)`` is True where the value is allowed; ``event_dim`` dimensions at the right are checked together."""

    def __init__(self, text: str, check: Callable[[Any], Any], event_dim: int = 0, is_discrete: bool = False) -> None:
        self._text, self._check, self.event_dim, self.is_discrete = text, check, event_dim, is_discrete

    def check(self, value: Any) -> Any:
        """Where ``value`` is allowed."""
        return self._check(value)

    def __repr__(self) -> str:
        return self._text


def _symmetric(matrix: Any) -> Any:
    return (matrix - matrix.mT).abs().amax((-2, -1)) <= 1e-6 * matrix.abs().amax((-2, -1)) + 1e-6


def _positive_definite(matrix: Any) -> Any:
    from ..linalg import cholesky_ex

    return _symmetric(matrix) & (cholesky_ex(matrix).info == 0)


def _lower_cholesky(matrix: Any) -> Any:
    lower = (matrix.tril() == matrix).flatten(-2).all(-1)
    return lower & (matrix.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


def greater_than(bound: Any) -> Constraint:
    """x > bound."""
    return Constraint(f"GreaterThan(lower_bound={bound})", lambda x: x > bound)


def greater_than_eq(bound: Any) -> Constraint:
    """x ≥ bound."""
    return Constraint(f"GreaterThanEq(lower_bound={bound})", lambda x: x >= bound)


def less_than(bound: Any) -> Constraint:
    """x < bound."""
    return Constraint(f"LessThan(upper_bound={bound})", lambda x: x < bound)


def interval(low: Any, high: Any) -> Constraint:
    """low ≤ x ≤ high."""
    return Constraint(f"Interval(lower_bound={low}, upper_bound={high})", lambda x: (x >= low) & (x <= high))


def integer_interval(low: Any, high: Any) -> Constraint:
    """A whole number from low to high."""
    text = f"IntegerInterval(lower_bound={low}, upper_bound={high})"
    return Constraint(text, lambda x: (x % 1 == 0) & (x >= low) & (x <= high), is_discrete=True)


def independent(base: Constraint, dims: int) -> Constraint:
    """The last ``dims`` dimensions allowed together."""
    text = f"IndependentConstraint({base!r}, {dims})"

    def check(x: Any) -> Any:
        found = base.check(x)
        return found.reshape((*found.shape[: found.dim() - dims], -1)).all(-1)

    return Constraint(text, check, base.event_dim + dims, base.is_discrete)


boolean = Constraint("Boolean()", lambda x: (x == 0) | (x == 1), is_discrete=True)
real = Constraint("Real()", lambda x: x == x)
real_vector = independent(real, 1)
positive = greater_than(0.0)
nonnegative = greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
nonnegative_integer = Constraint(
    "IntegerGreaterThan(lower_bound=0)", lambda x: (x % 1 == 0) & (x >= 0), is_discrete=True
)
simplex = Constraint("Simplex()", lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6), 1)
one_hot = Constraint("OneHot()", lambda x: ((x == 0) | (x == 1)).all(-1) & (x.sum(-1) == 1), 1, is_discrete=True)
positive_definite = Constraint("PositiveDefinite()", _positive_definite, 2)
lower_cholesky = Constraint("LowerCholesky()", _lower_cholesky, 2)
