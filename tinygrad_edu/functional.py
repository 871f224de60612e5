"""``torch.functional``: the functions that torch keeps under this name as well."""

from __future__ import annotations

from .nn import functional as F  # noqa: F401 - torch has these two names here
from .ops.registry import functions
from .tensor import Tensor  # noqa: F401

_NAMES = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod", "cdist",
    "chain_matmul", "einsum", "istft", "lu", "meshgrid", "norm", "pca_lowrank", "split", "stft", "svd_lowrank", "tensordot", "unique",
    "unique_consecutive", "unravel_index",
]  # fmt: skip
globals().update({name: functions[name] for name in _NAMES})
__all__ = [*_NAMES]
