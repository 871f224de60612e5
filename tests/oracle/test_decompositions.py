"""Decompositions and Fourier transforms against torch.

Singular vectors, eigenvectors and Q are unique only up to signs: what is compared of them does not depend on those.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks, compare

POSITIVE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
BATCH = np.stack([POSITIVE, POSITIVE + np.eye(3), 2 * POSITIVE])
GENERAL = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 0.3], [2.0, 0.1, 1.0]])
TALL = np.array([[1.0, 2.0], [0.5, -1.5], [2.0, 0.1], [-1.0, 0.7]])


def M(values: Any, dtype: str = "float64", **more: Any) -> T:
    return T(values=values, dtype=dtype, **more)


SQUARE = [
    S(M(POSITIVE)),
    S(M(BATCH)),
    S(M(GENERAL)),
    S(M(GENERAL, "float32")),
    S(M(GENERAL + 0.3j * POSITIVE, "complex128")),
]
# "strides": LAPACK leaves its results by columns, ours lie by rows (docs/differences.md); "out": its wording for a wrong dtype
EXACT = {"rtol": 1e-9, "atol": 1e-9, "skip": ("out", "strides")}
TABLE = [
    OpCase("linalg.inv", SQUARE[:3] + SQUARE[4:], **EXACT),
    OpCase("inverse", SQUARE[:3], **EXACT),
    OpCase(
        "linalg.det",
        [*SQUARE[:3], SQUARE[4], S(M(np.zeros((3, 3)))), S(M([[1.0, 2.0], [2.0, 4.0]]))],
        skip=("second", "out", "strides"),
        rtol=1e-9,
        atol=1e-9,
    ),
    OpCase("linalg.det", SQUARE[:3], **EXACT),
    OpCase("logdet", SQUARE[:2], **EXACT),
    OpCase(
        "linalg.solve",
        [
            S(M(POSITIVE), M([1.0, 2.0, 3.0])),
            S(M(POSITIVE), M(GENERAL)),
            S(M(BATCH), M(GENERAL)),
            S(M(POSITIVE), M(GENERAL), left=False),
        ],
        **EXACT,
    ),
    OpCase(
        "linalg.solve_triangular",
        [
            S(M(POSITIVE), M(GENERAL), upper=True),
            S(M(POSITIVE), M(GENERAL), upper=False),
            S(M(POSITIVE), M(GENERAL), upper=True, unitriangular=True),
        ],
        **EXACT,
    ),
    OpCase("linalg.cholesky", [S(M(POSITIVE)), S(M(BATCH))], **EXACT),
    # ours are the transposes of the others, and say so in grad_fn
    OpCase(
        "linalg.solve_triangular",
        [S(M(POSITIVE), M(GENERAL), upper=True, left=False)],
        skip=("grad_fn", "out", "strides"),
        rtol=1e-9,
    ),
    OpCase("linalg.cholesky", [S(M(POSITIVE), upper=True)], skip=("grad_fn", "out", "strides"), rtol=1e-9, atol=1e-9),
    OpCase("linalg.svdvals", [S(M(GENERAL)), S(M(TALL)), S(M(BATCH))], **EXACT),
    OpCase("linalg.eigvalsh", [S(M(POSITIVE)), S(M(BATCH)), S(M(POSITIVE), "U")], **EXACT),
    OpCase("linalg.pinv", [S(M(GENERAL)), S(M(TALL)), S(M(TALL.T))], **EXACT),
    OpCase(
        "linalg.matrix_power",
        [S(M(GENERAL), 3), S(M(GENERAL), 0), S(M(GENERAL), -2), S(M(GENERAL), 1)],
        skip=("grad_fn", "out", "strides"),
        rtol=1e-9,
        atol=1e-9,
    ),
    OpCase("linalg.matrix_rank", [S(M(GENERAL)), S(M(np.ones((3, 3)))), S(M(TALL))], skip=("out",)),
    OpCase(
        "fft.fft",
        [
            S(T(8, dtype="float64")),
            S(T(2, 5)),
            S(T(2, 5), n=3),
            S(T(2, 5), n=8),
            S(T(4, dtype="complex128")),
            S(T(4, dtype="complex64"), norm="ortho"),
            S(T(4), norm="forward"),
            S(T(5, dtype="int64")),
        ],
        rtol=1e-5,
        atol=1e-5,
        skip=("out",),
    ),
    OpCase(
        "fft.ifft",
        [S(T(4, dtype="complex128")), S(T(2, 5, dtype="complex128"), norm="ortho"), S(T(4, dtype="complex128"), n=6)],
        **EXACT,
    ),
    OpCase(
        "fft.rfft",
        [S(T(8, dtype="float64")), S(T(2, 5, dtype="float64")), S(T(2, 5, dtype="float64"), n=4, norm="ortho")],
        **EXACT,
    ),
    OpCase(
        "fft.irfft",
        [S(T(5, dtype="complex128")), S(T(2, 5, dtype="complex128"), n=7), S(T(5, dtype="complex128"), norm="ortho")],
        skip=("second", "out", "strides"),
        rtol=1e-9,
        atol=1e-9,
    ),
    OpCase("fft.fft2", [S(T(3, 4, dtype="complex128")), S(T(3, 4, dtype="complex128"), s=(2, 5))], **EXACT),
    OpCase("fft.ifft2", [S(T(3, 4, dtype="complex128"))], **EXACT),
    OpCase("fft.fftn", [S(T(2, 3, 4, dtype="complex128")), S(T(2, 3, 4, dtype="complex128"), dim=(0, 2))], **EXACT),
    OpCase("fft.fftshift", [S(T(5)), S(T(4, 6)), S(T(4, 6), dim=1)], skip=("grad_fn", "out")),
    OpCase("fft.ifftshift", [S(T(5)), S(T(4, 6))], skip=("grad_fn", "out")),
    ErrorCase("linalg.inv", T(2, 3)),
    ErrorCase("linalg.inv", T(3)),
    ErrorCase("linalg.inv", M([[1.0, 2.0], [2.0, 4.0]])),
    ErrorCase("linalg.inv", T(2, 2, dtype="int64")),
    ErrorCase("linalg.det", T(2, 3)),
    ErrorCase("linalg.solve", M([[1.0, 2.0], [2.0, 4.0]]), M([1.0, 1.0])),
    ErrorCase("linalg.cholesky", M(-POSITIVE)),
    ErrorCase("linalg.cholesky", M(np.diag([1.0, -1.0, 2.0]))),
    ErrorCase("linalg.qr", T(2, 3), "wrong"),
    ErrorCase("fft.rfft", T(4, dtype="complex64")),
    ErrorCase("fft.fft", T(4), norm="loud"),
]


@pytest.mark.parametrize("check", checks(TABLE))
def test_table(check: Any) -> None:
    check()


def _on(module: Any, values: Any) -> Any:
    return module.tensor(np.asarray(values).tolist(), dtype=module.float64, requires_grad=True)


@pytest.mark.parametrize("values", [GENERAL, TALL, TALL.T], ids=["square", "tall", "wide"])
def test_svd_up_to_signs(values: Any) -> None:
    def run(m: Any) -> Any:
        x = _on(m, values)
        u, s, vh = m.linalg.svd(x, full_matrices=False)
        whole = (u * s) @ vh
        weight = m.arange(float(s.numel()), dtype=m.float64) + 1
        # projections on the singular spaces do not depend on signs
        spaces = ((u * weight) @ u.mH).cos().sum() + ((vh.mH * weight) @ vh).sin().sum() + (s * s).sum()
        (g,) = m.autograd.grad(spaces, x)
        return whole.detach(), s.detach(), g, type(s.grad_fn).__name__

    compare(run, rtol=1e-8, atol=1e-8, strides="")


def test_eigh_up_to_signs() -> None:
    def run(m: Any) -> Any:
        x = _on(m, POSITIVE)
        values, vectors = m.linalg.eigh(x)
        weight = m.arange(3.0, dtype=m.float64) + 1
        (g,) = m.autograd.grad(((vectors * weight) @ vectors.mH).cos().sum() + values.exp().sum(), x)
        return values.detach(), ((vectors * values) @ vectors.mH).detach(), g

    compare(run, rtol=1e-8, atol=1e-8, strides="")


@pytest.mark.parametrize("values", [GENERAL, TALL], ids=["square", "tall"])
def test_qr_up_to_signs(values: Any) -> None:
    def run(m: Any) -> Any:
        x = _on(m, values)
        q, r = m.linalg.qr(x)
        (g,) = m.autograd.grad((q @ q.mH).cos().sum() + (r.abs() * 0.3).sin().sum(), x)
        return (q @ r).detach(), r.abs().detach().contiguous(), g

    compare(run, rtol=1e-8, atol=1e-8, strides="")


def test_qr_modes_and_printed_form() -> None:
    compare(
        lambda m: [
            m.linalg.qr(_on(m, TALL).detach(), mode)[1].abs().contiguous() for mode in ("reduced", "complete", "r")
        ],
        rtol=1e-9,
        strides="",
    )
    compare(lambda m: m.linalg.qr(_on(m, TALL), mode="complete")[0].shape)


def test_least_squares() -> None:
    def run(m: Any) -> Any:
        a, b = _on(m, TALL), _on(m, np.arange(8.0).reshape(4, 2))
        found = m.linalg.lstsq(a, b)
        ga, gb = m.autograd.grad(found.solution.sin().sum(), [a, b])
        return found.solution.detach(), found.rank, ga, gb

    compare(run, rtol=1e-7, atol=1e-7, strides="")


def test_multi_dot_and_powers_of_batches() -> None:
    compare(
        lambda m: m.linalg.multi_dot([_on(m, GENERAL), _on(m, POSITIVE), _on(m, GENERAL)]).detach(),
        rtol=1e-10,
        atol=1e-12,
        strides="",
    )
    compare(
        lambda m: m.linalg.multi_dot([_on(m, [1.0, 2.0, 3.0]), _on(m, POSITIVE), _on(m, [1.0, 0.0, 1.0])]).detach(),
        rtol=1e-10,
        atol=1e-12,
        strides="",
    )
    compare(lambda m: m.linalg.matrix_power(_on(m, BATCH), 2).detach(), rtol=1e-10, atol=1e-12, strides="")


def test_slogdet_and_its_gradient() -> None:
    def run(m: Any) -> Any:
        x = _on(m, GENERAL)
        sign, logabsdet = m.linalg.slogdet(x)
        return sign.detach(), logabsdet.detach(), m.autograd.grad(logabsdet, x)[0], m.slogdet(x.detach()).logabsdet

    compare(run, rtol=1e-10, atol=1e-12, strides="")
