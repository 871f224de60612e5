"""What processes do together: add up, hand out, collect. Every process of the group calls the same function, in the same order."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy

from .. import dtypes
from ..autograd.variable import Variable
from ..backend import kernels_of
from . import nccl
from .groups import ProcessGroup, ReduceOp, Work, get_group_rank, resolved
from .transport import Transfer, in_place, mpi_op, outgoing


# ------------------------------------------------------------------ arguments
def _check_tensor(value: Any, name: str) -> None:
    if not isinstance(value, Variable):
        raise TypeError(
            f"Invalid function argument. Expected parameter `{name}` of type {dtypes.module_name}.Tensor\n"
            f"             but got {type(value)} instead."
        )


def _check_list(value: Any, name: str) -> None:
    if not isinstance(value, list) or not all(isinstance(t, Variable) for t in value):
        raise TypeError(
            f"Invalid function argument. Expected parameter `{name}` of type List[{dtypes.module_name}.Tensor]\n"
            f"             but got {type(value)} "
            + (f"with elements of type {[type(t) for t in value]}." if isinstance(value, list) else "instead.")
        )


def _group(which: Any, function: str) -> ProcessGroup | None:
    found = resolved(which)
    if found is None:
        rank = resolved(None).rank()  # type: ignore[union-attr]
        warnings.warn(
            f"Running {function} on global rank {rank} which does not belong to the given group.", stacklevel=3
        )
    return found


def _root(group: ProcessGroup, in_world: int | None, in_group: int | None) -> int:
    if in_group is not None:
        return in_group
    return get_group_rank(group, 0 if in_world is None else in_world)


def _out(transfer: Transfer, group: ProcessGroup, async_op: bool) -> Work | None:
    work = Work(transfer, group)
    if async_op:
        return work
    work.wait()
    return None


def put(t: Any, numbers: Any) -> None:
    """Store what came in a tensor's memory."""
    k = kernels_of(t._data)
    host = numbers.reshape(t._data.shape).astype(t._data.dtype, copy=False)
    t._data[...] = host if k.device_type == "cpu" else k.from_host(host, k.device_index(t._data))
    t._counter[0] += 1


def sent(t: Any) -> numpy.ndarray:
    """A tensor's numbers, ready to go."""
    return outgoing(kernels_of(t._data).to_host(t._data))


def _averaged(buffer: numpy.ndarray, op: ReduceOp, n: int) -> numpy.ndarray:
    return buffer / n if op is ReduceOp.AVG else buffer


# ------------------------------------------------------------------ one tensor each
def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Every process gets, in ``tensor``, the sum (or ``op``) of what all had in it.

    With ``async_op`` it returns a `Work` at once; the result is there after its ``wait()``.
    """
    _check_tensor(tensor, "tensor")
    g = _group(group, "all_reduce")
    if g is None:
        return None
    if tensor._data.dtype.kind == "c" and op not in (ReduceOp.SUM, ReduceOp.AVG, ReduceOp.PRODUCT):
        raise ValueError(f"all_reduce does not support {op} on complex tensors")
    if g.alone:
        return _out(Transfer(None, None), g, async_op)
    if nccl.serves(g, tensor):
        return _out(Transfer(None, nccl.all_reduce(g, tensor, op)), g, async_op)
    from mpi4py import MPI

    own = in_place(tensor._data)
    buffer = tensor._data if own else sent(tensor)
    request = g.comm.Iallreduce(MPI.IN_PLACE, buffer, mpi_op(op.value))

    def finish() -> None:
        if own and op is not ReduceOp.AVG:
            tensor._counter[0] += 1
        else:
            put(tensor, _averaged(buffer, op, g.size()))

    return _out(Transfer(request, finish), g, async_op)


def broadcast(
    tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Every process gets the numbers of process ``src``."""
    _check_tensor(tensor, "tensor")
    g = _group(group, "broadcast")
    if g is None:
        return None
    root = _root(g, src, group_src)
    if g.alone:
        return _out(Transfer(None, None), g, async_op)
    if nccl.serves(g, tensor):
        return _out(Transfer(None, nccl.broadcast(g, tensor, root)), g, async_op)
    buffer = sent(tensor)
    request = g.comm.Ibcast(buffer, root)
    return _out(Transfer(request, None if g.rank() == root else lambda: put(tensor, buffer)), g, async_op)


def reduce(
    tensor: Any, dst: int | None = None, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:  # fmt: skip
    """Process ``dst`` gets the sum (or ``op``) of what all have in ``tensor``."""
    _check_tensor(tensor, "tensor")
    g = _group(group, "reduce")
    if g is None:
        return None
    root = _root(g, dst, group_dst)
    if g.alone:
        return _out(Transfer(None, None), g, async_op)
    buffer = sent(tensor)
    total = numpy.empty_like(buffer) if g.rank() == root else None
    request = g.comm.Ireduce(buffer, total, mpi_op(op.value), root)

    def finish() -> None:
        if total is not None:
            put(tensor, _averaged(total, op, g.size()))

    return _out(Transfer(request, finish), g, async_op)


# ------------------------------------------------------------------ lists of tensors
def _exchange(
    g: ProcessGroup, start: Callable[[], tuple[Any, numpy.ndarray | None]], targets: list[Any] | None, async_op: bool
) -> Work | None:
    """Run ``start`` → (request, rows that will come) and put row i into target i."""
    request, rows = start()

    def finish() -> None:
        for t, row in zip(targets or [], rows if rows is not None else []):
            put(t, row)

    return _out(Transfer(request, finish), g, async_op)


def _rows(count: int, like: numpy.ndarray) -> numpy.ndarray:
    return numpy.empty((count, *like.shape), like.dtype)


def all_gather(tensor_list: list[Any], tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Every process gets the tensors of all, in the order of their ranks."""
    _check_list(tensor_list, "tensor_list")
    _check_tensor(tensor, "tensor")
    g = _group(group, "all_gather")
    if g is None:
        return None
    if len(tensor_list) != g.size():
        raise ValueError(
            f"ProcessGroup::allgather: invalid output tensor list at index 0 (expected length {g.size()}, got {len(tensor_list)})"
        )

    def start() -> tuple[Any, numpy.ndarray]:
        buffer = sent(tensor)
        if g.alone:
            return None, buffer[None]
        rows = _rows(g.size(), buffer)
        return g.comm.Iallgather(buffer, rows), rows

    return _exchange(g, start, tensor_list, async_op)


def all_gather_into_tensor(
    output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False
) -> Work | None:
    """`all_gather` into one tensor, one process's numbers after the other's."""
    _check_tensor(input_tensor, "input_tensor")
    _check_tensor(output_tensor, "output_tensor")
    g = _group(group, "all_gather_into_tensor")
    if g is None:
        return None
    parts = list(output_tensor.reshape(g.size(), *input_tensor.shape).unbind(0))
    return all_gather([p.detach() for p in parts], input_tensor, group, async_op)


def gather(
    tensor: Any, gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None, async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:  # fmt: skip
    """Process ``dst`` gets the tensors of all in its ``gather_list``; the others give none."""
    _check_tensor(tensor, "tensor")
    if gather_list:
        _check_list(gather_list, "gather_list")
    g = _group(group, "gather")
    if g is None:
        return None
    root = _root(g, dst, group_dst)
    if g.rank() == root and not gather_list:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    if g.rank() != root and gather_list:
        raise ValueError("Argument ``gather_list`` must NOT be specified on non-destination ranks.")

    def start() -> tuple[Any, numpy.ndarray | None]:
        buffer = sent(tensor)
        if g.alone:
            return None, buffer[None]
        rows = _rows(g.size(), buffer) if g.rank() == root else None
        return g.comm.Igather(buffer, rows, root), rows

    return _exchange(g, start, gather_list, async_op)


def scatter(
    tensor: Any, scatter_list: list[Any] | None = None, src: int | None = None, group: Any = None, async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:  # fmt: skip
    """Every process gets one of the tensors in ``scatter_list`` of process ``src``."""
    _check_tensor(tensor, "tensor")
    if scatter_list:
        _check_list(scatter_list, "scatter_list")
    g = _group(group, "scatter")
    if g is None:
        return None
    root = _root(g, src, group_src)
    if g.rank() == root and not scatter_list:
        raise ValueError("Argument ``scatter_list`` must be specified on source rank.")
    if g.rank() != root and scatter_list:
        raise ValueError("Argument ``scatter_list`` must NOT be specified on non-source ranks.")

    def start() -> tuple[Any, numpy.ndarray]:
        rows = numpy.stack([sent(t) for t in scatter_list]) if scatter_list else None
        if rows is not None and g.alone:
            return None, rows
        mine = _rows(1, sent(tensor))
        return g.comm.Iscatter(rows, mine, root), mine

    return _exchange(g, start, [tensor], async_op)


def reduce_scatter(
    output: Any, input_list: list[Any], op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Process i gets the sum (or ``op``) over all processes of their i-th tensors."""
    _check_tensor(output, "output")
    _check_list(input_list, "input_list")
    g = _group(group, "reduce_scatter")
    if g is None:
        return None

    def start() -> tuple[Any, numpy.ndarray]:
        rows = numpy.stack([sent(t) for t in input_list])
        if g.alone:
            return None, rows
        mine = _rows(1, rows[0])
        return g.comm.Ireduce_scatter_block(rows, mine, mpi_op(op.value)), mine

    request, mine = start()
    return _out(Transfer(request, lambda: put(output, _averaged(mine[0], op, g.size()))), g, async_op)


def reduce_scatter_tensor(
    output: Any, input: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """`reduce_scatter` of the parts of one tensor."""
    _check_tensor(output, "output")
    _check_tensor(input, "input")
    g = _group(group, "reduce_scatter_tensor")
    if g is None:
        return None
    return reduce_scatter(output, list(input.reshape(g.size(), *output.shape).unbind(0)), op, group, async_op)


def all_to_all(
    output_tensor_list: list[Any], input_tensor_list: list[Any], group: Any = None, async_op: bool = False
) -> Work | None:
    """Process i gets, in place j of its outputs, the i-th input of process j. Tensors may differ in size."""
    _check_list(output_tensor_list, "output_tensor_list")
    _check_list(input_tensor_list, "input_tensor_list")
    g = _group(group, "all_to_all")
    if g is None:
        return None
    going = [sent(t).reshape(-1) for t in input_tensor_list]
    coming = [sent(t).reshape(-1) for t in output_tensor_list]
    if g.alone:
        return _out(Transfer(None, lambda: put(output_tensor_list[0], going[0])), g, async_op)
    out, buffer = numpy.concatenate(going), numpy.concatenate(coming)
    counts = [len(a) for a in going], [len(a) for a in coming]
    request = g.comm.Ialltoallv([out, counts[0]], [buffer, counts[1]])

    def finish() -> None:
        start = 0
        for t, n in zip(output_tensor_list, counts[1]):
            put(t, buffer[start : start + n])
            start += n

    return _out(Transfer(request, finish), g, async_op)


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: list[int] | None = None, input_split_sizes: list[int] | None = None,
    group: Any = None, async_op: bool = False,
) -> Work | None:  # fmt: skip
    """`all_to_all` of the parts of one tensor, equal ones or of the sizes given."""
    _check_tensor(output, "output")
    _check_tensor(input, "input")
    g = _group(group, "all_to_all_single")
    if g is None:
        return None
    n = g.size()
    outs = output.detach().split(output_split_sizes or output.shape[0] // n)
    return all_to_all(list(outs), list(input.split(input_split_sizes or input.shape[0] // n)), group, async_op)


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Wait until every process is here."""
    g = _group(group, "barrier")
    if g is None:
        return None
    return _out(Transfer(None if g.alone else g.comm.Ibarrier(), None), g, async_op)


# ------------------------------------------------------------------ from one to one
def isend(
    tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None
) -> Work | None:
    """Begin to send a tensor to process ``dst``."""
    _check_tensor(tensor, "tensor")
    g = _group(group, "isend")
    if g is None:
        return None
    to = _root(g, dst, group_dst)
    if to == g.rank():
        raise ValueError(
            "Invalid destination rank: destination rank should not be the same as the rank of the current process."
        )
    buffer = sent(tensor)
    return Work(Transfer(g.comm.Isend(buffer, to, tag), None), g)


def irecv(
    tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None
) -> Work | None:
    """Begin to receive into a tensor; from process ``src``, or from any."""
    _check_tensor(tensor, "tensor")
    g = _group(group, "irecv")
    if g is None:
        return None
    from mpi4py import MPI

    origin = MPI.ANY_SOURCE if src is None and group_src is None else _root(g, src, group_src)
    buffer = sent(tensor)
    request = g.comm.Irecv(buffer, origin, tag)
    return Work(Transfer(request, lambda: put(tensor, buffer)), g)


def send(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """Send a tensor to process ``dst``."""
    work = isend(tensor, dst, group, tag, group_dst)
    if work is not None:
        work.wait()


def recv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """Receive into a tensor; returns the rank of the process that it came from."""
    _check_tensor(tensor, "tensor")
    g = _group(group, "recv")
    if g is None:
        return -1
    from mpi4py import MPI

    origin = MPI.ANY_SOURCE if src is None and group_src is None else _root(g, src, group_src)
    buffer, status = sent(tensor), MPI.Status()
    g.comm.Recv(buffer, origin, tag, status)
    put(tensor, buffer)
    return g.ranks[status.Get_source()]


# ------------------------------------------------------------------ Python objects
def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Every process gets the objects of all. (Objects travel as pickles: only among processes that trust each other.)"""
    g = _group(group, "all_gather_object")
    if g is not None:
        object_list[:] = [obj] if g.alone else g.comm.allgather(obj)


def gather_object(
    obj: Any,
    object_gather_list: list[Any] | None = None,
    dst: int | None = None,
    group: Any = None,
    group_dst: int | None = None,
) -> None:
    """Process ``dst`` gets the objects of all."""
    g = _group(group, "gather_object")
    if g is None:
        return
    root = _root(g, dst, group_dst)
    if g.rank() == root and object_gather_list is None:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    found = [obj] if g.alone else g.comm.gather(obj, root)
    if object_gather_list is not None and found is not None:
        object_gather_list[:] = found


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None
) -> None:
    """Every process gets the objects of process ``src``."""
    g = _group(group, "broadcast_object_list")
    if g is not None and not g.alone:
        object_list[:] = g.comm.bcast(object_list, _root(g, src, group_src))


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any] | None = None, src: int | None = None,
    group: Any = None, group_src: int | None = None,
) -> None:  # fmt: skip
    """Every process gets one of the objects of process ``src``, in the first place of its output list."""
    g = _group(group, "scatter_object_list")
    if g is None:
        return
    if not isinstance(scatter_object_output_list, list) or len(scatter_object_output_list) < 1:
        raise ValueError("Expected argument scatter_object_output_list to be a list of size at least 1.")
    given = scatter_object_input_list
    root = _root(g, src, group_src)
    scatter_object_output_list[0] = (
        given[0] if g.alone and given else g.comm.scatter(given if g.rank() == root else None, root)
    )
