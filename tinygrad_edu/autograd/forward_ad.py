"""Forward-mode differentiation: dual tensors carry the change of their numbers (the tangent) through every operation.

    with dual_level():
        x = make_dual(tensor, tangent)
        change = unpack_dual(f(x)).tangent

Each operation's own derivative is asked for: the product v · J of its backward formula is linear in v, so the derivative of that
product by v is J, and J · tangent is the tangent of the result. Nothing of an operation is kept once its result has its tangent.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from .. import dtypes, overrides
from ..backend import kernels_of
from .backward import grad
from .modes import _Decorator, enable_grad
from .variable import Variable, needs_grad, wrap

_levels: list[int] = []  # the level in force; there is one at most, as in torch


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns: the numbers, and their tangent or None."""

    primal: Any
    tangent: Any


def enter_dual_level() -> int:
    """Begin a level: dual tensors can be made from here on. Returns its number, for `exit_dual_level`."""
    if _levels:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    _levels.append(0)
    overrides.watch(_levels)
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level. Dual tensors made in it lose their tangents."""
    if not _levels and level is None:
        raise RuntimeError("Dual level must be a positive number.")
    if level is not None and level not in _levels:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    _levels.pop()
    overrides.watching.remove(_levels)
    _alive.clear()


class dual_level(_Decorator):
    """A level for the length of a ``with`` block.

    >>> import tinygrad_edu as tg
    >>> with dual_level():
    ...     unpack_dual(make_dual(tg.tensor(3.), tg.tensor(1.)) ** 2).tangent
    tensor(6.)
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exception: Any) -> None:
        exit_dual_level()


_alive: list[Any] = []  # the tangents of the level in force, found by the number that their tensor holds


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """A tensor with the numbers of ``tensor`` (and its history) that changes by ``tangent``.

    RuntimeError without a level, or when the two are not of one shape.
    """
    if not _levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for name, t in (("primal", tensor), ("tangent", tangent)):
        if t._data.dtype.kind not in "fcV":
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {dtypes.of(t._data)}")
    if tensor._data.shape != tangent._data.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
            f"Tensor is of size {list(tensor._data.shape)} while the given forward gradient is of size {list(tangent._data.shape)}."
        )
    if tangent_of(tensor) is not None:
        raise RuntimeError(
            f"Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {len(_levels) - 1} is not "
            "supported."
        )
    return _with_tangent(tensor.view_as(tensor), tangent)


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """The numbers of a dual tensor, and its tangent: None for a tensor that does not change."""
    if not _levels:
        return UnpackedDualTensor(tensor, None)
    tangent = tangent_of(tensor)
    if tangent is None:
        return UnpackedDualTensor(tensor, None)
    with overrides.DisableTorchFunctionSubclass():
        primal = tensor.view_as(tensor)
    return UnpackedDualTensor(primal, tangent)


def tangent_of(tensor: Any) -> Any:
    """The tangent of a dual tensor of the level in force; None for other tensors."""
    at = tensor._tangent_at
    return _alive[at] if at is not None and at < len(_alive) and _alive[at] is tensor._tangent else None


@cache
def _dual_class() -> Any:
    tensor_class = Variable.new.args[0]
    members = {"__torch_function__": classmethod(_through), "_forward": property(tangent_of), "_applied": _applied}
    return type(tensor_class)("Tensor", (tensor_class,), members, inside=True)


def _applied(self: Any, function: Any, args: Any, kwargs: Any) -> Any:
    """A `Function` of dual tensors: its own ``jvp`` says how its results change."""
    tangents = [tangent_of(a) if isinstance(a, Variable) else None for a in args]
    with overrides.DisableTorchFunctionSubclass():
        ctx, result = function._run(args, kwargs)
        if ctx._to_save:  # no backward will come, and forward's tensors are asked for all the same
            ctx._keep(list(_tensors(result)))
        if ctx._materialize:
            tangents = [_zeros(a) if t is None and isinstance(a, Variable) else t for a, t in zip(args, tangents)]
        changes = function.jvp(ctx, *tangents)
    for out, change in zip(_tensors(result), _tensors(changes)):
        _with_tangent(out, change)
    return result


def _with_tangent(tensor: Any, tangent: Any) -> Any:
    tensor.__class__ = _dual_class()
    tensor._tangent, tensor._tangent_at = tangent, len(_alive)
    _alive.append(tangent)
    return tensor


def _zeros(like: Any) -> Any:
    return wrap(kernels_of(like._data).xp.zeros_like(like._data))


def _ones(like: Any) -> Any:
    return wrap(kernels_of(like._data).xp.ones_like(like._data))


def _tensors(tree: Any) -> Iterator[Any]:
    if isinstance(tree, Variable):
        yield tree
    elif isinstance(tree, (tuple, list)):
        for branch in tree:
            yield from _tensors(branch)
    elif isinstance(tree, dict):
        yield from _tensors(list(tree.values()))


def _with(tree: Any, others: dict[int, Any]) -> Any:
    """The arguments with other tensors in place of some."""
    if isinstance(tree, Variable):
        return others.get(id(tree), tree)
    if isinstance(tree, (tuple, list)) and any(True for _ in _tensors(tree)):
        return type(tree)(_with(branch, others) for branch in tree)
    return {key: _with(v, others) for key, v in tree.items()} if isinstance(tree, dict) else tree


def _through(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Run an operation on dual tensors: its result, and the result's tangent."""
    kwargs = kwargs or {}
    with overrides.DisableTorchFunctionSubclass():
        duals = [t for t in _tensors([args, kwargs]) if tangent_of(t) is not None]
        # before the operation itself, which may write into its arguments
        inputs = {id(t): t.clone() if needs_grad(t) else wrap(t._data.copy()).requires_grad_() for t in duals}
        name = getattr(func, "__name__", "")
        writes = name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))
        target = {id(args[0]): wrap(args[0]._data.copy())} if writes and id(args[0]) not in inputs else {}
        before = {id(t): tangent_of(t) for t in duals}
        result = func(*args, **kwargs)
        outputs = [t for t in _tensors(args[0] if name == "__setitem__" else result) if t._data.dtype.kind in "fcV"]
        if not inputs or not outputs:
            return result
        changes = _changes(func, args, kwargs, inputs, before, target)
        for out, change in zip(outputs, changes):
            if change is not None:
                _with_tangent(out, change)
            elif out.__class__ is cls:
                out._tangent_at = None
        return result


def _changes(
    func: Any, args: Any, kwargs: Any, inputs: dict[int, Any], tangents: dict[int, Any], target: dict[int, Any]
) -> list[Any]:
    """The tangents of the operation's results; None for a result that does not change. ``target``: what it writes into."""
    with enable_grad():
        copies = {key: leaf.clone() for key, leaf in inputs.items()} | target  # the operation may write into them
        result = func(*_with(args, copies), **_with(kwargs, copies))
        if result is None:  # ``x[i] = y``
            result = copies[id(args[0])]
        again = [t for t in _tensors(result) if t._data.dtype.kind in "fcV"]
        seeds = [_ones(t).requires_grad_() for t in again]  # any will do, but of 0 there is no logarithm
        moving = [(t, s) for t, s in zip(again, seeds) if needs_grad(t)]
        if not moving:
            return [None] * len(again)
        leaves = list(inputs.values())
        pulled = grad([t for t, _ in moving], leaves, [s for _, s in moving], create_graph=True, allow_unused=True)
        pairs = [(p, tangents[key]) for p, key in zip(pulled, inputs) if p is not None and needs_grad(p)]
        known = [s for _, s in moving]
        keep = any(needs_grad(t) for t in tangents.values()) or any(t._edge is not None for t in inputs.values())
        found = (
            grad([p for p, _ in pairs], known, [t for _, t in pairs], create_graph=keep, allow_unused=True)
            if pairs
            else [None] * len(known)
        )
    by_seed = {id(s): _zeros(s) if f is None else f for s, f in zip(known, found)}
    return [by_seed.get(id(s)) for s in seeds]
