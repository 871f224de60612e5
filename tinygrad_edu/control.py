"""Control flow and numbers in the forms that torch's compiler can follow; here they are plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .autograd.variable import Variable
from .dtypes import bool_
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


_EXPECTED = (
    "Expected cond to be True, but got False. (Could this error message be improved? If so, please report an enhancement request to "
    "PyTorch.)"
)


def _check_with(error_type: type[Exception], cond: Any, message: Callable[[], Any] | None) -> None:
    """An error of this type, with the text that ``message()`` gives, where ``cond`` is False."""
    if not isinstance(cond, bool):
        if isinstance(cond, Variable):
            raise TypeError(
                "cond must be a bool, but got a Tensor. For tensor conditions, use torch._check_tensor_all() to assert that all "
                "elements are true."
            )
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if cond:
        return
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    raise error_type(_EXPECTED if message is None else str(message()))


def _check(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """RuntimeError where ``cond`` is False."""
    _check_with(RuntimeError, cond, message)


def _check_value(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """ValueError where ``cond`` is False."""
    _check_with(ValueError, cond, message)


def _check_index(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """IndexError where ``cond`` is False."""
    _check_with(IndexError, cond, message)


def _check_type(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """TypeError where ``cond`` is False."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """NotImplementedError where ``cond`` is False."""
    _check_with(NotImplementedError, cond, message)


def _check_is_size(i: Any, message: Callable[[], Any] | None = None) -> None:
    """RuntimeError where a number is less than 0."""
    _check(i >= 0, message)


def _check_tensor_all_with(error_type: type[Exception], cond: Any, message: Callable[[], Any] | None = None) -> None:
    """An error of this type where an element of the tensor is False."""
    tensor: Any = cond  # its methods come from above this file
    if not isinstance(cond, Variable):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if tensor.dtype is not bool_:
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {tensor.dtype}")
    _check_with(error_type, bool(tensor.all()), message)


def _check_tensor_all(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """RuntimeError where an element of the tensor is False."""
    _check_tensor_all_with(RuntimeError, cond, message)


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
