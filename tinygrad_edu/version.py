"""``torch.version``: this package's version, and CUDA's where there is a GPU."""

from __future__ import annotations

from typing import Any

from . import backend
from ._version import __version__

git_version = hip = xpu = None
debug = False


def __getattr__(name: str) -> Any:
    if name == "cuda":  # asked of CuPy only when somebody wants to know
        if not backend.cuda_available():
            return None
        number = backend.kernels_for("cuda").xp.cuda.runtime.runtimeGetVersion()
        return f"{number // 1000}.{number % 1000 // 10}"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["__version__", "cuda", "debug", "git_version", "hip", "xpu"]  # noqa: F822 – cuda is made by __getattr__
