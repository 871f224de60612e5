"""Less memory for more time: forget what a part of the network saved, and compute it again when backward needs it.

`checkpoint` runs its function once with recording, throws away the arrays that the graph nodes hold, and keeps the nodes.
When the engine reaches the first of them, the function runs again – with the same random numbers and casts – and the nodes get
their arrays back. That is the way of ``use_reentrant=False``; the older one makes the function one node (`CheckpointFunction`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from .. import cuda
from ..amp.autocast_mode import autocast, get_autocast_dtype, is_autocast_cache_enabled, is_autocast_enabled
from ..autograd.backward import backward
from ..autograd.function import Function
from ..autograd.graph import Node, count_nodes
from ..autograd.modes import enable_grad, no_grad, state
from ..autograd.node import OpNode
from ..autograd.variable import Variable, needs_grad, wrap
from ..random import default_generator, fork_rng, set_rng_state

_EXPLICIT = (
    "the use_reentrant parameter should be passed explicitly. {when}use_reentrant=False is recommended, but if you need to "
    "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences "
    "between the two variants."
)


class CheckpointError(RuntimeError):
    """The second run of a checkpointed function did something else than the first."""


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)


def _arrays(node: OpNode) -> list[Any]:
    """What a node keeps of raw arrays."""
    kept = (a for value in node.saved or () for a in (value if type(value) is list else [value]))
    return [a for a in kept if isinstance(a, node.k.array_type)]  # type: ignore[attr-defined]


def _new_nodes(outputs: Any, start: int) -> list[OpNode]:
    """The nodes behind ``outputs`` that keep arrays and were made after node number ``start``, in the order of making."""
    found: dict[Node, None] = {}
    todo = [t.grad_fn for t in _tensors(outputs) if t.grad_fn is not None]
    while todo:
        node = todo.pop()
        if node in found or node.number >= start:
            continue
        found[node] = None
        todo += [n for n, _ in node.edges if n is not None]
    return sorted((n for n in found if isinstance(n, OpNode) and _arrays(n)), key=lambda n: -n.number)


class _Surroundings:
    """What a run depends on besides its arguments: the stream of random numbers and autocast, as they are now."""

    def __init__(self, preserve_rng_state: bool) -> None:
        self.rng = default_generator.get_state() if preserve_rng_state else None
        self.casting = [(d, get_autocast_dtype(d), is_autocast_enabled(d)) for d in ("cpu", "cuda")]
        self.cached = is_autocast_cache_enabled()

    @contextmanager
    def again(self) -> Iterator[None]:
        """A block in which they are so once more, and gradients are recorded."""
        with enable_grad(), fork_rng(enabled=self.rng is not None), ExitStack() as stack:
            if self.rng is not None:
                set_rng_state(self.rng)
            for device, dtype, enabled in self.casting:
                stack.enter_context(autocast(device, dtype, enabled, self.cached))
            yield


class _Recomputation:
    """One checkpointed call: its nodes without their arrays, and how to get these back."""

    def __init__(
        self, function: Callable[..., Any], args: Any, kwargs: Any, preserve_rng_state: bool, context_fn: Any = None,
        check: bool = True,
    ) -> None:  # fmt: skip
        self.function, self.args, self.kwargs = function, args, kwargs
        self.surroundings = _Surroundings(preserve_rng_state)
        self.contexts, self.check = (context_fn or noop_context_fn)(), check
        self.nodes: list[OpNode] = []
        self.forms: list[dict[str, Any]] = []  # of the arrays that the first run kept

    def run(self) -> Any:
        start = next(count_nodes)
        with self.contexts[0]:
            outputs = self.function(*self.args, **self.kwargs)
        self.nodes = _new_nodes(outputs, start)
        self.forms = _forms(self.nodes)
        hooks = {0: self.restore}
        for node in self.nodes:
            node.saved = ()
            node.add_before(None, hooks, -1)
        return outputs

    def restore(self, _: Any) -> None:
        """Before the first of the nodes is used: run the function again and hand over the arrays."""
        if not self.nodes:
            return
        nodes, self.nodes = self.nodes, []
        start = next(count_nodes)
        with self.surroundings.again(), self.contexts[1]:
            again = _new_nodes(self.function(*self.args, **self.kwargs), start)
        self._compare(nodes, again)
        for old, new in zip(nodes, again):
            old.saved, old.versions, old.then, old.plan = new.saved, new.versions, new.then, new.plan

    def _compare(self, nodes: list[OpNode], again: list[OpNode]) -> None:
        """CheckpointError where the second run kept other arrays than the first."""
        forms, steps = _forms(again), f"Steps of forward: {_names(nodes)}\nSteps of recomputation: {_names(again)}"
        if len(forms) < len(self.forms):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.forms)}\nNumber of tensors saved during "
                f"recomputation: {len(forms)}.\n{steps}"
            )
        different = [(i, a, b) for i, (a, b) in enumerate(zip(self.forms, forms)) if self.check and a != b]
        if different:
            lines = "".join(
                f"tensor at position {i}:\nsaved metadata: {a}\nrecomputed metadata: {b}\n" for i, a, b in different
            )
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the "
                f"forward pass.\n{lines}.\n{steps}"
            )
        if [type(n) for n in again[: len(nodes)]] != [type(n) for n in nodes]:
            raise CheckpointError(f"torch.utils.checkpoint: recomputation took other steps than forward.\n{steps}")


def _names(nodes: list[OpNode]) -> str:
    return ", ".join(n.name() for n in nodes)


def _forms(nodes: list[OpNode]) -> list[dict[str, Any]]:
    """Shape, dtype and device of every array that the nodes keep."""
    tensors = (wrap(a) for n in nodes for a in _arrays(n))
    return [{"shape": t.shape, "dtype": t.dtype, "device": t.device} for t in tensors]


def noop_context_fn() -> tuple[Any, Any]:
    """Two blocks that do nothing: around the first run, and around the second."""
    return nullcontext(), nullcontext()


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """A block in which recomputation may end early, or not. Here it always runs to its end."""
    yield


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The GPUs on which the tensors among ``args`` lie, and the state of each one's random stream."""
    devices = sorted({t.device.index for t in _tensors(args) if t.device.type == "cuda"})
    return devices, [cuda.get_rng_state(device) for device in devices]


def set_device_states(devices: Sequence[int], states: Sequence[Any], *, device_type: str | None = None) -> None:
    """Put the random streams of these GPUs back to what `get_device_states` gave."""
    for device, kept in zip(devices, states):
        cuda.set_rng_state(kept, device)


class CheckpointFunction(Function):
    """A stretch of the program as one node of the graph ("reentrant"): its backward runs it anew and goes back through that."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        ctx.run_function, ctx.surroundings = function, _Surroundings(preserve_rng_state)
        ctx.others = [None if isinstance(a, Variable) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Variable)]
        ctx.save_for_backward(*(args[i] for i in ctx.places))
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if state.walk is not None and state.walk.wanted is not None:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
                ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the "
                "`inputs` argument."
            )
        inputs = list(ctx.others)
        for place, t in zip(ctx.places, ctx.saved_tensors):
            inputs[place] = t.detach().requires_grad_(t.requires_grad)
        with ctx.surroundings.again():
            outputs = ctx.run_function(*inputs)
        outputs = (outputs,) if isinstance(outputs, Variable) else outputs
        pairs = [(o, g) for o, g in zip(outputs, grads) if isinstance(o, Variable) and needs_grad(o)]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([o for o, _ in pairs], [g for _, g in pairs])
        return None, None, *(t.grad if isinstance(t, Variable) else None for t in inputs)  # type: ignore[attr-defined]


def check_backward_validity(inputs: Any) -> None:
    """Warn when no gradient can come back through a checkpoint."""
    if not any(needs_grad(t) for t in inputs if isinstance(t, Variable)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", UserWarning, stacklevel=3)


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, context_fn: Any = None,
    determinism_check: str = "default", debug: bool = False, preserve_rng_state: bool = True, **kwargs: Any,
) -> Any:  # fmt: skip
    """``function(*args)`` whose intermediate results are not kept but computed again during backward.

    The function must do the same both times. Random numbers are the same unless ``preserve_rng_state=False``. ``context_fn``
    gives two blocks, for the first run and the second; ``determinism_check="none"`` lets the second keep arrays of other shapes.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(2., requires_grad=True)
    >>> y = checkpoint(lambda t: (t * t).exp(), x, use_reentrant=False); y.backward(); x.grad
    tensor(218.3926)
    """
    if use_reentrant is None:
        when = "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. "
        warnings.warn(f"torch.utils.checkpoint: {_EXPLICIT.format(when=when)}", UserWarning, stacklevel=2)
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn not in (None, noop_context_fn) or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        check_backward_validity(args)
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    if not state.enabled:
        return function(*args, **kwargs)
    check = determinism_check == "default"
    return _Recomputation(function, args, kwargs, preserve_rng_state, context_fn, check).run()


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """A `Sequential` (or list of modules) in ``segments`` pieces, all but the last checkpointed."""
    if use_reentrant is None:
        when = "In version 2.9 we will raise an exception if use_reentrant is not passed. "
        text = f"torch.utils.checkpoint.checkpoint_sequential: {_EXPLICIT.format(when=when)}"
        warnings.warn(text, UserWarning, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = len(functions) // segments

    def piece(start: int, end: int) -> Callable[[Any], Any]:
        def run(x: Any) -> Any:
            for function in functions[start:end]:
                x = function(x)
            return x

        return run

    last = size * (segments - 1)
    for start in range(0, last, size):
        input = checkpoint(piece(start, start + size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return piece(last, len(functions))(input)
