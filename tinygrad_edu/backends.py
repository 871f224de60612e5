"""``torch.backends``: which libraries compute, and switches that say how exactly.

The switches keep what they are set to. Our kernels have one way of computing each result and give the same numbers in every
run, so that none of them changes a result.
"""

from __future__ import annotations

import functools
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__path__: list[str] = []  # so that ``import torch.backends.cudnn`` works


class _Backend(types.ModuleType):
    """A namespace of switches and questions that can be imported like a module."""

    def __init__(self, name: str, doc: str, **members: Any) -> None:
        super().__init__(f"{__name__}.{name}", doc)
        self.__dict__.update(members)


def _no() -> bool:
    return False


def _cuda_is_built() -> bool:
    from .backend.cuda import why_unavailable

    return not (why_unavailable() or "").startswith("CuPy is not installed")


def _blas() -> str:
    """The library that multiplies matrices."""
    from .backend import cpu

    config = cpu.xp.show_config(mode="dicts")
    return str(config.get("Build Dependencies", {}).get("blas", {}).get("name", "unknown"))


def show() -> str:
    """How this framework was built, as a text of lines."""
    from .backend import cpu as host

    return f"{__package__} on NumPy {host.xp.__version__}, with:\n  - {_blas()} for products of matrices\n"


def parallel_info() -> str:
    """How many threads compute, as a text of lines."""
    from .threads import get_num_threads

    return f"NumPy and {_blas()}:\n\tget_num_threads() : {get_num_threads()}\n"


def _kept(name: str, value: bool) -> dict[str, Any]:
    """``get_name()`` and ``set_name(value)`` of a setting that has no effect."""
    held = [value]
    return {f"get_{name}": lambda: held[0], f"set_{name}": lambda value: held.__setitem__(0, bool(value))}


class _Matmul:
    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True
    fp32_precision = "none"


def _set_cudnn(
    _enabled: bool | None = None, _benchmark: bool | None = None, _benchmark_limit: int | None = None,
    _deterministic: bool | None = None, _allow_tf32: bool | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    """Set the switches that are given; returns what all of them were. As in torch, the limit is there only where cuDNN is."""
    given = {
        "enabled": _enabled, "benchmark": _benchmark, "benchmark_limit": None, "deterministic": _deterministic,
        "allow_tf32": _allow_tf32,
    }  # fmt: skip
    before = tuple(getattr(cudnn, name) for name in given)
    vars(cudnn).update({name: value for name, value in given.items() if value is not None})
    return before


@contextmanager
def _cudnn_flags(
    enabled: bool = False, benchmark: bool = False, benchmark_limit: int = 10, deterministic: bool = False,
    allow_tf32: bool = True,
) -> Iterator[None]:  # fmt: skip
    """A block with other settings."""
    before = _set_cudnn(enabled, benchmark, benchmark_limit, deterministic, allow_tf32)
    try:
        yield
    finally:
        _set_cudnn(*before)


cudnn = _Backend(
    "cudnn", "cuDNN is not used: convolutions are matrix products.", enabled=True, deterministic=False, benchmark=False,
    benchmark_limit=None, allow_tf32=True, is_available=_no, version=lambda: None, is_acceptable=lambda tensor: False,
    flags=_cudnn_flags, set_flags=_set_cudnn,
)  # fmt: skip


class AttentionSwitches:
    """Which implementations `nn.functional.scaled_dot_product_attention` may use. Ours is one, whatever they say."""

    def __init__(self) -> None:
        self.allowed = dict.fromkeys(("flash", "mem_efficient", "math", "cudnn"), True)

    def set(self, name: str, enabled: bool) -> None:
        """Switch one of them."""
        self.allowed[name] = bool(enabled)

    @contextmanager
    def only(self, **allowed: bool) -> Iterator[None]:
        """A block with other settings."""
        before, self.allowed = self.allowed, self.allowed | allowed
        try:
            yield
        finally:
            self.allowed = before

    def functions(self) -> dict[str, Any]:
        """``enable_flash_sdp(enabled)``, ``flash_sdp_enabled()`` and so on."""
        found: dict[str, Any] = {}
        for name in self.allowed:
            found[f"enable_{name}_sdp"] = functools.partial(self.set, name)
            found[f"{name}_sdp_enabled"] = functools.partial(self._is_allowed, name)
        return found

    def _is_allowed(self, name: str) -> bool:
        return self.allowed[name]


def _sdp_kernel(
    enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True
) -> Any:
    """torch's old form of `nn.attention.sdpa_kernel`."""
    warnings.warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please see "
        "`torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        FutureWarning,
        stacklevel=2,
    )
    return attention.only(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn)


attention = AttentionSwitches()
cuda = _Backend(
    "cuda", "CUDA, through CuPy.", is_built=_cuda_is_built, matmul=_Matmul(), sdp_kernel=_sdp_kernel,
    is_flash_attention_available=_no, **attention.functions(),
)  # fmt: skip
mps = _Backend("mps", "Apple's GPUs are not supported.", is_available=_no, is_built=_no)
mkl = _Backend("mkl", "Intel's matrix library.", is_available=lambda: "mkl" in _blas().lower())
mkldnn = _Backend("mkldnn", "oneDNN is not used.", enabled=True, is_available=_no)
openmp = _Backend("openmp", "Threads of the matrix library.", is_available=_no)
opt_einsum = _Backend("opt_einsum", "Orders of einsum's products.", enabled=True, strategy="auto", is_available=_no)

mha = _Backend("mha", "The short way of transformers in eval mode.", **_kept("fastpath_enabled", True))
nnpack = _Backend("nnpack", "NNPACK is not used.", is_available=_no)
cpu = _Backend("cpu", "NumPy's loops.", get_cpu_capability=lambda: "DEFAULT")
cusparselt = _Backend("cusparselt", "cuSPARSELt is not used.", is_available=_no, version=lambda: None)

for _name in (
    "cudnn", "cuda", "mps", "mkl", "mkldnn", "openmp", "opt_einsum", "mha", "nnpack", "cpu", "cusparselt",
):  # fmt: skip
    sys.modules[f"{__name__}.{_name}"] = globals()[_name]


def get_device_module(device: Any = None) -> types.ModuleType:
    """The module of a kind of device: ``cuda`` or ``cpu``; without one, that of what there is.

    >>> get_device_module("cpu").current_device()
    'cpu'
    """
    import importlib

    from .backend import cuda_available
    from .devices import device as known

    if device is None:
        kind = "cuda" if cuda_available() else "cpu"
    elif isinstance(device, (str, known)):
        kind = known(device).type
    else:
        raise RuntimeError(f"Invalid value of device '{device}', expect torch.device, str, or None")
    if kind not in ("cpu", "cuda"):
        raise RuntimeError(f"there is no module for {kind} devices here")
    return importlib.import_module(f"{__package__}.{kind}")


def set_flush_denormal(mode: bool) -> bool:
    """False: numbers below the normal ones are kept, and nothing here can change that."""
    return False


def compiled_with_cxx11_abi() -> bool:
    """True, as for torch; there is no C++ here."""
    return True


def is_vulkan_available() -> bool:
    """False."""
    return False
