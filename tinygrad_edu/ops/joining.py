"""Several tensors into one, and one into several: ``cat``, ``stack`` and their kin; ``split``, ``chunk``, ``unbind``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from .. import dtypes
from ..autograd.modes import state
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap, wrap_view
from ..backend import kernels_of
from ._check import ask_for
from ._layout import copied, suggested
from ._signature import type_name
from .registry import functions, out_error, public
from .view import as_int, reshape, unsqueeze, view, wrap_dim


# ------------------------------------------------------------------------------------ the primitives
class _Always:
    """As many True as there are outputs."""

    def __getitem__(self, i: int) -> bool:
        return True


class SplitOp(Op):
    """A primitive whose result is any number of views of its first input (``safe=False``: nobody tracks that they are)."""

    def __init__(self, name: str, forward: Any, *, node: str, x: Any, safe: bool = True) -> None:
        super().__init__(name, forward, node=node, x=x)
        self.safe = safe
        self.single, self.differentiable = False, _Always()  # type: ignore[assignment]

    def __call__(self, *args: Any) -> Any:
        x, *rest = args
        k = kernels_of(x._data)
        parts = self.forward(k, x._data, *rest)
        outs = [wrap_view(part, x) if self.safe else wrap(part) for part in parts]
        if state.enabled:
            for out in outs if self.safe else ():
                out._made = "several"
            if outs and (x._requires_grad or (x._base is not None and x._base._requires_grad)):
                self.record(1, args, [x._data, *rest], outs, k)
        return tuple(outs)


def _parts(g: Any) -> list[Any]:
    """The gradients of all outputs (a node with one output gets just its gradient)."""
    return g if isinstance(g, list) else [g]


def _split_sizes(k: Any, x: Any, sizes: Sequence[int], dim: int) -> list[Any]:
    parts, start, before = [], 0, (slice(None),) * dim
    for n in sizes:
        parts.append(x[(*before, slice(start, start + n))])
        start += n
    return parts


def _split(k: Any, x: Any, size: int, dim: int) -> list[Any]:
    return _split_sizes(k, x, _equal_sizes(x.shape[dim], size), dim)


def _equal_sizes(n: int, size: int) -> list[int]:
    if n == 0 or size == 0:
        return [0]
    return [min(size, n - start) for start in range(0, n, size)]


def _unbind(k: Any, x: Any, dim: int) -> list[Any]:
    return list(x) if dim == 0 and x.ndim > 1 else [x[(slice(None),) * dim + (i, ...)] for i in range(x.shape[dim])]


SplitOp("split", _split, node="SplitBackward0", x=lambda k, g, dim: k.cat(_parts(g), dim))
SplitOp("split_with_sizes", _split_sizes, node="SplitWithSizesBackward0", x=lambda k, g, dim: k.cat(_parts(g), dim))
SplitOp("unsafe_split", _split, node="UnsafeSplitBackward0", safe=False, x=lambda k, g, dim: k.cat(_parts(g), dim))
SplitOp("unsafe_split_with_sizes", _split_sizes, node="UnsafeSplitWithSizesBackward0", safe=False,
        x=lambda k, g, dim: k.cat(_parts(g), dim))  # fmt: skip
SplitOp("unbind", _unbind, node="UnbindBackward0", x=lambda k, g, dim: k.stack(_parts(g), dim))


def _pack(k: Any, x: Any, sizes: Sequence[int]) -> Any:
    return k.xp.concatenate([x[t, :n] for t, n in enumerate(sizes)])


def _unpack(k: Any, g: Any, shape: Sequence[int], sizes: Sequence[int]) -> Any:
    out, start = k.xp.zeros(shape, g.dtype), 0
    for t, n in enumerate(sizes):
        out[t, :n] = g[start : start + n]
        start += n
    return out


# sequences of several lengths, time step by time step: ``sizes[t]`` of them have an element at time t
Op("pack_padded_sequence", _pack, x=lambda k, g, x_shape, sizes: k.unpack_sequence(g, x_shape, sizes))
Op("unpack_sequence", _unpack, g=lambda k, g, sizes: k.pack_padded_sequence(g, sizes))
_CAT = Op("cat", lambda k, tensors, dim: _cat(k, tensors, dim), variadic="tensors",
   tensors=lambda k, g, tensors_shape, dim: _uncat(k, g, tensors_shape, dim))  # fmt: skip
Op("stack", lambda k, tensors, dim: _stack(k, tensors, dim), variadic="tensors",
   tensors=lambda k, g, dim: list(k.unbind(g, dim)))  # fmt: skip


def _common(arrays: Sequence[Any]) -> Sequence[Any]:
    """The arrays in the dtype to which all of theirs promote."""
    first = arrays[0].dtype
    if all(a.dtype is first for a in arrays):
        return arrays
    found = dtypes.of(arrays[0])
    for a in arrays:
        found = dtypes.promote_types(found, dtypes.of(a))
    return [a.astype(found.np, copy=False) for a in arrays]


def _cat(k: Any, arrays: Sequence[Any], dim: int) -> Any:
    arrays = _common(arrays)
    kept = [a for a in arrays if a.shape != (0,)] or arrays[:1]  # torch's old empty tensor joins anything
    return _concatenated(k, kept, dim)


def _concatenated(k: Any, arrays: Sequence[Any], dim: int) -> Any:
    """One after the other, in the memory format that all of them have, else row by row."""
    out = k.xp.concatenate(arrays, axis=dim)
    if out.flags.c_contiguous:
        return out
    formats = {suggested(a) for a in arrays}
    return copied(out, formats.pop()) if len(formats) == 1 else k.xp.ascontiguousarray(out)


def _stack(k: Any, arrays: Sequence[Any], dim: int) -> Any:
    arrays = _common(arrays)
    shape = arrays[0].shape
    if dim == len(shape):
        return k.xp.ascontiguousarray(k.xp.stack(arrays, axis=dim))
    return _concatenated(k, arrays, dim).reshape(*shape[:dim], len(arrays), *shape[dim:])


def _uncat(k: Any, g: Any, shapes: Any, dim: int) -> list[Any]:
    sizes = [0 if shape == (0,) else shape[dim] for shape in shapes]
    parts = list(k.split_with_sizes(g, sizes, dim))
    return [k.zeros_of(g, (0,)) if shape == (0,) else part for part, shape in zip(parts, shapes)]


Op("zeros_of", lambda k, x, shape: k.xp.zeros(shape, x.dtype), node="ZerosBackward0")


# ------------------------------------------------------------------------------------ into one
def _tensor_list(name: str, tensors: Any) -> list[Any]:
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    for i, t in enumerate(tensors):
        if not isinstance(t, Variable):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(t)}")
    return list(tensors)


def _refused(have: dtypes.dtype, want: dtypes.dtype) -> Exception | None:
    if dtypes.can_cast(have, want):
        return None
    return TypeError(f"torch.cat(): input types can't be cast to the desired output type {want.short}")


@public("function", alias=("concat", "concatenate"), out=True)
@out_error(_refused)
def cat(tensors: Any, dim: int = 0) -> Any:
    """The tensors one after the other along an existing dimension; their other sizes must agree.

    >>> import tinygrad_edu as tg
    >>> tg.cat([tg.zeros(1, 2), tg.ones(2, 2)])
    tensor([[0., 0.],
            [1., 1.],
            [1., 1.]])
    """
    tensors = _tensor_list("cat", tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    shapes = [t._data.shape for t in tensors]
    first = shapes[0]
    if first and first != (0,) and all(shape == first for shape in shapes):  # most calls
        return _CAT(tensors, wrap_dim(dim, len(first)))
    first = next((s for s in shapes if s != (0,)), (0,))
    for i, shape in enumerate(shapes):
        if not shape:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    dim = wrap_dim(dim, len(first))
    for i, shape in enumerate(shapes):
        if shape == (0,):
            continue
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        for d, (n, m) in enumerate(zip(first, shape)):
            if n != m and d != dim:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {n} but got size {m} for tensor "
                    f"number {i} in the list."
                )
    return _CAT(tensors, dim)


@public("function", out=True)
@out_error(_refused)
def stack(tensors: Any, dim: int = 0) -> Any:
    """Tensors of one shape side by side along a new dimension.

    >>> import tinygrad_edu as tg
    >>> tg.stack([tg.tensor([1, 2]), tg.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    tensors = _tensor_list("stack", tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tensors[0]._data.shape
    dim = wrap_dim(dim, len(first) + 1)
    for i, t in enumerate(tensors):
        if t._data.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(t._data.shape)} at "
                f"entry {i}"
            )
    return Op.table["stack"](tensors, dim)


def _joined(name: str, tensors: Any, prepare: Any, dim: Any) -> Any:
    tensors = _tensor_list(name, tensors)
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    tensors = [prepare(t) for t in tensors]
    return cat(tensors, dim if isinstance(dim, int) else dim(tensors))


@public("function", out=True)
@out_error(_refused)
def hstack(tensors: Any) -> Any:
    """Tensors one after the other along the second dimension (vectors: the first).

    >>> import tinygrad_edu as tg
    >>> tg.hstack([tg.tensor([1, 2]), tg.tensor([3])])
    tensor([1, 2, 3])
    """
    return _joined("hstack", tensors, atleast_1d, lambda ts: 0 if ts[0]._data.ndim == 1 else 1)


@public("function", alias=("row_stack",), out=True)
@out_error(_refused)
def vstack(tensors: Any) -> Any:
    """Tensors one below the other; vectors are rows."""
    return _joined("vstack", tensors, atleast_2d, 0)


@public("function", out=True)
@out_error(_refused)
def dstack(tensors: Any) -> Any:
    """Tensors one behind the other along the third dimension."""
    return _joined("dstack", tensors, atleast_3d, 2)


@public("function", out=True)
@out_error(_refused)
def column_stack(tensors: Any) -> Any:
    """Tensors side by side; vectors are columns."""

    def column(t: Any) -> Any:
        return t if t._data.ndim > 1 else reshape(t, t._data.size, 1)

    return _joined("column_stack", tensors, column, 1)


def _each(make: Any, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return make(tensors[0])
    return tuple(make(t) for t in (tensors[0] if len(tensors) == 1 else tensors))


@public("function")
def atleast_1d(*tensors: Any) -> Any:
    """The tensor (or each of several) as a view with at least one dimension."""
    return _each(lambda t: t if t._data.ndim else view(t, 1), tensors)


@public("function")
def atleast_2d(*tensors: Any) -> Any:
    """The tensor (or each of several) as a view with at least two dimensions: vectors are rows."""
    return _each(_two, tensors)


def _two(t: Any) -> Any:
    return t if t._data.ndim > 1 else unsqueeze(t, 0) if t._data.ndim else view(t, 1, 1)


@public("function")
def atleast_3d(*tensors: Any) -> Any:
    """The tensor (or each of several) as a view with at least three dimensions: (n,) becomes (1, n, 1)."""
    return _each(_three, tensors)


def _three(t: Any) -> Any:
    n = t._data.ndim
    if n == 0:
        return view(t, 1, 1, 1)
    if n == 1:
        return unsqueeze(unsqueeze(t, 0), -1)
    return unsqueeze(t, -1) if n == 2 else t


@public("function")
def block_diag(*tensors: Any) -> Any:
    """A matrix with the tensors (numbers, rows or matrices) along its diagonal and zeros elsewhere.

    >>> import tinygrad_edu as tg
    >>> tg.block_diag(tg.ones(1, 2), tg.tensor(3.))
    tensor([[1., 1., 0.],
            [0., 0., 3.]])
    """
    for i, t in enumerate(tensors):
        if t._data.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {t._data.ndim} dimensions"
            )
    return Op.table["block_diag"]([_two(t) for t in tensors]) if tensors else functions["empty"](1, 0)


def _block_diag(k: Any, tensors: Any) -> Any:
    tensors = _common(tensors)
    out = k.xp.zeros((sum(t.shape[0] for t in tensors), sum(t.shape[1] for t in tensors)), tensors[0].dtype)
    i = j = 0
    for t in tensors:
        out[i : i + t.shape[0], j : j + t.shape[1]] = t
        i, j = i + t.shape[0], j + t.shape[1]
    return out


def _unblock(k: Any, g: Any, tensors_shape: Any) -> list[Any]:
    parts, i, j = [], 0, 0
    for n, m in tensors_shape:
        parts.append(k.slice(k.slice(g, 0, i, i + n, 1), 1, j, j + m, 1))
        i, j = i + n, j + m
    return parts


Op("block_diag", _block_diag, variadic="tensors", tensors=_unblock)


# ------------------------------------------------------------------------------------ into several
def _whole_number(name: str, argument: str, value: Any) -> int:
    if not hasattr(value, "__index__") or isinstance(value, bool):
        raise TypeError(f"{name}(): argument '{argument}' (position 2) must be int, not {type(value).__name__}")
    return as_int(value, name)


@public("function method")
def unbind(input: Any, dim: int = 0) -> Any:
    """The slices along a dimension, as a tuple of views without it.

    >>> import tinygrad_edu as tg
    >>> tg.unbind(tg.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    if input._data.ndim == 0:
        raise IndexError(f"Dimension specified as {wrap_dim(dim, 0)} but tensor has no dimensions")
    return Op.table["unbind"](input, wrap_dim(dim, input._data.ndim))


@public("function")
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Views of ``split_size`` entries each along a dimension (the last one smaller), or of the sizes in a list.

    >>> import tinygrad_edu as tg
    >>> tg.split(tg.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    ask_for("split", tensor)
    if isinstance(split_size_or_sections, (tuple, list)) or not hasattr(split_size_or_sections, "__index__"):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    if isinstance(split_size_or_sections, bool):
        raise TypeError("split() takes no bool")  # in torch's words: see `_signature`
    size = as_int(split_size_or_sections, "split")
    if tensor._data.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    dim = wrap_dim(dim, tensor._data.ndim)
    n = tensor._data.shape[dim]
    if size == 0 and n:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}")
    return Op.table["split"](tensor, size, dim)


@public("method", name="split")
def split_method(self: Any, split_size: Any, dim: int = 0) -> Any:
    """`split` as a method, whose argument has a name of its own: ``x.split(split_size=2)``."""
    return split(self, split_size, dim)


@public("function method")
def unsafe_split(input: Any, split_size: int, dim: int = 0) -> Any:
    """`split` whose parts may be written to; autograd does not notice, so the original must not be used afterwards."""
    split(input.detach(), split_size, dim)  # its checks
    return Op.table["unsafe_split"](input, split_size, wrap_dim(dim, input._data.ndim))


@public("function method")
def unsafe_split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
    """`split_with_sizes` in the same way."""
    split_with_sizes(input.detach(), split_sizes, dim)  # its checks
    return Op.table["unsafe_split_with_sizes"](input, list(split_sizes), wrap_dim(dim, input._data.ndim))


@public("function method")
def unsafe_chunk(input: Any, chunks: int, dim: int = 0) -> Any:
    """`chunk` in the same way."""
    chunk(input.detach(), chunks, dim)  # its checks
    n = input._data.shape[wrap_dim(dim, input._data.ndim)]
    return unsafe_split(input, max(-(-n // chunks), 1), dim)


@public("function method")
def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
    """Views of the given sizes along a dimension."""
    if not isinstance(split_sizes, (tuple, list)):
        raise TypeError(
            "split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, not "
            f"{type(split_sizes).__name__}"
        )
    if input._data.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(dim, input._data.ndim)
    sizes = [as_int(n, "split_with_sizes") for n in split_sizes]
    if any(n < 0 for n in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes}"
        )
    if sum(sizes) != input._data.shape[dim]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {input._data.shape[dim]} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={sizes}"
        )
    return Op.table["split_with_sizes"](input, sizes, dim)


@public("function method")
def chunk(input: Any, chunks: int, dim: int = 0) -> Any:
    """At most ``chunks`` views of equal size (the last one smaller) along a dimension.

    >>> import tinygrad_edu as tg
    >>> tg.chunk(tg.arange(5), 3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    chunks = _whole_number("chunk", "chunks", chunks)
    if input._data.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = wrap_dim(dim, input._data.ndim)
    n = input._data.shape[dim]
    size = -(-n // chunks)
    if size == 0:
        return split_with_sizes(input, [0] * chunks, dim)
    return Op.table["split"](input, size, dim)


@public("function method")
def tensor_split(input: Any, indices_or_sections: Any = None, dim: int = 0, *, sections: Any = None, indices: Any = None,
                 tensor_indices_or_sections: Any = None) -> Any:  # fmt: skip
    """Views of nearly equal size along a dimension, or cut at the given indices.

    >>> import tinygrad_edu as tg
    >>> tg.tensor_split(tg.arange(5), 3), tg.tensor_split(tg.arange(5), (1, 3))
    ((tensor([0, 1]), tensor([2, 3]), tensor([4])), (tensor([0]), tensor([1, 2]), tensor([3, 4])))
    """
    choices = (indices_or_sections, sections, indices, tensor_indices_or_sections)
    where = next((v for v in choices if v is not None), None)
    if not isinstance(where, (Variable, tuple, list)) and not hasattr(where, "__index__"):
        raise TypeError(f"sections must be an int or indices, not {type(where).__name__}")
    n_dims = input._data.ndim
    if n_dims == 0:
        raise RuntimeError(
            f"tensor_split expected at least a 1-dimensional tensor, but got a tensor with {n_dims} dims"
        )
    dim = wrap_dim(dim, n_dims)
    n = input._data.shape[dim]
    if isinstance(where, Variable):
        if where._data.dtype.name != "int64":
            short = dtypes.of(where._data).short
            raise RuntimeError(
                f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {short}"
            )
        if where._data.ndim > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got "
                f"a tensor with {where._data.ndim} dims"
            )
        where = where.tolist()  # type: ignore[attr-defined]
    if isinstance(where, (tuple, list)):
        cuts = [as_int(i, "tensor_split") for i in where]
    else:
        sections = as_int(where, "tensor_split")
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        base, extra = divmod(n, sections)
        cuts = [base * i + min(i, extra) for i in range(1, sections)]
    edges = [0, *(max(0, min(n, c + n if c < 0 else c)) for c in cuts), n]
    return tuple(Op.table["slice"](input, dim, a, max(a, b), 1) for a, b in pairwise(edges))


def _split_along(name: str, input: Any, where: Any, dim: int, least: int) -> Any:
    if input._data.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {input._data.ndim} "
            "dimensions!"
        )
    if not isinstance(where, (tuple, list)):
        n = as_int(where, name)
        if n == 0 or input._data.shape[dim] % n:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
                f"{input._data.shape[dim]} is not divisible by the split_size {n}!"
            )
    return tensor_split(input, where, dim)


@public("function method")
def hsplit(input: Any, indices_or_sections: Any) -> Any:
    """`tensor_split` along the second dimension (vectors: the first) into equal parts."""
    return _split_along("hsplit", input, indices_or_sections, 0 if input._data.ndim == 1 else 1, 1)


@public("function method")
def vsplit(input: Any, indices_or_sections: Any) -> Any:
    """`tensor_split` along the first dimension into equal parts."""
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


@public("function method")
def dsplit(input: Any, indices_or_sections: Any) -> Any:
    """`tensor_split` along the third dimension into equal parts."""
    return _split_along("dsplit", input, indices_or_sections, 2, 3)
