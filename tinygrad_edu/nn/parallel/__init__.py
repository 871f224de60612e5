"""Modules on several devices (`DataParallel`) and in several processes (`DistributedDataParallel`)."""

from __future__ import annotations

from .data_parallel import DataParallel, data_parallel, gather, parallel_apply, replicate, scatter, scatter_kwargs
from .distributed import DistributedDataParallel
from .sync_batchnorm import SyncBatchNorm

__all__ = [
    "DataParallel", "DistributedDataParallel", "SyncBatchNorm", "data_parallel", "gather", "parallel_apply", "replicate", "scatter",
    "scatter_kwargs",
]  # fmt: skip
