"""Views: other shapes and strides over the same memory. Nothing here copies a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ._check import expand_error
from ._layout import copied, format_name, lies_in
from .memory import root_array, storage_offset_of
from .registry import public

# ------------------------------------------------------------------------------------ arguments
_ORDINARY = (int,)


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension number, negative ones counted from the end; IndexError outside the range, TypeError for True and False."""
    if dim is True or dim is False:
        raise TypeError(f"argument 'dim' must be int, not {type(dim).__name__}")  # in torch's words: see `_signature`
    n = ndim or 1
    if not -n <= dim < n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})")
    return dim + n if dim < 0 else dim


def as_sizes(sizes: Sequence[Any], function: str = "view") -> tuple[int, ...]:
    """``f(2, 3)``, ``f((2, 3))`` and ``f(torch.Size([2, 3]))`` mean the same."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = sizes[0]
    elif not sizes:
        raise TypeError(f"{function}() needs sizes")
    if sizes and isinstance(sizes[0], bool):
        raise TypeError(f"{function}(): argument 'size' must be tuple of ints, but found element of type bool at pos 0")
    return tuple([n if type(n) is int else as_int(n, function, i) for i, n in enumerate(sizes)])


def as_int(n: Any, function: str, at: int = 0) -> int:
    """A size given as another kind of whole number; TypeError where it is none (``at``: its place in the list)."""
    if hasattr(n, "__index__") and not (isinstance(n, Variable) and n._data.ndim):
        return int(n.__index__())
    kind = type(n).__name__
    if at == 0:
        raise TypeError(
            f"{function}(): argument 'size' (position 1) must be tuple of ints, but found element of type {kind} at pos 0"
        )
    raise TypeError(
        f"{function}(): argument 'size' failed to unpack the object at pos {at + 1} with error \"type must be tuple of ints,"
        f'but got {kind}"'
    )


def infer_size(sizes: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Replace a -1 by what the number of elements leaves; RuntimeError where that cannot be."""
    if -1 in sizes:
        if sizes.count(-1) > 1:
            raise RuntimeError("only one dimension can be inferred")
        known = 1
        for n in sizes:
            if n < -1:
                raise RuntimeError(f"invalid shape dimension {n}")
            known *= n if n != -1 else 1
        if known == 0 and numel == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the unspecified dimension size -1 "
                "can be any value and is ambiguous"
            )
        if known and numel % known == 0:
            return tuple(numel // known if n == -1 else n for n in sizes)
    else:
        product = 1
        for n in sizes:
            if n < 0:
                raise RuntimeError(f"invalid shape dimension {n} at index {sizes.index(n)} of shape {list(sizes)}")
            product *= n
        if product == numel:
            return sizes
    raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {numel}")


# ------------------------------------------------------------------------------------ view and reshape
def view_strides(x: Any, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The byte strides that show ``x``'s elements, in order, in ``shape`` without a copy; None where there are none."""
    if x.flags.c_contiguous or x.size == 0:
        return contiguous_strides(shape, x.itemsize)
    # runs of old dimensions that lie in memory like one
    runs = [[n, s] for n, s in zip(x.shape, x.strides) if n != 1]
    merged: list[list[int]] = []
    for n, s in runs:
        if merged and merged[-1][1] == n * s:
            merged[-1] = [merged[-1][0] * n, s]
        else:
            merged.append([n, s])
    strides = [0] * len(shape)
    i = len(shape) - 1
    for length, step in reversed(merged):
        taken = 1
        while i >= 0 and (taken < length or shape[i] == 1):
            strides[i] = step * taken
            taken *= shape[i]
            i -= 1
        if taken != length:
            return None
    while i >= 0:
        if shape[i] != 1:
            return None
        strides[i] = (shape[i + 1] * strides[i + 1]) if i + 1 < len(shape) else x.itemsize
        i -= 1
    return tuple(strides)


def contiguous_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    strides, step = [], itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def _view(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    if x.flags.c_contiguous:
        return x.reshape(shape)
    strides = view_strides(x, shape)
    if strides is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return k.strided(x, shape, strides)


Op("view", _view, view=True, x=lambda k, g, x_shape: k.reshaped(g, x_shape))
Op("reshape_alias", _view, view=True, x=lambda k, g, x_shape: k.reshaped(g, x_shape))
Op(
    "reshaped",
    lambda k, x, shape: x.reshape(shape),
    node="UnsafeViewBackward0",
    x=lambda k, g, x_shape: k.reshaped(g, x_shape),
)


@public("method")
def view(input: Any, *shape: Any, dtype: Any = None) -> Any:
    """The same numbers, in the same memory, in another shape (one -1 is inferred). RuntimeError where strides forbid it.

    ``view(dtype)`` reads the same bytes as another dtype.

    >>> import tinygrad_edu as tg
    >>> tg.arange(6).view(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    from .. import dtypes

    if dtype is not None or (len(shape) == 1 and isinstance(shape[0], dtypes.dtype)):
        return view_dtype(input, shape[0] if dtype is None else dtype)
    if not shape:
        raise TypeError("view() received an invalid combination of arguments - got (), but expected one of:\n"
                        " * (torch.dtype dtype)\n * (tuple of ints size)\n")  # fmt: skip
    return Op.table["view"](input, infer_size(as_sizes(shape), input._data.size))


def view_dtype(input: Any, dtype: Any) -> Any:
    """The same bytes read as another dtype. No gradient flows through it."""
    x = input._data
    if dtype.itemsize != x.itemsize:
        _check_other_itemsize(input, dtype)
    shown = wrap(x.view(dtype.np))
    shown._counter = input._counter
    return shown


def _check_other_itemsize(input: Any, dtype: Any) -> None:
    x = input._data
    which = f"to view {input.dtype.short} as {dtype.short} (different element sizes)"
    if x.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {which}")
    strides, ratio = [s // x.itemsize for s in x.strides], dtype.itemsize // x.itemsize

    def divisible(what: str, value: int) -> None:
        if ratio > 1 and value % ratio:
            raise RuntimeError(f"self.{what} must be divisible by {ratio} {which}, but got {value}")

    divisible("size(-1)", x.shape[-1])
    if strides[-1] != 1 and x.size:  # NumPy has no steps in arrays of nothing
        raise RuntimeError(f"self.stride(-1) must be 1 {which}, but got {strides[-1]}")
    divisible("storage_offset()", storage_offset_of(x))
    for i, step in enumerate(strides[:-1]):
        divisible(f"stride({i})", step)


@public("function method")
def reshape(input: Any, *shape: Any) -> Any:
    """`view` where strides allow it, else a copy.

    >>> import tinygrad_edu as tg
    >>> tg.arange(6).view(2, 3).t().reshape(-1)
    tensor([0, 3, 1, 4, 2, 5])
    """
    if not shape:
        raise TypeError("reshape() needs a shape")
    sizes = infer_size(as_sizes(shape, "reshape"), input._data.size)
    x = input._data
    if x.flags.c_contiguous:
        return Op.table["view"](input, sizes)
    if view_strides(x, sizes) is not None:
        return Op.table["reshape_alias"](input, sizes)
    return Op.table["reshaped"](contiguous(input), sizes)


Op("clone", lambda k, x, memory_format: copied(x, memory_format), x=lambda k, g: g)


@public("function method")
def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy with memory of its own; gradients flow through to the original."""
    return Op.table["clone"](input, memory_format)


@public("method")
def contiguous(input: Any, *, memory_format: Any = None) -> Any:
    """The tensor itself where its elements lie in order in memory, else a copy where they do.

    ``memory_format=channels_last`` asks for N H W C order in memory (the shape stays N C H W).
    """
    if memory_format is None:
        return input if input._data.flags.c_contiguous else Op.table["clone"](input, "contiguous_format")
    if format_name(memory_format) == "preserve_format":
        if input._data.flags.c_contiguous:
            return input
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return input if lies_in(input._data, memory_format) else Op.table["clone"](input, memory_format)


# ------------------------------------------------------------------------------------ the order of dimensions
def _inverse(dims: Sequence[int]) -> tuple[int, ...]:
    back = [0] * len(dims)
    for i, d in enumerate(dims):
        back[d] = i
    return tuple(back)


Op("permute", lambda k, x, dims: x.transpose(dims), view=True, x=lambda k, g, dims: k.permute(g, _inverse(dims)))
Op(
    "transpose",
    lambda k, x, a, b: x.swapaxes(a, b) if x.ndim else x[...],
    view=True,
    x=lambda k, g, a, b: k.transpose(g, a, b),
)
Op("t", lambda k, x: x.T, view=True, node="TBackward0", x=lambda k, g: k.t(g))


@public("function method")
def permute(input: Any, *dims: Any) -> Any:
    """A view with the dimensions in the order ``dims``."""
    order = as_sizes(dims, "permute")
    n = input._data.ndim
    if len(order) != n:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {n} is not equal to len(dims) = {len(order)}"
        )
    order = tuple(wrap_dim(d, n) for d in order)
    if len(set(order)) != n:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return Op.table["permute"](input, order)


@public("function method", alias=("swapaxes", "swapdims"))
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """A view with two dimensions exchanged."""
    n = input._data.ndim
    a, b = wrap_dim(dim0, n), wrap_dim(dim1, n)
    return Op.table["transpose"](input, a, b)


@public("function method")
def t(input: Any) -> Any:
    """The transpose of a matrix (a vector or 0-d tensor stays as it is)."""
    if input._data.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input._data.ndim}D")
    return Op.table["t"].view1(input)


# ------------------------------------------------------------------------------------ size-1 dimensions, stretching
Op("squeeze_dims", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward0", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip
Op("squeeze_dim", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward1", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip


def _unsqueeze(k: Any, x: Any, dim: int) -> Any:
    stride = x.shape[dim] * x.strides[dim] if dim < x.ndim else x.itemsize
    return k.strided(x, (*x.shape[:dim], 1, *x.shape[dim:]), (*x.strides[:dim], stride, *x.strides[dim:]))


Op("unsqueeze", _unsqueeze, view=True, x=lambda k, g, x_shape: k.reshaped(g, x_shape))
Op("squeeze_several", lambda k, x, shape: x.reshape(shape) if x.flags.c_contiguous else _view(k, x, shape), view=True,
   node="SqueezeBackward2", x=lambda k, g, x_shape: k.reshaped(g, x_shape))  # fmt: skip
Op("expand", lambda k, x, shape: _broadcast(k, x, shape), view=True, x=lambda k, g, x_shape: k.sum_to(g, x_shape))


def _broadcast(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    """Like numpy.broadcast_to, but writable: torch lets people write through an expanded view element by element."""
    lead = len(shape) - x.ndim
    strides = tuple(0 if m == 1 and n != 1 else s for m, n, s in zip(x.shape, shape[lead:], x.strides))
    for d in range(lead - 1, -1, -1):  # a new dimension of size 1 lies around the rest
        strides = (shape[d + 1] * strides[0] if shape[d] == 1 and strides else 0, *strides)
    return k.strided(x, shape, strides)


@public("function method")
def squeeze(input: Any, dim: Any = None) -> Any:
    """A view without the dimensions of size 1 (or without those named in ``dim``, where they are of size 1)."""
    shape = input._data.shape
    if dim is None:
        return Op.table["squeeze_dims"](input, tuple(n for n in shape if n != 1))
    several = isinstance(dim, (tuple, list))
    named = [wrap_dim(d, len(shape)) for d in (dim if several else (dim,))]
    dims = set(named)
    if len(dims) < len(named):
        raise RuntimeError(
            f"dim {next(d for d in named if named.count(d) > 1)} appears multiple times in the list of dims"
        )
    op = Op.table["squeeze_several" if several else "squeeze_dim"]
    return op(input, tuple(n for i, n in enumerate(shape) if not (i in dims and n == 1)))


@public("function method")
def unsqueeze(input: Any, dim: int) -> Any:
    """A view with a new dimension of size 1 at ``dim``."""
    return Op.table["unsqueeze"](input, wrap_dim(dim, input._data.ndim + 1))


@public("method")
def expand(input: Any, *sizes: Any, implicit: bool = False) -> Any:
    """A view that repeats size-1 dimensions by stride 0; -1 keeps a dimension."""
    want = as_sizes(sizes, "expand")
    have = input._data.shape
    lead = len(want) - len(have)
    if lead < 0:
        raise expand_error(input, want)
    full: list[int] = []
    for i, n in reversed(list(enumerate(want))):
        m = have[i - lead] if i >= lead else 1
        if n == -1:
            if i < lead:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {i}"
                )
            n = m
        if m not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({m}) at non-singleton dimension {i}.  "
                f"Target sizes: {list(want)}.  Tensor sizes: {list(have)}"
            )
        if n < 0:
            raise RuntimeError("numel: integer multiplication overflow")
        full.insert(0, n)
    return Op.table["expand"](input, tuple(full))


def _sum_to(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
    from ..autograd.graph import sum_to

    return sum_to(x, shape)


Op("sum_to", _sum_to, node="SumBackward1", x=lambda k, g, x_shape: k.broadcast(g, x_shape))
Op("broadcast", lambda k, x, shape: k.xp.broadcast_to(x, shape), node="ExpandBackward0",
   x=lambda k, g, x_shape: k.sum_to(g, x_shape))  # fmt: skip


@public("method")
def sum_to_size(input: Any, *size: Any) -> Any:
    """Sum over the dimensions along which a tensor of ``size`` would have to be broadcast to have this shape."""
    shape = as_sizes(size, "sum_to_size")
    if shape and shape == tuple(input._data.shape):
        return input
    if input._data.dtype.kind in "iub":
        input = Op.table["to_copy"](input, dtypes.int64)
    have = tuple(input._data.shape)
    if len(shape) > len(have) or any(n not in (1, m) for n, m in zip(shape[::-1], have[::-1])):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(have)}}}.")
    return Op.table["sum_to"](input, shape)


# ------------------------------------------------------------------------------------ parts
Op("select", lambda k, x, dim, index: x[(slice(None),) * dim + (index, ...)], view=True,
   x=lambda k, g, x_shape, dim, index: k.select_backward(g, x_shape, dim, index))  # fmt: skip
Op("slice", lambda k, x, dim, start, stop, step: x[(slice(None),) * dim + (slice(start, stop, step),)], view=True,
   x=lambda k, g, x_shape, dim, start, stop, step: k.slice_backward(g, x_shape, dim, start, stop, step))  # fmt: skip


def _select_backward(k: Any, g: Any, shape: Any, dim: int, index: int) -> Any:
    gx = k.xp.zeros(shape, g.dtype)
    gx[(slice(None),) * dim + (index,)] = g
    return gx


def _slice_backward(k: Any, g: Any, shape: Any, dim: int, start: Any, stop: Any, step: Any) -> Any:
    gx = k.xp.zeros(shape, g.dtype)
    gx[(slice(None),) * dim + (slice(start, stop, step),)] = g
    return gx


Op("select_backward", _select_backward, node="SelectBackwardBackward0",
   g=lambda k, gg, dim, index: k.select(gg, dim, index))  # fmt: skip
Op("slice_backward", _slice_backward, node="SliceBackwardBackward0",
   g=lambda k, gg, dim, start, stop, step: k.slice(gg, dim, start, stop, step))  # fmt: skip


@public("function method")
def select(input: Any, dim: int, index: int) -> Any:
    """The slice at one index of a dimension, as a view without that dimension."""
    if input._data.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input._data.ndim)
    index = as_int(index, "select")
    n = input._data.shape[dim]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input._data.shape)} at dimension {dim}"
        )
    return Op.table["select"](input, dim, index + n if index < 0 else index)


Op("narrow_copy", lambda k, x, dim, start, stop: x[(slice(None),) * dim + (slice(start, stop),)].copy(),
   node="NarrowCopyBackward0",
   x=lambda k, g, x_shape, dim, start, stop: k.slice_backward(g, x_shape, dim, start, stop, 1))  # fmt: skip


@public("function method", out=True)
def narrow_copy(input: Any, dim: int, start: int, length: int) -> Any:
    """`narrow` as a copy."""
    n = input._data.ndim
    if n and dim >= n:
        raise RuntimeError(
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could this error message be "
            "improved?  If so, please report an enhancement request to PyTorch.)"
        )
    if n and length < 0:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({input._data.shape[dim]}).")
    shown = narrow(input.detach(), dim, start, length)  # its checks
    dim = wrap_dim(dim, input._data.ndim)
    first = start + input._data.shape[dim] if start < 0 else start
    return Op.table["narrow_copy"](input, dim, first, first + shown._data.shape[dim])


@public("function method")
def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """``length`` entries of a dimension from ``start``, as a view."""
    if input._data.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim = wrap_dim(dim, input._data.ndim)
    n = input._data.shape[dim]
    if isinstance(start, Variable) and (start._data.ndim or start._data.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    start = as_int(start, "narrow")
    if not -n <= start <= n:
        raise IndexError(f"start out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return Op.table["slice"](input, dim, start, start + length, 1)


__all__ = ["root_array", "storage_offset_of"]
