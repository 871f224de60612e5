"""Padding: more entries around the last dimensions – a constant, a mirror image, the edge, or the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..autograd.op import Op
from ._check import check_tensor
from ._layout import by_rows, in_format_of
from ._signature import is_int
from .creation import array_of
from .registry import public

Pads = tuple[tuple[int, int], ...]  # (before, after) for each dimension


def _inside(pads: Pads, shape: Sequence[int]) -> tuple[Any, Any]:
    """Where the input's kept part lies in the input, and where in the output (negative padding cuts off)."""
    source = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(pads, shape))
    target = tuple(slice(max(a, 0), n + a + b - max(b, 0)) for (a, b), n in zip(pads, shape))
    return source, target


def _constant(k: Any, x: Any, pads: Pads, value: Any) -> Any:
    shape = [n + a + b for (a, b), n in zip(pads, x.shape)]
    out = array_of(k.xp, shape, value, x.dtype)
    source, target = _inside(pads, x.shape)
    out[target] = x[source]
    return out


Op("constant_pad_nd", _constant,
   x=lambda k, g, pads: k.constant_pad_nd(g, tuple((-a, -b) for a, b in pads), 0))  # fmt: skip


def _places(mode: str, n: int, before: int, after: int) -> list[int]:
    """For each output position along a dimension of size n, the input position that it shows."""
    places = range(-before, n + after)
    if mode == "reflect":
        return [abs(i) if i < n else 2 * (n - 1) - i for i in places]
    if mode == "replicate":
        return [min(max(i, 0), n - 1) for i in places]
    first, kept = max(-before, 0), n - max(-before, 0) - max(-after, 0)  # what is cut off is not wrapped around either
    return [first + i % kept for i in range(-max(before, 0), kept + max(after, 0))]


def _by_index(k: Any, x: Any, mode: str, pads: Pads) -> Any:
    for dim, (a, b) in enumerate(pads):
        if a or b:
            x = x.take(k.xp.asarray(_places(mode, x.shape[dim], a, b), dtype="int64"), axis=dim)
    return x


def _by_index_slope(k: Any, g: Any, shape: Sequence[int], mode: str, pads: Pads) -> Any:
    """Add every entry's gradient where the entry came from, one dimension after the other."""
    for dim in reversed(range(len(pads))):
        a, b = pads[dim]
        if not (a or b):
            continue
        n, lead = shape[dim], (slice(None),) * dim
        gx = k.xp.zeros((*g.shape[:dim], n, *g.shape[dim + 1 :]), g.dtype)
        start, stop = max(-a, 0), n - max(-b, 0)
        gx[(*lead, slice(start, stop))] = g[(*lead, slice(max(a, 0), max(a, 0) + stop - start))]
        places = _places(mode, n, a, b)
        for i in (*range(max(a, 0)), *range(len(places) - max(b, 0), len(places))):
            gx[(*lead, places[i])] += g[(*lead, i)]
        g = gx
    return g


def _index_op(name: str, node: str) -> None:
    Op(name, _by_index, node=node, x=lambda k, g, x_shape, mode, pads: k.pad_index_backward(g, x_shape, mode, pads))


_NAMES = {
    "reflect": "ReflectionPad{}DBackward0",
    "replicate": "ReplicationPad{}DBackward0",
    "circular": "CopySlices",  # (torch copies the middle, then both ends)
}
for _mode, _node in _NAMES.items():
    for _n in (1, 2, 3):
        _index_op(f"{_mode}_pad{_n}d", _node.format(_n))
Op("pad_index_backward", _by_index_slope, node="ReflectionPadBackwardBackward0",
   g=lambda k, gg, mode, pads: k.reflect_pad1d(gg, mode, pads))  # fmt: skip


def _pads(pad: Sequence[int], ndim: int) -> Pads:
    """torch's flat list (last dimension first) as one pair for each dimension."""
    pairs = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)]
    return tuple([(0, 0)] * (ndim - len(pairs)) + pairs[::-1])


def constant_pad_nd(input: Any, pad: Sequence[int], value: Any = 0) -> Any:
    """The padding of mode "constant"."""
    pads = _pads(pad, input._data.ndim)
    for n, (a, b) in zip(input._data.shape, pads):
        if n + a + b < 0 or (a < 0 and n + min(a, 0) + min(b, 0) < 0):
            raise RuntimeError("narrow(): length must be non-negative.")
    if input._data.dtype.kind in "iu":
        value = int(value)
    return Op.table["constant_pad_nd"](input, pads, value)


def _check_around(mode: str, n: int, shape: Sequence[int], pads: Pads) -> None:
    """What torch asks of padding that repeats the input, in its order: the last dimension first."""
    if mode != "circular" and 0 in shape[-n - 1 :]:
        raise RuntimeError(
            f"Expected {n + 1}D or {n + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(shape)}"
        )
    made = [size + a + b for size, (a, b) in zip(shape, pads)]
    for d in reversed(range(len(shape) - n, len(shape))):
        (a, b), size = pads[d], shape[d]
        if mode == "reflect" and (a >= size or b >= size):
            raise RuntimeError(
                f"Argument #{4 + 2 * (len(shape) - 1 - d)}: Padding size should be less than the corresponding input dimension, "
                f"but got: padding ({a}, {b}) at dimension {d} of input {list(shape)}"
            )
        if mode == "circular" and (a > size or b > size):
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if mode == "circular" and made[d] < 1:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    if max(made[-n:]) < 1:
        have, out = (" ".join(f"{axis}: {v}" for axis, v in zip("DHW"[-n:], sizes[-n:])) for sizes in (shape, made))
        end = " " if (mode, n) == ("replicate", 2) else ""
        raise RuntimeError(f"input ({have.replace(' W', ', W')}{end}) is too small. Calculated output {out}")
    if min(made) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(made)}: {made}")


_UNSUPPORTED = (
    "Padding size {} is not supported for {}D input tensor.\nSupported combinations for non-constant padding:\n"
    "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
    "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
    "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
)


@public("functional", signature="Tensor input, tuple of ints pad, str mode = constant, float value = None")
def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Add ``pad = (left, right, top, bottom, …)`` entries around the last dimensions; negative numbers cut off.

    ``mode``: "constant" (``value``, by default 0), "reflect" (mirrored, without the edge), "replicate" (the edge
    repeated), "circular" (from the other side).

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.pad(tg.tensor([[1, 2, 3]]), (2, 1), mode="reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    check_tensor("pad", "input", 1, input)
    if mode not in ("constant", *_NAMES):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    ndim, shape = input._data.ndim, input._data.shape
    if not isinstance(pad, (tuple, list)) or not all(map(is_int, pad)):
        raise TypeError(f"pad={pad!r} are no whole numbers")
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {ndim}"
        )
    if mode == "constant":
        return in_format_of(constant_pad_nd(input, pad, 0 if value is None else value), input)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    n = len(pad) // 2
    if n not in (1, 2, 3) or ndim not in (n + 1, n + 2):
        raise NotImplementedError(_UNSUPPORTED.format(len(pad), ndim))
    pads = _pads(pad, ndim)
    _check_around(mode, n, shape, pads)
    padded = Op.table[f"{mode}_pad{n}d"](input, mode, pads)
    return by_rows(padded) if mode == "circular" else in_format_of(padded, input)
