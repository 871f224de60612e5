"""Rows looked up by number: embeddings, bags of them, one-hot vectors."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.modes import no_grad
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..backend.coo import Coo
from ..backend.later import inside
from ..backend.outside import warn
from ._check import check_tensor
from .gather import add_rows
from .reduction import wide
from .registry import public


def _added(k: Any, rows: Any, index: Any, n: int) -> Any:
    """Every row of (M, D) added into the row of an (n, D) result that ``index`` names."""
    out = k.xp.zeros((n, rows.shape[1]), rows.dtype)
    add_rows(k, out, index, rows)
    return out


def _sparse_slope(k: Any, g: Any, index: Any, shape: tuple[int, ...], padding: int, by_count: bool) -> Coo:
    """The same as a sparse array: a row for every look-up, in their order."""
    if by_count:
        raise RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients")
    if not hasattr(g, "strides"):
        raise RuntimeError("Function EmbeddingBackward0 with sparse=True cannot be differentiated twice")
    flat, rows = index.reshape(-1).astype("int64"), g.reshape(-1, g.shape[-1])
    if padding >= 0:
        kept = flat != padding
        flat, rows = flat[kept], rows[kept]
    return Coo(flat[None], rows, shape)


def _embedding_slope(k: Any, g: Any, index: Any, n: int, padding: int, by_count: bool) -> Any:
    flat, rows = index.reshape(-1), g.reshape(-1, g.shape[-1])
    if by_count:
        rows = rows / k.xp.bincount(flat, minlength=n)[flat][:, None].astype(rows.dtype)
    if padding >= 0:
        rows = k.xp.where((flat != padding)[:, None], rows, rows.dtype.type(0))
    return _added(k, rows, flat, n)


Op("embedding", lambda k, w, index, padding, by_count: w[index],
   w=lambda k, g, w_shape, index, padding, by_count:
       k.embedding_backward(g, index, w_shape[0], padding, by_count))  # fmt: skip
Op("embedding_sparse", lambda k, w, index, padding, by_count: w[index], node="EmbeddingBackward0",
   w=lambda k, g, w_shape, index, padding, by_count: _sparse_slope(k, g, index, w_shape, padding, by_count))  # fmt: skip
Op("embedding_backward", _embedding_slope, node="EmbeddingDenseBackwardBackward0",
   g=lambda k, gg, index, padding, by_count: k.embedding_again(gg, index, padding))  # fmt: skip
Op("embedding_again", lambda k, x, index, padding: x[index] if padding < 0 else x[index] * (index != padding)[..., None],
   x=lambda k, g, index, padding, x_shape: k.embedding_backward(g, index, x_shape[0], padding, False))  # fmt: skip


def _check_indices(function: str, indices: Any, number: int = 1) -> None:
    if indices.dtype not in (dtypes.int64, dtypes.int32):
        raise RuntimeError(
            f"Expected tensor for argument #{number} 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{indices.type()} instead (while checking arguments for {function})"
        )


def _check_range(index: Any, n: int) -> None:
    if not inside(index, 0, n, "embedding: an index is out of range"):
        raise IndexError("index out of range in self")


@public("functional")
def embedding(
    input: Any, weight: Any, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Any:  # fmt: skip
    """The rows of ``weight`` (V, D) with the numbers ``input`` (any shape S): (S, D).

    The row ``padding_idx`` gets no gradient. Rows longer than ``max_norm`` are first shortened to it, in place.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.embedding(tg.tensor([1, 0]), tg.tensor([[1., 2.], [3., 4.]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    if not isinstance(input, Variable):
        check_tensor("embedding", "indices", 2, input)
    if not isinstance(weight, Variable):
        check_tensor("embedding", "weight", 1, weight)
    padding = _padding(padding_idx, weight, "Padding_idx must be within num_embeddings")
    if max_norm is not None:
        embedding_renorm(weight, input, max_norm, norm_type)
    if weight._data.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    _check_indices("embedding", input)
    _check_range(input._data, weight._data.shape[0])
    return Op.table["embedding_sparse" if sparse else "embedding"](weight, input._data, padding, scale_grad_by_freq)


def _padding(padding_idx: int | None, weight: Any, problem: str) -> int:
    if padding_idx is None:
        return -1
    n = weight.size(0)
    if not -n <= padding_idx < n:
        raise AssertionError(problem)
    return padding_idx + n if padding_idx < 0 else padding_idx


def embedding_renorm(weight: Any, indices: Any, max_norm: float, norm_type: float) -> Any:
    """Shorten, in place, the rows that are looked up to a norm of at most ``max_norm``."""
    k = kernels_of(weight._data)
    _check_range(indices._data, weight._data.shape[0])
    used = k.xp.unique(indices._data)
    with no_grad():
        norms = wrap(weight._data[used]).norm(norm_type, 1)._data  # type: ignore[attr-defined]
    scale = k.xp.where(norms > max_norm, max_norm / (norms + 1e-7), 1).astype(weight._data.dtype)
    weight._data[used] *= scale[:, None]
    weight._counter[0] += 1
    return weight


# ------------------------------------------------------------------------------------ bags
def _bag(k: Any, w: Any, factors: Any, index: Any, bags: Any, n: int, mode: str) -> Any:
    rows = w[index]
    if mode == "max":
        out = k.xp.zeros((n, w.shape[1]), w.dtype)
        for b in range(n):
            inside = rows[bags == b]
            if len(inside):
                rest = k.xp.where(inside == inside, inside, -math.inf).max(axis=0)
                out[b] = k.xp.where(inside[0] == inside[0], rest, inside[0])
        return out
    if factors is not None:
        rows = rows * factors[:, None]
    out = _added(k, wide(rows), bags, n).astype(w.dtype, copy=False)
    return out / _sizes(k, bags, n, out.dtype) if mode == "mean" else out


def _sizes(k: Any, bags: Any, n: int, dtype: Any) -> Any:
    return k.xp.maximum(k.xp.bincount(bags, minlength=n), 1).astype(dtype)[:, None]


def _bag_slope(
    k: Any, g: Any, w: Any, factors: Any, index: Any, bags: Any, n: int, mode: str, by_count: bool, sparse: bool = False
) -> Any:  # fmt: skip
    if mode == "max":
        gw = k.xp.zeros(w.shape, g.dtype)
        rows, columns = w[index], k.xp.arange(w.shape[1])
        for b in range(n):
            members = (bags == b).nonzero()[0]
            if len(members):
                found = rows[members]
                found[1:][found[1:] != found[1:]] = -math.inf  # a NaN counts only as the first
                best = index[members[found.argmax(axis=0)]]
                gw[best, columns] += g[b]
        return gw
    if mode == "mean":
        g = g / _sizes(k, bags, n, g.dtype)
    rows = g[bags]
    if factors is not None:
        rows = rows * factors[:, None]
    if sparse:
        return _sparse_slope(k, rows, index, w.shape, -1, by_count)
    return _embedding_slope(k, rows, index, w.shape[0], -1, by_count)


Op("bag_backward", _bag_slope)
Op("bag_factors_backward", lambda k, g, w, index, bags: (g[bags] * w[index]).sum(axis=1))
Op("embedding_bag_sparse", lambda k, w, factors, index, bags, n, mode, by_count: _bag(k, w, factors, index, bags, n, mode),
   node="EmbeddingBagBackward0", factors=lambda k, g, w, index, bags: k.bag_factors_backward(g, w, index, bags),
   w=lambda k, g, w, factors, index, bags, n, mode, by_count:
       _bag_slope(k, g, w, factors, index, bags, n, mode, by_count, True))  # fmt: skip
Op("embedding_bag", lambda k, w, factors, index, bags, n, mode, by_count: _bag(k, w, factors, index, bags, n, mode),
   w=lambda k, g, w, factors, index, bags, n, mode, by_count: k.bag_backward(g, w, factors, index, bags, n, mode, by_count),
   factors=lambda k, g, w, index, bags: k.bag_factors_backward(g, w, index, bags))  # fmt: skip


@public("functional")
def embedding_bag(
    input: Any, weight: Any, offsets: Any = None, max_norm: float | None = None, norm_type: float = 2,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, per_sample_weights: Any = None,
    include_last_offset: bool = False, padding_idx: int | None = None,
) -> Any:  # fmt: skip
    """The "sum", "mean" or "max" of the embeddings in each bag.

    ``input`` (B, S) holds one bag a row; or it is flat and ``offsets`` says where each bag begins.
    ``per_sample_weights`` (only with "sum") multiply the rows; ``padding_idx`` is left out of the bags.
    """
    if weight.dtype is dtypes.int64 and input.is_floating_point():
        warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, "
            "and should now be `embedding_bag(input, weight, ...)`."
        )
        input, weight = weight, input
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. "
                f"However, found offsets of type <class '{dtypes.module_name}.{type(offsets).__name__}'>"
            )
        n, size = input._data.shape
        starts = [i * size for i in range(n)]
    elif input.dim() == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
        if offsets._data.dtype.kind not in "iu":
            raise RuntimeError(
                "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
                f"{offsets.type()} instead (while checking arguments for embedding_bag)"
            )
        starts = [int(v) for v in offsets.tolist()]
        if starts and starts[0] != 0:
            raise RuntimeError(
                "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
                f"{starts[0]}"
            )
        if starts and starts[-1] > input._data.size:
            raise RuntimeError(
                f"offsets[-1] can not be greater than input's length {input._data.size} but got offsets[-1] of {starts[-1]}"
            )
        if include_last_offset:
            if not starts:
                raise RuntimeError("include_last_offset: number of offset should be at least 1")
            starts = starts[:-1]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None:
        if mode != "sum":
            raise NotImplementedError(
                "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
                f"mode='{mode}'). Please open a feature request on GitHub."
            )
        if per_sample_weights.size() != input.size():
            raise ValueError(
                f"embedding_bag: If per_sample_weights ({per_sample_weights.size()}) is not None, then it must have the same "
                f"shape as the input ({input.size()})"
            )
        per_sample_weights = per_sample_weights.reshape(-1)
    if max_norm is not None:
        embedding_renorm(weight, input, max_norm, norm_type)
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    padding = _padding(padding_idx, weight, "padding_idx must be within num_embeddings")
    k = kernels_of(weight._data)
    _check_indices("embedding_bag", input)
    index = input._data.reshape(-1)
    wrong = k.xp.flatnonzero((index < 0) | (index >= weight._data.shape[0]))
    if wrong.size:
        at = int(wrong[0])
        raise RuntimeError(
            f"Index {at} of input takes value {int(index[at])} which is not in the valid range [0, {weight._data.shape[0]})"
        )
    bags = k.xp.zeros(index.size, "int64")
    for b, start in enumerate(starts):
        bags[start:] = b
    if padding >= 0:
        kept = index != padding
        index, bags = index[kept], bags[kept]
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights[wrap(kept)]
    return Op.table["embedding_bag_sparse" if sparse else "embedding_bag"](
        weight, per_sample_weights, index, bags, len(starts), mode, scale_grad_by_freq
    )


# ------------------------------------------------------------------------------------ one-hot
@public("functional")
def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Vectors with a single 1 at the position that each class number names (int64).

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.one_hot(tg.tensor([0, 2]), num_classes=3)
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    check_tensor("one_hot", "tensor", 1, tensor)
    index = tensor._data
    if index.dtype.name != "int64":
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    k = kernels_of(index)
    if index.size == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return wrap(k.xp.zeros((*index.shape, num_classes), "int64"))
    if int(index.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    top = int(index.max())
    if num_classes == -1:
        num_classes = top + 1
    elif num_classes <= top:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((index[..., None] == k.xp.arange(num_classes)).astype("int64", order="C"))
