"""``show_source(tg.relu)``: the framework's own source of a thing, short enough to read.

An operation that is one line of a table (``tanh = unary("tanh", …)``) has no ``def`` to look up: its primitive knows
where it was declared, and that statement is shown. Of a function that checks arguments and then calls primitives, both
are shown. Left out are comments to other tools (``# type:``, ``# noqa``, ``# fmt:``) and, unless asked for, docstrings
after their first line.
"""

import ast
import builtins
import inspect
import io
import keyword
import linecache
import re
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from typing import Any

from ..autograd.op import Op

_DIRECTIVE = re.compile(r"\s*# (type: ignore|noqa|fmt:).*")
PACKAGE = Path(__file__).resolve().parents[1]
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COLORS = {  # JupyterLab's own colours, so that a listing looks like a cell in every theme
    "keyword": "var(--jp-mirror-editor-keyword-color, #0072B2);font-weight:600",
    "comment": "var(--jp-mirror-editor-comment-color, #6B7F7F)",
    "string": "var(--jp-mirror-editor-string-color, #B84D00)",
    "number": "var(--jp-mirror-editor-number-color, #00805C)",
    "builtin": "var(--jp-mirror-editor-builtin-color, #00805C)",
}


@dataclass(frozen=True)
class Source:
    """A piece of source. Notebooks show it highlighted; ``str(source)`` is its text under the name of its file."""

    name: str
    path: str
    code: str

    def __str__(self) -> str:
        return f"# {self.path}\n{self.code}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            '<figure style="margin:.3em 0;border-left:4px solid var(--jp-brand-color1, #0072B2);padding:.2em .8em;'
            'color:var(--jp-content-font-color1, inherit);overflow-x:auto">'
            '<figcaption style="font-size:90%;color:var(--jp-content-font-color2, inherit)">'
            f"<code>{escape(self.name)}</code> in <code>{escape(self.path)}</code></figcaption>"
            '<pre style="margin:.4em 0;background:transparent;color:inherit;white-space:pre;line-height:1.35;'
            'font-size:var(--jp-code-font-size, 13px)"><code style="font-size:inherit;white-space:pre">'
            f"{highlight(self.code)}</code></pre></figure>"
        )


def show_source(thing: Any, *, docs: bool = False) -> Source:
    """The source of a function, method, class or primitive operation.

    Args:
        thing: what to look up; a string names a primitive (``show_source("mul")``).
        docs: show whole docstrings; otherwise only their first line.

    Raises:
        TypeError: it has no Python source.

    >>> import tinygrad_edu as tg
    >>> show_source(tg.autograd.graph.AccumulateGrad.apply).code.splitlines()[0]
    'def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:'
    """
    if isinstance(thing, str):
        if thing not in Op.table:
            raise TypeError(f"no primitive operation is named {thing!r}; give the function, method or class itself")
        thing = Op.table[thing]
    op = thing if isinstance(thing, Op) else getattr(thing, "op", None)
    if isinstance(op, Op):
        module, statements = _declaration(op)
        name = op.name
    else:
        module, statements = _definition(thing)
        name = str(getattr(thing, "__qualname__", None) or getattr(thing, "__name__", type(thing).__name__))
    wanted = sorted(statements, key=lambda s: s.lineno)
    separator = "\n\n" if any(isinstance(s, _DEFINITIONS) for s in wanted) else "\n"
    return Source(name, module.shown, separator.join(module.text_of(s, docs) for s in wanted))


class _Module:
    """A parsed file."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self.path, self.lines = path, lines
        self.tree = ast.parse("".join(lines))

    @property
    def shown(self) -> str:
        """The path as a reader names it: from the package's folder on, and no more than that."""
        try:
            return (PACKAGE.name / Path(self.path).resolve().relative_to(PACKAGE)).as_posix()
        except ValueError:
            return "this notebook" if "ipykernel" in self.path or self.path.startswith("<") else Path(self.path).name

    @cached_property
    def top(self) -> dict[str, ast.stmt]:
        """Module-level functions and classes by name."""
        return {s.name: s for s in self.tree.body if isinstance(s, _DEFINITIONS)}

    def at(self, line: int) -> ast.stmt:
        """The smallest statement that `line` belongs to."""
        statements = (s for s in ast.walk(self.tree) if isinstance(s, ast.stmt))
        around = [s for s in statements if _first_line(s) <= line <= _last_line(s)]
        if not around:
            raise TypeError(f"{self.shown} has changed since it was imported: restart the kernel to see its source")
        return min(around, key=lambda s: _last_line(s) - _first_line(s))

    def text_of(self, statement: ast.stmt, docs: bool) -> str:
        """Its lines, not indented, with docstrings shortened to their first line unless `docs`."""
        first, last = _first_line(statement), _last_line(statement)
        lines = {n: self.lines[n - 1].rstrip("\n") for n in range(first, last + 1)}
        for start, end in [] if docs else _docstrings(statement):
            if end > start:
                lines[start] = lines[start].rstrip() + lines[end].strip()
                for n in range(start + 1, end + 1):
                    del lines[n]
        return textwrap.dedent("\n".join(_DIRECTIVE.sub("", line) for line in lines.values()))


def _first_line(s: ast.stmt) -> int:
    return min([s.lineno, *(d.lineno for d in getattr(s, "decorator_list", ()))])


def _last_line(s: ast.stmt | ast.expr) -> int:
    return s.end_lineno or s.lineno


def _docstrings(statement: ast.stmt) -> Iterator[tuple[int, int]]:
    """First and last line of each docstring, and of a ``doc="..."`` in a table."""
    for node in ast.walk(statement):
        if isinstance(node, _DEFINITIONS) and ast.get_docstring(node) is not None:
            yield node.body[0].lineno, _last_line(node.body[0])
        elif isinstance(node, ast.keyword) and node.arg == "doc" and isinstance(node.value, ast.Constant):
            yield node.value.lineno, _last_line(node.value)


@lru_cache(maxsize=32)
def _read(path: str, size: int) -> _Module:
    return _Module(path, linecache.getlines(path))


def _module(path: str, thing: Any) -> _Module:
    lines = linecache.getlines(path)
    if not lines:
        raise TypeError(f"{thing!r} has no Python source to show: it is built into Python or compiled")
    return _read(path, len(lines))


def _declaration(op: Op) -> tuple[_Module, list[ast.stmt]]:
    """Where a primitive is declared, and the private functions that the declaration names."""
    path, line = op.where
    module = _module(path, op)
    statement = module.at(line)
    return module, [statement, *_helpers(module, statement)]


def _helpers(module: _Module, statement: ast.stmt) -> list[ast.stmt]:
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id.startswith("_")}
    return [s for name, s in module.top.items() if name in names and s is not statement]


def _definition(thing: Any) -> tuple[_Module, list[ast.stmt]]:
    """The ``def`` or ``class`` of a thing; of a function of the framework also the primitives that it calls."""
    found = _unwrapped(thing)
    try:
        path = inspect.getsourcefile(found) or ""
        line = inspect.getsourcelines(found)[1]
    except (TypeError, OSError):
        raise TypeError(f"{thing!r} has no Python source to show: it is built into Python or compiled") from None
    module = _module(path, thing)
    statement = module.at(line)
    statements = [statement]
    if isinstance(statement, ast.FunctionDef) and statement in module.tree.body:
        for op in _primitives(statement, getattr(found, "__globals__", {})):
            if op.where[0] == path:
                statements += [s for s in _declaration(op)[1] if s not in statements]
    return module, statements


def _unwrapped(thing: Any) -> Any:
    if isinstance(thing, property):
        thing = thing.fget
    thing = inspect.unwrap(getattr(thing, "__func__", thing))
    if callable(thing) or inspect.ismodule(thing):
        return thing
    return type(thing)


def _primitives(function: ast.FunctionDef, names: dict[str, Any]) -> list[Op]:
    """The primitives a function calls: by a module-level name, or as ``Op.table["name"]``."""
    found: list[Op] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(names.get(node.id), Op):
            found.append(names[node.id])
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "table":
            keys = [n.value for n in ast.walk(node.slice) if isinstance(n, ast.Constant)]
            found += [Op.table[key] for key in keys if key in Op.table]
    return list(dict.fromkeys(found))


# ------------------------------------------------------------------------------------ colours
def highlight(code: str) -> str:
    """Python source as HTML with the theme's colours. Text that is no Python is only escaped."""
    pieces, row, column = [], 1, 0
    lines = code.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return escape(code)
    for token in _joined(tokens):
        (start_row, start), (end_row, end) = token.start, token.end
        pieces.append(escape(_between(lines, (row, column), (start_row, start))))
        text = escape(_between(lines, token.start, token.end))
        color = _COLORS.get(_kind(token))
        pieces.append(f'<span style="color:{color}">{text}</span>' if color and text else text)
        row, column = end_row, end
    return "".join(pieces)


def _joined(tokens: list[tokenize.TokenInfo]) -> Iterator[tokenize.TokenInfo]:
    """From Python 3.12 on an f-string is several tokens: one again, so that every Python gives the same HTML."""
    starts = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)
    depth, first = 0, None
    for token in tokens:
        if token.type == starts[0]:
            first = token if depth == 0 else first
            depth += 1
        if depth == 0:
            yield token
        if token.type == starts[1]:
            depth -= 1
            if depth == 0 and first is not None:
                yield first._replace(type=tokenize.STRING, end=token.end)


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] > len(lines):
        return ""
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    middle = lines[start[0] : end[0] - 1]
    last = lines[end[0] - 1][: end[1]] if end[0] <= len(lines) else ""
    return "".join([lines[start[0] - 1][start[1] :], *middle, last])


def _kind(token: tokenize.TokenInfo) -> str:
    kinds = {tokenize.COMMENT: "comment", tokenize.STRING: "string", tokenize.NUMBER: "number"}
    if token.type == tokenize.NAME:
        if keyword.iskeyword(token.string):
            return "keyword"
        return "builtin" if hasattr(builtins, token.string) else ""
    return kinds.get(token.type, "")
