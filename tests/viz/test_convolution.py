"""Pictures of convolutions say what the framework computes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz

F = tg.nn.functional
SVG = "{http://www.w3.org/2000/svg}"
IMAGE = tg.tensor([[0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]])
KERNEL = tg.tensor([[0, 1, 0], [0, 1, 0], [0, -1, 0]])


def table(text: str, title: str) -> list[list[str]]:
    """The rows of numbers below a title, without brackets."""
    lines = text.split("\n")
    rows = []
    for line in lines[next(i for i, each in enumerate(lines) if each.startswith(title)) + 1 :]:
        if not re.fullmatch(r"[\s\[\]\d.eE+-]+", line):
            break
        rows.append(re.sub(r"[\[\]]", " ", line).split())
    return rows


@pytest.mark.parametrize(
    "settings",
    [{}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"stride": (1, 2), "padding": (2, 0)}],
    ids=["plain", "stride and padding", "dilation", "pairs"],
)
def test_the_result_is_the_frameworks(settings: dict[str, Any]) -> None:
    x, k = IMAGE.float(), KERNEL.float()
    made = F.conv2d(x[None, None], k[None, None], **settings)[0, 0]
    last = (made.shape[0] - 1, made.shape[1] - 1)
    picture = viz.convolution(x, k, last, **settings)
    assert table(picture.text, "result, as far") == [[f"{v:.5g}" for v in row] for row in made.tolist()]
    assert picture.text.endswith(f"= {made[last].item():.5g}")


def test_places_that_are_not_reached_yet_are_open() -> None:
    text = viz.convolution(IMAGE, KERNEL, (1, 0)).text
    assert table(text, "result, as far") == [["1", "0", "1"], ["1", ".", "."], [".", ".", "."]]
    assert text.count("[") == 9 + 1 + 2  # the window, the place, and result[1, 0] in title and sum


def test_the_window_is_marked() -> None:
    rows = viz.convolution(IMAGE, KERNEL, (2, 1)).text.split("image, the window in brackets:\n")[1].split("\n")[:5]
    assert [row.count("[") for row in rows] == [0, 0, 3, 3, 3]


@pytest.mark.parametrize(("size", "stride", "padding"), [(2, 1, 0), (2, 2, 1), ((1, 3), 1, 0)])
def test_columns_are_unfolds(size: Any, stride: int, padding: int) -> None:
    x = tg.arange(1.0, 13.0).view(3, 4)
    columns = F.unfold(x[None, None], size, stride=stride, padding=padding)[0]
    text = viz.im2col(x, size, stride=stride, padding=padding, at=1).text
    assert table(text, "columns") == [[f"{v:.5g}" for v in row] for row in columns.tolist()]


@pytest.mark.parametrize(
    "picture",
    [viz.convolution(IMAGE, KERNEL, (1, 1), padding=1), viz.im2col(tg.arange(9).view(3, 3), 2, at=3)],
    ids=["convolution", "im2col"],
)
def test_well_formed_and_whole(picture: viz.Picture) -> None:
    root = ET.fromstring(picture.svg)
    assert root.get("aria-label") == picture.title
    assert root.find(f"{SVG}desc").text == repr(picture)  # type: ignore[union-attr]
    left, top, width, height = map(float, root.get("viewBox", "").split())
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(k, "nan")) for k in ("x", "y", "width", "height"))
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: viz.convolution([[1]], KERNEL), TypeError, "expected the image to be a tensor, got list"),
        (lambda: viz.convolution(IMAGE, tg.ones(3)), ValueError, r"two dimensions, got shape \(3,\)"),
        (lambda: viz.convolution(IMAGE, tg.ones(6, 6)), ValueError, "6 × 6 does not fit into an image of 5 × 5"),
        (lambda: viz.convolution(IMAGE, KERNEL, (3, 0)), ValueError, r"shape \(3, 3\), there is no place \(3, 0\)"),
        (lambda: viz.convolution(IMAGE, KERNEL, stride=0), ValueError, "expected stride to be one or two numbers"),
        (lambda: viz.convolution(tg.ones(20, 2), KERNEL), ValueError, r"\(20, 2\) is not drawn"),
        (lambda: viz.im2col(IMAGE, 3, at=9), ValueError, "there are 9 windows, there is no window 9"),
        (lambda: viz.im2col(tg.ones(14, 14), 2), ValueError, "169 windows of 4 are too many to draw"),
    ],
)
def test_what_cannot_be_drawn(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
