"""Collectives that return new tensors instead of filling given ones."""

from __future__ import annotations

from typing import Any

from ..autograd.function import Function
from ..ops.joining import cat, chunk
from . import collectives
from .groups import ReduceOp, get_world_size


def wait_tensor(tensor: Any) -> Any:
    """The tensor, ready to be read: here every collective of this file has ended when it returns."""
    return tensor


def all_reduce(self: Any, reduceOp: str, group: Any = None) -> Any:
    """The sum (or ``reduceOp``: avg, product, min, max) of all processes' tensors."""
    result = self.clone()
    collectives.all_reduce(result, ReduceOp[reduceOp.upper()], group)
    return result


def broadcast(self: Any, src: int, group: Any = None) -> Any:
    """The tensor of process ``src``."""
    result = self.clone()
    collectives.broadcast(result, src, group)
    return result


def all_gather_tensor(self: Any, gather_dim: int, group: Any = None) -> Any:
    """All processes' tensors, joined along ``gather_dim``."""
    size = get_world_size(group)
    joined = self.new_empty((size * self.shape[0], *self.shape[1:]))
    collectives.all_gather_into_tensor(joined, self.contiguous(), group)
    return joined if gather_dim == 0 else cat(chunk(joined, size), gather_dim)


def reduce_scatter_tensor(self: Any, reduceOp: str, scatter_dim: int, group: Any = None) -> Any:
    """This process's piece, along ``scatter_dim``, of the sum of all processes' tensors."""
    size = get_world_size(group)
    pieces = self.contiguous() if scatter_dim == 0 else cat(chunk(self, size, scatter_dim))
    result = self.new_empty((pieces.shape[0] // size, *pieces.shape[1:]))
    collectives.reduce_scatter_tensor(result, pieces, ReduceOp[reduceOp.upper()], group)
    return result


def all_to_all_single(
    self: Any, output_split_sizes: list[int] | None, input_split_sizes: list[int] | None, group: Any = None
) -> Any:
    """Every process gets a piece of every process's tensor."""
    length = self.shape[0] if output_split_sizes is None else sum(output_split_sizes)
    result = self.new_empty((length, *self.shape[1:]))
    collectives.all_to_all_single(result, self.contiguous(), output_split_sizes, input_split_sizes, group)
    return result


class _AllToAll(Function):
    @staticmethod
    def forward(ctx: Any, x: Any, *how: Any) -> Any:
        ctx.how = how
        return all_to_all_single(x, *how)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        taken, given, group = ctx.how
        return all_to_all_single(g, given, taken, group), None, None, None


def all_to_all_single_autograd(
    self: Any, output_split_sizes: list[int] | None, input_split_sizes: list[int] | None, group: Any = None
) -> Any:
    """As `all_to_all_single`; the gradients go back the way that the pieces came."""
    return _AllToAll.apply(self, output_split_sizes, input_split_sizes, group)
