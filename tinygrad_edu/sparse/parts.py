"""What a sparse tensor consists of: its indices and values, its number of dimensions of either kind, coalescing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.variable import wrap
from ..backend.compressed import Compressed
from ..backend.coo import Coo
from ..backend.coo import empty as empty_coo
from .dispatch import TABLE, is_sparse, refusal
from .graph import record


def layout_name(t: Any) -> str:
    """torch's word for a layout, in messages."""
    kinds = {"strided": "Strided", "sparse_coo": "Sparse", "sparse_csr": "SparseCsr"}
    return kinds.get(t.layout.name, "SparseCsc")


def _coo_only(name: str, t: Any) -> Coo:
    raw = getattr(t, "_raw", None)
    if not isinstance(raw, Coo):
        raise RuntimeError(f"{name} expected sparse coordinate tensor layout but got {layout_name(t)}")
    return raw


def coalesce(input: Any) -> Any:
    """The tensor with every place once and in order; numbers at the same place are added up.

    >>> import tinygrad_edu as tg
    >>> tg.sparse_coo_tensor([[1, 1]], [3., 4.], (3,)).coalesce().values()
    tensor([7.])
    """
    raw = _coo_only("coalesce", input)
    if raw.coalesced:
        return input
    return record(raw.coalesce(), "CoalesceBackward0", (input,), (lambda g: g,))


def is_coalesced(input: Any) -> bool:
    """Whether every place occurs once, in order (and this is known)."""
    return _coo_only("is_coalesced", input).coalesced


def _coalesced_(input: Any, coalesced: bool) -> Any:
    """Declare, without a look, that every place occurs once and in order (or that this is not known)."""
    raw = _coo_only("_coalesced_", input)
    input._raw = Coo(raw.indices, raw.values, raw.shape, coalesced)
    input._counter[0] += 1
    return input


def _needs_order(name: str, raw: Coo) -> None:
    if not raw.coalesced:
        raise RuntimeError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")


def indices(input: Any) -> Any:
    """The places of the numbers, (sparse_dim, nnz), of a coalesced tensor."""
    raw = _coo_only("indices", input)
    _needs_order("indices", raw)
    return wrap(raw.indices)


def values(input: Any) -> Any:
    """The numbers, (nnz, …), of a coalesced tensor; a gradient goes back through them."""
    if not is_sparse(input):
        raise RuntimeError(f"values expected sparse tensor layout but got {layout_name(input)}")
    raw = input._raw
    if isinstance(raw, Coo):
        _needs_order("values", raw)
    return record(raw.values, "ValuesBackward0", (input,), (raw.like,))


def _indices(input: Any) -> Any:
    """The places of the numbers, coalesced or not."""
    if not isinstance(getattr(input, "_raw", None), Coo):
        raise refusal("_indices", (input,))
    return wrap(input._raw.indices)


def _values(input: Any) -> Any:
    """The numbers, coalesced or not; outside the graph."""
    if not isinstance(getattr(input, "_raw", None), Coo):
        raise refusal("_values", (input,))
    made = wrap(input._raw.values)
    made._counter = input._counter
    return made


def _nnz(input: Any) -> int:
    """How many numbers (or blocks of them) are kept."""
    if not is_sparse(input):
        raise refusal("_nnz", (input,))
    return int(input._raw.nnz)


def sparse_dim(input: Any) -> int:
    """The number of sparse dimensions: 0 of a dense tensor."""
    if not is_sparse(input):
        return 0
    return input._raw.sparse_dim if isinstance(input._raw, Coo) else 2


def dense_dim(input: Any) -> int:
    """The number of dense dimensions."""
    raw = getattr(input, "_raw", None)
    if isinstance(raw, Compressed):
        return 0
    return int(input.dim()) - sparse_dim(input)


def _compressed_part(name: str, part: str, by_rows: bool) -> Callable[[Any], Any]:
    def method(input: Any) -> Any:
        raw = getattr(input, "_raw", None)
        if not isinstance(raw, Compressed) or raw.by_rows is not by_rows:
            way = "row" if by_rows else "column"
            raise RuntimeError(f"{name} expected sparse {way} compressed tensor layout but got {layout_name(input)}")
        return wrap(getattr(raw, part))

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"The {name.replace('_', ' ')} of a compressed matrix."
    return method


def sparse_resize_(input: Any, size: Any, sparse_dim: int, dense_dim: int) -> Any:
    """Give the tensor another size and numbers of dimensions, in place; the numbers stay where they are."""
    if not isinstance(getattr(input, "_raw", None), Coo):
        raise refusal("sparse_resize_", (input,))
    raw, shape = input._raw, tuple(size)
    if sparse_dim + dense_dim != len(shape):
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(shape)}, sparse_dim = {sparse_dim}, "
            f"dense_dim = {dense_dim}"
        )
    for kind, old, new in (
        ("sparse", raw.shape[: raw.sparse_dim], shape[:sparse_dim]),
        ("dense", raw.shape[raw.sparse_dim :], shape[sparse_dim:]),
    ):
        if not raw.nnz:
            continue
        if len(old) != len(new):
            raise RuntimeError(
                f"changing the number of {kind} dimensions (from {len(old)} to {len(new)}) on a non-empty sparse tensor is not "
                f"supported.{_ADVICE}"
            )
        if any(n < m for n, m in zip(new, old)):
            raise RuntimeError(
                f"shrinking the size of {kind} dimensions (from {list(old)} to {list(new)}) on a non-empty sparse tensor is not "
                f"supported.{_ADVICE}"
            )
    if not raw.nnz:
        input._raw = empty_coo(raw.xp, shape, raw.dtype, sparse_dim)
    else:
        values = raw.xp.zeros((raw.nnz, *shape[sparse_dim:]), raw.dtype)
        values[tuple(slice(n) for n in raw.values.shape)] = raw.values
        input._raw = Coo(raw.indices, values, shape, raw.coalesced)
    return input


_ADVICE = """
You could try the following options:
1. If you need an empty sparse tensor of this size, call `x = torch.sparse_coo_tensor(size)`.
2. If you need to resize this tensor, you have the following options:
    1. For both sparse and dense dimensions, keep the number of them constant and the size of them non-shrinking, and then try the same call again.
    2. Or, create a new sparse tensor with the correct indices and values from this sparse tensor."""  # noqa: E501 – torch's lines


def sparse_resize_and_clear_(input: Any, size: Any, sparse_dim: int, dense_dim: int) -> Any:
    """Give the tensor another size and numbers of dimensions, in place; nothing is kept."""
    raw = _coo_only("sparse_resize_and_clear_", input)
    input._raw = empty_coo(raw.xp, tuple(size), raw.dtype, sparse_dim)
    input._counter[0] += 1
    return input


def resize_as_sparse_(input: Any, the_template: Any) -> Any:
    """Give the tensor the size of another sparse one; nothing is kept where the sizes differ."""
    raw, like = _coo_only("resize_as_sparse_", input), _coo_only("resize_as_sparse_", the_template)
    if raw.shape != like.shape or raw.sparse_dim != like.sparse_dim:
        input._raw = empty_coo(raw.xp, like.shape, raw.dtype, like.sparse_dim)
    return input


METHODS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        coalesce, is_coalesced, _coalesced_, indices, values, _indices, _values, _nnz, sparse_dim, dense_dim, sparse_resize_,
        sparse_resize_and_clear_, resize_as_sparse_,
        _compressed_part("crow_indices", "outer", True), _compressed_part("col_indices", "inner", True),
        _compressed_part("ccol_indices", "outer", False), _compressed_part("row_indices", "inner", False),
    )
}  # fmt: skip
TABLE.update(METHODS)
TABLE["resize_as_"] = lambda input, the_template, memory_format=None: resize_as_sparse_(input, the_template)
