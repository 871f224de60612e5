"""``viz.broadcast(a, b)``: how two shapes are brought to one, or why they cannot be."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import product
from typing import Any

from ..autograd.variable import Variable
from ..backend import kernels_of
from .svg import BLUE, GREEN, GREY, VERMILION, Canvas, Picture, number, width_of

MOST = 8  # rows or columns that are drawn as a table
_H = 28.0
_OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def broadcast(a: Any, b: Any, op: str = "+") -> Picture:
    """Two shapes right-aligned, dimension by dimension; below, where they are small and have at most two, their tables.

    Copies that exist only in thought are dashed. Give tensors to see their values, shapes (tuples) for the rule alone.
    Shapes that do not broadcast are drawn too: the dimension at fault is marked.

    Args:
        a: a tensor or a shape.
        b: a tensor or a shape.
        op: what is computed: "+", "-", "*" or "/".

    Raises:
        TypeError: an argument is neither a tensor nor a tuple of ints.
        ValueError: ``op`` is none of the four.
    """
    if op not in _OPERATIONS:
        raise ValueError(f"viz.broadcast(): expected op to be one of {', '.join(_OPERATIONS)}, got {op!r}")
    shapes = [_shape(t) for t in (a, b)]
    n = max(map(len, shapes))
    padded = [(None,) * (n - len(s)) + s for s in shapes]
    columns = [_meet(*pair) for pair in zip(*padded)]
    ok = all(size is not None for size, _ in columns)
    result = tuple(size for size, _ in columns if size is not None)
    canvas = Canvas()
    y = _alignment(canvas, padded, columns)
    if ok and n <= 2 and all(m <= MOST for m in result):
        _tables(canvas, (a, b), shapes, result, op, y + 26)
    names = [str(s) for s in shapes]
    title = f"Broadcasting {names[0]} with {names[1]}: " + (str(result) if ok else "these shapes do not broadcast")
    return canvas.finish(title, _text(padded, columns, title))


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, Variable):
        return tuple(value._data.shape)
    if isinstance(value, Sequence) and all(isinstance(n, int) for n in value):
        return tuple(value)
    raise TypeError(f"viz.broadcast(): expected a Tensor or a shape, got {type(value).__name__}")


def _meet(p: int | None, q: int | None) -> tuple[int | None, str]:
    """Size of the result in one dimension (None: no match) and what happens there."""
    if p is None or q is None:
        return (q if p is None else p), "added"
    if p == q:
        return p, "equal"
    if 1 in (p, q):
        return max(p, q) if 0 not in (p, q) else 0, "stretched"
    return None, "no match"


def _alignment(canvas: Canvas, padded: list[tuple[int | None, ...]], columns: list[tuple[int | None, str]]) -> float:
    width, left = 84.0, 70.0
    rows = [("a", padded[0]), ("b", padded[1]), ("result", tuple(size for size, _ in columns))]
    for row, (name, sizes) in enumerate(rows):
        y = row * (_H + 8)
        canvas.text(0, y + _H / 2, name, anchor="start", bold=True)
        for i, size in enumerate(sizes):
            kind = columns[i][1]
            thought = size is None or (row < 2 and size == 1 and kind == "stretched")
            color = VERMILION if kind == "no match" else (GREY if size is None else (BLUE, GREEN, GREY)[row])
            canvas.box(left + i * width, y, width - 8, _H, color, dashed=thought)
            shown = ("–" if row < 2 else "✗") if size is None else str(size)
            canvas.text(left + i * width + (width - 8) / 2, y + _H / 2, shown, bold=size is not None)
    y = 3 * (_H + 8)
    for i, (_, kind) in enumerate(columns):
        wrong = kind == "no match"
        canvas.text(left + i * width + (width - 8) / 2, y + 8, kind, size=11, faint=not wrong, bold=wrong)
    return y + 20


def _tables(
    canvas: Canvas, operands: tuple[Any, Any], shapes: list[tuple[int, ...]], result: tuple[int, ...], op: str, y: float
) -> None:
    rows, columns = ([1, 1, *result])[-2:]
    both = all(isinstance(t, Variable) for t in operands)
    texts = [_values(t) for t in (*operands, _OPERATIONS[op](*operands) if both else None)]
    width = max([30.0, *(width_of(v) + 12 for t in texts for v in t.values())])
    x = 0.0
    for shape, values, color in zip(shapes, texts[:2], (BLUE, GREEN)):
        h, w = ([1, 1, *shape])[-2:]
        for i, j in product(range(rows), range(columns)):
            real = i < h and j < w
            source = (min(i, h - 1), min(j, w - 1))
            fill = 0.2 if real else 0.04
            canvas.box(x + j * width, y + i * _H, width, _H, color, dashed=not real, fill=fill, radius=0)
            canvas.text(x + (j + 0.5) * width, y + (i + 0.5) * _H, values.get(source, ""), faint=not real)
        x += columns * width
        canvas.text(x + 20, y + rows * _H / 2, op if color is BLUE else "=", size=18, bold=True)
        x += 40
    for i, j in product(range(rows), range(columns)):
        canvas.box(x + j * width, y + i * _H, width, _H, GREY, radius=0)
        canvas.text(x + (j + 0.5) * width, y + (i + 0.5) * _H, texts[2].get((i, j), ""), bold=True)
    if not texts[2]:
        canvas.text(x + columns * width / 2, y + rows * _H / 2, str(list(result)), size=12, faint=True)


def _values(t: Any) -> dict[tuple[int, int], str]:
    if not isinstance(t, Variable):
        return {}
    array = kernels_of(t._data).to_host(t._data)
    array = array.reshape(([1, 1, *array.shape])[-2:])
    return {(i, j): number(array[i, j].item()) for i, j in product(range(array.shape[0]), range(array.shape[1]))}


def _text(padded: list[tuple[int | None, ...]], columns: list[tuple[int | None, str]], title: str) -> str:
    table = [
        ["a", *("-" if n is None else str(n) for n in padded[0])],
        ["b", *("-" if n is None else str(n) for n in padded[1])],
        ["result", *("x" if n is None else str(n) for n, _ in columns)],
        ["", *(kind for _, kind in columns)],
    ]
    widths = [max(len(row[c]) for row in table) for c in range(len(table[0]))]
    rows = [[row[0].ljust(widths[0]), *(v.rjust(w) for v, w in zip(row[1:], widths[1:]))] for row in table]
    return "\n".join([title, *("  ".join(row).rstrip() for row in rows)])
