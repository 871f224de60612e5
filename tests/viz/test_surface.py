"""`viz.surface`: a map of a function of two numbers, and what it says in words."""

from __future__ import annotations

from typing import Any

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz


def bowl(x: Any, y: Any) -> Any:
    return (x - 1) ** 2 + 10 * y**2


def test_the_text_tells_what_is_seen() -> None:
    plot = viz.surface(bowl, (-4, 4), (-2, 2), {"straight": [(-3.0, 1.0), (-1.0, 0.5), (1.0, 0.0)]}, title="A bowl")
    assert repr(plot) == (
        "A bowl: a map with contour lines, x from -4 to 4 and y from -2 to 2. The lowest point is near (1, 0). "
        "The path 'straight' goes from (-3, 1) in 2 steps to (1, 0), its height from 26 to 0."
    )
    assert 'alt="A bowl: a map' in plot._repr_html_()
    assert plt.get_fignums() == []
    assert "The point 'start' is at (1, 1), its height 10." in repr(
        viz.surface(bowl, (-4, 4), (-2, 2), {"start": [(1, 1)]})
    )


def test_every_path_is_drawn_with_a_mark_of_its_own() -> None:
    fig, ax = plt.subplots()
    paths = {name: [(0.0, float(i)), (1.0, 0.0)] for i, name in enumerate("abc")}
    viz.contours(ax, bowl, (-4, 4), (-4, 4), paths)
    lines = [line for line in ax.get_lines() if line.get_label() in paths]
    assert [line.get_xydata().tolist() for line in lines] == [[list(p) for p in path] for path in paths.values()]
    assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == 3
    assert len({line.get_color() for line in lines}) == 3
    plt.close(fig)


def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure() -> None:
    with pytest.raises(ValueError, match=r"expected a range \(low, high\) for y, got \(1, 1\)"):
        viz.surface(bowl, (0, 1), (1, 1))
    with pytest.raises(ValueError, match="expected one height for each of 121 × 121 points"):
        viz.surface(lambda x, y: (x + y).sum(), (0, 1), (0, 1))
    with pytest.raises(ValueError, match="finite heights"):
        viz.surface(lambda x, y: x / (y - y), (0, 1), (0, 1))
    assert plt.get_fignums() == []


def test_a_plane_and_points_far_away() -> None:
    assert "map" in repr(viz.surface(lambda x, y: x * 0 + y * 0, (0, 1), (0, 1)))
    far = [(0.0, 0.0), (1e30, 1.0), (float("inf"), float("nan"))]
    assert "inf" in repr(viz.surface(bowl, (0, 1), (0, 1), {"away": far}))


def test_it_works_on_tensors_that_require_grad() -> None:
    w = tg.tensor(2.0, requires_grad=True)
    assert "lowest" in repr(viz.surface(lambda x, y: w * (x**2 + y**2), (-1, 1), (-1, 1)))
