"""Control flow and numbers in the forms that torch's compiler can follow; here they are plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .autograd.variable import Variable
from .overrides import overridable


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    """``true_fn(*operands)`` if ``pred`` (a bool or a tensor of one element), else ``false_fn(*operands)``.

    >>> import tinygrad_edu as tg
    >>> cond(tg.tensor(True), lambda x: x + 1, lambda x: x - 1, (tg.zeros(2),))
    tensor([1., 1.])
    """
    if not (isinstance(pred, bool) or (isinstance(pred, Variable) and pred._data.size == 1)):
        raise RuntimeError(f"Expected pred to be bool or single-element tensor, but got {pred}.")
    if not (callable(true_fn) and callable(false_fn)):
        raise RuntimeError("Expect both branches to be callable.")
    return (true_fn if bool(pred) else false_fn)(*operands)


def while_loop(
    cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]
) -> tuple[Any, ...]:
    """``carried = body_fn(*carried)`` as long as ``cond_fn(*carried)``.

    >>> import tinygrad_edu as tg
    >>> while_loop(lambda i: i < 3, lambda i: (i + 1,), (tg.tensor(0),))
    (tensor(3),)
    """
    carried = tuple(carried_inputs)
    while bool(cond_fn(*carried)):
        made = body_fn(*carried)
        carried = tuple(made) if isinstance(made, (tuple, list)) else (made,)
    return carried


# functions that are one step of a traced graph: (their module's names, one of them)
whole: list[tuple[dict[str, Any], str]] = []


def _assert(condition: Any, message: str) -> None:
    """``assert condition, message`` as a function, which `fx` can put into a graph."""
    assert condition, message


_assert.__module__ = "torch"  # the name that a graph's text shows
_assert = overridable(_assert)


def _assert_async(value: Any, msg: str | None = None) -> None:
    """RuntimeError where a tensor of one element is 0. On a GPU torch says so later; here, at once."""
    if not bool(value):
        raise RuntimeError("Expected Tensor with single nonzero value, but got zero" if msg is None else msg)


class SymInt:
    """The class of whole numbers that are known only when a compiled program runs: there are none."""


class SymFloat:
    """The class of such numbers that are not whole: there are none."""


class SymBool:
    """The class of such truth values: there are none."""


def sym_int(a: Any) -> int:
    """A number cut to a whole one.

    >>> sym_int(-3.5)
    -3
    """
    return int(a)


def sym_float(a: Any) -> float:
    """A number as a float."""
    return float(a)


def sym_not(a: Any) -> bool:
    """``not a``."""
    return not a


def sym_max(a: Any, b: Any) -> Any:
    """The larger of two numbers; a float if either is."""
    return max(float(a), float(b)) if isinstance(a, float) or isinstance(b, float) else max(a, b)


def sym_min(a: Any, b: Any) -> Any:
    """The smaller of two numbers; a float if either is."""
    return min(float(a), float(b)) if isinstance(a, float) or isinstance(b, float) else min(a, b)


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """``t if b else f``."""
    assert isinstance(b, bool), f"expected SymBool or bool, got {type(b)}"
    return t if b else f


def sym_sum(args: Iterable[Any]) -> Any:
    """The sum of numbers."""
    return sum(args)


def sym_sqrt(a: Any) -> float:
    """The square root of a number."""
    return math.sqrt(a)
