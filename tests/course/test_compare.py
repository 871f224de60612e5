"""Comparing values for a student's eyes, and printed values for points."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.course.compare import align, brief, close, describe, difference, first_difference, printed, shape_of
from tinygrad_edu.course.exercise import names_defined, reaches_out


class FakeTensor:
    """What checks see of a tensor: tolist, shape, dtype."""

    def __init__(self, data: object, dtype: str = "torch.float32") -> None:
        self._array = np.array(data)
        self.dtype, self.shape = dtype, self._array.shape

    def tolist(self) -> object:
        return self._array.tolist()

    def reshape(self, *shape: int) -> np.ndarray:
        return self._array.reshape(*shape)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (3, 3.0),
        (0.0, 0),
        (1.0, 1.0 + 1e-9),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (10**400, 10**400),
        ([1, 2], (1, 2)),
        ([1.0, [2.0]], [1, [2]]),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        ([1.5, 2.5], FakeTensor([1.5, 2.5])),
        (np.array([1, 2]), np.array([1, 2])),
        (2.5, np.float64(2.5)),
        (2.5, np.array(2.5)),
        (np.float32(2.5), 2.5),
        ({"a": [1.0]}, {"a": (1.0 + 1e-8,)}),
        ("text", "text"),
        (None, None),
        (True, True),
        (1 + 2j, 1 + 2j + 1e-9),
        ([], []),
        ([], np.zeros(0)),
        ({1, 2}, {2, 1}),
    ],
)
def test_equal_values(expected: object, got: object) -> None:
    assert difference(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "message"),
    [
        (3, 4, "expected 3, got 4"),
        (10**6, 10**6 + 1, "expected 1000000, got 1000001"),
        (1.0, 1.1, "expected 1.0, got 1.1"),
        (0.0, math.nan, "expected 0.0, got nan"),
        (math.inf, -math.inf, "expected inf, got -inf"),
        (1, True, "expected 1, got True"),
        (True, 1, "expected True, got 1"),
        ([0.0, 2.0], None, "expected [0.0, 2.0], got None"),
        ([0.0, 2.0], [0.0], "expected 2 elements, got 1"),
        ([0.0, [2.0]], [0.0, [3.0]], "expected 2.0, got 3.0 at [1][0]"),
        ([1, 2], np.array([[1, 2]]), "expected shape (2,), got (1, 2)"),
        ({"a": 1}, {"a": 2}, "expected 1, got 2 at ['a']"),
        ({"a": 1}, {"b": 1}, "expected {'a': 1}, got {'b': 1}"),
        ("a", "b", "expected 'a', got 'b'"),
        (np.array([1, 2]), [1, 2], "expected an int64 array of shape (2,), got a list"),
        (np.array([1.0]), np.array([1.0], np.float32), "expected dtype float64, got float32"),
        (FakeTensor([1.0]), None, "expected a float32 faketensor of shape (1,), got None"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "expected shape (2, 3), got (3, 2)"),
        ("1", 1, "expected '1', got 1"),
        (1, "1", "expected 1, got '1'"),
    ],
)
def test_different_values(expected: object, got: object, message: str) -> None:
    assert difference(expected, got) == message


def test_first_difference_is_an_index_path() -> None:
    assert first_difference([[1, 2], [3, 4]], np.array([[1, 2], [0, 4]])) == (1, 0)
    assert first_difference([1], [1]) is None


def test_shapes() -> None:
    assert shape_of([[1, 2], [3, 4], [5, 6]]) == (3, 2)
    assert shape_of([[1], [2, 3]]) is None
    assert shape_of(3) == ()
    assert shape_of([]) == (0,)


def test_descriptions_do_not_depend_on_print_options() -> None:
    with np.printoptions(precision=1, threshold=1):
        assert describe(np.array([1.23456789, 2.0])) == "float64[2] [1.23456789, 2.0]"
    assert describe(np.float64(1.5)) == "1.5"
    assert describe((1,)) == "(1,)"
    assert describe({"k": np.int64(3)}) == "{'k': 3}"
    assert describe({3, 1, 2}) == "{1, 2, 3}"
    assert "0x" not in describe(object())
    assert describe(FakeTensor([[1.0]])) == "float32[1, 1] [[1.0]]"
    assert printed("a label:", 1.0, [np.float32(0.5)]) == "a label: 1.0 [0.5]"


def test_a_large_array_is_described_by_sum_and_sample() -> None:
    x = np.arange(20_000.0)
    text = describe(x)
    assert text.startswith("float64[20000] sums of 20 [190.0, 590.0, ")
    assert text.endswith(", every 21th [" + ", ".join(str(v) for v in x[::21].tolist()) + "]")
    assert len(text) < 25_000
    for place in (7, 9_999, 19_999):
        y = x.copy()
        y[place] += 10
        assert align(text, describe(y)) != text


def test_brief_cuts() -> None:
    assert len(brief(list(range(1000)))) == 160
    assert brief(1 / 3) == "0.333333"


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("x: [0.1, 0.2]", "x: [0.10000000001, 0.2]"),
        ("x: 0.0", "x: 0"),
        ("x: 0.0", "x: -0.0"),
        ("x: 1e-12", "x: 3e-13"),
        ("a  b\n1.0", "a b 1.0"),
        ("[1.0,\n 2.0]", "[1.0, 2.0]"),
        ("nan inf", "nan inf"),
        ("float32[2] [1.0, 2.0]", "float32[2] [1.0, 2.0000001]"),
    ],
)
def test_texts_that_agree(reference: str, text: str) -> None:
    assert align(reference, text) == reference


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("x: 1", "x: 2"),
        ("x: 1000000", "x: 1000001"),
        ("x: 1.0", "y: 1.0"),
        ("x: [1.0, 2.0]", "x: [1.0]"),
        ("x: 0.5", "x: nan"),
        ("x: True", "x: 1"),
        ("float32[1] [1.0]", "float64[1] [1.0]"),
        ("x: 1.0", ""),
        ("v1: 3.0", "v2: 3.0"),
        ("x: 1", "x: " + "9" * 5000),
    ],
)
def test_texts_that_differ(reference: str, text: str) -> None:
    assert align(reference, text) != reference


@given(st.lists(st.floats()), st.lists(st.floats()))
def test_printed_values_agree_exactly_if_the_values_do(one: list[float], other: list[float]) -> None:
    agree = align(printed("v:", one), printed("v:", other)) == printed("v:", one)
    assert agree == (len(one) == len(other) and all(close(a, b) for a, b in zip(one, other, strict=True)))


@given(st.text(), st.text())
def test_any_two_texts_can_be_aligned(one: str, other: str) -> None:
    assert align(one, one) == one
    if one.split() == other.split():
        assert align(one, other) == one


def test_no_text_takes_long_to_read() -> None:
    """What a student's process prints, and the source of an answer, are read by the grader itself."""
    start = time.process_time()
    for text in ("1" * 10**6 + "x", "1." * 10**6, "1e" * 10**6, "-" * 10**6, ("1" * 5000 + "x ") * 200, "1" * 10**6):
        assert align("value: 1.0", text) == text
    for source in (
        "\n" * 10**6,
        " " * 10**6 + "x",
        "async" + "\n" * 10**6,
        "a" * 10**6,
        "__" + "builtins" * 10**5,
        "_" * 10**6,
    ):
        assert not reaches_out(source)
        assert not names_defined(source)
    assert time.process_time() - start < 20


def test_numpys_scalar_stands_for_an_array_without_dimensions() -> None:
    expected = np.array(2.0, np.float32)
    assert difference(expected, expected * np.float32(1)) is None
    assert difference(expected, np.float64(2.0)) == "expected dtype float32, got float64"
    assert difference(expected, 2.0) is not None
    assert difference(FakeTensor(2.0), np.float32(2.0)) is not None
    assert difference(np.array([2.0], np.float32), np.float32(2.0)) is not None
