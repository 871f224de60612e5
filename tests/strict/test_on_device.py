"""The whole op table once more, on the GPU that is not there: same numbers as on the CPU, no implicit transfer.

Every operation of every table in ``tests/oracle`` runs on strict arrays (see `strict_array`), forward and backward; with an NVIDIA GPU at
hand the same test runs on CuPy itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oracle.harness import OURS, OpCase, S, Side, demand, outcome, same
from strict.strict_array import StrictArray

import tinygrad_edu as tg
from tinygrad_edu import backend
from tinygrad_edu.autograd.variable import Variable, wrap

ON_DEVICE = Side(tg, lambda array: _to_device(array), lambda v: isinstance(v, Variable))

# What has no business on a device: conversions that copy to the host, and functions that make tensors from Python data
# Which of several equal elements an index names is left open (on the CPU we follow torch's algorithm)
OPEN_TIES = {"kthvalue", "topk", "median", "nanmedian", "mode"}
HOST_ONLY = {"from_numpy", "tensor", "as_tensor", "asarray", "tolist", "item", "numpy"}


def _to_device(array: Any) -> Any:
    kernels = backend.kernels_for("cuda")
    if kernels.array_type is StrictArray:
        return wrap(StrictArray(array))  # with its memory layout
    return wrap(kernels.from_host(array, None))


def cases() -> Iterator[Any]:
    """Every `OpCase` of the oracle's tables, once."""
    seen: set[str] = set()
    for file in sorted(Path(__file__).parents[1].joinpath("oracle").glob("test_*.py")):
        if "OpCase(" not in file.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(f"oracle.{file.stem}")
        for table in vars(module).values():
            for case in table if isinstance(table, list) else ():
                if isinstance(case, OpCase) and case.name not in HOST_ONLY:
                    label = f"{file.stem[5:]}-{case.path}"
                    number = sum(known.split("#")[0] == label for known in seen)
                    seen.add(f"{label}#{number}")
                    yield pytest.param(case, id=f"{label}-{number}" if number else label)


def _on_host(value: Any) -> Any:
    """A nested result with every tensor brought to the CPU (and proof that it was on the device)."""
    if isinstance(value, Variable):
        return value.detach().cpu()  # type: ignore[attr-defined]
    if isinstance(value, dict):
        return {k: _on_host(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [_on_host(v) for v in value]
    return value


@pytest.mark.parametrize("case", list(cases()))
def test_op(case: OpCase, device: str) -> None:
    ran = 0
    for sample in case.samples:
        if not any(
            hasattr(a, "layout") or isinstance(a, (list, tuple)) for a in (*sample.args, *sample.kwargs.values())
        ):
            continue  # no tensor among the arguments
        ran += _compare(case, sample)
    if not ran:
        pytest.skip("none of its samples succeeds on the CPU with a tensor argument")


def _compare(case: OpCase, sample: S) -> bool:
    results = []
    for side in (OURS, ON_DEVICE):
        results.append(outcome(lambda: case._gradients(side, sample, "function")))  # noqa: B023 (run at once)
    host, remote = results
    if host.error is not None:
        return False
    if remote.error is not None:
        raise AssertionError(
            f"{case.path}({sample!r}) works on the CPU; on the device {remote.text()}"
        ) from remote.error
    if case.name in OPEN_TIES and isinstance(host.value["value"], tuple):
        for found in (host.value, remote.value):
            found["value"] = found["value"][0]
            found.pop("first", None), found.pop("second", None)
    for what in ("value", "first", "second"):
        if what in host.value:
            demand(what in remote.value, f"{case.path}({sample!r}): no {what} derivative on the device")
            same(
                _on_host(remote.value[what]),
                _on_host(host.value[what]),
                f"{case.path}({sample!r}) {what}",
                rtol=1e-5,
                atol=1e-6,
            )
    return True
