"""The calls of torch's own tables that must fail: the same exception type and the same text on both sides."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from oracle.harness import OURS, THEIRS, Difference, same_outcome
from oracle.opinfo import call, described, function_of, has, operations

# (operation, numbers of its samples or None for all): why torch's error is not ours
DIFFERENT: dict[str, tuple[tuple[int, ...] | None, str]] = {
    **dict.fromkeys(("__radd__", "__rdiv__", "__rmul__", "__rand__", "__ror__", "__rxor__"),
                    (None, "a method of tensors called on a number: Python's own words for a built-in class")),
    **dict.fromkeys(("amax", "amin", "aminmax"), ((1, 2), "tensors of 65 dimensions: NumPy has at most 64")),
    "gradient": ((3, 10, 17), "tensors on the device meta, which hold no numbers"),
    "cat": ((6,), "an empty out within the memory of an argument: ours gets memory of its own"),
    "gather": ((7,), "an out that torch makes longer, into the memory of an argument: ours gets memory of its own"),
}  # fmt: skip


def _cases() -> list[Any]:
    return [
        pytest.param(name, id=name) for name, op in operations().items() if op.error_inputs_func is not None and has(op)
    ]


@pytest.mark.parametrize("name", _cases())
def test_error(name: str) -> None:
    op = operations()[name]
    numbers, _ = DIFFERENT.get(name, ((), ""))
    torch.manual_seed(0)
    problems, compared = [], 0
    for i, error in enumerate(op.error_inputs("cpu")):
        if numbers is None or i in numbers:
            continue
        sample = error.sample_input
        theirs = call(THEIRS, op.op, sample)
        if theirs.error is None:  # (torch raises only where it checks what is not wrong on a CPU)
            continue
        try:
            mine = call(OURS, function_of(op, OURS), sample)
        except NotImplementedError as lacking:  # a layout or dtype that we do not have
            if not str(lacking).startswith("torch."):
                raise
            continue
        try:
            same_outcome(mine, theirs, compare_warnings=False)
        except Difference as difference:
            problems.append(f"[{i}] {described(sample)}\n    {str(difference)[:600]}")
        compared += 1
    assert not problems, f"{len(problems)} of {compared} differ\n" + "\n".join(problems[:4])


def test_the_table_of_differences_is_not_out_of_date() -> None:
    """Every operation in it is one of torch's, with that many samples."""
    for name, (numbers, _) in DIFFERENT.items():
        count = len(list(operations()[name].error_inputs("cpu")))
        assert count
        assert numbers is None or max(numbers) < count
