"""How a verdict looks: stable text, and one self-contained piece of HTML that follows JupyterLab's theme."""

from html import escape
from typing import Any

from . import compare
from .checks import Outcome, Verdict

_MARK = {"pass": "✓", "wrong": "✗", "error": "!", "unattempted": "·"}
_WORD = {"pass": "passed", "wrong": "not yet", "error": "error", "unattempted": "not written"}
_COLOR = {
    "pass": "var(--jp-success-color1, #2e7d32)",
    "wrong": "var(--jp-error-color1, #c62828)",
    "error": "var(--jp-error-color1, #c62828)",
    "unattempted": "var(--jp-ui-font-color2, #757575)",
}
_ROWS, _COLUMNS = 8, 8  # the largest part of an array that is drawn as a table

_CELL = "padding:.15em .6em;text-align:left;vertical-align:top;border:0;color:inherit"
_TABLE = "border-collapse:collapse;color:inherit;border:0;margin:.3em 0"


def text(verdict: Verdict) -> str:
    """The text form: the headline, then one line per case that didn't pass, then the first hint."""
    lines = [verdict.headline]
    if verdict.status == "unattempted" and not verdict.passed:
        lines.append("  write your code in the cell above, run it, then run this one")
    elif verdict.status != "pass":
        for o in verdict.outcomes:
            lines.append(f"  {_MARK[o.status]} {o.label}" + (f": {o.message}" if o.message else ""))
        if verdict.hints:
            more = len(verdict.hints) - 1
            rest = f' ({more} more: hint("{verdict.grade_id}"))' if more else ""
            lines.append(f"  hint: {verdict.hints[0]}{rest}")
    return "\n".join(lines)


def html(verdict: Verdict) -> str:
    """The panel: headline, progress over the cases, a row per case with both values, hints that open one by one."""
    color = _COLOR[verdict.status]
    total = len(verdict.outcomes)
    rows = "".join(_row(o) for o in verdict.outcomes)
    return (
        f'<section aria-label="{escape(verdict.headline)}" '
        f'style="border-left:4px solid {color};padding:.4em .8em;margin:.3em 0;'
        'color:var(--jp-content-font-color1, inherit);font-family:var(--jp-content-font-family, sans-serif)">'
        f'<div style="font-weight:600"><span aria-hidden="true" style="color:{color}">{_MARK[verdict.status]}</span> '
        f"{escape(verdict.headline)}</div>"
        f'<progress aria-label="{verdict.passed} of {total} visible checks passed" '
        f'value="{verdict.passed}" max="{total}" style="width:100%;max-width:24em;accent-color:{color}"></progress>'
        f'<table style="{_TABLE}">{rows}</table>{_ladder(verdict.hints)}</section>'
    )


def _row(o: Outcome) -> str:
    source = f'<code style="color:inherit;background:none">{escape(o.label)}</code>'
    label = f'<th scope="row" style="{_CELL};font-weight:400">{source}</th>'
    word = (
        f'<td style="{_CELL};white-space:nowrap;color:{_COLOR[o.status]}">'
        f'<span aria-hidden="true">{_MARK[o.status]}</span> {_WORD[o.status]}</td>'
    )
    detail = escape(o.message)
    if o.status == "wrong" and o.compared:
        detail = f"{detail}{_side_by_side(o.expected, o.got, o.at)}"
    return f'<tr style="background:none">{word}{label}<td style="{_CELL}">{detail}</td></tr>'


def _side_by_side(expected: Any, got: Any, at: tuple[Any, ...] | None) -> str:
    """Both values as small tables, the first difference marked; nothing for values that a sentence shows as well."""
    shapes = compare.shape_of(expected), compare.shape_of(got)
    if shapes[0] is None or len(shapes[0]) not in (1, 2) or 0 in shapes[0]:
        return ""
    if shapes[0] != shapes[1]:
        return ""
    tables = "".join(
        f'<td style="{_CELL}"><div>{name}</div>{_table(compare.plain(value), at)}</td>'
        for name, value in (("expected", expected), ("got", got))
    )
    return f'<table style="{_TABLE}"><tr style="background:none">{tables}</tr></table>'


def _table(values: Any, at: tuple[Any, ...] | None) -> str:
    """A value of one or two dimensions; of a large one the part around `at`, with the indices of its rows and columns."""
    flat = not isinstance(compare.plain(values[0]), list | tuple)
    matrix = [values] if flat else [compare.plain(row) for row in values]
    i, j = ((0, *at) if flat else at) if at is not None and len(at) == 2 - flat else (0, 0)
    rows, columns = _window(len(matrix), i, _ROWS), _window(len(matrix[0]), j, _COLUMNS)
    cut = len(rows) < len(matrix) or len(columns) < len(matrix[0])
    index = f"{_CELL};text-align:right;font-weight:400;color:var(--jp-ui-font-color2, #757575)"
    lines = []
    if cut:
        heads = "".join(f'<th scope="col" style="{index}">{column}</th>' for column in columns)
        lines.append(f'<tr style="background:none">{"" if flat else "<td></td>"}{heads}</tr>')
    for row in rows:
        cells = [f'<th scope="row" style="{index}">{row}</th>'] if cut and not flat else []
        for column in columns:
            here = at is not None and (row, column) == (i, j)
            box = f";outline:2px solid {_COLOR['wrong']}" if here else ""
            mark = ' aria-label="first difference"' if here else ""
            text = escape(compare.brief(matrix[row][column], 24))
            cells.append(f'<td{mark} style="{_CELL};text-align:right{box}">{text}</td>')
        lines.append(f'<tr style="background:none">{"".join(cells)}</tr>')
    size = " × ".join(str(n) for n in ((len(matrix[0]),) if flat else (len(matrix), len(matrix[0]))))
    whole = f"<div>a part of {size}</div>" if cut else ""
    return f'<table style="{_TABLE};font-family:monospace">{"".join(lines)}</table>{whole}'


def _window(count: int, around: int, size: int) -> range:
    """At most `size` places of `count`, with `around` among them."""
    first = max(0, min(around - size // 2, count - size))
    return range(first, min(first + size, count))


def _ladder(hints: tuple[str, ...]) -> str:
    """Hints inside each other: the next one can be opened only from within the one before."""
    inner = ""
    for number in range(len(hints), 0, -1):
        name = f"Hint {number} of {len(hints)}"
        body = f'<div style="padding-left:1em">{escape(hints[number - 1])}{inner}</div>'
        inner = f'<details style="margin:.2em 0"><summary style="cursor:pointer">{name}</summary>{body}</details>'
    return inner
