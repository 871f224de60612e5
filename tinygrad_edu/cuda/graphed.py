"""``torch.cuda.make_graphed_callables``: a layer or function whose forward and backward pass are two recorded graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import autograd
from ..autograd.function import Function
from ..autograd.variable import Variable
from ..ops.creation import empty_like, ones_like
from ._device import _cupy, is_available
from .graphs import CUDAGraph, graph
from .streams import Stream, current_stream, stream


def make_graphed_callables(
    callables: Any, sample_args: Any, num_warmup_iters: int = 3, allow_unused_input: bool = False, pool: Any = None
) -> Any:
    """The functions or modules (one, or a tuple) with graphs in their place, recorded with ``sample_args``.

    What is returned takes tensors of the same shapes, dtypes and ``requires_grad`` as the samples and works with autograd. A module is
    changed in place: it runs its graphs as long as ``module.training`` is what it was. Its parameters and buffers must stay where they
    are. RuntimeError where there is no GPU.
    """
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class CUDAGraph")
    one = not isinstance(callables, tuple)
    functions, samples = ((callables,), (sample_args,)) if one else (callables, sample_args)
    made = []
    for function, args in zip(functions, samples):
        if any(not isinstance(a, Variable) for a in args):
            raise TypeError("sample_args for each callable must be tensors")
        made.append(_graphed(function, tuple(args), num_warmup_iters, allow_unused_input, pool))
    return made[0] if one else tuple(made)


def _parameters(function: Any) -> tuple[Any, ...]:
    """A module's parameters, none of a function's; AssertionError for what the graphs would leave out."""
    if not hasattr(function, "parameters"):
        return ()
    hooks = (function._backward_hooks, function._forward_hooks, function._forward_pre_hooks)
    assert not any(hooks), (
        "Modules must not have hooks registered at the time they are passed. However, registering hooks on modules after passing "
        "them through make_graphed_callables is allowed."
    )
    assert not any(b.requires_grad for b in function.buffers()), (
        "In any :class:`~torch.nn.Module` passed to :func:`~make_graphed_callables`, only parameters may be trainable. All buffers "
        "must have ``requires_grad=False``."
    )
    return tuple(function.parameters())


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


class _Passes:
    """Both passes of one function, recorded."""

    def __init__(
        self, function: Any, args: tuple[Any, ...], parameters: tuple[Any, ...], unused: bool, pool: Any
    ) -> None:
        self.inputs = (*args, *parameters)
        self.forward, self.backward = CUDAGraph(), CUDAGraph()
        with graph(self.forward, pool):
            made = function(*args)
        self.single, self.outputs = not isinstance(made, tuple), _tuple(made)
        self.given = [empty_like(o) if o.requires_grad else None for o in self.outputs]
        with graph(self.backward, pool or self.forward.pool()):
            self.found = slopes(self.outputs, self.inputs, self.given, unused)


def slopes(outputs: Sequence[Any], inputs: Sequence[Any], given: Sequence[Any], unused: bool) -> list[Any]:
    """The gradients of ``outputs`` for the inputs that want one; None for the others."""
    wanted = [t for t in inputs if t.requires_grad]
    pairs = [(o, g) for o, g in zip(outputs, given) if g is not None]
    if not wanted or not pairs:
        return [None] * len(inputs)
    found = iter(autograd.grad([o for o, _ in pairs], wanted, [g for _, g in pairs], allow_unused=unused))
    return [next(found) if t.requires_grad else None for t in inputs]


def _graphed(function: Any, args: tuple[Any, ...], warm_up: int, unused: bool, pool: Any) -> Callable[..., Any]:
    parameters = _parameters(function)
    side = Stream()
    side.wait_stream(current_stream())
    with stream(side):  # kernels are compiled at their first use, which cannot be recorded
        for _ in range(warm_up):
            outputs = _tuple(function(*args))
            slopes(outputs, (*args, *parameters), [ones_like(o) if o.requires_grad else None for o in outputs], unused)
            del outputs
    current_stream().wait_stream(side)
    _cupy().cuda.runtime.deviceSynchronize()
    passes = _Passes(function, args, parameters, unused, pool)

    class Graphed(Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            for static, new in zip(passes.inputs[: len(args)], inputs):
                if static._data is not new._data:
                    static._data[...] = new._data
            passes.forward.replay()
            return tuple(o.detach() for o in passes.outputs)

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            for static, new in zip(passes.given, grads):
                if static is not None:
                    static._data[...] = 0 if new is None else new._data
            passes.backward.replay()
            return tuple(g if g is None else g.detach() for g in passes.found)

    def replayed(*inputs: Any) -> Any:
        out = Graphed.apply(*inputs, *parameters)
        return out[0] if passes.single else out

    if not hasattr(function, "parameters"):
        return replayed
    plain, mode = function.forward, function.training

    def forward(*inputs: Any) -> Any:
        return replayed(*inputs) if function.training == mode else plain(*inputs)

    function.forward = forward
    return function  # type: ignore[no-any-return]
