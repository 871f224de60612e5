"""How a module is called: ``forward`` with hooks before and after it, and around its part of the graph."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ..autograd.graph import hooked
from ..autograd.variable import Variable
from . import hooks
from .hooks import BackwardHook, Hook, Hooks

if TYPE_CHECKING:
    from ..autograd.graph import RemovableHandle


class HasHooks:
    """The part of `Module` that runs it."""

    forward: Any
    _forward_hooks: Hooks
    _forward_hooks_with_kwargs: Hooks
    _forward_hooks_always_called: Hooks
    _forward_pre_hooks: Hooks
    _forward_pre_hooks_with_kwargs: Hooks
    _backward_hooks: Hooks
    _backward_pre_hooks: Hooks
    _is_full_backward_hook: bool | None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if (
            self._backward_hooks or self._backward_pre_hooks or self._forward_hooks or self._forward_pre_hooks
            or hooks.global_forward_hooks or hooks.global_forward_pre_hooks
            or hooks.global_backward_hooks or hooks.global_backward_pre_hooks
        ):  # fmt: skip
            return self._call_impl(*args, **kwargs)
        return self.forward(*args, **kwargs)

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """``forward`` with hooks around it."""
        result, called = None, set()
        try:
            args, kwargs = self._run_pre_hooks(args, kwargs)
            full = self._kind_of_backward_hooks(True)
            before = [*hooks.global_backward_pre_hooks.values(), *self._backward_pre_hooks.values()]
            gate = BackwardHook(self, full, before) if full or before else None
            if gate is not None:
                args = gate.enter(args)
            result = self.forward(*args, **kwargs)
            for id, hook, with_kwargs, _ in self._all_forward_hooks():
                called.add(id)
                answer = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if answer is None else answer
            if gate is not None:
                if not isinstance(result, (Variable, tuple)):
                    warnings.warn(
                        "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                        f"received {result.__class__}",
                        UserWarning,
                        stacklevel=3,
                    )
                result = gate.leave(result)
            last = self._kind_of_backward_hooks(False)
            if last:
                self._hook_last_node(last, args, result)
            return result
        except Exception:
            for id, hook, with_kwargs, always in self._all_forward_hooks():
                if always and id not in called:
                    self._last_call(id, hook, (args, kwargs, result) if with_kwargs else (args, result))
            raise

    def _kind_of_backward_hooks(self, full: bool) -> list[Hook]:
        everywhere = hooks.global_backward_hooks if hooks.global_is_full_backward_hook is full else {}
        mine = self._backward_hooks if self._is_full_backward_hook is full else {}
        return [*everywhere.values(), *mine.values()]

    def _run_pre_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        for id, hook in (*hooks.global_forward_pre_hooks.items(), *self._forward_pre_hooks.items()):
            if id in self._forward_pre_hooks_with_kwargs:
                answer = hook(self, args, kwargs)
                if answer is not None:
                    if not (isinstance(answer, tuple) and len(answer) == 2):
                        raise RuntimeError(
                            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                        )
                    args, kwargs = answer
            else:
                answer = hook(self, args)
                if answer is not None:
                    args = answer if isinstance(answer, tuple) else (answer,)
        return args, kwargs

    def _all_forward_hooks(self) -> list[tuple[int, Hook, bool, bool]]:
        """(id, hook, takes kwargs, is called even after an error) for global and own hooks, in their order."""
        everywhere = [
            (i, h, i in hooks.global_forward_hooks_with_kwargs, i in hooks.global_forward_hooks_always_called)
            for i, h in hooks.global_forward_hooks.items()
        ]
        mine = [
            (i, h, i in self._forward_hooks_with_kwargs, i in self._forward_hooks_always_called)
            for i, h in self._forward_hooks.items()
        ]
        return everywhere + mine

    def _last_call(self, id: int, hook: Hook, arguments: tuple[Any, ...]) -> None:
        """An ``always_call`` hook after an error: its own errors must not hide that one."""
        try:
            hook(self, *arguments)
        except Exception as error:
            whose = "global module" if id in hooks.global_forward_hooks else "module"
            warnings.warn(
                f"{whose} forward hook with ``always_call=True`` raised an exception that was silenced as another error was "
                f"raised in forward: {error}",
                UserWarning,
                stacklevel=4,
            )

    def _hook_last_node(self, last: list[Hook], args: Any, result: Any) -> None:
        """The deprecated backward hooks: on the node of the (first) output."""
        first = result
        while not isinstance(first, Variable):
            if isinstance(first, dict):
                first = next(v for v in first.values() if isinstance(v, Variable))
            else:
                first = first[0]
        node = first.grad_fn  # type: ignore[attr-defined]
        if node is not None:
            for hook in last:
                node.register_hook(lambda gi, go, hook=hook: hook(self, gi, go))
            hooks.warn_if_not_full(args, result, node)

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before forward; it may return other arguments.

        With ``with_kwargs``: ``hook(module, args, kwargs)``, which returns None or ``(args, kwargs)``.
        """
        handle = hooked(self._forward_pre_hooks, hook, [self._forward_pre_hooks_with_kwargs], prepend)
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after forward; what it returns (if anything) replaces the output.

        ``with_kwargs``: ``hook(module, args, kwargs, output)``. ``always_call``: also when forward raises.
        """
        options = [self._forward_hooks_with_kwargs, self._forward_hooks_always_called]
        handle = hooked(self._forward_hooks, hook, options, prepend)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when gradients arrive at the outputs; it may return others."""
        return hooked(self._backward_pre_hooks, hook, (), prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the inputs' gradients are known; it may return others."""
        self._choose_backward_hooks(full=True)
        return hooked(self._backward_hooks, hook, (), prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """Deprecated: sees only the module's last operation. Use `register_full_backward_hook`."""
        self._choose_backward_hooks(full=False)
        return hooked(self._backward_hooks, hook)

    def _choose_backward_hooks(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of "
                "them."
            )
        self._is_full_backward_hook = full
