"""``viz.surface(f, x, y, paths)``: a loss seen from above, as a map with contour lines, and the ways that lead down."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..ops.ranges import linspace
from .figure import Plot, figure
from .svg import CYCLE

Point = tuple[float, float]
Paths = Mapping[str, Sequence[Point]]

POINTS = 121  # along each side of the map
LEVELS = 14
_MARKERS = ("o", "s", "^", "D")
_DASHES = ("-", "--", "-.", ":")


def surface(
    f: Callable[[Any, Any], Any],
    x: tuple[float, float],
    y: tuple[float, float],
    paths: Paths | None = None,
    *,
    labels: tuple[str, str] = ("x", "y"),
    title: str = "",
    size: tuple[float, float] = (6.0, 4.0),
) -> Plot:
    """A map of ``f`` over the rectangle ``x`` by ``y``: dark is low, and the lowest point has a star.

    ``f`` takes two tensors of the same shape, the coordinates of a grid, and returns the heights. ``paths`` maps names to
    lists of points ``(x, y)``. The text of the picture says where each path begins and ends, and how high.

    Raises:
        ValueError: a range is empty, or ``f`` does not return one finite height for each point.
    """
    pyplot = _pyplot()
    fig, ax = pyplot.subplots(figsize=size)
    try:
        text = contours(ax, f, x, y, paths, labels=labels, title=title)
    except BaseException:
        pyplot.close(fig)
        raise
    return figure(fig, text)


def contours(
    ax: Any,
    f: Callable[[Any, Any], Any],
    x: tuple[float, float],
    y: tuple[float, float],
    paths: Paths | None = None,
    *,
    labels: tuple[str, str] = ("x", "y"),
    title: str = "",
) -> str:
    """Draw the map of `surface` into one ``ax`` of a figure of your own; returns a text that says what it shows.

    Contour lines lie closer near the bottom: each stands for a height a fixed *factor* above the lowest one, so that a
    steep wall and a flat valley floor can both be seen.
    """
    for name, (low, high) in zip(labels, (x, y), strict=True):
        if not low < high:
            raise ValueError(f"viz.surface(): expected a range (low, high) for {name}, got ({low}, {high})")
    heights = _heights(f, x, y)
    flat = [h for row in heights for h in row]
    lowest, highest = min(flat), max(flat)
    levels = _levels(lowest, highest)
    across, up = _ticks(x), _ticks(y)
    if levels:
        ax.contourf(across, up, heights, levels=levels, colors=_shades(len(levels) - 1), extend="max")
        ax.contour(across, up, heights, levels=levels, colors="#5F5F5F", linewidths=0.4)
    place = flat.index(lowest)
    bottom = across[place % POINTS], up[place // POINTS]
    ax.plot(*bottom, marker="*", markersize=13, color="#FFFFFF", markeredgecolor="#000000", linestyle="none", zorder=4)
    for i, (name, points) in enumerate((paths or {}).items()):
        shown = [(px, py) for px, py in points if math.isfinite(px) and math.isfinite(py)]
        style = {"color": CYCLE[i % 4], "linestyle": _DASHES[i % 4], "marker": _MARKERS[i % 4]}
        ax.plot(*zip(*shown), **style, markersize=3.5, linewidth=1.6, label=name, zorder=3, clip_on=True)
    ax.set(xlim=x, ylim=y, xlabel=labels[0], ylabel=labels[1], title=title)
    if paths:
        ax.legend(loc="best", fontsize=8, framealpha=0.9)
    return _words(f, x, y, bottom, paths or {}, labels, title)


def _pyplot() -> Any:
    from matplotlib import pyplot  # only who draws needs it

    return pyplot


def _ticks(side: tuple[float, float]) -> list[float]:
    return [side[0] + (side[1] - side[0]) * i / (POINTS - 1) for i in range(POINTS)]


def _heights(f: Callable[[Any, Any], Any], x: tuple[float, float], y: tuple[float, float]) -> list[list[float]]:
    across = linspace(x[0], x[1], POINTS).reshape(1, POINTS).expand(POINTS, POINTS)
    up = linspace(y[0], y[1], POINTS).reshape(POINTS, 1).expand(POINTS, POINTS)
    heights = f(across, up)
    shape = tuple(heights.shape)
    if shape != (POINTS, POINTS):
        raise ValueError(
            f"viz.surface(): expected one height for each of {POINTS} × {POINTS} points, got shape {shape}"
        )
    rows: list[list[float]] = heights.detach().tolist()
    if not all(math.isfinite(h) for row in rows for h in row):
        raise ValueError("viz.surface(): expected finite heights; choose a smaller range for x and y")
    return rows


def _levels(lowest: float, highest: float) -> list[float]:
    """Heights above the lowest one, each a fixed factor above the one before, over three powers of ten."""
    span = highest - lowest
    if span <= 0:
        return []
    return [lowest, *[lowest + span * 10 ** (-3 + 3 * i / (LEVELS - 1)) for i in range(LEVELS)]]


def _shades(count: int) -> list[str]:
    """Greys, the lowest darkest: whatever eyes one has, and every colour of a path stands out against them."""
    return [str(0.5 + 0.5 * i / count) for i in range(count + 1)]


def _height(f: Callable[[Any, Any], Any], point: Point) -> float:
    x, y = (linspace(value, value, 1) for value in point)
    return float(f(x, y).item())


def _words(
    f: Callable[[Any, Any], Any],
    x: tuple[float, float],
    y: tuple[float, float],
    bottom: Point,
    paths: Paths,
    labels: tuple[str, str],
    title: str,
) -> str:
    across, up = labels
    parts = [f"{title}: a" if title else "A"]
    parts.append(f"map with contour lines, {across} from {x[0]:g} to {x[1]:g} and {up} from {y[0]:g} to {y[1]:g}.")
    parts.append(f"The lowest point is near ({bottom[0]:.2g}, {bottom[1]:.2g}).")
    for name, points in paths.items():
        first, last = points[0], points[-1]
        if len(points) == 1:
            parts.append(
                f"The point '{name}' is at ({first[0]:.2g}, {first[1]:.2g}), its height {_height(f, first):.2g}."
            )
            continue
        parts.append(
            f"The path '{name}' goes from ({first[0]:.2g}, {first[1]:.2g}) in {len(points) - 1} steps to "
            f"({last[0]:.2g}, {last[1]:.2g}), its height from {_height(f, first):.2g} to {_height(f, last):.2g}."
        )
    return " ".join(parts)
