"""Products with sparse matrices: mm, mv, matmul, addmm, and what ``sparse`` offers beside them."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable, raw_of
from ..backend import kernels_of
from ..backend.compressed import Compressed, of_coo
from ..backend.coo import Coo, product, product_of_two
from ..dtypes import of
from ..ops.registry import functions
from .dispatch import TABLE, backend_of, is_sparse, operation
from .graph import dense, record, sparse
from .reduced_product import reduced_mm
from .shaping import select, t


def _coo(raw: Any) -> Coo:
    return raw if isinstance(raw, Coo) else raw.to_coo()


def _c_name(array: Any) -> str:
    return str(of(array).short)


def _check(a: Any, b: Any) -> None:
    """torch's errors for matrices that do not go together."""
    if a.ndim == 2 and b.ndim == 1:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
    if a.ndim != 2 or b.ndim != 2:
        raise RuntimeError(f"mm: Expected 2D matrices, got {a.ndim}D and {b.ndim}D")
    if a.shape[1] != b.shape[0]:
        if hasattr(a, "strides"):
            raise RuntimeError(f"addmm: Argument #3 (dense): Expected dim 0 size {b.shape[0]}, got {a.shape[1]}")
        raise RuntimeError(f"addmm: Argument #3 (dense): Expected dim 0 size {a.shape[1]}, got {b.shape[0]}")
    if a.dtype != b.dtype:
        sparse_one, other = (b, a) if hasattr(a, "strides") else (a, b)
        raise RuntimeError(f"expected scalar type {_c_name(_values(sparse_one))} but found {_c_name(_values(other))}")


def _values(raw: Any) -> Any:
    return raw if hasattr(raw, "strides") else raw.values


def _multiply(a: Any, b: Any) -> Any:
    """The product of two raw matrices, at least one of them sparse; sparse where both are."""
    if hasattr(b, "strides"):
        return product(_coo(a), b)
    if hasattr(a, "strides"):
        turned = product(_coo(b).transpose((1, 0)), a.T).T  # torch's order of memory
        return turned if isinstance(b, Coo) else turned.copy("C")
    made = product_of_two(_coo(a), _coo(b))
    return of_coo(made, a.by_rows) if isinstance(a, Compressed) else made


def _turned(raw: Any) -> Any:
    return raw.T if hasattr(raw, "strides") else _coo(raw).transpose((1, 0))


def _at_places_of(raw: Any, g: Any) -> Any:
    return raw.masked(g) if isinstance(raw, Compressed) else sparse(g, raw.coalesce())


def _matrix_slopes(input: Any, mat2: Any, to_sparse: bool) -> tuple[Any, Any]:
    """Backward of a product: g·bᵀ and aᵀ·g. ``to_sparse``: a sparse operand's gradient only has the places that it has."""
    a, b = raw_of(input), raw_of(mat2)

    def first(g: Any) -> Any:
        made = dense(_multiply(g, _turned(b))) if not (hasattr(g, "strides") and hasattr(b, "strides")) else g @ b.T
        return _at_places_of(a, made) if is_sparse(input) and to_sparse else made

    def second(g: Any) -> Any:
        made = dense(_multiply(_turned(a), g)) if not (hasattr(g, "strides") and hasattr(a, "strides")) else a.T @ g
        return _at_places_of(b, made) if is_sparse(mat2) and to_sparse else made

    return first, second


def _twice(input: Any, mat2: Any) -> tuple[Any, Any]:
    """The same on tensors, for a dense operand: its gradient is a product with the sparse one."""
    return (
        None if is_sparse(input) else (lambda g: mm(g, t(mat2))),
        None if is_sparse(mat2) else (lambda g: mm(t(input), g)),
    )


@operation("mm", "spmm", "dsmm")
def mm(input: Any, mat2: Any, *, out: Any = None) -> Any:
    return _into(out, _matmul(input, mat2, "MmBackward0", False))


def _into(out: Any, made: Any) -> Any:
    return made if out is None else out.copy_(made)


def _matmul(input: Any, mat2: Any, node: str, to_sparse: bool) -> Any:
    for value, position, what in ((input, 1, "sparse"), (mat2, 2, "dense")):
        if not isinstance(value, Variable):
            name = "_sparse_mm" if to_sparse else "mm"
            what = what if to_sparse else ("input", "mat2")[position - 1]
            raise TypeError(
                f"{name}(): argument '{what}' (position {position}) must be Tensor, not {type(value).__name__}"
            )
    a, b = raw_of(input), raw_of(mat2)
    _check(a, b)
    both = is_sparse(input) and is_sparse(mat2)
    if both and type(a) is not type(b):
        kinds = [("Sparse" if isinstance(r, Coo) else "SparseCsr") for r in (a, b)]
        raise RuntimeError(f"addmm: computation on CPU is not implemented for {kinds[0]} + {kinds[0]} @ {kinds[1]}")
    if both and to_sparse:
        node = "SparseSparseMatmulBackward0"
    slopes = _matrix_slopes(input, mat2, to_sparse or both)
    return record(_multiply(a, b), node, (input, mat2), slopes, _twice(input, mat2))


def sparse_mm(mat1: Any, mat2: Any, *reduce: Any, **named: Any) -> Any:
    """The product of a sparse matrix and a dense or sparse one; the gradient of a sparse operand is sparse.

    ``reduce`` ("sum", "mean", "amax", "amin"): what becomes of the terms of each row of a CSR matrix.

    >>> import tinygrad_edu as tg
    >>> tg.sparse.mm(tg.eye(2).to_sparse(), tg.tensor([[1., 2.], [3., 4.]]))
    tensor([[1., 2.],
            [3., 4.]])
    """
    if reduce or named:
        return reduced_mm(mat1, mat2, *reduce, **named)
    if isinstance(mat1, Variable) and isinstance(mat2, Variable) and not (is_sparse(mat1) or is_sparse(mat2)):
        turned: Any = [functions["t"](m) for m in (mat2, mat1)]
        return functions["t"](functions["mm"](*turned))  # in torch's order of memory
    return _matmul(mat1, mat2, "SparseAddmmBackward0", True)


@operation("matmul", "__matmul__", "__rmatmul__")
def matmul(input: Any, other: Any, *, out: Any = None) -> Any:
    if input.ndim == 2 and other.ndim == 2:
        return mm(input, other, out=out)
    if input.ndim == 2 and other.ndim == 1 and not is_sparse(other):
        return mv(input, other, out=out)
    if input.ndim == 1 and other.ndim == 2 and not is_sparse(input):
        return mv(t(other), input, out=out)
    if input.ndim == 3 and other.ndim == 3:
        return bmm(input, other)
    if (other.ndim > 2 and is_sparse(input)) or (input.ndim > 2 and is_sparse(other)):
        raise RuntimeError("expand is unsupported for Sparse tensors")
    raise RuntimeError("reshape is not implemented for sparse tensors")


@operation("mv")
def mv(input: Any, vec: Any, *, out: Any = None) -> Any:
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(
            f"mv: two tensor dim should be 2 and 1, but got SparseTensor Dim: {input.ndim}Tensor Dim: {vec.ndim}"
        )
    if input.shape[-1] != vec.shape[-1]:
        raise RuntimeError("mv: expected self.size(-1) == vec.size(-1)")
    a, x = input._raw, vec._data
    _check(a, x[:, None])

    def second(g: Any) -> Any:
        return _multiply(_turned(a), g[:, None])[:, 0]

    made = _multiply(a, x[:, None])[:, 0]
    slopes = (lambda g: g[:, None] * x[None], second)
    made = record(made, "MvBackward0", (input, vec), slopes, (None, lambda g: mv(t(input), g)))
    return _into(out, made)


@operation("linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    turned = t(weight) if is_sparse(weight) else weight.t()
    return matmul(input, turned) if bias is None else addmm(bias, input, turned)


@operation("addmm")
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    return _into(out, _addmm("AddmmBackward0", input, mat1, mat2, beta, alpha))


def sparse_addmm(mat: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0) -> Any:
    """``beta · mat + alpha · (mat1 @ mat2)`` with a sparse ``mat1``, whose gradient is sparse."""
    return _addmm("SparseAddmmBackward0", mat, mat1, mat2, beta, alpha)


def _addmm(node: str, input: Any, mat1: Any, mat2: Any, beta: Any, alpha: Any) -> Any:
    if all(is_sparse(m) and isinstance(m._raw, Compressed) for m in (input, mat1, mat2)):
        total = TABLE["add"](TABLE["mul"](input, beta), TABLE["mul"](mm(mat1, mat2), alpha))
        return record(total._raw, node, (), ())
    if is_sparse(input):
        raise RuntimeError(
            f"addmm_sparse_dense: expected strided result tensor, got tensor with layout {backend_of(input)[:-3]}"
        )
    a, b = raw_of(mat1), raw_of(mat2)
    if not is_sparse(mat1) and not is_sparse(mat2):
        return functions["addmm"](input, mat1, mat2, beta=beta, alpha=alpha)
    _check(a, b)
    made = dense(_multiply(a, b))
    total = input._data * beta if beta != 1 else input._data
    made = (total + (made * alpha if alpha != 1 else made)).astype(made.dtype, copy=False)
    first, second = _matrix_slopes(mat1, mat2, node.startswith("Sparse"))
    slopes = (lambda g: g * beta, lambda g: first(g * alpha), lambda g: second(g * alpha))
    again = _twice(mat1, mat2)
    scaled = [None if f is None else (lambda g, f=f: f(g * alpha)) for f in again]
    return record(made, node, (input, mat1, mat2), slopes, (lambda g: g * beta, *scaled))


@operation("bmm")
def bmm(input: Any, mat2: Any) -> Any:
    if is_sparse(mat2) and isinstance(mat2._raw, Coo):
        raise RuntimeError("bmm_sparse: Tensor 'mat2' must be dense")
    if input.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor")
    return functions["stack"]([mm(select(input, 0, i), mat2[i]) for i in range(input.shape[0])])


@operation("hspmm")
def hspmm(mat1: Any, mat2: Any) -> Any:
    """The product with only the rows kept in which the sparse matrix has numbers."""
    a, b = mat1._raw, mat2._data
    _check(a, b)
    rows = a.xp.unique(a.indices[0])
    return record(Coo(rows[None], product(a, b)[rows], (a.shape[0], b.shape[1])), "HspmmBackward0", (), ())


@operation("smm")
def smm(input: Any, mat: Any) -> Any:
    return sspaddmm(None, input, mat)


@operation("sspaddmm")
def sspaddmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta · input + alpha · (mat1 @ mat2)`` as a sparse matrix: every row of the product that may have numbers is kept whole."""
    a, b = mat1._raw, mat2._data
    _check(a, b)
    xp = a.xp
    rows = xp.unique(a.indices[0])
    block = (product(a, b)[rows] * alpha).astype(a.dtype, copy=False)
    indices = xp.stack([xp.repeat(rows, b.shape[1]), xp.tile(xp.arange(b.shape[1]), len(rows))])
    values = block.reshape(-1)
    if input is not None:
        indices = xp.concatenate([input._raw.indices, indices], axis=1)
        values = xp.concatenate([(input._raw.values * beta).astype(a.dtype, copy=False), values])
    return record(Coo(indices, values, (a.shape[0], b.shape[1])), "SspaddmmBackward0", (), ())


def sampled_addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0) -> Any:
    """``alpha · (mat1 @ mat2) + beta · input`` at the places of the CSR matrix ``input`` only."""
    if not is_sparse(input) or not isinstance(input._raw, Compressed):
        raise RuntimeError("sampled_addmm: Expected self to have layout SparseCsr, but got layout Strided")
    raw = input._raw
    at = raw.to_coo().indices
    terms = (mat1._data[at[0]] * mat2._data[:, at[1]].T).sum(axis=1)
    return record(raw.like(terms * alpha + raw.values * beta), "SparseSampledAddmmBackward0", (), ())


def spdiags(diagonals: Any, offsets: Any, shape: Any, layout: Any = None) -> Any:
    """A sparse matrix with the rows of ``diagonals`` on its diagonals ``offsets``.

    >>> import tinygrad_edu as tg
    >>> tg.sparse.spdiags(tg.tensor([[1, 2]]), tg.tensor([1]), (2, 2)).to_dense()
    tensor([[0, 2],
            [0, 0]])
    """
    rows = diagonals._data if diagonals._data.ndim == 2 else diagonals._data[None]
    steps = offsets._data.reshape(-1)
    if rows.shape[0] != len(steps):
        raise RuntimeError(f"Number of diagonals ({rows.shape[0]}) does not match the number of offsets ({len(steps)})")
    xp, (n, m) = kernels_of(rows).xp, shape
    found = []
    for row, step in zip(rows, steps.tolist()):
        columns = xp.arange(max(0, step), max(min(rows.shape[1], m, n + step), max(0, step)))
        found.append((xp.stack([columns - step, columns]), row[columns]))
    indices = xp.concatenate([i for i, _ in found], axis=1)
    made = record(Coo(indices, xp.concatenate([v for _, v in found]), (n, m)), "SpdiagsBackward0", (), ())
    return made if layout is None or layout.name == "sparse_coo" else TABLE["to_sparse"](made, layout=layout)
