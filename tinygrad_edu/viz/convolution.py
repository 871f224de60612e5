"""Pictures of a convolution: the window at one of its places, and all windows as the columns of a matrix."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from ..autograd.variable import Variable
from ..backend import kernels_of
from .svg import BLUE, GREEN, GREY, VERMILION, Canvas, Picture, number, width_of

MOST = 14  # rows or columns of a table
_H = 28.0
_GAP = 44.0
Place = tuple[int, int]
Pair = int | tuple[int, int]
Texts = dict[Place, str]


def convolution(
    image: Any, kernel: Any, at: Place = (0, 0), stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Picture:
    """One place of the window: what it sees, the kernel, and the number that comes out; the places before it are done.

    ``out[i, j] = Σ image[i·stride + k·dilation − padding, …] · kernel[k, …]``; zeros of the padding are dashed, and so are
    the places of the result that the window has not reached yet, row by row.

    Args:
        image: a tensor (H, W).
        kernel: a tensor (KH, KW).
        at: row and column of the result.
        stride: how far apart the windows are; a number or (vertical, horizontal), like the next two.
        padding: rows and columns of zeros around the image.
        dilation: how far apart the entries of the kernel are.

    Raises:
        TypeError: the image or the kernel is no tensor.
        ValueError: it has not two dimensions or is too large to draw; the window does not fit; ``at`` is outside.
    """
    name = "convolution"
    values, weights = _table(name, "image", image), _table(name, "kernel", kernel)
    step, pad, spread = (
        _pair(name, *pair) for pair in (("stride", stride), ("padding", padding), ("dilation", dilation))
    )
    shape, size = image._data.shape, kernel._data.shape
    out = _out_shape(name, shape, size, step, pad, spread)
    if not all(0 <= i < n for i, n in zip(at, out, strict=True)):
        raise ValueError(f"viz.{name}(): the result has shape {out}, there is no place {tuple(at)}")
    at = at[0], at[1]  # a list will do as well
    padded = (shape[0] + 2 * pad[0], shape[1] + 2 * pad[1])

    def window(place: Place) -> list[Place]:
        """The entries of the padded image that the kernel lies on, in the kernel's order."""
        i, j = (p * s for p, s in zip(place, step))
        return [(i + k * spread[0], j + m * spread[1]) for k, m in _places(size)]

    def inside(place: Place) -> Any:
        return values.get((place[0] - pad[0], place[1] - pad[1]), 0)

    done = {p: sum(inside(w) * k for w, k in zip(window(p), weights.values())) for p in _places(out) if p <= at}
    seen = set(window(at))
    canvas = Canvas()
    given = {p: number(inside(p)) for p in _places(padded)}
    x = 0.0
    cells = {p: (VERMILION if p in seen else GREY, (p[0] - pad[0], p[1] - pad[1]) in values) for p in given}
    top = 22.0
    x = _grid(canvas, x, top, f"image {_times(shape)}", given, cells)
    x = _sign(canvas, x, top, padded[0], "∗")
    texts = {p: number(v) for p, v in weights.items()}
    x = _grid(canvas, x, top, f"kernel {_times(size)}", texts, dict.fromkeys(texts, (BLUE, True)))
    x = _sign(canvas, x, top, padded[0], "=")
    made = {p: number(done[p]) if p in done else "" for p in _places(out)}
    marks = {p: (GREEN if p == at else GREY, p in done) for p in made}
    _grid(canvas, x, top, f"result {_times(out)}", made, marks)
    sum_of = " + ".join(f"{number(inside(w))}·{_signed(k)}" for w, k in zip(window(at), weights.values()) if k != 0)
    line = f"result[{at[0]}, {at[1]}] = {sum_of or '0'} = {made[at]}"
    canvas.text(0, top + _H * max(padded[0], size[0], out[0]) + 20, line, anchor="start", size=12)
    settings = f"stride {_short(step)}, padding {_short(pad)}, dilation {_short(spread)}"
    title = f"Convolution of {_times(shape)} with {_times(size)}, {settings}: the window at result[{at[0]}, {at[1]}]"
    rows = [
        "image, the window in brackets:",
        *_rows(given, seen),
        "kernel:",
        *_rows(texts),
        "result, as far as it has come:",
        *_rows(made, {at}),
    ]
    return canvas.finish(title, "\n".join([title, *rows, line]))


def im2col(image: Any, kernel_size: Pair, stride: Pair = 1, padding: Pair = 0, at: int = 0) -> Picture:
    """Every window of a picture laid out as a column of a matrix (KH·KW, windows); the window and column ``at`` are marked.

    A kernel laid out as a row, times this matrix, is the convolution.

    Args:
        image: a tensor (H, W).
        kernel_size: rows and columns of the window; a number or a pair, like the next two.
        stride: how far apart the windows are.
        padding: rows and columns of zeros around the image.
        at: which window to mark.

    Raises:
        TypeError: the image is no tensor.
        ValueError: it has not two dimensions or is too large to draw; no window fits; there is no window ``at``.
    """
    name = "im2col"
    values = _table(name, "image", image)
    size, step, pad = (
        _pair(name, *p) for p in (("kernel_size", kernel_size), ("stride", stride), ("padding", padding))
    )
    shape = image._data.shape
    out = _out_shape(name, shape, size, step, pad, (1, 1))
    windows = list(_places(out))
    if not 0 <= at < len(windows):
        raise ValueError(f"viz.{name}(): there are {len(windows)} windows, there is no window {at}")
    if max(len(windows), size[0] * size[1]) > 2 * MOST:
        raise ValueError(f"viz.{name}(): {len(windows)} windows of {size[0] * size[1]} are too many to draw")
    padded = (shape[0] + 2 * pad[0], shape[1] + 2 * pad[1])
    given = {p: number(values.get((p[0] - pad[0], p[1] - pad[1]), 0)) for p in _places(padded)}
    columns: Texts = {}
    for c, (i, j) in enumerate(windows):
        for r, (k, m) in enumerate(_places(size)):
            columns[r, c] = given[i * step[0] + k, j * step[1] + m]
    i, j = (p * s for p, s in zip(windows[at], step))
    seen = {(i + k, j + m) for k, m in _places(size)}
    canvas, top = Canvas(), 22.0
    cells = {p: (VERMILION if p in seen else GREY, (p[0] - pad[0], p[1] - pad[1]) in values) for p in given}
    x = _grid(canvas, 0.0, top, f"image {_times(shape)}", given, cells)
    canvas.curve([(x + 4, top + padded[0] * _H / 2), (x + _GAP - 6, top + padded[0] * _H / 2)], GREY)
    marks = {(r, c): (VERMILION if c == at else GREY, True) for r, c in columns}
    height = (size[0] * size[1], len(windows))
    _grid(canvas, x + _GAP, top, f"columns {_times(height)}: one for each window", columns, marks)
    title = (
        f"{len(windows)} windows of {_times(size)} in an image of {_times(shape)}, as columns; window {at} is marked"
    )
    marked = {(r, at) for r in range(height[0])}
    rows = ["image:", *_rows(given, seen), "columns:", *_rows(columns, marked)]
    return canvas.finish(title, "\n".join([title, *rows]))


def _table(name: str, what: str, t: Any) -> dict[Place, Any]:
    """The values of a two-dimensional tensor by place."""
    if not isinstance(t, Variable):
        raise TypeError(f"viz.{name}(): expected the {what} to be a tensor, got {type(t).__name__}")
    array = kernels_of(t._data).to_host(t._data)
    if array.ndim != 2:
        raise ValueError(f"viz.{name}(): expected the {what} to have two dimensions, got shape {tuple(array.shape)}")
    if max(array.shape) > MOST or 0 in array.shape:
        raise ValueError(
            f"viz.{name}(): the {what} of shape {tuple(array.shape)} is not drawn: 1 to {MOST} rows and columns"
        )
    return {p: array[p].item() for p in _places(array.shape)}


def _pair(name: str, what: str, value: Pair) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int) else tuple(value)
    if len(pair) != 2 or min(pair) < (0 if what == "padding" else 1):
        raise ValueError(f"viz.{name}(): expected {what} to be one or two numbers, got {value}")
    return pair[0], pair[1]


def _out_shape(name: str, shape: Any, size: Place, step: Place, pad: Place, spread: Place) -> Place:
    sizes = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(shape, size, step, pad, spread)]
    if min(sizes) < 1:
        raise ValueError(f"viz.{name}(): a window of {_times(size)} does not fit into an image of {_times(shape)}")
    return sizes[0], sizes[1]


def _places(shape: Iterable[int]) -> Iterable[Place]:
    rows, columns = shape
    return product(range(rows), range(columns))


def _grid(canvas: Canvas, x: float, y: float, title: str, texts: Texts, cells: dict[Place, tuple[str, bool]]) -> float:
    """A table with a title; of each cell: its colour, and whether it is real (else dashed). Returns its right edge."""
    width = max([_H, *(width_of(t) + 10 for t in texts.values())])
    canvas.text(x, y - 12, title, anchor="start", size=12, bold=True)
    for strong in (False, True):  # the coloured ones last, so that their edges are not painted over
        for (i, j), text in texts.items():
            color, real = cells[i, j]
            if (color != GREY) is not strong:
                continue
            fill = 0.3 if strong else 0.12 if real else 0.03
            thick = 2.5 if strong else 1
            canvas.box(x + j * width, y + i * _H, width, _H, color, dashed=not real, fill=fill, radius=0, thick=thick)
            canvas.text(x + (j + 0.5) * width, y + (i + 0.5) * _H, text, bold=strong, faint=not real)
    columns = 1 + max(j for _, j in texts)
    return x + max(columns * width, width_of(title, 12) + 4)


def _sign(canvas: Canvas, x: float, y: float, rows: int, sign: str) -> float:
    canvas.text(x + _GAP / 2, y + min(rows, 4) * _H / 2, sign, size=20, bold=True)
    return x + _GAP


def _rows(texts: Texts, marked: Iterable[Place] = ()) -> list[str]:
    marked = set(marked)
    wide = max(len(t) for t in texts.values())
    rows: dict[int, str] = {}
    for (i, j), text in texts.items():
        left, right = "[]" if (i, j) in marked else "  "
        rows[i] = rows.get(i, "") + f"{left}{(text or '.').rjust(wide)}{right}"
    return [row.rstrip() for row in rows.values()]


def _signed(value: Any) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _times(shape: Iterable[int]) -> str:
    return " × ".join(map(str, shape))


def _short(pair: Place) -> str:
    return str(pair[0]) if pair[0] == pair[1] else str(pair)
