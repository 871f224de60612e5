"""``torch.nn.attention``: which implementation attention uses. Here there is one; the names are for code that chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from ..backends import attention


class SDPBackend(Enum):
    """An implementation of `nn.functional.scaled_dot_product_attention` in PyTorch."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


_SWITCHES = {
    "flash": SDPBackend.FLASH_ATTENTION, "mem_efficient": SDPBackend.EFFICIENT_ATTENTION, "math": SDPBackend.MATH,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
}  # fmt: skip


@contextmanager
def sdpa_kernel(backends: list[SDPBackend] | SDPBackend, set_priority: bool = False) -> Iterator[None]:
    """A block in which attention may use only these implementations. Ours is one, so that only the switches change."""
    chosen = backends if isinstance(backends, list) else [backends]
    if not all(isinstance(backend, SDPBackend) for backend in chosen):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    allowed = {name: backend in chosen for name, backend in _SWITCHES.items()}
    with attention.only(**allowed):
        yield
