"""Sparse tensors made: of indices and values, and of dense tensors; and made dense again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .. import devices, dtypes, layouts
from ..autograd.variable import Variable
from ..backend import compressed, coo, kernels_for
from ..backend.compressed import Compressed
from ..backend.coo import Coo
from ..ops._signature import checked
from ..ops.data import tensor
from ..ops.registry import functions
from .dispatch import is_sparse, operation, refusal
from .graph import dense, record, sparse, wrapped
from .invariants import check_compressed, check_indices, check_sparse_tensor_invariants

_COO = (
    "object indices, object values, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, bool "
    "requires_grad = False, bool check_invariants = None, bool is_coalesced = None",
    "object indices, object values, tuple of ints size, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = "
    "False, bool requires_grad = False, bool check_invariants = None, bool is_coalesced = None",
    "tuple of ints size, *, torch.dtype dtype = None, torch.device device = None, bool requires_grad = False, bool "
    "check_invariants = None",
)


def _values(values: Any, dtype: Any, device: Any) -> Any:
    made: Any = values if isinstance(values, Variable) else tensor(values, dtype=dtype)
    return made if dtype is None and device is None else made.to(device=device, dtype=dtype)


def _indices(indices: Any, device: Any, dtype: Any = dtypes.int64) -> Any:
    made: Any = indices if isinstance(indices, Variable) else tensor(indices, dtype=dtype)
    return made.to(device=device, dtype=dtype)


def _coo_tensor(
    *args: Any, size: Any = None, dtype: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False, check_invariants: bool | None = None, is_coalesced: bool | None = None, **named: Any,
) -> Any:  # fmt: skip
    """A tensor that has ``values`` (nnz, *dense) at ``indices`` (S, nnz) and is 0 elsewhere; values at one place add up.

    ``size`` is found from the largest indices where it is not given; with ``size`` alone all is 0.

    >>> import tinygrad_edu as tg
    >>> tg.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3, 4, 5], (2, 3)).to_dense()
    tensor([[0, 0, 3],
            [4, 0, 5]])
    """
    given = [*args, *(named.pop(n) for n in ("indices", "values")[len(args) :] if n in named)]
    if named:
        raise TypeError(f"sparse_coo_tensor() got an unexpected keyword argument {next(iter(named))!r}")
    dtype = None if dtype is None else dtypes.resolve(dtype)
    if len(given) < 2:
        shape = given[0] if given else size
        if not isinstance(shape, (tuple, list)) or not all(isinstance(n, int) for n in shape):
            raise TypeError("sparse_coo_tensor() needs a size")
        kind = (dtype or dtypes.get_default_dtype()).np
        xp = kernels_for(devices.resolve(device).type).xp
        return _leaf(wrapped(coo.empty(xp, tuple(shape), kind, len(shape))), requires_grad)
    if len(given) > 2:
        size = given[2]
    values = _values(given[1], dtype, device)
    indices = _indices(given[0], values.device)
    data = values._data if values._data.ndim else values._data[None]
    shape = _size_for(indices._data, data, size)
    raw = Coo(indices._data, data, shape, bool(is_coalesced))
    check = check_sparse_tensor_invariants.on if check_invariants is None else check_invariants
    if check:
        check_indices(raw)
    made = record(
        raw, "SparseCooTensorWithDimsAndTensorsBackward0", (values,), (lambda g: _values_slope(g, raw, values),)
    )
    return _leaf(made, requires_grad)


def _values_slope(g: Any, raw: Coo, values: Any) -> Any:
    found = g[tuple(raw.indices)] if hasattr(g, "strides") else g.at(raw)
    return found.reshape(values._data.shape)


def _leaf(made: Any, requires_grad: bool) -> Any:
    return made.requires_grad_(True) if requires_grad else made


def _size_for(indices: Any, values: Any, size: Any) -> tuple[int, ...]:
    """The shape, given or found; RuntimeError, in torch's words, where indices, values and size do not fit together."""
    if size is not None:
        size = tuple(int(n) for n in size)
        if any(n < 0 for n in size):
            raise RuntimeError("numel: integer multiplication overflow")
        sparse_dim, dense_dim = indices.shape[0] if indices.ndim else 0, values.ndim - 1
        if len(size) != sparse_dim + dense_dim:
            raise RuntimeError(
                f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, sparse_dim = {sparse_dim}, "
                f"dense_dim = {dense_dim}"
            )
    if indices.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(indices.shape)}")
    if indices.shape[1] != values.shape[0]:
        raise RuntimeError(
            f"indices and values must have same nnz, but got nnz from indices: {indices.shape[1]}, nnz from values: "
            f"{values.shape[0]}"
        )
    if size is not None:
        if size[indices.shape[0] :] != values.shape[1:]:
            raise RuntimeError(
                f"values has incorrect size, expected {[values.shape[0], *size[indices.shape[0] :]]}, got {list(values.shape)}"
            )
        return size
    for d, row in enumerate(indices):
        if len(row) and int(row.min()) < 0:
            raise RuntimeError(f"found negative index {int(row.min())} for dim {d}")
    return (*(int(row.max()) + 1 if len(row) else 0 for row in indices), *values.shape[1:])


def _compressed_tensor(name: str, first: str, second: str, layout: str) -> Callable[..., Any]:
    def function(
        outer: Any, inner: Any, values: Any, size: Any = None, *, dtype: Any = None, layout: Any = None, device: Any = None,
        pin_memory: bool = False, requires_grad: bool = False, check_invariants: bool | None = None,
    ) -> Any:  # fmt: skip
        dtype = None if dtype is None else dtypes.resolve(dtype)
        by_rows = {"sparse_csr": True, "sparse_csc": False}.get(getattr(layout, "name", own))
        if by_rows is None:
            raise NotImplementedError(f"{name}: only the layouts sparse_csr and sparse_csc are here, not {layout}")
        values = _values(values, dtype, device)
        kind = outer.dtype if isinstance(outer, Variable) and outer.dtype is dtypes.int32 else dtypes.int64  # type: ignore[attr-defined]
        outer, inner = _indices(outer, values.device, kind), _indices(inner, values.device, kind)
        if size is None:
            n, m = outer._data.shape[-1] - 1, int(inner._data.max()) + 1 if inner._data.size else 0
            size = (*outer._data.shape[:-1], *((n, m) if by_rows else (m, n)))
        raw = Compressed(outer._data, inner._data, values._data, tuple(size), by_rows)
        if check_sparse_tensor_invariants.on if check_invariants is None else check_invariants:
            check_compressed(raw)
        slope = lambda g: raw.masked(g).values if hasattr(g, "strides") else g.values  # noqa: E731
        return _leaf(record(raw, "SparseCompressedTensorBackward0", (values,), (slope,)), requires_grad)

    own = layout
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A sparse matrix of ``{first}``, ``{second}`` and ``values`` (see `backend.compressed`)."

    def form(*args: Any, **kwargs: Any) -> Any:
        given = {"outer" if k == first else "inner" if k == second else k: v for k, v in kwargs.items()}
        return function(*args, **given)

    return wraps(function)(form)


def resolve_conversion(t: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, bool]:
    """What ``t.to(…)`` asks for: dtype, device, whether to copy."""
    dtype, device = kwargs.get("dtype"), kwargs.get("device")
    for arg in args:
        if isinstance(arg, Variable):
            dtype, device = arg.dtype, arg.device  # type: ignore[attr-defined]
        elif isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, (str, int, devices.device)) and not isinstance(arg, bool):
            device = arg
    kind = t.dtype if dtype is None else dtypes.resolve(dtype)
    where = t.device if device is None else devices.resolve(device)
    return kind, where, bool(kwargs.get("copy", False))


# ------------------------------------------------------------------------------------ dense ⇄ sparse
def to_sparse(
    input: Any, sparse_dim: Any = None, *, layout: Any = None, blocksize: Any = None, dense_dim: Any = None
) -> Any:
    """The tensor with only its numbers that are not 0 kept; ``sparse_dim``: how many dimensions, from the first, are sparse.

    >>> import tinygrad_edu as tg
    >>> tg.eye(2).to_sparse().indices()
    tensor([[0, 1],
            [0, 1]])
    """
    if isinstance(sparse_dim, layouts.layout):
        sparse_dim, layout = None, sparse_dim
    if layout in (layouts.sparse_csr, layouts.sparse_csc):
        if blocksize is not None:
            kind = "SparseCsr" if layout is layouts.sparse_csr else "SparseCsc"
            raise RuntimeError(
                f"dense_to_sparse: conversion from Strided to {kind} with blocksize argument given is not supported"
            )
        return _to_compressed(input, layout is layouts.sparse_csr, dense_dim)
    if layout in (layouts.sparse_bsr, layouts.sparse_bsc):
        return to_sparse_bsr(input, blocksize)
    if is_sparse(input):
        raw = input._raw
        if not isinstance(raw, Coo):
            return record(raw.to_coo(), "ToSparseBackward0", (input,), (lambda g: raw.masked(dense(g)),))
        if sparse_dim not in (None, raw.sparse_dim):
            raise RuntimeError(
                "to_sparse: conversion from Sparse to Sparse with sparse_dim argument !=self.sparse_dim() is not supported"
            )
        return input
    n = input._data.ndim
    dims = n if sparse_dim is None else sparse_dim
    if not 0 <= dims <= n:
        raise RuntimeError(f"dense_to_sparse: sparse_dim argument must be in [0,{n}] range, but {dims} is given")
    if dims == 0 and n:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")
    name = "ToSparseBackward1" if sparse_dim is None else "ToSparseBackward0"
    return record(coo.of_dense(input._data, dims), name, (input,), (dense,))


def _to_compressed(input: Any, by_rows: bool, dense_dim: Any = None) -> Any:
    node = "ToSparseCsrBackward0" if by_rows else "ToSparseCscBackward0"
    if dense_dim:
        raise refusal("to_sparse_csr with dense dimensions", (input,))
    if not is_sparse(input):
        if input._data.ndim < 2:
            raise IndexError("select(): index 1 out of range for tensor of size [2, 1] at dimension 1")
        return record(compressed.of_dense(input._data, by_rows), node, (input,), (dense,))
    raw = input._raw
    if isinstance(raw, Compressed) and raw.by_rows is by_rows:
        return input
    if raw.ndim != 2 or (isinstance(raw, Coo) and raw.sparse_dim != 2):
        raise refusal("to_sparse_csr", (input,))
    own = raw if isinstance(raw, Coo) else raw.to_coo()
    made = compressed.of_coo(own, by_rows)
    return record(made, node, (input,), (lambda g: _at_own_places(raw, g),))


def _at_own_places(raw: Any, g: Any) -> Any:
    """A gradient at the places that an input has."""
    return raw.masked(dense(g)) if isinstance(raw, Compressed) else sparse(g, raw.coalesce())


def to_sparse_coo(input: Any) -> Any:
    """`to_sparse`."""
    return to_sparse(input)


def to_sparse_csr(input: Any, dense_dim: Any = None) -> Any:
    """A matrix (or batch of them) compressed by rows."""
    return _to_compressed(input, True, dense_dim)


def to_sparse_bsr(input: Any, blocksize: Any = None, dense_dim: Any = None) -> Any:
    """Blocks of numbers (BSR, BSC) are not here: NotImplementedError."""
    raise NotImplementedError(
        "the layouts sparse_bsr and sparse_bsc are not here: sparse_coo, sparse_csr and sparse_csc are"
    )


def to_sparse_csc(input: Any, dense_dim: Any = None) -> Any:
    """A matrix (or batch of them) compressed by columns."""
    return _to_compressed(input, False, dense_dim)


@operation("to_dense")
def to_dense(input: Any, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
    """The dense tensor that a sparse one stands for."""
    if not is_sparse(input):
        return input if dtype is None else input.to(dtype)
    if dtype is not None and isinstance(input._raw, Coo):
        raise RuntimeError("dtype argument is not supported by sparse_to_dense")
    raw = input._raw
    slope = dense if masked_grad is False else lambda g: _at_own_places(raw, g)
    made = record(raw.to_dense(), "ToDenseBackward0", (input,), (slope,))
    return made if dtype is None else made.to(dtype)


@operation("sparse_mask")
def sparse_mask(input: Any, mask: Any) -> Any:
    """The tensor's numbers at the places of a sparse ``mask``.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([[1., 2.], [3., 4.]]).sparse_mask(tg.eye(2).to_sparse()).values()
    tensor([1., 4.])
    """
    if not is_sparse(mask):
        raise refusal("sparse_mask", (input, mask))
    if tuple(input.shape) != mask._raw.shape:
        raise RuntimeError(
            f"sparse_mask(): operands have incompatible sizes; self has size {list(input.shape)} but mask has size "
            f"{list(mask.shape)}"
        )
    at = mask._raw
    if isinstance(at, Compressed) or not is_sparse(input):
        full = input._raw.to_dense() if is_sparse(input) else input._data
        made: Any = at.masked(full)
    else:
        made = at.like(input._raw.at(at))
    return record(made, "SparseMaskBackward0", (input,), (lambda g: g if is_sparse(input) else dense(g),))


@operation("zeros_like", "empty_like")
def zeros_like(input: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, **options: Any) -> Any:
    """Zeros of this tensor's layout (or another)."""
    if layout is not None and layout is not input.layout:
        return functions["zeros"](tuple(input.shape), dtype=dtype or input.dtype, layout=layout, device=input.device)
    return _zeros(input, tuple(input.shape), dtype)


def _zeros(like: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    raw = like._raw
    kind = (like.dtype if dtype is None else dtypes.resolve(dtype)).np
    same = isinstance(raw, Coo) and shape == raw.shape
    return wrapped(compressed.zeros(raw.layout, raw.xp, shape, kind, raw.sparse_dim if same else None))


@operation("new")
def new(input: Any, *args: Any, **options: Any) -> Any:
    """torch's old way to a sparse tensor of this one's dtype: ``new(indices, values, size)``, or ``new(size)`` without elements."""
    if args and isinstance(args[0], Variable):
        return sparse_coo_tensor(*args, dtype=input.dtype)
    return new_zeros(input, *(args or (0,)), **options)


@operation("new_zeros", "new_empty")
def new_zeros(input: Any, *size: Any, dtype: Any = None, **options: Any) -> Any:
    """Zeros of this tensor's layout."""
    return _zeros(input, tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else size, dtype)


@operation("tensor")
def copy_of(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Any:
    """``tensor(sparse)``: a copy outside the graph."""
    return _leaf(data.detach().to(dtype=dtype, device=device, copy=True), requires_grad)


@operation("as_tensor")
def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    """The same tensor, unless another dtype or device is asked for."""
    return data.to(dtype=dtype, device=device)


@operation("new_ones", "new_full")
def new_filled(input: Any, *args: Any, **options: Any) -> Any:
    """A sparse tensor cannot be filled with a number."""
    raise refusal("fill_", (input,))


@operation("new_tensor")
def new_tensor(input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """A dense tensor with the dtype and device of this one."""
    return functions["tensor"](
        data, dtype=dtype or input.dtype, device=device or input.device, requires_grad=requires_grad
    )


FUNCTIONS: dict[str, Callable[..., Any]] = {}
_coo_tensor.__name__ = _coo_tensor.__qualname__ = "sparse_coo_tensor"
sparse_coo_tensor = FUNCTIONS["sparse_coo_tensor"] = checked(_coo_tensor, "sparse_coo_tensor", _COO)
for _name, _first, _second, _layout in (
    ("sparse_csr_tensor", "crow_indices", "col_indices", "sparse_csr"),
    ("sparse_csc_tensor", "ccol_indices", "row_indices", "sparse_csc"),
    ("sparse_compressed_tensor", "compressed_indices", "plain_indices", "sparse_csr"),
):
    FUNCTIONS[_name] = _compressed_tensor(_name, _first, _second, _layout)
