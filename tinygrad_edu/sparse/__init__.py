"""Sparse tensors: only the numbers that are not 0 are kept, with their places.

How the room is laid out: `dispatch` (who answers when a function meets a sparse tensor), `state` (what a tensor knows of itself),
`graph` (nodes and leaves), `text` (printing), and the operations: `creation`, `parts`, `pointwise`, `products`, `reductions`,
`shaping`. The arrays themselves are in `backend.coo` and `backend.compressed`.
"""

from __future__ import annotations

from typing import Any

from ..legacy import NAMED as _NAMED
from ..ops import registry as _registry
from ..ops._signature import checked as _checked
from . import pointwise, state
from .conversion import SparseType as _SparseType
from .creation import FUNCTIONS as _CREATION
from .creation import sparse_mask as _sparse_mask
from .creation import (
    to_dense,
    to_sparse,
    to_sparse_bsr,
    to_sparse_coo,
    to_sparse_csc,
    to_sparse_csr,
)
from .dispatch import TABLE as _TABLE
from .invariants import check, check_sparse_tensor_invariants
from .parts import METHODS as _PARTS
from .products import hspmm as _hspmm
from .products import sampled_addmm, spdiags
from .products import smm as _smm
from .products import sparse_addmm as addmm
from .products import sparse_mm as mm
from .products import sspaddmm as _sspaddmm
from .reductions import log_softmax, softmax
from .reductions import sparse_sum as sum

FUNCTIONS: dict[str, Any] = {
    **_CREATION, "smm": _smm, "hspmm": _hspmm, "sspaddmm": _sspaddmm, "resize_as_sparse_": _PARTS["resize_as_sparse_"],
    "spmm": _registry.functions["mm"], "dsmm": _registry.functions["mm"], "hsmm": _hspmm,
}  # fmt: skip
_TO_DENSE = "Tensor input, torch.dtype dtype = None, *, bool masked_grad = None"
METHODS: dict[str, Any] = {
    **_PARTS, "to_sparse": to_sparse, "to_sparse_coo": to_sparse_coo, "to_sparse_csr": to_sparse_csr,
    "to_sparse_csc": to_sparse_csc, "to_sparse_bsr": to_sparse_bsr, "to_sparse_bsc": to_sparse_bsr,
    "to_dense": _checked(to_dense, "to_dense", (_TO_DENSE,), method=True), "sparse_mask": _sparse_mask, "smm": _smm, "sspaddmm": _sspaddmm,
}  # fmt: skip
_TABLE.update({name: method for name, method in METHODS.items() if name.startswith("to_sparse")})
for _name in (
    _registry.methods.keys() | METHODS.keys()
) & _TABLE.keys():  # some dense methods would not notice what they got
    if _name not in vars(state.Sparse):
        setattr(state.Sparse, _name, _TABLE[_name])

for _name, _kind in _NAMED.items():  # ``sparse.FloatTensor(indices, values, size)``, an old spelling
    globals()[_name] = _SparseType(
        _name, (), {"dtype": _kind, "make": _CREATION["sparse_coo_tensor"], "__module__": __name__}
    )

__all__ = ["addmm", "check_sparse_tensor_invariants", "log_softmax", "mm", "sampled_addmm", "softmax", "spdiags", "sum"]
