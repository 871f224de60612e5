"""``torch.utils.cpp_extension``: kernels in C++ and CUDA. They are written against PyTorch's own C++ library, so that none can be built."""

from __future__ import annotations

from typing import Any

CUDA_HOME = ROCM_HOME = None
_NONE = "C++ extensions are built against PyTorch's C++ library, which is not here; operators of one's own: library.custom_op"


def load(*args: Any, **options: Any) -> Any:
    """Would compile an extension and import it: an error here."""
    raise RuntimeError(_NONE)


load_inline = CppExtension = CUDAExtension = load
__all__ = ["CUDA_HOME", "ROCM_HOME", "CUDAExtension", "CppExtension", "load", "load_inline"]
