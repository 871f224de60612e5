"""How many processor threads the array library uses.

NumPy's matrix products run in OpenBLAS (or MKL), whose threads `threadpoolctl <https://pypi.org/project/threadpoolctl/>`_ can
set. Without that package the number can only be chosen before Python starts (``OMP_NUM_THREADS``), and asking for another one
says so.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from typing import Any

from .backend import threads

_limits: Any = None  # keeps the limit that is in force
_interop = 1


def _controller() -> Any:
    if importlib.util.find_spec("threadpoolctl") is None:
        return None
    import threadpoolctl

    return threadpoolctl.ThreadpoolController()


def get_num_threads() -> int:
    """How many threads a matrix product uses."""
    controller = _controller()
    pools = [] if controller is None else [p["num_threads"] for p in controller.info() if p["user_api"] == "blas"]
    if pools:
        return max(pools)
    return int(os.environ.get("OMP_NUM_THREADS") or os.environ.get("OPENBLAS_NUM_THREADS") or os.cpu_count() or 1)


def set_num_threads(num: int) -> None:
    """Let matrix products and compiled kernels use ``num`` threads; a warning where that cannot be changed while running."""
    global _limits
    if not isinstance(num, int) or isinstance(num, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(num).__name__}")
    if num <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    threads.set_count(num)
    controller = _controller()
    if controller is not None:
        _limits = controller.limit(limits=num)
    elif num != get_num_threads():
        warnings.warn(
            f"set_num_threads({num}) has no effect on matrix products: install threadpoolctl, or set OMP_NUM_THREADS={num} before "
            "starting Python",
            UserWarning,
            stacklevel=2,
        )


def get_num_interop_threads() -> int:
    """How many operations run side by side: one, they run in the order of the program."""
    return _interop


def set_num_interop_threads(num: int) -> None:
    """Accepted for torch's sake; operations run one after the other."""
    if not isinstance(num, int) or isinstance(num, bool):
        raise RuntimeError(f"set_num_interop_threads expects an int, but got {type(num).__name__}")
    if num <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
