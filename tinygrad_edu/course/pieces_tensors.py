"""The pieces of exercises 02 and 03: how memory is read, and what is computed with it."""

import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np

from ..autograd import no_grad
from ..autograd.op import Op
from ..autograd.variable import wrap
from .piece import Case, Piece, Undo, all_of, attribute, random_array

PACKAGE = sys.modules[__name__.partition(".")[0]]
_define, view = (import_module(f"{PACKAGE.__name__}.ops.{name}") for name in ("_define", "view"))


# ------------------------------------------------------------------------------------------------ exercise 02: shapes
def _two_shapes(rng: np.random.Generator) -> Iterator[Case]:
    for a, b in (((3, 1), (4,)), ((5, 3, 4), (3, 1)), ((), (2, 3)), ((1,), (0,)), ((2, 3), (2, 3)), ((2, 3), (2,)),
                 ((2, 3), (4, 5)), ((4,), (3, 1, 2))):  # fmt: skip
        yield f"{a} with {b}", (a, b)


def _shape_or_text(common: Any, a: tuple[int, ...], b: tuple[int, ...]) -> Any:
    try:
        return tuple(common(a, b))
    except RuntimeError as error:
        return str(error)


def _common_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    with no_grad():
        return tuple((wrap(np.zeros(a)) + wrap(np.zeros(b))).shape)


def _put_shapes(mine: Any) -> Undo:
    """``broadcast_tensors`` asks the learner's function, and so does the error of every ``a + b`` that cannot be."""
    own = _define.broadcast_error

    def broadcast_error(a: Any, b: Any) -> RuntimeError:
        try:
            mine(tuple(a.shape), tuple(b.shape))
        except RuntimeError as error:
            return error
        return own(a, b)  # type: ignore[no-any-return]

    def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
        tensors = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
        shape: tuple[int, ...] = ()
        for one in tensors:
            shape = mine(shape, tuple(one.shape))
        return tuple(one.expand(shape) for one in tensors)

    return all_of(
        attribute(_define, "broadcast_error", broadcast_error),
        attribute(PACKAGE, "broadcast_tensors", broadcast_tensors),
    )


def _stretched(rng: np.random.Generator) -> Iterator[Case]:
    for shape, strides, target in (((3,), (1,), (4, 3)), ((3, 1), (1, 1), (3, 4)), ((1, 3), (7, 2), (1, 3)), ((2, 3), (3, 1), (2, 3)),
                                   ((), (), (2, 2)), ((1, 1, 2), (9, 4, 1), (5, 1, 2)), ((2, 1), (1, 2), (3, 2, 4))):  # fmt: skip
        yield f"{shape} with strides {strides} in {target}", (shape, strides, target)


def _expanded(shape: tuple[int, ...], strides: tuple[int, ...], target: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(wrap(np.arange(99)).as_strided(shape, strides).expand(target).stride())


def _put_strides(mine: Any) -> Undo:
    def forward(k: Any, x: Any, shape: tuple[int, ...]) -> Any:
        return k.strided(x, shape, tuple(mine(x.shape, x.strides, shape)))

    return attribute(Op.table["expand"], "forward", forward)


def _views(rng: np.random.Generator) -> Iterator[Case]:
    for shape, strides, new in (
        ((3, 4), (4, 1), (2, 6)), ((3, 2), (1, 3), (6,)), ((4, 3), (1, 4), (2, 2, 3)), ((3, 2, 4), (1, 12, 3), (3, 8)),
        ((2, 1, 3), (3, 50, 1), (6,)), ((6,), (2,), (2, 1, 3)), ((2, 3), (0, 1), (3, 2)), ((1, 1), (5, 5), (1,)),
        ((2, 3, 4), (12, 4, 1), (1, 24)), ((2, 2, 3, 2), (6, 3, 1, 12), (4, 3, 2)),
    ):  # fmt: skip
        yield f"{shape} with strides {strides} in {new}", (shape, strides, new)


def _places(strides_of: Any, shape: tuple[int, ...], strides: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """Where the elements lie, in the order in which they are read; the stride of a size 1 does not matter."""
    found = strides_of(shape, strides, new)
    if found is None:
        return None
    return [sum(i * s for i, s in zip(index, found, strict=True)) for index in product(*map(range, new))]


def _view_strides(shape: tuple[int, ...], strides: tuple[int, ...], new: tuple[int, ...]) -> Any:
    x = np.lib.stride_tricks.as_strided(np.arange(99, dtype=np.int8), shape, strides)  # one byte each
    return view.view_strides(x, new)


def _put_view(mine: Any) -> Undo:
    own = view.view_strides

    def view_strides(x: Any, shape: tuple[int, ...]) -> Any:
        if not x.size:  # the exercise is about tensors with elements
            return own(x, shape)
        found = mine(x.shape, tuple(s // x.itemsize for s in x.strides), shape)
        return None if found is None else tuple(s * x.itemsize for s in found)

    return attribute(view, "view_strides", view_strides)


# ------------------------------------------------------------------------------------------------ exercise 03: computing
def _gathers(rng: np.random.Generator) -> Iterator[Case]:
    for shape, dim, size in (
        ((5,), 0, (7,)),
        ((3, 4), 1, (3, 2)),
        ((3, 4), 0, (2, 4)),
        ((3, 4), -1, (1, 4)),
        ((2, 3, 4), 1, (2, 5, 3)),
    ):
        index = rng.integers(0, shape[dim], size=size)
        yield f"{shape} along {dim}, index {size}", (random_array(rng, *shape), dim, index)


def _gather(x: Any, dim: int, index: Any) -> Any:
    return wrap(x).gather(dim, wrap(index))._data


def _put_gather(mine: Any) -> Undo:
    own = Op.table["gather"].forward

    def forward(k: Any, x: Any, dim: int, index: Any) -> Any:
        return mine(x, dim, index) if x.ndim and index.size else own(k, x, dim, index)

    return attribute(Op.table["gather"], "forward", forward)


def _scores(rng: np.random.Generator) -> Iterator[Case]:
    for shape, dim in (((4,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -1), ((2, 3, 4), 1)):
        yield f"{shape} along {dim}", (random_array(rng, *shape), dim)
    yield "large and small scores", (np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1002.0, -1000.0]], np.float32), 1)


def _softmax(x: Any, dim: int) -> Any:
    return wrap(x).softmax(dim)._data


def _put_softmax(mine: Any) -> Undo:
    own = Op.table["softmax"].forward

    def forward(k: Any, x: Any, dim: int) -> Any:
        return mine(x, dim) if x.ndim and x.size and x.itemsize > 2 else own(k, x, dim)

    return attribute(Op.table["softmax"], "forward", forward)


PIECES: dict[str, Piece] = {
    "broadcast_shapes": Piece("02", _two_shapes, _common_shape, _put_shapes, _shape_or_text),
    "broadcast_strides": Piece("02", _stretched, _expanded, _put_strides),
    "view_strides": Piece("02", _views, _view_strides, _put_view, _places),
    "gather": Piece("03", _gathers, _gather, _put_gather),
    "softmax": Piece("03", _scores, _softmax, _put_softmax),
}  # fmt: skip
