"""Pictures of tables: well-formed, complete, and true to what the tensors say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz import svg

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = tg.arange(16).view(4, 4)


def pictures() -> dict[str, viz.Picture]:
    a, b = tg.tensor([[1, 2], [3, 4]]), tg.tensor([[5.5], [-6.0]])
    return {
        "cat": viz.moves(lambda p, q: tg.cat([p, q], 1), a, b),
        "stack": viz.moves(lambda p, q: tg.stack([p, q]), a, a + 10),
        "chunk": viz.moves(lambda x: x.chunk(3, 1), tg.arange(14).view(2, 7)),
        "pick": viz.moves(lambda x: x[[1, 2], [1, 2], [2, 0]], tg.arange(27).view(3, 3, 3)),
        "scalar": viz.moves(lambda x: x[1], tg.tensor([True, False])),
        "nothing": viz.moves(lambda x: x[2:], a),
        "gather": viz.gather(SQUARE, 1, tg.tensor([[0, 3], [1, 2], [2, 1], [3, 0]])),
        "gather_line": viz.gather(tg.tensor([7, 8, 9]), -1, tg.tensor([2, 2, 0, 1])),
        "reduction": viz.reduction(b, "mean"),
        "reduction_max": viz.reduction(a, "max"),
        "matmul": viz.matmul(a, b.long(), (1, 0)),
    }


@pytest.mark.parametrize("name", pictures())
def test_well_formed_whole_and_the_same_twice(name: str) -> None:
    picture = pictures()[name]
    root = ET.fromstring(picture.svg)
    assert root.get("aria-label") == picture.title
    assert (root.findtext(f"{SVG}desc") or "").split() == repr(picture).split()
    left, top, width, height = map(float, root.get("viewBox", "").split())
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(k, "nan")) for k in ("x", "y", "width", "height"))
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", picture.svg)) <= {*svg.CYCLE, svg.GREY}
    assert picture == pictures()[name]


def boxes(picture: viz.Picture, color: str) -> int:
    return sum(box.get("stroke") == color for box in ET.fromstring(picture.svg).iter(f"{SVG}rect"))


def test_moves_names_the_origin_of_every_element() -> None:
    assert repr(pictures()["cat"]).splitlines()[1:] == [
        "result (2, 3)",
        "    1 <- a[0, 0]     2 <- a[0, 1]   5.5 <- b[0, 0]",
        "    3 <- a[1, 0]     4 <- a[1, 1]    -6 <- b[1, 0]",
    ]
    assert "14 <- x[1, 1, 2]   24 <- x[2, 2, 0]" in repr(pictures()["pick"])


def test_moves_tells_equal_values_apart() -> None:
    assert "1 <- x[0]   1 <- x[2]" in repr(viz.moves(lambda x: x[[0, 2]], tg.ones(3)))


def test_moves_colours_tensors_or_results_or_rows() -> None:
    assert (boxes(pictures()["cat"], svg.BLUE), boxes(pictures()["cat"], svg.VERMILION)) == (8, 4)
    assert [boxes(pictures()["chunk"], color) for color in svg.CYCLE[:3]] == [12, 12, 4]
    rows = viz.moves(lambda x: x.t(), tg.arange(6).view(2, 3))
    assert (boxes(rows, svg.BLUE), boxes(rows, svg.VERMILION)) == (6, 6)
    assert boxes(pictures()["pick"], svg.GREY) == 25


def test_moves_refuses_what_computes() -> None:
    with pytest.raises(ValueError, match="only moves elements"):
        viz.moves(lambda x: x * 2, tg.arange(3))
    with pytest.raises(ValueError, match="only moves elements"):
        viz.moves(lambda x: x.sum(), tg.ones(3))
    with pytest.raises(ValueError, match=r"at most 64 elements .* got shape \[65\]"):
        viz.moves(lambda x: x, tg.zeros(65))
    with pytest.raises(TypeError, match="expected a Tensor, got list"):
        viz.moves(lambda x: x, [1, 2])
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        viz.moves(lambda x: x.view(6), tg.arange(6).view(2, 3).t())


def test_gather_shows_rule_and_origins() -> None:
    picture = pictures()["gather"]
    assert picture.title == "gather along dimension 1: result[i][j] = x[i][index[i][j]]"
    expected = SQUARE.gather(1, tg.tensor([[0, 3], [1, 2], [2, 1], [3, 0]])).flatten().tolist()
    assert [int(v) for v in re.findall(r"(\d+) <-", repr(picture))] == expected
    assert boxes(picture, svg.GREY) == 8
    with pytest.raises(RuntimeError, match="index 4 is out of bounds"):
        viz.gather(SQUARE, 1, tg.tensor([[4]]))


def test_reduction_has_both_directions() -> None:
    assert repr(viz.reduction(tg.tensor([[2, 1, 3], [4, 5, 9]]))).splitlines()[1:] == [
        "  2   1   3 | 6",
        "  4   5   9 | 18",
        "   6    6   12",
    ]
    with pytest.raises(ValueError, match="2 dimensions, got 1"):
        viz.reduction(tg.ones(3))


def test_matmul_spells_one_element_out() -> None:
    assert viz.matmul(tg.tensor([[1, 2], [3, 4]]), tg.tensor([[5, 6], [7, -8]]), (1, 1)).title.endswith(
        "[1, 1] = 3·6 + 4·(-8) = -14"
    )
    with pytest.raises(IndexError, match=r"no element \(2, 0\)"):
        viz.matmul(tg.ones(2, 2), tg.ones(2, 2), (2, 0))
    with pytest.raises(ValueError, match="1 dimensions"):
        viz.matmul(tg.ones(2, 2), tg.ones(2))
