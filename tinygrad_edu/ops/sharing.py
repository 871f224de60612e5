"""Where a tensor's memory lies: shared with other processes, or pinned for a GPU."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import wrap
from ..backend import cuda_available, kernels_of
from .memory import root_array
from .registry import public


@public("method")
def share_memory_(input: Any) -> Any:
    """Move the numbers into memory that other processes can open. What is sent to a process afterwards is not copied.

    Only this tensor moves, not views of it that exist already. On a GPU nothing changes.
    """
    from ..backend.shared import share

    if kernels_of(input._data).device_type == "cpu":
        input._data = share(input._data)
        _send_by_reference(type(input))
    return input


@public("method")
def is_shared(input: Any) -> bool:
    """Whether other processes can see the numbers."""
    from ..backend.shared import block_of

    if kernels_of(input._data).device_type != "cpu":
        return True
    return block_of(input._data) is not None


@public("method")
def pin_memory(input: Any, device: Any = None) -> Any:
    """A copy in page-locked memory, from which a GPU copies without the processor's help."""
    if is_pinned(input):
        return input
    if kernels_of(input._data).device_type != "cpu":
        raise RuntimeError(f"cannot pin '{input.type()}' only dense CPU tensors can be pinned")
    if not cuda_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    from ..backend.cuda import pinned_like

    array = pinned_like(input._data)
    array[...] = input._data
    return wrap(array)


@public("method")
def is_pinned(input: Any, device: Any = None) -> bool:
    """Whether the numbers lie in page-locked memory."""
    owner = input._data
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return type(owner).__name__ == "PinnedMemoryPointer"


# ``backend.shared`` is imported where it is needed: Python's shared memory takes a while to load, and few programs use it.
def _open(
    handle: Any, size: int, start: int, shape: tuple[int, ...], dtype: Any, cls: type, requires_grad: bool
) -> Any:
    from ..backend.shared import received

    _send_by_reference(cls)
    t = wrap(received(handle, size).array(shape, dtype, start))
    t._requires_grad = requires_grad
    return t if cls is type(t) else cls(t, requires_grad)


def _sent_to_a_process(t: Any) -> Any:
    """How multiprocessing pickles a tensor: as a handle of its shared memory, if it is there."""
    from ..backend.shared import block_of, handle_of

    if t._node is not None:
        raise RuntimeError(
            "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support crossing process "
            "boundaries.  If you just want to transfer the data, call detach() on the tensor before serializing (e.g., putting it on "
            "the queue)."
        )
    found = block_of(t._data) if kernels_of(t._data).device_type == "cpu" and t._data.flags.c_contiguous else None
    if found is None:
        return t.__reduce_ex__(5)
    block, start = found
    return _open, (handle_of(block), block.size, start, t._data.shape, t._data.dtype, type(t), t._requires_grad)


def _shared_and_sent(t: Any) -> Any:
    alone = t._base is None and t._node is None and root_array(t._data) is t._data
    if alone and t._data.flags.c_contiguous:
        share_memory_(t)
    return _sent_to_a_process(t)


def share_when_sent(cls: type) -> None:
    """From now on multiprocessing moves tensors of this class into shared memory when it sends them (not views of others)."""
    from multiprocessing.reduction import ForkingPickler

    ForkingPickler.register(cls, _shared_and_sent)


def _send_by_reference(cls: type) -> None:
    """From now on multiprocessing sends tensors of this class by reference where they are shared."""
    from multiprocessing.reduction import ForkingPickler

    if cls not in ForkingPickler._extra_reducers:  # type: ignore[attr-defined]
        ForkingPickler.register(cls, _sent_to_a_process)
