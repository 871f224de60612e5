"""Any two operands: the result's dtype, shape and numbers are torch's, whatever their dtypes, shapes and kinds."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle.harness import D, OpCase, S, T, checks

TYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
NUMBERS = [True, False, 0, 1, 3, -2, 0.5, -1.25, 1 + 2j]
OPERATIONS = [
    "add",
    "sub",
    "mul",
    "div",
    "eq",
    "ne",
    "maximum",
    "where",
    "pow",
    "logical_and",
    "bitwise_or",
    "remainder",
    "clamp_min",
]
SHAPES = [(), (1,), (3,), (2, 1), (2, 3), (1, 3), (0,), (2, 0), (4, 1, 3), (5,)]


def tensors(
    low: float = 0.0, layouts: tuple[str, ...] = ("contiguous", "transposed", "expanded")
) -> st.SearchStrategy[T]:
    return st.builds(
        lambda shape, dtype, layout: T(*shape, dtype=dtype, low=low, high=4.0, layout=layout if len(shape) > 1 else "contiguous"),
        st.sampled_from(SHAPES), st.sampled_from(TYPES), st.sampled_from(layouts),
    )  # fmt: skip


def complex_half(first: T, second: T | complex) -> bool:
    """Whether torch would compute in complex32, which we do not have: float16 beside something complex."""
    kinds = [t.dtype if isinstance(t, T) else type(t).__name__ for t in (first, second)]
    return "float16" in kinds and any("complex" in kind for kind in kinds)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(OPERATIONS), tensors(), st.one_of(tensors(1.0), st.sampled_from(NUMBERS)))
def test_two_operands(name: str, first: T, second: T | complex) -> None:
    if isinstance(second, T):
        second.seed = 1
    assume(not complex_half(first, second))
    sample = (
        S(T(3, dtype="bool") if first.shape == (3,) else T(dtype="bool"), first, second)
        if name == "where"
        else S(first, second)
    )
    OpCase(name, [sample], rtol=2e-5, atol=1e-5).forward(sample, "function")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(["add", "mul", "sub", "div"]),
    tensors(layouts=("contiguous", "transposed")),
    st.one_of(tensors(1.0), st.sampled_from(NUMBERS)),
)
def test_in_place(name: str, first: T, second: T | complex) -> None:
    first.grad = False
    if isinstance(second, T):
        second.seed, second.grad = 1, False
    assume(not complex_half(first, second))
    sample = S(first, second)
    OpCase(name, [sample], rtol=2e-5, atol=1e-5).gradients(sample, "inplace")


SOME = [S(D(a), D(b)) for a in TYPES for b in TYPES]


@pytest.mark.parametrize("check", checks([OpCase("promote_types", SOME), OpCase("can_cast", SOME)]))
def test_dtypes(check):
    check()
