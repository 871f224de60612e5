"""How a tensor can lie over several processes (`Shard`, `Replicate`, `Partial`), for programs that ask. No tensor here does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Placement:
    """What the processes along one dimension of a mesh have of a tensor."""

    def is_shard(self, dim: int | None = None) -> bool:
        """Whether each has a piece (cut along ``dim``)."""
        return isinstance(self, Shard) and dim in (None, self.dim)

    def is_replicate(self) -> bool:
        """Whether each has all of it."""
        return isinstance(self, Replicate)

    def is_partial(self, reduce_op: str | None = None) -> bool:
        """Whether each has a tensor of its own, which ``reduce_op`` would make one."""
        return isinstance(self, Partial) and reduce_op in (None, self.reduce_op)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))


class Shard(Placement):
    """Each process has a piece of the tensor, cut along ``dim``.

    >>> Shard(0), Shard.local_shard_size_and_offset(10, 4, rank=3)  # the last one's piece is smaller
    (Shard(dim=0), (1, 9))
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim

    def __repr__(self) -> str:
        return f"Shard(dim={self.dim})"

    def __str__(self) -> str:
        return f"S({self.dim})"

    @staticmethod
    def local_shard_size_and_offset(curr_local_size: int, num_chunks: int, rank: int) -> tuple[int, int]:
        """How long one process's piece is, and where it begins, when ``curr_local_size`` is cut as `chunk` cuts."""
        piece = -(-curr_local_size // num_chunks)
        start = min(piece * rank, curr_local_size)
        length = min(piece, curr_local_size - start)
        return length, start


class _StridedShard(Placement):
    """Each process has one piece of each of ``split_factor`` parts of the tensor."""

    def __init__(self, dim: int, *, split_factor: int) -> None:
        self.dim, self.split_factor = dim, split_factor

    def __repr__(self) -> str:
        return f"_StridedShard(dim={self.dim}, sf={self.split_factor})"

    def __str__(self) -> str:
        return f"_S({self.dim}, {self.split_factor})"


class Replicate(Placement):
    """Each process has the whole tensor."""

    def __repr__(self) -> str:
        return "Replicate()"

    def __str__(self) -> str:
        return "R"


class Partial(Placement):
    """Each process has a tensor of its own; ``reduce_op`` of all of them is the tensor meant."""

    def __init__(self, reduce_op: str = "sum") -> None:
        self.reduce_op = reduce_op

    def __repr__(self) -> str:
        return f"Partial({self.reduce_op})"

    def __str__(self) -> str:
        return f"P({self.reduce_op})"


_NONE = "there are no tensors that lie over several processes (DTensor) here"


class DTensor:
    """The class of tensors that lie over several processes: nothing is one, and none can be made."""

    def __init__(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError(_NONE)

    from_local = __init__


def distribute_tensor(*args: Any, **options: Any) -> Any:
    """Would lay a tensor over several processes: an error here."""
    raise NotImplementedError(_NONE)


implicit_replication = distribute_tensor  # would lay plain tensors beside DTensors over the processes


def compute_local_shape_and_global_offset(
    global_shape: Sequence[int], mesh: Any, placements: Sequence[Placement]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of this process's piece of a tensor, and where the piece begins."""
    shape, offset = list(global_shape), [0] * len(global_shape)
    for size, place, placement in zip(mesh.shape, mesh.get_coordinate(), placements):
        if isinstance(placement, _StridedShard):
            raise NotImplementedError("the piece of a _StridedShard is no single block")
        if isinstance(placement, Shard):
            length, start = placement.local_shard_size_and_offset(shape[placement.dim], size, place)
            shape[placement.dim] = length
            offset[placement.dim] += start
    return tuple(shape), tuple(offset)


__all__ = ["DTensor", "Partial", "Placement", "Replicate", "Shard", "distribute_tensor"]
