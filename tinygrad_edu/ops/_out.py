"""Which functions refuse an ``out=`` of another dtype than the result's, and torch's words for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import devices, dtypes
from ..autograd.variable import Variable
from ._check import c_name

_SAME = "Expected out tensor to have dtype {c_have}, but got {c_want} instead"
# {have}: the result's dtype, {want}: that of ``out``; c_: as C++ calls them
_TEXTS = {
    _SAME: (
        "aminmax argmax argmin cross diag gather index_add index_copy index_fill index_reduce isin log_softmax lu_solve "
        "lu_unpack max min msort qr renorm scatter scatter_add scatter_reduce slice_scatter softmax sort svd topk triangular_solve"
    ),
    "tensordot: Expected the output tensor to have dtype {have}, but got an output tensor with dtype {want}": "inner",
    "Expected out type to be {have} but got {want}": "where",
    "expected scalar_type {have} but found {want}": "cummax cummin diff logcumsumexp",
    "Found dtype {want} but expected {have}": "abs clamp conj_physical lerp",
    "Expected result to be of dtype uint64, but got {want}": "hash_tensor",
    "torch.ormqr: Expected input and result to have the same dtype, but input has dtype{have} and result has dtype {want}": "ormqr",
    "output values must be of same type as input": "kthvalue",
    "expected scalar type '{have}' but got '{want}' for values output": "mode",
    "quantile() out tensor must be same dtype as the input tensor": "quantile nanquantile",
    "Expected object of scalar type {have} but got scalar type {want} for argument 'out'": "complex polar",
    "torch.frexp() expects mantissa to have dtype {c_have} but got {c_want}": "frexp",
    "Expected the dtype for input and out to match, but got {have} for input's dtype and {want} for out's dtype.": "amax amin",
    "take(): self and out expected to have the same dtype, but got self.dtype = {have} and out.dtype = {want}": "take",
    "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {c_have} and hist {c_want}": (
        "histc histogram"
    ),
    "Expected self.dtype() == output.dtype() to be true, but got false.  (Could this error message be improved?  If so, please "
    "report an enhancement request to PyTorch.)": "narrow_copy",
}
_NO_CAST = {  # where the dtype cannot be cast at all
    "diag": "diag: result type {have} can't be cast to the desired out= type {want}",
    "ldexp": "ldexp can't be cast to the desired output type {want}",
    "mean": "mean.dtype_out(): input types can't be cast to the desired output type {want}",
    "mvlgamma": "mvlgamma: result type {have} can't be cast to the desired output type {have}",
    **dict.fromkeys(("max", "min"), "Expected canCast( typeMetaToScalarType(self.dtype()), typeMetaToScalarType(out.dtype())) to be "
                    "true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to "
                    "PyTorch.)"),
}  # fmt: skip
# functions whose result has no gradient: nothing speaks against an ``out=``
_NO_GRADIENT = (
    "all any argmax argmin bucketize eq ge gt histc isin isneginf isposinf le logical_and logical_not logical_or logical_xor lt "
    "matrix_rank ne searchsorted signbit"
)
NOT_DIFFERENTIABLE = frozenset(_NO_GRADIENT.split())
# who fills ``out=`` in torch, where that is a function within the one called: its name stands in the error when gradients are asked for
WHO_WRITES = {
    name: inner
    for inner, names in {
        "cat": "column_stack dstack hstack vstack", "mm": "chain_matmul multi_dot", "mul": "kron outer", "sort": "msort",
        "nansum": "nanmean", "sub": "diff", "sum": "vecdot", "matmul": "matrix_power", "pow": "square",
        "linalg_vector_norm": "norm vector_norm", "linalg_pinv": "pinv", "linalg_qr": "qr", "_linalg_svd": "svd svdvals",
        "_linalg_eigh": "eigh eigvalsh", "_linalg_det": "det", "linalg_inv_ex": "inv inverse", "_linalg_solve_ex": "solve",
        "linalg_cholesky_ex": "linalg_cholesky", "special_entr": "entr",
    }.items()
    for name in names.split()
}  # fmt: skip
_TEXT_OF = {name: text for text, names in _TEXTS.items() for name in names.split()}
_FACTORY = "dtype {have} does not match dtype of out parameter ({want})"


_tensors = lambda args: all(isinstance(a, Variable) for a in args)  # noqa: E731
_ONLY_WHEN: dict[
    str, Callable[[tuple[Any, ...], Any], bool]
] = {  # (arguments, result): other calls store what can be cast
    "max": lambda args, result: isinstance(result, tuple),
    "min": lambda args, result: isinstance(result, tuple),
    "lerp": lambda args, result: _tensors(args),
    "clamp": lambda args, result: not any(isinstance(a, Variable) for a in args[1:]),
    "abs": lambda args, result: args[0]._data.dtype.kind != "c",
    "inner": lambda args, result: all(a._data.ndim for a in args),
    "diff": lambda args, result: (*args, 1)[1] == 0,
}
_OWN_CAST_ERROR: dict[str, Callable[[tuple[Any, ...], Any], bool]] = {  # which calls have the words in _NO_CAST
    "diag": lambda args, result: args[0]._data.ndim == 1,
    "ldexp": lambda args, result: args[0]._data.dtype.kind != "c",
    "max": lambda args, result: len(args) == 1,
    "min": lambda args, result: len(args) == 1,
    "mean": lambda args, result: len(args) == 1 and result._data.ndim == 0,
}


def refused(name: str, have: Any, want: Any, args: tuple[Any, ...], result: Any) -> RuntimeError | None:
    """The error of the function ``name`` for an ``out`` of dtype ``want`` where the result has dtype ``have``."""
    if have is want:
        return None
    text = _product(args) if name == "matmul" else _TEXT_OF.get(name, _SAME if name.endswith("_copy") else None)
    if (
        not dtypes.can_cast(have, want)
        and name in _NO_CAST
        and _OWN_CAST_ERROR.get(name, lambda args, result: True)(args, result)
    ):
        return _error(_NO_CAST[name], have, want)
    if text is None or (name in _ONLY_WHEN and not _ONLY_WHEN[name](args, result)):
        return None
    return _error(text, have, want)


def _product(args: tuple[Any, ...]) -> str:
    """matmul speaks as the product that it runs."""
    dims = [a._data.ndim for a in args]
    if dims == [1, 1]:
        return "result dtype {want} does not match input dtype {have}"
    if dims[1] == 1:
        return "addmv input tensors must have the same dtype, but got {want}, {have}, and {have}"
    return _SAME


DECIDED_BY_OUT = frozenset(("sum", "prod", "nansum", "cumsum", "cumprod"))


def with_dtype_of(out: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a function that computes in the dtype of its ``out``; a ``dtype`` given beside it must be the same."""
    if kwargs.get("dtype") is not None and kwargs["dtype"] is not out.dtype:
        raise _error(_SAME, kwargs["dtype"], out.dtype)
    return {**kwargs, "dtype": out.dtype}


# functions that read while they write: their ``out`` must not show the memory of an argument, nor any of its own twice
_APART = frozenset(
    ("kthvalue", "masked_select", "gather", "index_select", "take", "cat", "concat", "concatenate", "stack")
)


# element by element: their ``out`` may be an argument itself, but no other part of its memory
_STEPWISE = """abs acos acosh add addcdiv addcmul angle asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or
    bitwise_right_shift bitwise_xor ceil clamp clamp_max clamp_min copysign cos cosh deg2rad digamma div eq erf erfc erfinv exp exp2
    expm1 floor floor_divide fmax fmin fmod frac gcd ge gt heaviside hypot i0 lcm ldexp le lerp lgamma log log10 log1p log2 logaddexp
    logaddexp2 logical_and logical_not logical_or logical_xor logit lt maximum minimum mul nan_to_num ne neg nextafter polygamma pow
    rad2deg reciprocal remainder round rsqrt sgn sigmoid sign sin sinc sinh sqrt square sub tan tanh true_divide trunc where
    xlogy"""
_IN_STEP = frozenset(_STEPWISE.split())


def check_apart(name: str, targets: Any, args: Any) -> None:
    """RuntimeError, in torch's words, where an ``out`` overlaps itself or an argument of such a function."""
    if name not in _APART and name not in _IN_STEP:
        return
    from ..autograd.inplace import address, check_overlap, check_partial_overlap

    given = [t for a in args for t in (a if isinstance(a, (tuple, list)) else (a,)) if isinstance(t, Variable)]
    if name in _IN_STEP:
        for target in targets:
            check_overlap(target._data)
            for t in given:
                check_partial_overlap(target._data, t._data)
        return
    for target in targets:
        check_overlap(target._data)
        start = address(target._data)
        for t in given:
            first = address(t._data)
            if t._data.size and start < first + t._data.nbytes and first < start + max(target._data.nbytes, 1):
                raise RuntimeError(
                    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
                    "memory location. Please clone() the tensor before performing the operation."
                )


def check_factory(dtype: Any, out: Any, device: Any = None) -> None:
    """RuntimeError unless ``dtype`` and ``device`` (where they are given beside ``out``) are those of ``out``."""
    if out is None:
        return
    if dtype is not None and dtypes.resolve(dtype) is not out.dtype:
        raise _error(_FACTORY, dtypes.resolve(dtype), out.dtype)
    kind = None if device is None else devices.resolve(device).type
    if kind not in (None, out.device.type):
        raise RuntimeError(f"device type {kind} does not match device type of out parameter ({out.device.type})")


def _error(text: str, have: Any, want: Any) -> RuntimeError:
    return RuntimeError(text.format(have=have.short, want=want.short, c_have=c_name(have), c_want=c_name(want)))
