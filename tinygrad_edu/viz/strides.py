"""``viz.strides(x)``: how a tensor's elements lie in its storage."""

from __future__ import annotations

from itertools import product
from typing import Any

from ..autograd.variable import Variable
from ..backend import kernels_of
from ..ops.view import root_array
from .svg import CYCLE, GREY, Canvas, Picture, number, width_of

MOST = 96  # elements of storage or of the tensor
_H = 30.0
_PER_LINE = 24  # cells of storage in one line


def strides(x: Any) -> Picture:
    """The storage of a tensor as a strip of numbered cells, below it the tensor; each element names its cell.

    Cells and elements of one row (index along the first dimension) share a colour; cells that the tensor does not look
    at are grey and dashed.

    Raises:
        TypeError: ``x`` is no tensor.
        ValueError: it or its storage has more than 96 elements, or it has more than 4 dimensions.
    """
    if not isinstance(x, Variable):
        raise TypeError(f"viz.strides(): expected a Tensor, got {type(x).__name__}")
    root = root_array(x._data)
    if root.size > MOST or x._data.size > MOST or x._data.ndim > 4:
        raise ValueError(
            f"viz.strides(): expected at most {MOST} elements in at most 4 dimensions, got shape {list(x._data.shape)} "
            f"in a storage of {root.size}"
        )
    shape, steps, offset = tuple(x._data.shape), x.stride(), x.storage_offset()  # type: ignore[attr-defined]
    cells = [number(v) for v in kernels_of(root).to_host(root).ravel(order="K").tolist()]
    where = {index: offset + sum(i * s for i, s in zip(index, steps)) for index in product(*map(range, shape))}
    owner = {cell: (index[0] if index else 0) for index, cell in reversed(where.items())}
    canvas = Canvas()
    width = max([30.0, *(width_of(c) + 14 for c in cells)])
    y = _strip(canvas, cells, owner, width)
    _elements(canvas, shape, where, cells, width, y + 46)
    title = f"A tensor of shape {shape} with strides {steps} and offset {offset} over a storage of {len(cells)}"
    return canvas.finish(title, _text(shape, steps, offset, cells, where, x._data.flags.c_contiguous))


def _strip(canvas: Canvas, cells: list[str], owner: dict[int, int], width: float) -> float:
    canvas.text(0, 6, "storage", anchor="start", bold=True)
    y = 30.0
    for i, value in enumerate(cells):
        line, column = divmod(i, _PER_LINE)
        x, y = column * width, 30 + line * (_H + 24)
        used = i in owner
        canvas.text(x + width / 2, y - 8, str(i), size=10, faint=True)
        canvas.box(x, y, width, _H, CYCLE[owner[i] % len(CYCLE)] if used else GREY, dashed=not used, radius=0)
        canvas.text(x + width / 2, y + _H / 2, value, faint=not used)
    return y + _H


def _elements(
    canvas: Canvas, shape: tuple[int, ...], where: dict[tuple[int, ...], int], cells: list[str], width: float, y: float
) -> None:
    """The tensor as a table; leading dimensions make several, side by side."""
    canvas.text(0, y - 20, f"tensor {list(shape)}: each element with the number of its cell", anchor="start", bold=True)
    rows, columns = ([1, 1, *shape])[-2:]
    tall = _H + 12
    for number_of_table, lead in enumerate(product(*map(range, shape[:-2]))):
        left = number_of_table * (columns * width + 28)
        if lead:
            canvas.text(left, y + 2, f"[{', '.join(map(str, lead))}]", anchor="start", size=11, faint=True)
        top = y + (16 if lead else 0)
        for row, column in product(range(rows), range(columns)):
            index = (*lead, row, column)[-len(shape) :] if shape else ()
            cell = where[index]
            at = left + column * width, top + row * tall
            canvas.box(*at, width, tall, CYCLE[(index[0] if index else 0) % len(CYCLE)], radius=0)
            canvas.text(at[0] + width / 2, at[1] + 14, cells[cell], bold=True)
            canvas.text(at[0] + width / 2, at[1] + 31, f"@{cell}", size=10, faint=True)


def _text(
    shape: tuple[int, ...], steps: tuple[int, ...], offset: int, cells: list[str], where: dict[tuple[int, ...], int],
    whole: bool,
) -> str:  # fmt: skip
    names = "ijkl"[: len(shape)]
    formula = " + ".join([str(offset), *(f"{n}*{s}" for n, s in zip(names, steps))])
    lines = [
        f"storage     {' '.join(cells)}",
        f"shape       {shape}",
        f"strides     {steps}",
        f"offset      {offset}",
        f"contiguous  {'yes' if whole else 'no'}",
        f"element [{', '.join(names)}] is storage[{formula}]",
    ]
    places = list(where.values())
    columns = shape[-1] if shape else 1
    wide = max((len(str(p)) for p in places), default=1)
    rows = [places[i : i + columns] for i in range(0, len(places), columns)] if columns else []
    lines.append("cells of the elements, row by row:")
    return "\n".join([*lines, *("  " + " ".join(str(p).rjust(wide) for p in row) for row in rows)])
