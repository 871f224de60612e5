"""The graph behind every differentiable operation: the names of its nodes, where their edges lead, and output numbers, as torch's.

Samples are torch's own. What is compared is the whole walk of ``next_functions`` from each result down to the leaves.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from oracle import opinfo
from oracle.harness import OURS, THEIRS, demand

import tinygrad_edu as tg

# Composed of other steps here than in torch, or of fewer: the values and gradients agree, the names on the way do not.
COMPOSED = {
    "bfloat16", "block_diag", "cdist", "cdouble", "cfloat", "chalf", "cholesky", "combinations", "cov",
    "cumulative_trapezoid", "diff", "einsum", "fft.ihfft2", "fft.ihfftn", "fft.irfft2", "fft.irfftn", "float",
    "gradient", "half", "index_reduce.amax", "index_reduce.amin", "index_reduce.mean", "index_reduce.prod", "inner",
    "kron", "linalg.lu", "linalg.multi_dot", "linalg.vander", "linalg.vecdot", "lu_unpack",
    "max_pool2d_with_indices_backward", "nanquantile", "nn.functional.batch_norm",
    "nn.functional.cosine_similarity", "nn.functional.cross_entropy", "nn.functional.ctc_loss",
    "nn.functional.embedding_bag", "nn.functional.linear_cross_entropy.chunked",
    "nn.functional.linear_cross_entropy.chunked_none", "nn.functional.multi_head_attention_forward",
    "nn.functional.multi_margin_loss", "nn.functional.multilabel_margin_loss", "nn.functional.pad.circular",
    "nn.functional.poisson_nll_loss", "nn.functional.prelu", "nn.functional.scaled_dot_product_attention",
    "nn.functional.triplet_margin_with_distance_loss", "ormqr", "quantile", "special.ndtr", "stft", "sum_to_size",
    "svd_lowrank", "tensordot", "trapezoid", "trapz", "triangular_solve",
}  # fmt: skip
EVERY = {
    name: op
    for name, op in opinfo.operations().items()
    if op.supports_autograd and not name.startswith(("ops.aten", "_refs", "sparse", "masked.", "to_sparse"))
}


def compared() -> list[str]:
    kinds = (torch.float64, torch.float32)
    return [
        name
        for name, op in EVERY.items()
        if name not in COMPOSED and opinfo.has(op) and any(d in op.supported_dtypes("cpu") for d in kinds)
    ]


def tensors_of(result: Any) -> list[Any]:
    if isinstance(result, (torch.Tensor, tg.Tensor)):
        return [result]
    return [t for each in result for t in tensors_of(each)] if isinstance(result, (tuple, list)) else []


def walk(tensor: Any) -> list[str]:
    """The graph behind a tensor, one line a node: how deep, its name, which of its outputs."""
    if tensor.grad_fn is None:
        return [f"a leaf that {'requires' if tensor.requires_grad else 'does not require'} a gradient"]
    lines, todo, seen = [], [((tensor.grad_fn, tensor.output_nr), 0)], {}
    while todo:
        (node, nr), depth = todo.pop()
        name = "-" if node is None else node.name()
        again = node is not None and id(node) in seen
        lines.append(f"{' ' * depth}{name}:{nr}{' (again)' if again else ''}")
        if node is not None and not again:
            seen[id(node)] = node
            todo += [(edge, depth + 1) for edge in reversed(node.next_functions)]
    return lines


@pytest.mark.parametrize("name", compared())
@pytest.mark.filterwarnings("ignore")  # torch's samples use old names
def test_the_graph_is_torchs(name: str) -> None:
    op = EVERY[name]
    dtype = torch.float64 if torch.float64 in op.supported_dtypes("cpu") else torch.float32
    count = 0
    for sample in op.sample_inputs("cpu", dtype, requires_grad=True):
        results = []
        for side in (OURS, THEIRS):
            args, kwargs = (sample.input, *sample.args), sample.kwargs
            if side is OURS:
                known: dict[int, Any] = {}
                args, kwargs = opinfo.ours(args, known), opinfo.ours(kwargs, known)
            (tg if side is OURS else torch).manual_seed(0)
            results.append([walk(t) for t in tensors_of(opinfo.function_of(op, side)(*args, **kwargs))])
        ours, theirs = results
        demand(ours == theirs, lambda a=ours, b=theirs, s=sample: f"{s}\nours : {a}\ntorch: {b}")
        count += 1
        if count == opinfo.FEW:
            break
    assert count


def test_the_list_of_exceptions_is_of_operations() -> None:
    assert set(EVERY) >= COMPOSED
