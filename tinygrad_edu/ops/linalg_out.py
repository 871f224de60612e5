"""torch's words for an ``out=`` of a dtype that linear algebra, Fourier transforms and layers do not store results in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ._check import c_name
from .registry import fft, functional, functions, linalg

Refusal = Callable[[Any, Any], RuntimeError | None]

_SAFELY = "{}: Expected {what} to be safely castable from {{have}} dtype, but got {what} with dtype {{want}}"
# always: the text where the dtypes differ
_SAME = {
    "Expected out tensor to have dtype {c_have}, but got {c_want} instead": (
        "cross det cholesky eigvalsh ldl_solve qr vector_norm lu lu_solve inv solve svdvals slogdet svd cholesky_ex ldl_factor "
        "ldl_factor_ex lu_factor lu_factor_ex inv_ex solve_ex eigh"
    ),
    "linalg.vecdot: Expected out of dtype{have} but found {want}": "vecdot",
    "multi_dot(): expected out tensor to have dtype {c_have} but got {c_want}": "multi_dot",
    "linalg.norm expected out tensor dtype {have} but got: {want}": "norm",
    "linalg.matrix_norm expected out tensor dtype {have} but got: {want}": "matrix_norm",
    "expected scalar type {have} but found {want}": "solve_triangular",
}
# where the result cannot be cast: how the function calls itself, and the result
_CASTABLE = {
    "cond": ("linalg.cond", "result"),
    "householder_product": ("torch.linalg.householder_product", "result"),
    "matrix_power": ("matrix_power", "result"),
    "pinv": ("linalg.pinv", "result"),
    "tensorinv": ("tensorinv", "result"),
    "tensorsolve": ("tensorsolve", "result"),
    "eig": ("torch.linalg.eig", "eigenvalues"),
    "eigvals": ("torch.linalg.eigvals", "eigenvalues"),
    "lstsq": ("torch.linalg.lstsq", "solution"),
}
_OLD_CASTABLE = {
    "cholesky": ("cholesky", "result"),
    "cholesky_inverse": ("cholesky_inverse", "result"),
    "cholesky_solve": ("cholesky_solve", "result"),
    "geqrf": ("torch.geqrf", "a"),
    "orgqr": ("torch.linalg.householder_product", "result"),
    "pinverse": ("linalg.pinv", "result"),
}


def _always(text: str) -> Refusal:
    def refuse(have: Any, want: Any) -> RuntimeError | None:
        named = {"have": have.short, "want": want.short, "c_have": c_name(have), "c_want": c_name(want)}
        return None if have is want else RuntimeError(text.format(**named))

    return refuse


def _castable(name: str, what: str) -> Refusal:
    text = _SAFELY.format(name, what=what)

    def refuse(have: Any, want: Any) -> RuntimeError | None:
        if dtypes.can_cast(have, want):
            return None
        return RuntimeError(text.format(have=have.short, want=want.short))

    return refuse


def _transform(name: str, exact: bool) -> Refusal:
    """Complex results want a complex ``out``, real ones a floating point one; some of them exactly their own."""

    def refuse(have: Any, want: Any) -> RuntimeError | None:
        fits = want.is_complex if have.is_complex else want.is_floating_point
        if not fits:
            kind = "complex" if have.is_complex else "floating point"
            return RuntimeError(f"{name} expects a {kind} output tensor, but got {want.short}")
        if exact and have is not want:
            return RuntimeError(f"Found dtype {want.short} but expected {have.short}")
        return None

    return refuse


def _mark(function: Any, refuse: Refusal) -> None:
    function.out_error = refuse
    while hasattr(function, "__wrapped__"):  # what `store` calls lies below some of these
        function = function.__wrapped__
        function.out_error = refuse


def mark_outs() -> None:
    """Give every function its words. Called when all of them are published."""
    for text, names in _SAME.items():
        for name in names.split():
            _mark(linalg[name], _always(text))
    _mark(functions["svd"], _always(next(iter(_SAME))))
    for name, words in _CASTABLE.items():
        _mark(linalg[name], _castable(*words))
    for name, words in _OLD_CASTABLE.items():
        _mark(functions[name], _castable(*words))
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        _mark(fft[name], _transform(name, name in ("ifft", "ihfft")))
    for name in (
        "fft2",
        "fftn",
        "ifft2",
        "ifftn",
        "rfft2",
        "rfftn",
        "irfft2",
        "irfftn",
        "hfft2",
        "hfftn",
        "ihfft2",
        "ihfftn",
    ):
        called = "fftn" if name.startswith(("fft", "ifft")) else name.replace("2", "n")
        _mark(fft[name], _transform(called, False))
    for name in ("linear", "avg_pool2d", "avg_pool3d"):
        _mark(functional[name], _always(next(iter(_SAME))))
    for name in ("softplus", "softshrink", "gelu", "hardshrink"):
        _mark(functional[name], _always("Found dtype {want} but expected {have}"))
    _mark(functional["logsigmoid"], _always("expected scalar type {have} but found {want}"))
