"""Named tensors: names are kept, matched, reduced away and complained about."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tinygrad_edu as tg


@pytest.fixture
def x():
    return tg.arange(6.0).view(2, 3).refine_names("N", "C")


def test_factories_and_printing():
    assert tg.zeros(2, 3, names=("N", "C")).names == ("N", "C")
    for t in (tg.ones(2, names=["a"]), tg.empty(2, names=("a",)), tg.full((2,), 3, names=("a",)), tg.rand(2, names=("a",)), tg.randn(2, names=("a",)),
              tg.tensor([1, 2], names=("a",))):  # fmt: skip
        assert t.names == ("a",)
    assert repr(tg.tensor([1.0, 2.0], names=("a",))) == "tensor([1., 2.], names=('a',))"
    assert tg.ones(2).names == (None,)
    assert not tg.ones(2).has_names()


def test_renaming(x):
    assert x.rename("A", "B").names == ("A", "B")
    assert x.rename(N="B").names == ("B", "C")
    assert x.rename(None).names == (None, None)
    assert x.rename("...", "D").names == ("N", "D")
    assert x.names == ("N", "C")
    x.names = ["P", "Q"]
    assert x.names == ("P", "Q")
    x.rename_(None)
    assert not x.has_names()
    assert x.refine_names(..., "W").names == (None, "W")


def test_unary_and_binary(x):
    assert (
        x.exp().names
        == x.softmax("C").names
        == x.clone().names
        == x.double().names
        == (x * 2).names
        == (1 - x).names
        == ("N", "C")
    )
    assert tg.exp(x).names == ("N", "C")
    assert (x + tg.ones(3, names=("C",))).names == ("N", "C")
    assert (x + tg.ones(3)).names == ("N", "C")
    assert (x > 1).names == ("N", "C")
    assert x.softmax("C").sum("C").tolist() == pytest.approx([1, 1])
    y = x.clone()
    y += 1
    assert y.names == ("N", "C")
    assert y.rename(None).equal(x.rename(None) + 1)


def test_reductions(x):
    assert x.sum("C").names == x.sum(1).names == x.mean(dim="C").names == ("N",)
    assert x.sum("C").tolist() == [3, 12]
    assert x.sum(("N", "C")).names == x.sum().names == ()
    assert x.sum("C", keepdim=True).names == ("N", "C")
    assert x.max("N").values.names == ("C",)
    assert x.argmax("C").tolist() == [2, 2]
    assert x.var("N").names == tg.std(x, "N").names == ("C",)
    assert x.size("C") == 3
    assert x.cumsum("N").names == ("N", "C")


def test_shapes(x):
    assert x.T.names == x.t().names == x.transpose("N", "C").names == x.permute(1, 0).names == ("C", "N")
    assert x.align_to("C", "N").names == ("C", "N")
    assert x.align_to("N", "H", "C").shape == (2, 1, 3)
    assert x.align_as(tg.zeros(3, 1, 2, names=("C", "W", "N"))).shape == (3, 1, 2)
    assert x.align_to(..., "N").names == ("C", "N")
    assert x[0].names == ("C",)
    assert x[:, 1:].names == ("N", "C")
    assert x[None].names == (None, "N", "C")
    assert x.select("C", 1).tolist() == [1, 4]
    assert x.unbind("N")[0].names == ("C",)
    assert x.split(1, "C")[0].names == ("N", "C")
    assert tg.cat([x, x], "N").names == ("N", "C")
    z = tg.zeros(2, 3, 4, names=("N", "C", "H"))
    assert z.flatten(("C", "H"), "F").names == z.flatten("C", "H", "F").names == ("N", "F")
    assert z.flatten(("C", "H"), "F").unflatten("F", (("C", 3), ("H", 4))).names == ("N", "C", "H")
    assert z.expand(5, 2, 3, 4).names == (None, "N", "C", "H")
    assert tg.zeros(2, 1, names=("N", "C")).squeeze("C").names == ("N",)


def test_matmul(x):
    w = tg.ones(3, 4, names=("C", "out"))
    assert (x @ w).names == tg.matmul(x, w).names == ("N", "out")
    assert (x @ tg.ones(3)).names == ("N",)
    assert tg.zeros(5, 2, 3, names=("B", "N", "C")).bmm(tg.zeros(5, 3, 4)).names == ("B", "N", None)


def test_gradients_flow():
    w = tg.ones(3, names=("C",), requires_grad=True)
    y = (w * tg.arange(6.0).view(2, 3).refine_names("N", "C")).sum("N").sum()
    y.backward()
    assert w.grad.tolist() == [3, 5, 7]


MISTAKES = [
    (
        lambda x: tg.zeros(2, names=("a", "b")),
        "Number of names \\(2\\) and number of dimensions in tensor \\(1\\) do not match",
    ),
    (lambda x: tg.zeros(2, 2, names=("a", "a")), "Cannot construct a tensor with duplicate names"),
    (lambda x: tg.zeros(2, names=("1a",)), "Invalid name"),
    (lambda x: x.sum("Q"), "Name 'Q' not found in Tensor\\['N', 'C'\\]"),
    (lambda x: x.size("Q"), "Name 'Q' not found"),
    (
        lambda x: x + tg.ones(3, names=("W",)),
        "dim 'C' and dim 'W' are at the same position from the right but do not match",
    ),
    (
        lambda x: x + tg.ones(2, names=("N",)),
        "dim 'C' and dim 'N' are at the same position from the right|Misaligned dims",
    ),
    (
        lambda x: x.refine_names("N", "W"),
        "cannot coerce Tensor\\['N', 'C'\\] to Tensor\\['N', 'W'\\] because 'C' is different from 'W' at index 1",
    ),
    (lambda x: x.rename(Q="A"), "dim 'Q' does not exist"),
    (lambda x: x.align_to("N"), "Cannot find dim 'C'"),
    (lambda x: x.reshape(-1), "not yet supported with named tensors"),
    (lambda x: x[x.rename(None) > 1], "not yet supported with named tensors"),
]


@pytest.mark.parametrize(("call", "text"), MISTAKES)
def test_mistakes(x, call, text):
    with pytest.raises(RuntimeError, match=text):
        call(x)
    assert x.names == ("N", "C")  # and nothing was lost on the way


def test_costs_nothing_until_used():
    code = (
        "import tinygrad_edu as tg; from tinygrad_edu import named; before = tg.Tensor.sum; tg.ones(2).sum(); "
        "assert tg.Tensor.sum is before and not named._enabled; tg.ones(2, names=('a',)); assert tg.Tensor.sum is not before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nameless_tensors_go_on_as_before(x):
    """Once there is a named tensor, every operation asks for names: of a `Size` among its arguments too."""
    assert tg.ones(6).reshape(x.shape).shape == (2, 3)
    assert [1, *x.shape] == [1, 2, 3]
    sizes = [1]
    sizes += x.shape
    assert sizes == [1, 2, 3]
    assert type(sizes) is list
