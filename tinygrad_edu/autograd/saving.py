"""What happens to the tensors that the graph keeps for backward: hooks that pack and unpack them, copies on the CPU.

While `saved_tensors_hooks` are active, a node keeps what ``pack_hook`` made of each tensor, and asks ``unpack_hook`` for the tensor
when backward comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .modes import no_grad, state, watch
from .variable import Variable


class saved_tensors_hooks:
    """``with saved_tensors_hooks(pack, unpack):`` what operations inside save for backward goes through these functions.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(3., requires_grad=True)
    >>> with saved_tensors_hooks(lambda t: (print("saved", t.item()), t)[1], lambda t: t):
    ...     y = x * x
    saved 3.0
    saved 3.0
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        if state.no_hooks is not None:
            raise RuntimeError(state.no_hooks)
        state.saved_hooks = (*state.saved_hooks, (self.pack_hook, self.unpack_hook))
        watch(True)

    def __exit__(self, *exc: object) -> None:
        state.saved_hooks = state.saved_hooks[:-1]
        watch(bool(state.saved_hooks) or state.anomaly)


class save_on_cpu(saved_tensors_hooks):
    """What is saved for backward waits in the CPU's memory and comes back when it is needed."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(t: Any) -> Any:
            return (t.device, t.cpu())

        def unpack(packed: Any) -> Any:
            device, t = packed
            return t.to(device)

        super().__init__(pack, unpack)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside, `saved_tensors_hooks` raise RuntimeError with this text."""
    if state.saved_hooks:
        raise RuntimeError(error_message)
    previous, state.no_hooks = state.no_hooks, error_message
    try:
        yield
    finally:
        state.no_hooks = previous


class _Mutation:
    """The state of one `allow_mutation_on_saved_tensors` block."""

    active = True

    def clear(self) -> None:
        """Forget: torch's object keeps the copies, ours nothing."""


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """Inside, tensors that the graph has saved may be written in place: backward uses what they were."""

    def __init__(self) -> None:
        self.block = block = _Mutation()

        def unpack(t: Any) -> Any:
            if not block.active:
                raise AssertionError(
                    "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally "
                    "recorded."
                )
            return t

        super().__init__(lambda t: t.detach().clone(), unpack)

    def __enter__(self) -> Any:
        super().__enter__()
        return self.block

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        self.block.active = False


def increment_version(tensor: Any) -> None:
    """Count a write that autograd could not see: saved tensors that share this memory are then known to be changed."""
    if not isinstance(tensor, Iterable):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for t in [tensor] if isinstance(tensor, Variable) else tensor:
        if not isinstance(t, Variable):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        t._counter[0] += 1


# ------------------------------------------------------------------------------------------ one saved tensor
class Packed:
    """What a pack hook returned, and how to get the tensor back."""

    __slots__ = ("unpack", "value")

    def __init__(self, tensor: Any, hooks: tuple[Callable[[Any], Any], Callable[[Any], Any]]) -> None:
        pack, self.unpack = hooks
        before = tensor._counter[0]
        with no_grad():
            self.value = pack(tensor)
        if tensor._counter[0] != before:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be "
                "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need "
                "to perform in-place operations on the input to a pack hook."
            )

    def tensor(self) -> Any:
        """The tensor again."""
        found = self.unpack(self.value)
        if not isinstance(found, Variable):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(found).__name__}"
            )
        return found


class SavedTensor:
    """A place where a node keeps a tensor (``node._raw_saved_self``); hooks can be registered on it once."""

    def __init__(self, node: Any, place: int) -> None:
        self.node, self.place = node, place

    def register_hooks(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        """Keep ``pack_hook(tensor)`` in place of the tensor."""
        if isinstance(self.node.saved[self.place], Packed):
            raise RuntimeError("Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair "
                               "of hooks is allowed at a time.")  # fmt: skip
        self.node.pack((pack_hook, unpack_hook), {self.place})
