"""`testing.assert_close` and `make_tensor` speak and draw as torch's do."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
from oracle.harness import compare

NAN, INF = float("nan"), float("inf")
PAIRS: dict[str, Any] = {
    "one element off": lambda m: (m.tensor([1.0, 2, 3]), m.tensor([1.0, 2, 4])),
    "a zero expected": lambda m: (m.tensor([[1.0, 2, 3], [4, 5, 6]]), m.tensor([[1.0, 2, 4], [0, 5, 6]])),
    "0-d": lambda m: (m.tensor(1.0), m.tensor(2.0)),
    "0-d integers": lambda m: (m.tensor(1), m.tensor(2)),
    "floats": lambda m: (1.0, 2.0),
    "floats near": lambda m: (1.0, 1.0 + 1e-9),
    "ints": lambda m: (1, 2),
    "bools": lambda m: (True, False),
    "int and float": lambda m: (1, 2.0),
    "complex numbers": lambda m: (1 + 1j, 2 + 1j),
    "zero expected": lambda m: (1.0, 0.0),
    "integers": lambda m: (m.tensor([1, 2]), m.tensor([1, 3])),
    "dtypes": lambda m: (m.tensor([1, 2]), m.tensor([1.0, 3])),
    "shapes": lambda m: (m.tensor([1.0, 2]), m.tensor([1.0, 3, 4])),
    "list": lambda m: ([m.tensor([1.0, 2]), 2], [m.tensor([1.0, 3]), 2]),
    "nested": lambda m: ([1, [2, 3]], [1, [2, 4]]),
    "dict": lambda m: ({"a": m.tensor([1.0]), "b": 1}, {"a": m.tensor([2.0]), "b": 1}),
    "kinds of dict": lambda m: (OrderedDict(a=1), {"a": 2}),
    "keys": lambda m: ({"a": 1}, {"b": 1}),
    "lengths": lambda m: ([1, 2], [1]),
    "nan": lambda m: (m.tensor([1.0, NAN]), m.tensor([1.0, NAN])),
    "inf": lambda m: (m.tensor([1.0, INF]), m.tensor([1.0, 3.0])),
    "inf equal": lambda m: (m.tensor([INF]), m.tensor([INF])),
    "tensor and array": lambda m: (m.tensor([1.0, 2]), np.array([1.0, 2])),
    "arrays": lambda m: (np.array([1.0, 2]), np.array([1.0, 3])),
    "tensor and list": lambda m: (m.tensor([1.0, 2]), [1.0, 2]),
    "tensor and number": lambda m: (1.0, m.tensor(1.0)),
    "strings": lambda m: ("a", "b"),
    "None": lambda m: (None, None),
    "None and number": lambda m: (None, 1),
    "masks": lambda m: (m.tensor([True, False]), m.tensor([True, True])),
    "double": lambda m: (m.tensor([1.0], dtype=m.float64), m.tensor([1.0 + 1e-6], dtype=m.float64)),
    "bfloat16": lambda m: (m.tensor([1.0], dtype=m.bfloat16), m.tensor([1.125], dtype=m.bfloat16)),
    "strides": lambda m: (m.zeros(2, 3).t(), m.zeros(3, 2)),
    "complex": lambda m: (m.tensor([1 + 2j]), m.tensor([1 + 3j])),
    "empty": lambda m: (m.tensor([]), m.tensor([])),
    "requires grad": lambda m: (m.tensor([1.0], requires_grad=True), m.tensor([1.5])),
    "numpy numbers": lambda m: (np.float32(1), np.float32(2)),
    "close": lambda m: (m.tensor([1.0]), m.tensor([1.0 + 1e-7])),
}
OPTIONS: list[dict[str, Any]] = [
    {}, {"rtol": 0.5, "atol": 0.1}, {"rtol": 0, "atol": 0}, {"rtol": 0.1}, {"atol": 0.1}, {"equal_nan": True},
    {"check_dtype": False}, {"check_stride": True}, {"msg": "told so"}, {"msg": lambda text: f"before: {text}"},
    {"allow_subclasses": False},
]  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_assert_close(name: str) -> None:
    for options in OPTIONS:
        compare(lambda m, options=options: m.testing.assert_close(*PAIRS[name](m), **options))


KINDS = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
]
RANGES: list[dict[str, Any]] = [{}, {"low": 0, "high": 2}, {"low": 1}, {"exclude_zero": True}]


@pytest.mark.parametrize(("kind", "options"), list(itertools.product(KINDS, RANGES)), ids=str)
def test_make_tensor(kind: str, options: dict[str, Any]) -> None:
    def run(m: Any) -> Any:
        m.manual_seed(3)
        shapes = ((), (5,), (2, 0), (3, 4))
        made = [m.testing.make_tensor(shape, dtype=getattr(m, kind), device="cpu", **options) for shape in shapes]
        made.append(m.testing.make_tensor(2, 3, dtype=getattr(m, kind), device="cpu", noncontiguous=True, **options))
        return made

    compare(run)
