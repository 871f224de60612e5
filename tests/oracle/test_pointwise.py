"""Elementwise operations are torch's."""

from __future__ import annotations

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, binary, checks, unary

TABLE = [
    OpCase("exp", unary()),
    OpCase("tanh", unary()),
    OpCase("add", binary()),
    OpCase("mul", binary()),
    ErrorCase("add", T(2, 3), T(4)),
]


@pytest.mark.parametrize("check", checks(TABLE))
def test_table(check):
    check()
