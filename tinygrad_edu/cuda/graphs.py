"""``torch.cuda.graphs``: work for the GPU that is recorded once and then started as a whole.

A small training step is hundreds of kernels of a few microseconds each, and Python takes longer to start one than the GPU to run
it. While a stream is being recorded nothing runs: every launch becomes a node of a graph. `CUDAGraph.replay` starts them all with
one call, without Python – the same kernels on the same memory, so the program puts new numbers into the same input tensors::

    static_x, static_y = torch.zeros(64, 784, device="cuda"), torch.zeros(64, dtype=torch.long, device="cuda")
    ...                                        # some steps in a stream of their own first: kernels are compiled at first use
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step(static_x, static_y)        # forward, backward, optimizer.step()
    for x, y in loader:
        static_x.copy_(x), static_y.copy_(y)
        graph.replay()                         # now `loss` holds this batch's

What cannot be recorded is whatever makes the program wait for the GPU (``item()``, ``print``, ``if`` on a tensor, boolean masks) and
what takes numbers from the CPU (``torch.tensor(..., device="cuda")``); the error says so.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack, suppress
from typing import Any

from .. import devices
from ..backend import kernels_for, later
from ..backend.capture import Recording, explained, now
from ..random import generator_of
from ._device import _cupy, _index, is_available
from .streams import Stream, StreamContext, current_stream


class CUDAGraph:
    """One recorded piece of work. RuntimeError, in torch's words, where there is no GPU.

    Memory that the work asks for while it is recorded comes from a pool of the graph's own, which nothing else uses as long as the
    graph lives. Random numbers go on from replay to replay, as if the work were run.
    """

    def __new__(cls, *args: Any, **options: Any) -> CUDAGraph:
        if not is_available():
            raise RuntimeError("Tried to instantiate dummy base class CUDAGraph")
        return super().__new__(cls)

    def __init__(self, keep_graph: bool = False) -> None:
        self._graph: Any = None
        self._pool: Any = None
        self._recording: Recording | None = None
        self._open = ExitStack()

    def capture_begin(self, pool: Any = None, capture_error_mode: str = "global") -> None:
        """Record from here on what is sent to the current stream (which may not be the default one)."""
        if self._graph is not None:
            raise RuntimeError(
                "This CUDAGraph instance already owns a captured graph. To capture a new graph, create a new instance."
            )
        if capture_error_mode not in ("global", "thread_local", "relaxed"):
            raise RuntimeError(
                f"Unknown capture error mode. Expected `global`, `thread_local`, or `relaxed`, got {capture_error_mode}"
            )
        if now() is not None:
            raise RuntimeError("Only one CUDA graph can be captured at a time: another capture is under way")
        cupy, raw = _cupy(), current_stream()._raw
        if raw == cupy.cuda.Stream.null:
            raise RuntimeError(
                "CUDA graphs must be captured on a non-default stream. (However, after capture, it's ok to replay them on the "
                "default stream.)"
            )
        k, device = kernels_for("cuda"), _index()
        later.notes_of(k, device)  # now, as they outlive the graph
        self._pool = cupy.cuda.MemoryPool() if pool is None else pool
        self._recording = Recording(raw, generator_of(devices.resolve("cuda")).stream)
        self._open.enter_context(cupy.cuda.using_allocator(self._pool.malloc))
        # Relaxed, for the pool has to get memory from the driver while work is recorded
        raw.begin_capture(cupy.cuda.runtime.streamCaptureModeRelaxed)
        self._open.enter_context(self._recording)

    def capture_end(self) -> None:
        """Stop recording and make the graph ready to start."""
        if self._recording is None:
            raise RuntimeError("capture_end() was called without capture_begin()")
        self._open.close()
        try:
            self._graph = self._recording.stream.end_capture()
        except RuntimeError as error:  # CuPy's: what was sent to the stream cannot be recorded
            self._recording = None
            raise (explained(error) or error) from None

    def _give_up(self) -> None:
        """Stop recording after an error."""
        self._open.close()
        if self._recording is not None:
            with suppress(_cupy().cuda.runtime.CUDARuntimeError):  # which says again what the first error said
                self._recording.stream.end_capture()
        self._recording = None

    def replay(self) -> None:
        """Run the recorded work once more, in the current stream."""
        if self._graph is None or self._recording is None:
            raise RuntimeError("Called CUDAGraph::replay without a preceding successful capture.")
        self._recording.next_numbers()
        self._graph.launch(current_stream()._raw)
        later.ask_again()

    def reset(self) -> None:
        """Forget the recorded work and give its memory back."""
        self._graph = self._recording = self._pool = None

    def pool(self) -> Any:
        """The memory of this graph, for another one that is never replayed at the same time as this."""
        if self._pool is None:
            raise RuntimeError("Called CUDAGraph::pool() without a preceding successful capture.")
        return self._pool


class graph:
    """Record the work of a ``with`` block into a `CUDAGraph`, in a stream of its own unless one is given."""

    default_capture_stream: Stream | None = None

    def __init__(
        self, cuda_graph: CUDAGraph, pool: Any = None, stream: Stream | None = None, capture_error_mode: str = "global"
    ) -> None:
        if stream is None:
            stream = graph.default_capture_stream = graph.default_capture_stream or Stream()
        self.cuda_graph, self.pool, self.capture_error_mode = cuda_graph, pool, capture_error_mode
        self.capture_stream, self.stream_ctx = stream, StreamContext(stream)

    def __enter__(self) -> None:
        _cupy().cuda.runtime.deviceSynchronize()
        gc.collect()  # what is freed while work is recorded could still be in use by other work
        self.stream_ctx.__enter__()
        try:
            self.cuda_graph.capture_begin(self.pool, self.capture_error_mode)
        except BaseException:
            self.stream_ctx.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            if error is None:
                self.cuda_graph.capture_end()
                return
            self.cuda_graph._give_up()
            clearer = explained(error)
            if clearer is not None:
                raise clearer from error
        finally:
            self.stream_ctx.__exit__(None, None, None)


def graph_pool_handle() -> Any:
    """Memory for graphs that share it: ``pool=`` of `graph`."""
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class _graph_pool_handle")
    return _cupy().cuda.MemoryPool()


def is_current_stream_capturing() -> bool:
    """Whether work is being recorded. RuntimeError where there is no GPU."""
    if not is_available():
        raise RuntimeError("Tried to instantiate dummy base class _cuda_isCurrentStreamCapturing")
    return now() is not None
