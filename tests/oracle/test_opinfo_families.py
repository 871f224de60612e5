"""Linear algebra, Fourier transforms, layers' functions, masked operations, windows and special functions of torch's tables.

As test_opinfo does for all others: values, forms, ``out=``. (Gradients: test_opinfo_more.)
"""

from __future__ import annotations

import pytest
import torch
from oracle.opinfo import Comparison, has, operations

PREFIXES = ("linalg.", "fft.", "nn.functional.", "masked.", "signal.", "special.")
# how many samples of an operation are compared, by dtype
COUNTS = {
    torch.float32: 10, torch.float64: 5, torch.int64: 4, torch.bool: 3, torch.complex64: 4, torch.complex128: 3,
    torch.float16: 3, torch.bfloat16: 3, torch.uint8: 2, torch.int32: 2,
}  # fmt: skip
HALVES, FLOATS, COMPLEX = (
    (torch.float16, torch.bfloat16),
    (torch.float32, torch.float64),
    (torch.complex64, torch.complex128),
)

# (operations, forms, dtypes or None for all, reason); a form is function, method, inplace, reference, out-fits, out-other, …
LEFT_OUT: list[tuple[str, str, tuple[torch.dtype, ...] | None, str]] = [
    ("linalg.svd linalg.eig linalg.eigh", "function reference out-fits out-empty", None,
     "signs of vectors are LAPACK's choice: test_decompositions multiplies the factors again, test_opinfo_more takes absolutes"),
    ("fft.ihfft2 fft.ihfftn", "out-fits out-empty out-other", None, "torch leaves out= as it is where one dimension is transformed"),
    ("special.airy_ai special.bessel_j0 special.bessel_j1 special.bessel_y0 special.bessel_y1", "function reference out-fits out-empty",
     None, "torch's are right to seven digits only: test_bessel"),
    ("nn.functional.interpolate.bilinear nn.functional.interpolate.bicubic nn.functional.upsample_bilinear", "function",
     (torch.uint8,), "torch weighs bytes in fixed point"),
    ("fft.hfft fft.hfft2 fft.hfftn special.hermite_polynomial_h special.hermite_polynomial_he", "out-other", None,
     "float32 numbers in a float64 tensor, which would be compared as if they were float64"),
    ("nn.functional.scaled_dot_product_attention nn.functional.conv_transpose3d nn.functional.grid_sample", "function aliases", HALVES,
     "sums of products that cancel, rounded at other places"),
    ("linalg.eigh", "out-other", COMPLEX, "torch checks the second output first"),
    ("linalg.matrix_power", "out-other", None, "torch's words are those of the product that it runs last"),
]  # fmt: skip

# how many times the usual tolerance: sums of products that cancel, added in another order
LOOSE = {
    "nn.functional.conv2d": 20, "nn.functional.conv3d": 20, "nn.functional.conv_transpose1d": 20,
    "nn.functional.conv_transpose2d": 20, "nn.functional.conv_transpose3d": 50, "nn.functional.interpolate.bilinear": 10,
    "nn.functional.interpolate.trilinear": 30, "nn.functional.interpolate.bicubic": 30,
    "nn.functional.scaled_dot_product_attention": 10, "nn.functional.multi_head_attention_forward": 100,
    "nn.functional.adaptive_avg_pool3d": 10, "nn.functional.interpolate.area": 20, "nn.functional.batch_norm": 10,
    "nn.functional.instance_norm": 10, "nn.functional.gelu": 5,
    "fft.hfft": 20, "fft.hfft2": 40, "fft.hfftn": 40, "linalg.lstsq": 20, "linalg.lstsq.grad_oriented": 20,
    "linalg.cond": 20,  # the smallest singular value is right to a last digit of the largest one
    "special.erfcx": 10, "special.hermite_polynomial_h": 100, "special.hermite_polynomial_he": 100,
}  # fmt: skip


def _skipped(name: str, dtype: torch.dtype) -> tuple[str, ...]:
    found = [
        form
        for names, forms, dtypes, _ in LEFT_OUT
        if name in names.split() and (dtypes is None or dtype in dtypes)
        for form in forms.split()
    ]
    return ("grad", *found, *(() if dtype is torch.float32 else ("reference",)))


CASES = [
    pytest.param(name, dtype, id=f"{name}-{str(dtype)[6:]}")
    for name, op in operations().items()
    if name.startswith(PREFIXES) and has(op)
    for dtype in COUNTS
    if dtype in op.supported_dtypes("cpu")
]


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_operation(name: str, dtype: torch.dtype) -> None:
    comparison = Comparison(
        name, dtype, skip=_skipped(name, dtype), count=COUNTS[dtype], rtol=2e-6 * LOOSE[name] if name in LOOSE else None
    )
    problems = comparison.run()
    assert not problems, f"{len(problems)} of {comparison.runs + len(problems)} differ\n" + "\n".join(problems[:4])


def test_every_operation_is_there() -> None:
    assert [name for name, op in operations().items() if name.startswith(PREFIXES) and not has(op)] == []
