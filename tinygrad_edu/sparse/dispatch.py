"""Which code answers when a function meets a sparse tensor.

A sparse tensor has no ``_data``. A dense function that asks for it fails, and `overrides` then asks the argument's class:
`answer` looks the function up in `TABLE`. What is not there cannot be computed, and is refused in torch's words. Dense tensors
pay nothing for all this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import overrides
from ..autograd.inplace import check_writable
from ..autograd.variable import Variable
from ..ops import registry

TABLE: dict[str, Callable[..., Any]] = {}  # name of a function or method → what computes it for sparse tensors


def operation(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function into `TABLE` under these names."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        TABLE.update(dict.fromkeys(names, function))
        return function

    return enter


def is_sparse(t: Any) -> bool:
    """Whether it is a tensor of a sparse layout."""
    return isinstance(t, Variable) and hasattr(t, "_raw")


# torch's kernels have other names than the functions that users call
_KERNELS = {
    "softmax": "_softmax", "log_softmax": "_log_softmax", "mean": "mean.dim", "std": "std.correction", "var": "var.correction",
    "sort": "sort.stable", "argsort": "sort.stable", "allclose": "eq.Tensor", "isclose": "eq.Tensor",
    "remainder": "remainder.Tensor", "fmod": "fmod.Tensor", "squeeze": "as_strided", "narrow": "as_strided",
    "split": "as_strided", "chunk": "as_strided", "diagonal": "as_strided", "diag": "diagonal_copy", "view_as": "view",
    "unflatten": "view", "where": "nonzero", "unique": "_unique2", "fill_": "fill_.Scalar", "ones_like": "fill_.Scalar",
    "full_like": "fill_.Scalar", "new_ones": "fill_.Scalar", "new_full": "fill_.Scalar", "rand_like": "uniform_",
    "randn_like": "normal_", "dropout": "bernoulli_.float", "cross_entropy": "_log_softmax", "linalg_norm": "linalg_vector_norm",
    "linalg_matrix_norm": "linalg_vector_norm", "isfinite": "ne.Scalar", "logical_not": "logical_not.out",
    "logsumexp": "logsumexp.out", "det": "_linalg_det", "inverse": "linalg_inv_ex", "linalg_inv": "linalg_inv_ex",
    "linalg_eigh": "_linalg_eigh", "linalg_svd": "_linalg_svd", "svd": "_linalg_svd", "scatter": "scatter.value",
    "count_nonzero": "count_nonzero.dim_IntList", "kthvalue": "kthvalue.values", "lerp": "lerp.Scalar",
    "T": "as_strided", "bitwise_and": "bitwise_and.Tensor", "bitwise_or": "bitwise_or.Tensor", "bitwise_xor": "bitwise_xor.Tensor",
    "rpow": "pow.Scalar", "pow_": "pow_.Scalar", "index": "index.Tensor", "vector_norm": "linalg_vector_norm", "pad": "fill_.Scalar",
    "matrix_norm": "linalg_vector_norm",
}  # fmt: skip
_POINTWISE = (
    "exp", "exp2", "cos", "cosh", "acos", "acosh", "log", "log2", "log10", "sigmoid", "reciprocal", "rsqrt", "erfc", "lgamma",
    "digamma", "sinc", "logit", "i0", "clamp", "gelu", "eq", "ne", "lt", "le", "gt", "ge",
)  # fmt: skip
_BY_OUT = {"softmax": "_softmax.out", "log_softmax": "_log_softmax.out", "mean": "mean.out", "any": "any.all_out",
           "all": "all.all_out", "cumsum": "cumsum.out", "norm": "norm.out"}  # fmt: skip
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


def backend_of(t: Any) -> str:
    """torch's name for where a tensor of this layout is computed: SparseCPU, SparseCsrCUDA, CPU …"""
    layout = {"sparse_coo": "Sparse", "strided": ""}.get(t.layout.name, "SparseCsr")
    return layout + ("CUDA" if t.is_cuda else "CPU")


def refusal(name: str, args: tuple[Any, ...]) -> RuntimeError:
    """torch's error for an operation that it does not have for sparse tensors."""
    found = next((t for a in args for t in (a if isinstance(a, (list, tuple)) else (a,)) if is_sparse(t)), None)
    if found is None:
        found = next(a for a in args if isinstance(a, Variable))
    kernel = _KERNELS.get(name, name)
    if backend_of(found).startswith("SparseCsr"):
        if name in _POINTWISE:
            return RuntimeError("unsupported tensor layout: SparseCsr")
        if kernel == "sort.stable" or (kernel == "as_strided" and name != "T"):
            return RuntimeError("Sparse CSR tensors do not have strides")
        kernel = _BY_OUT.get(name, kernel)
    if name in _COMPARISONS:
        kernel = f"{name}.{'Tensor' if all(isinstance(a, Variable) for a in args[:2]) else 'Scalar'}"
    return NotImplementedError(f"Could not run 'aten::{kernel}' with arguments from the '{backend_of(found)}' backend.")


def answer(cls: type, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
    """``__torch_function__`` of sparse tensors."""
    kwargs = kwargs or {}
    name = getattr(func, "__name__", "")
    if name in ("__get__", "__set__", "__delete__"):  # a property, asked while somebody watches every call
        with overrides.DisableTorchFunctionSubclass():
            return func(*args, **kwargs)
    _, _, home = (getattr(func, "__module__", None) or "").partition(".")
    if home in ("linalg", "fft", "special"):
        name = f"{home}_{name}"
    if name == "<lambda>":
        name = next((key for key, each in registry.methods.items() if each is func), name)
    if name in TABLE:
        return TABLE[name](*args, **kwargs)
    if overrides.watching and hasattr(func, "__wrapped__"):  # nothing was tried yet: perhaps it needs no array
        try:
            return func.__wrapped__(*args, **kwargs)
        except (TypeError, AttributeError):
            pass
    if name.endswith("_") and is_sparse(args[0]):
        check_writable(args[0])
    raise refusal("where.self" if name == "where" and len(args) > 1 else name, (*args, *kwargs.values()))
