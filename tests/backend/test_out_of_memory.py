"""The allocator that a GPU's arrays come from: CuPy's errors get torch's type and first words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import tinygrad_edu as tg
from tinygrad_edu.backend import cuda


class Full(MemoryError):
    pass


def test_cupys_error_becomes_torchs() -> None:
    def malloc(size: int) -> int:
        if size > 1 << 30:
            raise Full("Out of memory allocating 3,221,225,472 bytes")
        return size

    cupy = SimpleNamespace(
        get_default_memory_pool=lambda: SimpleNamespace(malloc=malloc),
        cuda=SimpleNamespace(memory=SimpleNamespace(OutOfMemoryError=Full)),
    )
    allocate = cuda._allocator(cupy)
    assert allocate(512) == 512
    with pytest.raises(
        tg.cuda.OutOfMemoryError, match=r"CUDA out of memory\. Tried to allocate 3072\.00 MiB\. Out of memory"
    ) as caught:
        allocate(3 << 30)
    assert isinstance(caught.value, RuntimeError)
    assert isinstance(caught.value.__cause__, Full)
