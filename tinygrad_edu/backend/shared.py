"""Arrays in memory that several processes see."""

from __future__ import annotations

import math
import mmap
import os
from multiprocessing import shared_memory
from typing import Any

import numpy

ALIGN = 64


class Block:
    """A piece of shared memory, made or opened by its name. Whoever made it lets it go from the file system at the end."""

    def __init__(self, size: int = 0, name: str | None = None) -> None:
        self.owner = name is None
        self.process = os.getpid()  # a forked child has a copy of this object, which must not take the name away
        self.memory = shared_memory.SharedMemory(name, create=self.owner, size=size)
        assert self.memory.buf is not None
        self.address = numpy.frombuffer(self.memory.buf, numpy.uint8).__array_interface__["data"][0]

    @property
    def name(self) -> str:
        return self.memory.name

    @property
    def size(self) -> int:
        return self.memory.size

    def forget_name(self) -> None:
        """Take it from the file system now: it stays while somebody has it open, and nothing is left behind."""
        self.owner = False
        self.memory.unlink()

    def array(self, shape: tuple[int, ...], dtype: Any, start: int = 0) -> numpy.ndarray:
        """An array in this memory. It keeps the block alive and is, as far as NumPy can tell, a memory of its own."""
        dtype = numpy.dtype(dtype)
        raw = numpy.asarray(_Region(self, start, math.prod(shape) * dtype.itemsize))
        return raw.view(dtype).reshape(shape)

    def __del__(self) -> None:
        if hasattr(self, "memory"):
            self.memory.close()
            if self.owner and self.process == os.getpid():
                self.memory.unlink()


class Mapped(Block):
    """Shared memory that another process made, known by an open file instead of a name."""

    def __init__(self, fd: int, size: int) -> None:
        self.owner, self.fd, self.bytes = False, fd, size
        self.mapped = mmap.mmap(fd, size)
        self.address = numpy.frombuffer(self.mapped, numpy.uint8).__array_interface__["data"][0]

    @property
    def size(self) -> int:
        return self.bytes

    def __del__(self) -> None:
        if hasattr(self, "address"):
            self.mapped.close()
        os.close(self.fd)


def handle_of(block: Block) -> Any:
    """What multiprocessing can send for a block: its open file, which keeps the memory on its way, or (on Windows) its name."""
    if os.name != "posix":
        return block.name
    from multiprocessing.reduction import DupFd

    return DupFd(block.fd if isinstance(block, Mapped) else block.memory._fd)  # type: ignore[attr-defined]


def received(handle: Any, size: int) -> Block:
    """The block of a handle that came from another process."""
    return Block(name=handle) if isinstance(handle, str) else Mapped(handle.detach(), size)


class _Region:
    """A part of a block as NumPy sees it: unlike a buffer, it does not keep the block from being closed at the end."""

    def __init__(self, block: Block, start: int, size: int) -> None:
        self.block, self.start = block, start
        self.__array_interface__ = {
            "data": (block.address + start, False), "shape": (size,), "typestr": "|u1", "version": 3,
        }  # fmt: skip


def aligned(n: int) -> int:
    """``n`` bytes, rounded up so that what follows starts where processors like it."""
    return -(-n // ALIGN) * ALIGN


def block_of(array: Any) -> tuple[Block, int] | None:
    """The shared block that an array looks into, and the position of its first byte there; None for ordinary memory."""
    owner = array
    while isinstance(owner, numpy.ndarray):
        owner = owner.base
    if not isinstance(owner, _Region):
        return None
    return owner.block, array.__array_interface__["data"][0] - owner.block.address


def share(array: numpy.ndarray) -> numpy.ndarray:
    """The array's numbers in shared memory (itself where it is there already)."""
    if block_of(array) is not None:
        return array
    shared = Block(max(array.nbytes, 1)).array(array.shape, array.dtype)
    shared[...] = array
    return shared
