"""Tensors on GPUs, between processes: NCCL through CuPy. Not tested: it needs a machine with several GPUs.

Used where ``init_process_group("nccl")`` was called and the tensor is on a GPU: `all_reduce` and `broadcast`, which training needs;
everything else goes through the computer's memory and MPI.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backend import kernels_of

_communicators: dict[int, Any] = {}  # id of a group → its NCCL communicator


def available() -> bool:
    """Whether CuPy is here, with NCCL."""
    try:
        from cupy.cuda import nccl
    except ImportError:
        return False
    return bool(nccl.available) if hasattr(nccl, "available") else True


def serves(group: Any, tensor: Any) -> bool:
    """Whether NCCL is to carry this tensor."""
    return group.backend == "nccl" and kernels_of(tensor._data).device_type == "cuda" and available()


def _communicator(group: Any) -> Any:
    """One for each group: its first process makes an address, which MPI tells the others."""
    if id(group) not in _communicators:
        from cupy.cuda import nccl

        address = group.comm.bcast(nccl.get_unique_id() if group.rank() == 0 else None, 0)
        _communicators[id(group)] = nccl.NcclCommunicator(group.size(), address, group.rank())
    return _communicators[id(group)]


def _kind(array: Any) -> int:
    from cupy.cuda import nccl

    return int(
        {
            "float32": nccl.NCCL_FLOAT32, "float64": nccl.NCCL_FLOAT64, "float16": nccl.NCCL_FLOAT16, "int64": nccl.NCCL_INT64,
            "int32": nccl.NCCL_INT32, "int8": nccl.NCCL_INT8, "uint8": nccl.NCCL_UINT8,
        }[array.dtype.name]
    )  # fmt: skip


def _finish(tensor: Any, buffer: Any, stream: Any) -> Callable[[], None]:
    def finish() -> None:
        stream.synchronize()
        if buffer is not tensor._data:
            tensor._data[...] = buffer
        tensor._counter[0] += 1

    return finish


def all_reduce(group: Any, tensor: Any, op: Any) -> Callable[[], None]:
    """Begin; what is returned waits for the end."""
    import cupy
    from cupy.cuda import nccl

    how = {
        "SUM": nccl.NCCL_SUM,
        "AVG": nccl.NCCL_SUM,
        "PRODUCT": nccl.NCCL_PROD,
        "MIN": nccl.NCCL_MIN,
        "MAX": nccl.NCCL_MAX,
    }
    buffer = cupy.ascontiguousarray(tensor._data)
    stream = cupy.cuda.get_current_stream()
    at = buffer.data.ptr
    _communicator(group).allReduce(at, at, buffer.size, _kind(buffer), how[op.value], stream.ptr)
    if op.value == "AVG":
        buffer /= group.size()
    return _finish(tensor, buffer, stream)


def broadcast(group: Any, tensor: Any, root: int) -> Callable[[], None]:
    """Begin; what is returned waits for the end."""
    import cupy

    buffer = cupy.ascontiguousarray(tensor._data)
    stream = cupy.cuda.get_current_stream()
    _communicator(group).bcast(buffer.data.ptr, buffer.size, _kind(buffer), root, stream.ptr)
    return _finish(tensor, buffer, stream)
