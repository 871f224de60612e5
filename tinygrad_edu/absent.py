"""``torch.mps``, ``torch.xpu``, ``torch.mtia``: accelerators that there are not, for programs that ask which one there is."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any


def _refusing(text: str) -> Callable[..., Any]:
    def refuse(*args: Any, **options: Any) -> Any:
        """There is no such accelerator."""
        raise RuntimeError(text)

    return refuse


def _module(name: str, what: str, **functions: Any) -> types.ModuleType:
    made = types.ModuleType(f"{__package__}.{name}", f"{what} are not supported: there are none of them.")
    made.__dict__.update(is_available=lambda: False, device_count=lambda: 0, **functions)
    return made


def _nothing(*args: Any, **options: Any) -> None:
    """Does nothing: there is no such accelerator."""


_MPS = "Cannot execute {}() without MPS backend."
mps = _module(
    "mps", "Apple's GPUs", manual_seed=_nothing, seed=_nothing, synchronize=_refusing(_MPS.format("deviceSynchronize")),
    empty_cache=_refusing(_MPS.format("emptyCache")), current_allocated_memory=_refusing(_MPS.format("currentAllocatedMemory")),
    driver_allocated_memory=_refusing(_MPS.format("driverAllocatedMemory")),
)  # fmt: skip
xpu = _module(
    "xpu",
    "Intel's GPUs",
    is_initialized=lambda: False,
    manual_seed=_nothing,
    manual_seed_all=_nothing,
    empty_cache=_nothing,
)
mtia = _module("mtia", "MTIA accelerators", is_initialized=lambda: False, empty_cache=_nothing)


def is_fake(x: object) -> bool:
    """Whether a tensor only stands for one, as in PyTorch's compiler: there are no such tensors."""
    return False


def get_proxy_mode() -> None:
    """What records a program for PyTorch's compiler: nothing does."""
