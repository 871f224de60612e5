"""Every operation of torch's own tables with every dtype it takes on a CPU: values, forms, ``out=``, first gradients.

One test an operation and dtype. What is left out stands in the tables below, each with its reason.
"""

from __future__ import annotations

import pytest
import torch
from oracle.opinfo import Comparison, has, operations

# how many samples of an operation are compared, by dtype
COUNTS = {
    torch.float32: 12, torch.float64: 8, torch.int64: 6, torch.bool: 4, torch.complex64: 5, torch.complex128: 5,
    torch.float16: 3, torch.bfloat16: 3, torch.uint8: 3, torch.int32: 3, torch.int8: 2, torch.int16: 2,
}  # fmt: skip
# the samples made for torch's reference implementations: odd strides, special numbers
WITH_REFERENCE = (torch.float32, torch.int64, torch.bool, torch.complex64)

# ------------------------------------------------------------------------------------ operations that we do not have
ABSENT = {
    "their results are sparse, or of a kind not here (see test_sparse)": "to_sparse sparse.sampled_addmm sparse.mm.reduce",
    "complex32": "chalf",
    "internal names of torch's core, which no program calls": (
        "_softmax_backward_data native_group_norm native_layer_norm native_batch_norm _native_batch_norm_legit "
        "_batch_norm_with_update _upsample_bilinear2d_aa torch._scaled_mm_v2 torch._scaled_mm "
        "torch.ops.aten._safe_softmax.default torch.ops.aten._flash_attention_forward "
        "torch.ops.aten._efficient_attention_forward slice _unsafe_masked_index _unsafe_masked_index_put_accumulate "
        "_chunk_cat native_dropout_backward _segment_reduce.lengths _segment_reduce.offsets max_pool2d_with_indices_backward"
    ),
    "kernels compiled for GPUs at run time": (
        "jiterator_unary jiterator_binary jiterator_4inputs_with_extra_args jiterator_binary_return_by_ref "
        "jiterator_2inputs_2outputs"
    ),
}
# ------------------------------------------------------------------------------------ operations that are compared elsewhere
ELSEWHERE = {
    "tables of their own: test_linalg, test_matrix_functions, test_nn_functional, test_losses, …": (
        "linalg. fft. nn.functional. grid_sampler masked. signal. special."
    ),
    "test_decompositions, which multiplies the factors again: signs of singular vectors are LAPACK's choice": "svd pca_lowrank",
}
_ELSEWHERE = tuple(prefix for prefixes in ELSEWHERE.values() for prefix in prefixes.split())
_ABSENT = {name for names in ABSENT.values() for name in names.split()}

# ------------------------------------------------------------------------------------ forms that are left out
# (names, forms, dtypes or None for all, reason); a form is function, method, inplace, reference, out-fits, out-empty, out-other, …
FLOATS16 = (torch.float16, torch.bfloat16)
LEFT_OUT: list[tuple[str, str, tuple[torch.dtype, ...] | None, str]] = [
    ("as_strided_scatter", "grad", None, "torch's gradient is that of the replaced part only"),
    (
        "mvlgamma.mvlgamma_p_1 mvlgamma.mvlgamma_p_3 mvlgamma.mvlgamma_p_5",
        "reference",
        None,
        "strides of overlapping inputs",
    ),
    (
        "histogramdd",
        "out-fits out-empty out-other",
        None,
        "torch cannot be called so: the edges are a tuple within the outputs",
    ),
    (
        "std std.unbiased var var.unbiased",
        "out-other",
        FLOATS16,
        "torch refuses only these two dtypes, and only with out=",
    ),
    ("logsumexp", "out-other", (torch.complex64, torch.complex128), "torch drops the imaginary part without a word"),
    ("logaddexp angle", "reference", (torch.complex64,), "infinite parts; overlapping inputs"),
    (
        "mean",
        "out-other",
        (torch.float64, torch.complex64, torch.complex128),
        "torch's words depend on how dim is given",
    ),
    (
        "linspace linspace.tensor_overload",
        "function",
        FLOATS16,
        "torch's rounding depends on the width of the vector unit",
    ),
    ("matrix_exp", "function method inplace grad", FLOATS16, "torch gives NaN for large numbers"),
    ("matrix_exp", "aliases", FLOATS16, "the same"),
    ("cholesky", "grad", (torch.complex128,), "with upper=True torch's gradient is not Hermitian, as it is without"),
    ("nanmean", "out-other", None, "torch's error is that of a function inside"),
]

# numbers that torch leaves to chance or to the memory that it happens to get
NO_CONTENTS = {"empty", "empty_like", "new_empty", "new_empty_strided", "empty_strided", "empty_permuted"}
NOT_DENSE = {"conj": "torch gives a view, ours a dense tensor"}

# how many times the usual tolerance: sums of products that cancel, added in another order
LOOSE = {
    "addbmm": 60, "baddbmm": 30, "bmm": 30, "matmul": 30, "__rmatmul__": 30, "addmm": 10, "addmm.decomposed": 10, "addmv": 10,
    "cdist": 30, "stft": 10, "istft": 10, "polygamma.polygamma_n_4": 20, "matrix_exp": 300, "digamma": 10, "gradient": 5,
}  # fmt: skip


# the most elements of a sample: torch's order of equal elements changes with their number
LARGEST = {"sort": 200, "argsort": 200, "mode": 200}


def _skipped(name: str, dtype: torch.dtype) -> tuple[str, ...]:
    found = [
        form
        for names, forms, dtypes, _ in LEFT_OUT
        if name in names.split() and (dtypes is None or dtype in dtypes)
        for form in forms.split()
    ]
    return (*found, *(() if dtype in WITH_REFERENCE else ("reference",)))


CASES = [
    pytest.param(name, dtype, id=f"{name}-{str(dtype)[6:]}")
    for name, op in operations().items()
    if name not in _ABSENT and not name.startswith(_ELSEWHERE)
    for dtype in COUNTS
    if dtype in op.supported_dtypes("cpu")
]


def test_what_is_absent_is_absent() -> None:
    """The table above names operations of torch that we have not; all others we have."""
    absent = {name for name, op in operations().items() if not has(op) and not name.startswith(_ELSEWHERE)}
    assert absent - _ABSENT == set()


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_operation(name: str, dtype: torch.dtype) -> None:
    comparison = Comparison(
        name, dtype, skip=_skipped(name, dtype), contents=name not in NO_CONTENTS, count=COUNTS[dtype],
        rtol=2e-6 * LOOSE[name] if name in LOOSE else None, strides="" if name in NOT_DENSE else "dense",
        largest=LARGEST.get(name),
    )  # fmt: skip
    problems = comparison.run()
    assert not problems, f"{len(problems)} of {comparison.runs + len(problems)} differ\n" + "\n".join(problems[:4])
