"""Pictures: well-formed and accessible, readable on light and dark ground, and true: they say what the tensors say."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import product

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz import layout, svg

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: viz.Picture) -> list[str]:
    return [t.text or "" for t in ET.fromstring(picture.svg).iter(f"{SVG}tspan")]


def pictures() -> dict[str, viz.Picture]:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    return {
        "graph": viz.graph((x * 2).relu().mean()),
        "strides": viz.strides(tg.arange(6).view(2, 3).t()),
        "scalar": viz.strides(tg.tensor(3.5)),
        "broadcast": viz.broadcast(tg.ones(3, 1), tg.arange(4)),
        "shapes": viz.broadcast((5, 3, 4), (3, 1), "*"),
        "mismatch": viz.broadcast((2, 3), (2, 4)),
    }


# ------------------------------------------------------------------------------------ every picture
@pytest.mark.parametrize("name", pictures())
def test_well_formed_and_accessible(name: str) -> None:
    picture = pictures()[name]
    root = ET.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.title == root.find(f"{SVG}title").text  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text == repr(picture)  # type: ignore[union-attr]
    assert picture.svg in picture._repr_html_()


@pytest.mark.parametrize("name", pictures())
def test_nothing_is_cut_off(name: str) -> None:
    root = ET.fromstring(pictures()[name].svg)
    left, top, width, height = map(float, root.get("viewBox", "").split())
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(k, "nan")) for k in ("x", "y", "width", "height"))
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height


@pytest.mark.parametrize("name", pictures())
def test_the_same_twice_and_no_address(name: str) -> None:
    assert pictures()[name] == pictures()[name]
    assert "0x" not in pictures()[name]._repr_html_() + repr(pictures()[name])


@pytest.mark.parametrize("name", pictures())
def test_text_takes_the_themes_colour(name: str) -> None:
    picture = pictures()[name]
    palette = {svg.BLUE, svg.VERMILION, svg.GREEN, svg.PURPLE, svg.GREY}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", picture.svg)) <= palette
    assert 'fill="currentColor"' in picture.svg
    assert "var(--jp-content-font-color1" in picture._repr_html_()


@pytest.mark.parametrize("color", [svg.BLUE, svg.VERMILION, svg.GREEN, svg.PURPLE, svg.GREY])
@pytest.mark.parametrize("ground", ["#FFFFFF", "#111111"])
def test_lines_stand_out_on_both_grounds(color: str, ground: str) -> None:
    lighter, darker = sorted((luminance(color), luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11: graphical objects


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_is_escaped() -> None:
    x = tg.tensor(1.0, requires_grad=True)
    picture = viz.graph(x * 2, **{"<b>&": x})
    assert "<b>&" in texts(picture)


def test_number() -> None:
    numbers = (1 / 3, 2.0, 5, False, float("nan"), 1e-9)
    assert [svg.number(v) for v in numbers] == ["0.33333", "2", "5", "False", "nan", "1e-09"]


# ------------------------------------------------------------------------------------ the graph
def rows(picture: viz.Picture) -> dict[str, list[str]]:
    head, *lines = repr(picture).splitlines()
    starts = [m.start() for m in re.finditer(r"\S+( \S+)*", head)]
    spans = list(zip(starts, [*starts[1:], None]))
    return {cells[0]: cells for cells in ([line[a:b].strip() for a, b in spans] for line in lines)}


def test_graph_shows_names_values_and_gradients() -> None:
    x = tg.tensor(3.0, requires_grad=True)
    y1 = x + 1
    y2 = 2 * x
    loss = (y1 - y2) ** 2
    found = rows(viz.graph(loss))
    assert found["x"] == ["x", "leaf", "3", "4"]
    assert found["y1"] == ["y1", "AddBackward0(x)", "4", "-4"]
    assert found["y2"] == ["y2", "MulBackward0(x, 2)", "6", "4"]
    assert found["loss"] == ["loss", "PowBackward0(step 5, 2)", "4", "1"]


def test_drawing_changes_nothing() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    y.retain_grad()
    seen = []
    x.register_hook(seen.append)
    loss = y.sum()
    viz.graph(loss)
    assert x.grad is None
    assert y.grad is None
    assert seen == []
    loss.backward()
    assert x.grad.tolist() == [2.0, 4.0]
    assert y.grad.tolist() == [1.0, 1.0]


def test_graph_after_backward_shows_the_gradients_that_were_stored() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    loss.backward()
    assert rows(viz.graph(loss))["x"][-1] == "[2, 4]"


def test_gradients_agree_with_backward_on_shared_and_broadcast_inputs() -> None:
    w = tg.tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True)
    b = tg.tensor([0.5, -0.5], requires_grad=True)
    h = (w @ w + b).relu()
    loss = (h * b).sum()
    picture = viz.graph(loss)
    loss.backward()
    for name, t in (("w", w), ("b", b)):
        assert json.loads(rows(picture)[name][-1]) == t.grad.tolist()


def test_graph_of_several_outputs_and_a_function() -> None:
    class Double(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

    x = tg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    top = x.max(0)
    loss = Double.apply(top.values) * 5
    found = rows(viz.graph(loss))
    assert found["x"][-1] == "[10, 0, 0]"
    assert any(cells[1].startswith("DoubleBackward") for cells in found.values())


def test_a_gradient_to_start_from() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = 3 * x
    assert rows(viz.graph(y))["x"] == ["x", "leaf", "[1, 2]"]  # no scalar, so no gradients
    assert rows(viz.graph(y, gradient=tg.tensor([1.0, 10.0])))["x"][-1] == "[3, 30]"


def test_structure_alone() -> None:
    x = tg.tensor(1.0, requires_grad=True)
    assert "value" not in "".join(texts(viz.graph(x * 2, values=False)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: 3.0, TypeError, "expected a Tensor, got float"),
        (lambda: tg.tensor(1.0), ValueError, "has no graph"),
        (lambda: tg.tensor(1.0, requires_grad=True), ValueError, "has no graph"),
        (lambda: chain(200), ValueError, "this graph has 201 steps"),
    ],
)
def test_what_cannot_be_drawn(make, error, message) -> None:
    with pytest.raises(error, match=message):
        viz.graph(make())


def chain(n: int) -> tg.Tensor:
    x = tg.tensor(1.0, requires_grad=True)
    for _ in range(n):
        x = x * 2
    return x


# ------------------------------------------------------------------------------------ its layout
@pytest.mark.parametrize("seed", range(8))
def test_boxes_do_not_overlap_and_edges_go_right(seed: int) -> None:
    tg.manual_seed(seed)
    n = 24
    picks = tg.randint(0, 1000, (n, 3)).tolist()
    edges = sorted({(p % b, b) for b in range(1, n) for p in picks[b][: 1 + b % 3]})
    boxes = [layout.Box(40.0 + 5 * (i % 4), 30.0 + 10 * (i % 3)) for i in range(n)]
    routes = layout.place(boxes, edges)
    assert [(r[0], r[-1]) for r in routes] == edges
    for a, b in edges:
        assert boxes[a].x + boxes[a].w < boxes[b].x
    for i, j in product(range(n), range(n)):
        p, q = boxes[i], boxes[j]
        apart = p.x + p.w <= q.x or q.x + q.w <= p.x or p.y + p.h <= q.y + 1e-6 or q.y + q.h <= p.y + 1e-6
        assert i == j or apart


# ------------------------------------------------------------------------------------ strides
@pytest.mark.parametrize(
    "x",
    [
        tg.arange(6).view(2, 3),
        tg.arange(6).view(2, 3).t(),
        tg.arange(12).view(3, 4)[1:, ::2],
        tg.tensor([1.5, 2.0]).expand(3, 2),
        tg.arange(24).view(2, 3, 4).permute(2, 0, 1),
        tg.tensor(7),
    ],
    ids=["plain", "transposed", "sliced", "expanded", "permuted", "scalar"],
)
def test_strides_say_where_every_element_lies(x: tg.Tensor) -> None:
    said = dict(re.split(r"\s\s+", line, maxsplit=1) for line in repr(viz.strides(x)).splitlines()[:5])
    storage = [float(v) for v in said["storage"].split()]
    cells = [int(t[1:]) for t in texts(viz.strides(x)) if t.startswith("@")]
    assert [storage[c] for c in cells] == [float(v) for v in x.reshape(-1).tolist()]
    assert said["contiguous"] == ("yes" if x.is_contiguous() else "no")


@pytest.mark.parametrize("x", [tg.zeros(100), tg.zeros(1, 1, 1, 1, 1), tg.zeros(200)[:3]])
def test_strides_of_what_is_too_large(x: tg.Tensor) -> None:
    with pytest.raises(ValueError, match="expected at most 96 elements in at most 4 dimensions"):
        viz.strides(x)


def test_strides_of_no_tensor() -> None:
    with pytest.raises(TypeError, match="expected a Tensor, got list"):
        viz.strides([1, 2])


# ------------------------------------------------------------------------------------ broadcasting
@pytest.mark.parametrize(
    ("a", "b"), [((3, 1), (4,)), ((5, 3, 4), (3, 1)), ((), (2, 2)), ((2, 3), (2, 4)), ((4, 1), (3, 2)), ((0, 2), (1,))]
)
def test_broadcast_agrees_with_the_framework(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    title = viz.broadcast(a, b).title
    try:
        expected = str(tuple((tg.zeros(a) + tg.zeros(b)).shape))
    except RuntimeError:
        expected = "these shapes do not broadcast"
    assert title.endswith(expected)


def test_broadcast_shows_values() -> None:
    shown = texts(viz.broadcast(tg.tensor([[10], [20]]), tg.tensor([1, 2, 3]), "*"))
    assert [v for v in shown if v in {"10", "20", "30", "40", "60"}][-6:] == ["10", "20", "30", "20", "40", "60"]


def test_broadcast_refuses() -> None:
    with pytest.raises(TypeError, match="expected a Tensor or a shape, got int"):
        viz.broadcast(3, (2,))
    with pytest.raises(ValueError, match="expected op to be one of"):
        viz.broadcast((3,), (1,), "@")
