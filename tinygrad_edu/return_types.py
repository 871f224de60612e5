"""The classes of named results: ``return_types.max``, ``return_types.sort``, …"""

from __future__ import annotations

from typing import Any

from .ops import _results


def __getattr__(name: str) -> Any:
    """A class of results: made when the operation first returned one, or now."""
    if name in _results.classes:
        return _results.classes[name]
    if name == "all_return_types":
        return [__getattr__(each) for each in sorted((*_PAIRS, *_FIELDS))]
    plain = name.removesuffix("_out")
    fields = "values indices" if plain in _PAIRS else _FIELDS.get(plain)
    if fields is None:
        raise AttributeError(f"module 'torch.return_types' has no attribute {name!r}")
    return _results.named(name, *fields.split())


def __dir__() -> list[str]:
    names = sorted((*_PAIRS, *_FIELDS))
    return [*names, *(f"{name}_out" for name in names), "all_return_types"]


_PAIRS = {"max", "min", "median", "nanmedian", "mode", "sort", "topk", "kthvalue", "cummax", "cummin"}
_FIELDS = {
    "aminmax": "min max", "histogram": "hist bin_edges", "frexp": "mantissa exponent", "qr": "Q R", "svd": "U S V",
    "slogdet": "sign logabsdet", "linalg_eig": "eigenvalues eigenvectors", "linalg_eigh": "eigenvalues eigenvectors", "linalg_qr": "Q R",
    "linalg_svd": "U S Vh", "linalg_slogdet": "sign logabsdet", "linalg_lu": "P L U", "linalg_lu_factor": "LU pivots",
    "linalg_lstsq": "solution residuals rank singular_values", "linalg_inv_ex": "inverse info", "linalg_cholesky_ex": "L info",
    "linalg_ldl_factor": "LD pivots", "linalg_ldl_factor_ex": "LD pivots info", "linalg_lu_factor_ex": "LU pivots info",
    "linalg_solve_ex": "result info", "geqrf": "a tau", "histogramdd": "hist bin_edges", "lu_unpack": "P L U",
    "triangular_solve": "solution cloned_coefficient",
}  # fmt: skip
