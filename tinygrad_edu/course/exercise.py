"""A solution notebook as the grader sees it: cells with roles, points and limits – and its notebooks on disk.

Reads plain JSON, so that the command line starts fast; `release` is where nbformat and nbgrader come in.
"""

import ast
import io
import json
import os
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from . import compare
from .checks import STUB_MESSAGE

_ELEMENTS = 10_000_000  # of all lists and objects in a submission's JSON, which need some 60 bytes each
STUB = f'raise NotImplementedError("{STUB_MESSAGE}")'
Role = Literal["plain", "answer", "check"]


class NotebookError(Exception):
    """A file is not the notebook it should be. The text is one line that names the file."""


@dataclass(frozen=True)
class Cell:
    """One code cell of the key."""

    id: str
    role: Role
    source: str
    grade_id: str = ""
    stub: str = ""  # what the student was given in place of an answer
    points: float = 0.0
    hints: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # grade_ids of the answer cells that a check is about
    rtol: float = compare.RTOL
    atol: float = compare.ATOL
    seconds: float | None = None


@dataclass(frozen=True)
class Exercise:
    """The key of one exercise: its code cells in order."""

    name: str
    path: Path
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def answers(self) -> dict[str, Cell]:
        """Answer cells by grade_id."""
        return {c.grade_id: c for c in self.cells if c.role == "answer"}

    @property
    def checks(self) -> dict[str, Cell]:
        """Check cells by grade_id."""
        return {c.grade_id: c for c in self.cells if c.role == "check"}

    @property
    def max_points(self) -> float:
        return sum(c.points for c in self.cells)


def printable(text: str) -> str:
    """`text` on one line without anything that a terminal or a CI system would obey: such characters are escaped."""
    text = text.encode("utf-8", "backslashreplace").decode()
    plain = (c.isprintable() or unicodedata.category(c) == "Zs" for c in text)
    return "".join(c if ok else c.encode("unicode_escape").decode() for c, ok in zip(text, plain, strict=True))


def shown(path: Path) -> str:
    """A path as text; a submission's name may hold line ends, terminal codes and bytes that are no text."""
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def read_json(path: Path, limit: int | None = None) -> dict[str, Any]:
    """The notebook in a file as JSON, checked only for being one.

    Raises:
        NotebookError: the file is missing, unreadable, larger than `limit` bytes (or, with a limit, would need far more
            memory than it has bytes), or not a notebook.
    """
    name = shown(path)
    try:
        if not path.is_file():
            raise NotebookError(f"{name}: {'not a file' if path.exists() else 'no such file'}")
        if limit is not None and path.stat().st_size > limit:
            size = path.stat().st_size
            raise NotebookError(f"{name}: {size / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB allowed")
        raw = path.read_bytes()
    except OSError as error:
        raise NotebookError(f"{name}: can't be read ({error.strerror})") from None
    if limit is not None and sum(map(raw.count, (b",", b"[", b"{"))) > _ELEMENTS:
        raise NotebookError(f"{name}: not a notebook: more than {_ELEMENTS / 1e6:.0f} million elements of JSON")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise NotebookError(f"{name}: not a notebook: not valid JSON ({printable(reason)})") from None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise NotebookError(f"{name}: not a notebook: JSON without a list of cells")
    return found


def text_of(cell: Any) -> str:
    """Source of a JSON cell: a string or a list of lines, '' for anything else. Lone surrogates are replaced."""
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""


def metadata_of(cell: Any, key: str) -> dict[str, Any]:
    """One dict of a JSON cell's metadata; empty when it is missing or something else."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    found = metadata.get(key) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def role_of(cell: Any) -> Role:
    """By nbgrader's flags, or, where an author left them out, by the markers in the source."""
    mark, source = metadata_of(cell, "nbgrader"), text_of(cell)
    if not mark or cell.get("cell_type") != "code":
        return "plain"
    if mark.get("solution", bool(re.search("BEGIN SOLUTION", source))):
        return "answer"
    if mark.get("grade", "points" in mark or "BEGIN HIDDEN TESTS" in source):
        return "check"
    return "plain"


def read(path: Path) -> Exercise:
    """Read a solution notebook as a key, or an exercise as a key without hidden tests.

    Raises:
        NotebookError: not a notebook, or its exercise metadata is unusable.
    """
    return from_json(read_json(path), path)


def from_json(notebook: dict[str, Any], path: Path) -> Exercise:
    """The key in a notebook's JSON."""
    cells: list[Cell] = []
    recent: list[str] = []  # answers since the last check, or that check's own
    fresh = False
    for index, raw in enumerate(notebook["cells"]):
        if not isinstance(raw, dict) or raw.get("cell_type") != "code":
            continue
        cell = _cell(raw, index, path)
        if cell.role == "answer":
            recent = [*recent, cell.grade_id] if fresh else [cell.grade_id]
            fresh = True
        elif cell.role == "check":
            fresh = False
            if not cell.answers:
                cell = replace(cell, answers=tuple(recent))
        cells.append(cell)
    return Exercise(path.stem, path, tuple(cells))


def _cell(raw: dict[str, Any], index: int, path: Path) -> Cell:
    mark, ours, source = metadata_of(raw, "nbgrader"), metadata_of(raw, "tinygrad_edu"), text_of(raw)
    role = role_of(raw)
    name = str(mark.get("grade_id", ""))
    if role != "plain" and not name:
        raise NotebookError(f"{path}: cell {index} has no grade_id")
    try:
        return Cell(
            id=str(raw.get("id", "")),
            role=role,
            source=source,
            grade_id=name if role != "plain" else "",
            stub=clear_solution(source) if role == "answer" else "",
            points=float(mark.get("points", 0)) if role == "check" else 0.0,
            hints=tuple(str(h) for h in ours.get("hints", [])),
            answers=tuple(str(a) for a in ours.get("answers", [])),
            rtol=float(ours.get("rtol", compare.RTOL)),
            atol=float(ours.get("atol", compare.ATOL)),
            seconds=float(ours["seconds"]) if "seconds" in ours else None,
        )
    except (TypeError, ValueError) as error:
        raise NotebookError(f"{path}: cell {name or index}: bad metadata ({error})") from None


def clear_solution(source: str) -> str:
    """`source` with each solution region replaced by the stub, as nbgrader's ClearSolutions does it.

    >>> clear_solution("def f():\\n    ### BEGIN SOLUTION\\n    return 1\\n    ### END SOLUTION")
    'def f():\\n    raise NotImplementedError("write your code here")'
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            inside = True
            lines.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif "END SOLUTION" in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def split_hidden(source: str) -> tuple[str, str]:
    """Visible and hidden lines of a check cell."""
    visible, hidden, inside = [], [], False
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        else:
            (hidden if inside else visible).append(line)
    return "\n".join(visible), "\n".join(hidden)


def same_code(one: str, other: str) -> bool:
    """Whether two sources are the same but for layout and comments. Compares tokens: nothing is parsed or run.

    A source that is many times longer than the other is another one, whatever it holds.
    """
    if max(len(one), len(other)) > 20 * min(len(one), len(other)) + 100_000:
        return False
    if one.split() == other.split():
        return True
    try:
        return all(a == b for a, b in zip_longest(_tokens(one), _tokens(other)))
    except (SyntaxError, tokenize.TokenError):  # IndentationError is a SyntaxError
        return False


def _tokens(source: str) -> Iterator[tuple[int, str]]:
    layout = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER)
    for t in tokenize.generate_tokens(io.StringIO(source).readline):
        if t.type not in layout:
            yield t.type, "" if t.type == tokenize.INDENT else t.string


_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)


def names_defined(source: str) -> set[str]:
    """What a cell defines at its outermost level, as far as its lines tell; also of code that does not parse.

    >>> sorted(names_defined("def f(x):\\n    y = 1\\nclass C(:\\nz = 2"))
    ['C', 'f', 'z']
    """
    return {m[1] or m[2] for m in _DEFINITION.finditer(source)}


# Words by which an answer can change the process in ways that can't be looked up in it afterwards.
_REACHES_OUT = re.compile(
    r"^[ \t]*[%!]|\b(sys|os|gc|ctypes|signal|threading|builtins|importlib|warnings|locale|resource|faulthandler|atexit|"
    r"asyncio|get_ipython|IPython|ipykernel|inspect|multiprocessing|subprocess|setattr|globals|eval|exec|compile|"
    r"__\w{0,9}(?:builtins|import|globals|subclasses|code|dict|closure|defaults)\w{0,9}__)\b",
    re.MULTILINE,
)


def reaches_out(source: str) -> bool:
    """Whether code may touch more of its process than it defines. Many an honest answer does."""
    return _REACHES_OUT.search(source) is not None


# Names by which code gets at the checks, or at the process around them. An answer has little use for them.
_CHECKERS = {
    "check", "equal", "holds", "raises", "checks", "compare", "reveal", "course", "get_ipython", "IPython",
    "ipykernel", "gc", "ctypes", "inspect", "_getframe", "settrace", "setprofile", "addaudithook", "sys", "builtins",
    "__builtins__", "__globals__", "__code__", "__subclasses__", "__import__", "importlib", "globals", "eval", "exec",
}  # fmt: skip


def meddles_with(source: str) -> list[str]:
    """Names in code – not in its comments and texts – by which it could make the checks say that they passed.

    >>> meddles_with("def relu(x):\\n    return x.clip(0)  # check it")
    []
    >>> meddles_with("type(check).__call__ = print")
    ['check']
    """
    words: set[str] = set()
    try:
        before = ""
        for kind, string in _tokens(source[:100_000]):
            if kind == tokenize.NAME and not (before == "." and string == "eval"):  # a module has that method
                words.add(string)
            before = string
    except (SyntaxError, tokenize.TokenError):  # a magic, or no Python at all
        words |= set(re.findall(r"\w+", source))
    if len(source) > 100_000:
        words |= set(re.findall(r"\w+", source[100_000:]))
    return sorted(words & _CHECKERS)


def grading_source(source: str) -> str:
    """A check cell as it is run for grading: `print` in the hidden part sends values on a channel of their own.

    Line numbers stay. The visible part is left as it is.
    """
    lines = source.split("\n")
    tree = ast.parse(source)
    hidden = _hidden_lines(lines)
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print" and node.lineno in hidden
    ]
    for node in sorted(calls, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        raw = lines[node.lineno - 1].encode()
        lines[node.lineno - 1] = (raw[: node.col_offset] + b"_reveal" + raw[node.end_col_offset :]).decode()
    for number, line in enumerate(lines):
        if "BEGIN HIDDEN TESTS" in line:
            indent = line[: len(line) - len(line.lstrip())]
            lines[number] = indent + "from tinygrad_edu.course.checks import reveal as _reveal"
    return "\n".join(lines)


def _hidden_lines(lines: list[str]) -> set[int]:
    found, inside = set(), False
    for number, line in enumerate(lines, 1):
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        elif inside:
            found.add(number)
    return found
