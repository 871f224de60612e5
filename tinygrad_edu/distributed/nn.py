"""Collectives through which gradients go: torch.distributed.nn's functions.

What goes one way between processes in the forward pass goes back the other way in the backward pass: what was handed out is added
up, what was collected is handed out.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..autograd.function import Function
from ..ops.joining import stack
from . import collectives
from .groups import ReduceOp, get_rank, get_world_size


def _deprecated(name: str, newer: str | None = None) -> None:
    warnings.warn(
        f"torch.distributed.nn.functional.{name} is deprecated, use torch.distributed._functional_collectives.{newer or name} instead.",
        FutureWarning,
        stacklevel=3,
    )


class _AllReduce(Function):
    @staticmethod
    def forward(ctx: Any, op: ReduceOp, group: Any, tensor: Any) -> Any:
        ctx.op, ctx.group = op, group
        result = tensor.clone()
        collectives.all_reduce(result, op, group)
        return result

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None, None, _AllReduce.apply(ctx.op, ctx.group, g)


class _Broadcast(Function):
    @staticmethod
    def forward(ctx: Any, src: int, group: Any, tensor: Any) -> Any:
        ctx.src, ctx.group = src, group
        result = tensor.clone()
        collectives.broadcast(result, src, group)
        return result

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        total = _Reduce.apply(ctx.src, ReduceOp.SUM, ctx.group, g)
        return None, None, total if get_rank(ctx.group) == ctx.src else total * 0


class _Reduce(Function):
    @staticmethod
    def forward(ctx: Any, dst: int, op: ReduceOp, group: Any, tensor: Any) -> Any:
        ctx.dst, ctx.group = dst, group
        result = tensor.clone()
        collectives.reduce(result, dst, op, group)
        return result

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None, None, None, _Broadcast.apply(ctx.dst, ctx.group, g)


class _Gather(Function):
    @staticmethod
    def forward(ctx: Any, dst: int, group: Any, tensor: Any) -> Any:
        ctx.dst, ctx.group = dst, group
        found = [tensor * 0 for _ in range(get_world_size(group))]
        collectives.gather(tensor.contiguous(), found if get_rank(group) == dst else None, dst, group)
        return tuple(found)

    @staticmethod
    def backward(ctx: Any, *gs: Any) -> Any:
        return None, None, _Scatter.apply(ctx.dst, ctx.group, *gs)


class _Scatter(Function):
    @staticmethod
    def forward(ctx: Any, src: int, group: Any, *tensors: Any) -> Any:
        ctx.src, ctx.group = src, group
        mine = tensors[0] * 0
        collectives.scatter(mine, list(tensors) if get_rank(group) == src else None, src, group)
        return mine

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None, None, *_Gather.apply(ctx.src, ctx.group, g)


class _AllGather(Function):
    @staticmethod
    def forward(ctx: Any, group: Any, tensor: Any) -> Any:
        ctx.group = group
        found = [tensor * 0 for _ in range(get_world_size(group))]
        collectives.all_gather(found, tensor.contiguous(), group)
        return tuple(found)

    @staticmethod
    def backward(ctx: Any, *gs: Any) -> Any:
        return None, stack(_AllToAll.apply(ctx.group, gs, *gs)).sum(0)


class _ReduceScatter(Function):
    @staticmethod
    def forward(ctx: Any, op: ReduceOp, group: Any, output: Any, *tensors: Any) -> Any:
        ctx.group = group
        mine = output.contiguous()
        collectives.reduce_scatter(mine, [t.contiguous() for t in tensors], op, group)
        return mine

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None, None, None, *_AllGather.apply(ctx.group, g)


class _AllToAll(Function):
    @staticmethod
    def forward(ctx: Any, group: Any, outputs: Any, *tensors: Any) -> Any:
        ctx.group, ctx.shapes = group, [t.shape for t in tensors]
        found = [t * 0 for t in outputs]
        collectives.all_to_all(found, [t.contiguous() for t in tensors], group)
        return tuple(found)

    @staticmethod
    def backward(ctx: Any, *gs: Any) -> Any:
        return None, None, *_AllToAll.apply(ctx.group, [gs[0].new_zeros(shape) for shape in ctx.shapes], *gs)


def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Any:
    """The sum (or ``op``) of all processes' tensors."""
    _deprecated("all_reduce")
    return _AllReduce.apply(op, group, tensor)


def broadcast(tensor: Any, src: int, group: Any = None) -> Any:
    """The tensor of process ``src``, which gets all the gradients."""
    _deprecated("broadcast")
    return _Broadcast.apply(src, group, tensor)


def reduce(tensor: Any, dst: int, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Any:
    """The sum (or ``op``) of all processes' tensors, for process ``dst`` only."""
    return _Reduce.apply(dst, op, group, tensor)


def gather(tensor: Any, dst: int = 0, group: Any = None) -> Any:
    """All processes' tensors, for process ``dst``; zeros for the others."""
    return _Gather.apply(dst, group, tensor)


def scatter(tensors: Any, src: int = 0, group: Any = None) -> Any:
    """This process's one of the tensors that process ``src`` hands out."""
    return _Scatter.apply(src, group, *tensors)


def all_gather(tensor: Any, group: Any = None) -> Any:
    """All processes' tensors, for every process; each gets the sum of what became of its own."""
    _deprecated("all_gather", "all_gather_single")
    return _AllGather.apply(group, tensor)


def reduce_scatter(output: Any, input_list: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Any:
    """This process's one of the sums (or ``op``) of all processes' lists of tensors; ``output`` is a tensor of its shape."""
    _deprecated("reduce_scatter", "reduce_scatter_single")
    return _ReduceScatter.apply(op, group, output, *input_list)


def all_to_all(output_tensor_list: Any, input_tensor_list: Any, group: Any = None) -> Any:
    """One tensor for every process, and one from every process: those have the shapes of ``output_tensor_list``."""
    return _AllToAll.apply(group, output_tensor_list, *input_tensor_list)


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: list[int] | None = None, input_split_sizes: list[int] | None = None,
    group: Any = None,
) -> Any:  # fmt: skip
    """A piece of ``input`` for every process, and one from every process, joined in ``output``'s shape."""
    from .functional import all_to_all_single_autograd

    _deprecated("all_to_all_single")
    return all_to_all_single_autograd(input, output_split_sizes, input_split_sizes, group)
