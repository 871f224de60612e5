"""``torch.utils.module_tracker``: which modules are running at the moment, forward or backward."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Self

from ..autograd.graph import register_multi_grad_hook
from ..autograd.modes import state
from ..autograd.variable import Variable, needs_grad
from ..nn.hooks import register_module_forward_hook, register_module_forward_pre_hook
from ._pytree import tree_leaves

__all__ = ["ModuleTracker"]


class ModuleTracker:
    """A ``with`` block in which ``parents`` holds the full names of the modules that are running, and "Global".

    ``is_bw`` says whether a backward is running. Names begin with the class of the outermost module.

    >>> import tinygrad_edu as tg
    >>> class Show(tg.nn.Module):
    ...     def forward(self, x):
    ...         print(sorted(tracker.parents)); return x
    >>> with ModuleTracker() as tracker:
    ...     _ = tg.nn.Sequential(Show())(tg.ones(1))
    ['Global', 'Sequential', 'Sequential.0']
    """

    def __init__(self) -> None:
        self._running = {"Global"}
        self._backward: Any = None  # the run of the engine in which modules were entered
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._named: weakref.WeakSet[Any] = weakref.WeakSet()  # the modules whose children have names
        self._hooks: list[Any] = []

    @property
    def parents(self) -> set[str]:
        """The names of what is running."""
        if self._backward is not None and state.walk is not self._backward:  # it is over
            self._running, self._backward = {"Global"}, None
        return self._running

    @property
    def is_bw(self) -> bool:
        """Whether a backward is running."""
        return state.walk is not None

    def _name(self, module: Any) -> str:
        name = self._names.setdefault(module, type(module).__name__)
        if module not in self._named:
            for key, child in module.named_children():
                self._names[child] = f"{name}.{key}"
                self._name(child)
            self._named.add(module)
        return name

    def _enter(self, name: str) -> None:
        self.parents.add(name)
        self._backward = state.walk

    def _leave(self, name: str) -> None:
        self.parents.discard(name)

    def _when_known(self, values: Any, do: Callable[[str], None], name: str) -> None:
        tensors = [t for t in tree_leaves(values) if isinstance(t, Variable) and needs_grad(t)]
        if tensors:
            self._hooks.append(register_multi_grad_hook(tensors, lambda _: do(name)))

    def _before(self, module: Any, inputs: Any) -> None:
        name = self._name(module)
        self._enter(name)
        self._when_known(inputs, self._leave, name)

    def _after(self, module: Any, inputs: Any, output: Any) -> None:
        name = self._name(module)
        self._leave(name)
        self._when_known(output, self._enter, name)

    def __enter__(self) -> Self:
        self._handles = register_module_forward_pre_hook(self._before), register_module_forward_hook(self._after)
        return self

    def __exit__(self, *error: object) -> None:
        for handle in (*self._handles, *self._hooks):
            handle.remove()
        self._hooks.clear()
