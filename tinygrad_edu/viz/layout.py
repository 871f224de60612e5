"""Placing the boxes of a graph: columns by distance from the inputs, few crossings, straight long edges.

The classic recipe for layered drawings, short because computation graphs are small: ranks, dummy boxes where an edge
spans several ranks, a few sweeps that sort each column by its neighbours' middle, then pushing boxes apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass
class Box:
    """Something to place. ``w`` and ``h`` come in, ``x`` and ``y`` (its upper left corner) come out."""

    w: float
    h: float
    x: float = 0.0
    y: float = 0.0
    rank: int = 0
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.y + self.h / 2


def place(boxes: list[Box], edges: Sequence[tuple[int, int]], gap: float = 46, space: float = 16) -> list[list[int]]:
    """Set x and y of every box, left to right along ``edges``; boxes must come in an order that edges follow.

    Returns, for each edge, the boxes that its line passes through: its two ends, and the dummies between them, which
    are added to ``boxes``.
    """
    _rank(boxes, edges)
    routes = [_route(boxes, a, b) for a, b in edges]
    columns: list[list[int]] = [[] for _ in range(max((b.rank for b in boxes), default=-1) + 1)]
    for i, box in enumerate(boxes):
        columns[box.rank].append(i)
    x = 0.0
    for column in columns:
        width = max(boxes[i].w for i in column)
        for i in column:
            boxes[i].x = x + (width - boxes[i].w) / 2
        x += width + gap
        _stack(boxes, column, space)
    for sweep in range(8):
        forward = sweep % 2 == 0
        for column in columns if forward else columns[::-1]:
            middles = {i: _pull(boxes, i, forward) for i in column}
            column.sort(key=lambda i: middles[i])
            _settle(boxes, column, middles, space)
    top = min((b.y for b in boxes), default=0.0)
    for box in boxes:
        box.y -= top
    return routes


def _rank(boxes: list[Box], edges: Sequence[tuple[int, int]]) -> None:
    """Column numbers: one more than the furthest input; inputs that nothing leads to stand next to their first user."""
    for a, b in sorted(edges, key=lambda e: e[1]):
        boxes[b].rank = max(boxes[b].rank, boxes[a].rank + 1)
    leads = {b for _, b in edges}
    for i, box in enumerate(boxes):
        users = [boxes[b].rank for a, b in edges if a == i]
        if i not in leads and users:
            box.rank = min(users) - 1


def _route(boxes: list[Box], a: int, b: int) -> list[int]:
    route = [a]
    for rank in range(boxes[a].rank + 1, boxes[b].rank):
        boxes.append(Box(w=0, h=8, rank=rank))
        route.append(len(boxes) - 1)
    route.append(b)
    for one, other in pairwise(route):
        boxes[one].after.append(other)
        boxes[other].before.append(one)
    return route


def _stack(boxes: list[Box], column: list[int], space: float) -> None:
    y = 0.0
    for i in column:
        boxes[i].y = y
        y += boxes[i].h + space


def _pull(boxes: list[Box], i: int, forward: bool) -> float:
    """Where a box would like its middle to be: at the mean of its neighbours on one side."""
    near = boxes[i].before if forward else boxes[i].after
    near = near or (boxes[i].after if forward else boxes[i].before)
    return sum(boxes[j].middle for j in near) / len(near) if near else boxes[i].middle


def _settle(boxes: list[Box], column: list[int], middles: dict[int, float], space: float) -> None:
    """Give a column's boxes the places they want, in order, as far as they do not overlap (pooling neighbours)."""
    groups: list[tuple[list[int], float]] = []  # boxes that touch, and the y of the first
    for i in column:
        members, y = [i], middles[i] - boxes[i].h / 2
        while groups and groups[-1][1] + _height(boxes, groups[-1][0], space) > y:
            upper, upper_y = groups.pop()
            shift = _height(boxes, upper, space)
            y = (upper_y * len(upper) + (y - shift) * len(members)) / (len(upper) + len(members))
            members = upper + members
        groups.append((members, y))
    for members, y in groups:
        for i in members:
            boxes[i].y = y
            y += boxes[i].h + space


def _height(boxes: list[Box], members: list[int], space: float) -> float:
    return sum(boxes[i].h + space for i in members)
