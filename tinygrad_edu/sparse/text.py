"""How sparse tensors print: their indices and values, then size, nnz and layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import dtypes, printing


def format_sparse(t: Any) -> str:
    """A sparse tensor as torch prints it.

    >>> import tinygrad_edu as tg
    >>> tg.sparse_coo_tensor([[0, 1], [2, 0]], [3., 4.], (2, 3))
    tensor(indices=tensor([[0, 1],
                           [2, 0]]),
           values=tensor([3., 4.]),
           size=(2, 3), nnz=2, layout=tinygrad_edu.sparse_coo)
    """
    raw, indent = t._raw, len("tensor(")
    names = {"sparse_coo": ("indices",), "sparse_csr": ("crow_indices", "col_indices")}
    parts = [*names.get(raw.layout, ("ccol_indices", "row_indices")), "values"]
    pieces = [_part(name, array, indent) for name, array in zip(parts, raw.parts)]
    text = "tensor(" + (",\n" + " " * indent).join(pieces)
    text = printing.add_suffixes(text, _suffixes(t), indent, new_line=raw.layout == "sparse_coo") + ")"
    text = text.replace("layout=torch.", f"layout={dtypes.module_name}.", 1)
    return f"Parameter containing:\n{text}" if hasattr(t, "_is_param") else text


def _part(name: str, array: Any, indent: int) -> str:
    start = f"{name}=tensor("
    text = start + printing.format_array(array, dtypes.of(array), indent + len(start))
    return text + (f", size={tuple(array.shape)})" if array.size == 0 else ")")


def _suffixes(t: Any) -> Iterator[str]:
    if t.device.type != "cpu":
        yield f"device='{t.device}'"
    yield f"size={tuple(t.shape)}"
    yield f"nnz={t._raw.nnz}"
    if printing.dtype_is_said(t.dtype, False):
        yield f"dtype=torch.{t.dtype.name}"
    yield f"layout=torch.{t._raw.layout}"
    if t.grad_fn is not None:
        yield f"grad_fn=<{t.grad_fn.name().removeprefix('torch::autograd::')}>"
    elif t.requires_grad:
        yield "requires_grad=True"
