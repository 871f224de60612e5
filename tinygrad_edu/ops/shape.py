"""Other shapes with other numbers of elements or in another order: repeating, flipping, rolling, diagonals, triangles, windows;
and the in-place forms of the views.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..autograd.inplace import check_writable
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..size import Size
from ._define import broadcast_error, cast
from ._layout import arranged, by_rows, in_format_of
from .reduction import dims_of
from .registry import methods, public
from .view import (
    as_sizes,
    contiguous,
    expand,
    infer_size,
    permute,
    reshape,
    squeeze,
    t,
    transpose,
    unsqueeze,
    view,
    wrap_dim,
)  # fmt: skip


# ------------------------------------------------------------------------------------ fewer or more dimensions
@public("function method")
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The dimensions from ``start_dim`` to ``end_dim`` as one.

    >>> import tinygrad_edu as tg
    >>> tg.flatten(tg.zeros(2, 3, 4), 1).shape
    tinygrad_edu.Size([2, 12])
    """
    shape = input._data.shape
    first, last = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape(input, 1)
    if first == last:
        return input
    n = 1
    for size in shape[first : last + 1]:
        n *= size
    return reshape(input, (*shape[:first], n, *shape[last + 1 :]))


@public("function method")
def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Any:
    """One dimension as several (one of whose sizes may be -1).

    >>> import tinygrad_edu as tg
    >>> tg.unflatten(tg.arange(6), 0, (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    shape = input._data.shape
    dim = wrap_dim(dim, len(shape))
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(f"unflatten(): argument 'sizes' (position 2) must be tuple of ints, not {type(sizes).__name__}")
    wanted = as_sizes((sizes,), "unflatten")
    n = shape[dim]
    try:
        parts = infer_size(wanted, n)
    except RuntimeError as error:
        if "only one dimension" in str(error):
            raise RuntimeError(f"unflatten got an unexpected error:\n{error}") from None
        raise RuntimeError(
            f"unflatten: Provided sizes {list(wanted)} don't multiply up to the size of dim {dim} ({n}) in the input tensor"
        ) from None
    return view(input, (*shape[:dim], *parts, *shape[dim + 1 :]))


@public("function method")
def ravel(input: Any) -> Any:
    """All elements in one dimension: a view where the tensor is contiguous."""
    return view(contiguous(input), -1)


@public("method")
def view_as(input: Any, other: Any) -> Any:
    """`view` in the shape of another tensor."""
    return view(input, other.shape)


@public("method")
def reshape_as(input: Any, other: Any) -> Any:
    """`reshape` to the shape of another tensor."""
    return reshape(input, other.shape)


@public("method")
def expand_as(input: Any, other: Any) -> Any:
    """`expand` to the shape of another tensor."""
    return expand(input, other.shape)


@public("function method")
def broadcast_to(input: Any, size: Sequence[int]) -> Any:
    """`expand` as a function: a view of the given size."""
    return expand(input, size)


def _as_shape(shape: Any) -> tuple[int, ...]:
    if isinstance(shape, (tuple, list)):
        return tuple(shape)
    if isinstance(shape, int):
        return (shape,)
    raise RuntimeError(f"Input shapes should be of type ints, a tuple of ints, or a list of ints, got {shape}")


@public("function", name="broadcast_shapes")
def broadcast_shapes(*shapes: Any) -> Size:
    """The shape to which tensors of the given shapes broadcast.

    >>> broadcast_shapes((2, 1), (3,))
    tinygrad_edu.Size([2, 3])
    """
    sizes = [_as_shape(s) for s in shapes]
    result = [1] * max(map(len, sizes), default=0)
    for at, shape in enumerate(sizes):
        for i in range(-1, -1 - len(shape), -1):
            n = shape[i]
            if n < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if n == 1 or n == result[i]:
                continue
            if result[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {n} at {i}! Mismatching argument at index {at} had "
                    f"{shapes[at]}; but expected shape should be broadcastable to {result}"
                )
            result[i] = n
    return Size(result)


@public("function")
def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The tensors, all expanded to the shape to which they broadcast."""
    if not tensors:
        return ()
    full: tuple[int, ...] = ()
    for i, one in enumerate(tensors):
        shape = one._data.shape
        longer = [1] * (len(shape) - len(full)) + list(full)
        for d in range(-1, -1 - len(shape), -1):
            if longer[d] != shape[d] and 1 not in (longer[d], shape[d]):
                raise (
                    broadcast_error(tensors[i - 1], one)
                    if i == 1
                    else RuntimeError(
                        f"The size of tensor a ({longer[d]}) must match the size of tensor b ({shape[d]}) at non-singleton "
                        f"dimension {len(longer) + d}"
                    )
                )
            if longer[d] == 1:
                longer[d] = shape[d]
        full = tuple(longer)
    return tuple(one if one._data.shape == full else expand(one, full) for one in tensors)


# ------------------------------------------------------------------------------------ another order of dimensions
@public("function method", alias=("moveaxis",))
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """A view in which the dimensions ``source`` stand at the positions ``destination``.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    tinygrad_edu.Size([3, 4, 2])
    """
    n = input._data.ndim
    before = [source] if hasattr(source, "__index__") else list(source)
    after = [destination] if hasattr(destination, "__index__") else list(destination)
    if len(before) != len(after):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({before} dims) should contain the same number of dims as "
            f"destination ({after} dims)"
        )
    src, dst = [wrap_dim(d, n) for d in before], [wrap_dim(d, n) for d in after]
    for which, given, wrapped in (("source", before, src), ("destination", after, dst)):
        if len(set(wrapped)) != len(wrapped):
            raise RuntimeError(f"movedim: repeated dim in `{which}` ({given})")
    order: list[int] = [-1] * n
    for s, d in zip(src, dst):
        if n:
            order[d] = s
    rest = iter([d for d in range(n) if d not in src])
    return permute(input, tuple(d if d >= 0 else next(rest) for d in order))


@public("function method")
def adjoint(input: Any) -> Any:
    """The last two dimensions exchanged, complex numbers conjugated."""
    n = input._data.ndim
    if n == 1:
        raise RuntimeError("tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
    result = transpose(input, -2, -1) if n else input
    return result.conj() if input.is_complex() else result


def _flip(k: Any, x: Any, dims: Any) -> Any:
    turned = (k.xp.flip(x, dims) if dims else x).copy("C")
    return turned if x.flags.c_contiguous else arranged(turned, [x.strides])


Op("flip", _flip, x=lambda k, g, dims: k.flip(g, dims))


def _dims(name: str, dims: tuple[Any, ...], ndim: int) -> tuple[int, ...]:
    given = as_sizes(dims, name)
    return (dims_of(given, ndim) or ()) if given else ()


@public("function method")
def flip(input: Any, *dims: Any) -> Any:
    """A copy with the order of the elements reversed along ``dims``.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([[1, 2], [3, 4]]).flip(0)
    tensor([[3, 4],
            [1, 2]])
    """
    return Op.table["flip"](input, _dims("flip", dims, input._data.ndim))


@public("function method")
def fliplr(input: Any) -> Any:
    """A copy with the columns in reverse order."""
    if input._data.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


@public("function method")
def flipud(input: Any) -> Any:
    """A copy with the rows in reverse order."""
    if input._data.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def _roll(k: Any, x: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
    if not dims:
        return k.xp.roll(x.reshape(-1), shifts[0]).reshape(x.shape)
    return k.xp.ascontiguousarray(k.xp.roll(x, shifts, dims))


Op("roll", _roll, x=lambda k, g, shifts, dims: k.roll(g, tuple(-s for s in shifts), dims))


@public("function method")
def roll(input: Any, shifts: Any, dims: Any = ()) -> Any:
    """A copy shifted along ``dims`` (without them: as if flattened); what leaves one end enters at the other.

    >>> import tinygrad_edu as tg
    >>> tg.roll(tg.arange(5), 2)
    tensor([3, 4, 0, 1, 2])
    """
    steps, along = as_sizes((shifts,), "roll"), as_sizes((dims,), "roll")
    if not steps:
        raise RuntimeError("`shifts` required")
    if not (len(steps) == 1 and not along) and len(steps) != len(along):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(along)}")
    if along and not input._data.ndim:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    rolled = Op.table["roll"](input, steps, tuple(wrap_dim(d, input._data.ndim) for d in along))
    return in_format_of(rolled, input) if along else rolled


def _rot90(k: Any, x: Any, times: int, dims: tuple[int, int]) -> Any:
    a, b = dims
    if times % 4 == 1:
        return _flip(k, x, (b,)).swapaxes(a, b)
    if times % 4 == 2:
        return _flip(k, x, dims)
    if times % 4 == 3:
        return _flip(k, x, (a,)).swapaxes(a, b)
    return x.copy("C")


Op("rot90", _rot90, x=lambda k, g, times, dims: k.rot90(g, -times, dims))


@public("function method")
def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """A copy turned by 90 degrees ``k`` times, from the first of ``dims`` towards the second.

    >>> import tinygrad_edu as tg
    >>> tg.rot90(tg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    n = input._data.ndim
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if n < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {n}")
    a, b = wrap_dim(dims[0], n), wrap_dim(dims[1], n)
    if a == b:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    return Op.table["rot90"](input, k, (a, b))


# ------------------------------------------------------------------------------------ repeating
def _repeat_slope(k: Any, g: Any, x_shape: tuple[int, ...], times: tuple[int, ...]) -> Any:
    """Sum over the copies: see each dimension as (copies, size)."""
    lead = len(times) - len(x_shape)
    if 0 in times:
        return k.zeros_of(g, x_shape)
    split: list[int] = list(times[:lead])
    for n, size in zip(times[lead:], x_shape):
        split += [n, size]
    copies = (*range(lead), *range(lead, len(split), 2))
    return k.sum_dims(k.reshaped(g, tuple(split)), copies, False)


Op("repeat", lambda k, x, times: k.xp.tile(x, times), x=_repeat_slope)


@public("method")
def repeat(input: Any, *repeats: Any) -> Any:
    """Copies of the tensor side by side, as many along each dimension as ``repeats`` says.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = as_sizes(repeats, "repeat")
    shape = input._data.shape
    if len(times) < len(shape):
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    full = [n * m for n, m in zip(times, (1,) * (len(times) - len(shape)) + tuple(shape))]
    for n in full:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {full}")
    return by_rows(Op.table["repeat"](input, times))


@public("function method")
def tile(input: Any, *dims: Any) -> Any:
    """`repeat` that takes missing leading numbers as 1."""
    times = as_sizes(dims, "tile")
    return repeat(input, (1,) * (input._data.ndim - len(times)) + times)


@public("method", name="repeat_interleave")
def repeat_interleave_method(
    input: Any, repeats: Any, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """Each element (or slice of ``dim``) several times in a row."""
    return repeat_interleave(input, repeats, dim, output_size=output_size)


@public("function")
def repeat_interleave(
    input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """Each element (or slice of ``dim``) several times in a row; with one argument: index i as often as ``repeats[i]``.

    >>> import tinygrad_edu as tg
    >>> tg.repeat_interleave(tg.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        return Op.table["spread_positions"](_counts(input))
    if dim is None:
        input, dim = input.flatten(), 0
    dim = wrap_dim(dim, input._data.ndim)
    n = input._data.shape[dim]
    if not isinstance(repeats, Variable):
        if isinstance(repeats, (tuple, list)):
            from .creation import tensor

            return repeat_interleave(input, tensor(repeats), dim)
        if repeats < 0:
            raise RuntimeError("Repeats must be non-negative")
        shape = input._data.shape
        wide = expand(unsqueeze(input, dim + 1), (*shape[: dim + 1], repeats, *shape[dim + 1 :]))
        return flatten(wide.clone(memory_format="contiguous_format"), dim, dim + 1)
    if repeats._data.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    counts = _counts(repeats)
    if counts._data.ndim == 0 or (counts._data.size == 1 and n != 1):
        counts = expand(reshape(counts, 1), n)
    if counts._data.size != n:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{counts._data.size} and input.size({dim}) = {n}"
        )
    positions = Op.table["spread_positions"](counts)
    if output_size is not None and positions._data.size != output_size:
        raise RuntimeError("allocated size does not match required size")
    return input.index_select(dim, positions)


def _counts(repeats: Any) -> Any:
    x = repeats._data
    if x.ndim > 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if x.dtype.name not in ("int64", "int32"):
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{repeats.dtype.short}'")
    if x.size and int(x.min()) < 0:
        raise RuntimeError("repeats can not be negative")
    return repeats


Op("spread_positions", lambda k, x: k.xp.repeat(k.xp.arange(x.size), x if k.device_type == "cpu" else x.tolist()))


# ------------------------------------------------------------------------------------ windows
def _unfold(k: Any, x: Any, dim: int, size: int, step: int) -> Any:
    if not x.ndim:
        return k.strided(x, (size,), (x.itemsize,))
    n, stride = x.shape[dim], x.strides[dim]
    count = (n - size) // step + 1
    shape = (*x.shape[:dim], count, *x.shape[dim + 1 :], size)
    return k.strided(x, shape, (*x.strides[:dim], stride * step, *x.strides[dim + 1 :], stride))


def _unfold_backward(k: Any, g: Any, shape: Any, dim: int, size: int, step: int) -> Any:
    """The sum over the windows: one addition for each position within a window."""
    gx = k.xp.zeros(shape, g.dtype)
    if not shape:
        gx[...] = g.sum()
        return gx
    before = (slice(None),) * dim
    count = g.shape[dim]
    for i in range(size):
        gx[(*before, slice(i, i + (count - 1) * step + 1, step))] += g[..., i]
    return gx


Op(
    "unfold",
    _unfold,
    view=True,
    x=lambda k, g, x_shape, dim, size, step: k.unfold_backward(g, x_shape, dim, size, step),
)
Op("unfold_backward", _unfold_backward, node="UnfoldBackwardBackward0",
   g=lambda k, gg, dim, size, step: k.unfold(gg, dim, size, step))  # fmt: skip


@public("method")
def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """All windows of ``size`` entries of a dimension, ``step`` apart, as a view: the window is the new last dimension.

    >>> import tinygrad_edu as tg
    >>> tg.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    dim = wrap_dim(dimension, input._data.ndim)
    n = input._data.shape[dim] if input._data.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {n} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return Op.table["unfold"](input, dim, size, step)


# ------------------------------------------------------------------------------------ views in place
def _in_place(name: str, make: Callable[..., Any]) -> None:
    """``x.t_()``: the tensor itself takes the shape of its view; the numbers stay where they are."""

    def form(input: Any, *args: Any, **kwargs: Any) -> Any:
        check_writable(input)
        result = make(input, *args, **kwargs)
        input._data = result._data
        input._counter[0] += 1
        if result._edge is not None:
            node = result._edge[0]
            node.__class__ = _IN_PLACE_NODES.get(type(node).__name__, type(node))
            input._requires_grad, input._edge, input._seen = True, result._edge, input._counter[0]
        return input

    form.__name__ = form.__qualname__ = name
    form.__doc__ = f"`{name[:-1]}` of the tensor itself, in place."
    methods[name] = form


# torch numbers the forms of an operation, those in place last
_IN_PLACE_NODES: dict[str, Any] = {}
for _name, _node in {
    "t": "TBackward1", "transpose": "TransposeBackward1", "unsqueeze": "UnsqueezeBackward1", "squeeze_dims": "SqueezeBackward3",
    "squeeze_dim": "SqueezeBackward4", "squeeze_several": "SqueezeBackward5",
}.items():  # fmt: skip
    _op = Op.table[_name]
    _IN_PLACE_NODES[_op.Node.__name__] = type(_node, (_op.Node,), {"__slots__": ()})
_FORMS: dict[str, Callable[..., Any]] = {
    "t_": t, "transpose_": transpose, "swapaxes_": transpose, "swapdims_": transpose, "squeeze_": squeeze,
    "unsqueeze_": unsqueeze,
}  # fmt: skip
for _name, _make in _FORMS.items():
    _in_place(_name, _make)


@public("function method")
def is_same_size(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape."""
    return bool(input._data.shape == other._data.shape)


@public("function")
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The coordinates, in a tensor of ``shape``, of positions of the flattened tensor."""
    if indices._data.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    odd = next((n for n in sizes if not isinstance(n, int)), None)
    if odd is not None:
        raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(odd)}")
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    steps = [math.prod(sizes[d + 1 :]) for d in range(len(sizes))]
    whole = cast(indices, dtypes.int64).unsqueeze(-1)
    like = kernels_of(indices._data).xp
    found = whole.floor_divide(wrap(like.asarray(steps, "int64"))) % wrap(like.asarray(sizes, "int64"))
    return tuple(found.unbind(-1))
