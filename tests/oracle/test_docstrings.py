"""Every example in torch's own docstrings prints the same here: some 800 functions and classes, 4,000 statements."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
# What PyTorch has and we leave out (docs/differences.md): the examples of these, or those that use them, are not compared.
LEFT_OUT = {
    r"sparse_bs[rc]|blocksize|dense_dim": "sparse tensors made of blocks",
    r"quantiz|int_repr|dequant": "quantized tensors",
    r"cuda|xpu|mps|Event\(|Stream\(": "needs a GPU, or speaks of one",
    r"torch\.empty|new_empty|empty_like|empty_strided|empty_permuted": "prints what memory held",
    r"fx|make_fx|compile|torch\.ops|torch\.jit|torch\.export": "compilers and their tracing",
    r"distributed|process_group|rpc": "several processes",
    r"futures|Future": "torch.futures",
    r"nested_tensor": "tensors of other layouts",
    r"set_flush_denormal|hash_tensor|complex32|chalf": "not provided",
    r"is_conj|is_neg|resolve_neg": "conjugates are computed at once here, so a tensor is never marked as one",
    r"torch\.masked\._ops": "a private module",
    r"register_package|grad_dtype|to_dlpack|skip_data|region_activation|native_channel|skip_init|rearrange": "not provided",
    r"AttributeError|attribute lookup|MyTensor": "classes that cannot be pickled from an example",
    r"^torch\.linalg\.(solve|lu_solve|solve_triangular)$|cholesky_inverse$": "whether rounding errors stay below a bound",
    r"^torch\.set_default_dtype$": "complex32 is not provided",
    r"^torch\.nn\.MaxUnpool2d$": "a wrong call, in which torch names a function that is not public",
    r"^torch\.vmap$": "prints a built-in function",
}


@cache
def examples() -> dict[str, Any]:
    """Collected once a run, and run by both sides."""
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    paths = {side: folder / f"docstrings-{os.getpid()}-{side}.json" for side in ("examples", "torch", "ours")}
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    module = [sys.executable, "-W", "ignore", "-m", "oracle.docstrings"]
    subprocess.run([*module, "collect", str(paths["examples"])], env=environment, check=True)
    for side in ("torch", "ours"):
        subprocess.run(
            [*module, side, str(paths["examples"]), str(paths[side])], env=environment, check=True, capture_output=True
        )
    found = {side: json.loads(path.read_text("utf-8")) for side, path in paths.items()}
    for path in paths.values():
        path.unlink()
    return found


def left_out(name: str, source: list[str]) -> str:
    text = "\n".join([name, *source])
    return next((reason for pattern, reason in LEFT_OUT.items() if re.search(pattern, text, re.M)), "")


NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)")


def alike(ours: str, theirs: str) -> bool:
    """The same text; numbers may differ in the last printed digits (another order of summation)."""
    if ours == theirs:
        return True
    words = [re.sub(r"\s+", " ", NUMBER.sub("#", text)) for text in (ours, theirs)]
    if words[0] != words[1]:
        return False
    pairs = list(zip(*(map(float, NUMBER.findall(text)) for text in (ours, theirs))))
    largest = max((abs(b) for _, b in pairs if math.isfinite(b)), default=0.0)
    return all(
        a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=2e-3, abs_tol=1e-5 * max(largest, 1))
        for a, b in pairs
    )


def test_examples_print_the_same() -> None:
    found = examples()
    different, compared, statements = [], 0, 0
    for name, source in found["examples"].items():
        if left_out(name, source):
            continue
        compared += 1
        for statement, ours, theirs in zip(source, found["ours"][name], found["torch"][name]):
            statements += 1
            if not (alike(ours[0], theirs[0]) and alike(ours[1], theirs[1])):
                different.append(
                    f"{name}: {statement[:200]}\n  torch: {theirs[1] or theirs[0][:300]}\n  ours:  {ours[1] or ours[0][:300]}"
                )
                break
    assert compared > 600
    assert statements > 2500
    if different:
        pytest.fail(f"{len(different)} of {compared} differ\n" + "\n".join(different), pytrace=False)
