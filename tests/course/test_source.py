"""``show_source``: the real source, found whichever way it was declared."""

from __future__ import annotations

import ast
import html
import inspect
import re

import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd.op import Op
from tinygrad_edu.course import show_source
from tinygrad_edu.course.source import highlight


def body(text: str) -> str:
    return ast.unparse(ast.parse(text))


@pytest.mark.parametrize("name", sorted(Op.table))
def test_every_primitive_has_a_declaration_that_names_it(name: str) -> None:
    if not Op.table[name].where[0].endswith(".py"):
        pytest.skip("declared in no file")
    shown = show_source(name)
    assert shown.path.startswith("tinygrad_edu/")
    ast.parse(shown.code)


def test_a_table_line_is_shown_as_it_stands() -> None:
    shown = show_source(tg.cos)
    assert shown.path == "tinygrad_edu/ops/functions.py"
    assert shown.code.replace("\n", "").replace(" ", "").startswith('cos=unary("cos"')
    assert "sin" in shown.code


def test_a_function_comes_with_its_primitives_and_helpers() -> None:
    code = show_source(tg.relu).code
    assert "def relu(input" in code
    assert 'Op("relu"' in code
    assert "def _relu(" in code


def test_methods_classes_and_properties() -> None:
    assert show_source(tg.Tensor.backward).code.startswith("def backward(")
    assert show_source(tg.tensor(1.0).backward).code.startswith("def backward(")
    assert show_source(tg.autograd.Function).code.startswith("class Function")
    assert show_source(tg.Tensor.requires_grad).code.startswith("@property")


def test_it_is_the_source() -> None:
    function = tg.autograd.graph.sum_to
    assert body(show_source(function, docs=True).code) == body(inspect.getsource(function))


def test_docstrings_are_shortened_unless_asked_for() -> None:
    short, whole = show_source(tg.autograd.graph.sum_to), show_source(tg.autograd.graph.sum_to, docs=True)
    assert ">>>" not in short.code
    assert ">>>" in whole.code
    assert '"""Undo broadcasting' in short.code


def test_no_address_no_line_number_no_machine_path() -> None:
    shown = repr(show_source(tg.relu)) + show_source(tg.relu)._repr_html_()
    assert "0x" not in shown
    assert "/home" not in shown
    assert str(inspect.getsourcefile(tg.relu)) not in shown


@pytest.mark.parametrize("thing", [len, 3, "no such primitive"])
def test_what_has_no_source(thing: object) -> None:
    with pytest.raises(TypeError, match=r"no Python source|no primitive operation"):
        show_source(thing)


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    return x + 1  # one\n",
        'a = f"{x!r:>{n}} {y}"\nb = 2',
        '"""two\nlines"""\nx = {1: "é"}\n',
        "not python ((",
    ],
)
def test_highlighting_keeps_every_character(code: str) -> None:
    assert html.unescape(re.sub(r"<[^>]+>", "", highlight(code))) == code


def test_an_f_string_is_one_string_on_every_python() -> None:
    assert highlight('f"{x}"').count("<span") == 1
