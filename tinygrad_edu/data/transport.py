"""Sending a batch from a worker to the main process.

The batch is pickled, but without the numbers of its arrays: pickle (protocol 5) hands those out separately. They are copied once
into a block of shared memory; the other process makes arrays that look straight into that block.
"""

from __future__ import annotations

import os
import pickle
from multiprocessing import shared_memory
from typing import Any

import numpy

from ..backend.shared import Block, aligned

SMALL = 1 << 14  # fewer bytes than this travel through the pipe with the rest: cheaper than a block of memory


class Message:
    """A pickled object, and where the buffers of its arrays are: in shared memory or right here."""

    def __init__(self, data: bytes, sizes: list[int], block: str | None, inline: list[bytes]) -> None:
        self.data, self.sizes, self.block, self.inline = data, sizes, block, inline


def pack(value: Any) -> tuple[Message, Any]:
    """A message for ``value``, and the block of shared memory that must stay open until it has been received."""
    views: list[memoryview] = []
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    sizes = [view.nbytes for view in views]
    total = sum(aligned(n) for n in sizes)
    if total < SMALL:
        return Message(data, sizes, None, [bytes(view) for view in views]), None
    block = shared_memory.SharedMemory(create=True, size=total)
    assert block.buf is not None
    start, target = 0, numpy.frombuffer(block.buf, numpy.uint8)
    for view, n in zip(views, sizes):
        target[start : start + n] = numpy.frombuffer(view, numpy.uint8)
        start += aligned(n)
    del target  # lets go of the block, so that it can be closed
    return Message(data, sizes, block.name, []), block


def release(block: Any) -> None:
    """What a worker does once a message is on its way: the memory lives on under its name."""
    if block is not None:
        block.close()


def unpack(message: Message) -> Any:
    """The object; its arrays look into the shared memory, which goes when the last of them does."""
    if message.block is None:
        return pickle.loads(message.data, buffers=[bytearray(b) for b in message.inline])
    block = _opened(message.block)
    buffers, start = [], 0
    for n in message.sizes:
        buffers.append(block.array((n,), numpy.uint8, start))
        start += aligned(n)
    return pickle.loads(message.data, buffers=buffers)


def discard(message: Message) -> None:
    """Free the memory of a message that nobody wants any more."""
    if message.block is not None:
        _opened(message.block)


def _opened(name: str) -> Block:
    """A block of shared memory, opened and at once taken from the file system: no name is left behind, whatever happens."""
    block = Block(name=name)
    block.forget_name()
    return block


def keeps_unlinked_memory() -> bool:
    """Whether shared memory outlives the process that made it closing it (not so on Windows)."""
    return os.name == "posix"
