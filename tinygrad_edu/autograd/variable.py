"""The state of a tensor, below its methods: the array, its version counter, its place in the graph.

`tensor.Tensor` is the class that users see; it declares itself here, so that code in the lower rooms can make tensors
without importing upwards.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .modes import state

if TYPE_CHECKING:
    from ..tensor import Tensor


class Variable:
    """What every tensor carries. The defaults stand on the class: a new tensor sets only its array and version."""

    _data: Any
    _counter: list[Any]  # shared by all tensors that look into one storage
    _requires_grad = False
    _edge: Any = None  # (the graph node that made it, which of its outputs it is); None for a leaf
    _base: Any = None  # the tensor whose storage this one, a view, looks into
    _seen = 0  # version at which this view's node was derived
    _made: Any = (
        None  # for a view: "no_grad", "inference", "several" (from a function returning several views), "function"
    )
    _grad: Any = None
    _hooks: Any = None
    _retain: Any = False  # the hook that keeps a non-leaf's gradient
    _after_accumulate: Any = None  # hooks on a leaf that has got its gradient
    _accumulator: Any = None  # weak reference to the leaf's AccumulateGrad node
    _names: tuple[str | None, ...] | None = None
    _inference = False
    _tangent: Any = None  # of a dual tensor: how it changes
    _tangent_at: int | None = None  # the level for which it does
    new: Any  # makes a tensor whose ``_data`` and ``_version`` are still to be set
    new_sparse: Any  # makes one of a sparse layout: it has ``_raw`` in place of ``_data``

    @property
    def _node(self) -> Any:
        return None if self._edge is None else self._edge[0]

    @property
    def _nr(self) -> int:
        return 0 if self._edge is None else self._edge[1]

    def __init_subclass__(cls, concrete: bool = False, sparse: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if concrete:
            Variable.new = partial(object.__new__, cls)
        if sparse:
            Variable.new_sparse = partial(object.__new__, cls)


class _Untracked:
    """The version number of a tensor made in inference mode: never counted, and not to be asked for."""

    def __add__(self, more: int) -> _Untracked:
        return self

    def __int__(self) -> int:
        raise RuntimeError("Inference tensors do not track version counter.")

    def __bool__(self) -> bool:  # recording asks every saved tensor's version whether it is 0
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation "
            "tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or "
            "use `torch.no_grad()` instead of `torch.inference_mode()`."
        )


UNTRACKED = _Untracked()


def wrap(array: Any) -> Tensor:
    """A tensor around a raw array: no copy, no history."""
    t = Variable.new()
    t._data = array
    t._counter = [0]
    if state.inference:
        t._inference, t._counter = True, [UNTRACKED]
    return t  # type: ignore[no-any-return]


def wrap_sparse(raw: Any) -> Tensor:
    """A tensor around a raw sparse array (`backend.coo`, `backend.compressed`)."""
    t = Variable.new_sparse()
    t._raw, t._counter = raw, [0]
    if state.inference:
        mark_inference(t)
    return t  # type: ignore[no-any-return]


_OURS = {*vars(Variable), "_data", "_counter", "_raw", "_leaf", "_empty"}
_whole = Variable.__dict__["__dict__"]  # the dictionary of all that a tensor keeps, which `Attributes` hides a part of


def all_of(t: Any) -> dict[str, Any]:
    """All that a tensor keeps: its state and what its owner has hung on it."""
    return _whole.__get__(t)  # type: ignore[no-any-return]


def exchange(t1: Any, t2: Any) -> None:
    """Give each of two tensors all that the other one keeps."""
    first, second = all_of(t1), all_of(t2)
    _whole.__set__(t1, second)
    _whole.__set__(t2, first)


def attributes_of(t: Any) -> dict[str, Any]:
    """What its owner has hung on a tensor: ``x.note = "…"``."""
    return {name: value for name, value in all_of(t).items() if name not in _OURS}


def _written_through(name: str) -> Any:
    """A method of dict that changes it, and then the tensor likewise."""
    change = getattr(dict, name)

    def method(self: Attributes, *args: Any, **kwargs: Any) -> Any:
        before = set(self)
        result = change(self, *args, **kwargs)
        whole = all_of(self._tensor)
        for gone in before - set(self):
            del whole[gone]
        whole.update(self)
        return result

    return method


class Attributes(dict[str, Any]):
    """``vars`` of a tensor: what its owner has hung on it. What is written here is written to the tensor."""

    def __init__(self, t: Any) -> None:
        dict.__init__(self, attributes_of(t))
        self._tensor = t

    for _name in ("__setitem__", "__delitem__", "__ior__", "pop", "popitem", "setdefault", "update", "clear"):
        locals()[_name] = _written_through(_name)
    del _name

    def __reduce_ex__(self, protocol: Any) -> Any:  # a copy is a dictionary of its own
        return dict, (dict(self),)


def raw_of(t: Any) -> Any:
    """The raw array of a tensor of any layout."""
    return t._raw if hasattr(t, "_raw") else t._data


def mark_inference(t: Any) -> None:
    """Make a fresh tensor one of inference mode: no versions, no graph."""
    t._inference, t._counter = True, [UNTRACKED]


def alias(t: Any) -> Tensor:
    """Another tensor with the same array and version counter, outside the graph."""
    new = Variable.new()
    new._data, new._counter = t._data, t._counter
    if t._inference:
        new._inference = True
    return new  # type: ignore[no-any-return]


def wrap_view(array: Any, of: Any) -> Tensor:
    """A tensor that shares ``of``'s storage and so its version counter."""
    t = Variable.new()
    t._data = array
    t._counter = of._counter
    t._seen = t._counter[0]
    base = of._base
    t._base = of if base is None else base
    if of._inference:
        t._inference = True
    if not state.enabled:
        t._made = "inference" if state.inference else "no_grad"
    elif of._made is not None:
        t._made = of._made
    return t  # type: ignore[no-any-return]


def needs_grad(t: Any) -> bool:
    """A leaf's flag, or being computed from one; a view also needs what its base came to need by an in-place write."""
    return t._requires_grad or (t._base is not None and t._base._requires_grad)
