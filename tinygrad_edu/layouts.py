"""The small named objects of torch: ``strided``, and memory formats such as ``channels_last``."""

from __future__ import annotations

from . import dtypes


class _Named(metaclass=dtypes.PublicName):
    def __init__(self, name: str) -> None:
        self.name = name

    __format__ = dtypes.formatted
    __getattr__ = dtypes.no_attribute

    def __repr__(self) -> str:
        return f"{dtypes.module_name}.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class layout(_Named):
    """How a tensor's numbers are arranged; here always `strided` (the others are names to compare with)."""


class memory_format(_Named):
    """The order of dimensions in memory that an operation is asked for."""


strided = layout("strided")
sparse_coo, sparse_csr, sparse_csc = layout("sparse_coo"), layout("sparse_csr"), layout("sparse_csc")
sparse_bsr, sparse_bsc = layout("sparse_bsr"), layout("sparse_bsc")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
