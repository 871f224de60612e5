"""Hooks of modules: handles that remove them, hooks on every module, and the graph nodes that carry backward hooks."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from ..autograd.graph import NO_EDGE, Node, RemovableHandle, edge_of, hooked
from ..autograd.modes import state
from ..autograd.variable import Variable, needs_grad, wrap, wrap_view
from ..backend import kernels_of

Hook = Callable[..., Any]
Hooks = dict[int, Any]  # id of the handle → hook, in the order of registration


# ---------------------------------------------------------------------------------------- hooks on all modules
global_backward_pre_hooks: Hooks = OrderedDict()
global_backward_hooks: Hooks = OrderedDict()
global_is_full_backward_hook: bool | None = None  # of which kind they are; None: no hook has ever been registered
global_forward_pre_hooks: Hooks = OrderedDict()
global_forward_hooks: Hooks = OrderedDict()
global_forward_hooks_with_kwargs: Hooks = OrderedDict()
global_forward_hooks_always_called: Hooks = OrderedDict()
global_buffer_registration_hooks: Hooks = OrderedDict()
global_module_registration_hooks: Hooks = OrderedDict()
global_parameter_registration_hooks: Hooks = OrderedDict()


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, args)`` before the forward of every module."""
    return hooked(global_forward_pre_hooks, hook)


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the forward of every module."""
    handle = hooked(global_forward_hooks, hook, [global_forward_hooks_with_kwargs, global_forward_hooks_always_called])
    if with_kwargs:
        global_forward_hooks_with_kwargs[handle.id] = True
    if always_call:
        global_forward_hooks_always_called[handle.id] = True
    return handle


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` before the backward of every module."""
    return hooked(global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` after the backward of every module."""
    return _register_backward_hook(hook, full=True)


def register_module_backward_hook(hook: Hook) -> RemovableHandle:
    """Deprecated: sees only every module's last operation. Use `register_module_full_backward_hook`."""
    return _register_backward_hook(hook, full=False)


def _register_backward_hook(hook: Hook, full: bool) -> RemovableHandle:
    global global_is_full_backward_hook
    if global_is_full_backward_hook is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use only one of "
            "them."
        )
    global_is_full_backward_hook = full
    return hooked(global_backward_hooks, hook)


def register_module_buffer_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` whenever a module gets a buffer."""
    return hooked(global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` whenever a module gets a child."""
    return hooked(global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` whenever a module gets a parameter."""
    return hooked(global_parameter_registration_hooks, hook)


def replaced(hooks: Hooks, module: Any, name: str, value: Any) -> Any:
    """What the registration hooks make of a value on its way into a module."""
    for hook in hooks.values():
        result = hook(module, name, value)
        value = value if result is None else result
    return value


# ------------------------------------------------------------------------------------------- full backward hooks
class BackwardHookFunctionBackward(Node):
    """Passes gradients through unchanged: a place in the graph where a module begins or ends."""

    xp: Any  # of the tensors that pass
    takes_none = True

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Sequence[Any]:
        grads = [g] if self.more is None else g
        return [self._zeros(nr, create_graph) if g is None else g for nr, g in enumerate(grads)]

    def _zeros(self, nr: int, create_graph: bool) -> Any:
        zeros = self.xp.zeros(*self.meta(nr))
        return wrap(zeros) if create_graph else zeros


class BackwardHook:
    """The backward hooks of one call of a module: gates around its inputs and its outputs."""

    def __init__(self, module: Any, hooks: list[Hook], pre_hooks: list[Hook]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs: tuple[Any, ...] | None = None
        self.inputs: list[int] | None = None  # which arguments are tensors; None: no gate, none needs a gradient
        self.outputs: list[int] | None = None
        self.n_inputs = self.n_outputs = 0

    def _gate(self, args: tuple[Any, ...]) -> tuple[Any, list[int] | None, Node | None]:
        """The arguments with their tensors sent through a new node."""
        places = [i for i, a in enumerate(args) if isinstance(a, Variable)]
        tensors = [args[i] for i in places]
        if not (state.enabled and any(needs_grad(t) for t in tensors)):
            return args, None, None
        edges = tuple(edge_of(t) if needs_grad(t) else NO_EDGE for t in tensors)
        node = BackwardHookFunctionBackward(edges, tuple((t._data.shape, t._data.dtype) for t in tensors))
        node.xp = kernels_of(tensors[0]._data).xp
        passed = list(args)
        for nr, (place, t) in enumerate(zip(places, tensors)):
            passed[place] = new = wrap_view(t._data, t)
            new._names = t._names
            if needs_grad(t):
                new._requires_grad, new._edge = True, (node, nr)
                new._made = "several" if len(tensors) > 1 else "function"  # no writing into what stands at a gate
        rebuilt = tuple(passed) if type(args) is tuple else type(args)(*passed)
        return rebuilt, places, node

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Gate the inputs; the hooks fire when gradients have arrived at them."""
        passed, self.inputs, node = self._gate(args)
        self.n_inputs = len(args)
        if node is not None:
            node.register_hook(self.hook)
        return passed

    def leave(self, result: Any) -> Any:
        """Gate the outputs; the pre-hooks fire when gradients arrive at them."""
        single = not isinstance(result, tuple)
        outputs = (result,) if single else result
        passed, self.outputs, node = self._gate(outputs)
        self.n_outputs = len(outputs)
        if node is not None:
            node.register_hook(self._at_outputs)
        return passed[0] if single else passed

    @staticmethod
    def _spread(places: list[int], values: Sequence[Any], size: int) -> tuple[Any, ...]:
        spread = [None] * size
        for place, value in zip(places, values):
            spread[place] = value
        return tuple(spread)

    def _at_outputs(self, _: Any, grad_output: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.outputs is not None
        grads = self._spread(self.outputs, grad_output, self.n_outputs)
        for hook in self.pre_hooks:
            result = hook(self.module, grads)
            if result is None:
                continue
            if len(result) != len(grads):
                raise RuntimeError(
                    f"Backward pre hook returned an invalid number of grad_output, got {len(result)}, but expected "
                    f"{len(grads)}"
                )
            grads = result
        self.grad_outputs = grads
        if self.inputs is None:
            self._without_inputs()
        return tuple(grads[i] for i in self.outputs)

    def _without_inputs(self) -> None:
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
            "require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module."
            "register_full_backward_hook for more details.",
            UserWarning,
            stacklevel=7,
        )
        for hook in self.hooks:
            result = hook(self.module, (None,) * self.n_inputs, self.grad_outputs)
            if result is not None and not (isinstance(result, tuple) and all(r is None for r in result)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for all "
                    "gradients."
                )
        self.grad_outputs = None

    def hook(self, grad_input: tuple[Any, ...], _: Any) -> tuple[Any, ...] | None:
        """What runs when gradients reach the inputs (errors of autograd tell its name, which is torch's)."""
        if self.grad_outputs is None:  # the outputs were not part of this backward
            return None
        assert self.inputs is not None
        grads = self._spread(self.inputs, grad_input, self.n_inputs)
        for hook in self.hooks:
            result = hook(self.module, grads, self.grad_outputs)
            if result is None:
                continue
            if len(result) != len(grads):
                raise RuntimeError(
                    f"Backward hook returned an invalid number of grad_input, got {len(result)}, but expected {len(grads)}"
                )
            grads = result
        self.grad_outputs = None
        return tuple(grads[i] for i in self.inputs)


def warn_if_not_full(inputs: Any, result: Any, node: Node) -> None:
    """The old kind of backward hook sees only the last operation of a module: warn where that is not all of it."""

    def tensors(values: Any) -> tuple[Any, ...] | None:
        values = (values,) if isinstance(values, Variable) else values
        whole = isinstance(values, tuple) and all(isinstance(v, Variable) for v in values)
        return values if whole else None

    def warn(what: str, missing: str) -> None:
        warnings.warn(
            f"Using {what} is deprecated and will be removed in future versions. This hook will be missing {missing}. "
            "Please use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
            stacklevel=5,
        )

    outputs, arguments = tensors(result), tensors(inputs)
    single = "a single Tensor or a tuple of Tensors"
    if outputs is None:
        return warn(f"non-full backward hooks on a Module that does not return {single}", "some of the grad_output")
    if arguments is None:
        return warn(
            f"non-full backward hooks on a Module that does not take as input {single}", "some of the grad_input"
        )
    makers = {t.grad_fn for t in outputs if t.grad_fn is not None}
    if len(makers) > 1:
        return warn(
            "a non-full backward hook when outputs are generated by different autograd Nodes", "some grad_output"
        )
    if {t.grad_fn for t in arguments if t.grad_fn is not None} != {n for n, _ in node.next_functions}:
        warn("a non-full backward hook when the forward contains multiple autograd Nodes", "some grad_input")
    return None
