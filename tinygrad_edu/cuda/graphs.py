"""``torch.cuda.graphs``: the names of CUDA graphs, which are not recorded here."""

from __future__ import annotations

from typing import Any

from ._device import is_available


class CUDAGraph:
    """Not supported. RuntimeError, in torch's words, where there is no GPU; NotImplementedError where there is one."""

    def __new__(cls, *args: Any, **options: Any) -> CUDAGraph:
        if not is_available():
            raise RuntimeError("Tried to instantiate dummy base class CUDAGraph")
        raise NotImplementedError("CUDA graphs are not supported: run the work itself")


class graph:
    """Not supported, like `CUDAGraph`: there is none to record into."""

    def __init__(
        self, cuda_graph: Any, pool: Any = None, stream: Any = None, capture_error_mode: str = "global"
    ) -> None:
        if not is_available():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        raise NotImplementedError("CUDA graphs are not supported: run the work itself")


def graph_pool_handle() -> Any:
    """RuntimeError or NotImplementedError: see `CUDAGraph`."""
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class _graph_pool_handle")
    raise NotImplementedError("CUDA graphs are not supported")


def is_current_stream_capturing() -> bool:
    """False: nothing is ever recorded. RuntimeError where there is no GPU."""
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class _cuda_isCurrentStreamCapturing")
    return False


def make_graphed_callables(callables: Any, sample_args: Any, **options: Any) -> Any:
    """The functions as they are: they do the same, started step by step. RuntimeError where there is no GPU."""
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class CUDAGraph")
    return callables


__all__ = ["CUDAGraph", "graph", "graph_pool_handle", "is_current_stream_capturing", "make_graphed_callables"]
