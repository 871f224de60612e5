"""Tests here run on the strict double of a GPU, and on a real one where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from strict.strict_array import strict_cuda

from tinygrad_edu import backend


@pytest.fixture(params=["strict", "cupy"] if backend.cuda_available() else ["strict"])
def device(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "strict":
        with strict_cuda():
            yield "strict"
    else:
        yield "cupy"
