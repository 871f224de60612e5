"""Pictures of tensors as tables: where elements go, what gather picks, what a reduction and a matrix product add up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from .svg import BLUE, CYCLE, GREEN, GREY, VERMILION, Canvas, Picture, number, width_of

MOST = 64  # elements of a tensor
_H = 30.0
Index = tuple[int, ...]
Cell = tuple[str, str, str, bool]  # value, small text below it, colour, drawn in full (else dashed: not used)


def moves(f: Callable[..., Any], *tensors: Any, names: tuple[str, ...] | None = None) -> Picture:
    """Where each element of ``f(*tensors)`` comes from, for an ``f`` that only moves elements: cat, split, permute, x[...] ….

    Left the tensors, right the result, or the results if ``f`` returns several. Elements of the same origin share a colour
    (the tensor, the result or the row, whatever there are several of), and each element of a result names the place that it
    came from. Elements that are not used are grey and dashed.

    Args:
        f: a function of the tensors. It is called twice: on them and on integer tensors of the same shapes.
        tensors: at most 64 elements in at most 4 dimensions each.
        names: what to call the tensors; "x", or "a", "b", … without.

    Raises:
        TypeError: an argument is no tensor.
        ValueError: a tensor is too large, or ``f`` computes something instead of moving elements.
    """
    labels = names or (("x",) if len(tensors) == 1 else tuple("abcdefgh"[: len(tensors)]))
    for t in tensors:
        _check("moves", t)
    sources = [(i, index) for i, t in enumerate(tensors) for index in product(*map(range, t._data.shape))]
    first = 0
    places = []  # tensors like the given ones that hold, instead of values, positions in `sources`
    for t in tensors:
        data = t._data
        places.append(wrap(kernels_of(data).xp.arange(first, first + data.size).reshape(data.shape)))
        first += data.size
    made, found = _several(f(*tensors)), _several(f(*places))
    origins = [_origins(m, o, tensors, sources) for m, o in zip(made, found, strict=True)]
    used: dict[tuple[int, Index], int] = {}  # source → the first result that it is in
    for r, result in enumerate(origins):
        for source in result.values():
            used.setdefault(source, r)

    def color(source: tuple[int, Index]) -> str:
        group = source[0] if len(tensors) > 1 else used.get(source, 0) if len(made) > 1 else (*source[1], 0)[0]
        return CYCLE[group % len(CYCLE)]

    def came_from(source: tuple[int, Index]) -> str:
        return (labels[source[0]] if len(tensors) > 1 else "") + _brackets(source[1])

    canvas = Canvas()
    y = 0.0
    for i, t in enumerate(tensors):
        values = _values(t)
        cells = {k: (v, "", color((i, k)) if (i, k) in used else GREY, (i, k) in used) for k, v in values.items()}
        y = _table(canvas, 0, y, f"{labels[i]} {_shape(t)}", t, cells) + 26
    left, middle = canvas.right + 64, y
    y = 0.0
    for r, m in enumerate(made):
        values = _values(m)
        cells = {k: (v, came_from(origins[r][k]), color(origins[r][k]), True) for k, v in values.items()}
        y = _table(canvas, left, y, f"{_result(r, made)} {_shape(m)}", m, cells) + 26
    middle = 20 + (max(middle, y) - 46) / 2
    canvas.curve([(left - 50, middle), (left - 14, middle)])
    shapes = " and ".join(f"{n} {_shape(t)}" for n, t in zip(labels, tensors))
    title = f"Where elements go: from {shapes} to " + ", ".join(_shape(m) for m in made)
    lines = [title]
    for r, m in enumerate(made):
        moved = {k: f"{v} <- {labels[origins[r][k][0]]}{_brackets(origins[r][k][1])}" for k, v in _values(m).items()}
        lines += [f"{_result(r, made)} {_shape(m)}", *_rows(moved)]
    return canvas.finish(title, "\n".join(lines))


def gather(x: Any, dim: int, index: Any) -> Picture:
    """``x.gather(dim, index)``: the tensor, the index, and the result, each element with the place that it was taken from.

    Raises:
        TypeError: ``x`` or ``index`` is no tensor.
        ValueError: one of them has more than 64 elements or 4 dimensions.
        IndexError, RuntimeError: what ``gather`` raises.
    """
    _check("gather", x)
    _check("gather", index)
    out = x.gather(dim, index)
    dim %= x._data.ndim
    chosen = {k: int(v) for k, v in _values(index).items()}
    origins = {k: (*k[:dim], n, *k[dim + 1 :]) for k, n in chosen.items()}
    other = next((d for d in range(x._data.ndim) if d != dim), 0)  # colours tell the lines apart that index keeps
    used = {origins[k]: CYCLE[k[other] % len(CYCLE)] for k in reversed(origins)}
    canvas = Canvas()
    cells = {k: (v, "", used.get(k, GREY), k in used) for k, v in _values(x).items()}
    bottom = [_table(canvas, 0, 0, f"x {_shape(x)}", x, cells)]
    for name, t in (("index", index), ("result", out)):
        cells = {
            k: (v, _brackets(origins[k]) if t is out else "", CYCLE[k[other] % len(CYCLE)], True)
            for k, v in _values(t).items()
        }
        bottom.append(_table(canvas, canvas.right + 40, 0, f"{name} {_shape(t)}", t, cells))
    names = "ijkl"[: x._data.ndim]
    at = "".join(f"[{n}]" for n in names)
    rule = f"result{at} = x{''.join(f'[index{at}]' if d == dim else f'[{n}]' for d, n in enumerate(names))}"
    canvas.text(0, max(bottom) + 22, rule, anchor="start", bold=True)
    moved = {k: f"{v} <- x{_brackets(origins[k])}" for k, v in _values(out).items()}
    title = f"gather along dimension {dim}: {rule}"
    return canvas.finish(title, "\n".join([title, *_rows(moved)]))


def reduction(x: Any, op: str = "sum") -> Picture:
    """A matrix with ``x.sum(0)`` below it and ``x.sum(1)`` beside it, or whatever method ``op`` names.

    Raises:
        TypeError: ``x`` is no tensor.
        ValueError: it has not two dimensions, or more than 64 elements.
    """
    _check("reduction", x)
    if x._data.ndim != 2:
        raise ValueError(f"viz.reduction(): expected a tensor with 2 dimensions, got {x._data.ndim}")
    down, across = (getattr(out, "values", out) if isinstance(out, tuple) else out for out in _both(x, op))
    canvas = Canvas()
    width = max(_width(_values(t).values()) for t in (x, down, across))
    rows, columns = x._data.shape
    cells = {k: (v, "", BLUE, True) for k, v in _values(x).items()}
    bottom = _table(canvas, 0, 0, f"x {_shape(x)}", x, cells, width)
    right = columns * width
    aside = {(i[0], 0): (v, "", GREEN, True) for i, v in _values(across).items()}
    _cells(canvas, right + 44, 22, aside, width, _H)
    canvas.text(right + 44, 6, f"x.{op}(1) {_shape(across)}", anchor="start", bold=True)
    for i in range(rows):
        y = 22 + (i + 0.5) * _H
        canvas.curve([(right + 8, y), (right + 38, y)], GREEN)
    below = {(0, i[0]): (v, "", VERMILION, True) for i, v in _values(down).items()}
    _cells(canvas, 0, bottom + 40, below, width, _H)
    for j in range(columns):
        x0 = (j + 0.5) * width
        canvas.line(x0, bottom + 6, x0, bottom + 32, VERMILION)
        canvas.line(x0, bottom + 34, x0 - 4, bottom + 27, VERMILION)
        canvas.line(x0, bottom + 34, x0 + 4, bottom + 27, VERMILION)
    canvas.text(right + 14, bottom + 40 + _H / 2, f"x.{op}(0) {_shape(down)}", anchor="start", bold=True)
    title = f"x.{op}(0) goes down the columns of a {rows} × {columns} matrix, x.{op}(1) along its rows"
    lines = [f"{line} | {v}" for line, v in zip(_rows(_values(x)), _values(across).values())]
    return canvas.finish(title, "\n".join([title, *lines, *_rows(_values(down))]))


def matmul(a: Any, b: Any, at: tuple[int, int] = (0, 0)) -> Picture:
    """The product of two matrices: ``b`` above, ``a`` on the left, the product where they cross. The element ``at`` is shown
    as what it is: a row of ``a`` times a column of ``b``.

    Raises:
        TypeError: an argument is no tensor.
        ValueError: a matrix has not two dimensions, or more than 64 elements.
        IndexError: the product has no element ``at``.
    """
    for t in (a, b):
        _check("matmul", t)
        if t._data.ndim != 2:
            raise ValueError(f"viz.matmul(): expected matrices, got a tensor with {t._data.ndim} dimensions")
    out = a @ b
    if at not in _values(out):
        raise IndexError(f"viz.matmul(): the product of shape {_shape(out)} has no element {at}")
    (i, j), canvas = at, Canvas()
    width = max(_width(_values(t).values()) for t in (a, b, out))
    left, top = a._data.shape[1] * width + 24, b._data.shape[0] * _H + 46
    for t, x, y, color, lit in (
        (b, left, 0.0, GREEN, lambda k: k[1] == j), (a, 0.0, top, BLUE, lambda k: k[0] == i), (out, left, top, VERMILION,
         lambda k: k == at),
    ):  # fmt: skip
        name = "b" if t is b else "a" if t is a else "a @ b"
        cells = {k: (v, "", color if lit(k) else GREY, lit(k)) for k, v in _values(t).items()}
        _table(canvas, x, y, f"{name} {_shape(t)}", t, cells, width)
    left_row, right_column = _values(a), _values(b)
    terms = [f"{_factor(left_row[i, k])}·{_factor(right_column[k, j])}" for k in range(a._data.shape[1])]
    rule = f"[{i}, {j}] = {' + '.join(terms) or '0'} = {_values(out)[at]}"
    canvas.text(0, canvas.bottom + 18, rule, anchor="start", bold=True)
    title = f"The product of matrices of shapes {_shape(a)} and {_shape(b)}: {rule}"
    tables = [line for name, t in (("a", a), ("b", b), ("a @ b", out)) for line in (name, *_rows(_values(t)))]
    return canvas.finish(title, "\n".join([title, *tables]))


# ------------------------------------------------------------------------------------ tensors as texts
def _check(name: str, t: Any) -> None:
    if not isinstance(t, Variable):
        raise TypeError(f"viz.{name}(): expected a Tensor, got {type(t).__name__}")
    if t._data.size > MOST or t._data.ndim > 4:
        shape = list(t._data.shape)
        raise ValueError(f"viz.{name}(): expected at most {MOST} elements in at most 4 dimensions, got shape {shape}")


def _values(t: Any) -> dict[Index, str]:
    """The elements as short texts, by index, row by row."""
    array = kernels_of(t._data).to_host(t._data)
    return {index: number(array[index].item()) for index in product(*map(range, array.shape))}


def _several(out: Any) -> list[Any]:
    return list(out) if isinstance(out, (tuple, list)) else [out]


def _origins(made: Any, found: Any, tensors: Any, sources: list[tuple[int, Index]]) -> dict[Index, tuple[int, Index]]:
    """For each index of a result the tensor and the index that it came from."""
    _check("moves", made)
    texts = [_values(t) for t in tensors]
    origins = {}
    for index, place in _values(found).items():
        at = int(float(place))
        if not (0 <= at < len(sources) and texts[sources[at][0]][sources[at][1]] == _values(made)[index]):
            raise ValueError("viz.moves(): expected a function that only moves elements; this one computes others")
        origins[index] = sources[at]
    return origins


def _both(x: Any, op: str) -> tuple[Any, Any]:
    return getattr(x, op)(0), getattr(x, op)(1)


def _factor(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _brackets(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]"


def _shape(t: Any) -> str:
    return str(tuple(t._data.shape))


def _result(r: int, made: list[Any]) -> str:
    return "result" if len(made) == 1 else f"result[{r}]"


def _rows(cells: dict[Index, str]) -> list[str]:
    """Texts in lines, one for each run of the last index."""
    wide = max(map(len, cells.values()), default=0)
    lines: dict[Index, list[str]] = {}
    for index, text in cells.items():
        lines.setdefault(index[:-1], []).append(text.rjust(wide))
    return ["  " + "   ".join(line) for line in lines.values()]


# ------------------------------------------------------------------------------------ drawing
def _width(texts: Any) -> float:
    return max([30.0, *(width_of(text) + 14 for text in texts)])


def _table(
    canvas: Canvas, x: float, y: float, label: str, t: Any, cells: dict[Index, Cell], width: float | None = None
) -> float:
    """A tensor with its name above; leading dimensions make several tables, side by side. Returns the bottom."""
    canvas.text(x, y + 6, label, anchor="start", bold=True)
    below = max((width_of(c[1], 10) + 10 for c in cells.values()), default=0.0)
    width = width or max(_width(c[0] for c in cells.values()), below)
    tall = _H + (12 if any(c[1] for c in cells.values()) else 0)
    rows, columns = ([1, 1, *t._data.shape])[-2:]
    lead = max(t._data.ndim - 2, 0)
    for n, front in enumerate(product(*map(range, t._data.shape[:lead]))):
        part = {([0, 0, *k][-2], [0, *k][-1]): cell for k, cell in cells.items() if k[:lead] == front}
        left, top = x + n * (columns * width + 20), y + 22 + (16 if front else 0)
        if front:
            canvas.text(left, top - 8, _brackets(front), anchor="start", size=11, faint=True)
        _cells(canvas, left, top, part, width, tall)
    return y + 22 + (16 if lead else 0) + rows * tall


def _cells(canvas: Canvas, x: float, y: float, cells: dict[tuple[int, int], Cell], width: float, tall: float) -> None:
    for (i, j), (value, below, color, whole) in cells.items():
        at = x + j * width, y + i * tall
        canvas.box(*at, width, tall, color, dashed=not whole, fill=0.2 if whole else 0.04, radius=0)
        canvas.text(at[0] + width / 2, at[1] + (14 if below else tall / 2), value, bold=whole, faint=not whole)
        if below:
            canvas.text(at[0] + width / 2, at[1] + 31, below, size=10, faint=True)
