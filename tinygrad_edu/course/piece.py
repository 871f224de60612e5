"""A replaceable piece of the framework, and the tools with which one is put in and taken out again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from ..autograd.op import Op
from ..autograd.variable import Variable, wrap

Case = tuple[str, tuple[Any, ...]]  # what is special about it, and the arguments
Undo = Callable[[], None]


def call(mine: Callable[..., Any], *args: Any) -> Any:
    """What is compared of most pieces: their result."""
    return mine(*args)


@dataclass(frozen=True)
class Piece:
    """One replaceable part: ``reference`` is the framework's own, called as the learner's is."""

    exercise: str  # the notebook in which it is written
    cases: Callable[[np.random.Generator], Iterator[Case]]
    reference: Any
    install: Callable[[Any], Undo]
    outcome: Callable[..., Any] = call  # what of a call is compared


# ------------------------------------------------------------------------------------------------ putting in, taking out
def attribute(place: Any, name: str, value: Any) -> Undo:
    before = getattr(place, name)
    setattr(place, name, value)
    return lambda: setattr(place, name, before)


def all_of(*undos: Undo) -> Undo:
    def undo() -> None:
        for each in undos:
            each()

    return undo


def formulas_of(primitive: str, **formulas: Callable[..., Any]) -> Undo:
    """Give a primitive other derivative formulas (see `Op`: they are named after the inputs)."""
    op = Op.table[primitive]
    before = dict(op.formulas)

    def put(found: dict[int, Any]) -> None:
        op.formulas.clear()
        op.formulas.update(found)
        op.plans.clear()

    put(before | {op.arguments.index(name): (formula, list(signature(formula).parameters)[2:])
                  for name, formula in formulas.items()})  # fmt: skip
    return lambda: put(before)


def on_tensors(mine: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function of tensors, for the raw arrays that the engine carries (and for tensors, as they are)."""

    @wraps(mine)
    def call(*args: Any) -> Any:
        if any(isinstance(a, Variable) for a in args):
            return mine(*args)
        result = mine(*(wrap(a) if isinstance(a, np.ndarray) else a for a in args))
        return tuple(r._data for r in result) if isinstance(result, tuple) else result._data

    return call


def arrays_only(primitive: str, name: str, mine: Callable[..., Any]) -> Callable[..., Any]:
    """A formula made of the learner's NumPy function; where the backward pass is itself differentiated, the framework's own."""
    own, needs = Op.table[primitive].formulas[Op.table[primitive].arguments.index(name)]

    def formula(k: Any, g: Any, *saved: Any) -> Any:
        return own(k, g, *saved) if isinstance(g, Variable) else mine(g, *saved)

    formula.__signature__ = signature(lambda k, g: None).replace(  # type: ignore[attr-defined]
        parameters=[*signature(lambda k, g: None).parameters.values(), *(signature(own).parameters[n] for n in needs)]
    )
    return formula


def random_array(rng: np.random.Generator, *shape: int) -> Any:
    return rng.normal(size=shape).astype(np.float32)


def random_tensor(rng: np.random.Generator, *shape: int) -> Any:
    return wrap(random_array(rng, *shape))
