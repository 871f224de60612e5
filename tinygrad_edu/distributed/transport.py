"""What carries numbers between processes: MPI, or – in a program that was started alone, without mpi4py – nothing."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy


class Alone:
    """One process: the part of an MPI communicator that is needed, for a world of one."""

    def Get_rank(self) -> int:
        return 0

    def Get_size(self) -> int:
        return 1


def world() -> Any:
    """MPI's communicator of all processes. Programs that ``mpiexec`` did not start are alone in it."""
    try:
        from mpi4py import MPI
    except ImportError:
        return Alone()
    return MPI.COMM_WORLD


def stop_all_on_error(comm: Any) -> None:
    """From now on an exception that nobody catches prints its traceback and ends all processes, which would wait for this one."""
    if comm.Get_size() == 1 or getattr(sys.excepthook, "stops_all", False):
        return
    rank = comm.Get_rank()

    def stop(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stdout.flush()
        sys.stderr.write(f"rank {rank} failed, and with it the whole job:\n{text}")
        sys.stderr.flush()
        comm.Abort(1)

    stop.stops_all = True  # type: ignore[attr-defined]
    sys.excepthook = stop


# ------------------------------------------------------------------ arrays on their way
def outgoing(array: Any) -> numpy.ndarray:
    """A copy in one piece, of a dtype that MPI can add up: half precision as float32, truth values as bytes."""
    if array.dtype == bool:
        return numpy.ascontiguousarray(array).astype(numpy.uint8)
    if array.dtype.itemsize == 2 and array.dtype.kind in "fV":
        return numpy.ascontiguousarray(array, dtype=numpy.float32)
    return numpy.array(array, order="C")


def in_place(array: Any) -> bool:
    """Whether MPI can read and write an array where it lies."""
    return (
        isinstance(array, numpy.ndarray)
        and array.flags.c_contiguous
        and array.flags.writeable
        and array.dtype.kind in "iufc"
        and (array.dtype.itemsize > 2 or array.dtype.kind in "iu")
    )


class Transfer:
    """A running exchange: ``finish`` puts what came where it belongs, once."""

    def __init__(self, request: Any, finish: Callable[[], None] | None) -> None:
        self.request, self.finish = request, finish

    def done(self) -> bool:
        return self.request is None or bool(self.request.Test())

    def wait(self) -> None:
        if self.request is not None:
            self.request.Wait()
            self.request = None
        if self.finish is not None:
            finish, self.finish = self.finish, None
            finish()


def mpi_op(name: str) -> Any:
    from mpi4py import MPI

    return {
        "SUM": MPI.SUM, "AVG": MPI.SUM, "PRODUCT": MPI.PROD, "MIN": MPI.MIN, "MAX": MPI.MAX, "BAND": MPI.BAND, "BOR": MPI.BOR,
        "BXOR": MPI.BXOR,
    }[name]  # fmt: skip
