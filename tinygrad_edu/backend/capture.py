"""Work for a GPU that is being recorded (``cuda.graph``), as far as the rest of the house has to know about it."""

from __future__ import annotations

from typing import Any

from .errors import AcceleratorError

_now: Recording | None = None


def now() -> Recording | None:
    """The recording that is under way."""
    return _now


class Recording:
    """What is sent to ``stream`` inside the ``with`` block is recorded, not run.

    Random numbers: a kernel is recorded with the numbers it was started with, so that the place in the random stream may not be one
    of these. While work is recorded the stream's words are counted from 0, and where they begin stands in memory of the GPU.
    """

    def __init__(self, stream: Any, random: Any) -> None:
        self.stream, self.random = stream, random
        self.start = random.place_on_device()

    def __enter__(self) -> None:
        global _now
        self.before = self.random.begin_recording(self.start)
        _now = self

    def __exit__(self, *exc: object) -> None:
        global _now
        _now = None
        self.words = self.random.end_recording(self.before)

    def next_numbers(self) -> None:
        """Let the recorded work draw the random numbers that come next."""
        if self.words:
            self.random.skip(self.words, self.start)


def refuse_to_wait() -> None:
    """AcceleratorError if work is being recorded: what comes now would have to wait for the GPU, or brings numbers from the CPU."""
    if _now is not None:
        raise _error()


def explained(error: BaseException) -> AcceleratorError | None:
    """For CuPy's error about work that cannot be recorded one that says what to do; None for other errors."""
    return _error() if isinstance(error, RuntimeError) and "StreamCapture" in str(error) else None


def _error() -> AcceleratorError:
    return AcceleratorError(
        "CUDA error: operation not permitted when stream is capturing\n"
        "A graph records work for the GPU. It cannot wait for a number (item(), cpu(), print, `if` on a tensor, boolean masks) nor take "
        "one from the CPU (torch.tensor(..., device='cuda')): do that before or after the block. Kernels are compiled at their first "
        "use: run the work a few times in another stream before it is recorded."
    )
