"""The state of a tensor, below its methods: the array, its version counter, its place in the graph.

`tensor.Tensor` is the class that users see; it declares itself here, so that code in the lower rooms can make tensors
without importing upwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from ..tensor import Tensor


class Variable:
    """What every tensor carries. The defaults stand on the class: a new tensor sets only its array and version."""

    _data: Any
    _version: list[int]  # shared by all tensors that look into one storage
    _requires_grad = False
    _node: Any = None  # the graph node that made it (None: a leaf)
    _nr = 0  # which output of that node it is
    _base: Any = None  # the tensor whose storage this one, a view, looks into
    _seen = 0  # version at which this view's node was derived
    _grad: Any = None
    _hooks: Any = None
    _retain = False
    _accumulator: Any = None  # weak reference to the leaf's AccumulateGrad node
    _names: tuple[str | None, ...] | None = None
    _inference = False

    def __init_subclass__(cls, concrete: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if concrete:
            global _class
            _class = cls


_class: type[Any] = Variable
_new = object.__new__


def wrap(array: Any) -> Tensor:
    """A tensor around a raw array: no copy, no history."""
    t = _new(_class)
    t._data = array
    t._version = [0]
    return cast("Tensor", t)


def wrap_view(array: Any, of: Any) -> Tensor:
    """A tensor that shares ``of``'s storage and so its version counter."""
    t = _new(_class)
    t._data = array
    t._version = of._version
    t._seen = t._version[0]
    base = of._base
    t._base = of if base is None else base
    return cast("Tensor", t)


def needs_grad(t: Any) -> bool:
    """A leaf's flag, or being computed from one; a view also needs what its base came to need by an in-place write."""
    return t._requires_grad or (t._base is not None and t._base._requires_grad)
