"""Running the hooks of a graph node, and what they may return; writes into tensors that the graph has kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..backend import kernels_of
from ..backend.coo import Coo
from .variable import Variable, raw_of, wrap, wrap_sparse


def as_tensor(g: Any, create_graph: bool) -> Any:
    if create_graph or g is None:
        return g
    return wrap_sparse(g) if type(g) is Coo else wrap(kernels_of(g).xp.asarray(g))


def _as_grad(t: Any, create_graph: bool) -> Any:
    return t if create_graph or t is None else raw_of(t)


def _name_of(hook: Any) -> str:
    return getattr(hook, "__name__", None) or str(hook)


def _checked(hook: Any, old: Any, new: Any) -> Any:
    """What a hook returned in place of a gradient, which must be of the same kind."""
    if not isinstance(new, Variable):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    was, now = raw_of(old), raw_of(new)
    if now.dtype != was.dtype:
        raise RuntimeError(
            f"hook '{_name_of(hook)}' has changed the type of value (was {old.type()} got {new.type()})"  # type: ignore[attr-defined]
        )
    if type(now) is not type(was) and Coo not in (type(now), type(was)) and kernels_of(now) is not kernels_of(was):
        raise RuntimeError(f"hook '{_name_of(hook)}' has changed the device of value")
    if now.shape != was.shape:
        raise RuntimeError(f"hook '{_name_of(hook)}' has changed the size of value")
    return new


def _replaced(hook: Any, old: Sequence[Any], new: Any) -> list[Any]:
    """The same for a hook that gets all gradients."""
    if not isinstance(new, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(new).__name__}'")
    if len(new) != len(old):
        raise RuntimeError(
            f"hook '{_name_of(hook)}' has returned an incorrect number of values (got {len(new)}, but expected {len(old)})"
        )
    return [None if b is None else _checked(hook, a, b) for a, b in zip(old, new)]


def run_before(node: Any, g: Any, create_graph: bool) -> Any:
    """What the hooks make of the gradients that come in.

    All of them see one tensor, until one of them puts another in its place: they may leave each other notes on it.
    """
    grads = [as_tensor(each, create_graph) for each in ([g] if node.more is None else g)]
    for nr, hooks, _ in node.before or ():
        for hook in list(hooks.values()):
            if nr is None:
                result = hook(tuple(grads))
                if result is not None:
                    grads = _replaced(hook, grads, result)
            elif grads[nr] is not None:
                result = hook(grads[nr])
                if result is not None:
                    grads[nr] = _checked(hook, grads[nr], result)
    raw = [_as_grad(each, create_graph) for each in grads]
    return raw[0] if node.more is None else raw


def run_after(node: Any, results: Iterable[Any], g: Any, create_graph: bool) -> Iterable[Any]:
    """What the hooks make of the gradients that go out."""
    outputs = tuple(as_tensor(each, create_graph) for each in ([g] if node.more is None else g))
    inputs = [as_tensor(each, create_graph) for each in results]
    inputs += [None] * (len(node.edges) - len(inputs))
    for hook in list((node.after or {}).values()):
        replaced = hook(tuple(inputs), outputs)
        if replaced is not None:
            inputs = _replaced(hook, inputs, replaced)
    return [_as_grad(each, create_graph) for each in inputs]


def check_version(t: Any, version: int) -> None:
    """RuntimeError where a tensor kept for backward has been written since it had this version."""
    if t._counter[0] == version:
        return
    maker = None if t._edge is None else re.sub(r"Backward\d*$", "", t._edge[0].name())
    origin = "" if maker is None else f", which is output {t._nr} of {maker},"
    raise RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{t.type()} {list(t._data.shape)}]{origin} is at version {t._counter[0]}; expected version {version} "
        "instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )
