"""tinygrad_edu: a deep-learning framework to read, with PyTorch's names and PyTorch's behaviour."""

from __future__ import annotations

import importlib as _importlib
import math as _math
from typing import Any as _Any

from . import autograd, random
from ._version import __version__
from .autograd import (
    enable_grad,
    inference_mode,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)  # fmt: skip
from .determinism import (
    are_deterministic_algorithms_enabled,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    set_float32_matmul_precision,
    use_deterministic_algorithms,
)  # fmt: skip
from .devices import device, get_default_device, set_default_device
from .dtypes import (
    aliases,
    all_dtypes,
    can_cast,
    dtype,
    get_default_dtype,
    promote_types,
    set_default_dtype,
)  # fmt: skip
from .layouts import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    sparse_bsc,
    sparse_bsr,
    sparse_coo,
    sparse_csc,
    sparse_csr,
    strided,
)  # fmt: skip
from .legacy import set_default_tensor_type
from .legacy import storages as _legacy_storages
from .legacy import types as _legacy_types
from .ops import registry as _registry
from .printing import get_printoptions, set_printoptions
from .random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)  # fmt: skip
from .size import Size
from .sparse import FUNCTIONS as _SPARSE
from .storage import TypedStorage, UntypedStorage, is_storage
from .tensor import Tensor
from .threads import get_num_interop_threads, get_num_threads, set_num_interop_threads, set_num_threads
from .typeinfo import (
    finfo,
    iinfo,
    is_complex,
    is_floating_point,
    is_inference,
    is_nonzero,
    is_signed,
    is_tensor,
    numel,
    result_type,
    typename,
)  # fmt: skip

globals().update({d.name: d for d in all_dtypes}, **aliases)
globals().update(_registry.functions, **_SPARSE)
globals().update(_legacy_types, **_legacy_storages)
legacy_contiguous_format = contiguous_format
inf, nan, pi, e, newaxis = _math.inf, _math.nan, _math.pi, _math.e, None

# Rooms that are opened when somebody asks for them: ``import tinygrad_edu`` stays quick.
_ROOMS = {
    "accelerator", "amp", "backends", "compat", "compiler", "cpu", "cuda", "data", "distributed", "distributions", "fft", "func",
    "functional", "future", "fx", "hub", "io", "jit", "library", "linalg", "masked", "multiprocessing", "nn", "onnx", "optim", "overrides",
    "profiler", "quasirandom", "return_types", "signal", "sparse", "special", "testing", "torch_version", "train", "types", "utils",
    "version", "vision", "viz",
}  # fmt: skip
_FROM = {
    "load": "io", "save": "io", "add_safe_globals": "io", "PyTorchFileReader": "io.reader",
    "GradScaler": "amp", "autocast": "amp", "install_as_torch": "compat", "vmap": "func",
    "compile": "nn.compiled", **dict.fromkeys(("mps", "xpu", "mtia"), "absent"),
    "fork": "jit.futures", "wait": "jit.futures", "Future": "jit.futures", "ScriptModule": "jit.module", "ScriptFunction": "jit.module",
    "OutOfMemoryError": "backend.errors", "AcceleratorError": "backend.errors",
    "Stream": "streams", "Event": "streams", "DisableTorchFunction": "overrides", "DisableTorchFunctionSubclass": "overrides",
    **dict.fromkeys(("_check", "_check_with", "_check_value", "_check_index", "_check_type", "_check_not_implemented", "_check_is_size",
                     "_check_tensor_all", "_check_tensor_all_with", "_assert", "_assert_async", "cond", "while_loop", "sym_int",
                     "sym_float", "sym_not", "sym_max", "sym_min", "sym_ite", "sym_sum", "sym_sqrt", "SymInt",
                     "SymFloat", "SymBool"), "control"),
    **dict.fromkeys(("get_deterministic_debug_mode", "set_deterministic_debug_mode", "is_warn_always_enabled", "set_warn_always"),
                    "determinism"),
    **dict.fromkeys(("get_device_module", "set_flush_denormal", "compiled_with_cxx11_abi", "is_vulkan_available"), "backends"),
    **dict.fromkeys(("is_autocast_enabled", "set_autocast_enabled", "get_autocast_dtype", "set_autocast_dtype",
                     "is_autocast_cache_enabled", "set_autocast_cache_enabled", "clear_autocast_cache"), "amp.autocast_mode"),
    **dict.fromkeys(("is_autocast_cpu_enabled", "get_autocast_cpu_dtype", "get_autocast_gpu_dtype", "set_autocast_cpu_enabled",
                     "set_autocast_cpu_dtype"), "amp.old"),
}  # fmt: skip


_ALSO = {
    "serialization": "io",
    "_C": "overrides",
    "_tensor_str": "printing",
    "_dynamo": "compiler",
    "_logging": "compiler",
    "__config__": "backends",
    "__future__": "future",
    "futures": "jit.futures",
}  # torch's names of rooms of ours


def __getattr__(name: str) -> _Any:
    if name == "__all__":  # of ``import *``: no rooms, which would hide a program's own random, io, data
        own = [n for n, found in globals().items() if not (n.startswith("_") or isinstance(found, type(_math)))]
        later = [n for n, room in _FROM.items() if not (n.startswith("_") or room in ("absent", "compat"))]
        return sorted({*own, *later} - {"aliases", "all_dtypes", "annotations"})
    if name in _ALSO:
        return _importlib.import_module(f"{__package__}.{_ALSO[name]}")
    if name in _ROOMS:
        return _importlib.import_module(f"{__package__}.{name}")
    if name in _FROM:
        return getattr(_importlib.import_module(f"{__package__}.{_FROM[name]}"), name)
    if name == "torch":  # torch.torch is torch
        return _importlib.import_module(__package__)
    if name.startswith("_foreach_") and (found := _importlib.import_module(f"{__package__}.ops.foreach").named(name)):
        return found
    shown = _importlib.import_module(f"{__package__}.dtypes").module_name  # "torch" after install_as_torch
    raise AttributeError(f"module {shown!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, *_FROM})
